//! Who is calling, and in which request.

use std::net::IpAddr;

use chancery_domain::State;
use chancery_model::{AccountId, Actor, Arn, Credential, Principal, RequestId, SessionId, SubjectId, Ulid};

/// A principal whose credential has been checked. Only the engine makes one.
#[derive(Debug, Clone)]
pub struct Caller {
    account: AccountId,
    actor: Actor,
    answering: bool,
}

impl Caller {
    pub(crate) fn new(account: AccountId, actor: Actor) -> Self {
        Self { account, actor, answering: false }
    }

    /// A user who has shown the old password and was asked for a new one: may set it, and nothing else.
    pub(crate) fn answering(account: AccountId, actor: Actor) -> Self {
        Self { account, actor, answering: true }
    }

    /// The operator of the machine, at work on a data directory that no server holds.
    #[must_use]
    pub fn operator(account: AccountId) -> Self {
        Self::new(account, Actor::OPERATOR)
    }

    pub(crate) fn is_answering(&self) -> bool {
        self.answering
    }

    /// Chancery itself.
    pub(crate) fn system(account: AccountId) -> Self {
        Self::new(account, Actor::SYSTEM)
    }

    /// The account that the caller acts in.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Who it is.
    #[must_use]
    pub fn principal(&self) -> Principal {
        self.actor.principal
    }

    /// Principal and credential.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The bearer session, if it came with one.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        match &self.actor.credential {
            Credential::Session(id) => Some(*id),
            Credential::None | Credential::AccessKey(_) => None,
        }
    }

    /// The ARN, with the names of `state`.
    #[must_use]
    pub fn arn(&self, state: &State) -> Arn {
        principal_arn(self.actor.principal, self.account, state)
    }

    /// Whose key what is personal about this caller's requests is sealed under; nobody's for system and operator.
    pub(crate) fn subject(&self, state: &State) -> Option<SubjectId> {
        let account = state.accounts.get(&self.account)?;
        match self.actor.principal {
            Principal::Root(_) => Some(account.root.subject),
            Principal::User(id) => account.users.get(&id).map(|user| user.subject),
            Principal::Role(_) | Principal::System | Principal::Operator => None,
        }
    }
}

/// The ARN of a principal, with the names of `state`; of one that is gone, with its id.
pub(crate) fn principal_arn(principal: Principal, account: AccountId, state: &State) -> Arn {
    let known = state.accounts.get(&account);
    match principal {
        Principal::Root(id) => Arn::root(id),
        Principal::User(id) => known
            .and_then(|account| account.users.get(&id))
            .map_or_else(|| Arn::entity(account, "user", &id.to_string()), |user| user.arn(account)),
        Principal::Role(id) => known
            .and_then(|account| account.roles.get(&id))
            .map_or_else(|| Arn::entity(account, "role", &id.to_string()), |role| role.arn(account)),
        Principal::System => Arn::entity(account, "chancery", "system"),
        Principal::Operator => Arn::entity(account, "chancery", "operator"),
    }
}

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its id, as told to the caller.
    pub id: RequestId,
    /// Where it came from, as far as proxies can be believed.
    pub address: Option<IpAddr>,
    /// What the client calls itself; cut to 256 characters in records.
    pub user_agent: Option<String>,
}

impl Request {
    /// A request from this machine.
    #[must_use]
    pub fn local() -> Self {
        let id = RequestId(Ulid::from(chancery_vault::random_u128()));
        Self { id, address: None, user_agent: None }
    }

    /// What a record keeps of where the request came from.
    pub(crate) fn origin(&self) -> Option<String> {
        const USER_AGENT_CHARS_MAX: usize = 256;
        let agent = self.user_agent.as_deref().map(|agent| agent.chars().take(USER_AGENT_CHARS_MAX).collect::<String>());
        match (self.address, agent) {
            (Some(address), Some(agent)) => Some(format!("{address} {agent}")),
            (Some(address), None) => Some(address.to_string()),
            (None, Some(agent)) => Some(format!("- {agent}")),
            (None, None) => None,
        }
    }
}
