//! The close of a day for plans: late fees, income earned, plans that are broken or done; and their proof.

use std::collections::BTreeMap;

use duewell_domain::id::PlanId;
use duewell_domain::ledger;
use duewell_domain::money::Money;
use duewell_domain::plan::{Event, Recalculation, late_fees};
use duewell_store::Tx;
use duewell_store::journal::Journal;
use duewell_store::plan::{self, PlanState};
use serde::{Deserialize, Serialize};

use super::keep::Line;
use super::{Loaded, journal_changed};
use crate::desk::Desk;
use crate::error::EngineError;

/// Plans per transaction.
const CHUNK: i64 = 500;
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
        for (currency, minor) in chunk.late_fees_minor {
            *summary.late_fees_minor.entry(currency).or_default() += minor;
        }
    }
    Ok(summary)
}

fn close_chunk(tx: &mut Tx<'_>, desk: &Desk) -> Result<Option<CloseSummary>, EngineError> {
    let due = plan::list_due(tx, desk.book.id, desk.today(), CHUNK)?;
    if due.is_empty() {
        return Ok(None);
    }
    let mut journal = Journal::open(tx, desk.book.id, desk.now())?;
    let mut summary = CloseSummary::default();
    for (_, id) in due {
        close_one(tx, desk, &mut journal, id, &mut summary)?;
    }
    journal.flush(tx)?;
    Ok(Some(summary))
}

fn close_one(
    tx: &mut Tx<'_>,
    desk: &Desk,
    journal: &mut Journal,
    id: PlanId,
    summary: &mut CloseSummary,
) -> Result<(), EngineError> {
    let mut loaded = Loaded::load(tx, desk, id)?;
    let today = desk.today();
    summary.looked_at += 1;
    for (value_on, event) in late_fees(&loaded.plan.terms, &loaded.log(), today)? {
        if let Event::LateFee { amount, .. } = event {
            summary.late_fees += 1;
            let code = loaded.plan.terms.currency.code().to_owned();
            *summary.late_fees_minor.entry(code).or_default() += amount;
        }
        loaded.enter(tx, desk, value_on, today, event.clone(), None)?;
        journal_changed(journal, tx, desk, &loaded, "plan.late_fee", Some(&event), "", ACTOR)?;
    }
    let account = loaded.account(today)?;
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
