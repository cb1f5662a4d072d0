//! A disk that is full, and one that fails: on a file system of their own where the test may mount one.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command},
    time::{Duration, Instant},
};

use chancery_testkit::{ACCOUNT, Client, Home, Options, PASSWORD, Reply, Server};
use serde_json::{Value, json};

/// Longer than the server needs to find out about its disk.
const PATIENCE: Duration = Duration::from_secs(30);

/// A small file system on a directory, as long as it lives.
struct Small(PathBuf);

impl Small {
    /// `None` where only root may mount, and the test is not.
    fn mount(at: &Path, mib: u64) -> Option<Self> {
        fs::create_dir(at).unwrap();
        let size = format!("size={mib}m,mode=700");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "none"]).arg(at).output();
        let mounted = mounted.is_ok_and(|output| output.status.success());
        mounted.then(|| Self(at.to_owned()))
    }

    /// Takes all room that is left.
    fn fill(&self) {
        let mut file = File::create(self.0.join("fill")).unwrap();
        let block = vec![7; 4 << 10];
        while file.write_all(&block).is_ok() {}
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // Lazily: a server that has not ended yet may hold it.
        let _unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Waits until `is` holds.
fn wait(what: &str, is: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < PATIENCE, "{what}: not in {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

async fn create(root: &Client, name: &str) -> Reply {
    let query = "mutation($name: String!) { createUser(input: {userName: $name}) { record { sequence } } }";
    root.post(json!({ "query": query, "variables": { "name": name } }).to_string()).await
}

async fn ready(server: &Server) -> (u16, Value) {
    let answer = reqwest::get(format!("{}/readyz", server.url())).await.unwrap();
    (answer.status().as_u16(), serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_survived_and_the_ballast_gets_one_out_of_it() {
    let home = Home::new();
    let data = home.data();
    let Some(disk) = Small::mount(&data, 64) else {
        eprintln!("no file system can be mounted here: the engine's tests have the refusals");
        return;
    };
    let set = ["disk.reserve_mib=8", "disk.ballast_mib=16"].map(str::to_owned).to_vec();
    let flags = ["--set", &set[0], "--set", &set[1], "--output", "json"];
    let password = home.path("password");
    let init = ["init", "--account-id", ACCOUNT, "--root-password-file", password.to_str().unwrap()];
    home.run(init.iter().chain(&flags)).succeeded();
    let mut server = Server::start_on(home, Options { set: set.clone(), ..Options::default() });
    let ballast = data.join("ballast");
    wait("the ballast is made", || ballast.exists());
    let root = server.root().await;
    assert_eq!(create(&root, "ada").await.status, 200);

    disk.fill();
    let refused = create(&root, "bob").await;
    assert_eq!(refused.status, 507, "{refused:?}");
    let error = &refused.json()["errors"][0];
    assert_eq!(error["extensions"]["code"], "ServiceUnavailable");
    assert!(error["message"].as_str().unwrap().contains("delete the file `ballast`"), "{error}");
    let again = server.root().await;
    assert_eq!(again.query("{ user(name: \"ada\") { userName } }").await["user"]["userName"], "ada");
    let begun = Instant::now();
    let (status, told) = loop {
        let (status, told) = ready(&server).await;
        if told["warnings"].is_array() || begun.elapsed() > PATIENCE {
            break (status, told);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert_eq!((status, &told["ready"]), (200, &json!(true)), "{told}");
    assert!(told["warnings"][0].as_str().unwrap().contains("no change is accepted"), "{told}");
    // Longer than the canary's pause: a full disk is no failed one.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert!(server.is_alive());

    // Killed, it does not start on the full disk, and says what to do; the ballast is for that.
    server.kill9();
    let refused = server.home().run(["serve", "--listen", "127.0.0.1:0"].iter().chain(&flags));
    assert_eq!(refused.code, Some(3), "{refused:?}");
    let message = refused.failure()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("a start needs 8388608") && message.contains(ballast.to_str().unwrap()), "{message}");
    fs::remove_file(&ballast).unwrap();
    server.start_again();
    let root = server.anonymous().sign_in(ACCOUNT, None, PASSWORD).await;
    assert_eq!(create(&root, "bob").await.status, 200, "the ballast is more than the reserve");
    assert!(!ballast.exists(), "what was deleted to make room does not take it again");
    fs::remove_file(data.join("fill")).unwrap();
    wait("the ballast is made anew", || ballast.exists());
    let home = server.stop();
    assert_eq!(home.export().len(), 3, "the account, ada and bob");
    let verified = home.run(["log", "verify"].iter().chain(&flags)).succeeded().json();
    assert_eq!(verified["verified"], true);
}

/// Makes the syncs of a running server fail or hang; `None` where that is not possible.
fn spoil(server: &Server, how: &str) -> Option<Child> {
    let inject = format!("inject=fdatasync:{how}");
    let arguments = ["-f", "-qq", "-e", "trace=fdatasync", "-e", &inject, "-o", "/dev/null", "-p", &server.id().to_string()];
    let mut tracer = Command::new("strace").args(arguments).spawn().ok()?;
    std::thread::sleep(Duration::from_millis(300));
    matches!(tracer.try_wait(), Ok(None)).then_some(tracer)
}

/// An idle server whose disk fails or hangs ends itself: nobody has to change anything for it to be found.
async fn ends_itself(set: &[&str], how: &str, told: &str) {
    let set = set.iter().map(|key| (*key).to_owned()).collect();
    let mut server = Server::start_on(Home::initialised(), Options { set, ..Options::default() });
    let Some(mut tracer) = spoil(&server, how) else {
        eprintln!("strace cannot be used here: the tests of the log and the engine have the canary");
        return;
    };
    wait("the server ends itself", || server.logged().contains("the server has ended itself"));
    // It holds a thread that it delays, even at the process's end. It may have ended with the process.
    let _killed = tracer.kill();
    let code = server.ended();
    tracer.wait().unwrap();
    assert_eq!(code, Some(4), "{}", server.logged());
    assert!(server.logged().contains(told), "{}", server.logged());
    server.start_again();
    server.root().await.mutate("createUser", json!({ "userName": "ada" }), "__typename").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_server_finds_that_its_disk_has_failed() {
    ends_itself(&[], "error=EIO", "sync: Input/output error").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_server_finds_that_its_disk_hangs() {
    ends_itself(&["disk.deadline_seconds=2"], "delay_enter=120000000", "a write has taken").await;
}
