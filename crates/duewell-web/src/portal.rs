//! The debtor's pages: what is owed, how to pay it, and the answers that can be given without an account.
//!
//! Whoever holds the link sees what its notice was about. Looking changes nothing, however often and by whomever
//! (mail scanners open every link of a mail): only a form that is sent does. Titles name the creditor and nothing
//! else, as they end up in histories and previews. The link itself is a secret and is written nowhere.

mod answer;
mod kept;
mod owed;
mod paid;
mod pay;
mod plan;
mod promise;
mod quiet;
mod wrong;

use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use duewell_documents::{Creditor, Speech};
use duewell_domain::money::Money;
use duewell_engine::portal::{self, Closed, Item, PortalPage};
use maud::{Markup, html};

pub use self::kept::Kept;
use self::kept::Stamp;
use crate::app::Shared;
use crate::assets;
use crate::fail::Fail;
use crate::session;
use crate::texts;
use crate::ui;

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/p/{token}", get(owed::show))
        .route("/p/{token}/", get(owed::show))
        .route("/p/{token}/qr.svg", get(pay::code))
        .route("/p/{token}/promise", get(promise::show).post(promise::take))
        .route("/p/{token}/plan", get(plan::show).post(plan::take))
        .route("/p/{token}/paid", get(paid::show).post(paid::take))
        .route("/p/{token}/wrong", get(wrong::show).post(wrong::take))
        .route("/p/{token}/quiet", get(quiet::show).post(quiet::take))
}

/// Somebody who comes with a link, before it is known whether it opens anything.
struct Visit {
    app: Shared,
    token: String,
    query: Vec<(String, String)>,
    /// The language chosen on the page.
    chosen: Option<&'static Speech>,
    /// The language the browser asks for.
    accepted: &'static Speech,
    peer: Option<IpAddr>,
}

impl FromRequestParts<Shared> for Visit {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Visit, Self::Rejection> {
        // An address that is not even text is a wrong link like any other.
        let token = Path::<String>::from_request_parts(parts, app).await.map_or(String::new(), |Path(it)| it);
        let query: Vec<(String, String)> =
            serde_urlencoded::from_str(parts.uri.query().unwrap_or("")).unwrap_or_default();
        let peer = ConnectInfo::<SocketAddr>::from_request_parts(parts, app).await;
        Ok(Visit {
            app: app.clone(),
            token,
            chosen: value_of(&query, "lang").and_then(spoken),
            query,
            accepted: session::reader(&parts.headers),
            peer: peer.ok().map(|ConnectInfo(peer)| session::place_of(peer.ip(), &parts.headers)),
        })
    }
}

/// Returns what a form or an address says under a name.
fn value_of<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find_map(|(key, value)| (key == name).then_some(value.as_str()))
}

/// Finds the language of a tag, unless we do not speak it.
fn spoken(tag: &str) -> Option<&'static Speech> {
    let speech = Speech::of(tag);
    let primary = tag.split(['-', '_']).next().unwrap_or("");
    primary.eq_ignore_ascii_case(speech.tag()).then_some(speech)
}

impl Visit {
    /// Opens what the link is for.
    async fn enter(self) -> Result<Room, Shut> {
        let token = self.token.clone();
        match self.app.glance(move |desk| portal::page(desk, &token)).await? {
            Ok(page) => Ok(self.room(page)),
            Err(closed) => Err(self.shut(closed)),
        }
    }

    /// Opens what the link is for, or returns the first page as it was written before, if nothing has happened since.
    async fn enter_first(self, key: &str) -> Result<First, Shut> {
        let (desk, settings) = self.app.desk_with_print();
        let today = desk.today();
        let (app, token, wanted) = (self.app.clone(), self.token.clone(), key.to_owned());
        let found = self.app.glance(move |desk| {
            let stamp = |head| Stamp { head, today, settings };
            let known = std::cell::RefCell::new(None);
            let loaded = portal::page_unless(desk, &token, |head| {
                let found = app.kept.find(&wanted, stamp(head));
                let is_known = found.is_some();
                *known.borrow_mut() = found;
                is_known
            })?;
            Ok(loaded.map(|loaded| (stamp(loaded.head), loaded.page, known.into_inner())))
        });
        match found.await? {
            Err(closed) => Err(self.shut(closed)),
            Ok((_, _, Some(page))) => Ok(First::Kept(page)),
            Ok((stamp, Some(page), None)) => Ok(First::Fresh(Box::new(self.room(page)), stamp)),
            Ok((_, None, None)) => Err(Fail::Us("a page was neither known nor loaded".to_owned()).into()),
        }
    }

    fn room(self, page: PortalPage) -> Room {
        let speech = self.chosen.or_else(|| page.language.as_deref().and_then(spoken));
        let speech = speech.unwrap_or(self.accepted);
        let desk = self.app.desk();
        let creditor = match page.creditor.name.as_str() {
            "" => desk.book.name.clone(),
            name => name.to_owned(),
        };
        Room {
            app: self.app,
            token: self.token,
            query: self.query,
            chosen: self.chosen,
            speech,
            page,
            creditor,
        }
    }

    /// Names the first page of this link for this reader; `None` where the address asks for more than a language.
    fn first_page(&self) -> Option<String> {
        let plain = self.query.iter().all(|(name, _)| name == "lang");
        let chosen = self.chosen.map_or("", Speech::tag);
        plain.then(|| format!("{} {chosen} {}", self.token, self.accepted.tag()))
    }

    /// Turns away a link that opens nothing. Guessing is slowed down; a good link is read before anybody is.
    fn shut(&self, closed: Closed) -> Shut {
        let speech = self.chosen.unwrap_or(self.accepted);
        let desk = self.app.desk();
        if closed == Closed::Unknown
            && let Some(peer) = self.peer
        {
            let (key, now) = (format!("link {peer}"), desk.now());
            if self.app.throttle.wait(&key, now).is_some() {
                let text = html! { p { (speech.say("portal-many-text")) } };
                let page = closed_page(speech, &speech.say("portal-many-title"), "", text);
                return Shut::Page(StatusCode::TOO_MANY_REQUESTS, page);
            }
            self.app.throttle.failed(&key, now);
        }
        // Who made up a link learns nothing about anyone; who held a good one learns whom to ask.
        let (status, creditor) = match closed {
            Closed::Unknown => (StatusCode::NOT_FOUND, None),
            Closed::Expired | Closed::Revoked => (StatusCode::GONE, Some(&desk.settings.creditor)),
        };
        let text = html! {
            p { (speech.say("portal-closed-text")) }
            p { (speech.say("portal-closed-next")) }
            @if let Some(creditor) = creditor { (reach(speech, creditor)) }
        };
        let name = creditor.map_or("", |creditor| creditor.name.as_str());
        Shut::Page(status, closed_page(speech, &speech.say("portal-closed-title"), name, text))
    }
}

fn closed_page(speech: &'static Speech, title: &str, creditor: &str, text: Markup) -> Markup {
    let content = html! { (ui::page_head(title, None, None)) (text) };
    let languages = languages(speech, &[]);
    assets::page(speech, title, ui::Layout::Portal, shell(speech, creditor, &languages, html! {}, content))
}

/// Why there is no page.
enum Shut {
    Page(StatusCode, Markup),
    Fail(Fail),
}

impl From<Fail> for Shut {
    fn from(fail: Fail) -> Shut {
        Shut::Fail(fail)
    }
}

impl IntoResponse for Shut {
    fn into_response(self) -> Response {
        match self {
            Shut::Page(status, page) => (status, page).into_response(),
            Shut::Fail(fail) => fail.into_response(),
        }
    }
}

/// The first page behind a link: as it was written before, or what it is written from.
enum First {
    Kept(Bytes),
    Fresh(Box<Room>, Stamp),
}

/// What a link opened, with what every page behind it needs.
struct Room {
    app: Shared,
    token: String,
    query: Vec<(String, String)>,
    chosen: Option<&'static Speech>,
    speech: &'static Speech,
    page: PortalPage,
    /// The creditor's name as the debtor knows it.
    creditor: String,
}

impl Room {
    fn say(&self, id: &str) -> String {
        self.speech.say(id).into_owned()
    }

    /// Returns what the address says under a name.
    fn asked(&self, name: &str) -> Option<&str> {
        value_of(&self.query, name)
    }

    /// Writes the address of a page behind this link; the chosen language comes along.
    fn address(&self, place: &str, parameters: &[(&str, &str)]) -> String {
        let mut all = parameters.to_vec();
        if let Some(chosen) = self.chosen {
            all.push(("lang", chosen.tag()));
        }
        texts::address(&format!("/p/{}{place}", self.token), &all)
    }

    /// Writes a page.
    fn write(&self, content: Markup) -> Markup {
        let (speech, page) = (self.speech, &self.page);
        let may_decline = page.has_email && !page.is_quiet;
        let advice = page.creditor.advice.as_deref().filter(|text| !text.trim().is_empty());
        let footer = html! {
            div.stack {
                (reach(speech, &page.creditor))
                @if let Some(advice) = advice { p { (advice) } }
                @if may_decline {
                    p.no-print { a href=(self.address("/quiet", &[])) { (speech.say("portal-quiet-link")) } }
                }
            }
        };
        let kept: Vec<(&str, &str)> = ["said", "on"]
            .into_iter()
            .filter_map(|name| Some((name, self.asked(name)?)))
            .filter(|(_, value)| value.len() < 20)
            .collect();
        let languages = languages(speech, &kept);
        let title = speech.say_with("portal-title", &[("creditor", (&self.creditor).into())]);
        let body = shell(speech, &self.creditor, &languages, footer, content);
        assets::page(speech, &title, ui::Layout::Portal, body)
    }

    /// Leads back from a page for one answer.
    fn back(&self) -> Markup {
        html! { p { a href=(self.address("", &[])) { (self.speech.say("portal-back")) } } }
    }

    /// What is to be paid now: everything that is in no plan, and of a plan what is late, or what comes next.
    fn to_pay(&self) -> Vec<&Item> {
        let items = &self.page.items;
        let is_late = |item: &Item| item.due_on <= self.page.today;
        let is_now = |item: &&Item| {
            let Some(plan) = item.plan else { return true };
            let mut of_plan = items.iter().filter(|other| other.plan == Some(plan));
            // Items stand by their due date: the first of a plan is the one that comes next.
            is_late(item) || of_plan.next().is_some_and(|first| first.id == item.id && !is_late(first))
        };
        items.iter().filter(is_now).collect()
    }

    /// Writes what is to be paid now, in each currency.
    fn totals(&self) -> String {
        let totals = sums(&self.to_pay()).into_iter().map(|total| self.speech.money(total));
        totals.collect::<Vec<_>>().join(" + ")
    }
}

/// Adds amounts up, in each currency.
fn sums(items: &[&Item]) -> Vec<Money> {
    let mut sums: Vec<Money> = Vec::new();
    for item in items {
        match sums.iter_mut().find(|sum| sum.currency == item.open.currency) {
            // The sum of all of them was checked when the page was loaded.
            Some(sum) => *sum = sum.plus(item.open).unwrap_or(*sum),
            None => sums.push(item.open),
        }
    }
    sums
}

/// The same page in each language: address and label.
fn languages(speech: &Speech, kept: &[(&str, &str)]) -> Vec<(String, &'static Speech, bool)> {
    let one = |&other: &&'static Speech| {
        let mut parameters = kept.to_vec();
        parameters.push(("lang", other.tag()));
        (texts::address("", &parameters), other, other.tag() == speech.tag())
    };
    Speech::all().iter().map(one).collect()
}

fn shell(
    speech: &Speech,
    creditor: &str,
    languages: &[(String, &'static Speech, bool)],
    footer: Markup,
    content: Markup,
) -> Markup {
    let links: Vec<ui::Link<'_>> = languages
        .iter()
        .map(|(href, other, current)| {
            ui::Link::new(other.own_name(), href).language(other.tag()).current_if(*current)
        })
        .collect();
    let (skip, language_label) = (speech.say("portal-skip"), speech.say("portal-language"));
    ui::portal_shell(
        &ui::PortalShell {
            skip: &skip,
            creditor,
            language_label: &language_label,
            languages: &links,
            footer,
            flash: None,
        },
        content,
    )
}

/// Says how a person is reached.
fn reach(speech: &Speech, creditor: &Creditor) -> Markup {
    let dialled: String = creditor.phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let lines = creditor.address.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<&str> = lines.collect();
    html! {
        div.stack {
            p { (speech.say("portal-reach")) }
            @if !creditor.name.is_empty() { p { strong { (creditor.name) } } }
            @if !dialled.is_empty() {
                p { (speech.say("portal-phone")) " " a href={ "tel:" (dialled) } { (creditor.phone) } }
            }
            @if !creditor.email.is_empty() {
                p { (speech.say("portal-email")) " " a href={ "mailto:" (creditor.email) } { (creditor.email) } }
            }
            @if !lines.is_empty() {
                p { @for (index, line) in lines.iter().enumerate() { @if index > 0 { br; } (line) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_we_do_not_speak_is_not_taken_for_english() {
        assert_eq!(spoken("de-AT").map(Speech::tag), Some("de"));
        assert_eq!(spoken("en").map(Speech::tag), Some("en"));
        assert!(spoken("fr").is_none());
        assert!(spoken("<script>").is_none());
        assert!(spoken("").is_none());
    }
}
