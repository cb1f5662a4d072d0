//! Takes away the policy that limits what a user or role can be allowed.
//! Source: IAM API Reference, `DeleteUserPermissionsBoundary`, `DeleteRolePermissionsBoundary`.

use chancery_model::Arn;
use chancery_policy::RequestContext;

use super::{Act, PolicyTarget, put_permissions_boundary::groups_have_no_boundary};
use crate::{Account, AwsPolicies, Context, Event, Rejection, RoleChange, UserChange, asked};

/// Takes a permissions boundary away.
#[derive(Debug, Clone, Hash)]
pub struct DeletePermissionsBoundary {
    /// From whom: a user or a role.
    pub target: PolicyTarget,
}

impl Act for DeletePermissionsBoundary {
    fn action(&self) -> &'static str {
        self.target.pick(["DeleteUserPermissionsBoundary", "DeleteGroupPermissionsBoundary", "DeleteRolePermissionsBoundary"])
    }

    fn resource(&self, account: &Account) -> Arn {
        self.target.arn(account)
    }

    fn say(&self, account: &Account, aws: &AwsPolicies, keys: &mut RequestContext) {
        asked::say_boundary_of(&self.target, account, aws, keys);
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let (known, event, whose) = match &self.target {
            PolicyTarget::Group(_) => return Err(groups_have_no_boundary()),
            PolicyTarget::User(name) => {
                let user = account.user(name)?;
                (user.boundary, Event::User(user.id, UserChange::BoundaryRemoved), format!("user {name}"))
            }
            PolicyTarget::Role(name) => {
                let role = account.role(name)?;
                (role.boundary, Event::Role(role.id, RoleChange::BoundaryRemoved), format!("role {name}"))
            }
        };
        match known {
            Some(_) => Ok(vec![event]),
            None => Err(Rejection::NoSuchEntity { what: format!("permissions boundary of {whose}") }),
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check, group, user},
        check_builders::{aws_arn, put_boundary, role, to_group, to_role, to_user},
    };

    fn delete(target: PolicyTarget) -> DeletePermissionsBoundary {
        DeletePermissionsBoundary { target }
    }

    #[test]
    fn of_a_user_and_of_a_role() {
        let bounded = |target| put_boundary(target, aws_arn("PowerUserAccess"));
        check(
            World::new().with(user("ada")).with(bounded(to_user("ada"))),
            delete(to_user("Ada")),
            expect!["user.boundary_removed.v1 User(AIDAAAAAAAAAAAAAAAAAE, BoundaryRemoved)"],
        );
        check(
            World::new().with(role("ops")).with(bounded(to_role("ops"))),
            delete(to_role("ops")),
            expect!["role.boundary_removed.v1 Role(AROAAAAAAAAAAAAAAAAAD, BoundaryRemoved)"],
        );
    }

    #[test]
    fn a_user_or_role_then_a_boundary() {
        check(
            World::new().with(group("devs")),
            delete(to_group("devs")),
            expect!["InvalidInput: A group has no permissions boundary: name a user or a role."],
        );
        check(World::new(), delete(to_user("ada")), expect!["NoSuchEntity: The user with name ada cannot be found."]);
        check(World::new(), delete(to_role("ops")), expect!["NoSuchEntity: The role with name ops cannot be found."]);
        check(
            World::new().with(user("ada")),
            delete(to_user("ada")),
            expect!["NoSuchEntity: The permissions boundary of user ada cannot be found."],
        );
        check(
            World::new().with(role("ops")),
            delete(to_role("ops")),
            expect!["NoSuchEntity: The permissions boundary of role ops cannot be found."],
        );
    }
}
