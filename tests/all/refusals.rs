//! Starts that are refused: with exit code 3, and a message that says what, where and what to do.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use chancery_testkit::{Finished, Home, Server};
use expect_test::{Expect, expect};
use serde_json::json;

/// Starts the server on a directory that it has to refuse.
fn serve(home: &Home) -> Finished {
    home.run(["serve", "--listen", "127.0.0.1:0", "--output", "json"])
}

/// Checks exit code, message and remedy.
fn check(home: &Home, run: &Finished, expect: Expect) {
    assert_eq!(run.code, Some(3), "{run:?}");
    let failure = run.failure();
    assert_eq!(failure["code"], "DataDirectoryRefused");
    let remedy = failure["remedy"].as_str().map(|remedy| format!("\n  {remedy}")).unwrap_or_default();
    let told = format!("{}{remedy}\n", failure["message"].as_str().unwrap());
    expect.assert_eq(&told.replace(home.data().to_str().unwrap(), "DATA"));
}

/// A directory with a few records, whose server has ended in order.
async fn used() -> Home {
    let server = Server::start();
    let root = server.root().await;
    for name in ["ada", "bob", "cy"] {
        root.mutate("createUser", json!({ "userName": name }), "__typename").await;
    }
    server.stop()
}

#[tokio::test]
async fn a_second_server_on_the_same_directory() {
    let server = Server::start();
    check(
        server.home(),
        &serve(server.home()),
        expect![[r#"
        another server holds the data directory DATA: stop it first, or talk to its API
    "#]],
    );
    check(
        server.home(),
        &server.home().run(["log", "verify", "--output", "json"]),
        expect![[r#"
        another server holds the data directory DATA: stop it first, or talk to its API
          this command works on a data directory that no server holds
    "#]],
    );
    server.root().await.mutate("createUser", json!({ "userName": "ada" }), "__typename").await;
}

#[test]
fn a_second_init() {
    let home = Home::initialised();
    let password = home.path("password");
    let again = home.run(["init", "--root-password-file", password.to_str().unwrap(), "--output", "json"]);
    check(
        &home,
        &again,
        expect![[r#"
        DATA holds Chancery data already: start it with `chancery serve --data-dir DATA`, or choose an empty directory
    "#]],
    );
}

#[test]
fn a_directory_of_something_else() {
    let home = Home::new();
    fs::create_dir(home.data()).unwrap();
    fs::write(home.data().join("thesis.txt"), "…").unwrap();
    check(
        &home,
        &serve(&home),
        expect![[r#"
        DATA is not empty (it has `thesis.txt`) and holds no Chancery data
          give an empty or a new directory with --data-dir
    "#]],
    );
    assert_eq!(fs::read_dir(home.data()).unwrap().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_of_a_newer_version() {
    let home = used().await;
    let place = home.data().join("format");
    let text = fs::read_to_string(&place).unwrap();
    let newer = text.replace("format 1", "format 2");
    let body = newer.split_once("checksum").unwrap().0;
    fs::write(&place, format!("{body}checksum {}\n", sha256(&home, body))).unwrap();
    check(
        &home,
        &serve(&home),
        expect![[r#"
            DATA is of format 2, and this version knows formats up to 1: use a newer version of chancery
        "#]],
    );
}

/// By the tool that a machine has anyway.
fn sha256(home: &Home, text: &str) -> String {
    let file = home.path("to-hash");
    fs::write(&file, text).unwrap();
    let output = std::process::Command::new("sha256sum").arg(file).output().unwrap();
    String::from_utf8(output.stdout).unwrap()[..64].to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_others_may_read() {
    let home = used().await;
    let key = home.data().join("keys/master.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    check(
        &home,
        &serve(&home),
        expect![[r#"
        `DATA/keys/master.key` has mode 0644, which lets others than its owner in: run `chmod 600 DATA/keys/master.key`
    "#]],
    );
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    home.run(["log", "verify"]).succeeded();
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_missing_or_others() {
    let home = used().await;
    let lost = home.copy();
    fs::remove_file(lost.data().join("keys/master.key")).unwrap();
    check(
        &lost,
        &serve(&lost),
        expect![[r#"
        the master key `DATA/keys/master.key` is missing: restore it from the backup of the keys directory; without it nothing sealed can be read
    "#]],
    );
    let none = home.copy();
    fs::remove_dir_all(none.data().join("keys")).unwrap();
    check(
        &none,
        &serve(&none),
        expect![[r#"
        DATA has an event log and no keys: restore its directory `keys` from a backup; without it nothing sealed can be opened
    "#]],
    );
    let other = Home::initialised();
    fs::copy(other.data().join("keys/master.key"), home.data().join("keys/master.key")).unwrap();
    check(
        &home,
        &serve(&home),
        expect![[r#"
        the master key from the file `DATA/keys/master.key` does not open `DATA/keys/root.key`: give the master key that this vault was created with
    "#]],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_has_lost_its_end() {
    let home = Home::initialised();
    let before = home.copy();
    let server = Server::start_on(home, chancery_testkit::Options::default());
    let root = server.root().await;
    for n in 0..5 {
        root.mutate("createUser", json!({ "userName": format!("user{n}") }), "__typename").await;
    }
    let home = server.stop();
    // An older log beside the newer witness and head mark.
    replace(&before.data().join("log"), &home.data().join("log"));
    check(
        &home,
        &serve(&home),
        expect![[r#"
            the log DATA/log has 1 records and 6 were acknowledged: its end is lost. Restore the data directory from a backup. If only a file `log/snap.*` is damaged, deleting it is enough: it is a cache of the store
        "#]],
    );
    // Even where the head mark is the older one too.
    fs::copy(before.data().join("log.head"), home.data().join("log.head")).unwrap();
    check(
        &home,
        &serve(&home),
        expect![[r#"
            the log DATA/log has 1 records and its witness has seen 6: records that were acknowledged are lost. Restore the data directory from a backup
        "#]],
    );
}

fn replace(from: &Path, to: &PathBuf) {
    fs::remove_dir_all(to).unwrap();
    assert!(std::process::Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_cut() {
    let home = used().await;
    let data = home.data().join("log/db");
    fs::OpenOptions::new().write(true).open(&data).unwrap().set_len(256).unwrap();
    let run = serve(&home);
    assert_eq!(run.code, Some(3), "{run:?}");
    let message = run.failure()["message"].as_str().unwrap().to_owned();
    assert!(message.contains(home.data().to_str().unwrap()) || message.contains("records"), "{message}");
    assert!(message.contains("Restore the data directory from a backup"), "{message}");
}

#[test]
fn nothing_to_start_from() {
    let home = Home::new();
    check(
        &home,
        &home.run(["log", "verify", "--output", "json"]),
        expect![[r#"
        DATA holds no Chancery data: `chancery init --data-dir DATA` makes it, or give another --data-dir
    "#]],
    );
    assert!(!home.data().exists());
}

#[test]
fn an_empty_directory_is_initialised_and_the_password_shown_once() {
    let home = Home::new();
    let server = Server::start_on(home, chancery_testkit::Options::default());
    let said = server.logged();
    let made: serde_json::Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
    let (account, password) = (made["accountId"].as_str().unwrap(), made["password"].as_str().unwrap());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(server.anonymous().sign_in(account, None, password));
    let home = server.stop();
    assert_eq!(fs::metadata(home.data()).unwrap().permissions().mode() & 0o777, 0o700);
    let mode = fs::metadata(home.data().join("keys/master.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let server = Server::start_on(home, chancery_testkit::Options::default());
    let again = server.logged();
    let last = again.lines().find(|line| line.contains("\"listen\"")).unwrap();
    assert!(!last.contains(password));
}
