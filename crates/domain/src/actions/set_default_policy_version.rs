//! Puts another version of a customer managed policy in force. Source: IAM API Reference, `SetDefaultPolicyVersion`.

use chancery_model::Arn;

use super::Act;
use crate::{Account, Context, Event, ManagedPolicyChange, Rejection, VersionId};

/// Puts a version in force for everything that the policy is attached to.
#[derive(Debug, Clone, Hash)]
pub struct SetDefaultPolicyVersion {
    /// The policy.
    pub policy_arn: Arn,
    /// The version.
    pub version_id: VersionId,
}

impl Act for SetDefaultPolicyVersion {
    fn action(&self) -> &'static str {
        "SetDefaultPolicyVersion"
    }

    fn resource(&self, _account: &Account) -> Arn {
        self.policy_arn.clone()
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let policy = super::policy_with_version(account, &self.policy_arn, self.version_id, context)?;
        super::customers_own(policy)?;
        if policy.default == self.version_id {
            return Ok(Vec::new());
        }
        Ok(vec![Event::Policy(policy.id, ManagedPolicyChange::DefaultSet { version: self.version_id })])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check},
        check_builders::{add_version, aws_arn, awss_version, policy, set_default},
    };

    #[test]
    fn back_to_an_older_version_and_to_the_one_in_force() {
        let given = World::new().with(policy("Readers")).with(add_version("Readers", true));
        check(
            given.clone(),
            set_default("Readers", 1),
            expect!["policy.default_set.v1 Policy(ANPAAAAAAAAAAAAAAAAAD, DefaultSet { version: VersionId(1) })"],
        );
        check(given, set_default("Readers", 2), expect!["nothing"]);
    }

    #[test]
    fn a_policy_then_a_version_then_whose_it_is() {
        check(
            World::new(),
            set_default("Readers", 1),
            expect!["NoSuchEntity: Policy arn:aws:iam::123456789012:policy/Readers was not found."],
        );
        check(
            World::new().with(policy("Readers")),
            set_default("Readers", 2),
            expect![
                "NoSuchEntity: Policy arn:aws:iam::123456789012:policy/Readers version v2 does not exist or is not attachable."
            ],
        );
        let (policy_arn, known) = (aws_arn("ReadOnlyAccess"), awss_version("ReadOnlyAccess"));
        let unknown = VersionId(9_999);
        check(
            World::new(),
            SetDefaultPolicyVersion { policy_arn: policy_arn.clone(), version_id: unknown },
            expect![
                "NoSuchEntity: Policy arn:aws:iam::aws:policy/ReadOnlyAccess version v9999 does not exist or is not attachable."
            ],
        );
        check(
            World::new(),
            SetDefaultPolicyVersion { policy_arn, version_id: known },
            expect![
                "UnmodifiableEntity: Policy arn:aws:iam::aws:policy/ReadOnlyAccess cannot be modified: it belongs to AWS; create a policy of your own instead"
            ],
        );
    }
}
