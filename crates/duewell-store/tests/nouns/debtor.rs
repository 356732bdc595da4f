//! Debtors, contact points, holds.

use std::collections::{BTreeMap, HashMap};

use duewell_domain::debtor::{Channel, Consent, ContactPoint, PartyKind};
use duewell_domain::dunning::Case;
use duewell_domain::hold::{Hold, HoldReason};
use duewell_domain::id::{BatchId, BookId, CaseId, ContactPointId, DebtorId, EntryId, HoldId, ReceivableId};
use duewell_domain::ledger::{Account, Entry, EntryKind, Posting};
use duewell_domain::money::Currency;
use duewell_domain::receivable::ReceivableState;
use duewell_domain::reference::{fold, is_creditor_reference, name_key, reference_key};
use duewell_store::debtor::*;
use duewell_store::payment::{self, Payment, PaymentState};
use duewell_store::posting;
use duewell_store::testing::test_now;
use duewell_store::{Sql, StoreError, Tx};
use jiff::ToSpan;
use jiff::civil::date;

use super::world::{self, A, B, DEBTORS, Dice, TODAY, check_isolation, eur, on_each_world, open_receivable};

const BATCH: BatchId = BatchId(5);

fn newcomer(n: i64, name: &str) -> Debtor {
    Debtor {
        id: DebtorId(n),
        external_id: format!("Ä/{n} b"),
        kind: PartyKind::Company,
        name: name.to_owned(),
        language: None,
        country: Some("AT".to_owned()),
        zone: None,
        segment: Some(String::new()),
        group: None,
        parent_external_id: Some("K-1".to_owned()),
    }
}

fn point(debtor: i64, id: i64, channel: Channel) -> NewContactPoint {
    NewContactPoint {
        debtor: DebtorId(debtor),
        id: ContactPointId(id),
        channel,
        value: format!("m{id}@debtor.example"),
        provenance: "import",
        consent: Consent::Unknown,
    }
}

fn hold(id: i64, reason: HoldReason) -> Hold {
    Hold { id: HoldId(id), receivable: None, reason, from_on: TODAY, until_on: None }
}

fn loaded(tx: &mut Tx<'_>, book: BookId, n: i64) -> Result<Option<Debtor>, StoreError> {
    Ok(load_debtors(tx, book, &[DebtorId(n)])?.remove(&DebtorId(n)))
}

#[test]
fn debtors_are_read_as_they_were_written_and_found_by_all_their_names() {
    on_each_world(|store| {
        let mut fresh =
            [newcomer(201, "Zoë O'Neil & Söhne GmbH"), newcomer(202, ""), newcomer(203, "渡辺 商店")];
        store.write(|tx| insert_debtors(tx, A, &fresh, Some(BATCH), test_now())).unwrap();
        store
            .write(|tx| {
                let all: Vec<DebtorId> = (1..=203).map(DebtorId).collect();
                let expected: HashMap<DebtorId, Debtor> = (1..=DEBTORS)
                    .map(world::debtor)
                    .chain(fresh.clone())
                    .map(|debtor| (debtor.id, debtor))
                    .collect();
                assert_eq!(load_debtors(tx, A, &all)?, expected);
                assert_eq!(count_debtors(tx, A)?, DEBTORS + 3);
                assert_eq!(debtors_of_batch(tx, A, BATCH)?, [DebtorId(201), DebtorId(202), DebtorId(203)]);
                let by_external = load_debtors_by_external(tx, A, &["Ä/201 b", "ä/201 B", "K-7"])?;
                assert_eq!(by_external.len(), 2);
                assert_eq!(by_external["Ä/201 b"], fresh[0]);
                let ids = find_debtor_ids(tx, A, &["K-7", "Ä/202 b", "nobody"])?;
                assert_eq!(
                    ids,
                    HashMap::from([("K-7".to_owned(), DebtorId(7)), ("Ä/202 b".to_owned(), DebtorId(202))])
                );

                fresh[0].name = "Zoe Oneil KG".to_owned();
                fresh[0].language = Some("en".to_owned());
                fresh[0].kind = PartyKind::Person;
                fresh[1].country = None;
                update_debtors(tx, A, &fresh[..2], test_now())?;
                for debtor in &fresh {
                    assert_eq!(loaded(tx, A, debtor.id.0)?.as_ref(), Some(debtor));
                }
                let key = name_key("KG, Zoë Oneil");
                assert_eq!(find_by_name(tx, A, &[&key])?, [(key.clone(), DebtorId(201))]);
                assert_eq!(load_name_keys(tx, A, &[DebtorId(201)])?, HashMap::from([(DebtorId(201), key)]));

                let reference = debtor_reference("K-7");
                assert!(is_creditor_reference(&reference));
                assert_eq!(reference, world::debtor(7).reference());
                let key = reference_key(&reference);
                assert_eq!(find_by_reference(tx, A, &[&key])?, [(key, DebtorId(7))]);
                Ok::<_, StoreError>(())
            })
            .unwrap();
    });
}

#[test]
fn an_external_number_is_given_once_and_a_batch_with_a_second_one_adds_nobody() {
    on_each_world(|store| {
        for size in [1, 80] {
            let mut fresh: Vec<Debtor> = (0..size).map(|n| newcomer(300 + n, "New")).collect();
            fresh[size as usize / 2].external_id = "K-7".to_owned();
            let refused = store.write(|tx| insert_debtors(tx, A, &fresh, None, test_now()));
            let Err(StoreError::Duplicate { constraint }) = &refused else { panic!("{refused:?}") };
            assert!(constraint.contains("debtor") && constraint.contains("external"), "{constraint}");
            assert_eq!(store.read(|tx| count_debtors(tx, A)).unwrap(), DEBTORS);
        }
    });
}

#[test]
fn a_search_finds_the_start_of_words_and_numbers_in_any_spelling() {
    on_each_world(|store| {
        let fresh =
            [newcomer(201, "Jörg Straße"), newcomer(202, "STRASSE & Weg"), newcomer(203, "100% Rabatt_AG")];
        store.write(|tx| insert_debtors(tx, A, &fresh, None, test_now())).unwrap();
        let found = |text: &str, limit: i64| {
            let found = store.read(|tx| search_debtors(tx, A, text, limit)).unwrap();
            found.into_iter().map(|debtor| debtor.id.0).collect::<Vec<_>>()
        };
        assert_eq!(found("strasse", 9), [201, 202]);
        assert_eq!(found("STRASSE", 9), [201, 202]);
        assert_eq!(found("stra", 9), [201, 202], "the start of a word");
        assert_eq!(found("Straße", 1), [201], "by word, then by id");
        assert_eq!(found("weg strasse", 9), [202], "all words that were typed");
        assert_eq!(found("joerg", 9), [201]);
        assert_eq!(found("K-7", 1), [7], "a number");
        assert_eq!(found("k7", 1), [7], "however it is written");
        assert_eq!(found("k-7", 1_000).len(), 11, "the start of a number: 7 and 70 to 79, each once");
        assert_eq!(found("100%", 9), [100, 203], "`Müller Nr. 100` and `100% Rabatt_AG`");
        assert_eq!(found("%eg", 9).len(), 0, "no wildcard");
        assert_eq!(found("rab_tt", 9).len(), 0, "no wildcard");
        assert_eq!(found("mueller", 1_000).len() as i64, DEBTORS);
        assert_eq!(found("' or 1 = 1 --", 9).len(), 0);
        assert_eq!(found("", 9).len(), 9, "who types nothing sees the first of the list");
        assert_eq!(found(" ", 9), found("", 9));
    });
}

#[test]
fn a_search_for_signs_alone_finds_nobody() {
    on_each_world(|store| {
        for text in ["%", "_", "?!", "--"] {
            assert_eq!(store.read(|tx| search_debtors(tx, A, text, 5)).unwrap(), [], "`{text}`");
        }
    });
}

#[test]
fn contact_points_keep_their_order_and_what_became_of_them() {
    on_each_world(|store| {
        let points = [
            point(1, 12, Channel::Email),
            NewContactPoint { value: "+49 30 1234 ü".to_owned(), ..point(1, 13, Channel::Phone) },
            NewContactPoint { consent: Consent::Given, provenance: "debtor", ..point(1, 11, Channel::Post) },
            point(2, 11, Channel::Email),
        ];
        store
            .write(|tx| {
                insert_contact_points(tx, A, &points, None, test_now())?;
                set_consent(tx, A, DebtorId(1), ContactPointId(12), Consent::Refused)?;
                set_failed(tx, A, DebtorId(1), ContactPointId(13), Some(test_now()))?;
                set_failed(tx, A, DebtorId(2), ContactPointId(11), Some(test_now()))?;
                set_failed(tx, A, DebtorId(2), ContactPointId(11), None)
            })
            .unwrap();
        let kept = |index: usize, consent: Consent, failed: bool| ContactPoint {
            id: points[index].id,
            channel: points[index].channel,
            value: points[index].value.clone(),
            consent,
            failed,
        };
        let of_first = vec![
            kept(2, Consent::Given, false),
            kept(0, Consent::Refused, false),
            kept(1, Consent::Unknown, true),
        ];
        let of_second = vec![kept(3, Consent::Unknown, false)];
        let ids: Vec<DebtorId> = (1..=DEBTORS).map(DebtorId).collect();
        let load = |book| store.read(|tx| load_contact_points(tx, book, &ids)).unwrap();
        let expected = HashMap::from([(DebtorId(1), of_first.clone()), (DebtorId(2), of_second)]);
        assert_eq!(load(A), expected);

        // Nobody else's point is meant by these, and nothing was changed by the attempt.
        for refused in [
            store.write(|tx| set_consent(tx, A, DebtorId(2), ContactPointId(12), Consent::Given)),
            store.write(|tx| set_consent(tx, B, DebtorId(1), ContactPointId(12), Consent::Given)),
            store.write(|tx| set_failed(tx, B, DebtorId(1), ContactPointId(13), None)),
        ] {
            assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
        }
        let again = store.write(|tx| insert_contact_points(tx, A, &points[..1], None, test_now()));
        assert!(matches!(again, Err(StoreError::Duplicate { .. })));
        assert_eq!(load(A), expected);
        store
            .write(|tx| {
                remove_contact_point(tx, B, DebtorId(1), ContactPointId(12))?;
                remove_contact_point(tx, A, DebtorId(1), ContactPointId(13))?;
                remove_contact_point(tx, A, DebtorId(1), ContactPointId(11))
            })
            .unwrap();
        assert_eq!(load(A)[&DebtorId(1)], of_first[1..2]);
    });
}

#[test]
fn a_hold_is_in_force_until_it_is_released_once() {
    on_each_world(|store| {
        let mut holds: Vec<Hold> =
            HoldReason::ALL.into_iter().zip(1..).map(|(reason, id)| hold(id, reason)).collect();
        holds[1].receivable = Some(ReceivableId(77));
        holds[2].until_on = Some(date(9999, 12, 31));
        store
            .write(|tx| {
                for hold in &holds {
                    insert_hold(tx, A, DebtorId(1), hold, "Anruf: „später“", test_now())?;
                }
                insert_hold(tx, A, DebtorId(2), &holds[0], "", test_now())
            })
            .unwrap();
        let load = || {
            let mut holds =
                store.read(|tx| load_holds(tx, A, &[DebtorId(1), DebtorId(2), DebtorId(3)])).unwrap();
            holds.values_mut().for_each(|holds| holds.sort_by_key(|hold| hold.id));
            holds
        };
        assert_eq!(
            load(),
            HashMap::from([(DebtorId(1), holds.clone()), (DebtorId(2), vec![holds[0].clone()])])
        );
        let release = |book, debtor, id| {
            store.write(|tx| release_hold(tx, book, DebtorId(debtor), HoldId(id), test_now())).unwrap()
        };
        assert!(!release(B, 1, 1), "another book");
        assert!(!release(A, 2, 2), "another debtor");
        assert!(release(A, 1, 1));
        assert!(!release(A, 1, 1), "it was released before");
        assert_eq!(load()[&DebtorId(1)], holds[1..]);
        assert_eq!(load()[&DebtorId(2)], holds[..1]);
    });
}

/// Walks the list in pages of a size.
fn walk_sorted(tx: &mut Tx<'_>, book: BookId, size: i64) -> Result<Vec<(String, i64)>, StoreError> {
    let (mut walked, mut after) = (Vec::new(), (String::new(), DebtorId(0)));
    loop {
        let page = list_sorted(tx, book, &after.0, after.1, size)?;
        assert!(page.len() as i64 <= size);
        let Some((key, last)) = page.last() else { return Ok(walked) };
        after = (key.clone(), last.id);
        walked.extend(page.into_iter().map(|(key, debtor)| (key, debtor.id.0)));
    }
}

#[test]
fn the_list_of_debtors_is_walked_by_name_in_pages_of_any_size_without_gap_or_double() {
    on_each_world(|store| {
        const NAMES: [&str; 12] = [
            "Anna",
            "ANNA",
            "Änna",
            "Zoë",
            "渡辺",
            "Ωmega",
            "?!",
            "",
            "O'Neil",
            "100%_",
            "𝔄nna",
            "\u{10ffff}",
        ];
        let mut dice = Dice::new(3);
        let fresh: Vec<Debtor> =
            (0..150).map(|n| newcomer(1_000 + n, NAMES[dice.below(NAMES.len() as i64) as usize])).collect();
        store
            .write(|tx| {
                insert_debtors(tx, A, &fresh, None, test_now())?;
                insert_debtors(tx, B, &fresh[..40], None, test_now())
            })
            .unwrap();
        // A name of signs alone stands at the end, under the number.
        let key = |debtor: &Debtor| match fold(&debtor.name) {
            folded if folded.is_empty() => format!("~{}", debtor.external_id),
            folded => folded,
        };
        let expected = |fresh: &[Debtor]| {
            let mut rows: Vec<(String, i64)> = (1..=DEBTORS)
                .map(world::debtor)
                .chain(fresh.iter().cloned())
                .map(|debtor| (key(&debtor), debtor.id.0))
                .collect();
            rows.sort();
            rows
        };
        for size in [1, 7, 100, 280, 1_000] {
            let walked = store.read(|tx| walk_sorted(tx, A, size)).unwrap();
            assert_eq!(walked, expected(&fresh), "by code point, pages of {size}");
        }
        assert_eq!(store.read(|tx| walk_sorted(tx, B, 7)).unwrap(), expected(&fresh[..40]));
        let first = store.read(|tx| list_sorted(tx, A, "zoe", DebtorId(0), 1)).unwrap();
        let zoe = fresh.iter().find(|debtor| debtor.name == "Zoë").unwrap();
        assert_eq!(first, [("zoe".to_owned(), zoe.clone())]);
        // A new name has a new place.
        let renamed = Debtor { name: "Aa".to_owned(), ..zoe.clone() };
        store.write(|tx| update_debtors(tx, A, std::slice::from_ref(&renamed), test_now())).unwrap();
        let walked = store.read(|tx| walk_sorted(tx, A, 1_000)).unwrap();
        assert_eq!(walked.len(), fresh.len() + DEBTORS as usize);
        assert!(walked.contains(&("aa".to_owned(), renamed.id.0)));
        assert!(!walked.contains(&("zoe".to_owned(), renamed.id.0)));
    });
}

static SORT_KEYS_EMPTY: Sql = Sql::new("sort_keys_empty", "update debtor set sort_key = ''");
static WORDS_EMPTY: Sql = Sql::new("words_empty", "delete from debtor_word");
static WORDS_ALL: Sql = Sql::new(
    "words_all",
    "select word, debtor_id from debtor_word where book_id = $1 order by word, debtor_id",
);

#[test]
fn a_book_that_was_kept_before_there_were_pages_gets_its_keys_and_words() {
    on_each_world(|store| {
        let fresh = [newcomer(201, "Jörg Straße"), newcomer(202, "?!"), newcomer(203, "Jörg Anders")];
        let points = [
            NewContactPoint { value: "Joerg@Debtor.example".to_owned(), ..point(201, 1, Channel::Email) },
            NewContactPoint { value: "joerg@debtor.example".to_owned(), ..point(201, 2, Channel::Email) },
            NewContactPoint { value: "joerg@phone".to_owned(), ..point(202, 1, Channel::Phone) },
        ];
        for book in [A, B] {
            store
                .write(|tx| {
                    insert_debtors(tx, book, &fresh, None, test_now())?;
                    insert_contact_points(tx, book, &points, None, test_now())
                })
                .unwrap();
        }
        let see = |book: BookId| {
            store
                .read(|tx| {
                    let words =
                        tx.all(&WORDS_ALL, &[book.into()], |row| Ok((row.text(0)?.to_owned(), row.int(1)?)))?;
                    Ok::<_, StoreError>((walk_sorted(tx, book, 50)?, words))
                })
                .unwrap()
        };
        let whole = see(A);
        assert!(whole.1.contains(&("joerg@debtor.example".to_owned(), 201)));
        assert!(!whole.1.iter().any(|(word, _)| word == "joerg@phone"), "a telephone is no word");
        let index = |limit| store.write(|tx| index_debtors(tx, A, limit)).unwrap();
        assert_eq!(index(1_000), 0, "nothing is left to do");
        store
            .write(|tx| {
                tx.exec(&SORT_KEYS_EMPTY, &[])?;
                tx.exec(&WORDS_EMPTY, &[])
            })
            .unwrap();
        let found = |book| store.read(|tx| search_debtors(tx, book, "joerg", 9)).unwrap().len();
        assert_eq!((found(A), found(B)), (0, 0));
        // What happens meanwhile is no obstacle.
        let again = NewContactPoint { id: ContactPointId(3), ..points[0].clone() };
        store
            .write(|tx| {
                insert_contact_points(tx, A, std::slice::from_ref(&again), None, test_now())?;
                remove_contact_point(tx, A, DebtorId(201), ContactPointId(3))?;
                insert_contact_points(tx, A, std::slice::from_ref(&again), None, test_now())
            })
            .unwrap();
        for expected in [50, 50, 33, 0] {
            assert_eq!(index(50), expected, "in pieces, each debtor once");
        }
        assert_eq!(see(A), whole);
        assert_eq!((found(A), found(B)), (2, 0), "the other book was not asked for");
    });
}

#[test]
fn a_debtor_who_is_changed_before_the_book_has_words_is_found_by_all_of_them() {
    on_each_world(|store| {
        let mut one = newcomer(201, "Jörg Straße");
        store
            .write(|tx| {
                insert_debtors(tx, A, std::slice::from_ref(&one), None, test_now())?;
                insert_contact_points(tx, A, &[point(201, 1, Channel::Email)], None, test_now())?;
                tx.exec(&SORT_KEYS_EMPTY, &[])?;
                tx.exec(&WORDS_EMPTY, &[])
            })
            .unwrap();
        one.name = "Jörg Weg".to_owned();
        store.write(|tx| update_debtors(tx, A, std::slice::from_ref(&one), test_now())).unwrap();
        while store.write(|tx| index_debtors(tx, A, 40)).unwrap() > 0 {}
        for (text, times) in [("joerg", 1), ("weg", 1), ("ae201b", 1), ("m1@debtor", 1), ("strasse", 0)] {
            assert_eq!(store.read(|tx| search_debtors(tx, A, text, 9)).unwrap().len(), times, "`{text}`");
        }
    });
}

#[test]
fn holds_are_listed_with_their_history_and_by_reason_while_they_are_in_force() {
    on_each_world(|store| {
        let day = |n: i64| TODAY + n.days();
        let span = |id, reason, from, until: Option<i64>| Hold {
            from_on: day(from),
            until_on: until.map(day),
            ..hold(id, reason)
        };
        use HoldReason::{Care, Dispute, PaymentClaimed};
        let holds = [
            (1, span(1, Dispute, -3, None)),
            (1, span(2, Dispute, -9, Some(-1))),
            (1, span(3, Dispute, 1, None)),
            (1, span(4, Dispute, 0, Some(0))),
            (1, span(5, Care, 0, None)),
            (1, span(6, Dispute, 0, None)),
            (2, Hold { receivable: Some(ReceivableId(77)), ..span(1, Dispute, -1, Some(1)) }),
            (3, span(1, PaymentClaimed, 0, Some(9))),
            (9, span(1, Dispute, 0, None)),
        ];
        store
            .write(|tx| {
                for (debtor, hold) in &holds {
                    let note = format!("„{}“", hold.id.0);
                    insert_hold(tx, A, DebtorId(*debtor), hold, &note, test_now() + hold.id.0.minutes())?;
                }
                insert_hold(tx, B, DebtorId(1), &hold(1, HoldReason::Legal), "", test_now())?;
                release_hold(tx, A, DebtorId(1), HoldId(6), test_now() + 1.hour())
            })
            .unwrap();
        let placed = |index: usize| PlacedHold {
            debtor: DebtorId(holds[index].0),
            hold: holds[index].1.clone(),
            note: format!("„{}“", holds[index].1.id.0),
            placed_at: test_now() + holds[index].1.id.0.minutes(),
            released_at: (index == 5).then(|| test_now() + 1.hour()),
        };
        let of = |book, debtor| store.read(|tx| holds_of_debtor(tx, book, DebtorId(debtor))).unwrap();
        assert_eq!(of(A, 1), [5, 4, 3, 2, 1, 0].map(placed), "released, ended and future ones, newest first");
        assert_eq!(of(A, 2), [placed(6)]);
        assert_eq!((of(A, 4), of(B, 2)), (vec![], vec![]));

        let held = |reason, on, after, limit| {
            store.read(|tx| list_held(tx, A, reason, day(on), DebtorId(after), limit)).unwrap()
        };
        assert_eq!(held(Dispute, 0, 0, 99), [0, 3, 6, 8].map(placed));
        assert_eq!(held(Dispute, -1, 0, 99), [0, 1, 6].map(placed), "each first and last day is within");
        assert_eq!(held(Dispute, 1, 0, 99), [0, 2, 6, 8].map(placed), "each first and last day is within");
        assert_eq!(held(Dispute, 2, 0, 99), [0, 2, 8].map(placed));
        assert_eq!(held(Dispute, 0, 1, 99), [6, 8].map(placed));
        assert_eq!(held(Care, 0, 0, 99), [placed(4)]);
        assert_eq!(held(HoldReason::Legal, 0, 0, 99), [], "that is of another book");
        // A page does not cut a debtor's holds in two.
        for size in [1, 2, 3, 9] {
            for on in [-1, 0, 1, 2] {
                let (mut walked, mut after) = (Vec::new(), 0);
                loop {
                    let page = held(Dispute, on, after, size);
                    let Some(last) = page.last() else { break };
                    after = last.debtor.0;
                    walked.extend(page);
                }
                assert_eq!(walked, held(Dispute, on, 0, 99), "pages of {size}");
            }
        }

        let count = |book, on| store.read(|tx| count_held(tx, book, day(on))).unwrap();
        // Debtors are counted: one of them has two disputes.
        assert_eq!(count(A, 0), [(Care, 1), (Dispute, 3), (PaymentClaimed, 1)]);
        assert_eq!(count(A, -1), [(Dispute, 2)]);
        assert_eq!(count(A, -99), []);
        assert_eq!(count(B, 0), [(HoldReason::Legal, 1)]);
    });
}

#[test]
fn only_a_debtor_without_business_or_history_is_removed() {
    on_each_world(|store| {
        let mut cancelled = open_receivable(3, 3, eur(100), TODAY);
        cancelled.state = ReceivableState::Cancelled;
        cancelled.open = eur(0);
        let owed = [open_receivable(2, 2, eur(100), TODAY), cancelled];
        store
            .write(|tx| {
                world::add_receivables(tx, A, &owed)?;
                insert_contact_points(tx, A, &[point(3, 1, Channel::Email)], None, test_now())?;
                let case = Case::new(CaseId(1), DebtorId(3), Currency::EUR, TODAY);
                duewell_store::case::insert_cases(tx, A, &[case])?;
                duewell_store::notice::insert_notices(tx, A, &[super::notice::pending(4, 1)])
            })
            .unwrap();
        let remove = |n: i64| store.write(|tx| remove_debtor(tx, A, DebtorId(n))).unwrap();
        assert!(remove(1), "nothing is known of the first");
        assert!(!remove(2), "the second owes");
        assert!(remove(3), "what the third owed was withdrawn");
        assert!(!remove(4), "the fourth was written to");
        for (n, there) in [(1, false), (2, true), (3, false), (4, true)] {
            assert_eq!(store.read(|tx| loaded(tx, A, n)).unwrap().is_some(), there, "{n}");
            assert!(store.read(|tx| loaded(tx, B, n)).unwrap().is_some(), "{n} of another book");
        }
    });
}

#[test]
fn a_debtor_who_was_on_hold_is_removed_or_kept_but_no_database_error() {
    on_each_world(|store| {
        store
            .write(|tx| {
                insert_hold(tx, A, DebtorId(1), &hold(1, HoldReason::Manual), "", test_now())?;
                release_hold(tx, A, DebtorId(1), HoldId(1), test_now())
            })
            .unwrap();
        let removed = store.write(|tx| remove_debtor(tx, A, DebtorId(1)));
        assert!(removed.is_ok(), "{removed:?}");
        assert_eq!(store.read(|tx| loaded(tx, A, 1)).unwrap().is_none(), removed.unwrap());
    });
}

#[test]
fn a_debtor_whose_money_we_hold_is_not_removed() {
    on_each_world(|store| {
        let of = |debtor: i64, payment: Payment| Payment { debtor: Some(DebtorId(debtor)), ..payment };
        let waiting = of(1, super::payment::queued(1, 5_000, None));
        let credit = of(2, super::payment::queued(2, 5_000, None));
        let credit = Payment { state: PaymentState::Matched, unapplied: credit.amount, ..credit };
        let lines = [(Account::Bank, 5_000), (Account::Unapplied, -5_000)].map(|(account, minor)| Posting {
            account,
            debtor: credit.debtor,
            receivable: None,
            payment: Some(credit.id),
            amount: eur(minor),
        });
        let receipt = Entry::new(EntryId(1), EntryKind::Receipt, TODAY, lines.to_vec()).unwrap();
        store
            .write(|tx| {
                payment::insert_payments(tx, A, &[waiting.clone(), credit.clone()], test_now())?;
                posting::insert_entries(tx, A, std::slice::from_ref(&receipt))
            })
            .unwrap();
        for n in [1, 2] {
            assert!(!store.write(|tx| remove_debtor(tx, A, DebtorId(n))).unwrap(), "{n}");
            assert!(store.read(|tx| loaded(tx, A, n)).unwrap().is_some(), "{n}");
        }
    });
}

#[test]
fn debtors_and_what_belongs_to_them_stay_in_their_book() {
    check_isolation(
        &|tx, book| {
            insert_debtors(tx, book, &[newcomer(201, "Zoë Only")], Some(BATCH), test_now())?;
            insert_contact_points(tx, book, &[point(201, 1, Channel::Email)], Some(BATCH), test_now())?;
            insert_hold(tx, book, DebtorId(201), &hold(1, HoldReason::Care), "", test_now())
        },
        &|tx, book| {
            update_debtors(tx, book, &[newcomer(201, "Changed")], test_now())?;
            set_consent(tx, book, DebtorId(201), ContactPointId(1), Consent::Refused)?;
            set_failed(tx, book, DebtorId(201), ContactPointId(1), Some(test_now()))?;
            release_hold(tx, book, DebtorId(201), HoldId(1), test_now())?;
            remove_contact_point(tx, book, DebtorId(201), ContactPointId(1))?;
            remove_debtor(tx, book, DebtorId(1)).map(drop)
        },
        &|tx, book| {
            let ids = [DebtorId(201)];
            let name = name_key("Zoë Only");
            let reference = reference_key(&debtor_reference("Ä/201 b"));
            Ok(vec![
                ("load_debtors", format!("{:?}", load_debtors(tx, book, &ids)?)),
                (
                    "load_debtors_by_external",
                    format!("{:?}", load_debtors_by_external(tx, book, &["Ä/201 b"])?),
                ),
                ("find_debtor_ids", format!("{:?}", find_debtor_ids(tx, book, &["Ä/201 b"])?)),
                ("find_by_name", format!("{:?}", find_by_name(tx, book, &[&name])?)),
                ("find_by_reference", format!("{:?}", find_by_reference(tx, book, &[&reference])?)),
                ("load_name_keys", format!("{:?}", load_name_keys(tx, book, &ids)?)),
                ("search_debtors", format!("{:?}", search_debtors(tx, book, "zoe", 9)?)),
                ("search_debtors by number", format!("{:?}", search_debtors(tx, book, "Ä/201 b", 9)?)),
                ("list_sorted", format!("{:?}", list_sorted(tx, book, "z", DebtorId(0), 9)?)),
                ("holds_of_debtor", format!("{:?}", holds_of_debtor(tx, book, DebtorId(201))?)),
                ("list_held", format!("{:?}", list_held(tx, book, HoldReason::Care, TODAY, DebtorId(0), 9)?)),
                ("count_held", format!("{:?}", count_held(tx, book, TODAY)?)),
                ("count_debtors", format!("{:?}", count_debtors(tx, book)?)),
                (
                    "load_contact_points",
                    format!(
                        "{:?}",
                        load_contact_points(tx, book, &ids)?.into_iter().collect::<BTreeMap<_, _>>()
                    ),
                ),
                ("load_holds", format!("{:?}", load_holds(tx, book, &ids)?)),
                ("debtors_of_batch", format!("{:?}", debtors_of_batch(tx, book, BATCH)?)),
            ])
        },
    );
}
