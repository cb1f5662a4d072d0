//! Questions about the principals of the account.

use async_graphql::{Context, InputObject, Object};
use chancery_domain::Read;
use chancery_engine::AccessQuestion;

use super::{
    context::{ContextEntryInput, at_most, context},
    decision::AccessDecision,
    given,
    principals::{AllowedPrincipal, AllowedPrincipalConnection, EffectivePolicy},
    simulate::ANSWERS_PER_TURN,
};
use crate::{
    fault::{Answer, Nullable, refusable},
    page::{PageArgs, cost, take},
    scalars::AccountId,
    scope::Scope,
    view::{AsOf, View},
};

/// How many requests `authorizeBatch` answers.
const REQUESTS_MAX: usize = 1_000;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Questions;

/// A request to decide.
#[derive(Debug, InputObject)]
pub(crate) struct AuthorizeInput {
    /// Who: the ARN of a user, a role or the root user, the name of a service, or `anonymous`.
    principal: String,
    /// The action, as in `s3:GetObject`.
    action: String,
    /// The resource: an ARN, or `*` for an action that has none.
    resource: String,
    /// Whose the resource is, where neither its ARN nor a resource policy says; the principal's account when absent.
    resource_account: Option<AccountId>,
    /// What is known of the request beside who makes it.
    context: Option<Vec<ContextEntryInput>>,
}

impl AuthorizeInput {
    fn answer(self, view: &View) -> Answer<AccessDecision> {
        let proof = view.authorize(Read::Authorize, &given::about(view, &self.principal))?;
        let context = context("context", self.context)?;
        let asked = AccessQuestion {
            principal: &self.principal,
            action: given::action("action", &self.action)?,
            resource: given::resource("resource", &self.resource)?,
            resource_account: self.resource_account.map(|account| account.0),
            context: &context,
        };
        Ok(view.reader().explain(&proof, &asked)?.into())
    }
}

#[Object(serial)]
impl Questions {
    /// May a principal do something? Decided by the policies of the moment, by what is known of the principal then, and by
    /// the context that is given. Needs `chancery:Authorize` on the principal.
    #[expect(clippy::too_many_arguments, reason = "they are the field's arguments, by name")]
    async fn authorize(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who: the ARN of a user, a role or the root user, the name of a service, or `anonymous`.")]
        principal: String,
        #[graphql(desc = "The action, as in `s3:GetObject`.")] action: String,
        #[graphql(desc = "The resource: an ARN, or `*` for an action that has none.")] resource: String,
        #[graphql(desc = "Whose the resource is, where neither its ARN nor a resource policy says.")] resource_account: Option<
            AccountId,
        >,
        #[graphql(desc = "What is known of the request beside who makes it.")] context: Option<Vec<ContextEntryInput>>,
        #[graphql(desc = "The moment to look at; now when absent.")] as_of: Option<AsOf>,
    ) -> Nullable<AccessDecision> {
        refusable(async move {
            let view = Scope::of(ctx)?.view(as_of).await?;
            AuthorizeInput { principal, action, resource, resource_account, context }.answer(&view)
        })
        .await
    }

    /// The same for up to 1,000 requests, each with an answer of its own, in their order: null, and an error with its place,
    /// for one that cannot be answered.
    #[graphql(complexity = "cost(i32::try_from(requests.len()).ok(), child_complexity)")]
    async fn authorize_batch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The requests.")] requests: Vec<AuthorizeInput>,
        #[graphql(desc = "The moment to look at; now when absent.")] as_of: Option<AsOf>,
    ) -> Nullable<Vec<Nullable<AccessDecision>>> {
        refusable(async move {
            at_most("requests", requests.len(), REQUESTS_MAX)?;
            let view = Scope::of(ctx)?.view(as_of).await?;
            let mut answers = Vec::with_capacity(requests.len());
            for request in requests {
                answers.push(Some(request.answer(&view)));
                if answers.len() % ANSWERS_PER_TURN == 0 {
                    tokio::task::yield_now().await;
                }
            }
            Ok(answers)
        })
        .await
    }

    /// Who of the account may do something, and by which statements: the root user, then users, then roles, each by ARN.
    /// Needs `chancery:WhoCan`.
    #[expect(clippy::too_many_arguments, reason = "they are the field's arguments, by name")]
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn who_can(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The action, as in `s3:GetObject`.")] action: String,
        #[graphql(desc = "The resource: an ARN, or `*` for an action that has none.")] resource: String,
        #[graphql(desc = "Whose the resource is, where neither its ARN nor a resource policy says.")] resource_account: Option<
            AccountId,
        >,
        #[graphql(desc = "What is known of the request, whoever makes it.")] context: Option<Vec<ContextEntryInput>>,
        #[graphql(desc = "How many at most, 1 to 1,000.", default = 100)] first: Option<i32>,
        #[graphql(desc = "Those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The moment to look at; now when absent.")] as_of: Option<AsOf>,
    ) -> Nullable<AllowedPrincipalConnection> {
        refusable(async move {
            let view = Scope::of(ctx)?.view(as_of).await?;
            let proof = view.authorize_account(Read::WhoCan)?;
            let (action, resource) = (given::action("action", &action)?, given::resource("resource", &resource)?);
            let args = PageArgs::read(&view, format!("who can {action} {resource}"), first, after.as_deref())?;
            let (context, owner) = (super::context::context("context", context)?, resource_account.map(|account| account.0));
            let allowed = view.reader().who_can(&proof, action, resource, owner, &context)?;
            let total = allowed.len();
            let all = allowed.into_iter().map(|one| (AllowedPrincipal::key(&one), AllowedPrincipal::from(one)));
            let page = take(&args, all)?;
            Ok(AllowedPrincipalConnection::new(&view, args, page, Some(total)))
        })
        .await
    }

    /// Every policy that applies to a principal, through its groups as well, then its permissions boundary. Needs
    /// `chancery:ListEffectivePolicies` on the principal.
    #[graphql(complexity = "cost(None, child_complexity)")]
    async fn effective_policies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose: the ARN of a user, a role or the root user.")] principal: String,
        #[graphql(desc = "The moment to look at; now when absent.")] as_of: Option<AsOf>,
    ) -> Nullable<Vec<EffectivePolicy>> {
        refusable(async move {
            let view = Scope::of(ctx)?.view(as_of).await?;
            let proof = view.authorize(Read::ListEffectivePolicies, &given::about(&view, &principal))?;
            Ok(view.reader().effective_policies(&proof, &principal)?.into_iter().map(Into::into).collect())
        })
        .await
    }
}
