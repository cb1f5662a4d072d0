//! The condition keys that documents ask for.

use std::collections::BTreeMap;

use async_graphql::{Enum, SimpleObject};
use chancery_policy::{Catalogue, CompiledPolicy, Key, KeyType};

use super::decision::key_name;

/// A condition key that a document asks for, in a condition or a variable.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(serial)]
pub(crate) struct ContextKey {
    /// The key, as in `aws:SourceIp`.
    name: String,
    /// What its values are; null for a key that AWS does not define.
    value_type: Option<ContextKeyType>,
    /// Whether a request may have several values under it; null for a key that AWS does not define.
    is_multivalued: Option<bool>,
}

/// What the values of a condition key are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ContextKeyType {
    /// Any text.
    String,
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A number.
    Numeric,
    /// A moment.
    Date,
    /// An address, or a range of addresses.
    IpAddress,
}

/// The keys of documents, each once, in the order of their names.
pub(super) fn context_keys<'a>(documents: impl Iterator<Item = &'a CompiledPolicy>) -> Vec<ContextKey> {
    let keys = documents.flat_map(CompiledPolicy::context_keys).map(|key| (key.as_str().to_owned(), ContextKey::of(&key)));
    keys.collect::<BTreeMap<_, _>>().into_values().collect()
}

impl ContextKey {
    fn of(key: &Key) -> Self {
        let known = Catalogue::get().condition_key(key.as_str());
        Self {
            name: key_name(key),
            value_type: known.map(|known| ContextKeyType::of(known.value_type())),
            is_multivalued: known.map(chancery_policy::ConditionKey::is_multivalued),
        }
    }
}

impl ContextKeyType {
    fn of(value_type: KeyType) -> Self {
        match value_type {
            KeyType::String => Self::String,
            KeyType::Arn => Self::Arn,
            KeyType::Bool => Self::Bool,
            KeyType::Numeric => Self::Numeric,
            KeyType::Date => Self::Date,
            KeyType::IpAddress => Self::IpAddress,
        }
    }
}
