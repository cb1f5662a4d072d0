//! Tags: keys and values that people hang on entities.
//! Source: IAM User Guide, "Tags for AWS Identity and Access Management resources", "Rules for tagging".

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::{Invalid, names::text_value, sealed::Plain};
use std::fmt;

const KEY_PATTERN: &str = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+";
const VALUE_PATTERN: &str = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*";

/// `\p{L}\p{Z}\p{N}` and seven marks. Separators (`Z`) are the blanks and U+2028, U+2029 among them.
fn is_tag_char(c: char) -> bool {
    c.is_alphanumeric() || "_.:/=+-@".contains(c) || (c.is_whitespace() && !c.is_control()) || c == '\u{2028}' || c == '\u{2029}'
}

text_value!(
    /// A tag's key: 1 to 128 letters, digits, blanks and `_.:/=+-@`, not starting with `aws:`.
    TagKey
);
text_value!(
    /// A tag's value: up to 256 letters, digits, blanks and `_.:/=+-@`. On users it is personal.
    TagValue
);

impl TagKey {
    /// The longest key, in characters.
    pub const CHARS_MAX: usize = 128;

    /// Reads a key.
    ///
    /// # Errors
    /// [`Invalid`] at field `key`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::too_short("key", text, 1));
        }
        if text.chars().count() > Self::CHARS_MAX {
            return Err(Invalid::too_long("key", text, Self::CHARS_MAX));
        }
        if !text.chars().all(is_tag_char) {
            return Err(Invalid::pattern("key", text, KEY_PATTERN));
        }
        if text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
            return Err(Invalid::new("key", text, "Member must not start with aws:, which is reserved"));
        }
        Ok(Self(SmolStr::new(text)))
    }

    fn same(&self, other: &Self, case: Case) -> bool {
        match case {
            Case::Folded => self.0.to_lowercase() == other.0.to_lowercase(),
            Case::Kept => self == other,
        }
    }
}

impl TagValue {
    /// The longest value, in characters.
    pub const CHARS_MAX: usize = 256;

    /// Reads a value; it may be empty.
    ///
    /// # Errors
    /// [`Invalid`] at field `value`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.chars().count() > Self::CHARS_MAX {
            return Err(Invalid::too_long("value", text, Self::CHARS_MAX));
        }
        if !text.chars().all(is_tag_char) {
            return Err(Invalid::pattern("value", text, VALUE_PATTERN));
        }
        Ok(Self(SmolStr::new(text)))
    }
}

/// Whether keys that differ in case alone are one key: on users and roles they are, elsewhere they are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// `Team` and `team` are one key; a later one replaces the earlier, spelling and all.
    Folded,
    /// `Team` and `team` are two keys.
    Kept,
}

/// One tag. `V` is [`TagValue`], or `Personal<TagValue>` on users.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tag<V = TagValue> {
    /// The key.
    pub key: TagKey,
    /// The value.
    pub value: V,
}

/// A set of tags, in the order of their keys.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tags<V = TagValue>(Vec<Tag<V>>);

impl<V> Default for Tags<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl Tags {
    /// Reads tags as a caller lists them.
    ///
    /// # Errors
    /// [`Invalid`] at `tags.N.member.key` or `.value` (counted from 1), or at `tags` when a key stands twice.
    pub fn parse<K: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (K, V)>, case: Case) -> Result<Self, Invalid> {
        let mut tags = Self::default();
        for (at, (key, value)) in pairs.into_iter().enumerate() {
            let place = at + 1;
            let key = TagKey::parse(key.as_ref()).map_err(|e| e.at(format!("tags.{place}.member.key")))?;
            let value = TagValue::parse(value.as_ref()).map_err(|e| e.at(format!("tags.{place}.member.value")))?;
            if tags.get(&key, case).is_some() {
                let note = match case {
                    Case::Folded => "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
                    Case::Kept => "Duplicate tag keys found.",
                };
                return Err(Invalid::new("tags", key.as_str(), note));
            }
            tags.set(Tag { key, value }, case);
        }
        Ok(tags)
    }
}

impl<V> Tags<V> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tags in the order of their keys.
    pub fn iter(&self) -> std::slice::Iter<'_, Tag<V>> {
        self.0.iter()
    }

    /// The tags, to open their values.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Tag<V>> {
        self.0.iter_mut()
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &TagKey, case: Case) -> Option<&V> {
        self.0.iter().find(|tag| tag.key.same(key, case)).map(|tag| &tag.value)
    }

    /// Adds a tag, or replaces the one of the same key.
    pub fn set(&mut self, tag: Tag<V>, case: Case) {
        self.0.retain(|old| !old.key.same(&tag.key, case));
        let place = self.0.partition_point(|old| old.key < tag.key);
        self.0.insert(place, tag);
    }

    /// Takes away the tags of these keys; keys that are not there are passed over.
    pub fn remove(&mut self, keys: &[TagKey], case: Case) {
        self.0.retain(|tag| !keys.iter().any(|key| tag.key.same(key, case)));
    }

    /// How many there would be once `more` are merged in.
    #[must_use]
    pub fn len_with<W>(&self, more: &Tags<W>, case: Case) -> usize {
        self.len() + more.iter().filter(|tag| self.get(&tag.key, case).is_none()).count()
    }

    /// The same keys with values made from these.
    pub fn try_map<W, E>(&self, mut make: impl FnMut(&V) -> Result<W, E>) -> Result<Tags<W>, E> {
        self.0.iter().map(|tag| Ok(Tag { key: tag.key.clone(), value: make(&tag.value)? })).collect::<Result<_, E>>().map(Tags)
    }
}

impl<V: Clone> Tags<V> {
    /// Merges `more` in: same keys are replaced.
    pub fn merge(&mut self, more: &Self, case: Case) {
        for tag in &more.0 {
            self.set(tag.clone(), case);
        }
    }
}

impl<'a, V> IntoIterator for &'a Tags<V> {
    type Item = &'a Tag<V>;
    type IntoIter = std::slice::Iter<'a, Tag<V>>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)], case: Case) -> Result<Tags, Invalid> {
        Tags::parse(pairs.iter().copied(), case)
    }

    #[test]
    fn case_is_folded_or_kept() {
        let mut folded = tags(&[("Team", "red")], Case::Folded).unwrap();
        folded.merge(&tags(&[("team", "blue")], Case::Folded).unwrap(), Case::Folded);
        assert_eq!(folded.iter().map(|t| (t.key.as_str(), t.value.as_str())).collect::<Vec<_>>(), [("team", "blue")]);

        let mut kept = tags(&[("Team", "red")], Case::Kept).unwrap();
        kept.merge(&tags(&[("team", "blue")], Case::Kept).unwrap(), Case::Kept);
        assert_eq!(kept.len(), 2);
    }

    #[test]
    fn a_key_stands_once() {
        assert!(tags(&[("a", "1"), ("A", "2")], Case::Folded).is_err());
        assert!(tags(&[("a", "1"), ("A", "2")], Case::Kept).is_ok());
        assert!(tags(&[("a", "1"), ("a", "2")], Case::Kept).is_err());
    }

    #[test]
    fn refusals_name_the_place() {
        assert_eq!(tags(&[("a", "1"), ("", "2")], Case::Kept).unwrap_err().field, "tags.2.member.key");
        assert_eq!(tags(&[("a", "{")], Case::Kept).unwrap_err().field, "tags.1.member.value");
        assert!(tags(&[("aws:x", "1")], Case::Kept).is_err());
        assert!(tags(&[("AWS:x", "1")], Case::Kept).is_err());
        assert!(tags(&[("Ünïcode key", "a value")], Case::Kept).is_ok());
        assert!(tags(&[("k", "a\nb")], Case::Kept).is_err());
    }

    #[test]
    fn counting_before_merging() {
        let old = tags(&[("a", "1"), ("b", "2")], Case::Folded).unwrap();
        let new = tags(&[("B", "1"), ("c", "2")], Case::Folded).unwrap();
        assert_eq!(old.len_with(&new, Case::Folded), 3);
        assert_eq!(old.len_with(&new, Case::Kept), 4);
    }
}
