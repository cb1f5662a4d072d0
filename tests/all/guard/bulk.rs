//! Many at once is no way around: an import and a batch are authorized item by item, as the one who brings them.

use chancery_domain::Command;
use chancery_engine::{
    BatchMode, Caller, EngineError, Request,
    import::{AccountFile, ImportMode, Imported, plan},
};
use chancery_testkit::Directory;
use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::guard::{
    make::{self, ADMINISTRATOR, allow, to_group, to_user},
    office::Office,
};

/// Somebody may see the account and create users, and nothing else.
async fn recruiter(office: &Office) -> Caller {
    let account = Directory::account();
    let hr = office.hire(account, make::user("hr", None), "hr").await;
    let actions = json!(["iam:CreateUser", "iam:Get*", "iam:List*"]);
    office.run_all(account, [make::inline(to_user("hr"), "hire", &allow(&actions, &json!("*")))]).await;
    hr
}

/// A file with somebody who brings `*:*` in every way there is.
fn file() -> Value {
    let everything = json!({ "Version": "2012-10-17", "Statement": make::everything() });
    let version = json!([{ "VersionId": "v1", "Document": everything, "IsDefaultVersion": true }]);
    let administrator = json!([{ "PolicyArn": ADMINISTRATOR, "PolicyName": "AdministratorAccess" }]);
    let arn = |name: &str| format!("arn:aws:iam::999999999999:policy/{name}");
    let trust = json!({ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "sts:AssumeRole" } });
    json!({
        "Policies": [
            { "PolicyName": "All", "PolicyId": "x", "Arn": arn("All"), "Path": "/", "DefaultVersionId": "v1", "PolicyVersionList": version },
            { "PolicyName": "Novel", "PolicyId": "y", "Arn": "arn:aws:iam::aws:policy/Novel", "Path": "/", "DefaultVersionId": "v1",
              "PolicyVersionList": version },
        ],
        "GroupDetailList": [{
            "GroupName": "admins", "Path": "/", "AttachedManagedPolicies": administrator,
            "GroupPolicyList": [{ "PolicyName": "all", "PolicyDocument": everything }],
        }],
        "UserDetailList": [
            { "UserName": "ada", "Path": "/", "GroupList": [] },
            {
                "UserName": "mallory", "Path": "/", "GroupList": ["admins"], "AttachedManagedPolicies": administrator,
                "UserPolicyList": [{ "PolicyName": "all", "PolicyDocument": everything }],
                "PermissionsBoundary": { "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": ADMINISTRATOR },
            },
        ],
        "RoleDetailList": [{
            "RoleName": "back-door", "Path": "/", "AssumeRolePolicyDocument": trust, "AttachedManagedPolicies": administrator,
            "InstanceProfileList": [], "RolePolicyList": [{ "PolicyName": "all", "PolicyDocument": everything }],
        }],
    })
}

async fn import(office: &Office, caller: &Caller, mode: ImportMode) -> Imported {
    let file = AccountFile::parse(&serde_json::to_vec(&file()).unwrap()).unwrap();
    let planned = office.engine.plan_import(caller, |account, aws| plan(&file, account, aws)).unwrap();
    office.engine.import(caller, &Request::local(), planned, mode, &|_, _| {}).await.unwrap()
}

fn told(imported: &Imported) -> String {
    let line = |item: &chancery_engine::import::Item| {
        let reason = item.reason.as_deref().map(|reason| format!(": {}", shown(reason))).unwrap_or_default();
        format!("{} {} {}{reason}\n", item.outcome.name(), item.kind.name(), item.name)
    };
    imported.items.iter().map(line).collect()
}

/// A refusal without what all of them say.
fn shown(reason: &str) -> String {
    reason.replace("User: arn:aws:iam::123456789012:user/hr is not authorized to perform: ", "DENIED ")
}

const RUN: ImportMode = ImportMode { dry_run: false, skip_refused: false };
const SKIP: ImportMode = ImportMode { dry_run: false, skip_refused: true };

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_authorized_item_by_item() {
    let office = Office::open();
    let hr = recruiter(&office).await;
    let before = office.engine.head();
    let refused = import(&office, &hr, RUN).await;
    expect![[r#"
        refused aws-policy Novel: DENIED chancery:PublishManagedPolicy on resource: arn:aws:iam::aws:policy/Novel because only the operator of the machine may, on its command line
        refused policy All: DENIED iam:CreatePolicy on resource: arn:aws:iam::123456789012:policy/All because no identity-based policy allows the iam:CreatePolicy action
        refused group admins: DENIED iam:CreateGroup on resource: arn:aws:iam::123456789012:group/admins because no identity-based policy allows the iam:CreateGroup action
        created user ada
        created user mallory
        refused role back-door: DENIED iam:CreateRole on resource: arn:aws:iam::123456789012:role/back-door because no identity-based policy allows the iam:CreateRole action
        refused attachment group/admins AdministratorAccess: DENIED iam:AttachGroupPolicy on resource: arn:aws:iam::123456789012:group/admins because no identity-based policy allows the iam:AttachGroupPolicy action
        refused inline-policy group/admins all: DENIED iam:PutGroupPolicy on resource: arn:aws:iam::123456789012:group/admins because no identity-based policy allows the iam:PutGroupPolicy action
        refused attachment user/mallory AdministratorAccess: DENIED iam:AttachUserPolicy on resource: arn:aws:iam::123456789012:user/mallory because no identity-based policy allows the iam:AttachUserPolicy action
        refused inline-policy user/mallory all: DENIED iam:PutUserPolicy on resource: arn:aws:iam::123456789012:user/mallory because no identity-based policy allows the iam:PutUserPolicy action
        refused membership user/mallory admins: DENIED iam:AddUserToGroup on resource: arn:aws:iam::123456789012:group/admins because no identity-based policy allows the iam:AddUserToGroup action
        refused attachment role/back-door AdministratorAccess: DENIED iam:AttachRolePolicy on resource: arn:aws:iam::123456789012:role/back-door because no identity-based policy allows the iam:AttachRolePolicy action
        refused inline-policy role/back-door all: DENIED iam:PutRolePolicy on resource: arn:aws:iam::123456789012:role/back-door because no identity-based policy allows the iam:PutRolePolicy action
    "#]].assert_eq(&told(&refused));
    assert_eq!((refused.records, office.engine.head()), (0, before), "one refused item stops everything");
    // Who leaves out what is refused gets what one may do alone, and no more.
    let rest = import(&office, &hr, SKIP).await;
    expect![[r#"
        refused aws-policy Novel: DENIED chancery:PublishManagedPolicy on resource: arn:aws:iam::aws:policy/Novel because only the operator of the machine may, on its command line
        refused policy All: DENIED iam:CreatePolicy on resource: arn:aws:iam::123456789012:policy/All because no identity-based policy allows the iam:CreatePolicy action
        refused group admins: DENIED iam:CreateGroup on resource: arn:aws:iam::123456789012:group/admins because no identity-based policy allows the iam:CreateGroup action
        created user ada
        created user mallory
        refused role back-door: DENIED iam:CreateRole on resource: arn:aws:iam::123456789012:role/back-door because no identity-based policy allows the iam:CreateRole action
        refused attachment group/admins AdministratorAccess: DENIED iam:AttachGroupPolicy on resource: arn:aws:iam::123456789012:group/admins because no identity-based policy allows the iam:AttachGroupPolicy action
        refused inline-policy group/admins all: DENIED iam:PutGroupPolicy on resource: arn:aws:iam::123456789012:group/admins because no identity-based policy allows the iam:PutGroupPolicy action
        refused attachment user/mallory AdministratorAccess: DENIED iam:AttachUserPolicy on resource: arn:aws:iam::123456789012:user/mallory because no identity-based policy allows the iam:AttachUserPolicy action
        refused inline-policy user/mallory all: DENIED iam:PutUserPolicy on resource: arn:aws:iam::123456789012:user/mallory because no identity-based policy allows the iam:PutUserPolicy action
        refused membership user/mallory admins: DENIED iam:AddUserToGroup on resource: arn:aws:iam::123456789012:group/admins because no identity-based policy allows the iam:AddUserToGroup action
        refused attachment role/back-door AdministratorAccess: DENIED iam:AttachRolePolicy on resource: arn:aws:iam::123456789012:role/back-door because no identity-based policy allows the iam:AttachRolePolicy action
        refused inline-policy role/back-door all: DENIED iam:PutRolePolicy on resource: arn:aws:iam::123456789012:role/back-door because no identity-based policy allows the iam:PutRolePolicy action
    "#]].assert_eq(&told(&rest));
    let state = office.state().await;
    let account = &state.accounts[&Directory::account()];
    let names: Vec<_> = account.users.values().map(|user| user.name.get().unwrap().to_string()).collect();
    assert!(names.contains(&"ada".to_owned()), "{names:?}");
    assert!(account.users.values().all(|user| user.permissions.attached.is_empty()));
    assert!(account.groups.is_empty() && account.roles.is_empty() && account.policies.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_look_gets_no_plan() {
    let office = Office::open();
    let nobody = office.hire(Directory::account(), make::user("nobody", None), "nobody").await;
    let file = AccountFile::parse(&serde_json::to_vec(&file()).unwrap()).unwrap();
    let planned = office.engine.plan_import(&nobody, |account, aws| plan(&file, account, aws)).map(|_| ());
    assert!(matches!(planned, Err(EngineError::Denied(_))), "{planned:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_authorized_item_by_item_after_the_ones_before() {
    let office = Office::open();
    let hr = recruiter(&office).await;
    let check = async |commands: Vec<Command>, expected: Expect| {
        let before = office.engine.head();
        let answers = office.engine.execute_all(&hr, &Request::local(), commands, BatchMode::Commit).await.unwrap();
        let lines = answers.into_iter().map(|answer| match answer {
            Ok(_) => "done\n".to_owned(),
            Err(error) => format!("{} {}\n", error.code(), shown(&error.to_string())),
        });
        expected.assert_eq(&lines.collect::<String>());
        office.engine.head().0 - before.0
    };
    let ada = || make::user("ada", None);
    let one = check(vec![ada(), make::attach(to_user("ada"), ADMINISTRATOR), make::user("bob", None)], expect![[r#"
        done
        AccessDenied DENIED iam:AttachUserPolicy on resource: arn:aws:iam::123456789012:user/ada because no identity-based policy allows the iam:AttachUserPolicy action
        done
    "#]]).await;
    assert_eq!(one, 0, "all or nothing");
    let own = check(vec![make::inline(to_user("hr"), "more", &make::everything()), make::group("admins")], expect![[r#"
        AccessDenied DENIED iam:PutUserPolicy on resource: arn:aws:iam::123456789012:user/hr because no identity-based policy allows the iam:PutUserPolicy action
        AccessDenied DENIED iam:CreateGroup on resource: arn:aws:iam::123456789012:group/admins because no identity-based policy allows the iam:CreateGroup action
    "#]]).await;
    assert_eq!(own, 0);
    let group = check(vec![make::attach(to_group("admins"), ADMINISTRATOR), make::join("hr", "admins")], expect![[r#"
        AccessDenied DENIED iam:AttachGroupPolicy on resource: arn:aws:iam::123456789012:group/admins because no identity-based policy allows the iam:AttachGroupPolicy action
        AccessDenied DENIED iam:AddUserToGroup on resource: arn:aws:iam::123456789012:group/admins because no identity-based policy allows the iam:AddUserToGroup action
    "#]]).await;
    assert_eq!(group, 0);
    assert_eq!(
        check(
            vec![ada(), make::user("bob", None)],
            expect![[r#"
        done
        done
    "#]]
        )
        .await,
        2
    );
}
