//! The full form of a case: a request, all documents about it, and what is expected. Nothing of the account has a say.

use async_graphql::{Enum, InputObject, SimpleObject};
use chancery_model::Invalid;
use chancery_policy::{Caller, Case, Document, Expected};

use super::{
    context::{ContextEntryInput, at_most, entries},
    decision::AccessDecision,
    given,
};
use crate::{fault::Answer, scalars::AccountId};

/// How many levels an organization's policies may have: the root, five levels of units, the account.
/// Source: Organizations User Guide, "Quotas and service limits".
const LEVELS_MAX: usize = 7;

/// Input of `simulateDocuments`: a request with every document that has a say in it, as a line of `chancery policy test` has
/// them. Documents are JSON texts.
#[derive(InputObject)]
pub(crate) struct SimulateDocumentsInput {
    /// What the case is called.
    id: Option<String>,
    /// Who asks: the ARN of a root user, user, role, role session or federated user, the name of a service, or `anonymous`.
    principal: String,
    /// The action, as in `s3:GetObject`.
    action: String,
    /// The resource: an ARN, or `*`.
    #[graphql(default = "*")]
    resource: String,
    /// Whose the resource is, where its ARN does not say or says otherwise.
    resource_account: Option<AccountId>,
    /// What is known of the request. What follows from principal and resource is there without being given.
    context: Option<Vec<ContextEntryInput>>,
    /// Policies of the user and its groups, or of the role.
    identity_policies: Option<Vec<String>>,
    /// The permissions boundary; none when absent or empty.
    boundary: Option<Vec<String>>,
    /// Policies of the session; none when absent or empty.
    session_policies: Option<Vec<String>>,
    /// The policy of the resource; for a role its trust policy.
    resource_policy: Option<String>,
    /// Service control policies by level, root first; none when absent.
    scps: Option<Vec<Vec<String>>>,
    /// Resource control policies by level, root first, each besides the default that allows all; none when absent.
    rcps: Option<Vec<Vec<String>>>,
    /// Policies of the VPC endpoint; none when absent or empty.
    endpoint_policies: Option<Vec<String>>,
    /// What should come out.
    expected: Option<ExpectedDecision>,
    /// Whether the action supports no resource-level permissions, so that only `*` is its resource.
    #[graphql(default = false)]
    wildcard_only_action: bool,
}

/// What a case expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ExpectedDecision {
    /// That it is allowed.
    Allowed,
    /// That nothing allows it.
    ImplicitlyDenied,
    /// That something denies it.
    ExplicitlyDenied,
    /// Either of the two.
    Denied,
}

/// What a case came to.
#[derive(Debug, SimpleObject)]
#[graphql(serial)]
pub(crate) struct CaseResult {
    /// What the case is called.
    id: Option<String>,
    /// Whether the decision is the expected one; null where nothing is expected.
    passed: Option<bool>,
    /// The decision. Its policies are named by their place in the input, as in `identityPolicies[0]`.
    decision: AccessDecision,
}

impl SimulateDocumentsInput {
    /// Decides.
    pub(super) fn run(self) -> Answer<CaseResult> {
        let id = self.id.clone();
        let case = self.read()?;
        Ok(CaseResult { id, passed: case.passes(&case.decide()), decision: AccessDecision::of_case(&case) })
    }

    fn read(self) -> Answer<Case> {
        let some = |field: &str, given: Option<Vec<String>>| -> Answer<Option<Vec<Document>>> {
            given.filter(|texts| !texts.is_empty()).map(|texts| given::documents(field, &texts)).transpose()
        };
        Ok(Case {
            id: self.id.unwrap_or_default(),
            caller: Caller::parse(&self.principal).map_err(|refused: Invalid| refused.at("principal"))?,
            action: given::action("action", &self.action)?.into(),
            resource: given::resource("resource", &self.resource)?.into(),
            resource_account: self.resource_account.map(|account| account.0.to_string().into()),
            context: entries("context", self.context)?,
            identity_policies: some("identityPolicies", self.identity_policies)?.unwrap_or_default(),
            boundary: some("boundary", self.boundary)?,
            session_policies: some("sessionPolicies", self.session_policies)?,
            resource_policy: self.resource_policy.map(|text| given::document("resourcePolicy", &text)).transpose()?,
            scps: levels("scps", self.scps)?,
            rcps: levels("rcps", self.rcps)?,
            endpoint_policies: some("endpointPolicies", self.endpoint_policies)?,
            expected: self.expected.map(ExpectedDecision::read),
            wildcard_only_action: self.wildcard_only_action,
        })
    }
}

fn levels(field: &str, given: Option<Vec<Vec<String>>>) -> Answer<Option<Vec<Vec<Document>>>> {
    let Some(levels) = given.filter(|levels| !levels.is_empty()) else { return Ok(None) };
    at_most(field, levels.len(), LEVELS_MAX)?;
    let levels = levels.iter().enumerate();
    levels.map(|(level, texts)| given::documents(&format!("{field}[{level}]"), texts)).collect::<Answer<_>>().map(Some)
}

impl ExpectedDecision {
    fn read(self) -> Expected {
        match self {
            Self::Allowed => Expected::Allowed,
            Self::ImplicitlyDenied => Expected::ImplicitlyDenied,
            Self::ExplicitlyDenied => Expected::ExplicitlyDenied,
            Self::Denied => Expected::Denied,
        }
    }
}
