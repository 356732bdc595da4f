//! What a running plan asks for between events: payoff, late fees, income earned.

use jiff::Span;
use jiff::civil::Date;

use super::account::{Account, replay, reversed};
use super::check::PlanError;
use super::day_count::days;
use super::event::{Entry, Event, MoneyKind};
use super::parts::{Component, Parts};
use super::row::{Row, RowKey, RowKind};
use super::terms::{LateBasis, LateFee, LateFeeAgain, LateFeeAmount, Terms};
use crate::money::{Money, Rounding, divide};

/// Returns what settles the whole plan on a day: paid on that day, nothing is left and nothing is over.
pub fn payoff(terms: &Terms, log: &[Entry], on: Date) -> Result<Parts, PlanError> {
    let mut log = log.to_vec();
    let number = log.last().map_or(0, |entry| entry.number) + 1;
    let all = Event::Money { kind: MoneyKind::Payment, amount: Money::WRITTEN_MAX, names: None, ahead: None };
    log.push(Entry { number, value_on: on, entered_on: on, event: all });
    let account = replay(terms, &log, on)?;
    let effect = account.effects.iter().find(|effect| effect.entry == number);
    let before = replay(terms, &log[..log.len() - 1], on)?;
    let mut parts = effect.map_or(Parts::ZERO, |effect| effect.parts);
    // Credit that waits settles its part by itself.
    let covered = before.credit.min(parts.total());
    parts.principal -= covered.min(parts.principal);
    Ok(parts)
}

/// Returns the late fees that have come due by the end of `today` and were not charged yet, each with its value date.
///
/// What is late is judged as it was on the day each fee arises: paying later does not undo it, and a day on which
/// nobody looked loses none. Fees are found in the order of their days, each with those before it in the log, so that
/// it does not matter how often somebody looks. Fees that were charged are in the log and are not charged again.
pub fn late_fees(terms: &Terms, log: &[Entry], today: Date) -> Result<Vec<(Date, Event)>, PlanError> {
    let Some(late_fee) = &terms.late_fee else { return Ok(Vec::new()) };
    let most_in_all = most_in_all(terms, late_fee)?;
    let mut log = log.to_vec();
    let mut fees = Vec::new();
    // The rows and times at which nothing was open, or nothing more may be charged.
    let mut nothing: Vec<(RowKey, usize)> = Vec::new();
    loop {
        let now = replay(terms, &log, today)?;
        let charged = charged(&log);
        let in_all: i64 = charged.iter().map(|&(_, amount)| amount).sum();
        let mut next: Option<(Date, &Row, usize, i64)> = None;
        for row in &now.rows {
            if !matches!(row.kind, RowKind::Regular | RowKind::ReAged) || row.due.total() == 0 {
                continue;
            }
            let already = charged.iter().filter(|&&(due_on, _)| due_on == row.due_on);
            let (times, for_row) =
                already.fold((0, 0), |(times, sum), &(_, amount)| (times + 1, sum + amount));
            let Some(on) = arises_on(late_fee, row, times) else { continue };
            let was_open = row.is_open() || row.met_on.is_some_and(|met| met >= on);
            let earlier = next.is_none_or(|(other, ..)| on < other);
            if on <= today && was_open && earlier && !nothing.contains(&(row.key, times)) {
                next = Some((on, row, times, for_row));
            }
        }
        let Some((on, row, times, for_row)) = next else { return Ok(fees) };
        let mut amount = uncapped(terms, late_fee, open_on(terms, &log, row, on)?)?;
        if let Some(most) = late_fee.most_per_installment {
            amount = amount.min(most - for_row);
        }
        if let Some(most) = most_in_all {
            amount = amount.min(most - in_all);
        }
        if amount <= 0 {
            nothing.push((row.key, times));
            continue;
        }
        let event = Event::LateFee { installment: row.due_on, amount, component: Component::Penalty };
        fees.push((on, event.clone()));
        let number = log.last().map_or(0, |entry| entry.number) + 1;
        log.push(Entry { number, value_on: on, entered_on: today, event });
    }
}

/// Returns the day on which a row's late fee arises that comes after so many.
fn arises_on(late_fee: &LateFee, row: &Row, times: usize) -> Option<Date> {
    let every = match late_fee.again {
        LateFeeAgain::Never if times > 0 => return None,
        LateFeeAgain::Never => 0,
        LateFeeAgain::EveryDays(0) => return None,
        LateFeeAgain::EveryDays(every) => i64::from(every),
    };
    let after = i64::from(late_fee.grace_days) + 1 + i64::try_from(times).ok()? * every;
    row.due_on.checked_add(Span::new().try_days(after).ok()?).ok()
}

/// Returns the fee for what is open of a row, before any cap.
fn uncapped(terms: &Terms, late_fee: &LateFee, open: Parts) -> Result<i64, PlanError> {
    Ok(match late_fee.amount {
        LateFeeAmount::Minor(amount) if open.total() > 0 => amount,
        LateFeeAmount::Minor(_) => 0,
        LateFeeAmount::Share { rate, of } => {
            let basis = match of {
                LateBasis::Principal => open.principal,
                LateBasis::PrincipalAndInterest => open.principal + open.interest,
                LateBasis::Everything => open.total(),
            };
            rate.of(Money::new(basis, terms.currency), terms.rounding.mode)?.minor
        }
    })
}

fn most_in_all(terms: &Terms, late_fee: &LateFee) -> Result<Option<i64>, PlanError> {
    let share = late_fee
        .most_share_of_plan
        .map(|rate| {
            rate.of(Money::new(terms.principal, terms.currency), Rounding::Down).map(|most| most.minor)
        })
        .transpose()?;
    Ok(late_fee.most_per_plan.into_iter().chain(share).min())
}

/// Returns the due dates and amounts of the late fees in a log that were not taken back.
fn charged(log: &[Entry]) -> Vec<(Date, i64)> {
    let reversed = reversed(log);
    let fees = log.iter().filter_map(|entry| match entry.event {
        Event::LateFee { installment, amount, component: Component::Penalty }
            if !reversed.contains(&entry.number) =>
        {
            Some((installment, amount))
        }
        _ => None,
    });
    fees.collect()
}

/// Returns what of a row was open at the start of a day.
fn open_on(terms: &Terms, log: &[Entry], row: &Row, on: Date) -> Result<Parts, PlanError> {
    let before = on.yesterday().map_err(|_| PlanError::TooLong)?;
    let then = replay(terms, log, before)?;
    let found = then.rows.iter().find(|other| other.key == row.key);
    Ok(found.map_or(Parts::ZERO, Row::open))
}

impl Account {
    /// Returns the income earned by the end of a day: interest by the share of its period that has passed, fees and
    /// penalties once their day has come; all of it when nothing is left to pay.
    ///
    /// A ledger that posts the difference to what it posted before posts each cent once, whenever it looks.
    pub fn earned_by(&self, day: Date) -> Result<Parts, PlanError> {
        let mut earned = Parts::ZERO;
        let met = self.advanced > 0 && self.rows.iter().all(|row| !row.is_open());
        for row in &self.rows {
            earned.interest += self.interest_earned(row, day)?;
            if met || row.due_on <= day {
                earned += Parts { principal: 0, interest: 0, ..row.due - row.credited };
                continue;
            }
            for fee in row.fees.iter().filter(|fee| fee.due_on <= day && !fee.credited) {
                *earned.slot(fee.component) += fee.amount;
            }
        }
        Ok(earned)
    }

    /// Returns how much of an installment's interest is earned by the end of a day.
    pub fn interest_earned(&self, row: &Row, day: Date) -> Result<i64, PlanError> {
        let interest = row.due.interest - row.credited.interest + row.capitalised;
        let met = self.advanced > 0 && self.rows.iter().all(|row| !row.is_open());
        if met || row.due_on <= day {
            return Ok(interest);
        }
        if day < row.from_on {
            return Ok(0);
        }
        let (passed, whole) = (days(row.from_on, day), days(row.from_on, row.due_on).max(1));
        let earned =
            divide(i128::from(interest) * i128::from(passed), i128::from(whole), Rounding::HalfEven)?;
        i64::try_from(earned).map_err(|_| PlanError::TooLarge)
    }
}
