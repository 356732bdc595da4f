//! The truth beside the files: one JSON object a line, so that a book of any size streams.

use std::collections::BTreeMap;
use std::io::{self, Write};

use duewell_domain::money::Money;
use jiff::civil::Date;
use serde::Serialize;

use crate::behaviour::Behaviour;
use crate::debtor::{SampleDebtor, SampleEvent};
use crate::files::SampleError;
use crate::payment::{PayerForm, SamplePayment};
use crate::remittance::{Blemish, ReferenceForm};
use crate::spec::SampleSpec;
use crate::stranger::StrangerPayment;

/// The first line: what the book is.
#[derive(Serialize)]
pub(crate) struct BookTruth<'a> {
    r#type: &'static str,
    format: u32,
    from: Date,
    to: Date,
    accounts: BTreeMap<&'static str, &'a str>,
    spec: &'a SampleSpec,
}

/// How a debtor behaves and what happens to them.
#[derive(Serialize)]
pub(crate) struct DebtorTruth<'a> {
    r#type: &'static str,
    customer: &'a str,
    behaviour: Behaviour,
    promises_kept_per_mille: u16,
    direct_debit: bool,
    email_bounces: bool,
    letter_returned_on: Option<Date>,
    disputes: Vec<DisputeTruth<'a>>,
}

#[derive(Serialize)]
struct DisputeTruth<'a> {
    invoice: &'a str,
    on: Date,
    reason: &'static str,
}

/// What one line of the bank statement truly is.
#[derive(Serialize)]
pub(crate) struct LineTruth<'a> {
    r#type: &'static str,
    kind: &'a str,
    bank_reference: &'a str,
    booked_on: Date,
    direction: &'static str,
    amount: String,
    currency: &'static str,
    /// Whose business it is; none for strangers and the bank's own bookings.
    customer: Option<&'a str>,
    covers: Vec<CoverTruth<'a>>,
    unapplied: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    payer: Option<PayerForm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_form: Option<ReferenceForm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blemish: Option<Blemish>,
    /// The debit came back on this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    returned_on: Option<Date>,
    /// The bank's reference of the payment that this line undoes.
    #[serde(skip_serializing_if = "Option::is_none")]
    undoes: Option<&'a str>,
}

#[derive(Serialize)]
struct CoverTruth<'a> {
    invoice: &'a str,
    amount: String,
}

impl<'a> BookTruth<'a> {
    pub(crate) fn of(spec: &'a SampleSpec, accounts: BTreeMap<&'static str, &'a str>) -> Self {
        BookTruth { r#type: "book", format: 1, from: spec.starts_on(), to: spec.ends_on(), accounts, spec }
    }
}

impl<'a> DebtorTruth<'a> {
    pub(crate) fn of(debtor: &'a SampleDebtor) -> Self {
        let mut letter_returned_on = None;
        let mut disputes = Vec::new();
        for event in &debtor.events {
            match event {
                SampleEvent::Disputed { receivable, on, reason } => disputes.push(DisputeTruth {
                    invoice: &debtor.receivables[*receivable].number,
                    on: *on,
                    reason,
                }),
                SampleEvent::EmailBounces => {}
                SampleEvent::LetterReturned { on } => letter_returned_on = Some(*on),
            }
        }
        DebtorTruth {
            r#type: "debtor",
            customer: &debtor.number,
            behaviour: debtor.behaviour,
            promises_kept_per_mille: debtor.behaviour.promises_kept_per_mille(),
            direct_debit: debtor.direct_debit,
            email_bounces: debtor.email_bounces(),
            letter_returned_on,
            disputes,
        }
    }
}

impl<'a> LineTruth<'a> {
    /// A line that concerns no debtor.
    pub(crate) fn outside(
        kind: &'a str,
        reference: &'a str,
        on: Date,
        amount: Money,
        is_credit: bool,
    ) -> Self {
        LineTruth {
            r#type: "line",
            kind,
            bank_reference: reference,
            booked_on: on,
            direction: if is_credit { "credit" } else { "debit" },
            amount: amount.major_text(),
            currency: amount.currency.code(),
            customer: None,
            covers: Vec::new(),
            unapplied: Money::zero(amount.currency).major_text(),
            payer: None,
            reference_form: None,
            blemish: None,
            returned_on: None,
            undoes: None,
        }
    }

    pub(crate) fn stranger(payment: &'a StrangerPayment) -> Self {
        LineTruth::outside("stranger", &payment.bank_reference, payment.paid_on, payment.amount, true)
    }

    pub(crate) fn payment(debtor: &'a SampleDebtor, payment: &'a SamplePayment) -> Self {
        let covers = payment.covers.iter().map(|cover| CoverTruth {
            invoice: &debtor.receivables[cover.receivable].number,
            amount: cover.amount.major_text(),
        });
        LineTruth {
            customer: Some(&debtor.number),
            covers: covers.collect(),
            unapplied: payment.unapplied.major_text(),
            payer: Some(payment.payer),
            reference_form: Some(payment.reference_form),
            blemish: payment.blemish,
            returned_on: payment.returned.as_ref().map(|one| one.on),
            ..LineTruth::outside(
                payment.kind.as_str(),
                &payment.bank_reference,
                payment.paid_on,
                payment.amount,
                true,
            )
        }
    }

    /// The line by which a payment of a debtor goes back, wholly or in part.
    pub(crate) fn undo(
        kind: &'a str,
        debtor: &'a SampleDebtor,
        payment: &'a SamplePayment,
        reference: &'a str,
        on: Date,
        amount: Money,
    ) -> Self {
        LineTruth {
            customer: Some(&debtor.number),
            undoes: Some(&payment.bank_reference),
            ..LineTruth::outside(kind, reference, on, amount, false)
        }
    }
}

/// Writes one line.
pub(crate) fn write(out: &mut dyn Write, record: &impl Serialize) -> Result<(), SampleError> {
    let fail = |source| SampleError::Io { path: "truth.jsonl".into(), source };
    let mut line = serde_json::to_vec(record).map_err(|error| fail(io::Error::from(error)))?;
    line.push(b'\n');
    out.write_all(&line).map_err(fail)
}
