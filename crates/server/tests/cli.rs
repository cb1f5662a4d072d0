//! The binary, from the first start to an import, as a script would use it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where something is not as it must be"
)]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

use serde_json::{Value, json};

const PASSWORD: &str = "correct horse 9 Battery";

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        fs::write(home.path("password"), format!("{PASSWORD}\nanother line\n")).unwrap();
        home
    }

    fn initialised() -> Self {
        let home = Self::new();
        let made = home.run(&["init", "--account-id", "123456789012", "--root-password-file", &home.text("password")]);
        assert!(made.status.success(), "{made:?}");
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.with(Command::new(env!("CARGO_BIN_EXE_chancery")), arguments)
    }

    fn with(&self, mut command: Command, arguments: &[&str]) -> Command {
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CHANCERY_")) {
            command.env_remove(name);
        }
        command.args(arguments).args(["--config", "/dev/null", "--data-dir"]).arg(self.path("data"));
        command
            .args(["--set", "hashing.memory_kib=7168", "--set", "hashing.passes=1", "--set", "disk.ballast_mib=0"])
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn import(&self, file: &Value, flags: &[&str]) -> Output {
        let path = self.text("account.json");
        fs::write(&path, file.to_string()).unwrap();
        self.run(&[&["import", "aws-account", &path, "--output", "json"], flags].concat())
    }

    /// How many records an export has.
    fn records(&self) -> usize {
        let exported = self.run(&["log", "export"]);
        assert!(exported.status.success(), "{exported:?}");
        exported.stdout.iter().filter(|byte| **byte == b'\n').count()
    }

    fn serve(&self) -> Server {
        self.serve_by(Command::new(env!("CARGO_BIN_EXE_chancery")))
    }

    fn serve_by(&self, program: Command) -> Server {
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--output", "json"];
        let child = self.with(program, &arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut server = Server { address: String::new(), child, said: Vec::new() };
        let mut lines = BufReader::new(server.child.stdout.take().unwrap()).lines();
        while server.address.is_empty() {
            let line: Value = serde_json::from_str(&lines.next().expect("the server starts").unwrap()).unwrap();
            match line["listen"].as_str() {
                Some(address) => server.address = address.to_owned(),
                None => server.said.push(line),
            }
        }
        server
    }
}

struct Server {
    address: String,
    child: Child,
    said: Vec<Value>,
}

impl Server {
    fn ask(&self, token: Option<&str>, query: &str) -> Value {
        let body = json!({ "query": query }).to_string();
        let authorization = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = "POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n";
        write!(stream, "{head}{authorization}content-length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    fn sign_in(&self, account: &str, password: &str) -> String {
        let input = format!("{{accountId: \"{account}\", password: \"{password}\"}}");
        let answer = self.ask(None, &format!("mutation {{ signIn(input: {input}) {{ session {{ token }} }} }}"));
        answer["data"]["signIn"]["session"]["token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    fn stop(mut self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

fn stdout(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// Holds the exit code and a part of the message of a failure against what they must be.
#[track_caller]
fn refused(output: &Output, code: i32, part: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(code) && said.contains(part), "{code} and `{part}`, not {output:?}");
}

#[test]
fn a_first_start_with_chosen_values() {
    let home = Home::new();
    let password = home.text("password");
    let arguments = ["init", "--account-id", "123456789012", "--alias", "acme", "--root-email", "root@example.org"];
    let arguments = [&arguments[..], &["--root-password-file", &password, "--output", "json"]].concat();
    let made = stdout(&home.run(&arguments));
    let (root, data) = ("arn:aws:iam::123456789012:root", home.text("data"));
    assert_eq!(made, json!({ "accountId": "123456789012", "rootArn": root, "dataDir": data, "alias": "acme" }));
    assert_only_its_owners(std::path::Path::new(&data));
    refused(&home.run(&arguments), 3, "holds Chancery data already");
}

fn assert_only_its_owners(path: &std::path::Path) {
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions());
    assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
    if path.is_dir() {
        fs::read_dir(path).unwrap().for_each(|entry| assert_only_its_owners(&entry.unwrap().path()));
    }
}

#[test]
fn a_password_is_generated_where_none_is_given_and_nobody_is_there_to_ask() {
    let home = Home::new();
    let made = stdout(&home.run(&["init", "--output", "json"]));
    let server = home.serve();
    assert!(server.said.is_empty(), "{:?}", server.said);
    assert!(!server.sign_in(made["accountId"].as_str().unwrap(), made["password"].as_str().unwrap()).is_empty());
}

#[test]
fn what_init_refuses() {
    let home = Home::new();
    fs::write(home.path("empty"), "\n").unwrap();
    let empty = home.text("empty");
    for (arguments, part) in [
        (["init", "--account-id", "12"], "--account-id"),
        (["init", "--alias", "No Alias"], "--alias"),
        (["init", "--root-email", "nobody"], "--root-email"),
        (["init", "--root-password-file", "/nonexistent"], "no password from /nonexistent"),
        (["init", "--root-password-file", &empty], "the first line is empty"),
    ] {
        refused(&home.run(&arguments), 2, part);
    }
    assert!(!home.path("data").exists());
    fs::create_dir(home.path("data")).unwrap();
    fs::write(home.path("data").join("letter.txt"), "dear").unwrap();
    for command in ["init", "serve"] {
        refused(&home.run(&[command]), 3, "it has `letter.txt`");
    }
    for command in [&["log", "verify"][..], &["replay"], &["log", "export"]] {
        refused(&home.run(command), 3, "holds no Chancery data");
    }
}

#[test]
fn a_server_on_an_empty_directory_and_its_log_from_both_sides() {
    let home = Home::new();
    let server = home.serve();
    let [account, password] = ["accountId", "password"].map(|name| server.said[0][name].as_str().unwrap().to_owned());
    let token = server.sign_in(&account, &password);
    let created = server.ask(Some(&token), "mutation { createUser(input: {userName: \"ada\"}) { record { sequence } } }");
    assert_eq!(created["data"]["createUser"]["record"]["sequence"], "1", "{created}");

    for command in [&["log", "verify"][..], &["log", "export"], &["replay"], &["serve", "--listen", "127.0.0.1:0"]] {
        refused(&home.run(command), 3, "another server holds the data directory");
    }
    fs::write(home.path("token"), &token).unwrap();
    let (url, file) = (format!("http://{}", server.address), home.text("token"));
    let asked = ["--server", &url, "--token-file", &file];
    let remote = home.run(&[&["log", "export"], &asked[..]].concat());
    assert_eq!(remote.status.code(), Some(0), "{remote:?}");
    let tail = home.run(&[&["log", "tail", "-n", "1"], &asked[..]].concat());
    let tail = String::from_utf8_lossy(&tail.stdout).into_owned();
    assert!(tail.lines().count() == 1 && tail.contains(" CreateUser "), "{tail}");
    refused(&home.run(&["log", "tail", "--server", &url]), 2, "bearer token");
    refused(&home.run(&["log", "tail", "--follow"]), 2, "--server");
    server.stop();

    let local = home.run(&["log", "export"]);
    assert_eq!((local.stdout.as_slice(), local.status.code()), (remote.stdout.as_slice(), Some(0)), "{local:?}");
    let text = String::from_utf8(local.stdout).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.iter().map(|line| line["sequence"].as_str().unwrap()).collect::<Vec<_>>(), ["0", "1"]);
    assert_eq!(lines[0]["events"][0]["data"]["password"]["sealed"], true, "secrets stay sealed");
    assert!(!text.contains(&password) && !text.contains("argon2"), "{text}");
    assert_eq!(stdout(&home.run(&["log", "export", "--from", "1", "--to", "2"])), lines[1]);
}

#[test]
fn a_directory_that_lost_its_log_or_its_keys_is_no_new_one() {
    for lost in ["log", "keys"] {
        let home = Home::initialised();
        fs::rename(home.path("data").join(lost), home.path(lost)).unwrap();
        for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["init"], &["log", "verify"]] {
            let started = home.run(command);
            assert_eq!(started.status.code(), Some(3), "without {lost}: {started:?}");
        }
        let _ = fs::remove_dir_all(home.path("data").join(lost));
        fs::rename(home.path(lost), home.path("data").join(lost)).unwrap();
        assert_eq!(home.records(), 1, "the refused starts broke nothing in {lost}");
    }
}

#[test]
fn a_log_verifies_until_it_is_altered() {
    let home = Home::initialised();
    let verified = stdout(&home.run(&["log", "verify", "--output", "json"]));
    assert_eq!((&verified["verified"], &verified["records"], &verified["witness"]), (&json!(true), &json!(1), &json!(1)));
    let replayed = stdout(&home.run(&["replay", "--output", "json"]));
    assert_eq!((&replayed["root"], &replayed["stateDigest"]), (&verified["root"], &verified["stateDigest"]));
    let key = stdout(&home.run(&["log", "key", "--output", "json"]));
    assert!(key["publicKey"].as_str().unwrap().starts_with("chancery.local/"), "{key}");

    // The root of the signed checkpoint, which is its third line.
    let witness = home.path("data").join("witness");
    let text = fs::read_to_string(&witness).unwrap();
    let root = text.lines().nth(2).unwrap();
    fs::write(&witness, text.replace(root, &root.chars().rev().collect::<String>())).unwrap();
    let altered = home.run(&["log", "verify"]);
    assert!(matches!(altered.status.code(), Some(1 | 3)), "{altered:?}");
    assert!(String::from_utf8_lossy(&altered.stderr).starts_with("error: "), "{altered:?}");
}

/// Writes beyond so many blocks of a file fail, as on a disk that is full.
fn with_files_up_to(blocks: u64) -> Command {
    let mut shell = Command::new("sh");
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    shell.args(["-c", &script, env!("CARGO_BIN_EXE_chancery")]);
    shell
}

#[test]
fn a_disk_that_fails_ends_the_server_and_what_was_acknowledged_is_there() {
    let home = Home::initialised();
    let size = fs::metadata(home.path("data").join("log").join("db")).unwrap().len();
    let mut server = home.serve_by(with_files_up_to(size / 512 + 128));
    let token = server.sign_in("123456789012", PASSWORD);
    let path = format!("/{}/", "x".repeat(500));
    let create = |number: usize| {
        format!("mutation {{ createUser(input: {{userName: \"u{number}\", path: \"{path}\"}}) {{ user {{ id }} }} }}")
    };
    let refused = (0..4_000).find_map(|number| {
        let answer = server.ask(Some(&token), &create(number));
        answer["errors"][0]["extensions"]["code"].as_str().map(|code| (number, code.to_owned()))
    });
    let (acknowledged, code) = refused.expect("the file has its limit");
    assert_eq!(code, "ServiceUnavailable");
    assert_eq!(server.child.wait().unwrap().code(), Some(4));
    drop(server);
    let records = home.records();
    assert!(records == 1 + acknowledged || records == 2 + acknowledged, "{records} of {acknowledged}");
    assert_eq!(stdout(&home.run(&["log", "verify", "--output", "json"]))["verified"], true);
}

fn account() -> Value {
    let document = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "s3:*", "Resource": "*" }] });
    json!({
        "UserDetailList": [{
            "UserName": "ada", "Path": "/", "GroupList": ["devs"],
            "UserPolicyList": [{ "PolicyName": "own", "PolicyDocument": document }],
        }],
        "GroupDetailList": [{ "GroupName": "devs", "Path": "/" }],
    })
}

#[test]
fn an_import_is_all_or_nothing_and_its_second_run_changes_nothing() {
    let home = Home::initialised();
    let tried = stdout(&home.import(&account(), &["--dry-run"]));
    assert_eq!((&tried["summary"]["created"], &tried["summary"]["records"]), (&json!(4), &json!(0)));
    let mut odd = account();
    odd["GroupDetailList"][0]["GroupName"] = json!("d e v s");
    refused(&home.import(&odd, &[]), 1, "nothing was written: 2 of 4 items are refused");
    assert_eq!(home.records(), 1);

    let imported = stdout(&home.import(&account(), &[]));
    assert_eq!(imported["summary"]["kinds"]["user"], json!({ "created": 1 }));
    assert_eq!(imported["items"][1]["arn"], "arn:aws:iam::123456789012:user/ada");
    assert_eq!(home.records(), 5);
    let again = stdout(&home.import(&account(), &[]));
    assert_eq!((&again["summary"]["unchanged"], &again["summary"]["records"]), (&json!(4), &json!(0)));
    let rest = stdout(&home.import(&odd, &["--skip-refused"]));
    assert_eq!((&rest["summary"]["refused"], &rest["summary"]["records"]), (&json!(1), &json!(0)));
    assert_eq!(home.records(), 5);
}

#[test]
fn an_import_by_a_running_server() {
    let home = Home::initialised();
    let server = home.serve();
    fs::write(home.path("token"), server.sign_in("123456789012", PASSWORD)).unwrap();
    let (url, token) = (format!("http://{}", server.address), home.text("token"));
    let remote = ["--server", &url, "--token-file", &token];
    let import = |flags: &[&str]| stdout(&home.import(&account(), &[&remote[..], flags].concat()));
    let tried = import(&["--dry-run"]);
    assert_eq!((&tried["summary"]["created"], &tried["summary"]["records"]), (&json!(4), &json!(0)));
    assert_eq!(import(&[])["summary"]["kinds"]["user"], json!({ "created": 1 }));
    assert_eq!(import(&[])["summary"]["unchanged"], 4);
    let mut odd = account();
    odd["GroupDetailList"][0]["GroupName"] = json!("d e v s");
    refused(&home.import(&odd, &remote), 1, "nothing was written: 1 of 4 items are refused");
    refused(&home.import(&account(), &["--server", &url, "--token-file", &home.text("password")]), 1, "token");
    server.stop();
    assert_eq!(home.records(), 5);
}

#[test]
fn managed_policies_that_the_binary_does_not_know() {
    let home = Home::initialised();
    let document = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "s3:*", "Resource": "*" }] });
    let policy = |name: &str, version: &str| {
        json!({
            "PolicyName": name, "Arn": format!("arn:aws:iam::aws:policy/{name}"), "Path": "/", "DefaultVersionId": version,
            "PolicyVersionList": [{ "VersionId": version, "Document": document }],
        })
    };
    let file = home.text("policies.json");
    let content =
        json!({ "Policies": [policy("Novel", "v3"), policy("ReadOnlyAccess", "v1"), policy("PowerUserAccess", "v9999")] });
    fs::write(&file, content.to_string()).unwrap();
    let imported = stdout(&home.run(&["import", "managed-policies", &file, "--output", "json"]));
    let outcomes: Vec<_> = imported["items"].as_array().unwrap().iter().map(|item| item["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["created", "unchanged", "updated"], "{imported}");
}

#[test]
fn what_an_import_refuses() {
    let home = Home::initialised();
    for (file, flags, code, part) in [
        (json!([]), &[][..], 1, "get-account-authorization-details"),
        (account(), &["--account-id", "999999999999"], 2, "there is 123456789012"),
        (account(), &["--account-id", "12"], 2, "--account-id"),
    ] {
        refused(&home.import(&file, flags), code, part);
    }
    let server = home.serve();
    refused(&home.import(&account(), &[]), 3, "stop it first");
    server.stop();
}
