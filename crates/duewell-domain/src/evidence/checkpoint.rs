//! Checkpoints: signed statements of a log's size and root (c2sp.org/tlog-checkpoint).
//!
//! ```text
//! duewell.example/bok_0000000000001
//! 20852
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//! time: 2026-11-23T08:47:00Z
//!
//! — duewell.example/bok_0000000000001 Az3grlgt…
//! ```

use std::fmt;

use jiff::Timestamp;

use super::note::{self, LogKey, NoteError, SignedNote, VerifierKey};
use super::text::{base64, parse_decimal, parse_hash};
use super::tree::Hash;

const TIME: &str = "time: ";

/// A log's size and root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Names the log, e.g. `duewell.example/bok_…`: one book of one installation, for ever.
    pub origin: String,
    pub size: u64,
    pub root: Hash,
    /// Further lines; ours has one with the time, which is the log's own claim.
    pub extensions: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error(transparent)]
    Note(#[from] NoteError),
    #[error("the checkpoint's line {line} is not its {what}")]
    Line { line: usize, what: &'static str },
}

impl Checkpoint {
    /// Returns the checkpoint of a log at `made_at`.
    pub fn new(origin: &str, size: u64, root: Hash, made_at: Timestamp) -> Checkpoint {
        Checkpoint { origin: origin.to_owned(), size, root, extensions: vec![format!("{TIME}{made_at}")] }
    }

    /// Returns when the log says it made the checkpoint.
    pub fn made_at(&self) -> Option<Timestamp> {
        self.extensions.iter().find_map(|line| line.strip_prefix(TIME)?.parse().ok())
    }

    /// Signs the checkpoint with every key given (two while a key is being replaced).
    pub fn sign(&self, keys: &[&LogKey]) -> Result<SignedCheckpoint, CheckpointError> {
        // Reading it back refuses an origin or extension that would break the form.
        SignedCheckpoint::parse(note::sign(&self.text(), keys).as_bytes())
    }

    fn text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.size, base64(&self.root));
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    fn parse(text: &str) -> Result<Checkpoint, CheckpointError> {
        let wrong = |line, what| CheckpointError::Line { line, what };
        let mut lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
        let origin = lines.next().filter(|line| !line.is_empty()).ok_or(wrong(1, "origin"))?;
        let size = lines.next().and_then(parse_decimal).ok_or(wrong(2, "size"))?;
        let root = lines.next().and_then(parse_hash).ok_or(wrong(3, "root"))?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        match extensions.iter().position(String::is_empty) {
            Some(empty) => Err(wrong(empty + 4, "extension")),
            None => Ok(Checkpoint { origin: origin.to_owned(), size, root, extensions }),
        }
    }
}

/// A checkpoint with its signatures, in the exact text that was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: SignedNote,
    text: String,
}

impl SignedCheckpoint {
    /// Reads a signed checkpoint; who signed it is left to [`SignedCheckpoint::verify`].
    pub fn parse(bytes: &[u8]) -> Result<SignedCheckpoint, CheckpointError> {
        let note = SignedNote::parse(bytes)?;
        let checkpoint = Checkpoint::parse(&note.text)?;
        let text = std::str::from_utf8(bytes).map_err(|_| NoteError::NotText)?.to_owned();
        Ok(SignedCheckpoint { checkpoint, note, text })
    }

    /// Checks that one of `keys` signed, and returns what it signed.
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<&Checkpoint, CheckpointError> {
        self.note.verify(keys)?;
        Ok(&self.checkpoint)
    }

    /// Returns what the checkpoint says, whoever signed it.
    pub fn unverified(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Returns the exact text with its signatures.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> LogKey {
        LogKey::from_seed("duewell.example/bok_1", &[7; 32]).unwrap()
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint::new("duewell.example/bok_1", 20_852, [9; 32], "2026-11-23T08:47:00Z".parse().unwrap())
    }

    #[test]
    fn a_signed_checkpoint_reads_back_and_verifies() {
        let signed = checkpoint().sign(&[&key()]).unwrap();
        let read = SignedCheckpoint::parse(signed.as_str().as_bytes()).unwrap();
        assert_eq!(read, signed);
        assert_eq!(read.verify(&[key().verifier().clone()]), Ok(&checkpoint()));
        assert_eq!(read.unverified().made_at(), Some("2026-11-23T08:47:00Z".parse().unwrap()));
    }

    #[test]
    fn what_would_break_the_form_is_not_signed() {
        let refused = |change: fn(&mut Checkpoint)| {
            let mut checkpoint = checkpoint();
            change(&mut checkpoint);
            checkpoint.sign(&[&key()]).expect_err("it breaks the form")
        };
        assert_eq!(refused(|c| c.origin.clear()), CheckpointError::Line { line: 1, what: "origin" });
        assert_eq!(refused(|c| c.origin = "a\nb".into()), CheckpointError::Line { line: 2, what: "size" });
        assert_eq!(refused(|c| c.origin = "a\tb".into()), CheckpointError::Note(NoteError::NotText));
        assert_eq!(
            refused(|c| c.extensions = vec![String::new()]),
            CheckpointError::Line { line: 4, what: "extension" }
        );
        assert_eq!(checkpoint().sign(&[]), Err(CheckpointError::Note(NoteError::Form)));
    }

    #[test]
    fn a_checkpoint_has_one_spelling() {
        let read = |text: &str| Checkpoint::parse(text);
        let root = base64(&[9; 32]);
        assert!(read(&format!("o\n0\n{root}\n")).is_ok());
        assert_eq!(read(&format!("o\n00\n{root}\n")), Err(CheckpointError::Line { line: 2, what: "size" }));
        assert_eq!(read("o\n1\nAA==\n"), Err(CheckpointError::Line { line: 3, what: "root" }));
        assert_eq!(read("o\n"), Err(CheckpointError::Line { line: 2, what: "size" }));
        assert_eq!(
            read(&format!("o\n1\n{root}\n\nx\n")),
            Err(CheckpointError::Line { line: 4, what: "extension" })
        );
    }
}
