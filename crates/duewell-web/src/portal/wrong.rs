//! "This is wrong": which of it, and what.

use axum::response::{IntoResponse, Response};
use duewell_domain::id::ReceivableId;
use duewell_engine::portal::Answer;
use maud::html;

use super::answer::{asks, give, said, too_long};
use super::{Room, Shut, Visit, value_of};
use crate::session::{OpenForm, see};
use crate::ui;

/// The choice that means everything.
const ALL: &str = "all";

pub async fn show(visit: Visit) -> Result<Response, Shut> {
    let room = visit.enter().await?;
    if room.page.items.is_empty() {
        return Ok(see(&room.address("", &[])));
    }
    if room.page.items.iter().all(|item| item.is_disputed) {
        let content = html! {
            p { (room.say("portal-wrong-checking")) }
            p { (room.say("portal-wrong-text")) }
        };
        return Ok(said(&room, "portal-wrong", content).into_response());
    }
    Ok(ask(&room, "", "", None, None))
}

fn ask(
    room: &Room,
    which: &str,
    words: &str,
    which_wrong: Option<String>,
    words_wrong: Option<String>,
) -> Response {
    let speech = room.speech;
    let problems: Vec<(&str, &str)> = [("which", &which_wrong), ("note", &words_wrong)]
        .into_iter()
        .filter_map(|(field, text)| Some((field, text.as_deref()?)))
        .collect();
    let open: Vec<(String, String, String)> = room
        .page
        .items
        .iter()
        .filter(|item| !item.is_disputed)
        .map(|item| {
            let due = speech.day(item.due_on);
            let hint = [("amount", item.open.into()), ("day", (&due).into())];
            (item.id.to_string(), item.number.clone(), speech.say_with("portal-wrong-item", &hint))
        })
        .collect();
    let everything = room.say("portal-wrong-all");
    let mut choices: Vec<ui::Choice<'_>> = open
        .iter()
        .map(|(id, number, hint)| ui::Choice::new(id, number).hint(hint).chosen_if(id == which))
        .collect();
    choices.push(ui::Choice::new(ALL, &everything).chosen_if(which == ALL));
    let (which_label, words_label) = (room.say("portal-wrong-choose"), room.say("portal-wrong-words"));
    let hint = room.say("portal-wrong-hint");
    let which_field = ui::Field::new("which", &which_label).error(which_wrong.as_deref());
    let words_field = ui::Field::new("note", &words_label).hint(&*hint).error(words_wrong.as_deref());
    let content = html! {
        p { (room.say("portal-wrong-intro")) }
        form method="post" action=(room.address("/wrong", &[])) {
            @match room.page.items.as_slice() {
                [one] => { input type="hidden" name="which" value=(one.id); p { strong { (one.number) } } }
                _ => (ui::radio_cards(&which_field, &choices)),
            }
            (ui::textarea(&words_field, 6, words))
            (ui::button(ui::Button::Primary, &room.say("portal-send")))
        }
    };
    asks(room, "portal-wrong", &problems, content)
}

pub async fn take(visit: Visit, OpenForm(form): OpenForm<Vec<(String, String)>>) -> Result<Response, Shut> {
    let room = visit.enter().await?;
    if room.page.items.is_empty() {
        return Ok(see(&room.address("", &[])));
    }
    let which = value_of(&form, "which").unwrap_or("");
    let words = value_of(&form, "note").unwrap_or("");
    let receivable = which.parse::<ReceivableId>().ok();
    let which_wrong = (receivable.is_none() && which != ALL).then(|| room.say("portal-wrong-which-missing"));
    let words_wrong = match words.trim() {
        "" => Some(room.say("portal-wrong-words-missing")),
        words => too_long(&room, words),
    };
    if which_wrong.is_some() || words_wrong.is_some() {
        return Ok(ask(&room, which, words, which_wrong, words_wrong));
    }
    give(room, Answer::Dispute { receivable, note: words.to_owned() }, "wrong").await
}
