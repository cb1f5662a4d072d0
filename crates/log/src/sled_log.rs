//! The event log in sled 0.34, with everything that sled leaves to its user.
//!
//! One tree; keys are big-endian sequence numbers; values are runs of records, cut so that none becomes a blob. A commit is
//! one batch, one blocking flush, and our own `fdatasync` on sled's file, because sled's flush is not one. Readers
//! see no record before its commit is durable. A failed write poisons the log until the next start: after a failed
//! fsync nobody knows what the disk holds, and trying again would lie.

mod canary;
mod format;
mod head_mark;
mod host;
mod open;
mod pulse;
mod read;
mod runs;

use std::{
    fmt,
    fs::File,
    io,
    os::unix::fs::MetadataExt as _,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chancery_model::Sequence;
use tokio::sync::watch;

use self::{head_mark::HeadMark, pulse::Pulse};
use crate::{AppendError, Bytes, DataDir, EventLog, Records, Room, Space, port};

/// An append that is younger than this proves as much as a canary would.
const PROVEN_FOR: Duration = Duration::from_secs(1);
/// The usual most that a write may take; a disk that hangs for longer is given up, as one that fails.
const WRITE_DEADLINE: Duration = Duration::from_secs(30);

/// Called between sled's flush and our sync, for tests of crashes at that point; an error counts as that of
/// the sync.
pub type AfterFlush = Arc<dyn Fn() -> io::Result<()> + Send + Sync>;

/// How the log is opened.
#[derive(Clone)]
pub struct OpenOptions {
    /// sled's page cache, in bytes.
    pub cache_bytes: u64,
    /// Appends are refused when the disk has fewer bytes free; `None` is 5 % of the disk, from 64 to 256 MiB.
    pub disk_free_bytes_min: Option<u64>,
    /// A write that takes longer poisons the log.
    pub write_deadline: Duration,
    /// Whether an empty or missing directory becomes a new log; otherwise it is [`OpenError::NotInitialised`].
    pub create: bool,
    /// A failpoint for tests; `None` in a server.
    pub after_flush: Option<AfterFlush>,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { cache_bytes: 16 << 20, disk_free_bytes_min: None, write_deadline: WRITE_DEADLINE, create: true, after_flush: None }
    }
}

impl fmt::Debug for OpenOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cache_bytes, disk_free_bytes_min, write_deadline, create, after_flush } = self;
        let hooked = after_flush.is_some();
        write!(f, "OpenOptions {{ {cache_bytes}, {disk_free_bytes_min:?}, {write_deadline:?}, {create}, {hooked} }}")
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
    /// The disk has no room for a start.
    #[error(
        "the disk of {} has {free} bytes free, and a start needs {min}: free some space, or delete the file {} if it is there, \
         which is kept for this",
        dir.display(), dir.join("ballast").display()
    )]
    DiskFull {
        /// The data directory.
        dir: PathBuf,
        /// Bytes free.
        free: u64,
        /// Bytes needed.
        min: u64,
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
    pulse: Pulse,
    /// The bytes of the records that were there at the start, once they have all been read.
    bytes_found: Arc<OnceLock<u64>>,
    head_found: Sequence,
    bytes_appended: AtomicU64,
    options: OpenOptions,
    /// Our own descriptor of sled's data file, for the sync that sled does not do.
    data_file: File,
    /// Held, never used: its lock ends with the process.
    lock: File,
}

impl SledLog {
    /// Where it is.
    #[must_use]
    pub fn dir(&self) -> &DataDir {
        &self.dir
    }

    /// Makes the batch durable, then marks the new head.
    fn commit(&self, mark: &mut HeadMark, first: Sequence, batch: &[Bytes]) -> Result<Sequence, String> {
        let head = port::advanced(first, batch.len());
        let failed = |what: &str, error: &dyn fmt::Display| format!("{what}: {error}");
        self.tree.apply_batch(runs::pack(first, batch)).map_err(|error| failed("write", &error))?;
        self.sync()?;
        mark.set(head).map_err(|error| failed("head mark", &error))?;
        Ok(head)
    }

    /// Makes durable what was written: sled's flush, and then the sync that it is not.
    fn sync(&self) -> Result<(), String> {
        let failed = |what: &str, error: &dyn fmt::Display| format!("{what}: {error}");
        self.tree.flush().map_err(|error| failed("flush", &error))?;
        if let Some(after_flush) = &self.options.after_flush {
            after_flush().map_err(|error| failed("sync", &error))?;
        }
        self.data_file.sync_data().map_err(|error| failed("sync", &error))
    }

    /// Runs a write, and accepts no more of them when it fails or takes too long: what is stored is unknown then.
    fn guarded<T>(&self, write: impl FnOnce() -> Result<T, String>) -> Result<T, AppendError> {
        self.pulse.begin();
        // sled may panic on a damaged file; the state of the log is then unknown, as after any failed write.
        let written = catch_unwind(AssertUnwindSafe(write)).unwrap_or_else(|panic| Err(host::panic_text(&*panic)));
        let in_time = self.pulse.end(written.is_ok());
        let reason = match (written, in_time) {
            (Ok(written), Ok(())) => return Ok(written),
            (Err(reason), _) | (Ok(_), Err(reason)) => reason,
        };
        self.poison(&reason);
        Err(AppendError::Storage { reason })
    }

    fn poison(&self, reason: &str) {
        if self.poisoned.set(reason.to_owned()).is_ok() {
            tracing::error!(%reason, "the event log could not be written and accepts no more records");
        }
    }

    fn room(&self) -> Option<Room> {
        Room::around(&self.data_file, self.options.disk_free_bytes_min).ok()
    }

    /// Closes it, and gives the lock of its directory, which is still held.
    pub(crate) fn close(self) -> File {
        self.lock
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
        let bytes = batch.iter().map(|record| record.len()).fold(0, |sum, len| sum + u64::try_from(len).unwrap_or(u64::MAX));
        self.room().map_or(Ok(()), |room| room.check(bytes))?;
        let head = self.guarded(|| self.commit(&mut mark, expected, batch))?;
        self.bytes_appended.fetch_add(bytes, Ordering::Relaxed);
        self.heads.send_replace(head);
        Ok(head)
    }

    fn read(&self, from: Sequence) -> Records {
        let records = read::SledRecords::new(&self.tree, from, self.head());
        let counted = from.0 == 0 && self.bytes_found.get().is_none();
        if counted { Box::new(records.counting(self.head_found, Arc::clone(&self.bytes_found))) } else { Box::new(records) }
    }

    fn health(&self) -> Result<(), AppendError> {
        if let Err(reason) = self.pulse.check() {
            self.poison(&reason);
        }
        self.poisoned.get().cloned().map_or(Ok(()), |reason| Err(AppendError::Poisoned { reason }))
    }

    fn probe(&self) -> Result<(), AppendError> {
        if self.pulse.idle() < PROVEN_FOR {
            return self.health();
        }
        let _one_at_a_time = self.mark.lock().unwrap_or_else(PoisonError::into_inner);
        self.health()?;
        if self.pulse.idle() < PROVEN_FOR {
            return Ok(());
        }
        self.room().map_or(Ok(()), |room| room.check(0))?;
        self.guarded(|| canary::write(&self.tree).and_then(|()| self.sync()))
    }

    fn space(&self) -> Option<Space> {
        let disk_bytes = self.data_file.metadata().ok()?.blocks().saturating_mul(512);
        let appended = self.bytes_appended.load(Ordering::Relaxed);
        Some(Space { disk_bytes, live_bytes: self.bytes_found.get().map(|found| found.saturating_add(appended)) })
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
