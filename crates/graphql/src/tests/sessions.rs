//! Signing in and out.

use serde_json::{Value, json};

use super::{ACCOUNT, PASSWORD, World, refusal};

const SIGN_IN: &str =
    "mutation($input: SignInInput!) { signIn(input: $input) { session { token expiresAt id } challenge { id kinds } } }";

#[tokio::test]
async fn what_is_wrong_is_not_told() {
    let world = World::new();
    for input in [
        json!({"accountId": ACCOUNT, "password": "wrong"}),
        json!({"accountId": "999999999999", "password": PASSWORD}),
        json!({"accountId": ACCOUNT, "userName": "nobody", "password": PASSWORD}),
        json!({"accountAlias": "nowhere", "password": PASSWORD}),
    ] {
        let (answer, mut value) = world.send(None, SIGN_IN, json!({"input": input})).await;
        assert_eq!(answer.status, 401);
        value["errors"][0]["extensions"]["requestId"].take();
        let expected = json!({"data": {"signIn": null}, "errors": [{
            "message": "Your authentication information is incorrect. Please try again.",
            "locations": [{"line": 1, "column": 34}], "path": ["signIn"],
            "extensions": {"code": "AuthenticationFailure", "requestId": null}}]});
        assert_eq!(value, expected);
    }
}

#[tokio::test]
async fn an_account_is_named_in_one_way() {
    let world = World::new();
    for input in [json!({"password": PASSWORD}), json!({"accountId": ACCOUNT, "accountAlias": "abc", "password": PASSWORD})] {
        let (_, value) = world.send(None, SIGN_IN, json!({"input": input})).await;
        assert_eq!(refusal(&value).0, "ValidationError");
    }
}

#[tokio::test]
async fn an_alias_signs_in() {
    let world = World::new();
    let root = world.root().await;
    root.data(r#"mutation { createAccountAlias(input: {accountAlias: "my-corp"}) { record { id } } }"#).await;
    let (answer, value) = world.send(None, SIGN_IN, json!({"input": {"accountAlias": "my-corp", "password": PASSWORD}})).await;
    assert_eq!(answer.status, 200, "{value}");
    assert_eq!(value["data"]["signIn"]["challenge"], Value::Null);
}

#[tokio::test]
async fn sessions_end_when_they_are_revoked() {
    let world = World::new();
    let root = world.root().await;
    let other = world.root().await;
    let sessions = root.data("{ me { sessions { id current expiresAt lastUsedAt createdAt } } }").await;
    let ids: Vec<_> = sessions["me"]["sessions"].as_array().unwrap().iter().filter(|one| one["current"] == false).collect();
    assert_eq!(ids.len(), 1);
    let revoke = format!(r#"mutation {{ revokeSession(input: {{sessionId: {}}}) {{ sessionId }} }}"#, ids[0]["id"]);
    assert_eq!(root.data(&revoke).await["revokeSession"]["sessionId"], ids[0]["id"]);
    assert!(world.engine.authenticate(&other.token).is_err());
    assert!(world.engine.authenticate(&root.token).is_ok());
    assert_eq!(root.refusal(&revoke).await.0, "NoSuchEntity");

    let third = world.root().await;
    assert_eq!(root.data("mutation { revokeAllSessions { count } }").await["revokeAllSessions"]["count"], 2);
    for token in [&root.token, &third.token] {
        assert!(world.engine.authenticate(token).is_err());
    }
}

#[tokio::test]
async fn signing_out_ends_this_session() {
    let world = World::new();
    let (root, other) = (world.root().await, world.root().await);
    root.data("mutation { signOut { sessionId } }").await;
    assert!(world.engine.authenticate(&root.token).is_err());
    assert!(world.engine.authenticate(&other.token).is_ok());
}

#[tokio::test]
async fn a_password_that_must_be_changed_is_changed_first() {
    let world = World::new();
    let root = world.root().await;
    root.data(&format!(
        r#"mutation {{ createUser(input: {{userName: "ada"}}) {{ user {{ id }} }}
        createLoginProfile(input: {{userName: "ada", password: "{PASSWORD}", passwordResetRequired: true}}) {{ user {{ id }} }} }}"#
    ))
    .await;
    let (_, value) =
        world.send(None, SIGN_IN, json!({"input": {"accountId": ACCOUNT, "userName": "ada", "password": PASSWORD}})).await;
    let signed_in = &value["data"]["signIn"];
    assert_eq!((&signed_in["session"], &signed_in["challenge"]["kinds"]), (&Value::Null, &json!(["PASSWORD_CHANGE"])));
    let answer = "mutation($input: AnswerChallengeInput!) { answerChallenge(input: $input) { session { token } } }";
    let input = json!({"input": {"id": signed_in["challenge"]["id"], "newPassword": "Another-1-password"}});
    let (_, value) = world.send(None, answer, input.clone()).await;
    assert!(world.engine.authenticate(value["data"]["answerChallenge"]["session"]["token"].as_str().unwrap()).is_ok());
    let (_, again) = world.send(None, answer, input).await;
    assert_eq!(refusal(&again).0, "AuthenticationFailure", "a challenge is spent");
    world.sign_in(Some("ada"), "Another-1-password").await;
}

#[tokio::test]
async fn no_answer_repeats_a_password() {
    let world = World::new();
    for body in [
        json!({"query": SIGN_IN, "variables": {"input": {"accountId": ACCOUNT, "password": ["hunter2-secret"]}}}),
        json!({"query": SIGN_IN, "variables": {"input": {"accountId": "x", "password": "hunter2-secret"}}}),
        json!({"query": SIGN_IN, "variables": {"input": {"accountId": ACCOUNT, "password": "hunter2-secret", "x": 1}}}),
        json!({"query": "mutation { signIn(input: {accountId: \"1\", password: \"hunter2-secret\"}) { nope } }"}),
    ] {
        let answer = world.door.execute(None, super::request(), body.to_string().as_bytes()).await;
        let text = String::from_utf8(answer.body).unwrap();
        assert!(text.contains("errors") && !text.contains("hunter2"), "{text}");
    }
}
