//! The decision.
//!
//! Source: IAM User Guide, "Policy evaluation logic": "How AWS enforcement code logic evaluates requests to allow or deny
//! access" and "Cross-account policy evaluation logic". Every rule of theirs is one line of [`stopped_by`], in their order.

use smallvec::SmallVec;

use crate::{
    Layer, Naming, Policies, Request,
    compiled::{Asked, Scratch},
};

mod found;
mod standing;

use found::Found;
use standing::Standing;

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The request is allowed.
    Allowed,
    /// No statement denies the request, and what must allow it does not.
    ImplicitlyDenied,
    /// A statement denies the request, whatever allows it.
    ExplicitlyDenied,
}

/// A decision and the statements that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What was decided.
    pub outcome: Outcome,
    /// For an explicit deny every statement that denies; for an allow every statement that had a part in it; for an implicit
    /// deny none. In the order of [`Layer`], then as the caller gave them.
    pub determining: Statements,
    /// The layer that did not allow, for an implicit deny.
    pub stopped_by: Option<Layer>,
}

/// Statements of a decision: few, so that they are kept without an allocation.
pub type Statements = SmallVec<[Determining; 8]>;

/// A statement by its place in the [`Policies`] that were given; [`Policies::document`] finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Determining {
    /// The kind of policy.
    pub layer: Layer,
    /// The level from the root, for service and resource control policies; otherwise 0.
    pub level: u16,
    /// The document in its level, counted from 0.
    pub policy: u32,
    /// The statement in its document, counted from 0.
    pub statement: u32,
}

impl Determining {
    pub(crate) fn new(layer: Layer, level: usize, policy: usize, statement: usize) -> Self {
        let [policy, statement] = [policy, statement].map(|number| u32::try_from(number).unwrap_or(u32::MAX));
        Self { layer, level: u16::try_from(level).unwrap_or(u16::MAX), policy, statement }
    }
}

impl Decision {
    /// Whether the request is allowed.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.outcome == Outcome::Allowed
    }

    fn new(outcome: Outcome, determining: Statements, stopped_by: Option<Layer>) -> Self {
        Self { outcome, determining, stopped_by }
    }
}

/// Decides a request.
///
/// ```
/// use chancery_policy::{Caller, CompiledPolicy, Document, Kind, Layer, Outcome, Policies, Request, RequestContext, authorize};
///
/// let text = r#"{"Version": "2012-10-17",
///                "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::logs/*"}}"#;
/// let policy = CompiledPolicy::compile(&Document::parse(text, Kind::Identity)?);
/// let (caller, context) = (Caller::parse("arn:aws:iam::111122223333:user/ada")?, RequestContext::new());
/// let get = Request {
///     caller: &caller,
///     action: "s3:GetObject",
///     resource: "arn:aws:s3:::logs/today",
///     resource_account: None,
///     context: &context,
/// };
/// let policies = Policies { identity: &[&policy], ..Policies::default() };
/// assert!(authorize(&get, &policies).is_allowed());
///
/// let put = authorize(&Request { action: "s3:PutObject", ..get }, &policies);
/// assert_eq!((put.outcome, put.stopped_by), (Outcome::ImplicitlyDenied, Some(Layer::Identity)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn authorize(request: &Request<'_>, policies: &Policies<'_>) -> Decision {
    let standing = Standing::of(request);
    if standing.needs_no_permission {
        return Decision::new(Outcome::Allowed, Statements::new(), None);
    }
    let mut scratch = Scratch::new();
    let mut found = Found::look(&Asked::new(request, policies, &mut scratch), standing, policies);
    if !found.denies.is_empty() {
        return Decision::new(Outcome::ExplicitlyDenied, found.denies, None);
    }
    match stopped_by(standing, &found) {
        Some(layer) => Decision::new(Outcome::ImplicitlyDenied, Statements::new(), Some(layer)),
        None => Decision::new(Outcome::Allowed, found.take_allows(standing), None),
    }
}

/// The first layer that does not allow what it must, when nothing denies.
fn stopped_by(standing: Standing, found: &Found) -> Option<Layer> {
    let unless = |allowed: bool, layer: Layer| (!allowed).then_some(layer);
    let limits = || unless(found.boundary, Layer::Boundary).or_else(|| unless(found.session, Layer::Session));
    let guardrails = unless(found.rcps, Layer::ResourceControl)
        .or_else(|| unless(found.scps, Layer::ServiceControl))
        .or_else(|| unless(found.endpoint, Layer::Endpoint));
    guardrails.or_else(|| match standing.account {
        standing::Account::None => unless(found.resource.is_some(), Layer::Resource),
        standing::Account::Same => match found.resource {
            Some(Naming::Direct) => None,
            Some(Naming::Issuer) => limits(),
            None if standing.needs_resource_policy => Some(Layer::Resource),
            Some(Naming::Account) | None => unless(found.identity, Layer::Identity).or_else(limits),
        },
        standing::Account::Other => {
            unless(found.identity, Layer::Identity).or_else(limits).or_else(|| unless(found.resource.is_some(), Layer::Resource))
        }
    })
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod world;
