//! `/healthz`: the process lives. `/readyz`: it can serve, or why not. Both for anybody, so the reasons hold nothing secret.

use std::sync::Arc;

use poem::{
    Body, Endpoint, IntoResponse, Request, Response,
    http::{StatusCode, header},
};

/// Tells whether the server can do its work. Implemented by every closure that returns the reasons.
pub trait Readiness: Send + Sync {
    /// Why the server is not ready; empty when it is. Called for every probe: it must not wait.
    fn reasons(&self) -> Vec<String>;

    /// What is not as it should be, though the server does its work. It must not wait either.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
}

impl<F: Fn() -> Vec<String> + Send + Sync> Readiness for F {
    fn reasons(&self) -> Vec<String> {
        self()
    }
}

pub(super) struct Alive;

impl Endpoint for Alive {
    type Output = Response;

    async fn call(&self, _: Request) -> poem::Result<Response> {
        Ok("ok".into_response())
    }
}

pub(super) struct Ready(pub(super) Arc<dyn Readiness>);

impl Endpoint for Ready {
    type Output = Response;

    async fn call(&self, _: Request) -> poem::Result<Response> {
        let reasons = self.0.reasons();
        let ready = reasons.is_empty();
        let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        let mut body = serde_json::json!({ "ready": ready, "reasons": reasons });
        let warnings = self.0.warnings();
        if let Some(fields) = body.as_object_mut().filter(|_| !warnings.is_empty()) {
            fields.insert("warnings".to_owned(), warnings.into());
        }
        let response = Response::builder().status(status).header(header::CONTENT_TYPE, "application/json");
        Ok(response.body(Body::from_string(body.to_string())))
    }
}
