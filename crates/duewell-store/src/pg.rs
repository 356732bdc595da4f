//! PostgreSQL: a pool of connections, each with a runtime of its own, used in place by the caller's thread.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex};

use bytes::{BufMut, BytesMut};
use futures_util::{TryStreamExt, pin_mut};
use jiff::civil::Date;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::config::Host;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};
use tokio_postgres::{Client, NoTls, Statement};

use crate::sql::{Insert, Row, Sql, StoreError, Update, V, day_number, day_of};

/// Days between PostgreSQL's epoch (2000-01-01) and ours.
const PG_EPOCH: i64 = 10_957;
/// Connections of one process.
const POOL_MAX: usize = 8;
/// Up to so many rows go as one statement; more go by COPY.
const COPY_FROM: usize = 64;

impl ToSql for V<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (*self, ty) {
            (V::Null, _) => return Ok(IsNull::Yes),
            (V::Int(value), &Type::INT8) => out.put_i64(value),
            (V::Int(value), &Type::INT4) => out.put_i32(i32::try_from(value)?),
            (V::Int(value), &Type::INT2) => out.put_i16(i16::try_from(value)?),
            (V::Text(text), &Type::TEXT | &Type::VARCHAR | &Type::UNKNOWN) => {
                // A zero byte cannot be text in PostgreSQL; SQLite would keep it. Both lose it.
                if text.contains('\0') {
                    out.put_slice(text.replace('\0', "").as_bytes());
                } else {
                    out.put_slice(text.as_bytes());
                }
            }
            (V::Bytes(bytes), &Type::BYTEA) => out.put_slice(bytes),
            (V::Day(day), &Type::DATE) => out.put_i32(i32::try_from(day_number(day) - PG_EPOCH)?),
            (value, ty) => return Err(format!("{value:?} does not fit a {ty}").into()),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

/// A date on its way out of PostgreSQL.
pub struct PgDay(pub Date);

impl<'a> FromSql<'a> for PgDay {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        let days = i32::from_be_bytes(raw.try_into()?);
        day_of(i64::from(days) + PG_EPOCH).map(PgDay).ok_or_else(|| "date out of range".into())
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::DATE
    }
}

/// An array on its way into `unnest`.
#[derive(Debug)]
struct Column<'a>(Vec<V<'a>>);

impl ToSql for Column<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        self.0.to_sql(ty, out)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

struct Connection {
    runtime: tokio::runtime::Runtime,
    client: Client,
    /// Prepared once per connection, found by the address of the constant.
    statements: HashMap<usize, Statement>,
    /// Rows that the running transaction added, by table.
    added: Vec<(&'static str, usize)>,
}

pub(crate) struct Pg {
    config: tokio_postgres::Config,
    pool: Mutex<Pool>,
    freed: Condvar,
}

struct Pool {
    idle: Vec<Connection>,
    open: usize,
    growth: HashMap<&'static str, Growth>,
}

/// Rows added to a table by this process, and how many of them the planner has heard of.
#[derive(Clone, Copy, Default)]
struct Growth {
    rows: usize,
    analyzed: usize,
}

/// From so many added rows on, and at each doubling, the planner is told about a table.
const ANALYZE_FROM: usize = 1_000;

/// Every question is asked by key and prepared once. A plan made while a table was small must not
/// scan it when it is large, and planning anew costs more than such questions take.
const SESSION: &str = "set enable_seqscan = off; set plan_cache_mode = force_generic_plan; set jit = off";

impl Pg {
    pub fn open(url: &str) -> Result<Pg, StoreError> {
        // The URL may hold a password: the parser's message does not repeat it.
        let config: tokio_postgres::Config = url.parse().map_err(|error| StoreError::Unavailable {
            reason: format!("the database address is wrong: {error}"),
        })?;
        let pg = Pg {
            config,
            pool: Mutex::new(Pool { idle: Vec::new(), open: 0, growth: HashMap::new() }),
            freed: Condvar::new(),
        };
        let first = pg.connect()?;
        let mut pool = pg.pool.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        pool.idle.push(first);
        pool.open = 1;
        drop(pool);
        Ok(pg)
    }

    fn connect(&self) -> Result<Connection, StoreError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| StoreError::Unavailable { reason: error.to_string() })?;
        // A socket of this machine has no name that a certificate could be about.
        let local = self.config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
        let client = runtime.block_on(async {
            if local {
                let (client, connection) = self.config.connect(NoTls).await?;
                tokio::spawn(connection);
                return Ok(client);
            }
            let (client, connection) = self.config.connect(crate::tls::connector()).await?;
            tokio::spawn(connection);
            Ok(client)
        });
        let client = client.map_err(|error| StoreError::pg(error, "connect"))?;
        let mut connection = Connection { runtime, client, statements: HashMap::new(), added: Vec::new() };
        connection.batch(SESSION)?;
        Ok(connection)
    }

    fn check_out(&self) -> Result<Connection, StoreError> {
        let mut pool = self.pool.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        loop {
            while let Some(connection) = pool.idle.pop() {
                if !connection.client.is_closed() {
                    return Ok(connection);
                }
                pool.open -= 1;
            }
            if pool.open < POOL_MAX {
                pool.open += 1;
                drop(pool);
                return self.connect().inspect_err(|_| self.forget());
            }
            pool = self.freed.wait(pool).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
    }

    fn forget(&self) {
        self.pool.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).open -= 1;
        self.freed.notify_one();
    }

    /// Runs one transaction on a connection of the pool; a connection whose work panicked is thrown away.
    pub fn transaction<T, E: From<StoreError>>(
        &self,
        begin: &str,
        work: &mut dyn FnMut(PgTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        struct Lent<'p> {
            pool: &'p Pg,
            connection: Option<Connection>,
        }
        impl Drop for Lent<'_> {
            fn drop(&mut self) {
                match self.connection.take() {
                    Some(connection) if !std::thread::panicking() && !connection.client.is_closed() => {
                        let mut pool = self.pool.pool.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                        pool.idle.push(connection);
                        drop(pool);
                        self.pool.freed.notify_one();
                    }
                    _ => self.pool.forget(),
                }
            }
        }
        let mut tries = 0;
        let mut lent = loop {
            let mut lent = Lent { pool: self, connection: Some(self.check_out()?) };
            let connection =
                lent.connection.as_mut().expect("a lent connection is there until it is dropped");
            match connection.batch(begin) {
                Ok(()) => break lent,
                // It died in the pool and nothing was under way on it: the next one, or a new one, does.
                Err(StoreError::Unavailable { .. }) if tries < POOL_MAX => tries += 1,
                Err(error) => return Err(error.into()),
            }
        };
        let connection = lent.connection.as_mut().expect("a lent connection is there until it is dropped");
        match work(PgTx { connection }) {
            Ok(value) => {
                connection.commit()?;
                self.tell_planner(connection);
                Ok(value)
            }
            Err(error) => {
                connection.added.clear();
                // The server rolls back by itself when the connection is gone.
                let _ = connection.batch("rollback");
                Err(error)
            }
        }
    }

    /// Has tables analyzed that have grown a lot. The server does so by itself some minutes later; a first
    /// import would spend these minutes with plans made for empty tables.
    fn tell_planner(&self, connection: &mut Connection) {
        let mut grown: Vec<&'static str> = Vec::new();
        {
            let mut pool = self.pool.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            for (table, rows) in connection.added.drain(..) {
                let growth = pool.growth.entry(table).or_default();
                growth.rows += rows;
                if growth.rows >= ANALYZE_FROM.max(growth.analyzed * 2) {
                    growth.analyzed = growth.rows;
                    grown.push(table);
                }
            }
        }
        for table in grown {
            // A role that may not do this has an administrator who does.
            let _ = connection.batch(&format!("analyze {table}"));
        }
    }

    /// Runs one statement outside a transaction, for the migrations.
    pub fn single(&self, text: &str) -> Result<(), StoreError> {
        let mut connection = self.check_out()?;
        let done = connection.batch(text);
        self.pool.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).idle.push(connection);
        self.freed.notify_one();
        done
    }
}

impl Connection {
    fn batch(&mut self, text: &str) -> Result<(), StoreError> {
        self.runtime
            .block_on(self.client.batch_execute(text))
            .map_err(|error| StoreError::pg(error, text.lines().next().unwrap_or(text)))
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.batch("commit").map_err(|error| match error {
            StoreError::Unavailable { .. } => StoreError::UnknownOutcome {},
            other => other,
        })
    }

    fn prepare(
        &mut self,
        key: usize,
        name: &str,
        text: impl FnOnce() -> String,
    ) -> Result<Statement, StoreError> {
        if let Some(statement) = self.statements.get(&key) {
            return Ok(statement.clone());
        }
        let text = text();
        let statement =
            self.runtime.block_on(self.client.prepare(&text)).map_err(|error| StoreError::pg(error, name))?;
        self.statements.insert(key, statement.clone());
        Ok(statement)
    }
}

pub(crate) struct PgTx<'a> {
    connection: &'a mut Connection,
}

fn address<T>(constant: &'static T) -> usize {
    std::ptr::from_ref(constant).addr()
}

impl PgTx<'_> {
    fn statement(&mut self, sql: &'static Sql) -> Result<Statement, StoreError> {
        self.connection.prepare(address(sql), sql.name, || sql.text.to_owned())
    }

    pub fn each(
        &mut self,
        sql: &'static Sql,
        parameters: &[V<'_>],
        visit: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let statement = self.statement(sql)?;
        let Connection { runtime, client, .. } = &mut *self.connection;
        runtime.block_on(async {
            let rows = client
                .query_raw(&statement, parameters.iter())
                .await
                .map_err(|error| StoreError::pg(error, sql.name))?;
            pin_mut!(rows);
            while let Some(row) = rows.try_next().await.map_err(|error| StoreError::pg(error, sql.name))? {
                visit(&Row::Pg(&row))?;
            }
            Ok(())
        })
    }

    pub fn exec(&mut self, sql: &'static Sql, parameters: &[V<'_>]) -> Result<u64, StoreError> {
        let statement = self.statement(sql)?;
        let Connection { runtime, client, .. } = &mut *self.connection;
        runtime
            .block_on(client.execute_raw(&statement, parameters.iter()))
            .map_err(|error| StoreError::pg(error, sql.name))
    }

    fn insert_statement(&mut self, insert: &'static Insert) -> Result<Statement, StoreError> {
        self.connection.prepare(address(insert), insert.table, || {
            let marks: Vec<String> = (1..=insert.columns.len()).map(|n| format!("${n}")).collect();
            format!(
                "insert into {} ({}) values ({})",
                insert.table,
                insert.columns.join(", "),
                marks.join(", ")
            )
        })
    }

    fn update_statements(&mut self, update: &'static Update) -> Result<(Statement, Statement), StoreError> {
        let single = self.connection.prepare(address(update), update.table, || update.text("$"))?;
        // The second statement of the same constant: its key is the address one byte further.
        let many = self
            .connection
            .prepare(address(update) + 1, update.table, || unnest_text(update, single.params()))?;
        Ok((single, many))
    }

    pub fn check_insert(&mut self, insert: &'static Insert) -> Result<(), StoreError> {
        self.insert_statement(insert).map(drop)
    }

    pub fn check_update(&mut self, update: &'static Update) -> Result<(), StoreError> {
        self.update_statements(update).map(drop)
    }

    pub fn insert_many(&mut self, insert: &'static Insert, flat: &[V<'_>]) -> Result<(), StoreError> {
        let width = insert.columns.len();
        let pg = |error| StoreError::pg(error, insert.table);
        self.connection.added.push((insert.table, flat.len() / width));
        // Preparing the plain insert tells the server's type of each column.
        let single = self.insert_statement(insert)?;
        let columns = insert.columns.join(", ");
        let types = single.params().to_vec();
        if flat.len() / width < COPY_FROM {
            let Connection { runtime, client, .. } = &mut *self.connection;
            return runtime.block_on(async {
                // All rows are sent before the first answer is awaited: one flight to the server.
                let flights = flat.chunks_exact(width).map(|row| client.execute_raw(&single, row.iter()));
                futures_util::future::try_join_all(flights).await.map(drop).map_err(pg)
            });
        }
        let Connection { runtime, client, .. } = &mut *self.connection;
        runtime.block_on(async {
            let text = format!("copy {} ({columns}) from stdin binary", insert.table);
            let sink = client.copy_in(&text).await.map_err(pg)?;
            let writer = BinaryCopyInWriter::new(sink, &types);
            pin_mut!(writer);
            for row in flat.chunks_exact(width) {
                writer.as_mut().write_raw(row.iter()).await.map_err(pg)?;
            }
            writer.finish().await.map(drop).map_err(pg)
        })
    }

    pub fn update_many(&mut self, update: &'static Update, flat: &[V<'_>]) -> Result<u64, StoreError> {
        let width = update.columns();
        let (single, many) = self.update_statements(update)?;
        if flat.len() == width {
            let Connection { runtime, client, .. } = &mut *self.connection;
            return runtime
                .block_on(client.execute_raw(&single, flat.iter()))
                .map_err(|error| StoreError::pg(error, update.table));
        }
        let columns: Vec<Column<'_>> =
            (0..width).map(|i| Column(flat.iter().skip(i).step_by(width).copied().collect())).collect();
        let Connection { runtime, client, .. } = &mut *self.connection;
        runtime
            .block_on(client.execute_raw(&many, columns.iter()))
            .map_err(|error| StoreError::pg(error, update.table))
    }

    /// Runs a text of the migrations as it stands.
    pub fn raw(&mut self, text: &str) -> Result<(), StoreError> {
        self.connection.batch(text)
    }

    pub fn describe(&mut self, sql: &'static Sql) -> Result<(usize, usize), StoreError> {
        let statement = self.statement(sql)?;
        Ok((statement.params().len(), statement.columns().len()))
    }
}

fn unnest_text(update: &Update, types: &[Type]) -> String {
    let arrays: Vec<String> =
        types.iter().enumerate().map(|(i, ty)| format!("cast(${} as {}[])", i + 1, ty.name())).collect();
    let names: Vec<String> = (0..types.len()).map(|i| format!("c{i}")).collect();
    let keys: Vec<String> =
        update.key.iter().enumerate().map(|(i, name)| format!("t.{name} = u.c{i}")).collect();
    let sets: Vec<String> = update
        .set
        .iter()
        .enumerate()
        .map(|(i, name)| format!("{name} = u.c{}", update.key.len() + i))
        .collect();
    format!(
        "update {} t set {} from unnest({}) as u({}) where {}",
        update.table,
        sets.join(", "),
        arrays.join(", "),
        names.join(", "),
        keys.join(" and ")
    )
}
