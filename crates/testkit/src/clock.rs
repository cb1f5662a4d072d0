//! A clock that stands until it is turned.

use std::sync::atomic::{AtomicU64, Ordering};

use chancery_engine::Clock;
use chancery_model::Timestamp;

/// A clock that a test turns itself. It begins on 2026-01-01.
#[derive(Debug)]
pub struct TestClock(AtomicU64);

impl Default for TestClock {
    fn default() -> Self {
        const BEGIN_MILLIS: u64 = 1_767_225_600_000;
        Self(AtomicU64::new(BEGIN_MILLIS))
    }
}

impl TestClock {
    /// Lets so many seconds pass.
    pub fn pass_seconds(&self, seconds: u64) {
        self.0.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}
