//! Stops a type of control policy from counting: all policies of the type are detached. Source: AWS Organizations API Reference, `DisablePolicyType`.

use chancery_model::{Arn, ParentId, RootId, TargetId};

use super::Act;
use crate::{Account, Context, Event, OrganizationChange, OrganizationRefusal, PolicyType, Rejection};

/// Disables a type of control policy. When it is enabled again, only AWS's policy is attached.
#[derive(Debug, Clone, Hash)]
pub struct DisablePolicyType {
    /// The root.
    pub root_id: RootId,
    /// The type.
    pub policy_type: PolicyType,
}

impl Act for DisablePolicyType {
    fn action(&self) -> &'static str {
        "DisablePolicyType"
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("organizations", "DisablePolicyType")
    }

    fn resource(&self, account: &Account) -> Arn {
        super::organization_arn(account, |known| known.target_arn(TargetId::Parent(ParentId::Root(self.root_id))))
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let organization = super::managed(account, context)?;
        organization.check_root(self.root_id)?;
        if !organization.is_enabled(self.policy_type) {
            return Err(OrganizationRefusal::TypeNotEnabled(self.policy_type).into());
        }
        let change = OrganizationChange::PolicyTypeDisabled { policy_type: self.policy_type };
        Ok(super::organization_event(organization, change))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check},
        check_organization::{MEMBER, at_root, attach_to, enabled, founded, joined_by, organization, policy_id, root_id, scp},
    };

    fn disable(given: &World) -> DisablePolicyType {
        DisablePolicyType { root_id: root_id(given), policy_type: PolicyType::ServiceControl }
    }

    #[test]
    fn everything_of_the_type_is_detached() {
        let given = enabled(enabled(founded(), PolicyType::ResourceControl), PolicyType::ServiceControl).with(scp("No-S3"));
        let attach = attach_to(&given, "No-S3", at_root(&given));
        let given = given.with(attach);
        check(
            given.clone(),
            disable(&given),
            expect![
                "organization.policy_type_disabled.v1 Organization(o-0000000003, PolicyTypeDisabled { policy_type: ServiceControl })"
            ],
        );
        let off = given.clone().with(disable(&given));
        assert_eq!(organization(&off).targets_of(PolicyType::ServiceControl.default_policy()).count(), 0);
        assert_eq!(organization(&off).targets_of(PolicyType::ResourceControl.default_policy()).count(), 2);
        let again = enabled(off, PolicyType::ServiceControl);
        assert_eq!(organization(&again).targets_of(policy_id(&again, "No-S3")).count(), 0);
    }

    #[test]
    fn management_then_root_then_type() {
        let given = joined_by(founded(), MEMBER);
        let other = DisablePolicyType { root_id: "r-zzzz".parse().unwrap(), ..disable(&given) };
        check(
            given.clone().in_account(MEMBER),
            other.clone(),
            expect![
                "AccessDeniedException: You don't have permissions to access this resource: only the organization's management account may."
            ],
        );
        check(given.clone(), other, expect!["RootNotFoundException: You specified a root that doesn't exist: r-zzzz."]);
        check(
            given.clone(),
            disable(&given),
            expect![
                "PolicyTypeNotEnabledException: The policy type SERVICE_CONTROL_POLICY isn't enabled in the root: EnablePolicyType comes first."
            ],
        );
    }
}
