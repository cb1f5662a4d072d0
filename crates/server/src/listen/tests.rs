//! Connections over real sockets: what is cut, what is refused, what goes through, how it ends.

use std::time::Instant;

use futures_util::{SinkExt, StreamExt};
use poem::{
    IntoResponse, Route, get, handler,
    web::websocket::{Message, WebSocket},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::sleep,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs, pki_types::ServerName},
};
use tokio_tungstenite::tungstenite;

use hyper_util::rt::{TokioExecutor, TokioIo};

use super::*;
use crate::trial::{PATIENCE, rest, start, start_with, status};

const SHORT: Duration = Duration::from_millis(200);

fn quick() -> Settings {
    Settings { header_timeout: SHORT, idle_timeout: 2 * SHORT, grace: 2 * SHORT, ..Settings::default() }
}

#[handler]
fn hello() -> &'static str {
    "hello"
}

#[handler]
async fn slow() -> &'static str {
    sleep(SHORT).await;
    "slow"
}

#[handler]
fn echo(socket: WebSocket) -> impl IntoResponse {
    socket.on_upgrade(|mut stream| async move {
        while let Some(Ok(message)) = stream.next().await {
            if matches!(message, Message::Text(_)) && stream.send(message).await.is_err() {
                break;
            }
        }
    })
}

fn routes() -> Route {
    Route::new().at("/", get(hello)).at("/slow", get(slow)).at("/echo", get(echo))
}

#[tokio::test]
async fn a_header_that_trickles_is_cut() {
    let server = start(routes(), quick()).await;
    let started = Instant::now();
    let mut stream = server.connect().await;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n").await.unwrap();
    let (mut reads, mut writes) = stream.split();
    let trickle = async {
        while writes.write_all(b"x: y\r\n").await.is_ok() {
            sleep(SHORT / 10).await;
        }
    };
    let mut answer = Vec::new();
    tokio::select! {
        () = trickle => {}
        _ = reads.read_to_end(&mut answer) => {}
    }
    assert!(started.elapsed() >= SHORT && started.elapsed() < 10 * SHORT, "{:?}", started.elapsed());
    assert!(!String::from_utf8_lossy(&answer).contains("hello"));
}

#[tokio::test]
async fn silence_and_half_a_preface_are_cut() {
    let server = start(routes(), quick()).await;
    for first in [&b""[..], b"PRI * HT", b"G"] {
        let started = Instant::now();
        let mut stream = server.connect().await;
        stream.write_all(first).await.unwrap();
        assert_eq!(rest(&mut stream).await, "");
        assert!(started.elapsed() >= SHORT && started.elapsed() < 10 * SHORT, "{first:?}: {:?}", started.elapsed());
    }
}

#[tokio::test]
async fn a_request_longer_than_the_idle_time_is_not_cut() {
    let server = start(routes(), Settings { header_timeout: SHORT / 4, idle_timeout: SHORT / 4, ..quick() }).await;
    assert!(server.get("/slow").await.ends_with("slow"));
}

#[tokio::test]
async fn connections_over_the_limit_are_told_so() {
    let server = start(routes(), Settings { connections_max: 2, header_timeout: PATIENCE, ..quick() }).await;
    let mut held = vec![server.connect().await, server.connect().await];
    // Both are admitted once they are answered.
    for stream in &mut held {
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        assert!(stream.read(&mut [0; 1_024]).await.unwrap() > 0);
    }
    let refused = server.get("/").await;
    assert_eq!(status(&refused), 503, "{refused}");
    assert!(refused.contains("limits.connections is 2"), "{refused}");
    drop(held);
    let mut answer = server.get("/").await;
    while status(&answer) == 503 {
        answer = server.get("/").await;
    }
    assert_eq!(status(&answer), 200);
}

#[tokio::test]
async fn http2_with_prior_knowledge() {
    let server = start(routes(), quick()).await;
    let stream = TokioIo::new(server.connect().await);
    let (mut client, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = || hyper::Request::get(format!("http://{}/", server.address)).body(String::new()).unwrap();
    let response = client.send_request(request()).await.unwrap();
    assert_eq!((response.status().as_u16(), response.version()), (200, hyper::Version::HTTP_2));
    // Between requests a connection is kept for a while, not for ever.
    let started = Instant::now();
    let _ = timeout(PATIENCE, connection).await.expect("an idle connection ends").unwrap();
    assert!(started.elapsed() >= SHORT, "{:?}", started.elapsed());
    assert!(client.send_request(request()).await.is_err());
}

type Client = tokio_tungstenite::WebSocketStream<TcpStream>;

async fn open_socket(server: &crate::trial::Running) -> Client {
    let url = format!("ws://{}/echo", server.address);
    tokio_tungstenite::client_async(url, server.connect().await).await.unwrap().0
}

async fn says(client: &mut Client, text: &str) -> Option<String> {
    client.send(tungstenite::Message::text(text)).await.ok()?;
    let answer = timeout(PATIENCE, client.next()).await.expect("an answer or the end")?.ok()?;
    answer.into_text().ok().map(|text| text.to_string())
}

#[tokio::test]
async fn a_websocket_outlives_every_timeout_and_counts_as_a_connection() {
    let server = start(routes(), Settings { connections_max: 1, ..quick() }).await;
    let mut client = open_socket(&server).await;
    assert_eq!(says(&mut client, "one").await.as_deref(), Some("one"));
    sleep(4 * SHORT).await;
    assert_eq!(says(&mut client, "two").await.as_deref(), Some("two"));
    assert_eq!(status(&server.get("/").await), 503);
}

#[tokio::test]
async fn shutdown_lets_requests_end() {
    let server = start(routes(), Settings { grace: PATIENCE, ..quick() }).await;
    let mut busy = server.connect().await;
    let mut idle = server.connect().await;
    for (stream, path) in [(&mut busy, "/slow"), (&mut idle, "/")] {
        stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await.unwrap();
    }
    assert!(idle.read(&mut [0; 1_024]).await.unwrap() > 0);
    server.shutdown.begin();
    assert!(rest(&mut busy).await.ends_with("slow"));
    assert_eq!(rest(&mut idle).await, "");
    let address = server.address;
    assert_eq!(server.ended().await, Drained { cut: 0 });
    assert!(TcpStream::connect(address).await.is_err(), "the socket is closed");
}

#[tokio::test]
async fn shutdown_cuts_what_does_not_end() {
    let server = start(routes(), quick()).await;
    let mut client = open_socket(&server).await;
    assert_eq!(says(&mut client, "one").await.as_deref(), Some("one"));
    let started = Instant::now();
    server.shutdown.begin();
    assert_eq!(server.ended().await, Drained { cut: 1 });
    assert!(started.elapsed() >= 2 * SHORT && started.elapsed() < 20 * SHORT, "{:?}", started.elapsed());
    assert_eq!(says(&mut client, "two").await, None);
}

struct Certificate {
    folder: tempfile::TempDir,
    trusted: RootCertStore,
}

fn certificate() -> Certificate {
    let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("certificate.pem"), pair.cert.pem()).unwrap();
    std::fs::write(folder.path().join("key.pem"), pair.signing_key.serialize_pem()).unwrap();
    let mut trusted = RootCertStore::empty();
    trusted.add(pair.cert.der().clone()).unwrap();
    Certificate { folder, trusted }
}

#[tokio::test]
async fn tls_with_both_protocols() {
    let Certificate { folder, trusted } = certificate();
    let tls = Tls::load(&folder.path().join("certificate.pem"), &folder.path().join("key.pem")).unwrap();
    let server = start_with(routes(), quick(), Some(tls)).await;
    for (offered, version) in [("h2", hyper::Version::HTTP_2), ("http/1.1", hyper::Version::HTTP_11)] {
        let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(trusted.clone())
            .with_no_client_auth();
        config.alpn_protocols = vec![offered.as_bytes().to_vec()];
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TlsConnector::from(Arc::new(config)).connect(name, server.connect().await).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(offered.as_bytes()));
        assert_eq!(answer(TokioIo::new(stream), version).await, (200, version));
    }
    // Who does not speak TLS gets nothing, and does not hold the connection.
    let plain = server.get("/").await;
    assert!(!plain.contains("hello"), "{plain}");
    let mut silent = server.connect().await;
    assert_eq!(rest(&mut silent).await, "");
}

async fn answer<S>(stream: TokioIo<S>, version: hyper::Version) -> (u16, hyper::Version)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let request = |uri| hyper::Request::get(uri).header("host", "localhost").body(String::new()).unwrap();
    let response = if version == hyper::Version::HTTP_2 {
        let (mut client, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
        tokio::spawn(connection);
        client.send_request(request("https://localhost/")).await.unwrap()
    } else {
        let (mut client, connection) = hyper::client::conn::http1::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        client.send_request(request("/")).await.unwrap()
    };
    (response.status().as_u16(), response.version())
}

#[test]
fn tls_files_that_cannot_be_used_are_named() {
    let Certificate { folder, .. } = certificate();
    let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
    let refusal = |certificate: &std::path::Path, key: &std::path::Path| {
        Tls::load(certificate, key).unwrap_err().to_string().replace(&folder.path().display().to_string(), "")
    };
    assert_eq!(refusal(&key, &key), "`tls.certificate`: /key.pem: holds no PEM certificate");
    assert_eq!(
        refusal(&certificate, &certificate),
        "`tls.key`: /certificate.pem: holds no PEM private key (PKCS #8, SEC 1 or PKCS #1)"
    );
    assert!(refusal(&folder.path().join("none"), &key).starts_with("`tls.certificate`: /none: No such file"));
    let other = self::certificate();
    let refused = refusal(&certificate, &other.folder.path().join("key.pem"));
    assert!(
        refused.starts_with("the certificate of `tls.certificate` and the key of `tls.key` cannot be used together"),
        "{refused}"
    );
}
