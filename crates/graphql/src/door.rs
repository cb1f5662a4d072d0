//! The door: a body in, an answer out; the same for a message of a WebSocket.

use std::sync::Arc;

use async_graphql::{Request as GraphqlRequest, Response, ServerError, Value};
use chancery_engine::{Caller, Engine, EngineError, Request};
use chancery_model::RequestId;
use futures_util::{Stream, StreamExt, stream};

use crate::{
    body::Body,
    documents::{Document, Documents},
    fault::{VALIDATION_CODE, coded, complete, engine_error},
    order::put_in_order,
    schema::{Schema, Schemas},
    scope::Scope,
};

/// How the door is open.
#[derive(Debug, Clone, Copy, Default)]
pub struct DoorConfig {
    /// Development: the schema is shown to everybody, so that GraphiQL works before the sign-in.
    pub dev: bool,
}

/// GraphQL over an engine. A clone is cheap.
#[derive(Clone)]
pub struct Door(Arc<Inner>);

struct Inner {
    engine: Engine,
    config: DoorConfig,
    schemas: Schemas,
    documents: Documents,
}

/// An answer over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status: 200 wherever GraphQL has something to say, 400 for what is no request, and that of the engine's error
    /// where the whole answer is one that clients, proxies and monitors should see (401, 429, 500, 503).
    pub status: u16,
    /// For the header `Retry-After`, in seconds.
    pub retry_after_seconds: Option<u64>,
    /// The body: JSON, in UTF-8.
    pub body: Vec<u8>,
}

/// A request that is ready to run.
pub(crate) struct Ready {
    schema: Schema,
    request: GraphqlRequest,
    document: Arc<Document>,
    id: RequestId,
}

impl Door {
    /// Opens the door to an engine.
    #[must_use]
    pub fn new(engine: Engine, config: DoorConfig) -> Self {
        let (schemas, documents) = (Schemas::build(), Documents::default());
        Self(Arc::new(Inner { engine, config, schemas, documents }))
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// Answers the body of a POST. `caller` is absent for a request without a credential; one with a credential that is
    /// not valid is the server's to refuse.
    pub async fn execute(&self, caller: Option<Caller>, request: Request, body: &[u8]) -> Answer {
        let id = request.id;
        let response = match Body::read(body).and_then(|body| self.prepare(caller, request, body)) {
            Ok(ready) => ready.run().await,
            Err(error) => refused(error, id),
        };
        Answer::of(&response)
    }

    /// The answers to the body of a subscription; of a query or mutation, the one answer.
    pub fn subscribe(&self, caller: Option<Caller>, request: Request, body: &[u8]) -> impl Stream<Item = Vec<u8>> + Send + use<> {
        let id = request.id;
        let responses = match Body::read(body).and_then(|body| self.prepare(caller, request, body)) {
            Ok(ready) => ready.run_stream().left_stream(),
            Err(error) => stream::iter([refused(error, id)]).right_stream(),
        };
        responses.map(|response| to_json(&response))
    }

    /// Checks what can be checked before anything runs.
    pub(crate) fn prepare(&self, caller: Option<Caller>, request: Request, body: Body) -> Result<Ready, ServerError> {
        let document = self.0.documents.get(&body.query)?;
        let shape = document.shape;
        if shape.introspects && caller.is_none() && !self.0.config.dev {
            return Err(coded("AccessDenied", "The schema is shown to signed-in callers only: sign in first."));
        }
        let schemas = &self.0.schemas;
        let schema = if shape.introspects && !shape.does_more {
            &schemas.introspection
        } else if document.is_valid() && shape.single && body.variables_are_plain() {
            &schemas.known
        } else {
            &schemas.strict
        };
        let id = request.id;
        // Policies may ask where a request comes from.
        let caller = caller.map(|caller| caller.in_request(&request));
        let scope = Arc::new(Scope::new(&self.0.engine, caller, request));
        // The text itself is not needed any more: the document stands for it.
        let mut request = GraphqlRequest::new("").variables(body.variables).data(scope);
        request.operation_name = body.operation_name;
        if !shape.introspects {
            request = request.disable_introspection();
        }
        request.set_parsed_query(document.parsed.clone());
        Ok(Ready { schema: schema.clone(), request, document, id })
    }
}

impl Ready {
    /// Runs a query or mutation.
    async fn run(self) -> Response {
        let mut response = self.schema.execute(self.request).await;
        if response.data != Value::Null || response.errors.is_empty() {
            self.document.set_valid();
        }
        put_in_order(&mut response.data, &self.document.root_keys);
        finish(&mut response, self.id);
        response
    }

    /// Runs anything: the answers one after the other.
    pub(crate) fn run_stream(self) -> impl Stream<Item = Response> + Send + use<> {
        let id = self.id;
        let responses = self.schema.execute_stream(self.request);
        responses.map(move |mut response| {
            finish(&mut response, id);
            response
        })
    }
}

/// The answer to what is no request.
pub(crate) fn refused(error: ServerError, id: RequestId) -> Response {
    let mut response = Response::from_errors(vec![error]);
    finish(&mut response, id);
    response
}

/// Gives every error its code and request id.
fn finish(response: &mut Response, id: RequestId) {
    for error in &mut response.errors {
        complete(error, id);
    }
}

/// An answer as JSON.
pub(crate) fn to_json(response: &Response) -> Vec<u8> {
    serde_json::to_vec(response).unwrap_or_else(|error| {
        // Keys are strings and values are GraphQL's: this cannot happen, and is no reason to go down.
        tracing::error!(%error, "an answer could not be written as JSON");
        br#"{"data":null,"errors":[{"message":"An internal error has happened.","extensions":{"code":"InternalFailure"}}]}"#
            .to_vec()
    })
}

impl Answer {
    fn of(response: &Response) -> Self {
        let whole = is_empty(&response.data).then(|| response.errors.first()).flatten();
        let error = whole.and_then(engine_error);
        let status = whole.map_or(200, |first| error.map_or_else(|| refusal_status(first), told_status));
        Self { status, retry_after_seconds: error.and_then(EngineError::retry_after_seconds), body: to_json(response) }
    }
}

/// Whether nothing was answered: no data, or null in every field of the root.
fn is_empty(data: &Value) -> bool {
    match data {
        Value::Null => true,
        Value::Object(fields) => !fields.is_empty() && fields.values().all(|value| *value == Value::Null),
        _ => false,
    }
}

/// The status of an error that is not the engine's.
fn refusal_status(error: &ServerError) -> u16 {
    let code = error.extensions.as_ref().and_then(|known| known.get("code"));
    if code == Some(&Value::from(VALIDATION_CODE)) { 400 } else { 403 }
}

/// The status of the engine's error. A refused command is a good answer to a good request; what concerns the session or
/// the server is told to everybody on the way.
fn told_status(error: &EngineError) -> u16 {
    match error.http_status() {
        status @ (401 | 429 | 500 | 503 | 507) => status,
        _ => 200,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{Error, Pos, value};
    use chancery_domain::Rejection;
    use chancery_model::Ulid;

    use super::*;
    use crate::fault::Fault;

    fn answer(data: Value, error: EngineError) -> (Answer, serde_json::Value) {
        let mut response = Response::new(data);
        response.errors = vec![Error::from(Fault::from(error)).into_server_error(Pos { line: 1, column: 3 })];
        finish(&mut response, RequestId(Ulid::from(7)));
        let answer = Answer::of(&response);
        let body = serde_json::from_slice(&answer.body).unwrap();
        (answer, body)
    }

    #[test]
    fn a_full_queue_says_when_to_come_back() {
        let busy = || EngineError::Busy { limit: "commands waiting", value: 9, retry_after_seconds: 2 };
        let (full, body) = answer(value!({ "createUser": null }), busy());
        assert_eq!((full.status, full.retry_after_seconds), (429, Some(2)));
        let expected = serde_json::json!({"code": "Throttling", "limit": {"name": "commands waiting", "value": 9},
            "retryAfterSeconds": 2, "requestId": "00000000000000000000000007"});
        assert_eq!(body["errors"][0]["extensions"], expected);
        // Where a part was done, the whole is no failure to repeat.
        let (partly, _) = answer(value!({ "a": { "record": null }, "b": null }), busy());
        assert_eq!((partly.status, partly.retry_after_seconds), (200, None));
    }

    #[test]
    fn what_the_server_cannot_do_is_told_by_the_status() {
        for (error, status) in [
            (EngineError::ReadOnly { reason: "the disk is full".to_owned() }, 503),
            (EngineError::NotDurable { reason: "the disk is gone".to_owned() }, 503),
            (EngineError::DiskFull { reason: "4 bytes are free".to_owned() }, 507),
            (EngineError::Internal, 500),
            (EngineError::NotSignedIn, 401),
            (EngineError::Rejected(Rejection::conflict("detach all policies")), 200),
        ] {
            assert_eq!(answer(value!({ "x": null }), error).0.status, status);
        }
    }
}
