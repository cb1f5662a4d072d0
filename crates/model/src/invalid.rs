//! The refusal of a value, worded as AWS words it.

/// Why a text is not a value of a type: AWS's `ValidationError`.
///
/// The message follows AWS's own: ``1 validation error detected: Value 'a b' at 'userName' failed to
/// satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+``.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: {constraint}")]
pub struct Invalid {
    /// The parameter, in the caller's spelling (`userName`, `tags.1.member.key`).
    pub field: String,
    /// The value as given, cut after [`Invalid::VALUE_CHARS_MAX`] characters.
    pub value: String,
    /// What would be right.
    pub constraint: String,
}

impl Invalid {
    /// Longer values are cut in the message, so that an error never echoes a megabyte.
    pub const VALUE_CHARS_MAX: usize = 160;

    /// Refuses `value` of `field`, for breaking `constraint`. Control characters are shown escaped.
    #[must_use]
    pub fn new(field: &str, value: &str, constraint: impl Into<String>) -> Self {
        let mut shown: String = value.chars().take(Self::VALUE_CHARS_MAX).flat_map(shown_char).collect();
        if value.chars().nth(Self::VALUE_CHARS_MAX).is_some() {
            shown.push('…');
        }
        Self { field: field.to_owned(), value: shown, constraint: constraint.into() }
    }

    /// The same refusal at another field: a list says `tags.3.member.key` where the item says `key`.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = field.into();
        self
    }

    /// The rule for a text that is too short.
    #[must_use]
    pub fn too_short(field: &str, value: &str, chars_min: usize) -> Self {
        Self::new(field, value, format!("Member must have length greater than or equal to {chars_min}"))
    }

    /// The rule for a text that is too long.
    #[must_use]
    pub fn too_long(field: &str, value: &str, chars_max: usize) -> Self {
        Self::new(field, value, format!("Member must have length less than or equal to {chars_max}"))
    }

    /// The rule for a text with a character that is not allowed.
    #[must_use]
    pub fn pattern(field: &str, value: &str, pattern: &str) -> Self {
        Self::new(field, value, format!("Member must satisfy regular expression pattern: {pattern}"))
    }
}

fn shown_char(c: char) -> std::vec::IntoIter<char> {
    if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
        c.escape_default().collect::<Vec<_>>().into_iter()
    } else {
        vec![c].into_iter()
    }
}
