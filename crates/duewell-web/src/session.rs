//! Who is at work: the session cookie, the token of forms, and what a page for staff needs.

use std::net::{IpAddr, Ipv6Addr};

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use duewell_documents::Speech;
use duewell_engine::staff::{self, AtWork};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::app::Shared;
use crate::assets;
use crate::fail::Fail;
use crate::ui;

/// Over HTTPS the cookie's name binds it to this host (RFC 6265bis, `__Host-`).
const COOKIE_SECURE: &str = "__Host-duewell";
const COOKIE_PLAIN: &str = "duewell";
/// Longest form that is read.
const FORM_MAX: usize = 256 * 1024;

/// Says whether debtors and staff reach this server over HTTPS.
pub fn is_secure(app: &Shared) -> bool {
    app.desk().settings.portal_url.starts_with("https://")
}

fn cookie_name(app: &Shared) -> &'static str {
    if is_secure(app) { COOKIE_SECURE } else { COOKIE_PLAIN }
}

/// Reads one cookie of a request.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// Returns the secret of the session a request comes with, good or not.
pub fn secret_of<'a>(app: &Shared, headers: &'a HeaderMap) -> Option<&'a str> {
    cookie(headers, cookie_name(app)).filter(|secret| !secret.is_empty() && secret.len() <= 100)
}

/// The cookie by which a browser is known from which somebody signed in before.
const COOKIE_KNOWN: &str = "duewell-known";

/// Says whether a request comes from a browser from which this address signed in before.
pub fn is_known(app: &Shared, headers: &HeaderMap, email: &str) -> bool {
    let mark = app.desk().link_key.as_ref().map(|key| key.mark_browser(email));
    // Hashes are compared: how far they agree tells nothing about the mark.
    let digest = |text: &str| Sha256::digest(text.as_bytes());
    mark.zip(cookie(headers, COOKIE_KNOWN)).is_some_and(|(mark, sent)| digest(&mark) == digest(sent))
}

/// Writes the cookie by which a browser is known, for half a year; none without a secret to make it from.
pub fn known_cookie(app: &Shared, email: &str) -> Option<HeaderValue> {
    let mark = app.desk().link_key.as_ref()?.mark_browser(email);
    let secure = if is_secure(app) { "; Secure" } else { "" };
    let age = 180 * 24 * 60 * 60;
    let text = format!("{COOKIE_KNOWN}={mark}; Path=/sign-in; HttpOnly; SameSite=Lax; Max-Age={age}{secure}");
    HeaderValue::from_str(&text).ok()
}

/// Names the place a request comes from, for slowing down: who has an IPv6 address has 2⁶⁴ of them (RFC 6177).
///
/// A proxy on this machine says last in `X-Forwarded-For` whom it serves; nobody else is believed.
pub fn place_of(peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let told = || {
        let line = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        line.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    };
    let place = if peer.to_canonical().is_loopback() { told().unwrap_or(peer) } else { peer };
    match place.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 => v4,
    }
}

/// Writes the cookie that carries a session; an empty secret takes it away.
pub fn session_cookie(app: &Shared, secret: &str) -> HeaderValue {
    let name = cookie_name(app);
    let secure = if is_secure(app) { "; Secure" } else { "" };
    let age = if secret.is_empty() { "; Max-Age=0" } else { "" };
    HeaderValue::from_str(&format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}{age}"))
        .expect("a secret is base64")
}

/// The reader's language where nobody is signed in: what the browser asks for.
pub fn reader(headers: &HeaderMap) -> &'static Speech {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Speech::accepted(asked.unwrap_or(""))
}

/// A person at work, as every page for staff gets it.
pub struct Staff {
    pub app: Shared,
    pub who: AtWork,
    pub speech: &'static Speech,
    /// The secret of the session.
    pub secret: String,
    /// The token that forms of this session carry.
    pub csrf: String,
    pub zone: TimeZone,
}

/// Derives the token of forms from the session: no other site can know it, and nothing is stored.
fn csrf_of(secret: &str) -> String {
    let hash = Sha256::new().chain_update(b"form ").chain_update(secret).finalize();
    URL_SAFE_NO_PAD.encode(hash)
}

impl FromRequestParts<Shared> for Staff {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Staff, Fail> {
        let secret = secret_of(app, &parts.headers).ok_or(Fail::SignIn)?.to_owned();
        let known = secret.clone();
        let who = app.glance(move |desk| staff::at_work(desk, &known)).await?.ok_or(Fail::SignIn)?;
        if who.is_unnoted {
            let known = secret.clone();
            app.ask(move |desk| staff::note_use(desk, &known)).await?;
        }
        Ok(Staff {
            app: app.clone(),
            speech: Speech::of(&who.language),
            csrf: csrf_of(&secret),
            secret,
            zone: app.desk().zone.clone(),
            who,
        })
    }
}

/// Where a page for staff belongs in the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Here {
    Today,
    Debtors,
    Payments,
    Plans,
    Imports,
    Mail,
    Scenario,
    Settings,
    Elsewhere,
}

impl Staff {
    pub fn actor(&self) -> String {
        self.who.actor()
    }

    /// Refuses a form that does not carry this session's token.
    pub fn check(&self, token: &str) -> Result<(), Fail> {
        // Both are hashes of equal length: comparing hashes again leaks nothing about either.
        let same = Sha256::digest(token.as_bytes()) == Sha256::digest(self.csrf.as_bytes());
        if same { Ok(()) } else { Err(Fail::Form) }
    }

    /// Writes a page: `done` is the id of the message about what was just done (`done-…`).
    pub fn page(&self, title: &str, here: Here, done: Option<&str>, content: Markup) -> Response {
        self.page_with(title, here, done.map(|id| self.done(id)), content)
    }

    /// Says what was done by the id of its text; an id of someone's invention says nothing.
    fn done(&self, id: &str) -> Markup {
        let known = id.starts_with("done-") && id.len() < 60 && self.speech.knows(id);
        if known {
            ui::flash(ui::Tone::Ok, &self.speech.say(id), None)
        } else {
            html! {}
        }
    }

    /// Writes a page with a message of its own above it.
    pub fn page_with(&self, title: &str, here: Here, flash: Option<Markup>, content: Markup) -> Response {
        let say = |id: &str| self.speech.say(id);
        let desk = self.app.desk();
        let places = [
            (Here::Today, "/", say("nav-today")),
            (Here::Debtors, "/debtors", say("nav-debtors")),
            (Here::Payments, "/payments", say("nav-payments")),
            (Here::Plans, "/plans", say("nav-plans")),
            (Here::Imports, "/imports", say("nav-imports")),
            (Here::Mail, "/mail", say("nav-mail")),
            (Here::Scenario, "/scenario", say("nav-scenario")),
            (Here::Settings, "/settings", say("nav-settings")),
        ];
        let nav: Vec<ui::Link<'_>> = places
            .iter()
            .map(|(place, href, label)| ui::Link::new(label, href).current_if(*place == here))
            .collect();
        let book = match desk.settings.creditor.name.as_str() {
            "" => desk.book.name.as_str(),
            name => name,
        };
        let (account, out) = (say("nav-account"), say("nav-sign-out"));
        let user = ui::menu(
            &self.who.name,
            html! {
                a href="/account" { (account) }
                form method="post" action="/sign-out" {
                    (ui::csrf(&self.csrf))
                    button { (out) }
                }
            },
        );
        let (search_label, search_action) = (say("nav-search"), say("debtors-search-action"));
        let body = ui::staff_shell(
            &ui::StaffShell {
                skip: &say("skip-to-content"),
                home: "/",
                book,
                nav_label: &say("nav-label"),
                nav: &nav,
                search: Some(ui::Search {
                    id: "top-search",
                    action: "/debtors",
                    name: "q",
                    value: "",
                    label: &search_label,
                    submit: &search_action,
                }),
                user,
                flash,
            },
            content,
        );
        let title = format!("{title} · {book} · Duewell");
        assets::page(self.speech, &title, ui::Layout::Staff, body).into_response()
    }
}

/// A form of a person at work, with the session's token checked before it is read.
pub struct Form<T>(pub Staff, pub T);

impl<T: DeserializeOwned> FromRequest<Shared> for Form<T> {
    type Rejection = Fail;

    async fn from_request(request: Request, app: &Shared) -> Result<Form<T>, Fail> {
        let (mut parts, body) = request.into_parts();
        let staff = Staff::from_request_parts(&mut parts, app).await?;
        let bytes = axum::body::to_bytes(body, FORM_MAX).await.map_err(|_| Fail::TooLarge)?;
        let token = value_of(&bytes, "csrf").unwrap_or_default();
        staff.check(&token)?;
        Ok(Form(staff, read_form(&bytes)?))
    }
}

/// A form of somebody who is not signed in.
pub struct OpenForm<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Shared> for OpenForm<T> {
    type Rejection = Fail;

    async fn from_request(request: Request, _: &Shared) -> Result<OpenForm<T>, Fail> {
        let bytes = axum::body::to_bytes(request.into_body(), FORM_MAX).await.map_err(|_| Fail::TooLarge)?;
        Ok(OpenForm(read_form(&bytes)?))
    }
}

fn read_form<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Fail> {
    serde_urlencoded::from_bytes(bytes).map_err(|error| Fail::Refused(error.to_string()))
}

fn value_of(bytes: &Bytes, name: &str) -> Option<String> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(bytes).ok()?;
    pairs.into_iter().find_map(|(key, value)| (key == name).then_some(value))
}

/// Leads to another page of ours after a form was taken (RFC 9110, 303).
pub fn see(address: &str) -> Response {
    axum::response::Redirect::to(address).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cookie_of_several_is_read() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; duewell=secret; duewellx=2"));
        assert_eq!(cookie(&headers, "duewell"), Some("secret"));
        assert_eq!(cookie(&headers, "well"), None);
    }

    #[test]
    fn a_place_is_an_address_or_a_network_and_a_proxy_here_is_believed() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_static("198.51.100.1, 203.0.113.9"));
        for (peer, place) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("127.0.0.1", "203.0.113.9"),
            ("::1", "203.0.113.9"),
        ] {
            let peer = peer.parse().expect("an address");
            assert_eq!(place_of(peer, &headers).to_string(), place, "{peer}");
        }
        headers.insert("x-forwarded-for", HeaderValue::from_static("nobody"));
        let here: IpAddr = "127.0.0.1".parse().expect("an address");
        assert_eq!(place_of(here, &headers), here);
    }

    #[test]
    fn each_session_has_its_own_token() {
        assert_ne!(csrf_of("a"), csrf_of("b"));
        assert_ne!(csrf_of("a"), "a");
    }
}
