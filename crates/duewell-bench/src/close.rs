//! The nightly close of installment plans: interest earned, posted once, by next-event date.

use anyhow::ensure;
use duewell_domain::debtor::PartyKind;
use duewell_domain::id::{DebtorId, PlanId, ReceivableId};
use duewell_domain::money::{Currency, Money};
use duewell_domain::plan::{PlanPolicy, Terms, quote};
use duewell_engine::plan::close_plans;
use duewell_store::StoreError;
use duewell_store::debtor::{self, Debtor};
use duewell_store::plan::{self, Agenda, AgendaItem, Plan, PlanState};
use jiff::Span;

use crate::book::TODAY;
use crate::job::open;
use crate::measure::{Measured, measure};

/// Debtors and plans per transaction.
const CHUNK: u64 = 5_000;

/// Writes a book of debtors with one plan of 36 installments each; every plan has one installment due by today.
///
/// Due dates are spread over so many days of the month: 1 is a book where all is due on the first.
pub fn fill(url: &str, plans: u64, days: u64) -> anyhow::Result<Measured> {
    let desk = open(url, 4)?;
    measure(None, || {
        let book = desk.book.id;
        for start in (0..plans).step_by(CHUNK as usize) {
            let range = start..(start + CHUNK).min(plans);
            let owners: Vec<Debtor> = range.clone().map(owner).collect();
            let made: Vec<(Plan, Agenda)> =
                range.map(|number| made(number, days)).collect::<anyhow::Result<_>>()?;
            desk.store.write(|tx| {
                debtor::insert_debtors(tx, book, &owners, None, desk.now())?;
                made.iter().try_for_each(|(one, _)| plan::insert_plan(tx, book, one, &[], desk.now()))?;
                let agendas: Vec<_> = made.iter().map(|(one, agenda)| (one, agenda.clone())).collect();
                plan::put_agendas(tx, book, &agendas)?;
                Ok::<_, StoreError>(())
            })?;
        }
        drop(desk);
        Ok::<_, anyhow::Error>(plans)
    })
}

fn owner(number: u64) -> Debtor {
    Debtor {
        id: DebtorId(number as i64 + 1),
        external_id: format!("K{number}"),
        kind: PartyKind::Person,
        name: format!("Debtor {number}"),
        language: None,
        country: None,
        zone: None,
        segment: None,
        group: None,
        parent_external_id: None,
    }
}

fn made(number: u64, days: u64) -> anyhow::Result<(Plan, Agenda)> {
    let starts_on = TODAY.checked_sub(Span::new().days(31 + (number % days.max(1)) as i64))?;
    let mut terms = Terms::equal_parts(Currency::EUR, 100_000 + (number % 500) as i64 * 1_000, starts_on, 36);
    terms.interest.rate = "9.48".parse()?;
    let account = quote(&terms)?;
    let id = number as i64 + 1;
    let items = account.rows.iter().zip(1..).map(|(row, at)| AgendaItem {
        on: row.due_on,
        receivable: ReceivableId(id * 64 + at),
        amount: row.due.interest,
    });
    let policy = PlanPolicy::default();
    let agenda = Agenda { look_on: policy.breaks_on(&account), items: items.collect(), done: 0 };
    let plan = Plan {
        debtor: DebtorId(id),
        id: PlanId(id),
        number: format!("P26-{id}"),
        state: PlanState::Active,
        open: Money::new(account.totals().open.total(), Currency::EUR),
        terms,
        policy,
        version: 1,
        made_on: starts_on,
        evidence: "{}".to_owned(),
    };
    Ok((plan, agenda))
}

/// Closes the day; every plan has work the first time and none the second.
pub fn close(url: &str, server: Option<u32>) -> anyhow::Result<Measured> {
    let desk = open(url, 5)?;
    measure(server, || {
        let summary = close_plans(&desk)?;
        drop(desk);
        Ok(summary.looked_at)
    })
}

/// Says how many plans a CPU second closes.
pub fn per_second(measured: &Measured) -> f64 {
    measured.n as f64 / measured.cpu_s.max(0.001)
}

/// Closes a day again on which nothing is left to do.
pub fn close_idle(url: &str) -> anyhow::Result<Measured> {
    let measured = close(url, None)?;
    ensure!(measured.n == 0, "{} plans had work twice", measured.n);
    Ok(measured)
}
