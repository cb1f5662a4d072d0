//! How long to wait after `accept` failed, so that a lack of descriptors does not become a busy loop.

use std::{io, time::Duration};

const PAUSE_FIRST: Duration = Duration::from_millis(10);
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// The pauses of one run of failures: 10 ms, doubled up to a second.
#[derive(Debug)]
pub(super) struct Backoff {
    next: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { next: PAUSE_FIRST }
    }
}

impl Backoff {
    /// The pause before the next `accept`. None when only that one connection was lost: the next may be fine.
    pub(super) fn after(&mut self, error: &io::Error) -> Duration {
        if is_about_one_connection(error) {
            return Duration::ZERO;
        }
        let pause = self.next;
        self.next = (pause * 2).min(PAUSE_MAX);
        pause
    }
}

// Everything else (EMFILE, ENFILE, ENOBUFS, ENOMEM and what we do not know) is still there at the next attempt.
fn is_about_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMFILE: i32 = 24;
    const ENFILE: i32 = 23;
    const ECONNABORTED: i32 = 103;

    #[test]
    fn descriptors_that_ran_out_are_waited_for_longer_each_time() {
        let mut backoff = Backoff::default();
        let pauses: Vec<_> =
            [EMFILE, ENFILE].iter().cycle().take(9).map(|code| backoff.after(&io::Error::from_raw_os_error(*code))).collect();
        let millis: Vec<_> = pauses.iter().map(Duration::as_millis).collect();
        assert_eq!(millis, [10, 20, 40, 80, 160, 320, 640, 1_000, 1_000]);
    }

    #[test]
    fn a_lost_connection_costs_no_pause() {
        let mut backoff = Backoff::default();
        assert_eq!(backoff.after(&io::Error::from_raw_os_error(ECONNABORTED)), Duration::ZERO);
        assert_eq!(backoff.after(&io::Error::from_raw_os_error(EMFILE)), PAUSE_FIRST);
    }
}
