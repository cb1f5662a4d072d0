//! Reading records from sled: in order, whole, or not at all.

use std::panic::{AssertUnwindSafe, catch_unwind};

use chancery_model::Sequence;

use super::{
    host,
    parts::{self, PART_BYTES},
};
use crate::{Bytes, LogError, RECORD_BYTES_MAX};

/// The records of a range; it ends at the first one that is missing or damaged, with an error.
pub(super) struct SledRecords {
    entries: sled::Iter,
    next: u64,
    end: u64,
}

impl SledRecords {
    pub(super) fn new(tree: &sled::Tree, from: Sequence, head: Sequence) -> Self {
        let (next, end) = (from.0, head.0.max(from.0));
        Self { entries: tree.range(parts::keys(next..end)), next, end }
    }

    fn record(&mut self) -> Result<Bytes, LogError> {
        let first = self.part(0)?;
        if first.len() < PART_BYTES {
            return if first.is_empty() { Err(self.damaged("it is empty")) } else { Ok(Bytes::from_stored(first)) };
        }
        let mut record = first.to_vec();
        for number in 1.. {
            let part = self.part(number)?;
            record.extend_from_slice(&part);
            if part.len() < PART_BYTES {
                break;
            }
            if record.len() > RECORD_BYTES_MAX {
                return Err(self.damaged("it is longer than any record"));
            }
        }
        Ok(record.into())
    }

    fn part(&mut self, part: usize) -> Result<sled::IVec, LogError> {
        let sequence = Sequence(self.next);
        let missing = LogError::Missing { missing: sequence, head: Sequence(self.end) };
        let (key, value) = match self.entries.next() {
            Some(Ok(entry)) => entry,
            Some(Err(error)) => return Err(LogError::Storage { sequence, reason: error.to_string() }),
            None if part == 0 => return Err(missing),
            None => return Err(self.damaged("its end is missing")),
        };
        match parts::parse_key(&key) {
            Some(found) if found == (self.next, part) => {}
            Some((number, _)) if part == 0 && number > self.next => return Err(missing),
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
        Some(record.map(|bytes| (sequence, bytes)))
    }
}
