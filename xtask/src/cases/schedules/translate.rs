//! The inputs of a case in the product's terms. Here, and nowhere else, stands what the source's words mean.

use std::collections::BTreeMap;
use std::str::FromStr;

use anyhow::{Context as _, anyhow};
use duewell_domain::money::{Currency, Money, Rounding};
use duewell_domain::plan::allocation::{AllocationPolicy, Direction, InAdvance, Waterfall};
use duewell_domain::plan::{
    Amortization, Component, DayCount, DownPayment, Entry, Event, FeeAmount, FeeBasis, FeeTerm, FeeWhen,
    Frequency, Grace, InterestMethod, InterestTerms, LateBasis, LateFee, LateFeeAgain, LateFeeAmount, Length,
    MoneyKind, MonthEnd, Parts, Posting, Precision, Prepayment, Recalculation, Residue, RoundingTerms,
    RowKind, SegmentRounding, Shifted, Terms, Unit, late_fees, payoff, quote, replay,
};
use duewell_domain::rate::{Rate, WHOLE_PPB};
use jiff::civil::Date;
use serde_json::Value;

/// Why a case has no translation.
pub enum Untranslated {
    /// The product does not have the convention.
    Convention(String),
    Wrong(anyhow::Error),
}

impl From<anyhow::Error> for Untranslated {
    fn from(error: anyhow::Error) -> Self {
        Untranslated::Wrong(error)
    }
}

fn no_convention<T>(name: impl Into<String>) -> Result<T, Untranslated> {
    Err(Untranslated::Convention(name.into()))
}

/// A case in the product's terms.
pub struct Case {
    pub terms: Terms,
    /// How far figures may be off because the source shows rounded ones, in minor units.
    pub tolerance: i64,
    /// Whether the schedule exists before anything is lent.
    entries: Vec<Entry>,
    /// How many entries there are after each event of the timeline.
    after: Vec<usize>,
    /// What the source calls its entries.
    names: BTreeMap<u32, &'static str>,
    /// Days of business that were closed, by the number of entries before.
    closes: Vec<(usize, Date)>,
}

impl Case {
    pub fn translate(case: &Value) -> Result<Case, Untranslated> {
        let inputs = &case["inputs"];
        let terms = terms(inputs, case)?;
        let tolerance = tolerance(inputs, &terms)?;
        let mut timeline = Timeline::new(terms, inputs);
        timeline.reshape(inputs)?;
        for event in case["timeline"].as_array().into_iter().flatten() {
            timeline.add(event)?;
            timeline.after.push(timeline.entries.len());
        }
        let Timeline { terms, entries, after, names, closes, .. } = timeline;
        Ok(Case { terms, tolerance, entries, after, names, closes })
    }

    pub fn log_after(&self, events: usize) -> Vec<Entry> {
        let count = match events {
            0 => self
                .entries
                .iter()
                .take_while(|entry| matches!(entry.event, Event::MoveDueDate { .. }))
                .count(),
            events => self.after.get(events - 1).copied().unwrap_or(self.entries.len()),
        };
        self.entries[..count].to_vec()
    }

    /// Says whether something was lent and not taken back.
    pub fn is_lent(&self, log: &[Entry]) -> bool {
        is_lent(log)
    }

    /// Returns fees posted as earned by the time so many entries are in: when nothing is left to pay, and what had
    /// come due by the day before each close of business. The source posts interest apart, if at all.
    pub fn accruals(&self, entries: usize) -> anyhow::Result<Vec<(Date, Parts)>> {
        let mut posted = Parts::ZERO;
        let mut accruals = Vec::new();
        for count in 1..=entries {
            let log = &self.entries[..count];
            if !is_lent(log) {
                continue;
            }
            let entry = &log[count - 1];
            let account = replay(&self.terms, log, entry.entered_on)?;
            if account.rows.iter().all(|row| !row.is_open()) {
                let mut earned = account.earned_by(entry.entered_on)? - posted;
                earned.interest = 0;
                if earned.total() > 0 {
                    accruals.push((entry.value_on, earned));
                    posted += earned;
                }
            }
            for &(_, closed_on) in self.closes.iter().filter(|&&(after, _)| after == count) {
                let before = closed_on.yesterday()?;
                let mut earned = replay(&self.terms, log, before)?.earned_by(before)? - posted;
                earned.interest = 0;
                if earned.total() > 0 {
                    let day = log
                        .iter()
                        .filter(|entry| matches!(entry.event, Event::Fee { .. }) && entry.value_on <= before);
                    let day = day.map(|entry| entry.value_on).max().unwrap_or(before);
                    accruals.push((day, earned));
                    posted += earned;
                }
            }
        }
        Ok(accruals)
    }

    /// Returns what the source calls an entry.
    pub fn name_of(&self, number: u32) -> Option<&'static str> {
        self.names.get(&number).copied()
    }
}

fn is_lent(log: &[Entry]) -> bool {
    log.iter().any(|entry| matches!(entry.event, Event::Advance { .. }) && !is_reversed(log, entry.number))
}

fn is_reversed(log: &[Entry], number: u32) -> bool {
    log.iter().any(|entry| entry.event == Event::Reverse { of: number })
}

fn text<'v>(value: &'v Value, field: &str) -> Option<&'v str> {
    value[field].as_str()
}

fn date(value: &Value, field: &str) -> anyhow::Result<Date> {
    let text = text(value, field).with_context(|| format!("no {field}"))?;
    text.parse().with_context(|| format!("{field} is no date"))
}

fn currency(inputs: &Value) -> anyhow::Result<Currency> {
    Ok(Currency::from_str(text(inputs, "currency").unwrap_or("EUR"))?)
}

/// Reads a number of major units, written as JSON number, into minor units.
pub fn minor(value: &Value, currency: Currency) -> anyhow::Result<i64> {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Ok(Money::parse_major(&text, currency).with_context(|| format!("{text} is no amount"))?.minor)
}

fn percent(value: &Value) -> anyhow::Result<Rate> {
    let text = value.to_string();
    text.trim_matches('"').parse().with_context(|| format!("{text} is no rate"))
}

fn count(value: &Value) -> u32 {
    value.as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or(0)
}

fn terms(inputs: &Value, case: &Value) -> Result<Terms, Untranslated> {
    let currency = currency(inputs)?;
    let principal = minor(&inputs["principal"], currency)?;
    let frequency = frequency(&inputs["repay_every"], &inputs["repay_unit"])?;
    let starts_on = starts_on(inputs, case, frequency)?;
    let length = match (&inputs["fixed_installment"], &inputs["installments"]) {
        (Value::Null, Value::Null) => return no_convention("a case without installments"),
        (Value::Null, count_of) => Length::Installments(count(count_of)),
        (amount, _) => Length::InstallmentMinor(minor(amount, currency)?),
    };
    let mut terms = Terms::equal_parts(currency, principal, starts_on, 1);
    terms.length = length;
    terms.frequency = frequency;
    terms.first_due_on = first_due_on(inputs, case, starts_on, frequency)?;
    terms.month_end = match text(inputs, "month_end_due_date") {
        None | Some("LAST_DAY_OF_MONTH") => MonthEnd::Clamp,
        Some("FIRST_DAY_OF_NEXT_MONTH") => MonthEnd::Roll,
        Some(other) => return no_convention(format!("month end {other}")),
    };
    terms.amortization = match text(inputs, "amortization") {
        None | Some("equal_installments") => Amortization::EqualInstallment,
        Some("equal_principal_payments" | "equal_principal") => Amortization::EqualPrincipal,
        Some(other) => return no_convention(format!("amortization {other}")),
    };
    terms.interest = interest(inputs, case)?;
    terms.grace = Grace {
        principal: count(&inputs["grace_principal"]),
        interest: count(&inputs["grace_interest_payment"]),
        interest_free: count(&inputs["interest_free_periods"]),
        ..Grace::default()
    };
    terms.rounding = rounding(inputs, currency)?;
    if case["source"]["repo"] == "frappe/lending" {
        // Its installments are whole units of currency, the last one too.
        terms.rounding.installment_multiple = currency.minor_per_major();
        terms.rounding.last_to_multiple = true;
    }
    if !inputs["down_payment"].is_null() {
        terms.down_payment = Some(DownPayment::Share(percent(&inputs["down_payment"]["percent"])?));
    }
    let is_progressive = text(inputs, "schedule_type") == Some("progressive");
    terms.posting = if is_progressive { Posting::InTurn } else { Posting::ScheduleFirst };
    terms.allocation = allocation(inputs)?;
    terms.late_fee = late_fee(inputs)?;
    terms.fees.extend(fee_of_the_title(case, &terms)?);
    Ok(terms)
}

fn frequency(every: &Value, unit: &Value) -> Result<Frequency, Untranslated> {
    let unit = match unit.as_str() {
        Some("days") => Unit::Days,
        Some("weeks") => Unit::Weeks,
        Some("months") => Unit::Months,
        Some("years") => Unit::Years,
        other => return no_convention(format!("periods of {other:?}")),
    };
    let every = every.as_u64().and_then(|every| u16::try_from(every).ok()).context("no repay_every")?;
    Ok(Frequency { every, unit })
}

/// Returns the day periods are counted from: the day it was applied for, or of the first advance.
fn starts_on(inputs: &Value, case: &Value, frequency: Frequency) -> anyhow::Result<Date> {
    if let Some(bounds) = inputs["period_bounds"].as_array() {
        return Ok(bounds[0][0].as_str().context("a period without a date")?.parse()?);
    }
    let mut timeline = case["timeline"].as_array().into_iter().flatten();
    let lent =
        timeline.find(|event| event["op"] == "disburse").map(|event| date(event, "date")).transpose()?;
    let submitted = date(inputs, "submitted_on").ok();
    let first_due = date(inputs, "first_due_date").ok();
    if let (Some(lent), Some(first_due)) = (lent, first_due)
        && frequency.date_from(lent, 1, MonthEnd::Clamp) == Some(first_due)
    {
        return Ok(lent);
    }
    if let Some(day) = submitted.or(lent) {
        return Ok(day);
    }
    // Examples without dates: any day will do, the first of a month in a year of the length they name is one.
    let leap = text(inputs, "first_period").is_some_and(|words| words.contains("366-day"));
    Ok(match first_due {
        Some(day) => day.checked_sub(jiff::Span::new().months(1))?,
        None => jiff::civil::date(if leap { 2024 } else { 2025 }, 1, 1),
    })
}

/// Returns the first due date where it is not one period from the start.
///
/// The source notes the first due date at the end of the timeline, when it may have been moved; such a date is no term.
fn first_due_on(
    inputs: &Value,
    case: &Value,
    starts_on: Date,
    frequency: Frequency,
) -> Result<Option<Date>, Untranslated> {
    let moved =
        case["timeline"].as_array().into_iter().flatten().any(|event| {
            event["op"] == "reschedule" && event["adjusted_due_date"] == inputs["first_due_date"]
        });
    if let Some(words) = text(inputs, "first_period") {
        return odd_first_period(words, starts_on, frequency).map(Some);
    }
    let Ok(first) = date(inputs, "first_due_date") else { return Ok(None) };
    let regular = frequency.date_from(starts_on, 1, MonthEnd::Clamp);
    Ok((!moved && inputs["period_bounds"].is_null() && regular != Some(first)).then_some(first))
}

/// Reads `14 days of a 365-day year` and `3 days of a 366-day year + 1 month`.
fn odd_first_period(words: &str, starts_on: Date, frequency: Frequency) -> Result<Date, Untranslated> {
    let days = words.split_whitespace().next().and_then(|days| days.parse::<i64>().ok());
    let days = days.with_context(|| format!("no days in `{words}`"))?;
    let day = starts_on.checked_add(jiff::Span::new().days(days)).context("a date too late")?;
    if words.ends_with("+ 1 month") {
        return Ok(frequency.date_from(day, 1, MonthEnd::Clamp).context("a date too late")?);
    }
    Ok(day)
}

fn interest(inputs: &Value, case: &Value) -> Result<InterestTerms, Untranslated> {
    let is_progressive = text(inputs, "schedule_type") == Some("progressive");
    let recalculation = &inputs["interest_recalculation"];
    let recalculated = match (recalculation.is_null(), is_progressive) {
        (true, _) => Recalculation::None,
        (false, false) => match (text(recalculation, "rest"), text(recalculation, "compounding")) {
            (Some("daily"), None | Some("none")) => Recalculation::Daily,
            (rest, Some("none") | None) => return no_convention(format!("interest recalculated {rest:?}")),
            (_, Some(other)) => return no_convention(format!("late interest that compounds ({other})")),
        },
        (false, true) => match text(recalculation, "preclosure") {
            Some("till_rest_frequency_date") => Recalculation::WholePeriods,
            _ => Recalculation::Daily,
        },
    };
    let mut day_count = day_count(inputs, is_progressive)?;
    let moved = |event: &Value| event["op"] == "reschedule" && !event["adjusted_due_date"].is_null();
    if day_count == DayCount::WholePeriods360
        && case["timeline"].as_array().is_some_and(|t| t.iter().any(moved))
    {
        day_count = DayCount::PeriodsAndDays360;
    }
    // Interest by the real day, installments worked out as if all months had thirty.
    let by_the_day = text(inputs, "schedule_type") == Some("cumulative")
        && text(inputs, "interest_calc_period") == Some("daily");
    let level_day_count = by_the_day.then_some(DayCount::ThirtyDayMonths365);
    let prepayment = match text(recalculation, "advance_payment_adjust") {
        None | Some("reduce_emi" | "adjust_last_unpaid") => Prepayment::SmallerInstallments,
        Some("reduce_number_of_installments" | "reduce_nr_of_installments") => Prepayment::FewerInstallments,
        Some("reschedule_next_repayments") => Prepayment::NextInstallments,
        Some(other) => return no_convention(format!("money ahead of its time that means {other}")),
    };
    let recalculated_first = recalculated != Recalculation::None && !is_progressive;
    let each = recalculated_first || case["notes"].to_string().contains("rounded per sub-period");
    Ok(InterestTerms {
        rate: percent(&inputs["annual_rate_pct"])?,
        method: match text(inputs, "interest_type") {
            Some("flat") => InterestMethod::Flat,
            Some("declining_balance") => InterestMethod::Declining,
            other => return no_convention(format!("interest {other:?}")),
        },
        day_count,
        level_day_count,
        steps: Vec::new(),
        recalculation: recalculated,
        prepayment,
        segments: if each { SegmentRounding::Each } else { SegmentRounding::Once },
        kind: match text(inputs, "rate_kind") {
            None => duewell_domain::plan::RateKind::Nominal,
            Some("effective annual") => duewell_domain::plan::RateKind::Effective,
            Some(other) => return no_convention(format!("a rate that is {other}")),
        },
    })
}

fn day_count(inputs: &Value, is_progressive: bool) -> Result<DayCount, Untranslated> {
    let rule = &inputs["day_count"];
    let unit = text(inputs, "repay_unit").unwrap_or_default();
    if let Some(words) = text(rule, "rule") {
        return match words {
            "equal months of 1/12 year; odd days d/365 or d/366" => Ok(DayCount::MonthsAndDays),
            // Twelve equal months are what a source means that says nothing.
            "not stated" => Ok(DayCount::WholePeriods365),
            other => no_convention(format!("day count `{other}`")),
        };
    }
    let has_no_schedule_type = inputs["schedule_type"].is_null();
    if !is_progressive && !has_no_schedule_type {
        return Ok(match (text(inputs, "interest_calc_period"), unit) {
            // The source ignores the day count here: real days over 365, also in a leap year.
            (Some("daily"), _) => DayCount::Actual365,
            (_, "weeks") => DayCount::WholePeriods364,
            _ => DayCount::WholePeriods365,
        });
    }
    match (text(rule, "days_in_year"), text(rule, "days_in_month")) {
        (Some("360"), Some("30")) => Ok(DayCount::WholePeriods360),
        (Some("365"), Some("30")) => Ok(DayCount::ThirtyDayMonths365),
        (Some("364"), Some("30")) => Ok(DayCount::ThirtyDayMonths364),
        (Some("365"), Some("actual")) => Ok(DayCount::Actual365),
        (Some("364"), Some("actual")) => Ok(DayCount::Actual364),
        (Some("360"), Some("actual")) => Ok(DayCount::Actual360),
        // A day counts in the year that it ends in.
        (Some("actual"), Some("actual")) => Ok(DayCount::ActualActualEnd),
        (None, None) => Ok(DayCount::WholePeriods365),
        (year, month) => no_convention(format!("months of {month:?} days in years of {year:?} days")),
    }
}

fn rounding(inputs: &Value, currency: Currency) -> Result<RoundingTerms, Untranslated> {
    let mut rounding = RoundingTerms::default();
    match text(inputs, "rounding_mode") {
        None | Some("HALF_EVEN") => {}
        Some("HALF_UP") => {
            rounding.mode = Rounding::HalfUp;
            rounding.installment_mode = Rounding::HalfUp;
        }
        Some(words) if words.starts_with("none") => rounding.precision = Precision::Carried,
        Some(other) => return no_convention(format!("rounding {other}")),
    }
    // The source rounds installments to the multiple, not principal that is level by itself.
    let level_principal =
        matches!(text(inputs, "amortization"), Some("equal_principal_payments" | "equal_principal"));
    if let Some(multiple) = inputs["installment_multiple_of"].as_i64().filter(|_| !level_principal) {
        rounding.installment_multiple = multiple * currency.minor_per_major();
    }
    match text(inputs, "installment_rounding") {
        None => {}
        Some("up to the whole currency unit") => {
            rounding.installment_multiple = currency.minor_per_major();
            rounding.installment_mode = Rounding::Ceiling;
        }
        Some(other) => return no_convention(format!("installments rounded {other}")),
    }
    let declining = text(inputs, "interest_type") == Some("declining_balance");
    if text(inputs, "schedule_type") == Some("progressive") && declining {
        rounding.residue = Residue::Spread;
    }
    Ok(rounding)
}

fn tolerance(inputs: &Value, terms: &Terms) -> anyhow::Result<i64> {
    let words = text(inputs, "rounding_mode").unwrap_or_default();
    match words.split_once("tolerance ") {
        Some((_, amount)) => {
            let amount: String = amount.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
            minor(&Value::String(amount), terms.currency)
        }
        None => Ok(0),
    }
}

fn allocation(inputs: &Value) -> Result<AllocationPolicy, Untranslated> {
    use Component::{Fee, Interest, Penalty, Principal};
    let next = InAdvance::Next;
    let default = match text(inputs, "allocation_strategy") {
        None | Some("PENALTIES_FEES_INTEREST_PRINCIPAL_ORDER") => {
            let order = [Penalty, Fee, Interest, Principal];
            Waterfall::new(order, order, next)
        }
        Some("ADVANCED_PAYMENT_ALLOCATION") => {
            let order = [Penalty, Fee, Principal, Interest];
            Waterfall::new(order, order, next)
        }
        Some("DUE_PENALTY_FEE_INTEREST_PRINCIPAL_IN_ADVANCE_PRINCIPAL_PENALTY_FEE_INTEREST") => Waterfall {
            fees_by_their_own_date: true,
            ..Waterfall::new([Penalty, Fee, Interest, Principal], [Principal, Penalty, Fee, Interest], next)
        },
        Some("DUE_PENALTY_INTEREST_PRINCIPAL_FEE_IN_ADVANCE_PENALTY_INTEREST_PRINCIPAL_FEE") => Waterfall {
            fees_by_their_own_date: true,
            ..Waterfall::new([Penalty, Interest, Principal, Fee], [Penalty, Interest, Principal, Fee], next)
        },
        Some(other) => return no_convention(format!("allocation {other}")),
    };
    let direction = match text(inputs, "allocation_direction") {
        Some("vertical") => Direction::Vertical,
        _ => Direction::Horizontal,
    };
    let mut policy =
        AllocationPolicy { default: Waterfall { direction, ..default }, ..AllocationPolicy::default() };
    for (kind, rule) in inputs["future_allocation"].as_object().into_iter().flatten() {
        let in_advance = match rule.as_str() {
            Some("NEXT_INSTALLMENT") => InAdvance::Next,
            Some("LAST_INSTALLMENT") => InAdvance::Last,
            Some("REAMORTIZATION") => InAdvance::Spread,
            other => return no_convention(format!("money in advance to {other:?}")),
        };
        let kind = match kind.as_str() {
            "DEFAULT" => {
                policy.default.in_advance = in_advance;
                continue;
            }
            "REPAYMENT" => MoneyKind::Payment,
            "DOWN_PAYMENT" => MoneyKind::DownPayment,
            "GOODWILL_CREDIT" => MoneyKind::GoodwillCredit,
            "MERCHANT_ISSUED_REFUND" => MoneyKind::MerchantRefund,
            "PAYOUT_REFUND" => MoneyKind::PayoutRefund,
            other => return no_convention(format!("money of kind {other}")),
        };
        policy.by_kind.insert(kind, Waterfall { in_advance, direction, ..policy.default.clone() });
    }
    for component in inputs["credit_allocation_chargeback"].as_array().into_iter().flatten() {
        policy.chargeback.push(match component.as_str() {
            Some("PENALTY") => Penalty,
            Some("FEE") => Fee,
            Some("INTEREST") => Interest,
            Some("PRINCIPAL") => Principal,
            other => return no_convention(format!("credits of {other:?}")),
        });
    }
    Ok(policy)
}

/// Reads `… plus 25 card fee in month 1` from the title, where the fee of one example stands.
fn fee_of_the_title(case: &Value, terms: &Terms) -> Result<Option<FeeTerm>, Untranslated> {
    let title = case["source"]["scenario"].as_str().unwrap_or_default();
    let Some((amount, rest)) = title.split_once(" plus ").and_then(|(_, rest)| rest.split_once(' ')) else {
        return Ok(None);
    };
    let Some((name, month)) = rest.split_once(" fee in month ") else { return Ok(None) };
    let month: u32 = month.trim().parse().context("a fee in no month")?;
    let due_on =
        terms.frequency.date_from(terms.starts_on, month, terms.month_end).context("a date too late")?;
    Ok(Some(FeeTerm {
        name: name.to_owned(),
        component: Component::Fee,
        amount: FeeAmount::Minor(minor(&Value::String(amount.to_owned()), terms.currency)?),
        when: FeeWhen::On(due_on),
        at_most: None,
    }))
}

fn late_fee(inputs: &Value) -> Result<Option<LateFee>, Untranslated> {
    let charge = &inputs["product_charge"];
    if charge.is_null() {
        return Ok(None);
    }
    let of = match (text(charge, "kind"), text(charge, "basis")) {
        (Some("overdue_penalty"), Some("overdue_principal_plus_interest")) => LateBasis::PrincipalAndInterest,
        (Some("overdue_penalty"), Some("overdue_principal")) => LateBasis::Principal,
        (kind, basis) => return no_convention(format!("a charge of {kind:?} on {basis:?}")),
    };
    let amount = match &charge["percent"] {
        Value::Null => return no_convention("an overdue charge without a percentage"),
        share => LateFeeAmount::Share { rate: percent(share)?, of },
    };
    Ok(Some(LateFee {
        amount,
        grace_days: 0,
        again: LateFeeAgain::Never,
        most_per_installment: None,
        most_share_of_plan: None,
        most_per_plan: None,
    }))
}

/// A log that grows with the timeline of a case.
struct Timeline<'v> {
    terms: Terms,
    inputs: &'v Value,
    entries: Vec<Entry>,
    after: Vec<usize>,
    names: BTreeMap<u32, &'static str>,
    closes: Vec<(usize, Date)>,
}

impl<'v> Timeline<'v> {
    fn new(terms: Terms, inputs: &'v Value) -> Self {
        Timeline {
            terms,
            inputs,
            entries: Vec::new(),
            after: Vec::new(),
            names: BTreeMap::new(),
            closes: Vec::new(),
        }
    }

    fn enter(&mut self, value_on: Date, entered_on: Date, event: Event) -> u32 {
        let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX) + 1;
        self.entries.push(Entry { number, value_on, entered_on, event });
        number
    }

    /// Enters the moves that make regular periods the ones a case gives.
    fn reshape(&mut self, inputs: &Value) -> Result<(), Untranslated> {
        self.set_length(inputs)?;
        let Some(bounds) = inputs["period_bounds"].as_array() else { return Ok(()) };
        let start = self.terms.starts_on;
        for (index, bound) in bounds.iter().enumerate() {
            let wanted: Date =
                bound[1].as_str().context("a period without an end")?.parse().context("no date")?;
            let account = quote_with(&self.terms, &self.entries)?;
            let due_on = account.rows.get(index).context("more periods than installments")?.due_on;
            if due_on != wanted {
                let event = Event::MoveDueDate { from_on: due_on, to_on: wanted, shift: Shifted::Rest };
                self.enter(start, start, event);
            }
        }
        Ok(())
    }

    /// Moves the last due date to where a plan of a length of its own ends.
    fn set_length(&mut self, inputs: &Value) -> Result<(), Untranslated> {
        let in_days = &inputs["fixed_length_days"];
        let length = if in_days.is_null() { &inputs["fixed_length"] } else { in_days };
        if length.is_null() {
            return Ok(());
        }
        let unit = if in_days.is_null() { self.terms.frequency.unit } else { Unit::Days };
        let (start, every) = (self.terms.starts_on, Frequency { every: 1, unit });
        let to_on = every.date_from(start, count(length), MonthEnd::Clamp).context("a date too late")?;
        let last = quote_with(&self.terms, &[])?.matures_on().context("no installments")?;
        if last != to_on {
            let event = Event::MoveDueDate { from_on: last, to_on, shift: Shifted::One };
            self.enter(start, start, event);
        }
        Ok(())
    }

    fn add(&mut self, event: &Value) -> Result<(), Untranslated> {
        let today = date(event, "business_date")?;
        let on = date(event, "date").unwrap_or(today);
        let amount = |timeline: &Self| minor(&event["amount"], timeline.terms.currency);
        match text(event, "op").unwrap_or_default() {
            "disburse" => {
                let amount = amount(self)?;
                self.disburse(on, today, amount)?;
            }
            "repayment" => self.money(MoneyKind::Payment, "Repayment", on, today, amount(self)?),
            "goodwill_credit" => {
                self.money(MoneyKind::GoodwillCredit, "Goodwill Credit", on, today, amount(self)?);
            }
            "merchant_issued_refund" => {
                self.money(MoneyKind::MerchantRefund, "Merchant Issued Refund", on, today, amount(self)?);
            }
            "charge_adjustment" => {
                self.money(MoneyKind::FeeAdjustment, "Charge Adjustment", on, today, amount(self)?);
            }
            "undo_charge_adjustment" => self.undo_kind(event, today, MoneyKind::FeeAdjustment)?,
            "undo_last_disbursal" => {
                self.undo_last(today, |event| matches!(event, Event::Advance { .. }))?;
            }
            "payout_refund" => self.money(MoneyKind::PayoutRefund, "Payout Refund", on, today, amount(self)?),
            "payoff" => {
                let amount = payoff(&self.terms, &self.entries, on).map_err(anyhow::Error::from)?.total();
                self.money(MoneyKind::Payment, "Repayment", on, today, amount);
            }
            "credit_balance_refund" => {
                let amount = amount(self)?;
                let number = self.enter(on, today, Event::CreditRefund { amount });
                self.names.insert(number, "Credit Balance Refund");
            }
            "chargeback" => {
                let amount = amount(self)?;
                let of = self.payment_named(text(event, "of").unwrap_or_default(), amount)?;
                let number = self.enter(on, today, Event::Chargeback { of, amount });
                self.names.insert(number, "Chargeback");
            }
            "charge_off" => {
                let number = self.enter(on, today, Event::ChargeOff);
                self.names.insert(number, "Charge-off");
            }
            "re_age" => {
                let event = Event::ReAge {
                    starts_on: date(event, "start_date")?,
                    every: frequency(&event["every"], &event["unit"])?,
                    installments: count(&event["installments"]),
                };
                let number = self.enter(on, today, event);
                self.names.insert(number, "Re-age");
            }
            "re_amortize" => {
                let number = self.enter(on, today, Event::ReAmortize);
                self.names.insert(number, "Re-amortize");
            }
            "add_charge" => self.charge(event, today)?,
            "waive_charge" => self.waive(today)?,
            "undo_waive_charge" => self.undo_last(today, |event| matches!(event, Event::WaiveFee { .. }))?,
            "undo_charge_off" => self.undo_last(today, |event| *event == Event::ChargeOff)?,
            "undo_re_age" => self.undo_last(today, |event| matches!(event, Event::ReAge { .. }))?,
            "undo_re_amortize" => self.undo_last(today, |event| *event == Event::ReAmortize)?,
            "undo_payout_refund" => self.undo_kind(event, today, MoneyKind::PayoutRefund)?,
            "undo_merchant_issued_refund" => self.undo_kind(event, today, MoneyKind::MerchantRefund)?,
            "undo_goodwill_credit" => self.undo_kind(event, today, MoneyKind::GoodwillCredit)?,
            "undo_disbursal" => {
                let advances: Vec<u32> = self
                    .entries
                    .iter()
                    .filter(|entry| matches!(entry.event, Event::Advance { .. }))
                    .map(|entry| entry.number)
                    .collect();
                for of in advances {
                    self.enter(today, today, Event::Reverse { of });
                }
            }
            "undo_transaction" => self.undo(event, today)?,
            "reschedule" => self.reschedule(event, today)?,
            "change_rate" => {
                // A day's interest is counted at its end: the rate of a day starts where the day before it ends.
                let on = date(event, "effective")?.yesterday().context("no day before it")?;
                let rate = percent(&event["new_annual_rate_pct"])?;
                self.enter(on, today, Event::RateChange { rate });
            }
            "interest_pause" => {
                let from = date(event, "from").or_else(|_| date(event, "start_date"))?;
                let until = date(event, "to").or_else(|_| date(event, "end_date"))?;
                let from = from.yesterday().context("no day before it")?;
                self.enter(from, today, Event::InterestPause { until_on: until });
            }
            "close_of_business" => {
                let fees = late_fees(&self.terms, &self.entries, today).map_err(anyhow::Error::from)?;
                for fee in fees {
                    self.enter(fee.0, today, fee.1);
                }
                self.closes.push((self.entries.len(), today));
            }
            other => return no_convention(format!("the event {other}")),
        }
        Ok(())
    }

    /// Lends, and books the down payment where it is paid at once, as far as no credit covers it.
    fn disburse(&mut self, on: Date, today: Date, amount: i64) -> Result<(), Untranslated> {
        let credit = if is_lent(&self.entries) {
            replay(&self.terms, &self.entries, today).map_err(anyhow::Error::from)?.credit
        } else {
            0
        };
        let multiple = self.terms.rounding.installment_multiple;
        if let (Posting::ScheduleFirst, Some(DownPayment::Share(rate))) =
            (self.terms.posting, self.terms.down_payment)
            && amount * rate.ppb % (multiple * WHOLE_PPB) != 0
        {
            // The source rounds the down payment and works installments out from the exact share.
            return no_convention("a down payment that is rounded apart from the installments");
        }
        let number = self.enter(on, today, Event::Advance { amount });
        self.names.insert(number, "Disbursement");
        if self.inputs["down_payment"]["auto_paid"] != true {
            return Ok(());
        }
        let account = replay(&self.terms, &self.entries, today).map_err(anyhow::Error::from)?;
        let row = account.rows.iter().rfind(|row| row.kind == RowKind::DownPayment && row.from_on == on);
        let down = row.context("no down payment was asked for")?.due.principal - credit;
        if down > 0 {
            self.money(MoneyKind::DownPayment, "Down Payment", on, today, down);
        }
        Ok(())
    }

    fn money(&mut self, kind: MoneyKind, name: &'static str, on: Date, today: Date, amount: i64) {
        let number = self.enter(on, today, Event::Money { kind, amount, names: None, ahead: None });
        self.names.insert(number, name);
    }

    /// Finds `payment 2`: the second of the payments that are no down payments; one that is large enough for the amount.
    fn payment_named(&self, name: &str, amount: i64) -> Result<u32, Untranslated> {
        let nth = name.strip_prefix("payment ").and_then(|nth| nth.parse::<usize>().ok());
        let nth = nth.with_context(|| format!("`{name}` names no payment"))?;
        let payments = self.entries.iter().filter_map(|entry| match entry.event {
            Event::Money { kind, amount, .. } if kind != MoneyKind::DownPayment => {
                Some((entry.number, amount))
            }
            _ => None,
        });
        let mut large_enough = payments.skip(nth.saturating_sub(1)).filter(|&(_, paid)| paid >= amount);
        Ok(large_enough.next().with_context(|| format!("no {name} of that amount"))?.0)
    }

    fn charge(&mut self, event: &Value, today: Date) -> Result<(), Untranslated> {
        let component = match text(event, "kind") {
            Some("fee") => Component::Fee,
            Some("penalty") => Component::Penalty,
            other => return no_convention(format!("a charge of kind {other:?}")),
        };
        let mut when = FeeWhen::Signing;
        let amount = if !event["amount"].is_null() {
            FeeAmount::Minor(minor(&event["amount"], self.terms.currency)?)
        } else if !event["percent_of_principal_plus_interest"].is_null() {
            let rate = percent(&event["percent_of_principal_plus_interest"])?;
            FeeAmount::Share { rate, of: FeeBasis::PrincipalAndInterest }
        } else if !event["percent"].is_null() {
            let of = match text(event, "basis") {
                Some("each installment principal+interest") => {
                    when = FeeWhen::EachInstallment;
                    FeeBasis::PrincipalAndInterest
                }
                Some("principal+interest") => FeeBasis::PrincipalAndInterest,
                Some("principal" | "amount") => FeeBasis::Principal,
                Some("interest") => FeeBasis::Interest,
                other => return no_convention(format!("a charge on {other:?}")),
            };
            FeeAmount::Share { rate: percent(&event["percent"])?, of }
        } else {
            return no_convention("a charge without an amount");
        };
        let due_on = date(event, "due_date").unwrap_or(today);
        let name = text(event, "charge").unwrap_or("charge").to_owned();
        self.enter(due_on, today, Event::Fee { name, component, amount, when });
        Ok(())
    }

    fn waive(&mut self, today: Date) -> Result<(), Untranslated> {
        let fee = self.entries.iter().rfind(|entry| matches!(entry.event, Event::Fee { .. }));
        let of = fee.context("no charge to waive")?.number;
        let account = replay(&self.terms, &self.entries, today).map_err(anyhow::Error::from)?;
        let amount = account.open_fee(of);
        let number = self.enter(today, today, Event::WaiveFee { of, amount });
        self.names.insert(number, "Waive loan charges");
        Ok(())
    }

    fn undo_last(&mut self, today: Date, is_it: impl Fn(&Event) -> bool) -> Result<(), Untranslated> {
        let found = self
            .entries
            .iter()
            .rfind(|entry| is_it(&entry.event) && !is_reversed(&self.entries, entry.number));
        let of = found.context("nothing to undo")?.number;
        self.enter(today, today, Event::Reverse { of });
        Ok(())
    }

    /// Takes back the last money of a kind: of the day and the amount, where they are given.
    fn undo_kind(&mut self, event: &Value, today: Date, wanted: MoneyKind) -> Result<(), Untranslated> {
        let on = date(event, "date").or_else(|_| date(event, "on")).ok();
        let of_amount = match &event["amount"] {
            Value::Null => None,
            amount => Some(minor(amount, self.terms.currency)?),
        };
        let found = self.entries.iter().rfind(|entry| {
            matches!(entry.event, Event::Money { kind, amount, .. }
                if kind == wanted && of_amount.is_none_or(|wanted| wanted == amount))
                && on.is_none_or(|on| on == entry.value_on)
                && !is_reversed(&self.entries, entry.number)
        });
        let of = match found {
            Some(entry) => entry.number,
            // The day may be the one on which it was taken back.
            None => {
                return self
                    .undo_last(today, |event| matches!(event, Event::Money { kind, .. } if *kind == wanted));
            }
        };
        self.enter(today, today, Event::Reverse { of });
        Ok(())
    }

    fn undo(&mut self, event: &Value, today: Date) -> Result<(), Untranslated> {
        let nth = event["nth"].as_u64().context("no nth")? as usize;
        let on = date(event, "on")?;
        let among = text(event, "nth_among").unwrap_or_default();
        let wanted = text(event, "type");
        let plain = among.contains("plain repayments of the loan");
        let mut listed: Vec<&Entry> =
            self.entries.iter().filter(|entry| self.names.contains_key(&entry.number)).collect();
        listed.sort_by_key(|entry| (entry.value_on, entry.number));
        let mut listed = listed.into_iter().filter(|entry| {
            let name = self.names[&entry.number];
            if plain {
                name == "Repayment"
            } else {
                entry.value_on == on && wanted.is_none_or(|wanted| wanted == name)
            }
        });
        let of = listed
            .nth(nth.saturating_sub(1))
            .with_context(|| format!("no transaction {nth} on {on}"))?
            .number;
        self.enter(today, today, Event::Reverse { of });
        Ok(())
    }

    fn reschedule(&mut self, event: &Value, today: Date) -> Result<(), Untranslated> {
        let from_on = date(event, "from_date")?;
        if let Ok(to_on) = date(event, "adjusted_due_date") {
            let event = Event::MoveDueDate { from_on, to_on, shift: Shifted::Rest };
            self.enter(today, today, event);
        }
        let principal = Event::Holiday {
            from_on,
            installments: count(&event["grace_principal"]),
            of: Component::Principal,
        };
        let interest = Event::Holiday {
            from_on,
            installments: count(&event["grace_interest"]),
            of: Component::Interest,
        };
        let extend = Event::Extend { from_on, installments: count(&event["extra_installments"]) };
        for (field, change) in
            [("grace_principal", principal), ("grace_interest", interest), ("extra_installments", extend)]
        {
            if count(&event[field]) > 0 {
                self.enter(today, today, change);
            }
        }
        if !event["new_annual_rate_pct"].is_null() {
            let rate = percent(&event["new_annual_rate_pct"])?;
            let mut rate_from = from_on.yesterday().context("no day before it")?;
            if self.terms.posting == Posting::ScheduleFirst {
                // The installment that is due then is the first whose whole period bears the new rate.
                let account = replay(&self.terms, &self.entries, today).map_err(anyhow::Error::from)?;
                let row = account.rows.iter().find(|row| row.due_on >= from_on);
                rate_from = row.context("no installment to come")?.from_on;
            }
            self.enter(rate_from, today, Event::RateChange { rate });
        }
        Ok(())
    }
}

/// Returns the schedule before anything is lent, with moves of dates.
fn quote_with(terms: &Terms, moves: &[Entry]) -> anyhow::Result<duewell_domain::plan::Account> {
    if moves.is_empty() {
        return Ok(quote(terms)?);
    }
    let mut entries = moves.to_vec();
    let number = u32::try_from(entries.len()).unwrap_or(u32::MAX) + 1;
    let event = Event::Advance { amount: terms.principal };
    entries.push(Entry { number, value_on: terms.starts_on, entered_on: terms.starts_on, event });
    Ok(replay(terms, &entries, terms.starts_on)?)
}

impl From<Untranslated> for anyhow::Error {
    fn from(untranslated: Untranslated) -> Self {
        match untranslated {
            Untranslated::Convention(name) => anyhow!("{name}"),
            Untranslated::Wrong(error) => error,
        }
    }
}
