//! Following the log: what is there, then what comes, with no gap and no repeat.

use std::sync::Arc;

use chancery_model::Sequence;
use tokio::sync::watch;

use crate::{Bytes, EventLog, LogError};

/// A batch of a follower ends after so many bytes, so that a slow reader never holds much.
pub const FOLLOW_BATCH_BYTES_MAX: usize = 4 << 20;

/// A reader that keeps its place and waits for what becomes durable.
pub struct Follow {
    log: Arc<dyn EventLog>,
    heads: watch::Receiver<Sequence>,
    next: Sequence,
}

impl Follow {
    /// Follows `log` from record `from` on. A `from` beyond the head waits until the log gets there.
    #[must_use]
    pub fn new(log: Arc<dyn EventLog>, from: Sequence) -> Self {
        let heads = log.heads();
        Self { log, heads, next: from }
    }

    /// The number of the next record to come.
    #[must_use]
    pub fn next_sequence(&self) -> Sequence {
        self.next
    }

    /// Waits for records and gives at least one and at most `records_max` (taken as 1 if it is 0).
    ///
    /// It may be dropped while it waits; no record is lost then. It needs a Tokio runtime: the read, which
    /// may block on the disk, runs on its blocking threads.
    ///
    /// # Errors
    /// Any [`LogError`]; the follower stays at the record that could not be read.
    pub async fn next_batch(&mut self, records_max: usize) -> Result<Vec<(Sequence, Bytes)>, LogError> {
        let next = self.next;
        self.heads.wait_for(|head| *head > next).await.map_err(|_| LogError::Closed)?;
        let log = Arc::clone(&self.log);
        let read = tokio::task::spawn_blocking(move || read_batch(&*log, next, records_max.max(1)));
        let batch = read.await.map_err(|error| LogError::Storage { sequence: next, reason: error.to_string() })??;
        if let Some((last, _)) = batch.last() {
            self.next = last.next();
        }
        Ok(batch)
    }
}

fn read_batch(log: &dyn EventLog, from: Sequence, records_max: usize) -> Result<Vec<(Sequence, Bytes)>, LogError> {
    let mut batch = Vec::new();
    let mut bytes = 0_usize;
    for record in log.read(from).take(records_max) {
        match record {
            Ok((sequence, record)) => {
                bytes = bytes.saturating_add(record.len());
                batch.push((sequence, record));
            }
            // What precedes the failure is good; the next call meets the failure again.
            Err(_) if !batch.is_empty() => break,
            Err(error) => return Err(error),
        }
        if bytes >= FOLLOW_BATCH_BYTES_MAX {
            break;
        }
    }
    Ok(batch)
}
