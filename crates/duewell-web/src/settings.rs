//! Settings: who the creditor is, and what rules hold.

mod fields;
mod problems;
mod typed;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use duewell_documents::Speech;
use maud::{Markup, html};
use serde::Deserialize;

pub use self::problems::Problems;

use self::fields::Fields;
use self::typed::{Typed, field_of};
use crate::app::Shared;
use crate::fail::Fail;
use crate::session::{self, Form, Here, Staff, see};
use crate::texts;
use crate::ui::{self, Button, Icon, Tone};

pub fn routes() -> Router<Shared> {
    Router::new().route("/settings", get(show).post(save))
}

/// What a language is called in the reader's language; its tag where we have no word for it.
pub fn language_name(speech: &Speech, tag: &str) -> String {
    let id = format!("language-{tag}");
    if speech.knows(&id) { speech.say(&id).into_owned() } else { tag.to_uppercase() }
}

/// Returns the address under which the browser reached this server; a proxy in front says how.
pub fn address_of(headers: &HeaderMap) -> Option<String> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST)?;
    let is_host = host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'));
    let secure = text(header::HeaderName::from_static("x-forwarded-proto")) == Some("https");
    (is_host && !host.is_empty()).then(|| format!("{}://{host}", if secure { "https" } else { "http" }))
}

/// Says whether an address leads to this very machine only: no debtor could open it.
fn is_local(address: &str) -> bool {
    let host = address.split_once("://").map_or(address, |(_, host)| host);
    ["localhost", "127.", "[::1]", "0.0.0.0"].iter().any(|local| host.starts_with(local))
}

#[derive(Deserialize)]
struct Asked {
    welcome: Option<String>,
    done: Option<String>,
}

async fn show(
    State(app): State<Shared>,
    staff: Staff,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response {
    let mut typed = Typed::of(&app.desk().settings);
    if let Some(address) = address_of(&headers).filter(|address| !is_local(address)) {
        typed.offer("portal", address);
    }
    page(&app, &staff, &typed, &Problems::default(), asked.welcome.is_some(), asked.done.as_deref())
}

fn page(
    app: &Shared,
    staff: &Staff,
    typed: &Typed,
    problems: &Problems,
    welcome: bool,
    done: Option<&str>,
) -> Response {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let fields = Fields { speech, typed, problems };
    let title = if welcome {
        speech.say_with("settings-welcome-title", &[("name", staff.who.name.as_str().into())])
    } else {
        say("settings-title").into_owned()
    };
    let lead = if welcome { say("settings-welcome-lead") } else { say("settings-lead") };
    let content = html! {
        (ui::page_head(&title, Some(&lead), None))
        (problems.summary(speech))
        @if !welcome && problems.is_empty() { div { (missing(app, speech)) } }
        form.stack method="post" action="/settings" {
            (ui::csrf(&staff.csrf))
            @if welcome {
                input type="hidden" name="welcome" value="1";
                section.card { h2 { (say("settings-needed")) } (fields.needed()) }
                section.card {
                    h2 { (say("settings-later")) }
                    p.quiet { (say("settings-later-text")) }
                    (opens(speech, "settings-letterhead", problems.any(&["phone", "sender"]), html! { (fields.letterhead()) (fields.bank()) }))
                    (opens(speech, "settings-place", problems.any(&["language", "country", "currency", "holidays", "terms"]), fields.place()))
                    (opens(speech, "settings-contact", problems.any(&["opens", "closes", "cap-", "stale"]), fields.contact()))
                    (opens(speech, "settings-plans", problems.any(&["plan-"]), fields.plans()))
                    (opens(speech, "settings-page", problems.any(&["portal", "link", "promise"]), fields.page()))
                }
            } @else {
                div.cols {
                    div.stack {
                        (ui::card(&say("settings-who"), html! { (fields.needed()) (fields.letterhead()) }))
                        (ui::card(&say("settings-bank-account"), fields.bank()))
                        (ui::card(&say("settings-plans"), fields.plans()))
                    }
                    div.stack {
                        (ui::card(&say("settings-place"), fields.place()))
                        (ui::card(&say("settings-contact"), fields.contact()))
                        (ui::card(&say("settings-page"), fields.page()))
                    }
                }
            }
            (ui::actions(html! {
                (ui::button(Button::Primary, &say(if welcome { "settings-welcome-save" } else { "common-save" })))
                @if welcome { (ui::button_link(Button::Quiet, &say("settings-welcome-skip"), "/imports")) }
            }))
        }
    };
    (problems.status(), staff.page(&title, Here::Settings, done, content)).into_response()
}

/// Keeps a group of fields behind its name, unless something in it is wrong.
fn opens(speech: &Speech, title: &str, is_wrong: bool, fields: Markup) -> Markup {
    html! {
        details.disclosure open[is_wrong] {
            summary { (ui::icon(Icon::Next)) span { (speech.say(title)) } }
            div { (fields) }
        }
    }
}

/// Tells what notices still need.
fn missing(app: &Shared, speech: &Speech) -> Markup {
    let missing = app.desk().settings.missing();
    if missing.is_empty() {
        return html! {};
    }
    ui::notice(
        Tone::Due,
        &speech.say("settings-missing"),
        html! {
            ul {
                @for setting in missing {
                    @let field = field_of(setting);
                    li { a href={ "#" (ui::field_id(field)) } { (speech.say(&format!("settings-{field}"))) } }
                }
            }
        },
    )
}

async fn save(
    State(app): State<Shared>,
    Form(staff, form): Form<Vec<(String, String)>>,
) -> Result<Response, Fail> {
    let typed = Typed::read(form);
    let welcome = typed.get("welcome").is_some();
    let settings = match typed.settings(&app.desk().settings, staff.speech) {
        Ok(settings) => settings,
        Err(problems) => return Ok(page(&app, &staff, &typed, &problems, welcome, None)),
    };
    let actor = staff.actor();
    let was_secure = session::is_secure(&app);
    app.ask_app(move |app| {
        app.desk().save_settings(&settings, &actor)?;
        app.refresh()
    })
    .await?;
    let mut response = match welcome {
        true => see(&texts::address("/imports", &[("done", "done-settings-welcome")])),
        false => see(&texts::address("/settings", &[("done", "done-settings-saved")])),
    };
    if session::is_secure(&app) != was_secure {
        // With the address the name of the cookie changes; whoever changed it stays signed in.
        response.headers_mut().append(header::SET_COOKIE, session::session_cookie(&app, &staff.secret));
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_address_is_taken_from_the_request_and_a_local_one_is_not_offered() {
        let mut headers = HeaderMap::new();
        assert_eq!(address_of(&headers), None);
        headers.insert(header::HOST, HeaderValue::from_static("127.0.0.1:8080"));
        assert!(is_local(&address_of(&headers).expect("a host")));
        headers.insert(header::HOST, HeaderValue::from_static("pay.example.com"));
        headers.insert("x-forwarded-proto", HeaderValue::from_static("https"));
        let address = address_of(&headers).expect("a host");
        assert_eq!(address, "https://pay.example.com");
        assert!(!is_local(&address));
        headers.insert(header::HOST, HeaderValue::from_static("a/b"));
        assert_eq!(address_of(&headers), None);
    }
}
