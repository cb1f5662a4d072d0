//! What a request says under condition keys, as a caller gives it.

use async_graphql::InputObject;
use chancery_model::Invalid;
use chancery_policy::{Catalogue, Key, RequestContext, Said};

use crate::fault::Answer;

/// How many keys one request may have.
const KEYS_MAX: usize = 200;
/// How many values one key may have.
const VALUES_MAX: usize = 1_000;
/// How long a key may be, in characters. Source: IAM API Reference, "ContextEntry".
const KEY_CHARS_MAX: usize = 256;

/// What a request says under a condition key. All values are texts, as in policies: `10`, `true`, `2026-01-31T12:00:00Z`.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ContextEntryInput {
    /// The key, as in `aws:SourceIp`, whatever its case.
    key: String,
    /// Its values. None at all: the request does not have the key, not even where it would follow from the principal.
    values: Vec<String>,
    /// Whether the key is multivalued, that is one for `ForAllValues` and `ForAnyValue`. When absent, as AWS defines the key;
    /// for a key that AWS does not define, whether it has several values.
    multivalued: Option<bool>,
}

/// Reads the context of a request for the engine.
pub(super) fn context(field: &str, given: Option<Vec<ContextEntryInput>>) -> Answer<RequestContext> {
    let mut context = RequestContext::new();
    for (key, said) in entries(field, given)? {
        match said {
            Said::Missing => context.insert_many(key, Vec::<String>::new()),
            Said::One(value) => context.insert(key, value),
            Said::Many(values) => context.insert_many(key, values),
        }
    }
    Ok(context)
}

/// Reads the context of a case.
pub(super) fn entries(field: &str, given: Option<Vec<ContextEntryInput>>) -> Answer<Vec<(Key, Said)>> {
    let given = given.unwrap_or_default();
    at_most(field, given.len(), KEYS_MAX)?;
    let mut entries: Vec<(Key, Said)> = Vec::with_capacity(given.len());
    for entry in given {
        let (key, said) = entry.read(field)?;
        if entries.iter().any(|(other, _)| *other == key) {
            let rule = "Member must be a key that is there once; case does not count in keys";
            return Err(Invalid::new(&format!("{field}.key"), key.as_str(), rule).into());
        }
        entries.push((key, said));
    }
    Ok(entries)
}

impl ContextEntryInput {
    fn read(self, field: &str) -> Answer<(Key, Said)> {
        let at = format!("{field}.key");
        if self.key.is_empty() {
            return Err(Invalid::too_short(&at, "", 1).into());
        }
        if self.key.chars().count() > KEY_CHARS_MAX {
            return Err(Invalid::too_long(&at, &self.key, KEY_CHARS_MAX).into());
        }
        at_most(&format!("{field}.values"), self.values.len(), VALUES_MAX)?;
        let defined = || Catalogue::get().condition_key(&self.key).map(chancery_policy::ConditionKey::is_multivalued);
        let many = self.multivalued.or_else(defined).unwrap_or(self.values.len() > 1);
        let key = Key::new(&self.key);
        let mut values = self.values.into_iter().map(Into::into);
        let said = match (values.len(), many) {
            (0, _) => Said::Missing,
            (_, true) => Said::Many(values.collect()),
            (1, false) => values.next().map_or(Said::Missing, Said::One),
            (count, false) => {
                let rule = format!("Member must have one value, because {} is not multivalued", self.key);
                return Err(Invalid::new(&format!("{field}.values"), &format!("{count} values"), rule).into());
            }
        };
        Ok((key, said))
    }
}

/// Refuses a list that is too long.
pub(super) fn at_most(field: &str, count: usize, max: usize) -> Answer<()> {
    if count <= max {
        return Ok(());
    }
    let rule = format!("Member must have length less than or equal to {max}");
    Err(Invalid::new(field, &count.to_string(), rule).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(key: &str, values: &[&str], multivalued: Option<bool>) -> ContextEntryInput {
        ContextEntryInput { key: key.to_owned(), values: values.iter().map(|value| (*value).to_owned()).collect(), multivalued }
    }

    fn said(key: &str, values: &[&str], multivalued: Option<bool>) -> Option<Said> {
        entries("context", Some(vec![entry(key, values, multivalued)])).ok().map(|mut entries| entries.remove(0).1)
    }

    #[test]
    fn a_key_is_multivalued_where_aws_says_so() {
        let one = |value: &str| Some(Said::One(value.into()));
        let many = |values: &[&str]| Some(Said::Many(values.iter().map(|value| (*value).into()).collect()));
        assert_eq!(said("aws:SourceIp", &["10.0.0.1"], None), one("10.0.0.1"));
        assert_eq!(said("AWS:tagkeys", &["team"], None), many(&["team"]));
        assert_eq!(said("aws:TagKeys", &["team"], Some(false)), one("team"));
        assert_eq!(said("mine:Key", &["1"], None), one("1"));
        assert_eq!(said("mine:Key", &["1", "2"], None), many(&["1", "2"]));
        assert_eq!(said("mine:Key", &["1"], Some(true)), many(&["1"]));
        assert_eq!(said("aws:SourceIp", &[], None), Some(Said::Missing));
        assert_eq!(said("aws:TagKeys", &[], Some(true)), Some(Said::Missing));
        for (key, values, multivalued) in [
            ("", &["1"][..], None),
            ("aws:SourceIp", &["10.0.0.1", "10.0.0.2"], None),
            ("aws:TagKeys", &["a", "b"], Some(false)),
            (&"k".repeat(257), &["1"], None),
            ("mine:Key", &["1"; 1_001], None),
        ] {
            assert_eq!(said(key, values, multivalued), None, "{key}");
        }
    }

    #[test]
    fn a_key_is_there_once() {
        let twice = vec![entry("aws:SourceIp", &["10.0.0.1"], None), entry("AWS:SOURCEIP", &["10.0.0.2"], None)];
        assert!(entries("context", Some(twice)).is_err());
        let many: Vec<_> = (0..201).map(|number| entry(&format!("mine:Key{number}"), &["1"], None)).collect();
        assert!(entries("context", Some(many[..200].to_vec())).is_ok() && entries("context", Some(many)).is_err());
    }
}
