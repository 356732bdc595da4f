//! What people see of plans.

use std::collections::HashMap;

use duewell_domain::apr::Disclosure;
use duewell_domain::id::{DebtorId, PaymentId, PlanId, ReceivableId};
use duewell_domain::ledger;
use duewell_domain::money::Money;
use duewell_domain::plan::allocation::{Because, Dueness};
use duewell_domain::plan::books::{books, summary};
use duewell_domain::plan::{Account, Component, Entry, RowKey, payoff, quote};
use duewell_store::plan::{self, Plan, PlanState, PlanVersion};
use duewell_store::receivable::{self, Receivable};
use duewell_store::{Tx, debtor};
use jiff::civil::Date;
use serde::Serialize;

use super::{Acceptance, Loaded};
use crate::desk::Desk;
use crate::error::EngineError;

/// A plan with everything a person wants to know of it.
#[derive(Clone, Debug)]
pub struct PlanView {
    pub plan: Plan,
    pub debtor_name: String,
    pub account: Account,
    pub log: Vec<Entry>,
    /// The payment an entry stands for.
    pub payments: Vec<(u32, PaymentId)>,
    pub versions: Vec<PlanVersion>,
    /// Of the newest version.
    pub disclosures: Vec<Disclosure>,
    /// What the plan takes the place of, and how much of each.
    pub sources: Vec<(Receivable, Money)>,
    /// The receivable of each installment.
    pub receivables: Vec<(RowKey, Receivable)>,
    pub acceptance: Option<Acceptance>,
    /// What settles it today, while it runs.
    pub payoff: Option<Money>,
    /// What the books say, by account; debits positive.
    pub books: Vec<Posted>,
}

/// The sum of one account over a plan.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
pub struct Posted {
    pub account: ledger::Account,
    pub amount: Money,
}

/// A part of a payment: which installment, which component, why.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
pub struct Explained {
    pub entry: u32,
    pub row: RowKey,
    pub component: Component,
    pub amount: Money,
    pub dueness: Dueness,
    pub because: Because,
}

impl PlanView {
    /// Explains where each cent of the payments went.
    pub fn explain(&self) -> Vec<Explained> {
        let currency = self.plan.terms.currency;
        let mut explained = Vec::new();
        for effect in &self.account.effects {
            for share in &effect.shares {
                explained.push(Explained {
                    entry: effect.entry,
                    row: share.installment,
                    component: share.component,
                    amount: Money::new(share.amount, currency),
                    dueness: share.dueness,
                    because: share.because,
                });
            }
        }
        explained
    }
}

/// Loads a plan for a person to look at.
pub fn load_view(desk: &Desk, id: PlanId) -> Result<PlanView, EngineError> {
    desk.store.read(|tx| {
        let book = desk.book.id;
        let loaded = Loaded::load(tx, desk, id)?;
        let today = desk.today();
        let account = loaded.account(today)?;
        let debtor = loaded.plan.debtor;
        let versions = plan::list_versions(tx, book, debtor, id)?;
        let disclosures = versions.last().and_then(|last| serde_json::from_str(&last.disclosure).ok());
        let own = receivable::load_receivables(tx, book, &[debtor])?;
        let find = |id: ReceivableId| own.iter().find(|one| one.id == id).cloned();
        let currency = loaded.plan.terms.currency;
        let sources = loaded
            .sources
            .iter()
            .filter_map(|source| Some((find(source.receivable)?, Money::new(source.amount, currency))))
            .collect();
        let rows = account.rows.iter();
        let receivables =
            rows.filter_map(|row| Some((row.key, find(*loaded.rows.get(&row.key)?)?))).collect();
        let log = loaded.log();
        let payoff = match loaded.plan.state {
            PlanState::Active => Some(Money::new(payoff(&loaded.plan.terms, &log, today)?.total(), currency)),
            _ => None,
        };
        let books = summary(&books(&account, &log)?)
            .into_iter()
            .map(|(account, amount)| Posted { account, amount: Money::new(amount, currency) })
            .collect();
        let entries = loaded.entries.iter();
        let names = debtor::load_debtors(tx, book, &[debtor])?;
        Ok(PlanView {
            debtor_name: names.get(&debtor).map(|one| one.name.clone()).unwrap_or_default(),
            account,
            payments: entries.filter_map(|one| Some((one.entry.number, one.payment?))).collect(),
            log,
            versions,
            disclosures: disclosures.unwrap_or_default(),
            sources,
            receivables,
            acceptance: serde_json::from_str(&loaded.plan.evidence).ok(),
            payoff,
            books,
            plan: loaded.plan,
        })
    })
}

/// A plan in a list.
#[derive(Clone, Debug)]
pub struct Listed {
    pub plan: Plan,
    pub debtor_name: String,
}

/// Lists plans, newest first, made before `before`.
pub fn list_plans(desk: &Desk, before: Option<PlanId>, limit: i64) -> Result<Vec<Listed>, EngineError> {
    desk.store.read(|tx| {
        let before = before.unwrap_or(PlanId(i64::MAX));
        let plans = plan::list_newest(tx, desk.book.id, before, limit)?;
        let mut owners: Vec<DebtorId> = plans.iter().map(|one| one.debtor).collect();
        owners.sort_unstable();
        owners.dedup();
        let names = debtor::load_debtors(tx, desk.book.id, &owners)?;
        let name = |debtor| names.get(&debtor).map(|one| one.name.clone()).unwrap_or_default();
        Ok(plans.into_iter().map(|plan| Listed { debtor_name: name(plan.debtor), plan }).collect())
    })
}

/// A plan in a list for people to work through.
#[derive(Clone, Debug)]
pub struct ListedDue {
    pub plan: Plan,
    pub debtor_name: String,
    /// The first day on which an installment is open; of an offer, the first one that would be due.
    pub next_due_on: Option<Date>,
}

/// Lists plans of a state, or all, newest first, made before `before`, with what is due next.
pub fn list_plans_due(
    desk: &Desk,
    state: Option<PlanState>,
    before: Option<PlanId>,
    limit: i64,
) -> Result<Vec<ListedDue>, EngineError> {
    desk.store.read(|tx| {
        let book = desk.book.id;
        let before = before.unwrap_or(PlanId(i64::MAX));
        let plans = match state {
            None => plan::list_newest(tx, book, before, limit)?,
            Some(state) => plan::list_newest_in(tx, book, state, before, limit)?,
        };
        let mut owners: Vec<DebtorId> = plans.iter().map(|one| one.debtor).collect();
        owners.sort_unstable();
        owners.dedup();
        let names = debtor::load_debtors(tx, book, &owners)?;
        let placed = plan::find_placed(tx, book, &owners)?;
        let mut due: HashMap<PlanId, Date> = HashMap::new();
        for one in receivable::load_open(tx, book, &owners)?.into_values().flatten() {
            if let Some(&(_, id, _)) = placed.get(&one.id) {
                let first = due.entry(id).or_insert(one.due_on);
                *first = one.due_on.min(*first);
            }
        }
        let mut listed = Vec::with_capacity(plans.len());
        for plan in plans {
            let next_due_on = match plan.state {
                PlanState::Offered => quote(&plan.terms)?.next_open().map(|row| row.due_on),
                _ => due.get(&plan.id).copied(),
            };
            let debtor_name = names.get(&plan.debtor).map(|one| one.name.clone()).unwrap_or_default();
            listed.push(ListedDue { plan, debtor_name, next_due_on });
        }
        Ok(listed)
    })
}

/// A plan on its debtor's page: offered, or running.
#[derive(Clone, Debug)]
pub struct PortalPlan {
    pub plan: Plan,
    pub account: Account,
    pub disclosures: Vec<Disclosure>,
    /// The receivable of each installment that is open.
    pub receivables: Vec<(RowKey, Receivable)>,
}

/// Loads the plans that a debtor sees: those that run, and offers whose first day has not passed.
pub(crate) fn portal_plans(
    tx: &mut Tx<'_>,
    desk: &Desk,
    debtor: DebtorId,
    open: &[Receivable],
) -> Result<Vec<PortalPlan>, EngineError> {
    let today = desk.today();
    let mut shown = Vec::new();
    for one in plan::plans_of_debtor(tx, desk.book.id, debtor)? {
        if !matches!(one.state, PlanState::Offered | PlanState::Active) {
            continue;
        }
        let loaded = Loaded::load(tx, desk, one.id)?;
        let account = loaded.account(today)?;
        if one.state == PlanState::Offered && account.next_open().is_none_or(|row| row.due_on < today) {
            continue;
        }
        let versions = plan::list_versions(tx, desk.book.id, debtor, one.id)?;
        let disclosures = versions.last().and_then(|last| serde_json::from_str(&last.disclosure).ok());
        let of = |key: &RowKey| {
            let id = loaded.rows.get(key)?;
            open.iter().find(|one| one.id == *id).cloned()
        };
        let receivables = account.rows.iter().filter_map(|row| Some((row.key, of(&row.key)?))).collect();
        let disclosures = disclosures.unwrap_or_default();
        shown.push(PortalPlan { plan: loaded.plan, account, disclosures, receivables });
    }
    Ok(shown)
}

/// Finds a plan by what people call it, e.g. `P26-17`.
pub fn find_plan(desk: &Desk, number: &str) -> Result<Option<PlanId>, EngineError> {
    desk.store.read(|tx| Ok(plan::find_plan(tx, desk.book.id, number)?))
}

/// Lists the plans of a debtor, oldest first.
pub fn plans_of(desk: &Desk, debtor: DebtorId) -> Result<Vec<Plan>, EngineError> {
    desk.store.read(|tx| Ok(plan::plans_of_debtor(tx, desk.book.id, debtor)?))
}

/// Counts plans by state and currency, with what is open.
pub fn count_states(desk: &Desk) -> Result<Vec<(PlanState, i64, Money)>, EngineError> {
    desk.store.read(|tx| Ok(plan::count_states(tx, desk.book.id)?))
}
