//! A file before it is brought in: what it would change, what is wrong in it, and how it is read.

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use duewell_engine::bank::StatementSummary;
use duewell_engine::intake::{self, FileKind, TableLook};
use duewell_engine::invoice::InvoiceSummary;
use duewell_engine::{Desk, EngineError};
use duewell_formats::table::TableKind;
use maud::{Markup, html};
use serde::Deserialize;

use super::columns::Choice;
use super::findings;
use super::upload::{self, Upload};
use super::{not_done, table, told};
use crate::app::Shared;
use crate::fail::Fail;
use crate::session::{Form, Here, Staff, see};
use crate::ui::{self, Tone};

/// Where a person is led whose file is not here any more.
const GONE: &str = "/imports?done=done-file-gone";

/// What was found in a file.
enum Look {
    Table(Box<TableLook>),
    Invoice(Box<InvoiceSummary>),
    Statement(Box<StatementSummary>),
}

fn look(desk: &Desk, upload: &Upload, choice: &Choice) -> Result<Look, EngineError> {
    // Looking changes nothing, so nobody is named.
    let file = upload.handed("");
    Ok(match (upload.kind.table(), upload.kind) {
        (Some(guessed), _) => {
            let kind = choice.kind.unwrap_or(guessed);
            Look::Table(Box::new(intake::look_at_table(desk, &file, kind, &choice.reading)?))
        }
        (None, FileKind::Statement) => Look::Statement(Box::new(intake::look_at_statement(desk, &file)?)),
        (None, _) => Look::Invoice(Box::new(intake::look_at_invoice(desk, &file)?)),
    })
}

async fn find(app: &Shared, staff: &Staff, id: String) -> Result<Option<Upload>, Fail> {
    let (folder, owner) = (app.uploads.clone(), staff.who.id);
    app.ask(move |_| Ok(upload::find(&folder, owner, &id))).await
}

type Pairs = Vec<(String, String)>;

pub async fn show(
    State(app): State<Shared>,
    staff: Staff,
    Path(id): Path<String>,
    Query(pairs): Query<Pairs>,
) -> Result<Response, Fail> {
    let Some(upload) = find(&app, &staff, id).await? else { return Ok(see(GONE)) };
    let choice = Choice::read(pairs);
    let (upload, choice, found) = app
        .ask(move |desk| {
            let found = look(desk, &upload, &choice);
            Ok((upload, choice, found))
        })
        .await?;
    page(&staff, &upload, &choice, found, None)
}

fn page(
    staff: &Staff,
    upload: &Upload,
    choice: &Choice,
    found: Result<Look, EngineError>,
    notice: Option<Markup>,
) -> Result<Response, Fail> {
    let speech = staff.speech;
    let body = match found {
        Ok(Look::Table(look)) => table::show(staff, upload, choice, &look),
        Ok(Look::Invoice(summary)) => invoice_page(staff, upload, &summary),
        Ok(Look::Statement(summary)) => statement_page(staff, upload, &summary),
        Err(error) => {
            let reason = told(error)?;
            html! {
                (not_done(speech, "imports-unreadable", "imports-unreadable-text", &reason))
                (ui::actions(discard_button(staff, upload)))
            }
        }
    };
    let kind = choice.kind.map_or(upload.kind.as_str(), |kind| match kind {
        TableKind::Debtors => "debtors",
        TableKind::Receivables => "receivables",
    });
    let kind = speech.say(&format!("imports-kind-{kind}")).into_owned();
    let lead = speech.say_with("imports-read-as", &[("kind", (&kind).into())]);
    let title = &upload.name;
    let content = html! {
        (ui::page_head(title, Some(&lead), None))
        @if let Some(notice) = notice { (notice) }
        (body)
    };
    Ok(staff.page(title, Here::Imports, None, content))
}

/// The form that writes; it carries on how the file is read.
pub fn bring_in_form(staff: &Staff, upload: &Upload, pairs: &[(String, String)], label: &str) -> Markup {
    html! {
        form.inline method="post" action=(upload.address()) {
            (ui::csrf(&staff.csrf))
            @for (name, value) in pairs { input type="hidden" name=(name) value=(value); }
            (ui::button(ui::Button::Primary, label))
        }
    }
}

pub fn discard_button(staff: &Staff, upload: &Upload) -> Markup {
    ui::post_button(
        ui::Button::Quiet,
        &staff.speech.say("imports-discard"),
        &format!("{}/discard", upload.address()),
        &staff.csrf,
    )
}

fn invoice_page(staff: &Staff, upload: &Upload, summary: &InvoiceSummary) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let outcome = say(match summary.outcome {
        "new" => "imports-invoice-new",
        "changed" => "imports-invoice-changed",
        _ => "imports-invoice-same",
    });
    html! {
        (ui::card(&speech.say_with("imports-invoice", &[("number", (&summary.number).into())]), ui::facts(&[
            (&say("imports-invoice-debtor"), html! { bdi { (summary.debtor) } " (" bdi { (summary.debtor_external_id) } ")" }),
            (&say("imports-invoice-amount"), ui::amount(&speech.money(summary.amount))),
            (&say("imports-invoice-due"), ui::time(&summary.due_on.to_string(), &speech.date(summary.due_on))),
            (&say("imports-invoice-outcome"), html! { (outcome) }),
        ])))
        @if !summary.warnings.is_empty() {
            (ui::notice(Tone::Due, &say("imports-warnings"), html! {
                @for warning in &summary.warnings { p { (findings::warning(speech, warning)) } }
            }))
        }
        (ui::actions(html! {
            @if summary.outcome != "same" {
                (bring_in_form(staff, upload, &[], &say("imports-bring-in")))
            }
            (discard_button(staff, upload))
        }))
    }
}

fn statement_page(staff: &Staff, upload: &Upload, summary: &StatementSummary) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let number = |n: u64| speech.number(i64::try_from(n).unwrap_or(i64::MAX));
    let refused = u64::try_from(summary.refused.len()).unwrap_or(u64::MAX);
    let values =
        [number(summary.statements), number(summary.lines), number(summary.pending), number(refused)];
    let labels = [
        say("imports-statements"),
        say("imports-lines"),
        say("imports-pending"),
        say("imports-refused-lines"),
    ];
    let pending = say("imports-pending-note");
    let stats = [
        ui::Stat { label: &labels[0], value: &values[0], ..ui::Stat::default() },
        ui::Stat { label: &labels[1], value: &values[1], tone: Tone::Ok, ..ui::Stat::default() },
        ui::Stat { label: &labels[2], value: &values[2], note: Some(&pending), ..ui::Stat::default() },
        ui::Stat {
            label: &labels[3],
            value: &values[3],
            tone: if refused > 0 { Tone::Overdue } else { Tone::Neutral },
            href: (refused > 0).then_some("#refused"),
            ..ui::Stat::default()
        },
    ];
    html! {
        (ui::stats(&say("imports-outcome"), &stats))
        p { (say("imports-statement-text")) }
        @if !summary.warnings.is_empty() {
            (ui::notice(Tone::Due, &say("imports-warnings"), html! {
                @for warning in &summary.warnings { p { (findings::warning(speech, warning)) } }
            }))
        }
        @if !summary.refused.is_empty() {
            section.card id="refused" {
                h2 { (say("imports-refused-lines")) }
                p { (say("imports-refused-text")) }
                @for refusal in &summary.refused { p lang="en" { (refusal) } }
            }
        }
        (ui::actions(html! {
            @if summary.lines > 0 || summary.statements > 0 {
                (bring_in_form(staff, upload, &[], &say("imports-book")))
            }
            (discard_button(staff, upload))
        }))
    }
}

/// Where a file leads once it is in.
fn commit(desk: &Desk, upload: &Upload, choice: &Choice, actor: &str) -> Result<String, EngineError> {
    let file = upload.handed(actor);
    let batch_address = |batch: Option<duewell_domain::id::BatchId>| match batch {
        Some(batch) => format!("/imports?done=done-imported&batch={batch}"),
        None => "/imports".to_owned(),
    };
    let address = match (upload.kind.table(), upload.kind) {
        (Some(guessed), _) => {
            let kind = choice.kind.unwrap_or(guessed);
            batch_address(intake::bring_in_table(desk, &file, kind, &choice.reading)?.batch)
        }
        (None, FileKind::Statement) => {
            let summary = intake::book_statement(desk, &file)?;
            format!(
                "/payments?done=done-booked&matched={}&queued={}&known={}",
                summary.matched, summary.queued, summary.known
            )
        }
        (None, _) => batch_address(intake::bring_in_invoice(desk, &file)?.1),
    };
    upload.remove();
    Ok(address)
}

pub async fn bring_in(
    State(app): State<Shared>,
    Path(id): Path<String>,
    Form(staff, pairs): Form<Pairs>,
) -> Result<Response, Fail> {
    let Some(upload) = find(&app, &staff, id).await? else { return Ok(see(GONE)) };
    let (choice, actor) = (Choice::read(pairs), staff.actor());
    let (upload, choice, done) = app
        .ask(move |desk| {
            let done = commit(desk, &upload, &choice, &actor);
            Ok((upload, choice, done))
        })
        .await?;
    let reason = match done {
        Ok(address) => return Ok(see(&address)),
        Err(error) => told(error)?,
    };
    let (upload, choice, found) = app
        .ask(move |desk| {
            let found = look(desk, &upload, &choice);
            Ok((upload, choice, found))
        })
        .await?;
    let notice = not_done(staff.speech, "imports-not-brought-in", "imports-not-brought-in-text", &reason);
    let page = page(&staff, &upload, &choice, found, Some(notice))?;
    Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

#[derive(Deserialize)]
pub struct Nothing {}

pub async fn discard(
    State(app): State<Shared>,
    Path(id): Path<String>,
    Form(staff, Nothing {}): Form<Nothing>,
) -> Result<Response, Fail> {
    if let Some(upload) = find(&app, &staff, id).await? {
        app.ask(move |_| {
            upload.remove();
            Ok(())
        })
        .await?;
    }
    Ok(see("/imports?done=done-file-discarded"))
}

pub async fn findings_csv(
    State(app): State<Shared>,
    staff: Staff,
    Path(id): Path<String>,
    Query(pairs): Query<Pairs>,
) -> Result<Response, Fail> {
    let upload = find(&app, &staff, id).await?.ok_or(Fail::NotFound)?;
    let choice = Choice::read(pairs);
    let found = app.ask(move |desk| look(desk, &upload, &choice)).await?;
    let list = match found {
        Look::Table(look) => look.summary.map(|summary| summary.findings).unwrap_or_default(),
        Look::Invoice(_) | Look::Statement(_) => return Err(Fail::NotFound),
    };
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"findings.csv\""),
    ];
    Ok((headers, findings::csv(staff.speech, &list)).into_response())
}
