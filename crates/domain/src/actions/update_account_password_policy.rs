//! Gives the account its own rules for passwords. Source: IAM API Reference, `UpdateAccountPasswordPolicy`.

use chancery_model::Arn;

use super::Act;
use crate::{Account, AccountChange, Context, Event, PasswordPolicy, Rejection};

/// Gives the account its own rules for passwords. All rules at once: what a caller leaves out is AWS's default
/// ([`PasswordPolicy::UPDATE_DEFAULT`]), not what held before.
#[derive(Debug, Clone, Hash)]
pub struct UpdateAccountPasswordPolicy {
    /// The rules.
    pub policy: PasswordPolicy,
}

impl Act for UpdateAccountPasswordPolicy {
    fn action(&self) -> &'static str {
        "UpdateAccountPasswordPolicy"
    }

    fn resource(&self, account: &Account) -> Arn {
        account.root_arn()
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        self.policy.validate()?;
        if account.password_policy.as_ref() == Some(&self.policy) {
            return Ok(Vec::new());
        }
        Ok(vec![Event::Account(AccountChange::PasswordPolicySet { policy: self.policy.clone() })])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::check::{World, check};

    fn update(change: impl FnOnce(&mut PasswordPolicy)) -> UpdateAccountPasswordPolicy {
        let mut policy = PasswordPolicy::UPDATE_DEFAULT;
        change(&mut policy);
        UpdateAccountPasswordPolicy { policy }
    }

    #[test]
    fn an_account_gets_rules() {
        check(
            World::new(),
            update(|policy| policy.minimum_password_length = 14),
            expect![
                "account.password_policy_set.v1 Account(PasswordPolicySet { policy: PasswordPolicy { minimum_password_length: 14, require_symbols: false, require_numbers: false, require_uppercase_characters: false, require_lowercase_characters: false, allow_users_to_change_password: false, max_password_age: None, password_reuse_prevention: None, hard_expiry: false } })"
            ],
        );
    }

    #[test]
    fn the_same_rules_change_nothing() {
        check(World::new().with(update(|_| {})), update(|_| {}), expect!["nothing"]);
    }

    #[test]
    fn other_rules_replace_all_of_the_old_ones() {
        let given = World::new().with(update(|policy| policy.require_symbols = true));
        check(
            given,
            update(|policy| policy.hard_expiry = true),
            expect![
                "account.password_policy_set.v1 Account(PasswordPolicySet { policy: PasswordPolicy { minimum_password_length: 6, require_symbols: false, require_numbers: false, require_uppercase_characters: false, require_lowercase_characters: false, allow_users_to_change_password: false, max_password_age: None, password_reuse_prevention: None, hard_expiry: true } })"
            ],
        );
    }

    #[test]
    fn a_length_that_is_too_small_or_too_great() {
        check(
            World::new(),
            update(|policy| policy.minimum_password_length = 5),
            expect![
                "ValidationError: 1 validation error detected: Value '5' at 'minimumPasswordLength' failed to satisfy constraint: Member must have value greater than or equal to 6"
            ],
        );
        check(
            World::new(),
            update(|policy| policy.minimum_password_length = 129),
            expect![
                "ValidationError: 1 validation error detected: Value '129' at 'minimumPasswordLength' failed to satisfy constraint: Member must have value less than or equal to 128"
            ],
        );
    }

    #[test]
    fn an_age_that_is_too_small_or_too_great() {
        check(
            World::new(),
            update(|policy| policy.max_password_age = Some(0)),
            expect![
                "ValidationError: 1 validation error detected: Value '0' at 'maxPasswordAge' failed to satisfy constraint: Member must have value greater than or equal to 1"
            ],
        );
        check(
            World::new(),
            update(|policy| policy.max_password_age = Some(1_096)),
            expect![
                "ValidationError: 1 validation error detected: Value '1096' at 'maxPasswordAge' failed to satisfy constraint: Member must have value less than or equal to 1095"
            ],
        );
    }

    #[test]
    fn a_number_of_earlier_passwords_that_is_too_small_or_too_great() {
        check(
            World::new(),
            update(|policy| policy.password_reuse_prevention = Some(0)),
            expect![
                "ValidationError: 1 validation error detected: Value '0' at 'passwordReusePrevention' failed to satisfy constraint: Member must have value greater than or equal to 1"
            ],
        );
        check(
            World::new(),
            update(|policy| policy.password_reuse_prevention = Some(25)),
            expect![
                "ValidationError: 1 validation error detected: Value '25' at 'passwordReusePrevention' failed to satisfy constraint: Member must have value less than or equal to 24"
            ],
        );
    }
}
