//! The GraphQL door: the schema, its resolvers, and what stands before them.
//!
//! [`Door::execute`] answers the body of a POST, [`Door::serve_websocket`] speaks `graphql-transport-ws` over any pair of
//! streams. HTTP itself belongs to the server; rules belong to the domain: a resolver here reads input, asks the engine,
//! and shows what comes back. The only crate that names async-graphql.

mod access;
mod body;
mod coverage;
mod documents;
mod door;
mod fault;
mod ids;
mod limits;
mod mutations;
mod objects;
mod order;
mod page;
mod query;
mod scalars;
mod schema;
mod scope;
mod subscription;
mod view;
mod websocket;

#[cfg(test)]
mod tests;

pub use coverage::{MUTATIONS, READS};
pub use door::{Answer, Door, DoorConfig};
pub use schema::sdl;
pub use websocket::{Close, Outgoing, PROTOCOL, SOCKET_BYTES_MAX};
