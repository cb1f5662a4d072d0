//! Deletes a group that nobody is in and nothing hangs on any more. Source: IAM API Reference, `DeleteGroup`.

use chancery_model::{Arn, GroupName};

use super::{Act, PolicyTarget};
use crate::{Account, Context, Event, GroupChange, Rejection};

/// Deletes a group.
#[derive(Debug, Clone, Hash)]
pub struct DeleteGroup {
    /// The name.
    pub group_name: GroupName,
}

impl Act for DeleteGroup {
    fn action(&self) -> &'static str {
        "DeleteGroup"
    }

    fn resource(&self, account: &Account) -> Arn {
        PolicyTarget::Group(self.group_name.clone()).arn(account)
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let group = account.group(&self.group_name)?;
        if account.member_count(group.id) > 0 {
            return Err(Rejection::conflict("remove users from group"));
        }
        if !group.permissions.attached.is_empty() {
            return Err(Rejection::conflict("detach all policies"));
        }
        if !group.permissions.inline.is_empty() {
            return Err(Rejection::conflict("delete policies"));
        }
        Ok(vec![Event::Group(group.id, GroupChange::Deleted)])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::check::{World, attached, check, group, group_name, inline, joined, user};

    fn delete(name: &str) -> DeleteGroup {
        DeleteGroup { group_name: group_name(name) }
    }

    fn devs() -> PolicyTarget {
        PolicyTarget::Group(group_name("devs"))
    }

    #[test]
    fn an_empty_group_goes() {
        check(
            World::new().with(group("devs")),
            delete("Devs"),
            expect!["group.deleted.v1 Group(AGPAAAAAAAAAAAAAAAAAD, Deleted)"],
        );
    }

    #[test]
    fn a_group_that_is_not_there() {
        check(World::new(), delete("devs"), expect!["NoSuchEntity: The group with name devs cannot be found."]);
    }

    #[test]
    fn users_are_named_before_policies() {
        let given = World::new().with(group("devs")).with(user("ada")).with(joined("ada", "devs"));
        check(
            attached(inline(given, &devs()), &devs()),
            delete("devs"),
            expect!["DeleteConflict: Cannot delete entity, must remove users from group first."],
        );
    }

    #[test]
    fn attached_policies_are_named_before_inline_ones() {
        let given = World::new().with(group("devs"));
        check(
            attached(inline(given, &devs()), &devs()),
            delete("devs"),
            expect!["DeleteConflict: Cannot delete entity, must detach all policies first."],
        );
    }

    #[test]
    fn inline_policies_are_in_the_way() {
        check(
            inline(World::new().with(group("devs")), &devs()),
            delete("devs"),
            expect!["DeleteConflict: Cannot delete entity, must delete policies first."],
        );
    }
}
