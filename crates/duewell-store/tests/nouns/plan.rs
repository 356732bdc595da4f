//! Installment plans: terms, log, sources, versions, installments.

use duewell_domain::id::{BookId, DebtorId, PaymentId, PlanId, ReceivableId};
use duewell_domain::money::Currency;
use duewell_domain::plan::{Entry, Event, MoneyKind, PlanPolicy, RowKey, Terms};
use duewell_store::plan::*;
use duewell_store::testing::test_now;
use duewell_store::{StoreError, Tx};
use jiff::civil::date;

use super::world::{A, B, TODAY, check_isolation, eur, on_each_world};

fn made(debtor: i64, id: i64, number: &str) -> Plan {
    let mut terms = Terms::equal_parts(Currency::EUR, 30_000, TODAY, 3);
    terms.interest.rate = "9.4822".parse().unwrap();
    Plan {
        debtor: DebtorId(debtor),
        id: PlanId(id),
        number: number.to_owned(),
        state: PlanState::Offered,
        terms,
        policy: PlanPolicy::default(),
        version: 1,
        open: eur(30_000),
        made_on: TODAY,
        evidence: "{}".to_owned(),
    }
}

fn agenda() -> Agenda {
    let item = |day, receivable, amount| AgendaItem {
        on: date(2026, 3, day),
        receivable: ReceivableId(receivable),
        amount,
    };
    let items = vec![item(1, 601, 79), item(2, 602, -3), item(20, 603, i64::MAX)];
    Agenda { look_on: Some(date(2026, 4, 1)), items, done: 1 }
}

#[test]
fn an_agenda_says_what_comes_next() {
    let mut agenda = agenda();
    assert_eq!(agenda.next_on(), Some(date(2026, 3, 2)));
    agenda.done = 3;
    assert_eq!(agenda.next_on(), Some(date(2026, 4, 1)));
    assert_eq!(Agenda::default().next_on(), None);
}

#[test]
fn a_plan_is_due_until_nothing_is_to_come() {
    on_each_world(|store| {
        let plan = made(1, 7, "P26-1");
        store
            .write(|tx| {
                insert_plan(tx, A, &plan, &[], test_now())?;
                put_agendas(tx, A, &[(&plan, agenda()), (&made(2, 8, "P26-2"), Agenda::default())])
            })
            .unwrap();
        let due = |day| store.read(|tx| list_due(tx, A, day, 9)).unwrap();
        assert_eq!(due(date(2026, 3, 1)), []);
        // Two items of three by the 20th, and nothing to look at yet.
        let all = agenda().items;
        let expected = DuePlan {
            debtor: DebtorId(1),
            plan: PlanId(7),
            currency: Currency::EUR,
            looks: false,
            items: all[1..].to_vec(),
            done: 3,
            next_on: Some(date(2026, 4, 1)),
        };
        assert_eq!(due(date(2026, 3, 20)), [expected]);
        let mut early = due(date(2026, 3, 5));
        assert_eq!((early[0].items.as_slice(), early[0].next_on), (&all[1..2], Some(date(2026, 3, 20))));
        store.write(|tx| update_due(tx, A, &early)).unwrap();
        assert_eq!(due(date(2026, 3, 5)), []);
        assert!(due(date(2026, 4, 1))[0].looks);
        let kept = store.read(|tx| load_agenda(tx, A, DebtorId(1), PlanId(7))).unwrap();
        assert_eq!(kept, Agenda { done: 2, ..agenda() });
        early[0].next_on = None;
        store.write(|tx| update_due(tx, A, &early)).unwrap();
        assert_eq!(due(date(2030, 1, 1)), []);
        assert_eq!(store.read(|tx| load_agenda(tx, A, DebtorId(1), PlanId(7))).unwrap(), Agenda::default());
        store
            .write(|tx| {
                put_agendas(tx, A, &[(&plan, agenda())])?;
                remove_agenda(tx, A, DebtorId(1), PlanId(7))
            })
            .unwrap();
        assert_eq!(due(date(2030, 1, 1)), []);
    });
}

fn entry(number: u32, event: Event, payment: Option<i64>) -> PlanEntry {
    let entry = Entry { number, value_on: date(2026, 3, 1), entered_on: TODAY, event };
    PlanEntry { entry, payment: payment.map(PaymentId) }
}

fn source(receivable: i64, amount: i64) -> PlanSource {
    PlanSource { receivable: ReceivableId(receivable), amount, moved: 0 }
}

fn version(version: i64, because: &str) -> PlanVersion {
    PlanVersion {
        version,
        made_at: test_now(),
        because: because.to_owned(),
        schedule: "{}".to_owned(),
        disclosure: "[]".to_owned(),
    }
}

#[test]
fn a_plan_is_read_back_as_it_was_written() {
    on_each_world(|store| {
        let mut plan = made(1, 7, "P26-1");
        let sources = [source(501, 10_000), source(502, 20_000)];
        let money = Event::Money { kind: MoneyKind::Payment, amount: 10_000, names: None, ahead: None };
        let entries = [entry(1, Event::Advance { amount: 30_000 }, None), entry(2, money, Some(44))];
        store
            .write(|tx| {
                assert_eq!(next_number(tx, A, 2026)?, "P26-1");
                assert_eq!(next_number(tx, A, 2026)?, "P26-2");
                assert_eq!(
                    (next_number(tx, A, 2027)?, next_number(tx, B, 2026)?),
                    ("P27-1".into(), "P26-1".into())
                );
                insert_plan(tx, A, &plan, &sources, test_now())?;
                insert_plan(tx, A, &made(2, 8, "P26-2"), &[], test_now())?;
                insert_entries(tx, A, &plan, &entries)?;
                insert_version(tx, A, &plan, &version(1, "offered"))?;
                insert_version(tx, A, &plan, &version(2, "payday moved"))?;
                let rows = [(RowKey::Regular(1), ReceivableId(601)), (RowKey::Additional, ReceivableId(602))];
                insert_rows(tx, A, &plan, &rows)
            })
            .unwrap();
        store
            .read(|tx| {
                assert_eq!(load_plan(tx, A, PlanId(7))?, Some(plan.clone()));
                assert_eq!(load_plan(tx, A, PlanId(9))?, None);
                assert_eq!(find_plan(tx, A, "P26-2")?, Some(PlanId(8)));
                assert_eq!(find_plan(tx, A, "P26-3")?, None);
                assert_eq!(plans_of_debtor(tx, A, DebtorId(1))?, [plan.clone()]);
                let newest = |tx: &mut Tx<'_>, before, limit| {
                    Ok::<_, StoreError>(
                        list_newest(tx, A, PlanId(before), limit)?
                            .iter()
                            .map(|one| one.id.0)
                            .collect::<Vec<_>>(),
                    )
                };
                assert_eq!((newest(tx, i64::MAX, 9)?, newest(tx, 8, 9)?), (vec![8, 7], vec![7]));
                assert_eq!(newest(tx, i64::MAX, 1)?, [8]);
                let offered = list_newest_in(tx, A, PlanState::Offered, PlanId(8), 9)?;
                assert_eq!(offered, [plan.clone()]);
                assert!(list_newest_in(tx, A, PlanState::Active, PlanId(i64::MAX), 9)?.is_empty());
                assert_eq!(load_entries(tx, A, DebtorId(1), PlanId(7))?, entries);
                assert_eq!(load_sources(tx, A, DebtorId(1), PlanId(7))?, sources);
                let rows = load_rows(tx, A, DebtorId(1), PlanId(7))?;
                assert_eq!((rows.len(), rows[&RowKey::Additional]), (2, ReceivableId(602)));
                let placed = find_placed(tx, A, &[DebtorId(1), DebtorId(2)])?;
                assert_eq!(placed[&ReceivableId(601)], (DebtorId(1), PlanId(7), RowKey::Regular(1)));
                assert_eq!(find_placed(tx, A, &[DebtorId(1)])?, placed);
                assert!(find_placed(tx, A, &[DebtorId(2)])?.is_empty());
                let versions = list_versions(tx, A, DebtorId(1), PlanId(7))?;
                assert_eq!(versions, [version(1, "offered"), version(2, "payday moved")]);
                Ok::<_, StoreError>(())
            })
            .unwrap();
        plan.state = PlanState::Active;
        plan.version = 3;
        plan.open = eur(20_000);
        plan.evidence = "{\"how\":\"by phone\"}".to_owned();
        let moved = [PlanSource { moved: 10_000, ..sources[0] }, PlanSource { moved: 20_000, ..sources[1] }];
        store
            .write(|tx| {
                update_plan(tx, A, &plan)?;
                update_sources(tx, A, &plan, &moved)
            })
            .unwrap();
        store
            .read(|tx| {
                assert_eq!(load_plan(tx, A, PlanId(7))?, Some(plan.clone()));
                assert_eq!(load_sources(tx, A, DebtorId(1), PlanId(7))?, moved);
                let states = [(PlanState::Active, 1, eur(20_000)), (PlanState::Offered, 1, eur(30_000))];
                assert_eq!(count_states(tx, A)?, states);
                Ok::<_, StoreError>(())
            })
            .unwrap();
    });
}

#[test]
fn a_number_is_given_to_one_plan() {
    on_each_world(|store| {
        let twice = store.write(|tx| {
            insert_plan(tx, A, &made(1, 7, "P26-1"), &[], test_now())?;
            insert_plan(tx, A, &made(2, 8, "P26-1"), &[], test_now())
        });
        assert!(matches!(twice, Err(StoreError::Duplicate { .. })), "{twice:?}");
    });
}

#[test]
fn every_state_of_a_plan_is_a_word() {
    for state in PlanState::ALL {
        assert_eq!(state.as_str().parse::<PlanState>().unwrap(), state);
        assert_eq!(state.to_string(), state.as_str());
    }
    assert!("lost".parse::<PlanState>().is_err());
}

#[test]
fn plans_stay_in_their_book() {
    let fill = |tx: &mut Tx<'_>, book: BookId| -> Result<(), StoreError> {
        let mut plan = made(1, 7, "P26-1");
        plan.state = PlanState::Active;
        next_number(tx, book, 2026)?;
        insert_plan(tx, book, &plan, &[source(501, 30_000)], test_now())?;
        put_agendas(tx, book, &[(&plan, agenda())])?;
        insert_entries(tx, book, &plan, &[entry(1, Event::Advance { amount: 30_000 }, None)])?;
        insert_version(tx, book, &plan, &version(1, "offered"))?;
        insert_rows(tx, book, &plan, &[(RowKey::Regular(1), ReceivableId(601))])
    };
    let change = |tx: &mut Tx<'_>, book: BookId| {
        let mut plan = made(1, 7, "P26-1");
        plan.state = PlanState::Broken;
        let due = list_due(tx, book, TODAY, 9)?;
        update_due(tx, book, &due)?;
        update_plan(tx, book, &plan)?;
        update_sources(tx, book, &plan, &[PlanSource { moved: 5, ..source(501, 30_000) }])
    };
    check_isolation(&fill, &change, &|tx, book| {
        let (debtor, plan) = (DebtorId(1), PlanId(7));
        Ok(vec![
            ("load_plan", format!("{:?}", load_plan(tx, book, plan)?)),
            ("find_plan", format!("{:?}", find_plan(tx, book, "P26-1")?)),
            ("plans_of_debtor", format!("{:?}", plans_of_debtor(tx, book, debtor)?)),
            ("list_newest", format!("{:?}", list_newest(tx, book, PlanId(i64::MAX), 9)?)),
            ("list_newest_in", format!("{:?}", list_newest_in(tx, book, PlanState::Active, PlanId(9), 9)?)),
            ("list_due", format!("{:?}", list_due(tx, book, TODAY, 9)?)),
            ("count_due", format!("{:?}", count_due(tx, book, TODAY)?)),
            ("count_states", format!("{:?}", count_states(tx, book)?)),
            ("load_entries", format!("{:?}", load_entries(tx, book, debtor, plan)?)),
            ("load_sources", format!("{:?}", load_sources(tx, book, debtor, plan)?)),
            ("load_rows", format!("{:?}", load_rows(tx, book, debtor, plan)?)),
            ("find_placed", format!("{:?}", find_placed(tx, book, &[debtor])?)),
            ("load_agenda", format!("{:?}", load_agenda(tx, book, debtor, plan)?)),
            ("list_versions", format!("{:?}", list_versions(tx, book, debtor, plan)?)),
        ])
    });
}
