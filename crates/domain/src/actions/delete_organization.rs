//! Deletes the organization, once its management account is alone in it. Source: AWS Organizations API Reference, `DeleteOrganization`.

use chancery_model::Arn;

use super::Act;
use crate::{Account, Context, Event, OrganizationChange, OrganizationRefusal, Rejection};

/// Deletes the organization with its units and policies. Open invitations end.
#[derive(Debug, Clone, Hash)]
pub struct DeleteOrganization;

impl Act for DeleteOrganization {
    fn action(&self) -> &'static str {
        "DeleteOrganization"
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("organizations", "DeleteOrganization")
    }

    fn resource(&self, account: &Account) -> Arn {
        super::organization_arn(account, |known| known.organization_arn())
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let organization = super::managed(account, context)?;
        if organization.accounts.len() > 1 {
            return Err(OrganizationRefusal::NotEmpty.into());
        }
        Ok(super::organization_event(organization, OrganizationChange::Deleted))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        actions::CreateOrganization,
        check::{World, check},
        check_organization::{MEMBER, founded, joined_by, with_unit},
    };

    #[test]
    fn one_without_members() {
        let given = with_unit(founded(), "Sandbox");
        check(given.clone(), DeleteOrganization, expect!["organization.deleted.v1 Organization(o-0000000003, Deleted)"]);
        let gone = given.with(DeleteOrganization);
        assert_eq!((gone.state.organization.clone(), gone.here().organization), (None, None));
        assert!(gone.with(CreateOrganization).state.organization.unwrap().units.is_empty());
    }

    #[test]
    fn in_use_then_management_then_members() {
        check(
            World::new(),
            DeleteOrganization,
            expect!["AWSOrganizationsNotInUseException: Your account is not a member of an organization."],
        );
        let given = joined_by(founded(), MEMBER);
        check(
            given.clone().in_account(MEMBER),
            DeleteOrganization,
            expect![
                "AccessDeniedException: You don't have permissions to access this resource: only the organization's management account may."
            ],
        );
        check(
            given,
            DeleteOrganization,
            expect!["OrganizationNotEmptyException: The organization isn't empty: remove all member accounts first."],
        );
    }
}
