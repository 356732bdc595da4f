//! Amounts and dates as people write them.
//!
//! Source of the forms: Unicode CLDR 47 (number patterns, long dates).

use duewell_domain::money::Money;
use jiff::civil::Date;

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
const NARROW_SPACE: char = '\u{202f}';

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

    pub fn amount(self, money: Money) -> String {
        let plain = money.major_text();
        let (sign, plain) = match plain.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", plain.as_str()),
        };
        let code = money.currency.code();
        let symbol = match code {
            "EUR" => "€",
            "GBP" => "£",
            "USD" if self == Language::English => "$",
            other => other,
        };
        let (group, mark) = match self {
            Language::English => (',', '.'),
            Language::German | Language::Spanish => ('.', ','),
            Language::French => (NARROW_SPACE, ','),
            Language::Other => return format!("{code}{NO_BREAK_SPACE}{sign}{plain}"),
        };
        // Spanish writes four digits without a separator (CLDR minimum grouping digits 2).
        let grouped_from = if self == Language::Spanish { 5 } else { 4 };
        let (major, fraction) = plain.split_once('.').unwrap_or((plain, ""));
        let mut number = String::with_capacity(plain.len() + 12);
        for (index, digit) in major.chars().enumerate() {
            if index > 0 && (major.len() - index).is_multiple_of(3) && major.len() >= grouped_from {
                number.push(group);
            }
            number.push(digit);
        }
        if !fraction.is_empty() {
            number.push(mark);
            number.push_str(fraction);
        }
        match self {
            Language::English if symbol.len() == 3 && symbol == code => {
                format!("{sign}{code}{NO_BREAK_SPACE}{number}")
            }
            Language::English => format!("{sign}{symbol}{number}"),
            _ => format!("{sign}{number}{NO_BREAK_SPACE}{symbol}"),
        }
    }

    pub fn date(self, day: Date) -> String {
        let (number, month, year) = (day.day(), day.month() as usize - 1, day.year());
        match self {
            Language::English => format!("{number} {} {year}", ENGLISH[month]),
            Language::German => format!("{number}. {} {year}", GERMAN[month]),
            Language::French if number == 1 => format!("1er {} {year}", FRENCH[month]),
            Language::French => format!("{number} {} {year}", FRENCH[month]),
            Language::Spanish => format!("{number} de {} de {year}", SPANISH[month]),
            Language::Other => day.to_string(),
        }
    }
}

const ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const GERMAN: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const FRENCH: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const SPANISH: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

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
}
