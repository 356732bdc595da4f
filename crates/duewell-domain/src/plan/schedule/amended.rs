//! Due dates and what was agreed on after the start: other dates, more installments, some that ask for less.

use jiff::civil::Date;

use super::Schedule;
use crate::plan::ROWS_MAX;
use crate::plan::check::PlanError;
use crate::plan::dates::{Shifted, due_dates};
use crate::plan::event::{Entry, Event};
use crate::plan::parts::Component;
use crate::plan::terms::{Amortization, Length, Terms};

/// Due dates as first agreed, and the steps that changed them; places count regular installments from 0.
pub(super) struct Agreed {
    dates: Vec<Date>,
    moves: Vec<Move>,
    pub longer: Vec<Longer>,
    /// Places of installments without interest.
    interest_holidays: Vec<(usize, usize)>,
}

struct Move {
    /// The day and the entry.
    agreed: (Date, u32),
    at: usize,
    to_on: Date,
    shift: Shifted,
}

/// From a place on the plan was made longer.
#[derive(Clone, Copy)]
pub(super) struct Longer {
    pub from: usize,
    pub by: usize,
    /// Whether as many installments ask for no principal.
    pub holiday: bool,
}

impl Agreed {
    /// Lays out the dates; changes are taken in the order in which they were agreed on.
    pub fn new(terms: &Terms, changes: &[&Entry]) -> Result<Agreed, PlanError> {
        let more: u64 = changes
            .iter()
            .map(|entry| match entry.event {
                Event::Extend { installments, .. }
                | Event::Holiday { installments, of: Component::Principal, .. } => u64::from(installments),
                _ => 0,
            })
            .sum();
        let dates = match (&terms.amortization, terms.length) {
            (Amortization::Custom(rows), _) if more == 0 => rows.iter().map(|row| row.due_on).collect(),
            (_, Length::InstallmentMinor(_)) if more == 0 => counted(terms, u64::from(ROWS_MAX))?,
            (Amortization::Custom(_), _) | (_, Length::InstallmentMinor(_)) => {
                return Err(PlanError::Field("length", "is not a number of installments that could grow"));
            }
            (_, Length::Installments(count)) => counted(terms, u64::from(count) + more)?,
        };
        let mut agreed =
            Agreed { dates, moves: Vec::new(), longer: Vec::new(), interest_holidays: Vec::new() };
        let mut now = agreed.dates.clone();
        for entry in changes {
            let place = |from_on: Date| {
                now.iter().position(|&day| day == from_on).ok_or(PlanError::NoInstallment(from_on))
            };
            match entry.event {
                Event::MoveDueDate { from_on, to_on, shift } => {
                    let step =
                        Move { agreed: (entry.value_on, entry.number), at: place(from_on)?, to_on, shift };
                    step.apply(&mut now, terms)?;
                    agreed.moves.push(step);
                }
                Event::Extend { from_on, installments } => {
                    let from = place(from_on)?;
                    agreed.longer.push(Longer { from, by: installments as usize, holiday: false });
                }
                Event::Holiday { from_on, installments, of: Component::Principal } => {
                    let from = place(from_on)?;
                    agreed.longer.push(Longer { from, by: installments as usize, holiday: true });
                }
                Event::Holiday { from_on, installments, .. } => {
                    let from = place(from_on)?;
                    agreed.interest_holidays.push((from, from + installments as usize));
                }
                _ => {}
            }
        }
        agreed.longer.sort_by_key(|longer| longer.from);
        Ok(agreed)
    }

    /// Returns the dates as they are now, with every move.
    pub fn dates(&self, terms: &Terms) -> Result<Vec<Date>, PlanError> {
        self.dates_by((Date::MAX, u32::MAX), terms)
    }

    /// Returns the dates as they had been agreed on by a day and an entry of it.
    pub fn dates_by(&self, by: (Date, u32), terms: &Terms) -> Result<Vec<Date>, PlanError> {
        let mut dates = self.dates.clone();
        for step in self.moves.iter().filter(|step| step.agreed <= by) {
            step.apply(&mut dates, terms)?;
        }
        Ok(dates)
    }

    /// Says whether a move was agreed on behind a day and an entry of it.
    pub fn moves_after(&self, by: (Date, u32)) -> bool {
        self.moves.iter().any(|step| step.agreed > by)
    }
}

impl Move {
    fn apply(&self, dates: &mut [Date], terms: &Terms) -> Result<(), PlanError> {
        let (at, to_on) = (self.at, self.to_on);
        dates[at] = to_on;
        let in_order = match self.shift {
            Shifted::One => dates.get(at + 1).is_none_or(|&next| to_on <= next),
            Shifted::Rest => {
                let mut before = to_on;
                for (periods, day) in (1..).zip(&mut dates[at + 1..]) {
                    let counted = terms.frequency.date_from(to_on, periods, terms.month_end);
                    before = counted.ok_or(PlanError::TooLong)?.max(before);
                    *day = before;
                }
                true
            }
        };
        if in_order && to_on >= terms.starts_on && (at == 0 || dates[at - 1] <= to_on) {
            Ok(())
        } else {
            Err(PlanError::OutOfOrder(to_on))
        }
    }
}

fn counted(terms: &Terms, count: u64) -> Result<Vec<Date>, PlanError> {
    let count = u32::try_from(count).ok().filter(|&count| count <= ROWS_MAX).ok_or(PlanError::TooLong)?;
    let (first, business_days) = (terms.first_due_on, terms.business_days.as_ref());
    due_dates(terms.starts_on, first, count, terms.frequency, terms.month_end, business_days)
        .ok_or(PlanError::TooLong)
}

/// Installments that one level is worked out over, and how many of them, from the first on, it holds for.
pub(super) struct Piece {
    pub over: Vec<usize>,
    pub holds_for: usize,
}

impl Schedule<'_> {
    /// Says whether the installment at a place asks for principal.
    pub(super) fn asks_principal(&self, at: usize) -> bool {
        let grace = self.terms.grace.principal as usize;
        let in_holiday =
            |longer: &Longer| longer.holiday && (longer.from..longer.from + longer.by).contains(&at);
        at >= grace && !self.agreed.longer.iter().any(in_holiday)
    }

    /// Says whether the installment at a place asks for the interest of its period.
    pub(super) fn asks_interest(&self, at: usize) -> bool {
        let grace = self.terms.grace.interest as usize;
        at >= grace && !self.has_interest_holiday(at)
    }

    pub(super) fn has_interest_holiday(&self, at: usize) -> bool {
        self.agreed.interest_holidays.iter().any(|&(from, to)| (from..to).contains(&at))
    }

    /// Cuts installments where the plan was made longer: up to there the level is that of the shorter plan.
    pub(super) fn pieces(&self, affected: &[usize]) -> Vec<Piece> {
        let regular: Vec<usize> = self.regular().collect();
        let placed: Vec<(usize, usize)> = affected
            .iter()
            .filter_map(|&index| regular.iter().position(|&other| other == index).map(|at| (at, index)))
            .collect();
        let grace = self.terms.grace.principal as usize;
        let mut end = regular.len()
            - self.agreed.longer.iter().map(|longer| longer.by).sum::<usize>().min(regular.len());
        let mut start = 0;
        let mut pieces = Vec::new();
        let mut before: Vec<Longer> = Vec::new();
        let ends = self.agreed.longer.iter().map(|longer| longer.from).chain([usize::MAX]);
        for (number, holds_to) in ends.enumerate() {
            let asks = |at: usize| {
                let free = |l: &Longer| l.holiday && (l.from..l.from + l.by).contains(&at);
                at >= grace && !before.iter().any(free)
            };
            let over: Vec<(usize, usize)> =
                placed.iter().copied().filter(|&(at, _)| at >= start && at < end && asks(at)).collect();
            let holds_for = over.iter().filter(|&&(at, _)| at < holds_to).count();
            if holds_for > 0 {
                let over = over.into_iter().map(|(_, index)| index).collect();
                pieces.push(Piece { over, holds_for });
            }
            if let Some(&longer) = self.agreed.longer.get(number) {
                start = longer.from;
                end += longer.by;
                before.push(longer);
            }
        }
        pieces
    }
}
