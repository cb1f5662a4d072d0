//! Somebody who looks after a team within a boundary: grants nothing beyond it, and does not take it off.

use chancery_domain::{Account, Command, actions};
use chancery_engine::{AccessQuestion, Caller, EngineError, Request};
use chancery_policy::RequestContext;
use chancery_testkit::{Dice, Directory};
use expect_test::{Expect, expect};

use crate::guard::{
    escalation::{Site, moves, people},
    make::{self, ADMINISTRATOR, own, to_role, to_user},
};

const NAME: &str = "delegate";

async fn site() -> (Site, Caller) {
    let usual = people::usual(Directory::account());
    let site = people::settle(usual.into_iter().filter(|(name, _)| *name == NAME).collect()).await;
    let caller = site.office.sign_in(site.account, Some(NAME)).await;
    (site, caller)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delegated_administrator_stays_within_the_boundary() {
    let (site, caller) = site().await;
    let fence = make::arn(&own(site.account, "policy/Fence"));
    let administrator = make::arn(ADMINISTRATOR);
    let moved = |name: &str, path: &str| {
        let (user_name, new_path) = (make::user_name(name), Some(make::path(path)));
        actions::UpdateUser { user_name, new_user_name: None, new_path }.into()
    };
    let check = async |command: Command, expected: Expect| {
        let answer = site.office.attempt_one(&caller, command).await;
        let told = match answer {
            Ok(_) => "done".to_owned(),
            Err(EngineError::Denied(denied)) => format!("{} {}", denied.action, denied.reason.split(" the ").next().unwrap()),
            Err(other) => panic!("{other}"),
        };
        expected.assert_eq(&told);
    };
    // People are made within the boundary that the condition names, and no other.
    check(make::user("/team/new", Some(&fence)), expect!["done"]).await;
    check(make::user("/team/new", None), expect!["iam:CreateUser because no identity-based policy allows"]).await;
    check(make::user("/team/new", Some(&administrator)), expect!["iam:CreateUser because no identity-based policy allows"]).await;
    check(make::role("/team/new", None), expect!["iam:CreateRole because no identity-based policy allows"]).await;
    check(make::role("/team/new", Some(&fence)), expect!["done"]).await;
    check(make::user("new", Some(&fence)), expect!["iam:CreateUser because no identity-based policy allows"]).await;
    // The boundary is neither taken off nor changed for a wider one, nor is its document written.
    check(
        actions::DeletePermissionsBoundary { target: to_user("tim") }.into(),
        expect!["iam:DeleteUserPermissionsBoundary because no identity-based policy allows"],
    )
    .await;
    check(
        actions::DeletePermissionsBoundary { target: to_role("helper") }.into(),
        expect!["iam:DeleteRolePermissionsBoundary because no identity-based policy allows"],
    )
    .await;
    check(
        make::bind(to_user("tim"), ADMINISTRATOR),
        expect!["iam:PutUserPermissionsBoundary because no identity-based policy allows"],
    )
    .await;
    check(
        make::new_version(fence.as_str(), &make::everything()),
        expect!["iam:CreatePolicyVersion because no identity-based policy allows"],
    )
    .await;
    // Others are not brought into the team, nor members out of it, nor into groups.
    check(moved("boss", "/team/"), expect!["iam:UpdateUser because no identity-based policy allows"]).await;
    check(moved("tim", "/"), expect!["iam:UpdateUser because no identity-based policy allows"]).await;
    check(make::join("tim", "admins"), expect!["iam:AddUserToGroup because no identity-based policy allows"]).await;
    // Nothing is given to those outside, oneself first.
    check(make::attach(to_user(NAME), ADMINISTRATOR), expect!["iam:AttachUserPolicy because no identity-based policy allows"])
        .await;
    check(make::attach(to_user("vic"), ADMINISTRATOR), expect!["iam:AttachUserPolicy because no identity-based policy allows"])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_to_a_member_counts_within_the_boundary_alone() {
    let (site, caller) = site().await;
    site.office.run(&caller, make::attach(to_user("tim"), ADMINISTRATOR)).await;
    let (principal, context) = (own(site.account, "user/team/tim"), RequestContext::new());
    let may = |action: &str| {
        let question = AccessQuestion { principal: &principal, action, resource: "*", resource_account: None, context: &context };
        site.office.engine.decide_access(&Caller::operator(site.account), &question).unwrap().is_allowed()
    };
    assert!(may("s3:ListAllMyBuckets"));
    assert!(!may("iam:CreateUser") && !may("kms:CreateKey"));
}

/// A member without the boundary, whoever made it so, is out of reach.
#[tokio::test(flavor = "multi_thread")]
async fn who_has_another_boundary_or_none_is_out_of_reach() {
    let (site, caller) = site().await;
    site.office.run_all(site.account, [make::user("/team/free", None), make::bind(to_user("vic"), ADMINISTRATOR)]).await;
    for command in [
        make::attach(to_user("free"), ADMINISTRATOR),
        make::inline(to_user("free"), "more", &make::everything()),
        make::attach(to_user("vic"), ADMINISTRATOR),
    ] {
        let told = site.office.attempt_one(&caller, command).await.unwrap_err().to_string();
        assert!(told.contains("because no identity-based policy allows"), "{told}");
    }
}

/// Everything that is not the team's, and the boundaries of what is.
fn sacred(account: &Account) -> String {
    let team = |path: &chancery_model::Path| path.as_str().starts_with("/team/");
    let fence = account.policies.values().find(|policy| policy.name.as_str() == "Fence").unwrap();
    let fenced = |path: &chancery_model::Path, boundary| {
        assert!(!team(path) || boundary == Some(fence.id), "a member of the team without its boundary");
    };
    account.users.values().for_each(|user| fenced(&user.path, user.boundary));
    account.roles.values().for_each(|role| fenced(&role.path, role.boundary));
    let users: Vec<_> = account.users.values().filter(|user| !team(&user.path)).collect();
    let roles: Vec<_> = account.roles.values().filter(|role| !team(&role.path)).collect();
    format!("{users:?} {roles:?} {:?} {:?}", account.groups, account.policies)
}

/// Whatever it does, and in whatever order: those outside are as they were, and everybody inside is within the boundary.
#[tokio::test(flavor = "multi_thread")]
async fn random_steps_stay_within_the_boundary() {
    let (site, caller) = site().await;
    let steps = moves::moves(site.account, NAME);
    let mut dice = Dice::new(30);
    let before = sacred(&site.office.state().await.accounts[&site.account]);
    let mut done = 0;
    for _ in 0..1_500 {
        let step = &steps[usize::try_from(dice.below(steps.len() as u64)).unwrap()];
        done += usize::from(site.office.engine.execute(&caller, &Request::local(), step.command.clone(), None).await.is_ok());
        let after = sacred(&site.office.state().await.accounts[&site.account]);
        assert_eq!(after, before, "{}", step.label());
    }
    assert!(done > 50, "{done}");
}
