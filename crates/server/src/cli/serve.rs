//! `chancery serve`: the server.

use std::time::Duration;

use chancery_engine::{BootError, Engine, FirstAccount, is_initialised};
use chancery_graphql::{Door, DoorConfig};
use clap::Args;
use tokio::runtime::Runtime;

use super::{Exit, Failure, Global, Output, boot, init, progress::Bar};
use crate::{
    config::Config,
    graphql::{self, Origins},
    http::{Api, Readiness},
    listen::Shutdown,
    serve::{ServeFlags, Server},
    telemetry,
};

/// How often it is looked whether the engine can still write.
const HEALTH_EVERY: Duration = Duration::from_secs(1);
/// How long a server whose storage has failed waits for its own threads: one of them may hang on the disk.
const FAILED_GRACE: Duration = Duration::from_secs(5);

/// Run the server
///
/// An empty data directory is initialised first: with a random account id, whose root user's password is generated and shown once on
/// standard output (`chancery init` does it with values of yours). SIGTERM and SIGINT end the server in order: requests in work are
/// answered, the log is closed; a second signal cuts connections. A server whose disk fails stops accepting changes and exits with 4.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    flags: ServeFlags,
}

impl Serve {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        let config = global.load(self.flags.flags())?.config;
        telemetry::install(&config.log.level, config.log.format).map_err(|error| Failure::new(Exit::Failed, error))?;
        let engine = open(&config, global.output)?;
        let runtime = boot::runtime()?;
        let ended = runtime.block_on(serve(&config, &engine, global.output));
        wind_down(runtime, engine, ended.as_ref().err().map(|_| FAILED_GRACE));
        ended
    }
}

/// Ends the engine and the runtime; after `grace` without what still waits for the disk.
fn wind_down(runtime: Runtime, engine: Engine, grace: Option<Duration>) {
    let ended = runtime.block_on(async {
        let end = engine.shutdown();
        match grace {
            Some(grace) => tokio::time::timeout(grace, end).await.is_ok(),
            None => {
                end.await;
                true
            }
        }
    });
    // What is left are connections that were cut and their tasks.
    runtime.shutdown_timeout(Duration::from_secs(1));
    if !ended {
        tracing::error!("a write to the disk does not end: the process ends without it");
        // Its end would wait for its threads, and so for the disk.
        std::mem::forget(engine);
    }
}

/// The engine; of a new directory, or of one whose first start broke off, with its first account.
fn open(config: &Config, output: Output) -> Result<Engine, Failure> {
    let bar = Bar::new(output);
    let engine = config.engine();
    if is_initialised(&engine) {
        match Engine::open(engine, &|progress| bar.show(progress)) {
            Err(BootError::NotInitialised { .. }) => {}
            opened => {
                bar.clear();
                return Ok(opened?);
            }
        }
    }
    boot::keep_to_owner();
    boot::refuse_foreign(config)?;
    let (engine, made) = chancery_engine::init(config.engine(), FirstAccount::default(), &|progress| bar.show(progress))?;
    bar.clear();
    init::tell(config, &made, None, output)?;
    Ok(engine)
}

async fn serve(config: &Config, engine: &Engine, output: Output) -> Result<(), Failure> {
    let shutdown = Shutdown::on_signals().map_err(|error| Failure::new(Exit::Failed, format!("no signals: {error}")))?;
    let server = Server::bind(config).await?;
    let origins = Origins::new(&config.public_url(server.address()), server.address());
    let door = Door::new(engine.clone(), DoorConfig { dev: config.dev });
    let mut api = graphql::mount(Api::new(Ready(engine.clone())), door, engine.clone(), origins, shutdown.clone());
    if config.dev {
        api = api.with_graphiql();
    }
    server.announce(config, output)?;
    let watched = tokio::spawn(watch(engine.clone(), shutdown.clone()));
    server.run(api, shutdown.clone()).await?;
    shutdown.begin();
    match watched.await {
        Ok(None) => Ok(()),
        Ok(Some(reasons)) => Err(Failure::new(Exit::Storage, format!("the server has ended itself: {reasons}"))
            .with_remedy("check the disk, then start it again: what was acknowledged is there")),
        Err(error) => Err(Failure::new(Exit::Failed, format!("the watch over the engine has ended: {error}"))),
    }
}

/// What the engine says of itself.
struct Ready(Engine);

impl Readiness for Ready {
    fn reasons(&self) -> Vec<String> {
        self.0.health().reasons
    }

    fn warnings(&self) -> Vec<String> {
        self.0.health().warnings
    }
}

/// Ends the server when the engine cannot write any more; says why.
async fn watch(engine: Engine, shutdown: Shutdown) -> Option<String> {
    loop {
        if tokio::time::timeout(HEALTH_EVERY, shutdown.begun()).await.is_ok() {
            return None;
        }
        let health = engine.health();
        if !health.ready {
            let reasons = health.reasons.join("; ");
            tracing::error!(reasons, "no change can be made durable any more: the server ends");
            shutdown.begin();
            return Some(reasons);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        },
        time::Instant,
    };

    use chancery_engine::{Caller, EngineConfig, Request};

    use super::*;

    #[test]
    fn a_disk_that_hangs_does_not_keep_the_process() {
        let dir = tempfile::tempdir().unwrap();
        let mut config = EngineConfig::new(dir.path().join("data"));
        config.hashing.memory_kib = 64;
        config.hashing.passes = 1;
        let (hangs, reached) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (hanging, reaching) = (Arc::clone(&hangs), Arc::clone(&reached));
        config.after_flush = Some(Arc::new(move || {
            while hanging.load(Ordering::Relaxed) {
                reaching.store(true, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(5));
            }
            Ok(())
        }));
        let (engine, made) = chancery_engine::init(config, FirstAccount::default(), &|_| {}).unwrap();
        let runtime = boot::runtime().unwrap();
        hangs.store(true, Ordering::Relaxed);
        let writing = engine.clone();
        runtime.spawn(async move {
            let name = chancery_model::AccountAlias::parse("a-name").unwrap();
            let command = chancery_domain::actions::CreateAccountAlias { account_alias: name };
            writing.execute(&Caller::operator(made.account), &Request::local(), command.into(), None).await
        });
        while !reached.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(5));
        }
        let begun = Instant::now();
        wind_down(runtime, engine, Some(Duration::from_millis(200)));
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
        assert!(hangs.swap(false, Ordering::Relaxed), "it hangs to the end");
    }
}
