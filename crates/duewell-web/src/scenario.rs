//! The scenario: what Duewell writes when, what that would mean for a debtor, and the texts.

mod draft;
mod form;
mod letter;
mod preview;
mod wording;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use duewell_documents::Speech;
use duewell_domain::dunning::{NoticeKind, Reason, Scenario, Step};
use duewell_domain::money::{Currency, Money};
use duewell_engine::Desk;
use duewell_engine::view::Show;
use duewell_store::debtor::Debtor;
use maud::{Markup, html};
use serde::Deserialize;

use self::draft::Draft;
use self::preview::Chosen;
use crate::app::Shared;
use crate::fail::Fail;
use crate::session::{Form, Here, Staff, see};
use crate::settings::Problems;
use crate::texts;
use crate::ui::{self, Button, Event, Icon};

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/scenario", get(show))
        .route("/scenario/edit", get(edit).post(change))
        .merge(wording::routes())
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    debtor: String,
    done: Option<String>,
}

async fn show(State(app): State<Shared>, staff: Staff, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    let desk = app.desk();
    let wanted = asked.debtor.clone();
    let chosen = app.ask(move |desk| preview::look(desk, &wanted, Some(&desk.scenario))).await?;
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let version = speech.say_with("scenario-lead", &[("version", desk.scenario.version.into())]);
    let search_label = say("scenario-search");
    let search = ui::search_form(&ui::Search {
        id: "preview-debtor",
        action: "/scenario",
        name: "debtor",
        value: &asked.debtor,
        label: &search_label,
        submit: &say("scenario-search-action"),
    });
    let choose = |one: &Debtor| {
        let href = texts::address("/scenario", &[("debtor", &one.external_id)]);
        html! { a href=(href) { (one.name) } }
    };
    let content = html! {
        (ui::page_head(
            &say("scenario-title"),
            Some(&version),
            Some(html! {
                (ui::button_link(Button::Secondary, &say("wording-title"), "/scenario/texts"))
                (ui::button_link(Button::Primary, &say("scenario-edit"), "/scenario/edit"))
            }),
        ))
        div.cols {
            (in_words(speech, &desk))
            (preview::show(speech, &chosen, Some(search), &choose))
        }
    };
    Ok(staff.page(&say("scenario-title"), Here::Scenario, asked.done.as_deref(), content))
}

/// Says the scenario as sentences along a line of days.
fn in_words(speech: &Speech, desk: &Desk) -> Markup {
    let scenario = &desk.scenario;
    let mut events: Vec<Event<'_>> =
        scenario.steps.iter().map(|step| step_words(speech, desk, step)).collect();
    let finished = format!("/debtors?show={}", Show::Stuck(Reason::ScenarioFinished).word());
    events.push(Event {
        icon: Icon::Person,
        tone: ui::Tone::Neutral,
        title: html! { (speech.say("scenario-end")) },
        at: html! {},
        body: Some(html! { a href=(finished) { (speech.say("scenario-end-list")) } }),
        details: None,
    });
    let gap = speech.say_with("scenario-gap-days", &[("days", scenario.gap_days_min.into())]);
    let tolerance = Money::new(scenario.tolerance_minor, currency(desk));
    html! {
        section.card {
            h2 { (speech.say("scenario-steps")) }
            (ui::timeline(&speech.say("scenario-steps"), &events))
            (ui::facts(&[
                (&speech.say("scenario-gap"), html! { (gap) }),
                (&speech.say("scenario-tolerance"), ui::amount(&speech.money(tolerance))),
            ]))
            p.quiet.small { (speech.say("scenario-silence")) " " a href="/settings#f-opens" { (speech.say("scenario-hours")) } }
        }
    }
}

fn step_words<'a>(speech: &Speech, desk: &Desk, step: &Step) -> Event<'a> {
    let days = step.offset_days.unsigned_abs();
    let when = match step.offset_days {
        ..=0 => speech.say_with("scenario-days-before", &[("days", days.into())]),
        _ => speech.say_with("scenario-days-after", &[("days", days.into())]),
    };
    let pay = match step.notice {
        NoticeKind::PreDue => speech.say("scenario-pay-by-due").into_owned(),
        NoticeKind::First | NoticeKind::Second | NoticeKind::Final => {
            speech.say_with("scenario-pay-days", &[("days", step.pay_within_days.into())])
        }
    };
    let text = wording::address(step.notice, &desk.settings.language);
    Event {
        icon: Icon::Mail,
        tone: preview::tone(step.notice),
        title: html! { (when) ": " a href=(text) { (texts::kind(speech, step.notice)) } },
        at: html! {},
        body: Some(html! { (pay) }),
        details: None,
    }
}

/// The currency in which the tolerance is written; the scenario itself has none.
fn currency(desk: &Desk) -> Currency {
    desk.settings.currency.parse().unwrap_or(Currency::EUR)
}

async fn edit(State(app): State<Shared>, staff: Staff, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    let desk = app.desk();
    let mut draft = Draft::of(&desk.scenario, currency(&desk));
    draft.debtor = asked.debtor;
    let scenario = desk.scenario.clone();
    editor(&app, &staff, &draft, Some(scenario), &Problems::default()).await
}

/// Writes the page with the form; without a scenario the preview waits until the form is put right.
async fn editor(
    app: &Shared,
    staff: &Staff,
    draft: &Draft,
    scenario: Option<Scenario>,
    problems: &Problems,
) -> Result<Response, Fail> {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let wanted = draft.debtor.clone();
    let chosen: Chosen = app.ask(move |desk| preview::look(desk, &wanted, scenario.as_ref())).await?;
    let desk = app.desk();
    let choose = |one: &Debtor| {
        html! { button.btn.quiet form=(form::ID) name="pick" value=(one.external_id) { (one.name) } }
    };
    let content = html! {
        (ui::page_head(&say("scenario-edit-title"), Some(&say("scenario-edit-lead")), None))
        (problems.summary(speech))
        div.split {
            (form::form(speech, &staff.csrf, draft, currency(&desk).code(), desk.scenario.version, problems))
            (preview::show(speech, &chosen, None, &choose))
        }
    };
    let page = staff.page(&say("scenario-edit-title"), Here::Scenario, None, content);
    Ok((problems.status(), page).into_response())
}

async fn change(
    State(app): State<Shared>,
    Form(staff, form): Form<Vec<(String, String)>>,
) -> Result<Response, Fail> {
    let desk = app.desk();
    let value = |name: &str| form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let mut draft = Draft::read(&form);
    if !value("pick").is_empty() {
        draft.debtor = value("pick").to_owned();
    }
    let wish = value("do");
    if wish == "add" {
        draft.add();
    } else if let Some(index) = wish.strip_prefix("remove-").and_then(|index| index.parse().ok()) {
        draft.remove(index);
    }
    draft.sort();
    match draft.scenario(&desk.scenario, currency(&desk), staff.speech) {
        Ok(scenario) if wish == "save" => {
            let actor = staff.actor();
            app.ask_app(move |app| {
                app.desk().save_scenario(&scenario, &actor)?;
                app.refresh()
            })
            .await?;
            let address =
                texts::address("/scenario", &[("debtor", &draft.debtor), ("done", "done-scenario-saved")]);
            Ok(see(&address))
        }
        Ok(scenario) => editor(&app, &staff, &draft, Some(scenario), &Problems::default()).await,
        Err(problems) => editor(&app, &staff, &draft, None, &problems).await,
    }
}
