//! Detaches a control policy from the root, a unit or an account. In AWS's API it is `organizations:DetachPolicy`. Source: AWS Organizations API Reference, `DetachPolicy`.

use chancery_model::{Arn, OrganizationPolicyId, TargetId};

use super::Act;
use crate::{Account, Context, Event, OrganizationChange, OrganizationRefusal, Rejection};

/// Detaches a control policy. Of service control policies, one has to stay; AWS's resource control policy stays always.
#[derive(Debug, Clone, Hash)]
pub struct DetachOrganizationPolicy {
    /// Which.
    pub policy_id: OrganizationPolicyId,
    /// From what.
    pub target_id: TargetId,
}

impl Act for DetachOrganizationPolicy {
    fn action(&self) -> &'static str {
        "DetachOrganizationPolicy"
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("organizations", "DetachPolicy")
    }

    fn resource(&self, account: &Account) -> Arn {
        super::organization_arn(account, |known| known.target_arn(self.target_id))
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let organization = super::managed(account, context)?;
        let policy = organization.existing_policy(self.policy_id)?;
        let (policy_type, target) = (policy.policy_type, self.target_id);
        organization.check_target(target)?;
        let attached: Vec<_> = organization.attached(policy_type, target).map(|known| known.id).collect();
        if !attached.contains(&policy.id) {
            return Err(OrganizationRefusal::NotAttached { policy: policy.id, target }.into());
        }
        if policy.id == OrganizationPolicyId::RcpFullAwsAccess {
            return Err(OrganizationRefusal::Immutable(policy.id).into());
        }
        if attached.len() == 1 {
            return Err(OrganizationRefusal::LastPolicy(target, policy_type).into());
        }
        Ok(super::organization_event(organization, OrganizationChange::PolicyDetached { policy: policy.id, target }))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        PolicyType,
        check::check,
        check_organization::{MEMBER, at_root, attach_to, detach_from, enabled, founded, joined_by, organization, scp},
    };

    #[test]
    fn as_long_as_another_stays() {
        let given = enabled(founded(), PolicyType::ServiceControl).with(scp("No-S3"));
        let given = given.clone().with(attach_to(&given, "No-S3", at_root(&given)));
        check(
            given.clone(),
            detach_from(&given, "No-S3", at_root(&given)),
            expect![
                "organization.policy_detached.v1 Organization(o-0000000003, PolicyDetached { policy: p-0000000005, target: r-0000 })"
            ],
        );
        let given = given.clone().with(detach_from(&given, "FullAWSAccess", at_root(&given)));
        let left = organization(&given).attached(PolicyType::ServiceControl, at_root(&given));
        assert_eq!(left.map(|policy| policy.name.to_string()).collect::<Vec<_>>(), ["No-S3"]);
    }

    #[test]
    fn management_then_policy_then_target_then_there_then_stays() {
        let given = enabled(enabled(founded(), PolicyType::ServiceControl), PolicyType::ResourceControl);
        let given = joined_by(given, MEMBER).with(scp("No-S3"));
        let (gone, nowhere) = ("p-zzzzzzzzzz".parse().unwrap(), "ou-0000-zzzzzzzzzz".parse().unwrap());
        let mut wrong = DetachOrganizationPolicy { policy_id: gone, target_id: nowhere };
        check(
            given.clone().in_account(MEMBER),
            wrong.clone(),
            expect![
                "AccessDeniedException: You don't have permissions to access this resource: only the organization's management account may."
            ],
        );
        check(
            given.clone(),
            wrong.clone(),
            expect!["PolicyNotFoundException: You specified a policy that doesn't exist: p-zzzzzzzzzz."],
        );
        wrong = detach_from(&given, "No-S3", nowhere);
        check(
            given.clone(),
            wrong.clone(),
            expect!["TargetNotFoundException: You specified a target that doesn't exist: ou-0000-zzzzzzzzzz."],
        );
        wrong.target_id = at_root(&given);
        check(given.clone(), wrong, expect!["PolicyNotAttachedException: The policy p-000000000a isn't attached to r-0000."]);
        check(
            given.clone(),
            detach_from(&given, "RCPFullAWSAccess", at_root(&given)),
            expect![
                "InvalidInputException: The policy p-RCPFullAWSAccess is managed by AWS and can't be changed, deleted or taken from where it has to be."
            ],
        );
        check(
            given.clone(),
            detach_from(&given, "FullAWSAccess", at_root(&given)),
            expect![
                "ConstraintViolationException: r-0000 must have at least one policy of the type SERVICE_CONTROL_POLICY attached: attach another one first."
            ],
        );
    }
}
