//! The end of serving, in two steps: no more work, then no more connections.

use std::io;

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Serving,
    Ending,
    Closed,
}

/// Tells everything that runs when to end. Clones share one state, and there is no way back.
#[derive(Debug, Clone)]
pub struct Shutdown {
    phase: watch::Sender<Phase>,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self { phase: watch::Sender::new(Phase::Serving) }
    }
}

impl Shutdown {
    /// A server that runs.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A shutdown that SIGTERM or SIGINT begins. A second signal closes at once, for an operator who will not wait.
    ///
    /// # Errors
    /// The system's, when a signal cannot be watched.
    pub fn on_signals() -> io::Result<Self> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let shutdown = Self::new();
        let told = shutdown.clone();
        tokio::spawn(async move {
            loop {
                let name = tokio::select! {
                    _ = terminate.recv() => "SIGTERM",
                    _ = interrupt.recv() => "SIGINT",
                };
                tracing::info!(signal = name, "asked to stop");
                if told.is_begun() { told.close() } else { told.begin() }
            }
        });
        Ok(shutdown)
    }

    /// Stop accepting; let what is in work end.
    pub fn begin(&self) {
        self.advance(Phase::Ending);
    }

    /// Close what is still open.
    pub(crate) fn close(&self) {
        self.advance(Phase::Closed);
    }

    /// Whether the end has begun.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        *self.phase.borrow() >= Phase::Ending
    }

    /// Waits until the end begins: for subscriptions and other long work that should end by itself.
    pub async fn begun(&self) {
        self.reached(Phase::Ending).await;
    }

    pub(super) async fn closed(&self) {
        self.reached(Phase::Closed).await;
    }

    fn advance(&self, to: Phase) {
        self.phase.send_if_modified(|phase| {
            let later = to > *phase;
            *phase = to.max(*phase);
            later
        });
    }

    async fn reached(&self, wanted: Phase) {
        // The sender is `self`, so the wait cannot fail.
        let _ = self.phase.subscribe().wait_for(|phase| *phase >= wanted).await;
    }
}
