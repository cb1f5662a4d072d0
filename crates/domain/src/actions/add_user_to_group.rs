//! Puts a user into a group, for good or for a time. Source: IAM API Reference, `AddUserToGroup`; the end is ours.

use chancery_model::{Arn, GroupName, Timestamp, UserName};

use super::{Act, PolicyTarget};
use crate::{Account, Context, Event, QuotaName, Rejection, UserChange};

/// Puts a user into a group. Doing so again changes nothing, unless the end differs.
#[derive(Debug, Clone, Hash)]
pub struct AddUserToGroup {
    /// The group.
    pub group_name: GroupName,
    /// The user.
    pub user_name: UserName,
    /// Until when; for good when absent.
    pub expires_at: Option<Timestamp>,
}

impl Act for AddUserToGroup {
    fn action(&self) -> &'static str {
        "AddUserToGroup"
    }

    fn resource(&self, account: &Account) -> Arn {
        PolicyTarget::Group(self.group_name.clone()).arn(account)
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        super::in_the_future(self.expires_at, context)?;
        let group = account.group(&self.group_name)?;
        let user = account.user(&self.user_name)?;
        let known = user.groups.get(&group.id);
        if known.is_some_and(|membership| membership.expires == self.expires_at) {
            return Ok(Vec::new());
        }
        if known.is_none() {
            account.within(QuotaName::GroupsPerUser, user.groups.len() + 1)?;
        }
        Ok(vec![Event::User(user.id, UserChange::JoinedGroup { group: group.id, expires: self.expires_at })])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::check::{World, check};

    fn user(name: &str) -> crate::actions::CreateUser {
        let user_name = crate::Given::new(UserName::parse(name).unwrap());
        crate::actions::CreateUser { user_name, path: Default::default(), tags: Default::default(), permissions_boundary: None }
    }

    #[test]
    fn a_group_that_is_not_there() {
        let add = AddUserToGroup { group_name: GroupName::parse("devs").unwrap(), user_name: UserName::parse("ada").unwrap(), expires_at: None };
        check(World::new().with(user("ada")), add, expect![[r#"NoSuchEntity: The group with name devs cannot be found."#]]);
    }
}
