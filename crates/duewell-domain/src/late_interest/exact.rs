//! Interest before it is rounded.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::money::{Currency, Money, MoneyError, Rounding, divide};
use crate::rate::{Rate, WHOLE_PPB};

/// Parts of a year: divisible by 360, 365, 366 and 12, so that days and months are whole numbers of them.
const PARTS_PER_YEAR: i64 = 1_603_080;

/// Parts of a minor unit that interest is counted in: those of a rate times those of a year.
const PARTS_PER_MINOR: i128 = WHOLE_PPB as i128 * PARTS_PER_YEAR as i128;

/// How many days a year has for interest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayBasis {
    /// Every day is 1/365 of a year, in leap years too.
    Days365,
    /// Every day is 1/360 of a year.
    Days360,
    /// A day is 1/366 of a leap year and 1/365 of any other.
    CalendarYear,
}

impl DayBasis {
    /// Returns the share of a year from the first to the last day, both included; none when the last is earlier.
    pub fn share(self, first: Date, last: Date) -> YearShare {
        if last < first {
            return YearShare { parts: 0 };
        }
        let days = days_from(first, last);
        let parts = match self {
            DayBasis::Days365 => days * (PARTS_PER_YEAR / 365),
            DayBasis::Days360 => days * (PARTS_PER_YEAR / 360),
            DayBasis::CalendarYear => place_in_years(last, 1) - place_in_years(first, 0),
        };
        YearShare { parts }
    }
}

/// Counts the days from the first to the last, both included.
pub(super) fn days_from(first: Date, last: Date) -> i64 {
    first.duration_until(last).as_hours() / 24 + 1
}

/// Returns the beginning of a day, or with 1 its end, in parts of years since the year 0.
fn place_in_years(day: Date, days: i64) -> i64 {
    let before = i64::from(day.day_of_year()) - 1 + days;
    i64::from(day.year()) * PARTS_PER_YEAR + before * (PARTS_PER_YEAR / i64::from(day.days_in_year()))
}

/// A share of a year, exact for days and for months.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct YearShare {
    parts: i64,
}

impl YearShare {
    /// Returns so many twelfths of a year, for those who count whole months.
    pub fn months(months: u16) -> YearShare {
        YearShare { parts: i64::from(months) * (PARTS_PER_YEAR / 12) }
    }
}

/// An amount with fractions of a minor unit, exact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExactAmount {
    currency: Currency,
    parts: i128,
}

impl ExactAmount {
    pub fn zero(currency: Currency) -> ExactAmount {
        ExactAmount { currency, parts: 0 }
    }

    pub fn plus(self, other: ExactAmount) -> Result<ExactAmount, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency });
        }
        let parts = self.parts.checked_add(other.parts).ok_or(MoneyError::Overflow)?;
        Ok(ExactAmount { parts, ..self })
    }

    /// Rounds to whole minor units.
    pub fn rounded(self, rounding: Rounding) -> Result<Money, MoneyError> {
        let minor = divide(self.parts, PARTS_PER_MINOR, rounding)?;
        let minor = i64::try_from(minor).map_err(|_| MoneyError::Overflow)?;
        Ok(Money { minor, currency: self.currency })
    }

    /// Writes the amount in major units, with so many decimals beyond the minor unit: `169.486301`, for people to
    /// check. The last decimal is rounded half up.
    pub fn major_text(self, more_decimals: u8) -> Result<String, MoneyError> {
        let shift = 10_i128.checked_pow(more_decimals.into()).ok_or(MoneyError::Overflow)?;
        let parts = self.parts.checked_mul(shift).ok_or(MoneyError::Overflow)?;
        let units = divide(parts, PARTS_PER_MINOR, Rounding::HalfUp)?;
        let decimals = usize::from(self.currency.exponent()) + usize::from(more_decimals);
        let sign = if units < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", units.unsigned_abs(), width = decimals + 1);
        let (major, fraction) = digits.split_at(digits.len() - decimals);
        Ok(if decimals == 0 { format!("{sign}{major}") } else { format!("{sign}{major}.{fraction}") })
    }
}

/// Returns simple interest: principal × yearly rate × share of a year, exact.
pub fn simple_interest(principal: Money, rate: Rate, share: YearShare) -> Result<ExactAmount, MoneyError> {
    // Two numbers of 64 bits always fit.
    let yearly = i128::from(principal.minor) * i128::from(rate.ppb);
    let parts = yearly.checked_mul(share.parts.into()).ok_or(MoneyError::Overflow)?;
    Ok(ExactAmount { currency: principal.currency, parts })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn euros(principal: i64, rate: i64, share: YearShare) -> String {
        let interest =
            simple_interest(Money::new(principal, Currency::EUR), Rate::from_basis_points(rate), share);
        interest.unwrap().major_text(4).unwrap()
    }

    #[test]
    fn bases_differ_in_what_a_day_is() {
        let february = (date(2028, 2, 1), date(2028, 2, 29));
        for (basis, text) in [
            (DayBasis::Days365, "7.945205"),
            (DayBasis::Days360, "8.055556"),
            (DayBasis::CalendarYear, "7.923497"),
        ] {
            assert_eq!(euros(100_000, 1000, basis.share(february.0, february.1)), text, "{basis:?}");
        }
        assert_eq!(euros(100_000, 1000, YearShare::months(1)), "8.333333");
    }

    #[test]
    fn a_calendar_year_is_one_whether_leap_or_not() {
        let year = YearShare::months(12);
        for first in [2023, 2024, 2025] {
            let share = DayBasis::CalendarYear.share(date(first, 1, 1), date(first, 12, 31));
            assert_eq!(share, year, "{first}");
        }
        let over_new_year = DayBasis::CalendarYear.share(date(2024, 12, 31), date(2025, 1, 1));
        assert_eq!(over_new_year.parts, PARTS_PER_YEAR / 366 + PARTS_PER_YEAR / 365);
    }

    #[test]
    fn no_days_give_no_interest() {
        for basis in [DayBasis::Days365, DayBasis::Days360, DayBasis::CalendarYear] {
            assert_eq!(basis.share(date(2026, 2, 2), date(2026, 2, 1)), YearShare::months(0));
        }
    }

    #[test]
    fn texts_follow_the_currency() {
        let yen = simple_interest(
            Money::new(-1000, Currency::JPY),
            Rate::from_basis_points(100),
            YearShare::months(1),
        );
        let yen = yen.unwrap();
        assert_eq!(yen.major_text(3), Ok("-0.833".to_owned()));
        assert_eq!(yen.major_text(0), Ok("-1".to_owned()));
        assert_eq!(yen.rounded(Rounding::HalfUp), Ok(Money::new(-1, Currency::JPY)));
        assert_eq!(yen.major_text(39), Err(MoneyError::Overflow));
    }
}
