//! The engine: one writer, any number of readers, and nothing that goes around `authorize`.
//!
//! - [`Engine::execute`] prepares a command outside the writer, queues it, and answers once its record is durable.
//! - [`Engine::read`] gives a [`Reader`]: one caller, one moment, the published one or an earlier one.
//! - [`Engine::sign_in`] turns a password into a session; [`Engine::authenticate`] a token into a [`Caller`].
//!
//! It speaks no protocol: the doors translate.

mod access;
#[cfg(test)]
mod access_tests;
mod authorize;
mod boot;
mod caller;
mod clock;
mod commit;
mod compact;
mod config;
mod cursor;
#[cfg(test)]
mod durability_tests;
mod engine;
mod error;
mod expiry;
mod export;
#[cfg(test)]
mod golden_tests;
mod handover;
mod history;
pub mod import;
mod init;
#[cfg(test)]
mod life_tests;
mod notary;
mod prepare;
#[cfg(test)]
mod promise_tests;
mod published;
mod reader;
mod records;
mod replay;
mod scrub;
mod seals;
mod sessions;
mod sign_in;
mod verify;
mod vigil;
mod writer;

pub use access::{AccessQuestion, Allowed, AppliedPolicy, Explained, PolicySource, Supposed};
pub use authorize::{AccessDenied, Authorized};
pub use boot::{BootError, Progress, Stage};
pub use caller::{Caller, Request};
pub use clock::{Clock, SystemClock};
pub use compact::compact;
pub use config::{EngineConfig, SessionLimits};
pub use engine::{BatchMode, Engine, Health, Receipt, RecordRef};
pub use error::EngineError;
pub use export::{export, public_key};
pub use init::{FirstAccount, Initialised, init, is_initialised};
pub use reader::{AsOf, Reader};
pub use records::{PAGE_RECORDS_MAX, RecordFilter, RecordPage, RecordQuery, RecordView, event_json};
pub use replay::{Replayed, replay};
pub use sessions::Session;
pub use sign_in::{AccountRef, Challenge, ChallengeKind, SignIn, SignedIn};
pub use verify::{VerifyReport, verify};
