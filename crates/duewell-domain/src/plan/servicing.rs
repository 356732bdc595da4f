//! What a running plan asks for between events: payoff, late fees, income earned.

use jiff::Span;
use jiff::civil::Date;

use super::account::{Account, replay};
use super::check::PlanError;
use super::day_count::days;
use super::event::{Entry, Event, MoneyKind};
use super::parts::{Component, Parts};
use super::row::{Row, RowKind};
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
/// nobody looked loses none. Fees that were charged are in the log and are not charged again.
pub fn late_fees(terms: &Terms, log: &[Entry], today: Date) -> Result<Vec<(Date, Event)>, PlanError> {
    let Some(late_fee) = &terms.late_fee else { return Ok(Vec::new()) };
    let now = replay(terms, log, today)?;
    let mut charged_in_all: i64 = charged(log).map(|(_, amount)| amount).sum();
    let most_in_all = most_in_all(terms, late_fee)?;
    let mut fees = Vec::new();
    for row in &now.rows {
        if !matches!(row.kind, RowKind::Regular | RowKind::ReAged) || row.due.total() == 0 {
            continue;
        }
        let already: Vec<i64> =
            charged(log).filter(|&(due_on, _)| due_on == row.due_on).map(|(_, amount)| amount).collect();
        let mut times = already.len() as i64;
        let mut for_row: i64 = already.iter().sum();
        loop {
            let every = match late_fee.again {
                LateFeeAgain::Never if times > 0 => break,
                LateFeeAgain::Never => 0,
                LateFeeAgain::EveryDays(0) => break,
                LateFeeAgain::EveryDays(every) => i64::from(every),
            };
            let after = i64::from(late_fee.grace_days) + 1 + times * every;
            let Ok(on) = row.due_on.checked_add(Span::new().days(after)) else { break };
            let still_open = row.is_open() || row.met_on.is_some_and(|met| met >= on);
            if on > today || !still_open {
                break;
            }
            let open = open_on(terms, log, row, on)?;
            let mut amount = match late_fee.amount {
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
            };
            if let Some(most) = late_fee.most_per_installment {
                amount = amount.min(most - for_row);
            }
            if let Some(most) = most_in_all {
                amount = amount.min(most - charged_in_all);
            }
            if amount <= 0 {
                break;
            }
            let event = Event::LateFee { installment: row.due_on, amount, component: Component::Penalty };
            fees.push((on, event));
            for_row += amount;
            charged_in_all += amount;
            times += 1;
        }
    }
    Ok(fees)
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

fn charged(log: &[Entry]) -> impl Iterator<Item = (Date, i64)> + '_ {
    log.iter().filter_map(|entry| match entry.event {
        Event::LateFee { installment, amount, component: Component::Penalty }
            if !log.iter().any(|other| other.event == Event::Reverse { of: entry.number }) =>
        {
            Some((installment, amount))
        }
        _ => None,
    })
}

/// Returns what of a row was open at the start of a day.
fn open_on(terms: &Terms, log: &[Entry], row: &Row, on: Date) -> Result<Parts, PlanError> {
    let before = on.yesterday().map_err(|_| PlanError::TooLong)?;
    let then = replay(terms, log, before)?;
    let found = then.rows.iter().find(|other| other.due_on == row.due_on && other.kind == row.kind);
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
            let mut income = Parts { principal: 0, ..row.due - row.credited };
            income.interest += row.capitalised;
            if met || row.due_on <= day {
                earned += income;
                continue;
            }
            if day >= row.from_on {
                let (passed, whole) = (days(row.from_on, day), days(row.from_on, row.due_on).max(1));
                let interest = divide(
                    i128::from(income.interest) * i128::from(passed),
                    i128::from(whole),
                    Rounding::HalfEven,
                )?;
                earned.interest += i64::try_from(interest).map_err(|_| PlanError::TooLarge)?;
            }
            for fee in row.fees.iter().filter(|fee| fee.due_on <= day && !fee.credited) {
                *earned.slot(fee.component) += fee.amount;
            }
        }
        Ok(earned)
    }
}
