//! Promises that hold between parts: what a start, a replay and a verification must not pass over, and who may not read.

use std::{
    io::Write,
    os::unix::fs::OpenOptionsExt,
    sync::{Arc, atomic::AtomicBool},
};

use chancery_domain::{Command, Event, Given, Read, State, actions, sample_events};
use chancery_log::{
    Bytes, EventLog, LogError, MemoryLog, Record, Records, Snapshot, SnapshotStore, Tree, WitnessFile, decode, encode,
    encode_record,
};
use chancery_model::{
    AccountId, Actor, Arn, ClientToken, Credential, Path as IamPath, Personal, Principal, RecordId, RequestId, Secret, Sequence,
    Tags, Timestamp, Ulid, UserId, UserName,
};
use chancery_vault::{SealContext, Vault, VaultConfig};

use crate::{
    AccountRef, BootError, Caller, Engine, EngineConfig, EngineError, FirstAccount, RecordFilter, RecordQuery, Request, SignIn,
    SignedIn, boot, commit::Poison, init, replay, replay::fold, scrub::Scrub, verify,
};

const PASSWORD: &str = "correct horse 9 Battery";

fn account() -> AccountId {
    AccountId::parse("123456789012").unwrap()
}

fn config(dir: &tempfile::TempDir) -> EngineConfig {
    let mut config = EngineConfig::new(dir.path().join("data"));
    (config.hashing.memory_kib, config.hashing.passes, config.snapshot_records) = (64, 1, 5);
    config
}

fn start(config: EngineConfig) -> Engine {
    let password = Some(Secret::new(PASSWORD.into()));
    let first = FirstAccount { account: Some(account()), password, ..FirstAccount::default() };
    tokio::task::block_in_place(|| init(config, first, &|_| {}).unwrap().0)
}

async fn create(engine: &Engine, name: &str, token: Option<&str>) {
    let user_name = Given::new(UserName::parse(name).unwrap());
    let command: Command =
        actions::CreateUser { user_name, path: IamPath::root(), tags: Tags::default(), permissions_boundary: None }.into();
    let token = token.map(|token| ClientToken::parse(token).unwrap());
    engine.execute(&Caller::operator(account()), &Request::local(), command, token).await.unwrap();
}

/// A directory of a dozen records, closed in order; its running state's digest.
async fn used(dir: &tempfile::TempDir) -> [u8; 32] {
    let engine = start(config(dir));
    for number in 0..11 {
        create(&engine, &format!("user{number}"), Some(&format!("token{number}"))).await;
    }
    let digest = engine.state_digest().unwrap();
    engine.shutdown().await;
    digest
}

fn newest_snapshot(dir: &tempfile::TempDir) -> (SnapshotStore, Snapshot) {
    let store = SnapshotStore::new(config(dir).layout().snapshots(), boot::STATE_VERSION);
    let newest = store.newest(Sequence(u64::MAX)).unwrap().0.expect("a snapshot");
    (store, newest)
}

#[tokio::test(flavor = "multi_thread")]
async fn client_tokens_are_part_of_the_state_that_is_replayed() {
    let dir = tempfile::tempdir().unwrap();
    let running = used(&dir).await;
    assert_eq!(replay(&config(&dir), &|_| {}).unwrap().state_digest, running);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_of_another_state_is_found_and_one_of_another_moment_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let running = used(&dir).await;
    let (store, snapshot) = newest_snapshot(&dir);
    let mut state: State = decode(&snapshot.body).unwrap();
    state.next = Sequence(state.next.0 - 1);
    store.write(&snapshot.tree, &encode(&state).unwrap()).unwrap();
    let failure = verify(&config(&dir), &|_| {}).unwrap().failure.expect("a failure");
    assert!(failure.contains("is not the state that a replay from zero gives"), "{failure}");
    let engine = tokio::task::block_in_place(|| Engine::open(config(&dir), &|_| {})).unwrap();
    assert_eq!((engine.state_digest().unwrap(), engine.head()), (running, Sequence(12)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_another_tree_than_the_snapshots_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    used(&dir).await;
    let (store, snapshot) = newest_snapshot(&dir);
    let others = snapshot.tree.edge().iter().map(|hash| hash.map(|byte| !byte)).collect();
    store.write(&Tree::from_parts(snapshot.tree.size(), others).unwrap(), &snapshot.body).unwrap();
    let _ = std::fs::remove_file(config(&dir).layout().witness());
    let refused = tokio::task::block_in_place(|| Engine::open(config(&dir), &|_| {})).map(|_| ()).unwrap_err();
    assert!(matches!(refused, BootError::Inconsistent { .. }), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_shorter_or_other_than_its_witness_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    used(&dir).await;
    let (log, vault) = boot::open_stores(&config(&dir)).unwrap();
    let (signer, witness, head) = (boot::signer(&vault).unwrap(), WitnessFile::new(config(&dir).layout().witness()), log.head());
    drop((log, vault));
    for (size, told) in [(head.0 + 1, "records that were acknowledged are lost"), (head.0, "")] {
        witness.store(&signer.sign(size, [7; 32])).unwrap();
        let refused = tokio::task::block_in_place(|| Engine::open(config(&dir), &|_| {})).map(|_| ()).unwrap_err();
        assert!(matches!(refused, BootError::Witness(_)) && refused.to_string().contains(told), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_older_than_the_log_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let engine = start(config(&dir));
    let keys = config(&dir).vault().dir;
    let old: Vec<_> = std::fs::read_dir(&keys).unwrap().map(|file| file.unwrap().path()).collect();
    let old: Vec<_> = old.into_iter().map(|file| (std::fs::read(&file).unwrap(), file)).collect();
    // More than there are keys made ahead.
    for number in 0..600 {
        create(&engine, &format!("user{number}"), None).await;
    }
    engine.shutdown().await;
    drop(engine);
    std::fs::read_dir(&keys).unwrap().for_each(|file| std::fs::remove_file(file.unwrap().path()).unwrap());
    for (bytes, file) in old {
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(0o600).open(file).unwrap();
        file.write_all(&bytes).unwrap();
    }
    let refused = tokio::task::block_in_place(|| Engine::open(config(&dir), &|_| {})).map(|_| ()).unwrap_err();
    assert!(refused.to_string().contains("the directory `keys` is older than the log"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_nothing_reads_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let engine = start(config(&dir));
    let nobody =
        Caller::new(account(), Actor { principal: Principal::User(UserId::from_random(1)), credential: Credential::None });
    let reader = engine.read(&nobody, None).await.unwrap();
    assert!(matches!(reader.authorize(Read::GetUser, &Arn::root(account())), Err(EngineError::Denied(_))));
    assert!(matches!(engine.records(&nobody, RecordQuery::default()).await, Err(EngineError::Denied(_))));
    assert!(matches!(engine.record(&nobody, Sequence(0)).await, Err(EngineError::Denied(_))));
    assert!(matches!(engine.follow(&nobody, None, RecordFilter::default()).map(|_| ()), Err(EngineError::Denied(_))));
    assert!(matches!(engine.sessions(&nobody, Some(UserId::from_random(2))), Err(EngineError::Denied(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_write_no_record_and_a_session_too_many_ends_the_oldest() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(&dir);
    config.sessions.per_principal_max = 2;
    let engine = start(config);
    let mut tokens = Vec::new();
    for password in [PASSWORD, "wrong", PASSWORD, PASSWORD] {
        let input = SignIn { account: AccountRef::Id(account()), user_name: None, password: Secret::new(password.into()) };
        if let Ok(SignedIn::Session { token, .. }) = engine.sign_in(input, &Request::local()).await {
            tokens.push(token);
        }
    }
    let good: Vec<bool> = tokens.iter().map(|token| engine.authenticate(token.expose()).is_ok()).collect();
    assert_eq!(good.iter().filter(|good| **good).count(), 2, "{good:?}");
    assert_eq!(engine.head(), Sequence(1));
}

/// A record of this number and time.
fn record(number: u64, millis: u64, events: Vec<Event>) -> Bytes {
    let record = Record {
        sequence: Sequence(number),
        id: RecordId(Ulid::from(1)),
        time: Timestamp::from_millis(millis),
        account: account(),
        actor: Actor::OPERATOR,
        request: RequestId(Ulid::from(1)),
        origin: None,
        command: "CreateGroup".into(),
        token: None,
        events,
    };
    encode_record(&record).unwrap().into()
}

/// Folds records; how many were folded, and where it stopped.
fn folded(vault: &Vault, records: &[Bytes]) -> (u64, Option<u64>) {
    let numbered: Vec<_> = (0..).map(Sequence).zip(records.iter().cloned()).map(Ok).collect();
    let records: Records = Box::new(numbered.into_iter());
    let (mut state, mut tree) = (State::default(), Tree::new());
    let stopped = match fold(records, vault, &mut state, &mut tree, |_, _| {}) {
        Ok(()) => None,
        Err(LogError::Damaged { sequence, .. }) => Some(sequence.0),
        Err(other) => panic!("{other}"),
    };
    assert_eq!(state.next.0, tree.size());
    (tree.size(), stopped)
}

fn sample(name: &str) -> Event {
    sample_events().into_iter().find(|(known, _)| *known == name).unwrap().1
}

#[test]
fn a_replay_stops_at_the_first_record_that_is_not_good() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::create(&VaultConfig::new(dir.path().join("keys"))).unwrap();
    let good = |number| record(number, 1_000 + number, vec![sample("group.created.v1")]);
    assert_eq!(folded(&vault, &[good(0), good(1), good(2)]), (3, None));
    // Not decodable, of another place, and of a time before the last.
    assert_eq!(folded(&vault, &[good(0), Bytes::from(&b"\x01\x07"[..]), good(2)]), (1, Some(1)));
    assert_eq!(folded(&vault, &[good(0), good(2), good(1)]), (1, Some(1)));
    assert_eq!(folded(&vault, &[good(0), good(1), record(2, 1_000, Vec::new())]), (2, Some(2)));
    // A name whose ciphertext was changed, and the same as it was.
    let subject = vault.new_subject().unwrap();
    let context = SealContext { account: account(), field: chancery_domain::field::USER_NAME };
    let sealed = vault.seal(subject, &context, b"ada").unwrap();
    let created = |mut bytes: Vec<u8>, flip: u8| {
        if let Some(last) = bytes.last_mut() {
            *last ^= flip;
        }
        let sealed = chancery_model::SealedBytes { subject, bytes: bytes.into() };
        let mut event = sample("user.created.v1");
        if let Event::User(_, chancery_domain::UserChange::Created { name, tags, .. }) = &mut event {
            *name = Personal::new(UserName::parse("ada").unwrap(), sealed);
            *tags = Tags::default();
        }
        record(1, 2_000, vec![event])
    };
    assert_eq!(folded(&vault, &[good(0), created(sealed.bytes.to_vec(), 0)]), (2, None));
    assert_eq!(folded(&vault, &[good(0), created(sealed.bytes.to_vec(), 1)]), (1, Some(1)));
}

#[test]
fn a_check_of_the_whole_log_that_finds_another_tree_stops_all_writing() {
    let log = MemoryLog::default();
    log.append(Sequence(0), &[record(0, 1, Vec::new()), record(1, 1, Vec::new())]).unwrap();
    let log: Arc<dyn EventLog> = Arc::new(log);
    let mut tree = Tree::new();
    log.read(Sequence(0)).for_each(|item| {
        tree.push(&item.unwrap().1);
    });
    let found = |root| {
        let poison = Arc::new(Poison::default());
        Scrub { log: Arc::clone(&log), records: 2, root, stop: Arc::new(AtomicBool::new(false)), poison: Arc::clone(&poison) }
            .run();
        poison.reason()
    };
    assert_eq!(found(tree.root()), None);
    assert!(found([7; 32]).is_some_and(|reason| reason.contains("another tree")));
}
