//! The policies over an account, level by level.

use expect_test::{Expect, expect};

use super::{ControlLevel, OrganizationPolicy, PolicyType};
use crate::{
    actions::{MoveAccount, RemoveAccountFromOrganization},
    check::{ACCOUNT, World, account},
    check_organization::{
        MEMBER, account_id, at_account, at_root, at_unit, attach_to, detach_from, enabled, founded, joined_by, rcp, root, scp,
        under, unit, with_unit,
    },
};

/// Root, `Work`, `Team` in it, the member account in that; both types enabled.
fn given() -> World {
    let given = with_unit(enabled(enabled(founded(), PolicyType::ServiceControl), PolicyType::ResourceControl), "Work");
    let work = under(&given, "Work");
    let given = joined_by(given.with(unit(work, "Team")), MEMBER).with(scp("No-S3")).with(rcp("Mine"));
    let (source_parent_id, destination_parent_id) = (root(&given), under(&given, "Team"));
    given.with(MoveAccount { account_id: account_id(MEMBER), source_parent_id, destination_parent_id })
}

fn check(levels: Option<Vec<ControlLevel<'_>>>, then: &Expect) {
    let names = |policies: &[&std::sync::Arc<OrganizationPolicy>]| {
        policies.iter().map(|policy| policy.name.to_string()).collect::<Vec<_>>().join(", ")
    };
    let shown =
        levels.map(|levels| levels.iter().map(|level| format!("{}: {}\n", level.target, names(&level.policies))).collect());
    then.assert_eq(&shown.unwrap_or_else(|| "none".to_owned()));
}

#[test]
fn levels_go_from_the_root_to_the_account() {
    let given = given();
    let member = account_id(MEMBER);
    check(
        given.state.service_control_levels(member),
        &expect![[r#"
        r-0000: FullAWSAccess
        ou-0000-0000000006: FullAWSAccess
        ou-0000-0000000007: FullAWSAccess
        222222222222: FullAWSAccess
    "#]],
    );
    let given = given.clone().with(attach_to(&given, "No-S3", at_unit(&given, "Work")));
    let given = given.clone().with(detach_from(&given, "FullAWSAccess", at_unit(&given, "Work")));
    let given = given.clone().with(attach_to(&given, "No-S3", at_account(MEMBER)));
    let given = given.clone().with(attach_to(&given, "Mine", at_root(&given)));
    check(
        given.state.service_control_levels(member),
        &expect![[r#"
        r-0000: FullAWSAccess
        ou-0000-0000000006: No-S3
        ou-0000-0000000007: FullAWSAccess
        222222222222: FullAWSAccess, No-S3
    "#]],
    );
    check(
        given.state.resource_control_levels(member),
        &expect![[r#"
        r-0000: RCPFullAWSAccess, Mine
        ou-0000-0000000006: RCPFullAWSAccess
        ou-0000-0000000007: RCPFullAWSAccess
        222222222222: RCPFullAWSAccess
    "#]],
    );
}

#[test]
fn none_over_the_management_account_over_others_and_while_not_enabled() {
    let given = given().in_account("333333333333").with(account());
    check(given.state.service_control_levels(account_id(ACCOUNT)), &expect!["none"]);
    check(given.state.resource_control_levels(account_id(ACCOUNT)), &expect!["none"]);
    check(given.state.service_control_levels(account_id("333333333333")), &expect!["none"]);
    check(given.state.service_control_levels(account_id("999999999999")), &expect!["none"]);
    let removed = given.in_account(ACCOUNT).with(RemoveAccountFromOrganization { account_id: account_id(MEMBER) });
    check(removed.state.service_control_levels(account_id(MEMBER)), &expect!["none"]);
    let plain = joined_by(founded(), MEMBER);
    check(plain.state.service_control_levels(account_id(MEMBER)), &expect!["none"]);
    let one = enabled(plain, PolicyType::ServiceControl);
    check(one.state.resource_control_levels(account_id(MEMBER)), &expect!["none"]);
    assert_eq!(one.state.service_control_levels(account_id(MEMBER)).map(|levels| levels.len()), Some(2));
    check(World::new().state.service_control_levels(account_id(ACCOUNT)), &expect!["none"]);
}

#[test]
fn awss_policies_are_there_without_an_organization() {
    let names: Vec<_> = OrganizationPolicy::of_aws().iter().map(|policy| format!("{} {}", policy.id, policy.name)).collect();
    assert_eq!(names, ["p-FullAWSAccess FullAWSAccess", "p-RCPFullAWSAccess RCPFullAWSAccess"]);
    assert!(OrganizationPolicy::of_aws().iter().all(|policy| policy.is_awss()));
}

#[test]
fn arns_are_awss() {
    let given = given();
    let known = given.here().organization.unwrap();
    let shown = [
        known.organization_arn(),
        known.target_arn(at_root(&given)),
        known.target_arn(at_unit(&given, "Work")),
        known.target_arn(at_account(MEMBER)),
        known.policy_arn(PolicyType::ServiceControl, PolicyType::ServiceControl.default_policy()),
        known.policy_arn(PolicyType::ResourceControl, crate::check_organization::policy_id(&given, "Mine")),
        known.handshake_arn("h-0123456789".parse().unwrap()),
    ];
    expect![[r#"
        arn:aws:organizations::123456789012:organization/o-0000000003
        arn:aws:organizations::123456789012:root/o-0000000003/r-0000
        arn:aws:organizations::123456789012:ou/o-0000000003/ou-0000-0000000006
        arn:aws:organizations::123456789012:account/o-0000000003/222222222222
        arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess
        arn:aws:organizations::123456789012:policy/o-0000000003/resource_control_policy/p-000000000d
        arn:aws:organizations::123456789012:handshake/o-0000000003/invite/h-0123456789
    "#]]
    .assert_eq(&shown.map(|arn| format!("{arn}\n")).concat());
}
