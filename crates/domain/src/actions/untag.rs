//! Takes tags away. Source: IAM API Reference, `UntagUser`, `UntagRole`, `UntagPolicy`, `UntagInstanceProfile`.

use chancery_model::{Arn, TagKey};
use chancery_policy::RequestContext;

use super::{Act, TagTarget, tag::Tagged};
use crate::{Account, AwsPolicies, Context, Event, Rejection, asked};

/// Takes tags away. Keys that are not there are passed over.
#[derive(Debug, Clone, Hash)]
pub struct Untag {
    /// From what.
    pub target: TagTarget,
    /// Which.
    pub keys: Vec<TagKey>,
}

impl Act for Untag {
    fn action(&self) -> &'static str {
        self.target.pick(["UntagUser", "UntagRole", "UntagPolicy", "UntagInstanceProfile"])
    }

    fn resource(&self, account: &Account) -> Arn {
        self.target.arn(account)
    }

    fn say(&self, _account: &Account, _aws: &AwsPolicies, keys: &mut RequestContext) {
        asked::say_tag_keys(self.keys.iter(), keys);
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let tagged = Tagged::find(&self.target, account, &context.state.aws)?;
        let mut keys: Vec<TagKey> = self.keys.iter().filter(|key| tagged.has(key)).cloned().collect();
        keys.sort();
        keys.dedup();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![tagged.unset(keys)])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::check::{World, aws_policy, check, sample, tag_targets, tagged, user};

    fn untag(target: TagTarget, keys: &[&str]) -> Untag {
        Untag { target, keys: keys.iter().map(|key| TagKey::parse(key).unwrap()).collect() }
    }

    /// A user, a role, a policy and an instance profile with a tag `Team` each.
    fn given() -> World {
        let entities = ["role.created.v1", "policy.created.v1", "instance_profile.created.v1"];
        let world = entities.iter().fold(World::new().with(user("ada")), |world, name| world.after(sample(name)));
        tag_targets().into_iter().fold(world, |world, target| tagged(world, target, &[("Team", "red")]))
    }

    #[test]
    fn tags_are_taken_away_whatever_their_case_on_users_and_roles() {
        let [user, role, policy, profile] = tag_targets();
        check(
            given(),
            untag(user.clone(), &["team"]),
            expect!["user.untagged.v1 User(AIDAAAAAAAAAAAAAAAAAE, Untagged { keys: [team] })"],
        );
        check(
            given(),
            untag(role, &["team"]),
            expect!["role.untagged.v1 Role(AROAAAAAAAAAAAAAAAAAD, Untagged { keys: [team] })"],
        );
        check(
            given(),
            untag(policy.clone(), &["Team"]),
            expect!["policy.untagged.v1 Policy(ANPAAAAAAAAAAAAAAAAAE, Untagged { keys: [Team] })"],
        );
        check(
            given(),
            untag(profile.clone(), &["Team"]),
            expect!["instance_profile.untagged.v1 InstanceProfile(AIPAAAAAAAAAAAAAAAAAF, Untagged { keys: [Team] })"],
        );
        check(given(), untag(policy, &["team"]), expect!["nothing"]);
        check(given(), untag(profile, &["team"]), expect!["nothing"]);
        let account = given().with(untag(user, &["team"])).here().clone();
        assert!(account.users.values().all(|user| user.tags.is_empty()));
    }

    #[test]
    fn keys_that_are_not_there_or_stand_twice_are_passed_over() {
        let [user, ..] = tag_targets();
        check(
            given(),
            untag(user.clone(), &["Team", "Cost", "Team"]),
            expect!["user.untagged.v1 User(AIDAAAAAAAAAAAAAAAAAE, Untagged { keys: [Team] })"],
        );
        check(given(), untag(user.clone(), &["Cost"]), expect!["nothing"]);
        check(given(), untag(user, &[]), expect!["nothing"]);
    }

    #[test]
    fn what_is_not_there() {
        for (target, then) in tag_targets().into_iter().zip([
            expect!["NoSuchEntity: The user with name ada cannot be found."],
            expect!["NoSuchEntity: The role with name deploy cannot be found."],
            expect!["NoSuchEntity: Policy arn:aws:iam::123456789012:policy/eng/reading was not found."],
            expect!["NoSuchEntity: The instance profile web cannot be found."],
        ]) {
            check(World::new(), untag(target, &["Team"]), then);
        }
    }

    #[test]
    fn a_policy_of_aws() {
        check(
            given(),
            untag(aws_policy("ReadOnlyAccess"), &["Team"]),
            expect![
                "UnmodifiableEntity: Policy arn:aws:iam::aws:policy/ReadOnlyAccess cannot be modified: it belongs to AWS; create a policy of your own instead"
            ],
        );
        check(
            given(),
            untag(aws_policy("NoSuchAccess"), &["Team"]),
            expect!["NoSuchEntity: Policy arn:aws:iam::aws:policy/NoSuchAccess was not found."],
        );
    }
}
