//! The hash tree of RFC 6962 (SHA-256), as it grows.
//!
//! A leaf is the stored bytes of a record, ciphertext included, so that erasing a key changes no hash.
//! [`Tree`] keeps the right edge only; [`proof`] makes and checks proofs over any source of node hashes.

pub mod proof;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// The hash of a leaf: SHA-256 of a zero byte and the bytes (RFC 6962 §2.1).
#[must_use]
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(bytes).finalize().into()
}

/// The hash of a node: SHA-256 of a one byte and its two children (RFC 6962 §2.1).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of a tree with no leaves: SHA-256 of nothing.
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::new().finalize().into()
}

/// A growing tree: its size and the roots of the full subtrees on its right edge, largest first.
///
/// At most 64 hashes, so that every snapshot carries it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct Tree {
    size: u64,
    edge: Vec<Hash>,
}

#[derive(Deserialize)]
struct Parts {
    size: u64,
    edge: Vec<Hash>,
}

impl TryFrom<Parts> for Tree {
    type Error = String;
    fn try_from(Parts { size, edge }: Parts) -> Result<Self, String> {
        let found = edge.len();
        Self::from_parts(size, edge)
            .ok_or_else(|| format!("a tree of {size} leaves has {} hashes on its edge, not {found}", size.count_ones()))
    }
}

impl Tree {
    /// The empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The tree with that size and edge; `None` when the edge has not one hash for each one bit of the size.
    #[must_use]
    pub fn from_parts(size: u64, edge: Vec<Hash>) -> Option<Self> {
        (u32::try_from(edge.len()) == Ok(size.count_ones())).then_some(Self { size, edge })
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the full subtrees on the right edge, largest first.
    #[must_use]
    pub fn edge(&self) -> &[Hash] {
        &self.edge
    }

    /// Adds the bytes of a leaf and gives its hash.
    pub fn push(&mut self, bytes: &[u8]) -> Hash {
        let hash = leaf_hash(bytes);
        self.push_hash(hash);
        hash
    }

    /// Adds a leaf by its hash.
    pub fn push_hash(&mut self, leaf: Hash) {
        let mut hash = leaf;
        // Each trailing one bit of the old size is a full subtree that the new leaf completes to a larger one.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.edge.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.edge.push(hash);
        self.size = self.size.saturating_add(1);
    }

    /// The root hash.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut edge = self.edge.iter().rev();
        let Some(last) = edge.next() else { return empty_root() };
        edge.fold(*last, |right, left| node_hash(left, &right))
    }
}

#[cfg(test)]
mod tests;
