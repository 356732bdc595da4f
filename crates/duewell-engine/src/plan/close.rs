//! The close of a day for plans: late fees, income earned, plans that are broken or done; and their proof.

use std::collections::BTreeMap;

use duewell_domain::id::PlanId;
use duewell_domain::ledger::{self, EntryKind, Posting};
use duewell_domain::money::Money;
use duewell_domain::plan::{Event, Recalculation, late_fees};
use duewell_store::journal::Journal;
use duewell_store::plan::{self, DuePlan, PlanState};
use duewell_store::{Tx, posting};
use serde::{Deserialize, Serialize};

use super::keep::Line;
use super::{Loaded, journal_changed};
use crate::desk::Desk;
use crate::error::EngineError;

/// Plans per transaction.
const CHUNK: i64 = 5_000;
const ACTOR: &str = "system:plans";

/// What closing the day did to plans.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct CloseSummary {
    pub looked_at: u64,
    pub late_fees: u64,
    /// Late fees in minor units by currency.
    pub late_fees_minor: BTreeMap<String, i64>,
    pub broken: u64,
    pub completed: u64,
    /// Plans that cannot be worked out, with the reason. Nothing of them is charged or posted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<String>,
}

/// Looks at every plan whose day has come: charges late fees, posts what was earned, ends what is broken.
///
/// It selects "due on or before today", so a missed day is caught up, and what was done is not done again.
pub fn close_plans(desk: &Desk) -> Result<CloseSummary, EngineError> {
    let mut summary = CloseSummary::default();
    while let Some(chunk) = desk.store.write(|tx| close_chunk(tx, desk))? {
        summary.looked_at += chunk.looked_at;
        summary.late_fees += chunk.late_fees;
        summary.broken += chunk.broken;
        summary.completed += chunk.completed;
        summary.set_aside.extend(chunk.set_aside);
        for (currency, minor) in chunk.late_fees_minor {
            *summary.late_fees_minor.entry(currency).or_default() += minor;
        }
    }
    Ok(summary)
}

fn close_chunk(tx: &mut Tx<'_>, desk: &Desk) -> Result<Option<CloseSummary>, EngineError> {
    let today = desk.today();
    let mut due = plan::list_due(tx, desk.book.id, today, CHUNK)?;
    if due.is_empty() {
        return Ok(None);
    }
    let mut summary = CloseSummary::default();
    let (to_look_at, mut by_agenda): (Vec<DuePlan>, Vec<DuePlan>) = due.drain(..).partition(|one| one.looks);
    post_agendas(tx, desk, &mut by_agenda, &mut summary)?;
    if !to_look_at.is_empty() {
        let mut journal = Journal::open(tx, desk.book.id, desk.now())?;
        for one in to_look_at {
            close_one(tx, desk, &mut journal, one, &mut summary)?;
        }
        journal.flush(tx)?;
    }
    Ok(Some(summary))
}

/// Posts interest that was earned as planned: no log is read, a plan costs an entry and its own row.
fn post_agendas(
    tx: &mut Tx<'_>,
    desk: &Desk,
    due: &mut [DuePlan],
    summary: &mut CloseSummary,
) -> Result<(), EngineError> {
    let today = desk.today();
    // In the order of the keys they are written under.
    due.sort_unstable_by_key(|one| (one.debtor, one.plan));
    let mut entries = Vec::with_capacity(due.len());
    for one in due.iter() {
        let mut postings = Vec::with_capacity(one.items.len() * 2);
        for item in &one.items {
            let line = |account, minor| Posting {
                account,
                debtor: Some(one.debtor),
                receivable: Some(item.receivable),
                payment: None,
                amount: Money::new(minor, one.currency),
            };
            postings.push(line(ledger::Account::UnearnedInterest, item.amount));
            postings.push(line(ledger::Account::InterestIncome, -item.amount));
        }
        if !postings.is_empty() {
            entries.push(ledger::Entry::new(desk.id(), EntryKind::Schedule, today, postings)?);
        }
        summary.looked_at += 1;
    }
    posting::insert_entries(tx, desk.book.id, &entries)?;
    Ok(plan::update_due(tx, desk.book.id, due)?)
}

fn close_one(
    tx: &mut Tx<'_>,
    desk: &Desk,
    journal: &mut Journal,
    mut due: DuePlan,
    summary: &mut CloseSummary,
) -> Result<(), EngineError> {
    let mut loaded = Loaded::load(tx, desk, due.plan)?;
    let today = desk.today();
    summary.looked_at += 1;
    let worked_out = loaded.account(today).and_then(|account| {
        let fees = late_fees(&loaded.plan.terms, &loaded.log(), today)?;
        Ok((account, fees))
    });
    let (mut account, fees) = match worked_out {
        Ok(worked_out) => worked_out,
        Err(error) => {
            // One plan that does not stand must not keep the others from their day; it is tried again tomorrow.
            summary.set_aside.push(format!("plan {} cannot be worked out: {error}", loaded.plan.number));
            due.next_on = today.tomorrow().ok();
            due.done -= due.items.len();
            return Ok(plan::update_due(tx, desk.book.id, &[due])?);
        }
    };
    let charges = !fees.is_empty();
    for (value_on, event) in fees {
        if let Event::LateFee { amount, .. } = event {
            summary.late_fees += 1;
            let code = loaded.plan.terms.currency.code().to_owned();
            *summary.late_fees_minor.entry(code).or_default() += amount;
        }
        loaded.enter(tx, desk, value_on, today, event.clone(), None)?;
        journal_changed(journal, tx, desk, &loaded, "plan.late_fee", Some(&event), "", ACTOR)?;
    }
    if charges {
        account = loaded.account(today)?;
    }
    if loaded.plan.state == PlanState::Active && loaded.plan.policy.is_broken(&account) {
        loaded.enter(tx, desk, today, today, Event::Dissolve, None)?;
        loaded.plan.state = PlanState::Broken;
        let why = "installments were missed";
        journal_changed(journal, tx, desk, &loaded, "plan.broken", Some(&Event::Dissolve), why, ACTOR)?;
        summary.broken += 1;
    }
    loaded.keep(tx, desk)?;
    if loaded.plan.state == PlanState::Completed {
        summary.completed += 1;
        journal_changed(journal, tx, desk, &loaded, "plan.completed", None, "", ACTOR)?;
    }
    Ok(())
}

/// Lists plans whose kept figures or postings are not what their terms and log say.
///
/// The ledger was brought up to the day of the last look. Between looks interest is earned, which moves it from one
/// account to another; and where interest follows payments, arrears cost more each day. Neither is a flaw.
pub(crate) fn verify_plans(tx: &mut Tx<'_>, desk: &Desk) -> Result<Vec<String>, EngineError> {
    let mut flaws = Vec::new();
    let mut before = PlanId(i64::MAX);
    loop {
        let page = plan::list_newest(tx, desk.book.id, before, CHUNK)?;
        let Some(last) = page.last() else { return Ok(flaws) };
        before = last.id;
        for one in page.iter().filter(|one| !matches!(one.state, PlanState::Offered | PlanState::Withdrawn)) {
            let loaded = Loaded::load(tx, desk, one.id)?;
            flaws.extend(flaw_of(tx, desk, &loaded)?);
        }
    }
}

fn flaw_of(tx: &mut Tx<'_>, desk: &Desk, loaded: &Loaded) -> Result<Option<String>, EngineError> {
    let number = &loaded.plan.number;
    let account = match loaded.account(desk.today()) {
        Ok(account) => account,
        Err(error) => return Ok(Some(format!("plan {number} cannot be worked out: {error}"))),
    };
    if loaded.plan.terms.interest.recalculation != Recalculation::None
        && loaded.plan.state == PlanState::Active
    {
        return Ok(None);
    }
    let open = Money::new(account.totals().open.total(), loaded.plan.terms.currency);
    if open != loaded.plan.open {
        let kept = loaded.plan.open;
        return Ok(Some(format!("plan {number}: kept open balance {kept}, its log says {open}")));
    }
    let wanted = without_the_day(loaded.wanted_lines(&account)?);
    let posted = without_the_day(loaded.posted_lines(tx, desk)?);
    let differs = wanted != posted;
    Ok(differs.then(|| format!("plan {number}: the ledger does not say what its schedule says")))
}

/// Puts interest that is earned and that is not yet on one account.
fn without_the_day(lines: BTreeMap<Line, i64>) -> BTreeMap<Line, i64> {
    let mut sums: BTreeMap<Line, i64> = BTreeMap::new();
    for ((account, receivable, payment), amount) in lines {
        let account = match account {
            ledger::Account::UnearnedInterest => ledger::Account::InterestIncome,
            other => other,
        };
        *sums.entry((account, receivable, payment)).or_default() += amount;
    }
    sums.retain(|_, amount| *amount != 0);
    sums
}
