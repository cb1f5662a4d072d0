//! The files of the vault.
//!
//! Their keys differ from one run to the next, so that an input is not a file but a list of edits to files that are whole.

use std::{collections::BTreeMap, fs, os::unix::fs::OpenOptionsExt, path::Path};

use chancery_model::SealedBytes;
use chancery_vault::{SealContext, Vault, VaultConfig};
use std::io::Write;
use tempfile::TempDir;

use super::{Entry, world};

const SUBJECTS: usize = 5;
const EDIT_BYTES: usize = 5;

struct Fixture {
    _home: TempDir,
    config: VaultConfig,
    files: BTreeMap<String, Vec<u8>>,
    sealed: Vec<SealedBytes>,
}

/// Edits to the files: the vault does not open, or opens all that was sealed.
pub(super) fn keyring() -> Entry {
    let fixture = Fixture::new();
    Box::new(move |data| {
        let mut files = fixture.files.clone();
        for edit in data.chunks_exact(EDIT_BYTES).take(16) {
            apply(edit, &mut files);
        }
        fixture.put(&files);
        match Vault::open(&fixture.config) {
            Ok(vault) => fixture.check(&vault),
            Err(error) => assert!(error.to_string().len() > 20, "{error}"),
        }
    })
}

fn context() -> SealContext<'static> {
    SealContext { account: world::account(), field: "user.name" }
}

impl Fixture {
    fn new() -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let config = VaultConfig::new(home.path().join("keys"));
        let vault = Vault::create(&config).expect("a new vault");
        let sealed = (0..SUBJECTS).map(|number| {
            let subject = vault.new_subject().expect("a subject");
            vault.seal(subject, &context(), format!("plain {number}").as_bytes()).expect("it is sealed")
        });
        let sealed = sealed.collect();
        drop(vault);
        let files = read_all(&config.dir);
        Self { _home: home, config, files, sealed }
    }

    fn check(&self, vault: &Vault) {
        for (number, sealed) in self.sealed.iter().enumerate() {
            let plain = vault.open_sealed(&context(), sealed).expect("a vault that opens has lost no key");
            assert_eq!(plain.as_slice(), format!("plain {number}").as_bytes());
        }
    }

    /// Puts these files in the place of all that is there.
    fn put(&self, files: &BTreeMap<String, Vec<u8>>) {
        for name in read_all(&self.config.dir).into_keys() {
            fs::remove_file(self.config.dir.join(name)).expect("a file is removed");
        }
        for (name, bytes) in files {
            let mut options = fs::OpenOptions::new();
            let made = options.write(true).create_new(true).mode(0o600).open(self.config.dir.join(name));
            made.expect("a file").write_all(bytes).expect("it is written");
        }
    }
}

fn read_all(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(dir).expect("the directory").map(|entry| entry.expect("an entry"));
    let name = |entry: &fs::DirEntry| entry.file_name().into_string().expect("a name");
    entries.map(|entry| (name(&entry), fs::read(entry.path()).expect("its bytes"))).filter(|(name, _)| name != "lock").collect()
}

/// One edit: which file, what, where (two bytes), and one byte more.
fn apply(edit: &[u8], files: &mut BTreeMap<String, Vec<u8>>) {
    let &[which, what, high, low, value] = edit else { return };
    let names: Vec<String> = files.keys().cloned().collect();
    let Some(name) = names.get(usize::from(which) % names.len().max(1)).cloned() else { return };
    let other = names.get(usize::from(value) % names.len()).and_then(|other| files.get(other)).cloned().unwrap_or_default();
    if what % 8 == 7 {
        files.remove(&name);
        return;
    }
    let Some(bytes) = files.get_mut(&name) else { return };
    let at = usize::from(u16::from_be_bytes([high, low])) % (bytes.len() + 1);
    match what % 8 {
        0 | 1 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= value),
        2 => bytes.truncate(at),
        3 => bytes.insert(at, value),
        4 => drop(bytes.drain(at..(at + usize::from(value)).min(bytes.len()))),
        5 => *bytes = other,
        _ => bytes.extend(std::iter::repeat_n(value, at)),
    }
}
