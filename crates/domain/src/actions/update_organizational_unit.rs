//! Gives an organizational unit another name. Source: AWS Organizations API Reference, `UpdateOrganizationalUnit`.

use chancery_model::{Arn, OrganizationalUnitId, ParentId, TargetId, Title};

use super::Act;
use crate::{Account, Context, Event, OrganizationChange, Rejection};

/// Renames an organizational unit.
#[derive(Debug, Clone, Hash)]
pub struct UpdateOrganizationalUnit {
    /// Which.
    pub organizational_unit_id: OrganizationalUnitId,
    /// Its new name, unique under its parent.
    pub name: Title,
}

impl Act for UpdateOrganizationalUnit {
    fn action(&self) -> &'static str {
        "UpdateOrganizationalUnit"
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("organizations", "UpdateOrganizationalUnit")
    }

    fn resource(&self, account: &Account) -> Arn {
        super::organization_arn(account, |known| known.target_arn(TargetId::Parent(ParentId::Unit(self.organizational_unit_id))))
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let organization = super::managed(account, context)?;
        let unit = organization.unit(self.organizational_unit_id)?;
        if unit.name == self.name {
            return Ok(Vec::new());
        }
        organization.unit_name_is_free(unit.parent, &self.name)?;
        let change = OrganizationChange::UnitRenamed { unit: unit.id, name: self.name.clone() };
        Ok(super::organization_event(organization, change))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check},
        check_organization::{MEMBER, founded, joined_by, title, unit_id, with_unit},
    };

    fn rename(given: &World, name: &str, to: &str) -> UpdateOrganizationalUnit {
        UpdateOrganizationalUnit { organizational_unit_id: unit_id(given, name), name: title(to) }
    }

    #[test]
    fn another_name_or_the_same() {
        let given = with_unit(founded(), "Sandbox");
        check(
            given.clone(),
            rename(&given, "Sandbox", "Lab"),
            expect![
                "organization.unit_renamed.v1 Organization(o-0000000003, UnitRenamed { unit: ou-0000-0000000004, name: Lab })"
            ],
        );
        check(given.clone(), rename(&given, "Sandbox", "Sandbox"), expect!["nothing"]);
        let renamed = given.clone().with(rename(&given, "Sandbox", "Lab"));
        assert_eq!(unit_id(&renamed, "Lab"), unit_id(&given, "Sandbox"));
    }

    #[test]
    fn management_then_unit_then_name() {
        let given = joined_by(with_unit(with_unit(founded(), "Sandbox"), "Lab"), MEMBER);
        check(
            given.clone().in_account(MEMBER),
            rename(&given, "Sandbox", "Lab"),
            expect![
                "AccessDeniedException: You don't have permissions to access this resource: only the organization's management account may."
            ],
        );
        check(
            given.clone(),
            rename(&given, "Sandbox", "Lab"),
            expect!["DuplicateOrganizationalUnitException: An organizational unit named Lab already exists under that parent."],
        );
        let gone = UpdateOrganizationalUnit {
            organizational_unit_id: "ou-0000-zzzzzzzzzz".parse().unwrap(),
            ..rename(&given, "Sandbox", "Lab")
        };
        check(
            given,
            gone,
            expect![
                "OrganizationalUnitNotFoundException: You specified an organizational unit that doesn't exist: ou-0000-zzzzzzzzzz."
            ],
        );
    }
}
