//! Hashed passwords and the parameters of hashing: argon2id in PHC text.
//!
//! A stored hash carries its own parameters, and verifying obeys them, so they are capped when it is read.

use std::fmt;

use argon2::{
    Params,
    password_hash::phc::{self, Output, ParamsString, Salt},
};
use chancery_model::Plain;
use zeroize::Zeroizing;

use crate::error::VaultError;

/// The most memory that a hash may ask for, in KiB.
const MEMORY_KIB_MAX: u32 = 256 * 1024;
/// The most passes.
const PASSES_MAX: u32 = 16;
/// The most lanes.
const LANES_MAX: u32 = 8;
/// The most threads that hash.
const WORKERS_MAX: usize = 256;
/// The longest queue.
const QUEUED_MAX: usize = 65_536;
/// The longest PHC text, in bytes.
const TEXT_BYTES_MAX: usize = 256;
/// How long our salts are, in bytes.
pub(crate) const SALT_BYTES: usize = 16;
/// How long our hashes are, in bytes.
pub(crate) const OUTPUT_BYTES: usize = 32;
/// Shorter hashes are refused: they could be guessed.
const OUTPUT_BYTES_MIN: usize = 16;
/// Argon2 version 1.3, the only one in use.
const VERSION: u32 = 0x13;

/// How passwords are hashed, and how many at a time.
///
/// The default is what OWASP asks for at least (19 MiB, two passes, one lane), on every core. A worker keeps its memory
/// for ten seconds after its last hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashingConfig {
    /// Memory of one hash, in KiB: 8 for each lane to 262,144.
    pub memory_kib: u32,
    /// Passes over that memory: 1 to 16.
    pub passes: u32,
    /// Lanes: 1 to 8.
    pub lanes: u32,
    /// Threads that hash: 1 to 256.
    pub workers: usize,
    /// How many passwords may wait: 1 to 65,536. One more is refused as busy.
    pub queued_max: usize,
}

impl Default for HashingConfig {
    fn default() -> Self {
        let workers = std::thread::available_parallelism().map_or(1, usize::from).min(WORKERS_MAX);
        Self { memory_kib: 19 * 1024, passes: 2, lanes: 1, workers, queued_max: 128 }
    }
}

impl HashingConfig {
    /// The parameters for argon2, checked together with the other fields.
    pub(crate) fn params(&self) -> Result<Params, VaultError> {
        in_range("lanes", self.lanes.into(), 1, LANES_MAX.into())?;
        in_range("memory_kib", self.memory_kib.into(), u64::from(self.lanes) * 8, MEMORY_KIB_MAX.into())?;
        in_range("passes", self.passes.into(), 1, PASSES_MAX.into())?;
        in_range("workers", wide(self.workers), 1, wide(WORKERS_MAX))?;
        in_range("queued_max", wide(self.queued_max), 1, wide(QUEUED_MAX))?;
        Params::new(self.memory_kib, self.passes, self.lanes, Some(OUTPUT_BYTES)).map_err(|error| VaultError::Hashing {
            field: "memory_kib",
            value: self.memory_kib.into(),
            constraint: error.to_string(),
        })
    }
}

fn wide(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn in_range(field: &'static str, value: u64, least: u64, most: u64) -> Result<(), VaultError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(VaultError::Hashing { field, value, constraint: format!("it must be between {least} and {most}") })
}

/// A hashed password, as PHC text with capped parameters. Wiped when dropped; not to be shown, as it can be guessed at.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(Zeroizing<String>);

impl PasswordHash {
    /// Reads PHC text; `None` unless it is argon2id 1.3 with salt, hash and parameters within the caps.
    #[must_use]
    pub fn from_phc(text: &str) -> Option<Self> {
        parts(text).map(|_| Self(Zeroizing::new(text.to_owned())))
    }

    /// The PHC text.
    #[must_use]
    pub fn as_phc(&self) -> &str {
        &self.0
    }

    /// Puts parameters, salt and hash together.
    pub(crate) fn new(params: &Params, salt: &[u8], output: &[u8]) -> Option<Self> {
        let hash = phc::PasswordHash {
            algorithm: argon2::ARGON2ID_IDENT,
            version: Some(VERSION),
            params: ParamsString::try_from(params).ok()?,
            salt: Some(Salt::new(salt).ok()?),
            hash: Some(Output::new(output).ok()?),
        };
        Self::from_phc(&Zeroizing::new(hash.to_string()))
    }

    /// What it is made of.
    pub(crate) fn parts(&self) -> Option<Parts> {
        parts(&self.0)
    }
}

impl Plain for PasswordHash {
    fn to_plain(&self) -> Vec<u8> {
        self.0.as_bytes().to_vec()
    }

    fn from_plain(bytes: &[u8]) -> Option<Self> {
        str::from_utf8(bytes).ok().and_then(Self::from_phc)
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// A hash taken apart.
pub(crate) struct Parts {
    pub(crate) params: Params,
    pub(crate) salt: Salt,
    pub(crate) output: Output,
}

fn parts(text: &str) -> Option<Parts> {
    if text.len() > TEXT_BYTES_MAX {
        return None;
    }
    let hash = phc::PasswordHash::new(text).ok()?;
    let (salt, output) = (hash.salt?, hash.hash?);
    let params = Params::try_from(&hash).ok()?;
    let right = hash.algorithm == argon2::ARGON2ID_IDENT
        && hash.version == Some(VERSION)
        && output.len() >= OUTPUT_BYTES_MIN
        && params.m_cost() <= MEMORY_KIB_MAX
        && params.t_cost() <= PASSES_MAX
        && params.p_cost() <= LANES_MAX;
    right.then_some(Parts { params, salt, output })
}
