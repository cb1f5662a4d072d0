//! The pulse of the store: since when a write is under way, and when one last succeeded. It writes nothing itself.
//!
//! A disk that hangs fails no call, it only never answers: whoever asks for the health of the log finds the write overdue.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

pub(super) struct Pulse {
    beat: Mutex<Beat>,
    deadline: Duration,
}

struct Beat {
    begun: Option<Instant>,
    proven: Instant,
}

impl Pulse {
    /// Opening has read and synced, so that the store is proven now.
    pub(super) fn new(deadline: Duration) -> Self {
        Self { beat: Mutex::new(Beat { begun: None, proven: Instant::now() }), deadline }
    }

    pub(super) fn begin(&self) {
        self.beat().begun = Some(Instant::now());
    }

    /// Ends what was begun.
    ///
    /// # Errors
    /// When it has taken longer than it may.
    pub(super) fn end(&self, good: bool) -> Result<(), String> {
        let mut beat = self.beat();
        let begun = beat.begun.take();
        self.in_time(begun)?;
        if good {
            beat.proven = Instant::now();
        }
        Ok(())
    }

    /// Whether no write has been under way for too long.
    ///
    /// # Errors
    /// For how long one has been.
    pub(super) fn check(&self) -> Result<(), String> {
        let begun = self.beat().begun;
        self.in_time(begun)
    }

    /// How long ago a write succeeded last.
    pub(super) fn idle(&self) -> Duration {
        self.beat().proven.elapsed()
    }

    fn in_time(&self, begun: Option<Instant>) -> Result<(), String> {
        match begun.map(|begun| begun.elapsed()) {
            Some(took) if took > self.deadline => Err(format!(
                "a write has taken {:.1} s, and {:.1} s is the most",
                took.as_secs_f64(),
                self.deadline.as_secs_f64()
            )),
            _ => Ok(()),
        }
    }

    fn beat(&self) -> MutexGuard<'_, Beat> {
        self.beat.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
