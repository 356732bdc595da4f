//! What the pages for answers share: giving an answer, and saying where a person is needed.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use duewell_engine::EngineError;
use duewell_engine::portal::{self, Answer, WORDS_MAX};
use jiff::civil::Date;
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

/// Reads a day as browsers send it, or as people write it where a browser has no calendar.
pub fn read_day(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Ok(day) = text.parse::<Date>() {
        return Some(day);
    }
    let mut parts = text.split(['.', '/']).map(|part| part.trim().parse::<i16>().ok());
    let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Says what is wrong with words that are too long to be kept whole.
pub fn too_long(room: &Room, words: &str) -> Option<String> {
    let is_long = words.trim().chars().count() > WORDS_MAX;
    is_long.then(|| room.speech.say_with("portal-too-long", &[("count", WORDS_MAX.into())]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_browsers_and_people_write_it() {
        let day = Some(jiff::civil::date(2026, 3, 9));
        for text in ["2026-03-09", " 2026-03-09 ", "9.3.2026", "09.03.2026", "9/3/2026", "9. 3. 2026"] {
            assert_eq!(read_day(text), day, "{text}");
        }
        for text in ["", "tomorrow", "31.2.2026", "2026-13-01", "9.3.26.1", "9.3", "1.2.99999", "9.300.2026"]
        {
            assert_eq!(read_day(text), None, "{text}");
        }
    }
}
