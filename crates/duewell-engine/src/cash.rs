//! Payments by hand: recording, matching what the bank's text left open, taking a match back.

use duewell_domain::allocation::{self, OpenItem, Part};
use duewell_domain::id::{DebtorId, PaymentId, ReceivableId};
use duewell_domain::ledger::{Account, Entry, EntryKind, Posting};
use duewell_domain::matching::Because;
use duewell_domain::money::Money;
use duewell_domain::receivable::ReceivableState;
use duewell_domain::reference::{fold, name_key, reference_key};
use duewell_store::journal::Journal;
use duewell_store::payment::{self, Payment, PaymentState};
use duewell_store::receivable::{self, Receivable};
use duewell_store::{Tx, debtor, posting};
use jiff::civil::Date;
use serde::Serialize;
use sha2::{Digest, Sha256};

mod view;

pub use view::{
    Dealt, Preview, PreviewRow, count_waiting, list_dealt, list_statements, load_dealt, load_waiting,
    preview_match,
};

use crate::bank::{credits, journal_payment, open_item, receipt, take_off};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::look::{Cases, look_today};
use crate::plan::{PlanMoney, is_installment, reverse_payment};

/// Which receivables an amount goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Everything the debtor has open, oldest due date first.
    OldestFirst,
    /// These receivables, by number, in due-date order among themselves.
    Numbers(Vec<String>),
    /// Nothing: it stays the debtor's unapplied money.
    Unapplied,
}

/// What an assignment did.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Assigned {
    pub payment: PaymentId,
    pub debtor: DebtorId,
    pub parts: Vec<Part>,
    pub unapplied: Money,
}

/// Records money that did not come by a bank file (cash, a cheque, another account).
pub fn record_payment(
    desk: &Desk,
    debtor: DebtorId,
    amount: Money,
    received_on: Date,
    note: &str,
    target: &Target,
    actor: &str,
) -> Result<Assigned, EngineError> {
    if !amount.is_positive() {
        return Err(EngineError::Refused(format!("{amount} is not money that was received")));
    }
    let id: PaymentId = desk.id();
    let line_key: [u8; 32] = Sha256::digest(id.0.to_be_bytes()).into();
    let now = desk.now();
    desk.store.write(|tx| {
        let mut journal = Journal::open(tx, desk.book.id, now)?;
        let chosen = choose(tx, desk, debtor, amount, target)?;
        let mut plans = PlanMoney::default();
        let (parts, unapplied, mut changed) = through_plans(tx, desk, &mut plans, id, received_on, chosen)?;
        let payment = Payment {
            id,
            debtor: Some(debtor),
            amount,
            unapplied,
            received_on,
            source: "manual".to_owned(),
            line_key: line_key[..16].to_vec(),
            statement: None,
            payer_name: String::new(),
            payer_account: String::new(),
            reference: String::new(),
            remittance: note.to_owned(),
            state: PaymentState::Matched,
            because: Because::Person.as_str().to_owned(),
        };
        payment::insert_payments(tx, desk.book.id, std::slice::from_ref(&payment), now)?;
        let entry = receipt(desk, &payment, Some(debtor), &parts, unapplied)?;
        posting::insert_entries(tx, desk.book.id, &[entry])?;
        finish(tx, desk, &mut journal, "payment.recorded", actor, &payment, &parts, &mut changed)?;
        plans.keep(tx, desk)?;
        journal.flush(tx)?;
        Ok(Assigned { payment: id, debtor, parts, unapplied })
    })
}

/// Assigns a waiting payment to a debtor.
pub fn match_payment(
    desk: &Desk,
    id: PaymentId,
    debtor: DebtorId,
    target: &Target,
    actor: &str,
) -> Result<Assigned, EngineError> {
    let now = desk.now();
    desk.store.write(|tx| {
        let mut journal = Journal::open(tx, desk.book.id, now)?;
        let mut payment = load(tx, desk, id)?;
        if payment.state != PaymentState::Queued {
            return Err(EngineError::Refused(format!(
                "payment {id} is {}: only a waiting payment can be matched",
                payment.state.as_str()
            )));
        }
        let chosen = choose(tx, desk, debtor, payment.amount, target)?;
        let mut plans = PlanMoney::default();
        let (parts, unapplied, mut changed) =
            through_plans(tx, desk, &mut plans, id, payment.received_on, chosen)?;
        let line = |account, debtor, amount| Posting {
            account,
            debtor,
            receivable: None,
            payment: Some(id),
            amount,
        };
        let mut postings = vec![line(Account::Unidentified, None, payment.amount)];
        credits(&mut postings, id, Some(debtor), &parts, unapplied)?;
        let entry = Entry::new(desk.id(), EntryKind::Assignment, desk.today(), postings)?;
        posting::insert_entries(tx, desk.book.id, &[entry])?;
        payment.debtor = Some(debtor);
        payment.unapplied = unapplied;
        payment.state = PaymentState::Matched;
        payment.because = Because::Person.as_str().to_owned();
        payment::update_match(tx, desk.book.id, &[&payment])?;
        finish(tx, desk, &mut journal, "payment.matched", actor, &payment, &parts, &mut changed)?;
        plans.keep(tx, desk)?;
        journal.flush(tx)?;
        Ok(Assigned { payment: id, debtor, parts, unapplied })
    })
}

/// Takes a match back: what was assigned is open again and the payment waits in the queue.
pub fn unmatch_payment(desk: &Desk, id: PaymentId, actor: &str) -> Result<Assigned, EngineError> {
    let now = desk.now();
    desk.store.write(|tx| {
        let mut journal = Journal::open(tx, desk.book.id, now)?;
        let mut payment = load(tx, desk, id)?;
        let (PaymentState::Matched, Some(debtor)) = (payment.state, payment.debtor) else {
            return Err(EngineError::Refused(format!(
                "payment {id} is {}: only a matched payment can be taken off",
                payment.state.as_str()
            )));
        };
        let postings = assigned_postings(tx, desk, &payment)?;
        let assigned = posting::assigned_parts(&postings, id)?;
        let mut reversal = Vec::new();
        let mut parts = Vec::new();
        let mut changed = Vec::new();
        for ((owner, receivable), amount) in assigned {
            let mut open = receivable::load_receivable(tx, desk.book.id, owner, receivable)?
                .ok_or_else(|| EngineError::NotFound("receivable", receivable.to_string()))?;
            take_off(&mut open, amount.negated()?)?;
            changed.push(open);
            let line = Posting {
                account: Account::Receivable,
                debtor: Some(owner),
                receivable: Some(receivable),
                payment: Some(id),
                amount,
            };
            reversal.push(line);
            parts.push(Part { debtor: owner, receivable, amount });
        }
        let plain = |account, debtor, amount| Posting {
            account,
            debtor,
            receivable: None,
            payment: Some(id),
            amount,
        };
        reversal.push(plain(Account::Unapplied, Some(debtor), payment.unapplied));
        reversal.push(plain(Account::Unidentified, None, payment.amount.negated()?));
        let entry = Entry::new(desk.id(), EntryKind::Reversal, desk.today(), reversal)?;
        posting::insert_entries(tx, desk.book.id, &[entry])?;
        payment.unapplied = Money::zero(payment.amount.currency);
        payment.state = PaymentState::Queued;
        payment.because = Because::Person.as_str().to_owned();
        payment::update_match(tx, desk.book.id, &[&payment])?;
        finish(tx, desk, &mut journal, "payment.unmatched", actor, &payment, &parts, &mut changed)?;
        let owners: Vec<DebtorId> = parts.iter().map(|part| part.debtor).collect();
        reverse_payment(tx, desk, id, &owners)?;
        journal.flush(tx)?;
        Ok(Assigned { payment: id, debtor, parts, unapplied: payment.unapplied })
    })
}

/// Says that a waiting payment is not about receivables; it leaves the queue and stays on the books.
pub fn ignore_payment(desk: &Desk, id: PaymentId, actor: &str) -> Result<(), EngineError> {
    let now = desk.now();
    desk.store.write(|tx| {
        let mut journal = Journal::open(tx, desk.book.id, now)?;
        let mut payment = load(tx, desk, id)?;
        if payment.state != PaymentState::Queued {
            return Err(EngineError::Refused(format!(
                "payment {id} is {}, not waiting",
                payment.state.as_str()
            )));
        }
        payment.debtor = None;
        payment.state = PaymentState::Ignored;
        payment.because = Because::Person.as_str().to_owned();
        payment::update_match(tx, desk.book.id, &[&payment])?;
        journal.load_book_subject(tx)?;
        journal_payment(&mut journal, desk, now, "payment.ignored", actor, &payment, &[])?;
        journal.flush(tx)?;
        Ok(())
    })
}

/// Puts a payment that was put aside back into the queue.
pub fn requeue_payment(desk: &Desk, id: PaymentId, actor: &str) -> Result<(), EngineError> {
    let now = desk.now();
    desk.store.write(|tx| {
        let mut journal = Journal::open(tx, desk.book.id, now)?;
        let mut payment = load(tx, desk, id)?;
        if payment.state != PaymentState::Ignored {
            return Err(EngineError::Refused(format!(
                "payment {id} is {}: only one that was put aside can wait again",
                payment.state.as_str()
            )));
        }
        payment.state = PaymentState::Queued;
        payment.because = Because::Person.as_str().to_owned();
        payment::update_match(tx, desk.book.id, &[&payment])?;
        journal.load_book_subject(tx)?;
        journal_payment(&mut journal, desk, now, "payment.requeued", actor, &payment, &[])?;
        journal.flush(tx)?;
        Ok(())
    })
}

fn load(tx: &mut Tx<'_>, desk: &Desk, id: PaymentId) -> Result<Payment, EngineError> {
    payment::load_payment(tx, desk.book.id, id)?
        .ok_or_else(|| EngineError::NotFound("payment", id.to_string()))
}

/// Loads the postings of every debtor that a payment may have been assigned to.
fn assigned_postings(
    tx: &mut Tx<'_>,
    desk: &Desk,
    payment: &Payment,
) -> Result<Vec<posting::StoredPosting>, EngineError> {
    let Some(debtor) = payment.debtor else { return Ok(Vec::new()) };
    let own = posting::list_postings(tx, desk.book.id, debtor)?;
    let assigned = posting::assigned_parts(&own, payment.id)?;
    let total = Money::sum(payment.amount.currency, assigned.into_values())?.plus(payment.unapplied)?;
    if total == payment.amount {
        return Ok(own);
    }
    // Parts lie with other debtors too (a parent paid for a subsidiary): rare enough to search the whole book.
    Ok(posting::list_postings_of_payment(tx, desk.book.id, payment.id)?)
}

type Choice = (Vec<Part>, Money, Vec<Receivable>);

/// Lets installment plans say where the parts go that were meant for their installments.
fn through_plans(
    tx: &mut Tx<'_>,
    desk: &Desk,
    plans: &mut PlanMoney,
    payment: PaymentId,
    received_on: Date,
    (parts, unapplied, mut changed): Choice,
) -> Result<Choice, EngineError> {
    if !changed.iter().any(is_installment) {
        return Ok((parts, unapplied, changed));
    }
    let (parts, over) = plans.divert(tx, desk, payment, received_on, parts)?;
    changed.retain(|one| !plans.keeps(one.id));
    Ok((parts, over.map_or(Ok(unapplied), |over| unapplied.plus(over))?, changed))
}

/// Chooses the parts of an amount and takes them off the open balances.
fn choose(
    tx: &mut Tx<'_>,
    desk: &Desk,
    debtor: DebtorId,
    amount: Money,
    target: &Target,
) -> Result<Choice, EngineError> {
    let known = debtor::load_debtors(tx, desk.book.id, &[debtor])?;
    if !known.contains_key(&debtor) {
        return Err(EngineError::NotFound("debtor", debtor.to_string()));
    }
    let mut open = receivable::load_open(tx, desk.book.id, &[debtor])?.remove(&debtor).unwrap_or_default();
    open.retain(|one| one.amount.currency == amount.currency);
    match target {
        Target::OldestFirst => {}
        Target::Unapplied => open.clear(),
        Target::Numbers(numbers) => {
            let keys: Vec<String> = numbers.iter().map(|number| reference_key(number)).collect();
            for (number, key) in numbers.iter().zip(&keys) {
                if !open.iter().any(|one| reference_key(&one.number) == *key) {
                    return Err(EngineError::NotFound(
                        "open receivable of this debtor and currency",
                        number.clone(),
                    ));
                }
            }
            open.retain(|one| keys.contains(&reference_key(&one.number)));
        }
    }
    let items: Vec<_> = open.iter().map(open_item).collect();
    let allocation = allocation::oldest_first(amount, &items)?;
    let mut changed = Vec::new();
    for part in &allocation.parts {
        let at = open
            .iter()
            .position(|one| one.id == part.receivable)
            .expect("a part names one of the items it was chosen from");
        let mut receivable = open.swap_remove(at);
        take_off(&mut receivable, part.amount)?;
        changed.push(receivable);
    }
    Ok((allocation.parts, allocation.unapplied, changed))
}

#[expect(clippy::too_many_arguments, reason = "it is the common end of three short functions")]
fn finish(
    tx: &mut Tx<'_>,
    desk: &Desk,
    journal: &mut Journal,
    kind: &str,
    actor: &str,
    payment: &Payment,
    parts: &[Part],
    changed: &mut [Receivable],
) -> Result<(), EngineError> {
    changed.sort_unstable_by_key(|one| (one.debtor, one.id));
    receivable::update_open(tx, desk.book.id, &changed.iter().collect::<Vec<_>>())?;
    let debtors = || parts.iter().map(|part| part.debtor).chain(payment.debtor);
    journal.load_subjects(tx, debtors())?;
    journal_payment(journal, desk, desk.now(), kind, actor, payment, parts)?;
    look_today(tx, desk, debtors(), Cases::All)
}

/// What led to a guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clue {
    /// The machine was sure whose the money is, not what it pays.
    NamedByLine,
    /// A number of the debtor's, or one with two digits swapped, stands in the text.
    NumberLike,
    PayerName,
    /// A word of the payer's name is in the debtor's.
    NameWord,
}

impl Clue {
    fn words(self) -> &'static str {
        match self {
            Clue::NamedByLine => "named by the line",
            Clue::NumberLike => "a number like the one in the text",
            Clue::PayerName => "the payer's name",
            Clue::NameWord => "a word of the payer's name",
        }
    }
}

/// A guess about a waiting payment, for a person to accept or not.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Suggestion {
    pub debtor: DebtorId,
    pub debtor_name: String,
    pub external_id: String,
    /// Numbers of the receivables it would pay.
    pub numbers: Vec<String>,
    pub open: Money,
    pub why: String,
    #[serde(skip)]
    pub clue: Clue,
    /// The receivables named make up the amount to the minor unit.
    #[serde(skip)]
    pub exact: bool,
}

/// A waiting payment with guesses, best first.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Waiting {
    pub payment: PaymentId,
    pub received_on: Date,
    pub amount: Money,
    pub payer: String,
    /// The payer's account as the bank gives it.
    pub account: String,
    pub text: String,
    pub because: String,
    pub suggestions: Vec<Suggestion>,
}

/// Lists payments that wait, with guesses.
pub fn list_waiting(desk: &Desk, after: PaymentId, limit: i64) -> Result<Vec<Waiting>, EngineError> {
    desk.store.read(|tx| {
        let mut waiting = Vec::new();
        for payment in payment::list_queue(tx, desk.book.id, after, limit)? {
            waiting.push(waiting_of(tx, desk, payment)?);
        }
        Ok(waiting)
    })
}

fn waiting_of(tx: &mut Tx<'_>, desk: &Desk, payment: Payment) -> Result<Waiting, EngineError> {
    let suggestions = suggest(tx, desk, &payment)?;
    Ok(Waiting {
        payment: payment.id,
        received_on: payment.received_on,
        amount: payment.amount,
        text: format!("{} {}", payment.reference, payment.remittance).trim().to_owned(),
        payer: payment.payer_name,
        account: payment.payer_account,
        because: payment.because,
        suggestions,
    })
}

/// Guesses whose a payment is: the debtor the machine was sure of, numbers with two digits swapped, names.
fn suggest(tx: &mut Tx<'_>, desk: &Desk, payment: &Payment) -> Result<Vec<Suggestion>, EngineError> {
    let book = desk.book.id;
    let mut candidates: Vec<(DebtorId, Clue)> =
        payment.debtor.map(|id| (id, Clue::NamedByLine)).into_iter().collect();
    let shapes = receivable::load_shapes(tx, book)?;
    let lines: Vec<String> = payment.remittance.lines().map(str::to_owned).collect();
    let structured = [payment.reference.clone()];
    let incoming = duewell_domain::matching::Incoming {
        amount: payment.amount,
        structured: &structured,
        end_to_end_id: None,
        remittance: &lines,
        payer_name: Some(&payment.payer_name),
    };
    let mut swapped: Vec<String> = Vec::new();
    for key in duewell_domain::matching::candidate_keys(&incoming, &shapes) {
        swapped.extend(with_neighbours_swapped(&key));
        swapped.push(key);
    }
    swapped.truncate(200);
    let keys: Vec<&str> = swapped.iter().map(String::as_str).collect();
    for (_, receivable) in receivable::find_by_keys(tx, book, &keys)? {
        if receivable.state == ReceivableState::Open && receivable.open.currency == payment.amount.currency {
            candidates.push((receivable.debtor, Clue::NumberLike));
        }
    }
    for (_, id) in debtor::find_by_name(tx, book, &[&name_key(&payment.payer_name)])? {
        candidates.push((id, Clue::PayerName));
    }
    let mut words: Vec<String> =
        fold(&payment.payer_name).split(' ').filter(|word| word.len() >= 4).map(str::to_owned).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in words.iter().take(2) {
        for found in debtor::search_debtors(tx, book, word, 5)? {
            candidates.push((found.id, Clue::NameWord));
        }
    }
    let mut seen = std::collections::HashSet::new();
    candidates.retain(|(id, _)| seen.insert(*id));
    candidates.truncate(8);
    let ids: Vec<DebtorId> = candidates.iter().map(|(id, _)| *id).collect();
    let debtors = debtor::load_debtors(tx, book, &ids)?;
    let open = receivable::load_open(tx, book, &ids)?;
    let mut suggestions = Vec::new();
    for (id, clue) in candidates {
        let Some(found) = debtors.get(&id) else { continue };
        let mut own: Vec<&Receivable> = open
            .get(&id)
            .into_iter()
            .flatten()
            .filter(|one| one.open.currency == payment.amount.currency)
            .collect();
        own.sort_unstable_by_key(|one| (one.due_on, one.id));
        let items: Vec<_> = own.iter().map(|one| open_item(one)).collect();
        let total = Money::sum(payment.amount.currency, items.iter().map(|item| item.open))?;
        let (chosen, exact) = fitting(payment.amount, &items)?;
        let why = clue.words();
        suggestions.push((
            std::cmp::Reverse(exact),
            Suggestion {
                debtor: id,
                debtor_name: found.name.clone(),
                external_id: found.external_id.clone(),
                numbers: own
                    .iter()
                    .filter(|one| chosen.contains(&one.id))
                    .map(|one| one.number.clone())
                    .collect(),
                open: total,
                why: if exact { format!("{why}, and the amount is exact") } else { why.to_owned() },
                clue,
                exact,
            },
        ));
    }
    suggestions.sort_by_key(|(exact, _)| *exact);
    Ok(suggestions.into_iter().map(|(_, suggestion)| suggestion).take(5).collect())
}

/// Chooses what an amount most likely pays: the set that makes it up exactly, else oldest first.
fn fitting(amount: Money, items: &[OpenItem]) -> Result<(Vec<ReceivableId>, bool), EngineError> {
    if let Some(set) = allocation::exact_set(amount, items) {
        return Ok((set.iter().map(|item| item.receivable).collect(), true));
    }
    let parts = allocation::oldest_first(amount, items)?.parts;
    Ok((parts.iter().map(|part| part.receivable).collect(), false))
}

fn with_neighbours_swapped(key: &str) -> Vec<String> {
    let bytes = key.as_bytes();
    (1..bytes.len())
        .filter(|&i| bytes[i - 1].is_ascii_digit() && bytes[i].is_ascii_digit() && bytes[i - 1] != bytes[i])
        .filter_map(|i| {
            let mut swapped = bytes.to_vec();
            swapped.swap(i - 1, i);
            String::from_utf8(swapped).ok()
        })
        .collect()
}
