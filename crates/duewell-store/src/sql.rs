//! Values, statements, rows and errors: what a question to the database is made of.

use std::error::Error as _;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::OnceLock;

use duewell_domain::id::{
    AllocationId, BatchId, BookId, CaseId, ContactPointId, DebtorId, EntryId, HoldId, NoticeId, PaymentId,
    PlanId, ReceivableId, StaffId, StatementId, TenantId,
};
use duewell_domain::money::Currency;
use jiff::Timestamp;
use jiff::civil::Date;

/// Which database answers; rules never ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A value on its way into a statement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum V<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
    Day(Date),
}

macro_rules! ints {
    ($($from:ty),*) => {$(
        impl From<$from> for V<'_> {
            fn from(value: $from) -> Self {
                V::Int(i64::from(value))
            }
        }
    )*};
}

ints!(i64, i32, u32, u16, bool);

macro_rules! ids {
    ($($id:ident),*) => {$(
        impl From<$id> for V<'_> {
            fn from(id: $id) -> Self {
                V::Int(id.0)
            }
        }
    )*};
}

ids!(
    TenantId,
    BookId,
    DebtorId,
    ContactPointId,
    ReceivableId,
    PaymentId,
    AllocationId,
    EntryId,
    HoldId,
    CaseId,
    NoticeId,
    BatchId,
    StatementId,
    PlanId,
    StaffId
);

impl<'a> From<&'a str> for V<'a> {
    fn from(text: &'a str) -> Self {
        V::Text(text)
    }
}

impl<'a> From<&'a String> for V<'a> {
    fn from(text: &'a String) -> Self {
        V::Text(text)
    }
}

impl<'a> From<&'a [u8]> for V<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        V::Bytes(bytes)
    }
}

impl<'a> From<&'a Vec<u8>> for V<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        V::Bytes(bytes)
    }
}

impl<'a> From<&'a [u8; 32]> for V<'a> {
    fn from(bytes: &'a [u8; 32]) -> Self {
        V::Bytes(bytes)
    }
}

impl From<Date> for V<'_> {
    fn from(day: Date) -> Self {
        V::Day(day)
    }
}

impl From<Timestamp> for V<'_> {
    fn from(moment: Timestamp) -> Self {
        V::Int(moment.as_microsecond())
    }
}

impl From<Currency> for V<'_> {
    fn from(currency: Currency) -> Self {
        V::Text(currency.code())
    }
}

impl<'a, T> From<Option<T>> for V<'a>
where
    V<'a>: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(V::Null, V::from)
    }
}

const EPOCH: Date = Date::constant(1970, 1, 1);

/// Days since 1970-01-01: how SQLite keeps a date, so that arithmetic means the same on both engines.
pub(crate) fn day_number(day: Date) -> i64 {
    i64::from((day - EPOCH).get_days())
}

pub(crate) fn day_of(number: i64) -> Option<Date> {
    EPOCH.checked_add(jiff::Span::new().try_days(number).ok()?).ok()
}

/// One question, in PostgreSQL's dialect with `$n` parameters.
pub struct Sql {
    pub name: &'static str,
    pub text: &'static str,
    lite: OnceLock<String>,
}

impl Sql {
    pub const fn new(name: &'static str, text: &'static str) -> Sql {
        Sql { name, text, lite: OnceLock::new() }
    }

    /// Returns the text as SQLite takes it: one writer needs no row locks.
    pub(crate) fn lite(&self) -> &str {
        self.lite.get_or_init(|| {
            self.text.replace(" for update skip locked", "").replace(" for update", "").replace('$', "?")
        })
    }
}

impl fmt::Debug for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Many rows for one table.
#[derive(Debug)]
pub struct Insert {
    pub table: &'static str,
    pub columns: &'static [&'static str],
    texts: OnceLock<String>,
}

impl Insert {
    pub const fn new(table: &'static str, columns: &'static [&'static str]) -> Insert {
        Insert { table, columns, texts: OnceLock::new() }
    }

    pub(crate) fn lite(&self) -> &str {
        self.texts.get_or_init(|| {
            let marks: Vec<String> = (1..=self.columns.len()).map(|n| format!("?{n}")).collect();
            format!("insert into {} ({}) values ({})", self.table, self.columns.join(", "), marks.join(", "))
        })
    }
}

/// New values for many rows of one table, each found by its key.
#[derive(Debug)]
pub struct Update {
    pub table: &'static str,
    pub key: &'static [&'static str],
    pub set: &'static [&'static str],
    texts: OnceLock<String>,
}

impl Update {
    pub const fn new(
        table: &'static str,
        key: &'static [&'static str],
        set: &'static [&'static str],
    ) -> Update {
        Update { table, key, set, texts: OnceLock::new() }
    }

    pub(crate) fn columns(&self) -> usize {
        self.key.len() + self.set.len()
    }

    /// Key values come first, new values after them.
    pub(crate) fn lite(&self) -> &str {
        self.texts.get_or_init(|| self.text("?"))
    }

    pub(crate) fn text(&self, mark: &str) -> String {
        let numbered = |names: &[&str], from: usize, join: &str| {
            let parts: Vec<String> =
                names.iter().enumerate().map(|(i, name)| format!("{name} = {mark}{}", from + i)).collect();
            parts.join(join)
        };
        format!(
            "update {} set {} where {}",
            self.table,
            numbered(self.set, self.key.len() + 1, ", "),
            numbered(self.key, 1, " and ")
        )
    }
}

/// Declares the statements of a module and lists them for the registry test.
#[macro_export]
#[doc(hidden)]
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)*) => {
        $($(#[$doc])* static $name: $crate::Sql = $crate::Sql::new(concat!(module_path!(), "::", stringify!($name)), $text);)*
        pub(crate) const ALL_STATEMENTS: &[&'static $crate::Sql] = &[$(&$name),*];
    };
}

/// Declares the tables a module writes rows into.
#[macro_export]
#[doc(hidden)]
macro_rules! inserts {
    ($($name:ident = $table:ident($($column:ident),* $(,)?);)*) => {
        $(static $name: $crate::Insert = $crate::Insert::new(stringify!($table), &[$(stringify!($column)),*]);)*
        pub(crate) const ALL_INSERTS: &[&'static $crate::Insert] = &[$(&$name),*];
    };
}

/// Declares the keyed updates of a module.
#[macro_export]
#[doc(hidden)]
macro_rules! updates {
    ($($name:ident = $table:ident set ($($column:ident),* $(,)?) key ($($key:ident),* $(,)?);)*) => {
        $(static $name: $crate::Update =
            $crate::Update::new(stringify!($table), &[$(stringify!($key)),*], &[$(stringify!($column)),*]);)*
        pub(crate) const ALL_UPDATES: &[&'static $crate::Update] = &[$(&$name),*];
    };
}

/// One row of an answer.
pub enum Row<'a> {
    Lite(&'a rusqlite::Row<'a>),
    Pg(&'a tokio_postgres::Row),
}

impl Row<'_> {
    fn column(index: usize, error: impl fmt::Display) -> StoreError {
        StoreError::Column { column: index, reason: error.to_string() }
    }

    pub fn opt_int(&self, index: usize) -> Result<Option<i64>, StoreError> {
        match self {
            Row::Lite(row) => row.get(index).map_err(|error| Row::column(index, error)),
            Row::Pg(row) => row.try_get(index).map_err(|error| Row::column(index, error)),
        }
    }

    pub fn int(&self, index: usize) -> Result<i64, StoreError> {
        self.opt_int(index)?.ok_or_else(|| Row::column(index, "it is null"))
    }

    pub fn opt_text(&self, index: usize) -> Result<Option<&str>, StoreError> {
        match self {
            Row::Lite(row) => row
                .get_ref(index)
                .map_err(|error| Row::column(index, error))?
                .as_str_or_null()
                .map_err(|error| Row::column(index, error)),
            Row::Pg(row) => row.try_get(index).map_err(|error| Row::column(index, error)),
        }
    }

    pub fn text(&self, index: usize) -> Result<&str, StoreError> {
        self.opt_text(index)?.ok_or_else(|| Row::column(index, "it is null"))
    }

    pub fn opt_bytes(&self, index: usize) -> Result<Option<&[u8]>, StoreError> {
        match self {
            Row::Lite(row) => row
                .get_ref(index)
                .map_err(|error| Row::column(index, error))?
                .as_blob_or_null()
                .map_err(|error| Row::column(index, error)),
            Row::Pg(row) => row.try_get(index).map_err(|error| Row::column(index, error)),
        }
    }

    pub fn bytes(&self, index: usize) -> Result<&[u8], StoreError> {
        self.opt_bytes(index)?.ok_or_else(|| Row::column(index, "it is null"))
    }

    pub fn opt_day(&self, index: usize) -> Result<Option<Date>, StoreError> {
        match self {
            Row::Lite(_) => self
                .opt_int(index)?
                .map(|number| day_of(number).ok_or_else(|| Row::column(index, "it is no date")))
                .transpose(),
            Row::Pg(row) => {
                let day: Option<crate::pg::PgDay> =
                    row.try_get(index).map_err(|error| Row::column(index, error))?;
                Ok(day.map(|day| day.0))
            }
        }
    }

    pub fn day(&self, index: usize) -> Result<Date, StoreError> {
        self.opt_day(index)?.ok_or_else(|| Row::column(index, "it is null"))
    }

    pub fn opt_timestamp(&self, index: usize) -> Result<Option<Timestamp>, StoreError> {
        self.opt_int(index)?
            .map(|us| Timestamp::from_microsecond(us).map_err(|error| Row::column(index, error)))
            .transpose()
    }

    pub fn timestamp(&self, index: usize) -> Result<Timestamp, StoreError> {
        self.opt_timestamp(index)?.ok_or_else(|| Row::column(index, "it is null"))
    }

    pub fn id<T: From<i64>>(&self, index: usize) -> Result<T, StoreError> {
        self.int(index).map(T::from)
    }

    pub fn currency(&self, index: usize) -> Result<Currency, StoreError> {
        self.text(index)?.parse().map_err(|error| Row::column(index, error))
    }

    /// Reads a stored word of one of our enums.
    pub fn word<T: FromStr<Err: fmt::Display>>(&self, index: usize) -> Result<T, StoreError> {
        self.text(index)?.parse().map_err(|error| Row::column(index, error))
    }
}

/// Why the database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("another change came first ({statement}): load the data again and repeat")]
    Conflict { statement: &'static str },
    #[error("nothing was found ({statement})")]
    NotFound { statement: &'static str },
    #[error("it exists already ({constraint}): nothing was changed")]
    Duplicate { constraint: String },
    #[error("the database was busy with other work too often ({reason}): try again")]
    Retry { reason: String },
    #[error("the database is read-only: check the permissions of its folder and disk; nothing was changed")]
    ReadOnly {},
    #[error("the disk is full: make room and start again; nothing was half changed")]
    DiskFull {},
    #[error(
        "the disk refuses to read or write ({reason}): look at its room, quota and health, then start again; nothing was half changed"
    )]
    Disk { reason: String },
    #[error("{} is in use by another Duewell: stop that one, or let it do the work", path.display())]
    Locked { path: PathBuf },
    #[error("the database has schema {found}, this program knows {known}: use the newer program")]
    SchemaNewer { found: i64, known: i64 },
    #[error(
        "the connection broke while a change was being kept: it may or may not be there; repeat it, it is kept only once"
    )]
    UnknownOutcome {},
    #[error("the database cannot be reached: {reason}")]
    Unavailable { reason: String },
    #[error("column {column} of an answer cannot be read: {reason}")]
    Column { column: usize, reason: String },
    #[error("{place} is damaged: {reason}; restore the newest backup and run `duewell verify`")]
    Corrupt { place: &'static str, reason: String },
    #[error("the database refused {statement}: {reason}")]
    Database { statement: String, reason: String },
}

impl StoreError {
    pub fn corrupt(place: &'static str, reason: String) -> StoreError {
        StoreError::Corrupt { place, reason }
    }

    pub(crate) fn parse_json<T: serde::de::DeserializeOwned>(
        place: &'static str,
        text: &str,
    ) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|error| StoreError::corrupt(place, error.to_string()))
    }

    pub(crate) fn to_json<T: serde::Serialize>(place: &'static str, value: &T) -> Result<String, StoreError> {
        serde_json::to_string(value).map_err(|error| StoreError::corrupt(place, error.to_string()))
    }

    /// Returns whether the same work may succeed when it is simply done again.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, StoreError::Retry { .. })
    }

    pub(crate) fn lite(error: rusqlite::Error, statement: &str) -> StoreError {
        use rusqlite::ErrorCode;
        let reason = error.to_string();
        // A full disk shows first where the shared memory of the write-ahead log is made.
        if error.sqlite_extended_error_code() == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) {
            return StoreError::DiskFull {};
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StoreError::DiskFull {},
            Some(ErrorCode::SystemIoFailure) => StoreError::Disk { reason },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StoreError::ReadOnly {},
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Retry { reason },
            Some(ErrorCode::CannotOpen) => StoreError::Unavailable { reason },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                StoreError::Corrupt { place: "the database file", reason }
            }
            Some(ErrorCode::ConstraintViolation) if reason.contains("UNIQUE") => {
                StoreError::Duplicate { constraint: reason.replace("UNIQUE constraint failed: ", "") }
            }
            Some(_) | None => StoreError::Database { statement: statement.to_owned(), reason },
        }
    }

    pub(crate) fn pg(error: tokio_postgres::Error, statement: &str) -> StoreError {
        use tokio_postgres::error::SqlState;
        let Some(detail) = error.as_db_error() else {
            let reason = match error.source() {
                Some(cause) => format!("{error}: {cause}"),
                None => error.to_string(),
            };
            return if error.is_closed() || reason.contains("connect") || reason.contains("communicating") {
                StoreError::Unavailable { reason }
            } else {
                StoreError::Database { statement: statement.to_owned(), reason }
            };
        };
        let code = detail.code();
        let reason = detail.message().to_owned();
        if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
            StoreError::Retry { reason }
        } else if *code == SqlState::UNIQUE_VIOLATION {
            StoreError::Duplicate { constraint: detail.constraint().unwrap_or(&reason).to_owned() }
        } else if *code == SqlState::DISK_FULL {
            StoreError::DiskFull {}
        } else if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
            StoreError::ReadOnly {}
        } else if code.code().starts_with("57P") || code.code().starts_with("08") {
            StoreError::Unavailable { reason }
        } else {
            StoreError::Database { statement: statement.to_owned(), reason }
        }
    }
}

/// An error that a transaction's closure may return: it knows whether the store is behind it.
pub trait TxError: From<StoreError> {
    fn store_error(&self) -> Option<&StoreError>;
}

impl TxError for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}
