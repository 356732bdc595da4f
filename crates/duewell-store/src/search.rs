//! Finding debtors by the start of any word of their name, number or e-mail address.
//!
//! Words are rows of `debtor_word`, folded and compared by code point, so that
//! what a person types is a range of an index however large the book is. Of
//! several typed words the longest leads; the others are checked on what it finds.

use std::collections::HashSet;

use duewell_domain::id::{BookId, DebtorId};
use duewell_domain::reference::fold;

use crate::debtor::{Debtor, load_debtors, load_email_words};
use crate::sql::V;
use crate::tx::Tx;
use crate::{IN_LIST, StoreError, in_list, inserts, pad_texts, statements};

statements! {
    WORDS = "select word, debtor_id from debtor_word where book_id = $1 and word >= $2 and word < $3
        and (word, debtor_id) > ($4, $5) order by word, debtor_id limit $6";
    KNOWN = concat!("select word, debtor_id from debtor_word where book_id = $1 and word in (", in_list!(), ")
        and debtor_id >= $102 and debtor_id <= $103");
    WORD_REMOVE = "delete from debtor_word where book_id = $1 and word = $2 and debtor_id = $3";
}

inserts! {
    WORD_INSERT = debtor_word(book_id, word, debtor_id);
}

/// Rows of the index that are looked at together.
const BATCH: i64 = 200;
/// After so many batches a page ends, full or not, and says where to go on.
const BATCHES_MAX: usize = 25;
/// Nobody types more; what comes after is not looked at.
const WORDS_MAX: usize = 8;

/// Returns the words by which a debtor of this name and number is found.
pub fn words_of(name: &str, external_id: &str) -> Vec<String> {
    let mut words: Vec<String> = fold(name).split(' ').map(str::to_owned).collect();
    words.push(compact(external_id));
    words.retain(|word| !word.is_empty());
    words.sort_unstable();
    words.dedup();
    words
}

/// An e-mail address as a word.
pub fn email_word(address: &str) -> String {
    address.trim().to_lowercase()
}

fn compact(text: &str) -> String {
    fold(text).replace(' ', "")
}

/// Adds the words of debtors that are new to the book.
pub(crate) fn insert_words(tx: &mut Tx<'_>, book: BookId, debtors: &[Debtor]) -> Result<(), StoreError> {
    let words = debtors.iter().flat_map(|debtor| {
        words_of(&debtor.name, &debtor.external_id).into_iter().map(|word| (word, debtor.id))
    });
    insert_sorted(tx, book, words.collect())
}

/// Adds words of debtors, some of which may be there already.
pub(crate) fn put_words(
    tx: &mut Tx<'_>,
    book: BookId,
    mut words: Vec<(String, DebtorId)>,
) -> Result<(), StoreError> {
    let mut asked: Vec<&str> = words.iter().map(|(word, _)| word.as_str()).collect();
    asked.sort_unstable();
    asked.dedup();
    let mut known: HashSet<(String, DebtorId)> = HashSet::new();
    // A word like `gmbh` is that of half a book: only these debtors' part of it is looked at.
    let debtors = words.iter().map(|(_, debtor)| *debtor);
    let (Some(first), Some(last)) = (debtors.clone().min(), debtors.max()) else { return Ok(()) };
    for chunk in asked.chunks(IN_LIST) {
        let mut parameters = pad_texts(book, chunk);
        parameters.extend_from_slice(&[first.into(), last.into()]);
        tx.each(&KNOWN, &parameters, |row| {
            known.insert((row.text(0)?.to_owned(), row.id(1)?));
            Ok(())
        })?;
    }
    words.retain(|pair| !known.contains(pair));
    insert_sorted(tx, book, words)
}

fn insert_sorted(
    tx: &mut Tx<'_>,
    book: BookId,
    mut words: Vec<(String, DebtorId)>,
) -> Result<(), StoreError> {
    // In the order of the tree.
    words.sort_unstable();
    words.dedup();
    let rows: Vec<V<'_>> =
        words.iter().flat_map(|(word, debtor)| [book.into(), word.into(), (*debtor).into()]).collect();
    tx.insert_many(&WORD_INSERT, &rows)
}

/// Removes one word of a debtor.
pub(crate) fn remove_word(
    tx: &mut Tx<'_>,
    book: BookId,
    word: &str,
    debtor: DebtorId,
) -> Result<(), StoreError> {
    tx.exec(&WORD_REMOVE, &[book.into(), word.into(), debtor.into()]).map(drop)
}

/// Where a search goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchCursor {
    /// Which reading of the typed text is being walked.
    pub reading: usize,
    pub word: String,
    pub debtor: DebtorId,
}

/// One reading of what was typed: a leading prefix, and words that must be there too.
struct Reading {
    lead: String,
    others: Vec<String>,
}

fn readings(text: &str) -> Vec<Reading> {
    let typed = text.trim();
    if typed.contains('@') {
        return vec![Reading { lead: email_word(typed), others: Vec::new() }];
    }
    let mut words: Vec<String> = fold(typed).split(' ').map(str::to_owned).collect();
    words.retain(|word| !word.is_empty());
    words.truncate(WORDS_MAX);
    let whole = compact(typed);
    let mut readings = Vec::new();
    // A number may be typed with its hyphens and spaces.
    if words.len() > 1 && whole.bytes().any(|byte| byte.is_ascii_digit()) {
        readings.push(Reading { lead: whole, others: Vec::new() });
    }
    let longest = (0..words.len()).max_by_key(|&at| (words[at].len(), std::cmp::Reverse(at)));
    if let Some(longest) = longest {
        let lead = words.swap_remove(longest);
        readings.push(Reading { lead, others: words });
    }
    readings
}

/// Finds a page of debtors, and where to go on if there may be more.
///
/// A debtor under several of the words, or in both readings, is found at the first of them, so
/// that pages one after the other show everybody once.
pub fn search_page(
    tx: &mut Tx<'_>,
    book: BookId,
    text: &str,
    after: Option<&SearchCursor>,
    limit: usize,
) -> Result<(Vec<Debtor>, Option<SearchCursor>), StoreError> {
    let readings = readings(text);
    let mut found: Vec<Debtor> = Vec::new();
    let mut at =
        after.cloned().unwrap_or(SearchCursor { reading: 0, word: String::new(), debtor: DebtorId(0) });
    let mut batches = 0;
    while let Some(reading) = readings.get(at.reading) {
        // No character sorts after the last one of Unicode.
        let end = format!("{}\u{10ffff}", reading.lead);
        let parameters = [
            book.into(),
            V::Text(&reading.lead),
            V::Text(&end),
            V::Text(&at.word),
            at.debtor.into(),
            V::Int(BATCH),
        ];
        let rows: Vec<(String, DebtorId)> =
            tx.all(&WORDS, &parameters, |row| Ok((row.text(0)?.to_owned(), row.id(1)?)))?;
        let ids: Vec<DebtorId> = rows.iter().map(|(_, debtor)| *debtor).collect();
        let debtors = load_debtors(tx, book, &ids)?;
        let addresses = load_email_words(tx, book, &ids)?;
        for (word, id) in &rows {
            if found.len() == limit {
                return Ok((found, Some(at)));
            }
            at.word.clone_from(word);
            at.debtor = *id;
            let Some(debtor) = debtors.get(id) else { continue };
            let mut own = words_of(&debtor.name, &debtor.external_id);
            own.extend(addresses.get(id).into_iter().flatten().cloned());
            if first_meeting(&readings, &own) == Some((at.reading, word)) {
                found.push(debtor.clone());
            }
        }
        batches += 1;
        if (rows.len() as i64) < BATCH {
            at = SearchCursor { reading: at.reading + 1, word: String::new(), debtor: DebtorId(0) };
        } else if batches == BATCHES_MAX {
            return Ok((found, Some(at)));
        }
    }
    Ok((found, None))
}

/// Returns the reading and the word under which a debtor with these words is met first.
fn first_meeting<'a>(readings: &[Reading], own: &'a [String]) -> Option<(usize, &'a String)> {
    let begun = |typed: &String| own.iter().filter(|word| word.starts_with(typed.as_str())).min();
    readings.iter().enumerate().find_map(|(at, reading)| {
        let fits = reading.others.iter().all(|typed| begun(typed).is_some());
        begun(&reading.lead).filter(|_| fits).map(|word| (at, word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_text_is_read_as_number_and_as_words() {
        let leads = |text: &str| -> Vec<(String, Vec<String>)> {
            readings(text).into_iter().map(|reading| (reading.lead, reading.others)).collect()
        };
        assert_eq!(leads("K-7"), [("k7".to_owned(), vec![]), ("k".to_owned(), vec!["7".to_owned()])]);
        assert_eq!(leads(" Müller, Jo "), [("mueller".to_owned(), vec!["jo".to_owned()])]);
        assert_eq!(leads("Max@Example.com"), [("max@example.com".to_owned(), vec![])]);
        assert!(leads("%_'--").is_empty());
    }
}
