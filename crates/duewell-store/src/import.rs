//! What was brought in, by which file, and what it changed.

use duewell_domain::id::{BatchId, BookId, DebtorId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::sql::{Row, V};
use crate::tx::Tx;
use crate::{StoreError, inserts, statements};

macro_rules! columns {
    () => {
        "batch_id, kind, file_name, imported_at, rows_new, rows_changed, rows_same, rows_wrong, undone_at"
    };
}

statements! {
    BATCHES = concat!("select ", columns!(), " from import_batch where book_id = $1 order by batch_id desc limit $2");
    BATCH = concat!("select ", columns!(), " from import_batch where book_id = $1 and batch_id = $2 for update");
    BATCH_UNDONE = "update import_batch set undone_at = $3 where book_id = $1 and batch_id = $2 and undone_at is null";
    BATCH_COUNTS = "update import_batch set rows_new = $3, rows_changed = $4, rows_same = $5, rows_wrong = $6 where book_id = $1 and batch_id = $2";
    CHANGES = "select item_id, debtor_id, before from import_change where book_id = $1 and batch_id = $2 order by item_id";
    RUN_DONE = "update daily_run set finished_at = $3, summary = $4 where book_id = $1 and run_id = $2";
    RUNS = "select run_id, as_of_on, started_at, finished_at, summary from daily_run where book_id = $1 order by run_id desc limit $2";
}

inserts! {
    BATCH_INSERT = import_batch(book_id, batch_id, kind, file_name, sha256, imported_at, rows_new, rows_changed, rows_same, rows_wrong);
    CHANGE_INSERT = import_change(book_id, batch_id, item_id, debtor_id, before);
    RUN_INSERT = daily_run(book_id, run_id, as_of_on, started_at, summary);
}

/// One file brought in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub id: BatchId,
    /// `debtors`, `receivables`, `invoice` or `statement`.
    pub kind: String,
    pub file_name: String,
    pub imported_at: Timestamp,
    pub rows_new: i64,
    pub rows_changed: i64,
    pub rows_same: i64,
    pub rows_wrong: i64,
    pub undone_at: Option<Timestamp>,
}

fn batch(row: &Row<'_>) -> Result<Batch, StoreError> {
    Ok(Batch {
        id: row.id(0)?,
        kind: row.text(1)?.to_owned(),
        file_name: row.text(2)?.to_owned(),
        imported_at: row.timestamp(3)?,
        rows_new: row.int(4)?,
        rows_changed: row.int(5)?,
        rows_same: row.int(6)?,
        rows_wrong: row.int(7)?,
        undone_at: row.opt_timestamp(8)?,
    })
}

/// Adds a batch.
pub fn insert_batch(tx: &mut Tx<'_>, book: BookId, batch: &Batch, sha256: &[u8]) -> Result<(), StoreError> {
    let row = [
        book.into(),
        batch.id.into(),
        (&batch.kind).into(),
        (&batch.file_name).into(),
        V::Bytes(sha256),
        batch.imported_at.into(),
        V::Int(batch.rows_new),
        V::Int(batch.rows_changed),
        V::Int(batch.rows_same),
        V::Int(batch.rows_wrong),
    ];
    tx.insert_many(&BATCH_INSERT, &row)
}

/// Writes the final counts of a batch.
pub fn update_counts(tx: &mut Tx<'_>, book: BookId, batch: &Batch) -> Result<(), StoreError> {
    let row = [
        book.into(),
        batch.id.into(),
        V::Int(batch.rows_new),
        V::Int(batch.rows_changed),
        V::Int(batch.rows_same),
        V::Int(batch.rows_wrong),
    ];
    tx.must(&BATCH_COUNTS, &row)
}

/// Lists the newest batches.
pub fn list_batches(tx: &mut Tx<'_>, book: BookId, limit: i64) -> Result<Vec<Batch>, StoreError> {
    tx.all(&BATCHES, &[book.into(), limit.into()], batch)
}

/// Loads one batch, locked until the transaction ends.
pub fn load_batch(tx: &mut Tx<'_>, book: BookId, id: BatchId) -> Result<Option<Batch>, StoreError> {
    tx.opt(&BATCH, &[book.into(), id.into()], batch)
}

/// Marks a batch as undone; a second time is a conflict.
pub fn mark_undone(tx: &mut Tx<'_>, book: BookId, id: BatchId, now: Timestamp) -> Result<(), StoreError> {
    tx.must(&BATCH_UNDONE, &[book.into(), id.into(), now.into()])
}

/// What an import changed in something that existed before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub item: i64,
    pub debtor: DebtorId,
    /// JSON of the item before the change.
    pub before: String,
}

/// Keeps what an import changed, so that it can be undone.
pub fn insert_changes(
    tx: &mut Tx<'_>,
    book: BookId,
    batch: BatchId,
    changes: &[Change],
) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(changes.len() * 5);
    for change in changes {
        rows.extend_from_slice(&[
            book.into(),
            batch.into(),
            V::Int(change.item),
            change.debtor.into(),
            (&change.before).into(),
        ]);
    }
    tx.insert_many(&CHANGE_INSERT, &rows)
}

/// Lists what an import changed.
pub fn list_changes(tx: &mut Tx<'_>, book: BookId, batch: BatchId) -> Result<Vec<Change>, StoreError> {
    tx.all(&CHANGES, &[book.into(), batch.into()], |row| {
        Ok(Change { item: row.int(0)?, debtor: row.id(1)?, before: row.text(2)?.to_owned() })
    })
}

/// One daily run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DailyRun {
    pub id: i64,
    pub as_of_on: Date,
    pub started_at: Timestamp,
    /// Absent while it runs or when it was interrupted; the next run carries on.
    pub finished_at: Option<Timestamp>,
    /// JSON.
    pub summary: String,
}

/// Records the start of a run.
pub fn insert_run(tx: &mut Tx<'_>, book: BookId, run: &DailyRun) -> Result<(), StoreError> {
    let row =
        [book.into(), V::Int(run.id), run.as_of_on.into(), run.started_at.into(), (&run.summary).into()];
    tx.insert_many(&RUN_INSERT, &row)
}

/// Records the end of a run.
pub fn finish_run(
    tx: &mut Tx<'_>,
    book: BookId,
    run: i64,
    finished_at: Timestamp,
    summary: &str,
) -> Result<(), StoreError> {
    tx.must(&RUN_DONE, &[book.into(), V::Int(run), finished_at.into(), summary.into()])
}

/// Lists the newest runs.
pub fn list_runs(tx: &mut Tx<'_>, book: BookId, limit: i64) -> Result<Vec<DailyRun>, StoreError> {
    tx.all(&RUNS, &[book.into(), limit.into()], |row| {
        Ok(DailyRun {
            id: row.int(0)?,
            as_of_on: row.day(1)?,
            started_at: row.timestamp(2)?,
            finished_at: row.opt_timestamp(3)?,
            summary: row.text(4)?.to_owned(),
        })
    })
}
