//! What a statement may be about, in two machine words: a filter that lets too much through and never too little.

use std::str;

use crate::Scope;

use smol_str::SmolStr;

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

    fn of_name(service: &[u8], first: u8) -> Self {
        let hashed = hash(service);
        Self { services: bit(hashed), names: bit(step(hashed, first)) }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self { services: self.services | other.services, names: self.names | other.names }
    }

    /// Whether an action may be in reach.
    #[inline]
    pub(crate) fn includes(self, action: &ActionName<'_>) -> bool {
        self.services & action.reach.services != 0 && self.names & action.reach.names != 0
    }
}

/// The action of a request, folded once.
pub(crate) struct ActionName<'a> {
    text: &'a str,
    folded: [u8; FOLDED_BYTES_MAX],
    reach: Reach,
}

/// Longer than any action of AWS; what is longer is folded anew for each pattern.
const FOLDED_BYTES_MAX: usize = 96;

impl<'a> ActionName<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let mut folded = [0; FOLDED_BYTES_MAX];
        for (folded, byte) in folded.iter_mut().zip(text.bytes()) {
            *folded = byte.to_ascii_lowercase();
        }
        let reach = text.split_once(':').map_or(Reach::ALL, |(service, name)| match name.bytes().next() {
            Some(first) => Reach::of_name(service.as_bytes(), first),
            None => Reach { services: bit(hash(service.as_bytes())), names: u64::MAX },
        });
        Self { text, folded, reach }
    }

    /// The action as it was asked.
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// The action in lower case; none when it is too long to be kept so.
    pub(crate) fn folded(&self) -> Option<&str> {
        str::from_utf8(self.folded.get(..self.text.len())?).ok()
    }
}

fn is_pattern(text: &[u8]) -> bool {
    text.contains(&b'*') || text.contains(&b'?')
}

/// FNV-1a without regard to case.
fn hash(text: &[u8]) -> u64 {
    text.iter().fold(0xcbf2_9ce4_8422_2325, |hashed, byte| step(hashed, *byte))
}

fn step(hashed: u64, byte: u8) -> u64 {
    (hashed ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
}

/// One of 64 bits. The last letter moves the high bits of the hash only after another multiplication.
fn bit(hashed: u64) -> u64 {
    1 << (hashed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ActionPattern;

    #[test]
    fn filter_never_loses_what_a_pattern_matches() {
        let patterns = ["*", "s3:*", "S3:Get*", "s3:?etObject", "s*:GetObject", "s3:GetObject", "iam:*User", "iam:", "x", "s3*"];
        let actions = ["s3:GetObject", "S3:GETOBJECT", "s3:PutObject", "iam:CreateUser", "iam:", "x", "s3express:Get", "s3"];
        for pattern in patterns {
            let reach = Reach::of(&Scope::Only(vec![pattern.into()]));
            let compiled = ActionPattern::compile(pattern);
            for action in actions {
                let lost = compiled.matches(action) && !reach.includes(&ActionName::new(action));
                assert!(!lost, "{pattern} loses {action}");
            }
        }
    }

    #[test]
    fn filter_passes_over_other_services_and_other_letters() {
        let reach = Reach::of(&Scope::Only(vec!["s3:Get*".into(), "s3:Put*".into()]));
        for (action, expected) in
            [("s3:GetObject", true), ("s3:PutObject", true), ("s3:DeleteObject", false), ("sqs:GetX", false)]
        {
            assert_eq!(reach.includes(&ActionName::new(action)), expected, "{action}");
        }
        assert!(Reach::of(&Scope::Except(vec!["s3:*".into()])).includes(&ActionName::new("sqs:SendMessage")));
    }

    #[test]
    fn long_action_is_not_folded() {
        let long = format!("s3:{}", "A".repeat(FOLDED_BYTES_MAX));
        assert_eq!(ActionName::new(&long).folded(), None);
        assert_eq!(ActionName::new("S3:GetÄ").folded(), Some("s3:getÄ"));
    }
}
