//! `chancery log verify`: the whole data directory, checked from the stored bytes.

use chancery_engine::VerifyReport;
use clap::Args;
use serde_json::json;

use super::{Exit, Failure, Global, boot, progress::Bar};

/// Check that the log is whole, in order and unchanged
///
/// Every record is read and hashed again; no stored hash, index or snapshot is believed. Then the tree is held against the signed
/// checkpoint of the head witness and the tiles, and a replay from the first record against every snapshot, byte for byte. Exits with
/// 1 at the first thing that is wrong. The data directory must not be held by a server.
#[derive(Debug, Args)]
pub(in crate::cli) struct Verify {}

impl Verify {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        let config = boot::load(global, Vec::new())?;
        let bar = Bar::new(global.output);
        let report = chancery_engine::verify(&config.engine(), &|progress| bar.show(progress)).map_err(boot::refused)?;
        bar.clear();
        global.output.print(|| text(&report), || as_json(&report))?;
        match &report.failure {
            None => Ok(()),
            Some(failure) => Err(Failure::new(Exit::Failed, format!("the log does not verify: {failure}"))
                .with_remedy("keep the directory as it is for the inquiry, and restore a backup into another one")),
        }
    }
}

fn text(report: &VerifyReport) -> String {
    let VerifyReport { records, bytes, disk_bytes, wasteful, root, witness, snapshots, state_digest, failure } = report;
    let witness = match witness {
        Some(size) => format!("signed checkpoint of {size} records"),
        None => "none yet".to_owned(),
    };
    let snapshots = match snapshots.last() {
        Some(last) => format!("{}, the last one at {last}", snapshots.len()),
        None => "none".to_owned(),
    };
    let verdict = if failure.is_some() { "NOT whole" } else { "whole" };
    let mut lines = vec![
        format!("the log is    {verdict}"),
        format!("records       {records} ({bytes} bytes)"),
        format!("on the disk   {disk_bytes} bytes"),
        format!("tree root     {}", hex::encode(root)),
        format!("head witness  {witness}"),
        format!("snapshots     {snapshots}"),
        format!("state digest  {}", hex::encode(state_digest)),
    ];
    lines.extend(wasteful.clone());
    lines.join("\n")
}

fn as_json(report: &VerifyReport) -> serde_json::Value {
    json!({
        "verified": report.failure.is_none(),
        "failure": report.failure,
        "records": report.records,
        "bytes": report.bytes,
        "diskBytes": report.disk_bytes,
        "wasteful": report.wasteful.is_some(),
        "root": hex::encode(report.root),
        "witness": report.witness,
        "snapshots": report.snapshots.iter().map(|sequence| sequence.0).collect::<Vec<_>>(),
        "stateDigest": hex::encode(report.state_digest),
    })
}
