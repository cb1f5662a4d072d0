//! A running server: the real binary on a free port.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{ACCOUNT, Client, Home, PASSWORD};

/// Longer than any start or end of a server in a test takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a server is started.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// With `--dev`.
    pub dev: bool,
    /// Keys of the configuration, as `limits.connections=64`.
    pub set: Vec<String>,
}

/// A server that runs until it is stopped, killed or dropped. Its data directory outlives it.
#[derive(Debug)]
pub struct Server {
    home: Home,
    options: Options,
    child: Child,
    url: String,
}

impl Server {
    /// On a new data directory.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::start_on(Home::initialised(), Options::default())
    }

    /// On a data directory that is there.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start_on(home: Home, options: Options) -> Self {
        let (child, url) = spawn(&home, &options);
        Self { home, options, child, url }
    }

    /// The data directory's home.
    #[must_use]
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A client that has not signed in.
    #[must_use]
    pub fn anonymous(&self) -> Client {
        Client::new(&self.url)
    }

    /// A client that has signed in as the root user.
    pub async fn root(&self) -> Client {
        self.anonymous().sign_in(ACCOUNT, None, PASSWORD).await
    }

    /// Everything that it and the servers before it on this directory have logged and said.
    #[must_use]
    pub fn logged(&self) -> String {
        logged(&self.home)
    }

    /// Kills it with SIGKILL, as a crash would.
    ///
    /// # Panics
    /// When it does not end.
    pub fn kill9(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// Asks it to end, and gives its home back.
    ///
    /// # Panics
    /// When it does not end well and soon.
    #[must_use]
    pub fn stop(mut self) -> Home {
        self.end();
        std::mem::take(&mut self.home)
    }

    /// Starts it again after its end, on another port.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_again(&mut self) {
        (self.child, self.url) = spawn(&self.home, &self.options);
    }

    /// Ends it in order and starts it again.
    pub fn restart(&mut self) {
        self.end();
        self.start_again();
    }

    /// Whether it still runs.
    ///
    /// # Panics
    /// When the system does not say.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().expect("its state").is_none()
    }

    /// With which code it has ended by itself.
    ///
    /// # Panics
    /// When it does not end soon.
    pub fn ended(&mut self) -> Option<i32> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("its state") {
                return status.code();
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end: {}", logged(&self.home));
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The most memory that it has had resident, in bytes (`VmHWM` of `/proc/PID/status`).
    ///
    /// # Panics
    /// When the system does not say.
    #[must_use]
    pub fn resident_bytes_max(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its resident memory");
        let kib = line.trim().strip_suffix(" kB").expect("KiB");
        kib.parse::<u64>().expect("a number") << 10
    }

    fn end(&mut self) {
        let id = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw).expect("a process id");
        rustix::process::kill_process(id, rustix::process::Signal::TERM).expect("it can be told to end");
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("its state") {
                return assert!(status.success(), "it ended with {status}: {}", logged(&self.home));
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end: {}", logged(&self.home));
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended before.
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}

fn logged(home: &Home) -> String {
    ["server.out", "server.err"].map(|name| fs::read_to_string(home.path(name)).unwrap_or_default()).concat()
}

/// Starts the binary and waits until it says where it listens.
fn spawn(home: &Home, options: &Options) -> (Child, String) {
    let appended = |name| File::options().create(true).append(true).open(home.path(name)).expect("a file for what it says");
    let mut command = home.command(["serve", "--listen", "127.0.0.1:0", "--output", "json"]);
    if options.dev {
        command.arg("--dev");
    }
    for setting in &options.set {
        command.args(["--set", setting]);
    }
    let mut child = command.stdout(Stdio::piped()).stderr(appended("server.err")).spawn().expect("the binary runs");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let mut said = String::new();
    while let Some(Ok(line)) = lines.next() {
        said.push_str(&line);
        said.push('\n');
        if let Some(listen) = serde_json::from_str::<Value>(&line).ok().and_then(|line| Some(line["listen"].as_str()?.to_owned()))
        {
            fs::write(home.path("server.out"), said).expect("what it said");
            // The pipe stays open: a server that says more must not die of it.
            std::thread::spawn(move || lines.for_each(drop));
            return (child, format!("http://{listen}"));
        }
    }
    let status = child.wait().expect("it ends");
    panic!("the server did not start ({status}): {said}{}", logged(home));
}
