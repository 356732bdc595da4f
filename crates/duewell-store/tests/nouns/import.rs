//! Import batches, their changes, and daily runs.

use duewell_domain::id::{BatchId, DebtorId};
use duewell_store::StoreError;
use duewell_store::import::*;
use duewell_store::testing::test_now;
use jiff::ToSpan;

use super::world::{A, B, TODAY, check_isolation, on_each_world};

fn batch(n: i64) -> Batch {
    Batch {
        id: BatchId(n),
        kind: "receivables".to_owned(),
        file_name: format!("Rechnungen März {n}.csv"),
        imported_at: test_now() + n.seconds(),
        rows_new: n,
        rows_changed: i64::MAX,
        rows_same: 0,
        rows_wrong: 3,
        undone_at: None,
    }
}

fn change(n: i64) -> Change {
    Change { item: n, debtor: DebtorId(n * 2), before: format!("{{\"name\": \"Ölwerk {n}\"}}") }
}

fn run(n: i64) -> DailyRun {
    DailyRun { id: n, as_of_on: TODAY, started_at: test_now(), finished_at: None, summary: "{}".to_owned() }
}

#[test]
fn batches_are_listed_newest_first_and_are_undone_once() {
    on_each_world(|store| {
        store
            .write(|tx| {
                for n in [2, 1, 3] {
                    insert_batch(tx, A, &batch(n), &[n as u8; 32])?;
                }
                Ok::<_, StoreError>(())
            })
            .unwrap();
        let list = |limit| store.read(|tx| list_batches(tx, A, limit)).unwrap();
        assert_eq!(list(9), [batch(3), batch(2), batch(1)]);
        assert_eq!(list(2), [batch(3), batch(2)]);
        assert_eq!(list(0), []);

        let counted = Batch { rows_new: 10, rows_changed: 20, rows_same: 30, rows_wrong: 40, ..batch(2) };
        store.write(|tx| update_counts(tx, A, &counted)).unwrap();
        let load = |id| store.write(|tx| load_batch(tx, A, BatchId(id))).unwrap();
        assert_eq!(load(2), Some(counted.clone()));
        assert_eq!((load(1), load(4)), (Some(batch(1)), None));

        let later = test_now() + 1.hours();
        store.write(|tx| mark_undone(tx, A, BatchId(2), later)).unwrap();
        assert_eq!(load(2), Some(Batch { undone_at: Some(later), ..counted }));
        for refused in [
            store.write(|tx| mark_undone(tx, A, BatchId(2), later)),
            store.write(|tx| mark_undone(tx, A, BatchId(4), later)),
            store.write(|tx| mark_undone(tx, B, BatchId(1), later)),
            store.write(|tx| update_counts(tx, B, &batch(1))),
        ] {
            assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
        }
        let again = store.write(|tx| insert_batch(tx, A, &batch(1), b""));
        assert!(matches!(again, Err(StoreError::Duplicate { .. })), "{again:?}");
    });
}

#[test]
fn what_an_import_changed_is_listed_by_item_and_kept_once() {
    on_each_world(|store| {
        let changes: Vec<Change> = (1..=90).map(change).collect();
        let mut shuffled = changes.clone();
        shuffled.rotate_left(31);
        store
            .write(|tx| {
                insert_changes(tx, A, BatchId(1), &shuffled)?;
                insert_changes(tx, A, BatchId(2), &changes[..1])?;
                insert_changes(tx, A, BatchId(3), &[])
            })
            .unwrap();
        let list = |id| store.read(|tx| list_changes(tx, A, BatchId(id))).unwrap();
        assert_eq!(list(1), changes);
        assert_eq!(list(2), changes[..1]);
        assert_eq!(list(3), []);
        let again = store.write(|tx| insert_changes(tx, A, BatchId(1), &changes[5..6]));
        assert!(matches!(again, Err(StoreError::Duplicate { .. })), "{again:?}");
    });
}

#[test]
fn a_run_is_open_until_it_is_finished() {
    on_each_world(|store| {
        store
            .write(|tx| {
                for n in [2, 1, 3] {
                    insert_run(tx, A, &run(n))?;
                }
                Ok::<_, StoreError>(())
            })
            .unwrap();
        let later = test_now() + 5.minutes();
        store.write(|tx| finish_run(tx, A, 2, later, "{\"sent\": 1}")).unwrap();
        let finished = DailyRun { finished_at: Some(later), summary: "{\"sent\": 1}".to_owned(), ..run(2) };
        assert_eq!(store.read(|tx| list_runs(tx, A, 9)).unwrap(), [run(3), finished.clone(), run(1)]);
        assert_eq!(store.read(|tx| list_runs(tx, A, 2)).unwrap(), [run(3), finished]);
        let unknown = store.write(|tx| finish_run(tx, B, 2, later, ""));
        assert!(matches!(unknown, Err(StoreError::Conflict { .. })), "{unknown:?}");
    });
}

#[test]
fn imports_and_runs_stay_in_their_book() {
    check_isolation(
        &|tx, book| {
            insert_batch(tx, book, &batch(1), &[7; 32])?;
            insert_changes(tx, book, BatchId(1), &[change(1)])?;
            insert_run(tx, book, &run(1))
        },
        &|tx, book| {
            update_counts(tx, book, &Batch { rows_new: 99, ..batch(1) })?;
            mark_undone(tx, book, BatchId(1), test_now())?;
            finish_run(tx, book, 1, test_now(), "done")
        },
        &|tx, book| {
            Ok(vec![
                ("list_batches", format!("{:?}", list_batches(tx, book, 9)?)),
                ("load_batch", format!("{:?}", load_batch(tx, book, BatchId(1))?)),
                ("list_changes", format!("{:?}", list_changes(tx, book, BatchId(1))?)),
                ("list_runs", format!("{:?}", list_runs(tx, book, 9)?)),
            ])
        },
    );
}
