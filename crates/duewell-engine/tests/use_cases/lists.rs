//! Work lists: everyone once, found by what people type, and figures that are those of the lists behind them.

use std::collections::BTreeSet;

use duewell_domain::debtor::Consent;
use duewell_domain::dunning::Reason;
use duewell_domain::hold::HoldReason;
use duewell_domain::money::{Currency, Money};
use duewell_engine::cash::{Target, record_payment};
use duewell_engine::hold::{place_hold, set_consent};
use duewell_engine::portal::add_note;
use duewell_engine::report;
use duewell_engine::view::{
    ListRow, PAGE, SOON_DAYS, Show, Span, list_debtors, list_receivables, stamp, today,
};
use duewell_formats::table::TableKind;
use duewell_store::testing::on_each_engine;
use duewell_store::{Store, receivable};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::world::World;

const TODAY: Date = date(2026, 3, 2);
const MANY: usize = 150;

fn usd() -> Currency {
    "USD".parse().expect("a currency")
}

fn number(one: usize) -> String {
    format!("K-{one:04}")
}

/// A book of debtors with the same name. All owe euros and every third dollars too; due dates lie
/// on both sides of every border between two spans. So many days have been lived with it.
fn open(store: &Store, days: i64) -> World {
    let mut world = World::open(store, TODAY);
    let mut debtors = "customer_number,name,type,email,country\n".to_owned();
    let mut claims = "invoice_number,customer_number,kind,amount,currency,due_on,reference\n".to_owned();
    let borders = [-400, -121, -91, -90, -61, -60, -31, -30, -15, -1, 0, 1, 7, 8, 40];
    for one in 0..MANY {
        let email = if one % 10 == 3 { String::new() } else { format!("post{one}@nord.example") };
        debtors.push_str(&format!("{},Nordmann & Söhne GmbH,company,{email},DE\n", number(one)));
        let due_on = TODAY + borders[one % borders.len()].days();
        claims.push_str(&format!("RE-{one:04}-E,{},invoice,{}.50,EUR,{due_on},\n", number(one), 10 + one));
        if one % 3 == 0 {
            claims.push_str(&format!("RE-{one:04}-U,{},invoice,20.00,USD,{due_on},\n", number(one)));
        }
    }
    world.bring_in(TableKind::Debtors, &debtors);
    world.bring_in(TableKind::Receivables, &claims);
    for one in 0..MANY {
        let id = world.debtor(&number(one));
        if one % 10 == 6 {
            set_consent(&world.desk, id, None, Consent::Refused, "phone", "user:test").expect("a no");
        }
        let reason = match one % 20 {
            7 => HoldReason::Dispute,
            9 => HoldReason::Promise,
            11 => HoldReason::PaymentClaimed,
            13 => HoldReason::Care,
            15 => HoldReason::Legal,
            17 => HoldReason::Manual,
            _ => continue,
        };
        // Some have two or three of a kind: one for each receivable and one for all.
        let until = (reason == HoldReason::Promise).then_some(TODAY + 20.days());
        let place = |of| {
            place_hold(&world.desk, id, of, reason, until, "", "user:test").expect("a hold");
        };
        place(None);
        for (receivable, _) in world.receivables(id) {
            if one % 40 > 20 {
                place(Some(receivable));
            }
        }
    }
    for ahead in 0..days {
        world.live(TODAY + ahead.days());
    }
    world
}

/// Walks a list to its end.
fn walk(world: &World, search: &str, show: Show) -> Vec<ListRow> {
    let (mut rows, mut after) = (Vec::new(), None);
    for _ in 0..100 {
        let page = list_debtors(&world.desk, search, show, after.as_deref()).expect("a page");
        assert!(page.rows.len() <= PAGE * 2);
        rows.extend(page.rows);
        match page.next {
            Some(next) => after = Some(next),
            None => {
                let mut ids: Vec<_> = rows.iter().map(|row: &ListRow| row.debtor.id).collect();
                ids.sort_unstable();
                let listed = ids.len();
                ids.dedup();
                assert_eq!(ids.len(), listed, "{show:?} `{search}`: nobody is listed twice");
                return rows;
            }
        }
    }
    panic!("{show:?} `{search}`: the list has no end");
}

fn belongs(row: &ListRow, show: Show) -> bool {
    match show {
        Show::All => true,
        Show::Overdue => row.cases.iter().any(|case| case.anchor_on.is_some()),
        Show::Stuck(reason) => row.cases.iter().any(|case| case.waiting == Some(reason)),
        Show::Held(reason) => row.holds.iter().any(|hold| hold.reason == reason),
    }
}

fn numbers(rows: &[ListRow]) -> BTreeSet<String> {
    rows.iter().map(|row| row.debtor.external_id.clone()).collect()
}

#[test]
fn every_list_shows_everyone_who_belongs_to_it_once_and_today_counts_them() {
    on_each_engine(|store| {
        let world = open(store, 55);
        let all = walk(&world, "", Show::All);
        assert_eq!(all.len(), MANY);
        let mut long = 0;
        for show in Show::ALL {
            let expected: BTreeSet<String> = all
                .iter()
                .filter(|row| belongs(row, show))
                .map(|row| row.debtor.external_id.clone())
                .collect();
            let rows = walk(&world, "", show);
            assert_eq!(numbers(&rows), expected, "{show:?}");
            assert_eq!(numbers(&walk(&world, "nordm gmbh", show)), expected, "{show:?} by name");
            let somebody =
                !matches!(show, Show::Stuck(Reason::AddressFailed) | Show::Held(HoldReason::Promise));
            assert_eq!(!expected.is_empty(), somebody, "{show:?}");
            long += usize::from(rows.len() > PAGE);
            assert_eq!(Show::parse(&show.word()), Some(show));
        }
        assert!(long >= 3, "some lists have several pages");
        let overdue: Vec<_> = walk(&world, "", Show::Overdue);
        let since = |row: &ListRow| row.cases.iter().filter_map(|case| case.anchor_on).min();
        assert!(overdue.windows(2).all(|pair| since(&pair[0]) <= since(&pair[1])), "longest first");

        let today = today(&world.desk).expect("today");
        assert_eq!(today.debtors, MANY as i64);
        let cases_of = |reason| {
            let stuck = |row: &&ListRow| row.cases.iter().any(|case| case.waiting == Some(reason));
            all.iter().filter(stuck).count() as i64
        };
        let holds_of = |reason| {
            let held = |row: &&ListRow| row.holds.iter().any(|hold| hold.reason == reason);
            all.iter().filter(held).count() as i64
        };
        let waiting = &today.waiting;
        assert_eq!(waiting.disputes, holds_of(HoldReason::Dispute));
        assert_eq!(waiting.claims, holds_of(HoldReason::PaymentClaimed));
        assert_eq!(waiting.finished, cases_of(Reason::ScenarioFinished));
        assert_eq!(waiting.no_address, cases_of(Reason::NoAddress));
        assert_eq!(waiting.opted_out, cases_of(Reason::OptedOut));
        assert_eq!(waiting.address_failed, cases_of(Reason::AddressFailed));
        for reason in HoldReason::ALL {
            assert_eq!(today.held(reason), holds_of(reason), "{reason:?}");
        }
        let overdue = all.iter().filter(|row| row.cases.iter().any(|case| case.anchor_on.is_some()));
        assert_eq!(today.overdue_debtors, overdue.count() as i64);
    });
}

#[test]
fn a_debtor_is_found_by_whatever_one_has_in_hand() {
    on_each_engine(|store| {
        let world = World::open(store, TODAY);
        world.bring_in(
            TableKind::Debtors,
            "customer_number,name,type,email,country\n\
             K-1001,Jule Petersen,person,jule@petersen.example,DE\n\
             K-1002,Müller & Söhne GmbH,company,rechnung@mueller.example,DE\n\
             K-2001,Petra Jung,person,petra@jung.example,DE\n",
        );
        world.bring_in(
            TableKind::Receivables,
            "invoice_number,customer_number,kind,amount,currency,due_on,reference\n\
             RE-2026/0417,K-1002,invoice,100.00,EUR,2026-02-20,RF18539007547034\n",
        );
        let found = |text: &str| numbers(&walk(&world, text, Show::All)).into_iter().collect::<Vec<_>>();
        for (text, expected) in [
            ("pet", &["K-1001", "K-2001"][..]),
            ("jule pet", &["K-1001"]),
            ("Petersen, Jule", &["K-1001"]),
            ("ju", &["K-1001", "K-2001"]),
            ("ule", &[]),
            ("mueller", &["K-1002"]),
            ("MÜLLER SÖ", &["K-1002"]),
            ("K-1001", &["K-1001"]),
            ("k1001", &["K-1001"]),
            ("K 10", &["K-1001", "K-1002"]),
            ("petra@jung.example", &["K-2001"]),
            (" JULE@pet", &["K-1001"]),
            ("RE-2026/0417", &["K-1002"]),
            ("re20260417", &["K-1002"]),
            ("RF18 5390 0754 7034", &["K-1002"]),
            ("nobody at all", &[]),
            ("jule\0", &["K-1001"]),
            ("jule\0@petersen.example", &["K-1001"]),
        ] {
            assert_eq!(found(text), expected, "{text:?}");
        }
        let debtor = walk(&world, "K-1001", Show::All).remove(0).debtor;
        assert_eq!(found(&debtor.reference()), ["K-1001"], "by the reference of a payment");
        assert!(walk(&world, "K-1001", Show::Held(HoldReason::Dispute)).is_empty());
    });
}

#[test]
fn who_is_named_by_a_number_is_not_listed_again_on_a_later_page() {
    on_each_engine(|store| {
        let world = World::open(store, TODAY);
        let mut debtors = "customer_number,name,type,email,country\n".to_owned();
        for one in 0..3 * PAGE {
            debtors.push_str(&format!("777{one:03},Somebody,company,,DE\n"));
        }
        world.bring_in(TableKind::Debtors, &debtors);
        // The last of all who begin with it has an invoice of just this number.
        let last = 3 * PAGE - 1;
        world.bring_in(
            TableKind::Receivables,
            &format!(
                "invoice_number,customer_number,kind,amount,currency,due_on\n777,777{last:03},invoice,5.00,EUR,{TODAY}\n"
            ),
        );
        let rows = walk(&world, "777", Show::All);
        assert_eq!(rows.len(), 3 * PAGE);
        assert_eq!(rows[0].debtor.external_id, format!("777{last:03}"));
    });
}

#[test]
fn an_invented_place_starts_over() {
    on_each_engine(|store| {
        let world = open(store, 2);
        let invented = [
            "",
            " ",
            "nonsense",
            "dbt_1 x",
            "dbt_zzzzzzzzzzzzz x",
            "x\0y",
            "dbt_0000000000001 a\0b",
            "9 9 9",
            "ä'; drop table debtor; --",
            "-009999-01-01 dbt_0000000000000 rcv_0000000000000",
            "dbt_0000000000000 -009999-01-01",
            "0 dbt_0000000000000 a\0b",
            "-1 dbt_0000000000000 a",
        ];
        for text in invented {
            for show in Show::ALL {
                let list = |after| list_debtors(&world.desk, "", show, after).expect("a page").rows.len();
                assert_eq!(list(Some(text)), list(None), "{show:?} after {text:?}");
                let search =
                    |after| list_debtors(&world.desk, "nord", show, after).expect("a page").rows.len();
                assert_eq!(search(Some(text)), search(None), "{show:?} after {text:?}");
            }
            for span in Span::ALL {
                let list = |after| {
                    let page = list_receivables(&world.desk, span, Currency::EUR, after).expect("a page");
                    page.rows.into_iter().map(|(one, _)| one.id).collect::<Vec<_>>()
                };
                assert_eq!(list(Some(text)), list(None), "{span:?} after {text:?}");
            }
        }
        let beyond = list_debtors(&world.desk, "nord", Show::All, Some("99 dbt_0000000000000 a"));
        assert!(beyond.expect("a page").next.is_none());
    });
}

/// The sum and number of everything a span lists, every receivable once.
fn span_total(world: &World, span: Span, currency: Currency) -> (Money, i64) {
    let (mut total, mut seen, mut after) = (Money::zero(currency), BTreeSet::new(), None::<String>);
    loop {
        let page = list_receivables(&world.desk, span, currency, after.as_deref()).expect("a page");
        let mut last = None;
        for (one, debtor) in page.rows {
            assert_eq!((one.debtor, one.open.currency), (debtor.id, currency));
            assert!(seen.insert(one.id), "{span:?}: {} twice", one.number);
            assert!(last <= Some(one.due_on), "oldest first");
            last = Some(one.due_on);
            total = total.plus(one.open).expect("a sum");
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return (total, seen.len() as i64),
        }
    }
}

#[test]
fn spans_add_up_to_the_figures_of_today_and_of_the_aging_report() {
    on_each_engine(|store| {
        let world = open(store, 0);
        let id = world.debtor(&number(0));
        let part = Money::new(350, Currency::EUR);
        record_payment(&world.desk, id, part, TODAY, "", &Target::OldestFirst, "user:test")
            .expect("a payment");
        // Everything was imported around the first day: that is where all spans hold something.
        world.clock(TODAY, 9);
        let today = today(&world.desk).expect("today");
        let aging = report::aging(&world.desk).expect("aging");
        assert_eq!(today.aging, aging);
        assert_eq!((today.due.len(), aging.len()), (2, 2));
        for currency in [Currency::EUR, usd()] {
            let due = today.due.iter().find(|due| due.open.0.currency == currency).expect("a row");
            let total = |span| span_total(&world, span, currency);
            assert_eq!(total(Span::Overdue), due.overdue);
            assert_eq!(total(Span::Today), due.today);
            assert_eq!(total(Span::Soon), due.soon);
            assert_eq!(total(Span::All), due.open);
            let row = aging.iter().find(|row| row.buckets[0].currency == currency).expect("a row");
            let spans = [Span::NotDue, Span::Days30, Span::Days60, Span::Days90, Span::Older];
            let totals = spans.map(total);
            assert_eq!(totals.map(|(sum, _)| sum), row.buckets);
            assert_eq!(totals.iter().map(|(_, count)| count).sum::<i64>(), row.receivables);
            for (span, (_, count)) in spans.iter().zip(totals) {
                assert!(count > 0, "{span:?} holds something");
            }
        }
        assert!(span_total(&world, Span::All, Currency::EUR).1 > PAGE as i64, "several pages");
        for span in Span::ALL {
            assert_eq!(Span::parse(span.word()), Some(span));
        }
        assert_eq!(SOON_DAYS, 7, "the test's borders are those of the week to come");
    });
}

#[test]
fn the_stamp_changes_with_whatever_is_done() {
    on_each_engine(|store| {
        let mut world = World::open(store, TODAY);
        world.bring_in(
            TableKind::Debtors,
            "customer_number,name,type,email,country\nK1,Jule Petersen,person,jule@petersen.example,DE\n",
        );
        world.bring_in(
            TableKind::Receivables,
            "invoice_number,customer_number,kind,amount,currency,due_on\nRE-1,K1,invoice,90.00,EUR,2026-02-20\n",
        );
        let id = world.debtor("K1");
        let mut before = stamp(&world.desk).expect("a stamp");
        let mut changed = |world: &World, what: &str| {
            let now = stamp(&world.desk).expect("a stamp");
            assert_ne!(now, before, "{what}");
            before = now;
            let figures = today(&world.desk).expect("today");
            assert_eq!(stamp(&world.desk).expect("a stamp"), now, "looking changes nothing: {figures:?}");
        };
        world.run();
        changed(&world, "a run");
        world.clock(TODAY, 8);
        assert_eq!(world.deliver().sent, 1);
        changed(&world, "a delivery");
        let hold =
            place_hold(&world.desk, id, None, HoldReason::Care, None, "", "user:test").expect("a hold");
        changed(&world, "a hold");
        duewell_engine::hold::release_hold(&world.desk, id, hold, "user:test").expect("a release");
        changed(&world, "a hold's end");
        let money = Money::new(1_000, Currency::EUR);
        let paid = record_payment(&world.desk, id, money, TODAY, "", &Target::OldestFirst, "user:test")
            .expect("a payment");
        changed(&world, "a payment");
        duewell_engine::cash::unmatch_payment(&world.desk, paid.payment, "user:test").expect("taken off");
        changed(&world, "a payment taken off");
        duewell_engine::cash::ignore_payment(&world.desk, paid.payment, "user:test").expect("put aside");
        changed(&world, "a payment put aside");
        world.bring_in(
            TableKind::Receivables,
            "invoice_number,customer_number,kind,amount,currency,due_on\nRE-2,K1,invoice,9.00,EUR,2026-04-20\n",
        );
        changed(&world, "an import");
        world.set(|settings| settings.promise_days_max = 3);
        changed(&world, "settings");
        world.desk.save_scenario(&world.desk.scenario, "user:test").expect("a scenario");
        world.refresh();
        changed(&world, "a scenario");
        set_consent(&world.desk, id, None, Consent::Refused, "phone", "user:test").expect("a no");
        changed(&world, "a no");
        add_note(&world.desk, id, "called, nobody there", "user:test").expect("a note");
        changed(&world, "a note");
        world.clock(TODAY + 1.day(), 0);
        changed(&world, "midnight");
        let open = world.desk.store.read(|tx| receivable::load_open(tx, world.desk.book.id, &[id]));
        assert_eq!(open.expect("receivables")[&id].len(), 2, "the book is as it was told");
    });
}
