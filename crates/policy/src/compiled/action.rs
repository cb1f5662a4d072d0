//! The action of a request, folded and hashed once for all statements.

use std::str;

use crate::{
    ActionPattern,
    compiled::{gate, reach::Reach},
};

/// An action as statements are asked about it.
#[derive(Clone, Copy)]
pub(crate) struct ActionName<'a> {
    text: &'a str,
    folded: Option<&'a str>,
    /// What the action starts with: see [`gate::Starts`].
    pub(super) starts: &'a gate::Starts,
    pub(super) reach: Reach,
}

/// Where an action is folded and hashed, so that nothing is allocated.
pub(crate) struct Scratch {
    folded: [u8; FOLDED_BYTES_MAX],
    starts: gate::Starts,
}

/// Longer than any action of AWS; one that is longer is folded anew for each pattern.
const FOLDED_BYTES_MAX: usize = 96;

impl Scratch {
    pub(crate) fn new() -> Self {
        Self { folded: [0; FOLDED_BYTES_MAX], starts: gate::NO_STARTS }
    }
}

impl<'a> ActionName<'a> {
    pub(crate) fn new(text: &'a str, scratch: &'a mut Scratch) -> Self {
        let folded = scratch.folded.get_mut(..text.len()).and_then(|folded| {
            folded.copy_from_slice(text.as_bytes());
            folded.make_ascii_lowercase();
            str::from_utf8(folded).ok()
        });
        gate::fill(&mut scratch.starts, text);
        Self { text, folded, starts: &scratch.starts, reach: Reach::of_start(text, &scratch.starts) }
    }

    /// Whether a pattern matches.
    #[inline]
    pub(crate) fn is_in(&self, pattern: &ActionPattern) -> bool {
        match self.folded {
            Some(folded) => pattern.matches_folded(folded),
            None => pattern.matches(self.text),
        }
    }
}
