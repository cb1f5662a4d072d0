//! A second evaluator, written from the IAM User Guide to be read beside it: slow, obvious, and sharing nothing with the
//! real one but the tree of a document. It decides; it does not explain.

mod conditions;

use chancery_policy::{Document, Effect, Outcome, Principal, Scope, Statement};

use crate::asked::Asked;
use conditions::{chars, holds, resource, wild};

/// How a resource policy speaks of the caller: to nobody it is, to its account, to its role or user, or to itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Account,
    Owner,
    Itself,
}

pub(crate) fn evaluate(asked: &Asked) -> Outcome {
    let (account, kind) = (part(&asked.principal, 4), part(&asked.principal, 5).split('/').next().unwrap().to_owned());
    let member = ["root", "user", "role", "assumed-role", "federated-user"].contains(&&*kind);
    let (root, federated) = (kind == "root", kind == "federated-user");
    let linked = asked.principal.contains(":role/aws-service-role/");
    let levels =
        |levels: &Option<Vec<Vec<Document>>>, apply: bool| levels.clone().filter(|_| apply && !linked).unwrap_or_default();
    let (scps, rcps) = (levels(&asked.scps, member), levels(&asked.rcps, true));
    let (boundary, session) = (asked.boundary.as_ref().filter(|_| !root), asked.session.as_ref().filter(|_| !root));
    let (endpoint, resource_policy) = (asked.endpoint.as_ref(), asked.resource_policy.as_slice());
    // The statements of an effect that are about the request: those without a principal are about the holder of the policy.
    let found = |effect, documents: &[Document]| -> Vec<Option<Named>> {
        let all = documents.iter().flat_map(|d| d.statements.iter().map(move |s| (d, s)));
        let about = all.filter(|(d, s)| speaks(asked, d, s, effect));
        about
            .filter_map(|(_, s)| if s.principals.is_none() { Some(None) } else { names(asked, s, boundary.is_some()).map(Some) })
            .collect()
    };
    let says = |effect, documents: &[Document]| !found(effect, documents).is_empty();
    let grant = |effect| found(effect, resource_policy).into_iter().flatten().fold(None, |best, name| best.max(Some(name)));
    // "An explicit deny in any of these policies overrides the allow."
    let lists = [Some(&asked.identity), boundary, session, endpoint];
    let attached = lists.into_iter().flatten().chain(&scps).chain(&rcps);
    if attached.into_iter().any(|documents| says(Effect::Deny, documents)) || grant(Effect::Deny).is_some() {
        return Outcome::ExplicitlyDenied;
    }
    let allows = |documents: Option<&Vec<Document>>| documents.is_none_or(|documents| says(Effect::Allow, documents));
    let within = scps.iter().chain(&rcps).all(|level| says(Effect::Allow, level)) && allows(endpoint);
    // "If there is no session policy, the code checks whether the principal is a role session. Otherwise … denied."
    let limits = allows(boundary) && allows(session) && (session.is_some() || !federated);
    let own = root || says(Effect::Allow, &asked.identity);
    let owner = asked.resource_account.clone().unwrap_or_else(|| part(&asked.resource, 4));
    let (service, what) = (part(&asked.resource, 2), part(&asked.resource, 5));
    let asks = |service: &str| asked.action.to_lowercase().starts_with(service);
    // "IAM role trust policies and KMS key policies are exceptions: they must explicitly allow access."
    let must_name = (asks("sts:") && what.starts_with("role/")) || (asks("kms:") && service == "kms" && what.starts_with("key/"));
    let granted = match grant(Effect::Allow) {
        name if !member => name.is_some(),
        name if !owner.is_empty() && owner != account => name.is_some() && own && limits,
        Some(Named::Itself) => true,
        Some(Named::Owner) => limits,
        Some(Named::Account) => own && limits,
        None => own && limits && !must_name,
    };
    if within && granted { Outcome::Allowed } else { Outcome::ImplicitlyDenied }
}

/// Whether a statement has the effect and is about the action, the resource and the context.
fn speaks(asked: &Asked, document: &Document, s: &Statement, effect: Effect) -> bool {
    let star = |c| (c, matches!(c, '*' | '?'));
    let action = |p: &str| wild(&p.to_lowercase().chars().map(star).collect::<Vec<_>>(), &chars(&asked.action.to_lowercase()));
    s.effect == effect
        && within(&s.actions, |pattern| action(pattern))
        && s.resources.as_ref().is_none_or(|scope| within(scope, |pattern| resource(asked, document.version, pattern)))
        && s.conditions.iter().all(|condition| holds(asked, document.version, condition))
}

fn within<T>(scope: &Scope<T>, matches: impl Fn(&T) -> bool) -> bool {
    scope.listed().iter().any(matches) != scope.is_not()
}

fn names(asked: &Asked, s: &Statement, bounded: bool) -> Option<Named> {
    match s.principals.as_ref()? {
        Scope::Only(list) => list.iter().filter_map(|p| name(asked, p)).max(),
        // "NotPrincipal with a Deny effect will always deny any principal that has a permissions boundary."
        Scope::Except(_) if bounded && s.effect == Effect::Deny => Some(Named::Itself),
        Scope::Except(list) => (!list.iter().any(|p| name(asked, p).is_some())).then_some(Named::Itself),
    }
}

fn name(asked: &Asked, principal: &Principal) -> Option<Named> {
    let (caller, account, path) = (asked.principal.as_str(), part(&asked.principal, 4), part(&asked.principal, 5));
    let mut path = path.split('/');
    let (kind, owner) = (path.next().unwrap(), path.next().unwrap_or(""));
    match principal {
        Principal::Everyone => Some(Named::Itself),
        Principal::Aws(id) if id == "*" => Some(Named::Itself),
        Principal::Aws(id) if *id == caller => Some(if kind == "role" { Named::Owner } else { Named::Itself }),
        Principal::Aws(id) if *id == account || (part(id, 4) == account && part(id, 5) == "root") => Some(Named::Account),
        Principal::Aws(id) => {
            let of = |kind: &str| part(id, 2) == "iam" && part(id, 4) == account && part(id, 5).starts_with(kind);
            let session = (kind == "assumed-role" && of("role/")) || (kind == "federated-user" && of("user/"));
            (session && id.rsplit('/').next() == Some(owner)).then_some(Named::Owner)
        }
        Principal::Service(id) | Principal::Federated(id) | Principal::CanonicalUser(id) => {
            (*id == caller).then_some(Named::Itself)
        }
    }
}

/// A part of an ARN, from 0; the last one is the rest.
fn part(arn: &str, index: usize) -> String {
    arn.splitn(6, ':').nth(index).unwrap_or("").to_owned()
}
