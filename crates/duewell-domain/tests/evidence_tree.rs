//! The tree against two judges: the crate `ct-merkle`, and the definition in RFC 6962 section 2.1 word for word.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use duewell_domain::evidence::{
    Frontier, Hash, ProofError, Tree, consistency_proof, inclusion_proof, leaf_hash, verify_consistency,
    verify_inclusion,
};
use proptest::prelude::*;
use sha2_for_ct_merkle::{Digest, Sha256};

type JudgeTree = MemoryBackedTree<Sha256, Vec<u8>>;

fn entry(number: u64) -> Vec<u8> {
    format!("entry {number}").into_bytes()
}

fn leaves(size: u64) -> Vec<Hash> {
    (0..size).map(|number| leaf_hash(&entry(number))).collect()
}

fn judge(size: u64) -> JudgeTree {
    let mut tree = JudgeTree::new();
    (0..size).for_each(|number| tree.push(entry(number)));
    tree
}

fn hash_two(left: Hash, right: Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// k of RFC 6962: the largest power of two smaller than n.
fn split(size: usize) -> usize {
    let mut k = 1;
    while k * 2 < size {
        k *= 2;
    }
    k
}

/// MTH(D[n])
fn mth(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            hash_two(mth(left), mth(right))
        }
    }
}

/// PATH(m, D[n])
fn path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return vec![];
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    if m < k {
        [path(m, left), vec![mth(right)]].concat()
    } else {
        [path(m - k, right), vec![mth(left)]].concat()
    }
}

/// SUBPROOF(m, D[n], b)
fn subproof(m: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if m == leaves.len() {
        return if whole { vec![] } else { vec![mth(leaves)] };
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    if m <= k {
        [subproof(m, left, whole), vec![mth(right)]].concat()
    } else {
        [subproof(m - k, right, false), vec![mth(left)]].concat()
    }
}

#[test]
fn every_small_tree_is_the_one_of_the_rfc_and_of_the_judge() {
    let mut frontier = Frontier::default();
    for size in 0..=70u64 {
        let leaves = leaves(size);
        let tree = Tree::from_leaves(leaves.iter().copied());
        let root = tree.root();
        assert_eq!(root, mth(&leaves), "size {size}");
        assert_eq!((frontier.root(), frontier.size(), tree.size()), (root, size, size));
        assert_eq!(leaves.iter().copied().collect::<Frontier>(), frontier);
        if size > 0 {
            assert_eq!(judge(size).root().as_bytes().as_slice(), root, "size {size}");
        }
        for index in 0..size {
            let proof = tree.inclusion_proof(index).unwrap();
            assert_eq!(proof, path(index as usize, &leaves), "{index} of {size}");
            assert_eq!(verify_inclusion(&leaves[index as usize], index, size, &proof, &root), Ok(()));
        }
        assert_eq!(tree.inclusion_proof(size), None);
        for old_size in 1..=size {
            let proof = tree.consistency_proof(old_size).unwrap();
            assert_eq!(proof, subproof(old_size as usize, &leaves, true), "{old_size} of {size}");
            let old_root = mth(&leaves[..old_size as usize]);
            assert_eq!(verify_consistency(old_size, &old_root, size, &root, &proof), Ok(()));
        }
        assert_eq!(tree.consistency_proof(size + 1), None);
        frontier.append(leaf_hash(&entry(size)));
    }
}

/// Turns one thing about a proof; none of these may still verify.
fn spoilt(proof: &[Hash], place: usize, bit: usize) -> Vec<Vec<Hash>> {
    let mut all = vec![[proof, &[[0; 32]]].concat()];
    if !proof.is_empty() {
        let mut flipped = proof.to_vec();
        flipped[place % proof.len()][bit / 8 % 32] ^= 1 << (bit % 8);
        let mut short = proof.to_vec();
        short.remove(place % proof.len());
        all.extend([flipped, short, [&[[0; 32]], proof].concat()]);
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_judge_makes_the_same_proofs(size in 1u64..700, pick: u64, old: u64) {
        let (tree, judge) = (Tree::from_leaves(leaves(size)), judge(size));
        let judged_root = judge.root();
        prop_assert_eq!(judged_root.as_bytes().as_slice(), tree.root());

        let index = pick % size;
        let proof = tree.inclusion_proof(index).unwrap();
        let judged = judge.prove_inclusion(index as usize);
        prop_assert_eq!(proof.as_flattened(), judged.as_bytes());
        prop_assert_eq!(inclusion_proof(leaves(size), index), Some(proof));

        let old_size = old % size + 1;
        let proof = tree.consistency_proof(old_size).unwrap();
        let judged = judge.prove_consistency((size - old_size) as usize);
        prop_assert_eq!(proof.as_flattened(), judged.as_bytes());
        prop_assert_eq!(consistency_proof(leaves(size), old_size), Some(proof));
    }

    #[test]
    fn an_inclusion_proof_proves_nothing_else(size in 1u64..300, pick: u64, other: u64, place: usize, bit: usize) {
        let tree = Tree::from_leaves(leaves(size));
        let (index, root) = (pick % size, tree.root());
        let leaf = leaf_hash(&entry(index));
        let proof = tree.inclusion_proof(index).unwrap();
        for wrong in spoilt(&proof, place, bit) {
            prop_assert!(verify_inclusion(&leaf, index, size, &wrong, &root).is_err());
        }
        let wrong_leaf = leaf_hash(&entry(size));
        let refusal = verify_inclusion(&wrong_leaf, index, size, &proof, &root);
        let other_root = matches!(refusal, Err(ProofError::Root { .. }));
        prop_assert!(other_root);
        let wrong_index = other % size;
        if wrong_index != index {
            prop_assert!(verify_inclusion(&leaf, wrong_index, size, &proof, &root).is_err());
        }
        let outside = ProofError::OutsideTree { index: size, size };
        prop_assert_eq!(verify_inclusion(&leaf, size, size, &proof, &root), Err(outside));
    }

    #[test]
    fn a_consistency_proof_proves_nothing_else(size in 2u64..300, old: u64, place: usize, bit: usize) {
        let tree = Tree::from_leaves(leaves(size));
        let old_size = old % (size - 1) + 1;
        let (root, old_root) = (tree.root(), Tree::from_leaves(leaves(old_size)).root());
        let proof = tree.consistency_proof(old_size).unwrap();
        for wrong in spoilt(&proof, place, bit) {
            prop_assert!(verify_consistency(old_size, &old_root, size, &root, &wrong).is_err());
        }
        prop_assert!(verify_consistency(old_size, &[7; 32], size, &root, &proof).is_err());
        prop_assert!(verify_consistency(old_size, &old_root, size, &[7; 32], &proof).is_err());
        // A log whose first leaf was replaced after the old checkpoint has no proof that helps.
        let forked = Tree::from_leaves([[9; 32]].into_iter().chain(leaves(size).into_iter().skip(1)));
        let helpless = forked.consistency_proof(old_size).unwrap();
        prop_assert!(verify_consistency(old_size, &old_root, size, &forked.root(), &helpless).is_err());
        let shrunk = ProofError::Shrunk { old_size: size, size: old_size };
        prop_assert_eq!(verify_consistency(size, &root, old_size, &old_root, &proof), Err(shrunk));
    }

    #[test]
    fn a_stored_frontier_goes_on_growing(size in 0u64..2_000, more in 0u64..40) {
        let all = leaves(size + more);
        let stored = all[..size as usize].iter().copied().collect::<Frontier>().to_bytes();
        let mut frontier = Frontier::from_bytes(&stored).unwrap();
        prop_assert_eq!(frontier.to_bytes(), stored);
        all[size as usize..].iter().for_each(|leaf| frontier.append(*leaf));
        prop_assert_eq!(frontier.root(), Tree::from_leaves(all).root());
    }

    #[test]
    fn stored_bytes_are_one_frontier_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        for bytes in [bytes.clone(), [vec![1, 0, 0, 0, 0, 0, 0, 0], bytes].concat()] {
            if let Ok(frontier) = Frontier::from_bytes(&bytes) {
                prop_assert_eq!(frontier.to_bytes(), bytes);
            }
        }
    }
}

#[test]
fn every_tree_continues_the_empty_one() {
    let tree = Tree::from_leaves(leaves(5));
    let nothing = Tree::default();
    assert_eq!(tree.consistency_proof(0), Some(vec![]));
    assert_eq!(verify_consistency(0, &nothing.root(), 5, &tree.root(), &[]), Ok(()));
    assert!(verify_consistency(0, &[7; 32], 5, &tree.root(), &[]).is_err());
    assert!(verify_consistency(0, &nothing.root(), 5, &tree.root(), &[[7; 32]]).is_err());
}
