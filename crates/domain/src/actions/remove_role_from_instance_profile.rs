//! Takes the role out of an instance profile. Source: IAM API Reference, `RemoveRoleFromInstanceProfile`.

use chancery_model::{Arn, InstanceProfileName, RoleName};

use super::{Act, TagTarget};
use crate::{Account, Context, Event, InstanceProfileChange, Rejection};

/// Takes the role out of an instance profile.
#[derive(Debug, Clone, Hash)]
pub struct RemoveRoleFromInstanceProfile {
    /// The instance profile.
    pub instance_profile_name: InstanceProfileName,
    /// The role.
    pub role_name: RoleName,
}

impl Act for RemoveRoleFromInstanceProfile {
    fn action(&self) -> &'static str {
        "RemoveRoleFromInstanceProfile"
    }

    fn resource(&self, account: &Account) -> Arn {
        TagTarget::InstanceProfile(self.instance_profile_name.clone()).arn(account)
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let profile = account.instance_profile(&self.instance_profile_name)?;
        let role = account.role(&self.role_name)?;
        if profile.role != Some(role.id) {
            let what = format!("role with name {} in instance profile {}", self.role_name, self.instance_profile_name);
            return Err(Rejection::NoSuchEntity { what });
        }
        Ok(vec![Event::InstanceProfile(profile.id, InstanceProfileChange::RoleRemoved { role: role.id })])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check},
        check_builders::{add_role, instance_profile, profile_name, role, role_name},
    };

    fn remove(profile: &str, role: &str) -> RemoveRoleFromInstanceProfile {
        RemoveRoleFromInstanceProfile { instance_profile_name: profile_name(profile), role_name: role_name(role) }
    }

    fn given() -> World {
        World::new().with(role("ops")).with(role("dev")).with(instance_profile("web"))
    }

    #[test]
    fn the_role_that_is_in_it() {
        check(
            given().with(add_role("web", "ops")),
            remove("Web", "Ops"),
            expect![
                "instance_profile.role_removed.v1 InstanceProfile(AIPAAAAAAAAAAAAAAAAAF, RoleRemoved { role: AROAAAAAAAAAAAAAAAAAD })"
            ],
        );
    }

    #[test]
    fn a_profile_then_a_role_then_the_role_in_it() {
        check(World::new(), remove("web", "ops"), expect!["NoSuchEntity: The instance profile web cannot be found."]);
        check(
            World::new().with(instance_profile("web")),
            remove("web", "ops"),
            expect!["NoSuchEntity: The role with name ops cannot be found."],
        );
        check(
            given(),
            remove("web", "ops"),
            expect!["NoSuchEntity: The role with name ops in instance profile web cannot be found."],
        );
        check(
            given().with(add_role("web", "ops")),
            remove("web", "dev"),
            expect!["NoSuchEntity: The role with name dev in instance profile web cannot be found."],
        );
    }
}
