//! A table before it is brought in: what would happen, what is wrong, and the first rows as they are read.

use std::collections::HashSet;

use duewell_documents::Speech;
use duewell_engine::intake::{ReadRow, TableLook};
use duewell_engine::people::ImportSummary;
use duewell_formats::table::{DebtorRecord, Field, ReceivableRecord, TableKind};
use maud::{Markup, html};

use super::columns::{self, Choice, asks, field_name};
use super::file::{bring_in_form, discard_button};
use super::findings;
use super::upload::Upload;
use crate::session::Staff;
use crate::ui::{self, Tone};

/// Findings shown on the page; the download has all that are kept.
const FINDINGS_SHOWN: usize = 100;

/// Shows what bringing the table in would do.
pub fn show(staff: &Staff, upload: &Upload, choice: &Choice, look: &TableLook) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let (other, other_label) = match look.kind {
        TableKind::Debtors => ("receivables", say("imports-as-receivables")),
        TableKind::Receivables => ("debtors", say("imports-as-debtors")),
    };
    let switch = format!("{}?kind={other}", upload.address());
    let buttons = html! {
        (discard_button(staff, upload))
        (ui::button_link(ui::Button::Quiet, &other_label, &switch))
    };
    // Where something has to be chosen first, the choice comes first.
    let asked = !look.missing.is_empty() || look.doubtful_date.is_some() || look.doubtful_amount.is_some();
    let form = columns::form(speech, look, &upload.address());
    html! {
        @if look.sheets.len() > 1 { (sheets(speech, upload, choice, look)) }
        @if asked {
            (questions(speech, look))
            (ui::card(&say("imports-columns"), form.clone()))
        }
        @match &look.summary {
            Some(summary) => {
                (outcome(staff, upload, choice, summary, buttons))
                (findings_part(speech, upload, choice, summary))
                (preview(speech, look))
            }
            None => (ui::actions(buttons)),
        }
        @if !asked { (ui::disclosure(&say("imports-columns"), form)) }
    }
}

fn sheets(speech: &Speech, upload: &Upload, choice: &Choice, look: &TableLook) -> Markup {
    let current = choice.reading.sheet.as_ref().or(look.sheets.first());
    let addresses: Vec<String> = look
        .sheets
        .iter()
        .map(|sheet| crate::texts::address(&upload.address(), &[("sheet", sheet)]))
        .collect();
    let links: Vec<ui::Link<'_>> = look
        .sheets
        .iter()
        .zip(&addresses)
        .map(|(sheet, address)| ui::Link::new(sheet, address).current_if(Some(sheet) == current))
        .collect();
    ui::tabs(&speech.say("imports-sheets"), &links)
}

/// Asks what the file leaves open, each with a link to where it is answered.
fn questions(speech: &Speech, look: &TableLook) -> Markup {
    let mut errors: Vec<(String, String)> = Vec::new();
    for group in &look.missing {
        let names: Vec<String> = group.iter().map(|field| field_name(speech, look.kind, *field)).collect();
        let names = names.join(" / ");
        if let Some(first) = group.first() {
            let text = speech.say_with("imports-missing", &[("field", (&names).into())]);
            errors.push((format!("col-{}", first.as_str()), text));
        }
    }
    if let Some(doubt) = &look.doubtful_date {
        errors.push(("date".to_owned(), asks(speech, "imports-date-doubt", doubt)));
    }
    if let Some(doubt) = &look.doubtful_amount {
        errors.push(("mark".to_owned(), asks(speech, "imports-mark-doubt", doubt)));
    }
    let errors: Vec<(&str, &str)> =
        errors.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    ui::error_summary(&speech.say("imports-questions"), &errors)
}

/// What would happen, in four numbers, and the button that makes it happen.
fn outcome(
    staff: &Staff,
    upload: &Upload,
    choice: &Choice,
    summary: &ImportSummary,
    buttons: Markup,
) -> Markup {
    let speech = staff.speech;
    let say = |id: &str| speech.say(id);
    let number = |n: u64| speech.number(i64::try_from(n).unwrap_or(i64::MAX));
    let good = summary.new + summary.changed;
    let label = speech.say_with("imports-bring-in-rows", &[("count", good.into())]);
    let values = [number(summary.new), number(summary.changed), number(summary.same), number(summary.wrong)];
    let (labels, notes) = (
        [
            say("imports-new-rows"),
            say("imports-changed-rows"),
            say("imports-same-rows"),
            say("imports-wrong-rows"),
        ],
        [
            say("imports-new-note"),
            say("imports-changed-note"),
            say("imports-same-note"),
            say("imports-wrong-note"),
        ],
    );
    let tones =
        [Tone::Ok, Tone::Info, Tone::Neutral, if summary.wrong > 0 { Tone::Overdue } else { Tone::Neutral }];
    let stats: Vec<ui::Stat<'_>> = (0..4)
        .map(|at| ui::Stat {
            label: &labels[at],
            value: &values[at],
            note: Some(&notes[at]),
            tone: tones[at],
            href: match at {
                0 if summary.rows > 0 => Some("#preview"),
                3 if summary.wrong > 0 => Some("#findings"),
                _ => None,
            },
        })
        .collect();
    html! {
        (ui::stats(&say("imports-outcome"), &stats))
        @if good == 0 {
            @let why = if summary.same > 0 { say("imports-nothing-text") } else { say("imports-no-good-text") };
            (ui::notice(Tone::Info, &say("imports-nothing"), html! { p { (why) } }))
        } @else if summary.wrong > 0 {
            (ui::notice(Tone::Due, &say("imports-some-wrong"), html! { p { (say("imports-some-wrong-text")) } }))
        }
        (ui::actions(html! {
            @if good > 0 { (bring_in_form(staff, upload, &choice.pairs, &label)) }
            (buttons)
        }))
    }
}

fn findings_part(speech: &Speech, upload: &Upload, choice: &Choice, summary: &ImportSummary) -> Markup {
    let say = |id: &str| speech.say(id);
    if summary.findings.is_empty() {
        return html! {};
    }
    let heads = findings::heads(speech);
    let columns = vec![
        ui::Column::text(&heads[0]),
        ui::Column::text(&heads[1]),
        ui::Column::text(&heads[2]),
        ui::Column::text(&heads[3]),
        ui::Column::text(&heads[4]),
    ];
    let rows = summary.findings.iter().take(FINDINGS_SHOWN).map(|finding| {
        let (problem, remedy) = findings::words(speech, finding);
        ui::Row::new(vec![
            html! { (speech.say_with("imports-line", &[("line", (&finding.line.to_string()).into())])) },
            html! { bdi { (finding.column) } },
            html! { bdi { (finding.value) } },
            html! { (problem) },
            html! { (remedy) },
        ])
    });
    let download = choice.address(&format!("{}/findings.csv", upload.address()));
    let shown = summary.findings.len().min(FINDINGS_SHOWN);
    html! {
        section id="findings" {
            div.card-head {
                h2 { (say("imports-findings")) }
                (ui::actions(ui::button_link(ui::Button::Secondary, &say("imports-findings-download"), &download)))
            }
            @if summary.findings.len() > shown {
                p.quiet { (speech.say_with("imports-findings-first", &[("count", shown.into())])) }
            }
            (ui::table(&ui::Table::new(&say("imports-findings"), columns).caption_hidden().rows(rows)))
        }
    }
}

fn preview(speech: &Speech, look: &TableLook) -> Markup {
    if look.rows.is_empty() {
        return html! {};
    }
    let (title, line) = (speech.say("imports-preview"), speech.say("imports-col-line"));
    let fields: &[Field] = match look.kind {
        TableKind::Debtors => PREVIEW_DEBTORS,
        TableKind::Receivables => PREVIEW_RECEIVABLES,
    };
    let names: Vec<String> = fields.iter().map(|field| field_name(speech, look.kind, *field)).collect();
    let mut columns = vec![ui::Column::text(&line)];
    columns.extend(fields.iter().zip(&names).map(|(field, name)| match field {
        Field::Amount => ui::Column::number(name),
        _ => ui::Column::text(name),
    }));
    // A row can be read well and still be refused by the book.
    let wrong: HashSet<u64> =
        look.summary.iter().flat_map(|summary| &summary.findings).map(|finding| finding.line).collect();
    let rows = look.rows.iter().map(|row| {
        let (line, mut cells) = match row {
            ReadRow::Debtor(one) => (one.line, debtor_cells(speech, one)),
            ReadRow::Receivable(one) => (one.line, receivable_cells(speech, one)),
            ReadRow::Wrong(line) => (*line, Vec::new()),
        };
        let is_wrong = cells.is_empty() || wrong.contains(&line);
        let place = html! {
            (speech.say_with("imports-line", &[("line", (&line.to_string()).into())]))
            @if is_wrong { " " (ui::badge(&speech.say("imports-left-out"), Tone::Overdue)) }
        };
        cells.insert(0, place);
        cells.resize_with(fields.len() + 1, || html! {});
        let row = ui::Row::new(cells);
        if is_wrong { row.tone(Tone::Overdue) } else { row }
    });
    html! {
        section id="preview" {
            h2 { (title) }
            (ui::table(&ui::Table::new(&title, columns).caption_hidden().rows(rows)))
        }
    }
}

const PREVIEW_DEBTORS: &[Field] =
    &[Field::Name, Field::ExternalId, Field::Kind, Field::Email, Field::Country, Field::Language];
const PREVIEW_RECEIVABLES: &[Field] =
    &[Field::Number, Field::DebtorExternalId, Field::Amount, Field::DueOn, Field::IssuedOn, Field::Kind];

fn debtor_cells(speech: &Speech, one: &DebtorRecord) -> Vec<Markup> {
    let plain = |text: &Option<String>| html! { (text.as_deref().unwrap_or("")) };
    vec![
        html! { bdi { (one.name) } },
        html! { (one.external_id) },
        html! { (speech.say(&format!("imports-who-{}", one.kind.as_str()))) },
        html! { (one.emails.join(", ")) },
        plain(&one.country),
        plain(&one.language),
    ]
}

fn receivable_cells(speech: &Speech, one: &ReceivableRecord) -> Vec<Markup> {
    let day = |day: jiff::civil::Date| ui::time(&day.to_string(), &speech.day(day));
    vec![
        html! { bdi { (one.number) } },
        html! { (one.debtor_external_id) },
        ui::amount(&speech.money(one.amount)),
        day(one.due_on),
        html! { @if let Some(issued) = one.issued_on { (day(issued)) } },
        html! { (speech.say(&format!("imports-claim-{}", one.kind.as_str()))) },
    ]
}
