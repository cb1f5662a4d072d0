//! An error answer of the server itself: `{"error": {"code", "message", "requestId"}}`.

use std::fmt;

use chancery_model::RequestId;
use poem::{
    Body, Response,
    error::ResponseError,
    http::{HeaderName, HeaderValue, StatusCode, header},
};

/// Why a request got no answer from a door. It is an error of poem's, so an endpoint may return it with `?`.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    message: String,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem with the status's usual code. `message` says what was wrong, with which value, and what would be right;
    /// never a secret.
    #[must_use]
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, code: code_of(status), message: message.into(), headers: Vec::new() }
    }

    /// The same with a header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    // What an endpoint's error is to the client. What went wrong inside is for the log, not for the answer.
    pub(super) fn of(error: &poem::Error) -> Self {
        if let Some(problem) = error.downcast_ref::<Self>() {
            return problem.clone();
        }
        let status = error.status();
        if status == StatusCode::NOT_FOUND {
            return Self::new(status, "there is nothing at this path");
        }
        if status.is_server_error() {
            tracing::error!(%error, status = status.as_u16(), "a request failed");
            return Self::internal();
        }
        Self::new(status, error.to_string())
    }

    pub(super) fn internal() -> Self {
        let message = "the server failed to answer; its log has the reason under this request id";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    pub(super) fn respond(&self, request: Option<RequestId>) -> Response {
        let mut error = serde_json::json!({ "code": self.code, "message": self.message });
        if let (Some(request), Some(fields)) = (request, error.as_object_mut()) {
            fields.insert("requestId".to_owned(), request.to_string().into());
        }
        let body = serde_json::json!({ "error": error }).to_string();
        let mut response = Response::builder()
            .status(self.status)
            .header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(Body::from_string(body));
        response.headers_mut().extend(self.headers.iter().cloned());
        response
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.status
    }

    fn as_response(&self) -> Response {
        self.respond(None)
    }
}

fn code_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "NotFound",
        StatusCode::METHOD_NOT_ALLOWED => "MethodNotAllowed",
        StatusCode::REQUEST_TIMEOUT => "RequestTimeout",
        StatusCode::PAYLOAD_TOO_LARGE => "RequestEntityTooLarge",
        StatusCode::URI_TOO_LONG => "RequestUriTooLong",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "UnsupportedMediaType",
        StatusCode::TOO_MANY_REQUESTS => "Throttling",
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => "RequestHeaderFieldsTooLarge",
        StatusCode::SERVICE_UNAVAILABLE => "ServiceUnavailable",
        StatusCode::GATEWAY_TIMEOUT => "DeadlineExceeded",
        status if status.is_server_error() => "InternalFailure",
        _ => "BadRequest",
    }
}
