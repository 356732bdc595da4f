//! Stylesheet, scripts and the frame of every document.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use duewell_documents::Speech;
use maud::Markup;
use sha2::{Digest as _, Sha256};

use crate::app::Shared;
use crate::fail::Fail;
use crate::ui;

const FILES: [(&str, &str, &[u8]); 4] = [
    ("style.css", "text/css; charset=utf-8", include_bytes!("../assets/style.css")),
    ("app.js", "text/javascript; charset=utf-8", include_bytes!("../assets/app.js")),
    ("htmx.min.js", "text/javascript; charset=utf-8", include_bytes!("../assets/htmx.min.js")),
    ("icon.svg", "image/svg+xml", include_bytes!("../assets/icon.svg")),
];

/// Changes with the files, so that browsers may keep them for ever.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for (_, _, bytes) in FILES {
        hash.update(bytes);
    }
    hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
});

static ADDRESSES: LazyLock<[String; 4]> =
    LazyLock::new(|| FILES.map(|(name, _, _)| format!("/static/{}/{name}", *VERSION)));

pub fn routes() -> Router<Shared> {
    Router::new().route("/static/{version}/{name}", get(file))
}

async fn file(Path((version, name)): Path<(String, String)>) -> Result<Response, Fail> {
    let found = FILES.iter().find(|(known, _, _)| *known == name && version == *VERSION);
    let Some((_, kind, bytes)) = found else { return Err(Fail::NotFound) };
    let headers =
        [(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, *bytes).into_response())
}

/// Writes a whole document: staff pages run the scripts, debtors' pages need none.
pub fn page(speech: &Speech, title: &str, layout: ui::Layout, body: Markup) -> Markup {
    let [style, app, htmx, icon] = &*ADDRESSES;
    let scripts: &[&str] = match layout {
        ui::Layout::Staff => &[htmx, app],
        ui::Layout::Portal | ui::Layout::Plain => &[app],
    };
    ui::document(
        &ui::Document {
            language: speech.tag(),
            direction: match speech.dir() {
                "rtl" => ui::Direction::RightToLeft,
                _ => ui::Direction::LeftToRight,
            },
            title,
            scheme: ui::Scheme::Device,
            keys: match layout {
                ui::Layout::Staff => ui::Keys::On,
                ui::Layout::Portal | ui::Layout::Plain => ui::Keys::Off,
            },
            layout,
            stylesheet: style,
            icon,
            scripts,
        },
        body,
    )
}
