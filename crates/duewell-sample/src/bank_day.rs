//! The days on which the sample bank books: Monday to Friday without the TARGET closing days.

use jiff::civil::{Date, Weekday};

/// Returns whether the bank books on this day.
///
/// Closing days of TARGET: 1 January, Good Friday, Easter Monday, 1 May, 25 and
/// 26 December (ECB, long-term calendar, decision of 14 December 2000).
pub fn is_bank_day(day: Date) -> bool {
    if matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
        return false;
    }
    match (day.month(), day.day()) {
        (1, 1) | (5, 1) | (12, 25 | 26) => false,
        (3 | 4, _) => {
            let easter = easter_sunday(day.year());
            day != plus_days(easter, -2) && day != plus_days(easter, 1)
        }
        _ => true,
    }
}

/// Returns the first bank day on or after `day`.
pub fn bank_day_from(day: Date) -> Date {
    let mut day = day;
    while !is_bank_day(day) && day < Date::MAX {
        day = plus_days(day, 1);
    }
    day
}

/// Moves a day by calendar days; it stops at the ends of the calendar.
pub fn plus_days(day: Date, days: i32) -> Date {
    day.saturating_add(jiff::Span::new().days(days))
}

/// Easter Sunday in the Gregorian calendar (Meeus/Jones/Butcher).
fn easter_sunday(year: i16) -> Date {
    let year = i32::from(year);
    let (a, b, c) = (year.rem_euclid(19), year.div_euclid(100), year.rem_euclid(100));
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15).rem_euclid(30);
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k).rem_euclid(7);
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    Date::new(year as i16, month as i8, day as i8).expect("the rule gives a day in March or April")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn easter_falls_where_the_church_says() {
        for easter in
            [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2038, 4, 25), date(2008, 3, 23)]
        {
            assert_eq!(easter_sunday(easter.year()), easter);
        }
        for year in 1900..2200 {
            let easter = easter_sunday(year);
            assert_eq!(easter.weekday(), Weekday::Sunday, "{easter}");
        }
    }

    #[test]
    fn the_bank_rests_on_weekends_and_closing_days() {
        assert_eq!(bank_day_from(date(2026, 4, 3)), date(2026, 4, 7));
        assert_eq!(bank_day_from(date(2026, 12, 25)), date(2026, 12, 28));
        assert_eq!(bank_day_from(date(2026, 1, 1)), date(2026, 1, 2));
        assert_eq!(bank_day_from(date(2026, 10, 3)), date(2026, 10, 5));
        assert!(is_bank_day(date(2026, 5, 14)));
    }
}
