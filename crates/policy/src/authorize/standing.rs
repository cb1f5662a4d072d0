//! What a request's caller, action and resource are to each other.

use std::str;

use crate::{CallerKind, Request};

/// Whose policies must speak for a caller on a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Account {
    /// The caller is of no account: only the policy of the resource can allow.
    None,
    /// The resource is in the caller's account: either policy allows.
    Same,
    /// The resource is in another account: both must allow.
    Other,
}

/// The rules that hold for a request before any policy is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub(super) account: Account,
    /// Whether an identity-based policy is not enough even in the same account.
    pub(super) needs_resource_policy: bool,
    /// Whether the action is open to whoever is signed in.
    pub(super) needs_no_permission: bool,
    /// "The account root user has full access": no identity-based policy, boundary or session limits it.
    pub(super) is_root: bool,
    /// "SCPs affect only IAM users and roles that are managed by accounts that are part of the organization", the root user
    /// included, service-linked roles not.
    pub(super) under_scps: bool,
    /// "RCPs don't apply to calls made by service-linked roles": all others are, from inside or outside.
    pub(super) under_rcps: bool,
    /// "If there is no session policy, the code checks whether the principal is a role session … Otherwise, the request is
    /// implicitly denied": a federated user has no permissions but those of its session policies.
    pub(super) needs_session_policy: bool,
}

impl Standing {
    pub(super) fn of(request: &Request<'_>) -> Self {
        let caller = request.caller;
        let account = match caller.account() {
            None => Account::None,
            Some(own) if owner(request).is_none_or(|owner| owner == own) => Account::Same,
            Some(_) => Account::Other,
        };
        let service_linked = caller.is_service_linked();
        Self {
            account,
            needs_resource_policy: needs_resource_policy(request.action, request.resource),
            needs_no_permission: request.action.eq_ignore_ascii_case("sts:GetCallerIdentity") && account != Account::None,
            is_root: caller.kind() == CallerKind::Root,
            under_scps: account != Account::None && !service_linked,
            under_rcps: !service_linked,
            needs_session_policy: caller.kind() == CallerKind::FederatedUser,
        }
    }
}

/// The account of the resource: as the request says, or as its ARN does.
fn owner<'a>(request: &Request<'a>) -> Option<&'a str> {
    request.resource_account.or_else(|| {
        let rest = (0..4).try_fold(request.resource.as_bytes(), |rest, _| {
            let colon = rest.iter().position(|byte| *byte == b':')?;
            rest.get(colon + 1..)
        })?;
        let account = rest.get(..12).filter(|account| account.iter().all(u8::is_ascii_digit))?;
        let ends = rest.get(12) == Some(&b':') && request.resource.starts_with("arn:");
        str::from_utf8(account).ok().filter(|_| ends)
    })
}

/// "IAM role trust policies and KMS key policies are exceptions to this logic, because they must explicitly allow access for
/// principals" (IAM User Guide, "Policy evaluation logic").
fn needs_resource_policy(action: &str, resource: &str) -> bool {
    let Some((service, name)) = action.split_at_checked(4) else { return false };
    let part = |at: usize| resource.split(':').nth(at).unwrap_or_default();
    if service.eq_ignore_ascii_case("sts:") {
        part(5).starts_with("role/") && ROLE_ACTIONS.iter().any(|other| other.eq_ignore_ascii_case(name))
    } else {
        service.eq_ignore_ascii_case("kms:") && part(2) == "kms" && part(5).starts_with("key/")
    }
}

/// What a trust policy governs.
const ROLE_ACTIONS: [&str; 6] =
    ["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "SetContext", "SetSourceIdentity", "TagSession"];
