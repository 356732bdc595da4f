//! Charts: well-formed for any words and figures, in proportion, and readable without colour.

use std::collections::HashSet;

use duewell_documents::chart::{
    Arrangement, Band, Bar, Bars, Baseline, Comparison, Direction, Heading, Line, Point, Size, Stack,
    StackedBars, Tone,
};
use proptest::prelude::*;

const TONES: [Tone; 10] = [
    Tone::NotDue,
    Tone::Days30,
    Tone::Days60,
    Tone::Days90,
    Tone::Older,
    Tone::Main,
    Tone::Quiet,
    Tone::Good,
    Tone::Watch,
    Tone::Overdue,
];

fn heading(title: &str, direction: Direction) -> Heading {
    Heading {
        id: "open <1>".to_owned(),
        title: title.to_owned(),
        description: format!("about {title}"),
        label_head: "Month".to_owned(),
        value_head: "Open".to_owned(),
        direction,
    }
}

fn bar(label: &str, value: i64) -> Bar {
    let link = Some(format!("/open?at={value}&of=1"));
    Bar { label: label.to_owned(), value, shown: value.to_string(), link, tone: Tone::Main }
}

fn bars(values: &[i64]) -> Bars<'static> {
    let named = |(index, &value): (usize, &i64)| bar(&format!("m{index}"), value);
    Bars {
        heading: heading("open", Direction::LeftToRight),
        arrangement: Arrangement::Columns,
        bars: values.iter().enumerate().map(named).collect(),
        tick: &|value| value.to_string(),
    }
}

/// One element's start tag.
#[derive(Debug, Clone, PartialEq)]
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn number(&self, name: &str) -> f64 {
        self.get(name).unwrap_or_else(|| panic!("{name} of {self:?}")).parse().expect("a number")
    }

    fn has_class(&self, class: &str) -> bool {
        self.get("class").is_some_and(|classes| classes.split(' ').any(|one| one == class))
    }
}

/// Reads the elements of a document, or says why it is not well-formed. It knows what charts write:
/// elements, double quotes, five entities; comments and the like are faults.
fn read(xml: &str) -> Result<Vec<Tag>, String> {
    let is_plain = |text: &str| {
        text.chars().all(|c| c >= ' ' && !matches!(c, '<' | '>' | '\u{fffe}' | '\u{ffff}'))
            && text.split('&').skip(1).all(|rest| {
                ["amp;", "lt;", "gt;", "quot;", "#39;"].iter().any(|entity| rest.starts_with(entity))
            })
    };
    let (mut tags, mut open) = (Vec::new(), Vec::new());
    let mut rest = xml.strip_prefix('<').ok_or("text before the root")?;
    loop {
        let (tag, after) = rest.split_once('>').ok_or("an open tag")?;
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop().as_deref() != Some(name) {
                return Err(format!("</{name}> closes nothing"));
            }
        } else {
            let (tag, is_empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
            let (name, mut left) = tag.split_once(' ').unwrap_or((tag, ""));
            let mut attributes: Vec<(String, String)> = Vec::new();
            while !left.is_empty() {
                let (key, value) = left.split_once("=\"").ok_or(format!("attributes `{left}`"))?;
                let (value, more) = value.split_once('"').ok_or(format!("attributes `{left}`"))?;
                let is_name = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
                if !is_name || !is_plain(value) || attributes.iter().any(|(known, _)| known == key) {
                    return Err(format!("attribute `{key}` = `{value}`"));
                }
                attributes.push((key.to_owned(), value.to_owned()));
                left = more.strip_prefix(' ').unwrap_or(more);
            }
            if !name.bytes().all(|byte| byte.is_ascii_alphabetic()) || name.is_empty() {
                return Err(format!("element `{name}`"));
            }
            tags.push(Tag { name: name.to_owned(), attributes });
            if !is_empty {
                open.push(name.to_owned());
            }
        }
        if open.is_empty() {
            return if after.is_empty() { Ok(tags) } else { Err("text after the root".to_owned()) };
        }
        let (text, next) = after.split_once('<').ok_or("the end is missing")?;
        if !is_plain(text) {
            return Err(format!("text `{text}`"));
        }
        rest = next;
    }
}

/// Reads a chart and checks what holds for all of them.
fn check(svg: &str) -> Vec<Tag> {
    let tags = read(svg).unwrap_or_else(|fault| panic!("{fault} in {svg}"));
    let root = &tags[0];
    assert_eq!(root.name, "svg");
    assert!(root.get("width").is_none() && root.get("height").is_none());
    let view: Vec<f64> =
        root.get("viewBox").expect("a view").split(' ').map(|n| n.parse().unwrap()).collect();
    let has_links = tags.iter().any(|tag| tag.name == "a");
    assert!(has_links || root.get("role") == Some("img") || root.get("role") == Some("group"));
    assert!(!has_links || root.get("role") == Some("group"), "links inside an image are lost");

    let ids: Vec<&str> = tags.iter().filter_map(|tag| tag.get("id")).collect();
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "ids are unique");
    for id in root.get("aria-labelledby").expect("a name").split(' ') {
        assert!(ids.contains(&id), "{id}");
    }
    for tag in &tags {
        assert!(tag.get("style").is_none() && !["script", "style"].contains(&tag.name.as_str()));
        assert!(!tag.attributes.iter().any(|(key, _)| key.starts_with("on")), "{tag:?}");
        for key in ["x", "y", "width", "height", "x1", "y1", "x2", "y2", "cx", "cy", "r"] {
            if tag.get(key).is_some() {
                assert!(tag.number(key).is_finite());
            }
        }
        if let Some(path) = tag.get("d") {
            assert!(!path.contains("NaN") && !path.contains("inf"), "{path}");
        }
        if let Some(reference) = tag.get("fill").and_then(|fill| fill.strip_prefix("url(#")) {
            assert!(ids.contains(&reference.trim_end_matches(')')), "{tag:?}");
        }
        if tag.name == "rect" {
            let (x, y, width, height) =
                (tag.number("x"), tag.number("y"), tag.number("width"), tag.number("height"));
            assert!(width >= 0.0 && height >= 0.0, "{tag:?}");
            assert!(x >= -1.1 && y >= -1.1, "{tag:?}");
            assert!(x + width <= view[2] + 1.1 && y + height <= view[3] + 1.1, "{tag:?} in {view:?}");
        }
    }
    for pair in tags.windows(3).filter(|tags| tags[0].name == "a") {
        // A link is followed by its title and by where it is met.
        assert!(pair[0].get("aria-label").is_none() && pair[1].name == "title", "{:?}", pair[0]);
        let (name, least) = if root.has_class("c-wide") { ("wide", 24.0) } else { ("compact", 26.0) };
        let hit = &pair[2];
        assert!(hit.has_class("c-hit"));
        assert!(hit.number("width") >= least && hit.number("height") >= least, "{name} {hit:?}");
    }
    tags
}

fn columns(svg: &str) -> Vec<Tag> {
    check(svg).into_iter().filter(|tag| tag.has_class("c-bar")).collect()
}

#[test]
fn heights_are_in_proportion_and_refunds_hang_below_zero() {
    let drawn = columns(&bars(&[100, 50, -25]).svg(Size::Wide));
    let [whole, half, refund] = drawn.as_slice() else { panic!("{drawn:?}") };
    assert!((whole.number("height") - 2.0 * half.number("height")).abs() < 0.05);
    assert!((half.number("height") - 2.0 * refund.number("height")).abs() < 0.05);
    let zero = whole.number("y") + whole.number("height");
    assert!((refund.number("y") - zero).abs() < 0.05);
    assert!((half.number("y") + half.number("height") - zero).abs() < 0.05);
}

#[test]
fn rows_are_in_proportion_and_refunds_run_the_other_way() {
    for size in [Size::Wide, Size::Compact] {
        let chart = Bars { arrangement: Arrangement::Rows, ..bars(&[100, 50, -25]) };
        let drawn = columns(&chart.svg(size));
        let [whole, half, refund] = drawn.as_slice() else { panic!("{drawn:?}") };
        assert!((whole.number("width") - 2.0 * half.number("width")).abs() < 0.05);
        assert!((refund.number("x") + refund.number("width") - whole.number("x")).abs() < 0.05);
    }
}

#[test]
fn the_segments_of_a_stack_stand_on_each_other() {
    let segment = |value, tone| Bar { tone, ..bar("s", value) };
    let chart = StackedBars {
        heading: heading("aging", Direction::LeftToRight),
        comparison: Comparison::OneAxis,
        stacks: vec![Stack {
            label: "May".to_owned(),
            segments: vec![segment(30, Tone::NotDue), segment(60, Tone::Days30), segment(-10, Tone::Quiet)],
            shown: "80".to_owned(),
        }],
        tick: &|value| value.to_string(),
    };
    let drawn: Vec<Tag> =
        columns(&chart.svg(Size::Wide)).into_iter().filter(|tag| tag.number("width") > 20.0).collect();
    let [first, second, below] = drawn.as_slice() else { panic!("{drawn:?}") };
    assert!((second.number("y") + second.number("height") - first.number("y")).abs() < 0.05);
    assert!((second.number("height") - 2.0 * first.number("height")).abs() < 0.05);
    assert!((below.number("y") - first.number("y") - first.number("height")).abs() < 0.05);
}

#[test]
fn a_small_value_beside_a_giant_is_still_seen_and_zero_is_not() {
    let drawn = columns(&bars(&[i64::MAX, 1, 0, i64::MIN]).svg(Size::Wide));
    assert_eq!(drawn.len(), 3);
    assert_eq!(drawn[1].number("height"), 1.0);
}

#[test]
fn right_to_left_is_the_mirror_image() {
    let ltr = bars(&[3, 2, 1]);
    let rtl = Bars { heading: heading("open", Direction::RightToLeft), ..ltr.clone() };
    let (left, right) = (columns(&ltr.svg(Size::Wide)), columns(&rtl.svg(Size::Wide)));
    for (one, other) in left.iter().zip(&right) {
        let mirrored = 640.0 - one.number("x") - one.number("width");
        assert!((other.number("x") - mirrored).abs() < 0.02);
        assert_eq!(one.number("height"), other.number("height"));
    }
    assert_eq!(check(&rtl.svg(Size::Wide))[0].get("direction"), Some("rtl"));
}

#[test]
fn hostile_words_stay_words() {
    let mut chart = bars(&[1]);
    chart.bars[0].label = "</title><script>alert('1')</script>\u{0}&".to_owned();
    chart.bars[0].link = Some("/a\" onclick=\"alert(1)".to_owned());
    let svg = chart.svg(Size::Wide);
    let tags = check(&svg);
    assert!(svg.contains("&lt;/title&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;\u{fffd}&amp;"));
    let link = tags.iter().find(|tag| tag.name == "a").expect("a link");
    assert_eq!(link.get("href"), Some("/a&quot; onclick=&quot;alert(1)"));
}

#[test]
fn only_addresses_a_browser_fetches_are_linked() {
    for (link, is_linked) in [
        ("/debtors/7", true),
        ("debtors?at=10:30", true),
        ("#open", true),
        ("https://example.com/", true),
        ("javascript:alert(1)", false),
        (" JavaScript:alert(1)", false),
        ("java\nscript:alert(1)", false),
        ("data:text/html,x", false),
    ] {
        let mut chart = bars(&[1]);
        chart.bars[0].link = Some(link.to_owned());
        let tags = check(&chart.svg(Size::Wide));
        assert_eq!(tags.iter().any(|tag| tag.name == "a"), is_linked, "{link}");
        assert_eq!(tags[0].get("role"), Some(if is_linked { "group" } else { "img" }), "{link}");
        assert_eq!(chart.table().rows[0][0].link.is_some(), is_linked, "{link}");
    }
}

#[test]
fn sixty_bars_have_a_few_names_and_leave_links_to_the_table() {
    let chart = bars(&(0..60).collect::<Vec<i64>>());
    for size in [Size::Wide, Size::Compact] {
        let tags = check(&chart.svg(size));
        let names = tags.iter().filter(|tag| tag.has_class("c-label")).count();
        assert!((3..=30).contains(&names), "{names}");
        assert!(!tags.iter().any(|tag| tag.name == "a"));
    }
    assert_eq!(chart.table().rows.iter().filter(|row| row[0].link.is_some()).count(), 60);
}

#[test]
fn a_long_name_is_cut_and_its_title_has_all_of_it() {
    let long = "Donaudampfschifffahrtsgesellschaft".repeat(4);
    let mut chart = Bars { arrangement: Arrangement::Rows, ..bars(&[5, 6]) };
    chart.bars[0].label = long.clone();
    let svg = chart.svg(Size::Compact);
    check(&svg);
    assert!(svg.contains(&format!("<title>{long}</title>Donau")));
    assert!(svg.contains("…</text>"));
}

#[test]
fn an_expectation_is_dashed_inside_its_band() {
    let point =
        |value, band| Point { label: format!("w{value}"), value, shown: value.to_string(), link: None, band };
    let chart = Line {
        heading: heading("cash", Direction::LeftToRight),
        baseline: Baseline::Zero,
        points: vec![point(10, None), point(20, None), point(30, Some(Band { low: 20, high: 45 }))],
        tick: &|value| value.to_string(),
    };
    let tags = check(&chart.svg(Size::Wide));
    let paths: Vec<&Tag> = tags.iter().filter(|tag| tag.name == "path").collect();
    let [band, known, expected] = paths.as_slice() else { panic!("{paths:?}") };
    // From the last known point to the two ends of the range.
    assert!(band.has_class("c-band") && band.get("d").unwrap().matches('L').count() == 2);
    assert!(!known.has_class("c-expected") && known.get("stroke-dasharray").is_none());
    assert!(expected.has_class("c-expected") && expected.get("stroke-dasharray").is_some());
}

#[test]
fn ticks_written_alike_are_drawn_once() {
    let chart = Bars { tick: &|value| format!("€{}", value / 100), ..bars(&[150]) };
    let svg = chart.svg(Size::Wide);
    assert_eq!((svg.matches(">€0<").count(), svg.matches(">€1<").count()), (1, 1));
}

#[test]
fn a_chart_of_nothing_is_a_chart() {
    for size in [Size::Wide, Size::Compact] {
        for arrangement in [Arrangement::Columns, Arrangement::Rows] {
            check(&Bars { arrangement, ..bars(&[]) }.svg(size));
            assert_eq!(columns(&Bars { arrangement, ..bars(&[0, 0]) }.svg(size)), []);
        }
    }
}

#[test]
fn the_table_of_stacks_has_a_cell_per_kind_and_the_total() {
    let segment = |label: &str, value| bar(label, value);
    let stack = |label: &str, segments| Stack { label: label.to_owned(), segments, shown: "all".to_owned() };
    let chart = StackedBars {
        heading: heading("aging", Direction::LeftToRight),
        comparison: Comparison::EachAlone,
        stacks: vec![
            stack("EUR", vec![segment("due", 1), segment("late", 2)]),
            stack("CHF", vec![segment("late", 3)]),
        ],
        tick: &|value| value.to_string(),
    };
    let table = chart.table();
    assert_eq!(table.head, ["Month", "due", "late", "Open"]);
    let texts: Vec<Vec<&str>> =
        table.rows.iter().map(|row| row.iter().map(|cell| cell.text.as_str()).collect()).collect();
    assert_eq!(texts, [["EUR", "1", "2", "all"], ["CHF", "", "3", "all"]]);
}

fn some_value() -> impl Strategy<Value = i64> {
    prop_oneof![Just(0), -5i64..5, -1_000_000i64..1_000_000, any::<i64>(), Just(i64::MAX), Just(i64::MIN)]
}

fn some_text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z ]{0,12}", "(?s).{0,12}", "[<>&\"'\u{0}\u{1b}\u{fffe}/ -]{0,8}", "[A-Za-z ]{60,90}"]
}

fn some_bar() -> impl Strategy<Value = Bar> {
    (some_text(), some_value(), some_text(), proptest::option::of(some_text()), 0..TONES.len())
        .prop_map(|(label, value, shown, link, tone)| Bar { label, value, shown, link, tone: TONES[tone] })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_chart_is_well_formed(
        title in some_text(),
        bars in proptest::collection::vec(some_bar(), 0..70),
        across in 1usize..7,
        is_rtl in any::<bool>(),
        tick in some_text(),
    ) {
        let direction = if is_rtl { Direction::RightToLeft } else { Direction::LeftToRight };
        let heading = heading(&title, direction);
        let tick: &dyn Fn(i64) -> String = &|value| format!("{tick}{value}");
        let stacks: Vec<Stack> = bars
            .chunks(across)
            .take(20)
            .map(|segments| Stack {
                label: segments[0].label.clone(),
                segments: segments.to_vec(),
                shown: segments[0].shown.clone(),
            })
            .collect();
        let point = |(index, bar): (usize, &Bar)| Point {
            label: bar.label.clone(),
            value: bar.value,
            shown: bar.shown.clone(),
            link: bar.link.clone(),
            band: (index % across == 1)
                .then_some(Band { low: bar.value.saturating_sub(9), high: bar.value.saturating_add(9) }),
        };
        let points: Vec<Point> = bars.iter().enumerate().map(point).collect();
        for size in [Size::Wide, Size::Compact] {
            for arrangement in [Arrangement::Columns, Arrangement::Rows] {
                let chart = Bars { heading: heading.clone(), arrangement, bars: bars.clone(), tick };
                check(&chart.svg(size));
                prop_assert_eq!(chart.table().rows.len(), bars.len());
            }
            for comparison in [Comparison::OneAxis, Comparison::EachAlone] {
                let chart = StackedBars { heading: heading.clone(), comparison, stacks: stacks.clone(), tick };
                check(&chart.svg(size));
                let table = chart.table();
                prop_assert!(table.rows.iter().all(|row| row.len() == table.head.len()));
            }
            for baseline in [Baseline::Zero, Baseline::NearLowest] {
                let chart = Line { heading: heading.clone(), baseline, points: points.clone(), tick };
                check(&chart.svg(size));
            }
        }
    }
}
