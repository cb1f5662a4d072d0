//! Policies of resources that live elsewhere.

use async_graphql::{Context, InputObject, Object};
use chancery_domain::actions::{DeleteResourcePolicy, PutResourcePolicy};
use chancery_model::Arn;
use chancery_policy::{Kind, PolicyText};

use super::payload;
use crate::{
    fault::{Answer, Nullable, refusable},
    objects::ResourcePolicy,
    scope::{Done, Scope},
};

#[derive(Debug)]
pub(crate) struct ResourcePolicies;

payload!(ResourcePolicyPayload, "a command on a resource's policy";
    resource_policy: Option<ResourcePolicy> = "The policy as the command left it; null when it is deleted.");

impl ResourcePolicyPayload {
    fn of(done: &Done, resource: &Arn) -> Self {
        let policy = done.account().and_then(|account| account.resource_policy(resource).ok());
        Self { resource_policy: policy.map(|policy| ResourcePolicy::new(&done.view, policy)), record: done.record() }
    }
}

/// Input of `putResourcePolicy`.
#[derive(InputObject)]
pub(crate) struct PutResourcePolicyInput {
    /// The resource's ARN, as in `arn:aws:s3:::reports`. One that names no account belongs to the caller's.
    resource: String,
    /// The document: JSON text.
    policy_document: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `deleteResourcePolicy`.
#[derive(InputObject)]
pub(crate) struct DeleteResourcePolicyInput {
    /// The resource's ARN.
    resource: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

#[Object(serial)]
impl ResourcePolicies {
    /// Writes or replaces the policy of a resource that lives elsewhere, such as an S3 bucket or a queue, so that decisions
    /// about it can be asked for.
    async fn put_resource_policy(&self, ctx: &Context<'_>, input: PutResourcePolicyInput) -> Nullable<ResourcePolicyPayload> {
        refusable(async move {
            let resource = resource(&input.resource)?;
            let policy_document = PolicyText::parse(&input.policy_document, Kind::Resource)?;
            let command = PutResourcePolicy { resource: resource.clone(), policy_document };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(ResourcePolicyPayload::of(&done, &resource))
        })
        .await
    }

    /// Deletes the policy of a resource that lives elsewhere.
    async fn delete_resource_policy(
        &self,
        ctx: &Context<'_>,
        input: DeleteResourcePolicyInput,
    ) -> Nullable<ResourcePolicyPayload> {
        refusable(async move {
            let resource = resource(&input.resource)?;
            let done = Scope::of(ctx)?.run(DeleteResourcePolicy { resource: resource.clone() }, input.client_token).await?;
            Ok(ResourcePolicyPayload::of(&done, &resource))
        })
        .await
    }
}

fn resource(given: &str) -> Answer<Arn> {
    Ok(Arn::of_resource(given).map_err(|refused| refused.at("resource"))?)
}
