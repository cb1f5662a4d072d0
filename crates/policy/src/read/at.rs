//! Where in a document a reader is.

use std::fmt;

use crate::malformed::{Malformed, shown};

/// A place, as a chain of borrowed steps on the stack: a path is only written when something is refused.
#[derive(Clone, Copy)]
pub(crate) enum At<'a> {
    Document,
    Field(&'a At<'a>, &'a str),
    Item(&'a At<'a>, usize),
}

impl<'a> At<'a> {
    pub(crate) fn field(&'a self, name: &'a str) -> At<'a> {
        At::Field(self, name)
    }

    pub(crate) fn item(&'a self, index: usize) -> At<'a> {
        At::Item(self, index)
    }

    /// The document does not follow the grammar here.
    pub(crate) fn syntax(&self, detail: impl fmt::Display) -> Malformed {
        Malformed::syntax(self.to_string(), detail)
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            At::Document => Ok(()),
            At::Field(At::Document, name) => f.write_str(&shown(name)),
            At::Field(parent, name) => write!(f, "{parent}.{}", shown(name)),
            At::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}
