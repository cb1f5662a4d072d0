//! Instance profiles and the role in them.

use async_graphql::{Context, InputObject, Object};
use chancery_domain::actions::{
    AddRoleToInstanceProfile, CreateInstanceProfile, DeleteInstanceProfile, RemoveRoleFromInstanceProfile,
};
use chancery_model::{InstanceProfileName, RoleName};

use super::{DeletedPayload, path, payload};
use crate::{
    fault::{Nullable, refusable},
    ids::GlobalId,
    objects::{InstanceProfile, TagInput, tags},
    scope::{Done, Scope},
};

#[derive(Debug)]
pub(crate) struct InstanceProfiles;

payload!(InstanceProfilePayload, "a command on an instance profile";
    instance_profile: Option<InstanceProfile> = "The instance profile as the command left it.");

impl InstanceProfilePayload {
    fn of(done: &Done, name: &InstanceProfileName) -> Self {
        let profile = done.account().and_then(|account| account.instance_profile(name).ok());
        Self { instance_profile: profile.map(|profile| InstanceProfile::new(&done.view, profile)), record: done.record() }
    }
}

/// Input of `createInstanceProfile`.
#[derive(InputObject)]
pub(crate) struct CreateInstanceProfileInput {
    /// The name: 1 to 128 letters, digits and `_+=,.@-`, unique whatever its case.
    instance_profile_name: String,
    /// The path; `/` when absent.
    path: Option<String>,
    /// Tags.
    tags: Option<Vec<TagInput>>,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `deleteInstanceProfile`.
#[derive(InputObject)]
pub(crate) struct DeleteInstanceProfileInput {
    /// The instance profile's name.
    instance_profile_name: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `addRoleToInstanceProfile` and `removeRoleFromInstanceProfile`.
#[derive(InputObject)]
pub(crate) struct InstanceProfileRoleInput {
    /// The instance profile's name.
    instance_profile_name: String,
    /// The role's name.
    role_name: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

#[Object(serial)]
impl InstanceProfiles {
    /// Creates an instance profile.
    async fn create_instance_profile(
        &self,
        ctx: &Context<'_>,
        input: CreateInstanceProfileInput,
    ) -> Nullable<InstanceProfilePayload> {
        refusable(async move {
            let name = InstanceProfileName::parse(&input.instance_profile_name)?;
            let command = CreateInstanceProfile {
                instance_profile_name: name.clone(),
                path: path(input.path)?,
                tags: tags(input.tags, chancery_domain::InstanceProfile::TAG_CASE)?,
            };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(InstanceProfilePayload::of(&done, &name))
        })
        .await
    }

    /// Deletes an instance profile without a role.
    async fn delete_instance_profile(&self, ctx: &Context<'_>, input: DeleteInstanceProfileInput) -> Nullable<DeletedPayload> {
        refusable(async move {
            let name = InstanceProfileName::parse(&input.instance_profile_name)?;
            let done = Scope::of(ctx)?.run(DeleteInstanceProfile { instance_profile_name: name }, input.client_token).await?;
            Ok(DeletedPayload::of(&done, GlobalId::InstanceProfile))
        })
        .await
    }

    /// Puts a role into an instance profile; there is room for one.
    async fn add_role_to_instance_profile(
        &self,
        ctx: &Context<'_>,
        input: InstanceProfileRoleInput,
    ) -> Nullable<InstanceProfilePayload> {
        refusable(async move {
            let name = InstanceProfileName::parse(&input.instance_profile_name)?;
            let role_name = RoleName::parse(&input.role_name)?;
            let command = AddRoleToInstanceProfile { instance_profile_name: name.clone(), role_name };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(InstanceProfilePayload::of(&done, &name))
        })
        .await
    }

    /// Takes the role out of an instance profile.
    async fn remove_role_from_instance_profile(
        &self,
        ctx: &Context<'_>,
        input: InstanceProfileRoleInput,
    ) -> Nullable<InstanceProfilePayload> {
        refusable(async move {
            let name = InstanceProfileName::parse(&input.instance_profile_name)?;
            let role_name = RoleName::parse(&input.role_name)?;
            let command = RemoveRoleFromInstanceProfile { instance_profile_name: name.clone(), role_name };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(InstanceProfilePayload::of(&done, &name))
        })
        .await
    }
}
