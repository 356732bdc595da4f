//! Due dates: counted from an anchor, moved off holidays.

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::{Convention, HolidayCalendar, Weekend, adjust};

/// What a period is made of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Days,
    Weeks,
    /// Twice a month: the day of the first due date and the one 15 days from it.
    SemiMonths,
    Months,
    Years,
}

/// How often an installment falls due.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Frequency {
    pub every: u16,
    pub unit: Unit,
}

/// What becomes of a day that a month does not have.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonthEnd {
    /// The last day of that month: 31 January, 28 February, 31 March.
    #[default]
    Clamp,
    /// The first day of the next month: 30 January, 1 March, 30 March.
    Roll,
    /// Due dates are always the last day of their month.
    LastDay,
}

/// Where due dates move that are no business days.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BusinessDays {
    pub convention: Convention,
    /// A built-in holiday calendar, e.g. `DE-BY`; without one, weekends alone are no business days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// Whether the dates behind a moved one are counted from where it moved to.
    #[serde(default)]
    pub shift: Shifted,
}

/// Which dates a move takes along.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shifted {
    /// The one date; the next is counted from where it would have been.
    #[default]
    One,
    /// The date and all behind it.
    Rest,
}

impl Frequency {
    pub const MONTHLY: Frequency = Frequency { every: 1, unit: Unit::Months };

    /// Returns the date `periods` periods from the anchor; `None` beyond the calendar's end.
    pub fn date_from(self, anchor: Date, periods: u32, month_end: MonthEnd) -> Option<Date> {
        let count = i64::from(self.every) * i64::from(periods);
        let in_months = |months: i64| {
            let months = 12 * i64::from(anchor.year()) + i64::from(anchor.month()) - 1 + months;
            let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
            let first = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()?;
            match month_end {
                MonthEnd::LastDay => Some(first.last_of_month()),
                MonthEnd::Clamp | MonthEnd::Roll if anchor.day() <= first.days_in_month() => {
                    Date::new(first.year(), first.month(), anchor.day()).ok()
                }
                MonthEnd::Clamp => Some(first.last_of_month()),
                MonthEnd::Roll => first.last_of_month().tomorrow().ok(),
            }
        };
        match self.unit {
            Unit::Days => anchor.checked_add(Span::new().try_days(count).ok()?).ok(),
            Unit::Weeks => anchor.checked_add(Span::new().try_days(7 * count).ok()?).ok(),
            Unit::Months => in_months(count),
            Unit::Years => in_months(12 * count),
            Unit::SemiMonths => {
                let base = in_months(count / 2)?;
                if count % 2 == 0 {
                    return Some(base);
                }
                if anchor.day() <= 15 {
                    // The second day of the month; what February does not have is its last.
                    let day = (anchor.day() + 15).min(base.days_in_month());
                    let last = month_end == MonthEnd::LastDay || anchor.day() == 15 && day >= 28;
                    let day = if last { base.days_in_month() } else { day };
                    Date::new(base.year(), base.month(), day).ok()
                } else {
                    let next = base.first_of_month().checked_add(Span::new().months(1)).ok()?;
                    Date::new(next.year(), next.month(), (anchor.day() - 15).clamp(1, 15)).ok()
                }
            }
        }
    }
}

/// Works out `count` due dates; the first is `first` when given, else one period from `start`.
///
/// `None` when a date is beyond the calendar's end or the holiday calendar is not known.
pub fn due_dates(
    start: Date,
    first: Option<Date>,
    count: u32,
    frequency: Frequency,
    month_end: MonthEnd,
    business_days: Option<&BusinessDays>,
) -> Option<Vec<Date>> {
    let mut dates = Vec::with_capacity(count as usize);
    let (mut anchor, mut base) = match first {
        Some(first) => (first, 0),
        None => (start, 1),
    };
    let rule = match business_days {
        Some(days) => {
            let calendar = match &days.calendar {
                Some(name) => HolidayCalendar::builtin(name)?,
                None => HolidayCalendar::from_days("weekends", "weekends", []),
            };
            Some((days, calendar))
        }
        None => None,
    };
    for _ in 0..count {
        let counted = frequency.date_from(anchor, base, month_end)?;
        base += 1;
        let due = match &rule {
            None => counted,
            Some((days, calendar)) => {
                let moved = adjust(counted, days.convention, calendar, Weekend::default());
                if moved != counted && days.shift == Shifted::Rest {
                    (anchor, base) = (moved, 1);
                }
                moved
            }
        };
        // Two dates that a long holiday brings together stay two installments, in order.
        dates.push(dates.last().map_or(due.max(start), |&before: &Date| due.max(before)));
    }
    Some(dates)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn dates(start: Date, frequency: Frequency, month_end: MonthEnd, count: u32) -> Vec<String> {
        let dates = due_dates(start, None, count, frequency, month_end, None).unwrap();
        dates.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn dates_are_counted_from_the_anchor() {
        let start = date(2026, 1, 31);
        let monthly = Frequency::MONTHLY;
        assert_eq!(dates(start, monthly, MonthEnd::Clamp, 3), ["2026-02-28", "2026-03-31", "2026-04-30"]);
        assert_eq!(dates(start, monthly, MonthEnd::Roll, 3), ["2026-03-01", "2026-03-31", "2026-05-01"]);
        assert_eq!(dates(date(2026, 2, 10), monthly, MonthEnd::LastDay, 2), ["2026-03-31", "2026-04-30"]);
        let yearly = Frequency { every: 1, unit: Unit::Years };
        assert_eq!(dates(date(2028, 2, 29), yearly, MonthEnd::Clamp, 4)[2..], ["2031-02-28", "2032-02-29"]);
    }

    #[test]
    fn twice_a_month_is_the_day_and_fifteen_days_from_it() {
        let twice = Frequency { every: 1, unit: Unit::SemiMonths };
        let expected = ["2026-01-16", "2026-02-01", "2026-02-16", "2026-03-01"];
        assert_eq!(dates(date(2026, 1, 1), twice, MonthEnd::Clamp, 4), expected);
        let expected = ["2026-01-31", "2026-02-15", "2026-02-28", "2026-03-15"];
        assert_eq!(dates(date(2026, 1, 15), twice, MonthEnd::Clamp, 4), expected);
        let expected = ["2026-02-05", "2026-02-20", "2026-03-05"];
        assert_eq!(dates(date(2026, 1, 20), twice, MonthEnd::Clamp, 3), expected);
    }

    #[test]
    fn a_holiday_moves_one_date_or_all_behind_it() {
        // 1 May 2026 is a Friday and a holiday.
        let moved = |shift| {
            let days =
                BusinessDays { convention: Convention::Following, calendar: Some("DE-BY".to_owned()), shift };
            let dates =
                due_dates(date(2026, 4, 1), None, 2, Frequency::MONTHLY, MonthEnd::Clamp, Some(&days));
            dates.unwrap().iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(moved(Shifted::One), ["2026-05-04", "2026-06-01"]);
        // 4 June is Corpus Christi.
        assert_eq!(moved(Shifted::Rest), ["2026-05-04", "2026-06-05"]);
    }
}
