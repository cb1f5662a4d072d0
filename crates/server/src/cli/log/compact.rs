//! `chancery log compact`: the log written anew without its waste.

use chancery_log::Compacted;
use clap::Args;
use serde_json::json;

use super::{Failure, Global, boot, progress::Bar};

/// Write the log anew, in less room on the disk
///
/// The records are copied into a new store beside the old one, byte for byte; the copy is held against the signed checkpoint, the
/// tiles, the snapshots and the old log, and then takes the place of the log. It can be killed at any moment: the next start, or the
/// next compaction, finishes what was begun or throws it away. Room for a second log is needed while it runs. A log of many changes made
/// one at a time shrinks by about a quarter; a small one may not shrink at all. The data directory must not be held by a server.
#[derive(Debug, Args)]
pub(in crate::cli) struct Compact {
    /// Keep the old store as `log.kept` in the data directory; it may be deleted at any time
    #[arg(long)]
    keep: bool,
}

impl Compact {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        let config = boot::load(global, Vec::new())?;
        let bar = Bar::new(global.output);
        let done =
            chancery_engine::compact(&config.engine(), self.keep, &|progress| bar.show(progress)).map_err(boot::refused)?;
        bar.clear();
        let Compacted { records, root, disk_bytes_before, disk_bytes_after, kept } = done;
        global.output.print(
            || {
                let kept = kept.as_ref().map(|kept| format!("\nold log     {}", kept.display())).unwrap_or_default();
                format!(
                    "records     {records}, as they were\ntree root   {}\non the disk {disk_bytes_after} bytes, {disk_bytes_before} before{kept}",
                    hex::encode(root)
                )
            },
            || {
                json!({
                    "records": records,
                    "root": hex::encode(root),
                    "diskBytes": disk_bytes_after,
                    "diskBytesBefore": disk_bytes_before,
                    "kept": kept,
                })
            },
        )
    }
}
