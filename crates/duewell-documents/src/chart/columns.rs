//! Upright bars and stacks over one axis.

use super::canvas::{Anchor, Area, Canvas, FONT, legend_height, safe_link, text_width, units_across};
use super::labels::Labels;
use super::scale::Scale;
use super::{Bar, Bars, Heading, Size, StackedBars, Tone};

/// The plot of a chart with a value axis: where slots begin and values lie.
pub(super) struct Plot {
    pub scale: Scale,
    pub left: f64,
    pub top: f64,
    pub bottom: f64,
    pub slot: f64,
    ticks: Vec<(i64, String)>,
}

impl Plot {
    /// Lays out `count` slots between the ticks' column and the end.
    pub fn new(
        scale: Scale,
        tick: &dyn Fn(i64) -> String,
        (top, bottom): (f64, f64),
        count: usize,
        width: f64,
    ) -> Plot {
        let mut ticks: Vec<(i64, String)> = Vec::new();
        for &value in scale.ticks() {
            let text = tick(value);
            if ticks.last().is_none_or(|(_, before)| *before != text) {
                ticks.push((value, text));
            }
        }
        let widest = ticks.iter().map(|(_, text)| text_width(text)).fold(0.0, f64::max);
        let left = widest.min(width * 0.3) + 10.0;
        let slot = (width - left) / count.max(1) as f64;
        Plot { scale, left, top, bottom, slot, ticks }
    }

    /// Lays out the names, and draws slots a little closer where the last name would leave the picture.
    pub fn labels(&mut self, texts: &[&str]) -> Labels {
        let overhang = Labels::new(texts, self.slot).overhang();
        self.slot -= overhang / texts.len().max(1) as f64;
        Labels::new(texts, self.slot)
    }

    /// Returns the height at which a value lies.
    pub fn y(&self, value: i128) -> f64 {
        self.bottom - self.scale.share(value) * (self.bottom - self.top)
    }

    pub fn centre(&self, index: usize) -> f64 {
        self.left + (index as f64 + 0.5) * self.slot
    }

    /// Draws the lines and figures of the ticks.
    pub fn draw_ticks(&self, canvas: &mut Canvas) {
        canvas.open_decoration();
        for (value, text) in &self.ticks {
            let y = self.y(i128::from(*value));
            canvas.stroke((self.left, y), (canvas.width, y), "c-grid");
            canvas.text((self.left - 10.0, y + FONT * 0.35), Anchor::End, "c-tick", text, self.left - 10.0);
        }
        canvas.close_decoration();
    }

    /// Draws the line values grow from.
    pub fn draw_zero(&self, canvas: &mut Canvas) {
        let zero = self.y(0);
        canvas.stroke((self.left, zero), (canvas.width, zero), "c-zero");
    }
}

/// Height of the plot with everything but legend and names.
pub(super) fn plot_height(size: Size) -> f64 {
    match size {
        Size::Wide => 220.0,
        Size::Compact => 190.0,
    }
}

pub(super) fn steps(size: Size) -> i128 {
    match size {
        Size::Wide => 4,
        Size::Compact => 3,
    }
}

/// One column: segments that grow up and down from zero, and what is written at its end.
struct Column<'a> {
    label: &'a str,
    shown: &'a str,
    segments: Vec<&'a Bar>,
}

impl Column<'_> {
    fn above(&self) -> i128 {
        self.segments.iter().map(|segment| i128::from(segment.value.max(0))).sum()
    }

    fn below(&self) -> i128 {
        self.segments.iter().map(|segment| i128::from(segment.value.min(0))).sum()
    }
}

pub(super) fn bars(chart: &Bars<'_>, size: Size) -> String {
    let columns = chart
        .bars
        .iter()
        .map(|bar| Column { label: &bar.label, shown: &bar.shown, segments: vec![bar] })
        .collect();
    draw(&chart.heading, columns, &[], chart.tick, size)
}

pub(super) fn stacks(chart: &StackedBars<'_>, size: Size) -> String {
    let columns = chart
        .stacks
        .iter()
        .map(|stack| Column {
            label: &stack.label,
            shown: &stack.shown,
            segments: stack.segments.iter().collect(),
        })
        .collect();
    draw(&chart.heading, columns, &chart.kinds(), chart.tick, size)
}

/// Draws columns; `kinds` is empty where each column is one bar.
fn draw(
    heading: &Heading,
    columns: Vec<Column<'_>>,
    kinds: &[(&str, Tone)],
    tick: &dyn Fn(i64) -> String,
    size: Size,
) -> String {
    let width = units_across(size);
    let high = columns.iter().map(Column::above).max().unwrap_or(0);
    let low = columns.iter().map(Column::below).min().unwrap_or(0);
    let legend = legend_height(kinds, 0.0, size);
    // Room for the amounts at the ends of columns.
    let (top, bottom) = (legend + 20.0, legend + plot_height(size) - if low < 0 { 18.0 } else { 0.0 });
    let mut plot = Plot::new(Scale::new(low, high, steps(size)), tick, (top, bottom), columns.len(), width);
    let names_at = legend + plot_height(size);
    let labels = plot.labels(&columns.iter().map(|column| column.label).collect::<Vec<_>>());

    let links = || columns.iter().flat_map(|column| &column.segments);
    let target = Canvas::target(size);
    let linked = plot.slot >= target && links().any(|bar| safe_link(bar.link.as_deref()).is_some());
    let mut canvas = Canvas::open(heading, size, names_at + labels.height(), linked);
    if !kinds.is_empty() {
        canvas.patterns(kinds.iter().map(|&(_, tone)| tone));
        canvas.legend(kinds, 0.0, 3.0);
    }
    plot.draw_ticks(&mut canvas);

    let zero = plot.y(0);
    let thick = (plot.slot * 0.64).min(48.0);
    for (index, column) in columns.iter().enumerate() {
        let x = plot.centre(index) - thick / 2.0;
        let (mut above, mut below) = (0i128, 0i128);
        for bar in &column.segments {
            let value = i128::from(bar.value);
            let edge = if value < 0 { &mut below } else { &mut above };
            let (from, to) = (plot.y(*edge), plot.y(*edge + value));
            *edge += value;
            let (y, height) = grown(from, to, value);
            let area = Area::new(x, y, thick, height);
            let spot = Area::new(plot.centre(index) - plot.slot / 2.0 + 1.0, y, plot.slot - 2.0, height);
            // A bar that stands alone is met anywhere in its slot.
            let hit = if kinds.is_empty() { Area { y: top, height: bottom - top, ..spot } } else { spot };
            let name = item_name(column.label, bar, !kinds.is_empty());
            let fits = linked && hit.width + 2.0 >= target && hit.height >= target;
            let link = bar.link.as_deref().filter(|_| fits);
            canvas.open_item(&name, link);
            canvas.hit(hit);
            match (value, kinds.is_empty()) {
                (0, _) => {}
                (_, true) => canvas.bar(area, bar.tone),
                (_, false) => canvas.segment(area, bar.tone),
            }
            canvas.close_item(link);
        }
    }
    plot.draw_zero(&mut canvas);

    canvas.open_decoration();
    for index in amounts_written(&columns, plot.slot) {
        let column = &columns[index];
        let (above, below) = (column.above(), column.below());
        let half = text_width(column.shown).min(width) / 2.0;
        let centre = plot.centre(index).min(width - half).max(half);
        // An amount that is wider than its column stands above the columns beside it, too.
        let met = (0..columns.len()).filter(|&other| {
            other == index || (plot.centre(other) - centre).abs() < half + thick / 2.0 + 2.0
        });
        let highest = met.map(|other| plot.y(columns[other].above()).min(zero)).fold(zero, f64::min);
        let y = if above == 0 && below < 0 { plot.y(below) + 15.0 } else { highest - 6.0 };
        canvas.text((centre, y), Anchor::Middle, "c-value", column.shown, width);
    }
    labels.draw(&mut canvas, plot.left, names_at);
    canvas.close_decoration();
    canvas.close()
}

/// Returns top and height of what grows from `from` to `to`: in proportion, and at least a hairline if not zero.
fn grown(from: f64, to: f64, value: i128) -> (f64, f64) {
    let height = (from - to).abs();
    let height = if value == 0 { 0.0 } else { height.max(1.0) };
    (if value < 0 { from } else { from - height }, height)
}

fn item_name(label: &str, bar: &Bar, stacked: bool) -> String {
    if stacked {
        format!("{label}, {}: {}", bar.label, bar.shown)
    } else {
        format!("{}: {}", bar.label, bar.shown)
    }
}

/// Returns which columns have their amount written: all if they fit, else the last and the largest.
fn amounts_written(columns: &[Column<'_>], slot: f64) -> Vec<usize> {
    let widest = columns.iter().map(|column| text_width(column.shown)).fold(0.0, f64::max);
    if widest + 4.0 <= slot {
        return (0..columns.len()).collect();
    }
    let Some(last) = columns.len().checked_sub(1) else { return Vec::new() };
    let size = |index: &usize| columns[*index].above().max(-columns[*index].below());
    let largest = (0..=last).rev().max_by_key(size).unwrap_or(last);
    if (last - largest) as f64 * slot > widest + 8.0 { vec![largest, last] } else { vec![largest] }
}
