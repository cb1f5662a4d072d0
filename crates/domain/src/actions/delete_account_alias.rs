//! Takes the account's alias away. Source: IAM API Reference, `DeleteAccountAlias`.

use chancery_model::{AccountAlias, Arn};

use super::Act;
use crate::{Account, AccountChange, Context, Event, Rejection};

/// Takes the account's alias away.
#[derive(Debug, Clone, Hash)]
pub struct DeleteAccountAlias {
    /// The alias, named so that a stale request takes no other away.
    pub account_alias: AccountAlias,
}

impl Act for DeleteAccountAlias {
    fn action(&self) -> &'static str {
        "DeleteAccountAlias"
    }

    fn resource(&self, account: &Account) -> Arn {
        account.root_arn()
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        if account.alias.as_ref() != Some(&self.account_alias) {
            return Err(Rejection::missing("account alias", self.account_alias.as_str()));
        }
        Ok(vec![Event::Account(AccountChange::AliasDeleted)])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        actions::CreateAccountAlias,
        check::{World, check},
    };

    fn delete() -> DeleteAccountAlias {
        DeleteAccountAlias { account_alias: AccountAlias::parse("my-corp").unwrap() }
    }

    fn alias(text: &str) -> CreateAccountAlias {
        CreateAccountAlias { account_alias: AccountAlias::parse(text).unwrap() }
    }

    #[test]
    fn the_alias_goes() {
        let mut given = World::new().with(alias("my-corp"));
        check(given.clone(), delete(), expect!["account.alias_deleted.v1 Account(AliasDeleted)"]);
        given.run(delete()).unwrap();
        assert_eq!(given.state.account_of_alias(&delete().account_alias), None);
    }

    #[test]
    fn an_account_without_an_alias() {
        check(World::new(), delete(), expect!["NoSuchEntity: The account alias with name my-corp cannot be found."]);
    }

    #[test]
    fn an_alias_that_is_another_one() {
        check(
            World::new().with(alias("other-corp")),
            delete(),
            expect!["NoSuchEntity: The account alias with name my-corp cannot be found."],
        );
    }
}
