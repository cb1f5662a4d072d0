//! What is run, how long, and where.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;
use clap::{Parser, ValueEnum};

/// Measure the figures of ops/bench.md
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
pub(crate) struct Arguments {
    /// Only these; may be repeated [default: all]
    #[arg(long, value_enum)]
    only: Vec<Bench>,
    /// Short runs on little data, for a look; figures are for the full ones
    #[arg(long)]
    quick: bool,
    /// Runs of each measurement; the median counts [default: 5, quick: 1]
    #[arg(long)]
    runs: Option<usize>,
    /// Keep the data on this disk, which must be a real one [default: target/bench-data]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// The release binary `chancery` [default: the one beside this program]
    #[arg(long, value_name = "FILE")]
    server: Option<PathBuf>,
    /// Install the peers that are missing, as root with apt
    #[arg(long)]
    install: bool,
    /// Write the results as JSON as well
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Serve the bare peer of graphql-read on this port: this program starts itself so
    #[arg(long, hide = true, value_name = "PORT")]
    pub(crate) bare_graphql: Option<u16>,
}

/// One bench.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Bench {
    /// Durable mutations in process, beside a bare group commit
    Commit,
    /// Durable mutations in process, beside PostgreSQL
    Postgres,
    /// createUser over HTTP, beside OpenLDAP
    HttpCreate,
    /// CPU per query over HTTP, beside bare async-graphql and poem
    GraphqlRead,
    /// Replay from zero and start, beside a bare scan
    Replay,
    /// Bytes per record, disk and memory
    Space,
    /// Decisions about access through the engine
    Access,
    /// Decisions of the policy engine alone, beside Cedar, casbin and Rego
    Decide,
}

impl Arguments {
    pub(crate) fn benches(&self) -> Vec<Bench> {
        if self.only.is_empty() { Bench::value_variants().to_vec() } else { self.only.clone() }
    }
}

impl Bench {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Postgres => "postgres",
            Self::HttpCreate => "http-create",
            Self::GraphqlRead => "graphql-read",
            Self::Replay => "replay",
            Self::Space => "space",
            Self::Access => "access",
            Self::Decide => "decide",
        }
    }
}

/// How the benches are run.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) quick: bool,
    /// Every measurement is taken so many times.
    pub(crate) runs: usize,
    /// One measurement under load lasts so long.
    pub(crate) load: Duration,
    /// A log of so many records is replayed.
    pub(crate) records: u64,
    pub(crate) install: bool,
    pub(crate) server: PathBuf,
    dir: PathBuf,
}

impl Plan {
    pub(crate) fn new(arguments: &Arguments) -> anyhow::Result<Self> {
        let own = std::env::current_exe()?;
        let beside = own.parent().context("this program is in no directory")?;
        let quick = arguments.quick;
        let dir = arguments.dir.clone().unwrap_or_else(|| beside.join("../bench-data"));
        fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        let plan = Self {
            quick,
            runs: arguments.runs.unwrap_or(if quick { 1 } else { 5 }).max(1),
            load: Duration::from_secs(if quick { 2 } else { 4 }),
            records: if quick { 100_000 } else { 1_000_000 },
            install: arguments.install,
            server: arguments.server.clone().unwrap_or_else(|| beside.join("chancery")),
            dir: dir.canonicalize()?,
        };
        plan.clean()?;
        Ok(plan)
    }

    /// What stands above the table: a figure without its machine says little.
    pub(crate) fn describe(&self) -> String {
        let cpus = std::thread::available_parallelism().map_or(0, usize::from);
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split(' ').next().unwrap_or("?").to_owned();
        let mode = if self.quick { "quick" } else { "full" };
        format!("{mode}: {} runs of {} s, {cpus} processors, load {load} at the start", self.runs, self.load.as_secs())
    }

    /// An empty directory of this name.
    pub(crate) fn empty_dir(&self, name: &str) -> anyhow::Result<PathBuf> {
        let dir = self.dir.join(name);
        remove(&dir)?;
        fs::create_dir_all(&dir)?;
        Ok(dir)
    }

    /// Removes what the benches left on the disk.
    pub(crate) fn clean(&self) -> anyhow::Result<()> {
        for entry in fs::read_dir(&self.dir)? {
            remove(&entry?.path())?;
        }
        Ok(())
    }
}

fn remove(dir: &Path) -> anyhow::Result<()> {
    if dir.is_dir() {
        fs::remove_dir_all(dir).with_context(|| format!("cannot remove {}", dir.display()))?;
    }
    Ok(())
}
