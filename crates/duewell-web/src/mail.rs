//! Mail: what waits to leave, what left and what did not.

mod message;

use std::str::FromStr as _;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use duewell_documents::Speech;
use duewell_domain::dunning::Reason;
use duewell_domain::id::{DebtorId, NoticeId};
use duewell_engine::delivery::{Arrived, settle_unknown};
use duewell_engine::outbox::{self, Line, OutboxPage, Tray, WAITING_MAX};
use duewell_store::notice::{Notice, NoticeState};
use maud::{Markup, html};
use serde::Deserialize;

use crate::app::Shared;
use crate::fail::{Fail, sentence};
use crate::session::{Form, Here, Staff, see};
use crate::texts;
use crate::ui::{self, Button, Column, Link, Row, Table, Tone};

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/mail", get(list))
        .route("/mail/send", post(send))
        .route("/mail/{debtor}/{notice}/arrived", post(arrived))
        .route("/mail/{debtor}/{notice}/lost", post(lost))
        .merge(message::routes())
}

#[derive(Deserialize)]
struct Asked {
    tray: Option<String>,
    /// The last notice of the page before.
    before: Option<String>,
    done: Option<String>,
}

async fn list(State(app): State<Shared>, staff: Staff, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    let wanted = asked.tray.as_deref().and_then(Tray::parse);
    let before: Option<NoticeId> = asked.before.as_deref().and_then(|text| text.parse().ok());
    let (tray, page) = app
        .ask(move |desk| {
            if let Some(tray) = wanted {
                return Ok((tray, outbox::list(desk, tray, before)?));
            }
            // Opened without a wish: what is still to leave, and where nothing is, everything.
            let waiting = outbox::list(desk, Tray::Waiting, None)?;
            match waiting.lines.is_empty() {
                true => Ok((Tray::All, outbox::list(desk, Tray::All, None)?)),
                false => Ok((Tray::Waiting, waiting)),
            }
        })
        .await?;
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let send = (page.count(Tray::Waiting) > 0)
        .then(|| ui::post_button(Button::Primary, &say("mail-send"), "/mail/send", &staff.csrf));
    let content = html! {
        (ui::page_head(&say("mail-title"), Some(&say("mail-lead")), send))
        (trays(speech, tray, &page))
        @if page.lines.is_empty() {
            (nothing(speech, tray))
        } @else {
            p.quiet { (speech.say(&format!("mail-{}-text", tray.word()))) }
            (table(&staff, tray, &page))
        }
        (more(speech, tray, &page, before.is_some()))
    };
    Ok(staff.page(&say("mail-title"), Here::Mail, asked.done.as_deref(), content))
}

/// Says that a tray is empty, which is good news for some.
fn nothing(speech: &Speech, tray: Tray) -> Markup {
    let title = speech.say(&format!("mail-{}-empty", tray.word()));
    match tray {
        Tray::Failed | Tray::Unknown => ui::empty_state(&title, &speech.say("mail-empty-good"), None),
        Tray::All | Tray::Waiting | Tray::Sent => {
            let action = ui::button_link(Button::Secondary, &speech.say("mail-empty-action"), "/scenario");
            ui::empty_state(&title, &speech.say("mail-empty-text"), Some(action))
        }
    }
}

fn trays(speech: &Speech, here: Tray, page: &OutboxPage) -> Markup {
    let places: Vec<(Tray, String, String)> = Tray::ALL
        .into_iter()
        .map(|tray| {
            (tray, texts::address("/mail", &[("tray", tray.word())]), speech.number(page.count(tray)))
        })
        .collect();
    let names: Vec<String> =
        Tray::ALL.iter().map(|tray| speech.say(&format!("mail-{}", tray.word())).into_owned()).collect();
    let links: Vec<Link<'_>> = places
        .iter()
        .zip(&names)
        .map(|((tray, href, count), name)| {
            Link::new(name, href).count(count.as_str()).current_if(*tray == here)
        })
        .collect();
    ui::tabs(&speech.say("mail-trays"), &links)
}

fn table(staff: &Staff, tray: Tray, page: &OutboxPage) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let caption = speech.say(&format!("mail-{}", tray.word()));
    let (debtor, subject, amount) = (say("mail-debtor"), say("mail-subject"), say("mail-amount"));
    let when = if tray == Tray::Waiting { say("mail-leaves") } else { say("mail-when") };
    let (state, settle) = (say("mail-state"), say("mail-settle"));
    let mut columns = vec![
        Column::text(&debtor),
        Column::text(&subject),
        Column::number(&amount),
        Column::number(&when),
        Column::text(&state),
    ];
    if tray == Tray::Unknown {
        columns.push(Column::actions(&settle));
    }
    let hrefs: Vec<String> = page.lines.iter().map(|line| href(&line.notice)).collect();
    let rows = page.lines.iter().zip(&hrefs).map(|(line, href)| {
        let mut cells = cells(staff, line);
        if tray == Tray::Unknown {
            cells.push(html! { div.actions { (settle_buttons(staff, &line.notice, &line.debtor)) } });
        }
        Row::new(cells).link(href)
    });
    ui::table(&Table::new(&caption, columns).caption_hidden().rows(rows))
}

/// Returns the address of a message.
fn href(notice: &Notice) -> String {
    format!("/mail/{}/{}", notice.debtor, notice.id)
}

fn cells(staff: &Staff, line: &Line) -> Vec<Markup> {
    let speech = staff.speech;
    let notice = &line.notice;
    let at = match notice.state {
        NoticeState::Sent => notice.sent_at.unwrap_or(notice.send_at),
        _ => notice.send_at,
    };
    let kind = texts::kind_word(speech, &notice.kind);
    vec![
        html! { bdi { (line.debtor) } },
        match &line.written {
            Some(written) => {
                html! { (written.subject) br; span.quiet.small { (kind) " · " bdi { (written.to) } } }
            }
            None => html! { span.quiet { (kind) " · " (speech.say("mail-erased")) } },
        },
        ui::amount(&speech.money(notice.total)),
        ui::time(&at.to_string(), &speech.moment(at, &staff.zone)),
        html! {
            (texts::notice_state(speech, notice.state))
            @if let Some(because) = because(speech, notice) { br; span.quiet.small { (because) } }
        },
    ]
}

/// Says why a notice stands where it stands.
fn because(speech: &Speech, notice: &Notice) -> Option<String> {
    let text = notice.because.as_deref()?;
    Some(known_words(speech, text).unwrap_or_else(|| {
        speech.say_with("mail-because-server", &[("answer", sentence(text).as_str().into())])
    }))
}

/// Says a stored reason of ours or a person's finding; what the mail server said is in its own words.
fn known_words(speech: &Speech, text: &str) -> Option<String> {
    let id = match text {
        "the attempt was interrupted: it may or may not have left" => "mail-because-interrupted",
        "a person found that it arrived" => "mail-because-arrived",
        "a person found that it never arrived" => "mail-because-lost",
        other => return Reason::from_str(other).ok().map(|reason| texts::reason(speech, reason)),
    };
    Some(speech.say(id).into_owned())
}

/// Shows the two answers to "did it arrive?".
fn settle_buttons(staff: &Staff, notice: &Notice, debtor: &str) -> Markup {
    let answer = |action: &str, label: &str| {
        html! {
            form.inline method="post" action={ (href(notice)) "/" (action) } {
                (ui::csrf(&staff.csrf))
                button.btn { (staff.speech.say(label)) span.hidden { ": " (debtor) } }
            }
        }
    };
    html! { (answer("arrived", "mail-arrived")) " " (answer("lost", "mail-lost")) }
}

fn more(speech: &Speech, tray: Tray, page: &OutboxPage, is_later_page: bool) -> Markup {
    let say = |id: &str| speech.say(id);
    let hidden = page.count(Tray::Waiting) - WAITING_MAX as i64;
    if tray == Tray::Waiting && hidden > 0 {
        return html! { p.quiet { (speech.say_with("mail-waiting-more", &[("count", hidden.into())])) } };
    }
    let first = texts::address("/mail", &[("tray", tray.word())]);
    let next =
        page.next.map(|id| texts::address("/mail", &[("tray", tray.word()), ("before", &id.to_string())]));
    if next.is_none() && !is_later_page {
        return html! {};
    }
    let (newest, older) = (say("mail-newest"), say("mail-older"));
    ui::pager(
        &say("mail-pages"),
        is_later_page.then(|| Link::new(&newest, &first)),
        "",
        next.as_deref().map(|href| Link::new(&older, href)),
    )
}

#[derive(Deserialize)]
struct Nothing {}

async fn send(State(app): State<Shared>, Form(_, Nothing {}): Form<Nothing>) -> Response {
    app.wake();
    see(&texts::address("/mail", &[("done", "done-sending")]))
}

type Place = Path<(String, String)>;

fn place(Path((debtor, notice)): Place) -> Result<(DebtorId, NoticeId), Fail> {
    Ok((debtor.parse().map_err(|_| Fail::NotFound)?, notice.parse().map_err(|_| Fail::NotFound)?))
}

async fn arrived(
    State(app): State<Shared>,
    at: Place,
    Form(staff, Nothing {}): Form<Nothing>,
) -> Result<Response, Fail> {
    settle(app, at, Arrived::Yes, staff.actor()).await
}

async fn lost(
    State(app): State<Shared>,
    at: Place,
    Form(staff, Nothing {}): Form<Nothing>,
) -> Result<Response, Fail> {
    settle(app, at, Arrived::No, staff.actor()).await
}

async fn settle(app: Shared, at: Place, arrived: Arrived, actor: String) -> Result<Response, Fail> {
    let (debtor, notice) = place(at)?;
    app.ask(move |desk| settle_unknown(desk, debtor, notice, arrived, &actor)).await?;
    let done = match arrived {
        Arrived::Yes => "done-mail-arrived",
        Arrived::No => "done-mail-lost",
    };
    Ok(see(&texts::address("/mail", &[("tray", Tray::Unknown.word()), ("done", done)])))
}

/// Names the tone of what became of a notice, for its history.
fn state_tone(state: &str) -> Tone {
    match NoticeState::from_str(state) {
        Ok(NoticeState::Sent) => Tone::Ok,
        Ok(NoticeState::Failed) => Tone::Danger,
        Ok(NoticeState::Unknown) => Tone::Due,
        Ok(NoticeState::Pending | NoticeState::Sending) => Tone::Info,
        Ok(NoticeState::Withdrawn) | Err(_) => Tone::Neutral,
    }
}
