//! Takes an account out of the organization. Source: AWS Organizations API Reference, `RemoveAccountFromOrganization`.

use chancery_model::{AccountId, Arn, TargetId};

use super::Act;
use crate::{Account, Context, Event, OrganizationChange, OrganizationRefusal, Rejection};

/// Takes a member account out. What was attached to it is detached.
#[derive(Debug, Clone, Hash)]
pub struct RemoveAccountFromOrganization {
    /// Which.
    pub account_id: AccountId,
}

impl Act for RemoveAccountFromOrganization {
    fn action(&self) -> &'static str {
        "RemoveAccountFromOrganization"
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("organizations", "RemoveAccountFromOrganization")
    }

    fn resource(&self, account: &Account) -> Arn {
        super::organization_arn(account, |known| known.target_arn(TargetId::Account(self.account_id)))
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let organization = super::managed(account, context)?;
        if !organization.accounts.contains_key(&self.account_id) {
            let what = "isn't in the organization";
            return Err(OrganizationRefusal::NoSuchAccount { account: self.account_id, what }.into());
        }
        if self.account_id == organization.management {
            return Err(OrganizationRefusal::ManagementStays.into());
        }
        let change = OrganizationChange::AccountRemoved { account: self.account_id };
        Ok(super::organization_event(organization, change))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{ACCOUNT, World, check},
        check_organization::{MEMBER, account_id, founded, joined_by},
    };

    fn remove(id: &str) -> RemoveAccountFromOrganization {
        RemoveAccountFromOrganization { account_id: account_id(id) }
    }

    #[test]
    fn a_member() {
        let given = joined_by(founded(), MEMBER);
        check(
            given.clone(),
            remove(MEMBER),
            expect!["organization.account_removed.v1 Organization(o-0000000003, AccountRemoved { account: 222222222222 })"],
        );
        assert_eq!(given.with(remove(MEMBER)).in_account(MEMBER).here().organization, None);
    }

    #[test]
    fn management_then_member_then_not_itself() {
        check(
            World::new(),
            remove(MEMBER),
            expect!["AWSOrganizationsNotInUseException: Your account is not a member of an organization."],
        );
        check(
            joined_by(founded(), MEMBER).in_account(MEMBER),
            remove(MEMBER),
            expect![
                "AccessDeniedException: You don't have permissions to access this resource: only the organization's management account may."
            ],
        );
        check(
            founded(),
            remove(MEMBER),
            expect!["AccountNotFoundException: You specified an account that isn't in the organization: 222222222222."],
        );
        check(
            founded(),
            remove(ACCOUNT),
            expect![
                "MasterCannotLeaveOrganizationException: You can't remove the management account from an organization: delete the organization instead."
            ],
        );
    }
}
