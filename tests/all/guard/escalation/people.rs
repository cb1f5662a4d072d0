//! The account of the search: what is in it, and who is given what.

use chancery_domain::Command;
use chancery_model::AccountId;
use chancery_testkit::Directory;
use serde_json::{Value, json};

use super::Site;
use crate::guard::{
    make::{self, ADMINISTRATOR, allow, deny, own, to_group, to_role, to_user, when},
    matrix::cast::delegation,
    office::Office,
};

/// A user, and what it is given.
pub(in crate::guard) type Person = (&'static str, Vec<Command>);

fn furniture(account: AccountId) -> Vec<Command> {
    let fence = make::arn(&own(account, "policy/Fence"));
    let s3 = || allow(&json!("s3:*"), &json!("*"));
    vec![
        make::policy("Fence", &s3()),
        make::policy("/team/Own", &s3()),
        make::policy("Old", &make::everything()),
        make::new_version(&own(account, "policy/Old"), &s3()),
        make::policy("Denying", &deny(&json!("kms:*"), &json!("*"))),
        make::user("vic", None),
        make::user("boss", None),
        make::user("/team/tim", Some(&fence)),
        make::user("/people/pat", None),
        make::attach(to_user("boss"), ADMINISTRATOR),
        make::attach(to_user("tim"), &own(account, "policy/team/Own")),
        make::group("admins"),
        make::group("/team/devs"),
        make::group("careful"),
        make::attach(to_group("admins"), ADMINISTRATOR),
        make::inline(to_group("careful"), "never", &deny(&json!("kms:*"), &json!("*"))),
        make::role("admin", None),
        make::role("/app/web", None),
        make::role("/team/helper", Some(&fence)),
        make::attach(to_role("admin"), ADMINISTRATOR),
        make::inline(to_role("web"), "own", &s3()),
        make::profile("web"),
    ]
}

/// The account with these people, all of whom can sign in.
pub(in crate::guard) async fn settle(people: Vec<Person>) -> Site {
    let (office, account) = (Office::open(), Directory::account());
    office.run_all(account, furniture(account)).await;
    for name in ["boss", "tim", "pat"] {
        office.run_all(account, [make::login(name)]).await;
    }
    for (name, grants) in people {
        office.hire(account, make::user(name, None), name).await;
        office.run_all(account, grants).await;
    }
    Site { office, account }
}

fn given(name: &'static str, statements: &Value) -> Person {
    (name, vec![make::inline(to_user(name), "own", statements)])
}

fn managed(name: &'static str, policy: &str) -> Person {
    (name, vec![make::attach(to_user(name), &format!("arn:aws:iam::aws:policy/{policy}"))])
}

/// Delegations as handbooks have them.
pub(in crate::guard) fn usual(account: AccountId) -> Vec<Person> {
    let at = |rest: &str| json!(own(account, rest));
    let to_ec2 = json!({ "StringEquals": { "iam:PassedToService": "ec2.amazonaws.com" } });
    let own_tags = json!({ "ForAllValues:StringNotEqualsIgnoreCase": { "aws:TagKeys": ["team"] } });
    let abac = json!({ "StringEquals": { "aws:PrincipalTag/team": "admin" } });
    let self_service = ["iam:GetUser", "iam:*LoginProfile", "iam:*AccessKey*", "iam:ChangePassword"];
    let team_policies = json!({ "ArnLike": { "iam:PolicyARN": own(account, "policy/team/*") },
                                "StringEquals": { "iam:PermissionsBoundary": own(account, "policy/Fence") } });
    let bounds = allow(&json!(["s3:*", "iam:Get*", "iam:List*", "iam:CreateUser"]), &json!("*"));
    vec![
        given("delegate", &delegation(account)),
        given("desk", &allow(&json!(["iam:*LoginProfile", "iam:GetUser", "iam:TagUser"]), &at("user/people/*"))),
        given("keeper", &allow(&json!(["iam:AddUserToGroup", "iam:RemoveUserFromGroup"]), &at("group/team/*"))),
        given(
            "scribe",
            &json!([
                allow(
                    &json!(["iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"]),
                    &at("policy/team/*")
                ),
                when(allow(&json!("iam:AttachUserPolicy"), &at("user/team/*")), team_policies),
            ]),
        ),
        given(
            "deployer",
            &json!([
                allow(&json!(["iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile"]), &json!("*")),
                when(allow(&json!("iam:PassRole"), &at("role/app/*")), to_ec2),
            ]),
        ),
        given("gatekeeper", &allow(&json!("iam:UpdateAssumeRolePolicy"), &at("role/app/*"))),
        given("self", &allow(&json!(self_service), &json!("arn:aws:iam::*:user/${aws:username}"))),
        given(
            "tagger",
            &json!([
                when(allow(&json!("iam:TagUser"), &at("user/${aws:username}")), own_tags),
                when(allow(&json!("*"), &json!("*")), abac),
            ]),
        ),
        given("founder", &allow(&json!("organizations:*"), &json!("*"))),
        managed("auditor", "SecurityAudit"),
        managed("reader", "IAMReadOnlyAccess"),
        managed("power", "PowerUserAccess"),
        (
            "bounded",
            vec![
                make::policy("Bounds", &bounds),
                make::attach(to_user("bounded"), ADMINISTRATOR),
                make::bind(to_user("bounded"), &own(account, "policy/Bounds")),
            ],
        ),
    ]
}

/// Delegations that give more than they seem to. Source: Rhino Security Labs, "AWS IAM Privilege Escalation – Methods and
/// Mitigation".
pub(in crate::guard) fn unsafe_ones(account: AccountId) -> Vec<Person> {
    let at = |rest: &str| json!(own(account, rest));
    let everywhere = || json!("*");
    let lean = |name: &'static str, actions: Value| given(name, &allow(&actions, &everywhere()));
    let case = json!({ "ForAllValues:StringNotEquals": { "aws:TagKeys": ["team"] } });
    let abac = json!({ "StringEquals": { "aws:PrincipalTag/team": "admin" } });
    let freed = json!(["s3:*", "iam:DeleteUserPermissionsBoundary"]);
    let team = json!({ "ArnLike": { "iam:PolicyARN": own(account, "policy/team/*") } });
    let attach = |name: &'static str, policy: &str| make::attach(to_user(name), &own(account, policy));
    let versions = |name: &'static str, action: &str| {
        (name, vec![attach(name, "policy/Old"), make::inline(to_user(name), "own", &allow(&json!(action), &at("policy/Old")))])
    };
    vec![
        lean("attacher", json!("iam:AttachUserPolicy")),
        lean("writer", json!("iam:PutUserPolicy")),
        lean("grouper", json!("iam:AddUserToGroup")),
        versions("versioner", "iam:CreatePolicyVersion"),
        versions("reverter", "iam:SetDefaultPolicyVersion"),
        lean("helpdesk", json!("iam:UpdateLoginProfile")),
        lean("passer", json!(["iam:PassRole", "iam:AddRoleToInstanceProfile"])),
        lean("truster", json!("iam:UpdateAssumeRolePolicy")),
        (
            "freed",
            vec![
                make::policy("Freeing", &allow(&freed, &everywhere())),
                make::attach(to_user("freed"), ADMINISTRATOR),
                make::bind(to_user("freed"), &own(account, "policy/Freeing")),
            ],
        ),
        given(
            "author",
            &json!([
                allow(&json!("iam:CreatePolicy"), &at("policy/team/*")),
                when(allow(&json!("iam:AttachUserPolicy"), &everywhere()), team),
            ]),
        ),
        // The key of a tag has many spellings, and this condition names one.
        given(
            "retagger",
            &json!([
                when(allow(&json!("iam:TagUser"), &at("user/${aws:username}")), case),
                when(allow(&json!("*"), &json!("*")), abac),
            ]),
        ),
        given("hirer", &allow(&json!(["iam:CreateUser", "iam:PutUserPolicy"]), &at("user/evil"))),
    ]
}
