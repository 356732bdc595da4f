//! Installment plans from offer to end: what is owed, what the ledger says, what dunning sees.

use std::io::Cursor;

use duewell_domain::evidence::LogKey;
use duewell_domain::id::{DebtorId, PaymentId, PlanId};
use duewell_domain::ledger::Account;
use duewell_domain::money::{Currency, Money};
use duewell_domain::plan::{Entry, Event, LateFee, LateFeeAgain, LateFeeAmount, Length, Shifted, Terms};
use duewell_domain::receivable::ReceivableState;
use duewell_engine::bank::import_statement;
use duewell_engine::cash::{Target, record_payment, unmatch_payment};
use duewell_engine::plan::{
    Bounds, Change, Over, PlanView, accept_plan, agree_plan, change_plan, load_view, offer_plan, offers,
    payoff, preview_change, quote_plan, withdraw_plan,
};
use duewell_engine::proof::verify;
use duewell_engine::{EngineError, report};
use duewell_formats::table::TableKind;
use duewell_store::plan::{PlanEntry, PlanState, insert_entries};
use duewell_store::testing::on_each_engine;
use duewell_store::{Store, posting, receivable};
use jiff::civil::{Date, date};

use super::world::World;

const TODAY: Date = date(2026, 3, 2);

fn open(store: &Store) -> World {
    let world = World::open(store, TODAY);
    world.bring_in(
        TableKind::Debtors,
        "customer_number,name,type,email,country\n\
         K1,Jule Petersen,person,jule@petersen.example,DE\n\
         K2,Hafen GmbH,company,post@hafen.example,DE\n",
    );
    world.bring_in(
        TableKind::Receivables,
        "invoice_number,customer_number,kind,amount,currency,due_on\n\
         RE-1,K1,invoice,100.00,EUR,2026-02-20\nRE-2,K1,invoice,200.00,EUR,2026-02-25\n\
         RE-3,K2,invoice,80.00,EUR,2026-02-20\n",
    );
    world
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn terms(installments: u32) -> Terms {
    // The principal follows from what the plan is over.
    Terms::equal_parts(Currency::EUR, 1, TODAY, installments)
}

fn agree(world: &World, debtor: DebtorId, terms: &Terms) -> PlanId {
    agree_plan(&world.desk, debtor, &Over::AllOpen, terms, Bounds::Kept, "by phone", "user:test")
        .expect("a plan")
}

fn view(world: &World, plan: PlanId) -> PlanView {
    load_view(&world.desk, plan).expect("a plan")
}

fn pay(world: &World, debtor: DebtorId, minor: i64, target: &Target) -> PaymentId {
    let today = world.desk.today();
    record_payment(&world.desk, debtor, eur(minor), today, "", target, "user:test")
        .expect("a payment")
        .payment
}

/// Number, state and open minor units of every receivable of a debtor.
fn owed(world: &World, debtor: DebtorId) -> Vec<(String, ReceivableState, i64)> {
    let all = world.desk.store.read(|tx| receivable::load_receivables(tx, world.desk.book.id, &[debtor]));
    let mut all: Vec<_> =
        all.expect("receivables").into_iter().map(|one| (one.number, one.state, one.open.minor)).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// Everything in the book is as its postings, its journal and its plans say.
fn all_is_well(world: &World) {
    assert_eq!(flaws(world), Vec::<String>::new());
}

fn flaws(world: &World) -> Vec<String> {
    let key = LogKey::from_seed("duewell.example/test", &[9; 32]).expect("a key");
    verify(&world.desk, &key).expect("a check").flaws
}

#[test]
fn a_plan_takes_the_place_of_what_it_is_over() {
    on_each_engine(|store| {
        let world = open(store);
        let debtor = world.debtor("K1");
        let quote = quote_plan(&world.desk, debtor, &Over::AllOpen, &terms(3)).expect("a quote");
        assert_eq!(quote.terms.principal, 30_000);
        assert_eq!(quote.over.len(), 2);
        let plan = agree(&world, debtor, &terms(3));
        let view = view(&world, plan);
        // Quote and booking are one schedule.
        assert_eq!(view.account.rows, quote.account.rows);
        assert_eq!(view.plan.state, PlanState::Active);
        assert_eq!(
            owed(&world, debtor),
            [
                ("P26-1/1".to_owned(), ReceivableState::Open, 10_000),
                ("P26-1/2".to_owned(), ReceivableState::Open, 10_000),
                ("P26-1/3".to_owned(), ReceivableState::Open, 10_000),
                ("RE-1".to_owned(), ReceivableState::InPlan, 0),
                ("RE-2".to_owned(), ReceivableState::InPlan, 0),
            ]
        );
        let account = report::account(&world.desk, debtor).expect("an account");
        let open = account.receivables.iter().map(|one| one.open);
        assert_eq!(Money::sum(Currency::EUR, open), Ok(eur(30_000)));
        all_is_well(&world);
        // No second plan over a plan that runs.
        let again = quote_plan(&world.desk, debtor, &Over::AllOpen, &terms(2));
        assert!(matches!(again, Err(EngineError::Refused(_))));
        assert!(offers(&world.desk, debtor).expect("offers").is_empty());
        assert_eq!(offers(&world.desk, world.debtor("K2")).expect("offers").len(), 3);
    });
}

#[test]
fn an_offer_changes_nothing_until_it_is_accepted() {
    on_each_engine(|store| {
        let world = open(store);
        let debtor = world.debtor("K1");
        let before = owed(&world, debtor);
        let plan =
            offer_plan(&world.desk, debtor, &Over::AllOpen, &terms(4), Bounds::Kept, "user:test").unwrap();
        assert_eq!(owed(&world, debtor), before);
        let other =
            offer_plan(&world.desk, debtor, &Over::AllOpen, &terms(2), Bounds::Kept, "user:test").unwrap();
        withdraw_plan(&world.desk, other, "user:test").unwrap();
        assert!(accept_plan(&world.desk, other, "on their page", "debtor").is_err());
        accept_plan(&world.desk, plan, "on their page", "debtor").unwrap();
        let view = view(&world, plan);
        let acceptance = view.acceptance.expect("evidence");
        assert_eq!((acceptance.how.as_str(), acceptance.by.as_str()), ("on their page", "debtor"));
        assert_eq!(acceptance.shown_sha256.len(), 64);
        assert!(accept_plan(&world.desk, plan, "again", "debtor").is_err());
        all_is_well(&world);
        let kinds: Vec<String> = world.events(debtor).into_iter().map(|(kind, ..)| kind).collect();
        assert!(kinds.iter().any(|kind| kind == "plan.accepted"), "{kinds:?}");
    });
}

#[test]
fn an_offer_over_what_was_paid_since_is_refused() {
    on_each_engine(|store| {
        let world = open(store);
        let debtor = world.debtor("K1");
        let plan =
            offer_plan(&world.desk, debtor, &Over::AllOpen, &terms(4), Bounds::Kept, "user:test").unwrap();
        pay(&world, debtor, 5_000, &Target::OldestFirst);
        assert!(matches!(
            accept_plan(&world.desk, plan, "by phone", "user:test"),
            Err(EngineError::Refused(_))
        ));
        all_is_well(&world);
    });
}

#[test]
fn money_goes_through_the_waterfall_of_the_plan() {
    on_each_engine(|store| {
        let world = open(store);
        let debtor = world.debtor("K1");
        let mut with_interest = terms(3);
        with_interest.interest.rate = "12".parse().unwrap();
        let plan = agree(&world, debtor, &with_interest);
        all_is_well(&world);
        // The second installment by its number, then what is due first.
        let named = pay(&world, debtor, 4_000, &Target::Numbers(vec!["P26-1/2".to_owned()]));
        let rows = |world: &World| -> Vec<i64> {
            view(world, plan).account.rows.iter().map(|row| row.paid.total()).collect()
        };
        assert_eq!(rows(&world), [0, 4_000, 0]);
        world.clock(date(2026, 4, 2), 9);
        pay(&world, debtor, 15_000, &Target::OldestFirst);
        all_is_well(&world);
        let paid = rows(&world);
        assert_eq!(paid.iter().sum::<i64>(), 19_000);
        assert_eq!(paid[0], view(&world, plan).account.rows[0].due.total());
        let explained = view(&world, plan).explain();
        assert_eq!(explained.iter().map(|part| part.amount.minor).sum::<i64>(), 19_000);
        // Taken back, the first payment leaves what is due to the others.
        unmatch_payment(&world.desk, named, "user:test").unwrap();
        assert_eq!(rows(&world).iter().sum::<i64>(), 15_000);
        all_is_well(&world);
        // The quote of today settles it, and not a cent more.
        let rest = payoff(&world.desk, plan, world.desk.today()).unwrap();
        pay(&world, debtor, rest.minor + 100, &Target::OldestFirst);
        let done = view(&world, plan);
        assert_eq!(done.plan.state, PlanState::Completed);
        assert_eq!(done.account.totals().open.total(), 0);
        all_is_well(&world);
    });
}

#[test]
fn missed_installments_break_the_plan_and_what_was_owed_is_owed_again() {
    on_each_engine(|store| {
        let world = open(store);
        let debtor = world.debtor("K1");
        let mut strict = terms(3);
        strict.late_fee = Some(LateFee {
            amount: LateFeeAmount::Minor(250),
            grace_days: 3,
            again: LateFeeAgain::Never,
            most_per_installment: None,
            most_share_of_plan: None,
            most_per_plan: Some(400),
        });
        let plan = agree(&world, debtor, &strict);
        world.clock(date(2026, 4, 2), 9);
        pay(&world, debtor, 10_000, &Target::OldestFirst);
        // The second installment is late: a fee, once, though nobody looked for days.
        world.clock(date(2026, 5, 20), 7);
        let run = world.run();
        assert_eq!((run.plans.late_fees, run.plans.broken), (1, 0));
        assert_eq!(world.run().plans.late_fees, 0);
        let late = view(&world, plan);
        assert_eq!(late.account.rows[1].due.penalties, 250);
        assert_eq!(late.account.days_past_due(), 18);
        all_is_well(&world);
        // The third is missed too: what the cap leaves, and the plan is broken.
        world.clock(date(2026, 6, 20), 7);
        let run = world.run();
        assert_eq!((run.plans.late_fees, run.plans.broken), (1, 1));
        let broken = view(&world, plan);
        assert_eq!(broken.plan.state, PlanState::Broken);
        // 100 were paid: the older invoice is settled, the newer is owed whole, and the fees that were due.
        let open: Vec<(String, i64)> = owed(&world, debtor)
            .into_iter()
            .filter(|(_, state, _)| *state == ReceivableState::Open)
            .map(|(number, _, open)| (number, open))
            .collect();
        let expected = [("P26-1/2", 250), ("P26-1/3", 150), ("RE-2", 20_000)];
        assert_eq!(open, expected.map(|(number, open)| (number.to_owned(), open)));
        all_is_well(&world);
        // A new plan may be made over it.
        agree(&world, debtor, &Terms { starts_on: date(2026, 6, 20), ..terms(2) });
        all_is_well(&world);
    });
}

#[test]
fn a_plan_that_does_not_stand_is_set_aside_and_keeps_nobody_from_their_day() {
    on_each_engine(|store| {
        let world = open(store);
        let mut strict = terms(3);
        strict.late_fee = Some(LateFee {
            amount: LateFeeAmount::Minor(250),
            grace_days: 3,
            again: LateFeeAgain::Never,
            most_per_installment: None,
            most_share_of_plan: None,
            most_per_plan: None,
        });
        let broken = agree(&world, world.debtor("K1"), &strict);
        let sound = agree(&world, world.debtor("K2"), &strict);
        // An entry that no use case makes: it takes back what is not there.
        let damaged = view(&world, broken).plan;
        let reverse =
            Entry { number: 2, value_on: TODAY, entered_on: TODAY, event: Event::Reverse { of: 99 } };
        let entry = PlanEntry { entry: reverse, payment: None };
        let written = world.desk.store.write(|tx| {
            insert_entries(tx, world.desk.book.id, &damaged, std::slice::from_ref(&entry))?;
            Ok::<_, EngineError>(())
        });
        written.expect("an entry");
        world.clock(date(2026, 4, 20), 7);
        let run = world.run();
        assert_eq!((run.plans.looked_at, run.plans.late_fees, run.plans.set_aside.len()), (2, 1, 1));
        assert!(run.warnings.iter().any(|warning| warning.starts_with("plan P26-1 cannot be worked out")));
        assert_eq!(view(&world, sound).account.rows[0].due.penalties, 250);
        // Not again today, and again tomorrow.
        assert_eq!(world.run().plans.looked_at, 0);
        world.clock(date(2026, 4, 21), 7);
        assert_eq!(world.run().plans.set_aside.len(), 1);
        // Money for it waits with the debtor.
        let debtor = world.debtor("K1");
        let paid =
            record_payment(&world.desk, debtor, eur(4_000), TODAY, "", &Target::OldestFirst, "user:test");
        assert_eq!(paid.expect("a payment").unapplied, eur(4_000));
        // Nothing of it was touched, and the proof of the book names it.
        let open: Vec<i64> = owed(&world, debtor)
            .into_iter()
            .filter(|(_, state, _)| *state == ReceivableState::Open)
            .map(|(_, _, open)| open)
            .collect();
        assert_eq!(open, [10_000, 10_000, 10_000]);
        let flaws = flaws(&world);
        assert!(flaws.iter().any(|flaw| flaw.contains("P26-1 cannot be worked out")), "{flaws:?}");
    });
}

#[test]
fn a_change_is_shown_before_it_is_made_and_kept_as_a_version() {
    on_each_engine(|store| {
        let world = open(store);
        let debtor = world.debtor("K1");
        let plan = agree(&world, debtor, &terms(3));
        let change = Change {
            event: Event::MoveDueDate {
                from_on: date(2026, 4, 2),
                to_on: date(2026, 4, 15),
                shift: Shifted::Rest,
            },
            value_on: None,
        };
        let shown = preview_change(&world.desk, plan, &change).unwrap();
        assert_eq!(shown.cost_minor, 0);
        assert_eq!(view(&world, plan).account, shown.before);
        change_plan(&world.desk, plan, &change, "payday is the 15th", "user:test").unwrap();
        let changed = view(&world, plan);
        assert_eq!(changed.account, shown.after);
        assert_eq!(changed.versions.len(), 2);
        let due: Vec<Date> = changed.receivables.iter().map(|(_, one)| one.due_on).collect();
        assert_eq!(due, [date(2026, 4, 15), date(2026, 5, 15), date(2026, 6, 15)]);
        // Settled for less: the rest is given up, and nothing is chased any more.
        pay(&world, debtor, 12_000, &Target::OldestFirst);
        let settle = Change { event: Event::Settle, value_on: None };
        change_plan(&world.desk, plan, &settle, "agreed on the phone", "user:test").unwrap();
        assert_eq!(view(&world, plan).plan.state, PlanState::Settled);
        assert!(owed(&world, debtor).iter().all(|(_, _, open)| *open == 0));
        all_is_well(&world);
    });
}

#[test]
fn interest_is_earned_once_whether_or_not_anybody_looks_each_day() {
    on_each_engine(|store| {
        let world = open(store);
        let debtor = world.debtor("K1");
        let mut with_interest = terms(3);
        with_interest.interest.rate = "12".parse().unwrap();
        let plan = agree(&world, debtor, &with_interest);
        let income = |world: &World| {
            let totals = world.desk.store.read(|tx| posting::account_totals(tx, world.desk.book.id)).unwrap();
            -totals.get(&(Account::InterestIncome, Currency::EUR)).copied().unwrap_or(0)
        };
        let earned = |world: &World| {
            let view = view(world, plan);
            view.account.earned_by(world.desk.today()).unwrap().interest
        };
        assert_eq!(income(&world), 0);
        // Nobody looks in the middle of a period; on its last day all of it is posted, and once.
        for (day, looks) in [(date(2026, 3, 20), 0), (date(2026, 4, 2), 1), (date(2026, 4, 3), 0)] {
            world.clock(day, 7);
            assert_eq!(world.run().plans.looked_at, looks, "{day}");
        }
        assert_eq!((income(&world), earned(&world)), (300, 307));
        assert_eq!(income(&world), view(&world, plan).account.rows[0].due.interest);
        // A payment in the middle of the next period posts what was earned until then.
        pay(&world, debtor, 10_200, &Target::OldestFirst);
        assert_eq!(income(&world), earned(&world));
        all_is_well(&world);
        world.clock(date(2026, 5, 4), 7);
        world.run();
        let rows = view(&world, plan).account.rows;
        assert_eq!(income(&world), rows[0].due.interest + rows[1].due.interest);
        all_is_well(&world);
    });
}

#[test]
fn a_bank_line_with_the_reference_of_an_installment_pays_it() {
    on_each_engine(|store| {
        let world = open(store);
        let debtor = world.debtor("K1");
        let plan = agree(&world, debtor, &terms(3));
        let reference = view(&world, plan).receivables[0].1.reference.clone();
        assert!(reference.starts_with("RF"), "{reference}");
        let file = format!(
            "<Document><BkToCstmrStmt><Stmt><Id>S1</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>\
             <Ntry><Amt Ccy=\"EUR\">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>\
             <BookgDt><Dt>2026-03-02</Dt></BookgDt><NtryDtls><TxDtls><RmtInf><Strd><CdtrRefInf><Ref>{reference}</Ref>\
             </CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"
        );
        let open = || Ok(Cursor::new(file.clone().into_bytes()));
        let summary =
            import_statement(&world.desk, "bank.xml", &[3; 32], open, false, "user:test", &mut |_, _| {});
        assert_eq!(summary.expect("a statement").matched, 1);
        assert_eq!(view(&world, plan).account.rows[0].open().total(), 0);
        all_is_well(&world);
    });
}

#[test]
fn terms_beyond_the_bounds_need_somebody_who_says_so() {
    on_each_engine(|store| {
        let world = open(store);
        let debtor = world.debtor("K1");
        let long = Terms { length: Length::Installments(24), ..terms(1) };
        let refused =
            agree_plan(&world.desk, debtor, &Over::AllOpen, &long, Bounds::Kept, "by phone", "user:test");
        assert!(matches!(refused, Err(EngineError::Refused(_))), "{refused:?}");
        let plan = agree_plan(
            &world.desk,
            debtor,
            &Over::AllOpen,
            &long,
            Bounds::Overruled,
            "by phone",
            "user:test",
        );
        assert_eq!(view(&world, plan.unwrap()).account.rows.len(), 24);
        all_is_well(&world);
    });
}

#[test]
fn a_plan_of_another_tenant_is_not_there() {
    on_each_engine(|store| {
        let world = open(store);
        let plan = agree(&world, world.debtor("K1"), &terms(3));
        let neighbour = world.neighbour();
        assert!(matches!(load_view(&neighbour, plan), Err(EngineError::NotFound(..))));
        let settle = Change { event: Event::Settle, value_on: None };
        assert!(matches!(change_plan(&neighbour, plan, &settle, "", "x"), Err(EngineError::NotFound(..))));
    });
}

#[test]
fn an_import_does_not_change_what_is_in_a_plan() {
    on_each_engine(|store| {
        let world = open(store);
        let debtor = world.debtor("K1");
        agree(&world, debtor, &terms(3));
        // The same file again is nothing new.
        world.bring_in(
            TableKind::Receivables,
            "invoice_number,customer_number,kind,amount,currency,due_on\nRE-1,K1,invoice,100.00,EUR,2026-02-20\n",
        );
        assert_eq!(owed(&world, debtor)[3], ("RE-1".to_owned(), ReceivableState::InPlan, 0));
        all_is_well(&world);
    });
}
