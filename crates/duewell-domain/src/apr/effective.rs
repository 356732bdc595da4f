//! The effective rate of Europe and Britain: drawdowns and payments, discounted by years, are equal.

use super::power::BITS;
use super::solve::{Equation, Flow, rate_of_a_period};
use super::{AprError, Ratio, Totals, nominal_rate};
use crate::money::Money;
use crate::rate::Rate;

/// Money that moves at a time in years since the first drawdown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timed {
    pub years: Ratio,
    pub amount: Money,
}

/// Solves Σ Cₖ (1 + X)^−tₖ = Σ Dₗ (1 + X)^−sₗ for X: Directive (EU) 2023/2225, Annex III, Part I.
pub fn effective_rate(advances: &[Timed], payments: &[Timed]) -> Result<Rate, AprError> {
    let amounts = |side: &[Timed]| side.iter().map(|timed| timed.amount).collect::<Vec<_>>();
    Totals::of(&amounts(advances), &amounts(payments))?;
    let flows = advances
        .iter()
        .map(|advance| flow(advance, 1))
        .chain(payments.iter().map(|payment| flow(payment, -1)))
        .collect::<Result<Vec<_>, _>>()?;
    nominal_rate(rate_of_a_period(Equation::Compound, flows)?, Ratio { numerator: 1, denominator: 1 })
}

fn flow(timed: &Timed, sign: i64) -> Result<Flow, AprError> {
    let (whole, fraction) = timed.years.whole_and_fraction()?;
    Ok(Flow { whole, fraction, minor: sign * timed.amount.minor })
}

/// More periods than this lie beyond any plan.
const PERIODS_MAX: i64 = u16::MAX as i64;

impl Ratio {
    /// Splits into whole ones and the rest in fixed point.
    pub(super) fn whole_and_fraction(self) -> Result<(u32, i128), AprError> {
        let Ratio { numerator, denominator } = self;
        if numerator < 0 || denominator < 1 || numerator / denominator > PERIODS_MAX {
            return Err(AprError::NotATime { numerator, denominator });
        }
        let rest = (i128::from(numerator % denominator) << BITS) / i128::from(denominator);
        Ok(((numerator / denominator) as u32, rest))
    }
}
