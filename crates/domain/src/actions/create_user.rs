//! Creates a user. Source: IAM API Reference, `CreateUser`.

use chancery_model::{Arn, Path, TagValue, Tags, UserName};

use super::Act;
use crate::{Account, Context, Event, Given, QuotaName, Rejection, SealFailed, Sealer, UserChange, field};

/// Creates a user.
#[derive(Debug, Clone, Hash)]
pub struct CreateUser {
    /// The name.
    pub user_name: Given<UserName>,
    /// The path.
    pub path: Path,
    /// Tags.
    pub tags: Tags<Given<TagValue>>,
    /// A managed policy that limits what the user can be allowed.
    pub permissions_boundary: Option<Arn>,
}

impl Act for CreateUser {
    fn action(&self) -> &'static str {
        "CreateUser"
    }

    fn resource(&self, account: &Account) -> Arn {
        Arn::user(account.id, &self.path, self.user_name.open())
    }

    fn seal(&mut self, _account: Option<&Account>, sealer: &mut dyn Sealer) -> Result<(), SealFailed> {
        let subject = sealer.new_subject()?;
        self.user_name.seal(subject, field::USER_NAME, sealer)?;
        self.tags.iter_mut().try_for_each(|tag| tag.value.seal(subject, field::USER_TAG, sealer))
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let name = self.user_name.open();
        if !account.user_name_is_free(name) {
            return Err(Rejection::taken("User", name.as_str()));
        }
        let boundary = self.permissions_boundary.as_ref().map(|arn| account.policy(arn, &context.state.aws)).transpose()?;
        account.within(QuotaName::TagsPerUser, self.tags.len())?;
        account.within(QuotaName::UsersPerAccount, account.users.len() + 1)?;
        let change = UserChange::Created {
            name: self.user_name.personal()?,
            path: self.path.clone(),
            tags: self.tags.try_map(Given::personal)?,
            boundary: boundary.map(|policy| policy.id),
        };
        Ok(vec![Event::User(context.fresh.user(), change)])
    }
}
