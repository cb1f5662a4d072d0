//! Durable mutations in process, beside the bare group commit of records of the same size.

use chancery_engine::{Caller, Engine};
use chancery_log::{EventLog, OpenOptions, SledLog};
use chancery_model::Sequence;
use tokio::runtime::Runtime;

use crate::{
    figure::{Report, Runs, Target, p99},
    peer::bare_log::GroupCommit,
    plan::Plan,
    workload::{self, Life, Load, Span, count},
};

const BENCH: &str = "commit";
/// The lives are spread over so many accounts.
const ACCOUNTS: usize = 4;
/// Callers at once.
const CALLERS: usize = 256;
/// Commands before anything is measured, of each caller.
const WARM_UP_COMMANDS: usize = 20;
/// The engine's lives do not repeat themselves between loads of different width.
const LIVES_APART: usize = 1_000;

/// Ours, ready to be put under load.
pub(crate) struct Ours {
    pub(crate) engine: Engine,
    callers: Vec<Caller>,
    dir: std::path::PathBuf,
}

impl Ours {
    pub(crate) fn start(plan: &Plan, runtime: &Runtime, name: &str) -> anyhow::Result<Self> {
        let dir = plan.empty_dir(name)?;
        let (engine, callers) = workload::fresh(runtime, &dir, ACCOUNTS)?;
        Ok(Self { engine, callers, dir })
    }

    /// Lives for so many callers at once, warmed up.
    pub(crate) fn lives(&self, runtime: &Runtime, callers: usize) -> anyhow::Result<Vec<Life>> {
        let numbers = (0..callers).map(|number| callers * LIVES_APART + number);
        let mut lives = numbers.map(Life::new).collect::<anyhow::Result<Vec<_>>>()?;
        self.drive(runtime, &mut lives, Span::commands(WARM_UP_COMMANDS))?;
        Ok(lives)
    }

    pub(crate) fn drive(&self, runtime: &Runtime, lives: &mut Vec<Life>, span: Span) -> anyhow::Result<Load> {
        workload::drive(runtime, &self.engine, &self.callers, lives, span)
    }

    /// Ends it, and gives the mean size of its records in bytes.
    pub(crate) fn end(self, runtime: &Runtime) -> anyhow::Result<usize> {
        runtime.block_on(self.engine.shutdown());
        drop(self.engine);
        mean_record_bytes(&self.dir)
    }
}

/// The mean size of the records of a log, in bytes.
pub(crate) fn mean_record_bytes(dir: &std::path::Path) -> anyhow::Result<usize> {
    let log = SledLog::open(dir, OpenOptions::default())?;
    let (mut bytes, mut records) = (0_usize, 0_usize);
    for item in log.read(Sequence(0)) {
        bytes += item?.1.len();
        records += 1;
    }
    Ok(bytes / records.max(1))
}

/// The mean size of the records of this workload, in bytes: peers are given as many.
pub(crate) fn sample_bytes(plan: &Plan, runtime: &Runtime) -> anyhow::Result<usize> {
    let ours = Ours::start(plan, runtime, "sample")?;
    let mut lives = ours.lives(runtime, CALLERS)?;
    ours.drive(runtime, &mut lives, Span::commands(WARM_UP_COMMANDS))?;
    ours.end(runtime)
}

pub(crate) fn run(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let runtime = workload::runtime()?;
    let bytes = sample_bytes(plan, &runtime)?;
    report.note(format!(
        "commit: of ten commands one is CreateUser, five are TagUser, one each AddUserToGroup, UntagUser, RemoveUserFromGroup, \
         DeleteUser, by root users with a session over {ACCOUNTS} accounts; {bytes} bytes a record on average"
    ));
    let ours = Ours::start(plan, &runtime, "commit-ours")?;
    let bare = GroupCommit::start(&plan.empty_dir("commit-bare")?)?;
    for (callers, min) in [(CALLERS, 0.7), (1, 0.8)] {
        let (mut rates, mut tails) = (Runs::default(), Runs::default());
        let mut lives = ours.lives(&runtime, callers)?;
        for _ in 0..plan.runs {
            let our_load = ours.drive(&runtime, &mut lives, Span::time(plan.load))?;
            let bare_load = bare.drive(&runtime, callers, bytes, Span::time(plan.load))?;
            rates.push(our_load.rate, bare_load.rate);
            tails.push(p99(our_load.millis), p99(bare_load.millis));
        }
        let name = if callers == 1 { "1 caller".to_owned() } else { format!("{callers} callers") };
        report.add(BENCH, format!("durable mutations, {name}; bare sled group commit"), "/s", &rates, Target::RatioMin(min));
        report.add(BENCH, format!("p99 of the same, {name}"), "ms", &tails, Target::RatioMax(2.0));
    }
    bare.end()?;
    let stored = ours.end(&runtime)?;
    report.note(format!("commit: {:.1} % off the sample's record size", (count(stored) / count(bytes) - 1.0).abs() * 100.0));
    Ok(())
}
