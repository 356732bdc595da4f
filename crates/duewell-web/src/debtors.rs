//! Lists: debtors by what they need, and open receivables by when they are due.

use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use duewell_documents::Speech;
use duewell_domain::dunning::Reason;
use duewell_domain::money::Currency;
use duewell_engine::view::{self, ListRow, Show, Span, Today};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use crate::app::Shared;
use crate::fail::Fail;
use crate::session::{Here, Staff};
use crate::texts;
use crate::ui::{self, Tone};

pub fn routes() -> Router<Shared> {
    Router::new().route("/debtors", get(list)).route("/receivables", get(receivables))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    show: String,
    #[serde(default)]
    after: String,
}

async fn list(staff: Staff, State(app): State<Shared>, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    let speech = staff.speech;
    let show = Show::parse(&asked.show).unwrap_or(Show::All);
    let (search, after) = (asked.q.clone(), asked.after.clone());
    let (page, counts) = app
        .ask_app(move |app| {
            let after = Some(after.as_str()).filter(|text| !text.is_empty());
            let page = view::list_debtors(&app.desk(), &search, show, after)?;
            // Counts are of the whole list: beside a search they would mislead, and a swapped part has none.
            Ok((page, app.today()?))
        })
        .await?;
    let today = counts.today;
    let word = if show == Show::All { String::new() } else { show.word() };
    let title = speech.say("debtors-title");
    let list = html! {
        div.stack #list {
            @if page.rows.is_empty() {
                (nobody(speech, &asked.q, show, counts.debtors))
            } @else {
                (table(speech, &page.rows, today, &title))
                @let note = speech.say_with("debtors-shown", &[("count", page.rows.len().into())]);
                @let start = texts::address("/debtors", &[("q", &asked.q), ("show", &word)]);
                @let next = page.next.as_deref()
                    .map(|next| texts::address("/debtors", &[("q", &asked.q), ("show", &word), ("after", next)]));
                @let (first_label, next_label) = (speech.say("page-first"), speech.say("page-next"));
                (ui::pager(
                    &speech.say("page-label"),
                    (!asked.after.is_empty()).then(|| ui::Link::new(&first_label, &start)),
                    &note,
                    next.as_deref().map(|href| ui::Link::new(&next_label, href)),
                ))
            }
        }
    };
    let content = html! {
        (ui::page_head(&title, Some(&speech.say_with("debtors-count", &[("count", counts.debtors.into())])), None))
        (search_form(speech, &asked.q, &word))
        (chips(speech, &asked.q, show, &counts))
        (list)
    };
    Ok(staff.page(&title, Here::Debtors, None, content))
}

/// The search of the list: a plain form, which htmx answers while one types.
fn search_form(speech: &Speech, typed: &str, show: &str) -> Markup {
    let label = speech.say("debtors-search");
    html! {
        form.search role="search" aria-label=(label) action="/debtors" method="get"
            hx-get="/debtors" hx-trigger="input delay:250ms from:#debtor-search, submit" hx-target="#list"
            hx-select="#list" hx-swap="outerHTML" hx-push-url="true" {
            label.hidden for="debtor-search" { (label) }
            (ui::icon(ui::Icon::Search))
            input #debtor-search type="search" name="q" value=(typed) placeholder=(label) autocomplete="off" spellcheck="false";
            @if !show.is_empty() { input type="hidden" name="show" value=(show); }
            button.btn { (speech.say("debtors-search-action")) }
        }
    }
}

fn chips(speech: &Speech, typed: &str, show: Show, counts: &Today) -> Markup {
    let waiting = &counts.waiting;
    let count = |show: Show| match show {
        Show::All => Some(counts.debtors),
        Show::Overdue => Some(counts.overdue_debtors),
        Show::Held(reason) => Some(counts.held(reason)),
        Show::Stuck(Reason::ScenarioFinished) => Some(waiting.finished),
        Show::Stuck(Reason::NoAddress) => Some(waiting.no_address),
        Show::Stuck(Reason::OptedOut) => Some(waiting.opted_out),
        Show::Stuck(Reason::AddressFailed) => Some(waiting.address_failed),
        Show::Stuck(_) => None,
    };
    let shown: Vec<(String, String, Option<String>, bool)> = Show::ALL
        .into_iter()
        // What nobody is in is offered only where one is.
        .filter(|&one| one == show || matches!(one, Show::All | Show::Overdue) || count(one) != Some(0))
        .map(|one| {
            let word = if one == Show::All { String::new() } else { one.word() };
            let number = count(one).filter(|_| typed.is_empty()).map(|count| speech.number(count));
            (
                show_words(speech, one),
                texts::address("/debtors", &[("q", typed), ("show", &word)]),
                number,
                one == show,
            )
        })
        .collect();
    let links: Vec<ui::Link<'_>> = shown
        .iter()
        .map(|(label, href, count, current)| {
            ui::Link::new(label, href).count(count.as_deref()).current_if(*current)
        })
        .collect();
    ui::tabs(&speech.say("debtors-filter"), &links)
}

fn show_words(speech: &Speech, show: Show) -> String {
    match show {
        Show::All => speech.say("debtors-all").into_owned(),
        Show::Overdue => speech.say("debtors-overdue").into_owned(),
        Show::Held(reason) => texts::hold(speech, reason),
        Show::Stuck(reason) => speech.say(&format!("stuck-{}", reason.code().replace('_', "-"))).into_owned(),
    }
}

fn nobody(speech: &Speech, typed: &str, show: Show, debtors: i64) -> Markup {
    let say = |id: &str| speech.say(id);
    if debtors == 0 {
        return ui::empty_state(
            &say("debtors-none-title"),
            &say("debtors-none-text"),
            Some(ui::button_link(ui::Button::Primary, &say("debtors-none-action"), "/imports")),
        );
    }
    if !typed.is_empty() {
        let title = speech.say_with("debtors-not-found-title", &[("text", typed.into())]);
        return ui::empty_state(&title, &say("debtors-not-found-text"), None);
    }
    let title = speech.say_with("debtors-list-empty-title", &[("list", (&show_words(speech, show)).into())]);
    ui::empty_state(&title, &say("debtors-list-empty-text"), None)
}

fn table(speech: &Speech, rows: &[ListRow], today: Date, caption: &str) -> Markup {
    let heads = [
        "debtors-name",
        "debtors-number",
        "debtors-state",
        "debtors-late",
        "debtors-overdue-sum",
        "debtors-open",
    ]
    .map(|id| speech.say(id).into_owned());
    let [name, number, state, late, overdue, open] = &heads;
    let columns = vec![
        ui::Column::text(name),
        ui::Column::text(number),
        ui::Column::text(state),
        ui::Column::number(late),
        ui::Column::number(overdue),
        ui::Column::number(open),
    ];
    let addresses: Vec<String> = rows.iter().map(|row| format!("/debtors/{}", row.debtor.id)).collect();
    let rows = rows.iter().zip(&addresses).map(|(row, address)| {
        ui::Row::new(vec![
            html! { (row.debtor.name) },
            html! { span.num { (row.debtor.external_id) } },
            state_of(speech, row),
            html! {
                @match row.oldest_due_on {
                    Some(day) => { (days_late(speech, day, today)) },
                    None => { span.quiet.dash { "–" } },
                }
            },
            texts::sums(speech, &row.overdue),
            texts::sums(speech, &row.open),
        ])
        .link(address)
    });
    ui::table(&ui::Table::new(caption, columns).caption_hidden().rows(rows))
}

/// Days past due of the oldest receivable.
fn days_late(speech: &Speech, due_on: Date, today: Date) -> String {
    let days = i64::from((today - due_on).get_days());
    speech.say_with("days", &[("count", days.into())])
}

/// The one state that matters most: why nobody may chase, what a person must do, or how late it is.
fn state_of(speech: &Speech, row: &ListRow) -> Markup {
    if let Some(hold) = row.holds.first() {
        return ui::badge(&texts::hold(speech, hold.reason), Tone::Held);
    }
    let stuck = row.cases.iter().filter_map(|case| case.waiting).find_map(|reason| {
        let tone = match reason {
            Reason::ScenarioFinished => Tone::Overdue,
            Reason::NoAddress | Reason::TextFailed => Tone::Due,
            Reason::AddressFailed => Tone::Danger,
            Reason::OptedOut => Tone::Neutral,
            _ => return None,
        };
        Some((reason, tone))
    });
    if let Some((reason, tone)) = stuck {
        return ui::badge(&speech.say(&format!("stuck-{}", reason.code().replace('_', "-"))), tone);
    }
    let running = row.cases.iter().find(|case| case.anchor_on.is_some());
    match running {
        Some(case) if case.steps_done > 0 => {
            ui::badge(&speech.say_with("debtors-step", &[("count", case.steps_done.into())]), Tone::Overdue)
        }
        _ if !row.overdue.is_empty() => ui::badge(&speech.say("debtors-overdue"), Tone::Overdue),
        _ if !row.open.is_empty() => ui::badge(&speech.say("debtors-not-due"), Tone::Neutral),
        _ => ui::badge(&speech.say("debtors-clear"), Tone::Ok),
    }
}

#[derive(Deserialize)]
struct AskedReceivables {
    #[serde(default)]
    due: String,
    #[serde(default)]
    currency: String,
    #[serde(default)]
    after: String,
}

/// The rows behind the amounts on Today: open receivables of one currency by due date.
async fn receivables(
    staff: Staff,
    State(app): State<Shared>,
    Query(asked): Query<AskedReceivables>,
) -> Result<Response, Fail> {
    let speech = staff.speech;
    let span = Span::parse(&asked.due).unwrap_or(Span::Overdue);
    let own: Option<Currency> = app.desk().settings.currency.parse().ok();
    let Some(currency) = asked.currency.parse().ok().or(own) else { return Err(Fail::NotFound) };
    let after = asked.after.clone();
    let (page, counts) = app
        .ask_app(move |app| {
            let after = Some(after.as_str()).filter(|text| !text.is_empty());
            Ok((view::list_receivables(&app.desk(), span, currency, after)?, app.today()?))
        })
        .await?;
    let today = counts.today;
    let title = speech.say("receivables-title");
    let words = |span: Span| speech.say(&format!("span-{}", span.word())).into_owned();
    let here =
        |span: Span| texts::address("/receivables", &[("due", span.word()), ("currency", currency.code())]);
    let tabs: Vec<(String, String, bool)> =
        Span::ALL.into_iter().map(|one| (words(one), here(one), one == span)).collect();
    let links: Vec<ui::Link<'_>> =
        tabs.iter().map(|(label, href, current)| ui::Link::new(label, href).current_if(*current)).collect();
    let others: Vec<(String, String)> = counts
        .due
        .iter()
        .map(|due| due.open.0.currency)
        .filter(|&other| other != currency)
        .map(|other| {
            let href = texts::address("/receivables", &[("due", span.word()), ("currency", other.code())]);
            (other.code().to_owned(), href)
        })
        .collect();
    let heads = ["receivables-number", "debtors-name", "receivables-due", "debtors-late", "debtors-open"]
        .map(|id| speech.say(id).into_owned());
    let [number, name, due, late, open] = &heads;
    let columns = vec![
        ui::Column::text(number),
        ui::Column::text(name),
        ui::Column::number(due),
        ui::Column::number(late),
        ui::Column::number(open),
    ];
    let addresses: Vec<String> =
        page.rows.iter().map(|(_, debtor)| format!("/debtors/{}", debtor.id)).collect();
    let rows = page.rows.iter().zip(&addresses).map(|((one, debtor), address)| {
        ui::Row::new(vec![
            html! { (one.number) },
            html! { (debtor.name) },
            html! { (ui::time(&one.due_on.to_string(), &speech.day(one.due_on))) },
            html! { @if one.due_on < today { (days_late(speech, one.due_on, today)) } @else { span.quiet.dash { "–" } } },
            ui::amount(&speech.money(one.open)),
        ])
        .link(address)
    });
    let content = html! {
        (ui::page_head(&title, Some(&speech.say_with("receivables-lead", &[("currency", currency.code().into())])), None))
        (ui::tabs(&speech.say("receivables-filter"), &links))
        @if !others.is_empty() {
            p.quiet { (speech.say("receivables-others"))
                @for (code, href) in &others { " " a href=(href) { (code) } }
            }
        }
        @if page.rows.is_empty() {
            (ui::empty_state(&speech.say("receivables-none-title"), &speech.say("receivables-none-text"), None))
        } @else {
            (ui::table(&ui::Table::new(&title, columns).caption_hidden().rows(rows)))
            @let next = page.next.as_deref().map(|next| texts::address(
                "/receivables", &[("due", span.word()), ("currency", currency.code()), ("after", next)]));
            @let (first_label, next_label, start) = (speech.say("page-first"), speech.say("page-next"), here(span));
            (ui::pager(
                &speech.say("page-label"),
                (!asked.after.is_empty()).then(|| ui::Link::new(&first_label, &start)),
                &speech.say_with("receivables-shown", &[("count", page.rows.len().into())]),
                next.as_deref().map(|href| ui::Link::new(&next_label, href)),
            ))
        }
    };
    Ok(staff.page(&title, Here::Debtors, None, content))
}
