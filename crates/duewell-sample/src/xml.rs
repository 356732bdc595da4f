//! Writing XML text: escaping, and leaving out what XML 1.0 cannot carry.

/// Appends `text` as element or attribute content.
pub(crate) fn push_text(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
}

/// Appends `<name>text</name>`.
pub(crate) fn push_element(out: &mut String, name: &str, text: &str) {
    out.push('<');
    out.push_str(name);
    out.push('>');
    push_text(out, text);
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_texts_stays_text() {
        let mut out = String::new();
        push_element(&mut out, "Nm", "<a href=\"x\">O'Neil & Söhne\u{0}\n</a>");
        assert_eq!(out, "<Nm>&lt;a href=&quot;x&quot;&gt;O'Neil &amp; Söhne &lt;/a&gt;</Nm>");
    }
}
