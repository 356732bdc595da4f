//! Cases of rates, interest and fixed sums.

use anyhow::Context as _;
use duewell_domain::late_interest::{
    DayBasis, LateDebt, Movement, PrincipalPayment, ReferenceRates, Segment, StatutoryRate, StatutoryRule,
    StatutoryRules, YearShare, greater_of_fixed_sum_and_costs, interest_through, simple_interest,
};
use duewell_domain::money::{Money, Rounding};
use duewell_domain::rate::Rate;
use jiff::civil::Date;
use serde_json::Value;

use super::words::{counts, decimals, says};
use super::{Comparison, Place, Verdict, amount};

/// Exact interest is compared with so many decimals beyond the minor unit.
const MORE_DECIMALS: u8 = 4;

/// Interest for a rate that is given: what rounding once makes of it, and what was published.
pub fn published(case: &Value, _: &Value) -> anyhow::Result<Verdict> {
    let place = match Place::of(case) {
        Ok(place) => place,
        Err(skipped) => return Ok(skipped),
    };
    let given = &case["given"];
    let principal = amount(&given["principal"], place.currency)?.context("no principal")?;
    let share = match (given["months"].as_u64(), given["days"].as_i64()) {
        (Some(months), _) => YearShare::months(u16::try_from(months)?),
        (None, Some(days)) => match basis(given) {
            Some(basis) => {
                let first = Date::constant(2026, 1, 1);
                let last = first.checked_add(jiff::Span::new().try_days(days - 1)?)?;
                basis.share(first, last)
            }
            None => return Ok(Verdict::Skipped(format!("a year of {} days", given["basis"]))),
        },
        (None, None) => return Ok(Verdict::Skipped("a period without days or months".to_owned())),
    };
    let exact = simple_interest(principal, rate(&given["rate_percent"])?.context("no rate")?, share)?;
    let rounded = exact.rounded(Rounding::HalfUp)?;
    let mut comparison = Comparison::default();
    if let Some(expected) = case["exact_unrounded"].as_str() {
        comparison.equal("exact_unrounded", expected, exact.major_text(MORE_DECIMALS)?);
    }
    comparison.amount(case, "rounded_once", rounded)?;
    // The law as last known, since published examples name no day.
    let rule = StatutoryRules::builtin().find(place.jurisdiction, place.debts, Date::MAX)?;
    let fixed_sum = rule.fixed_sum(principal)?;
    comparison.amount(given, "fixed_sum", fixed_sum)?;
    // Where others round differently on the way, `rounded_once` is what we should say.
    let theirs = amount(&case["published"]["interest"], place.currency)?;
    if case["rounded_once"].is_null() || theirs == amount(&case["rounded_once"], place.currency)? {
        comparison.amount(&case["published"], "interest", rounded)?;
        let added = if given["fixed_sum"].is_null() { Money::zero(place.currency) } else { fixed_sum };
        comparison.amount(&case["published"], "total", rounded.plus(added)?)?;
    } else if theirs == Some(rounded) {
        comparison.equal("published", "another amount than ours", rounded);
    }
    Ok(comparison.verdict())
}

/// The reference rate and the statutory rate of a day.
pub fn rate_lookup(case: &Value, _: &Value) -> anyhow::Result<Verdict> {
    let place = match Place::of(case) {
        Ok(place) => place,
        Err(skipped) => return Ok(skipped),
    };
    let starts = date(&case["interest_starts"])?;
    let rule = StatutoryRules::builtin().find(place.jurisdiction, place.debts, starts)?;
    let rates = ReferenceRates::builtin();
    let mut comparison = Comparison::default();
    if let Some(expected) = rate(&case["reference_rate_percent"])? {
        match &rule.rate {
            StatutoryRate::OverReference { series, .. } => {
                comparison.equal("reference_rate_percent", expected, rates.on(series, starts)?.rate);
            }
            StatutoryRate::None | StatutoryRate::Flat(_) => {
                comparison.equal("reference_rate_percent", expected, "none");
            }
        }
    }
    if let Some(expected) = rate(&case["statutory_rate_percent"])? {
        comparison.equal("statutory_rate_percent", expected, rule.rate_from(starts, rates)?);
    }
    Ok(comparison.verdict())
}

/// The fixed sum for a debt, for several, or beside costs.
pub fn fixed_sum(case: &Value, _: &Value) -> anyhow::Result<Verdict> {
    let place = match Place::of(case) {
        Ok(place) => place,
        Err(skipped) => return Ok(skipped),
    };
    let rule = StatutoryRules::builtin().find(place.jurisdiction, place.debts, Date::MAX)?;
    let text = case["debt"].as_str().map_or_else(|| case["debt"].to_string(), str::to_owned);
    let some_debt = Money::new(place.currency.minor_per_major(), place.currency);
    let costs = match amount(&case["legal_costs"], place.currency)? {
        None if says(&text, &["cost"]) => {
            let costs = decimals(&text).into_iter().next().context("costs without an amount")?;
            Some(Money::parse_major(&costs, place.currency)?)
        }
        costs => costs,
    };
    let debts = match Money::parse_major(&text, place.currency) {
        Ok(debt) => vec![debt],
        Err(_) if says(&text, &["instal", "invoice"]) => {
            let count = counts(&text).first().map_or(1, |(count, _)| *count);
            vec![some_debt; usize::try_from(count)?]
        }
        Err(_) if costs.is_some() || says(&text, &["any"]) => vec![some_debt],
        Err(_) => return Ok(Verdict::Skipped(format!("the debt `{text}`"))),
    };
    let fixed_sum = rule.fixed_sums_of(&debts)?.context("no debt")?;
    let recoverable = match costs {
        Some(costs) => greater_of_fixed_sum_and_costs(fixed_sum, costs)?,
        None => fixed_sum,
    };
    let mut comparison = Comparison::default();
    for (field, _) in case.as_object().into_iter().flatten() {
        if field.starts_with("fixed_sum") {
            comparison.amount(case, field, fixed_sum)?;
        } else if field.starts_with("total") {
            comparison.amount(case, field, recoverable)?;
        } else if field == "statutory_interest" {
            let debt = LateDebt { principal: debts[0], runs_from: Date::constant(2025, 1, 1), payments: &[] };
            let last = Date::constant(2025, 12, 31);
            let interest = interest_through(&debt, rule, ReferenceRates::builtin(), last)?;
            comparison.amount(case, field, interest.rounded)?;
        }
    }
    Ok(comparison.verdict())
}

/// Interest from the rates and rules of the product, from one day to another.
pub fn derived(case: &Value, _: &Value) -> anyhow::Result<Verdict> {
    let place = match Place::of(case) {
        Ok(place) => place,
        Err(skipped) => return Ok(skipped),
    };
    let (runs_from, last) = (date(&case["interest_first_day"])?, date(&case["interest_last_day"])?);
    let principal = amount(&case["principal"], place.currency)?.context("no principal")?;
    let payments = payments(&case["payments"], &place)?;
    let debt = LateDebt { principal, runs_from, payments: &payments };
    let rule = StatutoryRules::builtin().find(place.jurisdiction, place.debts, runs_from)?;
    let told = interest_through(&debt, rule, ReferenceRates::builtin(), last)?;
    let mut comparison = Comparison::default();
    if let Some(expected) = case["days"].as_i64() {
        comparison.equal("days", expected, told.days());
    }
    let expected = rates_in(&case["rate_percent"])?;
    if !expected.is_empty() {
        let mut rates: Vec<Rate> = told.segments.iter().map(|segment| segment.rate).collect();
        rates.dedup();
        comparison.equal("rate_percent", format!("{expected:?}"), format!("{rates:?}"));
    }
    if !case["basis"].is_null() {
        comparison.equal("basis", format!("{:?}", basis(case)), format!("{:?}", Some(rule.day_basis)));
    }
    comparison.amount(case, "expected_interest", told.rounded)?;
    if let Some(expected) = case["exact_unrounded"].as_str() {
        comparison.equal("exact_unrounded", expected, told.exact.major_text(MORE_DECIMALS)?);
    }
    let fixed_sum = rule.fixed_sum(principal)?;
    comparison.amount(case, "fixed_sum", fixed_sum)?;
    for field in ["total", "total_due", "expected_total"] {
        comparison.amount(case, field, told.rounded.plus(fixed_sum)?)?;
    }
    for field in ["segments", "periods", "parts"] {
        stretches(&case[field], &told.segments, &place, &mut comparison)?;
    }
    for (field, wrong) in case.as_object().into_iter().flatten() {
        let Some(reason) = field.strip_prefix("wrong_if_") else { continue };
        let Some(wrong) = amount(wrong, place.currency)? else { continue };
        if reason.contains("split") && !reason.contains("not") {
            let split = interest_through(&debt, &moving(rule), ReferenceRates::builtin(), last)?;
            comparison.equal(field, wrong, split.rounded);
        } else if wrong == told.rounded && Some(wrong) != amount(&case["expected_interest"], place.currency)?
        {
            comparison.equal(field, "another amount than ours", told.rounded);
        }
    }
    Ok(comparison.verdict())
}

/// The rule as it would be if its rate moved with the reference rate.
fn moving(rule: &StatutoryRule) -> StatutoryRule {
    let rate = match rule.rate.clone() {
        StatutoryRate::OverReference { series, margin, movement: _ } => {
            StatutoryRate::OverReference { series, margin, movement: Movement::WithReference }
        }
        rate @ (StatutoryRate::None | StatutoryRate::Flat(_)) => rate,
    };
    StatutoryRule { rate, ..rule.clone() }
}

/// Compares stretches of days where a case lists them.
fn stretches(
    expected: &Value,
    segments: &[Segment],
    place: &Place,
    comparison: &mut Comparison,
) -> anyhow::Result<()> {
    let Some(expected) = expected.as_array() else { return Ok(()) };
    comparison.equal("stretches", expected.len(), segments.len());
    for (number, (expected, segment)) in expected.iter().zip(segments).enumerate() {
        let mut field = |names: &[&str], got: String| {
            for name in names.iter().filter(|name| !expected[**name].is_null()) {
                let wanted =
                    expected[*name].as_str().map_or_else(|| expected[*name].to_string(), str::to_owned);
                comparison.equal(&format!("stretch {}, {name}", number + 1), wanted, &got);
            }
        };
        field(&["from", "first_day"], segment.from.to_string());
        field(&["to", "through", "until", "last_day"], segment.through.to_string());
        field(&["days"], segment.days.to_string());
        for name in ["rate", "rate_percent"] {
            if let Some(wanted) = rate(&expected[name])? {
                comparison.equal(&format!("stretch {}, {name}", number + 1), wanted, segment.rate);
            }
        }
        if let Some(principal) = amount(&expected["principal"], place.currency)? {
            comparison.equal(&format!("stretch {}, principal", number + 1), principal, segment.principal);
        }
    }
    Ok(())
}

fn payments(payments: &Value, place: &Place) -> anyhow::Result<Vec<PrincipalPayment>> {
    let read = |payment: &Value| {
        let on = ["on", "date", "paid_on"].iter().find_map(|name| date(&payment[*name]).ok());
        let amount = amount(&payment["amount"], place.currency)?.context("a payment without amount")?;
        Ok(PrincipalPayment { on: on.context("a payment without day")?, amount })
    };
    payments.as_array().into_iter().flatten().map(read).collect()
}

fn date(value: &Value) -> anyhow::Result<Date> {
    let text = value.as_str().context("no date")?;
    text.parse().with_context(|| format!("`{text}` is no date"))
}

fn rate(value: &Value) -> anyhow::Result<Option<Rate>> {
    Ok(match value {
        Value::String(text) => Some(text.trim_end_matches(['%', ' ']).parse()?),
        Value::Number(number) => Some(number.to_string().parse()?),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    })
}

/// Reads one rate or several: a number, a text such as `12.37, then 11.27`, a list.
fn rates_in(value: &Value) -> anyhow::Result<Vec<Rate>> {
    match value {
        Value::Array(values) => {
            Ok(values.iter().map(rate).collect::<anyhow::Result<Vec<_>>>()?.into_iter().flatten().collect())
        }
        Value::String(text) if rate(value).is_err() => {
            // A number without a point is a day or a year.
            let decimals = decimals(text).into_iter().filter(|decimal| decimal.contains('.'));
            decimals.map(|decimal| Ok(decimal.parse()?)).collect()
        }
        Value::String(_) | Value::Number(_) => Ok(rate(value)?.into_iter().collect()),
        Value::Null | Value::Bool(_) | Value::Object(_) => Ok(Vec::new()),
    }
}

/// Reads the days of a year, 365 when nothing is said.
fn basis(case: &Value) -> Option<DayBasis> {
    match &case["basis"] {
        Value::Null => Some(DayBasis::Days365),
        Value::Number(days) if days.as_u64() == Some(365) => Some(DayBasis::Days365),
        Value::Number(days) if days.as_u64() == Some(360) => Some(DayBasis::Days360),
        Value::String(text) if text.contains("act/act") || text.contains("actual/actual") => {
            Some(DayBasis::CalendarYear)
        }
        _ => None,
    }
}
