//! Loading facts for decisions: set-based, one question per kind of fact and chunk of debtors.

use std::collections::{HashMap, HashSet};

use duewell_domain::debtor::ContactPoint;
use duewell_domain::dunning::LastNotice;
use duewell_domain::hold::Hold;
use duewell_domain::id::{CaseId, DebtorId, ReceivableId};
use duewell_store::debtor::Debtor;
use duewell_store::notice::NoticeState;
use duewell_store::receivable::Receivable;
use duewell_store::{Tx, debtor, notice, payment, receivable};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use serde::{Deserialize, Serialize};

use crate::desk::Desk;
use crate::error::EngineError;
use crate::zone::zones_of;

/// What decisions about a set of debtors look at.
pub(crate) struct Facts {
    pub debtors: HashMap<DebtorId, Debtor>,
    pub contact_points: HashMap<DebtorId, Vec<ContactPoint>>,
    pub open: HashMap<DebtorId, Vec<Receivable>>,
    pub holds: HashMap<DebtorId, Vec<Hold>>,
    /// Contacts made or decided: what a new decision counts.
    pub contacted: HashMap<DebtorId, Vec<Timestamp>>,
    /// Contacts that were or may have been made: what a notice about to leave counts.
    pub reached: HashMap<DebtorId, Vec<Timestamp>>,
    /// What stands in the way of another notice of a case; most have nothing.
    pub last_notice: HashMap<CaseId, LastNotice>,
    pub payment_waiting: HashSet<DebtorId>,
    zones: HashMap<String, Vec<TimeZone>>,
}

impl Facts {
    /// Loads everything about `debtors`, which must be sorted and without doubles.
    pub fn load(
        tx: &mut Tx<'_>,
        desk: &Desk,
        debtors: &[DebtorId],
        now: Timestamp,
    ) -> Result<Facts, EngineError> {
        let book = desk.book.id;
        let longest = desk.settings.contact_policy.caps.iter().map(|cap| cap.days).max().unwrap_or(0);
        // Two days more, so that every zone's calendar day is covered.
        let since = now - ((i64::from(longest) + 2) * 24).hours();
        let (mut contacted, mut reached): (HashMap<_, Vec<_>>, HashMap<_, Vec<_>>) = Default::default();
        let mut last_notice = HashMap::new();
        let today = desk.today();
        for (debtor, contacts) in notice::load_contacts(tx, book, debtors, since)? {
            for contact in contacts {
                if contact.decided_on == today {
                    last_notice.insert(contact.case, LastNotice::TriedToday);
                }
                match contact.state {
                    NoticeState::Withdrawn | NoticeState::Failed => continue,
                    NoticeState::Pending | NoticeState::Sending | NoticeState::Unknown => {
                        last_notice.insert(contact.case, LastNotice::OnItsWay);
                    }
                    NoticeState::Sent => {}
                }
                contacted.entry(debtor).or_default().push(contact.at);
                if contact.state != NoticeState::Pending {
                    reached.entry(debtor).or_default().push(contact.at);
                }
            }
        }
        Ok(Facts {
            debtors: debtor::load_debtors(tx, book, debtors)?,
            contact_points: debtor::load_contact_points(tx, book, debtors)?,
            open: receivable::load_open(tx, book, debtors)?,
            holds: debtor::load_holds(tx, book, debtors)?,
            contacted,
            reached,
            last_notice,
            payment_waiting: payment::debtors_with_waiting(tx, book, debtors)?,
            zones: HashMap::new(),
        })
    }

    /// Returns the zones there are clues for, at least the creditor's own.
    pub fn zones(&mut self, desk: &Desk, id: DebtorId) -> Vec<TimeZone> {
        let Some(debtor) = self.debtors.get(&id) else { return vec![desk.zone.clone()] };
        let clue =
            format!("{}|{}", debtor.zone.as_deref().unwrap_or(""), debtor.country.as_deref().unwrap_or(""));
        self.zones
            .entry(clue)
            .or_insert_with(|| zones_of(debtor.zone.as_deref(), debtor.country.as_deref(), &desk.zone))
            .clone()
    }
}

/// Returns whether the newest bank statement is too old to know who has paid.
///
/// A book that never had a statement is not braked: its owner books payments by hand, and the
/// summary of each run says so.
pub(crate) fn money_is_stale(tx: &mut Tx<'_>, desk: &Desk, now: Timestamp) -> Result<Staleness, EngineError> {
    Ok(match payment::newest_statement_at(tx, desk.book.id)? {
        None => Staleness::NoStatements,
        Some(newest) if newest + i64::from(desk.settings.stale_money_after_hours).hours() < now => {
            Staleness::Stale { newest }
        }
        Some(_) => Staleness::Fresh,
    })
}

/// How much the book knows about money that came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Staleness {
    Fresh,
    Stale { newest: Timestamp },
    NoStatements,
}

/// What a notice states of one receivable, as its row keeps it: id, open minor units, due date.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Stated(pub ReceivableId, pub i64, pub Date);
