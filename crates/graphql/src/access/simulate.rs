//! The simulation of a principal: every action on every resource, with policies that nobody has.

use async_graphql::InputObject;
use chancery_domain::Read;
use chancery_engine::{AccessQuestion, Authorized, Supposed};
use chancery_model::Invalid;
use chancery_policy::Kind;

use super::{
    context::{ContextEntryInput, context},
    decision::AccessDecision,
    given,
};
use crate::{fault::Answer, scalars::AccountId, view::View};

/// How many requests, actions times resources, one simulation may have.
const REQUESTS_MAX: usize = 1_000;
/// After so many answers others have their turn.
pub(super) const ANSWERS_PER_TURN: usize = 32;

/// Input of `simulatePrincipal`.
#[derive(InputObject)]
pub(crate) struct SimulatePrincipalInput {
    /// Whose policies: the ARN of a user, a role or the root user.
    policy_source_arn: String,
    /// The actions, as in `s3:GetObject`, without wildcards.
    actions: Vec<String>,
    /// The resources: ARNs, or `*` for actions that have none.
    #[graphql(default_with = "vec![\"*\".to_owned()]")]
    resources: Vec<String>,
    /// Whose the resources are, where neither their ARN nor a resource policy says; the principal's account when absent.
    resource_account: Option<AccountId>,
    /// What is known of the requests beside who makes them.
    context: Option<Vec<ContextEntryInput>>,
    /// Identity-based policies that the principal is taken to have besides its own: JSON texts.
    policy_input_list: Option<Vec<String>>,
    /// The permissions boundary that the principal is taken to have in the place of its own: JSON texts.
    permissions_boundary_policy_input_list: Option<Vec<String>>,
    /// The policy that every resource is taken to have in the place of its own, for a role its trust policy: a JSON text.
    resource_policy: Option<String>,
}

impl SimulatePrincipalInput {
    /// How many requests it stands for.
    pub(super) fn requests(&self) -> usize {
        self.actions.len().saturating_mul(self.resources.len())
    }

    /// Whom it is about.
    pub(super) fn principal(&self) -> &str {
        &self.policy_source_arn
    }

    /// Every action on every resource, resource by resource.
    pub(super) async fn run(&self, view: &View, proof: &Authorized<Read>) -> Answer<Vec<AccessDecision>> {
        self.check()?;
        let identity = given::texts("policyInputList", self.policy_input_list.as_deref(), Kind::Identity)?;
        let boundary = self.permissions_boundary_policy_input_list.as_deref().filter(|documents| !documents.is_empty());
        let boundary =
            boundary.map(|texts| given::texts("permissionsBoundaryPolicyInputList", Some(texts), Kind::Identity)).transpose()?;
        let resource_policy =
            given::texts("resourcePolicy", self.resource_policy.as_ref().map(std::slice::from_ref), Kind::Resource)?;
        let supposed = Supposed { identity: &identity, boundary: boundary.as_deref(), resource: resource_policy.first() };
        let context = context("context", self.context.clone())?;
        let mut decisions = Vec::with_capacity(self.requests());
        for resource in &self.resources {
            for action in &self.actions {
                let asked = AccessQuestion {
                    principal: &self.policy_source_arn,
                    action,
                    resource,
                    resource_account: self.resource_account.map(|account| account.0),
                    context: &context,
                };
                decisions.push(view.reader().simulate(proof, &asked, supposed)?.into());
                if decisions.len() % ANSWERS_PER_TURN == 0 {
                    tokio::task::yield_now().await;
                }
            }
        }
        Ok(decisions)
    }

    fn check(&self) -> Answer<()> {
        let requests = self.requests();
        if requests == 0 {
            return Err(Invalid::new("actions", "", "Member must have at least one action and one resource").into());
        }
        if requests > REQUESTS_MAX {
            let rule = format!("Members must be at most {REQUESTS_MAX} actions times resources");
            return Err(Invalid::new("actions", &requests.to_string(), rule).into());
        }
        self.actions.iter().try_for_each(|action| given::action("actions", action).map(drop))?;
        self.resources.iter().try_for_each(|resource| given::resource("resources", resource).map(drop))
    }
}
