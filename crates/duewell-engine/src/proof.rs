//! Proof: recompute every balance, check the whole journal, sign it, write a debtor's case file.

use std::collections::HashMap;

use duewell_domain::evidence::{
    CaseEvent, CaseFile, Checkpoint, Frontier, Hash, LogKey, Payload, SignedCheckpoint, Tree, commitment,
    leaf_hash, parse_envelope,
};
use duewell_domain::id::DebtorId;
use duewell_domain::ledger::Account;
use duewell_domain::money::{Currency, Money};
use duewell_store::StoreError;
use duewell_store::{debtor, journal, posting};
use jiff::Timestamp;
use serde::Serialize;

use crate::desk::Desk;
use crate::error::EngineError;
use crate::plan::verify_plans;

/// What checking a whole book found.
#[derive(Clone, Debug, Default, Serialize, PartialEq, Eq)]
pub struct VerifySummary {
    pub events: u64,
    pub erased_payloads: u64,
    pub checkpoints: u64,
    /// Sums of all accounts in minor units, by account and currency.
    pub balances_minor: Vec<(Account, Currency, i64)>,
    /// What does not hold, in words; empty when all is well.
    pub flaws: Vec<String>,
}

/// At most so many flaws are named.
const FLAWS_MAX: usize = 50;

/// Recomputes every balance from the postings and checks the journal from its first event.
pub fn verify(desk: &Desk, key: &LogKey) -> Result<VerifySummary, EngineError> {
    desk.store.read(|tx| {
        let mut summary = VerifySummary::default();
        let book = desk.book.id;
        for wrong in posting::list_wrong_open(tx, book)? {
            flaw(
                &mut summary,
                format!(
                    "receivable {} ({}): kept open balance {}, postings say {}",
                    wrong.number, wrong.receivable, wrong.kept, wrong.posted
                ),
            );
        }
        let posted = posting::account_totals(tx, book)?;
        let mut sums: HashMap<Currency, i128> = HashMap::new();
        for (&(account, currency), &minor) in &posted {
            *sums.entry(currency).or_default() += i128::from(minor);
            summary.balances_minor.push((account, currency, minor));
        }
        for (currency, sum) in sums.into_iter().filter(|(_, sum)| *sum != 0) {
            flaw(&mut summary, format!("the postings in {currency} are out of balance by {sum} minor units"));
        }
        let copies = posting::payment_totals(tx, book)?;
        for account in [Account::Bank, Account::Unapplied, Account::Unidentified] {
            // Money in the bank is a debit, money owed to payers a credit.
            let sign = if account == Account::Bank { 1 } else { -1 };
            let mut currencies: Vec<Currency> = posted
                .keys()
                .chain(copies.keys())
                .filter(|(of, _)| *of == account)
                .map(|(_, currency)| *currency)
                .collect();
            currencies.sort_unstable();
            currencies.dedup();
            for currency in currencies {
                let ledger = posted.get(&(account, currency)).copied().unwrap_or(0) * sign;
                let kept = copies.get(&(account, currency)).copied().unwrap_or(0);
                if ledger != kept {
                    flaw(
                        &mut summary,
                        format!(
                            "account {}: payments say {}, postings say {}",
                            account.as_str(),
                            Money::new(kept, currency),
                            Money::new(ledger, currency)
                        ),
                    );
                }
            }
        }
        for text in verify_plans(tx, desk)? {
            flaw(&mut summary, text);
        }
        verify_journal(tx, desk, key, &mut summary)?;
        Ok(summary)
    })
}

fn flaw(summary: &mut VerifySummary, text: String) {
    if summary.flaws.len() < FLAWS_MAX {
        summary.flaws.push(text);
    }
}

fn verify_journal(
    tx: &mut duewell_store::Tx<'_>,
    desk: &Desk,
    key: &LogKey,
    summary: &mut VerifySummary,
) -> Result<(), EngineError> {
    let book = desk.book.id;
    let notes = journal::list_checkpoints(tx, book)?;
    let mut checkpoints = Vec::with_capacity(notes.len());
    for (size, note) in &notes {
        let verified = SignedCheckpoint::parse(note.as_bytes())
            .and_then(|signed| signed.verify(std::slice::from_ref(key.verifier())).cloned());
        match verified {
            Ok(checkpoint) if checkpoint.size == *size as u64 => checkpoints.push(checkpoint),
            Ok(_) => flaw(summary, format!("the checkpoint kept for size {size} is of another size")),
            Err(error) => flaw(summary, format!("the checkpoint at size {size} does not hold: {error}")),
        }
    }
    let mut checkpoints = checkpoints.into_iter().peekable();
    let mut frontier = Frontier::default();
    let mut chains: HashMap<i64, (u64, Hash)> = HashMap::new();
    let book_text = book.to_string();
    journal::each_event(tx, book, |event| {
        let at = event.seq;
        if at as u64 != frontier.size() {
            flaw(summary, format!("event {}: the journal has a gap before it", at));
        }
        match parse_envelope(event.envelope) {
            Ok(envelope) => {
                let (expected_seq, expected_prev) =
                    chains.get(&event.subject).copied().unwrap_or((0, [0; 32]));
                let subject =
                    if event.subject == 0 { String::new() } else { DebtorId(event.subject).to_string() };
                let sound = envelope.seq == at as u64
                    && envelope.book == book_text
                    && envelope.subject == subject
                    && envelope.subject_seq == expected_seq
                    && envelope.subject_seq == event.subject_seq as u64
                    && envelope.prev_subject_hash == expected_prev;
                if !sound {
                    flaw(summary, format!("event {at}: it does not stand where its envelope says"));
                }
                if let (Some(salt), Some(payload)) = (event.salt, event.payload) {
                    let held = <&[u8; 32]>::try_from(salt)
                        .is_ok_and(|salt| commitment(salt, payload) == envelope.payload_commitment);
                    if !held {
                        flaw(summary, format!("event {at}: its payload is not the one committed to"));
                    }
                } else {
                    summary.erased_payloads += 1;
                }
            }
            Err(error) => flaw(summary, format!("event {at}: {error}")),
        }
        let leaf = leaf_hash(event.envelope);
        if leaf != event.leaf {
            flaw(summary, format!("event {at}: its envelope was changed"));
        }
        let chain = chains.entry(event.subject).or_insert((0, [0; 32]));
        *chain = (chain.0 + 1, leaf);
        frontier.append(leaf);
        summary.events += 1;
        while let Some(checkpoint) = checkpoints.next_if(|checkpoint| checkpoint.size <= frontier.size()) {
            summary.checkpoints += 1;
            if checkpoint.size == frontier.size() && checkpoint.root != frontier.root() {
                flaw(
                    summary,
                    format!("the checkpoint at size {} has another root than the journal", checkpoint.size),
                );
            }
        }
        Ok::<_, StoreError>(())
    })?;
    for checkpoint in checkpoints {
        flaw(
            summary,
            format!("a checkpoint knows {} events, the journal has {}", checkpoint.size, frontier.size()),
        );
    }
    let (size, head) = journal::load_frontier(tx, book)?;
    if size as u64 != frontier.size() || head.root() != frontier.root() {
        flaw(summary, format!("the journal's head says {size} events, {} were found", frontier.size()));
    }
    Ok(())
}

/// The name under which a book's checkpoints are signed.
pub fn log_name(book: duewell_domain::id::BookId) -> String {
    format!("duewell/{book}")
}

/// Signs the journal as it stands; nothing new is signed when nothing was added.
pub fn sign_checkpoint(desk: &Desk, key: &LogKey) -> Result<Option<String>, EngineError> {
    let now = desk.now();
    desk.store.write(|tx| {
        let book = desk.book.id;
        let (size, frontier) = journal::load_frontier(tx, book)?;
        if size == 0 || journal::newest_checkpoint(tx, book)?.is_some_and(|(newest, _)| newest == size) {
            return Ok(None);
        }
        let note = sign(desk, size as u64, frontier.root(), now, key)?;
        journal::put_checkpoint(tx, book, size, note.as_str(), now)?;
        Ok(Some(note.as_str().to_owned()))
    })
}

fn sign(
    desk: &Desk,
    size: u64,
    root: Hash,
    now: Timestamp,
    key: &LogKey,
) -> Result<SignedCheckpoint, EngineError> {
    Checkpoint::new(&log_name(desk.book.id), size, root, now)
        .sign(&[key])
        .map_err(|error| EngineError::Refused(format!("the checkpoint cannot be signed: {error}")))
}

/// Writes the case file of a debtor: every event with its proof against a checkpoint signed now.
pub fn case_file(
    desk: &Desk,
    key: &LogKey,
    debtor: DebtorId,
    software: &str,
) -> Result<Vec<(String, Vec<u8>)>, EngineError> {
    sign_checkpoint(desk, key)?;
    let now = desk.now();
    desk.store.read(|tx| {
        let book = desk.book.id;
        let known = debtor::load_debtors(tx, book, &[debtor])?;
        let events = journal::list_events(tx, book, debtor)?;
        if events.is_empty() {
            return Err(EngineError::NotFound("event about debtor", debtor.to_string()));
        }
        let mut leaves = Vec::new();
        journal::each_leaf(tx, book, |_, leaf| {
            leaves.push(leaf);
            Ok(())
        })?;
        let tree = Tree::from_leaves(leaves);
        let checkpoints = journal::list_checkpoints(tx, book)?;
        let read = |note: &str| {
            SignedCheckpoint::parse(note.as_bytes())
                .map_err(|error| EngineError::Refused(format!("a kept checkpoint cannot be read: {error}")))
        };
        // An event may have come between the signature and this snapshot: then the tree is signed as it stands.
        let checkpoint = match checkpoints.last() {
            Some((size, note)) if *size as u64 == tree.size() => read(note)?,
            Some(_) | None => sign(desk, tree.size(), tree.root(), now, key)?,
        };
        let first = match checkpoints.first() {
            Some((size, note)) if (*size as u64) < tree.size() => {
                let proof = tree.consistency_proof(*size as u64).unwrap_or_default();
                Some((read(note)?, proof))
            }
            Some(_) | None => None,
        };
        let mut chronology = String::new();
        if let Some(debtor) = known.get(&debtor) {
            chronology.push_str(&format!("{} ({}), {}\n\n", debtor.name, debtor.external_id, debtor.id));
        }
        let mut case_events = Vec::with_capacity(events.len());
        for event in events {
            chronology.push_str(&chronology_line(&event.envelope, event.payload.as_deref()));
            let proof = tree
                .inclusion_proof(event.seq as u64)
                .ok_or_else(|| EngineError::Refused(format!("event {} is outside the journal", event.seq)))?;
            let payload = match (event.salt, event.payload) {
                (Some(salt), Some(bytes)) => {
                    let salt = salt.as_slice().try_into().map_err(|_| {
                        EngineError::Store(StoreError::corrupt(
                            "journal.salt",
                            "it is not 32 bytes long".to_owned(),
                        ))
                    })?;
                    Some(Payload { salt, bytes })
                }
                _ => None,
            };
            case_events.push(CaseEvent { envelope: event.envelope, payload, proof });
        }
        let case = CaseFile {
            events: case_events,
            checkpoint,
            first,
            former_keys: Vec::new(),
            chronology,
            made_at: now,
            software: software.to_owned(),
        };
        case.files(key).map_err(|error| EngineError::Refused(error.to_string()))
    })
}

/// One event in words: when, what, who, and what its payload says.
pub fn chronology_line(envelope: &[u8], payload: Option<&[u8]>) -> String {
    let Ok(envelope) = parse_envelope(envelope) else { return "an event that cannot be read\n".to_owned() };
    let said = match payload {
        None => "(content erased)".to_owned(),
        Some(bytes) => payload_words(&envelope.kind, bytes),
    };
    format!(
        "{}  {}  by {}  {said}\n",
        envelope.occurred_at.strftime("%Y-%m-%d %H:%M:%SZ"),
        kind_words(&envelope.kind),
        envelope.actor
    )
}

fn kind_words(kind: &str) -> &str {
    match kind {
        "debtor.imported" => "debtor brought in",
        "debtor.changed" => "debtor's data changed",
        "receivable.imported" => "receivable brought in",
        "receivable.changed" => "receivable changed",
        "receivable.withdrawn" => "receivable withdrawn",
        "notice.decided" => "notice decided",
        "notice.refused" => "notice not sent",
        "notice.attempt" => "sending attempted",
        "notice.outcome" => "answer of the mail server",
        "notice.withdrawn" => "notice taken back",
        "notice.interrupted" => "sending interrupted",
        "notice.settled" => "unknown outcome settled",
        "payment.booked" => "payment booked",
        "payment.queued" => "payment waits to be matched",
        "payment.recorded" => "payment recorded",
        "payment.matched" => "payment matched",
        "payment.unmatched" => "match taken back",
        "case.cured" => "nothing overdue any more",
        "hold.placed" => "hold placed",
        "hold.released" => "hold released",
        "contact.consent" => "consent recorded",
        other => other,
    }
}

/// Picks the telling fields of a payload; whatever else it holds is in the payload itself.
fn payload_words(kind: &str, payload: &[u8]) -> String {
    if kind == "notice.attempt" {
        return format!("{} bytes of mail", payload.len());
    }
    let Ok(serde_json::Value::Object(fields)) = serde_json::from_slice(payload) else { return String::new() };
    let telling = [
        "number",
        "kind",
        "subject",
        "to",
        "in_words",
        "state",
        "answer",
        "because",
        "reason",
        "until_on",
        "note",
        "amount",
        "total",
        "due_on",
        "received_on",
        "payer",
        "consent",
        "name",
    ];
    let mut words = Vec::new();
    for name in telling {
        match fields.get(name) {
            Some(serde_json::Value::String(text)) if !text.is_empty() => {
                words.push(format!("{name}: {text}"))
            }
            Some(serde_json::Value::Object(money)) => {
                if let (Some(minor), Some(currency)) = (
                    money.get("minor").and_then(serde_json::Value::as_i64),
                    money.get("currency").and_then(|code| code.as_str()?.parse::<Currency>().ok()),
                ) {
                    words.push(format!("{name}: {}", Money::new(minor, currency)));
                }
            }
            _ => {}
        }
    }
    words.join("; ")
}

/// The parts of an envelope that a timeline shows.
#[derive(Clone, Debug, Serialize)]
pub struct TimelineEvent {
    pub seq: i64,
    pub at: Timestamp,
    pub kind: String,
    pub actor: String,
    /// The telling fields in English.
    pub words: String,
    /// The payload, where it is JSON and was not erased.
    #[serde(skip)]
    pub facts: Option<serde_json::Value>,
}

/// Lists what happened with a debtor, oldest first.
pub fn timeline(desk: &Desk, debtor: DebtorId) -> Result<Vec<TimelineEvent>, EngineError> {
    desk.store.read(|tx| {
        let events = journal::list_events(tx, desk.book.id, debtor)?;
        Ok(events
            .into_iter()
            .filter_map(|event| {
                let envelope = parse_envelope(&event.envelope).ok()?;
                Some(TimelineEvent {
                    seq: event.seq,
                    at: envelope.occurred_at,
                    facts: event.payload.as_deref().and_then(|bytes| serde_json::from_slice(bytes).ok()),
                    words: event
                        .payload
                        .as_deref()
                        .map_or_else(String::new, |bytes| payload_words(&envelope.kind, bytes)),
                    kind: envelope.kind,
                    actor: envelope.actor,
                })
            })
            .collect())
    })
}

/// Erases what was said to and about a debtor; that it happened stays provable.
pub fn erase(desk: &Desk, debtor: DebtorId) -> Result<u64, EngineError> {
    desk.store.write(|tx| Ok(journal::erase_payloads(tx, desk.book.id, debtor)?))
}
