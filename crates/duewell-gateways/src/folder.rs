//! The mailbox folder: where mail goes without a mail server. One `.eml` file per message.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use mail_parser::MessageParser;
use sha2::{Digest, Sha256};

use crate::mail::{Envelope, MailError};
use crate::{MailGateway, Outcome};

/// A folder of messages.
#[derive(Clone, Debug)]
pub struct MailboxFolder {
    dir: PathBuf,
}

/// One message of the folder, as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxEntry {
    pub name: String,
    pub to: String,
    pub subject: String,
    /// RFC 3339, UTC.
    pub date: String,
}

impl MailboxFolder {
    /// Opens the folder and makes it where it is missing.
    pub fn new(dir: impl Into<PathBuf>) -> Result<MailboxFolder, MailError> {
        let dir = dir.into();
        fs::create_dir_all(&dir)?;
        Ok(MailboxFolder { dir })
    }

    pub fn path(&self) -> &Path {
        &self.dir
    }

    /// Lists the messages, newest first.
    pub fn list(&self) -> Result<Vec<MailboxEntry>, MailError> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if !name.ends_with(".eml") {
                continue;
            }
            let bytes = self.read(&name)?;
            let Some(message) = MessageParser::default().parse_headers(&bytes) else { continue };
            let to = message.to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap_or("");
            entries.push(MailboxEntry {
                to: to.to_owned(),
                subject: message.subject().unwrap_or("").to_owned(),
                date: message.date().map(mail_parser::DateTime::to_rfc3339).unwrap_or_default(),
                name,
            });
        }
        entries.sort_by(|a, b| (&b.date, &b.name).cmp(&(&a.date, &a.name)));
        Ok(entries)
    }

    /// Reads one message by the name the list gives.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, MailError> {
        let plain = name.ends_with(".eml") && !name.contains(['/', '\\']);
        if !plain {
            return Err(MailError::Folder(io::Error::new(io::ErrorKind::NotFound, name.to_owned())));
        }
        Ok(fs::read(self.dir.join(name))?)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<String> {
        let message_id = MessageParser::default()
            .parse_headers(bytes)
            .and_then(|message| message.message_id().map(str::to_owned))
            .unwrap_or_default();
        let name = file_name(&message_id, bytes);
        let target = self.dir.join(&name);
        let draft = self.dir.join(format!("{name}.part"));
        let mut file = fs::File::create(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, &target)?;
        fs::File::open(&self.dir)?.sync_all()?;
        Ok(name)
    }
}

/// Makes the name of the message id, or of the bytes where there is none: the same message again is the same file.
fn file_name(message_id: &str, bytes: &[u8]) -> String {
    let hash = Sha256::digest(if message_id.is_empty() { bytes } else { message_id.as_bytes() });
    let short: String = hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let safe: String = message_id
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' })
        .take(80)
        .collect();
    format!("{safe}-{short}.eml")
}

impl MailGateway for MailboxFolder {
    fn send(&mut self, _: &Envelope, bytes: &[u8]) -> Outcome {
        match self.write(bytes) {
            Ok(name) => Outcome::Accepted { response: format!("kept as {name}") },
            Err(error) => {
                Outcome::Temporary { reason: format!("the mailbox folder cannot be written: {error}") }
            }
        }
    }

    fn was_taken(&self, message_id: &str) -> Option<bool> {
        self.dir.join(file_name(message_id, &[])).try_exists().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: &str) -> Vec<u8> {
        format!("Message-ID: <{id}>\r\nTo: a@b.example\r\nSubject: hi\r\nDate: Mon, 23 Nov 2026 09:00:00 +0000\r\n\r\nbody\r\n").into_bytes()
    }

    #[test]
    fn the_same_message_again_is_the_same_file() {
        let dir = tempfile::tempdir().unwrap();
        let mut folder = MailboxFolder::new(dir.path()).unwrap();
        let envelope = Envelope { from: "a@b.example".to_owned(), to: "a@b.example".to_owned() };
        for _ in 0..3 {
            assert!(matches!(folder.send(&envelope, &message("one@x.example")), Outcome::Accepted { .. }));
        }
        folder.send(&envelope, &message("../../two@x.example"));
        let list = folder.list().unwrap();
        assert_eq!(list.len(), 2);
        assert_eq!((list[0].to.as_str(), list[0].subject.as_str()), ("a@b.example", "hi"));
        assert_eq!(
            folder.read(&list[0].name).unwrap().len(),
            fs::read(dir.path().join(&list[0].name)).unwrap().len()
        );
        assert!(folder.read("../secret.eml").is_err());
    }
}
