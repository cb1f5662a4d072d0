//! What takes bytes from outside, each as one function of bytes: fed by the fuzzer (`tests/fuzz`) and by the test beside this.
//!
//! An entry panics when the code does, and when something that must hold for whatever was accepted does not. It reaches the
//! code through public functions alone.

#![allow(unreachable_pub, reason = "the fuzz targets reach it; see tests/fuzz/lib.rs")]

mod config;
mod events;
mod graphql;
mod import;
mod keyring;
mod names;
mod policy;
mod snapshot;
mod tree;
mod websocket;
mod world;

/// Takes one input; what it was made with stays from one to the next.
pub type Entry = Box<dyn FnMut(&[u8]) + Send>;

/// The name of an entry, what makes it, and how many mutations of its corpus are tried without a fuzzer.
type Row = (&'static str, fn() -> Entry, u64);

/// Every entry.
pub const ENTRIES: &[Row] = &[
    ("record", events::record, 20_000),
    ("event", events::event, 20_000),
    ("policy", policy::policy, 20_000),
    ("names", names::names, 20_000),
    ("graphql", graphql::graphql, 2_000),
    ("ids", graphql::ids, 2_000),
    ("websocket", websocket::websocket, 1_000),
    ("import", import::import, 5_000),
    ("keyring", keyring::keyring, 400),
    ("checkpoint", tree::checkpoint, 20_000),
    ("tiles", tree::tiles, 200),
    ("snapshot", snapshot::snapshot, 2_000),
    ("config", config::config, 2_000),
];

/// The entry of a name.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn entry(name: &str) -> Entry {
    let (_, make, _) = ENTRIES.iter().find(|(known, ..)| *known == name).expect("an entry of this name");
    make()
}
