//! Decisions with their reasons, as clients see them.

use async_graphql::{Enum, Object, SimpleObject};
use chancery_engine::{Explained, PolicySource};
use chancery_policy::{
    Case, Catalogue, Cited, Determining, Explanation, Failure, Key, Layer, NearMiss as NearMissState, Outcome,
};

/// What the policies decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Decision {
    /// It is allowed.
    Allowed,
    /// A statement denies it, whatever allows it.
    ExplicitlyDenied,
    /// Nothing denies it, and what must allow it does not.
    ImplicitlyDenied,
}

/// A kind of policy, in the order in which AWS asks them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum PolicyLayer {
    /// Resource control policies of the organization.
    ResourceControl,
    /// Service control policies of the organization.
    ServiceControl,
    /// Policies of the VPC endpoint.
    Endpoint,
    /// The policy of the resource; of a role its trust policy.
    Resource,
    /// Policies of the user, of its groups, or of the role.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// Session policies.
    Session,
}

/// What a statement does when it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum PolicyEffect {
    /// It allows, unless something denies.
    Allow,
    /// It denies, whatever allows.
    Deny,
}

/// What the policies say of one request, and why.
#[derive(Debug, Clone)]
pub(crate) struct AccessDecision {
    explanation: Explanation,
    determining: Vec<Option<PolicySource>>,
    near_misses: Vec<Option<PolicySource>>,
    reason: Option<String>,
}

/// A statement that had a say.
#[derive(Debug, Clone)]
pub(crate) struct PolicyStatement {
    cited: Cited,
    source: Option<PolicySource>,
}

/// A statement that would have allowed the request but for its conditions.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(serial)]
pub(crate) struct NearMiss {
    /// The statement.
    statement: PolicyStatement,
    /// Its conditions that do not hold.
    failures: Vec<FailedCondition>,
}

/// A condition that does not hold.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(serial)]
pub(crate) struct FailedCondition {
    /// The operator, as in `StringEquals` or `ForAnyValue:StringLike`.
    operator: String,
    /// The condition key.
    key: String,
    /// The values in the policy: any will do, or none for a negated operator.
    expected: Vec<String>,
    /// The values in the request; null when it does not have the key.
    actual: Option<Vec<String>>,
}

impl From<Explained> for AccessDecision {
    fn from(explained: Explained) -> Self {
        let Explained { explanation, determining, near_misses, reason } = explained;
        Self { explanation, determining, near_misses, reason }
    }
}

impl AccessDecision {
    /// The decision of a case. Its policies are named by their place in the input.
    pub(super) fn of_case(case: &Case) -> Self {
        let (explanation, reason) = case.ask(|request, policies| {
            let explanation = chancery_policy::explain(request, policies);
            let reason = explanation.decision.reason(request);
            (explanation, reason)
        });
        let source = |cited: &Cited| {
            let (layer, name) = (cited.place.layer, case.document_place(&cited.place));
            Some(PolicySource { layer, name, arn: None, version: None, attached_to: None })
        };
        let determining = explanation.determining.iter().map(source).collect();
        let near_misses = explanation.near_misses.iter().map(|miss| source(&miss.statement)).collect();
        Self { explanation, determining, near_misses, reason }
    }

    /// The name of a policy in a text.
    fn name(&self, place: &Determining) -> String {
        let cited = self.explanation.determining.iter().zip(&self.determining);
        let missed = self.explanation.near_misses.iter().map(|miss| &miss.statement).zip(&self.near_misses);
        let found = cited.chain(missed).find(|(cited, _)| cited.place == *place).and_then(|(_, source)| source.as_ref());
        found.map_or_else(|| place.layer.to_string(), told)
    }
}

/// A policy as a person names it.
fn told(source: &PolicySource) -> String {
    let PolicySource { layer, name, version, attached_to, .. } = source;
    let mut text = format!("{layer} {name}");
    if let Some(version) = version {
        text = format!("{text} {version}");
    }
    match (layer, attached_to) {
        (_, None) => text,
        (Layer::Resource, Some(resource)) => format!("{layer} of {resource}"),
        (_, Some(holder)) => format!("{text} of {holder}"),
    }
}

/// What the policies say of one request, and why.
#[Object(serial)]
impl AccessDecision {
    /// What is decided.
    async fn decision(&self) -> Decision {
        match self.explanation.decision.outcome {
            Outcome::Allowed => Decision::Allowed,
            Outcome::ExplicitlyDenied => Decision::ExplicitlyDenied,
            Outcome::ImplicitlyDenied => Decision::ImplicitlyDenied,
        }
    }

    /// Who asks.
    async fn principal(&self) -> &str {
        &self.explanation.caller
    }

    /// The action that is asked for.
    async fn action(&self) -> &str {
        &self.explanation.action
    }

    /// The resource that it is asked for.
    async fn resource(&self) -> &str {
        &self.explanation.resource
    }

    /// The statements that decide: all that deny, or all that have a part in allowing; none for an implicit deny.
    async fn determining_statements(&self) -> Vec<PolicyStatement> {
        let all = self.explanation.determining.iter().zip(&self.determining);
        all.map(|(cited, source)| PolicyStatement::new(cited, source)).collect()
    }

    /// For an implicit deny: the kind of policy that must allow it and does not.
    async fn stopped_by(&self) -> Option<PolicyLayer> {
        self.explanation.decision.stopped_by.map(PolicyLayer::of)
    }

    /// For an implicit deny: the statements that would have allowed it but for their conditions.
    async fn near_misses(&self) -> Vec<NearMiss> {
        let all = self.explanation.near_misses.iter().zip(&self.near_misses);
        all.map(|(miss, source)| NearMiss::new(miss, source)).collect()
    }

    /// The condition keys that statements about this request ask for and that it does not have.
    async fn missing_context_keys(&self) -> Vec<String> {
        self.explanation.keys_missing.iter().map(key_name).collect()
    }

    /// Why it is denied, as AWS says it: `because no identity-based policy allows the s3:GetObject action`. Null for what is
    /// allowed.
    async fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// All of this as a person reads it.
    async fn text(&self) -> String {
        self.explanation.text(|place| self.name(place))
    }
}

impl PolicyStatement {
    fn new(cited: &Cited, source: &Option<PolicySource>) -> Self {
        Self { cited: cited.clone(), source: source.clone() }
    }
}

/// A statement that had a say.
#[Object(serial)]
impl PolicyStatement {
    /// The kind of policy it is in.
    async fn layer(&self) -> PolicyLayer {
        PolicyLayer::of(self.cited.place.layer)
    }

    /// The name of a managed or inline policy; for the policy of a resource the resource's name; for one that came with the
    /// question its place there.
    async fn policy_name(&self) -> Option<&str> {
        self.source.as_ref().map(|source| source.name.as_str())
    }

    /// The ARN of a managed policy.
    async fn policy_arn(&self) -> Option<&str> {
        self.source.as_ref()?.arn.as_ref().map(chancery_model::Arn::as_str)
    }

    /// The version of a managed policy, as in `v2`.
    async fn policy_version(&self) -> Option<String> {
        self.source.as_ref()?.version.map(|version| version.to_string())
    }

    /// The ARN of the user, group, role or resource that the policy is attached to or part of.
    async fn attached_to(&self) -> Option<&str> {
        self.source.as_ref()?.attached_to.as_deref()
    }

    /// The level of a service or resource control policy: 0 is the organization's root.
    async fn level(&self) -> Option<u32> {
        match self.cited.place.layer {
            Layer::ResourceControl | Layer::ServiceControl => Some(u32::from(self.cited.place.level)),
            Layer::Endpoint | Layer::Resource | Layer::Identity | Layer::Boundary | Layer::Session => None,
        }
    }

    /// The statement's place in its document, counted from 0.
    async fn index(&self) -> u32 {
        self.cited.place.statement
    }

    /// The statement's `Sid`.
    async fn sid(&self) -> Option<&str> {
        self.cited.sid.as_deref()
    }

    /// What it does when it matches.
    async fn effect(&self) -> PolicyEffect {
        match self.cited.effect {
            chancery_policy::Effect::Allow => PolicyEffect::Allow,
            chancery_policy::Effect::Deny => PolicyEffect::Deny,
        }
    }
}

impl NearMiss {
    fn new(miss: &NearMissState, source: &Option<PolicySource>) -> Self {
        let failures = miss.failures.iter().map(FailedCondition::of).collect();
        Self { statement: PolicyStatement::new(&miss.statement, source), failures }
    }
}

impl FailedCondition {
    fn of(failure: &Failure) -> Self {
        let texts = |values: &[_]| values.iter().map(ToString::to_string).collect();
        Self {
            operator: failure.operator.to_string(),
            key: key_name(&failure.key),
            expected: failure.expected.iter().map(ToString::to_string).collect(),
            actual: failure.actual.as_deref().map(texts),
        }
    }
}

impl PolicyLayer {
    pub(super) fn of(layer: Layer) -> Self {
        match layer {
            Layer::ResourceControl => Self::ResourceControl,
            Layer::ServiceControl => Self::ServiceControl,
            Layer::Endpoint => Self::Endpoint,
            Layer::Resource => Self::Resource,
            Layer::Identity => Self::Identity,
            Layer::Boundary => Self::Boundary,
            Layer::Session => Self::Session,
        }
    }
}

/// A condition key as AWS writes it; its own case does not count. What an author chose, such as a tag's key, is in lower case.
pub(super) fn key_name(key: &Key) -> String {
    let folded = key.as_str();
    let Some(known) = Catalogue::get().condition_key(folded) else { return folded.to_owned() };
    match known.name().split_once("${") {
        Some((head, _)) => format!("{head}{}", folded.get(head.len()..).unwrap_or_default()),
        None => known.name().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_as_aws_writes_them() {
        for (given, shown) in [
            ("AWS:SOURCEIP", "aws:SourceIp"),
            ("aws:principaltag/Team", "aws:PrincipalTag/team"),
            ("s3:prefix", "s3:prefix"),
            ("iam:passedtoservice", "iam:PassedToService"),
            ("Mine:Own", "mine:own"),
        ] {
            assert_eq!(key_name(&Key::new(given)), shown);
        }
    }
}
