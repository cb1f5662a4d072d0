//! The engine on a real data directory: first start, commands, restart, time travel, sign-in, sessions.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    AccountRef, AsOf, BatchMode, Caller, Clock, Engine, EngineConfig, EngineError, FirstAccount, Initialised, RecordFilter,
    RecordQuery, Request, SignIn, SignedIn, init, replay, verify,
};
use chancery_domain::{Command, Given, NewPassword, Read, actions};
use chancery_model::{AccountId, Arn, ClientToken, GroupName, Path as IamPath, Secret, Sequence, Tags, Timestamp, UserName};
use futures_util::StreamExt;

pub(crate) struct TestClock(AtomicU64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

impl TestClock {
    pub(crate) fn go_back_seconds(&self, seconds: u64) {
        self.0.fetch_sub(seconds * 1_000, Ordering::Relaxed);
    }

    pub(crate) fn pass_seconds(&self, seconds: u64) {
        self.0.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }
}

pub(crate) struct Bench {
    dir: tempfile::TempDir,
    pub(crate) clock: Arc<TestClock>,
}

pub(crate) const PASSWORD: &str = "correct horse 9 Battery";

impl Bench {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), clock: Arc::new(TestClock(AtomicU64::new(1_767_225_600_000))) }
    }

    fn config(&self) -> EngineConfig {
        let mut config = EngineConfig::new(self.path());
        config.clock = self.clock.clone();
        config.hashing.memory_kib = 64;
        config.hashing.passes = 1;
        config.snapshot_records = 50;
        config
    }

    fn path(&self) -> std::path::PathBuf {
        self.dir.path().join("data")
    }

    pub(crate) fn init(&self) -> (Engine, AccountId) {
        let account = Some(AccountId::parse("123456789012").unwrap());
        let first = FirstAccount { account, password: Some(Secret::new(PASSWORD.into())), ..FirstAccount::default() };
        let (engine, Initialised { account, password }) = init(self.config(), first, &|_| {}).unwrap();
        assert!(password.is_none());
        (engine, account)
    }

    pub(crate) fn open(&self) -> Engine {
        Engine::open(self.config(), &|_| {}).unwrap()
    }
}

pub(crate) async fn root(engine: &Engine) -> Caller {
    let account = AccountRef::Id(AccountId::parse("123456789012").unwrap());
    let input = SignIn { account, user_name: None, password: Secret::new(PASSWORD.into()) };
    let SignedIn::Session { token, .. } = engine.sign_in(input, &Request::local()).await.unwrap() else { panic!("a session") };
    engine.authenticate(token.expose()).unwrap()
}

pub(crate) fn create_user(name: &str) -> Command {
    let user_name = Given::new(UserName::parse(name).unwrap());
    actions::CreateUser { user_name, path: IamPath::root(), tags: Tags::default(), permissions_boundary: None }.into()
}

async fn user_count(engine: &Engine, caller: &Caller, at: Option<AsOf>) -> usize {
    let reader = engine.read(caller, at).await.unwrap();
    let proof = reader.authorize(Read::ListUsers, &Arn::entity(caller.account(), "user", "*")).unwrap();
    reader.account(&proof).unwrap().users.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_acknowledged_is_there_after_a_restart() {
    let bench = Bench::new();
    let (engine, account) = tokio::task::block_in_place(|| bench.init());
    let caller = root(&engine).await;
    assert_eq!(caller.account(), account);
    for n in 0..120 {
        let receipt = engine.execute(&caller, &Request::local(), create_user(&format!("user{n}")), None).await.unwrap();
        assert_eq!(receipt.record.unwrap().sequence, Sequence(n + 1));
    }
    engine.shutdown().await;
    let refused = engine.execute(&caller, &Request::local(), create_user("late"), None).await;
    assert!(matches!(refused, Err(EngineError::ReadOnly { .. })), "{refused:?}");
    drop(engine);

    let engine = tokio::task::block_in_place(|| bench.open());
    let caller = root(&engine).await;
    assert_eq!(engine.head(), Sequence(121));
    assert_eq!(user_count(&engine, &caller, None).await, 120);
    assert_eq!(user_count(&engine, &caller, Some(AsOf::Sequence(Sequence(0)))).await, 0);
    assert_eq!(user_count(&engine, &caller, Some(AsOf::Sequence(Sequence(60)))).await, 60);
    let beyond = engine.read(&caller, Some(AsOf::Sequence(Sequence(121)))).await;
    assert!(matches!(beyond, Err(EngineError::NoSuchMoment { .. })));
    let running = engine.state_digest().unwrap();
    engine.shutdown().await;
    drop(engine);

    let replayed = replay(&bench.config(), &|_| {}).unwrap();
    let verified = verify(&bench.config(), &|_| {}).unwrap();
    assert_eq!((verified.failure, verified.records), (None, 121));
    assert!(!verified.snapshots.is_empty());
    assert_eq!((replayed.root, replayed.state_digest), (verified.root, verified.state_digest));
    assert_eq!(replayed.state_digest, running);
    assert_no_name_in_clear(&bench.path());
}

fn assert_no_name_in_clear(dir: &Path) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_no_name_in_clear(&path);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(6).any(|window| window == b"user11"), "{}", path.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_token_gives_the_first_answer_again() {
    let bench = Bench::new();
    let (engine, _) = tokio::task::block_in_place(|| bench.init());
    let caller = root(&engine).await;
    let token = || Some(ClientToken::parse("once").unwrap());
    let first = engine.execute(&caller, &Request::local(), create_user("ada"), token()).await.unwrap();
    let again = engine.execute(&caller, &Request::local(), create_user("ada"), token()).await.unwrap();
    assert!(again.replayed);
    assert_eq!((first.record, &first.events), (again.record, &again.events));
    let other = engine.execute(&caller, &Request::local(), create_user("bob"), token()).await;
    assert!(matches!(other, Err(EngineError::TokenReused { .. })), "{other:?}");
    assert_eq!(engine.head(), Sequence(2));
    bench.clock.pass_seconds(86_401);
    let caller = root(&engine).await;
    engine.execute(&caller, &Request::local(), create_user("bob"), token()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_commands_are_written_all_or_none() {
    let bench = Bench::new();
    let (engine, _) = tokio::task::block_in_place(|| bench.init());
    let caller = root(&engine).await;
    let request = Request::local();
    let mixed = vec![create_user("ada"), create_user("ADA")];
    let outcomes = engine.execute_all(&caller, &request, mixed, BatchMode::Commit).await.unwrap();
    assert!(outcomes[0].is_ok() && outcomes[1].is_err());
    assert_eq!(engine.head(), Sequence(1));
    let good = vec![create_user("ada"), create_user("bob")];
    let tried = engine.execute_all(&caller, &request, good.clone(), BatchMode::DryRun).await.unwrap();
    assert!(tried.iter().all(Result::is_ok));
    assert_eq!(engine.head(), Sequence(1));
    let done = engine.execute_all(&caller, &request, good, BatchMode::Commit).await.unwrap();
    assert_eq!(done[1].as_ref().unwrap().record.unwrap().sequence, Sequence(2));
    assert_eq!(engine.head(), Sequence(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_granted_for_a_time_ends_by_a_record_of_its_own() {
    let bench = Bench::new();
    let (engine, _) = tokio::task::block_in_place(|| bench.init());
    let caller = root(&engine).await;
    let request = Request::local();
    let (group_name, user_name) = (GroupName::parse("devs").unwrap(), UserName::parse("ada").unwrap());
    engine.execute(&caller, &request, create_user("ada"), None).await.unwrap();
    let create = actions::CreateGroup { group_name: group_name.clone(), path: IamPath::root() };
    engine.execute(&caller, &request, create.into(), None).await.unwrap();
    let expires_at = Some(bench.clock.now().plus_seconds(60));
    let add = actions::AddUserToGroup { group_name, user_name, expires_at };
    let receipt = engine.execute(&caller, &request, add.into(), None).await.unwrap();
    let mut records =
        Box::pin(engine.follow(&caller, receipt.record.map(|record| record.sequence), RecordFilter::default()).unwrap());
    bench.clock.pass_seconds(61);
    let record = tokio::time::timeout(std::time::Duration::from_secs(10), records.next()).await.unwrap().unwrap().unwrap();
    assert_eq!(record.command, "ExpireGrant");
    assert_eq!(record.events[0].wire_name(), "user.membership_expired.v1");
    assert_eq!(record.actor_arn.resource_name(), "system");
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_end_by_time_by_revocation_and_with_the_password() {
    let bench = Bench::new();
    let (engine, account) = tokio::task::block_in_place(|| bench.init());
    let caller = root(&engine).await;
    let request = Request::local();
    engine.execute(&caller, &request, create_user("ada"), None).await.unwrap();
    let login = |password: &str, reset| actions::CreateLoginProfile {
        user_name: UserName::parse("ada").unwrap(),
        password: NewPassword::new(Secret::new(password.into())),
        password_reset_required: reset,
    };
    engine.execute(&caller, &request, login("Old password 1", true).into(), None).await.unwrap();
    let sign_in = |password: &str| {
        let password = Secret::new(password.into());
        SignIn { account: AccountRef::Id(account), user_name: Some(UserName::parse("Ada").unwrap()), password }
    };
    assert!(matches!(engine.sign_in(sign_in("wrong"), &request).await, Err(EngineError::SignInFailed)));
    let Ok(SignedIn::Challenge(challenge)) = engine.sign_in(sign_in("Old password 1"), &request).await else {
        panic!("a challenge")
    };
    let answer = engine.answer_password_change(&challenge.id, Secret::new("New password 2".into()), &request).await;
    let Ok(SignedIn::Session { token, session }) = answer else { panic!("a session") };
    let spent = engine.answer_password_change(&challenge.id, Secret::new("New password 3".into()), &request).await;
    assert!(matches!(spent, Err(EngineError::NoSuchChallenge)));

    let ada = engine.authenticate(token.expose()).unwrap();
    let denied = engine.execute(&ada, &request, create_user("eve"), None).await;
    assert!(matches!(denied, Err(EngineError::Denied(_))), "{denied:?}");
    assert_eq!(engine.sessions(&ada, None).unwrap(), vec![session.clone()]);
    for bad in [&token.expose()[1..], &format!("{}x", token.expose()), ""] {
        assert!(matches!(engine.authenticate(bad), Err(EngineError::InvalidToken)));
    }
    engine.revoke_session(&caller, session.id).await.unwrap();
    assert!(matches!(engine.authenticate(token.expose()), Err(EngineError::InvalidToken)));

    let Ok(SignedIn::Session { token, .. }) = engine.sign_in(sign_in("New password 2"), &request).await else {
        panic!("a session")
    };
    bench.clock.pass_seconds(3_600);
    assert!(matches!(engine.authenticate(token.expose()), Err(EngineError::ExpiredToken)));
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_survive_a_restart_and_a_damaged_file_lets_nobody_in() {
    let bench = Bench::new();
    let (engine, account) = tokio::task::block_in_place(|| bench.init());
    let input = || SignIn { account: AccountRef::Id(account), user_name: None, password: Secret::new(PASSWORD.into()) };
    let Ok(SignedIn::Session { token, .. }) = engine.sign_in(input(), &Request::local()).await else { panic!("a session") };
    drop(engine);
    let engine = tokio::task::block_in_place(|| bench.open());
    assert!(engine.authenticate(token.expose()).is_ok());
    drop(engine);
    let file = bench.path().join("sessions/sessions.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("\"created\":\"2026", "\"created\":\"2027", 1)).unwrap();
    let engine = tokio::task::block_in_place(|| bench.open());
    assert!(matches!(engine.authenticate(token.expose()), Err(EngineError::InvalidToken)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_keeps_no_session_alive_and_nobody_out() {
    let bench = Bench::new();
    let (engine, account) = tokio::task::block_in_place(|| bench.init());
    let input = || SignIn { account: AccountRef::Id(account), user_name: None, password: Secret::new(PASSWORD.into()) };
    let Ok(SignedIn::Session { token, session }) = engine.sign_in(input(), &Request::local()).await else { panic!("a session") };
    let caller = engine.authenticate(token.expose()).unwrap();
    engine.inner().sessions.fill_the_disk();
    assert!(matches!(engine.revoke_session(&caller, session.id).await, Err(EngineError::ReadOnly { .. })));
    assert!(matches!(engine.authenticate(token.expose()), Err(EngineError::InvalidToken)));
    let Ok(SignedIn::Session { token, .. }) = engine.sign_in(input(), &Request::local()).await else { panic!("a session") };
    engine.authenticate(token.expose()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_hangs_ends_all_writing() {
    let bench = Bench::new();
    let (engine, account) = tokio::task::block_in_place(|| bench.init());
    engine.shutdown().await;
    drop(engine);
    let mut config = bench.config();
    let hangs = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let hanging = Arc::clone(&hangs);
    config.after_flush = Some(Arc::new(move || {
        while hanging.load(Ordering::Relaxed) {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        Ok(())
    }));
    config.write_deadline = std::time::Duration::from_millis(300);
    let engine = tokio::task::block_in_place(|| Engine::open(config, &|_| {})).unwrap();
    assert!(engine.health().ready);
    hangs.store(true, Ordering::Relaxed);
    // Nobody writes: it is the canary that finds it.
    let begun = std::time::Instant::now();
    let health = loop {
        let health = engine.health();
        if !health.ready {
            break health;
        }
        assert!(begun.elapsed().as_secs() < 30, "nobody finds that the disk hangs");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert!(health.reasons[0].contains("a write has taken"), "{health:?}");
    hangs.store(false, Ordering::Relaxed);
    let operator = Caller::operator(account);
    let refused = engine.execute(&operator, &Request::local(), create_user("ada"), None).await;
    assert!(matches!(refused, Err(EngineError::NotDurable { .. } | EngineError::ReadOnly { .. })), "{refused:?}");
    assert!(!engine.health().ready, "what has hung once is not trusted again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nearly_full_disk_refuses_changes_and_serves_the_rest() {
    let bench = Bench::new();
    let (engine, account) = tokio::task::block_in_place(|| bench.init());
    engine.shutdown().await;
    drop(engine);
    let mut config = bench.config();
    config.reserve_bytes = Some(u64::MAX);
    let engine = tokio::task::block_in_place(|| Engine::open(config, &|_| {})).unwrap();
    let caller = root(&engine).await;
    let refused = engine.execute(&caller, &Request::local(), create_user("ada"), None).await.unwrap_err();
    assert!(matches!(refused, EngineError::DiskFull { .. }), "{refused}");
    assert_eq!((refused.code(), refused.http_status()), ("ServiceUnavailable", 507));
    assert!(refused.to_string().contains("delete the file `ballast`"), "{refused}");
    let reader = engine.read(&Caller::operator(account), None).await.unwrap();
    reader.authorize(Read::GetAccountSummary, &Arn::root(account)).unwrap();
    let health = engine.health();
    assert!(health.ready, "{health:?}");
    assert!(health.warnings.iter().any(|warning| warning.contains("no change is accepted")), "{health:?}");
    engine.shutdown().await;
    drop(engine);
    let engine = tokio::task::block_in_place(|| bench.open());
    engine.execute(&Caller::operator(account), &Request::local(), create_user("ada"), None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compacted_directory_is_the_same() {
    let bench = Bench::new();
    let (engine, account) = tokio::task::block_in_place(|| bench.init());
    for n in 0..80 {
        let user = create_user(&format!("user{n}"));
        engine.execute(&Caller::operator(account), &Request::local(), user, None).await.unwrap();
    }
    engine.shutdown().await;
    drop(engine);
    let config = bench.config();
    let before = verify(&config, &|_| {}).unwrap();
    let done = crate::compact(&config, false, &|_| {}).unwrap();
    let after = verify(&config, &|_| {}).unwrap();
    assert_eq!((done.records, done.root), (before.records, before.root));
    assert_eq!((after.root, after.state_digest, after.witness), (before.root, before.state_digest, before.witness));
    assert_eq!((after.failure, after.snapshots), (None, before.snapshots));
    // What cannot be held against the signed checkpoint takes no place.
    let witness = std::fs::read(bench.path().join("witness")).unwrap();
    let text = String::from_utf8(witness.clone()).unwrap().replacen("\n81\n", "\n80\n", 1);
    std::fs::write(bench.path().join("witness"), text).unwrap();
    assert!(crate::compact(&config, false, &|_| {}).is_err());
    std::fs::write(bench.path().join("witness"), witness).unwrap();
    assert_eq!(verify(&config, &|_| {}).unwrap().failure, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_records_show_who_did_what() {
    let bench = Bench::new();
    let (engine, _) = tokio::task::block_in_place(|| bench.init());
    let caller = root(&engine).await;
    for n in 0..5 {
        engine.execute(&caller, &Request::local(), create_user(&format!("user{n}")), None).await.unwrap();
    }
    let page = engine.records(&caller, RecordQuery { first: 3, ..RecordQuery::default() }).await.unwrap();
    assert_eq!((page.records.len(), page.next), (3, Some(Sequence(2))));
    let rest = engine.records(&caller, RecordQuery { after: page.next, first: 10, ..RecordQuery::default() }).await.unwrap();
    assert_eq!((rest.records.len(), rest.next), (3, None));
    assert_eq!(rest.records[0].actor_arn.as_str(), "arn:aws:iam::123456789012:root");
    let json = rest.records[0].to_json();
    assert_eq!(json["events"][0]["type"], "user.created.v1");
    assert_eq!(json["events"][0]["data"]["path"], "/");
    assert_eq!(json["events"][0]["data"]["name"], "user2");
}

/// Ada, who has to choose a new password.
fn log_ada_in(password: &str) -> Command {
    let password = NewPassword::new(Secret::new(password.into()));
    actions::CreateLoginProfile { user_name: UserName::parse("ada").unwrap(), password, password_reset_required: true }.into()
}

fn ada(account: AccountId, password: &str) -> SignIn {
    let password = Secret::new(password.into());
    SignIn { account: AccountRef::Id(account), user_name: Some(UserName::parse("ada").unwrap()), password }
}

fn new_password(password: &str, reset: bool) -> Command {
    let password = Some(NewPassword::new(Secret::new(password.into())));
    let user_name = UserName::parse("ada").unwrap();
    actions::UpdateLoginProfile { user_name, password, password_reset_required: Some(reset) }.into()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_was_replaced_answers_no_challenge_and_keeps_no_session() {
    let bench = Bench::new();
    let (engine, account) = tokio::task::block_in_place(|| bench.init());
    let (caller, request) = (root(&engine).await, Request::local());
    engine.execute(&caller, &request, create_user("ada"), None).await.unwrap();
    engine.execute(&caller, &request, log_ada_in("Old password 1"), None).await.unwrap();
    let Ok(SignedIn::Challenge(challenge)) = engine.sign_in(ada(account, "Old password 1"), &request).await else {
        panic!("a challenge")
    };
    // Whoever knew the old password is not to choose the next one once it was replaced.
    bench.clock.pass_seconds(1);
    engine.execute(&caller, &request, new_password("New password 2", false), None).await.unwrap();
    let answer = engine.answer_password_change(&challenge.id, Secret::new("Mine password 3".into()), &request).await;
    assert!(matches!(answer, Err(EngineError::NoSuchChallenge)));
    let Ok(SignedIn::Session { token, .. }) = engine.sign_in(ada(account, "New password 2"), &request).await else {
        panic!("a session")
    };
    assert!(engine.authenticate(token.expose()).is_ok());
    bench.clock.pass_seconds(1);
    engine.execute(&caller, &request, new_password("New password 4", false), None).await.unwrap();
    assert!(matches!(engine.authenticate(token.expose()), Err(EngineError::InvalidToken)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_set_back_locks_nobody_out_and_turns_no_record_back() {
    let bench = Bench::new();
    let (engine, account) = tokio::task::block_in_place(|| bench.init());
    let (caller, request) = (root(&engine).await, Request::local());
    let first = engine.execute(&caller, &request, create_user("ada"), None).await.unwrap();
    engine.execute(&caller, &request, log_ada_in("Old password 1"), None).await.unwrap();
    bench.clock.go_back_seconds(1_800);
    let Ok(SignedIn::Challenge(challenge)) = engine.sign_in(ada(account, "Old password 1"), &request).await else {
        panic!("a challenge")
    };
    let answer = engine.answer_password_change(&challenge.id, Secret::new("New password 2".into()), &request).await;
    let Ok(SignedIn::Session { token, .. }) = answer else { panic!("a session") };
    assert!(engine.authenticate(token.expose()).is_ok());
    let second = engine.execute(&caller, &request, create_user("bob"), None).await.unwrap();
    assert!(second.record.unwrap().time >= first.record.unwrap().time);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_preparing_when_the_engine_stops_is_told() {
    let bench = Bench::new();
    let (engine, _) = tokio::task::block_in_place(|| bench.init());
    let (caller, request) = (root(&engine).await, Request::local());
    engine.execute(&caller, &request, create_user("ada"), None).await.unwrap();
    // Each of them has a place in the queue, and many are still hashing when the writer stops.
    let callers: Vec<_> = (0..40)
        .map(|_| {
            let (engine, caller, request) = (engine.clone(), caller.clone(), request.clone());
            tokio::spawn(async move { engine.execute(&caller, &request, log_ada_in("Old password 1"), None).await })
        })
        .collect();
    tokio::time::timeout(std::time::Duration::from_secs(30), async {
        engine.shutdown().await;
        for one in callers {
            let _answered = one.await.unwrap();
        }
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_another_account_is_not_there() {
    let bench = Bench::new();
    let (engine, account) = tokio::task::block_in_place(|| bench.init());
    let (caller, request) = (root(&engine).await, Request::local());
    let other = AccountId::parse("999999999999").unwrap();
    let password = Some(NewPassword::new(Secret::new("other Password 77".into())));
    let email = Given::new(chancery_model::EmailAddress::parse("root@other.example").unwrap());
    let create = actions::CreateAccount { email, password, alias: None };
    assert!(matches!(engine.execute(&caller, &request, create.clone().into(), None).await, Err(EngineError::Denied(_))));
    let made = engine.execute(&Caller::operator(other), &request, create.into(), None).await.unwrap();
    let input = SignIn { account: AccountRef::Id(other), user_name: None, password: Secret::new("other Password 77".into()) };
    let Ok(SignedIn::Session { token, session }) = engine.sign_in(input, &request).await else { panic!("a session") };
    let stranger = engine.authenticate(token.expose()).unwrap();
    let own = engine.execute(&caller, &request, create_user("ada"), None).await.unwrap();
    engine.execute(&stranger, &request, create_user("ada"), None).await.unwrap();

    // Records, by page, by number and as they come.
    let page = engine.records(&stranger, RecordQuery { first: 100, ..RecordQuery::default() }).await.unwrap();
    assert!(page.records.len() == 2 && page.records.iter().all(|record| record.account == other));
    assert!(engine.record(&stranger, own.record.unwrap().sequence).await.unwrap().is_none());
    assert!(engine.record(&caller, made.record.unwrap().sequence).await.unwrap().is_none());
    let followed: Vec<_> = engine.follow(&stranger, None, RecordFilter::default()).unwrap().take(2).collect().await;
    assert!(followed.iter().all(|record| record.as_ref().unwrap().account == other));
    // Sessions, cursors, and moments before the account.
    assert!(matches!(engine.revoke_session(&caller, session.id).await, Err(EngineError::Rejected(_))));
    assert!(engine.authenticate(token.expose()).is_ok());
    let cursor = engine.cursor(&caller, "users", "ada");
    assert!(engine.open_cursor(&stranger, "users", &cursor).is_err() && engine.open_cursor(&caller, "groups", &cursor).is_err());
    assert_eq!(engine.open_cursor(&caller, "users", &cursor).unwrap(), "ada");
    let before = engine.read(&stranger, Some(AsOf::Sequence(Sequence(0)))).await.unwrap();
    let proof = before.authorize(Read::GetUser, &Arn::root(other)).unwrap();
    assert!(before.account(&proof).is_err());
    assert!(before.authorize(Read::GetUser, &Arn::root(account)).is_ok_and(|proof| before.account(&proof).is_err()));
}
