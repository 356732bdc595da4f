//! Tenants, books, settings, rules as data, leases, nodes.

use std::sync::atomic::{AtomicU32, Ordering};

use duewell_domain::dunning::Scenario;
use duewell_domain::id::BookId;
use duewell_store::book::*;
use duewell_store::testing::{on_each_engine, test_now};
use duewell_store::{Insert, Store, StoreError, V};
use jiff::{Timestamp, ToSpan};

use super::world::{self, A, B, C, OTHER_TENANT, TENANT, on_each_world};

static NODES: Insert = Insert::new("node", &["node", "holder", "leased_until"]);

fn minute(n: i64) -> Timestamp {
    test_now() + n.minutes()
}

#[test]
fn tenants_and_books_are_listed_oldest_first_and_by_their_tenant() {
    on_each_world(|store| {
        store
            .read(|tx| {
                let tenants = [(TENANT, "Stadtwerke".to_owned()), (OTHER_TENANT, "Bücherei".to_owned())];
                assert_eq!(list_tenants(tx)?, tenants);
                let (a, b) = (world::book(A, TENANT, "a"), world::book(B, TENANT, "b"));
                assert_eq!(list_books(tx, TENANT)?, [a.clone(), b]);
                assert_eq!(list_books(tx, OTHER_TENANT)?, [world::book(C, OTHER_TENANT, "c")]);
                assert_eq!(load_book(tx, A)?, Some(a));
                assert_eq!(load_book(tx, BookId(9))?, None);
                Ok::<_, StoreError>(())
            })
            .unwrap();
        for twice in [
            store.write(|tx| create_tenant(tx, TENANT, "again", test_now())),
            store.write(|tx| create_book(tx, &world::book(A, TENANT, "again"), test_now())),
        ] {
            assert!(matches!(twice, Err(StoreError::Duplicate { .. })), "{twice:?}");
        }
        let orphan = world::book(BookId(9), duewell_domain::id::TenantId(9), "of nobody");
        assert!(store.write(|tx| create_book(tx, &orphan, test_now())).is_err());
    });
}

#[test]
fn settings_templates_and_mappings_keep_the_last_word_of_their_tenant() {
    on_each_world(|store| {
        store
            .write(|tx| {
                put_setting(tx, TENANT, "z", "1")?;
                put_setting(tx, TENANT, "a", "")?;
                put_setting(tx, TENANT, "z", "ü {\"json\": 1}")?;
                put_template(tx, TENANT, "reminder", "de", "old", test_now())?;
                put_template(tx, TENANT, "reminder", "de", "new", minute(1))?;
                put_template(tx, TENANT, "dunning", "en", "text", test_now())?;
                put_mapping(tx, TENANT, "debtors", "erp", "{}")?;
                put_mapping(tx, TENANT, "debtors", "erp", "{\"name\": 1}")
            })
            .unwrap();
        store
            .write(|tx| {
                let owned = |a: &str, b: &str| (a.to_owned(), b.to_owned());
                assert_eq!(list_settings(tx, TENANT)?, [owned("a", ""), owned("z", "ü {\"json\": 1}")]);
                assert_eq!(load_setting(tx, TENANT, "z")?.as_deref(), Some("ü {\"json\": 1}"));
                assert_eq!(load_setting(tx, TENANT, "Z")?, None);
                let template = |kind: &str, language: &str, text: &str| {
                    (kind.to_owned(), language.to_owned(), text.to_owned())
                };
                let (dunning, reminder) =
                    (template("dunning", "en", "text"), template("reminder", "de", "new"));
                assert_eq!(list_templates(tx, TENANT)?, [dunning.clone(), reminder]);
                assert_eq!(load_mapping(tx, TENANT, "debtors", "erp")?.as_deref(), Some("{\"name\": 1}"));
                assert_eq!(load_mapping(tx, TENANT, "receivables", "erp")?, None);

                // Nothing of it belongs to the other tenant, who cannot remove it either.
                assert_eq!(list_settings(tx, OTHER_TENANT)?, []);
                assert_eq!(load_setting(tx, OTHER_TENANT, "z")?, None);
                assert_eq!(list_templates(tx, OTHER_TENANT)?, []);
                assert_eq!(load_mapping(tx, OTHER_TENANT, "debtors", "erp")?, None);
                assert!(!remove_template(tx, OTHER_TENANT, "reminder", "de")?);
                assert!(remove_template(tx, TENANT, "reminder", "de")?);
                assert!(!remove_template(tx, TENANT, "reminder", "de")?);
                assert_eq!(list_templates(tx, TENANT)?, [dunning]);
                Ok::<_, StoreError>(())
            })
            .unwrap();
    });
}

#[test]
fn the_newest_version_of_a_scenario_counts_and_none_is_replaced() {
    on_each_world(|store| {
        let version =
            |version: u32, gap_days_min: u32| Scenario { version, gap_days_min, ..Scenario::standard() };
        let name = Scenario::standard().name;
        store
            .write(|tx| {
                for scenario in [version(2, 5), version(10, 7), version(9, 6)] {
                    add_scenario(tx, TENANT, &scenario, test_now())?;
                }
                add_scenario(tx, OTHER_TENANT, &version(99, 1), test_now())
            })
            .unwrap();
        let again = store.write(|tx| add_scenario(tx, TENANT, &version(10, 1), test_now()));
        assert!(matches!(again, Err(StoreError::Duplicate { .. })), "{again:?}");
        store
            .read(|tx| {
                assert_eq!(load_scenario(tx, TENANT, &name)?, Some(version(10, 7)));
                assert_eq!(load_scenario(tx, OTHER_TENANT, &name)?, Some(version(99, 1)));
                assert_eq!(load_scenario(tx, TENANT, "unheard of")?, None);
                Ok::<_, StoreError>(())
            })
            .unwrap();
    });
}

fn take(store: &Store, book: BookId, name: &str, holder: &str, now: i64, until: i64) -> bool {
    store.write(|tx| take_lease(tx, book, name, holder, minute(now), minute(until))).unwrap()
}

#[test]
fn a_lease_is_not_taken_before_it_ends_and_is_taken_after() {
    on_each_world(|store| {
        let holder = |name: &str| store.read(|tx| lease_holder(tx, A, name)).unwrap();
        assert_eq!(holder("run"), None);
        assert!(take(store, A, "run", "one", 0, 10));
        assert!(!take(store, A, "run", "two", 0, 10));
        assert!(!take(store, A, "run", "two", 9, 20));
        assert_eq!(holder("run"), Some(("one".to_owned(), minute(10))));
        // Other work and other books have leases of their own.
        assert!(take(store, A, "import", "two", 0, 10));
        assert!(take(store, B, "run", "two", 0, 10));
        assert!(take(store, A, "run", "one", 5, 15), "the holder renews it");
        assert!(!take(store, A, "run", "two", 10, 20), "it was renewed");
        assert!(take(store, A, "run", "two", 15, 25), "it has ended");
        assert!(!take(store, A, "run", "one", 16, 26), "the first holder has lost it");
        // Only its holder gives it back.
        store.write(|tx| end_lease(tx, A, "run", "one")).unwrap();
        assert!(!take(store, A, "run", "three", 16, 26));
        store.write(|tx| end_lease(tx, A, "run", "two")).unwrap();
        assert!(take(store, A, "run", "three", 16, 26));
        assert_eq!(
            store.read(|tx| lease_holder(tx, B, "run")).unwrap(),
            Some(("two".to_owned(), minute(10)))
        );
    });
}

#[test]
fn of_many_who_reach_for_a_lease_at_once_one_gets_it() {
    on_each_world(|store| {
        for (round, now) in [(0, 0), (1, 10), (2, 20)] {
            let taken = AtomicU32::new(0);
            std::thread::scope(|scope| {
                for thread in 0..8 {
                    let taken = &taken;
                    scope.spawn(move || {
                        let holder = format!("{round}-{thread}");
                        if take(store, A, "run", &holder, now, now + 10) {
                            taken.fetch_add(1, Ordering::Relaxed);
                        }
                    });
                }
            });
            assert_eq!(taken.into_inner(), 1, "round {round}");
        }
    });
}

#[test]
fn a_node_has_one_holder_until_its_lease_ends() {
    on_each_engine(|store| {
        let node = |holder: &str, now: i64, until: i64| {
            store.write(|tx| take_node(tx, holder, minute(now), minute(until))).unwrap()
        };
        let renew = |node: u16, holder: &str, until: i64| {
            store.write(|tx| renew_node(tx, node, holder, minute(until))).unwrap()
        };
        assert_eq!(node("one", 0, 10), Some(0));
        assert_eq!(node("two", 0, 10), Some(1));
        assert_eq!(node("three", 0, 30), Some(2));
        assert!(renew(0, "one", 20));
        assert!(!renew(0, "two", 20));
        assert!(!renew(77, "one", 20));
        assert_eq!(node("four", 15, 30), Some(1), "the second one's time is over");
        assert!(!renew(1, "two", 40), "and it was lost");
        store.write(|tx| end_node(tx, 2, "one")).unwrap();
        assert_eq!(node("five", 16, 30), Some(3), "only its holder gives a node back");
        store.write(|tx| end_node(tx, 2, "three")).unwrap();
        assert_eq!(node("five", 16, 17), Some(2));

        let mut taken: Vec<Option<u16>> = std::thread::scope(|scope| {
            let node = &node;
            let threads: Vec<_> =
                (0..8).map(|thread| scope.spawn(move || node(&format!("t{thread}"), 16, 30))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        taken.sort_unstable();
        assert_eq!(taken, (4..12).map(Some).collect::<Vec<_>>());
    });
}

#[test]
fn when_all_nodes_are_taken_there_is_none() {
    on_each_engine(|store| {
        let rows: Vec<V<'_>> =
            (0..1024).flat_map(|node| [V::Int(node), V::Text("someone"), minute(10).into()]).collect();
        store.write(|tx| tx.insert_many(&NODES, &rows)).unwrap();
        assert_eq!(store.write(|tx| take_node(tx, "late", minute(0), minute(10))).unwrap(), None);
        assert_eq!(store.write(|tx| take_node(tx, "late", minute(10), minute(20))).unwrap(), Some(0));
    });
}
