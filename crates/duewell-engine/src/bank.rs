//! Bank statements in: read, recognise, post what is sure, queue the rest.
//!
//! The file is read twice: once to know that it is whole, once to book it, so
//! a file that was cut off books nothing. Each booked line carries a key made
//! of what the bank says about it, unique in the book: booking a statement a
//! second time, or after a crash, adds only what is missing.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::BufRead;
use std::ops::ControlFlow;

use duewell_domain::allocation::{OpenItem, Part};
use duewell_domain::id::{BatchId, DebtorId, PaymentId, ReceivableId, StatementId};
use duewell_domain::ledger::{Account, Entry as LedgerEntry, EntryKind, Posting};
use duewell_domain::matching::{self, Because, Hit, Incoming, Match, Namesake, Shapes};
use duewell_domain::money::{Currency, Money};
use duewell_domain::receivable::ReceivableState;
use duewell_domain::reference::name_key;
use duewell_formats::camt::{
    CamtEvent, CamtKind, Direction, Entry, StatementEnd, StatementHeader, read_camt,
};
use duewell_store::import::{self, Batch};
use duewell_store::journal::{Event, Journal};
use duewell_store::payment::{self, Payment, PaymentState, Statement};
use duewell_store::receivable::{self, Receivable};
use duewell_store::{Tx, debtor, posting};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::desk::Desk;
use crate::error::EngineError;
use crate::lease;
use crate::look::{Cases, look_today};
use crate::plan::{PlanMoney, is_installment};
use crate::spool::Spool;

/// Lines per transaction.
const CHUNK: usize = 10_000;

/// What booking a statement file did.
#[derive(Clone, Debug, Default, Serialize, PartialEq, Eq)]
pub struct StatementSummary {
    pub statements: u64,
    /// Lines of booked entries, batch details counted one by one.
    pub lines: u64,
    /// Lines posted to receivables.
    pub matched: u64,
    /// Lines that wait for a person.
    pub queued: u64,
    /// Lines booked before.
    pub known: u64,
    /// Money that left the account.
    pub outgoing: u64,
    /// Entries the bank has not booked yet.
    pub pending: u64,
    /// What was posted to receivables, in minor units by currency.
    pub matched_minor: BTreeMap<String, i64>,
    pub by_reason: BTreeMap<String, u64>,
    /// Entries that could not be read, each with its place and remedy.
    pub refused: Vec<String>,
    pub warnings: Vec<String>,
    /// What was read, when nothing was to be changed.
    pub dry_run: bool,
}

/// Books a camt.053 file. `open` gives the file from its start, twice.
///
/// `progress` is told how many lines are done and how many there are.
pub fn import_statement<R: BufRead>(
    desk: &Desk,
    file_name: &str,
    sha256: &[u8; 32],
    mut open: impl FnMut() -> std::io::Result<R>,
    dry_run: bool,
    actor: &str,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<StatementSummary, EngineError> {
    let wrong = |reason: String| EngineError::File { file: file_name.to_owned(), reason };
    let mut summary = StatementSummary { dry_run, ..StatementSummary::default() };
    let mut kind = None;
    let first = open().map_err(|error| wrong(error.to_string()))?;
    let read = read_camt(first, |event| {
        match event {
            CamtEvent::StatementStart(header) => {
                kind = Some(header.kind);
                if header.kind != CamtKind::Statement053 {
                    return ControlFlow::Break(());
                }
            }
            CamtEvent::Refused(refusal) => {
                if summary.refused.len() < 200 {
                    summary.refused.push(refusal.to_string());
                }
            }
            CamtEvent::StatementEnd(end) => {
                if end.balance_equation_holds() == Some(false) {
                    summary.warnings.push(format!(
                        "statement {}: opening balance and entries do not make the closing balance",
                        end.number
                    ));
                }
            }
            CamtEvent::Entry(_) => {}
        }
        ControlFlow::Continue(())
    })
    .map_err(|error| wrong(format!("{error}; nothing was booked")))?;
    match kind {
        Some(CamtKind::Statement053) => {}
        None => return Err(wrong("it holds no statement".to_owned())),
        Some(other) => {
            return Err(wrong(format!(
                "it is a {}: it announces what the statement (camt.053) books; import the statement",
                other.name()
            )));
        }
    }
    if dry_run {
        summary.statements = u64::from(read.statements);
    }
    let mut booking = Booking::new(desk, file_name, read.details.max(read.entries));
    if !dry_run {
        booking.start(sha256)?;
    }
    let mut failure = None;
    let second = open().map_err(|error| wrong(error.to_string()))?;
    read_camt(second, |event| match booking.take(event, dry_run, &mut summary, progress) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failure = Some(error);
            ControlFlow::Break(())
        }
    })
    .map_err(|error| wrong(error.to_string()))?;
    if let Some(error) = failure {
        return Err(error);
    }
    if !dry_run {
        booking.flush_all(&mut summary, progress)?;
        booking.finish(&summary, sha256, actor)?;
    }
    Ok(summary)
}

/// A line as it comes from the file, before anyone knows whose it is.
#[derive(Serialize, Deserialize)]
struct Line {
    amount: Money,
    received_on: Date,
    key: [u8; 16],
    statement: StatementId,
    payer_name: String,
    payer_account: String,
    structured: Vec<String>,
    end_to_end_id: Option<String>,
    remittance: Vec<String>,
}

struct Booking<'a> {
    desk: &'a Desk,
    batch: Batch,
    lines_total: u64,
    lines_done: u64,
    lines: Vec<Line>,
    header: Option<StatementHeader>,
    statement: StatementId,
    statements: Vec<Statement>,
    first_on: Option<Date>,
    last_on: Option<Date>,
    /// How often the same content was seen in this statement.
    seen: HashMap<[u8; 16], u32>,
    shapes: Option<Shapes>,
    /// Where the lines of a large file wait to be put in order.
    spool: Option<Spool>,
}

impl<'a> Booking<'a> {
    fn new(desk: &'a Desk, file_name: &str, lines_total: u64) -> Booking<'a> {
        let batch = Batch {
            id: desk.id::<BatchId>(),
            kind: "statement".to_owned(),
            file_name: file_name.to_owned(),
            imported_at: desk.now(),
            rows_new: 0,
            rows_changed: 0,
            rows_same: 0,
            rows_wrong: 0,
            undone_at: None,
        };
        Booking {
            desk,
            batch,
            lines_total,
            lines_done: 0,
            lines: Vec::new(),
            header: None,
            statement: desk.id(),
            statements: Vec::new(),
            first_on: None,
            last_on: None,
            seen: HashMap::new(),
            shapes: None,
            spool: None,
        }
    }

    fn start(&mut self, sha256: &[u8; 32]) -> Result<(), EngineError> {
        let (desk, batch) = (self.desk, &self.batch);
        self.shapes = Some(desk.store.write(|tx| -> Result<Shapes, EngineError> {
            lease::take(tx, desk, "bank")?;
            import::insert_batch(tx, desk.book.id, batch, sha256)?;
            Ok(receivable::load_shapes(tx, desk.book.id)?)
        })?);
        Ok(())
    }

    fn take(
        &mut self,
        event: CamtEvent,
        dry_run: bool,
        summary: &mut StatementSummary,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), EngineError> {
        match event {
            CamtEvent::StatementStart(header) => {
                self.header = Some(*header);
                self.statement = self.desk.id();
                self.seen.clear();
                (self.first_on, self.last_on) = (None, None);
            }
            CamtEvent::Refused(_) => {}
            CamtEvent::StatementEnd(end) => {
                summary.statements += u64::from(!dry_run);
                let statement = self.statement_row(&end);
                self.statements.push(statement);
            }
            CamtEvent::Entry(entry) => {
                if !entry.status.is_booked() {
                    summary.pending += 1;
                    return Ok(());
                }
                let Some(day) = entry.booked_on.or(entry.value_on) else {
                    summary
                        .refused
                        .push(format!("entry {} ({}) has no date: book it by hand", entry.number, entry.at));
                    return Ok(());
                };
                self.first_on = Some(self.first_on.map_or(day, |first| first.min(day)));
                self.last_on = Some(self.last_on.map_or(day, |last| last.max(day)));
                let before = self.lines.len();
                self.add_lines(&entry, day);
                summary.lines += (self.lines.len() - before) as u64;
                if dry_run {
                    self.lines.clear();
                } else if self.lines.len() >= CHUNK {
                    if self.lines_total > 3 * CHUNK as u64 {
                        self.put_aside()?;
                    } else {
                        self.flush(summary, progress)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn statement_row(&self, end: &StatementEnd) -> Statement {
        let header = self.header.as_ref();
        let text = |pick: fn(&StatementHeader) -> Option<&String>| {
            header.and_then(pick).cloned().unwrap_or_default()
        };
        Statement {
            id: self.statement,
            account: text(|header| header.account.as_ref()),
            identification: text(|header| header.id.as_ref()),
            opening: end.opening().map(|balance| balance.amount),
            closing: end.closing().map(|balance| balance.amount),
            first_on: self.first_on,
            last_on: self.last_on,
            entries: i64::from(end.entries),
            imported_at: self.desk.now(),
        }
    }

    /// Makes one line of an entry, or one of each detail where the details make up the entry exactly.
    fn add_lines(&mut self, entry: &Entry, day: Date) {
        let one_by_one = entry.details.len() > 1
            && entry.details.iter().all(|detail| detail.direction.is_none_or(|way| way == entry.direction))
            && entry
                .details
                .iter()
                .try_fold(Money::zero(entry.amount.currency), |sum, detail| sum.plus(detail.amount?).ok())
                == Some(entry.amount);
        if one_by_one {
            for index in 0..entry.details.len() {
                self.add_line(entry, index..index + 1, day);
            }
        } else {
            self.add_line(entry, 0..entry.details.len(), day);
        }
    }

    fn add_line(&mut self, entry: &Entry, range: std::ops::Range<usize>, day: Date) {
        let details = &entry.details[range.clone()];
        let amount = match details {
            [one] if entry.details.len() > 1 => one.amount.unwrap_or(entry.amount),
            _ => entry.amount,
        };
        let party = details.first().map(|detail| detail.counterparty(entry));
        let mut structured = Vec::new();
        let mut remittance = Vec::new();
        for detail in details {
            structured.extend(detail.structured_references.iter().chain(&detail.document_numbers).cloned());
            remittance.extend(detail.remittance.iter().cloned());
            if detail.remittance.is_empty() {
                remittance.extend(detail.additional_info.iter().cloned());
            }
        }
        if details.is_empty() || remittance.is_empty() {
            remittance.extend(entry.additional_info.iter().cloned());
        }
        let end_to_end_id = details
            .iter()
            .find_map(|detail| detail.end_to_end_id.clone())
            .filter(|id| !id.eq_ignore_ascii_case("NOTPROVIDED"));
        let signed = match entry.direction {
            Direction::Credit => amount,
            Direction::Debit => Money { minor: -amount.minor, ..amount },
        };
        let (payer_name, payer_account) = party.map_or((String::new(), String::new()), |party| {
            (
                party.name.clone().or_else(|| party.ultimate_name.clone()).unwrap_or_default(),
                party.account.clone().unwrap_or_default(),
            )
        });
        let mut line = Line {
            amount: signed,
            received_on: day,
            key: [0; 16],
            statement: self.statement,
            payer_name,
            payer_account,
            structured,
            end_to_end_id,
            remittance,
        };
        line.key =
            self.line_key(entry, details.first().and_then(|detail| detail.bank_reference.as_deref()), &line);
        self.lines.push(line);
    }

    /// Makes the key that a line keeps however often and in whatever file it comes.
    fn line_key(&mut self, entry: &Entry, detail_reference: Option<&str>, line: &Line) -> [u8; 16] {
        let header = self.header.as_ref();
        let mut hash = Sha256::new();
        let mut field = |text: &[u8]| {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        };
        field(header.and_then(|header| header.account.as_deref()).unwrap_or("").as_bytes());
        field(&line.amount.minor.to_be_bytes());
        field(line.amount.currency.code().as_bytes());
        field(line.received_on.to_string().as_bytes());
        match entry.bank_reference.as_deref().or(entry.entry_reference.as_deref()) {
            Some(reference) => field(reference.as_bytes()),
            // Without a reference of the bank's own, equal lines of two statements are two payments.
            None => field(header.and_then(|header| header.id.as_deref()).unwrap_or("").as_bytes()),
        }
        field(detail_reference.unwrap_or("").as_bytes());
        field(line.end_to_end_id.as_deref().unwrap_or("").as_bytes());
        field(line.payer_account.as_bytes());
        for text in line.structured.iter().chain(&line.remittance) {
            field(text.as_bytes());
        }
        let content: [u8; 32] = hash.finalize().into();
        let mut key = [0; 16];
        key.copy_from_slice(&content[..16]);
        let repeats = self.seen.entry(key).and_modify(|count| *count += 1).or_insert(0);
        if *repeats > 0 {
            // The same content twice in one statement is two payments: the bank listed both.
            let again: [u8; 32] =
                Sha256::new().chain_update(key).chain_update(repeats.to_be_bytes()).finalize().into();
            key.copy_from_slice(&again[..16]);
        }
        key
    }

    /// Puts lines into the spool by the debtor that a number in them names; that is a guess and need be no more.
    fn put_aside(&mut self) -> Result<(), EngineError> {
        let lines = std::mem::take(&mut self.lines);
        let (desk, shapes) = (self.desk, self.shapes.as_ref().expect("a booking that writes was started"));
        let keys: Vec<Vec<String>> =
            lines.iter().map(|line| matching::candidate_keys(&line.incoming(), shapes)).collect();
        let mut wanted: Vec<&str> = keys.iter().flatten().map(String::as_str).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let owners = desk.store.read(|tx| receivable::find_owners_by_number(tx, desk.book.id, &wanted))?;
        let debtors: Vec<DebtorId> = keys
            .iter()
            .map(|keys| keys.iter().find_map(|key| owners.get(key)).copied().unwrap_or(DebtorId(0)))
            .collect();
        let spool = match &mut self.spool {
            Some(spool) => spool,
            None => self.spool.insert(Spool::new(debtors.clone())?),
        };
        lines.iter().zip(debtors).try_for_each(|(line, debtor)| spool.push(debtor, line))
    }

    /// Books what is left, in chunks.
    fn flush_all(
        &mut self,
        summary: &mut StatementSummary,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), EngineError> {
        if self.spool.is_some() {
            self.put_aside()?;
        }
        if let Some(spool) = self.spool.take() {
            spool.drain(|line: Line| {
                self.lines.push(line);
                if self.lines.len() >= CHUNK { self.flush(summary, progress) } else { Ok(()) }
            })?;
        }
        self.flush(summary, progress)
    }

    fn flush(
        &mut self,
        summary: &mut StatementSummary,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), EngineError> {
        let lines = std::mem::take(&mut self.lines);
        let desk = self.desk;
        let shapes = self.shapes.as_ref().expect("a booking that writes was started");
        let booked = desk.store.write(|tx| -> Result<Booked, EngineError> {
            lease::take(tx, desk, "bank")?;
            book_lines(tx, desk, shapes, &lines)
        })?;
        self.lines_done += lines.len() as u64;
        summary.known += booked.known;
        summary.outgoing += booked.outgoing;
        for (because, count) in booked.matched {
            summary.matched += count;
            *summary.by_reason.entry(because.as_str().to_owned()).or_default() += count;
        }
        for (because, count) in booked.queued {
            summary.queued += count;
            *summary.by_reason.entry(because.as_str().to_owned()).or_default() += count;
        }
        for (currency, minor) in booked.matched_minor {
            let total = summary.matched_minor.entry(currency.code().to_owned()).or_default();
            *total = total.saturating_add(minor);
        }
        progress(self.lines_done, self.lines_total.max(self.lines_done));
        Ok(())
    }

    fn finish(
        &mut self,
        summary: &StatementSummary,
        sha256: &[u8; 32],
        actor: &str,
    ) -> Result<(), EngineError> {
        self.batch.rows_new = (summary.matched + summary.queued + summary.outgoing) as i64;
        self.batch.rows_same = summary.known as i64;
        self.batch.rows_wrong = summary.refused.len() as i64;
        let (desk, batch, statements) = (self.desk, &self.batch, &self.statements);
        let payload = serde_json::to_vec(summary)?;
        desk.store.write(|tx| -> Result<(), EngineError> {
            import::update_counts(tx, desk.book.id, batch)?;
            // A statement counts as brought in when all its lines are booked: only then is money known.
            // One that was brought in before tells nothing new about who has paid.
            let nothing_new = batch.rows_new == 0;
            for statement in statements {
                if nothing_new && payment::is_statement_known(tx, desk.book.id, statement, sha256)? {
                    continue;
                }
                payment::insert_statement(tx, desk.book.id, statement, batch.id)?;
            }
            desk.record(tx, "statement.booked", actor, "", &payload)?;
            lease::end(tx, desk, "bank")
        })
    }
}

#[derive(Default)]
struct Booked {
    known: u64,
    outgoing: u64,
    matched: HashMap<Because, u64>,
    queued: HashMap<Because, u64>,
    matched_minor: BTreeMap<Currency, i64>,
}

/// What a booked payment was and what became of it: the payload of its journal event.
#[derive(Serialize)]
pub(crate) struct BookedPayload<'a> {
    pub payment: PaymentId,
    pub amount: Money,
    pub received_on: Date,
    pub payer: &'a str,
    pub payer_account: &'a str,
    pub reference: &'a str,
    pub remittance: &'a str,
    pub because: &'a str,
    pub parts: &'a [Part],
    pub unapplied: Money,
}

/// Books lines: skips what is known, recognises the rest, posts, journals, wakes cases.
fn book_lines(tx: &mut Tx<'_>, desk: &Desk, shapes: &Shapes, lines: &[Line]) -> Result<Booked, EngineError> {
    let (book, now) = (desk.book.id, desk.now());
    let mut booked = Booked::default();
    // The journal's head is locked first: it makes the writers of a book take turns.
    let mut journal = Journal::open(tx, book, now)?;
    let keys: Vec<&[u8]> = lines.iter().map(|line| line.key.as_slice()).collect();
    let known = payment::known_lines(tx, book, &keys)?;
    booked.known = known.len() as u64;
    let fresh: Vec<&Line> = lines.iter().filter(|line| !known.contains(line.key.as_slice())).collect();

    let mut candidates = Candidates::load(tx, desk, shapes, &fresh)?;
    let mut plans = PlanMoney::default();
    let mut decided: Vec<(Payment, Match)> = Vec::with_capacity(fresh.len());
    for line in &fresh {
        if !line.amount.is_positive() {
            continue;
        }
        let payment = payment_of(desk, line);
        let mut decision = candidates.decide(line)?;
        if let Match::Post { parts, unapplied, .. } = &mut decision {
            if candidates.pays_installments(parts) {
                // The waterfall of the plan says where the money goes.
                let meant = std::mem::take(parts);
                let (diverted, over) = plans.divert(tx, desk, payment.id, payment.received_on, meant)?;
                *parts = diverted;
                *unapplied = over.map_or(Ok(*unapplied), |over| unapplied.plus(over))?;
            }
            candidates.assign(parts)?;
        }
        decided.push((payment, decision));
    }
    journal.load_subjects(
        tx,
        decided.iter().flat_map(|(_, decision)| match decision {
            Match::Post { debtor, parts, .. } => {
                let mut all: Vec<DebtorId> = parts.iter().map(|part| part.debtor).collect();
                all.push(*debtor);
                all
            }
            Match::Queue { debtor, .. } => vec![debtor.unwrap_or(DebtorId(0))],
        }),
    )?;
    let mut payments = Vec::with_capacity(fresh.len());
    let mut entries = Vec::with_capacity(decided.len());
    let mut touched: HashSet<DebtorId> = HashSet::new();
    for (mut payment, decision) in decided {
        match decision {
            Match::Post { debtor, parts, unapplied, because } => {
                payment.debtor = Some(debtor);
                payment.unapplied = unapplied;
                payment.state = PaymentState::Matched;
                payment.because = because.as_str().to_owned();
                entries.push(receipt(desk, &payment, Some(debtor), &parts, unapplied)?);
                journal_payment(&mut journal, desk, now, "payment.booked", "system:bank", &payment, &parts)?;
                touched.extend(parts.iter().map(|part| part.debtor));
                *booked.matched.entry(because).or_default() += 1;
                let total = booked.matched_minor.entry(payment.amount.currency).or_default();
                *total = total.saturating_add(payment.amount.minor);
            }
            Match::Queue { debtor, because } => {
                payment.debtor = debtor;
                payment.state = PaymentState::Queued;
                payment.because = because.as_str().to_owned();
                entries.push(receipt(desk, &payment, None, &[], payment.amount)?);
                journal_payment(&mut journal, desk, now, "payment.queued", "system:bank", &payment, &[])?;
                *booked.queued.entry(because).or_default() += 1;
            }
        }
        payments.push(payment);
    }
    for line in fresh.iter().filter(|line| !line.amount.is_positive()) {
        let mut payment = payment_of(desk, line);
        payment.state = PaymentState::Outgoing;
        payments.push(payment);
        booked.outgoing += 1;
    }
    payment::insert_payments(tx, book, &payments, now)?;
    posting::insert_entries(tx, book, &entries)?;
    let changed = candidates.changed.iter().filter(|&&id| !plans.keeps(id));
    let mut changed: Vec<&Receivable> = changed.map(|id| &candidates.receivables[id]).collect();
    changed.sort_unstable_by_key(|one| (one.debtor, one.id));
    receivable::update_open(tx, book, &changed)?;
    plans.keep(tx, desk)?;
    look_today(tx, desk, touched, Cases::Running)?;
    journal.flush(tx)?;
    Ok(booked)
}

fn payment_of(desk: &Desk, line: &Line) -> Payment {
    let zero = Money::zero(line.amount.currency);
    Payment {
        id: desk.id(),
        debtor: None,
        amount: line.amount,
        unapplied: zero,
        received_on: line.received_on,
        source: "bank".to_owned(),
        line_key: line.key.to_vec(),
        statement: Some(line.statement),
        payer_name: line.payer_name.clone(),
        payer_account: line.payer_account.clone(),
        reference: line.structured.first().or(line.end_to_end_id.as_ref()).cloned().unwrap_or_default(),
        remittance: line.remittance.join("\n"),
        state: PaymentState::Queued,
        because: String::new(),
    }
}

/// Posts money that arrived: to receivables, to the debtor's unapplied money, or as unidentified.
pub(crate) fn receipt(
    desk: &Desk,
    payment: &Payment,
    debtor: Option<DebtorId>,
    parts: &[Part],
    rest: Money,
) -> Result<LedgerEntry, EngineError> {
    let line = |account, debtor, receivable, amount| Posting {
        account,
        debtor,
        receivable,
        payment: Some(payment.id),
        amount,
    };
    let mut postings = vec![line(Account::Bank, debtor, None, payment.amount)];
    credits(&mut postings, payment.id, debtor, parts, rest)?;
    Ok(LedgerEntry::new(desk.id(), EntryKind::Receipt, payment.received_on, postings)?)
}

/// Adds the credits of an assignment: receivables, and what is left over.
pub(crate) fn credits(
    postings: &mut Vec<Posting>,
    payment: PaymentId,
    debtor: Option<DebtorId>,
    parts: &[Part],
    rest: Money,
) -> Result<(), EngineError> {
    for part in parts {
        postings.push(Posting {
            account: Account::Receivable,
            debtor: Some(part.debtor),
            receivable: Some(part.receivable),
            payment: Some(payment),
            amount: part.amount.negated()?,
        });
    }
    let account = if debtor.is_some() { Account::Unapplied } else { Account::Unidentified };
    postings.push(Posting {
        account,
        debtor,
        receivable: None,
        payment: Some(payment),
        amount: rest.negated()?,
    });
    Ok(())
}

/// Journals a payment with each debtor it is about.
pub(crate) fn journal_payment(
    journal: &mut Journal,
    desk: &Desk,
    now: Timestamp,
    kind: &str,
    actor: &str,
    payment: &Payment,
    parts: &[Part],
) -> Result<(), EngineError> {
    let payload = serde_json::to_vec(&BookedPayload {
        payment: payment.id,
        amount: payment.amount,
        received_on: payment.received_on,
        payer: &payment.payer_name,
        payer_account: &payment.payer_account,
        reference: &payment.reference,
        remittance: &payment.remittance,
        because: &payment.because,
        parts,
        unapplied: payment.unapplied,
    })?;
    let mut subjects: Vec<Option<DebtorId>> = vec![payment.debtor];
    for part in parts {
        if !subjects.contains(&Some(part.debtor)) {
            subjects.push(Some(part.debtor));
        }
    }
    for subject in subjects {
        journal.append(Event {
            kind,
            subject,
            occurred_at: now,
            actor,
            rules: "",
            payload: payload.clone(),
            salt: desk.salt(),
        });
    }
    Ok(())
}

/// Everything the lines of a chunk may be about, with balances that follow as lines are assigned.
pub(crate) struct Candidates {
    pub receivables: HashMap<ReceivableId, Receivable>,
    by_key: HashMap<String, Vec<ReceivableId>>,
    by_name: HashMap<String, Vec<DebtorId>>,
    open_of: HashMap<DebtorId, Vec<ReceivableId>>,
    name_keys: HashMap<DebtorId, String>,
    keys: Vec<Vec<String>>,
    next: usize,
    pub changed: HashSet<ReceivableId>,
}

impl Candidates {
    fn load(
        tx: &mut Tx<'_>,
        desk: &Desk,
        shapes: &Shapes,
        lines: &[&Line],
    ) -> Result<Candidates, EngineError> {
        let incoming: Vec<Incoming<'_>> =
            lines.iter().filter(|line| line.amount.is_positive()).map(|line| line.incoming()).collect();
        Candidates::load_incoming(tx, desk, shapes, &incoming)
    }

    /// Looks up everything that a set of incoming payments may be about, to be decided in the same order.
    pub fn load_incoming(
        tx: &mut Tx<'_>,
        desk: &Desk,
        shapes: &Shapes,
        incoming: &[Incoming<'_>],
    ) -> Result<Candidates, EngineError> {
        let book = desk.book.id;
        let keys: Vec<Vec<String>> =
            incoming.iter().map(|one| matching::candidate_keys(one, shapes)).collect();
        let mut wanted: Vec<&str> = keys.iter().flatten().map(String::as_str).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut found = Candidates {
            receivables: HashMap::new(),
            by_key: HashMap::new(),
            by_name: HashMap::new(),
            open_of: HashMap::new(),
            name_keys: HashMap::new(),
            keys: Vec::new(),
            next: 0,
            changed: HashSet::new(),
        };
        for (key, receivable) in receivable::find_by_keys(tx, book, &wanted)? {
            found.by_key.entry(key).or_default().push(receivable.id);
            found.receivables.insert(receivable.id, receivable);
        }
        // A debtor's own reference stands for everything the debtor has open.
        let references = debtor::find_by_reference(tx, book, &wanted)?;
        let mut names: Vec<String> = incoming
            .iter()
            .zip(&keys)
            .filter(|(_, keys)| !keys.iter().any(|key| found.by_key.contains_key(key)))
            .filter_map(|(one, _)| one.payer_name.map(name_key).filter(|key| !key.is_empty()))
            .collect();
        names.sort_unstable();
        names.dedup();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let namesakes = debtor::find_by_name(tx, book, &names)?;
        let mut debtors: Vec<DebtorId> =
            references.iter().chain(&namesakes).map(|(_, debtor)| *debtor).collect();
        debtors.sort_unstable();
        debtors.dedup();
        for (debtor, open) in receivable::load_open(tx, book, &debtors)? {
            found.open_of.insert(debtor, open.iter().map(|one| one.id).collect());
            for receivable in open {
                found.receivables.entry(receivable.id).or_insert(receivable);
            }
        }
        for (key, debtor) in references {
            let open = found.open_of.get(&debtor).cloned().unwrap_or_default();
            found.by_key.entry(key).or_default().extend(open);
        }
        for (key, debtor) in namesakes {
            found.by_name.entry(key).or_default().push(debtor);
        }
        let mut owners: Vec<DebtorId> = found.receivables.values().map(|one| one.debtor).collect();
        owners.sort_unstable();
        owners.dedup();
        found.name_keys = debtor::load_name_keys(tx, book, &owners)?;
        found.keys = keys;
        Ok(found)
    }

    fn decide(&mut self, line: &Line) -> Result<Match, EngineError> {
        self.decide_incoming(&line.incoming())
    }

    /// Decides the next payment, in the order in which they were loaded.
    pub fn decide_incoming(&mut self, incoming: &Incoming<'_>) -> Result<Match, EngineError> {
        let keys = std::mem::take(&mut self.keys[self.next]);
        self.next += 1;
        let mut hits = Vec::new();
        for key in keys {
            for id in self.by_key.get(&key).into_iter().flatten() {
                let receivable = &self.receivables[id];
                hits.push(Hit {
                    key: key.clone(),
                    item: open_item(receivable),
                    state: receivable.state,
                    debtor_name_key: self.name_keys.get(&receivable.debtor).cloned().unwrap_or_default(),
                });
            }
        }
        let mut namesakes = Vec::new();
        if hits.is_empty()
            && let Some(payer) = incoming.payer_name
        {
            for &debtor in self.by_name.get(&name_key(payer)).into_iter().flatten() {
                let items = self
                    .open_of
                    .get(&debtor)
                    .into_iter()
                    .flatten()
                    .map(|id| open_item(&self.receivables[id]))
                    .filter(|item| item.open.currency == incoming.amount.currency && item.open.is_positive())
                    .collect();
                namesakes.push(Namesake { debtor, items });
            }
        }
        Ok(matching::decide(incoming, &hits, &namesakes)?)
    }

    /// Takes assigned parts off the open balances.
    pub fn assign(&mut self, parts: &[Part]) -> Result<(), EngineError> {
        for part in parts {
            // An installment that a plan chose need not be a candidate: its plan keeps its balance.
            if let Some(receivable) = self.receivables.get_mut(&part.receivable) {
                take_off(receivable, part.amount)?;
                self.changed.insert(part.receivable);
            }
        }
        Ok(())
    }

    /// Says whether parts are meant for installments of plans.
    fn pays_installments(&self, parts: &[Part]) -> bool {
        parts.iter().any(|part| self.receivables.get(&part.receivable).is_some_and(is_installment))
    }
}

/// Takes an assigned amount off a receivable's open balance; it is settled when nothing is left.
pub(crate) fn take_off(receivable: &mut Receivable, amount: Money) -> Result<(), EngineError> {
    receivable.open = receivable.open.minus(amount)?;
    receivable.state = match receivable.state {
        ReceivableState::Cancelled => ReceivableState::Cancelled,
        ReceivableState::InPlan => ReceivableState::InPlan,
        ReceivableState::Open | ReceivableState::Settled if receivable.open.is_zero() => {
            ReceivableState::Settled
        }
        ReceivableState::Open | ReceivableState::Settled => ReceivableState::Open,
    };
    Ok(())
}

pub(crate) fn open_item(receivable: &Receivable) -> OpenItem {
    OpenItem {
        debtor: receivable.debtor,
        receivable: receivable.id,
        due_on: receivable.due_on,
        open: receivable.open,
    }
}

impl Line {
    fn incoming(&self) -> Incoming<'_> {
        Incoming {
            amount: self.amount,
            structured: &self.structured,
            end_to_end_id: self.end_to_end_id.as_deref(),
            remittance: &self.remittance,
            payer_name: (!self.payer_name.is_empty()).then_some(self.payer_name.as_str()),
        }
    }
}
