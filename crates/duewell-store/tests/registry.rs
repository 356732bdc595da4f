//! The check that a compiler does not make: every statement fits the schema, on both engines.

use duewell_store::StoreError;
use duewell_store::testing::on_each_engine;

/// Tables of a tenant or of the installation: they have no book.
const REFERENCE_TABLES: [&str; 7] =
    ["tenant", "setting", "scenario", "template", "import_mapping", "node", "schema_version"];
const SCHEMA: &str = include_str!("../migrations/0001_ground.sql");

#[test]
fn every_statement_is_understood_by_both_engines() {
    on_each_engine(|store| {
        for sql in duewell_store::registry() {
            let described = store.read(|tx| tx.describe(sql));
            let (parameters, _) = described.unwrap_or_else(|error| panic!("{}: {error}", sql.name));
            let named = (1..=parameters).all(|n| sql.text.contains(&format!("${n}")));
            assert!(named, "{} has parameters that it does not use", sql.name);
        }
        for insert in duewell_store::insert_registry() {
            store
                .write(|tx| tx.check_insert(insert))
                .unwrap_or_else(|error: StoreError| panic!("{}: {error}", insert.table));
        }
        for update in duewell_store::update_registry() {
            store
                .write(|tx| tx.check_update(update))
                .unwrap_or_else(|error: StoreError| panic!("{}: {error}", update.table));
        }
    });
}

#[test]
fn every_statement_names_its_book() {
    for sql in duewell_store::registry() {
        let about_reference = REFERENCE_TABLES.iter().any(|table| {
            [" from ", "into ", "update "].iter().any(|word| sql.text.contains(&format!("{word}{table} ")))
        });
        let of_tenant = sql.text.contains("from book where tenant_id = $1") || sql.name.ends_with("TENANTS");
        let inserts_book = sql.text.starts_with("insert")
            && sql.text.contains("(book_id,")
            && sql.text.contains("values ($1,");
        assert!(
            about_reference || of_tenant || inserts_book || sql.text.contains("book_id = $1"),
            "{} does not say which book it is about",
            sql.name
        );
    }
    for update in duewell_store::update_registry() {
        assert_eq!(update.key[0], "book_id", "{}", update.table);
    }
    for insert in duewell_store::insert_registry() {
        assert!(
            REFERENCE_TABLES.contains(&insert.table) || insert.columns[0] == "book_id",
            "{}",
            insert.table
        );
    }
}

#[test]
fn statements_keep_to_the_common_dialect() {
    for sql in duewell_store::registry() {
        let text = sql.text.to_lowercase();
        for word in [
            "ilike",
            "any(",
            "::",
            "distinct on",
            "lateral",
            "greatest(",
            "least(",
            "extract(",
            "now()",
            "current_",
            "nextval",
            " / ",
        ] {
            assert!(!text.contains(word), "{} uses `{word}`", sql.name);
        }
        assert!(!text.contains("sum(") || text.contains("cast("), "{} adds up without a cast", sql.name);
        assert!(!text.contains("select *"), "{} lists no columns", sql.name);
    }
}

#[test]
fn the_book_leads_every_key_of_the_schema() {
    let mut tables = 0;
    for statement in SCHEMA.split(";\n") {
        let code: String =
            statement.lines().filter(|line| !line.starts_with("--")).collect::<Vec<_>>().join("\n");
        let code = code.trim();
        if let Some(rest) = code.strip_prefix("create table ") {
            tables += 1;
            let table = rest.split_whitespace().next().unwrap();
            if REFERENCE_TABLES.contains(&table) {
                continue;
            }
            for key in code.match_indices("key (").map(|(at, word)| &code[at + word.len()..]) {
                assert!(key.starts_with("book_id"), "a key of {table} starts with another column");
            }
            assert!(code.contains("primary key (book_id"), "{table} has no key that starts with its book");
        } else if code.starts_with("create") {
            let columns = code.split(" on ").nth(1).and_then(|rest| rest.split('(').nth(1)).unwrap_or("");
            assert!(columns.starts_with("book_id"), "an index does not start with its book: {code}");
        }
    }
    assert!(tables > 20, "the schema was read");
}
