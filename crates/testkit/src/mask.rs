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

/// A value as indented JSON, with `…` for what differs from run to run.
#[must_use]
pub fn masked(value: &Value) -> String {
    let mut value = value.clone();
    mask(&mut value);
    format!("{value:#}")
}

/// The same of a text.
#[must_use]
pub fn masked_text(text: &str) -> String {
    FORMS.iter().fold(text.to_owned(), |text, (form, mask)| form.replace_all(&text, *mask).into_owned())
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields.iter_mut() {
                if OPAQUE.contains(&key.as_str()) && value.is_string() {
                    *value = "…".into();
                } else {
                    mask(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::String(text) => *text = masked_text(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
