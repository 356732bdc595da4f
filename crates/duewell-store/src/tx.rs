//! A transaction: questions, changes and bulk work on either engine.

use crate::lite::LiteTx;
use crate::pg::PgTx;
use crate::sql::{Engine, Insert, Row, Sql, StoreError, Update, V};

/// One transaction in one book.
pub struct Tx<'a>(pub(crate) Inner<'a>, Option<String>);

pub(crate) enum Inner<'a> {
    Lite(LiteTx<'a>),
    Pg(PgTx<'a>),
}

impl<'a> Tx<'a> {
    pub(crate) fn new(inner: Inner<'a>) -> Tx<'a> {
        Tx(inner, None)
    }

    /// Refuses to end well when the database refused a statement: SQLite would keep the other half of
    /// the work, PostgreSQL nothing, and both would call it kept.
    pub(crate) fn end(self) -> Result<(), StoreError> {
        match self.1 {
            None => Ok(()),
            Some(reason) => Err(StoreError::Database { statement: "commit".to_owned(), reason }),
        }
    }

    fn noted<T>(&mut self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(error) = &done {
            self.1.get_or_insert_with(|| format!("an earlier statement was refused: {error}"));
        }
        done
    }

    /// Collects all rows of an answer.
    pub fn all<T>(
        &mut self,
        sql: &'static Sql,
        parameters: &[V<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut rows = Vec::new();
        self.each(sql, parameters, |row| {
            rows.push(read(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Walks the rows of an answer without collecting them.
    pub fn each(
        &mut self,
        sql: &'static Sql,
        parameters: &[V<'_>],
        mut visit: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        // A visitor that stops the walk is not the database's refusal.
        let mut stopped = false;
        let mut visit = |row: &Row<'_>| visit(row).inspect_err(|_| stopped = true);
        let done = match &mut self.0 {
            Inner::Lite(tx) => tx.each(sql, parameters, &mut visit),
            Inner::Pg(tx) => tx.each(sql, parameters, &mut visit),
        };
        if stopped { done } else { self.noted(done) }
    }

    /// Returns the first row of an answer, if any.
    pub fn opt<T>(
        &mut self,
        sql: &'static Sql,
        parameters: &[V<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut first = None;
        self.each(sql, parameters, |row| {
            if first.is_none() {
                first = Some(read(row)?);
            }
            Ok(())
        })?;
        Ok(first)
    }

    /// Returns the only row of an answer.
    pub fn one<T>(
        &mut self,
        sql: &'static Sql,
        parameters: &[V<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.opt(sql, parameters, read)?.ok_or(StoreError::NotFound { statement: sql.name })
    }

    /// Changes rows and returns how many.
    pub fn exec(&mut self, sql: &'static Sql, parameters: &[V<'_>]) -> Result<u64, StoreError> {
        let done = match &mut self.0 {
            Inner::Lite(tx) => tx.exec(sql, parameters),
            Inner::Pg(tx) => tx.exec(sql, parameters),
        };
        self.noted(done)
    }

    /// Changes exactly one row; anything else is a conflict and rolls the transaction back.
    pub fn must(&mut self, sql: &'static Sql, parameters: &[V<'_>]) -> Result<(), StoreError> {
        match self.exec(sql, parameters)? {
            1 => Ok(()),
            _ => Err(StoreError::Conflict { statement: sql.name }),
        }
    }

    /// Adds many rows: `flat` holds row after row, each with all columns of `insert`.
    pub fn insert_many(&mut self, insert: &'static Insert, flat: &[V<'_>]) -> Result<(), StoreError> {
        debug_assert_eq!(flat.len() % insert.columns.len(), 0, "whole rows of {}", insert.table);
        if flat.is_empty() {
            return Ok(());
        }
        let done = match &mut self.0 {
            Inner::Lite(tx) => tx.insert_many(insert, flat),
            Inner::Pg(tx) => tx.insert_many(insert, flat),
        };
        self.noted(done)
    }

    /// Changes many rows: `flat` holds row after row, the key columns first, each key once. Returns how many rows changed.
    pub fn update_many(&mut self, update: &'static Update, flat: &[V<'_>]) -> Result<u64, StoreError> {
        debug_assert_eq!(flat.len() % update.columns(), 0, "whole rows of {}", update.table);
        if flat.is_empty() {
            return Ok(0);
        }
        let done = match &mut self.0 {
            Inner::Lite(tx) => tx.update_many(update, flat),
            Inner::Pg(tx) => tx.update_many(update, flat),
        };
        self.noted(done)
    }

    /// Prepares a statement and returns its numbers of parameters and columns, for the registry test.
    pub fn describe(&mut self, sql: &'static Sql) -> Result<(usize, usize), StoreError> {
        match &mut self.0 {
            Inner::Lite(tx) => tx.describe(sql),
            Inner::Pg(tx) => tx.describe(sql),
        }
    }

    /// Returns how often SQLite prepares a question anew when it is asked twice; other engines plan once.
    #[cfg(feature = "testing")]
    pub fn prepared_anew(&mut self, sql: &'static Sql) -> Result<i32, StoreError> {
        match &mut self.0 {
            Inner::Lite(tx) => tx.prepared_anew(sql),
            Inner::Pg(_) => Ok(0),
        }
    }

    /// Prepares an insert and an update of the registries; an error names what the schema does not have.
    pub fn check_insert(&mut self, insert: &'static Insert) -> Result<(), StoreError> {
        match &mut self.0 {
            Inner::Lite(tx) => tx.check(insert.lite(), insert.table),
            Inner::Pg(tx) => tx.check_insert(insert),
        }
    }

    /// Prepares a keyed update, in its single and its bulk form.
    pub fn check_update(&mut self, update: &'static Update) -> Result<(), StoreError> {
        match &mut self.0 {
            Inner::Lite(tx) => tx.check(update.lite(), update.table),
            Inner::Pg(tx) => tx.check_update(update),
        }
    }

    /// Says which engine answers, for tests and messages only.
    pub fn engine(&self) -> Engine {
        match self.0 {
            Inner::Lite(_) => Engine::Sqlite,
            Inner::Pg(_) => Engine::Postgres,
        }
    }
}
