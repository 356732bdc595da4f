//! Notices: the outbox and the contact history.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use duewell_domain::id::{BookId, CaseId, ContactPointId, DebtorId, NoticeId};
use duewell_store::notice::*;
use duewell_store::testing::test_now;
use duewell_store::{Store, StoreError};
use jiff::{Timestamp, ToSpan};

use super::world::{A, B, TODAY, check_isolation, eur, on_each_world};

const STATES: [NoticeState; 6] = [
    NoticeState::Pending,
    NoticeState::Sending,
    NoticeState::Sent,
    NoticeState::Failed,
    NoticeState::Withdrawn,
    NoticeState::Unknown,
];

fn minute(n: i64) -> Timestamp {
    test_now() + n.minutes()
}

/// A notice that waits for the minute of its own number.
pub fn pending(debtor: i64, id: i64) -> Notice {
    Notice {
        debtor: DebtorId(debtor),
        id: NoticeId(id),
        intent_key: format!("case {debtor} step {id}"),
        case: CaseId(debtor),
        kind: "reminder".to_owned(),
        step: id,
        cycle: 1,
        channel: "email".to_owned(),
        contact_point: ContactPointId(3),
        items: "[[1, 500]]".to_owned(),
        total: eur(500 + id),
        decided_on: TODAY,
        send_at: minute(id),
        state: NoticeState::Pending,
        because: None,
        attempts: 0,
        sent_at: None,
        journal_seq: id * 10,
    }
}

fn ids(notices: &[Notice]) -> Vec<i64> {
    notices.iter().map(|notice| notice.id.0).collect()
}

fn insert(store: &Store, book: BookId, notices: &[Notice]) {
    store.write(|tx| insert_notices(tx, book, notices)).unwrap();
}

fn load(store: &Store, debtor: i64, id: i64) -> Notice {
    store.write(|tx| load_notice(tx, A, DebtorId(debtor), NoticeId(id))).unwrap().unwrap()
}

#[test]
fn notices_are_read_as_they_were_written_with_every_outcome() {
    on_each_world(|store| {
        let mut notices: Vec<Notice> = (1..=90).map(|n| pending(n % 3 + 1, n)).collect();
        notices[4].items = "[]".to_owned();
        notices[5].send_at = "1969-12-31T23:59:59.999999Z".parse().unwrap();
        insert(store, A, &notices);
        let of = |notices: &[Notice], debtor: i64| -> Vec<Notice> {
            notices.iter().filter(|notice| notice.debtor.0 == debtor).cloned().collect()
        };
        let read = |debtor: i64| store.read(|tx| notices_of_debtor(tx, A, DebtorId(debtor))).unwrap();
        for debtor in 1..=4 {
            assert_eq!(read(debtor), of(&notices, debtor));
        }
        for (index, notice) in notices.iter_mut().enumerate() {
            notice.state = STATES[index % STATES.len()];
            notice.because = (index % 2 == 0).then(|| format!("451 später {index}"));
            notice.sent_at = (index % 3 == 0).then(|| minute(index as i64));
            notice.send_at = minute(500 - index as i64);
        }
        store.write(|tx| update_outcomes(tx, A, &notices.iter().collect::<Vec<_>>())).unwrap();
        for debtor in 1..=4 {
            assert_eq!(read(debtor), of(&notices, debtor));
        }
        assert_eq!(load(store, notices[9].debtor.0, notices[9].id.0), notices[9]);
        store
            .write(|tx| {
                assert_eq!(load_notice(tx, A, DebtorId(2), NoticeId(3))?, None, "another debtor's");
                let counts: HashMap<NoticeState, i64> = count_states(tx, A)?.into_iter().collect();
                assert_eq!(counts, STATES.map(|state| (state, 15)).into());
                for state in STATES {
                    let mut expected: Vec<&Notice> = notices.iter().filter(|n| n.state == state).collect();
                    expected.sort_by_key(|notice| (notice.debtor, notice.id));
                    let listed = list_in_state(tx, A, state, 100)?;
                    assert_eq!(listed.iter().collect::<Vec<_>>(), expected);
                    assert_eq!(list_in_state(tx, A, state, 4)?, listed[..4]);
                }
                let intents = list_intents(tx, A)?;
                assert_eq!(intents.len(), 90);
                assert!(notices.iter().all(|n| intents.contains(&(n.intent_key.clone(), n.state))));
                Ok::<_, StoreError>(())
            })
            .unwrap();
    });
}

#[test]
fn an_intent_is_kept_once_and_its_second_refuses_the_whole_batch() {
    on_each_world(|store| {
        insert(store, A, &[pending(1, 1)]);
        for size in [2, 80] {
            let mut batch: Vec<Notice> = (0..size).map(|n| pending(2, 100 + n)).collect();
            batch[size as usize - 1].intent_key = pending(1, 1).intent_key;
            let refused = store.write(|tx| insert_notices(tx, A, &batch));
            let Err(StoreError::Duplicate { constraint }) = &refused else { panic!("{refused:?}") };
            assert!(constraint.contains("notice") && constraint.contains("intent"), "{constraint}");
            assert_eq!(store.read(|tx| list_intents(tx, A)).unwrap().len(), 1);
        }
        insert(store, B, &[pending(1, 1)]);
    });
}

#[test]
fn notices_come_when_their_hour_has_come_the_earliest_first() {
    on_each_world(|store| {
        let mut notices: Vec<Notice> =
            [5, 3, 4, 1, 2, 9].into_iter().map(|n| pending(n % 2 + 1, n)).collect();
        notices.push(Notice { send_at: minute(3), ..pending(9, 7) });
        notices.push(Notice { state: NoticeState::Withdrawn, ..pending(9, 0) });
        assert_eq!(store.read(|tx| next_send_at(tx, A)).unwrap(), None);
        insert(store, A, &notices);
        assert_eq!(store.read(|tx| next_send_at(tx, A)).unwrap(), Some(minute(1)));
        let come =
            |now: i64, limit: i64| ids(&store.write(|tx| list_pending(tx, A, minute(now), limit)).unwrap());
        assert_eq!(come(0, 9), [0; 0]);
        assert_eq!(come(1, 9), [1], "at the minute itself");
        assert_eq!(come(5, 99), [1, 2, 3, 7, 4, 5]);
        assert_eq!(come(5, 2), [1, 2]);
    });
}

#[test]
fn notices_are_walked_newest_first_all_of_them_or_those_in_trouble() {
    on_each_world(|store| {
        let mut notices: Vec<Notice> = (1..=60).map(|n| pending(61 - n, n * 2)).collect();
        insert(store, A, &notices);
        insert(store, B, &[pending(1, 3), pending(1, 9_999)]);
        for (index, notice) in notices.iter_mut().enumerate() {
            notice.state = STATES[index % STATES.len()];
        }
        let failed = Notice { state: NoticeState::Failed, ..pending(1, 9_999) };
        store.write(|tx| update_outcomes(tx, A, &notices.iter().collect::<Vec<_>>())).unwrap();
        store.write(|tx| update_outcomes(tx, B, &[&failed])).unwrap();
        type List<'a> = &'a dyn Fn(NoticeId, i64) -> Vec<Notice>;
        let walk = |list: List<'_>, size: i64| {
            let (mut walked, mut before) = (Vec::new(), NoticeId(i64::MAX));
            loop {
                let page = list(before, size);
                assert!(page.len() as i64 <= size);
                let Some(last) = page.last() else { return walked };
                before = last.id;
                walked.extend(page);
            }
        };
        let newest = |before, limit| store.read(|tx| list_newest(tx, A, before, limit)).unwrap();
        for size in [1, 7, 60, 99] {
            assert!(walk(&newest, size).iter().eq(notices.iter().rev()), "pages of {size}");
            for state in [NoticeState::Failed, NoticeState::Unknown] {
                let trouble =
                    |before, limit| store.read(|tx| list_trouble(tx, A, state, before, limit)).unwrap();
                let expected: Vec<Notice> =
                    notices.iter().rev().filter(|notice| notice.state == state).cloned().collect();
                assert_eq!(expected.len(), 10);
                assert_eq!(walk(&trouble, size), expected, "{state:?} in pages of {size}");
            }
        }
        assert_eq!(ids(&newest(NoticeId(6), 9)), [4, 2], "before, not at");
        // What is on its way or has arrived is no trouble.
        for state in [NoticeState::Pending, NoticeState::Sent, NoticeState::Withdrawn] {
            let listed = store.read(|tx| list_trouble(tx, A, state, NoticeId(i64::MAX), 9)).unwrap();
            assert_eq!(listed, [], "{state:?}");
        }
        let elsewhere = store.read(|tx| list_newest(tx, B, NoticeId(i64::MAX), 9)).unwrap();
        assert_eq!(ids(&elsewhere), [9_999, 3]);
    });
}

#[test]
fn notices_that_wait_are_listed_whenever_their_hour_is() {
    on_each_world(|store| {
        let mut notices: Vec<Notice> =
            [5, 3, 4, 1, 2, 9].into_iter().map(|n| pending(n % 2 + 1, n)).collect();
        notices.push(Notice { send_at: minute(3), ..pending(9, 7) });
        notices.push(Notice { state: NoticeState::Withdrawn, ..pending(9, 8) });
        insert(store, A, &notices);
        insert(store, B, &[pending(1, 2)]);
        let waiting = |book, limit| ids(&store.read(|tx| list_waiting(tx, book, limit)).unwrap());
        assert_eq!(waiting(A, 99), [1, 2, 3, 7, 4, 5, 9]);
        assert_eq!(waiting(A, 3), [1, 2, 3]);
        assert_eq!(waiting(B, 99), [2]);
        store.write(|tx| lease_notices(tx, A, &[&pending(2, 1)], minute(99))).unwrap();
        assert_eq!(waiting(A, 2), [2, 3], "what is being sent waits no longer");
    });
}

#[test]
fn a_notice_is_leased_once_until_its_lease_runs_out() {
    on_each_world(|store| {
        insert(store, A, &(1..=3).map(|n| pending(n, n)).collect::<Vec<_>>());
        let stranded = |now: i64| store.write(|tx| list_stranded(tx, A, minute(now), 9)).unwrap();
        store
            .write(|tx| {
                let first = list_pending(tx, A, minute(10), 2)?;
                lease_notices(tx, A, &first.iter().collect::<Vec<_>>(), minute(20))
            })
            .unwrap();
        let leased = Notice { state: NoticeState::Sending, attempts: 1, ..pending(1, 1) };
        assert_eq!(load(store, 1, 1), leased);
        assert_eq!(ids(&store.write(|tx| list_pending(tx, A, minute(99), 9)).unwrap()), [3]);
        assert_eq!(stranded(19), []);
        assert_eq!(ids(&stranded(20)), [1, 2]);
        assert_eq!(stranded(20)[0], leased);
        // An outcome ends the lease.
        let sent = Notice { state: NoticeState::Sent, sent_at: Some(minute(11)), ..leased };
        let again = Notice { send_at: minute(30), attempts: 1, ..pending(2, 2) };
        store.write(|tx| update_outcomes(tx, A, &[&sent, &again])).unwrap();
        assert_eq!(stranded(99), []);
        assert_eq!((load(store, 1, 1), load(store, 2, 2)), (sent, again));
        assert_eq!(ids(&store.write(|tx| list_pending(tx, A, minute(99), 9)).unwrap()), [3, 2]);
    });
}

#[test]
fn workers_at_the_same_time_never_take_the_same_notice() {
    on_each_world(|store| {
        let notices: Vec<Notice> = (1..=120).map(|n| pending(n % 7 + 1, n)).collect();
        insert(store, A, &notices);
        insert(store, B, &notices);
        let taken = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    loop {
                        let piece = store
                            .write(|tx| {
                                let piece = list_pending(tx, A, minute(1_000), 7)?;
                                lease_notices(tx, A, &piece.iter().collect::<Vec<_>>(), minute(2_000))?;
                                Ok::<_, StoreError>(piece)
                            })
                            .unwrap();
                        // Rows another worker has locked are skipped, so an empty piece is the end for this one.
                        if piece.is_empty() {
                            break;
                        }
                        taken.lock().unwrap().extend(ids(&piece));
                    }
                });
            }
        });
        let mut taken = taken.into_inner().unwrap();
        taken.sort_unstable();
        assert_eq!(taken, (1..=120).collect::<Vec<_>>());
        assert_eq!(store.read(|tx| count_states(tx, A)).unwrap(), [(NoticeState::Sending, 120)]);
        assert_eq!(store.read(|tx| count_states(tx, B)).unwrap(), [(NoticeState::Pending, 120)]);
    });
}

#[test]
fn the_contact_history_counts_what_reached_the_debtor_or_still_may() {
    on_each_world(|store| {
        let notices: Vec<Notice> = STATES
            .into_iter()
            .zip(10..)
            .map(|(state, n)| Notice { state, sent_at: (n % 2 == 0).then(|| minute(n + 5)), ..pending(1, n) })
            .collect();
        insert(store, A, &(10..16).map(|n| pending(1, n)).chain([pending(2, 3)]).collect::<Vec<_>>());
        store.write(|tx| update_outcomes(tx, A, &notices.iter().collect::<Vec<_>>())).unwrap();
        let contacted = |since: i64| {
            let asked: Vec<DebtorId> = (1..=130).map(DebtorId).collect();
            let found = store.read(|tx| load_contacts(tx, A, &asked, minute(since))).unwrap();
            let moments = |contacts: Vec<Contact>| {
                let live = |contact: &&Contact| {
                    !matches!(contact.state, NoticeState::Failed | NoticeState::Withdrawn)
                };
                let mut moments: Vec<Timestamp> =
                    contacts.iter().filter(live).map(|contact| contact.at).collect();
                moments.sort();
                moments
            };
            found.into_iter().map(|(debtor, contacts)| (debtor, moments(contacts))).collect::<HashMap<_, _>>()
        };
        // Pending (10), sending (11), sent (12) and unknown (15) count; failed and withdrawn ones never arrived.
        let first = vec![minute(11), minute(15), minute(15), minute(17)];
        assert_eq!(contacted(0), HashMap::from([(DebtorId(1), first), (DebtorId(2), vec![minute(3)])]));
        assert_eq!(contacted(3)[&DebtorId(2)], [minute(3)], "the moment itself is within");
        // What has not left yet counts however long ago it was to leave.
        assert_eq!(contacted(18)[&DebtorId(2)], [minute(3)]);
        assert_eq!(contacted(18)[&DebtorId(1)].len(), 3);
    });
}

#[test]
fn a_notice_that_was_sent_late_counts_from_the_moment_it_was_sent() {
    on_each_world(|store| {
        insert(store, A, &[pending(1, 1)]);
        let late = Notice { state: NoticeState::Sent, sent_at: Some(minute(5_000)), ..pending(1, 1) };
        store.write(|tx| update_outcomes(tx, A, &[&late])).unwrap();
        let contacted = store.read(|tx| load_contacts(tx, A, &[DebtorId(1)], minute(4_000))).unwrap();
        assert_eq!(contacted[&DebtorId(1)][0].at, minute(5_000));
        assert_eq!(contacted.len(), 1);
    });
}

#[test]
fn notices_stay_in_their_book() {
    check_isolation(
        &|tx, book| {
            insert_notices(tx, book, &[pending(1, 1), pending(1, 2), pending(2, 3)])?;
            insert_notices(tx, book, &[pending(3, 4)])?;
            let failed = Notice { state: NoticeState::Failed, ..pending(3, 4) };
            update_outcomes(tx, book, &[&failed])?;
            lease_notices(tx, book, &[&pending(1, 2)], minute(9))
        },
        &|tx, book| {
            lease_notices(tx, book, &[&pending(1, 1)], minute(9))?;
            let sent = Notice { state: NoticeState::Sent, sent_at: Some(minute(4)), ..pending(1, 2) };
            update_outcomes(tx, book, &[&sent])
        },
        &|tx, book| {
            let asked = [DebtorId(1), DebtorId(2)];
            let contacted: BTreeMap<_, _> = load_contacts(tx, book, &asked, minute(0))?.into_iter().collect();
            Ok(vec![
                ("list_pending", format!("{:?}", list_pending(tx, book, minute(99), 9)?)),
                ("list_stranded", format!("{:?}", list_stranded(tx, book, minute(99), 9)?)),
                ("list_newest", format!("{:?}", list_newest(tx, book, NoticeId(99), 9)?)),
                (
                    "list_trouble",
                    format!("{:?}", list_trouble(tx, book, NoticeState::Failed, NoticeId(99), 9)?),
                ),
                ("list_waiting", format!("{:?}", list_waiting(tx, book, 9)?)),
                ("next_send_at", format!("{:?}", next_send_at(tx, book)?)),
                ("load_contacts", format!("{contacted:?}")),
                ("notices_of_debtor", format!("{:?}", notices_of_debtor(tx, book, DebtorId(1))?)),
                ("list_in_state", format!("{:?}", list_in_state(tx, book, NoticeState::Pending, 9)?)),
                ("count_states", format!("{:?}", count_states(tx, book)?)),
                ("load_notice", format!("{:?}", load_notice(tx, book, DebtorId(1), NoticeId(1))?)),
                ("list_intents", format!("{:?}", list_intents(tx, book)?)),
            ])
        },
    );
}

#[test]
fn the_words_of_states_are_read_back() {
    for state in STATES {
        assert_eq!(state.as_str().parse(), Ok(state));
    }
    assert!("Pending".parse::<NoticeState>().is_err());
    // `parse` is `from_str(text)` of each state.
    assert_eq!(<NoticeState as std::str::FromStr>::from_str("sent"), Ok(NoticeState::Sent));
}
