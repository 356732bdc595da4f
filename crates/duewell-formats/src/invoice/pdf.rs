//! The XML attached to a PDF: Factur-X, ZUGFeRD, XRechnung.
//!
//! Finds embedded files and nothing else. The cross-reference table is not
//! used: objects are found by walking the file, later ones replacing earlier
//! ones, which also reads files whose table is damaged. Every step is bounded:
//! objects, nesting, unpacked bytes and the work of reading.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::ops::Range;

use flate2::read::ZlibDecoder;

use super::{Invoice, InvoiceError, XML_BYTES_MAX, read_xml};
use crate::text::shortened;
use value::{Parser, Value};

mod value;

/// Objects kept of one file; a thousand pages have some ten thousand.
const OBJECTS_MAX: usize = 1_000_000;
/// Attachments noted.
const ATTACHMENTS_MAX: usize = 1_000;
/// Attachments unpacked in search of an invoice, those with a known name first.
const ATTACHMENTS_TRIED_MAX: usize = 20;
/// Unpacked bytes of all object streams together.
const OBJECT_STREAMS_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The header may stand behind some bytes of a mail or web gateway.
const HEADER_WITHIN: usize = 1024;

/// The names the standards give the attachment, best first, without regard to case.
const KNOWN_NAMES: [&str; 3] = ["factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml"];

/// Why no invoice was found in a PDF.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    #[error("the PDF is encrypted; save it without a password")]
    Encrypted,
    #[error("the PDF has no attachment: it is a picture of an invoice only, enter it by hand or ask for XML")]
    NoAttachment,
    #[error("none of the attachments of the PDF is an invoice: {}", .names.join(", "))]
    NoInvoice { names: Vec<String> },
    #[error("the attachment `{name}` is packed with `{filter}`, which is not read")]
    Filter { name: String, filter: String },
    #[error("the attachment `{name}` is damaged; ask for the file again")]
    Damaged { name: String },
    #[error("the attachment `{name}` unpacks to more than {bytes_max} bytes")]
    TooLarge { name: String, bytes_max: usize },
    #[error("the PDF is built in a way that cannot be read in reasonable time")]
    TooComplex,
}

pub(super) fn is_pdf(bytes: &[u8]) -> bool {
    find(&bytes[..bytes.len().min(HEADER_WITHIN)], b"%PDF-").is_some()
}

pub(super) fn read(bytes: &[u8]) -> Result<Invoice, InvoiceError> {
    let pdf = Pdf::read(bytes)?;
    let attachments = pdf.attachments();
    if attachments.is_empty() {
        return Err(if pdf.encrypted { PdfError::Encrypted } else { PdfError::NoAttachment }.into());
    }
    let rank = |name: &str| KNOWN_NAMES.iter().position(|known| known.eq_ignore_ascii_case(name));
    let mut ordered: Vec<_> = attachments.iter().collect();
    ordered.sort_by_key(|attachment| rank(&attachment.name).unwrap_or(KNOWN_NAMES.len()));
    let mut names = Vec::new();
    for Attachment { name, stream } in ordered.into_iter().take(ATTACHMENTS_TRIED_MAX) {
        let named_as_invoice = rank(name).is_some();
        match pdf.unpacked(name, stream).map_err(InvoiceError::from).and_then(|xml| read_xml(&xml)) {
            Ok(invoice) => return Ok(Invoice { attachment: Some(name.clone()), ..invoice }),
            Err(_) if pdf.encrypted => return Err(PdfError::Encrypted.into()),
            Err(error) if named_as_invoice => {
                return Err(InvoiceError::Attachment { name: name.clone(), error: Box::new(error) });
            }
            Err(_) => names.push(name.clone()),
        }
    }
    names.dedup();
    Err(PdfError::NoInvoice { names }.into())
}

/// The objects of a PDF, as far as attachments need them.
struct Pdf<'a> {
    bytes: &'a [u8],
    streams: HashMap<u32, Stream>,
    /// File specifications by the object they stand in, so that a later version replaces an earlier.
    specifications: BTreeMap<u32, Vec<Specification>>,
    /// Dictionaries that look like the `EF` of a specification, by object.
    embedded: HashMap<u32, u32>,
    encrypted: bool,
}

#[derive(Clone)]
struct Stream {
    data: Range<usize>,
    filter: Filter,
}

#[derive(Clone)]
enum Filter {
    None,
    Flate,
    Other(String),
}

struct Specification {
    name: String,
    file: Embedded,
}

enum Embedded {
    Stream(u32),
    /// The dictionary that names the stream is an object of its own.
    Dictionary(u32),
}

struct Attachment {
    name: String,
    stream: Stream,
}

impl<'a> Pdf<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, PdfError> {
        let mut pdf = Pdf {
            bytes,
            streams: HashMap::new(),
            specifications: BTreeMap::new(),
            embedded: HashMap::new(),
            encrypted: false,
        };
        let mut object_streams = Vec::new();
        // A byte may be read several times (a value that fails, then what is inside it), but not for ever.
        let mut work_left = bytes.len().saturating_mul(8);
        let mut objects = 0_usize;
        let mut at = 0;
        let mut streams_end = true;
        while let Some(found) = find(&bytes[at..], b"obj") {
            let keyword = at + found;
            at = keyword + 3;
            let Some(number) = object_number(&bytes[..keyword]) else { continue };
            objects += 1;
            let mut parser = Parser::new(bytes, at);
            let value = parser.value();
            work_left = work_left.checked_sub(parser.at - at).ok_or(PdfError::TooComplex)?;
            if objects > OBJECTS_MAX {
                return Err(PdfError::TooComplex);
            }
            let Some(value) = value else { continue };
            at = parser.at;
            pdf.note(number, &value);
            let Value::Dictionary(_) = &value else { continue };
            let Some(start) = parser.stream_start() else { continue };
            let data = match declared_end(bytes, start, &value) {
                Some(end) => start..end,
                None if streams_end => match find(&bytes[start..], b"endstream") {
                    Some(length) => start..start + length,
                    None => {
                        streams_end = false;
                        start..bytes.len()
                    }
                },
                None => continue,
            };
            at = data.end;
            let stream = Stream { data, filter: filter_of(&value) };
            match value.get("Type").and_then(Value::name) {
                Some("ObjStm") => object_streams.push((stream, value)),
                Some("XRef") => pdf.encrypted |= value.get("Encrypt").is_some(),
                _ => {
                    pdf.streams.insert(number, stream);
                }
            }
        }
        pdf.note_trailers();
        pdf.note_object_streams(&object_streams)?;
        Ok(pdf)
    }

    fn note_trailers(&mut self) {
        if let Some(at) = self.bytes.windows(7).rposition(|window| window == b"trailer") {
            let trailer = Parser::new(self.bytes, at + 7).value();
            self.encrypted |= trailer.is_some_and(|trailer| trailer.get("Encrypt").is_some());
        }
    }

    /// Reads the objects that are packed together (ISO 32000-1, 7.5.7).
    fn note_object_streams(&mut self, streams: &[(Stream, Value)]) -> Result<(), PdfError> {
        let mut bytes_left = OBJECT_STREAMS_BYTES_MAX;
        for (stream, dictionary) in streams {
            let Ok(unpacked) = unpack(&self.bytes[stream.data.clone()], &stream.filter, bytes_left) else {
                // Packed in another way or damaged; attachments may be elsewhere.
                continue;
            };
            bytes_left = bytes_left.checked_sub(unpacked.len()).ok_or(PdfError::TooComplex)?;
            let first = dictionary.get("First").and_then(Value::index).unwrap_or(unpacked.len());
            let mut directory = Parser::new(&unpacked[..first.min(unpacked.len())], 0);
            while let (Some(number), Some(offset)) = (directory.integer(), directory.integer()) {
                let (Ok(number), Ok(offset)) = (u32::try_from(number), usize::try_from(offset)) else {
                    break;
                };
                let Some(start) = first.checked_add(offset).filter(|start| *start < unpacked.len()) else {
                    continue;
                };
                if let Some(value) = Parser::new(&unpacked, start).value() {
                    self.note(number, &value);
                }
            }
        }
        Ok(())
    }

    /// Remembers what an object says about attachments.
    fn note(&mut self, number: u32, value: &Value) {
        if let Some(stream) = stream_of(value) {
            self.embedded.insert(number, stream);
        }
        let mut found = Vec::new();
        specifications_in(value, &mut found);
        if found.is_empty() {
            self.specifications.remove(&number);
        } else if self.specifications.len() < ATTACHMENTS_MAX {
            self.specifications.insert(number, found);
        }
    }

    fn attachments(&self) -> Vec<Attachment> {
        let stream = |file: &Embedded| match file {
            Embedded::Stream(number) => self.streams.get(number),
            Embedded::Dictionary(number) => self.streams.get(self.embedded.get(number)?),
        };
        self.specifications
            .values()
            .flatten()
            .filter_map(|specification| {
                let stream = stream(&specification.file)?.clone();
                Some(Attachment { name: specification.name.clone(), stream })
            })
            .take(ATTACHMENTS_MAX)
            .collect()
    }

    fn unpacked(&self, name: &str, stream: &Stream) -> Result<Vec<u8>, PdfError> {
        let name = || shortened(name);
        unpack(&self.bytes[stream.data.clone()], &stream.filter, XML_BYTES_MAX).map_err(|error| match error {
            Unpacking::Filter(filter) => PdfError::Filter { name: name(), filter },
            Unpacking::Damaged => PdfError::Damaged { name: name() },
            Unpacking::TooLarge => PdfError::TooLarge { name: name(), bytes_max: XML_BYTES_MAX },
        })
    }
}

/// Reads the number of `12 0 obj` from what stands before `obj`.
fn object_number(before: &[u8]) -> Option<u32> {
    // Eleven digits, a blank, a generation and a blank are the longest sensible form.
    let before = &before[before.len().saturating_sub(24)..];
    let number_and_generation = before.trim_ascii_end();
    let digits = |bytes: &[u8]| bytes.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let generation = digits(number_and_generation);
    let number = number_and_generation[..number_and_generation.len() - generation].trim_ascii_end();
    if generation == 0 || number.len() + generation == number_and_generation.len() {
        return None;
    }
    let number = &number[number.len() - digits(number)..];
    std::str::from_utf8(number).ok()?.parse().ok()
}

/// Returns the end of a stream by its declared length, if `endstream` stands there.
fn declared_end(bytes: &[u8], start: usize, dictionary: &Value) -> Option<usize> {
    let end = start.checked_add(dictionary.get("Length").and_then(Value::index)?)?;
    bytes.get(end..)?.trim_ascii_start().starts_with(b"endstream").then_some(end)
}

fn filter_of(dictionary: &Value) -> Filter {
    let filters: Vec<&str> = match dictionary.get("Filter") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(filters)) => filters.iter().map(|filter| filter.name().unwrap_or("?")).collect(),
        Some(filter) => vec![filter.name().unwrap_or("?")],
    };
    let predicted = dictionary
        .get("DecodeParms")
        .and_then(|parameters| parameters.get("Predictor"))
        .is_some_and(|predictor| !matches!(predictor, Value::Integer(1)));
    match filters[..] {
        [] => Filter::None,
        ["FlateDecode" | "Fl"] if !predicted => Filter::Flate,
        _ => Filter::Other(shortened(&filters.join(" "))),
    }
}

enum Unpacking {
    Filter(String),
    Damaged,
    TooLarge,
}

fn unpack(packed: &[u8], filter: &Filter, bytes_max: usize) -> Result<Vec<u8>, Unpacking> {
    let mut unpacked = Vec::new();
    match filter {
        Filter::Other(filter) => return Err(Unpacking::Filter(filter.clone())),
        Filter::None => unpacked.extend_from_slice(packed),
        Filter::Flate => {
            let read = ZlibDecoder::new(packed).take(bytes_max as u64 + 1).read_to_end(&mut unpacked);
            // A wrong checksum behind complete data is common; what is cut short does not read as XML.
            if read.is_err() && unpacked.is_empty() {
                return Err(Unpacking::Damaged);
            }
        }
    }
    if unpacked.len() > bytes_max {
        return Err(Unpacking::TooLarge);
    }
    Ok(unpacked)
}

/// Returns the stream a dictionary of the form `<< /F 5 0 R /UF 5 0 R >>` names.
fn stream_of(embedded: &Value) -> Option<u32> {
    ["F", "UF"].iter().find_map(|key| embedded.get(key)).and_then(Value::reference)
}

/// Collects file specifications with an embedded file (ISO 32000-1, 7.11.3), however deep they stand.
fn specifications_in(value: &Value, found: &mut Vec<Specification>) {
    if found.len() == ATTACHMENTS_MAX {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| specifications_in(item, found)),
        Value::Dictionary(entries) => {
            let file = value.get("EF").and_then(|embedded| match embedded {
                Value::Reference(number) => Some(Embedded::Dictionary(*number)),
                embedded => stream_of(embedded).map(Embedded::Stream),
            });
            if let Some(file) = file {
                let name = ["UF", "F"].iter().find_map(|key| value.get(key)).and_then(Value::text);
                found.push(Specification { name: name.unwrap_or_default(), file });
            }
            entries.iter().for_each(|(_, entry)| specifications_in(entry, found));
        }
        Value::Null
        | Value::Integer(_)
        | Value::Name(_)
        | Value::Text(_)
        | Value::Reference(_)
        | Value::Other => {}
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    // The first byte is looked for alone, which the compiler makes fast.
    let (first, rest) = wanted.split_first()?;
    let mut at = 0;
    loop {
        let candidate = at + bytes.get(at..)?.iter().position(|byte| byte == first)?;
        if bytes[candidate + 1..].starts_with(rest) {
            return Some(candidate);
        }
        at = candidate + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use std::io::Write;

    const XML: &str = "<rsm:CrossIndustryInvoice xmlns:rsm='r'><ExchangedDocument><ID>R-1</ID>\
        <TypeCode>380</TypeCode><IssueDateTime><DateTimeString>20260302</DateTimeString></IssueDateTime>\
        </ExchangedDocument><SupplyChainTradeTransaction><ApplicableHeaderTradeAgreement/>\
        <ApplicableHeaderTradeSettlement><InvoiceCurrencyCode>EUR</InvoiceCurrencyCode>\
        <SpecifiedTradeSettlementHeaderMonetarySummation><DuePayableAmount>119.00</DuePayableAmount>\
        </SpecifiedTradeSettlementHeaderMonetarySummation></ApplicableHeaderTradeSettlement>\
        </SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>";

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).expect("memory does not fail");
        encoder.finish().expect("memory does not fail")
    }

    fn stream(number: u32, dictionary: &str, data: &[u8]) -> Vec<u8> {
        let head = format!("{number} 0 obj\n<< {dictionary} /Length {} >>\nstream\n", data.len());
        [head.as_bytes(), data, b"\nendstream\nendobj\n"].concat()
    }

    fn pdf(parts: &[&[u8]]) -> Vec<u8> {
        [b"%PDF-1.7\n".as_slice(), &parts.concat(), b"trailer << /Root 1 0 R >>\n%%EOF\n"].concat()
    }

    fn attached(name: &str) -> Vec<u8> {
        let specification = format!("9 0 obj << /Type /Filespec /F ({name}) /EF << /F 5 0 R >> >> endobj\n");
        pdf(&[specification.as_bytes(), &stream(5, "/Filter /FlateDecode", &packed(XML.as_bytes()))])
    }

    fn number(bytes: &[u8]) -> String {
        super::super::read_invoice(bytes)
            .map(|invoice| invoice.number)
            .unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn the_attachment_is_read_under_its_known_and_any_other_name() {
        assert_eq!(number(&attached("factur-x.xml")), "R-1");
        assert_eq!(number(&attached("whatever.bin")), "R-1");
        let invoice = super::super::read_invoice(&attached("ZUGFeRD-invoice.xml")).expect("reads");
        assert_eq!(invoice.attachment.as_deref(), Some("ZUGFeRD-invoice.xml"));
    }

    #[test]
    fn specifications_inside_object_streams_are_found() {
        let objects = "<< /Type /Filespec /UF <FEFF0066002E0078006D006C> /EF 8 0 R >> << /F 5 0 R >>";
        let second = objects.rfind("<<").expect("two objects");
        let directory = format!("7 0 8 {second} ");
        let content = packed(format!("{directory}{objects}").as_bytes());
        let dictionary = format!("/Type /ObjStm /N 2 /First {} /Filter [/FlateDecode]", directory.len());
        let bytes = pdf(&[&stream(3, &dictionary, &content), &stream(5, "", XML.as_bytes())]);
        let invoice = super::super::read_invoice(&bytes).expect("reads");
        assert_eq!(invoice.attachment.as_deref(), Some("f.xml"));
    }

    #[test]
    fn a_later_version_of_an_object_replaces_the_earlier() {
        let later = XML.replace("R-1", "R-2");
        let bytes = [attached("factur-x.xml"), stream(5, "", later.as_bytes())].concat();
        assert_eq!(number(&bytes), "R-2");
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        assert!(number(&pdf(&[])).contains("picture of an invoice"));
        let specification = b"9 0 obj << /F (factur-x.xml) /EF << /F 5 0 R >> >> endobj\n";
        let with =
            |dictionary: &str, data: &[u8]| number(&pdf(&[specification, &stream(5, dictionary, data)]));
        assert!(with("/Filter /FlateDecode", b"not packed").contains("`factur-x.xml` could not be read"));
        assert!(with("/Filter /LZWDecode", b"x").contains("could not be read"));
        let bomb = packed(&vec![b' '; XML_BYTES_MAX + 10]);
        let error =
            super::super::read_invoice(&pdf(&[specification, &stream(5, "/Filter /FlateDecode", &bomb)]));
        let Err(InvoiceError::Attachment { error, .. }) = error else { panic!("refused: {error:?}") };
        assert!(error.to_string().contains("unpacks to more than"), "{error}");
        let encrypted = [b"%PDF-1.7\n".as_slice(), b"trailer << /Encrypt 3 0 R >>"].concat();
        assert!(number(&encrypted).contains("encrypted"));
        let other = b"9 0 obj << /F (a.xml) /EF << /F 5 0 R >> >> endobj\n";
        assert!(number(&pdf(&[other, &stream(5, "", b"<a/>")])).contains("none of the attachments"));
    }

    #[test]
    fn files_built_to_keep_a_reader_busy_end() {
        for text in ["1 0 obj (", "1 0 obj [", "1 0 obj <<", "1 0 obj << >> stream ", "1 0 obj << /A "] {
            let bytes = [b"%PDF-1.7\n".to_vec(), text.repeat(20_000).into_bytes()].concat();
            assert!(super::super::read_invoice(&bytes).is_err(), "{text}");
        }
    }
}
