//! Names of the files in the keys directory.

use std::path::{Path, PathBuf};

/// The master key, when it is kept in a file and nobody said where.
pub(crate) const MASTER_KEY: &str = "master.key";
/// The end of the name of a file that is being written.
pub(crate) const TEMPORARY: &str = ".new";

pub(crate) fn root_key(dir: &Path) -> PathBuf {
    dir.join("root.key")
}

pub(crate) fn purpose_key(dir: &Path) -> PathBuf {
    dir.join("purpose.key")
}

pub(crate) fn signing_key(dir: &Path) -> PathBuf {
    dir.join("signing.key")
}

pub(crate) fn head(dir: &Path) -> PathBuf {
    dir.join("keyring.head")
}

pub(crate) fn lock(dir: &Path) -> PathBuf {
    dir.join("lock")
}

pub(crate) fn epoch_key(dir: &Path, epoch: u64) -> PathBuf {
    dir.join(format!("epoch-{epoch}.key"))
}

pub(crate) fn keyring(dir: &Path, epoch: u64) -> PathBuf {
    dir.join(format!("keyring-{epoch}"))
}

/// What a file of an epoch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EpochFile {
    /// `epoch-N.key`.
    Key(u64),
    /// `keyring-N`.
    Ring(u64),
}

impl EpochFile {
    /// Reads a file name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        if let Some(number) = name.strip_prefix("keyring-") {
            return number.parse().ok().map(Self::Ring);
        }
        name.strip_prefix("epoch-")?.strip_suffix(".key")?.parse().ok().map(Self::Key)
    }

    /// Which epoch it belongs to.
    pub(crate) fn epoch(self) -> u64 {
        match self {
            Self::Key(epoch) | Self::Ring(epoch) => epoch,
        }
    }
}
