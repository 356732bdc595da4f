//! Finding debtors by the start of words.

use std::collections::BTreeSet;

use duewell_domain::debtor::{Channel, Consent, PartyKind};
use duewell_domain::id::{BookId, ContactPointId, DebtorId};
use duewell_domain::reference::fold;
use duewell_store::debtor::{self, Debtor, NewContactPoint};
use duewell_store::search::*;
use duewell_store::testing::test_now;
use duewell_store::{Sql, Store, StoreError, Tx};

use super::world::{self, A, B, C, DEBTORS, Dice, check_isolation, on_each_world};

static WORDS_OF: Sql = Sql::new(
    "words_of_debtor",
    "select word from debtor_word where book_id = $1 and debtor_id = $2 order by word",
);

fn named(n: i64, name: &str) -> Debtor {
    Debtor {
        external_id: format!("N/{n}"),
        kind: PartyKind::Person,
        name: name.to_owned(),
        ..world::debtor(n)
    }
}

fn mail(debtor: i64, id: i64, address: &str) -> NewContactPoint {
    NewContactPoint {
        debtor: DebtorId(debtor),
        id: ContactPointId(id),
        channel: Channel::Email,
        value: address.to_owned(),
        provenance: "import",
        consent: Consent::Unknown,
    }
}

fn add(
    tx: &mut Tx<'_>,
    book: BookId,
    debtors: &[Debtor],
    points: &[NewContactPoint],
) -> Result<(), StoreError> {
    debtor::insert_debtors(tx, book, debtors, None, test_now())?;
    debtor::insert_contact_points(tx, book, points, None, test_now())
}

fn found(store: &Store, book: BookId, text: &str) -> Vec<i64> {
    let (page, rest) = store.read(|tx| search_page(tx, book, text, None, 1_000)).unwrap();
    assert_eq!(rest, None, "`{text}` has a second page");
    page.iter().map(|debtor| debtor.id.0).collect()
}

/// Walks all pages of a size.
fn walk(store: &Store, book: BookId, text: &str, size: usize) -> Vec<i64> {
    let (mut walked, mut after) = (Vec::new(), None);
    loop {
        let (page, next) = store.read(|tx| search_page(tx, book, text, after.as_ref(), size)).unwrap();
        assert!(page.len() <= size, "`{text}`: a page of {size} has {}", page.len());
        walked.extend(page.iter().map(|debtor| debtor.id.0));
        match next {
            Some(next) => assert_ne!(after.replace(next.clone()), Some(next), "`{text}` stands still"),
            None => return walked,
        }
    }
}

/// The words the index keeps of a debtor.
fn kept(store: &Store, book: BookId, debtor: i64) -> Vec<String> {
    let key = [book.into(), DebtorId(debtor).into()];
    store.read(|tx| tx.all(&WORDS_OF, &key, |row| Ok(row.text(0)?.to_owned()))).unwrap()
}

#[test]
fn words_are_folded_and_come_once() {
    assert_eq!(words_of("Müller & Söhne, Müller", "K-7/b"), ["k7b", "mueller", "soehne"]);
    assert_eq!(words_of("O'Neil d’Or", "ONeil"), ["dor", "oneil"]);
    assert_eq!(words_of("?!", "--"), [""; 0]);
    assert_eq!(words_of("渡辺 商店", "ß 1"), ["ss1", "商店", "渡辺"]);
    assert_eq!(email_word(" Max.Müller@Example.COM "), "max.müller@example.com");
}

#[test]
fn a_debtor_is_found_by_the_start_of_a_word_of_name_number_or_address() {
    on_each_world(|store| {
        let fresh = [
            named(201, "Jörg O'Neil"),
            named(202, "渡辺 商店"),
            named(203, "100%_Rabatt AG"),
            Debtor { external_id: "Ωmega-17 b".to_owned(), ..named(204, "???") },
        ];
        let points = [mail(201, 1, "Kasse@Ärzte.example"), mail(203, 1, "o_n%e@rabatt.example")];
        store.write(|tx| add(tx, A, &fresh, &points)).unwrap();
        for (text, ids) in [
            ("JOERG", vec![201]),
            ("jör", vec![201]),
            ("o'neil", vec![201]),
            ("O’NEIL jo", vec![201]),
            ("oneil joergx", vec![]),
            ("eil", vec![]),
            ("渡", vec![202]),
            ("商店 渡辺", vec![202]),
            ("辺", vec![]),
            ("rabatt 100", vec![203]),
            ("ωmega17b", vec![204]),
            ("ΩMEGA-17", vec![204]),
            ("kasse@ä", vec![201]),
            ("KASSE", vec![201]),
            // In whatever order they are typed, and whichever of them is part of an address.
            ("oneil kasse", vec![201]),
            ("kasse oneil", vec![201]),
            ("Kasse@Ärzte.example", vec![201]),
            ("kasse@b", vec![]),
            ("o_n%e@", vec![203]),
            ("o_nxe@", vec![]),
            // Signs of other languages of search mean nothing.
            ("%", vec![]),
            ("_", vec![]),
            ("'", vec![]),
            ("rab%", vec![203]),
            ("r_batt", vec![]),
            ("' or 1 = 1 --", vec![]),
            ("\u{10ffff}", vec![]),
            ("joerg\u{10ffff}", vec![201]),
            ("kasse@\u{10ffff}", vec![]),
            ("a\0b@", vec![]),
            ("", vec![]),
            (" \t", vec![]),
        ] {
            assert_eq!(found(store, A, text), ids, "`{text}`");
            assert_eq!(found(store, B, text), [0; 0], "`{text}` in another book");
        }
        // The number first, however it is typed; then a word of each kind: every `mueller nr` who has a 7 and a k.
        assert_eq!(found(store, A, "k7")[0], 7);
        let read_twice = found(store, A, "K-7");
        assert_eq!(read_twice[0], 7);
        let unique: BTreeSet<i64> = read_twice.iter().copied().collect();
        let begin_with_7 = (1..=DEBTORS).filter(|n| n.to_string().starts_with('7'));
        assert_eq!((unique.len(), unique), (read_twice.len(), begin_with_7.collect()));
        // More words than are looked at: the first ones count.
        assert_eq!(found(store, A, &"joerg ".repeat(5_000)), [201]);
    });
}

#[test]
fn words_follow_names_and_addresses() {
    on_each_world(|store| {
        let mut one = named(201, "Anna Alt");
        let points =
            [mail(201, 1, "Anna@Example.com"), mail(201, 2, "anna@example.COM"), mail(201, 3, "b@c.example")];
        for book in [A, B] {
            store.write(|tx| add(tx, book, std::slice::from_ref(&one), &points)).unwrap();
        }
        assert_eq!(kept(store, A, 201), ["alt", "anna", "anna@example.com", "b@c.example", "n201"]);

        one.name = "Anna Neu-Weg".to_owned();
        store.write(|tx| debtor::update_debtors(tx, A, std::slice::from_ref(&one), test_now())).unwrap();
        assert_eq!(kept(store, A, 201), ["anna", "anna@example.com", "b@c.example", "n201", "neu", "weg"]);
        assert_eq!((found(store, A, "alt"), found(store, B, "alt")), (vec![], vec![201]));
        assert_eq!((found(store, A, "weg"), found(store, B, "weg")), (vec![201], vec![]));
        assert_eq!(found(store, A, "anna"), [201]);

        let remove = |point| {
            store
                .write(|tx| debtor::remove_contact_point(tx, A, DebtorId(201), ContactPointId(point)))
                .unwrap();
        };
        remove(1);
        assert_eq!(found(store, A, "anna@example.com"), [201], "the second one of the same letters is there");
        remove(2);
        assert_eq!(found(store, A, "anna@example.com"), [0; 0]);
        assert_eq!(found(store, A, "b@c"), [201]);
        remove(9);
        // It may come back.
        store.write(|tx| debtor::insert_contact_points(tx, A, &points[1..2], None, test_now())).unwrap();
        assert_eq!(found(store, A, "anna@example.com"), [201]);

        assert!(store.write(|tx| debtor::remove_debtor(tx, A, DebtorId(201))).unwrap());
        assert_eq!(kept(store, A, 201), [""; 0], "an import that is undone leaves nothing");
        assert_eq!(kept(store, B, 201), ["alt", "anna", "anna@example.com", "b@c.example", "n201"]);
        // A debtor who is kept keeps his words.
        let hold = duewell_domain::hold::Hold {
            id: duewell_domain::id::HoldId(1),
            receivable: None,
            reason: duewell_domain::hold::HoldReason::Care,
            from_on: world::TODAY,
            until_on: None,
        };
        store.write(|tx| debtor::insert_hold(tx, B, DebtorId(201), &hold, "", test_now())).unwrap();
        assert!(!store.write(|tx| debtor::remove_debtor(tx, B, DebtorId(201))).unwrap());
        assert_eq!(found(store, B, "alt"), [201]);
    });
}

/// Names of a few syllables that share their beginnings; a number in three has digits of its own.
fn crowd(dice: &mut Dice, first: i64, count: i64) -> (Vec<Debtor>, Vec<NewContactPoint>) {
    const WORDS: [&str; 12] =
        ["Anna", "Annabel", "ANN", "Änne", "Straße", "Strass", "渡辺", "渡", "7", "77", "a7", "O'Neil"];
    let mut points = Vec::new();
    let debtors = (first..first + count)
        .map(|n| {
            let words: Vec<&str> =
                (0..dice.below(4)).map(|_| WORDS[dice.below(WORDS.len() as i64) as usize]).collect();
            for point in 0..dice.below(3) {
                let word = fold(WORDS[dice.below(WORDS.len() as i64) as usize]);
                points.push(mail(n, point, &format!("{word}.{point}@{n}.example")));
            }
            Debtor { external_id: format!("A-{}/{n}", dice.below(90)), ..named(n, &words.join(" ")) }
        })
        .collect();
    (debtors, points)
}

/// The same search in plain Rust: who is found, in whatever order.
fn plain(debtors: &[Debtor], points: &[NewContactPoint], text: &str) -> BTreeSet<i64> {
    let own = |debtor: &Debtor| {
        let mut words = words_of(&debtor.name, &debtor.external_id);
        words.extend(points.iter().filter(|p| p.debtor == debtor.id).map(|p| p.value.to_lowercase()));
        words
    };
    let number = fold(text).replace(' ', "");
    let is_number = number.contains(|c: char| c.is_ascii_digit());
    let typed: Vec<String> = if text.contains('@') {
        vec![text.to_lowercase()]
    } else {
        fold(text).split(' ').map(str::to_owned).collect()
    };
    let begins = |words: &[String], typed: &str| words.iter().any(|word| word.starts_with(typed));
    let fits = |debtor: &&Debtor| {
        let words = own(debtor);
        typed.iter().all(|typed| begins(&words, typed)) || (is_number && begins(&words, &number))
    };
    debtors.iter().filter(fits).map(|debtor| debtor.id.0).collect()
}

#[test]
fn pages_of_any_size_show_everybody_who_is_found_once() {
    on_each_world(|store| {
        let mut dice = Dice::new(7);
        let (debtors, points) = crowd(&mut dice, 1_001, 450);
        let (others, other_points) = crowd(&mut dice, 5_001, 60);
        store
            .write(|tx| {
                add(tx, A, &debtors, &points)?;
                add(tx, B, &others, &other_points)
            })
            .unwrap();
        let texts =
            ["a", "ann", "anna", "anna a", "a-7", "A 7 anna", "7", "stra 渡", "ann@", "anna.0@1", "o neil 7"];
        let known = |fresh: Vec<Debtor>| (1..=DEBTORS).map(world::debtor).chain(fresh).collect::<Vec<_>>();
        let (debtors, others) = (known(debtors), known(others));
        for text in texts {
            let expected = plain(&debtors, &points, text);
            for size in [1, 7, 50, 450, 1_000] {
                if size == 1 && expected.len() > 120 {
                    continue;
                }
                let walked = walk(store, A, text, size);
                let unique: BTreeSet<i64> = walked.iter().copied().collect();
                assert_eq!(unique.len(), walked.len(), "`{text}` in pages of {size} shows somebody twice");
                assert_eq!(unique, expected, "`{text}` in pages of {size}");
            }
            let elsewhere: BTreeSet<i64> = walk(store, B, text, 11).into_iter().collect();
            assert_eq!(elsewhere, plain(&others, &other_points, text), "`{text}` in another book");
        }
        assert!(texts.iter().filter(|text| !plain(&debtors, &points, text).is_empty()).count() > 6);
        assert_eq!(walk(store, C, "anna", 11), [0; 0]);
    });
}

/// A rare word beside one that everybody has: a page may be short, and says where to go on.
#[test]
fn a_search_that_must_look_at_many_ends_its_page_and_goes_on() {
    on_each_world(|store| {
        let crowd: Vec<Debtor> = (0..5_300)
            .map(|n| named(1_000 + n, if n == 5_299 { "Gemeinde Ur" } else { "Gemeinde" }))
            .collect();
        store.write(|tx| debtor::insert_debtors(tx, A, &crowd, None, test_now())).unwrap();
        let (page, next) = store.read(|tx| search_page(tx, A, "ur gemeinde", None, 5)).unwrap();
        assert!(page.is_empty() && next.is_some(), "{page:?}");
        assert_eq!(walk(store, A, "ur gemeinde", 5), [6_299]);
    });
}

#[test]
fn a_search_stays_in_its_book() {
    check_isolation(
        &|tx, book| add(tx, book, &[named(201, "Anna Alt")], &[mail(201, 1, "kasse@c.example")]),
        &|tx, book| {
            debtor::update_debtors(tx, book, &[named(201, "Anders")], test_now())?;
            debtor::remove_contact_point(tx, book, DebtorId(201), ContactPointId(1))
        },
        &|tx, book| {
            let mut seen = Vec::new();
            for (name, text) in [("by name", "alt"), ("by number", "n-201"), ("by address", "kasse@")] {
                seen.push((name, format!("{:?}", search_page(tx, book, text, None, 9)?)));
            }
            Ok(seen)
        },
    );
}
