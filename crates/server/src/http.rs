//! What stands around every door: the routes, the limits of one request, errors as JSON, and the request's log line.
//!
//! A door (GraphQL, say) is an endpoint that is handed in; nothing here knows what it does. A door finds in the request's
//! extensions the [`RequestId`](chancery_model::RequestId) and, as [`IpAddr`](std::net::IpAddr), the client's address.

mod body;
mod exchange;
mod frame;
mod graphiql;
mod health;
mod limits;
mod methods;
mod problem;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use poem::{Endpoint, EndpointExt, IntoEndpoint, Response, Route, endpoint::BoxEndpoint, error::RouteError, http::Method};

pub use frame::Frame;
pub use health::Readiness;
pub use limits::Limits;
pub use methods::Methods;
pub use problem::Problem;

/// The doors of a server, and what it says about itself.
pub struct Api {
    doors: Vec<Door>,
    readiness: Arc<dyn Readiness>,
    graphiql: bool,
}

struct Door {
    path: String,
    methods: Vec<Method>,
    endpoint: BoxEndpoint<'static, Response>,
}

impl Api {
    /// A server without doors, which is ready when `readiness` has no reason against it.
    #[must_use]
    pub fn new(readiness: impl Readiness + 'static) -> Self {
        Self { doors: Vec::new(), readiness: Arc::new(readiness), graphiql: false }
    }

    /// And this door: `endpoint` at `path`, for these methods; others get 405.
    #[must_use]
    pub fn door<E>(mut self, path: &str, methods: &[Method], endpoint: E) -> Self
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        self.doors.push(Door { path: path.to_owned(), methods: methods.to_vec(), endpoint: endpoint.map_to_response().boxed() });
        self
    }

    /// And the GraphiQL page at `/graphiql`: for development.
    #[must_use]
    pub fn with_graphiql(mut self) -> Self {
        self.graphiql = true;
        self
    }

    /// What tells whether the server is ready.
    pub(crate) fn readiness(&self) -> Arc<dyn Readiness> {
        Arc::clone(&self.readiness)
    }

    pub(crate) fn set_readiness(&mut self, readiness: impl Readiness + 'static) {
        self.readiness = Arc::new(readiness);
    }
}

/// All routes: the doors of `api`, `/healthz`, `/readyz`, and GraphiQL if wanted. To be served inside a [`Frame`].
///
/// # Errors
/// When two doors have one path, or a path is none.
pub fn routes(api: Api) -> Result<impl Endpoint<Output = Response> + 'static, RouteError> {
    let reads = [Method::GET, Method::HEAD];
    let mut route = Route::new()
        .try_at("/healthz", Methods::new(&reads, health::Alive))?
        .try_at("/readyz", Methods::new(&reads, health::Ready(api.readiness)))?;
    if api.graphiql {
        route = route
            .try_at("/graphiql", Methods::new(&reads, graphiql::Page))?
            .try_at("/graphiql/:file", Methods::new(&reads, graphiql::Page))?;
    }
    for door in api.doors {
        route = route.try_at(&door.path, Methods::new(&door.methods, door.endpoint))?;
    }
    Ok(route)
}
