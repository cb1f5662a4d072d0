//! What the linter says: findings in the shape of AWS's `ValidatePolicyFinding`.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeMap};
use smol_str::SmolStr;

use crate::json::Json;

use super::IssueCode;

/// How much a finding matters, as AWS's ValidatePolicy names it. From the gravest to the lightest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FindingType {
    /// A part of the policy does not work.
    Error,
    /// The policy allows more than its author is likely to want.
    SecurityWarning,
    /// The policy departs from good practice, without harm to security.
    Warning,
    /// It could be written better; access is the same.
    Suggestion,
}

/// One thing that the linter has to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// How much it matters.
    pub finding_type: FindingType,
    /// What it is.
    #[serde(rename = "issueCode", serialize_with = "code")]
    pub code: IssueCode,
    /// What is wrong, with the value.
    #[serde(rename = "findingDetails")]
    pub details: String,
    /// What to do.
    pub remedy: &'static str,
    /// Where it is: one place, or all places that make it together.
    pub locations: Vec<Location>,
}

fn code<S: Serializer>(code: &IssueCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code.as_str())
}

/// A place in a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Location {
    /// The way through the document.
    pub path: Path,
    /// The place in the text; none only when the text is too long to be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
}

/// A way through a document; printed as in `Statement[0].Action[1]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Path(pub Vec<Step>);

/// One step, as AWS's `PathElement` has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// To the value of a field.
    Value(SmolStr),
    /// To an item of a list, from 0.
    Index(usize),
    /// To the name of a field.
    Key(SmolStr),
}

/// From the first character to the one after the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The first character.
    pub start: TextPosition,
    /// The one after the last.
    pub end: TextPosition,
}

/// A place in the text, counted as AWS's `Position` counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TextPosition {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 0.
    pub column: usize,
    /// The character in the text, from 0.
    pub offset: usize,
}

impl Path {
    /// This path and a field's value.
    pub(super) fn value(&self, name: &str) -> Path {
        self.with(Step::Value(name.into()))
    }

    /// This path and an item.
    pub(super) fn index(&self, index: usize) -> Path {
        self.with(Step::Index(index))
    }

    /// This path and a field's name.
    pub(super) fn key(&self, name: &str) -> Path {
        self.with(Step::Key(name.into()))
    }

    fn with(&self, step: Step) -> Path {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Path(steps)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.0.iter().enumerate() {
            match step {
                Step::Value(name) | Step::Key(name) if place == 0 => f.write_str(name)?,
                Step::Value(name) | Step::Key(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

impl Serialize for Path {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        match self {
            Step::Value(name) => map.serialize_entry("value", name)?,
            Step::Index(index) => map.serialize_entry("index", index)?,
            Step::Key(name) => map.serialize_entry("key", name)?,
        }
        map.end()
    }
}

impl fmt::Display for FindingType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FindingType::Error => "ERROR",
            FindingType::SecurityWarning => "SECURITY_WARNING",
            FindingType::Warning => "WARNING",
            FindingType::Suggestion => "SUGGESTION",
        })
    }
}

/// On one line: type, code, place, what is wrong, what to do.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.finding_type, self.code)?;
        if let Some(location) = self.locations.first() {
            if !location.path.0.is_empty() {
                write!(f, " at {}", location.path)?;
            }
            if let Some(span) = location.span {
                write!(f, " (line {}, column {})", span.start.line, span.start.column + 1)?;
            }
        }
        write!(f, ": {} {}", self.details, self.remedy)
    }
}

/// The path that a [`crate::Malformed`] has written, walked along the document since keys may have dots; as far as it leads.
pub(super) fn read_path(json: &Json, written: &str) -> Path {
    let (mut path, mut json, mut rest) = (Path::default(), json, written);
    while !rest.is_empty() {
        let stripped = rest.strip_prefix('.').unwrap_or(rest);
        match json {
            Json::Object(fields) => {
                let leads = |key: &str| stripped.strip_prefix(key).filter(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
                let found = fields.iter().filter_map(|(key, value)| Some((key, value, leads(key)?)));
                let Some((key, value, after)) = found.max_by_key(|(key, ..)| key.len()) else { break };
                (path, json, rest) = (path.value(key), value, after);
            }
            Json::List(items) => {
                let Some((index, after)) = stripped.strip_prefix('[').and_then(|rest| rest.split_once(']')) else { break };
                let Some((index, value)) = index.parse().ok().and_then(|index: usize| Some((index, items.get(index)?))) else {
                    break;
                };
                (path, json, rest) = (path.index(index), value, after);
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) => break,
        }
    }
    path
}
