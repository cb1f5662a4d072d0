//! Who is calling, and in which request.

use std::{net::IpAddr, sync::Arc};

use chancery_domain::State;
use chancery_model::{AccountId, Actor, Arn, Credential, Principal, RequestId, SessionId, SubjectId, Timestamp, Ulid};
use chancery_policy::RequestContext;

use crate::access::truth;

/// A principal whose credential has been checked. Only the engine makes one.
#[derive(Debug, Clone)]
pub struct Caller {
    account: AccountId,
    actor: Actor,
    answering: bool,
    /// What is known of the credential and of where the request comes from, under condition keys.
    came: Arc<RequestContext>,
}

impl Caller {
    pub(crate) fn new(account: AccountId, actor: Actor) -> Self {
        Self { account, actor, answering: false, came: Arc::default() }
    }

    /// A user who has shown the old password and was asked for a new one: may set it, and nothing else.
    pub(crate) fn answering(account: AccountId, actor: Actor) -> Self {
        Self { answering: true, ..Self::new(account, actor) }
    }

    /// The operator of the machine, at work on a data directory that no server holds.
    #[must_use]
    pub fn operator(account: AccountId) -> Self {
        Self::new(account, Actor::OPERATOR)
    }

    /// This caller by a bearer session that began then. Nobody has shown a second factor in it.
    pub(crate) fn since(mut self, began: Timestamp) -> Self {
        let came = Arc::make_mut(&mut self.came);
        came.insert("aws:TokenIssueTime", began.to_string());
        came.insert("aws:MultiFactorAuthPresent", "false");
        self
    }

    /// This caller in a request: policies may ask where it comes from.
    #[must_use]
    pub fn in_request(mut self, request: &Request) -> Self {
        let came = Arc::make_mut(&mut self.came);
        came.insert("aws:SecureTransport", truth(request.secure));
        if let Some(address) = request.address {
            came.insert("aws:SourceIp", address.to_canonical().to_string());
        }
        if let Some(agent) = &request.user_agent {
            came.insert("aws:UserAgent", agent.as_str());
        }
        self
    }

    /// What is known of the credential and of where the request comes from.
    pub(crate) fn came(&self) -> &RequestContext {
        &self.came
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
    /// Whether it came by TLS to this server.
    pub secure: bool,
}

impl Request {
    /// A request from this machine.
    #[must_use]
    pub fn local() -> Self {
        let id = RequestId(Ulid::from(chancery_vault::random_u128()));
        Self { id, address: None, user_agent: None, secure: false }
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
