//! Snapshots: the encoded state at a sequence with the edge of the tree, so that a start replays the tail only.
//!
//! They are plain files beside the store and not entries in it, on purpose: sled keeps old pages, and deleting
//! a snapshot must delete it. They are caches: a damaged one is reported and skipped, a missing one is made again.
//!
//! A file is: magic `CHYSNAP1`, version of the state's encoding (u32), sequence (u64), number of edge hashes (u8),
//! those hashes, length of the body (u64), body, SHA-256 of everything before. Numbers are little-endian.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use chancery_model::Sequence;
use sha2::{Digest as _, Sha256};

use crate::{Hash, Tree, data_dir};

/// So many snapshots are kept, the newest.
pub const SNAPSHOTS_KEPT: usize = 3;

const MAGIC: &[u8; 8] = b"CHYSNAP1";
const EXTENSION: &str = "snap";

/// The state after the records below `sequence`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// How many records the state has seen; the number of the first record that it has not.
    pub sequence: Sequence,
    /// The tree over those records.
    pub tree: Tree,
    /// The encoded state.
    pub body: Vec<u8>,
}

/// Why a snapshot is not used.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// It cannot be read or written.
    #[error("the snapshot {} cannot be read or written: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Its bytes are not those that were written.
    #[error("the snapshot {} is damaged: {reason}. It is a cache: it may be deleted", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: &'static str,
    },
    /// The state was encoded by another version of the code.
    #[error("the snapshot {} is of version {found}, not {known}. It is a cache: it may be deleted", path.display())]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        found: u32,
        /// The version asked for.
        known: u32,
    },
}

/// The snapshots of a data directory.
#[derive(Debug, Clone)]
pub struct SnapshotStore {
    dir: PathBuf,
    version: u32,
}

/// A snapshot that is not used, and why.
pub type Skipped = (Sequence, SnapshotError);

impl SnapshotStore {
    /// The snapshots in `dir` of state encoded in that `version`; nothing is touched.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>, version: u32) -> Self {
        Self { dir: dir.into(), version }
    }

    /// Writes a snapshot of the state after the first `tree.size()` records, durably, and deletes all but the
    /// newest [`SNAPSHOTS_KEPT`].
    ///
    /// # Errors
    /// [`SnapshotError::Io`]; what was there is still there then.
    pub fn write(&self, tree: &Tree, body: &[u8]) -> Result<(), SnapshotError> {
        let path = self.path(Sequence(tree.size()));
        let head = self.header(tree, body.len());
        let sum: Hash = Sha256::new().chain_update(&head).chain_update(body).finalize().into();
        data_dir::create_dir(&self.dir)
            .and_then(|()| data_dir::replace_file(&path, &[&head, body, &sum]))
            .and_then(|()| self.prune())
            .map_err(|source| SnapshotError::Io { path, source })
    }

    /// The sequences for which there is a file, newest first.
    ///
    /// # Errors
    /// [`SnapshotError::Io`] when the directory cannot be read; one that is not there is empty.
    pub fn list(&self) -> Result<Vec<Sequence>, SnapshotError> {
        self.sequences().map_err(|source| SnapshotError::Io { path: self.dir.clone(), source })
    }

    /// Reads one and checks all of it.
    ///
    /// # Errors
    /// Any [`SnapshotError`].
    pub fn read(&self, sequence: Sequence) -> Result<Snapshot, SnapshotError> {
        let path = self.path(sequence);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(source) => return Err(SnapshotError::Io { path, source }),
        };
        let damaged = |reason| SnapshotError::Damaged { path: path.clone(), reason };
        let (version, snapshot) = parse(bytes).map_err(damaged)?;
        if version != self.version {
            return Err(SnapshotError::OtherVersion { path, found: version, known: self.version });
        }
        if snapshot.sequence != sequence {
            return Err(damaged("its name is that of another sequence"));
        }
        Ok(snapshot)
    }

    /// The newest valid snapshot at or below `at_most`, and those that were newer and not usable.
    ///
    /// # Errors
    /// [`SnapshotError::Io`] when the directory cannot be read.
    pub fn newest(&self, at_most: Sequence) -> Result<(Option<Snapshot>, Vec<Skipped>), SnapshotError> {
        let mut skipped = Vec::new();
        for sequence in self.list()?.into_iter().filter(|sequence| *sequence <= at_most) {
            match self.read(sequence) {
                Ok(snapshot) => return Ok((Some(snapshot), skipped)),
                Err(error) => {
                    tracing::warn!(%sequence, %error, "skipping a snapshot");
                    skipped.push((sequence, error));
                }
            }
        }
        Ok((None, skipped))
    }

    fn header(&self, tree: &Tree, body_len: usize) -> Vec<u8> {
        let hashes = u8::try_from(tree.edge().len()).unwrap_or(u8::MAX);
        let mut head = Vec::with_capacity(29 + tree.edge().len() * 32);
        head.extend_from_slice(MAGIC);
        head.extend_from_slice(&self.version.to_le_bytes());
        head.extend_from_slice(&tree.size().to_le_bytes());
        head.push(hashes);
        tree.edge().iter().for_each(|hash| head.extend_from_slice(hash));
        head.extend_from_slice(&u64::try_from(body_len).unwrap_or(u64::MAX).to_le_bytes());
        head
    }

    fn path(&self, sequence: Sequence) -> PathBuf {
        self.dir.join(format!("{:020}.{EXTENSION}", sequence.0))
    }

    fn sequences(&self) -> io::Result<Vec<Sequence>> {
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut found = Vec::new();
        for entry in entries {
            found.extend(sequence_of(&entry?.path()));
        }
        found.sort_unstable_by(|a, b| b.cmp(a));
        Ok(found)
    }

    fn prune(&self) -> io::Result<()> {
        for old in self.sequences()?.into_iter().skip(SNAPSHOTS_KEPT) {
            fs::remove_file(self.path(old))?;
        }
        data_dir::sync_dir(&self.dir)
    }
}

fn sequence_of(path: &Path) -> Option<Sequence> {
    let stem = path.file_stem()?.to_str()?;
    (path.extension()? == EXTENSION && stem.len() == 20).then(|| stem.parse().ok()).flatten()
}

fn parse(mut bytes: Vec<u8>) -> Result<(u32, Snapshot), &'static str> {
    let content = bytes.len().checked_sub(32).ok_or("it is too short")?;
    let (signed, sum) = bytes.split_at_checked(content).ok_or("it is too short")?;
    if Sha256::digest(signed).as_slice() != sum {
        return Err("its checksum does not match");
    }
    let mut rest = signed;
    if take::<8>(&mut rest)? != *MAGIC {
        return Err("it does not start as a snapshot does");
    }
    let version = u32::from_le_bytes(take(&mut rest)?);
    let sequence = u64::from_le_bytes(take(&mut rest)?);
    let [hashes] = take::<1>(&mut rest)?;
    let edge = (0..hashes).map(|_| take::<32>(&mut rest)).collect::<Result<Vec<_>, _>>()?;
    let tree = Tree::from_parts(sequence, edge).ok_or("its tree has another size than its sequence")?;
    let length = u64::from_le_bytes(take(&mut rest)?);
    if u64::try_from(rest.len()) != Ok(length) {
        return Err("its body has another length than its header says");
    }
    let start = content.saturating_sub(rest.len());
    bytes.truncate(content);
    bytes.drain(..start);
    Ok((version, Snapshot { sequence: Sequence(sequence), tree, body: bytes }))
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], &'static str> {
    let (taken, after) = rest.split_first_chunk::<N>().ok_or("its header is cut")?;
    *rest = after;
    Ok(*taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(size: u64) -> Tree {
        let mut tree = Tree::new();
        (0..size).for_each(|n| {
            tree.push(&n.to_be_bytes());
        });
        tree
    }

    fn store() -> (tempfile::TempDir, SnapshotStore) {
        let dir = tempfile::tempdir().unwrap();
        let store = SnapshotStore::new(dir.path().join("snapshots"), 1);
        (dir, store)
    }

    #[test]
    fn keeps_the_newest_three() {
        let (_dir, store) = store();
        assert_eq!(store.list().unwrap(), []);
        assert!(store.newest(Sequence(9)).unwrap().0.is_none());
        for size in [2, 5, 3, 9] {
            store.write(&tree(size), format!("state {size}").as_bytes()).unwrap();
        }
        assert_eq!(store.list().unwrap(), [Sequence(9), Sequence(5), Sequence(3)]);
        let (newest, skipped) = store.newest(Sequence(8)).unwrap();
        assert!(skipped.is_empty());
        assert_eq!(newest.unwrap(), Snapshot { sequence: Sequence(5), tree: tree(5), body: b"state 5".to_vec() });
    }

    #[test]
    fn any_flipped_bit_and_any_cut_is_noticed_and_skipped() {
        let (_dir, store) = store();
        store.write(&tree(5), b"old").unwrap();
        store.write(&tree(7), b"state").unwrap();
        let path = store.path(Sequence(7));
        let good = fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut damaged = good.clone();
            damaged[at] ^= 1 << (at % 8);
            fs::write(&path, &damaged).unwrap();
            assert!(matches!(store.read(Sequence(7)), Err(SnapshotError::Damaged { .. })), "byte {at}");
            fs::write(&path, &good[..at]).unwrap();
            assert!(matches!(store.read(Sequence(7)), Err(SnapshotError::Damaged { .. })), "cut at {at}");
        }
        let (newest, skipped) = store.newest(Sequence(7)).unwrap();
        assert_eq!(newest.unwrap().sequence, Sequence(5));
        assert_eq!(skipped.len(), 1);
    }

    #[test]
    fn refuses_another_name_and_another_version() {
        let (dir, store) = store();
        store.write(&tree(5), b"state").unwrap();
        fs::copy(store.path(Sequence(5)), store.path(Sequence(6))).unwrap();
        assert!(matches!(store.read(Sequence(6)), Err(SnapshotError::Damaged { .. })));
        let newer = SnapshotStore::new(dir.path().join("snapshots"), 2);
        assert!(matches!(newer.read(Sequence(5)), Err(SnapshotError::OtherVersion { found: 1, known: 2, .. })));
    }
}
