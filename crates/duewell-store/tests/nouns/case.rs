//! Dunning cases.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use duewell_domain::contact::ContactRule;
use duewell_domain::dunning::{Case, Reason};
use duewell_domain::hold::HoldReason;
use duewell_domain::id::{CaseId, DebtorId};
use duewell_domain::money::Currency;
use duewell_store::StoreError;
use duewell_store::case::*;
use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::world::{A, B, Dice, TODAY, check_isolation, on_each_world};

fn reasons() -> Vec<Option<Reason>> {
    let mut reasons = vec![
        None,
        Some(Reason::NothingOpen),
        Some(Reason::NotYet),
        Some(Reason::TooSoon),
        Some(Reason::BelowTolerance),
        Some(Reason::ScenarioFinished),
        Some(Reason::StaleMoney),
        Some(Reason::PaymentWaiting),
        Some(Reason::NoAddress),
        Some(Reason::OptedOut),
        Some(Reason::AddressFailed),
        Some(Reason::Paid),
        Some(Reason::AmountChanged),
        Some(Reason::TextFailed),
    ];
    reasons.extend(HoldReason::ALL.map(|hold| Some(Reason::OnHold(hold))));
    let rules = [
        ContactRule::QuietHours,
        ContactRule::Sunday,
        ContactRule::Holiday,
        ContactRule::FrequencyCap,
        ContactRule::NoCommonHour,
    ];
    reasons.extend(rules.map(|rule| Some(Reason::Policy(rule))));
    reasons
}

/// A day before all others that both engines know.
const FIRST_DAY: Date = date(1, 1, 1);

/// One case per debtor and reason, in one currency or two.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (index, waiting) in reasons().into_iter().cycle().take(120).enumerate() {
        let n = index as i64 + 1;
        let mut case = Case::new(CaseId(n), DebtorId(n), Currency::EUR, TODAY + (n % 7 - 3).days());
        case.cycle = u32::MAX - index as u32;
        case.anchor_on = (n % 3 == 0).then_some(date(2025, 12, 31));
        case.steps_done = index as u32;
        case.last_notice_on = (n % 4 == 0).then_some(date(2026, 2, 28));
        case.next_event_on = case.next_event_on.filter(|_| n % 5 != 0);
        case.waiting = waiting;
        if n % 10 == 0 {
            cases.push(Case { id: CaseId(n + 1_000), currency: Currency::USD, ..case.clone() });
        }
        cases.push(case);
    }
    cases
}

fn by_key(cases: &[Case]) -> HashMap<(DebtorId, Currency), Case> {
    cases.iter().map(|case| ((case.debtor, case.currency), case.clone())).collect()
}

#[test]
fn cases_are_read_as_they_were_written_and_found_when_they_are_due() {
    on_each_world(|store| {
        let mut kept = cases();
        let ids: Vec<DebtorId> = (1..=120).map(DebtorId).collect();
        store.write(|tx| insert_cases(tx, A, &kept)).unwrap();
        store
            .write(|tx| {
                assert_eq!(load_cases(tx, A, &ids)?, by_key(&kept));
                for case in &mut kept {
                    case.cycle = 3;
                    case.steps_done += 1;
                    std::mem::swap(&mut case.anchor_on, &mut case.last_notice_on);
                    case.waiting = reasons()[case.debtor.0 as usize % reasons().len()];
                }
                update_cases(tx, A, &kept)?;
                assert_eq!(load_cases(tx, A, &ids)?, by_key(&kept));
                Ok::<_, StoreError>(())
            })
            .unwrap();
        let mut due: Vec<&Case> =
            kept.iter().filter(|case| case.next_event_on.is_some_and(|day| day <= TODAY)).collect();
        due.sort_by_key(|case| (case.next_event_on, case.debtor));
        store
            .read(|tx| {
                assert_eq!(count_due(tx, A, TODAY)?, due.len() as i64);
                let listed = list_due(tx, A, TODAY, 10_000)?;
                assert_eq!(listed.iter().collect::<Vec<_>>(), due, "longest due first");
                for limit in [0, 1, 7] {
                    assert_eq!(list_due(tx, A, TODAY, limit)?, listed[..limit as usize]);
                }
                assert_eq!(list_due(tx, A, date(2020, 1, 1), 9)?, []);

                let finished: Vec<&Case> =
                    kept.iter().filter(|case| case.waiting == Some(Reason::ScenarioFinished)).collect();
                let listed = list_finished(tx, A, 100)?;
                assert!(!listed.is_empty() && listed.iter().all(|case| finished.contains(&case)));
                assert_eq!(listed.len(), finished.len());
                assert!(listed.is_sorted_by_key(|case| case.debtor));
                assert_eq!(list_finished(tx, A, 1)?, listed[..1]);

                // A debtor whose cases in two currencies wait for the same is one debtor.
                let mut waiting: BTreeMap<String, (Reason, BTreeSet<DebtorId>)> = BTreeMap::new();
                for case in &kept {
                    let Some(reason) = case.waiting else { continue };
                    waiting.entry(reason.code()).or_insert((reason, BTreeSet::new())).1.insert(case.debtor);
                }
                let counts = waiting.into_values().map(|(reason, debtors)| (reason, debtors.len() as i64));
                assert_eq!(count_waiting(tx, A)?, counts.collect::<Vec<_>>());
                Ok::<_, StoreError>(())
            })
            .unwrap();
    });
}

/// The run takes the first cases, decides, moves them on and asks again: nobody is left out or seen twice.
#[test]
fn working_through_what_is_due_in_pieces_meets_each_case_once() {
    on_each_world(|store| {
        let kept = cases();
        store.write(|tx| insert_cases(tx, A, &kept)).unwrap();
        let due = store.read(|tx| count_due(tx, A, TODAY)).unwrap();
        let mut met = Vec::new();
        loop {
            let piece = store
                .write(|tx| {
                    let mut piece = list_due(tx, A, TODAY, 7)?;
                    for case in &mut piece {
                        case.next_event_on = Some(TODAY.tomorrow().unwrap());
                    }
                    update_cases(tx, A, &piece)?;
                    Ok::<_, StoreError>(piece)
                })
                .unwrap();
            if piece.is_empty() {
                break;
            }
            met.extend(piece.iter().map(|case| case.id));
        }
        assert_eq!(met.len() as i64, due);
        met.sort_unstable();
        met.dedup();
        assert_eq!(met.len() as i64, due, "a case was met twice");
    });
}

#[test]
fn what_is_overdue_is_walked_longest_first_and_no_currency_is_lost_between_pages() {
    on_each_world(|store| {
        let mut dice = Dice::new(5);
        let mut kept = Vec::new();
        for n in 1..=100 {
            for currency in [Currency::EUR, Currency::JPY, Currency::USD] {
                let id = CaseId(kept.len() as i64 + 1);
                let mut case = Case::new(id, DebtorId(n), currency, TODAY);
                // Few days, so that many share one; some cases have nothing overdue.
                case.anchor_on = (dice.below(4) > 0).then(|| TODAY - dice.below(4).days());
                kept.push(case);
            }
        }
        let (elsewhere, here) = kept.split_at(30);
        store
            .write(|tx| {
                insert_cases(tx, A, here)?;
                insert_cases(tx, B, elsewhere)
            })
            .unwrap();
        let expected = |cases: &[Case]| {
            let mut overdue: Vec<Case> = cases.iter().filter(|c| c.anchor_on.is_some()).cloned().collect();
            overdue.sort_by_key(|case| (case.anchor_on, case.debtor, case.currency.code()));
            overdue
        };
        let overdue = expected(here);
        let debtors =
            |cases: &[Case]| cases.iter().map(|case| case.debtor).collect::<BTreeSet<_>>().len() as i64;
        assert_eq!(store.read(|tx| count_overdue(tx, A)).unwrap(), debtors(&overdue));
        for size in [1, 2, 7, 50, 1_000] {
            let (mut walked, mut after) = (Vec::new(), (FIRST_DAY, DebtorId(0)));
            loop {
                let page = store.read(|tx| list_overdue(tx, A, after, size)).unwrap();
                assert!(page.len() as i64 <= size + 2, "only the last debtor's other currencies come along");
                let Some(last) = page.last() else { break };
                after = (last.anchor_on.unwrap(), last.debtor);
                walked.extend(page);
            }
            assert_eq!(walked, overdue, "pages of {size}");
        }
        assert_eq!(store.read(|tx| count_overdue(tx, B)).unwrap(), debtors(&expected(elsewhere)));
        let first = (FIRST_DAY, DebtorId(0));
        assert_eq!(store.read(|tx| list_overdue(tx, B, first, 99)).unwrap(), expected(elsewhere));
        assert_eq!(store.read(|tx| list_overdue(tx, A, first, 0)).unwrap(), []);
    });
}

#[test]
fn cases_that_wait_for_a_person_are_walked_by_what_they_wait_for() {
    on_each_world(|store| {
        let stuck = [
            Reason::ScenarioFinished,
            Reason::NoAddress,
            Reason::OptedOut,
            Reason::AddressFailed,
            Reason::TextFailed,
        ];
        let mut dice = Dice::new(6);
        let mut kept = Vec::new();
        for n in 1..=90 {
            for currency in [Currency::EUR, Currency::USD] {
                let id = CaseId(kept.len() as i64 + 1);
                let mut case = Case::new(id, DebtorId(n), currency, TODAY);
                case.waiting = stuck.get(dice.below(6) as usize).copied().or(Some(Reason::TooSoon));
                kept.push(case);
            }
        }
        store
            .write(|tx| {
                insert_cases(tx, A, &kept)?;
                insert_cases(tx, B, &kept[..20])
            })
            .unwrap();
        for reason in stuck {
            let expected = |cases: &[Case]| {
                let waits = |case: &&Case| case.waiting == Some(reason);
                cases.iter().filter(waits).cloned().collect::<Vec<_>>()
            };
            for size in [1, 3, 100] {
                let (mut walked, mut after) = (Vec::new(), DebtorId(0));
                loop {
                    let page = store.read(|tx| list_stuck(tx, A, reason, after, size)).unwrap();
                    assert!(page.len() as i64 <= size + 1);
                    let Some(last) = page.last() else { break };
                    after = last.debtor;
                    walked.extend(page);
                }
                assert!(walked.len() > 9);
                assert_eq!(walked, expected(&kept), "{reason:?} in pages of {size}");
            }
            let elsewhere = store.read(|tx| list_stuck(tx, B, reason, DebtorId(0), 99)).unwrap();
            assert_eq!(elsewhere, expected(&kept[..20]));
        }
        // What goes on by itself waits for nobody.
        assert_eq!(store.read(|tx| list_stuck(tx, A, Reason::TooSoon, DebtorId(0), 99)).unwrap(), []);
    });
}

#[test]
fn a_case_that_is_woken_keeps_everything_but_its_day() {
    on_each_world(|store| {
        let mut kept = cases();
        let day: Date = date(2030, 6, 1);
        store
            .write(|tx| {
                insert_cases(tx, A, &kept)?;
                let woken: Vec<_> =
                    kept.iter().take(70).map(|case| (case.debtor, case.currency, day)).collect();
                wake_cases(tx, A, &woken)?;
                wake_cases(tx, B, &woken)
            })
            .unwrap();
        for case in kept.iter_mut().take(70) {
            case.next_event_on = Some(day);
        }
        let ids: Vec<DebtorId> = (1..=120).map(DebtorId).collect();
        assert_eq!(store.read(|tx| load_cases(tx, A, &ids)).unwrap(), by_key(&kept));
        assert!(store.read(|tx| load_cases(tx, B, &ids)).unwrap().is_empty());
    });
}

#[test]
fn all_cases_are_looked_at_today_but_for_those_whose_day_has_come() {
    on_each_world(|store| {
        let mut kept = cases();
        store
            .write(|tx| {
                insert_cases(tx, A, &kept)?;
                insert_cases(tx, B, &kept)
            })
            .unwrap();
        let later = |case: &&mut Case| case.next_event_on.is_none_or(|day| day > TODAY);
        let woken = store.write(|tx| wake_all(tx, A, TODAY)).unwrap();
        assert_eq!(woken, kept.iter_mut().filter(later).count() as u64);
        let of_b = by_key(&kept);
        kept.iter_mut().filter(later).for_each(|case| case.next_event_on = Some(TODAY));
        let ids: Vec<DebtorId> = (1..=120).map(DebtorId).collect();
        let load = |book| store.read(|tx| load_cases(tx, book, &ids)).unwrap();
        assert_eq!((load(A), load(B)), (by_key(&kept), of_b));
        assert_eq!(store.read(|tx| count_due(tx, A, TODAY)).unwrap(), kept.len() as i64);
        assert_eq!(store.write(|tx| wake_all(tx, A, TODAY)).unwrap(), 0);
    });
}

#[test]
fn a_debtor_has_one_case_per_currency() {
    on_each_world(|store| {
        let case = Case::new(CaseId(1), DebtorId(1), Currency::EUR, TODAY);
        let second = Case { id: CaseId(2), ..case.clone() };
        store.write(|tx| insert_cases(tx, A, std::slice::from_ref(&case))).unwrap();
        let refused = store.write(|tx| insert_cases(tx, A, std::slice::from_ref(&second)));
        assert!(matches!(refused, Err(StoreError::Duplicate { .. })), "{refused:?}");
        store.write(|tx| insert_cases(tx, A, &[Case { currency: Currency::USD, ..second }])).unwrap();
        let nobody = Case::new(CaseId(3), DebtorId(9_999), Currency::EUR, TODAY);
        assert!(store.write(|tx| insert_cases(tx, A, std::slice::from_ref(&nobody))).is_err());
    });
}

#[test]
fn cases_stay_in_their_book() {
    check_isolation(
        &|tx, book| insert_cases(tx, book, &cases()),
        &|tx, book| {
            let mut changed = cases();
            changed.iter_mut().for_each(|case| case.steps_done = 77);
            update_cases(tx, book, &changed)?;
            let woken: Vec<_> = changed.iter().map(|case| (case.debtor, case.currency, TODAY)).collect();
            wake_cases(tx, book, &woken)?;
            wake_all(tx, book, TODAY - 1.day()).map(drop)
        },
        &|tx, book| {
            let ids: Vec<DebtorId> = (1..=120).map(DebtorId).collect();
            Ok(vec![
                ("list_due", format!("{:?}", list_due(tx, book, TODAY, 1_000)?)),
                ("count_due", format!("{:?}", count_due(tx, book, TODAY)?)),
                (
                    "load_cases",
                    format!("{:?}", load_cases(tx, book, &ids)?.into_iter().collect::<BTreeMap<_, _>>()),
                ),
                ("list_overdue", format!("{:?}", list_overdue(tx, book, (FIRST_DAY, DebtorId(0)), 1_000)?)),
                ("count_overdue", format!("{:?}", count_overdue(tx, book)?)),
                ("list_stuck", format!("{:?}", list_stuck(tx, book, Reason::OptedOut, DebtorId(0), 1_000)?)),
                ("list_finished", format!("{:?}", list_finished(tx, book, 1_000)?)),
                ("count_waiting", format!("{:?}", count_waiting(tx, book)?)),
            ])
        },
    );
}
