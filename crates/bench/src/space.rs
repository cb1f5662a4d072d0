//! Bytes per record by command, and the memory of the real server: fresh, and with a full account.

use std::{collections::BTreeMap, path::Path, time::Duration};

use chancery_domain::Event;
use chancery_log::{EventLog, OpenOptions, SledLog, decode_record};
use chancery_model::Sequence;

use crate::{
    figure::{Report, Runs, Target},
    full_account,
    plan::Plan,
    running_server::RunningServer,
    workload::{self, Life, Span, count},
};

const BENCH: &str = "space";
/// The goal for the mean size of a record, in bytes.
const RECORD_BYTES_GOAL: f64 = 350.0;
/// A server's memory is looked at again after so long.
const SETTLED: Duration = Duration::from_secs(15);

pub(crate) fn run(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    bytes_by_command(plan, report)?;
    let fresh = plan.empty_dir("space-fresh")?;
    let (engine, _) = workload::fresh(&workload::runtime()?, &fresh, 1)?;
    workload::runtime()?.block_on(engine.shutdown());
    drop(engine);
    memory(plan, &fresh, "of a fresh server", Target::Max(40.0), report)?;
    for (quarters, what, target) in [
        (1, "with a quarter of a full account", Target::Told),
        (2, "with half of a full account", Target::Told),
        (4, "with a full account", Target::Max(150.0)),
    ] {
        let dir = plan.empty_dir("space-full")?;
        full_account::write(&workload::runtime()?, &dir, quarters)?;
        if quarters == 4 {
            by_command(&dir, "space: the same in a full account", report)?;
        }
        memory(plan, &dir, what, target, report)?;
    }
    Ok(())
}

fn bytes_by_command(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let (runtime, dir) = (workload::runtime()?, plan.empty_dir("space-records")?);
    let (engine, callers) = workload::fresh(&runtime, &dir, 4)?;
    let mut lives = (0..64).map(Life::new).collect::<anyhow::Result<Vec<_>>>()?;
    workload::drive(&runtime, &engine, &callers, &mut lives, Span::commands(100))?;
    runtime.block_on(engine.shutdown());
    drop(engine);
    let mean = by_command(&dir, "space: mean stored bytes of a record by command", report)?;
    report.add(
        BENCH,
        "stored bytes of a record, mean of the mix of `commit`",
        "bytes",
        &Runs::alone(vec![mean]),
        Target::Max(RECORD_BYTES_GOAL),
    );
    Ok(())
}

/// Tells the mean size of each command's records, and gives that of all.
fn by_command(dir: &Path, title: &str, report: &mut Report) -> anyhow::Result<f64> {
    let log = SledLog::open(dir, OpenOptions::default())?;
    let mut sizes = BTreeMap::<String, (usize, usize)>::new();
    for item in log.read(Sequence(0)) {
        let (sequence, bytes) = item?;
        let record = decode_record::<Event>(sequence, &bytes)?;
        let size = sizes.entry(record.command.to_string()).or_default();
        *size = (size.0 + 1, size.1 + bytes.len());
    }
    let means: Vec<String> = sizes.iter().map(|(command, (records, bytes))| format!("{command} {}", bytes / records)).collect();
    report.note(format!("{title}: {}", means.join(", ")));
    let (records, bytes) = sizes.values().fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
    Ok(count(bytes) / count(records))
}

/// The memory of the server on this data directory: after its start, and when it has settled.
fn memory(plan: &Plan, dir: &Path, what: &str, target: Target, report: &mut Report) -> anyhow::Result<()> {
    let (mut first, mut settled) = (Vec::new(), Vec::new());
    for _ in 0..plan.runs.min(3) {
        let server = RunningServer::start(plan, dir, "warn")?;
        first.push(server.process.rss_mib()?);
        if !plan.quick {
            std::thread::sleep(SETTLED);
            settled.push(server.process.rss_mib()?);
        }
        server.process.stop()?;
    }
    report.add(BENCH, format!("resident memory {what}, just started"), "MiB", &Runs::alone(first), target);
    if !settled.is_empty() {
        report.add(BENCH, format!("resident memory {what}, after 15 s"), "MiB", &Runs::alone(settled), target);
    }
    Ok(())
}
