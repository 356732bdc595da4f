//! The account of a plan: terms and log replayed into installments, allocations and balances.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::allocation::{Because, Flow, InAdvance, Share};
use super::carried;
use super::check::{self, PlanError};
use super::dates::{Frequency, MonthEnd};
use super::event::{Entry, Event, MoneyKind};
use super::parts::{Component, Parts};
use super::row::{Row, RowKey, RowKind};
use super::schedule::{Schedule, level};
use super::terms::{DownPayment, FeeAmount, FeeBasis, FeeTerm, FeeWhen, Posting, Precision, Terms};
use super::{ENTRIES_MAX, ROWS_MAX};
use crate::money::{Money, Rounding, divide};
use crate::rate::{Rate, WHOLE_PPB};

/// A plan as it stands on a day: a pure function of terms, log and day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Account {
    pub as_of: Date,
    /// The installments, by due date.
    pub rows: Vec<Row>,
    /// What each entry did, in the order in which they took effect.
    pub effects: Vec<Effect>,
    /// Money over what is owed.
    #[serde(rename = "credit_minor")]
    pub credit: i64,
    /// Money that was lent or put into the plan so far.
    #[serde(rename = "advanced_minor")]
    pub advanced: i64,
}

/// What an entry did.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Effect {
    pub entry: u32,
    pub on: Date,
    /// What it settled, brought back, charged or gave up, by component.
    pub parts: Parts,
    /// The whole of it: a payment is its parts and what was over.
    #[serde(rename = "amount_minor")]
    pub amount: i64,
    /// Of a payment, what found nothing to settle; of a credit taken back, what credit covered.
    #[serde(rename = "over_minor")]
    pub over: i64,
    /// Principal owed behind it, without interest that became principal.
    #[serde(rename = "principal_after_minor")]
    pub principal_after: i64,
    pub shares: Vec<Share>,
    /// How much the principal owed grew (an advance, a chargeback) or shrank.
    principal_change: i64,
    is_money: bool,
}

impl Account {
    /// Returns the sums of all installments.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for row in &self.rows {
            totals.due += row.due;
            totals.paid += row.paid;
            totals.waived += row.waived;
            totals.paid_in_advance += row.paid_in_advance;
            totals.paid_late += row.paid_late;
        }
        totals.open = totals.due - totals.paid - totals.waived;
        totals
    }

    /// Returns what is past due on the day of the account.
    pub fn arrears(&self) -> Parts {
        self.rows.iter().filter(|row| row.due_on < self.as_of).map(Row::open).sum()
    }

    /// Returns how many days the oldest installment is past due; 0 when none is.
    pub fn days_past_due(&self) -> i64 {
        self.rows.iter().map(|row| row.days_past_due(self.as_of)).max().unwrap_or(0)
    }

    /// Returns how much of a fee that an entry charged is open.
    pub fn open_fee(&self, entry: u32) -> i64 {
        let fees = self.rows.iter().flat_map(|row| &row.fees);
        fees.filter(|fee| fee.charged_by.0 == entry).map(|fee| fee.open).sum()
    }

    /// Returns the first installment that has something open.
    pub fn next_open(&self) -> Option<&Row> {
        self.rows.iter().find(|row| row.is_open())
    }

    /// Returns the last due date.
    pub fn matures_on(&self) -> Option<Date> {
        self.rows.iter().map(|row| row.due_on).max()
    }
}

/// Sums over the installments.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Totals {
    pub due: Parts,
    pub paid: Parts,
    pub waived: Parts,
    pub open: Parts,
    #[serde(rename = "paid_in_advance_minor")]
    pub paid_in_advance: i64,
    #[serde(rename = "paid_late_minor")]
    pub paid_late: i64,
}

/// Works out the schedule that terms promise, as if the principal were advanced on the day they start.
pub fn quote(terms: &Terms) -> Result<Account, PlanError> {
    let advance = |terms: &Terms| Entry {
        number: 1,
        value_on: terms.starts_on,
        entered_on: terms.starts_on,
        event: Event::Advance { amount: terms.principal },
    };
    let mut account = match terms.rounding.precision {
        Precision::Minor => replay_unbooked(terms, &[advance(terms)], terms.starts_on)?,
        Precision::Carried => {
            check::terms(terms)?;
            let fine = carried::finer(terms)?;
            carried::coarser(replay_unbooked(&fine, &[advance(&fine)], terms.starts_on)?)
        }
    };
    // What is only promised is not met, even where it asks for nothing.
    account.rows.iter_mut().for_each(|row| row.met_on = None);
    Ok(account)
}

/// Replays the log over the terms up to a day.
///
/// What is valued later is not looked at, but for what makes the schedule: fees to come and moves of dates are known
/// from the day they were entered.
pub fn replay(terms: &Terms, log: &[Entry], as_of: Date) -> Result<Account, PlanError> {
    if terms.rounding.precision == Precision::Carried {
        return Err(PlanError::Field("rounding.precision", "carried fractions can be quoted, not booked"));
    }
    replay_unbooked(terms, log, as_of)
}

fn replay_unbooked(terms: &Terms, log: &[Entry], as_of: Date) -> Result<Account, PlanError> {
    check::terms(terms)?;
    check::log(log)?;
    let reversed = reversed(log);
    let mut entries: Vec<&Entry> = log
        .iter()
        .filter(|entry| !reversed.contains(&entry.number))
        .filter(|entry| entry.value_on <= as_of || belongs_to_schedule(&entry.event))
        .filter(|entry| !matches!(entry.event, Event::Reverse { .. }))
        .collect();
    entries.sort_by_key(|entry| (entry.takes_effect_on(), entry.number));
    let mut replay = Replay::new(terms, as_of, &entries)?;
    match terms.posting {
        Posting::InTurn => {
            for entry in &entries {
                replay.apply(entry)?;
            }
        }
        Posting::ScheduleFirst => {
            let (schedule, money): (Vec<&Entry>, Vec<&Entry>) =
                entries.iter().partition(|entry| belongs_to_schedule(&entry.event));
            for entry in schedule.into_iter().chain(money) {
                replay.apply(entry)?;
            }
        }
    }
    replay.finish()
}

fn changes_layout(event: &Event) -> bool {
    matches!(event, Event::MoveDueDate { .. } | Event::Extend { .. } | Event::Holiday { .. })
}

/// Returns the numbers of the entries that were taken back; a reversal that was taken back takes nothing back.
pub(super) fn reversed(log: &[Entry]) -> BTreeSet<u32> {
    let mut reversed = BTreeSet::new();
    for entry in log.iter().rev() {
        if let Event::Reverse { of } = entry.event
            && !reversed.contains(&entry.number)
        {
            reversed.insert(of);
        }
    }
    reversed
}

fn belongs_to_schedule(event: &Event) -> bool {
    match event {
        Event::Advance { .. }
        | Event::Fee { .. }
        | Event::LateFee { .. }
        | Event::WaiveFee { .. }
        | Event::MoveDueDate { .. }
        | Event::Extend { .. }
        | Event::Holiday { .. }
        | Event::RateChange { .. }
        | Event::InterestPause { .. } => true,
        Event::Money { .. }
        | Event::CreditRefund { .. }
        | Event::Chargeback { .. }
        | Event::ReAge { .. }
        | Event::ReAmortize
        | Event::Accelerate
        | Event::Settle
        | Event::WriteOff
        | Event::ChargeOff
        | Event::Dissolve
        | Event::Reverse { .. } => false,
    }
}

struct Replay<'a> {
    terms: &'a Terms,
    as_of: Date,
    schedule: Schedule<'a>,
    effects: Vec<Effect>,
    credit: i64,
    advanced: i64,
    /// All fees so far.
    charged: i64,
    /// Fees of each installment, and what charged them.
    of_each: Vec<(FeeTerm, (u32, usize))>,
    /// What chargebacks took back so far, by the entry of their payment.
    taken_back: BTreeMap<u32, Parts>,
}

impl<'a> Replay<'a> {
    fn new(terms: &'a Terms, as_of: Date, entries: &[&Entry]) -> Result<Self, PlanError> {
        // Dates come first: whatever the day on which a change was agreed, the schedule is laid out over all of them.
        let changes: Vec<&Entry> =
            entries.iter().copied().filter(|entry| changes_layout(&entry.event)).collect();
        let mut rates: Vec<(Date, Rate)> = vec![(Date::MIN, terms.interest.rate)];
        rates.extend(terms.interest.steps.iter().map(|step| (step.from_on, step.rate)));
        let schedule = Schedule::new(terms, rates, &changes)?;
        Ok(Replay {
            terms,
            as_of,
            schedule,
            effects: Vec::new(),
            credit: 0,
            advanced: 0,
            charged: 0,
            of_each: Vec::new(),
            taken_back: BTreeMap::new(),
        })
    }

    fn apply(&mut self, entry: &Entry) -> Result<(), PlanError> {
        let on = entry.value_on;
        match &entry.event {
            Event::Advance { amount } => self.advance(entry, *amount),
            Event::Money { kind, amount, names, ahead } => self.money(entry, *kind, *amount, *names, *ahead),
            Event::CreditRefund { amount } => {
                self.bring_back(entry, *amount, Parts::of(Component::Principal, *amount), true)
            }
            Event::Chargeback { of, amount } => self.chargeback(entry, *of, *amount),
            Event::Fee { name, component, amount, when } => {
                let term = FeeTerm {
                    name: name.clone(),
                    component: *component,
                    amount: *amount,
                    when: *when,
                    at_most: None,
                };
                let charged = self.charge(&term, on, (entry.number, 0))?;
                self.note(entry, charged, charged.total(), 0);
                self.spend_credit()
            }
            Event::LateFee { installment, amount, component } => {
                let rows = &mut self.schedule.rows;
                let index = rows
                    .iter()
                    .position(|row| row.due_on == *installment && row.kind != RowKind::DownPayment)
                    .or_else(|| rows.iter().position(|row| row.due_on == *installment))
                    .ok_or(PlanError::NoInstallment(*installment))?;
                rows[index].charge(*component, *amount, on, (entry.number, 0));
                self.note(entry, Parts::of(*component, *amount), *amount, 0);
                self.spend_credit()
            }
            Event::WaiveFee { of, amount } => self.waive_fee(entry, *of, *amount),
            Event::MoveDueDate { .. } | Event::Extend { .. } | Event::Holiday { .. } => {
                self.note(entry, Parts::ZERO, 0, 0);
                Ok(())
            }
            Event::RateChange { rate } => {
                self.schedule.change_rate(on, *rate)?;
                self.charge_each()?;
                self.note(entry, Parts::ZERO, 0, 0);
                Ok(())
            }
            Event::InterestPause { until_on } => {
                self.schedule.pause(on, *until_on)?;
                self.charge_each()?;
                self.note(entry, Parts::ZERO, 0, 0);
                Ok(())
            }
            Event::ReAge { starts_on, every, installments } => {
                self.re_age(entry, *starts_on, *every, *installments)
            }
            Event::ReAmortize => self.re_amortize(entry),
            Event::Accelerate => {
                let agreed_interest = !self.schedule.follows_payments();
                for row in self.schedule.rows.iter_mut().filter(|row| row.due_on > on) {
                    row.due_on = on;
                    row.from_on = row.from_on.min(on);
                    row.fixed |= agreed_interest;
                }
                self.note(entry, Parts::ZERO, 0, 0);
                Ok(())
            }
            Event::Settle | Event::WriteOff => {
                self.schedule.accrue(on)?;
                let mut given_up = Parts::ZERO;
                for row in &mut self.schedule.rows {
                    let open = row.open();
                    row.fixed = true;
                    if open.total() > 0 {
                        given_up += open;
                        row.waive(open, on);
                    }
                }
                self.note(entry, given_up, given_up.total(), -given_up.principal);
                Ok(())
            }
            Event::ChargeOff => {
                self.schedule.accrue(on)?;
                let open: Parts = self.schedule.rows.iter().filter(|row| row.is_open()).map(Row::open).sum();
                // The books give it up; the debtor owes as much as before.
                self.note(entry, open, open.total(), 0);
                Ok(())
            }
            Event::Dissolve => {
                self.schedule.accrue(on)?;
                let mut ended = Parts::ZERO;
                for row in &mut self.schedule.rows {
                    let open = row.open();
                    let mut dropped = Parts::of(Component::Principal, open.principal);
                    if row.due_on > on {
                        dropped = open;
                    }
                    row.drop_open(dropped, on);
                    row.fixed = true;
                    ended += dropped;
                }
                self.note(entry, ended, ended.total(), -ended.principal);
                Ok(())
            }
            Event::Reverse { .. } => Ok(()),
        }
    }

    fn advance(&mut self, entry: &Entry, amount: i64) -> Result<(), PlanError> {
        let on = entry.value_on;
        let first = self.advanced == 0;
        self.advanced += amount;
        let down = self.down_payment(amount, first)?;
        if down > 0 {
            self.schedule.add_down_payment(entry.number, on, down);
        }
        self.schedule.advance(entry.number, on, amount - down)?;
        self.charge_each()?;
        if first {
            for (number, term) in self.terms.fees.iter().enumerate() {
                let due_on = match term.when {
                    FeeWhen::Signing | FeeWhen::EachInstallment => on,
                    FeeWhen::On(day) => day,
                };
                self.charge(term, due_on, (entry.number, number))?;
            }
        }
        let mut effect = Effect {
            entry: entry.number,
            on,
            parts: Parts::ZERO,
            amount,
            over: 0,
            principal_after: 0,
            shares: Vec::new(),
            principal_change: amount,
            is_money: false,
        };
        effect.shares = self.pour_credit(on)?;
        effect.over = effect.shares.iter().map(|share| share.amount).sum();
        effect.principal_change -= principal_of(&effect.shares);
        self.effects.push(effect);
        Ok(())
    }

    /// Lets all money that is over flow into what is owed.
    fn pour_credit(&mut self, on: Date) -> Result<Vec<Share>, PlanError> {
        let mut flow = Flow::new(on, &self.terms.allocation.default, Because::Credit);
        if self.credit > 0 {
            self.credit = flow.pour(&mut self.schedule.rows, self.credit)?;
            self.schedule.note_repaid(&flow, 0);
        }
        Ok(flow.shares)
    }

    fn down_payment(&self, amount: i64, first: bool) -> Result<i64, PlanError> {
        let down = match self.terms.down_payment {
            None => 0,
            Some(DownPayment::Minor(down)) if first => down.min(amount),
            Some(DownPayment::Minor(_)) => 0,
            Some(DownPayment::Share(rate)) => {
                let multiple = i128::from(self.terms.rounding.installment_multiple.max(1));
                let product = i128::from(amount) * i128::from(rate.ppb);
                // First to whole minor units, then to the multiple, as a person would.
                let minor = divide(product, i128::from(WHOLE_PPB), self.terms.rounding.mode)?;
                let down = divide(minor, multiple, self.terms.rounding.installment_mode)? * multiple;
                i64::try_from(down).map_err(|_| PlanError::TooLarge)?.clamp(0, amount)
            }
        };
        Ok(down)
    }

    fn money(
        &mut self,
        entry: &Entry,
        kind: MoneyKind,
        amount: i64,
        names: Option<Date>,
        ahead: Option<InAdvance>,
    ) -> Result<(), PlanError> {
        let on = entry.value_on;
        self.schedule.accrue(on)?;
        let chosen;
        let waterfall = match ahead {
            None => self.terms.allocation.of(kind),
            Some(in_advance) => {
                chosen =
                    super::allocation::Waterfall { in_advance, ..self.terms.allocation.of(kind).clone() };
                &chosen
            }
        };
        let mut flow = Flow::new(on, waterfall, Because::Order);
        let mut rest = amount;
        if let Some(due_on) = names {
            let index = self.schedule.rows.iter().position(|row| row.due_on == due_on);
            let index = index.ok_or(PlanError::NoInstallment(due_on))?;
            rest = self.schedule.pour_named(&mut flow, index, rest)?;
            flow.because = Because::Order;
        }
        rest = if self.schedule.follows_payments() {
            self.schedule.pour_by_the_day(&mut flow, rest)?
        } else {
            // Interest may begin to arise later, of what is left then.
            let rest = flow.pour(&mut self.schedule.rows, rest)?;
            self.schedule.note_repaid(&flow, 0);
            rest
        };
        let shares = flow.shares;
        let parts: Parts = shares.iter().map(|share| Parts::of(share.component, share.amount)).sum();
        self.credit += rest;
        self.effects.push(Effect {
            entry: entry.number,
            on,
            parts,
            amount,
            over: rest,
            principal_after: 0,
            shares,
            principal_change: -parts.principal,
            is_money: true,
        });
        Ok(())
    }

    /// Brings amounts back into the schedule: a chargeback, or credit that was paid out and turned out to be owed.
    ///
    /// Credit covers it first; what credit covers is not owed again unless `in_full` is false, when everything is owed
    /// again and credit settles a part of it at once.
    fn bring_back(
        &mut self,
        entry: &Entry,
        amount: i64,
        parts: Parts,
        only_what_is_not_covered: bool,
    ) -> Result<(), PlanError> {
        let on = entry.value_on;
        let covered = self.credit.min(amount);
        let mut effect = Effect {
            entry: entry.number,
            on,
            parts,
            amount,
            over: covered,
            principal_after: 0,
            shares: Vec::new(),
            principal_change: 0,
            is_money: false,
        };
        if only_what_is_not_covered {
            self.credit -= covered;
            effect.parts = Parts::of(Component::Principal, amount - covered);
            effect.principal_change = amount - covered;
            if covered < amount {
                let index = self.schedule.row_for_credits(on);
                self.schedule.credit(index, Parts::of(Component::Principal, amount), on, entry.number);
                let mut flow = Flow::new(on, &self.terms.allocation.default, Because::Credit);
                flow.pay(&mut self.schedule.rows, index, Component::Principal, covered);
                self.schedule.note_repaid(&flow, 0);
                effect.shares = flow.shares;
            }
        } else {
            let index = self.schedule.row_for_credits(on);
            self.schedule.credit(index, parts, on, entry.number);
            effect.shares = self.pour_credit(on)?;
            effect.over = effect.shares.iter().map(|share| share.amount).sum();
            effect.principal_change = parts.principal - principal_of(&effect.shares);
        }
        self.effects.push(effect);
        Ok(())
    }

    fn chargeback(&mut self, entry: &Entry, of: u32, amount: i64) -> Result<(), PlanError> {
        let order = &self.terms.allocation.chargeback;
        if order.is_empty() {
            return self.bring_back(entry, amount, Parts::of(Component::Principal, amount), true);
        }
        let paid = self.effects.iter().find(|effect| effect.entry == of).map(|effect| effect.parts);
        let paid = paid.ok_or(PlanError::NoEntry(of))?;
        let before = self.taken_back.entry(of).or_default();
        let mut rest = amount;
        let mut parts = Parts::ZERO;
        for &component in order {
            let part = (paid.get(component) - before.get(component)).max(0).min(rest);
            *parts.slot(component) += part;
            rest -= part;
        }
        // More than was settled was credit; it comes back as principal.
        parts.principal += rest;
        *before += parts;
        self.bring_back(entry, amount, parts, false)
    }

    /// Charges fees of each installment as its amounts are now, until it is met.
    fn charge_each(&mut self) -> Result<(), PlanError> {
        for (term, charged_by) in std::mem::take(&mut self.of_each) {
            self.charge_installments(&term, charged_by)?;
            self.of_each.push((term, charged_by));
        }
        Ok(())
    }

    fn charge_installments(&mut self, term: &FeeTerm, charged_by: (u32, usize)) -> Result<Parts, PlanError> {
        let mut charged = Parts::ZERO;
        for index in 0..self.schedule.rows.len() {
            let row = &self.schedule.rows[index];
            let is_met = row.met_on.is_some() && !row.is_open() && row.due.total() > 0;
            if is_met || !matches!(row.kind, RowKind::Regular | RowKind::ReAged) {
                continue;
            }
            let basis = match term.amount {
                FeeAmount::Minor(_) => 0,
                FeeAmount::Share { of: FeeBasis::Principal, .. } => row.due.principal,
                FeeAmount::Share { of: FeeBasis::Interest, .. } => row.due.interest,
                FeeAmount::Share { of: FeeBasis::PrincipalAndInterest, .. } => {
                    row.due.principal + row.due.interest
                }
                FeeAmount::Share { of: FeeBasis::Outstanding, .. } => {
                    self.schedule.rows[index..].iter().map(|row| row.due.principal).sum()
                }
            };
            let amount = self.fee_amount(term, basis)?;
            let row = &mut self.schedule.rows[index];
            let before = row.due.get(term.component);
            if amount > 0 || row.fees.iter().any(|fee| fee.charged_by == charged_by) {
                row.recharge(term.component, amount, charged_by);
            }
            let change = row.due.get(term.component) - before;
            *charged.slot(term.component) += change;
            self.count(change)?;
        }
        Ok(charged)
    }

    /// Charges a fee to the installments it belongs to.
    fn charge(&mut self, term: &FeeTerm, due_on: Date, charged_by: (u32, usize)) -> Result<Parts, PlanError> {
        if term.when == FeeWhen::EachInstallment {
            self.of_each.push((term.clone(), charged_by));
            return self.charge_installments(term, charged_by);
        }
        let principal: i64 =
            self.schedule.rows.iter().map(|row| row.due.principal - row.credited.principal).sum();
        let interest: i64 = self.schedule.rows.iter().map(|row| row.due.interest).sum();
        let basis = match term.amount {
            FeeAmount::Minor(_) => 0,
            FeeAmount::Share { of: FeeBasis::Principal, .. } => principal,
            FeeAmount::Share { of: FeeBasis::Interest, .. } => interest,
            FeeAmount::Share { of: FeeBasis::PrincipalAndInterest, .. } => principal + interest,
            FeeAmount::Share { of: FeeBasis::Outstanding, .. } => {
                self.schedule.rows.iter().map(|row| row.open().principal).sum()
            }
        };
        let amount = self.fee_amount(term, basis)?;
        if amount > 0 {
            self.count(amount)?;
            let index = self.schedule.row_for_fee(due_on);
            self.schedule.rows[index].charge(term.component, amount, due_on, charged_by);
        }
        Ok(Parts::of(term.component, amount))
    }

    fn fee_amount(&self, term: &FeeTerm, basis: i64) -> Result<i64, PlanError> {
        let amount = match term.amount {
            FeeAmount::Minor(amount) => amount,
            FeeAmount::Share { rate, .. } => {
                rate.of(Money::new(basis, self.terms.currency), self.terms.rounding.mode)?.minor
            }
        };
        Ok(term.at_most.map_or(amount, |most| amount.min(most)))
    }

    /// Keeps in mind how much was charged in all, and refuses what could make sums wrap.
    fn count(&mut self, charged: i64) -> Result<(), PlanError> {
        self.charged = check::fits_sums(i128::from(self.charged) + i128::from(charged))?;
        Ok(())
    }

    /// Lets money that was over flow onto what was charged behind it.
    fn spend_credit(&mut self) -> Result<(), PlanError> {
        for index in 0..self.effects.len() {
            let effect = &self.effects[index];
            let amount = effect.over.min(self.credit);
            if !effect.is_money || amount == 0 {
                continue;
            }
            let mut flow = Flow::new(effect.on, &self.terms.allocation.default, Because::Credit);
            let rest = flow.pour(&mut self.schedule.rows, amount)?;
            self.schedule.note_repaid(&flow, 0);
            let spent = amount - rest;
            let parts: Parts = flow.shares.iter().map(|share| Parts::of(share.component, share.amount)).sum();
            self.credit -= spent;
            let effect = &mut self.effects[index];
            effect.over -= spent;
            effect.parts += parts;
            effect.principal_change -= parts.principal;
            effect.shares.append(&mut flow.shares);
        }
        Ok(())
    }

    fn waive_fee(&mut self, entry: &Entry, of: u32, amount: i64) -> Result<(), PlanError> {
        let mut rest = amount;
        let mut is_there = false;
        for row in &mut self.schedule.rows {
            is_there |= row.fees.iter().any(|fee| fee.charged_by.0 == of);
            rest -= row.waive_fees_of(of, rest, entry.value_on).total();
        }
        if !is_there {
            return Err(PlanError::NoEntry(of));
        }
        self.note(entry, Parts::ZERO, amount, 0);
        Ok(())
    }

    fn re_amortize(&mut self, entry: &Entry) -> Result<(), PlanError> {
        let on = entry.value_on;
        self.schedule.accrue(on)?;
        let future: Vec<usize> = (0..self.schedule.rows.len())
            .filter(|&index| {
                let row = &self.schedule.rows[index];
                row.due_on > on && row.kind == RowKind::Regular && !row.fixed
            })
            .collect();
        if future.is_empty() {
            return Err(PlanError::NothingToCome);
        }
        let (mut moved, mut joined) = (0, 0);
        for row in self.schedule.rows.iter_mut().filter(|row| row.due_on <= on) {
            let open = row.open().principal;
            moved += open;
            if row.kind != RowKind::Regular {
                joined += open;
            }
            row.due.principal -= open;
            row.fixed = true;
            row.settle(on);
        }
        self.schedule.join(on, joined);
        for (&index, part) in future.iter().zip(self.even_parts(moved, future.len())?) {
            let row = &mut self.schedule.rows[index];
            row.due.principal += part;
            row.level += part;
            row.settle(on);
        }
        self.note(entry, Parts::of(Component::Principal, moved), moved, 0);
        Ok(())
    }

    fn re_age(
        &mut self,
        entry: &Entry,
        starts_on: Date,
        every: Frequency,
        installments: u32,
    ) -> Result<(), PlanError> {
        let on = entry.value_on;
        self.schedule.accrue(on)?;
        self.schedule.stop_interest(on)?;
        let mut moved = 0;
        for row in &mut self.schedule.rows {
            let open = row.open().principal;
            row.fixed |= matches!(row.kind, RowKind::Regular | RowKind::OddDays);
            if open > 0 {
                moved += open;
                row.due.principal -= open;
                row.settle(on);
            }
        }
        // Installments that had not begun when the plan was re-aged ask for nothing any more.
        self.schedule.rows.retain(|row| !(row.due_on > on && row.is_void() && row.kind == RowKind::Regular));
        // Fees and credits behind the last installment now lie before the new ones.
        for row in &mut self.schedule.rows {
            if row.key == RowKey::Additional {
                row.key = RowKey::AdditionalUntil(entry.number);
            }
        }
        for share in self.effects.iter_mut().flat_map(|effect| &mut effect.shares) {
            if share.installment == RowKey::Additional {
                share.installment = RowKey::AdditionalUntil(entry.number);
            }
        }
        let ends = self.schedule.rows.iter().filter(|row| row.kind != RowKind::DownPayment);
        let mut from = ends.map(|row| row.due_on).max().unwrap_or(self.terms.starts_on);
        if self.schedule.rows.len() + installments as usize > ROWS_MAX as usize {
            return Err(PlanError::TooLong);
        }
        for (index, part) in (0..installments).zip(self.even_parts(moved, installments as usize)?) {
            let due_on = every.date_from(starts_on, index, MonthEnd::Clamp).ok_or(PlanError::TooLong)?;
            let key = RowKey::ReAged { entry: entry.number, number: index + 1 };
            let mut row = Row::new(key, from, due_on);
            row.due.principal = part;
            from = due_on;
            self.schedule.insert(row);
        }
        self.note(entry, Parts::of(Component::Principal, moved), moved, 0);
        Ok(())
    }

    /// Splits an amount into rounded equal parts; the last is the rest.
    fn even_parts(&self, amount: i64, count: usize) -> Result<Vec<i64>, PlanError> {
        let rounding = &self.terms.rounding;
        let part = level::to_multiple(level::even(amount, count, Rounding::HalfEven)?, rounding)?;
        let mut parts = vec![part; count];
        let mut left = amount;
        for part in &mut parts {
            *part = left.min(*part);
            left -= *part;
        }
        if let Some(last) = parts.last_mut() {
            *last += left;
        }
        Ok(parts)
    }

    fn note(&mut self, entry: &Entry, parts: Parts, amount: i64, principal_change: i64) {
        self.effects.push(Effect {
            entry: entry.number,
            on: entry.value_on,
            parts,
            amount,
            over: 0,
            principal_after: 0,
            shares: Vec::new(),
            principal_change,
            is_money: false,
        });
    }

    fn finish(mut self) -> Result<Account, PlanError> {
        self.schedule.accrue(self.as_of)?;
        self.effects.sort_by_key(|effect| (effect.on, effect.entry));
        let mut principal = 0;
        for effect in &mut self.effects {
            principal += effect.principal_change;
            effect.principal_after = principal.max(0);
        }
        let rows = self.schedule.into_rows(self.as_of);
        Ok(Account {
            as_of: self.as_of,
            rows,
            effects: self.effects,
            credit: self.credit,
            advanced: self.advanced,
        })
    }
}

fn principal_of(shares: &[Share]) -> i64 {
    let principal = shares.iter().filter(|share| share.component == Component::Principal);
    principal.map(|share| share.amount).sum()
}

const _: () = assert!(ENTRIES_MAX < 9_000);
