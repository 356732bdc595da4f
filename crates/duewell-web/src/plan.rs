//! One plan: how it stands, what happened to it, where each payment went, and what was agreed.

mod change;
mod draft;
mod make;
pub mod schedule;
pub mod words;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use duewell_documents::Speech;
use duewell_domain::id::PlanId;
use duewell_domain::money::{Currency, Money};
use duewell_domain::plan::{Account, DownPayment, Entry, Length};
use duewell_engine::plan::{self, PlanView};
use duewell_store::plan::{PlanState, PlanVersion};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use self::change::Kind;
use crate::app::Shared;
use crate::fail::Fail;
use crate::session::{Form, Here, Staff, see};
use crate::ui::{self, Button, Choice, Column, Event, Field, Icon, Row, Stat, Table, Tone};

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/debtors/{id}/plan", get(make::show).post(make::take))
        .route("/plans/{id}", get(show))
        .route("/plans/{id}/accept", post(accept))
        .route("/plans/{id}/withdraw", post(withdraw))
        .route("/plans/{id}/change/{kind}", get(change::show).post(change::take))
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

fn id_of(text: &str) -> Result<PlanId, Fail> {
    text.parse().map_err(|_| Fail::NotFound)
}

async fn show(
    staff: Staff,
    State(app): State<Shared>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let id = id_of(&id)?;
    let (view, today) = app.ask(move |desk| Ok((plan::load_view(desk, id)?, desk.today()))).await?;
    let speech = staff.speech;
    let title = speech.say_with("plan-title", &[("number", view.plan.number.as_str().into())]);
    let changes = (view.plan.state == PlanState::Active).then(|| changes(speech, &view));
    let content = html! {
        (ui::page_head(&title, None, changes))
        p {
            a href={ "/debtors/" (view.plan.debtor) } { (view.debtor_name) } " "
            (words::state_badge(speech, view.plan.state))
        }
        @if view.plan.state == PlanState::Offered { (offered(&staff, &view)) }
        (stats(speech, &view, today))
        section.card {
            h2 { (speech.say("plan-schedule")) }
            @let currency = view.plan.terms.currency;
            @if view.log.is_empty() {
                (schedule::promised(speech, &view.account, currency, &speech.say("plan-schedule")))
            } @else {
                (schedule::standing(speech, &view.account, currency, &view.receivables, today, &speech.say("plan-schedule")))
            }
        }
        div.cols {
            div.stack {
                (ui::card(&speech.say("plan-log"), log(&staff, &view)))
                (sources(speech, &view))
                (versions(&staff, &view))
            }
            div.stack {
                (terms(speech, &view))
                (acceptance(&staff, &view))
                (books(speech, &view))
            }
        }
    };
    Ok(staff.page(&title, Here::Plans, asked.done.as_deref(), content))
}

/// What one can change, each on a page that shows first what it would do.
fn changes(speech: &Speech, view: &PlanView) -> Markup {
    ui::menu_button(
        &speech.say("plan-change"),
        html! {
            @for kind in Kind::ALL.into_iter().filter(|kind| kind.fits(view)) {
                a href={ "/plans/" (view.plan.id) "/change/" (kind.word()) } { (kind.title(speech)) }
            }
        },
    )
}

/// An offer waits for a yes: whoever has the debtor on the phone can take it.
fn offered(staff: &Staff, view: &PlanView) -> Markup {
    let speech = staff.speech;
    let here = format!("/plans/{}", view.plan.id);
    let texts: Vec<(&str, String)> =
        draft::HOW.into_iter().map(|how| (how, words::how(speech, how))).collect();
    let choices: Vec<Choice<'_>> = texts.iter().map(|(value, text)| Choice::new(value, text)).collect();
    ui::card(
        &speech.say("plan-waits"),
        html! {
            p { (speech.say("plan-waits-text")) }
            form method="post" action={ (here) "/accept" } {
                (ui::csrf(&staff.csrf))
                (ui::select(&Field::new("how", &speech.say("plan-how")), &choices))
                (ui::actions(ui::button(Button::Primary, &speech.say("plan-agree"))))
            }
            p { (ui::post_button(Button::Quiet, &speech.say("plan-withdraw"), &format!("{here}/withdraw"), &staff.csrf)) }
        },
    )
}

#[derive(Deserialize)]
struct Accepted {
    #[serde(default)]
    how: String,
}

async fn accept(Path(id): Path<String>, Form(staff, form): Form<Accepted>) -> Result<Response, Fail> {
    let id = id_of(&id)?;
    let how = draft::HOW.into_iter().find(|how| *how == form.how).unwrap_or(draft::HOW[0]);
    let actor = staff.actor();
    staff.app.ask(move |desk| plan::accept_plan(desk, id, how, &actor)).await?;
    Ok(see(&format!("/plans/{id}?done=done-plan-agreed")))
}

async fn withdraw(
    Path(id): Path<String>,
    Form(staff, _): Form<Vec<(String, String)>>,
) -> Result<Response, Fail> {
    let id = id_of(&id)?;
    let actor = staff.actor();
    staff.app.ask(move |desk| plan::withdraw_plan(desk, id, &actor)).await?;
    Ok(see(&format!("/plans/{id}?done=done-plan-withdrawn")))
}

fn stats(speech: &Speech, view: &PlanView, today: Date) -> Markup {
    let currency = view.plan.terms.currency;
    let money = |minor: i64| speech.money(Money::new(minor, currency));
    let say = |id: &str| speech.say(id).into_owned();
    let account = &view.account;
    let totals = account.totals();
    let next = account.next_open();
    let late = account.days_past_due();
    let labels = [say("plan-open"), say("plan-next"), say("plan-arrears"), say("plan-payoff")];
    let open = money(totals.open.total());
    let of = speech.say_with("plan-of", &[("amount", Money::new(totals.due.total(), currency).into())]);
    let next_value = next.map_or_else(|| say("plan-nothing-open"), |row| money(row.open().total()));
    let next_note = next.map(|row| speech.day(row.due_on));
    let arrears = money(account.arrears().total());
    let late_note = speech.say_with("debtor-late", &[("count", late.into())]);
    let mut tiles = vec![
        Stat { label: &labels[0], value: &open, note: Some(&of), ..Stat::default() },
        Stat {
            label: &labels[1],
            value: &next_value,
            note: next_note.as_deref(),
            tone: match next {
                None => Tone::Ok,
                Some(row) if row.due_on < today => Tone::Overdue,
                Some(_) => Tone::Info,
            },
            href: None,
        },
    ];
    if late > 0 {
        tiles.push(Stat {
            label: &labels[2],
            value: &arrears,
            note: Some(&late_note),
            tone: Tone::Overdue,
            href: None,
        });
    }
    let payoff = view.payoff.map(|sum| speech.money(sum));
    let payoff_note = speech.say_with("plan-payoff-on", &[("day", today.into())]);
    if let Some(payoff) = &payoff {
        tiles.push(Stat { label: &labels[3], value: payoff, note: Some(&payoff_note), ..Stat::default() });
    }
    ui::stats(&speech.say("plan-standing"), &tiles)
}

/// What happened, newest first; a payment tells where each cent of it went.
fn log(staff: &Staff, view: &PlanView) -> Markup {
    let speech = staff.speech;
    let currency = view.plan.terms.currency;
    let explained = view.explain();
    let taken_back = change::taken_back(view);
    let summary = speech.say("plan-where");
    let events: Vec<Event<'_>> = view
        .log
        .iter()
        .rev()
        .map(|entry| {
            let parts: Vec<&plan::Explained> =
                explained.iter().filter(|part| part.entry == entry.number).collect();
            let facts = words::event_facts(speech, &entry.event, currency);
            let is_back = taken_back.contains(&entry.number);
            let over = view.account.effects.iter().find(|effect| effect.entry == entry.number);
            let over = over.map_or(0, |effect| effect.over);
            Event {
                icon: icon(entry),
                tone: if is_back { Tone::Neutral } else { Tone::Info },
                title: html! {
                    (words::event(speech, &entry.event)) " "
                    span.quiet.small { (speech.say_with("plan-entry", &[("number", entry.number.into())])) }
                },
                at: ui::time(&entry.value_on.to_string(), &speech.day(entry.value_on)),
                body: (facts.is_some() || is_back || over > 0).then(|| html! {
                    @if let Some(facts) = facts { (facts) }
                    @if over > 0 { " · " (speech.say_with("plan-over-rest", &[("amount", Money::new(over, currency).into())])) }
                    @if is_back { " " (ui::badge(&speech.say("plan-taken-back"), Tone::Neutral)) }
                }),
                details: (!parts.is_empty()).then(|| (summary.as_ref(), shares(speech, &parts))),
            }
        })
        .collect();
    html! {
        @if events.is_empty() { p { (speech.say("plan-log-empty")) } }
        @else { (ui::timeline(&speech.say("plan-log"), &events)) }
        p { a href={ "/debtors/" (view.plan.debtor) "#story" } { (speech.say("plan-story")) } }
    }
}

fn icon(entry: &Entry) -> Icon {
    use duewell_domain::plan::Event as Happened;
    match entry.event {
        Happened::Advance { .. } => Icon::Plan,
        Happened::Money { .. } => Icon::Payment,
        Happened::CreditRefund { .. } | Happened::Chargeback { .. } | Happened::Reverse { .. } => {
            Icon::Return
        }
        Happened::Fee { .. } | Happened::LateFee { .. } => Icon::Warning,
        Happened::WaiveFee { .. } | Happened::Settle | Happened::WriteOff | Happened::ChargeOff => {
            Icon::Remove
        }
        Happened::InterestPause { .. } | Happened::Holiday { .. } => Icon::Hold,
        Happened::MoveDueDate { .. }
        | Happened::Extend { .. }
        | Happened::RateChange { .. }
        | Happened::ReAge { .. }
        | Happened::ReAmortize
        | Happened::Accelerate
        | Happened::Dissolve => Icon::Note,
    }
}

/// Where the parts of a payment went, and why.
fn shares(speech: &Speech, parts: &[&plan::Explained]) -> Markup {
    let labels = ["plan-installment", "plan-component", "plan-amount", "plan-why"]
        .map(|id| speech.say(id).into_owned());
    let [row, component, amount, why] = &labels;
    let columns = vec![Column::text(row), Column::text(component), Column::number(amount), Column::text(why)];
    let rows = parts.iter().map(|part| {
        Row::new(vec![
            html! { (words::row(speech, part.row)) },
            html! { (words::component(speech, part.component)) },
            ui::amount(&speech.money(part.amount)),
            html! { (words::because(speech, part.because, part.dueness)) },
        ])
    });
    let caption = speech.say("plan-where");
    ui::table(&Table::new(&caption, columns).caption_hidden().rows(rows))
}

fn terms(speech: &Speech, view: &PlanView) -> Markup {
    let terms = &view.plan.terms;
    let money = |minor: i64| ui::amount(&speech.money(Money::new(minor, terms.currency)));
    let mut facts: Vec<(&str, Markup)> = vec![
        ("plan-principal", money(terms.principal)),
        (
            "plan-installments",
            match terms.length {
                Length::Installments(count) => html! { (speech.number(count.into())) },
                Length::InstallmentMinor(amount) => html! { (money(amount)) },
            },
        ),
        ("plan-field-every", html! { (words::frequency(speech, terms.frequency)) }),
        ("plan-field-rate", html! { (speech.rate(terms.interest.rate)) }),
    ];
    match terms.down_payment {
        None => {}
        Some(DownPayment::Minor(amount)) => facts.push(("plan-row-down", money(amount))),
        Some(DownPayment::Share(rate)) => facts.push(("plan-row-down", html! { (speech.rate(rate)) })),
    }
    if terms.balloon > 0 {
        facts.push(("plan-field-balloon", money(terms.balloon)));
    }
    if let Some(rate) = terms.penalty_rate {
        facts.push(("plan-field-penalty", html! { (speech.rate(rate)) }));
    }
    for one in &view.disclosures {
        if one.finance_charge.minor != 0 {
            let id = match one.convention {
                duewell_domain::apr::Convention::UsRegZActuarial => "plan-apr-us",
                _ => "plan-apr-eu",
            };
            facts.push((id, html! { (speech.rate(one.shown)) }));
        }
    }
    let facts: Vec<(String, Markup)> =
        facts.into_iter().map(|(id, value)| (speech.say(id).into_owned(), value)).collect();
    let facts: Vec<(&str, Markup)> = facts.iter().map(|(id, value)| (id.as_str(), value.clone())).collect();
    ui::card(&speech.say("plan-terms"), ui::facts(&facts))
}

/// What the plan took the place of.
fn sources(speech: &Speech, view: &PlanView) -> Markup {
    if view.sources.is_empty() {
        return html! {};
    }
    let labels =
        ["receivables-number", "receivables-due", "plan-amount"].map(|id| speech.say(id).into_owned());
    let columns = vec![Column::text(&labels[0]), Column::number(&labels[1]), Column::number(&labels[2])];
    let rows = view.sources.iter().map(|(one, amount)| {
        Row::new(vec![
            html! { (one.number) },
            ui::time(&one.due_on.to_string(), &speech.day(one.due_on)),
            ui::amount(&speech.money(*amount)),
        ])
    });
    let caption = speech.say("plan-sources");
    ui::card(&caption, ui::table(&Table::new(&caption, columns).caption_hidden().tight().rows(rows)))
}

fn acceptance(staff: &Staff, view: &PlanView) -> Markup {
    let speech = staff.speech;
    let Some(yes) = &view.acceptance else { return html! {} };
    let at = match yes.at.parse::<jiff::Timestamp>() {
        Ok(at) => ui::time(&yes.at, &speech.moment(at, &staff.zone)),
        Err(_) => html! { (yes.at) },
    };
    let by = match yes.by.split_once(':') {
        Some(("user", name)) => name.to_owned(),
        Some(("link", _)) => speech.say("story-by-link").into_owned(),
        _ => yes.by.clone(),
    };
    let labels =
        ["plan-how", "plan-yes-at", "plan-yes-by", "plan-yes-shown"].map(|id| speech.say(id).into_owned());
    ui::card(
        &speech.say("plan-yes"),
        ui::facts(&[
            (&labels[0], html! { (words::how(speech, &yes.how)) }),
            (&labels[1], at),
            (&labels[2], html! { (by) }),
            (&labels[3], html! { code.break-anywhere { (yes.shown_sha256) } }),
        ]),
    )
}

fn books(speech: &Speech, view: &PlanView) -> Markup {
    if view.log.is_empty() {
        return html! {};
    }
    let labels = ["plan-account", "plan-debit", "plan-credit"].map(|id| speech.say(id).into_owned());
    let columns = vec![Column::text(&labels[0]), Column::number(&labels[1]), Column::number(&labels[2])];
    let side = |amount: Money, is_debit: bool| match (amount.minor > 0) == is_debit && amount.minor != 0 {
        true => ui::amount(&speech.money(Money::new(amount.minor.abs(), amount.currency))),
        false => html! { span.quiet.dash { "–" } },
    };
    let row = |name: String, amount: Money| {
        Row::new(vec![html! { (name) }, side(amount, true), side(amount, false)])
    };
    let mut rows: Vec<Row<'_>> = view
        .books
        .iter()
        .map(|one| {
            let id = format!("plan-account-{}", one.account.as_str().replace('_', "-"));
            row(speech.say(&id).into_owned(), one.amount)
        })
        .collect();
    // What payments settled has its other side with the receipt of the money, which is not of the plan alone.
    let received: i64 = view.books.iter().map(|one| one.amount.minor).sum();
    if received != 0 {
        let amount = Money::new(-received, view.plan.terms.currency);
        rows.push(row(speech.say("plan-account-received").into_owned(), amount));
    }
    let caption = speech.say("plan-books");
    let table = ui::table(&Table::new(&caption, columns).caption_hidden().tight().rows(rows));
    ui::card(&caption, html! { (table) p.small.quiet { (speech.say("plan-books-text")) } })
}

/// The schedule as it was agreed, and as it was after each change.
fn versions(staff: &Staff, view: &PlanView) -> Markup {
    let speech = staff.speech;
    let currency = view.plan.terms.currency;
    ui::card(
        &speech.say("plan-versions"),
        html! { @for one in view.versions.iter().rev() { (version(staff, one, currency)) } },
    )
}

fn version(staff: &Staff, one: &PlanVersion, currency: Currency) -> Markup {
    let speech = staff.speech;
    let because = match one.because.as_str() {
        "offered" => speech.say("plan-version-first").into_owned(),
        words => words.to_owned(),
    };
    let made = speech.moment(one.made_at, &staff.zone);
    let arguments = [("number", one.version.into()), ("at", (&made).into()), ("because", (&because).into())];
    let account: Option<Account> = serde_json::from_str(&one.schedule).ok();
    let body = html! {
        @match account {
            Some(account) => (schedule::promised(speech, &account, currency, &speech.say("plan-schedule"))),
            None => p { (speech.say("plan-version-unreadable")) },
        }
    };
    ui::disclosure(&speech.say_with("plan-version", &arguments), body)
}
