//! The first page behind a link: what is open, what was said about it, how to pay, and what else one can do.

use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use duewell_engine::portal::Item;
use duewell_store::plan::PlanState;
use jiff::civil::Date;
use maud::{Markup, html};

use super::{First, Room, Shut, Visit, pay, plan, sums};
use crate::texts;
use crate::ui::{self, Column, Row, Table, Tone};

pub async fn show(visit: Visit) -> Result<Response, Shut> {
    let (room, kept) = match visit.first_page() {
        None => (visit.enter().await?, None),
        Some(key) => match visit.enter_first(&key).await? {
            First::Kept(page) => return Ok(html_page(page)),
            First::Fresh(room, stamp) => (*room, Some((key, stamp))),
        },
    };
    let said = room.asked("said").unwrap_or("");
    let content = match noted(&room, said) {
        Some(confirmation) => confirmation,
        None if room.page.items.is_empty() => nothing_open(&room),
        None => owed(&room),
    };
    let page = Bytes::from(room.write(content).into_string());
    if let Some((key, stamp)) = kept {
        room.app.kept.keep(key, stamp, page.clone());
    }
    Ok(html_page(page))
}

fn html_page(page: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}

/// What a person must know after an answer: what was noted, what it means, and what to do if it was a mistake.
///
/// Only what is in force is confirmed: an address that somebody typed says nothing.
fn noted(room: &Room, said: &str) -> Option<Markup> {
    let page = &room.page;
    let (what, meaning) = match said {
        "promised" => (promised(room, page.promised_on?), "portal-promised-text"),
        "paid" if page.says_paid => (room.say("portal-paid-noted"), "portal-paid-text"),
        "wrong" if page.items.iter().any(|item| item.is_disputed) => {
            (room.say("portal-wrong-noted"), "portal-wrong-text")
        }
        "plan" if page.plans.iter().any(|one| one.plan.state == PlanState::Active) => {
            (room.say("portal-plan-noted"), "portal-plan-noted-text")
        }
        "quiet" if page.is_quiet => (room.say("portal-quiet-noted"), "portal-quiet-text"),
        _ => return None,
    };
    Some(html! {
        (ui::page_head(&room.say("portal-noted"), None, None))
        (told(Tone::Ok, &what, html! { p { (room.say(meaning)) } }))
        p { (room.say("portal-noted-mistake")) }
        (room.back())
    })
}

fn promised(room: &Room, day: Date) -> String {
    room.speech.say_with("portal-promised", &[("day", day.into())])
}

/// A message with the distance of a part of the page.
fn told(tone: Tone, title: &str, body: Markup) -> Markup {
    html! { div { (ui::notice(tone, title, body)) } }
}

/// What was answered before comes first: nobody should wonder whether it arrived.
fn states(room: &Room) -> Markup {
    let page = &room.page;
    let disputed: Vec<&str> =
        page.items.iter().filter(|item| item.is_disputed).map(|item| item.number.as_str()).collect();
    let state = |tone, title: &str, text: &str| told(tone, title, html! { p { (room.say(text)) } });
    html! {
        @if let Some(day) = page.promised_on {
            (state(Tone::Held, &promised(room, day), "portal-promised-text"))
        }
        @if page.says_paid { (state(Tone::Held, &room.say("portal-paid-checking"), "portal-paid-text")) }
        @if !disputed.is_empty() {
            (told(Tone::Held, &room.say("portal-wrong-checking"), html! {
                p { (room.speech.say_with("portal-wrong-which", &[("numbers", (&disputed.join(", ")).into())])) }
                p { (room.say("portal-wrong-text")) }
            }))
        }
        @if page.is_quiet { (state(Tone::Info, &room.say("portal-quiet-noted"), "portal-quiet-text")) }
    }
}

fn head(room: &Room, lead: &str) -> Markup {
    let greeting = room.page.greeting.as_str();
    let title = match greeting {
        "" => room.say("portal-hello"),
        name => room.speech.say_with("portal-hello-name", &[("name", name.into())]),
    };
    ui::page_head(&title, Some(lead), None)
}

fn nothing_open(room: &Room) -> Markup {
    html! {
        (head(room, &room.say("portal-nothing-lead")))
        (told(Tone::Ok, &room.say("portal-nothing"), html! { p { (room.say("portal-nothing-text")) } }))
        @if room.page.is_quiet {
            (told(Tone::Info, &room.say("portal-quiet-noted"), html! { p { (room.say("portal-quiet-text")) } }))
        }
        (received(room))
    }
}

fn owed(room: &Room) -> Markup {
    let (speech, page) = (room.speech, &room.page);
    let lead = speech.say_with("portal-lead", &[("creditor", (&room.creditor).into())]);
    let is_silent =
        page.promised_on.is_some() || page.says_paid || page.items.iter().all(|one| one.is_disputed);
    html! {
        (head(room, &lead))
        (states(room))
        (plan::offers(room))
        (totals(room))
        @if has_answers(room) { p.no-print { a href="#answers" { (room.say("portal-jump")) } } }
        (plan::running(room))
        (items(room))
        (pay::section(room))
        (answers(room))
        (ui::card(&room.say("portal-next"), html! {
            p { (room.say("portal-next-paid")) }
            p { @if is_silent { (room.say("portal-next-silent")) } @else { (room.say("portal-next-late")) } }
        }))
        (received(room))
    }
}

fn totals(room: &Room) -> Markup {
    let (speech, page) = (room.speech, &room.page);
    let shown: Vec<(String, String)> = page
        .totals
        .iter()
        .map(|total| {
            let of: Vec<&Item> =
                page.items.iter().filter(|item| item.open.currency == total.currency).collect();
            let later = of.iter().filter(|item| item.due_on > page.today).count();
            let count = ("count", of.len().into());
            let note = match later {
                0 => speech.say_with("portal-total-items", &[count]),
                later => speech.say_with("portal-total-later", &[count, ("later", later.into())]),
            };
            (speech.money(*total), note)
        })
        .collect();
    let (label, now_label) = (room.say("portal-total"), room.say("portal-plan-now"));
    let mut stats: Vec<ui::Stat<'_>> = Vec::new();
    // In a plan most of it is for later: what counts now comes first.
    let now: Vec<(String, String)> = match page.items.iter().any(|item| item.plan.is_some()) {
        true => sums(&room.to_pay()).iter().map(|sum| (speech.money(*sum), until(room))).collect(),
        false => Vec::new(),
    };
    for (value, note) in &now {
        stats.push(ui::Stat { label: &now_label, value, note: Some(note), ..ui::Stat::default() });
    }
    for (value, note) in &shown {
        stats.push(ui::Stat { label: &label, value, note: Some(note), ..ui::Stat::default() });
    }
    ui::stats(&label, &stats)
}

/// The day by which what is to be paid now is due.
fn until(room: &Room) -> String {
    let last = room.to_pay().iter().map(|item| item.due_on).max();
    let day = last.map_or_else(String::new, |day| room.speech.day(day));
    let is_late = last.is_some_and(|day| day < room.page.today);
    let id = if is_late { "portal-item-was-due" } else { "portal-item-is-due" };
    room.speech.say_with(id, &[("day", (&day).into())])
}

/// What is owed outside of plans; installments stand in their plan.
fn items(room: &Room) -> Markup {
    let (speech, page) = (room.speech, &room.page);
    let own: Vec<&Item> = page.items.iter().filter(|item| item.plan.is_none()).collect();
    if own.is_empty() {
        return html! {};
    }
    let title = room.say("portal-items");
    let labels = ["portal-item-number", "portal-item-due", "portal-item-open"].map(|id| room.say(id));
    let several = own.len() > 1;
    let rows = own.iter().map(|item| {
        let due = match item.is_overdue {
            true => "portal-item-was-due",
            false => "portal-item-is-due",
        };
        let reference = texts::reference(&item.reference);
        Row::new(vec![
            html! {
                (item.number)
                @if item.is_disputed { " " (ui::badge(&room.say("portal-item-disputed"), Tone::Held)) }
            },
            html! {
                div {
                    (speech.say_with(due, &[("day", (&speech.day(item.due_on)).into())]))
                    @if several && item.reference != item.number { div.small.quiet {
                        (speech.say_with("portal-item-reference", &[("reference", (&reference).into())]))
                    } }
                }
            },
            html! {
                div {
                    (ui::amount(&speech.money(item.open)))
                    @if item.open != item.amount { div.small.quiet {
                        (speech.say_with("portal-item-of", &[("amount", item.amount.into())]))
                    } }
                }
            },
        ])
    });
    let columns = vec![Column::text(&labels[0]), Column::text(&labels[1]), Column::number(&labels[2])];
    let mut table = Table::new(&title, columns).caption_hidden().rows(rows);
    if let ([total], true) = (sums(&own).as_slice(), several) {
        table = table.total(vec![
            html! { (room.say("common-total")) },
            html! {},
            ui::amount(&speech.money(*total)),
        ]);
    }
    ui::card(&title, ui::table(&table))
}

/// Payments that arrived: whoever paid sees here that it was seen.
fn received(room: &Room) -> Markup {
    let (speech, page) = (room.speech, &room.page);
    if page.paid.is_empty() {
        return html! {};
    }
    let title = room.say("portal-received");
    let labels = ["portal-received-on", "portal-received-amount"].map(|id| room.say(id));
    let rows = page.paid.iter().map(|(day, amount)| {
        Row::new(vec![
            ui::time(&day.to_string(), &speech.day(*day)),
            html! { (ui::amount(&speech.money(*amount))) },
        ])
    });
    let columns = vec![Column::text(&labels[0]), Column::number(&labels[1])];
    let table = Table::new(&title, columns).caption_hidden().rows(rows);
    ui::card(&title, html! { p { (room.say("portal-received-text")) } (ui::table(&table)) })
}

fn has_answers(room: &Room) -> bool {
    let page = &room.page;
    !page.says_paid || page.promised_on.is_none() || page.items.iter().any(|item| !item.is_disputed)
}

/// What one can say; what was said and still counts is not asked again.
fn answers(room: &Room) -> Markup {
    let page = &room.page;
    let answer = |id: &str, place: &str| {
        ui::button_link(ui::Button::Secondary, &room.say(id), &room.address(place, &[]))
    };
    html! {
        @if has_answers(room) {
            section.card.no-print #answers {
                h2 { (room.say("portal-answers")) }
                p { (room.say("portal-answers-text")) }
                (ui::actions(html! {
                    @if !page.says_paid { (answer("portal-answer-paid", "/paid")) }
                    @if page.promised_on.is_none() { (answer("portal-answer-promise", "/promise")) }
                    @if page.may_plan { (answer("portal-answer-plan", "/plan")) }
                    @if page.items.iter().any(|item| !item.is_disputed) { (answer("portal-answer-wrong", "/wrong")) }
                }))
            }
        }
    }
}
