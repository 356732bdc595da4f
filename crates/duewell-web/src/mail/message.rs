//! One message as the debtor reads it, and what became of it.

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use duewell_documents::Speech;
use duewell_engine::outbox::{self, Message};
use duewell_engine::proof::TimelineEvent;
use duewell_store::notice::NoticeState;
use maud::{Markup, html};
use serde_json::Value;

use super::{Place, because, href, known_words, place, settle_buttons, state_tone};
use crate::app::Shared;
use crate::fail::Fail;
use crate::session::{Here, Staff};
use crate::texts;
use crate::ui::{self, Button, Event, Icon, Tone};

/// A message runs nothing, loads nothing and is shown only inside our own page.
const POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/mail/{debtor}/{notice}", get(show))
        .route("/mail/{debtor}/{notice}/html", get(document))
}

async fn document(State(app): State<Shared>, _: Staff, at: Place) -> Result<Response, Fail> {
    let (debtor, notice) = place(at)?;
    let message = app.ask(move |desk| outbox::message(desk, debtor, notice)).await?;
    let parts = message.parts().ok_or(Fail::NotFound)?;
    Ok(([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(parts.html)).into_response())
}

async fn show(State(app): State<Shared>, staff: Staff, at: Place) -> Result<Response, Fail> {
    let (debtor, notice) = place(at)?;
    let (message, token) = app
        .ask(move |desk| {
            let message = outbox::message(desk, debtor, notice)?;
            let token = message.link_token(desk);
            Ok((message, token))
        })
        .await?;
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let kind = texts::kind_word(speech, &message.notice.kind);
    let title = message.written.as_ref().map_or(kind.as_str(), |written| written.subject.as_str());
    let content = html! {
        p { a href="/mail" { (say("mail-back")) } }
        (ui::page_head(title, None, None))
        @if message.notice.state == NoticeState::Unknown {
            div { (ui::notice(Tone::Due, &say("mail-settle-title"), html! {
                p { (say("mail-settle-text")) }
                div.actions { (settle_buttons(&staff, &message.notice, &message.debtor.name)) }
            })) }
        }
        div.split {
            (letter(speech, &message, token.as_deref()))
            div.stack {
                (facts(&staff, &message, &kind))
                (ui::card(&say("mail-history"), history(&staff, &message.history)))
            }
        }
    };
    Ok(staff.page(title, Here::Mail, None, content))
}

fn letter(speech: &Speech, message: &Message, token: Option<&str>) -> Markup {
    let say = |id: &str| speech.say(id);
    html! {
        section.card {
            h2 { (say("mail-message")) }
            @if let Some(parts) = message.parts() {
                iframe sandbox src={ (href(&message.notice)) "/html" } title=(say("mail-message")) width="100%" height="800" frameborder="0" {}
                (ui::disclosure(&say("mail-plain"), html! { div lang=[message.written.as_ref().map(|one| one.language.as_str())] { (plain(&parts.text)) } }))
                @if let Some(token) = token {
                    p.row {
                        a.btn href={ "/p/" (token) } rel="noreferrer" { (say("mail-open-page")) }
                        span.quiet.small { (say("mail-open-page-hint")) }
                    }
                }
            } @else {
                p { (say("mail-erased-text")) }
            }
        }
    }
}

/// Shows plain text as mail programs do: every character of one width, lines as they are.
fn plain(text: &str) -> Markup {
    html! {
        @for paragraph in text.trim_end().split("\n\n") {
            p {
                @for (index, line) in paragraph.lines().enumerate() {
                    @if index > 0 { br; }
                    // A browser joins spaces; those of a table stand for its columns.
                    code { (line.replace("  ", " \u{a0}")) }
                }
            }
        }
    }
}

fn facts(staff: &Staff, message: &Message, kind: &str) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let notice = &message.notice;
    let (name, address) = &message.from;
    let debtor = format!("/debtors/{}", message.debtor.id);
    let (from, to, about, amount, decided, leaves, sent, state) = (
        say("mail-from"),
        say("mail-to"),
        say("mail-kind"),
        say("mail-amount"),
        say("mail-decided"),
        say("mail-leaves"),
        say("mail-sent-at"),
        say("mail-state"),
    );
    let moment = |at: jiff::Timestamp| ui::time(&at.to_string(), &speech.moment(at, &staff.zone));
    let mut facts: Vec<(&str, Markup)> = vec![
        (&state, texts::notice_state(speech, notice.state)),
        (&from, html! { (name) br; bdi { (address) } }),
        (
            &to,
            html! {
                a href=(debtor) { bdi { (message.debtor.name) } }
                @if let Some(written) = &message.written { br; bdi { (written.to) } }
            },
        ),
        (&about, html! { (kind) }),
        (&amount, ui::amount(&speech.money(notice.total))),
        (&decided, ui::time(&notice.decided_on.to_string(), &speech.day(notice.decided_on))),
    ];
    match (notice.state, notice.sent_at) {
        (_, Some(at)) => facts.push((&sent, moment(at))),
        (NoticeState::Pending, None) => facts.push((&leaves, moment(notice.send_at))),
        _ => {}
    }
    html! {
        section.card {
            h2 { (say("mail-facts")) }
            (ui::facts(&facts))
            @if let Some(because) = because(speech, notice) { p.quiet { (because) } }
            @if notice.state == NoticeState::Failed {
                (ui::actions(ui::button_link(Button::Secondary, &say("mail-failed-action"), &debtor)))
            }
        }
    }
}

fn history(staff: &Staff, events: &[TimelineEvent]) -> Markup {
    let speech = staff.speech;
    let shown: Vec<Event<'_>> = events
        .iter()
        .map(|event| {
            let fact =
                |name: &str| event.facts.as_ref().and_then(|facts| facts.get(name)).and_then(Value::as_str);
            let state = fact("state").unwrap_or("");
            let name = event.kind.strip_prefix("notice.").unwrap_or(&event.kind);
            let id = match (name, state) {
                ("decided", _) => "mail-event-decided".to_owned(),
                (_, "") => "mail-event-other".to_owned(),
                (_, state) => format!("mail-event-{state}"),
            };
            let said = fact("answer").or_else(|| fact("because")).unwrap_or("");
            let said = known_words(speech, said).unwrap_or_else(|| said.to_owned());
            Event {
                icon: match state {
                    "failed" | "unknown" => Icon::Warning,
                    "withdrawn" => Icon::Refused,
                    "sent" => Icon::Done,
                    _ => Icon::Mail,
                },
                tone: state_tone(state),
                title: html! { (speech.say(&id)) },
                at: ui::time(&event.at.to_string(), &speech.moment(event.at, &staff.zone)),
                body: (!said.is_empty()).then(|| html! { (said) }),
                details: None,
            }
        })
        .collect();
    ui::timeline(&speech.say("mail-history"), &shown)
}
