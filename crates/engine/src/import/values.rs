//! From the file's texts to values that are valid by their type.

use chancery_domain::Given;
use chancery_model::{Case, Description, TagValue, Tags};
use chancery_policy::{Kind, PolicyText};
use serde_json::Value;

use super::file::TagRow;

/// A policy document: JSON, or the text of one, percent-encoded as the API of AWS has it or plain.
pub(super) fn document(value: &Value, kind: Kind) -> Result<PolicyText, String> {
    let text = match value {
        Value::String(text) if text.trim_start().starts_with('{') => text.clone(),
        Value::String(text) => percent_decoded(text).ok_or("the document is neither JSON nor percent-encoded JSON")?,
        other => other.to_string(),
    };
    PolicyText::parse(&text, kind).map_err(|malformed| malformed.to_string())
}

/// Whether two documents say the same, whatever their white space and the order of their members.
pub(super) fn same(one: &PolicyText, other: &PolicyText) -> bool {
    let value = |text: &PolicyText| serde_json::from_str::<Value>(text.text()).ok();
    one == other || value(one).is_some_and(|one| Some(one) == value(other))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first == b'%' {
            let (digits, after) = rest.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = after;
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Tags, without those that are AWS's own; the second value says which were left out.
pub(super) fn tags(rows: &[TagRow], case: Case) -> Result<(Tags, Option<String>), String> {
    let is_awss = |row: &&TagRow| row.key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
    let (awss, own): (Vec<_>, Vec<_>) = rows.iter().partition(is_awss);
    let pairs = own.iter().map(|row| (&row.key, &row.value));
    let tags = Tags::parse(pairs, case).map_err(|invalid| invalid.to_string())?;
    let left_out: Vec<_> = awss.iter().map(|row| row.key.as_str()).collect();
    Ok((tags, (!left_out.is_empty()).then(|| format!("without the tags {}, which are AWS's own", left_out.join(", ")))))
}

/// The same tags as a command brings them for sealing.
pub(super) fn given(tags: &Tags) -> Tags<Given<TagValue>> {
    let made = tags.try_map(|value| Ok::<_, std::convert::Infallible>(Given::new(value.clone())));
    made.unwrap_or_else(|never| match never {})
}

/// A description; an empty one is none.
pub(super) fn description(text: Option<&str>) -> Result<Option<Description>, String> {
    let text = text.filter(|text| !text.is_empty());
    text.map(Description::parse).transpose().map_err(|invalid| invalid.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}"#;

    #[test]
    fn a_document_in_each_form() {
        let encoded = PLAIN.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let forms = [serde_json::from_str(PLAIN).unwrap(), Value::String(PLAIN.to_owned()), Value::String(encoded)];
        for form in forms {
            assert_eq!(document(&form, Kind::Identity).unwrap().text(), PLAIN, "{form}");
        }
        for bad in ["%7", "%zz", "%ff", "nonsense", "%7B"] {
            assert!(document(&Value::String(bad.to_owned()), Kind::Identity).is_err(), "{bad}");
        }
    }

    #[test]
    fn documents_are_the_same_in_any_spacing() {
        let read = |text: &str| PolicyText::parse(text, Kind::Identity).unwrap();
        assert!(same(&read(PLAIN), &read(&PLAIN.replace(',', " ,\n"))));
        assert!(!same(&read(PLAIN), &read(&PLAIN.replace("Get", "Put"))));
    }
}
