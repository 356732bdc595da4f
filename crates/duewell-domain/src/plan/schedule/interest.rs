//! Interest of a balance between two days, exact until it is rounded once.

use jiff::civil::Date;

use super::Schedule;
use crate::apr::power::growth;
use crate::money::{Money, MoneyError, divide};
use crate::plan::check::PlanError;
use crate::plan::day_count::YearFraction;
use crate::plan::terms::RateKind;
use crate::rate::{Rate, WHOLE_PPB};

/// Interest in minor units times parts per billion, as an exact fraction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Exact {
    numerator: i128,
    denominator: i128,
}

impl Exact {
    pub const ZERO: Exact = Exact { numerator: 0, denominator: 1 };

    pub fn plus(self, other: Exact) -> Result<Exact, MoneyError> {
        if self.numerator == 0 {
            return Ok(other);
        }
        if other.numerator == 0 {
            return Ok(self);
        }
        if self.denominator == other.denominator {
            let numerator = self.numerator.checked_add(other.numerator).ok_or(MoneyError::Overflow)?;
            return Ok(Exact { numerator, denominator: self.denominator });
        }
        let shared = greatest_common_divisor(self.denominator, other.denominator);
        let (left, right) = (other.denominator / shared, self.denominator / shared);
        let numerator = self
            .numerator
            .checked_mul(left)
            .zip(other.numerator.checked_mul(right))
            .and_then(|(left, right)| left.checked_add(right))
            .ok_or(MoneyError::Overflow)?;
        let denominator = self.denominator.checked_mul(left).ok_or(MoneyError::Overflow)?;
        Ok(Exact { numerator, denominator })
    }
}

/// Growth factors of effective rates lose so many bits where they meet an amount; forty are left.
const FEWER_BITS: u32 = 20;

fn compound(rate: Rate, share: YearFraction) -> i128 {
    let rate = i128::from(rate.ppb) * super::level::ONE / i128::from(WHOLE_PPB);
    growth(rate, share.numerator, share.denominator)
}

fn greatest_common_divisor(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Parts of a period with a rate of their own; nearly always there is one.
enum Stretches {
    One([(Date, Date, Rate); 1]),
    Many(Vec<(Date, Date, Rate)>),
}

impl Stretches {
    fn as_slice(&self) -> &[(Date, Date, Rate)] {
        match self {
            Stretches::One(one) => one,
            Stretches::Many(many) => many,
        }
    }
}

impl Schedule<'_> {
    /// Adds the interest of `balance` from one day to another within a period.
    pub(super) fn add_interest(
        &self,
        sum: &mut Exact,
        balance: i64,
        from: Date,
        to: Date,
        within: (Date, Date),
    ) -> Result<(), PlanError> {
        for &(from, to, rate) in self.stretches(from, to).as_slice() {
            let share = self.terms.interest.day_count.share(from, to, within, self.terms.frequency);
            if self.terms.interest.kind == RateKind::Effective {
                let growth = compound(rate, share) >> FEWER_BITS;
                let numerator = i128::from(balance)
                    .checked_mul(growth)
                    .and_then(|product| product.checked_mul(i128::from(WHOLE_PPB)))
                    .ok_or(MoneyError::Overflow)?;
                *sum = sum.plus(Exact { numerator, denominator: super::level::ONE >> FEWER_BITS })?;
                continue;
            }
            let numerator = i128::from(balance)
                .checked_mul(i128::from(rate.ppb))
                .and_then(|product| product.checked_mul(i128::from(share.numerator)))
                .ok_or(MoneyError::Overflow)?;
            *sum = sum.plus(Exact { numerator, denominator: i128::from(share.denominator) })?;
        }
        Ok(())
    }

    /// Rounds interest as the terms say.
    pub(super) fn round_interest(&self, exact: Exact) -> Result<i64, PlanError> {
        if exact.numerator == 0 {
            return Ok(0);
        }
        let rounding = &self.terms.rounding;
        let multiple = i128::from(rounding.interest_multiple.max(1));
        let unit = i128::from(WHOLE_PPB) * multiple;
        let denominator = exact.denominator.checked_mul(unit).ok_or(MoneyError::Overflow)?;
        let interest = divide(exact.numerator, denominator, rounding.mode)? * multiple;
        let fits = |interest: &i64| interest.abs() <= Money::WRITTEN_MAX;
        i64::try_from(interest).ok().filter(fits).ok_or(PlanError::TooLarge)
    }

    /// Returns the factor by which a balance grows in a period, less one, in units of 2⁻⁶⁰.
    pub(super) fn growth(&self, from: Date, to: Date, within: (Date, Date)) -> Result<i128, PlanError> {
        let interest = &self.terms.interest;
        let count = interest.level_day_count.unwrap_or(interest.day_count);
        let mut sum = 0;
        for &(from, to, rate) in self.stretches(from, to).as_slice() {
            let share = count.share(from, to, within, self.terms.frequency);
            if self.terms.interest.kind == RateKind::Effective {
                sum += compound(rate, share);
                continue;
            }
            let product = i128::from(rate.ppb) * i128::from(share.numerator);
            let scaled = product.checked_mul(super::level::ONE).ok_or(MoneyError::Overflow)?;
            sum += scaled / (i128::from(WHOLE_PPB) * i128::from(share.denominator));
        }
        Ok(sum)
    }

    /// Cuts a stretch of days where the rate changes, and leaves out days without interest.
    fn stretches(&self, from: Date, to: Date) -> Stretches {
        let current = self.rates.partition_point(|&(day, _)| day <= from).saturating_sub(1);
        let single = self.rates.get(current + 1).is_none_or(|&(day, _)| day >= to);
        if single && self.pauses.is_empty() {
            return Stretches::One([(from, to, self.rates[current].1)]);
        }
        let mut many = Vec::new();
        let mut cursor = from;
        for (at, &(_, rate)) in self.rates.iter().enumerate().skip(current) {
            let end = self.rates.get(at + 1).map_or(to, |&(day, _)| day.min(to));
            if end > cursor {
                self.without_pauses(cursor, end, rate, &mut many);
                cursor = end;
            }
        }
        Stretches::Many(many)
    }

    fn without_pauses(&self, from: Date, to: Date, rate: Rate, into: &mut Vec<(Date, Date, Rate)>) {
        let mut cursor = from;
        for &(pause_from, pause_to) in &self.pauses {
            if pause_to <= cursor || pause_from >= to {
                continue;
            }
            if pause_from > cursor {
                into.push((cursor, pause_from, rate));
            }
            cursor = pause_to.max(cursor);
        }
        if cursor < to {
            into.push((cursor, to, rate));
        }
    }
}
