//! Deletes a user that nothing hangs on any more. Source: IAM API Reference, `DeleteUser`.

use chancery_model::{Arn, UserName};

use super::{Act, PolicyTarget};
use crate::{Account, Context, Event, Rejection, UserChange};

/// Deletes a user.
#[derive(Debug, Clone, Hash)]
pub struct DeleteUser {
    /// The name.
    pub user_name: UserName,
}

impl Act for DeleteUser {
    fn action(&self) -> &'static str {
        "DeleteUser"
    }

    fn resource(&self, account: &Account) -> Arn {
        PolicyTarget::User(self.user_name.clone()).arn(account)
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let user = account.user(&self.user_name)?;
        if user.login.is_some() {
            return Err(Rejection::conflict("delete login profile"));
        }
        if !user.permissions.inline.is_empty() {
            return Err(Rejection::conflict("delete policies"));
        }
        if !user.permissions.attached.is_empty() {
            return Err(Rejection::conflict("detach all policies"));
        }
        if !user.groups.is_empty() {
            return Err(Rejection::conflict("remove users from group"));
        }
        Ok(vec![Event::User(user.id, UserChange::Deleted)])
    }
}
