//! Receivables, their numbers' shapes, and aging.

use std::collections::{BTreeMap, HashMap};

use duewell_domain::id::{BatchId, BookId, DebtorId, ReceivableId};
use duewell_domain::matching::{Incoming, Shapes, candidate_keys};
use duewell_domain::money::{Currency, Money};
use duewell_domain::receivable::{ReceivableKind, ReceivableState};
use duewell_domain::reference::reference_key;
use duewell_store::receivable::*;
use duewell_store::testing::test_now;
use duewell_store::{Store, StoreError, Tx};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::world::{A, B, C, DEBTORS, Dice, TODAY, check_isolation, eur, on_each_world, open_receivable};

const BATCH: BatchId = BatchId(5);

/// Receivables of all kinds, states and currencies, in the order the book walks them.
fn receivables(count: i64) -> Vec<Receivable> {
    let kinds =
        [ReceivableKind::Invoice, ReceivableKind::Bill, ReceivableKind::Fee, ReceivableKind::Installment];
    let mut made: Vec<Receivable> = (1..=count)
        .map(|n| {
            let currency = [Currency::EUR, Currency::USD, Currency::JPY][(n % 3) as usize];
            let mut made =
                open_receivable(n % 40 + 1, n, Money::new(n * 100, currency), TODAY + (n % 11 - 5).days());
            made.kind = kinds[(n % 4) as usize];
            made.issued_on = (n % 2 == 0).then_some(date(1, 1, 1));
            made.description = if n % 5 == 0 { "Wärme, Jänner".to_owned() } else { String::new() };
            match n % 7 {
                0 => (made.state, made.open.minor) = (ReceivableState::Settled, 0),
                1 => (made.state, made.open.minor) = (ReceivableState::Cancelled, 0),
                2 => made.open.minor = 1,
                3 => made.reference = format!("RF-{n}/Ü"),
                _ => {}
            }
            made
        })
        .collect();
    made.sort_by_key(|receivable| (receivable.debtor, receivable.id));
    made
}

fn insert(tx: &mut Tx<'_>, book: BookId, added: &[Receivable]) -> Result<(), StoreError> {
    insert_receivables(tx, book, added, Some(BATCH), &mut Shapes::default(), test_now())
}

fn walk(tx: &mut Tx<'_>, book: BookId) -> Result<Vec<Receivable>, StoreError> {
    let mut walked = Vec::new();
    each_receivable(tx, book, |receivable| {
        walked.push(receivable);
        Ok(())
    })?;
    Ok(walked)
}

/// The keys of a bank text that look like a number of the book.
fn looked_up(tx: &mut Tx<'_>, book: BookId, text: &str) -> Result<Vec<String>, StoreError> {
    let shapes = load_shapes(tx, book)?;
    let remittance = [text.to_owned()];
    let incoming = Incoming {
        amount: eur(1),
        structured: &[],
        end_to_end_id: None,
        remittance: &remittance,
        payer_name: None,
    };
    Ok(candidate_keys(&incoming, &shapes))
}

#[test]
fn receivables_are_read_as_they_were_written_and_by_every_way_to_them() {
    on_each_world(|store| {
        let kept = receivables(300);
        let (first, rest) = kept.split_at(3);
        store.write(|tx| insert(tx, A, rest)).unwrap();
        store.write(|tx| insert_receivables(tx, A, first, None, &mut Shapes::default(), test_now())).unwrap();
        store
            .write(|tx| {
                assert_eq!(walk(tx, A)?, kept);
                assert_eq!(receivables_of_batch(tx, A, BATCH)?, rest);
                let names: Vec<&str> =
                    kept.iter().map(|receivable| receivable.external_id.as_str()).collect();
                let found = load_by_external(tx, A, &names[..250])?;
                assert_eq!(found.len(), 250);
                assert!(kept[..250].iter().all(|receivable| found[&receivable.external_id] == *receivable));
                assert_eq!(load_receivable(tx, A, kept[5].debtor, kept[5].id)?.as_ref(), Some(&kept[5]));
                assert_eq!(load_receivable(tx, A, DebtorId(kept[5].debtor.0 + 1), kept[5].id)?, None);

                let debtors: Vec<DebtorId> = (1..=DEBTORS).map(DebtorId).collect();
                let mut expected: Vec<&Receivable> = kept.iter().collect();
                expected.sort_by_key(|receivable| (receivable.debtor, receivable.due_on, receivable.id));
                let loaded = load_receivables(tx, A, &debtors)?;
                assert_eq!(loaded.iter().collect::<Vec<_>>(), expected, "the oldest due date first");

                let mut open: HashMap<DebtorId, Vec<Receivable>> = HashMap::new();
                for receivable in kept.iter().filter(|receivable| receivable.state == ReceivableState::Open) {
                    open.entry(receivable.debtor).or_default().push(receivable.clone());
                }
                let mut loaded = load_open(tx, A, &debtors)?;
                loaded.values_mut().for_each(|own| own.sort_by_key(|receivable| receivable.id));
                assert_eq!(loaded, open);
                let facts = kept[9].facts();
                assert_eq!((facts.id, facts.open, facts.due_on), (kept[9].id, kept[9].open, kept[9].due_on));
                Ok::<_, StoreError>(())
            })
            .unwrap();
    });
}

#[test]
fn an_external_number_is_given_once_and_a_batch_with_a_second_one_adds_nothing() {
    on_each_world(|store| {
        let kept = receivables(3);
        store.write(|tx| insert(tx, A, &kept)).unwrap();
        for size in [1, 80] {
            let mut fresh: Vec<Receivable> =
                (0..size).map(|n| open_receivable(1, 500 + n, eur(5), TODAY)).collect();
            fresh[size as usize / 2].external_id = kept[1].external_id.clone();
            let refused = store.write(|tx| insert(tx, A, &fresh));
            let Err(StoreError::Duplicate { constraint }) = &refused else { panic!("{refused:?}") };
            assert!(constraint.contains("receivable") && constraint.contains("external"), "{constraint}");
            assert_eq!(store.read(|tx| walk(tx, A)).unwrap(), kept);
        }
        store.write(|tx| insert(tx, B, &kept)).unwrap();
        // The schema itself refuses what can be no claim.
        let mut below = open_receivable(1, 900, eur(5), TODAY);
        below.open = eur(-1);
        for wrong in
            [below, open_receivable(1, 900, eur(0), TODAY), open_receivable(9_999, 900, eur(5), TODAY)]
        {
            assert!(store.write(|tx| insert(tx, A, std::slice::from_ref(&wrong))).is_err(), "{wrong:?}");
        }
    });
}

#[test]
fn balances_announcements_and_terms_change_where_they_are_meant_to() {
    on_each_world(|store| {
        let mut kept = receivables(100);
        store.write(|tx| insert(tx, A, &kept)).unwrap();
        store.write(|tx| insert(tx, B, &kept)).unwrap();
        let of_b = kept.clone();
        for receivable in &mut kept[10..90] {
            receivable.open.minor = 0;
            receivable.state = ReceivableState::Settled;
        }
        let changed: Vec<&Receivable> = kept[10..90].iter().collect();
        store.write(|tx| update_open(tx, A, &changed)).unwrap();

        let announced: Vec<(DebtorId, ReceivableId)> =
            kept[..70].iter().map(|receivable| (receivable.debtor, receivable.id)).collect();
        store
            .write(|tx| {
                update_announced(tx, A, &announced, TODAY)?;
                clear_announced(tx, A, announced[0].0, &[announced[0].1])
            })
            .unwrap();
        kept[1..70].iter_mut().for_each(|receivable| receivable.announced_on = Some(TODAY));
        assert_eq!(store.read(|tx| walk(tx, A)).unwrap(), kept);

        for receivable in &mut kept[..80] {
            receivable.kind = ReceivableKind::Fee;
            receivable.number = format!("NEU{:07}", receivable.id.0);
            receivable.reference = "gleich für alle".to_owned();
            receivable.amount.minor += 7;
            receivable.open.minor = 3;
            receivable.issued_on = Some(date(2026, 1, 1));
            receivable.due_on = date(9999, 12, 31);
            receivable.state = ReceivableState::Open;
            receivable.description = "geändert".to_owned();
        }
        store.write(|tx| update_terms(tx, A, &kept[..80], &mut Shapes::default())).unwrap();
        assert_eq!(store.read(|tx| walk(tx, A)).unwrap(), kept);
        assert_eq!(
            store.read(|tx| walk(tx, B)).unwrap(),
            of_b,
            "another book has the same ids and stays as it was"
        );
        // What is changed is found under its new number and no longer under the old one.
        let (new, old) = (reference_key(&kept[0].number), reference_key(&of_b[0].number));
        assert_eq!(store.read(|tx| find_by_keys(tx, A, &[&new])).unwrap(), [(new.clone(), kept[0].clone())]);
        assert_eq!(store.read(|tx| find_by_keys(tx, A, &[&old])).unwrap(), []);
        assert_eq!(store.read(|tx| looked_up(tx, A, "Zahlung NEU0000017")).unwrap(), ["NEU0000017"]);
    });
}

#[test]
fn numbers_and_references_are_found_by_what_people_type() {
    on_each_world(|store| {
        let mut own = open_receivable(1, 1, eur(5), TODAY);
        own.number = "RE 2026/0017-O".to_owned();
        own.reference = own.number.clone();
        let mut other = open_receivable(2, 2, eur(5), TODAY);
        other.number = "17".to_owned();
        other.reference = "re-20260017 0".to_owned();
        let mut blank = open_receivable(3, 3, eur(5), TODAY);
        (blank.number, blank.reference) = ("--".to_owned(), "-".to_owned());
        store.write(|tx| insert(tx, A, &[own.clone(), other.clone(), blank.clone()])).unwrap();
        let key = reference_key("RE202600170");
        let mut found = store.read(|tx| find_by_keys(tx, A, &[&key, "17", "nothing"])).unwrap();
        found.sort_by_key(|(key, receivable)| (key.clone(), receivable.id));
        assert_eq!(found, [("17".to_owned(), other.clone()), (key.clone(), own), (key.clone(), other)]);
        assert_eq!(store.read(|tx| find_by_keys(tx, A, &[])).unwrap(), []);
        // By number alone; the other one's key is that of its reference.
        let owners = store.read(|tx| find_owners_by_number(tx, A, &[&key, "17", "nothing"])).unwrap();
        assert_eq!(owners, HashMap::from([(key.clone(), DebtorId(1)), ("17".to_owned(), DebtorId(2))]));

        let text = "Rechnung RE202600170 vom Mai";
        assert!(store.read(|tx| looked_up(tx, A, text)).unwrap().contains(&key));
        assert_eq!(store.read(|tx| looked_up(tx, B, text)).unwrap(), [""; 0]);
        let debtors = ["RF18 K77777".to_owned(), String::new()];
        store.write(|tx| put_reference_shapes(tx, B, &debtors, &mut Shapes::default())).unwrap();
        // A shape that is there already is no error.
        store.write(|tx| put_reference_shapes(tx, B, &debtors, &mut Shapes::default())).unwrap();
        let found = store.read(|tx| looked_up(tx, B, "RF18K77777")).unwrap();
        assert!(found.contains(&"RF18K77777".to_owned()), "{found:?}");
    });
}

/// The same report in plain Rust.
fn aging(receivables: &[Receivable], today: Date) -> Vec<Aging> {
    let mut rows: BTreeMap<&str, Aging> = BTreeMap::new();
    for receivable in receivables.iter().filter(|receivable| receivable.state == ReceivableState::Open) {
        let currency = receivable.open.currency;
        let bucket = match receivable.facts().days_past_due(today) {
            ..=0 => 0,
            1..=30 => 1,
            31..=60 => 2,
            61..=90 => 3,
            91.. => 4,
        };
        let row = rows
            .entry(currency.code())
            .or_insert_with(|| Aging { buckets: [Money::zero(currency); 5], receivables: 0 });
        row.buckets[bucket] = row.buckets[bucket].plus(receivable.open).unwrap();
        row.receivables += 1;
    }
    rows.into_values().collect()
}

#[test]
fn aging_is_what_plain_arithmetic_makes_of_the_same_receivables() {
    on_each_world(|store: &Store| {
        assert_eq!(store.read(|tx| load_aging(tx, A, TODAY)).unwrap(), []);
        for (seed, book) in [(1, A), (2, B), (3, C)] {
            let mut dice = Dice::new(seed);
            let made: Vec<Receivable> = (1..=400)
                .map(|n| {
                    let currency = [Currency::EUR, Currency::USD, Currency::KWD][dice.below(3) as usize];
                    let due_on = TODAY + (dice.below(260) - 130).days();
                    let amount = Money::new(dice.below(i64::MAX / 1_000) + 1, currency);
                    let mut made = open_receivable(dice.below(DEBTORS) + 1, n, amount, due_on);
                    match dice.below(5) {
                        0 => (made.state, made.open.minor) = (ReceivableState::Settled, 0),
                        1 => made.state = ReceivableState::Cancelled,
                        2 => made.open.minor = dice.below(amount.minor + 1),
                        _ => {}
                    }
                    made
                })
                .collect();
            store.write(|tx| insert(tx, book, &made)).unwrap();
            let mut days: Vec<Date> = (0..12).map(|_| TODAY + (dice.below(400) - 200).days()).collect();
            // Each edge of a bucket is met by some receivable on one of these days.
            days.extend([0, 1, 30, 31, 60, 61, 90, 91].map(|past: i64| made[0].due_on + past.days()));
            days.extend([date(1, 1, 1), date(9999, 12, 31)]);
            for today in days {
                let reported = store.read(|tx| load_aging(tx, book, today)).unwrap();
                assert_eq!(reported, aging(&made, today), "seed {seed}, {today}");
            }
        }
    });
}

#[test]
fn what_is_due_is_told_apart_by_the_day() {
    on_each_world(|store| {
        let until = TODAY + 7.days();
        let load = |book| store.read(|tx| load_due(tx, book, TODAY, until)).unwrap();
        assert_eq!(load(A), []);
        // Each amount is another power, so that a sum tells which of them it holds.
        let mut made: Vec<Receivable> = [-400, -1, 0, 0, 1, 7, 8, 400]
            .into_iter()
            .zip(0..)
            .flat_map(|(days, power): (i64, u32)| {
                [(Currency::EUR, 0), (Currency::USD, 100)].map(|(currency, shift)| {
                    let amount = Money::new(10_i64.pow(power) + shift, currency);
                    let id = i64::from(power) + shift + 1;
                    open_receivable(id % 90 + 1, id, amount, TODAY + days.days())
                })
            })
            .collect();
        // Part of it is paid: what is open counts.
        made[0].open.minor = 0;
        for (id, state) in [(501, ReceivableState::Settled), (502, ReceivableState::Cancelled)] {
            let mut one = open_receivable(5, id, eur(77_000_000_000), TODAY);
            (one.state, one.open.minor) = (state, 0);
            made.push(one);
        }
        let yen = Money::new(5, Currency::JPY);
        store
            .write(|tx| {
                insert(tx, A, &made)?;
                insert(tx, B, &[open_receivable(1, 1, yen, TODAY + 8.days())])
            })
            .unwrap();
        let usd = |minor| Money::new(minor, Currency::USD);
        let expected = [
            Due {
                overdue: (eur(10), 2),
                today: (eur(1_100), 2),
                soon: (eur(110_000), 2),
                open: (eur(11_111_110), 8),
            },
            Due {
                overdue: (usd(11 + 200), 2),
                today: (usd(1_100 + 200), 2),
                soon: (usd(110_000 + 200), 2),
                open: (usd(11_111_111 + 800), 8),
            },
        ];
        assert_eq!(load(A), expected);
        let nothing = (Money::zero(Currency::JPY), 0);
        assert_eq!(load(B), [Due { overdue: nothing, today: nothing, soon: nothing, open: (yen, 1) }]);
        assert_eq!(load(C), []);
        // A horizon of today has nothing soon.
        let today = store.read(|tx| load_due(tx, A, TODAY, TODAY)).unwrap();
        assert_eq!((today[0].soon, today[0].today), ((eur(0), 0), expected[0].today));
    });
}

/// The same report in plain Rust.
fn due(receivables: &[Receivable], today: Date, until: Date) -> Vec<Due> {
    let mut rows: BTreeMap<&str, Due> = BTreeMap::new();
    for receivable in receivables.iter().filter(|receivable| receivable.state == ReceivableState::Open) {
        let none = (Money::zero(receivable.open.currency), 0);
        let row = rows.entry(receivable.open.currency.code()).or_insert(Due {
            overdue: none,
            today: none,
            soon: none,
            open: none,
        });
        let add = |sum: &mut (Money, i64)| *sum = (sum.0.plus(receivable.open).unwrap(), sum.1 + 1);
        add(&mut row.open);
        match receivable.due_on {
            day if day < today => add(&mut row.overdue),
            day if day == today => add(&mut row.today),
            day if day <= until => add(&mut row.soon),
            _ => {}
        }
    }
    rows.into_values().collect()
}

#[test]
fn what_is_due_is_what_plain_arithmetic_makes_of_the_same_receivables() {
    on_each_world(|store| {
        let kept = receivables(300);
        store.write(|tx| insert(tx, A, &kept)).unwrap();
        for (start, days) in [(0, 7), (-5, 0), (-9, 30), (3, 1), (60, 7)] {
            let (today, until) = (TODAY + start.days(), TODAY + (start + days).days());
            let reported = store.read(|tx| load_due(tx, A, today, until)).unwrap();
            assert_eq!(reported, due(&kept, today, until), "{today} to {until}");
        }
    });
}

#[test]
fn what_is_open_and_due_in_a_range_is_walked_oldest_first_in_pages_of_any_size() {
    on_each_world(|store| {
        let kept = receivables(300);
        store
            .write(|tx| {
                insert(tx, A, &kept)?;
                insert(tx, B, &kept[..60])
            })
            .unwrap();
        let first = (date(1, 1, 1), DebtorId(0), ReceivableId(0));
        let (mut ranges, mut found) = (0, 0);
        for (book, kept) in [(A, &kept[..]), (B, &kept[..60]), (C, &[])] {
            for (from, to) in [(-5, -1), (0, 0), (1, 5), (-99, 99), (2, 1)] {
                let (from, to) = (TODAY + from.days(), TODAY + to.days());
                for currency in [Currency::EUR, Currency::USD, Currency::CHF] {
                    let asked = |one: &&Receivable| {
                        one.state == ReceivableState::Open
                            && one.open.currency == currency
                            && (from..=to).contains(&one.due_on)
                    };
                    let mut expected: Vec<Receivable> = kept.iter().filter(asked).cloned().collect();
                    expected.sort_by_key(|one| (one.due_on, one.debtor, one.id));
                    (ranges, found) = (ranges + 1, found + expected.len());
                    for size in [1, 7, 1_000] {
                        let (mut walked, mut after) = (Vec::new(), first);
                        loop {
                            let page = store
                                .read(|tx| list_open_due(tx, book, from, to, currency, after, size))
                                .unwrap();
                            assert!(page.len() as i64 <= size);
                            let Some(last) = page.last() else { break };
                            after = (last.due_on, last.debtor, last.id);
                            walked.extend(page);
                        }
                        assert_eq!(walked, expected, "{currency:?} from {from} to {to} in pages of {size}");
                    }
                }
            }
        }
        assert!(ranges == 45 && found > 200, "{found}");
    });
}

#[test]
fn receivables_stay_in_their_book() {
    check_isolation(
        &|tx, book| insert(tx, book, &receivables(20)),
        &|tx, book| {
            let mut changed = receivables(20);
            changed.iter_mut().for_each(|receivable| receivable.open.minor = 2);
            update_open(tx, book, &changed.iter().collect::<Vec<_>>())?;
            let keys: Vec<_> = changed.iter().map(|receivable| (receivable.debtor, receivable.id)).collect();
            update_announced(tx, book, &keys, TODAY)?;
            clear_announced(tx, book, keys[0].0, &[keys[0].1])?;
            changed.iter_mut().for_each(|receivable| receivable.number = "ANDERS-1".to_owned());
            update_terms(tx, book, &changed, &mut Shapes::default())
        },
        &|tx, book| {
            let debtors = [DebtorId(5)];
            let key = reference_key("RE-2026-0004");
            Ok(vec![
                ("load_by_external", format!("{:?}", load_by_external(tx, book, &["X-4"])?)),
                ("find_by_keys", format!("{:?}", find_by_keys(tx, book, &[&key])?)),
                ("find_owners_by_number", format!("{:?}", find_owners_by_number(tx, book, &[&key])?)),
                ("load_receivables", format!("{:?}", load_receivables(tx, book, &debtors)?)),
                ("load_open", format!("{:?}", load_open(tx, book, &debtors)?)),
                (
                    "load_receivable",
                    format!("{:?}", load_receivable(tx, book, DebtorId(5), ReceivableId(4))?),
                ),
                ("receivables_of_batch", format!("{:?}", receivables_of_batch(tx, book, BATCH)?)),
                ("each_receivable", format!("{:?}", walk(tx, book)?)),
                ("load_shapes", format!("{:?}", looked_up(tx, book, "RE-2026-0004")?)),
                ("load_due", format!("{:?}", load_due(tx, book, TODAY, TODAY + 7.days())?)),
                (
                    "list_open_due",
                    format!("{:?}", {
                        let first = (date(1, 1, 1), DebtorId(0), ReceivableId(0));
                        list_open_due(tx, book, TODAY - 9.days(), TODAY + 9.days(), Currency::USD, first, 99)?
                    }),
                ),
                ("load_aging", format!("{:?}", load_aging(tx, book, TODAY)?)),
            ])
        },
    );
}
