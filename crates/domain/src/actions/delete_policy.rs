//! Deletes a customer managed policy that nothing uses any more. Source: IAM API Reference, `DeletePolicy`.

use chancery_model::Arn;

use super::Act;
use crate::{Account, Context, Event, ManagedPolicyChange, Rejection};

/// Deletes a customer managed policy with its last version.
#[derive(Debug, Clone, Hash)]
pub struct DeletePolicy {
    /// The policy.
    pub policy_arn: Arn,
}

const USED: &str = "Cannot delete a policy attached to entities.";
const VERSIONS_LEFT: &str = "This policy has more than one version. Before you delete a policy, you must delete the policy's \
    versions. The default version is deleted with the policy.";

impl Act for DeletePolicy {
    fn action(&self) -> &'static str {
        "DeletePolicy"
    }

    fn resource(&self, _account: &Account) -> Arn {
        self.policy_arn.clone()
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let policy = account.policy(&self.policy_arn, &context.state.aws)?;
        super::customers_own(policy)?;
        if account.policy_uses(policy.id).next().is_some() {
            return Err(Rejection::conflict_because(USED));
        }
        if policy.versions.len() > 1 {
            return Err(Rejection::conflict_because(VERSIONS_LEFT));
        }
        Ok(vec![Event::Policy(policy.id, ManagedPolicyChange::Deleted)])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check},
        check_builders::{add_version, attach, aws_arn, policy, policy_arn, put_boundary, role, to_role},
    };

    fn delete(name: &str) -> DeletePolicy {
        DeletePolicy { policy_arn: policy_arn(name) }
    }

    #[test]
    fn a_policy_that_nothing_uses() {
        check(
            World::new().with(policy("Readers")),
            delete("Readers"),
            expect!["policy.deleted.v1 Policy(ANPAAAAAAAAAAAAAAAAAD, Deleted)"],
        );
    }

    #[test]
    fn a_policy_that_is_not_there_or_awss() {
        check(
            World::new(),
            delete("Readers"),
            expect!["NoSuchEntity: Policy arn:aws:iam::123456789012:policy/Readers was not found."],
        );
        check(
            World::new(),
            DeletePolicy { policy_arn: aws_arn("ReadOnlyAccess") },
            expect![
                "UnmodifiableEntity: Policy arn:aws:iam::aws:policy/ReadOnlyAccess cannot be modified: it belongs to AWS; create a policy of your own instead"
            ],
        );
    }

    #[test]
    fn uses_then_versions() {
        let given = World::new().with(role("ops")).with(policy("Readers")).with(add_version("Readers", true));
        check(
            given.clone(),
            delete("Readers"),
            expect![
                "DeleteConflict: This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy."
            ],
        );
        let attached = given.clone().with(attach(to_role("ops"), policy_arn("Readers")));
        check(attached, delete("Readers"), expect!["DeleteConflict: Cannot delete a policy attached to entities."]);
        check(
            given.with(put_boundary(to_role("ops"), policy_arn("Readers"))),
            delete("Readers"),
            expect!["DeleteConflict: Cannot delete a policy attached to entities."],
        );
    }
}
