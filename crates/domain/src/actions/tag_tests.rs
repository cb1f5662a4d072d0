//! What [`Tag`] does and refuses.

use expect_test::expect;

use super::*;
use crate::check::{World, aws_policy, check, check_sealed, delete_user, sample, tag, tag_targets, tagged, user};

/// A user, a role, a policy and an instance profile without tags.
fn given() -> World {
    let entities = ["role.created.v1", "policy.created.v1", "instance_profile.created.v1"];
    let world = entities.iter().fold(World::new().with(user("ada")), |world, name| world.after(sample(name)));
    let untagged =
        |world: World, target| world.with(crate::actions::Untag { target, keys: vec![TagKey::parse("Team").unwrap()] });
    tag_targets().into_iter().fold(world, untagged)
}

#[test]
fn tags_are_set_sealed_on_users_alone() {
    let [user, role, policy, profile] = tag_targets();
    check(
        given(),
        tag(user, &[("Team", "red"), ("Cost", "")]),
        expect![
            "user.tagged.v1 User(AIDAAAAAAAAAAAAAAAAAE, Tagged { tags: Tags([Tag { key: Cost, value: personal(00000000000000000000000003) }, Tag { key: Team, value: personal(00000000000000000000000003) }]) }) | user.tag=, user.tag=red"
        ],
    );
    check(
        given(),
        tag(role, &[("Team", "red")]),
        expect!["role.tagged.v1 Role(AROAAAAAAAAAAAAAAAAAD, Tagged { tags: Tags([Tag { key: Team, value: red }]) })"],
    );
    check(
        given(),
        tag(policy, &[("Team", "red")]),
        expect!["policy.tagged.v1 Policy(ANPAAAAAAAAAAAAAAAAAE, Tagged { tags: Tags([Tag { key: Team, value: red }]) })"],
    );
    check(
        given(),
        tag(profile, &[("Team", "red")]),
        expect![
            "instance_profile.tagged.v1 InstanceProfile(AIPAAAAAAAAAAAAAAAAAF, Tagged { tags: Tags([Tag { key: Team, value: red }]) })"
        ],
    );
}

#[test]
fn actions_are_named_after_the_target() {
    let names = tag_targets().map(|target| tag(target, &[]).action());
    assert_eq!(names, ["TagUser", "TagRole", "TagPolicy", "TagInstanceProfile"]);
}

#[test]
fn nothing_changes_when_all_tags_are_so() {
    for target in tag_targets() {
        let given = tagged(given(), target.clone(), &[("Team", "red"), ("Cost", "1")]);
        check(given.clone(), tag(target.clone(), &[("Team", "red")]), expect!["nothing"]);
        check(given, tag(target, &[]), expect!["nothing"]);
    }
}

#[test]
fn an_event_carries_the_tags_that_change() {
    let [user, ..] = tag_targets();
    let given = tagged(given(), user.clone(), &[("Team", "red"), ("Cost", "1")]);
    check(
        given,
        tag(user, &[("Team", "red"), ("Cost", "2")]),
        expect![
            "user.tagged.v1 User(AIDAAAAAAAAAAAAAAAAAE, Tagged { tags: Tags([Tag { key: Cost, value: personal(00000000000000000000000003) }]) }) | user.tag=2"
        ],
    );
}

#[test]
fn keys_of_another_case_replace_on_users_and_roles_and_are_new_elsewhere() {
    let keys = tag_targets().map(|target| {
        let given = tagged(given(), target.clone(), &[("Team", "red")]);
        let given = tagged(given, target.clone(), &[("TEAM", "red")]);
        let tagged = Tagged::find(&target, given.here(), &given.state.aws).unwrap();
        tagged.len_with(&Tags::<TagValue>::default())
    });
    assert_eq!(keys, [1, 1, 2, 2]);
}

#[test]
fn what_is_not_there() {
    for (target, then) in tag_targets().into_iter().zip([
        expect!["NoSuchEntity: The user with name ada cannot be found."],
        expect!["NoSuchEntity: The role with name deploy cannot be found."],
        expect!["NoSuchEntity: Policy arn:aws:iam::123456789012:policy/eng/reading was not found."],
        expect!["NoSuchEntity: The instance profile web cannot be found."],
    ]) {
        check(World::new(), tag(target, &[("Team", "red")]), then);
    }
}

#[test]
fn a_policy_of_aws() {
    check(
        given(),
        tag(aws_policy("ReadOnlyAccess"), &[("Team", "red")]),
        expect![
            "UnmodifiableEntity: Policy arn:aws:iam::aws:policy/ReadOnlyAccess cannot be modified: it belongs to AWS; create a policy of your own instead"
        ],
    );
    check(
        given(),
        tag(aws_policy("NoSuchAccess"), &[("Team", "red")]),
        expect!["NoSuchEntity: Policy arn:aws:iam::aws:policy/NoSuchAccess was not found."],
    );
}

#[test]
fn no_more_than_the_quota() {
    let many: Vec<String> = (0..50).map(|number| format!("k{number}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|key| (key.as_str(), "v")).collect();
    for (target, then) in tag_targets().into_iter().zip([
        expect!["LimitExceeded: Cannot exceed quota for TagsPerUser: 50 (it cannot be raised)"],
        expect!["LimitExceeded: Cannot exceed quota for TagsPerRole: 50 (it cannot be raised)"],
        expect!["LimitExceeded: Cannot exceed quota for TagsPerPolicy: 50 (it cannot be raised)"],
        expect!["LimitExceeded: Cannot exceed quota for TagsPerInstanceProfile: 50 (it cannot be raised)"],
    ]) {
        let given = tagged(given(), target.clone(), &many);
        check(given.clone(), tag(target.clone(), &[("more", "v")]), then);
        assert!(given.clone().run(tag(target, &[("k1", "w")])).is_ok(), "a key that is there already may get another value");
    }
}

#[test]
fn a_user_that_was_replaced_meanwhile_does_not_get_the_tags() {
    let [ada, ..] = tag_targets();
    let mut given = World::new().with(user("ada"));
    let command = given.sealed(tag(ada, &[("Team", "red")]));
    check_sealed(
        given.with(delete_user("ada")).with(user("ada")),
        &command,
        expect!["ConcurrentModification: The entity was changed by another request in the same moment; try again."],
    );
}

#[test]
fn a_user_that_came_meanwhile_does_not_get_the_tags() {
    let [ada, ..] = tag_targets();
    let mut given = World::new();
    let command = given.sealed(tag(ada, &[("Team", "red")]));
    check_sealed(
        given.with(user("ada")),
        &command,
        expect!["ConcurrentModification: The entity was changed by another request in the same moment; try again."],
    );
}

#[test]
fn the_quota_is_told_before_a_replaced_user() {
    let [ada, ..] = tag_targets();
    let mut given = World::new().with(user("ada"));
    let command = given.sealed(tag(ada, &[("Team", "red")]));
    let given = given.with(delete_user("ada")).with(user("ada")).limited(QuotaName::TagsPerUser, 0);
    check_sealed(
        given,
        &command,
        expect!["LimitExceeded: Cannot exceed quota for TagsPerUser: 0 (RequestQuotaIncrease can raise it to 50)"],
    );
}
