//! The case file: everything that shows what happened with one debtor, in files that can be checked offline.
//!
//! The layout is fixed (`docs/spec/evidence.md`): the manifest lists every other
//! file with its SHA-256, and the seal is the log's signature over the manifest.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::checkpoint::SignedCheckpoint;
use super::envelope::{EnvelopeError, parse_envelope};
use super::note::{self, LogKey, VerifierKey};
use super::text::{base64, hex};
use super::tree::Hash;
use super::verify::{Flaw, verify_case_file};

pub(super) const FORMAT: &str = "duewell.case-file/1";
pub(super) const PROOF_VERSION_LINE: &str = "c2sp.org/tlog-proof@v1";
pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const SEAL: &str = "seal";
pub(super) const CHECKPOINT: &str = "checkpoint";
pub(super) const FIRST_CHECKPOINT: &str = "checkpoints/first";
pub(super) const CONSISTENCY: &str = "consistency";
pub(super) const CHRONOLOGY: &str = "chronology.txt";
pub(super) const DECLARATION: &str = "custodian-declaration.txt";

/// One debtor's events with their proofs, ready to be written.
#[derive(Debug, Clone)]
pub struct CaseFile {
    /// The debtor's events in their order, without a gap.
    pub events: Vec<CaseEvent>,
    /// The latest checkpoint; all proofs lead to it.
    pub checkpoint: SignedCheckpoint,
    /// An earlier checkpoint, as others may hold it, with the proof that the latest continues it.
    pub first: Option<(SignedCheckpoint, Vec<Hash>)>,
    /// Keys that signed the checkpoints, besides the one that seals the file.
    pub former_keys: Vec<VerifierKey>,
    /// What happened, in words and by date.
    pub chronology: String,
    pub made_at: Timestamp,
    /// Name and version of the program that made the file.
    pub software: String,
}

/// One event of a case file.
#[derive(Debug, Clone)]
pub struct CaseEvent {
    /// The exact stored bytes.
    pub envelope: Vec<u8>,
    /// Absent once it was erased.
    pub payload: Option<Payload>,
    /// The inclusion proof in the tree of the case file's checkpoint.
    pub proof: Vec<Hash>,
}

/// The erasable part of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    pub salt: [u8; 32],
    pub bytes: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseFileError {
    #[error("a case file needs at least one event")]
    NoEvents,
    #[error("the first event of the case file cannot be read")]
    Envelope(#[source] EnvelopeError),
    #[error("the case file would not stand up: {0}")]
    Flawed(#[from] Flaw),
}

impl CaseFile {
    /// Returns the files of the case file, path and bytes, in their fixed order; `key` seals them.
    ///
    /// The result has been verified: records that contradict each other give
    /// the flaw instead of a file that would fail in front of others.
    pub fn files(&self, key: &LogKey) -> Result<Vec<(String, Vec<u8>)>, CaseFileError> {
        let first_event = self.events.first().ok_or(CaseFileError::NoEvents)?;
        let first_event = parse_envelope(&first_event.envelope).map_err(CaseFileError::Envelope)?;
        let events = self.events.len() as u64;
        let checkpoint = self.checkpoint.unverified();
        let keys: Vec<String> = [key.verifier()]
            .into_iter()
            .chain(self.former_keys.iter().filter(|former| *former != key.verifier()))
            .map(ToString::to_string)
            .collect();

        let mut manifest = Manifest {
            format: FORMAT.to_owned(),
            origin: checkpoint.origin.clone(),
            book: first_event.book,
            subject: first_event.subject,
            first_subject_seq: first_event.subject_seq,
            // A chain without gaps; that it is one is verified below.
            last_subject_seq: first_event.subject_seq.saturating_add(events - 1),
            tree_size: checkpoint.size,
            made_at: self.made_at,
            software: self.software.clone(),
            keys,
            erased: (0..)
                .zip(&self.events)
                .filter(|(_, event)| event.payload.is_none())
                .map(|(n, _)| n)
                .collect(),
            files: Vec::new(),
        };
        let declaration = declaration(&manifest, self);
        let files = self.listed_files(declaration);
        manifest.files = files
            .iter()
            .map(|(path, bytes)| ListedFile {
                path: path.clone(),
                size: bytes.len() as u64,
                sha256: hex(&Sha256::digest(bytes)),
            })
            .collect();
        let mut manifest_bytes = serde_json::to_vec_pretty(&manifest).expect("a manifest has only text keys");
        manifest_bytes.push(b'\n');
        let seal = note::sign(&seal_text(&manifest.origin, &manifest_bytes), &[key]);

        let mut all = vec![(MANIFEST.to_owned(), manifest_bytes), (SEAL.to_owned(), seal.into_bytes())];
        all.extend(files);
        verify_case_file(&all, std::slice::from_ref(key.verifier()))?;
        Ok(all)
    }

    fn listed_files(&self, declaration: String) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::with_capacity(self.events.len() * 4 + 5);
        let events = || (0u64..).zip(&self.events);
        let payloads = || events().filter_map(|(number, event)| Some((number, event.payload.as_ref()?)));
        files.extend(events().map(|(number, event)| (envelope_path(number), event.envelope.clone())));
        files.extend(payloads().map(|(number, payload)| (payload_path(number), payload.bytes.clone())));
        files.extend(payloads().map(|(number, payload)| (salt_path(number), salt_file(&payload.salt))));
        files.extend(events().map(|(number, event)| {
            // The index is the envelope's own; one that cannot be read is refused when the file is verified.
            let index = parse_envelope(&event.envelope).map_or(0, |fields| fields.seq);
            let head = format!("{PROOF_VERSION_LINE}\nindex {index}\n");
            (proof_path(number), proof_file(head, &event.proof, &self.checkpoint))
        }));
        files.push((CHECKPOINT.to_owned(), self.checkpoint.as_str().into()));
        if let Some((first, proof)) = &self.first {
            files.push((FIRST_CHECKPOINT.to_owned(), first.as_str().into()));
            let head = format!("old {}\n", first.unverified().size);
            files.push((CONSISTENCY.to_owned(), proof_file(head, proof, &self.checkpoint)));
        }
        files.push((CHRONOLOGY.to_owned(), self.chronology.clone().into_bytes()));
        files.push((DECLARATION.to_owned(), declaration.into_bytes()));
        files
    }
}

/// What the case file says of itself.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) format: String,
    pub(super) origin: String,
    pub(super) book: String,
    pub(super) subject: String,
    pub(super) first_subject_seq: u64,
    pub(super) last_subject_seq: u64,
    pub(super) tree_size: u64,
    pub(super) made_at: Timestamp,
    pub(super) software: String,
    /// Verifier keys; the first one seals the file.
    pub(super) keys: Vec<String>,
    /// The numbers of the events without payload.
    pub(super) erased: BTreeSet<u64>,
    pub(super) files: Vec<ListedFile>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListedFile {
    pub(super) path: String,
    pub(super) size: u64,
    pub(super) sha256: String,
}

impl Manifest {
    /// Returns how many events the file has; `None` when the range runs backwards.
    pub(super) fn events(&self) -> Option<u64> {
        self.last_subject_seq.checked_sub(self.first_subject_seq)?.checked_add(1)
    }

    /// Returns the paths that the manifest must list, in order.
    pub(super) fn expected_paths(&self, events: u64, with_first: bool) -> impl Iterator<Item = String> {
        let kept = move || (0..events).filter(|number| !self.erased.contains(number));
        let first: &[&str] = if with_first { &[FIRST_CHECKPOINT, CONSISTENCY] } else { &[] };
        (0..events)
            .map(envelope_path)
            .chain(kept().map(payload_path))
            .chain(kept().map(salt_path))
            .chain((0..events).map(proof_path))
            .chain([CHECKPOINT].into_iter().chain(first.iter().copied()).map(str::to_owned))
            .chain([CHRONOLOGY, DECLARATION].map(str::to_owned))
    }
}

/// Returns what the seal signs; its second line cannot be taken for a checkpoint's size, nor the third for a root.
pub(super) fn seal_text(origin: &str, manifest: &[u8]) -> String {
    format!("{FORMAT}\n{origin}\nsha256: {}\n", hex(&Sha256::digest(manifest)))
}

pub(super) fn envelope_path(number: u64) -> String {
    format!("events/{number:06}.envelope")
}

pub(super) fn payload_path(number: u64) -> String {
    format!("payloads/{number:06}.bin")
}

pub(super) fn salt_path(number: u64) -> String {
    format!("salts/{number:06}")
}

pub(super) fn proof_path(number: u64) -> String {
    format!("proofs/{number:06}.tlog-proof")
}

fn salt_file(salt: &[u8; 32]) -> Vec<u8> {
    format!("{}\n", hex(salt)).into_bytes()
}

fn proof_file(head: String, proof: &[Hash], checkpoint: &SignedCheckpoint) -> Vec<u8> {
    let mut text = head;
    for hash in proof {
        text.push_str(&base64(hash));
        text.push('\n');
    }
    text.push('\n');
    text.push_str(checkpoint.as_str());
    text.into_bytes()
}

/// Writes the template of a custodian's certification (US Federal Rules of Evidence 902(11), (13) and (14)).
fn declaration(manifest: &Manifest, case: &CaseFile) -> String {
    let Manifest { book, subject, origin, first_subject_seq, last_subject_seq, tree_size, software, .. } =
        manifest;
    let (made_at, count) = (manifest.made_at, case.events.len());
    let key = manifest.keys.first().map(String::as_str).unwrap_or_default();
    let root = hex(&case.checkpoint.unverified().root);
    let erased = manifest.erased.len();
    format!(
        "DECLARATION OF THE CUSTODIAN OF RECORDS
(template, not signed; have counsel adapt it to the court before use)

Concerning: the records about {subject} in the book {book}

I, ____________________ (name), ____________________ (position), declare:

1.  I am a custodian of the records named above, or another person qualified to speak
    about them. I know how the system that keeps them ({software}) is used by
    ____________________ (organisation).

Records of a regularly conducted activity (FRE 803(6)(A)-(C), 902(11))

2.  Each record was made at or near the time of what it describes, by a person with
    knowledge of it or from information such a person passed on, or by the system itself
    in the course of its work. The envelope of each event gives the time it occurred, the
    time it was recorded and who caused it.
3.  The records are kept in the course of the regular activity of the organisation, and
    making them is its regular practice.

Records made by an electronic process (FRE 902(13))

4.  The system records every event when it happens, numbers the events of a book and the
    events about each person without gaps, and computes a SHA-256 hash over each event
    and over the whole book (a Merkle tree, RFC 6962). At intervals it signs the size and
    the root of that tree. A record cannot be changed, moved, added in between or left
    out afterwards without the hashes ceasing to agree. This process gives an accurate
    result.

Data copied and identified by hash (FRE 902(14))

5.  The case file that holds this declaration was made on {made_at} and
    contains {count} events, numbers {first_subject_seq} to {last_subject_seq} of the person named above.
    The contents of {erased} of them had been erased by then; their envelopes remain.
6.  The copies agree with the records in the system: their hashes lead to the root
    {root}
    which the log {origin} signed for {tree_size} events.
7.  Anyone can repeat this check without access to the system, with the program
    duewell-verify or from the published description of the format, and the key
    {key}

What the check does not show: whether the contents of a record are true.

I declare under penalty of perjury that the foregoing is true and correct.

Date: ____________________   Place: ____________________

Signature: ____________________
"
    )
}
