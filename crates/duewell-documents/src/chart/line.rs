//! A value over time, with the range of what is expected.

use super::canvas::{Anchor, Area, Canvas, safe_link, text_width, units_across};
use super::columns::{Plot, plot_height, steps};
use super::scale::Scale;
use super::{Baseline, Line, Point, Size};

/// Slots narrower than this have no dots: they would make a chain.
const DOTTED_FROM: f64 = 14.0;

pub(super) fn draw(chart: &Line<'_>, size: Size) -> String {
    let width = units_across(size);
    let points = &chart.points;
    let (top, bottom) = (22.0, plot_height(size));
    let mut plot = Plot::new(scale(chart, size), chart.tick, (top, bottom), points.len(), width);
    let names_at = bottom + 2.0;
    let labels = plot.labels(&points.iter().map(|point| point.label.as_str()).collect::<Vec<_>>());
    let places: Vec<(f64, f64)> = points
        .iter()
        .enumerate()
        .map(|(index, point)| (plot.centre(index), plot.y(i128::from(point.value))))
        .collect();

    let linked = plot.slot >= Canvas::target(size)
        && points.iter().any(|point| safe_link(point.link.as_deref()).is_some());
    let mut canvas = Canvas::open(&chart.heading, size, names_at + labels.height(), linked);
    plot.draw_ticks(&mut canvas);
    draw_band(&mut canvas, &plot, points, &places);
    if plot.scale.ticks().contains(&0) {
        plot.draw_zero(&mut canvas);
    }
    draw_line(&mut canvas, points, &places);
    for (index, point) in points.iter().enumerate() {
        let (x, y) = places[index];
        let link = point.link.as_deref().filter(|_| linked);
        canvas.open_item(&format!("{}: {}", point.label, point.shown), link);
        canvas.hit(Area::new(x - plot.slot / 2.0, top, plot.slot, bottom - top));
        if plot.slot >= DOTTED_FROM || index + 1 == points.len() {
            canvas.dot(x, y, if point.band.is_some() { "c-dot c-expected" } else { "c-dot" });
        }
        canvas.close_item(link);
    }
    canvas.open_decoration();
    for index in amounts_written(points, plot.slot) {
        let text = points[index].shown.as_str();
        let (x, y) = places[index];
        let half = text_width(text).min(width) / 2.0;
        let x = x.min(width - half).max((plot.left + half + 2.0).min(width / 2.0));
        // Above the point, unless the line comes from there.
        let falls = index.checked_sub(1).is_some_and(|before| places[before].1 < y - 2.0);
        let rises = places.get(index + 1).is_some_and(|after| after.1 < y - 2.0);
        let y = if (falls || rises) && y + 24.0 < bottom { y + 19.0 } else { y - 9.0 };
        canvas.text((x, y), Anchor::Middle, "c-value c-halo", text, width);
    }
    labels.draw(&mut canvas, plot.left, names_at);
    canvas.close_decoration();
    canvas.close()
}

fn scale(chart: &Line<'_>, size: Size) -> Scale {
    let values = || {
        chart.points.iter().flat_map(|point| {
            let (low, high) = point.band.map_or((point.value, point.value), |band| (band.low, band.high));
            [point.value, low, high].map(i128::from)
        })
    };
    let (low, high) = (values().min().unwrap_or(0), values().max().unwrap_or(0));
    match chart.baseline {
        Baseline::NearLowest if low < high => {
            // A little lower, so that an amount can stand below the lowest point.
            let lower = low - (high - low) / 5;
            Scale::new(if low >= 0 { lower.max(0) } else { lower }, high, steps(size))
        }
        // A single value has nothing near it to be told from.
        Baseline::NearLowest | Baseline::Zero => Scale::new(low.min(0), high.max(0), steps(size)),
    }
}

/// Fills the range of each run of expected points; it opens at the last known point before the run.
fn draw_band(canvas: &mut Canvas, plot: &Plot, points: &[Point], places: &[(f64, f64)]) {
    let mut start = 0;
    while start < points.len() {
        let run = points[start..].iter().take_while(|point| point.band.is_some()).count();
        if run == 0 {
            start += 1;
            continue;
        }
        let known = start.checked_sub(1).map(|before| places[before]);
        let mut outline: Vec<(f64, f64)> = known.into_iter().collect();
        let edge = |index: usize, high: bool| {
            let band = points[index].band.map(|band| if high { band.high } else { band.low });
            (plot.centre(index), plot.y(i128::from(band.unwrap_or(points[index].value))))
        };
        outline.extend((start..start + run).map(|index| edge(index, true)));
        outline.extend((start..start + run).rev().map(|index| edge(index, false)));
        canvas.path(&outline, true, "class=\"c-band\" fill-opacity=\".18\"");
        start += run;
    }
}

/// Draws the line in runs: known parts solid, expected parts dashed.
fn draw_line(canvas: &mut Canvas, points: &[Point], places: &[(f64, f64)]) {
    let expected = |index: usize| points[index].band.is_some();
    let mut start = 0;
    while start + 1 < points.len() {
        let kind = expected(start + 1);
        let mut end = start + 1;
        while end + 1 < points.len() && expected(end + 1) == kind {
            end += 1;
        }
        let class = if kind { "c-line c-expected" } else { "c-line" };
        let dashes = if kind { " stroke-dasharray=\"5 4\"" } else { "" };
        let attributes = format!(
            "class=\"{class}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" \
             stroke-linejoin=\"round\"{dashes}"
        );
        canvas.path(&places[start..=end], false, &attributes);
        start = end;
    }
}

/// Returns the points whose amount is written: the last one, and the highest if it is not near it.
fn amounts_written(points: &[Point], slot: f64) -> Vec<usize> {
    let Some(last) = points.len().checked_sub(1) else { return Vec::new() };
    let highest = (0..=last).rev().max_by_key(|&index| points[index].value).unwrap_or(last);
    let widest = text_width(&points[last].shown).max(text_width(&points[highest].shown));
    if (last - highest) as f64 * slot > widest + 8.0 { vec![highest, last] } else { vec![last] }
}
