//! Money: what came in, where it is, and what is still open.

use std::collections::{BTreeMap, BTreeSet};

use duewell_domain::id::{PaymentId, ReceivableId};
use duewell_domain::ledger::Account;
use duewell_domain::receivable::ReceivableState;
use duewell_engine::{Desk, EngineError};
use duewell_store::payment::{self, Payment, PaymentState};
use duewell_store::receivable::{self, Aging, Receivable};
use duewell_store::{StoreError, posting};

use crate::model::{Expected, Model, Place};

/// What the store says at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    pub receivables: Vec<Receivable>,
    pub aging: Vec<Aging>,
    /// Payments and their parts by the postings; only read when asked for.
    pub payments: Option<Vec<Payment>>,
    pub parts: BTreeMap<(PaymentId, ReceivableId), i64>,
    /// Unapplied and unidentified money by the postings.
    pub kept: BTreeMap<PaymentId, (i64, i64)>,
}

impl Snapshot {
    pub fn take(desk: &Desk, with_payments: bool) -> Result<Snapshot, EngineError> {
        let (book, today) = (desk.book.id, desk.today());
        desk.store.read(|tx| {
            let mut snapshot = Snapshot::default();
            receivable::each_receivable(tx, book, |one| {
                snapshot.receivables.push(one);
                Ok(())
            })?;
            snapshot.aging = receivable::load_aging(tx, book, today)?;
            if with_payments {
                let mut payments = Vec::new();
                payment::each_payment(tx, book, |one| {
                    payments.push(one);
                    Ok(())
                })?;
                snapshot.payments = Some(payments);
                posting::each_posting(tx, book, |one| {
                    let Some(payment) = one.payment else { return Ok(()) };
                    let minor = one.amount.minor;
                    match (one.account, one.receivable) {
                        (Account::Receivable, Some(claim)) => {
                            *snapshot.parts.entry((payment, claim)).or_default() -= minor;
                        }
                        (Account::Unapplied, _) => snapshot.kept.entry(payment).or_default().0 -= minor,
                        (Account::Unidentified, _) => snapshot.kept.entry(payment).or_default().1 -= minor,
                        _ => {}
                    }
                    Ok::<(), StoreError>(())
                })?;
                snapshot.parts.retain(|_, minor| *minor != 0);
            }
            Ok(snapshot)
        })
    }
}

/// Names payments as the simulator does: by the other side's account or the note of cash, twins by a number.
pub fn marks(payments: &[Payment]) -> BTreeMap<String, &Payment> {
    let mut named = BTreeMap::new();
    for payment in payments {
        let plain = match payment.source.as_str() {
            "manual" => payment.remittance.clone(),
            _ => payment.payer_account.clone(),
        };
        let mut mark = plain.clone();
        let mut twin = 1;
        while named.contains_key(&mark) {
            twin += 1;
            mark = format!("{plain}#{twin}");
        }
        named.insert(mark, payment);
    }
    named
}

/// Where the store says that a payment is.
fn place_of(
    model: &Model,
    snapshot: &Snapshot,
    numbers: &BTreeMap<ReceivableId, String>,
    payment: &Payment,
) -> Place {
    match payment.state {
        PaymentState::Outgoing => Place::Outgoing,
        PaymentState::Ignored => Place::Ignored,
        PaymentState::Queued => Place::Waiting(payment.debtor.and_then(|id| model.party_of(id))),
        PaymentState::Matched => Place::Assigned {
            party: payment.debtor.and_then(|id| model.party_of(id)).unwrap_or(usize::MAX),
            parts: snapshot
                .parts
                .range((payment.id, ReceivableId(i64::MIN))..=(payment.id, ReceivableId(i64::MAX)))
                .map(|((_, claim), minor)| {
                    (numbers.get(claim).cloned().unwrap_or_else(|| claim.to_string()), *minor)
                })
                .collect(),
            rest: payment.unapplied.minor,
        },
    }
}

fn numbers_of(snapshot: &Snapshot) -> BTreeMap<ReceivableId, String> {
    snapshot.receivables.iter().map(|one| (one.id, one.number.clone())).collect()
}

/// Learns the ids of claims that the store has by now.
pub fn learn_ids(model: &mut Model, snapshot: &Snapshot) {
    for one in &snapshot.receivables {
        if let Some(claim) = model.claims.get_mut(&one.number) {
            claim.id = one.id;
        }
    }
}

/// Takes over what the engine made of a bank line that only a name speaks for; complains when it is not allowed.
pub fn adopt_line(
    model: &mut Model,
    snapshot: &Snapshot,
    mark: &str,
    expected: &Expected,
    out: &mut Vec<String>,
) {
    let payments = snapshot.payments.as_deref().unwrap_or_default();
    let named = marks(payments);
    let Some(payment) = named.get(mark) else {
        out.push(format!("money: bank line {mark} was imported and is not in the book"));
        return;
    };
    let found = place_of(model, snapshot, &numbers_of(snapshot), payment);
    let fits = match expected {
        Expected::Exactly(place) => found == *place,
        Expected::NameOf(party) => match &found {
            Place::Waiting(Some(of)) => of == party,
            Place::Assigned { party: of, parts, rest } => {
                of == party
                    && *rest == 0
                    && parts.values().sum::<i64>() == payment.amount.minor
                    && parts.iter().all(|(number, part)| {
                        model
                            .claims
                            .get(number)
                            .is_some_and(|claim| claim.party == *party && claim.open() == *part)
                    })
            }
            Place::Outgoing | Place::Waiting(None) | Place::Ignored => false,
        },
    };
    if !fits {
        out.push(format!(
            "money: bank line {mark} over {}: expected {expected:?}, the book has {found:?}",
            payment.amount
        ));
    }
    if let Some(money) = model.money.get_mut(mark) {
        money.id = payment.id;
    }
    model.put(mark, found);
}

/// Compares claims, open balances and, when they were read, payments with the model.
pub fn check_money(model: &mut Model, snapshot: &Snapshot) -> Vec<String> {
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    let mut sums: BTreeMap<(usize, &str), (i64, i64)> = BTreeMap::new();
    for one in &snapshot.receivables {
        let Some(claim) = model.claims.get(&one.number) else {
            out.push(format!("money: {} is in the book and was never imported", one.number));
            continue;
        };
        seen.insert(one.number.as_str());
        let due = one.due_on == claim.due_on && one.amount.minor == claim.amount;
        if !due || one.amount.currency != claim.currency || model.parties[claim.party].id != one.debtor {
            out.push(format!(
                "money: {}: the book has {} due {}, imported was {} {} due {}",
                one.number, one.amount, one.due_on, claim.amount, claim.currency, claim.due_on
            ));
        }
        if one.open.minor != claim.open() || one.open.minor < 0 {
            out.push(format!(
                "money: {}: open is {} minor units, it should be {}",
                one.number,
                one.open.minor,
                claim.open()
            ));
        }
        let state = match (claim.withdrawn, claim.open()) {
            (true, _) => ReceivableState::Cancelled,
            (false, 0) => ReceivableState::Settled,
            (false, _) => ReceivableState::Open,
        };
        if one.state != state {
            out.push(format!("money: {}: it is {:?} and should be {state:?}", one.number, one.state));
        }
        let sum = sums.entry((claim.party, claim.currency.code())).or_default();
        sum.0 += claim.open();
        sum.1 += one.open.minor;
    }
    for number in model.claims.keys().filter(|number| !seen.contains(number.as_str())) {
        out.push(format!("money: {number} was imported and is not in the book"));
    }
    for ((party, currency), (own, kept)) in &sums {
        if own != kept {
            out.push(format!(
                "money: {} owes {own} minor units of {currency}, the book says {kept}",
                model.parties[*party].external_id
            ));
        }
    }
    let mut open: BTreeMap<&str, i64> = BTreeMap::new();
    for one in snapshot.receivables.iter().filter(|one| one.open.minor != 0) {
        *open.entry(one.open.currency.code()).or_default() += one.open.minor;
    }
    let aged: BTreeMap<&str, i64> = snapshot
        .aging
        .iter()
        .map(|row| {
            (row.buckets[0].currency.code(), row.buckets.iter().map(|bucket| bucket.minor).sum::<i64>())
        })
        .filter(|(_, minor)| *minor != 0)
        .collect();
    if open != aged {
        out.push(format!("money: aging adds up to {aged:?}, the open balances to {open:?}"));
    }
    if let Some(payments) = &snapshot.payments {
        check_payments(model, snapshot, payments, &mut out);
    }
    out
}

fn check_payments(model: &mut Model, snapshot: &Snapshot, payments: &[Payment], out: &mut Vec<String>) {
    let numbers = numbers_of(snapshot);
    let named = marks(payments);
    for (mark, payment) in &named {
        let Some(money) = model.money.get(mark) else {
            out.push(format!(
                "money: payment {mark} over {} is in the book and never came in",
                payment.amount
            ));
            continue;
        };
        if money.minor != payment.amount.minor || money.currency != payment.amount.currency {
            out.push(format!(
                "money: payment {mark}: {} came in, the book has {}",
                money.minor, payment.amount.minor
            ));
        }
        let found = place_of(model, snapshot, &numbers, payment);
        if found != money.place {
            out.push(format!(
                "money: payment {mark}: it should be {:?}, the book has {found:?}",
                money.place
            ));
        }
        // The postings say it once more: what is assigned, kept and waiting makes up what came in.
        let (unapplied, unidentified) = snapshot.kept.get(&payment.id).copied().unwrap_or_default();
        let assigned: i64 = snapshot
            .parts
            .range((payment.id, ReceivableId(i64::MIN))..=(payment.id, ReceivableId(i64::MAX)))
            .map(|(_, minor)| minor)
            .sum();
        let (kept, waiting) = match &money.place {
            Place::Outgoing => (0, 0),
            Place::Assigned { rest, .. } => (*rest, 0),
            Place::Waiting(_) | Place::Ignored => (0, money.minor),
        };
        let whole = if money.place == Place::Outgoing { 0 } else { money.minor };
        if unapplied != kept || unidentified != waiting || assigned + unapplied + unidentified != whole {
            out.push(format!(
                "money: payment {mark} over {}: postings have {assigned} assigned, {unapplied} unapplied, {unidentified} unidentified",
                money.minor
            ));
        }
    }
    for mark in model.money.keys().filter(|mark| !named.contains_key(*mark)) {
        out.push(format!("money: payment {mark} came in and is not in the book"));
    }
    let ids: Vec<(String, PaymentId)> = named.into_iter().map(|(mark, payment)| (mark, payment.id)).collect();
    for (mark, id) in ids {
        if let Some(money) = model.money.get_mut(&mark) {
            money.id = id;
        }
    }
}
