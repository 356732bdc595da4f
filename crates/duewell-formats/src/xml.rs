//! A streaming XML reader with limits: elements by local name, positions for every error.
//!
//! It knows no schema and no namespaces, refuses document types (so no entity
//! can expand) and holds one tag or one text at a time.

use std::fmt;
use std::io::{self, BufRead};
use std::sync::Arc;

use quick_xml::encoding::EncodingError;
use quick_xml::errors::IllFormedError;
use quick_xml::events::{BytesRef, Event};

use crate::text::{TextError, XmlText, shortened};

/// How deep elements may nest; ISO 20022 and UBL stay below 20.
const DEPTH_MAX: usize = 64;

/// A place in a file, for people and their editors.
///
/// It is the place just behind what was wrong. Bytes are counted after
/// conversion to UTF-8 and without a byte-order mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Counts from 1.
    pub line: u64,
    /// Counts from 0.
    pub byte: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, byte {}", self.line, self.byte)
    }
}

/// Why a file is not readable as XML.
#[derive(Debug, thiserror::Error)]
pub enum XmlError {
    #[error("the file could not be read to its end")]
    Io(#[source] Arc<io::Error>),
    #[error("the file declares the encoding `{label}`, which is not known; convert it to UTF-8")]
    UnknownEncoding { label: String },
    #[error("{at}: the text is not {encoding}; export the file again as UTF-8 or declare its encoding")]
    Encoding { at: Position, encoding: &'static str },
    #[error("{at}: the XML is broken ({reason}); ask for the file again rather than repairing it")]
    Malformed { at: Position, reason: String },
    #[error("the file ends at {at} before its elements do; it was cut off, fetch it again")]
    Truncated { at: Position },
    #[error("the file is empty or holds no XML element")]
    Empty,
    #[error("{at}: a document type is not accepted in data files; remove the DOCTYPE")]
    DocumentType { at: Position },
    #[error("{at}: the entity `&{name};` is not one of the five of XML; replace it by its text")]
    UnknownEntity { at: Position, name: String },
    #[error("{at}: elements nest deeper than {DEPTH_MAX}")]
    TooDeep { at: Position },
    #[error("{at}: a text or tag is longer than {bytes_max} bytes")]
    TooLong { at: Position, bytes_max: usize },
    #[error("{at}: there is a second document after the first; split the file")]
    AfterTheEnd { at: Position },
}

/// What the reader came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// An element begins; see [`XmlReader::name`] and [`XmlReader::attribute`].
    Open,
    /// An element ends; see [`XmlReader::text`].
    Close,
    /// The document is complete.
    End,
}

/// Reads elements one after another from bytes in any encoding.
pub(crate) struct XmlReader<R> {
    reader: quick_xml::Reader<XmlText<R>>,
    buffer: Vec<u8>,
    name: String,
    attributes: String,
    text: String,
    depth: usize,
    state: State,
    text_bytes_max: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the root element.
    Before,
    /// The last step opened an element: text counts.
    InLeaf,
    /// The last step closed an element: what follows is layout.
    Between,
    /// After the root element.
    After,
}

impl<R: BufRead> XmlReader<R> {
    /// Prepares to read; no single text or tag may be longer than `text_bytes_max`.
    pub(crate) fn new(input: R, text_bytes_max: usize) -> Result<Self, XmlError> {
        // Room for the markup around a text of full length.
        let piece_bytes_max = text_bytes_max + 1024;
        let input = XmlText::new(input, piece_bytes_max)
            .map_err(|error| io_error(&Arc::new(error), Position { line: 1, byte: 0 }, text_bytes_max))?;
        let mut reader = quick_xml::Reader::from_reader(input);
        reader.config_mut().expand_empty_elements = true;
        Ok(XmlReader {
            reader,
            buffer: Vec::with_capacity(1024),
            name: String::new(),
            attributes: String::new(),
            text: String::new(),
            depth: 0,
            state: State::Before,
            text_bytes_max,
        })
    }

    /// Returns where the reader is: just behind what the last step told.
    pub(crate) fn position(&mut self) -> Position {
        self.reader.get_mut().position()
    }

    /// Returns the local name of the element that opened last.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the text of the element that just closed, without outer blanks.
    ///
    /// Elements that contain elements have none: what stands between those is layout.
    pub(crate) fn text(&self) -> &str {
        self.text.trim()
    }

    /// Returns an attribute of the element that opened last, by local name.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        self.attributes().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// Lists the attributes of the element that opened last by local name; unreadable ones are left out.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&str, String)> {
        let mut attributes = quick_xml::events::attributes::Attributes::new(&self.attributes, 0);
        attributes.with_checks(false);
        attributes.filter_map(Result::ok).filter_map(|attribute| {
            let key = local_name(attribute.key.into_inner());
            let value = quick_xml::escape::unescape(&attribute.value).ok()?.into_owned();
            Some((key, value))
        })
    }

    /// Goes to the next beginning or end of an element.
    pub(crate) fn step(&mut self) -> Result<Step, XmlError> {
        if self.state == State::Between {
            self.text.clear();
        }
        loop {
            self.buffer.clear();
            self.reader.get_mut().begin_piece();
            // Layout between elements is skipped early; inside a leaf a blank is text.
            self.reader.config_mut().trim_text_start = self.state != State::InLeaf;
            let event = self.reader.read_event_into(&mut self.buffer);
            let problem = match &event {
                Ok(Event::Start(tag)) if self.state != State::After && self.depth < DEPTH_MAX => {
                    self.name.clear();
                    self.name.push_str(tag.local_name().as_ref());
                    self.attributes.clear();
                    self.attributes.push_str(tag.attributes_raw());
                    self.depth += 1;
                    self.text.clear();
                    self.state = State::InLeaf;
                    return Ok(Step::Open);
                }
                Ok(Event::Start(_)) if self.state == State::After => Problem::AfterTheEnd,
                Ok(Event::Start(_)) => Problem::TooDeep,
                Ok(Event::End(_)) => {
                    // The reader has checked that the end fits its beginning.
                    self.depth = self.depth.saturating_sub(1);
                    self.state = if self.depth == 0 { State::After } else { State::Between };
                    return Ok(Step::Close);
                }
                Ok(Event::Text(text)) => match take(&mut self.text, self.state, self.text_bytes_max, text) {
                    Ok(()) => continue,
                    Err(problem) => problem,
                },
                Ok(Event::CData(text)) => match take(&mut self.text, self.state, self.text_bytes_max, text) {
                    Ok(()) => continue,
                    Err(problem) => problem,
                },
                Ok(Event::GeneralRef(reference)) => {
                    match take_reference(&mut self.text, self.state, self.text_bytes_max, reference) {
                        Ok(()) => continue,
                        Err(problem) => problem,
                    }
                }
                Ok(Event::DocType(_)) => Problem::DocumentType,
                Ok(Event::Comment(_) | Event::PI(_) | Event::Decl(_)) => continue,
                Ok(Event::Empty(_)) => unreachable!("empty elements are expanded"),
                Ok(Event::Eof) => match self.state {
                    State::Before => return Err(XmlError::Empty),
                    State::After => return Ok(Step::End),
                    State::InLeaf | State::Between => Problem::Truncated,
                },
                Err(error) => Problem::Broken(error.clone()),
            };
            return Err(self.problem(problem));
        }
    }

    #[cold]
    fn problem(&mut self, problem: Problem) -> XmlError {
        let at = self.position();
        match problem {
            Problem::Broken(error) => self.broken(error, at),
            Problem::Malformed(reason) => XmlError::Malformed { at, reason },
            Problem::Truncated => XmlError::Truncated { at },
            Problem::DocumentType => XmlError::DocumentType { at },
            Problem::UnknownEntity(name) => XmlError::UnknownEntity { at, name },
            Problem::TooDeep => XmlError::TooDeep { at },
            Problem::TooLong => XmlError::TooLong { at, bytes_max: self.text_bytes_max },
            Problem::AfterTheEnd => XmlError::AfterTheEnd { at },
            Problem::TextOutside => {
                XmlError::Malformed { at, reason: "text outside the document".to_owned() }
            }
        }
    }

    fn broken(&mut self, error: quick_xml::Error, at: Position) -> XmlError {
        let bytes_max = self.text_bytes_max;
        match error {
            quick_xml::Error::Io(error) => io_error(&error, at, bytes_max),
            error => {
                // A tag, text or letter that the end of the file interrupts.
                let interrupted = match &error {
                    quick_xml::Error::Syntax(_) => true,
                    quick_xml::Error::IllFormed(error) => matches!(error, IllFormedError::UnclosedReference),
                    quick_xml::Error::Encoding(EncodingError::Utf8(error)) => error.error_len().is_none(),
                    _ => false,
                };
                let at_end = self.reader.get_mut().fill_buf().is_ok_and(<[u8]>::is_empty);
                match error {
                    _ if interrupted && at_end => XmlError::Truncated { at },
                    quick_xml::Error::Encoding(_) => XmlError::Encoding { at, encoding: "UTF-8" },
                    error => XmlError::Malformed { at, reason: error.to_string() },
                }
            }
        }
    }
}

/// Returns the part of a qualified name behind its prefix.
fn local_name(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Keeps text of a leaf, passes over layout, refuses text outside the document.
fn take(text: &mut String, state: State, bytes_max: usize, more: &str) -> Result<(), Problem> {
    match state {
        State::InLeaf => {}
        State::Between => return Ok(()),
        State::Before | State::After => {
            let blank = more.chars().all(|letter| letter.is_whitespace() || letter == '\u{feff}');
            return if blank { Ok(()) } else { Err(Problem::TextOutside) };
        }
    }
    if text.len() + more.len() > bytes_max {
        return Err(Problem::TooLong);
    }
    // XML 1.0, 2.11: a line end is one line feed, however it was written.
    if !more.contains('\r') {
        text.push_str(more);
        return Ok(());
    }
    let mut parts = more.split('\r');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        if !part.starts_with('\n') {
            text.push('\n');
        }
        text.push_str(part);
    }
    Ok(())
}

fn take_reference(
    text: &mut String,
    state: State,
    bytes_max: usize,
    reference: &BytesRef<'_>,
) -> Result<(), Problem> {
    let name: &str = reference;
    let letter = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => match reference.resolve_char_ref() {
            Ok(Some(letter)) => letter,
            Ok(None) => return Err(Problem::UnknownEntity(shortened(name))),
            Err(error) => return Err(Problem::Malformed(error.to_string())),
        },
    };
    match state {
        State::InLeaf if text.len() >= bytes_max => Err(Problem::TooLong),
        State::InLeaf => {
            text.push(letter);
            Ok(())
        }
        State::Between => Ok(()),
        State::Before | State::After => Err(Problem::TextOutside),
    }
}

/// What is wrong, before its place is known.
enum Problem {
    Broken(quick_xml::Error),
    Malformed(String),
    Truncated,
    DocumentType,
    UnknownEntity(String),
    TooDeep,
    TooLong,
    AfterTheEnd,
    TextOutside,
}

fn io_error(error: &Arc<io::Error>, at: Position, bytes_max: usize) -> XmlError {
    let cause = error.get_ref();
    match cause.and_then(|cause| cause.downcast_ref::<TextError>()) {
        Some(TextError::UnknownEncoding { label }) => XmlError::UnknownEncoding { label: shortened(label) },
        Some(TextError::Undecodable { encoding }) => XmlError::Encoding { at, encoding },
        Some(TextError::OverLong) => XmlError::TooLong { at, bytes_max },
        None => XmlError::Io(Arc::clone(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT_BYTES_MAX: usize = 1000;

    /// Writes the elements of a document as `name=text` in the order they close.
    fn closed(xml: &[u8]) -> Result<Vec<String>, XmlError> {
        let mut reader = XmlReader::new(io::BufReader::with_capacity(7, xml), TEXT_BYTES_MAX)?;
        let mut names = Vec::new();
        let mut told = Vec::new();
        loop {
            match reader.step()? {
                Step::Open => names.push(reader.name().to_owned()),
                Step::Close => {
                    told.push(format!("{}={}", names.pop().unwrap_or_default(), reader.text()));
                }
                Step::End => return Ok(told),
            }
        }
    }

    fn message(xml: &str) -> String {
        closed(xml.as_bytes()).expect_err("refused").to_string()
    }

    #[test]
    fn texts_come_whole_whatever_they_are_made_of() {
        let xml = "\u{feff}<?xml version='1.0'?>\n<!-- c --><p:a xmlns:p='x'><b> A &amp; B&#13;&#x41; <![CDATA[<&>]]></b>\
                   layout<c/>layout<d>x\r\ny\rz</d></p:a>\n";
        assert_eq!(closed(xml.as_bytes()).expect("reads"), ["b=A & B\rA <&>", "c=", "d=x\ny\nz", "a="]);
    }

    #[test]
    fn attributes_are_found_by_local_name() {
        let mut reader = XmlReader::new(&b"<a x:Ccy='E&lt;R' b=\"2\"/>"[..], 100).expect("reads");
        assert_eq!(reader.step().expect("steps"), Step::Open);
        assert_eq!(reader.attribute("Ccy").as_deref(), Some("E<R"));
        assert_eq!(reader.attribute("b").as_deref(), Some("2"));
        assert_eq!(reader.attribute("c"), None);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        assert_eq!(
            message("<a>\n<b>1</b>\n<b"),
            "the file ends at line 3, byte 15 before its elements do; it was cut off, fetch it again"
        );
        assert_eq!(
            message("<a>\n<b>12"),
            "the file ends at line 2, byte 9 before its elements do; it was cut off, fetch it again"
        );
        assert!(message("<a></b>").starts_with("line 1, byte 7: the XML is broken"));
        assert_eq!(
            message("<!DOCTYPE a [<!ENTITY l 'ha'>]><a>&l;</a>"),
            "line 1, byte 31: a document type is not accepted in data files; remove the DOCTYPE"
        );
        assert!(message("<a>&nbsp;</a>").contains("the entity `&nbsp;`"));
        assert!(message("<a/><a/>").contains("second document"));
        assert!(message("hello").contains("text outside the document"));
        assert!(message("").contains("empty"));
        assert!(message("<?xml version='1.0' encoding='x-none'?><a/>").contains("`x-none`"));
        assert!(message("<a>&#0;</a>").contains("broken"));
    }

    #[test]
    fn bytes_that_are_not_the_declared_encoding_are_refused() {
        let error = closed(b"<?xml version='1.0' encoding='UTF-8'?>\n<a>M\xFCller</a>").expect_err("refused");
        assert!(matches!(error, XmlError::Encoding { at: Position { line: 2, .. }, encoding: "UTF-8" }));
    }

    #[test]
    fn the_line_is_known_far_into_a_file() {
        let xml = format!("<a>\n{}<b></c></a>", "<b>\nxx</b>\r\n".repeat(20_000));
        assert!(message(&xml).starts_with(&format!("line 40002, byte {}", 4 + 20_000 * 12 + 7)));
    }

    #[test]
    fn depth_and_length_have_ends() {
        assert!(message(&"<a>".repeat(DEPTH_MAX + 1)).contains("deeper"));
        let long = "x".repeat(TEXT_BYTES_MAX + 1);
        assert!(message(&format!("<a>{long}</a>")).contains("longer"));
        assert!(message(&format!("<a>{}</a>", "&amp;".repeat(TEXT_BYTES_MAX + 1))).contains("longer"));
        // Markup that never ends is not collected in memory.
        let endless = io::BufReader::new(io::Read::chain(&b"<!-- "[..], io::repeat(b'x')));
        let mut reader = XmlReader::new(endless, TEXT_BYTES_MAX).expect("reads");
        assert!(matches!(reader.step(), Err(XmlError::TooLong { .. })));
    }
}
