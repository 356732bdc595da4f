//! Charts as SVG text, drawn on the server: one module for pages, mail, print and PDF.
//!
//! Three kinds: [`Bars`], [`StackedBars`] and [`Line`]. Each draws itself with
//! `svg(Size)` and gives the same figures as a [`Table`], which a page puts
//! behind the picture (`<details>`). Values are minor units or counts; every
//! word and every formatted amount comes from the caller, in the reader's
//! language.
//!
//! # On a page
//!
//! A chart has a `viewBox` and no size of its own; it fills its container. Text
//! of [`Size::Wide`] is right from 600 px on, text of [`Size::Compact`] from
//! 280 px on. A page that does not know its width prints both and shows one:
//!
//! ```css
//! .chart { display: block; width: 100%; max-width: 46rem; height: auto; overflow: visible; }
//! .chart.c-compact { display: none; max-width: 30rem; }
//! @media (max-width: 40rem) { .chart.c-wide { display: none; } .chart.c-compact { display: block; } }
//! ```
//!
//! Nothing uses `style=`, so a content security policy without inline styles
//! holds. Without any style sheet a chart is drawn in the text's colour.
//!
//! | Class | Is | Wants |
//! |---|---|---|
//! | `chart`, `c-wide` or `c-compact` | the `<svg>` | the rules above, `color` |
//! | `c-bar` with a `tone-…` | bar, segment, swatch | `fill: var(--chart-…)` by tone |
//! | `c-hatch` | lines and dots of a pattern over a segment | `stroke` and `fill: var(--chart-hatch)` |
//! | `c-line`, `c-line c-expected` | the line; its expected part, dashed | `stroke: var(--chart-line)` |
//! | `c-dot` | a point of the line | `fill: var(--chart-line)`; `stroke: var(--chart-ground)` |
//! | `c-dot c-expected` | an expected point | the two colours the other way round |
//! | `c-halo` | an amount that may stand over a line | `paint-order: stroke`, `stroke: var(--chart-ground)` |
//! | `c-band` | the range around expected points | `fill: var(--chart-band)` |
//! | `c-grid` | lines of the ticks | `stroke: var(--chart-grid)` |
//! | `c-zero` | the line values grow from | `stroke: var(--chart-zero)` |
//! | `c-tick`, `c-label`, `c-value` | text: ticks, names, amounts | `fill: var(--chart-muted)` for the first |
//! | `c-strong` | name and total of a stack | `font-weight: 600` |
//! | `c-hit` | where a pointer meets a link; drawn by nothing | `a:hover .c-hit`, `a:focus-visible .c-hit` |
//!
//! Tones: `tone-main`, `tone-quiet`, `tone-good`, `tone-watch`, `tone-overdue`,
//! and for aging `tone-not-due`, `tone-days-30`, `tone-days-60`,
//! `tone-days-90`, `tone-older`. A stack never tells by colour alone: each tone
//! has its pattern, and a legend or the amounts stand beside it.
//!
//! # Links
//!
//! A bar with a link is an `<a>` named "label: shown" and at least 24 px in
//! both directions (WCAG 2.2, 2.5.8). Where bars stand closer than that the
//! picture has no links and the table has them. A chart without links has
//! `role="img"`; one with links has `role="group"`, since what is inside an
//! image is not there for a screen reader (WAI-ARIA 1.2, *children
//! presentational*).

mod canvas;
mod columns;
mod labels;
mod line;
mod rows;
mod scale;

pub(crate) use canvas::escaped;

/// What every chart says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Unique on the page; the ids inside the picture begin with it.
    pub id: String,
    /// The picture's name, read out first.
    pub title: String,
    /// What the picture shows, in a sentence.
    pub description: String,
    /// Head of the table's first column, e.g. "Month".
    pub label_head: String,
    /// Head of the table's last column, e.g. "Open".
    pub value_head: String,
    pub direction: Direction,
}

/// Which way the reader's language runs; the x axis runs the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    #[default]
    LeftToRight,
    RightToLeft,
}

/// How much room a picture has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// 640 units wide, for containers from 600 px on.
    Wide,
    /// 320 units wide, for telephones.
    Compact,
}

/// What a bar means, told by colour and pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    Main,
    Quiet,
    Good,
    Watch,
    Overdue,
    NotDue,
    Days30,
    Days60,
    Days90,
    Older,
}

impl Tone {
    /// Returns the class, e.g. `tone-overdue`.
    pub fn class(self) -> &'static str {
        match self {
            Tone::Main => "tone-main",
            Tone::Quiet => "tone-quiet",
            Tone::Good => "tone-good",
            Tone::Watch => "tone-watch",
            Tone::Overdue => "tone-overdue",
            Tone::NotDue => "tone-not-due",
            Tone::Days30 => "tone-days-30",
            Tone::Days60 => "tone-days-60",
            Tone::Days90 => "tone-days-90",
            Tone::Older => "tone-older",
        }
    }
}

/// One bar, or one segment of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    pub label: String,
    /// Minor units or a count; negative for what goes the other way, e.g. refunds.
    pub value: i64,
    /// The value as the reader sees it.
    pub shown: String,
    /// A relative, `http` or `https` address; others are not linked.
    pub link: Option<String>,
    pub tone: Tone,
}

/// How bars stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrangement {
    /// Upright beside each other, for time and short names.
    Columns,
    /// Lying below each other, for names of any length.
    Rows,
}

/// Bars of one unit beside or below each other.
#[derive(Clone)]
pub struct Bars<'a> {
    pub heading: Heading,
    pub arrangement: Arrangement,
    pub bars: Vec<Bar>,
    /// Writes a round value at the axis. Ticks it writes alike are drawn once.
    pub tick: &'a dyn Fn(i64) -> String,
}

/// How stacks compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// All on one axis as columns: months of one currency.
    OneAxis,
    /// Each for itself as a full row with its amounts below: currencies, which do not compare.
    EachAlone,
}

/// One stack: a month or a currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stack {
    pub label: String,
    pub segments: Vec<Bar>,
    /// The total as the reader sees it.
    pub shown: String,
}

/// Stacks of segments, e.g. aging by month or by currency.
#[derive(Clone)]
pub struct StackedBars<'a> {
    pub heading: Heading,
    pub comparison: Comparison,
    pub stacks: Vec<Stack>,
    /// Writes a round value at the axis. Ticks it writes alike are drawn once.
    pub tick: &'a dyn Fn(i64) -> String,
}

/// The range an expected value lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    pub low: i64,
    pub high: i64,
}

/// One point of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    pub label: String,
    pub value: i64,
    /// The value (and its range, if it has one) as the reader sees it.
    pub shown: String,
    pub link: Option<String>,
    /// A point with a band is an expectation: the line to it is dashed.
    pub band: Option<Band>,
}

/// Where the axis of a line begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baseline {
    /// At zero: for amounts.
    Zero,
    /// Near the lowest value: for small changes of a large figure, e.g. days sales outstanding.
    NearLowest,
}

/// A value over time.
#[derive(Clone)]
pub struct Line<'a> {
    pub heading: Heading,
    pub baseline: Baseline,
    pub points: Vec<Point>,
    /// Writes a round value at the axis. Ticks it writes alike are drawn once.
    pub tick: &'a dyn Fn(i64) -> String,
}

/// The figures of a chart as a table; the first cell of a row is its head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub caption: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

/// One cell of a [`Table`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell {
    pub text: String,
    pub link: Option<String>,
}

impl Bars<'_> {
    /// Draws the bars.
    pub fn svg(&self, size: Size) -> String {
        match self.arrangement {
            Arrangement::Columns => columns::bars(self, size),
            Arrangement::Rows => rows::bars(self, size),
        }
    }

    /// Returns label and shown value of each bar.
    pub fn table(&self) -> Table {
        plain_table(&self.heading, self.bars.iter().map(|bar| (&bar.label, &bar.shown, &bar.link)))
    }
}

impl StackedBars<'_> {
    /// Draws the stacks.
    pub fn svg(&self, size: Size) -> String {
        match self.comparison {
            Comparison::OneAxis => columns::stacks(self, size),
            Comparison::EachAlone => rows::stacks(self, size),
        }
    }

    /// Returns a row per stack: its label, a cell per kind of segment, its total.
    pub fn table(&self) -> Table {
        let kinds = self.kinds();
        let mut head = vec![self.heading.label_head.clone()];
        head.extend(kinds.iter().map(|(label, _)| (*label).to_owned()));
        head.push(self.heading.value_head.clone());
        let row = |stack: &Stack| {
            let mut cells = vec![Cell { text: stack.label.clone(), link: None }];
            cells.extend(kinds.iter().map(|&(label, tone)| {
                stack
                    .segments
                    .iter()
                    .find(|segment| segment.label == label && segment.tone == tone)
                    .map(|segment| Cell { text: segment.shown.clone(), link: safe(&segment.link) })
                    .unwrap_or_default()
            }));
            cells.push(Cell { text: stack.shown.clone(), link: None });
            cells
        };
        let rows = self.stacks.iter().map(row).collect();
        Table { caption: self.heading.title.clone(), head, rows }
    }

    /// Returns each pair of segment label and tone once, in order of appearance.
    fn kinds(&self) -> Vec<(&str, Tone)> {
        let mut kinds: Vec<(&str, Tone)> = Vec::new();
        for segment in self.stacks.iter().flat_map(|stack| &stack.segments) {
            let kind = (segment.label.as_str(), segment.tone);
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        kinds
    }
}

impl Line<'_> {
    /// Draws the line.
    pub fn svg(&self, size: Size) -> String {
        line::draw(self, size)
    }

    /// Returns label and shown value of each point.
    pub fn table(&self) -> Table {
        plain_table(&self.heading, self.points.iter().map(|point| (&point.label, &point.shown, &point.link)))
    }
}

fn plain_table<'a>(
    heading: &Heading,
    rows: impl Iterator<Item = (&'a String, &'a String, &'a Option<String>)>,
) -> Table {
    let row = |(label, shown, link): (&String, &String, &Option<String>)| {
        let label = Cell { text: label.clone(), link: safe(link) };
        vec![label, Cell { text: shown.clone(), link: None }]
    };
    Table {
        caption: heading.title.clone(),
        head: vec![heading.label_head.clone(), heading.value_head.clone()],
        rows: rows.map(row).collect(),
    }
}

fn safe(link: &Option<String>) -> Option<String> {
    canvas::safe_link(link.as_deref()).map(str::to_owned)
}
