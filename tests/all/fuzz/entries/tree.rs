//! The hash tree on disk: signed checkpoints and tiles.

use std::{fs, path::Path};

use chancery_log::{Checkpoint, CheckpointSigner, CheckpointVerifier, TileStore, Tree};

use super::Entry;

const NAME: &str = "fuzz.example/log";
/// The checkpoints that were ever signed: of so many records, all with the same root.
const SIGNED: [u64; 3] = [0, 42, 1_234_567];
const ROOT: [u8; 32] = [9; 32];

/// A text as a signed note, as what is signed in it, and as a public key. A note that passes is one that was signed.
pub(super) fn checkpoint() -> Entry {
    let signer = CheckpointSigner::new(NAME, &[7; 32]).expect("a signer");
    for size in SIGNED {
        assert!(signer.verifier().verify(&signer.sign(size, ROOT)).is_ok());
    }
    Box::new(move |data| {
        let Ok(text) = std::str::from_utf8(data) else { return };
        if let Ok(checkpoint) = signer.verifier().verify(text) {
            assert!(checkpoint.origin == NAME && SIGNED.contains(&checkpoint.size) && checkpoint.root == ROOT, "{checkpoint:?}");
        }
        if let Ok(checkpoint) = Checkpoint::parse_body(text) {
            assert_eq!(Checkpoint::parse_body(&checkpoint.body()).as_ref(), Ok(&checkpoint));
        }
        if let Ok(verifier) = CheckpointVerifier::parse(text) {
            assert_eq!(CheckpointVerifier::parse(&verifier.to_string()).as_ref(), Ok(&verifier));
            assert!(signer.verifier() == &verifier || verifier.verify(&signer.sign(42, ROOT)).is_err());
        }
    })
}

const LEAVES: u64 = 1_100;

/// Cuts and deletions of tiles, four bytes each: the store says that it cannot be used, or comes to the same roots.
pub(super) fn tiles() -> Entry {
    let home = tempfile::tempdir().expect("a directory");
    let mut tree = Tree::new();
    let roots: Vec<_> = (0..LEAVES)
        .map(|leaf| {
            tree.push(&leaf.to_be_bytes());
            tree.root()
        })
        .collect();
    Box::new(move |data| {
        let dir = home.path().join("tiles");
        TileStore::clear(&dir).expect("the tiles are removed");
        let mut whole = TileStore::open(&dir).expect("no tiles");
        (0..LEAVES).for_each(|leaf| whole.push(&leaf.to_be_bytes()).expect("a leaf"));
        whole.write_partials().expect("the right edge");
        data.chunks_exact(4).take(8).for_each(|edit| damage(&dir, edit));
        let Ok(mut tiles) = TileStore::open(&dir) else { return };
        assert!(tiles.size() <= LEAVES && tiles.size().is_multiple_of(256));
        (tiles.size()..LEAVES).for_each(|leaf| tiles.push(&leaf.to_be_bytes()).expect("a leaf"));
        for (size, root) in (1..).zip(&roots).step_by(97) {
            // A cut tile in the middle is noticed, and made again by who opens the store.
            if let Ok(found) = tiles.root_at(size) {
                assert_eq!(found, *root, "of the first {size}");
            }
        }
    })
}

/// Cuts a tile, or removes it.
fn damage(dir: &Path, edit: &[u8]) {
    let &[tile, what, high, low] = edit else { return };
    let tile = dir.join(format!("tile/0/{:03}", tile % 6));
    let length = u64::from(u16::from_be_bytes([high, low]));
    match fs::metadata(&tile) {
        Ok(file) if what % 2 == 0 => {
            let open = fs::OpenOptions::new().write(true).open(&tile).expect("the tile");
            open.set_len(length % (file.len() + 1)).expect("it is cut");
        }
        Ok(_) => fs::remove_file(&tile).expect("it is removed"),
        Err(_) => {}
    }
}
