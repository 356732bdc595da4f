//! The debtor's page: what a link opens, and the answers a debtor gives by it.
//!
//! A link is a capability, not a sign-in: it shows what the notice that carried
//! it was about and takes an answer to it. Reading changes nothing. Each answer
//! silences the machine at once and is journalled as said by the holder of
//! that link, which is all that is known about who said it.

use duewell_documents::Creditor;
use duewell_domain::debtor::{Channel, Consent, ContactPoint, PartyKind};
use duewell_domain::hold::{Hold, HoldReason};
use duewell_domain::id::{DebtorId, HoldId, NoticeId, PlanId, ReceivableId};
use duewell_domain::link::Link;
use duewell_domain::money::Money;
use duewell_domain::plan::{PlanPolicy, Terms, quote};
use duewell_domain::receivable::ReceivableState;
use duewell_store::debtor::PlacedHold;
use duewell_store::journal::Journal;
use duewell_store::plan::PlanState;
use duewell_store::receivable::Receivable;
use duewell_store::{Tx, debtor, journal, link, payment, receivable};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use crate::desk::Desk;
use crate::error::EngineError;
use crate::hold::{journal_about, set_consent_in};
use crate::look::{Cases, look_today};
use crate::plan::{self, PortalPlan, Quote};

/// Days that a bank may take to show a promised or claimed payment.
const BANK_DAYS: i64 = 3;
/// For so long nobody is reminded after "I have paid".
const CLAIM_DAYS: i64 = 7;
/// Promises a debtor may make on the page while anything of that time is open; further ones a person takes.
const PROMISES_MAX: usize = 2;
/// Promises and claims of so many days count.
const COUNTED_DAYS: i64 = 90;
/// Payments of so many days are shown, and no more than so many.
const PAID_DAYS: i64 = 90;
const PAID_MAX: i64 = 20;
/// Characters of what a debtor may write.
pub const WORDS_MAX: usize = 2_000;

/// Why a link opens nothing. All three look alike to a guesser; a person is told which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Not made by us, for another book, or about nobody.
    Unknown,
    /// Its time is over.
    Expired,
    /// Links of this debtor were taken back.
    Revoked,
}

/// A link that was recognised.
#[derive(Clone, Copy, Debug)]
pub struct Opened {
    pub debtor: DebtorId,
    pub notice: NoticeId,
}

impl Opened {
    /// Names the holder of the link in the journal.
    fn actor(&self) -> String {
        format!("link:{}", self.notice)
    }
}

/// Makes the address of a debtor's page for one notice; `None` while no address of the server is set.
pub(crate) fn link_for(desk: &Desk, debtor: DebtorId, notice: NoticeId, decided_on: Date) -> Option<String> {
    let base = desk.settings.portal_url.trim_end_matches('/');
    let key = desk.link_key.as_ref().filter(|_| !base.is_empty())?;
    let ends_on = decided_on.saturating_add(i64::from(desk.settings.link_days).days());
    let token = key.seal(&Link { book: desk.book.id, debtor, notice, ends_on });
    Some(format!("{base}/p/{token}"))
}

/// Makes a link for a person to hand over, outside any notice, and says so in the journal.
pub fn hand_out_link(desk: &Desk, id: DebtorId, actor: &str) -> Result<String, EngineError> {
    let notice: NoticeId = desk.id();
    let link = link_for(desk, id, notice, desk.today()).ok_or_else(|| {
        EngineError::Refused("the address of the debtors' pages (`portal_url`) is not set".to_owned())
    })?;
    desk.store.write(|tx| {
        let mut journal = Journal::open(tx, desk.book.id, desk.now())?;
        known(tx, desk, id)?;
        let payload = serde_json::json!({ "link": notice }).to_string().into_bytes();
        journal_about(&mut journal, tx, desk, id, "link.made", actor, payload)?;
        journal.flush(tx)?;
        Ok::<_, EngineError>(())
    })?;
    Ok(link)
}

/// Takes back every link a debtor was sent so far.
pub fn end_links(desk: &Desk, id: DebtorId, actor: &str) -> Result<(), EngineError> {
    let newest: NoticeId = desk.id();
    desk.store.write(|tx| {
        let mut journal = Journal::open(tx, desk.book.id, desk.now())?;
        known(tx, desk, id)?;
        link::put_end(tx, desk.book.id, id, newest, desk.now())?;
        journal_about(&mut journal, tx, desk, id, "link.ended", actor, Vec::new())?;
        journal.flush(tx)?;
        Ok(())
    })
}

/// Recognises the secret part of a link.
pub fn open_link(desk: &Desk, token: &str) -> Result<Result<Opened, Closed>, EngineError> {
    match read_link(desk, token) {
        Ok(opened) => desk.store.read(|tx| still_open(tx, desk, opened)),
        Err(closed) => Ok(Err(closed)),
    }
}

/// Reads a link without the database: guessing costs a hash and no connection.
fn read_link(desk: &Desk, token: &str) -> Result<Opened, Closed> {
    let found = desk.link_key.as_ref().and_then(|key| key.open(token));
    let found = found.filter(|link| link.book == desk.book.id).ok_or(Closed::Unknown)?;
    if found.ends_on < desk.today() {
        return Err(Closed::Expired);
    }
    Ok(Opened { debtor: found.debtor, notice: found.notice })
}

fn still_open(tx: &mut Tx<'_>, desk: &Desk, opened: Opened) -> Result<Result<Opened, Closed>, EngineError> {
    let end = link::load_end(tx, desk.book.id, opened.debtor)?;
    Ok(if end.is_some_and(|newest| opened.notice <= newest) { Err(Closed::Revoked) } else { Ok(opened) })
}

/// One receivable on the debtor's page.
#[derive(Clone, Debug)]
pub struct Item {
    pub id: ReceivableId,
    pub number: String,
    pub description: String,
    pub due_on: Date,
    pub amount: Money,
    pub open: Money,
    /// What to write into the transfer for this one alone.
    pub reference: String,
    pub is_overdue: bool,
    pub is_disputed: bool,
    /// The plan that runs and has this as an installment.
    pub plan: Option<PlanId>,
}

/// Everything the debtor's page shows.
#[derive(Clone, Debug)]
pub struct PortalPage {
    pub opened: Opened,
    /// As the page greets: a company's name, or a person's first name with an initial, because links are forwarded.
    pub greeting: String,
    pub language: Option<String>,
    pub creditor: Creditor,
    pub today: Date,
    /// Open receivables, oldest due date first.
    pub items: Vec<Item>,
    /// What is open in each currency.
    pub totals: Vec<Money>,
    /// The reference under which one transfer pays everything (ISO 11649).
    pub reference: String,
    /// Payments of the last three months, newest first.
    pub paid: Vec<(Date, Money)>,
    /// The day of a promise in force.
    pub promised_on: Option<Date>,
    /// The debtor said that it is paid and the bank's file is awaited.
    pub says_paid: bool,
    /// The last day that may be promised; none when a person must be asked.
    pub may_promise_until: Option<Date>,
    /// "I have paid" is taken here; if not, a person must be asked.
    pub may_say_paid: bool,
    /// There is an e-mail address that could be declined.
    pub has_email: bool,
    /// E-mail was declined.
    pub is_quiet: bool,
    /// Plans that run, and plans that were offered and wait for a yes.
    pub plans: Vec<PortalPlan>,
    /// The debtor may choose a plan here.
    pub may_plan: bool,
    /// The bounds of plans of this debtor.
    pub plan_policy: PlanPolicy,
}

/// Loads the debtor's page behind a link.
pub fn page(desk: &Desk, token: &str) -> Result<Result<PortalPage, Closed>, EngineError> {
    Ok(page_unless(desk, token, |_| false)?
        .map(|loaded| loaded.page.expect("a page that nobody knows is loaded")))
}

/// The debtor's page with its version; without the page where the caller knows that version.
pub struct Versioned {
    /// The newest event about the debtor.
    pub head: Option<i64>,
    pub page: Option<PortalPage>,
}

/// Loads the debtor's page behind a link, unless the caller knows it by the newest event about its debtor: as long as
/// that is the same, the page is.
pub fn page_unless(
    desk: &Desk,
    token: &str,
    is_known: impl Fn(Option<i64>) -> bool,
) -> Result<Result<Versioned, Closed>, EngineError> {
    let opened = match read_link(desk, token) {
        Ok(opened) => opened,
        Err(closed) => return Ok(Err(closed)),
    };
    desk.store.read(|tx| {
        if let Err(closed) = still_open(tx, desk, opened)? {
            return Ok(Err(closed));
        }
        let head = journal::load_last_seq(tx, desk.book.id, opened.debtor)?;
        if is_known(head) {
            return Ok(Ok(Versioned { head, page: None }));
        }
        Ok(load_page(tx, desk, opened)?.map(|page| Versioned { head, page: Some(page) }))
    })
}

fn load_page(
    tx: &mut Tx<'_>,
    desk: &Desk,
    opened: Opened,
) -> Result<Result<PortalPage, Closed>, EngineError> {
    let (book, id, today) = (desk.book.id, opened.debtor, desk.today());
    let Some(found) = debtor::load_debtors(tx, book, &[id])?.remove(&id) else {
        return Ok(Err(Closed::Unknown));
    };
    let mut open = receivable::load_open(tx, book, &[id])?.remove(&id).unwrap_or_default();
    open.sort_unstable_by_key(|one| (one.due_on, one.id));
    let holds = debtor::holds_of_debtor(tx, book, id)?;
    let points = debtor::load_contact_points(tx, book, &[id])?.remove(&id).unwrap_or_default();
    let since = today.saturating_sub(PAID_DAYS.days());
    let mut paid = payment::list_received(tx, book, id, PAID_MAX)?;
    paid.retain(|(day, money)| *day >= since && money.is_positive());
    let mut totals: Vec<Money> = Vec::new();
    for one in &open {
        match totals.iter_mut().find(|total| total.currency == one.open.currency) {
            Some(total) => *total = total.plus(one.open)?,
            None => totals.push(one.open),
        }
    }
    let in_force: Vec<&PlacedHold> =
        holds.iter().filter(|one| one.released_at.is_none() && one.hold.is_in_force_on(today)).collect();
    let of = |reason: HoldReason| in_force.iter().find(|one| one.hold.reason == reason);
    let is_disputed = |item: &Receivable| {
        in_force.iter().any(|one| {
            one.hold.reason == HoldReason::Dispute && one.hold.receivable.is_none_or(|held| held == item.id)
        })
    };
    let plans = plan::portal_plans(tx, desk, id, &open)?;
    let plan_of = |item: &Receivable| {
        let has = |one: &&PortalPlan| one.receivables.iter().any(|(_, other)| other.id == item.id);
        plans.iter().find(has).map(|one| one.plan.id)
    };
    let contested = in_force.iter().any(|one| one.hold.reason == HoldReason::Dispute);
    let policy = desk.settings.plans.of_segment(found.segment.as_deref());
    let may_plan = match totals.as_slice() {
        [total] if !contested && plans.is_empty() && !open.iter().any(plan::is_installment) => {
            !policy.offers(total.currency, total.minor, today)?.is_empty()
        }
        _ => false,
    };
    let items = open
        .iter()
        .map(|one| Item {
            id: one.id,
            number: one.number.clone(),
            description: one.description.clone(),
            due_on: one.due_on,
            amount: one.amount,
            open: one.open,
            reference: one.reference.clone(),
            is_overdue: one.due_on < today,
            is_disputed: is_disputed(one),
            plan: plan_of(one),
        })
        .collect();
    Ok(Ok(PortalPage {
        opened,
        greeting: greeting(found.kind, &found.name),
        reference: found.reference(),
        language: found.language,
        creditor: desk.settings.creditor.clone(),
        today,
        items,
        totals,
        paid,
        promised_on: of(HoldReason::Promise).and_then(|one| promised_day(one)),
        says_paid: of(HoldReason::PaymentClaimed).is_some(),
        may_promise_until: may_promise_until(desk, &holds, today),
        may_say_paid: may_say_paid(&holds, today),
        has_email: points.iter().any(|point| point.channel == Channel::Email),
        is_quiet: is_quiet(&points),
        plans,
        may_plan,
        plan_policy: policy.clone(),
    }))
}

/// A promise's hold lasts until the bank may have shown the money.
fn promised_day(hold: &PlacedHold) -> Option<Date> {
    hold.hold.until_on?.checked_sub(BANK_DAYS.days()).ok()
}

fn is_quiet(points: &[ContactPoint]) -> bool {
    let mut emails = points.iter().filter(|point| point.channel == Channel::Email).peekable();
    emails.peek().is_some() && emails.all(|point| point.consent == Consent::Refused)
}

/// Says until when a further promise may reach: not while one is in force, and not again and again.
fn may_promise_until(desk: &Desk, holds: &[PlacedHold], today: Date) -> Option<Date> {
    let since = today.saturating_sub(COUNTED_DAYS.days());
    let promises: Vec<&PlacedHold> = holds
        .iter()
        .filter(|one| one.hold.reason == HoldReason::Promise && one.hold.from_on >= since)
        .collect();
    let in_force = promises.iter().any(|one| one.released_at.is_none() && one.hold.is_in_force_on(today));
    if in_force || promises.len() >= PROMISES_MAX || desk.settings.promise_days_max == 0 {
        return None;
    }
    today.checked_add(i64::from(desk.settings.promise_days_max).days()).ok()
}

/// Says whether a further "I have paid" is taken without a person: not again and again.
fn may_say_paid(holds: &[PlacedHold], today: Date) -> bool {
    let since = today.saturating_sub(COUNTED_DAYS.days());
    let claims =
        holds.iter().filter(|one| one.hold.reason == HoldReason::PaymentClaimed && one.hold.from_on >= since);
    claims.count() < PROMISES_MAX
}

/// A link may be forwarded: a person's family name is not on its page.
fn greeting(kind: PartyKind, name: &str) -> String {
    match kind {
        PartyKind::Company => name.to_owned(),
        PartyKind::Person => {
            // Lists also write `Petersen, Jule`.
            let (given, family) = match name.split_once(',') {
                Some((family, given)) if !given.trim().is_empty() => (given, family),
                _ => name.trim().rsplit_once(char::is_whitespace).unwrap_or(("", name)),
            };
            let given = given.split_whitespace().next();
            let initial = family.trim().chars().next();
            let words = given.map(str::to_owned).into_iter().chain(initial.map(|first| format!("{first}.")));
            words.collect::<Vec<_>>().join(" ")
        }
    }
}

#[derive(Serialize)]
struct AnswerPayload<'a> {
    link: NoticeId,
    #[serde(skip_serializing_if = "Option::is_none")]
    hold: Option<HoldId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receivable: Option<ReceivableId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<Date>,
    #[serde(skip_serializing_if = "str::is_empty")]
    note: &'a str,
}

/// What a debtor answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// "I will pay on …"
    Promise { on: Date },
    /// "I have paid", on a day if the debtor says which.
    Paid { on: Option<Date>, note: String },
    /// "This is wrong": one receivable, or all.
    Dispute { receivable: Option<ReceivableId>, note: String },
    /// "No more e-mail about this".
    Quiet,
}

/// Takes a debtor's answer: journalled, and the machine is silent at once as far as the answer asks for it.
///
/// The same answer again while the first is in force changes nothing.
pub fn answer(desk: &Desk, opened: Opened, answer: &Answer) -> Result<(), EngineError> {
    let (book, id, now, today) = (desk.book.id, opened.debtor, desk.now(), desk.today());
    let actor = opened.actor();
    let refused = |why: &str| Err(EngineError::Refused(why.to_owned()));
    desk.store.write(|tx| {
        let mut journal = Journal::open(tx, book, now)?;
        known(tx, desk, id)?;
        let holds = debtor::holds_of_debtor(tx, book, id)?;
        let in_force = |reason: HoldReason, receivable: Option<ReceivableId>| {
            holds.iter().any(|one| {
                one.released_at.is_none()
                    && one.hold.is_in_force_on(today)
                    && one.hold.reason == reason
                    && one.hold.receivable == receivable
            })
        };
        let (kind, reason, receivable, until_on, on, note) = match answer {
            Answer::Promise { on } => {
                let promised = holds.iter().any(|one| {
                    one.released_at.is_none()
                        && one.hold.is_in_force_on(today)
                        && one.hold.reason == HoldReason::Promise
                        && promised_day(one) == Some(*on)
                });
                if promised {
                    return Ok(());
                }
                let Some(last) = may_promise_until(desk, &holds, today) else {
                    return refused("a further promise is for a person to take: please call");
                };
                if *on < today || *on > last {
                    return refused("the day is not one that can be promised here");
                }
                let until = on.checked_add(BANK_DAYS.days()).ok();
                ("debtor.promised", HoldReason::Promise, None, until, Some(*on), "")
            }
            Answer::Paid { on, note } => {
                if in_force(HoldReason::PaymentClaimed, None) {
                    return Ok(());
                }
                if on.is_some_and(|day| day > today) {
                    return refused("a payment that was made lies not in the future");
                }
                if !may_say_paid(&holds, today) {
                    return refused("a further statement of payment is for a person to take: please call");
                }
                let until = today.checked_add(CLAIM_DAYS.days()).ok();
                ("debtor.says_paid", HoldReason::PaymentClaimed, None, until, *on, note.as_str())
            }
            Answer::Dispute { receivable, note } => {
                if let Some(wanted) = receivable {
                    let own = receivable::load_receivable(tx, book, id, *wanted)?;
                    if own.is_none_or(|one| one.state != ReceivableState::Open) {
                        return Err(EngineError::NotFound("open receivable", wanted.to_string()));
                    }
                }
                // What is disputed as a whole is disputed in each of its parts.
                if in_force(HoldReason::Dispute, *receivable) || in_force(HoldReason::Dispute, None) {
                    return Ok(());
                }
                if note.trim().is_empty() {
                    return refused("a dispute needs words: what is wrong");
                }
                ("debtor.disputed", HoldReason::Dispute, *receivable, None, None, note.as_str())
            }
            Answer::Quiet => {
                let points = debtor::load_contact_points(tx, book, &[id])?.remove(&id).unwrap_or_default();
                if is_quiet(&points) {
                    return Ok(());
                }
                set_consent_in(tx, desk, &mut journal, id, None, Consent::Refused, "by the link", &actor)?;
                look_today(tx, desk, [id], Cases::All)?;
                journal.flush(tx)?;
                return Ok(());
            }
        };
        let note = plain_words(note);
        let hold = Hold { id: desk.id(), receivable, reason, from_on: today, until_on };
        debtor::insert_hold(tx, book, id, &hold, &note, now)?;
        let payload = AnswerPayload { link: opened.notice, hold: Some(hold.id), receivable, on, note: &note };
        journal_about(&mut journal, tx, desk, id, kind, &actor, serde_json::to_vec(&payload)?)?;
        look_today(tx, desk, [id], Cases::All)?;
        journal.flush(tx)?;
        Ok(())
    })
}

/// How a debtor said yes who said it on the page.
pub const ON_THEIR_PAGE: &str = "on their page";

/// Returns the plans a debtor may choose from behind a link.
pub fn offers(desk: &Desk, opened: Opened) -> Result<Vec<Quote>, EngineError> {
    plan::offers(desk, opened.debtor)
}

/// Takes a debtor's yes to one of the plans they may choose from, as it was shown.
pub fn agree(desk: &Desk, opened: Opened, terms: &Terms) -> Result<PlanId, EngineError> {
    plan::agree_offered(desk, opened.debtor, terms, ON_THEIR_PAGE, &opened.actor())
}

/// Takes a debtor's yes to a plan that was offered to them.
pub fn accept(desk: &Desk, opened: Opened, id: PlanId) -> Result<(), EngineError> {
    let own = plan::plans_of(desk, opened.debtor)?.into_iter().find(|one| one.id == id);
    let found = own.ok_or_else(|| EngineError::NotFound("plan", id.to_string()))?;
    // The same yes again changes nothing.
    if found.state == PlanState::Active {
        return Ok(());
    }
    let first_due_on = quote(&found.terms)?.next_open().map(|row| row.due_on);
    if first_due_on.is_none_or(|day| day < desk.today()) {
        return Err(EngineError::Refused("the offer's first day has passed: a new one is needed".to_owned()));
    }
    plan::accept_plan(desk, id, ON_THEIR_PAGE, &opened.actor())
}

/// Keeps what was written and drops what no keyboard writes; PostgreSQL takes no NUL in a text.
fn plain_words(text: &str) -> String {
    let written = text.trim().chars().filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t'));
    written.take(WORDS_MAX).collect()
}

/// Adds what a person wrote about a debtor to the debtor's story.
pub fn add_note(desk: &Desk, id: DebtorId, note: &str, actor: &str) -> Result<(), EngineError> {
    let note: String = note.trim().chars().take(WORDS_MAX * 4).collect();
    if note.is_empty() {
        return Err(EngineError::Refused("a note needs words".to_owned()));
    }
    desk.store.write(|tx| {
        let mut journal = Journal::open(tx, desk.book.id, desk.now())?;
        known(tx, desk, id)?;
        let payload = serde_json::json!({ "note": note }).to_string().into_bytes();
        journal_about(&mut journal, tx, desk, id, "note.added", actor, payload)?;
        journal.flush(tx)?;
        Ok(())
    })
}

fn known(tx: &mut Tx<'_>, desk: &Desk, id: DebtorId) -> Result<(), EngineError> {
    crate::hold::known(tx, desk, id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_greeted_without_the_family_name() {
        for (name, expected) in [
            ("Jule Petersen", "Jule P."),
            ("Jule Marie  Petersen ", "Jule P."),
            ("Petersen, Jule", "Jule P."),
            ("van der Berg, Jan Pieter", "Jan v."),
            ("Petersen,", "P."),
            ("Petersen", "P."),
            ("Łukasz Żak", "Łukasz Ż."),
            (" ", ""),
        ] {
            assert_eq!(greeting(PartyKind::Person, name), expected, "{name}");
        }
        assert_eq!(greeting(PartyKind::Company, "Petersen, Jule & Co."), "Petersen, Jule & Co.");
    }
}
