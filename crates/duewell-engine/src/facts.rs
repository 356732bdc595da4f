//! Loading facts for decisions: set-based, one question per kind of fact and chunk of debtors.

use std::collections::{HashMap, HashSet};

use duewell_domain::debtor::ContactPoint;
use duewell_domain::hold::Hold;
use duewell_domain::id::{CaseId, DebtorId};
use duewell_store::debtor::Debtor;
use duewell_store::notice::NoticeState;
use duewell_store::receivable::Receivable;
use duewell_store::{Tx, debtor, notice, payment, receivable};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

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
    /// Cases with a notice that has not left yet, or of which nobody knows whether it did.
    pub on_the_way: HashSet<CaseId>,
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
        let mut on_the_way = HashSet::new();
        for (debtor, contacts) in notice::load_contacts(tx, book, debtors, since)? {
            for contact in contacts {
                contacted.entry(debtor).or_default().push(contact.at);
                if contact.state != NoticeState::Pending {
                    reached.entry(debtor).or_default().push(contact.at);
                }
                let unsure = [NoticeState::Pending, NoticeState::Sending, NoticeState::Unknown];
                if unsure.contains(&contact.state) {
                    on_the_way.insert(contact.case);
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
            on_the_way,
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
