//! Exact money: an amount in minor units together with its ISO 4217 currency.
//!
//! Unlike currencies do not add, every sum is checked, splitting loses nothing
//! and every rounding names its mode at the call.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An ISO 4217 currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    pub const EUR: Currency = Currency(iso_currency::Currency::EUR);
    pub const USD: Currency = Currency(iso_currency::Currency::USD);
    pub const GBP: Currency = Currency(iso_currency::Currency::GBP);
    pub const CHF: Currency = Currency(iso_currency::Currency::CHF);
    pub const JPY: Currency = Currency(iso_currency::Currency::JPY);
    pub const KWD: Currency = Currency(iso_currency::Currency::KWD);
    pub const CLF: Currency = Currency(iso_currency::Currency::CLF);

    /// Returns the three-letter code, e.g. `EUR`.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Returns how many decimals the currency has (ISO 4217 exponent, 0 to 4).
    ///
    /// Codes without one (gold, the SDR, the test code) count as 0.
    pub fn exponent(self) -> u8 {
        self.0.exponent().map_or(0, |exponent| exponent as u8)
    }

    /// Returns how many minor units make one major unit: 1, 10, 100, 1000 or 10000.
    pub fn minor_per_major(self) -> i64 {
        10_i64.pow(u32::from(self.exponent()))
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(code: &str) -> Result<Self, MoneyError> {
        iso_currency::Currency::from_code(code)
            .map(Currency)
            .ok_or_else(|| MoneyError::UnknownCurrency(code.to_owned()))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Currency {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.code().cmp(other.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<str>::deserialize(deserializer)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

/// An amount of money: minor units (cents, fils, yen) of one currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

/// How a fraction of a minor unit is rounded. Each rounding names one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Half away from zero: 0.5 → 1, −0.5 → −1.
    HalfUp,
    /// Half to the even neighbour: 0.5 → 0, 1.5 → 2.
    HalfEven,
    /// Towards zero.
    Down,
    /// Away from zero.
    Up,
    /// Towards minus infinity.
    Floor,
    /// Towards plus infinity.
    Ceiling,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("unknown currency code `{0}`")]
    UnknownCurrency(String),
    #[error("cannot combine {left} with {right}")]
    CurrencyMismatch { left: Currency, right: Currency },
    #[error("amount is too large")]
    Overflow,
    #[error("`{0}` is not an amount")]
    NotAnAmount(String),
    #[error("`{text}` has more decimals than {currency} allows ({exponent})")]
    TooManyDecimals { text: String, currency: Currency, exponent: u8 },
    #[error("cannot split into no parts")]
    NoParts,
}

impl Money {
    /// The largest amount that is taken from outside, in minor units: thousands of them can still be added up, and
    /// one that somebody mistyped does not break every sum it is in.
    pub const WRITTEN_MAX: i64 = 1_000_000_000_000_000;

    /// Builds an amount from minor units.
    pub fn new(minor: i64, currency: Currency) -> Self {
        Money { minor, currency }
    }

    /// Returns nothing at all, in the given currency.
    pub fn zero(currency: Currency) -> Self {
        Money { minor: 0, currency }
    }

    pub fn is_zero(self) -> bool {
        self.minor == 0
    }

    pub fn is_positive(self) -> bool {
        self.minor > 0
    }

    pub fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// Adds; unlike currencies and overflow are errors.
    pub fn plus(self, other: Money) -> Result<Money, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Money { minor, ..self })
    }

    /// Subtracts; unlike currencies and overflow are errors.
    pub fn minus(self, other: Money) -> Result<Money, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Money { minor, ..self })
    }

    /// Turns the sign around.
    pub fn negated(self) -> Result<Money, MoneyError> {
        let minor = self.minor.checked_neg().ok_or(MoneyError::Overflow)?;
        Ok(Money { minor, ..self })
    }

    /// Returns the smaller of two amounts of one currency.
    pub fn least(self, other: Money) -> Result<Money, MoneyError> {
        self.same_currency(other)?;
        Ok(if other.minor < self.minor { other } else { self })
    }

    /// Adds up amounts of one currency.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Money>) -> Result<Money, MoneyError> {
        amounts.into_iter().try_fold(Money::zero(currency), Money::plus)
    }

    /// Multiplies by the fraction `numerator / denominator`, rounding once.
    pub fn times_ratio(
        self,
        numerator: i64,
        denominator: i64,
        rounding: Rounding,
    ) -> Result<Money, MoneyError> {
        let product = i128::from(self.minor) * i128::from(numerator);
        let minor = divide(product, i128::from(denominator), rounding)?;
        let minor = i64::try_from(minor).map_err(|_| MoneyError::Overflow)?;
        Ok(Money { minor, ..self })
    }

    /// Splits into `parts` amounts that differ by at most one minor unit and add up to the whole.
    ///
    /// The first parts carry the remainder: 1.00 in three is 0.34, 0.33, 0.33.
    pub fn split(self, parts: usize) -> Result<Vec<Money>, MoneyError> {
        self.split_by(&vec![1; parts])
    }

    /// Splits in proportion to `weights`; the parts always add up to the whole.
    ///
    /// Units left over by rounding down go to the parts that lost the largest
    /// fraction, earlier parts first.
    pub fn split_by(self, weights: &[u64]) -> Result<Vec<Money>, MoneyError> {
        let total: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
        if total == 0 {
            return Err(MoneyError::NoParts);
        }
        let whole = i128::from(self.minor);
        let sign = whole.signum();
        let mut parts = Vec::with_capacity(weights.len());
        let mut lost = Vec::with_capacity(weights.len());
        let mut rest = whole.abs();
        for (index, &weight) in weights.iter().enumerate() {
            let exact = whole.abs().checked_mul(i128::from(weight)).ok_or(MoneyError::Overflow)?;
            parts.push(exact / total);
            lost.push((std::cmp::Reverse(exact % total), index));
            rest -= exact / total;
        }
        lost.sort_unstable();
        for &(_, index) in lost.iter().take(usize::try_from(rest).map_err(|_| MoneyError::Overflow)?) {
            parts[index] += 1;
        }
        parts
            .into_iter()
            .map(|part| {
                let minor = i64::try_from(part * sign).map_err(|_| MoneyError::Overflow)?;
                Ok(Money { minor, ..self })
            })
            .collect()
    }

    /// Reads a plain decimal in major units: `1234.56`, `-3`, `+0.5`.
    ///
    /// The decimal mark is a point and there is no grouping; callers that read
    /// people's files normalise first. Trailing zeros beyond the exponent are
    /// accepted (`12.5000` EUR), other surplus decimals are an error. Amounts beyond
    /// [`Money::WRITTEN_MAX`] are none that anybody means.
    pub fn parse_major(text: &str, currency: Currency) -> Result<Money, MoneyError> {
        let wrong = || MoneyError::NotAnAmount(text.to_owned());
        let (negative, digits) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (major, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (major.is_empty() && fraction.is_empty()) || !all_digits(major) || !all_digits(fraction) {
            return Err(wrong());
        }
        let exponent = usize::from(currency.exponent());
        let (kept, surplus) = fraction.split_at(fraction.len().min(exponent));
        if surplus.bytes().any(|byte| byte != b'0') {
            return Err(MoneyError::TooManyDecimals {
                text: text.to_owned(),
                currency,
                exponent: currency.exponent(),
            });
        }
        let mut minor: i64 = 0;
        for byte in major.bytes().chain(kept.bytes()).chain(std::iter::repeat_n(b'0', exponent - kept.len()))
        {
            minor = minor
                .checked_mul(10)
                .and_then(|value| value.checked_add(i64::from(byte - b'0')))
                .filter(|value| *value <= Money::WRITTEN_MAX)
                .ok_or(MoneyError::Overflow)?;
        }
        Ok(Money { minor: if negative { -minor } else { minor }, currency })
    }

    /// Writes the amount in major units without the code: `1234.56`.
    pub fn major_text(self) -> String {
        let exponent = usize::from(self.currency.exponent());
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = self.minor.unsigned_abs().to_string();
        if exponent == 0 {
            return format!("{sign}{digits}");
        }
        let digits = format!("{digits:0>width$}", width = exponent + 1);
        let (major, fraction) = digits.split_at(digits.len() - exponent);
        format!("{sign}{major}.{fraction}")
    }

    fn same_currency(self, other: Money) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency })
        }
    }
}

impl fmt::Display for Money {
    /// Writes `1234.56 EUR`, for logs and machine-readable output; people see `documents`' form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.major_text(), self.currency)
    }
}

/// Divides with a named rounding; dividing by zero is an overflow.
pub fn divide(numerator: i128, denominator: i128, rounding: Rounding) -> Result<i128, MoneyError> {
    if denominator == 0 {
        return Err(MoneyError::Overflow);
    }
    let (numerator, denominator) =
        if denominator < 0 { (-numerator, -denominator) } else { (numerator, denominator) };
    // Most amounts fit into a machine word, whose division is many times as fast.
    let (quotient, remainder) = match (i64::try_from(numerator), i64::try_from(denominator)) {
        (Ok(numerator), Ok(denominator)) => {
            (i128::from(numerator / denominator), i128::from(numerator % denominator))
        }
        _ => (numerator / denominator, numerator % denominator),
    };
    if remainder == 0 {
        return Ok(quotient);
    }
    let away = quotient + numerator.signum();
    let twice = remainder.unsigned_abs() * 2;
    let half = twice.cmp(&denominator.unsigned_abs());
    Ok(match rounding {
        Rounding::Down => quotient,
        Rounding::Up => away,
        Rounding::Floor => {
            if numerator < 0 {
                away
            } else {
                quotient
            }
        }
        Rounding::Ceiling => {
            if numerator < 0 {
                quotient
            } else {
                away
            }
        }
        Rounding::HalfUp => {
            if half.is_ge() {
                away
            } else {
                quotient
            }
        }
        Rounding::HalfEven => {
            if half.is_gt() || (half.is_eq() && quotient % 2 != 0) {
                away
            } else {
                quotient
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn exponents_reach_from_zero_to_four() {
        for (currency, exponent, text) in [
            (Currency::JPY, 0, "12345"),
            (Currency::EUR, 2, "123.45"),
            (Currency::KWD, 3, "12.345"),
            (Currency::CLF, 4, "1.2345"),
        ] {
            assert_eq!(currency.exponent(), exponent, "{currency}");
            assert_eq!(Money::new(12_345, currency).major_text(), text);
            assert_eq!(Money::parse_major(text, currency), Ok(Money::new(12_345, currency)));
        }
    }

    #[test]
    fn unlike_currencies_do_not_add() {
        let sum = Money::new(1, Currency::EUR).plus(Money::new(1, Currency::USD));
        assert_eq!(sum, Err(MoneyError::CurrencyMismatch { left: Currency::EUR, right: Currency::USD }));
    }

    #[test]
    fn surplus_decimals_are_refused_unless_they_are_zero() {
        assert_eq!(Money::parse_major("12.5000", Currency::EUR), Ok(Money::new(1250, Currency::EUR)));
        assert!(matches!(
            Money::parse_major("12.505", Currency::EUR),
            Err(MoneyError::TooManyDecimals { .. })
        ));
        for text in ["", "-", ".", "1,5", "1e3", "0x10", "1 000", "٣", "--1", "9223372036854775808"] {
            assert!(Money::parse_major(text, Currency::JPY).is_err(), "{text}");
        }
    }

    #[test]
    fn an_amount_that_would_break_sums_is_not_taken() {
        for text in ["1000000000000000", "-1000000000000000", "0001000000000000000"] {
            assert!(Money::parse_major(text, Currency::JPY).is_ok(), "{text}");
        }
        for text in ["1000000000000001", "-1000000000000001", "9223372036854775807"] {
            assert_eq!(Money::parse_major(text, Currency::JPY), Err(MoneyError::Overflow), "{text}");
        }
        assert_eq!(Money::parse_major("92233720368547758.07", Currency::EUR), Err(MoneyError::Overflow));
    }

    #[test]
    fn rounding_modes_agree_with_their_names() {
        use Rounding::*;
        for (numerator, expected) in [
            (5, [(HalfUp, 1), (HalfEven, 0), (Down, 0), (Up, 1), (Floor, 0), (Ceiling, 1)]),
            (15, [(HalfUp, 2), (HalfEven, 2), (Down, 1), (Up, 2), (Floor, 1), (Ceiling, 2)]),
            (-5, [(HalfUp, -1), (HalfEven, 0), (Down, 0), (Up, -1), (Floor, -1), (Ceiling, 0)]),
            (-14, [(HalfUp, -1), (HalfEven, -1), (Down, -1), (Up, -2), (Floor, -2), (Ceiling, -1)]),
        ] {
            for (rounding, value) in expected {
                assert_eq!(divide(numerator, 10, rounding), Ok(value), "{numerator}/10 {rounding:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn splitting_keeps_the_total(minor in any::<i64>(), weights in prop::collection::vec(0u64..1_000_000, 1..40)) {
            prop_assume!(weights.iter().any(|&weight| weight > 0));
            let whole = Money::new(minor, Currency::EUR);
            let parts = whole.split_by(&weights).unwrap();
            prop_assert_eq!(parts.len(), weights.len());
            let total: i128 = parts.iter().map(|part| i128::from(part.minor)).sum();
            prop_assert_eq!(total, i128::from(minor));
            for (part, weight) in parts.iter().zip(&weights) {
                prop_assert!(*weight > 0 || part.is_zero());
            }
        }

        #[test]
        fn writing_then_reading_is_the_same(minor in -Money::WRITTEN_MAX..=Money::WRITTEN_MAX, pick in 0usize..4) {
            let currency = [Currency::JPY, Currency::EUR, Currency::KWD, Currency::CLF][pick];
            let money = Money::new(minor, currency);
            prop_assert_eq!(Money::parse_major(&money.major_text(), currency), Ok(money));
        }
    }
}
