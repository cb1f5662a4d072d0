//! `chancery config`: what is in force and why.

use clap::Args;
use serde_json::json;

use super::{Failure, Global};
use crate::{config::sample, serve::ServeFlags};

/// Show the configuration in force, each value with where it came from
///
/// The output is a configuration file that gives the same values again. It holds no secret. With the flags of `serve` it shows
/// what that server would run with; a configuration that `serve` would refuse is refused here too.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// Show the sample file instead: every key with its documentation and default
    #[arg(long)]
    sample: bool,
    #[command(flatten)]
    flags: ServeFlags,
}

impl Show {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        if self.sample {
            return global.output.print(sample, || json!({ "sample": sample() }));
        }
        let loaded = global.load(self.flags.flags())?;
        global.output.print(|| loaded.to_toml(), || loaded.to_json())
    }
}
