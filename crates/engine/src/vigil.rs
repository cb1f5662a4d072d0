//! The vigil: a thread that proves about once a second that the store still can be written, keeps the ballast, and tells
//! when the disk gets full or the log wasteful. It changes nothing that a caller sees.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use chancery_log::{AppendError, Ballast, BallastKept, EventLog, Room, Space};
use crossbeam_channel::{Receiver, RecvTimeoutError};

/// How often the disk is looked at, and the ballast made if there is room.
const ROOM_EVERY: Duration = Duration::from_secs(5);
/// How often what has not changed is logged again.
const TOLD_EVERY: Duration = Duration::from_secs(3_600);

/// What is not as it should be, though the server does its work.
#[derive(Default)]
pub(crate) struct Warnings(Mutex<Vec<(Warning, String)>>);

/// Each kind of warning stands once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Warning {
    DiskFull,
    Wasteful,
    NoBallast,
}

impl Warnings {
    pub(crate) fn list(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|(_, text)| text.clone()).collect()
    }

    /// Sets or clears one; whether it is new.
    fn set(&self, kind: Warning, text: Option<String>) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = all.len();
        all.retain(|(known, _)| *known != kind);
        let was = all.len() < before;
        let is = text.is_some();
        all.extend(text.map(|text| (kind, text)));
        is && !was
    }
}

/// The thread.
pub(crate) struct Vigil {
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) data_dir: std::path::PathBuf,
    pub(crate) ballast: Ballast,
    pub(crate) reserve: Option<u64>,
    /// How often the store is probed; never when zero.
    pub(crate) probe_every: Duration,
    pub(crate) warnings: Arc<Warnings>,
    pub(crate) stop: Receiver<()>,
}

impl Vigil {
    /// Runs until the engine ends.
    pub(crate) fn run(self) {
        let pause = if self.probe_every.is_zero() { ROOM_EVERY } else { self.probe_every.min(ROOM_EVERY) };
        let (mut looked, mut told, mut probed) = (None, None, Instant::now());
        loop {
            if looked.is_none_or(|at: Instant| at.elapsed() >= ROOM_EVERY) {
                let again = told.is_none_or(|at: Instant| at.elapsed() >= TOLD_EVERY);
                self.look(again);
                looked = Some(Instant::now());
                told = if again { looked } else { told };
            }
            if !self.probe_every.is_zero() && probed.elapsed() >= self.probe_every {
                probed = Instant::now();
                // What fails poisons the log, which is asked for its health; a full disk is told by `look`.
                match self.log.probe() {
                    Ok(()) | Err(AppendError::DiskFull { .. }) => {}
                    Err(error) => return tracing::error!(%error, "the store does not answer any more"),
                }
            }
            if !matches!(self.stop.recv_timeout(pause), Err(RecvTimeoutError::Timeout)) {
                return;
            }
        }
    }

    /// Looks at the disk; `again` tells once more what has been told.
    fn look(&self, again: bool) {
        let Ok(room) = Room::at(&self.data_dir, self.reserve) else { return };
        let full = room.check(0).err().map(|error| format!("no change is accepted: {error}"));
        self.tell(Warning::DiskFull, full, again);
        let wasteful = self.log.space().filter(Space::is_wasteful).map(|space| wasteful(&space));
        self.tell(Warning::Wasteful, wasteful, again);
        let ballast = match self.ballast.keep(room) {
            Ok(BallastKept::Unchanged) => None,
            Ok(BallastKept::Made) => {
                tracing::info!("the ballast was made, to be deleted if the disk is ever full");
                None
            }
            Ok(BallastKept::Removed) => {
                tracing::info!("the ballast was removed, as the configuration wants none");
                None
            }
            Ok(BallastKept::NoRoom) => {
                Some("there is no room for the ballast, which is kept for the day when the disk is full".to_owned())
            }
            Err(error) => Some(format!("the ballast, which is kept for the day when the disk is full, cannot be made: {error}")),
        };
        self.tell(Warning::NoBallast, ballast, again);
    }

    fn tell(&self, kind: Warning, text: Option<String>, again: bool) {
        let told = text.clone();
        let new = self.warnings.set(kind, text);
        if let Some(text) = told.filter(|_| new || again) {
            tracing::warn!("{text}");
        }
    }
}

/// What a log that takes too much of the disk is said to be.
pub(crate) fn wasteful(space: &Space) -> String {
    let mib = |bytes: u64| bytes >> 20;
    format!(
        "the log takes {} MiB of the disk for {} MiB of records: `chancery log compact` writes it anew, while no server holds it",
        mib(space.disk_bytes),
        space.live_bytes.map_or(0, mib)
    )
}

#[cfg(test)]
mod tests;
