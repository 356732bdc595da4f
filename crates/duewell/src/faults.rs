//! Dying at a chosen moment, for tests: `DUEWELL_DIE_AT=n` kills the process at the n-th edge.
//!
//! Edges are counted from 1: before and after each commit, before and after
//! each message leaves. `DUEWELL_EDGES=FILE` writes how many there were, so
//! that a test can walk through all of them. Built with the feature `faults` only.

use std::sync::atomic::{AtomicU64, Ordering};

use duewell_gateways::{Envelope, MailGateway, Outcome};
use duewell_store::Store;

static EDGES: AtomicU64 = AtomicU64::new(0);

fn edge(name: &str) {
    let number = EDGES.fetch_add(1, Ordering::SeqCst) + 1;
    if let Ok(path) = std::env::var("DUEWELL_EDGES") {
        std::fs::write(path, number.to_string()).expect("the test gave a file that can be written");
    }
    if std::env::var("DUEWELL_DIE_AT").ok().and_then(|at| at.parse().ok()) == Some(number) {
        eprintln!("dying at edge {number}: {name}");
        // Nothing is flushed, no destructor runs: what a power cut leaves of a process.
        signal_hook::low_level::raise(signal_hook::consts::SIGKILL).expect("a process may kill itself");
        unreachable!("SIGKILL cannot be survived");
    }
}

pub fn watched(mut store: Store) -> Store {
    store.watch_commits(|at| edge(&format!("{at:?}")));
    store
}

struct Watched(Box<dyn MailGateway + Send>);

impl MailGateway for Watched {
    fn send(&mut self, envelope: &Envelope, bytes: &[u8]) -> Outcome {
        edge("BeforeSend");
        let outcome = self.0.send(envelope, bytes);
        edge("AfterSend");
        outcome
    }

    fn was_taken(&self, message_id: &str) -> Option<bool> {
        self.0.was_taken(message_id)
    }
}

pub fn watched_mail(gateway: Box<dyn MailGateway + Send>) -> Box<dyn MailGateway + Send> {
    Box::new(Watched(gateway))
}
