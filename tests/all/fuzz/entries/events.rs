//! Records and events as they are stored.

use std::slice;

use chancery_domain::{Event, RecordFacts, State, TokenUse};
use chancery_engine::event_json;
use chancery_log::{Record, decode, decode_record, encode, encode_record};
use chancery_model::{Actor, ClientToken, Sequence};

use super::{Entry, world};

/// The bytes of a record: what decodes encodes to the same bytes, and folds into a state without a panic.
pub(super) fn record() -> Entry {
    let state = world::state();
    Box::new(move |data| {
        let place = data.get(1..9).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes);
        let Ok(record) = decode_record::<Event>(Sequence(place), data) else { return };
        assert_eq!(encode_record(&record).expect("what was decoded is encoded"), data);
        assert!(decode_record::<Event>(Sequence(place ^ 1), data).is_err(), "a record is taken at another place");
        let mut state = state.clone();
        state.apply(&facts(&record), &record.events);
        check_storable(&state);
    })
}

/// The bytes of an event, as for a record; it is shown as JSON besides.
pub(super) fn event() -> Entry {
    let state = world::state();
    Box::new(move |data| {
        let Ok(event) = decode::<Event>(data) else { return };
        assert_eq!(encode(&event).expect("what was decoded is encoded"), data);
        assert_eq!(event_json(&event)["type"], event.wire_name());
        let mut state = state.clone();
        let facts = RecordFacts {
            sequence: state.next,
            time: state.time,
            account: world::account(),
            principal: Actor::OPERATOR.principal,
            token: None,
        };
        state.apply(&facts, slice::from_ref(&event));
        check_storable(&state);
    })
}

fn facts(record: &Record<Event>) -> RecordFacts {
    let used = record.token.as_ref();
    let token =
        used.and_then(|used| Some(TokenUse { token: ClientToken::parse(&used.token).ok()?, fingerprint: used.fingerprint }));
    let principal = record.actor.principal;
    RecordFacts { sequence: record.sequence, time: record.time, account: record.account, principal, token }
}

/// A state comes back from a snapshot as it was.
fn check_storable(state: &State) {
    let stored = encode(state).expect("a state is encoded");
    let mut restored: State = decode(&stored).expect("a stored state is read");
    restored.restore(|_| world::NoKeys);
    assert_eq!(encode(&restored).expect("a state is encoded"), stored);
}
