//! Signing in, and making the first account or an invited one.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use duewell_documents::Speech;
use duewell_engine::staff::{self, AccountProblem, NewAccount, PASSWORD_MIN};
use maud::{Markup, html};
use serde::Deserialize;

use crate::app::Shared;
use crate::assets;
use crate::fail::Fail;
use crate::session::{self, Form, OpenForm, see};
use crate::ui;

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/sign-in", get(show).post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/join/{token}", get(invitation).post(join))
}

/// A page with one card in the middle.
fn plain(speech: &'static Speech, title: &str, content: Markup) -> Markup {
    let skip = speech.say("skip-to-content");
    let title = format!("{title} · Duewell");
    assets::page(
        speech,
        &title,
        ui::Layout::Plain,
        ui::plain_shell(&ui::PlainShell { skip: &skip, footer: None }, content),
    )
}

async fn show(headers: HeaderMap) -> Markup {
    let speech = session::reader(&headers);
    sign_in_page(speech, "", None)
}

fn sign_in_page(speech: &'static Speech, email: &str, problem: Option<&str>) -> Markup {
    let say = |id: &str| speech.say(id);
    let errors: Vec<(&str, &str)> = problem.map(|text| ("email", text)).into_iter().collect();
    plain(
        speech,
        &say("sign-in-title"),
        html! {
            h1 { (say("sign-in-title")) }
            (ui::error_summary(&say("form-wrong"), &errors))
            form.stack method="post" action="/sign-in" {
                (ui::input(&ui::Field::new("email", &say("field-email")), &ui::Input::email(email).required().autocomplete("username")))
                (ui::input(&ui::Field::new("password", &say("field-password")), &ui::Input::password().required()))
                (ui::actions(ui::button(ui::Button::Primary, &say("sign-in-action"))))
            }
            p.quiet.small { (say("sign-in-help")) }
        },
    )
}

#[derive(Deserialize)]
struct SignIn {
    email: String,
    password: String,
}

async fn sign_in(
    State(app): State<Shared>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    OpenForm(form): OpenForm<SignIn>,
) -> Result<Response, Fail> {
    let speech = session::reader(&headers);
    let address = form.email.trim().to_lowercase();
    // Longer than addresses are (RFC 5321, 4.5.3.1.3): it is remembered cut.
    let short: String = address.chars().take(254).collect();
    // One key slows guessing at an account, the other guessing from a place. A browser that signed in before is
    // counted by itself: nobody elsewhere keeps its owner out (OWASP, *device cookies*).
    let keys = match session::is_known(&app, &headers, &address) {
        true => vec![format!("known {short}")],
        false => {
            vec![format!("account {short}"), format!("place {}", session::place_of(peer.ip(), &headers))]
        }
    };
    turn_away(&app, &keys)?;
    let (email, password) = (form.email.clone(), form.password);
    let found = {
        let _turn = app.hashing.acquire().await.map_err(|error| Fail::broken(&error))?;
        // Tries that were sent at once have failed meanwhile.
        turn_away(&app, &keys)?;
        app.ask(move |desk| staff::check_sign_in(desk, &email, &password)).await?
    };
    let Some(id) = found else {
        let now = app.desk().now();
        keys.iter().for_each(|key| app.throttle.failed(key, now));
        let page = sign_in_page(speech, form.email.trim(), Some(&speech.say("sign-in-wrong")));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    if let Some(account) = keys.first() {
        app.throttle.succeeded(account);
    }
    let mut response = open(&app, id, &headers, "/").await?;
    if let Some(known) = session::known_cookie(&app, &address) {
        response.headers_mut().append(header::SET_COOKIE, known);
    }
    Ok(response)
}

/// Refuses a try while one of its keys must wait.
pub fn turn_away(app: &Shared, keys: &[String]) -> Result<(), Fail> {
    let now = app.desk().now();
    let wait = keys.iter().filter_map(|key| app.throttle.wait(key, now)).max();
    wait.map_or(Ok(()), |wait| Err(Fail::TooMany { seconds: wait.as_secs() + 1 }))
}

/// Opens a session and leads on with its cookie; the one the browser had before ends (OWASP ASVS 5.0, 7.2.4).
pub async fn open(
    app: &Shared,
    id: duewell_domain::id::StaffId,
    headers: &HeaderMap,
    to: &str,
) -> Result<Response, Fail> {
    let agent =
        headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
    let before = session::secret_of(app, headers).map(str::to_owned);
    let secret = app
        .ask(move |desk| {
            if let Some(before) = before {
                staff::sign_out(desk, &before)?;
            }
            staff::open_session(desk, id, &agent)
        })
        .await?;
    let mut response = see(to);
    response.headers_mut().append(header::SET_COOKIE, session::session_cookie(app, &secret));
    Ok(response)
}

#[derive(Deserialize)]
struct Nothing {}

async fn sign_out(
    State(app): State<Shared>,
    Form(staff, Nothing {}): Form<Nothing>,
) -> Result<Response, Fail> {
    let secret = staff.secret.clone();
    app.ask(move |desk| staff::sign_out(desk, &secret)).await?;
    let mut response = see("/sign-in");
    response.headers_mut().append(header::SET_COOKIE, session::session_cookie(&app, ""));
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(response)
}

/// What the page of an invitation keeps between tries.
#[derive(Deserialize, Default)]
struct Join {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    password: String,
}

async fn invitation(
    State(app): State<Shared>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fail> {
    let speech = session::reader(&headers);
    let asked = token.clone();
    let Some(invited) = app.ask(move |desk| staff::find_invitation(desk, &asked)).await? else {
        return Ok(used_up(speech));
    };
    Ok(join_page(
        speech,
        &token,
        &invited,
        &Join { language: speech.tag().to_owned(), ..Join::default() },
        None,
    )
    .into_response())
}

fn used_up(speech: &'static Speech) -> Response {
    let say = |id: &str| speech.say(id);
    let page = plain(
        speech,
        &say("join-over-title"),
        html! {
            h1 { (say("join-over-title")) }
            p { (say("join-over-text")) }
            p { a href="/sign-in" { (say("sign-in-title")) } }
        },
    );
    (StatusCode::GONE, page).into_response()
}

fn join_page(
    speech: &'static Speech,
    token: &str,
    invited: &str,
    form: &Join,
    problem: Option<AccountProblem>,
) -> Markup {
    let say = |id: &str| speech.say(id);
    let first = invited.is_empty();
    let message = problem.map(|problem| problem_words(speech, problem));
    let field = problem.map(|problem| match problem {
        AccountProblem::NoName => "name",
        AccountProblem::Email | AccountProblem::EmailTaken => "email",
        _ => "password",
    });
    let error = |name: &str| message.as_deref().filter(|_| field == Some(name));
    let errors: Vec<(&str, &str)> = field.zip(message.as_deref()).into_iter().collect();
    let languages: Vec<(&str, &str)> = Speech::all().iter().map(|one| (one.tag(), one.own_name())).collect();
    let title = if first { say("join-first-title") } else { say("join-title") };
    let hint = speech.say_with("field-new-password-hint", &[("count", PASSWORD_MIN.into())]);
    plain(
        speech,
        &title,
        html! {
            h1 { (title) }
            p { @if first { (say("join-first-text")) } @else { (speech.say_with("join-text", &[("email", invited.into())])) } }
            (ui::error_summary(&say("form-wrong"), &errors))
            form.stack method="post" action={ "/join/" (token) } {
                (ui::input(
                    &ui::Field::new("name", &say("field-your-name")).hint(&*say("field-your-name-hint")).error(error("name")),
                    &ui::Input::text(&form.name).required().autocomplete("name"),
                ))
                @if first {
                    (ui::input(
                        &ui::Field::new("email", &say("field-email")).error(error("email")),
                        &ui::Input::email(&form.email).required().autocomplete("username"),
                    ))
                }
                (ui::input(
                    &ui::Field::new("password", &say("field-new-password")).hint(&*hint).error(error("password")),
                    &ui::Input::password().required().autocomplete("new-password"),
                ))
                (language_select(speech, &languages, &form.language))
                (ui::actions(ui::button(ui::Button::Primary, &say("join-action"))))
            }
        },
    )
}

/// The choice of a language, each by its own name.
pub fn language_select(speech: &Speech, languages: &[(&str, &str)], chosen: &str) -> Markup {
    let choices: Vec<ui::Choice<'_>> =
        languages.iter().map(|&(tag, name)| ui::Choice::new(tag, name).chosen_if(tag == chosen)).collect();
    ui::select(&ui::Field::new("language", &speech.say("field-language")), &choices)
}

/// Says what is wrong with an account in the reader's language.
pub fn problem_words(speech: &Speech, problem: AccountProblem) -> String {
    let id = match problem {
        AccountProblem::NoName => "account-no-name",
        AccountProblem::Email => "account-email",
        AccountProblem::EmailTaken => "account-email-taken",
        AccountProblem::TooShort => {
            return speech.say_with("account-too-short", &[("count", PASSWORD_MIN.into())]);
        }
        AccountProblem::TooLong => "account-too-long",
        AccountProblem::Common => "account-common",
        AccountProblem::Invitation => "join-over-text",
        AccountProblem::WrongPassword => "account-wrong-password",
    };
    speech.say(id).into_owned()
}

async fn join(
    State(app): State<Shared>,
    Path(token): Path<String>,
    headers: HeaderMap,
    OpenForm(form): OpenForm<Join>,
) -> Result<Response, Fail> {
    let speech = session::reader(&headers);
    let asked = token.clone();
    let Some(invited) = app.ask(move |desk| staff::find_invitation(desk, &asked)).await? else {
        return Ok(used_up(speech));
    };
    let (asked, name, email, language, password) =
        (token.clone(), form.name.clone(), form.email.clone(), form.language.clone(), form.password.clone());
    let made = {
        let _turn = app.hashing.acquire().await.map_err(|error| Fail::broken(&error))?;
        app.ask(move |desk| {
            let language = Speech::of(&language).tag();
            let account = NewAccount { name: &name, email: &email, language, password: &password };
            staff::accept_invitation(desk, &asked, &account)
        })
        .await?
    };
    match made {
        // The first person of a new book says next who the business is.
        Ok(id) => {
            open(&app, id, &headers, if invited.is_empty() { "/settings?welcome=1" } else { "/" }).await
        }
        Err(AccountProblem::Invitation) => Ok(used_up(speech)),
        Err(problem) => {
            let page = join_page(speech, &token, &invited, &form, Some(problem));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}
