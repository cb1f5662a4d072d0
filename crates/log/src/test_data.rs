//! Records for the tests of this crate.

use chancery_model::{AccountId, Actor, RecordId, RequestId, SealedBytes, Sequence, SubjectId, Timestamp, Ulid};
use serde::{Deserialize, Serialize};

use crate::{Bytes, Record, TokenUse, encode_record};

/// An event with the shapes that real ones have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Event {
    Added { name: String, tags: Vec<(String, String)> },
    Removed(u64),
    Noted(Option<Box<str>>),
}

/// Record number `n`, with about `payload` bytes of content.
pub(crate) fn record(n: u64, payload: usize) -> Record<Event> {
    Record {
        sequence: Sequence(n),
        id: RecordId(Ulid::from(u128::from(n) << 64 | 7)),
        time: Timestamp::from_millis(1_700_000_000_000 + n),
        account: AccountId::parse("123456789012").unwrap(),
        actor: Actor::OPERATOR,
        request: RequestId(Ulid::from(u128::from(n) << 64 | 9)),
        origin: Some(SealedBytes { subject: SubjectId(Ulid::from(5)), bytes: vec![1, 2, 3].into() }),
        command: "CreateUser".into(),
        token: (n % 2 == 1).then(|| TokenUse { token: "once".into(), fingerprint: [3; 16] }),
        events: vec![
            Event::Added { name: "x".repeat(payload), tags: vec![("team".into(), "red".into())] },
            Event::Removed(n),
            Event::Noted(None),
        ],
    }
}

/// Records `from..to`, encoded.
pub(crate) fn encoded(from: u64, to: u64) -> Vec<Bytes> {
    (from..to).map(|n| encode_record(&record(n, (n as usize * 37) % 400)).unwrap().into()).collect()
}
