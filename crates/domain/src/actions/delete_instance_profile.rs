//! Deletes an instance profile that has no role any more. Source: IAM API Reference, `DeleteInstanceProfile`.

use chancery_model::{Arn, InstanceProfileName};

use super::{Act, TagTarget};
use crate::{Account, Context, Event, InstanceProfileChange, Rejection};

/// Deletes an instance profile.
#[derive(Debug, Clone, Hash)]
pub struct DeleteInstanceProfile {
    /// The name.
    pub instance_profile_name: InstanceProfileName,
}

impl Act for DeleteInstanceProfile {
    fn action(&self) -> &'static str {
        "DeleteInstanceProfile"
    }

    fn resource(&self, account: &Account) -> Arn {
        TagTarget::InstanceProfile(self.instance_profile_name.clone()).arn(account)
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let profile = account.instance_profile(&self.instance_profile_name)?;
        if profile.role.is_some() {
            return Err(Rejection::conflict("remove roles from instance profile"));
        }
        Ok(vec![Event::InstanceProfile(profile.id, InstanceProfileChange::Deleted)])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check},
        check_builders::{add_role, instance_profile, profile_name, role},
    };

    fn delete(name: &str) -> DeleteInstanceProfile {
        DeleteInstanceProfile { instance_profile_name: profile_name(name) }
    }

    #[test]
    fn an_empty_profile() {
        check(
            World::new().with(instance_profile("web")),
            delete("Web"),
            expect!["instance_profile.deleted.v1 InstanceProfile(AIPAAAAAAAAAAAAAAAAAD, Deleted)"],
        );
    }

    #[test]
    fn a_profile_that_is_not_there_and_one_with_a_role() {
        check(World::new(), delete("web"), expect!["NoSuchEntity: The instance profile web cannot be found."]);
        let given = World::new().with(role("ops")).with(instance_profile("web")).with(add_role("web", "ops"));
        check(
            given,
            delete("web"),
            expect!["DeleteConflict: Cannot delete entity, must remove roles from instance profile first."],
        );
    }
}
