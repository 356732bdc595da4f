//! The journal: append-only evidence, chained per debtor and hashed into the book's Merkle tree.

use std::collections::HashMap;

use duewell_domain::evidence::{Envelope, Frontier, commitment, leaf_hash};
use duewell_domain::id::{BookId, DebtorId};
use jiff::Timestamp;

use crate::sql::V;
use crate::tx::Tx;
use crate::{IN_LIST, StoreError, in_list, inserts, pad, statements, updates};

/// Walks the events about one debtor, newest first.
///
/// `cross join` keeps the order: SQLite would otherwise walk the whole journal beside a chain whose length it cannot know.
macro_rules! chain {
    () => {
        "with recursive chain (seq) as (
            select last_seq from subject where book_id = $1 and subject_id = $2
            union all
            select j.prev_seq from chain c cross join journal j
                where j.book_id = $1 and j.seq = c.seq and j.prev_seq is not null)
        "
    };
}

statements! {
    HEAD = "select size, frontier from journal_head where book_id = $1 for update";
    FRONTIER = "select size, frontier from journal_head where book_id = $1";
    SUBJECTS = concat!("select subject_id, size, last_seq, leaf_hash from subject where book_id = $1 and subject_id in (", in_list!(), ")");
    EVENTS_OF = concat!(chain!(), "select j.seq, j.envelope, j.salt, j.payload from chain c
        cross join journal j where j.book_id = $1 and j.seq = c.seq order by j.seq");
    LAST_SEQ = "select last_seq from subject where book_id = $1 and subject_id = $2";
    EVENT = "select envelope, salt, payload from journal where book_id = $1 and seq = $2";
    PAYLOADS = concat!("select seq, payload from journal where book_id = $1 and seq in (", in_list!(), ")");
    LEAVES = "select seq, leaf_hash from journal where book_id = $1 order by seq";
    ENVELOPES = "select seq, subject_id, subject_seq, leaf_hash, envelope, salt, payload from journal where book_id = $1 order by seq";
    TAIL = "select seq, envelope, salt, payload from journal where book_id = $1 and seq >= $2 order by seq";
    SIZE = "select size from journal_head where book_id = $1";
    ERASE = concat!(chain!(), "update journal set salt = null, payload = null
        where book_id = $1 and payload is not null and seq in (select seq from chain)");
    CHECKPOINTS = "select size, note from checkpoint where book_id = $1 order by size";
    CHECKPOINT_NEWEST = "select size, note from checkpoint where book_id = $1 order by size desc limit 1";
    CHECKPOINT_PUT = "insert into checkpoint (book_id, size, note, made_at) values ($1, $2, $3, $4)
        on conflict (book_id, size) do nothing";
}

inserts! {
    JOURNAL_INSERT = journal(book_id, seq, kind, subject_id, subject_seq, prev_seq, recorded_at, leaf_hash, envelope, salt, payload);
    SUBJECT_INSERT = subject(book_id, subject_id, size, last_seq, leaf_hash);
}

updates! {
    SUBJECT_UPDATE = subject set (size, last_seq, leaf_hash) key (book_id, subject_id);
    HEAD_UPDATE = journal_head set (size, frontier) key (book_id);
}

/// One thing that happened, before it has its place in the journal.
pub struct Event<'a> {
    /// A short word, e.g. `notice.decided`.
    pub kind: &'a str,
    /// The debtor it is about; none for what concerns the whole book.
    pub subject: Option<DebtorId>,
    pub occurred_at: Timestamp,
    /// Who did it: `system:run`, `user:…`, `bank:…`.
    pub actor: &'a str,
    /// The versions of the rules that decided.
    pub rules: &'a str,
    /// The exact bytes kept as evidence.
    pub payload: Vec<u8>,
    /// 32 fresh random bytes.
    pub salt: [u8; 32],
}

struct Pending {
    seq: i64,
    kind: String,
    subject: i64,
    subject_seq: i64,
    prev_seq: Option<i64>,
    leaf: [u8; 32],
    envelope: Vec<u8>,
    salt: [u8; 32],
    payload: Vec<u8>,
}

#[derive(Clone, Copy)]
struct SubjectHead {
    size: i64,
    last_seq: Option<i64>,
    leaf: [u8; 32],
    stored: bool,
    changed: bool,
}

impl SubjectHead {
    /// The head of a chain without events.
    const NEW: SubjectHead =
        SubjectHead { size: 0, last_seq: None, leaf: [0; 32], stored: false, changed: false };
}

/// Collects the events of one transaction; [`Journal::flush`] writes them all.
///
/// The head row is locked while it lives, so a book's events have one order.
pub struct Journal {
    book: BookId,
    book_text: String,
    recorded_at: Timestamp,
    size: i64,
    frontier: Frontier,
    subjects: HashMap<i64, SubjectHead>,
    pending: Vec<Pending>,
}

impl Journal {
    /// Opens the book's journal for this transaction.
    pub fn open(tx: &mut Tx<'_>, book: BookId, recorded_at: Timestamp) -> Result<Journal, StoreError> {
        let (size, frontier) =
            tx.one(&HEAD, &[book.into()], |row| Ok((row.int(0)?, row.bytes(1)?.to_vec())))?;
        let frontier = Frontier::from_bytes(&frontier)
            .map_err(|error| StoreError::corrupt("journal_head.frontier", error.to_string()))?;
        Ok(Journal {
            book,
            book_text: book.to_string(),
            recorded_at,
            size,
            frontier,
            subjects: HashMap::new(),
            pending: Vec::new(),
        })
    }

    /// Reads the chain heads of the debtors that events will be about.
    pub fn load_subjects(
        &mut self,
        tx: &mut Tx<'_>,
        debtors: impl IntoIterator<Item = DebtorId>,
    ) -> Result<(), StoreError> {
        let mut ids: Vec<i64> =
            debtors.into_iter().map(|id| id.0).filter(|id| !self.subjects.contains_key(id)).collect();
        ids.sort_unstable();
        ids.dedup();
        for chunk in ids.chunks(IN_LIST) {
            let subjects = &mut self.subjects;
            tx.each(&SUBJECTS, &pad(self.book, chunk), |row| {
                let head = SubjectHead {
                    size: row.int(1)?,
                    last_seq: Some(row.int(2)?),
                    leaf: hash(row.bytes(3)?)?,
                    stored: true,
                    changed: false,
                };
                subjects.insert(row.int(0)?, head);
                Ok(())
            })?;
            for &id in chunk {
                self.subjects.entry(id).or_insert(SubjectHead::NEW);
            }
        }
        Ok(())
    }

    /// Appends an event and returns its place. Its debtor's head must be loaded.
    pub fn append(&mut self, event: Event<'_>) -> i64 {
        let subject_id = event.subject.map_or(0, |id| id.0);
        let subject_text = event.subject.map(|id| id.to_string()).unwrap_or_default();
        let head = self.subjects.entry(subject_id).or_insert(SubjectHead::NEW);
        let envelope = Envelope {
            book: &self.book_text,
            seq: self.size as u64,
            kind: event.kind,
            occurred_at: event.occurred_at,
            recorded_at: self.recorded_at,
            actor: event.actor,
            subject: &subject_text,
            subject_seq: head.size as u64,
            prev_subject_hash: head.leaf,
            rules: event.rules,
            payload_commitment: commitment(&event.salt, &event.payload),
        }
        .encode();
        let leaf = leaf_hash(&envelope);
        let seq = self.size;
        self.pending.push(Pending {
            seq,
            kind: event.kind.to_owned(),
            subject: subject_id,
            subject_seq: head.size,
            prev_seq: head.last_seq,
            leaf,
            envelope,
            salt: event.salt,
            payload: event.payload,
        });
        head.size += 1;
        head.last_seq = Some(seq);
        head.leaf = leaf;
        head.changed = true;
        self.frontier.append(leaf);
        self.size += 1;
        seq
    }

    /// Loads the head of the book's own chain; needed before events without a debtor.
    pub fn load_book_subject(&mut self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        self.load_subjects(tx, [DebtorId(0)])
    }

    /// Returns the place the next event will get.
    pub fn size(&self) -> i64 {
        self.size
    }

    /// Writes all events and the new heads.
    pub fn flush(self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let mut rows = Vec::with_capacity(self.pending.len() * JOURNAL_INSERT.columns.len());
        for event in &self.pending {
            rows.extend_from_slice(&[
                self.book.into(),
                V::Int(event.seq),
                V::Text(&event.kind),
                V::Int(event.subject),
                V::Int(event.subject_seq),
                event.prev_seq.into(),
                self.recorded_at.into(),
                V::Bytes(&event.leaf),
                V::Bytes(&event.envelope),
                V::Bytes(&event.salt),
                V::Bytes(&event.payload),
            ]);
        }
        tx.insert_many(&JOURNAL_INSERT, &rows)?;
        let mut changed: Vec<(&i64, &SubjectHead)> =
            self.subjects.iter().filter(|(_, head)| head.changed).collect();
        changed.sort_unstable_by_key(|(id, _)| **id);
        let mut fresh: Vec<V<'_>> = Vec::new();
        let mut known: Vec<V<'_>> = Vec::new();
        for (id, head) in changed {
            let rows = if head.stored { &mut known } else { &mut fresh };
            rows.extend_from_slice(&[
                self.book.into(),
                V::Int(*id),
                V::Int(head.size),
                head.last_seq.into(),
                V::Bytes(&head.leaf),
            ]);
        }
        tx.insert_many(&SUBJECT_INSERT, &fresh)?;
        tx.update_many(&SUBJECT_UPDATE, &known)?;
        let frontier = self.frontier.to_bytes();
        tx.update_many(&HEAD_UPDATE, &[self.book.into(), V::Int(self.size), (&frontier).into()])?;
        Ok(())
    }
}

fn hash(bytes: &[u8]) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| StoreError::corrupt("leaf_hash", "it is not 32 bytes long".to_owned()))
}

/// An event as it is kept.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    pub seq: i64,
    pub envelope: Vec<u8>,
    /// Absent once the payload was erased.
    pub salt: Option<Vec<u8>>,
    pub payload: Option<Vec<u8>>,
}

/// Lists the events about one debtor in their order.
pub fn list_events(tx: &mut Tx<'_>, book: BookId, debtor: DebtorId) -> Result<Vec<StoredEvent>, StoreError> {
    tx.all(&EVENTS_OF, &[book.into(), debtor.into()], |row| {
        Ok(StoredEvent {
            seq: row.int(0)?,
            envelope: row.bytes(1)?.to_vec(),
            salt: row.opt_bytes(2)?.map(<[u8]>::to_vec),
            payload: row.opt_bytes(3)?.map(<[u8]>::to_vec),
        })
    })
}

/// Returns the place of the newest event about a debtor: it changes with everything that happens to them.
pub fn load_last_seq(tx: &mut Tx<'_>, book: BookId, debtor: DebtorId) -> Result<Option<i64>, StoreError> {
    tx.opt(&LAST_SEQ, &[book.into(), debtor.into()], |row| row.int(0))
}

/// Lists the events from a place in the journal on.
pub fn list_tail(tx: &mut Tx<'_>, book: BookId, from: i64) -> Result<Vec<StoredEvent>, StoreError> {
    tx.all(&TAIL, &[book.into(), V::Int(from)], |row| {
        Ok(StoredEvent {
            seq: row.int(0)?,
            envelope: row.bytes(1)?.to_vec(),
            salt: row.opt_bytes(2)?.map(<[u8]>::to_vec),
            payload: row.opt_bytes(3)?.map(<[u8]>::to_vec),
        })
    })
}

/// Loads the payload of one event; `None` when it was erased.
pub fn load_payload(tx: &mut Tx<'_>, book: BookId, seq: i64) -> Result<Option<Vec<u8>>, StoreError> {
    tx.one(&EVENT, &[book.into(), V::Int(seq)], |row| Ok(row.opt_bytes(2)?.map(<[u8]>::to_vec)))
}

/// Loads the payloads of many events by their place.
pub fn load_payloads(
    tx: &mut Tx<'_>,
    book: BookId,
    seqs: &[i64],
) -> Result<HashMap<i64, Vec<u8>>, StoreError> {
    let mut payloads = HashMap::with_capacity(seqs.len());
    for chunk in seqs.chunks(IN_LIST) {
        tx.each(&PAYLOADS, &pad(book, chunk), |row| {
            if let Some(payload) = row.opt_bytes(1)? {
                payloads.insert(row.int(0)?, payload.to_vec());
            }
            Ok(())
        })?;
    }
    Ok(payloads)
}

/// Returns how many events the journal has.
pub fn journal_size(tx: &mut Tx<'_>, book: BookId) -> Result<i64, StoreError> {
    tx.one(&SIZE, &[book.into()], |row| row.int(0))
}

/// Walks all leaf hashes in order.
pub fn each_leaf(
    tx: &mut Tx<'_>,
    book: BookId,
    mut visit: impl FnMut(i64, [u8; 32]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    tx.each(&LEAVES, &[book.into()], |row| visit(row.int(0)?, hash(row.bytes(1)?)?))
}

/// One event with everything that `verify` compares.
pub struct FullEvent<'a> {
    pub seq: i64,
    pub subject: i64,
    pub subject_seq: i64,
    pub leaf: [u8; 32],
    pub envelope: &'a [u8],
    pub salt: Option<&'a [u8]>,
    pub payload: Option<&'a [u8]>,
}

/// Walks all events in order.
pub fn each_event(
    tx: &mut Tx<'_>,
    book: BookId,
    mut visit: impl FnMut(&FullEvent<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    tx.each(&ENVELOPES, &[book.into()], |row| {
        visit(&FullEvent {
            seq: row.int(0)?,
            subject: row.int(1)?,
            subject_seq: row.int(2)?,
            leaf: hash(row.bytes(3)?)?,
            envelope: row.bytes(4)?,
            salt: row.opt_bytes(5)?,
            payload: row.opt_bytes(6)?,
        })
    })
}

/// Loads size and root state of the book's tree.
pub fn load_frontier(tx: &mut Tx<'_>, book: BookId) -> Result<(i64, Frontier), StoreError> {
    let (size, bytes) = tx.one(&FRONTIER, &[book.into()], |row| Ok((row.int(0)?, row.bytes(1)?.to_vec())))?;
    let frontier = Frontier::from_bytes(&bytes)
        .map_err(|error| StoreError::corrupt("journal_head.frontier", error.to_string()))?;
    Ok((size, frontier))
}

/// Erases the payloads about one debtor; envelopes and tree stay. Returns how many were erased.
pub fn erase_payloads(tx: &mut Tx<'_>, book: BookId, debtor: DebtorId) -> Result<u64, StoreError> {
    tx.exec(&ERASE, &[book.into(), debtor.into()])
}

/// Keeps a signed checkpoint.
pub fn put_checkpoint(
    tx: &mut Tx<'_>,
    book: BookId,
    size: i64,
    note: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(&CHECKPOINT_PUT, &[book.into(), V::Int(size), note.into(), now.into()]).map(drop)
}

/// Lists the signed checkpoints, smallest tree first.
pub fn list_checkpoints(tx: &mut Tx<'_>, book: BookId) -> Result<Vec<(i64, String)>, StoreError> {
    tx.all(&CHECKPOINTS, &[book.into()], |row| Ok((row.int(0)?, row.text(1)?.to_owned())))
}

/// Loads the newest signed checkpoint.
pub fn newest_checkpoint(tx: &mut Tx<'_>, book: BookId) -> Result<Option<(i64, String)>, StoreError> {
    tx.opt(&CHECKPOINT_NEWEST, &[book.into()], |row| Ok((row.int(0)?, row.text(1)?.to_owned())))
}
