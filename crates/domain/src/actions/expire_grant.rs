//! Ends a membership or an attachment whose time is over. Written by the engine, never by a caller.

use chancery_model::Arn;

use super::{Act, target::permission_event};
use crate::{Account, Context, Event, Grant, PermissionChange, Rejection, UserChange};

/// Ends a grant; nothing when it is gone or was prolonged meanwhile.
#[derive(Debug, Clone, Hash)]
pub struct ExpireGrant {
    /// What was granted.
    pub grant: Grant,
}

impl Act for ExpireGrant {
    fn action(&self) -> &'static str {
        "ExpireGrant"
    }

    fn resource(&self, account: &Account) -> Arn {
        account.root_arn()
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        if !account.expired(context.now).any(|(_, grant)| grant == self.grant) {
            return Ok(Vec::new());
        }
        let event = match self.grant {
            Grant::Membership(user, group) => Event::User(user, UserChange::MembershipExpired { group }),
            Grant::Attachment(entity, policy) => permission_event(entity, PermissionChange::AttachmentExpired { policy }),
        };
        Ok(vec![event])
    }
}
