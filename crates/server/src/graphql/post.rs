//! `POST /graphql`.

use chancery_engine::{Caller, Engine, EngineError};
use chancery_graphql::{Answer, Door};
use chancery_model::RequestId;
use poem::{
    Endpoint, Request, Response,
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use serde_json::json;

use super::engine_request;
use crate::http::Problem;

/// Answers a document.
pub(super) struct Post {
    pub(super) door: Door,
    pub(super) engine: Engine,
}

impl Endpoint for Post {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        check_content_type(request.headers())?;
        let asked = engine_request(&request);
        let caller = match self.caller(request.headers()) {
            Ok(caller) => caller,
            Err(error) => return Ok(refused(&error, asked.id)),
        };
        // A body over its limit, or too slow, is the frame's to tell.
        let body =
            request.take_body().into_bytes().await.map_err(|error| Problem::new(StatusCode::BAD_REQUEST, error.to_string()))?;
        Ok(respond(self.door.execute(caller, asked, &body).await))
    }
}

impl Post {
    fn caller(&self, headers: &HeaderMap) -> Result<Option<Caller>, EngineError> {
        let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
        let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(EngineError::InvalidToken)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(EngineError::NotSignedIn);
        }
        self.engine.authenticate(token.trim()).map(Some)
    }
}

/// A form or a plain text could be sent by any page without asking first; JSON cannot.
fn check_content_type(headers: &HeaderMap) -> Result<(), Problem> {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (kind, parameters) = sent.split_once(';').unwrap_or((sent, ""));
    let charset = parameters.trim().to_ascii_lowercase();
    if kind.trim().eq_ignore_ascii_case("application/json")
        && ["", "charset=utf-8", "charset=\"utf-8\""].contains(&charset.as_str())
    {
        return Ok(());
    }
    let sent = if sent.is_empty() { "none" } else { sent };
    let message = format!("the content type is {sent}: send application/json (in UTF-8)");
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message)
        .with_header(header::ACCEPT, HeaderValue::from_static("application/json")))
}

fn respond(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::builder().status(status).content_type("application/json").body(answer.body);
    if let Some(seconds) = answer.retry_after_seconds {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// The answer to a credential that is not valid, in the form that GraphQL clients read.
fn refused(error: &EngineError, id: RequestId) -> Response {
    let extensions = json!({ "code": error.code(), "requestId": id.to_string() });
    let body = json!({ "data": null, "errors": [{ "message": error.to_string(), "extensions": extensions }] });
    respond(Answer {
        status: error.http_status(),
        retry_after_seconds: error.retry_after_seconds(),
        body: body.to_string().into_bytes(),
    })
}
