//! Electronic invoices in: UBL, CII and Factur-X become a debtor and a receivable.

use duewell_domain::debtor::PartyKind;
use duewell_domain::money::Money;
use duewell_domain::receivable::ReceivableKind;
use duewell_formats::invoice::{Invoice, Party, read_invoice};
use duewell_formats::table::{AddressRecord, DebtorRecord, ReceivableRecord};
use duewell_store::import::{self, Batch};
use duewell_store::receivable;
use jiff::ToSpan;
use serde::Serialize;

use crate::desk::Desk;
use crate::error::EngineError;
use crate::people::{Commit, ImportContext, apply_debtor_rows, apply_receivables};

/// What an invoice file gave.
#[derive(Clone, Debug, Serialize)]
pub struct InvoiceSummary {
    pub file: String,
    pub number: String,
    pub debtor: String,
    pub debtor_external_id: String,
    pub amount: Money,
    pub due_on: jiff::civil::Date,
    /// `new`, `changed` or `same`.
    pub outcome: &'static str,
    pub warnings: Vec<String>,
    pub dry_run: bool,
}

/// Brings one invoice in. Credit notes and invoices with nothing to pay are refused with the reason.
pub fn import_invoice(
    desk: &Desk,
    file_name: &str,
    sha256: [u8; 32],
    bytes: &[u8],
    commit: Commit,
    actor: &str,
) -> Result<InvoiceSummary, EngineError> {
    let wrong = |reason: String| EngineError::File { file: file_name.to_owned(), reason };
    let invoice = read_invoice(bytes).map_err(|error| wrong(error.to_string()))?;
    if invoice.is_credit_note {
        return Err(EngineError::Refused(format!(
            "{file_name} is a credit note ({}): it owes the buyer, not you; assign it as a payment",
            invoice.number
        )));
    }
    let amount = invoice.amount_due().ok_or_else(|| wrong("it says no amount to pay".to_owned()))?;
    if !amount.is_positive() {
        return Err(EngineError::Refused(format!(
            "{file_name}: invoice {} leaves {amount} to pay, so there is nothing to collect",
            invoice.number
        )));
    }
    let mut warnings = Vec::new();
    let due_on = match invoice.due_on {
        Some(day) => day,
        None => {
            let days = i64::from(desk.settings.payment_terms_days);
            warnings.push(format!("the invoice names no due date: {days} days from its date are assumed"));
            invoice.issued_on.checked_add(days.days()).map_err(|error| wrong(error.to_string()))?
        }
    };
    let debtor = debtor_record(&invoice.buyer).ok_or_else(|| wrong("it names no buyer".to_owned()))?;
    if debtor.emails.is_empty() {
        warnings
            .push("the invoice gives no e-mail address of the buyer: add one to send reminders".to_owned());
    }
    let receivable = receivable_record(&invoice, &debtor, amount, due_on);
    let batch = Batch {
        id: desk.id(),
        kind: "invoice".to_owned(),
        file_name: file_name.to_owned(),
        imported_at: desk.now(),
        rows_new: 0,
        rows_changed: 0,
        rows_same: 0,
        rows_wrong: 0,
        undone_at: None,
    };
    let outcome = desk.store.write(|tx| -> Result<&'static str, EngineError> {
        let mut shapes = receivable::load_shapes(tx, desk.book.id)?;
        if commit == Commit::Write {
            import::insert_batch(tx, desk.book.id, &batch, &sha256)?;
        }
        let mut context = ImportContext { desk, commit, batch: batch.id, shapes: &mut shapes, actor };
        let of_debtor = apply_debtor_rows(tx, &mut context, std::slice::from_ref(&debtor))?;
        if commit == Commit::DryRun && of_debtor.new == 1 {
            return Ok("new");
        }
        let counted = apply_receivables(tx, &mut context, std::slice::from_ref(&receivable))?;
        if let Some(finding) = counted.findings.first() {
            return Err(EngineError::Refused(format!(
                "{file_name}: {} `{}`: {}; {}",
                finding.column, finding.value, finding.problem, finding.remedy
            )));
        }
        if commit == Commit::Write {
            let counts = Batch {
                rows_new: counted.new as i64,
                rows_changed: counted.changed as i64,
                rows_same: counted.same as i64,
                ..batch.clone()
            };
            import::update_counts(tx, desk.book.id, &counts)?;
        }
        Ok(if counted.new == 1 {
            "new"
        } else if counted.changed == 1 {
            "changed"
        } else {
            "same"
        })
    })?;
    Ok(InvoiceSummary {
        file: file_name.to_owned(),
        number: invoice.number.clone(),
        debtor: debtor.name,
        debtor_external_id: debtor.external_id,
        amount,
        due_on,
        outcome,
        warnings,
        dry_run: commit == Commit::DryRun,
    })
}

/// Makes the debtor of an invoice: known by the buyer's number, VAT number, e-mail address or name, in this order.
fn debtor_record(buyer: &Party) -> Option<DebtorRecord> {
    let name = buyer.display_name()?.to_owned();
    let endpoint = buyer.endpoint.clone().filter(|endpoint| endpoint.contains('@'));
    let mut emails: Vec<String> = buyer.email.iter().chain(&endpoint).cloned().collect();
    emails.retain(|email| email.parse::<duewell_domain::debtor::EmailAddress>().is_ok());
    emails.dedup();
    let external_id = buyer
        .id
        .clone()
        .or_else(|| buyer.vat.clone())
        .or_else(|| emails.first().cloned())
        .unwrap_or_else(|| name.clone());
    let address = &buyer.address;
    let street = (!address.lines.is_empty()).then(|| address.lines.join(", "));
    let some_address = street.is_some() || address.city.is_some() || address.country.is_some();
    Some(DebtorRecord {
        line: 1,
        external_id,
        kind: PartyKind::Company,
        name,
        emails,
        phones: Vec::new(),
        country: address.country.clone(),
        addresses: some_address
            .then(|| AddressRecord {
                street,
                postcode: address.postcode.clone(),
                city: address.city.clone(),
                region: address.region.clone(),
                country: address.country.clone(),
            })
            .into_iter()
            .collect(),
        language: None,
        time_zone: None,
        segment: None,
        group: None,
        parent_external_id: None,
        email_consent: None,
    })
}

fn receivable_record(
    invoice: &Invoice,
    debtor: &DebtorRecord,
    amount: Money,
    due_on: jiff::civil::Date,
) -> ReceivableRecord {
    ReceivableRecord {
        line: 1,
        external_id: invoice.number.clone(),
        debtor_external_id: debtor.external_id.clone(),
        kind: ReceivableKind::Invoice,
        number: invoice.number.clone(),
        reference: invoice.payment_reference.clone().filter(|reference| !reference.trim().is_empty()),
        amount,
        issued_on: Some(invoice.issued_on),
        due_on,
        description: invoice.lines.first().and_then(|line| line.name.clone()),
    }
}
