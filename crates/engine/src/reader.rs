//! Reading: one caller, one moment.

use std::sync::Arc;

use chancery_domain::{Account, AwsPolicies, Read, State};
use chancery_model::{Arn, Sequence, Timestamp};

use crate::{
    Authorized, Caller, EngineError,
    access::Cache,
    authorize::{Grounds, asked_by_read, authorize},
};

/// A moment in the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// After this record.
    Sequence(Sequence),
    /// After the last record that was written at or before this moment.
    Time(Timestamp),
}

/// What a caller can read at one moment. Rights are those of now; contents are those of the moment.
#[derive(Clone)]
pub struct Reader {
    caller: Caller,
    now: Arc<State>,
    state: Arc<State>,
    cache: Arc<Cache>,
    /// The time of the clock when it was made.
    time: Timestamp,
}

impl Reader {
    /// `now` and `state` must have been published.
    pub(crate) fn new(caller: Caller, now: Arc<State>, state: Arc<State>, cache: Arc<Cache>, time: Timestamp) -> Self {
        Self { caller, now, state, cache, time }
    }

    /// Asks whether the caller may read this.
    ///
    /// # Errors
    /// [`EngineError::Denied`].
    pub fn authorize(&self, read: Read, resource: &Arn) -> Result<Authorized<Read>, EngineError> {
        let grounds = Grounds { state: &self.now, cache: Some(&self.cache), now: self.time };
        Ok(authorize(grounds, &self.caller, self.caller.account(), &asked_by_read(read, resource), read)?)
    }

    /// The caller's account.
    ///
    /// # Errors
    /// [`EngineError::Rejected`] when there was no such account at that moment.
    pub fn account(&self, _proof: &Authorized<Read>) -> Result<&Arc<Account>, EngineError> {
        Ok(self.state.account(self.caller.account())?)
    }

    /// AWS's managed policies.
    #[must_use]
    pub fn aws_policies(&self, _proof: &Authorized<Read>) -> &AwsPolicies {
        &self.state.aws
    }

    /// The whole state.
    #[must_use]
    pub fn state(&self, _proof: &Authorized<Read>) -> &Arc<State> {
        &self.state
    }

    /// The number of records that the moment has seen.
    #[must_use]
    pub fn sequence(&self) -> Sequence {
        self.state.next
    }

    /// Who reads.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The caller's own ARN.
    #[must_use]
    pub fn caller_arn(&self) -> Arn {
        self.caller.arn(&self.now)
    }
}
