//! One's own account: name, password, sessions; and the colleagues who may work here.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use duewell_documents::Speech;
use duewell_domain::id::StaffId;
use duewell_engine::staff::{self, AccountProblem, PASSWORD_MIN};
use duewell_store::staff::OpenSession;
use maud::{Markup, html};
use serde::Deserialize;

use crate::app::Shared;
use crate::fail::Fail;
use crate::session::{Form, Here, Staff, see};
use crate::settings::{Problems, address_of};
use crate::sign_in::{self, language_select, problem_words};
use crate::texts;
use crate::ui::{self, Button, Column, Field, Input, Row, Table, Tone};

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/account", get(show).post(profile))
        .route("/account/password", post(password))
        .route("/account/sessions", post(end_sessions))
        .route("/account/invite", post(invite))
        .route("/account/invite/take-back", post(take_back))
        .route("/account/staff/{id}/close", post(close))
        .route("/account/staff/{id}/open", post(reopen))
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

async fn show(State(app): State<Shared>, staff: Staff, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    page(&app, &staff, &Typed::default(), asked.done.as_deref()).await
}

/// What a form keeps when the page is shown again.
#[derive(Default)]
struct Typed {
    name: Option<String>,
    invited: String,
    /// The one-time link of an invitation just made.
    link: Option<String>,
    problems: Problems,
}

async fn page(app: &Shared, staff: &Staff, typed: &Typed, done: Option<&str>) -> Result<Response, Fail> {
    let (id, secret) = (staff.who.id, staff.secret.clone());
    let (sessions, everyone) =
        app.ask(move |desk| Ok((staff::sessions(desk, id, &secret)?, staff::everyone(desk)?))).await?;
    let say = |id: &str| staff.speech.say(id);
    let content = html! {
        (ui::page_head(&say("account-title"), Some(&staff.who.email), None))
        (typed.problems.summary(staff.speech))
        @if let Some(link) = &typed.link { div { (handed_over(staff, typed, link)) } }
        div.cols {
            (profile_card(staff, typed))
            (password_card(staff, typed))
        }
        (sessions_card(staff, &sessions))
        (colleagues(staff, &everyone, typed))
    };
    let page = staff.page(&say("account-title"), Here::Elsewhere, done, content);
    Ok((typed.problems.status(), page).into_response())
}

fn profile_card(staff: &Staff, typed: &Typed) -> Markup {
    let say = |id: &str| staff.speech.say(id);
    let languages: Vec<(&str, &str)> = Speech::all().iter().map(|one| (one.tag(), one.own_name())).collect();
    let name = typed.name.as_deref().unwrap_or(&staff.who.name);
    ui::card(
        &say("account-profile"),
        html! {
            form.stack method="post" action="/account" {
                (ui::csrf(&staff.csrf))
                (ui::input(
                    &Field::new("name", &say("account-name")).hint(&*say("account-name-hint")).error(typed.problems.of("name")),
                    &Input::text(name).required().autocomplete("name"),
                ))
                (language_select(staff.speech, &languages, &staff.who.language))
                (ui::actions(ui::button(Button::Primary, &say("common-save"))))
            }
        },
    )
}

fn password_card(staff: &Staff, typed: &Typed) -> Markup {
    let say = |id: &str| staff.speech.say(id);
    let hint = staff.speech.say_with("account-new-password-hint", &[("count", PASSWORD_MIN.into())]);
    ui::card(
        &say("account-password"),
        html! {
            form.stack method="post" action="/account/password" {
                (ui::csrf(&staff.csrf))
                // Password managers need to know whose password it is.
                input type="hidden" name="username" autocomplete="username" value=(staff.who.email);
                (ui::input(
                    &Field::new("present", &say("account-present-password")).error(typed.problems.of("present")),
                    &Input::password().required(),
                ))
                (ui::input(
                    &Field::new("new", &say("account-new-password")).hint(&*hint).error(typed.problems.of("new")),
                    &Input::password().required().autocomplete("new-password"),
                ))
                p.quiet.small { (say("account-password-text")) }
                (ui::actions(ui::button(Button::Secondary, &say("account-password-action"))))
            }
        },
    )
}

fn sessions_card(staff: &Staff, sessions: &[(OpenSession, bool)]) -> Markup {
    let say = |id: &str| staff.speech.say(id);
    let (agent, since, seen) = (say("account-browser"), say("account-since"), say("account-seen"));
    let moment = |at: jiff::Timestamp| ui::time(&at.to_string(), &staff.speech.moment(at, &staff.zone));
    let rows = sessions.iter().map(|(one, at_hand)| {
        Row::new(vec![
            html! {
                (browser(staff.speech, &one.agent))
                @if *at_hand { " " (ui::badge(&say("account-this-one"), Tone::Ok)) }
            },
            moment(one.created_at),
            moment(one.seen_at),
        ])
    });
    let caption = say("account-sessions");
    let columns = vec![Column::text(&agent), Column::number(&since), Column::number(&seen)];
    let table = ui::table(&Table::new(&caption, columns).caption_hidden().rows(rows));
    let others = sessions.iter().any(|(_, at_hand)| !at_hand);
    let end = html! {
        @if others {
            (ui::post_button(Button::Secondary, &say("account-end-others"), "/account/sessions", &staff.csrf))
        }
    };
    ui::card_with(&caption, end, table)
}

/// Names a browser from what it calls itself; its own words where we know none of them.
fn browser(speech: &Speech, agent: &str) -> String {
    // The first that fits: browsers name those they descend from too.
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("HeadlessChrome/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) if agent.is_empty() => speech.say("account-browser-unknown").into_owned(),
        (None, None) => agent.chars().take(60).collect(),
    }
}

fn colleagues(staff: &Staff, everyone: &staff::Everyone, typed: &Typed) -> Markup {
    let say = |id: &str| staff.speech.say(id);
    // Who was just invited needs no second invitation.
    let typed_email = if typed.link.is_some() { "" } else { typed.invited.as_str() };
    let (name, email, state, act) =
        (say("account-name-column"), say("account-email-column"), say("account-state"), say("account-act"));
    let columns =
        vec![Column::text(&name), Column::text(&email), Column::text(&state), Column::actions(&act)];
    let members = everyone.staff.iter().map(|one| {
        let open = one.disabled_at.is_none();
        let (action, label) =
            if open { ("close", say("account-close")) } else { ("open", say("account-open")) };
        Row::new(vec![
            html! { bdi { (one.name) } },
            html! { bdi { (one.email) } },
            if open {
                ui::badge(&say("account-is-open"), Tone::Ok)
            } else {
                ui::badge(&say("account-is-closed"), Tone::Neutral)
            },
            html! {
                @if one.id == staff.who.id { span.quiet { (say("account-you")) } }
                @else {
                    form.inline method="post" action={ "/account/staff/" (one.id) "/" (action) } {
                        (ui::csrf(&staff.csrf))
                        button.btn { (label) span.hidden { ": " (one.name) } }
                    }
                }
            },
        ])
    });
    let invited = everyone.invited.iter().filter(|(email, _)| !email.is_empty()).map(|(email, until)| {
        let until = staff.speech.moment(*until, &staff.zone);
        Row::new(vec![
            html! { span.quiet { (say("account-invited-name")) } },
            html! { bdi { (email) } },
            html! {
                (ui::badge(&say("account-is-invited"), Tone::Info)) br;
                span.quiet.small { (staff.speech.say_with("account-invited-until", &[("until", until.as_str().into())])) }
            },
            html! {
                form.inline method="post" action="/account/invite/take-back" {
                    (ui::csrf(&staff.csrf))
                    input type="hidden" name="invited" value=(email);
                    button.btn { (say("account-take-back")) span.hidden { ": " (email) } }
                }
            },
        ])
    });
    let caption = say("account-colleagues");
    ui::card(
        &caption,
        html! {
            (ui::table(&Table::new(&caption, columns).caption_hidden().rows(members).rows(invited)))
            form.stack method="post" action="/account/invite" {
                (ui::csrf(&staff.csrf))
                (ui::input(
                    &Field::new("invited", &say("account-invite")).hint(&*say("account-invite-hint")).error(typed.problems.of("invited")),
                    &Input::email(typed_email).required().autocomplete("off"),
                ))
                (ui::actions(ui::button(Button::Secondary, &say("account-invite-action"))))
            }
        },
    )
}

/// Shows a fresh invitation's link, this once.
fn handed_over(staff: &Staff, typed: &Typed, link: &str) -> Markup {
    let say = |id: &str| staff.speech.say(id);
    let title = staff.speech.say_with("account-link-title", &[("email", typed.invited.as_str().into())]);
    ui::notice(
        Tone::Info,
        &title,
        html! {
            p { (say("account-link-text")) }
            (ui::copy_field("invitation-link", &say("account-link"), link, &say("account-copy"), &say("account-copied")))
        },
    )
}

/// The address of this page with a message about what was done.
fn address(done: &str) -> String {
    texts::address("/account", &[("done", done)])
}

fn back(done: &str) -> Response {
    see(&address(done))
}

#[derive(Deserialize)]
struct Profile {
    #[serde(default)]
    name: String,
    #[serde(default)]
    language: String,
}

async fn profile(State(app): State<Shared>, Form(staff, form): Form<Profile>) -> Result<Response, Fail> {
    if form.name.trim().is_empty() {
        let mut typed = Typed { name: Some(String::new()), ..Typed::default() };
        typed.problems.add("name", problem_words(staff.speech, AccountProblem::NoName));
        return page(&app, &staff, &typed, None).await;
    }
    let id = staff.who.id;
    let language = Speech::of(&form.language).tag();
    app.ask(move |desk| staff::change_profile(desk, id, &form.name, language)).await?;
    Ok(back("done-profile-saved"))
}

#[derive(Deserialize)]
struct Passwords {
    #[serde(default)]
    present: String,
    #[serde(default)]
    new: String,
}

async fn password(
    State(app): State<Shared>,
    headers: HeaderMap,
    Form(staff, form): Form<Passwords>,
) -> Result<Response, Fail> {
    let now = app.desk().now();
    // Somebody at a browser left open guesses no faster than somebody at the door.
    // The count is of its own: who guesses at the door does not keep its owner from changing it.
    let key = format!("password {}", staff.who.email);
    sign_in::turn_away(&app, std::slice::from_ref(&key))?;
    let id = staff.who.id;
    let changed = {
        let _turn = app.hashing.acquire().await.map_err(|error| Fail::broken(&error))?;
        sign_in::turn_away(&app, std::slice::from_ref(&key))?;
        app.ask(move |desk| staff::change_password(desk, id, &form.present, &form.new)).await?
    };
    match changed {
        Ok(()) => {
            app.throttle.succeeded(&key);
            sign_in::open(&app, id, &headers, &address("done-password-changed")).await
        }
        Err(problem) => {
            let is_guess = problem == AccountProblem::WrongPassword;
            if is_guess {
                app.throttle.failed(&key, now);
            }
            let mut typed = Typed::default();
            let field = if is_guess { "present" } else { "new" };
            typed.problems.add(field, problem_words(staff.speech, problem));
            page(&app, &staff, &typed, None).await
        }
    }
}

#[derive(Deserialize)]
struct Nothing {}

async fn end_sessions(
    State(app): State<Shared>,
    Form(staff, Nothing {}): Form<Nothing>,
) -> Result<Response, Fail> {
    let (id, secret) = (staff.who.id, staff.secret.clone());
    app.ask(move |desk| staff::end_other_sessions(desk, id, &secret)).await?;
    Ok(back("done-sessions-ended"))
}

#[derive(Deserialize)]
struct Invite {
    #[serde(default)]
    invited: String,
}

async fn invite(
    State(app): State<Shared>,
    headers: HeaderMap,
    Form(staff, form): Form<Invite>,
) -> Result<Response, Fail> {
    let mut typed = Typed { invited: form.invited.trim().to_owned(), ..Typed::default() };
    let (email, actor) = (form.invited, staff.actor());
    match app.ask(move |desk| staff::invite(desk, &email, &actor)).await? {
        Ok(token) => {
            let base = match app.desk().settings.portal_url.trim_end_matches('/') {
                "" => address_of(&headers).unwrap_or_default(),
                set => set.to_owned(),
            };
            typed.link = Some(format!("{base}/join/{token}"));
        }
        Err(problem) => typed.problems.add("invited", problem_words(staff.speech, problem)),
    }
    page(&app, &staff, &typed, None).await
}

async fn take_back(State(app): State<Shared>, Form(staff, form): Form<Invite>) -> Result<Response, Fail> {
    let actor = staff.actor();
    app.ask(move |desk| staff::take_back_invitation(desk, &form.invited, &actor)).await?;
    Ok(back("done-invitation-taken-back"))
}

async fn close(app: State<Shared>, id: Path<String>, form: Form<Nothing>) -> Result<Response, Fail> {
    set_open(app, id, form, false).await
}

async fn reopen(app: State<Shared>, id: Path<String>, form: Form<Nothing>) -> Result<Response, Fail> {
    set_open(app, id, form, true).await
}

async fn set_open(
    State(app): State<Shared>,
    Path(id): Path<String>,
    Form(staff, Nothing {}): Form<Nothing>,
    open: bool,
) -> Result<Response, Fail> {
    let id: StaffId = id.parse().map_err(|_| Fail::NotFound)?;
    app.ask(move |desk| staff::set_open(desk, id, open, &staff.who)).await?;
    Ok(back(if open { "done-account-opened" } else { "done-account-closed" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_named_by_what_people_call_it() {
        let english = Speech::of("en");
        let edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0";
        assert_eq!(browser(english, edge), "Edge, Windows");
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1";
        assert_eq!(browser(english, phone), "Safari, iPhone");
        assert_eq!(browser(english, "curl/8.5"), "curl/8.5");
        assert_eq!(browser(english, ""), english.say("account-browser-unknown"));
    }
}
