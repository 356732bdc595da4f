//! What is wrong in a file, in the reader's language and as a table to take along.
//!
//! The readers of files say what they find in English phrases, for the command line. Here each phrase that a page
//! can meet has texts of its own, whose remedy speaks of the page's form rather than of options. A phrase that is
//! not known here is shown as it is.

use std::fmt::Write as _;

use duewell_documents::Speech;
use duewell_engine::people::FindingReport;

/// Phrases, with a star for what differs, and the name of the two texts that say problem and remedy.
const PHRASES: &[(&str, &str)] = &[
    ("* is missing", "missing"),
    ("a formula of the spreadsheet failed", "formula"),
    ("day and month can be either way round", "day-or-month"),
    ("it has characters that cannot be shown", "characters"),
    ("it has more decimals than * has (*)", "decimals"),
    ("it has more than * characters", "long"),
    ("it is due on *, before it was issued on *", "due-before-issued"),
    ("it is neither yes nor no", "yes-no"),
    ("it is one of more than *", "many"),
    ("it is not a date", "date"),
    ("it is not a telephone number", "phone"),
    ("it is not an amount", "amount"),
    ("it is not an e-mail address", "email"),
    ("its bytes are not UTF-8 like the rest of the file", "bytes"),
    ("its decimal mark is a *, the mapping says *", "other-mark"),
    ("line * has it already", "twice"),
    ("more than this was paid already", "paid"),
    ("no debtor has this number", "no-debtor"),
    ("no telephone has so few or so many digits", "phone-digits"),
    ("the amount is in *, the currency column says *", "two-currencies"),
    ("the amount is in dollars, its currency is *", "dollars"),
    ("the amount is negative", "negative"),
    ("the amount is too large", "large"),
    ("the amount is zero", "zero"),
    ("the currency is missing", "no-currency"),
    ("the debtor is its own parent", "own-parent"),
    ("the mark can stand for thousands or for decimals", "mark"),
    ("the number has no country code and the row has no country", "phone-country"),
    ("the row has * cells, the header *", "cells"),
    ("the year * cannot be meant", "year"),
    ("there is no month *: day and month are the other way round", "month"),
    ("this receivable belongs to another debtor", "other-debtor"),
    ("this receivable is in another currency", "other-currency"),
    ("unknown country", "country"),
    ("unknown currency", "currency"),
    ("unknown kind of debtor", "kind-debtor"),
    ("unknown kind of receivable", "kind-receivable"),
    ("unknown language", "language"),
    ("unknown time zone", "zone"),
    ("* does not exist", "no-day"),
];

/// Warnings about whole files, and the name of the text that says each.
const WARNINGS: &[(&str, &str)] = &[
    ("the invoice names no due date: * days from its date are assumed", "no-due-date"),
    ("the invoice gives no e-mail address of the buyer: add one to send reminders", "no-email"),
    ("statement *: opening balance and entries do not make the closing balance", "balance"),
];

/// Finds the phrase that a text is, and what stands for its stars.
fn find<'a>(phrases: &[(&str, &'static str)], text: &'a str) -> Option<(&'static str, Vec<&'a str>)> {
    phrases.iter().find_map(|(phrase, name)| Some((*name, parts(phrase, text)?)))
}

fn parts<'a>(phrase: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut pieces = phrase.split('*');
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut found = Vec::new();
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let at = match (pieces.peek(), piece) {
            (None, "") => rest.len(),
            (None, last) => rest.len().checked_sub(last.len()).filter(|_| rest.ends_with(last))?,
            (Some(_), piece) => rest.find(piece)?,
        };
        found.push(&rest[..at]);
        rest = &rest[at + piece.len()..];
    }
    rest.is_empty().then_some(found)
}

/// Says a phrase by the text of this id.
fn say(speech: &Speech, id: &str, values: &[&str]) -> String {
    let named: Vec<_> = ["a", "b"].into_iter().zip(values.iter().map(|&value| value.into())).collect();
    speech.say_with(id, &named)
}

/// Says what is wrong and what to do about it.
pub fn words(speech: &Speech, finding: &FindingReport) -> (String, String) {
    match find(PHRASES, &finding.problem) {
        Some((name, values)) => (
            say(speech, &format!("imports-problem-{name}"), &values),
            say(speech, &format!("imports-remedy-{name}"), &values),
        ),
        None => (finding.problem.clone(), finding.remedy.clone()),
    }
}

/// Says a warning about a whole file.
pub fn warning(speech: &Speech, text: &str) -> String {
    match find(WARNINGS, text) {
        Some((name, values)) => say(speech, &format!("imports-warning-{name}"), &values),
        None => crate::fail::sentence(text),
    }
}

/// The heads of the columns.
pub fn heads(speech: &Speech) -> [String; 5] {
    [
        "imports-col-line",
        "imports-col-column",
        "imports-col-value",
        "imports-col-problem",
        "imports-col-remedy",
    ]
    .map(|id| speech.say(id).into_owned())
}

/// Writes findings as a CSV file (RFC 4180) that spreadsheets open as UTF-8.
pub fn csv(speech: &Speech, findings: &[FindingReport]) -> String {
    let mut text = String::from('\u{feff}');
    let mut row = |cells: [&str; 5]| {
        let cells = cells.map(cell);
        let _ = write!(text, "{}\r\n", cells.join(","));
    };
    let heads = heads(speech);
    row([&heads[0], &heads[1], &heads[2], &heads[3], &heads[4]]);
    for finding in findings {
        let (problem, remedy) = words(speech, finding);
        row([&finding.line.to_string(), &finding.column, &finding.value, &problem, &remedy]);
    }
    text
}

/// Quotes a cell. A spreadsheet runs what begins like a formula: an apostrophe makes it text (OWASP, *CSV injection*).
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use duewell_engine::intake::required;
    use duewell_formats::table::{TableFile, TableKind, guess_mapping, read_receivables};

    use super::*;

    fn finding(value: &str, problem: &str) -> FindingReport {
        FindingReport {
            line: 3,
            column: "due, day".to_owned(),
            value: value.to_owned(),
            problem: problem.to_owned(),
            remedy: "do".to_owned(),
        }
    }

    #[test]
    fn what_begins_like_a_formula_is_text() {
        for value in ["=1+1", "+49", "-5", "@x", "\tx", "\rx", "\n=x", "\0=x"] {
            assert!(cell(value).starts_with("\"'"), "{value:?}");
        }
        assert_eq!(cell("a \"b\", c"), "\"a \"\"b\"\", c\"");
        let text = csv(Speech::of("en"), &[finding("=HYPERLINK(\"x\")", "never seen")]);
        assert!(
            text.ends_with("\"3\",\"due, day\",\"'=HYPERLINK(\"\"x\"\")\",\"never seen\",\"do\"\r\n"),
            "{text}"
        );
    }

    #[test]
    fn a_phrase_is_found_with_what_differs_in_it() {
        for (text, expected) in [
            ("line 12 has it already", Some(("twice", vec!["12"]))),
            ("the row has 3 cells, the header 4", Some(("cells", vec!["3", "4"]))),
            ("2026-02-30 does not exist", Some(("no-day", vec!["2026-02-30"]))),
            ("unknown country", Some(("country", vec![]))),
            ("unknown country of mine", None),
            ("", None),
        ] {
            assert_eq!(find(PHRASES, text), expected, "{text}");
        }
    }

    #[test]
    fn every_phrase_has_its_texts_in_every_language() {
        for speech in Speech::all() {
            for (phrase, name) in PHRASES {
                let values = vec!["1"; phrase.matches('*').count()];
                for id in [format!("imports-problem-{name}"), format!("imports-remedy-{name}")] {
                    assert!(speech.knows(&id), "{id}");
                    assert!(!say(speech, &id, &values).is_empty());
                }
            }
            for (phrase, name) in WARNINGS {
                let id = format!("imports-warning-{name}");
                assert!(speech.knows(&id), "{id}");
                assert!(!say(speech, &id, &vec!["1"; phrase.matches('*').count()]).is_empty());
            }
        }
    }

    #[test]
    fn what_the_reader_of_tables_says_is_known_here() {
        let file = "number,customer,amount,due date,currency,kind\n\
            1,7,x,2026-01-31,EUR,\n\
            1,7,5,2026-02-30,EUR,\n\
            3,7,-5,2026-01-31,EUR,\n\
            4,7,0,2026-01-31,EUR,\n\
            5,7,5,soon,EUR,\n\
            6,7,5,1026-01-31,EUR,\n\
            7,7,5.123,2026-01-31,EUR,\n\
            8,7,5,2026-01-31,XXQ,\n\
            9,7,5,2026-01-31,EUR,gift\n\
            10,,5,2026-01-31,EUR,\n\
            11,7,5,03/04/2026,EUR,\n\
            12,7,5,2026-01-31,EUR,,more\n";
        let table = TableFile::from_reader(std::io::Cursor::new(file)).expect("a table");
        let (mapping, _) = guess_mapping(TableKind::Receivables, &table).expect("a mapping");
        assert!(
            required(TableKind::Receivables)
                .iter()
                .flat_map(|group| group.iter())
                .any(|field| mapping.columns.contains_key(field))
        );
        let mut problems = Vec::new();
        read_receivables(&table, &mapping, &mut |row| {
            problems.extend(row.err().into_iter().flatten().map(|finding| finding.problem));
        })
        .expect("a file that can be read");
        assert!(problems.len() >= 12, "{problems:?}");
        let unknown: Vec<&String> =
            problems.iter().filter(|problem| find(PHRASES, problem).is_none()).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
