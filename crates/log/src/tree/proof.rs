//! Inclusion and consistency proofs: made as RFC 6962 §2.1 defines them, checked as RFC 9162 §2.1.3.2 and
//! §2.1.4.2 say.

use super::{Hash, empty_root, node_hash};

/// A source of the hashes of full subtrees.
pub trait Nodes {
    /// Why a hash cannot be had.
    type Error;

    /// The hash of the full subtree of `2^level` leaves that starts at leaf `index * 2^level`.
    ///
    /// # Errors
    /// When that subtree is not full yet, or its hash cannot be read.
    fn node(&self, level: u8, index: u64) -> Result<Hash, Self::Error>;
}

/// The root of the tree of the first `size` leaves.
///
/// # Errors
/// Those of the source.
pub fn root<N: Nodes + ?Sized>(nodes: &N, size: u64) -> Result<Hash, N::Error> {
    if size == 0 { Ok(empty_root()) } else { subtree(nodes, 0, size) }
}

/// The proof that leaf `index` is in the tree of `size` leaves. Empty for an index outside of the tree.
///
/// # Errors
/// Those of the source.
pub fn inclusion<N: Nodes + ?Sized>(nodes: &N, index: u64, size: u64) -> Result<Vec<Hash>, N::Error> {
    let mut proof = Vec::new();
    let (mut begin, mut end) = (0, size);
    // From the root down to the leaf; the proof is read from the leaf up.
    while index < size && end - begin > 1 {
        let middle = begin + split(end - begin);
        if index < middle {
            proof.push(subtree(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(subtree(nodes, begin, middle)?);
            begin = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the tree of `old` leaves is the beginning of the tree of `new` leaves. Empty when `old` is 0
/// or not smaller than `new`.
///
/// # Errors
/// Those of the source.
pub fn consistency<N: Nodes + ?Sized>(nodes: &N, old: u64, new: u64) -> Result<Vec<Hash>, N::Error> {
    let mut proof = Vec::new();
    if old == 0 || old >= new {
        return Ok(proof);
    }
    let (mut begin, mut end) = (0, new);
    while old != end {
        let middle = begin + split(end - begin);
        if old <= middle {
            proof.push(subtree(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(subtree(nodes, begin, middle)?);
            begin = middle;
        }
    }
    // The old root itself is known to the verifier; any other subtree is not.
    if begin != 0 {
        proof.push(subtree(nodes, begin, end)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Whether `proof` shows that `leaf` is number `index` in the tree of `size` leaves with that `root`.
#[must_use]
pub fn includes(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            (node, last) = skip_missing(node, last);
        } else {
            hash = node_hash(&hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree (`old`, `old_root`) is the beginning of the tree (`new`, `new_root`).
#[must_use]
pub fn consistent(old: u64, old_root: &Hash, new: u64, new_root: &Hash, proof: &[Hash]) -> bool {
    if old > new {
        return false;
    }
    if old == new || old == 0 {
        return proof.is_empty() && if old == new { old_root == new_root } else { *old_root == empty_root() };
    }
    let (first, rest) = match proof.split_first() {
        _ if old.is_power_of_two() => (old_root, proof),
        Some((first, rest)) => (first, rest),
        None => return false,
    };
    let shared = (old - 1).trailing_ones();
    let (mut node, mut last) = ((old - 1) >> shared, (new - 1) >> shared);
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            (node, last) = skip_missing(node, last);
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    last == 0 && old_hash == *old_root && new_hash == *new_root
}

/// On the right edge a node may have no sibling on some levels: it rises until it has one.
fn skip_missing(mut node: u64, mut last: u64) -> (u64, u64) {
    while node & 1 == 0 && node != 0 {
        (node, last) = (node >> 1, last >> 1);
    }
    (node, last)
}

/// The root of the leaves `begin..end`, where `begin` is where RFC 6962 cuts.
fn subtree<N: Nodes + ?Sized>(nodes: &N, begin: u64, end: u64) -> Result<Hash, N::Error> {
    let size = end - begin;
    if size.is_power_of_two() {
        let level = u8::try_from(size.trailing_zeros()).unwrap_or(u8::MAX);
        return nodes.node(level, begin >> level);
    }
    let middle = begin + split(size);
    Ok(node_hash(&subtree(nodes, begin, middle)?, &subtree(nodes, middle, end)?))
}

/// The largest power of two smaller than `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}
