//! `GET /graphql/ws`: the upgrade to a WebSocket, and its frames as the door's text messages.

use std::{future::ready, time::Duration};

use chancery_graphql::{Close, Door, Outgoing, PROTOCOL, SOCKET_BYTES_MAX};
use chancery_model::{RequestId, Ulid};
use futures_util::{SinkExt, StreamExt};
use poem::{
    Endpoint, FromRequest, IntoResponse, Request, Response,
    http::{HeaderMap, StatusCode, header},
    web::websocket::{CloseCode, Message, WebSocket, WebSocketConfig, WebSocketStream},
};
use tokio::time::timeout;

use super::{Origins, engine_request};
use crate::{http::Problem, listen::Shutdown};

/// How long the last words may take: a client that reads nothing would else keep its socket for ever.
const END_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens sockets.
pub(super) struct Socket {
    pub(super) door: Door,
    pub(super) origins: Origins,
    pub(super) shutdown: Shutdown,
}

impl Endpoint for Socket {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        self.origins.check(request.headers()).map_err(|reason| Problem::new(StatusCode::FORBIDDEN, reason))?;
        if !offers_protocol(request.headers()) {
            let message = format!("the client must offer the sub-protocol {PROTOCOL} in Sec-WebSocket-Protocol");
            return Err(Problem::new(StatusCode::BAD_REQUEST, message).into());
        }
        let asked = engine_request(&request);
        let socket = WebSocket::from_request_without_body(&request).await?;
        let limits = WebSocketConfig::default().max_message_size(Some(SOCKET_BYTES_MAX)).max_frame_size(Some(SOCKET_BYTES_MAX));
        let (door, shutdown) = (self.door.clone(), self.shutdown.clone());
        let upgraded = socket
            .protocols([PROTOCOL])
            .config(limits)
            .on_upgrade(move |stream| async move { converse(&door, stream, &asked, &shutdown).await });
        Ok(upgraded.into_response())
    }
}

fn offers_protocol(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|name| name.trim() == PROTOCOL)
}

async fn converse(door: &Door, stream: WebSocketStream, asked: &chancery_engine::Request, shutdown: &Shutdown) {
    let (sink, source) = stream.split();
    let texts = source.take_while(|message| ready(matches!(message, Ok(message) if !matches!(message, Message::Close(_)))));
    // Pings are answered below us; binary messages are none of the protocol's, and the door says so of an empty text.
    let texts = texts.filter_map(|message| {
        ready(match message {
            Ok(Message::Text(text)) => Some(text),
            Ok(Message::Binary(_)) => Some(String::new()),
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_)) | Err(_) => None,
        })
    });
    let incoming = Box::pin(texts.take_until(Box::pin(shutdown.begun())));
    let mut outgoing = Box::pin(sink.with(|message| ready(Ok::<_, std::io::Error>(frame(message)))));
    let request = || chancery_engine::Request { id: RequestId(Ulid::generate()), ..asked.clone() };
    door.serve_websocket(incoming, &mut outgoing, request).await;
    if shutdown.is_begun() {
        let close = Close { code: 1001, reason: "the server is stopping".to_owned() };
        // The client may be gone already.
        let _told = timeout(END_TIMEOUT, outgoing.send(Outgoing::Close(close))).await;
    }
    let _closed = timeout(END_TIMEOUT, outgoing.close()).await;
}

fn frame(message: Outgoing) -> Message {
    match message {
        Outgoing::Text(text) => Message::text(text),
        Outgoing::Close(close) => Message::close_with(CloseCode::from(close.code), close.reason),
    }
}
