//! Keys with one purpose each, derived from the purpose key; and message authentication codes under them.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::cipher::Key;

/// What a key is for. A code made for one purpose is never valid for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Page cursors, so that only ours come back.
    Cursor,
    /// Fingerprints of requests, for idempotency.
    Fingerprint,
    /// Tokens and challenges.
    Token,
}

/// The derived keys, ready to use.
pub(crate) struct PurposeKeys {
    cursor: Key,
    fingerprint: Key,
    token: Key,
    pepper: Key,
}

impl PurposeKeys {
    pub(crate) fn new(purpose_key: &Key) -> Self {
        Self {
            cursor: derive(purpose_key, "cursor"),
            fingerprint: derive(purpose_key, "fingerprint"),
            token: derive(purpose_key, "token"),
            pepper: derive(purpose_key, "pepper"),
        }
    }

    pub(crate) fn key(&self, purpose: Purpose) -> &Key {
        match purpose {
            Purpose::Cursor => &self.cursor,
            Purpose::Fingerprint => &self.fingerprint,
            Purpose::Token => &self.token,
        }
    }

    /// The pepper of password hashing, which is lent to nobody else.
    pub(crate) fn pepper(&self) -> &Key {
        &self.pepper
    }
}

/// A key for one purpose out of a key for many: HMAC over a label, as the expand step of HKDF does it.
pub(crate) fn derive(key: &Key, label: &str) -> Key {
    Key::from_array(hmac(key, &[b"chancery vault v1", label.as_bytes()]))
}

/// HMAC-SHA-256 over the number of parts and each part behind its length, so that parts cannot run together.
pub(crate) fn hmac(key: &Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new(&padded(key));
    mac.update(&length(parts.len()));
    for part in parts {
        mac.update(&length(part.len()));
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// HMAC takes a key of one block, 64 bytes; a shorter one is filled up with zeros, as RFC 2104 says.
fn padded(key: &Key) -> hmac::digest::Key<Hmac<Sha256>> {
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    block.iter_mut().zip(key.bytes()).for_each(|(to, from)| *to = *from);
    block
}

fn length(length: usize) -> [u8; 8] {
    u64::try_from(length).unwrap_or(u64::MAX).to_le_bytes()
}

/// Compares in a time that does not depend on where the two differ.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}
