//! What happens to every request before and after its door.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use poem::{
    Endpoint, IntoResponse, Request, Response,
    http::{HeaderName, HeaderValue, StatusCode, header, uri::Scheme},
};
use tokio::time::timeout;
use tracing::Instrument;

use super::{Limits, Problem, body, exchange::Exchange};
use crate::proxies::Proxies;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Set unless the answer has its own: an API answer is not to be stored, framed, sniffed or run.
const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];
const TRANSPORT_SECURITY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Wraps an endpoint with limits, deadline, request id, errors as JSON, security headers and the log line.
#[derive(Debug)]
pub struct Frame<E> {
    inner: E,
    limits: Limits,
    proxies: Arc<Proxies>,
}

impl<E> Frame<E> {
    /// `inner`, within `limits`; forwarding headers are believed from `proxies`.
    pub fn new(inner: E, limits: Limits, proxies: Arc<Proxies>) -> Self {
        Self { inner, limits, proxies }
    }
}

impl<E: Endpoint> Endpoint for Frame<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let exchange = Exchange::open(&request, &self.proxies);
        let encrypted = *request.scheme() == Scheme::HTTPS;
        let span = tracing::info_span!("request", request = %exchange.id);
        let answer = self.answer(&exchange, request).instrument(span).await;
        let mut response = answer.unwrap_or_else(|problem| problem.respond(Some(exchange.id)));
        dress(&mut response, &exchange, encrypted);
        exchange.close(&response);
        Ok(response)
    }
}

impl<E: Endpoint> Frame<E> {
    async fn answer(&self, exchange: &Exchange, mut request: Request) -> Result<Response, Problem> {
        self.limits.check_head(&request)?;
        request.extensions_mut().insert(exchange.id);
        request.extensions_mut().insert(exchange.client);
        let bytes_max = self.limits.body_bytes_for(request.uri().path());
        let (body, reading) = body::limited(request.take_body(), bytes_max);
        request.set_body(body);

        let work = AssertUnwindSafe(self.inner.call(request)).catch_unwind();
        let answer = timeout(self.limits.deadline, work).await;
        if reading.is_over() {
            let message = format!("the body has more than {bytes_max} bytes, which is the limit");
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, message));
        }
        match answer {
            Ok(Ok(Ok(answer))) => Ok(answer.into_response()),
            Ok(Ok(Err(error))) if error.is_from_response() => Ok(error.into_response()),
            Ok(Ok(Err(error))) => Err(Problem::of(&error)),
            // The panic itself is in the log, by the hook of `telemetry`.
            Ok(Err(_)) => Err(Problem::internal()),
            Err(_) => Err(self.late(reading.is_open())),
        }
    }

    fn late(&self, body_is_open: bool) -> Problem {
        let seconds = self.limits.deadline.as_secs_f64();
        if body_is_open {
            return Problem::new(StatusCode::REQUEST_TIMEOUT, format!("the body did not arrive within {seconds} seconds"));
        }
        let message = format!("no answer within {seconds} seconds; a change that was asked for may still have been made");
        Problem::new(StatusCode::GATEWAY_TIMEOUT, message)
    }
}

fn dress(response: &mut Response, exchange: &Exchange, encrypted: bool) {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
    if encrypted {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(TRANSPORT_SECURITY);
    }
    if let Ok(id) = HeaderValue::from_str(&exchange.id.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
}
