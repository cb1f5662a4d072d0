//! Makes a type of control policy count: AWS's policy of the type, which allows everything, is attached to the root, every unit and every account. Source: AWS Organizations API Reference, `EnablePolicyType`.

use chancery_model::{Arn, ParentId, RootId, TargetId};

use super::Act;
use crate::{Account, Context, Event, OrganizationChange, OrganizationRefusal, PolicyType, Rejection};

/// Enables a type of control policy.
#[derive(Debug, Clone, Hash)]
pub struct EnablePolicyType {
    /// The root.
    pub root_id: RootId,
    /// The type.
    pub policy_type: PolicyType,
}

impl Act for EnablePolicyType {
    fn action(&self) -> &'static str {
        "EnablePolicyType"
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("organizations", "EnablePolicyType")
    }

    fn resource(&self, account: &Account) -> Arn {
        super::organization_arn(account, |known| known.target_arn(TargetId::Parent(ParentId::Root(self.root_id))))
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let organization = super::managed(account, context)?;
        organization.check_root(self.root_id)?;
        if organization.is_enabled(self.policy_type) {
            return Err(OrganizationRefusal::TypeEnabled(self.policy_type).into());
        }
        let change = OrganizationChange::PolicyTypeEnabled { policy_type: self.policy_type };
        Ok(super::organization_event(organization, change))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check},
        check_organization::{MEMBER, founded, joined_by, organization, root_id, with_unit},
    };

    fn enable(given: &World) -> EnablePolicyType {
        EnablePolicyType { root_id: root_id(given), policy_type: PolicyType::ServiceControl }
    }

    #[test]
    fn the_default_policy_is_attached_everywhere() {
        let given = joined_by(with_unit(founded(), "Sandbox"), MEMBER);
        check(
            given.clone(),
            enable(&given),
            expect![
                "organization.policy_type_enabled.v1 Organization(o-0000000003, PolicyTypeEnabled { policy_type: ServiceControl })"
            ],
        );
        let enabled = given.clone().with(enable(&given));
        let default = PolicyType::ServiceControl.default_policy();
        assert_eq!(organization(&enabled).targets_of(default).count(), 4, "root, unit, two accounts");
    }

    #[test]
    fn management_then_root_then_type() {
        let given = joined_by(founded(), MEMBER);
        let other = EnablePolicyType { root_id: "r-zzzz".parse().unwrap(), ..enable(&given) };
        check(
            given.clone().in_account(MEMBER),
            other.clone(),
            expect![
                "AccessDeniedException: You don't have permissions to access this resource: only the organization's management account may."
            ],
        );
        let enabled = given.clone().with(enable(&given));
        check(enabled.clone(), other, expect!["RootNotFoundException: You specified a root that doesn't exist: r-zzzz."]);
        check(
            enabled,
            enable(&given),
            expect!["PolicyTypeAlreadyEnabledException: The policy type SERVICE_CONTROL_POLICY is already enabled in the root."],
        );
    }
}
