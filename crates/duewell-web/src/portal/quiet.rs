//! "No more e-mail about this": a button for people, and one request for mail programs (RFC 8058).

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use duewell_engine::portal::Answer;
use maud::html;

use super::answer::{asks, give, give_at_once, said};
use super::{Room, Shut, Visit};
use crate::ui;

pub async fn show(visit: Visit) -> Result<Response, Shut> {
    let room = visit.enter().await?;
    if room.page.is_quiet || !room.page.has_email {
        return Ok(is_so(&room));
    }
    let content = html! {
        p { (room.say("portal-quiet-ask")) }
        form method="post" action=(room.address("/quiet", &[])) {
            (ui::button(ui::Button::Primary, &room.say("portal-quiet-confirm")))
        }
    };
    Ok(asks(&room, "portal-quiet", &[], content))
}

fn is_so(room: &Room) -> Response {
    let text = if room.page.is_quiet { "portal-quiet-noted" } else { "portal-quiet-none" };
    said(room, "portal-quiet", html! { p { (room.say(text)) } }).into_response()
}

/// Whatever the form says, it means the same: this address takes one answer.
pub async fn take(visit: Visit, body: Bytes) -> Result<Response, Shut> {
    let room = visit.enter().await?;
    // Programs send a form of either kind, with `List-Unsubscribe=One-Click`, and should get no redirect.
    let is_program = body.windows(ONE_CLICK.len()).any(|part| part == ONE_CLICK);
    if !room.page.has_email {
        return Ok(if is_program { StatusCode::OK.into_response() } else { is_so(&room) });
    }
    match is_program {
        true => give_at_once(room, Answer::Quiet).await,
        false => give(room, Answer::Quiet, "quiet").await,
    }
}

const ONE_CLICK: &[u8] = b"List-Unsubscribe";
