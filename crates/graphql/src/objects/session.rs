//! Bearer sessions, and who is signed in.

use async_graphql::{Object, SimpleObject};
use chancery_engine::Session as State;
use chancery_model::{Principal, SessionId};

use crate::{
    fault::{Nullable, refusable},
    scalars::{AccountId, Timestamp},
    scope::Scope,
    view::View,
};

/// A bearer session. Its token was shown once, to whoever signed in.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(serial)]
pub(crate) struct Session {
    /// Its id, to revoke it by.
    id: String,
    /// When it began.
    created_at: Timestamp,
    /// When it was used last.
    last_used_at: Timestamp,
    /// When it ends at the latest.
    expires_at: Timestamp,
    /// Where the sign-in came from.
    address: Option<String>,
    /// Whether it is the one that this request came with.
    current: bool,
}

impl Session {
    /// A session as its owner or an administrator sees it; `current` is the one of the request.
    pub(crate) fn of(state: &State, current: Option<SessionId>) -> Self {
        Self {
            id: state.id.to_string(),
            created_at: Timestamp(state.created),
            last_used_at: Timestamp(state.last_used),
            expires_at: Timestamp(state.expires_at),
            address: state.address.clone(),
            current: current == Some(state.id),
        }
    }
}

/// Who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Me {
    view: View,
}

impl Me {
    pub(crate) fn new(view: View) -> Self {
        Self { view }
    }
}

/// Who is signed in.
#[Object(serial)]
impl Me {
    /// The ARN.
    async fn arn(&self) -> String {
        self.view.reader().caller_arn().to_string()
    }

    /// The account.
    async fn account_id(&self) -> AccountId {
        AccountId(self.view.account_id())
    }

    /// AWS's unique id of a user or role; the account id of the root user.
    async fn principal_id(&self) -> String {
        match self.view.reader().caller().principal() {
            Principal::System | Principal::Operator | Principal::Root(_) => self.view.account_id().to_string(),
            Principal::User(id) => id.to_string(),
            Principal::Role(id) => id.to_string(),
        }
    }

    /// One's own bearer sessions that have not ended.
    async fn sessions(&self, ctx: &async_graphql::Context<'_>) -> Nullable<Vec<Session>> {
        refusable(async move {
            let scope = Scope::of(ctx)?;
            let caller = scope.caller()?;
            let sessions = scope.engine.sessions(caller, None)?;
            Ok(sessions.iter().map(|session| Session::of(session, caller.session())).collect())
        })
        .await
    }
}
