//! Answers to questions about access: may they, why, who else, by what.

use chancery_domain::{Account, Rejection, State};
use chancery_model::{AccountId, Arn, NameKey, Principal, Timestamp};
use chancery_policy::{Caller, CallerKind, Decision, Explanation, Layer, Policies, PolicyText, Request, RequestContext};

use super::{Cache, Names, PolicySource, Powers, Question, Supposed, cache::Loan};
use crate::EngineError;

/// May this principal do this action on this resource, in this context?
#[derive(Clone, Copy)]
pub struct AccessQuestion<'a> {
    /// The ARN of a user, role or root user of the account, the name of a service, or `anonymous`.
    pub principal: &'a str,
    /// `service:Name`.
    pub action: &'a str,
    /// An ARN, or `*` for an action without one.
    pub resource: &'a str,
    /// Whose resource it is, where neither its ARN nor a resource policy says.
    pub resource_account: Option<AccountId>,
    /// What is known of the request, under condition keys. It goes before what is known of the principal.
    pub context: &'a RequestContext,
}

/// A decision with its reasons and the names of the policies in it.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The decision and its reasons.
    pub explanation: Explanation,
    /// The policies of `explanation.determining`, one by one; none for one without a name.
    pub determining: Vec<Option<PolicySource>>,
    /// The policies of `explanation.near_misses`, one by one.
    pub near_misses: Vec<Option<PolicySource>>,
    /// Why it is refused, as AWS says it.
    pub reason: Option<String>,
}

/// Somebody who may, and by what.
#[derive(Debug, Clone)]
pub struct Allowed {
    /// The principal.
    pub principal: Arn,
    /// By what.
    pub explained: Explained,
}

/// A policy that applies to a principal.
#[derive(Debug, Clone)]
pub struct AppliedPolicy {
    /// Which.
    pub source: PolicySource,
    /// The document.
    pub text: PolicyText,
}

/// What is asked of, and when.
#[derive(Clone, Copy)]
pub(crate) struct Moment<'a> {
    pub(crate) state: &'a State,
    /// What was made ready before; only for a state that was published.
    pub(crate) cache: Option<&'a Cache>,
    /// The account whose principals are asked about.
    pub(crate) account: AccountId,
    pub(crate) now: Timestamp,
}

/// Powers of a principal, kept or made for this question.
enum Ready {
    Lent(Loan),
    Made(Box<Powers>),
}

/// Nothing is known of where a request that is only asked about would come from.
static NOWHERE: std::sync::LazyLock<RequestContext> = std::sync::LazyLock::new(RequestContext::new);

impl<'a> Moment<'a> {
    /// Decides.
    pub(crate) fn decide(self, asked: &AccessQuestion<'_>) -> Result<Decision, EngineError> {
        self.with(asked, |question, _| question.decide())
    }

    /// Decides and says why.
    pub(crate) fn explain(self, asked: &AccessQuestion<'_>) -> Result<Explained, EngineError> {
        self.simulate(asked, Supposed::default())
    }

    /// Decides with policies that nobody has, and says why.
    pub(crate) fn simulate(self, asked: &AccessQuestion<'_>, supposed: Supposed<'_>) -> Result<Explained, EngineError> {
        self.with(asked, |question, principal| self.explained(question, principal, supposed))
    }

    /// Everybody in the account who may: root first, then users, then roles, by ARN.
    pub(crate) fn who_can(
        self,
        action: &str,
        resource: &str,
        resource_account: Option<AccountId>,
        context: &RequestContext,
    ) -> Result<Vec<Allowed>, EngineError> {
        let account = self.account()?;
        let users = account.users.keys().map(|id| Principal::User(*id));
        let roles = account.roles.keys().map(|id| Principal::Role(*id));
        let mut allowed = Vec::new();
        for principal in std::iter::once(Principal::Root(account.id)).chain(users).chain(roles) {
            let Some(ready) = self.ready(principal) else { continue };
            let Some(powers) = ready.powers() else { continue };
            let question = self.question(powers, action, resource, resource_account, context);
            if question.decide().is_allowed() {
                let arn = crate::caller::principal_arn(principal, account.id, self.state);
                allowed
                    .push(Allowed { principal: arn, explained: self.explained(&question, Some(principal), Supposed::default()) });
            }
        }
        let kind = |allowed: &Allowed| match allowed.principal.resource().split('/').next() {
            Some("root") => 0,
            Some("user") => 1,
            Some(_) | None => 2,
        };
        allowed.sort_by(|a, b| (kind(a), &a.principal).cmp(&(kind(b), &b.principal)));
        Ok(allowed)
    }

    /// The identity-based policies of a user or role, and its permissions boundary.
    pub(crate) fn policies_of(self, principal: &str) -> Result<Vec<AppliedPolicy>, EngineError> {
        let account = self.account()?;
        let principal = self.principal(&Caller::parse(principal)?)?;
        let names = Names::new(self.state, Some(account), principal, "*", self.now);
        Ok(names.all())
    }

    fn account(self) -> Result<&'a Account, EngineError> {
        Ok(self.state.account(self.account)?)
    }

    fn explained(self, question: &Question<'_>, principal: Option<Principal>, supposed: Supposed<'_>) -> Explained {
        let kept_elsewhere = supposed.resource().is_none() && self.is_elsewhere(question);
        let (explanation, reason) = question.suppose(supposed, |request, policies| {
            let explanation = chancery_policy::explain(request, policies);
            let reason = explanation.decision.reason(request);
            (if kept_elsewhere { concealed(explanation, request, policies) } else { explanation }, reason)
        });
        let account = self.state.accounts.get(&self.account).map(AsRef::as_ref);
        let names = Names::new(self.state, account, principal, question.resource, self.now).owned_by(question.owner());
        let own = question.powers.identity().count();
        let source = |place| supposed.source(place, own, question.resource).or_else(|| names.source(place));
        let determining = explanation.determining.iter().map(|cited| source(&cited.place)).collect();
        let near_misses = explanation.near_misses.iter().map(|miss| source(&miss.statement.place)).collect();
        Explained { explanation, determining, near_misses, reason }
    }

    /// Whether the resource is another account's.
    fn is_elsewhere(self, question: &Question<'_>) -> bool {
        let keeper = question.resource().map(|(owner, _)| owner).or_else(|| question.owner());
        keeper.is_some_and(|owner| owner != self.account)
    }

    fn with<R>(
        self,
        asked: &AccessQuestion<'_>,
        answer: impl FnOnce(&Question<'_>, Option<Principal>) -> R,
    ) -> Result<R, EngineError> {
        let AccessQuestion { action, resource, resource_account, context, .. } = *asked;
        if let Some(principal) = self.by_name(asked.principal)
            && let Some(ready) = self.ready(principal)
            && let Some(powers) = ready.powers().filter(|powers| powers.caller.name() == asked.principal)
        {
            return Ok(answer(&self.question(powers, action, resource, resource_account, context), Some(principal)));
        }
        let caller = Caller::parse(asked.principal)?;
        let principal = self.principal(&caller)?;
        let ready = match principal {
            Some(principal) => self.ready(principal).ok_or_else(|| missing(asked.principal))?,
            None => Ready::Made(Box::new(Powers::of_outsider(self.state, caller))),
        };
        let powers = ready.powers().ok_or_else(|| missing(asked.principal))?;
        Ok(answer(&self.question(powers, action, resource, resource_account, context), principal))
    }

    fn question<'q>(
        self,
        powers: &'q Powers,
        action: &'q str,
        resource: &'q str,
        resource_account: Option<AccountId>,
        said: &'q RequestContext,
    ) -> Question<'q>
    where
        'a: 'q,
    {
        let Self { state, now, account: home, .. } = self;
        Question { state, powers, home, action, resource, resource_account, said, came: &NOWHERE, now }
    }

    /// The user or role of the account that has the name at the end of an ARN. Whether the rest of the ARN is right is for the caller
    /// to see: this is the way of nearly all questions, and is to cost little.
    fn by_name(self, arn: &str) -> Option<Principal> {
        let account = self.state.accounts.get(&self.account)?;
        let (kind, path) = arn.split_once(":user/").or_else(|| arn.split_once(":role/"))?;
        let name = NameKey::of(path.rsplit('/').next()?);
        if arn.get(kind.len()..)?.starts_with(":user/") {
            return account.user_by_key(&name).map(|user| Principal::User(user.id));
        }
        account.role_by_key(&name).map(|role| Principal::Role(role.id))
    }

    /// Which principal of the account this is; none for one of no account.
    fn principal(self, caller: &Caller) -> Result<Option<Principal>, EngineError> {
        if caller.account().is_none() {
            return Ok(None);
        }
        let (account, arn) = (self.account()?, Arn::parse(caller.name())?);
        // What is in another account is not there.
        let here = arn.account() == Some(account.id);
        let found = match caller.kind() {
            _ if !here => None,
            CallerKind::Root => Some(Principal::Root(account.id)),
            CallerKind::User => account.user_at(&arn).map(|user| Principal::User(user.id)),
            CallerKind::Role => account.role_at(&arn).map(|role| Principal::Role(role.id)),
            CallerKind::RoleSession | CallerKind::FederatedUser => None,
            CallerKind::Service | CallerKind::Provider | CallerKind::Anonymous => None,
        };
        found.map(Some).ok_or_else(|| missing(caller.name()))
    }

    fn ready(self, principal: Principal) -> Option<Ready> {
        match self.cache {
            Some(cache) => cache.powers(self.state, self.account, principal, self.now).map(Ready::Lent),
            None => Powers::of(self.state, self.account, principal, self.now).map(|powers| Ready::Made(Box::new(powers))),
        }
    }
}

impl Ready {
    fn powers(&self) -> Option<&Powers> {
        match self {
            Self::Lent(loan) => loan.powers(),
            Self::Made(powers) => Some(powers),
        }
    }
}

/// The same without what the policies over another account's resource say: a decision tells what a request would, and no
/// request shows the words of a policy that is not the caller's.
fn concealed(mut explanation: Explanation, request: &Request<'_>, policies: &Policies<'_>) -> Explanation {
    let theirs = |layer| matches!(layer, Layer::Resource | Layer::ResourceControl);
    let own = chancery_policy::explain(request, &Policies { resource: None, rcps: None, ..*policies });
    (explanation.keys_needed, explanation.keys_missing) = (own.keys_needed, own.keys_missing);
    explanation.near_misses.retain(|miss| !theirs(miss.statement.place.layer));
    for cited in explanation.determining.iter_mut().filter(|cited| theirs(cited.place.layer)) {
        cited.sid = None;
    }
    explanation
}

fn missing(principal: &str) -> EngineError {
    Rejection::NoSuchEntity { what: format!("principal {principal}") }.into()
}
