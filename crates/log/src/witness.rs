//! The head witness: the last signed checkpoint, outside the store, so that a log that has lost its end is
//! refused instead of served.
//!
//! The server replaces it about once a second, before each snapshot, and at shutdown. Written before a snapshot,
//! it is never older than the newest one, so that a start meets its size while it reads the tail.

use std::{
    io,
    path::{Path, PathBuf},
};

use chancery_model::Sequence;

use crate::{Checkpoint, CheckpointError, CheckpointVerifier, Hash, data_dir};

/// The witness file.
#[derive(Debug, Clone)]
pub struct WitnessFile {
    path: PathBuf,
}

/// Why a log is not the one that its witness has seen.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// The file cannot be read or written.
    #[error("the witness {} cannot be read or written: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not a checkpoint of this log.
    #[error(
        "the witness {} is damaged: {source}. Restore it from a backup; if it is lost, check the log with `chancery log verify` \
         against a checkpoint kept elsewhere, then delete it",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: CheckpointError,
    },
    /// Records are gone.
    #[error(
        "the log {} has {head} records and its witness has seen {witness}: records that were acknowledged are lost. \
         Restore the data directory from a backup",
        log.display()
    )]
    Shorter {
        /// The log.
        log: PathBuf,
        /// Records in the log.
        head: u64,
        /// Records that the witness has seen.
        witness: u64,
    },
    /// Records are other ones.
    #[error(
        "the first {size} records of {} are not those that the witness has seen: a record has been altered. \
         Find it with `chancery log verify` and restore the data directory from a backup",
        log.display()
    )]
    OtherRoot {
        /// The log.
        log: PathBuf,
        /// The size at which the roots differ.
        size: u64,
    },
    /// The caller cannot say what the root was.
    #[error("the root of the first {size} records is not known, so that the witness cannot be checked: replay from zero")]
    RootUnknown {
        /// The size in question.
        size: u64,
    },
}

impl WitnessError {
    /// Whether there was no room for it, which may come back.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull)
    }
}

impl WitnessFile {
    /// The witness at `path`; nothing is touched.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The last checkpoint; `None` when there has been none.
    ///
    /// # Errors
    /// [`WitnessError::Io`], [`WitnessError::Damaged`].
    pub fn load(&self, verifier: &CheckpointVerifier) -> Result<Option<Checkpoint>, WitnessError> {
        let io = |source| WitnessError::Io { path: self.path.clone(), source };
        let Some(bytes) = data_dir::read_if_there(&self.path).map_err(io)? else { return Ok(None) };
        let note = String::from_utf8(bytes).map_err(|_| CheckpointError::Malformed { reason: "it is not UTF-8" });
        let checkpoint = note.and_then(|note| verifier.verify(&note));
        checkpoint.map(Some).map_err(|source| WitnessError::Damaged { path: self.path.clone(), source })
    }

    /// Replaces it with a signed note, durably.
    ///
    /// # Errors
    /// [`WitnessError::Io`]; the old one is still there then.
    pub fn store(&self, note: &str) -> Result<(), WitnessError> {
        data_dir::replace_file(&self.path, &[note.as_bytes()])
            .map_err(|source| WitnessError::Io { path: self.path.clone(), source })
    }
}

/// Checks that the log at `log`, of `head` records, is the one that the witness has seen, or has grown out of it.
///
/// `root_at` gives the root of the first so many records of the log, `None` if it is not known.
///
/// # Errors
/// [`WitnessError::Shorter`], [`WitnessError::OtherRoot`], [`WitnessError::RootUnknown`].
pub fn check_witness(
    witness: &Checkpoint,
    log: &Path,
    head: Sequence,
    root_at: impl FnOnce(u64) -> Option<Hash>,
) -> Result<(), WitnessError> {
    let size = witness.size;
    if head.0 < size {
        return Err(WitnessError::Shorter { log: log.to_owned(), head: head.0, witness: size });
    }
    match root_at(size) {
        None => Err(WitnessError::RootUnknown { size }),
        Some(root) if root != witness.root => Err(WitnessError::OtherRoot { log: log.to_owned(), size }),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CheckpointSigner, Tree};

    #[test]
    fn refuses_a_log_that_it_has_not_seen() {
        let mut tree = Tree::new();
        tree.push(b"one");
        tree.push(b"two");
        let witness = Checkpoint { origin: "log".into(), size: 2, root: tree.root() };
        let root_at = |root: Hash| move |size| (size == 2).then_some(root);
        assert!(check_witness(&witness, Path::new("log"), Sequence(2), root_at(tree.root())).is_ok());
        assert!(check_witness(&witness, Path::new("log"), Sequence(9), root_at(tree.root())).is_ok());
        let shorter = check_witness(&witness, Path::new("log"), Sequence(1), root_at(tree.root())).unwrap_err();
        assert!(matches!(shorter, WitnessError::Shorter { head: 1, witness: 2, .. }));
        assert!(shorter.to_string().contains("Restore the data directory"));
        let other = check_witness(&witness, Path::new("log"), Sequence(2), root_at([7; 32])).unwrap_err();
        assert!(matches!(other, WitnessError::OtherRoot { size: 2, .. }));
        assert!(matches!(
            check_witness(&witness, Path::new("log"), Sequence(9), |_| None),
            Err(WitnessError::RootUnknown { size: 2 })
        ));
    }

    #[test]
    fn is_replaced_and_read_back_and_refused_when_damaged() {
        let dir = tempfile::tempdir().unwrap();
        let file = WitnessFile::new(dir.path().join("witness"));
        let signer = CheckpointSigner::new("log.test", &[3; 32]).unwrap();
        assert_eq!(file.load(signer.verifier()).unwrap(), None);
        for size in [1, 2] {
            file.store(&signer.sign(size, [9; 32])).unwrap();
            assert_eq!(file.load(signer.verifier()).unwrap().unwrap().size, size);
        }
        let note = std::fs::read(&file.path).unwrap();
        for at in 0..note.len() {
            let mut damaged = note.clone();
            damaged[at] ^= 4;
            std::fs::write(&file.path, &damaged).unwrap();
            assert!(matches!(file.load(signer.verifier()), Err(WitnessError::Damaged { .. })), "byte {at}");
        }
        let other = CheckpointSigner::new("log.test", &[4; 32]).unwrap();
        std::fs::write(&file.path, &note).unwrap();
        assert!(file.load(other.verifier()).is_err());
    }
}
