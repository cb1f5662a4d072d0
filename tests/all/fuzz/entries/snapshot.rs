//! Snapshot files, and the state in them.

use std::fs;

use chancery_domain::State;
use chancery_log::{SnapshotStore, decode, encode};
use chancery_model::Sequence;
use sha2::{Digest, Sha256};

use super::{Entry, world};

const VERSION: u32 = 1;

/// Bytes as a file, and as one whose checksum is right: what is read is what would be written, and a state in it can be used.
pub(super) fn snapshot() -> Entry {
    let home = tempfile::tempdir().expect("a directory");
    Box::new(move |data| {
        let store = SnapshotStore::new(home.path(), VERSION);
        let place = data.get(12..20).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes);
        let file = home.path().join(format!("{place:020}.snap"));
        fs::write(&file, data).expect("the file");
        assert!(store.read(Sequence(place)).is_err(), "a file without its checksum is taken");
        let summed = [data, Sha256::digest(data).as_slice()].concat();
        fs::write(&file, &summed).expect("the file");
        if let Ok(snapshot) = store.read(Sequence(place)) {
            assert_eq!((snapshot.sequence.0, snapshot.tree.size()), (place, place));
            check_state(&snapshot.body);
            store.write(&snapshot.tree, &snapshot.body).expect("it is written");
            assert_eq!(fs::read(&file).expect("the file"), summed);
        }
        fs::remove_file(&file).expect("it is removed");
    })
}

fn check_state(body: &[u8]) {
    let Ok(mut state) = decode::<State>(body) else { return };
    state.restore(|_| world::NoKeys);
    let stored = encode(&state).expect("a state is encoded");
    let again: State = decode(&stored).expect("a stored state is read");
    assert_eq!(encode(&again).expect("a state is encoded"), stored);
}
