//! What is acknowledged and what is shown, seen from a disk that is slow or fails.

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Duration,
};

use chancery_domain::{Command, Given, Read, actions};
use chancery_log::AfterFlush;
use chancery_model::{AccountId, Arn, Path as IamPath, Secret, Sequence, Tags, UserName};

use crate::{Caller, Engine, EngineConfig, EngineError, FirstAccount, Request, init};

fn account() -> AccountId {
    AccountId::parse("123456789012").unwrap()
}

fn config(dir: &tempfile::TempDir, after_flush: Option<AfterFlush>) -> EngineConfig {
    let mut config = EngineConfig::new(dir.path().join("data"));
    (config.hashing.memory_kib, config.hashing.passes) = (64, 1);
    config.after_flush = after_flush;
    config
}

fn start(config: EngineConfig) -> Engine {
    let password = Some(Secret::new("correct horse 9 Battery".into()));
    let first = FirstAccount { account: Some(account()), password, ..FirstAccount::default() };
    tokio::task::block_in_place(|| init(config, first, &|_| {}).unwrap().0)
}

async fn create(engine: &Engine, name: &str) -> Result<(), EngineError> {
    let user_name = Given::new(UserName::parse(name).unwrap());
    let command: Command =
        actions::CreateUser { user_name, path: IamPath::root(), tags: Tags::default(), permissions_boundary: None }.into();
    engine.execute(&Caller::operator(account()), &Request::local(), command, None).await.map(drop)
}

async fn users(engine: &Engine) -> usize {
    let reader = engine.read(&Caller::operator(account()), None).await.unwrap();
    let proof = reader.authorize(Read::ListUsers, &Arn::entity(account(), "user", "*")).unwrap();
    reader.account(&proof).unwrap().users.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_synced_is_neither_acknowledged_nor_shown_and_nothing_is_written_after_it() {
    let (dir, broken) = (tempfile::tempdir().unwrap(), Arc::new(AtomicBool::new(false)));
    let disk = Arc::clone(&broken);
    let after_flush: AfterFlush =
        Arc::new(move || if disk.load(Ordering::SeqCst) { Err(io::Error::other("the disk is gone")) } else { Ok(()) });
    let engine = start(config(&dir, Some(after_flush)));
    create(&engine, "ada").await.unwrap();
    broken.store(true, Ordering::SeqCst);
    let refused = create(&engine, "bob").await;
    assert!(matches!(refused, Err(EngineError::NotDurable { .. })), "{refused:?}");
    assert_eq!((users(&engine).await, engine.head()), (1, Sequence(2)));
    // The disk says that it is well again; nobody knows what is on it.
    broken.store(false, Ordering::SeqCst);
    let refused = create(&engine, "eve").await;
    assert!(matches!(refused, Err(EngineError::ReadOnly { .. })), "{refused:?}");
    assert_eq!(users(&engine).await, 1);
    engine.shutdown().await;
    drop(engine);
    // What was refused may be there after a start; what was acknowledged must be.
    let engine = tokio::task::block_in_place(|| Engine::open(config(&dir, None), &|_| {})).unwrap();
    assert!([1, 2].contains(&users(&engine).await));
    create(&engine, "eve").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_shown_once_it_is_durable_and_at_the_latest_with_its_answer() {
    let dir = tempfile::tempdir().unwrap();
    let (reached, at_the_disk) = mpsc::channel();
    let (go_on, gate) = mpsc::channel::<()>();
    let (slow, reached, gate) = (Arc::new(AtomicBool::new(false)), Mutex::new(reached), Mutex::new(gate));
    let disk = Arc::clone(&slow);
    let after_flush: AfterFlush = Arc::new(move || {
        if disk.load(Ordering::SeqCst) {
            reached.lock().unwrap().send(()).unwrap();
            gate.lock().unwrap().recv_timeout(Duration::from_secs(20)).unwrap();
        }
        Ok(())
    });
    let engine = start(config(&dir, Some(after_flush)));
    slow.store(true, Ordering::SeqCst);
    for name in ["ada", "bob", "eve"] {
        let (before, head) = (users(&engine).await, engine.head());
        let changing = tokio::spawn({
            let engine = engine.clone();
            async move { create(&engine, name).await }
        });
        tokio::task::block_in_place(|| at_the_disk.recv_timeout(Duration::from_secs(20)).unwrap());
        // Flushed, and not synced: a power cut now would take it away.
        assert_eq!((users(&engine).await, engine.head(), changing.is_finished()), (before, head, false));
        go_on.send(()).unwrap();
        changing.await.unwrap().unwrap();
        assert_eq!((users(&engine).await, engine.head()), (before + 1, head.next()));
    }
    slow.store(false, Ordering::SeqCst);
}
