//! Lying bars with their names before and their amounts behind them, and stacks that compare with nothing.

use super::canvas::{Anchor, Area, Canvas, LEADING, safe_link, text_width, units_across};
use super::{Bar, Bars, Size, Stack, StackedBars};

/// Where the values of rows lie between the two ends of their column.
struct Span {
    low: i128,
    high: i128,
    left: f64,
    width: f64,
}

impl Span {
    fn x(&self, value: i128) -> f64 {
        let range = (self.high - self.low).max(1);
        self.left + (value - self.low) as f64 / range as f64 * self.width
    }

    /// Returns the area between two values: in proportion, and at least a hairline.
    fn area(&self, from: i128, to: i128, y: f64, height: f64) -> Area {
        let (start, end) = (self.x(from.min(to)), self.x(from.max(to)));
        let width = (end - start).max(1.0);
        let start = if to < from { end - width } else { start };
        Area::new(start, y, width, height)
    }
}

pub(super) fn bars(chart: &Bars<'_>, size: Size) -> String {
    let width = units_across(size);
    let widest =
        |text: fn(&Bar) -> &str| chart.bars.iter().map(|bar| text_width(text(bar))).fold(0.0, f64::max);
    let amounts = widest(|bar| &bar.shown).min(width * 0.4);
    // Beside each other where there is room, else the bar below its name.
    let (row, thick, bar_at, names) = match size {
        Size::Wide => (30.0, 14.0, 8.0, widest(|bar| &bar.label).min(width * 0.34)),
        Size::Compact => (42.0, 10.0, 24.0, width - amounts - 12.0),
    };
    let (left, span_width) = match size {
        Size::Wide => (names + 14.0, width - names - amounts - 28.0),
        Size::Compact => (0.0, width),
    };
    let low = chart.bars.iter().map(|bar| i128::from(bar.value)).min().unwrap_or(0).min(0);
    let high = chart.bars.iter().map(|bar| i128::from(bar.value)).max().unwrap_or(0).max(0);
    let span = Span { low, high, left, width: span_width };
    let linked = chart.bars.iter().any(|bar| safe_link(bar.link.as_deref()).is_some());
    let height = chart.bars.len() as f64 * row;
    let mut canvas = Canvas::open(&chart.heading, size, height.max(row), linked);
    for (index, bar) in chart.bars.iter().enumerate() {
        let y = index as f64 * row;
        let link = bar.link.as_deref();
        canvas.open_item(&format!("{}: {}", bar.label, bar.shown), link);
        canvas.hit(Area::new(0.0, y + 1.0, width, row - 2.0));
        if bar.value != 0 {
            canvas.bar(span.area(0, i128::from(bar.value), y + bar_at, thick), bar.tone);
        }
        let text_at = match size {
            Size::Wide => y + row / 2.0 + 4.5,
            Size::Compact => y + 17.0,
        };
        canvas.text((0.0, text_at), Anchor::Start, "c-label", &bar.label, names);
        canvas.text((width, text_at), Anchor::End, "c-value", &bar.shown, amounts);
        canvas.close_item(link);
    }
    // On a telephone the line would cross the names, so it stands beside the bars only.
    match size {
        Size::Wide => canvas.stroke((span.x(0), 0.0), (span.x(0), height.max(row)), "c-zero"),
        Size::Compact => {
            for index in 0..chart.bars.len() {
                let y = index as f64 * row + bar_at;
                canvas.stroke((span.x(0), y - 2.0), (span.x(0), y + thick + 2.0), "c-zero");
            }
        }
    }
    canvas.close()
}

/// Height of a stack's name and total.
const HEAD: f64 = 22.0;
/// Height of a stack's bar.
const BAR: f64 = 18.0;
/// Height of a segment's swatch, name and amount.
const CELL: f64 = 44.0;
/// Free space between stacks.
const BETWEEN: f64 = 18.0;

pub(super) fn stacks(chart: &StackedBars<'_>, size: Size) -> String {
    let width = units_across(size);
    let across = cells_across(&chart.stacks, width);
    let height_of = |stack: &Stack| HEAD + BAR + 8.0 + stack.segments.len().div_ceil(across) as f64 * CELL;
    let height: f64 = chart.stacks.iter().map(|stack| height_of(stack) + BETWEEN).sum::<f64>() - BETWEEN;
    let linked = chart
        .stacks
        .iter()
        .flat_map(|stack| &stack.segments)
        .any(|segment| safe_link(segment.link.as_deref()).is_some());
    let mut canvas = Canvas::open(&chart.heading, size, height.max(HEAD), linked);
    canvas.patterns(chart.kinds().into_iter().map(|(_, tone)| tone));
    let mut y = 0.0;
    for stack in &chart.stacks {
        draw_stack(&mut canvas, stack, y, across);
        y += height_of(stack) + BETWEEN;
    }
    canvas.close()
}

/// Returns how many segments stand beside each other below a bar: as many as their texts allow.
fn cells_across(stacks: &[Stack], width: f64) -> usize {
    let segments = || stacks.iter().flat_map(|stack| &stack.segments);
    let widest = segments()
        .map(|segment| text_width(&segment.label).max(text_width(&segment.shown)))
        .fold(60.0, f64::max);
    let most = stacks.iter().map(|stack| stack.segments.len()).max().unwrap_or(1).max(1);
    let fitting = (width / (widest + 16.0 + 4.0)).floor() as usize;
    // Never one below the other only because one name is very long; it is cut.
    fitting.clamp(2, 6).min(most)
}

fn draw_stack(canvas: &mut Canvas, stack: &Stack, y: f64, across: usize) {
    let width = canvas.width;
    let total = text_width(&stack.shown).min(width * 0.6);
    let name = width - total - 12.0;
    canvas.text((0.0, y + 14.0), Anchor::Start, "c-label c-strong", &stack.label, name);
    canvas.text((width, y + 14.0), Anchor::End, "c-value c-strong", &stack.shown, total);
    let values = || stack.segments.iter().map(|segment| i128::from(segment.value));
    let span = Span {
        low: values().map(|value| value.min(0)).sum(),
        high: values().map(|value| value.max(0)).sum(),
        left: 0.0,
        width,
    };
    let bar_at = y + HEAD;
    let cell = width / across as f64;
    let (mut above, mut below) = (0i128, 0i128);
    for (index, segment) in stack.segments.iter().enumerate() {
        let value = i128::from(segment.value);
        let edge = if value < 0 { &mut below } else { &mut above };
        let (from, to) = (*edge, *edge + value);
        *edge = to;
        let x = (index % across) as f64 * cell;
        let line = bar_at + BAR + 8.0 + (index / across) as f64 * CELL;
        let link = segment.link.as_deref();
        canvas.open_item(&format!("{}, {}: {}", stack.label, segment.label, segment.shown), link);
        canvas.hit(Area::new(x, line, cell - 8.0, CELL - 2.0));
        if value != 0 {
            canvas.segment(span.area(from, to, bar_at, BAR), segment.tone);
        }
        canvas.segment(Area::new(x, line + 7.0, 10.0, 10.0), segment.tone);
        let room = cell - 16.0 - 4.0;
        canvas.text((x + 16.0, line + 16.0), Anchor::Start, "c-tick", &segment.label, room);
        canvas.text((x + 16.0, line + 16.0 + LEADING + 2.0), Anchor::Start, "c-value", &segment.shown, room);
        canvas.close_item(link);
    }
    if span.high == span.low {
        // Nothing to show is shown as an empty track.
        canvas.stroke((0.0, bar_at + BAR / 2.0), (width, bar_at + BAR / 2.0), "c-zero");
    } else if span.low < 0 {
        canvas.stroke((span.x(0), bar_at - 3.0), (span.x(0), bar_at + BAR + 3.0), "c-zero");
    }
}
