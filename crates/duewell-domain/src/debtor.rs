//! Who owes: a person or company, how to reach them and what we know about when.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::ContactPointId;

/// Whether the debtor is a natural person or a company.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    Person,
    Company,
}

impl PartyKind {
    pub fn as_str(self) -> &'static str {
        match self {
            PartyKind::Person => "person",
            PartyKind::Company => "company",
        }
    }
}

impl FromStr for PartyKind {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "person" => Ok(PartyKind::Person),
            "company" => Ok(PartyKind::Company),
            other => Err(UnknownWord::new("party kind", other)),
        }
    }
}

/// A stored word that this version does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} `{text}`")]
pub struct UnknownWord {
    pub what: &'static str,
    pub text: String,
}

impl UnknownWord {
    pub fn new(what: &'static str, text: &str) -> Self {
        UnknownWord { what, text: text.to_owned() }
    }
}

/// By what means a contact point reaches the debtor.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Email,
    Phone,
    Post,
}

impl Channel {
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Phone => "phone",
            Channel::Post => "post",
        }
    }
}

impl FromStr for Channel {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "email" => Ok(Channel::Email),
            "phone" => Ok(Channel::Phone),
            "post" => Ok(Channel::Post),
            other => Err(UnknownWord::new("channel", other)),
        }
    }
}

/// What the debtor said about being contacted at one contact point.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Nothing is known; ordinary business contact is allowed where the law allows it.
    Unknown,
    /// The debtor agreed.
    Given,
    /// The debtor said no: a hard stop for this contact point.
    Refused,
}

impl Consent {
    pub fn as_str(self) -> &'static str {
        match self {
            Consent::Unknown => "unknown",
            Consent::Given => "given",
            Consent::Refused => "refused",
        }
    }
}

impl FromStr for Consent {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "unknown" => Ok(Consent::Unknown),
            "given" => Ok(Consent::Given),
            "refused" => Ok(Consent::Refused),
            other => Err(UnknownWord::new("consent", other)),
        }
    }
}

/// One way to reach a debtor, as the facts of a decision carry it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ContactPoint {
    pub id: ContactPointId,
    pub channel: Channel,
    /// The address itself: an e-mail address, an E.164 number, a postal address on one line.
    pub value: String,
    pub consent: Consent,
    /// Mail to it was refused for good; it is not tried again until someone mends it.
    pub failed: bool,
}

/// An e-mail address that can stand in a header and an SMTP command.
///
/// It checks form only (RFC 5321 length limits, one `@`, a dotted or literal
/// domain, no white space and no control characters), not that anyone reads it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct EmailAddress(String);

impl EmailAddress {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an e-mail address")]
pub struct NotAnEmailAddress(pub String);

impl FromStr for EmailAddress {
    type Err = NotAnEmailAddress;

    fn from_str(text: &str) -> Result<Self, NotAnEmailAddress> {
        let wrong = || NotAnEmailAddress(text.chars().take(80).filter(|c| !c.is_control()).collect());
        let (local, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
        let plain = |c: char| !c.is_control() && !c.is_whitespace() && !"<>()[],;:\\\"@".contains(c);
        let label = |part: &str| {
            !part.is_empty()
                && part.len() <= 63
                && !part.starts_with('-')
                && !part.ends_with('-')
                && part.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let sound = !local.is_empty()
            && local.len() <= 64
            && local.chars().all(plain)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && domain.len() <= 253
            && domain.contains('.')
            && domain.split('.').all(label);
        if sound { Ok(EmailAddress(text.to_owned())) } else { Err(wrong()) }
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_could_inject_headers_or_commands_are_refused() {
        for text in ["a@b.example", "o'neil+tag@sub.domain.example", "müller@bücher.example"] {
            assert!(text.parse::<EmailAddress>().is_ok(), "{text}");
        }
        for text in [
            "",
            "a",
            "@b.c",
            "a@",
            "a@b",
            "a@b..c",
            "a@-b.c",
            "a b@c.d",
            "a@b.c\r\nBcc: x@y.z",
            "a@b.c,d@e.f",
            "<a@b.c>",
            "a@@b.c",
            ".a@b.c",
            "a..b@c.d",
            "a@b.c>",
        ] {
            assert!(text.parse::<EmailAddress>().is_err(), "{text}");
        }
    }
}
