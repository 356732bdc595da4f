//! Today: what is due, what came in, what waits for a person, and the button that runs the day.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use duewell_documents::Speech;
use duewell_documents::chart::{self, Bar, Bars, Comparison, Heading, Size, Stack, StackedBars};
use duewell_domain::hold::HoldReason;
use duewell_domain::money::{Currency, Money};
use duewell_engine::daily::RunSummary;
use duewell_engine::view::Today;
use duewell_store::receivable::Aging;
use maud::{Markup, html};
use serde::Deserialize;

use crate::app::Shared;
use crate::fail::Fail;
use crate::session::{Form, Here, Staff, see};
use crate::texts;
use crate::ui::{self, Stat, Tone};

pub fn routes() -> Router<Shared> {
    Router::new().route("/", get(show)).route("/run", post(run))
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

async fn show(staff: Staff, State(app): State<Shared>, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    let today = app.ask_app(|app| app.today()).await?;
    let say = |id: &str| staff.speech.say(id);
    let content = html! {
        (ui::page_head(
            &say("today-title"),
            Some(&format!("{}, {}", staff.speech.weekday(today.today), staff.speech.date(today.today))),
            (today.debtors > 0).then(|| ui::post_button(ui::Button::Primary, &say("today-run"), "/run", &staff.csrf)),
        ))
        @if today.debtors == 0 { (first_steps(&staff, &today)) } @else { (filled(&staff, &today)) }
    };
    Ok(staff.page(&say("today-title"), Here::Today, asked.done.as_deref(), content))
}

#[derive(Deserialize)]
struct Nothing {}

async fn run(State(app): State<Shared>, Form(_, Nothing {}): Form<Nothing>) -> Result<Response, Fail> {
    app.ask_app(|app| app.run_day()).await?;
    Ok(see("/?done=done-run"))
}

/// What a new book needs, in order; what is there already is ticked.
fn first_steps(staff: &Staff, today: &Today) -> Markup {
    let say = |id: &str| staff.speech.say(id);
    let steps = [
        ("today-step-settings", "/settings", today.missing.is_empty()),
        ("today-step-debtors", "/imports", today.debtors > 0),
        ("today-step-receivables", "/imports", !today.due.is_empty()),
        ("today-step-statement", "/imports", today.newest_statement.is_some()),
        // The day also runs by itself: it is a step once there is something to look at.
        ("today-step-run", "/", today.last_run.is_some() && !today.due.is_empty()),
    ];
    html! {
        (ui::empty_state(&say("today-empty-title"), &say("today-empty-text"), None))
        ol.card.stack {
            @for (id, href, done) in steps {
                li {
                    a href=(href) { (say(id)) }
                    @if done { " " (ui::badge(&say("today-step-done"), Tone::Ok)) }
                }
            }
        }
    }
}

fn filled(staff: &Staff, today: &Arc<Today>) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let desk = staff.app.desk();
    let main = main_currency(today, desk.settings.currency.parse().ok());
    html! {
        @if !today.missing.is_empty() {
            (ui::notice(Tone::Due, &say("today-missing-title"), html! {
                p { (say("today-missing-text")) " " a href="/settings" { (say("today-missing-link")) } }
            }))
        }
        @if today.is_stale {
            (ui::notice(Tone::Due, &say("today-stale-title"), html! {
                p {
                    @if let Some(at) = today.newest_statement {
                        (speech.say_with("today-stale-text", &[("when", (&speech.moment(at, &staff.zone)).into())])) " "
                    }
                    a href="/imports" { (say("today-stale-link")) }
                }
            }))
        }
        @if let Some(main) = main {
            (ui::stats(&say("today-numbers"), &tiles(speech, today, main).iter().map(Tile::stat).collect::<Vec<_>>()))
        }
        @if today.due.len() > 1 { (currencies(speech, today)) }
        // What waits for a person comes first where there is one column.
        div.split.side-first {
            div.stack {
                (waiting(speech, today))
                (machine(staff, today))
            }
            div.stack {
                @if let Some(main) = main { (received(speech, today, main)) }
                (aging(speech, today, main))
            }
        }
    }
}

/// The currency of the tiles: the tenant's own, or the first in which anything is open.
fn main_currency(today: &Today, own: Option<Currency>) -> Option<Currency> {
    let open = |currency: Currency| today.due.iter().any(|due| due.open.0.currency == currency);
    own.filter(|&own| open(own) || today.due.is_empty()).or(today.due.first().map(|due| due.open.0.currency))
}

struct Tile {
    label: String,
    value: String,
    note: String,
    tone: Tone,
    href: String,
}

impl Tile {
    fn stat(&self) -> Stat<'_> {
        Stat {
            label: &self.label,
            value: &self.value,
            note: Some(&self.note),
            tone: self.tone,
            href: Some(&self.href),
        }
    }
}

fn tiles(speech: &Speech, today: &Today, main: Currency) -> Vec<Tile> {
    let zero = (Money::zero(main), 0);
    let due = today.due.iter().find(|due| due.open.0.currency == main);
    let received = today.this_week.iter().find(|(sum, _)| sum.currency == main).copied().unwrap_or(zero);
    let tile = |id: &str, (sum, count): (Money, i64), tone: Tone, href: String| Tile {
        label: speech.say(&format!("today-{id}")).into_owned(),
        value: speech.money(sum),
        note: speech.say_with(
            if id == "received" { "today-count-payments" } else { "today-count-receivables" },
            &[("count", count.into())],
        ),
        tone: if sum.is_zero() { Tone::Neutral } else { tone },
        href,
    };
    let list = |span: &str| texts::address("/receivables", &[("due", span), ("currency", main.code())]);
    vec![
        tile("overdue", due.map_or(zero, |due| due.overdue), Tone::Overdue, list("overdue")),
        tile("due-today", due.map_or(zero, |due| due.today), Tone::Due, list("today")),
        tile("due-soon", due.map_or(zero, |due| due.soon), Tone::Neutral, list("soon")),
        tile("received", received, Tone::Ok, "/payments/done".to_owned()),
    ]
}

/// The same numbers for every currency, where there are several.
fn currencies(speech: &Speech, today: &Today) -> Markup {
    let say = |id: &str| speech.say(id).into_owned();
    let heads = [
        say("today-currency"),
        say("today-overdue"),
        say("today-due-today"),
        say("today-due-soon"),
        say("today-open"),
    ];
    let mut columns: Vec<ui::Column<'_>> = vec![ui::Column::text(&heads[0])];
    columns.extend(heads[1..].iter().map(|head| ui::Column::number(head)));
    let caption = say("today-by-currency");
    let rows = today.due.iter().map(|due| {
        let code = due.open.0.currency.code();
        let cell = |span: &str, sum: Money| {
            let address = texts::address("/receivables", &[("due", span), ("currency", code)]);
            html! {
                @if sum.is_zero() { span.quiet { "–" } } @else { a href=(address) { (ui::amount(&speech.money(sum))) } }
            }
        };
        ui::Row::new(vec![
            html! { (code) },
            cell("overdue", due.overdue.0),
            cell("today", due.today.0),
            cell("soon", due.soon.0),
            cell("all", due.open.0),
        ])
    });
    ui::disclosure(&caption, ui::table(&ui::Table::new(&caption, columns).caption_hidden().rows(rows)))
}

/// What waits for a person, the most pressing first; each a link to the list.
fn waiting(speech: &Speech, today: &Today) -> Markup {
    let all = &today.waiting;
    let items = [
        ("unknown", all.unknown, "/mail?show=unknown", Tone::Danger),
        ("disputes", all.disputes, "/debtors?show=dispute", Tone::Held),
        ("claims", all.claims, "/debtors?show=payment_claimed", Tone::Held),
        ("payments", all.payments, "/payments", Tone::Due),
        ("finished", all.finished, "/debtors?show=scenario_finished", Tone::Overdue),
        ("address-failed", all.address_failed, "/debtors?show=address_failed", Tone::Danger),
        ("no-address", all.no_address, "/debtors?show=no_address", Tone::Due),
        ("opted-out", all.opted_out, "/debtors?show=opted_out", Tone::Neutral),
        ("failed", all.failed, "/mail?show=failed", Tone::Danger),
        ("text-failed", all.text_failed, "/scenario/texts", Tone::Danger),
    ];
    let some: Vec<_> = items.into_iter().filter(|(_, count, _, _)| *count > 0).collect();
    ui::card(
        &speech.say("today-waiting"),
        html! {
            @if some.is_empty() {
                p { (speech.say("today-waiting-nothing")) }
            } @else {
                ul.worklist {
                    @for (id, count, href, tone) in some {
                        li class=(tone.class()) {
                            a href=(href) {
                                span { (speech.say(&format!("today-waiting-{id}"))) }
                                " " span.num { (speech.number(count)) }
                            }
                        }
                    }
                }
            }
        },
    )
}

/// What the machine does next and did last.
fn machine(staff: &Staff, today: &Today) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let link = |href: &str, count: i64| html! { a href=(href) { (speech.number(count)) } };
    let last = today.last_run.as_ref().and_then(|run| {
        let summary: RunSummary = serde_json::from_str(&run.summary).ok()?;
        Some((run.finished_at.unwrap_or(run.started_at), summary))
    });
    let mut facts = vec![
        ("today-overdue-debtors", link("/debtors?show=overdue", today.overdue_debtors)),
        ("today-promises", link("/debtors?show=promise", today.held(HoldReason::Promise))),
        ("today-pending", link("/mail?show=waiting", today.pending)),
        ("today-cases-due", html! { (speech.number(today.cases_due)) }),
    ];
    if let Some(at) = today.newest_statement {
        let moment = speech.moment(at, &staff.zone);
        facts.push((
            "today-newest-statement",
            html! { a href="/payments/statements" { (ui::time(&at.to_string(), &moment)) } },
        ));
    }
    let labels: Vec<String> = facts.iter().map(|(id, _)| say(id).into_owned()).collect();
    let facts: Vec<(&str, Markup)> =
        labels.iter().map(String::as_str).zip(facts.into_iter().map(|(_, value)| value)).collect();
    ui::card(
        &say("today-machine"),
        html! {
            (ui::facts(&facts))
            @if let Some((at, summary)) = last {
                (ui::disclosure(
                    &speech.say_with("today-last-run", &[
                        ("when", (&speech.moment(at, &staff.zone)).into()),
                        ("count", summary.notices_total().into()),
                    ]),
                    last_run(speech, &summary),
                ))
            } @else {
                p.quiet { (say("today-never-run")) }
            }
        },
    )
}

/// What a run did and did not do, with the reason for each silence.
fn last_run(speech: &Speech, summary: &RunSummary) -> Markup {
    let rows = summary
        .notices
        .iter()
        .map(|(kind, count)| (texts::kind_word(speech, kind), *count))
        .chain([(speech.say("today-run-cured").into_owned(), summary.cured)])
        .chain(summary.not_done.iter().map(|(code, count)| {
            let words = code.parse().map_or_else(|_| code.clone(), |reason| texts::reason(speech, reason));
            (speech.say_with("today-run-not-sent", &[("reason", (&words).into())]), *count)
        }))
        .filter(|(_, count)| *count > 0);
    let (caption, what, count) =
        (speech.say("today-run-caption"), speech.say("today-run-what"), speech.say("today-run-count"));
    ui::table(
        &ui::Table::new(&caption, vec![ui::Column::text(&what), ui::Column::number(&count)])
            .caption_hidden()
            .rows(rows.map(|(what, count)| {
                ui::Row::new(vec![html! { (what) }, html! { (speech.number(count as i64)) }])
            })),
    )
}

fn direction(speech: &Speech) -> chart::Direction {
    if speech.dir() == "rtl" { chart::Direction::RightToLeft } else { chart::Direction::LeftToRight }
}

/// An amount as an axis says it: whole units, shortened by thousands where they are many.
fn tick(speech: &Speech, minor: i64, currency: Currency) -> String {
    let major = minor / currency.minor_per_major().max(1);
    match major.abs() {
        1_000_000.. => speech.say_with("chart-millions", &[("count", (major / 1_000_000).into())]),
        10_000.. => speech.say_with("chart-thousands", &[("count", (major / 1_000).into())]),
        _ => speech.number(major),
    }
}

/// Money received, week by week.
fn received(speech: &Speech, today: &Today, main: Currency) -> Markup {
    let bars: Vec<Bar> = today
        .weeks
        .iter()
        .filter(|(_, sum)| sum.currency == main)
        .map(|(monday, sum)| Bar {
            label: speech.day_and_month(*monday),
            value: sum.minor,
            shown: speech.money(*sum),
            link: None,
            tone: chart::Tone::Good,
        })
        .collect();
    if bars.is_empty() {
        return html! {};
    }
    let say = |id: &str| speech.say(id).into_owned();
    let picture = Bars {
        heading: Heading {
            id: "received".to_owned(),
            title: speech.say_with("chart-received", &[("currency", main.code().into())]),
            description: say("chart-received-text"),
            label_head: say("chart-week"),
            value_head: say("chart-amount"),
            direction: direction(speech),
        },
        arrangement: chart::Arrangement::Columns,
        bars,
        tick: &|minor| tick(speech, minor, main),
    };
    html! {
        section.card {
            (ui::chart(picture.svg(Size::Wide), picture.svg(Size::Compact), &say("chart-table"), &picture.table()))
        }
    }
}

/// Open money by days past due, a row per currency, the main one first.
fn aging(speech: &Speech, today: &Today, main: Option<Currency>) -> Markup {
    let say = |id: &str| speech.say(id).into_owned();
    let tones = [
        chart::Tone::NotDue,
        chart::Tone::Days30,
        chart::Tone::Days60,
        chart::Tone::Days90,
        chart::Tone::Older,
    ];
    let spans = ["not-due", "1-30", "31-60", "61-90", "over-90"];
    let mut stacks = Vec::new();
    let is_main = |row: &&Aging| Some(row.buckets[0].currency) == main;
    for row in today.aging.iter().filter(is_main).chain(today.aging.iter().filter(|row| !is_main(row))) {
        let currency = row.buckets[0].currency;
        let total = Money::sum(currency, row.buckets.iter().copied());
        let segments = row.buckets.iter().zip(tones).zip(spans).map(|((sum, tone), span)| Bar {
            label: say(&format!("aging-{span}")),
            value: sum.minor,
            shown: speech.money(*sum),
            link: Some(texts::address("/receivables", &[("due", span), ("currency", currency.code())])),
            tone,
        });
        stacks.push(Stack {
            label: currency.code().to_owned(),
            segments: segments.collect(),
            shown: total.map_or_else(|_| "–".to_owned(), |total| speech.money(total)),
        });
    }
    if stacks.is_empty() {
        return html! {};
    }
    let picture = StackedBars {
        heading: Heading {
            id: "aging".to_owned(),
            title: say("chart-aging"),
            description: say("chart-aging-text"),
            label_head: say("today-currency"),
            value_head: say("today-open"),
            direction: direction(speech),
        },
        comparison: Comparison::EachAlone,
        stacks,
        tick: &|minor| speech.number(minor),
    };
    html! {
        section.card {
            (ui::chart(picture.svg(Size::Wide), picture.svg(Size::Compact), &say("chart-table"), &picture.table()))
        }
    }
}
