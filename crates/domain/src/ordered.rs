//! How maps are read from a snapshot: entry by entry.
//!
//! imbl's own reader reserves as many places as the bytes say that there are, before it has read one of them. A length that is
//! damaged, or that another version of the code has written, would then end the process instead of being refused.

use std::{fmt, marker::PhantomData};

use imbl::{OrdMap, OrdSet};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

/// Reads a map; for `#[serde(deserialize_with)]` on every map that is stored.
pub(crate) fn map<'de, D, K, V>(deserializer: D) -> Result<OrdMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord + Clone,
    V: Deserialize<'de> + Clone,
{
    deserializer.deserialize_map(Entries(PhantomData))
}

/// A map of maps of sets.
type MapsOfSets<K, L, T> = OrdMap<K, OrdMap<L, OrdSet<T>>>;

/// The same for a map of maps of sets.
pub(crate) fn maps_of_sets<'de, D, K, L, T>(deserializer: D) -> Result<MapsOfSets<K, L, T>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord + Clone,
    L: Deserialize<'de> + Ord + Clone,
    T: Deserialize<'de> + Ord + Clone,
{
    let outer: OrdMap<K, Inner<L, Members<T>>> = map(deserializer)?;
    let inner = |Inner(map): Inner<L, Members<T>>| -> OrdMap<L, OrdSet<T>> {
        map.into_iter().map(|(key, Members(set))| (key, set)).collect()
    };
    Ok(outer.into_iter().map(|(key, map)| (key, inner(map))).collect())
}

/// A map inside another.
#[derive(Clone)]
struct Inner<K, V>(OrdMap<K, V>);

impl<'de, K, V> Deserialize<'de> for Inner<K, V>
where
    K: Deserialize<'de> + Ord + Clone,
    V: Deserialize<'de> + Clone,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        map(deserializer).map(Self)
    }
}

/// A set inside a map.
#[derive(Clone)]
struct Members<T>(OrdSet<T>);

impl<'de, T: Deserialize<'de> + Ord + Clone> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A list is read item by item, and reserves little before it has read any.
        Vec::<T>::deserialize(deserializer).map(|members| Self(members.into_iter().collect()))
    }
}

struct Entries<K, V>(PhantomData<(K, V)>);

impl<'de, K, V> Visitor<'de> for Entries<K, V>
where
    K: Deserialize<'de> + Ord + Clone,
    V: Deserialize<'de> + Clone,
{
    type Value = OrdMap<K, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut map = OrdMap::new();
        while let Some((key, value)) = entries.next_entry()? {
            map.insert(key, value);
        }
        Ok(map)
    }
}
