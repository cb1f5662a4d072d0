//! A client of `graphql-transport-ws`.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        self, Message,
        client::IntoClientRequest,
        http::{HeaderValue, header},
    },
};

/// Longer than any message in a test takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// An open socket.
#[derive(Debug)]
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What came in.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// A message.
    Message(Value),
    /// The end, with the code and reason of the close frame; 1006 where there was none.
    Closed(u16, String),
}

impl Socket {
    /// Opens a socket to the server at `url`.
    ///
    /// # Errors
    /// When the server refuses the handshake.
    ///
    /// # Panics
    /// When `url` or `origin` cannot stand in a request.
    pub async fn open(url: &str, origin: Option<&str>) -> tungstenite::Result<Self> {
        let mut request = format!("{}/graphql/ws", url.replacen("http", "ws", 1)).into_client_request()?;
        let headers = request.headers_mut();
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("graphql-transport-ws"));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_str(origin).expect("an origin"));
        }
        let (stream, _) = connect_async(request).await?;
        Ok(Self(stream))
    }

    /// Opens a socket and says who comes.
    ///
    /// # Panics
    /// When it is not acknowledged.
    pub async fn signed_in(url: &str, token: &str) -> Self {
        let mut socket = Self::open(url, None).await.expect("a socket");
        socket.init(token).await;
        let heard = socket.hear().await;
        assert_eq!(heard, Heard::Message(json!({ "type": "connection_ack" })));
        socket
    }

    /// Says who comes.
    pub async fn init(&mut self, token: &str) {
        self.say(json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {token}") } })).await;
    }

    /// Starts an operation.
    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        self.say(json!({ "type": "subscribe", "id": id, "payload": { "query": query, "variables": variables } })).await;
    }

    /// Sends a message; a socket that the server has closed is noticed by [`Self::hear`].
    pub async fn say(&mut self, message: Value) {
        let _sent = self.0.send(Message::text(message.to_string())).await;
    }

    /// The next message; pings are answered on the way.
    ///
    /// # Panics
    /// When nothing comes for half a minute.
    pub async fn hear(&mut self) -> Heard {
        loop {
            let message = timeout(PATIENCE, self.0.next()).await.expect("a message");
            let text = match message {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Close(Some(frame)))) => return Heard::Closed(frame.code.into(), frame.reason.to_string()),
                Some(Ok(Message::Close(None)) | Err(_)) | None => return Heard::Closed(1006, String::new()),
                Some(Ok(_)) => continue,
            };
            let value: Value = serde_json::from_str(&text).expect("JSON");
            if value["type"] == "ping" {
                self.say(json!({ "type": "pong" })).await;
            } else {
                return Heard::Message(value);
            }
        }
    }

    /// The `data` of the next answer to an operation.
    ///
    /// # Panics
    /// When something else comes.
    pub async fn next_data(&mut self) -> Value {
        match self.hear().await {
            Heard::Message(message) if message["type"] == "next" && message["payload"].get("errors").is_none() => {
                message["payload"]["data"].clone()
            }
            other => panic!("an answer was expected, not {other:?}"),
        }
    }
}
