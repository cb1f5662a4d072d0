//! Conditions: an operator, a key, and the values that it compares with.

use std::{borrow::Cow, fmt};

use smol_str::SmolStr;

/// One line of a `Condition` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// How the values are compared.
    pub operator: Operator,
    /// The condition key as written; keys are compared without regard to case.
    pub key: SmolStr,
    /// What is compared with, any of which will do. AWS takes an empty list.
    pub values: Vec<Value>,
}

/// A condition operator, as in `ForAnyValue:StringLikeIfExists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operator {
    /// How many of a key's values must match.
    pub quantifier: Option<Quantifier>,
    /// The comparison itself.
    pub comparison: Comparison,
    /// Whether a missing key is a match.
    pub if_exists: bool,
}

/// How many of the values of a multivalued key must match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantifier {
    /// `ForAllValues:`, true also when there are none.
    ForAllValues,
    /// `ForAnyValue:`, false when there are none.
    ForAnyValue,
}

/// A value in a condition. To IAM `true` and `"true"`, `10` and `"10"` are the same; a linter may differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A JSON string.
    Text(SmolStr),
    /// A JSON number, in the form in which serde_json prints it.
    Number(SmolStr),
    /// `true` or `false`.
    Bool(bool),
}

impl Value {
    /// The value as IAM compares it.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Value::Text(text) | Value::Number(text) => Cow::Borrowed(text),
            Value::Bool(true) => Cow::Borrowed("true"),
            Value::Bool(false) => Cow::Borrowed("false"),
        }
    }
}

/// Declares the comparisons once: the enum, the list of all, and the names.
macro_rules! comparisons {
    ($($name:ident: $doc:literal,)*) => {
        /// What a condition compares, and how.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Comparison {
            $(#[doc = $doc] $name,)*
        }

        impl Comparison {
            /// Every comparison, in the order of AWS's documentation.
            pub const ALL: &'static [Comparison] = &[$(Comparison::$name,)*];

            /// The name in a document.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Comparison::$name => stringify!($name),)*
                }
            }
        }
    };
}

comparisons! {
    StringEquals: "Equal, with case.",
    StringNotEquals: "Not equal, with case.",
    StringEqualsIgnoreCase: "Equal, without regard to case.",
    StringNotEqualsIgnoreCase: "Not equal, without regard to case.",
    StringLike: "Matches a pattern with `*` and `?`, with case.",
    StringNotLike: "Does not match a pattern.",
    NumericEquals: "Equal as numbers.",
    NumericNotEquals: "Not equal as numbers.",
    NumericLessThan: "Less than.",
    NumericLessThanEquals: "Less than or equal.",
    NumericGreaterThan: "Greater than.",
    NumericGreaterThanEquals: "Greater than or equal.",
    DateEquals: "The same moment.",
    DateNotEquals: "Another moment.",
    DateLessThan: "Before.",
    DateLessThanEquals: "At or before.",
    DateGreaterThan: "After.",
    DateGreaterThanEquals: "At or after.",
    Bool: "Equal as `true` or `false`.",
    BinaryEquals: "Equal as base64 text, byte for byte.",
    IpAddress: "Within a range of addresses.",
    NotIpAddress: "Outside a range of addresses.",
    ArnEquals: "Matches an ARN, part by part; the same as `ArnLike`.",
    ArnLike: "Matches an ARN, part by part.",
    ArnNotEquals: "Does not match an ARN; the same as `ArnNotLike`.",
    ArnNotLike: "Does not match an ARN.",
    Null: "The key is missing (`true`) or present (`false`).",
}

impl Comparison {
    /// Whether the values are moments.
    #[must_use]
    pub fn is_date(self) -> bool {
        matches!(
            self,
            Comparison::DateEquals
                | Comparison::DateNotEquals
                | Comparison::DateLessThan
                | Comparison::DateLessThanEquals
                | Comparison::DateGreaterThan
                | Comparison::DateGreaterThanEquals
        )
    }
}

impl Quantifier {
    /// The prefix in a document, colon included.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Quantifier::ForAllValues => "ForAllValues:",
            Quantifier::ForAnyValue => "ForAnyValue:",
        }
    }
}

impl Operator {
    /// Reads an operator with its prefix and suffix, exactly as AWS spells it; none if there is no such operator.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (quantifier, rest) = [Quantifier::ForAllValues, Quantifier::ForAnyValue]
            .into_iter()
            .find_map(|quantifier| Some((Some(quantifier), text.strip_prefix(quantifier.prefix())?)))
            .unwrap_or((None, text));
        let (name, if_exists) = rest.strip_suffix("IfExists").map_or((rest, false), |name| (name, true));
        let comparison = Comparison::ALL.iter().copied().find(|comparison| comparison.name() == name)?;
        // Null is itself the question whether the key exists: AWS has no `NullIfExists`.
        (!(if_exists && comparison == Comparison::Null)).then_some(Self { quantifier, comparison, if_exists })
    }

    /// The operator that differs from a text only in case, for a message.
    pub(crate) fn nearest(text: &str) -> Option<Self> {
        let prefixes = ["", Quantifier::ForAllValues.prefix(), Quantifier::ForAnyValue.prefix()];
        let names = prefixes.into_iter().flat_map(|prefix| {
            Comparison::ALL.iter().flat_map(move |comparison| {
                ["", "IfExists"].into_iter().map(move |suffix| format!("{prefix}{}{suffix}", comparison.name()))
            })
        });
        names.filter(|name| name.eq_ignore_ascii_case(text)).find_map(|name| Operator::parse(&name))
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.quantifier.map_or("", Quantifier::prefix))?;
        f.write_str(self.comparison.name())?;
        f.write_str(if self.if_exists { "IfExists" } else { "" })
    }
}
