//! The tree on disk in the layout of C2SP `tlog-tiles`, so that public verifiers read it.
//!
//! `tile/<L>/<N>` holds 256 hashes: those of the full subtrees of `256^L` leaves. `N` is written in groups of three
//! digits (`x001/x234/067`); a partial tile is `<N>.p/<W>`, written on request only. Full tiles are immutable.
//! All of it is a cache: it is not synced, a short file counts as missing, and the log can write it again.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    Hash, data_dir,
    tree::{
        leaf_hash, node_hash,
        proof::{self, Nodes},
    },
};

/// Hashes in a full tile.
pub const TILE_WIDTH: u64 = 256;
const TILE_BYTES: usize = 256 * 32;

/// Why a hash cannot be had from the tiles.
#[derive(Debug, thiserror::Error)]
pub enum TileError {
    /// A file cannot be read or written.
    #[error("the tile {} cannot be read or written: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A tile that should be full is not there or is cut.
    #[error("the tile {} is missing or cut. It is a cache: delete the folder of tiles to have it made again", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The subtree is not full yet.
    #[error("the subtree {index} on level {level} is not complete in a tree of {size} records")]
    NotComplete {
        /// Level, in powers of two.
        level: u8,
        /// Place on that level.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
}

/// The tiles of a growing tree: full ones on disk, the right edge in memory.
#[derive(Debug)]
pub struct TileStore {
    dir: PathBuf,
    levels: Vec<Level>,
}

#[derive(Debug, Default, Clone)]
struct Level {
    full: u64,
    pending: Vec<Hash>,
}

impl TileStore {
    /// Opens the tiles in `dir` (which holds `tile/`). The tree then has [`size`](Self::size) leaves, a multiple
    /// of 256; the caller pushes the rest from the log.
    ///
    /// # Errors
    /// [`TileError`] when a tile cannot be read, or one that is missing cannot be made of those below it.
    pub fn open(dir: impl Into<PathBuf>) -> Result<Self, TileError> {
        let mut store = Self { dir: dir.into(), levels: Vec::new() };
        let mut below = store.count_full();
        store.levels.push(Level { full: below, pending: Vec::new() });
        for level in 1.. {
            if below == 0 {
                break;
            }
            let full = below / TILE_WIDTH;
            // A crash may fall between a tile and the one above that it completes.
            if full > 0 && !store.is_full(level, full - 1) {
                let hashes = store.tile_roots(level - 1, (full - 1) * TILE_WIDTH, full * TILE_WIDTH)?;
                store.write_full(level, full - 1, &hashes)?;
            }
            let pending = store.tile_roots(level - 1, full * TILE_WIDTH, below)?;
            store.levels.push(Level { full, pending });
            below = full;
        }
        Ok(store)
    }

    /// Deletes the tiles in `dir`, for them to be made again from the log.
    ///
    /// # Errors
    /// [`TileError::Io`].
    pub fn clear(dir: &Path) -> Result<(), TileError> {
        let path = dir.join("tile");
        match fs::remove_dir_all(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(TileError::Io { path, source }),
            _ => Ok(()),
        }
    }

    /// How many leaves the tree has; also the number of the leaf that comes next.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |level| level.full * TILE_WIDTH + count(&level.pending))
    }

    /// Adds the bytes of a leaf.
    ///
    /// # Errors
    /// As [`push_hash`](Self::push_hash).
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), TileError> {
        self.push_hash(leaf_hash(bytes))
    }

    /// Adds a leaf by its hash, and writes the tiles that it completes.
    ///
    /// # Errors
    /// [`TileError::Io`]. The store is of no use then: open it again.
    pub fn push_hash(&mut self, leaf: Hash) -> Result<(), TileError> {
        let mut hash = leaf;
        for number in 0.. {
            if self.levels.len() <= usize::from(number) {
                self.levels.push(Level::default());
            }
            let Some(level) = self.levels.get_mut(usize::from(number)) else { break };
            level.pending.push(hash);
            if count(&level.pending) < TILE_WIDTH {
                break;
            }
            let (tile, hashes) = (level.full, std::mem::take(&mut level.pending));
            level.full += 1;
            hash = fold(hashes.clone());
            self.write_full(number, tile, &hashes)?;
        }
        Ok(())
    }

    /// Writes the partial tiles of the right edge, for readers of a checkpoint of this size.
    ///
    /// # Errors
    /// [`TileError::Io`].
    pub fn write_partials(&self) -> Result<(), TileError> {
        for (number, level) in (0_u8..).zip(&self.levels) {
            if !level.pending.is_empty() {
                let path = partial_dir(&self.path(number, level.full)).join(level.pending.len().to_string());
                self.write(&path, &level.pending)?;
            }
        }
        Ok(())
    }

    /// The root of the first `size` leaves.
    ///
    /// # Errors
    /// [`TileError`] when there are fewer leaves or a tile cannot be read.
    pub fn root_at(&self, size: u64) -> Result<Hash, TileError> {
        proof::root(self, size)
    }

    fn write_full(&self, level: u8, tile: u64, hashes: &[Hash]) -> Result<(), TileError> {
        let path = self.path(level, tile);
        self.write(&path, hashes)?;
        // The partial tiles have done their duty; a leftover is harmless.
        let _ = fs::remove_dir_all(partial_dir(&path));
        Ok(())
    }

    fn write(&self, path: &Path, hashes: &[Hash]) -> Result<(), TileError> {
        let parent = path.parent().unwrap_or(&self.dir);
        fs::create_dir_all(parent)
            .and_then(|()| data_dir::replace_cache_file(path, &[hashes.as_flattened()]))
            .map_err(|source| TileError::Io { path: path.to_owned(), source })
    }

    fn read_full(&self, level: u8, tile: u64) -> Result<Vec<Hash>, TileError> {
        let path = self.path(level, tile);
        match data_dir::read_if_there(&path) {
            Ok(Some(bytes)) if bytes.len() == TILE_BYTES => Ok(bytes.as_chunks::<32>().0.to_vec()),
            Ok(_) => Err(TileError::Missing { path }),
            Err(source) => Err(TileError::Io { path, source }),
        }
    }

    fn tile_roots(&self, level: u8, from: u64, to: u64) -> Result<Vec<Hash>, TileError> {
        (from..to).map(|tile| self.read_full(level, tile).map(fold)).collect()
    }

    fn is_full(&self, level: u8, tile: u64) -> bool {
        fs::metadata(self.path(level, tile)).is_ok_and(|file| usize::try_from(file.len()) == Ok(TILE_BYTES))
    }

    /// How many full tiles of leaves there are, all before the first that is missing.
    fn count_full(&self) -> u64 {
        let mut above = 1;
        while self.is_full(0, above - 1) {
            above *= 2;
        }
        let (mut known, mut missing) = (above / 2, above);
        while missing - known > 1 {
            let middle = known + (missing - known) / 2;
            if self.is_full(0, middle - 1) { known = middle } else { missing = middle }
        }
        known
    }

    fn path(&self, level: u8, tile: u64) -> PathBuf {
        self.dir.join("tile").join(level.to_string()).join(tile_name(tile))
    }
}

impl Nodes for TileStore {
    type Error = TileError;

    fn node(&self, level: u8, index: u64) -> Result<Hash, TileError> {
        let (stored, rise) = (level / 8, level % 8);
        let first = index.checked_shl(u32::from(rise)).filter(|first| first >> rise == index).unwrap_or(u64::MAX);
        let (tile, offset) = (first / TILE_WIDTH, usize::try_from(first % TILE_WIDTH).unwrap_or(0));
        let not_complete = || TileError::NotComplete { level, index, size: self.size() };
        let there = self.levels.get(usize::from(stored)).ok_or_else(not_complete)?;
        let hashes = if tile < there.full { &self.read_full(stored, tile)? } else { &there.pending };
        let within = if tile <= there.full { hashes.get(offset..offset + (1 << rise)) } else { None };
        within.map(|hashes| fold(hashes.to_vec())).ok_or_else(not_complete)
    }
}

/// The root over hashes whose number is a power of two.
fn fold(mut hashes: Vec<Hash>) -> Hash {
    while hashes.len() > 1 {
        hashes = hashes.as_chunks::<2>().0.iter().map(|[left, right]| node_hash(left, right)).collect();
    }
    hashes.first().copied().unwrap_or_default()
}

/// `1234067` is `x001/x234/067`.
fn tile_name(tile: u64) -> String {
    let mut name = format!("{:03}", tile % 1_000);
    let mut rest = tile / 1_000;
    while rest > 0 {
        name = format!("x{:03}/{name}", rest % 1_000);
        rest /= 1_000;
    }
    name
}

fn partial_dir(tile: &Path) -> PathBuf {
    let mut name = tile.as_os_str().to_owned();
    name.push(".p");
    PathBuf::from(name)
}

fn count(hashes: &[Hash]) -> u64 {
    u64::try_from(hashes.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tree;

    fn grown(dir: &Path, size: u64) -> (TileStore, Vec<Hash>) {
        let mut store = TileStore::open(dir).unwrap();
        let mut tree = Tree::new();
        let mut roots = vec![tree.root()];
        for n in 0..size {
            let bytes = n.to_be_bytes();
            tree.push(&bytes);
            roots.push(tree.root());
            if n >= store.size() {
                store.push(&bytes).unwrap();
            }
        }
        (store, roots)
    }

    #[test]
    fn names_are_those_of_the_specification() {
        assert_eq!(tile_name(0), "000");
        assert_eq!(tile_name(999), "999");
        assert_eq!(tile_name(1_000), "x001/000");
        assert_eq!(tile_name(1_234_067), "x001/x234/067");
    }

    #[test]
    fn gives_the_roots_and_proofs_of_the_tree() {
        let dir = tempfile::tempdir().unwrap();
        let (store, roots) = grown(dir.path(), 1_300);
        for size in (0..=1_300).step_by(13) {
            assert_eq!(store.root_at(size).unwrap(), roots[size as usize], "{size}");
            let consistency = proof::consistency(&store, size, 1_300).unwrap();
            assert!(proof::consistent(size, &roots[size as usize], 1_300, &roots[1_300], &consistency));
        }
        for index in [0_u64, 255, 256, 1_299] {
            let leaf = leaf_hash(&index.to_be_bytes());
            assert!(proof::includes(&leaf, index, 1_300, &proof::inclusion(&store, index, 1_300).unwrap(), &roots[1_300]));
        }
        assert!(matches!(store.root_at(1_301), Err(TileError::NotComplete { .. })));
        assert!(matches!(store.node(200, u64::MAX), Err(TileError::NotComplete { .. })));
        assert!(matches!(store.node(7, u64::MAX), Err(TileError::NotComplete { .. })));
        assert_eq!(fs::metadata(dir.path().join("tile/0/004")).unwrap().len(), 8_192);
        assert!(!dir.path().join("tile/0/005").exists());
        store.write_partials().unwrap();
        assert_eq!(fs::metadata(dir.path().join("tile/0/005.p/20")).unwrap().len(), 20 * 32);
        assert_eq!(fs::metadata(dir.path().join("tile/1/000.p/5")).unwrap().len(), 5 * 32);
    }

    #[test]
    fn goes_on_after_a_reopen_and_repairs_the_level_above() {
        let dir = tempfile::tempdir().unwrap();
        let (_, roots) = grown(dir.path(), 70_000);
        fs::remove_file(dir.path().join("tile/1/000")).unwrap();
        let store = TileStore::open(dir.path()).unwrap();
        assert_eq!(store.size(), 70_000 / 256 * 256);
        assert!(dir.path().join("tile/1/000").exists());
        let (store, _) = grown(dir.path(), 70_000);
        assert_eq!(store.root_at(70_000).unwrap(), roots[70_000]);
        assert_eq!(store.root_at(65_537).unwrap(), roots[65_537]);
    }

    #[test]
    fn a_cut_tile_counts_as_missing_and_the_cache_can_be_cleared() {
        let dir = tempfile::tempdir().unwrap();
        let (store, roots) = grown(dir.path(), 1_024);
        fs::write(dir.path().join("tile/0/002"), b"cut").unwrap();
        assert!(matches!(store.node(0, 600), Err(TileError::Missing { .. })));
        assert!(matches!(TileStore::open(dir.path()), Err(TileError::Missing { .. })));
        TileStore::clear(dir.path()).unwrap();
        TileStore::clear(dir.path()).unwrap();
        let (store, _) = grown(dir.path(), 1_024);
        assert_eq!(store.root_at(1_024).unwrap(), roots[1_024]);
    }
}
