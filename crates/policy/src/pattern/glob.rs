//! Wildcards: `*` for any characters, `?` for one.
//!
//! A pattern is bytes in which [`ANY`] and [`ONE`] stand for the wildcards. Neither byte occurs in UTF-8, so a `*` that
//! is meant as a star (an escape, or the value of a policy variable) can never turn into a wildcard.

/// `*`: any characters, or none.
const ANY: u8 = 0xff;
/// `?`: one character.
const ONE: u8 = 0xfe;

/// The colons before the last of the six components of an ARN.
const ARN_COLONS: usize = 5;

/// A pattern that is known when the policy is compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glob {
    pattern: Box<[u8]>,
    /// How many bytes there are before the first wildcard: they are compared in one go.
    literal: u32,
    /// How many colons are among these, [`ARN_COLONS`] at most.
    colons: u8,
}

impl Glob {
    /// A pattern in which every `*` and `?` is a wildcard.
    pub(crate) fn plain(text: &str) -> Self {
        Self::new(text.bytes().map(wildcard).collect())
    }

    pub(crate) fn new(pattern: Vec<u8>) -> Self {
        let literal = pattern.iter().position(|&byte| is_wildcard(byte)).unwrap_or(pattern.len());
        // Policies are far shorter than 4 GiB; less than there is would only be slower.
        let literal = u32::try_from(literal).unwrap_or(0);
        let colons = pattern.iter().take(literal as usize).filter(|&&byte| byte == b':').take(ARN_COLONS).count();
        Self { pattern: pattern.into(), literal, colons: u8::try_from(colons).unwrap_or(0) }
    }

    /// The pattern as bytes; without wildcards, the text itself.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.pattern
    }

    /// Whether a text matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.after_literal(text).is_some_and(|(pattern, text)| matches(pattern, text))
    }

    /// Whether an ARN matches, component by component.
    pub(crate) fn matches_arn(&self, arn: &str) -> bool {
        let colons = ARN_COLONS - usize::from(self.colons);
        self.after_literal(arn).is_some_and(|(pattern, text)| matches_components(pattern, text, colons))
    }

    fn after_literal<'a>(&'a self, text: &'a str) -> Option<(&'a [u8], &'a [u8])> {
        let (literal, pattern) = self.pattern.split_at_checked(self.literal as usize)?;
        Some((pattern, text.as_bytes().strip_prefix(literal)?))
    }
}

/// Whether an ARN matches a pattern that is an ARN: "each of the six colon-delimited components of the ARN is checked
/// separately". The last component is all the rest, colons included.
pub(crate) fn matches_arn(pattern: &[u8], arn: &str) -> bool {
    matches_components(pattern, arn.as_bytes(), ARN_COLONS)
}

fn matches_components(mut pattern: &[u8], mut text: &[u8], colons: usize) -> bool {
    for _ in 0..colons {
        let (Some((expected, pattern_rest)), Some((found, text_rest))) = (component(pattern), component(text)) else {
            return false;
        };
        if !matches(expected, found) {
            return false;
        }
        (pattern, text) = (pattern_rest, text_rest);
    }
    matches(pattern, text)
}

fn component(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = bytes.iter().position(|&byte| byte == b':')?;
    Some((bytes.get(..colon)?, bytes.get(colon + 1..)?))
}

/// Whether a text matches. Only the last `*` is ever tried anew, so the work is at most the length of the text times
/// that of the longest stretch between two stars, whatever the number of stars.
pub(crate) fn matches(mut pattern: &[u8], mut text: &[u8]) -> bool {
    let mut last_star: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern.split_first(), text.split_first()) {
            (Some((&ANY, rest)), _) => {
                if !rest.iter().any(|&byte| is_wildcard(byte)) {
                    return text.ends_with(rest);
                }
                last_star = Some((rest, text));
                pattern = rest;
            }
            (Some((&ONE, rest)), Some(_)) => (pattern, text) = (rest, after_char(text)),
            (Some((expected, rest)), Some((found, after))) if expected == found => (pattern, text) = (rest, after),
            (None, None) => return true,
            // What is left is too short, and would be shorter still after a longer `*`.
            (Some(_), None) => return false,
            (Some(_) | None, Some(_)) => {
                let Some((after_star, from)) = last_star else { return false };
                let from = after_char(from);
                last_star = Some((after_star, from));
                (pattern, text) = (after_star, from);
            }
        }
    }
}

/// The byte of a pattern for a byte of a text in which wildcards are meant.
pub(crate) fn wildcard(byte: u8) -> u8 {
    match byte {
        b'*' => ANY,
        b'?' => ONE,
        plain => plain,
    }
}

pub(crate) fn is_wildcard(byte: u8) -> bool {
    byte >= ONE
}

/// A text without its first character, which may be several bytes.
fn after_char(text: &[u8]) -> &[u8] {
    let width = match text.first() {
        Some(0xc0..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..) => 4,
        Some(_) | None => 1,
    };
    text.get(width..).unwrap_or_default()
}
