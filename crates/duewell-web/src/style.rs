//! The style page: every component in every state.

use axum::Router;
use axum::response::Response;
use axum::routing::get;

use crate::app::Shared;
use crate::session::{Here, Staff};
use crate::ui;

pub fn routes() -> Router<Shared> {
    Router::new().route("/style", get(show))
}

async fn show(staff: Staff) -> Response {
    staff.page(&staff.speech.say("style-title"), Here::Elsewhere, None, ui::style_page())
}
