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
    scene.tell("createPolicy", reading.clone(), POLICY).await;
    scene.tell("createPolicy", reading, POLICY).await;
    for action in ["s3:List*", "s3:Head*", "s3:Put*"] {
        scene.given("createPolicyVersion", json!({ "policyArn": ARN, "policyDocument": allowing(action) })).await;
    }
    let fifth = json!({ "policyArn": ARN, "policyDocument": allowing("s3:*"), "setAsDefault": true });
    scene.tell("createPolicyVersion", fifth.clone(), POLICY).await;
    scene.tell("createPolicyVersion", fifth, POLICY).await;
    let in_use = json!({ "policyArn": ARN, "versionId": "v5" });
    scene.tell("deletePolicyVersion", in_use, POLICY).await;
    scene.tell("setDefaultPolicyVersion", json!({ "policyArn": ARN, "versionId": "v2" }), POLICY).await;
    scene.tell("setDefaultPolicyVersion", json!({ "policyArn": ARN, "versionId": "v9" }), POLICY).await;
    scene.given("deletePolicyVersion", json!({ "policyArn": ARN, "versionId": "v5" })).await;
    let query = format!(
        "{{ policy(arn: \"{ARN}\") {{ policyName description document attachmentCount version(versionId: \"v3\") {{ document }} }} }}"
    );
    scene.ask(&query).await;
    scene.transcript(expect![[r#"
        createPolicy → {policy: {policyId: ANPA…, arn: arn:aws:iam::123456789012:policy/data/reading, defaultVersionId: v1, versions: [{versionId: v1, isDefaultVersion: true}]}, record: {sequence: 1}}
        createPolicy → EntityAlreadyExists: A policy called reading already exists.
        createPolicyVersion → {policy: {policyId: ANPA…, arn: arn:aws:iam::123456789012:policy/data/reading, defaultVersionId: v5, versions: [{versionId: v5, isDefaultVersion: true}, {versionId: v4, isDefaultVersion: false}, {versionId: v3, isDefaultVersion: false}, {versionId: v2, isDefaultVersion: false}, {versionId: v1, isDefaultVersion: false}]}, record: {sequence: 5}}
        createPolicyVersion → LimitExceeded: Cannot exceed quota for VersionsPerPolicy: 5 (it cannot be raised) [limit: {"name":"VersionsPerPolicy","value":5}]
        deletePolicyVersion → DeleteConflict: Cannot delete the default version of a policy.
        setDefaultPolicyVersion → {policy: {policyId: ANPA…, arn: arn:aws:iam::123456789012:policy/data/reading, defaultVersionId: v2, versions: [{versionId: v5, isDefaultVersion: false}, {versionId: v4, isDefaultVersion: false}, {versionId: v3, isDefaultVersion: false}, {versionId: v2, isDefaultVersion: true}, {versionId: v1, isDefaultVersion: false}]}, record: {sequence: 6}}
        setDefaultPolicyVersion → NoSuchEntity: Policy arn:aws:iam::123456789012:policy/data/reading version v9 does not exist or is not attachable.
        {policy: {policyName: reading, description: To read., document: "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:List*\",\"Resource\":\"*\"}]}", attachmentCount: 0, version: {document: "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:Head*\",\"Resource\":\"*\"}]}"}}}
    "#]]);
}

#[tokio::test]
async fn a_malformed_document_is_refused_with_its_place() {
    let scene = Scene::new().await;
    for document in [
        "{",
        r#"{"Version":"2020-01-01","Statement":[]}"#,
        r#"{"Statement":[{"Effect":"allow","Action":"*","Resource":"*"}]}"#,
        r#"{"Statement":[{"Effect":"Allow","Action":"s3","Resource":"*"}]}"#,
        r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*"}]}"#,
        r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Conditions":{}}]}"#,
    ] {
        scene.tell("createPolicy", json!({ "policyName": "bad", "policyDocument": document }), "__typename").await;
    }
    let long = allowing(&format!("s3:{}", "x".repeat(6_144)));
    scene.tell("createPolicy", json!({ "policyName": "long", "policyDocument": long }), "__typename").await;
    scene.transcript(expect![[r#"
        createPolicy → MalformedPolicyDocument: Syntax errors in policy. The document is not valid JSON: EOF while parsing an object. (at line 1, column 1)
        createPolicy → MalformedPolicyDocument: Syntax errors in policy. Version must be `2012-10-17` or `2008-10-17`, not `2020-01-01`. (at Version)
        createPolicy → MalformedPolicyDocument: The policy failed legacy parsing. `allow` must be written `Allow`. (at Statement[0].Effect)
        createPolicy → MalformedPolicyDocument: Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc. Found `s3`. (at Statement[0].Action)
        createPolicy → MalformedPolicyDocument: Policy document should not specify a principal. It applies to whom it is attached to. (at Statement[0].Principal)
        createPolicy → MalformedPolicyDocument: Syntax errors in policy. Unknown field Conditions. A statement may have Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition. (at Statement[0])
        createPolicy → LimitExceeded: Cannot exceed quota for ManagedPolicyChars: 6144 (it cannot be raised) [limit: {"name":"ManagedPolicyChars","value":6144}]
    "#]]);
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
    scene.tell("attachPolicy", json!({ "policyArn": ARN, "target": { "userName": "ada" } }), attached).await;
    scene.tell("deletePolicy", json!({ "policyArn": ARN }), "deletedId").await;
    let aws = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    scene
        .tell("attachPolicy", json!({ "policyArn": aws, "target": { "groupName": "devs" } }), "policy { arn isAwsManaged }")
        .await;
    scene.tell("deletePolicy", json!({ "policyArn": aws }), "deletedId").await;
    let service = "arn:aws:iam::aws:policy/aws-service-role/AWSElasticLoadBalancingServiceRolePolicy";
    scene.tell("attachPolicy", json!({ "policyArn": service, "target": { "userName": "ada" } }), "__typename").await;
    let nothing = "arn:aws:iam::123456789012:policy/absent";
    scene.tell("attachPolicy", json!({ "policyArn": nothing, "target": { "userName": "ada" } }), "__typename").await;
    scene.tell("attachPolicy", json!({ "policyArn": ARN, "target": { "userName": "a", "roleName": "b" } }), "__typename").await;
    scene.given("detachPolicy", json!({ "policyArn": ARN, "target": { "userName": "ada" } })).await;
    scene.tell("detachPolicy", json!({ "policyArn": ARN, "target": { "userName": "ada" } }), "__typename").await;
    let to = "{ role(name: \"ci\") { attachedPolicies { edges { node { arn } } } } }";
    scene.ask(to).await;
    let boundary = json!({ "target": { "userName": "ada" }, "permissionsBoundary": ARN });
    scene.tell("putPermissionsBoundary", boundary, "user { permissionsBoundary { policyArn } }").await;
    scene
        .tell(
            "deletePermissionsBoundary",
            json!({ "target": { "userName": "ada" } }),
            "user { permissionsBoundary { policyArn } }",
        )
        .await;
    scene.ask("{ account { policies(scope: LOCAL, onlyAttached: true) { edges { node { policyName } } } } }").await;
    scene.transcript(expect![[r#"
        attachPolicy → {policy: {attachmentCount: 3, entities: {edges: [{usage: PERMISSIONS_POLICY, node: {__typename: User}}, {usage: PERMISSIONS_POLICY, node: {__typename: Group}}, {usage: PERMISSIONS_POLICY, node: {__typename: Role}}]}}, record: null}
        deletePolicy → DeleteConflict: Cannot delete a policy attached to entities.
        attachPolicy → {policy: {arn: arn:aws:iam::aws:policy/ReadOnlyAccess, isAwsManaged: true}}
        deletePolicy → UnmodifiableEntity: Policy arn:aws:iam::aws:policy/ReadOnlyAccess cannot be modified: it belongs to AWS; create a policy of your own instead
        attachPolicy → PolicyNotAttachable: Cannot attach policy arn:aws:iam::aws:policy/aws-service-role/AWSElasticLoadBalancingServiceRolePolicy to a user: it is for roles under /aws-service-role/ alone, which AWS's services make
        attachPolicy → NoSuchEntity: Policy arn:aws:iam::123456789012:policy/absent does not exist or is not attachable.
        attachPolicy → GraphQLValidation: Invalid value for argument "input.target", Oneof input objects requires have exactly one field
        detachPolicy → NoSuchEntity: Policy arn:aws:iam::123456789012:policy/data/reading was not found.
        {role: {attachedPolicies: {edges: [{node: {arn: arn:aws:iam::123456789012:policy/data/reading}}]}}}
        putPermissionsBoundary → {user: {permissionsBoundary: {policyArn: arn:aws:iam::123456789012:policy/data/reading}}}
        deletePermissionsBoundary → {user: {permissionsBoundary: null}}
        {account: {policies: {edges: [{node: {policyName: reading}}]}}}
    "#]]);
}
