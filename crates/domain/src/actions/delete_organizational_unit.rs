//! Deletes an organizational unit that has neither units nor accounts under it. Source: AWS Organizations API Reference, `DeleteOrganizationalUnit`.

use chancery_model::{Arn, OrganizationalUnitId, ParentId, TargetId};

use super::Act;
use crate::{Account, Context, Event, OrganizationChange, OrganizationRefusal, Rejection};

/// Deletes an empty organizational unit. What was attached to it is detached.
#[derive(Debug, Clone, Hash)]
pub struct DeleteOrganizationalUnit {
    /// Which.
    pub organizational_unit_id: OrganizationalUnitId,
}

impl Act for DeleteOrganizationalUnit {
    fn action(&self) -> &'static str {
        "DeleteOrganizationalUnit"
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("organizations", "DeleteOrganizationalUnit")
    }

    fn resource(&self, account: &Account) -> Arn {
        super::organization_arn(account, |known| known.target_arn(TargetId::Parent(ParentId::Unit(self.organizational_unit_id))))
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let organization = super::managed(account, context)?;
        let unit = organization.unit(self.organizational_unit_id)?;
        let parent = ParentId::Unit(unit.id);
        if organization.units_under(parent).next().is_some() || organization.accounts_under(parent).next().is_some() {
            return Err(OrganizationRefusal::UnitNotEmpty(unit.id).into());
        }
        Ok(super::organization_event(organization, OrganizationChange::UnitDeleted { unit: unit.id }))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        PolicyType,
        actions::MoveAccount,
        check::{World, check},
        check_organization::{
            MEMBER, account_id, at_unit, attach_to, enabled, founded, joined_by, organization, policy_id, root, scp, under, unit,
            unit_id, with_unit,
        },
    };

    fn delete(given: &World, name: &str) -> DeleteOrganizationalUnit {
        DeleteOrganizationalUnit { organizational_unit_id: unit_id(given, name) }
    }

    #[test]
    fn an_empty_one_with_what_is_attached_to_it() {
        let given = with_unit(enabled(founded(), PolicyType::ServiceControl), "Sandbox").with(scp("No-S3"));
        let attach = attach_to(&given, "No-S3", at_unit(&given, "Sandbox"));
        let given = given.with(attach);
        check(
            given.clone(),
            delete(&given, "Sandbox"),
            expect!["organization.unit_deleted.v1 Organization(o-0000000003, UnitDeleted { unit: ou-0000-0000000005 })"],
        );
        let gone = given.clone().with(delete(&given, "Sandbox"));
        assert_eq!(organization(&gone).targets_of(policy_id(&gone, "No-S3")).count(), 0);
    }

    #[test]
    fn management_then_unit_then_what_is_under_it() {
        let given = joined_by(with_unit(founded(), "Sandbox"), MEMBER);
        check(
            given.clone().in_account(MEMBER),
            delete(&given, "Sandbox"),
            expect![
                "AccessDeniedException: You don't have permissions to access this resource: only the organization's management account may."
            ],
        );
        check(
            given.clone(),
            DeleteOrganizationalUnit { organizational_unit_id: "ou-0000-zzzzzzzzzz".parse().unwrap() },
            expect![
                "OrganizationalUnitNotFoundException: You specified an organizational unit that doesn't exist: ou-0000-zzzzzzzzzz."
            ],
        );
        let parent = under(&given, "Sandbox");
        let outer = given.clone().with(unit(parent, "Inner"));
        check(
            outer.clone(),
            delete(&outer, "Sandbox"),
            expect![
                "OrganizationalUnitNotEmptyException: The organizational unit ou-0000-0000000004 isn't empty: move its accounts and delete its units first."
            ],
        );
        let moved = MoveAccount { account_id: account_id(MEMBER), source_parent_id: root(&given), destination_parent_id: parent };
        let filled = given.with(moved);
        check(
            filled.clone(),
            delete(&filled, "Sandbox"),
            expect![
                "OrganizationalUnitNotEmptyException: The organizational unit ou-0000-0000000004 isn't empty: move its accounts and delete its units first."
            ],
        );
    }
}
