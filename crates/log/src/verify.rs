//! The offline verifier: everything that the log promises, checked against the stored bytes.
//!
//! It trusts no stored hash. It stops at the first record that is wrong, with its number and the reason, because
//! nothing after it can be trusted. The state is the caller's: it sees each record and may replay it as it comes.

use std::fmt;

use chancery_model::{Sequence, Timestamp};
use serde::de::DeserializeOwned;

use crate::{Bytes, Checkpoint, EventLog, Hash, LogError, Record, TileStore, Tree, codec};

/// What the log is checked against. All of it may be empty.
#[derive(Debug, Default)]
pub struct Expected<'a> {
    /// Checkpoints whose signatures have been verified: the witness, and others that someone has kept.
    pub checkpoints: Vec<Checkpoint>,
    /// The trees of the snapshots there are.
    pub snapshots: Vec<Tree>,
    /// The tiles on disk.
    pub tiles: Option<&'a TileStore>,
}

/// What was checked, and the first thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Records that are good.
    pub records: u64,
    /// Their stored bytes.
    pub bytes: u64,
    /// The tree over them.
    pub tree: Tree,
    /// The time of the first one.
    pub first_time: Option<Timestamp>,
    /// The time of the last one.
    pub last_time: Option<Timestamp>,
    /// Checkpoints that agree.
    pub checkpoints: usize,
    /// Snapshots that agree.
    pub snapshots: usize,
    /// Leaves of the tiles that agree; 0 when there were none to check.
    pub tiles: u64,
    /// The first failure; `None` when all is well.
    pub failure: Option<Failure>,
}

impl Report {
    /// The root over the records that are good.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.tree.root()
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.failure.is_none()
    }
}

/// What is wrong first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// At which record; for a checkpoint, snapshot or tile, the number of records that it covers.
    pub sequence: Sequence,
    /// What is wrong there.
    pub reason: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at record {}: {}", self.sequence, self.reason)
    }
}

/// How many records between two calls of the progress callback.
pub const PROGRESS_RECORDS: u64 = 4_096;

/// Verifies a log, from its first record to its head at the time of the call.
///
/// `observe` sees every good record, in order; its error is a failure at that record. `progress` is told the number
/// of records done and the head, every [`PROGRESS_RECORDS`] and at the end.
pub fn verify<E: DeserializeOwned>(
    log: &dyn EventLog,
    expected: &Expected<'_>,
    observe: impl FnMut(&Record<E>) -> Result<(), String>,
    progress: impl FnMut(u64, Sequence),
) -> Report {
    // The head is taken first: what is appended meanwhile is read by the iterator's own, later head, and left out.
    let head = log.head();
    let records = log.read(Sequence(0)).take(usize::try_from(head.0).unwrap_or(usize::MAX));
    verify_records(records, head, expected, observe, progress)
}

/// Verifies `head` records from anywhere: an exported file, a store of another kind.
pub fn verify_records<E: DeserializeOwned>(
    records: impl Iterator<Item = Result<(Sequence, Bytes), LogError>>,
    head: Sequence,
    expected: &Expected<'_>,
    mut observe: impl FnMut(&Record<E>) -> Result<(), String>,
    mut progress: impl FnMut(u64, Sequence),
) -> Report {
    let mut pass = Pass::new(expected);
    let mut failure = pass.compare().err();
    for record in records {
        if failure.is_some() {
            break;
        }
        failure = pass.record(record, &mut observe).err();
        if pass.report.records.is_multiple_of(PROGRESS_RECORDS) {
            progress(pass.report.records, head);
        }
    }
    let failure = failure.or_else(|| pass.end(head).err());
    progress(pass.report.records, head);
    Report { failure, ..pass.report }
}

/// One pass over the log; each step either adds to the report or is its failure.
struct Pass<'a> {
    expected: &'a Expected<'a>,
    report: Report,
}

impl<'a> Pass<'a> {
    fn new(expected: &'a Expected<'a>) -> Self {
        let report = Report {
            records: 0,
            bytes: 0,
            tree: Tree::new(),
            first_time: None,
            last_time: None,
            checkpoints: 0,
            snapshots: 0,
            tiles: 0,
            failure: None,
        };
        Self { expected, report }
    }

    fn record<E: DeserializeOwned>(
        &mut self,
        record: Result<(Sequence, Bytes), LogError>,
        observe: &mut impl FnMut(&Record<E>) -> Result<(), String>,
    ) -> Result<(), Failure> {
        let place = Sequence(self.report.records);
        let fail = |reason: String| Failure { sequence: place, reason };
        let (sequence, bytes) = record.map_err(|error| fail(error.to_string()))?;
        if sequence != place {
            return Err(fail(format!("the log gives record {sequence} in this place")));
        }
        let record: Record<E> = codec::decode_record(place, &bytes).map_err(|error| fail(error.to_string()))?;
        if let Some(before) = self.report.last_time.filter(|before| record.time < *before) {
            return Err(fail(format!("its time {} is earlier than that of the record before it, {before}", record.time)));
        }
        observe(&record).map_err(fail)?;
        self.report.tree.push(&bytes);
        self.report.records += 1;
        self.report.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.report.first_time.get_or_insert(record.time);
        self.report.last_time = Some(record.time);
        self.compare()
    }

    /// Compares the tree with everything that is known at its present size.
    fn compare(&mut self) -> Result<(), Failure> {
        let (size, tree) = (self.report.tree.size(), &self.report.tree);
        let fail = |what: &str| Failure {
            sequence: Sequence(size),
            reason: format!("{what} of the first {size} records has another root: a record has been altered since"),
        };
        for checkpoint in self.expected.checkpoints.iter().filter(|checkpoint| checkpoint.size == size) {
            if checkpoint.root != tree.root() {
                return Err(fail("a signed checkpoint"));
            }
            self.report.checkpoints += 1;
        }
        for snapshot in self.expected.snapshots.iter().filter(|snapshot| snapshot.size() == size) {
            if snapshot != tree {
                return Err(fail("a snapshot"));
            }
            self.report.snapshots += 1;
        }
        if let Some(tiles) = self.expected.tiles.filter(|tiles| tiles.size() == size && size > 0) {
            match tiles.root_at(size) {
                Ok(root) if root == tree.root() => self.report.tiles = size,
                Ok(_) => return Err(fail("the tree in the tiles")),
                Err(error) => return Err(Failure { sequence: Sequence(size), reason: error.to_string() }),
            }
        }
        Ok(())
    }

    /// What must hold once the records have ended.
    fn end(&self, head: Sequence) -> Result<(), Failure> {
        let size = self.report.records;
        let lost = |what: &str, seen: u64| Failure {
            sequence: Sequence(size),
            reason: format!("the log ends here, and {what} has seen {seen} records: its end is lost"),
        };
        let checkpoints = self.expected.checkpoints.iter().map(|checkpoint| ("a signed checkpoint", checkpoint.size));
        let snapshots = self.expected.snapshots.iter().map(|snapshot| ("a snapshot", snapshot.size()));
        let tiles = self.expected.tiles.iter().map(|tiles| ("the tree in the tiles", tiles.size()));
        let head = std::iter::once(("the store", head.0));
        let longer = head.chain(checkpoints).chain(snapshots).chain(tiles).find(|(_, seen)| *seen > size);
        longer.map_or(Ok(()), |(what, seen)| Err(lost(what, seen)))
    }
}

#[cfg(test)]
mod tests;
