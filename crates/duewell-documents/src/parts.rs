//! The two parts of a mail, plain text and HTML, from one Markdown text.

use pulldown_cmark::{Alignment, Event, Options, Parser, Tag, TagEnd, html};

use crate::markdown::safe_link;
use crate::notice::Notice;

/// Wider tables are hard to read in plain text, and on a phone even narrower ones.
const TABLE_WIDTH_MAX: usize = 74;

/// A notice as mail: both parts say the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    pub text: String,
    pub html: String,
}

/// Derives the parts of a mail from a notice.
pub fn parts(notice: &Notice, language: &str) -> Parts {
    let mut text = PlainText::default();
    for event in events(&notice.body) {
        text.add(event);
    }
    let mut body = String::with_capacity(notice.body.len() * 2);
    html::push_html(&mut body, events(&notice.body));
    let mut page = String::with_capacity(body.len() + 1400);
    page.push_str("<!doctype html>\n<html lang=\"");
    // A language tag is letters, digits and hyphens; whatever else there is would not be one.
    page.extend(language.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-'));
    page.push_str("\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><title>");
    for c in notice.subject.chars() {
        match c {
            '<' => page.push_str("&lt;"),
            '>' => page.push_str("&gt;"),
            '&' => page.push_str("&amp;"),
            other => page.push(other),
        }
    }
    page.push_str("</title>");
    page.push_str(STYLE);
    page.push_str("</head>\n<body><main>\n");
    page.push_str(&body);
    page.push_str("</main></body></html>\n");
    Parts { text: text.finish(), html: page }
}

const STYLE: &str = "<style>:root{color-scheme:light dark}body{margin:0;padding:1rem;font:16px/1.5 -apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}main{max-width:40rem;margin:0 auto}table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{padding:.4rem .5rem;border-bottom:1px solid #8a8a8a;text-align:left;vertical-align:top}@media(max-width:30rem){th,td{padding:.3rem .2rem;font-size:.85rem;overflow-wrap:anywhere}[style*=right]{white-space:nowrap}}hr{border:0;border-top:1px solid #8a8a8a;margin:1.5rem 0}</style>";

/// Reads the Markdown; HTML in it is text, pictures are their description, and links lead where links may.
fn events(body: &str) -> impl Iterator<Item = Event<'_>> {
    Parser::new_ext(body, Options::ENABLE_TABLES).filter_map(|event| match event {
        Event::Html(html) | Event::InlineHtml(html) => Some(Event::Text(html)),
        Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = if dest_url.starts_with('#') { None } else { safe_link(&dest_url) };
            Some(Event::Start(Tag::Link {
                link_type,
                dest_url: dest_url.unwrap_or_default().into(),
                title,
                id,
            }))
        }
        other => Some(other),
    })
}

/// Plain text under construction.
#[derive(Default)]
struct PlainText {
    done: String,
    /// Depth and next number of the lists around.
    lists: Vec<Option<u64>>,
    links: Vec<(String, usize)>,
    table: Option<Table>,
}

struct Table {
    alignments: Vec<Alignment>,
    rows: Vec<Vec<String>>,
    cell: String,
}

impl PlainText {
    fn write(&mut self, text: &str) {
        match &mut self.table {
            Some(table) => table.cell.push_str(text),
            None => self.done.push_str(text),
        }
    }

    fn len(&self) -> usize {
        self.table.as_ref().map_or(self.done.len(), |table| table.cell.len())
    }

    /// Starts a block: one empty line before it, unless it is the first.
    fn block(&mut self) {
        if self.done.is_empty()
            || self.done.ends_with("- ")
            || self.done.ends_with(". ") && !self.lists.is_empty()
        {
            return;
        }
        while !self.done.ends_with("\n\n") {
            self.done.push('\n');
        }
    }

    fn add(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) | Event::Code(text) => self.write(&text),
            Event::SoftBreak | Event::HardBreak => self.write("\n"),
            Event::Rule => {
                self.block();
                self.done.push_str("-- \n");
            }
            Event::Start(Tag::Paragraph | Tag::Heading { .. } | Tag::BlockQuote(_) | Tag::CodeBlock(_)) => {
                self.block()
            }
            Event::Start(Tag::List(first)) => {
                if self.lists.is_empty() {
                    self.block();
                }
                self.lists.push(first);
            }
            Event::End(TagEnd::List(_)) => {
                self.lists.pop();
            }
            Event::Start(Tag::Item) => {
                if !self.done.is_empty() && !self.done.ends_with('\n') {
                    self.done.push('\n');
                }
                let indent = "  ".repeat(self.lists.len().saturating_sub(1));
                self.done.push_str(&indent);
                match self.lists.last_mut() {
                    Some(Some(number)) => {
                        self.done.push_str(&format!("{number}. "));
                        *number += 1;
                    }
                    Some(None) | None => self.done.push_str("- "),
                }
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                let at = self.len();
                self.links.push((dest_url.into_string(), at));
            }
            Event::End(TagEnd::Link) => {
                let Some((url, at)) = self.links.pop() else { return };
                let shown = match &self.table {
                    Some(table) => table.cell.get(at..),
                    None => self.done.get(at..),
                };
                if !url.is_empty() && shown != Some(url.as_str()) {
                    let url = match url.strip_prefix("mailto:") {
                        Some(address) => address.split('?').next().unwrap_or(address).to_owned(),
                        None => url,
                    };
                    self.write(&format!(": {url}"));
                }
            }
            Event::Start(Tag::Table(alignments)) => {
                self.block();
                self.table = Some(Table { alignments, rows: Vec::new(), cell: String::new() });
            }
            Event::Start(Tag::TableHead | Tag::TableRow) => {
                if let Some(table) = &mut self.table {
                    table.rows.push(Vec::new());
                }
            }
            Event::End(TagEnd::TableCell) => {
                if let Some(table) = &mut self.table {
                    let cell = std::mem::take(&mut table.cell);
                    if let Some(row) = table.rows.last_mut() {
                        row.push(cell);
                    }
                }
            }
            Event::End(TagEnd::Table) => {
                if let Some(table) = self.table.take() {
                    table.write(&mut self.done);
                }
            }
            _ => {}
        }
    }

    fn finish(mut self) -> String {
        while self.done.ends_with('\n') {
            self.done.pop();
        }
        self.done.push('\n');
        self.done
    }
}

impl Table {
    fn write(&self, out: &mut String) {
        let width_of = |text: &str| text.chars().count();
        let columns = self.alignments.len();
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                self.rows
                    .iter()
                    .filter_map(|row| row.get(column))
                    .map(|cell| width_of(cell))
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let Some((head, rows)) = self.rows.split_first() else { return };
        if widths.iter().sum::<usize>() + 3 * columns.saturating_sub(1) > TABLE_WIDTH_MAX {
            for row in rows {
                for (name, cell) in head.iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
                    out.push_str(&format!("{name}: {cell}\n"));
                }
                out.push('\n');
            }
            return;
        }
        for (index, row) in self.rows.iter().enumerate() {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                let gap = " ".repeat(widths[column].saturating_sub(width_of(cell)));
                let (before, after) = match self.alignments[column] {
                    Alignment::Right => (gap.as_str(), ""),
                    Alignment::None | Alignment::Left | Alignment::Center => ("", gap.as_str()),
                };
                if column > 0 {
                    line.push_str("   ");
                }
                line.push_str(before);
                line.push_str(cell);
                line.push_str(after);
            }
            out.push_str(line.trim_end());
            out.push('\n');
            if index == 0 {
                let rule: usize = widths.iter().sum::<usize>() + 3 * columns.saturating_sub(1);
                out.push_str(&"-".repeat(rule));
                out.push('\n');
            }
        }
    }
}
