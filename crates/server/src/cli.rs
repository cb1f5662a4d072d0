//! The command line: `chancery COMMAND`.
//!
//! A command is one file below this one with its arguments and a `run`, and one line in [`Command`] and its `run`.

mod boot;
mod config;
mod failure;
mod import;
mod init;
mod log;
mod output;
mod password;
mod policy;
mod progress;
mod remote;
mod replay;
mod schema;
mod serve;

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

use crate::config::{Flag, Loaded, load};

pub use failure::{Exit, Failure};
pub use output::Output;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed; the message says why
  2  the command line or the configuration is wrong
  3  the data directory was refused: in use, damaged, of a newer version, or without its key
  4  the server ended itself because its disk failed: what it acknowledged is safe, nothing more was accepted

Configuration: `chancery config` shows what is in force and where each value came from, `chancery config --sample` documents all keys.";

/// Holds the bearer token for commands that talk to a server; it is no key of the configuration.
const TOKEN_VARIABLE: &str = "CHANCERY_TOKEN";

/// An identity and access control plane for one machine: accounts, users, groups, roles and policies with the names, limits and
/// semantics of AWS IAM, over an event log that can prove itself.
#[derive(Debug, Parser)]
#[command(name = "chancery", version, after_help = EXIT_CODES, propagate_version = true, max_term_width = 110)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Flags that every command has.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Flags of every command")]
pub struct Global {
    /// Read the configuration from this file [default: /etc/chancery/chancery.toml, if it exists]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Keep the event log and the keys in this directory [default: data]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<String>,
    /// Set any key of the configuration, such as `--set limits.connections=64`; may be repeated
    #[arg(long = "set", global = true, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Log from this level on: off, error, warn, info, debug, trace
    #[arg(long, global = true, value_name = "LEVEL")]
    log_level: Option<String>,
    /// Print results (and failures) as text or as JSON
    #[arg(long, global = true, value_enum, default_value_t = Output::Text)]
    pub(crate) output: Output,
}

impl Global {
    /// The configuration in force, `flags` being the command's own.
    ///
    /// # Errors
    /// [`Exit::Usage`], with what is wrong.
    pub fn load(&self, flags: Vec<Flag>) -> Result<Loaded, Failure> {
        let mut all = Vec::new();
        for text in &self.set {
            let (key, value) = text.split_once('=').ok_or_else(|| {
                Failure::new(Exit::Usage, format!("--set takes KEY=VALUE, as in --set limits.connections=64, not `{text}`"))
            })?;
            all.push(Flag { flag: "--set".to_owned(), key: key.to_owned(), value: value.to_owned() });
        }
        // A flag of its own is more deliberate than --set.
        for (flag, key, value) in [("--data-dir", "data_dir", &self.data_dir), ("--log-level", "log.level", &self.log_level)] {
            all.extend(value.clone().map(|value| Flag { flag: flag.to_owned(), key: key.to_owned(), value }));
        }
        all.extend(flags);
        let environment: Vec<_> =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect();
        let environment: Vec<_> = environment.into_iter().filter(|(name, _)| name != TOKEN_VARIABLE).collect();
        load(self.config.as_deref(), &environment, &all).map_err(|error| Failure::new(Exit::Usage, error))
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Serve(serve::Serve),
    #[command(subcommand)]
    Import(import::Import),
    #[command(subcommand)]
    Log(log::Log),
    Replay(replay::Replay),
    #[command(subcommand)]
    Policy(policy::Policy),
    Config(config::Show),
    #[command(hide = true)]
    Schema(schema::Schema),
}

impl Command {
    fn run(self, global: &Global) -> Result<(), Failure> {
        match self {
            Self::Init(command) => command.run(global),
            Self::Serve(command) => command.run(global),
            Self::Import(command) => command.run(global),
            Self::Log(command) => command.run(global),
            Self::Replay(command) => command.run(global),
            Self::Policy(command) => command.run(global),
            Self::Config(command) => command.run(global),
            Self::Schema(command) => command.run(global),
        }
    }
}

/// Runs the command of the process's own arguments.
#[must_use]
pub fn main() -> ExitCode {
    run(std::env::args_os())
}

fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come this way too, and go to standard output with code 0.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() };
        }
    };
    let output = cli.global.output;
    match cli.command.run(&cli.global) {
        Ok(()) => Exit::Done.into(),
        Err(failure) => {
            failure.report(output);
            failure.exit().into()
        }
    }
}

#[cfg(test)]
mod tests;
