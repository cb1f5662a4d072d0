//! Ends what was granted for a time: a record of its own for each end, written within a second of it. Sessions that are
//! over need no record: they are forgotten now and then.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chancery_domain::{Fresh, actions::ExpireGrant};
use chancery_vault::random_u128;
use crossbeam_channel::{Receiver, RecvTimeoutError};
use tokio::sync::{mpsc::WeakSender, oneshot};

use crate::{Caller, Clock, Request, prepare::Prepared, published::Published, sessions::Sessions, writer::Job};

/// How often it is looked whether something ends.
const EVERY: Duration = Duration::from_millis(250);
/// How often sessions that are over are forgotten.
const TIDY_EVERY: Duration = Duration::from_secs(600);
/// So many ends at a time and account.
const ENDS_MAX: usize = 1_000;

/// The expiry's thread.
pub(crate) struct Expiry {
    pub(crate) jobs: WeakSender<Job>,
    pub(crate) published: Arc<Published>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) stop: Receiver<()>,
}

impl Expiry {
    /// Runs until the engine ends.
    pub(crate) fn run(self) {
        let mut tidied = Instant::now();
        while let Err(RecvTimeoutError::Timeout) = self.stop.recv_timeout(EVERY) {
            if tidied.elapsed() >= TIDY_EVERY {
                self.tidy();
                tidied = Instant::now();
            }
            let Some(jobs) = self.jobs.upgrade() else { return };
            for prepared in self.due() {
                let (answer, done) = oneshot::channel();
                if jobs.blocking_send(Job::One(Box::new(prepared), answer)).is_err() {
                    return;
                }
                if let Ok(Err(error)) = done.blocking_recv() {
                    tracing::warn!(%error, "the end of a grant was not written; it is tried again");
                    break;
                }
            }
        }
    }

    fn tidy(&self) {
        if let Err(error) = self.sessions.tidy(self.clock.now()) {
            tracing::warn!(%error, "the sessions' file was not written anew; it is tried again");
        }
    }

    fn due(&self) -> Vec<Prepared> {
        let (state, now) = (self.published.load(), self.clock.now());
        let ends = state.accounts.values().flat_map(|account| {
            let id = account.id;
            account.expired(now).take(ENDS_MAX).map(move |(_, grant)| (id, grant))
        });
        ends.map(|(account, grant)| Prepared {
            caller: Caller::system(account),
            request: Request::local(),
            command: ExpireGrant { grant }.into(),
            fresh: Fresh::new(0),
            record_bits: random_u128(),
            origin: None,
            token: None,
        })
        .collect()
    }
}
