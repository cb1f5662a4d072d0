//! The sled store on a real directory: limits, locks, formats, chunks, poison.

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use super::*;
use crate::{LogError, conformance, test_data::encoded};

struct InDirectory(tempfile::TempDir);

impl conformance::Candidate for InDirectory {
    fn open(&self) -> Arc<dyn EventLog> {
        Arc::new(open(self.0.path()))
    }
}

fn open(dir: &Path) -> SledLog {
    SledLog::open(dir, OpenOptions::default()).unwrap()
}

fn refused(dir: &Path) -> OpenError {
    SledLog::open(dir, OpenOptions::default()).unwrap_err()
}

fn all(log: &SledLog) -> Vec<Bytes> {
    log.read(Sequence(0)).map(|record| record.unwrap().1).collect()
}

fn filled(records: u64) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    open(dir.path()).append(Sequence(0), &encoded(0, records)).unwrap();
    dir
}

#[test]
fn conforms() {
    conformance::run(&|| Box::new(InDirectory(tempfile::tempdir().unwrap()))).unwrap();
}

#[test]
fn no_record_ever_becomes_a_blob() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let mut head = Sequence(0);
    for size in [64 << 10, 4_095, 4_096, 1 << 20, 8 << 10, 3_000] {
        for _ in 0..4 {
            head = log.append(head, &vec![Bytes::from(vec![7; size]); 9]).unwrap();
            assert_eq!(std::fs::read_dir(dir.path().join("log/blobs")).unwrap().count(), 0, "{size}");
        }
    }
    assert_eq!(all(&log).len(), head.0 as usize);
}

#[test]
fn the_largest_batch_is_one() {
    let dir = tempfile::tempdir().unwrap();
    let size = crate::BATCH_BYTES_MAX / crate::BATCH_RECORDS_MAX;
    let batch: Vec<_> = (0..crate::BATCH_RECORDS_MAX).map(|n| Bytes::from(vec![n as u8; size])).collect();
    open(dir.path()).append(Sequence(0), &batch).unwrap();
    let log = open(dir.path());
    assert!(all(&log) == batch);
    assert_eq!(std::fs::read_dir(dir.path().join("log/blobs")).unwrap().count(), 0);
}

#[test]
fn a_second_opener_is_refused_and_disturbs_nothing() {
    let dir = filled(3);
    let log = open(dir.path());
    let leftover = dir.path().join("log/snap.0000.generating");
    std::fs::write(&leftover, b"x").unwrap();
    let error = refused(dir.path());
    assert!(matches!(error, OpenError::Locked { .. }));
    assert!(error.to_string().contains("another server holds the data directory"));
    assert!(leftover.exists(), "the second opener stops before it touches anything");
    drop(log);
    assert_eq!(all(&open(dir.path())), encoded(0, 3));
    assert!(!leftover.exists());
}

#[test]
fn what_a_crash_during_a_start_leaves_is_removed_and_small_files_are_kept_aside() {
    let dir = filled(100);
    drop(open(dir.path()));
    for (name, content) in [("snap.FFFFFFFFFFFFFFFF.generating", &b"torn"[..]), ("snap.0000000000000000.generating", b"")] {
        std::fs::write(dir.path().join("log").join(name), content).unwrap();
    }
    std::fs::write(dir.path().join("log.aside/snap.old"), b"x").unwrap();
    assert_eq!(all(&open(dir.path())), encoded(0, 100));
    assert!(!dir.path().join("log/snap.FFFFFFFFFFFFFFFF.generating").exists());
    let aside: Vec<_> = std::fs::read_dir(dir.path().join("log.aside")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(aside.iter().any(|name| name == "conf"), "{aside:?}");
    assert!(!aside.iter().any(|name| name == "snap.old"), "{aside:?}");
}

#[test]
fn a_directory_whose_making_broke_off_is_finished() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    std::fs::remove_file(dir.path().join("format")).unwrap();
    std::fs::write(dir.path().join("log/snap.FFFFFFFFFFFFFFFF.generating"), b"torn").unwrap();
    open(dir.path()).append(Sequence(0), &encoded(0, 2)).unwrap();
    assert_eq!(all(&open(dir.path())), encoded(0, 2));
}

#[test]
fn a_newer_directory_is_refused() {
    let dir = filled(1);
    let body = "chancery data directory\nformat 2\nsomething new\n";
    let sum = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(body));
    std::fs::write(dir.path().join("format"), format!("{body}checksum {sum}\n")).unwrap();
    let error = refused(dir.path());
    assert!(matches!(error, OpenError::NewerFormat { found: 2, known: 1, .. }));
    assert!(error.to_string().contains("use a newer version"));
}

#[test]
fn nothing_is_made_where_nothing_was_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let options = || OpenOptions { create: false, ..OpenOptions::default() };
    let missing = dir.path().join("missing");
    assert!(matches!(SledLog::open(&missing, options()), Err(OpenError::NotInitialised { .. })));
    assert!(!missing.exists());
    assert!(matches!(SledLog::open(dir.path(), options()), Err(OpenError::NotInitialised { .. })));
    assert!(!dir.path().join("log").exists());
}

#[test]
fn missing_files_are_refused_with_a_remedy() {
    for (file, what) in [("format", "the format file"), ("log/conf", "settings file"), ("log/db", "the event log")] {
        let dir = filled(20);
        std::fs::remove_file(dir.path().join(file)).unwrap();
        let error = refused(dir.path()).to_string();
        assert!(error.contains(what) && error.contains("estore"), "{file}: {error}");
    }
}

#[test]
fn a_log_that_has_lost_its_end_is_refused() {
    let dir = filled(20);
    let later = filled(30);
    std::fs::copy(later.path().join("log.head"), dir.path().join("log.head")).unwrap();
    let error = refused(dir.path());
    assert!(matches!(error, OpenError::ShorterThanWitness { head: 20, witness: 30, .. }), "{error}");
    // A lost mark is only a lost check.
    std::fs::remove_file(dir.path().join("log.head")).unwrap();
    assert_eq!(open(dir.path()).head(), Sequence(20));
}

/// What sled drops in silence shows as a gap, wherever it is; nothing is read past it.
#[test]
fn a_missing_run_is_refused_and_never_skipped() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let records: Vec<Bytes> = (0..9).map(|n| Bytes::from(vec![n; if n == 5 { 9_000 } else { 3_000 }])).collect();
    let head = log.append(Sequence(0), &records).unwrap();
    log.tree.remove(3_u64.to_be_bytes()).unwrap();
    let outcome = |from| log.read(Sequence(from)).collect::<Vec<_>>();
    let missing = Err(LogError::Missing { missing: Sequence(3), head });
    assert_eq!(outcome(0).len(), 4, "three records, then the error, then nothing");
    assert_eq!(outcome(0).last(), Some(&missing));
    assert_eq!(outcome(3), [missing]);
    assert_eq!(outcome(4).len(), 5);
    log.tree.remove([0, 0, 0, 0, 0, 0, 0, 5, 0, 1]).unwrap();
    assert!(matches!(outcome(4).last(), Some(Err(LogError::Damaged { sequence: Sequence(5), .. }))));
    drop(log);
    assert!(matches!(refused(dir.path()), OpenError::Damaged { what: "the event log", .. }));
}

#[test]
fn a_failed_sync_poisons_and_is_never_tried_again() {
    let dir = tempfile::tempdir().unwrap();
    let broken = Arc::new(AtomicBool::new(false));
    let hook = Arc::clone(&broken);
    let after_flush: AfterFlush =
        Arc::new(move || if hook.load(Ordering::SeqCst) { Err(io::Error::other("disk gone")) } else { Ok(()) });
    let log = SledLog::open(dir.path(), OpenOptions { after_flush: Some(after_flush), ..OpenOptions::default() }).unwrap();
    log.append(Sequence(0), &encoded(0, 5)).unwrap();
    broken.store(true, Ordering::SeqCst);
    let reason = "sync: disk gone".to_owned();
    assert_eq!(log.append(Sequence(5), &encoded(5, 6)), Err(AppendError::Storage { reason: reason.clone() }));
    broken.store(false, Ordering::SeqCst);
    assert_eq!(log.append(Sequence(5), &encoded(5, 6)), Err(AppendError::Poisoned { reason: reason.clone() }));
    assert_eq!(log.health(), Err(AppendError::Poisoned { reason }));
    assert_eq!(log.head(), Sequence(5), "what is not durable is not visible");
    assert_eq!(all(&log), encoded(0, 5), "reads go on");
}

#[test]
fn a_batch_is_invisible_until_it_is_durable() {
    let dir = tempfile::tempdir().unwrap();
    let (reached, at_hook) = std::sync::mpsc::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let (reached, released) = (Mutex::new(reached), Mutex::new(released));
    let after_flush: AfterFlush = Arc::new(move || {
        reached.lock().unwrap().send(()).unwrap();
        released.lock().unwrap().recv().map_err(io::Error::other)
    });
    let options = OpenOptions { after_flush: Some(after_flush), ..OpenOptions::default() };
    let log = Arc::new(SledLog::open(dir.path(), options).unwrap());
    let writer = std::thread::spawn({
        let log = Arc::clone(&log);
        move || log.append(Sequence(0), &encoded(0, 9))
    });
    at_hook.recv().unwrap();
    assert_eq!(log.head(), Sequence(0));
    assert!(log.read(Sequence(0)).next().is_none());
    release.send(()).unwrap();
    assert_eq!(writer.join().unwrap(), Ok(Sequence(9)));
    assert_eq!(all(&log), encoded(0, 9));
}

#[test]
fn a_full_disk_refuses_and_does_not_poison() {
    let dir = tempfile::tempdir().unwrap();
    let options = OpenOptions { disk_free_bytes_min: Some(u64::MAX), ..OpenOptions::default() };
    let log = SledLog::open(dir.path(), options).unwrap();
    let refused = log.append(Sequence(0), &encoded(0, 1));
    assert!(matches!(refused, Err(AppendError::DiskFull { min: u64::MAX, .. })), "{refused:?}");
    assert_eq!(log.health(), Ok(()));
    drop(log);
    open(dir.path()).append(Sequence(0), &encoded(0, 1)).unwrap();
}

#[test]
fn the_directory_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("a/data");
    drop(open(&dir));
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    assert_eq!(mode(&dir.join("log")), 0o700);
}

#[test]
fn nothing_is_acknowledged_without_our_own_sync() {
    let dir = tempfile::tempdir().unwrap();
    let options = OpenOptions { disk_free_bytes_min: Some(0), ..OpenOptions::default() };
    let mut log = SledLog::open(dir.path(), options).unwrap();
    log.append(Sequence(0), &encoded(0, 1)).unwrap();
    // The kernel refuses to sync this one: an append that succeeds has not asked it to.
    log.data_file = File::open("/dev/null").unwrap();
    let refused = log.append(Sequence(1), &encoded(1, 2)).unwrap_err();
    assert!(matches!(&refused, AppendError::Storage { reason } if reason.starts_with("sync")), "{refused}");
    assert_eq!(log.head(), Sequence(1));
    assert!(matches!(log.append(Sequence(1), &encoded(1, 2)), Err(AppendError::Poisoned { .. })));
}

/// Waits until an append no longer proves that the store works.
fn idle() {
    std::thread::sleep(PROVEN_FOR + Duration::from_millis(50));
}

#[test]
fn an_idle_store_is_proved_by_a_canary_and_a_busy_one_by_its_appends() {
    let dir = tempfile::tempdir().unwrap();
    let flushes = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&flushes);
    let after_flush: AfterFlush = Arc::new(move || {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok(())
    });
    let log = SledLog::open(dir.path(), OpenOptions { after_flush: Some(after_flush), ..OpenOptions::default() }).unwrap();
    log.append(Sequence(0), &encoded(0, 3)).unwrap();
    log.probe().unwrap();
    assert_eq!(flushes.load(Ordering::SeqCst), 1, "the append is proof enough");
    idle();
    log.probe().unwrap();
    log.probe().unwrap();
    assert_eq!(flushes.load(Ordering::SeqCst), 2, "one canary, and it is proof for a second");
    assert_eq!((log.head(), all(&log)), (Sequence(3), encoded(0, 3)), "a canary is no record");
    drop(log);
    let log = open(dir.path());
    assert_eq!((log.head(), all(&log)), (Sequence(3), encoded(0, 3)));
    log.append(Sequence(3), &encoded(3, 9)).unwrap();
    assert_eq!(all(&log), encoded(0, 9));
}

#[test]
fn a_canary_that_fails_poisons() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = open(dir.path());
    log.append(Sequence(0), &encoded(0, 1)).unwrap();
    idle();
    // The kernel refuses to sync this one.
    log.data_file = File::open("/dev/null").unwrap();
    let failed = log.probe().unwrap_err();
    assert!(matches!(&failed, AppendError::Storage { reason } if reason.starts_with("sync")), "{failed}");
    assert!(matches!(log.health(), Err(AppendError::Poisoned { .. })));
    assert!(matches!(log.append(Sequence(1), &encoded(1, 2)), Err(AppendError::Poisoned { .. })));
}

#[test]
fn a_disk_that_hangs_is_given_up_at_the_deadline() {
    let dir = tempfile::tempdir().unwrap();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = Mutex::new(released);
    let after_flush: AfterFlush = Arc::new(move || {
        // It hangs until it is released, and succeeds then.
        let _ended = released.lock().unwrap().recv();
        Ok(())
    });
    let write_deadline = Duration::from_millis(100);
    let options = OpenOptions { after_flush: Some(after_flush), write_deadline, ..OpenOptions::default() };
    let log = Arc::new(SledLog::open(dir.path(), options).unwrap());
    idle();
    let probing = std::thread::spawn({
        let log = Arc::clone(&log);
        move || log.probe()
    });
    let begun = std::time::Instant::now();
    let reason = loop {
        match log.health() {
            Err(AppendError::Poisoned { reason }) => break reason,
            other => assert!(begun.elapsed() < Duration::from_secs(20), "{other:?}"),
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(reason.starts_with("a write has taken 0."), "{reason}");
    release.send(()).unwrap();
    assert!(matches!(probing.join().unwrap(), Err(AppendError::Storage { .. })), "late is as good as never");
    assert!(matches!(log.append(Sequence(0), &encoded(0, 1)), Err(AppendError::Poisoned { .. })));
}

#[test]
fn a_full_disk_is_not_probed() {
    let dir = tempfile::tempdir().unwrap();
    let options = OpenOptions { disk_free_bytes_min: Some(u64::MAX), ..OpenOptions::default() };
    let log = SledLog::open(dir.path(), options).unwrap();
    idle();
    assert!(matches!(log.probe(), Err(AppendError::DiskFull { .. })));
    assert_eq!(log.health(), Ok(()));
}

/// A day of an idle server has 86,400 canaries; `CHANCERY_TEST_CANARIES` for so many.
#[test]
fn canaries_do_not_make_the_store_grow() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    log.append(Sequence(0), &encoded(0, 200)).unwrap();
    let canaries = |count: u64| {
        for _ in 0..count {
            canary::write(&log.tree).unwrap();
            log.tree.flush().unwrap();
        }
        log.space().unwrap().disk_bytes
    };
    let all_day = std::env::var("CHANCERY_TEST_CANARIES").map_or(30_000, |count| count.parse().unwrap());
    let (first, last) = (canaries(all_day / 3), canaries(all_day - all_day / 3));
    println!("{first} bytes, then {last} bytes");
    assert!(last <= first.max(4 << 20), "{first} bytes, then {last} bytes");
    assert_eq!(all(&log), encoded(0, 200));
}

#[test]
fn what_the_log_takes_and_holds_is_known_once_it_has_been_read() {
    let dir = filled(100);
    let bytes = |records: &[Bytes]| records.iter().map(|record| record.len() as u64).sum::<u64>();
    let log = open(dir.path());
    assert_eq!(log.space().unwrap().live_bytes, None);
    log.append(Sequence(100), &encoded(100, 120)).unwrap();
    let _read = log.read(Sequence(7)).count();
    assert_eq!(log.space().unwrap().live_bytes, None, "only what begins at the beginning counts all");
    let _read = log.read(Sequence(0)).count();
    let space = log.space().unwrap();
    assert_eq!(space.live_bytes, Some(bytes(&encoded(0, 120))));
    assert!(space.disk_bytes >= bytes(&encoded(0, 120)) && !space.is_wasteful());
    let wasteful = Space { disk_bytes: 300 << 20, live_bytes: Some(50 << 20) };
    assert!(wasteful.is_wasteful());
    assert!(!Space { live_bytes: Some(100 << 20), ..wasteful }.is_wasteful());
    assert!(!Space { live_bytes: None, ..wasteful }.is_wasteful());
}
