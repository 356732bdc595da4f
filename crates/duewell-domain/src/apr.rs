//! Legal annual percentage rates: what a plan costs a year, by the law that asks.
//!
//! Two equations: the actuarial method of Regulation Z (12 CFR 1026, Appendix J) with its unit-periods, a nominal rate;
//! and the effective rate of the European and British rules. `docs/spec/apr.md` tells each rule with its source.

mod effective;
pub(crate) mod power;
mod solve;
pub mod us;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::money::{Money, MoneyError, Rounding, divide};
use crate::rate::{Rate, WHOLE_PPB};
use us::UnitPeriod;

pub use effective::{Timed, effective_rate};

/// A rule by which intervals are counted and a rate is worked out. The name is stable: it is kept with each version of
/// a plan.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Convention {
    /// 12 CFR 1026, Appendix J, actuarial method.
    #[serde(rename = "us_reg_z_actuarial")]
    UsRegZActuarial,
    /// Directive (EU) 2023/2225, Annex III, Part I: whole months of 1/12 year, then days. The same equation and remarks
    /// are in Directive 2014/17/EU, Annex I, and, without the order of counting, in Directive 2008/48/EC, Annex I.
    #[serde(rename = "eu_2023_2225_equal_months")]
    EuEqualMonths,
    /// The same, with whole weeks of 1/52 year, then days.
    #[serde(rename = "eu_2023_2225_weeks")]
    EuWeeks,
    /// The same, with whole years, then days: days / 365 as long as no 29 February lies between.
    #[serde(rename = "eu_days_365")]
    EuDays365,
    /// FCA Handbook, CONC App 1.2 and MCOB 10A.2: the text of the directives, with equal months.
    #[serde(rename = "uk_conc_app1")]
    UkConcApp1,
    /// Every day is 1/365 year, leap years or not, as British lenders of short credit count.
    #[serde(rename = "uk_days_365")]
    UkDays365,
    /// Every day is 1/365.25 year: Directive 98/7/EC, remark (c) to the equation, allowed it.
    #[serde(rename = "uk_days_365_25")]
    UkDays365And25,
}

/// Money that moves on a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Dated {
    pub on: Date,
    pub amount: Money,
}

/// An exact fraction, e.g. of a year.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ratio {
    pub numerator: i64,
    pub denominator: i64,
}

/// A rate with what is disclosed beside it, in the words of both laws.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Disclosure {
    pub convention: Convention,
    /// The rate to the seventh decimal of a percent.
    pub rate: Rate,
    /// The rate as it is shown, see [`Convention::shown`].
    pub shown: Rate,
    /// How far a disclosed rate may be off, where the law says so (12 CFR 1026.22(a)(2), (3)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<Rate>,
    /// The unit-period, where the law has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_period: Option<UnitPeriod>,
    /// Amount financed (US), total amount of credit (EU, UK).
    pub amount_financed: Money,
    /// Finance charge (US), total cost of the credit (EU, UK).
    pub finance_charge: Money,
    /// Total of payments (US), total amount payable (EU, UK).
    pub total_of_payments: Money,
}

/// Why there is no rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AprError {
    #[error("nothing is advanced")]
    NoAdvance,
    #[error("nothing is paid after the first advance")]
    NoPayment,
    #[error("{0} is not an amount that is advanced or paid")]
    NotPositive(Money),
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error("a payment comes before the first advance")]
    PaidBeforeAdvanced,
    #[error("payments of {paid} are less than advances of {advanced}")]
    LessPaidThanAdvanced { advanced: Money, paid: Money },
    #[error("payments run ahead of what was advanced, so that more than one rate may fit")]
    PaidAhead,
    #[error("no rate up to one million percent fits")]
    AboveLimit,
    #[error("{numerator}/{denominator} is not a time that can be counted")]
    NotATime { numerator: i64, denominator: i64 },
}

/// Works out the rate of a plan and what is disclosed with it.
///
/// The start is the day of the first advance; the order of the lists does not matter. Charges kept back or paid on the
/// first day are payments on that day.
pub fn disclose(
    convention: Convention,
    advances: &[Dated],
    payments: &[Dated],
) -> Result<Disclosure, AprError> {
    match convention {
        Convention::UsRegZActuarial => {
            let apr = us::annual_percentage_rate(advances, payments)?;
            Ok(Disclosure {
                convention,
                rate: apr.rate,
                shown: convention.shown(apr.rate),
                tolerance: Some(apr.tolerance),
                unit_period: Some(apr.unit_period),
                amount_financed: apr.amount_financed,
                finance_charge: apr.finance_charge,
                total_of_payments: apr.total_of_payments,
            })
        }
        Convention::EuEqualMonths
        | Convention::EuWeeks
        | Convention::EuDays365
        | Convention::UkConcApp1
        | Convention::UkDays365
        | Convention::UkDays365And25 => {
            let (advanced, paid) =
                (timed(convention, advances, advances)?, timed(convention, advances, payments)?);
            let rate = effective_rate(&advanced, &paid)?;
            let amounts = |flows: &[Dated]| flows.iter().map(|flow| flow.amount).collect::<Vec<_>>();
            let totals = Totals::of(&amounts(advances), &amounts(payments))?;
            Ok(Disclosure {
                convention,
                rate,
                shown: convention.shown(rate),
                tolerance: None,
                unit_period: None,
                amount_financed: totals.advanced,
                finance_charge: totals.paid.minus(totals.advanced)?,
                total_of_payments: totals.paid,
            })
        }
    }
}

impl Convention {
    /// Rounds a rate for display, half up: to 0.01 % in the US, where Appendix J (b)(9)(ii) works to two decimals; to
    /// 0.1 % elsewhere, Annex III, Part I, remark (d) of Directive (EU) 2023/2225.
    pub fn shown(self, rate: Rate) -> Rate {
        let unit = match self {
            Convention::UsRegZActuarial => WHOLE_PPB / 10_000,
            Convention::EuEqualMonths
            | Convention::EuWeeks
            | Convention::EuDays365
            | Convention::UkConcApp1
            | Convention::UkDays365
            | Convention::UkDays365And25 => WHOLE_PPB / 1_000,
        };
        Rate { ppb: (rate.ppb + unit / 2).div_euclid(unit) * unit }
    }

    /// Returns the time from the start to a day in years; `days_of_month` says how months are matched.
    fn years(self, start: Date, day: Date, days_of_month: DaysOfMonth) -> Result<Ratio, AprError> {
        let days = days_between(start, day);
        match self {
            Convention::EuEqualMonths | Convention::UkConcApp1 => {
                let (months, until) = days_of_month.whole_months(start, day);
                years_and_days(i64::from(months), 12, start, until)
            }
            Convention::EuWeeks => {
                let until = day.checked_sub(jiff::Span::new().weeks(days / 7)).unwrap_or(start);
                years_and_days(days / 7, 52, start, until)
            }
            Convention::EuDays365 => {
                let (months, _) = days_of_month.whole_months(start, day);
                let until = days_of_month.months_before(day, months / 12 * 12).unwrap_or(start);
                years_and_days(i64::from(months / 12), 1, start, until)
            }
            Convention::UkDays365 => Ok(Ratio { numerator: days, denominator: 365 }),
            Convention::UkDays365And25 => Ok(Ratio { numerator: 4 * days, denominator: 1_461 }),
            // Regulation Z counts unit-periods.
            Convention::UsRegZActuarial => Err(AprError::NotATime { numerator: days, denominator: 365 }),
        }
    }
}

/// Adds the days from `start` to `until`, as a part of the year that ends on `until`, to some periods.
///
/// Directive 2014/17/EU, Annex I, remark (c): periods and then days are counted backwards; the first day does not count
/// and the last one does; the year is the complete one counted backwards from the last day.
fn years_and_days(periods: i64, per_year: i64, start: Date, until: Date) -> Result<Ratio, AprError> {
    let days = days_between(start, until);
    let year_before = until.checked_sub(jiff::Span::new().years(1)).unwrap_or(start);
    let year = days_between(year_before, until);
    Ok(Ratio { numerator: periods * year + per_year * days, denominator: per_year * year })
}

fn timed(convention: Convention, advances: &[Dated], flows: &[Dated]) -> Result<Vec<Timed>, AprError> {
    let start = advances.iter().map(|advance| advance.on).min().ok_or(AprError::NoAdvance)?;
    let days_of_month = DaysOfMonth::of(flows.iter().map(|flow| flow.on).chain([start]));
    flows
        .iter()
        .map(|flow| {
            if flow.on < start {
                return Err(AprError::PaidBeforeAdvanced);
            }
            Ok(Timed { years: convention.years(start, flow.on, days_of_month)?, amount: flow.amount })
        })
        .collect()
}

fn days_between(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}

/// Which day of the month a series of dates falls on, for months that are too short for it.
///
/// Appendix J (b)(3)(iv): a series on the last days of months is measured from last day to last day; one on the 29th or
/// 30th uses the last day of February. Regulation (EEC, Euratom) 1182/71, Article 3(2)(c), says the like for Europe.
#[derive(Clone, Copy)]
struct DaysOfMonth {
    latest: i8,
}

impl DaysOfMonth {
    fn of(dates: impl Iterator<Item = Date>) -> Self {
        let (mut latest, mut count, mut all_last) = (0, 0, true);
        for date in dates {
            latest = latest.max(date.day());
            count += 1;
            all_last &= date.day() == date.days_in_month();
        }
        DaysOfMonth { latest: if all_last && count > 1 { 31 } else { latest } }
    }

    /// Returns the day so many months before.
    fn months_before(self, date: Date, months: u32) -> Option<Date> {
        let day = if date.day() == date.days_in_month() { date.day().max(self.latest) } else { date.day() };
        let month = i64::from(date.year()) * 12 + i64::from(date.month()) - 1 - i64::from(months);
        let first =
            Date::new(i16::try_from(month.div_euclid(12)).ok()?, month.rem_euclid(12) as i8 + 1, 1).ok()?;
        Date::new(first.year(), first.month(), day.min(first.days_in_month())).ok()
    }

    /// Counts whole months back from `to` as long as they do not pass `from`; returns where they end, too.
    fn whole_months(self, from: Date, to: Date) -> (u32, Date) {
        let months =
            (i32::from(to.year()) - i32::from(from.year())) * 12 + i32::from(to.month() - from.month());
        (0..=u32::try_from(months).unwrap_or(0))
            .rev()
            .take(3)
            .find_map(|months| {
                self.months_before(to, months).filter(|end| *end >= from).map(|end| (months, end))
            })
            .unwrap_or((0, to))
    }

    /// Returns how many months lie between, if it is a whole number above zero.
    fn exact_months(self, from: Date, to: Date) -> Option<u32> {
        let (months, end) = self.whole_months(from, to);
        (months > 0 && end == from).then_some(months)
    }
}

/// Sums of both sides, checked.
struct Totals {
    advanced: Money,
    paid: Money,
}

impl Totals {
    fn of(advances: &[Money], payments: &[Money]) -> Result<Self, AprError> {
        let currency = advances.first().ok_or(AprError::NoAdvance)?.currency;
        if payments.is_empty() {
            return Err(AprError::NoPayment);
        }
        if let Some(amount) = advances.iter().chain(payments).find(|amount| !amount.is_positive()) {
            return Err(AprError::NotPositive(*amount));
        }
        let advanced = Money::sum(currency, advances.iter().copied())?;
        let paid = Money::sum(currency, payments.iter().copied())?;
        if paid.minor < advanced.minor {
            return Err(AprError::LessPaidThanAdvanced { advanced, paid });
        }
        Ok(Totals { advanced, paid })
    }
}

/// Turns a rate in fixed point, `times` a year, into parts per billion, rounded half up.
fn nominal_rate(of_period: i128, times: Ratio) -> Result<Rate, AprError> {
    let per_year = of_period * i128::from(WHOLE_PPB) * i128::from(times.numerator);
    let ppb = divide(per_year, i128::from(times.denominator) << power::BITS, Rounding::HalfUp)?;
    let ppb = i64::try_from(ppb).map_err(|_| AprError::AboveLimit)?;
    if ppb > Rate::MAX.ppb {
        return Err(AprError::AboveLimit);
    }
    Ok(Rate { ppb })
}

#[cfg(test)]
mod tests;
