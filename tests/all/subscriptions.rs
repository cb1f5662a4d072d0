//! Records as they come, over `graphql-transport-ws`.

use std::time::Duration;

use chancery_engine::{Clock, SystemClock};
use chancery_testkit::{Dice, Heard, Home, Options, Server, Socket};
use expect_test::expect;
use serde_json::{Value, json};

use crate::scene::{Scene, told};

const RECORDS: &str = "subscription($after: Seq) { records(after: $after) { sequence command } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_resumes_without_gap_or_repeat() {
    const WRITERS: usize = 4;
    const USERS: usize = 60;
    let scene = Scene::new().await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let root = scene.root.clone();
            tokio::spawn(async move {
                for n in 0..USERS {
                    root.mutate("createUser", json!({ "userName": format!("w{writer}n{n}") }), "__typename").await;
                }
            })
        })
        .collect();
    let mut dice = Dice::new(5);
    let (mut seen, mut sockets) = (Vec::<u64>::new(), 0);
    // Record 0 is the account's own.
    while seen.len() < 1 + WRITERS * USERS {
        let mut socket = Socket::signed_in(scene.server.url(), scene.root.token()).await;
        let after = seen.last().map_or(Value::Null, |last| last.to_string().into());
        socket.subscribe("s", RECORDS, json!({ "after": after })).await;
        sockets += 1;
        for _ in 0..=dice.below(40) {
            if seen.len() < 1 + WRITERS * USERS {
                let data = socket.next_data().await;
                seen.push(data["records"]["sequence"].as_str().unwrap().parse().unwrap());
            }
        }
        // Dropped in the middle, without a word.
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(seen, (0..=(WRITERS * USERS) as u64).collect::<Vec<_>>());
    assert!(sockets > 3, "{sockets} sockets");
}

#[tokio::test]
async fn a_filter_and_the_end_of_an_operation() {
    let scene = Scene::new().await;
    let mut socket = Socket::signed_in(scene.server.url(), scene.root.token()).await;
    let query = "subscription { records(filter: { command: \"CreateGroup\" }) { sequence command } }";
    socket.subscribe("groups", query, json!({})).await;
    scene.given("createUser", json!({ "userName": "ada" })).await;
    scene.given("createGroup", json!({ "groupName": "devs" })).await;
    assert_eq!(socket.next_data().await, json!({ "records": { "sequence": "2", "command": "CreateGroup" } }));
    socket.say(json!({ "type": "complete", "id": "groups" })).await;
    scene.given("createGroup", json!({ "groupName": "ops" })).await;
    // A query on the same socket is answered, and nothing of the ended subscription comes before it.
    socket.subscribe("q", "{ serverInfo { head } }", json!({})).await;
    assert_eq!(socket.next_data().await, json!({ "serverInfo": { "head": "4" } }));
    assert_eq!(socket.hear().await, Heard::Message(json!({ "type": "complete", "id": "q" })));
}

#[tokio::test]
async fn what_is_granted_for_a_time_ends_by_a_record_that_is_told() {
    let scene = Scene::new().await;
    let mut socket = Socket::signed_in(scene.server.url(), scene.root.token()).await;
    let query = "subscription { records(filter: { command: \"ExpireGrant\" }) { sequence actorArn events { type } } }";
    socket.subscribe("s", query, json!({})).await;
    scene.given("createUser", json!({ "userName": "ada" })).await;
    scene.given("createGroup", json!({ "groupName": "devs" })).await;
    let soon = SystemClock.now().plus_seconds(2).to_string();
    scene.given("addUserToGroup", json!({ "groupName": "devs", "userName": "ada", "expiresAt": soon })).await;
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    scene.given("attachPolicy", json!({ "policyArn": arn, "target": { "userName": "ada" }, "expiresAt": soon })).await;
    let mut ends: Vec<_> = Vec::new();
    for _ in 0..2 {
        let record = socket.next_data().await["records"].clone();
        assert_eq!(record["actorArn"], "arn:aws:iam::123456789012:chancery/system");
        ends.push(record["events"][0]["type"].as_str().unwrap().to_owned());
    }
    ends.sort();
    assert_eq!(ends, ["user.attachment_expired.v1", "user.membership_expired.v1"]);
    let left = scene.root.query("{ user(name: \"ada\") { groups { totalCount } attachedPolicies { totalCount } } }").await;
    assert_eq!(left["user"], json!({ "groups": { "totalCount": 0 }, "attachedPolicies": { "totalCount": 0 } }));
}

#[tokio::test]
async fn a_subscription_ends_with_its_session() {
    let scene = Scene::new().await;
    let other = scene.server.root().await;
    let mut socket = Socket::signed_in(scene.server.url(), other.token()).await;
    socket.subscribe("s", RECORDS, json!({})).await;
    assert_eq!(socket.next_data().await["records"]["sequence"], "0");
    let sessions = scene.root.query("{ me { sessions { id current } } }").await["me"]["sessions"].clone();
    let id = &sessions.as_array().unwrap().iter().find(|session| session["current"] == false).unwrap()["id"];
    scene.given("revokeSession", json!({ "sessionId": id })).await;
    // What comes now is the end of the operation, and of the socket; no record.
    scene.given("createUser", json!({ "userName": "ada" })).await;
    let end = loop {
        match socket.hear().await {
            Heard::Message(message) => assert_ne!(message["type"], "next", "{message}"),
            Heard::Closed(code, reason) => break (code, reason),
        }
    };
    assert_eq!(end.0, 4401, "{end:?}");
    let late = Socket::open(scene.server.url(), None).await;
    let mut late = late.unwrap();
    late.init(other.token()).await;
    assert!(matches!(late.hear().await, Heard::Closed(4401, _)));
}

#[tokio::test]
async fn who_does_not_say_who_comes_is_shown_out() {
    let scene = Scene::new().await;
    let mut silent = Socket::open(scene.server.url(), None).await.unwrap();
    let mut hasty = Socket::open(scene.server.url(), None).await.unwrap();
    hasty.subscribe("s", RECORDS, json!({})).await;
    assert!(matches!(hasty.hear().await, Heard::Closed(4401, _)));
    let mut forged = Socket::open(scene.server.url(), None).await.unwrap();
    forged.init("not-a-token").await;
    assert!(matches!(forged.hear().await, Heard::Closed(4401, _)));
    let mut twice = Socket::signed_in(scene.server.url(), scene.root.token()).await;
    twice.init(scene.root.token()).await;
    assert!(matches!(twice.hear().await, Heard::Closed(4429, _)));
    let begun = std::time::Instant::now();
    assert!(matches!(silent.hear().await, Heard::Closed(4408, _)));
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn pages_of_another_origin_open_no_socket() {
    let scene = Scene::new().await;
    let url = scene.server.url();
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        let refused = Socket::open(url, Some(origin)).await;
        assert!(refused.is_err_and(|error| error.to_string().contains("403")), "{origin}");
    }
    assert!(Socket::open(url, Some(url)).await.is_ok(), "one's own");
}

#[tokio::test]
async fn the_limits_of_a_document_hold_on_a_socket_too() {
    let scene = Scene::new().await;
    let mut socket = Socket::signed_in(scene.server.url(), scene.root.token()).await;
    let aliases: String = (0..16).map(|n| format!("a{n}: me {{ arn }} ")).collect();
    for (query, expect) in [
        (
            format!("{{ {aliases} }}"),
            expect![[r#"GraphQLValidation: The query has 16 aliases: the limit is 15. [limit: {"name":"aliases","value":15}]"#]],
        ),
        (
            "subscription { a: records { sequence } b: records { sequence } }".into(),
            expect![[
                r#"GraphQLValidation: The query has 2 subscriptions at once: the limit is 1. [limit: {"name":"subscriptionFields","value":1}]"#
            ]],
        ),
        (
            "{".repeat(2_000),
            expect![[
                r#"GraphQLValidation: The query has brackets that are nested too deep: the limit is 40. [limit: {"name":"bracketsNested","value":40}]"#
            ]],
        ),
    ] {
        socket.subscribe("q", &query, json!({})).await;
        let Heard::Message(message) = socket.hear().await else { panic!("a message") };
        assert_eq!(message["type"], "error", "{message}");
        expect.assert_eq(&told(&json!({ "errors": message["payload"] }), None));
    }
    socket.say(json!({ "type": "subscribe", "id": "x", "payload": { "query": "x".repeat(300_000) } })).await;
    assert!(matches!(socket.hear().await, Heard::Closed(..)));
    scene.given("createUser", json!({ "userName": "ada" })).await;
}

#[tokio::test]
async fn the_schema_is_shown_to_whom_it_may_concern() {
    let schema = "{ __schema { queryType { name } } }";
    let scene = Scene::new().await;
    let anonymous = scene.server.anonymous().run(schema, json!({})).await;
    expect!["AccessDenied: The schema is shown to signed-in callers only: sign in first."].assert_eq(&told(&anonymous, None));
    let by_type = scene.server.anonymous().run("{ __type(name: \"User\") { name } }", json!({})).await;
    assert_eq!(by_type["errors"][0]["extensions"]["code"], "AccessDenied");
    assert_eq!(scene.root.query(schema).await["__schema"]["queryType"]["name"], "Query");
    let dev = Server::start_on(Home::initialised(), Options { dev: true, ..Options::default() });
    assert_eq!(dev.anonymous().query(schema).await["__schema"]["queryType"]["name"], "Query");
    let page = reqwest::get(format!("{}/graphiql", dev.url())).await.unwrap();
    assert!(page.status().is_success());
    let closed = reqwest::get(format!("{}/graphiql", scene.server.url())).await.unwrap();
    assert_eq!(closed.status(), reqwest::StatusCode::NOT_FOUND);
}
