//! The schedule: installments laid out over the due dates, interest and level installments included.

mod amended;
mod interest;
mod level;
mod odd;
mod recalculated;

use std::collections::BTreeMap;

use jiff::civil::Date;

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
    /// Whether the plan came to an end and its installments stay as they are.
    is_frozen: bool,
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
                let row = Row::new(RowKey::Regular(number), from, due_on);
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
            is_frozen: false,
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
        let mut affected: Vec<usize> = self.regular().filter(|&index| self.rows[index].due_on > on).collect();
        if affected.is_empty() {
            affected.push(self.one_more_installment(on)?);
        }
        match &self.terms.amortization {
            Amortization::Custom(_) => {
                for &index in &affected {
                    self.rows[index].due.principal = self.rows[index].level;
                }
                if self.bears_interest {
                    self.lay_out(on)?;
                }
            }
            _ if self.is_flat() => self.add_level_principal(&affected, amount)?,
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
        if self.is_flat() {
            self.set_flat_interest()?;
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
        let (from, number) = (self.rows[last].due_on, self.regular().count() as u32 + 1);
        let mut later =
            (1..).map_while(|periods| self.terms.frequency.date_from(from, periods, self.terms.month_end));
        let due_on = later.find(|&day| day > on).ok_or(PlanError::TooLong)?;
        self.insert(Row::new(RowKey::Regular(number), from, due_on));
        self.regular().last().ok_or(PlanError::NothingToCome)
    }

    pub fn add_down_payment(&mut self, entry: u32, on: Date, amount: i64) {
        let mut row = Row::new(RowKey::DownPayment(entry), on, on);
        row.due.principal = amount;
        self.insert(row);
    }

    /// Puts a row behind those that are due before it, or on the same day.
    pub fn insert(&mut self, row: Row) {
        let rank = |row: &Row| (row.due_on, row.key == RowKey::Additional);
        let at = self.rows.partition_point(|other| rank(other) <= rank(&row));
        self.rows.insert(at, row);
    }

    pub fn change_rate(&mut self, from_on: Date, rate: Rate) -> Result<(), PlanError> {
        let at = self.rates.partition_point(|&(day, _)| day <= from_on);
        self.rates.insert(at, (from_on, rate));
        self.bears_interest |= !rate.is_zero();
        self.follow_change(from_on)
    }

    pub fn pause(&mut self, from_on: Date, until_on: Date) -> Result<(), PlanError> {
        self.pauses.push((from_on, until_on));
        self.pauses.sort_unstable();
        self.follow_change(from_on)
    }

    /// Works out levels anew for the installments behind a change of rate.
    fn follow_change(&mut self, on: Date) -> Result<(), PlanError> {
        if self.is_flat() {
            return self.set_flat_interest();
        }
        let affected: Vec<usize> = self.regular().filter(|&index| self.rows[index].due_on > on).collect();
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

    /// Leaves the installments as they are from now on.
    pub fn freeze(&mut self) {
        self.is_frozen = true;
    }

    fn follows_payments(&self) -> bool {
        !self.is_frozen
            && self.terms.interest.recalculation != Recalculation::None
            && self.bears_interest
            && !self.is_flat()
    }

    fn is_flat(&self) -> bool {
        self.terms.interest.method == InterestMethod::Flat || !self.bears_interest && self.is_equal()
    }

    fn is_equal(&self) -> bool {
        matches!(self.terms.amortization, Amortization::EqualInstallment | Amortization::EqualPrincipal)
            && matches!(self.terms.length, Length::Installments(_))
    }

    fn regular(&self) -> impl Iterator<Item = usize> + '_ {
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
        if let Some(index) =
            self.rows.iter().position(|row| row.kind != RowKind::Additional && row.due_on > day)
        {
            return index;
        }
        match self.rows.last() {
            Some(row) if row.kind != RowKind::Additional && row.due_on == day => self.rows.len() - 1,
            _ => self.additional(day),
        }
    }

    fn additional(&mut self, day: Date) -> usize {
        if let Some(index) = self.rows.iter().position(|row| row.key == RowKey::Additional) {
            self.rows[index].due_on = self.rows[index].due_on.max(day);
            return index;
        }
        let from = self.rows.iter().map(|row| row.due_on).max().unwrap_or(self.terms.starts_on);
        self.rows.push(Row::new(RowKey::Additional, from, day.max(from)));
        self.rows.len() - 1
    }

    /// Returns the installments as they stand, without those that never asked for anything.
    pub fn into_rows(mut self, as_of: Date) -> Vec<Row> {
        self.rows.retain(|row| row.key != RowKey::Additional || !row.due.is_zero());
        let shortened =
            self.is_recalculated() && self.terms.interest.prepayment == Prepayment::FewerInstallments;
        if matches!(self.terms.length, Length::InstallmentMinor(_)) || shortened {
            let used = self.rows.iter().rposition(|row| !row.due.is_zero()).map_or(0, |last| last + 1);
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
        let balloon = if self.advances.len() == 1 { self.terms.balloon } else { 0 };
        let mut rest = amount - balloon;
        if self.terms.posting == Posting::ScheduleFirst {
            // All advances together are spread anew.
            for &index in affected {
                rest += std::mem::take(&mut self.rows[index].due.principal);
            }
        }
        for Piece { over, holds_for } in pieces {
            let rounding = &self.terms.rounding;
            let part = level::even(rest, over.len(), rounding.mode)?;
            for &index in &over[..holds_for] {
                let row = &mut self.rows[index];
                let before = row.due.principal;
                row.due.principal = level::to_multiple(before + part, rounding)?;
                rest -= row.due.principal - before;
            }
            if holds_for == over.len() {
                self.add_residue(&over, std::mem::take(&mut rest));
            }
        }
        self.rows[last].due.principal += balloon;
        Ok(())
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
        let mut whole = Exact::ZERO;
        let mut charged = 0;
        let mut deferred = 0;
        let odd = self.charge_odd_days()?;
        for (at, &index) in rows.iter().enumerate() {
            let (from, due) = self.whole_period(at, index);
            let advanced: i64 =
                self.advances.iter().filter(|&&(day, _)| day < due).map(|&(_, amount)| amount).sum();
            let mut exact = Exact::ZERO;
            if at >= free {
                self.add_interest(&mut exact, advanced, from, due, (from, due))?;
            }
            whole = whole.plus(exact)?;
            let mut interest = self.round_interest(exact)?;
            if at + 1 == rows.len() {
                // The last takes what rounding left, so that the sum is that of the whole term.
                interest = self.round_interest(whole)? - charged;
            }
            charged += interest;
            if !self.asks_interest(at) && at + 1 < rows.len() {
                deferred += interest;
                interest = 0;
            } else {
                interest += std::mem::take(&mut deferred);
            }
            self.rows[index].due.interest = interest + if at == 0 { odd } else { 0 };
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
                    let at = regular.iter().position(|&other| other == index).unwrap_or(0);
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
        if self.is_flat() {
            return Ok(());
        }
        if self.is_recalculated() {
            return self.lay_out_recalculated(as_of);
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
        let rounded_each = self.terms.interest.segments == super::terms::SegmentRounding::Each;
        let count = regular.len();
        let mut done = false;
        for (at, &index) in regular.iter().enumerate() {
            let (from, due) = self.whole_period(at, index);
            let mut exact = Exact::ZERO;
            let mut rounded = 0;
            let mut cursor = from;
            let mut until =
                |schedule: &Self, cursor: &mut Date, to: Date, balance: i64| -> Result<(), PlanError> {
                    if to > *cursor && balance != 0 && at >= grace.interest_free as usize {
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
                if past_due != 0 && as_of > cursor && as_of <= day {
                    until(self, &mut cursor, as_of, balance)?;
                    balance -= std::mem::take(&mut past_due);
                }
                until(self, &mut cursor, day, balance)?;
                balance += amount;
                next_flow += 1;
            }
            if past_due != 0 && as_of > cursor && as_of < due {
                until(self, &mut cursor, as_of, balance)?;
                balance -= std::mem::take(&mut past_due);
            }
            until(self, &mut cursor, due, balance)?;
            while let Some(&(_, amount)) = scheduled.get(next_advance).filter(|&&(day, _)| day < due) {
                unscheduled += amount;
                next_advance += 1;
            }
            let mut interest = if rounded_each { rounded } else { self.round_interest(exact)? } + carried;
            carried = 0;
            let row = &self.rows[index];
            if by_payments && row.met_on.is_some() && !row.is_open() && row.due.total() > 0 {
                // What was paid is what it asked for; interest that still arose in its period goes on.
                carried = interest - row.paid.interest - row.waived.interest;
                unscheduled -= row.due.principal - row.credited.principal - row.spread;
                continue;
            }
            let arisen = interest;
            if !self.asks_interest(at) && at + 1 < count {
                match grace.deferred {
                    _ if self.has_interest_holiday(at) => deferred += interest,
                    DeferredInterest::Added => deferred += interest,
                    DeferredInterest::Capitalised => {
                        balance += interest;
                        unscheduled += interest;
                    }
                }
                interest = 0;
            }
            let last = at + 1 == count;
            let wanted = match &self.terms.amortization {
                Amortization::EqualInstallment | Amortization::Graduated { .. }
                    if !self.asks_principal(at) || at < grace.interest as usize =>
                {
                    0
                }
                Amortization::EqualInstallment | Amortization::Graduated { .. } => row.level - arisen,
                Amortization::EqualPrincipal | Amortization::Custom(_) => {
                    row.due.principal - row.credited.principal - row.spread
                }
                Amortization::InterestOnly => 0,
            };
            let balloon = self.terms.balloon.min(unscheduled);
            let principal = if last {
                unscheduled
            } else if wanted < 0 {
                return Err(PlanError::NeverRepays(due));
            } else {
                wanted.min(unscheduled - balloon)
            };
            if self.asks_interest(at) || last {
                interest += std::mem::take(&mut deferred);
            }
            let fixed = matches!(self.terms.length, Length::InstallmentMinor(_));
            if fixed && !done && wanted <= 0 && unscheduled > 0 && !last {
                return Err(PlanError::NeverRepays(due));
            }
            done |= unscheduled == principal;
            if fixed && last && unscheduled > 0 && wanted < unscheduled {
                return Err(PlanError::TooLong);
            }
            unscheduled -= principal;
            let row = &mut self.rows[index];
            row.due.interest = interest + if at == 0 { odd } else { 0 };
            row.due.principal = principal + row.credited.principal + row.spread;
            let paid = if by_payments { (row.paid.principal - row.spread).min(principal) } else { 0 };
            if by_payments && due < as_of {
                past_due += principal - paid;
            } else {
                balance -= principal - paid;
            }
        }
        self.move_ends()
    }

    /// Applies rules about the first and last rows that need the rows laid out.
    fn move_ends(&mut self) -> Result<(), PlanError> {
        let rows: Vec<usize> = self.regular().collect();
        if self.terms.rounding.last_to_multiple
            && let Some(&last) = rows.iter().rev().find(|&&index| self.rows[index].due.principal > 0)
        {
            let row = &mut self.rows[last];
            let whole = row.due.principal - row.credited.principal + row.due.interest;
            row.due.interest += level::to_multiple(whole, &self.terms.rounding)? - whole;
        }
        if let (Residue::First, [first, .., before, last]) = (self.terms.rounding.residue, rows.as_slice()) {
            // Level rows leave the residue in the last; the first takes it instead, at no interest.
            let residue = self.rows[*last].due.principal + self.rows[*last].due.interest
                - self.rows[*before].due.principal
                - self.rows[*before].due.interest;
            let level = matches!(self.terms.amortization, Amortization::EqualInstallment);
            if level
                && self.rows[*first].due.principal + residue > 0
                && self.rows[*last].due.principal > residue
            {
                self.rows[*first].due.principal += residue;
                self.rows[*last].due.principal -= residue;
            }
        }
        let least = self.terms.rounding.least_last;
        if let [.., before, last] = rows.as_slice() {
            let small = self.rows[*last].due.total();
            if small > 0 && small < least && self.rows[*last].paid.is_zero() {
                let due = std::mem::replace(&mut self.rows[*last].due, Parts::ZERO);
                self.rows[*before].due += due;
            }
        }
        Ok(())
    }

    /// Lets money flow when interest follows payments: what comes early is charged interest up to its day alone.
    pub fn pour_by_the_day(&mut self, flow: &mut Flow<'_>, amount: i64) -> Result<i64, PlanError> {
        if self.is_recalculated() {
            return self.pour_recalculated(flow, amount);
        }
        let on = flow.on;
        let mut rest = flow.pour_due(&mut self.rows, amount);
        self.note_repaid(flow, 0);
        let mut noted = flow.shares.len();
        if rest > 0 && flow.waterfall.in_advance == InAdvance::Spread {
            rest = self.spread_by_the_day(flow, rest)?;
            noted = flow.shares.len();
        }
        while rest > 0 {
            self.lay_out(on)?;
            let mut ahead = (0..self.rows.len()).filter(|&index| {
                self.rows[index].is_open() && self.rows[index].dueness_on(on) == Dueness::InAdvance
            });
            let next = match flow.waterfall.in_advance {
                InAdvance::Next | InAdvance::Spread => ahead.next(),
                InAdvance::Last => ahead.next_back(),
            };
            let Some(index) = next else { break };
            if self.rows[index].kind == RowKind::Regular {
                self.charge_until(index, on)?;
            }
            let before = rest;
            rest = flow.pour_ahead(&mut self.rows, index, rest);
            self.note_repaid(flow, noted);
            noted = flow.shares.len();
            if rest == before && self.rows[index].is_open() {
                break;
            }
        }
        self.lay_out(on)?;
        Ok(rest)
    }

    fn note_repaid(&mut self, flow: &Flow<'_>, from: usize) {
        let repaid: i64 = flow.shares[from..]
            .iter()
            .filter(|share| share.component == Component::Principal)
            .filter(|share| self.rows[share.row].kind == RowKind::Regular)
            .map(|share| share.amount)
            .sum();
        if repaid > 0 {
            self.repaid.push((flow.on, repaid));
        }
    }

    /// Returns the interest that has arisen by a day and belongs into an installment: that of its own period, and what
    /// arose in earlier periods after their installments had been paid.
    fn arisen_until(&self, index: usize, on: Date) -> Result<i64, PlanError> {
        let mut flows: Vec<(Date, i64)> = self.advances.clone();
        flows.extend(self.repaid.iter().map(|&(day, amount)| (day, -amount)));
        flows.sort_by_key(|&(day, _)| day);
        let mut flows = flows.into_iter().peekable();
        let (mut balance, mut carried) = (0_i64, 0_i64);
        for row in self.rows[..=index].iter().filter(|row| row.kind == RowKind::Regular) {
            let within = (row.from_on, row.due_on);
            let end = row.due_on.min(on);
            let mut cursor = row.from_on;
            let mut exact = Exact::ZERO;
            while let Some((day, amount)) = flows.next_if(|&(day, _)| day < end || day <= row.from_on) {
                self.add_interest(&mut exact, balance, cursor, day, within)?;
                balance += amount;
                cursor = cursor.max(day);
            }
            self.add_interest(&mut exact, balance, cursor, end, within)?;
            let arisen = self.round_interest(exact)? + carried;
            if row.key == self.rows[index].key {
                return Ok(arisen);
            }
            let settled = !row.is_open() && row.met_on.is_some();
            carried = if settled { arisen - row.paid.interest - row.waived.interest } else { 0 };
        }
        Ok(carried)
    }

    /// Asks of an installment to come what it is worth on the day it is paid early.
    fn charge_until(&mut self, index: usize, on: Date) -> Result<(), PlanError> {
        let row = &self.rows[index];
        let from = row.from_on;
        let whole = self.terms.interest.recalculation == Recalculation::WholePeriods;
        if whole && on > from {
            return Ok(());
        }
        let outstanding: i64 =
            self.advances.iter().filter(|&&(day, _)| day <= on).map(|&(_, amount)| amount).sum::<i64>()
                - self.repaid.iter().map(|&(_, amount)| amount).sum::<i64>();
        let mut interest = self.arisen_until(index, on)?;
        let level = row.level;
        let last = self.regular().last() == Some(index);
        let paid = row.paid.principal;
        interest = interest.max(row.paid.interest);
        let most = outstanding + paid;
        let row = &mut self.rows[index];
        let level = if level > 0 { level } else { row.due.principal + row.due.interest };
        row.due.interest = interest;
        row.due.principal = if last { most } else { (level - interest).clamp(0, most) };
        Ok(())
    }
}

/// How often a level installment is moved to make the last one like the others.
const LEVEL_STEPS_MAX: usize = 4;
