//! Actions, resources and documents as a caller gives them.

use chancery_model::{Arn, Invalid};
use chancery_policy::{Document, Kind, Malformed, PolicyText};

use super::context::at_most;
use crate::{fault::Answer, view::View};

/// How many documents one list may have.
const DOCUMENTS_MAX: usize = 100;
/// How long an action may be, in characters. Source: IAM API Reference, "SimulatePrincipalPolicy", `ActionNames`.
const ACTION_CHARS_MAX: usize = 128;
/// How long a resource may be, in characters. Source: the same, `ResourceArns`.
const RESOURCE_CHARS_MAX: usize = 2_048;

/// Reads an action: one, not a pattern.
pub(super) fn action<'a>(field: &str, text: &'a str) -> Answer<&'a str> {
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let right = text.split_once(':').is_some_and(|(service, name)| plain(service) && plain(name));
    if right && text.len() <= ACTION_CHARS_MAX {
        return Ok(text);
    }
    Err(Invalid::new(field, text, "Member must be one action with its service, such as s3:GetObject, without wildcards").into())
}

/// Reads a resource.
pub(super) fn resource<'a>(field: &str, text: &'a str) -> Answer<&'a str> {
    if text.chars().count() > RESOURCE_CHARS_MAX {
        return Err(Invalid::too_long(field, text, RESOURCE_CHARS_MAX).into());
    }
    if text == "*" || (text.starts_with("arn:") && text.split(':').count() > 5) {
        return Ok(text);
    }
    Err(Invalid::new(field, text, "Member must be an ARN, or * for an action without a resource").into())
}

/// What a permission to ask about a principal is about: its ARN; the account for one that has none.
pub(super) fn about(view: &View, principal: &str) -> Arn {
    Arn::of_resource(principal).unwrap_or_else(|_| Arn::root(view.account_id()))
}

/// Reads documents that are held to the rules of a kind.
pub(super) fn texts(field: &str, given: Option<&[String]>, kind: Kind) -> Answer<Vec<PolicyText>> {
    each(field, given.unwrap_or_default(), |text| PolicyText::parse(text, kind))
}

/// Reads documents of any kind, held to the grammar only: whatever AWS stores can be asked about.
pub(super) fn documents(field: &str, given: &[String]) -> Answer<Vec<Document>> {
    each(field, given, parse)
}

/// Reads one document of any kind.
pub(super) fn document(field: &str, given: &str) -> Answer<Document> {
    parse(given).map_err(|malformed| within(field, malformed).into())
}

fn parse(text: &str) -> Result<Document, Malformed> {
    let chars = text.chars().count();
    if chars > Kind::DOCUMENT_CHARS_MAX {
        let message = format!("The document has {chars} characters: the limit is {}.", Kind::DOCUMENT_CHARS_MAX);
        return Err(Malformed { path: String::new(), message, position: None });
    }
    Document::parse_saved(text)
}

fn each<T>(field: &str, given: &[String], read: impl Fn(&str) -> Result<T, Malformed>) -> Answer<Vec<T>> {
    at_most(field, given.len(), DOCUMENTS_MAX)?;
    let read = |(index, text): (usize, &String)| read(text).map_err(|malformed| within(&format!("{field}[{index}]"), malformed));
    Ok(given.iter().enumerate().map(read).collect::<Result<_, _>>()?)
}

/// The same fault in one of several documents.
fn within(field: &str, malformed: Malformed) -> Malformed {
    let path = if malformed.path.is_empty() { field.to_owned() } else { format!("{field}.{}", malformed.path) };
    let message = match malformed.position {
        // The message would tell the position in the place of the path.
        Some(_) => format!("{} (in {field})", malformed.message),
        None => malformed.message,
    };
    Malformed { path, message, position: malformed.position }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_one_action() {
        for good in ["s3:GetObject", "IAM:createuser", "access-analyzer:ValidatePolicy", "own:Do_it-2"] {
            assert!(action("action", good).is_ok(), "{good}");
        }
        let long = format!("s3:{}", "a".repeat(126));
        for bad in ["", "s3", "s3:", ":Get", "s3:Get*", "*", "s3:Get?", "s3:a:b", "s3 :Get", &long] {
            assert!(action("action", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_resource_is_an_arn_or_all() {
        for good in ["*", "arn:aws:s3:::bucket/a b", "arn:aws:sqs:eu-west-1:123456789012:q"] {
            assert!(resource("resource", good).is_ok(), "{good}");
        }
        let long = format!("arn:aws:s3:::{}", "a".repeat(2_048));
        for bad in ["", "bucket", "arn:aws:s3", "**", &long] {
            assert!(resource("resource", bad).is_err(), "{bad}");
        }
    }
}
