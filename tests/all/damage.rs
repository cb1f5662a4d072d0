//! Flipped bits and cut files, in every file of a data directory: harmless or refused, never silently lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use chancery_engine::{AccountRef, BatchMode, Clock, Engine, Request, SignIn};
use chancery_model::Secret;
use chancery_testkit::{Dice, Directory, PASSWORD, create_user, digest, random_command, records};
use serde_json::Value;

/// So many bits are flipped in all; `CHANCERY_TEST_FLIPS` for more.
const FLIPS: usize = 240;
/// More records than a start reads after a snapshot, and than a tile of the hash tree holds.
const USERS: usize = 1_200;
/// Words of which one stands in every refusal to start: what to do.
const REMEDIES: [&str; 9] = ["estore ", "ackup", "delete", "chmod", "give ", "opy ", "check ", "deleting", "use the newer"];

/// A data directory and what is in it.
struct Whole {
    directory: Directory,
    records: Vec<Value>,
    digest: [u8; 32],
    files: Vec<PathBuf>,
}

/// What became of a directory that was damaged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Harmless,
    Refused(String),
}

#[test]
fn a_flipped_bit_is_harmless_or_refused() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let whole = runtime.block_on(Whole::make());
    let flips = std::env::var("CHANCERY_TEST_FLIPS").ok().and_then(|text| text.parse().ok()).unwrap_or(FLIPS);
    let mut dice = Dice::new(2);
    let mut fates = Fates::default();
    for file in &whole.files {
        // The file with the records gets a quarter of them all.
        let here = if file.ends_with("log/db") { flips / 4 } else { flips * 3 / 4 / whole.files.len() };
        for _ in 0..here.max(1) {
            let copy = whole.directory.copy();
            let path = copy.path().join(file);
            let mut bytes = fs::read(&path).unwrap();
            let Some(at) = place(&bytes, &mut dice) else { break };
            let bit = 1_u8 << dice.below(8);
            bytes[at] ^= bit;
            fs::write(&path, bytes).unwrap();
            let what = format!("byte {at} of {} flipped by {bit:#04x}", file.display());
            fates.add(file, whole.fate(&runtime, &copy, &what));
        }
    }
    fates.report();
}

#[test]
fn a_cut_or_missing_file_is_harmless_or_refused() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let whole = runtime.block_on(Whole::make());
    let mut fates = Fates::default();
    for file in &whole.files {
        let bytes = fs::read(whole.directory.path().join(file)).unwrap();
        // The store's file is longer than what it says.
        let said = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at as u64 + 1);
        let length = bytes.len() as u64;
        for cut in BTreeSet::from([0, said / 2, said.saturating_sub(1), length.saturating_sub(1), length]) {
            let copy = whole.directory.copy();
            let path = copy.path().join(file);
            // At its whole length, the file is taken away.
            if cut == length {
                fs::remove_file(&path).unwrap();
            } else {
                fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(cut).unwrap();
            }
            let what = format!("{} cut from {length} to {cut} bytes (or removed)", file.display());
            fates.add(file, whole.fate(&runtime, &copy, &what));
        }
    }
    fates.report();
}

/// A place in the file: mostly one that says something.
fn place(bytes: &[u8], dice: &mut Dice) -> Option<usize> {
    let said: Vec<usize> = bytes.iter().enumerate().filter(|(_, byte)| **byte != 0).map(|(at, _)| at).collect();
    if bytes.is_empty() {
        return None;
    }
    let anywhere = usize::try_from(dice.below(bytes.len() as u64)).unwrap();
    Some(if said.is_empty() || dice.below(8) == 0 { anywhere } else { dice.pick(&said) })
}

impl Whole {
    /// Records of every kind, snapshots, tiles, a session; once restarted, so that what a start leaves is there too.
    async fn make() -> Self {
        let directory = Directory::new(500);
        let engine = tokio::task::block_in_place(|| directory.init());
        let mut dice = Dice::new(3);
        for _ in 0..60 {
            let command = random_command(&mut dice, directory.clock.now());
            // A refused one is as good.
            let _written = engine.execute(&Directory::operator(), &Request::local(), command, None).await;
        }
        for first in (0..USERS).step_by(100) {
            let users = (first..first + 100).map(|n| create_user(&format!("someone{n}"))).collect();
            let request = Request::local();
            let made = engine.execute_all(&Directory::operator(), &request, users, BatchMode::Commit).await.unwrap();
            assert!(made.iter().all(Result::is_ok));
        }
        let account = AccountRef::Id(Directory::account());
        let sign_in = SignIn { account, user_name: None, password: Secret::new(PASSWORD.to_owned()) };
        engine.sign_in(sign_in, &Request::local()).await.unwrap();
        engine.shutdown().await;
        drop(engine);
        let engine = tokio::task::block_in_place(|| directory.open()).unwrap();
        let (records, digest) = (records(&engine).await.unwrap(), digest(&engine).await);
        engine.shutdown().await;
        drop(engine);
        let files = files(&directory.path());
        Self { directory, records, digest, files }
    }

    /// Opens a damaged copy. Whatever opens has to have everything.
    fn fate(&self, runtime: &tokio::runtime::Runtime, copy: &Directory, what: &str) -> Fate {
        let opened = catch_unwind(AssertUnwindSafe(|| copy.open())).unwrap_or_else(|_| panic!("{what}: the start panics"));
        let engine = match opened {
            Ok(engine) => engine,
            Err(refused) => {
                let message = refused.to_string();
                assert!(REMEDIES.iter().any(|remedy| message.contains(remedy)), "{what}: it is not told what to do: {message}");
                return Fate::Refused(message.replace(&*copy.path().to_string_lossy(), "DIR"));
            }
        };
        let read = runtime.block_on(async { (records(&engine).await, digest(&engine).await) });
        if read.0.is_ok_and(|found| found == self.records) && read.1 == self.digest {
            runtime.block_on(engine.shutdown());
            return Fate::Harmless;
        }
        // What the start does not read is read soon after it, and nothing is written any more.
        let reason = unready(&engine).unwrap_or_else(|| panic!("{what}: the contents differ, and nobody says so"));
        runtime.block_on(engine.shutdown());
        drop(engine);
        let told = copy.verify().map_or_else(|error| Some(error.to_string()), |report| report.failure);
        assert!(told.is_some(), "{what}: the contents differ, and `log verify` finds nothing");
        Fate::Refused(reason)
    }
}

/// Why the engine is not ready, before long.
fn unready(engine: &Engine) -> Option<String> {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(30) {
        if let Some(reason) = engine.health().reasons.into_iter().next() {
            return Some(reason);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    None
}

/// The files below a directory.
fn files(dir: &Path) -> Vec<PathBuf> {
    fn walk(dir: &Path, below: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let name = below.join(path.file_name().unwrap());
            if path.is_dir() { walk(&path, &name, found) } else { found.push(name) }
        }
    }
    let mut found = Vec::new();
    walk(dir, Path::new(""), &mut found);
    found.sort();
    found
}

/// What became of the copies, by file.
#[derive(Default)]
struct Fates(BTreeMap<PathBuf, BTreeMap<Fate, usize>>);

impl Fates {
    fn add(&mut self, file: &Path, fate: Fate) {
        *self.0.entry(file.to_owned()).or_default().entry(fate).or_default() += 1;
    }

    /// Tells it, for `--nocapture`; a run in which nothing was refused has damaged nothing.
    fn report(&self) {
        for (file, fates) in &self.0 {
            for (fate, count) in fates {
                println!("{:40} {count:4} {fate:?}", file.display());
            }
        }
        assert!(self.0.values().any(|fates| fates.keys().any(|fate| *fate != Fate::Harmless)));
        assert!(self.0.len() > 10, "{:?}", self.0.keys());
    }
}
