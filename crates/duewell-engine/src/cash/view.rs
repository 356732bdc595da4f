//! What is shown about payments: one that waits, what a match would do, what was dealt with, statements.

use duewell_domain::allocation::OpenItem;
use duewell_domain::id::{DebtorId, PaymentId};
use duewell_domain::money::Money;
use duewell_store::debtor::Debtor;
use duewell_store::payment::{self, Payment, PaymentState, Statement};
use duewell_store::{Tx, debtor, posting, receivable};
use jiff::civil::Date;

use super::{Target, Waiting, assigned_postings, choose, fitting, waiting_of};
use crate::bank::open_item;
use crate::desk::Desk;
use crate::error::EngineError;

/// Counts the payments that wait.
pub fn count_waiting(desk: &Desk) -> Result<i64, EngineError> {
    desk.store.read(|tx| Ok(payment::count_queue(tx, desk.book.id)?))
}

/// Loads one payment with guesses, as long as it waits.
pub fn load_waiting(desk: &Desk, id: PaymentId) -> Result<Option<Waiting>, EngineError> {
    desk.store.read(|tx| match queued(tx, desk, id)? {
        Some(payment) => waiting_of(tx, desk, payment).map(Some),
        None => Ok(None),
    })
}

/// Finds a waiting payment without locking it: the queue just before it begins with it.
fn queued(tx: &mut Tx<'_>, desk: &Desk, id: PaymentId) -> Result<Option<Payment>, EngineError> {
    let first = payment::list_queue(tx, desk.book.id, PaymentId(id.0.saturating_sub(1)), 1)?;
    Ok(first.into_iter().find(|payment| payment.id == id))
}

/// An open receivable, and what a match would do to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewRow {
    pub number: String,
    pub due_on: Date,
    pub open: Money,
    /// The match is about this receivable, though its turn may come too late to get anything.
    pub chosen: bool,
    /// What it would get.
    pub part: Money,
}

/// What matching a payment to a debtor would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    pub payment: PaymentId,
    pub received_on: Date,
    pub amount: Money,
    pub payer: String,
    pub debtor: Debtor,
    /// Everything the debtor has open in this currency, oldest first.
    pub rows: Vec<PreviewRow>,
    pub unapplied: Money,
}

/// Tells what a match would do; without a target, what fits best is taken. Changes nothing.
pub fn preview_match(
    desk: &Desk,
    id: PaymentId,
    owner: DebtorId,
    target: Option<&Target>,
) -> Result<Preview, EngineError> {
    desk.store.read(|tx| {
        let payment = queued(tx, desk, id)?.ok_or_else(|| {
            EngineError::Refused(format!("payment {id} does not wait: only a waiting payment can be matched"))
        })?;
        let known = debtor::load_debtors(tx, desk.book.id, &[owner])?.remove(&owner);
        let debtor = known.ok_or_else(|| EngineError::NotFound("debtor", owner.to_string()))?;
        let mut open = receivable::load_open(tx, desk.book.id, &[owner])?.remove(&owner).unwrap_or_default();
        open.retain(|one| one.open.currency == payment.amount.currency);
        open.sort_unstable_by_key(|one| (one.due_on, one.id));
        let numbers: Vec<String> = match target {
            Some(Target::OldestFirst) => open.iter().map(|one| one.number.clone()).collect(),
            Some(Target::Numbers(numbers)) => numbers.clone(),
            Some(Target::Unapplied) => Vec::new(),
            None => {
                let items: Vec<OpenItem> = open.iter().map(open_item).collect();
                let (ids, _) = fitting(payment.amount, &items)?;
                open.iter().filter(|one| ids.contains(&one.id)).map(|one| one.number.clone()).collect()
            }
        };
        let (parts, unapplied, _) =
            choose(tx, desk, owner, payment.amount, &Target::Numbers(numbers.clone()))?;
        let rows = open.iter().map(|one| PreviewRow {
            number: one.number.clone(),
            due_on: one.due_on,
            open: one.open,
            chosen: numbers.contains(&one.number),
            part: parts
                .iter()
                .find(|part| part.receivable == one.id)
                .map_or(Money::zero(payment.amount.currency), |part| part.amount),
        });
        Ok(Preview {
            payment: id,
            received_on: payment.received_on,
            amount: payment.amount,
            rows: rows.collect(),
            payer: payment.payer_name,
            debtor,
            unapplied,
        })
    })
}

/// A payment that was dealt with, by the machine or a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dealt {
    pub payment: Payment,
    /// Whose it is; none when it was put aside.
    pub debtor: Option<Debtor>,
}

/// Lists payments that were matched or put aside, newest first, before `before`.
pub fn list_dealt(desk: &Desk, before: PaymentId, limit: i64) -> Result<Vec<Dealt>, EngineError> {
    desk.store.read(|tx| {
        let payments = payment::list_newest(tx, desk.book.id, before, limit)?;
        let owners: Vec<DebtorId> = payments.iter().filter_map(|payment| payment.debtor).collect();
        let debtors = debtor::load_debtors(tx, desk.book.id, &owners)?;
        let with_debtor = |payment: Payment| {
            let debtor = payment.debtor.and_then(|id| debtors.get(&id).cloned());
            Dealt { payment, debtor }
        };
        Ok(payments.into_iter().map(with_debtor).collect())
    })
}

/// Loads a payment that was dealt with, and how many receivables it pays.
pub fn load_dealt(desk: &Desk, id: PaymentId) -> Result<Option<(Dealt, usize)>, EngineError> {
    desk.store.read(|tx| {
        // The newest before the next id is this one, or it is none of them.
        let newest = payment::list_newest(tx, desk.book.id, PaymentId(id.0.saturating_add(1)), 1)?;
        let Some(payment) = newest.into_iter().find(|payment| payment.id == id) else { return Ok(None) };
        let debtor = match payment.debtor {
            Some(owner) => debtor::load_debtors(tx, desk.book.id, &[owner])?.remove(&owner),
            None => None,
        };
        let count = count_parts(tx, desk, &payment)?;
        Ok(Some((Dealt { payment, debtor }, count)))
    })
}

fn count_parts(tx: &mut Tx<'_>, desk: &Desk, payment: &Payment) -> Result<usize, EngineError> {
    if payment.state != PaymentState::Matched {
        return Ok(0);
    }
    let postings = assigned_postings(tx, desk, payment)?;
    Ok(posting::assigned_parts(&postings, payment.id)?.len())
}

/// Lists the newest bank statements.
pub fn list_statements(desk: &Desk, limit: i64) -> Result<Vec<Statement>, EngineError> {
    desk.store.read(|tx| Ok(payment::list_statements(tx, desk.book.id, limit)?))
}
