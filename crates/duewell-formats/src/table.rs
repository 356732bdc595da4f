//! Tables of debtors and receivables, as people export them: CSV and XLSX.
//!
//! A [`TableFile`] finds out delimiter, encoding and header by itself, a
//! [`Mapping`] says which column holds which field (guessed first, then mended
//! by a person), and [`read_debtors`] or [`read_receivables`] hand over one
//! record or the row's [`Finding`]s at a time. Nothing is written and a wrong
//! row never stops the good ones.
//!
//! CSV streams in bounded memory whatever its size. XLSX streams its sheet;
//! shared strings are held, so what unpacks too large is refused beforehand.

mod columns;
mod country;
mod csv;
mod mapping;
mod phone;
mod reading;
mod record;
mod row;
mod text;
mod value;
mod xlsx;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, TryLockError};

use serde::{Deserialize, Serialize};

pub use mapping::{DateOrder, DecimalMark, Defaults, Field, Mapping, TableKind, guess_mapping};
pub use record::{AddressRecord, DebtorRecord, ReceivableRecord, read_debtors, read_receivables};

use row::Row;
use text::TextEncoding;

/// How many rows from the top may stand before the header, e.g. a report's title.
const HEADER_ROWS_MAX: usize = 20;
/// The shortest file that could be a table in an old or an encrypted Excel format starts with this.
const OLE_MAGIC: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// A zip archive, and so perhaps an XLSX workbook, starts with this.
const ZIP_MAGIC: &[u8] = b"PK\x03\x04";

/// What stands between the cells of a line of text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delimiter {
    Comma,
    Semicolon,
    Tab,
    Pipe,
}

impl Delimiter {
    const ALL: [Delimiter; 4] = [Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab, Delimiter::Pipe];

    /// Returns the delimiter itself, an ASCII byte.
    pub fn byte(self) -> u8 {
        match self {
            Delimiter::Comma => b',',
            Delimiter::Semicolon => b';',
            Delimiter::Tab => b'\t',
            Delimiter::Pipe => b'|',
        }
    }
}

/// What is wrong in one place of a file and what to do about it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// The line of the file, from 1; for a sheet its row number.
    pub line: u64,
    /// The column's header; empty when the whole row is meant.
    pub column: String,
    /// What stands there, shortened to 80 characters.
    pub value: String,
    /// What is wrong, as a phrase: `30 February 2026 does not exist`.
    pub problem: String,
    /// What to do about it, as an order: `correct the date`.
    pub remedy: String,
}

impl Finding {
    /// Builds a finding; the value is shortened.
    pub(crate) fn new(
        line: u64,
        column: &str,
        value: &str,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Finding {
            line,
            column: shortened(column),
            value: shortened(value),
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }
}

/// Returns at most 80 characters, without control characters, so that it can be shown anywhere.
fn shortened(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(80).collect()
}

/// Why a file as a whole cannot be read as a table.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("the file cannot be read")]
    Io(#[from] io::Error),
    #[error("the file holds no rows")]
    Empty,
    #[error("the file is not a table: {0}")]
    NotATable(&'static str),
    #[error("the row that begins at line {line} is too long; is a quotation mark not closed there?")]
    RowTooLong { line: u64 },
    #[error("the row at line {line} has more than {columns_max} columns")]
    TooManyColumns { line: u64, columns_max: usize },
    #[error("no sheet `{name}`; the workbook has {}", .found.join(", "))]
    NoSheet { name: String, found: Vec<String> },
    #[error("the workbook cannot be read: {0}")]
    Workbook(String),
    #[error("the workbook is too large: {what} is over {limit_mb} MB; save the sheet as CSV")]
    WorkbookTooLarge { what: String, limit_mb: u64 },
    #[error("no column for {field}; the file has the columns {}", .headers.join(", "))]
    MissingColumn { field: String, headers: Vec<String> },
    #[error("the mapping puts {field} in column `{header}`; the file has the columns {}", .headers.join(", "))]
    UnknownColumn { field: Field, header: String, headers: Vec<String> },
    #[error("no currency: neither a column nor a default; the file has the columns {}", .headers.join(", "))]
    NoCurrency { headers: Vec<String> },
    #[error("the mapping's default {what} `{value}` is not known")]
    WrongDefault { what: &'static str, value: String },
    #[error("the table is being read already")]
    Busy,
}

/// Anything a table can be read from: it is gone through more than once.
trait Source: Read + Seek + Send {}
impl<T: Read + Seek + Send> Source for T {}

/// Where the rows come from.
enum Form {
    Text { encoding: TextEncoding, delimiter: Delimiter, declared: bool },
    Workbook { sheets: Vec<String>, sheet: String },
}

/// One row of a table as it stands in the file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SampleRow {
    /// The line of the file the row begins at, from 1.
    pub line: u64,
    pub cells: Vec<String>,
}

/// A table that has been looked at and can be read any number of times.
pub struct TableFile {
    source: Mutex<Box<dyn Source>>,
    form: Form,
    headers: Vec<String>,
    header_line: u64,
}

impl TableFile {
    /// Opens the file at `path`; see [`TableFile::from_reader`].
    pub fn open(path: &Path) -> Result<Self, TableError> {
        TableFile::from_reader(File::open(path)?)
    }

    /// Looks at a table: its form, encoding, delimiter and headers.
    ///
    /// The whole file is read once, because a byte that is not UTF-8 may come
    /// late. A workbook shows its first sheet; see [`TableFile::with_sheet`].
    pub fn from_reader(source: impl Read + Seek + Send + 'static) -> Result<Self, TableError> {
        let mut source: Box<dyn Source> = Box::new(source);
        source.seek(SeekFrom::Start(0))?;
        let mut magic = Vec::with_capacity(8);
        source.by_ref().take(8).read_to_end(&mut magic)?;
        source.seek(SeekFrom::Start(0))?;
        if magic.starts_with(OLE_MAGIC) {
            return Err(TableError::NotATable(
                "it is an old or a password-protected Excel file; save it as .xlsx or CSV without a password",
            ));
        }
        if magic.starts_with(b"%PDF") {
            return Err(TableError::NotATable("it is a PDF document"));
        }
        let form = if magic.starts_with(ZIP_MAGIC) {
            let sheets = xlsx::examine(&mut source)?;
            let sheet = sheets.first().ok_or(TableError::Empty)?.clone();
            Form::Workbook { sheets, sheet }
        } else {
            let encoding = text::detect(&mut source)?;
            source.seek(SeekFrom::Start(0))?;
            let (delimiter, declared) = csv::detect_delimiter(&mut source, encoding)?;
            Form::Text { encoding, delimiter, declared }
        };
        let mut table = TableFile { source: Mutex::new(source), form, headers: Vec::new(), header_line: 0 };
        table.find_header()?;
        Ok(table)
    }

    /// Turns to the sheet called `name` of a workbook; a text file has none.
    pub fn with_sheet(mut self, name: &str) -> Result<Self, TableError> {
        match &mut self.form {
            Form::Text { .. } => {
                return Err(TableError::NoSheet { name: name.to_owned(), found: Vec::new() });
            }
            Form::Workbook { sheets, sheet } => {
                if !sheets.iter().any(|found| found == name) {
                    return Err(TableError::NoSheet { name: name.to_owned(), found: sheets.clone() });
                }
                name.clone_into(sheet);
            }
        }
        self.find_header()?;
        Ok(self)
    }

    /// Returns the names of a workbook's sheets in their order; none for a text file.
    pub fn sheets(&self) -> &[String] {
        match &self.form {
            Form::Text { .. } => &[],
            Form::Workbook { sheets, .. } => sheets,
        }
    }

    /// Returns the headers in file order.
    ///
    /// Blank ones are called `column 3`, repeated ones `Name (2)`.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// Returns the line the headers stand in.
    pub fn header_line(&self) -> u64 {
        self.header_line
    }

    /// Returns what stands between the cells; a workbook has nothing there.
    pub fn delimiter(&self) -> Option<Delimiter> {
        match &self.form {
            Form::Text { delimiter, .. } => Some(*delimiter),
            Form::Workbook { .. } => None,
        }
    }

    /// Returns the name of the text's encoding, e.g. `UTF-8`; a workbook has none of its own.
    pub fn encoding(&self) -> Option<&'static str> {
        match &self.form {
            Form::Text { encoding, .. } => Some(encoding.name()),
            Form::Workbook { .. } => None,
        }
    }

    /// Returns the first `rows_max` rows under the headers.
    pub fn sample(&self, rows_max: usize) -> Result<Vec<SampleRow>, TableError> {
        let mut sample = Vec::new();
        if rows_max == 0 {
            return Ok(sample);
        }
        self.each_row(&mut |row| {
            let cells = (0..row.width()).map(|index| row.cell(index).to_owned()).collect();
            sample.push(SampleRow { line: row.line, cells });
            if sample.len() < rows_max { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(sample)
    }

    /// Hands over every row under the headers that has a filled cell, in file order.
    fn each_row(&self, on: &mut dyn FnMut(&Row) -> ControlFlow<()>) -> Result<(), TableError> {
        let header_line = self.header_line;
        self.each_raw_row(&mut |row| {
            if row.line <= header_line || row.is_blank() { ControlFlow::Continue(()) } else { on(row) }
        })
    }

    fn each_raw_row(&self, on: &mut dyn FnMut(&Row) -> ControlFlow<()>) -> Result<(), TableError> {
        let mut source = self.lock()?;
        source.seek(SeekFrom::Start(0))?;
        match &self.form {
            Form::Text { encoding, delimiter, declared } => {
                csv::each_row(&mut *source, *encoding, *delimiter, *declared, on)
            }
            Form::Workbook { sheet, .. } => xlsx::each_row(&mut source, sheet, on),
        }
    }

    fn lock(&self) -> Result<MutexGuard<'_, Box<dyn Source>>, TableError> {
        match self.source.try_lock() {
            Ok(source) => Ok(source),
            // The source has no state a panic could leave half-made: every reading seeks first.
            Err(TryLockError::Poisoned(poisoned)) => Ok(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => Err(TableError::Busy),
        }
    }

    /// Takes the first row with two filled cells as header, or else the first filled row.
    fn find_header(&mut self) -> Result<(), TableError> {
        let mut found: Option<(u64, Vec<String>)> = None;
        let mut seen = 0;
        self.each_raw_row(&mut |row| {
            let filled = row.filled();
            if filled >= 2 || (filled == 1 && found.is_none()) {
                let cells = (0..row.width()).map(|index| tidy_header(row.cell(index))).collect();
                found = Some((row.line, cells));
            }
            seen += 1;
            if filled >= 2 || seen >= HEADER_ROWS_MAX {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
        let (line, cells) = found.ok_or(TableError::Empty)?;
        self.header_line = line;
        self.headers = with_unique_names(cells);
        Ok(())
    }
}

/// Returns a header on one line, without white space around it.
fn tidy_header(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn with_unique_names(cells: Vec<String>) -> Vec<String> {
    let mut taken = std::collections::HashSet::new();
    cells
        .into_iter()
        .enumerate()
        .map(|(index, cell)| {
            let wanted = if cell.is_empty() { format!("column {}", index + 1) } else { cell };
            let mut name = wanted.clone();
            let mut count = 1;
            while !taken.insert(name.clone()) {
                count += 1;
                name = format!("{wanted} ({count})");
            }
            name
        })
        .collect()
}
