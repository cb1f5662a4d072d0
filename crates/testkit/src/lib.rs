//! For tests alone: a running server, clients of its doors, a journal of what was acknowledged, a clock to turn.
//!
//! Never shipped. What goes wrong here panics: a test that cannot do its work has failed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, and this crate is for tests alone"
)]

mod binary;
mod clock;
mod commands;
mod dice;
mod directory;
mod graphql;
mod home;
mod journal;
mod mask;
mod server;
mod socket;

pub use binary::binary;
pub use clock::TestClock;
pub use commands::{create_user, move_user, random_command};
pub use dice::Dice;
pub use directory::{Directory, digest, records};
pub use graphql::{Client, Reply};
pub use home::{ACCOUNT, Finished, Home, PASSWORD};
pub use journal::{Journal, Journalled};
pub use mask::{masked, masked_text};
pub use server::{Options, Server};
pub use socket::{Heard, Socket};
