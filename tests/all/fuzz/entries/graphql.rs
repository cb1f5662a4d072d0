//! GraphQL: bodies and documents of anonymous callers, and global ids and cursors.

use chancery_engine::{Caller, Request};
use serde_json::{Value, json};

use super::{Entry, world::World};

/// Bytes as a body, and a text as a document: answered or refused with a code, and nothing is written.
pub(super) fn graphql() -> Entry {
    let world = World::new();
    let head = world.engine.head();
    Box::new(move |data| {
        answer(&world, None, data);
        if let Ok(text) = std::str::from_utf8(data) {
            answer(&world, None, json!({ "query": text }).to_string().as_bytes());
        }
        assert_eq!(world.engine.head(), head, "somebody anonymous has written");
    })
}

const LOOK: &str = "query($id: ID!, $after: String) {
    node(id: $id) { id }
    account { users(first: 2, after: $after) { edges { cursor } } }
}";

/// A text as a global id and as a cursor of the operator's: an id has one spelling, and only what was given is a cursor.
pub(super) fn ids() -> Entry {
    let world = World::new();
    Box::new(move |data| {
        let Ok(text) = std::str::from_utf8(data) else { return };
        let body = json!({ "query": LOOK, "variables": { "id": text, "after": text } });
        let answer = answer(&world, Some(World::operator()), body.to_string().as_bytes());
        if let Some(id) = answer["data"]["node"]["id"].as_str() {
            assert_eq!(id, text, "one thing has two ids");
        }
        if let Ok(key) = world.engine.open_cursor(&World::operator(), "users", text) {
            assert!(world.engine.cursor(&World::operator(), "users", &key).eq_ignore_ascii_case(text), "a cursor was forged");
        }
    })
}

fn answer(world: &World, caller: Option<Caller>, body: &[u8]) -> Value {
    let answer = world.runtime.block_on(world.door.execute(caller, Request::local(), body));
    let told: Value = serde_json::from_slice(&answer.body).expect("an answer is JSON");
    assert!([200, 400, 401, 403].contains(&answer.status), "{}: {told}", answer.status);
    check_errors(&told);
    told
}

/// Every error has a code, and none is our own mistake.
pub(super) fn check_errors(told: &Value) {
    for error in told["errors"].as_array().into_iter().flatten() {
        let code = error["extensions"]["code"].as_str().expect("an error has a code");
        assert!(!["InternalFailure", "ServiceFailure"].contains(&code), "{told}");
    }
}
