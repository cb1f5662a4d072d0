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
    use crate::check::{START, World, check, group, joined, user};

    fn until(end: Option<u64>) -> AddUserToGroup {
        AddUserToGroup { expires_at: end.map(Timestamp::from_millis), ..joined("Ada", "Devs") }
    }

    fn given() -> World {
        World::new().with(group("devs")).with(user("ada"))
    }

    #[test]
    fn a_user_joins_for_good() {
        check(
            given(),
            until(None),
            expect![
                "user.joined_group.v1 User(AIDAAAAAAAAAAAAAAAAAF, JoinedGroup { group: AGPAAAAAAAAAAAAAAAAAD, expires: None })"
            ],
        );
    }

    #[test]
    fn a_user_joins_for_a_time() {
        check(
            given(),
            until(Some(START + 3_600_000)),
            expect![
                "user.joined_group.v1 User(AIDAAAAAAAAAAAAAAAAAF, JoinedGroup { group: AGPAAAAAAAAAAAAAAAAAD, expires: Some(2026-01-01T01:00:00.000Z) })"
            ],
        );
    }

    #[test]
    fn joining_again_changes_nothing() {
        check(given().with(until(None)), until(None), expect!["nothing"]);
        let end = Some(START + 3_600_000);
        check(given().with(until(end)), until(end), expect!["nothing"]);
    }

    #[test]
    fn joining_again_with_another_end_changes_the_end_whatever_the_quota() {
        let given = given().with(until(Some(START + 3_600_000))).limited(QuotaName::GroupsPerUser, 1);
        check(
            given,
            until(None),
            expect![
                "user.joined_group.v1 User(AIDAAAAAAAAAAAAAAAAAF, JoinedGroup { group: AGPAAAAAAAAAAAAAAAAAD, expires: None })"
            ],
        );
    }

    #[test]
    fn an_end_that_is_now_is_refused_before_names_are_looked_up() {
        let world = World::new();
        let now = world.now.millis();
        check(
            world,
            until(Some(now)),
            expect![
                "InvalidInput: the end 2026-01-01T00:00:01.000Z is not after now (2026-01-01T00:00:01.000Z): give a moment in the future, or none for good"
            ],
        );
    }

    #[test]
    fn an_end_that_has_passed_is_refused_even_when_the_user_is_in_the_group_until_then() {
        let end = Some(START + 3_600_000);
        check(
            given().with(until(end)).later(7_200),
            until(end),
            expect![
                "InvalidInput: the end 2026-01-01T01:00:00.000Z is not after now (2026-01-01T02:00:04.000Z): give a moment in the future, or none for good"
            ],
        );
    }

    #[test]
    fn a_group_that_is_not_there_is_told_before_a_user_that_is_not_there() {
        check(World::new(), until(None), expect!["NoSuchEntity: The group with name Devs cannot be found."]);
    }

    #[test]
    fn a_user_that_is_not_there() {
        let given = World::new().with(group("devs")).limited(QuotaName::GroupsPerUser, 0);
        check(given, until(None), expect!["NoSuchEntity: The user with name Ada cannot be found."]);
    }

    #[test]
    fn the_quota_is_reached() {
        let groups = (0..10).map(|n| format!("g{n}"));
        let given = groups.fold(given(), |world, name| world.with(group(&name)).with(joined("ada", &name)));
        check(given, until(None), expect!["LimitExceeded: Cannot exceed quota for GroupsPerUser: 10 (it cannot be raised)"]);
    }
}
