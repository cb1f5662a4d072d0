//! What one change of state is, as it is stored for ever.

use chancery_model::{AccountId, Actor, RecordId, RequestId, SealedBytes, Sequence, Timestamp};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// One entry of the event log: who asked what, when, and the events that followed.
///
/// The order of the fields is the stored format; a change of it is a new format byte in the codec.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record<E> {
    /// Its place in the log; also its key, and the two must agree.
    pub sequence: Sequence,
    /// A name for references from outside; it never orders anything.
    pub id: RecordId,
    /// When it was decided, in milliseconds of UTC. Never earlier than the record before it.
    pub time: Timestamp,
    /// The account that it changes.
    pub account: AccountId,
    /// Who acted.
    pub actor: Actor,
    /// The request that caused it.
    pub request: RequestId,
    /// Where the request came from (address, user agent): personal, hence sealed.
    pub origin: Option<SealedBytes>,
    /// The command's name, as in `CreateUser`.
    pub command: SmolStr,
    /// The caller's idempotency token, if one was given.
    pub token: Option<TokenUse>,
    /// What happened, in order.
    pub events: Vec<E>,
}

/// The use of an idempotency token: the same token with other input is an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenUse {
    /// The caller's token.
    pub token: SmolStr,
    /// A keyed hash of the command's input, so that the log tells nothing about it.
    pub fingerprint: [u8; 16],
}
