//! What can go wrong with a request, and the page that says so.
//!
//! A handler returns [`Fail`]; it travels in the answer's extensions to the
//! outermost layer, which knows the reader's language and writes the page.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use duewell_documents::Speech;
use duewell_engine::{EngineError, Fault, with_causes};
use maud::{Markup, html};

use crate::assets;
use crate::ui;

/// Why a request was not answered with what it asked for.
#[derive(Clone, Debug)]
pub enum Fail {
    /// Nobody is signed in: the sign-in page comes first.
    SignIn,
    NotFound,
    /// The form did not come from this page, or its session is over.
    Form,
    /// A rule said no, or the request was wrong: the reason.
    Refused(String),
    TooMany {
        seconds: i64,
    },
    /// The file is larger than is taken.
    TooLarge,
    /// The database or the disk is away.
    World(String),
    /// Our fault; the log has the rest.
    Us(String),
}

impl From<EngineError> for Fail {
    fn from(error: EngineError) -> Fail {
        match (&error, error.fault()) {
            (EngineError::NotFound(..), _) => Fail::NotFound,
            (_, Fault::Caller | Fault::Rule) => Fail::Refused(with_causes(&error)),
            (_, Fault::World) => Fail::World(with_causes(&error)),
            (_, Fault::Us) => Fail::Us(with_causes(&error)),
        }
    }
}

impl Fail {
    /// Work that ended in a panic.
    pub fn broken(error: &dyn std::error::Error) -> Fail {
        Fail::Us(with_causes(error))
    }

    fn status(&self) -> StatusCode {
        match self {
            Fail::SignIn => StatusCode::SEE_OTHER,
            Fail::NotFound => StatusCode::NOT_FOUND,
            Fail::Form => StatusCode::FORBIDDEN,
            Fail::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Fail::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Fail::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Fail::World(_) => StatusCode::SERVICE_UNAVAILABLE,
            Fail::Us(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Writes the page in the reader's language.
    pub fn page(&self, speech: &Speech) -> Markup {
        let (title, text): (_, String) = match self {
            Fail::SignIn => ("fail-sign-in", String::new()),
            Fail::NotFound => ("fail-not-found", speech.say("fail-not-found-text").into_owned()),
            Fail::Form => ("fail-form", speech.say("fail-form-text").into_owned()),
            Fail::Refused(reason) => ("fail-refused", sentence(reason)),
            Fail::TooMany { seconds } => {
                ("fail-too-many", speech.say_with("fail-too-many-text", &[("seconds", (*seconds).into())]))
            }
            Fail::TooLarge => ("fail-too-large", speech.say("fail-too-large-text").into_owned()),
            Fail::World(_) => ("fail-world", speech.say("fail-world-text").into_owned()),
            Fail::Us(_) => ("fail-us", speech.say("fail-us-text").into_owned()),
        };
        let title = speech.say(title);
        let content = html! {
            h1 { (title) }
            p { (text) }
            p { a href="/" { (speech.say("fail-home")) } }
        };
        let skip = speech.say("skip-to-content");
        assets::page(
            speech,
            &title,
            ui::Layout::Plain,
            ui::plain_shell(&ui::PlainShell { skip: &skip, footer: None }, content),
        )
    }
}

/// A reason is a phrase; on a page it is a sentence.
pub fn sentence(reason: &str) -> String {
    let mut text: String = reason.trim().to_owned();
    if let Some(first) = text.chars().next() {
        text.replace_range(..first.len_utf8(), &first.to_uppercase().to_string());
    }
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}

impl IntoResponse for Fail {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        match &self {
            Fail::SignIn => {
                response.headers_mut().insert(header::LOCATION, HeaderValue::from_static("/sign-in"));
            }
            Fail::TooMany { seconds } => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
            }
            Fail::World(reason) | Fail::Us(reason) => eprintln!("pages: {reason}"),
            _ => {}
        }
        response.extensions_mut().insert(self);
        response
    }
}
