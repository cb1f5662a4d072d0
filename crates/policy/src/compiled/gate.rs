//! What an action must start with for a statement to be about it: one machine word for each pattern.
//!
//! A gate holds a hash of what its pattern has before the first wildcard. The hashes of everything that an action starts with
//! are made once, so that a statement of another action is passed over without its memory being read. A gate lets too much
//! through (two texts may have one hash, and what follows a wildcard is not looked at) and never too little.

use smallvec::SmallVec;
use smol_str::SmolStr;

use crate::{Scope, compiled::ActionName};

/// The gates of a document, in the order of its statements. Most documents have few.
pub(super) type Gates = SmallVec<[Gate; 10]>;

/// A statement and what an action must start with for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gate {
    statement: u32,
    /// A hash of 24 bits, and in the lowest 8 the index in [`Starts`] where an action must have it.
    start: u32,
}

/// The hashes of what an action starts with, by length; at [`WHOLE`] that of the action as a whole.
pub(super) type Starts = [u32; 66];

/// No hashes: none of 24 bits is equal to these.
pub(super) const NO_STARTS: Starts = [u32::MAX; 66];

/// The longest start that has a hash of its own. No action of AWS is longer; of one that is, no more is looked at.
const START_BYTES_MAX: usize = 64;

const WHOLE: u8 = 65;

/// Whatever a `NotAction` does not except may be any action.
static ANY: [SmolStr; 1] = [SmolStr::new_static("*")];

/// The gates of a statement.
pub(super) fn of(statement: usize, actions: &Scope<SmolStr>) -> impl Iterator<Item = Gate> {
    let statement = u32::try_from(statement).unwrap_or(u32::MAX);
    let patterns: &[SmolStr] = match actions {
        Scope::Only(patterns) => patterns,
        Scope::Except(_) => &ANY,
    };
    patterns.iter().map(move |pattern| Gate { statement, start: start(pattern) })
}

fn start(pattern: &str) -> u32 {
    let literal = pattern.find(['*', '?']);
    let length = literal.unwrap_or(pattern.len());
    let index = if literal.is_none() && length <= START_BYTES_MAX { WHOLE } else { index(length) };
    hashed(pattern.bytes().take(length.min(START_BYTES_MAX)).fold(EMPTY, step)) | u32::from(index)
}

fn index(length: usize) -> u8 {
    u8::try_from(length.min(START_BYTES_MAX)).unwrap_or(0)
}

/// The hashes of what an action starts with.
pub(super) fn fill(starts: &mut Starts, action: &str) {
    let mut hash = EMPTY;
    for (start, byte) in starts.iter_mut().zip(action.bytes().take(START_BYTES_MAX)) {
        *start = hashed(hash);
        hash = step(hash, byte);
    }
    for index in [index(action.len()), WHOLE] {
        if let Some(start) = starts.get_mut(usize::from(index)) {
            *start = hashed(hash);
        }
    }
}

const EMPTY: u64 = 0x9e37_79b9_7f4a_7c15;

/// A hash without regard to case, a byte at a time: cheap, since what passes is compared anyway.
fn step(hash: u64, byte: u8) -> u64 {
    hash.rotate_left(9) ^ u64::from(byte.to_ascii_lowercase())
}

/// 24 bits to which every byte has come, in the place that they have in a gate.
fn hashed(hash: u64) -> u32 {
    u32::try_from(hash.wrapping_mul(EMPTY) >> 40).unwrap_or_default() << 8
}

impl Gate {
    pub(super) fn statement(self) -> usize {
        usize::try_from(self.statement).unwrap_or(usize::MAX)
    }

    /// Whether an action may be one that the statement is about.
    #[inline]
    pub(super) fn lets_through(self, action: &ActionName<'_>) -> bool {
        let [index, ..] = self.start.to_le_bytes();
        action.starts.get(usize::from(index)).is_some_and(|start| *start == self.start & !0xff)
    }
}

/// One of 64 bits for a start.
pub(super) fn bit(start: u32) -> u64 {
    1 << (start >> 26)
}
