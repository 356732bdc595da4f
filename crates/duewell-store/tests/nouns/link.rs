//! Ends of capability links.

use duewell_domain::id::{BookId, DebtorId, NoticeId};
use duewell_store::link::*;
use duewell_store::testing::test_now;
use duewell_store::{Sql, StoreError};
use jiff::ToSpan;

use super::world::{A, B, check_isolation, on_each_world};

static ENDED_AT: Sql =
    Sql::new("ended_at", "select ended_at from link_end where book_id = $1 and debtor_id = $2");

#[test]
fn links_are_dead_up_to_the_newest_notice_they_were_taken_back_for() {
    on_each_world(|store| {
        let end = |book, debtor| store.read(|tx| load_end(tx, book, DebtorId(debtor))).unwrap();
        let put = |notice, minutes: i64| {
            store
                .write(|tx| put_end(tx, A, DebtorId(1), NoticeId(notice), test_now() + minutes.minutes()))
                .unwrap();
        };
        let ended_at = || {
            let key = [A.into(), DebtorId(1).into()];
            store.read(|tx| tx.one(&ENDED_AT, &key, |row| row.timestamp(0))).unwrap()
        };
        assert_eq!(end(A, 1), None);
        put(50, 1);
        assert_eq!((end(A, 1), ended_at()), (Some(NoticeId(50)), test_now() + 1.minute()));
        put(i64::MAX, 2);
        assert_eq!((end(A, 1), ended_at()), (Some(NoticeId(i64::MAX)), test_now() + 2.minutes()));
        // A link that is dead never comes back to life, and what is repeated is no error.
        for older in [50, i64::MAX] {
            put(older, 3);
            assert_eq!((end(A, 1), ended_at()), (Some(NoticeId(i64::MAX)), test_now() + 2.minutes()));
        }
        assert_eq!((end(A, 2), end(B, 1)), (None, None));
    });
}

#[test]
fn ends_of_links_stay_in_their_book() {
    let put = |tx: &mut duewell_store::Tx<'_>, book: BookId, notice: i64| -> Result<(), StoreError> {
        put_end(tx, book, DebtorId(1), NoticeId(notice), test_now())
    };
    check_isolation(&|tx, book| put(tx, book, 7), &|tx, book| put(tx, book, 8), &|tx, book| {
        Ok(vec![("load_end", format!("{:?}", load_end(tx, book, DebtorId(1))?))])
    });
}
