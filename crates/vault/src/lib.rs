//! Sealing and shredding, password hashing, tokens: the only crate that names a cipher.
//!
//! A [`Vault`] holds one data key per subject, in memory for use and in the keyring file for keeps. It seals
//! and opens fields, erases subjects for good, and lends purpose keys for cursors, fingerprints and tokens.
//! A [`PasswordHasher`] runs argon2id on a few threads of its own. It knows nothing of the event log.
//!
//! The chain of keys: the *master key* (a file, an environment variable, a systemd credential or a command)
//! wraps the *root key* (`root.key`), which wraps the *purpose key* (`purpose.key`), the *signing seed*
//! (`signing.key`) and the *epoch key* (`epoch-N.key`); the epoch key wraps the data keys (`keyring-N`).
//! How those files survive crashes and damage is told in the `keyring` module.

mod associated;
mod cipher;
mod data_keys;
mod error;
mod files;
mod generated;
mod hasher;
mod head;
mod key_file;
mod keyring;
mod layout;
mod master;
mod password;
mod pool;
mod purpose;
mod random;
mod token;
mod vault;

pub use associated::SealContext;
pub use error::{Busy, OpenError, VaultError};
pub use generated::generate_password;
pub use hasher::{PasswordHasher, Verified};
pub use master::MasterKeySource;
pub use password::{HashingConfig, PasswordHash};
pub use purpose::Purpose;
pub use random::{random_bytes, random_u128};
pub use token::{Token, new_token, token_digest};
pub use vault::{Vault, VaultConfig};
