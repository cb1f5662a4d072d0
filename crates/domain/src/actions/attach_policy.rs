//! Attaches a managed policy to a user, group or role, for good or for a time.
//! Source: IAM API Reference, `AttachUserPolicy`, `AttachGroupPolicy`, `AttachRolePolicy`; the end is ours.

use chancery_model::{Arn, Timestamp};

use super::{Act, PolicyTarget};
use crate::{Account, Context, Event, PermissionChange, Rejection};

/// Attaches a managed policy. Doing so again changes nothing, unless the end differs.
#[derive(Debug, Clone, Hash)]
pub struct AttachPolicy {
    /// To whom.
    pub target: PolicyTarget,
    /// Which.
    pub policy_arn: Arn,
    /// Until when; for good when absent.
    pub expires_at: Option<Timestamp>,
}

impl Act for AttachPolicy {
    fn action(&self) -> &'static str {
        self.target.pick(["AttachUserPolicy", "AttachGroupPolicy", "AttachRolePolicy"])
    }

    fn resource(&self, account: &Account) -> Arn {
        self.target.arn(account)
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        super::in_the_future(self.expires_at, context)?;
        let found = self.target.find(account)?;
        let policy = account.policy(&self.policy_arn, &context.state.aws)?;
        let known = found.permissions().attached.get(&policy.id);
        if known.is_some_and(|attachment| attachment.expires == self.expires_at) {
            return Ok(Vec::new());
        }
        if known.is_none() {
            account.within(found.attachment_quota(), found.permissions().attached.len() + 1)?;
        }
        Ok(vec![found.event(PermissionChange::Attached { policy: policy.id, expires: self.expires_at })])
    }
}
