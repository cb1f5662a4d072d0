//! Attaches a control policy to the root, a unit or an account. In AWS's API it is `organizations:AttachPolicy`. Source: AWS Organizations API Reference, `AttachPolicy`.

use chancery_model::{Arn, OrganizationPolicyId, TargetId};

use super::Act;
use crate::{Account, Context, Event, OrganizationChange, OrganizationRefusal, QuotaName, Rejection, organization::within};

/// Attaches a control policy.
#[derive(Debug, Clone, Hash)]
pub struct AttachOrganizationPolicy {
    /// Which.
    pub policy_id: OrganizationPolicyId,
    /// To what.
    pub target_id: TargetId,
}

impl Act for AttachOrganizationPolicy {
    fn action(&self) -> &'static str {
        "AttachOrganizationPolicy"
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("organizations", "AttachPolicy")
    }

    fn resource(&self, account: &Account) -> Arn {
        super::organization_arn(account, |known| known.target_arn(self.target_id))
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let organization = super::managed(account, context)?;
        let policy = organization.existing_policy(self.policy_id)?;
        let (policy_type, target) = (policy.policy_type, self.target_id);
        organization.check_target(target)?;
        if !organization.is_enabled(policy_type) {
            return Err(OrganizationRefusal::TypeNotEnabled(policy_type).into());
        }
        let attached: Vec<_> = organization.attached(policy_type, target).map(|known| known.id).collect();
        if attached.contains(&policy.id) {
            return Err(OrganizationRefusal::DuplicateAttachment { policy: policy.id, target }.into());
        }
        within(account, QuotaName::ControlPoliciesPerTarget, attached.len() + 1)?;
        Ok(super::organization_event(organization, OrganizationChange::PolicyAttached { policy: policy.id, target }))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        PolicyType,
        check::check,
        check_organization::{MEMBER, at_account, at_root, at_unit, attach_to, enabled, founded, joined_by, rcp, scp, with_unit},
    };

    #[test]
    fn to_the_root_a_unit_and_an_account() {
        let given = joined_by(with_unit(enabled(founded(), PolicyType::ServiceControl), "Sandbox"), MEMBER).with(scp("No-S3"));
        check(
            given.clone(),
            attach_to(&given, "No-S3", at_root(&given)),
            expect![
                "organization.policy_attached.v1 Organization(o-0000000003, PolicyAttached { policy: p-000000000a, target: r-0000 })"
            ],
        );
        for target in [at_unit(&given, "Sandbox"), at_account(MEMBER)] {
            assert!(given.clone().run(attach_to(&given, "No-S3", target)).is_ok());
        }
    }

    #[test]
    fn management_then_policy_then_target_then_type_then_once_then_number() {
        let given = joined_by(enabled(founded(), PolicyType::ServiceControl), MEMBER).with(scp("No-S3")).with(rcp("Mine"));
        let (gone, nowhere) = ("p-zzzzzzzzzz".parse().unwrap(), "ou-0000-zzzzzzzzzz".parse().unwrap());
        let mut wrong = AttachOrganizationPolicy { policy_id: gone, target_id: nowhere };
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
        wrong = attach_to(&given, "Mine", nowhere);
        check(
            given.clone(),
            wrong.clone(),
            expect!["TargetNotFoundException: You specified a target that doesn't exist: ou-0000-zzzzzzzzzz."],
        );
        wrong.target_id = at_root(&given);
        check(
            given.clone(),
            wrong.clone(),
            expect![
                "PolicyTypeNotEnabledException: The policy type RESOURCE_CONTROL_POLICY isn't enabled in the root: EnablePolicyType comes first."
            ],
        );
        check(
            given.clone(),
            attach_to(&given, "FullAWSAccess", at_root(&given)),
            expect!["DuplicatePolicyAttachmentException: The policy p-FullAWSAccess is already attached to r-0000."],
        );
        let mut full = given;
        for name in ["1", "2", "3", "4"] {
            full = full.with(scp(name));
            let attach = attach_to(&full, name, at_root(&full));
            full = full.with(attach);
        }
        check(
            full.clone(),
            attach_to(&full, "No-S3", at_root(&full)),
            expect![
                "ConstraintViolationException: You have exceeded the quota ControlPoliciesPerTarget: 5 control policies of a type attached to a root, unit or account."
            ],
        );
    }
}
