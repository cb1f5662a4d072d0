//! The engine itself: its threads, and what callers can ask of it.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicU64},
};

use chancery_domain::{Command, Event, Read, State};
use chancery_log::{Ballast, EventLog, Space, decode_record};
use chancery_model::{Arn, ClientToken, RecordId, Sequence, Timestamp};
use chancery_policy::Decision;
use chancery_vault::{PasswordHasher, Vault};
use tokio::sync::{mpsc, oneshot};

use crate::{
    AccessQuestion, AsOf, BootError, Caller, Clock, EngineConfig, EngineError, Progress, Reader, Request,
    access::{Cache, Moment},
    authorize::{Grounds, asked_by_read, authorize},
    boot::{self, Booted},
    commit::{Committer, Poison},
    cursor,
    expiry::Expiry,
    handover::handover,
    history::{History, Past},
    notary::{Notary, Notice},
    prepare::{Prepared, prepare},
    published::Published,
    scrub::Scrub,
    sessions::Sessions,
    sign_in::Challenges,
    vigil::{Vigil, Warnings},
    writer::{Job, ManyAnswer, Writer},
};

/// So many committed batches may wait for the notary.
const NOTICES_QUEUED_MAX: usize = 64;

/// A running engine. A clone is the same engine; it ends when the last clone is dropped.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) vault: Arc<Vault>,
    pub(crate) hasher: PasswordHasher,
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) published: Arc<Published>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) challenges: Challenges,
    pub(crate) clock: Arc<dyn Clock>,
    cache: Arc<Cache>,
    log_dir: std::path::PathBuf,
    past: Past,
    poison: Arc<Poison>,
    warnings: Arc<Warnings>,
    queued_max: usize,
    jobs: mpsc::Sender<Job>,
    stop_scrub: Arc<AtomicBool>,
    stop_timers: Mutex<Option<crossbeam_channel::Sender<()>>>,
    threads: Mutex<Vec<std::thread::JoinHandle<()>>>,
}

/// The answer to a command, once its record is durable.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The record that was written; `None` when nothing needed to change.
    pub record: Option<RecordRef>,
    /// What happened.
    pub events: Arc<[Event]>,
    /// A published state that has seen the record.
    pub state: Arc<State>,
    /// Whether the request had been answered before, under the same client token.
    pub replayed: bool,
    /// The record that a repeated request stands for.
    pub(crate) replay_of: Option<Sequence>,
}

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordRef {
    /// Its place.
    pub sequence: Sequence,
    /// Its id.
    pub id: RecordId,
    /// Its time.
    pub time: Timestamp,
}

/// Whether many commands are run or only tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchMode {
    /// Nothing is written.
    DryRun,
    /// All are written, or none.
    Commit,
}

/// Whether the engine can do its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Whether changes are accepted.
    pub ready: bool,
    /// Why not.
    pub reasons: Vec<String>,
    /// What is not as it should be, and does not keep the engine from its work: a disk that is nearly full, a log that wastes it.
    pub warnings: Vec<String>,
}

impl Engine {
    /// Starts on an initialised data directory. Blocks while the log is replayed.
    ///
    /// # Errors
    /// [`BootError`]: what is missing, damaged or out of order, and what to do.
    pub fn open(config: EngineConfig, progress: &dyn Fn(Progress)) -> Result<Self, BootError> {
        let booted = boot::boot(&config, progress)?;
        if booted.state.accounts.is_empty() {
            return Err(BootError::NotInitialised { dir: config.data_dir });
        }
        Self::start(config, booted)
    }

    pub(crate) fn start(config: EngineConfig, booted: Booted) -> Result<Self, BootError> {
        let Booted { vault, log, state, tree, tiles, signer, witness, witnessed, snapshots, snapshot } = booted;
        let (vault, log): (Arc<Vault>, Arc<dyn EventLog>) = (Arc::new(vault), Arc::new(log));
        vault.prepare_subjects();
        let hasher = PasswordHasher::new(&vault, config.hashing)?;
        let sessions = Arc::new(open_sessions(&config, &vault)?);
        let state = Arc::new(state);
        let published = Arc::new(Published::new(Arc::clone(&state)));
        let (history, poison) = (Arc::new(History::new(state)), Arc::new(Poison::default()));
        let stop_scrub = Arc::new(AtomicBool::new(false));
        let (records, root) = (tree.size(), tree.root());
        let scrub = Scrub { log: Arc::clone(&log), records, root, stop: Arc::clone(&stop_scrub), poison: Arc::clone(&poison) };
        let (notices, noticed) = crossbeam_channel::bounded(NOTICES_QUEUED_MAX);
        let notary = Notary {
            notices: noticed,
            tree,
            tiles,
            signer,
            witness,
            snapshots: snapshots.clone(),
            snapshot_records: config.snapshot_records,
            last_snapshot: snapshot,
            witnessed,
            history: Arc::clone(&history),
            poison: Arc::clone(&poison),
        };
        let (stop_timers, stop) = crossbeam_channel::bounded(0);
        let vigil = vigil(&config, &log, stop.clone());
        let warnings = Arc::clone(&vigil.warnings);
        let (jobs, mut threads) = start_writing(&config, &log, &published, &sessions, &poison, notices, stop)?;
        threads.push(spawn("notary", move || notary.run())?);
        threads.push(spawn("vigil", move || vigil.run())?);
        if snapshot > 0 {
            threads.push(spawn("scrub", move || scrub.run())?);
        }
        let past = Past { history, log: Arc::clone(&log), vault: Arc::clone(&vault), snapshots };
        Ok(Self(Arc::new(Inner {
            vault,
            hasher,
            log,
            published,
            sessions,
            challenges: Challenges::default(),
            clock: config.clock,
            cache: Arc::default(),
            log_dir: config.data_dir,
            past,
            poison,
            warnings,
            queued_max: config.queued_max,
            jobs,
            stop_scrub,
            stop_timers: Mutex::new(Some(stop_timers)),
            threads: Mutex::new(threads),
        })))
    }

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.0
    }

    /// How many records are acknowledged; also the number of the next one.
    #[must_use]
    pub fn head(&self) -> Sequence {
        self.0.published.load().next
    }

    /// A digest of the published state, to be compared with that of a replay from zero.
    ///
    /// # Errors
    /// [`BootError::Inconsistent`] when the state cannot be encoded.
    pub fn state_digest(&self) -> Result<chancery_log::Hash, BootError> {
        crate::replay::state_digest(&self.0.published.load(), self.0.log_dir.as_path())
    }

    /// Whether changes are accepted.
    #[must_use]
    pub fn health(&self) -> Health {
        let ended = self.0.jobs.is_closed().then(|| "the thread that writes has ended".to_owned());
        let stored = self.0.log.health().err().map(|error| error.to_string());
        let reasons: Vec<String> = self.0.poison.reason().into_iter().chain(stored).chain(ended).collect();
        Health { ready: reasons.is_empty(), reasons, warnings: self.0.warnings.list() }
    }

    /// What the log takes on the disk, and the bytes of its records where they are known.
    #[must_use]
    pub fn space(&self) -> Option<Space> {
        self.0.log.space()
    }

    /// Who comes with a bearer token.
    ///
    /// # Errors
    /// [`EngineError::InvalidToken`], [`EngineError::ExpiredToken`].
    pub fn authenticate(&self, token: &str) -> Result<Caller, EngineError> {
        self.0.sessions.authenticate(token, &self.0.published.load(), self.0.clock.now())
    }

    /// Whether a caller's credential is still good.
    #[must_use]
    pub fn still_stands(&self, caller: &Caller) -> bool {
        caller.session().is_none_or(|id| self.0.sessions.stands(id, &self.0.published.load(), self.0.clock.now()))
    }

    /// Runs a command and answers once its record is durable. With a client token, a repeated request gets the answer of
    /// the first and writes nothing.
    ///
    /// # Errors
    /// Why nothing was written; after [`EngineError::NotDurable`] alone it is unknown until the next start.
    pub async fn execute(
        &self,
        caller: &Caller,
        request: &Request,
        command: Command,
        token: Option<ClientToken>,
    ) -> Result<Receipt, EngineError> {
        let inner = &*self.0;
        // A slot is taken before anything is prepared, so that a flood costs its senders nothing but an answer.
        let slot = inner.jobs.try_reserve().map_err(|_| self.busy())?;
        let prepared = prepare(
            &inner.vault,
            &inner.hasher,
            &inner.published,
            caller.clone().in_request(request),
            request.clone(),
            command,
            token,
        )
        .await?;
        let (answer, answered) = oneshot::channel();
        slot.send(Job::One(Box::new(prepared), answer));
        let receipt = answered.await.map_err(|_| stopped())??;
        match receipt.replay_of {
            Some(sequence) => self.replayed(sequence).await,
            None => Ok(receipt),
        }
    }

    /// The same, for callers without a runtime of their own.
    pub(crate) fn execute_blocking(&self, caller: &Caller, request: &Request, command: Command) -> Result<Receipt, EngineError> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|_| EngineError::Internal)?;
        runtime.block_on(self.execute(caller, request, command, None))
    }

    /// The answer that a request got the first time.
    async fn replayed(&self, sequence: Sequence) -> Result<Receipt, EngineError> {
        let state = self.0.past.state_at(AsOf::Sequence(sequence)).await?;
        let (_, bytes) = self.0.log.read(sequence).next().ok_or(EngineError::Internal)??;
        let mut record = decode_record::<Event>(sequence, &bytes).map_err(|_| EngineError::Internal)?;
        let _opened = crate::seals::open_events(&self.0.vault, &mut record);
        let reference = RecordRef { sequence, id: record.id, time: record.time };
        Ok(Receipt { record: Some(reference), events: record.events.into(), state, replayed: true, replay_of: Some(sequence) })
    }

    /// Runs many commands as one: each is authorized and decided after the ones before it, and all are written or none.
    ///
    /// # Errors
    /// When the batch as a whole cannot be tried; what became of each item is in the answer.
    pub async fn execute_all(&self, caller: &Caller, request: &Request, commands: Vec<Command>, mode: BatchMode) -> ManyAnswer {
        let inner = &*self.0;
        let slot = inner.jobs.try_reserve().map_err(|_| self.busy())?;
        let mut items: Vec<Prepared> = Vec::with_capacity(commands.len());
        for command in commands {
            let (caller, request) = (caller.clone().in_request(request), request.clone());
            items.push(prepare(&inner.vault, &inner.hasher, &inner.published, caller, request, command, None).await?);
        }
        let (answer, answered) = oneshot::channel();
        slot.send(Job::Many { items, dry_run: mode == BatchMode::DryRun, answer });
        answered.await.map_err(|_| stopped())?
    }

    /// A reader of the published state, or of an earlier one.
    ///
    /// # Errors
    /// [`EngineError::NoSuchMoment`] for a moment that the log does not reach.
    pub async fn read(&self, caller: &Caller, at: Option<AsOf>) -> Result<Reader, EngineError> {
        let now = self.0.published.load();
        let state = match at {
            None => Arc::clone(&now),
            Some(at) => self.0.past.state_at(at).await?,
        };
        let time = match at {
            Some(AsOf::Time(time)) => Some(time),
            Some(AsOf::Sequence(_)) | None => None,
        };
        Ok(self.reader(caller, now, state).at(time))
    }

    /// A reader of a state that a receipt carries.
    #[must_use]
    pub fn read_receipt(&self, caller: &Caller, receipt: &Receipt) -> Reader {
        // The rights are those of the published state: that of a dry run is none.
        self.reader(caller, self.0.published.load(), Arc::clone(&receipt.state))
    }

    #[cfg(test)]
    pub(crate) fn cache(&self) -> &Cache {
        &self.0.cache
    }

    fn reader(&self, caller: &Caller, now: Arc<State>, state: Arc<State>) -> Reader {
        Reader::new(caller.clone(), now, state, Arc::clone(&self.0.cache), self.0.clock.now())
    }

    /// May a principal of the caller's account do this? The caller must be allowed `chancery:Authorize` on that principal.
    ///
    /// # Errors
    /// [`EngineError::Denied`] when the caller may not ask; otherwise as [`Reader::decide`].
    pub fn decide_access(&self, caller: &Caller, asked: &AccessQuestion<'_>) -> Result<Decision, EngineError> {
        let (state, account) = (self.0.published.look(), caller.account());
        let grounds = self.grounds(&state);
        if !grounds.is_unlimited(caller, account) {
            // Who is asked about is what the permission is about; a service or anybody has no ARN.
            let about = Arn::of_resource(asked.principal).unwrap_or_else(|_| Arn::root(account));
            authorize(grounds, caller, account, &asked_by_read(Read::Authorize, &about), ())?;
        }
        Moment { state: &state, cache: grounds.cache, account, now: grounds.now }.decide(asked)
    }

    /// By what is decided now. `state` must have been published.
    pub(crate) fn grounds<'a>(&'a self, state: &'a State) -> Grounds<'a> {
        Grounds { state, cache: Some(&self.0.cache), now: self.0.clock.now() }
    }

    /// A cursor after the item of this key in a list.
    #[must_use]
    pub fn cursor(&self, caller: &Caller, list: &str, key: &str) -> String {
        cursor::make(&self.0.vault, caller.account(), list, key)
    }

    /// The key in a cursor of this list.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] for a cursor that was not made for this account and list.
    pub fn open_cursor(&self, caller: &Caller, list: &str, cursor: &str) -> Result<String, EngineError> {
        Ok(cursor::open(&self.0.vault, caller.account(), list, cursor)?)
    }

    /// Finishes what is queued, leaves a witness of the last record, and ends.
    pub async fn shutdown(&self) {
        let (answer, stopped) = oneshot::channel();
        if self.0.jobs.send(Job::Stop(answer)).await.is_ok() {
            let _ended = stopped.await;
        }
        let inner = Arc::clone(&self.0);
        let _joined = tokio::task::spawn_blocking(move || inner.wind_down()).await;
    }

    fn busy(&self) -> EngineError {
        if self.0.jobs.is_closed() {
            return stopped();
        }
        let value = u64::try_from(self.0.queued_max).unwrap_or(u64::MAX);
        EngineError::Busy { limit: "the queue of commands", value, retry_after_seconds: 1 }
    }
}

impl Inner {
    /// Waits for the threads, which end one after the other once the writer has.
    fn wind_down(&self) {
        self.stop_scrub.store(true, std::sync::atomic::Ordering::Relaxed);
        // The expiry and the vigil wait on this channel and end when it is gone.
        drop(self.stop_timers.lock().unwrap_or_else(PoisonError::into_inner).take());
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        if threads.is_empty() {
            return;
        }
        if let Err(error) = self.sessions.tidy(self.clock.now()) {
            tracing::warn!(%error, "the sessions' file was not written at the end");
        }
        for thread in threads {
            // A thread that panicked has told so itself.
            let _ended = thread.join();
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let (closed, _) = mpsc::channel(1);
        drop(std::mem::replace(&mut self.jobs, closed));
        self.wind_down();
    }
}

/// The queue into the threads that write, and the threads.
type Writing = (mpsc::Sender<Job>, Vec<std::thread::JoinHandle<()>>);

fn vigil(config: &EngineConfig, log: &Arc<dyn EventLog>, stop: crossbeam_channel::Receiver<()>) -> Vigil {
    Vigil {
        log: Arc::clone(log),
        data_dir: config.data_dir.clone(),
        ballast: Ballast::new(config.layout().ballast(), config.ballast_bytes),
        reserve: config.reserve_bytes,
        probe_every: config.probe_every,
        warnings: Arc::default(),
        stop,
    }
}

fn start_writing(
    config: &EngineConfig,
    log: &Arc<dyn EventLog>,
    published: &Arc<Published>,
    sessions: &Arc<Sessions>,
    poison: &Arc<Poison>,
    notices: crossbeam_channel::Sender<Notice>,
    stop: crossbeam_channel::Receiver<()>,
) -> Result<Writing, BootError> {
    let (jobs, queue) = mpsc::channel(config.queued_max);
    let (batches, decided) = handover();
    let generation = Arc::new(AtomicU64::new(0));
    let clock = || Arc::clone(&config.clock);
    let published = || Arc::clone(published);
    let writer = Writer { jobs: queue, batches, published: published(), clock: clock(), generation: Arc::clone(&generation) };
    let committer = Committer {
        batches: decided,
        log: Arc::clone(log),
        published: published(),
        notices,
        generation,
        poison: Arc::clone(poison),
    };
    let expiry = Expiry { jobs: jobs.downgrade(), published: published(), sessions: Arc::clone(sessions), clock: clock(), stop };
    let threads = vec![
        spawn("writer", move || writer.run())?,
        spawn("committer", move || committer.run())?,
        spawn("expiry", move || expiry.run())?,
    ];
    Ok((jobs, threads))
}

fn stopped() -> EngineError {
    EngineError::ReadOnly { reason: "the server is shutting down".to_owned() }
}

fn open_sessions(config: &EngineConfig, vault: &Arc<Vault>) -> Result<Sessions, BootError> {
    let dir = config.data_dir.join("sessions");
    Sessions::open(&dir, vault, config.sessions, config.clock.now()).map_err(|error| BootError::Io {
        action: "open the sessions in",
        path: dir,
        reason: error.to_string(),
    })
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<std::thread::JoinHandle<()>, BootError> {
    let started = std::thread::Builder::new().name(name.to_owned()).spawn(run);
    started.map_err(|error| BootError::Io { action: "start the thread", path: name.into(), reason: error.to_string() })
}
