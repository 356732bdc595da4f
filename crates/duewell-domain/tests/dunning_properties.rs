//! Dunning: what must hold for every book, every order of events and every rhythm of runs.

use std::collections::BTreeMap;

use duewell_domain::contact::{Cap, ContactFacts, ContactPolicy, ContactRule, may_contact};
use duewell_domain::debtor::{Channel, Consent, ContactPoint};
use duewell_domain::dunning::{
    Asked, Case, CaseFacts, Decision, LastNotice, NoticeKind, Reason, Rules, Scenario, ScenarioError,
    SendFacts, SendVerdict, Step, decide, first_look_on, may_send, reachable,
};
use duewell_domain::hold::{Hold, HoldReason};
use duewell_domain::id::{CaseId, ContactPointId, DebtorId, HoldId, ReceivableId};
use duewell_domain::money::{Currency, Money};
use duewell_domain::receivable::{OpenReceivable, ReceivableKind};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};

// ---- What a random book looks like ----

const DAYS: i64 = 150;

#[derive(Clone, Debug)]
struct Book {
    scenario: Scenario,
    zones: Vec<TimeZone>,
    /// Day of arrival, days from there to the due date, minor units.
    receivables: Vec<(i64, i64, i64)>,
    events: Vec<(i64, Event)>,
    runs: Rhythm,
}

#[derive(Clone, Debug)]
enum Event {
    Pay { which: Index, share: i64 },
    Hold { which: Option<Index>, reason: Index, days: Option<i64> },
    Release(Index),
    PaymentWaiting(bool),
    StaleMoney(bool),
    Called { hour: i8 },
    OptedOut(bool),
    Failed(bool),
}

#[derive(Clone, Debug)]
enum Rhythm {
    /// Each day at ten, only the cases whose day has come: the engine's daily run.
    Daily,
    /// On some days at some hour, whether the case asked for it or not.
    Irregular(Vec<(i64, i8)>),
}

fn scenarios() -> impl Strategy<Value = Scenario> {
    let before = subsequence(vec![-7, -3, -1, 0], 0..=2);
    let after = subsequence(vec![1, 3, 5, 10, 14, 21, 30], 1..=3);
    (before, after, 0u32..12, prop_oneof![Just(0i64), Just(100), Just(5_000)]).prop_map(
        |(before, after, gap_days_min, tolerance_minor)| {
            let kinds = [NoticeKind::First, NoticeKind::Second, NoticeKind::Final];
            let step = |offset_days, notice| Step {
                offset_days,
                notice,
                channel: Channel::Email,
                pay_within_days: 7,
            };
            let before = before.into_iter().map(|day| step(day, NoticeKind::PreDue));
            let after = after.into_iter().zip(kinds).map(|(day, kind)| step(day, kind));
            Scenario {
                name: "random".to_owned(),
                version: 1,
                steps: before.chain(after).collect(),
                gap_days_min,
                tolerance_minor,
            }
        },
    )
}

fn events() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (any::<Index>(), prop_oneof![Just(100i64), 1i64..100])
            .prop_map(|(which, share)| Event::Pay { which, share }),
        2 => (prop::option::of(any::<Index>()), any::<Index>(), prop::option::of(0i64..25))
            .prop_map(|(which, reason, days)| Event::Hold { which, reason, days }),
        2 => any::<Index>().prop_map(Event::Release),
        1 => any::<bool>().prop_map(Event::PaymentWaiting),
        1 => any::<bool>().prop_map(Event::StaleMoney),
        1 => (0i8..24).prop_map(|hour| Event::Called { hour }),
        1 => any::<bool>().prop_map(Event::OptedOut),
        1 => any::<bool>().prop_map(Event::Failed),
    ]
}

fn books() -> impl Strategy<Value = Book> {
    let zones = prop::sample::select(vec![
        vec!["Europe/Berlin"],
        vec!["America/Los_Angeles"],
        vec!["Pacific/Auckland"],
        vec!["Europe/Berlin", "America/New_York"],
        vec!["Europe/London", "Pacific/Auckland"],
    ]);
    let rhythm = prop_oneof![
        Just(Rhythm::Daily),
        prop::collection::vec((0..DAYS, 0i8..24), 1..60).prop_map(|mut runs| {
            runs.sort_unstable();
            runs.dedup_by_key(|(day, _)| *day);
            Rhythm::Irregular(runs)
        }),
    ];
    (
        scenarios(),
        zones,
        prop::collection::vec((0..60i64, -20..60i64, 1..20_000i64), 1..6),
        prop::collection::vec((0..DAYS, events()), 0..14),
        rhythm,
    )
        .prop_map(|(scenario, zones, receivables, mut events, runs)| {
            events.sort_by_key(|(day, _)| *day);
            let zones = zones.into_iter().map(|name| TimeZone::get(name).unwrap()).collect();
            Book { scenario, zones, receivables, events, runs }
        })
}

// ---- A small engine: keeps what the daily run would keep ----

struct World {
    scenario: Scenario,
    policy: ContactPolicy,
    zones: Vec<TimeZone>,
    points: Vec<ContactPoint>,
    receivables: Vec<OpenReceivable>,
    holds: Vec<Hold>,
    contacted: Vec<Timestamp>,
    payment_waiting: bool,
    money_is_stale: bool,
    case: Option<Case>,
}

impl World {
    fn new(book: &Book) -> World {
        World {
            scenario: book.scenario.clone(),
            policy: ContactPolicy::default(),
            zones: book.zones.clone(),
            points: vec![email(1)],
            receivables: Vec::new(),
            holds: Vec::new(),
            contacted: Vec::new(),
            payment_waiting: false,
            money_is_stale: false,
            case: None,
        }
    }

    fn facts<'a>(&'a self, case: &'a Case, receivables: &'a [OpenReceivable]) -> CaseFacts<'a> {
        CaseFacts {
            case,
            receivables,
            holds: &self.holds,
            contact_points: &self.points,
            zones: &self.zones,
            contacted_at: &self.contacted,
            last_notice: LastNotice::Settled,
            payment_waiting: self.payment_waiting,
            money_is_stale: self.money_is_stale,
        }
    }

    fn rules(&self, today: Date, hour: i8) -> Rules<'_> {
        let now = today.at(hour, 0, 0, 0).to_zoned(self.zones[0].clone()).unwrap().timestamp();
        Rules { scenario: &self.scenario, policy: &self.policy, is_holiday: &is_new_year, today, now }
    }

    fn decide(&self, today: Date, hour: i8) -> Decision {
        let case = self.case.as_ref().expect("only asked when there is a case");
        decide(&self.facts(case, &self.receivables), &self.rules(today, hour)).unwrap()
    }

    fn keep(&mut self, decision: &Decision, today: Date) {
        self.case = Some(decision.case.clone());
        if let Some(notify) = &decision.notify {
            if self.scenario.steps[notify.step].offset_days <= 0 {
                for &item in &notify.items {
                    self.receivables[item].announced_on = Some(today);
                }
            }
            self.contacted.push(notify.send_at);
        }
    }

    fn arrive(&mut self, id: i64, today: Date, due_in_days: i64, minor: i64) {
        let due_on = today + due_in_days.days();
        let amount = Money::new(minor, Currency::EUR);
        self.receivables.push(receivable(id, due_on, amount));
        let look_on = first_look_on(&self.scenario, due_on).max(today);
        let case = self.case.get_or_insert_with(|| Case::new(CaseId(1), DebtorId(1), Currency::EUR, look_on));
        case.next_event_on = Some(case.next_event_on.map_or(look_on, |planned| planned.min(look_on)));
    }

    fn wake(&mut self, today: Date) {
        if let Some(case) = &mut self.case {
            case.next_event_on = Some(case.next_event_on.map_or(today, |planned| planned.min(today)));
        }
    }

    fn hear(&mut self, event: &Event, today: Date) {
        match event {
            Event::Pay { which, share } => {
                if !self.receivables.is_empty() {
                    let paid = which.index(self.receivables.len());
                    let open = &mut self.receivables[paid].open;
                    open.minor -= (open.minor * share / 100).max(1);
                    self.receivables.retain(|one| one.open.is_positive());
                    if self.case.as_ref().is_some_and(|case| case.anchor_on.is_some()) {
                        self.wake(today);
                    }
                }
            }
            Event::Hold { which, reason, days } => {
                let receivable = match which {
                    Some(_) if self.receivables.is_empty() => return,
                    Some(which) => Some(self.receivables[which.index(self.receivables.len())].id),
                    None => None,
                };
                self.holds.push(Hold {
                    id: HoldId(1),
                    receivable,
                    reason: HoldReason::ALL[reason.index(HoldReason::ALL.len())],
                    from_on: today,
                    until_on: days.map(|days| today + days.days()),
                });
            }
            Event::Release(which) => {
                if !self.holds.is_empty() {
                    self.holds.remove(which.index(self.holds.len()));
                    self.wake(today);
                }
            }
            Event::PaymentWaiting(waiting) => self.payment_waiting = *waiting,
            Event::StaleMoney(stale) => self.money_is_stale = *stale,
            Event::Called { hour } => {
                let now = self.rules(today, *hour).now;
                self.contacted.push(now);
            }
            Event::OptedOut(out) => {
                self.points[0].consent = if *out { Consent::Refused } else { Consent::Given };
                self.wake(today);
            }
            Event::Failed(failed) => {
                self.points[0].failed = *failed;
                self.wake(today);
            }
        }
    }
}

/// Plays a book and shows each decision, with the world before it, to `judge`.
fn play(
    book: &Book,
    mut judge: impl FnMut(&World, Date, i8, &Decision) -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    let mut world = World::new(book);
    for day in 0..DAYS {
        let today = date(2026, 1, 1) + day.days();
        for (id, &(arrives, due_in_days, minor)) in (1..).zip(&book.receivables) {
            if arrives == day {
                world.arrive(id, today, due_in_days, minor);
            }
        }
        for (_, event) in book.events.iter().filter(|(on, _)| *on == day) {
            world.hear(event, today);
        }
        let Some(case) = &world.case else { continue };
        let hour = match &book.runs {
            Rhythm::Daily => case.next_event_on.is_some_and(|planned| planned <= today).then_some(10),
            Rhythm::Irregular(runs) => runs.iter().find(|(on, _)| *on == day).map(|(_, hour)| *hour),
        };
        if let Some(hour) = hour {
            let decision = world.decide(today, hour);
            judge(&world, today, hour, &decision)?;
            world.keep(&decision, today);
        }
    }
    Ok(())
}

fn email(id: i64) -> ContactPoint {
    ContactPoint {
        id: ContactPointId(id),
        channel: Channel::Email,
        value: format!("debtor{id}@example.com"),
        consent: Consent::Unknown,
        failed: false,
    }
}

fn receivable(id: i64, due_on: Date, amount: Money) -> OpenReceivable {
    OpenReceivable {
        id: ReceivableId(id),
        kind: ReceivableKind::Invoice,
        number: format!("R{id}"),
        reference: format!("RF{id}"),
        issued_on: None,
        due_on,
        amount,
        open: amount,
        announced_on: None,
    }
}

fn is_new_year(day: Date) -> bool {
    day.day_of_year() == 1
}

// ---- What must hold ----

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn between_two_notices_of_a_case_lies_the_gap(book in books()) {
        let mut last: Option<Date> = None;
        play(&book, |world, today, _, decision| {
            if decision.notify.is_some() {
                if let Some(last) = last {
                    let gap = i64::from(world.scenario.gap_days_min);
                    prop_assert!(last + gap.days() <= today, "{last} and {today}");
                }
                last = Some(today);
            }
            Ok(())
        })?;
    }

    #[test]
    fn steps_neither_skip_nor_repeat_within_a_cycle(book in books()) {
        let mut done: BTreeMap<u32, usize> = BTreeMap::new();
        let mut last_cycle = 0;
        play(&book, |world, today, _, decision| {
            let cycle = decision.case.cycle;
            prop_assert!(cycle == last_cycle || cycle == last_cycle + 1, "cycles are counted one by one");
            last_cycle = cycle;
            prop_assert!(!decision.opened || decision.case.anchor_on.is_some());
            prop_assert!(!(decision.cured && decision.notify.as_ref().is_some_and(|n| n.kind != NoticeKind::PreDue)));
            let after_due: Vec<usize> =
                (0..world.scenario.steps.len()).filter(|&step| world.scenario.steps[step].offset_days > 0).collect();
            let turn = done.entry(cycle).or_default();
            match &decision.notify {
                Some(notify) if notify.kind != NoticeKind::PreDue => {
                    prop_assert_eq!(Some(&notify.step), after_due.get(*turn));
                    *turn += 1;
                    let anchor = decision.case.anchor_on.expect("a step after the due date has an anchor");
                    let offset = i64::from(world.scenario.steps[notify.step].offset_days);
                    prop_assert!(today >= anchor + offset.days(), "not before its day");
                }
                Some(_) | None => {}
            }
            if decision.case.anchor_on.is_some() {
                prop_assert_eq!(decision.case.steps_done as usize, *turn);
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_notice_names_only_what_may_be_asked_for_and_adds_it_up(book in books()) {
        play(&book, |world, today, hour, decision| {
            let Some(notify) = &decision.notify else {
                prop_assert!(decision.not_done.is_some(), "every silence has a reason");
                return Ok(());
            };
            prop_assert!(decision.not_done.is_none());
            prop_assert!(!world.payment_waiting && !world.money_is_stale);
            let named: Vec<&OpenReceivable> = notify.items.iter().map(|&item| &world.receivables[item]).collect();
            prop_assert!(!named.is_empty());
            let step = &world.scenario.steps[notify.step];
            for one in &named {
                prop_assert!(one.open.is_positive());
                let held = world.holds.iter().any(|hold| {
                    hold.is_in_force_on(today) && hold.receivable.is_none_or(|held| held == one.id)
                });
                prop_assert!(!held, "{} is on hold", one.number);
                prop_assert_eq!(one.is_overdue_on(today), step.offset_days > 0);
                prop_assert!(step.offset_days > 0 || one.announced_on.is_none(), "announced twice");
            }
            prop_assert!(named.windows(2).all(|pair| (pair[0].due_on, pair[0].id) < (pair[1].due_on, pair[1].id)));
            let total: i64 = named.iter().map(|one| one.open.minor).sum();
            prop_assert_eq!(notify.total, Money::new(total, Currency::EUR));
            prop_assert!(step.offset_days <= 0 || total > world.scenario.tolerance_minor);
            prop_assert!(notify.pay_by >= today);
            prop_assert_eq!((notify.kind, notify.channel), (step.notice, step.channel));
            let to = world.points.iter().find(|point| point.id == notify.to).expect("one of the debtor's");
            prop_assert!(to.consent != Consent::Refused && !to.failed);
            // It leaves at a moment the policy allows, at most 18 hours from now.
            let now = world.rules(today, hour).now;
            prop_assert!(notify.send_at >= now && notify.send_at <= now + 18.hours());
            let contact = ContactFacts {
                zones: &world.zones,
                contacted_at: &world.contacted,
                is_holiday: &is_new_year,
            };
            prop_assert_eq!(
                may_contact(&world.policy, &contact, notify.send_at),
                duewell_domain::contact::Verdict::Allowed
            );
            Ok(())
        })?;
    }

    #[test]
    fn the_next_look_is_never_today_and_comes_before_anything_to_send(book in books()) {
        play(&book, |world, today, hour, decision| {
            let next = decision.case.next_event_on;
            prop_assert!(next.is_none_or(|day| day > today));
            let mut later = World {
                scenario: world.scenario.clone(),
                policy: world.policy.clone(),
                zones: world.zones.clone(),
                points: world.points.clone(),
                receivables: world.receivables.clone(),
                holds: world.holds.clone(),
                contacted: world.contacted.clone(),
                case: None,
                ..*world
            };
            later.keep(decision, today);
            let mut day = today.tomorrow().unwrap();
            while day < next.unwrap_or(today + 50.days()).min(today + 50.days()) {
                let early = later.decide(day, 10);
                prop_assert!(
                    early.notify.is_none(),
                    "decided on {today} at {hour}: next look {next:?}, but on {day} there is {:?}", early.notify
                );
                day = day.tomorrow().unwrap();
            }
            Ok(())
        })?;
    }

    #[test]
    fn the_same_facts_give_the_same_decision_in_any_order(book in books()) {
        play(&book, |world, today, hour, decision| {
            prop_assert_eq!(&world.decide(today, hour), decision);
            let turned: Vec<OpenReceivable> = world.receivables.iter().rev().cloned().collect();
            let case = world.case.as_ref().unwrap();
            let other = decide(&world.facts(case, &turned), &world.rules(today, hour)).unwrap();
            prop_assert_eq!(&other.case, &decision.case);
            prop_assert_eq!(&other.not_done, &decision.not_done);
            let ids = |decision: &Decision, of: &[OpenReceivable]| {
                decision.notify.as_ref().map(|notify| {
                    (notify.total, notify.items.iter().map(|&item| of[item].id).collect::<Vec<_>>())
                })
            };
            prop_assert_eq!(ids(&other, &turned), ids(decision, &world.receivables));
            Ok(())
        })?;
    }

    #[test]
    fn a_hold_on_the_debtor_silences_every_step(book in books()) {
        play(&book, |world, today, hour, _| {
            let mut held = world.holds.clone();
            held.push(Hold {
                id: HoldId(9),
                receivable: None,
                reason: HoldReason::Care,
                from_on: today,
                until_on: Some(today),
            });
            let case = world.case.as_ref().unwrap();
            let facts = CaseFacts { holds: &held, ..world.facts(case, &world.receivables) };
            let silent = decide(&facts, &world.rules(today, hour)).unwrap();
            prop_assert!(silent.notify.is_none());
            prop_assert!(silent.case.next_event_on.is_some_and(|day| day == today + 1.day()));
            Ok(())
        })?;
    }
}

// ---- At the moment of sending ----

/// A notice over two receivables on an ordinary Monday morning in Berlin, before anything speaks against it.
struct Sending {
    open: [i64; 2],
    stated: [i64; 2],
    due_on: Date,
    holds: Vec<Hold>,
    to: ContactPoint,
    zones: Vec<&'static str>,
    contacted: Vec<&'static str>,
    now: &'static str,
    holiday: bool,
    payment_waiting: bool,
    money_is_stale: bool,
    policy: ContactPolicy,
}

impl Sending {
    fn ordinary() -> Sending {
        Sending {
            open: [5_000, 2_500],
            stated: [5_000, 2_500],
            due_on: date(2026, 11, 1),
            holds: Vec::new(),
            to: email(1),
            zones: vec!["Europe/Berlin"],
            contacted: Vec::new(),
            now: "2026-11-23T09:00:00Z",
            holiday: false,
            payment_waiting: false,
            money_is_stale: false,
            policy: ContactPolicy::default(),
        }
    }

    fn verdict(&self) -> SendVerdict {
        let eur = |minor| Money::new(minor, Currency::EUR);
        let items: Vec<(Asked, Asked)> = (0..2)
            .map(|i| {
                let receivable = ReceivableId(i as i64 + 1);
                let stated = Asked { receivable, open: eur(self.stated[i]), due_on: date(2026, 11, 1) };
                (Asked { open: eur(self.open[i]), due_on: self.due_on, ..stated }, stated)
            })
            .collect();
        let zones: Vec<TimeZone> = self.zones.iter().map(|name| TimeZone::get(name).unwrap()).collect();
        let contacted: Vec<Timestamp> = self.contacted.iter().map(|text| text.parse().unwrap()).collect();
        let facts = SendFacts {
            items: &items,
            currency: Currency::EUR,
            holds: &self.holds,
            to: &self.to,
            zones: &zones,
            contacted_at: &contacted,
            payment_waiting: self.payment_waiting,
            money_is_stale: self.money_is_stale,
        };
        let now: Timestamp = self.now.parse().unwrap();
        let today = now.to_zoned(TimeZone::get("Europe/Berlin").unwrap()).date();
        let is_holiday = |_: Date| self.holiday;
        let scenario = Scenario::standard();
        let rules = Rules { scenario: &scenario, policy: &self.policy, is_holiday: &is_holiday, today, now };
        may_send(&facts, &rules).unwrap()
    }

    fn hold(&mut self, about: Option<i64>, reason: HoldReason, from_on: Date, until_on: Option<Date>) {
        let receivable = about.map(ReceivableId);
        self.holds.push(Hold { id: HoldId(1), receivable, reason, from_on, until_on });
    }
}

#[track_caller]
fn check(change: impl FnOnce(&mut Sending), expected: SendVerdict) {
    let mut sending = Sending::ordinary();
    change(&mut sending);
    assert_eq!(sending.verdict(), expected);
}

fn withdrawn(because: Reason) -> SendVerdict {
    SendVerdict::Withdraw { because }
}

fn later(until: &str, because: Reason) -> SendVerdict {
    SendVerdict::Later { until: until.parse().unwrap(), because }
}

#[test]
fn before_sending_each_rule_is_asked_again() {
    use HoldReason::{Care, Dispute, Promise};
    // Ten in the morning on a Monday in Berlin.
    let monday = date(2026, 11, 23);
    let (sunday, tuesday) = (monday - 1.day(), monday + 1.day());
    let policy = Reason::Policy;

    check(|_| {}, SendVerdict::Send);
    check(|s| s.open = [0, 0], withdrawn(Reason::Paid));
    check(|s| s.open = [0, 2_500], withdrawn(Reason::AmountChanged));
    check(|s| s.open = [4_999, 2_500], withdrawn(Reason::AmountChanged));
    check(|s| s.open = [5_001, 2_500], withdrawn(Reason::AmountChanged));
    // The total is the same, what it is for is not.
    check(|s| s.open = [5_100, 2_400], withdrawn(Reason::AmountChanged));
    // It was put off: what the notice calls overdue is not.
    check(|s| s.due_on = date(2026, 12, 1), withdrawn(Reason::AmountChanged));
    check(|s| s.hold(Some(2), Dispute, sunday, None), withdrawn(Reason::OnHold(Dispute)));
    check(|s| s.hold(Some(1), Promise, monday, Some(monday)), withdrawn(Reason::OnHold(Promise)));
    check(|s| s.hold(None, Care, sunday, Some(tuesday)), withdrawn(Reason::OnHold(Care)));
    check(|s| s.hold(Some(3), Dispute, sunday, None), SendVerdict::Send);
    check(|s| s.hold(None, Care, sunday, Some(sunday)), SendVerdict::Send);
    check(|s| s.hold(None, Care, tuesday, None), SendVerdict::Send);
    check(|s| s.to.consent = Consent::Refused, withdrawn(Reason::OptedOut));
    check(|s| s.to.consent = Consent::Given, SendVerdict::Send);
    check(|s| s.to.failed = true, withdrawn(Reason::AddressFailed));
    check(|s| s.payment_waiting = true, withdrawn(Reason::PaymentWaiting));
    check(|s| s.money_is_stale = true, later("2026-11-23T10:00:00Z", Reason::StaleMoney));
    check(|s| s.now = "2026-11-23T06:59:00Z", later("2026-11-23T07:00:00Z", policy(ContactRule::QuietHours)));
    check(|s| s.now = "2026-11-23T19:00:00Z", later("2026-11-24T07:00:00Z", policy(ContactRule::QuietHours)));
    check(|s| s.now = "2026-11-22T09:00:00Z", later("2026-11-23T07:00:00Z", policy(ContactRule::Sunday)));
    check(|s| s.holiday = true, withdrawn(policy(ContactRule::Holiday)));
    check(
        |s| s.contacted = vec!["2026-11-23T08:00:00Z"],
        later("2026-11-24T07:00:00Z", policy(ContactRule::FrequencyCap)),
    );
    check(
        |s| s.contacted = vec!["2026-11-18T09:00:00Z", "2026-11-19T09:00:00Z", "2026-11-20T09:00:00Z"],
        later("2026-11-25T07:00:00Z", policy(ContactRule::FrequencyCap)),
    );
    check(
        |s| s.zones = vec!["Europe/Berlin", "America/New_York"],
        later("2026-11-23T13:00:00Z", policy(ContactRule::QuietHours)),
    );
}

#[test]
fn of_several_refusals_before_sending_the_first_in_order_is_named() {
    let mut s = Sending::ordinary();
    s.open = [0, 0];
    s.hold(None, HoldReason::Legal, date(2026, 1, 1), None);
    s.to.consent = Consent::Refused;
    s.to.failed = true;
    s.payment_waiting = true;
    s.money_is_stale = true;
    s.now = "2026-11-22T09:00:00Z";
    assert_eq!(s.verdict(), withdrawn(Reason::Paid));
    s.open = [5_000, 1];
    assert_eq!(s.verdict(), withdrawn(Reason::AmountChanged));
    s.open = s.stated;
    assert_eq!(s.verdict(), withdrawn(Reason::OnHold(HoldReason::Legal)));
    s.holds.clear();
    assert_eq!(s.verdict(), withdrawn(Reason::OptedOut));
    s.to.consent = Consent::Unknown;
    assert_eq!(s.verdict(), withdrawn(Reason::AddressFailed));
    s.to.failed = false;
    assert_eq!(s.verdict(), withdrawn(Reason::PaymentWaiting));
    s.payment_waiting = false;
    assert_eq!(s.verdict(), later("2026-11-22T10:00:00Z", Reason::StaleMoney));
    s.money_is_stale = false;
    assert_eq!(s.verdict(), later("2026-11-23T07:00:00Z", Reason::Policy(ContactRule::Sunday)));
}

// ---- Small tables ----

#[test]
fn the_first_willing_and_working_address_is_used() {
    use Reason::{AddressFailed, NoAddress, OptedOut};
    let point = |id, channel, consent, failed| ContactPoint { channel, consent, failed, ..email(id) };
    let good = |id| point(id, Channel::Email, Consent::Unknown, false);
    let refused = |id| point(id, Channel::Email, Consent::Refused, false);
    let failed = |id| point(id, Channel::Email, Consent::Given, true);
    let phone = |id| point(id, Channel::Phone, Consent::Given, false);
    let both = |id| point(id, Channel::Email, Consent::Refused, true);
    for (points, expected) in [
        (vec![], Err(NoAddress)),
        (vec![phone(1)], Err(NoAddress)),
        (vec![refused(1)], Err(OptedOut)),
        (vec![both(1)], Err(OptedOut)),
        (vec![failed(1)], Err(AddressFailed)),
        (vec![refused(1), failed(2)], Err(AddressFailed)),
        (vec![good(1), good(2)], Ok(ContactPointId(1))),
        (vec![phone(1), refused(2), failed(3), good(4)], Ok(ContactPointId(4))),
    ] {
        assert_eq!(reachable(&points, Channel::Email), expected, "{points:?}");
    }
}

#[test]
fn the_first_look_is_on_the_day_of_the_first_step() {
    let due_on = date(2026, 3, 1);
    let mut scenario = Scenario::standard();
    assert_eq!(first_look_on(&scenario, due_on), date(2026, 2, 26));
    scenario.steps.remove(0);
    assert_eq!(first_look_on(&scenario, due_on), date(2026, 3, 4));
    scenario.steps.clear();
    assert_eq!(first_look_on(&scenario, due_on), due_on);
}

#[test]
fn a_scenario_that_cannot_be_meant_is_refused() {
    let step =
        |offset_days, notice| Step { offset_days, notice, channel: Channel::Email, pay_within_days: 7 };
    let scenario = |steps| Scenario { steps, ..Scenario::standard() };
    use NoticeKind::{First, PreDue, Second};
    let wrong = |offset_days, notice| Err(ScenarioError::WrongSide { offset_days, notice });
    let rising = |first, second| Err(ScenarioError::NotRising { first, second });
    for (scenario, expected) in [
        (Scenario::standard(), Ok(())),
        (scenario(vec![step(0, PreDue), step(1, First)]), Ok(())),
        (scenario(vec![]), Err(ScenarioError::Empty)),
        (Scenario { tolerance_minor: -1, ..Scenario::standard() }, Err(ScenarioError::NegativeTolerance)),
        (scenario(vec![step(3, First), step(3, Second)]), rising(3, 3)),
        (scenario(vec![step(14, First), step(3, Second)]), rising(14, 3)),
        (scenario(vec![step(0, First)]), wrong(0, First)),
        (scenario(vec![step(1, PreDue)]), wrong(1, PreDue)),
        (
            scenario(vec![Step { channel: Channel::Post, ..step(3, First) }]),
            Err(ScenarioError::ChannelNotBuilt(Channel::Post)),
        ),
    ] {
        assert_eq!(scenario.check(), expected, "{scenario:?}");
    }
}

#[test]
fn every_reason_is_stored_as_a_word_and_read_back() {
    use ContactRule::{FrequencyCap, Holiday, NoCommonHour, QuietHours, Sunday};
    use Reason::*;
    let mut reasons = vec![
        NothingOpen,
        NotYet,
        TooSoon,
        BelowTolerance,
        ScenarioFinished,
        StaleMoney,
        PaymentWaiting,
        NoAddress,
        OptedOut,
        AddressFailed,
        Paid,
        AmountChanged,
        TextFailed,
    ];
    reasons.extend(HoldReason::ALL.map(OnHold));
    reasons.extend([QuietHours, Sunday, Holiday, FrequencyCap, NoCommonHour].map(Policy));
    let mut codes: Vec<String> = reasons.iter().map(|reason| reason.code()).collect();
    for (reason, code) in reasons.iter().zip(&codes) {
        assert_eq!(code.parse::<Reason>().as_ref(), Ok(reason));
        assert!(!reason.words().is_empty() && !reason.words().ends_with('.'));
    }
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), reasons.len());
    for code in ["", "on_hold", "on_hold:", "policy:moon", "Paid"] {
        assert!(code.parse::<Reason>().is_err(), "{code}");
    }
}

/// `counted[counted.len() - 1]` in `contact::refusal` when nobody was contacted yet.
#[test]
fn a_cap_of_no_contacts_at_all_refuses() {
    let policy = ContactPolicy { caps: vec![Cap { contacts_max: 0, days: 7 }], ..ContactPolicy::default() };
    check(|s| s.policy = policy, withdrawn(Reason::Policy(ContactRule::FrequencyCap)));
}
