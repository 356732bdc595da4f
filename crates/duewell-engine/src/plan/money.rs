//! Money on its way to a plan: the plan's own waterfall says which installments it settles.

use std::collections::{BTreeMap, HashMap, HashSet, btree_map};

use duewell_domain::allocation::Part;
use duewell_domain::id::{DebtorId, PaymentId, PlanId, ReceivableId};
use duewell_domain::money::Money;
use duewell_domain::plan::{Entry, Event, MoneyKind, replay};
use duewell_store::Tx;
use duewell_store::plan::{self, Placed, PlanState};
use jiff::civil::Date;

use super::Loaded;
use crate::desk::Desk;
use crate::error::EngineError;

/// Plans that the payments of one transaction touch.
#[derive(Default)]
pub(crate) struct PlanMoney {
    known: HashSet<DebtorId>,
    placed: HashMap<ReceivableId, Placed>,
    plans: BTreeMap<PlanId, Loaded>,
    /// Plans that cannot be worked out; nothing of them is touched.
    set_aside: HashSet<PlanId>,
}

impl PlanMoney {
    /// Sends the parts of a payment that were meant for installments through the waterfalls of their plans.
    ///
    /// Returns the parts as they are, and what no plan had a use for. A single installment that was meant is named;
    /// several are what the waterfall is for. Receivables that are no installments of a running plan stay as they are.
    pub fn divert(
        &mut self,
        tx: &mut Tx<'_>,
        desk: &Desk,
        payment: PaymentId,
        received_on: Date,
        parts: Vec<Part>,
    ) -> Result<(Vec<Part>, Option<Money>), EngineError> {
        let mut kept: Vec<Part> = Vec::new();
        let mut by_plan: BTreeMap<(DebtorId, PlanId), Vec<Part>> = BTreeMap::new();
        for part in parts {
            self.look_up(tx, desk, part.debtor)?;
            match self.placed.get(&part.receivable).copied() {
                Some((debtor, plan, _)) if self.runs(tx, desk, plan)? => {
                    by_plan.entry((debtor, plan)).or_default().push(part);
                }
                _ => kept.push(part),
            }
        }
        let mut over: Option<Money> = None;
        for ((debtor, id), meant) in by_plan {
            let currency = meant[0].amount.currency;
            let amount = Money::sum(currency, meant.iter().map(|part| part.amount))?;
            let loaded = self.plans.get_mut(&id).expect("a plan that runs was loaded");
            let today = desk.today();
            let value_on = received_on.min(today);
            let named = match meant.as_slice() {
                [one] => self.placed.get(&one.receivable).map(|&(_, _, key)| key),
                _ => None,
            };
            let Ok(account) = loaded.account(today) else {
                // The plan does not stand: what was meant for it waits with the debtor until it is put right.
                self.plans.remove(&id);
                self.set_aside.insert(id);
                over = Some(over.map_or(Ok(amount), |over| over.plus(amount))?);
                continue;
            };
            let names = account.rows.iter().find(|row| Some(row.key) == named).map(|row| row.due_on);
            let event = |amount| Event::Money { kind: MoneyKind::Payment, amount, names, ahead: None };
            let mut log = loaded.log();
            let number = log.last().map_or(0, |entry| entry.number) + 1;
            log.push(Entry { number, value_on, entered_on: today, event: event(amount.minor) });
            let tried = replay(&loaded.plan.terms, &log, today)?;
            let effect = tried.effects.iter().find(|effect| effect.entry == number);
            let rest = effect.map_or(amount.minor, |effect| effect.over);
            if rest > 0 {
                let rest = Money::new(rest, currency);
                over = Some(over.map_or(Ok(rest), |over| over.plus(rest))?);
            }
            if rest == amount.minor {
                continue;
            }
            let mut settled: BTreeMap<ReceivableId, i64> = BTreeMap::new();
            for share in effect.iter().flat_map(|effect| &effect.shares) {
                let key = share.installment;
                let receivable = *loaded.rows.get(&key).ok_or_else(|| {
                    EngineError::Refused(format!("plan {} has no receivable for {key}", loaded.plan.number))
                })?;
                *settled.entry(receivable).or_default() += share.amount;
            }
            loaded.enter(tx, desk, value_on, today, event(amount.minor - rest), Some(payment))?;
            kept.extend(settled.into_iter().map(|(receivable, amount)| Part {
                debtor,
                receivable,
                amount: Money::new(amount, currency),
            }));
        }
        Ok((kept, over))
    }

    /// Says whether a receivable is an installment of a plan that brings it up to date by itself, or of one set aside.
    pub fn keeps(&self, receivable: ReceivableId) -> bool {
        let is_kept = |plan: &PlanId| self.plans.contains_key(plan) || self.set_aside.contains(plan);
        self.placed.get(&receivable).is_some_and(|(_, plan, _)| is_kept(plan))
    }

    /// Brings every plan that was touched to what its account says.
    pub fn keep(mut self, tx: &mut Tx<'_>, desk: &Desk) -> Result<(), EngineError> {
        for loaded in self.plans.values_mut() {
            loaded.keep(tx, desk)?;
        }
        Ok(())
    }

    fn look_up(&mut self, tx: &mut Tx<'_>, desk: &Desk, debtor: DebtorId) -> Result<(), EngineError> {
        if self.known.insert(debtor) {
            self.placed.extend(plan::find_placed(tx, desk.book.id, &[debtor])?);
        }
        Ok(())
    }

    fn runs(&mut self, tx: &mut Tx<'_>, desk: &Desk, id: PlanId) -> Result<bool, EngineError> {
        if let btree_map::Entry::Vacant(unknown) = self.plans.entry(id) {
            let loaded = Loaded::load(tx, desk, id)?;
            if loaded.plan.state != PlanState::Active {
                return Ok(false);
            }
            unknown.insert(loaded);
        }
        Ok(true)
    }
}

/// Takes a payment back in every plan of these debtors that it went to.
pub(crate) fn reverse_payment(
    tx: &mut Tx<'_>,
    desk: &Desk,
    payment: PaymentId,
    debtors: &[DebtorId],
) -> Result<(), EngineError> {
    let placed = plan::find_placed(tx, desk.book.id, debtors)?;
    let mut plans: Vec<PlanId> = placed.into_values().map(|(_, plan, _)| plan).collect();
    plans.sort_unstable();
    plans.dedup();
    for id in plans {
        let mut loaded = Loaded::load(tx, desk, id)?;
        let is_reversed =
            |number: u32| loaded.entries.iter().any(|one| one.entry.event == Event::Reverse { of: number });
        let taken_back: Vec<u32> = loaded
            .entries
            .iter()
            .filter(|one| one.payment == Some(payment) && !is_reversed(one.entry.number))
            .map(|one| one.entry.number)
            .collect();
        if taken_back.is_empty() {
            continue;
        }
        let today = desk.today();
        for of in taken_back {
            loaded.enter(tx, desk, today, today, Event::Reverse { of }, None)?;
        }
        loaded.keep(tx, desk)?;
    }
    Ok(())
}
