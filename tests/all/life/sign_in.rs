//! Signing in, what a user may, sessions and their end.

use chancery_testkit::{ACCOUNT, PASSWORD};
use expect_test::expect;
use serde_json::json;

use crate::scene::{Scene, told};

const SIGN_IN: &str = "session { token expiresAt } challenge { id kinds }";

#[tokio::test]
async fn whoever_is_not_known_learns_nothing() {
    let scene = Scene::new().await;
    scene.given("createUser", json!({ "userName": "ada" })).await;
    scene.given("createLoginProfile", json!({ "userName": "ada", "password": "Some password 1" })).await;
    let anonymous = scene.server.anonymous();
    let mut answers = Vec::new();
    for (account, user) in [(ACCOUNT, "ada"), (ACCOUNT, "nobody"), ("999999999999", "ada")] {
        let input = json!({ "accountId": account, "userName": user, "password": "Wrong password 1" });
        answers.push(told(&anonymous.try_mutate("signIn", input, SIGN_IN).await.unwrap(), Some("signIn")));
    }
    answers.dedup();
    expect!["AuthenticationFailure: Your authentication information is incorrect. Please try again."]
        .assert_eq(&answers.concat());
    expect!["MissingAuthenticationToken: Request is missing an authentication token: sign in, then send `Authorization: Bearer TOKEN`."]
    .assert_eq(&told(&anonymous.run("{ me { arn } }", json!({})).await, None));
    let forged = anonymous.with_token("not-a-token").run("{ me { arn } }", json!({})).await;
    expect!["InvalidClientTokenId: The security token included in the request is invalid."].assert_eq(&told(&forged, None));
}

#[tokio::test]
async fn a_user_chooses_a_new_password_signs_in_and_may_nothing_more() {
    let scene = Scene::new().await;
    scene.given("createUser", json!({ "userName": "ada" })).await;
    let login = json!({ "userName": "ada", "password": "First password 1", "passwordResetRequired": true });
    scene.tell("createLoginProfile", login.clone(), "user { loginProfile { passwordResetRequired } }").await;
    scene.tell("createLoginProfile", login, "__typename").await;
    let anonymous = scene.server.anonymous();
    let first = json!({ "accountId": ACCOUNT, "userName": "Ada", "password": "First password 1" });
    let challenged = anonymous.mutate("signIn", first, SIGN_IN).await;
    assert_eq!((&challenged["session"], &challenged["challenge"]["kinds"]), (&json!(null), &json!(["PASSWORD_CHANGE"])));
    let answer = json!({ "id": challenged["challenge"]["id"], "newPassword": "Second password 2" });
    let answered = anonymous.mutate("answerChallenge", answer.clone(), SIGN_IN).await;
    let ada = anonymous.with_token(answered["session"]["token"].as_str().unwrap());
    assert_eq!(anonymous.refusal("answerChallenge", answer).await, "AuthenticationFailure");
    let me = ada.query("{ me { arn accountId } }").await;
    assert_eq!(me["me"]["arn"], "arn:aws:iam::123456789012:user/ada");
    let denied = ada.try_mutate("createUser", json!({ "userName": "eve" }), "__typename").await.unwrap();
    expect!["AccessDenied: User: arn:aws:iam::123456789012:user/ada is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::123456789012:user/eve because no identity-based policy allows the iam:CreateUser action"].assert_eq(&told(&denied, Some("createUser")));
    let read = ada.run("{ account { users { totalCount } } }", json!({})).await;
    expect!["AccessDenied: User: arn:aws:iam::123456789012:user/ada is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::123456789012:user/* because no identity-based policy allows the iam:ListUsers action"].assert_eq(&told(&read, None));
    assert_eq!(ada.refusal("deleteUser", json!({ "userName": "ada" })).await, "AccessDenied");
    scene.given("updateLoginProfile", json!({ "userName": "ada", "password": "Third password 3" })).await;
    anonymous.sign_in(ACCOUNT, Some("ada"), "Third password 3").await;
    let old = json!({ "accountId": ACCOUNT, "userName": "ada", "password": "Second password 2" });
    assert_eq!(anonymous.refusal("signIn", old).await, "AuthenticationFailure");
    scene.transcript(expect![[r#"
        createLoginProfile → {user: {loginProfile: {passwordResetRequired: true}}}
        createLoginProfile → EntityAlreadyExists: Login Profile for user ada already exists.
    "#]]);
}

#[tokio::test]
async fn sessions_are_listed_and_end_when_they_are_revoked() {
    let scene = Scene::new().await;
    let (other, third) = (scene.server.root().await, scene.server.root().await);
    let sessions = scene.root.query("{ me { sessions { id current address } } }").await["me"]["sessions"].clone();
    assert_eq!(sessions.as_array().unwrap().len(), 3);
    assert_eq!((&sessions[0]["current"], &sessions[1]["current"]), (&json!(true), &json!(false)));
    assert_eq!(sessions[0]["address"], "127.0.0.1");
    scene.given("revokeSession", json!({ "sessionId": sessions[1]["id"] })).await;
    let ended = other.run("{ me { arn } }", json!({})).await;
    expect!["InvalidClientTokenId: The security token included in the request is invalid."].assert_eq(&told(&ended, None));
    third.query("mutation { signOut { sessionId } }").await;
    assert_eq!(third.run("{ me { arn } }", json!({})).await["errors"][0]["extensions"]["code"], "InvalidClientTokenId");
    let revoked = scene.root.mutate("revokeAllSessions", json!({}), "count").await;
    assert_eq!(revoked["count"], 1);
    assert!(scene.root.run("{ me { arn } }", json!({})).await["errors"].is_array());
    assert!(scene.server.anonymous().sign_in(ACCOUNT, None, PASSWORD).await.token().len() >= 22);
}
