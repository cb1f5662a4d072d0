//! The account itself: alias, rules for passwords, quotas.

use async_graphql::{Context, InputObject, Object};
use chancery_domain::{
    PasswordPolicy as Rules, QuotaName,
    actions::{
        CreateAccountAlias, DeleteAccountAlias, DeleteAccountPasswordPolicy, RequestQuotaIncrease, UpdateAccountPasswordPolicy,
    },
};
use chancery_model::AccountAlias;

use super::payload;
use crate::{
    fault::{Nullable, refusable},
    objects::{Account, PasswordPolicy, Quota, quota},
    scalars::Count,
    scope::{Done, Scope},
};

#[derive(Debug)]
pub(crate) struct Settings;

payload!(AccountPayload, "a command on the account"; account: Option<Account> = "The account.");
payload!(PasswordPolicyPayload, "a command on the rules for passwords";
    password_policy: Option<PasswordPolicy> = "The account's own rules as the command left them.");
payload!(QuotaPayload, "a request for more"; quota: Option<Quota> = "The quota as the command left it.");

impl AccountPayload {
    fn of(done: &Done) -> Self {
        Self { account: Some(Account::new(done.view.clone())), record: done.record() }
    }
}

impl PasswordPolicyPayload {
    fn of(done: &Done) -> Self {
        let policy = done.account().and_then(|account| account.password_policy.as_ref());
        Self { password_policy: policy.map(PasswordPolicy::of), record: done.record() }
    }
}

/// Input of `createAccountAlias` and `deleteAccountAlias`.
#[derive(InputObject)]
pub(crate) struct AccountAliasInput {
    /// The alias: 3 to 63 small letters, digits and single hyphens.
    account_alias: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `updateAccountPasswordPolicy`. As in AWS's API, what is absent goes back to AWS's default.
#[derive(InputObject)]
pub(crate) struct UpdateAccountPasswordPolicyInput {
    /// The least length in characters, 6 to 128; 6 when absent.
    minimum_password_length: Option<u32>,
    /// At least one symbol.
    #[graphql(default = false)]
    require_symbols: bool,
    /// At least one digit.
    #[graphql(default = false)]
    require_numbers: bool,
    /// At least one capital letter.
    #[graphql(default = false)]
    require_uppercase_characters: bool,
    /// At least one small letter.
    #[graphql(default = false)]
    require_lowercase_characters: bool,
    /// Whether users may change their own password.
    #[graphql(default = false)]
    allow_users_to_change_password: bool,
    /// After how many days a password expires, 1 to 1,095; never when absent.
    max_password_age: Option<u32>,
    /// How many earlier passwords may not be used again, 1 to 24; none when absent.
    password_reuse_prevention: Option<u32>,
    /// Whether an expired password can be changed by an administrator only.
    #[graphql(default = false)]
    hard_expiry: bool,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `deleteAccountPasswordPolicy`.
#[derive(InputObject, Default)]
pub(crate) struct DeleteAccountPasswordPolicyInput {
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `requestQuotaIncrease`.
#[derive(InputObject)]
pub(crate) struct RequestQuotaIncreaseInput {
    /// The quota's name, as in `RolesPerAccount`.
    quota_name: String,
    /// The value that is asked for, up to the quota's maximum.
    value: Count,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

#[Object(serial)]
impl Settings {
    /// Gives the account an alias, in place of the one it has.
    async fn create_account_alias(&self, ctx: &Context<'_>, input: AccountAliasInput) -> Nullable<AccountPayload> {
        refusable(async move {
            let command = CreateAccountAlias { account_alias: AccountAlias::parse(&input.account_alias)? };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(AccountPayload::of(&done))
        })
        .await
    }

    /// Takes the account's alias away.
    async fn delete_account_alias(&self, ctx: &Context<'_>, input: AccountAliasInput) -> Nullable<AccountPayload> {
        refusable(async move {
            let command = DeleteAccountAlias { account_alias: AccountAlias::parse(&input.account_alias)? };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(AccountPayload::of(&done))
        })
        .await
    }

    /// Gives the account its own rules for its users' passwords. They hold for passwords that are set from now on.
    async fn update_account_password_policy(
        &self,
        ctx: &Context<'_>,
        input: UpdateAccountPasswordPolicyInput,
    ) -> Nullable<PasswordPolicyPayload> {
        refusable(async move {
            let policy = Rules {
                minimum_password_length: input.minimum_password_length.unwrap_or(Rules::UPDATE_DEFAULT.minimum_password_length),
                require_symbols: input.require_symbols,
                require_numbers: input.require_numbers,
                require_uppercase_characters: input.require_uppercase_characters,
                require_lowercase_characters: input.require_lowercase_characters,
                allow_users_to_change_password: input.allow_users_to_change_password,
                max_password_age: input.max_password_age,
                password_reuse_prevention: input.password_reuse_prevention,
                hard_expiry: input.hard_expiry,
            };
            let done = Scope::of(ctx)?.run(UpdateAccountPasswordPolicy { policy }, input.client_token).await?;
            Ok(PasswordPolicyPayload::of(&done))
        })
        .await
    }

    /// Takes the account's own rules for passwords away: AWS's default rules hold.
    async fn delete_account_password_policy(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] input: DeleteAccountPasswordPolicyInput,
    ) -> Nullable<PasswordPolicyPayload> {
        refusable(async move {
            let done = Scope::of(ctx)?.run(DeleteAccountPasswordPolicy, input.client_token).await?;
            Ok(PasswordPolicyPayload::of(&done))
        })
        .await
    }

    /// Asks for a higher value of a quota. It is granted at once, up to the quota's maximum.
    async fn request_quota_increase(&self, ctx: &Context<'_>, input: RequestQuotaIncreaseInput) -> Nullable<QuotaPayload> {
        refusable(async move {
            let quota_name: QuotaName = input.quota_name.parse()?;
            let command = RequestQuotaIncrease { quota_name, value: input.value.0 };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            let quota = done.account().and_then(|account| quota(account, quota_name));
            Ok(QuotaPayload { quota, record: done.record() })
        })
        .await
    }
}
