//! `graphql-transport-ws` over any pair of streams: the server brings the socket, checks `Origin` and the sub-protocol.
//!
//! A socket is bound to the session that it was opened with: each operation asks for it anew, and the socket ends with it.

use std::{collections::HashMap, time::Duration};

use async_graphql::{Response, ServerError, Value};
use chancery_engine::{Caller, Request};
use chancery_model::Secret;
use futures_util::{
    Sink, SinkExt, Stream, StreamExt,
    future::AbortHandle,
    stream::{self, BoxStream, SelectAll, abortable},
};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};

use crate::{
    body::Body,
    door::{Door, refused},
    fault::{OverLimit, VALIDATION_CODE},
};
use messages::{Said, Say};

mod messages;
#[cfg(test)]
mod tests;

/// The sub-protocol, for `Sec-WebSocket-Protocol`.
pub const PROTOCOL: &str = "graphql-transport-ws";
/// The longest message that is taken, in bytes.
pub const SOCKET_BYTES_MAX: usize = 256 * 1024;
/// Within so many seconds a client has to say who it is.
const INIT_SECONDS_MAX: u64 = 3;
/// So many operations run on a socket at the same time.
const OPERATIONS_MAX: usize = 32;
/// Every so many seconds the client is pinged and the session looked at.
const BEAT_SECONDS: u64 = 15;
/// A client that says nothing for so many beats is gone.
const SILENT_BEATS_MAX: u32 = 3;
/// A client that takes no answer for so many seconds is gone.
const SEND_SECONDS_MAX: u64 = 10;

/// What goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// A text message.
    Text(String),
    /// The end: a close frame, after which nothing follows.
    Close(Close),
}

/// Why a socket is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// The code: 1000 for an orderly end, those of the protocol from 4400 on.
    pub code: u16,
    /// The reason, at most 123 bytes, as a close frame has room for.
    pub reason: String,
}

impl Close {
    fn new(code: u16, reason: impl Into<String>) -> Self {
        const REASON_BYTES_MAX: usize = 123;
        let mut reason = reason.into();
        while reason.len() > REASON_BYTES_MAX {
            reason.pop();
        }
        Self { code, reason }
    }

    fn bad(reason: impl Into<String>) -> Self {
        Self::new(4400, reason)
    }

    fn unauthorized(reason: &str) -> Self {
        Self::new(4401, reason)
    }
}

/// Why the work on a socket ends.
enum End {
    /// The client is to be told.
    Tell(Close),
    /// There is nobody to tell.
    Gone,
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Tell(close)
    }
}

/// Who came in, and by which token.
struct SignedIn {
    token: Secret,
    caller: Caller,
}

/// What an operation comes to, step by step.
enum Step {
    Answer(Box<Response>),
    Over,
}

/// An operation by its serial number: an id may be used again while its last operation winds down.
type Tagged = (u64, String, Step);

struct Socket<'a, O, R> {
    door: &'a Door,
    outgoing: O,
    request: R,
    signed_in: Option<SignedIn>,
    operations: HashMap<String, (u64, AbortHandle)>,
    running: SelectAll<BoxStream<'static, Tagged>>,
    serial: u64,
    silent_beats: u32,
}

impl Door {
    /// Speaks the protocol until one side ends it. `incoming` gives text messages and ends when the client is gone;
    /// `request` makes the request that an operation runs under, each with an id of its own.
    ///
    /// Closes with 4400 (a message that is none), 4401 (no session, or not any more), 4408 (no `connection_init` in 3 s),
    /// 4409 (an id that is in use), 4429 (a second `connection_init`), 1001 (a silent client).
    pub async fn serve_websocket<I, O, R>(&self, mut incoming: I, outgoing: O, request: R)
    where
        I: Stream<Item = String> + Send + Unpin,
        O: Sink<Outgoing> + Send + Unpin,
        R: Fn() -> Request + Send,
    {
        let mut socket = Socket {
            door: self,
            outgoing,
            request,
            signed_in: None,
            operations: HashMap::new(),
            running: SelectAll::new(),
            serial: 0,
            silent_beats: 0,
        };
        if let End::Tell(close) = socket.work(&mut incoming).await {
            // The client may be gone already.
            let _sent = socket.send(Outgoing::Close(close)).await;
        }
    }
}

impl<O, R> Socket<'_, O, R>
where
    O: Sink<Outgoing> + Send + Unpin,
    R: Fn() -> Request + Send,
{
    async fn work<I: Stream<Item = String> + Unpin>(&mut self, incoming: &mut I) -> End {
        let init_by = Instant::now() + Duration::from_secs(INIT_SECONDS_MAX);
        let beat = Duration::from_secs(BEAT_SECONDS);
        let mut beats = interval_at(Instant::now() + beat, beat);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let done = tokio::select! {
                message = incoming.next() => match message {
                    Some(text) => self.hear(&text).await,
                    None => Err(End::Gone),
                },
                Some(step) = self.running.next(), if !self.running.is_empty() => self.step(step).await,
                () = sleep_until(init_by), if self.signed_in.is_none() => {
                    Err(Close::new(4408, "Connection initialisation timeout").into())
                }
                _ = beats.tick() => self.beat().await,
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    async fn hear(&mut self, text: &str) -> Result<(), End> {
        self.silent_beats = 0;
        match Said::read(text)? {
            Said::Init { authorization } => self.init(authorization).await,
            Said::Subscribe { id, payload } => self.subscribe(id, payload).await,
            Said::Complete { id } => {
                if let Some((_, running)) = self.operations.remove(&id) {
                    running.abort();
                }
                Ok(())
            }
            Said::Ping { payload } => self.say(&Say::Pong { payload }).await,
            Said::Pong => Ok(()),
        }
    }

    async fn init(&mut self, authorization: Option<String>) -> Result<(), End> {
        if self.signed_in.is_some() {
            return Err(Close::new(4429, "Too many initialisation requests").into());
        }
        let missing = "Unauthorized: connection_init needs {\"authorization\": \"Bearer TOKEN\"}";
        let authorization = Secret::new(authorization.ok_or_else(|| Close::unauthorized(missing))?);
        let (scheme, token) = authorization.expose().split_once(' ').ok_or_else(|| Close::unauthorized(missing))?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Close::unauthorized(missing).into());
        }
        let token = Secret::new(token.trim().to_owned());
        let caller = self.door.engine().authenticate(token.expose()).map_err(|error| Close::unauthorized(&error.to_string()))?;
        self.signed_in = Some(SignedIn { token, caller });
        self.say(&Say::ConnectionAck).await
    }

    async fn subscribe(&mut self, id: String, payload: serde_json::Value) -> Result<(), End> {
        let signed_in = self.signed_in.as_mut().ok_or_else(|| Close::unauthorized("Unauthorized"))?;
        // Asked anew, so that an operation counts as use of the session and none outlives it.
        let known = self.door.engine().authenticate(signed_in.token.expose());
        signed_in.caller = known.map_err(|error| Close::unauthorized(&error.to_string()))?;
        if self.operations.contains_key(&id) {
            return Err(Close::new(4409, format!("Subscriber for {id} already exists")).into());
        }
        let (caller, request) = (signed_in.caller.clone(), (self.request)());
        let request_id = request.id;
        if self.operations.len() >= OPERATIONS_MAX {
            let refusal = refused(too_many().into(), request_id);
            return self.say(&Say::Error { id: &id, payload: &refusal.errors }).await;
        }
        let prepared = Body::of(payload).and_then(|body| self.door.prepare(Some(caller), request, body));
        match prepared {
            Ok(ready) => {
                self.start(id, ready.run_stream());
                Ok(())
            }
            Err(error) => self.say(&Say::Error { id: &id, payload: &refused(error, request_id).errors }).await,
        }
    }

    fn start(&mut self, id: String, answers: impl Stream<Item = Response> + Send + 'static) {
        self.serial += 1;
        let serial = self.serial;
        let (answers, handle) = abortable(answers);
        let tag = id.clone();
        let steps = answers.map(|answer| Step::Answer(Box::new(answer))).chain(stream::iter([Step::Over]));
        self.running.push(steps.map(move |step| (serial, tag.clone(), step)).boxed());
        self.operations.insert(id, (serial, handle));
    }

    async fn step(&mut self, (serial, id, step): Tagged) -> Result<(), End> {
        if self.operations.get(&id).is_none_or(|(current, _)| *current != serial) {
            return Ok(());
        }
        match step {
            Step::Answer(response) if is_refused(&response) => {
                if let Some((_, running)) = self.operations.remove(&id) {
                    running.abort();
                }
                self.say(&Say::Error { id: &id, payload: &response.errors }).await
            }
            Step::Answer(response) => self.say(&Say::Next { id: &id, payload: &response }).await,
            Step::Over => {
                self.operations.remove(&id);
                self.say(&Say::Complete { id: &id }).await?;
                // The operation may have been the session's last, or have ended with it.
                self.check_session()
            }
        }
    }

    async fn beat(&mut self) -> Result<(), End> {
        self.check_session()?;
        self.silent_beats += 1;
        if self.silent_beats > SILENT_BEATS_MAX {
            return Err(Close::new(1001, "no answer to ping").into());
        }
        if self.signed_in.is_some() { self.say(&Say::Ping).await } else { Ok(()) }
    }

    fn check_session(&self) -> Result<(), End> {
        match &self.signed_in {
            Some(signed_in) if !self.door.engine().still_stands(&signed_in.caller) => {
                Err(Close::unauthorized("Unauthorized: the session has ended").into())
            }
            Some(_) | None => Ok(()),
        }
    }

    async fn say(&mut self, message: &Say<'_>) -> Result<(), End> {
        let text = serde_json::to_string(message).map_err(|_| Close::new(1011, "an answer could not be written"))?;
        self.send(Outgoing::Text(text)).await
    }

    async fn send(&mut self, message: Outgoing) -> Result<(), End> {
        match timeout(Duration::from_secs(SEND_SECONDS_MAX), self.outgoing.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }
}

fn too_many() -> OverLimit {
    let message = format!("Too many operations run on this socket: the limit is {OPERATIONS_MAX}.");
    OverLimit { name: "operationsPerSocket", value: u64::try_from(OPERATIONS_MAX).unwrap_or(u64::MAX), message }
}

/// Whether an answer says that the document was not run at all.
fn is_refused(response: &Response) -> bool {
    let code = |error: &ServerError| error.extensions.as_ref().and_then(|known| known.get("code").cloned());
    let refused = Some(Value::from(VALIDATION_CODE));
    response.data == Value::Null && !response.errors.is_empty() && response.errors.iter().all(|error| code(error) == refused)
}
