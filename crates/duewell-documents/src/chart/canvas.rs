//! Writing SVG: elements in reading direction, escaped text, text that fits.

use std::fmt::Write;

use super::{Direction, Heading, Size, Tone};

/// Size of all text, in units of the picture.
pub(super) const FONT: f64 = 12.5;
/// Distance between two lines of text.
pub(super) const LEADING: f64 = 16.0;
/// Side of a legend's swatch.
const SWATCH: f64 = 10.0;

/// Returns the width of a picture in its own units.
pub(super) fn units_across(size: Size) -> f64 {
    match size {
        Size::Wide => 640.0,
        Size::Compact => 320.0,
    }
}

/// Which end of a text stands at its place; start and end follow the direction.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A rectangle, counted from where reading begins.
#[derive(Clone, Copy)]
pub(super) struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Area {
    pub fn new(x: f64, y: f64, width: f64, height: f64) -> Area {
        Area { x, y, width, height }
    }
}

/// A picture being written. Layouts count x from where reading begins; the canvas mirrors.
pub(super) struct Canvas {
    out: String,
    id: String,
    pub width: f64,
    direction: Direction,
}

impl Canvas {
    pub fn open(heading: &Heading, size: Size, height: f64, linked: bool) -> Canvas {
        let width = units_across(size);
        let (class, suffix) = match size {
            Size::Wide => ("c-wide", "w"),
            Size::Compact => ("c-compact", "c"),
        };
        let id: String =
            heading.id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let mut canvas = Canvas {
            out: String::with_capacity(4096),
            id: format!("{id}-{suffix}"),
            width,
            direction: heading.direction,
        };
        let role = if linked { "group" } else { "img" };
        let direction = match heading.direction {
            Direction::LeftToRight => "ltr",
            Direction::RightToLeft => "rtl",
        };
        let id = canvas.id.clone();
        canvas.write(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart {class}\" viewBox=\"0 0 {} {}\" \
             role=\"{role}\" aria-labelledby=\"{id}-title {id}-desc\" direction=\"{direction}\" \
             font-size=\"{FONT}\" fill=\"currentColor\"><title id=\"{id}-title\">{}</title>\
             <desc id=\"{id}-desc\">{}</desc>",
            number(width),
            number(height),
            escaped(&heading.title),
            escaped(&heading.description),
        ));
        canvas
    }

    /// Returns the smallest side of a link: 24 px where the picture is shown smallest (600 and 280 px).
    pub fn target(size: Size) -> f64 {
        match size {
            Size::Wide => 26.0,
            Size::Compact => 28.0,
        }
    }

    pub fn close(mut self) -> String {
        self.out.push_str("</svg>");
        self.out
    }

    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        self.out.write_fmt(text).expect("a string takes all text");
    }

    /// Returns where a place counted from the start of reading is drawn.
    fn across(&self, x: f64) -> f64 {
        match self.direction {
            Direction::LeftToRight => x,
            Direction::RightToLeft => self.width - x,
        }
    }

    fn left(&self, area: Area) -> f64 {
        match self.direction {
            Direction::LeftToRight => area.x,
            Direction::RightToLeft => self.width - area.x - area.width,
        }
    }

    fn plain_rect(&mut self, area: Area, attributes: &str) {
        let left = number(self.left(area));
        self.write(format_args!(
            "<rect x=\"{left}\" y=\"{}\" width=\"{}\" height=\"{}\" {attributes}/>",
            number(area.y),
            number(area.width),
            number(area.height),
        ));
    }

    /// Draws a bar in one colour.
    pub fn bar(&mut self, area: Area, tone: Tone) {
        self.plain_rect(area, &format!("rx=\"1.5\" class=\"c-bar {}\"", tone.class()));
    }

    /// Draws a segment: its colour, and its pattern over it.
    pub fn segment(&mut self, area: Area, tone: Tone) {
        self.plain_rect(area, &format!("class=\"c-bar {}\"", tone.class()));
        if pattern(tone).is_some() {
            let fill = format!("fill=\"url(#{}-{})\"", self.id, tone.class());
            self.plain_rect(area, &fill);
        }
    }

    /// Draws nothing, where a pointer meets the link around it.
    pub fn hit(&mut self, area: Area) {
        self.plain_rect(area, "rx=\"3\" class=\"c-hit\" fill=\"none\" pointer-events=\"all\"");
    }

    /// Defines the patterns of these tones.
    pub fn patterns(&mut self, tones: impl Iterator<Item = Tone>) {
        let mut tones: Vec<Tone> = tones.collect();
        tones.sort_unstable();
        tones.dedup();
        let id = self.id.clone();
        self.out.push_str("<defs>");
        for tone in tones {
            if let Some(Pattern { side, shape }) = pattern(tone) {
                self.write(format_args!(
                    "<pattern id=\"{id}-{}\" width=\"{side}\" height=\"{side}\" patternUnits=\"userSpaceOnUse\">\
                     {shape}</pattern>",
                    tone.class(),
                ));
            }
        }
        self.out.push_str("</defs>");
    }

    /// Draws a straight line.
    pub fn stroke(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let (x1, x2) = (number(self.across(from.0)), number(self.across(to.0)));
        self.write(format_args!(
            "<line x1=\"{x1}\" y1=\"{}\" x2=\"{x2}\" y2=\"{}\" class=\"{class}\" stroke=\"currentColor\" \
             stroke-width=\"1\"{}/>",
            number(from.1),
            number(to.1),
            if class == "c-grid" { " stroke-opacity=\".15\"" } else { "" },
        ));
    }

    /// Draws a line through points; `attributes` are its class and what it looks like.
    pub fn path(&mut self, points: &[(f64, f64)], closed: bool, attributes: &str) {
        self.out.push_str("<path d=\"");
        for (index, &(x, y)) in points.iter().enumerate() {
            let x = number(self.across(x));
            self.write(format_args!("{}{x} {}", if index == 0 { "M" } else { "L" }, number(y)));
        }
        self.write(format_args!("{}\" {attributes}/>", if closed { "Z" } else { "" }));
    }

    pub fn dot(&mut self, x: f64, y: f64, class: &str) {
        let x = number(self.across(x));
        self.write(format_args!("<circle cx=\"{x}\" cy=\"{}\" r=\"3.5\" class=\"{class}\"/>", number(y)));
    }

    /// Writes text with its baseline at `y`, cut to `room`; what is cut can be read in its title.
    pub fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, class: &str, text: &str, room: f64) {
        let fitted = fit(text, room);
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let x = number(self.across(x));
        self.write(format_args!(
            "<text x=\"{x}\" y=\"{}\" text-anchor=\"{anchor}\" unicode-bidi=\"plaintext\" class=\"{class}\">",
            number(y)
        ));
        if fitted != text {
            self.write(format_args!("<title>{}</title>", escaped(text)));
        }
        self.write(format_args!("{}</text>", escaped(&fitted)));
    }

    /// Opens what belongs to one value: a link, or a group with a title for the pointer.
    pub fn open_item(&mut self, name: &str, link: Option<&str>) {
        let name = escaped(name);
        match safe_link(link) {
            Some(link) => self.write(format_args!("<a href=\"{}\"><title>{name}</title>", escaped(link))),
            None => self.write(format_args!("<g><title>{name}</title>")),
        }
    }

    pub fn close_item(&mut self, link: Option<&str>) {
        self.out.push_str(if safe_link(link).is_some() { "</a>" } else { "</g>" });
    }

    /// Opens what a screen reader leaves out: the links and the table say the same.
    pub fn open_decoration(&mut self) {
        self.out.push_str("<g aria-hidden=\"true\">");
    }

    pub fn close_decoration(&mut self) {
        self.out.push_str("</g>");
    }

    /// Writes swatches with their meaning, beginning at `y`; see [`legend_height`].
    pub fn legend(&mut self, kinds: &[(&str, Tone)], x: f64, y: f64) {
        let width = self.width;
        self.open_decoration();
        for (place, &(label, tone)) in legend_places(kinds, x, width).into_iter().zip(kinds) {
            let (x, line) = place;
            let y = y + line as f64 * (LEADING + 4.0);
            self.segment(Area::new(x, y, SWATCH, SWATCH), tone);
            self.text((x + SWATCH + 6.0, y + 9.5), Anchor::Start, "c-label", label, width - x - SWATCH - 6.0);
        }
        self.close_decoration();
    }
}

/// Returns the height a legend takes.
pub(super) fn legend_height(kinds: &[(&str, Tone)], x: f64, size: Size) -> f64 {
    let width = units_across(size);
    let lines = legend_places(kinds, x, width).last().map_or(0, |&(_, line)| line + 1);
    if lines == 0 { 0.0 } else { lines as f64 * (LEADING + 4.0) + 8.0 }
}

fn legend_places(kinds: &[(&str, Tone)], start: f64, width: f64) -> Vec<(f64, usize)> {
    let (mut x, mut line) = (start, 0);
    kinds
        .iter()
        .map(|(label, _)| {
            let needed = SWATCH + 6.0 + text_width(label);
            if x > start && x + needed > width {
                (x, line) = (start, line + 1);
            }
            let place = (x, line);
            x += needed + 18.0;
            place
        })
        .collect()
}

struct Pattern {
    side: u8,
    shape: &'static str,
}

/// Returns what tells a tone apart without colour. Neighbours in aging differ most.
fn pattern(tone: Tone) -> Option<Pattern> {
    const DOTS: &str = r#"<circle cx="3" cy="3" r="1" class="c-hatch" stroke="none"/>"#;
    const RISING: &str =
        r#"<path d="M-1 1L1 -1M0 6L6 0M5 7L7 5" class="c-hatch" fill="none" stroke="currentColor"/>"#;
    const FALLING: &str =
        r#"<path d="M-1 3L1 5M0 0L4 4M3 -1L5 1" class="c-hatch" fill="none" stroke="currentColor"/>"#;
    const CROSSED: &str = r#"<path d="M0 0L6 6M6 0L0 6" class="c-hatch" fill="none" stroke="currentColor"/>"#;
    const LEVEL: &str = r#"<path d="M0 2H4" class="c-hatch" fill="none" stroke="currentColor"/>"#;
    const UPRIGHT: &str = r#"<path d="M2 0V4" class="c-hatch" fill="none" stroke="currentColor"/>"#;
    let (side, shape) = match tone {
        Tone::Main | Tone::NotDue => return None,
        Tone::Watch | Tone::Days30 => (6, DOTS),
        Tone::Overdue | Tone::Days60 => (6, RISING),
        Tone::Days90 => (4, FALLING),
        Tone::Older => (6, CROSSED),
        Tone::Quiet => (4, LEVEL),
        Tone::Good => (4, UPRIGHT),
    };
    Some(Pattern { side, shape })
}

/// Returns the link if a browser would fetch it: relative, `http` or `https`. No script hides in the others.
pub(super) fn safe_link(link: Option<&str>) -> Option<&str> {
    let link = link?;
    let scheme = link.split(['/', '?', '#']).next().unwrap_or_default().split_once(':');
    match scheme {
        None => Some(link),
        Some((scheme, _)) => {
            ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)).then_some(link)
        }
    }
}

/// Writes a number with at most two decimals.
pub(super) fn number(value: f64) -> String {
    debug_assert!(value.is_finite(), "places are finite");
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Escapes text for XML, in elements and attributes; what XML 1.0 cannot hold becomes U+FFFD.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// Cuts text to `room`, with an ellipsis for what is gone.
pub(super) fn fit(text: &str, room: f64) -> String {
    if text_width(text) <= room {
        return text.to_owned();
    }
    let mut taken = char_width('…');
    let mut kept: String = text
        .chars()
        .take_while(|&c| {
            taken += char_width(c);
            taken <= room
        })
        .collect();
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// Returns about how wide a text is. There is no font here, so it is on the wide side.
pub(super) fn text_width(text: &str) -> f64 {
    text.chars().map(char_width).sum()
}

fn char_width(c: char) -> f64 {
    let em = match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | '\u{a0}' | '\u{202f}' => {
            0.31
        }
        'f' | 'r' | 't' | '(' | ')' | '-' | '/' => 0.4,
        'm' | 'w' | 'M' | 'W' | '…' | '%' | '@' => 0.98,
        'A'..='Z' => 0.72,
        '−' | '+' | '±' | '=' | '<' | '>' | '~' => 0.84,
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' => 0.0,
        // Hangul, kana, han and pictures are as wide as they are high.
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{ffef}' | '\u{10000}'.. => 1.05,
        _ => 0.63,
    };
    em * FONT
}
