//! Which encoding a text file is in, and its bytes as UTF-8.

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::TableError;

/// Bytes read from the file at a time.
const CHUNK_BYTES: usize = 128 * 1024;

/// The encodings tables come in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TextEncoding {
    Utf8 { mark_bytes: usize },
    Utf16Le,
    Utf16Be,
    Windows1252,
}

impl TextEncoding {
    pub(super) fn name(self) -> &'static str {
        match self {
            TextEncoding::Utf8 { .. } => "UTF-8",
            TextEncoding::Utf16Le => "UTF-16LE",
            TextEncoding::Utf16Be => "UTF-16BE",
            TextEncoding::Windows1252 => "Windows-1252",
        }
    }

    fn decoder(self) -> Option<Decoder> {
        match self {
            TextEncoding::Utf8 { .. } => None,
            TextEncoding::Utf16Le => Some(UTF_16LE.new_decoder_with_bom_removal()),
            TextEncoding::Utf16Be => Some(UTF_16BE.new_decoder_with_bom_removal()),
            TextEncoding::Windows1252 => Some(WINDOWS_1252.new_decoder_without_bom_handling()),
        }
    }
}

/// Reads the whole of `source` to find its encoding.
///
/// A byte-order mark is believed. Without one the text is UTF-8 when its bytes
/// are, and else Windows-1252, of which ISO-8859-1 is a part. A file that is
/// UTF-8 but for a few broken places stays UTF-8: reading it as Windows-1252
/// would spoil every other name to save one.
pub(super) fn detect(source: &mut dyn Read) -> Result<TextEncoding, TableError> {
    let mut buffer = vec![0; CHUNK_BYTES];
    let mut kept = 0;
    let mut at_start = true;
    let mut mark_bytes = 0;
    let (mut sound, mut broken) = (0_u64, 0_u64);
    loop {
        let count = match source.read(&mut buffer[kept..]) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        let end = kept + count;
        let at_end = count == 0;
        // The marks must be seen whole, even when the first reads are short.
        if at_start && !at_end && end < 3 {
            kept = end;
            continue;
        }
        let mut bytes = &buffer[..end];
        if at_start {
            at_start = false;
            match bytes {
                [0xEF, 0xBB, 0xBF, rest @ ..] => {
                    mark_bytes = 3;
                    bytes = rest;
                }
                [0xFF, 0xFE, ..] => return Ok(TextEncoding::Utf16Le),
                [0xFE, 0xFF, ..] => return Ok(TextEncoding::Utf16Be),
                _ => {}
            }
        }
        if bytes.contains(&0) {
            return Err(TableError::NotATable(
                "it holds binary data, or is UTF-16 without a byte-order mark; save it as UTF-8 CSV or .xlsx",
            ));
        }
        let rest = count_sequences(bytes, at_end, &mut sound, &mut broken);
        kept = bytes.len() - rest;
        let from = end - kept;
        buffer.copy_within(from..end, 0);
        if at_end {
            break;
        }
    }
    let utf8 = broken == 0 || sound >= 4 * broken;
    Ok(if utf8 { TextEncoding::Utf8 { mark_bytes } } else { TextEncoding::Windows1252 })
}

/// Counts sound and broken sequences beyond ASCII; returns where an unfinished one at the end begins.
fn count_sequences(mut bytes: &[u8], at_end: bool, sound: &mut u64, broken: &mut u64) -> usize {
    let mut passed = 0;
    loop {
        let (valid, error) = match str::from_utf8(bytes) {
            Ok(text) => (text.as_bytes(), None),
            Err(error) => (&bytes[..error.valid_up_to()], Some(error)),
        };
        *sound += valid.iter().filter(|&&byte| byte >= 0xC0).count() as u64;
        passed += valid.len();
        let Some(error) = error else { return passed };
        match error.error_len() {
            None if !at_end => return passed,
            None => {
                *broken += 1;
                return bytes.len() - valid.len() + passed;
            }
            Some(length) => {
                *broken += 1;
                passed += length;
                bytes = &bytes[valid.len() + length..];
            }
        }
    }
}

/// A reader that gives UTF-8; bytes of a UTF-8 file pass unchecked.
pub(super) struct TextReader<R: Read> {
    input: BufReader<R>,
    decoder: Option<Decoder>,
    skip: usize,
    output: Vec<u8>,
    start: usize,
    end: usize,
    finished: bool,
}

impl<R: Read> TextReader<R> {
    pub(super) fn new(input: R, encoding: TextEncoding) -> Self {
        let decoder = encoding.decoder();
        let output = if decoder.is_some() { vec![0; CHUNK_BYTES] } else { Vec::new() };
        let skip = match encoding {
            TextEncoding::Utf8 { mark_bytes } => mark_bytes,
            TextEncoding::Utf16Le | TextEncoding::Utf16Be | TextEncoding::Windows1252 => 0,
        };
        let input = BufReader::with_capacity(CHUNK_BYTES, input);
        TextReader { input, decoder, skip, output, start: 0, end: 0, finished: false }
    }

    /// Returns the next bytes of text; none at the end.
    pub(super) fn fill(&mut self) -> io::Result<&[u8]> {
        while self.skip > 0 {
            let available = fill_again(&mut self.input)?.len();
            if available == 0 {
                break;
            }
            let taken = available.min(self.skip);
            self.input.consume(taken);
            self.skip -= taken;
        }
        let Some(decoder) = &mut self.decoder else { return fill_again(&mut self.input) };
        while self.start == self.end && !self.finished {
            let bytes = fill_again(&mut self.input)?;
            let last = bytes.is_empty();
            let (result, read, written, _) = decoder.decode_to_utf8(bytes, &mut self.output, last);
            self.input.consume(read);
            (self.start, self.end) = (0, written);
            self.finished = last && result == CoderResult::InputEmpty;
        }
        Ok(&self.output[self.start..self.end])
    }

    pub(super) fn consume(&mut self, count: usize) {
        if self.decoder.is_some() {
            self.start += count;
        } else {
            self.input.consume(count);
        }
    }
}

/// Fills the buffer, trying again when a signal came in between.
fn fill_again<R: Read>(input: &mut BufReader<R>) -> io::Result<&[u8]> {
    loop {
        match input.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(input.buffer())
}
