//! Bringing files in: what came before, a place to drop the next one, and a look before anything is written.

mod columns;
mod file;
mod findings;
mod table;
mod upload;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use duewell_documents::Speech;
use duewell_domain::id::BatchId;
use duewell_engine::intake::{self, FileKind};
use duewell_engine::people::undo_import;
use duewell_engine::{EngineError, Fault, with_causes};
use duewell_store::import::Batch;
use maud::{Markup, html};
use serde::Deserialize;

use crate::app::Shared;
use crate::fail::{Fail, sentence};
use crate::session::{Form, Here, Staff, see};
use crate::ui::{self, Tone};
use upload::Taken;

/// Batches shown.
const BATCHES: i64 = 100;
/// Kinds of files the browser offers; what a file is, its content says.
const ACCEPT: &str = ".csv,.txt,.tsv,.xlsx,.xml,.pdf";

pub fn routes() -> Router<Shared> {
    Router::new()
        // An upload is counted while it is written to disk.
        .route("/imports", get(list).post(take).layer(DefaultBodyLimit::disable()))
        .route("/imports/{batch}/undo", post(undo))
        .route("/imports/files/{id}", get(file::show).post(file::bring_in))
        .route("/imports/files/{id}/discard", post(file::discard))
        .route("/imports/files/{id}/findings.csv", get(file::findings_csv))
}

/// Returns why a rule or a file stands against it; what is nobody's fault here is a failure.
pub fn told(error: EngineError) -> Result<String, Fail> {
    match error.fault() {
        Fault::Caller | Fault::Rule => Ok(sentence(&with_causes(&error))),
        Fault::World | Fault::Us => Err(error.into()),
    }
}

/// A notice that something was not done: what it means in the reader's language, and the reason as the engine says it.
pub fn not_done(speech: &Speech, title: &str, text: &str, reason: &str) -> Markup {
    ui::notice(
        Tone::Danger,
        &speech.say(title),
        html! {
            p { (speech.say(text)) }
            @if !reason.is_empty() { p.small lang="en" { (reason) } }
        },
    )
}

#[derive(Deserialize, Default)]
struct Asked {
    done: Option<String>,
    batch: Option<String>,
}

async fn list(State(app): State<Shared>, staff: Staff, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    let batches = load(&app).await?;
    let fresh = asked.batch.as_deref().and_then(|id| id.parse::<BatchId>().ok());
    let fresh = batches.iter().find(|batch| Some(batch.id) == fresh);
    let flash = match (asked.done.as_deref(), fresh) {
        (Some("done-imported"), Some(batch)) => Some(imported(&staff, batch)),
        _ => None,
    };
    let title = staff.speech.say("imports-title");
    let content = page(&staff, &batches, None, None);
    Ok(match flash {
        Some(flash) => staff.page_with(&title, Here::Imports, Some(flash), content),
        None => staff.page(&title, Here::Imports, asked.done.as_deref(), content),
    })
}

async fn load(app: &Shared) -> Result<Vec<Batch>, Fail> {
    app.ask(|desk| intake::list_batches(desk, BATCHES)).await
}

/// Tells what was brought in just now, with the way back.
fn imported(staff: &Staff, batch: &Batch) -> Markup {
    let text = staff.speech.say_with(
        "done-imported",
        &[
            ("file", (&batch.file_name).into()),
            ("new", batch.rows_new.into()),
            ("changed", batch.rows_changed.into()),
        ],
    );
    let undo = intake::can_undo(batch)
        .then(|| undo_button(staff, batch, "btn", html! { (staff.speech.say("imports-undo")) }));
    ui::flash(Tone::Ok, &text, undo)
}

fn undo_button(staff: &Staff, batch: &Batch, class: &str, label: Markup) -> Markup {
    html! {
        form.inline method="post" action={ "/imports/" (batch.id) "/undo" } {
            (ui::csrf(&staff.csrf))
            button class=(class) { (label) }
        }
    }
}

/// The page: the place for a file, and what came before.
fn page(staff: &Staff, batches: &[Batch], problem: Option<&str>, notice: Option<Markup>) -> Markup {
    let say = |id: &str| staff.speech.say(id);
    let errors: Vec<(&str, &str)> = problem.map(|text| ("file", text)).into_iter().collect();
    html! {
        (ui::page_head(&say("imports-title"), Some(&say("imports-lead")), None))
        @if let Some(notice) = notice { (notice) }
        (ui::error_summary(&say("imports-not-taken"), &errors))
        section.card {
            h2 { (say("imports-new")) }
            form method="post" action="/imports" enctype="multipart/form-data" {
                (ui::csrf(&staff.csrf))
                (ui::file_input(
                    &ui::Field::new("file", &say("imports-file")).hint(&*say("imports-file-hint")).error(problem),
                    ACCEPT,
                ))
                (ui::actions(ui::button(ui::Button::Primary, &say("imports-look"))))
            }
            @if !batches.is_empty() { (ui::disclosure(&say("imports-examples"), examples(staff.speech))) }
        }
        @if batches.is_empty() {
            (ui::empty_state(&say("imports-empty-title"), &say("imports-empty-text"), None))
            (ui::card(&say("imports-examples"), examples(staff.speech)))
        } @else {
            (history(staff, batches))
        }
    }
}

/// Shows what files look like that we read.
fn examples(speech: &Speech) -> Markup {
    let say = |id: &str| speech.say(id);
    let example = |title: &str, lines: &str| {
        html! {
            h3 { (say(title)) }
            p { @for line in say(lines).lines() { code { (line) } br; } }
        }
    };
    html! {
        p { (say("imports-examples-text")) }
        (example("imports-debtors-title", "imports-debtors-example"))
        (example("imports-receivables-title", "imports-receivables-example"))
        p { (say("imports-order")) }
        h3 { (say("imports-others-title")) }
        p { (say("imports-other-invoice")) }
        p { (say("imports-other-statement")) }
    }
}

fn history(staff: &Staff, batches: &[Batch]) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let heads = [
        say("imports-col-when"),
        say("imports-col-file"),
        say("imports-col-kind"),
        say("imports-new-rows"),
        say("imports-changed-rows"),
        say("imports-same-rows"),
        say("imports-wrong-rows"),
        say("imports-col-undo"),
    ];
    let columns = vec![
        ui::Column::text(&heads[0]),
        ui::Column::text(&heads[1]),
        ui::Column::text(&heads[2]),
        ui::Column::number(&heads[3]),
        ui::Column::number(&heads[4]),
        ui::Column::number(&heads[5]),
        ui::Column::number(&heads[6]),
        ui::Column::actions(&heads[7]),
    ];
    let count = |n: i64| {
        if n == 0 {
            html! { span.quiet { "0" } }
        } else {
            html! { (speech.number(n)) }
        }
    };
    let rows = batches.iter().map(|batch| {
        ui::Row::new(vec![
            ui::time(&batch.imported_at.to_string(), &speech.moment(batch.imported_at, &staff.zone)),
            html! { bdi { (batch.file_name) } },
            html! {
                @if batch.kind == FileKind::Statement.as_str() {
                    a href="/payments/statements" { (kind_of(speech, &batch.kind)) }
                } @else { (kind_of(speech, &batch.kind)) }
            },
            count(batch.rows_new),
            count(batch.rows_changed),
            count(batch.rows_same),
            html! {
                @if batch.rows_wrong > 0 { (ui::badge(&speech.number(batch.rows_wrong), Tone::Overdue)) }
                @else { (count(0)) }
            },
            html! {
                @if let Some(at) = batch.undone_at {
                    (ui::badge(&speech.say_with("imports-undone", &[("day", (&speech.day(at.to_zoned(staff.zone.clone()).date())).into())]), Tone::Neutral))
                } @else if intake::can_undo(batch) {
                    (undo_button(staff, batch, "btn quiet", html! {
                        (say("imports-undo")) span.hidden { " " (batch.file_name) }
                    }))
                }
            },
        ])
    });
    ui::table(&ui::Table::new(&say("imports-history"), columns).rows(rows))
}

/// What a batch held, in words.
fn kind_of(speech: &Speech, kind: &str) -> String {
    let id = format!("imports-kind-{kind}");
    if speech.knows(&id) { speech.say(&id).into_owned() } else { kind.to_owned() }
}

async fn take(State(app): State<Shared>, staff: Staff, form: Multipart) -> Result<Response, Fail> {
    let problem = match upload::take(&app, &staff, form).await? {
        Taken::Kept(upload) => return Ok(see(&upload.address())),
        Taken::NoFile => staff.speech.say("imports-no-file").into_owned(),
        Taken::NotOurs { name, reason } => staff
            .speech
            .say_with("imports-unknown", &[("file", (&name).into()), ("reason", (&reason).into())]),
    };
    let batches = load(&app).await?;
    let content = page(&staff, &batches, Some(&problem), None);
    let page = staff.page(&staff.speech.say("imports-title"), Here::Imports, None, content);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

#[derive(Deserialize)]
struct Nothing {}

async fn undo(
    State(app): State<Shared>,
    Path(batch): Path<String>,
    Form(staff, Nothing {}): Form<Nothing>,
) -> Result<Response, Fail> {
    let batch: BatchId = batch.parse().map_err(|_| Fail::NotFound)?;
    let actor = staff.actor();
    let reason = match app.ask(move |desk| Ok(undo_import(desk, batch, &actor))).await? {
        Ok(_) => return Ok(see("/imports?done=done-import-undone")),
        Err(error) => told(error)?,
    };
    let batches = load(&app).await?;
    let notice = not_done(staff.speech, "imports-undo-refused", "imports-undo-refused-text", &reason);
    let content = page(&staff, &batches, None, Some(notice));
    let page = staff.page(&staff.speech.say("imports-title"), Here::Imports, None, content);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

#[cfg(test)]
mod tests {
    use duewell_formats::table::{TableFile, TableKind, guess_mapping};

    use super::*;

    #[test]
    fn the_example_files_are_recognised_to_the_last_column() {
        for speech in Speech::all() {
            for (kind, id) in [
                (TableKind::Debtors, "imports-debtors-example"),
                (TableKind::Receivables, "imports-receivables-example"),
            ] {
                let text = speech.say(id).into_owned();
                let table = TableFile::from_reader(std::io::Cursor::new(text)).expect("a table");
                let (mapping, findings) = guess_mapping(kind, &table).expect("a mapping");
                assert_eq!(mapping.columns.len(), table.headers().len(), "{id}: {findings:?}");
                for group in intake::required(kind) {
                    assert!(group.iter().any(|field| mapping.columns.contains_key(field)), "{id}: {group:?}");
                }
            }
        }
    }
}
