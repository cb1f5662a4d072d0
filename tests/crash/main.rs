//! Writes to a data directory until it dies between the store's flush and our sync: `chancery-crash DIR JOURNAL ROUND FLUSHES`.
//!
//! What it was told is done stands in the journal. The crash tests run it again and again on one directory.

#![allow(clippy::expect_used, clippy::panic, reason = "a process of a test, whose failure is the test's")]

use std::{
    path::Path,
    process::abort,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use chancery_engine::{Caller, Engine, EngineConfig, Request};
use chancery_model::{AccountId, ClientToken};
use chancery_testkit::{ACCOUNT, Journal, create_user};

/// So many callers write at the same time.
const CALLERS: u64 = 8;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [dir, journal, round, flushes] = arguments.as_slice() else { panic!("DIR JOURNAL ROUND FLUSHES") };
    let engine = Engine::open(config(dir, flushes.parse().expect("a number")), &|_| {}).expect("the directory opens");
    let journal = Arc::new(Journal::open(Path::new(journal)));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let callers: Vec<_> =
            (0..CALLERS).map(|caller| tokio::spawn(write(engine.clone(), Arc::clone(&journal), round.clone(), caller))).collect();
        for caller in callers {
            caller.await.expect("a caller ends by the crash alone");
        }
    });
}

/// The settings of an engine that dies after so many flushes.
fn config(dir: &str, flushes: u64) -> EngineConfig {
    let mut config = EngineConfig::new(dir);
    config.hashing.memory_kib = 64;
    config.hashing.passes = 1;
    // Snapshots are written on the way too.
    config.snapshot_records = 100;
    let left = AtomicU64::new(flushes);
    config.after_flush = Some(Arc::new(move || {
        if left.fetch_sub(1, Ordering::Relaxed) == 1 {
            abort();
        }
        Ok(())
    }));
    config
}

async fn write(engine: Engine, journal: Arc<Journal>, round: String, caller: u64) {
    let operator = Caller::operator(AccountId::parse(ACCOUNT).expect("an account"));
    for n in 0_u64.. {
        let name = format!("r{round}c{caller}n{n}");
        journal.intent(&name);
        let token = Some(ClientToken::parse(&name).expect("a token"));
        let receipt = engine.execute(&operator, &Request::local(), create_user(&name), token).await.expect("it is written");
        journal.acknowledged(&name, receipt.record.expect("a record").sequence.0);
    }
}
