//! The Merkle tree of RFC 6962 section 2.1 and RFC 9162 section 2.1, over SHA-256.
//!
//! [`Frontier`] grows a tree in logarithmic memory; [`Tree`] holds all levels
//! and makes many proofs quickly; the two verify functions follow RFC 9162
//! sections 2.1.3.2 and 2.1.4.2.

use sha2::{Digest, Sha256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

pub(super) const LEAF_PREFIX: u8 = 0;
const NODE_PREFIX: u8 = 1;
const FRONTIER_VERSION: u8 = 1;

fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [NODE_PREFIX; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    Sha256::digest(bytes).into()
}

fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The right edge of a growing tree: the roots of its complete subtrees, the largest first.
///
/// There is one root per bit that is set in the size, so a billion leaves need at most 30.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrontierError {
    #[error("the tree's frontier has format version {found}, expected {FRONTIER_VERSION}")]
    Version { found: u8 },
    #[error("the tree's frontier has {found} bytes, expected {expected}")]
    Length { found: usize, expected: usize },
}

impl Frontier {
    /// Adds the next leaf.
    pub fn append(&mut self, leaf: Hash) {
        let mut node = leaf;
        // Each trailing one of the size is a complete subtree that the new leaf completes to a larger one.
        for _ in 0..self.size.trailing_ones() {
            let left = self.roots.pop().expect("one root per set bit of the size");
            node = node_hash(&left, &node);
        }
        self.roots.push(node);
        self.size += 1;
    }

    /// Returns the number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Returns the root of the tree so far; that of an empty tree is the hash of nothing.
    pub fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        let Some(&last) = roots.next() else { return empty_root() };
        roots.fold(last, |right, left| node_hash(left, &right))
    }

    /// Returns the stored form: a version byte, the size (big-endian), the roots.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(9 + 32 * self.roots.len());
        bytes.push(FRONTIER_VERSION);
        bytes.extend_from_slice(&self.size.to_be_bytes());
        bytes.extend_from_slice(self.roots.as_flattened());
        bytes
    }

    /// Reads the stored form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Frontier, FrontierError> {
        let Some((head, roots)) = bytes.split_first_chunk::<9>() else {
            return Err(FrontierError::Length { found: bytes.len(), expected: 9 });
        };
        let [version, size @ ..] = *head;
        if version != FRONTIER_VERSION {
            return Err(FrontierError::Version { found: version });
        }
        let size = u64::from_be_bytes(size);
        let expected = 9 + 32 * size.count_ones() as usize;
        if bytes.len() != expected {
            return Err(FrontierError::Length { found: bytes.len(), expected });
        }
        let (roots, _) = roots.as_chunks::<32>();
        Ok(Frontier { size, roots: roots.to_vec() })
    }
}

impl FromIterator<Hash> for Frontier {
    fn from_iter<I: IntoIterator<Item = Hash>>(leaves: I) -> Frontier {
        let mut frontier = Frontier::default();
        leaves.into_iter().for_each(|leaf| frontier.append(leaf));
        frontier
    }
}

/// A whole tree in memory (64 bytes per leaf), for making many proofs.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// The leaves, then each level up to the root; a node without a partner moves up unchanged.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// Builds all levels from the leaf hashes in order.
    pub fn from_leaves(leaves: impl IntoIterator<Item = Hash>) -> Tree {
        let mut levels = vec![leaves.into_iter().collect::<Vec<Hash>>()];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            let above = level
                .chunks(2)
                .map(|pair| match pair {
                    [left, right] => node_hash(left, right),
                    single => single[0],
                })
                .collect();
            levels.push(above);
        }
        Tree { levels }
    }

    /// Returns the number of leaves.
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// Returns the root of the tree.
    pub fn root(&self) -> Hash {
        self.levels.last().and_then(|top| top.first()).copied().unwrap_or_else(empty_root)
    }

    /// Returns the inclusion proof of a leaf, its sibling first (RFC 6962 section 2.1.1); `None` outside the tree.
    pub fn inclusion_proof(&self, index: u64) -> Option<Vec<Hash>> {
        if index >= self.size() {
            return None;
        }
        let mut index = usize::try_from(index).ok()?;
        let mut proof = Vec::with_capacity(self.levels.len());
        for level in &self.levels {
            proof.extend(level.get(index ^ 1));
            index >>= 1;
        }
        Some(proof)
    }

    /// Returns the proof that this tree continues the one of its first `old_size` leaves (RFC 6962 section 2.1.2).
    ///
    /// It is empty when `old_size` is zero or the whole tree; `None` when it is larger than the tree.
    pub fn consistency_proof(&self, old_size: u64) -> Option<Vec<Hash>> {
        let size = self.size();
        if old_size > size {
            return None;
        }
        let mut proof = Vec::new();
        if old_size == 0 || old_size == size {
            return Some(proof);
        }
        // Walks down from the root to the node where the old tree ends; `start..end` are the leaves under the node.
        let (mut start, mut end) = (0, size);
        while old_size != end {
            let split = start + (end - start).next_power_of_two() / 2;
            if old_size <= split {
                proof.push(self.node(split, end)?);
                end = split;
            } else {
                proof.push(self.node(start, split)?);
                start = split;
            }
        }
        // A verifier who knows the old root knows this node already when it is the whole old tree.
        if start != 0 {
            proof.push(self.node(start, end)?);
        }
        proof.reverse();
        Some(proof)
    }

    /// Returns the hash over `start..end`, which must be the leaves under one node of this tree.
    fn node(&self, start: u64, end: u64) -> Option<Hash> {
        let level = (end - start).next_power_of_two().trailing_zeros();
        let index = usize::try_from(start >> level).ok()?;
        self.levels.get(level as usize)?.get(index).copied()
    }
}

/// Returns the inclusion proof of one leaf from all leaf hashes, in linear time.
///
/// For many proofs in one tree, build a [`Tree`].
pub fn inclusion_proof(leaves: impl IntoIterator<Item = Hash>, index: u64) -> Option<Vec<Hash>> {
    Tree::from_leaves(leaves).inclusion_proof(index)
}

/// Returns the consistency proof from the first `old_size` leaves to all of them, in linear time.
pub fn consistency_proof(leaves: impl IntoIterator<Item = Hash>, old_size: u64) -> Option<Vec<Hash>> {
    Tree::from_leaves(leaves).consistency_proof(old_size)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    #[error("leaf {index} is outside a tree of {size} leaves")]
    OutsideTree { index: u64, size: u64 },
    #[error("a tree of {old_size} leaves cannot have grown into one of {size}")]
    Shrunk { old_size: u64, size: u64 },
    #[error("the proof has {found} hashes, which does not fit the sizes it is for")]
    Length { found: usize },
    #[error("the proof leads to the root {}, expected the signed root {}", super::hex(.found), super::hex(.expected))]
    Root { found: Hash, expected: Hash },
}

/// Checks that `leaf` is leaf number `index` of the tree with this size and root (RFC 9162 section 2.1.3.2).
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::OutsideTree { index, size });
    }
    let too_long_or_short = ProofError::Length { found: proof.len() };
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for step in proof {
        if last == 0 {
            return Err(too_long_or_short);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(step, &hash);
            // A node without a partner moved up unchanged until it became a right child.
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, step);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(too_long_or_short);
    }
    same_root(hash, root)
}

/// Checks that the tree with `size` and `root` continues the one with `old_size` and `old_root`.
///
/// RFC 9162 section 2.1.4.2; the empty tree is continued by every tree, with an empty proof.
pub fn verify_consistency(
    old_size: u64,
    old_root: &Hash,
    size: u64,
    root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old_size > size {
        return Err(ProofError::Shrunk { old_size, size });
    }
    let too_long_or_short = ProofError::Length { found: proof.len() };
    if old_size == 0 || old_size == size {
        if !proof.is_empty() {
            return Err(too_long_or_short);
        }
        return same_root(*old_root, &if old_size == 0 { empty_root() } else { *root });
    }
    let (mut node, mut last) = (old_size - 1, size - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let mut steps = proof.iter();
    // An old tree that is a complete subtree of the new one is not repeated in the proof.
    let first = if old_size.is_power_of_two() { Some(old_root) } else { steps.next() };
    let Some(&first) = first else { return Err(too_long_or_short) };
    let (mut old_hash, mut hash) = (first, first);
    for step in steps {
        if last == 0 {
            return Err(too_long_or_short);
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(step, &old_hash);
            hash = node_hash(step, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, step);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(too_long_or_short);
    }
    same_root(old_hash, old_root)?;
    same_root(hash, root)
}

fn same_root(found: Hash, expected: &Hash) -> Result<(), ProofError> {
    if found == *expected { Ok(()) } else { Err(ProofError::Root { found, expected: *expected }) }
}
