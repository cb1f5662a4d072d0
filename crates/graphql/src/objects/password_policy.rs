//! The rules for passwords.

use async_graphql::SimpleObject;

/// The account's own rules for its users' passwords. Field by field as AWS's `PasswordPolicy`.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(serial)]
pub(crate) struct PasswordPolicy {
    /// The least length in characters.
    minimum_password_length: u32,
    /// At least one symbol.
    require_symbols: bool,
    /// At least one digit.
    require_numbers: bool,
    /// At least one capital letter.
    require_uppercase_characters: bool,
    /// At least one small letter.
    require_lowercase_characters: bool,
    /// Whether users may change their own password.
    allow_users_to_change_password: bool,
    /// Whether passwords expire.
    expire_passwords: bool,
    /// After how many days a password expires; null for never.
    max_password_age: Option<u32>,
    /// How many earlier passwords may not be used again; null for none.
    password_reuse_prevention: Option<u32>,
    /// Whether an expired password can be changed by an administrator only.
    hard_expiry: bool,
}

impl PasswordPolicy {
    pub(crate) fn of(state: &chancery_domain::PasswordPolicy) -> Self {
        Self {
            minimum_password_length: state.minimum_password_length,
            require_symbols: state.require_symbols,
            require_numbers: state.require_numbers,
            require_uppercase_characters: state.require_uppercase_characters,
            require_lowercase_characters: state.require_lowercase_characters,
            allow_users_to_change_password: state.allow_users_to_change_password,
            expire_passwords: state.max_password_age.is_some(),
            max_password_age: state.max_password_age,
            password_reuse_prevention: state.password_reuse_prevention,
            hard_expiry: state.hard_expiry,
        }
    }
}
