//! The door over real sockets, with a real engine behind it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use chancery_engine::{EngineConfig, FirstAccount};
use chancery_graphql::DoorConfig;
use chancery_model::{AccountId, Secret};
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs, pki_types::ServerName},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use super::*;
use crate::{
    http::{Frame, Limits, routes},
    listen::{Settings, Tls},
    trial::{self, PATIENCE, Running},
};

struct Served {
    server: Running,
    engine: Engine,
    shutdown: Shutdown,
    _dir: tempfile::TempDir,
}

async fn served() -> Served {
    let dir = tempfile::tempdir().unwrap();
    let mut config = EngineConfig::new(dir.path().join("data"));
    (config.hashing.memory_kib, config.hashing.passes) = (8, 1);
    let first = FirstAccount {
        account: Some(AccountId::parse("123456789012").unwrap()),
        password: Some(Secret::new("correct horse 9 Battery".to_owned())),
        ..FirstAccount::default()
    };
    let made = tokio::task::spawn_blocking(|| chancery_engine::init(config, first, &|_| {})).await.unwrap();
    let (engine, _) = made.unwrap();
    let shutdown = Shutdown::new();
    let origins = Origins::new("https://iam.example.org", "127.0.0.1:8220".parse().unwrap());
    let door = Door::new(engine.clone(), DoorConfig::default());
    let api = mount(Api::new(Vec::new), door, engine.clone(), origins, shutdown.clone());
    let server = trial::start(Frame::new(routes(api).unwrap(), Limits::default(), Arc::default()), Settings::default()).await;
    Served { server, engine, shutdown, _dir: dir }
}

const SIGN_IN: &str =
    r#"mutation { signIn(input: {accountId: "123456789012", password: "correct horse 9 Battery"}) { session { token } } }"#;

impl Served {
    async fn post(&self, headers: &str, query: &str) -> String {
        let body = json!({ "query": query }).to_string();
        let head = format!("POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
        self.server.send(format!("{head}{headers}\r\n{body}")).await
    }

    async fn token(&self) -> String {
        let answer = self.post("content-type: application/json\r\n", SIGN_IN).await;
        trial::json(&answer)["data"]["signIn"]["session"]["token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    async fn socket(
        &self,
        origin: Option<&str>,
        protocol: &str,
    ) -> Result<WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>, u16> {
        let mut request = format!("ws://{}/graphql/ws", self.server.address).into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", protocol.parse().unwrap());
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(socket),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn json_alone_by_post_alone() {
    let served = served().await;
    for (headers, status) in [
        ("content-type: application/json\r\n", 200),
        ("content-type: Application/JSON; charset=UTF-8\r\n", 200),
        ("content-type: application/json; charset=latin1\r\n", 415),
        ("content-type: text/plain\r\n", 415),
        ("content-type: application/x-www-form-urlencoded\r\n", 415),
        ("", 415),
        ("content-type: application/json\r\nauthorization: Bearer nonsense\r\n", 401),
        ("content-type: application/json\r\nauthorization: Basic cm9vdDpyb290\r\n", 401),
    ] {
        let answer = served.post(headers, SIGN_IN).await;
        assert_eq!(trial::status(&answer), status, "{headers}: {answer}");
    }
    let by_get = served.server.get("/graphql?query=%7Bme%7Barn%7D%7D").await;
    assert_eq!((trial::status(&by_get), trial::header(&by_get, "allow")), (405, Some("POST")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_says_who_calls() {
    let served = served().await;
    let authorization = format!("content-type: application/json\r\nauthorization: bearer {}\r\n", served.token().await);
    let answer = served.post(&authorization, "{ me { arn } }").await;
    assert_eq!(trial::json(&answer)["data"]["me"]["arn"], "arn:aws:iam::123456789012:root", "{answer}");
    let anonymous = served.post("content-type: application/json\r\n", "{ me { arn } }").await;
    assert_eq!(trial::status(&anonymous), 401, "{anonymous}");
    let created = served.post(&authorization, r#"mutation { createGroup(input: {groupName: "devs"}) { record { id } } }"#).await;
    let answer = served.post(&authorization, "{ records(afterSequence: 0) { edges { node { requestId origin } } } }").await;
    let record = &trial::json(&answer)["data"]["records"]["edges"][0]["node"];
    assert_eq!(record["requestId"].as_str(), trial::header(&created, "x-request-id"), "{created} {answer}");
    assert_eq!(record["origin"], "127.0.0.1", "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_our_pages_open_sockets() {
    let served = served().await;
    let ours = [
        None,
        Some("https://iam.example.org"),
        Some("HTTPS://IAM.example.org"),
        Some("http://127.0.0.1:8220"),
        Some("http://localhost:8220"),
    ];
    for origin in ours {
        assert!(served.socket(origin, "graphql-transport-ws").await.is_ok(), "{origin:?}");
    }
    for origin in ["https://evil.example", "null", "http://iam.example.org.evil.example", "http://localhost:1"] {
        assert_eq!(served.socket(Some(origin), "graphql-transport-ws").await.err(), Some(403), "{origin}");
    }
    assert_eq!(served.socket(None, "graphql-ws").await.err(), Some(400));
    assert_eq!(trial::status(&served.server.get("/graphql/ws").await), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_come_over_a_socket() {
    let served = served().await;
    let token = served.token().await;
    let mut socket = served.socket(None, "other, graphql-transport-ws").await.unwrap();
    let init = json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {token}") } });
    socket.send(Message::text(init.to_string())).await.unwrap();
    let query = "subscription { records { sequence command } }";
    let subscribe = json!({ "type": "subscribe", "id": "1", "payload": { "query": query } });
    socket.send(Message::text(subscribe.to_string())).await.unwrap();
    let mut said = Vec::new();
    while said.len() < 2 {
        let message = tokio::time::timeout(PATIENCE, socket.next()).await.unwrap().unwrap().unwrap();
        let message: serde_json::Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
        if message["type"] != "ping" {
            said.push(message);
        }
    }
    assert_eq!(said[0]["type"], "connection_ack", "{said:?}");
    assert_eq!(said[1]["payload"]["data"]["records"], json!({ "sequence": "0", "command": "CreateAccount" }), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_binary_message_ends_the_socket() {
    let served = served().await;
    let mut socket = served.socket(None, "graphql-transport-ws").await.unwrap();
    socket.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    let close = tokio::time::timeout(Duration::from_secs(2), socket.next()).await.unwrap().unwrap().unwrap();
    assert!(matches!(&close, Message::Close(Some(frame)) if u16::from(frame.code) == 4400), "{close:?}");
    served.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_says_so() {
    let served = served().await;
    let mut socket = served.socket(None, "graphql-transport-ws").await.unwrap();
    served.shutdown.begin();
    let close = tokio::time::timeout(PATIENCE, socket.next()).await.unwrap().unwrap().unwrap();
    assert!(matches!(&close, Message::Close(Some(frame)) if u16::from(frame.code) == 1001), "{close:?}");
}

#[tokio::test]
async fn only_tls_to_this_server_is_secure() {
    let told = || poem::endpoint::make_sync(|request| format!("secure: {}", engine_request(&request).secure));
    let plain = trial::start(told(), Settings::default()).await;
    for head in ["GET / HTTP/1.1\r\nx-forwarded-proto: https\r\n", "GET https://localhost/ HTTP/1.1\r\n"] {
        let said = plain.send(format!("{head}host: localhost\r\nconnection: close\r\n\r\n")).await;
        assert!(said.ends_with("secure: false"), "{head}: {said}");
    }
    let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, pair.cert.pem()).unwrap();
    std::fs::write(&key, pair.signing_key.serialize_pem()).unwrap();
    let server = trial::start_with(told(), Settings::default(), Some(Tls::load(&certificate, &key).unwrap())).await;
    let mut trusted = RootCertStore::empty();
    trusted.add(pair.cert.der().clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(trusted)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, server.connect().await).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    assert!(said.ends_with("secure: true"), "{said}");
}

#[test]
fn a_server_beyond_loopback_has_no_localhost() {
    let bound: SocketAddr = "192.0.2.1:80".parse().unwrap();
    let check = |origin: &str| {
        let headers = HeaderMap::from_iter([(header::ORIGIN, origin.parse().unwrap())]);
        Origins::new("http://192.0.2.1:80", bound).check(&headers).is_ok()
    };
    assert!(check("http://192.0.2.1:80") && !check("http://localhost:80"));
}
