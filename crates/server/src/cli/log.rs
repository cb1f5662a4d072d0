//! `chancery log`: the event log on the outside.

mod compact;
mod export;
mod tail;
mod verify;

use std::io::{self, Write};

use chancery_engine::public_key;
use chancery_model::Sequence;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Exit, Failure, Global, Output, boot, progress, remote};

/// Look at the event log: its end, all of it, or whether it is whole; write it anew without its waste
#[derive(Debug, Subcommand)]
pub(super) enum Log {
    Tail(tail::Tail),
    Export(export::Export),
    Verify(verify::Verify),
    Compact(compact::Compact),
    Key(Key),
}

impl Log {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        match self {
            Self::Tail(command) => command.run(global),
            Self::Export(command) => command.run(global),
            Self::Verify(command) => command.run(global),
            Self::Compact(command) => command.run(global),
            Self::Key(command) => command.run(global),
        }
    }
}

/// Print the public key of the log, by which anyone can check its signed checkpoints
///
/// The form is that of C2SP signed notes, `name+hash+base64`. The data directory must not be held by a server.
#[derive(Debug, Args)]
pub(super) struct Key {}

impl Key {
    fn run(self, global: &Global) -> Result<(), Failure> {
        let config = boot::load(global, Vec::new())?;
        let key = public_key(&config.engine()).map_err(boot::refused)?;
        global.output.print(|| key.clone(), || json!({ "publicKey": key }))
    }
}

/// A record on a line: whole as JSON, or in short for people.
fn line(record: &Value, output: Output) -> String {
    if output == Output::Json {
        return record.to_string();
    }
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or("-").to_owned();
    let events = record.get("events").and_then(Value::as_array).into_iter().flatten();
    let events = events.map(|event| match event.get("entity").and_then(Value::as_str) {
        Some(entity) => format!(" {} {entity}", text(event.get("type"))),
        None => format!(" {}", text(event.get("type"))),
    });
    let head = ["sequence", "time", "account", "command", "actorArn"].map(|name| text(record.get(name))).join(" ");
    let shown = format!("{head}{}", events.collect::<String>());
    // A record must not be able to move the cursor of a terminal.
    shown.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Lines to standard output; a reader that has left ends the work and is no failure.
struct Lines {
    out: io::BufWriter<io::Stdout>,
    output: Output,
    failure: Option<io::Error>,
}

impl Lines {
    fn new(output: Output) -> Self {
        Self { out: io::BufWriter::new(io::stdout()), output, failure: None }
    }

    /// Writes a record; `false` when there is nobody to read on.
    fn write(&mut self, record: &Value) -> bool {
        let written = writeln!(self.out, "{}", line(record, self.output));
        self.note(written)
    }

    /// Shows what was written; `false` when there is nobody to read on.
    fn flush(&mut self) -> bool {
        let flushed = self.out.flush();
        self.note(flushed)
    }

    fn note(&mut self, done: io::Result<()>) -> bool {
        self.failure = self.failure.take().or(done.err());
        self.failure.is_none()
    }

    fn finish(mut self) -> Result<(), Failure> {
        self.flush();
        match self.failure {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::new(Exit::Failed, format!("standard output cannot be written: {error}")))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// The place behind which a range that begins at `from` begins.
fn before(from: Sequence) -> Option<Sequence> {
    from.0.checked_sub(1).map(Sequence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_people_moves_no_cursor() {
        let record = json!({
            "sequence": "7", "time": "2026-01-01T00:00:00.000Z", "account": "123456789012", "command": "CreateUser",
            "actorArn": "arn:aws:iam::123456789012:root\u{1b}[2J",
            "events": [{ "type": "user.created.v1", "entity": "AIDAAAAAAAAAAAAAAAAAE" }, { "type": "account.alias_set.v1", "entity": null }],
        });
        assert_eq!(
            line(&record, Output::Text),
            "7 2026-01-01T00:00:00.000Z 123456789012 CreateUser arn:aws:iam::123456789012:root\u{fffd}[2J user.created.v1 AIDAAAAAAAAAAAAAAAAAE account.alias_set.v1"
        );
        assert_eq!(serde_json::from_str::<Value>(&line(&record, Output::Json)).unwrap(), record);
    }
}
