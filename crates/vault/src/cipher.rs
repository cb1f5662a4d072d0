//! AES-256-GCM-SIV over a 32-byte key that wipes itself.
//!
//! A sealed box is nonce (12 bytes), ciphertext, tag (16 bytes). What it is bound to is the associated data.

use aes_gcm_siv::{
    Aes256GcmSiv, KeyInit,
    aead::{Aead, AeadInOut, Payload},
};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{error::VaultError, random};

/// How long a key is, in bytes.
pub(crate) const KEY_BYTES: usize = 32;
/// How long a nonce is, in bytes.
pub(crate) const NONCE_BYTES: usize = 12;
/// How long a tag is, in bytes.
pub(crate) const TAG_BYTES: usize = 16;
/// The longest plain text, in bytes. A record of the log holds 64 KiB; larger bodies come in chunks.
pub(crate) const PLAIN_BYTES_MAX: usize = 1 << 20;

/// A 256-bit key. Wiped when dropped; it cannot be shown.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Key([u8; KEY_BYTES]);

impl Key {
    pub(crate) fn random() -> Self {
        let mut key = Self([0; KEY_BYTES]);
        random::fill(&mut key.0);
        key
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut key = Self([0; KEY_BYTES]);
        if bytes.len() != KEY_BYTES {
            return None;
        }
        key.0.copy_from_slice(bytes);
        Some(key)
    }

    pub(crate) fn from_array(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// The key with its round keys, for one use or for a run of uses.
    pub(crate) fn cipher(&self) -> Cipher {
        Cipher(Aes256GcmSiv::new(&self.0.into()))
    }
}

/// An expanded key: large, and quick to use.
pub(crate) struct Cipher(Aes256GcmSiv);

impl Cipher {
    /// Appends nonce, ciphertext and tag to `out`.
    ///
    /// # Errors
    /// [`VaultError::TooLong`] above [`PLAIN_BYTES_MAX`].
    pub(crate) fn seal_onto(&self, out: &mut Vec<u8>, associated: &[u8], plain: &[u8]) -> Result<(), VaultError> {
        let too_long = || VaultError::TooLong { bytes: plain.len(), max: PLAIN_BYTES_MAX };
        if plain.len() > PLAIN_BYTES_MAX {
            return Err(too_long());
        }
        let nonce = random::nonce();
        // Room for everything at once: a growing vector would leave a copy of the plain text behind.
        out.reserve(NONCE_BYTES + plain.len() + TAG_BYTES);
        out.extend_from_slice(&nonce);
        let start = out.len();
        out.extend_from_slice(plain);
        let text = out.get_mut(start..).unwrap_or_default();
        let tag = self.0.encrypt_inout_detached(&nonce.into(), associated, text.into()).map_err(|_| too_long())?;
        out.extend_from_slice(&tag);
        Ok(())
    }

    /// Opens nonce, ciphertext and tag. `None` unless key, associated data and every byte are right.
    pub(crate) fn open(&self, associated: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, msg) = sealed.split_at_checked(NONCE_BYTES)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().ok()?;
        self.0.decrypt(&nonce.into(), Payload { msg, aad: associated }).ok().map(Zeroizing::new)
    }
}
