//! Connections: pages in Relay's shape.

use std::{fmt::Display, str::FromStr};

use async_graphql::connection::PageInfo;
use chancery_model::Invalid;

use crate::{fault::Answer, view::View};

/// The items of a page where `first` is absent.
pub(crate) const ITEMS_DEFAULT: i32 = 100;
/// The most items of a page.
pub(crate) const ITEMS_MAX: i32 = 1_000;
/// So many items of a list cost as much as one field.
const ITEMS_PER_COST: usize = 10;

/// What a list costs: its fields times a tenth of the items that are asked for.
pub(crate) fn cost(first: Option<i32>, child_complexity: usize) -> usize {
    let items = usize::try_from(first.unwrap_or(ITEMS_DEFAULT).clamp(0, ITEMS_MAX)).unwrap_or_default();
    child_complexity.saturating_mul(items.div_ceil(ITEMS_PER_COST).max(1)).saturating_add(1)
}

/// What a caller asks of a list, and the place where the page starts.
#[derive(Debug, Clone)]
pub(crate) struct PageArgs {
    /// The list's name; cursors are bound to it.
    pub(crate) list: String,
    /// How many items at most.
    pub(crate) limit: usize,
    /// The key of the item that the page comes after.
    pub(crate) after: Option<String>,
}

impl PageArgs {
    /// Reads `first` and `after`.
    pub(crate) fn read(view: &View, list: impl Into<String>, first: Option<i32>, after: Option<&str>) -> Answer<Self> {
        let (list, limit) = (list.into(), limit(first)?);
        let after = after.map(|cursor| view.open_cursor(&list, cursor)).transpose()?;
        Ok(Self { list, limit, after })
    }
}

/// Reads `first`.
pub(crate) fn limit(first: Option<i32>) -> Answer<usize> {
    let first = first.unwrap_or(ITEMS_DEFAULT);
    let refused = |bound: &str, value: i32| {
        Invalid::new("first", &first.to_string(), format!("Member must have value {bound} than or equal to {value}"))
    };
    if first < 1 {
        return Err(refused("greater", 1).into());
    }
    if first > ITEMS_MAX {
        return Err(refused("less", ITEMS_MAX).into());
    }
    Ok(usize::try_from(first).unwrap_or_default())
}

/// The keys of a page, for its cursors.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) view: View,
    pub(crate) list: std::sync::Arc<str>,
    pub(crate) key: String,
}

impl Place {
    /// The cursor of the item: made when it is asked for, because it costs a hash.
    pub(crate) fn cursor(&self) -> String {
        self.view.cursor(&self.list, &self.key)
    }
}

/// Items of a list that is short enough to be walked, in the order of their keys: those after the cursor, up to the
/// limit, and whether more follow.
pub(crate) fn take<K: Ord + FromStr + Display, T>(args: &PageArgs, all: impl Iterator<Item = (K, T)>) -> Answer<Page<T>> {
    let after = args.after.as_deref().map(|key| key.parse::<K>().map_err(|_| foreign(key))).transpose()?;
    let mut rest = all.skip_while(|(key, _)| after.as_ref().is_some_and(|after| key <= after));
    let items: Vec<_> = rest.by_ref().take(args.limit).map(|(key, item)| (key.to_string(), item)).collect();
    Ok(Page { items, more: rest.next().is_some(), end: None })
}

/// A cursor of another version of this server.
fn foreign(key: &str) -> Invalid {
    Invalid::new("after", key, "Member must be a cursor that this list gave before, unchanged")
}

/// The items of a page with their keys, and whether more follow.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<(String, T)>,
    pub(crate) more: bool,
    /// Behind which key to go on, where that is not the last item's: a filter may leave a page short or empty.
    pub(crate) end: Option<String>,
}

/// What a page says about itself.
pub(crate) fn page_info(args: &PageArgs, places: (Option<&Place>, Option<&Place>), more: bool) -> PageInfo {
    PageInfo {
        has_previous_page: args.after.is_some(),
        has_next_page: more,
        start_cursor: places.0.map(Place::cursor),
        end_cursor: places.1.map(Place::cursor),
    }
}

/// Defines a connection and its edge: `connection!(UserConnection, UserEdge, User, "users"; since: Timestamp = "Since when.")`.
macro_rules! connection {
    ($connection:ident, $edge:ident, $node:ty, $what:literal $(; $($field:ident: $type:ty = $doc:literal),+)?) => {
        #[doc = concat!("A page of ", $what, ".")]
        #[derive(Debug)]
        pub(crate) struct $connection {
            pub(crate) args: crate::page::PageArgs,
            pub(crate) edges: Vec<$edge>,
            pub(crate) more: bool,
            pub(crate) end: Option<crate::page::Place>,
            pub(crate) total: Option<usize>,
        }

        #[doc = concat!("One of ", $what, ", at its place in the page.")]
        #[derive(Debug, Clone)]
        pub(crate) struct $edge {
            pub(crate) place: crate::page::Place,
            pub(crate) node: $node,
            $($(pub(crate) $field: $type,)+)?
        }

        #[doc = concat!("A page of ", $what, ".")]
        #[async_graphql::Object(serial)]
        impl $connection {
            /// The items with what belongs to their place in the list.
            async fn edges(&self) -> &[$edge] {
                &self.edges
            }

            /// The items alone.
            async fn nodes(&self) -> Vec<&$node> {
                self.edges.iter().map(|edge| &edge.node).collect()
            }

            /// Whether more follow, and after which cursor.
            async fn page_info(&self) -> async_graphql::connection::PageInfo {
                let (first, last) = (self.edges.first().map(|edge| &edge.place), self.edges.last().map(|edge| &edge.place));
                let ends = (first, self.end.as_ref().or(last));
                crate::page::page_info(&self.args, ends, self.more)
            }

            /// How many there are in all; null where counting would mean reading all of them.
            async fn total_count(&self) -> Option<i32> {
                self.total.and_then(|total| i32::try_from(total).ok())
            }
        }

        #[doc = concat!("One of ", $what, ", at its place in the page.")]
        #[async_graphql::Object(serial)]
        impl $edge {
            /// The place of the item: give it as `after` to go on behind it.
            async fn cursor(&self) -> String {
                self.place.cursor()
            }

            /// The item.
            async fn node(&self) -> &$node {
                &self.node
            }

            $($(#[doc = $doc] async fn $field(&self) -> &$type { &self.$field })+)?
        }

        impl $connection {
            /// The page of these items, each with its key.
            pub(crate) fn new(
                view: &crate::view::View,
                args: crate::page::PageArgs,
                page: crate::page::Page<crate::page::connection!(@item $node $(, $($type),+)?)>,
                total: Option<usize>,
            ) -> Self {
                let list: std::sync::Arc<str> = args.list.as_str().into();
                let place = |key| crate::page::Place { view: view.clone(), list: list.clone(), key };
                let edge = |(key, item)| {
                    let place = place(key);
                    let crate::page::connection!(@pattern node $(, $($field),+)?) = item;
                    $edge { place, node $($(, $field)+)? }
                };
                Self { edges: page.items.into_iter().map(edge).collect(), args, more: page.more, end: page.end.map(place), total }
            }
        }
    };
    (@item $node:ty) => { $node };
    (@item $node:ty, $($type:ty),+) => { ($node, $($type),+) };
    (@pattern $node:ident) => { $node };
    (@pattern $node:ident, $($field:ident),+) => { ($node, $($field),+) };
}
pub(crate) use connection;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_costs_its_fields_times_a_tenth_of_its_items() {
        assert_eq!(cost(None, 3), 31);
        assert_eq!(cost(Some(1_000), 3), 301);
        assert_eq!(cost(Some(5), 3), 4);
        assert_eq!(cost(Some(i32::MAX), 3), 301);
        assert_eq!(cost(Some(-1), 3), 4);
        assert_eq!(cost(Some(1_000), usize::MAX), usize::MAX);
    }

    #[test]
    fn first_is_from_one_to_a_thousand() {
        assert!(limit(Some(1)).is_ok() && limit(Some(1_000)).is_ok() && limit(None).is_ok());
        for bad in [0, -1, 1_001, i32::MIN, i32::MAX] {
            assert!(limit(Some(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_page_starts_behind_its_cursor() {
        let all = || ["a", "b", "c"].into_iter().map(|key| (key.to_owned(), key));
        let args = |limit, after: Option<&str>| PageArgs { list: String::new(), limit, after: after.map(str::to_owned) };
        let keys = |limit, after| {
            let page = take(&args(limit, after), all()).unwrap();
            (page.items.into_iter().map(|(_, item)| item).collect::<String>(), page.more)
        };
        assert_eq!(keys(2, None), ("ab".to_owned(), true));
        assert_eq!(keys(2, Some("a")), ("bc".to_owned(), false));
        // What the cursor named is gone: the page goes on behind its place.
        assert_eq!(keys(2, Some("bb")), ("c".to_owned(), false));
    }

    #[test]
    fn keys_are_compared_as_what_they_are() {
        // As text, AIDA2… comes before AIDAA…; as ids it is the other way round.
        let ids = [1_u128, 1 << 84].map(chancery_model::UserId::from_random);
        let args = PageArgs { list: String::new(), limit: 9, after: Some(ids[0].to_string()) };
        assert_eq!(take(&args, ids.iter().map(|id| (*id, ()))).unwrap().items, vec![(ids[1].to_string(), ())]);
    }
}
