//! A store: opened by address, migrated on start, worked on in transactions.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use crate::lite::{Lite, LiteTx};
use crate::migrate::{Migration, migrate};
use crate::pg::Pg;
use crate::sql::{Engine, StoreError, TxError};
use crate::tx::{Inner, Tx};

/// How often work that met a conflict is done again before it gives up.
const TRIES: u32 = 12;

/// How to open a store.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    pub now: Timestamp,
    /// Where a copy of an SQLite database is kept before its schema changes.
    pub backup_dir: Option<PathBuf>,
    /// SQLite connections kept for reading.
    pub readers: usize,
}

impl OpenOptions {
    pub fn new(now: Timestamp) -> OpenOptions {
        OpenOptions { now, backup_dir: None, readers: 8 }
    }
}

/// A database with Duewell's schema. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    backend: Arc<Backend>,
    #[cfg(feature = "testing")]
    watcher: Option<Watcher>,
}

/// A place at which a process may die.
#[cfg(feature = "testing")]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Edge {
    /// The work of a writing transaction is done and not committed.
    BeforeCommit,
    /// It is committed and nobody knows yet.
    AfterCommit,
}

#[cfg(feature = "testing")]
type Watcher = Arc<dyn Fn(Edge) + Send + Sync>;

pub(crate) enum Backend {
    Lite(Lite),
    Pg(Pg),
}

impl Store {
    /// Opens `sqlite:PATH` or `postgres://…` and brings its schema up to date.
    pub fn open(url: &str, options: OpenOptions) -> Result<Store, StoreError> {
        Store::open_with(url, options, crate::MIGRATIONS)
    }

    pub(crate) fn open_with(
        url: &str,
        options: OpenOptions,
        migrations: &[Migration],
    ) -> Result<Store, StoreError> {
        let backend = if let Some(path) = url.strip_prefix("sqlite:") {
            Backend::Lite(Lite::open(Path::new(path), options.readers)?)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Backend::Pg(Pg::open(url)?)
        } else {
            return Err(StoreError::Unavailable {
                reason: "the database address starts neither with sqlite: nor with postgres://".to_owned(),
            });
        };
        // Programs that start together wait for each other. The pool has one connection as yet, so lock and
        // unlock meet the same session; when migrating fails the session ends and with it the lock.
        if let Backend::Pg(pg) = &backend {
            pg.single("select pg_advisory_lock(110425)")?;
        }
        migrate(&backend, migrations, options.now, &mut |lite| {
            let Some(dir) = &options.backup_dir else { return Ok(()) };
            std::fs::create_dir_all(dir)
                .map_err(|error| StoreError::Unavailable { reason: format!("{}: {error}", dir.display()) })?;
            let stamp = options.now.strftime("%Y%m%dT%H%M%SZ");
            lite.backup(&dir.join(format!("before-migration-{stamp}.sqlite")))
        })?;
        if let Backend::Pg(pg) = &backend {
            pg.single("select pg_advisory_unlock(110425)")?;
        }
        if let Backend::Lite(lite) = &backend {
            lite.describe_indexes()?;
        }
        Ok(Store {
            backend: Arc::new(backend),
            #[cfg(feature = "testing")]
            watcher: None,
        })
    }

    /// Calls `watcher` at both edges of each writing transaction; it may panic or end the process.
    #[cfg(feature = "testing")]
    pub fn watch_commits(&mut self, watcher: impl Fn(Edge) + Send + Sync + 'static) {
        self.watcher = Some(Arc::new(watcher));
    }

    /// Runs one writing transaction. The closure may run again after a conflict: it has no other effects.
    pub fn write<T, E: TxError>(&self, mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        #[cfg(feature = "testing")]
        if let Some(watcher) = &self.watcher {
            let done = self.backend.write(&mut |tx: &mut Tx<'_>| {
                let value = work(tx)?;
                watcher(Edge::BeforeCommit);
                Ok::<T, E>(value)
            })?;
            watcher(Edge::AfterCommit);
            return Ok(done);
        }
        self.backend.write(&mut work)
    }

    /// Runs one reading transaction over a single snapshot.
    pub fn read<T, E: TxError>(&self, mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.backend.read(&mut work)
    }

    /// Writes a consistent copy of an SQLite database beside running work.
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        match &*self.backend {
            Backend::Lite(lite) => lite.backup(to),
            Backend::Pg(_) => Err(StoreError::Unavailable {
                reason: "a PostgreSQL database is backed up by pg_dump or your database service".to_owned(),
            }),
        }
    }

    /// Returns the file of an SQLite database.
    pub fn path(&self) -> Option<&Path> {
        match &*self.backend {
            Backend::Lite(lite) => Some(lite.path()),
            Backend::Pg(_) => None,
        }
    }

    pub fn engine(&self) -> Engine {
        match &*self.backend {
            Backend::Lite(_) => Engine::Sqlite,
            Backend::Pg(_) => Engine::Postgres,
        }
    }
}

type Work<'w, T, E> = &'w mut dyn FnMut(&mut Tx<'_>) -> Result<T, E>;

impl Backend {
    pub fn write<T, E: TxError>(&self, work: Work<'_, T, E>) -> Result<T, E> {
        repeat(|| match self {
            Backend::Lite(lite) => lite_transaction(&lite.writer(), "begin immediate", work),
            Backend::Pg(pg) => {
                pg.transaction("begin isolation level read committed", &mut |tx| run(Inner::Pg(tx), work))
            }
        })
    }

    pub fn read<T, E: TxError>(&self, work: Work<'_, T, E>) -> Result<T, E> {
        repeat(|| match self {
            Backend::Lite(lite) => {
                lite.with_reader(|connection| lite_transaction(connection, "begin deferred", work))
            }
            Backend::Pg(pg) => pg
                .transaction("begin isolation level repeatable read, read only", &mut |tx| {
                    run(Inner::Pg(tx), work)
                }),
        })
    }

    pub fn single(&self, text: &str) -> Result<(), StoreError> {
        match self {
            Backend::Lite(lite) => {
                lite.writer().execute_batch(text).map_err(|error| StoreError::lite(error, "schema_version"))
            }
            Backend::Pg(pg) => pg.single(text),
        }
    }
}

fn run<T, E: TxError>(inner: Inner<'_>, work: Work<'_, T, E>) -> Result<T, E> {
    let mut tx = Tx::new(inner);
    let value = work(&mut tx)?;
    tx.end()?;
    Ok(value)
}

/// Does work again as long as only a conflict with other work stands against it.
fn repeat<T, E: TxError>(mut work: impl FnMut() -> Result<T, E>) -> Result<T, E> {
    let mut tries = 1;
    loop {
        match work() {
            Err(error) if tries < TRIES && error.store_error().is_some_and(StoreError::is_conflict) => {
                tries += 1
            }
            result => return result,
        }
    }
}

fn lite_transaction<T, E: TxError>(
    connection: &rusqlite::Connection,
    begin: &str,
    work: Work<'_, T, E>,
) -> Result<T, E> {
    let execute = |text: &str| {
        let prepared = connection.prepare_cached(text).and_then(|mut statement| statement.execute([]));
        prepared.map(drop).map_err(|error| E::from(StoreError::lite(error, "transaction")))
    };
    execute(begin)?;
    let result = catch_unwind(AssertUnwindSafe(|| run(Inner::Lite(LiteTx { connection }), work)));
    match result {
        Ok(Ok(value)) => match execute("commit") {
            Ok(()) => Ok(value),
            Err(error) => {
                let _ = execute("rollback");
                Err(error)
            }
        },
        Ok(Err(error)) => {
            // After a full disk SQLite has rolled back by itself; a second rollback changes nothing.
            let _ = execute("rollback");
            Err(error)
        }
        Err(panic) => {
            let _ = execute("rollback");
            resume_unwind(panic)
        }
    }
}
