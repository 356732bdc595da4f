//! What the layer under the nouns promises: transactions, bulk work, opening, migrating, on both engines.

#![expect(
    clippy::disallowed_methods,
    reason = "children of these tests are told by the environment where to work"
)]

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Barrier};

use duewell_domain::debtor::{Channel, Consent, PartyKind};
use duewell_domain::id::{BookId, ContactPointId, DebtorId, TenantId};
use duewell_store::book::{self, Book};
use duewell_store::debtor::{self, Debtor, NewContactPoint};
use duewell_store::testing::{PgCluster, on_each_engine, test_now};
use duewell_store::{
    Edge, Engine, Insert, MIGRATIONS, OpenOptions, Row, Sql, Store, StoreError, Tx, TxError, Update, V,
};
use jiff::civil::{Date, date};

/// Where a child of a test finds its database.
const CHILD_PLACE: &str = "DUEWELL_TEST_CHILD_PLACE";

static PROBE_LITE: Sql = Sql::new(
    "probe",
    "create table probe (id integer not null, n integer, t text, d integer, b blob, primary key (id)) strict",
);
static PROBE_PG: Sql = Sql::new(
    "probe",
    "create table probe (id bigint not null, n bigint, t text, d date, b bytea, primary key (id))",
);
static PROBE_INSERT: Insert = Insert::new("probe", &["id", "n", "t", "d", "b"]);
static PROBE_UPDATE: Update = Update::new("probe", &["id"], &["n", "t", "d", "b"]);
static N_UPDATE: Update = Update::new("probe", &["id"], &["n"]);
static PROBE_ALL: Sql = Sql::new("probe_all", "select id, n, t, d, b from probe order by id");
static PROBE_COUNT: Sql = Sql::new("probe_count", "select count(*) from probe");
static PROBE_SUM: Sql = Sql::new("probe_sum", "select cast(sum(n) as bigint) from probe");
static PROBE_N: Sql = Sql::new("probe_n", "select n from probe where id = $1");
static PROBE_N_LOCKED: Sql = Sql::new("probe_n_locked", "select n from probe where id = $1 for update");
static PROBE_PUT: Sql = Sql::new("probe_put", "update probe set n = $2 where id = $1");
static PROBE_ADD: Sql = Sql::new("probe_add", "update probe set n = n + $2 where id = $1");
static PROBE_ADD_UP_TO: Sql = Sql::new("probe_add_up_to", "update probe set n = n + 1 where id <= $1");
static PROBE_BY_TEXT: Sql = Sql::new("probe_by_text", "select id from probe where t = $1");
static BACKEND: Sql = Sql::new("backend", "select cast(pg_backend_pid() as bigint)");
static KILL: Sql =
    Sql::new("kill", "select count(*) from (select pg_terminate_backend(cast($1 as int))) as killed");
static KILL_OTHERS: Sql = Sql::new(
    "kill_others",
    "select count(pg_terminate_backend(pid)) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()",
);
static VERSIONS: Sql = Sql::new("versions", "select count(*) from schema_version");
static VERSION_PUT: Sql = Sql::new(
    "version_put",
    "insert into schema_version (number, statement, name, applied_at) values ($1, 0, 'later', 0)",
);
static VERSIONS_CUT: Sql =
    Sql::new("versions_cut", "delete from schema_version where (number, statement) >= ($1, $2)");

/// A row of the probe table: number, text, day and bytes may each be missing.
#[derive(Clone, Debug, PartialEq)]
struct Probe {
    id: i64,
    n: Option<i64>,
    t: Option<String>,
    d: Option<Date>,
    b: Option<Vec<u8>>,
}

impl Probe {
    fn values(&self) -> [V<'_>; 5] {
        [self.id.into(), self.n.into(), self.t.as_deref().into(), self.d.into(), self.b.as_deref().into()]
    }
}

fn probe(row: &Row<'_>) -> Result<Probe, StoreError> {
    Ok(Probe {
        id: row.int(0)?,
        n: row.opt_int(1)?,
        t: row.opt_text(2)?.map(str::to_owned),
        d: row.opt_day(3)?,
        b: row.opt_bytes(4)?.map(<[u8]>::to_vec),
    })
}

fn make_probe(store: &Store) {
    let sql = match store.engine() {
        Engine::Sqlite => &PROBE_LITE,
        Engine::Postgres => &PROBE_PG,
    };
    store.write(|tx| tx.exec(sql, &[])).expect("the probe table can be made");
}

/// Runs a test on each engine with a table `probe` whose rows have the ids from 1 on and these numbers.
fn on_each_probe(numbers: &[i64], test: impl Fn(&Store)) {
    on_each_engine(|store| {
        make_probe(store);
        store.write(|tx| put_numbers(tx, numbers)).unwrap();
        test(store);
    });
}

fn put_numbers(tx: &mut Tx<'_>, numbers: &[i64]) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for (index, &n) in numbers.iter().enumerate() {
        rows.extend_from_slice(&[V::Int(index as i64 + 1), V::Int(n), V::Null, V::Null, V::Null]);
    }
    tx.insert_many(&PROBE_INSERT, &rows)
}

fn number(store: &Store, id: i64) -> i64 {
    store.read(|tx| tx.one(&PROBE_N, &[id.into()], |row| row.int(0))).unwrap()
}

fn all(store: &Store) -> Vec<Probe> {
    store.read(|tx| tx.all(&PROBE_ALL, &[], probe)).unwrap()
}

fn count(store: &Store) -> i64 {
    store.read(|tx| tx.one(&PROBE_COUNT, &[], |row| row.int(0))).unwrap()
}

/// Runs a test with the address of an empty database, one per engine.
fn on_each_url(test: impl Fn(&str)) {
    let dir = tempfile::tempdir().unwrap();
    test(&format!("sqlite:{}", dir.path().join("test.sqlite").display()));
    if let Some(cluster) = PgCluster::shared() {
        test(&cluster.fresh_database_url());
    }
}

fn on_postgres(test: impl FnOnce(&str)) {
    if let Some(cluster) = PgCluster::shared() {
        test(&cluster.fresh_database_url());
    }
}

fn open(url: &str) -> Result<Store, StoreError> {
    Store::open(url, OpenOptions::new(test_now()))
}

/// The error of a closure that has reasons of its own.
#[derive(Debug)]
enum Refusal {
    Rule,
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Refusal::Store(error)
    }
}

impl TxError for Refusal {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Refusal::Rule => None,
            Refusal::Store(error) => Some(error),
        }
    }
}

mod transactions {
    use super::*;

    #[test]
    fn two_threads_that_change_a_locked_value_lose_no_change() {
        on_each_probe(&[0], |store| {
            std::thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        for _ in 0..100 {
                            store
                                .write(|tx| {
                                    let n = tx.one(&PROBE_N_LOCKED, &[V::Int(1)], |row| row.int(0))?;
                                    tx.must(&PROBE_PUT, &[V::Int(1), V::Int(n + 1)])
                                })
                                .unwrap();
                        }
                    });
                }
            });
            assert_eq!(number(store, 1), 200);
        });
    }

    #[test]
    fn ten_threads_that_move_money_about_conserve_the_sum() {
        const ACCOUNTS: i64 = 6;
        on_each_probe(&[1_000; ACCOUNTS as usize], |store| {
            let finished = AtomicBool::new(false);
            std::thread::scope(|scope| {
                let movers: Vec<_> = (0..10_i64)
                    .map(|thread| {
                        scope.spawn(move || {
                            for turn in 0..30_i64 {
                                let from = (thread + turn) % ACCOUNTS + 1;
                                let to = (thread * 5 + turn * 3 + 1) % ACCOUNTS + 1;
                                // Rows are touched in one order, as our writers do: what happens
                                // otherwise (a deadlock a second) has a test of its own.
                                store
                                    .write(|tx| {
                                        let mut moves = [(from, -turn), (to, turn)];
                                        moves.sort_unstable();
                                        for (account, n) in moves {
                                            tx.must(&PROBE_ADD, &[account.into(), V::Int(n)])?;
                                        }
                                        Ok::<_, StoreError>(())
                                    })
                                    .unwrap();
                            }
                        })
                    })
                    .collect();
                scope.spawn(|| {
                    while !finished.load(Ordering::Relaxed) {
                        let sum = store.read(|tx| tx.one(&PROBE_SUM, &[], |row| row.int(0))).unwrap();
                        assert_eq!(sum, 1_000 * ACCOUNTS, "a snapshot shows half of a change");
                    }
                });
                let ended: Vec<_> = movers.into_iter().map(|mover| mover.join()).collect();
                finished.store(true, Ordering::Relaxed);
                assert!(ended.iter().all(Result::is_ok), "a mover failed");
            });
            let sum = store.read(|tx| tx.one(&PROBE_SUM, &[], |row| row.int(0))).unwrap();
            assert_eq!(sum, 1_000 * ACCOUNTS);
        });
    }

    #[test]
    fn work_that_fails_leaves_nothing_behind_and_the_store_works_on() {
        on_each_probe(&[1], |store| {
            for _ in 0..20 {
                let failed: Result<(), Refusal> = store.write(|tx| {
                    tx.must(&PROBE_PUT, &[V::Int(1), V::Int(99)])?;
                    put_numbers_from(tx, 100, 70)?;
                    Err(Refusal::Rule)
                });
                assert!(matches!(failed, Err(Refusal::Rule)));
                assert_eq!((count(store), number(store, 1)), (1, 1));
            }
            store.write(|tx| tx.must(&PROBE_PUT, &[V::Int(1), V::Int(2)])).unwrap();
            assert_eq!(number(store, 1), 2);
        });
    }

    #[test]
    fn work_that_panics_leaves_nothing_behind_and_the_store_works_on() {
        on_each_probe(&[1], |store| {
            // More often than there are connections: none of them may be lost.
            for turn in 0..20 {
                let ended = catch_unwind(AssertUnwindSafe(|| {
                    store.write(|tx| -> Result<(), StoreError> {
                        tx.must(&PROBE_PUT, &[V::Int(1), V::Int(99)])?;
                        std::panic::resume_unwind(Box::new(turn))
                    })
                }));
                assert_eq!(ended.unwrap_err().downcast_ref(), Some(&turn), "the panic is handed on");
                let ended = catch_unwind(AssertUnwindSafe(|| {
                    store.read(|tx| {
                        tx.each(&PROBE_ALL, &[], |_| std::panic::resume_unwind(Box::new("while reading")))
                    })
                }));
                assert!(ended.is_err());
                assert_eq!(number(store, 1), 1);
            }
            store.write(|tx| tx.must(&PROBE_PUT, &[V::Int(1), V::Int(2)])).unwrap();
            assert_eq!(number(store, 1), 2);
        });
    }

    #[test]
    fn a_change_of_no_row_or_of_two_rows_is_a_conflict_and_rolls_back() {
        on_each_probe(&[10, 20], |store| {
            let none = store.write(|tx| {
                tx.must(&PROBE_PUT, &[V::Int(1), V::Int(11)])?;
                tx.must(&PROBE_PUT, &[V::Int(77), V::Int(0)])
            });
            assert!(matches!(none, Err(StoreError::Conflict { statement: "probe_put" })), "{none:?}");
            let two = store.write(|tx| {
                tx.must(&PROBE_PUT, &[V::Int(1), V::Int(11)])?;
                tx.must(&PROBE_ADD_UP_TO, &[V::Int(2)])
            });
            assert!(matches!(two, Err(StoreError::Conflict { statement: "probe_add_up_to" })), "{two:?}");
            assert_eq!((number(store, 1), number(store, 2)), (10, 20));
        });
    }

    #[test]
    fn work_that_met_a_conflict_runs_again_from_the_start() {
        on_each_probe(&[0], |store| {
            let mut runs = 0;
            let seen = store.write(|tx| {
                runs += 1;
                let seen = tx.one(&PROBE_N, &[V::Int(1)], |row| row.int(0))?;
                tx.must(&PROBE_ADD, &[V::Int(1), V::Int(1)])?;
                if runs < 4 {
                    return Err(StoreError::Retry { reason: "a test says so".to_owned() });
                }
                Ok(seen)
            });
            assert_eq!((seen.unwrap(), runs), (0, 4));
            assert_eq!(number(store, 1), 1, "only the last run is kept");
        });
    }

    #[test]
    fn work_that_always_meets_a_conflict_gives_up_and_keeps_nothing() {
        on_each_probe(&[0], |store| {
            let mut runs = 0;
            let ended: Result<(), Refusal> = store.write(|tx| {
                runs += 1;
                tx.must(&PROBE_ADD, &[V::Int(1), V::Int(1)])?;
                Err(Refusal::Store(StoreError::Retry { reason: "a test says so".to_owned() }))
            });
            assert!(matches!(ended, Err(Refusal::Store(StoreError::Retry { .. }))));
            assert!((2..100).contains(&runs), "{runs} runs");
            assert_eq!(number(store, 1), 0);
        });
    }

    #[test]
    fn other_errors_are_not_tried_again() {
        on_each_probe(&[0], |store| {
            let mut runs = 0;
            let ended = store.write(|tx| {
                runs += 1;
                tx.must(&PROBE_PUT, &[V::Int(77), V::Int(1)])
            });
            assert!(matches!(ended, Err(StoreError::Conflict { .. })));
            assert_eq!(runs, 1);
        });
    }

    #[test]
    fn two_transactions_that_wait_for_each_other_both_end_well() {
        on_postgres(|url| {
            let store = open(url).unwrap();
            make_probe(&store);
            store.write(|tx| put_numbers(tx, &[0, 0])).unwrap();
            let (met, runs) = (Barrier::new(2), AtomicU32::new(0));
            std::thread::scope(|scope| {
                for (first, second) in [(1, 2), (2, 1)] {
                    let (store, met, runs) = (&store, &met, &runs);
                    scope.spawn(move || {
                        let mut first_run = true;
                        store
                            .write(|tx| {
                                runs.fetch_add(1, Ordering::Relaxed);
                                tx.must(&PROBE_ADD, &[V::Int(first), V::Int(1)])?;
                                if std::mem::take(&mut first_run) {
                                    met.wait();
                                }
                                tx.must(&PROBE_ADD, &[V::Int(second), V::Int(1)])
                            })
                            .unwrap();
                    });
                }
            });
            assert!(runs.load(Ordering::Relaxed) >= 3, "one of them was rolled back and ran again");
            assert_eq!((number(&store, 1), number(&store, 2)), (2, 2));
        });
    }

    #[test]
    fn a_reading_transaction_sees_one_snapshot_while_a_writer_commits() {
        on_each_probe(&[1, 1], |store| {
            let seen = store
                .read(|tx| {
                    let before = tx.one(&PROBE_SUM, &[], |row| row.int(0))?;
                    std::thread::scope(|scope| {
                        scope.spawn(|| {
                            store.write(|tx| tx.must(&PROBE_PUT, &[V::Int(2), V::Int(50)])).unwrap()
                        });
                    });
                    Ok::<_, StoreError>((before, tx.one(&PROBE_SUM, &[], |row| row.int(0))?))
                })
                .unwrap();
            assert_eq!(seen, (2, 2));
            assert_eq!(number(store, 2), 50, "the next snapshot has the change");
        });
    }

    #[test]
    fn a_reading_transaction_cannot_write() {
        on_each_probe(&[1], |store| {
            // Once on a connection that has only read, once on each that may be handed out next.
            for _ in 0..10 {
                let refused = store.read(|tx| tx.exec(&PROBE_PUT, &[V::Int(1), V::Int(2)]));
                assert!(matches!(refused, Err(StoreError::ReadOnly {})), "{refused:?}");
            }
            assert_eq!(number(store, 1), 1);
            store.write(|tx| tx.must(&PROBE_PUT, &[V::Int(1), V::Int(2)])).unwrap();
        });
    }

    #[test]
    fn a_question_for_one_row_without_a_row_names_the_question() {
        on_each_probe(&[], |store| {
            let missing = store.read(|tx| tx.one(&PROBE_N, &[V::Int(1)], |row| row.int(0)));
            assert!(matches!(missing, Err(StoreError::NotFound { statement: "probe_n" })), "{missing:?}");
            let null = store.read(|tx| tx.one(&PROBE_SUM, &[], |row| row.int(0)));
            assert!(matches!(null, Err(StoreError::Column { column: 0, .. })), "{null:?}");
        });
    }

    #[test]
    fn a_process_that_dies_before_the_commit_has_changed_nothing() {
        on_each_probe(&[1], |store| {
            let edges: Arc<std::sync::Mutex<Vec<Edge>>> = Arc::default();
            for (deadly, kept) in [(Edge::BeforeCommit, 1), (Edge::AfterCommit, 2)] {
                let mut watched = store.clone();
                let seen = Arc::clone(&edges);
                watched.watch_commits(move |edge| {
                    seen.lock().unwrap().push(edge);
                    if edge == deadly {
                        std::panic::resume_unwind(Box::new("died"));
                    }
                });
                let write = || watched.write(|tx| tx.must(&PROBE_PUT, &[V::Int(1), V::Int(2)]));
                assert!(catch_unwind(AssertUnwindSafe(write)).is_err());
                assert_eq!(number(store, 1), kept);
            }
            assert_eq!(*edges.lock().unwrap(), [Edge::BeforeCommit, Edge::BeforeCommit, Edge::AfterCommit]);
        });
    }

    /// Half of a batch must never be kept, and a change must never be lost in silence: a transaction in which a
    /// statement was refused cannot end well, even when the closure looks away.
    #[test]
    fn a_refused_statement_that_the_closure_overlooks_is_no_success() {
        on_each_probe(&[1, 2], |store| {
            let ended = store.write(|tx| {
                tx.must(&PROBE_PUT, &[V::Int(1), V::Int(50)])?;
                let refused = tx.insert_many(
                    &PROBE_INSERT,
                    &[
                        [V::Int(3), V::Null, V::Null, V::Null, V::Null],
                        [V::Int(2), V::Null, V::Null, V::Null, V::Null],
                    ]
                    .concat(),
                );
                assert!(matches!(refused, Err(StoreError::Duplicate { .. })));
                Ok::<_, StoreError>(())
            });
            assert!(ended.is_err(), "{:?} says that everything is kept", store.engine());
            assert_eq!((count(store), number(store, 1)), (2, 1), "{:?}", store.engine());
        });
    }
}

fn put_numbers_from(tx: &mut Tx<'_>, first: i64, rows: i64) -> Result<(), StoreError> {
    let values: Vec<V<'_>> =
        (first..first + rows).flat_map(|id| [V::Int(id), V::Int(id), V::Null, V::Null, V::Null]).collect();
    tx.insert_many(&PROBE_INSERT, &values)
}

mod bulk {
    use super::*;

    /// Values at the edges of each type, mixed by the row's number.
    fn edge_rows(rows: i64) -> Vec<Probe> {
        let numbers = [None, Some(0), Some(i64::MIN), Some(i64::MAX), Some(-1)];
        let texts = [
            Some(String::new()),
            None,
            Some("plain".to_owned()),
            Some("Łódź, Ὀδυσσεύς, 渡辺, 👩‍👩‍👧, e\u{301}, \u{7f}\t\r\n\\N \\. \"'".to_owned()),
            Some("x".repeat(70_000)),
            Some("null".to_owned()),
            Some("\u{feff}\u{10ffff}".to_owned()),
        ];
        let days = [
            Some(date(1, 1, 1)),
            Some(date(9999, 12, 31)),
            None,
            Some(date(1970, 1, 1)),
            Some(date(1969, 12, 31)),
            Some(date(2000, 2, 29)),
        ];
        let bytes = [None, Some(vec![]), Some(vec![0]), Some((0..=255).collect()), Some(vec![0xff; 3_000])];
        (0..rows)
            .map(|i| Probe {
                id: i64::MIN + i * 3,
                n: numbers[i as usize % numbers.len()],
                // The long text stands in few rows, so that big batches stay quick.
                t: texts[(i as usize % texts.len() + usize::from(i > 100 && i % 7 == 4)) % texts.len()]
                    .clone(),
                d: days[i as usize % days.len()],
                b: bytes[(i as usize / 2) % bytes.len()].clone(),
            })
            .collect()
    }

    #[test]
    fn rows_are_added_and_changed_faithfully_whatever_their_number() {
        for rows in [1, 2, 63, 64, 65, 5_000] {
            on_each_probe(&[], |store| {
                let mut kept = edge_rows(rows);
                let flat: Vec<V<'_>> = kept.iter().flat_map(Probe::values).collect();
                store.write(|tx| tx.insert_many(&PROBE_INSERT, &flat)).unwrap();
                assert!(all(store) == kept, "{rows} added rows differ on {:?}", store.engine());

                // Each row gets the values of its neighbour.
                let ids: Vec<i64> = kept.iter().map(|row| row.id).collect();
                kept.rotate_left(1);
                for (row, id) in kept.iter_mut().zip(ids) {
                    row.id = id;
                }
                let flat: Vec<V<'_>> = kept.iter().flat_map(Probe::values).collect();
                let changed = store.write(|tx| tx.update_many(&PROBE_UPDATE, &flat)).unwrap();
                assert_eq!(changed, rows as u64);
                assert!(all(store) == kept, "{rows} changed rows differ on {:?}", store.engine());
            });
        }
    }

    #[test]
    fn no_rows_are_no_work_and_unknown_rows_are_not_counted() {
        on_each_probe(&[5], |store| {
            store.write(|tx| tx.insert_many(&PROBE_INSERT, &[])).unwrap();
            assert_eq!(store.write(|tx| tx.update_many(&N_UPDATE, &[])).unwrap(), 0);
            let one = [V::Int(404), V::Int(1)];
            assert_eq!(store.write(|tx| tx.update_many(&N_UPDATE, &one)).unwrap(), 0);
            let two = [V::Int(1), V::Int(6), V::Int(404), V::Int(1)];
            assert_eq!(store.write(|tx| tx.update_many(&N_UPDATE, &two)).unwrap(), 1);
            assert_eq!((count(store), number(store, 1)), (1, 6));
        });
    }

    /// A zero byte cannot be text in PostgreSQL. Whatever becomes of it, it is the same on both engines.
    #[test]
    fn a_zero_byte_in_a_text_has_the_same_fate_on_both_engines() {
        let fates = RefCell::new(Vec::new());
        on_each_probe(&[], |store| {
            let mut fate = Vec::new();
            for (id, rows) in [(1, 1), (100, 70)] {
                let flat: Vec<V<'_>> = (id..id + rows)
                    .flat_map(|id| [V::Int(id), V::Null, V::Text("a\0b"), V::Null, V::Null])
                    .collect();
                let kept = store.write(|tx| {
                    tx.insert_many(&PROBE_INSERT, &flat)?;
                    tx.all(&PROBE_ALL, &[], |row| Ok((row.int(0)?, row.text(2)?.to_owned())))
                });
                fate.push(kept.map_err(drop));
            }
            for text in ["a\0b", "ab"] {
                let found = store.read(|tx| {
                    tx.all(&PROBE_BY_TEXT, &[V::Text(text)], |row| Ok((row.int(0)?, String::new())))
                });
                fate.push(found.map(|mut found| (found.sort(), found).1).map_err(drop));
            }
            fates.borrow_mut().push(fate);
        });
        let fates = fates.into_inner();
        assert!(fates.windows(2).all(|pair| pair[0] == pair[1]), "the engines differ");
    }

    #[test]
    fn a_value_that_is_there_already_refuses_the_whole_batch_and_is_named() {
        for rows in [3_usize, 63, 64, 300] {
            on_each_probe(&[1], |store| {
                let mut flat: Vec<V<'_>> = (0..rows)
                    .flat_map(|i| [V::Int(i as i64 + 10), V::Int(0), V::Null, V::Null, V::Null])
                    .collect();
                flat[rows / 2 * 5] = V::Int(1);
                let refused = store.write(|tx| {
                    tx.must(&PROBE_PUT, &[V::Int(1), V::Int(9)])?;
                    tx.insert_many(&PROBE_INSERT, &flat)
                });
                let Err(StoreError::Duplicate { constraint }) = &refused else { panic!("{refused:?}") };
                assert!(constraint.contains("probe"), "{constraint}");
                assert_eq!((count(store), number(store, 1)), (1, 1));
                // The same connection goes on.
                store.write(|tx| put_numbers_from(tx, 10, rows as i64)).unwrap();
                assert_eq!(count(store), rows as i64 + 1);
            });
        }
    }

    #[test]
    fn a_batch_that_meets_itself_is_refused_too() {
        on_each_probe(&[], |store| {
            for rows in [2, 80] {
                let flat: Vec<V<'_>> =
                    (0..rows).flat_map(|i| [V::Int(i / 2), V::Null, V::Null, V::Null, V::Null]).collect();
                let refused = store.write(|tx| tx.insert_many(&PROBE_INSERT, &flat));
                assert!(matches!(refused, Err(StoreError::Duplicate { .. })), "{refused:?}");
                assert_eq!(count(store), 0);
            }
        });
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_an_error_and_keeps_nothing() {
        on_each_probe(&[], |store| {
            for rows in [1, 70] {
                let mut flat: Vec<V<'_>> =
                    (0..rows).flat_map(|i| [V::Int(i), V::Int(i), V::Null, V::Null, V::Null]).collect();
                let last = flat.len() - 4;
                flat[last] = V::Text("seven");
                let refused = store.write(|tx| tx.insert_many(&PROBE_INSERT, &flat));
                assert!(matches!(refused, Err(StoreError::Database { .. })), "{refused:?}");
                assert_eq!(count(store), 0);
            }
        });
    }
}

mod lists {
    use super::*;

    const BOOK: BookId = BookId(1);

    fn fill(store: &Store, debtors: i64) {
        let debtors: Vec<Debtor> = (1..=debtors)
            .map(|n| Debtor {
                id: DebtorId(n),
                external_id: format!("K-{n}"),
                kind: PartyKind::Person,
                name: format!("Name{n}"),
                language: None,
                country: None,
                zone: None,
                segment: None,
                group: None,
                parent_external_id: None,
            })
            .collect();
        let points: Vec<NewContactPoint> = debtors
            .iter()
            .map(|debtor| NewContactPoint {
                debtor: debtor.id,
                id: ContactPointId(debtor.id.0),
                channel: Channel::Email,
                value: format!("{}@debtor.example", debtor.id.0),
                provenance: "import",
                consent: Consent::Unknown,
            })
            .collect();
        store
            .write(|tx| {
                book::create_tenant(tx, TenantId(1), "Stadtwerke", test_now())?;
                let book = Book {
                    id: BOOK,
                    tenant: TenantId(1),
                    name: "main".to_owned(),
                    zone: "Europe/Berlin".to_owned(),
                };
                book::create_book(tx, &book, test_now())?;
                debtor::insert_debtors(tx, BOOK, &debtors, None, test_now())?;
                debtor::insert_contact_points(tx, BOOK, &points, None, test_now())
            })
            .unwrap();
    }

    #[test]
    fn lists_of_any_length_find_exactly_what_was_asked_for() {
        on_each_engine(|store| {
            fill(store, 260);
            for asked in [0_i64, 1, 2, 99, 100, 101, 200, 201, 250] {
                // Every second one that is asked for exists.
                let ids: Vec<DebtorId> =
                    (1..=asked).map(|n| DebtorId(if n % 2 == 0 { n } else { -n })).collect();
                let texts: Vec<String> = ids.iter().map(|id| format!("K-{}", id.0)).collect();
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                let mut expected: Vec<i64> = (1..=asked).filter(|n| n % 2 == 0).collect();
                expected.sort_unstable();
                let sorted = |found: Vec<DebtorId>| {
                    let mut found: Vec<i64> = found.into_iter().map(|id| id.0).collect();
                    found.sort_unstable();
                    found
                };
                store
                    .read(|tx| {
                        let found = debtor::load_debtors(tx, BOOK, &ids)?;
                        assert_eq!(sorted(found.into_keys().collect()), expected);
                        let found = debtor::find_debtor_ids(tx, BOOK, &texts)?;
                        assert_eq!(sorted(found.into_values().collect()), expected);
                        let found = debtor::load_contact_points(tx, BOOK, &ids)?;
                        assert!(found.values().all(|points| points.len() == 1));
                        assert_eq!(sorted(found.into_keys().collect()), expected);
                        Ok::<_, StoreError>(())
                    })
                    .unwrap();
            }
        });
    }
}

mod opening {
    use super::*;

    /// Starts this test program again for one of the tests that are only meant for children.
    fn child(name: &str, place: &str) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", name, "--ignored", "--nocapture"]).env(CHILD_PLACE, place);
        command
    }

    fn said(output: &Output) -> String {
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    }

    #[test]
    #[ignore = "runs only as the child of a_database_in_use_is_refused_to_others"]
    fn child_that_opens() {
        let Ok(place) = std::env::var(CHILD_PLACE) else { return };
        match open(&place) {
            Ok(_) => println!("answer: opened"),
            Err(StoreError::Locked { path }) => println!("answer: locked {}", path.display()),
            Err(other) => println!("answer: {other:?}"),
        }
    }

    #[test]
    fn a_database_in_use_is_refused_to_others() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("one.sqlite");
        let url = format!("sqlite:{}", path.display());
        let store = open(&url).unwrap();
        let Err(StoreError::Locked { path: named }) = open(&url) else { panic!("it was opened twice") };
        assert_eq!(named, path);
        let asked = child("opening::child_that_opens", &url).output().unwrap();
        assert!(said(&asked).contains(&format!("answer: locked {}", path.display())), "{}", said(&asked));
        // A clone is the same store and keeps it.
        let clone = store.clone();
        drop(store);
        assert!(matches!(open(&url), Err(StoreError::Locked { .. })));
        drop(clone);
        let asked = child("opening::child_that_opens", &url).output().unwrap();
        assert!(said(&asked).contains("answer: opened"), "{}", said(&asked));
        open(&url).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_database_in_use_is_refused_under_another_name_too() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("one.sqlite");
        let _store = open(&format!("sqlite:{}", path.display())).unwrap();
        let link = dir.path().join("other.sqlite");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(matches!(open(&format!("sqlite:{}", link.display())), Err(StoreError::Locked { .. })));
    }

    #[test]
    fn addresses_that_lead_nowhere_are_refused_in_words() {
        let dir = tempfile::tempdir().unwrap();
        let missing = format!("sqlite:{}", dir.path().join("none/db.sqlite").display());
        let secret = "postgres://user:geheim@/db?port=seven";
        for url in
            [missing.as_str(), "mysql://host/db", "", "db.sqlite", secret, "postgres://user@127.0.0.1:1/db"]
        {
            let Err(error) = open(url) else { panic!("{url} was opened") };
            assert!(matches!(error, StoreError::Unavailable { .. }), "{url}: {error:?}");
            assert!(!error.to_string().contains("geheim"), "{error}");
        }
        std::fs::write(
            dir.path().join("text.sqlite"),
            "this is a letter and no database, whatever its name\n",
        )
        .unwrap();
        let Err(error) = open(&format!("sqlite:{}", dir.path().join("text.sqlite").display())) else {
            panic!("a letter was opened")
        };
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
        assert_eq!(
            std::fs::read(dir.path().join("text.sqlite")).unwrap(),
            b"this is a letter and no database, whatever its name\n",
            "it was written into"
        );
    }

    #[test]
    fn a_newer_schema_is_refused_and_left_as_it_is() {
        on_each_url(|url| {
            let store = open(url).unwrap();
            store.write(|tx| tx.exec(&VERSION_PUT, &[V::Int(7)])).unwrap();
            drop(store);
            let file = url.strip_prefix("sqlite:").map(Path::new);
            let before = file.map(|file| std::fs::read(file).unwrap());
            let backups = tempfile::tempdir().unwrap();
            let options =
                OpenOptions { backup_dir: Some(backups.path().to_owned()), ..OpenOptions::new(test_now()) };
            let refused = Store::open(url, options).map(drop);
            let Err(StoreError::SchemaNewer { found: 7, known }) = refused else { panic!("{refused:?}") };
            assert_eq!(Some(known), MIGRATIONS.last().map(|last| last.number));
            assert!(file.map(|file| std::fs::read(file).unwrap()) == before, "the file was touched");
            assert_eq!(std::fs::read_dir(backups.path()).unwrap().count(), 0);
            // The refusal holds no lock.
            assert!(matches!(open(url), Err(StoreError::SchemaNewer { .. })));
        });
    }

    /// A statement of the schema: migration, place in it, and the words that take back what it made.
    type Removal = (i64, i64, String);

    /// Returns all statements of all migrations in their order.
    fn removals() -> Vec<Removal> {
        let mut removals = Vec::new();
        for migration in MIGRATIONS {
            let codes = migration.text.split(";\n").map(|part| {
                let code: Vec<&str> = part.lines().filter(|line| !line.starts_with("--")).collect();
                code.join("\n")
            });
            for (at, code) in (0..).zip(codes.filter(|code| !code.trim().is_empty())) {
                let words: Vec<&str> = code.split_whitespace().collect();
                let removal = match words[..] {
                    ["create", "table", name, ..] => format!("drop table {name}"),
                    ["create", "index", name, ..] | ["create", "unique", "index", name, ..] => {
                        format!("drop index {name}")
                    }
                    ["alter", "table", table, "add", "column", column, ..] => {
                        format!("alter table {table} drop column {column}")
                    }
                    _ => panic!("a statement of another kind: {code}"),
                };
                removals.push((migration.number, at, removal));
            }
        }
        removals
    }

    #[test]
    fn an_interrupted_migration_goes_on_where_it_stopped() {
        let removals = removals();
        let ground = removals.iter().filter(|(number, ..)| *number == 1).count();
        let column = removals.iter().position(|(_, _, removal)| removal.contains("drop column")).unwrap();
        assert!(ground > 20 && column > ground && column + 2 < removals.len(), "{ground}, {column}");
        // In the first migration, at its end, around a new column of an old table, and before the last word.
        for done in [1, 2, ground / 2, ground - 1, ground, column, column + 1, removals.len() - 1] {
            on_each_url(|url| {
                let store = open(url).unwrap();
                let tenant = |tx: &mut Tx<'_>| book::create_tenant(tx, TenantId(1), "first", test_now());
                store.write(tenant).unwrap();
                store
                    .write(|tx| {
                        for (.., removal) in removals[done..].iter().rev() {
                            let removal: &'static str = Box::leak(removal.clone().into_boxed_str());
                            let sql: &'static Sql = Box::leak(Box::new(Sql::new("removal", removal)));
                            tx.exec(sql, &[])?;
                        }
                        let (number, statement, _) = removals[done];
                        tx.exec(&VERSIONS_CUT, &[V::Int(number), V::Int(statement)])
                    })
                    .unwrap();
                drop(store);

                let dir = tempfile::tempdir().unwrap();
                let backups = dir.path().join("made/when/needed");
                let options =
                    || OpenOptions { backup_dir: Some(backups.clone()), ..OpenOptions::new(test_now()) };
                let store = Store::open(url, options()).unwrap();
                let known = store.read(|tx| tx.one(&VERSIONS, &[], |row| row.int(0))).unwrap();
                assert_eq!(known, removals.len() as i64);
                for sql in duewell_store::registry() {
                    store.read(|tx| tx.describe(sql)).unwrap_or_else(|error| panic!("{}: {error}", sql.name));
                }
                let tenants = store.read(book::list_tenants).unwrap();
                assert_eq!(tenants, [(TenantId(1), "first".to_owned())]);
                drop(store);

                // An SQLite file was copied as it stood before; a start without changes copies nothing.
                drop(Store::open(url, options()).unwrap());
                let copies: Vec<_> =
                    std::fs::read_dir(&backups).map(|dir| dir.flatten().collect()).unwrap_or_default();
                assert_eq!(copies.len(), usize::from(url.starts_with("sqlite:")));
                for copy in copies {
                    let copy = rusqlite::Connection::open(copy.path()).unwrap();
                    let kept: i64 =
                        copy.query_row("select count(*) from schema_version", [], |row| row.get(0)).unwrap();
                    assert_eq!(kept, done as i64);
                }
            });
        }
    }

    /// Several machines may work on one PostgreSQL database and are started together.
    #[test]
    fn two_programs_may_start_on_an_empty_database_at_the_same_time() {
        on_postgres(|_| {
            for _ in 0..4 {
                let url = PgCluster::shared().unwrap().fresh_database_url();
                let together = Barrier::new(4);
                let opened: Vec<Result<(), StoreError>> = std::thread::scope(|scope| {
                    let started: Vec<_> = (0..4)
                        .map(|_| {
                            scope.spawn(|| {
                                together.wait();
                                open(&url).map(drop)
                            })
                        })
                        .collect();
                    started.into_iter().map(|thread| thread.join().unwrap()).collect()
                });
                assert!(opened.iter().all(Result::is_ok), "{opened:?}");
            }
        });
    }

    fn contents(path: &Path) -> Vec<(String, Vec<Vec<rusqlite::types::Value>>)> {
        let connection = rusqlite::Connection::open(path).unwrap();
        let mut names =
            connection.prepare("select name from sqlite_schema where type = 'table' order by name").unwrap();
        let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        names
            .into_iter()
            .map(|name| {
                let mut rows = connection.prepare(&format!("select * from {name}")).unwrap();
                let columns = rows.column_count();
                let rows = rows
                    .query_map([], |row| (0..columns).map(|i| row.get(i)).collect())
                    .unwrap()
                    .map(Result::unwrap)
                    .collect();
                (name, rows)
            })
            .collect()
    }

    #[test]
    fn a_backup_taken_beside_running_work_opens_and_holds_one_moment() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("live.sqlite");
        let store = open(&format!("sqlite:{}", path.display())).unwrap();
        make_probe(&store);
        store.write(|tx| put_numbers(tx, &[500, 500])).unwrap();
        let copies: Vec<_> = (0..5).map(|n| dir.path().join(format!("copy{n}.sqlite"))).collect();
        let finished = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !finished.load(Ordering::Relaxed) {
                    let moved = store.write(|tx| {
                        tx.must(&PROBE_ADD, &[V::Int(1), V::Int(-1)])?;
                        tx.must(&PROBE_ADD, &[V::Int(2), V::Int(1)])
                    });
                    moved.unwrap();
                }
            });
            for copy in &copies {
                let done = store.backup(copy);
                if done.is_err() {
                    finished.store(true, Ordering::Relaxed);
                }
                done.unwrap();
            }
            finished.store(true, Ordering::Relaxed);
        });
        for copy in &copies {
            let copy = open(&format!("sqlite:{}", copy.display())).unwrap();
            assert_eq!(number(&copy, 1) + number(&copy, 2), 1_000);
        }
        let still = dir.path().join("still.sqlite");
        store.backup(&still).unwrap();
        assert!(contents(&still) == contents(&path), "a copy of a database at rest differs from it");
        // The connection that made the copy reads on and still cannot write.
        assert!(matches!(
            store.read(|tx| tx.exec(&PROBE_PUT, &[V::Int(1), V::Int(2)])),
            Err(StoreError::ReadOnly {})
        ));
    }

    #[test]
    fn a_backup_never_replaces_a_file() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(&format!("sqlite:{}", dir.path().join("live.sqlite").display())).unwrap();
        let kept = dir.path().join("kept");
        std::fs::write(&kept, "the only good copy").unwrap();
        assert!(store.backup(&kept).is_err());
        assert_eq!(std::fs::read(&kept).unwrap(), b"the only good copy");
        assert!(store.backup(&dir.path().join("no/such/folder")).is_err());
        store.backup(&dir.path().join("good.sqlite")).unwrap();
        assert!(matches!(store.read(|tx| tx.exec(&VERSION_PUT, &[V::Int(9)])), Err(StoreError::ReadOnly {})));
        on_postgres(|url| {
            let refused = open(url).unwrap().backup(&dir.path().join("pg"));
            assert!(refused.unwrap_err().to_string().contains("pg_dump"));
        });
    }

    #[test]
    #[ignore = "runs only as the child of a_full_and_a_read_only_disk_are_called_so"]
    fn child_on_a_small_disk() {
        let Ok(place) = std::env::var(CHILD_PLACE) else { return };
        let dir = Path::new(&place);
        let url = format!("sqlite:{}", dir.join("small.sqlite").display());
        std::fs::write(dir.join("ballast"), vec![1; 3 << 20]).unwrap();
        let store = open(&url).unwrap();
        make_probe(&store);
        let text = "x".repeat(20_000);
        let mut kept = 0;
        let full = loop {
            let done = store.write(|tx| {
                let rows: Vec<V<'_>> = (kept..kept + 5)
                    .flat_map(|id| [V::Int(id), V::Int(1), V::Text(&text), V::Null, V::Null])
                    .collect();
                tx.insert_many(&PROBE_INSERT, &rows)
            });
            match done {
                Ok(()) => kept += 5,
                Err(error) => break error,
            }
            assert!(kept < 10_000, "the disk is never full");
        };
        assert!(matches!(full, StoreError::DiskFull {}), "{full:?}");
        assert_eq!(count(&store), kept, "half of a batch was kept");
        std::fs::remove_file(dir.join("ballast")).unwrap();
        store.write(|tx| put_numbers_from(tx, kept, 5)).unwrap();
        assert_eq!(count(&store), kept + 5);
        drop(store);
        let remounted = Command::new("mount").args(["-o", "remount,ro", &place]).status().unwrap();
        assert!(remounted.success());
        let refused = open(&url).map(drop);
        assert!(matches!(refused, Err(StoreError::ReadOnly {})), "{refused:?}");
        println!("answer: all seen");
    }

    #[test]
    #[ignore = "runs only as the child of a_disk_that_is_full_at_the_start_is_called_so"]
    fn child_on_a_full_disk() {
        let Ok(place) = std::env::var(CHILD_PLACE) else { return };
        let dir = Path::new(&place);
        let url = format!("sqlite:{}", dir.join("small.sqlite").display());
        drop(open(&url).unwrap());
        let mut ballast = std::fs::File::create(dir.join("ballast")).unwrap();
        while std::io::Write::write_all(&mut ballast, &[1; 4096]).is_ok() {}
        drop(ballast);
        println!("answer: {:?}", open(&url).map(drop));
        std::fs::remove_file(dir.join("ballast")).unwrap();
        println!("and after: {:?}", open(&url).map(drop));
    }

    /// Runs one of the tests above on a disk of its own; `None` where nobody may mount one.
    #[cfg(target_os = "linux")]
    fn on_a_small_disk(name: &str) -> Option<String> {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().to_str().unwrap();
        // The disk lives in a namespace that ends with the child.
        let mount = format!("mount -t tmpfs -o size=6m none {place}");
        let able = Command::new("unshare").args(["-rm", "sh", "-c", &mount]).output();
        if !able.is_ok_and(|able| able.status.success()) {
            eprintln!("skipped: this machine lets nobody mount a small disk");
            return None;
        }
        let inner = child(name, place);
        let asked = Command::new("unshare")
            .args(["-rm", "sh", "-c", &format!("{mount} && exec \"$0\" \"$@\"")])
            .arg(inner.get_program())
            .args(inner.get_args())
            .env(CHILD_PLACE, place)
            .output()
            .unwrap();
        Some(said(&asked))
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_and_a_read_only_disk_are_called_so() {
        if let Some(answer) = on_a_small_disk("opening::child_on_a_small_disk") {
            assert!(answer.contains("answer: all seen"), "{answer}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_disk_that_is_full_at_the_start_is_called_so() {
        if let Some(answer) = on_a_small_disk("opening::child_on_a_full_disk") {
            assert!(
                answer.contains("answer: Err(DiskFull)") && answer.contains("and after: Ok(())"),
                "{answer}"
            );
        }
    }
}

mod broken_connections {
    use super::*;

    /// Ends the server's side of a connection, from another one.
    fn kill(store: &Store, pid: i64) {
        let killed = std::thread::scope(|scope| {
            scope.spawn(|| store.write(|tx| tx.one(&KILL, &[V::Int(pid)], |row| row.int(0)))).join()
        });
        assert_eq!(killed.unwrap().unwrap(), 1);
    }

    fn prepared(url: &str) -> (Store, Store) {
        let store = open(url).unwrap();
        make_probe(&store);
        store.write(|tx| put_numbers(tx, &[1])).unwrap();
        (store, open(url).unwrap())
    }

    #[test]
    fn a_connection_killed_within_a_transaction_is_an_error_and_the_next_one_works() {
        on_postgres(|url| {
            let (store, other) = prepared(url);
            for _ in 0..12 {
                let broken = store.write(|tx| {
                    tx.must(&PROBE_PUT, &[V::Int(1), V::Int(2)])?;
                    let pid = tx.one(&BACKEND, &[], |row| row.int(0))?;
                    kill(&other, pid);
                    tx.must(&PROBE_PUT, &[V::Int(1), V::Int(3)])
                });
                assert!(matches!(broken, Err(StoreError::Unavailable { .. })), "{broken:?}");
                assert_eq!(number(&store, 1), 1);
            }
        });
    }

    #[test]
    fn a_connection_killed_before_the_commit_never_passes_for_success() {
        on_postgres(|url| {
            let (store, other) = prepared(url);
            let broken = store.write(|tx| {
                tx.must(&PROBE_PUT, &[V::Int(1), V::Int(2)])?;
                let pid = tx.one(&BACKEND, &[], |row| row.int(0))?;
                kill(&other, pid);
                Ok::<_, StoreError>(())
            });
            assert!(matches!(broken, Err(StoreError::UnknownOutcome {})), "{broken:?}");
            // What is left is read by the connection that lives.
            assert_eq!(number(&other, 1), 1);
        });
    }

    #[test]
    fn a_connection_killed_while_idle_is_replaced_unnoticed() {
        on_postgres(|url| {
            let (store, other) = prepared(url);
            // Several connections lie in the pool.
            let together = Barrier::new(4);
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| {
                        store
                            .read(|tx| {
                                let n = tx.one(&PROBE_N, &[V::Int(1)], |row| row.int(0))?;
                                together.wait();
                                Ok::<_, StoreError>(n)
                            })
                            .unwrap()
                    });
                }
            });
            let killed = other.write(|tx| tx.one(&KILL_OTHERS, &[], |row| row.int(0))).unwrap();
            assert!(killed >= 4, "{killed} connections were killed");
            for _ in 0..6 {
                let done = store.write(|tx| tx.must(&PROBE_ADD, &[V::Int(1), V::Int(1)]));
                assert!(done.is_ok(), "nothing was under way when the connection broke: {done:?}");
            }
            assert_eq!(number(&store, 1), 7);
        });
    }
}
