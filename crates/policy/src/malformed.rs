//! Why a document is refused, and where in it.

use std::fmt;

/// A document that AWS would refuse with `MalformedPolicyDocument`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The place in the document, as in `Statement[1].Condition.StringEquals`; empty for the document as a whole.
    pub path: String,
    /// What is wrong: AWS's sentence where it has one, then the value and what would be right.
    pub message: String,
    /// The place in the text, for what is not JSON at all.
    pub position: Option<Position>,
}

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The byte in the line, from 1; 0 at the very start of a line.
    pub column: usize,
}

impl Malformed {
    pub(crate) fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into(), position: None }
    }

    /// A document that does not follow the grammar: AWS says no more than the first sentence.
    pub(crate) fn syntax(path: impl Into<String>, detail: impl fmt::Display) -> Self {
        Self::new(path, format!("Syntax errors in policy. {detail}"))
    }

    /// A value that the grammar allows and IAM cannot read: AWS says no more than the first sentence.
    pub(crate) fn legacy_parsing(path: impl Into<String>, detail: impl fmt::Display) -> Self {
        Self::new(path, format!("The policy failed legacy parsing. {detail}"))
    }

    pub(crate) fn at(mut self, line: usize, column: usize) -> Self {
        self.position = Some(Position { line, column });
        self
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match (&self.position, self.path.is_empty()) {
            (Some(Position { line, column }), _) => write!(f, " (at line {line}, column {column})"),
            (None, false) => write!(f, " (at {})", self.path),
            (None, true) => Ok(()),
        }
    }
}

impl std::error::Error for Malformed {}

/// How much of a value an error repeats.
const SHOWN_CHARS_MAX: usize = 200;

/// A value as an error shows it: an error never echoes a whole document.
pub(crate) fn shown(value: &str) -> String {
    let mut shown: String = value.chars().take(SHOWN_CHARS_MAX).collect();
    if shown.len() < value.len() {
        shown.push('…');
    }
    shown
}
