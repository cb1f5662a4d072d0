//! May this caller do this? The only place where an [`Authorized`] is made.
//!
//! Policies are not evaluated yet: the root user of an account may do everything in it, the operator of the machine
//! may do everything, and everybody else is refused.

use chancery_domain::State;
use chancery_model::{AccountId, Arn, Principal};

use crate::Caller;

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
#[error("User: {caller} is not authorized to perform: {action} on resource: {resource} because {because}")]
pub struct AccessDenied {
    /// The caller's ARN.
    pub caller: Arn,
    /// The action with its service, as in `iam:CreateUser`.
    pub action: String,
    /// The resource.
    pub resource: Arn,
    /// Why.
    pub because: &'static str,
}

/// Actions that only the operator of the machine may take.
const OPERATOR_ONLY: [&str; 2] = ["CreateAccount", "PublishManagedPolicy"];
/// Actions that only Chancery itself takes.
const SYSTEM_ONLY: [&str; 1] = ["ExpireGrant"];

/// Decides, and proves it.
pub(crate) fn authorize<C>(
    state: &State,
    caller: &Caller,
    account: AccountId,
    action: &'static str,
    resource: &Arn,
    what: C,
) -> Result<Authorized<C>, AccessDenied> {
    match refusal(caller, account, action) {
        None => Ok(Authorized(what)),
        Some(because) => {
            let (caller, action) = (caller.arn(state), format!("iam:{action}"));
            Err(AccessDenied { caller, action, resource: resource.clone(), because })
        }
    }
}

fn refusal(caller: &Caller, account: AccountId, action: &str) -> Option<&'static str> {
    let system_only = SYSTEM_ONLY.contains(&action);
    match caller.principal() {
        Principal::System => None,
        Principal::Operator | Principal::Root(_) if system_only => Some("only Chancery itself takes this action"),
        Principal::Operator => None,
        Principal::Root(_) if OPERATOR_ONLY.contains(&action) => {
            Some("only the operator of the machine may, on its command line")
        }
        Principal::Root(own) if own == account => None,
        Principal::Root(_) => Some("the resource belongs to another account"),
        // Which user the new password is for was fixed when the challenge was given.
        Principal::User(_) if caller.is_answering() && action == "UpdateLoginProfile" => None,
        Principal::User(_) | Principal::Role(_) => {
            Some("no identity-based policy is evaluated yet: only the account's root user may")
        }
    }
}

#[cfg(test)]
mod tests {
    use chancery_model::{Actor, Credential, UserId};

    use super::*;

    fn may(principal: Principal, action: &'static str) -> bool {
        let account = AccountId::parse("123456789012").unwrap();
        let caller = Caller::new(account, Actor { principal, credential: Credential::None });
        authorize(&State::default(), &caller, account, action, &Arn::root(account), ()).is_ok()
    }

    #[test]
    fn until_policies_are_evaluated_only_root_may() {
        let (own, other) = (AccountId::parse("123456789012").unwrap(), AccountId::parse("999999999999").unwrap());
        assert!(may(Principal::Root(own), "CreateUser"));
        assert!(!may(Principal::Root(other), "CreateUser"));
        assert!(!may(Principal::User(UserId::from_random(1)), "CreateUser"));
        assert!(!may(Principal::User(UserId::from_random(1)), "GetUser"));
        assert!(!may(Principal::Root(own), "CreateAccount"));
        assert!(!may(Principal::Root(own), "ExpireGrant"));
        assert!(may(Principal::Operator, "CreateAccount"));
        assert!(!may(Principal::Operator, "ExpireGrant"));
        assert!(may(Principal::System, "ExpireGrant"));
    }

    #[test]
    fn a_refusal_reads_like_awss() {
        let account = AccountId::parse("123456789012").unwrap();
        let actor = Actor { principal: Principal::User(UserId::from_random(0)), credential: Credential::None };
        let denied = authorize(&State::default(), &Caller::new(account, actor), account, "CreateUser", &Arn::root(account), ())
            .unwrap_err();
        assert_eq!(
            denied.to_string(),
            "User: arn:aws:iam::123456789012:user/AIDAAAAAAAAAAAAAAAAAA is not authorized to perform: iam:CreateUser on resource: \
             arn:aws:iam::123456789012:root because no identity-based policy is evaluated yet: only the account's root user may"
        );
    }
}
