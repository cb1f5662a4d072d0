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
use chancery_model::Invalid;
use crossbeam_channel::Sender;
use tokio::sync::oneshot;

use crate::{
    EngineError, Receipt,
    handover::Taker,
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
    /// The records in runs of so many: those of a run are stored together or not at all.
    wholes: Vec<usize>,
    pub(crate) answers: Vec<Answer>,
    pub(crate) state: Arc<State>,
}

/// What is told to whom once the batch is durable.
pub(crate) enum Answer {
    One(Result<Outcome, EngineError>, oneshot::Sender<Result<Receipt, EngineError>>),
    Many(Vec<Result<Outcome, EngineError>>, oneshot::Sender<ManyAnswer>),
    /// Many that are not even tried.
    Refused(EngineError, oneshot::Sender<ManyAnswer>),
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
        let (records, wholes, answers) = (Vec::new(), Vec::new(), Vec::new());
        Self { generation, jobs: 0, stopping: false, records, wholes, answers, state: Arc::default() }
    }

    pub(crate) fn push(
        &mut self,
        decided: Result<Decided, EngineError>,
        answer: impl FnOnce(Result<Outcome, EngineError>) -> Answer,
    ) {
        let before = self.records.len();
        let outcome = decided.map(|mut decided| {
            self.records.extend(decided.bytes.take());
            Outcome { decided, state: None }
        });
        self.answers.push(answer(outcome));
        self.bind(before);
    }

    /// Makes one whole of the records that have come since there were `before`.
    pub(crate) fn bind(&mut self, before: usize) {
        let since = self.records.len().saturating_sub(before);
        self.wholes.extend((since > 0).then_some(since));
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

    /// Whether another one, decided after this, can be committed with it.
    pub(crate) fn takes(&self, next: &Batch, jobs_max: usize) -> bool {
        self.generation == next.generation && self.jobs.saturating_add(next.jobs) <= jobs_max
    }

    /// Makes one batch of this and the one decided after it.
    pub(crate) fn join(&mut self, next: Batch) {
        self.jobs += next.jobs;
        self.stopping |= next.stopping;
        self.records.extend(next.records);
        self.wholes.extend(next.wholes);
        self.answers.extend(next.answers);
        self.state = next.state;
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
                Answer::Refused(error, to) => drop(to.send(Err(error))),
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
    pub(crate) batches: Taker,
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) published: Arc<Published>,
    pub(crate) notices: Sender<Notice>,
    pub(crate) generation: Arc<AtomicU64>,
    pub(crate) poison: Arc<Poison>,
}

impl Committer {
    /// Runs until the writer ends.
    pub(crate) fn run(self) {
        while let Some(mut batch) = self.batches.take() {
            let stored = self.store(&batch);
            let mut notice = None;
            if stored.is_ok() && !batch.records.is_empty() {
                self.published.store(Arc::clone(&batch.state));
                notice = Some(Notice { records: std::mem::take(&mut batch.records), state: Arc::clone(&batch.state) });
            }
            // The callers come first: what the notary does can be made again, and nobody waits for it.
            batch.answer(stored);
            if notice.is_some_and(|notice| self.notices.send(notice).is_err()) {
                self.poison.set("the thread that signs checkpoints has ended".to_owned());
            }
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
        let result = self.append(&batch.records, &batch.wholes);
        if let Err(error) = &result {
            self.generation.fetch_add(1, Ordering::AcqRel);
            self.stop_if_unknown(error);
        }
        result.map_err(|error| match error {
            AppendError::DiskFull { .. } => EngineError::DiskFull { reason: error.to_string() },
            error => EngineError::NotDurable { reason: error.to_string() },
        })
    }

    /// Appends in as many pieces as the log's limits ask for.
    fn append(&self, records: &[Bytes], wholes: &[usize]) -> Result<(), AppendError> {
        let mut head = self.log.head();
        let mut rest = records;
        for piece in pieces(records, wholes) {
            let (piece, after) = rest.split_at(piece);
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

/// How many records go into each append, so that none is over the log's limits and no whole is cut.
fn pieces(records: &[Bytes], wholes: &[usize]) -> Vec<usize> {
    let (mut pieces, mut count, mut bytes) = (Vec::new(), 0_usize, 0_usize);
    let mut rest = records.iter();
    for &whole in wholes {
        let size = size_of_records(rest.by_ref().take(whole));
        if count > 0 && (count + whole > BATCH_RECORDS_MAX || bytes + size > BATCH_BYTES_MAX) {
            pieces.push(std::mem::take(&mut count));
            bytes = 0;
        }
        (count, bytes) = (count + whole, bytes + size);
    }
    pieces.extend((count > 0).then_some(count));
    pieces
}

fn size_of_records<'a>(records: impl Iterator<Item = &'a Bytes>) -> usize {
    records.map(|record| record.len()).sum()
}

/// Refuses many commands whose records would not fit into one append: only an append is stored as a whole.
pub(crate) fn check_whole<'a>(records: impl Iterator<Item = &'a Bytes> + Clone) -> Result<(), EngineError> {
    let (count, bytes) = (records.clone().count(), size_of_records(records));
    if count <= BATCH_RECORDS_MAX && bytes <= BATCH_BYTES_MAX {
        return Ok(());
    }
    let value = format!("{count} records of {bytes} bytes");
    let constraint = format!("Member must have at most {BATCH_RECORDS_MAX} records of {BATCH_BYTES_MAX} bytes: divide it");
    Err(Invalid::new("batch", &value, constraint).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(lengths: &[usize]) -> Vec<Bytes> {
        lengths.iter().map(|length| Bytes::from(vec![0; *length])).collect()
    }

    #[test]
    fn what_goes_together_is_never_cut() {
        let small = bytes(&vec![1; BATCH_RECORDS_MAX + 2]);
        assert_eq!(pieces(&[], &[]), Vec::<usize>::new());
        assert_eq!(pieces(&small[..3], &[1, 2]), [3]);
        assert_eq!(pieces(&small, &vec![1; BATCH_RECORDS_MAX + 2]), [BATCH_RECORDS_MAX, 2]);
        // One too many before a whole: the whole goes into the next piece.
        assert_eq!(pieces(&small, &[3, BATCH_RECORDS_MAX - 1]), [3, BATCH_RECORDS_MAX - 1]);
        let large = bytes(&[BATCH_BYTES_MAX / 2, 1, BATCH_BYTES_MAX / 2, 1, BATCH_BYTES_MAX - 1]);
        assert_eq!(pieces(&large, &[2, 1, 2]), [2, 1, 2]);
    }

    #[test]
    fn what_cannot_be_stored_as_a_whole_is_refused() {
        let small = bytes(&vec![1; BATCH_RECORDS_MAX + 1]);
        assert!(check_whole(small[1..].iter()).is_ok());
        let refused = check_whole(small.iter()).unwrap_err().to_string();
        assert!(refused.contains(&format!("{} records", BATCH_RECORDS_MAX + 1)), "{refused}");
        assert!(check_whole(bytes(&[BATCH_BYTES_MAX, 1]).iter()).is_err());
    }
}
