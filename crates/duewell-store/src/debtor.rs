//! Debtors, how to reach them, and holds.

use std::collections::HashMap;

use duewell_domain::debtor::{Channel, Consent, ContactPoint, PartyKind};
use duewell_domain::hold::{Hold, HoldReason};
use duewell_domain::id::{BatchId, BookId, ContactPointId, DebtorId, HoldId, ReceivableId};
use duewell_domain::reference::{creditor_reference, fold, name_key, reference_key};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::sql::Row;
use crate::tx::Tx;
use crate::{IN_LIST, StoreError, each_of, in_list, inserts, pad, pad_texts, search, statements, updates};

statements! {
    BY_ID = concat!("select debtor_id, external_id, kind, name, language, country, zone, segment, group_name, parent_external_id
        from debtor where book_id = $1 and debtor_id in (", in_list!(), ")");
    BY_ONE_ID = "select debtor_id, external_id, kind, name, language, country, zone, segment, group_name, parent_external_id
        from debtor where book_id = $1 and debtor_id = $2";
    BY_EXTERNAL = concat!("select debtor_id, external_id, kind, name, language, country, zone, segment, group_name, parent_external_id
        from debtor where book_id = $1 and external_id in (", in_list!(), ")");
    IDS_BY_EXTERNAL = concat!("select external_id, debtor_id from debtor where book_id = $1 and external_id in (", in_list!(), ")");
    BY_NAME = concat!("select name_key, debtor_id from debtor where book_id = $1 and name_key in (", in_list!(), ")");
    BY_REFERENCE = concat!("select reference_key, debtor_id from debtor where book_id = $1 and reference_key in (", in_list!(), ")");
    NAME_KEYS = concat!("select debtor_id, name_key from debtor where book_id = $1 and debtor_id in (", in_list!(), ")");
    SORTED = "select debtor_id, external_id, kind, name, language, country, zone, segment, group_name, parent_external_id, sort_key
        from debtor where book_id = $1 and (sort_key, debtor_id) > ($2, $3) order by sort_key, debtor_id limit $4";
    WORDLESS = "select debtor_id from debtor where book_id = $1 and sort_key = '' order by debtor_id limit $2";
    WORDLESS_OF = concat!("select debtor_id from debtor where book_id = $1 and sort_key = '' and debtor_id in (", in_list!(), ")");
    COUNT = "select count(*) from debtor where book_id = $1";
    POINTS = concat!("select debtor_id, contact_point_id, channel, value, consent, failed_at from contact_point
        where book_id = $1 and debtor_id in (", in_list!(), ") order by debtor_id, contact_point_id");
    POINTS_OF_ONE = "select debtor_id, contact_point_id, channel, value, consent, failed_at from contact_point
        where book_id = $1 and debtor_id = $2 order by contact_point_id";
    POINT_CONSENT = "update contact_point set consent = $4 where book_id = $1 and debtor_id = $2 and contact_point_id = $3";
    POINT_FAILED = "update contact_point set failed_at = $4 where book_id = $1 and debtor_id = $2 and contact_point_id = $3";
    POINT_REMOVE = "delete from contact_point where book_id = $1 and debtor_id = $2 and contact_point_id = $3";
    HOLDS = concat!("select debtor_id, hold_id, receivable_id, reason, from_on, until_on from hold
        where book_id = $1 and released_at is null and debtor_id in (", in_list!(), ")");
    HOLDS_OF_ONE = "select debtor_id, hold_id, receivable_id, reason, from_on, until_on from hold
        where book_id = $1 and released_at is null and debtor_id = $2";
    HOLDS_OF = "select hold_id, receivable_id, reason, from_on, until_on, note, placed_at, released_at from hold
        where book_id = $1 and debtor_id = $2 order by hold_id desc";
    HELD = "select debtor_id, hold_id, receivable_id, reason, from_on, until_on, note, placed_at, released_at from hold
        where book_id = $1 and reason = $2 and released_at is null and from_on <= $3 and (until_on is null or until_on >= $3)
        and debtor_id > $4
        order by debtor_id, hold_id limit $5";
    HELD_COUNTS = "select reason, count(distinct debtor_id) from hold
        where book_id = $1 and released_at is null and from_on <= $2 and (until_on is null or until_on >= $2) group by reason order by reason";
    POINT_VALUE = "select channel, value from contact_point where book_id = $1 and debtor_id = $2 and contact_point_id = $3";
    SORT_KEY_PUT = "update debtor set sort_key = $3 where book_id = $1 and debtor_id = $2";
    EMAILS_OF = concat!("select debtor_id, value from contact_point where book_id = $1 and channel = 'email' and debtor_id in (", in_list!(), ")");
    HOLD_RELEASE = "update hold set released_at = $4 where book_id = $1 and debtor_id = $2 and hold_id = $3 and released_at is null";
    DEBTORS_OF_BATCH = "select debtor_id from debtor where book_id = $1 and batch_id = $2 order by debtor_id";
    POINTS_REMOVE_ALL = "delete from contact_point where book_id = $1 and debtor_id = $2";
    CASES_REMOVE_ALL = "delete from dunning_case where book_id = $1 and debtor_id = $2";
    HAS_BUSINESS = "select count(*) from receivable where book_id = $1 and debtor_id = $2 and state <> 'cancelled'";
    HAS_HISTORY = "select count(*) from notice where book_id = $1 and debtor_id = $2";
    HAS_HOLDS = "select count(*) from hold where book_id = $1 and debtor_id = $2";
    HAS_MONEY = "select (select count(*) from posting where book_id = $1 and debtor_id = $2 and payment_id is not null)
        + (select count(*) from payment where book_id = $1 and debtor_id = $2 and state = 'queued')";
    RECEIVABLES_REMOVE_CANCELLED = "delete from receivable where book_id = $1 and debtor_id = $2 and state = 'cancelled'";
    DEBTOR_REMOVE = "delete from debtor where book_id = $1 and debtor_id = $2";
}

inserts! {
    DEBTOR_INSERT = debtor(book_id, debtor_id, external_id, kind, name, name_key, sort_key, reference_key, language, country,
        zone, segment, group_name, parent_external_id, batch_id, created_at, updated_at);
    POINT_INSERT = contact_point(book_id, debtor_id, contact_point_id, channel, value, provenance, consent, batch_id, created_at);
    HOLD_INSERT = hold(book_id, debtor_id, hold_id, receivable_id, reason, note, from_on, until_on, placed_at);
}

updates! {
    DEBTOR_UPDATE = debtor set (kind, name, name_key, sort_key, language, country, zone, segment, group_name, parent_external_id, updated_at)
        key (book_id, debtor_id);
}

/// What the store keeps about a debtor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Debtor {
    pub id: DebtorId,
    pub external_id: String,
    pub kind: PartyKind,
    pub name: String,
    pub language: Option<String>,
    /// ISO 3166 alpha-2.
    pub country: Option<String>,
    /// IANA time zone, as stated by the file or the debtor.
    pub zone: Option<String>,
    pub segment: Option<String>,
    pub group: Option<String>,
    pub parent_external_id: Option<String>,
}

impl Debtor {
    /// Returns the ISO 11649 reference by which a payment for several receivables finds the debtor.
    pub fn reference(&self) -> String {
        debtor_reference(&self.external_id)
    }
}

/// Returns the payment reference of a debtor: an ISO 11649 reference over `K` and the external id.
pub fn debtor_reference(external_id: &str) -> String {
    creditor_reference(&format!("K{external_id}")).expect("a base that starts with K is not empty")
}

fn debtor(row: &Row<'_>) -> Result<Debtor, StoreError> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Ok(Debtor {
        id: row.id(0)?,
        external_id: row.text(1)?.to_owned(),
        kind: row.word(2)?,
        name: row.text(3)?.to_owned(),
        language: owned(row.opt_text(4)?),
        country: owned(row.opt_text(5)?),
        zone: owned(row.opt_text(6)?),
        segment: owned(row.opt_text(7)?),
        group: owned(row.opt_text(8)?),
        parent_external_id: owned(row.opt_text(9)?),
    })
}

/// Loads debtors by id.
pub fn load_debtors(
    tx: &mut Tx<'_>,
    book: BookId,
    ids: &[DebtorId],
) -> Result<HashMap<DebtorId, Debtor>, StoreError> {
    let mut debtors = HashMap::with_capacity(ids.len());
    each_of(tx, (&BY_ONE_ID, &BY_ID), &[book.into()], ids, |row| {
        let debtor = debtor(row)?;
        debtors.insert(debtor.id, debtor);
        Ok(())
    })?;
    Ok(debtors)
}

/// Loads debtors by their numbers in the creditor's system.
pub fn load_debtors_by_external(
    tx: &mut Tx<'_>,
    book: BookId,
    external_ids: &[&str],
) -> Result<HashMap<String, Debtor>, StoreError> {
    let mut debtors = HashMap::with_capacity(external_ids.len());
    for chunk in external_ids.chunks(IN_LIST) {
        tx.each(&BY_EXTERNAL, &pad_texts(book, chunk), |row| {
            let debtor = debtor(row)?;
            debtors.insert(debtor.external_id.clone(), debtor);
            Ok(())
        })?;
    }
    Ok(debtors)
}

/// Finds the ids behind external numbers.
pub fn find_debtor_ids(
    tx: &mut Tx<'_>,
    book: BookId,
    external_ids: &[&str],
) -> Result<HashMap<String, DebtorId>, StoreError> {
    keyed(tx, &IDS_BY_EXTERNAL, book, external_ids).map(|pairs| pairs.into_iter().collect())
}

/// Finds all debtors whose folded name is one of `name_keys`.
pub fn find_by_name(
    tx: &mut Tx<'_>,
    book: BookId,
    name_keys: &[&str],
) -> Result<Vec<(String, DebtorId)>, StoreError> {
    keyed(tx, &BY_NAME, book, name_keys)
}

/// Finds all debtors whose payment reference is one of `keys`.
pub fn find_by_reference(
    tx: &mut Tx<'_>,
    book: BookId,
    keys: &[&str],
) -> Result<Vec<(String, DebtorId)>, StoreError> {
    keyed(tx, &BY_REFERENCE, book, keys)
}

fn keyed(
    tx: &mut Tx<'_>,
    sql: &'static crate::sql::Sql,
    book: BookId,
    keys: &[&str],
) -> Result<Vec<(String, DebtorId)>, StoreError> {
    let mut found = Vec::new();
    for chunk in keys.chunks(IN_LIST) {
        tx.each(sql, &pad_texts(book, chunk), |row| {
            found.push((row.text(0)?.to_owned(), row.id(1)?));
            Ok(())
        })?;
    }
    Ok(found)
}

/// Loads the folded names of debtors.
pub fn load_name_keys(
    tx: &mut Tx<'_>,
    book: BookId,
    ids: &[DebtorId],
) -> Result<HashMap<DebtorId, String>, StoreError> {
    let mut names = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(IN_LIST) {
        tx.each(&NAME_KEYS, &pad(book, chunk), |row| {
            names.insert(row.id(0)?, row.text(1)?.to_owned());
            Ok(())
        })?;
    }
    Ok(names)
}

/// Finds debtors by the start of words of their name, of their number or of an e-mail address.
pub fn search_debtors(
    tx: &mut Tx<'_>,
    book: BookId,
    text: &str,
    limit: i64,
) -> Result<Vec<Debtor>, StoreError> {
    if text.trim().is_empty() {
        let first = list_sorted(tx, book, "", DebtorId(0), limit)?;
        return Ok(first.into_iter().map(|(_, debtor)| debtor).collect());
    }
    Ok(search::search_page(tx, book, text, None, limit as usize)?.0)
}

/// Lists debtors in the order of their names, after a key and an id; returns each with its key.
pub fn list_sorted(
    tx: &mut Tx<'_>,
    book: BookId,
    after: &str,
    after_id: DebtorId,
    limit: i64,
) -> Result<Vec<(String, Debtor)>, StoreError> {
    tx.all(&SORTED, &[book.into(), after.into(), after_id.into(), limit.into()], |row| {
        Ok((row.text(10)?.to_owned(), debtor(row)?))
    })
}

/// Gives sort keys and words to debtors that were there before pages were; returns how many.
pub fn index_debtors(tx: &mut Tx<'_>, book: BookId, limit: i64) -> Result<usize, StoreError> {
    let ids = tx.all(&WORDLESS, &[book.into(), limit.into()], |row| row.id::<DebtorId>(0))?;
    index(tx, book, &ids)?;
    Ok(ids.len())
}

fn index(tx: &mut Tx<'_>, book: BookId, ids: &[DebtorId]) -> Result<(), StoreError> {
    let debtors = load_debtors(tx, book, ids)?;
    let mut words = Vec::new();
    for debtor in debtors.values() {
        let key = sort_key(debtor);
        tx.exec(&SORT_KEY_PUT, &[book.into(), debtor.id.into(), (&key).into()])?;
        let own = search::words_of(&debtor.name, &debtor.external_id);
        words.extend(own.into_iter().map(|word| (word, debtor.id)));
    }
    search::put_words(tx, book, words)?;
    let addresses = load_email_words(tx, book, ids)?;
    let addresses =
        addresses.into_iter().flat_map(|(id, words)| words.into_iter().map(move |word| (word, id)));
    search::put_words(tx, book, addresses.collect())
}

/// Loads the words that the e-mail addresses of debtors give.
pub(crate) fn load_email_words(
    tx: &mut Tx<'_>,
    book: BookId,
    ids: &[DebtorId],
) -> Result<HashMap<DebtorId, Vec<String>>, StoreError> {
    let mut words: HashMap<DebtorId, Vec<String>> = HashMap::new();
    for chunk in ids.chunks(IN_LIST) {
        tx.each(&EMAILS_OF, &pad(book, chunk), |row| {
            words.entry(row.id(0)?).or_default().push(search::email_word(row.text(1)?));
            Ok(())
        })?;
    }
    Ok(words)
}

/// Counts the debtors of a book.
pub fn count_debtors(tx: &mut Tx<'_>, book: BookId) -> Result<i64, StoreError> {
    tx.one(&COUNT, &[book.into()], |row| row.int(0))
}

/// Adds debtors.
pub fn insert_debtors(
    tx: &mut Tx<'_>,
    book: BookId,
    debtors: &[Debtor],
    batch: Option<BatchId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let keys: Vec<(String, String, String)> = debtors
        .iter()
        .map(|debtor| (name_key(&debtor.name), sort_key(debtor), reference_key(&debtor.reference())))
        .collect();
    let mut rows = Vec::with_capacity(debtors.len() * DEBTOR_INSERT.columns.len());
    for (debtor, (name, sort, reference)) in debtors.iter().zip(&keys) {
        rows.extend_from_slice(&[
            book.into(),
            debtor.id.into(),
            (&debtor.external_id).into(),
            debtor.kind.as_str().into(),
            (&debtor.name).into(),
            name.into(),
            sort.into(),
            reference.into(),
            debtor.language.as_deref().into(),
            debtor.country.as_deref().into(),
            debtor.zone.as_deref().into(),
            debtor.segment.as_deref().into(),
            debtor.group.as_deref().into(),
            debtor.parent_external_id.as_deref().into(),
            batch.into(),
            now.into(),
            now.into(),
        ]);
    }
    tx.insert_many(&DEBTOR_INSERT, &rows)?;
    search::insert_words(tx, book, debtors)
}

/// Returns the key by which debtors are listed: the folded name, or the number where a name is signs alone.
fn sort_key(debtor: &Debtor) -> String {
    let key = fold(&debtor.name);
    if key.is_empty() { format!("~{}", debtor.external_id) } else { key }
}

/// Replaces what is known about debtors; ids and external numbers stay.
pub fn update_debtors(
    tx: &mut Tx<'_>,
    book: BookId,
    debtors: &[Debtor],
    now: Timestamp,
) -> Result<(), StoreError> {
    let ids: Vec<DebtorId> = debtors.iter().map(|debtor| debtor.id).collect();
    // What stays the same must have its words already: a change gives the key by which one without is found.
    for chunk in ids.chunks(IN_LIST) {
        let wordless = tx.all(&WORDLESS_OF, &pad(book, chunk), |row| row.id::<DebtorId>(0))?;
        index(tx, book, &wordless)?;
    }
    let before = load_debtors(tx, book, &ids)?;
    for debtor in debtors {
        let old =
            before.get(&debtor.id).map_or_else(Vec::new, |old| search::words_of(&old.name, &old.external_id));
        let new = search::words_of(&debtor.name, &debtor.external_id);
        for word in old.iter().filter(|word| !new.contains(word)) {
            search::remove_word(tx, book, word, debtor.id)?;
        }
        let added = new.into_iter().filter(|word| !old.contains(word));
        search::put_words(tx, book, added.map(|word| (word, debtor.id)).collect())?;
    }
    let keys: Vec<(String, String)> =
        debtors.iter().map(|debtor| (name_key(&debtor.name), sort_key(debtor))).collect();
    let mut rows = Vec::new();
    for (debtor, (name, sort)) in debtors.iter().zip(&keys) {
        rows.extend_from_slice(&[
            book.into(),
            debtor.id.into(),
            debtor.kind.as_str().into(),
            (&debtor.name).into(),
            name.into(),
            sort.into(),
            debtor.language.as_deref().into(),
            debtor.country.as_deref().into(),
            debtor.zone.as_deref().into(),
            debtor.segment.as_deref().into(),
            debtor.group.as_deref().into(),
            debtor.parent_external_id.as_deref().into(),
            now.into(),
        ]);
    }
    tx.update_many(&DEBTOR_UPDATE, &rows).map(drop)
}

/// A contact point that is to be added.
#[derive(Clone, Debug)]
pub struct NewContactPoint {
    pub debtor: DebtorId,
    pub id: ContactPointId,
    pub channel: Channel,
    pub value: String,
    /// Where it comes from: `import`, `invoice`, `debtor`, `staff`.
    pub provenance: &'static str,
    pub consent: Consent,
}

/// Adds contact points.
pub fn insert_contact_points(
    tx: &mut Tx<'_>,
    book: BookId,
    points: &[NewContactPoint],
    batch: Option<BatchId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(points.len() * POINT_INSERT.columns.len());
    for point in points {
        rows.extend_from_slice(&[
            book.into(),
            point.debtor.into(),
            point.id.into(),
            point.channel.as_str().into(),
            (&point.value).into(),
            point.provenance.into(),
            point.consent.as_str().into(),
            batch.into(),
            now.into(),
        ]);
    }
    tx.insert_many(&POINT_INSERT, &rows)?;
    let addresses = points.iter().filter(|point| point.channel == Channel::Email);
    search::put_words(
        tx,
        book,
        addresses.map(|point| (search::email_word(&point.value), point.debtor)).collect(),
    )
}

/// Loads the contact points of debtors, in the order they were added.
pub fn load_contact_points(
    tx: &mut Tx<'_>,
    book: BookId,
    ids: &[DebtorId],
) -> Result<HashMap<DebtorId, Vec<ContactPoint>>, StoreError> {
    let mut points: HashMap<DebtorId, Vec<ContactPoint>> = HashMap::with_capacity(ids.len());
    each_of(tx, (&POINTS_OF_ONE, &POINTS), &[book.into()], ids, |row| {
        points.entry(row.id(0)?).or_default().push(ContactPoint {
            id: row.id(1)?,
            channel: row.word(2)?,
            value: row.text(3)?.to_owned(),
            consent: row.word(4)?,
            failed: row.opt_int(5)?.is_some(),
        });
        Ok(())
    })?;
    Ok(points)
}

/// Records what a debtor says about a contact point.
pub fn set_consent(
    tx: &mut Tx<'_>,
    book: BookId,
    debtor: DebtorId,
    point: ContactPointId,
    consent: Consent,
) -> Result<(), StoreError> {
    tx.must(&POINT_CONSENT, &[book.into(), debtor.into(), point.into(), consent.as_str().into()])
}

/// Records that a contact point refused for good, or (with `None`) that it was mended.
pub fn set_failed(
    tx: &mut Tx<'_>,
    book: BookId,
    debtor: DebtorId,
    point: ContactPointId,
    failed_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    tx.must(&POINT_FAILED, &[book.into(), debtor.into(), point.into(), failed_at.into()])
}

/// Removes a contact point (when its import is undone).
pub fn remove_contact_point(
    tx: &mut Tx<'_>,
    book: BookId,
    debtor: DebtorId,
    point: ContactPointId,
) -> Result<(), StoreError> {
    let key = [book.into(), debtor.into(), point.into()];
    let address = tx.opt(&POINT_VALUE, &key, |row| Ok((row.word::<Channel>(0)?, row.text(1)?.to_owned())))?;
    tx.exec(&POINT_REMOVE, &key)?;
    if let Some((Channel::Email, address)) = address {
        let word = search::email_word(&address);
        // The same address may be there a second time, in other letters.
        let left = load_email_words(tx, book, &[debtor])?;
        if !left.get(&debtor).is_some_and(|words| words.contains(&word)) {
            search::remove_word(tx, book, &word, debtor)?;
        }
    }
    Ok(())
}

/// Loads the holds of debtors that were not released.
pub fn load_holds(
    tx: &mut Tx<'_>,
    book: BookId,
    ids: &[DebtorId],
) -> Result<HashMap<DebtorId, Vec<Hold>>, StoreError> {
    let mut holds: HashMap<DebtorId, Vec<Hold>> = HashMap::new();
    each_of(tx, (&HOLDS_OF_ONE, &HOLDS), &[book.into()], ids, |row| {
        holds.entry(row.id(0)?).or_default().push(Hold {
            id: row.id(1)?,
            receivable: row.opt_int(2)?.map(ReceivableId),
            reason: row.word::<HoldReason>(3)?,
            from_on: row.day(4)?,
            until_on: row.opt_day(5)?,
        });
        Ok(())
    })?;
    Ok(holds)
}

/// A hold with its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedHold {
    pub debtor: DebtorId,
    pub hold: Hold,
    pub note: String,
    pub placed_at: Timestamp,
    pub released_at: Option<Timestamp>,
}

/// Lists all holds of a debtor, released ones too, newest first.
pub fn holds_of_debtor(
    tx: &mut Tx<'_>,
    book: BookId,
    debtor: DebtorId,
) -> Result<Vec<PlacedHold>, StoreError> {
    tx.all(&HOLDS_OF, &[book.into(), debtor.into()], |row| placed_hold(row, debtor, 0))
}

/// Lists holds in force on `today` for one reason, debtor by debtor after `after`.
///
/// The last debtor comes with all of their holds, be they more than `limit`.
pub fn list_held(
    tx: &mut Tx<'_>,
    book: BookId,
    reason: HoldReason,
    today: Date,
    after: DebtorId,
    limit: i64,
) -> Result<Vec<PlacedHold>, StoreError> {
    let parameters = [book.into(), reason.as_str().into(), today.into(), after.into(), limit.into()];
    let mut held = tx.all(&HELD, &parameters, |row| placed_hold(row, row.id(0)?, 1))?;
    if let Some((debtor, last)) = held.last().map(|last| (last.debtor, last.hold.id))
        && held.len() as i64 == limit
    {
        let mut rest = holds_of_debtor(tx, book, debtor)?;
        rest.retain(|one| {
            one.hold.id > last
                && one.hold.reason == reason
                && one.released_at.is_none()
                && one.hold.is_in_force_on(today)
        });
        held.extend(rest.into_iter().rev());
    }
    Ok(held)
}

fn placed_hold(row: &Row<'_>, debtor: DebtorId, first: usize) -> Result<PlacedHold, StoreError> {
    Ok(PlacedHold {
        debtor,
        hold: Hold {
            id: row.id(first)?,
            receivable: row.opt_int(first + 1)?.map(ReceivableId),
            reason: row.word(first + 2)?,
            from_on: row.day(first + 3)?,
            until_on: row.opt_day(first + 4)?,
        },
        note: row.text(first + 5)?.to_owned(),
        placed_at: row.timestamp(first + 6)?,
        released_at: row.opt_timestamp(first + 7)?,
    })
}

/// Counts debtors with a hold in force on `today`, by reason.
pub fn count_held(tx: &mut Tx<'_>, book: BookId, today: Date) -> Result<Vec<(HoldReason, i64)>, StoreError> {
    tx.all(&HELD_COUNTS, &[book.into(), today.into()], |row| Ok((row.word(0)?, row.int(1)?)))
}

/// Places a hold.
pub fn insert_hold(
    tx: &mut Tx<'_>,
    book: BookId,
    debtor: DebtorId,
    hold: &Hold,
    note: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = [
        book.into(),
        debtor.into(),
        hold.id.into(),
        hold.receivable.into(),
        hold.reason.as_str().into(),
        note.into(),
        hold.from_on.into(),
        hold.until_on.into(),
        now.into(),
    ];
    tx.insert_many(&HOLD_INSERT, &row)
}

/// Releases a hold; `false` when it is unknown or was released before.
pub fn release_hold(
    tx: &mut Tx<'_>,
    book: BookId,
    debtor: DebtorId,
    hold: HoldId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(tx.exec(&HOLD_RELEASE, &[book.into(), debtor.into(), hold.into(), now.into()])? == 1)
}

/// Lists the debtors an import added.
pub fn debtors_of_batch(tx: &mut Tx<'_>, book: BookId, batch: BatchId) -> Result<Vec<DebtorId>, StoreError> {
    tx.all(&DEBTORS_OF_BATCH, &[book.into(), batch.into()], |row| row.id(0))
}

/// Removes a debtor without business or history; `false` leaves everything as it is.
pub fn remove_debtor(tx: &mut Tx<'_>, book: BookId, debtor: DebtorId) -> Result<bool, StoreError> {
    let key = [book.into(), debtor.into()];
    for question in [&HAS_BUSINESS, &HAS_MONEY, &HAS_HISTORY, &HAS_HOLDS] {
        if tx.one(question, &key, |row| row.int(0))? > 0 {
            return Ok(false);
        }
    }
    let mut words: Vec<String> = load_contact_points(tx, book, &[debtor])?
        .remove(&debtor)
        .unwrap_or_default()
        .iter()
        .map(|point| search::email_word(&point.value))
        .collect();
    if let Some(one) = load_debtors(tx, book, &[debtor])?.get(&debtor) {
        words.extend(search::words_of(&one.name, &one.external_id));
    }
    for word in &words {
        search::remove_word(tx, book, word, debtor)?;
    }
    for removal in [&RECEIVABLES_REMOVE_CANCELLED, &CASES_REMOVE_ALL, &POINTS_REMOVE_ALL, &DEBTOR_REMOVE] {
        tx.exec(removal, &key)?;
    }
    Ok(true)
}
