//! Takes a user's password away. Source: IAM API Reference, `DeleteLoginProfile`.

use chancery_model::{Arn, UserName};

use super::{Act, PolicyTarget, update_login_profile::no_login_profile};
use crate::{Account, Context, Event, Rejection, UserChange};

/// Takes a user's password away: the user cannot sign in with one any more.
#[derive(Debug, Clone, Hash)]
pub struct DeleteLoginProfile {
    /// The user.
    pub user_name: UserName,
}

impl Act for DeleteLoginProfile {
    fn action(&self) -> &'static str {
        "DeleteLoginProfile"
    }

    fn resource(&self, account: &Account) -> Arn {
        PolicyTarget::User(self.user_name.clone()).arn(account)
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let user = account.user(&self.user_name)?;
        user.login.as_ref().ok_or_else(|| no_login_profile(&self.user_name))?;
        Ok(vec![Event::User(user.id, UserChange::LoginProfileDeleted)])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::check::{World, check, login, user, user_name};

    fn delete() -> DeleteLoginProfile {
        DeleteLoginProfile { user_name: user_name("Ada") }
    }

    #[test]
    fn the_password_goes() {
        let given = World::new().with(user("ada")).with(login("ada"));
        check(given.clone(), delete(), expect!["user.login_profile_deleted.v1 User(AIDAAAAAAAAAAAAAAAAAE, LoginProfileDeleted)"]);
        assert_eq!(given.with(delete()).here().user(&user_name("ada")).unwrap().login, None);
    }

    #[test]
    fn a_user_that_is_not_there() {
        check(World::new(), delete(), expect!["NoSuchEntity: The user with name Ada cannot be found."]);
    }

    #[test]
    fn a_user_without_a_password() {
        check(World::new().with(user("ada")), delete(), expect!["NoSuchEntity: The Login Profile for User Ada cannot be found."]);
    }
}
