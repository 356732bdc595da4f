//! A row read field by field: every wrong field becomes a finding.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};

use duewell_domain::debtor::EmailAddress;
use jiff::civil::Date;
use jiff::tz::TimeZoneDatabase;

use super::Finding;
use super::country::{find_country, find_language};
use super::mapping::{Columns, Field, Mapping};
use super::phone::parse_phone;
use super::row::{CellKind, Row};
use super::value::{Wrong, read_day};

/// Longest id, number and other single word, in characters.
pub(super) const WORD_CHARS_MAX: usize = 100;
/// Longest name or line of an address, in characters.
pub(super) const LINE_CHARS_MAX: usize = 200;
/// Longest free text, in characters.
pub(super) const TEXT_CHARS_MAX: usize = 1000;
/// Most e-mail addresses or telephone numbers in one cell.
const LIST_MAX: usize = 10;

/// What a spreadsheet shows where a formula failed.
const SHEET_ERRORS: [&str; 8] = ["#N/A", "#NV", "#REF!", "#BEZUG!", "#VALUE!", "#WERT!", "#NAME?", "#DIV/0!"];

/// Reads the fields of one row after the other.
pub(super) struct RowReader<'a> {
    pub(super) mapping: &'a Mapping,
    pub(super) columns: &'a Columns,
    pub(super) headers: &'a [String],
    /// How many cells every row of the file has to have.
    pub(super) width: usize,
    zones: ZoneCache,
}

/// Fields of one row, and what is wrong with them.
pub(super) struct Fields<'a> {
    reader: &'a RowReader<'a>,
    row: &'a Row,
    pub(super) findings: Vec<Finding>,
}

impl<'a> RowReader<'a> {
    pub(super) fn new(mapping: &'a Mapping, columns: &'a Columns, headers: &'a [String]) -> Self {
        // Headers without a name at the right edge are a delimiter too many, not columns.
        let unnamed = |(index, header): (usize, &String)| *header == format!("column {}", index + 1);
        let trailing = headers.iter().enumerate().rev().take_while(|&pair| unnamed(pair)).count();
        RowReader { mapping, columns, headers, width: headers.len() - trailing, zones: ZoneCache::new() }
    }

    pub(super) fn fields(&'a self, row: &'a Row) -> Fields<'a> {
        let mut fields = Fields { reader: self, row, findings: Vec::new() };
        fields.check_width();
        fields
    }
}

impl<'a> Fields<'a> {
    /// Reports a row with too many or too few cells: what stands in which column is then a guess.
    fn check_width(&mut self) {
        let (row, headers) = (self.row, self.reader.headers);
        let surplus = (headers.len()..row.width()).find(|&index| row.checked_cell(index) != Some(""));
        if let Some(index) = surplus {
            self.findings.push(Finding::new(
                row.line,
                "",
                row.cell(index),
                format!("the row has {} cells, the header {}", row.width(), headers.len()),
                "put cells that contain the delimiter or a line break in quotation marks",
            ));
        } else if row.full_width && row.width() < self.reader.width {
            self.findings.push(Finding::new(
                row.line,
                "",
                row.cell(row.width().saturating_sub(1)),
                format!("the row has {} cells, the header {}", row.width(), headers.len()),
                "complete the row; the file may be cut off, or a quotation mark not be closed",
            ));
        }
    }

    pub(super) fn line(&self) -> u64 {
        self.row.line
    }

    /// Notes that `value` of a field is wrong.
    pub(super) fn report(&mut self, field: Field, value: &str, wrong: Wrong) {
        let header = self.reader.columns.index(field).map_or("", |index| &self.reader.headers[index]);
        self.findings.push(Finding::new(self.row.line, header, value, wrong.problem, wrong.remedy));
    }

    /// Returns a field's text, or nothing when there is no column or the cell is blank.
    pub(super) fn text(&mut self, field: Field) -> Option<&'a str> {
        self.text_and_kind(field).map(|(text, _)| text)
    }

    /// Returns a field's text with the kind a workbook gives its cell.
    pub(super) fn text_and_kind(&mut self, field: Field) -> Option<(&'a str, CellKind)> {
        let index = self.reader.columns.index(field)?;
        let Some(text) = self.row.checked_cell(index) else {
            let wrong =
                Wrong::new("its bytes are not UTF-8 like the rest of the file", "save the file as UTF-8");
            self.report(field, "", wrong);
            return None;
        };
        if text.is_empty() {
            return None;
        }
        if text.starts_with('#') && SHEET_ERRORS.contains(&text) {
            self.report(field, text, Wrong::new("a formula of the spreadsheet failed", "mend the formula"));
            return None;
        }
        // Bytes alone decide for nearly every cell: no control character is beyond 0x1F, 0x7F and C2 80..9F.
        let unusual = text.bytes().any(|byte| byte < 0x20 || byte == 0x7F || byte >= 0x80);
        if unusual && text.contains(|c: char| c == '\u{FFFD}' || (c.is_control() && !c.is_whitespace())) {
            let wrong = Wrong::new(
                "it has characters that cannot be shown",
                "save the file again in UTF-8 and look at it",
            );
            self.report(field, text, wrong);
            return None;
        }
        Some((text, self.row.kind(index)))
    }

    /// Returns a field's text on one line, reported when longer than `chars_max`.
    pub(super) fn line_of(&mut self, field: Field, chars_max: usize) -> Option<String> {
        let text = self.text(field)?;
        if text.len() > chars_max && text.chars().count() > chars_max {
            self.report(
                field,
                text,
                Wrong::new(format!("it has more than {chars_max} characters"), "shorten it"),
            );
            return None;
        }
        let plain = !text.bytes().any(|byte| !(0x20..0x80).contains(&byte)) && !text.contains("  ");
        if plain {
            return Some(text.to_owned());
        }
        let mut line = String::with_capacity(text.len());
        for word in text.split_whitespace() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        Some(line)
    }

    /// Like [`Fields::line_of`], and a blank cell is reported.
    pub(super) fn required(&mut self, field: Field, chars_max: usize) -> Option<String> {
        let before = self.findings.len();
        let line = self.line_of(field, chars_max);
        if line.is_none() && self.findings.len() == before {
            self.report_missing(field);
        }
        line
    }

    pub(super) fn report_missing(&mut self, field: Field) {
        let wrong = Wrong::new(format!("{field} is missing"), "fill the cell in, or leave the row out");
        self.report(field, "", wrong);
    }

    pub(super) fn day(&mut self, field: Field) -> Option<Date> {
        let text = self.text(field)?;
        match read_day(text, self.reader.mapping.date_order).and_then(|day| day.date()) {
            Ok(date) => Some(date),
            Err(wrong) => {
                self.report(field, text, wrong);
                None
            }
        }
    }

    /// Returns the row's country or the default one, as ISO 3166 alpha-2.
    pub(super) fn country(&mut self) -> Option<&'static str> {
        if let Some(text) = self.text(Field::Country) {
            let found = find_country(text);
            if found.is_none() {
                self.report(Field::Country, text, unknown_country());
            }
            return found;
        }
        self.reader.mapping.defaults.country.as_deref().and_then(find_country)
    }

    /// Returns the row's language or the default one, as ISO 639-1.
    pub(super) fn language(&mut self) -> Option<String> {
        if let Some(text) = self.text(Field::Language) {
            let found = find_language(text);
            if found.is_none() {
                let wrong = Wrong::new("unknown language", "write an ISO 639-1 code such as de or en");
                self.report(Field::Language, text, wrong);
            }
            return found.map(str::to_owned);
        }
        self.reader.mapping.defaults.language.as_deref().and_then(find_language).map(str::to_owned)
    }

    /// Returns the row's time zone by its IANA name.
    pub(super) fn time_zone(&mut self) -> Option<String> {
        let text = self.text(Field::TimeZone)?;
        let found = self.reader.zones.find(text);
        if found.is_none() {
            let wrong = Wrong::new("unknown time zone", "write an IANA name such as Europe/Berlin");
            self.report(Field::TimeZone, text, wrong);
        }
        found
    }

    /// Adds the addresses of a cell, which may hold several.
    pub(super) fn emails(&mut self, field: Field, emails: &mut Vec<String>) {
        let Some(text) = self.text(field) else { return };
        let parts = text.split(|c: char| matches!(c, ';' | ',' | '|') || c.is_whitespace());
        for part in parts.filter(|part| !part.is_empty()) {
            match part.parse::<EmailAddress>() {
                Ok(_) if emails.iter().any(|known| known == part) => {}
                Ok(_) if emails.len() >= LIST_MAX => {
                    self.report(field, part, too_many());
                    return;
                }
                Ok(_) => emails.push(part.to_owned()),
                Err(_) => {
                    let wrong = Wrong::new(
                        "it is not an e-mail address",
                        "correct the address or leave the cell empty",
                    );
                    self.report(field, part, wrong);
                }
            }
        }
    }

    /// Adds the telephone numbers of a cell, which may hold several.
    pub(super) fn phones(&mut self, field: Field, country: Option<&str>, phones: &mut Vec<String>) {
        let Some(text) = self.text(field) else { return };
        for part in text.split([';', ',', '|', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
            match parse_phone(part, country) {
                Ok(number) if phones.contains(&number) => {}
                Ok(_) if phones.len() >= LIST_MAX => {
                    self.report(field, part, too_many());
                    return;
                }
                Ok(number) => phones.push(number),
                Err(wrong) => self.report(field, part, wrong),
            }
        }
    }
}

fn too_many() -> Wrong {
    Wrong::new(format!("it is one of more than {LIST_MAX}"), "keep those that are used")
}

pub(super) fn unknown_country() -> Wrong {
    Wrong::new("unknown country", "write the ISO 3166 code of two letters, such as DE")
}

/// The time zones found so far: the same few come in every row.
struct ZoneCache {
    database: TimeZoneDatabase,
    last: std::cell::RefCell<Option<(String, Option<String>)>>,
}

impl ZoneCache {
    fn new() -> Self {
        ZoneCache { database: TimeZoneDatabase::bundled(), last: std::cell::RefCell::new(None) }
    }

    fn find(&self, text: &str) -> Option<String> {
        let mut last = self.last.borrow_mut();
        match &*last {
            Some((known, found)) if known == text => found.clone(),
            Some(_) | None => {
                let zone = self.database.get(text).ok();
                let found = zone.and_then(|zone| zone.iana_name().map(str::to_owned));
                *last = Some((text.to_owned(), found.clone()));
                found
            }
        }
    }
}

/// The ids of a file, to find one that comes twice.
///
/// It keeps a hash and a line number, some 20 bytes, for each row and no text.
#[derive(Default)]
pub(super) struct SeenIds(HashMap<u64, u64, BuildHasherDefault<Hashed>>);

impl SeenIds {
    /// Returns the earlier line with the same id.
    pub(super) fn note(&mut self, id: &str, line: u64) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        match self.0.entry(hasher.finish()) {
            std::collections::hash_map::Entry::Occupied(earlier) => Some(*earlier.get()),
            std::collections::hash_map::Entry::Vacant(vacant) => {
                vacant.insert(line);
                None
            }
        }
    }
}

/// Passes a number on that is a hash already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
