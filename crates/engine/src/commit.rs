//! The committer: makes batches durable in order, publishes, answers.
//!
//! A batch that cannot be stored takes down what was decided on top of it. When it is unknown what is stored (a failed
//! sync), nothing is written any more: the process has to start again and look.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use chancery_domain::State;
use chancery_log::{AppendError, BATCH_BYTES_MAX, BATCH_RECORDS_MAX, Bytes, EventLog};
use crossbeam_channel::{Receiver, Sender};
use tokio::sync::oneshot;

use crate::{
    EngineError, Receipt,
    notary::Notice,
    published::Published,
    writer::{Decided, ManyAnswer},
};

/// Decided commands on their way to the disk.
pub(crate) struct Batch {
    pub(crate) generation: u64,
    pub(crate) jobs: usize,
    pub(crate) stopping: bool,
    pub(crate) records: Vec<Bytes>,
    pub(crate) answers: Vec<Answer>,
    pub(crate) state: Arc<State>,
}

/// What is told to whom once the batch is durable.
pub(crate) enum Answer {
    One(Result<Outcome, EngineError>, oneshot::Sender<Result<Receipt, EngineError>>),
    Many(Vec<Result<Outcome, EngineError>>, oneshot::Sender<ManyAnswer>),
    Stop(oneshot::Sender<()>),
}

/// A decided command whose bytes are in the batch.
pub(crate) struct Outcome {
    decided: Decided,
    /// A state of its own, where the batch's does not hold it: a dry run.
    state: Option<Arc<State>>,
}

impl Batch {
    pub(crate) fn new(generation: u64) -> Self {
        Self { generation, jobs: 0, stopping: false, records: Vec::new(), answers: Vec::new(), state: Arc::default() }
    }

    pub(crate) fn push(
        &mut self,
        decided: Result<Decided, EngineError>,
        answer: impl FnOnce(Result<Outcome, EngineError>) -> Answer,
    ) {
        let outcome = decided.map(|mut decided| {
            self.records.extend(decided.bytes.take());
            Outcome { decided, state: None }
        });
        self.answers.push(answer(outcome));
    }

    /// Takes a decided item of many: its record goes into the batch, or (dry run, refusal) nowhere.
    pub(crate) fn keep_if(&mut self, keep: bool, mut decided: Decided, scratch: &Arc<State>) -> Outcome {
        let bytes = decided.bytes.take();
        if keep {
            self.records.extend(bytes);
            return Outcome { decided, state: None };
        }
        decided.record = None;
        Outcome { decided, state: Some(Arc::clone(scratch)) }
    }

    /// Tells everybody, once it is known what became of the records.
    fn answer(self, stored: Result<(), EngineError>) {
        let state = self.state;
        let receipt = |outcome: Outcome| match &stored {
            Ok(()) => Ok(outcome.receipt(&state)),
            Err(error) => Err(error.clone()),
        };
        for answer in self.answers {
            // Who does not wait any more need not be told.
            match answer {
                Answer::One(outcome, to) => drop(to.send(outcome.and_then(receipt))),
                Answer::Many(outcomes, to) => drop(to.send(Ok(outcomes.into_iter().map(|one| one.and_then(receipt)).collect()))),
                Answer::Stop(to) => drop(to.send(())),
            }
        }
    }
}

impl Outcome {
    fn receipt(self, published: &Arc<State>) -> Receipt {
        let state = self.state.unwrap_or_else(|| Arc::clone(published));
        let Decided { record, events, replay_of, .. } = self.decided;
        Receipt { record, events, state, replayed: replay_of.is_some(), replay_of }
    }
}

/// Why nothing is written any more.
#[derive(Default)]
pub(crate) struct Poison(Mutex<Option<String>>);

impl Poison {
    /// The reason, if there is one.
    pub(crate) fn reason(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Stops all writing for good; the first reason stays.
    pub(crate) fn set(&self, reason: String) {
        tracing::error!(%reason, "no more changes are accepted");
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(reason);
    }
}

/// The committer's thread.
pub(crate) struct Committer {
    pub(crate) batches: Receiver<Batch>,
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) published: Arc<Published>,
    pub(crate) notices: Sender<Notice>,
    pub(crate) generation: Arc<AtomicU64>,
    pub(crate) poison: Arc<Poison>,
}

impl Committer {
    /// Runs until the writer ends.
    pub(crate) fn run(self) {
        while let Ok(batch) = self.batches.recv() {
            let stored = self.store(&batch);
            if stored.is_ok() && !batch.records.is_empty() {
                self.published.store(Arc::clone(&batch.state));
                let notice = Notice { records: batch.records.clone(), state: Arc::clone(&batch.state) };
                if self.notices.send(notice).is_err() {
                    self.poison.set("the thread that signs checkpoints has ended".to_owned());
                }
            }
            batch.answer(stored);
        }
    }

    fn store(&self, batch: &Batch) -> Result<(), EngineError> {
        if let Some(reason) = self.poison.reason() {
            return Err(EngineError::ReadOnly { reason });
        }
        if batch.generation != self.generation.load(Ordering::Acquire) {
            let reason = "a change before it was not stored; try again".to_owned();
            return Err(EngineError::NotDurable { reason });
        }
        if batch.records.is_empty() {
            return Ok(());
        }
        let result = self.append(&batch.records);
        if let Err(error) = &result {
            self.generation.fetch_add(1, Ordering::AcqRel);
            self.stop_if_unknown(error);
        }
        result.map_err(|error| EngineError::NotDurable { reason: error.to_string() })
    }

    /// Appends in as many pieces as the log's limits ask for.
    fn append(&self, records: &[Bytes]) -> Result<(), AppendError> {
        let mut head = self.log.head();
        let mut rest = records;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(piece_len(rest));
            match self.log.append(head, piece) {
                Ok(next) => head = next,
                // What was stored before is there and not published: only a new start can bring both together.
                Err(error) if rest.len() < records.len() => return Err(AppendError::Storage { reason: error.to_string() }),
                Err(error) => return Err(error),
            }
            rest = after;
        }
        Ok(())
    }

    fn stop_if_unknown(&self, error: &AppendError) {
        match error {
            AppendError::DiskFull { .. } | AppendError::TooLarge { .. } | AppendError::EmptyRecord { .. } => {
                tracing::warn!(%error, "a batch was not stored");
            }
            AppendError::Conflict { .. } | AppendError::Poisoned { .. } | AppendError::Storage { .. } => {
                self.poison.set(error.to_string())
            }
        }
    }
}

/// How many records fit into one append.
fn piece_len(records: &[Bytes]) -> usize {
    let mut bytes = 0_usize;
    let fitting = records.iter().take(BATCH_RECORDS_MAX).take_while(|record| {
        bytes = bytes.saturating_add(record.len());
        bytes <= BATCH_BYTES_MAX
    });
    fitting.count().max(1)
}
