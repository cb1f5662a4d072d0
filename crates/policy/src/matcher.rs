//! The `Condition` element of a statement, compiled once.
//!
//! After the IAM User Guide, "IAM JSON policy elements: Condition operators", "Conditions with multiple context keys or
//! values" and "Single-valued vs. multivalued context keys". Where AWS leaves a case open, the rule is at
//! [`Conditions::hold`].

mod binary;
mod expected;
mod moment;
mod network;
mod number;
#[cfg(test)]
mod tests;

use smol_str::SmolStr;

use crate::{Comparison, Condition, Context, Key, Operator, Quantifier, Values, Version};
use expected::Expected;

/// The conditions of a statement: all must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions(Box<[Compiled]>);

/// One operator and one key.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Compiled {
    key: Key,
    operator: Operator,
    expected: Expected,
    values_as_written: Box<[SmolStr]>,
}

/// A condition that does not hold, for an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The operator of the condition.
    pub operator: Operator,
    /// The key of the condition.
    pub key: Key,
    /// The values in the policy, as written: any will do, or none for a negated operator.
    pub expected: Vec<SmolStr>,
    /// The values in the request; none when the key is missing.
    pub actual: Option<Vec<SmolStr>>,
}

impl Conditions {
    /// Compiles the conditions of a statement in a document of a version.
    #[must_use]
    pub fn compile(conditions: &[Condition], version: Version) -> Self {
        Self(conditions.iter().map(|condition| Compiled::new(condition, version)).collect())
    }

    /// Whether all conditions hold; so it is when there are none.
    ///
    /// - A missing key fails an operator, holds for a negated one (`StringNotEquals`), for `…IfExists` and for
    ///   `ForAllValues:`, and fails `ForAnyValue:`. A multivalued key without values is missing; for `ForAllValues:`
    ///   so is one whose values are all empty ("a null dataset, such as an empty string").
    /// - Of several values in the policy any will do; for a negated operator none may match.
    /// - "Multivalued context keys require a condition set operator": without one nothing matches such a key, not even
    ///   a negated operator. A single-valued key is a set of one to `ForAllValues:` and `ForAnyValue:`.
    /// - A value that the operator cannot read, in the policy or in the request, matches nothing: an operator fails, a
    ///   negated one holds. So does a variable without a value: "inverted condition operators like `StringNotEquals`
    ///   or `StringNotLike` do match against a null value".
    /// - Variables are put in for `String…`, `Arn…` and `Bool`.
    #[must_use]
    pub fn hold(&self, context: &dyn Context) -> bool {
        self.0.iter().all(|condition| condition.holds(context))
    }

    /// Whether there are no conditions.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The conditions that do not hold, in the order of the document.
    #[must_use]
    pub fn failures(&self, context: &dyn Context) -> Vec<Failure> {
        self.0.iter().filter(|condition| !condition.holds(context)).map(|condition| condition.failure(context)).collect()
    }

    /// The keys that the conditions ask for, those of variables included. A key may come twice.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.0.iter().flat_map(Compiled::keys)
    }
}

impl Compiled {
    fn new(condition: &Condition, version: Version) -> Self {
        Self {
            key: Key::new(&condition.key),
            operator: condition.operator,
            expected: Expected::compile(condition, version),
            values_as_written: condition.values.iter().map(|value| SmolStr::from(value.text())).collect(),
        }
    }

    fn holds(&self, context: &dyn Context) -> bool {
        let found = context.get(&self.key).filter(|values| !self.is_missing(values));
        if let Expected::Presence { absent, present } = self.expected {
            return if found.is_some() { present } else { absent };
        }
        match (found, self.operator.quantifier) {
            (None, quantifier) => self.holds_for_missing(quantifier),
            (Some(Values::One(value)), _) => self.holds_for(&value, context),
            (Some(Values::Many(values)), Some(Quantifier::ForAllValues)) => {
                values.iter().all(|value| self.holds_for(value, context))
            }
            (Some(Values::Many(values)), Some(Quantifier::ForAnyValue)) => {
                values.iter().any(|value| self.holds_for(value, context))
            }
            (Some(Values::Many(_)), None) => false,
        }
    }

    fn is_missing(&self, values: &Values<'_>) -> bool {
        let for_all = self.operator.quantifier == Some(Quantifier::ForAllValues);
        match values {
            Values::One(value) => for_all && value.is_empty(),
            Values::Many(values) if for_all => values.iter().all(|value| value.is_empty()),
            Values::Many(values) => values.is_empty(),
        }
    }

    fn holds_for_missing(&self, quantifier: Option<Quantifier>) -> bool {
        self.operator.if_exists
            || match quantifier {
                Some(Quantifier::ForAllValues) => true,
                Some(Quantifier::ForAnyValue) => false,
                None => self.is_negated(),
            }
    }

    fn holds_for(&self, value: &str, context: &dyn Context) -> bool {
        self.expected.any_matches(value, context) != self.is_negated()
    }

    fn is_negated(&self) -> bool {
        matches!(
            self.operator.comparison,
            Comparison::StringNotEquals
                | Comparison::StringNotEqualsIgnoreCase
                | Comparison::StringNotLike
                | Comparison::NumericNotEquals
                | Comparison::DateNotEquals
                | Comparison::NotIpAddress
                | Comparison::ArnNotEquals
                | Comparison::ArnNotLike
        )
    }

    fn failure(&self, context: &dyn Context) -> Failure {
        Failure {
            operator: self.operator,
            key: self.key.clone(),
            expected: self.values_as_written.to_vec(),
            actual: context.get(&self.key).map(|values| match values {
                Values::One(value) => vec![value.into()],
                Values::Many(values) => values.into_owned(),
            }),
        }
    }

    fn keys(&self) -> impl Iterator<Item = &Key> {
        let patterns = match &self.expected {
            Expected::Texts(_, patterns) => patterns.iter(),
            Expected::Numbers(..)
            | Expected::Moments(..)
            | Expected::Bytes(_)
            | Expected::Networks(_)
            | Expected::Presence { .. } => [].iter(),
        };
        std::iter::once(&self.key).chain(patterns.flat_map(|pattern| pattern.keys()))
    }
}
