//! The binary `chancery`: configuration, listeners, limits, telemetry, the command line.
//!
//! This crate knows sockets, HTTP and the operator; what a request means is a door's (`graphql`), and what is true is the
//! engine's.

// The futures of the GraphQL schema nest with its types, and a release build computes the layout of all of them.
#![recursion_limit = "256"]

pub mod cli;
pub mod config;
pub mod graphql;
pub mod http;
pub mod listen;
pub mod proxies;
pub mod serve;
pub mod telemetry;

#[cfg(test)]
mod trial;
