//! Values of fields: amounts, dates, marks.

use duewell_domain::money::{Currency, Money};
use jiff::civil::{Date, DateTime};

use super::message::{Direction, EntryStatus, RefusalReason};
use crate::text::{iso_day, shortened};

/// Reads currencies; remembers the last one, as files rarely have two.
#[derive(Debug, Default)]
pub(super) struct Currencies {
    last: Option<Currency>,
}

impl Currencies {
    pub(super) fn read(&mut self, code: &str) -> Result<Currency, RefusalReason> {
        if let Some(last) = self.last.filter(|last| last.code() == code) {
            return Ok(last);
        }
        if code.is_empty() {
            return Err(RefusalReason::NoCurrency);
        }
        let currency: Currency = shortened(code).parse()?;
        self.last = Some(currency);
        Ok(currency)
    }
}

/// Reads an amount of the form `1234.5`: up to five decimals, never below zero.
pub(super) fn amount(text: &str, currency: Currency) -> Result<Money, RefusalReason> {
    if text.is_empty() {
        return Err(RefusalReason::NoAmount);
    }
    if text.len() > 64 {
        return Err(duewell_domain::money::MoneyError::NotAnAmount(shortened(text)).into());
    }
    let money = Money::parse_major(text, currency)?;
    if money.is_negative() || text.starts_with('-') {
        return Err(RefusalReason::NegativeAmount(text.to_owned()));
    }
    Ok(money)
}

pub(super) fn direction(text: &str) -> Result<Direction, RefusalReason> {
    match text {
        "CRDT" => Ok(Direction::Credit),
        "DBIT" => Ok(Direction::Debit),
        "" => Err(RefusalReason::NoDirection),
        _ => Err(RefusalReason::BadDirection(shortened(text))),
    }
}

pub(super) fn status(text: &str) -> EntryStatus {
    match text {
        "" => EntryStatus::Unstated,
        "BOOK" => EntryStatus::Booked,
        "PDNG" => EntryStatus::Pending,
        "FUTR" => EntryStatus::Future,
        "INFO" => EntryStatus::Information,
        _ => EntryStatus::Other(shortened(text)),
    }
}

/// Reads a mark of XML Schema: `true`, `false`, `1`, `0`.
pub(super) fn mark(text: &str) -> Result<bool, RefusalReason> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" | "" => Ok(false),
        _ => Err(RefusalReason::BadReversal(shortened(text))),
    }
}

/// Reads the day of `2024-06-28`, `2024-06-28+02:00` or `2024-06-28T23:59:00Z`.
///
/// It is the day on the bank's clock: an offset does not move it.
pub(super) fn date(text: &str, what: &'static str) -> Result<Date, RefusalReason> {
    iso_day(text).ok_or_else(|| RefusalReason::BadDate { what, text: shortened(text) })
}

/// Reads a moment on the bank's clock; what is not readable is none, as no money hangs on it.
pub(super) fn wall_clock(text: &str) -> Option<DateTime> {
    let day = iso_day(text)?;
    let Some((_, time)) = text.split_once('T') else {
        return Some(day.at(0, 0, 0, 0));
    };
    let end = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let time: jiff::civil::Time = time[..end].parse().ok()?;
    Some(day.to_datetime(time))
}

/// Takes blanks out of an account number.
pub(super) fn account(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Returns an id unless it is the standard's way of saying there is none (EPC: `NOTPROVIDED`).
pub(super) fn provided(text: &str) -> Option<String> {
    (!text.is_empty() && !text.eq_ignore_ascii_case("NOTPROVIDED")).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as ymd;

    #[test]
    fn a_date_is_the_day_on_the_banks_clock() {
        for text in ["2024-06-28", "2024-06-28Z", "2024-06-28+02:00", "2024-06-28T23:59:00.000Z"] {
            assert_eq!(date(text, "booking"), Ok(ymd(2024, 6, 28)), "{text}");
        }
        for text in [
            "",
            "2024-6-28",
            "2024-02-30",
            "0001-01-01",
            "9999-12-31",
            "28.06.2024",
            "2024-06-28 1",
            "２０２４-06-28",
        ] {
            assert!(date(text, "booking").is_err(), "{text}");
        }
    }

    #[test]
    fn a_moment_keeps_the_banks_clock() {
        let at = ymd(2014, 1, 4).at(1, 55, 4, 378_000_000);
        assert_eq!(wall_clock("2014-01-04T01:55:04.378+01:00"), Some(at));
        assert_eq!(wall_clock("2025-07-24T06:10:29.000000000"), Some(ymd(2025, 7, 24).at(6, 10, 29, 0)));
        assert_eq!(wall_clock("2025-07-24"), Some(ymd(2025, 7, 24).at(0, 0, 0, 0)));
        assert_eq!(wall_clock("2025-07-24Tnoon"), None);
    }

    #[test]
    fn amounts_have_up_to_five_decimals_as_far_as_the_currency_has_them() {
        assert_eq!(amount("5442.09000", Currency::EUR), Ok(Money::new(544_209, Currency::EUR)));
        assert_eq!(amount("800", Currency::KWD), Ok(Money::new(800_000, Currency::KWD)));
        assert!(matches!(amount("1.00001", Currency::EUR), Err(RefusalReason::Amount(_))));
        assert!(matches!(amount("-1.00", Currency::EUR), Err(RefusalReason::NegativeAmount(_))));
        assert!(matches!(amount("-0.00", Currency::EUR), Err(RefusalReason::NegativeAmount(_))));
        assert!(matches!(amount("1,00", Currency::EUR), Err(RefusalReason::Amount(_))));
        assert!(matches!(amount(&"9".repeat(1000), Currency::EUR), Err(RefusalReason::Amount(_))));
    }
}
