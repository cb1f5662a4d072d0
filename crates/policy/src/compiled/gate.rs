//! What an action must start with for a statement to be about it: one machine word for each pattern.
//!
//! A gate holds a hash of what its pattern has before the first wildcard. The hashes of everything that an action starts with
//! are made once, so that a statement of another action is passed over without its memory being read. A gate lets too much
//! through (two texts may have one hash, and what follows a wildcard is not looked at) and never too little.

use smallvec::SmallVec;
use smol_str::SmolStr;

use crate::{
    Scope,
    compiled::{ActionName, reach},
};

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
pub(super) type Starts = [u32; 128];

/// The hash of nothing at all lengths: no hash of 24 bits is equal to it.
pub(super) const NO_STARTS: Starts = [u32::MAX; 128];

/// The longest start that has a hash of its own.
pub(super) const START_BYTES_MAX: usize = 96;

const WHOLE: u8 = 127;

/// The gates of a statement.
pub(super) fn of(statement: usize, actions: &Scope<SmolStr>) -> impl Iterator<Item = Gate> {
    let statement = u32::try_from(statement).unwrap_or(u32::MAX);
    let patterns: &[SmolStr] = match actions {
        Scope::Only(patterns) => patterns,
        // Whatever is not excepted: any action.
        Scope::Except(_) => &[SmolStr::new_static("*")],
    };
    patterns.iter().map(move |pattern| Gate { statement, start: start(pattern) }).collect::<Vec<_>>().into_iter()
}

fn start(pattern: &str) -> u32 {
    let literal = pattern.find(['*', '?']);
    let length = literal.unwrap_or(pattern.len()).min(START_BYTES_MAX);
    let index = if literal.is_none() && pattern.len() <= START_BYTES_MAX { Some(WHOLE) } else { u8::try_from(length).ok() };
    let hashed = pattern.bytes().take(length).fold(reach::EMPTY, reach::step);
    index.map_or(start_of(reach::EMPTY), |index| start_of(hashed) | u32::from(index))
}

/// The hashes of what an action starts with.
pub(super) fn fill(starts: &mut Starts, action: &str) {
    let mut hashed = reach::EMPTY;
    for (start, byte) in starts.iter_mut().zip(action.bytes().map(Some).chain([None])).take(START_BYTES_MAX + 1) {
        *start = start_of(hashed);
        hashed = byte.map_or(hashed, |byte| reach::step(hashed, byte));
    }
    if let Some(whole) = starts.get_mut(usize::from(WHOLE)).filter(|_| action.len() <= START_BYTES_MAX) {
        *whole = start_of(hashed);
    }
}

/// The well-mixed high bits of a hash, in the place that they have in a gate.
fn start_of(hashed: u64) -> u32 {
    u32::try_from(reach::mixed(hashed) >> 40).unwrap_or_default() << 8
}

impl Gate {
    pub(super) fn statement(self) -> usize {
        usize::try_from(self.statement).unwrap_or(usize::MAX)
    }

    /// Whether an action may be one that the statement is about.
    #[inline]
    pub(super) fn lets_through(self, action: &ActionName<'_>) -> bool {
        let index = usize::from(self.start.to_le_bytes()[0] & WHOLE);
        action.starts.get(index).is_some_and(|start| *start == self.start & !0xff)
    }
}
