//! The head of the keyring: which epoch counts, and how many keys it must have.
//!
//! 72 bytes: magic (7), version (1), vault id (16), epoch (8), count (8), HMAC-SHA-256 over the rest (32).

use std::path::Path;

use crate::{cipher::Key, error::VaultError, files, key_file::VaultId, layout, purpose};

const MAGIC: &[u8; 7] = b"CHVHEAD";
const VERSION: u8 = 1;
const BODY_BYTES: usize = 40;
const FILE_BYTES: usize = BODY_BYTES + 32;

/// What the head says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// The epoch whose files count; 1 at first.
    pub(crate) epoch: u64,
    /// How many keys of it are promised: durable, and perhaps handed out.
    pub(crate) count: u64,
}

impl Head {
    pub(crate) fn encode(self, vault: &VaultId, key: &Key) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(FILE_BYTES);
        bytes.extend_from_slice(MAGIC);
        bytes.push(VERSION);
        bytes.extend_from_slice(vault);
        bytes.extend_from_slice(&self.epoch.to_le_bytes());
        bytes.extend_from_slice(&self.count.to_le_bytes());
        let tag = purpose::hmac(key, &[&bytes]);
        bytes.extend_from_slice(&tag);
        bytes
    }

    pub(crate) fn read(dir: &Path, vault: &VaultId, key: &Key) -> Result<Self, VaultError> {
        let path = layout::head(dir);
        let bytes = files::read_required(&path, "the head of the keyring")?;
        if bytes.len() != FILE_BYTES {
            let reason = format!("it has {} bytes instead of {FILE_BYTES}", bytes.len());
            return Err(VaultError::damaged(path, bytes.len().min(FILE_BYTES), reason));
        }
        if let Some(version) = bytes.strip_prefix(MAGIC).and_then(|rest| rest.first()).copied().filter(|v| *v != VERSION) {
            return Err(VaultError::Version { path, version, known: VERSION });
        }
        let head = Self { epoch: number(&bytes, 24), count: number(&bytes, 32) };
        // Encoding what was read and comparing the whole checks every byte, the tag among them.
        if !purpose::same(&head.encode(vault, key), &bytes) {
            return Err(VaultError::damaged(path, 0, "its authentication code does not match"));
        }
        Ok(head)
    }
}

fn number(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
