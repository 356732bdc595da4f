//! "I need time": a day is chosen, looked at once more, and then counts.

use axum::response::{IntoResponse, Response};
use duewell_engine::portal::Answer;
use jiff::civil::Date;
use maud::html;

use super::answer::{asks, give, person_needed, said};
use super::{Room, Shut, Visit, reach, value_of};
use crate::session::{OpenForm, see};
use crate::texts;
use crate::ui;

/// Asks for the day, or with `?on=…` whether it is the right one. Neither makes a promise.
pub async fn show(visit: Visit) -> Result<Response, Shut> {
    let room = visit.enter().await?;
    let page = &room.page;
    if page.items.is_empty() {
        return Ok(see(&room.address("", &[])));
    }
    if let Some(day) = page.promised_on {
        let content = html! {
            p { (room.speech.say_with("portal-promised", &[("day", day.into())])) }
            p { (room.say("portal-promise-change")) }
            (reach(room.speech, &page.creditor))
        };
        return Ok(said(&room, "portal-promise", content).into_response());
    }
    let Some(last) = page.may_promise_until else { return Ok(person_needed(&room).into_response()) };
    Ok(match room.asked("on") {
        None => choose(&room, last, "", false),
        Some(text) => match texts::day(text).filter(|day| (page.today..=last).contains(day)) {
            Some(day) => check(&room, day),
            None => choose(&room, last, text, true),
        },
    })
}

fn choose(room: &Room, last: Date, value: &str, wrong: bool) -> Response {
    let (speech, today) = (room.speech, room.page.today);
    let range = [("last", last.into())];
    let problem = speech.say_with("portal-promise-day-wrong", &range);
    let problems = if wrong { vec![("on", problem.as_str())] } else { Vec::new() };
    let (min, max) = (today.to_string(), last.to_string());
    // What is not a day would make browsers show an empty field that looks filled.
    let value = if texts::day(value).is_some_and(|day| day.to_string() == value) { value } else { "" };
    let hint = speech.say_with("portal-promise-hint", &range);
    let label = room.say("portal-promise-day");
    let field = ui::Field::new("on", &label).hint(&*hint).error(problems.first().map(|(_, text)| *text));
    let content = html! {
        p { (room.say("portal-promise-text")) }
        form method="get" action=(room.address("/promise", &[])) {
            @if let Some(chosen) = room.chosen { input type="hidden" name="lang" value=(chosen.tag()); }
            (ui::input(&field, &ui::Input::date(value).min(&min).max(&max).required()))
            (ui::button(ui::Button::Primary, &room.say("portal-continue")))
        }
        @if room.page.may_plan {
            p { a href=(room.address("/plan", &[])) { (room.say("portal-promise-plan")) } }
        } @else { p.quiet { (room.say("portal-promise-longer")) } }
    };
    asks(room, "portal-promise", &problems, content)
}

fn check(room: &Room, day: Date) -> Response {
    let total = room.totals();
    let arguments = [("amount", (&total).into()), ("day", day.into())];
    let content = html! {
        p { strong { (room.speech.say_with("portal-promise-check-text", &arguments)) } }
        p { (room.say("portal-promise-means")) }
        form method="post" action=(room.address("/promise", &[])) {
            input type="hidden" name="on" value=(day);
            (ui::button(ui::Button::Primary, &room.say("portal-promise-confirm")))
        }
        p { a href=(room.address("/promise", &[])) { (room.say("portal-promise-other")) } }
    };
    asks(room, "portal-promise-check", &[], content)
}

pub async fn take(visit: Visit, OpenForm(form): OpenForm<Vec<(String, String)>>) -> Result<Response, Shut> {
    let room = visit.enter().await?;
    if room.page.items.is_empty() {
        return Ok(see(&room.address("", &[])));
    }
    let text = value_of(&form, "on").unwrap_or("");
    let day = texts::day(text);
    match (day, room.page.may_promise_until) {
        (Some(on), None) => give(room, Answer::Promise { on }, "promised").await,
        (Some(on), Some(last)) if (room.page.today..=last).contains(&on) => {
            give(room, Answer::Promise { on }, "promised").await
        }
        (_, Some(last)) => Ok(choose(&room, last, text, true)),
        (None, None) => Ok(see(&room.address("/promise", &[]))),
    }
}
