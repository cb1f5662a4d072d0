//! Files of cases: one JSON object a line, or a single one, or a list of them, over any number of lines.

use std::{
    fs,
    io::{self, Read},
    path::Path,
};

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::{Exit, Failure};

/// The largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 30;

/// A text with the name that messages give it.
pub(super) struct Source {
    /// The path, or `standard input`.
    pub(super) name: String,
    pub(super) text: String,
}

impl Source {
    /// Reads a file, `-` being standard input.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let name = if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() };
        let failed = |error: io::Error| Failure::new(Exit::Failed, format!("{name} cannot be read: {error}"));
        let input: Box<dyn Read> =
            if path == Path::new("-") { Box::new(io::stdin()) } else { Box::new(fs::File::open(path).map_err(failed)?) };
        let mut text = String::new();
        let bytes = input.take(FILE_BYTES_MAX + 1).read_to_string(&mut text).map_err(failed)?;
        if u64::try_from(bytes).is_ok_and(|bytes| bytes > FILE_BYTES_MAX) {
            return Err(Failure::new(Exit::Failed, format!("{name} is longer than {FILE_BYTES_MAX} bytes")));
        }
        Ok(Self { name, text })
    }

    /// The cases with the names that they have without an `id`.
    pub(super) fn cases(&self) -> Vec<(String, &str)> {
        if self.is_one_value() {
            if let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(&self.text) {
                let cases = list.into_iter().enumerate();
                return cases.map(|(number, case)| (format!("{}, case {}", self.name, number + 1), case.get())).collect();
            }
            return vec![(self.name.clone(), &self.text)];
        }
        let lines = self.text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        lines.map(|(number, line)| (format!("{}:{}", self.name, number + 1), line)).collect()
    }

    /// Whether this is no file of lines: the first line is not a value of its own, or it is a list.
    fn is_one_value(&self) -> bool {
        let Some(first) = self.text.lines().find(|line| !line.trim().is_empty()) else { return false };
        let whole_line = serde_json::from_str::<IgnoredAny>(first).is_ok();
        first.trim_start().starts_with('[') || (!whole_line && serde_json::from_str::<IgnoredAny>(&self.text).is_ok())
    }
}
