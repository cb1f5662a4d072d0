//! A log read from end to end without a running engine: for exports, and for whoever wants the log's public key.

use std::ops::Range;

use chancery_domain::State;
use chancery_log::{EventLog, Tree};
use chancery_model::Sequence;

use crate::{
    BootError, EngineConfig, Progress, RecordView, Stage,
    boot::{open_stores, signer},
    replay,
};

/// Hands the records of a range to `each`, in order; `range` is told how many records there are. The log is replayed first, so
/// that actors have the names of now. `each` says whether to go on. The directory must not be held by a server.
///
/// # Errors
/// [`BootError`] as for a start.
pub fn export(
    config: &EngineConfig,
    range: &dyn Fn(Sequence) -> Range<Sequence>,
    progress: &dyn Fn(Progress),
    each: &mut dyn FnMut(RecordView) -> bool,
) -> Result<(), BootError> {
    let (log, vault) = open_stores(config)?;
    let total = log.head().0;
    let (mut state, mut tree) = (State::default(), Tree::new());
    replay::fold(log.read(Sequence(0)), &vault, &mut state, &mut tree, |done, _| {
        if done % 16_384 == 0 || done == total {
            progress(Progress { stage: Stage::Replay, done, total });
        }
    })?;
    let range = range(log.head());
    for item in log.read(range.start) {
        let (sequence, bytes) = item?;
        if sequence >= range.end {
            break;
        }
        let view = RecordView::of(&vault, &state, sequence, &bytes).map_err(|error| BootError::Inconsistent {
            dir: config.data_dir.clone(),
            what: format!("record {sequence}"),
            reason: error.to_string(),
        })?;
        if !each(view) {
            break;
        }
    }
    Ok(())
}

/// The public key of the log, as verifiers of its checkpoints want it: `name+hash+base64` (C2SP signed-note).
///
/// # Errors
/// [`BootError`] as for a start.
pub fn public_key(config: &EngineConfig) -> Result<String, BootError> {
    let (_log, vault) = open_stores(config)?;
    Ok(signer(&vault)?.verifier().to_string())
}
