//! Regulation Z, 12 CFR 1026, Appendix J: unit-periods and the rate by the actuarial method.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::solve::{Equation, Flow, rate_of_a_period};
use super::{AprError, Dated, DaysOfMonth, Ratio, Totals, days_between, nominal_rate};
use crate::money::Money;
use crate::rate::{Rate, WHOLE_PPB};

/// The interval that interest is compounded by, (b)(4).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitPeriod {
    Day,
    Weeks(u8),
    Semimonth,
    /// Up to twelve, which are a year.
    Months(u8),
    /// The term of one advance and one payment, in whole months, less than a year: (b)(5)(vi).
    TermOfMonths(u8),
    /// The same when it is no whole number of months: (b)(5)(vii).
    TermOfDays(u16),
}

/// A time in unit-periods: whole ones and the fraction that is left, from zero to less than one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct UnitTime {
    pub whole: u32,
    pub fraction: Ratio,
}

/// Money that moves at a time in unit-periods since the term began.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnitTimed {
    pub at: UnitTime,
    pub amount: Money,
}

/// How the dates of a transaction are counted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Timing {
    pub unit_period: UnitPeriod,
    /// In the order of the dates that were given.
    pub advances: Vec<UnitTime>,
    pub payments: Vec<UnitTime>,
}

/// What Regulation Z asks to be disclosed of the cost of credit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UsApr {
    pub rate: Rate,
    pub unit_period: UnitPeriod,
    /// 1/8 of a percentage point, or 1/4 in an irregular transaction: 12 CFR 1026.22(a)(2), (3).
    pub tolerance: Rate,
    pub amount_financed: Money,
    pub finance_charge: Money,
    pub total_of_payments: Money,
}

/// Works out the rate from dates.
///
/// The term begins with the first advance, (b)(2). What is paid on that day is a prepaid finance charge or a
/// downpayment: it lessens the amount financed and is none of the payments.
pub fn annual_percentage_rate(advances: &[Dated], payments: &[Dated]) -> Result<UsApr, AprError> {
    let amounts = |flows: &[Dated]| flows.iter().map(|flow| flow.amount).collect::<Vec<_>>();
    let totals = Totals::of(&amounts(advances), &amounts(payments))?;
    let dates = |flows: &[Dated]| flows.iter().map(|flow| flow.on).collect::<Vec<_>>();
    let timing = Timing::of(&dates(advances), &dates(payments))?;
    let timed = |flows: &[Dated], times: &[UnitTime]| -> Vec<UnitTimed> {
        flows.iter().zip(times).map(|(flow, &at)| UnitTimed { at, amount: flow.amount }).collect()
    };
    let rate = rate_of_unit_periods(
        timing.unit_period.per_year(),
        &timed(advances, &timing.advances),
        &timed(payments, &timing.payments),
    )?;
    let start = advances.iter().map(|advance| advance.on).min().ok_or(AprError::NoAdvance)?;
    let at_start = payments.iter().filter(|payment| payment.on == start).map(|payment| payment.amount);
    let at_start = Money::sum(totals.paid.currency, at_start)?;
    Ok(UsApr {
        rate,
        unit_period: timing.unit_period,
        tolerance: tolerance(timing.unit_period, start, advances, payments),
        amount_financed: totals.advanced.minus(at_start)?,
        finance_charge: totals.paid.minus(totals.advanced)?,
        total_of_payments: totals.paid.minus(at_start)?,
    })
}

/// Solves the general equation, (b)(8): Σ Aₖ / ((1 + eₖ i)(1 + i)^qₖ) = Σ Pⱼ / ((1 + fⱼ i)(1 + i)^tⱼ).
///
/// The rate is i times the unit-periods of a year, (b)(1).
pub fn rate_of_unit_periods(
    per_year: Ratio,
    advances: &[UnitTimed],
    payments: &[UnitTimed],
) -> Result<Rate, AprError> {
    let amounts = |flows: &[UnitTimed]| flows.iter().map(|flow| flow.amount).collect::<Vec<_>>();
    Totals::of(&amounts(advances), &amounts(payments))?;
    let Ratio { numerator, denominator } = per_year;
    if !(1..=PER_YEAR_NUMERATOR_MAX).contains(&numerator) || denominator < 1 {
        return Err(AprError::NotATime { numerator, denominator });
    }
    let flow = |timed: &UnitTimed, sign: i64| -> Result<Flow, AprError> {
        let Ratio { numerator, denominator } = timed.at.fraction;
        let (more, fraction) = timed.at.fraction.whole_and_fraction()?;
        // (b)(6) knows fractions of one period only.
        if more > 0 || timed.at.whole > u32::from(u16::MAX) {
            return Err(AprError::NotATime { numerator, denominator });
        }
        Ok(Flow { whole: timed.at.whole, fraction, minor: sign * timed.amount.minor })
    };
    let flows = advances
        .iter()
        .map(|advance| flow(advance, 1))
        .chain(payments.iter().map(|payment| flow(payment, -1)))
        .collect::<Result<Vec<_>, _>>()?;
    nominal_rate(rate_of_a_period(Equation::SimpleWithinPeriod, flows)?, per_year)
}

/// Keeps the product of rate and periods a year within 127 digits.
const PER_YEAR_NUMERATOR_MAX: i64 = 4_000_000;

/// 12 CFR 1026.22(a)(3): irregular are several advances, payments at other intervals than the unit-period after the
/// first, and unequal payments between the first and the last.
fn tolerance(unit_period: UnitPeriod, start: Date, advances: &[Dated], payments: &[Dated]) -> Rate {
    let mut later: Vec<_> = payments.iter().filter(|payment| payment.on > start).collect();
    later.sort_by_key(|payment| payment.on);
    let dates: Vec<_> = later.iter().map(|payment| payment.on).collect();
    let even_dates =
        periods(&dates).iter().all(|period| period.names.contains(&Interval::Standard(unit_period)));
    let between = later.get(1..later.len().saturating_sub(1)).unwrap_or_default();
    let even_amounts = between.windows(2).all(|pair| pair[0].amount == pair[1].amount);
    let one_a_day = dates.windows(2).all(|pair| pair[0] < pair[1]);
    let regular = advances.len() == 1 && even_dates && even_amounts && one_a_day;
    if regular { TOLERANCE_REGULAR } else { TOLERANCE_IRREGULAR }
}

const TOLERANCE_REGULAR: Rate = Rate { ppb: WHOLE_PPB / 800 };
const TOLERANCE_IRREGULAR: Rate = Rate { ppb: WHOLE_PPB / 400 };

impl Timing {
    /// Finds the unit-period and counts each date in it.
    pub fn of(advances: &[Date], payments: &[Date]) -> Result<Timing, AprError> {
        let start = *advances.iter().min().ok_or(AprError::NoAdvance)?;
        if payments.iter().any(|payment| *payment < start) {
            return Err(AprError::PaidBeforeAdvanced);
        }
        let unit_period = UnitPeriod::of(start, advances, payments)?;
        let count = |dates: &[Date]| -> Vec<UnitTime> {
            let days_of_month = DaysOfMonth::of(dates.iter().copied().filter(|date| *date > start));
            dates.iter().map(|date| unit_period.between(start, *date, days_of_month)).collect()
        };
        Ok(Timing { unit_period, advances: count(advances), payments: count(payments) })
    }
}

impl UnitPeriod {
    /// Returns how many there are in a year, (b)(5)(ii) to (vii).
    pub fn per_year(self) -> Ratio {
        let (numerator, denominator) = match self {
            UnitPeriod::Day => (365, 1),
            UnitPeriod::Weeks(weeks) => (52, i64::from(weeks)),
            UnitPeriod::Semimonth => (24, 1),
            UnitPeriod::Months(months) | UnitPeriod::TermOfMonths(months) => (12, i64::from(months)),
            UnitPeriod::TermOfDays(days) => (365, i64::from(days)),
        };
        Ratio { numerator, denominator }
    }

    /// (b)(4): the common period, up to a year, that occurs most often, the smaller of several; without one, the average
    /// of the periods; the term of one advance and one payment.
    fn of(start: Date, advances: &[Date], payments: &[Date]) -> Result<UnitPeriod, AprError> {
        let (later_advances, later_payments) = (later(start, advances), later(start, payments));
        if later_payments.len() < 2 {
            return Err(AprError::NoPayment);
        }
        if let ([_], [_, payment]) = (&later_advances[..], &later_payments[..]) {
            return Ok(UnitPeriod::of_term(start, *payment));
        }
        let mut all = periods(&later_payments);
        all.extend(periods(&later_advances));
        let mut counts: Vec<(Interval, usize)> = Vec::new();
        for name in all.iter().flat_map(|period| &period.names) {
            match counts.iter_mut().find(|(known, _)| known == name) {
                Some((_, count)) => *count += 1,
                None => counts.push((*name, 1)),
            }
        }
        let most = counts
            .into_iter()
            .filter(|(_, count)| *count > 1)
            .min_by_key(|(interval, count)| (std::cmp::Reverse(*count), interval.days()));
        Ok(match most {
            Some((Interval::Standard(unit_period), _)) => unit_period,
            Some((Interval::Days(days), _)) => UnitPeriod::nearest(days, 1),
            None => UnitPeriod::average(&all),
        })
    }

    /// (b)(4)(ii), (b)(5)(vi) and (vii).
    fn of_term(start: Date, payment: Date) -> UnitPeriod {
        let days_of_month = DaysOfMonth { latest: payment.day() };
        if days_of_month.whole_months(start, payment).0 >= 12 {
            return UnitPeriod::Months(12);
        }
        match days_of_month.exact_months(start, payment) {
            Some(months) => UnitPeriod::TermOfMonths(months as u8),
            None => UnitPeriod::TermOfDays(days_between(start, payment) as u16),
        }
    }

    /// (b)(4)(i)(B): the average of all periods, rounded to a standard interval, the lower of two equally near. Periods
    /// that are all whole months are averaged in months.
    fn average(periods: &[Period]) -> UnitPeriod {
        let count = periods.len() as i64;
        if let Some(months) = periods.iter().map(|period| period.months.map(i64::from)).sum::<Option<i64>>() {
            let rounded_half_down = (2 * months + count - 1) / (2 * count);
            return UnitPeriod::Months(rounded_half_down.clamp(1, 12) as u8);
        }
        UnitPeriod::nearest(periods.iter().map(|period| period.days).sum(), count)
    }

    /// Returns the standard interval, (b)(3)(iii), that is nearest to `days / count`, the lower of two equally near.
    fn nearest(days: i64, count: i64) -> UnitPeriod {
        let months = (1..=12).map(UnitPeriod::Months);
        let mut standard: Vec<_> = months
            .chain([UnitPeriod::Day, UnitPeriod::Semimonth])
            .chain((1..=52).map(UnitPeriod::Weeks))
            .collect();
        standard.sort_by_key(|unit_period| unit_period.days());
        standard
            .into_iter()
            .min_by_key(|unit_period| (unit_period.days() * count - days).abs())
            .unwrap_or(UnitPeriod::Months(12))
    }

    /// About how long it is, to tell the smaller from the larger.
    fn days(self) -> i64 {
        match self {
            UnitPeriod::Day => 1,
            UnitPeriod::Weeks(weeks) => 7 * i64::from(weeks),
            UnitPeriod::Semimonth => 15,
            UnitPeriod::Months(12) => 365,
            UnitPeriod::Months(months) | UnitPeriod::TermOfMonths(months) => 30 * i64::from(months),
            UnitPeriod::TermOfDays(days) => i64::from(days),
        }
    }

    /// Counts the unit-periods between two dates, (b)(5).
    fn between(self, start: Date, date: Date, days_of_month: DaysOfMonth) -> UnitTime {
        let days = days_between(start, date);
        let (months, end) = days_of_month.whole_months(start, date);
        let rest = days_between(start, end);
        match self {
            // (iv)
            UnitPeriod::Day => UnitTime::of(days, 1),
            UnitPeriod::Weeks(weeks) => UnitTime::of(days, 7 * i64::from(weeks)),
            // (v)
            UnitPeriod::Months(12) => {
                let years = months / 12;
                if rest == 0 {
                    return UnitTime::of(i64::from(months), 12);
                }
                let end = days_of_month.months_before(date, years * 12).unwrap_or(start);
                UnitTime::of(i64::from(years) * 365 + days_between(start, end), 365)
            }
            // (ii) and (iii)
            UnitPeriod::Months(count) => UnitTime::of(30 * i64::from(months) + rest, 30 * i64::from(count)),
            UnitPeriod::Semimonth => UnitTime::of(30 * i64::from(months) + rest, 15),
            // (vi) and (vii)
            UnitPeriod::TermOfMonths(_) | UnitPeriod::TermOfDays(_) => {
                UnitTime { whole: u32::from(date > start), fraction: Ratio { numerator: 0, denominator: 1 } }
            }
        }
    }
}

impl UnitTime {
    fn of(numerator: i64, denominator: i64) -> Self {
        let fraction = Ratio { numerator: numerator % denominator, denominator };
        UnitTime { whole: (numerator / denominator) as u32, fraction }
    }
}

/// The start and the different dates after it, in order.
fn later(start: Date, dates: &[Date]) -> Vec<Date> {
    let mut dates: Vec<_> = dates.iter().copied().chain([start]).collect();
    dates.sort_unstable();
    dates.dedup();
    dates
}

/// The time between two dates that follow each other, (b)(3)(i).
struct Period {
    days: i64,
    /// Set when it is a whole number of months.
    months: Option<u32>,
    /// What it may be called, up to a year: 28 days from 1 February are a month and four weeks.
    names: Vec<Interval>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Interval {
    Standard(UnitPeriod),
    /// Days that make no standard interval.
    Days(i64),
}

impl Interval {
    fn days(self) -> i64 {
        match self {
            Interval::Standard(unit_period) => unit_period.days(),
            Interval::Days(days) => days,
        }
    }
}

/// Names the periods between dates in order.
fn periods(dates: &[Date]) -> Vec<Period> {
    let after_start = dates.iter().copied().skip(usize::from(dates.len() > 2));
    let days_of_month = DaysOfMonth::of(after_start);
    let one_month = |from: usize, to: usize| match (dates.get(from), dates.get(to)) {
        (Some(&from), Some(&to)) => days_of_month.exact_months(from, to) == Some(1),
        (_, None) | (None, _) => false,
    };
    let between = dates.windows(2).enumerate().map(|(index, pair)| {
        let (days, months) = (days_between(pair[0], pair[1]), days_of_month.exact_months(pair[0], pair[1]));
        let mut names = Vec::new();
        if days == 1 {
            names.push(Interval::Standard(UnitPeriod::Day));
        }
        if let Some(months @ 1..=12) = months {
            names.push(Interval::Standard(UnitPeriod::Months(months as u8)));
        }
        if days % 7 == 0 && days <= 364 {
            names.push(Interval::Standard(UnitPeriod::Weeks((days / 7) as u8)));
        }
        let halves_a_month = one_month(index, index + 2) || (index > 0 && one_month(index - 1, index + 1));
        if (13..=18).contains(&days) && halves_a_month {
            names.push(Interval::Standard(UnitPeriod::Semimonth));
        }
        if names.is_empty() && days <= 365 {
            names.push(Interval::Days(days));
        }
        Period { days, months, names }
    });
    between.collect()
}
