//! What users, groups and roles are given: attached and inline policies, and the boundary.

use async_graphql::{Context, InputObject, Object, OneofObject};
use chancery_domain::actions::{
    AttachPolicy, DeleteInlinePolicy, DeletePermissionsBoundary, DetachPolicy, PolicyTarget, PutInlinePolicy,
    PutPermissionsBoundary,
};
use chancery_model::{GroupName, PolicyName, RoleName, UserName};
use chancery_policy::{Kind, PolicyText};

use super::{arn, payload, policies::PolicyPayload};
use crate::{
    fault::{Answer, Nullable, refusable},
    objects::{Group, Role, User},
    scalars::Timestamp,
    scope::{Done, Scope},
};

#[derive(Debug)]
pub(crate) struct Grants;

payload!(GrantPayload, "a command on a user's, group's or role's policies";
    user: Option<User> = "The user as the command left it, if it was aimed at one.",
    group: Option<Group> = "The group as the command left it, if it was aimed at one.",
    role: Option<Role> = "The role as the command left it, if it was aimed at one.");

impl GrantPayload {
    fn of(done: &Done, target: &PolicyTarget) -> Self {
        let mut payload = Self { user: None, group: None, role: None, record: done.record() };
        let Some(account) = done.account() else { return payload };
        match target {
            PolicyTarget::User(name) => payload.user = account.user(name).ok().map(|user| User::new(&done.view, user)),
            PolicyTarget::Group(name) => payload.group = account.group(name).ok().map(|group| Group::new(&done.view, group)),
            PolicyTarget::Role(name) => payload.role = account.role(name).ok().map(|role| Role::new(&done.view, role)),
        }
        payload
    }
}

/// To whom; exactly one field.
#[derive(OneofObject)]
pub(crate) enum PolicyTargetInput {
    /// The user of this name.
    #[graphql(name = "userName")]
    User(String),
    /// The group of this name.
    #[graphql(name = "groupName")]
    Group(String),
    /// The role of this name.
    #[graphql(name = "roleName")]
    Role(String),
}

impl PolicyTargetInput {
    fn read(&self) -> Answer<PolicyTarget> {
        Ok(match self {
            Self::User(name) => PolicyTarget::User(UserName::parse(name)?),
            Self::Group(name) => PolicyTarget::Group(GroupName::parse(name)?),
            Self::Role(name) => PolicyTarget::Role(RoleName::parse(name)?),
        })
    }
}

/// Whom a boundary limits; exactly one field. Groups have none.
#[derive(OneofObject)]
pub(crate) enum BoundaryTargetInput {
    /// The user of this name.
    #[graphql(name = "userName")]
    User(String),
    /// The role of this name.
    #[graphql(name = "roleName")]
    Role(String),
}

impl BoundaryTargetInput {
    fn read(&self) -> Answer<PolicyTarget> {
        Ok(match self {
            Self::User(name) => PolicyTarget::User(UserName::parse(name)?),
            Self::Role(name) => PolicyTarget::Role(RoleName::parse(name)?),
        })
    }
}

/// Input of `attachPolicy`.
#[derive(InputObject)]
pub(crate) struct AttachPolicyInput {
    /// The managed policy's ARN.
    policy_arn: String,
    /// To whom.
    target: PolicyTargetInput,
    /// When the attachment is to end by itself; for good when absent.
    expires_at: Option<Timestamp>,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `detachPolicy`.
#[derive(InputObject)]
pub(crate) struct DetachPolicyInput {
    /// The managed policy's ARN.
    policy_arn: String,
    /// From whom.
    target: PolicyTargetInput,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `putInlinePolicy`.
#[derive(InputObject)]
pub(crate) struct PutInlinePolicyInput {
    /// To whom.
    target: PolicyTargetInput,
    /// The policy's name.
    policy_name: String,
    /// The document: JSON text.
    policy_document: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `deleteInlinePolicy`.
#[derive(InputObject)]
pub(crate) struct DeleteInlinePolicyInput {
    /// From whom.
    target: PolicyTargetInput,
    /// The policy's name.
    policy_name: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `putPermissionsBoundary`.
#[derive(InputObject)]
pub(crate) struct PutPermissionsBoundaryInput {
    /// Whom it is to limit.
    target: BoundaryTargetInput,
    /// The managed policy's ARN.
    permissions_boundary: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `deletePermissionsBoundary`.
#[derive(InputObject)]
pub(crate) struct DeletePermissionsBoundaryInput {
    /// Whom it limits.
    target: BoundaryTargetInput,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

#[Object(serial)]
impl Grants {
    /// Attaches a managed policy to a user, group or role, for good or for a time. Doing so again changes nothing, unless
    /// the end differs.
    async fn attach_policy(&self, ctx: &Context<'_>, input: AttachPolicyInput) -> Nullable<PolicyPayload> {
        refusable(async move {
            let (target, policy_arn) = (input.target.read()?, arn("policyArn", &input.policy_arn)?);
            let command = AttachPolicy { target, policy_arn: policy_arn.clone(), expires_at: input.expires_at.map(|end| end.0) };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(PolicyPayload::of(&done, &policy_arn))
        })
        .await
    }

    /// Detaches a managed policy.
    async fn detach_policy(&self, ctx: &Context<'_>, input: DetachPolicyInput) -> Nullable<PolicyPayload> {
        refusable(async move {
            let (target, policy_arn) = (input.target.read()?, arn("policyArn", &input.policy_arn)?);
            let command = DetachPolicy { target, policy_arn: policy_arn.clone() };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(PolicyPayload::of(&done, &policy_arn))
        })
        .await
    }

    /// Writes or replaces an inline policy.
    async fn put_inline_policy(&self, ctx: &Context<'_>, input: PutInlinePolicyInput) -> Nullable<GrantPayload> {
        refusable(async move {
            let target = input.target.read()?;
            let command = PutInlinePolicy {
                target: target.clone(),
                policy_name: PolicyName::parse(&input.policy_name)?,
                document: PolicyText::parse(&input.policy_document, Kind::Identity)?,
            };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(GrantPayload::of(&done, &target))
        })
        .await
    }

    /// Deletes an inline policy.
    async fn delete_inline_policy(&self, ctx: &Context<'_>, input: DeleteInlinePolicyInput) -> Nullable<GrantPayload> {
        refusable(async move {
            let target = input.target.read()?;
            let command = DeleteInlinePolicy { target: target.clone(), policy_name: PolicyName::parse(&input.policy_name)? };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(GrantPayload::of(&done, &target))
        })
        .await
    }

    /// Makes a managed policy the limit of what a user or role can be allowed.
    async fn put_permissions_boundary(&self, ctx: &Context<'_>, input: PutPermissionsBoundaryInput) -> Nullable<GrantPayload> {
        refusable(async move {
            let (target, policy_arn) = (input.target.read()?, arn("permissionsBoundary", &input.permissions_boundary)?);
            let command = PutPermissionsBoundary { target: target.clone(), policy_arn };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(GrantPayload::of(&done, &target))
        })
        .await
    }

    /// Takes the permissions boundary of a user or role away.
    async fn delete_permissions_boundary(
        &self,
        ctx: &Context<'_>,
        input: DeletePermissionsBoundaryInput,
    ) -> Nullable<GrantPayload> {
        refusable(async move {
            let target = input.target.read()?;
            let command = DeletePermissionsBoundary { target: target.clone() };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(GrantPayload::of(&done, &target))
        })
        .await
    }
}
