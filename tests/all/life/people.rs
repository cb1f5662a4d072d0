//! Users and groups: made, renamed, put together, tagged, deleted.

use expect_test::expect;
use serde_json::json;

use crate::scene::{Scene, allowing};

const USER: &str = "user { userId arn userName path tags { key value } } record { sequence }";
const GROUP: &str = "group { groupId arn groupName path } record { sequence }";

#[tokio::test]
async fn a_user_is_created_renamed_tagged_and_deleted() {
    let scene = Scene::new().await;
    let ada = json!({ "userName": "Ada", "path": "/eng/", "tags": [{ "key": "team", "value": "core" }] });
    scene.tell("createUser", ada, USER).await;
    scene.tell("createUser", json!({ "userName": "ADA" }), USER).await;
    scene.tell("createUser", json!({ "userName": "x".repeat(65) }), USER).await;
    scene.tell("createUser", json!({ "userName": "a b" }), USER).await;
    scene.tell("createUser", json!({ "userName": "bob", "path": "eng" }), USER).await;
    let renamed = json!({ "userName": "ada", "newUserName": "Lovelace", "newPath": "/" });
    scene.tell("updateUser", renamed, USER).await;
    scene.tell("updateUser", json!({ "userName": "ada", "newUserName": "x" }), USER).await;
    let tags = json!({ "target": { "userName": "lovelace" }, "tags": [{ "key": "TEAM", "value": "web" }, { "key": "cost", "value": "1" }] });
    scene.tell("tag", tags, "tags { key value } record { sequence }").await;
    let many: Vec<_> = (0..51).map(|n| json!({ "key": format!("k{n}"), "value": "" })).collect();
    scene.tell("tag", json!({ "target": { "userName": "lovelace" }, "tags": many }), "__typename").await;
    let keys = json!({ "target": { "userName": "lovelace" }, "tagKeys": ["cost", "absent"] });
    scene.tell("untag", keys, "tags { key value }").await;
    scene.ask("{ user(name: \"LOVELACE\") { userName userId createdAt tags { key value } } }").await;
    scene.tell("deleteUser", json!({ "userName": "lovelace" }), "deletedId record { sequence }").await;
    scene.tell("deleteUser", json!({ "userName": "lovelace" }), "deletedId").await;
    scene.ask("{ user(name: \"lovelace\") { userName } }").await;
    scene.transcript(expect![[r#"
        createUser → {user: {userId: AIDA…, arn: arn:aws:iam::123456789012:user/eng/Ada, userName: Ada, path: /eng/, tags: [{key: team, value: core}]}, record: {sequence: 1}}
        createUser → EntityAlreadyExists: User with name ADA already exists.
        createUser → ValidationError: 1 validation error detected: Value 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' at 'userName' failed to satisfy constraint: Member must have length less than or equal to 64 [field: "userName"]
        createUser → ValidationError: 1 validation error detected: Value 'a b' at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+ [field: "userName"]
        createUser → ValidationError: 1 validation error detected: Value 'eng' at 'path' failed to satisfy constraint: Member must satisfy regular expression pattern: (\u002F)|(\u002F[\u0021-\u007E]+\u002F) [field: "path"]
        updateUser → {user: {userId: AIDA…, arn: arn:aws:iam::123456789012:user/Lovelace, userName: Lovelace, path: /, tags: [{key: team, value: core}]}, record: {sequence: 2}}
        updateUser → NoSuchEntity: The user with name ada cannot be found.
        tag → {tags: [{key: TEAM, value: web}, {key: cost, value: 1}], record: {sequence: 3}}
        tag → LimitExceeded: Cannot exceed quota for TagsPerUser: 50 (it cannot be raised) [limit: {"name":"TagsPerUser","value":50}]
        untag → {tags: [{key: TEAM, value: web}]}
        {user: {userName: Lovelace, userId: AIDA…, createdAt: TIME, tags: [{key: TEAM, value: web}]}}
        deleteUser → {deletedId: …, record: {sequence: 5}}
        deleteUser → NoSuchEntity: The user with name lovelace cannot be found.
        NoSuchEntity: The user with name lovelace cannot be found.
    "#]]);
}

#[tokio::test]
async fn groups_hold_users_for_good_and_for_a_time() {
    let scene = Scene::new().await;
    scene.given("createUser", json!({ "userName": "ada" })).await;
    scene.given("createUser", json!({ "userName": "bob" })).await;
    scene.tell("createGroup", json!({ "groupName": "Devs", "path": "/teams/" }), GROUP).await;
    scene.tell("createGroup", json!({ "groupName": "DEVS" }), GROUP).await;
    let both = "user { userName } group { groupName } record { sequence }";
    scene.tell("addUserToGroup", json!({ "groupName": "devs", "userName": "ada" }), both).await;
    scene.tell("addUserToGroup", json!({ "groupName": "devs", "userName": "ada" }), both).await;
    let for_a_time = json!({ "groupName": "devs", "userName": "bob", "expiresAt": "2999-01-01T00:00:00Z" });
    scene.tell("addUserToGroup", for_a_time, both).await;
    let over = json!({ "groupName": "devs", "userName": "bob", "expiresAt": "2001-01-01T00:00:00Z" });
    let refused = scene.root.refusal("addUserToGroup", over).await;
    assert_eq!(refused, "InvalidInput");
    scene.tell("addUserToGroup", json!({ "groupName": "nobodys", "userName": "ada" }), both).await;
    let members = "{ group(name: \"devs\") { users { totalCount } } user(name: \"bob\") { groups { edges { expiresAt } } } }";
    scene.ask(members).await;
    scene.ask("{ user(name: \"ada\") { groups { edges { node { groupName arn } } } } }").await;
    scene.tell("deleteUser", json!({ "userName": "ada" }), "deletedId").await;
    scene.tell("deleteGroup", json!({ "groupName": "devs" }), "deletedId").await;
    scene.tell("updateGroup", json!({ "groupName": "devs", "newGroupName": "Makers" }), GROUP).await;
    for user in ["ada", "bob"] {
        scene.given("removeUserFromGroup", json!({ "groupName": "makers", "userName": user })).await;
    }
    scene.tell("removeUserFromGroup", json!({ "groupName": "makers", "userName": "bob" }), both).await;
    scene.tell("deleteGroup", json!({ "groupName": "makers" }), "deletedId record { sequence }").await;
    scene.transcript(expect![[r#"
        createGroup → {group: {groupId: AGPA…, arn: arn:aws:iam::123456789012:group/teams/Devs, groupName: Devs, path: /teams/}, record: {sequence: 3}}
        createGroup → EntityAlreadyExists: Group with name DEVS already exists.
        addUserToGroup → {user: {userName: ada}, group: {groupName: Devs}, record: {sequence: 4}}
        addUserToGroup → {user: {userName: ada}, group: {groupName: Devs}, record: null}
        addUserToGroup → {user: {userName: bob}, group: {groupName: Devs}, record: {sequence: 5}}
        addUserToGroup → NoSuchEntity: The group with name nobodys cannot be found.
        {group: {users: {totalCount: 2}}, user: {groups: {edges: [{expiresAt: TIME}]}}}
        {user: {groups: {edges: [{node: {groupName: Devs, arn: arn:aws:iam::123456789012:group/teams/Devs}}]}}}
        deleteUser → DeleteConflict: Cannot delete entity, must remove users from group first.
        deleteGroup → DeleteConflict: Cannot delete entity, must remove users from group first.
        updateGroup → {group: {groupId: AGPA…, arn: arn:aws:iam::123456789012:group/teams/Makers, groupName: Makers, path: /teams/}, record: {sequence: 6}}
        removeUserFromGroup → NoSuchEntity: The user with name bob in the group with name makers cannot be found.
        deleteGroup → {deletedId: …, record: {sequence: 9}}
    "#]]);
}

#[tokio::test]
async fn lists_come_in_pages_and_by_path() {
    let scene = Scene::new().await;
    for (user, path) in [("ada", "/eng/"), ("Bob", "/"), ("cy", "/eng/web/"), ("dan", "/eng/"), ("eve", "/")] {
        scene.given("createUser", json!({ "userName": user, "path": path })).await;
    }
    let (mut seen, mut after) = (Vec::new(), json!(null));
    loop {
        let query = "query($after: String) { account { users(first: 2, after: $after) { edges { node { userName } } pageInfo { hasNextPage endCursor } } } }";
        let page = scene.root.run(query, json!({ "after": after })).await["data"]["account"]["users"].clone();
        seen.extend(page["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["userName"].as_str().unwrap().to_owned()));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(seen, ["ada", "Bob", "cy", "dan", "eve"]);
    let under = "{ account { users(pathPrefix: \"/eng/\") { edges { node { userName path } } } } }";
    scene.ask(under).await;
    scene.ask("{ account { users(first: 1001) { totalCount } } }").await;
    scene.transcript(expect![[r#"
        {account: {users: {edges: [{node: {userName: ada, path: /eng/}}, {node: {userName: cy, path: /eng/web/}}, {node: {userName: dan, path: /eng/}}]}}}
        ValidationError: 1 validation error detected: Value '1001' at 'first' failed to satisfy constraint: Member must have value less than or equal to 1000 [field: "first"]
    "#]]);
}

#[tokio::test]
async fn a_user_with_something_left_cannot_be_deleted() {
    let scene = Scene::new().await;
    scene.given("createUser", json!({ "userName": "ada" })).await;
    let inline = json!({ "target": { "userName": "ada" }, "policyName": "own", "policyDocument": allowing("s3:Get*") });
    scene.tell("putInlinePolicy", inline, "user { inlinePolicies { policyName document } }").await;
    scene.tell("deleteUser", json!({ "userName": "ada" }), "deletedId").await;
    scene.given("deleteInlinePolicy", json!({ "target": { "userName": "ada" }, "policyName": "own" })).await;
    scene.given("createLoginProfile", json!({ "userName": "ada", "password": "Some password 1" })).await;
    scene.tell("deleteUser", json!({ "userName": "ada" }), "deletedId").await;
    scene.given("deleteLoginProfile", json!({ "userName": "ada" })).await;
    scene.given("deleteUser", json!({ "userName": "ada" })).await;
    scene.transcript(expect![[r#"
        putInlinePolicy → {user: {inlinePolicies: [{policyName: own, document: "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:Get*\",\"Resource\":\"*\"}]}"}]}}
        deleteUser → DeleteConflict: Cannot delete entity, must delete policies first.
        deleteUser → DeleteConflict: Cannot delete entity, must delete login profile first.
    "#]]);
}
