//! The messages of a WebSocket.

use std::time::Duration;

use chancery_engine::{AccountRef, Request, SignIn, SignedIn};
use chancery_graphql::Outgoing;
use chancery_model::Secret;
use futures_util::{sink, stream};
use serde_json::Value;
use tokio::sync::mpsc;

use super::{
    Entry,
    graphql::check_errors,
    world::{self, PASSWORD, World},
};

/// A line is a message; `TOKEN` in it stands for the root user's token. Answers are JSON, and an end has a code of the protocol.
pub(super) fn websocket() -> Entry {
    let world = World::new();
    let token = token(&world);
    Box::new(move |data| {
        let Ok(text) = std::str::from_utf8(data) else { return };
        let messages: Vec<String> = text.lines().map(|line| line.replace("TOKEN", &token)).collect();
        for outgoing in said(&world, messages) {
            match outgoing {
                Outgoing::Text(text) => check(&serde_json::from_str(&text).expect("a message is JSON")),
                Outgoing::Close(close) => {
                    assert!([4400, 4401, 4409, 4429].contains(&close.code), "{close:?}");
                    assert!(close.reason.len() <= 123 && !close.reason.contains(&token));
                }
            }
        }
    })
}

fn token(world: &World) -> String {
    let account = AccountRef::Id(world::account());
    let input = SignIn { account, user_name: None, password: Secret::new(PASSWORD.to_owned()) };
    match world.runtime.block_on(world.engine.sign_in(input, &Request::local())) {
        Ok(SignedIn::Session { token, .. }) => token.expose().to_owned(),
        other => panic!("no session: {:?}", other.err()),
    }
}

/// What the server says to these messages before the client goes away.
fn said(world: &World, messages: Vec<String>) -> Vec<Outgoing> {
    let (to, mut from) = mpsc::unbounded_channel();
    let outgoing = Box::pin(sink::unfold(to, async |to: mpsc::UnboundedSender<Outgoing>, message| to.send(message).map(|()| to)));
    let served = world.door.serve_websocket(stream::iter(messages), outgoing, Request::local);
    let ended = world.runtime.block_on(async { tokio::time::timeout(Duration::from_secs(20), served).await });
    assert!(ended.is_ok(), "a socket whose client is gone does not end");
    std::iter::from_fn(|| from.try_recv().ok()).collect()
}

fn check(message: &Value) {
    assert!(message["type"].is_string());
    check_errors(&message["payload"]);
    if let Value::Array(errors) = &message["payload"] {
        assert!(errors.iter().all(|error| error["extensions"]["code"].is_string()), "{message}");
    }
}
