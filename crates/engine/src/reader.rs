//! Reading: one caller, one moment.

use std::sync::Arc;

use chancery_domain::{Account, AwsPolicies, Read, State};
use chancery_model::{AccountId, Arn, Sequence, Timestamp};
use chancery_policy::{Decision, RequestContext};

use crate::{
    AccessDenied, AccessQuestion, Allowed, AppliedPolicy, Authorized, Caller, EngineError, Explained, Supposed,
    access::{Cache, Moment},
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
    /// The moment that is read.
    moment: Timestamp,
}

impl Reader {
    /// `now` and `state` must have been published.
    pub(crate) fn new(caller: Caller, now: Arc<State>, state: Arc<State>, cache: Arc<Cache>, time: Timestamp) -> Self {
        let moment = state.time;
        Self { caller, now, state, cache, time, moment }
    }

    /// This reader at a time, which may be later than the last record before it.
    pub(crate) fn at(mut self, time: Option<Timestamp>) -> Self {
        self.moment = time.unwrap_or(self.moment);
        self
    }

    /// Asks whether the caller may read this.
    ///
    /// # Errors
    /// [`EngineError::Denied`].
    pub fn authorize(&self, read: Read, resource: &Arn) -> Result<Authorized<Read>, EngineError> {
        let grounds = Grounds { state: &self.now, cache: Some(&self.cache), now: self.time };
        Ok(authorize(grounds, &self.caller, self.caller.account(), &asked_by_read(read, resource), read)?)
    }

    /// What a question by name or id finds, for who may read it at its own ARN; what is not there is asked for at the ARN
    /// that the question names. A refusal speaks of the latter in both cases, so that it does not tell what is there.
    ///
    /// # Errors
    /// [`EngineError::Denied`]; [`EngineError::Rejected`] when there was no such account at that moment.
    pub fn find<T>(
        &self,
        read: Read,
        named: &Arn,
        find: impl FnOnce(&Account, &AwsPolicies) -> Option<(Arn, T)>,
    ) -> Result<Option<T>, EngineError> {
        let account = self.state.account(self.caller.account());
        let found = account.as_ref().ok().and_then(|account| find(account, &self.state.aws));
        let grounds = Grounds { state: &self.now, cache: Some(&self.cache), now: self.time };
        let asked = asked_by_read(read, found.as_ref().map_or(named, |(arn, _)| arn));
        authorize(grounds, &self.caller, self.caller.account(), &asked, ())
            .map_err(|refused| AccessDenied { resource: named.to_string(), ..refused })?;
        account?;
        Ok(found.map(|(_, found)| found))
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

    /// May a principal of the account do this? At the moment that is read; asked by whom it may concern.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] for what names no principal; [`EngineError::Rejected`] for one that is not there.
    pub fn decide(&self, _proof: &Authorized<Read>, asked: &AccessQuestion<'_>) -> Result<Decision, EngineError> {
        self.moment().decide(asked)
    }

    /// The same, with the reasons.
    ///
    /// # Errors
    /// As [`Reader::decide`].
    pub fn explain(&self, _proof: &Authorized<Read>, asked: &AccessQuestion<'_>) -> Result<Explained, EngineError> {
        self.moment().explain(asked)
    }

    /// The same, if there were other policies.
    ///
    /// # Errors
    /// As [`Reader::decide`].
    pub fn simulate(
        &self,
        _proof: &Authorized<Read>,
        asked: &AccessQuestion<'_>,
        supposed: Supposed<'_>,
    ) -> Result<Explained, EngineError> {
        self.moment().simulate(asked, supposed)
    }

    /// Everybody in the account who may do this: the root user, then users, then roles, each by ARN.
    ///
    /// # Errors
    /// [`EngineError::Rejected`] when there was no such account at that moment.
    pub fn who_can(
        &self,
        _proof: &Authorized<Read>,
        action: &str,
        resource: &str,
        resource_account: Option<AccountId>,
        context: &RequestContext,
    ) -> Result<Vec<Allowed>, EngineError> {
        self.moment().who_can(action, resource, resource_account, context)
    }

    /// The policies that apply to a principal: identity-based ones, then its permissions boundary.
    ///
    /// # Errors
    /// As [`Reader::decide`].
    pub fn effective_policies(&self, _proof: &Authorized<Read>, principal: &str) -> Result<Vec<AppliedPolicy>, EngineError> {
        self.moment().policies_of(principal)
    }

    fn moment(&self) -> Moment<'_> {
        let present = Arc::ptr_eq(&self.now, &self.state);
        let now = if present { self.time } else { self.moment };
        Moment { state: &self.state, cache: present.then_some(&*self.cache), account: self.caller.account(), now }
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
