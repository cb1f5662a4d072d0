//! The vigil over logs that answer in every way.

use chancery_log::{Bytes, MemoryLog, Records};
use chancery_model::Sequence;

use super::*;

/// A log that is asked for nothing but its health and its space.
struct Disk {
    log: MemoryLog,
    space: Option<Space>,
    probes: Mutex<u32>,
    answer: Result<(), AppendError>,
}

impl EventLog for Disk {
    fn head(&self) -> Sequence {
        self.log.head()
    }

    fn heads(&self) -> tokio::sync::watch::Receiver<Sequence> {
        self.log.heads()
    }

    fn append(&self, expected: Sequence, batch: &[Bytes]) -> Result<Sequence, AppendError> {
        self.log.append(expected, batch)
    }

    fn read(&self, from: Sequence) -> Records {
        self.log.read(from)
    }

    fn health(&self) -> Result<(), AppendError> {
        self.log.health()
    }

    fn probe(&self) -> Result<(), AppendError> {
        *self.probes.lock().unwrap() += 1;
        self.answer.clone()
    }

    fn space(&self) -> Option<Space> {
        self.space
    }
}

/// Runs a vigil for a while; the probes that there were, and the warnings.
fn watched(answer: Result<(), AppendError>, probe_every: Duration, change: impl FnOnce(&mut Vigil)) -> (u32, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let space = Some(Space { disk_bytes: 900 << 20, live_bytes: Some(100 << 20) });
    let log = Arc::new(Disk { log: MemoryLog::new(), space, probes: Mutex::default(), answer });
    let (stop_it, stop) = crossbeam_channel::bounded(0);
    let mut vigil = Vigil {
        log: log.clone(),
        data_dir: dir.path().to_owned(),
        ballast: Ballast::new(dir.path().join("ballast"), 0),
        reserve: Some(0),
        probe_every,
        warnings: Arc::default(),
        stop,
    };
    change(&mut vigil);
    let warnings = Arc::clone(&vigil.warnings);
    let thread = std::thread::spawn(move || vigil.run());
    std::thread::sleep(Duration::from_millis(300));
    drop(stop_it);
    thread.join().unwrap();
    let probes = *log.probes.lock().unwrap();
    (probes, warnings.list())
}

#[test]
fn probes_as_often_as_it_is_told() {
    let often = Duration::from_millis(20);
    let (probes, _) = watched(Ok(()), often, |_| ());
    assert!((3..=16).contains(&probes), "{probes}");
    let full = AppendError::DiskFull { free: 1, min: 2 };
    let (probes, _) = watched(Err(full), often, |_| ());
    assert!(probes > 1, "a full disk may get room again");
    let broken = AppendError::Storage { reason: "gone".to_owned() };
    assert_eq!(watched(Err(broken), often, |_| ()).0, 1, "a store that failed is not tried again");
    assert_eq!(watched(Ok(()), Duration::ZERO, |_| ()).0, 0);
}

#[test]
fn warns_of_a_full_disk_a_wasteful_log_and_a_missing_ballast() {
    let never = Duration::ZERO;
    let (_, warnings) = watched(Ok(()), never, |_| ());
    assert_eq!(warnings, [wasteful(&Space { disk_bytes: 900 << 20, live_bytes: Some(100 << 20) })]);
    assert!(warnings[0].contains("900 MiB") && warnings[0].contains("chancery log compact"));
    let (_, warnings) = watched(Ok(()), never, |vigil| {
        vigil.reserve = Some(u64::MAX);
        vigil.ballast = Ballast::new(vigil.data_dir.join("ballast"), 1 << 20);
    });
    assert_eq!(warnings.len(), 3, "{warnings:?}");
    assert!(warnings[0].contains("delete the file `ballast`"), "{warnings:?}");
    assert!(warnings[2].contains("no room for the ballast"), "{warnings:?}");
}

#[test]
fn a_warning_goes_when_its_reason_does() {
    let warnings = Warnings::default();
    assert!(warnings.set(Warning::DiskFull, Some("full".to_owned())));
    assert!(!warnings.set(Warning::DiskFull, Some("fuller".to_owned())), "it is not new");
    assert!(warnings.set(Warning::NoBallast, Some("none".to_owned())));
    assert_eq!(warnings.list(), ["fuller", "none"]);
    assert!(!warnings.set(Warning::DiskFull, None));
    assert_eq!(warnings.list(), ["none"]);
}
