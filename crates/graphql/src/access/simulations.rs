//! Questions about documents, and about principals with documents that they do not have.

use async_graphql::{Context, Object};
use chancery_domain::Read;
use chancery_model::Invalid;
use chancery_policy::CompiledPolicy;

use super::{
    case::{CaseResult, SimulateDocumentsInput},
    context_keys::{ContextKey, context_keys},
    decision::AccessDecision,
    given,
    simulate::SimulatePrincipalInput,
    validate::{PolicyDocumentType, PolicyFinding, findings},
};
use crate::{
    fault::{Answer, Nullable, refusable},
    page::cost,
    scope::Scope,
    view::{AsOf, View},
};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Simulations;

#[Object(serial)]
impl Simulations {
    /// What would be decided of a principal's requests if there were other policies: every action on every resource, resource
    /// by resource. Needs `iam:SimulatePrincipalPolicy` on the principal.
    #[graphql(complexity = "cost(i32::try_from(input.requests()).ok(), child_complexity)")]
    async fn simulate_principal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The requests and the policies.")] input: SimulatePrincipalInput,
        #[graphql(desc = "The moment to look at; now when absent.")] as_of: Option<AsOf>,
    ) -> Nullable<Vec<AccessDecision>> {
        refusable(async move {
            let view = Scope::of(ctx)?.view(as_of).await?;
            let proof = view.authorize(Read::SimulatePrincipalPolicy, &given::about(&view, input.principal()))?;
            input.run(&view, &proof).await
        })
        .await
    }

    /// What documents decide, and nothing but them: trust policies, session policies and an organization's policies
    /// included. Needs `iam:SimulateCustomPolicy`.
    async fn simulate_documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request and the documents.")] input: SimulateDocumentsInput,
        #[graphql(desc = "A moment; the answer is the same at all of them.")] as_of: Option<AsOf>,
    ) -> Nullable<CaseResult> {
        refusable(async move {
            let view = Scope::of(ctx)?.view(as_of).await?;
            view.authorize_account(Read::SimulateCustomPolicy)?;
            input.run()
        })
        .await
    }

    /// The condition keys that documents, or the policies of a principal, or both ask for. Needs
    /// `iam:GetContextKeysForPrincipalPolicy` on the principal; without one `iam:GetContextKeysForCustomPolicy`.
    #[graphql(complexity = "cost(None, child_complexity)")]
    async fn context_keys_for(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Documents of any kind: JSON texts.")] documents: Option<Vec<String>>,
        #[graphql(desc = "Whose policies: the ARN of a user, a role or the root user.")] principal: Option<String>,
        #[graphql(desc = "The moment to look at; now when absent.")] as_of: Option<AsOf>,
    ) -> Nullable<Vec<ContextKey>> {
        refusable(async move {
            let view = Scope::of(ctx)?.view(as_of).await?;
            let (documents, own) = (documents.unwrap_or_default(), own(&view, principal.as_deref())?);
            if documents.is_empty() && principal.is_none() {
                let rule = "Member must have at least one document where no principal is given";
                return Err(Invalid::new("documents", "", rule).into());
            }
            let given: Vec<_> = given::documents("documents", &documents)?.iter().map(CompiledPolicy::compile).collect();
            Ok(context_keys(given.iter().chain(own.iter().map(|policy| policy.text.compiled()))))
        })
        .await
    }

    /// What is wrong or unwise in a document, in AWS's codes: errors, security warnings, warnings and suggestions. Needs
    /// `access-analyzer:ValidatePolicy`.
    #[graphql(complexity = "cost(None, child_complexity)")]
    async fn validate_policy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document: JSON text.")] document: String,
        #[graphql(name = "type", desc = "What it is for.")] policy_type: PolicyDocumentType,
        #[graphql(desc = "For the policy of a resource: whose the resource is, as in `s3`; others' actions are errors then.")]
        resource_service: Option<String>,
        #[graphql(desc = "A moment; the answer is the same at all of them.")] as_of: Option<AsOf>,
    ) -> Nullable<Vec<PolicyFinding>> {
        refusable(async move {
            let view = Scope::of(ctx)?.view(as_of).await?;
            view.authorize_account(Read::ValidatePolicy)?;
            findings(&document, policy_type, resource_service.as_deref())
        })
        .await
    }
}

/// The policies of a principal, for who may ask for their keys.
fn own(view: &View, principal: Option<&str>) -> Answer<Vec<chancery_engine::AppliedPolicy>> {
    let Some(principal) = principal else {
        view.authorize_account(Read::GetContextKeysForCustomPolicy)?;
        return Ok(Vec::new());
    };
    let proof = view.authorize(Read::GetContextKeysForPrincipalPolicy, &given::about(view, principal))?;
    Ok(view.reader().effective_policies(&proof, principal)?)
}
