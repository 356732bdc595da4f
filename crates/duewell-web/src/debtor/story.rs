//! What happened with a debtor, in the reader's words: every contact, payment, answer and silence.

use duewell_domain::dunning::Reason;
use duewell_domain::hold::HoldReason;
use duewell_domain::money::{Currency, Money};
use duewell_engine::proof::TimelineEvent;
use jiff::civil::Date;
use maud::{Markup, html};
use serde_json::Value;

use super::Page;
use crate::plan;
use crate::session::Staff;
use crate::texts;
use crate::ui::{self, Event, Icon, Tone};

/// Shows the newest `limit` events, newest first.
pub(super) fn timeline(staff: &Staff, page: &Page, limit: usize) -> Markup {
    let speech = staff.speech;
    // The exact bytes of an attempt belong to the case file; here its outcome tells enough.
    let told: Vec<&TimelineEvent> =
        page.story.iter().rev().filter(|event| event.kind != "notice.attempt").collect();
    let events: Vec<Event<'_>> = told.iter().take(limit).map(|event| one(staff, page, event)).collect();
    html! {
        div #story {
            @if events.is_empty() { p { (speech.say("story-empty")) } } @else { (ui::timeline(&speech.say("debtor-story"), &events)) }
            @if told.len() > events.len() {
                p { a href="?all=1#story" { (speech.say_with("story-all", &[("count", told.len().into())])) } }
            }
        }
    }
}

fn one<'a>(staff: &'a Staff, page: &Page, event: &'a TimelineEvent) -> Event<'a> {
    let speech = staff.speech;
    let (icon, tone) = look(&event.kind);
    let id = format!("event-{}", event.kind.replace(['.', '_'], "-"));
    let title = if speech.knows(&id) { speech.say(&id).into_owned() } else { event.kind.clone() };
    let facts = event.facts.as_ref();
    let (icon, tone) = match facts.and_then(|facts| text(facts, "state")) {
        Some("failed") => (Icon::Warning, Tone::Danger),
        Some("unknown") => (Icon::Warning, Tone::Due),
        _ => (icon, tone),
    };
    Event {
        icon,
        tone,
        title: html! { (title) @if let Some(who) = who(staff, &event.actor) { " " span.quiet.small { (who) } } },
        at: ui::time(&event.at.to_string(), &speech.moment(event.at, &staff.zone)),
        body: facts.and_then(|facts| body(staff, page, &event.kind, facts)),
        details: None,
    }
}

/// Who did it: the machine is not named, people and the holder of a link are.
fn who(staff: &Staff, actor: &str) -> Option<String> {
    let speech = staff.speech;
    match actor.split_once(':') {
        Some(("user", name)) => Some(speech.say_with("story-by", &[("who", name.into())])),
        Some(("link", _)) => Some(speech.say("story-by-link").into_owned()),
        _ => None,
    }
}

fn look(kind: &str) -> (Icon, Tone) {
    match kind {
        "debtor.imported" | "debtor.changed" | "receivable.imported" | "receivable.changed" => {
            (Icon::Import, Tone::Neutral)
        }
        "receivable.withdrawn" => (Icon::Remove, Tone::Neutral),
        "notice.decided" => (Icon::Mail, Tone::Info),
        "notice.refused" => (Icon::Refused, Tone::Neutral),
        "notice.outcome" | "notice.settled" => (Icon::Mail, Tone::Ok),
        "notice.withdrawn" => (Icon::Return, Tone::Neutral),
        "notice.interrupted" => (Icon::Warning, Tone::Due),
        "payment.booked" | "payment.recorded" | "payment.matched" => (Icon::Payment, Tone::Ok),
        "payment.queued" => (Icon::Payment, Tone::Due),
        "payment.unmatched" => (Icon::Return, Tone::Due),
        "case.cured" => (Icon::Done, Tone::Ok),
        "hold.placed" => (Icon::Hold, Tone::Held),
        "hold.released" => (Icon::Next, Tone::Neutral),
        "debtor.promised" => (Icon::Promise, Tone::Held),
        "debtor.says_paid" => (Icon::Payment, Tone::Held),
        "debtor.disputed" => (Icon::Dispute, Tone::Held),
        "plan.offered" | "plan.changed" | "plan.late_fee" => (Icon::Plan, Tone::Info),
        "plan.accepted" | "plan.completed" => (Icon::Plan, Tone::Ok),
        "plan.broken" => (Icon::Plan, Tone::Overdue),
        "plan.withdrawn" => (Icon::Plan, Tone::Neutral),
        "note.added" => (Icon::Note, Tone::Neutral),
        "link.made" | "link.ended" | "contact.consent" => (Icon::Person, Tone::Neutral),
        _ => (Icon::Info, Tone::Neutral),
    }
}

fn text<'a>(facts: &'a Value, name: &str) -> Option<&'a str> {
    facts.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn money(facts: &Value, name: &str) -> Option<Money> {
    let money = facts.get(name)?;
    let currency: Currency = money.get("currency")?.as_str()?.parse().ok()?;
    Some(Money::new(money.get("minor")?.as_i64()?, currency))
}

fn day(facts: &Value, name: &str) -> Option<Date> {
    text(facts, name)?.parse().ok()
}

/// The telling part of what was written down.
fn body(staff: &Staff, page: &Page, kind: &str, facts: &Value) -> Option<Markup> {
    let speech = staff.speech;
    let amount = |name: &str| money(facts, name).map(|money| ui::amount(&speech.money(money)));
    let until =
        |name: &str| day(facts, name).map(|day| speech.say_with("story-until", &[("day", day.into())]));
    Some(match kind {
        "receivable.imported" | "receivable.changed" | "receivable.withdrawn" => html! {
            (text(facts, "number")?) " · " (amount("amount")?)
            @if let Some(day) = day(facts, "due_on") { " · " (speech.say_with("story-due", &[("day", day.into())])) }
        },
        "notice.decided" => html! {
            (texts::kind_word(speech, text(facts, "kind")?)) " · " (amount("total")?)
            " · " span.break-anywhere { (text(facts, "to").unwrap_or("")) }
            @if let Some(notice) = text(facts, "notice") {
                " · " a lang=[text(facts, "language")] href={ "/mail/" (page.account.debtor.id) "/" (notice) } { (text(facts, "subject").unwrap_or("")) }
            }
        },
        "notice.refused" => {
            let code = text(facts, "because")?;
            let words = code
                .parse::<Reason>()
                .map_or_else(|_| code.to_owned(), |reason| texts::reason(speech, reason));
            html! {
                (words)
                @if let Some(day) = day(facts, "look_again_on") { " · " (speech.say_with("why-next-look", &[("day", day.into())])) }
            }
        }
        "notice.outcome" | "notice.withdrawn" | "notice.interrupted" | "notice.settled" => {
            let state = text(facts, "state").and_then(|state| state.parse().ok());
            let because = text(facts, "because").map(|code| {
                code.parse::<Reason>()
                    .map_or_else(|_| code.to_owned(), |reason| texts::reason(speech, reason))
            });
            html! {
                @if let Some(state) = state { (texts::notice_state(speech, state)) }
                @if let Some(because) = because { " " (because) }
            }
        }
        "payment.booked" | "payment.queued" | "payment.recorded" | "payment.matched"
        | "payment.unmatched" | "payment.ignored" => html! {
            (amount("amount")?)
            @if let Some(payer) = text(facts, "payer") { " · " (payer) }
            @if let Some(words) = text(facts, "remittance") { " · " span.break-anywhere { (words) } }
        },
        "hold.placed" | "hold.released" => {
            let reason: HoldReason = text(facts, "reason")?.parse().ok()?;
            html! {
                (texts::hold(speech, reason))
                @if let Some(until) = until("until_on") { " " (until) }
                @if let Some(note) = text(facts, "note") { ": " (note) }
            }
        }
        kind if kind.starts_with("plan.") => html! {
            a href={ "/plans/" (text(facts, "plan")?) } { (text(facts, "number")?) }
            @if let (Some(change), "plan.changed") = (facts.get("change"), kind)
                && let Ok(change) = serde_json::from_value(change.clone()) {
                " · " (plan::words::event(speech, &change))
            }
            @if let Some(words) = text(facts, "because") { ": " (words) }
        },
        "debtor.promised" => {
            html! { (speech.say_with("story-pay-on", &[("day", day(facts, "on")?.into())])) }
        }
        "debtor.says_paid" => html! {
            @if let Some(day) = day(facts, "on") { (speech.say_with("story-paid-on", &[("day", day.into())])) " " }
            (text(facts, "note").unwrap_or(""))
        },
        "debtor.disputed" | "note.added" => html! { span.pre { (text(facts, "note")?) } },
        "contact.consent" => {
            let id = match text(facts, "consent")? {
                "refused" => "debtor-opted-out",
                _ => "story-consent-given",
            };
            html! { (speech.say(id)) " · " span.break-anywhere { (text(facts, "value").unwrap_or("")) } }
        }
        _ => return None,
    })
}
