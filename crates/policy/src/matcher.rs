//! The `Condition` element of a statement, compiled once.

use smol_str::SmolStr;

use crate::{Comparison, Condition, Context, Key, Operator, Values, Version};

/// The conditions of a statement: all must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions(Vec<(Key, Operator, Vec<SmolStr>)>);

/// A condition that does not hold, for an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The operator of the condition.
    pub operator: Operator,
    /// The key of the condition.
    pub key: Key,
    /// The values in the policy, as written.
    pub expected: Vec<SmolStr>,
    /// The values in the request; none when the key is missing.
    pub actual: Option<Vec<SmolStr>>,
}

impl Conditions {
    /// Compiles the conditions of a statement in a document of a version.
    #[must_use]
    pub fn compile(conditions: &[Condition], _version: Version) -> Self {
        Self(
            conditions
                .iter()
                .map(|condition| {
                    let values = condition.values.iter().map(|value| SmolStr::from(value.text())).collect();
                    (Key::new(&condition.key), condition.operator, values)
                })
                .collect(),
        )
    }

    /// Whether all conditions hold.
    #[must_use]
    pub fn hold(&self, context: &dyn Context) -> bool {
        self.0.iter().all(|condition| holds(condition, context))
    }

    /// Whether there are no conditions.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The conditions that do not hold.
    #[must_use]
    pub fn failures(&self, context: &dyn Context) -> Vec<Failure> {
        let failed = self.0.iter().filter(|condition| !holds(condition, context));
        failed
            .map(|(key, operator, values)| Failure {
                operator: *operator,
                key: key.clone(),
                expected: values.clone(),
                actual: context.get(key).map(|values| match values {
                    Values::One(value) => vec![value.into()],
                    Values::Many(values) => values.into_owned(),
                }),
            })
            .collect()
    }

    /// The keys that the conditions ask for, those of variables included.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.0.iter().map(|(key, ..)| key)
    }
}

fn holds((key, operator, expected): &(Key, Operator, Vec<SmolStr>), context: &dyn Context) -> bool {
    let Some(values) = context.get(key) else { return operator.if_exists };
    let (Comparison::StringEquals | Comparison::Bool) = operator.comparison else { return false };
    let contains = |value: &str| expected.iter().any(|other| other == value);
    match values {
        Values::One(value) => contains(&value),
        Values::Many(values) => values.iter().any(|value| contains(value)),
    }
}
