//! The envelope: the part of an event that is kept for ever.
//!
//! Its stored bytes are hashed as they are, never a re-serialisation. They are
//! lines of text in a fixed order, so that a person can read them without a tool:
//!
//! ```text
//! duewell.event/1
//! book: bok_0a1b2c3d4e5f6
//! seq: 17
//! kind: notice.decided
//! occurred: 2026-11-23T08:47:00.123456Z
//! recorded: 2026-11-23T08:47:00.125000Z
//! actor: system:run
//! subject: dbt_0a1b2c3d4e5f6
//! subject-seq: 2
//! prev: 5f0c…
//! rules: us-federal@2026-04
//! payload: 91d2…
//! ```

use std::fmt::Write as _;

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use jiff::tz::Offset;
use sha2::{Digest, Sha256};

use super::text::{parse_decimal, parse_hex, push_hex};
use super::tree::{Hash, LEAF_PREFIX};

const VERSION_LINE: &str = "duewell.event/1";

/// Returns the hash of a stored envelope as a leaf of the tree and a link of the chain.
///
/// RFC 6962 section 2.1: SHA-256 of a zero byte and the bytes.
pub fn leaf_hash(envelope: &[u8]) -> Hash {
    Sha256::new().chain_update([LEAF_PREFIX]).chain_update(envelope).finalize().into()
}

/// Returns the commitment to a payload: HMAC-SHA256 keyed with the event's random salt.
///
/// Once salt and payload are erased nobody can tell which payload it was, even
/// by trying all likely ones; that is why a bare hash would not do.
pub fn commitment(salt: &[u8; 32], payload: &[u8]) -> Hash {
    let mut mac = Hmac::<Sha256>::new_from_slice(salt).expect("HMAC takes keys of any length");
    mac.update(payload);
    mac.finalize().into_bytes().into()
}

/// What an envelope says, borrowed from whoever records the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope<'a> {
    pub book: &'a str,
    /// The place in the book's log, from 0; equals the leaf's index in the tree.
    pub seq: u64,
    /// A short word, e.g. `notice.decided`.
    pub kind: &'a str,
    /// When it happened, kept to the microsecond.
    pub occurred_at: Timestamp,
    /// When it was written down, kept to the microsecond.
    pub recorded_at: Timestamp,
    /// Who did it: `system:run`, `user:…`, `bank:…`.
    pub actor: &'a str,
    /// The debtor it is about; empty for what concerns the whole book.
    pub subject: &'a str,
    /// The place in the subject's chain, from 0.
    pub subject_seq: u64,
    /// The leaf hash of the subject's event before this one; zeros for the first.
    pub prev_subject_hash: Hash,
    /// The versions of the rules that decided; may be empty.
    pub rules: &'a str,
    pub payload_commitment: Hash,
}

/// What was read from an envelope's stored bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedEnvelope {
    pub book: String,
    pub seq: u64,
    pub kind: String,
    pub occurred_at: Timestamp,
    pub recorded_at: Timestamp,
    pub actor: String,
    pub subject: String,
    pub subject_seq: u64,
    pub prev_subject_hash: Hash,
    pub rules: String,
    pub payload_commitment: Hash,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    #[error("the envelope is not UTF-8 text")]
    NotText,
    #[error("the envelope has the version line `{found}`, expected `{VERSION_LINE}`")]
    Version { found: String },
    #[error("the envelope has no well-formed `{key}: …` where it is expected")]
    Field { key: &'static str },
    #[error("the envelope goes on after its last line")]
    Trailing,
    #[error("the envelope is not in its canonical spelling")]
    NotCanonical,
}

impl Envelope<'_> {
    /// Returns the canonical bytes, to be stored and hashed as they are.
    pub fn encode(&self) -> Vec<u8> {
        let texts =
            self.book.len() + self.kind.len() + self.actor.len() + self.subject.len() + self.rules.len();
        let mut out = Vec::with_capacity(384 + texts);
        self.encode_into(&mut out);
        out
    }

    /// Appends the canonical bytes to `out`.
    pub fn encode_into(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(VERSION_LINE.as_bytes());
        out.extend_from_slice(b"\nbook: ");
        push_escaped(out, self.book);
        out.extend_from_slice(b"\nseq: ");
        push_decimal(out, self.seq);
        out.extend_from_slice(b"\nkind: ");
        push_escaped(out, self.kind);
        out.extend_from_slice(b"\noccurred: ");
        push_moment(out, self.occurred_at);
        out.extend_from_slice(b"\nrecorded: ");
        push_moment(out, self.recorded_at);
        out.extend_from_slice(b"\nactor: ");
        push_escaped(out, self.actor);
        out.extend_from_slice(b"\nsubject: ");
        push_escaped(out, self.subject);
        out.extend_from_slice(b"\nsubject-seq: ");
        push_decimal(out, self.subject_seq);
        out.extend_from_slice(b"\nprev: ");
        push_hex(out, &self.prev_subject_hash);
        out.extend_from_slice(b"\nrules: ");
        push_escaped(out, self.rules);
        out.extend_from_slice(b"\npayload: ");
        push_hex(out, &self.payload_commitment);
        out.push(b'\n');
    }
}

/// Reads stored bytes; only the canonical form is accepted, so that bytes and meaning correspond one to one.
pub fn parse_envelope(bytes: &[u8]) -> Result<OwnedEnvelope, EnvelopeError> {
    let text = std::str::from_utf8(bytes).map_err(|_| EnvelopeError::NotText)?;
    let (version, rest) = text.split_once('\n').unwrap_or((text, ""));
    if version != VERSION_LINE {
        return Err(EnvelopeError::Version { found: version.chars().take(40).collect() });
    }
    let mut rest = rest;
    let envelope = OwnedEnvelope {
        book: field(&mut rest, "book", unescape)?,
        seq: field(&mut rest, "seq", parse_decimal)?,
        kind: field(&mut rest, "kind", unescape)?,
        occurred_at: field(&mut rest, "occurred", |text| text.parse().ok())?,
        recorded_at: field(&mut rest, "recorded", |text| text.parse().ok())?,
        actor: field(&mut rest, "actor", unescape)?,
        subject: field(&mut rest, "subject", unescape)?,
        subject_seq: field(&mut rest, "subject-seq", parse_decimal)?,
        prev_subject_hash: field(&mut rest, "prev", parse_hex)?,
        rules: field(&mut rest, "rules", unescape)?,
        payload_commitment: field(&mut rest, "payload", parse_hex)?,
    };
    if !rest.is_empty() {
        return Err(EnvelopeError::Trailing);
    }
    // Whatever else could be spelled in two ways (moments, escapes) is settled by writing it again.
    if envelope.borrowed().encode() != bytes {
        return Err(EnvelopeError::NotCanonical);
    }
    Ok(envelope)
}

impl OwnedEnvelope {
    /// Returns the same fields, borrowed.
    pub fn borrowed(&self) -> Envelope<'_> {
        Envelope {
            book: &self.book,
            seq: self.seq,
            kind: &self.kind,
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
            actor: &self.actor,
            subject: &self.subject,
            subject_seq: self.subject_seq,
            prev_subject_hash: self.prev_subject_hash,
            rules: &self.rules,
            payload_commitment: self.payload_commitment,
        }
    }
}

/// Takes the next line off `rest` and reads its value.
fn field<'a, T>(
    rest: &mut &'a str,
    key: &'static str,
    read: impl FnOnce(&'a str) -> Option<T>,
) -> Result<T, EnvelopeError> {
    let (line, after) = rest.split_once('\n').ok_or(EnvelopeError::Field { key })?;
    *rest = after;
    let value = line.strip_prefix(key).and_then(|value| value.strip_prefix(": "));
    value.and_then(read).ok_or(EnvelopeError::Field { key })
}

/// Returns whether a character would end the line, hide, or turn round what a reader sees.
fn needs_escape(c: char) -> bool {
    c == '\\'
        || c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn push_escaped(out: &mut Vec<u8>, text: &str) {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'\\') {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if c == '\\' {
            escaped.push_str("\\\\");
        } else if needs_escape(c) {
            write!(escaped, "\\u{{{:x}}}", u32::from(c)).expect("a string takes all writes");
        } else {
            escaped.push(c);
        }
    }
    out.extend_from_slice(escaped.as_bytes());
}

fn unescape(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        if let Some(after) = after.strip_prefix('\\') {
            plain.push('\\');
            rest = after;
        } else {
            let (digits, after) = after.strip_prefix("u{")?.split_once('}')?;
            plain.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
            rest = after;
        }
    }
    plain.push_str(rest);
    Some(plain)
}

fn push_decimal(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0u8; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

fn push_padded(out: &mut Vec<u8>, mut number: u32, width: usize) {
    let end = out.len() + width;
    out.resize(end, b'0');
    for slot in out[end - width..].iter_mut().rev() {
        *slot = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// Writes `YYYY-MM-DDThh:mm:ss.ffffffZ`; years before 0 take a sign and six digits (ISO 8601 expanded form).
fn push_moment(out: &mut Vec<u8>, moment: Timestamp) {
    let at = Offset::UTC.to_datetime(moment);
    let year = u32::from(at.year().unsigned_abs());
    if at.year() < 0 {
        out.push(b'-');
        push_padded(out, year, 6);
    } else {
        push_padded(out, year, 4);
    }
    let small = |value: i8| u32::from(value.unsigned_abs());
    for (mark, value) in [
        (b'-', small(at.month())),
        (b'-', small(at.day())),
        (b'T', small(at.hour())),
        (b':', small(at.minute())),
        (b':', small(at.second())),
    ] {
        out.push(mark);
        push_padded(out, value, 2);
    }
    out.push(b'.');
    push_padded(out, at.subsec_nanosecond().unsigned_abs() / 1_000, 6);
    out.push(b'Z');
}

#[cfg(test)]
mod tests {
    use super::super::hex;
    use super::*;
    use proptest::prelude::*;

    fn example() -> OwnedEnvelope {
        OwnedEnvelope {
            book: "bok_0000000000001".into(),
            seq: 17,
            kind: "notice.decided".into(),
            occurred_at: "2026-11-23T08:47:00.123456Z".parse().unwrap(),
            recorded_at: "2026-11-23T08:47:00.125Z".parse().unwrap(),
            actor: "system:run".into(),
            subject: "dbt_0000000000002".into(),
            subject_seq: 2,
            prev_subject_hash: [0xab; 32],
            rules: String::new(),
            payload_commitment: [0x01; 32],
        }
    }

    #[test]
    fn bytes_read_as_the_specification_shows_them() {
        let expected = format!(
            "duewell.event/1\nbook: bok_0000000000001\nseq: 17\nkind: notice.decided\noccurred: 2026-11-23T08:47:00.123456Z\n\
             recorded: 2026-11-23T08:47:00.125000Z\nactor: system:run\nsubject: dbt_0000000000002\nsubject-seq: 2\n\
             prev: {}\nrules: \npayload: {}\n",
            "ab".repeat(32),
            "01".repeat(32)
        );
        assert_eq!(String::from_utf8(example().borrowed().encode()).unwrap(), expected);
    }

    #[test]
    fn text_cannot_forge_a_line() {
        let mut fields = example();
        fields.actor = "user:1\nsubject: dbt_of_another\\\u{202e}\u{2028}\r".into();
        let bytes = fields.borrowed().encode();
        assert_eq!(bytes.iter().filter(|&&byte| byte == b'\n').count(), 12);
        let text = std::str::from_utf8(&bytes).unwrap();
        assert!(
            text.contains("actor: user:1\\u{a}subject: dbt_of_another\\\\\\u{202e}\\u{2028}\\u{d}\n"),
            "{text}"
        );
        assert_eq!(parse_envelope(&bytes), Ok(fields));
    }

    #[test]
    fn only_the_canonical_spelling_is_read() {
        let text = String::from_utf8(example().borrowed().encode()).unwrap();
        let refused = |from: &str, to: &str| {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text, "{from}");
            parse_envelope(changed.as_bytes()).expect_err(to)
        };
        assert_eq!(refused("event/1", "event/2"), EnvelopeError::Version { found: "duewell.event/2".into() });
        assert_eq!(refused("seq: 17", "seq: 017"), EnvelopeError::Field { key: "seq" });
        assert_eq!(refused("seq: 17\n", ""), EnvelopeError::Field { key: "seq" });
        assert_eq!(refused(".125000Z", ".125Z"), EnvelopeError::NotCanonical);
        assert_eq!(refused(".125000Z", ".125000+00:00"), EnvelopeError::NotCanonical);
        assert_eq!(refused("system", "s\\u{79}stem"), EnvelopeError::NotCanonical);
        assert_eq!(refused("system", "s\\u{+a}stem"), EnvelopeError::NotCanonical);
        assert_eq!(refused("system", "s\\ystem"), EnvelopeError::Field { key: "actor" });
        assert_eq!(refused("system", "s\rystem"), EnvelopeError::NotCanonical);
        assert_eq!(refused("abab", "abAB"), EnvelopeError::Field { key: "prev" });
        assert_eq!(parse_envelope(format!("{text}\n").as_bytes()), Err(EnvelopeError::Trailing));
        assert_eq!(parse_envelope(&[0xff]), Err(EnvelopeError::NotText));
        for length in 0..text.len() {
            assert!(parse_envelope(&text.as_bytes()[..length]).is_err(), "cut to {length}");
        }
    }

    #[test]
    fn commitment_is_the_standard_hmac() {
        // RFC 4231, test case 1 has a 20-byte key; a key padded with zeros to 32 bytes gives the same HMAC.
        let mut key = [0u8; 32];
        key[..20].fill(0x0b);
        assert_eq!(
            hex(&commitment(&key, b"Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
    }

    #[test]
    fn leaf_hash_of_nothing_is_the_one_of_certificate_transparency() {
        assert_eq!(hex(&leaf_hash(b"")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    }

    fn moments() -> impl Strategy<Value = Timestamp> {
        let (min, max) = (Timestamp::MIN.as_microsecond(), Timestamp::MAX.as_microsecond());
        prop_oneof![
            (min + 1..max).prop_map(|micros| Timestamp::from_microsecond(micros).unwrap()),
            (0i64..4_000_000_000_000_000).prop_map(|micros| Timestamp::from_microsecond(micros).unwrap()),
        ]
    }

    proptest! {
        #[test]
        fn every_envelope_reads_back(
            texts in prop::array::uniform5(".{0,20}|[ -~]{0,30}|(\\PC|\\s|\\\\|\u{202e}|\u{0}){0,12}"),
            numbers: [u64; 2],
            occurred_at in moments(),
            recorded_at in moments(),
            prev_subject_hash: [u8; 32],
            payload_commitment: [u8; 32],
        ) {
            let [book, kind, actor, subject, rules] = texts;
            let [seq, subject_seq] = numbers;
            let fields = OwnedEnvelope {
                book, seq, kind, occurred_at, recorded_at, actor, subject, subject_seq,
                prev_subject_hash, rules, payload_commitment,
            };
            let bytes = fields.borrowed().encode();
            prop_assert_eq!(bytes.iter().filter(|&&byte| byte == b'\n').count(), 12);
            prop_assert_eq!(parse_envelope(&bytes), Ok(fields));
        }

        #[test]
        fn hostile_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = parse_envelope(&bytes);
            let mut dressed = b"duewell.event/1\n".to_vec();
            dressed.extend(bytes);
            prop_assert!(parse_envelope(&dressed).is_err());
        }
    }
}
