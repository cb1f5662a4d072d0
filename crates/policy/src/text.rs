//! The text of a policy, kept as its author wrote it.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    sync::{Arc, OnceLock},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{CompiledPolicy, Document, Kind, Malformed};

/// The text of a policy document that was valid for its kind when it was accepted.
///
/// AWS gives a document back with the white space and the order that it came with, so the text is what is kept.
/// Equal texts are equal; cloning costs nothing, and clones share what was compiled. In serde it is a plain string, and
/// reading it back does not validate it again: a log must replay under rules that have changed since.
#[derive(Clone)]
pub struct PolicyText(Arc<Shared>);

struct Shared {
    text: Box<str>,
    compiled: OnceLock<CompiledPolicy>,
}

impl PolicyText {
    /// Accepts a text that is a valid document of a kind.
    ///
    /// # Errors
    /// [`Malformed`] as [`Document::parse`] has it.
    pub fn parse(text: &str, kind: Kind) -> Result<Self, Malformed> {
        Document::parse(text, kind).map(|_| Self::new(text))
    }

    /// The text as it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The size that quotas are about: see [`size_without_white_space`].
    #[must_use]
    pub fn chars(&self) -> usize {
        size_without_white_space(self.text())
    }

    /// The document. It is read anew at every call: keep what you make of it.
    ///
    /// # Errors
    /// [`Malformed`] when the text was deserialised from something that is no policy.
    pub fn document(&self) -> Result<Document, Malformed> {
        Document::parse_saved(self.text())
    }

    /// The document ready for decisions, compiled at the first call. A text that cannot be read denies everything: it may
    /// have held a deny, and nobody can tell.
    #[must_use]
    pub fn compiled(&self) -> &CompiledPolicy {
        self.0
            .compiled
            .get_or_init(|| CompiledPolicy::compile(&self.document().unwrap_or_else(|_| Document::denying_everything())))
    }

    fn new(text: &str) -> Self {
        Self(Arc::new(Shared { text: text.into(), compiled: OnceLock::new() }))
    }
}

impl PartialEq for PolicyText {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.text() == other.text()
    }
}

impl Eq for PolicyText {}

impl PartialOrd for PolicyText {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PolicyText {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text().cmp(other.text())
    }
}

impl Hash for PolicyText {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text().hash(state);
    }
}

impl Serialize for PolicyText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
    }
}

impl<'de> Deserialize<'de> for PolicyText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<str>::deserialize(deserializer)?;
        Ok(Self(Arc::new(Shared { text, compiled: OnceLock::new() })))
    }
}

impl fmt::Debug for PolicyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl fmt::Display for PolicyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// The size of a document as AWS counts it against a quota: "IAM does not count white space when calculating the
/// size of a policy". In characters; white space is what JSON calls so: space, tab, line feed, carriage return.
#[must_use]
pub fn size_without_white_space(text: &str) -> usize {
    text.chars().filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\r')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ODDLY_SPACED: &str =
        "{\n\t\"Statement\" : [ {\"Effect\":\"Deny\",\r\n \"Action\":\"*\", \"Resource\":\"*\"} ],\"Version\":\"2012-10-17\"}";

    #[test]
    fn size_leaves_white_space_out_and_counts_characters_not_bytes() {
        assert_eq!(size_without_white_space(" {\t\"a b\" :\r\n \"é\"} "), r#"{"ab":"e"}"#.len());
        let compact = r#"{"Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}],"Version":"2012-10-17"}"#;
        assert_eq!(PolicyText::parse(ODDLY_SPACED, Kind::Identity).unwrap().chars(), compact.len());
    }

    #[test]
    fn text_survives_serde_as_a_plain_string() {
        let policy = PolicyText::parse(ODDLY_SPACED, Kind::Identity).unwrap();
        let json = serde_json::to_string(&policy).unwrap();
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), ODDLY_SPACED);
        assert_eq!(serde_json::from_str::<PolicyText>(&json).unwrap(), policy);
        assert_eq!(policy.text(), ODDLY_SPACED);
    }

    #[test]
    fn deserialised_text_is_read_only_when_it_is_asked_for() {
        let policy: PolicyText = serde_json::from_str(r#""{\"Statement\": 3}""#).unwrap();
        assert_eq!(policy.document().unwrap_err().path, "Statement");
        // Accepted under an older rule, refused today: still readable.
        let old = ODDLY_SPACED.replace("\"*\",", "\"novendor\",");
        let policy: PolicyText = serde_json::from_str(&serde_json::to_string(&old).unwrap()).unwrap();
        assert_eq!(policy.document().unwrap().statements[0].actions.listed(), ["novendor"]);
        assert!(Document::parse(&old, Kind::Identity).is_err());
    }

    #[test]
    fn text_is_compiled_once_for_all_its_clones() {
        let policy = PolicyText::parse(ODDLY_SPACED, Kind::Identity).unwrap();
        let clone = policy.clone();
        assert!(std::ptr::eq(policy.compiled(), clone.compiled()));
    }

    #[test]
    fn what_cannot_be_read_denies_everything() {
        let policy: PolicyText = serde_json::from_str(r#""{\"Statement\": 3}""#).unwrap();
        assert_eq!(policy.compiled().statements(), 1);
        assert_eq!(policy.compiled().effect(0), Some(crate::Effect::Deny));
    }

    #[test]
    fn refused_text_makes_no_policy() {
        assert!(PolicyText::parse(ODDLY_SPACED, Kind::Trust).is_err());
    }
}
