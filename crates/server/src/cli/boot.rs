//! From a data directory to an engine, for commands that work on one.

use std::fs;

use chancery_engine::{BootError, Engine, EngineConfig};
use chancery_log::OpenError;
use tokio::runtime::{Builder, Runtime};

use super::{Exit, Failure, Global, progress::Bar};
use crate::{
    config::{Config, Flag},
    telemetry,
};

impl From<BootError> for Failure {
    fn from(error: BootError) -> Self {
        let exit = match &error {
            BootError::FirstAccount(_) => Exit::Failed,
            BootError::NotInitialised { .. }
            | BootError::AlreadyInitialised { .. }
            | BootError::KeysMissing { .. }
            | BootError::Vault(_)
            | BootError::Open(_)
            | BootError::Log(_)
            | BootError::Witness(_)
            | BootError::Checkpoint(_)
            | BootError::Compact(_)
            | BootError::Inconsistent { .. }
            | BootError::Io { .. } => Exit::Refused,
        };
        Self::new(exit, error)
    }
}

/// A failure on a directory that this command needs for itself.
pub(super) fn refused(error: BootError) -> Failure {
    let locked = matches!(error, BootError::Open(OpenError::Locked { .. }));
    let failure = Failure::from(error);
    if locked { failure.with_remedy("this command works on a data directory that no server holds") } else { failure }
}

/// The configuration of a command that works on a data directory and ends; only warnings are logged, unless more is asked for.
pub(super) fn load(global: &Global, flags: Vec<Flag>) -> Result<Config, Failure> {
    let config = global.load(flags)?.config;
    keep_to_owner();
    let level = if config.log.level == "info" { "warn" } else { &config.log.level };
    telemetry::install(level, config.log.format).map_err(|error| Failure::new(Exit::Failed, error))?;
    Ok(config)
}

/// Whatever this process writes from now on is its owner's alone, the store's files too, which sets no mode itself.
pub(super) fn keep_to_owner() {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
}

/// The threads that asynchronous work runs on.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    let made = Builder::new_multi_thread().enable_all().build();
    made.map_err(|error| Failure::new(Exit::Failed, format!("the threads of the server cannot be started: {error}")))
}

/// Opens the engine of an initialised directory, and runs `work` on it.
pub(super) fn with_engine<T>(
    config: EngineConfig,
    bar: &Bar,
    work: impl AsyncFnOnce(&Engine) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let engine = Engine::open(config, &|progress| bar.show(progress)).map_err(refused)?;
    bar.clear();
    let runtime = runtime()?;
    let done = runtime.block_on(work(&engine));
    runtime.block_on(engine.shutdown());
    done
}

/// Refuses to make a data directory among files of something else.
pub(super) fn refuse_foreign(config: &Config) -> Result<(), Failure> {
    let dir = &config.data_dir;
    let Ok(entries) = fs::read_dir(dir) else { return Ok(()) };
    let names: Vec<String> = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let ours = ["keys", "log", "lock", "format"];
    let foreign = names.iter().find(|name| !name.starts_with('.') && *name != "lost+found");
    match foreign {
        Some(foreign) if !names.iter().any(|name| ours.contains(&name.as_str())) => {
            let message = format!("{} is not empty (it has `{foreign}`) and holds no Chancery data", dir.display());
            Err(Failure::new(Exit::Refused, message).with_remedy("give an empty or a new directory with --data-dir"))
        }
        Some(_) | None => Ok(()),
    }
}
