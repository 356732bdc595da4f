//! Capability links: what a debtor holds in hand to see and answer their own matter without an account.
//!
//! A link says whose matter it opens, which notice carried it and until when it
//! is good, and proves it with HMAC-SHA-256 under a secret of the book. Nothing
//! is stored for a link: a million notices cost no row, and a copy of the
//! database alone opens nothing. Taking links back is one row per debtor, kept
//! elsewhere: links of notices up to that moment are dead.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use jiff::ToSpan;
use jiff::civil::Date;
use sha2::Sha256;

use crate::id::{BookId, DebtorId, NoticeId};

const EPOCH: Date = Date::constant(1970, 1, 1);
const CLAIMS: usize = 8 + 8 + 8 + 4;
const MAC: usize = 32;
/// Characters of a link's secret part: 60 bytes in base64url.
pub const TOKEN_LEN: usize = (CLAIMS + MAC) * 4 / 3;

/// What a link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    pub book: BookId,
    pub debtor: DebtorId,
    /// The notice that carried it: who answers by this link, answers this notice.
    pub notice: NoticeId,
    /// The last day on which it opens anything.
    pub ends_on: Date,
}

/// The secret under which links are made and recognised.
#[derive(Clone)]
pub struct LinkKey([u8; 32]);

impl LinkKey {
    pub fn new(secret: [u8; 32]) -> LinkKey {
        LinkKey(secret)
    }

    /// Derives the key for links from another secret, so that there is one file to keep and to lose.
    pub fn derive(secret: &[u8; 32]) -> LinkKey {
        let mut mac = keyed(secret);
        mac.update(b"duewell links 1");
        LinkKey(mac.finalize().into_bytes().into())
    }

    /// Makes the mark by which a browser is known from which an address of the staff signed in. It opens nothing.
    pub fn mark_browser(&self, email: &str) -> String {
        // Under a key of its own: no mark is ever the proof of a link.
        let mut own = keyed(&self.0);
        own.update(b"duewell browsers 1");
        let mut mac = keyed(&own.finalize().into_bytes().into());
        mac.update(email.as_bytes());
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }

    /// Makes the secret part of a link.
    pub fn seal(&self, link: &Link) -> String {
        let mut bytes = [0; CLAIMS + MAC];
        bytes[..CLAIMS].copy_from_slice(&claims(link));
        let mut mac = keyed(&self.0);
        mac.update(&bytes[..CLAIMS]);
        bytes[CLAIMS..].copy_from_slice(&mac.finalize().into_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads the secret part of a link; `None` when it was not made under this key.
    pub fn open(&self, token: &str) -> Option<Link> {
        if token.len() != TOKEN_LEN {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (claims, proof) = bytes.split_at_checked(CLAIMS)?;
        let mut mac = keyed(&self.0);
        mac.update(claims);
        // Compared in constant time.
        mac.verify_slice(proof).ok()?;
        let number = |at: usize| Some(i64::from_be_bytes(claims.get(at..at + 8)?.try_into().ok()?));
        let days = u32::from_be_bytes(claims.get(24..28)?.try_into().ok()?);
        Some(Link {
            book: BookId(number(0)?),
            debtor: DebtorId(number(8)?),
            notice: NoticeId(number(16)?),
            ends_on: EPOCH.checked_add(i64::from(days).days()).ok()?,
        })
    }
}

/// The secret is not shown.
impl std::fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkKey")
    }
}

fn keyed(secret: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret).expect("HMAC takes keys of any length")
}

fn claims(link: &Link) -> [u8; CLAIMS] {
    let days = u32::try_from((link.ends_on - EPOCH).get_days()).unwrap_or(0);
    let mut bytes = [0; CLAIMS];
    bytes[..8].copy_from_slice(&link.book.0.to_be_bytes());
    bytes[8..16].copy_from_slice(&link.debtor.0.to_be_bytes());
    bytes[16..24].copy_from_slice(&link.notice.0.to_be_bytes());
    bytes[24..].copy_from_slice(&days.to_be_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn link() -> Link {
        Link {
            book: BookId(1),
            debtor: DebtorId(2),
            notice: NoticeId(3),
            ends_on: Date::constant(2027, 1, 31),
        }
    }

    #[test]
    fn a_link_opens_under_its_own_key_alone() {
        let key = LinkKey::derive(&[7; 32]);
        let token = key.seal(&link());
        assert_eq!(token.len(), TOKEN_LEN);
        assert_eq!(key.open(&token), Some(link()));
        assert_eq!(LinkKey::derive(&[8; 32]).open(&token), None);
        assert_eq!(LinkKey::new([7; 32]).open(&token), None);
        assert_eq!(format!("{key:?}"), "LinkKey");
    }

    #[test]
    fn a_mark_of_a_browser_is_of_one_address_and_one_key() {
        let key = LinkKey::derive(&[7; 32]);
        assert_eq!(key.mark_browser("a@example.com"), key.mark_browser("a@example.com"));
        assert_ne!(key.mark_browser("a@example.com"), key.mark_browser("b@example.com"));
        assert_ne!(
            key.mark_browser("a@example.com"),
            LinkKey::derive(&[8; 32]).mark_browser("a@example.com")
        );
    }

    proptest! {
        #[test]
        fn whatever_is_changed_in_a_link_closes_it(at in 0usize..TOKEN_LEN, with in "[A-Za-z0-9_-]") {
            let key = LinkKey::derive(&[7; 32]);
            let token = key.seal(&link());
            let mut other = token.clone();
            other.replace_range(at..=at, &with);
            prop_assert_eq!(key.open(&other).is_some(), other == token);
        }

        #[test]
        fn no_text_opens_anything_or_panics(text in "\\PC{0,120}") {
            prop_assert_eq!(LinkKey::derive(&[7; 32]).open(&text), None);
        }
    }
}
