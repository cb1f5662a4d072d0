//! Bad input over HTTP: each kind gets its own clear error, writes nothing, and leaves the server alive.

use std::collections::BTreeMap;

use chancery_testkit::{ACCOUNT, Client, Directory, Home, Options, Server, create_user};
use expect_test::{Expect, expect};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use tokio::task::JoinSet;

use crate::scene::{Scene, told};

/// Sends bodies as they are and tells status and errors; afterwards nothing is written and everything works.
async fn check(scene: &Scene, cases: Vec<(String, Expect)>) {
    for (body, expect) in cases {
        let reply = scene.root.post(body).await;
        expect.assert_eq(&format!("{} {}", reply.status.as_u16(), told(&reply.json(), None)));
    }
    unharmed(scene).await;
}

async fn unharmed(scene: &Scene) {
    assert_eq!(scene.root.query("{ serverInfo { head } }").await["serverInfo"]["head"], "1", "nothing is written");
    for path in ["/healthz", "/readyz"] {
        let answer = reqwest::get(format!("{}{path}", scene.server.url())).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
    }
}

fn document(query: &str) -> String {
    json!({ "query": query }).to_string()
}

fn create(input: &Value) -> String {
    let query = "mutation($input: CreateUserInput!) { createUser(input: $input) { user { arn } } }";
    json!({ "query": query, "variables": { "input": input } }).to_string()
}

#[tokio::test]
async fn what_is_no_request() {
    let scene = Scene::new().await;
    check(
        &scene,
        vec![
            (String::new(), expect!["400 GraphQLValidation: The body is not complete JSON: send one object with a `query`."]),
            ("{".into(), expect!["400 GraphQLValidation: The body is not complete JSON: send one object with a `query`."]),
            ("[]".into(), expect!["400 GraphQLValidation: Batches are not taken: send one request object at a time."]),
            (format!("[{0},{0}]", document("{ me { arn } }")), expect!["400 GraphQLValidation: Batches are not taken: send one request object at a time."]),
            (r#"{"query": 5}"#.into(), expect!["400 GraphQLValidation: The field `query` of the body must be a string, not a number."]),
            (r#"{"query": "{ me { arn } }", "qurey": ""}"#.into(), expect!["400 GraphQLValidation: The body has the unknown field `qurey`: it may have `query`, `operationName`, `variables`, `extensions`."]),
            (document("{ me { arn }"), expect!["400 GraphQLValidation: The query is not GraphQL: expected selection."]),
            (document("query a { me { arn } } query b { me { arn } }"), expect!["400 GraphQLValidation: Operation name required in request."]),
            (document("{ me { nam } }"), expect![[r#"400 GraphQLValidation: Unknown field "nam" on type "Me"."#]]),
            (document("mutation { dropUser(input: {}) { record { sequence } } }"), expect![[r#"400 GraphQLValidation: Unknown field "dropUser" on type "Mutation"."#]]),
            (document("{ me { arn } } subscription { records { sequence } }"), expect!["400 GraphQLValidation: document contains multiple operations"]),
        ],
    )
    .await;
    let reply = scene.root.post(vec![b'{', 0xff, 0xfe, b'}']).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    let deep = format!(r#"{{"query": "{{ me {{ arn }} }}", "variables": {{"v": {}}}}}"#, "[".repeat(100_000));
    assert_eq!(scene.root.post(deep).await.status, StatusCode::BAD_REQUEST);
    unharmed(&scene).await;
}

#[tokio::test]
async fn values_that_are_none() {
    let scene = Scene::new().await;
    check(
        &scene,
        vec![
            (create(&json!({})), expect![[r#"400 GraphQLValidation: Invalid value for argument "input", field "userName" of type "String!" is required but not provided"#]]),
            (create(&json!({ "userName": 5 })), expect![[r#"400 GraphQLValidation: Invalid value for argument "input.userName", expected type "String""#]]),
            (create(&json!({ "userName": "ada", "nickName": "x" })), expect![[r#"400 GraphQLValidation: Invalid value for argument "input", unknown field "nickName" of type "CreateUserInput""#]]),
            (create(&json!({ "userName": "" })), expect![[r#"200 ValidationError: 1 validation error detected: Value '' at 'userName' failed to satisfy constraint: Member must have length greater than or equal to 1 [field: "userName"]"#]]),
            (create(&json!({ "userName": "a\u{0}b" })), expect![[r#"200 ValidationError: 1 validation error detected: Value 'a\u{0}b' at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+ [field: "userName"]"#]]),
            (create(&json!({ "userName": "ada\u{202e}" })), expect![[r#"200 ValidationError: 1 validation error detected: Value 'ada\u{202e}' at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+ [field: "userName"]"#]]),
            (create(&json!({ "userName": "ada", "path": format!("/{}/", "x".repeat(511)) })), expect![[r#"200 ValidationError: 1 validation error detected: Value '/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…' at 'path' failed to satisfy constraint: Member must have length less than or equal to 512 [field: "path"]"#]]),
            (
                create(&json!({ "userName": "ada", "tags": [{ "key": "a", "value": "1" }, { "key": "A", "value": "2" }] })),
                expect![[r#"200 ValidationError: 1 validation error detected: Value 'A' at 'tags' failed to satisfy constraint: Duplicate tag keys found. Please note that Tag keys are case insensitive. [field: "tags"]"#]],
            ),
            (create(&json!({ "userName": "ada", "tags": [{ "key": "aws:x", "value": "1" }] })), expect![[r#"200 ValidationError: 1 validation error detected: Value 'aws:x' at 'tags.1.member.key' failed to satisfy constraint: Member must not start with aws:, which is reserved [field: "tags.1.member.key"]"#]]),
            (create(&json!({ "userName": "ada", "permissionsBoundary": "arn:aws:iam" })), expect![[r#"200 ValidationError: 1 validation error detected: Value 'arn:aws:iam' at 'permissionsBoundary' failed to satisfy constraint: Member must have length greater than or equal to 20 [field: "permissionsBoundary"]"#]]),
            (create(&json!({ "userName": "ada", "clientToken": "x".repeat(200) })), expect![[r#"200 ValidationError: 1 validation error detected: Value 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…' at 'clientToken' failed to satisfy constraint: Member must have length less than or equal to 64 [field: "clientToken"]"#]]),
            (document("{ record(sequence: -1) { id } }"), expect![[r#"400 GraphQLValidation: Expected input type "Seq", found -1."#]]),
            (document("{ records(first: 0) { totalCount } }"), expect![[r#"200 ValidationError: 1 validation error detected: Value '0' at 'first' failed to satisfy constraint: Member must have value greater than or equal to 1 [field: "first"]"#]]),
            (document("{ account(asOf: {sequence: \"1\", time: \"2026-01-01T00:00:00Z\"}) { id } }"), expect![[r#"400 GraphQLValidation: Invalid value for argument "asOf", Oneof input objects requires have exactly one field"#]]),
            (document("{ account(asOf: {time: \"yesterday\"}) { id } }"), expect![[r#"400 GraphQLValidation: Failed to parse "Timestamp": 1 validation error detected: Value 'yesterday' at 'time' failed to satisfy constraint: Member must be a moment as in TIME (occurred while parsing "AsOf")"#]]),
        ],
    )
    .await;
}

#[tokio::test]
async fn documents_over_a_limit() {
    let scene = Scene::new().await;
    let around = ["account", "users", "edges", "node", "groups", "edges", "node", "users", "edges", "node"];
    let deep = around.iter().rev().fold("arn".to_owned(), |inner, field| {
        let first = if field.ends_with('s') && *field != "edges" { "(first: 1)" } else { "" };
        format!("{field}{first} {{ {inner} }}")
    });
    let aliases: String = (0..16).map(|n| format!("a{n}: me {{ arn }} ")).collect();
    let roots: String = (0..11).map(|n| format!("a{n}: me {{ arn }} ")).collect();
    let fields = format!("{{ me {{ {} }} }}", "arn ".repeat(201));
    let bombs: String = (0..12).map(|n| format!("fragment f{n} on Me {{ ...f{0} ...f{0} ...f{0} }} ", n + 1)).collect();
    let bombs = format!("{{ me {{ ...f0 }} }} {bombs} fragment f12 on Me {{ arn }}");
    let costly = "{ account { users(first: 1000) { edges { node { groups(first: 1000) { edges { node { arn } } } } } } } }";
    let sign_in = r#"signIn(input: {accountId: "123456789012", password: "x"}) { session { token } }"#;
    check(
        &scene,
        vec![
            (document(&format!("{{ {deep} }}")), expect![[r#"400 GraphQLValidation: The query is nested too deep: the limit is 10 levels. [limit: {"name":"depth","value":10}]"#]]),
            (document(&"{".repeat(5_000)), expect![[r#"400 GraphQLValidation: The query has brackets that are nested too deep: the limit is 40. [limit: {"name":"bracketsNested","value":40}]"#]]),
            (document(&format!("{{ {aliases} }}")), expect![[r#"400 GraphQLValidation: The query has 16 aliases: the limit is 15. [limit: {"name":"aliases","value":15}]"#]]),
            (document(&format!("{{ {roots} }}")), expect![[r#"400 GraphQLValidation: The query has 11 fields at its root: the limit is 10. [limit: {"name":"rootFields","value":10}]"#]]),
            (document(&fields), expect![[r#"400 GraphQLValidation: The query has 203 fields and fragments: the limit is 200. [limit: {"name":"nodes","value":200}]"#]]),
            (document(&bombs), expect![[r#"400 GraphQLValidation: The query has too many fields once its fragments are put in place: the limit is 1000. [limit: {"name":"nodesExpanded","value":1000}]"#]]),
            (document(costly), expect![[r#"400 GraphQLValidation: The query is too complex: the limit is 500 (a list costs its fields times a tenth of `first`). [limit: {"name":"complexity","value":500}]"#]]),
            (document(&format!("{{ me {{ arn }} }} #{}", "x".repeat(9_000))), expect![[r#"400 GraphQLValidation: The query has 9016 bytes of text: the limit is 8192. [limit: {"name":"queryBytes","value":8192}]"#]]),
            (document(&format!("mutation {{ a: {sign_in} b: {sign_in} }}")), expect![[r#"400 GraphQLValidation: The query has more than one signIn or answerChallenge: the limit is 1. [limit: {"name":"signIns","value":1}]"#]]),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_http_has_against_it() {
    let scene = Scene::new().await;
    let mutation = "mutation{createUser(input:{userName:\"ada\"}){user{arn}}}";
    let query = mutation.replace('{', "%7B").replace('}', "%7D").replace('"', "%22");
    let get = reqwest::Client::new().get(format!("{}/graphql?query={query}", scene.server.url())).bearer_auth(scene.root.token());
    let reply = Client::send(get).await.unwrap();
    assert_eq!((reply.status, &reply.headers[header::ALLOW]), (StatusCode::METHOD_NOT_ALLOWED, &"POST".parse().unwrap()));
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=latin1"]
    {
        let request = scene.root.request(Method::POST).header(header::CONTENT_TYPE, kind).body(document(mutation));
        let reply = Client::send(request).await.unwrap();
        assert_eq!(reply.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
    }
    let bare = scene.root.request(Method::POST).body(document(mutation));
    assert_eq!(Client::send(bare).await.unwrap().status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    // The server may answer and close before it has read everything.
    let huge = scene.root.request(Method::POST).header(header::CONTENT_TYPE, "application/json").body(vec![b' '; 8 << 20]);
    if let Ok(reply) = Client::send(huge).await {
        assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
    let elsewhere = reqwest::get(format!("{}/graphqll", scene.server.url())).await.unwrap();
    assert_eq!(elsewhere.status(), StatusCode::NOT_FOUND);
    scene.root.mutate("createUser", json!({ "userName": "one" }), "__typename").await;
    let answer = scene.root.query("{ serverInfo { head } }").await;
    assert_eq!(answer["serverInfo"]["head"], "2");
}

#[tokio::test]
async fn ids_and_cursors_that_are_not_ours() {
    let scene = Scene::new().await;
    for n in 0..5 {
        scene.given("createUser", json!({ "userName": format!("user{n}") })).await;
    }
    let page = scene.root.query("{ account { users(first: 2) { pageInfo { endCursor } } } }").await;
    let cursor = page["account"]["users"]["pageInfo"]["endCursor"].as_str().unwrap().to_owned();
    let users = |cursor: &str| format!("{{ account {{ users(after: \"{cursor}\") {{ edges {{ node {{ userName }} }} }} }} }}");
    let mut forged = cursor.clone().into_bytes();
    let middle = forged.len() / 2;
    forged[middle] = if forged[middle] == b'A' { b'B' } else { b'A' };
    for (query, expect) in [
        (
            users("garbage"),
            expect![[
                r#"ValidationError: 1 validation error detected: Value 'garbage' at 'after' failed to satisfy constraint: Member must be a cursor that this list gave before, unchanged [field: "after"]"#
            ]],
        ),
        (
            users(&String::from_utf8(forged).unwrap()).replace(&cursor, "CURSOR"),
            expect![[
                r#"ValidationError: 1 validation error detected: Value 'CURSOR' at 'after' failed to satisfy constraint: Member must be a cursor that this list gave before, unchanged [field: "after"]"#
            ]],
        ),
        (
            users(&cursor).replace("users(", "roles(").replace("userName", "roleName"),
            expect![[
                r#"ValidationError: 1 validation error detected: Value 'CURSOR' at 'after' failed to satisfy constraint: Member must be a cursor that this list gave before, unchanged [field: "after"]"#
            ]],
        ),
        (
            users(&cursor).replace("(after", "(pathPrefix: \"/eng/\", after"),
            expect![[
                r#"ValidationError: 1 validation error detected: Value 'CURSOR' at 'after' failed to satisfy constraint: Member must be a cursor that this list gave before, unchanged [field: "after"]"#
            ]],
        ),
    ] {
        let answer = told(&scene.root.run(&query, json!({})).await, None);
        // The cursor itself differs from run to run.
        let quoted = answer.split('\'').enumerate().map(|(n, part)| if n == 1 && part.len() > 20 { "CURSOR" } else { part });
        expect.assert_eq(&quoted.collect::<Vec<_>>().join("'"));
    }
    // A cursor outlives the item that it points at.
    scene.given("deleteUser", json!({ "userName": "user1" })).await;
    let rest = scene.root.query(&users(&cursor)).await["account"]["users"]["edges"].clone();
    assert_eq!(rest.as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_at_the_same_time_one_wins() {
    let scene = Scene::new().await;
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let root = scene.root.clone();
            tokio::spawn(async move { root.try_mutate("createUser", json!({ "userName": "ada" }), "record { sequence }").await })
        })
        .collect();
    let mut ends = BTreeMap::new();
    for call in calls {
        let answer = call.await.unwrap().unwrap();
        let code = answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("written").to_owned();
        *ends.entry(code).or_insert(0) += 1;
    }
    assert_eq!(ends, BTreeMap::from([("EntityAlreadyExists".to_owned(), 49), ("written".to_owned(), 1)]));
    assert_eq!(scene.root.query("{ serverInfo { head } }").await["serverInfo"]["head"], "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_sign_ins_is_throttled() {
    let set = ["hashing.workers=1", "hashing.passes=16", "hashing.memory_kib=65536"].map(str::to_owned).to_vec();
    let server = Server::start_on(Home::initialised(), Options { set, ..Options::default() });
    let root = server.root().await;
    let mut calls = JoinSet::new();
    for n in 0..250 {
        let client = server.anonymous();
        let input = json!({ "accountId": ACCOUNT, "userName": format!("user{n}"), "password": "x" });
        let query = "mutation($input: SignInInput!) { signIn(input: $input) { session { token } } }";
        let body = json!({ "query": query, "variables": { "input": input } }).to_string();
        calls.spawn(async move { client.post(body).await });
    }
    // Those that wait for their turn need not be waited for: a refusal comes at once.
    let refused = loop {
        let reply = calls.join_next().await.expect("one is refused").unwrap();
        if reply.status == StatusCode::TOO_MANY_REQUESTS {
            break reply;
        }
    };
    assert_eq!(refused.json()["errors"][0]["extensions"]["code"], "Throttling");
    assert!(refused.headers.contains_key(header::RETRY_AFTER));
    // Whoever is signed in notices nothing.
    root.mutate("createUser", json!({ "userName": "ada" }), "__typename").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_of_commands_is_told_and_loses_nothing() {
    let directory = Directory::new(1_000);
    drop(tokio::task::block_in_place(|| directory.init()));
    let mut config = directory.config();
    config.queued_max = 2;
    let open = || chancery_engine::Engine::open(config, &|_| {});
    let engine = tokio::task::block_in_place(open).unwrap();
    let calls: Vec<_> = (0..200)
        .map(|n| {
            let engine = engine.clone();
            let command = create_user(&format!("user{n}"));
            tokio::spawn(async move {
                engine.execute(&Directory::operator(), &chancery_engine::Request::local(), command, None).await
            })
        })
        .collect();
    let (mut written, mut refused) = (0_u64, 0_u64);
    for call in calls {
        match call.await.unwrap() {
            Ok(receipt) => written += u64::from(receipt.record.is_some()),
            Err(error) => {
                assert_eq!((error.code(), error.http_status()), ("Throttling", 429), "{error}");
                assert!(error.retry_after_seconds().is_some());
                refused += 1;
            }
        }
    }
    assert!(written > 0 && refused > 0, "{written} written, {refused} refused");
    assert_eq!(engine.head().0, 1 + written);
}
