//! The list of plans: how many there are in each state and what is open on them, then the plans, newest first.

use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use duewell_documents::Speech;
use duewell_domain::id::PlanId;
use duewell_domain::money::Money;
use duewell_engine::plan::{self, ListedDue};
use duewell_store::plan::PlanState;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use crate::app::Shared;
use crate::fail::Fail;
use crate::plan::words;
use crate::session::{Here, Staff};
use crate::texts;
use crate::ui::{self, Column, Row, Table, Tone};

/// Plans on a page.
const ROWS: i64 = 50;

pub fn routes() -> Router<Shared> {
    Router::new().route("/plans", get(list))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    before: String,
}

async fn list(staff: Staff, State(app): State<Shared>, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let state: Option<PlanState> = asked.state.parse().ok();
    let before: Option<PlanId> = asked.before.parse().ok();
    let (counts, mut rows, today) = app
        .ask(move |desk| {
            let rows = plan::list_plans_due(desk, state, before, ROWS + 1)?;
            Ok((plan::count_states(desk)?, rows, desk.today()))
        })
        .await?;
    let has_more = rows.len() > ROWS as usize;
    rows.truncate(ROWS as usize);
    let word = state.map_or("", PlanState::as_str);
    let title = say("plans-title");
    let next = rows.last().filter(|_| has_more).map(|last| last.plan.id.to_string());
    let content = html! {
        (ui::page_head(&title, Some(&say("plans-lead")), None))
        @if counts.is_empty() {
            (ui::empty_state(&say("plans-none-title"), &say("plans-none-text"),
                Some(ui::button_link(ui::Button::Secondary, &say("nav-debtors"), "/debtors"))))
        } @else {
            (stats(speech, &counts))
            (tabs(speech, &counts, state))
            @if rows.is_empty() {
                (ui::empty_state(&say("plans-empty-title"), &say("plans-empty-text"), None))
            } @else {
                (table(speech, &rows, today, &title))
                @let (first_label, next_label) = (say("page-first"), say("page-next"));
                @let start = texts::address("/plans", &[("state", word)]);
                @let next = next.map(|next| texts::address("/plans", &[("state", word), ("before", &next)]));
                (ui::pager(
                    &say("page-label"),
                    (!asked.before.is_empty()).then(|| ui::Link::new(&first_label, &start)),
                    &speech.say_with("plans-shown", &[("count", rows.len().into())]),
                    next.as_deref().map(|href| ui::Link::new(&next_label, href)),
                ))
            }
        }
    };
    Ok(staff.page(&title, Here::Plans, None, content))
}

/// A state's count and sums over all currencies.
fn of(counts: &[(PlanState, i64, Money)], state: PlanState) -> (i64, Vec<Money>) {
    let own = counts.iter().filter(|(one, ..)| *one == state);
    let count = own.clone().map(|(_, count, _)| count).sum();
    (count, own.map(|(.., open)| *open).filter(|open| open.minor != 0).collect())
}

fn stats(speech: &Speech, counts: &[(PlanState, i64, Money)]) -> Markup {
    let shown: Vec<(PlanState, String, String, String, String)> =
        [PlanState::Active, PlanState::Offered, PlanState::Broken, PlanState::Completed]
            .into_iter()
            .map(|state| {
                let (count, open) = of(counts, state);
                let open = open.iter().map(|sum| speech.money(*sum)).collect::<Vec<_>>().join(" · ");
                let note = match open.is_empty() {
                    true => String::new(),
                    false => speech.say_with("plans-open", &[("amount", (&open).into())]),
                };
                let href = texts::address("/plans", &[("state", state.as_str())]);
                (state, words::state(speech, state), speech.number(count), note, href)
            })
            .collect();
    let tiles: Vec<ui::Stat<'_>> = shown
        .iter()
        .map(|(state, label, value, note, href)| ui::Stat {
            label,
            value,
            note: (!note.is_empty()).then_some(note.as_str()),
            tone: if value == "0" { Tone::Neutral } else { words::state_tone(*state) },
            href: Some(href),
        })
        .collect();
    ui::stats(&speech.say("plans-states"), &tiles)
}

fn tabs(speech: &Speech, counts: &[(PlanState, i64, Money)], shown: Option<PlanState>) -> Markup {
    let all: i64 = counts.iter().map(|(_, count, _)| count).sum();
    let mut links = vec![(speech.say("plans-all").into_owned(), "/plans".to_owned(), all, shown.is_none())];
    for state in PlanState::ALL {
        let (count, _) = of(counts, state);
        if count > 0 || shown == Some(state) {
            let href = texts::address("/plans", &[("state", state.as_str())]);
            links.push((words::state(speech, state), href, count, shown == Some(state)));
        }
    }
    let links: Vec<(String, String, String, bool)> = links
        .into_iter()
        .map(|(label, href, count, current)| (label, href, speech.number(count), current))
        .collect();
    let links: Vec<ui::Link<'_>> = links
        .iter()
        .map(|(label, href, count, current)| {
            ui::Link::new(label, href).count(count.as_str()).current_if(*current)
        })
        .collect();
    ui::tabs(&speech.say("plans-states"), &links)
}

fn table(speech: &Speech, rows: &[ListedDue], today: Date, caption: &str) -> Markup {
    let heads =
        ["plan-number", "debtors-name", "debtors-state", "plan-made-on", "plan-next-due", "plan-open"]
            .map(|id| speech.say(id).into_owned());
    let [number, name, state, made, next, open] = &heads;
    let columns = vec![
        Column::text(number),
        Column::text(name),
        Column::text(state),
        Column::number(made),
        Column::number(next),
        Column::number(open),
    ];
    let addresses: Vec<String> = rows.iter().map(|row| format!("/plans/{}", row.plan.id)).collect();
    let rows = rows.iter().zip(&addresses).map(|(row, address)| {
        let late = row.plan.state == PlanState::Active && row.next_due_on.is_some_and(|day| day < today);
        Row::new(vec![
            html! { (row.plan.number) },
            html! { (row.debtor_name) },
            html! {
                div { (words::state_badge(speech, row.plan.state)) @if late { " " (ui::badge(&speech.say("plan-late"), Tone::Overdue)) } }
            },
            ui::time(&row.plan.made_on.to_string(), &speech.day(row.plan.made_on)),
            html! { @match row.next_due_on {
                Some(day) => (ui::time(&day.to_string(), &speech.day(day))),
                None => span.quiet.dash { "–" },
            } },
            ui::amount(&speech.money(row.plan.open)),
        ])
        .link(address)
    });
    ui::table(&Table::new(caption, columns).caption_hidden().rows(rows))
}
