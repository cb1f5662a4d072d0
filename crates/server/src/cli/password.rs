//! A password from a file, from standard input or from a terminal; never from an argument, which others can see.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, IsTerminal, Read},
    path::Path,
};

use chancery_model::Secret;

use super::{Exit, Failure};

/// The longest file that is looked at, in bytes.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// The first line of a file; `-` is standard input.
pub(super) fn from_file(path: &Path) -> Result<Secret, Failure> {
    let failed = |reason: &dyn std::fmt::Display| {
        Failure::new(Exit::Usage, format!("no password from {}: {reason}", path.display()))
            .with_remedy("the first line of the file is the password, without quotes")
    };
    let source: Box<dyn Read> =
        if path.as_os_str() == "-" { Box::new(io::stdin()) } else { Box::new(File::open(path).map_err(|error| failed(&error))?) };
    let mut line = String::new();
    BufReader::new(source.take(FILE_BYTES_MAX)).read_line(&mut line).map_err(|error| failed(&error))?;
    let text = line.trim_end_matches(['\n', '\r']);
    if text.is_empty() { Err(failed(&"the first line is empty")) } else { Ok(Secret::new(text.to_owned())) }
}

/// Asked for twice on a terminal, unseen; `None` when nothing is given, or nobody is there to ask.
pub(super) fn from_terminal() -> Result<Option<Secret>, Failure> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(None);
    }
    let ask = |prompt: &str| {
        let answer = rpassword::prompt_password(prompt);
        answer.map(Secret::new).map_err(|error| Failure::new(Exit::Failed, format!("the terminal cannot be read: {error}")))
    };
    let first = ask("Password of the root user (empty: one is generated and shown): ")?;
    if first.expose().is_empty() {
        return Ok(None);
    }
    let again = ask("The same again: ")?;
    if first.expose() == again.expose() { Ok(Some(first)) } else { Err(Failure::new(Exit::Usage, "the two passwords differ")) }
}
