//! Bytes that were ever released are read as they were meant: `schema/events/` against today's code.

use std::{collections::BTreeMap, fs, path::Path};

use chancery_domain::{Event, sample_events};
use serde_json::Value;

/// The samples by their type.
fn golden() -> BTreeMap<String, Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/events");
    let files = fs::read_dir(&folder).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
    let samples = files.map(|bytes| serde_json::from_slice::<Value>(&bytes).unwrap());
    samples
        .map(|sample| (sample["type"].as_str().unwrap().to_owned(), hex::decode(sample["bytes"].as_str().unwrap()).unwrap()))
        .collect()
}

#[test]
fn old_bytes_still_decode() {
    let golden = golden();
    assert!(golden.len() > 40, "{} samples in schema/events", golden.len());
    for (name, bytes) in golden {
        let event: Event = chancery_log::decode(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(event.wire_name(), name);
        assert_eq!(chancery_log::encode(&event).unwrap(), bytes, "{name}");
    }
}

#[test]
fn every_event_has_its_golden_bytes() {
    let golden = golden();
    for (name, event) in sample_events() {
        let bytes = golden.get(name).unwrap_or_else(|| panic!("schema/events has no {name}: run `cargo xtask bless`"));
        // What is personal or secret is on the disk as ciphertext alone, so that the samples are compared by their bytes.
        assert_eq!(chancery_log::encode(&event).unwrap(), *bytes, "{name}: a released event never changes its bytes");
    }
}
