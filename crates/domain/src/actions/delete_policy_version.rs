//! Deletes a version of a customer managed policy that is not in force. Source: IAM API Reference, `DeletePolicyVersion`.

use chancery_model::Arn;

use super::Act;
use crate::{Account, Context, Event, ManagedPolicyChange, Rejection, VersionId};

/// Deletes a version of a customer managed policy.
#[derive(Debug, Clone, Hash)]
pub struct DeletePolicyVersion {
    /// The policy.
    pub policy_arn: Arn,
    /// The version.
    pub version_id: VersionId,
}

impl Act for DeletePolicyVersion {
    fn action(&self) -> &'static str {
        "DeletePolicyVersion"
    }

    fn resource(&self, _account: &Account) -> Arn {
        self.policy_arn.clone()
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let policy = super::policy_with_version(account, &self.policy_arn, self.version_id, context)?;
        super::customers_own(policy)?;
        if policy.default == self.version_id {
            return Err(Rejection::conflict_because("Cannot delete the default version of a policy."));
        }
        Ok(vec![Event::Policy(policy.id, ManagedPolicyChange::VersionDeleted { version: self.version_id })])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check},
        check_builders::{add_version, aws_arn, awss_version, delete_version, policy},
    };

    #[test]
    fn a_version_that_is_not_in_force() {
        let given = World::new().with(policy("Readers")).with(add_version("Readers", true));
        check(
            given,
            delete_version("Readers", 1),
            expect!["policy.version_deleted.v1 Policy(ANPAAAAAAAAAAAAAAAAAD, VersionDeleted { version: VersionId(1) })"],
        );
    }

    #[test]
    fn a_policy_then_a_version_then_whose_it_is_then_whether_it_is_in_force() {
        let given = World::new().with(policy("Readers"));
        check(
            World::new(),
            delete_version("Readers", 1),
            expect!["NoSuchEntity: Policy arn:aws:iam::123456789012:policy/Readers was not found."],
        );
        check(
            given.clone(),
            delete_version("Readers", 2),
            expect![
                "NoSuchEntity: Policy arn:aws:iam::123456789012:policy/Readers version v2 does not exist or is not attachable."
            ],
        );
        let (policy_arn, known) = (aws_arn("ReadOnlyAccess"), awss_version("ReadOnlyAccess"));
        let unknown = VersionId(9_999);
        check(
            given.clone(),
            DeletePolicyVersion { policy_arn: policy_arn.clone(), version_id: unknown },
            expect![
                "NoSuchEntity: Policy arn:aws:iam::aws:policy/ReadOnlyAccess version v9999 does not exist or is not attachable."
            ],
        );
        check(
            given.clone(),
            DeletePolicyVersion { policy_arn, version_id: known },
            expect![
                "UnmodifiableEntity: Policy arn:aws:iam::aws:policy/ReadOnlyAccess cannot be modified: it belongs to AWS; create a policy of your own instead"
            ],
        );
        check(given, delete_version("Readers", 1), expect!["DeleteConflict: Cannot delete the default version of a policy."]);
    }
}
