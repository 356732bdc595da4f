//! How long it takes to record one event; the daily run records hundreds of thousands.

#![expect(clippy::disallowed_methods, reason = "it measures")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use duewell_domain::evidence::{Envelope, Frontier, Tree, commitment, leaf_hash, verify_inclusion};
use jiff::Timestamp;

const EVENTS: u64 = 300_000;

/// Runs `step` for every event and returns the time for one, the best of five rounds.
fn per_event(mut step: impl FnMut(u64)) -> Duration {
    let round = |step: &mut dyn FnMut(u64)| {
        let start = Instant::now();
        (0..EVENTS).for_each(&mut *step);
        start.elapsed() / u32::try_from(EVENTS).unwrap()
    };
    (0..5).map(|_| round(&mut step)).min().unwrap()
}

#[test]
#[ignore = "a measurement: cargo test --release -p duewell-domain --test evidence_speed -- --ignored --nocapture"]
fn an_event_is_recorded_within_four_microseconds() {
    let now: Timestamp = "2026-11-23T08:47:00.123456Z".parse().unwrap();
    let mut chains = vec![(0u64, [0u8; 32]); 1_000];
    let mut frontier = Frontier::default();
    let mut bytes = 0;
    let envelope =
        |event: u64, (subject_seq, prev_subject_hash): (u64, [u8; 32]), payload_commitment| Envelope {
            book: "bok_0000000000001",
            seq: event,
            kind: "notice.decided",
            occurred_at: now,
            recorded_at: now,
            actor: "system:run",
            subject: "dbt_0000000000002",
            subject_seq,
            prev_subject_hash,
            rules: "dunning@3 us-federal@2026-04",
            payload_commitment,
        };
    let encode = per_event(|event| {
        bytes = black_box(envelope(event, ([0; 32].len() as u64, [1; 32]), [2; 32]).encode()).len()
    });
    let whole = per_event(|event| {
        let chain = &mut chains[(event % 1_000) as usize];
        let encoded = envelope(event, *chain, [2; 32]).encode();
        let leaf = leaf_hash(&encoded);
        *chain = (chain.0 + 1, leaf);
        frontier.append(leaf);
        black_box(encoded);
    });
    let payload = vec![b'x'; 1_500];
    let commit = per_event(|event| {
        black_box(commitment(&[event as u8; 32], &payload));
    });
    println!("envelope of {bytes} bytes: encode {encode:?}, encode + hash + chain + append {whole:?}");
    println!("commitment to {} bytes: {commit:?}", payload.len());

    let leaves: Vec<_> = (0..1_000_000u64).map(|leaf| leaf_hash(&leaf.to_be_bytes())).collect();
    let start = Instant::now();
    let tree = Tree::from_leaves(leaves.iter().copied());
    println!("levels of a million leaves: {:?}", start.elapsed());
    let root = tree.root();
    let prove = per_event(|event| {
        let proof = tree.inclusion_proof(event * 3).unwrap();
        verify_inclusion(&leaves[event as usize * 3], event * 3, 1_000_000, &proof, &root).unwrap();
    });
    println!("inclusion proof made and checked: {prove:?}");
    assert!(whole <= Duration::from_micros(4), "{whole:?}");
}
