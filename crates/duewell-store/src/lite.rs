//! SQLite: the embedded default. One writer, a few readers, write-ahead log, every commit durable.

use std::fs::{File, OpenOptions as FileOptions};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSql, ToSqlOutput, Value, ValueRef};
use rusqlite::{CachedStatement, Connection, OpenFlags};

use crate::sql::{Insert, Row, Sql, StoreError, Update, V, day_number};

/// Older versions can corrupt a write-ahead log when a checkpoint races with a writer.
const VERSION_MIN: i32 = 3_051_003;
/// The log is written back when it has so many pages (64 MB): pages that several commits of a batch
/// change are then written back once.
const CHECKPOINT_PAGES: &str = "16384";
/// Pages a connection may keep, as negative KiB: the writer walks whole books, a reader shows pages of them.
const WRITER_CACHE: &str = "-65536";
const READER_CACHE: &str = "-16384";

impl ToSql for V<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            V::Null => ValueRef::Null,
            V::Int(value) => ValueRef::Integer(value),
            // As on PostgreSQL, which cannot keep a zero byte in a text.
            V::Text(text) if text.contains('\0') => {
                return Ok(ToSqlOutput::Owned(Value::Text(text.replace('\0', ""))));
            }
            V::Text(text) => ValueRef::Text(text.as_bytes()),
            V::Bytes(bytes) => ValueRef::Blob(bytes),
            V::Day(day) => ValueRef::Integer(day_number(day)),
        }))
    }
}

pub(crate) struct Lite {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    readers_max: usize,
    /// Held as long as the store is open; the system lets go of it when the process dies.
    _lock: File,
}

impl Lite {
    pub fn open(path: &Path, readers_max: usize) -> Result<Lite, StoreError> {
        if rusqlite::version_number() < VERSION_MIN {
            return Err(StoreError::Unavailable {
                reason: format!("SQLite {} is too old, 3.51.3 or newer is needed", rusqlite::version()),
            });
        }
        let lock = lock_file(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let writer = connect(path, flags, WRITER_CACHE)?;
        Ok(Lite {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
            readers_max,
            _lock: lock,
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Waits for the writer. A closure that panicked has been rolled back: its lock is not poisoned for us.
    pub fn writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    pub fn with_reader<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let pooled = self.readers.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).pop();
        let reader = match pooled {
            Some(reader) => reader,
            None => {
                let reader = connect(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE, READER_CACHE)?;
                reader
                    .pragma_update(None, "query_only", true)
                    .map_err(|e| StoreError::lite(e, "query_only"))?;
                reader
            }
        };
        let result = work(&reader);
        let mut pool = self.readers.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if pool.len() < self.readers_max {
            pool.push(reader);
        }
        result
    }

    /// Tells the planner what every index is like, so that it never takes a book for ten rows.
    ///
    /// Without statistics SQLite believes that `book_id = ?` leaves a handful of rows and filters them
    /// instead of seeking each key of an `in` list. Gathered statistics would say the same at more cost
    /// and would change plans under a running business.
    pub fn describe_indexes(&self) -> Result<(), StoreError> {
        const BOOK_ROWS: u64 = 1_000_000;
        let writer = self.writer();
        let failed = |error| StoreError::lite(error, "describe_indexes");
        // An empty analysis makes the table of statistics where it is missing.
        writer.execute_batch("analyze sqlite_schema").map_err(failed)?;
        let known: i64 =
            writer.query_row("select count(*) from sqlite_stat1", [], |row| row.get(0)).map_err(failed)?;
        let indexes: Vec<(String, String, i64, bool)> = writer
            .prepare(
                "select t.name, case when i.origin = 'pk' and t.wr then t.name else i.name end,
                    (select count(*) from pragma_index_info(i.name)), i.\"unique\"
                 from pragma_table_list t, pragma_index_list(t.name) i
                 where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite%' order by 1, 2",
            )
            .and_then(|mut statement| {
                statement
                    .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
                    .collect()
            })
            .map_err(failed)?;
        if known == indexes.len() as i64 {
            return Ok(());
        }
        writer.execute_batch("begin; delete from sqlite_stat1").map_err(failed)?;
        for (table, index, columns, unique) in indexes {
            let mut stat = format!("{} {BOOK_ROWS}", BOOK_ROWS * 10);
            for column in 1..columns {
                stat.push_str(if unique && column == columns - 1 { " 1" } else { " 4" });
            }
            writer
                .execute(
                    "insert into sqlite_stat1 (tbl, idx, stat) values (?1, ?2, ?3)",
                    [&table, &index, &stat],
                )
                .map_err(failed)?;
        }
        writer.execute_batch("commit; analyze sqlite_schema").map_err(failed)
    }

    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let target = to.to_str().ok_or_else(|| StoreError::Unavailable {
            reason: format!("{} is not a name that can be backed up to", to.display()),
        })?;
        self.with_reader(|reader| {
            reader.pragma_update(None, "query_only", false).map_err(|e| StoreError::lite(e, "query_only"))?;
            let done = reader.execute("vacuum into ?1", [target]).map_err(|e| StoreError::lite(e, "backup"));
            reader.pragma_update(None, "query_only", true).map_err(|e| StoreError::lite(e, "query_only"))?;
            done.map(drop)
        })
    }
}

fn lock_file(path: &Path) -> Result<File, StoreError> {
    // The lock belongs to the file, by whatever name it is reached.
    let real = path.canonicalize().or_else(|_| {
        let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok::<_, std::io::Error>(dir.canonicalize()?.join(path.file_name().unwrap_or_default()))
    });
    let mut name = real.unwrap_or_else(|_| path.to_owned()).into_os_string();
    name.push(".lock");
    let name = PathBuf::from(name);
    let lock =
        FileOptions::new().create(true).truncate(false).write(true).open(&name).map_err(
            |error| match error.kind() {
                std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                    StoreError::ReadOnly {}
                }
                std::io::ErrorKind::StorageFull => StoreError::DiskFull {},
                _ => StoreError::Unavailable { reason: format!("{}: {error}", name.display()) },
            },
        )?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::Locked { path: path.to_owned() }),
        Err(std::fs::TryLockError::Error(error)) => {
            Err(StoreError::Unavailable { reason: format!("{}: {error}", name.display()) })
        }
    }
}

fn connect(path: &Path, flags: OpenFlags, cache: &str) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| StoreError::lite(error, "open"))?;
    let set = |name: &str, value: &str| {
        connection
            .pragma_update_and_check(None, name, value, |_| Ok(()))
            .or_else(|error| match error {
                rusqlite::Error::QueryReturnedNoRows => Ok(()),
                other => Err(other),
            })
            .map_err(|error| StoreError::lite(error, "pragma"))
    };
    connection
        .busy_timeout(std::time::Duration::from_secs(10))
        .map_err(|e| StoreError::lite(e, "busy_timeout"))?;
    // Plans follow from the text alone. Otherwise SQLite looks at values too, and prepares every sorted question anew at
    // each use, which costs several times the question.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(|error| StoreError::lite(error, "enable_qpsg"))?;
    set("journal_mode", "wal")?;
    set("synchronous", "full")?;
    set("foreign_keys", "on")?;
    set("temp_store", "memory")?;
    set("cache_size", cache)?;
    set("wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(connection)
}

pub(crate) struct LiteTx<'a> {
    pub connection: &'a Connection,
}

impl<'a> LiteTx<'a> {
    fn prepare(&self, text: &str, name: &str) -> Result<CachedStatement<'a>, StoreError> {
        self.connection.prepare_cached(text).map_err(|error| StoreError::lite(error, name))
    }

    pub fn each(
        &mut self,
        sql: &'static Sql,
        parameters: &[V<'_>],
        visit: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.prepare(sql.lite(), sql.name)?;
        bind(&mut statement, parameters).map_err(|error| StoreError::lite(error, sql.name))?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(|error| StoreError::lite(error, sql.name))? {
            visit(&Row::Lite(row))?;
        }
        Ok(())
    }

    pub fn exec(&mut self, sql: &'static Sql, parameters: &[V<'_>]) -> Result<u64, StoreError> {
        let mut statement = self.prepare(sql.lite(), sql.name)?;
        run(&mut statement, parameters).map_err(|error| StoreError::lite(error, sql.name))
    }

    pub fn insert_many(&mut self, insert: &'static Insert, flat: &[V<'_>]) -> Result<(), StoreError> {
        let mut statement = self.prepare(insert.lite(), insert.table)?;
        for row in flat.chunks_exact(insert.columns.len()) {
            run(&mut statement, row).map_err(|error| StoreError::lite(error, insert.table))?;
        }
        Ok(())
    }

    pub fn update_many(&mut self, update: &'static Update, flat: &[V<'_>]) -> Result<u64, StoreError> {
        let mut statement = self.prepare(update.lite(), update.table)?;
        let mut changed = 0;
        for row in flat.chunks_exact(update.columns()) {
            changed += run(&mut statement, row).map_err(|error| StoreError::lite(error, update.table))?;
        }
        Ok(changed)
    }

    pub fn check(&mut self, text: &str, name: &str) -> Result<(), StoreError> {
        self.prepare(text, name).map(drop)
    }

    /// Asks a question twice with different values and returns how often it was prepared anew.
    #[cfg(feature = "testing")]
    pub fn prepared_anew(&mut self, sql: &'static Sql) -> Result<i32, StoreError> {
        let mut statement = self.prepare(sql.lite(), sql.name)?;
        for value in 1..=2 {
            let values = vec![V::Int(value); statement.parameter_count()];
            bind(&mut statement, &values).map_err(|error| StoreError::lite(error, sql.name))?;
            let mut rows = statement.raw_query();
            while rows.next().map_err(|error| StoreError::lite(error, sql.name))?.is_some() {}
        }
        Ok(statement.get_status(rusqlite::StatementStatus::RePrepare))
    }

    pub fn describe(&mut self, sql: &'static Sql) -> Result<(usize, usize), StoreError> {
        let statement = self.prepare(sql.lite(), sql.name)?;
        Ok((statement.parameter_count(), statement.column_count()))
    }
}

fn bind(statement: &mut CachedStatement<'_>, parameters: &[V<'_>]) -> rusqlite::Result<()> {
    for (index, value) in parameters.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, value)?;
    }
    Ok(())
}

fn run(statement: &mut CachedStatement<'_>, parameters: &[V<'_>]) -> rusqlite::Result<u64> {
    bind(statement, parameters)?;
    statement.raw_execute().map(|changed| changed as u64)
}
