//! Offline compaction of a data directory: the log's copy is verified as `chancery log verify` verifies a log, before it takes
//! the place of the log.

use chancery_domain::Event;
use chancery_log::{Compacted, Compaction, SnapshotStore, TileStore, WitnessFile, verify::Expected};
use chancery_model::Sequence;
use chancery_vault::Vault;

use crate::{
    BootError, EngineConfig, Progress, Stage,
    boot::{STATE_VERSION, signer},
};

/// Writes the log anew without its waste. With `keep` the old store stays in the data directory as `log.kept`. The directory
/// must not be held by a server.
///
/// # Errors
/// [`BootError`]; the log is as it was, or the next start finishes what was begun.
pub fn compact(config: &EngineConfig, keep: bool, progress: &dyn Fn(Progress)) -> Result<Compacted, BootError> {
    let vault = config.vault();
    if !Vault::exists(&vault.dir) {
        let dir = config.data_dir.clone();
        let has_log = config.layout().has_log();
        return Err(if has_log { BootError::KeysMissing { dir } } else { BootError::NotInitialised { dir } });
    }
    let tell = |stage| move |done, of: Sequence| progress(Progress { stage, done, total: of.0 });
    let compaction = Compaction::copy(&config.data_dir, config.log_options(), keep, &mut tell(Stage::Copy))?;
    let reason = check(config, &compaction, &vault, tell(Stage::Verify))?;
    match reason {
        None => Ok(compaction.finish()?),
        Some(reason) => Err(compaction.discard(reason).into()),
    }
}

/// Holds the copy against everything that is known of the log; gives what is wrong.
fn check(
    config: &EngineConfig,
    compaction: &Compaction,
    vault: &chancery_vault::VaultConfig,
    progress: impl FnMut(u64, Sequence),
) -> Result<Option<String>, BootError> {
    let (layout, vault) = (config.layout(), Vault::open(vault)?);
    let witness = WitnessFile::new(layout.witness()).load(signer(&vault)?.verifier())?;
    let snapshots = SnapshotStore::new(layout.snapshots(), STATE_VERSION);
    let trees = snapshots.list()?.into_iter().flat_map(|sequence| snapshots.read(sequence)).map(|snapshot| snapshot.tree);
    let tiles = TileStore::open(layout.tiles()).ok();
    let expected = Expected { checkpoints: witness.into_iter().collect(), snapshots: trees.collect(), tiles: tiles.as_ref() };
    let report = chancery_log::verify::verify::<Event>(compaction.copied(), &expected, |_| Ok(()), progress);
    Ok(report.failure.map(|failure| failure.to_string()))
}
