//! The check that a compiler does not make: every statement fits the schema, on both engines.

use duewell_store::StoreError;
use duewell_store::testing::on_each_engine;

/// Tables of a tenant or of the installation: they have no book.
const REFERENCE_TABLES: [&str; 10] = [
    "tenant",
    "setting",
    "scenario",
    "template",
    "import_mapping",
    "node",
    "staff",
    "invitation",
    "staff_session",
    "schema_version",
];

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

/// Tables whose rows are of one tenant and secret: each question about them names the tenant first.
const TENANT_TABLES: [&str; 3] = ["staff", "invitation", "staff_session"];

/// Returns the tables that a statement reads or changes, whatever it calls them.
fn tables(text: &str) -> Vec<&str> {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .collect();
    // `on conflict … do update set` and `for update` name no table.
    words
        .windows(2)
        .filter(|pair| ["from", "join", "into", "update"].contains(&pair[0]))
        .map(|pair| pair[1])
        .filter(|name| !["set", "skip", "select"].contains(name))
        .collect()
}

#[test]
fn tables_of_a_statement_are_found_under_any_name() {
    let joined = "select s.a from staff_session s\n        join staff t on t.b = s.b where s.tenant_id = $1";
    assert_eq!(tables(joined), ["staff_session", "staff"]);
    assert_eq!(tables("select a from (select b from debtor)\nfor update skip locked"), ["debtor"]);
    assert_eq!(
        tables("insert into link_end (a) values ($1) on conflict (a) do update set a = excluded.a"),
        ["link_end"]
    );
    assert_eq!(tables("delete from staff"), ["staff"]);
}

#[test]
fn every_statement_names_its_book() {
    let mut of_tenants = 0;
    for sql in duewell_store::registry() {
        let tables = tables(sql.text);
        assert!(!tables.is_empty(), "{} is about no table", sql.name);
        if tables.iter().any(|table| TENANT_TABLES.contains(table)) {
            of_tenants += 1;
            // The first table is bound by `where`, each joined one to the tenant of the first.
            let bound = ["where tenant_id = $1", "where s.tenant_id = $1"];
            assert!(
                bound.iter().any(|condition| sql.text.contains(condition)),
                "{} does not say which tenant it is about",
                sql.name
            );
            let joins = sql.text.matches(" join ").count();
            assert_eq!(sql.text.matches(".tenant_id = s.tenant_id").count(), joins, "{}", sql.name);
            assert!(tables.iter().all(|table| TENANT_TABLES.contains(table)), "{}: {tables:?}", sql.name);
            continue;
        }
        let about_reference = tables.iter().any(|table| REFERENCE_TABLES.contains(table));
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
    assert!(of_tenants > 15, "{of_tenants} statements about tenants' tables were found");
    for update in duewell_store::update_registry() {
        assert_eq!(update.key[0], "book_id", "{}", update.table);
    }
    for insert in duewell_store::insert_registry() {
        assert!(
            REFERENCE_TABLES.contains(&insert.table) || insert.columns[0] == "book_id",
            "{}",
            insert.table
        );
        assert!(
            !TENANT_TABLES.contains(&insert.table) || insert.columns[0] == "tenant_id",
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
    for statement in duewell_store::MIGRATIONS.iter().flat_map(|one| one.text.split(";\n")) {
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
            let rest = code.split(" on ").nth(1).unwrap_or("");
            let table = rest.split_whitespace().next().unwrap_or("");
            if REFERENCE_TABLES.contains(&table) {
                assert!(rest.contains("(tenant_id"), "an index does not start with its tenant: {code}");
                continue;
            }
            let columns = rest.split('(').nth(1).unwrap_or("");
            assert!(columns.starts_with("book_id"), "an index does not start with its book: {code}");
        }
    }
    assert!(tables > 20, "the schema was read");
}

/// Preparing costs more than most questions. SQLite does it again at each use where a parameter's value decides about the
/// plan, which none of ours needs.
#[test]
fn no_question_is_planned_anew_for_each_value() {
    on_each_engine(|store| {
        let mut anew = Vec::new();
        for sql in duewell_store::registry() {
            let changes = ["insert ", "update ", "delete "].iter().any(|word| sql.text.contains(word));
            if !changes {
                let times = store.read(|tx| tx.prepared_anew(sql));
                if times.unwrap_or_else(|error| panic!("{}: {error}", sql.name)) > 0 {
                    anew.push(sql.name);
                }
            }
        }
        assert!(anew.is_empty(), "prepared anew at each use: {anew:?}");
    });
}
