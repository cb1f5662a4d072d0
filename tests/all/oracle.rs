//! What must be true of a log after any crash.

use std::collections::BTreeMap;

use chancery_testkit::Journalled;
use serde_json::Value;

/// Checks the records of an account (all of a log) against the journal of those who wrote it:
/// numbered without a gap, in order of time, every acknowledged command there once and in its place, no command twice.
pub(crate) fn check(records: &[Value], journal: &Journalled) {
    let mut places: BTreeMap<&str, u64> = BTreeMap::new();
    let mut time = "";
    for (place, record) in (0_u64..).zip(records) {
        assert_eq!(record["sequence"], place.to_string(), "the sequence is dense");
        let at = record["time"].as_str().unwrap();
        assert!(time <= at, "time goes backwards at {place}: {time}, {at}");
        time = at;
        if let Some(token) = record["clientToken"].as_str() {
            assert_eq!(places.insert(token, place), None, "{token} is there twice");
        }
    }
    for (token, sequence) in &journal.acknowledged {
        assert_eq!(places.remove(token.as_str()), Some(*sequence), "{token} was acknowledged at {sequence}");
    }
    for token in &journal.refused {
        assert!(!places.contains_key(token.as_str()), "{token} was refused and is there");
    }
    for token in places.keys() {
        assert!(journal.unknown.contains(*token), "{token} is there, and nobody has sent it");
    }
}

#[test]
fn the_oracle_sees_every_kind_of_loss() {
    let record = |sequence: u64, token: &str| serde_json::json!({ "sequence": sequence.to_string(), "time": "2026", "clientToken": token });
    let journal = Journalled { acknowledged: [("a".to_owned(), 0), ("b".to_owned(), 1)].into(), ..Journalled::default() };
    let whole = vec![record(0, "a"), record(1, "b")];
    check(&whole, &journal);
    for lossy in [
        vec![record(0, "a")],
        vec![record(0, "b"), record(1, "a")],
        vec![record(0, "a"), record(2, "b")],
        vec![record(0, "a"), record(1, "b"), record(2, "a")],
        vec![record(0, "a"), record(1, "b"), record(2, "nobody's")],
    ] {
        let seen = std::panic::catch_unwind(|| check(&lossy, &journal));
        assert!(seen.is_err(), "{lossy:?}");
    }
}
