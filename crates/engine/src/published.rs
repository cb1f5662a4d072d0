//! The published state: what every reader sees, swapped in one step after each commit.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use chancery_domain::State;
use chancery_model::Sequence;
use tokio::sync::watch;

/// The state in force, and its head as it moves.
pub(crate) struct Published {
    state: ArcSwap<State>,
    head: watch::Sender<Sequence>,
}

impl Published {
    pub(crate) fn new(state: Arc<State>) -> Self {
        let head = watch::Sender::new(state.next);
        Self { state: ArcSwap::new(state), head }
    }

    /// The state now.
    pub(crate) fn load(&self) -> Arc<State> {
        self.state.load_full()
    }

    /// The state now, for a look: readers share no counter.
    pub(crate) fn look(&self) -> Guard<Arc<State>> {
        self.state.load()
    }

    /// Swaps the state, then tells those who follow.
    pub(crate) fn store(&self, state: Arc<State>) {
        let head = state.next;
        self.state.store(state);
        self.head.send_replace(head);
    }

    /// The published head as it moves.
    pub(crate) fn heads(&self) -> watch::Receiver<Sequence> {
        self.head.subscribe()
    }
}
