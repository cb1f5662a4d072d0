//! A file that holds one key, wrapped under another.
//!
//! 100 bytes: magic (6), kind (1), version (1), vault id (16), number (8), nonce (12), wrapped key (32), tag (16),
//! checksum (8). The checksum tells damage from a wrong key; the tag covers all that stands before the nonce.

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::{
    cipher::{KEY_BYTES, Key, NONCE_BYTES, TAG_BYTES},
    error::VaultError,
    files,
};

const MAGIC: &[u8; 6] = b"CHVKEY";
const VERSION: u8 = 1;
const VERSION_AT: usize = 7;
const HEADER_BYTES: usize = 32;
const CHECKSUM_BYTES: usize = 8;
const BODY_BYTES: usize = HEADER_BYTES + NONCE_BYTES + KEY_BYTES + TAG_BYTES;
/// How long the file is.
pub(crate) const FILE_BYTES: usize = BODY_BYTES + CHECKSUM_BYTES;

/// Which vault a file belongs to: random, no secret. Files of two vaults cannot be mixed.
pub(crate) type VaultId = [u8; 16];

/// What the wrapped key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The root key, under the master key.
    Root = 1,
    /// The key that purpose keys are derived from, under the root key.
    Purpose = 2,
    /// The seed of the checkpoint signing key, under the root key.
    Signing = 3,
    /// The key of one epoch of the keyring, under the root key.
    Epoch = 4,
}

impl Kind {
    /// What the file is, for messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Root => "the root key",
            Self::Purpose => "the purpose key",
            Self::Signing => "the signing key",
            Self::Epoch => "the epoch key of the keyring",
        }
    }
}

/// The bytes of a file that holds `key` wrapped under `wrapping`. `number` is the epoch, and 0 for other kinds.
pub(crate) fn encode(kind: Kind, vault: &VaultId, number: u64, wrapping: &Key, key: &Key) -> Result<Vec<u8>, VaultError> {
    let mut bytes = header(kind, vault, number);
    let associated = bytes.clone();
    wrapping.cipher().seal_onto(&mut bytes, &associated, key.bytes())?;
    let checksum = checksum(&bytes);
    bytes.extend_from_slice(&checksum);
    Ok(bytes)
}

fn header(kind: Kind, vault: &VaultId, number: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(FILE_BYTES);
    bytes.extend_from_slice(MAGIC);
    bytes.push(kind as u8);
    bytes.push(VERSION);
    bytes.extend_from_slice(vault);
    bytes.extend_from_slice(&number.to_le_bytes());
    bytes
}

fn checksum(body: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let mut checksum = [0; CHECKSUM_BYTES];
    checksum.iter_mut().zip(Sha256::digest(body)).for_each(|(to, from)| *to = from);
    checksum
}

/// A key file as read, whole and undamaged, not yet opened.
pub(crate) struct KeyFile(Vec<u8>);

/// Reads a key file and checks that it is whole.
pub(crate) fn read(path: &Path, kind: Kind) -> Result<KeyFile, VaultError> {
    let bytes = files::read_required(path, kind.name())?;
    if bytes.len() != FILE_BYTES {
        return Err(VaultError::damaged(
            path,
            bytes.len().min(FILE_BYTES),
            format!("it has {} bytes instead of {FILE_BYTES}", bytes.len()),
        ));
    }
    let start = bytes.get(..VERSION_AT);
    if start != header(kind, &VaultId::default(), 0).get(..VERSION_AT) {
        return Err(VaultError::damaged(path, 0, format!("it does not start as {} does", kind.name())));
    }
    let version = bytes.get(VERSION_AT).copied().unwrap_or_default();
    if version != VERSION {
        return Err(VaultError::Version { path: path.to_owned(), version, known: VERSION });
    }
    match bytes.split_at_checked(BODY_BYTES) {
        Some((body, sum)) if sum == checksum(body) => Ok(KeyFile(bytes)),
        _ => Err(VaultError::damaged(path, BODY_BYTES, "its checksum does not match")),
    }
}

impl KeyFile {
    /// The vault that the file says it belongs to.
    pub(crate) fn vault(&self) -> VaultId {
        self.0.get(8..24).and_then(|id| id.try_into().ok()).unwrap_or_default()
    }

    /// Unwraps the key. `None` when `wrapping` is not the key that wrapped it, or the header is not the one expected.
    pub(crate) fn open(&self, kind: Kind, vault: &VaultId, number: u64, wrapping: &Key) -> Option<Key> {
        let sealed = self.0.get(HEADER_BYTES..BODY_BYTES)?;
        let key = wrapping.cipher().open(&header(kind, vault, number), sealed)?;
        Key::from_slice(&key)
    }
}

/// Reads and opens a file whose key the root key wraps.
pub(crate) fn read_wrapped(path: &Path, kind: Kind, vault: &VaultId, number: u64, root: &Key) -> Result<Key, VaultError> {
    read(path, kind)?.open(kind, vault, number, root).ok_or_else(|| {
        VaultError::damaged(
            path,
            HEADER_BYTES,
            format!("{} does not open under the root key: the file is of another vault or moment", kind.name()),
        )
    })
}
