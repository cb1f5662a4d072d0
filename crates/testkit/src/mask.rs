//! Answers with what differs from run to run taken out.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

/// Keys whose values are ids, tokens or cursors without a form of their own.
const OPAQUE: [&str; 8] = ["id", "deletedId", "token", "cursor", "startCursor", "endCursor", "requestId", "sessionId"];

static FORMS: LazyLock<[(Regex, &str); 3]> = LazyLock::new(|| {
    [
        (r"\b(AIDA|AGPA|AROA|ANPA|AIPA)[A-Z0-9]{16,17}\b", "$1…"),
        (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
        (r"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b", "ULID"),
    ]
    .map(|(form, mask)| (Regex::new(form).expect("a form"), mask))
});

/// A value in brief: JSON without the quotes that can be missed, and with `…` for what differs from run to run.
#[must_use]
pub fn masked(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: Vec<_> = fields.iter().map(|(key, value)| format!("{key}: {}", masked_field(key, value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(masked).collect::<Vec<_>>().join(", ")),
        Value::String(text) if text.is_empty() || text.contains(['"', '{', '}', '[', ']', ',', '\n']) => {
            Value::String(masked_text(text)).to_string()
        }
        Value::String(text) => masked_text(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

fn masked_field(key: &str, value: &Value) -> String {
    if OPAQUE.contains(&key) && value.is_string() { "…".to_owned() } else { masked(value) }
}

/// The same of a text.
#[must_use]
pub fn masked_text(text: &str) -> String {
    FORMS.iter().fold(text.to_owned(), |text, (form, mask)| form.replace_all(&text, *mask).into_owned())
}
