//! Lines of text cut into cells.

use std::io::Read;
use std::ops::ControlFlow;

use csv_core::{ReadRecordResult, ReaderBuilder};

use super::row::{COLUMNS_MAX, ROW_BYTES_MAX, Row};
use super::text::{TextEncoding, TextReader};
use super::{Delimiter, TableError};

/// Rows looked at to find the delimiter.
const DELIMITER_ROWS: usize = 30;
/// Bytes looked at to find the delimiter.
const DELIMITER_BYTES: usize = 256 * 1024;

/// Counts line ends: LF, CR LF and the lone CR of old.
#[derive(Default)]
struct Lines {
    count: u64,
    after_cr: bool,
}

impl Lines {
    fn pass(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match byte {
                b'\r' => {
                    self.count += 1;
                    self.after_cr = true;
                }
                b'\n' => {
                    self.count += u64::from(!self.after_cr);
                    self.after_cr = false;
                }
                _ => self.after_cr = false,
            }
        }
    }
}

/// Hands over the rows of a text file in file order.
///
/// With `declared`, the first line is Excel's `sep=;` and no row.
pub(super) fn each_row(
    source: &mut dyn Read,
    encoding: TextEncoding,
    delimiter: Delimiter,
    declared: bool,
    on: &mut dyn FnMut(&Row) -> ControlFlow<()>,
) -> Result<(), TableError> {
    let mut text = TextReader::new(source, encoding);
    let mut core = ReaderBuilder::new().delimiter(delimiter.byte()).build();
    let mut lines = Lines::default();
    let mut row = Row { full_width: true, ..Row::default() };
    let mut bytes = vec![0; 4096];
    let mut ends = vec![0; 64];
    let mut skip_row = declared;
    loop {
        skip_line_ends(&mut text, &mut lines)?;
        row.line = lines.count + 1;
        let (mut used, mut cells) = (0, 0);
        loop {
            let input = text.fill()?;
            let (result, read, written, ended) =
                core.read_record(input, &mut bytes[used..], &mut ends[cells..]);
            lines.pass(&input[..read]);
            text.consume(read);
            used += written;
            cells += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if bytes.len() >= ROW_BYTES_MAX => {
                    return Err(TableError::RowTooLong { line: row.line });
                }
                ReadRecordResult::OutputFull => bytes.resize(bytes.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if ends.len() >= COLUMNS_MAX => {
                    return Err(TableError::TooManyColumns { line: row.line, columns_max: COLUMNS_MAX });
                }
                ReadRecordResult::OutputEndsFull => ends.resize((ends.len() * 2).min(COLUMNS_MAX), 0),
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return Ok(()),
            }
        }
        if std::mem::take(&mut skip_row) {
            continue;
        }
        // The buffers are lent to the row and taken back: nothing is copied.
        std::mem::swap(&mut row.bytes, &mut bytes);
        row.ends.clear();
        row.ends.extend_from_slice(&ends[..cells]);
        let flow = on(&row);
        std::mem::swap(&mut row.bytes, &mut bytes);
        if flow.is_break() {
            return Ok(());
        }
    }
}

/// Passes blank lines, so that a row's line is where its first cell stands.
fn skip_line_ends<R: Read>(text: &mut TextReader<R>, lines: &mut Lines) -> Result<(), TableError> {
    loop {
        let input = text.fill()?;
        let count = input.iter().take_while(|&&byte| byte == b'\n' || byte == b'\r').count();
        let more = count == input.len() && count > 0;
        lines.pass(&input[..count]);
        text.consume(count);
        if !more {
            return Ok(());
        }
    }
}

/// Returns the delimiter, and whether a first line `sep=;` declared it.
///
/// It is the one that cuts the most of the first rows into as many cells as
/// the widest of their headers, and of several the one that gives more cells.
pub(super) fn detect_delimiter(
    source: &mut dyn Read,
    encoding: TextEncoding,
) -> Result<(Delimiter, bool), TableError> {
    let mut head = Vec::new();
    let mut text = TextReader::new(source, encoding);
    while head.len() < DELIMITER_BYTES {
        let input = text.fill()?;
        if input.is_empty() {
            break;
        }
        let count = input.len();
        head.extend_from_slice(input);
        text.consume(count);
    }
    if let Some(declared) = declared_delimiter(&head) {
        return Ok((declared, true));
    }
    let mut best = (0, 0, Delimiter::Comma);
    for delimiter in Delimiter::ALL {
        let (agreeing, width) = score(&head, delimiter);
        if width > 1 && (agreeing, width) > (best.0, best.1) {
            best = (agreeing, width, delimiter);
        }
    }
    Ok((best.2, false))
}

/// Reads the line `sep=;` by which Excel is told the delimiter.
fn declared_delimiter(head: &[u8]) -> Option<Delimiter> {
    let line = head.split(|&byte| byte == b'\n' || byte == b'\r').next()?;
    let (name, mark) = line.split_at_checked(4)?;
    if !name.eq_ignore_ascii_case(b"sep=") || mark.len() != 1 {
        return None;
    }
    Delimiter::ALL.into_iter().find(|delimiter| delimiter.byte() == mark[0])
}

/// Returns how many of the first rows are as wide as most are, in thousandths, and that width.
fn score(head: &[u8], delimiter: Delimiter) -> (usize, usize) {
    let mut widths: Vec<usize> = Vec::new();
    let mut source = head;
    // The head was made UTF-8 above; a row cut off at its end is left out by the break.
    let result = each_row(&mut source, TextEncoding::Utf8 { mark_bytes: 0 }, delimiter, false, &mut |row| {
        widths.push(row.width());
        if widths.len() < DELIMITER_ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    if result.is_err() || widths.is_empty() {
        return (0, 0);
    }
    let mut best = (0, 0);
    for &width in &widths {
        let agreeing = widths.iter().filter(|&&other| other == width).count();
        if width > 1 && (agreeing, width) > best {
            best = (agreeing, width);
        }
    }
    (best.0 * 1000 / widths.len(), best.1)
}
