//! The tree against its recursive definition and RFC 6962's vectors.

use proptest::prelude::*;

use super::{
    proof::{Nodes, consistency, consistent, includes, inclusion, root},
    *,
};

/// The definition of RFC 6962 §2.1, word for word.
fn naive(leaves: &[Vec<u8>]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => leaf_hash(leaf),
        _ => {
            let mut k = 1;
            while k * 2 < leaves.len() {
                k *= 2;
            }
            node_hash(&naive(&leaves[..k]), &naive(&leaves[k..]))
        }
    }
}

struct Naive<'a>(&'a [Vec<u8>]);

impl Nodes for Naive<'_> {
    type Error = String;
    fn node(&self, level: u8, index: u64) -> Result<Hash, String> {
        let (begin, end) = ((index << level) as usize, ((index + 1) << level) as usize);
        self.0.get(begin..end).map(naive).ok_or_else(|| format!("no full subtree {level}/{index}"))
    }
}

fn leaves(n: usize) -> Vec<Vec<u8>> {
    (0..n).map(|i| i.to_string().into_bytes()).collect()
}

fn grown(leaves: &[Vec<u8>]) -> Tree {
    let mut tree = Tree::new();
    for leaf in leaves {
        tree.push(leaf);
    }
    tree
}

/// The eight leaves and roots of the Certificate Transparency reference tests.
#[test]
fn the_known_vectors() {
    let leaves: Vec<Vec<u8>> =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
            .iter()
            .map(|hex| hex::decode(hex).unwrap())
            .collect();
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    for (size, expected) in roots.iter().enumerate() {
        assert_eq!(hex::encode(grown(&leaves[..size]).root()), *expected, "{size} leaves");
    }
    // RFC 9162's worked inclusion proofs over seven leaves have these shapes.
    let seven = Naive(&leaves[..7]);
    assert_eq!(inclusion(&seven, 0, 7).unwrap().len(), 3);
    assert_eq!(inclusion(&seven, 6, 7).unwrap().len(), 2);
    assert_eq!(consistency(&seven, 3, 7).unwrap().len(), 4);
    assert_eq!(consistency(&seven, 4, 7).unwrap().len(), 1);
    assert_eq!(consistency(&seven, 6, 7).unwrap().len(), 3);
}

#[test]
fn every_proof_of_every_small_tree() {
    let leaves = leaves(40);
    let nodes = Naive(&leaves);
    for size in 0..=40_u64 {
        let new_root = naive(&leaves[..size as usize]);
        assert_eq!(root(&nodes, size), Ok(new_root));
        assert_eq!(grown(&leaves[..size as usize]).root(), new_root);
        for index in 0..size {
            let leaf = leaf_hash(&leaves[index as usize]);
            let proof = inclusion(&nodes, index, size).unwrap();
            assert!(includes(&leaf, index, size, &proof, &new_root));
            assert!(!includes(&leaf, index + 1, size, &proof, &new_root));
            assert!(!includes(&leaf_hash(b"other"), index, size, &proof, &new_root));
        }
        for old in 0..=size {
            let old_root = naive(&leaves[..old as usize]);
            let proof = consistency(&nodes, old, size).unwrap();
            assert!(consistent(old, &old_root, size, &new_root, &proof), "{old} in {size}");
            assert!(!consistent(old, &leaf_hash(b"other"), size, &new_root, &proof));
        }
        assert!(!consistent(size + 1, &new_root, size, &new_root, &[]));
    }
}

#[test]
fn a_tree_is_refused_with_a_wrong_edge() {
    assert!(Tree::from_parts(3, vec![[0; 32]]).is_none());
    assert!(Tree::from_parts(3, vec![[0; 32]; 2]).is_some());
    let tree = grown(&leaves(11));
    let bytes = crate::encode(&tree).unwrap();
    assert_eq!(crate::decode::<Tree>(&bytes), Ok(tree));
    let mut damaged = bytes;
    damaged[1] = 12;
    assert!(crate::decode::<Tree>(&damaged).is_err());
}

proptest! {
    #[test]
    fn a_tree_grows_as_defined(n in 0_usize..600, old in 0_usize..600, index in 0_usize..600) {
        let leaves = leaves(n);
        let tree = grown(&leaves);
        prop_assert_eq!(tree.root(), naive(&leaves));
        prop_assert_eq!(tree.size(), n as u64);
        let nodes = Naive(&leaves);
        let (n, old, index) = (n as u64, old as u64, index as u64);
        if old <= n {
            let proof = consistency(&nodes, old, n).unwrap();
            prop_assert!(consistent(old, &naive(&leaves[..old as usize]), n, &tree.root(), &proof));
        }
        if index < n {
            let mut proof = inclusion(&nodes, index, n).unwrap();
            prop_assert!(includes(&leaf_hash(&leaves[index as usize]), index, n, &proof, &tree.root()));
            proof.push([0; 32]);
            prop_assert!(!includes(&leaf_hash(&leaves[index as usize]), index, n, &proof, &tree.root()));
        }
    }
}
