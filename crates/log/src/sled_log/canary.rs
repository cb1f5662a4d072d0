//! The canary: one small value in a tree of its own, written over and over while nothing else is, to learn from an idle
//! store whether it still can be written. It is no record, and no reader of the log ever sees it.

/// The tree's name; it is made by the first canary, and a log without it is as good.
const TREE: &[u8] = b"canary";
/// Its one key.
const KEY: &[u8] = b"canary";

/// Hands it to sled; it is for the caller to make durable what was written.
pub(super) fn write(db: &sled::Db) -> Result<(), String> {
    let tree = db.open_tree(TREE).map_err(|error| format!("canary: {error}"))?;
    let count = |old: Option<&[u8]>| {
        let old = old.and_then(|old| old.try_into().ok()).map_or(0, u64::from_le_bytes);
        Some(old.wrapping_add(1).to_le_bytes().to_vec())
    };
    tree.update_and_fetch(KEY, count).map(drop).map_err(|error| format!("canary: {error}"))
}
