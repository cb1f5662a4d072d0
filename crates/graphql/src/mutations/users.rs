//! Users.

use async_graphql::{Context, InputObject, Object};
use chancery_domain::{
    Given,
    actions::{CreateUser, DeleteUser, UpdateUser},
};
use chancery_model::{Path, UserName};

use super::{DeletedPayload, boundary, path, payload};
use crate::{
    fault::{Nullable, refusable},
    ids::GlobalId,
    objects::{TagInput, User, given_tags},
    scope::{Done, Scope},
};

#[derive(Debug)]
pub(crate) struct Users;

payload!(UserPayload, "a command on a user"; user: Option<User> = "The user as the command left it.");

impl UserPayload {
    pub(super) fn of(done: &Done, name: &UserName) -> Self {
        let user = done.account().and_then(|account| account.user(name).ok());
        Self { user: user.map(|user| User::new(&done.view, user)), record: done.record() }
    }
}

/// Input of `createUser`.
#[derive(InputObject)]
pub(crate) struct CreateUserInput {
    /// The name: 1 to 64 letters, digits and `_+=,.@-`, unique whatever its case.
    user_name: String,
    /// The path; `/` when absent.
    path: Option<String>,
    /// Tags.
    tags: Option<Vec<TagInput>>,
    /// The ARN of a managed policy that limits what the user can be allowed.
    permissions_boundary: Option<String>,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `updateUser`. What is absent stays as it is.
#[derive(InputObject)]
pub(crate) struct UpdateUserInput {
    /// The user's name now.
    user_name: String,
    /// Its new name.
    new_user_name: Option<String>,
    /// Its new path.
    new_path: Option<String>,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `deleteUser`.
#[derive(InputObject)]
pub(crate) struct DeleteUserInput {
    /// The user's name.
    user_name: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

#[Object(serial)]
impl Users {
    /// Creates a user.
    async fn create_user(&self, ctx: &Context<'_>, input: CreateUserInput) -> Nullable<UserPayload> {
        refusable(async move {
            let name = UserName::parse(&input.user_name)?;
            let command = CreateUser {
                user_name: Given::new(name.clone()),
                path: path(input.path)?,
                tags: given_tags(input.tags, chancery_domain::User::TAG_CASE)?,
                permissions_boundary: boundary(input.permissions_boundary.as_deref())?,
            };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(UserPayload::of(&done, &name))
        })
        .await
    }

    /// Gives a user another name, another path, or both. The unique id stays.
    async fn update_user(&self, ctx: &Context<'_>, input: UpdateUserInput) -> Nullable<UserPayload> {
        refusable(async move {
            let name = UserName::parse(&input.user_name)?;
            let new_name = input.new_user_name.as_deref().map(UserName::parse).transpose();
            let new_name = new_name.map_err(|refused| refused.at("newUserName"))?;
            let new_path = input.new_path.as_deref().map(Path::parse).transpose().map_err(|refused| refused.at("newPath"))?;
            let shown = new_name.clone().unwrap_or_else(|| name.clone());
            let command = UpdateUser { user_name: name, new_user_name: new_name.map(Given::new), new_path };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(UserPayload::of(&done, &shown))
        })
        .await
    }

    /// Deletes a user that nothing hangs on any more: no password, group, policy or boundary in force.
    async fn delete_user(&self, ctx: &Context<'_>, input: DeleteUserInput) -> Nullable<DeletedPayload> {
        refusable(async move {
            let command = DeleteUser { user_name: UserName::parse(&input.user_name)? };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(DeletedPayload::of(&done, GlobalId::User))
        })
        .await
    }
}
