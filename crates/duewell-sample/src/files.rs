//! Writing a sample book as the files a creditor would bring.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Serialize;

use crate::debtor::SampleDebtor;
use crate::invoice;
use crate::payment::{PaymentKind, SamplePayment};
use crate::receivable::Source;
use crate::spec::{SampleSpec, SpecError};
use crate::statement::{Booking, Line, Statements};
use crate::stranger::StrangerPayment;
use crate::truth::{self, BookTruth, DebtorTruth, LineTruth};

/// What was written.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct SampleSummary {
    pub debtors: u64,
    /// Rows of the table and invoice files together.
    pub receivables: u64,
    pub invoice_files: u64,
    /// Payments of debtors, returned ones included.
    pub payments: u64,
    pub payments_by_kind: BTreeMap<&'static str, u64>,
    pub strangers: u64,
    pub returned_debits: u64,
    pub refunds: u64,
    pub disputes: u64,
    pub statement_files: u64,
    pub statements: u64,
    /// Entries of all statements, collective ones counted once.
    pub entries: u64,
    /// What was invoiced and what debtors paid, in minor units by currency.
    pub receivables_minor: BTreeMap<&'static str, i64>,
    pub payments_minor: BTreeMap<&'static str, i64>,
    pub from: Option<Date>,
    pub to: Option<Date>,
}

#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error("the folder {} is not empty: a sample book needs one of its own", .0.display())]
    NotEmpty(PathBuf),
    #[error("cannot write {}", .path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("the amounts up to {on} add up to more than an account can hold")]
    TooMuch { on: Date },
}

impl SampleError {
    pub(crate) fn at(path: &Path, source: io::Error) -> Self {
        SampleError::Io { path: path.to_owned(), source }
    }
}

const DEBTOR_COLUMNS: [&str; 13] = [
    "customer_number",
    "name",
    "type",
    "email",
    "phone",
    "street",
    "postcode",
    "city",
    "country",
    "language",
    "time_zone",
    "segment",
    "parent",
];
const RECEIVABLE_COLUMNS: [&str; 9] = [
    "invoice_number",
    "customer_number",
    "kind",
    "amount",
    "currency",
    "issued_on",
    "due_on",
    "reference",
    "description",
];
/// How often progress is told, in debtors.
const PROGRESS_EVERY: u32 = 256;

/// Writes the book into a new or empty folder.
///
/// `debtors.csv`, `receivables.csv`, `invoices/*.xml` (UBL 2.1, not in the
/// table), `bank/YYYY-MM-DD.xml` (camt.053.001.08) and `truth.jsonl`. Memory is
/// bounded whatever the size: one debtor, sums per day and account, and a fixed
/// buffer of bank lines; the rest of the lines waits in part files that are
/// removed in the end. `progress` is told the number of debtors done; the
/// statements follow after the last.
///
/// # Errors
/// When the spec is impossible, the folder is not empty or a file cannot be
/// written. What was written until then stays.
pub fn write_files(
    spec: &SampleSpec,
    dir: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<SampleSummary, SampleError> {
    spec.check()?;
    let make = |path: &Path| fs::create_dir_all(path).map_err(|source| SampleError::at(path, source));
    make(dir)?;
    let mut found = fs::read_dir(dir).map_err(|source| SampleError::at(dir, source))?;
    if found.next().is_some() {
        return Err(SampleError::NotEmpty(dir.to_owned()));
    }
    let (bank, invoices) = (dir.join("bank"), dir.join("invoices"));
    make(&bank)?;
    make(&invoices)?;
    let parts = PartFolder(bank.join(".parts"));
    let truth_path = dir.join("truth.jsonl");
    let truth = File::create(&truth_path).map_err(|source| SampleError::at(&truth_path, source))?;
    let mut book = Book {
        spec,
        invoices,
        debtors: Table::create(dir.join("debtors.csv"), &DEBTOR_COLUMNS)?,
        receivables: Table::create(dir.join("receivables.csv"), &RECEIVABLE_COLUMNS)?,
        truth: BufWriter::with_capacity(256 * 1024, truth),
        statements: Statements::new(spec, parts.0.clone()),
        summary: SampleSummary {
            from: Some(spec.starts_on()),
            to: Some(spec.ends_on()),
            ..Default::default()
        },
    };
    truth::write(&mut book.truth, &BookTruth::of(spec, book.statements.accounts()))?;
    for debtor in spec.debtors() {
        book.add(&debtor)?;
        for payment in spec.strangers_beside(debtor.index) {
            book.add_stranger(&payment)?;
        }
        if (debtor.index + 1).is_multiple_of(PROGRESS_EVERY) {
            progress(u64::from(debtor.index) + 1);
        }
    }
    progress(u64::from(spec.debtors));
    let Book { debtors, receivables, mut truth, statements, mut summary, .. } = book;
    debtors.finish()?;
    receivables.finish()?;
    let written = statements.write(spec, &bank, &mut truth)?;
    truth.flush().map_err(|source| SampleError::at(&truth_path, source))?;
    summary.statement_files = written.files;
    summary.statements = written.statements;
    summary.entries = written.entries;
    Ok(summary)
}

/// The folder of part files; it goes even when writing fails.
struct PartFolder(PathBuf);

impl Drop for PartFolder {
    fn drop(&mut self) {
        // Nothing is left to tell: the error that brought us here is on its way.
        let _ = fs::remove_dir_all(&self.0);
    }
}

struct Book<'a> {
    spec: &'a SampleSpec,
    invoices: PathBuf,
    debtors: Table,
    receivables: Table,
    truth: BufWriter<File>,
    statements: Statements,
    summary: SampleSummary,
}

impl Book<'_> {
    fn add(&mut self, debtor: &SampleDebtor) -> Result<(), SampleError> {
        let parent = debtor.parent.map(|index| self.spec.customer_number(index)).unwrap_or_default();
        self.debtors.row(&[
            &debtor.number,
            &debtor.name,
            debtor.kind.as_str(),
            debtor.email.as_deref().unwrap_or(""),
            debtor.phone.as_deref().unwrap_or(""),
            &debtor.street,
            debtor.postcode,
            debtor.city,
            debtor.country,
            debtor.language,
            debtor.time_zone,
            debtor.segment,
            &parent,
        ])?;
        self.summary.debtors += 1;
        for receivable in &debtor.receivables {
            let row = &receivable.row;
            match row.source {
                Source::Table => self.receivables.row(&[
                    &receivable.number,
                    &debtor.number,
                    row.kind.as_str(),
                    &row.amount.major_text(),
                    row.amount.currency.code(),
                    &row.issued_on.to_string(),
                    &row.due_on.to_string(),
                    &receivable.reference,
                    &receivable.description,
                ])?,
                Source::InvoiceFile => {
                    let path = self.invoices.join(format!("{}.xml", receivable.number));
                    fs::write(&path, invoice::ubl(debtor, receivable))
                        .map_err(|source| SampleError::at(&path, source))?;
                    self.summary.invoice_files += 1;
                }
            }
            self.summary.receivables += 1;
            *self.summary.receivables_minor.entry(row.amount.currency.code()).or_default() +=
                row.amount.minor;
        }
        let truth = DebtorTruth::of(debtor);
        truth::write(&mut self.truth, &truth)?;
        self.summary.disputes +=
            (0..debtor.receivables.len()).filter(|&place| debtor.disputed_on(place).is_some()).count() as u64;
        debtor.payments.iter().try_for_each(|payment| self.add_payment(debtor, payment))
    }

    fn add_payment(&mut self, debtor: &SampleDebtor, payment: &SamplePayment) -> Result<(), SampleError> {
        let pulled = payment.kind == PaymentKind::DirectDebit;
        let mandate = pulled.then(|| format!("M-{}", debtor.number));
        let line = Line {
            booking: if pulled { Booking::DirectDebit } else { Booking::Transfer },
            on: payment.paid_on,
            amount: payment.amount,
            bank_reference: &payment.bank_reference,
            party_name: &payment.payer_name,
            party_iban: payment.payer_iban.as_deref(),
            end_to_end_id: payment.end_to_end_id.as_deref(),
            mandate: mandate.as_deref(),
            structured: payment.structured.as_deref(),
            remittance: &payment.remittance,
            return_reason: None,
            // The creditor's own collections of a day are booked in one entry.
            collective: pulled || payment.collective,
        };
        self.statements.add(&line)?;
        truth::write(&mut self.truth, &LineTruth::payment(debtor, payment))?;
        if let Some(back) = &payment.returned {
            self.statements.add(&Line {
                booking: Booking::Return,
                on: back.on,
                bank_reference: &back.bank_reference,
                return_reason: Some(back.reason),
                collective: false,
                ..line
            })?;
            let undo =
                LineTruth::undo("return", debtor, payment, &back.bank_reference, back.on, payment.amount);
            truth::write(&mut self.truth, &undo)?;
            self.summary.returned_debits += 1;
        }
        if let Some(refund) = &payment.refund {
            let text = [format!("Refund {}", payment.bank_reference)];
            self.statements.add(&Line {
                booking: Booking::Refund,
                on: refund.on,
                amount: refund.amount,
                bank_reference: &refund.bank_reference,
                end_to_end_id: None,
                structured: None,
                remittance: &text,
                collective: false,
                ..line
            })?;
            let undo =
                LineTruth::undo("refund", debtor, payment, &refund.bank_reference, refund.on, refund.amount);
            truth::write(&mut self.truth, &undo)?;
            self.summary.refunds += 1;
        }
        self.summary.payments += 1;
        *self.summary.payments_by_kind.entry(payment.kind.as_str()).or_default() += 1;
        *self.summary.payments_minor.entry(payment.amount.currency.code()).or_default() +=
            payment.amount.minor;
        Ok(())
    }

    fn add_stranger(&mut self, payment: &StrangerPayment) -> Result<(), SampleError> {
        self.statements.add(&Line {
            booking: Booking::Transfer,
            on: payment.paid_on,
            amount: payment.amount,
            bank_reference: &payment.bank_reference,
            party_name: &payment.payer_name,
            party_iban: Some(&payment.payer_iban),
            end_to_end_id: None,
            mandate: None,
            structured: None,
            remittance: &payment.remittance,
            return_reason: None,
            collective: false,
        })?;
        self.summary.strangers += 1;
        truth::write(&mut self.truth, &LineTruth::stranger(payment))
    }
}

/// A CSV file (RFC 4180, UTF-8) with a heading.
struct Table {
    path: PathBuf,
    writer: csv::Writer<File>,
}

impl Table {
    fn create(path: PathBuf, columns: &[&str]) -> Result<Self, SampleError> {
        let file = File::create(&path).map_err(|source| SampleError::at(&path, source))?;
        let writer = csv::WriterBuilder::new().buffer_capacity(256 * 1024).from_writer(file);
        let mut table = Table { path, writer };
        table.row(columns)?;
        Ok(table)
    }

    fn row(&mut self, values: &[&str]) -> Result<(), SampleError> {
        self.writer.write_record(values).map_err(|error| SampleError::at(&self.path, error.into()))
    }

    fn finish(mut self) -> Result<(), SampleError> {
        self.writer.flush().map_err(|source| SampleError::at(&self.path, source))
    }
}
