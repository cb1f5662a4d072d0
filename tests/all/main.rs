//! The end-to-end tests: the real binary over real HTTP, crashes, damage, and what must hold across them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

mod bad_input;
mod command_line;
mod compaction;
mod damage;
mod disk;
mod failpoint;
mod fuzz;
mod guard;
mod import;
mod kill;
mod life;
mod memory;
mod oracle;
mod refusals;
mod replay;
mod scene;
mod secrets;
mod subscriptions;
