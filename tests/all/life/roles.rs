//! Roles and instance profiles.

use expect_test::expect;
use serde_json::json;

use crate::scene::{Scene, allowing, trusting};

const ROLE: &str = "role { roleId arn roleName path description maxSessionDuration } record { sequence }";

#[tokio::test]
async fn a_role_is_created_changed_and_deleted() {
    let scene = Scene::new().await;
    let deploy = json!({ "roleName": "Deploy", "assumeRolePolicyDocument": trusting("ec2"), "description": "To ship.", "tags": [{ "key": "cost", "value": "7" }] });
    scene.tell("createRole", deploy.clone(), ROLE).await;
    scene.tell("createRole", deploy, ROLE).await;
    let short = json!({ "roleName": "short", "assumeRolePolicyDocument": trusting("ec2"), "maxSessionDuration": 60 });
    scene.tell("createRole", short, ROLE).await;
    let identity = json!({ "roleName": "wrong", "assumeRolePolicyDocument": allowing("s3:*") });
    scene.tell("createRole", identity, ROLE).await;
    let changed = json!({ "roleName": "deploy", "description": null, "maxSessionDuration": 7200 });
    scene.tell("updateRole", changed, ROLE).await;
    let trust = json!({ "roleName": "deploy", "policyDocument": trusting("lambda") });
    scene.tell("updateAssumeRolePolicy", trust, "role { assumeRolePolicyDocument }").await;
    let inline = json!({ "target": { "roleName": "deploy" }, "policyName": "own", "policyDocument": allowing("s3:*") });
    scene.given("putInlinePolicy", inline).await;
    scene.tell("deleteRole", json!({ "roleName": "deploy" }), "deletedId").await;
    scene.given("deleteInlinePolicy", json!({ "target": { "roleName": "deploy" }, "policyName": "own" })).await;
    scene.tell("deleteInlinePolicy", json!({ "target": { "roleName": "deploy" }, "policyName": "own" }), "__typename").await;
    scene.given("deleteRole", json!({ "roleName": "deploy" })).await;
    scene.ask("{ account { roles { totalCount } } }").await;
    scene.transcript(expect![[r#"
        createRole → {role: {roleId: AROA…, arn: arn:aws:iam::123456789012:role/Deploy, roleName: Deploy, path: /, description: To ship., maxSessionDuration: 3600}, record: {sequence: 1}}
        createRole → EntityAlreadyExists: Role with name Deploy already exists.
        createRole → ValidationError: 1 validation error detected: Value '60' at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600 [field: "maxSessionDuration"]
        createRole → MalformedPolicyDocument: Missing required field Principal. (at Statement[0])
        updateRole → {role: {roleId: AROA…, arn: arn:aws:iam::123456789012:role/Deploy, roleName: Deploy, path: /, description: null, maxSessionDuration: 7200}, record: {sequence: 2}}
        updateAssumeRolePolicy → {role: {assumeRolePolicyDocument: "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"lambda.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"}}
        deleteRole → DeleteConflict: Cannot delete entity, must delete policies first.
        deleteInlinePolicy → NoSuchEntity: The role policy with name own cannot be found.
        {account: {roles: {totalCount: 0}}}
    "#]]);
}

#[tokio::test]
async fn an_instance_profile_holds_one_role() {
    let scene = Scene::new().await;
    for role in ["web", "batch"] {
        scene.given("createRole", json!({ "roleName": role, "assumeRolePolicyDocument": trusting("ec2") })).await;
    }
    let profile = "instanceProfile { instanceProfileId arn role { roleName } } record { sequence }";
    scene.tell("createInstanceProfile", json!({ "instanceProfileName": "Front" }), profile).await;
    scene.tell("createInstanceProfile", json!({ "instanceProfileName": "front" }), profile).await;
    let web = json!({ "instanceProfileName": "front", "roleName": "web" });
    scene.tell("addRoleToInstanceProfile", web.clone(), profile).await;
    let batch = json!({ "instanceProfileName": "front", "roleName": "batch" });
    scene.tell("addRoleToInstanceProfile", batch, profile).await;
    scene.ask("{ role(name: \"web\") { instanceProfiles { edges { node { instanceProfileName } } } } }").await;
    scene.tell("deleteRole", json!({ "roleName": "web" }), "deletedId").await;
    scene.tell("deleteInstanceProfile", json!({ "instanceProfileName": "front" }), "deletedId").await;
    scene.tell("removeRoleFromInstanceProfile", web, profile).await;
    let tags = json!({ "target": { "instanceProfileName": "front" }, "tags": [{ "key": "a", "value": "b" }] });
    scene.tell("tag", tags, "tags { key value }").await;
    scene.given("deleteInstanceProfile", json!({ "instanceProfileName": "front" })).await;
    scene.ask("{ instanceProfile(name: \"front\") { arn } }").await;
    scene.transcript(expect![[r#"
        createInstanceProfile → {instanceProfile: {instanceProfileId: AIPA…, arn: arn:aws:iam::123456789012:instance-profile/Front, role: null}, record: {sequence: 3}}
        createInstanceProfile → EntityAlreadyExists: Instance Profile front already exists.
        addRoleToInstanceProfile → {instanceProfile: {instanceProfileId: AIPA…, arn: arn:aws:iam::123456789012:instance-profile/Front, role: {roleName: web}}, record: {sequence: 4}}
        addRoleToInstanceProfile → LimitExceeded: Cannot exceed quota for RolesPerInstanceProfile: 1 (it cannot be raised) [limit: {"name":"RolesPerInstanceProfile","value":1}]
        {role: {instanceProfiles: {edges: [{node: {instanceProfileName: Front}}]}}}
        deleteRole → DeleteConflict: Cannot delete entity, must remove roles from instance profile first.
        deleteInstanceProfile → DeleteConflict: Cannot delete entity, must remove roles from instance profile first.
        removeRoleFromInstanceProfile → {instanceProfile: {instanceProfileId: AIPA…, arn: arn:aws:iam::123456789012:instance-profile/Front, role: null}, record: {sequence: 5}}
        tag → {tags: [{key: a, value: b}]}
        NoSuchEntity: The instance profile front cannot be found.
    "#]]);
}
