//! What a document may be about, in two machine words: a filter that lets too much through and never too little.

use smol_str::SmolStr;

use crate::{Scope, compiled::gate};

/// The services, and the services with the first letter of an action's name, each as a bit of a hash.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reach {
    services: u64,
    names: u64,
}

impl Reach {
    /// Every action.
    const ALL: Reach = Reach { services: u64::MAX, names: u64::MAX };

    /// The reach of an `Action` or `NotAction` element.
    pub(super) fn of(actions: &Scope<SmolStr>) -> Self {
        match actions {
            Scope::Only(patterns) => patterns.iter().map(|pattern| Self::of_pattern(pattern)).fold(Self::default(), Self::or),
            Scope::Except(_) => Self::ALL,
        }
    }

    fn of_pattern(pattern: &str) -> Self {
        let literal = pattern.find(['*', '?']).map_or(pattern, |wildcard| pattern.split_at(wildcard).0);
        let mut starts = gate::NO_STARTS;
        gate::fill(&mut starts, literal);
        Self::of_start(literal, &starts)
    }

    /// The reach of what starts with a text, given the hashes of its starts.
    pub(super) fn of_start(text: &str, starts: &gate::Starts) -> Self {
        let Some(colon) = text.bytes().position(|byte| byte == b':') else { return Self::ALL };
        let hashed = |length: usize| starts.get(length).filter(|_| length <= text.len()).map(|start| gate::bit(*start));
        Self { services: hashed(colon + 1).unwrap_or(u64::MAX), names: hashed(colon + 2).unwrap_or(u64::MAX) }
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self { services: self.services | other.services, names: self.names | other.names }
    }

    /// Whether an action may be in reach.
    #[inline]
    pub(super) fn includes(self, action: Self) -> bool {
        // Not `&&`: both words are at hand, and a branch here is one that the processor often guesses wrong.
        (self.services & action.services != 0) & (self.names & action.names != 0)
    }
}
