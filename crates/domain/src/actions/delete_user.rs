//! Deletes a user that nothing hangs on any more. Source: IAM API Reference, `DeleteUser`.

use chancery_model::{Arn, UserName};

use super::{Act, PolicyTarget};
use crate::{Account, Context, Event, Rejection, UserChange};

/// Deletes a user.
#[derive(Debug, Clone, Hash)]
pub struct DeleteUser {
    /// The name.
    pub user_name: UserName,
}

impl Act for DeleteUser {
    fn action(&self) -> &'static str {
        "DeleteUser"
    }

    fn resource(&self, account: &Account) -> Arn {
        PolicyTarget::User(self.user_name.clone()).arn(account)
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let user = account.user(&self.user_name)?;
        if user.login.is_some() {
            return Err(Rejection::conflict("delete login profile"));
        }
        if !user.permissions.inline.is_empty() {
            return Err(Rejection::conflict("delete policies"));
        }
        if !user.permissions.attached.is_empty() {
            return Err(Rejection::conflict("detach all policies"));
        }
        if !user.groups.is_empty() {
            return Err(Rejection::conflict("remove users from group"));
        }
        Ok(vec![Event::User(user.id, UserChange::Deleted)])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        actions::{DeleteInlinePolicy, DeleteLoginProfile, DetachPolicy, RemoveUserFromGroup, UpdateUser},
        check::{World, attached, check, delete_user, group, group_name, inline, joined, login, user, user_name},
        check_builders::{aws_arn, policy_name},
    };

    fn ada() -> PolicyTarget {
        PolicyTarget::User(user_name("ada"))
    }

    #[test]
    fn a_user_that_nothing_hangs_on_goes() {
        check(
            World::new().with(user("ada")),
            delete_user("ADA"),
            expect!["user.deleted.v1 User(AIDAAAAAAAAAAAAAAAAAE, Deleted)"],
        );
    }

    #[test]
    fn a_user_that_is_not_there() {
        check(World::new(), delete_user("ada"), expect!["NoSuchEntity: The user with name ada cannot be found."]);
        let renamed = UpdateUser { user_name: user_name("ada"), new_user_name: Some(user("bob").user_name), new_path: None };
        check(
            World::new().with(user("ada")).with(renamed),
            delete_user("ada"),
            expect!["NoSuchEntity: The user with name ada cannot be found."],
        );
    }

    #[test]
    fn what_is_in_the_way_is_named_in_awss_order() {
        let given = World::new().with(user("ada")).with(group("devs")).with(joined("ada", "devs")).with(login("ada"));
        let given = attached(inline(given, &ada()), &ada());
        check(
            given.clone(),
            delete_user("ada"),
            expect!["DeleteConflict: Cannot delete entity, must delete login profile first."],
        );

        let given = given.with(DeleteLoginProfile { user_name: user_name("ada") });
        check(given.clone(), delete_user("ada"), expect!["DeleteConflict: Cannot delete entity, must delete policies first."]);

        let given = given.with(DeleteInlinePolicy { target: ada(), policy_name: policy_name("p") });
        check(
            given.clone(),
            delete_user("ada"),
            expect!["DeleteConflict: Cannot delete entity, must detach all policies first."],
        );

        let given = given.with(DetachPolicy { target: ada(), policy_arn: aws_arn("ReadOnlyAccess") });
        check(
            given.clone(),
            delete_user("ada"),
            expect!["DeleteConflict: Cannot delete entity, must remove users from group first."],
        );

        let given = given.with(RemoveUserFromGroup { group_name: group_name("devs"), user_name: user_name("ada") });
        check(given, delete_user("ada"), expect!["user.deleted.v1 User(AIDAAAAAAAAAAAAAAAAAE, Deleted)"]);
    }
}
