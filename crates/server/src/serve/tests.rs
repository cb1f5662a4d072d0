//! A configuration becomes a server that serves, says where, and ends.

use poem::{handler, http::Method};

use super::*;
use crate::config::load;

#[handler]
fn hello() -> &'static str {
    "hello"
}

fn config(flags: &[(&str, &str)]) -> Config {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("empty.toml");
    std::fs::write(&file, "").unwrap();
    let flags: Vec<_> =
        flags.iter().map(|(key, value)| Flag { flag: "--set".into(), key: (*key).into(), value: (*value).into() }).collect();
    load(Some(&file), &[], &flags).unwrap().config
}

async fn get(address: SocketAddr, path: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn from_configuration_to_shutdown() {
    let config = config(&[("listen", "127.0.0.1:0"), ("limits.shutdown_seconds", "5")]);
    let server = Server::bind(&config).await.unwrap();
    let address = server.address();
    assert_ne!(address.port(), 0);
    let shutdown = Shutdown::new();
    let api = Api::new(Vec::new).door("/hello", &[Method::GET], hello);
    let running = tokio::spawn(server.run(api, shutdown.clone()));
    assert!(get(address, "/hello").await.ends_with("hello"));
    assert!(get(address, "/readyz").await.ends_with(r#"{"ready":true,"reasons":[]}"#));
    shutdown.begin();
    assert_eq!(running.await.unwrap().unwrap(), Drained { cut: 0 });
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let first = Server::bind(&config(&[("listen", "127.0.0.1:0")])).await.unwrap();
    let address = first.address().to_string();
    let failure = Server::bind(&config(&[("listen", &address)])).await.unwrap_err();
    assert_eq!(failure.exit(), Exit::Failed);
    assert!(failure.to_string().starts_with(&format!("error: cannot listen on {address}: Address already in use")), "{failure}");
}

#[test]
fn flags_are_keys() {
    let flags = ServeFlags { listen: Some("127.0.0.1:1".into()), public_url: None, dev: true }.flags();
    let keys: Vec<_> = flags.iter().map(|flag| (flag.flag.as_str(), flag.key.as_str(), flag.value.as_str())).collect();
    assert_eq!(keys, [("--listen", "listen", "127.0.0.1:1"), ("--dev", "dev", "true")]);
}

#[tokio::test]
async fn signals_end_the_server() {
    let shutdown = Shutdown::on_signals().unwrap();
    assert!(!shutdown.is_begun());
    let pid = std::process::id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    tokio::time::timeout(crate::trial::PATIENCE, shutdown.begun()).await.expect("SIGTERM begins the shutdown");
}
