//! Tests of rules that hold for all components, over the page that shows them all, and over the stylesheet.

use maud::{Markup, html};
use sha2::{Digest, Sha256};

use super::*;

const STYLE: &str = include_str!("../../assets/style.css");

/// Returns the values of an attribute in the order they stand.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    page.match_indices(&start)
        .map(|(at, _)| {
            let rest = &page[at + start.len()..];
            &rest[..rest.find('"').expect("maud closes attributes")]
        })
        .collect()
}

fn check(shown: Markup, expected: &str) {
    assert_eq!(shown.into_string(), expected);
}

#[test]
fn nothing_needs_an_inline_style_or_script() {
    let page = style_page().into_string();
    for forbidden in [" style=", "<script", "<style", " onclick=", " onchange=", "javascript:"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn ids_are_unique_and_what_points_to_one_finds_it() {
    let page = style_page().into_string();
    let ids = values(&page, "id");
    for (index, id) in ids.iter().enumerate() {
        assert!(!ids[..index].contains(id), "{id} stands twice");
    }
    for attribute in ["for", "aria-describedby", "aria-labelledby", "data-copy"] {
        for id in values(&page, attribute).into_iter().flat_map(str::split_whitespace) {
            assert!(ids.contains(&id), "{attribute} points to {id}");
        }
    }
    for id in values(&page, "href").into_iter().filter_map(|href| href.strip_prefix("#f-")) {
        assert!(ids.contains(&field_id(id).as_str()), "an error links to {id}");
    }
}

#[test]
fn each_class_in_use_has_its_rule() {
    let page = style_page().into_string();
    for class in values(&page, "class").into_iter().flat_map(str::split_whitespace) {
        // The chart module names more than this stylesheet needs.
        let charts = class.starts_with("c-") || class.starts_with("tone-");
        assert!(charts || STYLE.contains(&format!(".{class}")), "{class}");
    }
}

#[test]
fn an_input_points_to_its_hint_and_its_error() {
    let field =
        Field::new("paid_on", "Paid on").hint("As on the statement.").error("The day lies in the future");
    let shown = input(&field, &Input::date("2027-03-01")).into_string();
    assert!(shown.contains(r#"<label for="f-paid_on">Paid on</label>"#), "{shown}");
    assert!(
        shown.contains(r#"aria-describedby="f-paid_on-hint f-paid_on-error" aria-invalid="true""#),
        "{shown}"
    );
    let shown = input(&Field::new("name", "Name"), &Input::text("")).into_string();
    assert!(!shown.contains("aria-"), "{shown}");
}

#[test]
fn a_password_is_never_shown_again() {
    assert!(!input(&Field::new("password", "Password"), &Input::password()).into_string().contains("value="));
}

#[test]
fn a_form_without_errors_has_no_summary() {
    check(error_summary("There is a problem", &[]), "");
}

#[test]
fn a_text_keeps_the_line_break_it_begins_with() {
    let shown = textarea(&Field::new("note", "Note"), 3, "\nsecond line").into_string();
    assert!(shown.contains(">\n\nsecond line</textarea>"), "{shown}");
}

#[test]
fn each_cell_names_its_column_and_the_first_names_the_row() {
    let list = Table::new("Debtors", vec![Column::text("Debtor"), Column::number("Open")])
        .row(Row::new(vec![html! { "A & B" }, amount("1.00 EUR")]).link("/debtors/1"));
    let shown = table(&list).into_string();
    assert!(
        shown.contains(r#"<th scope="row"><a class="row-link" href="/debtors/1">A &amp; B</a></th>"#),
        "{shown}"
    );
    assert!(shown.contains(r#"<td class="n" data-label="Open">"#), "{shown}");
}

#[test]
fn what_comes_in_as_text_stays_text() {
    check(badge("<b>", Tone::Ok), r#"<span class="badge t-ok">&lt;b&gt;</span>"#);
}

#[test]
fn the_reader_chooses_light_or_dark() {
    let page = |scheme| {
        let facts = Document {
            language: "ar",
            direction: Direction::RightToLeft,
            title: "Duewell",
            scheme,
            keys: Keys::Off,
            layout: Layout::Portal,
            stylesheet: "/style.css",
            icon: "icon.svg",
            scripts: &[],
        };
        document(&facts, html! {}).into_string()
    };
    assert!(page(Scheme::Dark).contains(r#"<html lang="ar" dir="rtl" data-scheme="dark">"#));
    assert!(page(Scheme::Device).contains(r#"<html lang="ar" dir="rtl">"#));
}

#[test]
fn the_stylesheet_knows_no_left_and_right() {
    for physical in [
        "margin-left",
        "margin-right",
        "padding-left",
        "padding-right",
        "border-left",
        "border-right",
        "float:",
        "text-align: left",
        "text-align: right",
        " left:",
        " right:",
    ] {
        assert!(!STYLE.contains(physical), "{physical}");
    }
}

/// Returns a token's colour in one scheme, as red, green and blue from 0 to 1.
fn colour(token: &str, dark: bool) -> [f64; 3] {
    let start = format!("--{token}: ");
    let rest = &STYLE[STYLE.find(&start).expect("the token stands in :root") + start.len()..];
    let value = &rest[..rest.find(';').expect("a declaration ends")];
    let value = match value.strip_prefix("light-dark(") {
        Some(pair) => pair.trim_end_matches(')').split(", ").nth(usize::from(dark)).expect("two colours"),
        None => value,
    };
    let hex = value.strip_prefix('#').expect("tokens are in hexadecimal");
    let digits: Vec<f64> = match hex.len() {
        3 => hex.chars().map(|c| f64::from(c.to_digit(16).expect("a digit") * 17)).collect(),
        6 => (0..3)
            .map(|i| f64::from(u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("two digits")))
            .collect(),
        _ => panic!("{token} has transparency: its contrast depends on what is under it"),
    };
    [digits[0] / 255.0, digits[1] / 255.0, digits[2] / 255.0]
}

/// Returns the contrast of two colours (WCAG 2.2, *contrast ratio* and *relative luminance*).
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let luminance = |colour: [f64; 3]| {
        let [red, green, blue] = colour
            .map(|part| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn text_and_controls_stand_out_in_light_and_dark() {
    let mut pairs: Vec<(String, &str, f64)> = Vec::new();
    let mut pair = |front: &str, back, least| pairs.push((front.to_owned(), back, least));
    for back in ["paper", "sheet", "sunk"] {
        for front in ["ink", "ink-2", "accent"] {
            pair(front, back, 4.5);
        }
        pair("edge", back, 3.0);
        pair("focus", back, 3.0);
    }
    pair("on-accent", "accent", 4.5);
    pair("accent", "soft", 4.5);
    pair("ink-2", "soft", 4.5);
    pair("on-band", "band", 4.5);
    pair("band-2", "band", 4.5);
    for tone in ["info", "ok", "due", "overdue", "held", "danger"] {
        for back in ["paper", "sheet", "sunk"] {
            pair(&format!("c-{tone}"), back, 4.5);
        }
    }
    for (front, back) in [
        ("c-info", "b-info"),
        ("c-ok", "b-ok"),
        ("c-due", "b-due"),
        ("c-overdue", "b-overdue"),
        ("c-held", "b-held"),
        ("c-danger", "b-danger"),
    ] {
        pair(front, back, 4.5);
        pair("ink", back, 4.5);
        pair("ink-2", back, 4.5);
        pair("accent", back, 4.5);
        pair("focus", back, 3.0);
    }
    for bar in ["good", "not-due", "days-30", "days-60", "days-90", "older"] {
        pair(&format!("chart-{bar}"), "sheet", 3.0);
    }
    for dark in [false, true] {
        for (front, back, least) in &pairs {
            let found = contrast(colour(front, dark), colour(back, dark));
            assert!(found >= *least, "{front} on {back}, dark {dark}: {found:.2} instead of {least}");
        }
    }
}

#[test]
fn the_file_by_others_is_the_one_the_notice_names() {
    let sum = Sha256::digest(include_bytes!("../../assets/htmx.min.js"));
    let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(include_str!("../../assets/NOTICE.md").contains(&sum), "{sum}");
}

#[test]
fn what_a_page_loads_first_stays_small() {
    assert!(STYLE.len() <= 30_500, "{}", STYLE.len());
    assert!(include_str!("../../assets/app.js").len() <= 3_000);
}
