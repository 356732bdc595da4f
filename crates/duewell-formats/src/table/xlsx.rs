//! Sheets of an XLSX workbook (ECMA-376), row by row.
//!
//! The reading is `calamine`'s. It trusts sizes a file states and holds what
//! it unpacks, so the archive is unpacked once beforehand, into nothing, to see
//! that every part stays within bounds.

use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use zip::ZipArchive;

use super::row::{COLUMNS_MAX, CellKind, ROW_BYTES_MAX, Row};
use super::{Source, TableError};

const MB: u64 = 1 << 20;
/// Largest workbook file.
const FILE_BYTES_MAX: u64 = 64 * MB;
/// Largest sheet when unpacked; a million rows of ten cells take about 350 MB.
const SHEET_BYTES_MAX: u64 = 512 * MB;
/// Largest table of shared strings when unpacked: these are held in memory.
const STRINGS_BYTES_MAX: u64 = 64 * MB;
/// Largest table of styles, list of sheets and the like when unpacked.
const PART_BYTES_MAX: u64 = 8 * MB;
/// Largest archive when unpacked, pictures and all.
const TOTAL_BYTES_MAX: u64 = 1024 * MB;
/// Most parts an archive may have.
const PARTS_MAX: usize = 10_000;
/// Most rows a sheet has (ECMA-376 limits of Excel).
const ROWS_MAX: u32 = 1_048_576;

/// Checks a workbook's sizes and returns the names of its sheets in their order.
pub(super) fn examine(source: &mut Box<dyn Source>) -> Result<Vec<String>, TableError> {
    let length = source.seek(SeekFrom::End(0))?;
    if length > FILE_BYTES_MAX {
        return Err(too_large("the file", FILE_BYTES_MAX));
    }
    check_parts(source)?;
    source.seek(SeekFrom::Start(0))?;
    check_sizes(source)?;
    source.seek(SeekFrom::Start(0))?;
    Ok(open(&mut *source)?.sheet_names())
}

fn too_large(what: &str, limit_bytes: u64) -> TableError {
    TableError::WorkbookTooLarge { what: what.to_owned(), limit_mb: limit_bytes / MB }
}

/// Counts the entries of the archive's directory by their mark, before anything is set aside for them.
fn check_parts(source: &mut dyn Source) -> Result<(), TableError> {
    const MARK: &[u8] = b"PK\x01\x02";
    source.seek(SeekFrom::Start(0))?;
    let mut buffer = vec![0; 64 * 1024];
    let (mut kept, mut parts) = (0, 0);
    loop {
        let count = match source.read(&mut buffer[kept..]) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        if count == 0 {
            return Ok(());
        }
        let end = kept + count;
        parts += buffer[..end].windows(MARK.len()).filter(|window| *window == MARK).count();
        if parts > PARTS_MAX {
            return Err(TableError::Workbook(format!("it has more than {PARTS_MAX} parts")));
        }
        kept = end.min(MARK.len() - 1);
        buffer.copy_within(end - kept..end, 0);
    }
}

/// Unpacks every part into nothing, counting.
fn check_sizes(source: &mut dyn Source) -> Result<(), TableError> {
    let broken = |error: zip::result::ZipError| TableError::Workbook(error.to_string());
    let mut archive = ZipArchive::new(BufReader::new(source)).map_err(broken)?;
    let mut total = 0;
    let mut buffer = vec![0; 64 * 1024];
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(broken)?;
        let name = part.name().map_err(broken)?.to_ascii_lowercase();
        let is_strings = name.ends_with("sharedstrings.xml");
        let limit = if name.contains("worksheets/") {
            SHEET_BYTES_MAX
        } else if is_strings {
            STRINGS_BYTES_MAX
        } else if name.ends_with(".xml") || name.ends_with(".rels") {
            PART_BYTES_MAX
        } else {
            TOTAL_BYTES_MAX
        };
        let mut check = StringsCheck::default();
        let mut bytes = 0_u64;
        loop {
            let count = part.read(&mut buffer).map_err(|error| TableError::Workbook(error.to_string()))?;
            if count == 0 {
                break;
            }
            bytes += count as u64;
            total += count as u64;
            if bytes > limit {
                return Err(too_large(&super::shortened(&name), limit));
            }
            if total > TOTAL_BYTES_MAX {
                return Err(too_large("its content", TOTAL_BYTES_MAX));
            }
            if is_strings {
                check.pass(&buffer[..count])?;
            }
        }
    }
    Ok(())
}

/// Looks for what `calamine` would believe: a count of strings it sets memory aside for.
///
/// Bytes XML does not allow are refused, and with them UTF-16, in which the
/// count could hide from this look at plain bytes.
#[derive(Default)]
struct StringsCheck {
    tail: Vec<u8>,
}

impl StringsCheck {
    const NAME: &[u8] = b"uniqueCount";
    /// The name, white space, the equals sign, the quotation mark and the digits fit in this.
    const WINDOW: usize = 128;

    fn pass(&mut self, bytes: &[u8]) -> Result<(), TableError> {
        if bytes.iter().any(|&byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')) {
            return Err(TableError::Workbook("a part of it is not XML in UTF-8".to_owned()));
        }
        self.tail.extend_from_slice(bytes);
        for at in find_all(&self.tail, Self::NAME) {
            let value = &self.tail[at + Self::NAME.len()..];
            let mut digits = 0;
            let begins = value.iter().position(u8::is_ascii_digit).unwrap_or(value.len());
            for byte in &value[begins..] {
                if !byte.is_ascii_digit() {
                    break;
                }
                digits += 1;
            }
            // Seven digits are 9,999,999 strings, 240 MB set aside at the very most.
            if digits > 7 {
                return Err(TableError::Workbook("it states an absurd number of strings".to_owned()));
            }
        }
        let keep = self.tail.len().min(Self::WINDOW);
        self.tail.drain(..self.tail.len() - keep);
        Ok(())
    }
}

fn find_all<'a>(bytes: &'a [u8], wanted: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    bytes.windows(wanted.len()).enumerate().filter(move |(_, window)| *window == wanted).map(|(at, _)| at)
}

type Workbook<'a> = Xlsx<BufReader<&'a mut Box<dyn Source>>>;

fn open(source: &mut Box<dyn Source>) -> Result<Workbook<'_>, TableError> {
    guarded(|| Xlsx::new(BufReader::new(source)).map_err(|error| TableError::Workbook(error.to_string())))
}

/// Turns a panic of the foreign reader into an error: some broken files make it index out of bounds.
fn guarded<T>(read: impl FnOnce() -> Result<T, TableError>) -> Result<T, TableError> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(TableError::Workbook("it contradicts itself".to_owned())))
}

/// Hands over the rows of one sheet in their order.
pub(super) fn each_row(
    source: &mut Box<dyn Source>,
    sheet: &str,
    on: &mut dyn FnMut(&Row) -> ControlFlow<()>,
) -> Result<(), TableError> {
    let broken = |error: calamine::XlsxError| TableError::Workbook(error.to_string());
    let mut workbook = open(source)?;
    let mut cells = guarded(|| workbook.worksheet_cells_reader(sheet).map_err(broken))?;
    let mut row = Row::default();
    let mut scratch = String::new();
    loop {
        let next = guarded(|| cells.next_cell().map_err(broken))?;
        let Some(cell) = next else { break };
        let (at, column) = cell.get_position();
        let line = u64::from(at) + 1;
        scratch.clear();
        let Some(kind) = write_value(cell.get_value(), &mut scratch) else { continue };
        if line != row.line {
            if line < row.line || at >= ROWS_MAX {
                return Err(TableError::Workbook(format!("its rows are out of order at row {line}")));
            }
            if row.width() > 0 && on(&row).is_break() {
                return Ok(());
            }
            row.clear();
            row.line = line;
        }
        let column = column as usize;
        if column >= COLUMNS_MAX {
            return Err(TableError::TooManyColumns { line, columns_max: COLUMNS_MAX });
        }
        if column < row.width() {
            return Err(TableError::Workbook(format!("its cells are out of order at row {line}")));
        }
        if row.bytes.len() + scratch.len() > ROW_BYTES_MAX {
            return Err(TableError::RowTooLong { line });
        }
        row.push_at(column, &scratch, kind);
    }
    if row.width() > 0 {
        let _ = on(&row);
    }
    Ok(())
}

/// Writes a cell's value as text; nothing for an empty cell.
fn write_value(value: &DataRef<'_>, text: &mut String) -> Option<CellKind> {
    use std::fmt::Write;
    let written = match value {
        DataRef::Empty => return None,
        DataRef::String(value) | DataRef::DurationIso(value) => {
            text.write_str(value).map(|()| CellKind::Text)
        }
        DataRef::SharedString(value) => text.write_str(value).map(|()| CellKind::Text),
        DataRef::Int(value) => write!(text, "{value}").map(|()| CellKind::Number),
        DataRef::Float(value) => write_number(*value, text).map(|()| CellKind::Number),
        DataRef::Bool(value) => write!(text, "{value}").map(|()| CellKind::Text),
        DataRef::DateTimeIso(value) => text.write_str(value).map(|()| CellKind::Date),
        DataRef::DateTime(value) => write_date(value, text),
        DataRef::Error(value) => write!(text, "{value}").map(|()| CellKind::Text),
    };
    written.ok()
}

/// Writes a number with the 15 digits Excel shows: what it calculates as 0.30000000000000004 is 0.3.
fn write_number(value: f64, text: &mut String) -> std::fmt::Result {
    use std::fmt::Write;
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    write!(text, "{rounded}")
}

fn write_date(value: &ExcelDateTime, text: &mut String) -> Result<CellKind, std::fmt::Error> {
    use std::fmt::Write;
    // A day's number beyond year 9999 has no date; as a number it will be refused where a date is due.
    if !value.is_datetime() || !(0.0..2_958_466.0).contains(&value.as_f64()) {
        return write_number(value.as_f64(), text).map(|()| CellKind::Number);
    }
    let (year, month, day, ..) = value.to_ymd_hms_milli();
    write!(text, "{year:04}-{month:02}-{day:02}").map(|()| CellKind::Date)
}
