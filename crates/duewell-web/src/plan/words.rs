//! Words of plans: states, installments, components, events and why money went where it went.

use duewell_documents::Speech;
use duewell_domain::apr::Convention;
use duewell_domain::money::{Currency, Money};
use duewell_domain::plan::allocation::{Because, Dueness};
use duewell_domain::plan::{
    Account, Breach, Component, Event, FeeAmount, Frequency, MoneyKind, PlanPolicy, Row, RowKey, Shifted,
    Unit,
};
use duewell_store::plan::PlanState;
use jiff::civil::Date;
use maud::Markup;

use crate::ui::{self, Tone};

/// Where a plan stands, in a word.
pub fn state(speech: &Speech, state: PlanState) -> String {
    speech.say(&format!("plan-state-{}", state.as_str().replace('_', "-"))).into_owned()
}

pub fn state_tone(state: PlanState) -> Tone {
    match state {
        PlanState::Offered => Tone::Due,
        PlanState::Active => Tone::Info,
        PlanState::Completed => Tone::Ok,
        PlanState::Cancelled | PlanState::Withdrawn => Tone::Neutral,
        PlanState::Settled => Tone::Held,
        PlanState::Broken => Tone::Overdue,
        PlanState::WrittenOff => Tone::Danger,
    }
}

pub fn state_badge(speech: &Speech, one: PlanState) -> Markup {
    ui::badge(&state(speech, one), state_tone(one))
}

/// What an installment is called: its number, or what it is.
pub fn row(speech: &Speech, key: RowKey) -> String {
    match key {
        RowKey::Regular(number) => speech.number(number.into()),
        RowKey::DownPayment(_) => speech.say("plan-row-down").into_owned(),
        RowKey::ReAged { number, .. } => speech.say_with("plan-row-new", &[("number", number.into())]),
        RowKey::Additional | RowKey::AdditionalUntil(_) => speech.say("plan-row-additional").into_owned(),
        RowKey::OddDays => speech.say("plan-row-odd").into_owned(),
    }
}

/// The same within a sentence.
pub fn row_in_words(speech: &Speech, key: RowKey) -> String {
    match key {
        RowKey::Regular(number) => speech.say_with("plan-row-number", &[("number", number.into())]),
        RowKey::DownPayment(_)
        | RowKey::ReAged { .. }
        | RowKey::Additional
        | RowKey::AdditionalUntil(_)
        | RowKey::OddDays => row(speech, key),
    }
}

/// How an installment stands on a day.
pub fn row_state(speech: &Speech, row: &Row, today: Date) -> Markup {
    let partly = row.paid.total() > 0;
    let (id, tone) = match (row.is_open(), row.due_on < today, partly) {
        (false, _, _) if row.due.total() == 0 => ("plan-row-nothing", Tone::Neutral),
        (false, _, _) if row.waived.total() > 0 => ("plan-row-given-up", Tone::Neutral),
        (false, _, _) => ("plan-row-paid", Tone::Ok),
        (true, true, _) => {
            let days = [("count", row.days_past_due(today).into())];
            return ui::badge(&speech.say_with("debtor-late", &days), Tone::Overdue);
        }
        (true, false, _) if row.due_on == today => ("plan-row-today", Tone::Due),
        (true, false, true) => ("plan-row-partly", Tone::Info),
        (true, false, false) => ("plan-row-to-come", Tone::Neutral),
    };
    ui::badge(&speech.say(id), tone)
}

pub fn component(speech: &Speech, component: Component) -> String {
    let id = match component {
        Component::Principal => "plan-principal",
        Component::Interest => "plan-interest",
        Component::Fee => "plan-fees",
        Component::Penalty => "plan-penalties",
    };
    speech.say(id).into_owned()
}

/// Why a part of a payment went to its installment.
pub fn because(speech: &Speech, because: Because, dueness: Dueness) -> String {
    let id = match (because, dueness) {
        (Because::Named, _) => "plan-because-named",
        (Because::EqualPart, _) => "plan-because-part",
        (Because::Credit, _) => "plan-because-credit",
        (Because::Order, Dueness::PastDue) => "plan-because-late",
        (Because::Order, Dueness::Due) => "plan-because-due",
        (Because::Order, Dueness::InAdvance) => "plan-because-ahead",
    };
    speech.say(id).into_owned()
}

pub fn frequency(speech: &Speech, frequency: Frequency) -> String {
    let unit = match frequency.unit {
        Unit::Days => "plan-every-days",
        Unit::Weeks => "plan-every-weeks",
        Unit::SemiMonths => "plan-every-semi-months",
        Unit::Months => "plan-every-months",
        Unit::Years => "plan-every-years",
    };
    speech.say_with(unit, &[("count", i64::from(frequency.every).into())])
}

/// What happened, in a few words.
pub fn event(speech: &Speech, event: &Event) -> String {
    let id = match event {
        Event::Advance { .. } => "plan-event-advance",
        Event::Money { kind, .. } => match kind {
            MoneyKind::Payment | MoneyKind::DownPayment => "plan-event-payment",
            MoneyKind::MerchantRefund | MoneyKind::PayoutRefund => "plan-event-refund",
            MoneyKind::GoodwillCredit => "plan-event-goodwill",
            MoneyKind::FeeAdjustment => "plan-event-fee-adjustment",
            MoneyKind::Recovery => "plan-event-recovery",
        },
        Event::CreditRefund { .. } => "plan-event-credit-refund",
        Event::Chargeback { .. } => "plan-event-chargeback",
        Event::Fee { .. } => "plan-event-fee",
        Event::LateFee { .. } => "plan-event-late-fee",
        Event::WaiveFee { .. } => "plan-event-waive",
        Event::MoveDueDate { .. } => "plan-event-move",
        Event::Extend { .. } => "plan-event-extend",
        Event::Holiday { .. } => "plan-event-holiday",
        Event::RateChange { .. } => "plan-event-rate",
        Event::InterestPause { .. } => "plan-event-pause",
        Event::ReAge { .. } => "plan-event-re-age",
        Event::ReAmortize => "plan-event-re-amortize",
        Event::Accelerate => "plan-event-accelerate",
        Event::Settle => "plan-event-settle",
        Event::WriteOff => "plan-event-write-off",
        Event::ChargeOff => "plan-event-charge-off",
        Event::Dissolve => "plan-event-dissolve",
        Event::Reverse { .. } => "plan-event-reverse",
    };
    speech.say(id).into_owned()
}

/// The figures and days of what happened, where it has any.
pub fn event_facts(speech: &Speech, event: &Event, currency: Currency) -> Option<String> {
    let money = |minor: i64| speech.money(Money::new(minor, currency));
    Some(match event {
        Event::Advance { amount }
        | Event::Money { amount, .. }
        | Event::CreditRefund { amount }
        | Event::WaiveFee { amount, .. }
        | Event::Chargeback { amount, .. } => money(*amount),
        Event::Fee { name, amount: FeeAmount::Minor(amount), .. } => format!("{name}: {}", money(*amount)),
        Event::Fee { name, amount: FeeAmount::Share { rate, .. }, .. } => {
            format!("{name}: {}", speech.rate(*rate))
        }
        Event::LateFee { installment, amount, .. } => {
            let arguments =
                [("amount", Money::new(*amount, currency).into()), ("day", (*installment).into())];
            speech.say_with("plan-fact-late-fee", &arguments)
        }
        Event::MoveDueDate { from_on, to_on, shift } => {
            let id = match shift {
                Shifted::One => "plan-fact-move",
                Shifted::Rest => "plan-fact-move-rest",
            };
            speech.say_with(id, &[("from", (*from_on).into()), ("to", (*to_on).into())])
        }
        Event::Extend { from_on, installments } => speech
            .say_with("plan-fact-extend", &[("count", (*installments).into()), ("day", (*from_on).into())]),
        Event::Holiday { from_on, installments, of } => {
            let id = match of {
                Component::Interest => "plan-fact-holiday-interest",
                Component::Principal | Component::Fee | Component::Penalty => "plan-fact-holiday",
            };
            speech.say_with(id, &[("count", (*installments).into()), ("day", (*from_on).into())])
        }
        Event::RateChange { rate } => speech.rate(*rate),
        Event::InterestPause { until_on } => {
            speech.say_with("plan-fact-until", &[("day", (*until_on).into())])
        }
        Event::ReAge { starts_on, every, installments } => {
            let every = frequency(speech, *every);
            let count = ("count", (*installments).into());
            speech.say_with(
                "plan-fact-re-age",
                &[count, ("day", (*starts_on).into()), ("every", (&every).into())],
            )
        }
        Event::Reverse { of } => speech.say_with("plan-fact-reverse", &[("number", (*of).into())]),
        Event::ReAmortize
        | Event::Accelerate
        | Event::Settle
        | Event::WriteOff
        | Event::ChargeOff
        | Event::Dissolve => return None,
    })
}

/// Which bound terms go beyond, with the bound.
pub fn breach(speech: &Speech, breach: Breach, policy: &PlanPolicy, currency: Currency) -> String {
    let money = |minor: i64| Money::new(minor, currency);
    match breach {
        Breach::InstallmentTooSmall => {
            speech.say_with("plan-breach-small", &[("amount", money(policy.least_installment_minor).into())])
        }
        Breach::TooManyInstallments => {
            speech.say_with("plan-breach-many", &[("count", policy.most_installments.into())])
        }
        Breach::FirstDueTooLate => {
            speech.say_with("plan-breach-first", &[("count", policy.first_due_within_days.into())])
        }
        Breach::DownPaymentTooSmall => {
            let share = speech.rate(policy.least_down_payment);
            speech.say_with("plan-breach-down", &[("share", (&share).into())])
        }
        Breach::RateOutOfBounds => {
            let (least, most) = (speech.rate(policy.rate), speech.rate(policy.most_rate));
            speech.say_with("plan-breach-rate", &[("least", (&least).into()), ("most", (&most).into())])
        }
        Breach::BalanceTooLarge => {
            let most = money(policy.most_balance_minor.unwrap_or(0));
            speech.say_with("plan-breach-balance", &[("amount", most.into())])
        }
    }
}

/// What the yearly rate of the law is called where it is disclosed.
pub fn rate_name(speech: &Speech, convention: Convention) -> String {
    let id = match convention {
        Convention::UsRegZActuarial => "plan-apr-us",
        Convention::EuEqualMonths | Convention::EuWeeks | Convention::EuDays365 => "plan-apr-eu",
        Convention::UkConcApp1 | Convention::UkDays365 | Convention::UkDays365And25 => "plan-apr-uk",
    };
    speech.say(id).into_owned()
}

/// How a debtor said yes; a note in somebody's own words stays as it is.
pub fn how(speech: &Speech, how: &str) -> String {
    let id = match how {
        "on their page" => "plan-how-page",
        "by phone" => "plan-how-phone",
        "in writing" => "plan-how-writing",
        "in person" => "plan-how-person",
        other => return other.to_owned(),
    };
    speech.say(id).into_owned()
}

/// Says a plan in a sentence: how many installments, how large, from when.
pub fn in_short(speech: &Speech, account: &Account, currency: Currency) -> String {
    let asking: Vec<&Row> = account.rows.iter().filter(|row| row.due.total() > 0).collect();
    let (Some(first), Some(last)) = (asking.first(), asking.last()) else {
        return speech.say("plan-short-none").into_owned();
    };
    let money = |row: &Row| Money::new(row.due.total(), currency);
    let arguments = [
        ("count", asking.len().into()),
        ("amount", money(first).into()),
        ("first", first.due_on.into()),
        ("last", money(last).into()),
        ("end", last.due_on.into()),
    ];
    let but_last = &asking[..asking.len() - 1];
    let level = but_last.iter().all(|row| row.due.total() == first.due.total());
    match (level, first.due.total() == last.due.total()) {
        (true, true) => speech.say_with("plan-short", &arguments),
        (true, false) => speech.say_with("plan-short-rest", &arguments),
        (false, _) => speech.say_with("plan-short-uneven", &arguments),
    }
}
