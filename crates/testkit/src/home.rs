//! A data directory of a test, and commands of the binary on it.

use std::{
    ffi::OsStr,
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::binary;

/// Longer than any command of a test takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// The account of every test.
pub const ACCOUNT: &str = "123456789012";
/// The password of its root user.
pub const PASSWORD: &str = "correct horse 9 Battery";

/// A temporary directory with a data directory in it, gone when it is dropped.
#[derive(Debug)]
pub struct Home(TempDir);

/// A command that has ended.
#[derive(Debug)]
pub struct Finished {
    /// Its exit code; `None` when a signal has ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it said and logged.
    pub stderr: String,
}

impl Home {
    /// A new one, without a data directory.
    ///
    /// # Panics
    /// When there is no room for it.
    #[must_use]
    pub fn new() -> Self {
        let home = tempfile::Builder::new().prefix("chancery-test-").tempdir().expect("a temporary directory");
        fs::write(home.path().join("password"), PASSWORD).expect("the password's file");
        Self(home)
    }

    /// A new one with an initialised data directory: [`ACCOUNT`], its root user with [`PASSWORD`].
    ///
    /// # Panics
    /// When `chancery init` fails.
    #[must_use]
    pub fn initialised() -> Self {
        let home = Self::new();
        home.init().succeeded();
        home
    }

    /// Runs `chancery init`.
    #[must_use]
    pub fn init(&self) -> Finished {
        let password = self.path("password");
        self.run(["init", "--account-id", ACCOUNT, "--root-password-file", &password.to_string_lossy()])
    }

    /// The data directory.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// A place beside the data directory.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A command on the data directory, with cheap hashes, and with nothing from the environment that would configure it.
    #[must_use]
    pub fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(binary());
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CHANCERY_")) {
            command.env_remove(name);
        }
        command.args(arguments).arg("--data-dir").arg(self.data()).args(["--config", "/dev/null"]);
        // The cheapest that the configuration takes: the tests are not about hashing, nor about a file that only takes room.
        command.args(["--set", "hashing.memory_kib=7168", "--set", "hashing.passes=1", "--set", "disk.ballast_mib=0"]);
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    ///
    /// # Panics
    /// When the binary cannot be run, or does not end within two minutes.
    #[must_use]
    pub fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Finished {
        let mut command = self.command(arguments);
        let (out, err) = (tempfile::NamedTempFile::new(), tempfile::NamedTempFile::new());
        let (out, err) = (out.expect("a file"), err.expect("a file"));
        command.stdout(out.reopen().expect("a file")).stderr(err.reopen().expect("a file"));
        let mut child = command.spawn().expect("the binary runs");
        let said = || [&out, &err].map(|file| String::from_utf8_lossy(&fs::read(file.path()).expect("a file")).into_owned());
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().expect("its state") {
                break status;
            }
            if begun.elapsed() > PATIENCE {
                child.kill().expect("it can be killed");
                panic!("{command:?} does not end: {:?}", said());
            }
            thread::sleep(Duration::from_millis(2));
        };
        let [stdout, stderr] = said();
        Finished { code: status.code(), stdout, stderr }
    }

    /// The lines of `chancery log export`.
    ///
    /// # Panics
    /// When it fails, or a line is not JSON.
    #[must_use]
    pub fn export(&self) -> Vec<Value> {
        let exported = self.run(["log", "export"]).succeeded();
        exported.stdout.lines().map(|line| serde_json::from_str(line).expect("a record a line")).collect()
    }

    /// A copy of the data directory in a home of its own.
    ///
    /// # Panics
    /// When it cannot be copied.
    #[must_use]
    pub fn copy(&self) -> Self {
        let copy = Self::new();
        let copied = Command::new("cp").arg("-a").arg(self.data()).arg(copy.data()).status().expect("cp runs");
        assert!(copied.success(), "the data directory cannot be copied");
        copy
    }
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}

impl Finished {
    /// Itself, if it has succeeded.
    ///
    /// # Panics
    /// When it has not.
    #[track_caller]
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self
    }

    /// What it printed, as JSON.
    ///
    /// # Panics
    /// When it is not.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(self.stdout.trim()).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// What a failed command said, under `--output json`: `{code, message, remedy}`.
    ///
    /// # Panics
    /// When it said nothing of the kind.
    #[must_use]
    #[track_caller]
    pub fn failure(&self) -> Value {
        let line = self.stderr.lines().rev().find(|line| line.starts_with(r#"{"error""#));
        let line = line.unwrap_or_else(|| panic!("no failure: {self:#?}"));
        serde_json::from_str::<Value>(line).expect("JSON")["error"].clone()
    }
}
