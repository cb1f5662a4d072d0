//! The file behind the sessions: one line of JSON each, with a keyed code, synced before it counts.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use chancery_model::SessionId;
use chancery_vault::{Purpose, Vault};
use serde::{Deserialize, Serialize};

use super::Stored;

/// A file of more lines than this is written anew.
const LINES_MAX: usize = 100_000;

/// One line.
#[derive(Serialize, Deserialize)]
pub(super) enum Line {
    /// A session was begun.
    Begun(Stored),
    /// A session was ended.
    Ended(SessionId),
}

/// The file.
pub(super) struct Journal {
    path: PathBuf,
    vault: Arc<Vault>,
    file: File,
    lines: usize,
}

impl Journal {
    /// Opens the file and reads the sessions that were not ended. A last line that was cut off by a crash was never
    /// acknowledged and is dropped; any other damage drops all sessions.
    pub(super) fn open(dir: &Path, vault: Arc<Vault>) -> io::Result<(Self, Vec<Stored>)> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        let path = dir.join("sessions.jsonl");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => "damaged\n".to_owned(),
            Err(error) => return Err(error),
        };
        let stored = read(&vault, &text).unwrap_or_else(|| {
            tracing::warn!(path = %path.display(), "the sessions' file is damaged: everybody has to sign in again");
            Vec::new()
        });
        let file = open(&path)?;
        let lines = text.lines().count();
        Ok((Self { path, vault, file, lines }, stored))
    }

    /// Adds a line, durably.
    pub(super) fn append(&mut self, line: &Line) -> io::Result<()> {
        if self.lines >= LINES_MAX {
            let text = fs::read_to_string(&self.path)?;
            let live = read(&self.vault, &text).unwrap_or_default();
            self.replace(&live.into_iter().map(Line::Begun).collect::<Vec<_>>())?;
        }
        let text = self.coded(line)?;
        let before = self.file.metadata()?.len();
        if let Err(error) = self.file.write_all(text.as_bytes()) {
            // Half a line would make a damaged one of the next.
            let _cut = self.file.set_len(before);
            return Err(error);
        }
        self.file.sync_data()?;
        self.lines += 1;
        Ok(())
    }

    /// Writes the file anew, durably and in one step.
    pub(super) fn replace(&mut self, lines: &[Line]) -> io::Result<()> {
        let new = self.path.with_extension("new");
        let mut file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&new)?;
        for line in lines {
            file.write_all(self.coded(line)?.as_bytes())?;
        }
        file.sync_all()?;
        fs::rename(&new, &self.path)?;
        if let Some(dir) = self.path.parent() {
            File::open(dir)?.sync_all()?;
        }
        self.file = open(&self.path)?;
        self.lines = lines.len();
        Ok(())
    }

    /// From here on no line can be written.
    #[cfg(test)]
    pub(super) fn fill_the_disk(&mut self) {
        self.file = OpenOptions::new().append(true).open("/dev/full").unwrap();
    }

    fn coded(&self, line: &Line) -> io::Result<String> {
        let json = serde_json::to_string(line)?;
        let code = self.vault.mac(Purpose::Token, &[json.as_bytes()]);
        Ok(format!("{} {json}\n", hex::encode(code)))
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

/// The sessions that stand; `None` when a line is not as it was written.
fn read(vault: &Vault, text: &str) -> Option<Vec<Stored>> {
    let whole = text.rfind('\n').map_or(0, |end| end + 1);
    let mut standing = BTreeMap::new();
    for line in text.get(..whole)?.lines() {
        let (code, json) = line.split_once(' ')?;
        let code = hex::decode(code).ok()?;
        if !vault.mac_matches(Purpose::Token, &[json.as_bytes()], &code) {
            return None;
        }
        match serde_json::from_str(json).ok()? {
            Line::Begun(stored) => standing.insert(stored.id, stored),
            Line::Ended(id) => standing.remove(&id),
        };
    }
    Some(standing.into_values().collect())
}
