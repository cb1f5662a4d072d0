//! Creates a group. Source: IAM API Reference, `CreateGroup`.

use chancery_model::{Arn, GroupName, Path};

use super::Act;
use crate::{Account, Context, Event, GroupChange, QuotaName, Rejection};

/// Creates a group.
#[derive(Debug, Clone, Hash)]
pub struct CreateGroup {
    /// The name.
    pub group_name: GroupName,
    /// The path.
    pub path: Path,
}

impl Act for CreateGroup {
    fn action(&self) -> &'static str {
        "CreateGroup"
    }

    fn resource(&self, account: &Account) -> Arn {
        Arn::group(account.id, &self.path, &self.group_name)
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        if !account.group_name_is_free(&self.group_name) {
            return Err(Rejection::taken("Group", self.group_name.as_str()));
        }
        account.within(QuotaName::GroupsPerAccount, account.groups.len() + 1)?;
        let change = GroupChange::Created { name: self.group_name.clone(), path: self.path.clone() };
        Ok(vec![Event::Group(context.fresh.group(), change)])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::check::{World, check, group};

    #[test]
    fn a_group_is_created_under_its_path() {
        let create = CreateGroup { path: Path::parse("/eng/").unwrap(), ..group("devs") };
        check(
            World::new(),
            create,
            expect!["group.created.v1 Group(AGPAAAAAAAAAAAAAAAAAD, Created { name: devs, path: /eng/ })"],
        );
    }

    #[test]
    fn a_name_is_taken_whatever_its_case_and_path() {
        let create = CreateGroup { path: Path::parse("/eng/").unwrap(), ..group("DEVS") };
        check(World::new().with(group("devs")), create, expect!["EntityAlreadyExists: Group with name DEVS already exists."]);
    }

    #[test]
    fn the_quota_is_reached() {
        check(
            World::new().limited(QuotaName::GroupsPerAccount, 0),
            group("devs"),
            expect!["LimitExceeded: Cannot exceed quota for GroupsPerAccount: 0 (RequestQuotaIncrease can raise it to 500)"],
        );
    }

    #[test]
    fn a_taken_name_comes_before_the_quota() {
        let given = World::new().with(group("devs")).limited(QuotaName::GroupsPerAccount, 1);
        check(given, group("devs"), expect!["EntityAlreadyExists: Group with name devs already exists."]);
    }

    #[test]
    fn a_deleted_name_is_free_again_for_another_id() {
        let given = World::new().with(group("devs")).with(crate::actions::DeleteGroup { group_name: group("devs").group_name });
        check(given, group("devs"), expect!["group.created.v1 Group(AGPAAAAAAAAAAAAAAAAAF, Created { name: devs, path: / })"]);
    }
}
