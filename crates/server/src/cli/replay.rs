//! `chancery replay`: the state built anew from the first record.

use clap::Args;
use serde_json::json;

use super::{Failure, Global, boot, progress::Bar};

/// Rebuild the state from the first record, and show how fast
///
/// Nothing is changed and no snapshot is looked at. The digest is that of the state: two servers whose logs are the same have the
/// same one. The data directory must not be held by a server.
#[derive(Debug, Args)]
pub(super) struct Replay {}

impl Replay {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        let config = boot::load(global, Vec::new())?;
        let bar = Bar::new(global.output);
        let replayed = chancery_engine::replay(&config.engine(), &|progress| bar.show(progress)).map_err(boot::refused)?;
        bar.clear();
        let (records, seconds) = (replayed.records, replayed.took.as_secs_f64());
        let whole_micros = replayed.took.as_micros().max(1);
        let speed = u128::from(records) * 1_000_000 / whole_micros;
        let (root, digest) = (hex::encode(replayed.root), hex::encode(replayed.state_digest));
        global.output.print(
            || {
                format!(
                    "{records} records in {seconds:.3} s: {speed} records a second\nroot of the tree:    {root}\ndigest of the state: {digest}"
                )
            },
            || json!({ "records": records, "seconds": seconds, "recordsPerSecond": u64::try_from(speed).ok(), "root": root, "stateDigest": digest }),
        )
    }
}
