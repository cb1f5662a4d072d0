//! Creates an instance profile. Source: IAM API Reference, `CreateInstanceProfile`.

use chancery_model::{Arn, InstanceProfileName, Path, Tags};
use chancery_policy::RequestContext;

use super::Act;
use crate::{Account, AwsPolicies, Context, Event, InstanceProfileChange, QuotaName, Rejection, asked};

/// Creates an instance profile, which has no role yet.
#[derive(Debug, Clone, Hash)]
pub struct CreateInstanceProfile {
    /// The name.
    pub instance_profile_name: InstanceProfileName,
    /// The path.
    pub path: Path,
    /// Tags.
    pub tags: Tags,
}

impl Act for CreateInstanceProfile {
    fn action(&self) -> &'static str {
        "CreateInstanceProfile"
    }

    fn resource(&self, account: &Account) -> Arn {
        Arn::instance_profile(account.id, &self.path, &self.instance_profile_name)
    }

    fn say(&self, _account: &Account, _aws: &AwsPolicies, keys: &mut RequestContext) {
        asked::say_tags(&self.tags, |value| value, keys);
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let name = self.instance_profile_name.clone();
        if !account.instance_profile_name_is_free(&name) {
            return Err(Rejection::AlreadyExists { what: format!("Instance Profile {name}") });
        }
        account.within(QuotaName::TagsPerInstanceProfile, self.tags.len())?;
        account.within(QuotaName::InstanceProfilesPerAccount, account.instance_profiles.len() + 1)?;
        let change = InstanceProfileChange::Created { name, path: self.path.clone(), tags: self.tags.clone() };
        Ok(vec![Event::InstanceProfile(context.fresh.instance_profile(), change)])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check},
        check_builders::{instance_profile, numbered_tags},
    };

    #[test]
    fn a_profile_with_what_it_was_given() {
        let full =
            CreateInstanceProfile { path: Path::parse("/web/").unwrap(), tags: numbered_tags(1), ..instance_profile("web") };
        check(
            World::new(),
            full,
            expect![
                "instance_profile.created.v1 InstanceProfile(AIPAAAAAAAAAAAAAAAAAD, Created { name: web, path: /web/, tags: Tags([Tag { key: k0, value: 0 }]) })"
            ],
        );
    }

    #[test]
    fn a_name_is_taken_whatever_its_case() {
        check(
            World::new().with(instance_profile("web")),
            instance_profile("WEB"),
            expect!["EntityAlreadyExists: Instance Profile WEB already exists."],
        );
    }

    #[test]
    fn the_first_reason_wins() {
        let given = World::new().with(instance_profile("web")).limited(QuotaName::InstanceProfilesPerAccount, 1);
        let mut wrong = CreateInstanceProfile { tags: numbered_tags(51), ..instance_profile("web") };
        check(given.clone(), wrong.clone(), expect!["EntityAlreadyExists: Instance Profile web already exists."]);
        wrong.instance_profile_name = InstanceProfileName::parse("db").unwrap();
        check(
            given.clone(),
            wrong.clone(),
            expect!["LimitExceeded: Cannot exceed quota for TagsPerInstanceProfile: 50 (it cannot be raised)"],
        );
        wrong.tags = numbered_tags(50);
        check(
            given,
            wrong.clone(),
            expect![
                "LimitExceeded: Cannot exceed quota for InstanceProfilesPerAccount: 1 (RequestQuotaIncrease can raise it to 5000)"
            ],
        );
        assert!(World::new().run(wrong).is_ok());
    }
}
