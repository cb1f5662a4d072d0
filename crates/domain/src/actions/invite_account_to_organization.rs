//! Invites an account of this installation to the organization; it joins when it accepts. Source: AWS Organizations API Reference, `InviteAccountToOrganization`.

use chancery_model::{AccountId, Arn, TargetId};

use super::Act;
use crate::{Account, Context, Event, OrganizationChange, OrganizationRefusal, QuotaName, Rejection, organization::within};

/// Invites an account. The invitation is open for 15 days.
#[derive(Debug, Clone, Hash)]
pub struct InviteAccountToOrganization {
    /// Which.
    pub account_id: AccountId,
}

impl Act for InviteAccountToOrganization {
    fn action(&self) -> &'static str {
        "InviteAccountToOrganization"
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("organizations", "InviteAccountToOrganization")
    }

    fn resource(&self, account: &Account) -> Arn {
        super::organization_arn(account, |known| known.target_arn(TargetId::Account(self.account_id)))
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let organization = super::managed(account, context)?;
        if !context.state.accounts.contains_key(&self.account_id) {
            let what = "doesn't exist in this installation";
            return Err(OrganizationRefusal::NoSuchAccount { account: self.account_id, what }.into());
        }
        if organization.accounts.contains_key(&self.account_id) {
            return Err(OrganizationRefusal::AlreadyIn(self.account_id).into());
        }
        let known = organization.invitations.get(&self.account_id);
        if known.is_some_and(|invitation| invitation.expires() > context.now) {
            return Err(OrganizationRefusal::DuplicateHandshake(self.account_id).into());
        }
        let open = organization.invitations.values().filter(|invitation| invitation.expires() > context.now).count();
        within(account, QuotaName::AccountsPerOrganization, organization.accounts.len() + open + 1)?;
        let change = OrganizationChange::AccountInvited { handshake: context.fresh.handshake(), account: self.account_id };
        Ok(super::organization_event(organization, change))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        INVITATION_SECONDS,
        check::{ACCOUNT, World, account, check},
        check_organization::{MEMBER, founded, invite, joined_by},
    };

    fn two_accounts() -> World {
        founded().in_account(MEMBER).with(account()).in_account(ACCOUNT)
    }

    #[test]
    fn an_account_of_the_installation_once_while_it_is_open() {
        check(
            two_accounts(),
            invite(MEMBER),
            expect![
                "organization.account_invited.v1 Organization(o-0000000003, AccountInvited { handshake: h-0000000006, account: 222222222222 })"
            ],
        );
        let invited = two_accounts().with(invite(MEMBER));
        check(
            invited.clone(),
            invite(MEMBER),
            expect!["DuplicateHandshakeException: The account 222222222222 has an open invitation already."],
        );
        assert!(invited.clone().later(INVITATION_SECONDS - 2).run(invite(MEMBER)).is_err());
        assert!(invited.later(INVITATION_SECONDS - 1).run(invite(MEMBER)).is_ok());
    }

    #[test]
    fn management_then_account_then_member_then_number() {
        check(
            World::new(),
            invite("333333333333"),
            expect!["AWSOrganizationsNotInUseException: Your account is not a member of an organization."],
        );
        check(
            founded(),
            invite("333333333333"),
            expect!["AccountNotFoundException: You specified an account that doesn't exist in this installation: 333333333333."],
        );
        let given = joined_by(founded(), MEMBER).in_account("333333333333").with(account());
        check(
            given.clone().in_account(MEMBER),
            invite("333333333333"),
            expect![
                "AccessDeniedException: You don't have permissions to access this resource: only the organization's management account may."
            ],
        );
        let given = given.in_account(ACCOUNT).limited(QuotaName::AccountsPerOrganization, 2);
        check(
            given.clone(),
            invite(MEMBER),
            expect!["AlreadyInOrganizationException: The account 222222222222 is already a member of an organization."],
        );
        check(
            given.clone(),
            invite(ACCOUNT),
            expect!["AlreadyInOrganizationException: The account 123456789012 is already a member of an organization."],
        );
        check(
            given,
            invite("333333333333"),
            expect![
                "ConstraintViolationException: You have exceeded the quota AccountsPerOrganization: 2 accounts in an organization and invited to it."
            ],
        );
    }
}
