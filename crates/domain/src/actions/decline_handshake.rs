//! Refuses an invitation to the organization. Source: AWS Organizations API Reference, `DeclineHandshake`.

use chancery_model::{Arn, HandshakeId};

use super::Act;
use crate::{Account, Context, Event, OrganizationChange, OrganizationRefusal, Rejection};

/// Refuses the account's own invitation, which ends.
#[derive(Debug, Clone, Hash)]
pub struct DeclineHandshake {
    /// The invitation.
    pub handshake_id: HandshakeId,
}

impl Act for DeclineHandshake {
    fn action(&self) -> &'static str {
        "DeclineHandshake"
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("organizations", "DeclineHandshake")
    }

    fn resource(&self, account: &Account) -> Arn {
        account.root_arn()
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let found = context.state.invitation_of(account.id).filter(|(_, invitation)| invitation.id == self.handshake_id);
        let (organization, invitation) = found.ok_or(OrganizationRefusal::NoSuchHandshake(self.handshake_id))?;
        let change = OrganizationChange::InvitationDeclined { handshake: invitation.id, account: account.id };
        Ok(super::organization_event(organization, change))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{ACCOUNT, account, check},
        check_organization::{MEMBER, founded, handshake, invite, organization},
    };

    #[test]
    fn ones_own_invitation_and_no_other() {
        let given = founded().in_account(MEMBER).with(account()).in_account(ACCOUNT).with(invite(MEMBER));
        let decline = DeclineHandshake { handshake_id: handshake(&given, MEMBER) };
        check(
            given.clone(),
            decline.clone(),
            expect!["HandshakeNotFoundException: You specified a handshake that doesn't exist: h-0000000006."],
        );
        let theirs = given.in_account(MEMBER);
        check(
            theirs.clone(),
            decline.clone(),
            expect![
                "organization.invitation_declined.v1 Organization(o-0000000003, InvitationDeclined { handshake: h-0000000006, account: 222222222222 })"
            ],
        );
        let declined = theirs.with(decline.clone());
        assert!(organization(&declined).invitations.is_empty());
        check(
            declined,
            decline,
            expect!["HandshakeNotFoundException: You specified a handshake that doesn't exist: h-0000000006."],
        );
    }
}
