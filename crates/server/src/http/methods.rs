//! Which methods a path has; 405 with `Allow` for the others, as poem's own router does not say.

use poem::{
    Endpoint, IntoResponse, Request, Response,
    http::{HeaderValue, Method, StatusCode, header},
};

use super::Problem;

/// `inner` for the listed methods only.
#[derive(Debug)]
pub struct Methods<E> {
    allowed: Vec<Method>,
    inner: E,
}

impl<E: Endpoint> Methods<E> {
    /// `inner`, for requests of one of the methods.
    pub fn new(allowed: &[Method], inner: E) -> Self {
        Self { allowed: allowed.to_vec(), inner }
    }
}

impl<E: Endpoint> Endpoint for Methods<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        if self.allowed.contains(request.method()) {
            return Ok(self.inner.call(request).await?.into_response());
        }
        let names = self.allowed.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
        let message = format!("{} is not allowed here, only {names}", request.method());
        let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, message);
        Err(match HeaderValue::from_str(&names) {
            Ok(names) => problem.with_header(header::ALLOW, names).into(),
            Err(_) => problem.into(),
        })
    }
}
