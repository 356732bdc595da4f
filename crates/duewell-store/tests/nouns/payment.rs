//! Bank statements and payments.

use std::collections::{BTreeSet, HashSet};

use duewell_domain::id::{BatchId, DebtorId, EntryId, PaymentId, StatementId};
use duewell_domain::ledger::{Account, Entry, EntryKind, Posting};
use duewell_domain::money::{Currency, Money};
use duewell_store::StoreError;
use duewell_store::payment::*;
use duewell_store::posting;
use duewell_store::testing::test_now;
use jiff::ToSpan;
use jiff::civil::date;

use super::world::{A, B, TODAY, check_isolation, eur, on_each_world};

fn line_key(n: i64) -> Vec<u8> {
    [&n.to_be_bytes()[..], &[0xff; 24]].concat()
}

/// A payment that waits for a person.
pub fn queued(n: i64, minor: i64, statement: Option<StatementId>) -> Payment {
    Payment {
        id: PaymentId(n),
        debtor: None,
        amount: eur(minor),
        unapplied: eur(0),
        received_on: TODAY,
        source: "bank".to_owned(),
        line_key: line_key(n),
        statement,
        payer_name: "Zoë Ćwik".to_owned(),
        payer_account: "DE02120300000000202051".to_owned(),
        reference: String::new(),
        remittance: "Rechnung 17\nvielen Dank".to_owned(),
        state: PaymentState::Queued,
        because: "no_candidate".to_owned(),
    }
}

/// Payments of all states and of several debtors, ids in steps of three.
fn payments(count: i64) -> Vec<Payment> {
    let states = [PaymentState::Queued, PaymentState::Matched, PaymentState::Outgoing, PaymentState::Ignored];
    (0..count)
        .map(|n| {
            let mut payment = queued(n * 3 + 10, 1_000 + n, (n % 2 == 0).then_some(StatementId(1)));
            payment.state = states[(n % 8 / 2) as usize];
            payment.debtor = (n % 3 != 0).then_some(DebtorId(n % 5 + 1));
            if payment.state == PaymentState::Outgoing {
                payment.amount = Money::new(-n - 1, Currency::USD);
                payment.unapplied = Money::zero(Currency::USD);
            } else if payment.state == PaymentState::Matched {
                payment.unapplied = eur(n);
            }
            payment
        })
        .collect()
}

fn statement(n: i64, opening: Option<i64>, closing: Option<i64>) -> Statement {
    Statement {
        id: StatementId(n),
        account: "DE02120300000000202051".to_owned(),
        identification: format!("Auszug {n}/2026"),
        opening: opening.map(eur),
        closing: closing.map(eur),
        first_on: closing.map(|_| date(2026, 2, 1)),
        last_on: opening.map(|_| TODAY),
        entries: n,
        imported_at: test_now() - n.hours(),
    }
}

#[test]
fn payments_are_read_as_they_were_written_and_as_they_were_matched() {
    on_each_world(|store| {
        let mut kept = payments(90);
        store.write(|tx| insert_payments(tx, A, &kept, test_now())).unwrap();
        let walk = |book| {
            let mut walked = Vec::new();
            store
                .read(|tx| {
                    walked.clear();
                    each_payment(tx, book, |payment| {
                        walked.push(payment);
                        Ok(())
                    })
                })
                .unwrap();
            walked
        };
        assert_eq!(walk(A), kept);
        assert_eq!(walk(B), []);
        for payment in kept.iter_mut().filter(|payment| payment.amount.is_positive()) {
            payment.debtor = Some(DebtorId(payment.id.0 % 4 + 1)).filter(|_| payment.id.0 % 2 == 0);
            payment.unapplied = eur(payment.id.0);
            payment.state = PaymentState::Matched;
            payment.because = "number_and_amount".to_owned();
        }
        store.write(|tx| update_match(tx, A, &kept.iter().collect::<Vec<_>>())).unwrap();
        assert_eq!(walk(A), kept);
        store
            .write(|tx| {
                assert_eq!(load_payment(tx, A, kept[7].id)?.as_ref(), Some(&kept[7]));
                assert_eq!(load_payment(tx, A, PaymentId(1))?, None);
                Ok::<_, StoreError>(())
            })
            .unwrap();
    });
}

/// A payment belongs to a debtor when it waits for a person under the debtor's name or when part of it was posted
/// to the debtor; one payment may belong to several.
#[test]
fn the_payments_of_a_debtor_are_those_that_wait_and_those_that_were_posted() {
    on_each_world(|store| {
        let mut kept =
            [queued(3, 100, None), queued(1, 100, None), queued(2, 100, None), queued(4, 100, None)];
        kept[0].debtor = Some(DebtorId(1));
        kept[1].debtor = Some(DebtorId(1));
        kept[1].state = PaymentState::Matched;
        kept[2].debtor = Some(DebtorId(2));
        kept[2].state = PaymentState::Matched;
        let receipt = |entry: i64, payment: &Payment| {
            let line = |account, minor: i64| Posting {
                account,
                debtor: payment.debtor,
                receivable: None,
                payment: Some(payment.id),
                amount: eur(minor),
            };
            let lines = vec![line(Account::Bank, 100), line(Account::Unapplied, -100)];
            Entry::new(EntryId(entry), EntryKind::Receipt, TODAY, lines).unwrap()
        };
        store
            .write(|tx| {
                insert_payments(tx, A, &kept, test_now())?;
                posting::insert_entries(tx, A, &[receipt(1, &kept[1]), receipt(2, &kept[2])])
            })
            .unwrap();
        let of = |book, debtor: i64| store.read(|tx| payments_of_debtor(tx, book, DebtorId(debtor))).unwrap();
        assert_eq!(of(A, 1), [kept[1].clone(), kept[0].clone()]);
        assert_eq!(of(A, 2), [kept[2].clone()]);
        assert_eq!(of(A, 3), []);
        assert_eq!(of(B, 1), []);
    });
}

#[test]
fn the_queue_is_walked_in_pages_without_gap_or_double() {
    on_each_world(|store| {
        let kept = payments(120);
        store.write(|tx| insert_payments(tx, A, &kept, test_now())).unwrap();
        let waiting: Vec<&Payment> = kept.iter().filter(|p| p.state == PaymentState::Queued).collect();
        assert_eq!(store.read(|tx| count_queue(tx, A)).unwrap(), waiting.len() as i64);
        for size in [1, 7, waiting.len() as i64, 1_000] {
            let (mut walked, mut after) = (Vec::new(), PaymentId(0));
            loop {
                let page = store.read(|tx| list_queue(tx, A, after, size)).unwrap();
                assert!(page.len() as i64 <= size);
                let Some(last) = page.last() else { break };
                after = last.id;
                walked.extend(page);
            }
            assert_eq!(walked.iter().collect::<Vec<_>>(), waiting, "pages of {size}");
        }
    });
}

#[test]
fn payments_that_were_dealt_with_are_walked_newest_first() {
    on_each_world(|store| {
        let kept = payments(80);
        store
            .write(|tx| {
                insert_payments(tx, A, &kept, test_now())?;
                insert_payments(tx, B, &kept[..5], test_now())
            })
            .unwrap();
        let done =
            |payment: &&Payment| matches!(payment.state, PaymentState::Matched | PaymentState::Ignored);
        let expected: Vec<Payment> = kept.iter().rev().filter(done).cloned().collect();
        assert_eq!(expected.len(), 40, "neither what waits nor what left");
        for size in [1, 7, 40, 99] {
            let (mut walked, mut before) = (Vec::new(), PaymentId(i64::MAX));
            loop {
                let page = store.read(|tx| list_newest(tx, A, before, size)).unwrap();
                assert!(page.len() as i64 <= size);
                let Some(last) = page.last() else { break };
                before = last.id;
                walked.extend(page);
            }
            assert_eq!(walked, expected, "pages of {size}");
        }
        let elsewhere = store.read(|tx| list_newest(tx, B, PaymentId(i64::MAX), 99)).unwrap();
        assert!(elsewhere.iter().eq(kept[..5].iter().rev().filter(done)));
    });
}

#[test]
fn what_came_in_is_added_up_by_day_and_currency() {
    on_each_world(|store| {
        let on = |n: i64, days: i64, amount: Money, state| {
            let unapplied = Money::zero(amount.currency);
            Payment { amount, unapplied, received_on: TODAY + days.days(), state, ..queued(n, 1, None) }
        };
        let usd = |minor| Money::new(minor, Currency::USD);
        use PaymentState::{Ignored, Matched, Outgoing, Queued};
        let kept = [
            on(1, 0, eur(1_000_000), Matched),
            on(10, 0, eur(100), Matched),
            on(11, 0, eur(20), Queued),
            on(12, 0, usd(7), Matched),
            on(13, 0, eur(5_000), Ignored),
            on(14, 0, eur(-5_000), Outgoing),
            // A payment that was called back came in as less than nothing.
            on(15, 0, eur(-300), Matched),
            on(16, -1, eur(3), Queued),
            on(17, -2, eur(50_000), Matched),
            on(18, 1, eur(4), Matched),
        ];
        store
            .write(|tx| {
                insert_payments(tx, A, &kept, test_now())?;
                insert_payments(tx, B, &[on(11, 0, eur(9), Matched)], test_now())
            })
            .unwrap();
        let sum = |book, from, days: i64| {
            store.read(|tx| sum_received(tx, book, PaymentId(from), TODAY + days.days())).unwrap()
        };
        let (yesterday, tomorrow) = (TODAY - 1.day(), TODAY + 1.day());
        let today = [(TODAY, eur(120), 2), (TODAY, usd(7), 1)];
        let expected = [(yesterday, eur(3), 1), today[0], today[1], (tomorrow, eur(4), 1)];
        assert_eq!(sum(A, 10, -1), expected);
        assert_eq!(sum(A, 2, -1), expected, "what was recorded before is not looked at");
        assert_eq!(sum(A, 10, 0), expected[1..], "the day itself is within");
        assert_eq!(sum(A, 11, 0)[0], (TODAY, eur(20), 1), "the id itself is within");
        assert_eq!(sum(A, 1, 0)[0], (TODAY, eur(1_000_120), 3));
        assert_eq!(sum(A, 19, -9), []);
        assert_eq!(sum(B, 0, -9), [(TODAY, eur(9), 1)]);
    });
}

#[test]
fn a_line_is_booked_once() {
    on_each_world(|store| {
        store.write(|tx| insert_payments(tx, A, &payments(5), test_now())).unwrap();
        for size in [1, 80] {
            let mut again: Vec<Payment> = (0..size).map(|n| queued(5_000 + n, 5, None)).collect();
            again[size as usize / 2].line_key = line_key(13);
            let refused = store.write(|tx| insert_payments(tx, A, &again, test_now()));
            let Err(StoreError::Duplicate { constraint }) = &refused else { panic!("{refused:?}") };
            assert!(constraint.contains("payment") && constraint.contains("line"), "{constraint}");
        }
        let asked: Vec<Vec<u8>> = (0..250).map(line_key).collect();
        let asked: Vec<&[u8]> = asked.iter().map(Vec::as_slice).collect();
        let known = store.read(|tx| known_lines(tx, A, &asked)).unwrap();
        assert_eq!(known, [10, 13, 16, 19, 22].map(line_key).into());
        assert_eq!(store.read(|tx| known_lines(tx, A, &[])).unwrap(), HashSet::new());
        assert_eq!(store.read(|tx| known_lines(tx, B, &asked)).unwrap(), HashSet::new());
    });
}

#[test]
fn debtors_with_a_waiting_payment_are_known() {
    on_each_world(|store| {
        let asked: Vec<DebtorId> = (1..=120).map(DebtorId).collect();
        let waiting = || store.read(|tx| debtors_with_waiting(tx, A, &asked)).unwrap();
        assert_eq!(waiting(), HashSet::new());
        let mut kept = vec![queued(1, 5, None), queued(2, 5, None), queued(3, 5, None), queued(4, 5, None)];
        kept[1].debtor = Some(DebtorId(110));
        kept[2].debtor = Some(DebtorId(110));
        kept[3].debtor = Some(DebtorId(4));
        kept[3].state = PaymentState::Ignored;
        store.write(|tx| insert_payments(tx, A, &kept, test_now())).unwrap();
        assert_eq!(waiting(), [DebtorId(110)].into());
        assert_eq!(store.read(|tx| debtors_with_waiting(tx, A, &[DebtorId(1)])).unwrap(), HashSet::new());
    });
}

#[test]
fn statements_are_listed_newest_first_with_the_balances_they_have() {
    on_each_world(|store| {
        let kept = [
            statement(1, Some(-5), Some(0)),
            statement(2, None, None),
            statement(3, Some(7), None),
            statement(4, None, Some(i64::MAX)),
        ];
        assert_eq!(store.read(|tx| newest_statement_at(tx, A)).unwrap(), None);
        store
            .write(|tx| {
                for statement in &kept {
                    insert_statement(tx, A, statement, BatchId(1))?;
                }
                Ok::<_, StoreError>(())
            })
            .unwrap();
        let list = |limit| store.read(|tx| list_statements(tx, A, limit)).unwrap();
        assert!(list(9).iter().eq(kept.iter().rev()));
        assert_eq!(list(1), kept[3..]);
        assert_eq!(store.read(|tx| newest_statement_at(tx, A)).unwrap(), Some(kept[0].imported_at));
        assert_eq!(store.read(|tx| newest_statement_at(tx, B)).unwrap(), None);
        for one in &kept {
            // Only a statement with entries is known by its account and name; an empty one by its file too.
            let known = |book, one: &Statement| {
                store.read(|tx| is_statement_known(tx, book, one, b"another file")).unwrap()
            };
            assert!(!known(B, one));
            assert!(!known(A, &Statement { identification: "another".to_owned(), ..one.clone() }));
        }
        let again = store.write(|tx| insert_statement(tx, A, &kept[0], BatchId(2)));
        assert!(matches!(again, Err(StoreError::Duplicate { .. })), "{again:?}");
    });
}

#[test]
fn payments_and_statements_stay_in_their_book() {
    check_isolation(
        &|tx, book| {
            insert_payments(tx, book, &payments(12), test_now())?;
            insert_statement(tx, book, &statement(1, Some(1), Some(2)), BatchId(1))
        },
        &|tx, book| {
            let mut changed = payments(12);
            changed.iter_mut().for_each(|payment| payment.state = PaymentState::Ignored);
            update_match(tx, book, &changed.iter().collect::<Vec<_>>())
        },
        &|tx, book| {
            let debtors: Vec<DebtorId> = (1..=5).map(DebtorId).collect();
            let mut walked = Vec::new();
            each_payment(tx, book, |payment| {
                walked.push(payment);
                Ok(())
            })?;
            let waiting: BTreeSet<_> = debtors_with_waiting(tx, book, &debtors)?.into_iter().collect();
            Ok(vec![
                ("known_lines", format!("{:?}", known_lines(tx, book, &[&line_key(10)])?)),
                ("load_payment", format!("{:?}", load_payment(tx, book, PaymentId(10))?)),
                ("list_queue", format!("{:?}", list_queue(tx, book, PaymentId(0), 99)?)),
                ("list_newest", format!("{:?}", list_newest(tx, book, PaymentId(99), 99)?)),
                ("sum_received", format!("{:?}", sum_received(tx, book, PaymentId(0), TODAY)?)),
                ("count_queue", format!("{:?}", count_queue(tx, book)?)),
                ("payments_of_debtor", format!("{:?}", payments_of_debtor(tx, book, DebtorId(2))?)),
                ("debtors_with_waiting", format!("{waiting:?}")),
                ("each_payment", format!("{walked:?}")),
                ("newest_statement_at", format!("{:?}", newest_statement_at(tx, book)?)),
                ("list_statements", format!("{:?}", list_statements(tx, book, 9)?)),
            ])
        },
    );
}

#[test]
fn the_words_of_states_are_read_back() {
    for state in [PaymentState::Matched, PaymentState::Queued, PaymentState::Outgoing, PaymentState::Ignored]
    {
        assert_eq!(state.as_str().parse(), Ok(state));
    }
    assert!("waiting".parse::<PaymentState>().is_err());
}

#[test]
fn what_a_debtor_paid_is_what_is_theirs_now() {
    on_each_world(|store| {
        let line = |account, debtor: Option<i64>, payment, minor| Posting {
            account,
            debtor: debtor.map(DebtorId),
            receivable: None,
            payment: Some(PaymentId(payment)),
            amount: eur(minor),
        };
        let entry = |n, kind, lines| Entry::new(EntryId(n), kind, TODAY, lines).unwrap();
        let mut paid: Vec<Payment> = [9_001, 9_002, 9_003].map(|n| queued(n, 500, None)).to_vec();
        paid[1].received_on = TODAY - 3.days();
        let entries = [
            // Four on what is owed and one more; another debtor's part of the same payment is not this one's.
            entry(
                9_001,
                EntryKind::Receipt,
                vec![
                    line(Account::Bank, None, 9_001, 500),
                    line(Account::Receivable, Some(901), 9_001, -300),
                    line(Account::Unapplied, Some(901), 9_001, -100),
                    line(Account::Receivable, Some(902), 9_001, -100),
                ],
            ),
            entry(
                9_002,
                EntryKind::Receipt,
                vec![
                    line(Account::Bank, None, 9_002, 500),
                    line(Account::Receivable, Some(901), 9_002, -500),
                ],
            ),
            // Matched and taken back.
            entry(
                9_003,
                EntryKind::Assignment,
                vec![
                    line(Account::Unidentified, None, 9_003, 500),
                    line(Account::Receivable, Some(901), 9_003, -500),
                ],
            ),
            entry(
                9_004,
                EntryKind::Reversal,
                vec![
                    line(Account::Receivable, Some(901), 9_003, 500),
                    line(Account::Unidentified, None, 9_003, -500),
                ],
            ),
        ];
        store
            .write(|tx| {
                insert_payments(tx, A, &paid, test_now())?;
                posting::insert_entries(tx, A, &entries)
            })
            .unwrap();
        let received =
            |book, debtor, limit| store.read(|tx| list_received(tx, book, DebtorId(debtor), limit)).unwrap();
        assert_eq!(received(A, 901, 9), [(TODAY, eur(400)), (TODAY - 3.days(), eur(500))], "newest first");
        assert_eq!(received(A, 901, 1), [(TODAY, eur(400))]);
        assert_eq!(received(A, 902, 9), [(TODAY, eur(100))]);
        assert_eq!(received(B, 901, 9), []);
    });
}
