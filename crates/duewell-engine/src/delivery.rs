//! Delivery: takes notices whose hour has come, asks again whether they may leave, and sends each once.
//!
//! Per message: one transaction leases the notice and journals the attempt with
//! the exact bytes; then the bytes leave; the next transaction journals the
//! outcome. What dies in between leaves a lease that runs out: the outcome is
//! then unknown, shown as unknown, and never silently sent again.

use std::collections::BTreeMap;

use duewell_documents::{Notice as Text, parts};
use duewell_domain::debtor::ContactPoint;
use duewell_domain::dunning::{Asked, Reason, Rules, SendFacts, SendVerdict, may_send};
use duewell_domain::id::DebtorId;
use duewell_domain::money::Money;
use duewell_gateways::{Envelope, Mail, MailGateway, Mailbox, Outcome, compose};
use duewell_store::journal::{self, Event, Journal};
use duewell_store::notice::{self, Notice, NoticeState};
use duewell_store::{Tx, case, debtor, receivable};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::daily::opt_out_address;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::facts::{Facts, Staleness, Stated, money_is_stale};
use crate::portal::link_for;

const ACTOR: &str = "system:deliver";
/// Waiting times between attempts after temporary failures; then the notice has failed.
const BACK_OFF_MINUTES: [i64; 7] = [1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60];
/// An attempt that has not reported back after this is lost.
const LEASE_MINUTES: i64 = 15;
/// Notices looked at in one transaction.
const LOOK: i64 = 50;

/// What a delivery run did.
#[derive(Clone, Debug, Default, Serialize, PartialEq, Eq)]
pub struct DeliverySummary {
    pub sent: u64,
    /// Temporary failures that will be tried again.
    pub postponed: u64,
    pub failed: u64,
    /// Notices that may or may not have left.
    pub unknown: u64,
    /// Notices taken back before sending, by reason.
    pub withdrawn: BTreeMap<String, u64>,
    /// Notices that wait for a better hour, by reason.
    pub waiting: BTreeMap<String, u64>,
    /// The mail server's last temporary answer.
    pub last_problem: Option<String>,
}

/// Sends what is due now; stops after `limit` attempts.
pub fn deliver(
    desk: &Desk,
    gateway: &mut dyn MailGateway,
    limit: u64,
    progress: &mut dyn FnMut(&DeliverySummary),
) -> Result<DeliverySummary, EngineError> {
    let mut summary = DeliverySummary::default();
    summary.unknown += desk.store.write(|tx| recover(tx, desk, gateway))?;
    let mut outcome: Option<(Notice, Outcome)> = None;
    let mut attempts = 0;
    loop {
        let last = attempts >= limit;
        let step = desk.store.write(|tx| {
            let recorded = match &outcome {
                Some((notice, outcome)) => Some(record(tx, desk, notice, outcome)?),
                None => None,
            };
            let next = if last { Next::default() } else { pick(tx, desk)? };
            Ok::<_, EngineError>((recorded, next))
        })?;
        let (recorded, next) = step;
        match recorded {
            Some(NoticeState::Sent) => summary.sent += 1,
            Some(NoticeState::Failed) => summary.failed += 1,
            Some(NoticeState::Unknown) => summary.unknown += 1,
            Some(NoticeState::Pending) => {
                summary.postponed += 1;
                if let Some((_, Outcome::Temporary { reason })) = &outcome {
                    summary.last_problem = Some(reason.clone());
                }
            }
            Some(NoticeState::Sending | NoticeState::Withdrawn) | None => {}
        }
        for (reason, count) in next.withdrawn {
            *summary.withdrawn.entry(reason).or_default() += count;
        }
        for (reason, count) in next.waiting {
            *summary.waiting.entry(reason).or_default() += count;
        }
        progress(&summary);
        outcome = match next.attempt {
            Some(attempt) => {
                attempts += 1;
                let result = gateway.send(&attempt.envelope, &attempt.bytes);
                Some((attempt.notice, result))
            }
            None if next.looked => None,
            None => return Ok(summary),
        };
    }
}

#[derive(Default)]
struct Next {
    attempt: Option<Attempt>,
    /// Something was looked at: there may be more.
    looked: bool,
    withdrawn: BTreeMap<String, u64>,
    waiting: BTreeMap<String, u64>,
}

struct Attempt {
    notice: Notice,
    envelope: Envelope,
    bytes: Vec<u8>,
}

#[derive(Serialize)]
struct StatePayload<'a> {
    notice: String,
    state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'a str>,
    attempt: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt_at: Option<Timestamp>,
}

/// The parts of a decided notice that delivery needs.
#[derive(Deserialize)]
struct DecidedText {
    to: String,
    language: String,
    subject: String,
    body: String,
}

/// Settles attempts that never reported back.
///
/// Some gateways can say whether they took the message; elsewhere the outcome is unknown and a person decides.
fn recover(tx: &mut Tx<'_>, desk: &Desk, gateway: &dyn MailGateway) -> Result<u64, EngineError> {
    let (now, today) = (desk.now(), desk.today());
    // With the book's only writer restarted, no attempt can still be under way: do not wait for the lease.
    let until = if (desk.is_alone)() { Timestamp::MAX } else { now };
    let mut settled = notice::list_stranded(tx, desk.book.id, until, 10_000)?;
    if settled.is_empty() {
        return Ok(0);
    }
    let mut journal = Journal::open(tx, desk.book.id, now)?;
    journal.load_subjects(tx, settled.iter().map(|notice| notice.debtor))?;
    let mut unknown = 0;
    for notice in &mut settled {
        match gateway.was_taken(&message_id(desk, notice)) {
            Some(true) => {
                notice.state = NoticeState::Sent;
                notice.sent_at = Some(now);
                notice.because = None;
                keep_distance(tx, desk, notice, today)?;
            }
            Some(false) => {
                notice.state = NoticeState::Pending;
                notice.send_at = now;
            }
            None => {
                unknown += 1;
                notice.state = NoticeState::Unknown;
                notice.because = Some("the attempt was interrupted: it may or may not have left".to_owned());
            }
        }
        journal_state(&mut journal, desk, now, notice, "notice.interrupted", None, ACTOR)?;
    }
    notice::update_outcomes(tx, desk.book.id, &settled.iter().collect::<Vec<_>>())?;
    journal.flush(tx)?;
    Ok(unknown)
}

/// Returns the address in `From:`.
fn sender(desk: &Desk) -> &str {
    match desk.settings.sender_email.as_str() {
        "" => desk.settings.creditor.email.as_str(),
        address => address,
    }
}

/// Returns the one id of every attempt (RFC 5322, 3.6.4): the same notice again is the same message.
fn message_id(desk: &Desk, notice: &Notice) -> String {
    let domain = sender(desk).rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    format!("{}@{domain}", notice.id)
}

fn journal_state(
    journal: &mut Journal,
    desk: &Desk,
    now: Timestamp,
    notice: &Notice,
    kind: &str,
    answer: Option<&str>,
    actor: &str,
) -> Result<(), EngineError> {
    let payload = StatePayload {
        notice: notice.id.to_string(),
        state: notice.state.as_str(),
        because: notice.because.as_deref(),
        answer,
        attempt: notice.attempts,
        next_attempt_at: (notice.state == NoticeState::Pending).then_some(notice.send_at),
    };
    journal.append(Event {
        kind,
        subject: Some(notice.debtor),
        occurred_at: now,
        actor,
        rules: &desk.rules_text(),
        payload: serde_json::to_vec(&payload)?,
        salt: desk.salt(),
    });
    Ok(())
}

/// Finds the next notice that may leave, leases it and journals the attempt. Withdraws or
/// postpones what it meets on the way.
fn pick(tx: &mut Tx<'_>, desk: &Desk) -> Result<Next, EngineError> {
    let (now, today, book) = (desk.now(), desk.today(), desk.book.id);
    let mut next = Next::default();
    let pending = notice::list_pending(tx, book, now, LOOK)?;
    next.looked = !pending.is_empty();
    if pending.is_empty() {
        return Ok(next);
    }
    let mut debtors: Vec<DebtorId> = pending.iter().map(|notice| notice.debtor).collect();
    debtors.sort_unstable();
    debtors.dedup();
    let stale = matches!(money_is_stale(tx, desk, now)?, Staleness::Stale { .. });
    // Facts of all are cheap to load together; what comes after the first that may leave is looked at again next time.
    let mut facts = Facts::load(tx, desk, &debtors, now)?;
    let is_holiday = |day: Date| desk.is_holiday(day);
    let rules = Rules {
        scenario: &desk.scenario,
        policy: &desk.settings.contact_policy,
        is_holiday: &is_holiday,
        today,
        now,
    };
    let mut journal = Journal::open(tx, book, now)?;
    journal.load_subjects(tx, debtors.iter().copied())?;
    let mut changed: Vec<Notice> = Vec::new();
    for mut notice in pending {
        match verdict(desk, &mut facts, &notice, &rules, stale)? {
            SendVerdict::Send => {
                // Whatever becomes of it, this is the hour at which the debtor may have been contacted.
                notice.send_at = now;
                notice::lease_notices(tx, book, &[&notice], now + LEASE_MINUTES.minutes())?;
                notice.attempts += 1;
                notice.state = NoticeState::Sending;
                let attempt = write_mail(tx, desk, &facts, notice, now)?;
                journal.append(Event {
                    kind: "notice.attempt",
                    subject: Some(attempt.notice.debtor),
                    occurred_at: now,
                    actor: ACTOR,
                    rules: &desk.rules_text(),
                    payload: attempt.bytes.clone(),
                    salt: desk.salt(),
                });
                next.attempt = Some(attempt);
                break;
            }
            SendVerdict::Later { until, because } => {
                *next.waiting.entry(because.code()).or_default() += 1;
                notice.send_at = until.max(now + 1.minutes());
                notice.because = Some(because.code());
                changed.push(notice);
            }
            SendVerdict::Withdraw { because } => {
                *next.withdrawn.entry(because.code()).or_default() += 1;
                notice.state = NoticeState::Withdrawn;
                notice.because = Some(because.code());
                journal_state(&mut journal, desk, now, &notice, "notice.withdrawn", None, ACTOR)?;
                changed.push(notice);
            }
        }
    }
    notice::update_outcomes(tx, book, &changed.iter().collect::<Vec<_>>())?;
    for notice in changed.iter().filter(|notice| notice.state == NoticeState::Withdrawn) {
        step_back(tx, desk, notice, today)?;
    }
    journal.flush(tx)?;
    Ok(next)
}

fn verdict(
    desk: &Desk,
    facts: &mut Facts,
    notice: &Notice,
    rules: &Rules<'_>,
    stale: bool,
) -> Result<SendVerdict, EngineError> {
    let stated: Vec<Stated> = serde_json::from_str(&notice.items)?;
    let currency = notice.total.currency;
    let open = facts.open.get(&notice.debtor);
    let items: Vec<(Asked, Asked)> = stated
        .iter()
        .map(|&Stated(receivable, minor, due_on)| {
            let stated = Asked { receivable, open: Money::new(minor, currency), due_on };
            let now = match open.and_then(|all| all.iter().find(|one| one.id == receivable)) {
                Some(one) => Asked { receivable, open: one.open, due_on: one.due_on },
                None => Asked { open: Money::zero(currency), ..stated },
            };
            (now, stated)
        })
        .collect();
    let zones = facts.zones(desk, notice.debtor);
    let Some(to) = contact_point(facts, notice) else {
        return Ok(SendVerdict::Withdraw { because: Reason::NoAddress });
    };
    // What waits for a later hour, this notice included, has not contacted anyone yet.
    let nobody = Vec::new();
    let contacted = facts.reached.get(&notice.debtor).unwrap_or(&nobody);
    let empty = Vec::new();
    let send = SendFacts {
        items: &items,
        currency,
        holds: facts.holds.get(&notice.debtor).unwrap_or(&empty),
        to,
        zones: &zones,
        contacted_at: contacted,
        payment_waiting: facts.payment_waiting.contains(&notice.debtor),
        money_is_stale: stale,
    };
    Ok(may_send(&send, rules)?)
}

fn contact_point<'a>(facts: &'a Facts, notice: &Notice) -> Option<&'a ContactPoint> {
    facts.contact_points.get(&notice.debtor)?.iter().find(|point| point.id == notice.contact_point)
}

/// Writes the message: the decided text, unchanged, as mail to the address the decision named.
fn write_mail(
    tx: &mut Tx<'_>,
    desk: &Desk,
    facts: &Facts,
    notice: Notice,
    now: Timestamp,
) -> Result<Attempt, EngineError> {
    let payload = journal::load_payload(tx, desk.book.id, notice.journal_seq)?
        .ok_or_else(|| EngineError::NotFound("text of notice", notice.id.to_string()))?;
    let text: DecidedText = serde_json::from_slice(&payload)?;
    let creditor = &desk.settings.creditor;
    let sender = sender(desk);
    let debtor = facts.debtors.get(&notice.debtor);
    let written = Text { subject: text.subject, body: text.body };
    let both = parts(&written, &text.language);
    let own_link = link_for(desk, notice.debtor, notice.id, notice.decided_on);
    let mail = Mail {
        message_id: message_id(desk, &notice),
        date: now,
        from: Mailbox { name: creditor.name.clone(), email: sender.to_owned() },
        reply_to: (!creditor.email.is_empty() && creditor.email != sender)
            .then(|| Mailbox { name: creditor.name.clone(), email: creditor.email.clone() }),
        to: Mailbox {
            name: debtor.map(|debtor| debtor.name.clone()).unwrap_or_default(),
            email: text.to.clone(),
        },
        subject: written.subject,
        text: both.text,
        html: both.html,
        list_unsubscribe: debtor.and_then(|debtor| opt_out_address(desk, debtor, own_link.as_deref())),
    };
    let bytes = compose(&mail)?;
    let envelope = Envelope { from: sender.to_owned(), to: text.to };
    Ok(Attempt { notice, envelope, bytes })
}

/// Writes down what became of an attempt.
fn record(
    tx: &mut Tx<'_>,
    desk: &Desk,
    attempted: &Notice,
    outcome: &Outcome,
) -> Result<NoticeState, EngineError> {
    let (now, today, book) = (desk.now(), desk.today(), desk.book.id);
    let mut notice = attempted.clone();
    let answer = match outcome {
        Outcome::Accepted { response } => {
            notice.state = NoticeState::Sent;
            notice.sent_at = Some(now);
            notice.because = None;
            keep_distance(tx, desk, &notice, today)?;
            response
        }
        Outcome::Temporary { reason } => {
            match BACK_OFF_MINUTES.get(notice.attempts.max(1) as usize - 1) {
                Some(&minutes) => {
                    notice.state = NoticeState::Pending;
                    notice.send_at = now + SignedDuration::from_mins(minutes);
                }
                None => notice.state = NoticeState::Failed,
            }
            notice.because = Some(reason.clone());
            reason
        }
        Outcome::Permanent { reason } => {
            notice.state = NoticeState::Failed;
            notice.because = Some(reason.clone());
            debtor::set_failed(tx, book, notice.debtor, notice.contact_point, Some(now))?;
            reason
        }
        Outcome::Unknown { reason } => {
            notice.state = NoticeState::Unknown;
            notice.because = Some(reason.clone());
            reason
        }
    };
    let mut journal = Journal::open(tx, book, now)?;
    journal.load_subjects(tx, [notice.debtor])?;
    journal_state(&mut journal, desk, now, &notice, "notice.outcome", Some(answer), ACTOR)?;
    journal.flush(tx)?;
    notice::update_outcomes(tx, book, &[&notice])?;
    if notice.state == NoticeState::Failed {
        step_back(tx, desk, &notice, today)?;
    }
    Ok(notice.state)
}

/// Counts the case's distance between notices from the day on which this one left, if it left late.
fn keep_distance(tx: &mut Tx<'_>, desk: &Desk, notice: &Notice, today: Date) -> Result<(), EngineError> {
    if today <= notice.decided_on {
        return Ok(());
    }
    let key = (notice.debtor, notice.total.currency);
    let Some(mut case) = case::load_cases(tx, desk.book.id, &[notice.debtor])?.remove(&key) else {
        return Ok(());
    };
    case.last_notice_on = case.last_notice_on.max(Some(today));
    Ok(case::update_cases(tx, desk.book.id, &[case])?)
}

/// Gives a case its step back after a notice that never reached the debtor, from tomorrow on.
fn step_back(tx: &mut Tx<'_>, desk: &Desk, notice: &Notice, today: Date) -> Result<(), EngineError> {
    let book = desk.book.id;
    let key = (notice.debtor, notice.total.currency);
    let Some(mut case) = case::load_cases(tx, book, &[notice.debtor])?.remove(&key) else { return Ok(()) };
    let before_due = desk.scenario.steps.get(notice.step as usize).is_none_or(|step| step.offset_days <= 0);
    let others = notice::notices_of_debtor(tx, book, notice.debtor)?;
    case.last_notice_on = others
        .iter()
        .filter(|other| other.id != notice.id && other.case == case.id)
        .filter(|other| !matches!(other.state, NoticeState::Withdrawn | NoticeState::Failed))
        .map(|other| match other.sent_at {
            Some(at) => other.decided_on.max(at.to_zoned(desk.zone.clone()).date()),
            None => other.decided_on,
        })
        .max();
    if before_due {
        let stated: Vec<Stated> = serde_json::from_str(&notice.items)?;
        receivable::clear_announced(
            tx,
            book,
            notice.debtor,
            &stated.iter().map(|&Stated(id, ..)| id).collect::<Vec<_>>(),
        )?;
    } else if i64::from(case.cycle) == notice.cycle {
        // Only the newest step can be taken again: one after it would be repeated with it.
        let steps = desk.scenario.steps.iter().take(notice.step as usize + 1);
        let place = steps.filter(|step| step.offset_days > 0).count();
        if case.steps_done as usize == place {
            case.steps_done -= 1;
        }
    }
    let tomorrow = today.tomorrow().ok();
    case.next_event_on = match (case.next_event_on, tomorrow) {
        (Some(planned), Some(tomorrow)) => Some(planned.min(tomorrow)),
        (planned, tomorrow) => planned.or(tomorrow),
    };
    Ok(case::update_cases(tx, book, &[case])?)
}

/// Lets a person settle a notice whose outcome is unknown.
pub fn settle_unknown(
    desk: &Desk,
    debtor: DebtorId,
    id: duewell_domain::id::NoticeId,
    arrived: Arrived,
    actor: &str,
) -> Result<(), EngineError> {
    let (now, today, book) = (desk.now(), desk.today(), desk.book.id);
    desk.store.write(|tx| {
        let mut notice = notice::load_notice(tx, book, debtor, id)?
            .ok_or_else(|| EngineError::NotFound("notice", id.to_string()))?;
        if notice.state != NoticeState::Unknown {
            return Err(EngineError::Refused(format!(
                "notice {id} is {}: only an unknown outcome can be settled",
                notice.state.as_str()
            )));
        }
        match arrived {
            Arrived::Yes => {
                notice.state = NoticeState::Sent;
                notice.sent_at = Some(now);
                notice.because = Some("a person found that it arrived".to_owned());
                keep_distance(tx, desk, &notice, today)?;
            }
            Arrived::No => {
                notice.state = NoticeState::Withdrawn;
                notice.because = Some("a person found that it never arrived".to_owned());
            }
        }
        notice::update_outcomes(tx, book, &[&notice])?;
        let mut journal = Journal::open(tx, book, now)?;
        journal.load_subjects(tx, [debtor])?;
        journal_state(&mut journal, desk, now, &notice, "notice.settled", None, actor)?;
        journal.flush(tx)?;
        if notice.state == NoticeState::Withdrawn {
            step_back(tx, desk, &notice, today)?;
        }
        Ok(())
    })
}

/// What a person found out about a notice whose outcome was unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrived {
    Yes,
    /// It never arrived: the step will be done again.
    No,
}
