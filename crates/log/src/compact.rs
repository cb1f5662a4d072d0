//! Offline compaction: the records are written into a new store beside the old one, in the fewest pages, and the new one
//! takes its place. Records are copied as bytes: what they are, and their hash tree, does not change.
//!
//! A crash is safe at each step. As long as `log` is there, it is whole, and `compact` is a copy that is thrown away. When it
//! is not, `log.old` is, and the copy beside it has been verified, as `compact/verified` says: it takes the place. `log.old`
//! is removed when the new `log` has been opened and has all records. Every start looks after what it finds.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use chancery_model::Sequence;

use crate::{
    AppendError, BATCH_RECORDS_MAX, Bytes, DataDir, EventLog, Hash, LogError, OpenError, OpenOptions, SledLog, Tree, data_dir,
};

/// So many bytes of records are copied in one write. Measured: with eight times as many, sled leaves a quarter more waste.
const COPY_BYTES: usize = 512 << 10;
/// Says that the copy is whole.
const VERIFIED: &str = "verified";

/// Why a log was not compacted. It is then as it was.
#[derive(Debug, thiserror::Error)]
pub enum CompactError {
    /// A directory does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A record of the log cannot be read.
    #[error("{0}: check the log with `chancery log verify`")]
    Read(#[from] LogError),
    /// The copy cannot be written.
    #[error("the compacted log could not be written: {0}")]
    Write(#[from] AppendError),
    /// The copy is another log.
    #[error("the compacted log is not the same log ({reason}): it was discarded, and the log is as it was")]
    Different {
        /// What differs.
        reason: String,
    },
    /// One is kept already.
    #[error("{} is there already, from an earlier compaction: remove it first, or compact without keeping the old log", path.display())]
    KeptAlready {
        /// The log that was kept.
        path: PathBuf,
    },
    /// The file system refuses.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

/// What a compaction came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compacted {
    /// Records in the log, before and after.
    pub records: u64,
    /// The root of the tree over them.
    pub root: Hash,
    /// Bytes of the store on the disk before.
    pub disk_bytes_before: u64,
    /// Bytes of the store on the disk now.
    pub disk_bytes_after: u64,
    /// Where the old store was kept, if it was to be.
    pub kept: Option<PathBuf>,
}

/// A copy that has been made and waits to be verified.
#[derive(Debug)]
pub struct Compaction {
    log: SledLog,
    copy: SledLog,
    options: OpenOptions,
    tree: Tree,
    keep: bool,
}

impl Compaction {
    /// Copies the log of the data directory `dir`; with `keep` the old store will stay. `progress` is told the records done and
    /// those there are. It blocks.
    ///
    /// # Errors
    /// [`CompactError`]; the log is as it was.
    pub fn copy(
        dir: impl Into<PathBuf>,
        options: OpenOptions,
        keep: bool,
        progress: &mut dyn FnMut(u64, Sequence),
    ) -> Result<Self, CompactError> {
        let options = OpenOptions { create: false, ..options };
        let log = SledLog::open(dir, options.clone())?;
        let kept = log.dir().log_kept();
        if keep && kept.exists() {
            return Err(CompactError::KeptAlready { path: kept });
        }
        let beside = log.dir().compacting();
        let copied = copy_records(&log, &beside, &options, progress).and_then(|tree| {
            // Opened anew, it is read from the disk, and not from what this process remembers of it.
            Ok((SledLog::open(&beside, options.clone())?, tree))
        });
        match copied {
            Ok((copy, tree)) => Ok(Self { log, copy, options, tree, keep }),
            Err(error) => {
                // If it cannot be removed now, the next start does it.
                let _removed = fs::remove_dir_all(&beside);
                Err(error)
            }
        }
    }

    /// The copy, to be verified.
    #[must_use]
    pub fn copied(&self) -> &SledLog {
        &self.copy
    }

    /// The hash tree over the records of the old log.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Gives the copy up.
    ///
    /// # Errors
    /// [`CompactError::Different`] with that reason, always; or why the copy cannot be removed.
    pub fn discard(self, reason: impl Into<String>) -> CompactError {
        let beside = self.log.dir().compacting();
        drop(self.copy);
        match fs::remove_dir_all(&beside) {
            Ok(()) => CompactError::Different { reason: reason.into() },
            Err(source) => CompactError::Io { action: "remove", path: beside, source },
        }
    }

    /// Lets the copy take the place of the log. The caller has verified it; its records are compared with those of the old
    /// log here once more.
    ///
    /// # Errors
    /// [`CompactError::Different`]: the log is as it was. After [`CompactError::Io`] the next start finishes what was begun.
    pub fn finish(self) -> Result<Compacted, CompactError> {
        let root = match self.check() {
            Ok(root) => root,
            Err(reason) => return Err(self.discard(reason)),
        };
        let Self { log, copy, options, keep, .. } = self;
        let (dir, records) = (log.dir().clone(), log.head().0);
        let disk_bytes = |log: &SledLog| log.space().map_or(0, |space| space.disk_bytes);
        let disk_bytes_before = disk_bytes(&log);
        drop(copy);
        let swapped = swap(&dir, log);
        let lock = swapped.map_err(|(action, path, source)| CompactError::Io { action, path, source })?;
        let kept = keep.then(|| dir.log_kept());
        if let Some(kept) = &kept {
            let moved = fs::rename(dir.log_old(), kept).and_then(|()| data_dir::sync_dir(dir.root()));
            moved.map_err(|source| CompactError::Io { action: "keep the old log as", path: kept.clone(), source })?;
        }
        let log = SledLog::open_locked(dir, options, lock)?;
        Ok(Compacted { records, root, disk_bytes_before, disk_bytes_after: disk_bytes(&log), kept })
    }

    /// Reads the copy from its first record to its last.
    fn check(&self) -> Result<Hash, String> {
        let mut tree = Tree::new();
        for record in self.copy.read(Sequence(0)) {
            tree.push(&record.map_err(|error| error.to_string())?.1);
        }
        if tree.size() != self.log.head().0 || tree.size() != self.tree.size() {
            return Err(format!("it has {} records, and the log has {}", tree.size(), self.log.head()));
        }
        if tree.root() != self.tree.root() {
            return Err("its hash tree has another root".to_owned());
        }
        let settings = |dir: &DataDir| fs::read(dir.log().join("conf")).map_err(|error| error.to_string());
        if settings(self.log.dir())? != settings(self.copy.dir())? {
            return Err("its store has other settings".to_owned());
        }
        Ok(tree.root())
    }
}

fn copy_records(
    log: &SledLog,
    beside: &Path,
    options: &OpenOptions,
    progress: &mut dyn FnMut(u64, Sequence),
) -> Result<Tree, CompactError> {
    let copy = SledLog::open(beside, OpenOptions { create: true, ..options.clone() })?;
    let (mut tree, mut head) = (Tree::new(), Sequence(0));
    let (mut batch, mut bytes): (Vec<Bytes>, usize) = (Vec::new(), 0);
    for record in log.read(Sequence(0)) {
        let (_, record) = record?;
        tree.push(&record);
        bytes += record.len();
        batch.push(record);
        if bytes >= COPY_BYTES || batch.len() >= BATCH_RECORDS_MAX {
            head = copy.append(head, &batch)?;
            progress(head.0, log.head());
            batch.clear();
            bytes = 0;
        }
    }
    head = copy.append(head, &batch)?;
    progress(head.0, log.head());
    Ok(tree)
}

/// What was tried, on what, and why it failed.
type Failed = (&'static str, PathBuf, io::Error);

/// Makes the copy durable, says that it is whole, and renames. The lock stays held; nothing of either store is open after it.
fn swap(dir: &DataDir, log: SledLog) -> Result<File, Failed> {
    let beside = DataDir::new(dir.compacting());
    let failed = |action: &'static str, path: PathBuf| move |source| (action, path, source);
    sync_all_in(&beside.log()).map_err(failed("sync", beside.log()))?;
    let said = beside.root().join(VERIFIED);
    data_dir::replace_file(&said, &[b"the copy is whole\n"]).map_err(failed("write", said))?;
    let lock = log.close();
    remove_if_there(&dir.log_aside()).map_err(failed("remove", dir.log_aside()))?;
    rename(dir, &dir.log(), &dir.log_old()).map_err(failed("rename", dir.log()))?;
    rename(dir, &beside.log(), &dir.log()).map_err(failed("rename", beside.log()))?;
    remove_if_there(beside.root()).map_err(failed("remove", dir.compacting()))?;
    Ok(lock)
}

/// Brings a directory in order in which a compaction broke off: it is finished, or as if it had never begun. The lock is held.
pub(crate) fn settle(dir: &DataDir) -> io::Result<()> {
    let (log, old, beside) = (dir.log(), dir.log_old(), DataDir::new(dir.compacting()));
    if !log.exists() && old.exists() {
        let whole = beside.root().join(VERIFIED).exists() && beside.log().exists();
        tracing::warn!(dir = %dir.root().display(), finished = whole, "a compaction of the log broke off");
        let from = if whole { beside.log() } else { old };
        rename(dir, &from, &log)?;
    }
    if log.exists() && beside.root().exists() {
        tracing::warn!(dir = %beside.root().display(), "removing what a compaction that broke off has left");
        remove_if_there(beside.root())?;
    }
    Ok(())
}

/// Removes the log before a compaction. To be called when the new one has been found to be whole.
pub(crate) fn forget_old(dir: &DataDir) -> io::Result<()> {
    remove_if_there(&dir.log_old())
}

fn remove_if_there(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn rename(dir: &DataDir, from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    data_dir::sync_dir(dir.root())
}

/// Makes all files below a directory durable, and their names.
fn sync_all_in(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            sync_all_in(&path)?;
        } else {
            File::open(&path)?.sync_all()?;
        }
    }
    data_dir::sync_dir(dir)
}

#[cfg(test)]
mod tests;
