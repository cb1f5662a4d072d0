//! Groups and who is in them.

use async_graphql::{Context, InputObject, Object};
use chancery_domain::actions::{AddUserToGroup, CreateGroup, DeleteGroup, RemoveUserFromGroup, UpdateGroup};
use chancery_model::{GroupName, Path, UserName};

use super::{DeletedPayload, path, payload};
use crate::{
    fault::{Nullable, refusable},
    ids::GlobalId,
    objects::{Group, User},
    scalars::Timestamp,
    scope::{Done, Scope},
};

#[derive(Debug)]
pub(crate) struct Groups;

payload!(GroupPayload, "a command on a group"; group: Option<Group> = "The group as the command left it.");
payload!(MembershipPayload, "a command on a membership";
    user: Option<User> = "The user as the command left it.",
    group: Option<Group> = "The group as the command left it.");

impl GroupPayload {
    fn of(done: &Done, name: &GroupName) -> Self {
        Self { group: group(done, name), record: done.record() }
    }
}

fn group(done: &Done, name: &GroupName) -> Option<Group> {
    let group = done.account().and_then(|account| account.group(name).ok());
    group.map(|group| Group::new(&done.view, group))
}

impl MembershipPayload {
    fn of(done: &Done, user: &UserName, name: &GroupName) -> Self {
        let user = done.account().and_then(|account| account.user(user).ok());
        Self { user: user.map(|user| User::new(&done.view, user)), group: group(done, name), record: done.record() }
    }
}

/// Input of `createGroup`.
#[derive(InputObject)]
pub(crate) struct CreateGroupInput {
    /// The name: 1 to 128 letters, digits and `_+=,.@-`, unique whatever its case.
    group_name: String,
    /// The path; `/` when absent.
    path: Option<String>,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `updateGroup`. What is absent stays as it is.
#[derive(InputObject)]
pub(crate) struct UpdateGroupInput {
    /// The group's name now.
    group_name: String,
    /// Its new name.
    new_group_name: Option<String>,
    /// Its new path.
    new_path: Option<String>,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `deleteGroup`.
#[derive(InputObject)]
pub(crate) struct DeleteGroupInput {
    /// The group's name.
    group_name: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `addUserToGroup`.
#[derive(InputObject)]
pub(crate) struct AddUserToGroupInput {
    /// The group's name.
    group_name: String,
    /// The user's name.
    user_name: String,
    /// When the membership is to end by itself; for good when absent.
    expires_at: Option<Timestamp>,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `removeUserFromGroup`.
#[derive(InputObject)]
pub(crate) struct RemoveUserFromGroupInput {
    /// The group's name.
    group_name: String,
    /// The user's name.
    user_name: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

#[Object(serial)]
impl Groups {
    /// Creates a group.
    async fn create_group(&self, ctx: &Context<'_>, input: CreateGroupInput) -> Nullable<GroupPayload> {
        refusable(async move {
            let name = GroupName::parse(&input.group_name)?;
            let command = CreateGroup { group_name: name.clone(), path: path(input.path)? };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(GroupPayload::of(&done, &name))
        })
        .await
    }

    /// Gives a group another name, another path, or both. The unique id stays.
    async fn update_group(&self, ctx: &Context<'_>, input: UpdateGroupInput) -> Nullable<GroupPayload> {
        refusable(async move {
            let name = GroupName::parse(&input.group_name)?;
            let new_name = input.new_group_name.as_deref().map(GroupName::parse).transpose();
            let new_group_name = new_name.map_err(|refused| refused.at("newGroupName"))?;
            let new_path = input.new_path.as_deref().map(Path::parse).transpose().map_err(|refused| refused.at("newPath"))?;
            let shown = new_group_name.clone().unwrap_or_else(|| name.clone());
            let command = UpdateGroup { group_name: name, new_group_name, new_path };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(GroupPayload::of(&done, &shown))
        })
        .await
    }

    /// Deletes a group without users and policies.
    async fn delete_group(&self, ctx: &Context<'_>, input: DeleteGroupInput) -> Nullable<DeletedPayload> {
        refusable(async move {
            let command = DeleteGroup { group_name: GroupName::parse(&input.group_name)? };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(DeletedPayload::of(&done, GlobalId::Group))
        })
        .await
    }

    /// Puts a user into a group, for good or for a time. Doing so again changes nothing, unless the end differs.
    async fn add_user_to_group(&self, ctx: &Context<'_>, input: AddUserToGroupInput) -> Nullable<MembershipPayload> {
        refusable(async move {
            let (group_name, user_name) = (GroupName::parse(&input.group_name)?, UserName::parse(&input.user_name)?);
            let expires_at = input.expires_at.map(|end| end.0);
            let command = AddUserToGroup { group_name: group_name.clone(), user_name: user_name.clone(), expires_at };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(MembershipPayload::of(&done, &user_name, &group_name))
        })
        .await
    }

    /// Takes a user out of a group.
    async fn remove_user_from_group(&self, ctx: &Context<'_>, input: RemoveUserFromGroupInput) -> Nullable<MembershipPayload> {
        refusable(async move {
            let (group_name, user_name) = (GroupName::parse(&input.group_name)?, UserName::parse(&input.user_name)?);
            let command = RemoveUserFromGroup { group_name: group_name.clone(), user_name: user_name.clone() };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(MembershipPayload::of(&done, &user_name, &group_name))
        })
        .await
    }
}
