//! The verifier: checks a case file from its files alone and names the first flaw.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::case_file::{
    CHECKPOINT, CONSISTENCY, FIRST_CHECKPOINT, FORMAT, MANIFEST, Manifest, PROOF_VERSION_LINE, SEAL,
    envelope_path, payload_path, proof_path, salt_path, seal_text,
};
use super::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use super::envelope::{EnvelopeError, OwnedEnvelope, commitment, leaf_hash, parse_envelope};
use super::note::{NoteError, SignedNote, VerifierKey};
use super::text::{hex, parse_decimal, parse_hash, parse_hex};
use super::tree::{Hash, ProofError, verify_consistency, verify_inclusion};

/// A tree has at most this many levels, so no proof is longer.
const PROOF_MAX: usize = 64;

/// What makes a case file fail. Events are named by their number in the file, from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    #[error("`{path}` is missing")]
    Missing { path: String },
    #[error("`{path}` does not belong to this case file: the manifest does not list it")]
    Unexpected { path: String },
    #[error("`{path}` is there twice")]
    Repeated { path: String },
    #[error("the manifest is not as expected: {reason}")]
    Manifest { reason: String },
    #[error("the seal over the manifest does not hold: {reason}")]
    Seal { reason: String },
    #[error("`{path}` was changed: its SHA-256 is {found}, expected {expected}")]
    Content { path: String, expected: String, found: String },
    #[error("`{path}` does not hold: {source}")]
    Checkpoint { path: &'static str, source: CheckpointError },
    #[error("`{path}` is of the log `{found}`, expected `{expected}`")]
    Origin { path: &'static str, expected: String, found: String },
    #[error("event {event}: {source}")]
    Envelope { event: u64, source: EnvelopeError },
    #[error("event {event} is of the book `{found}`, expected `{expected}`")]
    Book { event: u64, expected: String, found: String },
    #[error("event {event} is about `{found}`, expected `{expected}`")]
    Subject { event: u64, expected: String, found: String },
    #[error("event {event} has number {found} in the debtor's chain, expected {expected}")]
    Gap { event: u64, expected: u64, found: u64 },
    #[error("event {event} has place {found} in the log, expected a place after {after}")]
    Order { event: u64, after: u64, found: u64 },
    #[error("event {event} does not continue the one before: it names the hash {}, expected {}", hex(.found), hex(.expected))]
    Chain { event: u64, expected: Hash, found: Hash },
    #[error("event {event}: its salt is not 64 hexadecimal digits and a newline")]
    Salt { event: u64 },
    #[error("event {event}: its payload gives the commitment {}, expected {}", hex(.found), hex(.expected))]
    Commitment { event: u64, expected: Hash, found: Hash },
    #[error(
        "event {event}: its proof is not of the form {PROOF_VERSION_LINE} with the file's own checkpoint"
    )]
    ProofForm { event: u64 },
    #[error("event {event}: its proof is for place {found} in the log, expected {expected}")]
    Index { event: u64, expected: u64, found: u64 },
    #[error("event {event} is not in the log: {source}")]
    Inclusion { event: u64, source: ProofError },
    #[error("`{CONSISTENCY}` is not a proof from the first checkpoint to the latest")]
    ConsistencyForm,
    #[error("the latest checkpoint does not continue the first one: {0}")]
    Consistency(ProofError),
}

impl Flaw {
    /// Returns a short name for programs; it does not change between versions.
    pub fn code(&self) -> &'static str {
        match self {
            Flaw::Missing { .. } => "missing",
            Flaw::Unexpected { .. } => "unexpected",
            Flaw::Repeated { .. } => "repeated",
            Flaw::Manifest { .. } => "manifest",
            Flaw::Seal { .. } => "seal",
            Flaw::Content { .. } => "content",
            Flaw::Checkpoint { .. } => "checkpoint",
            Flaw::Origin { .. } => "origin",
            Flaw::Envelope { .. } => "envelope",
            Flaw::Book { .. } => "book",
            Flaw::Subject { .. } => "subject",
            Flaw::Gap { .. } => "gap",
            Flaw::Order { .. } => "order",
            Flaw::Chain { .. } => "chain",
            Flaw::Salt { .. } => "salt",
            Flaw::Commitment { .. } => "commitment",
            Flaw::ProofForm { .. } => "proof-form",
            Flaw::Index { .. } => "index",
            Flaw::Inclusion { .. } => "inclusion",
            Flaw::ConsistencyForm => "consistency-form",
            Flaw::Consistency(_) => "consistency",
        }
    }

    /// Returns the number of the event that is at fault, when it is one.
    pub fn event(&self) -> Option<u64> {
        match self {
            Flaw::Envelope { event, .. }
            | Flaw::Book { event, .. }
            | Flaw::Subject { event, .. }
            | Flaw::Gap { event, .. }
            | Flaw::Order { event, .. }
            | Flaw::Chain { event, .. }
            | Flaw::Salt { event }
            | Flaw::Commitment { event, .. }
            | Flaw::ProofForm { event }
            | Flaw::Index { event, .. }
            | Flaw::Inclusion { event, .. } => Some(*event),
            Flaw::Missing { path }
            | Flaw::Unexpected { path }
            | Flaw::Repeated { path }
            | Flaw::Content { path, .. } => event_of_path(path),
            Flaw::Manifest { .. }
            | Flaw::Seal { .. }
            | Flaw::Checkpoint { .. }
            | Flaw::Origin { .. }
            | Flaw::ConsistencyForm
            | Flaw::Consistency(_) => None,
        }
    }
}

fn event_of_path(path: &str) -> Option<u64> {
    let (folder, file) = path.split_once('/')?;
    let number = file.split_once('.').map_or(file, |(number, _)| number);
    if matches!(folder, "events" | "payloads" | "salts" | "proofs") { number.parse().ok() } else { None }
}

/// Where the key came from with which the seal was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyOrigin {
    /// The reader brought it along.
    Given(VerifierKey),
    /// The file brought it along, which proves nothing before it is compared with a key one trusts.
    File(VerifierKey),
}

/// What an intact case file shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub origin: String,
    pub book: String,
    pub subject: String,
    pub events: u64,
    pub first_subject_seq: u64,
    pub last_subject_seq: u64,
    /// When the first and the last event were recorded, as the log says.
    pub recorded: (Timestamp, Timestamp),
    /// The numbers of the events whose payload was erased.
    pub erased: Vec<u64>,
    /// The numbers of the events that were recorded before their predecessor, as the log's clock has it.
    pub clock_stepped_back: Vec<u64>,
    pub checkpoint: Checkpoint,
    /// The earlier checkpoint that the latest one continues.
    pub first_checkpoint: Option<Checkpoint>,
    pub key: KeyOrigin,
    pub made_at: Timestamp,
    pub software: String,
}

/// Checks a case file given as paths and bytes, in any order.
///
/// The seal must be by one of the `trusted` keys; when there are none it must
/// be by the first key that the file itself names. Checkpoints may be by any
/// key that the sealed manifest names.
pub fn verify_case_file(files: &[(String, Vec<u8>)], trusted: &[VerifierKey]) -> Result<Verified, Flaw> {
    let files = Files::new(files)?;
    let manifest_bytes = files.get(MANIFEST)?;
    let manifest = read_manifest(manifest_bytes)?;
    let keys = read_keys(&manifest)?;
    let key = check_seal(&files, &manifest, manifest_bytes, &keys, trusted)?;
    let events = check_contents(&files, &manifest)?;

    let checkpoint = read_checkpoint(&files, CHECKPOINT, &manifest, &keys)?;
    if checkpoint.unverified().size != manifest.tree_size {
        return Err(wrong_manifest("tree_size is not the size in the checkpoint"));
    }
    let (recorded, clock_stepped_back) = check_events(&files, &manifest, events, &checkpoint)?;
    let first_checkpoint = check_consistency(&files, &manifest, &keys, &checkpoint)?;

    Ok(Verified {
        events,
        first_subject_seq: manifest.first_subject_seq,
        last_subject_seq: manifest.last_subject_seq,
        recorded,
        erased: manifest.erased.iter().copied().collect(),
        clock_stepped_back,
        checkpoint: checkpoint.unverified().clone(),
        first_checkpoint,
        key,
        made_at: manifest.made_at,
        origin: manifest.origin,
        book: manifest.book,
        subject: manifest.subject,
        software: manifest.software,
    })
}

struct Files<'a>(BTreeMap<&'a str, &'a [u8]>);

impl<'a> Files<'a> {
    fn new(files: &'a [(String, Vec<u8>)]) -> Result<Files<'a>, Flaw> {
        let mut by_path = BTreeMap::new();
        for (path, bytes) in files {
            if by_path.insert(path.as_str(), bytes.as_slice()).is_some() {
                return Err(Flaw::Repeated { path: path.clone() });
            }
        }
        Ok(Files(by_path))
    }

    fn get(&self, path: &str) -> Result<&'a [u8], Flaw> {
        self.0.get(path).copied().ok_or_else(|| Flaw::Missing { path: path.to_owned() })
    }
}

fn wrong_manifest(reason: impl ToString) -> Flaw {
    Flaw::Manifest { reason: reason.to_string() }
}

fn read_manifest(bytes: &[u8]) -> Result<Manifest, Flaw> {
    let manifest: Manifest = serde_json::from_slice(bytes).map_err(wrong_manifest)?;
    if manifest.format != FORMAT {
        return Err(wrong_manifest(format!("its format is `{}`, expected `{FORMAT}`", manifest.format)));
    }
    Ok(manifest)
}

fn read_keys(manifest: &Manifest) -> Result<Vec<VerifierKey>, Flaw> {
    manifest.keys.iter().map(|text| text.parse()).collect::<Result<_, NoteError>>().map_err(wrong_manifest)
}

fn check_seal(
    files: &Files<'_>,
    manifest: &Manifest,
    manifest_bytes: &[u8],
    keys: &[VerifierKey],
    trusted: &[VerifierKey],
) -> Result<KeyOrigin, Flaw> {
    let broken = |reason: &dyn ToString| Flaw::Seal { reason: reason.to_string() };
    let sealing_key = keys.first().ok_or_else(|| wrong_manifest("it names no key"))?;
    let seal = SignedNote::parse(files.get(SEAL)?).map_err(|error| broken(&error))?;
    // Lines by unknown keys would be bytes that nothing vouches for.
    if seal.signatures.len() != 1 {
        return Err(broken(&"it must have exactly one signature"));
    }
    if seal.text != seal_text(&manifest.origin, manifest_bytes) {
        return Err(broken(&"it is for another manifest"));
    }
    if !trusted.is_empty() && !trusted.contains(sealing_key) {
        let expected: Vec<String> = trusted.iter().map(VerifierKey::short).collect();
        let expected = expected.join(", ");
        return Err(broken(&format!("the file names the key {}, expected {expected}", sealing_key.short())));
    }
    seal.verify(std::slice::from_ref(sealing_key)).map_err(|error| broken(&error))?;
    let key = sealing_key.clone();
    Ok(if trusted.is_empty() { KeyOrigin::File(key) } else { KeyOrigin::Given(key) })
}

/// Compares the files with the manifest, none missing and none extra, and returns the number of events.
fn check_contents(files: &Files<'_>, manifest: &Manifest) -> Result<u64, Flaw> {
    let events = manifest.events().ok_or_else(|| wrong_manifest("the last event is before the first"))?;
    // The list bounds the number of events before anything is built from it.
    if events > manifest.files.len() as u64 {
        return Err(wrong_manifest("it lists fewer files than events"));
    }
    if manifest.erased.last().is_some_and(|&number| number >= events) {
        return Err(wrong_manifest("it calls an event erased that the file does not have"));
    }
    let with_first =
        manifest.files.iter().any(|file| file.path == FIRST_CHECKPOINT || file.path == CONSISTENCY);
    let expected = manifest.expected_paths(events, with_first);
    let mut listed = manifest.files.iter();
    for path in expected {
        match listed.next() {
            Some(file) if file.path == path => {}
            Some(file) => {
                return Err(wrong_manifest(format!("it lists `{}` in the place of `{path}`", file.path)));
            }
            None => return Err(wrong_manifest(format!("it does not list `{path}`"))),
        }
    }
    if let Some(file) = listed.next() {
        return Err(wrong_manifest(format!("it lists `{}`, which no case file has", file.path)));
    }
    let mut known = std::collections::BTreeSet::from([MANIFEST, SEAL]);
    for file in &manifest.files {
        let bytes = files.get(&file.path)?;
        let found = hex(&Sha256::digest(bytes));
        if found != file.sha256 {
            return Err(Flaw::Content { path: file.path.clone(), expected: file.sha256.clone(), found });
        }
        if bytes.len() as u64 != file.size {
            return Err(wrong_manifest(format!("it gives `{}` the wrong size", file.path)));
        }
        known.insert(&file.path);
    }
    match files.0.keys().find(|path| !known.contains(*path)) {
        Some(path) => Err(Flaw::Unexpected { path: (*path).to_owned() }),
        None => Ok(events),
    }
}

fn read_checkpoint(
    files: &Files<'_>,
    path: &'static str,
    manifest: &Manifest,
    keys: &[VerifierKey],
) -> Result<SignedCheckpoint, Flaw> {
    let broken = |source| Flaw::Checkpoint { path, source };
    let signed = SignedCheckpoint::parse(files.get(path)?).map_err(broken)?;
    let origin = &signed.verify(keys).map_err(broken)?.origin;
    if *origin != manifest.origin {
        return Err(Flaw::Origin { path, expected: manifest.origin.clone(), found: origin.clone() });
    }
    Ok(signed)
}

fn check_events(
    files: &Files<'_>,
    manifest: &Manifest,
    events: u64,
    checkpoint: &SignedCheckpoint,
) -> Result<((Timestamp, Timestamp), Vec<u64>), Flaw> {
    let Checkpoint { size, root, .. } = checkpoint.unverified();
    let mut before: Option<(OwnedEnvelope, Hash)> = None;
    let mut first_recorded = None;
    let mut clock_stepped_back = Vec::new();
    for event in 0..events {
        let envelope = files.get(&envelope_path(event))?;
        let fields = parse_envelope(envelope).map_err(|source| Flaw::Envelope { event, source })?;
        let leaf = leaf_hash(envelope);
        check_chain(manifest, event, &fields, before.as_ref())?;
        if !manifest.erased.contains(&event) {
            let salt = read_salt(files.get(&salt_path(event))?).ok_or(Flaw::Salt { event })?;
            let found = commitment(&salt, files.get(&payload_path(event))?);
            let expected = fields.payload_commitment;
            if found != expected {
                return Err(Flaw::Commitment { event, expected, found });
            }
        }
        let (index, proof) =
            read_event_proof(files.get(&proof_path(event))?, checkpoint).ok_or(Flaw::ProofForm { event })?;
        if index != fields.seq {
            return Err(Flaw::Index { event, expected: fields.seq, found: index });
        }
        verify_inclusion(&leaf, index, *size, &proof, root)
            .map_err(|source| Flaw::Inclusion { event, source })?;

        first_recorded.get_or_insert(fields.recorded_at);
        if before.as_ref().is_some_and(|(before, _)| fields.recorded_at < before.recorded_at) {
            clock_stepped_back.push(event);
        }
        before = Some((fields, leaf));
    }
    match (first_recorded, before) {
        (Some(first), Some((last, _))) => Ok(((first, last.recorded_at), clock_stepped_back)),
        _ => Err(wrong_manifest("it has no events")),
    }
}

fn check_chain(
    manifest: &Manifest,
    event: u64,
    fields: &OwnedEnvelope,
    before: Option<&(OwnedEnvelope, Hash)>,
) -> Result<(), Flaw> {
    if fields.book != manifest.book {
        return Err(Flaw::Book { event, expected: manifest.book.clone(), found: fields.book.clone() });
    }
    if fields.subject != manifest.subject {
        return Err(Flaw::Subject {
            event,
            expected: manifest.subject.clone(),
            found: fields.subject.clone(),
        });
    }
    let expected = manifest.first_subject_seq + event;
    if fields.subject_seq != expected {
        return Err(Flaw::Gap { event, expected, found: fields.subject_seq });
    }
    let expected = match before {
        Some((before, leaf)) => {
            if fields.seq <= before.seq {
                return Err(Flaw::Order { event, after: before.seq, found: fields.seq });
            }
            *leaf
        }
        None if expected == 0 => [0; 32],
        // A file that starts in the middle of the chain cannot show what came before.
        None => return Ok(()),
    };
    if fields.prev_subject_hash != expected {
        return Err(Flaw::Chain { event, expected, found: fields.prev_subject_hash });
    }
    Ok(())
}

fn read_salt(bytes: &[u8]) -> Option<[u8; 32]> {
    parse_hex(std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?)
}

fn read_event_proof(bytes: &[u8], checkpoint: &SignedCheckpoint) -> Option<(u64, Vec<Hash>)> {
    let text = std::str::from_utf8(bytes).ok()?.strip_prefix(PROOF_VERSION_LINE)?.strip_prefix("\nindex ")?;
    read_proof(text, checkpoint)
}

/// Reads a number, hashes and the checkpoint they lead to, which must be the file's own.
fn read_proof(text: &str, checkpoint: &SignedCheckpoint) -> Option<(u64, Vec<Hash>)> {
    let head = text.strip_suffix(checkpoint.as_str())?.strip_suffix("\n\n")?;
    let mut lines = head.split('\n');
    let number = parse_decimal(lines.next()?)?;
    let hashes: Vec<Hash> = lines.take(PROOF_MAX + 1).map(parse_hash).collect::<Option<_>>()?;
    if hashes.len() <= PROOF_MAX { Some((number, hashes)) } else { None }
}

fn check_consistency(
    files: &Files<'_>,
    manifest: &Manifest,
    keys: &[VerifierKey],
    latest: &SignedCheckpoint,
) -> Result<Option<Checkpoint>, Flaw> {
    if !files.0.contains_key(FIRST_CHECKPOINT) {
        return Ok(None);
    }
    let first = read_checkpoint(files, FIRST_CHECKPOINT, manifest, keys)?;
    let (first, latest_checkpoint) = (first.unverified(), latest.unverified());
    let (old_size, proof) = std::str::from_utf8(files.get(CONSISTENCY)?)
        .ok()
        .and_then(|text| read_proof(text.strip_prefix("old ")?, latest))
        .filter(|(old_size, _)| *old_size == first.size)
        .ok_or(Flaw::ConsistencyForm)?;
    verify_consistency(old_size, &first.root, latest_checkpoint.size, &latest_checkpoint.root, &proof)
        .map_err(Flaw::Consistency)?;
    Ok(Some(first.clone()))
}
