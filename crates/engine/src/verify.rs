//! The check of a whole data directory, as an auditor asks for it: no stored hash, no index, no snapshot is believed.

use chancery_domain::{Event, State};
use chancery_log::{
    Checkpoint, EventLog, Hash, Records, SnapshotStore, Space, TileStore, Tree, WitnessFile, decode,
    verify::{Expected, Failure, verify as verify_log},
};
use chancery_model::Sequence;

use crate::{
    BootError, EngineConfig, Progress, Stage,
    boot::{STATE_VERSION, open_stores, signer},
    replay,
    vigil::wasteful,
};

/// What was checked, and the first thing that is wrong.
#[derive(Debug, Clone)]
pub struct VerifyReport {
    /// Records read, hashed again and decoded.
    pub records: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Bytes of the store on the disk.
    pub disk_bytes: u64,
    /// What can be done about a store that takes much more than its records.
    pub wasteful: Option<String>,
    /// The root of the tree over them.
    pub root: Hash,
    /// The size of the signed checkpoint in the head witness, if there is one.
    pub witness: Option<u64>,
    /// Snapshots whose tree and state are those of a replay from zero.
    pub snapshots: Vec<Sequence>,
    /// A digest of the state that a replay from zero gives.
    pub state_digest: Hash,
    /// The first thing that is wrong, in a sentence.
    pub failure: Option<String>,
}

/// Checks a data directory that no server holds.
///
/// # Errors
/// [`BootError`] when the check cannot even begin.
pub fn verify(config: &EngineConfig, progress: &dyn Fn(Progress)) -> Result<VerifyReport, BootError> {
    let (log, vault) = open_stores(config)?;
    let layout = config.layout();
    let witness = WitnessFile::new(layout.witness()).load(signer(&vault)?.verifier())?;
    let store = SnapshotStore::new(layout.snapshots(), STATE_VERSION);
    let tiles = TileStore::open(layout.tiles()).ok();
    let mut failure = None;
    let mut snapshots = Vec::new();
    for sequence in store.list()? {
        match store.read(sequence) {
            Ok(snapshot) => snapshots.push(snapshot),
            Err(error) => failure = Some(error.to_string()),
        }
    }
    let report = {
        let expected = Expected {
            checkpoints: witness.iter().cloned().collect::<Vec<Checkpoint>>(),
            snapshots: snapshots.iter().map(|snapshot| snapshot.tree.clone()).collect(),
            tiles: tiles.as_ref(),
        };
        let tell = |done, head: Sequence| progress(Progress { stage: Stage::Verify, done, total: head.0 });
        verify_log::<Event>(&log, &expected, |_| Ok(()), tell)
    };
    failure = report.failure.as_ref().map(sentence).or(failure);
    let root = report.root();
    let space = log.space();
    let mut found = VerifyReport {
        records: report.records,
        bytes: report.bytes,
        disk_bytes: space.map_or(0, |space| space.disk_bytes),
        wasteful: space.filter(Space::is_wasteful).map(|space| wasteful(&space)),
        root,
        witness: witness.map(|witness| witness.size),
        snapshots: Vec::new(),
        state_digest: [0; 32],
        failure,
    };
    if found.failure.is_none() {
        check_states(config, &log, &vault, snapshots, &mut found)?;
    }
    Ok(found)
}

fn sentence(failure: &Failure) -> String {
    format!("record {}: {}", failure.sequence, failure.reason)
}

/// Replays from zero, and compares the state with every snapshot at its place, byte for byte.
fn check_states(
    config: &EngineConfig,
    log: &chancery_log::SledLog,
    vault: &chancery_vault::Vault,
    mut snapshots: Vec<chancery_log::Snapshot>,
    found: &mut VerifyReport,
) -> Result<(), BootError> {
    snapshots.sort_by_key(|snapshot| snapshot.sequence);
    let (mut state, mut tree) = (State::default(), Tree::new());
    for snapshot in snapshots {
        replay::fold(until(log.read(state.next), snapshot.sequence), vault, &mut state, &mut tree, |_, _| {})?;
        let same = decode::<State>(&snapshot.body).is_ok_and(|stored| encoded(&stored) == encoded(&state));
        if !same {
            found.failure = Some(format!("the snapshot at {} is not the state that a replay from zero gives", snapshot.sequence));
            return Ok(());
        }
        found.snapshots.push(snapshot.sequence);
    }
    replay::fold(log.read(state.next), vault, &mut state, &mut tree, |_, _| {})?;
    found.state_digest = replay::state_digest(&state, &config.data_dir)?;
    Ok(())
}

fn encoded(state: &State) -> Option<Vec<u8>> {
    chancery_log::encode(state).ok()
}

/// The records before `end`.
fn until(records: Records, end: Sequence) -> Records {
    Box::new(records.take_while(move |item| item.as_ref().map_or(true, |(sequence, _)| *sequence < end)))
}
