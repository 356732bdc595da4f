//! Public holidays and business days.
//!
//! A [`HolidayCalendar`] is a bounded list of dated names: worked out from
//! rules for the built-in ones, handed over for an imported one. What a date
//! that is not a business day moves to is said by a [`Convention`].

mod builtin;
mod business;
mod rule;

use std::borrow::Cow;
use std::ops::RangeInclusive;

use jiff::civil::Date;

pub use business::{Convention, Weekend, add_business_days, adjust, is_business_day};
pub use rule::{Rule, Shift, When, easter_sunday, orthodox_easter_sunday};

/// The years that rules are worked out for; no day outside them is a holiday by rule.
pub const RULE_YEARS: RangeInclusive<i16> = 1990..=2060;

/// The edition of the built-in rules; it changes whenever one of their days does.
const EDITION: &str = "2026-1";

/// The public holidays of one place, each with its name.
///
/// ```
/// use duewell_domain::calendar::HolidayCalendar;
/// use jiff::civil::date;
///
/// let bavaria = HolidayCalendar::builtin("DE-BY").expect("a built-in calendar");
/// assert_eq!(bavaria.name_on(date(2026, 6, 4)), Some("Fronleichnam"));
/// assert_eq!(bavaria.version(), "DE-BY builtin 2026-1");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HolidayCalendar {
    name: String,
    version: String,
    /// Sorted, each date once.
    days: Vec<(Date, Cow<'static, str>)>,
}

impl HolidayCalendar {
    /// Returns the built-in calendar of that name, e.g. `DE-BY` or `T2`; `GB` stands for `GB-ENG`.
    pub fn builtin(name: &str) -> Option<HolidayCalendar> {
        let name = if name == "GB" { "GB-ENG" } else { name };
        let (name, rules) = builtin::find(name)?;
        let groups = rules.iter().copied().flatten();
        Some(HolidayCalendar::from_rules(name, &format!("{name} builtin {EDITION}"), groups))
    }

    /// Returns the names of the built-in calendars, aliases left out.
    pub fn builtin_names() -> Vec<&'static str> {
        builtin::CALENDARS.iter().map(|&(name, _)| name).collect()
    }

    /// Works out a calendar from rules for [`RULE_YEARS`].
    pub fn from_rules<'r>(name: &str, version: &str, rules: impl IntoIterator<Item = &'r Rule>) -> Self {
        let mut days = Vec::new();
        for rule in rules {
            // The day observed for 1 January can fall into the year before.
            for year in *RULE_YEARS.start()..=*RULE_YEARS.end() + 1 {
                rule.days_in(year, &mut days);
            }
        }
        days.retain(|(date, _)| RULE_YEARS.contains(&date.year()));
        HolidayCalendar::sorted(name.to_owned(), version.to_owned(), days)
    }

    /// Builds a calendar from a list of days, e.g. an imported one.
    ///
    /// Names given to one date are joined.
    pub fn from_days(name: &str, version: &str, days: impl IntoIterator<Item = (Date, String)>) -> Self {
        let days = days.into_iter().map(|(date, name)| (date, Cow::Owned(name))).collect();
        HolidayCalendar::sorted(name.to_owned(), version.to_owned(), days)
    }

    fn sorted(name: String, version: String, mut days: Vec<(Date, Cow<'static, str>)>) -> Self {
        days.sort();
        days.dedup();
        days.dedup_by(|(later, name), (kept, names)| {
            let same = later == kept;
            if same {
                *names = Cow::Owned(format!("{names} / {name}"));
            }
            same
        });
        HolidayCalendar { name, version, days }
    }

    /// Returns a calendar with the holidays of both.
    #[must_use]
    pub fn union(&self, other: &HolidayCalendar) -> HolidayCalendar {
        let days = self.days.iter().chain(&other.days).cloned().collect();
        let name = format!("{} + {}", self.name, other.name);
        let version = format!("{} + {}", self.version, other.version);
        HolidayCalendar::sorted(name, version, days)
    }

    /// Returns what the calendar is called, e.g. `DE-BY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns which list of days this is, e.g. `DE-BY builtin 2026-1`, for the record of a decision.
    pub fn version(&self) -> &str {
        &self.version
    }

    pub fn is_holiday(&self, date: Date) -> bool {
        self.position(date).is_some()
    }

    /// Returns the name of the holiday on that date, in the language of the place.
    pub fn name_on(&self, date: Date) -> Option<&str> {
        self.position(date).map(|index| &*self.days[index].1)
    }

    /// Returns the holidays of a year in order.
    pub fn holidays_in(&self, year: i16) -> Vec<(Date, String)> {
        let from = self.days.partition_point(|(date, _)| date.year() < year);
        let days = self.days[from..].iter().take_while(|(date, _)| date.year() == year);
        days.map(|(date, name)| (*date, name.clone().into_owned())).collect()
    }

    fn position(&self, date: Date) -> Option<usize> {
        self.days.binary_search_by_key(&date, |&(date, _)| date).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn builtin(name: &str) -> HolidayCalendar {
        HolidayCalendar::builtin(name).unwrap_or_else(|| panic!("{name} is built in"))
    }

    #[test]
    fn known_days_are_holidays() {
        for (calendar, day, name) in [
            ("DE", date(2026, 10, 3), "Tag der Deutschen Einheit"),
            ("DE-SN", date(2026, 11, 18), "Buß- und Bettag"),
            ("DE-BE", date(2025, 5, 8), "80. Jahrestag der Befreiung"),
            ("AT", date(2026, 10, 26), "Nationalfeiertag"),
            ("NL", date(2025, 4, 26), "Koningsdag"),
            ("SE", date(2026, 6, 20), "Midsommardagen"),
            ("IE", date(2030, 2, 1), "Saint Brigid's Day"),
            ("GB", date(2020, 5, 8), "Early May Bank Holiday"),
            ("GB-SCT", date(2022, 1, 4), "New Year Holiday (observed)"),
            ("US", date(2026, 7, 3), "Independence Day (observed)"),
            ("US", date(2021, 12, 31), "New Year's Day (observed)"),
            ("NZ", date(2026, 7, 10), "Matariki"),
            ("AU", date(2027, 12, 28), "Boxing Day (observed)"),
            ("T2", date(2026, 4, 3), "Good Friday"),
            ("NO", date(2027, 5, 17), "Andre pinsedag / Grunnlovsdag"),
        ] {
            assert_eq!(builtin(calendar).name_on(day), Some(name), "{calendar} {day}");
        }
    }

    #[test]
    fn known_days_are_not_holidays() {
        for (calendar, day) in [
            ("DE", date(2026, 6, 4)),
            ("DE-BY", date(2026, 8, 15)),
            ("DK", date(2024, 4, 26)),
            ("PT", date(2014, 10, 5)),
            ("FR", date(2006, 6, 5)),
            ("GB", date(2020, 5, 4)),
            ("NL", date(2025, 4, 27)),
            ("ES", date(2026, 11, 1)),
            ("T2", date(2026, 10, 3)),
        ] {
            assert!(!builtin(calendar).is_holiday(day), "{calendar} {day}");
        }
    }

    #[test]
    fn every_builtin_knows_every_year() {
        let names = HolidayCalendar::builtin_names();
        assert_eq!(names.len(), 42);
        for name in names {
            let calendar = builtin(name);
            assert_eq!(calendar.name(), name);
            for year in 2000..=*RULE_YEARS.end() {
                let days = calendar.holidays_in(year);
                assert!((4..=20).contains(&days.len()), "{name} {year}: {days:?}");
                assert!(days.iter().all(|(day, text)| day.year() == year && !text.is_empty()));
                assert!(days.windows(2).all(|pair| pair[0].0 < pair[1].0), "{name} {year}");
            }
            assert!(calendar.holidays_in(2061).is_empty());
        }
    }

    #[test]
    fn unknown_names_have_no_calendar() {
        for name in ["", "de", "DE-XX", "EN", "GB-ENG "] {
            assert_eq!(HolidayCalendar::builtin(name), None, "{name}");
        }
        assert_eq!(builtin("GB"), builtin("GB-ENG"));
    }

    #[test]
    fn imported_days_are_sorted_and_names_of_one_day_joined() {
        let day = |day, name: &str| (date(2026, 3, day), name.to_owned());
        let days = [day(9, "B"), day(2, "A"), day(9, "C"), day(9, "B")];
        let calendar = HolidayCalendar::from_days("Lab", "lab.ics sha256:ab", days);
        assert_eq!(calendar.holidays_in(2026), [day(2, "A"), day(9, "B / C")]);
        assert_eq!(calendar.version(), "lab.ics sha256:ab");
    }

    #[test]
    fn a_union_has_the_holidays_of_both() {
        let both = builtin("DE").union(&builtin("FR"));
        assert_eq!(both.version(), "DE builtin 2026-1 + FR builtin 2026-1");
        assert_eq!(both.name_on(date(2026, 7, 14)), Some("Fête nationale"));
        assert_eq!(both.name_on(date(2026, 4, 3)), Some("Karfreitag"));
        assert_eq!(both.name_on(date(2026, 12, 25)), Some("Erster Weihnachtstag / Noël"));
        assert_eq!(builtin("DE").union(&builtin("DE")).days, builtin("DE").days);
    }
}
