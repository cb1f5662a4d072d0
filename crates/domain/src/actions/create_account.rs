//! Creates an account with its root user. Only the operator of the machine may.

use chancery_model::{AccountAlias, AccountId, Arn, EmailAddress};

use super::Act;
use crate::{Account, AccountChange, Context, Event, Given, NewPassword, Rejection, SealFailed, Sealer, field};

/// Creates the account that the request names.
#[derive(Debug, Clone, Hash)]
pub struct CreateAccount {
    /// The root user's e-mail address.
    pub email: Given<EmailAddress>,
    /// The root user's password, if it is to sign in with one.
    pub password: Option<NewPassword>,
    /// The account's alias.
    pub alias: Option<AccountAlias>,
}

impl CreateAccount {
    pub(super) fn decide_new(&self, account: AccountId, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        if context.state.accounts.contains_key(&account) {
            return Err(Rejection::AlreadyExists { what: format!("Account {account}") });
        }
        if let Some(alias) = self.alias.as_ref().filter(|alias| context.state.account_of_alias(alias).is_some()) {
            return Err(Rejection::AlreadyExists { what: format!("The account alias {alias}") });
        }
        let email = self.email.personal()?;
        let password = self.password.as_ref().map(|new| new.sealed_for(email.subject())).transpose()?;
        Ok(vec![Event::Account(AccountChange::Created { email, password, alias: self.alias.clone() })])
    }
}

impl Act for CreateAccount {
    fn action(&self) -> &'static str {
        "CreateAccount"
    }

    fn resource(&self, account: &Account) -> Arn {
        account.root_arn()
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("organizations", "CreateAccount")
    }

    fn password(&mut self) -> Option<&mut NewPassword> {
        self.password.as_mut()
    }

    fn seal(&mut self, _account: Option<&Account>, sealer: &mut dyn Sealer) -> Result<(), SealFailed> {
        let subject = sealer.new_subject()?;
        self.email.seal(subject, field::ROOT_EMAIL, sealer)?;
        self.password.as_mut().map_or(Ok(()), |new| new.seal(subject, field::ROOT_PASSWORD, sealer))
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        self.decide_new(account.id, context)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::check::{World, account, check, check_sealed, password};

    fn with_alias() -> CreateAccount {
        CreateAccount { alias: Some(AccountAlias::parse("my-corp").unwrap()), ..account() }
    }

    #[test]
    fn an_account_is_created_with_its_root_user() {
        check(
            World::empty(),
            CreateAccount { password: Some(password("Difference-1")), ..with_alias() },
            expect![
                "account.created.v1 Account(Created { email: personal(00000000000000000000000001), password: Some(sealed(00000000000000000000000001, 34 bytes)), alias: Some(my-corp) }) | root.email=root@example.com, root.password=hash of Difference-1"
            ],
        );
    }

    #[test]
    fn an_account_may_have_neither_password_nor_alias() {
        check(
            World::empty(),
            account(),
            expect![
                "account.created.v1 Account(Created { email: personal(00000000000000000000000001), password: None, alias: None }) | root.email=root@example.com"
            ],
        );
    }

    #[test]
    fn an_account_that_is_there_already_is_told_before_its_alias() {
        check(
            World::empty().with(with_alias()),
            with_alias(),
            expect!["EntityAlreadyExists: Account 123456789012 already exists."],
        );
    }

    #[test]
    fn an_alias_of_another_account() {
        check(
            World::empty().with(with_alias()).in_account("210987654321"),
            with_alias(),
            expect!["EntityAlreadyExists: The account alias my-corp already exists."],
        );
    }

    #[test]
    fn an_alias_of_another_account_is_told_before_what_nobody_sealed() {
        let given = World::empty().with(with_alias()).in_account("210987654321");
        check_sealed(
            given.clone(),
            &with_alias().into(),
            expect!["EntityAlreadyExists: The account alias my-corp already exists."],
        );
        check_sealed(
            given,
            &account().into(),
            expect!["ServiceFailure: A field of the request was not sealed; nothing was written."],
        );
    }

    #[test]
    fn commands_to_an_account_that_is_not_there() {
        check(World::empty(), crate::check::user("ada"), expect!["NoSuchEntity: The account 123456789012 cannot be found."]);
    }
}
