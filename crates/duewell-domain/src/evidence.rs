//! Evidence: what happened, in which order, and that nothing was changed or left out since.
//!
//! Each event has an [`Envelope`] that is kept for ever and a payload that may
//! be erased. The envelope holds a salted [`commitment`] to the payload, so it
//! stays valid when payload and salt are gone. Two structures hold the
//! envelopes of a book together:
//!
//! - a chain per debtor (`subject_seq`, `prev_subject_hash`): an event that is
//!   left out of a debtor's file shows;
//! - one RFC 6962 Merkle tree per book ([`Frontier`], [`Tree`]): an event that
//!   is changed, moved or back-dated shows against a signed [`Checkpoint`].
//!
//! A [`CaseFile`] carries all of it for one debtor, [`verify_case_file`] checks
//! it offline. The format is written down in `docs/spec/evidence.md`.
//!
//! Evidence shows that these bytes existed, in this order, and not later than
//! the checkpoint. It does not show that what they say is true.
//!
//! Reading order: `envelope`, `tree`, `note` and `checkpoint`, `case_file`,
//! `verify`. Everything is pure: salts, keys and moments are passed in.

#[cfg(feature = "archive")]
pub mod archive;
mod case_file;
mod checkpoint;
mod envelope;
mod note;
mod text;
mod tree;
mod verify;

pub use case_file::{CaseEvent, CaseFile, CaseFileError, Payload};
pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use envelope::{Envelope, EnvelopeError, OwnedEnvelope, commitment, leaf_hash, parse_envelope};
pub use note::{LogKey, NoteError, VerifierKey};
pub use text::hex;
pub use tree::{
    Frontier, FrontierError, Hash, ProofError, Tree, consistency_proof, inclusion_proof, verify_consistency,
    verify_inclusion,
};
pub use verify::{Flaw, KeyOrigin, Verified, verify_case_file};
