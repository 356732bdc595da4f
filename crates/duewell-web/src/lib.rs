//! Staff pages and debtor pages: HTML over the engine's use cases.
//!
//! A handler reads the request, asks the engine on a thread that may wait, and
//! writes a page. It decides nothing and knows no SQL. Every page is a working
//! page without scripts; htmx makes some of them quicker. What stands around
//! all of them (forms of other sites, headers, error pages) is in `guard`.
//!
//! Reading order: `app` (what pages share), `session` (who is at work),
//! `guard`, `assets` and `ui` (how it looks); then one module per page, in the
//! order of a day: `today`, `debtors`, `debtor`, `payments`, `plans`, `plan`, `imports`, `mail`,
//! `scenario`, `settings`, `account`, `sign_in`; and `portal`, the debtor's page.

mod account;
mod app;
mod assets;
mod debtor;
mod debtors;
mod fail;
mod guard;
mod imports;
mod mail;
mod payments;
mod plan;
mod plans;
mod portal;
mod scenario;
mod session;
mod settings;
mod sign_in;
mod style;
mod texts;
mod today;
pub mod ui;

use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;

pub use app::{App, Shared};

/// How long requests under way have when the server is asked to stop; work on the book is finished in any case.
const GRACE: Duration = Duration::from_secs(10);

/// All pages of a server.
pub fn router(app: Shared) -> Router {
    Router::new()
        .merge(today::routes())
        .merge(debtors::routes())
        .merge(debtor::routes())
        .merge(payments::routes())
        .merge(plans::routes())
        .merge(plan::routes())
        .merge(imports::routes())
        .merge(mail::routes())
        .merge(scenario::routes())
        .merge(settings::routes())
        .merge(account::routes())
        .merge(sign_in::routes())
        .merge(style::routes())
        .merge(portal::routes())
        .merge(assets::routes())
        .fallback(async || fail::Fail::NotFound)
        .layer(from_fn_with_state(app.clone(), guard::guard))
        .with_state(app)
}

/// Serves the pages on an open socket until `stop` is told; requests under way are answered first.
pub fn serve(listener: TcpListener, app: Shared, stop: Receiver<()>) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
        let (tell, told) = tokio::sync::oneshot::channel::<()>();
        let stopped = async move {
            // A sender that is gone stops us too.
            let _ = tokio::task::spawn_blocking(move || stop.recv()).await;
            // Nobody waits for it when everything is answered already.
            let _ = tell.send(());
        };
        let late = async {
            let _ = told.await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            served = axum::serve(listener, service).with_graceful_shutdown(stopped) => served,
            // Whoever sends a request without end does not keep the server from stopping.
            () = late => Ok(()),
        }
    })
}
