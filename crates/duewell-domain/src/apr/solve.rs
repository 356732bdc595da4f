//! One solver for both equations: what was advanced and what is paid, discounted to the start, come out even.

use super::AprError;
use super::power::{BITS, ONE, exponential, multiply};

/// How a part of a period counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Equation {
    /// `(1 + i)^(whole + fraction)`: Directive (EU) 2023/2225, Annex III, and its like.
    Compound,
    /// `(1 + fraction · i) · (1 + i)^whole`: Appendix J (b)(8).
    SimpleWithinPeriod,
}

/// An amount at a time counted in periods from the start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Flow {
    pub whole: u32,
    /// The rest of the time in fixed point, below one.
    pub fraction: i128,
    /// Minor units; advances are positive, payments negative.
    pub minor: i64,
}

/// ln(1 + i) up to here is looked at; that is more than one million percent a period.
const LOGARITHM_MAX: i128 = 9 * ONE + ONE / 4;

/// A step of less than this (2⁻⁵⁰) leaves an error far below the last digit of a rate, as each squares the one before.
const STEP_SMALL: i128 = 1 << (BITS - 50);

const STEPS_MAX: usize = 300;

/// Returns the rate of one period, in fixed point, at which the flows come out even.
///
/// There is one when payments add up to no less than advances. It is the only one when the debtor is never ahead: then
/// the balance owed at a higher rate is higher after each flow and at a lower rate lower, and does not end at zero.
pub(super) fn rate_of_a_period(equation: Equation, mut flows: Vec<Flow>) -> Result<i128, AprError> {
    flows.sort_unstable_by_key(|flow| (flow.whole, flow.fraction, -flow.minor));
    if flows.first().is_some_and(|flow| flow.minor < 0) {
        return Err(AprError::PaidBeforeAdvanced);
    }
    let gross: u128 = flows.iter().map(|flow| u128::from(flow.minor.unsigned_abs())).sum();
    let logarithm = logarithm_of_growth(equation, &flows, gross)?;
    if !debtor_is_never_ahead(equation, &flows, logarithm, gross) {
        return Err(AprError::PaidAhead);
    }
    Ok(exponential(logarithm) - ONE)
}

fn logarithm_of_growth(equation: Equation, flows: &[Flow], gross: u128) -> Result<i128, AprError> {
    // Amounts times slopes stay within 128 digits when so many are dropped first.
    let dropped = (u128::BITS - gross.leading_zeros() + BITS).saturating_sub(76);
    let (mut low, mut high) = (0, LOGARITHM_MAX);
    if gap(equation, flows, low, dropped).value == 0 {
        return Ok(0);
    }
    if gap(equation, flows, high, dropped).value > 0 {
        return Err(AprError::AboveLimit);
    }
    let mut logarithm = low;
    for _ in 0..STEPS_MAX {
        let gap = gap(equation, flows, logarithm, dropped);
        let slope = gap.slope >> 10;
        let step = if slope > 0 { ((gap.value >> dropped) << (BITS - 10)) / slope } else { LOGARITHM_MAX };
        let newton = logarithm + step;
        if step.abs() < STEP_SMALL {
            return Ok(newton.max(0));
        }
        if gap.value > 0 {
            low = logarithm;
        } else {
            high = logarithm;
        }
        if high - low < STEP_SMALL {
            break;
        }
        logarithm = if low < newton && newton < high { newton } else { i128::midpoint(low, high) };
    }
    Ok(logarithm)
}

/// Discounted payments less discounted advances, and how fast that falls as the logarithm rises.
struct Gap {
    value: i128,
    /// Divided by two as often as digits were dropped.
    slope: i128,
}

fn gap(equation: Equation, flows: &[Flow], logarithm: i128, dropped: u32) -> Gap {
    let mut discount = Discount::new(equation, logarithm);
    let mut gap = Gap { value: 0, slope: 0 };
    for flow in flows {
        let (factor, duration) = discount.factor_and_duration(flow);
        let discounted = -i128::from(flow.minor) * factor;
        gap.value += discounted;
        gap.slope += ((discounted >> dropped) * (duration >> 30)) >> (BITS - 30);
    }
    gap
}

fn debtor_is_never_ahead(equation: Equation, flows: &[Flow], logarithm: i128, gross: u128) -> bool {
    let mut discount = Discount::new(equation, logarithm);
    // What rounding may leave: 2⁻⁴⁴ of all amounts.
    let dust = (gross as i128) << (BITS - 44);
    let mut balance: i128 = 0;
    flows.chunk_by(|one, next| (one.whole, one.fraction) == (next.whole, next.fraction)).all(|same_time| {
        for flow in same_time {
            balance += i128::from(flow.minor) * discount.factor_and_duration(flow).0;
        }
        balance >= -dust
    })
}

/// Discounts at one rate; remembers what the last fraction makes, which most payments of a plan share.
struct Discount {
    equation: Equation,
    logarithm: i128,
    growth: i128,
    fraction: i128,
    /// What simple interest for the fraction discounts to, and its share of the duration.
    of_fraction: (i128, i128),
}

impl Discount {
    fn new(equation: Equation, logarithm: i128) -> Self {
        let growth = exponential(logarithm);
        Discount { equation, logarithm, growth, fraction: 0, of_fraction: (ONE, 0) }
    }

    /// Returns the discount factor, and how fast its logarithm falls as the logarithm of the growth rises.
    fn factor_and_duration(&mut self, flow: &Flow) -> (i128, i128) {
        let whole = i128::from(flow.whole);
        let exponent = self.logarithm * whole;
        match self.equation {
            Equation::Compound => {
                let factor = exponential(-exponent - multiply(self.logarithm, flow.fraction));
                (factor, (whole << BITS) + flow.fraction)
            }
            Equation::SimpleWithinPeriod => {
                let (of_fraction, duration) = self.of_fraction(flow.fraction);
                (multiply(exponential(-exponent), of_fraction), (whole << BITS) + duration)
            }
        }
    }

    fn of_fraction(&mut self, fraction: i128) -> (i128, i128) {
        if fraction != self.fraction {
            let factor = (1_i128 << (2 * BITS)) / (ONE + multiply(self.growth - ONE, fraction));
            self.fraction = fraction;
            self.of_fraction = (factor, multiply(multiply(self.growth, fraction), factor));
        }
        self.of_fraction
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(whole: u32, minor: i64) -> Flow {
        Flow { whole, fraction: 0, minor }
    }

    #[test]
    fn one_payment_after_one_period_costs_its_surplus() {
        for equation in [Equation::Compound, Equation::SimpleWithinPeriod] {
            for (paid, percent) in [(-100, 0), (-105, 5), (-200, 100), (-1_000_000, 999_900)] {
                let found = rate_of_a_period(equation, vec![flow(0, 100), flow(1, paid)]).unwrap();
                let expected = ONE * percent / 100;
                assert!((found - expected).abs() <= (expected >> 48) + 64, "{paid}: {found}, not {expected}");
            }
        }
    }

    #[test]
    fn within_a_period_interest_is_simple_or_compound_by_the_equation() {
        let half = ONE / 2;
        let flows = vec![flow(0, 100), Flow { whole: 0, fraction: half, minor: -121 }];
        let simple = rate_of_a_period(Equation::SimpleWithinPeriod, flows.clone()).unwrap();
        assert!((simple - ONE * 42 / 100).abs() < 64, "{simple}");
        let compound = rate_of_a_period(Equation::Compound, flows).unwrap();
        assert!((compound - ONE * 4641 / 10_000).abs() < 64, "{compound}");
    }

    #[test]
    fn flows_that_put_the_debtor_ahead_have_no_rate() {
        // 10 % and 20 % solve 1000 - 2300/(1+i) + 1320/(1+i)²; a last payment of 1 makes paid and advanced come closer.
        let flows = vec![flow(0, 1_000), flow(1, -2_300), flow(2, 1_320), flow(3, -20)];
        assert_eq!(rate_of_a_period(Equation::Compound, flows), Err(AprError::PaidAhead));
        let flows = vec![flow(0, 1_000), flow(1, -500), flow(2, 1_000), flow(3, -1_600)];
        assert!(rate_of_a_period(Equation::Compound, flows).is_ok());
    }

    #[test]
    fn the_largest_amounts_do_not_overflow() {
        let flows = vec![
            Flow { whole: 0, fraction: 0, minor: i64::MAX },
            Flow { whole: 65_535, fraction: ONE - 1, minor: -i64::MAX },
        ];
        for equation in [Equation::Compound, Equation::SimpleWithinPeriod] {
            assert_eq!(rate_of_a_period(equation, flows.clone()), Ok(0));
        }
        let flows = vec![flow(0, i64::MAX / 2), flow(1, -i64::MAX)];
        let found = rate_of_a_period(Equation::Compound, flows).unwrap();
        assert!((found - ONE).abs() < 1 << 8, "{found}");
        assert_eq!(
            rate_of_a_period(Equation::Compound, vec![flow(0, 1), flow(1, -i64::MAX)]),
            Err(AprError::AboveLimit)
        );
    }
}
