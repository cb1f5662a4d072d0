//! A document that is known is not checked again, and still cannot do what a new one cannot.

use serde_json::json;

use super::{World, refusal};

#[tokio::test]
async fn a_known_document_answers_alike() {
    let world = World::new();
    let root = world.root().await;
    root.data(r#"mutation { createUser(input: {userName: "ada"}) { user { id } } }"#).await;
    let query = "query($name: String!, $first: Int = 5) { user(name: $name) { arn groups(first: $first) { totalCount } } }";
    let first = root.ask_with(query, json!({"name": "ada"})).await;
    assert_eq!(first["data"]["user"]["groups"]["totalCount"], 0);
    assert_eq!(root.ask_with(query, json!({"name": "ada"})).await, first);
    assert_eq!(root.ask_with(query, json!({"name": "ada", "first": 7})).await, first);
}

#[tokio::test]
async fn variables_are_checked_every_time() {
    let world = World::new();
    let root = world.root().await;
    root.data(r#"mutation { createUser(input: {userName: "ada"}) { user { id } } }"#).await;
    let query = "query($name: String!, $first: Int) { user(name: $name) { arn groups(first: $first) { totalCount } } }";
    assert_eq!(root.ask_with(query, json!({"name": "ada", "first": 1})).await.get("errors"), None);
    for variables in [
        json!({}),
        json!({"name": null}),
        json!({"name": 5}),
        json!({"name": ["ada"]}),
        json!({"name": {"a": 1}}),
        json!({"name": "ada", "first": "many"}),
        json!({"name": "ada", "first": 0}),
        json!({"name": "ada", "first": 3_000_000_000_u64}),
    ] {
        let answer = root.ask_with(query, variables.clone()).await;
        assert!(answer["data"]["user"]["groups"].is_null(), "{variables}: {answer}");
        let (code, _) = refusal(&answer);
        assert!(code == "GraphQLValidation" || code == "ValidationError", "{variables}: {answer}");
    }
}

#[tokio::test]
async fn limits_hold_for_a_known_document() {
    let world = World::new();
    let root = world.root().await;
    let query =
        "query($first: Int) { account { users(first: $first) { nodes { groups(first: $first) { nodes { groupName } } } } } }";
    assert_eq!(root.ask_with(query, json!({"first": 10})).await.get("errors"), None);
    let answer = root.ask_with(query, json!({"first": 1000})).await;
    assert_eq!(answer["errors"][0]["extensions"]["limit"]["name"], "complexity", "{answer}");
}

#[tokio::test]
async fn an_unknown_field_of_an_input_is_refused_every_time() {
    let world = World::new();
    let root = world.root().await;
    let query = "mutation($input: CreateUserInput!) { createUser(input: $input) { user { userName } } }";
    assert_eq!(root.ask_with(query, json!({"input": {"userName": "ada"}})).await.get("errors"), None);
    let answer = root.ask_with(query, json!({"input": {"userName": "bob", "usrName": "x"}})).await;
    assert!(refusal(&answer).1.contains("usrName"), "{answer}");
    assert_eq!(root.refusal(r#"{ user(name: "bob") { arn } }"#).await.0, "NoSuchEntity");
}

#[tokio::test]
async fn a_password_of_the_wrong_kind_is_not_shown() {
    let world = World::new();
    let root = world.root().await;
    let query =
        "mutation($id: String!, $new: String!) { answerChallenge(input: {id: $id, newPassword: $new}) { session { token } } }";
    // Only a document that was run once is known.
    for variables in [json!({"id": "none", "new": "x"}), json!({"id": "none", "new": ["canary"]}), json!({"id": 1, "new": "x"})] {
        let answer = root.ask_with(query, variables.clone()).await.to_string();
        assert!(!answer.contains("canary"), "{variables}: {answer}");
    }
}
