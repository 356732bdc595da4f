//! Day counts: which share of a year lies between two dates, as an exact fraction.

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use super::dates::{Frequency, MonthEnd, Unit};

/// An exact share of a year.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct YearFraction {
    pub numerator: i64,
    pub denominator: i64,
}

impl YearFraction {
    pub const ZERO: YearFraction = YearFraction { numerator: 0, denominator: 1 };

    const fn new(numerator: i64, denominator: i64) -> Self {
        YearFraction { numerator, denominator }
    }
}

/// How the days between two dates become a share of a year.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayCount {
    /// 30/360 as sold in the US: the NASD rule, the last of February counting as the 30th (ISDA 2006, 4.16(f) with
    /// the end-of-month rule of the Securities Industry Association).
    #[serde(rename = "30_360_us")]
    Thirty360Us,
    /// 30E/360, ISDA 2006, 4.16(g): the 31st counts as the 30th.
    #[serde(rename = "30_360_eu")]
    Thirty360Eu,
    /// Real days over 365, in leap years too (ISDA 2006, 4.16(d)).
    #[serde(rename = "actual_365")]
    Actual365,
    /// Real days over 360 (ISDA 2006, 4.16(e)).
    #[serde(rename = "actual_360")]
    Actual360,
    /// Real days over 364: a year of 52 weeks.
    #[serde(rename = "actual_364")]
    Actual364,
    /// Days in a leap year over 366, other days over 365; a day belongs to the year that it begins in
    /// (ISDA 2006, 4.16(b): the first day counts, the last does not).
    ActualActual,
    /// As `actual_actual`, but the last day counts and the first does not.
    ActualActualEnd,
    /// A period of months is so many twelfths, whatever its length; other periods are real days over a year of 360.
    /// Parts of a period are shares of its real days.
    WholePeriods360,
    /// As `whole_periods360`, but a period that was stretched is whole periods and odd days, which are shares of the
    /// real days of the whole period they would begin. From a last day of a month, whole months end on last days.
    PeriodsAndDays360,
    /// Whole months back from the last day are twelfths, the days left over are days of a year of 365, or 366 in a leap
    /// year (remark (c) of Annex I to Directive 2008/48/EC).
    MonthsAndDays,
    /// As `whole_periods360`, but a month is 30 days of a year of 365.
    ThirtyDayMonths365,
    /// As `whole_periods360`, but a month is 30 days of a year of 364.
    ThirtyDayMonths364,
    /// As `whole_periods360` with a year of 364 days: a week is 1/52.
    WholePeriods364,
    /// As `whole_periods360` with a year of 365 days.
    #[default]
    WholePeriods365,
}

impl DayCount {
    /// Returns the share of a year from `from` to `to`, which lie in the period `within` of a schedule.
    ///
    /// The period matters to the whole-period conventions alone. Nothing is returned when `to` is not after `from`.
    pub fn share(self, from: Date, to: Date, within: (Date, Date), frequency: Frequency) -> YearFraction {
        if to <= from {
            return YearFraction::ZERO;
        }
        match self {
            DayCount::Thirty360Us => YearFraction::new(thirty_us(from, to), 360),
            DayCount::Thirty360Eu => YearFraction::new(thirty_eu(from, to), 360),
            DayCount::Actual365 => YearFraction::new(days(from, to), 365),
            DayCount::Actual360 => YearFraction::new(days(from, to), 360),
            DayCount::Actual364 => YearFraction::new(days(from, to), 364),
            DayCount::ActualActual => actual_actual(from, to, 0),
            DayCount::ActualActualEnd => actual_actual(from, to, 1),
            DayCount::MonthsAndDays => months_and_days(from, to),
            DayCount::ThirtyDayMonths365 => thirty_day_months(from, to, within, frequency, 365),
            DayCount::ThirtyDayMonths364 => thirty_day_months(from, to, within, frequency, 364),
            DayCount::WholePeriods360 => whole_periods(from, to, within, frequency, 360),
            DayCount::PeriodsAndDays360 => periods_and_days(from, to, within.0, frequency, 360),
            DayCount::WholePeriods364 => whole_periods(from, to, within, frequency, 364),
            DayCount::WholePeriods365 => whole_periods(from, to, within, frequency, 365),
        }
    }
}

/// Returns the real days from one date to another.
pub(super) fn days(from: Date, to: Date) -> i64 {
    i64::from(day_number(to) - day_number(from))
}

/// Returns the number of a day, counted from 1 January 1970; plain arithmetic, as it is asked a lot.
pub(super) fn day_number(day: Date) -> i32 {
    // Years begin in March, so that the leap day is the last one.
    let (year, month) = (i32::from(day.year()), i32::from(day.month()));
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + i32::from(day.day()) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn whole_periods(
    from: Date,
    to: Date,
    within: (Date, Date),
    frequency: Frequency,
    days_in_year: i64,
) -> YearFraction {
    let (numerator, denominator) = match frequency.unit {
        Unit::Months => (i64::from(frequency.every), 12),
        Unit::Years => (i64::from(frequency.every), 1),
        Unit::SemiMonths => (i64::from(frequency.every), 24),
        Unit::Days | Unit::Weeks => return YearFraction::new(days(from, to), days_in_year),
    };
    if (from, to) == within {
        return YearFraction::new(numerator, denominator);
    }
    let (part, whole) = (days(from, to), days(within.0, within.1));
    if part == whole || whole == 0 {
        YearFraction::new(numerator, denominator)
    } else {
        YearFraction::new(numerator * part, denominator * whole)
    }
}

fn periods_and_days(
    from: Date,
    to: Date,
    start: Date,
    frequency: Frequency,
    days_in_year: i64,
) -> YearFraction {
    let month_end = if start == start.last_of_month() { MonthEnd::LastDay } else { MonthEnd::Clamp };
    // How many periods lie between the start and a day: whole ones, and a share of the next.
    let periods = |day: Date| {
        let (mut whole, mut begins) = (0_u32, start);
        while let Some(ends) = frequency.date_from(start, whole + 1, month_end) {
            if ends > day {
                return (i64::from(whole), days(begins, day), days(begins, ends));
            }
            (whole, begins) = (whole + 1, ends);
        }
        (i64::from(whole), 0, 1)
    };
    let (numerator, denominator) = match frequency.unit {
        Unit::Months => (i64::from(frequency.every), 12),
        Unit::Years => (i64::from(frequency.every), 1),
        Unit::SemiMonths => (i64::from(frequency.every), 24),
        Unit::Days | Unit::Weeks => return YearFraction::new(days(from, to), days_in_year),
    };
    let ((whole_from, part_from, of_from), (whole_to, part_to, of_to)) = (periods(from), periods(to));
    let parts = (whole_to - whole_from) * of_from * of_to + part_to * of_from - part_from * of_to;
    YearFraction::new(numerator * parts, denominator * of_from * of_to)
}

fn thirty_day_months(
    from: Date,
    to: Date,
    within: (Date, Date),
    frequency: Frequency,
    days_in_year: i64,
) -> YearFraction {
    let share = whole_periods(from, to, within, frequency, days_in_year);
    match frequency.unit {
        Unit::Days | Unit::Weeks => share,
        // A twelfth becomes 30 days.
        Unit::Months | Unit::Years | Unit::SemiMonths => {
            YearFraction::new(share.numerator * 360, share.denominator * days_in_year)
        }
    }
}

fn months_and_days(from: Date, to: Date) -> YearFraction {
    let mut months = 12 * (i64::from(to.year()) - i64::from(from.year())) + i64::from(to.month())
        - i64::from(from.month());
    let back = |months: i64| to.saturating_sub(jiff::Span::new().months(months));
    if back(months) < from {
        months -= 1;
    }
    let odd = days(from, back(months));
    let days_in_year = if is_leap(from.year()) { 366 } else { 365 };
    if odd == 0 {
        YearFraction::new(months, 12)
    } else {
        YearFraction::new(months * days_in_year + 12 * odd, 12 * days_in_year)
    }
}

fn actual_actual(from: Date, to: Date, shift: i32) -> YearFraction {
    let (mut leap, mut common) = (0, 0);
    let (first, last) = (day_number(from) + shift, day_number(to) + shift);
    // With the last day counted, a period to 1 January reaches one day into that year.
    let last_year = if shift == 0 { to.year() } else { to.saturating_add(jiff::Span::new().days(1)).year() };
    for year in from.year()..=last_year {
        let begins = day_number(date(year, 1, 1));
        let ends = begins + if is_leap(year) { 366 } else { 365 };
        let counted = i64::from((last.min(ends) - first.max(begins)).max(0));
        if is_leap(year) {
            leap += counted;
        } else {
            common += counted;
        }
    }
    if leap == 0 {
        YearFraction::new(common, 365)
    } else if common == 0 {
        YearFraction::new(leap, 366)
    } else {
        YearFraction::new(common * 366 + leap * 365, 365 * 366)
    }
}

fn is_leap(year: i16) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn thirty(from: (Date, i64), to: (Date, i64)) -> i64 {
    let years = i64::from(to.0.year()) - i64::from(from.0.year());
    let months = i64::from(to.0.month()) - i64::from(from.0.month());
    (360 * years + 30 * months + to.1 - from.1).max(0)
}

fn thirty_eu(from: Date, to: Date) -> i64 {
    thirty((from, i64::from(from.day()).min(30)), (to, i64::from(to.day()).min(30)))
}

fn thirty_us(from: Date, to: Date) -> i64 {
    let is_last_of_february = |day: Date| day.month() == 2 && day.day() == day.days_in_month();
    let (mut first, mut last) = (i64::from(from.day()), i64::from(to.day()));
    if is_last_of_february(from) {
        if is_last_of_february(to) {
            last = 30;
        }
        first = 30;
    }
    if last == 31 && first >= 30 {
        last = 30;
    }
    thirty((from, first.min(30)), (to, last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MONTHLY: Frequency = Frequency { every: 1, unit: Unit::Months };

    fn share(count: DayCount, from: Date, to: Date) -> (i64, i64) {
        let share = count.share(from, to, (from, to), MONTHLY);
        (share.numerator, share.denominator)
    }

    #[test]
    fn each_convention_counts_its_own_way() {
        let (from, to) = (date(2026, 1, 31), date(2026, 3, 31));
        for (count, numerator, denominator) in [
            (DayCount::Thirty360Us, 60, 360),
            (DayCount::Thirty360Eu, 60, 360),
            (DayCount::Actual365, 59, 365),
            (DayCount::Actual360, 59, 360),
            (DayCount::Actual364, 59, 364),
            (DayCount::ActualActual, 59, 365),
            (DayCount::WholePeriods360, 1, 12),
        ] {
            assert_eq!(share(count, from, to), (numerator, denominator), "{count:?}");
        }
        assert_eq!(share(DayCount::Thirty360Us, date(2026, 2, 28), date(2026, 3, 31)), (30, 360));
        assert_eq!(share(DayCount::Thirty360Eu, date(2026, 2, 28), date(2026, 3, 31)), (32, 360));
    }

    #[test]
    fn days_of_a_leap_year_are_366ths() {
        // From 21 December 2027 eleven days lie in 2027 and ten in the leap year; with the last day counted, 10 and 11.
        let (from, to) = (date(2027, 12, 21), date(2028, 1, 11));
        assert_eq!(share(DayCount::ActualActual, from, to), (11 * 366 + 10 * 365, 365 * 366));
        assert_eq!(share(DayCount::ActualActualEnd, from, to), (10 * 366 + 11 * 365, 365 * 366));
        assert_eq!(
            share(DayCount::ActualActualEnd, date(2027, 12, 30), date(2028, 1, 1)),
            (366 + 365, 365 * 366)
        );
    }

    #[test]
    fn a_stretched_period_is_whole_periods_and_odd_days() {
        // From 5 March: one month to 5 April, then 10 of the 30 days to 5 May.
        let period = (date(2026, 3, 5), date(2026, 4, 15));
        let share = |from, to| DayCount::PeriodsAndDays360.share(from, to, period, MONTHLY);
        let exact = |share: YearFraction| (share.numerator * 360, share.denominator);
        let (numerator, denominator) = exact(share(period.0, period.1));
        assert_eq!(numerator, 40 * denominator);
        // Its parts add up, wherever it is cut: 24 of 31 days and what is left.
        let first = share(period.0, date(2026, 3, 29));
        let rest = share(date(2026, 3, 29), period.1);
        let sum = first.numerator * rest.denominator + rest.numerator * first.denominator;
        assert_eq!(360 * sum, 40 * first.denominator * rest.denominator);
        let share = DayCount::PeriodsAndDays360.share(
            date(2027, 2, 28),
            date(2027, 3, 31),
            (date(2027, 2, 28), date(2027, 3, 31)),
            MONTHLY,
        );
        assert_eq!(share.numerator * 12, share.denominator);
    }

    proptest! {
        #[test]
        fn day_numbers_are_those_of_the_calendar(offset in -200_000i64..200_000) {
            let day = date(1970, 1, 1).saturating_add(jiff::Span::new().days(offset));
            prop_assert_eq!(i64::from(day_number(day)), offset);
        }

        #[test]
        fn real_days_add_up(offset in 0i64..20_000, first in 0i64..500, second in 0i64..500) {
            let from = date(1990, 1, 1).saturating_add(jiff::Span::new().days(offset));
            let middle = from.saturating_add(jiff::Span::new().days(first));
            let to = middle.saturating_add(jiff::Span::new().days(second));
            for count in [DayCount::Actual365, DayCount::Actual360, DayCount::ActualActual, DayCount::ActualActualEnd] {
                let exact = |from, to| {
                    let (numerator, denominator) = share(count, from, to);
                    i128::from(numerator) * (365 * 366 * 360) / i128::from(denominator)
                };
                prop_assert_eq!(exact(from, middle) + exact(middle, to), exact(from, to));
            }
        }
    }
}
