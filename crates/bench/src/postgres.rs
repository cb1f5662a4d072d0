//! Durable mutations in process, beside durable single-row inserts of the same bytes into PostgreSQL.

use crate::{
    commit::{Ours, sample_bytes},
    figure::{Report, Runs, Target},
    peer::postgresql::Postgresql,
    plan::Plan,
    workload::{self, Span},
};

const BENCH: &str = "postgres";
/// The peer's clients.
const CLIENTS: usize = 64;

pub(crate) fn run(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let runtime = workload::runtime()?;
    let bytes = sample_bytes(plan, &runtime)?;
    let peer = Postgresql::start(plan, &plan.empty_dir("postgres-peer")?, bytes)?;
    report.note(format!("postgres: {}, synchronous_commit=on, pgbench -M prepared, rows of {bytes} bytes", peer.version));
    let ours = Ours::start(plan, &runtime, "postgres-ours")?;
    let (mut few, mut many) = (ours.lives(&runtime, 64)?, ours.lives(&runtime, 256)?);
    let (mut with_few, mut with_many) = (Runs::default(), Runs::default());
    for _ in 0..plan.runs {
        let theirs = peer.drive(CLIENTS, plan.load.as_secs())?;
        with_few.push(ours.drive(&runtime, &mut few, Span::time(plan.load))?.rate, theirs);
        with_many.push(ours.drive(&runtime, &mut many, Span::time(plan.load))?.rate, theirs);
    }
    ours.end(&runtime)?;
    let what = |callers: usize| format!("durable mutations, {callers} callers; PostgreSQL inserts, {CLIENTS} clients");
    report.add(BENCH, what(64), "/s", &with_few, Target::RatioMin(2.0));
    report.add(BENCH, what(256), "/s", &with_many, Target::RatioMin(4.0));
    Ok(())
}
