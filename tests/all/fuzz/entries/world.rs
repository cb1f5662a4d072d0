//! What entries start from: a state with one of everything, and an engine on a directory of its own.

use chancery_domain::{Event, Opener, RecordFacts, State, sample_events};
use chancery_engine::{Caller, Engine, EngineConfig, FirstAccount, init};
use chancery_graphql::{Door, DoorConfig};
use chancery_model::{AccountId, Actor, SealedBytes, Secret};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The password of the root user.
pub(super) const PASSWORD: &str = "correct horse 9 Battery";

/// The account.
pub(super) fn account() -> AccountId {
    AccountId::parse("123456789012").expect("an account's id")
}

/// A state in which the first sample of every noun has been created.
pub(super) fn state() -> State {
    let mut state = State::default();
    let created: Vec<Event> =
        sample_events().into_iter().filter(|(name, _)| name.ends_with(".created.v1")).map(|(_, event)| event).collect();
    let (sequence, time, principal) = (state.next, state.time, Actor::OPERATOR.principal);
    state.apply(&RecordFacts { sequence, time, account: account(), principal, token: None }, &created);
    assert_eq!(state.accounts.len(), 1);
    state
}

/// Opens nothing, as if everybody were erased.
pub(super) struct NoKeys;

impl Opener for NoKeys {
    fn open(&mut self, _field: &'static str, _sealed: &SealedBytes) -> Option<Vec<u8>> {
        None
    }
}

/// An engine and its door.
pub(super) struct World {
    pub(super) runtime: Runtime,
    pub(super) engine: Engine,
    pub(super) door: Door,
    _home: TempDir,
}

impl World {
    pub(super) fn new() -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let mut config = EngineConfig::new(home.path().join("data"));
        (config.hashing.memory_kib, config.hashing.passes, config.hashing.workers) = (64, 1, 1);
        let runtime = Runtime::new().expect("a runtime");
        let first = FirstAccount {
            account: Some(account()),
            password: Some(Secret::new(PASSWORD.to_owned())),
            ..FirstAccount::default()
        };
        let (engine, _) = {
            let _entered = runtime.enter();
            init(config, first, &|_| {}).expect("a new data directory")
        };
        let door = Door::new(engine.clone(), DoorConfig::default());
        Self { runtime, engine, door, _home: home }
    }

    /// Whoever runs the machine.
    pub(super) fn operator() -> Caller {
        Caller::operator(account())
    }
}
