//! A log in memory, for tests and previews. It never survives the process.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chancery_model::Sequence;
use tokio::sync::watch;

use crate::{AppendError, Bytes, EventLog, LogError, Records, Space, port};

/// A log in memory. A clone is the same log.
#[derive(Debug, Clone)]
pub struct MemoryLog {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    inner: Mutex<Inner>,
    heads: watch::Sender<Sequence>,
}

#[derive(Debug, Default)]
struct Inner {
    records: Vec<Bytes>,
    fail_next: Option<String>,
    poisoned: Option<String>,
}

impl Default for MemoryLog {
    fn default() -> Self {
        let shared = Shared { inner: Mutex::default(), heads: watch::Sender::new(Sequence(0)) };
        Self { shared: Arc::new(shared) }
    }
}

impl MemoryLog {
    /// An empty log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the next append fail as a broken disk would; the log is poisoned from then on.
    pub fn fail_next_append(&self, reason: impl Into<String>) {
        self.lock().fail_next = Some(reason.into());
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.shared.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventLog for MemoryLog {
    fn head(&self) -> Sequence {
        *self.shared.heads.borrow()
    }

    fn heads(&self) -> watch::Receiver<Sequence> {
        self.shared.heads.subscribe()
    }

    fn append(&self, expected: Sequence, batch: &[Bytes]) -> Result<Sequence, AppendError> {
        let mut inner = self.lock();
        if let Some(reason) = &inner.poisoned {
            return Err(AppendError::Poisoned { reason: reason.clone() });
        }
        port::check_head(expected, self.head())?;
        port::check_batch(batch)?;
        if let Some(reason) = inner.fail_next.take() {
            inner.poisoned = Some(reason.clone());
            return Err(AppendError::Storage { reason });
        }
        inner.records.extend_from_slice(batch);
        let head = port::advanced(expected, batch.len());
        self.shared.heads.send_replace(head);
        Ok(head)
    }

    fn read(&self, from: Sequence) -> Records {
        let log = self.clone();
        let head = self.head();
        Box::new((from.0..head.0).map(move |number| {
            let stored = usize::try_from(number).ok().and_then(|index| log.lock().records.get(index).cloned());
            stored.map(|bytes| (Sequence(number), bytes)).ok_or(LogError::Missing { missing: Sequence(number), head })
        }))
    }

    fn health(&self) -> Result<(), AppendError> {
        self.lock().poisoned.clone().map_or(Ok(()), |reason| Err(AppendError::Poisoned { reason }))
    }

    fn probe(&self) -> Result<(), AppendError> {
        self.health()
    }

    fn space(&self) -> Option<Space> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance;

    impl conformance::Candidate for MemoryLog {
        fn open(&self) -> Arc<dyn EventLog> {
            Arc::new(self.clone())
        }
    }

    #[test]
    fn conforms() {
        conformance::run(&|| Box::new(MemoryLog::new())).unwrap();
    }

    #[test]
    fn a_failed_append_poisons() {
        let log = MemoryLog::new();
        log.fail_next_append("disk on fire");
        let batch = [Bytes::from(vec![1])];
        assert_eq!(log.append(Sequence(0), &batch), Err(AppendError::Storage { reason: "disk on fire".into() }));
        assert_eq!(log.append(Sequence(0), &batch), Err(AppendError::Poisoned { reason: "disk on fire".into() }));
        assert_eq!(log.head(), Sequence(0));
        assert!(log.health().is_err());
    }
}
