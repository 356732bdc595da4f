//! Tables of rows; on a narrow screen each row becomes a card that names its values.

use maud::{Markup, html};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Actions,
}

/// Which way a column is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Ascending,
    Descending,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    label: &'a str,
    kind: Kind,
    sort: Option<&'a str>,
    order: Option<Order>,
}

impl<'a> Column<'a> {
    /// Makes a column of words.
    pub fn text(label: &'a str) -> Self {
        Column { label, kind: Kind::Text, sort: None, order: None }
    }

    /// Makes a column of amounts, counts or days, which stand under each other at the end of the line.
    pub fn number(label: &'a str) -> Self {
        Column { label, kind: Kind::Number, sort: None, order: None }
    }

    /// Makes a column of buttons; its label is for screen readers.
    pub fn actions(label: &'a str) -> Self {
        Column { label, kind: Kind::Actions, sort: None, order: None }
    }

    /// Makes the head a link that sorts, and says how the rows are sorted now.
    pub fn sorted(mut self, href: &'a str, order: Option<Order>) -> Self {
        self.sort = Some(href);
        self.order = order;
        self
    }

    fn class(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Text => None,
            Kind::Number => Some("n"),
            Kind::Actions => Some("act"),
        }
    }
}

/// A row of a table; the first cell names it.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    cells: Vec<Markup>,
    href: Option<&'a str>,
    class: Option<&'a str>,
}

impl<'a> Row<'a> {
    /// Makes a row of as many cells as the table has columns.
    pub fn new(cells: Vec<Markup>) -> Self {
        Row { cells, href: None, class: None }
    }

    /// Makes the whole row lead somewhere: the first cell becomes the link.
    pub fn link(mut self, href: &'a str) -> Self {
        self.href = Some(href);
        self
    }

    /// Gives the row a tone.
    pub fn tone(mut self, tone: super::Tone) -> Self {
        self.class = Some(tone.class());
        self
    }
}

/// A table of rows.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    caption: &'a str,
    caption_hidden: bool,
    wide: bool,
    tight: bool,
    columns: Vec<Column<'a>>,
    rows: Vec<Row<'a>>,
    total: Option<Vec<Markup>>,
}

impl<'a> Table<'a> {
    /// Makes a table with its name and columns.
    pub fn new(caption: &'a str, columns: Vec<Column<'a>>) -> Self {
        Table {
            caption,
            caption_hidden: false,
            wide: false,
            tight: false,
            columns,
            rows: Vec::new(),
            total: None,
        }
    }

    /// Keeps the name for screen readers, where a heading above says it already.
    pub fn caption_hidden(mut self) -> Self {
        self.caption_hidden = true;
        self
    }

    /// Lets a table with many columns scroll sideways inside its frame.
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// Keeps a table of few short columns a table on a narrow screen too.
    pub fn tight(mut self) -> Self {
        self.tight = true;
        self
    }

    /// Adds a row.
    pub fn row(mut self, row: Row<'a>) -> Self {
        self.rows.push(row);
        self
    }

    /// Adds rows.
    pub fn rows(mut self, rows: impl IntoIterator<Item = Row<'a>>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// Adds the line under the double rule.
    pub fn total(mut self, cells: Vec<Markup>) -> Self {
        self.total = Some(cells);
        self
    }
}

/// Shows a table.
pub fn table(table: &Table) -> Markup {
    let wide = table.wide;
    html! {
        div class=(if table.tight { "tight" } else { "table" }) tabindex=[wide.then_some("0")] role=[wide.then_some("region")] aria-label=[wide.then_some(table.caption)] {
            table {
                caption.hidden[table.caption_hidden] { (table.caption) }
                thead { tr { @for column in &table.columns { (head(column)) } } }
                tbody { @for row in &table.rows {
                    tr class=[row.class] { (cells(&table.columns, &row.cells, row.href)) }
                } }
                @if let Some(total) = &table.total {
                    tfoot { tr { (cells(&table.columns, total, None)) } }
                }
            }
        }
    }
}

fn head(column: &Column) -> Markup {
    let sort = column.order.map(|order| match order {
        Order::Ascending => "ascending",
        Order::Descending => "descending",
    });
    html! {
        th scope="col" class=[column.class()] aria-sort=[sort] {
            @if column.kind == Kind::Actions { span.hidden { (column.label) } }
            @else if let Some(href) = column.sort { a href=(href) { (column.label) } }
            @else { (column.label) }
        }
    }
}

fn cells(columns: &[Column], cells: &[Markup], href: Option<&str>) -> Markup {
    html! {
        @for (index, (column, cell)) in columns.iter().zip(cells).enumerate() {
            @if index == 0 {
                th scope="row" class=[column.class()] {
                    @match href {
                        Some(href) => a.row-link href=(href) { (cell) },
                        None => (cell),
                    }
                }
            } @else {
                // On a phone the cell is a line: its label, and the value as one piece.
                td class=[column.class()] data-label=(column.label) { div.v { (cell) } }
            }
        }
    }
}
