//! Creates a user. Source: IAM API Reference, `CreateUser`.

use chancery_model::{Arn, Path, TagValue, Tags, UserName};
use chancery_policy::RequestContext;

use super::{Act, attach_policy::not_for_service_roles};
use crate::{Account, AwsPolicies, Context, Event, Given, QuotaName, Rejection, SealFailed, Sealer, UserChange, asked, field};

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

    fn say(&self, _account: &Account, _aws: &AwsPolicies, keys: &mut RequestContext) {
        asked::say_given_tags(&self.tags, keys);
        if let Some(arn) = &self.permissions_boundary {
            asked::say_boundary(arn, keys);
        }
    }

    fn seal(&mut self, _account: Option<&Account>, sealer: &mut dyn Sealer) -> Result<(), SealFailed> {
        let subject = sealer.new_subject()?;
        self.user_name.seal(subject, field::USER_NAME, sealer)?;
        self.tags.iter_mut().try_for_each(|tag| tag.value.seal(subject, field::USER_TAG, sealer))
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let boundary =
            self.permissions_boundary.as_ref().map(|arn| super::attachable_policy(account, arn, context)).transpose()?;
        let name = self.user_name.open();
        if !account.user_name_is_free(name) {
            return Err(Rejection::taken("User", name.as_str()));
        }
        boundary.map_or(Ok(()), |policy| not_for_service_roles(policy, "as permissions boundary"))?;
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

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        actions::UpdateUser,
        check::{World, check, check_sealed, delete_user, given_tags, user, user_name},
        check_builders::{aws_arn, awss_for_services, numbered_tags},
    };

    fn bounded(by: Arn) -> CreateUser {
        CreateUser { permissions_boundary: Some(by), ..user("ada") }
    }

    fn tagged(count: usize) -> CreateUser {
        CreateUser { tags: given_tags(&numbered_tags(count)), ..user("ada") }
    }

    #[test]
    fn a_user_is_created_with_all_that_it_can_have() {
        let full = CreateUser { path: Path::parse("/eng/").unwrap(), tags: tagged(2).tags, ..bounded(aws_arn("ReadOnlyAccess")) };
        check(
            World::new(),
            full,
            expect![
                "user.created.v1 User(AIDAAAAAAAAAAAAAAAAAE, Created { name: personal(00000000000000000000000003), path: /eng/, tags: Tags([Tag { key: k0, value: personal(00000000000000000000000003) }, Tag { key: k1, value: personal(00000000000000000000000003) }]), boundary: Some(ANPAILL3HVNFSB6DCOWYQ) }) | user.name=ada, user.tag=0, user.tag=1"
            ],
        );
    }

    #[test]
    fn a_user_is_a_subject_of_its_own_and_a_name_that_is_free_again_another_one() {
        let given = World::new().with(user("ada")).with(user("bob"));
        let again = given.clone().with(delete_user("ada")).with(user("ada"));
        let find = |world: &World, name| world.here().user(&user_name(name)).unwrap().clone();
        assert_ne!(find(&given, "ada").subject, find(&given, "bob").subject);
        assert_ne!(find(&given, "ada").subject, find(&again, "ada").subject);
        assert_ne!(find(&given, "ada").id, find(&again, "ada").id);
    }

    #[test]
    fn a_name_that_another_user_left_is_free() {
        let new_user_name = Some(Given::new(user_name("lovelace")));
        let given =
            World::new().with(user("ada")).with(UpdateUser { user_name: user_name("ada"), new_user_name, new_path: None });
        check(
            given,
            user("ADA"),
            expect![
                "user.created.v1 User(AIDAAAAAAAAAAAAAAAAAH, Created { name: personal(00000000000000000000000006), path: /, tags: Tags([]), boundary: None }) | user.name=ADA"
            ],
        );
    }

    #[test]
    fn a_name_is_taken_whatever_its_case_and_path() {
        let create = CreateUser { path: Path::parse("/eng/").unwrap(), ..user("ADA") };
        check(World::new().with(user("ada")), create, expect!["EntityAlreadyExists: User with name ADA already exists."]);
    }

    #[test]
    fn a_boundary_that_is_not_there_is_told_before_a_taken_name() {
        check(
            World::new().with(user("ada")),
            bounded(aws_arn("NoSuchAccess")),
            expect!["NoSuchEntity: Policy arn:aws:iam::aws:policy/NoSuchAccess does not exist or is not attachable."],
        );
    }

    #[test]
    fn a_taken_name_is_told_before_a_boundary_that_is_for_services() {
        check(
            World::new().with(user("ada")),
            bounded(awss_for_services()),
            expect!["EntityAlreadyExists: User with name ada already exists."],
        );
    }

    #[test]
    fn a_boundary_that_is_for_services_is_told_before_the_quotas() {
        check(
            World::new().limited(QuotaName::UsersPerAccount, 0),
            bounded(awss_for_services()),
            expect![
                "PolicyNotAttachable: Cannot attach policy arn:aws:iam::aws:policy/aws-service-role/AWSElasticLoadBalancingServiceRolePolicy as permissions boundary: it is for roles under /aws-service-role/ alone, which AWS's services make"
            ],
        );
    }

    #[test]
    fn too_many_tags_are_told_before_too_many_users() {
        check(
            World::new().with(tagged(50)),
            CreateUser { user_name: user("bob").user_name, ..tagged(51) },
            expect!["LimitExceeded: Cannot exceed quota for TagsPerUser: 50 (it cannot be raised)"],
        );
        check(
            World::new().limited(QuotaName::UsersPerAccount, 0),
            tagged(51),
            expect!["LimitExceeded: Cannot exceed quota for TagsPerUser: 50 (it cannot be raised)"],
        );
    }

    #[test]
    fn too_many_users() {
        check(
            World::new().with(user("bob")).limited(QuotaName::UsersPerAccount, 1),
            user("ada"),
            expect!["LimitExceeded: Cannot exceed quota for UsersPerAccount: 1 (RequestQuotaIncrease can raise it to 5000)"],
        );
    }

    #[test]
    fn a_taken_name_is_told_before_too_many_users() {
        check(
            World::new().with(user("ada")).limited(QuotaName::UsersPerAccount, 1),
            user("ada"),
            expect!["EntityAlreadyExists: User with name ada already exists."],
        );
    }

    #[test]
    fn what_nobody_sealed_is_not_written() {
        check_sealed(
            World::new(),
            &user("ada").into(),
            expect!["ServiceFailure: A field of the request was not sealed; nothing was written."],
        );
    }

    #[test]
    fn too_many_users_are_told_before_what_nobody_sealed() {
        check_sealed(
            World::new().limited(QuotaName::UsersPerAccount, 0),
            &user("ada").into(),
            expect!["LimitExceeded: Cannot exceed quota for UsersPerAccount: 0 (RequestQuotaIncrease can raise it to 5000)"],
        );
    }
}
