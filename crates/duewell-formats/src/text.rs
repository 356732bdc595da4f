//! Text of files: which encoding the bytes are in, turned into UTF-8 as they stream by.
//!
//! Banks send UTF-8 with and without a byte-order mark, UTF-16 and, more often
//! than one would hope, ISO-8859-1. What an XML declaration says is believed,
//! a byte-order mark is believed more.

use std::io::{self, BufRead, Chain, Cursor, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use jiff::civil::Date;

use crate::xml::Position;

/// How many bytes are looked at to find the encoding; an XML declaration is far shorter.
const HEAD_BYTES: usize = 1024;
/// Text held at a time.
const BUFFER_BYTES: usize = 64 * 1024;

/// Why bytes could not be read as text. Travels inside an [`io::Error`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TextError {
    #[error("unknown encoding `{label}`")]
    UnknownEncoding { label: String },
    #[error("bytes that are not {encoding}")]
    Undecodable { encoding: &'static str },
    #[error("a piece of text without an end")]
    OverLong,
}

/// A reader of XML bytes in any encoding that gives UTF-8 and knows where it is.
///
/// UTF-8 input is not validated here; who takes strings from it has to check them.
pub(crate) struct XmlText<R> {
    source: Chain<Cursor<Vec<u8>>, R>,
    decoder: Option<Decoder>,
    decoded_all: bool,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Bytes in earlier buffers.
    bytes_before: u64,
    /// Line ends in earlier buffers and in `buffer[..lines_end]`.
    lines: u64,
    lines_end: usize,
    /// Where the piece that is being read began, in bytes of the file.
    piece_start: u64,
    piece_bytes_max: u64,
}

impl<R: BufRead> XmlText<R> {
    /// Looks at the first bytes of `input` and prepares to read it.
    ///
    /// A piece, the text between two calls of [`XmlText::begin_piece`], may not
    /// be much longer than `piece_bytes_max`: the check is made as the buffer
    /// is filled anew. Errors are those of `input`, and a [`TextError`] when a
    /// declared encoding is unknown.
    pub(crate) fn new(mut input: R, piece_bytes_max: usize) -> io::Result<Self> {
        let mut head = Vec::with_capacity(HEAD_BYTES);
        while head.len() < HEAD_BYTES {
            let available = match input.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                break;
            }
            let taken = available.len().min(HEAD_BYTES - head.len());
            head.extend_from_slice(&available[..taken]);
            input.consume(taken);
        }
        let (encoding, mark_bytes) = detect_xml_encoding(&head)?;
        head.drain(..mark_bytes);
        Ok(XmlText {
            source: Cursor::new(head).chain(input),
            decoder: (encoding != UTF_8).then(|| encoding.new_decoder_without_bom_handling()),
            decoded_all: false,
            buffer: vec![0; BUFFER_BYTES],
            start: 0,
            end: 0,
            bytes_before: 0,
            lines: 0,
            lines_end: 0,
            piece_start: 0,
            piece_bytes_max: piece_bytes_max as u64,
        })
    }

    /// Notes that a new piece begins here.
    #[inline]
    pub(crate) fn begin_piece(&mut self) {
        self.piece_start = self.bytes_before + self.start as u64;
    }

    /// Returns the place of the next byte.
    ///
    /// Line ends are counted once, when asked for or when the buffer goes.
    pub(crate) fn position(&mut self) -> Position {
        let passed = &self.buffer[self.lines_end..self.start];
        self.lines += count_lines(passed);
        self.lines_end = self.start;
        Position { line: self.lines + 1, byte: self.bytes_before + self.start as u64 }
    }

    #[cold]
    fn fill(&mut self) -> io::Result<()> {
        self.position();
        self.bytes_before += self.end as u64;
        (self.start, self.end, self.lines_end) = (0, 0, 0);
        if self.bytes_before - self.piece_start > self.piece_bytes_max {
            return Err(io::Error::new(io::ErrorKind::InvalidData, TextError::OverLong));
        }
        let Some(decoder) = &mut self.decoder else {
            self.end = self.source.read(&mut self.buffer)?;
            return Ok(());
        };
        while self.end == 0 && !self.decoded_all {
            let raw = self.source.fill_buf()?;
            let last = raw.is_empty();
            let (result, read, written) =
                decoder.decode_to_utf8_without_replacement(raw, &mut self.buffer, last);
            self.source.consume(read);
            self.end = written;
            match result {
                DecoderResult::InputEmpty => self.decoded_all = last,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    let error = TextError::Undecodable { encoding: decoder.encoding().name() };
                    return Err(io::Error::new(io::ErrorKind::InvalidData, error));
                }
            }
        }
        Ok(())
    }
}

impl<R: BufRead> BufRead for XmlText<R> {
    #[inline]
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            self.fill()?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    #[inline]
    fn consume(&mut self, amount: usize) {
        self.start = (self.start + amount).min(self.end);
    }
}

impl<R: BufRead> Read for XmlText<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let taken = available.len().min(into.len());
        into[..taken].copy_from_slice(&available[..taken]);
        self.consume(taken);
        Ok(taken)
    }
}

fn count_lines(bytes: &[u8]) -> u64 {
    // Short runs with a small counter are what the compiler makes fast.
    bytes.chunks(255).map(|run| u64::from(run.iter().map(|byte| u8::from(*byte == b'\n')).sum::<u8>())).sum()
}

/// Finds the encoding of an XML file and how many bytes of byte-order mark to skip.
///
/// XML 1.0, appendix F: the mark decides; then the shape of `<?` in 16 bits;
/// then the declaration; else it is UTF-8.
fn detect_xml_encoding(head: &[u8]) -> io::Result<(&'static Encoding, usize)> {
    if let Some((encoding, mark_bytes)) = Encoding::for_bom(head) {
        return Ok((encoding, mark_bytes));
    }
    match head {
        [b'<', 0, next, 0, ..] if *next != 0 => return Ok((UTF_16LE, 0)),
        [0, b'<', 0, next, ..] if *next != 0 => return Ok((UTF_16BE, 0)),
        _ => {}
    }
    let Some(label) = declared_encoding(head) else {
        return Ok((UTF_8, 0));
    };
    let unknown = || {
        let label = String::from_utf8_lossy(label).into_owned();
        io::Error::new(io::ErrorKind::InvalidData, TextError::UnknownEncoding { label })
    };
    let encoding = Encoding::for_label(label).ok_or_else(unknown)?;
    // The declaration was readable one byte per letter, so a claim of 16 bits is a leftover of a conversion.
    let encoding = if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding };
    Ok((encoding, 0))
}

/// Returns the value of `encoding="…"` in the XML declaration, if there is one.
fn declared_encoding(head: &[u8]) -> Option<&[u8]> {
    let declaration = head.trim_ascii_start().strip_prefix(b"<?xml")?;
    let end = declaration.windows(2).position(|pair| pair == b"?>")?;
    let declaration = &declaration[..end];
    let name = b"encoding";
    let at = declaration.windows(name.len()).position(|window| window == name)?;
    let value = declaration[at + name.len()..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (&quote, value) = value.split_first().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
    let end = value.iter().position(|byte| *byte == quote)?;
    Some(&value[..end])
}

/// Cuts outside text to a length that fits a message.
pub(crate) fn shortened(text: &str) -> String {
    const LETTERS_MAX: usize = 60;
    match text.char_indices().nth(LETTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Dates outside these years are placeholders or slips, not days on which money is due.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

/// Reads the day of `2024-06-28`, `2024-06-28+02:00` or `2024-06-28T23:59:00Z`, as written.
pub(crate) fn iso_day(text: &str) -> Option<Date> {
    let (day, rest) = text.as_bytes().split_first_chunk::<10>()?;
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = day else {
        return None;
    };
    if !matches!(rest.first(), None | Some(b'T' | b'Z' | b'+' | b'-')) {
        return None;
    }
    day_of_digits(&[y1, y2, y3, y4, m1, m2, d1, d2])
}

/// Reads a day of the form `20240628`.
pub(crate) fn day_of_digits(digits: &[u8; 8]) -> Option<Date> {
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_i16, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + i16::from(digit - b'0'))
        })
    };
    let year = number(&digits[..4]).filter(|year| YEARS.contains(year))?;
    Date::new(year, number(&digits[4..6])? as i8, number(&digits[6..])? as i8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        // A tiny buffer makes every boundary fall inside a character sooner or later.
        XmlText::new(io::BufReader::with_capacity(3, bytes), 1000)?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn each_way_to_say_the_encoding_gives_the_same_text() {
        let utf16 = |text: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(order).collect()
        };
        let plain = "<?xml version='1.0'?><a>Müller €</a>";
        for (name, bytes) in [
            ("UTF-8", plain.as_bytes().to_vec()),
            ("UTF-8 with mark", [b"\xEF\xBB\xBF", plain.as_bytes()].concat()),
            ("UTF-16 little with mark", [vec![0xFF, 0xFE], utf16(plain, u16::to_le_bytes)].concat()),
            ("UTF-16 big with mark", [vec![0xFE, 0xFF], utf16(plain, u16::to_be_bytes)].concat()),
            ("UTF-16 little without mark", utf16(plain, u16::to_le_bytes)),
            ("UTF-16 big without mark", utf16(plain, u16::to_be_bytes)),
        ] {
            assert_eq!(read(&bytes).expect(name), plain, "{name}");
        }
        let latin = b"<?xml version=\"1.0\" encoding = 'windows-1252' ?><a>M\xFCller \x80</a>";
        assert!(read(latin).expect("windows-1252").ends_with("<a>Müller €</a>"));
    }

    #[test]
    fn a_declared_utf_16_in_single_bytes_is_read_as_utf_8() {
        let text = "<?xml version='1.0' encoding='utf-16'?><a>é</a>";
        assert_eq!(read(text.as_bytes()).expect("readable"), text);
    }

    #[test]
    fn unknown_and_broken_encodings_are_told() {
        let cause = |bytes: &[u8]| {
            let error = read(bytes).expect_err("refused");
            error.get_ref().and_then(|cause| cause.downcast_ref::<TextError>().cloned())
        };
        assert_eq!(
            cause(b"<?xml version='1.0' encoding='klingon'?><a/>"),
            Some(TextError::UnknownEncoding { label: "klingon".to_owned() })
        );
        // Half a surrogate pair.
        assert_eq!(
            cause(b"\xFF\xFE<\0a\0>\0\x00\xD8<\0/\0a\0>\0"),
            Some(TextError::Undecodable { encoding: "UTF-16LE" })
        );
    }
}
