//! The server is killed with SIGKILL at random moments under concurrent load, and started again, on one data directory.

use std::{
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chancery_testkit::{ACCOUNT, Client, Dice, Home, Journal, Options, Server};
use serde_json::{Value, json};

use crate::oracle;

/// So many kills; `CHANCERY_TEST_KILLS` for another number.
const KILLS: u64 = 100;
const CLIENTS: u64 = 8;
/// Users are limited to 5,000 in an account; beyond these, what a client does is to tag its last one.
const USERS_PER_ROUND: u64 = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_acknowledged_survives_every_kill() {
    let kills = std::env::var("CHANCERY_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    // Snapshots are written on the way too.
    let options = Options { set: vec!["snapshots.every_records=1000".to_owned()], ..Options::default() };
    let mut server = Server::start_on(Home::initialised(), options);
    let root = server.root().await;
    let place = server.home().path("journal");
    let journal = Arc::new(Journal::open(&place));
    let mut dice = Dice::new(4);
    let mut unanswered = 0;
    for round in 0..kills {
        let left = Arc::new(AtomicU64::new(USERS_PER_ROUND));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let name = format!("r{round}c{client}");
                tokio::spawn(load(root.at(server.url()), Arc::clone(&journal), name, Arc::clone(&left)))
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(20 + dice.below(280))).await;
        server.kill9();
        for client in clients {
            client.await.unwrap();
        }
        server.start_again();
        unanswered += send_again(&root.at(server.url()), &journal).await;
    }
    let known = journal.read();
    println!("{kills} kills: {} acknowledged, {unanswered} of them when sent again", known.acknowledged.len());
    assert!(u64::try_from(known.acknowledged.len()).unwrap() > kills && unanswered > 0, "there was load");
    let home = server.stop();
    let records = home.export();
    oracle::check(&records, &known);
    let verified = home.run(["log", "verify", "--output", "json"]).succeeded().json();
    assert_eq!((&verified["verified"], &verified["records"]), (&json!(true), &json!(records.len())));
    let replayed = home.run(["replay", "--output", "json"]).succeeded().json();
    assert_eq!((&replayed["root"], &replayed["stateDigest"]), (&verified["root"], &verified["stateDigest"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_init_that_is_killed_can_be_repeated() {
    let mut dice = Dice::new(6);
    let mut killed = 0;
    for round in 0..25 {
        let home = Home::new();
        let password = home.path("password");
        let arguments = ["init", "--account-id", ACCOUNT, "--root-password-file", password.to_str().unwrap()];
        let mut child = home.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(dice.below(150)));
        // It may be done already.
        let _killed = child.kill();
        killed += u64::from(child.wait().unwrap().code().is_none());
        let again = home.run(arguments);
        assert!(matches!(again.code, Some(0 | 3)), "round {round}: {again:?}");
        assert!(again.code == Some(0) || again.stderr.contains("holds Chancery data already"), "round {round}: {again:?}");
        let server = Server::start_on(home, Options::default());
        server.root().await.mutate("createUser", json!({ "userName": "ada" }), "__typename").await;
        let home = server.stop();
        assert_eq!(home.export().len(), 2, "round {round}");
    }
    assert!(killed > 0, "every init was faster than its killer");
}

/// What a client token stands for: `u.NAME` creates a user, `t.NAME.N` tags one with `n=N`.
fn command(token: &str) -> (&'static str, Value) {
    match token.split('.').collect::<Vec<_>>()[..] {
        ["u", name] => ("createUser", json!({ "userName": name, "clientToken": token })),
        ["t", name, n] => {
            let tags = json!([{ "key": "n", "value": n }]);
            ("tag", json!({ "target": { "userName": name }, "tags": tags, "clientToken": token }))
        }
        _ => panic!("{token}"),
    }
}

/// Sends a command and notes its end; `false` when the server is gone.
async fn send(client: &Client, journal: &Journal, token: &str) -> bool {
    let (mutation, input) = command(token);
    let Ok(answer) = client.try_mutate(mutation, input, "record { sequence }").await else { return false };
    let sequence = answer["data"][mutation]["record"]["sequence"].as_str();
    let sequence = sequence.unwrap_or_else(|| panic!("{token}: {answer}"));
    journal.acknowledged(token, sequence.parse().unwrap());
    true
}

/// One client: creates users and tags them until the server is gone.
async fn load(client: Client, journal: Arc<Journal>, name: String, left: Arc<AtomicU64>) {
    let mut user = String::new();
    for n in 0.. {
        let creates = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
        let token = if creates || user.is_empty() { format!("u.{name}n{n}") } else { format!("t.{user}.{n}") };
        journal.intent(&token);
        if !send(&client, &journal, &token).await {
            return;
        }
        if creates || user.is_empty() {
            user = format!("{name}n{n}");
        }
    }
}

/// What was not answered is sent again, as a good client does: written before or not, it is there once.
async fn send_again(client: &Client, journal: &Journal) -> usize {
    let unknown = journal.read().unknown;
    for token in &unknown {
        assert!(send(client, journal, token).await, "{token}: the server is there");
    }
    unknown.len()
}
