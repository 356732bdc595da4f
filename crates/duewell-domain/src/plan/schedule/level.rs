//! The level installment of an annuity, solved in fixed point and rounded once.

use super::Schedule;
use crate::money::{MoneyError, Rounding, divide};
use crate::plan::check::{self, PlanError};
use crate::plan::terms::{Amortization, RoundingTerms};
use crate::rate::{Rate, WHOLE_PPB};

/// One, in the fixed point in which growth factors are multiplied.
pub(super) const ONE: i128 = 1 << 60;

/// Sums and products stay below this, so that the next product does not overflow.
const LARGE: i128 = 1 << 64;

impl Schedule<'_> {
    /// Returns the installment that repays all that was advanced over these rows.
    ///
    /// With `g` the growth factor of each period, the balance grown to the first due date is repaid by
    /// `balance × Π g ÷ (1 + g₂ × (1 + …))`, all products over the second row on.
    pub(super) fn solve_level(&self, affected: &[usize]) -> Result<i64, PlanError> {
        let regular: Vec<usize> = self.regular().collect();
        let position = |index: usize| regular.binary_search(&index).unwrap_or(0);
        let free = self.terms.grace.principal.max(self.terms.grace.interest) as usize;
        let paying: Vec<usize> = affected.iter().copied().filter(|&index| position(index) >= free).collect();
        let Some((&first, others)) = paying.split_first() else {
            return Err(PlanError::Field("grace", "no installment is left to repay the principal"));
        };
        // What is owed at the start of the first row, as scheduled, and what is advanced within it.
        let (start, due) = self.whole_period(position(first), first);
        let scheduled_before: i64 = regular
            .iter()
            .take_while(|&&index| index != first)
            .map(|&index| &self.rows[index])
            .map(|row| row.due.principal - row.credited.principal - row.spread)
            .sum();
        let mut opening = -scheduled_before;
        let mut grown = 0_i128;
        let mut plain = 0_i64;
        let factor = |from| -> Result<i128, PlanError> {
            if position(first) < self.terms.grace.interest_free as usize {
                return Ok(ONE);
            }
            Ok(ONE + self.growth(from, due, (start, due))?)
        };
        for &(day, amount) in &self.scheduled_flows() {
            if day <= start {
                opening += amount;
            } else if day < due {
                grown = grown
                    .checked_add(i128::from(amount).checked_mul(factor(day)?).ok_or(MoneyError::Overflow)?)
                    .ok_or(MoneyError::Overflow)?;
                plain += amount;
            }
        }
        opening += self.capitalised_before(first)?;
        let balloon = self.terms.balloon;
        if !self.bears_interest {
            let amount = opening + plain - balloon;
            return to_multiple(even(amount, paying.len(), self.terms.rounding.mode)?, &self.terms.rounding);
        }
        grown = grown
            .checked_add(i128::from(opening).checked_mul(factor(start)?).ok_or(MoneyError::Overflow)?)
            .ok_or(MoneyError::Overflow)?;
        let (mut product, mut sum, mut one) = (ONE, ONE, ONE);
        let base = position(first);
        let mut scale = scale_of(self, base)?;
        sum = multiply(sum, scale)?;
        for (at, &index) in others.iter().enumerate() {
            let row = &self.rows[index];
            let free = base + at + 1 < self.terms.grace.interest_free as usize;
            let period = (row.from_on, row.due_on);
            let growth = if free { 0 } else { self.growth(row.from_on, row.due_on, period)? };
            product = multiply(product, ONE + growth)?;
            scale = scale_of(self, base + at + 1)?;
            sum = multiply(sum, ONE + growth)? + multiply(one, scale)?;
            while sum >= LARGE || product >= LARGE {
                product >>= 1;
                sum >>= 1;
                one >>= 1;
            }
        }
        let _ = scale;
        if sum <= 0 {
            return Err(PlanError::TooLarge);
        }
        // A balloon is worth less the later it is due.
        let share = divide(product.checked_mul(ONE).ok_or(MoneyError::Overflow)?, sum, Rounding::HalfEven)?;
        let balloon_share =
            divide(one.checked_mul(ONE).ok_or(MoneyError::Overflow)?, sum, Rounding::HalfEven)?;
        // Both factors of the product below keep some sixty bits, whatever the amount.
        let largest = grown.unsigned_abs().max((i128::from(balloon) * ONE).unsigned_abs());
        let surplus = (i128::BITS - largest.leading_zeros()).saturating_sub(64);
        let worth = (grown >> surplus)
            .checked_mul(share)
            .zip(((i128::from(balloon) * ONE) >> surplus).checked_mul(balloon_share))
            .map(|(worth, less)| worth - less)
            .ok_or(MoneyError::Overflow)?;
        let unit = (ONE >> surplus.min(60)) * ONE;
        let rounding = &self.terms.rounding;
        // Rounded once, to the multiple, when there is one.
        let multiple = i128::from(rounding.installment_multiple.max(1));
        let mode = if multiple == 1 { rounding.mode } else { rounding.installment_mode };
        let unit = unit.checked_mul(multiple).ok_or(MoneyError::Overflow)?;
        let level = divide(worth, unit, mode)? * multiple;
        check::fits_sums(level)
    }

    /// Returns the interest that a moratorium made principal before a row.
    fn capitalised_before(&self, first: usize) -> Result<i64, PlanError> {
        let grace = self.terms.grace;
        if grace.interest == 0 || grace.deferred == crate::plan::terms::DeferredInterest::Added {
            return Ok(0);
        }
        let mut balance: i64 = 0;
        let mut capitalised = 0;
        for index in self.regular().take_while(|&index| index != first) {
            let row = &self.rows[index];
            let advanced: i64 =
                self.advances.iter().filter(|&&(day, _)| day < row.due_on).map(|&(_, amount)| amount).sum();
            balance = balance.max(advanced + capitalised);
            let mut exact = super::Exact::ZERO;
            self.add_interest(&mut exact, balance, row.from_on, row.due_on, (row.from_on, row.due_on))?;
            capitalised += self.round_interest(exact)?;
            balance = advanced + capitalised;
        }
        Ok(capitalised)
    }
}

/// Returns how many times the level the installment at that place is.
fn scale_of(schedule: &Schedule<'_>, at: usize) -> Result<i128, PlanError> {
    let Amortization::Graduated { every, by } = schedule.terms.amortization else { return Ok(ONE) };
    let step = ONE + i128::from(by.ppb) * ONE / i128::from(WHOLE_PPB);
    (0..at as u32 / every.max(1)).try_fold(ONE, |scale, _| multiply(scale, step))
}

fn multiply(a: i128, b: i128) -> Result<i128, PlanError> {
    // Growth factors are small: such a product cannot overflow.
    if a.unsigned_abs() < LARGE.unsigned_abs() && b.unsigned_abs() < (LARGE >> 2).unsigned_abs() {
        return Ok((a * b) >> 60);
    }
    Ok(a.checked_mul(b).ok_or(MoneyError::Overflow)? >> 60)
}

/// Returns an equal part, rounded.
pub(in crate::plan) fn even(amount: i64, count: usize, mode: Rounding) -> Result<i64, PlanError> {
    let count = i128::try_from(count).map_err(|_| PlanError::TooLarge)?;
    let part = divide(i128::from(amount), count, mode)?;
    i64::try_from(part).map_err(|_| PlanError::TooLarge)
}

/// Rounds an installment to its multiple.
pub(in crate::plan) fn to_multiple(amount: i64, rounding: &RoundingTerms) -> Result<i64, PlanError> {
    let multiple = i128::from(rounding.installment_multiple.max(1));
    if multiple == 1 {
        return Ok(amount);
    }
    let rounded = divide(i128::from(amount), multiple, rounding.installment_mode)? * multiple;
    check::fits_sums(rounded)
}

/// Returns the installment after so many steps.
pub(super) fn graduated(
    level: i64,
    steps: u32,
    by: Rate,
    rounding: &RoundingTerms,
) -> Result<i64, PlanError> {
    let mut scale = ONE;
    let step = ONE + i128::from(by.ppb) * ONE / i128::from(WHOLE_PPB);
    for _ in 0..steps {
        scale = multiply(scale, step)?;
    }
    let product = i128::from(level).checked_mul(scale).ok_or(MoneyError::Overflow)?;
    let amount = divide(product, ONE, rounding.mode)?;
    to_multiple(check::fits_sums(amount)?, rounding)
}
