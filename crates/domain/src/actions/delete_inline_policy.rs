//! Deletes a policy that stands in a user, group or role itself.
//! Source: IAM API Reference, `DeleteUserPolicy`, `DeleteGroupPolicy`, `DeleteRolePolicy`.

use chancery_model::{Arn, PolicyName};
use chancery_policy::RequestContext;

use super::{Act, PolicyTarget};
use crate::{Account, AwsPolicies, Context, Event, PermissionChange, Rejection, asked};

/// Deletes an inline policy.
#[derive(Debug, Clone, Hash)]
pub struct DeleteInlinePolicy {
    /// Of whom.
    pub target: PolicyTarget,
    /// Its name.
    pub policy_name: PolicyName,
}

impl Act for DeleteInlinePolicy {
    fn action(&self) -> &'static str {
        self.target.pick(["DeleteUserPolicy", "DeleteGroupPolicy", "DeleteRolePolicy"])
    }

    fn resource(&self, account: &Account) -> Arn {
        self.target.arn(account)
    }

    fn say(&self, account: &Account, aws: &AwsPolicies, keys: &mut RequestContext) {
        asked::say_boundary_of(&self.target, account, aws, keys);
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let found = self.target.find(account)?;
        if !found.permissions().inline.contains_key(&self.policy_name) {
            let kind = self.target.pick(["user policy", "group policy", "role policy"]);
            return Err(Rejection::missing(kind, self.policy_name.as_str()));
        }
        Ok(vec![found.event(PermissionChange::InlineDeleted { name: self.policy_name.clone() })])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check, group, user},
        check_builders::{put_inline, role, to_group, to_role, to_user},
    };

    fn delete(target: PolicyTarget, name: &str) -> DeleteInlinePolicy {
        DeleteInlinePolicy { target, policy_name: PolicyName::parse(name).unwrap() }
    }

    fn given() -> World {
        World::new().with(user("ada")).with(group("devs")).with(role("ops"))
    }

    #[test]
    fn of_each_kind_of_identity() {
        let outcome = |target: PolicyTarget, then| {
            check(given().with(put_inline(target.clone(), "Own")), delete(target, "Own"), then);
        };
        outcome(
            to_user("ada"),
            expect!["user.inline_policy_deleted.v1 User(AIDAAAAAAAAAAAAAAAAAE, Permission(InlineDeleted { name: Own }))"],
        );
        outcome(
            to_group("devs"),
            expect!["group.inline_policy_deleted.v1 Group(AGPAAAAAAAAAAAAAAAAAF, Permission(InlineDeleted { name: Own }))"],
        );
        outcome(
            to_role("ops"),
            expect!["role.inline_policy_deleted.v1 Role(AROAAAAAAAAAAAAAAAAAG, Permission(InlineDeleted { name: Own }))"],
        );
    }

    #[test]
    fn an_identity_then_a_policy() {
        check(World::new(), delete(to_user("ada"), "Own"), expect!["NoSuchEntity: The user with name ada cannot be found."]);
        check(World::new(), delete(to_group("devs"), "Own"), expect!["NoSuchEntity: The group with name devs cannot be found."]);
        check(World::new(), delete(to_role("ops"), "Own"), expect!["NoSuchEntity: The role with name ops cannot be found."]);
        check(given(), delete(to_user("ada"), "Own"), expect!["NoSuchEntity: The user policy with name Own cannot be found."]);
        check(given(), delete(to_group("devs"), "Own"), expect!["NoSuchEntity: The group policy with name Own cannot be found."]);
        check(given(), delete(to_role("ops"), "Own"), expect!["NoSuchEntity: The role policy with name Own cannot be found."]);
    }
}
