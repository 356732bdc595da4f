//! Where the business stands: aging, one debtor's account and story, why nothing was sent.

use duewell_domain::debtor::ContactPoint;
use duewell_domain::dunning::{self, Case, NotDone, Notify, Reason, Rules};
use duewell_domain::hold::Hold;
use duewell_domain::id::DebtorId;
use duewell_domain::money::Money;
use duewell_domain::receivable::{OpenReceivable, ReceivableState};
use duewell_store::debtor::{Debtor, PlacedHold};
use duewell_store::notice::{Notice, NoticeState};
use duewell_store::payment::Payment;
use duewell_store::receivable::{Aging, Receivable};
use duewell_store::{case, debtor, journal, notice, payment, receivable};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::daily::case_facts;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::facts::{Facts, Staleness, money_is_stale};

/// Open money by days past due, one row per currency.
pub fn aging(desk: &Desk) -> Result<Vec<Aging>, EngineError> {
    let today = desk.today();
    desk.store.read(|tx| Ok(receivable::load_aging(tx, desk.book.id, today)?))
}

/// How the book stands, in counts.
#[derive(Clone, Debug, Serialize)]
pub struct Standing {
    pub today: Date,
    pub debtors: i64,
    pub cases_due: i64,
    pub payments_waiting: i64,
    pub notices: Vec<(String, i64)>,
    pub waiting: Vec<(String, i64)>,
    pub newest_statement: Option<Timestamp>,
    pub events: i64,
}

/// Counts what the book holds.
pub fn standing(desk: &Desk) -> Result<Standing, EngineError> {
    let today = desk.today();
    desk.store.read(|tx| {
        let book = desk.book.id;
        Ok(Standing {
            today,
            debtors: debtor::count_debtors(tx, book)?,
            cases_due: case::count_due(tx, book, today)?,
            payments_waiting: payment::count_queue(tx, book)?,
            notices: notice::count_states(tx, book)?
                .into_iter()
                .map(|(state, count)| (state.as_str().to_owned(), count))
                .collect(),
            waiting: case::count_waiting(tx, book)?
                .into_iter()
                .map(|(reason, count)| (reason.code(), count))
                .collect(),
            newest_statement: payment::newest_statement_at(tx, book)?,
            events: journal::journal_size(tx, book)?,
        })
    })
}

/// Finds a debtor by id, number or name; a name that fits several is refused with the choices.
pub fn find_debtor(desk: &Desk, text: &str) -> Result<DebtorId, EngineError> {
    desk.store.read(|tx| {
        let book = desk.book.id;
        if let Ok(id) = text.parse::<DebtorId>() {
            return match debtor::load_debtors(tx, book, &[id])?.is_empty() {
                false => Ok(id),
                true => Err(EngineError::NotFound("debtor", text.to_owned())),
            };
        }
        if let Some(id) = debtor::find_debtor_ids(tx, book, &[text])?.remove(text) {
            return Ok(id);
        }
        let found = debtor::search_debtors(tx, book, text, 6)?;
        match found.as_slice() {
            [] => Err(EngineError::NotFound("debtor", text.to_owned())),
            [one] => Ok(one.id),
            several => {
                let names: Vec<String> =
                    several.iter().take(5).map(|one| format!("{} ({})", one.name, one.external_id)).collect();
                Err(EngineError::Refused(format!(
                    "`{text}` fits several debtors: {}; use the number",
                    names.join(", ")
                )))
            }
        }
    })
}

/// Lists debtors by a word of their name.
pub fn search(desk: &Desk, text: &str, limit: i64) -> Result<Vec<Debtor>, EngineError> {
    desk.store.read(|tx| Ok(debtor::search_debtors(tx, desk.book.id, text, limit)?))
}

/// Everything about one debtor.
pub struct Account {
    pub debtor: Debtor,
    pub contact_points: Vec<ContactPoint>,
    pub receivables: Vec<Receivable>,
    pub payments: Vec<Payment>,
    pub holds: Vec<Hold>,
    pub cases: Vec<Case>,
    pub notices: Vec<Notice>,
    /// Answers to "what happens next, and why not more", one per case.
    pub outlook: Vec<Outlook>,
}

/// What would happen for a case if the day were run now.
#[derive(Clone, Debug)]
pub struct Outlook {
    pub case: Case,
    pub notify: Option<Notify>,
    pub not_done: Option<NotDone>,
}

/// Loads everything about one debtor.
pub fn account(desk: &Desk, id: DebtorId) -> Result<Account, EngineError> {
    let (now, today) = (desk.now(), desk.today());
    desk.store.read(|tx| {
        let book = desk.book.id;
        let debtor = debtor::load_debtors(tx, book, &[id])?
            .remove(&id)
            .ok_or_else(|| EngineError::NotFound("debtor", id.to_string()))?;
        let mut facts = Facts::load(tx, desk, &[id], now)?;
        let stale = matches!(money_is_stale(tx, desk, now)?, Staleness::Stale { .. });
        let receivables = receivable::load_receivables(tx, book, &[id])?;
        let mut cases: Vec<Case> = case::load_cases(tx, book, &[id])?.into_values().collect();
        cases.sort_unstable_by_key(|case| case.currency);
        let zones = facts.zones(desk, id);
        let is_holiday = |day: Date| desk.is_holiday(day);
        let rules = Rules {
            scenario: &desk.scenario,
            policy: &desk.settings.contact_policy,
            is_holiday: &is_holiday,
            today,
            now,
        };
        let mut outlook = Vec::new();
        for case in &cases {
            let open: Vec<OpenReceivable> = receivables
                .iter()
                .filter(|one| one.state == ReceivableState::Open && one.amount.currency == case.currency)
                .map(Receivable::facts)
                .collect();
            let mut case_facts = case_facts(case, &facts, &open, &zones);
            case_facts.money_is_stale = stale;
            let decision = dunning::decide(&case_facts, &rules)?;
            outlook.push(Outlook {
                case: case.clone(),
                notify: decision.notify,
                not_done: decision.not_done,
            });
        }
        Ok(Account {
            payments: payment::payments_of_debtor(tx, book, id)?,
            holds: facts.holds.remove(&id).unwrap_or_default(),
            contact_points: facts.contact_points.remove(&id).unwrap_or_default(),
            notices: notice::notices_of_debtor(tx, book, id)?,
            debtor,
            receivables,
            cases,
            outlook,
        })
    })
}

impl Account {
    /// Adds up what is open, per currency.
    pub fn open(&self) -> Result<Vec<Money>, EngineError> {
        let mut totals: Vec<Money> = Vec::new();
        for receivable in self.receivables.iter().filter(|one| one.state == ReceivableState::Open) {
            match totals.iter_mut().find(|total| total.currency == receivable.open.currency) {
                Some(total) => *total = total.plus(receivable.open)?,
                None => totals.push(receivable.open),
            }
        }
        Ok(totals)
    }
}

/// Says in a sentence why nothing is sent in a case now, or what will be.
pub fn outlook_words(outlook: &Outlook) -> String {
    match (&outlook.notify, &outlook.not_done) {
        (Some(notify), _) => {
            format!(
                "{}: a {} notice over {} would be sent",
                outlook.case.currency,
                notify.kind.as_str(),
                notify.total
            )
        }
        (None, Some(refused)) => {
            let until = refused
                .until
                .or(outlook.case.next_event_on)
                .map_or(String::new(), |day| format!("; next look on {day}"));
            format!("{}: nothing is sent: {}{until}", outlook.case.currency, refused.because.words())
        }
        (None, None) => format!("{}: {}", outlook.case.currency, Reason::NotYet.words()),
    }
}

/// Lists cases in which all steps are done, so that a person decides.
pub fn finished_cases(desk: &Desk, limit: i64) -> Result<Vec<(Debtor, Case)>, EngineError> {
    desk.store.read(|tx| {
        let cases = case::list_finished(tx, desk.book.id, limit)?;
        let ids: Vec<DebtorId> = cases.iter().map(|case| case.debtor).collect();
        let mut debtors = debtor::load_debtors(tx, desk.book.id, &ids)?;
        Ok(cases.into_iter().filter_map(|case| Some((debtors.remove(&case.debtor)?, case))).collect())
    })
}

/// Lists notices in one state, with their debtors' names.
pub fn notices_in_state(
    desk: &Desk,
    state: NoticeState,
    limit: i64,
) -> Result<Vec<(Option<Debtor>, Notice)>, EngineError> {
    desk.store.read(|tx| {
        let notices = notice::list_in_state(tx, desk.book.id, state, limit)?;
        let ids: Vec<DebtorId> = notices.iter().map(|notice| notice.debtor).collect();
        let debtors = debtor::load_debtors(tx, desk.book.id, &ids)?;
        Ok(notices.into_iter().map(|notice| (debtors.get(&notice.debtor).cloned(), notice)).collect())
    })
}

/// Lists all holds of a debtor with their notes, newest first.
pub fn holds(desk: &Desk, id: DebtorId) -> Result<Vec<PlacedHold>, EngineError> {
    desk.store.read(|tx| Ok(debtor::holds_of_debtor(tx, desk.book.id, id)?))
}
