//! What stands before and after every request: where forms come from, what browsers may do, error pages.

use std::panic::AssertUnwindSafe;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;

use crate::app::Shared;
use crate::fail::Fail;
use crate::session;

/// Nothing inline, nothing from elsewhere, in no other site's frame (OWASP ASVS 5.0, 3.4).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Refuses forms of other sites, adds the headers every answer has, and writes the page of what failed.
pub async fn guard(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let speech = session::reader(request.headers());
    let is_portal = request.uri().path().starts_with("/p/");
    let secure = session::is_secure(&app);
    let mut response = if is_foreign(request.method(), request.headers(), is_portal) {
        Fail::Form.into_response()
    } else {
        // A bug in one page is that page's: the reader is told, and the connection goes on.
        match AssertUnwindSafe(next.run(request)).catch_unwind().await {
            Ok(response) => response,
            Err(_) => Fail::Us("a page broke; the panic's message is above".to_owned()).into_response(),
        }
    };
    if let Some(fail) = response.extensions().get::<Fail>().cloned()
        && !matches!(fail, Fail::SignIn)
    {
        let (mut parts, _) = response.into_parts();
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        response = Response::from_parts(parts, fail.page(speech).into_string().into());
    }
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::CACHE_CONTROL, "no-store");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    // A debtor's link is a secret: no page may tell another where the reader came from.
    set(header::REFERRER_POLICY, if is_portal { "no-referrer" } else { "same-origin" });
    if is_portal {
        set(HeaderName::from_static("x-robots-tag"), "noindex, nofollow");
    }
    if secure {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

/// Says whether a request that changes something comes from another site.
///
/// Browsers say so by `Sec-Fetch-Site`; older ones by `Origin`. What sends neither is no browser with somebody's
/// session in it, and is held to the form's token. Our debtors' pages hide where they are, so that their own forms
/// come from the origin `null`; anywhere else that is a frame of somebody else's.
fn is_foreign(method: &Method, headers: &HeaderMap, is_portal: bool) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return false;
    }
    // What cannot be read is nobody's of ours.
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, None) => false,
        (None, Some("null")) => !is_portal,
        (None, Some(origin)) => {
            let host = text("host").unwrap_or("");
            origin.split_once("://").is_none_or(|(_, origin_host)| origin_host != host)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_other_sites_are_foreign() {
        let check = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            headers.insert("host", HeaderValue::from_static("pay.example.com"));
            for &(name, value) in pairs {
                headers.insert(name, HeaderValue::from_static(value));
            }
            is_foreign(&Method::POST, &headers, false)
        };
        assert!(!check(&[]));
        assert!(!check(&[("sec-fetch-site", "same-origin")]));
        assert!(check(&[("sec-fetch-site", "cross-site")]));
        assert!(check(&[("sec-fetch-site", "same-site")]));
        assert!(check(&[("origin", "https://evil.example")]));
        assert!(!check(&[("origin", "https://pay.example.com")]));
        assert!(check(&[("sec-fetch-site", "cross-site"), ("origin", "https://pay.example.com")]));
        assert!(!is_foreign(&Method::GET, &HeaderMap::new(), false));
        assert!(check(&[("origin", "null")]));
        let mut headers = HeaderMap::new();
        headers.insert("origin", HeaderValue::from_static("null"));
        assert!(!is_foreign(&Method::POST, &headers, true), "a debtor's page hides where it is");
        headers.insert("origin", HeaderValue::from_bytes(b"\xff").expect("a value"));
        assert!(is_foreign(&Method::POST, &headers, true));
    }
}
