//! A small log with several debtors, from which the tests make case files.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use duewell_domain::evidence::{
    CaseEvent, CaseFile, Checkpoint, Envelope, Hash, LogKey, Payload, SignedCheckpoint, Tree, commitment,
    hex, leaf_hash,
};
use ed25519_dalek::{Signer as _, SigningKey};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

pub type Files = Vec<(String, Vec<u8>)>;

pub const ORIGIN: &str = "duewell.example/bok_0000000000001";
pub const BOOK: &str = "bok_0000000000001";

pub fn key() -> LogKey {
    LogKey::from_seed(ORIGIN, &[42; 32]).unwrap()
}

pub fn stranger() -> LogKey {
    LogKey::from_seed("stranger.example", &[43; 32]).unwrap()
}

fn moment(step: u64) -> Timestamp {
    let start: Timestamp = "2026-03-01T08:00:00Z".parse().unwrap();
    start + SignedDuration::from_micros(step as i64 * 3_600_000_017)
}

#[derive(Debug, Default)]
pub struct History {
    pub leaves: Vec<Hash>,
    chains: HashMap<String, (u64, Hash)>,
    events: Vec<(String, Vec<u8>, Option<Payload>)>,
    clock_error: SignedDuration,
}

impl History {
    pub fn record(&mut self, subject: &str, kind: &str, actor: &str, payload: &[u8]) {
        let seq = self.events.len() as u64;
        let mut salt = [0; 32];
        salt.copy_from_slice(&leaf_hash(&seq.to_be_bytes()));
        let (subject_seq, prev_subject_hash) = self.chains.get(subject).copied().unwrap_or_default();
        let envelope = Envelope {
            book: BOOK,
            seq,
            kind,
            occurred_at: moment(seq),
            recorded_at: moment(seq) + SignedDuration::from_micros(250) - self.clock_error,
            actor,
            subject,
            subject_seq,
            prev_subject_hash,
            rules: "dunning@3 us-federal@2026-04",
            payload_commitment: commitment(&salt, payload),
        }
        .encode();
        let leaf = leaf_hash(&envelope);
        self.leaves.push(leaf);
        self.chains.insert(subject.to_owned(), (subject_seq + 1, leaf));
        self.events.push((subject.to_owned(), envelope, Some(Payload { salt, bytes: payload.to_vec() })));
    }

    /// Lets the clock go wrong from here on.
    pub fn clock_back_by(&mut self, error: SignedDuration) {
        self.clock_error = error;
    }

    pub fn erase(&mut self, seq: usize) {
        self.events[seq].2 = None;
    }

    pub fn checkpoint(&self, size: usize, key: &LogKey) -> SignedCheckpoint {
        let root = Tree::from_leaves(self.leaves[..size].iter().copied()).root();
        Checkpoint::new(ORIGIN, size as u64, root, moment(size as u64)).sign(&[key]).unwrap()
    }

    /// Makes the case file of a debtor from the whole log, with an earlier checkpoint of `first` leaves if given.
    pub fn case_file(&self, subject: &str, first: Option<usize>, key: &LogKey) -> CaseFile {
        let tree = Tree::from_leaves(self.leaves.iter().copied());
        let events = (0u64..)
            .zip(&self.events)
            .filter(|(_, (of, _, _))| of == subject)
            .map(|(seq, (_, envelope, payload))| CaseEvent {
                envelope: envelope.clone(),
                payload: payload.clone(),
                proof: tree.inclusion_proof(seq).unwrap(),
            })
            .collect();
        CaseFile {
            events,
            checkpoint: self.checkpoint(self.leaves.len(), key),
            first: first
                .map(|size| (self.checkpoint(size, key), tree.consistency_proof(size as u64).unwrap())),
            former_keys: Vec::new(),
            chronology:
                "2026-03-01 08:00 UTC  reminder sent by e-mail\n2026-03-04 09:00 UTC  paid 120.00 EUR\n"
                    .into(),
            made_at: "2026-11-23T08:47:00Z".parse().unwrap(),
            software: "duewell 0.0.0".into(),
        }
    }
}

/// A log of twelve events; three of them are about `dbt_0000000000002`, one of which is erased.
pub fn small_history() -> History {
    let mut history = History::default();
    for step in 0..12 {
        let subject = match step % 4 {
            0 => "dbt_0000000000001",
            1 => "dbt_0000000000002",
            2 => "dbt_0000000000003",
            _ => "",
        };
        let payload =
            format!("{{\"step\":{step},\"text\":\"Please pay 120.00 EUR by 15 March – thank you\"}}");
        history.record(subject, "notice.sent", "system:run", payload.as_bytes());
    }
    history.erase(5);
    history
}

pub const SMALL_SUBJECT: &str = "dbt_0000000000002";

pub fn small_files() -> Files {
    small_history().case_file(SMALL_SUBJECT, Some(6), &key()).files(&key()).unwrap()
}

pub fn file<'a>(files: &'a mut Files, path: &str) -> &'a mut Vec<u8> {
    &mut files.iter_mut().find(|(at, _)| at == path).unwrap_or_else(|| panic!("{path} is there")).1
}

pub fn replace(files: &mut Files, path: &str, from: &str, to: &str) {
    let text = String::from_utf8(file(files, path).clone()).unwrap();
    assert!(text.contains(from), "{from} in {text}");
    *file(files, path) = text.replacen(from, to, 1).into_bytes();
}

/// Does what someone with the log's key could do: lists the changed files anew and seals the manifest.
///
/// The signature is made here from the C2SP description, not by the code under test.
pub fn seal_anew(files: &mut Files, change: impl FnOnce(&mut serde_json::Value)) {
    let mut manifest: serde_json::Value = serde_json::from_slice(file(files, "manifest.json")).unwrap();
    manifest["files"] = files
        .iter()
        .filter(|(path, _)| path != "manifest.json" && path != "seal")
        .map(|(path, bytes)| {
            serde_json::json!({ "path": path, "size": bytes.len(), "sha256": hex(&Sha256::digest(bytes)) })
        })
        .collect();
    change(&mut manifest);
    let manifest = serde_json::to_vec(&manifest).unwrap();
    let text = format!("duewell.case-file/1\n{ORIGIN}\nsha256: {}\n", hex(&Sha256::digest(&manifest)));
    let secret = SigningKey::from_bytes(&[42; 32]);
    let id = Sha256::new()
        .chain_update(format!("{ORIGIN}\n\u{1}"))
        .chain_update(secret.verifying_key().as_bytes())
        .finalize();
    let signature = [&id[..4], &secret.sign(text.as_bytes()).to_bytes()].concat();
    *file(files, "seal") = format!("{text}\n— {ORIGIN} {}\n", STANDARD.encode(signature)).into_bytes();
    *file(files, "manifest.json") = manifest;
}
