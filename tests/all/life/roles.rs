//! Roles and instance profiles.

use expect_test::expect;
use serde_json::json;

use crate::scene::{Scene, allowing, trusting};

const ROLE: &str = "role { roleId arn roleName path description maxSessionDuration } record { sequence }";

#[tokio::test]
async fn a_role_is_created_changed_and_deleted() {
    let scene = Scene::new().await;
    let deploy = json!({ "roleName": "Deploy", "assumeRolePolicyDocument": trusting("ec2"), "description": "To ship.", "tags": [{ "key": "cost", "value": "7" }] });
    scene
        .check(
            "createRole",
            deploy.clone(),
            ROLE,
            expect![[r#"
        {
          "role": {
            "roleId": "AROA…",
            "arn": "arn:aws:iam::123456789012:role/Deploy",
            "roleName": "Deploy",
            "path": "/",
            "description": "To ship.",
            "maxSessionDuration": 3600
          },
          "record": {
            "sequence": "1"
          }
        }
    "#]],
        )
        .await;
    scene
        .check(
            "createRole",
            deploy,
            ROLE,
            expect![[r#"
        EntityAlreadyExists: Role with name Deploy already exists.
    "#]],
        )
        .await;
    let short = json!({ "roleName": "short", "assumeRolePolicyDocument": trusting("ec2"), "maxSessionDuration": 60 });
    scene.check("createRole", short, ROLE, expect![[r#"
        ValidationError: 1 validation error detected: Value '60' at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600 [field: "maxSessionDuration"]
    "#]]).await;
    let identity = json!({ "roleName": "wrong", "assumeRolePolicyDocument": allowing("s3:*") });
    scene
        .check(
            "createRole",
            identity,
            ROLE,
            expect![[r#"
        MalformedPolicyDocument: Missing required field Principal. (at Statement[0])
    "#]],
        )
        .await;
    let changed = json!({ "roleName": "deploy", "description": null, "maxSessionDuration": 7200 });
    scene
        .check(
            "updateRole",
            changed,
            ROLE,
            expect![[r#"
        {
          "role": {
            "roleId": "AROA…",
            "arn": "arn:aws:iam::123456789012:role/Deploy",
            "roleName": "Deploy",
            "path": "/",
            "description": null,
            "maxSessionDuration": 7200
          },
          "record": {
            "sequence": "2"
          }
        }
    "#]],
        )
        .await;
    let trust = json!({ "roleName": "deploy", "policyDocument": trusting("lambda") });
    scene.check("updateAssumeRolePolicy", trust, "role { assumeRolePolicyDocument }", expect![[r#"
        {
          "role": {
            "assumeRolePolicyDocument": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"lambda.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"
          }
        }
    "#]]).await;
    let inline = json!({ "target": { "roleName": "deploy" }, "policyName": "own", "policyDocument": allowing("s3:*") });
    scene.given("putInlinePolicy", inline).await;
    scene
        .check(
            "deleteRole",
            json!({ "roleName": "deploy" }),
            "deletedId",
            expect![[r#"
        DeleteConflict: Cannot delete entity, must delete policies first.
    "#]],
        )
        .await;
    scene.given("deleteInlinePolicy", json!({ "target": { "roleName": "deploy" }, "policyName": "own" })).await;
    scene
        .check(
            "deleteInlinePolicy",
            json!({ "target": { "roleName": "deploy" }, "policyName": "own" }),
            "__typename",
            expect![[r#"
                NoSuchEntity: The role policy with name own cannot be found.
            "#]],
        )
        .await;
    scene.given("deleteRole", json!({ "roleName": "deploy" })).await;
    scene
        .query(
            "{ account { roles { totalCount } } }",
            expect![[r#"
        {
          "account": {
            "roles": {
              "totalCount": 0
            }
          }
        }
    "#]],
        )
        .await;
}

#[tokio::test]
async fn an_instance_profile_holds_one_role() {
    let scene = Scene::new().await;
    for role in ["web", "batch"] {
        scene.given("createRole", json!({ "roleName": role, "assumeRolePolicyDocument": trusting("ec2") })).await;
    }
    let profile = "instanceProfile { instanceProfileId arn role { roleName } } record { sequence }";
    scene
        .check(
            "createInstanceProfile",
            json!({ "instanceProfileName": "Front" }),
            profile,
            expect![[r#"
        {
          "instanceProfile": {
            "instanceProfileId": "AIPA…",
            "arn": "arn:aws:iam::123456789012:instance-profile/Front",
            "role": null
          },
          "record": {
            "sequence": "3"
          }
        }
    "#]],
        )
        .await;
    scene
        .check(
            "createInstanceProfile",
            json!({ "instanceProfileName": "front" }),
            profile,
            expect![[r#"
        EntityAlreadyExists: Instance Profile front already exists.
    "#]],
        )
        .await;
    let web = json!({ "instanceProfileName": "front", "roleName": "web" });
    scene
        .check(
            "addRoleToInstanceProfile",
            web.clone(),
            profile,
            expect![[r#"
        {
          "instanceProfile": {
            "instanceProfileId": "AIPA…",
            "arn": "arn:aws:iam::123456789012:instance-profile/Front",
            "role": {
              "roleName": "web"
            }
          },
          "record": {
            "sequence": "4"
          }
        }
    "#]],
        )
        .await;
    let batch = json!({ "instanceProfileName": "front", "roleName": "batch" });
    scene.check("addRoleToInstanceProfile", batch, profile, expect![[r#"
        LimitExceeded: Cannot exceed quota for RolesPerInstanceProfile: 1 (it cannot be raised) [limit: {"name":"RolesPerInstanceProfile","value":1}]
    "#]]).await;
    scene
        .query(
            "{ role(name: \"web\") { instanceProfiles { edges { node { instanceProfileName } } } } }",
            expect![[r#"
        {
          "role": {
            "instanceProfiles": {
              "edges": [
                {
                  "node": {
                    "instanceProfileName": "Front"
                  }
                }
              ]
            }
          }
        }
    "#]],
        )
        .await;
    scene
        .check(
            "deleteRole",
            json!({ "roleName": "web" }),
            "deletedId",
            expect![[r#"
        DeleteConflict: Cannot delete entity, must remove roles from instance profile first.
    "#]],
        )
        .await;
    scene
        .check(
            "deleteInstanceProfile",
            json!({ "instanceProfileName": "front" }),
            "deletedId",
            expect![[r#"
        DeleteConflict: Cannot delete entity, must remove roles from instance profile first.
    "#]],
        )
        .await;
    scene
        .check(
            "removeRoleFromInstanceProfile",
            web,
            profile,
            expect![[r#"
        {
          "instanceProfile": {
            "instanceProfileId": "AIPA…",
            "arn": "arn:aws:iam::123456789012:instance-profile/Front",
            "role": null
          },
          "record": {
            "sequence": "5"
          }
        }
    "#]],
        )
        .await;
    let tags = json!({ "target": { "instanceProfileName": "front" }, "tags": [{ "key": "a", "value": "b" }] });
    scene
        .check(
            "tag",
            tags,
            "tags { key value }",
            expect![[r#"
        {
          "tags": [
            {
              "key": "a",
              "value": "b"
            }
          ]
        }
    "#]],
        )
        .await;
    scene.given("deleteInstanceProfile", json!({ "instanceProfileName": "front" })).await;
    scene
        .query(
            "{ instanceProfile(name: \"front\") { arn } }",
            expect![[r#"
        NoSuchEntity: The instance profile front cannot be found.
    "#]],
        )
        .await;
}
