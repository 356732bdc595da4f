//! The journal: one order per book, one chain per debtor, one tree over all of it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};

use duewell_domain::evidence::{Frontier, Tree, commitment, leaf_hash, parse_envelope};
use duewell_domain::id::{BookId, DebtorId};
use duewell_store::journal::*;
use duewell_store::testing::test_now;
use duewell_store::{Store, StoreError, Tx};
use jiff::ToSpan;

use super::world::{A, B, Dice, check_isolation, on_each_world};

fn event(subject: i64, payload: &str) -> Event<'static> {
    let mut salt = [subject as u8; 32];
    salt[0] = payload.len() as u8;
    Event {
        kind: "notice.decided",
        subject: (subject > 0).then_some(DebtorId(subject)),
        occurred_at: test_now() - 1.hours(),
        actor: "system:run",
        rules: "standard/1",
        payload: payload.as_bytes().to_vec(),
        salt,
    }
}

/// Writes one transaction's events: debtor (0 for the book itself) and payload.
fn write(tx: &mut Tx<'_>, book: BookId, events: &[(i64, String)]) -> Result<Vec<i64>, StoreError> {
    let mut journal = Journal::open(tx, book, test_now())?;
    journal.load_book_subject(tx)?;
    journal.load_subjects(tx, events.iter().map(|(subject, _)| DebtorId(*subject)))?;
    let first = journal.size();
    let places: Vec<i64> =
        events.iter().map(|(subject, payload)| journal.append(event(*subject, payload))).collect();
    assert_eq!(journal.size(), first + events.len() as i64);
    journal.flush(tx)?;
    Ok(places)
}

/// Checks everything the journal promises about itself and returns its subjects with their payloads.
fn check_book(store: &Store, book: BookId) -> Vec<(i64, Option<Vec<u8>>)> {
    let mut found = Vec::new();
    let mut chains: HashMap<i64, (i64, [u8; 32])> = HashMap::new();
    let mut leaves = Vec::new();
    store
        .write(|tx| {
            (found, chains, leaves) = Default::default();
            each_event(tx, book, |event| {
                assert_eq!(event.seq, found.len() as i64, "the places have no gap");
                let envelope = parse_envelope(event.envelope).unwrap();
                assert_eq!(leaf_hash(event.envelope), event.leaf);
                assert_eq!((envelope.book.as_str(), envelope.seq as i64), (&*book.to_string(), event.seq));
                let subject = match event.subject {
                    0 => String::new(),
                    id => DebtorId(id).to_string(),
                };
                assert_eq!((&envelope.subject, envelope.recorded_at), (&subject, test_now()));
                let chain = chains.entry(event.subject).or_insert((0, [0; 32]));
                assert_eq!((event.subject_seq, envelope.subject_seq as i64), (chain.0, chain.0));
                assert_eq!(envelope.prev_subject_hash, chain.1, "the chain of {subject} is broken");
                *chain = (chain.0 + 1, event.leaf);
                match (event.salt, event.payload) {
                    (Some(salt), Some(payload)) => {
                        assert_eq!(commitment(salt.try_into().unwrap(), payload), envelope.payload_commitment)
                    }
                    (None, None) => {}
                    _ => panic!("salt and payload go together"),
                }
                found.push((event.subject, event.payload.map(<[u8]>::to_vec)));
                leaves.push(event.leaf);
                Ok(())
            })?;
            let mut walked = Vec::new();
            each_leaf(tx, book, |seq, leaf| {
                assert_eq!(seq, walked.len() as i64);
                walked.push(leaf);
                Ok(())
            })?;
            assert_eq!(walked, leaves);
            let (size, frontier) = load_frontier(tx, book)?;
            let tree = Tree::from_leaves(leaves.iter().copied());
            assert_eq!((size, frontier.size()), (leaves.len() as i64, leaves.len() as u64));
            assert_eq!(frontier.root(), tree.root(), "the stored tree is that of the leaves");
            let mut again = Frontier::default();
            leaves.iter().for_each(|&leaf| again.append(leaf));
            assert_eq!(frontier.to_bytes(), again.to_bytes());
            assert_eq!(journal_size(tx, book)?, size);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    found
}

#[test]
fn an_empty_journal_is_sound() {
    on_each_world(|store| {
        assert_eq!(check_book(store, A), []);
        // A transaction without events leaves no trace.
        store
            .write(|tx| {
                let mut journal = Journal::open(tx, A, test_now())?;
                journal.load_subjects(tx, [DebtorId(1)])?;
                journal.flush(tx)
            })
            .unwrap();
        assert_eq!(check_book(store, A), []);
        let unknown = store.write(|tx| Journal::open(tx, BookId(9), test_now()).map(drop));
        assert!(matches!(unknown, Err(StoreError::NotFound { .. })), "{unknown:?}");
    });
}

#[test]
fn events_have_one_order_one_chain_per_debtor_and_one_tree() {
    on_each_world(|store| {
        let mut dice = Dice::new(7);
        let mut expected: Vec<(i64, String)> = Vec::new();
        // Few and many events, many debtors at once: each way of writing rows has its turn.
        for size in [1, 2, 3, 63, 64, 65, 200, 1, 130] {
            let events: Vec<(i64, String)> = (0..size)
                .map(|n| (dice.below(if size > 100 { 130 } else { 4 }), format!("Beleg {n} ü")))
                .collect();
            let places = store.write(|tx| write(tx, A, &events)).unwrap();
            let first = expected.len() as i64;
            assert_eq!(places, (first..first + size).collect::<Vec<_>>());
            expected.extend(events);
        }
        store.write(|tx| write(tx, B, &expected[..5])).unwrap();
        let bytes = |events: &[(i64, String)]| -> Vec<(i64, Option<Vec<u8>>)> {
            events.iter().map(|(subject, text)| (*subject, Some(text.as_bytes().to_vec()))).collect()
        };
        assert_eq!(check_book(store, A), bytes(&expected));
        assert_eq!(check_book(store, B), bytes(&expected[..5]));

        store
            .read(|tx| {
                let of_two = list_events(tx, A, DebtorId(2))?;
                let places: Vec<i64> = (0_i64..)
                    .zip(&expected)
                    .filter(|(_, (subject, _))| *subject == 2)
                    .map(|(seq, _)| seq)
                    .collect();
                assert_eq!(of_two.iter().map(|event| event.seq).collect::<Vec<_>>(), places);
                let texts = of_two.iter().map(|event| event.payload.clone().unwrap());
                assert!(texts.eq(places.iter().map(|&seq| expected[seq as usize].1.as_bytes().to_vec())));

                let tail = list_tail(tx, A, expected.len() as i64 - 3)?;
                let places: Vec<i64> = tail.iter().map(|event| event.seq).collect();
                let end = expected.len() as i64;
                assert_eq!(places, [end - 3, end - 2, end - 1]);
                assert!(list_tail(tx, A, end)?.is_empty());

                let asked: Vec<i64> = (-5..end + 5).collect();
                let payloads = load_payloads(tx, A, &asked)?;
                assert_eq!(payloads.len(), expected.len());
                for (seq, (_, text)) in (0_i64..).zip(&expected) {
                    assert_eq!(payloads[&seq], text.as_bytes());
                }
                assert_eq!(load_payload(tx, A, 0)?.as_deref(), Some(expected[0].1.as_bytes()));
                assert!(matches!(load_payload(tx, A, end), Err(StoreError::NotFound { .. })));
                Ok::<_, StoreError>(())
            })
            .unwrap();
    });
}

#[test]
fn writers_at_the_same_time_never_fork_the_journal() {
    on_each_world(|store| {
        let (written, of_other) = (AtomicI64::new(0), AtomicI64::new(0));
        std::thread::scope(|scope| {
            for thread in 0..8_i64 {
                let (written, of_other) = (&written, &of_other);
                scope.spawn(move || {
                    let mut dice = Dice::new(thread as u64);
                    for turn in 0..15 {
                        // All of them write about the same few debtors; every fifth transaction fails at its end.
                        let events: Vec<(i64, String)> = (0..=dice.below(3))
                            .map(|n| (dice.below(3), format!("{thread} {turn} {n}")))
                            .collect();
                        let book = if turn % 4 == 3 { B } else { A };
                        let done = store.write(|tx| {
                            write(tx, book, &events)?;
                            match turn % 5 {
                                4 => Err(StoreError::NotFound { statement: "a test says so" }),
                                _ => Ok(()),
                            }
                        });
                        if done.is_ok() {
                            let count = if book == A { written } else { of_other };
                            count.fetch_add(events.len() as i64, Ordering::Relaxed);
                        } else {
                            assert_eq!(turn % 5, 4, "{done:?}");
                        }
                    }
                });
            }
        });
        assert_eq!(check_book(store, A).len() as i64, written.into_inner());
        assert_eq!(check_book(store, B).len() as i64, of_other.into_inner());
    });
}

#[test]
fn an_event_whose_chain_was_not_loaded_is_refused_rather_than_forking_it() {
    on_each_world(|store| {
        store.write(|tx| write(tx, A, &[(1, "first".to_owned())])).unwrap();
        let refused = store.write(|tx| {
            let mut journal = Journal::open(tx, A, test_now())?;
            journal.append(event(1, "second"));
            journal.flush(tx)
        });
        assert!(matches!(refused, Err(StoreError::Duplicate { .. })), "{refused:?}");
        assert_eq!(check_book(store, A), [(1, Some(b"first".to_vec()))]);
    });
}

#[test]
fn erased_payloads_leave_envelopes_chain_and_tree_as_they_were() {
    on_each_world(|store| {
        let events: Vec<(i64, String)> = (0..80).map(|n| (n % 4, format!("text {n}"))).collect();
        store.write(|tx| write(tx, A, &events)).unwrap();
        store.write(|tx| write(tx, B, &events)).unwrap();
        let (of_b, before) = (check_book(store, B), check_book(store, A));
        let envelopes = |tx: &mut Tx<'_>| list_events(tx, A, DebtorId(2));
        let kept: Vec<Vec<u8>> =
            store.read(envelopes).unwrap().into_iter().map(|event| event.envelope).collect();

        assert_eq!(store.write(|tx| erase_payloads(tx, A, DebtorId(2))).unwrap(), 20);
        assert_eq!(store.write(|tx| erase_payloads(tx, A, DebtorId(2))).unwrap(), 0);
        let after = check_book(store, A);
        for ((subject, before), (_, after)) in before.iter().zip(&after) {
            assert_eq!(
                after.as_ref(),
                before.as_ref().filter(|_| *subject != 2),
                "only the debtor's are gone"
            );
        }
        let events = store.read(envelopes).unwrap();
        assert!(events.iter().all(|event| event.salt.is_none() && event.payload.is_none()));
        assert!(events.iter().map(|event| &event.envelope).eq(&kept));
        let gone = events[0].seq;
        assert_eq!(store.read(|tx| load_payload(tx, A, gone)).unwrap(), None);
        assert_eq!(store.read(|tx| load_payloads(tx, A, &[gone, gone + 1])).unwrap().len(), 1);
        assert_eq!(check_book(store, B), of_b);
        // The chain goes on behind what was erased.
        store.write(|tx| write(tx, A, &[(2, "new".to_owned())])).unwrap();
        assert_eq!(check_book(store, A).last(), Some(&(2, Some(b"new".to_vec()))));
    });
}

#[test]
fn the_first_checkpoint_of_a_size_stays() {
    on_each_world(|store| {
        store
            .write(|tx| {
                for (size, note) in [(9, "neun"), (100, "hundert"), (20, "zwanzig"), (9, "again")] {
                    put_checkpoint(tx, A, size, note, test_now())?;
                }
                Ok::<_, StoreError>(())
            })
            .unwrap();
        let kept = [(9, "neun".to_owned()), (20, "zwanzig".to_owned()), (100, "hundert".to_owned())];
        assert_eq!(store.read(|tx| list_checkpoints(tx, A)).unwrap(), kept);
        assert_eq!(store.read(|tx| newest_checkpoint(tx, A)).unwrap().as_ref(), kept.last());
        assert_eq!(store.read(|tx| newest_checkpoint(tx, B)).unwrap(), None);
    });
}

#[test]
fn size_and_tree_can_be_read_without_writing() {
    on_each_world(|store| {
        let read = store.read(|tx| load_frontier(tx, A));
        assert!(matches!(read, Ok((0, _))), "{:?}: {read:?}", store.engine());
    });
}

#[test]
fn journals_stay_in_their_book() {
    check_isolation(
        &|tx, book| {
            write(tx, book, &[(0, "import".to_owned()), (1, "x".to_owned()), (1, "y".to_owned())])?;
            put_checkpoint(tx, book, 3, &format!("note of {book}"), test_now())
        },
        &|tx, book| {
            erase_payloads(tx, book, DebtorId(1))?;
            put_checkpoint(tx, book, 4, "other", test_now())?;
            write(tx, book, &[(1, "z".to_owned())]).map(drop)
        },
        &|tx, book| {
            let mut leaves = Vec::new();
            each_leaf(tx, book, |seq, leaf| {
                leaves.push((seq, leaf));
                Ok(())
            })?;
            let mut events = Vec::new();
            each_event(tx, book, |event| {
                events.push((
                    event.seq,
                    event.subject,
                    event.envelope.to_vec(),
                    event.payload.map(<[u8]>::to_vec),
                ));
                Ok(())
            })?;
            let (size, frontier) = load_frontier(tx, book)?;
            // A missing event is an error; here it only has to differ.
            let payload = load_payload(tx, book, 1).ok();
            Ok(vec![
                ("each_leaf", format!("{leaves:?}")),
                ("each_event", format!("{events:?}")),
                ("list_events", format!("{:?}", list_events(tx, book, DebtorId(1))?)),
                ("list_tail", format!("{:?}", list_tail(tx, book, 1)?)),
                ("load_payload", format!("{payload:?}")),
                ("load_payloads", format!("{:?}", load_payloads(tx, book, &[1])?)),
                ("journal_size", format!("{}", journal_size(tx, book)?)),
                ("load_frontier", format!("{size} {:?}", frontier.root())),
                ("list_checkpoints", format!("{:?}", list_checkpoints(tx, book)?)),
                ("newest_checkpoint", format!("{:?}", newest_checkpoint(tx, book)?)),
            ])
        },
    );
}

#[test]
fn the_newest_event_of_a_debtor_is_theirs_alone() {
    on_each_world(|store| {
        let place = |book, debtor| store.read(|tx| load_last_seq(tx, book, DebtorId(debtor))).unwrap();
        assert_eq!(place(A, 901), None);
        let events: Vec<(i64, String)> =
            [901, 902, 901, 0].map(|subject| (subject, "payload".to_owned())).to_vec();
        let places = store.write(|tx| write(tx, A, &events)).unwrap();
        assert_eq!((place(A, 901), place(A, 902)), (Some(places[2]), Some(places[1])));
        assert_eq!(place(B, 901), None);
    });
}
