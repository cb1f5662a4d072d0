//! Changes a user's password, by an administrator. Source: IAM API Reference, `UpdateLoginProfile`.

use chancery_model::{Arn, UserName};

use super::{
    Act, PolicyTarget,
    create_login_profile::{accept, readable},
};
use crate::{Account, Context, Event, NewPassword, Rejection, SealFailed, Sealer, UserChange, field};

/// Changes a user's password, or whether it must be changed at the next sign-in.
#[derive(Debug, Clone, Hash)]
pub struct UpdateLoginProfile {
    /// The user.
    pub user_name: UserName,
    /// The new password; as before when absent.
    pub password: Option<NewPassword>,
    /// Whether the user must choose a new one at the next sign-in; as before when absent.
    pub password_reset_required: Option<bool>,
}

impl Act for UpdateLoginProfile {
    fn action(&self) -> &'static str {
        "UpdateLoginProfile"
    }

    fn resource(&self, account: &Account) -> Arn {
        PolicyTarget::User(self.user_name.clone()).arn(account)
    }

    fn password(&mut self) -> Option<&mut NewPassword> {
        self.password.as_mut()
    }

    fn seal(&mut self, account: Option<&Account>, sealer: &mut dyn Sealer) -> Result<(), SealFailed> {
        match (super::subject_of(account, &self.user_name), &mut self.password) {
            (Some(subject), Some(password)) => password.seal(subject, field::USER_PASSWORD, sealer),
            (Some(_) | None, _) => Ok(()),
        }
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        self.password.as_ref().map_or(Ok(()), readable)?;
        let user = account.user(&self.user_name)?;
        let login = user.login.as_ref().ok_or_else(|| no_login_profile(&self.user_name))?;
        let reset_required = self.password_reset_required.unwrap_or(login.reset_required);
        if self.password.is_none() && reset_required == login.reset_required {
            return Ok(Vec::new());
        }
        self.password.as_ref().map_or(Ok(()), |new| accept(account, &self.user_name, new))?;
        let password = self.password.as_ref().map(|new| super::for_present(new.sealed_for(user.subject))).transpose()?;
        Ok(vec![Event::User(user.id, UserChange::LoginProfileUpdated { password, reset_required })])
    }
}

/// Refuses a user without a password.
pub(super) fn no_login_profile(user: &UserName) -> Rejection {
    Rejection::NoSuchEntity { what: format!("Login Profile for User {user}") }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::check::{World, check, check_sealed, delete_user, login, password, user, user_name};

    fn update(text: &str) -> UpdateLoginProfile {
        UpdateLoginProfile { user_name: user_name("Ada"), password: Some(password(text)), password_reset_required: None }
    }

    fn reset(required: bool) -> UpdateLoginProfile {
        UpdateLoginProfile { password: None, password_reset_required: Some(required), ..update("") }
    }

    fn given() -> World {
        World::new().with(user("ada")).with(login("ada"))
    }

    #[test]
    fn a_password_is_changed() {
        check(
            given(),
            update("Another-1"),
            expect![
                "user.login_profile_updated.v1 User(AIDAAAAAAAAAAAAAAAAAE, LoginProfileUpdated { password: Some(sealed(00000000000000000000000003, 31 bytes)), reset_required: false }) | user.password=hash of Another-1"
            ],
        );
        let changed = |world: &World| world.here().user(&user_name("ada")).unwrap().login.clone().unwrap().changed;
        let before = given();
        assert!(changed(&before.clone().with(update("Another-1"))) > changed(&before));
    }

    #[test]
    fn a_change_at_the_next_sign_in_is_asked_for() {
        check(
            given(),
            reset(true),
            expect![
                "user.login_profile_updated.v1 User(AIDAAAAAAAAAAAAAAAAAE, LoginProfileUpdated { password: None, reset_required: true })"
            ],
        );
    }

    #[test]
    fn what_is_asked_for_stays_with_a_new_password() {
        check(
            given().with(reset(true)),
            update("Another-1"),
            expect![
                "user.login_profile_updated.v1 User(AIDAAAAAAAAAAAAAAAAAE, LoginProfileUpdated { password: Some(sealed(00000000000000000000000003, 31 bytes)), reset_required: true }) | user.password=hash of Another-1"
            ],
        );
    }

    #[test]
    fn nothing_changes_when_all_is_so() {
        check(given(), reset(false), expect!["nothing"]);
        check(given(), UpdateLoginProfile { password_reset_required: None, ..reset(false) }, expect!["nothing"]);
    }

    #[test]
    fn characters_that_no_password_has_are_told_before_a_user_that_is_not_there() {
        check(
            World::new(),
            update("Another-1\u{1f511}"),
            expect![[
                r#"ValidationError: 1 validation error detected: Value '*****' at 'password' failed to satisfy constraint: Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+"#
            ]],
        );
    }

    #[test]
    fn a_user_that_is_not_there() {
        check(World::new(), update("short"), expect!["NoSuchEntity: The user with name Ada cannot be found."]);
    }

    #[test]
    fn a_user_without_a_password_is_told_before_a_weak_one() {
        check(
            World::new().with(user("ada")),
            update("short"),
            expect!["NoSuchEntity: The Login Profile for User Ada cannot be found."],
        );
    }

    #[test]
    fn a_weak_password() {
        check(
            given(),
            update("short"),
            expect![
                "PasswordPolicyViolation: Password should have at least 8 characters, at least three of: capital letters, small letters, digits, symbols"
            ],
        );
    }

    #[test]
    fn a_user_that_was_replaced_meanwhile_does_not_get_the_password() {
        let mut given = given();
        let command = given.sealed(update("Another-1"));
        let given = given.with(crate::actions::DeleteLoginProfile { user_name: user_name("ada") }).with(delete_user("ada"));
        check_sealed(
            given.with(user("ada")).with(login("ada")),
            &command,
            expect!["ConcurrentModification: The entity was changed by another request in the same moment; try again."],
        );
    }

    #[test]
    fn a_weak_password_is_told_before_a_user_that_came_meanwhile() {
        for text in ["short", "Another-1"] {
            let mut given = World::new();
            let command = given.sealed(update(text));
            let outcome = given.with(user("ada")).with(login("ada")).run_sealed(&command).unwrap_err();
            let weak = matches!(outcome, Rejection::WeakPassword { .. });
            assert!(if text == "short" { weak } else { outcome == Rejection::ConcurrentModification }, "{outcome}");
        }
    }
}
