//! The life of an account: every mutation once, and what the queries show of it.

use serde_json::{Value, json};

use super::World;

const ALLOW: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const LOCAL: &str = "arn:aws:iam::123456789012:policy/ops/s3";

/// A policy document inside a GraphQL string.
fn quoted(document: &str) -> String {
    Value::from(document).to_string()
}

#[tokio::test]
async fn a_user_from_creation_to_deletion() {
    let world = World::new();
    let root = world.root().await;
    let created = root
        .data(
            r#"mutation { createUser(input: {userName: "Ada", path: "/eng/", tags: [{key: "team", value: "red"}]}) {
                user { id userId arn userName path tags { key value } permissionsBoundary { policyArn } }
                record { sequence id time }
            } }"#,
        )
        .await;
    let user = &created["createUser"]["user"];
    assert_eq!(user["arn"], "arn:aws:iam::123456789012:user/eng/Ada");
    assert!(user["userId"].as_str().unwrap().starts_with("AIDA"));
    assert_eq!(user["tags"], json!([{"key": "team", "value": "red"}]));
    assert_eq!(created["createUser"]["record"]["sequence"], "1");

    let renamed = root
        .data(
            r#"mutation { updateUser(input: {userName: "ada", newUserName: "grace", newPath: "/"}) {
            user { id userId arn } record { sequence } } }"#,
        )
        .await;
    assert_eq!(renamed["updateUser"]["user"]["arn"], "arn:aws:iam::123456789012:user/grace");
    assert_eq!(renamed["updateUser"]["user"]["id"], user["id"]);

    let deleted = root.data(r#"mutation { deleteUser(input: {userName: "grace"}) { deletedId record { sequence } } }"#).await;
    assert_eq!(deleted["deleteUser"]["deletedId"], user["id"]);

    // A recreated name is a new id, and the old one finds nothing any more.
    let again = root.data(r#"mutation { createUser(input: {userName: "Ada", path: "/eng/"}) { user { id } } }"#).await;
    assert_ne!(again["createUser"]["user"]["id"], user["id"]);
    let query = format!(
        r#"{{ gone: node(id: {0}) {{ id }} then: node(id: {0}, asOf: {{sequence: "1"}}) {{ id ... on User {{ userName }} }} }}"#,
        user["id"]
    );
    let found = root.data(&query).await;
    assert_eq!(found["gone"], Value::Null);
    assert_eq!(found["then"], json!({"id": user["id"], "userName": "Ada"}));
}

#[tokio::test]
async fn groups_and_memberships() {
    let world = World::new();
    let root = world.root().await;
    root.data(
        r#"mutation { createUser(input: {userName: "ada"}) { record { id } }
        createGroup(input: {groupName: "devs", path: "/eng/"}) { group { groupId arn } } }"#,
    )
    .await;
    let added = root
        .data(
            r#"mutation { addUserToGroup(input: {userName: "ada", groupName: "DEVS", expiresAt: "2999-01-01T00:00:00Z"}) {
            user { groups { totalCount edges { expiresAt node { groupName } } } }
            group { users { totalCount edges { since expiresAt node { userName } } } } record { sequence } } }"#,
        )
        .await;
    let added = &added["addUserToGroup"];
    assert_eq!(
        added["user"]["groups"]["edges"][0],
        json!({"expiresAt": "2999-01-01T00:00:00.000Z", "node": {"groupName": "devs"}})
    );
    assert_eq!(added["group"]["users"]["edges"][0]["node"]["userName"], "ada");
    // The same again: nothing to change, so no record.
    let again = r#"mutation { addUserToGroup(input: {userName: "ada", groupName: "devs", expiresAt: "2999-01-01T00:00:00Z"}) {
        group { groupName } record { sequence } } }"#;
    assert_eq!(root.data(again).await["addUserToGroup"]["record"], Value::Null);
    let (code, message) = root.refusal(r#"mutation { deleteGroup(input: {groupName: "devs"}) { deletedId } }"#).await;
    assert_eq!(code, "DeleteConflict", "{message}");
    let left = root
        .data(
            r#"mutation { removeUserFromGroup(input: {userName: "ada", groupName: "devs"}) { group { users { totalCount } } }
            updateGroup(input: {groupName: "devs", newGroupName: "crew"}) { group { arn } }
            deleteGroup(input: {groupName: "crew"}) { deletedId } }"#,
        )
        .await;
    assert_eq!(left["removeUserFromGroup"]["group"]["users"]["totalCount"], 0);
    assert_eq!(left["updateGroup"]["group"]["arn"], "arn:aws:iam::123456789012:group/eng/crew");
    assert_ne!(left["deleteGroup"]["deletedId"], Value::Null);
}

#[tokio::test]
async fn policies_their_versions_and_who_has_them() {
    let world = World::new();
    let root = world.root().await;
    let (document, other) = (quoted(ALLOW), quoted(&ALLOW.replace("s3:*", "s3:Get*")));
    let created = root
        .data(&format!(
            r#"mutation {{ createUser(input: {{userName: "ada"}}) {{ record {{ id }} }}
            createPolicy(input: {{policyName: "s3", path: "/ops/", description: "S3", policyDocument: {document}}}) {{
                policy {{ arn document defaultVersionId isAwsManaged description }} }}
            attachPolicy(input: {{policyArn: "{LOCAL}", target: {{userName: "ada"}}}}) {{ policy {{ attachmentCount }} }}
            aws: attachPolicy(input: {{policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess", target: {{userName: "ada"}},
                expiresAt: "2999-01-01T00:00:00Z"}}) {{ policy {{ policyName isAwsManaged attachmentCount }} record {{ id }} }}
            createPolicyVersion(input: {{policyArn: "{LOCAL}", policyDocument: {other}, setAsDefault: true}}) {{
                policy {{ defaultVersionId versions {{ versionId isDefaultVersion }} }} }}
            putPermissionsBoundary(input: {{target: {{userName: "ada"}}, permissionsBoundary: "{LOCAL}"}}) {{
                user {{ permissionsBoundary {{ policyArn policy {{ policyName }} }} }} }} }}"#
        ))
        .await;
    assert_eq!(created["createPolicy"]["policy"]["document"], ALLOW);
    assert_eq!(created["attachPolicy"]["policy"]["attachmentCount"], 1);
    assert_eq!(created["aws"]["policy"], json!({"policyName": "ReadOnlyAccess", "isAwsManaged": true, "attachmentCount": 1}));
    let versions = json!([{"versionId": "v2", "isDefaultVersion": true}, {"versionId": "v1", "isDefaultVersion": false}]);
    assert_eq!(created["createPolicyVersion"]["policy"]["versions"], versions);
    assert_eq!(created["putPermissionsBoundary"]["user"]["permissionsBoundary"]["policyArn"], LOCAL);

    let seen = root
        .data(&format!(
            r#"{{ account {{
                policy(policyArn: "{LOCAL}") {{ permissionsBoundaryUsageCount version(versionId: "v1") {{ document }}
                    entities {{ totalCount edges {{ usage node {{ ... on User {{ userName }} }} }} }} }}
                policies(scope: LOCAL) {{ nodes {{ arn }} }}
                attached: policies(onlyAttached: true) {{ nodes {{ policyName }} }}
                user(userName: "ada") {{ attachedPolicies {{ edges {{ expiresAt node {{ policyName }} }} }} }} }} }}"#
        ))
        .await;
    let account = &seen["account"];
    assert_eq!(account["policy"]["version"]["document"], ALLOW);
    assert_eq!(account["policy"]["permissionsBoundaryUsageCount"], 1);
    let usages: Vec<_> = account["policy"]["entities"]["edges"].as_array().unwrap().iter().map(|edge| &edge["usage"]).collect();
    assert_eq!(usages, ["PERMISSIONS_POLICY", "PERMISSIONS_BOUNDARY"]);
    assert_eq!(account["policies"]["nodes"], json!([{"arn": LOCAL}]));
    assert_eq!(account["attached"]["nodes"], json!([{"policyName": "s3"}, {"policyName": "ReadOnlyAccess"}]));
    let ends: Vec<_> =
        account["user"]["attachedPolicies"]["edges"].as_array().unwrap().iter().map(|edge| &edge["expiresAt"]).collect();
    assert!(ends.contains(&&json!("2999-01-01T00:00:00.000Z")) && ends.contains(&&Value::Null));

    let undone = root
        .data(&format!(
            r#"mutation {{
            deletePermissionsBoundary(input: {{target: {{userName: "ada"}}}}) {{ user {{ permissionsBoundary {{ policyArn }} }} }}
            setDefaultPolicyVersion(input: {{policyArn: "{LOCAL}", versionId: "v1"}}) {{ policy {{ defaultVersionId }} }}
            deletePolicyVersion(input: {{policyArn: "{LOCAL}", versionId: "v2"}}) {{ policy {{ versions {{ versionId }} }} }}
            detachPolicy(input: {{policyArn: "{LOCAL}", target: {{userName: "ada"}}}}) {{ policy {{ attachmentCount }} }}
            deletePolicy(input: {{policyArn: "{LOCAL}"}}) {{ deletedId record {{ id }} }} }}"#
        ))
        .await;
    assert_eq!(undone["deletePermissionsBoundary"]["user"]["permissionsBoundary"], Value::Null);
    assert_eq!(undone["deletePolicyVersion"]["policy"]["versions"], json!([{"versionId": "v1"}]));
    assert_ne!(undone["deletePolicy"]["deletedId"], Value::Null);
}

#[tokio::test]
async fn roles_instance_profiles_inline_policies_and_tags() {
    let world = World::new();
    let root = world.root().await;
    let (trust, document) = (quoted(TRUST), quoted(ALLOW));
    let created = root
        .data(&format!(
            r#"mutation {{
            createRole(input: {{roleName: "web", assumeRolePolicyDocument: {trust}, description: "Web", maxSessionDuration: 7200,
                tags: [{{key: "a", value: "1"}}]}}) {{
                role {{ roleId arn maxSessionDuration assumeRolePolicyDocument description }} }}
            createInstanceProfile(input: {{instanceProfileName: "web"}}) {{ instanceProfile {{ instanceProfileId role {{ roleName }} }} }}
            addRoleToInstanceProfile(input: {{instanceProfileName: "web", roleName: "web"}}) {{
                instanceProfile {{ role {{ roleName instanceProfiles {{ nodes {{ instanceProfileName }} }} }} }} }}
            putInlinePolicy(input: {{target: {{roleName: "web"}}, policyName: "p", policyDocument: {document}}}) {{
                role {{ inlinePolicies {{ policyName document }} inlinePolicy(policyName: "p") {{ policyName }} }} }}
            updateRole(input: {{roleName: "web", description: null}}) {{ role {{ description maxSessionDuration }} }}
            updateAssumeRolePolicy(input: {{roleName: "web", policyDocument: {trust}}}) {{ role {{ roleName }} record {{ id }} }}
            tag(input: {{target: {{roleName: "web"}}, tags: [{{key: "A", value: "2"}}]}}) {{ tags {{ key value }} }}
            profile: tag(input: {{target: {{instanceProfileName: "web"}}, tags: [{{key: "k", value: ""}}]}}) {{ tags {{ key value }} }}
            untag(input: {{target: {{roleName: "web"}}, tagKeys: ["a", "other"]}}) {{ tags {{ key }} }} }}"#
        ))
        .await;
    assert_eq!(created["createRole"]["role"]["assumeRolePolicyDocument"], TRUST);
    assert_eq!(
        created["addRoleToInstanceProfile"]["instanceProfile"]["role"]["instanceProfiles"]["nodes"][0]["instanceProfileName"],
        "web"
    );
    assert_eq!(created["putInlinePolicy"]["role"]["inlinePolicies"], json!([{"policyName": "p", "document": ALLOW}]));
    assert_eq!(created["updateRole"]["role"], json!({"description": null, "maxSessionDuration": 7200}));
    assert_eq!(created["tag"]["tags"], json!([{"key": "A", "value": "2"}]), "keys on roles are compared without case");
    assert_eq!(created["profile"]["tags"], json!([{"key": "k", "value": ""}]));
    assert_eq!(created["untag"]["tags"], json!([]));

    let undone = root
        .data(
            r#"mutation { deleteInlinePolicy(input: {target: {roleName: "web"}, policyName: "p"}) { role { inlinePolicies { policyName } } }
            removeRoleFromInstanceProfile(input: {instanceProfileName: "web", roleName: "web"}) { instanceProfile { role { roleName } } }
            deleteInstanceProfile(input: {instanceProfileName: "web"}) { deletedId }
            deleteRole(input: {roleName: "web"}) { deletedId } }"#,
        )
        .await;
    assert_eq!(undone["removeRoleFromInstanceProfile"]["instanceProfile"]["role"], Value::Null);
    for field in ["deleteInstanceProfile", "deleteRole"] {
        assert_ne!(undone[field]["deletedId"], Value::Null, "{field}");
    }
}

#[tokio::test]
async fn the_account_itself() {
    let world = World::new();
    let root = world.root().await;
    let set = root
        .data(
            r#"mutation { createAccountAlias(input: {accountAlias: "my-corp"}) { account { alias accountId arn createdAt } }
            updateAccountPasswordPolicy(input: {minimumPasswordLength: 14, requireNumbers: true, maxPasswordAge: 90}) {
                passwordPolicy { minimumPasswordLength requireNumbers requireSymbols expirePasswords maxPasswordAge } }
            requestQuotaIncrease(input: {quotaName: "RolesPerAccount", value: "2000"}) { quota { name value default maximum used } } }"#,
        )
        .await;
    assert_eq!(set["createAccountAlias"]["account"]["alias"], "my-corp");
    let policy = json!({"minimumPasswordLength": 14, "requireNumbers": true, "requireSymbols": false, "expirePasswords": true, "maxPasswordAge": 90});
    assert_eq!(set["updateAccountPasswordPolicy"]["passwordPolicy"], policy);
    let quota = json!({"name": "RolesPerAccount", "value": "2000", "default": "1000", "maximum": "5000", "used": "0"});
    assert_eq!(set["requestQuotaIncrease"]["quota"], quota);

    let seen = root.data("{ account { id alias summary { key value } passwordPolicy { hardExpiry } quotas { name value } } serverInfo { version head } }").await;
    let summary = seen["account"]["summary"].as_array().unwrap();
    assert!(summary.contains(&json!({"key": "Users", "value": 0})), "{summary:?}");
    assert!(seen["account"]["quotas"].as_array().unwrap().len() >= 34);
    assert_eq!(seen["serverInfo"]["head"], "4");

    let unset = root
        .data(
            r#"mutation { deleteAccountAlias(input: {accountAlias: "my-corp"}) { account { alias } }
            deleteAccountPasswordPolicy { passwordPolicy { hardExpiry } } }"#,
        )
        .await;
    assert_eq!(unset["deleteAccountAlias"]["account"]["alias"], Value::Null);
    assert_eq!(unset["deleteAccountPasswordPolicy"]["passwordPolicy"], Value::Null);
}

#[tokio::test]
async fn records_tell_what_happened() {
    let world = World::new();
    let root = world.root().await;
    root.data(
        r#"mutation { createUser(input: {userName: "ada", clientToken: "t1"}) { user { id } } createGroup(input: {groupName: "g"}) { group { id } } }"#,
    )
    .await;
    let seen = root
        .data(
            r#"{ records(first: 2) { edges { cursor } nodes { sequence command actorArn actorId clientToken origin events { type entity data } }
                pageInfo { hasNextPage endCursor } }
            filtered: records(filter: {command: "CreateGroup"}) { nodes { sequence } }
            record(sequence: 1) { id recordId sessionId requestId time accountId }
            none: record(sequence: "99") { id } }"#,
        )
        .await;
    let nodes = seen["records"]["nodes"].as_array().unwrap();
    let commands: Vec<_> = nodes.iter().map(|node| node["command"].as_str().unwrap()).collect();
    assert_eq!(commands, ["CreateAccount", "CreateUser"]);
    assert_eq!(nodes[1]["events"][0]["type"], "user.created.v1");
    assert_eq!(nodes[1]["clientToken"], "t1");
    assert_eq!(nodes[1]["actorArn"], "arn:aws:iam::123456789012:root");
    assert_eq!(nodes[1]["events"][0]["data"]["name"], "ada", "who may read records sees personal fields");
    assert_eq!(nodes[0]["events"][0]["data"]["password"]["sealed"], true, "nobody sees a secret");
    assert_eq!(seen["records"]["pageInfo"]["hasNextPage"], true);
    assert_eq!(seen["filtered"]["nodes"], json!([{"sequence": "2"}]));
    assert_eq!(seen["none"], Value::Null);
    let rest = format!(
        r#"{{ records(after: {}) {{ nodes {{ sequence }} }} after: records(afterSequence: "1") {{ nodes {{ sequence }} }} }}"#,
        seen["records"]["pageInfo"]["endCursor"]
    );
    let rest = root.data(&rest).await;
    assert_eq!(rest["records"]["nodes"], json!([{"sequence": "2"}]));
    assert_eq!(rest["after"], rest["records"]);
    let past = root
        .data(
            r#"{ records(asOf: {sequence: 1}) { nodes { sequence } pageInfo { hasNextPage } } record(sequence: 2, asOf: {sequence: 1}) { id } }"#,
        )
        .await;
    assert_eq!(past["records"], json!({"nodes": [{"sequence": "0"}, {"sequence": "1"}], "pageInfo": {"hasNextPage": false}}));
    assert_eq!(past["record"], Value::Null);
}

#[tokio::test]
async fn a_repeated_request_is_answered_again() {
    let world = World::new();
    let root = world.root().await;
    let create =
        r#"mutation { createUser(input: {userName: "ada", clientToken: "once"}) { user { id userName } record { sequence } } }"#;
    let first = root.data(create).await;
    assert_eq!(root.data(create).await, first);
    let other = root.refusal(&create.replace("\"ada\"", "\"bob\"")).await;
    assert_eq!(other.0, "IdempotentParameterMismatch");
}

#[tokio::test]
async fn an_answer_has_the_order_of_its_query() {
    let world = World::new();
    let root = world.root().await;
    root.data(r#"mutation { createUser(input: {userName: "ada"}) { user { id } } }"#).await;
    let answer = root
        .data(r#"{ then: user(name: "ada", asOf: {sequence: "1"}) { userName id arn } now: user(name: "ada") { arn userName } }"#)
        .await;
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&answer), ["then", "now"]);
    assert_eq!(keys(&answer["then"]), ["userName", "id", "arn"]);
    assert_eq!(keys(&answer["now"]), ["arn", "userName"]);
}
