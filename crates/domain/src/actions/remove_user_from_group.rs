//! Takes a user out of a group. Source: IAM API Reference, `RemoveUserFromGroup`.

use chancery_model::{Arn, GroupName, UserName};

use super::{Act, PolicyTarget};
use crate::{Account, Context, Event, Rejection, UserChange};

/// Takes a user out of a group.
#[derive(Debug, Clone, Hash)]
pub struct RemoveUserFromGroup {
    /// The group.
    pub group_name: GroupName,
    /// The user.
    pub user_name: UserName,
}

impl Act for RemoveUserFromGroup {
    fn action(&self) -> &'static str {
        "RemoveUserFromGroup"
    }

    fn resource(&self, account: &Account) -> Arn {
        PolicyTarget::Group(self.group_name.clone()).arn(account)
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let group = account.group(&self.group_name)?;
        let user = account.user(&self.user_name)?;
        if !user.groups.contains_key(&group.id) {
            let what = format!("user with name {} in the group with name {}", self.user_name, self.group_name);
            return Err(Rejection::NoSuchEntity { what });
        }
        Ok(vec![Event::User(user.id, UserChange::LeftGroup { group: group.id })])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::check::{World, check, group, group_name, joined, user, user_name};

    fn remove() -> RemoveUserFromGroup {
        RemoveUserFromGroup { group_name: group_name("Devs"), user_name: user_name("Ada") }
    }

    #[test]
    fn a_user_leaves() {
        check(
            World::new().with(group("devs")).with(user("ada")).with(joined("ada", "devs")),
            remove(),
            expect!["user.left_group.v1 User(AIDAAAAAAAAAAAAAAAAAF, LeftGroup { group: AGPAAAAAAAAAAAAAAAAAD })"],
        );
    }

    #[test]
    fn a_group_that_is_not_there_is_told_before_a_user_that_is_not_there() {
        check(World::new(), remove(), expect!["NoSuchEntity: The group with name Devs cannot be found."]);
    }

    #[test]
    fn a_user_that_is_not_there() {
        check(World::new().with(group("devs")), remove(), expect!["NoSuchEntity: The user with name Ada cannot be found."]);
    }

    #[test]
    fn a_user_that_is_not_in_the_group() {
        check(
            World::new().with(group("devs")).with(user("ada")),
            remove(),
            expect!["NoSuchEntity: The user with name Ada in the group with name Devs cannot be found."],
        );
    }
}
