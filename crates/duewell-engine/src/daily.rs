//! The daily run: every case whose day has come gets one look, one decision and, if allowed, one notice.
//!
//! It selects "due on or before today and not done", so a missed day is caught
//! up, an interrupted run carries on, and a second run finds nothing to do.
//! Each chunk of cases is one transaction: facts, decisions, texts, journal,
//! outbox and the cases' next days commit together or not at all.

use std::collections::BTreeMap;

use duewell_documents::{NoticeFacts, NoticeItem};
use duewell_domain::debtor::PartyKind;
use duewell_domain::dunning::{self, Case, CaseFacts, Decision, LastNotice, Notify, Reason, Rules};
use duewell_domain::hold::Hold;
use duewell_domain::id::{DebtorId, NoticeId, ReceivableId};
use duewell_domain::money::{Currency, Money};
use duewell_domain::receivable::OpenReceivable;
use duewell_store::debtor::Debtor;
use duewell_store::import::{self, DailyRun};
use duewell_store::journal::{Event, Journal};
use duewell_store::notice::{self, Notice, NoticeState};
use duewell_store::{Tx, case, receivable};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::desk::Desk;
use crate::error::EngineError;
use crate::facts::{Facts, Staleness, Stated, money_is_stale};
use crate::lease;
use crate::plan::{CloseSummary, close_plans};
use crate::portal::link_for;

/// Cases per transaction: large enough for set-based work, small enough for memory.
const CHUNK: i64 = 4_000;
const ACTOR: &str = "system:run";

/// What a run did and why it did no more.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
pub struct RunSummary {
    /// The creditor's day.
    pub as_of: String,
    /// Cases that got a look.
    pub looked_at: u64,
    /// Notices put into the outbox, by kind.
    pub notices: BTreeMap<String, u64>,
    /// What the notices ask for, in minor units by currency.
    pub asked_for_minor: BTreeMap<String, i64>,
    /// Cases for which nothing was sent, by reason.
    pub not_done: BTreeMap<String, u64>,
    /// Cases that became overdue.
    pub opened: u64,
    /// Cases in which nothing is overdue any more.
    pub cured: u64,
    /// What the close of the day did to installment plans.
    #[serde(default)]
    pub plans: CloseSummary,
    /// Set when the stale-money brake held everything back: the newest bank statement.
    pub braked_since: Option<String>,
    /// Cases the brake held back.
    pub held_back: u64,
    pub warnings: Vec<String>,
}

impl RunSummary {
    /// Returns how many notices were decided.
    pub fn notices_total(&self) -> u64 {
        self.notices.values().sum()
    }

    fn add(&mut self, chunk: ChunkResult) {
        self.looked_at += chunk.looked_at;
        self.opened += chunk.opened;
        self.cured += chunk.cured;
        for (kind, count) in chunk.notices {
            *self.notices.entry(kind).or_default() += count;
        }
        for (currency, minor) in chunk.asked_for {
            let total = self.asked_for_minor.entry(currency.code().to_owned()).or_default();
            *total = total.saturating_add(minor);
        }
        for (reason, count) in chunk.not_done {
            *self.not_done.entry(reason).or_default() += count;
        }
    }
}

#[derive(Default)]
struct ChunkResult {
    looked_at: u64,
    opened: u64,
    cured: u64,
    notices: BTreeMap<String, u64>,
    asked_for: BTreeMap<Currency, i64>,
    not_done: BTreeMap<String, u64>,
    finished: bool,
}

/// Runs the day: looks at every case that is due, and puts what is allowed into the outbox.
///
/// `progress` is told how many cases are done and how many there were at the start.
pub fn run_day(desk: &Desk, progress: &mut dyn FnMut(u64, u64)) -> Result<RunSummary, EngineError> {
    let (now, today) = (desk.now(), desk.today());
    let mut summary = RunSummary { as_of: today.to_string(), ..RunSummary::default() };
    for name in desk.settings.missing() {
        summary
            .warnings
            .push(format!("`{name}` is not set: notices cannot name it (duewell settings set {name} …)"));
    }
    let run_id: i64 = desk.id();
    let (due, staleness) = desk.store.write(|tx| -> Result<_, EngineError> {
        lease::take(tx, desk, "run")?;
        let due = case::count_due(tx, desk.book.id, today)?;
        let run = DailyRun {
            id: run_id,
            as_of_on: today,
            started_at: now,
            finished_at: None,
            summary: "{}".to_owned(),
        };
        import::insert_run(tx, desk.book.id, &run)?;
        Ok((due as u64, money_is_stale(tx, desk, now)?))
    })?;
    match staleness {
        _ if !desk.settings.can_sign() => {
            // A notice from nobody helps nobody: everything stays due until the creditor has a name.
            summary.held_back = due;
        }
        Staleness::Stale { newest } => {
            // Nobody is contacted and no case is touched: they stay due until the bank's file is in.
            summary.braked_since = Some(newest.to_string());
            summary.held_back = due;
            summary.not_done.insert(Reason::StaleMoney.code(), due);
        }
        Staleness::NoStatements | Staleness::Fresh => {
            if staleness == Staleness::NoStatements && due > 0 {
                summary.warnings.push(
                    "no bank statement was ever imported: payments are known only as far as they are entered by hand"
                        .to_owned(),
                );
            }
            // Installments that became late, and plans that broke, before the cases are looked at.
            summary.plans = close_plans(desk)?;
            let set_aside = summary.plans.set_aside.iter();
            summary.warnings.extend(set_aside.map(|why| {
                format!(
                    "{why}; it is set aside, and nothing of it is charged or posted until it is put right"
                )
            }));
            loop {
                let chunk = desk.store.write(|tx| run_chunk(tx, desk, now, today))?;
                let finished = chunk.finished;
                summary.add(chunk);
                progress(summary.looked_at, due);
                if finished {
                    break;
                }
            }
        }
    }
    let text = serde_json::to_string(&summary)?;
    desk.store.write(|tx| -> Result<(), EngineError> {
        desk.record(tx, "run.finished", ACTOR, &desk.rules_text(), text.as_bytes())?;
        import::finish_run(tx, desk.book.id, run_id, now, &text)?;
        lease::end(tx, desk, "run")
    })?;
    Ok(summary)
}

/// The text and the circumstances of a decided notice: the payload of its journal event.
#[derive(Serialize)]
struct DecidedPayload<'a> {
    notice: String,
    intent: &'a str,
    to: &'a str,
    language: &'a str,
    template: &'a str,
    kind: &'a str,
    step: usize,
    cycle: u32,
    total: Money,
    pay_by: Date,
    items: Vec<PayloadItem<'a>>,
    subject: &'a str,
    body: &'a str,
}

#[derive(Serialize)]
struct PayloadItem<'a> {
    receivable: ReceivableId,
    number: &'a str,
    due_on: Date,
    open: Money,
}

/// Something that was considered and not done.
#[derive(Serialize)]
struct RefusedPayload<'a> {
    because: &'a str,
    in_words: &'a str,
    step: Option<usize>,
    look_again_on: Option<Date>,
}

fn run_chunk(tx: &mut Tx<'_>, desk: &Desk, now: Timestamp, today: Date) -> Result<ChunkResult, EngineError> {
    lease::take(tx, desk, "run")?;
    let book = desk.book.id;
    let mut cases = case::list_due(tx, book, today, CHUNK)?;
    let mut result = ChunkResult { finished: (cases.len() as i64) < CHUNK, ..ChunkResult::default() };
    // The last debtor of a full chunk may have another case behind the limit: that one comes with the next chunk.
    cases.sort_unstable_by_key(|case| (case.debtor, case.currency));
    let mut debtors: Vec<DebtorId> = cases.iter().map(|case| case.debtor).collect();
    debtors.dedup();
    let mut facts = Facts::load(tx, desk, &debtors, now)?;
    let mut journal = Journal::open(tx, book, now)?;
    journal.load_subjects(tx, debtors.iter().copied())?;
    let rules_text = desk.rules_text();
    let is_holiday = |day: Date| desk.is_holiday(day);
    let rules = Rules {
        scenario: &desk.scenario,
        policy: &desk.settings.contact_policy,
        is_holiday: &is_holiday,
        today,
        now,
    };
    let mut updated = Vec::with_capacity(cases.len());
    let mut notices: Vec<Notice> = Vec::with_capacity(cases.len());
    let mut announced: Vec<(DebtorId, ReceivableId)> = Vec::new();
    for case in &cases {
        let Some(debtor) = facts.debtors.get(&case.debtor).cloned() else {
            return Err(EngineError::NotFound("debtor", case.debtor.to_string()));
        };
        let zones = facts.zones(desk, case.debtor);
        let receivables: Vec<OpenReceivable> = facts
            .open
            .get(&case.debtor)
            .map(|all| {
                all.iter().filter(|one| one.amount.currency == case.currency).map(|one| one.facts()).collect()
            })
            .unwrap_or_default();
        let decision = dunning::decide(&case_facts(case, &facts, &receivables, &zones), &rules)?;
        result.looked_at += 1;
        result.opened += u64::from(decision.opened);
        result.cured += u64::from(decision.cured);
        let mut event = |kind: &str, payload: Vec<u8>| {
            journal.append(Event {
                kind,
                subject: Some(case.debtor),
                occurred_at: now,
                actor: ACTOR,
                rules: &rules_text,
                payload,
                salt: desk.salt(),
            })
        };
        if decision.cured {
            event(
                "case.cured",
                serde_json::to_vec(&CuredPayload { currency: case.currency, cycle: case.cycle })?,
            );
        }
        let Decision { case: mut next, notify, not_done, .. } = decision;
        let mut not_done = not_done;
        if let Some(notify) = notify {
            match write_notice(desk, &debtor, &facts, &next, &notify, &receivables, today)? {
                Some((mut notice, payload)) => {
                    notice.journal_seq = event("notice.decided", payload);
                    if desk.scenario.steps[notify.step].offset_days <= 0 {
                        announced
                            .extend(notify.items.iter().map(|&index| (case.debtor, receivables[index].id)));
                    }
                    facts.contacted.entry(case.debtor).or_default().push(notify.send_at);
                    *result.notices.entry(notify.kind.as_str().to_owned()).or_default() += 1;
                    let asked = result.asked_for.entry(notify.total.currency).or_default();
                    *asked = asked.saturating_add(notify.total.minor);
                    notices.push(notice);
                }
                None => {
                    // The case stays where it was and is tried again tomorrow, when someone has mended the template.
                    let until = today.tomorrow().ok();
                    next = Case { next_event_on: until, waiting: Some(Reason::TextFailed), ..case.clone() };
                    not_done = Some(dunning::NotDone {
                        step: Some(notify.step),
                        because: Reason::TextFailed,
                        until,
                    });
                }
            }
        }
        if let Some(refused) = not_done {
            *result.not_done.entry(refused.because.code()).or_default() += 1;
            if case.waiting != Some(refused.because) && is_worth_a_record(refused.because) {
                let code = refused.because.code();
                let payload = RefusedPayload {
                    because: &code,
                    in_words: refused.because.words(),
                    step: refused.step,
                    look_again_on: refused.until,
                };
                event("notice.refused", serde_json::to_vec(&payload)?);
            }
        }
        updated.push(next);
    }
    case::update_cases(tx, book, &updated)?;
    receivable::update_announced(tx, book, &announced, today)?;
    notice::insert_notices(tx, book, &notices)?;
    journal.flush(tx)?;
    Ok(result)
}

#[derive(Serialize)]
struct CuredPayload {
    currency: Currency,
    cycle: u32,
}

/// The calendar's own silence is derived from the case at any time; everything else is recorded.
fn is_worth_a_record(reason: Reason) -> bool {
    !matches!(reason, Reason::NothingOpen | Reason::NotYet | Reason::TooSoon)
}

pub(crate) fn case_facts<'a>(
    case: &'a Case,
    facts: &'a Facts,
    receivables: &'a [OpenReceivable],
    zones: &'a [TimeZone],
) -> CaseFacts<'a> {
    fn list<T>(found: Option<&Vec<T>>) -> &[T] {
        found.map_or(&[], Vec::as_slice)
    }
    let holds: &[Hold] = list(facts.holds.get(&case.debtor));
    CaseFacts {
        case,
        receivables,
        holds,
        contact_points: list(facts.contact_points.get(&case.debtor)),
        zones,
        contacted_at: list(facts.contacted.get(&case.debtor)),
        last_notice: facts.last_notice.get(&case.id).copied().unwrap_or(LastNotice::Settled),
        payment_waiting: facts.payment_waiting.contains(&case.debtor),
        money_is_stale: false,
    }
}

/// Returns the intent key: what makes the same step unrepeatable.
fn intent_key(desk: &Desk, case: &Case, notify: &Notify, today: Date) -> String {
    format!(
        "{}/{}@{}/{}/{}/{}/{}",
        case.id,
        desk.scenario.name,
        desk.scenario.version,
        notify.step,
        case.cycle,
        today,
        notify.channel.as_str()
    )
}

/// Writes the text of a notice; `None` when the template cannot be filled in for this debtor.
fn write_notice(
    desk: &Desk,
    debtor: &Debtor,
    facts: &Facts,
    case: &Case,
    notify: &Notify,
    receivables: &[OpenReceivable],
    today: Date,
) -> Result<Option<(Notice, Vec<u8>)>, EngineError> {
    let language = debtor.language.as_deref().unwrap_or(&desk.settings.language);
    let named: Vec<&OpenReceivable> = notify.items.iter().map(|&index| &receivables[index]).collect();
    let id: NoticeId = desk.id();
    let own_link = link_for(desk, debtor.id, id, today);
    let rendered = render(desk, debtor, notify, &named, today, own_link.as_deref());
    let Ok(text) = rendered else { return Ok(None) };
    let to = facts
        .contact_points
        .get(&debtor.id)
        .and_then(|points| points.iter().find(|point| point.id == notify.to))
        .expect("the decision picked one of these contact points");
    let intent = intent_key(desk, case, notify, today);
    let payload = serde_json::to_vec(&DecidedPayload {
        notice: id.to_string(),
        intent: &intent,
        to: &to.value,
        language,
        template: desk.templates.version(notify.kind, language),
        kind: notify.kind.as_str(),
        step: notify.step,
        cycle: case.cycle,
        total: notify.total,
        pay_by: notify.pay_by,
        items: named
            .iter()
            .map(|one| PayloadItem {
                receivable: one.id,
                number: &one.number,
                due_on: one.due_on,
                open: one.open,
            })
            .collect(),
        subject: &text.subject,
        body: &text.body,
    })?;
    let stated: Vec<Stated> = named.iter().map(|one| Stated(one.id, one.open.minor, one.due_on)).collect();
    let notice = Notice {
        debtor: debtor.id,
        id,
        intent_key: intent,
        case: case.id,
        kind: notify.kind.as_str().to_owned(),
        step: notify.step as i64,
        cycle: i64::from(case.cycle),
        channel: notify.channel.as_str().to_owned(),
        contact_point: notify.to,
        items: serde_json::to_string(&stated)?,
        total: notify.total,
        decided_on: today,
        send_at: notify.send_at,
        state: NoticeState::Pending,
        because: None,
        attempts: 0,
        sent_at: None,
        journal_seq: 0,
    };
    Ok(Some((notice, payload)))
}

/// Writes the text of a notice in the debtor's language.
pub(crate) fn render(
    desk: &Desk,
    debtor: &Debtor,
    notify: &Notify,
    named: &[&OpenReceivable],
    today: Date,
    own_link: Option<&str>,
) -> Result<duewell_documents::Notice, duewell_documents::TemplateError> {
    let items: Vec<NoticeItem<'_>> = named
        .iter()
        .map(|one| NoticeItem {
            number: &one.number,
            issued_on: one.issued_on,
            due_on: one.due_on,
            open: one.open,
            original: one.amount,
            days_past_due: one.days_past_due(today),
        })
        .collect();
    // One receivable is paid by its own reference, several by the debtor's.
    let reference = match named {
        [one] => one.reference.clone(),
        _ => debtor.reference(),
    };
    let other_link = (own_link.is_none() && !desk.settings.link_url.is_empty())
        .then(|| desk.settings.link_url.replace("{reference}", &reference));
    let opt_out = opt_out_address(desk, debtor, own_link);
    desk.templates.render(
        notify.kind,
        &NoticeFacts {
            language: debtor.language.as_deref().unwrap_or(&desk.settings.language),
            debtor_name: &debtor.name,
            debtor_is_company: debtor.kind == PartyKind::Company,
            creditor: &desk.settings.creditor,
            items: &items,
            total: notify.total,
            today,
            pay_by: Some(notify.pay_by),
            reference: &reference,
            link: own_link.or(other_link.as_deref()),
            opt_out: opt_out.as_deref(),
        },
    )
}

/// Where a debtor says that they want no more mail: on their page, or by mail where there is none.
pub(crate) fn opt_out_address(desk: &Desk, debtor: &Debtor, own_link: Option<&str>) -> Option<String> {
    if let Some(link) = own_link {
        return Some(format!("{link}/quiet"));
    }
    let email = &desk.settings.creditor.email;
    (!email.is_empty()).then(|| format!("mailto:{email}?subject=STOP%20{}", debtor.reference()))
}

/// How long a run may be silent before another may take over.
pub(crate) fn lease_until(now: Timestamp) -> Timestamp {
    now + 2.minutes()
}
