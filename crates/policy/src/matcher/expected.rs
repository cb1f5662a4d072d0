//! What a condition compares with: the values of the policy, read once.

use std::{cmp::Ordering, net::IpAddr};

use super::{binary, moment::Moment, network::Network, number::Number};
use crate::{
    Comparison, Condition, Context, Version,
    pattern::{
        glob,
        variable::{Pattern, Syntax},
    },
};

/// The values of a policy. One that the operator cannot read (a word for `NumericEquals`) is left out: nothing is equal
/// to it, less or greater.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expected {
    Texts(Sameness, Box<[Pattern]>),
    Numbers(Relation, Box<[Number]>),
    Moments(Relation, Box<[Moment]>),
    Bytes(Box<[Box<[u8]>]>),
    Networks(Box<[Network]>),
    /// `Null`: whether a key may be missing, and whether it may be there.
    Presence {
        absent: bool,
        present: bool,
    },
}

/// When two texts are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sameness {
    Exact,
    IgnoringCase,
    Wildcards,
    Arn,
    /// `true` and `true`, or `false` and `false`, in any case.
    Truth,
}

/// How a value of the request must stand to one of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Expected {
    pub(super) fn compile(condition: &Condition, version: Version) -> Self {
        match condition.operator.comparison {
            Comparison::StringEquals | Comparison::StringNotEquals => Self::texts(Sameness::Exact, condition, version),
            Comparison::StringEqualsIgnoreCase | Comparison::StringNotEqualsIgnoreCase => {
                Self::texts(Sameness::IgnoringCase, condition, version)
            }
            Comparison::StringLike | Comparison::StringNotLike => Self::texts(Sameness::Wildcards, condition, version),
            Comparison::ArnEquals | Comparison::ArnLike | Comparison::ArnNotEquals | Comparison::ArnNotLike => {
                Self::texts(Sameness::Arn, condition, version)
            }
            Comparison::Bool => Self::texts(Sameness::Truth, condition, version),
            Comparison::NumericEquals | Comparison::NumericNotEquals => Self::numbers(Relation::Equal, condition),
            Comparison::NumericLessThan => Self::numbers(Relation::Less, condition),
            Comparison::NumericLessThanEquals => Self::numbers(Relation::LessOrEqual, condition),
            Comparison::NumericGreaterThan => Self::numbers(Relation::Greater, condition),
            Comparison::NumericGreaterThanEquals => Self::numbers(Relation::GreaterOrEqual, condition),
            Comparison::DateEquals | Comparison::DateNotEquals => Self::moments(Relation::Equal, condition),
            Comparison::DateLessThan => Self::moments(Relation::Less, condition),
            Comparison::DateLessThanEquals => Self::moments(Relation::LessOrEqual, condition),
            Comparison::DateGreaterThan => Self::moments(Relation::Greater, condition),
            Comparison::DateGreaterThanEquals => Self::moments(Relation::GreaterOrEqual, condition),
            Comparison::BinaryEquals => Self::Bytes(read(condition, |text| Some(binary::decode(text)?.collect()))),
            Comparison::IpAddress | Comparison::NotIpAddress => Self::Networks(read(condition, Network::parse)),
            Comparison::Null => Self::presence(condition),
        }
    }

    fn texts(sameness: Sameness, condition: &Condition, version: Version) -> Self {
        let wildcards = matches!(sameness, Sameness::Wildcards | Sameness::Arn);
        let syntax = Syntax::new(version, wildcards);
        Self::Texts(sameness, read(condition, |text| Some(Pattern::compile(text, syntax))))
    }

    fn numbers(relation: Relation, condition: &Condition) -> Self {
        Self::Numbers(relation, read(condition, Number::parse))
    }

    fn moments(relation: Relation, condition: &Condition) -> Self {
        Self::Moments(relation, read(condition, Moment::parse))
    }

    fn presence(condition: &Condition) -> Self {
        let has = |word: &str| condition.values.iter().any(|value| value.text().eq_ignore_ascii_case(word));
        Self::Presence { absent: has("true"), present: has("false") }
    }

    /// Whether a value of the request matches any value of the policy. A value that the operator cannot read matches
    /// none.
    pub(super) fn any_matches(&self, found: &str, context: &dyn Context) -> bool {
        match self {
            Expected::Texts(sameness, patterns) => patterns.iter().any(|pattern| sameness.holds(pattern, found, context)),
            Expected::Numbers(relation, numbers) => {
                numbers.iter().any(|number| number.order_of(found).is_some_and(|order| relation.holds(order)))
            }
            Expected::Moments(relation, moments) => {
                Moment::parse(found).is_some_and(|found| moments.iter().any(|moment| relation.holds(found.cmp(moment))))
            }
            Expected::Bytes(values) => {
                values.iter().any(|bytes| binary::decode(found).is_some_and(|found| found.eq(bytes.iter().copied())))
            }
            Expected::Networks(networks) => {
                found.parse::<IpAddr>().is_ok_and(|address| networks.iter().any(|network| network.contains(address)))
            }
            Expected::Presence { present, .. } => *present,
        }
    }
}

/// The values that can be read.
fn read<T>(condition: &Condition, parse: impl Fn(&str) -> Option<T>) -> Box<[T]> {
    condition.values.iter().filter_map(|value| parse(&value.text())).collect()
}

impl Relation {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Relation::Equal => order.is_eq(),
            Relation::Less => order.is_lt(),
            Relation::LessOrEqual => order.is_le(),
            Relation::Greater => order.is_gt(),
            Relation::GreaterOrEqual => order.is_ge(),
        }
    }
}

impl Sameness {
    fn holds(self, pattern: &Pattern, found: &str, context: &dyn Context) -> bool {
        match (self, pattern) {
            (Sameness::Wildcards, Pattern::Fixed(glob)) => glob.matches(found),
            (Sameness::Arn, Pattern::Fixed(glob)) => glob.matches_arn(found),
            (_, Pattern::Fixed(glob)) => self.holds_for(glob.bytes(), found),
            (_, Pattern::Variable(template)) => template.fill(context).is_some_and(|pattern| self.holds_for(&pattern, found)),
        }
    }

    fn holds_for(self, pattern: &[u8], found: &str) -> bool {
        match self {
            Sameness::Exact => pattern == found.as_bytes(),
            Sameness::IgnoringCase => same_ignoring_case(pattern, found),
            Sameness::Wildcards => glob::matches(pattern, found.as_bytes()),
            Sameness::Arn => glob::matches_arn(pattern, found),
            Sameness::Truth => {
                let word = ["true", "false"].into_iter().find(|word| found.eq_ignore_ascii_case(word));
                word.is_some_and(|word| pattern.eq_ignore_ascii_case(word.as_bytes()))
            }
        }
    }
}

fn same_ignoring_case(pattern: &[u8], found: &str) -> bool {
    if pattern.eq_ignore_ascii_case(found.as_bytes()) {
        return true;
    }
    // Without wildcards a pattern is UTF-8; only letters beyond ASCII make a difference here.
    !(pattern.is_ascii() && found.is_ascii())
        && str::from_utf8(pattern)
            .is_ok_and(|pattern| pattern.chars().flat_map(char::to_lowercase).eq(found.chars().flat_map(char::to_lowercase)))
}
