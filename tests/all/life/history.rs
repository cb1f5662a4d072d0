//! Records, earlier moments, global ids, and requests that are repeated.

use expect_test::expect;
use serde_json::json;

use crate::scene::Scene;

#[tokio::test]
async fn records_tell_who_did_what_and_earlier_moments_can_be_read() {
    let scene = Scene::new().await;
    scene.given("createUser", json!({ "userName": "ada" })).await;
    scene.given("updateUser", json!({ "userName": "ada", "newUserName": "lovelace" })).await;
    scene.given("deleteUser", json!({ "userName": "lovelace" })).await;
    let records = "{ records { edges { node { sequence command actorArn events { type entity } } } pageInfo { hasNextPage } } }";
    scene.ask(records).await;
    for (sequence, users) in [(0, json!([])), (1, json!(["ada"])), (2, json!(["lovelace"])), (3, json!([]))] {
        let then =
            format!("{{ account(asOf: {{ sequence: \"{sequence}\" }}) {{ users {{ edges {{ node {{ userName }} }} }} }} }}");
        let found = scene.root.query(&then).await["account"]["users"]["edges"].clone();
        let names: Vec<_> = found.as_array().unwrap().iter().map(|edge| edge["node"]["userName"].clone()).collect();
        assert_eq!(json!(names), users, "after record {sequence}");
    }
    scene.ask("{ account(asOf: { sequence: \"99\" }) { accountId } }").await;
    scene.ask("{ records(filter: { command: \"DeleteUser\" }) { edges { node { sequence command } } } }").await;
    scene.ask("{ serverInfo { head } }").await;
    scene.transcript(expect![[r#"
        {records: {edges: [{node: {sequence: 0, command: CreateAccount, actorArn: arn:aws:iam::123456789012:chancery/operator, events: [{type: account.created.v1, entity: null}]}}, {node: {sequence: 1, command: CreateUser, actorArn: arn:aws:iam::123456789012:root, events: [{type: user.created.v1, entity: AIDA…}]}}, {node: {sequence: 2, command: UpdateUser, actorArn: arn:aws:iam::123456789012:root, events: [{type: user.renamed.v1, entity: AIDA…}]}}, {node: {sequence: 3, command: DeleteUser, actorArn: arn:aws:iam::123456789012:root, events: [{type: user.deleted.v1, entity: AIDA…}]}}], pageInfo: {hasNextPage: false}}}
        ValidationError: asOf: record 99 does not exist yet; the log has 4 records, the last one is 3
        {records: {edges: [{node: {sequence: 3, command: DeleteUser}}]}}
        {serverInfo: {head: 4}}
    "#]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_token_gives_the_same_answer_and_writes_nothing() {
    let scene = Scene::new().await;
    let fields = "user { id userId userName } record { sequence }";
    let ada = json!({ "userName": "ada", "clientToken": "once" });
    let first = scene.root.mutate("createUser", ada.clone(), fields).await;
    scene.given("createUser", json!({ "userName": "bob" })).await;
    assert_eq!(scene.root.mutate("createUser", ada, fields).await, first);
    scene.tell("createUser", json!({ "userName": "cy", "clientToken": "once" }), fields).await;
    assert_eq!(scene.root.query("{ serverInfo { head } }").await["serverInfo"]["head"], "3");
    scene.transcript(expect![[r#"
        createUser → IdempotentParameterMismatch: The client token once was used with other input in the last 24 hours: use a new token for a new request.
    "#]]);
    // The token is still known after a restart.
    let Scene { mut server, root, .. } = scene;
    server.restart();
    let again = root.at(server.url()).mutate("createUser", json!({ "userName": "ada", "clientToken": "once" }), fields).await;
    assert_eq!(again, first);
}

#[tokio::test]
async fn a_global_id_finds_its_object_and_not_its_names_next_owner() {
    let scene = Scene::new().await;
    let made = scene.root.mutate("createUser", json!({ "userName": "ada" }), "user { id }").await;
    let node = format!("{{ node(id: {}) {{ id ... on User {{ userName }} }} }}", made["user"]["id"]);
    scene.ask(&node).await;
    scene.given("deleteUser", json!({ "userName": "ada" })).await;
    let again = scene.root.mutate("createUser", json!({ "userName": "ada" }), "user { id }").await;
    assert_ne!(again, made);
    scene.ask(&node).await;
    scene.ask("{ node(id: \"nonsense\") { id } }").await;
    scene.transcript(expect![[r#"
        {node: {id: …, userName: ada}}
        {node: null}
        {node: null}
    "#]]);
}
