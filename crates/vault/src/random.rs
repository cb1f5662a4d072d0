//! Randomness. Keys, tokens and passwords come straight from the operating system, so that a cloned virtual
//! machine never repeats one; ids and nonces come from a generator in memory that it seeds.
//!
//! The cipher, AES-GCM-SIV, forgives a repeated nonce: it tells only whether two texts were the same.

use rand::{Rng, rand_core::UnwrapErr, rngs::SysRng};

/// Random bytes for a secret, from the operating system.
///
/// Should the operating system have none to give, which Linux promises never to do after boot, this panics:
/// there is no safe way on.
#[must_use]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes);
    bytes
}

/// A random number for an id: unique, but no secret.
#[must_use]
pub fn random_u128() -> u128 {
    let mut bytes = [0; 16];
    rand::rng().fill_bytes(&mut bytes);
    u128::from_le_bytes(bytes)
}

/// Fills `bytes` from the operating system.
pub(crate) fn fill(bytes: &mut [u8]) {
    UnwrapErr(SysRng).fill_bytes(bytes);
}

/// A fresh nonce.
pub(crate) fn nonce() -> [u8; 12] {
    let mut bytes = [0; 12];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}
