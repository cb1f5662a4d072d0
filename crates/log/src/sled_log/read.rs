//! Reading records from sled: in order, whole, or not at all.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock},
};

use chancery_model::Sequence;

use super::{
    host,
    runs::{self, PART_BYTES, RUN_BYTES_MAX},
};
use crate::{Bytes, LogError};

/// The records of a range; it ends at the first one that is missing or damaged, with an error.
pub(super) struct SledRecords {
    tree: sled::Tree,
    entries: Option<sled::Iter>,
    run: Bytes,
    /// Where the next record starts in the run; at its end when another run comes next.
    at: usize,
    next: u64,
    end: u64,
    count: Option<Count>,
}

/// Adds up the bytes of the first records on the way, for whoever wants to know what the log holds.
struct Count {
    bytes: u64,
    /// The number of records whose bytes are wanted.
    of: u64,
    told: Arc<OnceLock<u64>>,
}

impl SledRecords {
    pub(super) fn new(tree: &sled::Tree, from: Sequence, head: Sequence) -> Self {
        let run = Bytes::from(&[][..]);
        Self { tree: tree.clone(), entries: None, run, at: 0, next: from.0, end: head.0.max(from.0), count: None }
    }

    /// Tells the bytes of the first `of` records when they have been read; for reads from the first record.
    pub(super) fn counting(mut self, of: Sequence, told: Arc<OnceLock<u64>>) -> Self {
        self.count = Some(Count { bytes: 0, of: of.0, told });
        self
    }

    fn count(&mut self, record: &Bytes) {
        let Some(count) = &mut self.count else { return };
        count.bytes = count.bytes.saturating_add(u64::try_from(record.len()).unwrap_or(u64::MAX));
        if self.next == count.of {
            let _known = count.told.set(count.bytes);
            self.count = None;
        }
    }

    fn record(&mut self) -> Result<Bytes, LogError> {
        if self.entries.is_none() {
            self.seek()?;
        }
        if self.at >= self.run.len() {
            self.next_run()?;
        }
        let (record, at) = runs::record_at(&self.run, self.at).ok_or_else(|| self.damaged("its length is wrong"))?;
        self.at = at;
        Ok(record)
    }

    /// Goes to the run that holds the first record wanted, and to that record in it.
    fn seek(&mut self) -> Result<(), LogError> {
        let wanted = self.next;
        let last = self.tree.range(..=wanted.to_be_bytes()).next_back();
        let Some((key, _)) = last.transpose().map_err(|error| self.failed(&error))? else { return Err(self.missing()) };
        let (start, _) = runs::parse_key(&key).ok_or_else(|| self.damaged("there is a key that is none of a record"))?;
        self.entries = Some(self.tree.range(runs::keys(start..self.end)));
        self.next = start;
        self.next_run()?;
        for _ in start..wanted {
            // The run ends before the record wanted, so that no run holds it.
            let (_, at) = runs::record_at(&self.run, self.at).ok_or_else(|| self.missing_at(wanted))?;
            self.at = at;
        }
        self.next = wanted;
        if self.at >= self.run.len() { Err(self.missing()) } else { Ok(()) }
    }

    fn next_run(&mut self) -> Result<(), LogError> {
        self.at = 0;
        let first = self.part(0)?;
        self.run = if first.len() < PART_BYTES { Bytes::from_stored(first) } else { self.long_run(&first)? };
        Ok(())
    }

    fn long_run(&mut self, first: &[u8]) -> Result<Bytes, LogError> {
        let mut run = first.to_vec();
        for number in 1.. {
            let part = self.part(number)?;
            run.extend_from_slice(&part);
            if part.len() < PART_BYTES {
                break;
            }
            if run.len() > RUN_BYTES_MAX {
                return Err(self.damaged("it is longer than any record"));
            }
        }
        Ok(run.into())
    }

    fn part(&mut self, part: usize) -> Result<sled::IVec, LogError> {
        let (key, value) = match self.entries.as_mut().and_then(Iterator::next) {
            Some(Ok(entry)) => entry,
            Some(Err(error)) => return Err(self.failed(&error)),
            None if part == 0 => return Err(self.missing()),
            None => return Err(self.damaged("its end is missing")),
        };
        match runs::parse_key(&key) {
            Some(found) if found == (self.next, part) => {}
            Some((number, _)) if part == 0 && number > self.next => return Err(self.missing()),
            Some(_) => return Err(self.damaged("a part of it is missing")),
            None => return Err(self.damaged("there is a key that is none of a record")),
        }
        if value.len() > PART_BYTES {
            return Err(self.damaged("a part of it is too long"));
        }
        Ok(value)
    }

    fn damaged(&self, reason: &str) -> LogError {
        LogError::Damaged { sequence: Sequence(self.next), reason: reason.to_owned() }
    }

    fn failed(&self, error: &sled::Error) -> LogError {
        LogError::Storage { sequence: Sequence(self.next), reason: error.to_string() }
    }

    fn missing(&self) -> LogError {
        self.missing_at(self.next)
    }

    fn missing_at(&self, number: u64) -> LogError {
        LogError::Missing { missing: Sequence(number), head: Sequence(self.end) }
    }
}

impl Iterator for SledRecords {
    type Item = Result<(Sequence, Bytes), LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        let sequence = Sequence(self.next);
        // sled panics on some kinds of damage; to its reader that is one more kind of damage.
        let record = catch_unwind(AssertUnwindSafe(|| self.record()))
            .unwrap_or_else(|panic| Err(LogError::Damaged { sequence, reason: host::panic_text(&*panic) }));
        self.next = if record.is_ok() { self.next.saturating_add(1) } else { self.end };
        if let Ok(bytes) = &record {
            self.count(bytes);
        }
        Some(record.map(|bytes| (sequence, bytes)))
    }
}

/// The head: the number after the last record of the last run.
pub(super) fn head(tree: &sled::Tree) -> Result<Sequence, String> {
    let Some((key, _)) = tree.last().map_err(|error| error.to_string())? else { return Ok(Sequence(0)) };
    let (start, _) = runs::parse_key(&key).ok_or("its last key is none of a record")?;
    let mut last = SledRecords::new(tree, Sequence(start), Sequence(u64::MAX));
    loop {
        last.record().map_err(|error| error.to_string())?;
        last.next += 1;
        if last.at >= last.run.len() {
            return Ok(Sequence(last.next));
        }
    }
}
