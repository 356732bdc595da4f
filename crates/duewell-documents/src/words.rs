//! Amounts, numbers and dates as people write them, for notices and for pages.
//!
//! Source of the forms: Unicode CLDR, read through ICU4X from data compiled in. Ours are the place
//! of a currency's symbol and the French first of the month, which CLDR does not write as people do.

use std::fmt::{Display, Write};
use std::sync::LazyLock;

use duewell_domain::money::{Money, Rounding, divide};
use duewell_domain::rate::Rate;
use icu_calendar::Gregorian;
use icu_datetime::fieldsets::{E, MD, T, YM, YMD, YMDT};
use icu_datetime::{FixedCalendarDateTimeFormatter as Formatter, NoCalendarFormatter, input};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_locale::Locale;
use jiff::civil::{Date, DateTime, Time};

/// How a language writes numbers and dates.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Language {
    English,
    German,
    French,
    Spanish,
    /// Any other: ISO dates and code before a plain amount, which nobody misreads.
    Other,
}

const NO_BREAK_SPACE: char = '\u{a0}';

/// Returns the primary subtag of a language tag in lower case: `de` for `de-AT`.
pub(crate) fn primary(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or("").to_ascii_lowercase()
}

impl Language {
    pub fn of(tag: &str) -> Language {
        match primary(tag).as_str() {
            "en" => Language::English,
            "de" => Language::German,
            "fr" => Language::French,
            "es" => Language::Spanish,
            _ => Language::Other,
        }
    }

    /// Returns the language's forms; they are made at first use and kept.
    pub fn forms(self) -> Option<&'static Forms> {
        // British: the day before the month and a clock of 24 hours.
        static ENGLISH: LazyLock<Forms> = LazyLock::new(|| Forms::of("en-GB"));
        static GERMAN: LazyLock<Forms> = LazyLock::new(|| Forms::of("de"));
        static FRENCH: LazyLock<Forms> = LazyLock::new(|| Forms::of("fr"));
        static SPANISH: LazyLock<Forms> = LazyLock::new(|| Forms::of("es"));
        match self {
            Language::English => Some(&ENGLISH),
            Language::German => Some(&GERMAN),
            Language::French => Some(&FRENCH),
            Language::Spanish => Some(&SPANISH),
            Language::Other => None,
        }
    }

    pub fn amount(self, money: Money) -> String {
        let code = money.currency.code();
        let sign = if money.minor < 0 { "-" } else { "" };
        let Some(forms) = self.forms() else {
            let plain = money.major_text();
            return format!("{code}{NO_BREAK_SPACE}{sign}{}", plain.trim_start_matches('-'));
        };
        let symbol = match code {
            "EUR" => "€",
            "GBP" => "£",
            "USD" if self == Language::English => "$",
            other => other,
        };
        let number = scaled(money.minor.unsigned_abs().into(), money.currency.exponent());
        let number = forms.decimal.format(&number);
        match self {
            Language::English if symbol == code => {
                written(format_args!("{sign}{code}{NO_BREAK_SPACE}{number}"))
            }
            Language::English => written(format_args!("{sign}{symbol}{number}")),
            _ => written(format_args!("{sign}{number}{NO_BREAK_SPACE}{symbol}")),
        }
    }

    pub fn number(self, number: i64) -> String {
        match self.forms() {
            Some(forms) => written(forms.decimal.format(&number.into())),
            None => number.to_string(),
        }
    }

    /// Writes hundredths of a per cent with one decimal, half a tenth away from zero.
    pub fn percent(self, basis_points: i64) -> String {
        let tenths = divide(basis_points.into(), 10, Rounding::HalfUp).expect("ten is not zero");
        let tenths = scaled(tenths.into(), 1);
        let number = match self.forms() {
            Some(forms) => written(forms.decimal.format(&tenths)),
            None => tenths.to_string(),
        };
        match self {
            Language::English => format!("{number}%"),
            _ => format!("{number}{NO_BREAK_SPACE}%"),
        }
    }

    /// Writes a rate in per cent with the decimals it has: `9.48%`, `9,48 %`.
    pub fn rate(self, rate: Rate) -> String {
        let mut percent = scaled(rate.ppb.into(), 7);
        percent.absolute.trim_end();
        let number = match self.forms() {
            Some(forms) => written(forms.decimal.format(&percent)),
            None => percent.to_string(),
        };
        match self {
            Language::English => format!("{number}%"),
            _ => format!("{number}{NO_BREAK_SPACE}%"),
        }
    }

    pub fn date(self, day: Date) -> String {
        match self.forms() {
            Some(forms) if self == Language::French && day.day() == 1 => {
                // CLDR writes `1 mars`; the first of a month is an ordinal in French.
                forms.date(day).replacen('1', "1er", 1)
            }
            Some(forms) => forms.date(day),
            None => day.to_string(),
        }
    }
}

/// What ICU4X knows of one language, loaded once.
pub(crate) struct Forms {
    decimal: DecimalFormatter,
    long: Formatter<Gregorian, YMD>,
    /// What stands between day and year in a long date of each month, as `long` has it. A run writes
    /// millions of long dates, and putting three pieces together costs a fifth of asking ICU4X.
    between: Option<[String; 12]>,
    medium: Formatter<Gregorian, YMD>,
    weekday: Formatter<Gregorian, E>,
    month: Formatter<Gregorian, YM>,
    day_and_month: Formatter<Gregorian, MD>,
    moment: Formatter<Gregorian, YMDT>,
    time: NoCalendarFormatter<T>,
}

impl Forms {
    fn of(tag: &str) -> Forms {
        const COMPILED_IN: &str = "the data of our languages is compiled in";
        let locale: Locale = tag.parse().expect("our tags are well-formed");
        let prefs = || (&locale).into();
        let long = Formatter::try_new(prefs(), YMD::long()).expect(COMPILED_IN);
        Forms {
            between: between(&long),
            long,
            decimal: DecimalFormatter::try_new((&locale).into(), Default::default()).expect(COMPILED_IN),
            medium: Formatter::try_new(prefs(), YMD::medium()).expect(COMPILED_IN),
            weekday: Formatter::try_new(prefs(), E::long()).expect(COMPILED_IN),
            month: Formatter::try_new(prefs(), YM::medium()).expect(COMPILED_IN),
            day_and_month: Formatter::try_new(prefs(), MD::medium()).expect(COMPILED_IN),
            moment: Formatter::try_new(prefs(), YMD::medium().with_time_hm()).expect(COMPILED_IN),
            time: NoCalendarFormatter::try_new(prefs(), T::hm()).expect(COMPILED_IN),
        }
    }

    fn date(&self, day: Date) -> String {
        match &self.between {
            // Years of other lengths get an era.
            Some(between) if (1000..=9999).contains(&day.year()) => {
                let between = &between[usize::from(day.month().unsigned_abs()) - 1];
                written(format_args!("{}{between}{}", day.day(), day.year()))
            }
            _ => written(self.long.format(&gregorian(day))),
        }
    }

    /// Writes a date for a table: `25 Nov 2026`, `25.11.2026`.
    pub fn day(&self, day: Date) -> String {
        written(self.medium.format(&gregorian(day)))
    }

    pub fn weekday(&self, day: Date) -> String {
        written(self.weekday.format(&gregorian(day)))
    }

    pub fn month(&self, day: Date) -> String {
        written(self.month.format(&gregorian(day)))
    }

    /// Writes a day of this year: `25 Nov`, `25.11.`.
    pub fn day_and_month(&self, day: Date) -> String {
        written(self.day_and_month.format(&gregorian(day)))
    }

    pub fn moment(&self, at: DateTime) -> String {
        let at = input::DateTime { date: gregorian(at.date()), time: time_of_day(at.time()) };
        written(self.moment.format(&at))
    }

    pub fn time(&self, at: Time) -> String {
        written(self.time.format(&time_of_day(at)))
    }
}

/// Takes a long date of each month apart; none where one does not begin with the day and end with the year.
fn between(long: &Formatter<Gregorian, YMD>) -> Option<[String; 12]> {
    let mut between: [String; 12] = Default::default();
    for (month, between) in (1..).zip(&mut between) {
        let date = written(long.format(&gregorian(Date::constant(2026, month, 28))));
        *between = date.strip_prefix("28")?.strip_suffix("2026")?.to_owned();
    }
    Some(between)
}

/// Returns `number` as an exact decimal with so many decimals: 1234 with two is 12.34.
fn scaled(number: Decimal, decimals: u8) -> Decimal {
    let mut scaled = number;
    scaled.multiply_pow10(-i16::from(decimals));
    // Zero has no digits to shift: without this 0 with two decimals would be written `0`.
    scaled.absolute.pad_end(-i16::from(decimals));
    scaled
}

/// Writes into a string that is large enough from the start: a run writes millions of these.
fn written(form: impl Display) -> String {
    let mut text = String::with_capacity(32);
    write!(text, "{form}").expect("a string takes everything");
    text
}

fn gregorian(day: Date) -> input::Date<Gregorian> {
    let (month, number) = (day.month().unsigned_abs(), day.day().unsigned_abs());
    input::Date::try_new_gregorian(day.year().into(), month, number).expect("both count days alike")
}

fn time_of_day(at: Time) -> input::Time {
    input::Time::try_new(at.hour().unsigned_abs(), at.minute().unsigned_abs(), 0, 0)
        .expect("hours and minutes of a day")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn amounts_are_written_as_the_language_writes_them() {
        for (tag, minor, currency, expected) in [
            ("en", 123_456, "EUR", "€1,234.56"),
            ("en-GB", 5, "GBP", "£0.05"),
            ("en", 100_000_000, "USD", "$1,000,000.00"),
            ("en", 1_234, "CHF", "CHF\u{a0}12.34"),
            ("en", 1_234_567, "JPY", "JPY\u{a0}1,234,567"),
            ("en", -1_234, "EUR", "-€12.34"),
            ("de", 123_456, "EUR", "1.234,56\u{a0}€"),
            ("de-CH", 99_900, "CHF", "999,00\u{a0}CHF"),
            ("fr", 123_456, "EUR", "1\u{202f}234,56\u{a0}€"),
            ("es", 123_456, "EUR", "1234,56\u{a0}€"),
            ("es", 1_234_567, "EUR", "12.345,67\u{a0}€"),
            ("de", 1_234_567, "KWD", "1.234,567\u{a0}KWD"),
            ("nl", 123_456, "EUR", "EUR\u{a0}1234.56"),
            ("de", i64::MIN, "EUR", "-92.233.720.368.547.758,08\u{a0}€"),
        ] {
            let money = Money::new(minor, currency.parse().expect("a currency"));
            assert_eq!(Language::of(tag).amount(money), expected);
        }
    }

    #[test]
    fn dates_are_written_as_the_language_writes_them() {
        for (tag, expected) in [
            ("en", "1 March 2026"),
            ("de-AT", "1. März 2026"),
            ("fr", "1er mars 2026"),
            ("es", "1 de marzo de 2026"),
            ("pt", "2026-03-01"),
        ] {
            assert_eq!(Language::of(tag).date(date(2026, 3, 1)), expected);
        }
    }

    #[test]
    fn a_long_date_in_pieces_is_the_long_date_of_cldr() {
        for language in [Language::English, Language::German, Language::French, Language::Spanish] {
            let forms = language.forms().expect("it has forms");
            assert!(forms.between.is_some(), "{language:?}");
            for day in date(1999, 1, 1).series(jiff::Span::new().days(1)).take(1500) {
                assert_eq!(forms.date(day), forms.long.format(&gregorian(day)).to_string());
            }
            for day in [date(1000, 1, 1), date(9999, 12, 31), date(999, 2, 3), date(-44, 3, 15)] {
                assert_eq!(forms.date(day), forms.long.format(&gregorian(day)).to_string());
            }
        }
    }
}
