//! Gives a group another name or path. Source: IAM API Reference, `UpdateGroup`.

use chancery_model::{Arn, GroupName, Path};
use chancery_policy::RequestContext;

use super::{Act, PolicyTarget};
use crate::{Account, Asked, Context, Event, GroupChange, Rejection};

/// Renames or moves a group; its id, users and policies stay.
#[derive(Debug, Clone, Hash)]
pub struct UpdateGroup {
    /// The group.
    pub group_name: GroupName,
    /// The new name; as before when absent.
    pub new_group_name: Option<GroupName>,
    /// The new path; as before when absent.
    pub new_path: Option<Path>,
}

impl Act for UpdateGroup {
    fn action(&self) -> &'static str {
        "UpdateGroup"
    }

    fn resource(&self, account: &Account) -> Arn {
        PolicyTarget::Group(self.group_name.clone()).arn(account)
    }

    fn also(&self, account: &Account) -> Vec<Asked> {
        let Ok(group) = account.group(&self.group_name) else { return Vec::new() };
        let path = self.new_path.as_ref().unwrap_or(&group.path);
        let name = self.new_group_name.as_ref().unwrap_or(&group.name);
        let after = Arn::group(account.id, path, name);
        // "You must have permission for both the source and the target object": API Reference, UpdateGroup.
        vec![Asked { service: "iam", action: self.action(), resource: after, keys: RequestContext::new() }]
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let group = account.group(&self.group_name)?;
        let mut changes = Vec::new();
        if let Some(name) = self.new_group_name.as_ref().filter(|name| **name != group.name) {
            // A group's own name, written in another case, is not taken.
            if name.key() != group.name.key() && !account.group_name_is_free(name) {
                return Err(Rejection::taken("Group", name.as_str()));
            }
            changes.push(GroupChange::Renamed { name: name.clone() });
        }
        if let Some(path) = self.new_path.as_ref().filter(|path| **path != group.path) {
            changes.push(GroupChange::Moved { path: path.clone() });
        }
        Ok(changes.into_iter().map(|change| Event::Group(group.id, change)).collect())
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::check::{World, check, group, group_name, joined, user};

    fn rename(new_name: &str) -> UpdateGroup {
        UpdateGroup { group_name: group_name("devs"), new_group_name: Some(group_name(new_name)), new_path: None }
    }

    fn given() -> World {
        World::new().with(group("devs"))
    }

    #[test]
    fn a_group_gets_another_name_and_path() {
        check(
            given(),
            UpdateGroup { new_path: Some(Path::parse("/eng/").unwrap()), ..rename("coders") },
            expect![[r#"
            group.renamed.v1 Group(AGPAAAAAAAAAAAAAAAAAD, Renamed { name: coders })
            group.moved.v1 Group(AGPAAAAAAAAAAAAAAAAAD, Moved { path: /eng/ })"#]],
        );
    }

    #[test]
    fn the_id_and_the_users_stay() {
        let given = given().with(user("ada")).with(joined("ada", "devs")).with(rename("coders"));
        let account = given.here();
        assert!(account.group(&group_name("devs")).is_err());
        let group = account.group(&group_name("Coders")).unwrap();
        assert_eq!((group.id.to_string().as_str(), account.member_count(group.id)), ("AGPAAAAAAAAAAAAAAAAAD", 1));
    }

    #[test]
    fn the_case_of_the_own_name_may_change() {
        check(given(), rename("Devs"), expect!["group.renamed.v1 Group(AGPAAAAAAAAAAAAAAAAAD, Renamed { name: Devs })"]);
    }

    #[test]
    fn nothing_changes_when_all_is_so() {
        check(given(), UpdateGroup { new_path: Some(Path::root()), ..rename("devs") }, expect!["nothing"]);
        check(given(), UpdateGroup { new_group_name: None, ..rename("devs") }, expect!["nothing"]);
    }

    #[test]
    fn a_group_that_is_not_there_is_told_before_a_name_that_is_taken() {
        check(World::new().with(group("ops")), rename("ops"), expect!["NoSuchEntity: The group with name devs cannot be found."]);
    }

    #[test]
    fn a_name_that_another_group_has() {
        check(given().with(group("ops")), rename("OPS"), expect!["EntityAlreadyExists: Group with name OPS already exists."]);
    }
}
