//! Matching: which debtor and which receivables an incoming payment is for.
//!
//! A payment is posted by itself only when its text or its payer leaves no
//! doubt. Everything else waits in the queue with the best guesses. The steps:
//! cut the bank line's texts into candidate keys, look those up, decide.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::allocation::{self, OpenItem, Part};
use crate::id::{DebtorId, ReceivableId};
use crate::money::{Money, MoneyError};
use crate::receivable::ReceivableState;
use crate::reference::{key_shape, name_key, push_key};

/// What a bank line says about an incoming payment.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    pub amount: Money,
    /// Structured references (ISO 11649 and national ones).
    pub structured: &'a [String],
    pub end_to_end_id: Option<&'a str>,
    /// Free text, line by line; a reference may run over a line end.
    pub remittance: &'a [String],
    pub payer_name: Option<&'a str>,
}

/// The shapes that a book's receivable numbers and references have.
#[derive(Clone, Default, Debug)]
pub struct Shapes {
    shapes: HashSet<String>,
    key_len_max: usize,
}

impl Shapes {
    /// Adds the shape of one key, as made by [`crate::reference::reference_key`].
    pub fn add_key(&mut self, key: &str) -> bool {
        self.add(key_shape(key), key.len())
    }

    /// Adds a stored shape; returns whether it is new.
    pub fn add(&mut self, shape: String, key_len: usize) -> bool {
        self.key_len_max = self.key_len_max.max(key_len);
        self.shapes.insert(shape)
    }

    /// Returns whether a key has one of the shapes; `scratch` saves an allocation.
    fn fits(&self, key: &str, scratch: &mut String) -> bool {
        scratch.clear();
        let mut digits = 0u32;
        for c in key.chars() {
            if c.is_ascii_digit() {
                digits += 1;
            } else {
                push_digits(scratch, &mut digits);
                scratch.push(c);
            }
        }
        push_digits(scratch, &mut digits);
        self.shapes.contains(scratch.as_str())
    }
}

fn push_digits(shape: &mut String, digits: &mut u32) {
    use std::fmt::Write as _;
    if *digits > 0 {
        let _ = write!(shape, "#{digits}");
        *digits = 0;
    }
}

/// Words that stand between a word and its number and belong to neither.
const FILLERS: [&str; 4] = ["NR", "N0", "N", "NUM"];
/// At most this many candidate keys are taken from one bank line, so that a hostile text stays cheap.
const KEYS_MAX: usize = 64;
/// A number is put together from at most this many words.
const WORDS_MAX: usize = 6;

/// Cuts the texts of a bank line into the keys that could be numbers or references of the book.
pub fn candidate_keys(incoming: &Incoming<'_>, shapes: &Shapes) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    let mut scratch = String::new();
    let mut add = |key: &str, keys: &mut Vec<String>| {
        let useful = key.len() >= 3
            && keys.len() < KEYS_MAX
            && key.bytes().any(|byte| byte.is_ascii_digit())
            && shapes.fits(key, &mut scratch)
            && !keys.iter().any(|known| known == key);
        if useful {
            keys.push(key.to_owned());
        }
    };
    let mut key = String::new();
    for text in incoming.structured.iter().map(String::as_str).chain(incoming.end_to_end_id) {
        key.clear();
        push_key(&mut key, text);
        add(&key, &mut keys);
    }
    let mut words: Vec<&str> = Vec::new();
    for line in incoming.end_to_end_id.into_iter().chain(incoming.remittance.iter().map(String::as_str)) {
        words.extend(line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(200));
    }
    let mut word_key = String::new();
    for start in 0..words.len() {
        key.clear();
        let mut joined = 0;
        for (index, word) in words[start..].iter().enumerate() {
            word_key.clear();
            push_key(&mut word_key, word);
            if index > 0 && FILLERS.contains(&word_key.as_str()) {
                continue;
            }
            key.push_str(&word_key);
            joined += 1;
            if key.len() > shapes.key_len_max || joined > WORDS_MAX {
                break;
            }
            add(&key, &mut keys);
        }
    }
    keys
}

/// A receivable found by a candidate key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hit {
    /// The key that found it.
    pub key: String,
    pub item: OpenItem,
    pub state: ReceivableState,
    /// The debtor's [`name_key`].
    pub debtor_name_key: String,
}

/// A debtor whose name is the payer's, with what is open in the payment's currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Namesake {
    pub debtor: DebtorId,
    pub items: Vec<OpenItem>,
}

/// By what a payment was recognised, or why it was not.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// Its references name receivables and the amounts agree to the minor unit.
    ReferenceExact,
    /// Its references name one debtor's receivables; the amount is less.
    ReferencePart,
    /// Its references name one debtor's receivables; the amount is more, the rest is unapplied.
    ReferenceOver,
    /// The payer's name is one debtor's and the amount is exactly what is open.
    NameAmount,
    /// A person assigned it.
    Person,
    /// References name receivables of several debtors and the amounts do not agree.
    SeveralDebtors,
    /// The receivable named is already settled.
    AlreadySettled,
    /// A short number fits, but neither amount nor name confirms it.
    WeakReference,
    /// The named receivable is in another currency.
    OtherCurrency,
    /// The payer's name is a debtor's, but the amount fits nothing open.
    NameOnly,
    /// Several debtors have the payer's name.
    SeveralNames,
    /// Nothing in the line is known.
    Stranger,
}

impl Because {
    /// Returns the stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Because::ReferenceExact => "reference_exact",
            Because::ReferencePart => "reference_part",
            Because::ReferenceOver => "reference_over",
            Because::NameAmount => "name_amount",
            Because::Person => "person",
            Because::SeveralDebtors => "several_debtors",
            Because::AlreadySettled => "already_settled",
            Because::WeakReference => "weak_reference",
            Because::OtherCurrency => "other_currency",
            Because::NameOnly => "name_only",
            Because::SeveralNames => "several_names",
            Because::Stranger => "stranger",
        }
    }

    /// Says it in words for people.
    pub fn words(self) -> &'static str {
        match self {
            Because::ReferenceExact => "reference and amount agree",
            Because::ReferencePart => "reference agrees, part of the amount",
            Because::ReferenceOver => "reference agrees, more than is open",
            Because::NameAmount => "payer's name and amount agree",
            Because::Person => "assigned by a person",
            Because::SeveralDebtors => "references of several debtors, amounts do not agree",
            Because::AlreadySettled => "the receivable named is already settled",
            Because::WeakReference => "a short number fits, nothing confirms it",
            Because::OtherCurrency => "the receivable named is in another currency",
            Because::NameOnly => "payer's name is known, the amount fits nothing open",
            Because::SeveralNames => "several debtors have the payer's name",
            Because::Stranger => "nothing in the line is known",
        }
    }
}

/// What becomes of a payment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Match {
    /// It is assigned; what is left over is the debtor's unapplied money.
    Post { debtor: DebtorId, parts: Vec<Part>, unapplied: Money, because: Because },
    /// It waits for a person. `debtor` is set when the money is surely this debtor's business.
    Queue { debtor: Option<DebtorId>, because: Because },
}

/// Decides what an incoming payment is for.
pub fn decide(incoming: &Incoming<'_>, hits: &[Hit], namesakes: &[Namesake]) -> Result<Match, MoneyError> {
    let payer = incoming.payer_name.map(name_key).unwrap_or_default();
    let mut seen: HashSet<ReceivableId> = HashSet::new();
    let named: Vec<&Hit> = hits.iter().filter(|hit| seen.insert(hit.item.receivable)).collect();
    let same_currency = |hit: &&Hit| hit.item.open.currency == incoming.amount.currency;
    let open: Vec<&Hit> = named
        .iter()
        .copied()
        .filter(same_currency)
        .filter(|hit| hit.state == ReceivableState::Open && hit.item.open.is_positive())
        .collect();
    if !open.is_empty() {
        return by_reference(incoming.amount, &open, &payer);
    }
    if let Some(hit) = named.iter().find(|hit| is_strong(&hit.key)) {
        let because = if same_currency(hit) { Because::AlreadySettled } else { Because::OtherCurrency };
        return Ok(Match::Queue { debtor: Some(hit.item.debtor), because });
    }
    by_name(incoming.amount, namesakes)
}

/// A key that nobody writes by chance: six characters or more, four of them digits.
fn is_strong(key: &str) -> bool {
    key.len() >= 6 && key.bytes().filter(u8::is_ascii_digit).count() >= 4
}

fn by_reference(amount: Money, open: &[&Hit], payer: &str) -> Result<Match, MoneyError> {
    let confirmed =
        |hit: &Hit| is_strong(&hit.key) || hit.item.open == amount || hit.debtor_name_key == payer;
    let sure: Vec<&Hit> = open.iter().copied().filter(|hit| confirmed(hit)).collect();
    let Some(first) = sure.first() else {
        return Ok(Match::Queue { debtor: None, because: Because::WeakReference });
    };
    // A weak number that only the amount confirms must be the only one of its kind.
    let by_amount_only = |hit: &&&Hit| !is_strong(&hit.key) && hit.debtor_name_key != payer;
    if sure.iter().filter(by_amount_only).count() > 1 {
        return Ok(Match::Queue { debtor: None, because: Because::WeakReference });
    }
    let items: Vec<OpenItem> = sure.iter().map(|hit| hit.item).collect();
    let total = Money::sum(amount.currency, items.iter().map(|item| item.open))?;
    let one_debtor = items.iter().all(|item| item.debtor == first.item.debtor);
    if !one_debtor && total != amount {
        return Ok(Match::Queue { debtor: None, because: Because::SeveralDebtors });
    }
    let allocation = allocation::oldest_first(amount, &items)?;
    let because = match total.minor.cmp(&amount.minor) {
        std::cmp::Ordering::Equal => Because::ReferenceExact,
        std::cmp::Ordering::Greater => Because::ReferencePart,
        std::cmp::Ordering::Less => Because::ReferenceOver,
    };
    Ok(Match::Post {
        debtor: first.item.debtor,
        parts: allocation.parts,
        unapplied: allocation.unapplied,
        because,
    })
}

fn by_name(amount: Money, namesakes: &[Namesake]) -> Result<Match, MoneyError> {
    let [namesake] = namesakes else {
        let because = if namesakes.is_empty() { Because::Stranger } else { Because::SeveralNames };
        return Ok(Match::Queue { debtor: None, because });
    };
    let total = Money::sum(amount.currency, namesake.items.iter().map(|item| item.open))?;
    let chosen = if total == amount && amount.is_positive() {
        Some(namesake.items.clone())
    } else {
        allocation::exact_set(amount, &namesake.items)
    };
    match chosen {
        Some(items) => {
            let allocation = allocation::oldest_first(amount, &items)?;
            Ok(Match::Post {
                debtor: namesake.debtor,
                parts: allocation.parts,
                unapplied: allocation.unapplied,
                because: Because::NameAmount,
            })
        }
        None => Ok(Match::Queue { debtor: Some(namesake.debtor), because: Because::NameOnly }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use crate::reference::reference_key;
    use jiff::civil::date;

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn shapes(numbers: &[&str]) -> Shapes {
        let mut shapes = Shapes::default();
        for number in numbers {
            shapes.add_key(&reference_key(number));
        }
        shapes
    }

    fn keys(text: &[&str], numbers: &[&str]) -> Vec<String> {
        let remittance: Vec<String> = text.iter().map(|line| (*line).to_owned()).collect();
        let incoming = Incoming {
            amount: eur(100),
            structured: &[],
            end_to_end_id: None,
            remittance: &remittance,
            payer_name: None,
        };
        candidate_keys(&incoming, &shapes(numbers))
    }

    #[test]
    fn several_numbers_in_one_line_are_all_found() {
        let found =
            keys(&["Zahlung RE 2026-017, 2026-018 und RE-Nr. 2026-021"], &["RE-2026-001", "2026-001"]);
        for number in ["RE2026017", "2026018", "RE2026021"] {
            assert!(found.iter().any(|key| key == number), "{number} in {found:?}");
        }
    }

    #[test]
    fn a_number_split_over_two_lines_is_found() {
        assert!(
            keys(&["thanks for INV-0000", "0123 bye"], &["INV-00000123"]).contains(&"1NV00000123".to_owned())
        );
    }

    #[test]
    fn a_hostile_text_gives_few_keys() {
        let text: String = (0..5_000).map(|n| format!("{n:04} ")).collect();
        assert!(keys(&[&text], &["2026", "20262026"]).len() <= KEYS_MAX);
    }

    fn hit(key: &str, debtor: i64, receivable: i64, open: i64) -> Hit {
        Hit {
            key: key.to_owned(),
            item: OpenItem {
                debtor: DebtorId(debtor),
                receivable: ReceivableId(receivable),
                due_on: date(2026, 1, receivable as i8),
                open: eur(open),
            },
            state: if open > 0 { ReceivableState::Open } else { ReceivableState::Settled },
            debtor_name_key: format!("debtor{debtor}"),
        }
    }

    fn check(
        amount: i64,
        payer: &str,
        hits: &[Hit],
        namesakes: &[Namesake],
        because: Because,
        posted: &[(i64, i64)],
    ) {
        let incoming = Incoming {
            amount: eur(amount),
            structured: &[],
            end_to_end_id: None,
            remittance: &[],
            payer_name: Some(payer),
        };
        match decide(&incoming, hits, namesakes).unwrap() {
            Match::Post { parts, unapplied, because: found, .. } => {
                let found_parts: Vec<_> =
                    parts.iter().map(|part| (part.receivable.0, part.amount.minor)).collect();
                assert_eq!((found, found_parts.as_slice()), (because, posted));
                assert_eq!(parts.iter().map(|part| part.amount.minor).sum::<i64>() + unapplied.minor, amount);
            }
            Match::Queue { because: found, .. } => assert_eq!((found, &[][..]), (because, posted)),
        }
    }

    #[test]
    fn references_decide() {
        let long = "RE202617";
        check(100, "x", &[hit(long, 1, 1, 100)], &[], Because::ReferenceExact, &[(1, 100)]);
        check(60, "x", &[hit(long, 1, 1, 100)], &[], Because::ReferencePart, &[(1, 60)]);
        check(130, "x", &[hit(long, 1, 1, 100)], &[], Because::ReferenceOver, &[(1, 100)]);
        check(
            150,
            "x",
            &[hit(long, 1, 2, 100), hit(long, 1, 1, 50)],
            &[],
            Because::ReferenceExact,
            &[(1, 50), (2, 100)],
        );
        check(
            150,
            "x",
            &[hit(long, 1, 1, 100), hit(long, 2, 2, 50)],
            &[],
            Because::ReferenceExact,
            &[(1, 100), (2, 50)],
        );
        check(140, "x", &[hit(long, 1, 1, 100), hit(long, 2, 2, 50)], &[], Because::SeveralDebtors, &[]);
        check(100, "x", &[hit(long, 1, 1, 0)], &[], Because::AlreadySettled, &[]);
        check(90, "x", &[hit("2026", 1, 1, 100)], &[], Because::WeakReference, &[]);
        check(90, "debtor1", &[hit("2026", 1, 1, 100)], &[], Because::ReferencePart, &[(1, 90)]);
        check(100, "x", &[hit("2026", 1, 1, 100)], &[], Because::ReferenceExact, &[(1, 100)]);
        check(100, "x", &[hit("2026", 1, 1, 100), hit("2027", 2, 2, 100)], &[], Because::WeakReference, &[]);
    }

    #[test]
    fn names_decide_only_together_with_the_amount() {
        let items = vec![hit("", 1, 1, 100).item, hit("", 1, 2, 250).item];
        let one = [Namesake { debtor: DebtorId(1), items: items.clone() }];
        check(250, "x", &[], &one, Because::NameAmount, &[(2, 250)]);
        check(350, "x", &[], &one, Because::NameAmount, &[(1, 100), (2, 250)]);
        check(99, "x", &[], &one, Because::NameOnly, &[]);
        let two = [one[0].clone(), Namesake { debtor: DebtorId(2), items }];
        check(250, "x", &[], &two, Because::SeveralNames, &[]);
        check(250, "x", &[], &[], Because::Stranger, &[]);
    }

    #[test]
    fn another_currency_never_pays() {
        let mut other = hit("RE202617", 1, 1, 100);
        other.item.open = Money::new(100, Currency::USD);
        check(100, "x", &[other], &[], Because::OtherCurrency, &[]);
    }
}
