//! Takes the account's own rules for passwords away. Source: IAM API Reference, `DeleteAccountPasswordPolicy`.

use chancery_model::Arn;

use super::Act;
use crate::{Account, AccountChange, Context, Event, Rejection};

/// Takes the account's own rules for passwords away: the rules for accounts without any hold again.
#[derive(Debug, Clone, Hash)]
pub struct DeleteAccountPasswordPolicy;

impl Act for DeleteAccountPasswordPolicy {
    fn action(&self) -> &'static str {
        "DeleteAccountPasswordPolicy"
    }

    fn resource(&self, account: &Account) -> Arn {
        account.root_arn()
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        if account.password_policy.is_none() {
            return Err(Rejection::NoSuchEntity { what: format!("Password Policy with domain name {}", account.id) });
        }
        Ok(vec![Event::Account(AccountChange::PasswordPolicyDeleted)])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        PasswordPolicy,
        actions::UpdateAccountPasswordPolicy,
        check::{World, check},
    };

    #[test]
    fn the_rules_go() {
        let given = World::new().with(UpdateAccountPasswordPolicy { policy: PasswordPolicy::UPDATE_DEFAULT });
        check(
            given.clone(),
            DeleteAccountPasswordPolicy,
            expect!["account.password_policy_deleted.v1 Account(PasswordPolicyDeleted)"],
        );
        assert_eq!(given.with(DeleteAccountPasswordPolicy).here().password_policy, None);
    }

    #[test]
    fn an_account_without_rules_of_its_own() {
        check(
            World::new(),
            DeleteAccountPasswordPolicy,
            expect!["NoSuchEntity: The Password Policy with domain name 123456789012 cannot be found."],
        );
    }
}
