//! Earlier states: roots kept in memory, and the way from the nearest one to any moment.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use chancery_domain::{Event, State};
use chancery_log::{EventLog, LogError, SnapshotStore, decode, decode_record};
use chancery_model::{Sequence, Timestamp};
use chancery_vault::Vault;
use tokio::sync::Semaphore;

use crate::{
    AsOf, EngineError,
    replay::{apply_record, restore},
};

/// A root is kept every so many records.
const ROOT_EVERY: u64 = 1_024;
/// So many roots are kept: the last 131,072 records are at most [`ROOT_EVERY`] records from one.
const ROOTS_MAX: usize = 128;
/// So many states that were rebuilt are kept for the next question about the same moment.
const REBUILT_MAX: usize = 8;
/// So many questions about the past are worked on at the same time.
const AT_ONCE_MAX: usize = 2;

/// The states that are at hand, in the order of their sequence.
pub(crate) struct History {
    roots: Mutex<VecDeque<Arc<State>>>,
    rebuilt: Mutex<VecDeque<Arc<State>>>,
    slots: Semaphore,
}

impl History {
    pub(crate) fn new(first: Arc<State>) -> Self {
        let (roots, rebuilt) = (Mutex::new(VecDeque::from([first])), Mutex::default());
        Self { roots, rebuilt, slots: Semaphore::new(AT_ONCE_MAX) }
    }

    /// Offers the newest state as a root.
    pub(crate) fn push(&self, state: &Arc<State>) {
        let mut roots = self.roots.lock().unwrap_or_else(PoisonError::into_inner);
        if roots.back().is_some_and(|last| state.next.0 < last.next.0.saturating_add(ROOT_EVERY)) {
            return;
        }
        roots.push_back(Arc::clone(state));
        if roots.len() > ROOTS_MAX {
            roots.pop_front();
        }
    }

    /// The nearest state at hand that has seen no more than the first `records` records.
    fn nearest(&self, records: Sequence) -> Option<Arc<State>> {
        let find = |states: &Mutex<VecDeque<Arc<State>>>| {
            let states = states.lock().unwrap_or_else(PoisonError::into_inner);
            states.iter().filter(|state| state.next <= records).max_by_key(|state| state.next).cloned()
        };
        [find(&self.roots), find(&self.rebuilt)].into_iter().flatten().max_by_key(|state| state.next)
    }

    fn keep(&self, state: &Arc<State>) {
        let mut rebuilt = self.rebuilt.lock().unwrap_or_else(PoisonError::into_inner);
        rebuilt.push_back(Arc::clone(state));
        if rebuilt.len() > REBUILT_MAX {
            rebuilt.pop_front();
        }
    }
}

/// What is needed to go back.
#[derive(Clone)]
pub(crate) struct Past {
    pub(crate) history: Arc<History>,
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) snapshots: SnapshotStore,
}

impl Past {
    /// The state at a moment.
    pub(crate) async fn state_at(&self, at: AsOf) -> Result<Arc<State>, EngineError> {
        let _slot = self.history.slots.acquire().await.map_err(|_| EngineError::Internal)?;
        let past = self.clone();
        let work = tokio::task::spawn_blocking(move || past.rebuild(at));
        work.await.map_err(|_| EngineError::Internal)?
    }

    fn rebuild(&self, at: AsOf) -> Result<Arc<State>, EngineError> {
        let records = match at {
            AsOf::Sequence(sequence) => self.records_until(sequence)?,
            AsOf::Time(time) => self.records_before(time)?,
        };
        let nearest = self.history.nearest(records);
        let start = match nearest.filter(|state| records.0 - state.next.0 <= ROOT_EVERY) {
            Some(state) => state,
            None => self.farther_start(records),
        };
        if start.next == records {
            return Ok(start);
        }
        let mut state = State::clone(&start);
        for item in self.log.read(state.next) {
            let (sequence, bytes) = item?;
            if sequence >= records {
                break;
            }
            let mut record = decode_record::<Event>(sequence, &bytes).map_err(|error| damaged(sequence, &error.to_string()))?;
            apply_record(&self.vault, &mut state, &mut record).map_err(|reason| damaged(sequence, &reason))?;
        }
        let state = Arc::new(state);
        self.history.keep(&state);
        Ok(state)
    }

    /// The best start that is not in memory near by: a root, a snapshot, or nothing.
    fn farther_start(&self, records: Sequence) -> Arc<State> {
        let root = self.history.nearest(records);
        let snapshot = self.snapshots.newest(records).ok().and_then(|(found, _)| found);
        let newer = snapshot.filter(|found| root.as_ref().is_none_or(|root| found.sequence > root.next));
        let restored = newer.and_then(|found| {
            let mut state: State = decode(&found.body).ok()?;
            restore(&self.vault, &mut state).ok().map(|()| Arc::new(state))
        });
        restored.or(root).unwrap_or_default()
    }

    fn records_until(&self, sequence: Sequence) -> Result<Sequence, EngineError> {
        let head = self.log.head();
        if sequence < head {
            return Ok(sequence.next());
        }
        let message = format!(
            "asOf: record {sequence} does not exist yet; the log has {head} records, the last one is {}",
            head.0.saturating_sub(1)
        );
        Err(EngineError::NoSuchMoment { message })
    }

    /// How many records were written up to `time`, by binary search: time in records never goes backwards.
    fn records_before(&self, time: Timestamp) -> Result<Sequence, EngineError> {
        let (mut low, mut high) = (0, self.log.head().0);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.time_of(Sequence(middle))? <= time { low = middle + 1 } else { high = middle }
        }
        if low > 0 {
            return Ok(Sequence(low));
        }
        let message = format!("asOf: {time} is before the first record");
        Err(EngineError::NoSuchMoment { message })
    }

    fn time_of(&self, sequence: Sequence) -> Result<Timestamp, EngineError> {
        let (sequence, bytes) = self.log.read(sequence).next().ok_or(EngineError::Internal)??;
        decode_record::<Event>(sequence, &bytes).map(|record| record.time).map_err(|error| damaged(sequence, &error.to_string()))
    }
}

fn damaged(sequence: Sequence, reason: &str) -> EngineError {
    EngineError::from(LogError::Damaged { sequence, reason: reason.to_owned() })
}
