//! Debtors and receivables in: dry run, commit, undo, idempotent on the creditor's own numbers.
//!
//! Rows are compared with what the book has: new, changed, same or wrong. A dry
//! run only counts. A commit goes chunk by chunk in file order; each row is
//! applied once, because a row that was applied is "same" when it comes again.

use std::collections::{BTreeSet, HashSet};

use duewell_domain::debtor::{Channel, Consent};
use duewell_domain::id::{BatchId, DebtorId};
use duewell_domain::ledger::Entry;
use duewell_domain::matching::Shapes;
use duewell_domain::money::Money;
use duewell_domain::receivable::ReceivableState;
use duewell_formats::table::{
    DebtorRecord, Field, Finding, Mapping, ReceivableRecord, TableError, TableFile,
};
use duewell_formats::table::{read_debtors, read_receivables};
use duewell_store::debtor::{Debtor, NewContactPoint, debtor_reference};
use duewell_store::import::{self, Batch, Change};
use duewell_store::journal::{Event, Journal};
use duewell_store::receivable::Receivable;
use duewell_store::{Tx, debtor, posting, receivable};
use serde::{Deserialize, Serialize};

use crate::desk::Desk;
use crate::error::EngineError;
use crate::lease;
use crate::look::{Cases, look_today, plan_looks};

/// Rows per transaction.
const CHUNK: usize = 5_000;
/// What a finding calls the column of the debtor's number before the file's own word is known.
const DEBTOR_COLUMN: &str = "customer_number";
/// Findings kept for the report; the rest is counted.
const FINDINGS_MAX: usize = 1_000;

/// Whether an import changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commit {
    DryRun,
    Write,
}

/// What an import found and did.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ImportSummary {
    /// Names the batch for `undo`; none in a dry run.
    pub batch: Option<BatchId>,
    pub rows: u64,
    pub new: u64,
    pub changed: u64,
    pub same: u64,
    pub wrong: u64,
    /// Each wrong row with line, column, value and remedy; at most a thousand.
    pub findings: Vec<FindingReport>,
    pub dry_run: bool,
}

/// What is wrong with one field of a file, and what to do about it.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct FindingReport {
    pub line: u64,
    pub column: String,
    pub value: String,
    pub problem: String,
    pub remedy: String,
}

impl From<Finding> for FindingReport {
    fn from(finding: Finding) -> Self {
        FindingReport {
            line: finding.line,
            column: finding.column,
            value: finding.value,
            problem: finding.problem,
            remedy: finding.remedy,
        }
    }
}

/// A file that is being brought in: its name, its hash and how its columns are read.
pub struct Source<'a> {
    pub file_name: &'a str,
    pub sha256: [u8; 32],
    pub table: &'a TableFile,
    pub mapping: &'a Mapping,
    /// Who brings it in, as the journal names them.
    pub actor: &'a str,
}

/// Brings debtors in.
pub fn import_debtors(
    desk: &Desk,
    source: &Source<'_>,
    commit: Commit,
    progress: &mut dyn FnMut(u64),
) -> Result<ImportSummary, EngineError> {
    let mut import = Import::new(desk, "debtors", commit);
    import.start(source)?;
    let mut rows: Vec<DebtorRecord> = Vec::new();
    let mut failure = None;
    let read = read_debtors(source.table, source.mapping, &mut |row| {
        if failure.is_none() {
            failure = import.take(row, &mut rows, apply_debtor_rows, progress).err();
        }
    });
    import.end(source, read, failure, &rows, apply_debtor_rows)
}

/// Brings receivables in; their debtors must be known.
pub fn import_receivables(
    desk: &Desk,
    source: &Source<'_>,
    commit: Commit,
    progress: &mut dyn FnMut(u64),
) -> Result<ImportSummary, EngineError> {
    let mut import = Import::new(desk, "receivables", commit);
    import.start(source)?;
    let mut rows: Vec<ReceivableRecord> = Vec::new();
    let mut failure = None;
    let read = read_receivables(source.table, source.mapping, &mut |row| {
        if failure.is_none() {
            failure = import.take(row, &mut rows, apply_receivables, progress).err();
        }
    });
    import.end(source, read, failure, &rows, apply_receivables)
}

#[derive(Default)]
pub(crate) struct Counted {
    pub new: u64,
    pub changed: u64,
    pub same: u64,
    pub findings: Vec<FindingReport>,
}

struct Import<'a> {
    desk: &'a Desk,
    commit: Commit,
    batch: Batch,
    shapes: Shapes,
    summary: ImportSummary,
    wrong_lines: BTreeSet<u64>,
    /// What the file calls the column of the debtor's number.
    debtor_column: String,
    actor: String,
}

type Apply<T> = fn(&mut Tx<'_>, &mut ImportContext<'_>, &[T]) -> Result<Counted, EngineError>;

/// What applying a chunk needs to know.
pub(crate) struct ImportContext<'a> {
    pub desk: &'a Desk,
    pub commit: Commit,
    pub batch: BatchId,
    pub shapes: &'a mut Shapes,
    pub actor: &'a str,
}

impl<'a> Import<'a> {
    fn new(desk: &'a Desk, kind: &str, commit: Commit) -> Import<'a> {
        Import {
            desk,
            commit,
            batch: Batch {
                id: desk.id(),
                kind: kind.to_owned(),
                file_name: String::new(),
                imported_at: desk.now(),
                rows_new: 0,
                rows_changed: 0,
                rows_same: 0,
                rows_wrong: 0,
                undone_at: None,
            },
            shapes: Shapes::default(),
            summary: ImportSummary { dry_run: commit == Commit::DryRun, ..ImportSummary::default() },
            wrong_lines: BTreeSet::new(),
            debtor_column: DEBTOR_COLUMN.to_owned(),
            actor: String::new(),
        }
    }

    fn start(&mut self, source: &Source<'_>) -> Result<(), EngineError> {
        self.batch.file_name = source.file_name.to_owned();
        source.actor.clone_into(&mut self.actor);
        if let Some(column) = source.mapping.columns.get(&Field::DebtorExternalId) {
            self.debtor_column.clone_from(column);
        }
        let (desk, batch, sha256) = (self.desk, &self.batch, source.sha256);
        self.shapes = match self.commit {
            Commit::DryRun => desk.store.read(|tx| receivable::load_shapes(tx, desk.book.id))?,
            Commit::Write => desk.store.write(|tx| -> Result<Shapes, EngineError> {
                lease::take(tx, desk, "import")?;
                import::insert_batch(tx, desk.book.id, batch, &sha256)?;
                Ok(receivable::load_shapes(tx, desk.book.id)?)
            })?,
        };
        Ok(())
    }

    fn refuse(&mut self, findings: Vec<Finding>) {
        self.summary.rows += 1;
        self.summary.wrong += 1;
        for finding in findings {
            if self.summary.findings.len() < FINDINGS_MAX {
                self.summary.findings.push(finding.into());
            }
        }
    }

    /// Takes the next row of the file; a full chunk is applied.
    fn take<T>(
        &mut self,
        row: Result<T, Vec<Finding>>,
        rows: &mut Vec<T>,
        apply: Apply<T>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), EngineError> {
        match row {
            Ok(record) => rows.push(record),
            Err(findings) => self.refuse(findings),
        }
        if rows.len() >= CHUNK {
            self.apply(&std::mem::take(rows), apply)?;
            progress(self.summary.rows);
        }
        Ok(())
    }

    fn apply<T>(&mut self, rows: &[T], apply: Apply<T>) -> Result<(), EngineError> {
        let (desk, commit, batch) = (self.desk, self.commit, self.batch.id);
        let (known, actor) = (&self.shapes, self.actor.as_str());
        // After a conflict the work runs again: shapes it noted the first time were rolled back with it.
        let mut work = |tx: &mut Tx<'_>| {
            let mut shapes = known.clone();
            let mut context = ImportContext { desk, commit, batch, shapes: &mut shapes, actor };
            let counted = apply(tx, &mut context, rows)?;
            Ok::<_, EngineError>((counted, shapes))
        };
        let (counted, shapes) = match commit {
            Commit::DryRun => desk.store.read(&mut work)?,
            Commit::Write => desk.store.write(|tx| {
                lease::take(tx, desk, "import")?;
                work(tx)
            })?,
        };
        self.shapes = shapes;
        self.summary.rows += rows.len() as u64;
        self.summary.new += counted.new;
        self.summary.changed += counted.changed;
        self.summary.same += counted.same;
        for mut finding in counted.findings {
            if finding.column == DEBTOR_COLUMN {
                finding.column.clone_from(&self.debtor_column);
            }
            if self.wrong_lines.len() < FINDINGS_MAX * 10 && self.wrong_lines.insert(finding.line) {
                self.summary.wrong += 1;
            }
            if self.summary.findings.len() < FINDINGS_MAX {
                self.summary.findings.push(finding);
            }
        }
        Ok(())
    }

    fn end<T>(
        mut self,
        source: &Source<'_>,
        read: Result<(), TableError>,
        failure: Option<EngineError>,
        rest: &[T],
        apply: Apply<T>,
    ) -> Result<ImportSummary, EngineError> {
        if let Some(error) = failure {
            return Err(error);
        }
        let wrong = |error: TableError| EngineError::File {
            file: source.file_name.to_owned(),
            reason: error.to_string(),
        };
        read.map_err(wrong)?;
        self.apply(rest, apply)?;
        self.summary.findings.sort_by_key(|finding| finding.line);
        if self.commit == Commit::Write {
            let desk = self.desk;
            self.batch.rows_new = self.summary.new as i64;
            self.batch.rows_changed = self.summary.changed as i64;
            self.batch.rows_same = self.summary.same as i64;
            self.batch.rows_wrong = self.summary.wrong as i64;
            self.summary.batch = Some(self.batch.id);
            let batch = &self.batch;
            let payload = serde_json::to_vec(&BatchPayload {
                batch: batch.id,
                kind: &batch.kind,
                file: &batch.file_name,
                new: self.summary.new,
                changed: self.summary.changed,
                same: self.summary.same,
                wrong: self.summary.wrong,
            })?;
            desk.store.write(|tx| -> Result<(), EngineError> {
                import::update_counts(tx, desk.book.id, batch)?;
                desk.record(tx, "import.finished", source.actor, "", &payload)?;
                lease::end(tx, desk, "import")
            })?;
        }
        Ok(self.summary)
    }
}

#[derive(Serialize)]
struct BatchPayload<'a> {
    batch: BatchId,
    kind: &'a str,
    file: &'a str,
    new: u64,
    changed: u64,
    same: u64,
    wrong: u64,
}

/// A debtor and how to reach it, as kept for undoing a change and as evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct DebtorState {
    external_id: String,
    kind: duewell_domain::debtor::PartyKind,
    name: String,
    language: Option<String>,
    country: Option<String>,
    zone: Option<String>,
    segment: Option<String>,
    group: Option<String>,
    parent: Option<String>,
    contacts: Vec<(Channel, String)>,
}

impl DebtorState {
    fn of(debtor: &Debtor, contacts: Vec<(Channel, String)>) -> DebtorState {
        DebtorState {
            external_id: debtor.external_id.clone(),
            kind: debtor.kind,
            name: debtor.name.clone(),
            language: debtor.language.clone(),
            country: debtor.country.clone(),
            zone: debtor.zone.clone(),
            segment: debtor.segment.clone(),
            group: debtor.group.clone(),
            parent: debtor.parent_external_id.clone(),
            contacts,
        }
    }

    fn restore(&self, id: DebtorId) -> Debtor {
        Debtor {
            id,
            external_id: self.external_id.clone(),
            kind: self.kind,
            name: self.name.clone(),
            language: self.language.clone(),
            country: self.country.clone(),
            zone: self.zone.clone(),
            segment: self.segment.clone(),
            group: self.group.clone(),
            parent_external_id: self.parent.clone(),
        }
    }
}

fn debtor_of(record: &DebtorRecord, id: DebtorId) -> Debtor {
    Debtor {
        id,
        external_id: record.external_id.clone(),
        kind: record.kind,
        name: record.name.clone(),
        language: record.language.clone(),
        country: record.country.clone(),
        zone: record.time_zone.clone(),
        segment: record.segment.clone(),
        group: record.group.clone(),
        parent_external_id: record.parent_external_id.clone(),
    }
}

fn contacts_of(record: &DebtorRecord) -> Vec<(Channel, String)> {
    let mut contacts: Vec<(Channel, String)> =
        record.emails.iter().map(|email| (Channel::Email, email.clone())).collect();
    contacts.extend(record.phones.iter().map(|phone| (Channel::Phone, phone.clone())));
    for address in &record.addresses {
        let parts = [&address.street, &address.postcode, &address.city, &address.region, &address.country];
        let line: Vec<&str> =
            parts.into_iter().flatten().map(String::as_str).filter(|part| !part.is_empty()).collect();
        if !line.is_empty() {
            contacts.push((Channel::Post, line.join(", ")));
        }
    }
    contacts
}

pub(crate) fn apply_debtor_rows(
    tx: &mut Tx<'_>,
    context: &mut ImportContext<'_>,
    rows: &[DebtorRecord],
) -> Result<Counted, EngineError> {
    let (desk, book, now) = (context.desk, context.desk.book.id, context.desk.now());
    let mut counted = Counted::default();
    let external: Vec<&str> = rows.iter().map(|row| row.external_id.as_str()).collect();
    let mut journal = match context.commit {
        Commit::Write => Some(Journal::open(tx, book, now)?),
        Commit::DryRun => None,
    };
    let known = debtor::load_debtors_by_external(tx, book, &external)?;
    let known_ids: Vec<DebtorId> = known.values().map(|debtor| debtor.id).collect();
    let points = debtor::load_contact_points(tx, book, &known_ids)?;
    let (mut fresh, mut changed, mut new_points, mut changes) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut events: Vec<(DebtorId, &'static str, Vec<u8>)> = Vec::new();
    for row in rows {
        let wanted_contacts = contacts_of(row);
        let consent = match row.email_consent {
            Some(true) => Consent::Given,
            Some(false) => Consent::Refused,
            None => Consent::Unknown,
        };
        let point = |debtor, (channel, value): &(Channel, String)| NewContactPoint {
            debtor,
            id: desk.id(),
            channel: *channel,
            value: value.clone(),
            provenance: "import",
            consent: if *channel == Channel::Email { consent } else { Consent::Unknown },
        };
        match known.get(&row.external_id) {
            None => {
                counted.new += 1;
                let debtor = debtor_of(row, desk.id());
                new_points.extend(wanted_contacts.iter().map(|contact| point(debtor.id, contact)));
                let state = DebtorState::of(&debtor, wanted_contacts);
                events.push((debtor.id, "debtor.imported", serde_json::to_vec(&state)?));
                fresh.push(debtor);
            }
            Some(before) => {
                let wanted = debtor_of(row, before.id);
                let had: Vec<(Channel, String)> = points
                    .get(&before.id)
                    .map(|points| points.iter().map(|point| (point.channel, point.value.clone())).collect())
                    .unwrap_or_default();
                // Contact points the file does not name stay: they may come from the debtor.
                let added: Vec<&(Channel, String)> =
                    wanted_contacts.iter().filter(|contact| !had.contains(contact)).collect();
                if wanted == *before && added.is_empty() {
                    counted.same += 1;
                    continue;
                }
                counted.changed += 1;
                changes.push(Change {
                    item: before.id.0,
                    debtor: before.id,
                    before: serde_json::to_string(&DebtorState::of(before, had.clone()))?,
                });
                new_points.extend(added.iter().map(|contact| point(before.id, contact)));
                let state =
                    DebtorState::of(&wanted, had.into_iter().chain(added.into_iter().cloned()).collect());
                events.push((before.id, "debtor.changed", serde_json::to_vec(&state)?));
                changed.push(wanted);
            }
        }
    }
    if let Some(mut journal) = journal.take() {
        debtor::insert_debtors(tx, book, &fresh, Some(context.batch), now)?;
        debtor::update_debtors(tx, book, &changed, now)?;
        debtor::insert_contact_points(tx, book, &new_points, Some(context.batch), now)?;
        import::insert_changes(tx, book, context.batch, &changes)?;
        let references: Vec<String> =
            fresh.iter().map(|debtor| debtor_reference(&debtor.external_id)).collect();
        receivable::put_reference_shapes(tx, book, &references, context.shapes)?;
        record(&mut journal, tx, context, events)?;
        journal.flush(tx)?;
        // Where there was no address there may be one now.
        look_today(tx, desk, new_points.iter().map(|point| point.debtor), Cases::All)?;
    }
    Ok(counted)
}

fn record(
    journal: &mut Journal,
    tx: &mut Tx<'_>,
    context: &ImportContext<'_>,
    events: Vec<(DebtorId, &'static str, Vec<u8>)>,
) -> Result<(), EngineError> {
    journal.load_subjects(tx, events.iter().map(|(debtor, _, _)| *debtor))?;
    for (debtor, kind, payload) in events {
        journal.append(Event {
            kind,
            subject: Some(debtor),
            occurred_at: context.desk.now(),
            actor: context.actor,
            rules: "",
            payload,
            salt: context.desk.salt(),
        });
    }
    Ok(())
}

/// A receivable's terms, as kept for undoing a change and as evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Terms {
    external_id: String,
    kind: duewell_domain::receivable::ReceivableKind,
    number: String,
    reference: String,
    amount: Money,
    issued_on: Option<jiff::civil::Date>,
    due_on: jiff::civil::Date,
    description: String,
    /// It had been withdrawn and owed nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    withdrawn: bool,
}

impl Terms {
    fn of(receivable: &Receivable) -> Terms {
        Terms {
            external_id: receivable.external_id.clone(),
            kind: receivable.kind,
            number: receivable.number.clone(),
            reference: receivable.reference.clone(),
            amount: receivable.amount,
            issued_on: receivable.issued_on,
            due_on: receivable.due_on,
            description: receivable.description.clone(),
            withdrawn: receivable.state == ReceivableState::Cancelled,
        }
    }

    /// What is claimed under these terms.
    fn claimed(&self) -> Money {
        if self.withdrawn { Money::zero(self.amount.currency) } else { self.amount }
    }

    fn of_record(record: &ReceivableRecord) -> Terms {
        Terms {
            external_id: record.external_id.clone(),
            kind: record.kind,
            number: record.number.clone(),
            reference: record.reference.clone().unwrap_or_else(|| record.number.clone()),
            amount: record.amount,
            issued_on: record.issued_on,
            due_on: record.due_on,
            description: record.description.clone().unwrap_or_default(),
            withdrawn: false,
        }
    }

    fn receivable(self, debtor: DebtorId, id: duewell_domain::id::ReceivableId) -> Receivable {
        Receivable {
            debtor,
            id,
            external_id: self.external_id,
            kind: self.kind,
            number: self.number,
            reference: self.reference,
            amount: self.amount,
            open: self.amount,
            issued_on: self.issued_on,
            due_on: self.due_on,
            state: ReceivableState::Open,
            announced_on: None,
            description: self.description,
        }
    }
}

pub(crate) fn apply_receivables(
    tx: &mut Tx<'_>,
    context: &mut ImportContext<'_>,
    rows: &[ReceivableRecord],
) -> Result<Counted, EngineError> {
    let (desk, book, now, today) =
        (context.desk, context.desk.book.id, context.desk.now(), context.desk.today());
    let mut counted = Counted::default();
    let mut journal = match context.commit {
        Commit::Write => Some(Journal::open(tx, book, now)?),
        Commit::DryRun => None,
    };
    let mut owners: Vec<&str> = rows.iter().map(|row| row.debtor_external_id.as_str()).collect();
    owners.sort_unstable();
    owners.dedup();
    let owners = debtor::find_debtor_ids(tx, book, &owners)?;
    let external: Vec<&str> = rows.iter().map(|row| row.external_id.as_str()).collect();
    let known = receivable::load_by_external(tx, book, &external)?;
    let (mut fresh, mut changed, mut changes, mut entries) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut events: Vec<(DebtorId, &'static str, Vec<u8>)> = Vec::new();
    for row in rows {
        let refuse = |column: &str, value: &str, problem: &str, remedy: &str| FindingReport {
            line: row.line,
            column: column.to_owned(),
            value: value.to_owned(),
            problem: problem.to_owned(),
            remedy: remedy.to_owned(),
        };
        let Some(&owner) = owners.get(&row.debtor_external_id) else {
            counted.findings.push(refuse(
                DEBTOR_COLUMN,
                &row.debtor_external_id,
                "no debtor has this number",
                "import the debtor first, or correct the number",
            ));
            continue;
        };
        let wanted = Terms::of_record(row);
        let Some(before) = known.get(&row.external_id) else {
            counted.new += 1;
            events.push((owner, "receivable.imported", serde_json::to_vec(&wanted)?));
            let receivable = wanted.receivable(owner, desk.id());
            entries.push(Entry::claim(
                desk.id(),
                receivable.issued_on.unwrap_or(today),
                owner,
                receivable.id,
                receivable.amount,
            )?);
            fresh.push(receivable);
            continue;
        };
        if Terms::of(before) == wanted && before.debtor == owner {
            counted.same += 1;
            continue;
        }
        if before.debtor != owner {
            counted.findings.push(refuse(
                DEBTOR_COLUMN,
                &row.debtor_external_id,
                "this receivable belongs to another debtor",
                "undo its import and import it anew",
            ));
            continue;
        }
        if before.amount.currency != wanted.amount.currency {
            counted.findings.push(refuse(
                "currency",
                wanted.amount.currency.code(),
                "this receivable is in another currency",
                "undo its import and import it anew",
            ));
            continue;
        }
        if before.state == ReceivableState::InPlan || crate::plan::is_installment(before) {
            counted.findings.push(refuse(
                "number",
                &row.external_id,
                "this receivable is in an installment plan",
                "change the plan, or end it first; the receivable is then owed as before",
            ));
            continue;
        }
        let paid = match before.state {
            ReceivableState::InPlan | ReceivableState::Cancelled => Money::zero(before.amount.currency),
            ReceivableState::Open | ReceivableState::Settled => before.amount.minus(before.open)?,
        };
        if wanted.amount.minus(paid)?.is_negative() {
            counted.findings.push(refuse(
                "amount",
                &wanted.amount.major_text(),
                "more than this was paid already",
                "take the payment off this receivable first, or correct the amount",
            ));
            continue;
        }
        counted.changed += 1;
        // A cancelled receivable owes nothing: bringing it back claims the whole amount again.
        let difference = match before.state {
            ReceivableState::InPlan | ReceivableState::Cancelled => wanted.amount,
            ReceivableState::Open | ReceivableState::Settled => wanted.amount.minus(before.amount)?,
        };
        if !difference.is_zero() {
            entries.push(Entry::claim_change(desk.id(), today, owner, before.id, difference)?);
        }
        changes.push(Change {
            item: before.id.0,
            debtor: owner,
            before: serde_json::to_string(&Terms::of(before))?,
        });
        events.push((owner, "receivable.changed", serde_json::to_vec(&wanted)?));
        let open = wanted.amount.minus(paid)?;
        let mut after = wanted.receivable(owner, before.id);
        after.state = if open.is_zero() { ReceivableState::Settled } else { ReceivableState::Open };
        after.open = open;
        after.announced_on = before.announced_on;
        changed.push(after);
    }
    if let Some(mut journal) = journal.take() {
        receivable::insert_receivables(tx, book, &fresh, Some(context.batch), context.shapes, now)?;
        receivable::update_terms(tx, book, &changed, context.shapes)?;
        posting::insert_entries(tx, book, &entries)?;
        import::insert_changes(tx, book, context.batch, &changes)?;
        plan_looks(tx, desk, fresh.iter().chain(&changed))?;
        record(&mut journal, tx, context, events)?;
        journal.flush(tx)?;
    }
    Ok(counted)
}

/// What undoing an import did.
#[derive(Clone, Debug, Default, Serialize, PartialEq, Eq)]
pub struct UndoSummary {
    /// Rows taken back.
    pub removed: u64,
    /// Changes put back as they were.
    pub restored: u64,
}

/// Takes a whole import back. Refused, with nothing changed, when something was built on it since.
pub fn undo_import(desk: &Desk, batch: BatchId, actor: &str) -> Result<UndoSummary, EngineError> {
    let (book, now, today) = (desk.book.id, desk.now(), desk.today());
    desk.store.write(|tx| {
        let found = import::load_batch(tx, book, batch)?
            .ok_or_else(|| EngineError::NotFound("import", batch.to_string()))?;
        if let Some(at) = found.undone_at {
            return Err(EngineError::Refused(format!("import {batch} was undone already at {at}")));
        }
        let mut journal = Journal::open(tx, book, now)?;
        let mut events: Vec<(DebtorId, &'static str, Vec<u8>)> = Vec::new();
        let mut summary = UndoSummary::default();
        let mut shapes = receivable::load_shapes(tx, book)?;
        match found.kind.as_str() {
            "receivables" | "invoice" => {
                let mut entries = Vec::new();
                let fresh = receivable::receivables_of_batch(tx, book, batch)?;
                let paid: Vec<&str> = fresh
                    .iter()
                    .filter(|one| one.state != ReceivableState::Cancelled && one.open != one.amount)
                    .map(|one| one.number.as_str())
                    .take(5)
                    .collect();
                if !paid.is_empty() {
                    return Err(EngineError::Refused(format!(
                        "money was assigned to receivables of this import ({}): take the payments off first",
                        paid.join(", ")
                    )));
                }
                let mut cancelled = Vec::new();
                for mut receivable in fresh {
                    if receivable.state == ReceivableState::Cancelled {
                        continue;
                    }
                    let back = receivable.amount.negated()?;
                    entries.push(Entry::claim_change(desk.id(), today, receivable.debtor, receivable.id, back)?);
                    events.push((receivable.debtor, "receivable.withdrawn", serde_json::to_vec(&Terms::of(&receivable))?));
                    receivable.open = Money::zero(receivable.amount.currency);
                    receivable.state = ReceivableState::Cancelled;
                    cancelled.push(receivable);
                }
                receivable::update_open(tx, book, &cancelled.iter().collect::<Vec<_>>())?;
                summary.removed = cancelled.len() as u64;
                for change in import::list_changes(tx, book, batch)? {
                    let before: Terms = serde_json::from_str(&change.before)?;
                    let id = duewell_domain::id::ReceivableId(change.item);
                    let now_is = receivable::load_receivable(tx, book, change.debtor, id)?
                        .ok_or_else(|| EngineError::NotFound("receivable", id.to_string()))?;
                    let claimed = Terms::of(&now_is).claimed();
                    let open = before.claimed().minus(claimed.minus(now_is.open)?)?;
                    if open.is_negative() {
                        return Err(EngineError::Refused(format!(
                            "more was paid on {} than it was for before: take the payment off first",
                            now_is.number
                        )));
                    }
                    let difference = before.claimed().minus(claimed)?;
                    if !difference.is_zero() {
                        entries.push(Entry::claim_change(desk.id(), today, change.debtor, id, difference)?);
                    }
                    events.push((change.debtor, "receivable.changed", serde_json::to_vec(&before)?));
                    let withdrawn = before.withdrawn;
                    let mut restored = before.receivable(change.debtor, id);
                    restored.open = open;
                    restored.state = match (withdrawn, open.is_zero()) {
                        (true, _) => ReceivableState::Cancelled,
                        (false, true) => ReceivableState::Settled,
                        (false, false) => ReceivableState::Open,
                    };
                    receivable::update_terms(tx, book, &[restored], &mut shapes)?;
                    summary.restored += 1;
                }
                posting::insert_entries(tx, book, &entries)?;
                let touched: HashSet<DebtorId> = events.iter().map(|(debtor, _, _)| *debtor).collect();
                look_today(tx, desk, touched, Cases::All)?;
            }
            "debtors" => {
                for change in import::list_changes(tx, book, batch)? {
                    let before: DebtorState = serde_json::from_str(&change.before)?;
                    let points = debtor::load_contact_points(tx, book, &[change.debtor])?;
                    for point in points.get(&change.debtor).into_iter().flatten() {
                        if !before.contacts.contains(&(point.channel, point.value.clone())) {
                            debtor::remove_contact_point(tx, book, change.debtor, point.id)?;
                        }
                    }
                    debtor::update_debtors(tx, book, &[before.restore(change.debtor)], now)?;
                    events.push((change.debtor, "debtor.changed", serde_json::to_vec(&before)?));
                    summary.restored += 1;
                }
                for id in debtor::debtors_of_batch(tx, book, batch)? {
                    if !debtor::remove_debtor(tx, book, id)? {
                        return Err(EngineError::Refused(format!(
                            "debtor {id} has receivables or was written to since: undo those imports first"
                        )));
                    }
                    events.push((id, "debtor.withdrawn", Vec::new()));
                    summary.removed += 1;
                }
            }
            other => {
                return Err(EngineError::Refused(format!(
                    "an import of kind `{other}` cannot be undone as a whole: take single payments off with `duewell payments unmatch`"
                )));
            }
        }
        import::mark_undone(tx, book, batch, now)?;
        let context = ImportContext { desk, commit: Commit::Write, batch, shapes: &mut shapes, actor };
        record(&mut journal, tx, &context, events)?;
        journal.flush(tx)?;
        Ok(summary)
    })
}
