//! `chancery log export`: records as JSON lines.

use chancery_model::Sequence;
use clap::Args;

use super::{
    Failure, Global, Lines, Output, before, boot,
    progress::Bar,
    remote::{From, Remote, ServerFlags},
};

/// Print records as JSON, one on a line
///
/// From a data directory that no server holds: the records of all its accounts. From a running server (--server): those of the
/// account that the token's session belongs to. Names and other personal data are shown as far as they are not erased: keep an export
/// as you keep personal data. Secrets, such as hashes of passwords, are never shown.
#[derive(Debug, Args)]
pub(in crate::cli) struct Export {
    #[command(flatten)]
    server: ServerFlags,
    /// Begin with this record
    #[arg(long, value_name = "SEQUENCE", default_value_t = 0)]
    from: u64,
    /// End before this record [default: the end of the log]
    #[arg(long, value_name = "SEQUENCE")]
    to: Option<u64>,
}

impl Export {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        let (from, to) = (Sequence(self.from), Sequence(self.to.unwrap_or(u64::MAX)));
        let mut lines = Lines::new(Output::Json);
        match self.server.remote()? {
            Some(remote) => boot::runtime()?.block_on(remote_records(&remote, from, to, &mut lines))?,
            None => {
                let config = boot::load(global, Vec::new())?;
                let bar = Bar::new(global.output);
                let range = |_| from..to;
                let mut each = |record: chancery_engine::RecordView| lines.write(&record.to_json());
                chancery_engine::export(&config.engine(), &range, &|progress| bar.show(progress), &mut each)
                    .map_err(boot::refused)?;
                bar.clear();
            }
        }
        lines.finish()
    }
}

async fn remote_records(remote: &Remote, from: Sequence, to: Sequence, lines: &mut Lines) -> Result<(), Failure> {
    let mut place = From::Sequence(before(from));
    loop {
        let page = remote.records(&place).await?;
        for (sequence, record) in &page.records {
            if *sequence >= to || !lines.write(record) {
                return Ok(());
            }
        }
        match page.next {
            Some(next) => place = next,
            None => return Ok(()),
        }
    }
}
