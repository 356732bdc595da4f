//! What was matched or put aside lately, and the statements of the bank.

use axum::extract::{Query, State};
use axum::response::Response;
use duewell_domain::id::PaymentId;
use duewell_domain::matching::Because;
use duewell_engine::cash::{self, Dealt};
use duewell_store::payment::{PaymentState, Statement};
use maud::{Markup, html};
use serde::Deserialize;

use super::{Tab, because, payer, tabs};
use crate::app::Shared;
use crate::fail::Fail;
use crate::session::{Here, Staff};
use crate::texts;
use crate::ui::{self, Tone};

const PAGE: usize = 50;
const STATEMENTS: i64 = 50;

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    before: String,
    done: Option<String>,
}

pub async fn show(
    State(app): State<Shared>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let before = asked.before.parse().unwrap_or(PaymentId(i64::MAX));
    let (count, mut list) = app
        .ask(move |desk| Ok((cash::count_waiting(desk)?, cash::list_dealt(desk, before, PAGE as i64 + 1)?)))
        .await?;
    let more = list.len() > PAGE;
    list.truncate(PAGE);
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let (next, first) = (say("page-next"), say("page-first"));
    let last = list.last().map(|one| one.payment.id.to_string()).unwrap_or_default();
    let next_page = texts::address("/payments/done", &[("before", &last)]);
    let content = html! {
        (ui::page_head(&say("payments-title"), Some(&say("payments-done-lead")), None))
        (tabs(speech, Tab::Dealt, count))
        @if list.is_empty() {
            (ui::empty_state(&say("payments-done-empty-title"), &say("payments-done-empty-text"), None))
        } @else {
            (dealt_table(&staff, &list))
        }
        @if more || !asked.before.is_empty() {
            (ui::pager(
                &say("page-label"),
                (!asked.before.is_empty()).then(|| ui::Link::new(&first, "/payments/done")),
                "",
                more.then(|| ui::Link::new(&next, &next_page)),
            ))
        }
    };
    Ok(staff.page(&say("payments-title"), Here::Payments, asked.done.as_deref(), content))
}

fn dealt_table(staff: &Staff, list: &[Dealt]) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let heads = [
        say("payments-payer"),
        say("payments-day"),
        say("payments-amount"),
        say("payments-debtor"),
        say("payments-by"),
        say("payments-unapplied"),
        say("payments-take-back"),
    ];
    let columns = vec![
        ui::Column::text(&heads[0]),
        ui::Column::number(&heads[1]),
        ui::Column::number(&heads[2]),
        ui::Column::text(&heads[3]),
        ui::Column::text(&heads[4]),
        ui::Column::number(&heads[5]),
        ui::Column::actions(&heads[6]),
    ];
    let rows = list.iter().map(|one| ui::Row::new(dealt_cells(staff, one)));
    ui::table(&ui::Table::new(&say("payments-tab-done"), columns).caption_hidden().rows(rows))
}

fn dealt_cells(staff: &Staff, one: &Dealt) -> Vec<Markup> {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let payment = &one.payment;
    let is_ignored = payment.state == PaymentState::Ignored;
    let by_person = payment.because == Because::Person.as_str();
    let amount = speech.money(payment.amount);
    let (way, label) = if is_ignored {
        ("requeue", say("payments-requeue"))
    } else {
        ("unmatch", say("payments-take-back"))
    };
    vec![
        payer(speech, &payment.payer_name),
        ui::time(&payment.received_on.to_string(), &speech.day(payment.received_on)),
        ui::amount(&amount),
        html! {
            @match &one.debtor {
                Some(debtor) => a href={ "/debtors/" (debtor.id) } { bdi { (debtor.name) } },
                None => (ui::badge(&say("payments-ignored"), Tone::Neutral)),
            }
        },
        html! {
            @if by_person { (ui::badge(&say("payments-by-person"), Tone::Info)) }
            @else { (speech.say_with("payments-by-machine", &[("why", (&because(speech, &payment.because)).into())])) }
        },
        html! {
            @if payment.unapplied.is_positive() { (ui::amount(&speech.money(payment.unapplied))) }
        },
        html! {
            form.inline method="post" action={ "/payments/" (payment.id) "/" (way) } {
                (ui::csrf(&staff.csrf))
                button.btn.quiet { (label) span.hidden { " " (amount) " " (payment.payer_name) " " (payment.id) } }
            }
        },
    ]
}

pub async fn statements(State(app): State<Shared>, staff: Staff) -> Result<Response, Fail> {
    let (count, list) =
        app.ask(|desk| Ok((cash::count_waiting(desk)?, cash::list_statements(desk, STATEMENTS)?))).await?;
    let say = |id: &str| staff.speech.say(id);
    let content = html! {
        (ui::page_head(&say("payments-title"), Some(&say("payments-statements-lead")), None))
        (tabs(staff.speech, Tab::Statements, count))
        @if list.is_empty() {
            (ui::empty_state(
                &say("payments-no-statements-title"),
                &say("payments-no-statements-text"),
                Some(ui::button_link(ui::Button::Primary, &say("payments-to-imports"), "/imports")),
            ))
        } @else {
            (statement_table(&staff, &list))
        }
    };
    Ok(staff.page(&say("payments-title"), Here::Payments, None, content))
}

fn statement_table(staff: &Staff, list: &[Statement]) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let heads = [
        say("payments-statement"),
        say("payments-account"),
        say("payments-days"),
        say("payments-opening"),
        say("payments-closing"),
        say("payments-entries"),
        say("payments-booked-at"),
    ];
    let columns = vec![
        ui::Column::text(&heads[0]),
        ui::Column::text(&heads[1]),
        ui::Column::number(&heads[2]),
        ui::Column::number(&heads[3]),
        ui::Column::number(&heads[4]),
        ui::Column::number(&heads[5]),
        ui::Column::number(&heads[6]),
    ];
    let money = |amount: Option<duewell_domain::money::Money>| {
        html! { @if let Some(amount) = amount { (ui::amount(&speech.money(amount))) } }
    };
    let day = |day: jiff::civil::Date| ui::time(&day.to_string(), &speech.day(day));
    let rows = list.iter().map(|one| {
        ui::Row::new(vec![
            html! { bdi { (one.identification) } },
            html! { span.num { (texts::account(&one.account)) } },
            html! {
                @match (one.first_on, one.last_on) {
                    (Some(first), Some(last)) if first != last => { (day(first)) " – " (day(last)) }
                    (Some(only), _) | (None, Some(only)) => (day(only)),
                    (None, None) => {}
                }
            },
            money(one.opening),
            money(one.closing),
            html! { (speech.number(one.entries)) },
            ui::time(&one.imported_at.to_string(), &speech.moment(one.imported_at, &staff.zone)),
        ])
    });
    ui::table(&ui::Table::new(&say("payments-tab-statements"), columns).caption_hidden().rows(rows))
}
