//! Requests over real sockets: limits, errors, headers, and that no handler takes the server down.

use std::{net::IpAddr, time::Duration};

use chancery_model::RequestId;
use poem::{
    Body, Request, Response, handler,
    http::{HeaderName, HeaderValue, StatusCode},
};
use tokio::{io::AsyncWriteExt, time::sleep};

use super::*;
use crate::{
    config::LogFormat,
    listen::Settings,
    proxies::{Header, Proxies},
    trial::{Running, capture, header, json, rest, start, status},
};

#[handler]
async fn size(body: Body) -> poem::Result<String> {
    Ok(body.into_bytes().await?.len().to_string())
}

#[handler]
async fn slow() -> &'static str {
    sleep(Duration::from_secs(60)).await;
    "late"
}

#[handler]
async fn panics() -> String {
    panic!("the secret of this panic")
}

#[handler]
fn fails() -> poem::Result<String> {
    Err(poem::Error::from_string("the secret of this error", StatusCode::INTERNAL_SERVER_ERROR))
}

#[handler]
fn who(request: &Request) -> String {
    let client = request.extensions().get::<IpAddr>().unwrap();
    format!("{client} {}", request.extensions().get::<RequestId>().unwrap())
}

#[handler]
fn own() -> Response {
    Response::builder().status(StatusCode::IM_A_TEAPOT).header("cache-control", "public").body("own")
}

fn limits() -> Limits {
    Limits {
        body_bytes_max: 1_000,
        body_bytes_max_by_path: vec![("/small".to_owned(), 10)],
        deadline: Duration::from_millis(300),
        ..Limits::default()
    }
}

async fn server() -> Running {
    let post = [Method::POST];
    let api = Api::new(Vec::new)
        .door("/size", &post, size)
        .door("/small", &post, size)
        .door("/slow", &[Method::GET], slow)
        .door("/panics", &[Method::GET], panics)
        .door("/fails", &[Method::GET], fails)
        .door("/who", &[Method::GET], who)
        .door("/own", &[Method::GET], own)
        .with_graphiql();
    let proxies = Proxies::parse(&["127.0.0.1".to_owned()], Header::XForwardedFor).unwrap();
    start(Frame::new(routes(api).unwrap(), limits(), Arc::new(proxies)), Settings::default()).await
}

fn post(path: &str, framing: &str, body: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{framing}\r\n\r\n{body}")
}

fn chunked(bytes: usize) -> String {
    let chunks = bytes / 50;
    let chunk = format!("32\r\n{}\r\n", "x".repeat(50));
    format!("{}0\r\n\r\n", chunk.repeat(chunks))
}

#[tokio::test]
async fn bodies_up_to_the_limit_and_not_beyond() {
    let server = server().await;
    for (path, framing, body, expected) in [
        ("/size", "content-length: 1000", "x".repeat(1_000), 200),
        ("/size", "content-length: 1001", "x".repeat(1_001), 413),
        ("/size", "content-length: 99999999999", String::new(), 413),
        ("/size", "transfer-encoding: chunked", chunked(1_000), 200),
        ("/size", "transfer-encoding: chunked", chunked(1_050), 413),
        ("/size", "transfer-encoding: chunked", chunked(5_000_000), 413),
        ("/small", "content-length: 10", "x".repeat(10), 200),
        ("/small", "content-length: 11", "x".repeat(11), 413),
        ("/small", "transfer-encoding: chunked", chunked(50), 413),
    ] {
        let answer = server.send(post(path, framing, &body)).await;
        assert_eq!(status(&answer), expected, "{path} {framing} {}: {answer}", body.len());
        match expected {
            413 => assert_eq!(json(&answer)["error"]["code"], "RequestEntityTooLarge"),
            _ => assert!(answer.ends_with(&if path == "/small" { "10" } else { "1000" }), "{answer}"),
        }
    }
}

#[tokio::test]
async fn an_answer_that_takes_too_long_and_a_body_that_does() {
    let server = server().await;
    let late = server.get("/slow").await;
    assert_eq!((status(&late), &json(&late)["error"]["code"]), (504, &"DeadlineExceeded".into()));

    let mut stream = server.connect().await;
    stream.write_all(post("/size", "content-length: 100", "x").as_bytes()).await.unwrap();
    let trickled = rest(&mut stream).await;
    assert_eq!((status(&trickled), &json(&trickled)["error"]["code"]), (408, &"RequestTimeout".into()));
}

#[tokio::test]
async fn a_panic_is_one_answer_and_no_more() {
    let server = server().await;
    for path in ["/panics", "/fails"] {
        let answer = server.get(path).await;
        assert_eq!((status(&answer), &json(&answer)["error"]["code"]), (500, &"InternalFailure".into()), "{path}");
        assert_eq!(json(&answer)["error"]["requestId"], header(&answer, "x-request-id").unwrap());
        assert!(!answer.contains("secret"), "{answer}");
    }
    assert!(server.get("/healthz").await.ends_with("ok"));
}

#[tokio::test]
async fn paths_and_methods_that_are_not_there() {
    let server = server().await;
    let missing = server.get("/nowhere?token=x").await;
    assert_eq!((status(&missing), &json(&missing)["error"]["message"]), (404, &"there is nothing at this path".into()));
    let wrong = server.send(post("/healthz", "content-length: 0", "")).await;
    assert_eq!((status(&wrong), header(&wrong, "allow")), (405, Some("GET, HEAD")));
    assert_eq!(json(&wrong)["error"]["code"], "MethodNotAllowed");
    for method in ["TRACE", "BREW"] {
        let answer = server.send(format!("{method} /own HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")).await;
        assert_eq!(status(&answer), 405, "{answer}");
    }
    let connect = server.send("CONNECT x:1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert_eq!(status(&connect), 405, "{connect}");
    assert_eq!(status(&server.send("HEAD /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await), 200);
}

#[tokio::test]
async fn heads_that_are_too_large() {
    let server = server().await;
    let with = |lines: String| format!("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{lines}\r\n");
    assert_eq!(status(&server.get(&format!("/{}", "x".repeat(9_000))).await), 414);
    assert_eq!(status(&server.send(with("a: b\r\n".repeat(98))).await), 200);
    // The first is our limit, which explains itself; the second is hyper's, far beyond.
    for lines in [
        "a: b\r\n".repeat(101),
        "a: b\r\n".repeat(50_000),
        format!("a: {}\r\n", "x".repeat(40_000)),
        format!("a: {}\r\n", "x".repeat(1_000_000)),
    ] {
        let length = lines.len();
        let answer = server.send(with(lines)).await;
        assert_eq!(status(&answer), 431, "{length}: {answer}");
    }
    for garbage in ["\r\n\r\nnonsense\r\n\r\n", "GET /\u{1}x HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}"] {
        let answer = server.send(format!("{garbage}\r\n\r\n")).await;
        assert!(answer.is_empty() || status(&answer) == 400, "{garbage:?}: {answer}");
    }
    assert_eq!(status(&server.get("/healthz").await), 200);
}

#[tokio::test]
async fn answers_carry_their_headers() {
    let server = server().await;
    let alive = server.get("/healthz").await;
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ] {
        assert_eq!(header(&alive, name), Some(value), "{name}");
    }
    let ids = [
        header(&alive, "x-request-id").unwrap().parse::<RequestId>().unwrap(),
        header(&server.get("/healthz").await, "x-request-id").unwrap().parse().unwrap(),
    ];
    assert_ne!(ids[0], ids[1]);
    // A door's own word counts.
    let answer = server.get("/own").await;
    assert_eq!((status(&answer), header(&answer, "cache-control"), answer.ends_with("own")), (418, Some("public"), true));
}

#[tokio::test]
async fn a_door_is_told_who_asks() {
    let server = server().await;
    let request = "GET /who HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-forwarded-for: 10.0.0.1, 198.51.100.7\r\nx-request-id: forged\r\n\r\n";
    let answer = server.send(request).await;
    let (client, id) = answer.rsplit("\r\n").next().unwrap().split_once(' ').unwrap();
    assert_eq!((client, Some(id)), ("198.51.100.7", header(&answer, "x-request-id")));
    assert_ne!(id, "forged");
}

#[tokio::test]
async fn readiness_has_reasons() {
    let api = Api::new(|| vec!["replaying the log: 12 %".to_owned()]);
    let server = start(Frame::new(routes(api).unwrap(), limits(), Arc::default()), Settings::default()).await;
    let answer = server.get("/readyz").await;
    assert_eq!(status(&answer), 503);
    assert_eq!(json(&answer), serde_json::json!({ "ready": false, "reasons": ["replaying the log: 12 %"] }));
    assert_eq!(status(&server.get("/healthz").await), 200);
    assert_eq!(status(&server.get("/graphiql").await), 404, "only in development");
}

#[tokio::test]
async fn a_warning_leaves_the_server_ready() {
    struct Scarce;
    impl Readiness for Scarce {
        fn reasons(&self) -> Vec<String> {
            Vec::new()
        }

        fn warnings(&self) -> Vec<String> {
            vec!["the disk is nearly full".to_owned()]
        }
    }
    let server = start(Frame::new(routes(Api::new(Scarce)).unwrap(), limits(), Arc::default()), Settings::default()).await;
    let answer = server.get("/readyz").await;
    assert_eq!(status(&answer), 200);
    assert_eq!(json(&answer), serde_json::json!({ "ready": true, "reasons": [], "warnings": ["the disk is nearly full"] }));
}

#[tokio::test]
async fn the_page_is_whole_and_loads_nothing_from_elsewhere() {
    let server = server().await;
    let page = server.get("/graphiql").await;
    assert_eq!((status(&page), header(&page, "content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = header(&page, "content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    let (_, html) = page.split_once("\r\n\r\n").unwrap();
    let linked: Vec<_> = html.split('"').filter(|part| part.ends_with(".js") || part.ends_with(".css")).collect();
    assert_eq!(linked, ["/graphiql/graphiql.css", "/graphiql/graphiql.js"]);
    assert!(!html.contains("//") && !html.contains("style="), "nothing from elsewhere, nothing inline: {html}");
    for (path, kind) in linked.into_iter().zip(["text/css; charset=utf-8", "text/javascript; charset=utf-8"]) {
        let file = server.get(path).await;
        assert_eq!((status(&file), header(&file, "content-type")), (200, Some(kind)));
        let tag = header(&file, "etag").unwrap();
        let again =
            server.send(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nif-none-match: {tag}\r\n\r\n")).await;
        assert_eq!(status(&again), 304);
    }
    for path in ["/graphiql/none.js", "/graphiql/..%2fpackage.json", "/graphiql/../Cargo.toml"] {
        assert_eq!(status(&server.get(path).await), 404, "{path}");
    }
}

#[tokio::test]
async fn a_request_is_one_line_without_secrets() {
    let (log, _guard) = capture(LogFormat::Json, "info,chancery_server::http=info");
    let server = server().await;
    let head = "POST /size?X-Amz-Signature=hidden HTTP/1.1\r\nhost: x\r\nauthorization: Bearer hidden\r\ncookie: hidden\r\n";
    let answer = server.send(format!("{head}connection: close\r\ncontent-length: 6\r\n\r\nhidden")).await;
    assert_eq!(status(&answer), 200);
    let text = log.text();
    assert!(!text.contains("hidden"), "{text}");
    let line: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    let shown = ["target", "method", "path", "status", "client"].map(|name| line[name].to_string()).join(" ");
    assert_eq!(shown, r#""chancery::request" "POST" "/size" 200 "127.0.0.1""#);
    assert_eq!(line["request"], header(&answer, "x-request-id").unwrap());
    assert!(line["ms"].is_u64());
}

#[tokio::test]
async fn a_client_that_left_is_in_the_log() {
    let (log, _guard) = capture(LogFormat::Json, "info");
    let server = server().await;
    let mut stream = server.connect().await;
    stream.write_all(b"POST /size HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n").await.unwrap();
    sleep(Duration::from_millis(50)).await;
    drop(stream);
    for _ in 0..200 {
        if !log.text().is_empty() {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    let line: serde_json::Value = serde_json::from_str(log.text().lines().next().unwrap()).unwrap();
    assert!(line["status"] == 499 || line["status"] == 400, "{line}");
}

#[test]
fn a_problem_may_be_an_endpoints_error() {
    let problem = Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send application/json")
        .with_header(HeaderName::from_static("accept"), HeaderValue::from_static("application/json"));
    let error = poem::Error::from(problem);
    let response = Problem::of(&error).respond(None);
    assert_eq!((response.status(), response.header("accept")), (StatusCode::UNSUPPORTED_MEDIA_TYPE, Some("application/json")));
}

#[test]
fn two_doors_at_one_path_are_a_mistake() {
    let api = Api::new(Vec::new).door("/healthz", &[Method::GET], own);
    assert!(routes(api).is_err());
}
