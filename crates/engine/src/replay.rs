//! From records to state: the one way in which state comes to be.
//!
//! One thread reads and decodes, another hashes and applies, and the less busy one opens. Nothing is ever skipped: a
//! record that cannot be decoded or opened stops the replay with its number.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use chancery_domain::{Event, RecordFacts, State, TokenUse};
use chancery_log::{Bytes, EventLog, Hash, LogError, Record, Records, Tree, decode_record};
use chancery_model::{ClientToken, Sequence};
use chancery_vault::Vault;
use crossbeam_channel::{Receiver, Sender, bounded};

use crate::{
    BootError, EngineConfig, Progress, Stage,
    boot::open_stores,
    seals::{AccountOpener, open_events},
};

/// Records go from the reading thread to the applying one in packs of so many.
const PACK_RECORDS: usize = 512;
/// So many packs may be under way.
const PACKS_QUEUED_MAX: usize = 8;
/// With so many packs waiting, the reading thread is ahead and opens what it reads.
const PACKS_AHEAD: usize = 2;

/// What of a record's header the state depends on.
pub(crate) fn facts(record: &Record<Event>) -> RecordFacts {
    let token = record.token.as_ref().and_then(|used| {
        let token = ClientToken::parse(&used.token).ok()?;
        Some(TokenUse { token, fingerprint: used.fingerprint })
    });
    RecordFacts {
        sequence: record.sequence,
        time: record.time,
        account: record.account,
        principal: record.actor.principal,
        token,
    }
}

/// Opens a record's personal fields and folds it.
pub(crate) fn apply_record(vault: &Vault, state: &mut State, record: &mut Record<Event>) -> Result<(), String> {
    open_or_tell(vault, record)?;
    check_time(state, record)?;
    state.apply(&facts(record), &record.events);
    Ok(())
}

/// Makes a snapshot's state whole.
pub(crate) fn restore(vault: &Vault, state: &mut State) -> Result<(), String> {
    struct Watch<'a, 'b>(AccountOpener<'a>, &'b std::cell::Cell<bool>);
    impl chancery_domain::Opener for Watch<'_, '_> {
        fn open(&mut self, field: &'static str, sealed: &chancery_model::SealedBytes) -> Option<Vec<u8>> {
            let plain = self.0.open(field, sealed);
            self.1.set(self.1.get() || self.0.damaged);
            plain
        }
    }
    let damaged = std::cell::Cell::new(false);
    state.restore(|account| Watch(AccountOpener::new(vault, account), &damaged));
    if damaged.get() { Err("a personal field of the snapshot does not open".to_owned()) } else { Ok(()) }
}

/// Records with their bytes.
type Decoded = Vec<(Bytes, Record<Event>)>;

/// A pack of records on the way.
struct Pack {
    records: Decoded,
    /// Whether the personal fields are open; whoever has less to do opens them.
    opened: bool,
}

/// Folds records, which must begin at `state.next`; `watch` is told the tree's root at the sizes that it asks for.
pub(crate) fn fold(
    records: Records,
    vault: &Vault,
    state: &mut State,
    tree: &mut Tree,
    mut watch: impl FnMut(u64, &dyn Fn() -> Hash),
) -> Result<(), LogError> {
    let (packs, ready) = bounded::<Result<Pack, LogError>>(PACKS_QUEUED_MAX);
    let (spent, spare) = bounded::<Decoded>(PACKS_QUEUED_MAX);
    std::thread::scope(|scope| {
        scope.spawn(move || read_packs(records, vault, &packs, &spare));
        for pack in ready {
            let records = apply_pack(pack?, vault, state, tree, &mut watch)?;
            // They are freed by the thread that made them: the other way round the two would fight for the allocator.
            let _full = spent.try_send(records);
        }
        Ok(())
    })
}

fn read_packs(records: Records, vault: &Vault, packs: &Sender<Result<Pack, LogError>>, spare: &Receiver<Decoded>) {
    let mut pack = Vec::with_capacity(PACK_RECORDS);
    for item in records {
        match item.and_then(|(sequence, bytes)| read_one(sequence, bytes)) {
            Ok(one) => pack.push(one),
            Err(error) => {
                let _ended = packs.send(Ok(Pack { records: pack, opened: false })).and_then(|()| packs.send(Err(error)));
                return;
            }
        }
        if pack.len() == PACK_RECORDS {
            // What does not open here is found again, and told, in its turn.
            let opened = packs.len() >= PACKS_AHEAD && pack.iter_mut().all(|(_, record)| open_events(vault, record));
            if packs.send(Ok(Pack { records: pack, opened })).is_err() {
                return;
            }
            pack = spare.try_recv().unwrap_or_else(|_| Vec::with_capacity(PACK_RECORDS));
            pack.clear();
        }
    }
    let _ended = packs.send(Ok(Pack { records: pack, opened: false }));
}

fn read_one(sequence: Sequence, bytes: Bytes) -> Result<(Bytes, Record<Event>), LogError> {
    let record =
        decode_record::<Event>(sequence, &bytes).map_err(|error| LogError::Damaged { sequence, reason: error.to_string() })?;
    Ok((bytes, record))
}

fn apply_pack(
    mut pack: Pack,
    vault: &Vault,
    state: &mut State,
    tree: &mut Tree,
    watch: &mut impl FnMut(u64, &dyn Fn() -> Hash),
) -> Result<Decoded, LogError> {
    for (bytes, record) in &mut pack.records {
        let sequence = record.sequence;
        let opened = if pack.opened { Ok(()) } else { open_or_tell(vault, record) };
        opened.and_then(|()| check_time(state, record)).map_err(|reason| LogError::Damaged { sequence, reason })?;
        tree.push(bytes);
        state.apply(&facts(record), &record.events);
        watch(tree.size(), &|| tree.root());
    }
    Ok(pack.records)
}

fn open_or_tell(vault: &Vault, record: &mut Record<Event>) -> Result<(), String> {
    if open_events(vault, record) {
        return Ok(());
    }
    Err("a personal field does not open: the record or the keyring is damaged".to_owned())
}

fn check_time(state: &State, record: &Record<Event>) -> Result<(), String> {
    if record.time >= state.time {
        return Ok(());
    }
    Err(format!("its time {} is before that of the record before it, {}", record.time, state.time))
}

/// What a replay from zero came to.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// How many records.
    pub records: u64,
    /// How long it took.
    pub took: Duration,
    /// The root of the tree over them.
    pub root: Hash,
    /// A digest of the encoded state (its RFC 6962 leaf hash).
    pub state_digest: Hash,
}

/// Rebuilds the state from the first record, without looking at snapshots. The directory must not be held by a server.
///
/// # Errors
/// [`BootError`] as for a start.
pub fn replay(config: &EngineConfig, progress: &dyn Fn(Progress)) -> Result<Replayed, BootError> {
    let (log, vault) = open_stores(config)?;
    let total = log.head().0;
    let begun = Instant::now();
    let (mut state, mut tree) = (State::default(), Tree::new());
    fold(log.read(Sequence(0)), &vault, &mut state, &mut tree, |done, _| {
        if done % 16_384 == 0 || done == total {
            progress(Progress { stage: Stage::Replay, done, total });
        }
    })?;
    let took = begun.elapsed();
    Ok(Replayed { records: total, took, root: tree.root(), state_digest: state_digest(&state, config.data_dir.as_path())? })
}

/// The leaf hash (RFC 6962) of a state as it is encoded: two states are the same when this is.
pub(crate) fn state_digest(state: &State, dir: &Path) -> Result<Hash, BootError> {
    let bytes = chancery_log::encode(state).map_err(|error| BootError::Inconsistent {
        dir: dir.to_owned(),
        what: "the state".to_owned(),
        reason: error.to_string(),
    })?;
    Ok(chancery_log::tree::leaf_hash(&bytes))
}
