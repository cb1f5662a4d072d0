//! A server with a large log stays small: it starts, from a snapshot and from zero, and serves within 256 MiB.

use std::{fs, time::Instant};

use chancery_engine::{BatchMode, Request};
use chancery_testkit::{Directory, Home, Options, Server, create_user, move_user};
use serde_json::json;

/// So many records; `CHANCERY_TEST_RECORDS` for another number.
const RECORDS: usize = 200_000;
const USERS: usize = 2_000;
const PER_BATCH: usize = 1_000;
const MEMORY_BYTES_MAX: u64 = 256 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn a_large_log_is_served_in_little_memory() {
    let records = std::env::var("CHANCERY_TEST_RECORDS").ok().and_then(|text| text.parse().ok()).unwrap_or(RECORDS);
    let begun = Instant::now();
    let home = large(records).await;
    println!("{records} records made in {:?}", begun.elapsed());
    let (home, from_snapshot) = serve(home, records).await;
    fs::remove_dir_all(home.data().join("snapshots")).unwrap();
    let (_home, from_zero) = serve(home, records).await;
    println!("resident at most: {} MiB from a snapshot, {} MiB from zero", from_snapshot >> 20, from_zero >> 20);
    for bytes in [from_snapshot, from_zero] {
        assert!(bytes < MEMORY_BYTES_MAX, "{} MiB", bytes >> 20);
    }
}

/// A data directory with so many records: users that move to and fro.
async fn large(records: usize) -> Home {
    let directory = Directory::new(50_000);
    let engine = tokio::task::block_in_place(|| directory.init());
    let commands = (0..records).map(|n| match n.checked_sub(USERS) {
        None => create_user(&format!("user{n}")),
        Some(n) => move_user(&format!("user{}", n % USERS), if (n / USERS).is_multiple_of(2) { "/there/" } else { "/here/" }),
    });
    let mut commands = commands.peekable();
    while commands.peek().is_some() {
        let batch = commands.by_ref().take(PER_BATCH).collect();
        let done = engine.execute_all(&Directory::operator(), &Request::local(), batch, BatchMode::Commit).await.unwrap();
        assert!(done.iter().all(Result::is_ok));
    }
    engine.shutdown().await;
    drop(engine);
    directory.into_home()
}

/// Starts it, uses it, and gives what it took.
async fn serve(home: Home, records: usize) -> (Home, u64) {
    let server = Server::start_on(home, Options::default());
    let root = server.root().await;
    let made = root.mutate("createUser", json!({ "userName": format!("late{}", records) }), "record { sequence }").await;
    assert!(made["record"]["sequence"].as_str().unwrap().parse::<usize>().unwrap() > records);
    let last = root.query("{ records(first: 100) { edges { node { sequence } } } account { users(first: 100) { edges { node { userName } } } } }").await;
    assert_eq!(last["account"]["users"]["edges"].as_array().unwrap().len(), 100);
    root.mutate("deleteUser", json!({ "userName": format!("late{records}") }), "__typename").await;
    let bytes = server.resident_bytes_max();
    (server.stop(), bytes)
}
