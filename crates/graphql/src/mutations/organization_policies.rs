//! Control policies of the organization, and where they count.

use async_graphql::{Context, InputObject, Object};
use chancery_domain::actions::{
    AttachOrganizationPolicy, CreateOrganizationPolicy, DeleteOrganizationPolicy, DetachOrganizationPolicy, DisablePolicyType,
    EnablePolicyType, UpdateOrganizationPolicy,
};
use chancery_model::{OrganizationPolicyId, Title};

use super::{
    description,
    organization::{OrganizationPayload, OrganizationTargetPayload},
    payload,
};
use crate::{
    fault::{Nullable, refusable},
    objects::{OrganizationPolicy, PolicyType},
    scope::{Done, Scope},
};

#[derive(Debug)]
pub(crate) struct ControlPolicies;

payload!(OrganizationPolicyPayload, "a command on a control policy";
    policy: Option<OrganizationPolicy> = "The policy as the command left it.");

impl OrganizationPolicyPayload {
    fn of(done: &Done, id: Option<OrganizationPolicyId>) -> Self {
        let found = id.zip(done.organization()).and_then(|(id, known)| known.policy(id).map(|policy| (known, policy)));
        let policy = found.map(|(organization, policy)| OrganizationPolicy::new(&done.view, organization, policy));
        Self { policy, record: done.record() }
    }
}

/// Input of `createOrganizationPolicy`.
#[derive(InputObject)]
pub(crate) struct CreateOrganizationPolicyInput {
    /// Its type, for good.
    policy_type: PolicyType,
    /// The name: 1 to 128 characters, unique within its type.
    name: String,
    /// What it is for, up to 512 characters.
    description: Option<String>,
    /// The document: JSON text, up to 5,120 characters.
    content: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `updateOrganizationPolicy`. What is absent stays.
#[derive(InputObject)]
pub(crate) struct UpdateOrganizationPolicyInput {
    /// The policy's id, `p-…`.
    policy_id: String,
    /// The new name.
    name: Option<String>,
    /// What it is for now.
    description: Option<String>,
    /// The new document: JSON text.
    content: Option<String>,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `deleteOrganizationPolicy`.
#[derive(InputObject)]
pub(crate) struct DeleteOrganizationPolicyInput {
    /// The policy's id, `p-…`.
    policy_id: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `attachOrganizationPolicy` and `detachOrganizationPolicy`.
#[derive(InputObject)]
pub(crate) struct OrganizationAttachmentInput {
    /// The policy's id, `p-…`.
    policy_id: String,
    /// The id of the root, a unit or an account.
    target_id: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `enablePolicyType` and `disablePolicyType`.
#[derive(InputObject)]
pub(crate) struct PolicyTypeInput {
    /// The root's id, `r-…`.
    root_id: String,
    /// The type.
    policy_type: PolicyType,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

#[Object(serial)]
impl ControlPolicies {
    /// Creates a control policy, attached to nothing yet. AWS has it as `organizations:CreatePolicy`.
    async fn create_organization_policy(
        &self,
        ctx: &Context<'_>,
        input: CreateOrganizationPolicyInput,
    ) -> Nullable<OrganizationPolicyPayload> {
        refusable(async move {
            let command = CreateOrganizationPolicy {
                policy_type: input.policy_type.into(),
                name: Title::parse(&input.name)?,
                description: description(input.description)?,
                content: input.content,
            };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            let id = done.entity_id().and_then(|id| id.parse().ok());
            Ok(OrganizationPolicyPayload::of(&done, id))
        })
        .await
    }

    /// Changes a control policy; where it is attached, the change counts at once. AWS has it as `organizations:UpdatePolicy`.
    async fn update_organization_policy(
        &self,
        ctx: &Context<'_>,
        input: UpdateOrganizationPolicyInput,
    ) -> Nullable<OrganizationPolicyPayload> {
        refusable(async move {
            let policy_id = input.policy_id.parse()?;
            let name = input.name.as_deref().map(Title::parse).transpose()?;
            let description = description(input.description)?;
            let command = UpdateOrganizationPolicy { policy_id, name, description, content: input.content };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(OrganizationPolicyPayload::of(&done, Some(policy_id)))
        })
        .await
    }

    /// Deletes a control policy that is attached to nothing. AWS has it as `organizations:DeletePolicy`.
    async fn delete_organization_policy(
        &self,
        ctx: &Context<'_>,
        input: DeleteOrganizationPolicyInput,
    ) -> Nullable<OrganizationPayload> {
        refusable(async move {
            let command = DeleteOrganizationPolicy { policy_id: input.policy_id.parse()? };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(OrganizationPayload::of(&done))
        })
        .await
    }

    /// Attaches a control policy to the root, a unit or an account; five of a type at most. AWS has it as
    /// `organizations:AttachPolicy`.
    async fn attach_organization_policy(
        &self,
        ctx: &Context<'_>,
        input: OrganizationAttachmentInput,
    ) -> Nullable<OrganizationTargetPayload> {
        refusable(async move {
            let (policy_id, target_id) = (input.policy_id.parse()?, input.target_id.parse()?);
            let command = AttachOrganizationPolicy { policy_id, target_id };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(OrganizationTargetPayload::of(&done, Some(target_id)))
        })
        .await
    }

    /// Detaches a control policy. AWS has it as `organizations:DetachPolicy`.
    async fn detach_organization_policy(
        &self,
        ctx: &Context<'_>,
        input: OrganizationAttachmentInput,
    ) -> Nullable<OrganizationTargetPayload> {
        refusable(async move {
            let (policy_id, target_id) = (input.policy_id.parse()?, input.target_id.parse()?);
            let command = DetachOrganizationPolicy { policy_id, target_id };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(OrganizationTargetPayload::of(&done, Some(target_id)))
        })
        .await
    }

    /// Makes a type of control policy count: AWS's policy of the type, which allows everything, is attached everywhere.
    async fn enable_policy_type(&self, ctx: &Context<'_>, input: PolicyTypeInput) -> Nullable<OrganizationPayload> {
        refusable(async move {
            let command = EnablePolicyType { root_id: input.root_id.parse()?, policy_type: input.policy_type.into() };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(OrganizationPayload::of(&done))
        })
        .await
    }

    /// Stops a type of control policy from counting, and detaches all policies of it.
    async fn disable_policy_type(&self, ctx: &Context<'_>, input: PolicyTypeInput) -> Nullable<OrganizationPayload> {
        refusable(async move {
            let command = DisablePolicyType { root_id: input.root_id.parse()?, policy_type: input.policy_type.into() };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(OrganizationPayload::of(&done))
        })
        .await
    }
}
