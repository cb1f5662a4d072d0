//! Deletes a role that nothing hangs on any more. Source: IAM API Reference, `DeleteRole`.

use chancery_model::{Arn, RoleName};

use super::{Act, PolicyTarget};
use crate::{Account, Context, Event, Rejection, RoleChange};

/// Deletes a role.
#[derive(Debug, Clone, Hash)]
pub struct DeleteRole {
    /// The name.
    pub role_name: RoleName,
}

impl Act for DeleteRole {
    fn action(&self) -> &'static str {
        "DeleteRole"
    }

    fn resource(&self, account: &Account) -> Arn {
        PolicyTarget::Role(self.role_name.clone()).arn(account)
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let role = account.role(&self.role_name)?;
        if !role.permissions.attached.is_empty() {
            return Err(Rejection::conflict("detach all policies"));
        }
        if !role.permissions.inline.is_empty() {
            return Err(Rejection::conflict("delete policies"));
        }
        if account.instance_profile_count(role.id) > 0 {
            return Err(Rejection::conflict("remove roles from instance profile"));
        }
        Ok(vec![Event::Role(role.id, RoleChange::Deleted)])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check},
        check_builders::{add_role, attach, aws_arn, instance_profile, put_boundary, put_inline, role, role_name, to_role},
    };

    fn delete(name: &str) -> DeleteRole {
        DeleteRole { role_name: role_name(name) }
    }

    #[test]
    fn a_role_goes_with_its_boundary() {
        let given = World::new().with(role("ops")).with(put_boundary(to_role("ops"), aws_arn("PowerUserAccess")));
        check(given, delete("Ops"), expect!["role.deleted.v1 Role(AROAAAAAAAAAAAAAAAAAD, Deleted)"]);
    }

    #[test]
    fn a_role_that_is_not_there() {
        check(World::new(), delete("ops"), expect!["NoSuchEntity: The role with name ops cannot be found."]);
    }

    #[test]
    fn conflicts_in_their_order() {
        let in_profile = World::new().with(role("ops")).with(instance_profile("web")).with(add_role("web", "ops"));
        check(
            in_profile.clone(),
            delete("ops"),
            expect!["DeleteConflict: Cannot delete entity, must remove roles from instance profile first."],
        );
        let inline = in_profile.with(put_inline(to_role("ops"), "Own"));
        check(inline.clone(), delete("ops"), expect!["DeleteConflict: Cannot delete entity, must delete policies first."]);
        check(
            inline.with(attach(to_role("ops"), aws_arn("ReadOnlyAccess"))),
            delete("ops"),
            expect!["DeleteConflict: Cannot delete entity, must detach all policies first."],
        );
    }
}
