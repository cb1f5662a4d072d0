//! One value: read from text, held against its key.

use std::net::SocketAddr;

use toml::Value;

use super::keys::{Key, Kind};

impl Key {
    /// The value that `text` (of a variable or a flag) means for this key.
    pub(super) fn read(&self, text: &str) -> Result<Value, String> {
        let value = match self.kind {
            Kind::Text | Kind::Choice(_) | Kind::Address => Value::String(text.to_owned()),
            Kind::Switch => text.parse().map(Value::Boolean).map_err(|_| self.refusal(&format!("`{text}`")))?,
            Kind::Integer { .. } => {
                let plain = text.replace('_', "");
                plain.parse().map(Value::Integer).map_err(|_| self.refusal(&format!("`{text}`")))?
            }
            Kind::Texts => read_texts(text).ok_or_else(|| self.refusal(&format!("`{text}`")))?,
        };
        self.check(&value)?;
        Ok(value)
    }

    /// Whether this key may have that value.
    pub(super) fn check(&self, value: &Value) -> Result<(), String> {
        let fits = match (self.kind, value) {
            (Kind::Text, Value::String(text)) => !text.contains(char::is_control),
            (Kind::Choice(of), Value::String(text)) => of.contains(&text.as_str()),
            (Kind::Address, Value::String(text)) => text.parse::<SocketAddr>().is_ok(),
            (Kind::Switch, Value::Boolean(_)) => true,
            (Kind::Integer { min, max }, Value::Integer(number)) => (min..=max).contains(number),
            (Kind::Texts, Value::Array(items)) => items.iter().all(Value::is_str),
            (Kind::Text | Kind::Choice(_) | Kind::Address | Kind::Switch | Kind::Integer { .. } | Kind::Texts, _) => false,
        };
        if fits { Ok(()) } else { Err(self.refusal(&format!("`{value}`"))) }
    }

    fn refusal(&self, value: &str) -> String {
        let wanted = match self.kind {
            Kind::Text => "a text without control characters".to_owned(),
            Kind::Choice(of) => format!("one of {}", of.join(", ")),
            Kind::Address => "an IP address and a port, such as 127.0.0.1:8220".to_owned(),
            Kind::Switch => "true or false".to_owned(),
            Kind::Integer { min, max } => format!("a whole number from {min} to {max}"),
            Kind::Texts => "a list of texts, such as [\"a\", \"b\"]".to_owned(),
        };
        format!("{value} is not {wanted}")
    }
}

// `a,b`, or a TOML array for texts that have a comma in them.
fn read_texts(text: &str) -> Option<Value> {
    if text.trim_start().starts_with('[') {
        let table: toml::Table = format!("list = {text}").parse().ok()?;
        return table.get("list").cloned();
    }
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    Some(Value::Array(items.map(|item| Value::String(item.to_owned())).collect()))
}
