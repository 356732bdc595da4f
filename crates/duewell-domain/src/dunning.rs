//! Dunning: what happens next for one debtor in one currency, and why not more.
//!
//! A case groups everything a debtor owes in a currency. It runs in cycles: a
//! cycle opens when something becomes overdue, is anchored at the oldest
//! overdue due date, and climbs the scenario's steps one at a time. When the
//! oldest item is paid and a later one is still overdue, a new cycle starts at
//! the first step; when nothing is overdue any more the case is cured.
//! See `docs/spec/dunning.md`.

use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::contact::{ContactFacts, ContactPolicy, ContactRule, Verdict, may_contact};
use crate::debtor::{Channel, Consent, ContactPoint, UnknownWord};
use crate::hold::{Hold, HoldReason};
use crate::id::{CaseId, ContactPointId, DebtorId};
use crate::money::{Currency, Money, MoneyError};
use crate::receivable::OpenReceivable;

/// The tone of a notice.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A friendly word before the due date.
    PreDue,
    First,
    Second,
    Final,
}

impl NoticeKind {
    pub const ALL: [NoticeKind; 4] =
        [NoticeKind::PreDue, NoticeKind::First, NoticeKind::Second, NoticeKind::Final];

    pub fn as_str(self) -> &'static str {
        match self {
            NoticeKind::PreDue => "pre_due",
            NoticeKind::First => "first",
            NoticeKind::Second => "second",
            NoticeKind::Final => "final",
        }
    }
}

impl FromStr for NoticeKind {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        NoticeKind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownWord::new("notice kind", text))
    }
}

/// One stage of a scenario.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Step {
    /// Days from the due date; negative before it.
    pub offset_days: i32,
    pub notice: NoticeKind,
    pub channel: Channel,
    /// Days given to pay after the notice, named in its text.
    pub pay_within_days: u32,
}

/// A dunning policy: steps before and after the due date.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Scenario {
    pub name: String,
    pub version: u32,
    pub steps: Vec<Step>,
    /// At least so many days lie between two notices of a case.
    pub gap_days_min: u32,
    /// Overdue amounts up to this many minor units are let be.
    pub tolerance_minor: i64,
}

impl Scenario {
    /// The scenario a new tenant starts with: three days before, then 3, 14 and 30 days after the due date.
    pub fn standard() -> Scenario {
        let step = |offset_days, notice, pay_within_days| Step {
            offset_days,
            notice,
            channel: Channel::Email,
            pay_within_days,
        };
        Scenario {
            name: "standard".to_owned(),
            version: 1,
            steps: vec![
                step(-3, NoticeKind::PreDue, 3),
                step(3, NoticeKind::First, 7),
                step(14, NoticeKind::Second, 7),
                step(30, NoticeKind::Final, 10),
            ],
            gap_days_min: 7,
            tolerance_minor: 100,
        }
    }

    /// Checks what a person may have written: steps in rising order, before the due date only pre-due notices.
    pub fn check(&self) -> Result<(), ScenarioError> {
        if self.steps.is_empty() {
            return Err(ScenarioError::Empty);
        }
        if self.tolerance_minor < 0 {
            return Err(ScenarioError::NegativeTolerance);
        }
        for pair in self.steps.windows(2) {
            if pair[0].offset_days >= pair[1].offset_days {
                return Err(ScenarioError::NotRising {
                    first: pair[0].offset_days,
                    second: pair[1].offset_days,
                });
            }
        }
        for step in &self.steps {
            let before = step.offset_days <= 0;
            if before != (step.notice == NoticeKind::PreDue) {
                return Err(ScenarioError::WrongSide { offset_days: step.offset_days, notice: step.notice });
            }
            if step.channel != Channel::Email {
                return Err(ScenarioError::ChannelNotBuilt(step.channel));
            }
        }
        Ok(())
    }

    fn before_due(&self) -> impl Iterator<Item = (usize, &Step)> {
        self.steps.iter().enumerate().filter(|(_, step)| step.offset_days <= 0)
    }

    fn after_due(&self) -> Vec<(usize, &Step)> {
        self.steps.iter().enumerate().filter(|(_, step)| step.offset_days > 0).collect()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    #[error("a scenario needs at least one step")]
    Empty,
    #[error("the tolerance cannot be negative")]
    NegativeTolerance,
    #[error("steps must rise: day {second} follows day {first}")]
    NotRising { first: i32, second: i32 },
    #[error("a `{}` notice cannot stand on day {offset_days}: pre_due belongs before or on the due date, all others after it", notice.as_str())]
    WrongSide { offset_days: i32, notice: NoticeKind },
    #[error("steps by {} are not sent yet: use email", .0.as_str())]
    ChannelNotBuilt(Channel),
}

/// Where a case stands. Stored, and replaced by each decision.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Case {
    pub id: CaseId,
    pub debtor: DebtorId,
    pub currency: Currency,
    /// How many times this case has run; 0 before anything was overdue.
    pub cycle: u32,
    /// The due date at which the running cycle is anchored; none when nothing is overdue.
    pub anchor_on: Option<Date>,
    /// Steps after the due date that this cycle has done.
    pub steps_done: u32,
    pub last_notice_on: Option<Date>,
    /// The next day on which this case needs a look; none when only an event can wake it.
    pub next_event_on: Option<Date>,
    /// Why the last look did nothing, when it could have done something.
    pub waiting: Option<Reason>,
}

impl Case {
    /// A case that has not run yet and wants a look on `next_event_on`.
    pub fn new(id: CaseId, debtor: DebtorId, currency: Currency, next_event_on: Date) -> Case {
        Case {
            id,
            debtor,
            currency,
            cycle: 0,
            anchor_on: None,
            steps_done: 0,
            last_notice_on: None,
            next_event_on: Some(next_event_on),
            waiting: None,
        }
    }
}

/// Why something was not done.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Nothing is open.
    NothingOpen,
    /// Nothing is due for a step yet.
    NotYet,
    /// The last notice is too recent.
    TooSoon,
    /// The last notice has not left yet, or nobody knows whether it did.
    NoticeOnItsWay,
    /// What is overdue is within the tolerance.
    BelowTolerance,
    /// All steps are done: a person decides.
    ScenarioFinished,
    /// The debtor or all that is overdue is on hold.
    OnHold(HoldReason),
    /// The newest bank statement is too old to know who has paid.
    StaleMoney,
    /// A payment of this debtor waits to be matched.
    PaymentWaiting,
    /// There is no address for the channel.
    NoAddress,
    /// The debtor said no to every address of the channel.
    OptedOut,
    /// Mail to every address was refused for good.
    AddressFailed,
    /// The contact policy refuses.
    Policy(ContactRule),
    /// It was paid between decision and sending.
    Paid,
    /// Amounts or due dates changed between decision and sending.
    AmountChanged,
    /// The template could not be filled in for this debtor.
    TextFailed,
}

impl Reason {
    /// Returns the stored word, with the detail after a colon.
    pub fn code(self) -> String {
        match self {
            Reason::OnHold(reason) => format!("on_hold:{}", reason.as_str()),
            Reason::Policy(rule) => format!("policy:{}", rule.as_str()),
            plain => plain.word().to_owned(),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Reason::NothingOpen => "nothing_open",
            Reason::NotYet => "not_yet",
            Reason::TooSoon => "too_soon",
            Reason::NoticeOnItsWay => "notice_on_its_way",
            Reason::BelowTolerance => "below_tolerance",
            Reason::ScenarioFinished => "scenario_finished",
            Reason::OnHold(_) => "on_hold",
            Reason::StaleMoney => "stale_money",
            Reason::PaymentWaiting => "payment_waiting",
            Reason::NoAddress => "no_address",
            Reason::OptedOut => "opted_out",
            Reason::AddressFailed => "address_failed",
            Reason::Policy(_) => "policy",
            Reason::Paid => "paid",
            Reason::AmountChanged => "amount_changed",
            Reason::TextFailed => "text_failed",
        }
    }

    const PLAIN: [Reason; 14] = [
        Reason::NothingOpen,
        Reason::NotYet,
        Reason::TooSoon,
        Reason::NoticeOnItsWay,
        Reason::BelowTolerance,
        Reason::ScenarioFinished,
        Reason::StaleMoney,
        Reason::PaymentWaiting,
        Reason::NoAddress,
        Reason::OptedOut,
        Reason::AddressFailed,
        Reason::Paid,
        Reason::AmountChanged,
        Reason::TextFailed,
    ];

    /// Says it in words for the people who work the case.
    pub fn words(self) -> &'static str {
        match self {
            Reason::NothingOpen => "nothing is open",
            Reason::NotYet => "no step is due yet",
            Reason::TooSoon => "the last notice is too recent",
            Reason::NoticeOnItsWay => "the last notice has not left yet, or its outcome is unknown",
            Reason::BelowTolerance => "the overdue amount is within the tolerance",
            Reason::ScenarioFinished => "all steps are done, a person decides",
            Reason::OnHold(HoldReason::Dispute) => "on hold: the debtor contests the claim",
            Reason::OnHold(HoldReason::Promise) => "on hold: the debtor promised to pay",
            Reason::OnHold(HoldReason::PaymentClaimed) => "on hold: the debtor says that it is paid",
            Reason::OnHold(HoldReason::Care) => "on hold: circumstances that need care",
            Reason::OnHold(HoldReason::Legal) => "on hold: a legal bar",
            Reason::OnHold(HoldReason::Manual) => "on hold by a person",
            Reason::StaleMoney => "the newest bank statement is too old to know who has paid",
            Reason::PaymentWaiting => "a payment of this debtor waits to be matched",
            Reason::NoAddress => "there is no e-mail address",
            Reason::OptedOut => "the debtor opted out",
            Reason::AddressFailed => "mail to every address was refused",
            Reason::Policy(ContactRule::QuietHours) => "quiet hours where the debtor is",
            Reason::Policy(ContactRule::Sunday) => "Sunday where the debtor is",
            Reason::Policy(ContactRule::Holiday) => "a public holiday",
            Reason::Policy(ContactRule::FrequencyCap) => "contacted often enough already",
            Reason::Policy(ContactRule::NoCommonHour) => "the debtor's time zones leave no common hour",
            Reason::Paid => "paid in the meantime",
            Reason::AmountChanged => "amount or due date changed in the meantime",
            Reason::TextFailed => "the text could not be written",
        }
    }
}

impl FromStr for Reason {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        if let Some(hold) = text.strip_prefix("on_hold:") {
            return hold.parse().map(Reason::OnHold);
        }
        if let Some(rule) = text.strip_prefix("policy:") {
            let rules = [
                ContactRule::QuietHours,
                ContactRule::Sunday,
                ContactRule::Holiday,
                ContactRule::FrequencyCap,
                ContactRule::NoCommonHour,
            ];
            return rules
                .into_iter()
                .find(|known| known.as_str() == rule)
                .map(Reason::Policy)
                .ok_or_else(|| UnknownWord::new("contact rule", rule));
        }
        Reason::PLAIN
            .into_iter()
            .find(|reason| reason.word() == text)
            .ok_or_else(|| UnknownWord::new("reason", text))
    }
}

/// What became of the newest notice of a case, as far as it stands in the way of another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LastNotice {
    /// It left on an earlier day, or there was none.
    Settled,
    /// It is decided and has not left yet, or nobody knows whether it did.
    OnItsWay,
    /// It was decided today, whatever became of it: a step is tried once a day.
    TriedToday,
}

/// Everything a decision about one case may look at.
#[derive(Clone)]
pub struct CaseFacts<'a> {
    pub case: &'a Case,
    /// All open receivables of the debtor in the case's currency.
    pub receivables: &'a [OpenReceivable],
    pub holds: &'a [Hold],
    pub contact_points: &'a [ContactPoint],
    pub zones: &'a [TimeZone],
    /// Contacts of the last weeks, by any channel, for any case of the debtor.
    pub contacted_at: &'a [Timestamp],
    pub last_notice: LastNotice,
    /// A payment that is surely this debtor's waits in the match queue.
    pub payment_waiting: bool,
    /// The newest bank import is older than the tenant allows.
    pub money_is_stale: bool,
}

/// The rules and the moment of a decision.
#[derive(Clone, Copy)]
pub struct Rules<'a> {
    pub scenario: &'a Scenario,
    pub policy: &'a ContactPolicy,
    pub is_holiday: &'a dyn Fn(Date) -> bool,
    /// The tenant's day.
    pub today: Date,
    pub now: Timestamp,
}

/// A notice that is to be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notify {
    /// Position of the step in the scenario.
    pub step: usize,
    pub kind: NoticeKind,
    pub channel: Channel,
    pub to: ContactPointId,
    /// Positions in `CaseFacts::receivables` of what the notice names, oldest due date first.
    pub items: Vec<usize>,
    pub total: Money,
    /// The earliest moment the contact policy allows.
    pub send_at: Timestamp,
    pub pay_by: Date,
}

/// Something that was considered and not done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotDone {
    pub step: Option<usize>,
    pub because: Reason,
    /// The day it will be looked at again.
    pub until: Option<Date>,
}

/// What a look at a case leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    pub case: Case,
    pub notify: Option<Notify>,
    pub not_done: Option<NotDone>,
    /// The case became overdue (again) with this look.
    pub opened: bool,
    /// Nothing is overdue any more.
    pub cured: bool,
}

/// Decides what happens for a case now: at most one notice, and a reason for every silence.
pub fn decide(facts: &CaseFacts<'_>, rules: &Rules<'_>) -> Result<Decision, MoneyError> {
    let today = rules.today;
    let mut case = facts.case.clone();
    let (mut opened, mut cured) = (false, false);

    let mut order: Vec<usize> = (0..facts.receivables.len()).collect();
    order.sort_unstable_by_key(|&i| (facts.receivables[i].due_on, facts.receivables[i].id));
    let mut held: Option<&Hold> = None;
    let mut chaseable = Vec::with_capacity(order.len());
    for index in order {
        match hold_on(facts.holds, &facts.receivables[index], today) {
            // The oldest that would be asked for now gives the reason.
            Some(hold) if held.is_none() && asks_on(rules.scenario, &facts.receivables[index], today) => {
                held = Some(hold);
            }
            Some(_) => {}
            None => chaseable.push(index),
        }
    }
    let overdue: Vec<usize> =
        chaseable.iter().copied().filter(|&i| facts.receivables[i].is_overdue_on(today)).collect();
    let overdue_total =
        Money::sum(case.currency, overdue.iter().map(|&index| facts.receivables[index].open))?;

    // A receivable on hold is neither chased nor does its silence cure the case.
    let any_overdue = facts.receivables.iter().any(|receivable| receivable.is_overdue_on(today));
    if !any_overdue && case.anchor_on.is_some() {
        case.anchor_on = None;
        case.steps_done = 0;
        cured = true;
    }
    // What the tolerance lets be is no anchor: the sum from the oldest on must exceed it.
    let mut sum = 0_i64;
    let anchoring = overdue.iter().find(|&&index| {
        sum = sum.saturating_add(facts.receivables[index].open.minor);
        sum > rules.scenario.tolerance_minor
    });
    if let Some(&oldest) = anchoring.or(overdue.first()) {
        let oldest_on = facts.receivables[oldest].due_on;
        match case.anchor_on {
            Some(anchor) if oldest_on <= anchor => case.anchor_on = Some(oldest_on),
            Some(_) | None => {
                opened = case.anchor_on.is_none();
                case.cycle += 1;
                case.anchor_on = Some(oldest_on);
                case.steps_done = 0;
            }
        }
    }

    let candidate = candidate(facts, rules, &case, &chaseable, &overdue, overdue_total);
    let mut not_done = None;
    let mut notify = None;
    let mut look_again_on = None;
    match candidate {
        Candidate::None { because, until } => {
            let because = match held {
                // Silence about what is on hold is explained by the hold, not by the calendar.
                Some(hold)
                    if matches!(because, Reason::NothingOpen | Reason::NotYet) && overdue.is_empty() =>
                {
                    Reason::OnHold(hold.reason)
                }
                Some(_) | None => because,
            };
            look_again_on = until;
            not_done = Some(NotDone { step: None, because, until });
        }
        Candidate::Step { step, items } => match refusal(facts, rules, step, &items)? {
            Err((because, until)) => {
                look_again_on = until;
                not_done = Some(NotDone { step: Some(step), because, until });
            }
            Ok(ready) => {
                if rules.scenario.steps[step].offset_days > 0 {
                    case.steps_done += 1;
                }
                case.last_notice_on = Some(today);
                notify = Some(ready);
            }
        },
    }
    let announced: &[usize] = notify.as_ref().map_or(&[], |ready| &ready.items);
    let next = [
        look_again_on,
        next_look(facts, rules, &case, &chaseable, !overdue.is_empty(), announced),
        hold_end(facts.holds, today),
    ];
    // A look that asks for another one today would never end.
    case.next_event_on = next.into_iter().flatten().min().map(|day| day.max(today.tomorrow().unwrap_or(day)));
    case.waiting = not_done.map(|wait| wait.because);
    if let Some(wait) = &mut not_done {
        wait.until = case.next_event_on;
    }
    Ok(Decision { case, notify, not_done, opened, cured })
}

/// Returns whether a receivable is overdue or in the time of a notice before its due date.
fn asks_on(scenario: &Scenario, receivable: &OpenReceivable, today: Date) -> bool {
    receivable.is_overdue_on(today)
        || receivable.announced_on.is_none()
            && scenario.before_due().any(|(_, step)| receivable.days_past_due(today) >= step.offset_days)
}

fn hold_on<'a>(holds: &'a [Hold], receivable: &OpenReceivable, today: Date) -> Option<&'a Hold> {
    holds
        .iter()
        .find(|hold| hold.is_in_force_on(today) && hold.receivable.is_none_or(|held| held == receivable.id))
}

/// Returns the first day after a hold in force ends.
fn hold_end(holds: &[Hold], today: Date) -> Option<Date> {
    holds
        .iter()
        .filter(|hold| hold.is_in_force_on(today))
        .filter_map(|hold| hold.until_on?.tomorrow().ok())
        .min()
}

enum Candidate {
    Step { step: usize, items: Vec<usize> },
    None { because: Reason, until: Option<Date> },
}

/// Finds the step whose turn it is, if any.
fn candidate(
    facts: &CaseFacts<'_>,
    rules: &Rules<'_>,
    case: &Case,
    chaseable: &[usize],
    overdue: &[usize],
    overdue_total: Money,
) -> Candidate {
    let mut silence = if facts.receivables.is_empty() {
        Candidate::None { because: Reason::NothingOpen, until: None }
    } else {
        Candidate::None { because: Reason::NotYet, until: None }
    };
    if let Some(anchor) = case.anchor_on.filter(|_| !overdue.is_empty()) {
        if overdue_total.minor <= rules.scenario.tolerance_minor {
            silence = Candidate::None { because: Reason::BelowTolerance, until: None };
        } else if let Some(&(step, rule)) = rules.scenario.after_due().get(case.steps_done as usize) {
            let due_on = anchor.saturating_add(i64::from(rule.offset_days).days());
            let free_on = free_again_on(rules.scenario, case);
            if rules.today >= due_on && free_on.is_none_or(|day| rules.today >= day) {
                return Candidate::Step { step, items: overdue.to_vec() };
            }
            let because = if rules.today >= due_on { Reason::TooSoon } else { Reason::NotYet };
            silence = Candidate::None { because, until: Some(due_on.max(free_on.unwrap_or(due_on))) };
        } else {
            silence = Candidate::None { because: Reason::ScenarioFinished, until: None };
        }
    }
    if free_again_on(rules.scenario, case).is_none_or(|day| rules.today >= day) {
        for (step, rule) in rules.scenario.before_due() {
            let items: Vec<usize> = chaseable
                .iter()
                .copied()
                .filter(|&index| {
                    let receivable = &facts.receivables[index];
                    receivable.announced_on.is_none()
                        && !receivable.is_overdue_on(rules.today)
                        && receivable.days_past_due(rules.today) >= rule.offset_days
                })
                .collect();
            if !items.is_empty() {
                return Candidate::Step { step, items };
            }
        }
    }
    silence
}

fn free_again_on(scenario: &Scenario, case: &Case) -> Option<Date> {
    case.last_notice_on.map(|day| day.saturating_add(i64::from(scenario.gap_days_min.max(1)).days()))
}

/// Asks everything that may forbid a step; returns the notice or the reason against it.
/// The inner result is the answer, the outer one an overflow of money.
fn refusal(
    facts: &CaseFacts<'_>,
    rules: &Rules<'_>,
    step: usize,
    items: &[usize],
) -> Result<Result<Notify, (Reason, Option<Date>)>, MoneyError> {
    let tomorrow = rules.today.tomorrow().ok();
    let rule = &rules.scenario.steps[step];
    match facts.last_notice {
        LastNotice::Settled => {}
        LastNotice::OnItsWay => return Ok(Err((Reason::NoticeOnItsWay, tomorrow))),
        LastNotice::TriedToday => return Ok(Err((Reason::TooSoon, tomorrow))),
    }
    if facts.money_is_stale {
        return Ok(Err((Reason::StaleMoney, tomorrow)));
    }
    if facts.payment_waiting {
        return Ok(Err((Reason::PaymentWaiting, tomorrow)));
    }
    let to = match reachable(facts.contact_points, rule.channel) {
        Ok(to) => to,
        // Only a new address or a changed mind helps: look in weekly, and when the debtor's data change.
        Err(because) => return Ok(Err((because, rules.today.checked_add(7.days()).ok()))),
    };
    let contact =
        ContactFacts { zones: facts.zones, contacted_at: facts.contacted_at, is_holiday: rules.is_holiday };
    let send_at = match may_contact(rules.policy, &contact, rules.now) {
        Verdict::Allowed => rules.now,
        Verdict::Wait { until, because: ContactRule::QuietHours } if until <= rules.now + 18.hours() => until,
        Verdict::Wait { until, because } => {
            let day = facts.zones.first().map(|zone| until.to_zoned(zone.clone()).date());
            return Ok(Err((Reason::Policy(because), day.map(|day| day.max(tomorrow.unwrap_or(day))))));
        }
        Verdict::Never { because } => {
            return Ok(Err((Reason::Policy(because), rules.today.checked_add(7.days()).ok())));
        }
    };
    let total = Money::sum(facts.case.currency, items.iter().map(|&index| facts.receivables[index].open))?;
    let latest_due = items.iter().map(|&index| facts.receivables[index].due_on).max().unwrap_or(rules.today);
    let pay_by = rules.today.saturating_add(i64::from(rule.pay_within_days).days());
    Ok(Ok(Notify {
        step,
        kind: rule.notice,
        channel: rule.channel,
        to,
        items: items.to_vec(),
        total,
        send_at,
        // Before the due date nothing can be asked for earlier than it is due.
        pay_by: if rule.offset_days <= 0 { latest_due } else { pay_by },
    }))
}

/// Returns the contact point to use, or why there is none.
pub fn reachable(points: &[ContactPoint], channel: Channel) -> Result<ContactPointId, Reason> {
    let of_channel = || points.iter().filter(|point| point.channel == channel);
    let willing = || of_channel().filter(|point| point.consent != Consent::Refused);
    if let Some(point) = willing().find(|point| !point.failed) {
        return Ok(point.id);
    }
    Err(if of_channel().next().is_none() {
        Reason::NoAddress
    } else if willing().next().is_none() {
        Reason::OptedOut
    } else {
        Reason::AddressFailed
    })
}

/// Returns the next day on which the calendar alone may ask for something.
fn next_look(
    facts: &CaseFacts<'_>,
    rules: &Rules<'_>,
    case: &Case,
    chaseable: &[usize],
    any_overdue: bool,
    announced: &[usize],
) -> Option<Date> {
    let after_due = rules.scenario.after_due();
    let first_after = after_due.first().map_or(1, |(_, step)| step.offset_days);
    let mut days: Vec<Date> = Vec::new();
    if let (Some(anchor), true) = (case.anchor_on, any_overdue) {
        match (after_due.get(case.steps_done as usize), after_due.last(), case.last_notice_on) {
            (Some((_, step)), _, _) => {
                let due_on = anchor.saturating_add(i64::from(step.offset_days).days());
                days.push(free_again_on(rules.scenario, case).map_or(due_on, |free_on| due_on.max(free_on)));
            }
            // When the time to pay after the last step is over, a person is told to decide.
            (None, Some((_, last)), Some(notice_on)) => {
                days.push(notice_on.saturating_add((i64::from(last.pay_within_days) + 1).days()));
            }
            (None, _, _) => {}
        }
    }
    for &index in chaseable {
        let receivable = &facts.receivables[index];
        if receivable.is_overdue_on(rules.today) {
            continue;
        }
        // Another one overdue may lift the sum above the tolerance.
        let offset = if any_overdue { 1 } else { first_after };
        days.push(receivable.due_on.saturating_add(i64::from(offset).days()));
        if receivable.announced_on.is_none() && !announced.contains(&index) {
            let free_on = free_again_on(rules.scenario, case).unwrap_or(rules.today);
            for (_, step) in rules.scenario.before_due() {
                let day = receivable.due_on.saturating_add(i64::from(step.offset_days).days()).max(free_on);
                if day > rules.today && day <= receivable.due_on {
                    days.push(day);
                }
            }
        }
    }
    // What could have been done today was refused, and the refusal names its own day.
    days.into_iter().filter(|day| *day > rules.today).min()
}

/// The day a new receivable first needs a look under a scenario.
pub fn first_look_on(scenario: &Scenario, due_on: Date) -> Date {
    let offset = scenario.steps.first().map_or(0, |step| step.offset_days);
    due_on.saturating_add(i64::from(offset).days())
}

/// What is true of a notice when its turn to be sent has come.
#[derive(Clone)]
pub struct SendFacts<'a> {
    /// Of each receivable the notice names: what may be asked for now, and what the notice states.
    pub items: &'a [(Asked, Asked)],
    pub currency: Currency,
    pub holds: &'a [Hold],
    pub to: &'a ContactPoint,
    pub zones: &'a [TimeZone],
    /// Contacts before this one.
    pub contacted_at: &'a [Timestamp],
    pub payment_waiting: bool,
    pub money_is_stale: bool,
}

/// What is asked for of one receivable, and since when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asked {
    pub receivable: crate::id::ReceivableId,
    pub open: Money,
    pub due_on: Date,
}

/// Whether a decided notice may leave now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SendVerdict {
    Send,
    /// It may leave later.
    Later {
        until: Timestamp,
        because: Reason,
    },
    /// It must not leave any more; the case is looked at again.
    Withdraw {
        because: Reason,
    },
}

/// Asks again at the moment of sending: paid, changed, held, opted out, wrong hour?
pub fn may_send(facts: &SendFacts<'_>, rules: &Rules<'_>) -> Result<SendVerdict, MoneyError> {
    let open = Money::sum(facts.currency, facts.items.iter().map(|(now, _)| now.open))?;
    if !open.is_positive() {
        return Ok(SendVerdict::Withdraw { because: Reason::Paid });
    }
    if facts.items.iter().any(|(now, stated)| now.open != stated.open || now.due_on != stated.due_on) {
        return Ok(SendVerdict::Withdraw { because: Reason::AmountChanged });
    }
    let held = facts.holds.iter().find(|hold| {
        hold.is_in_force_on(rules.today)
            && hold.receivable.is_none_or(|held| facts.items.iter().any(|(now, _)| now.receivable == held))
    });
    if let Some(hold) = held {
        return Ok(SendVerdict::Withdraw { because: Reason::OnHold(hold.reason) });
    }
    if facts.to.consent == Consent::Refused {
        return Ok(SendVerdict::Withdraw { because: Reason::OptedOut });
    }
    if facts.to.failed {
        return Ok(SendVerdict::Withdraw { because: Reason::AddressFailed });
    }
    if facts.payment_waiting {
        return Ok(SendVerdict::Withdraw { because: Reason::PaymentWaiting });
    }
    if facts.money_is_stale {
        return Ok(SendVerdict::Later { until: rules.now + 1.hours(), because: Reason::StaleMoney });
    }
    let contact =
        ContactFacts { zones: facts.zones, contacted_at: facts.contacted_at, is_holiday: rules.is_holiday };
    Ok(match may_contact(rules.policy, &contact, rules.now) {
        Verdict::Allowed => SendVerdict::Send,
        Verdict::Wait { until, because } => SendVerdict::Later { until, because: Reason::Policy(because) },
        Verdict::Never { because } => SendVerdict::Withdraw { because: Reason::Policy(because) },
    })
}
