//! What the pages for answers share: giving an answer, and saying where a person is needed.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use duewell_engine::EngineError;
use duewell_engine::portal::{self, Answer, WORDS_MAX};
use maud::{Markup, html};

use super::{Room, Shut, reach};
use crate::session::see;
use crate::ui;

enum Taken {
    Noted,
    Refused,
    NotThere,
}

/// Gives an answer and leads to the page that says what was noted.
pub async fn give(room: Room, answer: Answer, said: &str) -> Result<Response, Shut> {
    Ok(match take(&room, answer).await? {
        Taken::Noted => see(&room.address("", &[("said", said)])),
        Taken::Refused => (StatusCode::UNPROCESSABLE_ENTITY, person_needed(&room)).into_response(),
        Taken::NotThere => not_there(&room),
    })
}

/// Gives an answer for a program that follows no redirect (RFC 8058).
pub async fn give_at_once(room: Room, answer: Answer) -> Result<Response, Shut> {
    Ok(match take(&room, answer).await? {
        Taken::Noted => StatusCode::OK.into_response(),
        Taken::Refused | Taken::NotThere => not_there(&room),
    })
}

async fn take(room: &Room, answer: Answer) -> Result<Taken, Shut> {
    let opened = room.page.opened;
    let taken = room.app.ask(move |desk| match portal::answer(desk, opened, &answer) {
        Ok(()) => Ok(Taken::Noted),
        Err(EngineError::Refused(_)) => Ok(Taken::Refused),
        Err(EngineError::NotFound(..)) => Ok(Taken::NotThere),
        Err(error) => Err(error),
    });
    Ok(taken.await?)
}

fn not_there(room: &Room) -> Response {
    let page = said(room, "portal-not-there", html! { p { (room.say("portal-not-there-text")) } });
    (StatusCode::NOT_FOUND, page).into_response()
}

/// Says that this is for a person to take, and how to reach one.
pub fn person_needed(room: &Room) -> Markup {
    let content = html! {
        p { (room.say("portal-person-text")) }
        (reach(room.speech, &room.page.creditor))
    };
    said(room, "portal-person", content)
}

/// A page that only says something.
pub fn said(room: &Room, title: &str, content: Markup) -> Markup {
    room.write(html! { (ui::page_head(&room.say(title), None, None)) (content) (room.back()) })
}

/// A page with a form; problems stand on top and at their fields.
pub fn asks(room: &Room, title: &str, problems: &[(&str, &str)], content: Markup) -> Response {
    let page = room.write(html! {
        (room.back())
        (ui::page_head(&room.say(title), None, None))
        (ui::error_summary(&room.say("portal-problem"), problems))
        (content)
    });
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    (status, page).into_response()
}

/// Says what is wrong with words that are too long to be kept whole.
pub fn too_long(room: &Room, words: &str) -> Option<String> {
    let is_long = words.trim().chars().count() > WORDS_MAX;
    is_long.then(|| room.speech.say_with("portal-too-long", &[("count", WORDS_MAX.into())]))
}
