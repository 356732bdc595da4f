//! Odd days before the first whole period, and money that makes all installments to come smaller.

use jiff::Span;
use jiff::civil::Date;

use super::Schedule;
use super::interest::Exact;
use crate::plan::allocation::{Because, Dueness, Flow};
use crate::plan::check::PlanError;
use crate::plan::dates::{Frequency, Unit};
use crate::plan::parts::Component;
use crate::plan::row::{RowKey, RowKind};
use crate::plan::terms::{Amortization, OddFirstPeriod, Terms};

/// Returns the day on which the first whole period starts, when odd days before it are charged apart.
///
/// A schedule made by hand has none.
pub(super) fn odd_days(terms: &Terms) -> Option<Date> {
    if matches!(terms.amortization, Amortization::Custom(_)) {
        return None;
    }
    let whole_from = period_before(terms.first_due_on?, terms.frequency)?;
    (terms.odd_first_period != OddFirstPeriod::Spread && whole_from > terms.starts_on).then_some(whole_from)
}

/// Returns the day on which the period of the first installment starts.
pub(super) fn first_period_from(terms: &Terms) -> Date {
    match terms.odd_first_period {
        OddFirstPeriod::Spread | OddFirstPeriod::FirstInstallment => terms.starts_on,
        OddFirstPeriod::Charged => odd_days(terms).unwrap_or(terms.starts_on),
    }
}

fn period_before(day: Date, Frequency { every, unit }: Frequency) -> Option<Date> {
    let back = i64::from(every);
    let span = match unit {
        Unit::Days => Span::new().try_days(back),
        Unit::Weeks => Span::new().try_days(7 * back),
        Unit::Months => Span::new().try_months(back),
        Unit::Years => Span::new().try_years(back),
        Unit::SemiMonths => Span::new().try_days(15 * back),
    };
    day.checked_sub(span.ok()?).ok()
}

impl Schedule<'_> {
    /// Returns the period that an installment bears interest for, without odd days that are charged apart.
    pub(super) fn whole_period(&self, at: usize, index: usize) -> (Date, Date) {
        let (from, due) = (self.rows[index].from_on, self.rows[index].due_on);
        match odd_days(self.terms) {
            Some(whole_from) if at == 0 => (whole_from.min(due), due),
            _ => (from, due),
        }
    }

    /// Charges interest for odd days to a row of its own, or returns what the first installment asks for on top.
    pub(super) fn charge_odd_days(&mut self) -> Result<i64, PlanError> {
        let Some(whole_from) = odd_days(self.terms) else { return Ok(0) };
        if self.terms.grace.interest_free > 0 {
            return Ok(0);
        }
        let before = period_before(whole_from, self.terms.frequency).unwrap_or(self.terms.starts_on);
        let mut exact = Exact::ZERO;
        for &(day, amount) in self.advances.iter().filter(|&&(day, _)| day < whole_from) {
            let from = day.max(self.terms.starts_on);
            self.add_interest(&mut exact, amount, from, whole_from, (before, whole_from))?;
        }
        let interest = self.round_interest(exact)?;
        match self.rows.iter_mut().find(|row| row.key == RowKey::OddDays) {
            Some(row) => {
                if !row.fixed {
                    row.due.interest = interest.max(row.interest_paid()) + row.credited.interest;
                }
                Ok(0)
            }
            None => Ok(interest),
        }
    }

    /// Returns what is put into installments by day: advances, less what was repaid to make all of them smaller.
    pub(super) fn scheduled_flows(&self) -> Vec<(Date, i64)> {
        let mut flows = self.advances.clone();
        flows.extend(self.spread.iter().map(|&(day, amount)| (day, -amount)));
        flows.sort_by_key(|&(day, _)| day);
        flows
    }

    /// Repays principal at once and makes all installments to come smaller; returns what is left.
    ///
    /// Each of them counts an equal part as paid. What would repay everything is left for a payoff.
    pub(super) fn spread_by_the_day(&mut self, flow: &mut Flow<'_>, amount: i64) -> Result<i64, PlanError> {
        let on = flow.on;
        let levels = matches!(
            self.terms.amortization,
            Amortization::EqualInstallment | Amortization::Graduated { .. }
        );
        let ahead: Vec<usize> = (0..self.rows.len())
            .filter(|&index| self.rows[index].kind == RowKind::Regular && self.rows[index].is_open())
            .filter(|&index| !self.rows[index].fixed)
            .filter(|&index| self.rows[index].dueness_on(on) == Dueness::InAdvance)
            .collect();
        let open: i64 = ahead.iter().map(|&index| self.rows[index].open().principal).sum();
        let Ok(count) = i64::try_from(ahead.len()) else { return Err(PlanError::TooLarge) };
        if !levels || count == 0 || amount >= open {
            return Ok(amount);
        }
        flow.because = Because::EqualPart;
        self.spread.push((on, amount));
        let part = amount / count;
        for (number, &index) in (1..).zip(&ahead) {
            let part = if number == count { amount - part * (count - 1) } else { part };
            let row = &mut self.rows[index];
            row.spread += part;
            row.due.principal += part;
            flow.pour_component(&mut self.rows, index, Component::Principal, part);
        }
        flow.because = Because::Order;
        self.repaid.push((on, amount));
        self.set_levels(&ahead, (on, u32::MAX))?;
        Ok(0)
    }
}
