//! Worked examples of our own; the expected values were worked out apart, with fifty digits.

use super::*;
use crate::money::Currency;

fn usd(on: Date, minor: i64) -> Dated {
    Dated { on, amount: Money::new(minor, Currency::USD) }
}

fn months_from(first: Date, step: i32, count: i32, minor: i64) -> Vec<Dated> {
    (0..count).map(|index| usd(first + jiff::Span::new().months(index * step), minor)).collect()
}
