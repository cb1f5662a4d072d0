//! Deletes a control policy that is attached to nothing. In AWS's API it is `organizations:DeletePolicy`. Source: AWS Organizations API Reference, `DeletePolicy`.

use chancery_model::{Arn, OrganizationPolicyId};

use super::Act;
use crate::{Account, Context, Event, OrganizationChange, OrganizationRefusal, Rejection};

/// Deletes a control policy.
#[derive(Debug, Clone, Hash)]
pub struct DeleteOrganizationPolicy {
    /// Which.
    pub policy_id: OrganizationPolicyId,
}

impl Act for DeleteOrganizationPolicy {
    fn action(&self) -> &'static str {
        "DeleteOrganizationPolicy"
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("organizations", "DeletePolicy")
    }

    fn resource(&self, account: &Account) -> Arn {
        super::organization_policy_arn(account, self.policy_id)
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let organization = super::managed(account, context)?;
        let policy = super::own_organization_policy(organization, self.policy_id)?;
        if organization.targets_of(policy.id).next().is_some() {
            return Err(OrganizationRefusal::PolicyInUse(policy.id).into());
        }
        Ok(super::organization_event(organization, OrganizationChange::PolicyDeleted { policy: policy.id }))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        PolicyType,
        check::{World, check},
        check_organization::{MEMBER, at_root, attach_to, enabled, founded, joined_by, policy_id, scp},
    };

    fn delete(given: &World, policy: &str) -> DeleteOrganizationPolicy {
        DeleteOrganizationPolicy { policy_id: policy_id(given, policy) }
    }

    #[test]
    fn one_that_is_attached_to_nothing() {
        let given = founded().with(scp("No-S3"));
        check(
            given.clone(),
            delete(&given, "No-S3"),
            expect!["organization.policy_deleted.v1 Organization(o-0000000003, PolicyDeleted { policy: p-0000000004 })"],
        );
    }

    #[test]
    fn management_then_policy_then_use() {
        let given = enabled(joined_by(founded(), MEMBER), PolicyType::ServiceControl).with(scp("No-S3"));
        check(
            given.clone().in_account(MEMBER),
            delete(&given, "No-S3"),
            expect![
                "AccessDeniedException: You don't have permissions to access this resource: only the organization's management account may."
            ],
        );
        check(
            given.clone(),
            DeleteOrganizationPolicy { policy_id: "p-zzzzzzzzzz".parse().unwrap() },
            expect!["PolicyNotFoundException: You specified a policy that doesn't exist: p-zzzzzzzzzz."],
        );
        check(
            given.clone(),
            delete(&given, "FullAWSAccess"),
            expect![
                "InvalidInputException: The policy p-FullAWSAccess is managed by AWS and can't be changed, deleted or taken from where it has to be."
            ],
        );
        let attached = given.clone().with(attach_to(&given, "No-S3", at_root(&given)));
        check(
            attached.clone(),
            delete(&attached, "No-S3"),
            expect![
                "PolicyInUseException: The policy p-0000000009 is attached to one or more entities: detach it from all of them first."
            ],
        );
    }
}
