//! The texts of notices: by language, rendered as the debtor reads them, and edited.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use duewell_documents::{Notice, Speech, TemplateError, TemplateSource};
use duewell_domain::dunning::NoticeKind;
use duewell_engine::EngineError;
use duewell_engine::texts::{LANGUAGES, own_texts, try_text};
use maud::{Markup, html};
use serde::Deserialize;

use super::letter::letter;
use crate::app::Shared;
use crate::fail::Fail;
use crate::session::{Form, Here, Staff, see};
use crate::settings::{Problems, language_name};
use crate::texts;
use crate::ui::{self, Button, Column, Field, Input, Link, Row, Table, Tone};

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/scenario/texts", get(list))
        .route("/scenario/texts/{kind}/{language}", get(edit).post(change))
}

/// Returns where the text of a kind and language is edited.
pub fn address(kind: NoticeKind, language: &str) -> String {
    format!("/scenario/texts/{}/{language}", kind.as_str())
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    language: String,
    done: Option<String>,
}

/// Takes a language from an address: two or three letters.
fn language_of(text: &str) -> Option<String> {
    let tag = text.trim().to_lowercase();
    ((2..=3).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_lowercase())).then_some(tag)
}

async fn list(State(app): State<Shared>, staff: Staff, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let language = language_of(&asked.language)
        .or_else(|| language_of(&app.desk().settings.language))
        .unwrap_or_else(|| "en".to_owned());
    let tag = language.clone();
    let example = say("wording-example").into_owned();
    let (own, written) = app
        .ask(move |desk| {
            let written: Vec<Result<Notice, TemplateError>> =
                NoticeKind::ALL.iter().map(|&kind| try_text(desk, kind, &tag, None, &example)).collect();
            Ok((own_texts(desk)?, written))
        })
        .await?;
    let mut tags: Vec<String> = LANGUAGES.map(str::to_owned).to_vec();
    tags.extend(own.iter().map(|(_, tag)| tag.clone()).chain([language.clone()]));
    let mut seen = Vec::new();
    tags.retain(|tag| {
        !seen.contains(tag) && {
            seen.push(tag.clone());
            true
        }
    });
    let places: Vec<(String, String)> = tags
        .iter()
        .map(|tag| (texts::address("/scenario/texts", &[("language", tag)]), language_name(speech, tag)))
        .collect();
    let tabs: Vec<Link<'_>> = tags
        .iter()
        .zip(&places)
        .map(|(tag, (href, name))| Link::new(name, href).current_if(*tag == language))
        .collect();
    let is_own = |kind: NoticeKind| own.iter().any(|(own, tag)| *own == kind && *tag == language);
    let is_foreign = !LANGUAGES.contains(&language.as_str());
    let content = html! {
        p { a href="/scenario" { (say("wording-to-scenario")) } }
        (ui::page_head(&say("wording-title"), Some(&say("wording-lead")), None))
        (ui::tabs(&say("wording-languages"), &tabs))
        @for (&kind, written) in NoticeKind::ALL.iter().zip(&written) {
            @let name = texts::kind(speech, kind);
            (ui::card_with(
                &name,
                html! {
                    @if is_own(kind) { (ui::badge(&say("wording-own"), Tone::Info)) }
                    @else if is_foreign { (ui::badge(&say("wording-english"), Tone::Due)) }
                    @else { (ui::badge(&say("wording-standard"), Tone::Neutral)) }
                    a.btn href=(address(kind, &language)) { (say("wording-edit")) span.hidden { ": " (name) } }
                },
                match written {
                    Ok(notice) => ui::disclosure(&notice.subject, letter(notice, &language)),
                    Err(error) => html! { p.error.t-danger { (problem_words(speech, error)) } },
                },
            ))
        }
        form.card method="get" action="/scenario/texts" {
            (ui::input(
                &Field::new("language", &say("wording-other")).hint(&*say("wording-other-hint")),
                &Input::text("").length_max(3).width(ui::Width::Short).autocomplete("off"),
            ))
            (ui::actions(ui::button(Button::Secondary, &say("wording-other-action"))))
        }
    };
    Ok(staff.page(&say("wording-title"), Here::Scenario, asked.done.as_deref(), content))
}

/// Says what is wrong with a text; where exactly is said in the words of the template language.
fn problem_words(speech: &Speech, error: &TemplateError) -> String {
    match error {
        TemplateError::NoSubject => speech.say("wording-error-subject").into_owned(),
        TemplateError::Syntax { line, problem, .. } | TemplateError::Fill { line, problem, .. } => {
            let id = match problem.starts_with("there is no such value") {
                true => "wording-error-value",
                false => "wording-error-line",
            };
            speech.say_with(id, &[("line", (*line).into()), ("problem", problem.into())])
        }
        TemplateError::NotALanguage(_) => speech.say("wording-error-language").into_owned(),
    }
}

fn kind_and_language(kind: &str, language: &str) -> Result<(NoticeKind, String), Fail> {
    let kind = kind.parse().map_err(|_| Fail::NotFound)?;
    Ok((kind, language_of(language).ok_or(Fail::NotFound)?))
}

async fn edit(
    State(app): State<Shared>,
    staff: Staff,
    Path((kind, language)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let (kind, language) = kind_and_language(&kind, &language)?;
    let source = app.desk().templates.source(kind, &language).clone();
    editor(&app, &staff, kind, &language, &source).await
}

#[derive(Deserialize)]
struct Edited {
    #[serde(default)]
    subject: String,
    #[serde(default)]
    body: String,
    #[serde(default, rename = "do")]
    wish: String,
}

async fn change(
    State(app): State<Shared>,
    Path((kind, language)): Path<(String, String)>,
    Form(staff, form): Form<Edited>,
) -> Result<Response, Fail> {
    let (kind, language) = kind_and_language(&kind, &language)?;
    // A template is one file; its lines end as in files.
    let mut body = form.body.replace("\r\n", "\n");
    if !body.ends_with('\n') {
        body.push('\n');
    }
    let source = TemplateSource { subject: form.subject.trim().to_owned(), body };
    let (wish, tag, edited, actor) = (form.wish.clone(), language.clone(), source.clone(), staff.actor());
    let done = app
        .ask_app(move |app| {
            let saved = match wish.as_str() {
                "save" if edited.subject.is_empty() => return Ok(None),
                "save" => app.desk().save_template(kind, &tag, Some(&edited), &actor),
                "reset" => app.desk().save_template(kind, &tag, None, &actor),
                _ => return Ok(None),
            };
            match saved {
                Ok(()) => app.refresh().map(|()| Some(wish == "reset")),
                // The page says where; nothing was saved.
                Err(EngineError::Template(_)) => Ok(None),
                Err(error) => Err(error),
            }
        })
        .await?;
    let saved = |id: &str| see(&texts::address("/scenario/texts", &[("language", &language), ("done", id)]));
    match done {
        Some(true) => Ok(saved("done-text-reset")),
        Some(false) => Ok(saved("done-text-saved")),
        None => editor(&app, &staff, kind, &language, &source).await,
    }
}

async fn editor(
    app: &Shared,
    staff: &Staff,
    kind: NoticeKind,
    language: &str,
    source: &TemplateSource,
) -> Result<Response, Fail> {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let (tag, edited, example) = (language.to_owned(), source.clone(), say("wording-example").into_owned());
    let (own, tried) = app
        .ask(move |desk| {
            let tried = match edited.subject.is_empty() {
                true => Err(TemplateError::NoSubject),
                false => try_text(desk, kind, &tag, Some(&edited), &example),
            };
            Ok((own_texts(desk)?.contains(&(kind, tag.clone())), tried))
        })
        .await?;
    let mut problems = Problems::default();
    if let Err(error) = &tried {
        let field = match error {
            TemplateError::Syntax { part: "subject", .. }
            | TemplateError::Fill { part: "subject", .. }
            | TemplateError::NoSubject => "subject",
            _ => "body",
        };
        problems.add(field, problem_words(speech, error));
    }
    let at = address(kind, language);
    let title = speech.say_with(
        "wording-edit-title",
        &[
            ("kind", texts::kind(speech, kind).as_str().into()),
            ("language", language_name(speech, language).as_str().into()),
        ],
    );
    let content = html! {
        (ui::page_head(&title, Some(&say("wording-edit-lead")), None))
        (problems.summary(speech))
        div.cols {
            section.card { form method="post" action=(at)
                hx-post=(at) hx-trigger="input changed delay:600ms" hx-target="#preview" hx-select="#preview" hx-swap="outerHTML" {
                (ui::csrf(&staff.csrf))
                (ui::input(
                    &Field::new("subject", &say("wording-subject")).error(problems.of("subject")),
                    &Input::text(&source.subject).required(),
                ))
                (ui::textarea(
                    &Field::new("body", &say("wording-body")).hint(&*say("wording-body-hint")).error(problems.of("body")),
                    24,
                    &source.body,
                ))
                (ui::actions(html! {
                    (ui::button_named(Button::Primary, &say("common-save"), "do", "save"))
                    (ui::button_named(Button::Secondary, &say("wording-look"), "do", "look"))
                    @if own { (ui::button_named(Button::Quiet, &say("wording-reset"), "do", "reset")) }
                    a.btn.quiet href=(texts::address("/scenario/texts", &[("language", language)])) { (say("common-cancel")) }
                }))
                (ui::disclosure(&say("wording-values"), values(speech)))
            } }
            section.card id="preview" {
                h2 { (say("wording-preview")) }
                @match &tried {
                    Ok(notice) => { p { strong { (notice.subject) } } (letter(notice, language)) },
                    Err(error) => p.error.t-danger { (problem_words(speech, error)) },
                }
                p.quiet.small { (say("wording-preview-hint")) }
            }
        }
    };
    Ok((problems.status(), staff.page(&title, Here::Scenario, None, content)).into_response())
}

/// Lists what a text can name, as in `docs/spec/templates.md`.
fn values(speech: &Speech) -> Markup {
    const VALUES: [(&str, &str); 14] = [
        ("{{ debtor.name }}", "debtor"),
        ("{{ total }}", "total"),
        ("{{ count }}", "count"),
        ("{{ pay_by }}", "pay-by"),
        ("{{ today }}", "today"),
        ("{{ reference }}", "reference"),
        ("{{ link }}", "link"),
        ("{{ opt_out }}", "opt-out"),
        ("{{ creditor.name }}", "creditor"),
        ("{{ creditor.iban }}", "iban"),
        ("{{ creditor.signer }}", "signer"),
        ("{% for item in items %}", "items"),
        ("{{ item.number }}, {{ item.due_on }}, {{ item.open }}", "item"),
        ("{% if pay_by %} … {% endif %}", "if"),
    ];
    let (code, meaning, caption) =
        (speech.say("wording-value"), speech.say("wording-meaning"), speech.say("wording-values"));
    let table = Table::new(&caption, vec![Column::text(&code), Column::text(&meaning)])
        .caption_hidden()
        .rows(VALUES.iter().map(|(code, id)| {
            Row::new(vec![html! { code { (code) } }, html! { (speech.say(&format!("wording-value-{id}"))) }])
        }));
    ui::table(&table)
}
