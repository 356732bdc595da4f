//! Prints a page with every kind of chart, light and dark:
//! `cargo run -p duewell-documents --example charts > charts.html`.

use duewell_documents::chart::{
    Arrangement, Band, Bar, Bars, Baseline, Comparison, Direction, Heading, Line, Point, Size, Stack,
    StackedBars, Tone,
};
use duewell_documents::qr;

const CSS: &str = "
.page { --ground: #fff; --ink: #1d2733; --chart-muted: #5b6773; --chart-grid: #1d2733; --chart-zero: #8a949e;
  --chart-main: #3b6ea8; --chart-quiet: #a9b6c4; --chart-good: #4c9a79; --chart-watch: #d9a441; --chart-overdue: #c4553d;
  --chart-not-due: #b7c9dc; --chart-days-30: #f0cf8a; --chart-days-60: #e8a867; --chart-days-90: #d97b56;
  --chart-older: #b5463c; --chart-hatch: rgb(40 25 15 / .3); --chart-line: #3b6ea8; --chart-band: #3b6ea8;
  --chart-ground: var(--ground); background: var(--ground); color: var(--ink); padding: 20px; }
.page.dark { --ground: #151b22; --ink: #e4e9ee; --chart-muted: #9aa6b2; --chart-grid: #e4e9ee; --chart-zero: #6d7883;
  --chart-main: #6ea3dd; --chart-quiet: #56636f; --chart-good: #63b592; --chart-watch: #d9ad5c; --chart-overdue: #e07a62;
  --chart-not-due: #5f7f9e; --chart-days-30: #c9a65c; --chart-days-60: #cb8a4c; --chart-days-90: #cc6d4b;
  --chart-older: #c2524a; --chart-hatch: rgb(10 8 6 / .45); --chart-line: #6ea3dd; --chart-band: #6ea3dd; }
body { margin: 0; font: 15px/1.5 system-ui, 'Liberation Sans', sans-serif; }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(560px, 1fr)); gap: 28px 36px; }
figure { margin: 0; } figcaption { font-weight: 600; margin-bottom: 8px; }
.chart { display: block; width: 100%; height: auto; overflow: visible; }
.narrow { width: 320px; }
.chart text { font-variant-numeric: tabular-nums; }
.c-tick { fill: var(--chart-muted); } .c-strong { font-weight: 600; }
.c-grid { stroke: var(--chart-grid); } .c-zero { stroke: var(--chart-zero); }
.c-line { stroke: var(--chart-line); } .c-band { fill: var(--chart-band); }
.c-dot { fill: var(--chart-line); stroke: var(--chart-ground); stroke-width: 1.5; }
.c-dot.c-expected { fill: var(--chart-ground); stroke: var(--chart-line); }
.c-halo { paint-order: stroke; stroke: var(--chart-ground); stroke-width: 4px; stroke-linejoin: round; }
path.c-hatch { stroke: var(--chart-hatch); } circle.c-hatch { fill: var(--chart-hatch); }
.tone-main { fill: var(--chart-main); } .tone-quiet { fill: var(--chart-quiet); }
.tone-good { fill: var(--chart-good); } .tone-watch { fill: var(--chart-watch); }
.tone-overdue { fill: var(--chart-overdue); } .tone-not-due { fill: var(--chart-not-due); }
.tone-days-30 { fill: var(--chart-days-30); } .tone-days-60 { fill: var(--chart-days-60); }
.tone-days-90 { fill: var(--chart-days-90); } .tone-older { fill: var(--chart-older); }
.chart a { outline: none; } .chart a:hover .c-hit { fill: currentColor; fill-opacity: .05; }
.chart a:focus-visible .c-hit { stroke: currentColor; stroke-width: 2; }
.qr { display: block; width: 160px; }
";

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn main() {
    println!("<!doctype html><meta charset=utf-8><title>Charts</title><style>{CSS}</style>");
    for (scheme, prefix) in [("light", "l"), ("dark", "d")] {
        println!("<section class=\"page {scheme}\"><div class=grid>");
        for (index, (title, wide, compact)) in charts(prefix).into_iter().enumerate() {
            // Odd ones as a telephone shows them.
            let (class, svg) = if index % 3 == 2 { ("narrow", compact) } else { ("", wide) };
            println!("<figure class=\"{class}\"><figcaption>{title}</figcaption>{svg}</figure>");
        }
        let payload = "BCD\n002\n1\nSCT\n\nZoë Ångström Oy\nFI2112345600000785\nEUR12.30";
        println!("{}</div></section>", qr::svg(payload, "Pay by banking app").unwrap_or_default());
    }
}

/// Returns title, wide and compact picture of every kind.
fn charts(prefix: &str) -> Vec<(String, String, String)> {
    let mut charts = Vec::new();
    let mut id = 0;
    let mut heading = |title: &str, direction| {
        id += 1;
        Heading {
            id: format!("{prefix}{id}"),
            title: title.to_owned(),
            description: format!("{title}, example figures"),
            label_head: "Name".to_owned(),
            value_head: "Open".to_owned(),
            direction,
        }
    };
    let ltr = Direction::LeftToRight;
    let mut bars = |heading: Heading, arrangement, bars: Vec<Bar>| {
        let chart = Bars { heading, arrangement, bars, tick: &euros };
        charts.push((chart.heading.title.clone(), chart.svg(Size::Wide), chart.svg(Size::Compact)));
    };
    let aging = [81_234_000, 22_011_550, 9_103_420, 4_076_000, 6_602_099];
    bars(heading("Open by age", ltr), Arrangement::Columns, ages(&aging));
    bars(heading("Two", ltr), Arrangement::Columns, ages(&aging)[..2].to_vec());
    bars(heading("Open by age, telephone", ltr), Arrangement::Columns, ages(&aging));
    let received: Vec<Bar> = MONTHS
        .iter()
        .enumerate()
        .map(|(month, label)| {
            let value = [812, 640, 701, -120, 980, 1022, 640, 0, 530, 744, 810, 903][month] * 10_000;
            bar(&format!("{label} 26"), value, if value < 0 { Tone::Watch } else { Tone::Main })
        })
        .collect();
    bars(heading("Received less refunded", ltr), Arrangement::Columns, received.clone());
    bars(heading("Received, right to left", Direction::RightToLeft), Arrangement::Columns, received.clone());
    bars(heading("Received, telephone", ltr), Arrangement::Columns, received);
    let debtors = vec![
        bar("Hansen Fördertechnik und Anlagenbau Gesellschaft mbH & Co. KG", 9_122_040, Tone::Overdue),
        bar("Blue Harbour Ltd", 5_510_000, Tone::Overdue),
        bar("Ångström Oy", 2_140_000, Tone::Main),
        bar("P. Nowak", 90_000, Tone::Main),
        bar("Credit left over", -830_000, Tone::Quiet),
    ];
    bars(heading("Largest debtors", ltr), Arrangement::Rows, debtors.clone());
    bars(
        heading("Largest debtors, right to left", Direction::RightToLeft),
        Arrangement::Rows,
        debtors.clone(),
    );
    bars(heading("Largest debtors, telephone", ltr), Arrangement::Rows, debtors);
    let giant = (0..60).map(|day| {
        bar(&format!("{day}. day"), if day == 40 { 900_000_000 } else { day * 90_000 }, Tone::Main)
    });
    bars(heading("Sixty days, one giant", ltr), Arrangement::Columns, giant.collect());
    bars(heading("Nothing at all", ltr), Arrangement::Columns, ages(&[0; 5]));

    let mut stacks = |heading: Heading, comparison, stacks: Vec<Stack>| {
        let chart = StackedBars { heading, comparison, stacks, tick: &euros };
        charts.push((chart.heading.title.clone(), chart.svg(Size::Wide), chart.svg(Size::Compact)));
    };
    let by_month: Vec<Stack> = MONTHS[6..]
        .iter()
        .enumerate()
        .map(|(month, label)| {
            let month = month as i64;
            stack(
                label,
                ages(&[
                    70_000_000 + month * 2_100_000,
                    20_000_000 - month * 900_000,
                    10_000_000 + month * 300_000,
                    6_000_000,
                    9_000_000 - month * 1_200_000,
                ]),
            )
        })
        .collect();
    stacks(heading("Aging by month, telephone", ltr), Comparison::OneAxis, by_month.clone());
    stacks(heading("Aging by month", ltr), Comparison::OneAxis, by_month.clone());
    stacks(heading("Aging by month, right to left", Direction::RightToLeft), Comparison::OneAxis, by_month);
    let currencies = vec![
        stack("EUR", ages(&aging)),
        stack("Pound sterling", ages(&[1_000_000, 300_000, -90_000, 0, 4_400])),
    ];
    stacks(heading("Aging by currency, telephone", ltr), Comparison::EachAlone, currencies.clone());
    stacks(heading("Aging by currency", ltr), Comparison::EachAlone, currencies.clone());
    stacks(
        heading("Aging by currency, right to left", Direction::RightToLeft),
        Comparison::EachAlone,
        currencies,
    );

    let mut lines = |heading: Heading, baseline, points: Vec<Point>, tick: &dyn Fn(i64) -> String| {
        let chart = Line { heading, baseline, points, tick };
        charts.push((chart.heading.title.clone(), chart.svg(Size::Wide), chart.svg(Size::Compact)));
    };
    let cash: Vec<Point> = (0..14)
        .map(|week: i64| {
            let value = (400
                + [0, 60, 20, 90, 160, 130, 170, 150, 210, 240, 230, 280, 300, 330][week as usize])
                * 100_000;
            let spread = (week - 7) * 1_400_000;
            Point {
                label: format!("W{}", 36 + week),
                value,
                shown: euros(value),
                link: (week < 8).then(|| format!("/cash?week={week}")),
                band: (week > 7).then_some(Band { low: value - spread, high: value + spread }),
            }
        })
        .collect();
    lines(heading("Cash expected, telephone", ltr), Baseline::Zero, cash.clone(), &euros);
    lines(heading("Cash expected", ltr), Baseline::Zero, cash.clone(), &euros);
    lines(heading("Cash expected, right to left", Direction::RightToLeft), Baseline::Zero, cash, &euros);
    let days = [46, 47, 45, 44, 44, 43, 45, 42, 41, 41, 42, 40];
    let dso = |count: usize| {
        (0..count)
            .map(|index| Point {
                label: MONTHS[index % 12].to_owned(),
                value: days[index % 12],
                shown: format!("{} days", days[index % 12]),
                link: None,
                band: None,
            })
            .collect::<Vec<Point>>()
    };
    lines(heading("Days sales outstanding, telephone", ltr), Baseline::NearLowest, dso(12), &|days| {
        days.to_string()
    });
    lines(heading("Days sales outstanding", ltr), Baseline::NearLowest, dso(60), &|days| days.to_string());
    lines(heading("A single point", ltr), Baseline::NearLowest, dso(1), &|days| days.to_string());
    charts
}

fn ages(values: &[i64; 5]) -> Vec<Bar> {
    let kinds = [
        ("Not due", Tone::NotDue),
        ("1–30 days", Tone::Days30),
        ("31–60 days", Tone::Days60),
        ("61–90 days", Tone::Days90),
        ("Over 90 days", Tone::Older),
    ];
    kinds.iter().zip(values).map(|(&(label, tone), &value)| bar(label, value, tone)).collect()
}

fn stack(label: &str, segments: Vec<Bar>) -> Stack {
    let total = segments.iter().map(|segment| segment.value).sum();
    Stack { label: label.to_owned(), segments, shown: euros(total) }
}

fn bar(label: &str, value: i64, tone: Tone) -> Bar {
    let link = Some(format!("/receivables?label={}&open=1", label.len()));
    Bar { label: label.to_owned(), value, shown: euros(value), link, tone }
}

/// Writes whole euros with separated thousands.
fn euros(minor: i64) -> String {
    let digits = (minor.unsigned_abs() / 100).to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    format!("{}€{}", if minor < 0 { "−" } else { "" }, groups.join(","))
}
