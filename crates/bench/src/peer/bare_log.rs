//! The bare limit of durable records: sled, a batch, a flush and an fdatasync, and nothing that means anything.

use std::{fs::File, path::Path, thread::JoinHandle, time::Instant};

use anyhow::{Context, bail};
use tokio::{
    runtime::Runtime,
    sync::{mpsc, oneshot},
    task::JoinSet,
};

use crate::workload::{Load, Span};

/// So many records go into one commit at most, as with ours.
const RECORDS_PER_COMMIT_MAX: usize = 1_024;

type Job = (Vec<u8>, oneshot::Sender<()>);

/// One thread that commits what its writers send.
pub(crate) struct GroupCommit {
    jobs: mpsc::Sender<Job>,
    thread: JoinHandle<anyhow::Result<()>>,
}

/// sled as the event log opens it.
pub(crate) fn open(dir: &Path) -> anyhow::Result<sled::Db> {
    let config = sled::Config::new().path(dir).mode(sled::Mode::LowSpace).cache_capacity(32 << 20).flush_every_ms(None);
    Ok(config.open()?)
}

impl GroupCommit {
    pub(crate) fn start(dir: &Path) -> anyhow::Result<Self> {
        let db = open(dir)?;
        let file = File::open(dir.join("db")).context("sled has no file `db`")?;
        let (jobs, queue) = mpsc::channel(4_096);
        let thread = std::thread::Builder::new().name("bare-commit".to_owned()).spawn(move || commit(&db, &file, queue))?;
        Ok(Self { jobs, thread })
    }

    /// So many writers at once, each with records of this size.
    pub(crate) fn drive(&self, runtime: &Runtime, writers: usize, bytes: usize, span: Span) -> anyhow::Result<Load> {
        let begun = Instant::now();
        let millis = runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for writer in 0..writers {
                tasks.spawn(write(self.jobs.clone(), body(writer, bytes), span));
            }
            let mut millis = Vec::new();
            while let Some(ended) = tasks.join_next().await {
                millis.extend(ended.context("a writer has panicked")??);
            }
            anyhow::Ok(millis)
        })?;
        Ok(Load::new(millis, begun.elapsed()))
    }

    pub(crate) fn end(self) -> anyhow::Result<()> {
        drop(self.jobs);
        match self.thread.join() {
            Ok(done) => done,
            Err(_) => bail!("the thread of the bare group commit has panicked"),
        }
    }
}

/// Bytes that do not compress.
pub(crate) fn body(seed: usize, bytes: usize) -> Vec<u8> {
    let mut state = u64::try_from(seed).unwrap_or_default().wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut body = Vec::with_capacity(bytes.saturating_add(8));
    while body.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        body.extend_from_slice(&state.to_le_bytes());
    }
    body.truncate(bytes);
    body
}

async fn write(jobs: mpsc::Sender<Job>, body: Vec<u8>, span: Span) -> anyhow::Result<Vec<f64>> {
    let mut millis = Vec::new();
    let mut begun = Instant::now();
    while begun < span.until {
        let (answer, answered) = oneshot::channel();
        jobs.send((body.clone(), answer)).await.context("the bare group commit has ended")?;
        answered.await.context("the bare group commit has failed")?;
        let now = Instant::now();
        millis.push(now.duration_since(begun).as_secs_f64() * 1_000.0);
        begun = now;
    }
    Ok(millis)
}

fn commit(db: &sled::Db, file: &File, mut queue: mpsc::Receiver<Job>) -> anyhow::Result<()> {
    let mut next = 0_u64;
    while let Some(first) = queue.blocking_recv() {
        let (mut batch, mut answers) = (sled::Batch::default(), Vec::new());
        let mut taken = Some(first);
        while let Some((body, answer)) = taken {
            batch.insert(&next.to_be_bytes(), body);
            next += 1;
            answers.push(answer);
            taken = if answers.len() < RECORDS_PER_COMMIT_MAX { queue.try_recv().ok() } else { None };
        }
        db.apply_batch(batch)?;
        db.flush()?;
        file.sync_data()?;
        for answer in answers {
            // Who does not wait any more need not be told.
            let _ = answer.send(());
        }
    }
    Ok(())
}
