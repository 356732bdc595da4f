//! Annual percentage rates: flows of money and the rate that somebody published for them.
//!
//! A case is told by its fields, not by its group: unit-periods with dates, times in years, or one payment after days.

use anyhow::{Context as _, bail};
use duewell_domain::apr::us::{Timing, UnitTime, UnitTimed, annual_percentage_rate, rate_of_unit_periods};
use duewell_domain::apr::{Dated, Ratio, Timed, effective_rate};
use duewell_domain::money::{Currency, Money};
use duewell_domain::rate::Rate;
use jiff::civil::Date;
use serde_json::Value;

use super::{Tally, Verdict};

/// Judges every case of the document.
pub fn judge_all(document: &Value) -> Tally {
    let mut tally = Tally::default();
    let groups = document.as_object().into_iter().flatten().filter(|(name, _)| *name != "meta");
    for (group, cases) in groups {
        for case in cases.as_array().into_iter().flatten() {
            let name = case["id"].as_str().map_or_else(|| format!("{group} without id"), str::to_owned);
            tally.count(&name, judge(case));
        }
    }
    tally
}

fn judge(case: &Value) -> Verdict {
    match differences(case) {
        Ok(differences) if differences.is_empty() => Verdict::Passed,
        Ok(differences) => Verdict::Failed(differences),
        Err(error) => Verdict::Failed(vec![format!("{error:#}")]),
    }
}

fn differences(case: &Value) -> anyhow::Result<Vec<String>> {
    if case["amount_advanced"].is_number() {
        return us_differences(case);
    }
    let (advances, payments) = if case["flows"].is_object() {
        (side(&case["flows"], "advance")?, side(&case["flows"], "payment")?)
    } else {
        let after = Exact::of(&case["days"])?.over(Exact::of(&case["year_basis_days"])?)?;
        (vec![timed(Exact::ZERO, &case["advance"])?], vec![timed(after, &case["payment"])?])
    };
    let rate = effective_rate(&advances, &payments)?;
    Ok(rate_difference(case, "rate", rate)?.into_iter().collect())
}

/// Reads `advances` and `advance_segments`, or the same of payments.
fn side(flows: &Value, noun: &str) -> anyhow::Result<Vec<Timed>> {
    let mut found = Vec::new();
    for pair in flows[format!("{noun}s")].as_array().into_iter().flatten() {
        found.push(timed(Exact::of(&pair[0])?, &pair[1])?);
    }
    for segment in flows[format!("{noun}_segments")].as_array().into_iter().flatten() {
        let (first, step) = (Exact::of(&segment["first_t_years"])?, Exact::of(&segment["step_years"])?);
        for index in 0..segment["count"].as_i64().context("count")? {
            found.push(timed(first.plus(step.times(index)?)?, &segment["amount"])?);
        }
    }
    Ok(found)
}

fn timed(years: Exact, amount: &Value) -> anyhow::Result<Timed> {
    Ok(Timed { years: years.ratio()?, amount: money(amount)? })
}

/// A case has one currency, and no rate depends on which.
fn money(amount: &Value) -> anyhow::Result<Money> {
    Ok(Money::parse_major(&amount.to_string(), Currency::EUR)?)
}

/// Judges a case twice: by the unit-periods it gives, and by its dates alone, which have to lead to the same.
fn us_differences(case: &Value) -> anyhow::Result<Vec<String>> {
    let per_year = Exact::of(&case["unit_periods_per_year"])?;
    let advance = money(&case["amount_advanced"])?;
    let (mut given, mut indexes) = (Vec::new(), Vec::new());
    let segments = case["payments"].as_array().context("payments")?;
    let first = segments.first().context("a payment")?["first_t"].as_i64().context("first_t")?;
    for segment in segments {
        let whole = segment["first_t"].as_i64().context("first_t")?;
        let (fraction, amount) = (Exact::of(&segment["fraction"])?.ratio()?, money(&segment["amount"])?);
        for index in 0..segment["count"].as_i64().context("count")? {
            given.push(UnitTimed { at: UnitTime { whole: u32::try_from(whole + index)?, fraction }, amount });
            indexes.push(whole + index - first);
        }
    }
    let at_start = UnitTime { whole: 0, fraction: Exact::ZERO.ratio()? };
    let rate =
        rate_of_unit_periods(per_year.ratio()?, &[UnitTimed { at: at_start, amount: advance }], &given)?;
    let mut found: Vec<_> = rate_difference(case, "rate", rate)?.into_iter().collect();

    let date = |field: &str| -> anyhow::Result<Option<Date>> {
        case[field].as_str().map(str::parse).transpose().with_context(|| field.to_owned())
    };
    let (Some(advanced_on), Some(first_on)) = (date("advance_date")?, date("first_payment_date")?) else {
        return Ok(found);
    };
    let payments: Vec<Dated> = indexes
        .iter()
        .zip(&given)
        .map(|(&index, payment)| {
            Ok(Dated { on: payment_date(first_on, index, per_year)?, amount: payment.amount })
        })
        .collect::<anyhow::Result<_>>()?;
    let dates: Vec<Date> = payments.iter().map(|payment| payment.on).collect();
    let timing = Timing::of(&[advanced_on], &dates)?;
    if Exact::from(timing.unit_period.per_year()) != per_year {
        found.push(format!("unit-period: expected {per_year:?} a year, got {:?}", timing.unit_period));
    }
    for (row, (expected, counted)) in given.iter().zip(&timing.payments).enumerate() {
        if expected.at.whole != counted.whole || !same_fraction(expected.at.fraction, counted.fraction) {
            found.push(format!("payment {}: expected {:?}, got {counted:?}", row + 1, expected.at));
        }
    }
    let apr = annual_percentage_rate(&[Dated { on: advanced_on, amount: advance }], &payments)?;
    found.extend(rate_difference(case, "rate from dates", apr.rate)?);
    Ok(found)
}

/// Returns the day of a payment that comes so many unit-periods after the first.
fn payment_date(first: Date, index: i64, per_year: Exact) -> anyhow::Result<Date> {
    let Ratio { numerator, denominator } = per_year.ratio()?;
    let span = match (numerator, denominator) {
        (365, 1) => jiff::Span::new().days(index),
        (24, 1) => {
            let month = first.checked_add(jiff::Span::new().months(index / 2))?;
            let half = if first.day() > 15 {
                month.checked_add(jiff::Span::new().months(1))?.checked_sub(jiff::Span::new().days(15))?
            } else {
                month.checked_add(jiff::Span::new().days(15))?
            };
            return Ok(if index % 2 == 0 { month } else { half });
        }
        (count, per) if (12 * per) % count == 0 => jiff::Span::new().months(index * (12 * per / count)),
        (count, per) if (52 * per) % count == 0 => jiff::Span::new().weeks(index * (52 * per / count)),
        // One payment: the day of the first is all there is.
        _ if index == 0 => return Ok(first),
        _ => bail!("{numerator}/{denominator} unit-periods a year are no calendar"),
    };
    Ok(first.checked_add(span)?)
}

/// Compares with a fraction that may have been printed to fewer digits than there are, at least nine.
fn same_fraction(printed: Ratio, counted: Ratio) -> bool {
    let scaled = |ratio: Ratio| i128::from(ratio.numerator) * 10_000_000_000 / i128::from(ratio.denominator);
    (scaled(printed) - scaled(counted)).abs() <= 1
}

/// Returns what differs between our rate and the published one, to the decimals it was printed with.
///
/// A case that declares its `difference` from a rate worked out anew is held to that rate instead.
fn rate_difference(case: &Value, what: &str, rate: Rate) -> anyhow::Result<Option<String>> {
    let expected = &case["expected_apr_pct"];
    let declared = case["difference"].is_number() && case["agrees"] == true;
    let recomputed = &case["recomputed_apr_pct"];
    if agrees(rate, expected)? || (declared && recomputed.is_number() && agrees(rate, recomputed)?) {
        return Ok(None);
    }
    Ok(Some(format!("{what}: expected {expected}, got {}", rate.percent_text())))
}

/// Rounds our rate to the decimals of a printed one and compares.
fn agrees(rate: Rate, printed: &Value) -> anyhow::Result<bool> {
    let text = printed.to_string();
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let unit = 10_i64.pow(7_u32.saturating_sub(u32::try_from(decimals)?));
    let rounded = Rate { ppb: (rate.ppb + unit / 2).div_euclid(unit) * unit };
    Ok(rounded == text.parse::<Rate>()?)
}

/// A number of a case, exactly as it was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Exact {
    numerator: i128,
    denominator: i128,
}

impl Exact {
    const ZERO: Exact = Exact { numerator: 0, denominator: 1 };

    /// Reads `0.25`, `2` or `"31/365"`.
    fn of(value: &Value) -> anyhow::Result<Exact> {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if let Some((numerator, denominator)) = text.split_once('/') {
            return Exact::decimal(numerator)?.over(Exact::decimal(denominator)?);
        }
        Exact::decimal(&text)
    }

    fn decimal(text: &str) -> anyhow::Result<Exact> {
        let text = text.trim();
        let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i32 = exponent.parse().with_context(|| format!("`{text}` is no number"))?;
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let numerator: i128 =
            format!("{whole}{decimals}").parse().with_context(|| format!("`{text}` is no number"))?;
        let shift = i32::try_from(decimals.len())? - exponent;
        let power = 10_i128.checked_pow(shift.unsigned_abs()).context("too many digits")?;
        if shift < 0 {
            return Exact::reduced(numerator.checked_mul(power).context("too many digits")?, 1);
        }
        Exact::reduced(numerator, power)
    }

    fn reduced(numerator: i128, denominator: i128) -> anyhow::Result<Exact> {
        if denominator == 0 {
            bail!("a division by zero");
        }
        let (mut larger, mut smaller) = (denominator, numerator);
        while smaller != 0 {
            (larger, smaller) = (smaller, larger % smaller);
        }
        let divisor = larger.abs() * denominator.signum();
        Ok(Exact { numerator: numerator / divisor, denominator: denominator / divisor })
    }

    fn times(self, count: i64) -> anyhow::Result<Exact> {
        let product = self.numerator.checked_mul(i128::from(count)).context("too large a number")?;
        Exact::reduced(product, self.denominator)
    }

    fn plus(self, other: Exact) -> anyhow::Result<Exact> {
        let sum = || {
            let left = self.numerator.checked_mul(other.denominator)?;
            let right = other.numerator.checked_mul(self.denominator)?;
            Some((left.checked_add(right)?, self.denominator.checked_mul(other.denominator)?))
        };
        let (numerator, denominator) = sum().context("too large a number")?;
        Exact::reduced(numerator, denominator)
    }

    fn over(self, other: Exact) -> anyhow::Result<Exact> {
        let quotient = || {
            Some((
                self.numerator.checked_mul(other.denominator)?,
                self.denominator.checked_mul(other.numerator)?,
            ))
        };
        let (numerator, denominator) = quotient().context("too large a number")?;
        Exact::reduced(numerator, denominator)
    }

    /// Returns the number as the product takes it; more than eighteen digits are cut to seventeen decimals or fewer.
    fn ratio(self) -> anyhow::Result<Ratio> {
        let exact = i64::try_from(self.numerator).ok().zip(i64::try_from(self.denominator).ok());
        if let Some((numerator, denominator)) = exact {
            return Ok(Ratio { numerator, denominator });
        }
        let scale = 10_000_000_000_000_000_i128;
        let whole = self.numerator / self.denominator;
        let rest = (self.numerator % self.denominator).checked_mul(scale).map_or_else(
            || self.numerator % self.denominator / (self.denominator / scale),
            |rest| rest / self.denominator,
        );
        let numerator = i64::try_from(whole * scale + rest).context("too large a number")?;
        Ok(Ratio { numerator, denominator: scale as i64 })
    }
}

impl From<Ratio> for Exact {
    fn from(Ratio { numerator, denominator }: Ratio) -> Self {
        let (numerator, denominator) = (i128::from(numerator), i128::from(denominator));
        Exact::reduced(numerator, denominator).unwrap_or(Exact { numerator, denominator })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;

    #[test]
    fn the_cases_at_hand_all_pass() -> anyhow::Result<()> {
        let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/cases/apr.json"));
        if !file.is_file() {
            println!("skipped, no rates at hand: {} is absent", file.display());
            return Ok(());
        }
        let tally = judge_all(&serde_json::from_slice(&std::fs::read(file)?)?);
        assert!(tally.print());
        Ok(())
    }

    #[test]
    fn numbers_are_read_exactly() -> anyhow::Result<()> {
        for (value, numerator, denominator) in [
            (json!(0.25), 1, 4),
            (json!(3), 3, 1),
            (json!("31/365"), 31, 365),
            (json!("30/365.25"), 40, 487),
            (json!(1e-3), 1, 1000),
            (json!(12.0), 12, 1),
        ] {
            assert_eq!(Exact::of(&value)?.ratio()?, Ratio { numerator, denominator }, "{value}");
        }
        let step = Exact::of(&json!(0.083_333_333_333_333_33))?;
        let long = Exact::of(&json!(0.091_552_511_415_525_1))?.plus(step.times(1_199)?)?.ratio()?;
        assert_eq!(long.numerator / long.denominator, 100);
        assert!(Exact::of(&json!("1/0")).is_err());
        assert!(Exact::of(&json!(null)).is_err());
        Ok(())
    }

    #[test]
    fn each_shape_of_case_is_judged() {
        let passed = |case: Value| matches!(judge(&case), Verdict::Passed);
        let lent = |expected: f64| json!({"advance": 200, "days": 365, "payment": 212, "year_basis_days": 365, "expected_apr_pct": expected});
        assert!(passed(lent(6.0)));
        assert!(!passed(lent(6.1)));
        let flows = json!({"advances": [[0, 100], ["1/2", 50.5]], "payment_segments": [
            {"first_t_years": 1, "step_years": 1, "count": 2, "amount": 75.25}]});
        assert!(passed(json!({"flows": flows, "expected_apr_pct": 0.0})));
        let weekly = |fraction: f64| {
            json!({"amount_advanced": 70, "advance_date": "2026-05-01", "unit_periods_per_year": 52,
                "first_payment_date": "2026-05-08", "expected_apr_pct": 0,
                "payments": [{"first_t": 1, "fraction": fraction, "count": 7, "amount": 10}]})
        };
        assert!(passed(weekly(0.0)));
        assert!(!passed(weekly(0.5)));
        assert!(!passed(json!({"id": "nothing known"})));
    }
}
