//! Schedules as tables: what was promised, how it stands, and what a change makes of it.

use duewell_documents::Speech;
use duewell_domain::apr::Disclosure;
use duewell_domain::money::{Currency, Money};
use duewell_domain::plan::{Account, Component, Parts, Row, RowKey};
use duewell_store::receivable::Receivable;
use jiff::civil::Date;
use maud::{Markup, html};

use super::words;
use crate::texts;
use crate::ui::{self, Column, Table, Tone};

/// The components that a schedule asks for; principal alone needs no column of its own.
fn components(account: &Account) -> Vec<Component> {
    let due = account.totals().due;
    let asked: Vec<Component> =
        Component::ALL.into_iter().filter(|component| due.get(*component) != 0).collect();
    if asked.len() > 1 { asked } else { Vec::new() }
}

fn money(speech: &Speech, minor: i64, currency: Currency) -> Markup {
    html! { @if minor == 0 { span.quiet.dash { "–" } } @else { (ui::amount(&speech.money(Money::new(minor, currency)))) } }
}

fn day(speech: &Speech, day: Date) -> Markup {
    ui::time(&day.to_string(), &speech.day(day))
}

/// Shows a schedule as it would be agreed: when, how much, and of what it is made.
pub fn promised(speech: &Speech, account: &Account, currency: Currency, caption: &str) -> Markup {
    let parts = components(account);
    let mut labels = vec![speech.say("plan-row").into_owned(), speech.say("plan-due").into_owned()];
    labels.extend(parts.iter().map(|part| words::component(speech, *part)));
    labels.push(speech.say("plan-amount").into_owned());
    let rows = account.rows.iter().filter(|row| row.due.total() != 0).map(|row| {
        let mut cells = vec![html! { (words::row(speech, row.key)) }, day(speech, row.due_on)];
        cells.extend(parts.iter().map(|part| money(speech, row.due.get(*part), currency)));
        cells.push(money(speech, row.due.total(), currency));
        ui::Row::new(cells)
    });
    let due = account.totals().due;
    let mut total = vec![speech_total(speech), html! {}];
    total.extend(parts.iter().map(|part| money(speech, due.get(*part), currency)));
    total.push(money(speech, due.total(), currency));
    let table = Table::new(caption, columns(&labels)).caption_hidden().rows(rows).total(total);
    ui::table(&match parts.len() {
        0 => table.tight(),
        1 | 2 => table,
        _ => table.wide(),
    })
}

fn speech_total(speech: &Speech) -> Markup {
    html! { (speech.say("common-total")) }
}

fn columns(labels: &[String]) -> Vec<Column<'_>> {
    labels
        .iter()
        .enumerate()
        .map(|(index, label)| if index == 0 { Column::text(label) } else { Column::number(label) })
        .collect()
}

/// Shows the schedule of a plan as it stands.
pub fn standing(
    speech: &Speech,
    account: &Account,
    currency: Currency,
    receivables: &[(RowKey, Receivable)],
    today: Date,
    caption: &str,
) -> Markup {
    let parts = components(account);
    let mut labels = vec![speech.say("plan-row").into_owned(), speech.say("plan-due").into_owned()];
    labels.extend(parts.iter().map(|part| words::component(speech, *part)));
    for id in ["plan-amount", "plan-paid", "plan-open", "plan-paid-on", "plan-row-state", "plan-reference"] {
        labels.push(speech.say(id).into_owned());
    }
    let end = labels.len();
    let columns = labels.iter().enumerate().map(|(index, label)| match index {
        0 => Column::text(label),
        index if index + 2 >= end => Column::text(label),
        _ => Column::number(label),
    });
    let rows = account.rows.iter().map(|row| {
        let receivable = receivables.iter().find(|(key, _)| *key == row.key).map(|(_, one)| one);
        let mut cells = vec![
            html! {
                (words::row(speech, row.key))
                @if let Some(one) = receivable { " " span.quiet.small { (one.number) } }
            },
            day(speech, row.due_on),
        ];
        cells.extend(parts.iter().map(|part| money(speech, row.due.get(*part), currency)));
        cells.push(money(speech, row.due.total(), currency));
        cells.push(money(speech, row.paid.total(), currency));
        cells.push(money(speech, row.open().total(), currency));
        cells.push(match row.met_on.filter(|_| row.paid.total() > 0) {
            Some(on) => day(speech, on),
            None => html! { span.quiet.dash { "–" } },
        });
        cells.push(words::row_state(speech, row, today));
        cells.push(match receivable.filter(|_| row.is_open()) {
            Some(one) => html! { span.num.small { (texts::reference(&one.reference)) } },
            None => html! { span.quiet.dash { "–" } },
        });
        let shown = ui::Row::new(cells);
        if row.is_open() && row.due_on < today { shown.tone(Tone::Overdue) } else { shown }
    });
    let totals = account.totals();
    let mut total = vec![speech_total(speech), html! {}];
    total.extend(parts.iter().map(|part| money(speech, totals.due.get(*part), currency)));
    for sum in [totals.due, totals.paid, totals.open] {
        total.push(money(speech, sum.total(), currency));
    }
    total.extend([html! {}, html! {}, html! {}]);
    ui::table(&Table::new(caption, columns.collect()).caption_hidden().wide().rows(rows).total(total))
}

/// Shows what the law wants said about the cost, where there is a cost.
pub fn cost(speech: &Speech, due: Parts, currency: Currency, disclosures: &[Disclosure]) -> Markup {
    let cost = due.total() - due.principal;
    if cost == 0 {
        return html! { p { (speech.say("plan-no-cost")) } };
    }
    let amount = |minor: i64| ui::amount(&speech.money(Money::new(minor, currency)));
    let mut facts = vec![(speech.say("plan-principal").into_owned(), amount(due.principal))];
    for component in [Component::Interest, Component::Fee, Component::Penalty] {
        if due.get(component) != 0 {
            facts.push((words::component(speech, component), amount(due.get(component))));
        }
    }
    facts.push((speech.say("plan-cost").into_owned(), amount(cost)));
    facts.push((speech.say("plan-pays-in-all").into_owned(), html! { strong { (amount(due.total())) } }));
    for one in disclosures {
        facts.push((words::rate_name(speech, one.convention), html! { strong { (speech.rate(one.shown)) } }));
    }
    let facts: Vec<(&str, Markup)> =
        facts.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    ui::facts(&facts)
}

/// Shows two schedules beside each other, with what is another in the second.
pub fn compared(speech: &Speech, before: &Account, after: &Account, currency: Currency) -> Markup {
    let left = |minor: i64| ui::amount(&speech.money(Money::new(minor, currency)));
    let labels = [
        "plan-row",
        "plan-before-due",
        "plan-before-open",
        "plan-after-due",
        "plan-after-open",
        "plan-difference",
    ]
    .map(|id| speech.say(id).into_owned());
    let mut keys: Vec<(Date, RowKey)> = after.rows.iter().map(|row| (row.due_on, row.key)).collect();
    let gone = before.rows.iter().filter(|row| !after.rows.iter().any(|other| other.key == row.key));
    keys.extend(gone.map(|row| (row.due_on, row.key)));
    keys.sort_unstable();
    let rows = keys.into_iter().map(|(_, key)| {
        let find = |account: &'_ Account| account.rows.iter().position(|row| row.key == key);
        let old = find(before).map(|index| &before.rows[index]);
        let new = find(after).map(|index| &after.rows[index]);
        let (id, tone) = difference(old, new);
        let mut cells = vec![html! { (words::row(speech, key)) }];
        for side in [old, new] {
            cells.push(html! { @match side { Some(row) => (day(speech, row.due_on)), None => span.quiet.dash { "–" } } });
            cells.push(html! { @match side {
                Some(row) => (left(row.open().total())),
                None => span.quiet.dash { "–" },
            } });
        }
        cells.push(html! { @match id { Some(id) => (ui::badge(&speech.say(id), tone)), None => span.quiet.dash { "–" } } });
        let row = ui::Row::new(cells);
        if id.is_some() { row.tone(tone) } else { row }
    });
    let [first, rest @ .., last] = &labels;
    let mut columns = vec![Column::text(first)];
    columns.extend(rest.iter().map(|label| Column::number(label)));
    columns.push(Column::text(last));
    let total = vec![
        speech_total(speech),
        html! {},
        left(before.totals().open.total()),
        html! {},
        left(after.totals().open.total()),
        html! {},
    ];
    let caption = speech.say("plan-compared");
    ui::table(&Table::new(&caption, columns).caption_hidden().wide().rows(rows).total(total))
}

/// Says what became of an installment.
fn difference(old: Option<&Row>, new: Option<&Row>) -> (Option<&'static str>, Tone) {
    match (old, new) {
        (None, Some(_)) => (Some("plan-diff-new"), Tone::Info),
        (Some(_), None) => (Some("plan-diff-gone"), Tone::Neutral),
        (Some(old), Some(new)) => {
            let (moved, changed) = (old.due_on != new.due_on, old.open() != new.open());
            match (moved, changed) {
                (true, true) => (Some("plan-diff-both"), Tone::Due),
                (true, false) => (Some("plan-diff-moved"), Tone::Due),
                (false, true) if new.open().is_zero() => (Some("plan-diff-nothing"), Tone::Ok),
                (false, true) if new.open().total() > old.open().total() => {
                    (Some("plan-diff-more"), Tone::Due)
                }
                (false, true) => (Some("plan-diff-less"), Tone::Due),
                (false, false) => (None, Tone::Neutral),
            }
        }
        (None, None) => (None, Tone::Neutral),
    }
}
