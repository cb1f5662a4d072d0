//! The place between the writer and the committer, which holds one batch.
//!
//! What is decided while a commit is on its way joins the batch that waits. A commit costs a sync however much is in it:
//! were each batch committed by itself, callers would wait for syncs that they could have shared.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::{commit::Batch, writer::JOBS_PER_BATCH_MAX};

/// The writer's end. Dropping it ends the committer after the batch that waits.
pub(crate) struct Giver(Arc<Place>);

/// The committer's end. Dropping it is seen by the writer at its next batch.
pub(crate) struct Taker(Arc<Place>);

/// The committer is gone.
#[derive(Debug)]
pub(crate) struct Gone;

#[derive(Default)]
struct Place {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    batch: Option<Batch>,
    /// One end is gone.
    ended: bool,
}

/// Both ends.
pub(crate) fn handover() -> (Giver, Taker) {
    let place = Arc::new(Place::default());
    (Giver(Arc::clone(&place)), Taker(place))
}

impl Giver {
    /// Adds to the batch that waits; blocks while that one is full.
    pub(crate) fn give(&self, batch: Batch) -> Result<(), Gone> {
        let mut waiting = self.0.lock();
        while !waiting.ended && waiting.batch.as_ref().is_some_and(|before| !before.takes(&batch, JOBS_PER_BATCH_MAX)) {
            waiting = self.0.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        if waiting.ended {
            return Err(Gone);
        }
        match &mut waiting.batch {
            // The committer was told when the first part came.
            Some(before) => before.join(batch),
            empty @ None => {
                *empty = Some(batch);
                self.0.changed.notify_one();
            }
        }
        Ok(())
    }
}

impl Taker {
    /// Takes what waits; blocks until there is something, and gives none when nothing will come any more.
    pub(crate) fn take(&self) -> Option<Batch> {
        let mut waiting = self.0.lock();
        while waiting.batch.is_none() && !waiting.ended {
            waiting = self.0.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        let batch = waiting.batch.take();
        self.0.changed.notify_one();
        batch
    }
}

impl Place {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self) {
        self.lock().ended = true;
        self.changed.notify_all();
    }
}

impl Drop for Giver {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Drop for Taker {
    fn drop(&mut self) {
        self.0.end();
        // Whoever waits for an answer is told by this that there is none.
        drop(self.0.lock().batch.take());
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn batch(generation: u64, jobs: usize) -> Batch {
        let mut batch = Batch::new(generation);
        batch.jobs = jobs;
        batch
    }

    #[test]
    fn what_waits_is_taken_as_one() {
        let (giver, taker) = handover();
        giver.give(batch(0, 1)).unwrap();
        giver.give(batch(0, 2)).unwrap();
        assert_eq!(taker.take().map(|batch| batch.jobs), Some(3));
        giver.give(batch(0, 4)).unwrap();
        drop(giver);
        assert_eq!(taker.take().map(|batch| batch.jobs), Some(4));
        assert!(taker.take().is_none());
    }

    /// What comes in each taking, in jobs, when these two are given.
    fn taken(first: Batch, second: Batch) -> Vec<usize> {
        let (giver, taker) = handover();
        giver.give(first).unwrap();
        let giving = thread::spawn(move || giver.give(second).unwrap());
        let taken = std::iter::from_fn(|| taker.take()).map(|batch| batch.jobs).collect();
        giving.join().unwrap();
        taken
    }

    #[test]
    fn a_full_batch_and_one_decided_on_lost_ground_are_not_joined() {
        assert_eq!(taken(batch(0, 1), batch(0, JOBS_PER_BATCH_MAX)), [1, JOBS_PER_BATCH_MAX]);
        assert_eq!(taken(batch(0, 1), batch(1, 1)), [1, 1]);
        let (giver, taker) = handover();
        giver.give(batch(0, 1)).unwrap();
        giver.give(batch(0, JOBS_PER_BATCH_MAX - 1)).unwrap();
        assert_eq!(taker.take().map(|batch| batch.jobs), Some(JOBS_PER_BATCH_MAX));
    }

    #[test]
    fn the_writer_learns_that_nobody_takes() {
        let (giver, taker) = handover();
        drop(taker);
        assert!(giver.give(batch(0, 1)).is_err());
    }
}
