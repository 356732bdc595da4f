//! Rows as debtors and receivables.

use std::ops::ControlFlow;

use duewell_domain::debtor::PartyKind;
use duewell_domain::money::{Currency, Money};
use duewell_domain::receivable::ReceivableKind;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::country::{find_country, find_language};
use super::mapping::{Columns, Field, Mapping, TableKind, required_fields, shown_headers};
use super::reading::{Fields, LINE_CHARS_MAX, RowReader, SeenIds, TEXT_CHARS_MAX, WORD_CHARS_MAX};
use super::row::Row;
use super::value::{Wrong, fold, read_amount, read_party_kind, read_receivable_kind, read_yes_no};
use super::{Finding, TableError, TableFile};

/// One debtor as a row tells it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DebtorRecord {
    pub line: u64,
    pub external_id: String,
    pub kind: PartyKind,
    pub name: String,
    pub emails: Vec<String>,
    /// E.164.
    pub phones: Vec<String>,
    /// ISO 3166 alpha-2, with or without an address: it tells the hour where the debtor is.
    pub country: Option<String>,
    pub addresses: Vec<AddressRecord>,
    /// ISO 639-1.
    pub language: Option<String>,
    /// IANA name, as in the time-zone database that is built in.
    pub time_zone: Option<String>,
    pub segment: Option<String>,
    pub group: Option<String>,
    pub parent_external_id: Option<String>,
    pub email_consent: Option<bool>,
}

/// A postal address as a row tells it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct AddressRecord {
    pub street: Option<String>,
    pub postcode: Option<String>,
    pub city: Option<String>,
    pub region: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
}

/// One receivable as a row tells it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReceivableRecord {
    pub line: u64,
    pub external_id: String,
    pub debtor_external_id: String,
    pub kind: ReceivableKind,
    pub number: String,
    pub reference: Option<String>,
    /// Always more than nothing.
    pub amount: Money,
    pub issued_on: Option<Date>,
    pub due_on: Date,
    pub description: Option<String>,
}

/// Reads debtors in file order: a record, or everything that is wrong with its row.
///
/// A row without a kind takes the mapping's default, and without that counts
/// as a person. An error means that the table or the mapping as a whole cannot
/// be used; rows read before it have been handed over.
pub fn read_debtors(
    table: &TableFile,
    mapping: &Mapping,
    on: &mut dyn FnMut(Result<DebtorRecord, Vec<Finding>>),
) -> Result<(), TableError> {
    each_record(table, mapping, TableKind::Debtors, debtor, on)
}

/// Reads receivables in file order: a record, or everything that is wrong with its row.
///
/// A file without a column for the external id uses the number as one, and the
/// other way round. Errors are as for [`read_debtors`].
pub fn read_receivables(
    table: &TableFile,
    mapping: &Mapping,
    on: &mut dyn FnMut(Result<ReceivableRecord, Vec<Finding>>),
) -> Result<(), TableError> {
    each_record(table, mapping, TableKind::Receivables, receivable, on)
}

type ReadRecord<T> = fn(&RowReader<'_>, &Row, &mut SeenIds) -> Result<T, Vec<Finding>>;

fn each_record<T>(
    table: &TableFile,
    mapping: &Mapping,
    kind: TableKind,
    read: ReadRecord<T>,
    on: &mut dyn FnMut(Result<T, Vec<Finding>>),
) -> Result<(), TableError> {
    let headers = table.headers();
    let columns = Columns::resolve(mapping, headers)?;
    for fields in required_fields(kind) {
        columns.require(fields, headers)?;
    }
    check_defaults(mapping)?;
    if kind == TableKind::Receivables
        && columns.index(Field::Currency).is_none()
        && mapping.defaults.currency.is_none()
    {
        return Err(TableError::NoCurrency { headers: shown_headers(headers) });
    }
    let reader = RowReader::new(mapping, &columns, headers);
    let mut seen = SeenIds::default();
    table.each_row(&mut |row| {
        on(read(&reader, row, &mut seen));
        ControlFlow::Continue(())
    })
}

fn check_defaults(mapping: &Mapping) -> Result<(), TableError> {
    let defaults = &mapping.defaults;
    if let Some(value) = defaults.country.as_ref().filter(|value| find_country(value).is_none()) {
        return Err(TableError::WrongDefault { what: "country", value: value.clone() });
    }
    if let Some(value) = defaults.language.as_ref().filter(|value| find_language(value).is_none()) {
        return Err(TableError::WrongDefault { what: "language", value: value.clone() });
    }
    Ok(())
}

fn debtor(reader: &RowReader<'_>, row: &Row, seen: &mut SeenIds) -> Result<DebtorRecord, Vec<Finding>> {
    let mut fields = reader.fields(row);
    let external_id = fields.required(Field::ExternalId, WORD_CHARS_MAX);
    report_repeated(&mut fields, Field::ExternalId, external_id.as_deref(), seen);
    let name = full_name(reader, &mut fields);
    let kind = party_kind(reader, &mut fields);
    let country = fields.country();
    let mut emails = Vec::new();
    fields.emails(Field::Email, &mut emails);
    fields.emails(Field::Email2, &mut emails);
    let mut phones = Vec::new();
    fields.phones(Field::Phone, country, &mut phones);
    fields.phones(Field::Phone2, country, &mut phones);
    let addresses = address(&mut fields, country).into_iter().collect();
    let language = fields.language();
    let time_zone = fields.time_zone();
    let segment = fields.line_of(Field::Segment, WORD_CHARS_MAX);
    let group = fields.line_of(Field::Group, WORD_CHARS_MAX);
    let parent_external_id = fields.line_of(Field::ParentExternalId, WORD_CHARS_MAX);
    if parent_external_id.is_some() && parent_external_id == external_id {
        let wrong = Wrong::new("the debtor is its own parent", "leave the cell empty or name another debtor");
        fields.report(Field::ParentExternalId, parent_external_id.as_deref().unwrap_or_default(), wrong);
    }
    let email_consent = yes_no(&mut fields, Field::EmailConsent);
    let (Some(external_id), Some(name), true) = (external_id, name, fields.findings.is_empty()) else {
        return Err(fields.findings);
    };
    Ok(DebtorRecord {
        line: row.line,
        external_id,
        kind,
        name,
        emails,
        phones,
        country: country.map(str::to_owned),
        addresses,
        language,
        time_zone,
        segment,
        group,
        parent_external_id,
        email_consent,
    })
}

fn report_repeated(fields: &mut Fields<'_>, field: Field, id: Option<&str>, seen: &mut SeenIds) {
    let Some(id) = id else { return };
    if let Some(earlier) = seen.note(id, fields.line()) {
        let wrong = Wrong::new(format!("line {earlier} has it already"), "keep one of the two rows");
        fields.report(field, id, wrong);
    }
}

/// Returns the name from its one column, or put together from first and last name.
fn full_name(reader: &RowReader<'_>, fields: &mut Fields<'_>) -> Option<String> {
    let before = fields.findings.len();
    if let Some(name) = fields.line_of(Field::Name, LINE_CHARS_MAX) {
        return Some(name);
    }
    let first = fields.line_of(Field::FirstName, LINE_CHARS_MAX);
    let last = fields.line_of(Field::LastName, LINE_CHARS_MAX);
    match (first, last) {
        (Some(first), Some(last)) => Some(format!("{first} {last}")),
        (Some(name), None) | (None, Some(name)) => Some(name),
        (None, None) => {
            if fields.findings.len() == before {
                let column = [Field::Name, Field::LastName, Field::FirstName]
                    .into_iter()
                    .find(|&field| reader.columns.index(field).is_some());
                fields.report_missing(column.unwrap_or(Field::Name));
            }
            None
        }
    }
}

fn party_kind(reader: &RowReader<'_>, fields: &mut Fields<'_>) -> PartyKind {
    let default = reader.mapping.defaults.kind.unwrap_or(PartyKind::Person);
    let Some(text) = fields.text(Field::Kind) else { return default };
    match text {
        "person" => PartyKind::Person,
        "company" => PartyKind::Company,
        other => read_party_kind(&fold(other)).unwrap_or_else(|| {
            let wrong =
                Wrong::new("unknown kind of debtor", "write person or company, or leave the cell empty");
            fields.report(Field::Kind, other, wrong);
            default
        }),
    }
}

/// Returns the address; a row with a country alone has none.
fn address(fields: &mut Fields<'_>, country: Option<&'static str>) -> Option<AddressRecord> {
    let street = fields.line_of(Field::Street, LINE_CHARS_MAX);
    let postcode = fields.line_of(Field::Postcode, WORD_CHARS_MAX);
    let city = fields.line_of(Field::City, LINE_CHARS_MAX);
    let region = fields.line_of(Field::Region, LINE_CHARS_MAX);
    if street.is_none() && postcode.is_none() && city.is_none() {
        return None;
    }
    Some(AddressRecord { street, postcode, city, region, country: country.map(str::to_owned) })
}

fn yes_no(fields: &mut Fields<'_>, field: Field) -> Option<bool> {
    let text = fields.text(field)?;
    let answer = match text {
        "yes" | "true" | "1" => Some(true),
        "no" | "false" | "0" => Some(false),
        other => read_yes_no(&fold(other)),
    };
    if answer.is_none() {
        fields.report(
            field,
            text,
            Wrong::new("it is neither yes nor no", "write yes or no, or leave the cell empty"),
        );
    }
    answer
}

fn receivable(
    reader: &RowReader<'_>,
    row: &Row,
    seen: &mut SeenIds,
) -> Result<ReceivableRecord, Vec<Finding>> {
    let mut fields = reader.fields(row);
    let has = |field| reader.columns.index(field).is_some();
    let (external_id, number) = match (has(Field::ExternalId), has(Field::Number)) {
        (true, true) => {
            let external_id = fields.required(Field::ExternalId, WORD_CHARS_MAX);
            (external_id, fields.required(Field::Number, WORD_CHARS_MAX))
        }
        (true, false) => {
            let external_id = fields.required(Field::ExternalId, WORD_CHARS_MAX);
            (external_id.clone(), external_id)
        }
        (false, true) | (false, false) => {
            let number = fields.required(Field::Number, WORD_CHARS_MAX);
            (number.clone(), number)
        }
    };
    let id_field = if has(Field::ExternalId) { Field::ExternalId } else { Field::Number };
    report_repeated(&mut fields, id_field, external_id.as_deref(), seen);
    let debtor_external_id = fields.required(Field::DebtorExternalId, WORD_CHARS_MAX);
    let kind = receivable_kind(&mut fields);
    let reference = fields.line_of(Field::Reference, LINE_CHARS_MAX);
    let amount = amount(reader, &mut fields);
    let issued_on = fields.day(Field::IssuedOn);
    let before = fields.findings.len();
    let due_on = fields.day(Field::DueOn);
    if due_on.is_none() && fields.findings.len() == before {
        fields.report_missing(Field::DueOn);
    }
    if let (Some(issued_on), Some(due_on)) = (issued_on, due_on)
        && issued_on > due_on
    {
        let wrong = Wrong::new(
            format!("it is due on {due_on}, before it was issued on {issued_on}"),
            "correct one of the dates, or check date_order in the mapping",
        );
        let value = fields.text(Field::DueOn).unwrap_or_default();
        fields.report(Field::DueOn, value, wrong);
    }
    let description = fields.line_of(Field::Description, TEXT_CHARS_MAX);
    let complete = fields.findings.is_empty();
    let (Some(external_id), Some(number), Some(debtor_external_id), Some(amount), Some(due_on), true) =
        (external_id, number, debtor_external_id, amount, due_on, complete)
    else {
        return Err(fields.findings);
    };
    Ok(ReceivableRecord {
        line: row.line,
        external_id,
        debtor_external_id,
        kind,
        number,
        reference,
        amount,
        issued_on,
        due_on,
        description,
    })
}

fn receivable_kind(fields: &mut Fields<'_>) -> ReceivableKind {
    let Some(text) = fields.text(Field::Kind) else { return ReceivableKind::Invoice };
    if text == "invoice" {
        return ReceivableKind::Invoice;
    }
    read_receivable_kind(&fold(text)).unwrap_or_else(|wrong| {
        fields.report(Field::Kind, text, wrong);
        ReceivableKind::Invoice
    })
}

/// Returns the amount; its currency is that of its cell, its column or the default.
fn amount(reader: &RowReader<'_>, fields: &mut Fields<'_>) -> Option<Money> {
    let (in_column, column_wrong) = match fields.text(Field::Currency) {
        None => (None, false),
        Some(text) => match currency(text) {
            Some(currency) => (Some(currency), false),
            None => {
                let wrong = Wrong::new("unknown currency", "write an ISO 4217 code such as EUR");
                fields.report(Field::Currency, text, wrong);
                (None, true)
            }
        },
    };
    let before = fields.findings.len();
    let Some((text, kind)) = fields.text_and_kind(Field::Amount) else {
        if fields.findings.len() == before {
            fields.report_missing(Field::Amount);
        }
        return None;
    };
    let mark = reader.mapping.decimal_mark;
    let written = match read_amount(text, kind, mark) {
        Ok(written) => written,
        Err(wrong) => {
            fields.report(Field::Amount, text, wrong);
            return None;
        }
    };
    if column_wrong {
        return None;
    }
    if let (Some(beside), Some(column)) = (written.currency, in_column)
        && beside != column
    {
        let wrong = Wrong::new(
            format!("the amount is in {beside}, the currency column says {column}"),
            "correct one of the two",
        );
        fields.report(Field::Amount, text, wrong);
        return None;
    }
    let Some(currency) = written.currency.or(in_column).or(reader.mapping.defaults.currency) else {
        let wrong = Wrong::new(
            "the currency is missing",
            "fill the cell in, or set defaults.currency in the mapping",
        );
        fields.report(Field::Currency, "", wrong);
        return None;
    };
    if text.contains('$') && !DOLLARS.contains(&currency.code()) {
        let wrong = Wrong::new(
            format!("the amount is in dollars, its currency is {currency}"),
            "correct one of the two",
        );
        fields.report(Field::Amount, text, wrong);
        return None;
    }
    match written.minor(currency, mark.is_some()) {
        Ok(minor) => Some(Money::new(minor, currency)),
        Err(wrong) => {
            fields.report(Field::Amount, text, wrong);
            None
        }
    }
}

/// Currencies that write `$`: dollars, and the pesos and others of the Americas.
const DOLLARS: [&str; 24] = [
    "USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP", "ARS", "UYU", "BRL", "DOP", "JMD",
    "TTD", "BBD", "BSD", "BZD", "BMD", "KYD", "XCD", "FJD", "NAD",
];

fn currency(text: &str) -> Option<Currency> {
    match text {
        "EUR" | "€" => Some(Currency::EUR),
        "£" => Some(Currency::GBP),
        code if code.len() == 3 => code.to_ascii_uppercase().parse().ok(),
        _ => None,
    }
}
