//! What the engine can be told.

use std::{path::PathBuf, sync::Arc, time::Duration};

use chancery_log::{DataDir, OpenOptions};
use chancery_vault::{HashingConfig, MasterKeySource, VaultConfig};

use crate::{Clock, SystemClock};

/// The settings of an engine.
#[derive(Clone)]
pub struct EngineConfig {
    /// The data directory.
    pub data_dir: PathBuf,
    /// Where the master key comes from; the file `keys/master.key` of the data directory when absent.
    pub master_key: Option<MasterKeySource>,
    /// How passwords are hashed.
    pub hashing: HashingConfig,
    /// How long sessions last.
    pub sessions: SessionLimits,
    /// How many commands may wait for the writer; beyond, callers are told to come back.
    pub queued_max: usize,
    /// A snapshot is written every so many records.
    pub snapshot_records: u64,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Changes are refused when the disk has fewer bytes free; `None` is 5 % of the disk, from 64 to 256 MiB.
    pub reserve_bytes: Option<u64>,
    /// The size of the file that is kept to be deleted when the disk is full; 0 for none. A server has
    /// [`BALLAST_BYTES`](chancery_log::BALLAST_BYTES).
    pub ballast_bytes: u64,
    /// How often an idle store is written to, to learn whether it still can be; zero for never.
    pub probe_every: Duration,
    /// A write to the store that takes longer ends all writing, as a failed one does.
    pub write_deadline: Duration,
    /// A failpoint for crash tests: called between the store's flush and our sync.
    pub after_flush: Option<chancery_log::AfterFlush>,
}

/// How long bearer sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// A session that is not used for so long ends, in seconds.
    pub idle_seconds: u64,
    /// A session ends after so long, used or not, in seconds.
    pub absolute_seconds: u64,
    /// So many sessions at most per principal; a new one ends the oldest.
    pub per_principal_max: usize,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { idle_seconds: 3_600, absolute_seconds: 12 * 3_600, per_principal_max: 100 }
    }
}

impl EngineConfig {
    /// The usual settings for a data directory.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            master_key: None,
            hashing: HashingConfig::default(),
            sessions: SessionLimits::default(),
            queued_max: 4_096,
            snapshot_records: 50_000,
            clock: Arc::new(SystemClock),
            reserve_bytes: None,
            ballast_bytes: 0,
            probe_every: Duration::from_secs(1),
            write_deadline: OpenOptions::default().write_deadline,
            after_flush: None,
        }
    }

    /// How the log is opened.
    pub(crate) fn log_options(&self) -> OpenOptions {
        OpenOptions {
            disk_free_bytes_min: self.reserve_bytes,
            write_deadline: self.write_deadline,
            after_flush: self.after_flush.clone(),
            ..OpenOptions::default()
        }
    }

    /// The layout of the data directory.
    pub(crate) fn layout(&self) -> DataDir {
        DataDir::new(&self.data_dir)
    }

    /// The settings of the vault in it.
    pub(crate) fn vault(&self) -> VaultConfig {
        let dir = self.data_dir.join("keys");
        let mut vault = VaultConfig::new(dir);
        vault.hashing = self.hashing;
        if let Some(master) = &self.master_key {
            vault.master = master.clone();
        }
        vault
    }
}
