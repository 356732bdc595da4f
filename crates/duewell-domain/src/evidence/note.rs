//! Signed notes in the C2SP form (c2sp.org/signed-note), with Ed25519 keys.
//!
//! A note is text, an empty line, and signature lines `— name base64(key id, signature)`.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use super::text::{base64, hex, parse_base64, parse_hex};

const ED25519: u8 = 0x01;
const SIGNATURES_MAX: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error(
        "`{name}` cannot be a key's name: it must not be empty or contain spaces, `+` or control characters"
    )]
    KeyName { name: String },
    #[error("`{text}` is not a verifier key of the form name+id+key")]
    Key { text: String },
    #[error("the verifier key `{name}` has the id {found}, expected {expected}")]
    KeyId { name: String, found: String, expected: String },
    #[error("the note is not UTF-8 text without control characters")]
    NotText,
    #[error("the note has no text followed by an empty line and signatures")]
    Form,
    #[error("the note's signature line {line} is not `— name signature`")]
    SignatureLine { line: usize },
    #[error("the note has more than {SIGNATURES_MAX} signatures")]
    TooMany,
    #[error("the signature of {key} does not fit the text")]
    Forged { key: String },
    #[error("none of its signatures ({found}) is by an expected key ({expected})")]
    NoKnownKey { found: String, expected: String },
}

/// The key with which a log signs; its seed is the secret.
#[derive(Clone)]
pub struct LogKey {
    verifier: VerifierKey,
    key: SigningKey,
}

impl LogKey {
    /// Makes the key from its name (a URL without scheme, by custom the log's origin) and 32 secret random bytes.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<LogKey, NoteError> {
        check_name(name)?;
        let key = SigningKey::from_bytes(seed);
        Ok(LogKey { verifier: VerifierKey::new(name, key.verifying_key()), key })
    }

    /// Returns the public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }
}

/// Shows the public half only.
impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogKey({})", self.verifier)
    }
}

/// The key with which anyone checks a log's signatures; written `name+id+key` (id in hex, key in base64).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

impl VerifierKey {
    fn new(name: &str, key: VerifyingKey) -> VerifierKey {
        let hash = Sha256::new()
            .chain_update(name)
            .chain_update([b'\n', ED25519])
            .chain_update(key.as_bytes())
            .finalize();
        VerifierKey { name: name.to_owned(), id: [hash[0], hash[1], hash[2], hash[3]], key }
    }

    /// Returns the key's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns name and id, enough for a person to tell keys apart.
    pub(super) fn short(&self) -> String {
        format!("{}+{}", self.name, hex(&self.id))
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![ED25519];
        key.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name, hex(&self.id), base64(&key))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<VerifierKey, NoteError> {
        let wrong = || NoteError::Key { text: text.chars().take(200).collect() };
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong());
        };
        check_name(name)?;
        let id: [u8; 4] = parse_hex(id).ok_or_else(wrong)?;
        let key: [u8; 33] = parse_base64(key).and_then(|key| key.try_into().ok()).ok_or_else(wrong)?;
        let [ED25519, key @ ..] = key else { return Err(wrong()) };
        let key = VerifyingKey::from_bytes(&key).map_err(|_| wrong())?;
        // A weak key would accept signatures that nobody made.
        if key.is_weak() {
            return Err(wrong());
        }
        let verifier = VerifierKey::new(name, key);
        if verifier.id == id {
            Ok(verifier)
        } else {
            Err(NoteError::KeyId { name: name.to_owned(), found: hex(&id), expected: hex(&verifier.id) })
        }
    }
}

fn check_name(name: &str) -> Result<(), NoteError> {
    if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+') {
        return Err(NoteError::KeyName { name: name.chars().take(200).collect() });
    }
    Ok(())
}

/// Signs `text`, which must end with a newline and hold no control characters besides.
pub(super) fn sign(text: &str, keys: &[&LogKey]) -> String {
    let mut note = format!("{text}\n");
    for LogKey { verifier, key } in keys {
        let mut signature = verifier.id.to_vec();
        signature.extend_from_slice(&key.sign(text.as_bytes()).to_bytes());
        note.push_str(&format!("— {} {}\n", verifier.name, base64(&signature)));
    }
    note
}

/// A note as it was read; its text means nothing before [`SignedNote::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SignedNote {
    pub(super) text: String,
    pub(super) signatures: Vec<NoteSignature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NoteSignature {
    name: String,
    id: [u8; 4],
    signature: Vec<u8>,
}

impl SignedNote {
    pub(super) fn parse(bytes: &[u8]) -> Result<SignedNote, NoteError> {
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::NotText)?;
        if note.bytes().any(|byte| byte < b' ' && byte != b'\n') {
            return Err(NoteError::NotText);
        }
        let split = note.rfind("\n\n").ok_or(NoteError::Form)?;
        let (text, block) = (&note[..=split], &note[split + 2..]);
        let lines = block.strip_suffix('\n').ok_or(NoteError::Form)?;
        let mut signatures = Vec::new();
        for (index, line) in lines.split('\n').enumerate() {
            if index == SIGNATURES_MAX {
                return Err(NoteError::TooMany);
            }
            signatures.push(parse_signature(line).ok_or(NoteError::SignatureLine { line: index + 1 })?);
        }
        Ok(SignedNote { text: text.to_owned(), signatures })
    }

    /// Checks that a key out of `keys` signed; signatures by other keys (witnesses, former keys) are passed over.
    ///
    /// A wrong signature in the name of an expected key refuses the note.
    pub(super) fn verify(&self, keys: &[VerifierKey]) -> Result<(), NoteError> {
        let mut known = false;
        for NoteSignature { name, id, signature } in &self.signatures {
            for key in keys.iter().filter(|key| key.name == *name && key.id == *id) {
                Signature::from_slice(signature)
                    .and_then(|signature| key.key.verify_strict(self.text.as_bytes(), &signature))
                    .map_err(|_| NoteError::Forged { key: key.short() })?;
                known = true;
            }
        }
        if known {
            return Ok(());
        }
        let found: Vec<String> = self
            .signatures
            .iter()
            .map(|signature| format!("{}+{}", signature.name, hex(&signature.id)))
            .collect();
        let expected: Vec<String> = keys.iter().map(VerifierKey::short).collect();
        Err(NoteError::NoKnownKey { found: found.join(", "), expected: expected.join(", ") })
    }
}

fn parse_signature(line: &str) -> Option<NoteSignature> {
    let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
    check_name(name).ok()?;
    let bytes = parse_base64(signature)?;
    let (id, signature) = bytes.split_first_chunk::<4>()?;
    if signature.is_empty() {
        return None;
    }
    Some(NoteSignature { name: name.to_owned(), id: *id, signature: signature.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> LogKey {
        LogKey::from_seed("log.example/duewell", &[seed; 32]).unwrap()
    }

    #[test]
    fn a_published_key_reads_and_prints() {
        let text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
        assert_eq!(text.parse::<VerifierKey>().unwrap().to_string(), text);
    }

    /// The example in the documentation of golang.org/x/mod/sumdb/note.
    #[test]
    fn a_published_note_verifies() {
        let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap();
        let note = "If you think cryptography is the answer to your problem,\n\
            then you don't know what your problem is.\n\n\
            — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        assert_eq!(SignedNote::parse(note.as_bytes()).unwrap().verify(&[key]), Ok(()));
    }

    #[test]
    fn keys_with_a_wrong_id_or_form_are_refused() {
        let text = key(1).verifier().to_string();
        let (name, rest) = text.split_once('+').unwrap();
        assert!(matches!(format!("other+{rest}").parse::<VerifierKey>(), Err(NoteError::KeyId { .. })));
        assert!(matches!(format!("{name}+{rest}=").parse::<VerifierKey>(), Err(NoteError::Key { .. })));
        assert!(matches!(name.parse::<VerifierKey>(), Err(NoteError::Key { .. })));
        for name in ["", "a b", "a+b", "a\nb", "a\u{a0}b"] {
            assert!(matches!(LogKey::from_seed(name, &[1; 32]), Err(NoteError::KeyName { .. })), "{name:?}");
        }
    }

    #[test]
    fn a_key_does_not_show_its_secret() {
        assert_eq!(format!("{:?}", key(1)), format!("LogKey({})", key(1).verifier()));
    }

    #[test]
    fn a_note_is_good_for_the_key_that_signed_it() {
        let (ours, witness, stranger) = (key(1), LogKey::from_seed("witness", &[2; 32]).unwrap(), key(3));
        let note = SignedNote::parse(sign("one\n\ntwo\n", &[&ours, &witness]).as_bytes()).unwrap();
        assert_eq!(note.text, "one\n\ntwo\n");
        assert_eq!(note.verify(&[ours.verifier().clone()]), Ok(()));
        assert_eq!(note.verify(&[stranger.verifier().clone(), witness.verifier().clone()]), Ok(()));
        assert!(matches!(note.verify(&[stranger.verifier().clone()]), Err(NoteError::NoKnownKey { .. })));
        let mut changed = note.clone();
        changed.text = "one\n\nTwo\n".into();
        assert!(matches!(changed.verify(&[ours.verifier().clone()]), Err(NoteError::Forged { .. })));
    }

    #[test]
    fn what_is_not_a_note_is_refused() {
        let good = sign("text\n", &[&key(1)]);
        for (wrong, error) in [
            (good.replace("text\n\n", "text\n"), NoteError::Form),
            (good.trim_end().to_owned(), NoteError::Form),
            (format!("{good}\n"), NoteError::Form),
            (format!("{good}x\n"), NoteError::SignatureLine { line: 2 }),
            (good.replace("— ", "- "), NoteError::SignatureLine { line: 1 }),
            (good.replace("text", "te\rxt"), NoteError::NotText),
            (format!("{good}{}", "— a AAAAAAA=\n".repeat(64)), NoteError::TooMany),
        ] {
            assert_eq!(SignedNote::parse(wrong.as_bytes()), Err(error), "{wrong}");
        }
        assert_eq!(SignedNote::parse(b"\xff\n\n\n"), Err(NoteError::NotText));
    }
}
