//! `chancery schema`, for `cargo xtask bless`: everything that others may rely on, as files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use chancery_domain::sample_events;
use chancery_engine::event_json;
use clap::{Args, CommandFactory};
use serde_json::json;

use super::{Cli, Exit, Failure, Global};
use crate::config::sample;

const STORAGE: &str = include_str!("schema/storage.md");
/// Help does not depend on who looks at it.
const HELP_COLUMNS: usize = 110;

/// Write the schema, samples of all events, the help of all commands and the layout of the data directory into a folder
#[derive(Debug, Args)]
pub(super) struct Schema {
    /// The folder; it is created
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
}

impl Schema {
    pub(super) fn run(self, _global: &Global) -> Result<(), Failure> {
        let write = |name: &str, text: &str| write(&self.into.join(name), text);
        write("schema.graphql", &chancery_graphql::sdl())?;
        write("chancery.toml", &sample())?;
        write("storage.md", &storage())?;
        for (name, text) in events()? {
            write(&format!("events/{name}.json"), &text)?;
        }
        for (name, text) in helps() {
            write(&format!("cli/{name}.txt"), &text)?;
        }
        Ok(())
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, format!("{}\n", text.trim_end())));
    made.map_err(|error| Failure::new(Exit::Failed, format!("{} cannot be written: {error}", path.display())))
}

/// A sample of every event: as an export shows it, and the bytes of the log.
fn events() -> Result<Vec<(&'static str, String)>, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(Exit::Failed, error);
    let mut files = Vec::new();
    for (name, event) in sample_events() {
        let bytes = chancery_log::encode(&event).map_err(|error| failed(&error))?;
        let shown = event_json(&event);
        let sample = json!({ "entity": shown.get("entity"), "data": shown.get("data") });
        let file = json!({ "type": name, "sample": sample, "bytes": hex::encode(bytes) });
        files.push((name, serde_json::to_string_pretty(&file).map_err(|error| failed(&error))?));
    }
    Ok(files)
}

/// The help of every command, by its words: `chancery-log-export`.
fn helps() -> Vec<(String, String)> {
    let mut root = Cli::command().term_width(HELP_COLUMNS);
    root.build();
    let mut files = Vec::new();
    collect(&root, String::new(), &mut files);
    files
}

fn collect(command: &clap::Command, before: String, files: &mut Vec<(String, String)>) {
    if command.is_hide_set() || command.get_name() == "help" {
        return;
    }
    let name = if before.is_empty() { command.get_name().to_owned() } else { format!("{before}-{}", command.get_name()) };
    for each in command.get_subcommands() {
        collect(each, name.clone(), files);
    }
    files.push((name, command.clone().render_long_help().to_string()));
}

/// The layout, with the numbers that the code has.
fn storage() -> String {
    [
        ("{RECORD_FORMAT}", chancery_log::FORMAT.to_string()),
        ("{RECORD_BYTES_MAX}", chancery_log::RECORD_BYTES_MAX.to_string()),
        ("{SNAPSHOTS_KEPT}", chancery_log::SNAPSHOTS_KEPT.to_string()),
        ("{TILE_WIDTH}", chancery_log::TILE_WIDTH.to_string()),
    ]
    .iter()
    .fold(STORAGE.to_owned(), |text, (name, value)| text.replace(name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_has_all_its_numbers() {
        let text = storage();
        assert!(!text.contains('{') && text.contains("1048576"), "{text}");
    }

    #[test]
    fn every_command_has_its_help_and_hidden_ones_have_none() {
        let names: Vec<String> = helps().into_iter().map(|(name, _)| name).collect();
        for wanted in ["chancery", "chancery-init", "chancery-serve", "chancery-log-export", "chancery-import-aws-account"] {
            assert!(names.iter().any(|name| name == wanted), "{wanted} in {names:?}");
        }
        assert!(!names.iter().any(|name| name.contains("schema") || name.contains("help")), "{names:?}");
    }
}
