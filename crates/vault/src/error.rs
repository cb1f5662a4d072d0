//! What can go wrong in the vault. Every message says what, where, and what to do; none holds a secret.

use std::{io, path::PathBuf};

use chancery_model::SubjectId;

/// Why the vault could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// `create` found keys already there.
    #[error("there are keys in `{}` already: open them, or choose an empty directory (creating over them would make all that they sealed unreadable)", dir.display())]
    Exists {
        /// The directory of the keys.
        dir: PathBuf,
    },
    /// A file that must be there is not.
    #[error("{what} `{}` is missing: restore it from the backup of the keys directory; without it nothing sealed can be read", path.display())]
    Missing {
        /// What the file is.
        what: &'static str,
        /// Where it should be.
        path: PathBuf,
    },
    /// Others than the owner may read or write a file or directory of keys.
    #[error("`{}` has mode {mode:04o}, which lets others than its owner in: run `chmod {right:o} {}`", path.display(), path.display())]
    Permissions {
        /// The file or directory.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
        /// The bits that would be right.
        right: u32,
    },
    /// Another process has the vault open.
    #[error("the keys in `{}` are in use by another process: stop it first (`fuser {}` names it)", dir.display(), lock.display())]
    InUse {
        /// The directory of the keys.
        dir: PathBuf,
        /// The lock file that the other process holds.
        lock: PathBuf,
    },
    /// The master key could not be had, or is not a key.
    #[error(
        "no master key from {source_name}: {reason}; it must be 32 bytes as 64 hexadecimal digits or as base64; restore it from its backup"
    )]
    MasterKey {
        /// Where the master key was to come from.
        source_name: String,
        /// What is wrong there.
        reason: String,
    },
    /// The master key is a key, but not the one that these keys were made under.
    #[error("the master key from {source_name} does not open `{}`: give the master key that this vault was created with", path.display())]
    WrongMasterKey {
        /// Where the master key came from.
        source_name: String,
        /// The file that it does not open.
        path: PathBuf,
    },
    /// A file is not as it was written.
    #[error("`{}` is damaged at byte {offset}: {reason}; restore the keys directory from its backup, all files of one moment together (nothing has been changed)", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where in the file, in bytes from its start.
        offset: u64,
        /// What is wrong there.
        reason: String,
    },
    /// A file has a format that this program does not know.
    #[error("`{}` has format version {version}, this program reads version {known}: use the newer program that wrote it, or restore the file if it is damaged", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// The version that it claims.
        version: u8,
        /// The version that this program reads and writes.
        known: u8,
    },
    /// The operating system refused.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or directory.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// A sync failed earlier, so nobody knows what the disk holds. The keyring takes no more changes.
    #[error("an earlier write to the keyring in `{}` failed to reach the disk: check the disk and restart; until then no subject can be made or erased", dir.display())]
    Unsure {
        /// The directory of the keys.
        dir: PathBuf,
    },
    /// The subject has no key: it was erased, or never made here.
    #[error("subject {subject} has no key: it has been erased")]
    Erased {
        /// The subject.
        subject: SubjectId,
    },
    /// More bytes than a sealed field may have.
    #[error("a sealed field holds at most {max} bytes, not {bytes}")]
    TooLong {
        /// How many bytes were given.
        bytes: usize,
        /// How many are allowed.
        max: usize,
    },
    /// The parameters of password hashing are out of range.
    #[error("password hashing cannot use {field} = {value}: {constraint}")]
    Hashing {
        /// Which parameter.
        field: &'static str,
        /// The value given.
        value: u64,
        /// What would be right.
        constraint: String,
    },
}

impl VaultError {
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }

    pub(crate) fn damaged(path: impl Into<PathBuf>, offset: usize, reason: impl Into<String>) -> Self {
        Self::Damaged { path: path.into(), offset: u64::try_from(offset).unwrap_or(u64::MAX), reason: reason.into() }
    }
}

/// Why sealed bytes do not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The subject's key is gone: the datum is erased for good.
    #[error("the subject has been erased")]
    Erased,
    /// The key is there and does not open the bytes: they were changed, or belong to another account or field.
    #[error("the sealed bytes are damaged, or belong to another account, subject or field")]
    Damaged,
}

/// The queue of passwords to hash is full. Answered as 429 or `Throttling`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many sign-ins at once: try again in {retry_after_seconds} s")]
pub struct Busy {
    /// When the queue will have room again, by the time that hashes took lately.
    pub retry_after_seconds: u64,
}
