//! Takes an invitation to the organization back. Source: AWS Organizations API Reference, `CancelHandshake`.

use chancery_model::{Arn, HandshakeId};

use super::Act;
use crate::{Account, Context, Event, OrganizationChange, Rejection};

/// Ends an invitation that the management account made.
#[derive(Debug, Clone, Hash)]
pub struct CancelHandshake {
    /// The invitation.
    pub handshake_id: HandshakeId,
}

impl Act for CancelHandshake {
    fn action(&self) -> &'static str {
        "CancelHandshake"
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("organizations", "CancelHandshake")
    }

    fn resource(&self, account: &Account) -> Arn {
        super::organization_arn(account, |known| known.handshake_arn(self.handshake_id))
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let organization = super::managed(account, context)?;
        let invited = organization.invited(self.handshake_id)?;
        let change = OrganizationChange::InvitationCanceled { handshake: self.handshake_id, account: invited };
        Ok(super::organization_event(organization, change))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{ACCOUNT, account, check},
        check_organization::{MEMBER, founded, handshake, invite},
    };

    #[test]
    fn an_open_invitation_by_the_management_account() {
        let given = founded().in_account(MEMBER).with(account()).in_account(ACCOUNT).with(invite(MEMBER));
        let cancel = CancelHandshake { handshake_id: handshake(&given, MEMBER) };
        check(
            given.clone(),
            cancel.clone(),
            expect![
                "organization.invitation_canceled.v1 Organization(o-0000000003, InvitationCanceled { handshake: h-0000000006, account: 222222222222 })"
            ],
        );
        check(
            given.clone().in_account(MEMBER),
            cancel.clone(),
            expect!["AWSOrganizationsNotInUseException: Your account is not a member of an organization."],
        );
        check(
            given.with(cancel.clone()),
            cancel,
            expect!["HandshakeNotFoundException: You specified a handshake that doesn't exist: h-0000000006."],
        );
    }
}
