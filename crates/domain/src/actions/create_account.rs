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
