//! The text of a policy, kept as its author wrote it.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{Document, Kind, Malformed};

/// The text of a policy document that was valid for its kind when it was accepted.
///
/// AWS gives a document back with the white space and the order that it came with, so the text is what is kept.
/// Equal texts are equal; cloning costs nothing. In serde it is a plain string, and reading it back does not
/// validate it again: a log must replay under rules that have changed since.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PolicyText(Arc<str>);

impl PolicyText {
    /// Accepts a text that is a valid document of a kind.
    ///
    /// # Errors
    /// [`Malformed`] as [`Document::parse`] has it.
    pub fn parse(text: &str, kind: Kind) -> Result<Self, Malformed> {
        Document::parse(text, kind).map(|_| Self(text.into()))
    }

    /// The text as it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The size that quotas are about: see [`size_without_white_space`].
    #[must_use]
    pub fn chars(&self) -> usize {
        size_without_white_space(&self.0)
    }

    /// The document. It is read anew at every call: keep what you make of it.
    ///
    /// # Errors
    /// [`Malformed`] when the text was deserialised from something that is no policy.
    pub fn document(&self) -> Result<Document, Malformed> {
        Document::parse_saved(&self.0)
    }
}

impl fmt::Debug for PolicyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for PolicyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
    fn refused_text_makes_no_policy() {
        assert!(PolicyText::parse(ODDLY_SPACED, Kind::Trust).is_err());
    }
}
