//! Creates an organizational unit under the root or another unit. Source: AWS Organizations API Reference, `CreateOrganizationalUnit`.

use chancery_model::{Arn, ParentId, TargetId, Title};

use super::Act;
use crate::{Account, Context, Event, OrganizationChange, OrganizationRefusal, QuotaName, Rejection, organization::within};

/// Creates an organizational unit. Types of policy that are enabled attach their default policy to it.
#[derive(Debug, Clone, Hash)]
pub struct CreateOrganizationalUnit {
    /// Under what.
    pub parent_id: ParentId,
    /// Its name, unique under its parent.
    pub name: Title,
}

impl Act for CreateOrganizationalUnit {
    fn action(&self) -> &'static str {
        "CreateOrganizationalUnit"
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("organizations", "CreateOrganizationalUnit")
    }

    fn resource(&self, account: &Account) -> Arn {
        super::organization_arn(account, |known| known.target_arn(TargetId::Parent(self.parent_id)))
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let organization = super::managed(account, context)?;
        if !organization.has_parent(self.parent_id) {
            return Err(OrganizationRefusal::NoSuchParent(self.parent_id).into());
        }
        organization.unit_name_is_free(self.parent_id, &self.name)?;
        // The way up from the parent has the root in it, and the new unit not yet: their count is that of units.
        within(account, QuotaName::UnitLevelsPerOrganization, organization.above(self.parent_id).len())?;
        within(account, QuotaName::UnitsPerOrganization, organization.units.len() + 1)?;
        let unit = context.fresh.unit(organization.root);
        let change = OrganizationChange::UnitCreated { unit, parent: self.parent_id, name: self.name.clone() };
        Ok(super::organization_event(organization, change))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        PolicyType,
        check::{World, check},
        check_organization::{MEMBER, at_unit, enabled, founded, joined_by, organization, root, title, under, unit, with_unit},
    };

    #[test]
    fn under_the_root_and_under_a_unit() {
        let given = with_unit(founded(), "Sandbox");
        check(
            founded(),
            unit(root(&founded()), "Sandbox"),
            expect![
                "organization.unit_created.v1 Organization(o-0000000003, UnitCreated { unit: ou-0000-0000000004, parent: r-0000, name: Sandbox })"
            ],
        );
        let same_name = unit(under(&given, "Sandbox"), "Sandbox");
        assert!(given.clone().run(same_name).is_ok(), "names are unique among siblings");
        let parent = under(&given, "Sandbox");
        assert_eq!(organization(&given.with(unit(parent, "Inner"))).units_under(parent).count(), 1);
    }

    #[test]
    fn a_new_unit_has_the_default_policies() {
        let given = with_unit(enabled(founded(), PolicyType::ServiceControl), "Sandbox");
        let attached = organization(&given).attached(PolicyType::ServiceControl, at_unit(&given, "Sandbox"));
        assert_eq!(attached.map(|policy| policy.name.to_string()).collect::<Vec<_>>(), ["FullAWSAccess"]);
        assert_eq!(organization(&given).attached(PolicyType::ResourceControl, at_unit(&given, "Sandbox")).count(), 0);
    }

    #[test]
    fn management_then_parent_then_name_then_depth_then_number() {
        let parent = "ou-0000-zzzzzzzzzz".parse().unwrap();
        check(
            World::new(),
            unit(parent, "A"),
            expect!["AWSOrganizationsNotInUseException: Your account is not a member of an organization."],
        );
        check(
            joined_by(founded(), MEMBER).in_account(MEMBER),
            unit(parent, "A"),
            expect![
                "AccessDeniedException: You don't have permissions to access this resource: only the organization's management account may."
            ],
        );
        check(
            founded(),
            unit(parent, "A"),
            expect!["ParentNotFoundException: You specified a parent that doesn't exist: ou-0000-zzzzzzzzzz."],
        );
        check(
            founded(),
            unit("r-zzzz".parse().unwrap(), "A"),
            expect!["ParentNotFoundException: You specified a parent that doesn't exist: r-zzzz."],
        );
        let mut given = with_unit(founded(), "1");
        for level in 2..=5 {
            let parent = under(&given, &(level - 1).to_string());
            given = given.with(unit(parent, &level.to_string()));
        }
        let given = given.limited(QuotaName::UnitsPerOrganization, 5);
        let full = root(&given);
        check(
            given.clone(),
            unit(full, "1"),
            expect!["DuplicateOrganizationalUnitException: An organizational unit named 1 already exists under that parent."],
        );
        let deepest = under(&given, "5");
        check(
            given.clone(),
            unit(deepest, "6"),
            expect![
                "ConstraintViolationException: You have exceeded the quota UnitLevelsPerOrganization: 5 levels of organizational units under the root."
            ],
        );
        check(
            given,
            CreateOrganizationalUnit { parent_id: full, name: title("another") },
            expect![
                "ConstraintViolationException: You have exceeded the quota UnitsPerOrganization: 5 organizational units in an organization."
            ],
        );
    }
}
