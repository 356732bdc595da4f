//! Notices: the outbox and the contact history in one.
//!
//! A notice row is written in the transaction that decides it, with a unique
//! intent key. Its text is the payload of its journal event. Delivery leases
//! the row (`sending`) before the message leaves and writes the outcome after;
//! a lease that runs out means that the outcome is unknown.

use std::collections::HashMap;

use duewell_domain::id::{BookId, CaseId, ContactPointId, DebtorId, NoticeId};
use duewell_domain::money::Money;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::sql::{Row, V};
use crate::tx::Tx;
use crate::{StoreError, each_of, in_list_after, inserts, statements, updates};

macro_rules! columns {
    () => {
        "debtor_id, notice_id, intent_key, case_id, currency, kind, step, cycle, channel, contact_point_id, items, total_minor, decided_on, send_at, state, because, attempts, sent_at, journal_seq"
    };
}

statements! {
    PENDING = concat!("select ", columns!(), " from notice where book_id = $1 and state = 'pending' and send_at <= $2
        order by send_at, debtor_id, notice_id limit $3 for update skip locked");
    STRANDED = concat!("select ", columns!(), " from notice where book_id = $1 and state = 'sending' and leased_until <= $2
        order by leased_until, debtor_id, notice_id limit $3 for update skip locked");
    NEXT_SEND = "select min(send_at) from notice where book_id = $1 and state = 'pending'";
    CONTACTS = concat!("select debtor_id, coalesce(sent_at, send_at), case_id, state, decided_on from notice
        where book_id = $1 and (send_at >= $2 or sent_at >= $2 or state in ('pending', 'sending', 'unknown')) and debtor_id in (", in_list_after!(), ")");
    CONTACTS_OF_ONE = "select debtor_id, coalesce(sent_at, send_at), case_id, state, decided_on from notice
        where book_id = $1 and (send_at >= $2 or sent_at >= $2 or state in ('pending', 'sending', 'unknown')) and debtor_id = $3";
    OF_DEBTOR = concat!("select ", columns!(), " from notice where book_id = $1 and debtor_id = $2 order by notice_id");
    RECENT = concat!("select ", columns!(), " from notice where book_id = $1 and state = $2 order by debtor_id, notice_id limit $3");
    NEWEST = concat!("select ", columns!(), " from notice where book_id = $1 and notice_id < $2 order by notice_id desc limit $3");
    TROUBLE = concat!("select ", columns!(), " from notice where book_id = $1 and state in ('failed', 'unknown') and state = $2
        and notice_id < $3 order by notice_id desc limit $4");
    WAITING = concat!("select ", columns!(), " from notice where book_id = $1 and state = 'pending' order by send_at, debtor_id, notice_id limit $2");
    COUNTS = "select state, count(*) from notice where book_id = $1 group by state order by state";
    BY_ID = concat!("select ", columns!(), " from notice where book_id = $1 and debtor_id = $2 and notice_id = $3 for update");
    INTENTS = "select intent_key, state from notice where book_id = $1 order by intent_key";
}

inserts! {
    NOTICE_INSERT = notice(book_id, debtor_id, notice_id, intent_key, case_id, currency, kind, step, cycle, channel,
        contact_point_id, items, total_minor, decided_on, send_at, state, attempts, journal_seq);
}

updates! {
    LEASE_UPDATE = notice set (state, attempts, send_at, leased_until) key (book_id, debtor_id, notice_id);
    OUTCOME_UPDATE = notice set (state, because, send_at, leased_until, sent_at) key (book_id, debtor_id, notice_id);
}

/// Where a notice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NoticeState {
    /// It waits for its hour.
    Pending,
    /// An attempt is under way.
    Sending,
    /// The mail server took it.
    Sent,
    /// It was refused for good.
    Failed,
    /// It was taken back before sending, with the reason.
    Withdrawn,
    /// It may or may not have left: a person decides, nothing is sent twice.
    Unknown,
}

impl NoticeState {
    pub fn as_str(self) -> &'static str {
        match self {
            NoticeState::Pending => "pending",
            NoticeState::Sending => "sending",
            NoticeState::Sent => "sent",
            NoticeState::Failed => "failed",
            NoticeState::Withdrawn => "withdrawn",
            NoticeState::Unknown => "unknown",
        }
    }
}

impl std::str::FromStr for NoticeState {
    type Err = duewell_domain::debtor::UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "pending" => Ok(NoticeState::Pending),
            "sending" => Ok(NoticeState::Sending),
            "sent" => Ok(NoticeState::Sent),
            "failed" => Ok(NoticeState::Failed),
            "withdrawn" => Ok(NoticeState::Withdrawn),
            "unknown" => Ok(NoticeState::Unknown),
            other => Err(duewell_domain::debtor::UnknownWord::new("notice state", other)),
        }
    }
}

/// A notice as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub debtor: DebtorId,
    pub id: NoticeId,
    pub intent_key: String,
    pub case: CaseId,
    /// Stored word of `duewell_domain::dunning::NoticeKind`.
    pub kind: String,
    pub step: i64,
    pub cycle: i64,
    pub channel: String,
    pub contact_point: ContactPointId,
    /// JSON: `[[receivable id, open minor units], …]` as the text states them.
    pub items: String,
    pub total: Money,
    pub decided_on: Date,
    pub send_at: Timestamp,
    pub state: NoticeState,
    pub because: Option<String>,
    pub attempts: i64,
    pub sent_at: Option<Timestamp>,
    /// The journal event whose payload is the text.
    pub journal_seq: i64,
}

fn notice(row: &Row<'_>) -> Result<Notice, StoreError> {
    Ok(Notice {
        debtor: row.id(0)?,
        id: row.id(1)?,
        intent_key: row.text(2)?.to_owned(),
        case: row.id(3)?,
        kind: row.text(5)?.to_owned(),
        step: row.int(6)?,
        cycle: row.int(7)?,
        channel: row.text(8)?.to_owned(),
        contact_point: row.id(9)?,
        items: row.text(10)?.to_owned(),
        total: Money::new(row.int(11)?, row.currency(4)?),
        decided_on: row.day(12)?,
        send_at: row.timestamp(13)?,
        state: row.word(14)?,
        because: row.opt_text(15)?.map(str::to_owned),
        attempts: row.int(16)?,
        sent_at: row.opt_timestamp(17)?,
        journal_seq: row.int(18)?,
    })
}

/// Adds decided notices to the outbox; an intent key that exists is a duplicate and refuses them all.
pub fn insert_notices(tx: &mut Tx<'_>, book: BookId, notices: &[Notice]) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(notices.len() * NOTICE_INSERT.columns.len());
    for notice in notices {
        rows.extend_from_slice(&[
            book.into(),
            notice.debtor.into(),
            notice.id.into(),
            (&notice.intent_key).into(),
            notice.case.into(),
            notice.total.currency.into(),
            (&notice.kind).into(),
            V::Int(notice.step),
            V::Int(notice.cycle),
            (&notice.channel).into(),
            notice.contact_point.into(),
            (&notice.items).into(),
            notice.total.minor.into(),
            notice.decided_on.into(),
            notice.send_at.into(),
            notice.state.as_str().into(),
            V::Int(notice.attempts),
            V::Int(notice.journal_seq),
        ]);
    }
    tx.insert_many(&NOTICE_INSERT, &rows)
}

/// Lists notices whose hour has come.
pub fn list_pending(
    tx: &mut Tx<'_>,
    book: BookId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Notice>, StoreError> {
    tx.all(&PENDING, &[book.into(), now.into(), limit.into()], notice)
}

/// Lists notices whose attempt never reported back.
pub fn list_stranded(
    tx: &mut Tx<'_>,
    book: BookId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Notice>, StoreError> {
    tx.all(&STRANDED, &[book.into(), now.into(), limit.into()], notice)
}

/// Returns the earliest moment at which a pending notice may leave.
pub fn next_send_at(tx: &mut Tx<'_>, book: BookId) -> Result<Option<Timestamp>, StoreError> {
    tx.one(&NEXT_SEND, &[book.into()], |row| row.opt_timestamp(0))
}

/// A contact that was made, may have been made, is decided, or came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contact {
    /// When it left, or is to leave.
    pub at: Timestamp,
    pub case: CaseId,
    pub state: NoticeState,
    pub decided_on: Date,
}

/// Loads how debtors were contacted since `since`, and what is still to leave.
pub fn load_contacts(
    tx: &mut Tx<'_>,
    book: BookId,
    debtors: &[DebtorId],
    since: Timestamp,
) -> Result<HashMap<DebtorId, Vec<Contact>>, StoreError> {
    let mut contacts: HashMap<DebtorId, Vec<Contact>> = HashMap::new();
    each_of(tx, (&CONTACTS_OF_ONE, &CONTACTS), &[book.into(), since.into()], debtors, |row| {
        let contact =
            Contact { at: row.timestamp(1)?, case: row.id(2)?, state: row.word(3)?, decided_on: row.day(4)? };
        contacts.entry(row.id(0)?).or_default().push(contact);
        Ok(())
    })?;
    Ok(contacts)
}

/// Lists all notices of a debtor.
pub fn notices_of_debtor(tx: &mut Tx<'_>, book: BookId, debtor: DebtorId) -> Result<Vec<Notice>, StoreError> {
    tx.all(&OF_DEBTOR, &[book.into(), debtor.into()], notice)
}

/// Lists notices in one state.
pub fn list_in_state(
    tx: &mut Tx<'_>,
    book: BookId,
    state: NoticeState,
    limit: i64,
) -> Result<Vec<Notice>, StoreError> {
    tx.all(&RECENT, &[book.into(), state.as_str().into(), limit.into()], notice)
}

/// Lists notices of any state, newest first, before `before`.
pub fn list_newest(
    tx: &mut Tx<'_>,
    book: BookId,
    before: NoticeId,
    limit: i64,
) -> Result<Vec<Notice>, StoreError> {
    tx.all(&NEWEST, &[book.into(), before.into(), limit.into()], notice)
}

/// Lists notices that failed, or whose outcome is unknown, newest first, before `before`.
pub fn list_trouble(
    tx: &mut Tx<'_>,
    book: BookId,
    state: NoticeState,
    before: NoticeId,
    limit: i64,
) -> Result<Vec<Notice>, StoreError> {
    tx.all(&TROUBLE, &[book.into(), state.as_str().into(), before.into(), limit.into()], notice)
}

/// Lists notices that have not left yet, next first.
pub fn list_waiting(tx: &mut Tx<'_>, book: BookId, limit: i64) -> Result<Vec<Notice>, StoreError> {
    tx.all(&WAITING, &[book.into(), limit.into()], notice)
}

/// Counts notices by state.
pub fn count_states(tx: &mut Tx<'_>, book: BookId) -> Result<Vec<(NoticeState, i64)>, StoreError> {
    tx.all(&COUNTS, &[book.into()], |row| Ok((row.word(0)?, row.int(1)?)))
}

/// Loads one notice, locked until the transaction ends.
pub fn load_notice(
    tx: &mut Tx<'_>,
    book: BookId,
    debtor: DebtorId,
    id: NoticeId,
) -> Result<Option<Notice>, StoreError> {
    tx.opt(&BY_ID, &[book.into(), debtor.into(), id.into()], notice)
}

/// Lists all intent keys with their states.
pub fn list_intents(tx: &mut Tx<'_>, book: BookId) -> Result<Vec<(String, NoticeState)>, StoreError> {
    tx.all(&INTENTS, &[book.into()], |row| Ok((row.text(0)?.to_owned(), row.word(1)?)))
}

/// Takes notices for one attempt.
pub fn lease_notices(
    tx: &mut Tx<'_>,
    book: BookId,
    notices: &[&Notice],
    until: Timestamp,
) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(notices.len() * 7);
    for notice in notices {
        rows.extend_from_slice(&[
            book.into(),
            notice.debtor.into(),
            notice.id.into(),
            NoticeState::Sending.as_str().into(),
            V::Int(notice.attempts + 1),
            notice.send_at.into(),
            until.into(),
        ]);
    }
    tx.update_many(&LEASE_UPDATE, &rows).map(drop)
}

/// Writes where notices stand after an attempt or a second look.
pub fn update_outcomes(tx: &mut Tx<'_>, book: BookId, notices: &[&Notice]) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(notices.len() * 8);
    for notice in notices {
        rows.extend_from_slice(&[
            book.into(),
            notice.debtor.into(),
            notice.id.into(),
            notice.state.as_str().into(),
            notice.because.as_deref().into(),
            notice.send_at.into(),
            V::Null,
            notice.sent_at.into(),
        ]);
    }
    tx.update_many(&OUTCOME_UPDATE, &rows).map(drop)
}
