//! Postings: written once, added up, never changed.

use std::collections::BTreeMap;

use duewell_domain::id::{BookId, DebtorId, EntryId, PaymentId, ReceivableId};
use duewell_domain::ledger::{Account, Entry, EntryKind, Posting};
use duewell_domain::money::{Currency, Money};
use duewell_store::payment::{Payment, PaymentState};
use duewell_store::posting::*;
use duewell_store::testing::test_now;
use duewell_store::{StoreError, Tx};

use super::world::{self, A, Dice, TODAY, check_isolation, eur, on_each_world, open_receivable};

fn line(account: Account, debtor: Option<i64>, amount: Money) -> Posting {
    Posting { account, debtor: debtor.map(DebtorId), receivable: None, payment: None, amount }
}

fn claim(n: i64, debtor: i64, receivable: i64, minor: i64) -> Entry {
    Entry::claim(EntryId(n), TODAY, DebtorId(debtor), ReceivableId(receivable), eur(minor)).unwrap()
}

/// Money arrives and pays a receivable; the rest stays unapplied.
fn receipt(n: i64, debtor: i64, receivable: i64, payment: i64, paid: i64, rest: i64) -> Entry {
    let of = |posting: Posting| Posting { payment: Some(PaymentId(payment)), ..posting };
    let lines = vec![
        of(line(Account::Bank, None, eur(paid + rest))),
        of(Posting {
            receivable: Some(ReceivableId(receivable)),
            ..line(Account::Receivable, Some(debtor), eur(-paid))
        }),
        of(line(Account::Unapplied, Some(debtor), eur(-rest))),
    ];
    Entry::new(EntryId(n), EntryKind::Receipt, TODAY, lines).unwrap()
}

/// What the store answers for these entries: debtor by debtor, entry by entry, line by line.
fn stored(entries: &[Entry]) -> Vec<StoredPosting> {
    let mut lines: Vec<(i64, usize, StoredPosting)> = Vec::new();
    for entry in entries {
        for (number, posting) in entry.postings().iter().enumerate() {
            let kept = StoredPosting {
                debtor: posting.debtor.unwrap_or(DebtorId(0)),
                entry: entry.id().0,
                account: posting.account,
                receivable: posting.receivable,
                payment: posting.payment,
                amount: posting.amount,
                kind: entry.kind(),
            };
            lines.push((entry.id().0, number, kept));
        }
    }
    lines.sort_by_key(|(entry, number, posting)| (posting.debtor, *entry, *number));
    lines.into_iter().map(|(_, _, posting)| posting).collect()
}

fn walk(tx: &mut Tx<'_>, book: BookId) -> Result<Vec<StoredPosting>, StoreError> {
    let mut walked = Vec::new();
    each_posting(tx, book, |posting| {
        walked.push(posting);
        Ok(())
    })?;
    Ok(walked)
}

#[test]
fn postings_are_read_as_they_were_written_and_added_up_per_account() {
    on_each_world(|store| {
        let mut dice = Dice::new(3);
        let mut entries: Vec<Entry> = Vec::new();
        for n in 0..60 {
            let debtor = dice.below(9) + 1;
            entries.push(claim(1_000 - n * 2, debtor, n, 5_000 + n));
            entries.push(receipt(999 - n * 2, debtor, n, n % 20, dice.below(4_000) + 1, dice.below(2) * 50));
        }
        let dollars = Money::new(77, Currency::USD);
        entries.push(
            Entry::new(
                EntryId(5_000),
                EntryKind::Receipt,
                TODAY,
                vec![
                    line(Account::Bank, None, dollars),
                    line(Account::Unidentified, None, dollars.negated().unwrap()),
                ],
            )
            .unwrap(),
        );
        // One alone, some together, all the rest together.
        for piece in [&entries[..1], &entries[1..10], &entries[10..]] {
            store.write(|tx| insert_entries(tx, A, piece)).unwrap();
        }
        let expected = stored(&entries);
        store
            .read(|tx| {
                assert_eq!(walk(tx, A)?, expected);
                for debtor in 0..=10 {
                    let own: Vec<StoredPosting> = expected
                        .iter()
                        .filter(|posting| posting.debtor == DebtorId(debtor))
                        .copied()
                        .collect();
                    assert_eq!(list_postings(tx, A, DebtorId(debtor))?, own);
                }
                for payment in [0, 7, 19, 20].map(PaymentId) {
                    let own: Vec<StoredPosting> =
                        expected.iter().filter(|posting| posting.payment == Some(payment)).copied().collect();
                    assert_eq!(list_postings_of_payment(tx, A, payment)?, own);
                }
                let mut totals: BTreeMap<(Account, Currency), i64> = BTreeMap::new();
                for posting in &expected {
                    *totals.entry((posting.account, posting.amount.currency)).or_default() +=
                        posting.amount.minor;
                }
                let added = account_totals(tx, A)?;
                assert_eq!(added, totals);
                for currency in [Currency::EUR, Currency::USD] {
                    let all: i64 =
                        added.iter().filter(|((_, of), _)| *of == currency).map(|(_, minor)| minor).sum();
                    assert_eq!(all, 0, "the books balance in {currency:?}");
                }
                Ok::<_, StoreError>(())
            })
            .unwrap();
        let again = store.write(|tx| insert_entries(tx, A, &entries[3..4]));
        assert!(matches!(again, Err(StoreError::Duplicate { .. })), "{again:?}");
        store.write(|tx| insert_entries(tx, A, &[])).unwrap();
    });
}

#[test]
fn a_kept_balance_that_is_not_the_sum_of_its_postings_is_listed() {
    on_each_world(|store| {
        let mut half = open_receivable(2, 2, eur(100), TODAY);
        half.open = eur(60);
        let receivables = [
            open_receivable(1, 1, eur(100), TODAY),
            half,
            // The third was never posted.
            open_receivable(3, 3, eur(100), TODAY),
            open_receivable(1, 4, eur(70), TODAY),
        ];
        // The fourth has postings under another debtor only.
        let entries =
            [claim(1, 1, 1, 100), claim(2, 2, 2, 100), receipt(3, 2, 2, 9, 30, 0), claim(4, 2, 4, 70)];
        store
            .write(|tx| {
                world::add_receivables(tx, A, &receivables)?;
                insert_entries(tx, A, &entries)
            })
            .unwrap();
        let wrong = |receivable: usize, kept: i64, posted: i64| WrongOpen {
            debtor: receivables[receivable].debtor,
            receivable: receivables[receivable].id,
            number: receivables[receivable].number.clone(),
            kept: eur(kept),
            posted: eur(posted),
        };
        let listed = store.read(|tx| list_wrong_open(tx, A)).unwrap();
        assert_eq!(listed, [wrong(3, 70, 0), wrong(1, 60, 70), wrong(2, 100, 0)]);
        let right = Entry::claim_change(EntryId(5), TODAY, DebtorId(2), ReceivableId(2), eur(-10)).unwrap();
        let late = [right, claim(6, 3, 3, 100), claim(7, 1, 4, 70)];
        store.write(|tx| insert_entries(tx, A, &late)).unwrap();
        assert_eq!(store.read(|tx| list_wrong_open(tx, A)).unwrap(), []);
    });
}

fn payments() -> Vec<Payment> {
    let states = [PaymentState::Matched, PaymentState::Queued, PaymentState::Ignored, PaymentState::Outgoing];
    states
        .into_iter()
        .zip(1..)
        .flat_map(|(state, n)| {
            let sign = if state == PaymentState::Outgoing { -1 } else { 1 };
            let euros =
                Payment { state, unapplied: eur(n), ..super::payment::queued(n, sign * n * 100, None) };
            let dollars = Payment {
                amount: Money::new(sign * n * 7, Currency::USD),
                unapplied: Money::zero(Currency::USD),
                ..Payment { state, ..super::payment::queued(n + 10, 1, None) }
            };
            [euros, dollars]
        })
        .collect()
}

#[test]
fn payments_say_what_unapplied_unidentified_and_bank_must_hold() {
    on_each_world(|store| {
        assert_eq!(store.read(|tx| payment_totals(tx, A)).unwrap(), BTreeMap::new());
        store.write(|tx| duewell_store::payment::insert_payments(tx, A, &payments(), test_now())).unwrap();
        let expected = BTreeMap::from([
            ((Account::Unapplied, Currency::EUR), 1),
            ((Account::Unapplied, Currency::USD), 0),
            ((Account::Unidentified, Currency::EUR), 200 + 300),
            ((Account::Unidentified, Currency::USD), 14 + 21),
            ((Account::Bank, Currency::EUR), 100 + 200 + 300),
            ((Account::Bank, Currency::USD), 7 + 14 + 21),
        ]);
        assert_eq!(store.read(|tx| payment_totals(tx, A)).unwrap(), expected);
    });
}

#[test]
fn the_parts_of_a_payment_that_were_taken_back_are_not_assigned() {
    on_each_world(|store| {
        let back = Entry::new(
            EntryId(4),
            EntryKind::Reversal,
            TODAY,
            receipt(0, 1, 1, 9, 30, 0)
                .postings()
                .iter()
                .map(|posting| Posting { amount: posting.amount.negated().unwrap(), ..*posting })
                .collect(),
        )
        .unwrap();
        let entries = [
            claim(1, 1, 1, 100),
            receipt(2, 1, 1, 9, 30, 0),
            receipt(3, 2, 2, 9, 40, 5),
            back,
            receipt(5, 2, 2, 8, 1, 0),
        ];
        store.write(|tx| insert_entries(tx, A, &entries)).unwrap();
        let postings = store.read(|tx| list_postings_of_payment(tx, A, PaymentId(9))).unwrap();
        let parts = assigned_parts(&postings, PaymentId(9)).unwrap();
        assert_eq!(parts, BTreeMap::from([((DebtorId(2), ReceivableId(2)), eur(40))]));
    });
}

#[test]
fn postings_stay_in_their_book() {
    check_isolation(
        &|tx, book| {
            world::add_receivables(tx, book, &[open_receivable(1, 1, eur(100), TODAY)])?;
            insert_entries(tx, book, &[claim(1, 1, 1, 100), receipt(2, 1, 1, 9, 30, 5)])?;
            duewell_store::payment::insert_payments(tx, book, &payments(), test_now())
        },
        &|tx, book| insert_entries(tx, book, &[receipt(3, 1, 1, 9, 70, 0)]),
        &|tx, book| {
            Ok(vec![
                ("each_posting", format!("{:?}", walk(tx, book)?)),
                ("list_postings", format!("{:?}", list_postings(tx, book, DebtorId(1))?)),
                (
                    "list_postings_of_payment",
                    format!("{:?}", list_postings_of_payment(tx, book, PaymentId(9))?),
                ),
                ("list_wrong_open", format!("{:?}", list_wrong_open(tx, book)?)),
                ("account_totals", format!("{:?}", account_totals(tx, book)?)),
                ("payment_totals", format!("{:?}", payment_totals(tx, book)?)),
            ])
        },
    );
}
