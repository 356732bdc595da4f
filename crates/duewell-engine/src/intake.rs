//! Files at the door: what a file is, what it would change, and bringing it in.
//!
//! A person hands over a file without saying what it is. It is recognised by its
//! content, never by its name; a table is read with the columns guessed first
//! and mended by the person, and nothing is written before they say so.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use duewell_domain::debtor::PartyKind;
use duewell_domain::id::BatchId;
use duewell_formats::camt::{CamtError, read_camt};
use duewell_formats::invoice::{PDF_BYTES_MAX, read_invoice};
use duewell_formats::table::{
    DateOrder, DebtorRecord, DecimalMark, Field, Finding, Mapping, ReceivableRecord, TableError, TableFile,
    TableKind, guess_mapping, read_debtors, read_receivables,
};
use duewell_store::import::{self, Batch};
use serde::{Deserialize, Serialize};

use crate::bank::{StatementSummary, import_statement};
use crate::desk::{Desk, Settings};
use crate::error::{EngineError, with_causes};
use crate::invoice::{InvoiceSummary, import_invoice};
use crate::people::{Commit, ImportSummary, Source, import_debtors, import_receivables};

/// Rows of a table that are shown as they are read.
const SHOWN_ROWS: usize = 20;
/// How much of a file is looked at to tell text from anything else.
const HEAD_BYTES: u64 = 8 * 1024;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    Debtors,
    Receivables,
    Invoice,
    Statement,
}

impl FileKind {
    /// Returns the word a batch of this kind is stored with.
    pub fn as_str(self) -> &'static str {
        match self {
            FileKind::Debtors => "debtors",
            FileKind::Receivables => "receivables",
            FileKind::Invoice => "invoice",
            FileKind::Statement => "statement",
        }
    }

    /// Returns what the rows are, for a table.
    pub fn table(self) -> Option<TableKind> {
        match self {
            FileKind::Debtors => Some(TableKind::Debtors),
            FileKind::Receivables => Some(TableKind::Receivables),
            FileKind::Invoice | FileKind::Statement => None,
        }
    }
}

/// A file that was handed over: where it lies, what the person calls it, and its hash.
#[derive(Clone, Copy, Debug)]
pub struct Handed<'a> {
    pub path: &'a Path,
    pub name: &'a str,
    pub sha256: [u8; 32],
    /// Who hands it in, as the journal names them.
    pub actor: &'a str,
}

impl Handed<'_> {
    fn wrong(&self, reason: impl ToString) -> EngineError {
        EngineError::File { file: self.name.to_owned(), reason: reason.to_string() }
    }

    fn read(&self) -> Result<Vec<u8>, EngineError> {
        let file = File::open(self.path).map_err(|error| self.wrong(error))?;
        let mut bytes = Vec::new();
        file.take(PDF_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(|error| self.wrong(error))?;
        Ok(bytes)
    }
}

/// Recognises what a file holds by its content; an error says why it is nothing we take.
pub fn recognise(file: &Handed<'_>) -> Result<FileKind, EngineError> {
    let mut head = Vec::new();
    File::open(file.path)
        .and_then(|open| open.take(HEAD_BYTES).read_to_end(&mut head))
        .map_err(|error| file.wrong(error))?;
    if head.is_empty() {
        return Err(file.wrong("it is empty"));
    }
    if head.starts_with(b"%PDF") {
        return match read_invoice(&file.read()?) {
            Ok(_) => Ok(FileKind::Invoice),
            Err(error) => Err(file.wrong(with_causes(&error))),
        };
    }
    if is_markup(&head) {
        return recognise_markup(file);
    }
    recognise_table(file)
}

/// Says whether a text begins with an angle bracket, in UTF-8 or UTF-16, with or without a byte-order mark.
fn is_markup(head: &[u8]) -> bool {
    head.iter()
        .find(|byte| !matches!(byte, 0 | 0xEF | 0xBB | 0xBF | 0xFE | 0xFF | b' ' | b'\t' | b'\r' | b'\n'))
        .is_some_and(|byte| *byte == b'<')
}

fn recognise_markup(file: &Handed<'_>) -> Result<FileKind, EngineError> {
    let open = File::open(file.path).map_err(|error| file.wrong(error))?;
    match read_camt(BufReader::new(open), |_| ControlFlow::Break(())) {
        // A report or an announcement is refused by name when it is looked at.
        Ok(_) => Ok(FileKind::Statement),
        Err(CamtError::NotCamt { .. }) => match read_invoice(&file.read()?) {
            Ok(_) => Ok(FileKind::Invoice),
            Err(error) => Err(file.wrong(with_causes(&error))),
        },
        Err(error) => Err(file.wrong(with_causes(&error))),
    }
}

fn recognise_table(file: &Handed<'_>) -> Result<FileKind, EngineError> {
    let wrong = |error: TableError| file.wrong(with_causes(&error));
    let table = TableFile::open(file.path).map_err(wrong)?;
    let mut best: Option<(FileKind, usize, usize)> = None;
    for kind in [FileKind::Receivables, FileKind::Debtors] {
        let Some(rows) = kind.table() else { continue };
        let (mapping, _) = guess_mapping(rows, &table).map_err(wrong)?;
        let lacking = required(rows).iter().filter(|fields| !has_one(&mapping, fields)).count();
        let known = mapping.columns.len();
        // Of two that lack as little, the one that knows more columns.
        let better = |&(_, its_lacking, its_known): &(FileKind, usize, usize)| {
            (lacking, its_known) < (its_lacking, known)
        };
        if best.as_ref().is_none_or(better) {
            best = Some((kind, lacking, known));
        }
    }
    match best {
        Some((kind, _, known)) if table.headers().len() > 1 || known > 0 => Ok(kind),
        _ => Err(file.wrong("it has a single column that nothing is known of")),
    }
}

/// The fields of a table of this kind, in the order people think of them.
pub fn fields(kind: TableKind) -> &'static [Field] {
    match kind {
        TableKind::Debtors => &[
            Field::ExternalId,
            Field::Name,
            Field::FirstName,
            Field::LastName,
            Field::Kind,
            Field::Email,
            Field::Email2,
            Field::Phone,
            Field::Phone2,
            Field::Street,
            Field::Postcode,
            Field::City,
            Field::Region,
            Field::Country,
            Field::Language,
            Field::TimeZone,
            Field::Segment,
            Field::Group,
            Field::ParentExternalId,
            Field::EmailConsent,
        ],
        TableKind::Receivables => &[
            Field::Number,
            Field::ExternalId,
            Field::DebtorExternalId,
            Field::Amount,
            Field::Currency,
            Field::DueOn,
            Field::IssuedOn,
            Field::Kind,
            Field::Reference,
            Field::Description,
        ],
    }
}

/// The fields that a table of this kind cannot do without; of each group one is enough (docs/spec/tables.md).
pub fn required(kind: TableKind) -> &'static [&'static [Field]] {
    match kind {
        TableKind::Debtors => &[&[Field::ExternalId], &[Field::Name, Field::LastName, Field::FirstName]],
        TableKind::Receivables => &[
            &[Field::Number, Field::ExternalId],
            &[Field::DebtorExternalId],
            &[Field::Amount],
            &[Field::DueOn],
        ],
    }
}

fn has_one(mapping: &Mapping, fields: &[Field]) -> bool {
    fields.iter().any(|field| mapping.columns.contains_key(field))
}

/// What a person said about how a table is read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// A workbook's sheet; the first without it.
    pub sheet: Option<String>,
    /// The columns as chosen; guessed without it.
    pub columns: Option<BTreeMap<Field, String>>,
    pub date_order: Option<DateOrder>,
    pub decimal_mark: Option<DecimalMark>,
    /// What a debtor is whose row does not say.
    pub kind: Option<PartyKind>,
}

/// A place of the file that can be read in two ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    pub line: u64,
    pub column: String,
    pub value: String,
}

impl From<&Finding> for Doubt {
    fn from(finding: &Finding) -> Doubt {
        Doubt { line: finding.line, column: finding.column.clone(), value: finding.value.clone() }
    }
}

/// A row as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadRow {
    Debtor(Box<DebtorRecord>),
    Receivable(Box<ReceivableRecord>),
    /// A row that cannot be taken, by its line.
    Wrong(u64),
}

/// What bringing a table in would do.
#[derive(Clone, Debug)]
pub struct TableLook {
    pub kind: TableKind,
    pub sheets: Vec<String>,
    pub headers: Vec<String>,
    pub mapping: Mapping,
    /// Groups of fields of which none has a column; with any of them nothing can be read.
    pub missing: Vec<&'static [Field]>,
    /// Dates whose order the file leaves open, and amounts whose mark it leaves open.
    pub doubtful_date: Option<Doubt>,
    pub doubtful_amount: Option<Doubt>,
    /// The first rows as they are read.
    pub rows: Vec<ReadRow>,
    /// The dry run; none while fields are missing.
    pub summary: Option<ImportSummary>,
}

/// Tells what bringing a table in would do; changes nothing.
pub fn look_at_table(
    desk: &Desk,
    file: &Handed<'_>,
    kind: TableKind,
    reading: &Reading,
) -> Result<TableLook, EngineError> {
    let stop = Arc::new(AtomicBool::new(false));
    let table = open_table(file, reading, &stop)?;
    let (mapping, guessed) = mapping_of(desk, file, &table, kind, reading)?;
    let of = |fields: &[Field]| {
        let column = |finding: &&Finding| {
            fields.iter().any(|field| mapping.columns.get(field) == Some(&finding.column))
        };
        guessed.iter().find(column).map(Doubt::from)
    };
    let doubtful_date =
        if mapping.date_order.is_none() { of(&[Field::DueOn, Field::IssuedOn]) } else { None };
    let doubtful_amount = if mapping.decimal_mark.is_none() { of(&[Field::Amount]) } else { None };
    let missing: Vec<_> =
        required(kind).iter().copied().filter(|fields| !has_one(&mapping, fields)).collect();
    let (mut rows, mut summary) = (Vec::new(), None);
    if missing.is_empty() {
        summary = Some(import_table(desk, file, &table, &mapping, kind, Commit::DryRun)?);
        rows = first_rows(&table, &mapping, kind, &stop);
    }
    Ok(TableLook {
        kind,
        sheets: table.sheets().to_vec(),
        headers: table.headers().to_vec(),
        mapping,
        missing,
        doubtful_date,
        doubtful_amount,
        rows,
        summary,
    })
}

/// Brings the good rows of a table in.
pub fn bring_in_table(
    desk: &Desk,
    file: &Handed<'_>,
    kind: TableKind,
    reading: &Reading,
) -> Result<ImportSummary, EngineError> {
    let table = open_table(file, reading, &Arc::default())?;
    let (mapping, _) = mapping_of(desk, file, &table, kind, reading)?;
    import_table(desk, file, &table, &mapping, kind, Commit::Write)
}

fn open_table(
    file: &Handed<'_>,
    reading: &Reading,
    stop: &Arc<AtomicBool>,
) -> Result<TableFile, EngineError> {
    let wrong = |error: TableError| file.wrong(with_causes(&error));
    let open = File::open(file.path).map_err(|error| file.wrong(error))?;
    let table = TableFile::from_reader(Stoppable { file: open, stop: Arc::clone(stop) }).map_err(wrong)?;
    match &reading.sheet {
        Some(sheet) if !table.sheets().is_empty() => table.with_sheet(sheet).map_err(wrong),
        _ => Ok(table),
    }
}

fn import_table(
    desk: &Desk,
    file: &Handed<'_>,
    table: &TableFile,
    mapping: &Mapping,
    kind: TableKind,
    commit: Commit,
) -> Result<ImportSummary, EngineError> {
    let source = Source { file_name: file.name, sha256: file.sha256, table, mapping, actor: file.actor };
    match kind {
        TableKind::Debtors => import_debtors(desk, &source, commit, &mut |_| {}),
        TableKind::Receivables => import_receivables(desk, &source, commit, &mut |_| {}),
    }
}

/// Guesses how the table is read, and puts what the person said in the place of the guesses.
fn mapping_of(
    desk: &Desk,
    file: &Handed<'_>,
    table: &TableFile,
    kind: TableKind,
    reading: &Reading,
) -> Result<(Mapping, Vec<Finding>), EngineError> {
    let (mut mapping, findings) =
        guess_mapping(kind, table).map_err(|error| file.wrong(with_causes(&error)))?;
    if let Some(columns) = &reading.columns {
        mapping.columns.clone_from(columns);
    }
    mapping.date_order = reading.date_order.or(mapping.date_order);
    mapping.decimal_mark = reading.decimal_mark.or(mapping.decimal_mark);
    mapping.defaults.kind = reading.kind.or(mapping.defaults.kind);
    fill_in_defaults(&mut mapping, &desk.settings)?;
    Ok((mapping, findings))
}

/// Lets the settings say what neither the file nor the person does.
fn fill_in_defaults(mapping: &mut Mapping, settings: &Settings) -> Result<(), EngineError> {
    if mapping.defaults.currency.is_none() {
        mapping.defaults.currency = Some(settings.currency.parse()?);
    }
    if mapping.defaults.country.is_none() && !settings.country.is_empty() {
        mapping.defaults.country = Some(settings.country.clone());
    }
    Ok(())
}

/// Reads the first rows and lets the file end there: the rest need not be read again to show twenty.
fn first_rows(table: &TableFile, mapping: &Mapping, kind: TableKind, stop: &AtomicBool) -> Vec<ReadRow> {
    let mut rows: Vec<ReadRow> = Vec::new();
    let mut take = |row: ReadRow| {
        if rows.len() < SHOWN_ROWS {
            rows.push(row);
        } else {
            stop.store(true, Ordering::Relaxed);
        }
    };
    let line = |findings: &[Finding]| findings.first().map_or(0, |finding| finding.line);
    let read = match kind {
        TableKind::Debtors => read_debtors(table, mapping, &mut |row| {
            take(row.map_or_else(
                |findings| ReadRow::Wrong(line(&findings)),
                |one| ReadRow::Debtor(Box::new(one)),
            ));
        }),
        TableKind::Receivables => read_receivables(table, mapping, &mut |row| {
            take(row.map_or_else(
                |findings| ReadRow::Wrong(line(&findings)),
                |one| ReadRow::Receivable(Box::new(one)),
            ));
        }),
    };
    // A workbook that ends early is a broken one; the whole file was read well a moment ago.
    drop(read);
    stop.store(false, Ordering::Relaxed);
    rows
}

/// A file that can be made to end early.
struct Stoppable {
    file: File,
    stop: Arc<AtomicBool>,
}

impl Read for Stoppable {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.load(Ordering::Relaxed) { Ok(0) } else { self.file.read(buffer) }
    }
}

impl Seek for Stoppable {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// Tells what an invoice says and would do.
pub fn look_at_invoice(desk: &Desk, file: &Handed<'_>) -> Result<InvoiceSummary, EngineError> {
    import_invoice(desk, file.name, file.sha256, &file.read()?, Commit::DryRun, file.actor)
}

/// Brings an invoice in, and names the batch for `undo`.
pub fn bring_in_invoice(
    desk: &Desk,
    file: &Handed<'_>,
) -> Result<(InvoiceSummary, Option<BatchId>), EngineError> {
    let summary = import_invoice(desk, file.name, file.sha256, &file.read()?, Commit::Write, file.actor)?;
    // Another file may come in at the same moment: the newest invoice of this name is ours.
    let batch = list_batches(desk, 20)?
        .into_iter()
        .find(|batch| batch.kind == FileKind::Invoice.as_str() && batch.file_name == file.name);
    Ok((summary, batch.map(|batch| batch.id)))
}

/// Tells what a bank statement holds.
pub fn look_at_statement(desk: &Desk, file: &Handed<'_>) -> Result<StatementSummary, EngineError> {
    statement(desk, file, true)
}

/// Books a bank statement.
pub fn book_statement(desk: &Desk, file: &Handed<'_>) -> Result<StatementSummary, EngineError> {
    statement(desk, file, false)
}

fn statement(desk: &Desk, file: &Handed<'_>, dry_run: bool) -> Result<StatementSummary, EngineError> {
    let open = || Ok(BufReader::with_capacity(1 << 18, File::open(file.path)?));
    import_statement(desk, file.name, &file.sha256, open, dry_run, file.actor, &mut |_, _| {})
}

/// Lists what was brought in, newest first.
pub fn list_batches(desk: &Desk, limit: i64) -> Result<Vec<Batch>, EngineError> {
    desk.store.read(|tx| Ok(import::list_batches(tx, desk.book.id, limit)?))
}

/// Says whether an import can be taken back as a whole, as far as can be said before trying.
pub fn can_undo(batch: &Batch) -> bool {
    batch.kind != FileKind::Statement.as_str()
        && batch.undone_at.is_none()
        && batch.rows_new + batch.rows_changed > 0
}

#[cfg(test)]
mod tests {
    use duewell_formats::table::TableFile;

    use super::*;

    fn recognised(content: &[u8]) -> Result<FileKind, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("upload");
        std::fs::write(&path, content).expect("a file");
        recognise(&Handed { path: &path, name: "upload", sha256: [0; 32], actor: "user:test" })
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_is_recognised_by_its_content() {
        let camt = |root: &str| {
            format!(
                "\u{feff}<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">{root}</Document>"
            )
        };
        for (content, expected) in [
            ("customer number,company,email\n7,Miller,a@b.example\n", FileKind::Debtors),
            ("Kundennummer;Firma;E-Mail;Land\n7;Müller;a@b.example;DE\n", FileKind::Debtors),
            ("invoice number,customer number,amount,due date\n1,7,5.00,2026-01-31\n", FileKind::Receivables),
            ("Rechnungsnummer;Kundennummer;Betrag;Fällig am\n1;7;5,00;31.01.2026\n", FileKind::Receivables),
            // Columns nobody knows are for a person to name.
            ("alpha,beta\n1,2\n", FileKind::Debtors),
            (&camt("<BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr></BkToCstmrStmt>"), FileKind::Statement),
            // It is refused by its name when it is looked at.
            (&camt("<BkToCstmrAcctRpt></BkToCstmrAcctRpt>"), FileKind::Statement),
        ] {
            assert_eq!(recognised(content.as_bytes()), Ok(expected), "{content}");
        }
    }

    #[test]
    fn what_is_nothing_we_take_is_refused_with_the_reason() {
        for (content, reason) in [
            (&b""[..], "it is empty"),
            (b"hello", "single column"),
            (b"<html><body>Sign in</body></html>", "its root is `html`"),
            (b"<Document><unclosed", ""),
            (b"%PDF-1.7 no invoice", ""),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ""),
            (b"PK\x03\x04 no workbook", "the workbook cannot be read"),
        ] {
            let refused = recognised(content).expect_err("it is no file of ours");
            assert!(refused.contains(reason), "{refused}");
        }
    }

    #[test]
    fn a_table_is_refused_without_one_of_each_group_that_is_needed() {
        for kind in [TableKind::Debtors, TableKind::Receivables] {
            for left_out in required(kind) {
                let header: Vec<&str> = required(kind)
                    .iter()
                    .filter(|group| *group != left_out)
                    .map(|group| group[0].as_str())
                    .chain(["currency"])
                    .collect();
                let text = format!("{}\n", header.join(","));
                let table = TableFile::from_reader(io::Cursor::new(text)).expect("a table");
                let columns = required(kind)
                    .iter()
                    .filter(|group| *group != left_out)
                    .map(|group| (group[0], group[0].as_str().to_owned()))
                    .collect();
                let mapping = Mapping { columns, ..Mapping::default() };
                let read = match kind {
                    TableKind::Debtors => read_debtors(&table, &mapping, &mut |_| {}),
                    TableKind::Receivables => read_receivables(&table, &mapping, &mut |_| {}),
                };
                assert!(matches!(read, Err(TableError::MissingColumn { .. })), "{left_out:?}: {read:?}");
            }
        }
    }

    #[test]
    fn the_first_rows_are_read_without_the_rest() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("upload");
        let mut text = "customer number,company\n".to_owned();
        for row in 0..50_000 {
            text.push_str(&format!("{row},Company number {row}\n"));
        }
        std::fs::write(&path, &text).expect("a file");
        let file = Handed { path: &path, name: "upload", sha256: [0; 32], actor: "user:test" };
        let stop = Arc::new(AtomicBool::new(false));
        let table = open_table(&file, &Reading::default(), &stop).expect("a table");
        let (mapping, _) = guess_mapping(TableKind::Debtors, &table).expect("a mapping");
        for _ in 0..2 {
            let rows = first_rows(&table, &mapping, TableKind::Debtors, &stop);
            assert_eq!(rows.len(), SHOWN_ROWS);
            assert!(rows.iter().all(|row| matches!(row, ReadRow::Debtor(_))));
        }
        let mut count = 0;
        read_debtors(&table, &mapping, &mut |_| count += 1).expect("the whole file");
        assert_eq!(count, 50_000, "the file is whole again");
    }
}
