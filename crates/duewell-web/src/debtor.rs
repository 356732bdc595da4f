//! One debtor: what is open, what happened, why they are or are not written to, and what one can do.

mod actions;
mod story;
mod why;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use duewell_documents::Speech;
use duewell_domain::debtor::{Channel, Consent};
use duewell_domain::id::DebtorId;
use duewell_domain::money::Money;
use duewell_domain::receivable::{ReceivableKind, ReceivableState};
use duewell_engine::proof::{self, TimelineEvent};
use duewell_engine::report::{self, Account};
use duewell_store::debtor::PlacedHold;
use duewell_store::plan::Plan;
use duewell_store::receivable::Receivable;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use crate::app::Shared;
use crate::fail::Fail;
use crate::plan::words;
use crate::session::{Here, Staff};
use crate::texts;
use crate::ui::{self, Stat, Tone};

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/debtors/{id}", get(show))
        .route("/debtors/{id}/hold", post(actions::hold))
        .route("/debtors/{id}/holds/{hold}/release", post(actions::release))
        .route("/debtors/{id}/payment", post(actions::payment))
        .route("/debtors/{id}/note", post(actions::note))
        .route("/debtors/{id}/mail", post(actions::mail))
        .route("/debtors/{id}/link", post(actions::link))
        .route("/debtors/{id}/links/end", post(actions::end_links))
}

/// Everything the page shows.
struct Page {
    account: Account,
    holds: Vec<PlacedHold>,
    story: Vec<TimelineEvent>,
    plans: Vec<Plan>,
    today: Date,
}

/// What was typed and not taken, so that it is shown again with what is wrong.
struct Problem {
    form: &'static str,
    field: &'static str,
    text: String,
    values: Vec<(String, String)>,
}

impl Problem {
    fn value(&self, form: &str, name: &str) -> &str {
        if self.form != form {
            return "";
        }
        self.values.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    fn error(&self, form: &str, field: &str) -> Option<&str> {
        (self.form == form && self.field == field).then_some(self.text.as_str())
    }
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
    /// The whole story, not its newest part.
    #[serde(default)]
    all: String,
}

/// Events shown at first.
const STORY: usize = 60;

/// An address with something that is no id leads nowhere.
fn id_of(text: &str) -> Result<DebtorId, Fail> {
    text.parse().map_err(|_| Fail::NotFound)
}

async fn show(
    staff: Staff,
    State(app): State<Shared>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let page = load(&app, id_of(&id)?).await?;
    let limit = if asked.all.is_empty() { STORY } else { usize::MAX };
    Ok(write(&staff, &page, limit, None, asked.done.as_deref(), None))
}

async fn load(app: &Shared, id: DebtorId) -> Result<Page, Fail> {
    app.ask(move |desk| {
        Ok(Page {
            account: report::account(desk, id)?,
            holds: report::holds(desk, id)?,
            story: proof::timeline(desk, id)?,
            plans: duewell_engine::plan::plans_of(desk, id)?,
            today: desk.today(),
        })
    })
    .await
}

/// Shows the page again with what is wrong in one of its forms.
async fn again(staff: &Staff, id: DebtorId, problem: Problem) -> Result<Response, Fail> {
    let page = load(&staff.app, id).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, write(staff, &page, STORY, Some(&problem), None, None))
        .into_response())
}

fn write(
    staff: &Staff,
    page: &Page,
    limit: usize,
    problem: Option<&Problem>,
    done: Option<&str>,
    link: Option<&str>,
) -> Response {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let debtor = &page.account.debtor;
    let none = Problem { form: "", field: "", text: String::new(), values: Vec::new() };
    let problem = problem.unwrap_or(&none);
    let errors: Vec<(&str, &str)> =
        (!problem.form.is_empty()).then_some((problem.field, problem.text.as_str())).into_iter().collect();
    let lead = [
        Some(speech.say_with("debtor-number", &[("number", (&debtor.external_id).into())])),
        debtor.segment.clone(),
        debtor.group.clone(),
    ];
    let lead: Vec<String> = lead.into_iter().flatten().collect();
    let content = html! {
        (ui::page_head(&debtor.name, Some(&lead.join(" · ")), make_plan(speech, page)))
        (ui::error_summary(&say("form-wrong"), &errors))
        (stats(speech, page))
        div.split {
            div.stack {
                (why::card(staff, page))
                (receivables(speech, page))
                (plans(speech, page))
            }
            div.stack {
                (actions::forms(staff, page, problem))
                (holds(staff, page))
                (contacts(staff, page))
                (links(staff, page, link))
            }
            (ui::card(&say("debtor-story"), story::timeline(staff, page, limit)))
        }
    };
    staff.page(&debtor.name, Here::Debtors, done, content)
}

/// The address of a debtor's page.
fn address(id: DebtorId) -> String {
    format!("/debtors/{id}")
}

fn sum(items: &[&Receivable]) -> Vec<Money> {
    let mut sums: Vec<Money> = Vec::new();
    for item in items {
        match sums.iter_mut().find(|sum| sum.currency == item.open.currency) {
            // The same sums were checked when the account was loaded.
            Some(sum) => *sum = sum.plus(item.open).unwrap_or(*sum),
            None => sums.push(item.open),
        }
    }
    sums
}

fn stats(speech: &Speech, page: &Page) -> Markup {
    let say = |id: &str| speech.say(id).into_owned();
    let open: Vec<&Receivable> =
        page.account.receivables.iter().filter(|one| one.state == ReceivableState::Open).collect();
    let overdue: Vec<&Receivable> = open.iter().copied().filter(|one| one.due_on < page.today).collect();
    let text = |sums: Vec<Money>| match sums.as_slice() {
        [] => say("debtor-nothing"),
        sums => sums.iter().map(|sum| speech.money(*sum)).collect::<Vec<_>>().join(" · "),
    };
    let late = overdue.iter().map(|one| one.due_on).min().map(|day| i64::from((page.today - day).get_days()));
    let last_paid = page
        .account
        .payments
        .iter()
        .filter(|one| one.debtor == Some(page.account.debtor.id) && one.amount.is_positive())
        .max_by_key(|one| one.received_on);
    let unapplied: Vec<Money> = page
        .account
        .payments
        .iter()
        .filter(|one| one.unapplied.is_positive() && one.debtor == Some(page.account.debtor.id))
        .map(|one| one.unapplied)
        .collect();
    let open_note = speech.say_with("today-count-receivables", &[("count", open.len().into())]);
    let late_note = late.map(|days| speech.say_with("debtor-late", &[("count", days.into())]));
    let paid_note = last_paid.map(|one| speech.day(one.received_on));
    let labels =
        [say("debtors-open"), say("debtor-overdue"), say("debtor-last-paid"), say("debtor-unapplied")];
    let values = [
        text(sum(&open)),
        text(sum(&overdue)),
        last_paid.map_or_else(|| say("debtor-never"), |one| speech.money(one.amount)),
        unapplied.iter().map(|sum| speech.money(*sum)).collect::<Vec<_>>().join(" · "),
    ];
    let mut tiles = vec![
        Stat {
            label: &labels[0],
            value: &values[0],
            note: Some(&open_note),
            tone: Tone::Neutral,
            href: Some("#receivables"),
        },
        Stat {
            label: &labels[1],
            value: &values[1],
            note: late_note.as_deref(),
            tone: if overdue.is_empty() { Tone::Ok } else { Tone::Overdue },
            href: Some("#receivables"),
        },
        Stat {
            label: &labels[2],
            value: &values[2],
            note: paid_note.as_deref(),
            tone: Tone::Neutral,
            href: Some("#story"),
        },
    ];
    if !unapplied.is_empty() {
        tiles.push(Stat {
            label: &labels[3],
            value: &values[3],
            note: None,
            tone: Tone::Due,
            href: Some("#story"),
        });
    }
    ui::stats(&say("debtor-balance"), &tiles)
}

fn receivables(speech: &Speech, page: &Page) -> Markup {
    let say = |id: &str| speech.say(id).into_owned();
    let (open, closed): (Vec<&Receivable>, Vec<&Receivable>) =
        page.account.receivables.iter().partition(|one| one.state == ReceivableState::Open);
    html! {
        section.card #receivables {
            h2 { (say("debtor-receivables")) }
            @if open.is_empty() { p { (say("debtor-nothing-open")) } } @else { (receivable_table(speech, page, &open, &say("debtor-receivables"))) }
            @if !closed.is_empty() {
                (ui::disclosure(
                    &speech.say_with("debtor-closed", &[("count", closed.len().into())]),
                    receivable_table(speech, page, &closed, &say("debtor-closed-title")),
                ))
            }
        }
    }
}

fn receivable_table(speech: &Speech, page: &Page, rows: &[&Receivable], caption: &str) -> Markup {
    let heads = ["receivables-number", "receivables-due", "debtor-amount", "debtors-open", "debtors-state"]
        .map(|id| speech.say(id).into_owned());
    let [number, due, amount, open, state] = &heads;
    let columns = vec![
        ui::Column::text(number),
        ui::Column::number(due),
        ui::Column::number(amount),
        ui::Column::number(open),
        ui::Column::text(state),
    ];
    let held = |one: &Receivable| {
        page.account
            .holds
            .iter()
            .find(|hold| hold.is_in_force_on(page.today) && hold.receivable == Some(one.id))
    };
    let rows = rows.iter().map(|one| {
        let state = match one.state {
            ReceivableState::Open if held(one).is_some() => {
                let reason = held(one).map(|hold| hold.reason);
                ui::badge(&reason.map_or_else(String::new, |reason| texts::hold(speech, reason)), Tone::Held)
            }
            ReceivableState::Open if one.due_on < page.today => {
                let days = i64::from((page.today - one.due_on).get_days());
                ui::badge(&speech.say_with("debtor-late", &[("count", days.into())]), Tone::Overdue)
            }
            ReceivableState::Open => ui::badge(&speech.say("debtors-not-due"), Tone::Neutral),
            ReceivableState::Settled => ui::badge(&speech.say("debtor-paid"), Tone::Ok),
            ReceivableState::InPlan => ui::badge(&speech.say("debtor-in-plan"), Tone::Neutral),
            ReceivableState::Cancelled => ui::badge(&speech.say("debtor-withdrawn"), Tone::Neutral),
        };
        ui::Row::new(vec![
            html! { (one.number) @if !one.description.is_empty() { " " span.quiet.small { (one.description) } } },
            ui::time(&one.due_on.to_string(), &speech.day(one.due_on)),
            ui::amount(&speech.money(one.amount)),
            ui::amount(&speech.money(one.open)),
            state,
        ])
    });
    ui::table(&ui::Table::new(caption, columns).caption_hidden().rows(rows))
}

/// Leads to the form for a plan, where something is open to make one over.
fn make_plan(speech: &Speech, page: &Page) -> Option<Markup> {
    let is_free =
        |one: &&Receivable| one.state == ReceivableState::Open && one.kind != ReceivableKind::Installment;
    page.account.receivables.iter().find(is_free)?;
    let href = format!("{}/plan", address(page.account.debtor.id));
    Some(ui::button_link(ui::Button::Secondary, &speech.say("plan-make"), &href))
}

/// The plans of this debtor, newest first.
fn plans(speech: &Speech, page: &Page) -> Markup {
    if page.plans.is_empty() {
        return html! {};
    }
    let caption = speech.say("debtor-plans");
    let heads =
        ["plan-number", "debtors-state", "plan-made-on", "plan-open"].map(|id| speech.say(id).into_owned());
    let [number, state, made, open] = &heads;
    let columns = vec![
        ui::Column::text(number),
        ui::Column::text(state),
        ui::Column::number(made),
        ui::Column::number(open),
    ];
    let addresses: Vec<String> = page.plans.iter().map(|plan| format!("/plans/{}", plan.id)).collect();
    let rows = page.plans.iter().zip(&addresses).rev().map(|(plan, href)| {
        ui::Row::new(vec![
            html! { (plan.number) },
            words::state_badge(speech, plan.state),
            ui::time(&plan.made_on.to_string(), &speech.day(plan.made_on)),
            ui::amount(&speech.money(plan.open)),
        ])
        .link(href)
    });
    ui::card(&caption, ui::table(&ui::Table::new(&caption, columns).caption_hidden().rows(rows)))
}

/// Holds in force, each with its end and a way to end it now.
fn holds(staff: &Staff, page: &Page) -> Markup {
    let speech = staff.speech;
    let in_force: Vec<&PlacedHold> = page
        .holds
        .iter()
        .filter(|one| one.released_at.is_none() && one.hold.is_in_force_on(page.today))
        .collect();
    if in_force.is_empty() {
        return html! {};
    }
    let id = page.account.debtor.id;
    let number = |one: &PlacedHold| {
        let held = one.hold.receivable?;
        page.account.receivables.iter().find(|item| item.id == held).map(|item| item.number.clone())
    };
    ui::card(
        &speech.say("debtor-holds"),
        html! {
            ul.stack.plain-list {
                @for one in in_force {
                    li {
                        p {
                            (ui::badge(&texts::hold(speech, one.hold.reason), Tone::Held)) " "
                            @match one.hold.until_on {
                                Some(day) => (speech.say_with("debtor-hold-until", &[("day", day.into())])),
                                None => (speech.say("debtor-hold-open")),
                            }
                            @if let Some(number) = number(one) { " · " (number) }
                        }
                        @if !one.note.is_empty() { blockquote.quiet { (one.note) } }
                        form.inline method="post" action={ (address(id)) "/holds/" (one.hold.id) "/release" } {
                            (ui::csrf(&staff.csrf))
                            button.btn.quiet {
                                (speech.say("debtor-release"))
                                span.hidden { " " (texts::hold(speech, one.hold.reason)) }
                            }
                        }
                    }
                }
            }
        },
    )
}

/// How the debtor is reached, and whether they want it.
fn contacts(staff: &Staff, page: &Page) -> Markup {
    let speech = staff.speech;
    let debtor = &page.account.debtor;
    let emails = page.account.contact_points.iter().filter(|point| point.channel == Channel::Email);
    let refused = emails.clone().any(|point| point.consent == Consent::Refused);
    let has_email = emails.count() > 0;
    let mut facts = vec![
        (
            speech.say("debtor-language").into_owned(),
            debtor.language.as_deref().map_or_else(
                || speech.say("debtor-language-own").into_owned(),
                |tag| {
                    Speech::all()
                        .iter()
                        .find(|one| tag.starts_with(one.tag()))
                        .map_or(tag.to_owned(), |one| one.own_name().to_owned())
                },
            ),
        ),
        (speech.say("debtor-reference").into_owned(), debtor.reference()),
    ];
    if let Some(country) = &debtor.country {
        facts.push((speech.say("debtor-country").into_owned(), country.clone()));
    }
    let facts: Vec<(&str, Markup)> =
        facts.iter().map(|(name, value)| (name.as_str(), html! { (value) })).collect();
    ui::card(
        &speech.say("debtor-contacts"),
        html! {
            @if page.account.contact_points.is_empty() { p { (speech.say("debtor-no-contact")) } }
            ul.plain-list {
                @for point in &page.account.contact_points {
                    li {
                        span.break-anywhere { (point.value) }
                        @if point.consent == Consent::Refused { " " (ui::badge(&speech.say("debtor-opted-out"), Tone::Neutral)) }
                        @if point.failed { " " (ui::badge(&speech.say("debtor-failed"), Tone::Danger)) }
                    }
                }
            }
            (ui::facts(&facts))
            @if has_email {
                form method="post" action={ (address(debtor.id)) "/mail" } {
                    (ui::csrf(&staff.csrf))
                    @if refused {
                        (ui::button_named(ui::Button::Quiet, &speech.say("debtor-opt-in"), "consent", "given"))
                    } @else {
                        (ui::button_named(ui::Button::Quiet, &speech.say("debtor-opt-out"), "consent", "refused"))
                    }
                }
            }
        },
    )
}

/// The debtor's own page: make a link to hand over, or take all links back.
fn links(staff: &Staff, page: &Page, link: Option<&str>) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let here = address(page.account.debtor.id);
    let served = !staff.app.desk().settings.portal_url.is_empty();
    ui::card(
        &say("debtor-links"),
        html! {
            @if !served {
                p { (say("debtor-links-off")) " " a href="/settings" { (say("nav-settings")) } }
            } @else {
                @if let Some(link) = link {
                    (ui::copy_field("new-link", &say("debtor-link-new"), link, &say("copy"), &say("copied")))
                    p.small.quiet { (say("debtor-link-once")) }
                } @else {
                    p.small.quiet.no-print { (say("debtor-links-text")) }
                }
                div.actions {
                    (ui::post_button(ui::Button::Quiet, &say("debtor-link-make"), &format!("{here}/link"), &staff.csrf))
                    (ui::post_button(ui::Button::Quiet, &say("debtor-links-end"), &format!("{here}/links/end"), &staff.csrf))
                }
            }
        },
    )
}
