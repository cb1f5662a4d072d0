//! Puts a role into an instance profile. Source: IAM API Reference, `AddRoleToInstanceProfile`.

use chancery_model::{Arn, InstanceProfileName, RoleName};

use super::{Act, PolicyTarget, TagTarget};
use crate::{Account, Asked, Context, Event, InstanceProfileChange, QuotaName, Rejection};

/// Puts a role into an instance profile, which holds one at most: AWS refuses even the one that is in it already.
#[derive(Debug, Clone, Hash)]
pub struct AddRoleToInstanceProfile {
    /// The instance profile.
    pub instance_profile_name: InstanceProfileName,
    /// The role.
    pub role_name: RoleName,
}

impl Act for AddRoleToInstanceProfile {
    fn action(&self) -> &'static str {
        "AddRoleToInstanceProfile"
    }

    fn resource(&self, account: &Account) -> Arn {
        TagTarget::InstanceProfile(self.instance_profile_name.clone()).arn(account)
    }

    fn also(&self, account: &Account) -> Vec<Asked> {
        let role = PolicyTarget::Role(self.role_name.clone()).arn(account);
        vec![Asked::pass_role(role, "ec2.amazonaws.com", &self.resource(account))]
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let profile = account.instance_profile(&self.instance_profile_name)?;
        let role = account.role(&self.role_name)?;
        account.within(QuotaName::RolesPerInstanceProfile, usize::from(profile.role.is_some()) + 1)?;
        account.within(QuotaName::InstanceProfilesPerRole, account.instance_profile_count(role.id) + 1)?;
        Ok(vec![Event::InstanceProfile(profile.id, InstanceProfileChange::RoleAdded { role: role.id })])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{
        check::{World, check},
        check_builders::{add_role, instance_profile, role},
    };

    fn given() -> World {
        World::new().with(role("ops")).with(instance_profile("web"))
    }

    #[test]
    fn into_an_empty_profile() {
        check(
            given(),
            add_role("WEB", "OPS"),
            expect![
                "instance_profile.role_added.v1 InstanceProfile(AIPAAAAAAAAAAAAAAAAAE, RoleAdded { role: AROAAAAAAAAAAAAAAAAAD })"
            ],
        );
    }

    #[test]
    fn a_profile_then_a_role() {
        check(World::new(), add_role("web", "ops"), expect!["NoSuchEntity: The instance profile web cannot be found."]);
        check(
            World::new().with(instance_profile("web")),
            add_role("web", "ops"),
            expect!["NoSuchEntity: The role with name ops cannot be found."],
        );
    }

    #[test]
    fn one_role_in_a_profile_even_the_same() {
        let full = given().with(add_role("web", "ops"));
        check(
            full.clone(),
            add_role("web", "ops"),
            expect!["LimitExceeded: Cannot exceed quota for RolesPerInstanceProfile: 1 (it cannot be raised)"],
        );
        check(
            full.with(role("dev")),
            add_role("web", "dev"),
            expect!["LimitExceeded: Cannot exceed quota for RolesPerInstanceProfile: 1 (it cannot be raised)"],
        );
    }

    #[test]
    fn a_role_in_ten_profiles() {
        let spread = (0..10).fold(given(), |given, n| {
            let name = format!("p{n}");
            given.with(instance_profile(&name)).with(add_role(&name, "ops"))
        });
        check(
            spread.clone(),
            add_role("web", "ops"),
            expect!["LimitExceeded: Cannot exceed quota for InstanceProfilesPerRole: 10 (it cannot be raised)"],
        );
        check(
            spread,
            add_role("p0", "ops"),
            expect!["LimitExceeded: Cannot exceed quota for RolesPerInstanceProfile: 1 (it cannot be raised)"],
        );
    }
}
