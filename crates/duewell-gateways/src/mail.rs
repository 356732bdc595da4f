//! Composing mail: the same facts always give the same bytes.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use lettre::Address;
use lettre::message::header::{self, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox as LettreMailbox, Message, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

/// A name with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    pub name: String,
    pub email: String,
}

/// A message to one person, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Without angle brackets: `left@right`. Stable for one attempt.
    pub message_id: String,
    pub date: Timestamp,
    pub from: Mailbox,
    pub reply_to: Option<Mailbox>,
    pub to: Mailbox,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Where the receiver says no: `mailto:…` or `https://…` (RFC 2369, RFC 8058).
    pub list_unsubscribe: Option<String>,
}

/// Who hands over to whom, in the words of SMTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    pub from: String,
    pub to: String,
}

#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("`{0}` is not an e-mail address that mail can be sent to")]
    Address(String),
    #[error("the {0} holds a line end or another control character")]
    ControlCharacter(&'static str),
    #[error("the mail server's settings cannot be used: {0}")]
    Settings(String),
    #[error("the mailbox folder cannot be used: {0}")]
    Folder(#[from] std::io::Error),
    #[error("the message cannot be built: {0}")]
    Build(String),
}

macro_rules! text_header {
    ($($name:ident = $text:literal;)*) => {$(
        #[derive(Clone)]
        struct $name(String);

        impl Header for $name {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($text)
            }

            fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok($name(text.to_owned()))
            }

            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), self.0.clone())
            }
        }
    )*};
}

text_header! {
    AutoSubmitted = "Auto-Submitted";
    ListUnsubscribe = "List-Unsubscribe";
    ListUnsubscribePost = "List-Unsubscribe-Post";
}

fn plain(what: &'static str, text: &str) -> Result<(), MailError> {
    if text.chars().any(char::is_control) { Err(MailError::ControlCharacter(what)) } else { Ok(()) }
}

fn mailbox(of: &Mailbox) -> Result<LettreMailbox, MailError> {
    plain("name", &of.name)?;
    let address: Address =
        of.email.parse().map_err(|_| MailError::Address(of.email.chars().take(80).collect()))?;
    Ok(LettreMailbox::new((!of.name.is_empty()).then(|| of.name.clone()), address))
}

/// Writes the message: multipart/alternative, text first, then HTML (RFC 2046, 5.1.4).
///
/// Control characters in a header are refused, so no value can start another header.
pub fn compose(mail: &Mail) -> Result<Vec<u8>, MailError> {
    plain("subject", &mail.subject)?;
    plain("message id", &mail.message_id)?;
    let since_epoch = Duration::from_millis(u64::try_from(mail.date.as_millisecond()).unwrap_or(0));
    let date: SystemTime = UNIX_EPOCH + since_epoch;
    let mut builder = Message::builder()
        .date(date)
        .from(mailbox(&mail.from)?)
        .to(mailbox(&mail.to)?)
        .subject(&mail.subject)
        .message_id(Some(format!("<{}>", mail.message_id)))
        // RFC 3834: no automatic answer should be sent to it.
        .header(AutoSubmitted("auto-generated".to_owned()));
    if let Some(reply_to) = &mail.reply_to {
        builder = builder.reply_to(mailbox(reply_to)?);
    }
    if let Some(unsubscribe) = &mail.list_unsubscribe {
        plain("unsubscribe address", unsubscribe)?;
        builder = builder.header(ListUnsubscribe(format!("<{unsubscribe}>")));
        if unsubscribe.starts_with("https://") {
            builder = builder.header(ListUnsubscribePost("List-Unsubscribe=One-Click".to_owned()));
        }
    }
    // A boundary made of the content: equal messages have equal bytes, and no text can hold its own.
    let mut hash = Sha256::new();
    for part in [&mail.message_id, &mail.subject, &mail.text, &mail.html] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let boundary: String = hash.finalize().iter().take(20).map(|byte| format!("{byte:02x}")).collect();
    let part = |kind, body: &str| SinglePart::builder().header(kind).body(body.to_owned());
    let body = MultiPart::alternative()
        .boundary(boundary)
        .singlepart(part(header::ContentType::TEXT_PLAIN, &mail.text))
        .singlepart(part(header::ContentType::TEXT_HTML, &mail.html));
    let message = builder.multipart(body).map_err(|error| MailError::Build(error.to_string()))?;
    Ok(message.formatted())
}

/// Returns the text part of a composed message, decoded.
pub fn text_part(bytes: &[u8]) -> Option<String> {
    let message = mail_parser::MessageParser::default().parse(bytes)?;
    message.body_text(0).map(|text| text.replace("\r\n", "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn sample() -> Mail {
        Mail {
            message_id: "ntc_1.1@shop.example".to_owned(),
            date: "2026-11-23T09:00:00Z".parse().unwrap(),
            from: Mailbox { name: "Müller & Söhne".to_owned(), email: "hello@shop.example".to_owned() },
            reply_to: None,
            to: Mailbox { name: "O'Neil, \"Jo\" <x>".to_owned(), email: "jo@debtor.example".to_owned() },
            subject: "Grüße – invoice 2026-17".to_owned(),
            text: "Dear Jo,\n.\nFrom here on.\n".to_owned(),
            html: "<p>Dear Jo</p>".to_owned(),
            list_unsubscribe: Some("mailto:hello@shop.example?subject=STOP".to_owned()),
        }
    }

    #[test]
    fn equal_facts_give_equal_bytes_and_read_back() {
        let bytes = compose(&sample()).unwrap();
        assert_eq!(bytes, compose(&sample()).unwrap());
        let read = mail_parser::MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(read.subject(), Some("Grüße – invoice 2026-17"));
        assert_eq!(read.message_id(), Some("ntc_1.1@shop.example"));
        let to = read.to().unwrap().first().unwrap();
        assert_eq!((to.name(), to.address()), (Some("O'Neil, \"Jo\" <x>"), Some("jo@debtor.example")));
        assert_eq!(read.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
        assert!(text_part(&bytes).unwrap().contains("\n.\nFrom here on."));
        assert_eq!(read.html_bodies().count(), 1);
    }

    #[test]
    fn no_value_can_start_another_header() {
        for (subject, name) in
            [("x\r\nBcc: all@evil.example", "n"), ("x", "n\nBcc: all@evil.example"), ("x\u{0}", "n")]
        {
            let mut mail = sample();
            mail.subject = subject.to_owned();
            mail.to.name = name.to_owned();
            assert!(matches!(compose(&mail), Err(MailError::ControlCharacter(_))), "{subject:?} {name:?}");
        }
    }

    proptest! {
        #[test]
        fn any_words_arrive_as_they_were(subject in "\\PC{0,80}", name in "\\PC{0,40}", text in "[^\\x00\\r]{0,400}") {
            let mut mail = sample();
            mail.subject = subject.trim().to_owned();
            mail.to.name = name;
            mail.text = text;
            if let Ok(bytes) = compose(&mail) {
                let read = mail_parser::MessageParser::default().parse(&bytes).unwrap();
                prop_assert_eq!(read.headers().iter().filter(|h| h.name().eq_ignore_ascii_case("bcc")).count(), 0);
                prop_assert_eq!(read.to().unwrap().first().unwrap().address(), Some("jo@debtor.example"));
                prop_assert_eq!(read.text_body_count(), 1);
            }
        }
    }
}
