//! May this caller do this? The only place where an [`Authorized`] is made.
//!
//! The policies decide, by the same function that answers questions from outside. Beside them there are two who are no
//! principals of any account: the operator of the machine, and Chancery itself.

use chancery_domain::{Asked, OWN_SERVICE, State};
use chancery_model::{AccountId, Arn, Principal, Timestamp};
use chancery_policy::{Decision, RequestContext};

use crate::{
    Caller,
    access::{Cache, Powers, Question},
};

/// Proof that somebody may do `C`. Writer and reader accept nothing else, and nobody but `authorize` can make one:
///
/// ```compile_fail
/// let proof = chancery_engine::Authorized(chancery_domain::Read::GetUser);
/// ```
///
/// What was only asked for is no proof:
///
/// ```compile_fail
/// fn look(reader: &chancery_engine::Reader, asked: chancery_domain::Read) {
///     let _ = reader.account(&asked);
/// }
/// ```
///
/// ```
/// fn look(reader: &chancery_engine::Reader, proof: chancery_engine::Authorized<chancery_domain::Read>) {
///     let _ = reader.account(&proof);
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Authorized<C>(C);

impl<C> Authorized<C> {
    /// What may be done.
    #[must_use]
    pub fn get(&self) -> &C {
        &self.0
    }
}

/// A caller may not do something. Worded as AWS words it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("User: {caller} is not authorized to perform: {action} on resource: {resource} {reason}")]
pub struct AccessDenied {
    /// The caller's ARN.
    pub caller: Arn,
    /// The action with its service, as in `iam:CreateUser`.
    pub action: String,
    /// The ARN of the resource, or `*` for what is done to an account.
    pub resource: String,
    /// Why, as in `because no identity-based policy allows the iam:CreateUser action`.
    pub reason: String,
}

/// Actions that only the operator of the machine may take, with their services.
const OPERATOR_ONLY: [(&str, &str); 2] = [("organizations", "CreateAccount"), (OWN_SERVICE, "PublishManagedPolicy")];
/// Actions that only Chancery itself takes.
const SYSTEM_ONLY: [(&str, &str); 1] = [(OWN_SERVICE, "ExpireGrant")];

/// By what it is decided.
#[derive(Clone, Copy)]
pub(crate) struct Grounds<'a> {
    /// The policies in force.
    pub(crate) state: &'a State,
    /// What was made ready before; only for a state that was published.
    pub(crate) cache: Option<&'a Cache>,
    pub(crate) now: Timestamp,
}

/// Decides, and proves it. Everything that is asked for must be allowed.
pub(crate) fn authorize<C>(
    grounds: Grounds<'_>,
    caller: &Caller,
    account: AccountId,
    asked: &[Asked],
    what: C,
) -> Result<Authorized<C>, AccessDenied> {
    asked.iter().try_for_each(|asked| grounds.check(caller, account, asked))?;
    Ok(Authorized(what))
}

impl Grounds<'_> {
    /// Whether this is the root user of an account that no control policy is over: everything in it is allowed, whatever it is.
    pub(crate) fn is_unlimited(self, caller: &Caller, account: AccountId) -> bool {
        caller.principal() == Principal::Root(account)
            && self.state.service_control_levels(account).is_none()
            && self.state.resource_control_levels(account).is_none()
    }

    fn check(self, caller: &Caller, account: AccountId, asked: &Asked) -> Result<(), AccessDenied> {
        let refused = |reason: String| AccessDenied {
            caller: caller.arn(self.state),
            action: format!("{}:{}", asked.service, asked.action),
            resource: resource_text(account, asked).to_owned(),
            reason,
        };
        match standing(caller, account, asked) {
            Standing::May => Ok(()),
            Standing::MayNot(reason) => Err(refused(reason.to_owned())),
            Standing::ByPolicy if self.is_unlimited(caller, account) => Ok(()),
            Standing::ByPolicy => self.by_policy(caller, account, asked).map_err(refused),
        }
    }

    fn by_policy(self, caller: &Caller, account: AccountId, asked: &Asked) -> Result<(), String> {
        let (made, lent);
        let powers = match self.cache {
            Some(cache) => {
                lent = cache.powers(self.state, account, caller.principal(), self.now);
                lent.as_ref().and_then(|loan| loan.powers())
            }
            None => {
                made = Powers::of(self.state, account, caller.principal(), self.now);
                made.as_ref()
            }
        };
        // A credential whose principal is gone is refused before it comes here, but for one moment.
        let powers = powers.ok_or_else(|| "because the principal is not there any more".to_owned())?;
        let action = format!("{}:{}", asked.service, asked.action);
        let question = Question {
            state: self.state,
            powers,
            home: account,
            action: &action,
            resource: resource_text(account, asked),
            resource_account: Some(account),
            said: &asked.keys,
            came: caller.came(),
            now: self.now,
        };
        question.ask(|request, policies| {
            let decision: Decision = chancery_policy::authorize(request, policies);
            decision.reason(request).map_or(Ok(()), Err)
        })
    }
}

/// What is known before any policy is read.
enum Standing {
    May,
    MayNot(&'static str),
    ByPolicy,
}

fn standing(caller: &Caller, account: AccountId, asked: &Asked) -> Standing {
    let action = (asked.service, asked.action);
    let system_only = SYSTEM_ONLY.contains(&action);
    match caller.principal() {
        Principal::System => Standing::May,
        Principal::Operator | Principal::Root(_) | Principal::User(_) | Principal::Role(_) if system_only => {
            Standing::MayNot("because only Chancery itself takes this action")
        }
        Principal::Operator => Standing::May,
        Principal::Root(_) | Principal::User(_) | Principal::Role(_) if OPERATOR_ONLY.contains(&action) => {
            Standing::MayNot("because only the operator of the machine may, on its command line")
        }
        Principal::Root(_) | Principal::User(_) | Principal::Role(_) if caller.account() != account => {
            Standing::MayNot("because the resource belongs to another account")
        }
        // Which user the new password is for was fixed when the challenge was given.
        Principal::User(_) if caller.is_answering() && action == ("iam", "UpdateLoginProfile") => Standing::May,
        Principal::Root(_) | Principal::User(_) | Principal::Role(_) => Standing::ByPolicy,
    }
}

/// What is done to an account as a whole has no ARN to policies.
fn resource_text(account: AccountId, asked: &Asked) -> &str {
    if asked.resource == Arn::root(account) { "*" } else { asked.resource.as_str() }
}

/// What a read asks for.
pub(crate) fn asked_by_read(read: chancery_domain::Read, resource: &Arn) -> [Asked; 1] {
    let (service, action) = read.permission();
    [Asked { service, action, resource: resource.clone(), keys: RequestContext::new() }]
}

#[cfg(test)]
mod tests;
