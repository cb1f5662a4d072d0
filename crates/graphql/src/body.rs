//! The body of a request: one JSON object with `query`, `operationName`, `variables` and `extensions`, and nothing else.

use async_graphql::{ServerError, Variables};
use serde::Deserialize;
use serde_json::Value;

use crate::fault::{VALIDATION_CODE, coded};

/// A request as it is run.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Body {
    pub(crate) query: String,
    #[serde(default)]
    pub(crate) operation_name: Option<String>,
    #[serde(default)]
    pub(crate) variables: Variables,
    /// Clients send what they like; nothing here depends on it.
    #[serde(default, rename = "extensions")]
    _extensions: Option<serde::de::IgnoredAny>,
}

impl Body {
    /// Reads a body.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, ServerError> {
        serde_json::from_slice(bytes).map_err(|error| refuse(bytes, &error))
    }

    /// Reads the payload of a message.
    pub(crate) fn of(value: Value) -> Result<Self, ServerError> {
        if let Some(reason) = fault(&value) {
            return Err(coded(VALIDATION_CODE, reason));
        }
        serde_json::from_value(value).map_err(|error| coded(VALIDATION_CODE, format!("The request is not understood: {error}.")))
    }

    /// Whether every variable is a scalar or a list of them: then nothing in them can be unknown to the schema without
    /// a resolver's noticing.
    pub(crate) fn variables_are_plain(&self) -> bool {
        self.variables.values().all(|value| match value {
            async_graphql::Value::Object(_) => false,
            async_graphql::Value::List(items) => !items.iter().any(is_nested),
            _ => true,
        })
    }
}

fn is_nested(value: &async_graphql::Value) -> bool {
    matches!(value, async_graphql::Value::Object(_) | async_graphql::Value::List(_))
}

/// Why a body is refused: looked at once more, to tell it well.
fn refuse(bytes: &[u8], error: &serde_json::Error) -> ServerError {
    let reason = match serde_json::from_slice::<Value>(bytes) {
        Err(error) if bytes.is_empty() || error.is_eof() => {
            "The body is not complete JSON: send one object with a `query`.".to_owned()
        }
        Err(error) => format!("The body is not JSON: {error}."),
        Ok(value) => fault(&value).unwrap_or_else(|| format!("The request is not understood: {error}.")),
    };
    coded(VALIDATION_CODE, reason)
}

/// What is wrong with a request in JSON.
fn fault(value: &Value) -> Option<String> {
    let fields = match value {
        Value::Object(fields) => fields,
        Value::Array(_) => return Some("Batches are not taken: send one request object at a time.".to_owned()),
        other => return Some(format!("The body must be an object with a `query`, not {}.", kind(other))),
    };
    for (name, value) in fields {
        let (right, wanted) = match name.as_str() {
            "query" => (value.is_string(), "a string"),
            "operationName" => (value.is_string() || value.is_null(), "a string or null"),
            "variables" | "extensions" => (value.is_object() || value.is_null(), "an object or null"),
            other => {
                let shown: String = other.chars().take(64).flat_map(char::escape_debug).collect();
                return Some(format!(
                    "The body has the unknown field `{shown}`: it may have `query`, `operationName`, `variables`, `extensions`."
                ));
            }
        };
        if !right {
            return Some(format!("The field `{name}` of the body must be {wanted}, not {}.", kind(value)));
        }
    }
    if fields.contains_key("query") {
        return None;
    }
    let persisted = fields.get("extensions").is_some_and(|extensions| extensions.get("persistedQuery").is_some());
    Some(if persisted { "PersistedQueryNotSupported: send the text as `query`." } else { "The body has no `query`." }.to_owned())
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(body: &str) -> String {
        let read = Body::read(body.as_bytes()).err().unwrap().message;
        if let Ok(value) = serde_json::from_str(body) {
            assert_eq!(Body::of(value).err().unwrap().message, read, "over HTTP and WebSocket alike");
        }
        read
    }

    #[test]
    fn a_body_is_one_object_with_a_query() {
        let whole = r#"{"query": "{ me { arn } }", "operationName": null, "variables": null, "extensions": {"a": 1}}"#;
        for good in [r#"{"query": "{ me { arn } }"}"#, whole] {
            assert_eq!(Body::read(good.as_bytes()).ok().unwrap().query, "{ me { arn } }");
            assert!(Body::of(serde_json::from_str(good).unwrap()).is_ok());
        }
    }

    #[test]
    fn each_fault_is_told() {
        for (body, told) in [
            ("", "The body is not complete JSON: send one object with a `query`."),
            ("{\"query\": \"", "The body is not complete JSON: send one object with a `query`."),
            ("{query}", "The body is not JSON: key must be a string at line 1 column 2."),
            ("[]", "Batches are not taken: send one request object at a time."),
            (r#"[{"query": "{ me { arn } }"}]"#, "Batches are not taken: send one request object at a time."),
            ("1", "The body must be an object with a `query`, not a number."),
            ("{}", "The body has no `query`."),
            (r#"{"query": 5}"#, "The field `query` of the body must be a string, not a number."),
            (
                r#"{"query": "{a}", "variables": []}"#,
                "The field `variables` of the body must be an object or null, not an array.",
            ),
            (
                r#"{"query": "{a}", "operationName": {}}"#,
                "The field `operationName` of the body must be a string or null, not an object.",
            ),
            (
                r#"{"query": "{a}", "qurey": 1}"#,
                "The body has the unknown field `qurey`: it may have `query`, `operationName`, `variables`, `extensions`.",
            ),
            (r#"{"extensions": {"persistedQuery": {}}}"#, "PersistedQueryNotSupported: send the text as `query`."),
        ] {
            assert_eq!(refusal(body), told);
        }
    }

    #[test]
    fn deep_json_is_refused_and_not_recursed_into() {
        let deep = format!(r#"{{"query": "{{a}}", "variables": {{"v": {}}}}}"#, "[".repeat(100_000));
        assert!(refusal(&deep).starts_with("The body is not JSON: recursion limit exceeded"));
    }

    #[test]
    fn a_field_that_stands_twice_is_refused() {
        let twice = r#"{"query": "{a}", "query": "{b}"}"#;
        assert!(Body::read(twice.as_bytes()).err().unwrap().message.contains("duplicate field"));
    }
}
