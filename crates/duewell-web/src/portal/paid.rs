//! "I have paid": since when, and what helps to find it.

use axum::response::{IntoResponse, Response};
use duewell_engine::portal::Answer;
use maud::html;

use super::answer::{asks, give, person_needed, said, too_long};
use super::{Room, Shut, Visit, value_of};
use crate::session::{OpenForm, see};
use crate::texts;
use crate::ui;

pub async fn show(visit: Visit) -> Result<Response, Shut> {
    let room = visit.enter().await?;
    if room.page.items.is_empty() {
        return Ok(see(&room.address("", &[])));
    }
    if room.page.says_paid {
        let content = html! {
            p { (room.say("portal-paid-checking")) }
            p { (room.say("portal-paid-text")) }
        };
        return Ok(said(&room, "portal-paid", content).into_response());
    }
    if !room.page.may_say_paid {
        return Ok(person_needed(&room).into_response());
    }
    Ok(ask(&room, "", "", None, None))
}

fn ask(
    room: &Room,
    day: &str,
    words: &str,
    day_wrong: Option<String>,
    words_wrong: Option<String>,
) -> Response {
    let problems: Vec<(&str, &str)> = [("on", &day_wrong), ("note", &words_wrong)]
        .into_iter()
        .filter_map(|(field, text)| Some((field, text.as_deref()?)))
        .collect();
    let optional = room.say("portal-optional");
    let (day_label, words_label) = (room.say("portal-paid-day"), room.say("portal-paid-words"));
    let hint = room.say("portal-paid-hint");
    let max = room.page.today.to_string();
    let day_field = ui::Field::new("on", &day_label).optional(&optional).error(day_wrong.as_deref());
    let words_field =
        ui::Field::new("note", &words_label).optional(&optional).hint(&*hint).error(words_wrong.as_deref());
    let content = html! {
        p { (room.say("portal-paid-intro")) }
        form method="post" action=(room.address("/paid", &[])) {
            (ui::input(&day_field, &ui::Input::date(day).max(&max)))
            (ui::textarea(&words_field, 4, words))
            (ui::button(ui::Button::Primary, &room.say("portal-send")))
        }
    };
    asks(room, "portal-paid", &problems, content)
}

pub async fn take(visit: Visit, OpenForm(form): OpenForm<Vec<(String, String)>>) -> Result<Response, Shut> {
    let room = visit.enter().await?;
    if room.page.items.is_empty() {
        return Ok(see(&room.address("", &[])));
    }
    let day = value_of(&form, "on").unwrap_or("").trim();
    let words = value_of(&form, "note").unwrap_or("");
    let on = texts::day(day);
    let is_wrong = !day.is_empty() && on.is_none_or(|on| on > room.page.today);
    let day_wrong = is_wrong.then(|| room.say("portal-paid-day-wrong"));
    let words_wrong = too_long(&room, words);
    if day_wrong.is_some() || words_wrong.is_some() {
        return Ok(ask(&room, day, words, day_wrong, words_wrong));
    }
    give(room, Answer::Paid { on, note: words.to_owned() }, "paid").await
}
