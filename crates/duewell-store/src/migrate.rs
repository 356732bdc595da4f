//! Migrations: numbered files, forward only, one statement per round trip, resumable.

use jiff::Timestamp;

use crate::lite::Lite;
use crate::open::Backend;
use crate::sql::{Sql, StoreError, V};
use crate::tx::{Inner, Tx};

/// One numbered step of the schema's history.
pub struct Migration {
    pub number: i64,
    pub name: &'static str,
    /// PostgreSQL's dialect; `-- @clustered` before a table keeps its rows in key order on SQLite.
    pub text: &'static str,
}

const VERSION_TABLE: &str = "create table if not exists schema_version (
    number bigint not null, statement bigint not null, name text not null, applied_at bigint not null,
    primary key (number, statement))";

static APPLIED: Sql = Sql::new("migrate::APPLIED", "select number, statement from schema_version");
static RECORD: Sql = Sql::new(
    "migrate::RECORD",
    "insert into schema_version (number, statement, name, applied_at) values ($1, $2, $3, $4) on conflict (number, statement) do nothing",
);

/// Brings the schema up to date; the number of statements applied says whether anything changed.
pub(crate) fn migrate(
    backend: &Backend,
    migrations: &[Migration],
    now: Timestamp,
    before_change: &mut dyn FnMut(&Lite) -> Result<(), StoreError>,
) -> Result<u64, StoreError> {
    backend.single(VERSION_TABLE)?;
    let applied: Vec<(i64, i64)> =
        backend.read(&mut |tx| tx.all(&APPLIED, &[], |row| Ok((row.int(0)?, row.int(1)?))))?;
    let known = migrations.last().map_or(0, |migration| migration.number);
    if let Some(&(found, _)) = applied.iter().max()
        && found > known
    {
        return Err(StoreError::SchemaNewer { found, known });
    }
    let mut changed = 0;
    for migration in migrations {
        for (index, statement) in statements(migration.text).iter().enumerate() {
            let key = (migration.number, index as i64);
            if applied.contains(&key) {
                continue;
            }
            if let (Backend::Lite(lite), 0, false) = (backend, changed, applied.is_empty()) {
                before_change(lite)?;
            }
            backend.write(&mut |tx| {
                run(tx, statement)?;
                let row = [V::Int(key.0), V::Int(key.1), V::Text(migration.name), now.into()];
                tx.exec(&RECORD, &row).map(drop)
            })?;
            changed += 1;
        }
    }
    Ok(changed)
}

struct Statement {
    text: String,
    clustered: bool,
}

fn statements(text: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    for part in text.split(";\n") {
        let clustered = part.lines().any(|line| line.trim() == "-- @clustered");
        let code: Vec<&str> = part.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
        let code = code.join("\n").trim().trim_end_matches(';').to_owned();
        if !code.is_empty() {
            found.push(Statement { text: code, clustered });
        }
    }
    found
}

fn run(tx: &mut Tx<'_>, statement: &Statement) -> Result<(), StoreError> {
    match &mut tx.0 {
        Inner::Lite(lite) => lite
            .connection
            .execute_batch(&lite_text(statement))
            .map_err(|error| StoreError::lite(error, first_line(&statement.text))),
        Inner::Pg(pg) => pg.raw(&statement.text),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or(text)
}

/// Turns PostgreSQL's column types into SQLite's, word by word, and makes tables strict.
fn lite_text(statement: &Statement) -> String {
    let mut words = String::with_capacity(statement.text.len());
    let mut word = String::new();
    for c in statement.text.chars().chain([' ']) {
        if c.is_ascii_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        words.push_str(match word.as_str() {
            "bigint" | "int" | "smallint" | "boolean" | "date" => "integer",
            "bytea" => "blob",
            "jsonb" => "text",
            other => other,
        });
        word.clear();
        words.push(c);
    }
    // SQLite compares by code point where nothing else is said.
    let words = words.trim_end().replace(" collate \"C\"", "");
    if !words.starts_with("create table") {
        return words;
    }
    if statement.clustered { format!("{words} strict, without rowid") } else { format!("{words} strict") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_become_those_of_sqlite_and_names_stay() {
        let text = "-- why\n-- @clustered\ncreate table t (\n a bigint not null, update_date date, b bytea,\n primary key (a))";
        let [statement] = statements(text).try_into().ok().unwrap();
        assert_eq!(
            lite_text(&statement),
            "create table t (\n a integer not null, update_date integer, b blob,\n primary key (a)) strict, without rowid"
        );
    }

    #[test]
    fn each_statement_stands_alone() {
        assert_eq!(
            statements("create table a (x int);\n-- note; with a semicolon\ncreate index i on a (x);\n")
                .len(),
            2
        );
    }
}
