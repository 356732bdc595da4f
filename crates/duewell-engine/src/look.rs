//! Next looks: when a case wants one, and what brings it forward.

use std::collections::{BTreeSet, HashMap};

use duewell_domain::dunning::{Case, first_look_on};
use duewell_domain::id::DebtorId;
use duewell_domain::money::Currency;
use duewell_store::receivable::Receivable;
use duewell_store::{Tx, case};
use jiff::civil::Date;

use crate::desk::Desk;
use crate::error::EngineError;

/// Which cases of a debtor something matters to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Cases {
    /// Those in which something is or was overdue: a changed balance may cure them.
    Running,
    All,
}

/// Asks for a look today at cases of debtors about whom something changed.
pub(crate) fn look_today(
    tx: &mut Tx<'_>,
    desk: &Desk,
    debtors: impl IntoIterator<Item = DebtorId>,
    which: Cases,
) -> Result<(), EngineError> {
    let debtors: Vec<DebtorId> = debtors.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let today = desk.today();
    let mut due: Vec<(DebtorId, Currency, Date)> = case::load_cases(tx, desk.book.id, &debtors)?
        .into_values()
        .filter(|case| which == Cases::All || case.anchor_on.is_some())
        .filter(|case| case.next_event_on.is_none_or(|planned| planned > today))
        .map(|case| (case.debtor, case.currency, today))
        .collect();
    due.sort_unstable();
    Ok(case::wake_cases(tx, desk.book.id, &due)?)
}

/// Gives each debtor a case per currency and moves its next look forward where a receivable asks for it.
pub(crate) fn plan_looks<'a>(
    tx: &mut Tx<'_>,
    desk: &Desk,
    receivables: impl Iterator<Item = &'a Receivable>,
) -> Result<(), EngineError> {
    let today = desk.today();
    let mut wanted: HashMap<(DebtorId, Currency), Date> = HashMap::new();
    for receivable in receivables {
        let day = first_look_on(&desk.scenario, receivable.due_on).max(today);
        wanted
            .entry((receivable.debtor, receivable.amount.currency))
            .and_modify(|earliest| *earliest = day.min(*earliest))
            .or_insert(day);
    }
    let mut debtors: Vec<DebtorId> = wanted.keys().map(|(debtor, _)| *debtor).collect();
    debtors.sort_unstable();
    debtors.dedup();
    let known = case::load_cases(tx, desk.book.id, &debtors)?;
    let mut ordered: Vec<((DebtorId, Currency), Date)> = wanted.into_iter().collect();
    ordered.sort_unstable();
    let (mut fresh, mut woken) = (Vec::new(), Vec::new());
    for ((debtor, currency), day) in ordered {
        match known.get(&(debtor, currency)) {
            None => fresh.push(Case::new(desk.id(), debtor, currency, day)),
            Some(case) if case.next_event_on.is_none_or(|planned| planned > day) => {
                woken.push((debtor, currency, day))
            }
            Some(_) => {}
        }
    }
    case::insert_cases(tx, desk.book.id, &fresh)?;
    Ok(case::wake_cases(tx, desk.book.id, &woken)?)
}
