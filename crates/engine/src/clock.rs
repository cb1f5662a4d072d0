//! Where the engine gets the time from.

use std::time::{SystemTime, UNIX_EPOCH};

use chancery_model::Timestamp;

/// A clock. Tests hand in one that they turn themselves.
pub trait Clock: Send + Sync {
    /// The moment. It may go backwards; records do not.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }
}
