//! How results are printed.

use std::{
    fmt,
    io::{self, Write},
};

use clap::ValueEnum;
use serde_json::Value;

use super::{Exit, Failure};

/// The form of a command's result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON value on a line.
    Json,
}

impl Output {
    /// Prints one of the two on standard output. A reader that has left (`| head`) is no failure.
    ///
    /// # Errors
    /// When standard output cannot be written for another reason.
    pub fn print(self, text: impl FnOnce() -> String, json: impl FnOnce() -> Value) -> Result<(), Failure> {
        let printed = match self {
            Self::Text => text(),
            Self::Json => json().to_string(),
        };
        self.print_lines(std::iter::once(printed.trim_end()))
    }

    /// Prints what is already in this form, each on a line of its own.
    ///
    /// # Errors
    /// As [`Output::print`].
    pub fn print_lines<T: fmt::Display>(self, mut lines: impl Iterator<Item = T>) -> Result<(), Failure> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        match lines.try_for_each(|line| writeln!(out, "{line}")).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::new(Exit::Failed, format!("standard output cannot be written: {error}")))
            }
            _ => Ok(()),
        }
    }
}
