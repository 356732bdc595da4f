//! Names along the x axis: wrapped, thinned, and never over each other.

use super::canvas::{Anchor, Canvas, LEADING, text_width};

/// Free space between two names.
const GAP: f64 = 6.0;
const LINES_MAX: usize = 3;

/// How the names below slots of equal width are written.
pub(super) struct Labels {
    names: Vec<Vec<String>>,
    slot: f64,
    /// Every how many slots a name stands, counted from the last one.
    step: usize,
    /// Lines of the highest name.
    height: usize,
}

impl Labels {
    pub fn new(texts: &[&str], slot: f64) -> Labels {
        let count = texts.len();
        let words = |text: &str| text.split(' ').map(text_width).fold(0.0, f64::max);
        let widest = texts.iter().map(|text| words(text)).fold(0.0, f64::max);
        // Few names are categories and all stand; many are days or months and some stand for the rest.
        let step = if count <= 7 {
            1
        } else {
            (((widest + GAP) / slot).ceil() as usize).clamp(1, count.div_ceil(3))
        };
        let room = slot * step as f64 - GAP;
        // If one name needs more lines, all break the same way: "Apr 26" beside "Mar" over "26" looks torn.
        let broken = texts.iter().any(|text| text_width(text) > room && text.contains(' '));
        let are_pairs = texts.iter().all(|text| text.split(' ').count() == 2);
        let shared = if are_pairs { 0.0 } else { room.min(widest * 1.25) };
        let names: Vec<Vec<String>> = texts
            .iter()
            .map(|text| if broken { lines(text, shared) } else { vec![(*text).to_owned()] })
            .collect();
        let height = names.iter().map(Vec::len).max().unwrap_or(1);
        Labels { names, slot, step, height }
    }

    /// Returns by how much the last name would leave its slot at the end.
    pub fn overhang(&self) -> f64 {
        let last = self.names.last().map_or(0.0, |name| width(name));
        ((last.min(self.room()) - self.slot) / 2.0).max(0.0)
    }

    fn room(&self) -> f64 {
        self.slot * self.step as f64 - GAP
    }

    pub fn height(&self) -> f64 {
        self.height as f64 * LEADING + 6.0
    }

    /// Writes the names below `y`; slots begin at `left`.
    pub fn draw(&self, canvas: &mut Canvas, left: f64, y: f64) {
        let room = self.room();
        let mut free_until = canvas.width;
        for (index, name) in self.names.iter().enumerate().rev().step_by(self.step) {
            let width = width(name).min(room);
            let centre = left + (index as f64 + 0.5) * self.slot;
            let centre = centre.min(canvas.width - width / 2.0).max(width / 2.0);
            if centre + width / 2.0 > free_until + 0.01 {
                continue;
            }
            free_until = centre - width / 2.0 - GAP;
            for (line, text) in name.iter().enumerate() {
                let y = y + (line + 1) as f64 * LEADING;
                canvas.text((centre, y), Anchor::Middle, "c-label", text, room);
            }
        }
    }
}

/// Returns the width of the longest line.
fn width(name: &[String]) -> f64 {
    name.iter().map(|line| text_width(line)).fold(0.0, f64::max)
}

/// Breaks a name at its spaces into at most three lines; what does not fit stays in the last one.
fn lines(text: &str, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let full = lines.len() == LINES_MAX;
        match lines.last_mut() {
            Some(line) if full || text_width(line) + text_width(word) + text_width(" ") <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_one_day_breaks_after_its_number_all_do() {
        let days = ["28 Sept", "5 Oct", "12 Oct", "9 Nov"];
        let wide = Labels::new(&days, 200.0);
        assert!(wide.names.iter().all(|name| name.len() == 1), "{:?}", wide.names);
        let narrow = Labels::new(&days, text_width("28 Sept") - 1.0);
        assert!(narrow.names.iter().all(|name| name.len() == 2), "{:?}", narrow.names);
    }
}
