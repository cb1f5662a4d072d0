//! Signing in and out.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use chancery_engine::{AccountRef, ChallengeKind, EngineError, SignIn, SignedIn};
use chancery_model::{AccountAlias, AccountId, Invalid, Secret, UserName};

use crate::{
    fault::{Answer, Nullable, refusable},
    scalars::Timestamp,
    scope::Scope,
};

#[derive(Debug)]
pub(crate) struct Sessions;

/// Input of `signIn`.
#[derive(InputObject)]
pub(crate) struct SignInInput {
    /// The account's twelve digits. This or `accountAlias`.
    account_id: Option<String>,
    /// The account's alias. This or `accountId`.
    account_alias: Option<String>,
    /// The user's name; the root user when absent.
    user_name: Option<String>,
    /// The password.
    #[graphql(secret)]
    password: String,
}

/// Input of `answerChallenge`.
#[derive(InputObject)]
pub(crate) struct AnswerChallengeInput {
    /// The challenge that `signIn` gave.
    id: String,
    /// The new password, for a challenge of kind `PASSWORD_CHANGE`.
    #[graphql(secret)]
    new_password: String,
}

/// Input of `revokeSession`.
#[derive(InputObject)]
pub(crate) struct RevokeSessionInput {
    /// The session's id.
    session_id: String,
}

/// Input of `revokeAllSessions`.
#[derive(InputObject, Default)]
pub(crate) struct RevokeAllSessionsInput {
    /// The user whose sessions are to end; one's own when absent.
    user_name: Option<String>,
}

/// What a sign-in comes to: a session, or a challenge to be answered first.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct SignInPayload {
    /// The session that has begun.
    session: Option<NewSession>,
    /// What is asked for before a session begins.
    challenge: Option<Challenge>,
}

/// A session that has just begun: the only place where its token is shown.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct NewSession {
    /// The secret: send it as `Authorization: Bearer TOKEN`.
    token: String,
    /// When the session ends at the latest.
    expires_at: Timestamp,
    /// The session's id, to revoke it by.
    id: String,
}

/// What is asked for before a session begins.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Challenge {
    /// By which it is answered, once and within five minutes.
    id: String,
    /// What would answer it.
    kinds: Vec<Kind>,
}

/// A kind of challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "ChallengeKind")]
pub(crate) enum Kind {
    /// A new password must be chosen: `answerChallenge`.
    PasswordChange,
}

/// What the end of one session comes to.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct RevokedPayload {
    /// The session that has ended.
    session_id: String,
}

/// What the end of many sessions comes to.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct RevokedAllPayload {
    /// How many sessions have ended.
    count: u32,
}

impl SignInPayload {
    fn of(signed_in: SignedIn) -> Self {
        match signed_in {
            SignedIn::Session { token, session } => {
                let expires_at = Timestamp(session.expires_at);
                let session = NewSession { token: token.expose().to_owned(), expires_at, id: session.id.to_string() };
                Self { session: Some(session), challenge: None }
            }
            SignedIn::Challenge(challenge) => {
                let kinds = challenge.kinds.iter().map(|kind| Kind::of(*kind)).collect();
                Self { session: None, challenge: Some(Challenge { id: challenge.id, kinds }) }
            }
        }
    }
}

impl Kind {
    fn of(kind: ChallengeKind) -> Self {
        match kind {
            ChallengeKind::PasswordChange => Self::PasswordChange,
        }
    }
}

impl SignInInput {
    fn read(self) -> Answer<SignIn> {
        let account = match (&self.account_id, &self.account_alias) {
            (Some(id), None) => AccountRef::Id(AccountId::parse(id)?),
            (None, Some(alias)) => AccountRef::Alias(AccountAlias::parse(alias)?),
            (None, None) | (Some(_), Some(_)) => {
                return Err(Invalid::new("accountId", "", "Give either accountId or accountAlias").into());
            }
        };
        let user_name = self.user_name.as_deref().map(UserName::parse).transpose()?;
        Ok(SignIn { account, user_name, password: Secret::new(self.password) })
    }
}

#[Object(serial)]
impl Sessions {
    /// Begins a session with a password. Whether account, name or password was wrong is not told. One in a document at most.
    async fn sign_in(&self, ctx: &Context<'_>, input: SignInInput) -> Nullable<SignInPayload> {
        refusable(async move {
            let scope = Scope::of(ctx)?;
            let signed_in = scope.engine.sign_in(input.read()?, &scope.request).await?;
            Ok(SignInPayload::of(signed_in))
        })
        .await
    }

    /// Answers the challenge of a sign-in. A challenge is spent by its answer, right or wrong. One in a document at most.
    async fn answer_challenge(&self, ctx: &Context<'_>, input: AnswerChallengeInput) -> Nullable<SignInPayload> {
        refusable(async move {
            let scope = Scope::of(ctx)?;
            let password = Secret::new(input.new_password);
            let signed_in = scope.engine.answer_password_change(&input.id, password, &scope.request).await?;
            Ok(SignInPayload::of(signed_in))
        })
        .await
    }

    /// Ends the session that the request came with.
    async fn sign_out(&self, ctx: &Context<'_>) -> Nullable<RevokedPayload> {
        refusable(async move {
            let scope = Scope::of(ctx)?;
            let caller = scope.caller()?;
            let session = caller.session().ok_or(EngineError::NotSignedIn)?;
            scope.engine.revoke_session(caller, session).await?;
            Ok(RevokedPayload { session_id: session.to_string() })
        })
        .await
    }

    /// Ends a session: one's own, or as an administrator anybody's in the account.
    async fn revoke_session(&self, ctx: &Context<'_>, input: RevokeSessionInput) -> Nullable<RevokedPayload> {
        refusable(async move {
            let scope = Scope::of(ctx)?;
            let session = input.session_id.parse()?;
            scope.engine.revoke_session(scope.caller()?, session).await?;
            Ok(RevokedPayload { session_id: session.to_string() })
        })
        .await
    }

    /// Ends all of one's own sessions, this one included; as an administrator those of a user.
    async fn revoke_all_sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] input: RevokeAllSessionsInput,
    ) -> Nullable<RevokedAllPayload> {
        refusable(async move {
            let scope = Scope::of(ctx)?;
            let user = match input.user_name {
                Some(name) => Some(scope.view(None).await?.user(&name)?.id),
                None => None,
            };
            let count = scope.engine.revoke_all_sessions(scope.caller()?, user).await?;
            Ok(RevokedAllPayload { count: u32::try_from(count).unwrap_or(u32::MAX) })
        })
        .await
    }
}
