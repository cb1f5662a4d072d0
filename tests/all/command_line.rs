//! The commands on a data directory and on a running server, as scripts use them.

use std::fs;

use chancery_testkit::{ACCOUNT, Home, Server};
use expect_test::expect;
use serde_json::{Value, json};

/// A server with three users.
async fn server() -> (Server, String) {
    let server = Server::start();
    let root = server.root().await;
    for name in ["ada", "bob", "cy"] {
        root.mutate("createUser", json!({ "userName": name }), "__typename").await;
    }
    let token = root.token().to_owned();
    (server, token)
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_exported_from_the_directory_and_from_the_server() {
    let (server, token) = server().await;
    let file = server.home().path("token");
    fs::write(&file, token).unwrap();
    let remote = ["--server", server.url(), "--token-file", file.to_str().unwrap()];
    let ask = |command: &[&str]| server.home().run(command.iter().chain(&remote)).succeeded().stdout;
    let exported = lines(&ask(&["log", "export"]));
    let tail = ask(&["log", "tail", "-n", "2", "--output", "json"]);
    assert_eq!(lines(&tail), exported[2..]);
    let missing = server.home().run(["log", "export", "--server", server.url()]);
    assert_eq!(missing.code, Some(2), "{missing:?}");
    let home = server.stop();
    let own = home.export();
    assert_eq!(own.len(), 4);
    for (own, remote) in own.iter().zip(&exported) {
        for key in ["sequence", "id", "time", "account", "actorArn", "requestId", "command", "events"] {
            assert_eq!(own[key], remote[key], "{key} of {own}");
        }
    }
    let range = home.run(["log", "export", "--from", "1", "--to", "3"]).succeeded().stdout;
    assert_eq!(lines(&range), own[1..3]);
    let tail = home.run(["log", "tail", "-n", "1"]).succeeded().stdout;
    assert!(tail.starts_with("3 ") && tail.contains(" CreateUser arn:aws:iam::123456789012:root user.created.v1 AIDA"), "{tail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_and_a_verification_come_to_the_same() {
    let (server, _) = server().await;
    let home = server.stop();
    let replayed = home.run(["replay", "--output", "json"]).succeeded().json();
    let verified = home.run(["log", "verify", "--output", "json"]).succeeded().json();
    assert_eq!((&replayed["records"], &verified["records"], &verified["verified"]), (&json!(4), &json!(4), &json!(true)));
    assert_eq!((&replayed["root"], &replayed["stateDigest"]), (&verified["root"], &verified["stateDigest"]));
    let text = home.run(["log", "verify"]).succeeded().stdout;
    assert!(text.starts_with("the log is    whole\nrecords       4 ("), "{text}");
    let altered = home.copy();
    damage(&altered);
    let refused = altered.run(["log", "verify"]);
    assert!(matches!(refused.code, Some(1 | 3)), "{refused:?}");
}

/// Flips a bit in the middle of what the store's file says.
fn damage(home: &Home) {
    let path = home.data().join("log/db");
    let mut bytes = fs::read(&path).unwrap();
    let said: Vec<usize> = bytes.iter().enumerate().filter(|(_, byte)| **byte != 0).map(|(at, _)| at).collect();
    bytes[said[said.len() / 2]] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn init_does_as_it_is_told() {
    let home = Home::new();
    let password = home.path("password");
    let file = password.to_str().unwrap();
    for (arguments, told) in [
        (
            vec!["--account-id", "12"],
            expect![[
                r#"--account-id: 1 validation error detected: Value '12' at 'accountId' failed to satisfy constraint: Member must satisfy regular expression pattern: \d{12}"#
            ]],
        ),
        (
            vec!["--alias", "Not An Alias"],
            expect![
                "--alias: 1 validation error detected: Value 'Not An Alias' at 'accountAlias' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]"
            ],
        ),
        (
            vec!["--root-email", "nobody"],
            expect![[
                r#"--root-email: 1 validation error detected: Value 'nobody' at 'email' failed to satisfy constraint: Member must satisfy regular expression pattern: [^\s@]+@[^\s@]+"#
            ]],
        ),
    ] {
        let run = home.run(["init", "--root-password-file", file, "--output", "json"].into_iter().chain(arguments));
        assert_eq!(run.code, Some(2), "{run:?}");
        told.assert_eq(run.failure()["message"].as_str().unwrap());
        assert!(!home.data().exists());
    }
    fs::write(&password, "\n").unwrap();
    let empty = home.run(["init", "--root-password-file", file, "--output", "json"]);
    assert_eq!(empty.code, Some(2), "{empty:?}");
    expect!["no password from FILE: the first line is empty"]
        .assert_eq(&empty.failure()["message"].as_str().unwrap().replace(file, "FILE"));
    fs::write(&password, "Correct horse 9 battery\n").unwrap();
    let made = home.run(["init", "--account-id", ACCOUNT, "--alias", "acme", "--root-password-file", file, "--output", "json"]);
    let made = made.succeeded().json();
    assert_eq!((&made["accountId"], &made["alias"], made.get("password")), (&json!(ACCOUNT), &json!("acme"), None));
}

#[test]
fn what_the_configuration_does_not_know_is_an_error() {
    let home = Home::new();
    for (arguments, told) in [
        (
            ["--set", "limits.conections=5"],
            expect!["flag --set: there is no `limits.conections`; did you mean `limits.connections`?"],
        ),
        (
            ["--set", "limits.connections=0"],
            expect!["`limits.connections` (flag --set): `0` is not a whole number from 1 to 1000000"],
        ),
        (
            ["--listen", "nowhere"],
            expect![[r#"`listen` (flag --listen): `"nowhere"` is not an IP address and a port, such as 127.0.0.1:8220"#]],
        ),
    ] {
        let run = home.run(["serve", "--output", "json"].into_iter().chain(arguments));
        assert_eq!(run.code, Some(2), "{run:?}");
        told.assert_eq(run.failure()["message"].as_str().unwrap());
    }
    assert!(!home.data().exists());
}
