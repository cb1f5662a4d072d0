//! The writer: one thread that decides everything, one command after the other.
//!
//! authorize → decide → record → apply to the working copy → hand over to the committer, which makes durable, publishes
//! and answers. While one batch is being made durable the next one is decided.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use chancery_domain::{Context, Event, RecordFacts, State, TokenUse};
use chancery_log::{Bytes, Record, encode_record};
use chancery_model::{AccountId, ClientToken, RecordId, Sequence, Timestamp, Ulid};
use smol_str::SmolStr;
use tokio::sync::{mpsc, oneshot};

use crate::{
    Clock, EngineError, Receipt, RecordRef,
    authorize::{Grounds, authorize},
    commit::{Answer, Batch, check_whole},
    handover::Giver,
    prepare::Prepared,
    published::Published,
};

/// So many queued jobs are decided into one batch at most.
pub(crate) const JOBS_PER_BATCH_MAX: usize = 1_024;

/// What is queued for the writer.
pub(crate) enum Job {
    /// One command.
    One(Box<Prepared>, oneshot::Sender<Result<Receipt, EngineError>>),
    /// Many commands: all of them or none.
    Many { items: Vec<Prepared>, dry_run: bool, answer: oneshot::Sender<ManyAnswer> },
    /// Answered when everything before it is.
    Stop(oneshot::Sender<()>),
}

/// What became of each of many commands.
pub(crate) type ManyAnswer = Result<Vec<Result<Receipt, EngineError>>, EngineError>;

/// The writer's thread.
pub(crate) struct Writer {
    pub(crate) jobs: mpsc::Receiver<Job>,
    pub(crate) batches: Giver,
    pub(crate) published: Arc<Published>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Raised by the committer when a batch was not stored: what was decided on top of it is void.
    pub(crate) generation: Arc<AtomicU64>,
}

/// One command decided.
pub(crate) struct Decided {
    pub(crate) record: Option<RecordRef>,
    pub(crate) events: Arc<[Event]>,
    pub(crate) bytes: Option<Bytes>,
    pub(crate) replay_of: Option<Sequence>,
}

impl Writer {
    /// Runs until it is told to stop or the queue is closed. What is queued after that is dropped, which tells its callers:
    /// a caller who holds a place in the queue would else wait for an answer that nobody gives.
    pub(crate) fn run(mut self) {
        self.write();
        self.jobs.close();
        while self.jobs.blocking_recv().is_some() {}
    }

    fn write(&mut self) {
        let mut working = State::clone(&self.published.load());
        let mut generation = self.generation.load(Ordering::Acquire);
        while let Some(first) = self.jobs.blocking_recv() {
            let newest = self.generation.load(Ordering::Acquire);
            if newest != generation {
                working = State::clone(&self.published.load());
                generation = newest;
            }
            let mut batch = Batch::new(generation);
            self.take(first, &mut working, &mut batch);
            while batch.jobs < JOBS_PER_BATCH_MAX && !batch.stopping {
                let Ok(next) = self.jobs.try_recv() else { break };
                self.take(next, &mut working, &mut batch);
            }
            batch.state = Arc::new(working.clone());
            let stopping = batch.stopping;
            if self.batches.give(batch).is_err() || stopping {
                return;
            }
        }
    }

    fn take(&self, job: Job, working: &mut State, batch: &mut Batch) {
        batch.jobs += 1;
        match job {
            Job::One(prepared, answer) => {
                let decided = decide(working, &prepared, self.clock.now());
                batch.push(decided, |outcome| Answer::One(outcome, answer));
            }
            Job::Many { items, dry_run, answer } => self.take_many(&items, dry_run, answer, working, batch),
            Job::Stop(answer) => {
                batch.stopping = true;
                batch.answers.push(Answer::Stop(answer));
            }
        }
    }

    /// Decides all on a copy; keeps the copy only if every item was accepted.
    fn take_many(
        &self,
        items: &[Prepared],
        dry_run: bool,
        answer: oneshot::Sender<ManyAnswer>,
        working: &mut State,
        batch: &mut Batch,
    ) {
        let mut scratch = working.clone();
        let decided: Vec<_> = items.iter().map(|prepared| decide(&mut scratch, prepared, self.clock.now())).collect();
        let refused = decided.iter().any(Result::is_err);
        if let Err(error) = check_whole(decided.iter().flatten().filter_map(|decided| decided.bytes.as_ref())) {
            batch.answers.push(Answer::Refused(error, answer));
            return;
        }
        let keep = !refused && !dry_run;
        let before = batch.records.len();
        if keep {
            *working = scratch.clone();
        }
        let state = Arc::new(scratch);
        let outcomes = decided.into_iter().map(|outcome| outcome.map(|decided| batch.keep_if(keep, decided, &state))).collect();
        batch.bind(before);
        batch.answers.push(Answer::Many(outcomes, answer));
    }
}

/// Decides one command and applies what follows from it.
fn decide(working: &mut State, prepared: &Prepared, clock: Timestamp) -> Result<Decided, EngineError> {
    let Prepared { caller, command, .. } = prepared;
    let account = caller.account();
    if let Some(replayed) = replay_of(working, prepared, clock)? {
        return Ok(Decided { record: None, events: Arc::new([]), bytes: None, replay_of: Some(replayed) });
    }
    // Time in records never goes backwards, whatever the clock does.
    let now = clock.max(working.time);
    let asked = match working.accounts.get(&account) {
        Some(known) => command.asked(known, &working.aws),
        None => command.asked_of_nothing(account),
    };
    let grounds = Grounds { state: working, cache: None, now };
    let authorized = authorize(grounds, caller, account, &asked, command)?;
    let context = Context { state: working, now, fresh: prepared.fresh };
    let events: Arc<[Event]> = authorized.get().decide(account, &context)?.into();
    if events.is_empty() {
        return Ok(Decided { record: None, events, bytes: None, replay_of: None });
    }
    let (record, bytes) = encode(working.next, now, account, prepared, &events)?;
    working.apply(&facts(&record, account, prepared), &events);
    Ok(Decided { record: Some(record), events, bytes: Some(bytes), replay_of: None })
}

/// The record that a repeated request stands for.
fn replay_of(working: &State, prepared: &Prepared, clock: Timestamp) -> Result<Option<Sequence>, EngineError> {
    let Some(used) = &prepared.token else { return Ok(None) };
    let caller = &prepared.caller;
    let Some(account) = working.accounts.get(&caller.account()) else { return Ok(None) };
    let Ok(token) = ClientToken::parse(&used.token) else { return Ok(None) };
    let known = account.tokens.get(&(caller.principal(), token));
    match known.filter(|entry| clock.seconds_since(entry.at) < chancery_domain::TOKEN_SECONDS) {
        None => Ok(None),
        Some(entry) if entry.fingerprint == used.fingerprint => Ok(Some(entry.sequence)),
        Some(_) => Err(EngineError::TokenReused { token: used.token.to_string() }),
    }
}

/// The record as a type that is encoded without owning its events.
#[derive(serde::Serialize)]
struct Borrowed<'a>(&'a Event);

fn encode(
    sequence: Sequence,
    time: Timestamp,
    account: AccountId,
    prepared: &Prepared,
    events: &[Event],
) -> Result<(RecordRef, Bytes), EngineError> {
    let id = RecordId(Ulid::from_parts(time.millis(), prepared.record_bits));
    let record = Record {
        sequence,
        id,
        time,
        account,
        actor: prepared.caller.actor().clone(),
        request: prepared.request.id,
        origin: prepared.origin.clone(),
        command: SmolStr::new_static(prepared.command.action()),
        token: prepared.token.clone(),
        events: events.iter().map(Borrowed).collect(),
    };
    let bytes = encode_record(&record).map_err(|error| {
        tracing::error!(error = %error, command = %record.command, "a record could not be encoded");
        EngineError::Internal
    })?;
    Ok((RecordRef { sequence, id, time }, Bytes::from(bytes)))
}

fn facts(record: &RecordRef, account: AccountId, prepared: &Prepared) -> RecordFacts {
    let token = prepared.token.as_ref().and_then(|used| {
        let token = ClientToken::parse(&used.token).ok()?;
        Some(TokenUse { token, fingerprint: used.fingerprint })
    });
    RecordFacts { sequence: record.sequence, time: record.time, account, principal: prepared.caller.principal(), token }
}
