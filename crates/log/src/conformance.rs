//! The suite that every store of the event log passes. A store is not one before it does.

use std::{error::Error, sync::Arc, thread};

use chancery_model::Sequence;

use crate::{AppendError, BATCH_BYTES_MAX, BATCH_RECORDS_MAX, Bytes, EventLog, Follow, RECORD_BYTES_MAX};

/// A store under test: each call opens the same storage; what was opened before has been dropped.
pub trait Candidate {
    /// Opens the log.
    fn open(&self) -> Arc<dyn EventLog>;
}

type Outcome = Result<(), Box<dyn Error>>;

/// Runs the whole suite; `fresh` makes an empty store.
///
/// # Errors
/// An error of the store where there should be none.
///
/// # Panics
/// When the store does not do what the port says.
pub fn run(fresh: &dyn Fn() -> Box<dyn Candidate>) -> Outcome {
    starts_empty(&*fresh().open());
    appends_in_order(&*fresh().open())?;
    refuses_a_wrong_head(&*fresh().open())?;
    refuses_what_is_too_large(&*fresh().open())?;
    keeps_records_of_every_size(&*fresh())?;
    reads_to_the_head_at_the_call(&*fresh().open())?;
    survives_a_reopen(&*fresh())?;
    one_writer_wins(&fresh().open())?;
    follows_without_gap_or_repeat(&fresh().open())?;
    Ok(())
}

fn bytes(n: u64, len: usize) -> Bytes {
    let seed = n.to_be_bytes();
    (0..len)
        .map(|i| seed.get(i % 8).copied().unwrap_or(0) ^ i.to_le_bytes().first().copied().unwrap_or(0))
        .collect::<Vec<_>>()
        .into()
}

fn batch(from: u64, to: u64) -> Vec<Bytes> {
    (from..to).map(|n| bytes(n, 8 + usize::try_from(n % 300).unwrap_or(0))).collect()
}

fn all(log: &dyn EventLog, from: u64) -> Result<Vec<(Sequence, Bytes)>, Box<dyn Error>> {
    Ok(log.read(Sequence(from)).collect::<Result<Vec<_>, _>>()?)
}

fn assert_holds(log: &dyn EventLog, expected: &[Bytes], from: u64) -> Outcome {
    let found = all(log, from)?;
    let rest = expected.get(usize::try_from(from)?..).unwrap_or_default();
    assert_eq!(found.len(), rest.len(), "records from {from}");
    for ((sequence, record), (number, expected)) in found.iter().zip((from..).zip(rest)) {
        assert_eq!(sequence.0, number, "the order is dense");
        assert_eq!(record, expected, "record {number} is what was appended");
    }
    Ok(())
}

fn starts_empty(log: &dyn EventLog) {
    assert_eq!(log.head(), Sequence(0));
    assert_eq!(*log.heads().borrow(), Sequence(0));
    assert!(log.read(Sequence(0)).next().is_none());
    assert!(log.read(Sequence(5)).next().is_none());
    assert_eq!(log.health(), Ok(()));
}

fn appends_in_order(log: &dyn EventLog) -> Outcome {
    let records = batch(0, 1_000);
    let heads = log.heads();
    let mut head = 0;
    for len in [1_usize, 2, 3, 94, 900] {
        let start = usize::try_from(head)?;
        let part = records.get(start..start + len).ok_or("the sizes add up to 1,000")?;
        head += u64::try_from(len)?;
        assert_eq!(log.append(Sequence(head - u64::try_from(len)?), part)?, Sequence(head));
        assert_eq!(log.head(), Sequence(head));
        assert_eq!(*heads.borrow(), Sequence(head));
    }
    assert_eq!(log.append(Sequence(1_000), &[])?, Sequence(1_000), "an empty batch changes nothing");
    for from in [0, 1, 499, 999, 1_000, 1_001, u64::MAX] {
        assert_holds(log, &records, from.min(1_000))?;
        assert!(from < 1_000 || log.read(Sequence(from)).next().is_none());
    }
    Ok(())
}

fn refuses_a_wrong_head(log: &dyn EventLog) -> Outcome {
    log.append(Sequence(0), &batch(0, 3))?;
    for expected in [0, 2, 4, u64::MAX] {
        let conflict = AppendError::Conflict { expected: Sequence(expected), actual: Sequence(3) };
        assert_eq!(log.append(Sequence(expected), &batch(3, 4)), Err(conflict));
    }
    log.append(Sequence(3), &batch(3, 4))?;
    assert_holds(log, &batch(0, 4), 0)
}

fn refuses_what_is_too_large(log: &dyn EventLog) -> Outcome {
    let max = bytes(1, RECORD_BYTES_MAX);
    let over = bytes(1, RECORD_BYTES_MAX + 1);
    let too_large = |batch: &[Bytes], max: usize| {
        let refused = log.append(Sequence(0), batch);
        assert!(matches!(&refused, Err(AppendError::TooLarge { max: found, .. }) if *found == max), "{refused:?}");
    };
    too_large(&[bytes(0, 1), over], RECORD_BYTES_MAX);
    too_large(&vec![bytes(0, 1); BATCH_RECORDS_MAX + 1], BATCH_RECORDS_MAX);
    too_large(&vec![max; BATCH_BYTES_MAX / RECORD_BYTES_MAX + 1], BATCH_BYTES_MAX);
    let empty = log.append(Sequence(0), &[bytes(0, 1), bytes(1, 0)]);
    assert_eq!(empty, Err(AppendError::EmptyRecord { index: 1 }));
    assert_eq!(log.head(), Sequence(0), "a refused batch leaves nothing behind");
    assert!(all(log, 0)?.is_empty());
    assert_eq!(log.append(Sequence(0), &vec![bytes(0, 1); BATCH_RECORDS_MAX])?.0, u64::try_from(BATCH_RECORDS_MAX)?);
    Ok(())
}

fn keeps_records_of_every_size(store: &dyn Candidate) -> Outcome {
    let sizes = [1, 4_095, 4_096, 4_097, 8_191, 8_192, 8_193, 65_535, 65_536, 65_537, RECORD_BYTES_MAX - 1, RECORD_BYTES_MAX, 1];
    let records: Vec<Bytes> = (0..).zip(sizes).map(|(n, size)| bytes(n, size)).collect();
    let log = store.open();
    log.append(Sequence(0), &records)?;
    for from in 0..u64::try_from(sizes.len())? {
        assert_holds(&*log, &records, from)?;
    }
    drop(log);
    assert_holds(&*store.open(), &records, 0)
}

fn reads_to_the_head_at_the_call(log: &dyn EventLog) -> Outcome {
    log.append(Sequence(0), &batch(0, 10))?;
    let mut reading = log.read(Sequence(0));
    reading.next();
    log.append(Sequence(10), &batch(10, 20))?;
    let reading = thread::spawn(move || reading.count());
    assert_eq!(reading.join().ok(), Some(9), "a read moves to another thread and ends at the head of its beginning");
    Ok(())
}

fn survives_a_reopen(store: &dyn Candidate) -> Outcome {
    let records = batch(0, 300);
    for start in (0..300).step_by(60) {
        let log = store.open();
        assert_eq!(log.head(), Sequence(start));
        log.append(Sequence(start), records.get(usize::try_from(start)?..usize::try_from(start)? + 60).unwrap_or_default())?;
    }
    assert_holds(&*store.open(), &records, 0)
}

fn one_writer_wins(log: &Arc<dyn EventLog>) -> Outcome {
    for round in 0..20 {
        let race = |n: u64| {
            let log = Arc::clone(log);
            thread::spawn(move || log.append(Sequence(round), &[bytes(n, 50)]))
        };
        let outcomes: Vec<_> = (0..4).map(race).collect::<Vec<_>>().into_iter().flat_map(thread::JoinHandle::join).collect();
        let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        let lost = outcomes.iter().filter(|outcome| matches!(outcome, Err(AppendError::Conflict { .. }))).count();
        assert_eq!((won, lost), (1, 3), "{outcomes:?}");
    }
    assert_eq!(all(&**log, 0)?.len(), 20);
    Ok(())
}

fn follows_without_gap_or_repeat(log: &Arc<dyn EventLog>) -> Outcome {
    const RECORDS: u64 = 2_000;
    let records = batch(0, RECORDS);
    let writer = {
        let (log, records) = (Arc::clone(log), records.clone());
        thread::spawn(move || {
            let mut head = Sequence(0);
            for part in records.chunks(7) {
                head = log.append(head, part)?;
            }
            Ok::<_, AppendError>(())
        })
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut followers: Vec<Follow> = [0, 3, 1_234, RECORDS - 1].map(|from| Follow::new(Arc::clone(log), Sequence(from))).into();
    for (follower, records_max) in followers.iter_mut().zip([1_000, 1, 13, 0]) {
        let mut next = follower.next_sequence();
        while next.0 < RECORDS {
            let batch = runtime.block_on(follower.next_batch(records_max))?;
            assert!((1..=records_max.max(1)).contains(&batch.len()));
            for (sequence, record) in batch {
                assert_eq!(sequence, next, "no gap and no repeat");
                assert_eq!(Some(&record), records.get(usize::try_from(next.0)?));
                next = next.next();
            }
            assert_eq!(follower.next_sequence(), next);
        }
    }
    writer.join().map_err(|_| "the writer broke off")??;
    Ok(())
}
