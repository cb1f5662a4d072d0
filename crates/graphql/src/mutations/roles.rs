//! Roles.

use async_graphql::{Context, InputObject, MaybeUndefined, Object};
use chancery_domain::actions::{CreateRole, DeleteRole, UpdateAssumeRolePolicy, UpdateRole};
use chancery_model::{Description, RoleName};
use chancery_policy::{Kind, PolicyText};

use super::{DeletedPayload, boundary, description, path, payload};
use crate::{
    fault::{Nullable, refusable},
    ids::GlobalId,
    objects::{Role, TagInput, tags},
    scope::{Done, Scope},
};

#[derive(Debug)]
pub(crate) struct Roles;

payload!(RolePayload, "a command on a role"; role: Option<Role> = "The role as the command left it.");

impl RolePayload {
    fn of(done: &Done, name: &RoleName) -> Self {
        let role = done.account().and_then(|account| account.role(name).ok());
        Self { role: role.map(|role| Role::new(&done.view, role)), record: done.record() }
    }
}

/// Input of `createRole`.
#[derive(InputObject)]
pub(crate) struct CreateRoleInput {
    /// The name: 1 to 64 letters, digits and `_+=,.@-`, unique whatever its case.
    role_name: String,
    /// The path; `/` when absent.
    path: Option<String>,
    /// The trust policy: who may assume the role. JSON text.
    assume_role_policy_document: String,
    /// What it is for, up to 1,000 characters.
    description: Option<String>,
    /// The longest that a session may last, in seconds, 3,600 to 43,200; 3,600 when absent.
    max_session_duration: Option<u32>,
    /// Tags.
    tags: Option<Vec<TagInput>>,
    /// The ARN of a managed policy that limits what the role can be allowed.
    permissions_boundary: Option<String>,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `updateRole`. What is absent stays as it is.
#[derive(InputObject)]
pub(crate) struct UpdateRoleInput {
    /// The role's name.
    role_name: String,
    /// What it is for; null takes the description away.
    description: MaybeUndefined<String>,
    /// The longest that a session may last, in seconds, 3,600 to 43,200.
    max_session_duration: Option<u32>,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `deleteRole`.
#[derive(InputObject)]
pub(crate) struct DeleteRoleInput {
    /// The role's name.
    role_name: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `updateAssumeRolePolicy`.
#[derive(InputObject)]
pub(crate) struct UpdateAssumeRolePolicyInput {
    /// The role's name.
    role_name: String,
    /// The trust policy: who may assume the role. JSON text.
    policy_document: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

#[Object(serial)]
impl Roles {
    /// Creates a role.
    async fn create_role(&self, ctx: &Context<'_>, input: CreateRoleInput) -> Nullable<RolePayload> {
        refusable(async move {
            let name = RoleName::parse(&input.role_name)?;
            let command = CreateRole {
                role_name: name.clone(),
                path: path(input.path)?,
                description: description(input.description)?,
                max_session_duration: input.max_session_duration,
                assume_role_policy_document: PolicyText::parse(&input.assume_role_policy_document, Kind::Trust)?,
                tags: tags(input.tags, chancery_domain::Role::TAG_CASE)?,
                permissions_boundary: boundary(input.permissions_boundary.as_deref())?,
            };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(RolePayload::of(&done, &name))
        })
        .await
    }

    /// Changes a role's description, the longest duration of its sessions, or both.
    async fn update_role(&self, ctx: &Context<'_>, input: UpdateRoleInput) -> Nullable<RolePayload> {
        refusable(async move {
            let name = RoleName::parse(&input.role_name)?;
            let description = match input.description {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(text) => Some(Some(Description::parse(&text)?)),
            };
            let command = UpdateRole { role_name: name.clone(), description, max_session_duration: input.max_session_duration };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(RolePayload::of(&done, &name))
        })
        .await
    }

    /// Deletes a role without policies that no instance profile holds.
    async fn delete_role(&self, ctx: &Context<'_>, input: DeleteRoleInput) -> Nullable<DeletedPayload> {
        refusable(async move {
            let command = DeleteRole { role_name: RoleName::parse(&input.role_name)? };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(DeletedPayload::of(&done, GlobalId::Role))
        })
        .await
    }

    /// Replaces a role's trust policy.
    async fn update_assume_role_policy(&self, ctx: &Context<'_>, input: UpdateAssumeRolePolicyInput) -> Nullable<RolePayload> {
        refusable(async move {
            let name = RoleName::parse(&input.role_name)?;
            let policy_document = PolicyText::parse(&input.policy_document, Kind::Trust)?;
            let command = UpdateAssumeRolePolicy { role_name: name.clone(), policy_document };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(RolePayload::of(&done, &name))
        })
        .await
    }
}
