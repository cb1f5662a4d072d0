//! The configuration as the engine takes it.

use std::time::Duration;

use chancery_engine::{EngineConfig, SessionLimits};
use chancery_vault::{HashingConfig, MasterKeySource as Source};

use super::{Config, Hashing, MasterKey, MasterKeySource};

impl Config {
    /// The engine's part.
    #[must_use]
    pub fn engine(&self) -> EngineConfig {
        EngineConfig {
            master_key: self.master_key.source(),
            hashing: self.hashing.config(),
            sessions: SessionLimits {
                idle_seconds: self.sessions.idle_minutes * 60,
                absolute_seconds: self.sessions.absolute_hours * 3_600,
                ..SessionLimits::default()
            },
            snapshot_records: self.snapshots.every_records,
            reserve_bytes: Some(self.disk.reserve_mib << 20).filter(|bytes| *bytes > 0),
            ballast_bytes: self.disk.ballast_mib << 20,
            probe_every: Duration::from_secs(self.disk.probe_seconds),
            write_deadline: Duration::from_secs(self.disk.deadline_seconds),
            ..EngineConfig::new(&self.data_dir)
        }
    }
}

impl Hashing {
    fn config(&self) -> HashingConfig {
        let Self { memory_kib, passes, lanes, .. } = *self;
        HashingConfig { memory_kib, passes, lanes, workers: self.workers(), ..HashingConfig::default() }
    }
}

impl MasterKey {
    /// `None` is the engine's default: the file in the data directory.
    fn source(&self) -> Option<Source> {
        let name = || self.name.clone().unwrap_or_default();
        match self.source {
            MasterKeySource::File => self.path.clone().map(Source::File),
            MasterKeySource::Env => Some(Source::Env(name())),
            MasterKeySource::Systemd => Some(Source::SystemdCredential(name())),
            MasterKeySource::Command => Some(Source::Command(self.command.clone())),
        }
    }
}
