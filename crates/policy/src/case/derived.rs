//! The condition keys that follow from who asks and for what, as AWS fills them in for every request.
//!
//! Only what the principal and the resource say by themselves: no clock, no tags, no session facts. A key that a case gives
//! is never replaced, and one that it gives as `null` stays missing, so that a test can be about a missing key.
//! Source: IAM User Guide, "AWS global condition context keys" and "IAM policy elements: Variables and tags".

use smol_str::{SmolStr, format_smolstr};

use super::{Case, Said};
use crate::{Caller, CallerKind, Key, RequestContext};

/// The whole context of a case.
pub(super) fn context(case: &Case) -> RequestContext {
    let mut context = RequestContext::new();
    for (name, value) in derived(case) {
        let key = Key::new(name);
        if case.context.iter().all(|(said, _)| *said != key) {
            context.insert(key, value);
        }
    }
    let names = Key::new("aws:PrincipalServiceNamesList");
    if let Some(service) = service(&case.caller).filter(|_| case.context.iter().all(|(said, _)| *said != names)) {
        context.insert_many(names, [service]);
    }
    for (key, said) in &case.context {
        match said {
            Said::Missing => {}
            Said::One(value) => context.insert(key.clone(), value.clone()),
            Said::Many(values) => context.insert_many(key.clone(), values.iter().cloned()),
        }
    }
    context
}

fn derived(case: &Case) -> impl Iterator<Item = (&'static str, SmolStr)> {
    let caller = &case.caller;
    let keys = [
        ("aws:PrincipalArn", principal_arn(caller)),
        ("aws:PrincipalAccount", caller.account().map(SmolStr::from)),
        ("aws:PrincipalType", principal_type(caller).map(SmolStr::from)),
        ("aws:PrincipalIsAWSService", is_service(caller).map(SmolStr::from)),
        ("aws:PrincipalServiceName", service(caller)),
        ("aws:userid", user_id(caller)),
        ("aws:username", user_name(caller)),
        ("aws:ResourceAccount", resource_account(case)),
    ];
    keys.into_iter().filter_map(|(name, value)| Some((name, value?)))
}

/// Of a session of a role it is the ARN of the role. The path, which the session's ARN does not have, is left out: give
/// `aws:PrincipalArn` for a role that has one.
fn principal_arn(caller: &Caller) -> Option<SmolStr> {
    match caller.kind() {
        CallerKind::Root | CallerKind::User | CallerKind::Role | CallerKind::FederatedUser => Some(caller.name().into()),
        CallerKind::RoleSession => {
            let role = caller.name().split('/').nth(1)?;
            Some(format_smolstr!("arn:{}:iam::{}:role/{role}", caller.partition(), caller.account()?))
        }
        CallerKind::Service | CallerKind::Provider | CallerKind::Anonymous => None,
    }
}

fn principal_type(caller: &Caller) -> Option<&'static str> {
    match caller.kind() {
        CallerKind::Root => Some("Account"),
        CallerKind::User => Some("User"),
        CallerKind::Role | CallerKind::RoleSession => Some("AssumedRole"),
        CallerKind::FederatedUser => Some("FederatedUser"),
        CallerKind::Anonymous => Some("Anonymous"),
        CallerKind::Service | CallerKind::Provider => None,
    }
}

/// In every signed request.
fn is_service(caller: &Caller) -> Option<&'static str> {
    match caller.kind() {
        CallerKind::Service => Some("true"),
        CallerKind::Root | CallerKind::User | CallerKind::Role | CallerKind::RoleSession | CallerKind::FederatedUser => {
            Some("false")
        }
        CallerKind::Provider | CallerKind::Anonymous => None,
    }
}

fn service(caller: &Caller) -> Option<SmolStr> {
    (caller.kind() == CallerKind::Service && !caller.name().starts_with("arn:")).then(|| caller.name().into())
}

/// Where it does not hold an id that only AWS knows.
fn user_id(caller: &Caller) -> Option<SmolStr> {
    match caller.kind() {
        CallerKind::Root => caller.account().map(SmolStr::from),
        CallerKind::FederatedUser => Some(format_smolstr!("{}:{}", caller.account()?, caller.name().split_once('/')?.1)),
        CallerKind::User | CallerKind::Role | CallerKind::RoleSession => None,
        CallerKind::Service | CallerKind::Provider | CallerKind::Anonymous => None,
    }
}

/// The name without its path; only IAM users have one.
fn user_name(caller: &Caller) -> Option<SmolStr> {
    (caller.kind() == CallerKind::User).then(|| caller.name().rsplit('/').next().map(SmolStr::from)).flatten()
}

fn resource_account(case: &Case) -> Option<SmolStr> {
    let in_arn = || case.resource.split(':').nth(4).filter(|id| id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit()));
    case.resource_account.clone().or_else(|| in_arn().map(SmolStr::from))
}
