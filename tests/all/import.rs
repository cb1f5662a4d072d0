//! A real account, as AWS prints it, brought into an empty one.

use std::{collections::BTreeMap, fs, path::Path};

use chancery_testkit::{Client, Home, Options, Server};
use expect_test::expect;
use serde_json::{Value, json};

use crate::scene::told;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/account-authorization-details.json");

fn import(home: &Home, file: &str, more: &[&str]) -> Value {
    let arguments = ["import", "aws-account", file, "--output", "json"];
    home.run(arguments.iter().chain(more)).succeeded().json()
}

#[tokio::test]
async fn a_real_account_arrives_whole_and_only_once() {
    let home = Home::initialised();
    let dry = import(&home, FILE, &["--dry-run"]);
    assert_eq!(home.export().len(), 1, "a dry run writes nothing");
    let real = import(&home, FILE, &[]);
    assert_eq!(real["items"], dry["items"], "a dry run tells what will be done");
    expect![[r#"
        {
          "created": 330,
          "updated": 0,
          "unchanged": 36,
          "refused": 0,
          "records": 330,
          "dryRun": false,
          "kinds": {
            "attachment": {
              "created": 106
            },
            "aws-policy": {
              "created": 2,
              "unchanged": 36
            },
            "group": {
              "created": 5
            },
            "inline-policy": {
              "created": 39
            },
            "instance-profile": {
              "created": 2
            },
            "membership": {
              "created": 6
            },
            "policy": {
              "created": 46
            },
            "profile-role": {
              "created": 2
            },
            "role": {
              "created": 78
            },
            "user": {
              "created": 44
            }
          }
        }"#]]
    .assert_eq(&format!("{:#}", real["summary"]));
    let written = home.export();
    assert_eq!(u64::try_from(written.len()).unwrap(), 1 + real["summary"]["records"].as_u64().unwrap());
    let again = import(&home, FILE, &[]);
    let outcomes: BTreeMap<_, _> = ["created", "updated", "refused", "records"].map(|key| (key, &again["summary"][key])).into();
    assert!(outcomes.values().all(|count| **count == 0), "{outcomes:?}");
    assert_eq!(home.export(), written, "a second run changes nothing");
    home.run(["log", "verify"]).succeeded();
    let server = Server::start_on(home, Options::default());
    contents(&server.root().await).await;
}

/// Counts and one of every kind of entity, against the file itself.
async fn contents(root: &Client) {
    let counts = "{ account { users { totalCount } groups { totalCount } roles { totalCount } instanceProfiles { totalCount }
        policies(scope: LOCAL, first: 1000) { edges { node { policyName } } } } }";
    let counts = root.query(counts).await["account"].clone();
    let total = |list: &str| counts[list]["totalCount"].as_u64().unwrap();
    assert_eq!((total("users"), total("groups"), total("roles"), total("instanceProfiles")), (44, 5, 78, 2));
    assert_eq!(counts["policies"]["edges"].as_array().unwrap().len(), 46);
    let check = async |query: &str, expect: expect_test::Expect| expect.assert_eq(&told(&root.run(query, json!({})).await, None));
    check(
        "{ user(name: \"userwithlotsofpermissions\") { arn groups { edges { node { groupName } } } inlinePolicies { policyName }
            attachedPolicies { edges { node { arn } } } } }",
        expect!["{user: {arn: arn:aws:iam::123456789012:user/userwithlotsofpermissions, groups: {edges: [{node: {groupName: admin}}]}, inlinePolicies: [{policyName: InsecureUserPolicy}], attachedPolicies: {edges: []}}}"],
    )
    .await;
    check(
        "{ group(name: \"biden\") { arn inlinePolicies { policyName document } attachedPolicies { edges { node { arn isAwsManaged } } } } }",
        expect![[r#"{group: {arn: arn:aws:iam::123456789012:group/biden, inlinePolicies: [{policyName: InlinePolicyForBidenGroup, document: "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"VisualEditor0\",\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:PutObjectAcl\"],\"Resource\":\"*\"}]}"}], attachedPolicies: {edges: [{node: {arn: arn:aws:iam::aws:policy/AmazonRDSFullAccess, isAwsManaged: true}}]}}}"#]],
    )
    .await;
    check(
        "{ role(name: \"AWS-QuickSetup-EnableCRecording-1clff_ap-northeast-1\") { arn maxSessionDuration tags { key value }
            inlinePolicies { policyName } } }",
        expect!["{role: {arn: arn:aws:iam::123456789012:role/AWS-QuickSetup-EnableCRecording-1clff_ap-northeast-1, maxSessionDuration: 3600, tags: [{key: QuickSetupID, value: 1clff}, {key: QuickSetupType, value: Config Recording}, {key: QuickSetupVersion, value: 1.2}], inlinePolicies: [{policyName: AWS-QuickSetup-CFGRecording-PolicyForAutomation-ap-northeast-1-1clff}, {policyName: SSMQuickSetupEnableExplorerInlinePolicy}]}}"],
    )
    .await;
    check(
        "{ instanceProfile(name: \"privesc-high-priv-service-profile\") { arn role { roleName assumeRolePolicyDocument } } }",
        expect![[r#"{instanceProfile: {arn: arn:aws:iam::123456789012:instance-profile/privesc-high-priv-service-profile, role: {roleName: privesc-high-priv-service-role, assumeRolePolicyDocument: "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"\",\"Effect\":\"Allow\",\"Principal\":{\"Service\":[\"datapipeline.amazonaws.com\",\"elasticbeanstalk.amazonaws.com\",\"sagemaker.amazonaws.com\",\"eks.amazonaws.com\",\"glue.amazonaws.com\",\"lambda.amazonaws.com\",\"cloudformation.amazonaws.com\",\"ecs-tasks.amazonaws.com\",\"ec2.amazonaws.com\",\"codebuild.amazonaws.com\"]},\"Action\":\"sts:AssumeRole\"}]}"}}}"#]],
    )
    .await;
    check(
        "{ policy(arn: \"arn:aws:iam::123456789012:policy/privesc8-AttachGroupPolicy\") { defaultVersionId document attachmentCount
            entities { edges { node { __typename ... on User { userName } ... on Role { roleName } } } } } }",
        expect![[r#"{policy: {defaultVersionId: v1, document: "{\"Statement\":[{\"Action\":\"iam:AttachGroupPolicy\",\"Effect\":\"Allow\",\"Resource\":\"*\"}],\"Version\":\"2012-10-17\"}", attachmentCount: 2, entities: {edges: [{node: {__typename: User, userName: privesc8-AttachGroupPolicy-user}}, {node: {__typename: Role, roleName: privesc8-AttachGroupPolicy-role}}]}}}"#]],
    )
    .await;
}

#[test]
fn one_broken_item_refuses_all() {
    let home = Home::initialised();
    let mut account: Value = serde_json::from_slice(&fs::read(FILE).unwrap()).unwrap();
    account["UserDetailList"][0]["UserName"] = "not a name".into();
    account["Policies"][0]["PolicyVersionList"][0]["Document"]["Statement"][0]["Effect"] = "Maybe".into();
    let broken = home.path("broken.json");
    fs::write(&broken, account.to_string()).unwrap();
    let path = broken.to_str().unwrap();
    let run = home.run(["import", "aws-account", path, "--output", "json"]);
    assert_eq!(run.code, Some(1));
    let refused: Vec<Value> =
        run.json()["items"].as_array().unwrap().iter().filter(|item| item["outcome"] == "refused").cloned().collect();
    let told: Vec<_> = refused.iter().map(|item| format!("{} {}: {}\n", item["kind"], item["name"], item["reason"])).collect();
    expect![[r#"
        "policy" "privesc8-AttachGroupPolicy": "version v1: Syntax errors in policy. Effect must be `Allow` or `Deny`, not `Maybe`. (at Statement[0].Effect)"
        "user" "not a name": "1 validation error detected: Value 'not a name' at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+; with its policies and memberships"
        "attachment" "user/privesc8-AttachGroupPolicy-user privesc8-AttachGroupPolicy": "Policy arn:aws:iam::123456789012:policy/privesc8-AttachGroupPolicy does not exist or is not attachable."
        "attachment" "role/privesc8-AttachGroupPolicy-role privesc8-AttachGroupPolicy": "Policy arn:aws:iam::123456789012:policy/privesc8-AttachGroupPolicy does not exist or is not attachable."
    "#]].assert_eq(&told.concat());
    expect!["nothing was written: 4 of 364 items are refused"].assert_eq(run.failure()["message"].as_str().unwrap());
    assert_eq!(home.export().len(), 1, "nothing half applied");
    let rest = import(&home, path, &["--skip-refused"]);
    assert_eq!(rest["summary"]["refused"], refused.len());
    assert!(rest["summary"]["created"].as_u64().unwrap() > 300);
}

#[test]
fn what_is_no_account_file_is_refused() {
    let home = Home::initialised();
    for (text, told) in [
        (
            "",
            expect![
                "FILE cannot be imported: EOF while parsing a value at line 1 column 0; it must be the output of `aws iam get-account-authorization-details --output json`"
            ],
        ),
        (
            "[]",
            expect![
                "FILE cannot be imported: invalid length 0, expected struct Lists with 5 elements at line 1 column 2; it must be the output of `aws iam get-account-authorization-details --output json`"
            ],
        ),
        (
            "{\"UserDetailList\": 5}",
            expect![
                "FILE cannot be imported: invalid type: integer `5`, expected a sequence at line 1 column 20; it must be the output of `aws iam get-account-authorization-details --output json`"
            ],
        ),
    ] {
        let path = home.path("file.json");
        fs::write(&path, text).unwrap();
        let run = home.run(["import", "aws-account", path.to_str().unwrap(), "--output", "json"]);
        assert_eq!(run.code, Some(1));
        told.assert_eq(&run.failure()["message"].as_str().unwrap().replace(path.to_str().unwrap(), "FILE"));
    }
    assert!(Path::new(FILE).exists());
    assert_eq!(home.export().len(), 1);
}
