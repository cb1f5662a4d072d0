//! A compaction, and every state in which one can break off.

use super::*;
use crate::{WitnessFile, test_data::encoded};

const RECORDS: u64 = 600;

fn open(dir: &Path) -> SledLog {
    SledLog::open(dir, OpenOptions::default()).unwrap()
}

fn all(dir: &Path) -> Vec<Bytes> {
    open(dir).read(Sequence(0)).map(|record| record.unwrap().1).collect()
}

/// A log of many small commits.
fn wasteful() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let mut head = Sequence(0);
    for record in encoded(0, RECORDS) {
        head = log.append(head, &[record]).unwrap();
    }
    drop(log);
    dir
}

fn compaction(dir: &Path, keep: bool) -> Result<Compaction, CompactError> {
    Compaction::copy(dir, OpenOptions::default(), keep, &mut |_, _| ())
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_records_stay_and_the_waste_goes() {
    let dir = wasteful();
    WitnessFile::new(dir.path().join("witness")).store("kept as it is").unwrap();
    let before = names(dir.path());
    let mut told = Vec::new();
    let compaction =
        Compaction::copy(dir.path(), OpenOptions::default(), false, &mut |done, of| told.push((done, of.0))).unwrap();
    assert_eq!(compaction.copied().head(), Sequence(RECORDS));
    let done = compaction.finish().unwrap();
    assert_eq!((done.records, &done.kept), (RECORDS, &None));
    assert_eq!(told.last(), Some(&(RECORDS, RECORDS)));
    let mut tree = Tree::new();
    encoded(0, RECORDS).iter().for_each(|record| {
        tree.push(record);
    });
    assert_eq!(done.root, tree.root());
    assert!(done.disk_bytes_after <= done.disk_bytes_before, "{done:?}");
    assert_eq!(all(dir.path()), encoded(0, RECORDS));
    open(dir.path()).append(Sequence(RECORDS), &encoded(RECORDS, RECORDS + 1)).unwrap();
    let after = names(dir.path());
    assert_eq!(after.iter().filter(|name| *name != "log.aside").collect::<Vec<_>>(), before.iter().collect::<Vec<_>>());
}

#[test]
fn the_old_log_is_kept_when_asked_for_and_never_overwritten() {
    let dir = wasteful();
    let done = compaction(dir.path(), true).unwrap().finish().unwrap();
    assert_eq!(done.kept, Some(dir.path().join("log.kept")));
    assert!(matches!(compaction(dir.path(), true), Err(CompactError::KeptAlready { .. })));
    compaction(dir.path(), false).unwrap().finish().unwrap();
    assert_eq!(all(dir.path()), encoded(0, RECORDS));
    // The old log is whole: put back, it opens.
    fs::remove_dir_all(dir.path().join("log")).unwrap();
    fs::rename(dir.path().join("log.kept"), dir.path().join("log")).unwrap();
    assert_eq!(all(dir.path()), encoded(0, RECORDS));
}

#[test]
fn a_copy_that_is_not_the_log_takes_no_place() {
    let dir = wasteful();
    let mut compaction = compaction(dir.path(), false).unwrap();
    compaction.tree.push(b"something else");
    assert!(matches!(compaction.finish(), Err(CompactError::Different { .. })));
    assert!(!names(dir.path()).contains(&"compact".to_owned()));
    let mut compaction = self::compaction(dir.path(), false).unwrap();
    compaction.tree = Tree::new();
    encoded(1, RECORDS + 1).iter().for_each(|record| {
        compaction.tree.push(record);
    });
    assert!(matches!(compaction.finish(), Err(CompactError::Different { .. })));
    assert_eq!(all(dir.path()), encoded(0, RECORDS));
}

/// The directory as a crash leaves it after each step, by the steps themselves.
#[test]
fn a_compaction_that_breaks_off_is_finished_or_discarded_by_the_next_start() {
    let steps: [(&str, &[&str]); 5] = [
        ("while it copies", &[]),
        ("when the copy is said to be whole", &["verified"]),
        ("between the two renames", &["verified", "log>log.old"]),
        ("after them", &["verified", "log>log.old", "compact/log>log"]),
        ("when only the old log is left to remove", &["verified", "log>log.old", "compact/log>log", "-compact"]),
    ];
    for (when, done) in steps {
        let dir = wasteful();
        let compaction = compaction(dir.path(), false).unwrap();
        drop(compaction);
        for step in done {
            let at = |name: &str| dir.path().join(name);
            match step.split_once('>') {
                Some((from, to)) => fs::rename(at(from), at(to)).unwrap(),
                None if *step == "verified" => fs::write(at("compact/verified"), "").unwrap(),
                None => fs::remove_dir_all(at(&step[1..])).unwrap(),
            }
        }
        assert_eq!(all(dir.path()), encoded(0, RECORDS), "{when}");
        let left = names(dir.path());
        assert!(!left.iter().any(|name| ["compact", "log.old"].contains(&&**name)), "{when}: {left:?}");
        self::compaction(dir.path(), false).unwrap().finish().unwrap();
        assert_eq!(all(dir.path()), encoded(0, RECORDS), "{when}");
    }
}

#[test]
fn a_copy_that_nobody_has_verified_never_takes_the_place() {
    let dir = wasteful();
    drop(compaction(dir.path(), false).unwrap());
    fs::rename(dir.path().join("log"), dir.path().join("log.old")).unwrap();
    fs::remove_dir_all(dir.path().join("compact/log")).unwrap();
    fs::create_dir(dir.path().join("compact/log")).unwrap();
    assert_eq!(all(dir.path()), encoded(0, RECORDS));
}

/// The old log is the last one that is known to be good: it goes only when the new one has all records.
#[test]
fn the_old_log_outlives_a_new_one_that_is_not_whole() {
    let dir = wasteful();
    drop(compaction(dir.path(), false).unwrap());
    fs::rename(dir.path().join("log"), dir.path().join("log.old")).unwrap();
    fs::rename(dir.path().join("compact/log"), dir.path().join("log")).unwrap();
    fs::OpenOptions::new().write(true).open(dir.path().join("log/db")).unwrap().set_len(512 << 10 >> 4).unwrap();
    for snapshot in fs::read_dir(dir.path().join("log")).unwrap().map(|entry| entry.unwrap().path()) {
        if snapshot.to_string_lossy().contains("/snap.") {
            fs::remove_file(snapshot).unwrap();
        }
    }
    assert!(SledLog::open(dir.path(), OpenOptions::default()).is_err());
    assert!(dir.path().join("log.old/db").exists());
}

#[test]
fn without_room_nothing_is_changed() {
    let dir = wasteful();
    let full = OpenOptions { disk_free_bytes_min: Some(u64::MAX), ..OpenOptions::default() };
    let refused = Compaction::copy(dir.path(), full, false, &mut |_, _| ()).unwrap_err();
    assert!(matches!(refused, CompactError::Write(AppendError::DiskFull { .. })), "{refused}");
    assert!(!dir.path().join("compact").exists());
    assert_eq!(all(dir.path()), encoded(0, RECORDS));
}
