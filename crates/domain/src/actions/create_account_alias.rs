//! Gives the account an alias, in place of the one that it has. Source: IAM API Reference, `CreateAccountAlias`.

use chancery_model::{AccountAlias, Arn};

use super::Act;
use crate::{Account, AccountChange, Context, Event, Rejection};

/// Gives the account an alias. An account has one: a new one replaces it.
#[derive(Debug, Clone, Hash)]
pub struct CreateAccountAlias {
    /// The alias, unique across accounts.
    pub account_alias: AccountAlias,
}

impl Act for CreateAccountAlias {
    fn action(&self) -> &'static str {
        "CreateAccountAlias"
    }

    fn resource(&self, account: &Account) -> Arn {
        account.root_arn()
    }

    fn decide(&self, _account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        // The account's own alias is taken as well, as at AWS.
        if context.state.account_of_alias(&self.account_alias).is_some() {
            return Err(Rejection::AlreadyExists { what: format!("The account alias {}", self.account_alias) });
        }
        Ok(vec![Event::Account(AccountChange::AliasSet { alias: self.account_alias.clone() })])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::check::{World, account, check};

    fn alias(text: &str) -> CreateAccountAlias {
        CreateAccountAlias { account_alias: AccountAlias::parse(text).unwrap() }
    }

    #[test]
    fn an_account_gets_an_alias() {
        check(World::new(), alias("my-corp"), expect!["account.alias_set.v1 Account(AliasSet { alias: my-corp })"]);
    }

    #[test]
    fn a_new_alias_replaces_the_old_one_which_is_free_again() {
        let given = World::new().with(alias("my-corp")).with(alias("new-corp"));
        assert_eq!(given.here().alias, Some(alias("new-corp").account_alias));
        check(
            given.in_account("210987654321").with(account()),
            alias("my-corp"),
            expect!["account.alias_set.v1 Account(AliasSet { alias: my-corp })"],
        );
    }

    #[test]
    fn an_alias_of_another_account() {
        let given = World::new().with(alias("my-corp")).in_account("210987654321").with(account());
        check(given, alias("my-corp"), expect!["EntityAlreadyExists: The account alias my-corp already exists."]);
    }

    #[test]
    fn the_alias_that_the_account_has() {
        check(
            World::new().with(alias("my-corp")),
            alias("my-corp"),
            expect!["EntityAlreadyExists: The account alias my-corp already exists."],
        );
    }
}
