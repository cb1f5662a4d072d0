//! Gives a user another name or path. Source: IAM API Reference, `UpdateUser`.

use chancery_model::{Arn, Path, UserName};
use chancery_policy::RequestContext;

use super::{Act, PolicyTarget};
use crate::{Account, Asked, Context, Event, Given, Rejection, SealFailed, Sealer, UserChange, field};

/// Renames or moves a user; its id, credentials, groups and policies stay.
#[derive(Debug, Clone, Hash)]
pub struct UpdateUser {
    /// The user.
    pub user_name: UserName,
    /// The new name; as before when absent.
    pub new_user_name: Option<Given<UserName>>,
    /// The new path; as before when absent.
    pub new_path: Option<Path>,
}

impl Act for UpdateUser {
    fn action(&self) -> &'static str {
        "UpdateUser"
    }

    fn resource(&self, account: &Account) -> Arn {
        PolicyTarget::User(self.user_name.clone()).arn(account)
    }

    fn also(&self, account: &Account) -> Vec<Asked> {
        let Ok(user) = account.user(&self.user_name) else { return Vec::new() };
        let path = self.new_path.as_ref().unwrap_or(&user.path);
        let name = self.new_user_name.as_ref().map(Given::open).or_else(|| user.name.get()).unwrap_or(&self.user_name);
        let after = Arn::user(account.id, path, name);
        // "You must have permission for both the source and the target object": API Reference, UpdateUser.
        vec![Asked { service: "iam", action: self.action(), resource: after, keys: RequestContext::new() }]
    }

    fn seal(&mut self, account: Option<&Account>, sealer: &mut dyn Sealer) -> Result<(), SealFailed> {
        match (super::subject_of(account, &self.user_name), &mut self.new_user_name) {
            (Some(subject), Some(name)) => name.seal(subject, field::USER_NAME, sealer),
            (Some(_) | None, _) => Ok(()),
        }
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let user = account.user(&self.user_name)?;
        let mut changes = Vec::new();
        if let Some(given) = self.new_user_name.as_ref().filter(|given| user.name.get() != Some(given.open())) {
            let name = given.open();
            // A user's own name, written in another case, is not taken.
            if name.key() != self.user_name.key() && !account.user_name_is_free(name) {
                return Err(Rejection::taken("User", name.as_str()));
            }
            changes.push(UserChange::Renamed { name: super::for_present(given.personal_of(user.subject))? });
        }
        if let Some(path) = self.new_path.as_ref().filter(|path| **path != user.path) {
            changes.push(UserChange::Moved { path: path.clone() });
        }
        Ok(changes.into_iter().map(|change| Event::User(user.id, change)).collect())
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::check::{World, check, check_sealed, delete_user, user, user_name};

    fn rename(new_name: &str) -> UpdateUser {
        UpdateUser { user_name: user_name("ada"), new_user_name: Some(Given::new(user_name(new_name))), new_path: None }
    }

    fn given() -> World {
        World::new().with(user("ada"))
    }

    #[test]
    fn a_user_gets_another_name_and_path() {
        check(
            given(),
            UpdateUser { new_path: Some(Path::parse("/eng/").unwrap()), ..rename("lovelace") },
            expect![[r#"
            user.renamed.v1 User(AIDAAAAAAAAAAAAAAAAAE, Renamed { name: personal(00000000000000000000000003) }) | user.name=lovelace
            user.moved.v1 User(AIDAAAAAAAAAAAAAAAAAE, Moved { path: /eng/ })"#]],
        );
    }

    #[test]
    fn the_old_name_is_free_and_the_id_stays() {
        let given = given().with(rename("lovelace"));
        let account = given.here();
        assert!(account.user(&user_name("ada")).is_err());
        assert_eq!(account.user(&user_name("Lovelace")).unwrap().id.to_string(), "AIDAAAAAAAAAAAAAAAAAE");
    }

    #[test]
    fn the_case_of_the_own_name_may_change() {
        check(
            given(),
            rename("Ada"),
            expect![
                "user.renamed.v1 User(AIDAAAAAAAAAAAAAAAAAE, Renamed { name: personal(00000000000000000000000003) }) | user.name=Ada"
            ],
        );
    }

    #[test]
    fn nothing_changes_when_all_is_so() {
        check(given(), UpdateUser { new_path: Some(Path::root()), ..rename("ada") }, expect!["nothing"]);
        check(given(), UpdateUser { new_user_name: None, ..rename("ada") }, expect!["nothing"]);
    }

    #[test]
    fn a_user_that_is_not_there_is_told_before_a_name_that_is_taken() {
        check(World::new().with(user("bob")), rename("bob"), expect!["NoSuchEntity: The user with name ada cannot be found."]);
    }

    #[test]
    fn a_name_that_another_user_has() {
        check(given().with(user("bob")), rename("BOB"), expect!["EntityAlreadyExists: User with name BOB already exists."]);
    }

    #[test]
    fn a_user_that_was_replaced_meanwhile_does_not_get_the_name() {
        let mut given = given();
        let command = given.sealed(rename("lovelace"));
        let given = given.with(delete_user("ada")).with(user("ada"));
        check_sealed(
            given,
            &command,
            expect!["ConcurrentModification: The entity was changed by another request in the same moment; try again."],
        );
    }

    #[test]
    fn a_user_that_came_meanwhile_does_not_get_the_name() {
        let mut given = World::new();
        let command = given.sealed(rename("lovelace"));
        check_sealed(
            given.with(user("ada")),
            &command,
            expect!["ConcurrentModification: The entity was changed by another request in the same moment; try again."],
        );
    }

    #[test]
    fn a_taken_name_is_told_before_a_replaced_user() {
        let mut given = given();
        let command = given.sealed(rename("bob"));
        let given = given.with(delete_user("ada")).with(user("ada")).with(user("bob"));
        check_sealed(given, &command, expect!["EntityAlreadyExists: User with name bob already exists."]);
    }
}
