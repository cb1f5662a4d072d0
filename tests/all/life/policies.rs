//! Managed policies with their versions, attachments, boundaries.

use expect_test::expect;
use serde_json::json;

use crate::scene::{Scene, allowing};

const POLICY: &str = "policy { policyId arn defaultVersionId versions { versionId isDefaultVersion } } record { sequence }";
const ARN: &str = "arn:aws:iam::123456789012:policy/data/reading";

#[tokio::test]
async fn a_policy_has_up_to_five_versions() {
    let scene = Scene::new().await;
    let reading =
        json!({ "policyName": "reading", "path": "/data/", "description": "To read.", "policyDocument": allowing("s3:Get*") });
    scene
        .check(
            "createPolicy",
            reading.clone(),
            POLICY,
            expect![[r#"
        {
          "policy": {
            "policyId": "ANPA…",
            "arn": "arn:aws:iam::123456789012:policy/data/reading",
            "defaultVersionId": "v1",
            "versions": [
              {
                "versionId": "v1",
                "isDefaultVersion": true
              }
            ]
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
            "createPolicy",
            reading,
            POLICY,
            expect![[r#"
        EntityAlreadyExists: A policy called reading already exists.
    "#]],
        )
        .await;
    for action in ["s3:List*", "s3:Head*", "s3:Put*"] {
        scene.given("createPolicyVersion", json!({ "policyArn": ARN, "policyDocument": allowing(action) })).await;
    }
    let fifth = json!({ "policyArn": ARN, "policyDocument": allowing("s3:*"), "setAsDefault": true });
    scene
        .check(
            "createPolicyVersion",
            fifth.clone(),
            POLICY,
            expect![[r#"
        {
          "policy": {
            "policyId": "ANPA…",
            "arn": "arn:aws:iam::123456789012:policy/data/reading",
            "defaultVersionId": "v5",
            "versions": [
              {
                "versionId": "v5",
                "isDefaultVersion": true
              },
              {
                "versionId": "v4",
                "isDefaultVersion": false
              },
              {
                "versionId": "v3",
                "isDefaultVersion": false
              },
              {
                "versionId": "v2",
                "isDefaultVersion": false
              },
              {
                "versionId": "v1",
                "isDefaultVersion": false
              }
            ]
          },
          "record": {
            "sequence": "5"
          }
        }
    "#]],
        )
        .await;
    scene.check("createPolicyVersion", fifth, POLICY, expect![[r#"
        LimitExceeded: Cannot exceed quota for VersionsPerPolicy: 5 (it cannot be raised) [limit: {"name":"VersionsPerPolicy","value":5}]
    "#]]).await;
    let in_use = json!({ "policyArn": ARN, "versionId": "v5" });
    scene
        .check(
            "deletePolicyVersion",
            in_use,
            POLICY,
            expect![[r#"
        DeleteConflict: Cannot delete the default version of a policy.
    "#]],
        )
        .await;
    scene
        .check(
            "setDefaultPolicyVersion",
            json!({ "policyArn": ARN, "versionId": "v2" }),
            POLICY,
            expect![[r#"
        {
          "policy": {
            "policyId": "ANPA…",
            "arn": "arn:aws:iam::123456789012:policy/data/reading",
            "defaultVersionId": "v2",
            "versions": [
              {
                "versionId": "v5",
                "isDefaultVersion": false
              },
              {
                "versionId": "v4",
                "isDefaultVersion": false
              },
              {
                "versionId": "v3",
                "isDefaultVersion": false
              },
              {
                "versionId": "v2",
                "isDefaultVersion": true
              },
              {
                "versionId": "v1",
                "isDefaultVersion": false
              }
            ]
          },
          "record": {
            "sequence": "6"
          }
        }
    "#]],
        )
        .await;
    scene
        .check(
            "setDefaultPolicyVersion",
            json!({ "policyArn": ARN, "versionId": "v9" }),
            POLICY,
            expect![[r#"
        NoSuchEntity: Policy arn:aws:iam::123456789012:policy/data/reading version v9 does not exist or is not attachable.
    "#]],
        )
        .await;
    scene.given("deletePolicyVersion", json!({ "policyArn": ARN, "versionId": "v5" })).await;
    let query = format!(
        "{{ policy(arn: \"{ARN}\") {{ policyName description document attachmentCount version(versionId: \"v3\") {{ document }} }} }}"
    );
    scene.query(&query, expect![[r#"
        {
          "policy": {
            "policyName": "reading",
            "description": "To read.",
            "document": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:List*\",\"Resource\":\"*\"}]}",
            "attachmentCount": 0,
            "version": {
              "document": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:Head*\",\"Resource\":\"*\"}]}"
            }
          }
        }
    "#]]).await;
}

#[tokio::test]
async fn a_malformed_document_is_refused_with_its_place() {
    let scene = Scene::new().await;
    for (document, expect) in [
        (
            "{",
            expect![[r#"
            MalformedPolicyDocument: Syntax errors in policy. The document is not valid JSON: EOF while parsing an object. (at line 1, column 1)
        "#]],
        ),
        (
            r#"{"Version":"2020-01-01","Statement":[]}"#,
            expect![[r#"
            MalformedPolicyDocument: Syntax errors in policy. Version must be `2012-10-17` or `2008-10-17`, not `2020-01-01`. (at Version)
        "#]],
        ),
        (
            r#"{"Statement":[{"Effect":"allow","Action":"*","Resource":"*"}]}"#,
            expect![[r#"
            MalformedPolicyDocument: The policy failed legacy parsing. `allow` must be written `Allow`. (at Statement[0].Effect)
        "#]],
        ),
        (
            r#"{"Statement":[{"Effect":"Allow","Action":"s3","Resource":"*"}]}"#,
            expect![[r#"
            MalformedPolicyDocument: Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc. Found `s3`. (at Statement[0].Action)
        "#]],
        ),
        (
            r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*"}]}"#,
            expect![[r#"
            MalformedPolicyDocument: Policy document should not specify a principal. It applies to whom it is attached to. (at Statement[0].Principal)
        "#]],
        ),
        (
            r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Conditions":{}}]}"#,
            expect![[r#"
            MalformedPolicyDocument: Syntax errors in policy. Unknown field Conditions. A statement may have Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition. (at Statement[0])
        "#]],
        ),
    ] {
        scene.check("createPolicy", json!({ "policyName": "bad", "policyDocument": document }), "__typename", expect).await;
    }
    let long = allowing(&format!("s3:{}", "x".repeat(6_144)));
    scene.check("createPolicy", json!({ "policyName": "long", "policyDocument": long }), "__typename", expect![[r#"
        LimitExceeded: Cannot exceed quota for ManagedPolicyChars: 6144 (it cannot be raised) [limit: {"name":"ManagedPolicyChars","value":6144}]
    "#]]).await;
}

#[tokio::test]
async fn policies_are_attached_to_users_groups_and_roles() {
    let scene = Scene::new().await;
    scene.given("createUser", json!({ "userName": "ada" })).await;
    scene.given("createGroup", json!({ "groupName": "devs" })).await;
    scene.given("createRole", json!({ "roleName": "ci", "assumeRolePolicyDocument": crate::scene::trusting("ec2") })).await;
    scene
        .given("createPolicy", json!({ "policyName": "reading", "path": "/data/", "policyDocument": allowing("s3:Get*") }))
        .await;
    for target in [json!({ "userName": "ada" }), json!({ "groupName": "devs" }), json!({ "roleName": "ci" })] {
        scene.given("attachPolicy", json!({ "policyArn": ARN, "target": target })).await;
    }
    let attached = "policy { attachmentCount entities { edges { usage node { __typename } } } } record { sequence }";
    scene
        .check(
            "attachPolicy",
            json!({ "policyArn": ARN, "target": { "userName": "ada" } }),
            attached,
            expect![[r#"
        {
          "policy": {
            "attachmentCount": 3,
            "entities": {
              "edges": [
                {
                  "usage": "PERMISSIONS_POLICY",
                  "node": {
                    "__typename": "User"
                  }
                },
                {
                  "usage": "PERMISSIONS_POLICY",
                  "node": {
                    "__typename": "Group"
                  }
                },
                {
                  "usage": "PERMISSIONS_POLICY",
                  "node": {
                    "__typename": "Role"
                  }
                }
              ]
            }
          },
          "record": null
        }
    "#]],
        )
        .await;
    scene
        .check(
            "deletePolicy",
            json!({ "policyArn": ARN }),
            "deletedId",
            expect![[r#"
        DeleteConflict: Cannot delete a policy attached to entities.
    "#]],
        )
        .await;
    let aws = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    scene
        .check(
            "attachPolicy",
            json!({ "policyArn": aws, "target": { "groupName": "devs" } }),
            "policy { arn isAwsManaged }",
            expect![[r#"
                {
                  "policy": {
                    "arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
                    "isAwsManaged": true
                  }
                }
            "#]],
        )
        .await;
    scene.check("deletePolicy", json!({ "policyArn": aws }), "deletedId", expect![[r#"
        UnmodifiableEntity: Policy arn:aws:iam::aws:policy/ReadOnlyAccess cannot be modified: it belongs to AWS; create a policy of your own instead
    "#]]).await;
    let service = "arn:aws:iam::aws:policy/aws-service-role/AWSElasticLoadBalancingServiceRolePolicy";
    scene
        .check("attachPolicy", json!({ "policyArn": service, "target": { "userName": "ada" } }), "__typename", expect![[r#"
            PolicyNotAttachable: Cannot attach policy arn:aws:iam::aws:policy/aws-service-role/AWSElasticLoadBalancingServiceRolePolicy to a user: it is for roles under /aws-service-role/ alone, which AWS's services make
        "#]])
        .await;
    let nothing = "arn:aws:iam::123456789012:policy/absent";
    scene
        .check(
            "attachPolicy",
            json!({ "policyArn": nothing, "target": { "userName": "ada" } }),
            "__typename",
            expect![[r#"
            NoSuchEntity: Policy arn:aws:iam::123456789012:policy/absent does not exist or is not attachable.
        "#]],
        )
        .await;
    scene
        .check(
            "attachPolicy",
            json!({ "policyArn": ARN, "target": { "userName": "a", "roleName": "b" } }),
            "__typename",
            expect![[r#"
                GraphQLValidation: Invalid value for argument "input.target", Oneof input objects requires have exactly one field
            "#]],
        )
        .await;
    scene.given("detachPolicy", json!({ "policyArn": ARN, "target": { "userName": "ada" } })).await;
    scene
        .check(
            "detachPolicy",
            json!({ "policyArn": ARN, "target": { "userName": "ada" } }),
            "__typename",
            expect![[r#"
        NoSuchEntity: Policy arn:aws:iam::123456789012:policy/data/reading was not found.
    "#]],
        )
        .await;
    let to = "{ group(name: \"devs\") { attachedPolicies { edges { node { arn } } } } }";
    scene
        .query(
            to,
            expect![[r#"
                {
                  "group": {
                    "attachedPolicies": {
                      "edges": [
                        {
                          "node": {
                            "arn": "arn:aws:iam::123456789012:policy/data/reading"
                          }
                        },
                        {
                          "node": {
                            "arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"
                          }
                        }
                      ]
                    }
                  }
                }
            "#]],
        )
        .await;
    let boundary = json!({ "target": { "userName": "ada" }, "permissionsBoundary": ARN });
    scene
        .check(
            "putPermissionsBoundary",
            boundary,
            "user { permissionsBoundary { policyArn } }",
            expect![[r#"
        {
          "user": {
            "permissionsBoundary": {
              "policyArn": "arn:aws:iam::123456789012:policy/data/reading"
            }
          }
        }
    "#]],
        )
        .await;
    scene
        .check(
            "deletePermissionsBoundary",
            json!({ "target": { "userName": "ada" } }),
            "user { permissionsBoundary { policyArn } }",
            expect![[r#"
                {
                  "user": {
                    "permissionsBoundary": null
                  }
                }
            "#]],
        )
        .await;
    scene
        .query(
            "{ account { policies(scope: LOCAL, onlyAttached: true) { edges { node { policyName } } } } }",
            expect![[r#"
            {
              "account": {
                "policies": {
                  "edges": [
                    {
                      "node": {
                        "policyName": "reading"
                      }
                    }
                  ]
                }
              }
            }
        "#]],
        )
        .await;
}
