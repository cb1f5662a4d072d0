//! `chancery log compact` on a real directory: nothing changes but the room it takes, and it can be killed at any moment.

use std::{fs, process::Stdio, time::Duration};

use chancery_testkit::{Dice, Home, Options, Server};
use serde_json::{Value, json};

/// So many kills; `CHANCERY_TEST_KILLS` for another number.
const KILLS: u64 = 30;

/// A directory with a few hundred small commits.
async fn used() -> Home {
    let server = Server::start();
    let root = server.root().await;
    for n in 0..300 {
        root.mutate("createUser", json!({ "userName": format!("user{n}") }), "__typename").await;
    }
    server.stop()
}

fn verified(home: &Home) -> Value {
    let verified = home.run(["log", "verify", "--output", "json"]).succeeded().json();
    assert_eq!(verified["verified"], true);
    verified
}

fn left_over(home: &Home) -> Vec<String> {
    let names = fs::read_dir(home.data()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| ["compact", "log.old", "log.kept"].contains(&&**name)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compacted_log_is_the_same_in_less_room() {
    let home = used().await;
    let (before, records) = (verified(&home), home.export());
    let done = home.run(["log", "compact", "--output", "json"]).succeeded().json();
    assert_eq!((&done["records"], &done["root"]), (&before["records"], &before["root"]));
    assert!(done["diskBytes"].as_u64().unwrap() <= done["diskBytesBefore"].as_u64().unwrap(), "{done}");
    let after = verified(&home);
    for same in ["root", "stateDigest", "witness", "records", "bytes"] {
        assert_eq!(after[same], before[same], "{same}");
    }
    assert_eq!((home.export(), left_over(&home)), (records, Vec::new()));
    let server = Server::start_on(home, Options::default());
    server.root().await.mutate("createUser", json!({ "userName": "late" }), "__typename").await;
    let refused = server.home().run(["log", "compact", "--output", "json"]);
    assert_eq!(refused.code, Some(3), "a server holds it: {refused:?}");
    let home = server.stop();
    let kept = home.run(["log", "compact", "--keep", "--output", "json"]).succeeded().json();
    assert_eq!(kept["kept"], home.data().join("log.kept").to_str().unwrap());
    let again = home.run(["log", "compact", "--keep", "--output", "json"]);
    assert_eq!(again.code, Some(3), "{again:?}");
    assert!(again.failure()["message"].as_str().unwrap().contains("log.kept is there already"), "{again:?}");
    assert_eq!((verified(&home)["records"].as_u64(), left_over(&home)), (Some(302), vec!["log.kept".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compaction_that_is_killed_loses_nothing() {
    let home = used().await;
    let before = verified(&home);
    let kills = std::env::var("CHANCERY_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    let mut dice = Dice::new(11);
    let took = std::time::Instant::now();
    home.run(["log", "compact"]).succeeded();
    let whole = u64::try_from(took.elapsed().as_millis()).unwrap();
    let mut killed = 0;
    for round in 0..kills {
        let mut child = home.command(["log", "compact"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(dice.below(whole + whole / 4)));
        // It may be done already.
        let _killed = child.kill();
        killed += u64::from(child.wait().unwrap().code().is_none());
        // Each kind of start puts in order what it finds.
        if dice.below(2) == 0 {
            assert_eq!(verified(&home)["root"], before["root"], "round {round}");
            assert_eq!(left_over(&home), Vec::<String>::new(), "round {round}");
        }
    }
    println!("{killed} of {kills} compactions were killed");
    assert!(killed > kills / 4, "only {killed} of {kills} compactions were killed");
    let server = Server::start_on(home, Options::default());
    server.root().await.mutate("createUser", json!({ "userName": "late" }), "__typename").await;
    let home = server.stop();
    assert_eq!(verified(&home)["records"], before["records"].as_u64().unwrap() + 1);
}
