//! Values as plain text inside Markdown, however hostile they are.

use std::fmt;

/// Writes a value so that Markdown shows exactly it: nothing in it becomes a
/// heading, a link, a table cell, HTML or a new line.
///
/// Runs of white space and control characters become one space; characters that
/// reorder the text around them (bidirectional overrides and isolates) are dropped.
pub(crate) fn write_escaped(out: &mut impl fmt::Write, value: &str) -> fmt::Result {
    let mut last_was_space = true;
    let mut leading_digits = true;
    let mut pending_space = false;
    for c in value.chars() {
        if is_space(c) {
            pending_space = !last_was_space;
            continue;
        }
        if reorders(c) {
            continue;
        }
        if pending_space {
            out.write_char(' ')?;
            pending_space = false;
            leading_digits = false;
        }
        let starts = last_was_space && leading_digits;
        let needs = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '#' | '!' | '^' | '$'
            | '(' | ')' => true,
            // At the start of a line these make lists, headings and rules.
            '+' | '-' | '=' | ':' => starts,
            '.' => leading_digits,
            _ => false,
        };
        if needs {
            out.write_char('\\')?;
        }
        out.write_char(c)?;
        leading_digits = leading_digits && c.is_ascii_digit();
        last_was_space = false;
    }
    Ok(())
}

/// Writes a value for the subject line: one line of plain text.
pub(crate) fn write_line(out: &mut impl fmt::Write, value: &str) -> fmt::Result {
    let mut pending_space = false;
    let mut started = false;
    for c in value.chars() {
        if is_space(c) {
            pending_space = started;
        } else if !reorders(c) {
            if std::mem::take(&mut pending_space) {
                out.write_char(' ')?;
            }
            out.write_char(c)?;
            started = true;
        }
    }
    Ok(())
}

/// No-break spaces stand where we put them, between an amount and its currency.
fn is_space(c: char) -> bool {
    (c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}')) || c.is_control() || c == '\u{feff}'
}

fn reorders(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns a link without what could end it, or nothing if it is not one a debtor should follow.
pub(crate) fn safe_link(link: &str) -> Option<String> {
    let lower = link.trim().to_ascii_lowercase();
    if !(lower.starts_with("https://") || lower.starts_with("http://") || lower.starts_with("mailto:")) {
        return None;
    }
    let mut safe = String::with_capacity(link.len());
    for c in link.trim().chars() {
        if c.is_control() || c.is_whitespace() || reorders(c) || "<>()[]\\\"'`{}|^*_".contains(c) && c != '_'
        {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                safe.push_str(&format!("%{byte:02X}"));
            }
        } else {
            safe.push(c);
        }
    }
    Some(safe)
}
