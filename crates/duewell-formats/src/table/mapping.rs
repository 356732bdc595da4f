//! Which column holds which field, and how days and amounts are written.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::ControlFlow;

use duewell_domain::debtor::PartyKind;
use duewell_domain::money::Currency;
use serde::{Deserialize, Serialize};

use super::columns::{COMPANY_NAMES, synonyms};
use super::row::{CellKind, Row};
use super::value::{MarkEvidence, WrittenDay, fold, read_amount, read_day};
use super::{Finding, TableError, TableFile};

/// Rows looked at to find the decimal mark and the order of dates.
const GUESS_ROWS: usize = 1000;

/// What a table's rows are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableKind {
    Debtors,
    Receivables,
}

/// A field of a record that a column can fill.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    ExternalId,
    Kind,
    Name,
    FirstName,
    LastName,
    Email,
    #[serde(rename = "email_2")]
    Email2,
    Phone,
    #[serde(rename = "phone_2")]
    Phone2,
    Street,
    Postcode,
    City,
    Region,
    Country,
    Language,
    TimeZone,
    Segment,
    Group,
    ParentExternalId,
    EmailConsent,
    DebtorExternalId,
    Number,
    Reference,
    Amount,
    Currency,
    IssuedOn,
    DueOn,
    Description,
}

impl Field {
    pub const COUNT: usize = Field::Description as usize + 1;

    /// Returns the word for the field in a mapping: `due_on`.
    pub fn as_str(self) -> &'static str {
        match self {
            Field::ExternalId => "external_id",
            Field::Kind => "kind",
            Field::Name => "name",
            Field::FirstName => "first_name",
            Field::LastName => "last_name",
            Field::Email => "email",
            Field::Email2 => "email_2",
            Field::Phone => "phone",
            Field::Phone2 => "phone_2",
            Field::Street => "street",
            Field::Postcode => "postcode",
            Field::City => "city",
            Field::Region => "region",
            Field::Country => "country",
            Field::Language => "language",
            Field::TimeZone => "time_zone",
            Field::Segment => "segment",
            Field::Group => "group",
            Field::ParentExternalId => "parent_external_id",
            Field::EmailConsent => "email_consent",
            Field::DebtorExternalId => "debtor_external_id",
            Field::Number => "number",
            Field::Reference => "reference",
            Field::Amount => "amount",
            Field::Currency => "currency",
            Field::IssuedOn => "issued_on",
            Field::DueOn => "due_on",
            Field::Description => "description",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// In what order a date's numbers stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    YearMonthDay,
    DayMonthYear,
    MonthDayYear,
}

/// What stands between whole units and decimals.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    Point,
    Comma,
}

impl DecimalMark {
    pub(super) fn other(self) -> Self {
        match self {
            DecimalMark::Point => DecimalMark::Comma,
            DecimalMark::Comma => DecimalMark::Point,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            DecimalMark::Point => "point",
            DecimalMark::Comma => "comma",
        }
    }
}

/// What a row means that does not say.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Defaults {
    /// ISO 4217.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// ISO 3166-1 alpha-2; also the country of telephone numbers without a country code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// ISO 639-1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Without it a debtor counts as a person, who is protected more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<PartyKind>,
}

/// Which column holds which field, and how days and amounts are written.
///
/// ```
/// let mapping: duewell_formats::table::Mapping = serde_json::from_str(
///     r#"{ "columns": { "external_id": "Kundennummer", "name": "Firma" },
///          "decimal_mark": "comma", "date_order": "day_month_year",
///          "defaults": { "currency": "EUR", "country": "DE" } }"#,
/// )?;
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// The header of each field's column.
    pub columns: BTreeMap<Field, String>,
    /// Without it, days that can be read in two ways are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// Without it, amounts that can be read in two ways are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal_mark: Option<DecimalMark>,
    pub defaults: Defaults,
}

/// Where each field stands in a row.
pub(super) struct Columns([Option<usize>; Field::COUNT]);

impl Columns {
    /// Finds the mapping's columns among the headers.
    ///
    /// A header is found as it is written, or else by its letters and digits.
    pub(super) fn resolve(mapping: &Mapping, headers: &[String]) -> Result<Self, TableError> {
        let mut columns = [None; Field::COUNT];
        for (&field, header) in &mapping.columns {
            let folded = fold(header);
            let index = headers
                .iter()
                .position(|found| found == header)
                .or_else(|| headers.iter().position(|found| !folded.is_empty() && fold(found) == folded))
                .ok_or_else(|| TableError::UnknownColumn {
                    field,
                    header: super::shortened(header),
                    headers: shown_headers(headers),
                })?;
            columns[field as usize] = Some(index);
        }
        Ok(Columns(columns))
    }

    pub(super) fn index(&self, field: Field) -> Option<usize> {
        self.0[field as usize]
    }

    /// Makes sure that one of the fields has a column.
    pub(super) fn require(&self, fields: &[Field], headers: &[String]) -> Result<(), TableError> {
        if fields.iter().any(|&field| self.index(field).is_some()) {
            return Ok(());
        }
        let field = fields.iter().map(|field| field.as_str()).collect::<Vec<_>>().join(" or ");
        Err(TableError::MissingColumn { field, headers: shown_headers(headers) })
    }
}

/// Returns the headers for an error message, not too many and not too long.
pub(super) fn shown_headers(headers: &[String]) -> Vec<String> {
    headers.iter().take(60).map(|header| super::shortened(header)).collect()
}

/// Guesses which column holds which field from the headers, and how days and amounts are written from the rows.
///
/// The findings ask what a person has to decide: columns nobody uses, fields
/// that are needed and have none, and an order of dates or a decimal mark that
/// the first rows leave open.
pub fn guess_mapping(kind: TableKind, table: &TableFile) -> Result<(Mapping, Vec<Finding>), TableError> {
    let mut mapping = Mapping::default();
    let mut findings = Vec::new();
    let headers = table.headers();
    let line = table.header_line();
    let folded: Vec<String> = headers.iter().map(|header| fold(without_brackets(header))).collect();
    let mut used = vec![false; headers.len()];
    for (field, words) in synonyms(kind) {
        let found = words.iter().find_map(|word| {
            folded.iter().enumerate().position(|(index, header)| !used[index] && header == word)
        });
        if let Some(index) = found {
            used[index] = true;
            mapping.columns.insert(*field, headers[index].clone());
            if *field == Field::Name && COMPANY_NAMES.contains(&folded[index].as_str()) {
                mapping.defaults.kind = Some(PartyKind::Company);
            }
        }
    }
    if mapping.columns.contains_key(&Field::Kind) || mapping.columns.contains_key(&Field::FirstName) {
        mapping.defaults.kind = None;
    }
    for (index, header) in headers.iter().enumerate() {
        if !used[index] {
            findings.push(Finding::new(
                line,
                header,
                header,
                "no field is known by this name, so the column is left out",
                "put it in the mapping if it is needed",
            ));
        }
    }
    let columns = Columns::resolve(&mapping, headers)?;
    for fields in required_fields(kind) {
        if let Err(missing) = columns.require(fields, headers) {
            findings.push(Finding::new(line, "", "", missing.to_string(), "name its column in the mapping"));
        }
    }
    let mut evidence = Evidence::default();
    let mut rows = 0;
    table.each_row(&mut |row| {
        evidence.look_at(row, &columns);
        rows += 1;
        if rows < GUESS_ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    evidence.decide(&mut mapping, &mut findings);
    if kind == TableKind::Receivables
        && columns.index(Field::Currency).is_none()
        && mapping.defaults.currency.is_none()
    {
        findings.push(Finding::new(
            line,
            "",
            "",
            "no column says which currency the amounts are in",
            "set defaults.currency in the mapping",
        ));
    }
    Ok((mapping, findings))
}

/// Returns the fields a record cannot do without; of each group one is enough.
pub(super) fn required_fields(kind: TableKind) -> &'static [&'static [Field]] {
    match kind {
        TableKind::Debtors => &[&[Field::ExternalId], &[Field::Name, Field::LastName, Field::FirstName]],
        TableKind::Receivables => &[
            &[Field::ExternalId, Field::Number],
            &[Field::DebtorExternalId],
            &[Field::Amount],
            &[Field::DueOn],
        ],
    }
}

/// Leaves away what stands in brackets: `Due date (UTC)`, `Betrag [EUR]`.
fn without_brackets(header: &str) -> &str {
    match header.find(['(', '[']) {
        Some(at) if at > 0 => &header[..at],
        Some(_) | None => header,
    }
}

/// What the first rows show about marks, orders and currencies.
#[derive(Default)]
struct Evidence {
    point: Option<Seen>,
    comma: Option<Seen>,
    ambiguous_amount: Option<Seen>,
    day_first: Option<Seen>,
    month_first: Option<Seen>,
    ambiguous_day: Option<Seen>,
    currency: Option<Currency>,
    currencies_differ: bool,
}

/// The first place something was seen in.
struct Seen {
    line: u64,
    field: Field,
    value: String,
}

impl Evidence {
    fn look_at(&mut self, row: &Row, columns: &Columns) {
        let cell =
            |field| columns.index(field).filter(|&at| row.kind(at) == CellKind::Text).map(|at| row.cell(at));
        let seen = |field, value: &str| Seen { line: row.line, field, value: super::shortened(value) };
        if let Some(text) = cell(Field::Amount).filter(|text| !text.is_empty())
            && let Ok(amount) = read_amount(text, CellKind::Text, None)
        {
            let place = match amount.mark {
                MarkEvidence::None => None,
                MarkEvidence::Shows(DecimalMark::Point) => Some(&mut self.point),
                MarkEvidence::Shows(DecimalMark::Comma) => Some(&mut self.comma),
                MarkEvidence::Ambiguous => Some(&mut self.ambiguous_amount),
            };
            if let Some(place) = place {
                place.get_or_insert_with(|| seen(Field::Amount, text));
            }
            if let Some(currency) = amount.currency {
                self.currencies_differ |= *self.currency.get_or_insert(currency) != currency;
            }
        }
        for field in [Field::IssuedOn, Field::DueOn] {
            let Some(text) = cell(field).filter(|text| !text.is_empty()) else { continue };
            let place = match read_day(text, None) {
                // With points the day is first by custom, which proves nothing about slashes.
                Ok(WrittenDay::Shows(DateOrder::DayMonthYear, _)) if !text.contains('.') => {
                    &mut self.day_first
                }
                Ok(WrittenDay::Shows(DateOrder::MonthDayYear, _)) => &mut self.month_first,
                Ok(WrittenDay::Ambiguous) => &mut self.ambiguous_day,
                Ok(WrittenDay::Plain(_) | WrittenDay::Shows(_, _)) | Err(_) => continue,
            };
            place.get_or_insert_with(|| seen(field, text));
        }
    }

    fn decide(self, mapping: &mut Mapping, findings: &mut Vec<Finding>) {
        let mut ask = |mapping: &Mapping, seen: Seen, problem: &str, remedy: &str| {
            let header = mapping.columns.get(&seen.field).map_or("", String::as_str);
            findings.push(Finding::new(seen.line, header, &seen.value, problem, remedy));
        };
        match (self.point, self.comma, self.ambiguous_amount) {
            (Some(_), None, _) => mapping.decimal_mark = Some(DecimalMark::Point),
            (None, Some(_), _) => mapping.decimal_mark = Some(DecimalMark::Comma),
            (Some(point), Some(comma), _) => {
                let later = if point.line > comma.line { point } else { comma };
                ask(
                    mapping,
                    later,
                    "some amounts have a decimal point and some a decimal comma",
                    "set decimal_mark in the mapping and correct the amounts written otherwise",
                );
            }
            (None, None, Some(seen)) => ask(
                mapping,
                seen,
                "the mark can stand for thousands or for decimals",
                "set decimal_mark in the mapping to point or comma",
            ),
            (None, None, None) => {}
        }
        match (self.day_first, self.month_first, self.ambiguous_day) {
            (Some(_), None, _) => mapping.date_order = Some(DateOrder::DayMonthYear),
            (None, Some(_), _) => mapping.date_order = Some(DateOrder::MonthDayYear),
            (Some(day), Some(month), _) => {
                let later = if day.line > month.line { day } else { month };
                ask(
                    mapping,
                    later,
                    "some dates have the day first and some the month",
                    "set date_order in the mapping and correct the dates written otherwise",
                );
            }
            (None, None, Some(seen)) => ask(
                mapping,
                seen,
                "day and month can be either way round",
                "set date_order in the mapping to day_month_year or month_day_year",
            ),
            (None, None, None) => {}
        }
        if !self.currencies_differ && mapping.defaults.currency.is_none() {
            mapping.defaults.currency = self.currency;
        }
    }
}
