//! Takes the account itself out of the organization. Source: AWS Organizations API Reference, `LeaveOrganization`.

use chancery_model::Arn;

use super::Act;
use crate::{Account, Context, Event, OrganizationChange, OrganizationRefusal, Rejection};

/// Leaves the organization: the command of a member account.
#[derive(Debug, Clone, Hash)]
pub struct LeaveOrganization;

impl Act for LeaveOrganization {
    fn action(&self) -> &'static str {
        "LeaveOrganization"
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("organizations", "LeaveOrganization")
    }

    fn resource(&self, account: &Account) -> Arn {
        account.root_arn()
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let organization = context.state.organization_of(account.id)?;
        if account.id == organization.management {
            return Err(OrganizationRefusal::ManagementStays.into());
        }
        Ok(super::organization_event(organization, OrganizationChange::AccountRemoved { account: account.id }))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check},
        check_organization::{MEMBER, founded, joined_by},
    };

    #[test]
    fn a_member_may_and_the_management_account_may_not() {
        let given = joined_by(founded(), MEMBER);
        check(
            given.clone().in_account(MEMBER),
            LeaveOrganization,
            expect!["organization.account_removed.v1 Organization(o-0000000003, AccountRemoved { account: 222222222222 })"],
        );
        check(
            given,
            LeaveOrganization,
            expect![
                "MasterCannotLeaveOrganizationException: You can't remove the management account from an organization: delete the organization instead."
            ],
        );
        check(
            World::new(),
            LeaveOrganization,
            expect!["AWSOrganizationsNotInUseException: Your account is not a member of an organization."],
        );
    }
}
