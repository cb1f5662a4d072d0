//! The scrub: after a start from a snapshot, every record behind the snapshot is read and hashed again in the background.
//! A start would be slow if it did so itself; a log that is damaged behind its snapshot must still not go unnoticed.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use chancery_log::{EventLog, Hash, Tree};
use chancery_model::Sequence;

use crate::commit::Poison;

/// Reads the first `records` records and compares their root.
pub(crate) struct Scrub {
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) records: u64,
    pub(crate) root: Hash,
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) poison: Arc<Poison>,
}

impl Scrub {
    /// Runs to the end, or until it is told to stop.
    pub(crate) fn run(self) {
        let mut tree = Tree::new();
        for item in self.log.read(Sequence(0)) {
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            match item {
                Ok((sequence, _)) if sequence.0 >= self.records => break,
                Ok((_, bytes)) => drop(tree.push(&bytes)),
                Err(error) => {
                    return self.poison.set(format!("the check of the whole log found: {error}; restore from a backup"));
                }
            }
        }
        if tree.root() == self.root {
            tracing::info!(records = self.records, "the whole log has been checked");
        } else {
            self.poison
                .set("the check of the whole log found another tree than the snapshot's: restore from a backup".to_owned());
        }
    }
}
