//! The outbox as people read it: what waits to leave, what left, what did not, and each message whole.

use std::collections::HashMap;

use duewell_documents::{Notice as Text, Parts, parts};
use duewell_domain::id::{DebtorId, NoticeId};
use duewell_domain::link::TOKEN_LEN;
use duewell_store::debtor::Debtor;
use duewell_store::notice::{Notice, NoticeState};
use duewell_store::{Tx, debtor, journal, notice};
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::desk::Desk;
use crate::error::EngineError;
use crate::proof::{TimelineEvent, timeline};
use crate::zone::zones_of;

/// Notices on one page.
pub const PAGE: usize = 50;
/// What waits is shown whole up to this many; what leaves first comes first.
pub const WAITING_MAX: usize = 200;
/// Notices looked at for one page of sent ones before the reader is asked whether to go on.
const LOOKS_MAX: usize = 20;

/// A part of the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tray {
    /// Everything, newest first.
    All,
    /// Decided and not left yet, next first.
    Waiting,
    Sent,
    Failed,
    /// It may or may not have left.
    Unknown,
}

impl Tray {
    pub const ALL: [Tray; 5] = [Tray::Waiting, Tray::Sent, Tray::Failed, Tray::Unknown, Tray::All];

    /// The word in an address.
    pub fn word(self) -> &'static str {
        match self {
            Tray::All => "all",
            Tray::Waiting => "waiting",
            Tray::Sent => "sent",
            Tray::Failed => "failed",
            Tray::Unknown => "unknown",
        }
    }

    /// Reads the word of an address.
    pub fn parse(text: &str) -> Option<Tray> {
        Tray::ALL.into_iter().find(|tray| tray.word() == text)
    }
}

/// A notice in a list.
#[derive(Clone, Debug)]
pub struct Line {
    pub notice: Notice,
    /// The debtor's name; their id where they were removed.
    pub debtor: String,
    /// Address and subject; none where the text was erased.
    pub written: Option<Written>,
}

/// What was decided to be said, as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Written {
    pub to: String,
    pub language: String,
    pub subject: String,
    pub body: String,
}

/// One page of a tray, and where the next one starts.
#[derive(Clone, Debug)]
pub struct OutboxPage {
    pub lines: Vec<Line>,
    pub next: Option<NoticeId>,
    /// Notices by state, of the whole book.
    pub counts: Vec<(NoticeState, i64)>,
}

impl OutboxPage {
    /// Counts the notices of a tray.
    pub fn count(&self, tray: Tray) -> i64 {
        let fits = |state: NoticeState| match tray {
            Tray::All => true,
            Tray::Waiting => state == NoticeState::Pending,
            Tray::Sent => state == NoticeState::Sent,
            Tray::Failed => state == NoticeState::Failed,
            Tray::Unknown => state == NoticeState::Unknown,
        };
        self.counts.iter().filter(|(state, _)| fits(*state)).map(|(_, count)| count).sum()
    }
}

/// Lists the notices of a tray before `before`, a page at a time.
pub fn list(desk: &Desk, tray: Tray, before: Option<NoticeId>) -> Result<OutboxPage, EngineError> {
    let book = desk.book.id;
    let before = before.unwrap_or(NoticeId(i64::MAX));
    // One more than a page says whether there is another.
    let limit = PAGE as i64 + 1;
    desk.store.read(|tx| {
        let (notices, next) = match tray {
            Tray::Waiting => (notice::list_waiting(tx, book, WAITING_MAX as i64)?, None),
            Tray::All => cut(notice::list_newest(tx, book, before, limit)?),
            Tray::Failed => cut(notice::list_trouble(tx, book, NoticeState::Failed, before, limit)?),
            Tray::Unknown => cut(notice::list_trouble(tx, book, NoticeState::Unknown, before, limit)?),
            Tray::Sent => sent(tx, desk, before)?,
        };
        let counts = notice::count_states(tx, book)?;
        Ok(OutboxPage { lines: lines(tx, desk, notices)?, next, counts })
    })
}

fn cut(mut notices: Vec<Notice>) -> (Vec<Notice>, Option<NoticeId>) {
    let more = notices.len() > PAGE;
    notices.truncate(PAGE);
    let next = notices.last().map(|last| last.id).filter(|_| more);
    (notices, next)
}

/// Walks back from `before` and keeps what was sent. Between sent ones others may lie: a page ends
/// after some looks, and goes on from there.
fn sent(
    tx: &mut Tx<'_>,
    desk: &Desk,
    before: NoticeId,
) -> Result<(Vec<Notice>, Option<NoticeId>), EngineError> {
    const LOOK: i64 = 500;
    let (mut found, mut at) = (Vec::new(), before);
    for _ in 0..LOOKS_MAX {
        let newest = notice::list_newest(tx, desk.book.id, at, LOOK)?;
        let is_last = newest.len() < LOOK as usize;
        at = newest.last().map_or(at, |last| last.id);
        found.extend(newest.into_iter().filter(|one| one.state == NoticeState::Sent));
        if found.len() > PAGE {
            return Ok(cut(found));
        }
        if is_last {
            return Ok((found, None));
        }
    }
    Ok((found, Some(at)))
}

fn lines(tx: &mut Tx<'_>, desk: &Desk, notices: Vec<Notice>) -> Result<Vec<Line>, EngineError> {
    let book = desk.book.id;
    let mut debtors: Vec<DebtorId> = notices.iter().map(|one| one.debtor).collect();
    debtors.sort_unstable();
    debtors.dedup();
    let known = debtor::load_debtors(tx, book, &debtors)?;
    let seqs: Vec<i64> = notices.iter().map(|one| one.journal_seq).collect();
    let texts: HashMap<i64, Vec<u8>> = journal::load_payloads(tx, book, &seqs)?;
    notices
        .into_iter()
        .map(|one| {
            let written =
                texts.get(&one.journal_seq).map(|bytes| serde_json::from_slice(bytes)).transpose()?;
            let debtor = known.get(&one.debtor).map_or_else(|| one.debtor.to_string(), |it| it.name.clone());
            Ok(Line { notice: one, debtor, written })
        })
        .collect()
}

/// One message as the debtor gets it, and what became of it.
#[derive(Clone, Debug)]
pub struct Message {
    pub notice: Notice,
    pub debtor: Debtor,
    pub from: (String, String),
    /// None where the text was erased.
    pub written: Option<Written>,
    /// What the journal says about it, oldest first.
    pub history: Vec<TimelineEvent>,
}

impl Message {
    /// Writes the two parts of the mail, as they leave.
    pub fn parts(&self) -> Option<Parts> {
        let written = self.written.as_ref()?;
        let text = Text { subject: written.subject.clone(), body: written.body.clone() };
        Some(parts(&text, &written.language))
    }

    /// Returns the secret part of the debtor's own link in the text, where it is one of ours.
    pub fn link_token(&self, desk: &Desk) -> Option<String> {
        let text = self.parts()?.text;
        let key = desk.link_key.as_ref()?;
        text.match_indices("/p/").find_map(|(at, mark)| {
            let token = text.get(at + mark.len()..at + mark.len() + TOKEN_LEN)?;
            key.open(token).filter(|link| link.notice == self.notice.id).map(|_| token.to_owned())
        })
    }
}

/// Loads one message.
pub fn message(desk: &Desk, debtor: DebtorId, id: NoticeId) -> Result<Message, EngineError> {
    let book = desk.book.id;
    let (notice, debtor, written) = desk.store.read(|tx| {
        let notice = notice::notices_of_debtor(tx, book, debtor)?
            .into_iter()
            .find(|one| one.id == id)
            .ok_or_else(|| EngineError::NotFound("notice", id.to_string()))?;
        let debtor = debtor::load_debtors(tx, book, &[debtor])?
            .remove(&debtor)
            .ok_or_else(|| EngineError::NotFound("debtor", debtor.to_string()))?;
        let payload = journal::load_payload(tx, book, notice.journal_seq)?;
        let written: Option<Written> = payload.map(|bytes| serde_json::from_slice(&bytes)).transpose()?;
        Ok::<_, EngineError>((notice, debtor, written))
    })?;
    let name = id.to_string();
    let about = |event: &TimelineEvent| {
        event.facts.as_ref().and_then(|facts| facts.get("notice")).and_then(|it| it.as_str()) == Some(&name)
    };
    let history = timeline(desk, debtor.id)?.into_iter().filter(about).collect();
    let creditor = &desk.settings.creditor;
    let sender = match desk.settings.sender_email.as_str() {
        "" => creditor.email.clone(),
        address => address.to_owned(),
    };
    Ok(Message { from: (creditor.name.clone(), sender), notice, debtor, written, history })
}

/// Returns the clock by which a debtor's hours are told: of all clues the first.
pub fn clock_of(desk: &Desk, debtor: &Debtor) -> TimeZone {
    zones_of(debtor.zone.as_deref(), debtor.country.as_deref(), &desk.zone)
        .into_iter()
        .next()
        .unwrap_or_else(|| desk.zone.clone())
}
