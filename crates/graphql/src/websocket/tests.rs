//! The protocol over channels.

use std::time::Duration;

use futures_util::{sink, stream};
use serde_json::{Value, json};
use tokio::{sync::mpsc, task::JoinHandle, time::timeout};

use super::*;
use crate::tests::{World, request};

/// A client at the other end.
struct Client {
    out: Option<mpsc::UnboundedSender<String>>,
    heard: mpsc::UnboundedReceiver<Outgoing>,
    served: JoinHandle<()>,
}

impl Client {
    fn open(world: &World) -> Self {
        let (out, incoming) = mpsc::unbounded_channel();
        let (outgoing, heard) = mpsc::unbounded_channel();
        let door = world.door.clone();
        let served = tokio::spawn(async move {
            let incoming = Box::pin(stream::unfold(incoming, async |mut from| from.recv().await.map(|text| (text, from))));
            let sink = Box::pin(sink::unfold(outgoing, async |to: mpsc::UnboundedSender<Outgoing>, message| {
                to.send(message).map(|()| to)
            }));
            door.serve_websocket(incoming, sink, request).await;
        });
        Self { out: Some(out), heard, served }
    }

    async fn ready(world: &World, token: &str) -> Self {
        let mut client = Self::open(world);
        client.say(json!({"type": "connection_init", "payload": {"Authorization": format!("Bearer {token}")}}));
        assert_eq!(client.hear().await, json!({"type": "connection_ack"}));
        client
    }

    fn say(&self, message: Value) {
        self.out.as_ref().unwrap().send(message.to_string()).unwrap();
    }

    fn subscribe(&self, id: &str, query: &str) {
        self.say(json!({"id": id, "type": "subscribe", "payload": {"query": query}}));
    }

    async fn next(&mut self) -> Outgoing {
        timeout(Duration::from_secs(20), self.heard.recv()).await.expect("an answer in time").expect("an answer")
    }

    async fn hear(&mut self) -> Value {
        match self.next().await {
            Outgoing::Text(text) => serde_json::from_str(&text).unwrap(),
            Outgoing::Close(close) => panic!("closed: {close:?}"),
        }
    }

    /// Waits for the end, and gives its code.
    async fn closed(mut self) -> u16 {
        let code = loop {
            if let Outgoing::Close(close) = self.next().await {
                assert!(close.reason.len() <= 123);
                break close.code;
            }
        };
        self.served.await.unwrap();
        code
    }
}

async fn world() -> (World, String) {
    let world = World::new();
    let token = world.root().await.token;
    (world, token)
}

async fn create(world: &World, name: &str) {
    let root = world.root().await;
    root.data(&format!(r#"mutation {{ createUser(input: {{userName: "{name}"}}) {{ record {{ id }} }} }}"#)).await;
}

const RECORDS: &str = "subscription { records(after: \"0\") { sequence command } }";

fn next_record(message: &Value) -> (&str, &str) {
    assert_eq!(message["type"], "next", "{message}");
    let record = &message["payload"]["data"]["records"];
    (record["sequence"].as_str().unwrap(), record["command"].as_str().unwrap())
}

#[tokio::test]
async fn queries_and_mutations_are_answered_once() {
    let (world, token) = world().await;
    let mut client = Client::ready(&world, &token).await;
    client.subscribe("q", "{ me { arn } }");
    let arn = "arn:aws:iam::123456789012:root";
    assert_eq!(client.hear().await, json!({"type": "next", "id": "q", "payload": {"data": {"me": {"arn": arn}}}}));
    assert_eq!(client.hear().await, json!({"type": "complete", "id": "q"}));
    // The id is free again.
    client.subscribe("q", "mutation { createUser(input: {userName: \"ada\"}) { user { userName } } }");
    assert_eq!(client.hear().await["payload"]["data"]["createUser"]["user"]["userName"], "ada");
}

#[tokio::test]
async fn records_come_as_they_are_written_and_go_on_without_gap_or_repeat() {
    let (world, token) = world().await;
    create(&world, "a").await;
    let mut client = Client::ready(&world, &token).await;
    client.subscribe("r", RECORDS);
    assert_eq!(next_record(&client.hear().await), ("1", "CreateUser"));
    create(&world, "b").await;
    assert_eq!(next_record(&client.hear().await), ("2", "CreateUser"));
    client.say(json!({"type": "complete", "id": "r"}));
    create(&world, "c").await;
    create(&world, "d").await;
    client.subscribe("s", &RECORDS.replace("\"0\"", "\"2\""));
    assert_eq!(client.hear().await["id"], "s");
    assert_eq!(next_record(&client.hear().await), ("4", "CreateUser"));
}

#[tokio::test]
async fn a_filter_leaves_the_rest_out() {
    let (world, token) = world().await;
    let mut client = Client::ready(&world, &token).await;
    client.subscribe("r", "subscription { records(filter: {command: \"CreateGroup\"}) { sequence command } }");
    create(&world, "a").await;
    let root = world.root().await;
    root.data("mutation { createGroup(input: {groupName: \"g\"}) { record { id } } }").await;
    assert_eq!(next_record(&client.hear().await), ("2", "CreateGroup"));
}

#[tokio::test]
async fn the_socket_ends_with_the_session() {
    let (world, token) = world().await;
    let mut client = Client::ready(&world, &token).await;
    client.subscribe("r", RECORDS);
    create(&world, "a").await;
    assert_eq!(next_record(&client.hear().await), ("1", "CreateUser"));
    let caller = world.engine.authenticate(&token).unwrap();
    world.engine.revoke_all_sessions(&caller, None).await.unwrap();
    create(&world, "b").await;
    assert_eq!(client.hear().await, json!({"type": "complete", "id": "r"}));
    assert_eq!(client.closed().await, 4401);
}

#[tokio::test]
async fn signing_out_on_the_socket_ends_it() {
    let (world, token) = world().await;
    let client = Client::ready(&world, &token).await;
    client.subscribe("o", "mutation { signOut { sessionId } }");
    assert_eq!(client.closed().await, 4401);
}

#[tokio::test]
async fn who_does_not_say_who_they_are() {
    let (world, token) = world().await;
    let init = |authorization: Value| json!({"type": "connection_init", "payload": {"authorization": authorization}});
    let bearer = format!("Bearer {token}");
    let (truncated, basic) = (&bearer[..bearer.len() - 1], format!("Basic {token}"));
    for message in [
        json!({"type": "connection_init"}),
        init(Value::Null),
        init(json!("")),
        init(json!("Bearer")),
        init(json!("Bearer nonsense")),
        init(json!(truncated)),
        init(json!(basic)),
        json!({"type": "subscribe", "id": "1", "payload": {"query": "{ me { arn } }"}}),
    ] {
        let client = Client::open(&world);
        client.say(message.clone());
        assert_eq!(client.closed().await, 4401, "{message}");
    }
}

#[tokio::test]
async fn a_second_init_an_id_in_use_and_nonsense() {
    let (world, token) = world().await;
    let bearer = json!({"type": "connection_init", "payload": {"authorization": format!("bearer {token}")}});
    let running = json!({"id": "r", "type": "subscribe", "payload": {"query": RECORDS}});
    for (message, code) in [
        (bearer.to_string(), 4429),
        (running.to_string(), 4409),
        ("nonsense".to_owned(), 4400),
        ("[]".to_owned(), 4400),
        (json!({"type": "start", "id": "1", "payload": {}}).to_string(), 4400),
        (json!({"type": "subscribe", "payload": {}}).to_string(), 4400),
        (json!({"type": "subscribe", "id": "x"}).to_string(), 4400),
        (json!({"type": "subscribe", "id": "x".repeat(129), "payload": {}}).to_string(), 4400),
        (format!("\"{}\"", "x".repeat(SOCKET_BYTES_MAX)), 4400),
        ("[".repeat(100_000), 4400),
    ] {
        let client = Client::ready(&world, &token).await;
        client.say(running.clone());
        client.out.as_ref().unwrap().send(message.clone()).unwrap();
        assert_eq!(client.closed().await, code, "{}", message.get(..60).unwrap_or(&message));
    }
}

#[tokio::test]
async fn a_bad_document_is_an_error_of_its_operation_alone() {
    let (world, token) = world().await;
    let mut client = Client::ready(&world, &token).await;
    let aliases: String = (0..20).map(|at| format!("a{at}: arn ")).collect();
    for query in ["{ nope }", "{ me { arn }", &format!("{{ me {{ {aliases} }} }}"), "subscription { nope }"] {
        client.subscribe("x", query);
        let heard = client.hear().await;
        assert_eq!((&heard["type"], &heard["id"]), (&json!("error"), &json!("x")), "{query}: {heard}");
        assert_eq!(heard["payload"][0]["extensions"]["code"], "GraphQLValidation");
        assert_eq!(heard["payload"][0]["extensions"]["requestId"].as_str().map(str::len), Some(26));
    }
    client.say(json!({"id": "y", "type": "subscribe", "payload": {"query": "{ me { arn } }", "more": 1}}));
    assert_eq!(client.hear().await["type"], "error");
    client.subscribe("x", "{ me { arn } }");
    assert_eq!(client.hear().await["type"], "next");
}

#[tokio::test]
async fn so_many_operations_and_no_more() {
    let (world, token) = world().await;
    let mut client = Client::ready(&world, &token).await;
    for number in 0..=OPERATIONS_MAX {
        client.subscribe(&format!("r{number}"), "subscription { records(after: \"99\") { sequence } }");
    }
    let heard = client.hear().await;
    assert_eq!((&heard["type"], &heard["id"]), (&json!("error"), &json!("r32")));
    assert_eq!(heard["payload"][0]["extensions"]["limit"], json!({"name": "operationsPerSocket", "value": 32}));
    client.say(json!({"type": "complete", "id": "r0"}));
    client.subscribe("again", "{ me { arn } }");
    assert_eq!(client.hear().await["type"], "next");
}

#[tokio::test]
async fn pings_are_answered() {
    let (world, token) = world().await;
    let mut client = Client::ready(&world, &token).await;
    client.say(json!({"type": "ping", "payload": {"a": 1}}));
    assert_eq!(client.hear().await, json!({"type": "pong", "payload": {"a": 1}}));
    client.say(json!({"type": "ping"}));
    assert_eq!(client.hear().await, json!({"type": "pong"}));
}

#[tokio::test]
async fn a_client_that_leaves_ends_the_work() {
    let (world, token) = world().await;
    let mut client = Client::ready(&world, &token).await;
    client.subscribe("r", RECORDS);
    client.out = None;
    timeout(Duration::from_secs(5), client.served).await.expect("an end in time").unwrap();
}

#[tokio::test]
async fn silence_ends_a_socket() {
    let (world, token) = world().await;
    let client = Client::ready(&world, &token).await;
    let silent = Client::open(&world);
    tokio::time::pause();
    // Time goes on by itself where nothing else is to be done.
    assert_eq!(silent.closed().await, 4408);
    let mut client = client;
    for _ in 0..SILENT_BEATS_MAX {
        let beat = timeout(Duration::from_secs(60), client.heard.recv()).await.unwrap().unwrap();
        assert_eq!(beat, Outgoing::Text(r#"{"type":"ping"}"#.to_owned()));
    }
    let end = timeout(Duration::from_secs(60), client.heard.recv()).await.unwrap().unwrap();
    assert_eq!(end, Outgoing::Close(Close::new(1001, "no answer to ping")));
}
