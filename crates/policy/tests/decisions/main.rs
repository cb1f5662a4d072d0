//! The real evaluator against a naive one: on what AWS documents, and on random cases.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a panic is how a test fails")]
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the tests read their corpus, take settings, use both cores and draw a new seed; the crate does none of it"
)]

mod asked;
mod differential;
mod documented;
mod generate;
mod naive;
mod properties;
mod real;
