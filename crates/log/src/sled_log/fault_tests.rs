//! Damage to the files of a data directory: harmless or noticed, never a silent loss; and the state that a
//! killed process leaves.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::*;
use crate::{
    CheckpointSigner, SnapshotStore, Tree, WitnessFile,
    test_data::{Event, encoded},
    verify,
};

const RECORDS: u64 = 400;

fn signer() -> CheckpointSigner {
    CheckpointSigner::new("log.test", &[1; 32]).unwrap()
}

/// A small data directory with everything in it, closed once so that sled has written its own snapshot too.
fn sample() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let records = encoded(0, RECORDS);
    let mut tree = Tree::new();
    let mut head = Sequence(0);
    for (number, part) in (1..).zip(records.chunks(50)) {
        // Several starts, as in life: pages before and after sled's own snapshot.
        let log = SledLog::open(dir.path(), OpenOptions::default()).unwrap();
        head = log.append(head, part).unwrap();
        part.iter().for_each(|record| {
            tree.push(record);
        });
        WitnessFile::new(log.dir().witness()).store(&signer().sign(tree.size(), tree.root())).unwrap();
        if number % 3 == 0 {
            SnapshotStore::new(log.dir().snapshots(), 1).write(&tree, b"the state").unwrap();
        }
    }
    dir
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn copy_dir(from: &Path, to: &Path) {
    for path in files(from) {
        let target = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(path, target).unwrap();
    }
}

/// What a server does at its start, as far as the log goes, and then the verifier.
fn start(dir: &Path) -> Result<(), String> {
    let log = SledLog::open(dir, OpenOptions::default()).map_err(|error| error.to_string())?;
    let witness = WitnessFile::new(log.dir().witness()).load(signer().verifier()).map_err(|error| error.to_string())?;
    let snapshots = SnapshotStore::new(log.dir().snapshots(), 1);
    let trees = snapshots.list().unwrap().into_iter().flat_map(|at| snapshots.read(at)).map(|snapshot| snapshot.tree);
    let expected = verify::Expected { checkpoints: witness.into_iter().collect(), snapshots: trees.collect(), tiles: None };
    let report = verify::verify::<Event>(&log, &expected, |_| Ok(()), |_, _| ());
    if let Some(failure) = report.failure {
        return Err(failure.to_string());
    }
    let records: Vec<Bytes> = log.read(Sequence(0)).map(|record| record.unwrap().1).collect();
    assert_eq!(records, encoded(0, RECORDS), "the verifier found nothing, so everything is there");
    Ok(())
}

/// Applies `damage` to a copy of the sample; gives whether it was noticed.
fn noticed(sample: &Path, file: &Path, damage: impl FnOnce(&mut Vec<u8>)) -> bool {
    let copy = tempfile::tempdir().unwrap();
    copy_dir(sample, copy.path());
    let path = copy.path().join(file);
    let mut bytes = fs::read(&path).unwrap();
    damage(&mut bytes);
    fs::write(&path, bytes).unwrap();
    start(copy.path()).is_err()
}

#[test]
fn flipped_bits_in_every_file_are_harmless_or_noticed() {
    let sample = sample();
    start(sample.path()).unwrap();
    // A longer run by hand: CHANCERY_TEST_FLIPS=5000.
    let flips = std::env::var("CHANCERY_TEST_FLIPS").map_or(80, |flips| flips.parse().unwrap());
    let (mut tried, mut found) = (0, 0);
    for path in files(sample.path()) {
        let file = path.strip_prefix(sample.path()).unwrap().to_owned();
        let len = fs::metadata(&path).unwrap().len() as usize;
        let tries = if file.ends_with("db") { flips } else { flips / 6 };
        for n in 0..tries.min(len) {
            // Spread over the file, and not on a grid.
            let at = (n * len / tries + n * 7_919 % (len / tries).max(1)) % len;
            tried += 1;
            found += usize::from(noticed(sample.path(), &file, |bytes| bytes[at] ^= 1 << (n % 8)));
        }
    }
    println!("{found} of {tried} flips were noticed, the others were harmless");
    assert!(tried > 120, "{tried} flips");
    assert!(found > 20, "of {tried} flips only {found} were noticed: the test looks in the wrong places");
}

#[test]
fn cut_files_are_harmless_or_noticed() {
    let sample = sample();
    for path in files(sample.path()) {
        let file = path.strip_prefix(sample.path()).unwrap().to_owned();
        let len = fs::metadata(&path).unwrap().len() as usize;
        for n in 0..6 {
            noticed(sample.path(), &file, |bytes| bytes.truncate(len * n / 6));
        }
    }
    assert!(noticed(sample.path(), Path::new("log/db"), |bytes| bytes.truncate(bytes.len() / 2)));
    assert!(noticed(sample.path(), Path::new("witness"), |bytes| bytes.truncate(10)));
}

/// sled's snapshot is a cache of its own: without it the data file is read in full.
#[test]
fn the_stores_own_snapshot_may_be_deleted() {
    let sample = sample();
    let log = sample.path().join("log");
    let snapshots = files(&log).into_iter().filter(|path| path.to_string_lossy().contains("/snap."));
    let removed = snapshots.map(|path| fs::remove_file(path).unwrap()).count();
    assert_eq!(removed, 1);
    start(sample.path()).unwrap();
}

#[test]
fn pages_that_went_astray_are_harmless_or_noticed() {
    let sample = sample();
    let len = fs::metadata(sample.path().join("log/db")).unwrap().len() as usize / 4_096;
    for n in 0..12 {
        let (from, to) = (n * len / 12 * 4_096, (n * 5 + 3) % len * 4_096);
        noticed(sample.path(), Path::new("log/db"), |bytes| bytes.copy_within(from..from + 4_096, to));
        noticed(sample.path(), Path::new("log/db"), |bytes| bytes[from..from + 4_096].fill(0));
    }
}

/// A copy of the files of a running log is what a killed process leaves: nothing of its memory is in it.
#[test]
fn what_was_acknowledged_is_there_after_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let log = SledLog::open(dir.path(), OpenOptions::default()).unwrap();
    let records = encoded(0, RECORDS);
    let mut head = Sequence(0);
    for part in records.chunks(23) {
        head = log.append(head, part).unwrap();
        let killed = tempfile::tempdir().unwrap();
        copy_dir(dir.path(), killed.path());
        let after = SledLog::open(killed.path(), OpenOptions::default()).unwrap();
        assert_eq!(after.head(), head);
        let found: Vec<Bytes> = after.read(Sequence(0)).map(|record| record.unwrap().1).collect();
        assert_eq!(found, records[..head.0 as usize]);
    }
}

/// The child of the next test: appends, and says what is durable, until it is killed. On its own it has nothing to do.
#[test]
fn a_writer_to_be_killed() {
    use std::io::Write as _;
    let Ok(dir) = std::env::var("CHANCERY_TEST_KILLED_DIR") else { return };
    let log = SledLog::open(dir, OpenOptions::default()).unwrap();
    let mut head = log.head();
    loop {
        head = log.append(head, &encoded(head.0, head.0 + 1 + head.0 % 40)).unwrap();
        let mut out = io::stderr();
        writeln!(out, "durable {head}").unwrap();
    }
}

#[test]
fn no_acknowledged_record_is_lost_when_the_writer_is_killed() {
    use std::io::{BufRead as _, BufReader};
    let dir = tempfile::tempdir().unwrap();
    let mut durable = 0;
    for round in 0..20 {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture", "sled_log::fault_tests::a_writer_to_be_killed"])
            .env("CHANCERY_TEST_KILLED_DIR", dir.path())
            .stderr(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let mut acknowledged = BufReader::new(child.stderr.take().unwrap()).lines();
        for line in acknowledged.by_ref().take(1 + round * 7 % 50) {
            let line = line.unwrap();
            durable = line.strip_prefix("durable ").unwrap_or_else(|| panic!("{line}")).parse().unwrap();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it said between our last look and its end counts too; the last line may be cut.
        for line in acknowledged.map_while(Result::ok) {
            durable = line.strip_prefix("durable ").and_then(|number| number.parse().ok()).unwrap_or(0).max(durable);
        }
        let log = SledLog::open(dir.path(), OpenOptions::default()).unwrap();
        assert!(log.head().0 >= durable, "round {round}: {} records, {durable} were acknowledged", log.head());
        let found: Vec<Bytes> = log.read(Sequence(0)).map(|record| record.unwrap().1).collect();
        assert_eq!(found, encoded(0, log.head().0));
        durable = log.head().0;
    }
    assert!(durable > 200, "{durable}");
}
