//! Accepts an invitation to the organization: the account is under the root from then on. Source: AWS Organizations API Reference, `AcceptHandshake`.

use chancery_model::{Arn, HandshakeId};

use super::Act;
use crate::{Account, Context, Event, OrganizationChange, OrganizationRefusal, Rejection};

/// Accepts the account's own invitation.
#[derive(Debug, Clone, Hash)]
pub struct AcceptHandshake {
    /// The invitation.
    pub handshake_id: HandshakeId,
}

impl Act for AcceptHandshake {
    fn action(&self) -> &'static str {
        "AcceptHandshake"
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("organizations", "AcceptHandshake")
    }

    fn resource(&self, account: &Account) -> Arn {
        account.root_arn()
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let found = context.state.invitation_of(account.id).filter(|(_, invitation)| invitation.id == self.handshake_id);
        let (organization, invitation) = found.ok_or(OrganizationRefusal::NoSuchHandshake(self.handshake_id))?;
        if invitation.expires() <= context.now {
            return Err(OrganizationRefusal::HandshakeOver(invitation.id).into());
        }
        let change = OrganizationChange::AccountJoined { handshake: invitation.id, account: account.id };
        Ok(super::organization_event(organization, change))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        INVITATION_SECONDS, PolicyType,
        check::{ACCOUNT, World, account, check},
        check_organization::{MEMBER, account_id, at_account, enabled, founded, handshake, invite, organization, root},
    };

    fn invited() -> World {
        let given = enabled(founded(), PolicyType::ResourceControl);
        given.in_account(MEMBER).with(account()).in_account(ACCOUNT).with(invite(MEMBER))
    }

    fn accept(given: &World) -> AcceptHandshake {
        AcceptHandshake { handshake_id: handshake(given, MEMBER) }
    }

    #[test]
    fn the_account_is_under_the_root_with_the_default_policies() {
        let given = invited().in_account(MEMBER);
        check(
            given.clone(),
            accept(&given),
            expect![
                "organization.account_joined.v1 Organization(o-0000000003, AccountJoined { handshake: h-0000000007, account: 222222222222 })"
            ],
        );
        let joined = given.clone().with(accept(&given));
        assert_eq!(organization(&joined).accounts[&account_id(MEMBER)].parent, root(&joined));
        assert_eq!(organization(&joined).attached(PolicyType::ResourceControl, at_account(MEMBER)).count(), 1);
        assert_eq!(joined.here().organization, Some(organization(&joined).membership()));
        assert!(organization(&joined).invitations.is_empty());
        check(
            joined,
            accept(&given),
            expect!["HandshakeNotFoundException: You specified a handshake that doesn't exist: h-0000000007."],
        );
    }

    #[test]
    fn only_ones_own_and_only_while_it_is_open() {
        let given = invited();
        check(
            given.clone(),
            accept(&given),
            expect!["HandshakeNotFoundException: You specified a handshake that doesn't exist: h-0000000007."],
        );
        let theirs = given.clone().in_account(MEMBER);
        check(
            theirs.clone(),
            AcceptHandshake { handshake_id: "h-zzzzzzzzzz".parse().unwrap() },
            expect!["HandshakeNotFoundException: You specified a handshake that doesn't exist: h-zzzzzzzzzz."],
        );
        check(
            theirs.clone().later(INVITATION_SECONDS - 1),
            accept(&given),
            expect!["InvalidHandshakeTransitionException: The handshake h-0000000007 has expired: ask for a new invitation."],
        );
        assert!(theirs.later(INVITATION_SECONDS - 2).run(accept(&given)).is_ok());
    }
}
