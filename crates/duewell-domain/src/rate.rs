//! Rates: exact shares of an amount, per year or once.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::money::{Money, MoneyError, Rounding, divide};

/// A rate in parts per billion: 9.4822 % is 94,822,000. Written in percent, `9.4822`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rate {
    pub ppb: i64,
}

/// Parts per billion in one whole, i.e. in 100 %.
pub const WHOLE_PPB: i64 = 1_000_000_000;

const PPB_PER_PERCENT: i64 = WHOLE_PPB / 100;

/// Rates beyond this are typing errors: one million percent.
const MAX_PERCENT: i64 = 1_000_000;

impl Rate {
    pub const ZERO: Rate = Rate { ppb: 0 };

    /// The largest rate that is read back as it was written.
    pub const MAX: Rate = Rate { ppb: MAX_PERCENT * PPB_PER_PERCENT };

    /// Builds a rate from basis points: 825 is 8.25 %.
    pub const fn from_basis_points(basis_points: i64) -> Self {
        Rate { ppb: basis_points * (PPB_PER_PERCENT / 100) }
    }

    pub fn is_zero(self) -> bool {
        self.ppb == 0
    }

    /// Adds two rates, e.g. a reference rate and its margin.
    pub fn plus(self, other: Rate) -> Result<Rate, MoneyError> {
        self.ppb.checked_add(other.ppb).map(|ppb| Rate { ppb }).ok_or(MoneyError::Overflow)
    }

    /// Returns this share of an amount, rounded once.
    pub fn of(self, amount: Money, rounding: Rounding) -> Result<Money, MoneyError> {
        let minor = divide(i128::from(amount.minor) * i128::from(self.ppb), i128::from(WHOLE_PPB), rounding)?;
        let minor = i64::try_from(minor).map_err(|_| MoneyError::Overflow)?;
        Ok(Money { minor, ..amount })
    }

    /// Writes the rate in percent without surplus zeros: `9.4822`.
    pub fn percent_text(self) -> String {
        let sign = if self.ppb < 0 { "-" } else { "" };
        let (whole, rest) = (
            self.ppb.unsigned_abs() / PPB_PER_PERCENT as u64,
            self.ppb.unsigned_abs() % PPB_PER_PERCENT as u64,
        );
        let fraction = format!("{rest:07}");
        match fraction.trim_end_matches('0') {
            "" => format!("{sign}{whole}"),
            fraction => format!("{sign}{whole}.{fraction}"),
        }
    }
}

/// What is wrong with a text that should be a rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a rate in percent with at most seven decimals")]
pub struct NotARate(String);

impl FromStr for Rate {
    type Err = NotARate;

    /// Reads a rate in percent: `8.25`, `-0.88`.
    fn from_str(text: &str) -> Result<Self, NotARate> {
        let wrong = || NotARate(text.to_owned());
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let numeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let kept = fraction.trim_end_matches('0');
        if whole.is_empty() || !numeric(whole) || !numeric(fraction) || kept.len() > 7 {
            return Err(wrong());
        }
        let whole: i64 = whole.parse().map_err(|_| wrong())?;
        if whole > MAX_PERCENT {
            return Err(wrong());
        }
        let fraction: i64 = format!("{kept:0<7}").parse().map_err(|_| wrong())?;
        Ok(Rate { ppb: sign * (whole * PPB_PER_PERCENT + fraction) })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.percent_text())
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.percent_text())
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn a_rate_is_written_as_it_is_read() {
        for (text, ppb) in [("9.4822", 94_822_000), ("-0.88", -8_800_000), ("0", 0), ("12", 120_000_000)] {
            assert_eq!(text.parse(), Ok(Rate { ppb }));
            assert_eq!(Rate { ppb }.percent_text(), text);
        }
        for text in ["", "-", ".5", "1,5", "1e3", "0.00000001", "1000001", "99999999999999999999"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_share_is_rounded_once() {
        let rate = Rate::from_basis_points(2500);
        assert_eq!(
            rate.of(Money::new(30_03, Currency::EUR), Rounding::HalfEven),
            Ok(Money::new(7_51, Currency::EUR))
        );
    }
}
