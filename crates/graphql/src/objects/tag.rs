//! Tags.

use async_graphql::{InputObject, SimpleObject};
use chancery_domain::Given;
use chancery_model::{Case, Personal, TagValue, Tags};

use crate::fault::Answer;

/// A tag.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(serial)]
pub(crate) struct Tag {
    /// The key.
    key: String,
    /// The value; it may be empty.
    value: String,
}

/// A tag to set.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct TagInput {
    /// The key: 1 to 128 letters, digits, blanks and `_.:/=+-@`, not starting with `aws:`.
    key: String,
    /// The value: up to 256 of the same characters.
    value: String,
}

impl Tag {
    /// A tag with a value that is no personal datum.
    pub(crate) fn of(tag: &chancery_model::Tag) -> Self {
        Self { key: tag.key.to_string(), value: tag.value.to_string() }
    }

    /// A tag with a personal value; none once the person's data is erased.
    pub(crate) fn personal(tag: &chancery_model::Tag<Personal<TagValue>>) -> Option<Self> {
        tag.value.get().map(|value| Self { key: tag.key.to_string(), value: value.to_string() })
    }
}

/// Reads tags as a caller lists them.
pub(crate) fn tags(given: Option<Vec<TagInput>>, case: Case) -> Answer<Tags> {
    let pairs = given.unwrap_or_default();
    Ok(Tags::parse(pairs.iter().map(|tag| (&tag.key, &tag.value)), case)?)
}

/// Reads tags whose values may be personal.
pub(crate) fn given_tags(given: Option<Vec<TagInput>>, case: Case) -> Answer<Tags<Given<TagValue>>> {
    tags(given, case)?.try_map(|value| Ok(Given::new(value.clone())))
}
