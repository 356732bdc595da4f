//! Templates: the default texts, a tenant's own, and filling them in.

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use duewell_domain::dunning::NoticeKind;
use duewell_domain::evidence::{hex, leaf_hash};
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior};
use serde::Serialize;

use crate::markdown::{safe_link, write_escaped, write_line};
use crate::notice::{Creditor, Notice, NoticeFacts};
use crate::syntax;
use crate::words::{Language, primary};

/// Instructions one notice may take: a book of a thousand receivables in a table fits.
const FUEL: u64 = 100_000;
/// The longest notice.
const OUTPUT_BYTES_MAX: usize = 512 * 1024;
/// The language to fall back on: there is always a text in it.
const FALLBACK: &str = "en";

const DEFAULTS: [(NoticeKind, &str, &str); 16] = [
    (NoticeKind::PreDue, "en", include_str!("defaults/pre_due.en.md")),
    (NoticeKind::First, "en", include_str!("defaults/first.en.md")),
    (NoticeKind::Second, "en", include_str!("defaults/second.en.md")),
    (NoticeKind::Final, "en", include_str!("defaults/final.en.md")),
    (NoticeKind::PreDue, "de", include_str!("defaults/pre_due.de.md")),
    (NoticeKind::First, "de", include_str!("defaults/first.de.md")),
    (NoticeKind::Second, "de", include_str!("defaults/second.de.md")),
    (NoticeKind::Final, "de", include_str!("defaults/final.de.md")),
    (NoticeKind::PreDue, "fr", include_str!("defaults/pre_due.fr.md")),
    (NoticeKind::First, "fr", include_str!("defaults/first.fr.md")),
    (NoticeKind::Second, "fr", include_str!("defaults/second.fr.md")),
    (NoticeKind::Final, "fr", include_str!("defaults/final.fr.md")),
    (NoticeKind::PreDue, "es", include_str!("defaults/pre_due.es.md")),
    (NoticeKind::First, "es", include_str!("defaults/first.es.md")),
    (NoticeKind::Second, "es", include_str!("defaults/second.es.md")),
    (NoticeKind::Final, "es", include_str!("defaults/final.es.md")),
];

#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("the first line must be `subject: …` and a line `---` must follow")]
    NoSubject,
    #[error("{part}, line {line}: {problem}")]
    Syntax { part: &'static str, line: usize, problem: String },
    #[error("{part}, line {line}: {problem}")]
    Fill { part: &'static str, line: usize, problem: String },
    #[error("`{0}` is not a language: use two or three letters, e.g. en")]
    NotALanguage(String),
}

/// What a person edits: subject and Markdown body, both with `{{ values }}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateSource {
    pub subject: String,
    pub body: String,
}

impl TemplateSource {
    /// Reads the form of a file: `subject: …`, a line `---`, then the body.
    pub fn parse(text: &str) -> Result<TemplateSource, TemplateError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        let (first, rest) = text.split_once('\n').ok_or(TemplateError::NoSubject)?;
        let subject = first.strip_prefix("subject:").ok_or(TemplateError::NoSubject)?.trim();
        let body = rest.strip_prefix("---\n").ok_or(TemplateError::NoSubject)?;
        if subject.is_empty() {
            return Err(TemplateError::NoSubject);
        }
        Ok(TemplateSource { subject: subject.to_owned(), body: body.to_owned() })
    }

    /// Writes the form that [`TemplateSource::parse`] reads.
    pub fn print(&self) -> String {
        format!("subject: {}\n---\n{}", self.subject, self.body)
    }
}

/// The texts in use, ready to be filled in.
pub struct Templates {
    engine: Environment<'static>,
    known: BTreeMap<(NoticeKind, String), Known>,
}

struct Known {
    source: TemplateSource,
    /// Names this very text in the journal: `first/de@` and the start of its hash.
    version: String,
    subject: String,
    body: String,
}

impl Templates {
    /// Returns the texts that come with Duewell.
    pub fn defaults() -> Templates {
        let mut engine = Environment::empty();
        engine.set_undefined_behavior(UndefinedBehavior::Strict);
        engine.set_fuel(Some(FUEL));
        engine.set_keep_trailing_newline(true);
        engine.set_auto_escape_callback(|name| match name.ends_with(".subject") {
            true => AutoEscape::None,
            false => AutoEscape::Custom("markdown"),
        });
        engine.set_formatter(print_value);
        engine.add_filter("upper", |text: String| text.to_uppercase());
        engine.add_filter("lower", |text: String| text.to_lowercase());
        let mut templates = Templates { engine, known: BTreeMap::new() };
        for (kind, language, text) in DEFAULTS {
            let source = TemplateSource::parse(text).expect("a default text has a subject");
            templates.put(kind, language, &source).expect("a default text is a valid template");
        }
        templates
    }

    /// Replaces one text, after trying it out on made-up facts with and without every optional value.
    pub fn with_override(
        &mut self,
        kind: NoticeKind,
        language: &str,
        source: &TemplateSource,
    ) -> Result<(), TemplateError> {
        let tag = primary(language);
        if !(2..=3).contains(&tag.len()) || !tag.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Err(TemplateError::NotALanguage(language.to_owned()));
        }
        self.put(kind, &tag, source)?;
        crate::notice::try_on_examples(&tag, |facts| self.render(kind, facts).map(|_| ()))
    }

    fn put(
        &mut self,
        kind: NoticeKind,
        language: &str,
        source: &TemplateSource,
    ) -> Result<(), TemplateError> {
        let name = format!("{}/{language}", kind.as_str());
        let hash = hex(&leaf_hash(source.print().as_bytes()));
        let known = Known {
            source: source.clone(),
            version: format!("{name}@{}", &hash[..12]),
            subject: format!("{name}.subject"),
            body: format!("{name}.body"),
        };
        for (part, template, text) in
            [("subject", &known.subject, &source.subject), ("body", &known.body, &source.body)]
        {
            syntax::check(text, part)?;
            self.engine.add_template_owned(template.clone(), syntax::without_tag_lines(text)).map_err(
                |error| TemplateError::Syntax {
                    part,
                    line: error.line().unwrap_or(1),
                    problem: problem(&error),
                },
            )?;
        }
        self.known.insert((kind, language.to_owned()), known);
        Ok(())
    }

    fn find(&self, kind: NoticeKind, language: &str) -> (&Known, Language) {
        match self.known.get(&(kind, primary(language))) {
            Some(known) => (known, Language::of(language)),
            None => {
                let known = self.known.get(&(kind, FALLBACK.to_owned()));
                (known.expect("every kind has a text in the fallback language"), Language::of(FALLBACK))
            }
        }
    }

    /// Returns the text in use for a kind and language.
    pub fn source(&self, kind: NoticeKind, language: &str) -> &TemplateSource {
        &self.find(kind, language).0.source
    }

    /// Names the text in use, for the journal.
    pub fn version(&self, kind: NoticeKind, language: &str) -> &str {
        &self.find(kind, language).0.version
    }

    /// Writes a notice.
    pub fn render(&self, kind: NoticeKind, facts: &NoticeFacts<'_>) -> Result<Notice, TemplateError> {
        let (known, language) = self.find(kind, facts.language);
        let values = Value::from_serialize(Values::of(facts, language));
        let mut subject = self.fill(&known.subject, "subject", &values)?;
        if subject.contains(['\n', '\r']) {
            subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        Ok(Notice { subject, body: self.fill(&known.body, "body", &values)? })
    }

    fn fill(&self, name: &str, part: &'static str, values: &Value) -> Result<String, TemplateError> {
        let failed = |error: minijinja::Error| TemplateError::Fill {
            part,
            line: error.line().unwrap_or(1),
            problem: problem(&error),
        };
        let template = self.engine.get_template(name).map_err(failed)?;
        let mut output = Capped(Vec::with_capacity(2048));
        template.render_captured_to(values, &mut output).map_err(failed)?;
        Ok(String::from_utf8(output.0).expect("templates and values are UTF-8"))
    }
}

/// A value in text or subject.
fn print_value(
    out: &mut minijinja::Output<'_>,
    state: &minijinja::State<'_, '_>,
    value: &Value,
) -> Result<(), minijinja::Error> {
    if value.is_undefined() || value.is_none() {
        return Err(minijinja::Error::new(
            ErrorKind::UndefinedError,
            "there is no such value, or it is not always set: ask `{% if … %}` first",
        ));
    }
    let printed;
    let text = match value.as_str() {
        Some(text) => text,
        None => {
            printed = value.to_string();
            &printed
        }
    };
    let written = match state.auto_escape() {
        AutoEscape::None => write_line(out, text),
        _ => write_escaped(out, text),
    };
    written.map_err(|fmt::Error| minijinja::Error::new(ErrorKind::WriteFailure, "the notice is too long"))
}

/// Says what is wrong, without the engine's words for it where ours are plainer.
fn problem(error: &minijinja::Error) -> String {
    match error.kind() {
        ErrorKind::OutOfFuel => "the template takes too many steps".to_owned(),
        ErrorKind::WriteFailure => "the notice is too long".to_owned(),
        ErrorKind::UndefinedError => match error.detail() {
            Some(detail) => detail.to_owned(),
            None => "there is no such value; the list is in docs/spec/templates.md".to_owned(),
        },
        _ => error.detail().map_or_else(|| error.kind().to_string(), str::to_owned),
    }
}

/// Bytes up to a limit.
struct Capped(Vec<u8>);

impl io::Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > OUTPUT_BYTES_MAX {
            return Err(io::Error::other("too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The values a template can print, already in words. Documented in `docs/spec/templates.md`.
#[derive(Serialize)]
struct Values<'a> {
    debtor: DebtorValues<'a>,
    creditor: &'a Creditor,
    items: Vec<ItemValues<'a>>,
    count: usize,
    total: String,
    today: String,
    pay_by: Option<String>,
    reference: &'a str,
    link: Option<String>,
    opt_out: Option<String>,
}

#[derive(Serialize)]
struct DebtorValues<'a> {
    name: &'a str,
    is_company: bool,
}

#[derive(Serialize)]
struct ItemValues<'a> {
    number: &'a str,
    issued_on: Option<String>,
    due_on: String,
    open: String,
    original: String,
    is_part_paid: bool,
    days_past_due: i32,
}

impl<'a> Values<'a> {
    fn of(facts: &'a NoticeFacts<'a>, language: Language) -> Values<'a> {
        Values {
            debtor: DebtorValues { name: facts.debtor_name, is_company: facts.debtor_is_company },
            creditor: facts.creditor,
            items: facts
                .items
                .iter()
                .map(|item| ItemValues {
                    number: item.number,
                    issued_on: item.issued_on.map(|day| language.date(day)),
                    due_on: language.date(item.due_on),
                    open: language.amount(item.open),
                    original: language.amount(item.original),
                    is_part_paid: item.open.minor < item.original.minor,
                    days_past_due: item.days_past_due,
                })
                .collect(),
            count: facts.items.len(),
            total: language.amount(facts.total),
            today: language.date(facts.today),
            pay_by: facts.pay_by.map(|day| language.date(day)),
            reference: facts.reference,
            link: facts.link.and_then(safe_link),
            opt_out: facts.opt_out.and_then(safe_link),
        }
    }
}
