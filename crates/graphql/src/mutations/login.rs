//! Passwords of users.

use async_graphql::{Context, InputObject, Object};
use chancery_domain::{
    NewPassword,
    actions::{CreateLoginProfile, DeleteLoginProfile, UpdateLoginProfile},
};
use chancery_model::{Secret, UserName};

use super::users::UserPayload;
use crate::{
    fault::{Nullable, refusable},
    scope::Scope,
};

#[derive(Debug)]
pub(crate) struct Logins;

/// Input of `createLoginProfile`.
#[derive(InputObject)]
pub(crate) struct CreateLoginProfileInput {
    /// The user's name.
    user_name: String,
    /// The password; up to 128 characters, by the account's rules.
    #[graphql(secret)]
    password: String,
    /// Whether the user must choose another one at the next sign-in.
    #[graphql(default = false)]
    password_reset_required: bool,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `updateLoginProfile`. What is absent stays as it is.
#[derive(InputObject)]
pub(crate) struct UpdateLoginProfileInput {
    /// The user's name.
    user_name: String,
    /// The new password; up to 128 characters, by the account's rules.
    #[graphql(secret)]
    password: Option<String>,
    /// Whether the user must choose another one at the next sign-in.
    password_reset_required: Option<bool>,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `deleteLoginProfile`.
#[derive(InputObject)]
pub(crate) struct DeleteLoginProfileInput {
    /// The user's name.
    user_name: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

fn password(clear: String) -> NewPassword {
    NewPassword::new(Secret::new(clear))
}

#[Object(serial)]
impl Logins {
    /// Gives a user a password to sign in with.
    async fn create_login_profile(&self, ctx: &Context<'_>, input: CreateLoginProfileInput) -> Nullable<UserPayload> {
        refusable(async move {
            let user_name = UserName::parse(&input.user_name)?;
            let command = CreateLoginProfile {
                user_name: user_name.clone(),
                password: password(input.password),
                password_reset_required: input.password_reset_required,
            };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(UserPayload::of(&done, &user_name))
        })
        .await
    }

    /// Changes a user's password, whether it must be changed, or both. Sessions that began with another password end.
    async fn update_login_profile(&self, ctx: &Context<'_>, input: UpdateLoginProfileInput) -> Nullable<UserPayload> {
        refusable(async move {
            let user_name = UserName::parse(&input.user_name)?;
            let command = UpdateLoginProfile {
                user_name: user_name.clone(),
                password: input.password.map(password),
                password_reset_required: input.password_reset_required,
            };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(UserPayload::of(&done, &user_name))
        })
        .await
    }

    /// Takes a user's password away: it cannot sign in any more, and its sessions end.
    async fn delete_login_profile(&self, ctx: &Context<'_>, input: DeleteLoginProfileInput) -> Nullable<UserPayload> {
        refusable(async move {
            let user_name = UserName::parse(&input.user_name)?;
            let command = DeleteLoginProfile { user_name: user_name.clone() };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(UserPayload::of(&done, &user_name))
        })
        .await
    }
}
