//! The only outbound network: mail by SMTP, and the mailbox folder that stands in for it.
//!
//! A gateway takes bytes and an envelope and says what became of them. It knows
//! nothing of debtors and rules, and it never tries again by itself: whether and
//! when something is sent once more is decided elsewhere.

mod folder;
mod mail;
mod smtp;

pub use folder::{MailboxEntry, MailboxFolder};
pub use mail::{Envelope, Mail, MailError, Mailbox, compose, text_part};
pub use smtp::{Secret, SmtpGateway, SmtpSettings, Tls};

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The other side took responsibility for it.
    Accepted { response: String },
    /// It was not taken now; a later try may succeed.
    Temporary { reason: String },
    /// It will never be taken at this address.
    Permanent { reason: String },
    /// The message had been handed over when the connection broke: it may or may not have been taken.
    Unknown { reason: String },
}

/// A way for mail to leave.
pub trait MailGateway {
    /// Hands one message over, once.
    fn send(&mut self, envelope: &Envelope, bytes: &[u8]) -> Outcome;

    /// Says whether a message with this id was taken before, where that can be known.
    fn was_taken(&self, message_id: &str) -> Option<bool> {
        let _ = message_id;
        None
    }
}
