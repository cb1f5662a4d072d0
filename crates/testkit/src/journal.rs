//! The external journal: what was sent and what was acknowledged, in a file of the test's own.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// A journal that is written. An acknowledgement is on the disk when it has been noted.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: Mutex<File>,
}

/// What a journal says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Journalled {
    /// Client token to acknowledged sequence.
    pub acknowledged: BTreeMap<String, u64>,
    /// Client tokens that were refused: nothing may have been written.
    pub refused: BTreeSet<String>,
    /// Client tokens that were sent and never answered.
    pub unknown: BTreeSet<String>,
}

impl Journal {
    /// Begins a journal, or goes on with one.
    ///
    /// # Panics
    /// When the file cannot be opened.
    #[must_use]
    pub fn open(path: &Path) -> Self {
        let file = File::options().create(true).append(true).open(path).expect("the journal");
        Self { path: path.to_owned(), file: Mutex::new(file) }
    }

    /// Notes that a command is about to be sent.
    pub fn intent(&self, token: &str) {
        self.write(&format!("intent {token}\n"), false);
    }

    /// Notes that it was acknowledged.
    pub fn acknowledged(&self, token: &str, sequence: u64) {
        self.write(&format!("ack {token} {sequence}\n"), true);
    }

    /// Notes that it was refused.
    pub fn refused(&self, token: &str) {
        self.write(&format!("refused {token}\n"), false);
    }

    fn write(&self, line: &str, sync: bool) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(line.as_bytes()).expect("the journal is written");
        if sync {
            file.sync_data().expect("the journal is on the disk");
        }
    }

    /// What it says so far. A line that was cut off by a crash of its writer says nothing.
    ///
    /// # Panics
    /// When it cannot be read, or tells one command's end twice.
    #[must_use]
    pub fn read(&self) -> Journalled {
        let text = fs::read_to_string(&self.path).expect("the journal");
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let mut read = Journalled::default();
        for line in whole.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            match words[..] {
                ["intent", token] => drop(read.unknown.insert(token.to_owned())),
                ["ack", token, sequence] => {
                    assert!(read.unknown.remove(token), "{line}");
                    read.acknowledged.insert(token.to_owned(), sequence.parse().expect("a sequence"));
                }
                ["refused", token] => {
                    assert!(read.unknown.remove(token), "{line}");
                    read.refused.insert(token.to_owned());
                }
                _ => panic!("the journal has the line {line:?}"),
            }
        }
        read
    }
}
