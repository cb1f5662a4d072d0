//! Puts an account of the organization under another parent. Source: AWS Organizations API Reference, `MoveAccount`.

use chancery_model::{AccountId, Arn, ParentId, TargetId};

use super::Act;
use crate::{Account, Context, Event, OrganizationChange, OrganizationRefusal, Rejection};

/// Moves an account from one parent to another.
#[derive(Debug, Clone, Hash)]
pub struct MoveAccount {
    /// Which.
    pub account_id: AccountId,
    /// What it is under.
    pub source_parent_id: ParentId,
    /// What it is to be under.
    pub destination_parent_id: ParentId,
}

impl Act for MoveAccount {
    fn action(&self) -> &'static str {
        "MoveAccount"
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("organizations", "MoveAccount")
    }

    fn resource(&self, account: &Account) -> Arn {
        super::organization_arn(account, |known| known.target_arn(TargetId::Account(self.account_id)))
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let organization = super::managed(account, context)?;
        let (id, source, destination) = (self.account_id, self.source_parent_id, self.destination_parent_id);
        let what = "isn't in the organization";
        let member = organization.accounts.get(&id).ok_or(OrganizationRefusal::NoSuchAccount { account: id, what })?;
        if member.parent != source {
            return Err(OrganizationRefusal::NoSuchSource { account: id, parent: source }.into());
        }
        if !organization.has_parent(destination) {
            return Err(OrganizationRefusal::NoSuchDestination(destination).into());
        }
        if source == destination {
            return Err(OrganizationRefusal::DuplicateAccount(id).into());
        }
        Ok(super::organization_event(organization, OrganizationChange::AccountMoved { account: id, parent: destination }))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{ACCOUNT, World, check},
        check_organization::{MEMBER, account_id, founded, joined_by, root, under, with_unit},
    };

    fn given() -> World {
        joined_by(with_unit(founded(), "Sandbox"), MEMBER)
    }

    fn to_sandbox(given: &World, id: &str) -> MoveAccount {
        let (source_parent_id, destination_parent_id) = (root(given), under(given, "Sandbox"));
        MoveAccount { account_id: account_id(id), source_parent_id, destination_parent_id }
    }

    #[test]
    fn members_and_the_management_account_alike() {
        let given = given();
        check(
            given.clone(),
            to_sandbox(&given, MEMBER),
            expect![
                "organization.account_moved.v1 Organization(o-0000000003, AccountMoved { account: 222222222222, parent: ou-0000-0000000004 })"
            ],
        );
        assert!(given.clone().run(to_sandbox(&given, ACCOUNT)).is_ok());
    }

    #[test]
    fn management_then_account_then_source_then_destination_then_change() {
        let given = given();
        let gone = "ou-0000-zzzzzzzzzz".parse().unwrap();
        let mut wrong = MoveAccount { source_parent_id: gone, destination_parent_id: gone, ..to_sandbox(&given, "333333333333") };
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
            expect!["AccountNotFoundException: You specified an account that isn't in the organization: 333333333333."],
        );
        wrong.account_id = account_id(MEMBER);
        check(
            given.clone(),
            wrong.clone(),
            expect!["SourceParentNotFoundException: The account 222222222222 is not under ou-0000-zzzzzzzzzz."],
        );
        wrong.source_parent_id = root(&given);
        check(
            given.clone(),
            wrong.clone(),
            expect!["DestinationParentNotFoundException: You specified a destination that doesn't exist: ou-0000-zzzzzzzzzz."],
        );
        wrong.destination_parent_id = root(&given);
        check(given, wrong, expect!["DuplicateAccountException: The account 222222222222 is already under that parent."]);
    }
}
