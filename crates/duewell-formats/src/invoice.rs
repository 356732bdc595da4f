//! Invoices as others send them: UBL 2.1, UN/CEFACT CII, ZUGFeRD and Factur-X.
//!
//! Reads what a receivable is made of — who owes whom how much until when, and
//! by which reference it will be paid — from the core of EN 16931 in any of its
//! national forms. It does not validate an invoice against their rules.
//!
//! Amounts are exact: a total with more decimals than its currency has is an
//! error, never a rounding.

mod cii;
mod pdf;
mod tree;
mod ubl;

use duewell_domain::money::{Currency, Money, MoneyError};
use jiff::civil::Date;

use crate::text::{day_of_digits, iso_day, shortened};
use crate::xml::XmlError;
use tree::{Node, Tree};

pub use pdf::PdfError;

/// The largest XML accepted; invoices carry their attachments inside.
pub const XML_BYTES_MAX: usize = 32 * 1024 * 1024;
/// The largest PDF accepted.
pub const PDF_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Which of the two languages an invoice is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// OASIS UBL 2.1, as in Peppol BIS and XRechnung.
    Ubl,
    /// UN/CEFACT Cross Industry Invoice, as in Factur-X, ZUGFeRD 2 and XRechnung.
    Cii,
    /// The forerunner of CII in ZUGFeRD 1.0.
    ZugferdOne,
}

/// An invoice or credit note; `BT-…` are the business terms of EN 16931-1.
#[derive(Debug, Clone, PartialEq)]
pub struct Invoice {
    pub syntax: Syntax,
    /// The name of the root element.
    pub document: String,
    /// The set of rules it follows (BT-24).
    pub guideline: Option<String>,
    /// UNTDID 1001: `380` invoice, `381` credit note, `384` correction, … (BT-3).
    pub type_code: Option<String>,
    /// Takes money off what the buyer owes, by document or by type code.
    /// Its totals are positive all the same.
    pub is_credit_note: bool,
    /// BT-1.
    pub number: String,
    /// BT-2.
    pub issued_on: Date,
    /// BT-9; none when the invoice only describes its terms in words.
    pub due_on: Option<Date>,
    /// BT-5, the currency of all amounts here.
    pub currency: Currency,
    /// BT-10.
    pub buyer_reference: Option<String>,
    /// BT-13.
    pub order_reference: Option<String>,
    pub seller: Party,
    pub buyer: Party,
    pub lines: Vec<InvoiceLine>,
    /// Without tax (BT-109).
    pub net: Option<Money>,
    /// With tax (BT-112).
    pub gross: Option<Money>,
    /// BT-113.
    pub prepaid: Option<Money>,
    /// BT-114.
    pub rounding: Option<Money>,
    /// What is left to pay (BT-115); may be negative. See [`Invoice::amount_due`].
    pub payable: Option<Money>,
    /// UNTDID 4461: `30` or `58` credit transfer, `59` direct debit, `48` card, … (BT-81).
    pub payment_means: Option<String>,
    /// The account to pay to, without blanks (BT-84).
    pub payee_iban: Option<String>,
    /// What the payer should quote (BT-83).
    pub payment_reference: Option<String>,
    /// BT-89.
    pub mandate: Option<String>,
    /// BT-90.
    pub creditor_id: Option<String>,
    /// BT-20, in the seller's words.
    pub payment_terms: Option<String>,
    /// The name of the attachment it was taken from, for PDF.
    pub attachment: Option<String>,
}

/// Seller or buyer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Party {
    /// The name it trades under, where that is told apart (BT-28, BT-45).
    pub name: Option<String>,
    /// The name it is registered under (BT-27, BT-44).
    pub legal_name: Option<String>,
    /// VAT identifier (BT-31, BT-48).
    pub vat: Option<String>,
    /// The electronic address, often a mail address or Peppol id (BT-34, BT-49).
    pub endpoint: Option<String>,
    /// The scheme of the electronic address; `EM` is mail.
    pub endpoint_scheme: Option<String>,
    /// The number one party has with the other (BT-29, BT-46).
    pub id: Option<String>,
    pub address: Address,
    pub contact: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
}

impl Party {
    /// Returns the trading name, else the registered one.
    pub fn display_name(&self) -> Option<&str> {
        self.name.as_deref().or(self.legal_name.as_deref())
    }
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    pub lines: Vec<String>,
    pub postcode: Option<String>,
    pub city: Option<String>,
    pub region: Option<String>,
    /// ISO 3166-1 code as written.
    pub country: Option<String>,
}

/// A line of an invoice, for showing; the totals are what counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InvoiceLine {
    pub id: Option<String>,
    pub name: Option<String>,
    /// Quantity as written; its unit is UN/ECE Recommendation 20.
    pub quantity: Option<String>,
    pub unit: Option<String>,
    /// None when missing or not expressible in the currency.
    pub net: Option<Money>,
}

/// Why an invoice could not be read.
#[derive(Debug, thiserror::Error)]
pub enum InvoiceError {
    #[error("the file has {bytes} bytes, more than the {bytes_max} accepted; send attachments apart")]
    TooLarge { bytes: usize, bytes_max: usize },
    #[error(transparent)]
    Xml(#[from] XmlError),
    #[error(transparent)]
    Pdf(#[from] PdfError),
    #[error("the attachment `{name}` could not be read")]
    Attachment {
        name: String,
        #[source]
        error: Box<InvoiceError>,
    },
    #[error("the XML has more than {elements_max} elements")]
    TooManyElements { elements_max: usize },
    #[error("the file is no UBL or CII invoice: its root is `{root}`")]
    NotInvoice { root: String },
    #[error("the invoice has no {field}; ask the seller for a complete one")]
    Missing { field: &'static str },
    #[error("`{text}` is not a believable {field}")]
    Date { field: &'static str, text: String },
    #[error("the {field} is not an exact amount")]
    Amount {
        field: &'static str,
        #[source]
        error: MoneyError,
    },
    #[error("the {field} is in {found}, the invoice in {currency}")]
    OtherCurrency { field: &'static str, found: String, currency: Currency },
    #[error("the invoice is in an unknown currency")]
    Currency(#[source] MoneyError),
}

/// Reads an invoice from XML (UBL, CII) or from a PDF that carries one.
///
/// Which it is, is seen from the bytes. From a PDF the attachment named by
/// Factur-X, ZUGFeRD or XRechnung is taken, else the first that is an invoice.
pub fn read_invoice(bytes: &[u8]) -> Result<Invoice, InvoiceError> {
    if pdf::is_pdf(bytes) {
        within(bytes, PDF_BYTES_MAX)?;
        return pdf::read(bytes);
    }
    within(bytes, XML_BYTES_MAX)?;
    read_xml(bytes)
}

fn within(bytes: &[u8], bytes_max: usize) -> Result<(), InvoiceError> {
    if bytes.len() > bytes_max {
        return Err(InvoiceError::TooLarge { bytes: bytes.len(), bytes_max });
    }
    Ok(())
}

fn read_xml(bytes: &[u8]) -> Result<Invoice, InvoiceError> {
    let tree = Tree::read(bytes)?;
    // Peppol and others wrap the invoice into an envelope or two.
    const WRAPPERS_MAX: usize = 3;
    let Some(root) =
        tree.root().find_named(&["Invoice", "CreditNote", cii::ROOT, cii::ROOT_ONE], WRAPPERS_MAX)
    else {
        return Err(InvoiceError::NotInvoice { root: shortened(tree.root().name()) });
    };
    match root.name() {
        cii::ROOT | cii::ROOT_ONE => cii::read(root),
        _ => ubl::read(root),
    }
}

impl Invoice {
    /// Returns what is to be paid: the payable amount, else gross less prepaid.
    pub fn amount_due(&self) -> Option<Money> {
        self.payable.or_else(|| {
            let prepaid = self.prepaid.unwrap_or(Money::zero(self.currency));
            self.gross?.minus(prepaid).ok()
        })
    }

    /// Tells whether gross − prepaid + rounding = payable; none when one of the two is missing.
    pub fn totals_agree(&self) -> Option<bool> {
        let zero = Money::zero(self.currency);
        let (gross, payable) = (self.gross?, self.payable?);
        let computed =
            gross.minus(self.prepaid.unwrap_or(zero)).and_then(|sum| sum.plus(self.rounding.unwrap_or(zero)));
        Some(computed == Ok(payable))
    }
}

/// Type codes that take money off (UNTDID 1001, the credit notes among those EN 16931 allows).
fn takes_off(type_code: Option<&str>) -> bool {
    const CREDIT_NOTES: [&str; 11] =
        ["81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"];
    type_code.is_some_and(|code| CREDIT_NOTES.contains(&code))
}

fn currency_of(code: Option<String>) -> Result<Currency, InvoiceError> {
    let code = code.ok_or(InvoiceError::Missing { field: "currency" })?;
    shortened(&code).parse().map_err(InvoiceError::Currency)
}

/// Reads a total; its own currency mark, if any, has to be that of the invoice.
fn total(
    node: Option<Node<'_>>,
    field: &'static str,
    currency: Currency,
) -> Result<Option<Money>, InvoiceError> {
    let Some(node) = node.filter(|node| !node.text().is_empty()) else {
        return Ok(None);
    };
    if let Some(found) = node.attribute("currencyID").filter(|found| *found != currency.code()) {
        return Err(InvoiceError::OtherCurrency { field, found: shortened(found), currency });
    }
    let money = Money::parse_major(&shortened(node.text()), currency)
        .map_err(|error| InvoiceError::Amount { field, error })?;
    Ok(Some(money))
}

/// Reads `2024-06-28` (with or without time and offset), `20240628` or `202406281200`.
fn day(text: Option<String>, field: &'static str) -> Result<Option<Date>, InvoiceError> {
    let Some(text) = text else { return Ok(None) };
    let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let digits =
        text.as_bytes().first_chunk::<8>().filter(|_| all_digits && matches!(text.len(), 8 | 12 | 14));
    match iso_day(&text).or_else(|| digits.and_then(day_of_digits)) {
        Some(day) => Ok(Some(day)),
        None => Err(InvoiceError::Date { field, text: shortened(&text) }),
    }
}

fn without_blanks(account: String) -> String {
    account.split_whitespace().collect()
}
