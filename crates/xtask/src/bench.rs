//! `cargo xtask bench`: builds the release server and the benches, and runs the benches.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail};
use clap::Args;

#[derive(Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    /// Handed on to the benches
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Builds and runs.
///
/// # Errors
/// When a build fails, or the benches could not be run.
pub(crate) fn run(top: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let help = arguments.arguments.iter().any(|argument| argument == "--help" || argument == "-h");
    // Help needs no server.
    for package in ["chancery-server", "chancery-bench"].into_iter().skip(usize::from(help)) {
        // One after the other: the server is measured as it is shipped, without what the benches switch on in shared crates.
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        success(cargo.args(["build", "--release", "--package", package]).current_dir(top))?;
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| top.join("target"), PathBuf::from);
    success(Command::new(target.join("release/chancery-bench")).args(&arguments.arguments))
}

fn success(command: &mut Command) -> anyhow::Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("cannot run {name}"))?;
    if status.success() { Ok(()) } else { bail!("{name} ended with {status}") }
}
