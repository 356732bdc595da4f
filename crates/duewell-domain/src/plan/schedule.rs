//! The schedule: installments laid out over the due dates, interest and level installments included.

mod amended;
mod interest;
pub(super) mod level;
mod odd;
mod recalculated;

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::ROWS_MAX;
use super::allocation::{Dueness, Flow, InAdvance};
use super::check::PlanError;
use super::event::Entry;
use super::parts::{Component, Parts};
use super::row::{Row, RowKey, RowKind};
use super::terms::{
    Amortization, DeferredInterest, InterestMethod, Length, OddFirstPeriod, Posting, Prepayment,
    Recalculation, Residue, Terms,
};
use crate::rate::Rate;
use amended::{Agreed, Piece};
use interest::Exact;
use odd::{first_period_from, odd_days};
use recalculated::Repaid;

/// Installments on their way: what was advanced, at which rates, and how it is repaid.
pub(super) struct Schedule<'a> {
    terms: &'a Terms,
    pub rows: Vec<Row>,
    agreed: Agreed,
    /// Rates by the day they start on.
    rates: Vec<(Date, Rate)>,
    /// Days from and until which no interest arises.
    pauses: Vec<(Date, Date)>,
    /// What is to be repaid in regular installments, by the day it was advanced.
    advances: Vec<(Date, i64)>,
    /// Principal of regular installments that was paid, by day; kept when interest follows payments.
    repaid: Vec<(Date, i64)>,
    /// What of it was repaid to make all installments to come smaller.
    spread: Vec<(Date, i64)>,
    /// Repaid principal by installment, over a schedule that is laid out first.
    repaid_by: Vec<Repaid>,
    /// The least principal an installment asks for, as so much was paid into it by its due date.
    least: BTreeMap<usize, i64>,
    /// Whether the schedule bears interest and has to be worked out again when something moves.
    bears_interest: bool,
    /// What the first installment takes instead of the last.
    first_residue: i64,
}

impl<'a> Schedule<'a> {
    pub fn new(terms: &'a Terms, rates: Vec<(Date, Rate)>, changes: &[&Entry]) -> Result<Self, PlanError> {
        let agreed = Agreed::new(terms, changes)?;
        let mut from = first_period_from(terms);
        let rows = agreed
            .dates(terms)?
            .into_iter()
            .zip(1..)
            .map(|(due_on, number)| {
                let row = Row::new(RowKey::Regular(number), from.min(due_on), due_on);
                from = due_on;
                row
            })
            .collect();
        let bears_interest = rates.iter().any(|(_, rate)| !rate.is_zero());
        let mut schedule = Schedule {
            terms,
            rows,
            agreed,
            rates,
            pauses: Vec::new(),
            advances: Vec::new(),
            repaid: Vec::new(),
            spread: Vec::new(),
            repaid_by: Vec::new(),
            least: BTreeMap::new(),
            bears_interest,
            first_residue: 0,
        };
        if let Amortization::Custom(rows) = &terms.amortization {
            for (row, custom) in schedule.rows.iter_mut().zip(rows) {
                row.level = custom.principal;
            }
        }
        if let (OddFirstPeriod::Charged, Some(whole_from)) = (terms.odd_first_period, odd_days(terms)) {
            schedule.insert(Row::new(RowKey::OddDays, terms.starts_on, whole_from));
        }
        Ok(schedule)
    }

    /// Adds an advance to what the installments to come repay.
    pub fn advance(&mut self, entry: u32, on: Date, amount: i64) -> Result<(), PlanError> {
        if amount == 0 {
            return Ok(());
        }
        let at = self.advances.partition_point(|&(day, _)| day <= on);
        self.advances.insert(at, (on, amount));
        // Laid out first, equal parts of principal are worked out at the start of a day, for installments due on it too.
        let due_today = self.terms.posting == Posting::ScheduleFirst && self.is_flat();
        let is_to_come = |row: &Row| !row.fixed && (row.due_on > on || due_today && row.due_on == on);
        let mut affected: Vec<usize> =
            self.regular().filter(|&index| is_to_come(&self.rows[index])).collect();
        if affected.is_empty() {
            affected.push(self.one_more_installment(on)?);
        }
        if self.is_flat() {
            self.set_flat_interest()?;
        }
        match &self.terms.amortization {
            Amortization::Custom(_) => {
                // In the order of the rows, as far as it was advanced.
                let mut left: i64 = self.advances.iter().map(|&(_, amount)| amount).sum();
                left -= self
                    .regular()
                    .filter(|index| !affected.contains(index))
                    .map(|index| self.rows[index].due.principal - self.rows[index].credited.principal)
                    .sum::<i64>();
                for (at, &index) in affected.iter().enumerate() {
                    let row = &mut self.rows[index];
                    let part = if at + 1 == affected.len() {
                        left
                    } else {
                        // What it received already, when the last one had joined it, stays with it.
                        row.level.max(row.principal_settled()).min(left)
                    };
                    row.due.principal = part + row.credited.principal;
                    left -= part;
                }
                if self.bears_interest {
                    self.lay_out(on)?;
                } else {
                    self.join_small_last();
                }
            }
            _ if self.is_flat() => {
                self.add_level_principal(&affected, amount)?;
                self.join_small_last();
            }
            Amortization::EqualPrincipal => {
                self.add_level_principal(&affected, amount)?;
                self.lay_out(on)?;
            }
            Amortization::InterestOnly => {
                if let Some(&last) = affected.last() {
                    self.rows[last].due.principal += amount;
                }
                self.lay_out(on)?;
            }
            Amortization::EqualInstallment | Amortization::Graduated { .. } => {
                self.set_levels(&affected, (on, entry))?;
            }
        }
        for index in affected {
            self.rows[index].settle(on);
        }
        Ok(())
    }

    /// Puts an installment behind the last one, as many periods from it as it takes to be behind a day.
    fn one_more_installment(&mut self, on: Date) -> Result<usize, PlanError> {
        let fixed = matches!(self.terms.amortization, Amortization::Custom(_))
            || matches!(self.terms.length, Length::InstallmentMinor(_));
        let (Some(last), false) = (self.regular().last(), fixed) else {
            return Err(PlanError::NothingToCome);
        };
        let (RowKey::Regular(number), false) = (self.rows[last].key, self.rows[last].fixed) else {
            // Spread anew, called in or given up: the plan goes another way.
            return Err(PlanError::NothingToCome);
        };
        if number >= ROWS_MAX {
            return Err(PlanError::TooLong);
        }
        let from = self.rows[last].due_on;
        let mut later =
            (1..).map_while(|periods| self.terms.frequency.date_from(from, periods, self.terms.month_end));
        let due_on = later.find(|&day| day > on).ok_or(PlanError::TooLong)?;
        self.insert(Row::new(RowKey::Regular(number + 1), from, due_on));
        self.regular().last().ok_or(PlanError::NothingToCome)
    }

    /// Counts principal of other rows among what regular installments repay.
    pub fn join(&mut self, on: Date, amount: i64) {
        if amount > 0 && self.terms.interest.method != InterestMethod::Flat {
            let at = self.advances.partition_point(|&(day, _)| day <= on);
            self.advances.insert(at, (on, amount));
        }
    }

    pub fn add_down_payment(&mut self, entry: u32, on: Date, amount: i64) {
        let mut row = Row::new(RowKey::DownPayment(entry), on, on);
        row.due.principal = amount;
        match self.terms.posting {
            Posting::InTurn => {
                self.insert(row);
            }
            Posting::ScheduleFirst => {
                let is_before = |other: &Row| {
                    other.due_on < on || other.due_on == on && other.kind == RowKind::DownPayment
                };
                let at = self.rows.partition_point(is_before);
                self.rows.insert(at, row);
            }
        }
    }

    /// Puts a row behind those that are due before it, or on the same day.
    pub fn insert(&mut self, row: Row) -> usize {
        let rank = |row: &Row| (row.due_on, row.key == RowKey::Additional);
        let at = self.rows.partition_point(|other| rank(other) <= rank(&row));
        self.rows.insert(at, row);
        at
    }

    pub fn change_rate(&mut self, from_on: Date, rate: Rate) -> Result<(), PlanError> {
        let at = self.rates.partition_point(|&(day, _)| day <= from_on);
        self.rates.insert(at, (from_on, rate));
        self.bears_interest |= !rate.is_zero();
        self.follow_change(from_on)
    }

    /// Lets no interest arise for some days. Installments stay as they are; the last one is so much less.
    pub fn pause(&mut self, from_on: Date, until_on: Date) -> Result<(), PlanError> {
        self.pauses.push((from_on, until_on));
        self.pauses.sort_unstable();
        if self.is_flat() { self.set_flat_interest() } else { self.lay_out(from_on) }
    }

    /// Works out levels anew for the installments behind a change of rate.
    fn follow_change(&mut self, on: Date) -> Result<(), PlanError> {
        if self.is_flat() {
            return self.set_flat_interest();
        }
        let affected: Vec<usize> =
            self.regular().filter(|&index| self.rows[index].due_on > on && !self.rows[index].fixed).collect();
        let levels = matches!(
            self.terms.amortization,
            Amortization::EqualInstallment | Amortization::Graduated { .. }
        );
        if levels && !affected.is_empty() && !self.advances.is_empty() {
            self.set_levels(&affected, (on, u32::MAX))
        } else {
            self.lay_out(on)
        }
    }

    /// Brings interest up to a day, when it follows what is really paid.
    pub fn accrue(&mut self, as_of: Date) -> Result<(), PlanError> {
        if self.follows_payments() { self.lay_out(as_of) } else { Ok(()) }
    }

    pub fn follows_payments(&self) -> bool {
        self.terms.interest.recalculation != Recalculation::None && self.bears_interest && !self.is_flat()
    }

    fn is_flat(&self) -> bool {
        self.terms.interest.method == InterestMethod::Flat || !self.bears_interest && self.is_equal()
    }

    fn is_equal(&self) -> bool {
        matches!(self.terms.amortization, Amortization::EqualInstallment | Amortization::EqualPrincipal)
            && matches!(self.terms.length, Length::Installments(_))
    }

    fn regular(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        (0..self.rows.len()).filter(|&index| self.rows[index].kind == RowKind::Regular)
    }

    /// Returns the installment a fee of that day belongs to, made if need be.
    pub fn row_for_fee(&mut self, day: Date) -> usize {
        let fits = |row: &Row| matches!(row.kind, RowKind::Regular | RowKind::ReAged) && row.due_on >= day;
        match self.rows.iter().position(fits) {
            Some(index) => index,
            None => self.additional(day),
        }
    }

    /// Returns the installment that a credit taken back on that day is due with, made if need be.
    pub fn row_for_credits(&mut self, day: Date) -> usize {
        if let Some(index) = self
            .rows
            .iter()
            .position(|row| !matches!(row.kind, RowKind::Additional | RowKind::OddDays) && row.due_on > day)
        {
            return index;
        }
        match self.rows.last() {
            Some(row) if row.kind != RowKind::Additional && row.due_on == day => self.rows.len() - 1,
            _ => self.additional(day),
        }
    }

    fn additional(&mut self, day: Date) -> usize {
        let at = self.rows.iter().position(|row| row.key == RowKey::Additional);
        let mut row = match at {
            Some(index) => self.rows.remove(index),
            None => {
                let from = self.rows.iter().map(|row| row.due_on).max().unwrap_or(self.terms.starts_on);
                Row::new(RowKey::Additional, from, from)
            }
        };
        row.due_on = row.due_on.max(day);
        self.insert(row)
    }

    /// Returns the installments as they stand, without those that never asked for anything.
    pub fn into_rows(mut self, as_of: Date) -> Vec<Row> {
        self.rows.retain(|row| row.key != RowKey::Additional || !row.is_void());
        let shortened =
            self.is_recalculated() && self.terms.interest.prepayment == Prepayment::FewerInstallments;
        if matches!(self.terms.length, Length::InstallmentMinor(_)) || shortened {
            let used = self.rows.iter().rposition(|row| !row.is_void()).map_or(0, |last| last + 1);
            self.rows.truncate(used);
        }
        for row in &mut self.rows {
            if row.is_open() {
                row.met_on = None;
            } else if row.met_on.is_none() && row.kind != RowKind::Regular {
                row.met_on = Some(as_of);
            }
        }
        self.rows
    }

    /// Spreads principal over installments in equal parts; what rounding leaves goes where the terms say.
    fn add_level_principal(&mut self, affected: &[usize], amount: i64) -> Result<(), PlanError> {
        let regular: Vec<usize> = self.regular().collect();
        let longer_from = self.agreed.longer.first().and_then(|longer| regular.get(longer.from));
        let affected = match (self.terms.posting, longer_from, affected) {
            // A plan that was made longer is spread anew from there on, whenever the money was advanced.
            (Posting::ScheduleFirst, Some(from), [first, ..]) if from < first => {
                &regular[regular.partition_point(|index| index < from)..]
            }
            _ => affected,
        };
        let pieces = self.pieces(affected);
        let Some(last) = pieces.last().and_then(|piece| piece.over.last()).copied() else {
            return Err(PlanError::Field(
                "grace.principal",
                "there are as many installments in grace as there are",
            ));
        };
        let flat = self.terms.interest.method == InterestMethod::Flat;
        let mut rest = amount;
        if self.terms.posting == Posting::ScheduleFirst {
            // All advances together are spread anew.
            for &index in affected {
                rest += std::mem::take(&mut self.rows[index].due.principal);
            }
        }
        let whole = self.advances.len() == 1 || self.terms.posting == Posting::ScheduleFirst;
        let balloon = if whole { self.terms.balloon.min(rest) } else { 0 };
        rest -= balloon;
        for Piece { over, holds_for } in pieces {
            let rounding = &self.terms.rounding;
            let part = level::even(rest, over.len(), rounding.mode)?;
            for &index in &over[..holds_for] {
                let row = &mut self.rows[index];
                let before = row.due.principal;
                // What is a multiple is the installment, flat interest included.
                let interest = if flat { row.due.interest } else { 0 };
                row.due.principal = level::to_multiple(before + part + interest, rounding)? - interest;
                rest -= row.due.principal - before;
            }
            if holds_for == over.len() {
                self.add_residue(&over, std::mem::take(&mut rest));
            }
        }
        self.carry_shortfalls(affected);
        if matches!(self.terms.amortization, Amortization::EqualInstallment | Amortization::EqualPrincipal) {
            // Should interest begin to arise, what was asked for so far stays.
            for &index in affected {
                let row = &mut self.rows[index];
                row.level = row.due.principal - row.credited.principal;
            }
        }
        self.rows[last].due.principal += balloon;
        Ok(())
    }

    /// Takes from neighbours what a row was asked to give beyond what it has: small principals rounded up.
    fn carry_shortfalls(&mut self, rows: &[usize]) {
        let mut lacking = 0;
        for &index in rows.iter().rev().chain(rows) {
            let row = &mut self.rows[index];
            let least = row.credited.principal.max(row.paid.principal + row.waived.principal);
            let wanted = row.due.principal - lacking;
            row.due.principal = wanted.max(least);
            lacking = row.due.principal - wanted;
        }
    }

    fn add_residue(&mut self, rows: &[usize], residue: i64) {
        let at = match self.terms.rounding.residue {
            Residue::Last => rows.last(),
            Residue::First => rows.first(),
            Residue::Spread => {
                // Unit by unit from the first on, so that no two differ by more than one.
                let step = residue.signum() * self.terms.rounding.installment_multiple.max(1);
                let mut left = residue;
                for &index in rows {
                    if left.abs() < step.abs() || step == 0 {
                        break;
                    }
                    self.rows[index].due.principal += step;
                    left -= step;
                }
                if let Some(&last) = rows.last() {
                    self.rows[last].due.principal += left;
                }
                return;
            }
        };
        if let Some(&index) = at {
            self.rows[index].due.principal += residue;
        }
    }

    /// Charges interest on the whole principal, however much of it is repaid.
    fn set_flat_interest(&mut self) -> Result<(), PlanError> {
        if !self.bears_interest || self.terms.interest.method != InterestMethod::Flat {
            return Ok(());
        }
        let rows: Vec<usize> = self.regular().collect();
        let free = (self.terms.grace.interest_free as usize).min(rows.len());
        let mut parts = Vec::with_capacity(rows.len());
        let mut whole = Exact::ZERO;
        for (at, &index) in rows.iter().enumerate() {
            let (from, due) = self.whole_period(at, index);
            let advanced: i64 =
                self.advances.iter().filter(|&&(day, _)| day < due).map(|&(_, amount)| amount).sum();
            let mut exact = Exact::ZERO;
            if at >= free {
                self.add_interest(&mut exact, advanced, from, due, (from, due))?;
            }
            whole = whole.plus(exact)?;
            parts.push(exact);
        }
        // The last takes what rounding left, so that the sum is that of the whole term.
        let mut left = self.round_interest(whole)?;
        let mut deferred = 0;
        let odd = self.charge_odd_days()?;
        for (at, (&index, exact)) in rows.iter().zip(parts).enumerate() {
            let last = at + 1 == rows.len();
            let mut interest = if last { left } else { self.round_interest(exact)?.min(left) };
            left -= interest;
            if !self.asks_interest(at) && !last {
                deferred += interest;
                interest = 0;
            } else {
                interest += std::mem::take(&mut deferred);
            }
            if at == 0 {
                interest += odd;
            }
            let row = &mut self.rows[index];
            if !row.fixed {
                row.due.interest = row.interest_paid().max(interest) + row.credited.interest;
            }
        }
        Ok(())
    }

    /// Works out level installments for the rows behind an advance or a change of rate, and lays them out.
    fn set_levels(&mut self, affected: &[usize], by: (Date, u32)) -> Result<(), PlanError> {
        let on = by.0;
        if let Length::InstallmentMinor(amount) = self.terms.length {
            for &index in affected {
                self.rows[index].level = amount;
            }
            return self.lay_out(on);
        }
        let moved = self.agreed.moves_after(by);
        let real = moved.then(|| self.take_dates_agreed_by(by)).transpose()?;
        for Piece { over, holds_for } in self.pieces(affected) {
            let level = self.solve_level(&over)?;
            self.set_level(&over, level)?;
            self.lay_out(on)?;
            if holds_for == over.len() && self.terms.rounding.residue == Residue::Spread {
                self.spread_level(&over, level, on)?;
            }
        }
        if let Some(real) = real {
            self.set_dates(&real);
            self.lay_out(on)?;
        }
        Ok(())
    }

    /// Puts installments on the dates that had been agreed on by then; returns the ones they have.
    fn take_dates_agreed_by(&mut self, by: (Date, u32)) -> Result<Vec<(Date, Date)>, PlanError> {
        let real = self.regular().map(|index| (self.rows[index].from_on, self.rows[index].due_on)).collect();
        let mut from = first_period_from(self.terms);
        let dates = self.agreed.dates_by(by, self.terms)?;
        let periods: Vec<(Date, Date)> =
            dates.into_iter().map(|due_on| (std::mem::replace(&mut from, due_on), due_on)).collect();
        self.set_dates(&periods);
        Ok(real)
    }

    fn set_dates(&mut self, periods: &[(Date, Date)]) {
        let regular: Vec<usize> = self.regular().collect();
        for (index, &(from_on, due_on)) in regular.into_iter().zip(periods) {
            self.rows[index].from_on = from_on;
            self.rows[index].due_on = due_on;
        }
    }

    fn set_level(&mut self, affected: &[usize], level: i64) -> Result<(), PlanError> {
        let regular: Vec<usize> = self.regular().collect();
        for &index in affected {
            self.rows[index].level = match self.terms.amortization {
                Amortization::Graduated { every, by } => {
                    let at = regular.binary_search(&index).unwrap_or(0);
                    level::graduated(level, at as u32 / every.max(1), by, &self.terms.rounding)?
                }
                _ => level,
            };
        }
        Ok(())
    }

    /// Moves the level by parts of the difference of the last installment, as long as that makes it smaller.
    fn spread_level(&mut self, affected: &[usize], level: i64, on: Date) -> Result<(), PlanError> {
        let [.., before_last, last] = affected else { return Ok(()) };
        let mut level = level;
        for _ in 0..LEVEL_STEPS_MAX {
            let asked = |rows: &[Row], index: usize| rows[index].due.principal + rows[index].due.interest;
            let difference = asked(&self.rows, *last) - asked(&self.rows, *before_last);
            let count = affected.len() as i64;
            if difference.abs() <= count / 2 || count < 2 {
                break;
            }
            let step = level::even(difference, affected.len(), self.terms.rounding.mode)?;
            let moved = level::to_multiple(level + step, &self.terms.rounding)?;
            if moved == level {
                break;
            }
            let kept: Vec<Row> = self.rows.clone();
            self.set_level(affected, moved)?;
            self.lay_out(on)?;
            let now = asked(&self.rows, *last) - asked(&self.rows, *before_last);
            if now.abs() >= difference.abs() {
                self.rows = kept;
                break;
            }
            level = moved;
        }
        Ok(())
    }

    /// Fills interest and principal of every regular row from levels, balances and dates.
    ///
    /// `as_of` matters when interest follows payments: until then the balance is what was really owed, and what is
    /// past due is taken as paid on that day.
    fn lay_out(&mut self, as_of: Date) -> Result<(), PlanError> {
        self.lay_out_until(as_of, Date::MAX)
    }

    /// Lays out the rows as if no interest arose from a day on.
    fn lay_out_until(&mut self, as_of: Date, interest_ends_on: Date) -> Result<(), PlanError> {
        if self.is_flat() {
            return Ok(());
        }
        if self.is_recalculated() {
            return self.lay_out_recalculated(as_of, interest_ends_on);
        }
        let regular: Vec<usize> = self.regular().collect();
        let by_payments = self.follows_payments();
        let odd = self.charge_odd_days()?;
        // What is put into installments: advances, less what was repaid to make all of them smaller.
        let scheduled = self.scheduled_flows();
        let mut flows: Vec<(Date, i64)> = self.advances.clone();
        if by_payments {
            flows.extend(self.repaid.iter().map(|&(day, amount)| (day, -amount)));
            flows.sort_by_key(|&(day, _)| day);
        }
        let mut next_flow = 0;
        let mut next_advance = 0;
        // What is owed, for interest; what is not yet in an installment, for principal.
        let (mut balance, mut unscheduled, mut past_due) = (0_i64, 0_i64, 0_i64);
        let (mut deferred, mut carried) = (0_i64, 0_i64);
        let grace = self.terms.grace;
        let whole_periods = self.terms.interest.recalculation == Recalculation::WholePeriods;
        let rounded_each = self.terms.interest.segments == super::terms::SegmentRounding::Each;
        let count = regular.len();
        let mut done = false;
        // What rows to come have received already is not for the rows before them.
        let least = |row: &Row| row.principal_settled();
        let held = |row: &Row| {
            if row.is_settled(by_payments) {
                row.due.principal - row.credited.principal - row.spread
            } else {
                least(row)
            }
        };
        let mut reserved: i64 = regular.iter().map(|&index| held(&self.rows[index])).sum();
        let takes_the_rest = regular.iter().rposition(|&index| !self.rows[index].is_settled(by_payments));
        for (at, &index) in regular.iter().enumerate() {
            let (from, due) = self.whole_period(at, index);
            let mut exact = Exact::ZERO;
            let (mut rounded, mut held_back) = (0, 0);
            let mut cursor = from;
            let mut until =
                |schedule: &Self, cursor: &mut Date, to: Date, balance: i64| -> Result<(), PlanError> {
                    let to = to.min(interest_ends_on);
                    if to > *cursor && balance > 0 && at >= grace.interest_free as usize {
                        let mut part = Exact::ZERO;
                        schedule.add_interest(&mut part, balance, *cursor, to, (from, due))?;
                        if rounded_each {
                            rounded += schedule.round_interest(part)?;
                        } else {
                            exact = exact.plus(part)?;
                        }
                    }
                    *cursor = to.max(*cursor);
                    Ok(())
                };
            if past_due != 0 && as_of <= from {
                balance -= std::mem::take(&mut past_due);
            }
            while let Some(&(day, amount)) = flows.get(next_flow).filter(|&&(day, _)| day < due) {
                next_flow += 1;
                // Whole periods of a moratorium: what becomes principal does not follow early money.
                if amount < 0 && at < grace.interest as usize && whole_periods {
                    held_back += amount;
                    continue;
                }
                if past_due != 0 && as_of > cursor && as_of <= day {
                    until(self, &mut cursor, as_of, balance)?;
                    balance -= std::mem::take(&mut past_due);
                }
                until(self, &mut cursor, day, balance)?;
                balance += amount;
            }
            if past_due != 0 && as_of > cursor && as_of < due {
                until(self, &mut cursor, as_of, balance)?;
                balance -= std::mem::take(&mut past_due);
            }
            until(self, &mut cursor, due, balance)?;
            balance += held_back;
            while let Some(&(_, amount)) = scheduled.get(next_advance).filter(|&&(day, _)| day < due) {
                unscheduled += amount;
                next_advance += 1;
            }
            let arisen = if rounded_each { rounded } else { self.round_interest(exact)? };
            let mut interest = arisen + carried;
            carried = 0;
            let row = &self.rows[index];
            let last = takes_the_rest == Some(at);
            reserved -= held(row);
            if row.is_settled(by_payments) {
                let principal = row.due.principal - row.credited.principal - row.spread;
                unscheduled += row.capitalised - principal;
                balance += row.capitalised;
                if !by_payments {
                    balance -= principal;
                } else if !row.fixed {
                    // What was paid is what it asked for; interest that still arose in its period goes on. Its
                    // principal left the balance on the day it was paid.
                    if self.asks_interest(at) {
                        interest += std::mem::take(&mut deferred);
                    }
                    carried = interest - row.interest_paid() - row.capitalised;
                    let early = row.met_on.is_some_and(|met| met < due);
                    if early && self.terms.interest.recalculation == Recalculation::WholePeriods {
                        carried = carried.max(0);
                    }
                }
                continue;
            }
            let mut capitalised = 0;
            if !self.asks_interest(at) && at + 1 < count {
                match grace.deferred {
                    _ if self.has_interest_holiday(at) => deferred += interest,
                    DeferredInterest::Added => deferred += interest,
                    DeferredInterest::Capitalised => capitalised = interest,
                }
                balance += capitalised;
                unscheduled += capitalised;
                interest = 0;
            }
            let wanted = match &self.terms.amortization {
                Amortization::EqualInstallment | Amortization::Graduated { .. }
                    if !self.asks_principal(at) || at < grace.interest as usize =>
                {
                    0
                }
                Amortization::EqualInstallment | Amortization::Graduated { .. } => {
                    // The installment stays what it is when more interest of it was paid than arose.
                    row.level - arisen.max(row.interest_paid())
                }
                Amortization::EqualPrincipal | Amortization::Custom(_) => {
                    row.due.principal - row.credited.principal - row.spread
                }
                Amortization::InterestOnly => row.level,
            };
            let balloon = self.terms.balloon.min(unscheduled);
            // What is repaid behind its due date to make installments smaller is not for it either.
            let repaid_later: i64 = scheduled[next_advance..].iter().map(|&(_, amount)| amount.min(0)).sum();
            let (least, most) = (least(row), (unscheduled + repaid_later - reserved).max(0));
            let principal = if last {
                most
            } else if wanted < 0 && arisen > row.level && balance <= unscheduled && self.repaid.is_empty() {
                return Err(PlanError::NeverRepays(due));
            } else {
                // Interest of arrears may be more than the installment; it is asked for on top.
                wanted.min(most.min(unscheduled - balloon)).max(least)
            };
            if self.asks_interest(at) || at + 1 == count {
                interest += std::mem::take(&mut deferred);
            }
            if at == 0 {
                interest += odd;
            }
            // Interest that was paid stays paid; what it was too much comes off the next.
            let asked = interest.max(row.interest_paid());
            if by_payments {
                carried = interest - asked;
            }
            interest = asked;
            let fixed = matches!(self.terms.length, Length::InstallmentMinor(_));
            if fixed && !done && wanted <= 0 && (1..=unscheduled).contains(&balance) && !last {
                return Err(PlanError::NeverRepays(due));
            }
            done |= unscheduled == principal;
            if fixed && last && unscheduled > 0 && wanted < unscheduled {
                return Err(PlanError::TooLong);
            }
            unscheduled -= principal;
            let row = &mut self.rows[index];
            row.due.interest = interest + row.credited.interest;
            row.due.principal = principal + row.credited.principal + row.spread;
            row.capitalised = capitalised;
            let leaves = if by_payments { row.open().principal } else { principal };
            if by_payments && due < as_of {
                past_due += leaves;
            } else {
                balance -= leaves;
            }
        }
        // An advance behind the last installment that was still open.
        unscheduled += scheduled[next_advance..].iter().map(|&(_, amount)| amount).sum::<i64>();
        if unscheduled > 0
            && let Some(&last) = regular.iter().rfind(|&&index| !self.rows[index].fixed)
        {
            self.rows[last].due.principal += unscheduled;
        }
        self.move_ends(as_of)
    }

    /// Applies rules about the first and last rows that need the rows laid out.
    fn move_ends(&mut self, as_of: Date) -> Result<(), PlanError> {
        let rows: Vec<usize> = self.regular().collect();
        let by_payments = self.follows_payments();
        if self.terms.rounding.last_to_multiple
            && !by_payments
            && let Some(&last) = rows.iter().rev().find(|&&index| self.rows[index].due.principal > 0)
        {
            let row = &mut self.rows[last];
            let whole = row.due.principal - row.credited.principal + row.due.interest;
            let change = level::to_multiple(whole, &self.terms.rounding)? - whole;
            if !row.is_settled(by_payments) {
                row.due.interest = (row.due.interest + change).max(row.interest_paid());
            }
        }
        let free = self.terms.grace.principal.max(self.terms.grace.interest) as usize;
        let paying = rows.get(free..).unwrap_or_default();
        if let (Residue::First, Amortization::EqualInstallment, [first, .., before, last]) =
            (self.terms.rounding.residue, &self.terms.amortization, paying)
        {
            // Level rows leave the residue in the last; the first takes it instead, at no interest.
            let (first, before, last) = (*first, *before, *last);
            let asked = |row: &Row| row.due.principal + row.due.interest;
            let row = &self.rows[first];
            if as_of <= row.due_on && row.paid.is_zero() && row.waived.is_zero() {
                self.first_residue = asked(&self.rows[last]) - asked(&self.rows[before]);
            }
            let gives = |row: &Row, amount: i64| {
                !row.is_settled(by_payments)
                    && row.due.principal - amount
                        >= row.credited.principal.max(row.paid.principal + row.waived.principal)
            };
            let residue = self.first_residue;
            if gives(&self.rows[first], -residue) && gives(&self.rows[last], residue) {
                self.rows[first].due.principal += residue;
                self.rows[last].due.principal -= residue;
            }
        }
        self.join_small_last();
        Ok(())
    }

    /// Lets a last installment that is too small join the one before it.
    fn join_small_last(&mut self) {
        let least = self.terms.rounding.least_last;
        if least == 0 {
            return;
        }
        // Installments of a fixed amount are as many as they may be, until those that ask for nothing are left out.
        let fixed = matches!(self.terms.length, Length::InstallmentMinor(_));
        let is_end = |&index: &usize| !fixed || self.rows[index].due.total() > 0;
        let ends = {
            let mut regular = self.regular().rev().skip_while(|index| !is_end(index));
            (regular.next(), regular.next())
        };
        if let (Some(last), Some(before)) = ends {
            let keeps = self.rows[before].is_settled(self.follows_payments());
            let row = &mut self.rows[last];
            let touched =
                row.fixed || !row.paid.is_zero() || !row.waived.is_zero() || !row.credited.is_zero();
            let small = Parts { fees: 0, penalties: 0, ..row.due };
            if small.total() > 0 && small.total() < least && !touched && !keeps {
                row.due = row.due - small;
                self.rows[before].due += small;
            }
        }
    }

    /// Lets money flow when interest follows payments: what comes early is charged interest up to its day alone.
    pub fn pour_by_the_day(&mut self, flow: &mut Flow<'_>, amount: i64) -> Result<i64, PlanError> {
        if self.is_recalculated() {
            return self.pour_recalculated(flow, amount);
        }
        let on = flow.on;
        let noted = flow.shares.len();
        let mut rest = flow.pour_due(&mut self.rows, amount);
        self.note_repaid(flow, noted);
        if rest > 0 && flow.waterfall.in_advance == InAdvance::Spread {
            rest = self.spread_by_the_day(flow, rest)?;
        }
        if rest > 0 {
            self.lay_out_until(on, self.interest_ends_on(on))?;
            let noted = flow.shares.len();
            let mut ahead: Vec<usize> = (0..self.rows.len())
                .filter(|&index| self.rows[index].dueness_on(on) == Dueness::InAdvance)
                .collect();
            if flow.waterfall.in_advance == InAdvance::Last {
                ahead.reverse();
            }
            for index in ahead {
                rest = flow.pour_ahead(&mut self.rows, index, rest);
            }
            self.note_repaid(flow, noted);
        }
        self.lay_out(on)?;
        self.settle_paid(on);
        Ok(rest)
    }

    /// Lets money flow into the installment its payer named; what comes early is charged interest up to its day alone.
    pub fn pour_named(&mut self, flow: &mut Flow<'_>, index: usize, amount: i64) -> Result<i64, PlanError> {
        let on = flow.on;
        let follows = self.follows_payments() && !self.is_recalculated();
        let is_ahead = self.rows[index].dueness_on(on) == Dueness::InAdvance;
        if follows && is_ahead {
            self.lay_out_until(on, self.interest_ends_on(on))?;
        }
        let rest = flow.pour_into(&mut self.rows, index, amount);
        if follows {
            self.note_repaid(flow, 0);
        }
        if follows && is_ahead {
            self.lay_out(on)?;
            self.settle_paid(on);
        }
        Ok(rest)
    }

    /// Marks installments that money was paid into by how they stand, once they are laid out anew.
    pub(super) fn settle_paid(&mut self, on: Date) {
        for row in self.rows.iter_mut().filter(|row| row.paid.total() > 0) {
            row.settle(on);
        }
    }

    /// Returns the day through which interest is asked for of what is paid early on a day.
    fn interest_ends_on(&self, on: Date) -> Date {
        let begun = || {
            self.rows.iter().find(|row| row.kind == RowKind::Regular && row.from_on < on && on < row.due_on)
        };
        match self.terms.interest.recalculation {
            Recalculation::WholePeriods => begun().map_or(on, |row| row.due_on),
            Recalculation::Daily | Recalculation::None => on,
        }
    }

    /// Lets interest end on a day, when it follows payments.
    pub fn stop_interest(&mut self, on: Date) -> Result<(), PlanError> {
        if self.follows_payments() { self.lay_out_until(on, self.interest_ends_on(on)) } else { Ok(()) }
    }

    /// Brings back into an installment what had been settled.
    pub fn credit(&mut self, index: usize, parts: Parts, on: Date, entry: u32) {
        self.rows[index].credit(parts, on, entry);
        self.keep_repaid(self.rows[index].key, on, -parts.principal);
    }

    /// Keeps in mind what of the principal of regular installments was paid.
    pub fn note_repaid(&mut self, flow: &Flow<'_>, from: usize) {
        for share in &flow.shares[from..] {
            if share.component == Component::Principal {
                self.keep_repaid(share.installment, flow.on, share.amount);
            }
        }
    }

    fn keep_repaid(&mut self, installment: RowKey, on: Date, amount: i64) {
        let follows = self.terms.interest.recalculation != Recalculation::None;
        if installment.kind() != RowKind::Regular || amount == 0 || !follows {
            return;
        }
        if !self.is_recalculated() {
            return self.repaid.push((on, amount));
        }
        let at = self.regular().position(|index| self.rows[index].key == installment);
        self.repaid_by.extend(at.map(|at| Repaid { on, at, amount }));
    }
}

/// How often a level installment is moved to make the last one like the others.
const LEVEL_STEPS_MAX: usize = 4;
