//! `chancery log tail`: the last records, and those that come.

use std::time::Duration;

use chancery_model::Sequence;
use clap::Args;

use super::{
    Exit, Failure, Global, Lines, before, boot,
    progress::Bar,
    remote::{From, Remote, ServerFlags},
};

/// How often a server is asked for new records.
const ASK_EVERY: Duration = Duration::from_millis(500);

/// Print the last records, in short or (--output json) whole
///
/// Of a running server (--server) these are the records of the account that the token's session belongs to; with --follow the
/// command stays and prints each new one. A data directory must not be held by a server.
#[derive(Debug, Args)]
pub(in crate::cli) struct Tail {
    #[command(flatten)]
    server: ServerFlags,
    /// How many records to begin with
    #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 20)]
    lines: u64,
    /// Stay, and print new records as they come
    #[arg(short, long)]
    follow: bool,
}

impl Tail {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        let mut lines = Lines::new(global.output);
        let count = self.lines;
        let last = |head: Sequence| Sequence(head.0.saturating_sub(count));
        match self.server.remote()? {
            Some(remote) => boot::runtime()?.block_on(follow(&remote, last, self.follow, &mut lines))?,
            None if self.follow => {
                let message = "--follow needs a running server: nothing is added to a data directory that no server holds";
                return Err(Failure::new(Exit::Usage, message).with_remedy("name it with --server URL"));
            }
            None => {
                let config = boot::load(global, Vec::new())?;
                let bar = Bar::new(global.output);
                let mut each = |record: chancery_engine::RecordView| lines.write(&record.to_json());
                let range = |head| last(head)..head;
                chancery_engine::export(&config.engine(), &range, &|progress| bar.show(progress), &mut each)
                    .map_err(boot::refused)?;
                bar.clear();
            }
        }
        lines.finish()
    }
}

async fn follow(remote: &Remote, last: impl Fn(Sequence) -> Sequence, stay: bool, lines: &mut Lines) -> Result<(), Failure> {
    let mut seen = before(last(remote.head().await?));
    loop {
        let page = remote.records(&From::Sequence(seen)).await?;
        for (sequence, record) in &page.records {
            seen = Some(*sequence);
            if !lines.write(record) {
                return Ok(());
            }
        }
        if !lines.flush() {
            return Ok(());
        }
        // A page without records of the account may still have more behind it; its cursor knows, and the last record does not.
        let more = page.next.is_some() && !page.records.is_empty();
        if !more && !stay {
            return Ok(());
        }
        if !more {
            tokio::time::sleep(ASK_EVERY).await;
        }
    }
}
