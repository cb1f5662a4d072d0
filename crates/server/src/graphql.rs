//! The GraphQL door in HTTP: who calls, which body, which socket. What a document means is `chancery_graphql`'s.

mod origin;
mod post;
mod socket;

#[cfg(test)]
mod tests;

use std::net::IpAddr;

use chancery_engine::Engine;
use chancery_graphql::Door;
use chancery_model::{RequestId, Ulid};
use poem::http::{HeaderMap, Method, header, uri::Scheme};

use crate::{http::Api, listen::Shutdown};

pub use origin::Origins;

/// Adds `/graphql` and `/graphql/ws` to a server.
#[must_use]
pub fn mount(api: Api, door: Door, engine: Engine, origins: Origins, shutdown: Shutdown) -> Api {
    let post = post::Post { door: door.clone(), engine };
    let socket = socket::Socket { door, origins, shutdown };
    api.door("/graphql", &[Method::POST], post).door("/graphql/ws", &[Method::GET], socket)
}

/// The request as the engine wants it; the frame has put id and address into its extensions.
fn engine_request(request: &poem::Request) -> chancery_engine::Request {
    let id = request.extensions().get::<RequestId>().copied().unwrap_or_else(|| RequestId(Ulid::generate()));
    let address = request.extensions().get::<IpAddr>().copied();
    let secure = *request.scheme() == Scheme::HTTPS;
    chancery_engine::Request { id, address, user_agent: user_agent(request.headers()), secure }
}

fn user_agent(headers: &HeaderMap) -> Option<String> {
    headers.get(header::USER_AGENT)?.to_str().ok().map(str::to_owned)
}
