//! The configuration as text: what is in force, and the sample file.

use std::fmt::Write;

use serde_json::json;

use super::{
    Loaded,
    keys::{KEYS, Key},
};

impl Loaded {
    /// The configuration in force as a TOML file that gives the same again, each value with where it came from.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = String::from("# The configuration in force. Each value is followed by where it came from.\n");
        write_keys(&mut text, |text, key, short| {
            if let Some((value, source)) = self.settings.get(key.name) {
                let _ = writeln!(text, "{short} = {value} # {source}");
            }
        });
        text
    }

    /// The same as JSON: value and source by key.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let shown = KEYS.iter().filter_map(|key| {
            let (value, source) = self.settings.get(key.name)?;
            Some((key.name.to_owned(), json!({ "value": value, "source": source.to_string() })))
        });
        serde_json::Value::Object(shown.collect())
    }
}

/// The sample configuration file: every key with its documentation and its default, commented out.
#[must_use]
pub fn sample() -> String {
    let mut text = String::from(
        "# Configuration of Chancery. Every key is shown with its default.\n\
         #\n\
         # Read from the file that --config or CHANCERY_CONFIG names, else from /etc/chancery/chancery.toml if it exists.\n\
         # A variable CHANCERY_<TABLE>_<KEY> is stronger than the file, a flag (--set KEY=VALUE) is stronger than both.\n",
    );
    write_keys(&mut text, |text, key, short| {
        let _ = writeln!(text, "# {short} = {}", key.default);
    });
    text
}

fn write_keys(text: &mut String, write: impl Fn(&mut String, &Key, &str)) {
    let mut table = "";
    for key in KEYS {
        let (of, short) = key.name.rsplit_once('.').unwrap_or(("", key.name));
        if of == table {
            text.push('\n');
        } else {
            table = of;
            let _ = write!(text, "\n[{table}]\n");
        }
        for line in key.doc {
            let _ = writeln!(text, "# {line}");
        }
        write(text, key, short);
    }
}
