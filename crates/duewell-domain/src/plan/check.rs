//! What terms and logs are refused, and why.

use jiff::civil::Date;

use super::dates::Frequency;
use super::event::{Entry, Event};
use super::parts::Component;
use super::terms::{
    Amortization, DownPayment, FeeAmount, LateFeeAmount, Length, OddFirstPeriod, Posting, Recalculation,
    Terms,
};
use super::{ENTRIES_MAX, ROWS_MAX};
use crate::money::{Money, MoneyError};
use crate::rate::{Rate, WHOLE_PPB};

/// Why there is no such plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("{0}: {1}")]
    Field(&'static str, &'static str),
    #[error("entry {0}: {1}")]
    Entry(u32, &'static str),
    #[error("there is no entry {0} to refer to")]
    NoEntry(u32),
    #[error("there is no installment due on {0}")]
    NoInstallment(Date),
    #[error("a due date of {0} would change the order of the installments")]
    OutOfOrder(Date),
    #[error("there is no installment to come")]
    NothingToCome,
    #[error("the installment due on {0} does not cover its interest, so the plan would never be repaid")]
    NeverRepays(Date),
    #[error("the plan would have more than {ROWS_MAX} installments")]
    TooLong,
    #[error("an amount is too large")]
    TooLarge,
}

impl From<MoneyError> for PlanError {
    fn from(_: MoneyError) -> Self {
        PlanError::TooLarge
    }
}

/// Refuses terms that no schedule follows from.
pub fn terms(terms: &Terms) -> Result<(), PlanError> {
    let field = |name, reason| Err(PlanError::Field(name, reason));
    let fits = |amount: i64| (0..=Money::WRITTEN_MAX).contains(&amount);
    if terms.starts_on.year() < 1 {
        return field("starts_on", "is before the year 1");
    }
    if terms.principal <= 0 || !fits(terms.principal) {
        return field("principal_minor", "must be above zero and below the largest amount");
    }
    match terms.length {
        Length::Installments(0) => return field("length.installments", "must be at least 1"),
        Length::Installments(count) if count > ROWS_MAX => {
            return field("length.installments", "are more than a plan may have");
        }
        Length::InstallmentMinor(amount) if amount <= 0 || !fits(amount) => {
            return field("length.installment_minor", "must be above zero");
        }
        Length::Installments(_) | Length::InstallmentMinor(_) => {}
    }
    if terms.frequency.every == 0 {
        return field("frequency.every", "must be at least 1");
    }
    if terms.first_due_on.is_some_and(|day| day < terms.starts_on) {
        return field("first_due_on", "is before the plan starts");
    }
    if terms.odd_first_period != OddFirstPeriod::Spread && terms.interest.recalculation != Recalculation::None
    {
        return field("odd_first_period", "is part of the installments where interest follows payments");
    }
    if terms.posting == Posting::ScheduleFirst && terms.interest.recalculation == Recalculation::WholePeriods
    {
        return field("interest.recalculation", "by whole periods needs a plan that is posted in turn");
    }
    let within = |rate: Rate| (0..=Rate::MAX.ppb).contains(&rate.ppb);
    if !within(terms.interest.rate) || terms.interest.steps.iter().any(|step| !within(step.rate)) {
        return field("interest.rate", "must not be negative or beyond the largest rate");
    }
    if terms.interest.steps.windows(2).any(|steps| steps[0].from_on >= steps[1].from_on) {
        return field("interest.steps", "must be in the order of their days");
    }
    if !fits(terms.balloon) || terms.balloon > terms.principal {
        return field("balloon_minor", "is more than the principal");
    }
    if let Length::Installments(count) = terms.length {
        if terms.grace.principal >= count && count > 0 {
            return field("grace.principal", "leaves no installment to repay the principal");
        }
        if terms.grace.interest >= count {
            return field("grace.interest", "leaves no installment to pay the interest");
        }
    }
    match terms.down_payment {
        Some(DownPayment::Minor(amount)) if !fits(amount) || amount >= terms.principal => {
            return field("down_payment.minor", "must be less than the principal");
        }
        Some(DownPayment::Share(rate)) if !(0..WHOLE_PPB).contains(&rate.ppb) => {
            return field("down_payment.share", "must be less than 100 percent");
        }
        Some(_) | None => {}
    }
    let rounding = &terms.rounding;
    if rounding.installment_multiple < 1 || rounding.installment_multiple > terms.principal {
        return field("rounding.installment_multiple_minor", "must be at least 1 and at most the principal");
    }
    if rounding.interest_multiple < 1 || !fits(rounding.interest_multiple) {
        return field("rounding.interest_multiple_minor", "must be at least 1");
    }
    if !fits(rounding.least_last) {
        return field("rounding.least_last_minor", "must not be negative");
    }
    for term in &terms.fees {
        let wrong = match term.amount {
            FeeAmount::Minor(amount) => !fits(amount),
            FeeAmount::Share { rate, .. } => !within(rate),
        };
        if wrong || term.at_most.is_some_and(|most| !fits(most)) {
            return field("fees", "must not be negative or beyond the largest amount");
        }
    }
    if let Some(late_fee) = &terms.late_fee {
        let wrong = match late_fee.amount {
            LateFeeAmount::Minor(amount) => !fits(amount),
            LateFeeAmount::Share { rate, .. } => !within(rate),
        };
        let caps = [late_fee.most_per_installment, late_fee.most_per_plan];
        if wrong
            || caps.into_iter().flatten().any(|most| !fits(most))
            || late_fee.most_share_of_plan.is_some_and(|most| !within(most))
        {
            return field("late_fee", "must not be negative or beyond the largest amount");
        }
    }
    match &terms.amortization {
        Amortization::Custom(rows) => {
            if rows.is_empty() || rows.len() > ROWS_MAX as usize {
                return field("amortization.custom", "has no rows or more than a plan may have");
            }
            if rows.windows(2).any(|rows| rows[0].due_on > rows[1].due_on) {
                return field("amortization.custom", "must be in the order of its due dates");
            }
            if rows[0].due_on < terms.starts_on {
                return field("amortization.custom", "has a due date before the plan starts");
            }
            if rows.iter().any(|row| !fits(row.principal)) {
                return field("amortization.custom", "has an amount that is negative or too large");
            }
            let sum: i128 = rows.iter().map(|row| i128::from(row.principal)).sum();
            if sum != i128::from(terms.principal) {
                return field("amortization.custom", "does not add up to the principal");
            }
            if terms.down_payment.is_some() {
                return field("down_payment", "is written as the first row of a schedule made by hand");
            }
        }
        Amortization::Graduated { every, by } => {
            if *every == 0 || by.ppb <= -WHOLE_PPB || by.ppb > Rate::MAX.ppb {
                return field(
                    "amortization.graduated",
                    "needs a step of at least 1 and a rate above −100 percent",
                );
            }
        }
        Amortization::EqualInstallment | Amortization::EqualPrincipal | Amortization::InterestOnly => {}
    }
    Ok(())
}

/// Refuses logs that cannot have happened.
pub fn log(log: &[Entry]) -> Result<(), PlanError> {
    if log.len() > ENTRIES_MAX {
        return Err(PlanError::TooLarge);
    }
    let mut before = 0;
    let mut whole = 0_i128;
    for entry in log {
        let number = entry.number;
        if number <= before {
            return Err(PlanError::Entry(number, "numbers must grow"));
        }
        before = number;
        let amount = match entry.event {
            Event::Advance { amount }
            | Event::Money { amount, .. }
            | Event::CreditRefund { amount }
            | Event::Chargeback { amount, .. }
            | Event::LateFee { amount, .. }
            | Event::WaiveFee { amount, .. } => amount,
            Event::Fee { amount: FeeAmount::Minor(amount), .. } => amount,
            Event::Holiday { of: Component::Fee | Component::Penalty, .. } => {
                return Err(PlanError::Entry(number, "only principal and interest can have a holiday"));
            }
            Event::ReAge { every: Frequency { every: 0, .. }, .. } => {
                return Err(PlanError::Entry(
                    number,
                    "needs at least one day, week, month or year between dates",
                ));
            }
            Event::ReAge { installments, .. }
            | Event::Extend { installments, .. }
            | Event::Holiday { installments, .. } => {
                if installments == 0 || installments > ROWS_MAX {
                    return Err(PlanError::Entry(number, "needs between one and the most installments"));
                }
                1
            }
            Event::Fee { .. }
            | Event::MoveDueDate { .. }
            | Event::RateChange { .. }
            | Event::InterestPause { .. }
            | Event::ReAmortize
            | Event::Accelerate
            | Event::Settle
            | Event::WriteOff
            | Event::ChargeOff
            | Event::Dissolve
            | Event::Reverse { .. } => 1,
        };
        if amount <= 0 || amount > Money::WRITTEN_MAX {
            return Err(PlanError::Entry(
                number,
                "the amount must be above zero and below the largest amount",
            ));
        }
        whole += i128::from(amount);
        let rate = match entry.event {
            Event::RateChange { rate } | Event::Fee { amount: FeeAmount::Share { rate, .. }, .. } => rate,
            _ => Rate::ZERO,
        };
        if !(0..=Rate::MAX.ppb).contains(&rate.ppb) {
            return Err(PlanError::Entry(number, "the rate must not be negative or beyond the largest rate"));
        }
        let of = match entry.event {
            Event::Reverse { of } | Event::WaiveFee { of, .. } | Event::Chargeback { of, .. } => Some(of),
            _ => None,
        };
        if of.is_some_and(|of| of >= number || log.binary_search_by_key(&of, |other| other.number).is_err()) {
            return Err(PlanError::Entry(number, "refers to an entry that is not there before it"));
        }
    }
    if whole > i128::from(SUM_MAX) {
        return Err(PlanError::TooLarge);
    }
    Ok(())
}

/// All amounts of a log together are not beyond this, nor all that a plan charges, so that sums cannot wrap.
pub const SUM_MAX: i64 = 1_000 * Money::WRITTEN_MAX;

/// Refuses what could make sums wrap.
pub fn fits_sums(amount: i128) -> Result<i64, PlanError> {
    let fits = |amount: &i64| amount.abs() <= SUM_MAX;
    i64::try_from(amount).ok().filter(fits).ok_or(PlanError::TooLarge)
}
