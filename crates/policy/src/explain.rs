//! Why a request was allowed or denied, and what would have changed that.
//!
//! An explanation reads every policy a second time: decide with [`authorize`], explain when somebody asks.

use smol_str::SmolStr;

use crate::{
    Decision, Determining, Documents, Effect, Failure, Key, Layer, Policies, Request, authorize,
    compiled::{Asked, CompiledStatement, Scratch},
};

mod message;
mod text;

/// A decision with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The decision, as [`authorize`] makes it.
    pub decision: Decision,
    /// The statements that made it, in the order of `decision.determining`.
    pub determining: Vec<Cited>,
    /// For an implicit deny: the statements of the layer that stopped the request which would have allowed it but for their
    /// conditions. Where either an identity-based or a resource-based policy would have done, those of both.
    pub near_misses: Vec<NearMiss>,
    /// The condition keys that the statements about this caller, action and resource ask for, in conditions and variables.
    pub keys_needed: Vec<Key>,
    /// Those of them that the request does not have.
    pub keys_missing: Vec<Key>,
    /// Who asked, as [`crate::Caller::name`] has it.
    pub caller: SmolStr,
    /// The action that was asked for.
    pub action: SmolStr,
    /// The resource that it was asked for.
    pub resource: SmolStr,
}

/// A statement of an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    /// Where it is.
    pub place: Determining,
    /// Its `Sid`, if it has one.
    pub sid: Option<SmolStr>,
    /// What it does when it matches.
    pub effect: Effect,
}

/// A statement that would have allowed a request but for its conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// The statement.
    pub statement: Cited,
    /// The conditions that do not hold.
    pub failures: Vec<Failure>,
}

/// Decides a request and says why.
///
/// ```
/// use chancery_policy::{Caller, CompiledPolicy, Document, Kind, Policies, Request, RequestContext, explain};
///
/// let text = r#"{"Version": "2012-10-17", "Statement": {"Sid": "Ours", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*",
///                "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}}}"#;
/// let policy = CompiledPolicy::compile(&Document::parse(text, Kind::Identity)?);
/// let (caller, context) = (Caller::parse("arn:aws:iam::111122223333:user/ada")?, RequestContext::new());
/// let request = Request {
///     caller: &caller,
///     action: "s3:GetObject",
///     resource: "arn:aws:s3:::logs/today",
///     resource_account: None,
///     context: &context,
/// };
/// let explanation = explain(&request, &Policies { identity: &[&policy], ..Policies::default() });
/// assert_eq!(explanation.near_misses[0].statement.sid.as_deref(), Some("Ours"));
/// assert_eq!(explanation.keys_missing[0].as_str(), "aws:principaltag/team");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn explain(request: &Request<'_>, policies: &Policies<'_>) -> Explanation {
    let decision = authorize(request, policies);
    let determining = decision.determining.iter().filter_map(|place| cite(*place, policies)).collect();
    let mut scratch = Scratch::new();
    let asked = Asked::new(request, policies, &mut scratch);
    let (mut near_misses, mut keys_needed) = (Vec::new(), Vec::new());
    for (layer, level, documents) in policies.levels() {
        let statements = relevant(layer, level, documents, &asked);
        keys_needed.extend(statements.iter().flat_map(|(_, statement)| statement.keys().cloned()));
        if could_allow(layer, &decision) {
            near_misses.extend(misses(&statements, &asked));
        }
    }
    keys_needed.sort();
    keys_needed.dedup();
    let keys_missing = keys_needed.iter().filter(|key| request.context.get(key).is_none()).cloned().collect();
    // What stopped the request comes first.
    near_misses.sort_by_key(|miss: &NearMiss| Some(miss.statement.place.layer) != decision.stopped_by);
    let [caller, action, resource] = [request.caller.name(), request.action, request.resource].map(SmolStr::new);
    Explanation { decision, determining, near_misses, keys_needed, keys_missing, caller, action, resource }
}

/// Whether one more allow in a layer could have turned an implicit deny.
fn could_allow(layer: Layer, decision: &Decision) -> bool {
    let grants = |layer| matches!(layer, Layer::Identity | Layer::Resource);
    decision.stopped_by.is_some_and(|stopped| stopped == layer || (grants(stopped) && grants(layer)))
}

/// The statements of a level that are about the caller, the action and the resource, whatever their conditions.
fn relevant<'a>(
    layer: Layer,
    level: usize,
    documents: Documents<'a>,
    asked: &Asked<'_>,
) -> Vec<(Determining, &'a CompiledStatement)> {
    let mut statements = Vec::new();
    for (index, policy) in documents.iter().enumerate() {
        let reached = policy.reached(&asked.action).filter(|(_, statement)| statement.is_about(layer, asked));
        statements.extend(reached.map(|(number, statement)| (Determining::new(layer, level, index, number), statement)));
    }
    statements
}

/// The statements that would allow but for their conditions; none where another statement of the level does allow.
fn misses(statements: &[(Determining, &CompiledStatement)], asked: &Asked<'_>) -> Vec<NearMiss> {
    let allows = statements.iter().filter(|(_, statement)| statement.effect == Effect::Allow);
    let misses = allows.map(|(place, statement)| NearMiss {
        statement: Cited { place: *place, sid: statement.sid.clone(), effect: statement.effect },
        failures: statement.conditions.failures(asked.context),
    });
    let misses: Vec<_> = misses.collect();
    if misses.iter().any(|miss| miss.failures.is_empty()) { Vec::new() } else { misses }
}

fn cite(place: Determining, policies: &Policies<'_>) -> Option<Cited> {
    let [level, policy, statement] = [u32::from(place.level), place.policy, place.statement].map(usize::try_from);
    let (document, statement) = (policies.document(place.layer, level.ok()?, policy.ok()?)?, statement.ok()?);
    Some(Cited { place, sid: document.sid(statement).map(SmolStr::new), effect: document.effect(statement)? })
}

#[cfg(test)]
mod tests;
