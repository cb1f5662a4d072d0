//! The messages of `graphql-transport-ws`.
//! Source: github.com/enisdenjo/graphql-ws, `PROTOCOL.md`.

use async_graphql::{Response, ServerError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Close;

/// The longest id of an operation, in bytes.
const ID_BYTES_MAX: usize = 128;

/// What a client says.
#[derive(Debug)]
pub(super) enum Said {
    /// `connection_init`, with the value of `authorization` in its payload.
    Init { authorization: Option<String> },
    /// `subscribe`: a query, mutation or subscription.
    Subscribe { id: String, payload: Value },
    /// `complete`: no more answers to this one.
    Complete { id: String },
    /// `ping`, to be answered.
    Ping { payload: Option<Value> },
    /// `pong`: the client is there.
    Pong,
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "type")]
    kind: String,
    id: Option<String>,
    payload: Option<Value>,
}

impl Said {
    /// Reads a message.
    pub(super) fn read(text: &str) -> Result<Self, Close> {
        if text.len() > super::SOCKET_BYTES_MAX {
            return Err(Close::bad(format!("the message has {} bytes, the limit is {}", text.len(), super::SOCKET_BYTES_MAX)));
        }
        let message: Message = serde_json::from_str(text).map_err(|error| invalid(&error))?;
        let Message { kind, id, payload } = message;
        match kind.as_str() {
            "connection_init" => Ok(Self::Init { authorization: authorization(payload.as_ref()) }),
            "subscribe" => {
                let payload = payload.ok_or_else(|| Close::bad("a subscribe message needs a payload"))?;
                Ok(Self::Subscribe { id: named(id, "subscribe")?, payload })
            }
            "complete" => Ok(Self::Complete { id: named(id, "complete")? }),
            "ping" => Ok(Self::Ping { payload }),
            "pong" => Ok(Self::Pong),
            _ => Err(Close::bad("unknown type: connection_init, subscribe, complete, ping and pong are known")),
        }
    }
}

/// Why a text is no message. What stands in the wrong place is not told: it may be a token.
fn invalid(error: &serde_json::Error) -> Close {
    if error.is_data() {
        return Close::bad("invalid message: it must be an object with type, and id and payload where the type needs them");
    }
    Close::bad(format!("invalid message: {error}"))
}

fn named(id: Option<String>, kind: &str) -> Result<String, Close> {
    match id {
        Some(id) if !id.is_empty() && id.len() <= ID_BYTES_MAX => Ok(id),
        Some(_) | None => Err(Close::bad(format!("a {kind} message needs an id of 1 to {ID_BYTES_MAX} bytes"))),
    }
}

/// The value of the payload's field `authorization`, whatever the case of its name, as in HTTP.
fn authorization(payload: Option<&Value>) -> Option<String> {
    let fields = payload?.as_object()?;
    let (_, value) = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"))?;
    value.as_str().map(str::to_owned)
}

/// What the server says.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Say<'a> {
    ConnectionAck,
    Next {
        id: &'a str,
        payload: &'a Response,
    },
    Error {
        id: &'a str,
        payload: &'a [ServerError],
    },
    Complete {
        id: &'a str,
    },
    Ping,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Value>,
    },
}
