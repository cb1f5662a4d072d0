//! A small account with the oddities of real ones, imported for real.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::*;
use crate::{BatchMode, Caller, Engine, EngineConfig, FirstAccount, Request, init};

fn document(action: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }] })
}

fn version(id: &str, action: &str) -> Value {
    json!({ "VersionId": id, "Document": document(action), "IsDefaultVersion": false })
}

fn policy(name: &str, default: &str, versions: &[Value]) -> Value {
    json!({
        "PolicyName": name, "PolicyId": "no id at all", "Arn": format!("arn:aws:iam::999999999999:policy/{name}"), "Path": "/",
        "DefaultVersionId": default, "PermissionsBoundaryUsageCount": null, "PolicyVersionList": versions,
    })
}

fn small() -> Value {
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let encoded: String = trust.bytes().map(|byte| format!("%{byte:02x}")).collect();
    json!({
        "Policies": [
            policy("Readers", "v3", &[version("v3", "s3:Get*"), version("v1", "s3:List*")]),
            policy("Limits", "v1", &[version("v1", "*")]),
            {
                "PolicyName": "ReadOnlyAccess", "Arn": "arn:aws:iam::aws:policy/ReadOnlyAccess", "Path": "/",
                "DefaultVersionId": "v1", "PolicyVersionList": [version("v1", "s3:Get*")],
            },
            {
                "PolicyName": "Brandnew", "PolicyId": "Brandnew", "Arn": "arn:aws:iam::aws:policy/job-function/Brandnew",
                "Path": "/job-function/", "DefaultVersionId": "v7", "PolicyVersionList": [version("v7", "s3:Get*"), version("v6", "*")],
            },
        ],
        "GroupDetailList": [{
            "GroupName": "devs", "Path": "/eng/", "AttachedManagedPolicies": [{ "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess" }],
            "GroupPolicyList": [{ "PolicyName": "inline", "PolicyDocument": document("sqs:*") }],
        }],
        "UserDetailList": [{
            "UserName": "ada", "Path": "/eng/", "GroupList": ["devs"], "Novelty": { "unknown": 1 },
            "Tags": [{ "Key": "team", "Value": "red" }, { "Key": "aws:cloudformation:stack-name", "Value": "x" }],
            "AttachedManagedPolicies": [{ "PolicyName": "Readers", "PolicyArn": "arn:aws:iam::999999999999:policy/Readers" }],
            "PermissionsBoundary": {
                "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::999999999999:policy/Limits",
            },
        }],
        "RoleDetailList": [{
            "RoleName": "ops", "Path": "/aws-service-role/x.amazonaws.com/", "AssumeRolePolicyDocument": encoded, "Tags": null,
            "InstanceProfileList": [{ "InstanceProfileName": "machine", "Path": "/", "Roles": [] }],
            "RolePolicyList": [{ "PolicyName": "inline", "PolicyDocument": document("ec2:*").to_string() }],
        }],
    })
}

struct Account {
    engine: Engine,
    caller: Caller,
    _dir: tempfile::TempDir,
}

fn arn(text: &str) -> chancery_model::Arn {
    chancery_model::Arn::parse(text).unwrap()
}

async fn account() -> Account {
    let dir = tempfile::tempdir().unwrap();
    let mut config = EngineConfig::new(dir.path().join("data"));
    (config.hashing.memory_kib, config.hashing.passes) = (8, 1);
    let first = FirstAccount { account: Some("123456789012".parse().unwrap()), ..FirstAccount::default() };
    let (engine, made) = tokio::task::spawn_blocking(|| init(config, first, &|_| {})).await.unwrap().unwrap();
    Account { caller: Caller::operator(made.account), engine, _dir: dir }
}

impl Account {
    async fn import(&self, file: &Value, mode: ImportMode) -> Imported {
        let file = AccountFile::parse(&serde_json::to_vec(file).unwrap()).unwrap();
        let planned = self.engine.plan_import(&self.caller, |account, aws| plan(&file, account, aws)).unwrap();
        self.engine.import(&self.caller, &Request::local(), planned, mode, &|_, _| {}).await.unwrap()
    }

    async fn check(&self, file: &Value, mode: ImportMode, expected: Expect) {
        let before = self.engine.head().0;
        let imported = self.import(file, mode).await;
        let lines = imported.items.iter().map(|item| {
            let reason = item.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            format!("{} {} {}{reason}\n", item.outcome.name(), item.kind.name(), item.name)
        });
        let written = self.engine.head().0 - before;
        assert_eq!(imported.records as u64, written);
        expected.assert_eq(&format!("{}{written} records\n", lines.collect::<String>()));
    }
}

const RUN: ImportMode = ImportMode { dry_run: false, skip_refused: false };
const TRY: ImportMode = ImportMode { dry_run: true, skip_refused: false };
const SKIP: ImportMode = ImportMode { dry_run: false, skip_refused: true };

#[tokio::test]
async fn everything_comes_over_once() {
    let account = account().await;
    let whole = expect![[r#"
        unchanged aws-policy ReadOnlyAccess: v190 is known, which is newer than the file's v1
        created aws-policy Brandnew
        created policy Readers: version v3 becomes v2
        created policy Limits
        created group devs
        created user ada: without the tags aws:cloudformation:stack-name, which are AWS's own
        created role ops
        created instance-profile machine
        created profile-role instance-profile/machine ops
        created attachment group/devs ReadOnlyAccess
        created inline-policy group/devs inline
        created attachment user/ada Readers
        created membership user/ada devs
        created inline-policy role/ops inline
        14 records
    "#]];
    account
        .check(
            &small(),
            TRY,
            expect![[r#"
        unchanged aws-policy ReadOnlyAccess: v190 is known, which is newer than the file's v1
        created aws-policy Brandnew
        created policy Readers: version v3 becomes v2
        created policy Limits
        created group devs
        created user ada: without the tags aws:cloudformation:stack-name, which are AWS's own
        created role ops
        created instance-profile machine
        created profile-role instance-profile/machine ops
        created attachment group/devs ReadOnlyAccess
        created inline-policy group/devs inline
        created attachment user/ada Readers
        created membership user/ada devs
        created inline-policy role/ops inline
        0 records
    "#]],
        )
        .await;
    account.check(&small(), RUN, whole).await;
    let again = account.import(&small(), RUN).await;
    assert_eq!((again.records, again.count(Outcome::Unchanged)), (0, again.items.len()), "{:?}", again.items);
}

#[tokio::test]
async fn what_the_account_is_afterwards() {
    let account = account().await;
    account.import(&small(), RUN).await;
    let reader = account.engine.read(&account.caller, None).await.unwrap();
    let proof = reader.authorize(chancery_domain::Read::GetUser, &chancery_model::Arn::root(account.caller.account())).unwrap();
    let now = reader.account(&proof).unwrap();
    let ada = now.user(&chancery_model::UserName::parse("ada").unwrap()).unwrap();
    let readers = now.customer_policy(&arn("arn:aws:iam::123456789012:policy/Readers")).unwrap();
    assert_eq!(ada.arn(now.id).as_str(), "arn:aws:iam::123456789012:user/eng/ada");
    assert!(ada.permissions.attached.contains_key(&readers.id) && ada.boundary.is_some() && ada.groups.len() == 1);
    assert_eq!((readers.default.to_string(), readers.versions.len()), ("v2".to_owned(), 2));
    assert!(readers.document().unwrap().text().contains("s3:Get*"));
    let machine = now.instance_profile(&chancery_model::InstanceProfileName::parse("machine").unwrap()).unwrap();
    assert_eq!(machine.role, now.role(&chancery_model::RoleName::parse("ops").unwrap()).ok().map(|role| role.id));
    let brandnew = reader.aws_policies(&proof).by_arn(&arn("arn:aws:iam::aws:policy/job-function/Brandnew")).unwrap();
    assert_eq!(brandnew.default.to_string(), "v7");
}

#[tokio::test]
async fn what_changed_is_updated() {
    let account = account().await;
    account.import(&small(), RUN).await;
    let mut changed = small();
    changed["Policies"][1] = policy("Limits", "v2", &[version("v1", "*"), version("v2", "s3:*")]);
    changed["UserDetailList"][0]["Path"] = json!("/ops/");
    changed["UserDetailList"][0]["Tags"][0]["Value"] = json!("blue");
    changed["GroupDetailList"][0]["GroupPolicyList"][0]["PolicyDocument"] = document("sns:*");
    let imported = account.import(&changed, RUN).await;
    let updated: Vec<_> = imported.items.iter().filter(|item| item.outcome == Outcome::Updated).map(|item| &item.name).collect();
    assert_eq!(updated, ["Limits", "ada", "group/devs inline"]);
    assert_eq!((imported.records, imported.count(Outcome::Unchanged)), (4, imported.items.len() - 3));
}

#[tokio::test]
async fn one_refused_item_stops_all_unless_it_is_skipped() {
    let account = account().await;
    let mut odd = small();
    odd["Policies"][1]["PolicyVersionList"][0]["Document"]["Statement"][0]["Effect"] = json!("Perhaps");
    odd["UserDetailList"].as_array_mut().unwrap().extend([
        json!({ "UserName": "ADA" }),
        json!({ "UserName": "b\u{7}b" }),
        json!({ "Path": "/" }),
        json!({ "UserName": "carl", "GroupList": ["nobodies"] }),
    ]);
    odd["RoleDetailList"][0]["Path"] = json!("/");
    odd["RoleDetailList"][0]["AttachedManagedPolicies"] =
        json!([{ "PolicyArn": "arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy" }]);
    account.check(&odd, RUN, expect![[r#"
        unchanged aws-policy ReadOnlyAccess: v190 is known, which is newer than the file's v1
        created aws-policy Brandnew
        created policy Readers: version v3 becomes v2
        refused policy Limits: version v1: Syntax errors in policy. Effect must be `Allow` or `Deny`, not `Perhaps`. (at Statement[0].Effect)
        created group devs
        refused user ada: Policy arn:aws:iam::123456789012:policy/Limits does not exist or is not attachable.
        refused user ADA: it stands twice in the file
        refused user bb: 1 validation error detected: Value 'b\u{7}b' at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+; with its policies and memberships
        refused user (without a name): missing field `UserName`
        created user carl
        created role ops
        created instance-profile machine
        created profile-role instance-profile/machine ops
        created attachment group/devs ReadOnlyAccess
        created inline-policy group/devs inline
        refused attachment user/ada Readers: The user with name ada cannot be found.
        refused membership user/ada devs: The user with name ada cannot be found.
        refused membership user/carl nobodies: The group with name nobodies cannot be found.
        refused attachment role/ops AWSSupportServiceRolePolicy: Policy arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy does not exist or is not attachable.
        created inline-policy role/ops inline
        0 records
    "#]]).await;
    account.check(&odd, SKIP, expect![[r#"
        unchanged aws-policy ReadOnlyAccess: v190 is known, which is newer than the file's v1
        created aws-policy Brandnew
        created policy Readers: version v3 becomes v2
        refused policy Limits: version v1: Syntax errors in policy. Effect must be `Allow` or `Deny`, not `Perhaps`. (at Statement[0].Effect)
        created group devs
        refused user ada: Policy arn:aws:iam::123456789012:policy/Limits does not exist or is not attachable.
        refused user ADA: it stands twice in the file
        refused user bb: 1 validation error detected: Value 'b\u{7}b' at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+; with its policies and memberships
        refused user (without a name): missing field `UserName`
        created user carl
        created role ops
        created instance-profile machine
        created profile-role instance-profile/machine ops
        created attachment group/devs ReadOnlyAccess
        created inline-policy group/devs inline
        refused attachment user/ada Readers: The user with name ada cannot be found.
        refused membership user/ada devs: The user with name ada cannot be found.
        refused membership user/carl nobodies: The group with name nobodies cannot be found.
        refused attachment role/ops AWSSupportServiceRolePolicy: Policy arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy does not exist or is not attachable.
        created inline-policy role/ops inline
        11 records
    "#]]).await;
}

#[tokio::test]
async fn managed_policies_alone() {
    let account = account().await;
    let file = AccountFile::parse(&serde_json::to_vec(&small()).unwrap()).unwrap();
    let plan =
        |account: &chancery_domain::Account, aws: &chancery_domain::AwsPolicies| plan_managed_policies(&file, account, aws);
    let planned = account.engine.plan_import(&account.caller, plan).unwrap();
    let imported = account.engine.import(&account.caller, &Request::local(), planned, SKIP, &|_, _| {}).await.unwrap();
    let outcomes: Vec<_> = imported.items.iter().map(|item| (item.name.as_str(), item.outcome.name())).collect();
    assert_eq!(
        outcomes,
        [("Readers", "refused"), ("Limits", "refused"), ("ReadOnlyAccess", "unchanged"), ("Brandnew", "created")]
    );
}

#[tokio::test]
async fn only_who_may_sees_a_plan() {
    let account = account().await;
    let nobody = Caller::operator("999999999999".parse().unwrap());
    assert!(account.engine.plan_import(&nobody, |_, _| Plan::default()).is_err());
    let steps = std::sync::Mutex::new(Vec::new());
    let told = |mode: BatchMode, commands: usize| steps.lock().unwrap().push((mode, commands));
    let file = AccountFile::parse(&serde_json::to_vec(&small()).unwrap()).unwrap();
    let planned = account.engine.plan_import(&account.caller, |account, aws| plan(&file, account, aws)).unwrap();
    account.engine.import(&account.caller, &Request::local(), planned, RUN, &told).await.unwrap();
    let steps = steps.into_inner().unwrap();
    assert!(steps.iter().map(|(mode, _)| *mode).eq([BatchMode::DryRun, BatchMode::Commit]), "{steps:?}");
}

#[test]
fn files_that_are_something_else() {
    for (text, reason) in [
        ("[]", "invalid"),
        ("{}", "none of UserDetailList"),
        ("nonsense", "expected"),
        (r#"{"Policies":[],"IsTruncated":true}"#, "one page"),
    ] {
        let error = AccountFile::parse(text.as_bytes()).unwrap_err();
        assert!(error.contains(reason), "{text}: {error}");
    }
}
