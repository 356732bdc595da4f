//! First pages that were written before, and are shown again as long as nothing has happened.
//!
//! Mail scanners open a link before the debtor does, and debtors come back to
//! look. Everything that happens to a debtor is in their chain of the journal:
//! as long as its head, the day and the settings are the same, the page is.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use jiff::civil::Date;

/// Pages in one of two generations, about 6 kB each: the older one goes when the younger is full.
const PAGES_MAX: usize = 2_000;

/// What a page depends on, beside its link and language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The newest event about the debtor.
    pub head: Option<i64>,
    pub today: Date,
    /// The settings, by their fingerprint.
    pub settings: u64,
}

/// Pages by link and language.
#[derive(Default)]
pub struct Kept(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<String, (Stamp, Bytes)>,
    old: HashMap<String, (Stamp, Bytes)>,
}

impl Kept {
    /// Returns the page, if what it depends on is as it was.
    pub fn find(&self, key: &str, stamp: Stamp) -> Option<Bytes> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((then, page)) = all.young.get(key) {
            return (*then == stamp).then(|| page.clone());
        }
        let (then, page) = all.old.remove(key)?;
        if then != stamp {
            return None;
        }
        all.young.insert(key.to_owned(), (then, page.clone()));
        Some(page)
    }

    /// Keeps a page.
    pub fn keep(&self, key: String, stamp: Stamp, page: Bytes) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.young.len() >= PAGES_MAX {
            all.old = std::mem::take(&mut all.young);
        }
        all.young.insert(key, (stamp, page));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(head: i64) -> Stamp {
        Stamp { head: Some(head), today: Date::constant(2026, 11, 25), settings: 1 }
    }

    #[test]
    fn a_page_is_shown_again_until_something_happens() {
        let kept = Kept::default();
        kept.keep("a".to_owned(), stamp(1), Bytes::from_static(b"page"));
        assert_eq!(kept.find("a", stamp(1)).as_deref(), Some(&b"page"[..]));
        assert_eq!(kept.find("b", stamp(1)), None);
        for other in [
            stamp(2),
            Stamp { head: None, ..stamp(1) },
            Stamp { today: Date::constant(2026, 11, 26), ..stamp(1) },
            Stamp { settings: 2, ..stamp(1) },
        ] {
            assert_eq!(kept.find("a", other), None);
        }
    }

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let kept = Kept::default();
        kept.keep("often".to_owned(), stamp(1), Bytes::from_static(b"page"));
        for n in 0..PAGES_MAX * 3 {
            kept.keep(n.to_string(), stamp(1), Bytes::from_static(b"other"));
            if n % 500 == 0 {
                assert!(kept.find("often", stamp(1)).is_some(), "{n}");
            }
        }
        assert_eq!(kept.find("0", stamp(1)), None);
        let all = kept.0.lock().unwrap();
        assert!(all.young.len() + all.old.len() <= 2 * PAGES_MAX);
    }
}
