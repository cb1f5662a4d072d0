//! Subjects whose keys are on the disk already, waiting to be handed out.
//!
//! Nobody is handed a subject twice: a subject leaves the pool once, and a pool does not outlive its process. Keys
//! that were pooled when a process ended stay in the keyring, unused, until [`crate::Vault::drop_unused`].

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use chancery_model::SubjectId;

/// Refills closer together than this mean that the batches are too small.
const HURRIED: Duration = Duration::from_millis(250);
/// After this long without a refill the load is over.
const CALM: Duration = Duration::from_secs(10);

/// How many keys are made at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BatchSizes {
    /// At first, and in quiet times.
    pub(crate) least: usize,
    /// Under load, so that three syncs are shared by thousands of subjects.
    pub(crate) most: usize,
}

impl Default for BatchSizes {
    fn default() -> Self {
        Self { least: 256, most: 8_192 }
    }
}

/// The pool.
#[derive(Default)]
pub(crate) struct Pool(Mutex<VecDeque<SubjectId>>);

impl Pool {
    /// Hands one out, and says how many are left.
    pub(crate) fn take(&self) -> Option<(SubjectId, usize)> {
        let mut ready = self.ready();
        ready.pop_front().map(|subject| (subject, ready.len()))
    }

    pub(crate) fn add(&self, subjects: impl IntoIterator<Item = SubjectId>) {
        self.ready().extend(subjects);
    }

    pub(crate) fn remove(&self, subject: SubjectId) {
        self.ready().retain(|ready| *ready != subject);
    }

    pub(crate) fn len(&self) -> usize {
        self.ready().len()
    }

    fn ready(&self) -> MutexGuard<'_, VecDeque<SubjectId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How large the next batch is: it doubles while refills follow one another, and falls back when they stop.
pub(crate) struct Pace {
    sizes: BatchSizes,
    batch: usize,
    refilled: Option<Instant>,
}

impl Pace {
    pub(crate) fn new(sizes: BatchSizes) -> Self {
        Self { sizes, batch: sizes.least, refilled: None }
    }

    /// The size of the batch to make now.
    pub(crate) fn next(&mut self) -> usize {
        match self.refilled.map(|at| at.elapsed()) {
            Some(since) if since < HURRIED => self.batch = (self.batch * 2).min(self.sizes.most),
            Some(since) if since > CALM => self.batch = self.sizes.least,
            _ => {}
        }
        self.batch
    }

    /// Notes that a batch has been made.
    pub(crate) fn done(&mut self) {
        self.refilled = Some(Instant::now());
    }

    /// Below this many the pool is low.
    pub(crate) fn low(&self) -> usize {
        self.batch.div_ceil(4)
    }
}
