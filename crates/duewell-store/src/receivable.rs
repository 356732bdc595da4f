//! Receivables and the number shapes by which bank texts are searched.

use std::collections::HashMap;

use duewell_domain::id::{BatchId, BookId, DebtorId, ReceivableId};
use duewell_domain::matching::Shapes;
use duewell_domain::money::{Currency, Money};
use duewell_domain::receivable::{OpenReceivable, ReceivableKind, ReceivableState};
use duewell_domain::reference::{key_shape, reference_key};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::sql::{Row, Sql, V};
use crate::tx::Tx;
use crate::{IN_LIST, StoreError, each_of, in_list, inserts, pad_texts, statements, updates};

macro_rules! columns {
    () => {
        "debtor_id, receivable_id, external_id, kind, number, reference, currency, amount_minor, open_minor, issued_on, due_on, state, announced_on, description, number_key, reference_key, batch_id"
    };
}

statements! {
    BY_EXTERNAL = concat!("select ", columns!(), " from receivable where book_id = $1 and external_id in (", in_list!(), ")");
    BY_NUMBER = concat!("select ", columns!(), " from receivable where book_id = $1 and number_key in (", in_list!(), ")");
    OWNERS_BY_NUMBER = concat!("select number_key, debtor_id from receivable where book_id = $1 and number_key in (", in_list!(), ")");
    BY_REFERENCE = concat!("select ", columns!(), " from receivable where book_id = $1 and reference_key <> '' and reference_key in (", in_list!(), ")");
    OF_DEBTORS = concat!("select ", columns!(), " from receivable where book_id = $1 and debtor_id in (", in_list!(), ") order by debtor_id, due_on, receivable_id");
    OPEN_OF_DEBTORS = concat!("select ", columns!(), " from receivable where book_id = $1 and state = 'open' and debtor_id in (", in_list!(), ")");
    OF_ONE_DEBTOR = concat!("select ", columns!(), " from receivable where book_id = $1 and debtor_id = $2 order by due_on, receivable_id");
    OPEN_OF_ONE_DEBTOR = concat!("select ", columns!(), " from receivable where book_id = $1 and state = 'open' and debtor_id = $2");
    BY_ID = concat!("select ", columns!(), " from receivable where book_id = $1 and debtor_id = $2 and receivable_id = $3 for update");
    OF_BATCH = concat!("select ", columns!(), " from receivable where book_id = $1 and batch_id = $2 order by debtor_id, receivable_id");
    ALL = concat!("select ", columns!(), " from receivable where book_id = $1 order by debtor_id, receivable_id");
    SHAPES = "select shape, key_len from number_shape where book_id = $1";
    SHAPE_PUT = "insert into number_shape (book_id, shape, key_len) values ($1, $2, $3) on conflict (book_id, shape) do nothing";
    DUE = "select currency,
            cast(coalesce(sum(case when due_on < $2 then open_minor else 0 end), 0) as bigint),
            cast(coalesce(sum(case when due_on < $2 then 1 else 0 end), 0) as bigint),
            cast(coalesce(sum(case when due_on = $2 then open_minor else 0 end), 0) as bigint),
            cast(coalesce(sum(case when due_on = $2 then 1 else 0 end), 0) as bigint),
            cast(coalesce(sum(case when due_on > $2 and due_on <= $3 then open_minor else 0 end), 0) as bigint),
            cast(coalesce(sum(case when due_on > $2 and due_on <= $3 then 1 else 0 end), 0) as bigint),
            cast(coalesce(sum(open_minor), 0) as bigint),
            count(*)
        from receivable where book_id = $1 and state = 'open' group by currency order by currency";
    OPEN_DUE = concat!("select ", columns!(), " from receivable where book_id = $1 and state = 'open' and due_on >= $2 and due_on <= $3
        and currency = $4 and (due_on, debtor_id, receivable_id) > ($5, $6, $7) order by due_on, debtor_id, receivable_id limit $8");
    AGING = "select currency,
            cast(coalesce(sum(case when due_on >= $2 then open_minor else 0 end), 0) as bigint),
            cast(coalesce(sum(case when due_on < $2 and due_on >= $3 then open_minor else 0 end), 0) as bigint),
            cast(coalesce(sum(case when due_on < $3 and due_on >= $4 then open_minor else 0 end), 0) as bigint),
            cast(coalesce(sum(case when due_on < $4 and due_on >= $5 then open_minor else 0 end), 0) as bigint),
            cast(coalesce(sum(case when due_on < $5 then open_minor else 0 end), 0) as bigint),
            count(*)
        from receivable where book_id = $1 and state = 'open' group by currency order by currency";
}

inserts! {
    RECEIVABLE_INSERT = receivable(book_id, debtor_id, receivable_id, external_id, kind, number, number_key, reference,
        reference_key, currency, amount_minor, open_minor, issued_on, due_on, state, description, batch_id, created_at);
}

updates! {
    OPEN_UPDATE = receivable set (open_minor, state) key (book_id, debtor_id, receivable_id);
    ANNOUNCED_UPDATE = receivable set (announced_on) key (book_id, debtor_id, receivable_id);
    TERMS_UPDATE = receivable set (kind, number, number_key, reference, reference_key, amount_minor, open_minor, issued_on,
        due_on, state, description) key (book_id, debtor_id, receivable_id);
}

/// A receivable as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receivable {
    pub debtor: DebtorId,
    pub id: ReceivableId,
    pub external_id: String,
    pub kind: ReceivableKind,
    pub number: String,
    /// What the payer is asked to quote; the number when nothing better is known.
    pub reference: String,
    pub amount: Money,
    /// Kept copy of the postings.
    pub open: Money,
    pub issued_on: Option<Date>,
    pub due_on: Date,
    pub state: ReceivableState,
    pub announced_on: Option<Date>,
    pub description: String,
}

impl Receivable {
    /// Returns the part that decisions look at.
    pub fn facts(&self) -> OpenReceivable {
        OpenReceivable {
            id: self.id,
            kind: self.kind,
            number: self.number.clone(),
            reference: self.reference.clone(),
            issued_on: self.issued_on,
            due_on: self.due_on,
            amount: self.amount,
            open: self.open,
            announced_on: self.announced_on,
        }
    }
}

fn receivable(row: &Row<'_>) -> Result<Receivable, StoreError> {
    let currency = row.currency(6)?;
    Ok(Receivable {
        debtor: row.id(0)?,
        id: row.id(1)?,
        external_id: row.text(2)?.to_owned(),
        kind: row.word(3)?,
        number: row.text(4)?.to_owned(),
        reference: row.text(5)?.to_owned(),
        amount: Money::new(row.int(7)?, currency),
        open: Money::new(row.int(8)?, currency),
        issued_on: row.opt_day(9)?,
        due_on: row.day(10)?,
        state: row.word(11)?,
        announced_on: row.opt_day(12)?,
        description: row.text(13)?.to_owned(),
    })
}

/// Loads receivables by their numbers in the creditor's system.
pub fn load_by_external(
    tx: &mut Tx<'_>,
    book: BookId,
    external_ids: &[&str],
) -> Result<HashMap<String, Receivable>, StoreError> {
    let mut found = HashMap::with_capacity(external_ids.len());
    for chunk in external_ids.chunks(IN_LIST) {
        tx.each(&BY_EXTERNAL, &pad_texts(book, chunk), |row| {
            let receivable = receivable(row)?;
            found.insert(receivable.external_id.clone(), receivable);
            Ok(())
        })?;
    }
    Ok(found)
}

/// Finds receivables whose folded number or reference is one of `keys`; returns the key with each.
pub fn find_by_keys(
    tx: &mut Tx<'_>,
    book: BookId,
    keys: &[&str],
) -> Result<Vec<(String, Receivable)>, StoreError> {
    let mut found = Vec::new();
    for (sql, column) in [(&BY_NUMBER as &'static Sql, 14), (&BY_REFERENCE, 15)] {
        for chunk in keys.chunks(IN_LIST) {
            tx.each(sql, &pad_texts(book, chunk), |row| {
                found.push((row.text(column)?.to_owned(), receivable(row)?));
                Ok(())
            })?;
        }
    }
    Ok(found)
}

/// Finds whose receivables have one of the keys as their number, from the index alone.
pub fn find_owners_by_number(
    tx: &mut Tx<'_>,
    book: BookId,
    keys: &[&str],
) -> Result<HashMap<String, DebtorId>, StoreError> {
    let mut found = HashMap::with_capacity(keys.len());
    for chunk in keys.chunks(IN_LIST) {
        tx.each(&OWNERS_BY_NUMBER, &pad_texts(book, chunk), |row| {
            found.insert(row.text(0)?.to_owned(), row.id(1)?);
            Ok(())
        })?;
    }
    Ok(found)
}

/// Loads all receivables of debtors, oldest due date first within each.
pub fn load_receivables(
    tx: &mut Tx<'_>,
    book: BookId,
    debtors: &[DebtorId],
) -> Result<Vec<Receivable>, StoreError> {
    of_debtors(tx, (&OF_ONE_DEBTOR, &OF_DEBTORS), book, debtors)
}

/// Loads the open receivables of debtors.
pub fn load_open(
    tx: &mut Tx<'_>,
    book: BookId,
    debtors: &[DebtorId],
) -> Result<HashMap<DebtorId, Vec<Receivable>>, StoreError> {
    let mut grouped: HashMap<DebtorId, Vec<Receivable>> = HashMap::with_capacity(debtors.len());
    for receivable in of_debtors(tx, (&OPEN_OF_ONE_DEBTOR, &OPEN_OF_DEBTORS), book, debtors)? {
        grouped.entry(receivable.debtor).or_default().push(receivable);
    }
    Ok(grouped)
}

fn of_debtors(
    tx: &mut Tx<'_>,
    questions: (&'static Sql, &'static Sql),
    book: BookId,
    debtors: &[DebtorId],
) -> Result<Vec<Receivable>, StoreError> {
    let mut found = Vec::with_capacity(debtors.len() * 3);
    each_of(tx, questions, &[book.into()], debtors, |row| {
        found.push(receivable(row)?);
        Ok(())
    })?;
    Ok(found)
}

/// Loads one receivable, locked until the transaction ends.
pub fn load_receivable(
    tx: &mut Tx<'_>,
    book: BookId,
    debtor: DebtorId,
    id: ReceivableId,
) -> Result<Option<Receivable>, StoreError> {
    tx.opt(&BY_ID, &[book.into(), debtor.into(), id.into()], receivable)
}

/// Lists the receivables an import added.
pub fn receivables_of_batch(
    tx: &mut Tx<'_>,
    book: BookId,
    batch: BatchId,
) -> Result<Vec<Receivable>, StoreError> {
    tx.all(&OF_BATCH, &[book.into(), batch.into()], receivable)
}

/// Walks all receivables of a book, debtor by debtor.
pub fn each_receivable(
    tx: &mut Tx<'_>,
    book: BookId,
    mut visit: impl FnMut(Receivable) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    tx.each(&ALL, &[book.into()], |row| visit(receivable(row)?))
}

/// Adds receivables and the shapes of their numbers.
pub fn insert_receivables(
    tx: &mut Tx<'_>,
    book: BookId,
    receivables: &[Receivable],
    batch: Option<BatchId>,
    shapes: &mut Shapes,
    now: Timestamp,
) -> Result<(), StoreError> {
    let keys: Vec<(String, String)> = receivables
        .iter()
        .map(|receivable| (reference_key(&receivable.number), own_reference_key(receivable)))
        .collect();
    let mut rows = Vec::with_capacity(receivables.len() * RECEIVABLE_INSERT.columns.len());
    for (receivable, (number, reference)) in receivables.iter().zip(&keys) {
        rows.extend_from_slice(&[
            book.into(),
            receivable.debtor.into(),
            receivable.id.into(),
            (&receivable.external_id).into(),
            receivable.kind.as_str().into(),
            (&receivable.number).into(),
            number.into(),
            (&receivable.reference).into(),
            reference.into(),
            receivable.amount.currency.into(),
            receivable.amount.minor.into(),
            receivable.open.minor.into(),
            receivable.issued_on.into(),
            receivable.due_on.into(),
            receivable.state.as_str().into(),
            (&receivable.description).into(),
            batch.into(),
            now.into(),
        ]);
    }
    tx.insert_many(&RECEIVABLE_INSERT, &rows)?;
    put_shapes(tx, book, keys.iter().flat_map(|(number, reference)| [number, reference]), shapes)
}

/// The reference gets a key of its own only where it differs from the number.
fn own_reference_key(receivable: &Receivable) -> String {
    if receivable.reference == receivable.number {
        String::new()
    } else {
        reference_key(&receivable.reference)
    }
}

fn put_shapes<'a>(
    tx: &mut Tx<'_>,
    book: BookId,
    keys: impl Iterator<Item = &'a String>,
    shapes: &mut Shapes,
) -> Result<(), StoreError> {
    for key in keys.filter(|key| !key.is_empty()) {
        if shapes.add_key(key) {
            let shape = key_shape(key);
            tx.exec(&SHAPE_PUT, &[book.into(), (&shape).into(), V::Int(key.len() as i64)])?;
        }
    }
    Ok(())
}

/// Loads the shapes of the book's numbers and of its debtors' references.
pub fn load_shapes(tx: &mut Tx<'_>, book: BookId) -> Result<Shapes, StoreError> {
    let mut shapes = Shapes::default();
    tx.each(&SHAPES, &[book.into()], |row| {
        shapes.add(row.text(0)?.to_owned(), row.int(1)? as usize);
        Ok(())
    })?;
    Ok(shapes)
}

/// Adds the shapes of debtor references, so that bank texts are searched for them too.
pub fn put_reference_shapes(
    tx: &mut Tx<'_>,
    book: BookId,
    references: &[String],
    shapes: &mut Shapes,
) -> Result<(), StoreError> {
    let keys: Vec<String> = references.iter().map(|reference| reference_key(reference)).collect();
    put_shapes(tx, book, keys.iter(), shapes)
}

/// Writes new open balances and states.
pub fn update_open(tx: &mut Tx<'_>, book: BookId, receivables: &[&Receivable]) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(receivables.len() * 5);
    for receivable in receivables {
        rows.extend_from_slice(&[
            book.into(),
            receivable.debtor.into(),
            receivable.id.into(),
            receivable.open.minor.into(),
            receivable.state.as_str().into(),
        ]);
    }
    tx.update_many(&OPEN_UPDATE, &rows).map(drop)
}

/// Records that a notice before the due date named these receivables.
pub fn update_announced(
    tx: &mut Tx<'_>,
    book: BookId,
    receivables: &[(DebtorId, ReceivableId)],
    on: Date,
) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(receivables.len() * 4);
    for &(debtor, receivable) in receivables {
        rows.extend_from_slice(&[book.into(), debtor.into(), receivable.into(), on.into()]);
    }
    tx.update_many(&ANNOUNCED_UPDATE, &rows).map(drop)
}

/// Forgets that a notice named these receivables, because it never reached the debtor.
pub fn clear_announced(
    tx: &mut Tx<'_>,
    book: BookId,
    debtor: DebtorId,
    receivables: &[ReceivableId],
) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(receivables.len() * 4);
    for &receivable in receivables {
        rows.extend_from_slice(&[book.into(), debtor.into(), receivable.into(), V::Null]);
    }
    tx.update_many(&ANNOUNCED_UPDATE, &rows).map(drop)
}

/// Replaces the terms of receivables (numbers, dates, amounts); debtor, id and currency stay.
pub fn update_terms(
    tx: &mut Tx<'_>,
    book: BookId,
    receivables: &[Receivable],
    shapes: &mut Shapes,
) -> Result<(), StoreError> {
    let keys: Vec<(String, String)> = receivables
        .iter()
        .map(|receivable| (reference_key(&receivable.number), own_reference_key(receivable)))
        .collect();
    let mut rows = Vec::new();
    for (receivable, (number, reference)) in receivables.iter().zip(&keys) {
        rows.extend_from_slice(&[
            book.into(),
            receivable.debtor.into(),
            receivable.id.into(),
            receivable.kind.as_str().into(),
            (&receivable.number).into(),
            number.into(),
            (&receivable.reference).into(),
            reference.into(),
            receivable.amount.minor.into(),
            receivable.open.minor.into(),
            receivable.issued_on.into(),
            receivable.due_on.into(),
            receivable.state.as_str().into(),
            (&receivable.description).into(),
        ]);
    }
    tx.update_many(&TERMS_UPDATE, &rows)?;
    put_shapes(tx, book, keys.iter().flat_map(|(number, reference)| [number, reference]), shapes)
}

/// Lists open receivables of one currency that are due from `from` to `to`, oldest first, after one of them.
pub fn list_open_due(
    tx: &mut Tx<'_>,
    book: BookId,
    from: Date,
    to: Date,
    currency: Currency,
    after: (Date, DebtorId, ReceivableId),
    limit: i64,
) -> Result<Vec<Receivable>, StoreError> {
    let parameters = [
        book.into(),
        from.into(),
        to.into(),
        currency.into(),
        after.0.into(),
        after.1.into(),
        after.2.into(),
        limit.into(),
    ];
    tx.all(&OPEN_DUE, &parameters, receivable)
}

/// Open money of one currency by when it is due, each with the number of receivables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub overdue: (Money, i64),
    pub today: (Money, i64),
    /// After today, up to the horizon that was asked for.
    pub soon: (Money, i64),
    pub open: (Money, i64),
}

/// Reports what is overdue, due today and due up to `until`, one row per currency.
pub fn load_due(tx: &mut Tx<'_>, book: BookId, today: Date, until: Date) -> Result<Vec<Due>, StoreError> {
    tx.all(&DUE, &[book.into(), today.into(), until.into()], |row| {
        let currency = row.currency(0)?;
        let pair = |at: usize| Ok::<_, StoreError>((Money::new(row.int(at)?, currency), row.int(at + 1)?));
        Ok(Due { overdue: pair(1)?, today: pair(3)?, soon: pair(5)?, open: pair(7)? })
    })
}

/// Open money of one currency by days past due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aging {
    /// Not yet due (or due today), then 1–30, 31–60, 61–90 and more than 90 days past due.
    pub buckets: [Money; 5],
    pub receivables: i64,
}

/// Reports open money by days past due on `today`, one row per currency.
pub fn load_aging(tx: &mut Tx<'_>, book: BookId, today: Date) -> Result<Vec<Aging>, StoreError> {
    let back = |days: i64| today.saturating_sub(jiff::Span::new().days(days));
    let parameters = [book.into(), today.into(), back(30).into(), back(60).into(), back(90).into()];
    tx.all(&AGING, &parameters, |row| {
        let currency = row.currency(0)?;
        let mut buckets = [Money::zero(currency); 5];
        for (index, bucket) in buckets.iter_mut().enumerate() {
            bucket.minor = row.int(index + 1)?;
        }
        Ok(Aging { buckets, receivables: row.int(6)? })
    })
}
