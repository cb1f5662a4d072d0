//! The verifier: each kind of damage is found, with its record.

use super::*;
use crate::{
    MemoryLog, encode_record,
    test_data::{self, Event, encoded},
};

fn log_of(records: &[Bytes]) -> MemoryLog {
    let log = MemoryLog::new();
    log.append(Sequence(0), records).unwrap();
    log
}

fn tree_of(records: &[Bytes]) -> Tree {
    let mut tree = Tree::new();
    records.iter().for_each(|record| {
        tree.push(record);
    });
    tree
}

fn run(records: &[Bytes], expected: &Expected<'_>) -> Report {
    verify::<Event>(&log_of(records), expected, |_| Ok(()), |_, _| ())
}

fn expected(records: &[Bytes], sizes: &[usize]) -> Expected<'static> {
    let trees = sizes.iter().map(|size| tree_of(&records[..*size]));
    let checkpoints =
        trees.clone().map(|tree| Checkpoint { origin: "log".into(), size: tree.size(), root: tree.root() }).collect();
    Expected { checkpoints, snapshots: trees.collect(), tiles: None }
}

#[test]
fn a_good_log_passes_with_all_that_it_was_checked_against() {
    let records = encoded(0, 600);
    let dir = tempfile::tempdir().unwrap();
    let mut tiles = TileStore::open(dir.path()).unwrap();
    records.iter().for_each(|record| tiles.push(record).unwrap());
    let expected = Expected { tiles: Some(&tiles), ..expected(&records, &[0, 1, 300, 600]) };
    let (mut seen, mut told) = (0, Vec::new());
    let report = verify::<Event>(
        &log_of(&records),
        &expected,
        |record| {
            assert_eq!(record.sequence.0, seen);
            seen += 1;
            Ok(())
        },
        |done, head| told.push((done, head)),
    );
    assert_eq!(report.failure, None);
    assert_eq!((report.records, report.checkpoints, report.snapshots, report.tiles), (600, 4, 4, 600));
    assert_eq!(report.root(), tree_of(&records).root());
    assert_eq!((seen, told.last()), (600, Some(&(600, Sequence(600)))));
}

#[test]
fn the_first_failure_is_named() {
    let good = encoded(0, 50);
    let check = |records: &[Bytes], expected: &Expected<'_>, at: u64, reason: &str| {
        let failure = run(records, expected).failure.unwrap();
        assert_eq!(failure.sequence, Sequence(at), "{failure}");
        assert!(failure.reason.contains(reason), "{failure}");
    };
    let all = expected(&good, &[25, 50]);
    let nothing = Expected::default();

    let mut swapped = good.clone();
    swapped.swap(7, 8);
    check(&swapped, &nothing, 7, "says that it is number 8");

    let mut dropped = good.clone();
    dropped.remove(20);
    check(&dropped, &nothing, 20, "says that it is number 21");
    check(&good[..40], &all, 40, "has seen 50 records");

    let mut garbage = good.clone();
    garbage[9] = Bytes::from(vec![1, 2, 3]);
    check(&garbage, &nothing, 9, "damaged");

    let mut newer = good.clone();
    newer[9] = Bytes::from(vec![2, 2, 3]);
    check(&newer, &nothing, 9, "format 2 is unknown");

    let mut backwards = good.clone();
    let mut record = test_data::record(30, 5);
    record.time = Timestamp::from_millis(1);
    backwards[30] = encode_record(&record).unwrap().into();
    check(&backwards, &nothing, 30, "earlier than that of the record before");

    // Valid in itself, and not what was written: only the tree tells.
    let mut altered = good.clone();
    let mut record = test_data::record(30, 5);
    record.command = "DeleteUser".into();
    altered[30] = encode_record(&record).unwrap().into();
    assert!(run(&altered, &nothing).is_good());
    check(&altered, &all, 50, "a signed checkpoint of the first 50 records has another root");
    check(&altered, &Expected { snapshots: all.snapshots.clone(), ..Expected::default() }, 50, "a snapshot");
}

#[test]
fn an_observer_may_object() {
    let report = verify::<Event>(
        &log_of(&encoded(0, 5)),
        &Expected::default(),
        |r| if r.sequence.0 == 3 { Err("no".into()) } else { Ok(()) },
        |_, _| (),
    );
    assert_eq!(report.failure, Some(Failure { sequence: Sequence(3), reason: "no".into() }));
    assert_eq!(report.records, 3);
}
