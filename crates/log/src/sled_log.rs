//! The event log in sled 0.34, with everything that sled leaves to its user.
//!
//! One tree; keys are big-endian sequence numbers; values are runs of records, cut so that none becomes a blob. A commit is
//! one batch, one blocking flush, and our own `fdatasync` on sled's file, because sled's flush is not one. Readers
//! see no record before its commit is durable. A failed write poisons the log until the next start: after a failed
//! fsync nobody knows what the disk holds, and trying again would lie.

mod format;
mod head_mark;
mod host;
mod open;
mod read;
mod runs;

use std::{
    fmt,
    fs::File,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use chancery_model::Sequence;
use tokio::sync::watch;

use self::head_mark::HeadMark;
use crate::{AppendError, Bytes, DataDir, EventLog, Records, port};

/// Called between sled's flush and our sync, for tests of crashes at that point; an error counts as that of
/// the sync.
pub type AfterFlush = Arc<dyn Fn() -> io::Result<()> + Send + Sync>;

/// How the log is opened.
#[derive(Clone)]
pub struct OpenOptions {
    /// sled's page cache, in bytes.
    pub cache_bytes: u64,
    /// Appends are refused when the disk has fewer bytes free.
    pub disk_free_bytes_min: u64,
    /// Whether an empty or missing directory becomes a new log; otherwise it is [`OpenError::NotInitialised`].
    pub create: bool,
    /// A failpoint for tests; `None` in a server.
    pub after_flush: Option<AfterFlush>,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { cache_bytes: 16 << 20, disk_free_bytes_min: 64 << 20, create: true, after_flush: None }
    }
}

impl fmt::Debug for OpenOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cache_bytes, disk_free_bytes_min, create, after_flush } = self;
        write!(f, "OpenOptions {{ {cache_bytes}, {disk_free_bytes_min}, {create}, {} }}", after_flush.is_some())
    }
}

/// Why a data directory is not opened. Nothing is served from one that is in doubt.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("another server holds the data directory {}: stop it first, or talk to its API", dir.display())]
    Locked {
        /// The data directory.
        dir: PathBuf,
    },
    /// There is no log here and none was to be made.
    #[error("{} holds no event log: run `chancery init` first, or check the path", dir.display())]
    NotInitialised {
        /// The data directory.
        dir: PathBuf,
    },
    /// Written by a newer version.
    #[error(
        "{} is of format {found}, and this version knows formats up to {known}: use a newer version of chancery",
        dir.display()
    )]
    NewerFormat {
        /// The data directory.
        dir: PathBuf,
        /// The format found.
        found: u32,
        /// The newest format known.
        known: u32,
    },
    /// On a file system over the network.
    #[error("{} is on {kind}, a network file system: locks and syncs do not hold there. Use a local disk", dir.display())]
    NetworkFileSystem {
        /// The data directory.
        dir: PathBuf,
        /// The kind of file system.
        kind: &'static str,
    },
    /// Something is not as it was written.
    #[error("{what} at {} is damaged: {reason}. {remedy}", at.display())]
    Damaged {
        /// What is damaged.
        what: &'static str,
        /// Where.
        at: PathBuf,
        /// How.
        reason: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The end of the log is gone.
    #[error("the log {} has {head} records and {witness} were acknowledged: its end is lost. {remedy}", at.display())]
    ShorterThanWitness {
        /// The log.
        at: PathBuf,
        /// Records found.
        head: u64,
        /// Records that were durable once.
        witness: u64,
        /// What to do.
        remedy: &'static str,
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

/// The event log in sled, alone in its data directory.
pub struct SledLog {
    dir: DataDir,
    tree: sled::Db,
    heads: watch::Sender<Sequence>,
    /// Held through a commit, so that there is one at a time.
    mark: Mutex<HeadMark>,
    /// Why no more records are accepted; apart from the lock, so that a hanging disk does not hang the health check.
    poisoned: OnceLock<String>,
    options: OpenOptions,
    /// Our own descriptor of sled's data file, for the sync that sled does not do.
    data_file: File,
    /// Held, never used: its lock ends with the process.
    _lock: File,
}

impl SledLog {
    /// Where it is.
    #[must_use]
    pub fn dir(&self) -> &DataDir {
        &self.dir
    }

    /// The size of the store on disk, in bytes.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn disk_bytes(&self) -> io::Result<u64> {
        self.data_file.metadata().map(|file| file.len())
    }

    /// Makes the batch durable, then marks the new head.
    fn commit(&self, mark: &mut HeadMark, first: Sequence, batch: &[Bytes]) -> Result<Sequence, String> {
        let head = port::advanced(first, batch.len());
        let failed = |what: &str, error: &dyn fmt::Display| format!("{what}: {error}");
        self.tree.apply_batch(runs::pack(first, batch)).map_err(|error| failed("write", &error))?;
        self.tree.flush().map_err(|error| failed("flush", &error))?;
        if let Some(after_flush) = &self.options.after_flush {
            after_flush().map_err(|error| failed("sync", &error))?;
        }
        self.data_file.sync_data().map_err(|error| failed("sync", &error))?;
        mark.set(head).map_err(|error| failed("head mark", &error))?;
        Ok(head)
    }
}

impl EventLog for SledLog {
    fn head(&self) -> Sequence {
        *self.heads.borrow()
    }

    fn heads(&self) -> watch::Receiver<Sequence> {
        self.heads.subscribe()
    }

    fn append(&self, expected: Sequence, batch: &[Bytes]) -> Result<Sequence, AppendError> {
        let mut mark = self.mark.lock().unwrap_or_else(PoisonError::into_inner);
        self.health()?;
        port::check_head(expected, self.head())?;
        port::check_batch(batch)?;
        if batch.is_empty() {
            return Ok(expected);
        }
        host::check_free(&self.data_file, self.options.disk_free_bytes_min)?;
        // sled may panic on a damaged file; the state of the log is then unknown, as after any failed write.
        let committed = catch_unwind(AssertUnwindSafe(|| self.commit(&mut mark, expected, batch)));
        match committed.unwrap_or_else(|panic| Err(host::panic_text(&*panic))) {
            Ok(head) => {
                self.heads.send_replace(head);
                Ok(head)
            }
            Err(reason) => {
                tracing::error!(%reason, "the event log could not be written and accepts no more records");
                let _ = self.poisoned.set(reason.clone());
                Err(AppendError::Storage { reason })
            }
        }
    }

    fn read(&self, from: Sequence) -> Records {
        Box::new(read::SledRecords::new(&self.tree, from, self.head()))
    }

    fn health(&self) -> Result<(), AppendError> {
        self.poisoned.get().cloned().map_or(Ok(()), |reason| Err(AppendError::Poisoned { reason }))
    }
}

impl fmt::Debug for SledLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SledLog({}, {} records)", self.dir.root().display(), self.head())
    }
}

#[cfg(test)]
mod fault_tests;
#[cfg(test)]
mod tests;
