//! Policy variables: `${aws:username}` in a pattern, and `${*}`, `${?}`, `${$}` for the characters themselves.
//!
//! After the IAM User Guide, "IAM policy elements: Variables and tags". A pattern is taken apart when the policy is
//! compiled; for a request only the values are put in. A value is always plain text: a `*` in it is a star.

use smol_str::SmolStr;

use super::glob::{Glob, is_wildcard, wildcard};
use crate::{Context, Key, Values, Version};

/// What has a meaning in a text beside its plain characters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Syntax {
    /// `*` and `?` are wildcards.
    pub(crate) wildcards: bool,
    /// `${…}` is a variable or an escape.
    pub(crate) variables: bool,
}

impl Syntax {
    pub(crate) fn new(version: Version, wildcards: bool) -> Self {
        Self { wildcards, variables: version == Version::V2012 }
    }
}

/// A text of a policy, with or without variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// The same for every request.
    Fixed(Glob),
    /// With the values of a request.
    Variable(Box<Template>),
}

/// A pattern with holes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    parts: Box<[Part]>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// As in [`Glob`].
    Pattern(Box<[u8]>),
    Variable {
        key: Key,
        default: Option<SmolStr>,
    },
}

impl Pattern {
    pub(crate) fn compile(text: &str, syntax: Syntax) -> Self {
        let mut builder = Builder::default();
        builder.push(text, syntax);
        builder.finish()
    }

    /// The keys of the variables.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        let parts: &[Part] = match self {
            Pattern::Fixed(_) => &[],
            Pattern::Variable(template) => &template.parts,
        };
        parts.iter().filter_map(|part| match part {
            Part::Pattern(_) => None,
            Part::Variable { key, .. } => Some(key),
        })
    }

    /// Whether every variable has a value or a default.
    pub(crate) fn resolves(&self, context: &dyn Context) -> bool {
        match self {
            Pattern::Fixed(_) => true,
            Pattern::Variable(template) => template.parts.iter().all(|part| match part {
                Part::Pattern(_) | Part::Variable { default: Some(_), .. } => true,
                Part::Variable { key, default: None } => with_value(key, context, |_| ()).is_some(),
            }),
        }
    }
}

impl Template {
    /// The pattern for one request; none when a variable has no value and no default.
    pub(crate) fn fill(&self, context: &dyn Context) -> Option<Vec<u8>> {
        const VALUE_BYTES_USUAL: usize = 32;
        let capacity = self.parts.iter().map(|part| match part {
            Part::Pattern(bytes) => bytes.len(),
            Part::Variable { .. } => VALUE_BYTES_USUAL,
        });
        let mut filled = Vec::with_capacity(capacity.sum());
        for part in &self.parts {
            match part {
                Part::Pattern(bytes) => filled.extend_from_slice(bytes),
                Part::Variable { key, default } => {
                    let found = with_value(key, context, |value| filled.extend_from_slice(value.as_bytes()));
                    if found.is_none() {
                        filled.extend_from_slice(default.as_ref()?.as_bytes());
                    }
                }
            }
        }
        Some(filled)
    }

    /// Whether a text starts as every filled pattern does: a cheap way to refuse most texts.
    pub(crate) fn may_match(&self, text: &str) -> bool {
        match self.parts.first() {
            Some(Part::Pattern(bytes)) => {
                let literal = bytes.iter().take_while(|&&byte| !is_wildcard(byte));
                literal.zip(text.bytes().map(Some).chain(std::iter::repeat(None))).all(|(&byte, found)| found == Some(byte))
            }
            Some(Part::Variable { .. }) | None => true,
        }
    }
}

/// Gives the value of a key to a function. A key that is missing, empty or multivalued has none: "when policy variables
/// reference a condition context key that has no value or is not present […], the value is effectively null", and "you
/// cannot use a multivalued context key as a policy variable".
fn with_value<R>(key: &Key, context: &dyn Context, take: impl FnOnce(&str) -> R) -> Option<R> {
    match context.get(key)? {
        Values::One(value) if !value.is_empty() => Some(take(&value)),
        Values::One(_) | Values::Many(_) => None,
    }
}

/// Puts a pattern together from texts of different syntax.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    parts: Vec<Part>,
    pattern: Vec<u8>,
}

impl Builder {
    pub(crate) fn push(&mut self, text: &str, syntax: Syntax) {
        let mut rest = text;
        while let Some((before, after)) = syntax.variables.then(|| rest.split_once("${")).flatten() {
            self.push_pattern(before, syntax.wildcards);
            rest = match Reference::read(after) {
                Some((Reference::Character(byte), after)) => {
                    self.pattern.push(byte);
                    after
                }
                Some((Reference::Variable { key, default }, after)) => {
                    self.finish_pattern();
                    self.parts.push(Part::Variable { key, default });
                    after
                }
                None => {
                    self.pattern.extend_from_slice(b"${");
                    after
                }
            };
        }
        self.push_pattern(rest, syntax.wildcards);
    }

    pub(crate) fn finish(mut self) -> Pattern {
        if self.parts.is_empty() {
            return Pattern::Fixed(Glob::new(self.pattern));
        }
        self.finish_pattern();
        Pattern::Variable(Box::new(Template { parts: self.parts.into() }))
    }

    fn push_pattern(&mut self, text: &str, wildcards: bool) {
        if wildcards {
            self.pattern.extend(text.bytes().map(wildcard));
        } else {
            self.pattern.extend_from_slice(text.as_bytes());
        }
    }

    fn finish_pattern(&mut self) {
        if !self.pattern.is_empty() {
            self.parts.push(Part::Pattern(std::mem::take(&mut self.pattern).into()));
        }
    }
}

/// What stands between `${` and `}`.
enum Reference {
    Character(u8),
    Variable { key: Key, default: Option<SmolStr> },
}

impl Reference {
    /// Reads what follows `${`, and gives what follows the `}`; none if there is no name or no `}`.
    fn read(text: &str) -> Option<(Self, &str)> {
        for (escape, byte) in [("*}", b'*'), ("?}", b'?'), ("$}", b'$')] {
            if let Some(after) = text.strip_prefix(escape) {
                return Some((Self::Character(byte), after));
            }
        }
        if let Some((key, default, after)) = with_default(text) {
            return Some((Self::Variable { key: Key::new(key), default: Some(default.into()) }, after));
        }
        let (name, after) = text.split_once('}')?;
        let name = name.trim();
        (!name.is_empty()).then(|| (Self::Variable { key: Key::new(name), default: None }, after))
    }
}

/// Reads `key, 'default'}`. The default ends at the first quote before a `}`, so it may hold both.
fn with_default(text: &str) -> Option<(&str, &str, &str)> {
    let (key, rest) = text.split_once(',')?;
    let quoted = rest.trim_start().strip_prefix('\'')?;
    let key = key.trim();
    if key.is_empty() || key.contains('}') {
        return None;
    }
    quoted.match_indices('\'').find_map(|(quote, _)| {
        let (default, rest) = quoted.split_at_checked(quote)?;
        let after = rest.strip_prefix('\'')?.trim_start().strip_prefix('}')?;
        Some((key, default, after))
    })
}

#[cfg(test)]
mod tests;
