//! Interest that follows payments over a schedule that is laid out first.
//!
//! What is past due bears interest by the day until it is paid. Money that comes before its time repays principal of the
//! running installment at once, which asks for at least as much; the terms say what becomes of the installments behind.

use jiff::civil::Date;

use super::Schedule;
use super::interest::Exact;
use super::level::even;
use crate::plan::allocation::{Dueness, Flow};
use crate::plan::check::PlanError;
use crate::plan::parts::Component;
use crate::plan::row::Row;
use crate::plan::terms::{Amortization, Posting, Prepayment, SegmentRounding};

/// Principal of a regular installment that was paid.
pub(super) struct Repaid {
    pub on: Date,
    /// The installment, by its place among the regular ones.
    pub at: usize,
    pub amount: i64,
}

impl Schedule<'_> {
    pub(super) fn is_recalculated(&self) -> bool {
        self.terms.posting == Posting::ScheduleFirst && self.follows_payments()
    }

    /// Lays installments out anew by what was paid; what is past due on the day of the account is taken as paid then.
    ///
    /// No interest arises from the day on which it ends.
    pub(super) fn lay_out_recalculated(&mut self, as_of: Date, ends_on: Date) -> Result<(), PlanError> {
        let regular: Vec<usize> = self.regular().collect();
        let mut levels: Vec<i64> = regular.iter().map(|&index| self.rows[index].level).collect();
        let prepayment = self.terms.interest.prepayment;
        let (mut repaid, mut carried, mut deferred, mut too_much) = (0_i64, 0_i64, 0_i64, 0_i64);
        // What rows to come have received already is not for the rows before them.
        let held = |row: &Row| {
            if row.fixed { row.due.principal - row.credited.principal } else { row.principal_settled() }
        };
        let mut reserved: i64 = regular.iter().map(|&index| held(&self.rows[index])).sum();
        let takes_the_rest = regular.iter().rposition(|&index| !self.rows[index].fixed);
        for (at, &index) in regular.iter().enumerate() {
            let row = &self.rows[index];
            let due_on = row.due_on;
            reserved -= held(row);
            if row.fixed {
                repaid += row.due.principal - row.credited.principal;
                continue;
            }
            let mut interest = self.recalculated_interest(at, &regular, repaid, (as_of, ends_on))?;
            let is_last = takes_the_rest == Some(at);
            let advances = self.advances.iter().filter(|&&(day, _)| is_last || day < due_on);
            let advanced: i64 = advances.map(|&(_, amount)| amount).sum();
            let left = (advanced - repaid - reserved).max(0);
            let wanted = match self.terms.amortization {
                Amortization::EqualInstallment | Amortization::Graduated { .. }
                    if at < self.terms.grace.interest as usize =>
                {
                    0
                }
                Amortization::EqualInstallment | Amortization::Graduated { .. } => levels[at] - interest,
                Amortization::EqualPrincipal | Amortization::Custom(_) | Amortization::InterestOnly => {
                    levels[at]
                }
            };
            let wanted = if self.asks_principal(at) { wanted.max(0) } else { 0 };
            let asked = if is_last { left } else { (wanted - carried).clamp(0, left) };
            let least = self.least.get(&at).copied().unwrap_or(0).min(left).max(row.principal_settled());
            let principal = asked.max(least);
            if asked == 0 {
                // An installment without principal uses up what it would have asked for.
                carried -= carried.min(wanted);
            } else {
                carried = 0;
            }
            if !self.asks_interest(at) && !is_last {
                deferred += std::mem::take(&mut interest);
            } else {
                interest += std::mem::take(&mut deferred);
            }
            let row = &mut self.rows[index];
            // Interest that was paid stays paid; what it was too much comes off the next.
            interest += std::mem::take(&mut too_much);
            let asked_interest = interest.max(row.interest_paid());
            too_much = interest - asked_interest;
            row.due.principal = principal + row.credited.principal;
            row.due.interest = asked_interest + row.credited.interest;
            repaid += principal;
            let ahead = principal - asked;
            if ahead > 0 && !is_last {
                match prepayment {
                    Prepayment::SmallerInstallments => {
                        let level = self.smaller_level(&regular[at + 1..], left - principal)?;
                        levels[at + 1..].fill(level);
                    }
                    Prepayment::FewerInstallments => {}
                    Prepayment::NextInstallments => carried += ahead,
                }
            }
        }
        self.move_ends(as_of)
    }

    /// Returns the level of the installments behind one that was paid early, so that they repay what is left.
    fn smaller_level(&self, behind: &[usize], left: i64) -> Result<i64, PlanError> {
        if left <= 0 {
            return Ok(0);
        }
        match self.terms.amortization {
            Amortization::EqualInstallment | Amortization::Graduated { .. } => self.solve_level(behind),
            Amortization::EqualPrincipal => even(left, behind.len(), self.terms.rounding.mode),
            Amortization::Custom(_) | Amortization::InterestOnly => Ok(0),
        }
    }

    /// Returns the interest of a period: of what its and later installments repay, and of what is past due.
    fn recalculated_interest(
        &self,
        at: usize,
        regular: &[usize],
        repaid: i64,
        (as_of, ends_on): (Date, Date),
    ) -> Result<i64, PlanError> {
        if at < self.terms.grace.interest_free as usize {
            return Ok(0);
        }
        let row = &self.rows[regular[at]];
        let (from, due_on) = (row.from_on, row.due_on);
        let past_due = |day: Date| -> i64 {
            let asked: i64 = regular[..at]
                .iter()
                .map(|&index| self.rows[index].due.principal - self.rows[index].credited.principal)
                .sum();
            let paid = self.repaid_by.iter().filter(|repaid| repaid.at < at && repaid.on <= day);
            if day < as_of { asked - paid.map(|repaid| repaid.amount).sum::<i64>() } else { 0 }
        };
        let early = |day: Date| -> i64 {
            let early = self.repaid_by.iter().filter(|repaid| repaid.at >= at && repaid.on <= day);
            early.map(|repaid| repaid.amount).sum()
        };
        let advanced = |day: Date| -> i64 {
            self.advances.iter().filter(|&&(on, _)| on <= day).map(|&(_, amount)| amount).sum()
        };
        let mut days: Vec<Date> = self.advances.iter().map(|&(day, _)| day).collect();
        days.extend(self.repaid_by.iter().map(|repaid| repaid.on));
        days.extend([as_of, ends_on]);
        days.retain(|&day| from < day && day < due_on);
        days.sort_unstable();
        days.dedup();
        let (mut exact, mut rounded, mut cursor) = (Exact::ZERO, 0, from);
        for day in days.into_iter().chain([due_on]) {
            if cursor >= ends_on {
                break;
            }
            let balance = (advanced(cursor) - repaid - early(cursor) + past_due(cursor)).max(0);
            let mut part = Exact::ZERO;
            self.add_interest(&mut part, balance, cursor, day, (from, due_on))?;
            match self.terms.interest.segments {
                SegmentRounding::Each => rounded += self.round_interest(part)?,
                SegmentRounding::Once => exact = exact.plus(part)?,
            }
            cursor = day;
        }
        Ok(rounded + self.round_interest(exact)?)
    }

    /// Lets money flow: first onto what is due, then onto the principal of the running installment.
    pub(super) fn pour_recalculated(&mut self, flow: &mut Flow<'_>, amount: i64) -> Result<i64, PlanError> {
        let on = flow.on;
        self.lay_out_recalculated(on, Date::MAX)?;
        let mut rest = flow.pour_due(&mut self.rows, amount);
        self.note_repaid(flow, 0);
        let running = self
            .regular()
            .enumerate()
            .find(|&(_, index)| self.rows[index].due_on >= on && !self.rows[index].fixed);
        if let (Some((at, index)), true) = (running, rest > 0) {
            let noted = flow.shares.len();
            if self.rows[index].dueness_on(on) == Dueness::InAdvance {
                rest = flow.pour_fees(&mut self.rows, index, rest);
            }
            let paid = self.rows[index].principal_settled();
            let scheduled: i64 = self
                .regular()
                .take(at)
                .map(|index| self.rows[index].due.principal - self.rows[index].credited.principal)
                .sum();
            let held: i64 =
                self.regular().skip(at + 1).map(|index| self.rows[index].principal_settled()).sum();
            let advanced: i64 =
                self.advances.iter().filter(|&&(day, _)| day <= on).map(|&(_, amount)| amount).sum();
            let ahead = rest.min(advanced - scheduled - held - paid).max(0);
            self.least.insert(at, paid + ahead);
            self.lay_out_recalculated(on, Date::MAX)?;
            rest -= ahead - flow.pour_component(&mut self.rows, index, Component::Principal, ahead);
            self.note_repaid(flow, noted);
            self.lay_out_recalculated(on, Date::MAX)?;
        }
        if rest > 0 {
            // What is more than all principal settles what else is left.
            let noted = flow.shares.len();
            rest = flow.pour(&mut self.rows, rest)?;
            self.note_repaid(flow, noted);
        }
        self.lay_out_recalculated(on, Date::MAX)?;
        self.settle_paid(on);
        Ok(rest)
    }
}
