//! What a page says: its head, numbers, facts and charts.

use duewell_documents::chart;
use maud::{Markup, PreEscaped, html};

use super::Tone;
use super::icon::{Icon, icon};
use super::table::{Column, Row, Table, table};

/// Shows the title of a page, what it is about in a sentence, and what one can do here.
pub fn page_head(title: &str, subtitle: Option<&str>, actions: Option<Markup>) -> Markup {
    html! {
        header.page-head {
            div {
                h1 { (title) }
                @if let Some(subtitle) = subtitle { p.lead { (subtitle) } }
            }
            @if let Some(actions) = actions { div.actions { (actions) } }
        }
    }
}

/// Shows a part of a page on its own sheet.
pub fn card(title: &str, body: Markup) -> Markup {
    html! { section.card { h2 { (title) } (body) } }
}

/// Shows a part of a page on its own sheet, with what one can do about it beside the title.
pub fn card_with(title: &str, actions: Markup, body: Markup) -> Markup {
    html! {
        section.card {
            div.card-head { h2 { (title) } div.actions { (actions) } }
            (body)
        }
    }
}

/// A number that matters, with the rows behind it one click away.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stat<'a> {
    pub label: &'a str,
    pub value: &'a str,
    /// How the number comes about, or what it was before.
    pub note: Option<&'a str>,
    pub tone: Tone,
    /// The list that adds up to the number.
    pub href: Option<&'a str>,
}

/// Shows numbers that matter in a row.
pub fn stats(label: &str, stats: &[Stat]) -> Markup {
    html! {
        ul.stats aria-label=(label) {
            @for stat in stats {
                li class=(stat.tone.class()) {
                    @match stat.href {
                        Some(href) => a href=(href) { (stat_body(stat)) },
                        None => div { (stat_body(stat)) },
                    }
                }
            }
        }
    }
}

fn stat_body(stat: &Stat) -> Markup {
    html! {
        span.stat-label { (stat.label) } " "
        span.stat-value { bdi { (stat.value) } } " "
        @if let Some(note) = stat.note { span.stat-note { (note) } }
    }
}

/// Shows an amount: figures of one width, never broken over two lines.
pub fn amount(text: &str) -> Markup {
    html! { span.amount { (text) } }
}

/// Shows an amount together with its value for machines, as in `129.90`.
pub fn amount_of(text: &str, value: &str) -> Markup {
    html! { data.amount value=(value) { (text) } }
}

/// Shows a moment or a day: `machine` as in `2026-03-01` or `2026-03-01T09:00:00Z`, `text` as the reader writes it.
pub fn time(machine: &str, text: &str) -> Markup {
    html! { time.num datetime=(machine) { (text) } }
}

/// Shows facts as pairs of a name and a value.
pub fn facts(facts: &[(&str, Markup)]) -> Markup {
    html! {
        dl.facts { @for (name, value) in facts { div { dt { (name) } dd { (value) } } } }
    }
}

/// Keeps what only some readers need behind its summary.
pub fn disclosure(summary: &str, body: Markup) -> Markup {
    html! { details.disclosure { summary { (icon(Icon::Next)) span { (summary) } } div { (body) } } }
}

/// Shows a value to take along. The button appears only where a script can copy; `copied` is what it then says.
pub fn copy_field(id: &str, label: &str, value: &str, copy: &str, copied: &str) -> Markup {
    html! {
        div.field {
            label for=(id) { (label) }
            div.copy {
                input.num id=(id) value=(value) readonly;
                button.btn type="button" data-copy=(id) data-copied=(copied) hidden {
                    (icon(Icon::Copy)) span aria-live="polite" { (copy) }
                }
            }
        }
    }
}

/// Shows a chart together with the numbers it draws, for those who do not see it or want to check.
pub fn chart_frame(title: &str, svg: Markup, table_summary: &str, table: Markup) -> Markup {
    html! {
        figure.chart-frame {
            figcaption { (title) }
            (svg)
            (disclosure(table_summary, table))
        }
    }
}

/// Shows a picture of the chart module in both sizes, of which the stylesheet shows the one that fits, and its numbers.
pub fn chart(wide: String, compact: String, table_summary: &str, numbers: &chart::Table) -> Markup {
    let columns = numbers.head.iter().enumerate().map(|(index, label)| match index {
        0 => Column::text(label),
        _ => Column::number(label),
    });
    let rows = numbers.rows.iter().map(|cells| Row::new(cells.iter().map(chart_cell).collect()));
    let shown = Table::new(&numbers.caption, columns.collect()).caption_hidden().rows(rows);
    // The chart module escapes what it was given, and its own tests hold it to that.
    let picture = html! { (PreEscaped(wide)) (PreEscaped(compact)) };
    chart_frame(&numbers.caption, picture, table_summary, table(&shown))
}

fn chart_cell(cell: &chart::Cell) -> Markup {
    html! {
        @match &cell.link {
            Some(link) => a href=(link) { (cell.text) },
            None => (cell.text),
        }
    }
}

/// Shows how much of a whole is done; `text` says the same in words.
pub fn progress(label: &str, done: u64, whole: u64, text: &str) -> Markup {
    html! {
        div.gauge {
            span { (label) } span.num { (text) }
            progress value=(done) max=(whole) aria-label=(label) { (text) }
        }
    }
}

/// Shows a level within bounds, as the share of a bucket; `text` says the same in words.
pub fn meter(label: &str, tone: Tone, value: u64, whole: u64, text: &str) -> Markup {
    html! {
        div class={ "gauge " (tone.class()) } {
            span { (label) } span.num { (text) }
            meter min="0" value=(value) max=(whole) aria-label=(label) { (text) }
        }
    }
}
