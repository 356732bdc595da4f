//! A mail server that fails by seed and remembers what truly arrived.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use duewell_gateways::{Envelope, MailGateway, Outcome};
use duewell_sample::rng::Rng;
use jiff::Timestamp;

use crate::house::{Fuse, Hands};

/// How one handing over ended, as far as the world knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Accepted,
    Temporary,
    Permanent,
    /// The connection broke; whether it arrived stands beside.
    Unknown,
    /// The process died before it heard an answer.
    NoAnswer,
}

/// One handing over.
#[derive(Clone, Debug)]
pub struct Sending {
    pub at: Timestamp,
    pub to: String,
    pub message_id: String,
    pub bytes: Vec<u8>,
    pub arrived: bool,
    pub fate: Fate,
    /// Whether a commit followed that could write the answer down.
    pub recorded: bool,
}

impl Sending {
    /// The notice of a message: its id stands before the attempt's number.
    pub fn notice(&self) -> &str {
        self.message_id.split(['.', '@']).next().unwrap_or("")
    }
}

/// Everything that was handed over since the auditor last looked.
pub type Log = Arc<Mutex<Vec<Sending>>>;

/// How often, in a thousand, the server fails in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    pub temporary: u16,
    pub permanent: u16,
    pub unknown: u16,
}

/// The simulated mail server.
pub struct SimMail {
    pub rng: Rng,
    pub trouble: Trouble,
    pub hands: Hands,
    pub fuse: Arc<Fuse>,
    pub log: Log,
    /// Whether the server drops a message id that it has seen (the mailbox folder does).
    pub drops_repeats: bool,
    pub seen: BTreeSet<String>,
}

impl SimMail {
    fn note(&mut self, envelope: &Envelope, bytes: &[u8], arrived: bool, fate: Fate) {
        let message_id = header(bytes, "message-id").unwrap_or_default();
        // Only what was taken can be known again.
        let repeated = arrived && !self.seen.insert(message_id.clone()) && self.drops_repeats;
        self.log.lock().expect("the log is never held by one that panics").push(Sending {
            at: self.hands.now(),
            to: envelope.to.clone(),
            message_id,
            bytes: bytes.to_vec(),
            arrived: arrived && !repeated,
            fate,
            recorded: false,
        });
    }
}

impl MailGateway for SimMail {
    fn send(&mut self, envelope: &Envelope, bytes: &[u8]) -> Outcome {
        self.hands.step(self.rng.between(20, 4_000));
        let lot = self.rng.below(1000) as u16;
        let arrives = self.rng.chance(500);
        let Trouble { temporary, permanent, unknown } = self.trouble;
        if self.fuse.burns_before_sending() {
            self.fuse.blow();
        }
        // What was taken once is taken again, and dropped: that is what makes sending it again safe.
        let taken = self.drops_repeats
            && header(bytes, "message-id").is_some_and(|message_id| self.seen.contains(&message_id));
        let (fate, arrived) = if taken {
            (Fate::Accepted, true)
        } else if lot < temporary {
            (Fate::Temporary, false)
        } else if lot < temporary + permanent {
            (Fate::Permanent, false)
        } else if lot < temporary + permanent + unknown {
            (Fate::Unknown, arrives)
        } else {
            (Fate::Accepted, true)
        };
        if self.fuse.burns_after_sending() {
            self.note(envelope, bytes, arrived, Fate::NoAnswer);
            self.fuse.blow();
        }
        self.note(envelope, bytes, arrived, fate);
        match fate {
            Fate::Temporary => Outcome::Temporary { reason: "450 try again later".to_owned() },
            Fate::Permanent => Outcome::Permanent { reason: "550 no such mailbox".to_owned() },
            Fate::Unknown | Fate::NoAnswer => {
                Outcome::Unknown { reason: "the connection broke after the text".to_owned() }
            }
            Fate::Accepted => Outcome::Accepted { response: "250 queued".to_owned() },
        }
    }

    fn was_taken(&self, message_id: &str) -> Option<bool> {
        self.drops_repeats.then(|| self.seen.contains(message_id))
    }
}

/// Returns the value of a header of a composed message, unfolded.
pub fn header(bytes: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let head = text.split("\r\n\r\n").next()?.replace("\r\n ", " ");
    head.split("\r\n").find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found
            .eq_ignore_ascii_case(name)
            .then(|| value.trim().trim_start_matches('<').trim_end_matches('>').to_owned())
    })
}
