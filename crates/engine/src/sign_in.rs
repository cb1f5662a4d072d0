//! From a password to a session.
//!
//! Whether account, name or password is wrong is not told, neither by the answer nor by the time it takes: an unknown
//! user costs the same hash.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chancery_domain::{Account, NewPassword, PasswordHash as Hashed, State, actions::UpdateLoginProfile, field};
use chancery_model::{
    AccountAlias, AccountId, Actor, Credential, Plain, Principal, Sealed, Secret, SubjectId, Timestamp, UserId, UserName,
};
use chancery_vault::{PasswordHash, SealContext, Token, Vault, random_u128};

use crate::{
    Caller, Engine, EngineError, Request, Session,
    sessions::{Proof, SESSION_ADDRESS},
};

/// A challenge has to be answered within so many seconds.
const CHALLENGE_SECONDS: u64 = 300;
/// So many challenges wait at the same time; a new one pushes the oldest out.
const CHALLENGES_MAX: usize = 10_000;

/// Which account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountRef {
    /// By its twelve digits.
    Id(AccountId),
    /// By its alias.
    Alias(AccountAlias),
}

/// A sign-in with a password.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The account.
    pub account: AccountRef,
    /// The user; the root user when absent.
    pub user_name: Option<UserName>,
    /// The password.
    pub password: Secret,
}

/// What a sign-in comes to.
pub enum SignedIn {
    /// A session, and the token that it is used with: shown here and never again.
    Session {
        /// The token.
        token: Token,
        /// The session.
        session: Session,
    },
    /// Something more is asked for first.
    Challenge(Challenge),
}

/// What is asked for before there is a session.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// By which it is answered, once and soon.
    pub id: String,
    /// What would answer it.
    pub kinds: Vec<ChallengeKind>,
}

/// A kind of challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChallengeKind {
    /// A new password must be chosen.
    PasswordChange,
}

/// Challenges that wait for their answer.
#[derive(Default)]
pub(crate) struct Challenges(Mutex<HashMap<String, Waiting>>);

struct Waiting {
    proof: Proof,
    user: UserId,
    since: Timestamp,
}

impl Challenges {
    fn put(&self, proof: Proof, user: UserId, now: Timestamp) -> String {
        let id = format!("{:032x}", random_u128());
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, one| now.seconds_since(one.since) < CHALLENGE_SECONDS);
        if waiting.len() >= CHALLENGES_MAX
            && let Some(oldest) = waiting.iter().min_by_key(|(_, one)| one.since).map(|(id, _)| id.clone())
        {
            waiting.remove(&oldest);
        }
        waiting.insert(id.clone(), Waiting { proof, user, since: now });
        id
    }

    /// Takes it away: a challenge is answered once, rightly or not.
    fn take(&self, id: &str, now: Timestamp) -> Option<Waiting> {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        taken.filter(|one| now.seconds_since(one.since) < CHALLENGE_SECONDS)
    }
}

/// Whose password is asked for.
struct Candidate {
    proof: Proof,
    subject: SubjectId,
    hash: PasswordHash,
    reset_required: Option<UserId>,
}

fn candidate(vault: &Vault, state: &State, input: &SignIn) -> Option<Candidate> {
    let id = match &input.account {
        AccountRef::Id(id) => *id,
        AccountRef::Alias(alias) => state.account_of_alias(alias)?,
    };
    let account: &Account = state.accounts.get(&id)?;
    let proof = |principal, password_since| Proof { account: id, principal, password_since };
    let (proof, subject, sealed, field, reset_required) = match &input.user_name {
        None => {
            let root = &account.root;
            (proof(Principal::Root(id), root.password_changed), root.subject, root.password.as_ref()?, field::ROOT_PASSWORD, None)
        }
        Some(name) => {
            let user = account.user(name).ok()?;
            let login = user.login.as_ref()?;
            let reset = login.reset_required.then_some(user.id);
            (proof(Principal::User(user.id), login.changed), user.subject, &login.password, field::USER_PASSWORD, reset)
        }
    };
    let hash = open_hash(vault, id, field, sealed)?;
    Some(Candidate { proof, subject, hash, reset_required })
}

fn open_hash(vault: &Vault, account: AccountId, field: &str, sealed: &Sealed<Hashed>) -> Option<PasswordHash> {
    let plain = vault.open_sealed(&SealContext { account, field }, &sealed.sealed).ok()?;
    PasswordHash::from_plain(&plain)
}

impl Engine {
    /// Checks a password and begins a session, or asks for more.
    ///
    /// # Errors
    /// [`EngineError::SignInFailed`], [`EngineError::Busy`] when too many wait for their password to be checked.
    pub async fn sign_in(&self, input: SignIn, request: &Request) -> Result<SignedIn, EngineError> {
        let inner = self.inner();
        let found = candidate(&inner.vault, &inner.published.load(), &input);
        let hash = found.as_ref().map(|candidate| candidate.hash.clone());
        let verified = inner.hasher.verify(input.password, hash).await.map_err(EngineError::hashing_busy(&inner.hasher))?;
        // The password may have been changed while it was being checked.
        let still = |candidate: &Candidate| verified.matches && candidate.proof.holds(&inner.published.load());
        let Some(candidate) = found.filter(still) else {
            tracing::info!(request = %request.id, "sign-in refused");
            return Err(EngineError::SignInFailed);
        };
        if let Some(user) = candidate.reset_required {
            let id = inner.challenges.put(candidate.proof, user, inner.clock.now());
            return Ok(SignedIn::Challenge(Challenge { id, kinds: vec![ChallengeKind::PasswordChange] }));
        }
        self.begin(candidate.proof, candidate.subject, request).await
    }

    /// Answers the challenge to choose a new password, and begins a session.
    ///
    /// # Errors
    /// [`EngineError::NoSuchChallenge`], or why the password is refused; the challenge is spent either way.
    pub async fn answer_password_change(
        &self,
        challenge: &str,
        password: Secret,
        request: &Request,
    ) -> Result<SignedIn, EngineError> {
        let inner = self.inner();
        let waiting = inner.challenges.take(challenge, inner.clock.now()).ok_or(EngineError::NoSuchChallenge)?;
        let state = inner.published.load();
        let account = waiting.proof.account;
        // A password that was changed or taken away since then answers nothing any more.
        let standing = state.accounts.get(&account).filter(|_| waiting.proof.holds(&state));
        let user = standing.and_then(|account| account.users.get(&waiting.user)).ok_or(EngineError::NoSuchChallenge)?;
        let user_name = user.name.get().ok_or(EngineError::NoSuchChallenge)?.clone();
        let command =
            UpdateLoginProfile { user_name, password: Some(NewPassword::new(password)), password_reset_required: Some(false) };
        let actor = Actor { principal: Principal::User(waiting.user), credential: Credential::None };
        let caller = Caller::answering(account, actor);
        let receipt = self.execute(&caller, request, command.into(), None).await?;
        let password_since = receipt.record.map_or(waiting.proof.password_since, |record| record.time);
        self.begin(Proof { password_since, ..waiting.proof }, user.subject, request).await
    }

    async fn begin(&self, proof: Proof, subject: SubjectId, request: &Request) -> Result<SignedIn, EngineError> {
        let (inner, account) = (self.inner(), proof.account);
        let address = request.address.map(|address| address.to_string());
        let context = SealContext { account, field: SESSION_ADDRESS };
        let sealed = address.and_then(|address| {
            let sealed = inner.vault.seal(subject, &context, address.as_bytes()).ok()?;
            Some((address, sealed))
        });
        let (sessions, now) = (std::sync::Arc::clone(&inner.sessions), inner.clock.now());
        let begun = tokio::task::spawn_blocking(move || sessions.begin(proof, sealed, now)).await;
        match begun {
            Ok(Ok((token, session))) => Ok(SignedIn::Session { token, session }),
            Ok(Err(error)) => {
                tracing::error!(%error, "the sessions' file cannot be written");
                Err(EngineError::ReadOnly { reason: "sessions cannot be stored".to_owned() })
            }
            Err(_) => Err(EngineError::Internal),
        }
    }
}
