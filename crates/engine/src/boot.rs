//! The start: keys, log, snapshot and tail, checks, threads. Whatever is missing, damaged or out of order refuses it,
//! with what, where and what to do.

use std::path::PathBuf;

use chancery_domain::State;
use chancery_log::{
    CheckpointError, CheckpointSigner, CompactError, EventLog, LogError, OpenError, OpenOptions, SledLog, Snapshot,
    SnapshotError, SnapshotStore, TileError, TileStore, Tree, WitnessError, WitnessFile, check_witness, decode,
};
use chancery_model::Sequence;
use chancery_vault::{Purpose, Vault, VaultError};

use crate::{EngineConfig, replay};

/// The version of the state's encoding in snapshots: another one is replayed instead of read.
pub(crate) const STATE_VERSION: u32 = 2;

/// Why the engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// There is nothing to start from.
    #[error("{} holds no Chancery data: `chancery init --data-dir {}` makes it, or give another --data-dir", dir.display(), dir.display())]
    NotInitialised {
        /// The data directory.
        dir: PathBuf,
    },
    /// There is something already.
    #[error("{} holds Chancery data already: start it with `chancery serve --data-dir {}`, or choose an empty directory", dir.display(), dir.display())]
    AlreadyInitialised {
        /// The data directory.
        dir: PathBuf,
    },
    /// The log is there and its keys are not.
    #[error("{} has an event log and no keys: restore its directory `keys` from a backup; without it nothing sealed can be opened", dir.display())]
    KeysMissing {
        /// The data directory.
        dir: PathBuf,
    },
    /// The keys do not open.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The log does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A record cannot be read.
    #[error(
        "{0}. The server stops there; restore the data directory from a backup, or move the log aside and look with `chancery log verify`"
    )]
    Log(#[from] LogError),
    /// The log was not compacted.
    #[error(transparent)]
    Compact(CompactError),
    /// The log is not the one that its witness has seen.
    #[error(transparent)]
    Witness(#[from] WitnessError),
    /// The signing key is unusable.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Two things that must agree do not.
    #[error("{what} in {} is not what it must be: {reason}. Restore the data directory from a backup", dir.display())]
    Inconsistent {
        /// The data directory.
        dir: PathBuf,
        /// What.
        what: String,
        /// Why not.
        reason: String,
    },
    /// The disk refuses.
    #[error("cannot {action} {}: {reason}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        reason: String,
    },
    /// The first account was refused.
    #[error("the first account was not created: {0}")]
    FirstAccount(String),
}

/// How far a start, a replay or a verification is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Records done.
    pub done: u64,
    /// Records in all.
    pub total: u64,
}

/// What takes long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Records are folded into the state.
    Replay,
    /// Records are hashed into tiles.
    Tiles,
    /// Records are checked.
    Verify,
    /// Records are copied into a new store.
    Copy,
}

/// All that the threads of a running engine start from.
pub(crate) struct Booted {
    pub(crate) vault: Vault,
    pub(crate) log: SledLog,
    pub(crate) state: State,
    pub(crate) tree: Tree,
    pub(crate) tiles: TileStore,
    pub(crate) signer: CheckpointSigner,
    pub(crate) witness: WitnessFile,
    pub(crate) witnessed: u64,
    pub(crate) snapshots: SnapshotStore,
    /// The snapshot that the start began from; 0 for none.
    pub(crate) snapshot: u64,
}

/// Opens log and keys of an initialised directory. The log comes first: its lock guards the whole directory.
pub(crate) fn open_stores(config: &EngineConfig) -> Result<(SledLog, Vault), BootError> {
    let (vault, dir) = (config.vault(), config.data_dir.clone());
    let log_is_there = config.layout().has_log();
    if !Vault::exists(&vault.dir) {
        return Err(if log_is_there { BootError::KeysMissing { dir } } else { BootError::NotInitialised { dir } });
    }
    let log = SledLog::open(dir, OpenOptions { create: false, ..config.log_options() })?;
    Ok((log, Vault::open(&vault)?))
}

/// The signer of this directory's log. Its name is its own: two logs never share one.
pub(crate) fn signer(vault: &Vault) -> Result<CheckpointSigner, BootError> {
    let mac = vault.mac(Purpose::Fingerprint, &[b"name of the log"]);
    let name = format!("chancery.local/{}", hex::encode(mac.get(..8).unwrap_or_default()));
    Ok(CheckpointSigner::new(&name, &vault.signing_seed())?)
}

/// Brings a data directory to the state of its last record.
pub(crate) fn boot(config: &EngineConfig, progress: &dyn Fn(Progress)) -> Result<Booted, BootError> {
    let (log, vault) = open_stores(config)?;
    let layout = config.layout();
    let signer = signer(&vault)?;
    let witness = WitnessFile::new(layout.witness());
    let snapshots = SnapshotStore::new(layout.snapshots(), STATE_VERSION);
    let (mut state, mut tree) = newest_snapshot(&vault, &snapshots, log.head());
    let snapshot = tree.size();
    let seen = witness.load(signer.verifier())?;
    if seen.is_none() && log.head().0 > 1 {
        // A server that dies in its first second leaves none; any other has left one.
        tracing::warn!(file = %layout.witness().display(), records = log.head().0, "there is no witness of the log's head: was it removed?");
    }
    let mut witnessed_root = None;
    let total = log.head().0;
    if seen.as_ref().is_some_and(|seen| seen.size == tree.size()) {
        witnessed_root = Some(tree.root());
    }
    replay::fold(log.read(state.next), &vault, &mut state, &mut tree, |size, root| {
        if seen.as_ref().is_some_and(|seen| seen.size == size) {
            witnessed_root = Some(root());
        }
        if size % 16_384 == 0 || size == total {
            progress(Progress { stage: Stage::Replay, done: size, total });
        }
    })?;
    let tiles = open_tiles(config, &log, &tree, progress)?;
    if let Some(seen) = &seen {
        let root_at = |size| witnessed_root.or_else(|| tiles.root_at(size).ok());
        check_witness(seen, &layout.log(), log.head(), root_at)?;
    }
    check_keys(config, &vault, &state)?;
    let witnessed = seen.map_or(0, |seen| seen.size);
    Ok(Booted { vault, log, state, tree, tiles, signer, witness, witnessed, snapshots, snapshot })
}

/// The newest snapshot that can be used, or the beginning. One that cannot is a cache that is passed over.
fn newest_snapshot(vault: &Vault, snapshots: &SnapshotStore, head: Sequence) -> (State, Tree) {
    let mut at_most = head;
    while let Ok((found, skipped)) = snapshots.newest(at_most) {
        for (sequence, error) in skipped {
            tracing::warn!(%sequence, %error, "a snapshot is not used");
        }
        let Some(Snapshot { sequence, tree, body }) = found else { break };
        let state = decode::<State>(&body).map_err(|error| error.to_string());
        match state.and_then(|mut state| replay::restore(vault, &mut state).map(|()| state)) {
            Ok(state) if state.next == sequence && tree.size() == sequence.0 => return (state, tree),
            Ok(_) => tracing::warn!(%sequence, "a snapshot is of another moment than it says"),
            Err(error) => tracing::warn!(%sequence, %error, "a snapshot is not used"),
        }
        let Some(before) = sequence.0.checked_sub(1) else { break };
        at_most = Sequence(before);
    }
    (State::default(), Tree::new())
}

/// The tiles, brought up to the log, or made anew where they are not of this log.
fn open_tiles(config: &EngineConfig, log: &SledLog, tree: &Tree, progress: &dyn Fn(Progress)) -> Result<TileStore, BootError> {
    let dir = config.layout().tiles();
    let io = |error: TileError| BootError::Io { action: "write the tiles in", path: dir.clone(), reason: error.to_string() };
    if let Ok(mut tiles) = TileStore::open(&dir)
        && tiles.size() <= tree.size()
        && fill(&mut tiles, log, progress).is_ok()
        && tiles.root_at(tree.size()).is_ok_and(|root| root == tree.root())
    {
        return Ok(tiles);
    }
    tracing::warn!(dir = %dir.display(), "the tiles of the hash tree are made anew from the log");
    TileStore::clear(&dir).map_err(io)?;
    let mut tiles = TileStore::open(&dir).map_err(io)?;
    fill(&mut tiles, log, progress)?;
    match tiles.root_at(tree.size()) {
        Ok(root) if root == tree.root() => Ok(tiles),
        Ok(_) | Err(_) => Err(BootError::Inconsistent {
            dir: config.data_dir.clone(),
            what: "the event log".to_owned(),
            reason: "its hash tree is not that of the newest snapshot: a record was changed after it was written".to_owned(),
        }),
    }
}

fn fill(tiles: &mut TileStore, log: &SledLog, progress: &dyn Fn(Progress)) -> Result<(), BootError> {
    let total = log.head().0;
    for item in log.read(Sequence(tiles.size())) {
        let (sequence, bytes) = item?;
        tiles.push(&bytes).map_err(|error| LogError::Storage { sequence, reason: error.to_string() })?;
        if sequence.0 % 65_536 == 65_535 {
            progress(Progress { stage: Stage::Tiles, done: sequence.0, total });
        }
    }
    Ok(())
}

/// Everybody in the state must have a key: a keyring older than the log would make people unreadable.
fn check_keys(config: &EngineConfig, vault: &Vault, state: &State) -> Result<(), BootError> {
    let roots = state.accounts.values().map(|account| (account.root.subject, "the root user of an account"));
    let users = state.accounts.values().flat_map(|account| account.users.values().map(|user| (user.subject, "a user")));
    match roots.chain(users).find(|(subject, _)| !vault.has_key(*subject)) {
        None => Ok(()),
        Some((subject, whose)) => Err(BootError::Inconsistent {
            dir: config.data_dir.clone(),
            what: "the keyring".to_owned(),
            reason: format!("it has no key for subject {subject}, {whose}: the directory `keys` is older than the log"),
        }),
    }
}

impl From<CompactError> for BootError {
    fn from(error: CompactError) -> Self {
        match error {
            // A directory that does not open is told as at every other start.
            CompactError::Open(error) => Self::Open(error),
            error => Self::Compact(error),
        }
    }
}

impl From<SnapshotError> for BootError {
    fn from(error: SnapshotError) -> Self {
        Self::Io { action: "read the snapshots of", path: PathBuf::new(), reason: error.to_string() }
    }
}
