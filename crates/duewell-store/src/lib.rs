//! The only SQL: schema, loading facts, committing decisions, views, journal, outbox, leases.
//!
//! One SQL text per question in PostgreSQL's dialect runs on SQLite and
//! PostgreSQL. A transaction is a closure that may run again; nothing can be
//! awaited, and so nothing sent, inside it. Every statement names the book it
//! is about. This crate holds no rules and no HTTP.
//!
//! Reading order: `open` (a store), `tx` (a transaction), `sql` (values,
//! statements, rows); then one module per noun.

mod lite;
mod migrate;
mod open;
mod pg;
mod sql;
#[cfg(feature = "testing")]
pub mod testing;
mod tls;
mod tx;

pub mod book;
pub mod case;
pub mod debtor;
pub mod import;
pub mod journal;
pub mod link;
pub mod notice;
pub mod payment;
pub mod plan;
pub mod posting;
pub mod receivable;
pub mod search;
pub mod staff;

use duewell_domain::id::BookId;

pub use crate::migrate::Migration;
pub use crate::open::{OpenOptions, Store};
pub use crate::sql::{Engine, Insert, Row, Sql, StoreError, TxError, Update, V};
pub use crate::tx::Tx;
#[cfg(feature = "testing")]
pub use open::Edge;

/// The schema's history, oldest first.
pub static MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "ground", text: include_str!("../migrations/0001_ground.sql") },
    Migration { number: 2, name: "pages", text: include_str!("../migrations/0002_pages.sql") },
    Migration { number: 3, name: "plans", text: include_str!("../migrations/0003_plans.sql") },
];

/// All statements of the crate, for the test that prepares each on both engines.
pub fn registry() -> Vec<&'static Sql> {
    [
        book::ALL_STATEMENTS,
        case::ALL_STATEMENTS,
        debtor::ALL_STATEMENTS,
        import::ALL_STATEMENTS,
        journal::ALL_STATEMENTS,
        link::ALL_STATEMENTS,
        notice::ALL_STATEMENTS,
        payment::ALL_STATEMENTS,
        plan::ALL_STATEMENTS,
        posting::ALL_STATEMENTS,
        receivable::ALL_STATEMENTS,
        search::ALL_STATEMENTS,
        staff::ALL_STATEMENTS,
    ]
    .concat()
}

/// All tables that rows are written into, for the same test.
pub fn insert_registry() -> Vec<&'static Insert> {
    [
        book::ALL_INSERTS,
        case::ALL_INSERTS,
        debtor::ALL_INSERTS,
        import::ALL_INSERTS,
        journal::ALL_INSERTS,
        notice::ALL_INSERTS,
        payment::ALL_INSERTS,
        plan::ALL_INSERTS,
        posting::ALL_INSERTS,
        receivable::ALL_INSERTS,
        search::ALL_INSERTS,
        staff::ALL_INSERTS,
    ]
    .concat()
}

/// All keyed updates, for the same test.
pub fn update_registry() -> Vec<&'static Update> {
    [
        case::ALL_UPDATES,
        debtor::ALL_UPDATES,
        journal::ALL_UPDATES,
        notice::ALL_UPDATES,
        payment::ALL_UPDATES,
        plan::ALL_UPDATES,
        receivable::ALL_UPDATES,
    ]
    .concat()
}

/// How many values one `in (…)` list takes.
pub(crate) const IN_LIST: usize = 100;

/// The parameters of an `in (…)` list that follows the book.
macro_rules! in_list {
    () => {
        "$2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, $62, $63, $64, $65, $66, $67, $68, $69, $70, $71, $72, $73, $74, $75, $76, $77, $78, $79, $80, $81, $82, $83, $84, $85, $86, $87, $88, $89, $90, $91, $92, $93, $94, $95, $96, $97, $98, $99, $100, $101"
    };
}
pub(crate) use in_list;

/// The parameters of an `in (…)` list that follows the book and one more value.
macro_rules! in_list_after {
    () => {
        "$3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, $62, $63, $64, $65, $66, $67, $68, $69, $70, $71, $72, $73, $74, $75, $76, $77, $78, $79, $80, $81, $82, $83, $84, $85, $86, $87, $88, $89, $90, $91, $92, $93, $94, $95, $96, $97, $98, $99, $100, $101, $102"
    };
}
pub(crate) use in_list_after;

/// Builds the parameters of an `in (…)` list, filled up with nulls, which match nothing.
fn padded<'a>(head: &[V<'a>], values: impl ExactSizeIterator<Item = V<'a>>) -> Vec<V<'a>> {
    debug_assert!(values.len() <= IN_LIST, "an in-list takes {IN_LIST} values");
    let mut parameters = Vec::with_capacity(head.len() + IN_LIST);
    parameters.extend_from_slice(head);
    parameters.extend(values);
    parameters.resize(head.len() + IN_LIST, V::Null);
    parameters
}

pub(crate) fn pad<T: Copy>(book: BookId, ids: &[T]) -> Vec<V<'static>>
where
    V<'static>: From<T>,
{
    padded(&[book.into()], ids.iter().map(|&id| V::from(id)))
}

/// Walks the rows of some debtors: by key where it is one, by lists of a hundred where there are more.
///
/// A list costs its hundred places even for one id, and pages ask about one debtor at a time.
pub(crate) fn each_of<T: Copy>(
    tx: &mut Tx<'_>,
    (one, many): (&'static Sql, &'static Sql),
    head: &[V<'static>],
    ids: &[T],
    mut visit: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError>
where
    V<'static>: From<T>,
{
    if let [id] = ids {
        let mut parameters = head.to_vec();
        parameters.push(V::from(*id));
        return tx.each(one, &parameters, visit);
    }
    for chunk in ids.chunks(IN_LIST) {
        tx.each(many, &padded(head, chunk.iter().map(|&id| V::from(id))), &mut visit)?;
    }
    Ok(())
}

pub(crate) fn pad_texts<'a>(book: BookId, texts: &[&'a str]) -> Vec<V<'a>> {
    padded(&[book.into()], texts.iter().map(|&text| V::Text(text)))
}

pub(crate) fn pad_bytes<'a>(book: BookId, values: &[&'a [u8]]) -> Vec<V<'a>> {
    padded(&[book.into()], values.iter().map(|&bytes| V::Bytes(bytes)))
}
