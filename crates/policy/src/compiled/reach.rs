//! What a document may be about, in two machine words: a filter that lets too much through and never too little.

use smol_str::SmolStr;

use crate::Scope;

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
    pub(crate) fn of(actions: &Scope<SmolStr>) -> Self {
        match actions {
            Scope::Only(patterns) => patterns.iter().map(|pattern| Self::of_pattern(pattern)).fold(Self::default(), Self::or),
            Scope::Except(_) => Self::ALL,
        }
    }

    fn of_pattern(pattern: &str) -> Self {
        match pattern.split_once(':') {
            None => Self::ALL,
            Some((service, _)) if is_pattern(service.as_bytes()) => Self::ALL,
            Some((service, name)) => match name.bytes().next().filter(|first| !is_pattern(&[*first])) {
                Some(first) => Self::of_name(service.as_bytes(), first),
                None => Self { services: bit(hash(service.as_bytes())), names: u64::MAX },
            },
        }
    }

    /// The bits of an action, one of each.
    pub(super) fn of_action(action: &str) -> Self {
        action.split_once(':').map_or(Self::ALL, |(service, name)| match name.bytes().next() {
            Some(first) => Self::of_name(service.as_bytes(), first),
            None => Self { services: bit(hash(service.as_bytes())), names: u64::MAX },
        })
    }

    fn of_name(service: &[u8], first: u8) -> Self {
        let hashed = hash(service);
        Self { services: bit(hashed), names: bit(step(hashed, first)) }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self { services: self.services | other.services, names: self.names | other.names }
    }

    /// Whether an action may be in reach.
    #[inline]
    pub(crate) fn includes(self, action: Self) -> bool {
        self.services & action.services != 0 && self.names & action.names != 0
    }
}

fn is_pattern(text: &[u8]) -> bool {
    text.contains(&b'*') || text.contains(&b'?')
}

/// The hash of no text.
pub(super) const EMPTY: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a without regard to case, a byte at a time.
pub(super) fn step(hashed: u64, byte: u8) -> u64 {
    (hashed ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
}

/// A hash whose high bits depend on every byte: the last one moves them only after another multiplication.
pub(super) fn mixed(hashed: u64) -> u64 {
    hashed.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn hash(text: &[u8]) -> u64 {
    text.iter().fold(EMPTY, |hashed, byte| step(hashed, *byte))
}

/// One of 64 bits.
fn bit(hashed: u64) -> u64 {
    1 << (mixed(hashed) >> 58)
}
