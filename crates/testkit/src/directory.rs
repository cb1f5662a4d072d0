//! A data directory that the engine is opened on in the test's own process.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use chancery_domain::Read;
use chancery_engine::{
    BootError, Caller, Engine, EngineConfig, EngineError, FirstAccount, RecordQuery, VerifyReport, init, verify,
};
use chancery_log::{Hash, encode, tree::leaf_hash};
use chancery_model::{AccountId, Arn, Secret};
use serde_json::Value;

use crate::{ACCOUNT, Home, PASSWORD, TestClock};

/// A data directory, the clock that is used with it, and how often snapshots are written.
#[derive(Debug)]
pub struct Directory {
    home: Home,
    /// The clock.
    pub clock: Arc<TestClock>,
    /// Records between two snapshots.
    pub snapshot_records: u64,
}

impl Directory {
    /// A new one, without a data directory in it.
    #[must_use]
    pub fn new(snapshot_records: u64) -> Self {
        Self { home: Home::new(), clock: Arc::default(), snapshot_records }
    }

    /// A copy of it as it is.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self { home: self.home.copy(), clock: Arc::clone(&self.clock), snapshot_records: self.snapshot_records }
    }

    /// The same for the binary.
    #[must_use]
    pub fn into_home(self) -> Home {
        self.home
    }

    /// Where the data is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.home.data()
    }

    /// The account in it.
    ///
    /// # Panics
    /// Never: the account's id is one.
    #[must_use]
    pub fn account() -> AccountId {
        AccountId::parse(ACCOUNT).expect("an account's id")
    }

    /// The operator of the machine.
    #[must_use]
    pub fn operator() -> Caller {
        Caller::operator(Self::account())
    }

    /// The settings of an engine on it: cheap hashes.
    #[must_use]
    pub fn config(&self) -> EngineConfig {
        let mut config = config(&self.path());
        config.clock = Arc::clone(&self.clock) as Arc<dyn chancery_engine::Clock>;
        config.snapshot_records = self.snapshot_records;
        config
    }

    /// Makes the data directory.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn init(&self) -> Engine {
        let password = Some(Secret::new(PASSWORD.to_owned()));
        let first = FirstAccount { account: Some(Self::account()), password, ..FirstAccount::default() };
        init(self.config(), first, &|_| {}).expect("a new data directory").0
    }

    /// Opens it.
    ///
    /// # Errors
    /// Why the engine does not start.
    pub fn open(&self) -> Result<Engine, BootError> {
        Engine::open(self.config(), &|_| {})
    }

    /// Checks it as `chancery log verify` does.
    ///
    /// # Errors
    /// Why the check cannot begin.
    pub fn verify(&self) -> Result<VerifyReport, BootError> {
        verify(&self.config(), &|_| {})
    }
}

/// The settings of an engine on any directory: cheap hashes.
fn config(dir: &Path) -> EngineConfig {
    let mut config = EngineConfig::new(dir);
    config.hashing.memory_kib = 64;
    config.hashing.passes = 1;
    config.hashing.workers = 1;
    config
}

/// All records of the account, as `chancery log export` gives them.
///
/// # Errors
/// When one cannot be read.
pub async fn records(engine: &Engine) -> Result<Vec<Value>, EngineError> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let query = RecordQuery { after, first: 1_000, ..RecordQuery::default() };
        let page = engine.records(&Directory::operator(), query).await?;
        all.extend(page.records.iter().map(chancery_engine::RecordView::to_json));
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

/// The digest of the state that is published, as a replay and a verification give it of theirs.
///
/// # Panics
/// When the operator may not read it, or it cannot be encoded.
pub async fn digest(engine: &Engine) -> Hash {
    let reader = engine.read(&Directory::operator(), None).await.expect("a reader");
    let root = Arn::root(Directory::account());
    let proof = reader.authorize(Read::GetAccountSummary, &root).expect("the operator may read");
    leaf_hash(&encode(&**reader.state(&proof)).expect("a state is encoded"))
}
