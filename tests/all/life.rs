//! The life of an account through GraphQL: everything that it can do, once, and the errors that AWS has for it.

mod account;
mod history;
mod people;
mod policies;
mod roles;
mod sign_in;
