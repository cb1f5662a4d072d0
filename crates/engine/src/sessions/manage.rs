//! Sessions as their owners and admins see them: listed and ended.

use std::sync::Arc;

use chancery_domain::{Asked, OWN_SERVICE, Read};
use chancery_model::{Principal, SessionId, UserId};
use chancery_policy::RequestContext;

use super::Session;
use crate::{Caller, Engine, EngineError, authorize::authorize};

impl Engine {
    /// The caller's own sessions, or those of a user for who may list them; oldest first.
    ///
    /// # Errors
    /// [`EngineError::Denied`].
    pub fn sessions(&self, caller: &Caller, user: Option<UserId>) -> Result<Vec<Session>, EngineError> {
        let principal = user.map_or(caller.principal(), Principal::User);
        self.may_manage(caller, principal, Read::ListSessions.action())?;
        Ok(self.inner().sessions.list(caller.account(), principal, self.inner().clock.now()))
    }

    /// Ends a session of the caller's own, or of another's for who may.
    ///
    /// # Errors
    /// [`EngineError::Denied`]; [`EngineError::Rejected`] when there is no such session.
    pub async fn revoke_session(&self, caller: &Caller, id: SessionId) -> Result<(), EngineError> {
        let missing = || chancery_domain::Rejection::NoSuchEntity { what: format!("session {id}") };
        let session = self.inner().sessions.get(id).filter(|session| session.account == caller.account()).ok_or_else(missing)?;
        self.may_manage(caller, session.principal, "RevokeSession")?;
        self.end_sessions(vec![id]).await
    }

    /// Ends all sessions of the caller, or of a user for who may. How many were ended.
    ///
    /// # Errors
    /// [`EngineError::Denied`].
    pub async fn revoke_all_sessions(&self, caller: &Caller, user: Option<UserId>) -> Result<usize, EngineError> {
        let principal = user.map_or(caller.principal(), Principal::User);
        self.may_manage(caller, principal, "RevokeSession")?;
        let all = self.inner().sessions.list(caller.account(), principal, self.inner().clock.now());
        let count = all.len();
        self.end_sessions(all.into_iter().map(|session| session.id).collect()).await?;
        Ok(count)
    }

    /// One's own sessions are one's own; another's take permission.
    fn may_manage(&self, caller: &Caller, principal: Principal, action: &'static str) -> Result<(), EngineError> {
        if principal == caller.principal() {
            return Ok(());
        }
        let state = self.inner().published.load();
        let resource = crate::caller::principal_arn(principal, caller.account(), &state);
        let asked = [Asked { service: OWN_SERVICE, action, resource, keys: RequestContext::new() }];
        authorize(self.grounds(&state), caller, caller.account(), &asked, ())?;
        Ok(())
    }

    async fn end_sessions(&self, ids: Vec<SessionId>) -> Result<(), EngineError> {
        let sessions = Arc::clone(&self.inner().sessions);
        let work = tokio::task::spawn_blocking(move || ids.into_iter().try_for_each(|id| sessions.end(id)));
        work.await.map_err(|_| EngineError::Internal)?.map_err(|error| {
            tracing::error!(%error, "the sessions' file cannot be written");
            EngineError::ReadOnly { reason: "the end of a session cannot be stored".to_owned() }
        })
    }
}
