//! What ours is measured beside: bare limits that do nothing but the one thing, and what a user would pick instead.

pub(crate) mod bare_graphql;
pub(crate) mod bare_log;
pub(crate) mod casbin;
pub(crate) mod cedar;
pub(crate) mod packages;
pub(crate) mod postgresql;
pub(crate) mod rego;
pub(crate) mod slapd;
