//! Business days: which days are, where other days move to, and counting them.
//!
//! The conventions are those of the 2006 ISDA Definitions, section 4.12;
//! *modified preceding* is the mirror image that loan agreements add.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use super::HolidayCalendar;
use crate::debtor::UnknownWord;

/// The weekdays on which no business is done; never all seven.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Weekend(u8);

impl Weekend {
    pub const NONE: Weekend = Weekend(0);
    pub const SATURDAY_SUNDAY: Weekend = Weekend(0b110_0000);
    pub const FRIDAY_SATURDAY: Weekend = Weekend(0b011_0000);
    pub const SUNDAY: Weekend = Weekend(0b100_0000);

    /// Builds a weekend of the given weekdays, unless that is every one.
    pub fn of(weekdays: &[Weekday]) -> Option<Weekend> {
        let bits = weekdays.iter().fold(0, |bits, &weekday| bits | Weekend::bit(weekday));
        (bits != 0b111_1111).then_some(Weekend(bits))
    }

    pub fn contains(self, weekday: Weekday) -> bool {
        self.0 & Weekend::bit(weekday) != 0
    }

    fn bit(weekday: Weekday) -> u8 {
        1 << weekday.to_monday_zero_offset()
    }
}

impl Default for Weekend {
    /// Returns Saturday and Sunday.
    fn default() -> Self {
        Weekend::SATURDAY_SUNDAY
    }
}

impl fmt::Debug for Weekend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weekdays = Weekday::Monday.cycle_forward().take(7);
        f.debug_set().entries(weekdays.filter(|&weekday| self.contains(weekday))).finish()
    }
}

/// Where a date moves that is not a business day.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Convention {
    /// To the next business day.
    Following,
    /// To the next business day, unless that is in another month: then to the one before.
    ModifiedFollowing,
    /// To the last business day before.
    Preceding,
    /// To the last business day before, unless that is in another month: then to the next one.
    ModifiedPreceding,
    /// Nowhere.
    Unadjusted,
}

impl Convention {
    pub fn as_str(self) -> &'static str {
        match self {
            Convention::Following => "following",
            Convention::ModifiedFollowing => "modified_following",
            Convention::Preceding => "preceding",
            Convention::ModifiedPreceding => "modified_preceding",
            Convention::Unadjusted => "unadjusted",
        }
    }
}

impl FromStr for Convention {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "following" => Ok(Convention::Following),
            "modified_following" => Ok(Convention::ModifiedFollowing),
            "preceding" => Ok(Convention::Preceding),
            "modified_preceding" => Ok(Convention::ModifiedPreceding),
            "unadjusted" => Ok(Convention::Unadjusted),
            other => Err(UnknownWord::new("business day convention", other)),
        }
    }
}

/// Returns whether the date is neither in the weekend nor a holiday.
pub fn is_business_day(date: Date, calendar: &HolidayCalendar, weekend: Weekend) -> bool {
    !weekend.contains(date.weekday()) && !calendar.is_holiday(date)
}

/// Moves a date that is not a business day as the convention says.
///
/// Sunday 31 May 2026 with `Following` is 1 June, with `ModifiedFollowing` Friday 29 May. At the
/// ends of the calendar, the years −9999 and 9999, a date with no business day beyond it stays.
pub fn adjust(date: Date, convention: Convention, calendar: &HolidayCalendar, weekend: Weekend) -> Date {
    let next = || business_day_from(date, Direction::Forward, calendar, weekend);
    let previous = || business_day_from(date, Direction::Back, calendar, weekend);
    let unless_other_month = |moved: Date, otherwise: &dyn Fn() -> Date| {
        if moved.first_of_month() == date.first_of_month() { moved } else { otherwise() }
    };
    match convention {
        Convention::Following => next(),
        Convention::Preceding => previous(),
        Convention::ModifiedFollowing => unless_other_month(next(), &previous),
        Convention::ModifiedPreceding => unless_other_month(previous(), &next),
        Convention::Unadjusted => date,
    }
}

/// Returns the n-th business day after the date, or before it when `days` is negative.
///
/// The date itself is not counted and need not be a business day; 0 leaves it alone. One day after
/// Friday 29 May 2026 is Monday 1 June, and so is one day after the Saturday.
pub fn add_business_days(date: Date, days: i32, calendar: &HolidayCalendar, weekend: Weekend) -> Date {
    let direction = if days < 0 { Direction::Back } else { Direction::Forward };
    let mut day = date;
    for _ in 0..days.unsigned_abs() {
        let Some(beside) = direction.step(day) else { break };
        day = business_day_from(beside, direction, calendar, weekend);
    }
    day
}

#[derive(Clone, Copy)]
enum Direction {
    Forward,
    Back,
}

impl Direction {
    fn step(self, date: Date) -> Option<Date> {
        match self {
            Direction::Forward => date.tomorrow().ok(),
            Direction::Back => date.yesterday().ok(),
        }
    }
}

/// Returns the date itself or the closest business day in that direction.
fn business_day_from(date: Date, direction: Direction, calendar: &HolidayCalendar, weekend: Weekend) -> Date {
    let mut day = date;
    while !is_business_day(day, calendar, weekend) {
        match direction.step(day) {
            Some(beside) => day = beside,
            None => return date,
        }
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::date;
    use proptest::prelude::*;

    const WEEKEND: Weekend = Weekend::SATURDAY_SUNDAY;

    fn germany() -> HolidayCalendar {
        HolidayCalendar::builtin("DE").expect("DE is built in")
    }

    #[test]
    fn conventions_move_as_isda_has_it() {
        use Convention::*;
        let germany = germany();
        for (day, expected) in [
            // A Sunday at the end of May.
            (date(2026, 5, 31), [date(2026, 6, 1), date(2026, 5, 29), date(2026, 5, 29), date(2026, 5, 29)]),
            // A Saturday at the beginning of August.
            (date(2026, 8, 1), [date(2026, 8, 3), date(2026, 8, 3), date(2026, 7, 31), date(2026, 8, 3)]),
            // Good Friday, with Easter Monday behind the weekend.
            (date(2026, 4, 3), [date(2026, 4, 7), date(2026, 4, 7), date(2026, 4, 2), date(2026, 4, 2)]),
            (date(2026, 4, 1), [date(2026, 4, 1); 4]),
        ] {
            let conventions = [Following, ModifiedFollowing, Preceding, ModifiedPreceding];
            for (convention, expected) in conventions.into_iter().zip(expected) {
                let adjusted = adjust(day, convention, &germany, WEEKEND);
                assert_eq!(adjusted, expected, "{day} {convention:?}");
            }
            assert_eq!(adjust(day, Unadjusted, &germany, WEEKEND), day);
        }
    }

    #[test]
    fn counting_leaves_out_the_day_itself_and_all_that_rests() {
        let germany = germany();
        for (day, days, expected) in [
            (date(2026, 5, 29), 1, date(2026, 6, 1)),
            (date(2026, 5, 30), 1, date(2026, 6, 1)),
            (date(2026, 5, 30), 0, date(2026, 5, 30)),
            (date(2026, 5, 30), -1, date(2026, 5, 29)),
            (date(2026, 4, 2), 1, date(2026, 4, 7)),
            (date(2026, 12, 23), 6, date(2027, 1, 4)),
        ] {
            assert_eq!(add_business_days(day, days, &germany, WEEKEND), expected, "{day} {days}");
        }
    }

    #[test]
    fn searching_ends_where_the_calendar_ends() {
        let last = HolidayCalendar::from_days("last", "1", [(Date::MAX, String::new())]);
        assert_eq!(adjust(Date::MAX, Convention::Following, &last, Weekend::NONE), Date::MAX);
        assert_eq!(add_business_days(date(9999, 12, 30), 3, &last, Weekend::NONE), Date::MAX);
        assert_eq!(add_business_days(Date::MIN, i32::MIN, &last, WEEKEND), Date::MIN);
    }

    #[test]
    fn a_weekend_leaves_a_day_to_work() {
        let week: Vec<Weekday> = Weekday::Monday.cycle_forward().take(7).collect();
        assert_eq!(Weekend::of(&week), None);
        assert_eq!(Weekend::of(&[]), Some(Weekend::NONE));
        assert_eq!(Weekend::of(&[Weekday::Sunday, Weekday::Saturday]), Some(Weekend::default()));
        assert_eq!(Weekend::of(&[Weekday::Friday, Weekday::Saturday]), Some(Weekend::FRIDAY_SATURDAY));
        assert_eq!(Weekend::of(&[Weekday::Sunday]), Some(Weekend::SUNDAY));
    }

    #[test]
    fn convention_words_read_back() {
        use Convention::*;
        for convention in [Following, ModifiedFollowing, Preceding, ModifiedPreceding, Unadjusted] {
            assert_eq!(convention.as_str().parse(), Ok(convention));
            assert_eq!(serde_json::to_value(convention).unwrap(), convention.as_str());
        }
        assert!("next".parse::<Convention>().is_err());
    }

    fn any_day() -> impl Strategy<Value = Date> {
        (0..25_900).prop_map(|days: i32| date(1990, 1, 10) + days.days())
    }

    fn any_calendar() -> impl Strategy<Value = HolidayCalendar> {
        prop::sample::select(HolidayCalendar::builtin_names())
            .prop_map(|name| HolidayCalendar::builtin(name).expect("the name came from the list"))
    }

    fn any_weekend() -> impl Strategy<Value = Weekend> {
        (0_u8..0b111_1111).prop_map(Weekend)
    }

    proptest! {
        #[test]
        fn an_adjusted_day_is_a_business_day(day in any_day(), calendar in any_calendar(), weekend in any_weekend()) {
            use Convention::*;
            let adjusted = |convention| adjust(day, convention, &calendar, weekend);
            for convention in [Following, ModifiedFollowing, Preceding, ModifiedPreceding] {
                let moved = adjusted(convention);
                prop_assert!(is_business_day(moved, &calendar, weekend));
                prop_assert_eq!(adjust(moved, convention, &calendar, weekend), moved);
                prop_assert_eq!(moved == day, is_business_day(day, &calendar, weekend));
            }
            prop_assert!(adjusted(Following) >= day);
            prop_assert!(adjusted(Preceding) <= day);
            prop_assert_eq!(adjusted(ModifiedFollowing).first_of_month(), day.first_of_month());
            prop_assert_eq!(adjusted(ModifiedPreceding).first_of_month(), day.first_of_month());
        }

        #[test]
        fn adding_and_taking_away_cancel(day in any_day(), days in -400..400, calendar in any_calendar()) {
            let start = adjust(day, Convention::Following, &calendar, WEEKEND);
            let there = add_business_days(start, days, &calendar, WEEKEND);
            prop_assert!(is_business_day(there, &calendar, WEEKEND));
            prop_assert_eq!(add_business_days(there, -days, &calendar, WEEKEND), start);
        }

        #[test]
        fn adding_counts_the_business_days_between(day in any_day(), days in 0..60, calendar in any_calendar()) {
            let there = add_business_days(day, days, &calendar, WEEKEND);
            let between = day.tomorrow().unwrap().series(1.day()).take_while(|&step| step <= there);
            let counted = between.filter(|&step| is_business_day(step, &calendar, WEEKEND)).count();
            prop_assert_eq!(counted, usize::try_from(days).unwrap());
        }
    }
}
