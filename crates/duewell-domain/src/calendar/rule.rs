//! Rules that say on which day of a year a holiday falls.

use std::borrow::Cow;

use jiff::civil::{Date, Weekday};

/// A holiday, the day it falls on and the years it is kept in.
///
/// ```
/// use duewell_domain::calendar::{HolidayCalendar, Rule};
/// use jiff::civil::{Weekday, date};
///
/// let rules = [Rule::nth("Town Day", 2, Weekday::Tuesday, 9).since(2020)];
/// let town = HolidayCalendar::from_rules("Town", "by-law of 2019", &rules);
/// assert!(town.is_holiday(date(2026, 9, 8)));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rule {
    pub name: &'static str,
    pub when: When,
    /// The first year.
    pub since: i16,
    /// The last year.
    pub until: i16,
    /// Years between in which the rule does not hold.
    pub except: &'static [i16],
    pub shift: Shift,
}

/// On which day of its year a holiday falls. Months count from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    Fixed {
        month: i8,
        day: i8,
    },
    /// So many days after Easter Sunday of the western churches; before it when negative.
    Easter(i16),
    /// So many days after Easter Sunday of the orthodox churches; before it when negative.
    OrthodoxEaster(i16),
    /// The first, second, … such weekday of the month; the last is −1.
    Nth {
        nth: i8,
        weekday: Weekday,
        month: i8,
    },
    /// The first such weekday on that date or after it.
    OnOrAfter {
        weekday: Weekday,
        month: i8,
        day: i8,
    },
    /// The last such weekday before that date.
    Before {
        weekday: Weekday,
        month: i8,
        day: i8,
    },
    /// Single days: year, month, day.
    Days(&'static [(i16, i8, i8)]),
}

/// What happens when a holiday falls on a weekend.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shift {
    /// It stays where it is and is lost to those who do not work then.
    Stays,
    /// On a Sunday it is not kept at all.
    LostOnSunday,
    /// From a Sunday it moves to the Saturday before.
    SundayToSaturday,
    /// Saturday and Sunday are made up for on the Monday after.
    NextMonday,
    /// Saturday and Sunday are made up for two days later, as pairs of holidays need it.
    TwoDaysLater,
    /// A Saturday is made up for on the Friday before, a Sunday on the Monday after.
    NearestWeekday,
}

impl Rule {
    const fn new(name: &'static str, when: When) -> Rule {
        Rule { name, when, since: i16::MIN, until: i16::MAX, except: &[], shift: Shift::Stays }
    }

    pub const fn fixed(name: &'static str, month: i8, day: i8) -> Rule {
        Rule::new(name, When::Fixed { month, day })
    }

    pub const fn easter(name: &'static str, days: i16) -> Rule {
        Rule::new(name, When::Easter(days))
    }

    pub const fn orthodox_easter(name: &'static str, days: i16) -> Rule {
        Rule::new(name, When::OrthodoxEaster(days))
    }

    pub const fn nth(name: &'static str, nth: i8, weekday: Weekday, month: i8) -> Rule {
        Rule::new(name, When::Nth { nth, weekday, month })
    }

    pub const fn on_or_after(name: &'static str, weekday: Weekday, month: i8, day: i8) -> Rule {
        Rule::new(name, When::OnOrAfter { weekday, month, day })
    }

    pub const fn before(name: &'static str, weekday: Weekday, month: i8, day: i8) -> Rule {
        Rule::new(name, When::Before { weekday, month, day })
    }

    pub const fn days(name: &'static str, days: &'static [(i16, i8, i8)]) -> Rule {
        Rule::new(name, When::Days(days))
    }

    #[must_use]
    pub const fn since(self, since: i16) -> Rule {
        Rule { since, ..self }
    }

    #[must_use]
    pub const fn until(self, until: i16) -> Rule {
        Rule { until, ..self }
    }

    #[must_use]
    pub const fn except(self, except: &'static [i16]) -> Rule {
        Rule { except, ..self }
    }

    #[must_use]
    pub const fn shift(self, shift: Shift) -> Rule {
        Rule { shift, ..self }
    }

    /// Adds the holiday's days that belong to `year`; a day observed for it may lie in the year before.
    pub(super) fn days_in(&self, year: i16, days: &mut Vec<(Date, Cow<'static, str>)>) {
        if year < self.since || year > self.until || self.except.contains(&year) {
            return;
        }
        let name = || Cow::Borrowed(self.name);
        if let When::Days(list) = self.when {
            let dates = list.iter().filter(|day| day.0 == year);
            days.extend(
                dates.filter_map(|&(year, month, day)| Some((Date::new(year, month, day).ok()?, name()))),
            );
            return;
        }
        let Some(date) = self.when.date_in(year) else { return };
        let (kept, observed) = self.shift.apply(date);
        days.extend(kept.map(|date| (date, name())));
        days.extend(observed.map(|date| (date, Cow::Owned(format!("{} (observed)", self.name)))));
    }
}

impl When {
    /// Returns the day in a year, if the year has it: 29 February, a fifth Monday.
    fn date_in(self, year: i16) -> Option<Date> {
        match self {
            When::Fixed { month, day } => Date::new(year, month, day).ok(),
            When::Easter(days) => plus(easter_sunday(year)?, days),
            When::OrthodoxEaster(days) => plus(orthodox_easter_sunday(year)?, days),
            When::Nth { nth, weekday, month } => {
                Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok()
            }
            When::OnOrAfter { weekday, month, day } => {
                let date = Date::new(year, month, day).ok()?;
                plus(date, i16::from(date.weekday().until(weekday)))
            }
            When::Before { weekday, month, day } => {
                let date = Date::new(year, month, day).ok()?;
                let back = i16::from(date.weekday().since(weekday));
                plus(date, if back == 0 { -7 } else { -back })
            }
            When::Days(list) => {
                let &(year, month, day) = list.iter().find(|day| day.0 == year)?;
                Date::new(year, month, day).ok()
            }
        }
    }
}

impl Shift {
    /// Returns the day itself, unless it is given up, and the day observed for it.
    fn apply(self, date: Date) -> (Option<Date>, Option<Date>) {
        let weekday = date.weekday();
        let move_days = match (self, weekday) {
            (Shift::LostOnSunday, Weekday::Sunday) => return (None, None),
            (Shift::SundayToSaturday, Weekday::Sunday) => return (plus(date, -1), None),
            (Shift::NextMonday | Shift::TwoDaysLater, Weekday::Saturday) => 2,
            (Shift::NextMonday | Shift::NearestWeekday, Weekday::Sunday) => 1,
            (Shift::TwoDaysLater, Weekday::Sunday) => 2,
            (Shift::NearestWeekday, Weekday::Saturday) => -1,
            (
                Shift::Stays
                | Shift::LostOnSunday
                | Shift::SundayToSaturday
                | Shift::NextMonday
                | Shift::TwoDaysLater
                | Shift::NearestWeekday,
                _,
            ) => return (Some(date), None),
        };
        (Some(date), plus(date, move_days))
    }
}

/// Returns Easter Sunday of the western churches.
///
/// The Gregorian computus in the form of Meeus, *Astronomical Algorithms*, chapter 8. `None` for
/// years before 1583, when it was not in use.
pub fn easter_sunday(year: i16) -> Option<Date> {
    if year < 1583 {
        return None;
    }
    let y = i32::from(year);
    let (century, of_century) = (y / 100, y % 100);
    let golden = y % 19;
    let moon_drift = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - moon_drift + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let count = epact + weekday - 7 * late + 114;
    spring_day(year, count)
}

/// Returns Easter Sunday of the orthodox churches, as a Gregorian date.
///
/// The Julian computus (Meeus, chapter 8), 13 to 16 days of the calendars' difference later.
pub fn orthodox_easter_sunday(year: i16) -> Option<Date> {
    if year < 1583 {
        return None;
    }
    let y = i32::from(year);
    let epact = (19 * (y % 19) + 15) % 30;
    let weekday = (2 * (y % 4) + 4 * (y % 7) - epact + 34) % 7;
    let julian = spring_day(year, epact + weekday + 114)?;
    let behind = year / 100 - year / 400 - 2;
    plus(julian, behind)
}

/// Turns a computus' count, in which 124 would be 1 April, into a date.
fn spring_day(year: i16, count: i32) -> Option<Date> {
    let month = i8::try_from(count / 31).ok()?;
    let day = i8::try_from(count % 31 + 1).ok()?;
    Date::new(year, month, day).ok()
}

fn plus(date: Date, days: i16) -> Option<Date> {
    date.checked_add(jiff::Span::new().days(days)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn easter_falls_where_the_tables_have_it() {
        for (year, western, orthodox) in [
            (1583, date(1583, 4, 10), date(1583, 4, 10)),
            (1818, date(1818, 3, 22), date(1818, 4, 26)),
            (1943, date(1943, 4, 25), date(1943, 4, 25)),
            (1990, date(1990, 4, 15), date(1990, 4, 15)),
            (2000, date(2000, 4, 23), date(2000, 4, 30)),
            (2008, date(2008, 3, 23), date(2008, 4, 27)),
            (2016, date(2016, 3, 27), date(2016, 5, 1)),
            (2024, date(2024, 3, 31), date(2024, 5, 5)),
            (2025, date(2025, 4, 20), date(2025, 4, 20)),
            (2026, date(2026, 4, 5), date(2026, 4, 12)),
            (2038, date(2038, 4, 25), date(2038, 4, 25)),
        ] {
            assert_eq!(easter_sunday(year), Some(western), "{year}");
            assert_eq!(orthodox_easter_sunday(year), Some(orthodox), "{year}");
        }
        assert_eq!(easter_sunday(1582), None);
    }

    #[test]
    fn every_easter_is_a_sunday_of_its_season() {
        for year in 1583..=9999 {
            let western = easter_sunday(year).unwrap();
            assert_eq!(western.weekday(), Weekday::Sunday, "{year}");
            assert!(western >= date(year, 3, 22) && western <= date(year, 4, 25), "{western}");
            let orthodox = orthodox_easter_sunday(year).unwrap();
            assert_eq!(orthodox.weekday(), Weekday::Sunday, "{year}");
        }
    }

    #[test]
    fn rules_find_their_day() {
        use Weekday::*;
        for (rule, year, day) in [
            (Rule::fixed("x", 2, 29), 2024, Some(date(2024, 2, 29))),
            (Rule::fixed("x", 2, 29), 2026, None),
            (Rule::easter("x", -2), 2026, Some(date(2026, 4, 3))),
            (Rule::orthodox_easter("x", 1), 2026, Some(date(2026, 4, 13))),
            (Rule::nth("x", 4, Thursday, 11), 2026, Some(date(2026, 11, 26))),
            (Rule::nth("x", -1, Monday, 5), 2026, Some(date(2026, 5, 25))),
            (Rule::nth("x", 5, Monday, 2), 2026, None),
            (Rule::on_or_after("x", Saturday, 6, 20), 2026, Some(date(2026, 6, 20))),
            (Rule::on_or_after("x", Saturday, 6, 20), 2027, Some(date(2027, 6, 26))),
            (Rule::before("x", Wednesday, 11, 23), 2026, Some(date(2026, 11, 18))),
            (Rule::before("x", Monday, 5, 25), 2026, Some(date(2026, 5, 18))),
            (Rule::days("x", &[(2022, 9, 19)]), 2022, Some(date(2022, 9, 19))),
            (Rule::days("x", &[(2022, 9, 19)]), 2023, None),
            (Rule::fixed("x", 1, 1).since(2027), 2026, None),
            (Rule::fixed("x", 1, 1).until(2025), 2026, None),
            (Rule::fixed("x", 1, 1).except(&[2026]), 2026, None),
        ] {
            let mut days = Vec::new();
            rule.days_in(year, &mut days);
            assert_eq!(days.first().map(|(day, _)| *day), day, "{rule:?} {year}");
        }
    }

    #[test]
    fn weekends_shift_as_each_law_says() {
        let (friday, saturday, sunday) = (date(2027, 1, 1), date(2028, 1, 1), date(2023, 1, 1));
        for (shift, day, expected) in [
            (Shift::Stays, sunday, (Some(sunday), None)),
            (Shift::LostOnSunday, sunday, (None, None)),
            (Shift::LostOnSunday, saturday, (Some(saturday), None)),
            (Shift::SundayToSaturday, sunday, (Some(date(2022, 12, 31)), None)),
            (Shift::NextMonday, saturday, (Some(saturday), Some(date(2028, 1, 3)))),
            (Shift::NextMonday, sunday, (Some(sunday), Some(date(2023, 1, 2)))),
            (Shift::NextMonday, friday, (Some(friday), None)),
            (Shift::TwoDaysLater, saturday, (Some(saturday), Some(date(2028, 1, 3)))),
            (Shift::TwoDaysLater, sunday, (Some(sunday), Some(date(2023, 1, 3)))),
            (Shift::NearestWeekday, saturday, (Some(saturday), Some(date(2027, 12, 31)))),
            (Shift::NearestWeekday, sunday, (Some(sunday), Some(date(2023, 1, 2)))),
        ] {
            assert_eq!(shift.apply(day), expected, "{shift:?} {day}");
        }
    }
}
