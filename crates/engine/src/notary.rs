//! The notary: hashes what is durable into the tree, signs checkpoints, keeps the head witness, writes snapshots and the
//! roots for time travel. All of it can be made again from the log, so it follows the committer instead of holding it up.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chancery_domain::State;
use chancery_log::{Bytes, CheckpointSigner, Hash, SnapshotStore, TileStore, Tree, WitnessFile, encode};
use crossbeam_channel::{Receiver, RecvTimeoutError};

use crate::{commit::Poison, history::History};

/// How often the witness is written while there is something new.
const WITNESS_EVERY: Duration = Duration::from_secs(1);

/// At the end a snapshot is written when this part of the usual number of records has come since the last one.
const SHORT_TAIL: u64 = 8;

/// Records that have become durable, and the state after them.
pub(crate) struct Notice {
    pub(crate) records: Vec<Bytes>,
    pub(crate) state: Arc<State>,
}

/// The notary's thread.
pub(crate) struct Notary {
    pub(crate) notices: Receiver<Notice>,
    pub(crate) tree: Tree,
    pub(crate) tiles: TileStore,
    pub(crate) signer: CheckpointSigner,
    pub(crate) witness: WitnessFile,
    pub(crate) snapshots: SnapshotStore,
    pub(crate) snapshot_records: u64,
    pub(crate) last_snapshot: u64,
    pub(crate) witnessed: u64,
    pub(crate) history: Arc<History>,
    pub(crate) poison: Arc<Poison>,
}

impl Notary {
    /// Runs until the committer ends, then leaves a witness of the last record.
    pub(crate) fn run(mut self) {
        let mut due = Instant::now() + WITNESS_EVERY;
        let mut newest = None;
        loop {
            match self.notices.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Ok(notice) => {
                    self.take(&notice);
                    newest = Some(notice.state);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if Instant::now() >= due {
                self.sign();
                due = Instant::now() + WITNESS_EVERY;
            }
        }
        self.sign();
        // The next start begins here, if that saves it much.
        if let Some(state) = newest.filter(|_| self.since_snapshot() >= self.snapshot_records / SHORT_TAIL) {
            self.snapshot(&state);
        }
    }

    fn since_snapshot(&self) -> u64 {
        self.tree.size().saturating_sub(self.last_snapshot)
    }

    fn take(&mut self, notice: &Notice) {
        for record in &notice.records {
            let leaf: Hash = self.tree.push(record);
            if let Err(error) = self.tiles.push_hash(leaf) {
                self.poison.set(format!("the tiles of the hash tree cannot be written: {error}"));
            }
        }
        self.history.push(&notice.state);
        if self.since_snapshot() >= self.snapshot_records {
            self.snapshot(&notice.state);
        }
    }

    fn sign(&mut self) {
        if self.tree.size() == self.witnessed {
            return;
        }
        let note = self.signer.sign(self.tree.size(), self.tree.root());
        match self.witness.store(&note) {
            Ok(()) => self.witnessed = self.tree.size(),
            // It is tried again in a second; until then the head mark stands for it, and the records are stored.
            Err(error) if error.is_disk_full() => tracing::warn!(%error, "the disk is full"),
            Err(error) => self.poison.set(format!("the head witness cannot be written: {error}")),
        }
    }

    fn snapshot(&mut self, state: &State) {
        self.last_snapshot = self.tree.size();
        let written = encode(state).map_err(|error| error.to_string());
        let written = written.and_then(|body| self.snapshots.write(&self.tree, &body).map_err(|error| error.to_string()));
        match written {
            Ok(()) => tracing::info!(records = self.tree.size(), "snapshot written"),
            // A cache: the next start takes longer, nothing is lost.
            Err(error) => tracing::warn!(%error, "no snapshot was written"),
        }
    }
}
