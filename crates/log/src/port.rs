//! The port that every store of the event log implements.
//!
//! sled is the embedded one; others will stand behind the same trait. `conformance` is the suite that they
//! all pass.

use chancery_model::Sequence;
use tokio::sync::watch;

use crate::{Bytes, RECORD_BYTES_MAX};

/// The most records in one append: enough for a whole account at once.
pub const BATCH_RECORDS_MAX: usize = 65_536;
/// The most bytes in one append.
pub const BATCH_BYTES_MAX: usize = 64 << 20;

/// The records of a read, in order; it owns what it needs and may move to another thread.
///
/// After an error it ends: nothing is ever skipped.
pub type Records = Box<dyn Iterator<Item = Result<(Sequence, Bytes), LogError>> + Send>;

/// An append-only list of records, numbered 0, 1, 2 … without a gap.
pub trait EventLog: Send + Sync + 'static {
    /// How many records are durable; also the number of the next one.
    fn head(&self) -> Sequence;

    /// The durable head as it moves.
    fn heads(&self) -> watch::Receiver<Sequence>;

    /// Appends `batch` if the head is `expected`, all of it or nothing, and gives the new head.
    ///
    /// The batch would survive a power cut when this returns. It blocks; call it from one thread that may.
    ///
    /// # Errors
    /// [`AppendError::Conflict`], [`AppendError::TooLarge`] and [`AppendError::DiskFull`] change nothing. After
    /// [`AppendError::Storage`] it is unknown what is stored, and every later append is
    /// [`AppendError::Poisoned`] until the process starts again.
    fn append(&self, expected: Sequence, batch: &[Bytes]) -> Result<Sequence, AppendError>;

    /// The records from `from` up to the head at the time of the call. It blocks while it is read.
    fn read(&self, from: Sequence) -> Records;

    /// Whether appends are still accepted.
    ///
    /// # Errors
    /// [`AppendError::Poisoned`] with the reason.
    fn health(&self) -> Result<(), AppendError>;

    /// Proves that a write still reaches the disk: writes and syncs a small value that is no record, unless an append has
    /// proved it within the last second. It blocks, as an append does, and fails as one does.
    ///
    /// # Errors
    /// [`AppendError::DiskFull`]: nothing was written, and it is not known. After any other the log is poisoned.
    fn probe(&self) -> Result<(), AppendError>;

    /// What the log takes on the disk; `None` for a store that is not on one.
    fn space(&self) -> Option<Space>;
}

/// What a log takes on the disk, and what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes of the disk.
    pub disk_bytes: u64,
    /// Bytes of the records; `None` as long as they have not all been read once since the start.
    pub live_bytes: Option<u64>,
}

impl Space {
    /// A log of fewer bytes on the disk is never called wasteful.
    const DISK_BYTES_MIN: u64 = 256 << 20;
    /// One is that takes more than so many times the bytes of its records.
    const TIMES_MAX: u64 = 4;

    /// Whether the log takes so much more than it holds that a compaction is worth its while.
    #[must_use]
    pub fn is_wasteful(&self) -> bool {
        let live = self.live_bytes.unwrap_or(self.disk_bytes);
        self.disk_bytes >= Self::DISK_BYTES_MIN && self.disk_bytes > live.saturating_mul(Self::TIMES_MAX)
    }
}

/// Why a batch was not appended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Someone else has appended.
    #[error("the log has {actual} records, not {expected} as expected: another writer has appended")]
    Conflict {
        /// The head the caller knew.
        expected: Sequence,
        /// The head there is.
        actual: Sequence,
    },
    /// A limit, named with its value.
    #[error("{what} is {value}, over the limit of {max}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size.
        value: usize,
        /// The limit.
        max: usize,
    },
    /// A record without bytes, which no encoder writes.
    #[error("record {index} of the batch is empty")]
    EmptyRecord {
        /// Its place in the batch.
        index: usize,
    },
    /// The disk is nearly full. Nothing has been written; reads go on.
    #[error(
        "the disk of the data directory has {free} bytes free and {min} are kept in reserve. Free some space; in need, delete the \
         file `ballast` in the data directory, which is there for that and is made anew when there is room"
    )]
    DiskFull {
        /// Bytes free.
        free: u64,
        /// Bytes kept in reserve.
        min: u64,
    },
    /// An earlier write failed; only a new start can tell what is stored.
    #[error("the log accepts no more records since a write failed ({reason}): check the disk, then start again")]
    Poisoned {
        /// The first failure.
        reason: String,
    },
    /// The write failed now.
    #[error("the log could not be written ({reason}); it accepts no more records: check the disk, then start again")]
    Storage {
        /// What failed.
        reason: String,
    },
}

/// Why a record cannot be read. There is no way past it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// A record that should be there is not.
    #[error("record {missing} is missing from the log, which has {head} records")]
    Missing {
        /// Its number.
        missing: Sequence,
        /// The head of the log.
        head: Sequence,
    },
    /// A record is there and cannot be what was written.
    #[error("record {sequence} is damaged: {reason}")]
    Damaged {
        /// Its number.
        sequence: Sequence,
        /// What is wrong.
        reason: String,
    },
    /// The store failed.
    #[error("record {sequence} could not be read: {reason}")]
    Storage {
        /// The record that was wanted.
        sequence: Sequence,
        /// What failed.
        reason: String,
    },
    /// The log has been closed while it was followed, or its reading thread has ended before its end.
    #[error("the log has been closed, or the thread that read it broke off")]
    Closed,
}

/// Checks a batch against the limits that hold for every store.
pub(crate) fn check_batch(batch: &[Bytes]) -> Result<(), AppendError> {
    at_most("the number of records in the batch", batch.len(), BATCH_RECORDS_MAX)?;
    let mut total = 0_usize;
    for (index, record) in batch.iter().enumerate() {
        if record.is_empty() {
            return Err(AppendError::EmptyRecord { index });
        }
        at_most("the size of a record in bytes", record.len(), RECORD_BYTES_MAX)?;
        total = total.saturating_add(record.len());
    }
    at_most("the size of the batch in bytes", total, BATCH_BYTES_MAX)
}

/// Checks that the caller knows the head.
pub(crate) fn check_head(expected: Sequence, actual: Sequence) -> Result<(), AppendError> {
    if expected == actual { Ok(()) } else { Err(AppendError::Conflict { expected, actual }) }
}

fn at_most(what: &'static str, value: usize, max: usize) -> Result<(), AppendError> {
    if value > max { Err(AppendError::TooLarge { what, value, max }) } else { Ok(()) }
}

/// The head after `records` more.
pub(crate) fn advanced(head: Sequence, records: usize) -> Sequence {
    Sequence(head.0.saturating_add(u64::try_from(records).unwrap_or(u64::MAX)))
}
