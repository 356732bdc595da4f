//! A notice on a page of ours, as the debtor reads it.

use duewell_documents::{Notice, parts};
use maud::{Markup, PreEscaped, html};

/// Shows a notice's text as a letter.
pub fn letter(notice: &Notice, language: &str) -> Markup {
    let page = parts(notice, language).html;
    let inside = page.split_once("<main>").and_then(|(_, rest)| rest.rsplit_once("</main>"));
    let (body, _) = inside.unwrap_or_default();
    // In the HTML of a notice what is not Markdown is text, whoever wrote it; the documents crate's
    // tests hold it to that.
    html! { div.letter lang=(language) { (PreEscaped(with_our_tables(body))) } }
}

/// Gives tables the classes of ours, which replace inline style and let rows become cards on a narrow screen.
///
/// Tags are known by their `<`, which no text has: there it is an entity.
fn with_our_tables(body: &str) -> String {
    let mut body = body.to_owned();
    for (side, class) in [("right", " class=\"n\""), ("center", ""), ("left", "")] {
        for cell in ["td", "th"] {
            let styled = format!("<{cell} style=\"text-align: {side}\">");
            body = body.replace(&styled, &format!("<{cell}{class}>"));
        }
    }
    let mut pieces = body.split("<table>");
    let mut out = pieces.next().unwrap_or("").to_owned();
    for piece in pieces {
        let (table, rest) = piece.split_once("</table>").unwrap_or((piece, ""));
        let (head, rows) = table.split_once("</thead>").unwrap_or((table, ""));
        let labels: Vec<String> = head
            .split("</th>")
            .filter_map(|cell| cell.rsplit_once('>'))
            .map(|(_, label)| label.replace('"', "&quot;"))
            .collect();
        let name = labels.join(", ");
        // Where a table is still too wide it scrolls, and what scrolls can be reached by keys.
        out.push_str(&format!(
            "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table>{head}</thead>",
            name.trim_end_matches(", ")
        ));
        for (index, row) in rows.split("<tr>").enumerate() {
            let tag = if index > 0 { "<tr>" } else { "" };
            out.push_str(tag);
            let mut cells = row.split("<td");
            out.push_str(cells.next().unwrap_or(""));
            for (index, cell) in cells.enumerate() {
                let label = labels.get(index).map_or("", String::as_str);
                out.push_str(&format!("<td data-label=\"{label}\"{cell}"));
            }
        }
        out.push_str("</table></div>");
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_shows_tags_as_text_and_has_no_style() {
        let notice = Notice {
            subject: "Reminder".to_owned(),
            body: "Dear <script>alert(1)</script>\n\n| a \"b | c |\n|---|--:|\n| <td style=\"x\"> | 2 |\n\nEnd.\n"
                .to_owned(),
        };
        let shown = letter(&notice, "en").into_string();
        assert!(shown.contains("&lt;script&gt;"), "{shown}");
        assert!(!shown.contains("<script") && !shown.contains("<td style"), "{shown}");
        assert!(shown.contains("<td data-label=\"a &quot;b\">&lt;td"), "{shown}");
        assert!(shown.contains("<td data-label=\"c\" class=\"n\">2</td>"), "{shown}");
        assert!(shown.contains("aria-label=\"a &quot;b, c\""), "{shown}");
        assert!(shown.contains("</table></div>\n<p>End.</p>"), "{shown}");
    }
}
