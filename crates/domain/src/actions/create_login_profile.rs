//! Gives a user a password. Source: IAM API Reference, `CreateLoginProfile`; the rules for accounts without a password
//! policy: IAM User Guide, "Set an account password policy for IAM users", "Default password policy".

use chancery_model::{Arn, Invalid, UserName};

use super::{Act, PolicyTarget};
use crate::{Account, Context, Event, NewPassword, PasswordPolicy, QuotaName, Rejection, SealFailed, Sealer, UserChange, field};

/// Gives a user a password to sign in with.
#[derive(Debug, Clone, Hash)]
pub struct CreateLoginProfile {
    /// The user.
    pub user_name: UserName,
    /// The password.
    pub password: NewPassword,
    /// Whether the user must choose a new one at the first sign-in.
    pub password_reset_required: bool,
}

impl Act for CreateLoginProfile {
    fn action(&self) -> &'static str {
        "CreateLoginProfile"
    }

    fn resource(&self, account: &Account) -> Arn {
        PolicyTarget::User(self.user_name.clone()).arn(account)
    }

    fn password(&mut self) -> Option<&mut NewPassword> {
        Some(&mut self.password)
    }

    fn seal(&mut self, account: Option<&Account>, sealer: &mut dyn Sealer) -> Result<(), SealFailed> {
        let subject = super::subject_of(account, &self.user_name);
        subject.map_or(Ok(()), |subject| self.password.seal(subject, field::USER_PASSWORD, sealer))
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        readable(&self.password)?;
        let user = account.user(&self.user_name)?;
        if user.login.is_some() {
            return Err(Rejection::AlreadyExists { what: format!("Login Profile for user {}", self.user_name) });
        }
        account.within(QuotaName::LoginProfilesPerUser, 1)?;
        accept(account, &self.user_name, &self.password)?;
        let password = super::for_present(self.password.sealed_for(user.subject))?;
        let reset_required = self.password_reset_required;
        Ok(vec![Event::User(user.id, UserChange::LoginProfileCreated { password, reset_required })])
    }
}

/// Refuses characters that AWS has in no password. The refusal does not repeat the password.
pub(super) fn readable(new: &NewPassword) -> Result<(), Rejection> {
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}');
    if new.clear().expose().chars().all(allowed) {
        return Ok(());
    }
    Err(Invalid::pattern("password", "*****", r"[\u0009\u000A\u000D\u0020-\u00FF]+").into())
}

/// Refuses a password that the account's rules, or those for accounts without any, do not allow.
pub(super) fn accept(account: &Account, user: &UserName, new: &NewPassword) -> Result<(), Rejection> {
    let policy = account.password_policy.as_ref();
    let mut lacks = PasswordPolicy::lacks(policy, new.clear());
    if policy.is_none() {
        lacks.extend(names(account, user, new.clear().expose()));
    }
    if lacks.is_empty() { Ok(()) } else { Err(Rejection::WeakPassword { lacks }) }
}

/// Whose name the password is: forbidden in accounts without rules of their own.
fn names(account: &Account, user: &UserName, password: &str) -> Option<String> {
    let alias = account.alias.as_ref().map(|alias| alias.as_str());
    let email = account.root.email.get().map(|email| email.as_str());
    let known =
        [(alias, "the account's alias"), (email, "the account's e-mail address"), (Some(user.as_str()), "the user's name")];
    let (_, whose) = known.into_iter().find(|(name, _)| name.is_some_and(|name| name.eq_ignore_ascii_case(password)))?;
    Some(format!("other text than {whose}"))
}

#[cfg(test)]
#[path = "create_login_profile_tests.rs"]
mod tests;
