//! The request context: what is known of a request beside who asks for which action on what.

use std::borrow::Cow;

use smol_str::SmolStr;

use crate::Key;

/// What a request says under each condition key.
///
/// A trait, so that an engine can answer from what it has without building a map. Answers must not change during
/// one decision.
pub trait Context {
    /// The value or values of a key; none when the request does not have it.
    fn get(&self, key: &Key) -> Option<Values<'_>>;
}

/// What a key holds in one request.
///
/// AWS tells single-valued from multivalued keys by their definition, not by the number of values
/// ("Single-valued vs. multivalued context keys"): a multivalued key may hold one value, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Values<'a> {
    /// The value of a single-valued key.
    One(Cow<'a, str>),
    /// The values of a multivalued key, perhaps none.
    Many(Cow<'a, [SmolStr]>),
}

/// A context of keys and values that are already at hand.
///
/// ```
/// use chancery_policy::{Context, Key, RequestContext, Values};
///
/// let context = RequestContext::new().with("aws:username", "ada").with_many("aws:TagKeys", ["team", "cost"]);
/// assert_eq!(context.get(&Key::new("AWS:UserName")), Some(Values::One("ada".into())));
/// assert_eq!(context.get(&Key::new("aws:SourceIp")), None);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestContext {
    // Sorted by key: a request has a dozen keys, and a search in one piece of memory is faster than a tree.
    entries: Vec<(Key, Stored)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Stored {
    One(SmolStr),
    Many(Vec<SmolStr>),
}

impl RequestContext {
    /// A context without keys.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// This context with a single-valued key.
    #[must_use]
    pub fn with(mut self, key: impl Into<Key>, value: impl Into<SmolStr>) -> Self {
        self.insert(key, value);
        self
    }

    /// This context with a multivalued key.
    #[must_use]
    pub fn with_many<V: Into<SmolStr>>(mut self, key: impl Into<Key>, values: impl IntoIterator<Item = V>) -> Self {
        self.insert_many(key, values);
        self
    }

    /// Sets a single-valued key, in the place of what it held.
    pub fn insert(&mut self, key: impl Into<Key>, value: impl Into<SmolStr>) {
        self.store(key.into(), Stored::One(value.into()));
    }

    /// Sets a multivalued key, in the place of what it held.
    pub fn insert_many<V: Into<SmolStr>>(&mut self, key: impl Into<Key>, values: impl IntoIterator<Item = V>) {
        self.store(key.into(), Stored::Many(values.into_iter().map(Into::into).collect()));
    }

    /// The keys that are there.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.entries.iter().map(|(key, _)| key)
    }

    fn store(&mut self, key: Key, stored: Stored) {
        match self.entries.binary_search_by(|(other, _)| other.cmp(&key)) {
            Ok(index) => {
                if let Some(entry) = self.entries.get_mut(index) {
                    entry.1 = stored;
                }
            }
            Err(index) => self.entries.insert(index, (key, stored)),
        }
    }
}

impl Context for RequestContext {
    fn get(&self, key: &Key) -> Option<Values<'_>> {
        let index = self.entries.binary_search_by(|(other, _)| other.cmp(key)).ok()?;
        self.entries.get(index).map(|(_, stored)| match stored {
            Stored::One(value) => Values::One(Cow::Borrowed(value)),
            Stored::Many(values) => Values::Many(Cow::Borrowed(values)),
        })
    }
}

/// A context over another: what the first does not have is asked of the second.
#[derive(Clone, Copy)]
pub struct Layered<'a>(pub &'a dyn Context, pub &'a dyn Context);

impl Context for Layered<'_> {
    fn get(&self, key: &Key) -> Option<Values<'_>> {
        self.0.get(key).or_else(|| self.1.get(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_holds_what_it_was_given_last() {
        let context = RequestContext::new().with("k", "1").with_many("K", ["2", "3"]);
        assert_eq!(context.keys().count(), 1);
        assert_eq!(context.get(&Key::new("k")), Some(Values::Many(Cow::Owned(vec!["2".into(), "3".into()]))));
    }

    #[test]
    fn multivalued_key_without_values_is_there() {
        let context = RequestContext::new().with_many("aws:TagKeys", Vec::<SmolStr>::new());
        assert_eq!(context.get(&Key::new("aws:tagkeys")), Some(Values::Many(Cow::Borrowed(&[]))));
    }

    #[test]
    fn first_layer_hides_the_second() {
        let (first, second) = (RequestContext::new().with("a", "1"), RequestContext::new().with("a", "2").with("b", "3"));
        let layered = Layered(&first, &second);
        assert_eq!(layered.get(&Key::new("a")), Some(Values::One("1".into())));
        assert_eq!(layered.get(&Key::new("b")), Some(Values::One("3".into())));
        assert_eq!(layered.get(&Key::new("c")), None);
    }
}
