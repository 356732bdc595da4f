//! Every language says everything, every text is used, and numbers and dates read as people write them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use duewell_documents::Speech;
use duewell_domain::money::Money;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Resource};
use jiff::civil::date;
use jiff::tz::TimeZone;

/// One text of one language, as its file has it.
#[derive(Debug)]
struct Text {
    file: String,
    /// The words without what surrounds them, to compare languages.
    written: String,
    variables: BTreeSet<String>,
    /// Other texts it is made of.
    refers_to: BTreeSet<String>,
}

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Reads all texts in the folder of a language, and says which ids are there twice.
fn texts(tag: &str) -> (BTreeMap<String, Text>, Vec<String>) {
    let (mut texts, mut twice) = (BTreeMap::new(), Vec::new());
    for path in files(&home().join("locales").join(tag), "ftl") {
        let file = path.file_name().expect("a file").to_string_lossy().into_owned();
        let content = fs::read_to_string(&path).expect("a readable file");
        let resource: Resource<&str> = fluent_syntax::parser::parse(content.as_str())
            .unwrap_or_else(|(_, errors)| panic!("{tag}/{file}: {errors:?}"));
        for entry in &resource.body {
            let (id, pattern, attributes) = match entry {
                Entry::Message(message) => {
                    (message.id.name.to_owned(), message.value.as_ref(), &message.attributes)
                }
                Entry::Term(term) => (format!("-{}", term.id.name), Some(&term.value), &term.attributes),
                Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => continue,
                Entry::Junk { content } => panic!("{tag}/{file}: not understood: {content}"),
            };
            assert!(attributes.is_empty(), "{tag}/{file}: `{id}` has attributes, which nothing says");
            let mut text = Text {
                file: file.clone(),
                written: String::new(),
                variables: BTreeSet::new(),
                refers_to: BTreeSet::new(),
            };
            pattern.iter().for_each(|pattern| text.read(pattern));
            if texts.insert(id.clone(), text).is_some() {
                twice.push(format!("{tag}: `{id}` again in {file}"));
            }
        }
    }
    (texts, twice)
}

impl Text {
    fn read(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => self.written.push_str(value),
                PatternElement::Placeable { expression } => self.read_expression(expression),
            }
        }
    }

    fn read_expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.read_inline(inline),
            Expression::Select { selector, variants } => {
                self.read_inline(selector);
                for variant in variants {
                    self.written.push('|');
                    self.read(&variant.value);
                }
            }
        }
    }

    fn read_inline(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::StringLiteral { value } | InlineExpression::NumberLiteral { value } => {
                self.written.push_str(value);
            }
            InlineExpression::VariableReference { id } => {
                self.written.push_str(&format!("{{{}}}", id.name));
                self.variables.insert(id.name.to_owned());
            }
            InlineExpression::MessageReference { id, .. } => {
                self.refers_to.insert(id.name.to_owned());
            }
            InlineExpression::TermReference { id, .. } => {
                self.refers_to.insert(format!("-{}", id.name));
            }
            InlineExpression::Placeable { expression } => self.read_expression(expression),
            InlineExpression::FunctionReference { id, .. } => {
                panic!("{}: `{}` is a function, and there are none", self.file, id.name)
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.written.trim().is_empty() && self.refers_to.is_empty()
    }

    /// Tells whether there is a word in it that a translation could change.
    fn has_words(&self) -> bool {
        let mut inside = 0;
        self.written.chars().any(|letter| {
            match letter {
                '{' => inside += 1,
                '}' => inside -= 1,
                _ => {}
            }
            inside == 0 && letter.is_alphabetic()
        })
    }
}

/// All files below a folder with an extension, in order.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|it| it == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn every_language_has_every_text_with_the_same_values_and_none_twice() {
    let (english, mut problems) = texts("en");
    for speech in &Speech::all()[1..] {
        let tag = speech.tag();
        let (other, twice) = texts(tag);
        problems.extend(twice);
        for (id, text) in &english {
            match other.get(id) {
                None => problems.push(format!("{tag}: `{id}` is missing ({})", text.file)),
                Some(its) if its.variables != text.variables => problems.push(format!(
                    "{tag}: `{id}` has values {:?}, English {:?}",
                    its.variables, text.variables
                )),
                Some(its) if its.file != text.file => {
                    problems.push(format!("{tag}: `{id}` is in {}, English in {}", its.file, text.file));
                }
                Some(_) => {}
            }
        }
        for (id, text) in &other {
            if !english.contains_key(id) {
                problems.push(format!("en: `{id}` is missing ({tag}/{})", text.file));
            }
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn no_text_is_empty_and_none_is_left_in_english() {
    let listed = fs::read_to_string(home().join("locales/same.txt")).expect("the list");
    let mut same: BTreeSet<&str> =
        listed.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let (english, _) = texts("en");
    let mut problems = Vec::new();
    for speech in Speech::all() {
        let (texts, _) = texts(speech.tag());
        for (id, text) in &texts {
            if text.is_empty() {
                problems.push(format!("{}: `{id}` is empty ({})", speech.tag(), text.file));
            }
            let is_english = speech.tag() == "en";
            let equal = english.get(id).is_some_and(|it| it.written == text.written);
            if !is_english && equal && text.has_words() && !same.remove(id.as_str()) {
                problems.push(format!(
                    "{}: `{id}` is the English text `{}`; translate it, or list it in locales/same.txt",
                    speech.tag(),
                    text.written
                ));
            }
        }
    }
    problems.extend(same.iter().map(|id| format!("locales/same.txt: `{id}` is not the same, or not there")));
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// What the sources ask for.
#[derive(Default, Debug, PartialEq)]
struct Asked {
    /// Ids given to `say` or `say_with` as they are.
    said: BTreeSet<String>,
    /// Beginnings and ends of ids put together inside `say` or `say_with`.
    composed: BTreeSet<(String, String)>,
    /// Any other string, which may be an id that is said elsewhere, e.g. an arm of a `match`.
    strings: BTreeSet<String>,
    /// Any other `format!` that starts with a word.
    formats: BTreeSet<(String, String)>,
}

impl Asked {
    /// Reads string by string what stands in a source file, and what stands before each.
    fn read(&mut self, source: &str) {
        let mut before = String::new();
        let mut rest = source;
        while let Some(letter) = rest.chars().next() {
            if rest.starts_with("//") {
                rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
            } else if let Some(after) = ["'\"'", "'\\\"'"].iter().find_map(|it| rest.strip_prefix(it)) {
                rest = after;
            } else if letter == '"' {
                let text = &rest[1..];
                // A raw string ends with as many `#` as stand before it.
                let hashes = before.len() - before.trim_end_matches('#').len();
                let is_raw = hashes > 0 && before.trim_end_matches('#').ends_with('r');
                let end = match is_raw {
                    true => text.find(&format!("\"{}", "#".repeat(hashes))).unwrap_or(text.len()),
                    false => end_of_string(text),
                };
                self.note(&before, &text[..end]);
                before.clear();
                rest = text.get(end + 1..).unwrap_or("");
            } else {
                if !letter.is_whitespace() {
                    before.push(letter);
                }
                rest = &rest[letter.len_utf8()..];
            }
        }
    }

    fn note(&mut self, before: &str, text: &str) {
        // An address that a form leads to names the message to show there: `/debtors?done=done-hold`.
        if let Some((_, rest)) = text.split_once("done=") {
            let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
            self.strings.insert(rest[..end.unwrap_or(rest.len())].to_owned());
        }
        let is_format = before.ends_with("format!(");
        let outer = before.strip_suffix("&format!(").unwrap_or(before);
        // Also through a short name: `let say = |id| speech.say(id);`.
        let is_said = ["say(", "say_with("].iter().any(|call| {
            let ahead = outer.strip_suffix(call);
            ahead.is_some_and(|ahead| {
                !ahead.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_')
            })
        });
        let ends = || {
            let start = text.split('{').next().unwrap_or("");
            let end = text.rsplit('}').next().unwrap_or("");
            (start.to_owned(), end.to_owned())
        };
        match (is_said, is_format && text.contains('{')) {
            (true, true) => drop(self.composed.insert(ends())),
            (true, false) => drop(self.said.insert(text.to_owned())),
            (false, true) if text.split('{').next().is_some_and(|start| start.contains('-')) => {
                self.formats.insert(ends());
            }
            (false, _) => drop(self.strings.insert(text.to_owned())),
        }
    }

    fn uses(&self, id: &str) -> bool {
        let fits = |(start, end): &(String, String)| {
            id.len() > start.len() + end.len() && id.starts_with(start.as_str()) && id.ends_with(end.as_str())
        };
        self.said.contains(id)
            || self.strings.contains(id)
            || self.composed.iter().any(fits)
            || self.formats.iter().any(fits)
    }
}

/// Returns where the string ends that `text` starts in.
fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (index, letter) in text.char_indices() {
        match letter {
            '"' if !escaped => return index,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

fn asked() -> Asked {
    let mut asked = Asked::default();
    for folder in [home().join("../duewell-web/src"), home().join("src")] {
        for path in files(&folder, "rs") {
            let source = fs::read_to_string(&path).expect("a readable file");
            // What tests ask for is made up, and does not make a text used.
            let source = source.split("#[cfg(test)]").next().unwrap_or("");
            asked.read(source);
        }
    }
    asked
}

#[test]
fn the_reader_of_sources_finds_what_is_said() {
    let mut asked = Asked::default();
    asked.read(
        r##"
        // speech.say("comment")
        let a = speech.say("plain"); let quote = '"'; let b = s.say_with(
            "split",
            &[("value", x.into())],
        );
        s.say(&format!("kind-{}", kind)); s.say(&format!("role-{role}-long"));
        let id = match c { A => "arm", B => "other \" arm" }; let d = format!("hold-{}", x); let e = format!("{x}-y");
        let html = r#"<p class="it"s>"#; let quotes = ['\"', b'"']; s.say("last"); (say("short")); essay("no");
        "##,
    );
    let owned = |all: &[&str]| all.iter().map(|&it| it.to_owned()).collect::<BTreeSet<_>>();
    let pairs = |all: &[(&str, &str)]| {
        all.iter().map(|&(start, end)| (start.to_owned(), end.to_owned())).collect::<BTreeSet<_>>()
    };
    assert_eq!(asked.said, owned(&["plain", "split", "last", "short"]));
    assert_eq!(asked.composed, pairs(&[("kind-", ""), ("role-", "-long")]));
    assert_eq!(asked.formats, pairs(&[("hold-", "")]));
    assert_eq!(asked.strings, owned(&["value", "arm", "other \\\" arm", "{x}-y", "<p class=\"it\"s>", "no"]));
    assert!(asked.uses("role-clerk-long") && asked.uses("arm") && !asked.uses("kind-") && !asked.uses("y"));
}

#[test]
fn every_text_that_a_page_says_is_there() {
    let asked = asked();
    let english = Speech::of("en");
    let mut problems: Vec<String> =
        asked.said.iter().filter(|id| !english.knows(id)).map(|id| format!("`{id}` is said")).collect();
    let (texts, _) = texts("en");
    for (start, end) in &asked.composed {
        if start.is_empty() {
            problems.push(format!("`{{…}}{end}`: an id starts with a word, so that it can be found"));
        } else if !texts.keys().any(|id| id.starts_with(start.as_str()) && id.ends_with(end.as_str())) {
            problems.push(format!("no text starts with `{start}` and ends with `{end}`"));
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn every_text_is_used() {
    let asked = asked();
    let (texts, _) = texts("en");
    let referred: BTreeSet<&String> = texts.values().flat_map(|text| &text.refers_to).collect();
    let unused: Vec<String> = texts
        .iter()
        .filter(|(id, _)| !asked.uses(id) && !referred.contains(id))
        .map(|(id, text)| format!("{}: `{id}`", text.file))
        .collect();
    assert!(unused.is_empty(), "no page says\n{}", unused.join("\n"));
}

#[test]
fn a_tag_finds_its_language_and_any_other_english() {
    for (tag, expected) in [
        ("en", "en"),
        ("de", "de"),
        ("de-AT", "de"),
        ("DE_ch", "de"),
        ("de-Latn-CH-1996", "de"),
        ("en-US", "en"),
        ("fr", "en"),
        ("deu", "en"),
        ("", "en"),
        ("-", "en"),
    ] {
        assert_eq!(Speech::of(tag).tag(), expected, "{tag}");
    }
    let names: Vec<_> = Speech::all().iter().map(|it| (it.tag(), it.own_name(), it.dir())).collect();
    assert_eq!(names, [("en", "English", "ltr"), ("de", "Deutsch", "ltr")]);
}

#[test]
fn the_header_chooses_by_weight_then_by_order() {
    for (header, expected) in [
        ("de", "de"),
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("en;q=0.8, de", "de"),
        ("fr, de;q=0.5", "de"),
        ("de;q=0.7, en;q=0.7", "de"),
        ("en, de", "en"),
        ("fr, it;q=0.9", "en"),
        ("de;q=0", "en"),
        ("en;q=0, *;q=0.5", "de"),
        ("*, de;q=0.5", "en"),
        ("de;q=2, en", "en"),
        ("", "en"),
        (";;,,=q", "en"),
    ] {
        assert_eq!(Speech::accepted(header).tag(), expected, "{header}");
    }
}

#[test]
fn numbers_read_as_people_write_them() {
    for (tag, n, expected) in [
        ("en", 0, "0"),
        ("en", 999, "999"),
        ("en", 1_234_567, "1,234,567"),
        ("en", -1_234, "-1,234"),
        ("de", 1_234_567, "1.234.567"),
        ("de", -1_234, "-1.234"),
        ("de", i64::MIN, "-9.223.372.036.854.775.808"),
    ] {
        assert_eq!(Speech::of(tag).number(n), expected);
    }
    for (tag, basis_points, expected) in [
        ("en", 1_234, "12.3%"),
        ("en", 1_235, "12.4%"),
        ("en", 0, "0.0%"),
        ("en", 4, "0.0%"),
        ("en", -4, "0.0%"),
        ("en", -5, "-0.1%"),
        ("en", 1_000_000, "10,000.0%"),
        ("de", 1_234, "12,3\u{a0}%"),
        ("de", 10_000, "100,0\u{a0}%"),
        ("de", i64::MAX, "92.233.720.368.547.758,1\u{a0}%"),
    ] {
        assert_eq!(Speech::of(tag).percent(basis_points), expected);
    }
    for (tag, minor, currency, expected) in [
        ("en", 0, "EUR", "€0.00"),
        ("en", 123_456, "EUR", "€1,234.56"),
        ("en", -7, "CHF", "-CHF\u{a0}0.07"),
        ("de", 123_456, "EUR", "1.234,56\u{a0}€"),
        ("de", 0, "KWD", "0,000\u{a0}KWD"),
        ("de", 1_234, "JPY", "1.234\u{a0}JPY"),
    ] {
        let money = Money::new(minor, currency.parse().expect("a currency"));
        assert_eq!(Speech::of(tag).money(money), expected);
    }
}

#[test]
fn dates_and_times_read_as_people_write_them() {
    let zone = TimeZone::get("Europe/Berlin").expect("a zone");
    let at = "2026-11-25T13:31:59Z".parse().expect("a moment");
    let midnight = "2026-07-31T22:05:00Z".parse().expect("a moment");
    let (day, first) = (date(2026, 11, 25), date(2026, 3, 1));
    let english = Speech::of("en");
    let german = Speech::of("de");
    for (said, expected) in [
        (english.date(day), "25 November 2026"),
        (english.date(first), "1 March 2026"),
        (english.day(day), "25 Nov 2026"),
        (english.weekday(day), "Wednesday"),
        (english.month(day), "Nov 2026"),
        (english.moment(at, &zone), "25 Nov 2026, 14:31"),
        (english.moment(midnight, &zone), "1 Aug 2026, 00:05"),
        (english.time(at, &zone), "14:31"),
        (german.date(day), "25. November 2026"),
        (german.date(first), "1. März 2026"),
        (german.day(day), "25.11.2026"),
        (german.day(first), "01.03.2026"),
        (german.weekday(day), "Mittwoch"),
        (german.month(day), "11/2026"),
        (german.moment(at, &zone), "25.11.2026, 14:31"),
        (german.time(midnight, &zone), "00:05"),
    ] {
        assert_eq!(said, expected);
    }
}

#[test]
fn a_static_text_is_lent_and_not_copied() {
    let said = Speech::of("de").say("common-save");
    assert!(matches!(said, std::borrow::Cow::Borrowed("Speichern")));
}
