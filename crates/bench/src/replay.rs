//! Replay from zero beside a bare scan of sled with bincode decoding, and the start from a snapshot beside the replay.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::Context;
use chancery_domain::Event;
use chancery_engine::{Engine, replay};
use chancery_log::{DataDir, EventLog, OpenOptions, SledLog, SnapshotStore, decode_record};
use chancery_model::Sequence;

use crate::{
    figure::{Report, Runs, Target},
    peer::bare_log,
    plan::Plan,
    workload::{self, Life, Span},
};

const BENCH: &str = "replay";
const ACCOUNTS: usize = 4;
/// The log is written by so many callers at once.
const CALLERS: usize = 1_024;
/// The bare log is written so many records at a time, as a server under some load would.
const BARE_BATCH_RECORDS: usize = 64;

pub(crate) fn run(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let dir = plan.empty_dir("replay-ours")?;
    let written = write_log(plan, &dir)?;
    report.note(format!("replay: a log of {} records of the mix of `commit`", plan.records));
    report.add(BENCH, "records written to the log, 1,024 callers", "/s", &Runs::alone(vec![written]), Target::Told);
    let bare = plan.empty_dir("replay-bare")?;
    copy_to_bare(&dir, &bare)?;

    let (mut speed, mut own_scan, mut start) = (Runs::default(), Runs::default(), Runs::default());
    let mut hard = Runs::default();
    let mut tail = 0;
    for _ in 0..plan.runs {
        let begun = Instant::now();
        let replayed = replay(&workload::config(&dir), &|_| {})?;
        let whole = begun.elapsed().as_secs_f64();
        let records = f64::from(u32::try_from(replayed.records)?);
        let ours = records / replayed.took.as_secs_f64();
        speed.push(ours, bare_scan(&bare)?);
        own_scan.push(ours, scan(&dir)?);
        start.push(open(&dir)?, whole);
        // A killed server leaves no snapshot at its end.
        let (newest, aside) = (newest_snapshot(&dir)?, dir.join("aside"));
        fs::rename(&newest, &aside)?;
        let left = SnapshotStore::new(DataDir::new(&dir).snapshots(), 0).list()?;
        tail = replayed.records.saturating_sub(left.first().map_or(0, |sequence| sequence.0));
        hard.push(open(&dir)?, whole);
        fs::rename(&aside, &newest)?;
    }
    report.add(BENCH, "replay from zero, tree included; bare sled scan + bincode decode", "/s", &speed, Target::RatioMin(0.6));
    report.add(BENCH, "the same; scan of our own store + decode", "/s", &own_scan, Target::Told);
    let goal = Runs::alone(speed.ours.iter().map(|rate| 1e6 / rate).collect());
    report.add(BENCH, "a million records from zero, the goal beyond", "s", &goal, Target::Max(1.0));
    report.add(BENCH, "start from a snapshot; full replay", "s", &start, Target::RatioMax(0.1));
    report.add(
        BENCH,
        format!("start after a hard end, {tail} records after the snapshot; full replay"),
        "s",
        &hard,
        Target::Told,
    );
    report.note("replay: a server that ends in order leaves a snapshot; after a hard end at most 50,000 records are replayed");
    disk(&dir, plan.records, report)
}

/// Writes the log, and gives the rate.
fn write_log(plan: &Plan, dir: &Path) -> anyhow::Result<f64> {
    let runtime = workload::runtime()?;
    let (engine, callers) = workload::fresh(&runtime, dir, ACCOUNTS)?;
    let mut lives = (0..CALLERS).map(Life::new).collect::<anyhow::Result<Vec<_>>>()?;
    let each = usize::try_from(plan.records)? / CALLERS;
    let load = workload::drive(&runtime, &engine, &callers, &mut lives, Span::commands(each))?;
    runtime.block_on(engine.shutdown());
    Ok(load.rate)
}

/// The same records, one under each key, without their meaning.
fn copy_to_bare(from: &Path, to: &Path) -> anyhow::Result<()> {
    let (log, db) = (SledLog::open(from, OpenOptions::default())?, bare_log::open(to)?);
    let (mut batch, mut waiting) = (sled::Batch::default(), 0);
    for item in log.read(Sequence(0)) {
        let (sequence, bytes) = item?;
        batch.insert(&sequence.0.to_be_bytes(), &*bytes);
        waiting += 1;
        if waiting == BARE_BATCH_RECORDS {
            db.apply_batch(std::mem::take(&mut batch))?;
            db.flush()?;
            waiting = 0;
        }
    }
    db.apply_batch(batch)?;
    db.flush()?;
    Ok(())
}

/// Records a second of the bare limit.
fn bare_scan(dir: &Path) -> anyhow::Result<f64> {
    let db = bare_log::open(dir)?;
    let begun = Instant::now();
    let mut records = 0_u32;
    for item in db.iter() {
        let (key, bytes) = item?;
        let sequence = u64::from_be_bytes(key.as_ref().try_into().context("a key that is no number")?);
        std::hint::black_box(decode_record::<Event>(Sequence(sequence), &bytes)?);
        records += 1;
    }
    Ok(f64::from(records) / begun.elapsed().as_secs_f64())
}

/// Records a second of reading and decoding our own store.
fn scan(dir: &Path) -> anyhow::Result<f64> {
    let log = SledLog::open(dir, OpenOptions::default())?;
    let begun = Instant::now();
    let mut records = 0_u32;
    for item in log.read(Sequence(0)) {
        let (sequence, bytes) = item?;
        std::hint::black_box(decode_record::<Event>(sequence, &bytes)?);
        records += 1;
    }
    Ok(f64::from(records) / begun.elapsed().as_secs_f64())
}

/// How long a start takes, in seconds.
fn open(dir: &Path) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let engine = Engine::open(workload::config(dir), &|_| {})?;
    let took = begun.elapsed().as_secs_f64();
    workload::runtime()?.block_on(engine.shutdown());
    Ok(took)
}

/// The file of the newest snapshot; names sort as their numbers do.
fn newest_snapshot(dir: &Path) -> anyhow::Result<PathBuf> {
    let snapshots = fs::read_dir(DataDir::new(dir).snapshots())?;
    let files = snapshots.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    files.into_iter().max().context("the log has no snapshot")
}

/// What the log takes on the disk.
fn disk(dir: &Path, records: u64, report: &mut Report) -> anyhow::Result<()> {
    let layout = DataDir::new(dir);
    let records = f64::from(u32::try_from(records)?);
    for (what, path) in [("the store", layout.log()), ("all of the data directory", dir.to_owned())] {
        let bytes = Runs::alone(vec![disk_bytes(&path)? / records]);
        report.add(BENCH, format!("disk per record, {what}"), "bytes", &bytes, Target::Told);
    }
    Ok(())
}

/// The size of all files below a directory.
fn disk_bytes(path: &Path) -> anyhow::Result<f64> {
    let mut bytes = 0.0;
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        bytes += if kind.is_dir() {
            disk_bytes(&entry.path())?
        } else {
            // Blocks of 512 bytes: a file may have holes.
            use std::os::unix::fs::MetadataExt as _;
            f64::from(u32::try_from(entry.metadata()?.blocks())?) * 512.0
        };
    }
    Ok(bytes)
}
