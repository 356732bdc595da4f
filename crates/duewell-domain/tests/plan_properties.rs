//! Plans: what must hold for any terms, any log and any order of entry.

use std::collections::BTreeMap;

use duewell_domain::calendar::Convention;
use duewell_domain::ledger;
use duewell_domain::money::{Currency, Money, Rounding, divide};
use duewell_domain::plan::allocation::{AllocationPolicy, Direction, InAdvance, Waterfall};
use duewell_domain::plan::books::{books, open_of, summary};
use duewell_domain::plan::*;
use duewell_domain::rate::{Rate, WHOLE_PPB};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::RngSeed;

// ---- Terms as people agree on them ----

fn days_from(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}

fn rates() -> impl Strategy<Value = Rate> {
    prop_oneof![1 => Just(Rate::ZERO), 4 => (0i64..400_000_000).prop_map(|ppb| Rate { ppb })]
}

fn currencies() -> impl Strategy<Value = Currency> {
    select(vec![Currency::JPY, Currency::EUR, Currency::KWD, Currency::CLF])
}

fn roundings() -> impl Strategy<Value = Rounding> {
    use Rounding::*;
    select(vec![HalfUp, HalfEven, Down, Up, Floor, Ceiling])
}

fn day_counts() -> impl Strategy<Value = DayCount> {
    use DayCount::*;
    select(vec![
        Thirty360Us,
        Thirty360Eu,
        Actual365,
        Actual360,
        Actual364,
        ActualActual,
        ActualActualEnd,
        WholePeriods360,
        MonthsAndDays,
        ThirtyDayMonths365,
        ThirtyDayMonths364,
        WholePeriods364,
        WholePeriods365,
    ])
}

fn frequencies() -> impl Strategy<Value = Frequency> {
    let of = |every, unit| Frequency { every, unit };
    select(vec![
        of(1, Unit::Months),
        of(1, Unit::Months),
        of(3, Unit::Months),
        of(1, Unit::Years),
        of(1, Unit::SemiMonths),
        of(2, Unit::Weeks),
        of(10, Unit::Days),
    ])
}

fn starts() -> impl Strategy<Value = Date> {
    (0i64..1_800).prop_map(|offset| days_from(date(2023, 1, 1), offset))
}

fn interest() -> impl Strategy<Value = InterestTerms> {
    use prop::collection::vec;
    let method = prop_oneof![4 => Just(InterestMethod::Declining), 1 => Just(InterestMethod::Flat)];
    let kind = prop_oneof![5 => Just(RateKind::Nominal), 1 => Just(RateKind::Effective)];
    let segments = select(vec![SegmentRounding::Once, SegmentRounding::Each]);
    let recalculation = select(vec![Recalculation::None, Recalculation::Daily, Recalculation::WholePeriods]);
    let prepayment = select(vec![
        Prepayment::SmallerInstallments,
        Prepayment::FewerInstallments,
        Prepayment::NextInstallments,
    ]);
    let recalculation = (recalculation, prepayment);
    let steps = prop_oneof![3 => Just(Vec::new()), 1 => vec((1i64..200, rates()), 1..3)];
    (rates(), method, day_counts(), recalculation, segments, kind, starts(), steps).prop_map(
        |(rate, method, day_count, (recalculation, prepayment), segments, kind, first_step, steps)| {
            let mut from_on = first_step;
            let steps = steps.into_iter().map(|(days, rate)| {
                from_on = days_from(from_on, days);
                RateStep { from_on, rate }
            });
            InterestTerms {
                rate,
                method,
                day_count,
                level_day_count: None,
                steps: steps.collect(),
                recalculation,
                segments,
                kind,
                prepayment,
            }
        },
    )
}

/// Rounding rules by the size of the principal.
fn rounding(principal: i64) -> impl Strategy<Value = RoundingTerms> {
    let multiples = move || select(vec![1, 1, 1, 5, 100]).prop_map(move |of: i64| of.min(principal));
    let residues = select(vec![Residue::Last, Residue::First, Residue::Spread]);
    let least = prop_oneof![4 => Just(0), 1 => 1i64..principal.max(2)];
    (roundings(), multiples(), roundings(), multiples(), residues, prop::bool::weighted(0.2), least).prop_map(
        |(mode, multiple, installment_mode, interest_multiple, residue, last_to_multiple, least_last)| {
            RoundingTerms {
                mode,
                installment_multiple: multiple,
                installment_mode,
                interest_multiple,
                residue,
                last_to_multiple,
                least_last,
                precision: Precision::Minor,
            }
        },
    )
}

fn fee_terms() -> impl Strategy<Value = FeeTerm> {
    let component = select(vec![Component::Fee, Component::Penalty]);
    let bases = select(vec![
        FeeBasis::Principal,
        FeeBasis::Interest,
        FeeBasis::PrincipalAndInterest,
        FeeBasis::Outstanding,
    ]);
    let amount = prop_oneof![
        (1i64..5_000).prop_map(FeeAmount::Minor),
        (1i64..50_000_000, bases).prop_map(|(ppb, of)| FeeAmount::Share { rate: Rate { ppb }, of }),
    ];
    let when =
        prop_oneof![Just(FeeWhen::Signing), Just(FeeWhen::EachInstallment), starts().prop_map(FeeWhen::On)];
    let at_most = proptest::option::of(1i64..10_000);
    (component, amount, when, at_most).prop_map(|(component, amount, when, at_most)| FeeTerm {
        name: "fee".to_owned(),
        component,
        amount,
        when,
        at_most,
    })
}

fn allocations() -> impl Strategy<Value = AllocationPolicy> {
    let components = || {
        Just(Component::ALL.to_vec())
            .prop_shuffle()
            .prop_map(|order| [order[0], order[1], order[2], order[3]])
    };
    let aheads = select(vec![InAdvance::Next, InAdvance::Last, InAdvance::Spread]);
    let directions = select(vec![Direction::Horizontal, Direction::Vertical]);
    let chargeback = prop_oneof![Just(Vec::new()), components().prop_map(Vec::from)];
    let flow = (components(), components(), aheads, directions, any::<bool>(), chargeback).prop_map(
        |(due, in_advance, ahead, direction, fees_by_their_own_date, chargeback)| AllocationPolicy {
            default: Waterfall {
                direction,
                fees_by_their_own_date,
                ..Waterfall::new(due, in_advance, ahead)
            },
            by_kind: BTreeMap::new(),
            chargeback,
        },
    );
    prop_oneof![1 => Just(AllocationPolicy::default()), 2 => flow]
}

fn amortizations() -> impl Strategy<Value = Amortization> {
    prop_oneof![
        4 => Just(Amortization::EqualInstallment),
        2 => Just(Amortization::EqualPrincipal),
        1 => Just(Amortization::InterestOnly),
        1 => (1u32..6, -50_000_000i64..80_000_000)
            .prop_map(|(every, ppb)| Amortization::Graduated { every, by: Rate { ppb } }),
        // Due dates and amounts are filled in from the other terms.
        1 => Just(Amortization::Custom(Vec::new())),
    ]
}

fn graces(count: u32) -> impl Strategy<Value = Grace> {
    let few = move || 0..count.min(4);
    let deferred = select(vec![DeferredInterest::Added, DeferredInterest::Capitalised]);
    let some = (few(), few(), few(), deferred).prop_map(|(principal, interest, interest_free, deferred)| {
        Grace { principal, interest, interest_free, deferred }
    });
    prop_oneof![3 => Just(Grace::default()), 1 => some]
}

fn down_payments(principal: i64) -> impl Strategy<Value = Option<DownPayment>> {
    prop_oneof![
        4 => Just(None),
        1 => (1i64..900_000_000).prop_map(|ppb| Some(DownPayment::Share(Rate { ppb }))),
        1 => (0..principal).prop_map(|minor| Some(DownPayment::Minor(minor))),
    ]
}

fn business_days() -> impl Strategy<Value = Option<BusinessDays>> {
    let conventions =
        select(vec![Convention::Following, Convention::ModifiedFollowing, Convention::Preceding]);
    let shifts = select(vec![Shifted::One, Shifted::Rest]);
    let some = (conventions, shifts)
        .prop_map(|(convention, shift)| Some(BusinessDays { convention, calendar: None, shift }));
    prop_oneof![4 => Just(None), 1 => some]
}

/// Terms that a creditor could write, every convention with every other.
fn terms() -> impl Strategy<Value = Terms> {
    let sizes = (prop_oneof![1i64..100_000, 1_000i64..100_000_000], 1u32..25);
    sizes.prop_flat_map(|(principal, count)| {
        let dates = (starts(), proptest::option::weighted(0.3, 0i64..70), frequencies(), business_days());
        let month_end = select(vec![MonthEnd::Clamp, MonthEnd::Roll, MonthEnd::LastDay]);
        let balloon = prop_oneof![4 => Just(0), 1 => 0..principal];
        let shape = (amortizations(), balloon, graces(count), rounding(principal), down_payments(principal));
        let posting = prop_oneof![3 => Just(Posting::InTurn), 1 => Just(Posting::ScheduleFirst)];
        let fees = prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(fee_terms(), 1..3)];
        let odd = prop_oneof![
            4 => Just(OddFirstPeriod::Spread),
            1 => Just(OddFirstPeriod::Charged),
            1 => Just(OddFirstPeriod::FirstInstallment),
        ];
        let rest = (interest(), allocations(), (posting, odd), fees, currencies(), month_end);
        (dates, shape, rest).prop_map(move |(dates, shape, rest)| {
            let (starts_on, first_after, frequency, business_days) = dates;
            let (mut amortization, mut balloon, grace, rounding, mut down_payment) = shape;
            let (interest, allocation, (posting, odd_first_period), fees, currency, month_end) = rest;
            let odd_first_period = match interest.recalculation {
                Recalculation::None => odd_first_period,
                Recalculation::Daily | Recalculation::WholePeriods => OddFirstPeriod::Spread,
            };
            if let Amortization::Custom(rows) = &mut amortization {
                let part = principal / i64::from(count);
                rows.extend((0..i64::from(count)).map(|at| CustomRow {
                    due_on: days_from(starts_on, 20 + 31 * at),
                    principal: if at == 0 { principal - part * (i64::from(count) - 1) } else { part },
                }));
                (balloon, down_payment) = (0, None);
            }
            Terms {
                first_due_on: first_after.map(|days| days_from(starts_on, days)),
                frequency,
                month_end,
                business_days,
                amortization,
                balloon,
                interest,
                grace,
                rounding,
                down_payment,
                fees,
                allocation,
                posting,
                odd_first_period,
                ..Terms::equal_parts(currency, principal, starts_on, count)
            }
        })
    })
}

// ---- What may happen to a plan ----

#[derive(Clone, Debug)]
enum Happening {
    Advance { share: i64 },
    Money { kind: MoneyKind, share: i64, names: Option<Index>, ahead: Option<InAdvance> },
    CreditRefund { share: i64 },
    Chargeback { of: Index, share: i64 },
    Fee(FeeTerm),
    LateFee { installment: Index, amount: i64 },
    WaiveFee { of: Index, amount: i64 },
    MoveDueDate { installment: Index, days: i64, shift: Shifted },
    RateChange(Rate),
    InterestPause { days: i64 },
    ReAge { days: i64, installments: u32 },
    ReAmortize,
    Accelerate,
    Settle,
    WriteOff,
    ChargeOff,
    Dissolve,
    Extend { from: Index, installments: u32 },
    Holiday { from: Index, installments: u32, of: Component },
}

fn happenings() -> impl Strategy<Value = Happening> {
    use Happening::*;
    let kind = select(vec![MoneyKind::Payment, MoneyKind::GoodwillCredit, MoneyKind::MerchantRefund]);
    let ahead = select(vec![None, None, Some(InAdvance::Last), Some(InAdvance::Spread)]);
    let share = || prop_oneof![1i64..100, 1i64..600];
    let shift = select(vec![Shifted::One, Shifted::Rest]);
    prop_oneof![
        12 => (kind, share(), proptest::option::weighted(0.2, any::<Index>()), ahead)
            .prop_map(|(kind, share, names, ahead)| Money { kind, share, names, ahead }),
        1 => share().prop_map(|share| Advance { share }),
        1 => share().prop_map(|share| CreditRefund { share }),
        2 => (any::<Index>(), 1i64..1001).prop_map(|(of, share)| Chargeback { of, share }),
        1 => fee_terms().prop_map(Fee),
        1 => (any::<Index>(), 1i64..3_000).prop_map(|(installment, amount)| LateFee { installment, amount }),
        1 => (any::<Index>(), 1i64..3_000).prop_map(|(of, amount)| WaiveFee { of, amount }),
        1 => (any::<Index>(), -20i64..40, shift)
            .prop_map(|(installment, days, shift)| MoveDueDate { installment, days, shift }),
        1 => rates().prop_map(RateChange),
        1 => (1i64..90).prop_map(|days| InterestPause { days }),
        1 => (1i64..60, 1u32..13).prop_map(|(days, installments)| ReAge { days, installments }),
        1 => Just(ReAmortize),
        1 => Just(Accelerate),
        1 => Just(Settle),
        1 => Just(WriteOff),
        1 => Just(ChargeOff),
        1 => Just(Dissolve),
        1 => (any::<Index>(), 1u32..5).prop_map(|(from, installments)| Extend { from, installments }),
        1 => (any::<Index>(), 1u32..4, select(vec![Component::Principal, Component::Interest]))
            .prop_map(|(from, installments, of)| Holiday { from, installments, of }),
    ]
}

/// Terms and what happened, shown as they would be written down.
#[derive(Clone)]
struct Story {
    terms: Terms,
    log: Vec<Entry>,
}

impl std::fmt::Debug for Story {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", serde_json::to_string(&self.terms).unwrap())?;
        self.log.iter().try_for_each(|entry| writeln!(f, "{}", serde_json::to_string(entry).unwrap()))
    }
}

fn stories() -> impl Strategy<Value = Story> {
    let days = prop::collection::vec((0i64..700, happenings()), 0..9);
    (terms(), days).prop_filter_map("no such plan", |(terms, days)| {
        let log = log_of(&terms, &days)?;
        Some(Story { terms, log })
    })
}

/// Terms that give a schedule.
fn quotes() -> impl Strategy<Value = Story> {
    terms()
        .prop_filter("no such plan", |terms| quote(terms).is_ok())
        .prop_map(|terms| Story { terms, log: Vec::new() })
}

/// Writes the happenings down that can happen; the others are refused by name and left out.
fn log_of(terms: &Terms, days: &[(i64, Happening)]) -> Option<Vec<Entry>> {
    let due_dates: Vec<Date> = quote(terms).ok()?.rows.iter().map(|row| row.due_on).collect();
    let mut log = vec![entry(1, terms.starts_on, Event::Advance { amount: terms.principal })];
    replay(terms, &log, far()).ok()?;
    for (day, happening) in days {
        let on = days_from(terms.starts_on, *day);
        let Some(event) = event_of(terms, &due_dates, &log, on, happening) else { continue };
        log.push(entry(log.last()?.number + 1, on, event));
        if replay(terms, &log, far()).is_err() {
            log.pop();
        }
    }
    Some(log)
}

fn entry(number: u32, value_on: Date, event: Event) -> Entry {
    Entry { number, value_on, entered_on: value_on, event }
}

fn event_of(terms: &Terms, dates: &[Date], log: &[Entry], on: Date, happening: &Happening) -> Option<Event> {
    let part =
        |share: i64| (terms.principal / 1_000 * share + terms.principal % 1_000 * share / 1_000).max(1);
    let pick = |which: &[&Entry], index: &Index| (!which.is_empty()).then(|| index.get(which).number);
    let money: Vec<&Entry> = log
        .iter()
        .filter(|entry| matches!(entry.event, Event::Money { .. }) && entry.value_on <= on)
        .collect();
    let fees: Vec<&Entry> = log
        .iter()
        .filter(|entry| {
            matches!(entry.event, Event::Fee { .. } | Event::LateFee { .. }) && entry.value_on <= on
        })
        .collect();
    Some(match happening {
        Happening::Advance { share } => Event::Advance { amount: part(*share) },
        Happening::Money { kind, share, names, ahead } => Event::Money {
            kind: *kind,
            amount: part(*share),
            names: names.map(|index| *index.get(dates)),
            ahead: *ahead,
        },
        Happening::CreditRefund { share } => Event::CreditRefund { amount: part(*share) },
        Happening::Chargeback { of, share } => {
            let of = pick(&money, of)?;
            let paid = log.iter().find(|entry| entry.number == of)?;
            let Event::Money { amount, .. } = paid.event else { return None };
            Event::Chargeback { of, amount: (amount * share / 1_000).max(1) }
        }
        Happening::Fee(FeeTerm { name, component, amount, when, .. }) => {
            Event::Fee { name: name.clone(), component: *component, amount: *amount, when: *when }
        }
        Happening::LateFee { installment, amount } => Event::LateFee {
            installment: *installment.get(dates),
            amount: *amount,
            component: Component::Penalty,
        },
        Happening::WaiveFee { of, amount } => Event::WaiveFee { of: pick(&fees, of)?, amount: *amount },
        Happening::MoveDueDate { installment, days, shift } => {
            let from_on = *installment.get(dates);
            Event::MoveDueDate { from_on, to_on: days_from(from_on, *days), shift: *shift }
        }
        Happening::RateChange(rate) => Event::RateChange { rate: *rate },
        Happening::InterestPause { days } => Event::InterestPause { until_on: days_from(on, *days) },
        Happening::ReAge { days, installments } => Event::ReAge {
            starts_on: days_from(on, *days),
            every: Frequency::MONTHLY,
            installments: *installments,
        },
        Happening::ReAmortize => Event::ReAmortize,
        Happening::Accelerate => Event::Accelerate,
        Happening::Settle => Event::Settle,
        Happening::WriteOff => Event::WriteOff,
        Happening::ChargeOff => Event::ChargeOff,
        Happening::Dissolve => Event::Dissolve,
        Happening::Extend { from, installments } => {
            Event::Extend { from_on: *from.get(dates), installments: *installments }
        }
        Happening::Holiday { from, installments, of } => {
            Event::Holiday { from_on: *from.get(dates), installments: *installments, of: *of }
        }
    })
}

// ---- The auditor: sums that know nothing of schedules ----

type Check = Result<(), TestCaseError>;

fn each(parts: Parts) -> [i64; 4] {
    Component::ALL.map(|component| parts.get(component))
}

fn audit(terms: &Terms, log: &[Entry], account: &Account) -> Check {
    let in_effect: Vec<&Entry> = log
        .iter()
        .filter(|entry| account.effects.iter().any(|effect| effect.entry == entry.number))
        .collect();
    let sum = |amount: fn(&Event) -> i64| -> i64 { in_effect.iter().map(|entry| amount(&entry.event)).sum() };
    let rows = &account.rows;
    let totals = account.totals();

    let advanced = sum(|event| if let Event::Advance { amount } = event { *amount } else { 0 });
    let credited: Parts = rows.iter().map(|row| row.credited).sum();
    prop_assert_eq!(account.advanced, advanced);
    let capitalised: i64 = rows.iter().map(|row| row.capitalised).sum();
    let dissolved: i64 = account
        .effects
        .iter()
        .filter(|effect| log.iter().any(|one| one.number == effect.entry && one.event == Event::Dissolve))
        .map(|effect| effect.parts.principal)
        .sum();
    prop_assert_eq!(
        totals.due.principal - credited.principal,
        advanced + capitalised - dissolved,
        "principal is what was advanced"
    );

    for row in rows {
        prop_assert!(each(row.due).iter().all(|&part| part >= 0), "nothing negative is due: {row:?}");
        prop_assert!(each(row.paid).iter().all(|&part| part >= 0), "nothing negative is paid: {row:?}");
        prop_assert!(each(row.waived).iter().all(|&part| part >= 0), "nothing negative is waived: {row:?}");
        prop_assert!(each(row.open()).iter().all(|&part| part >= 0), "no more is paid than due: {row:?}");
        prop_assert_eq!(row.met_on.is_some() && row.is_open(), false, "met and open: {:?}", row);
        prop_assert!(row.from_on <= row.due_on || row.kind != RowKind::Regular, "{row:?}");
    }
    prop_assert!(rows.windows(2).all(|pair| pair[0].due_on <= pair[1].due_on), "in the order of due dates");
    prop_assert_eq!(totals.open + totals.paid + totals.waived, totals.due);

    prop_assert!(account.credit >= 0);
    let money_in = sum(|event| if let Event::Money { amount, .. } = event { *amount } else { 0 });
    let money_out = sum(|event| match event {
        Event::CreditRefund { amount } | Event::Chargeback { amount, .. } => *amount,
        _ => 0,
    });
    prop_assert_eq!(
        money_in - money_out,
        totals.paid.total() - credited.total() + account.credit,
        "money in and out is what was paid, brought back and is over"
    );

    let lines = books(account, log).unwrap();
    let without_cash = lines.iter().filter(|(line, _)| line.payment.is_none()).map(|(_, amount)| amount);
    prop_assert_eq!(without_cash.sum::<i64>(), 0, "books add up");
    let put_in = summary(&lines).get(&ledger::Account::InPlans).copied().unwrap_or(0);
    prop_assert_eq!(-put_in, advanced - dissolved, "books know what was put into the plan");
    for row in rows {
        prop_assert_eq!(open_of(&lines, row.key), row.open().total(), "books know what is open");
    }

    let mut shared = Parts::ZERO;
    let mut by_row: BTreeMap<RowKey, Parts> = BTreeMap::new();
    for effect in &account.effects {
        let mut parts = Parts::ZERO;
        for share in &effect.shares {
            prop_assert!(share.amount > 0);
            parts += Parts::of(share.component, share.amount);
            *by_row.entry(share.installment).or_default() += Parts::of(share.component, share.amount);
        }
        shared += parts;
        let is_money = log
            .iter()
            .any(|entry| entry.number == effect.entry && matches!(entry.event, Event::Money { .. }));
        if is_money {
            prop_assert_eq!(effect.parts, parts, "a payment is its shares");
            prop_assert_eq!(effect.parts.total() + effect.over, effect.amount, "and what was over");
        }
    }
    prop_assert_eq!(shared, totals.paid, "what effects paid is what rows received");
    for row in rows {
        prop_assert_eq!(by_row.remove(&row.key).unwrap_or_default(), row.paid, "{}", row.key);
    }
    prop_assert!(by_row.is_empty(), "no share names an installment that is not there: {by_row:?}");

    let written_off = log.iter().any(|entry| entry.event == Event::ChargeOff);
    if let (false, Some(last)) = (written_off, account.effects.last()) {
        prop_assert_eq!(
            last.principal_after,
            (totals.open.principal - capitalised).max(0),
            "principal owed behind it all"
        );
    }
    prop_assert!(terms.currency.exponent() <= 4);
    Ok(())
}

fn accelerated(log: &[Entry]) -> bool {
    log.iter().any(|entry| entry.event == Event::Accelerate)
}

/// What does not hang on how entries are numbered.
fn told(account: &Account, original: impl Fn(u32) -> u32) -> String {
    let mut account = account.clone();
    let rename = |key: RowKey| match key {
        RowKey::DownPayment(entry) => RowKey::DownPayment(original(entry)),
        RowKey::ReAged { entry, number } => RowKey::ReAged { entry: original(entry), number },
        RowKey::AdditionalUntil(entry) => RowKey::AdditionalUntil(original(entry)),
        RowKey::Regular(_) | RowKey::Additional | RowKey::OddDays => key,
    };
    for effect in &mut account.effects {
        effect.entry = original(effect.entry);
        for share in &mut effect.shares {
            share.installment = rename(share.installment);
        }
    }
    let mut told = format!("credit {} advanced {}\n", account.credit, account.advanced);
    for row in &account.rows {
        told += &format!(
            "{} {:?} {}–{} due {:?} paid {:?} waived {:?} ahead {} late {} met {:?} credited {:?}\n",
            rename(row.key),
            row.kind,
            row.from_on,
            row.due_on,
            row.due,
            row.paid,
            row.waived,
            row.paid_in_advance,
            row.paid_late,
            row.met_on,
            row.credited
        );
    }
    for effect in &account.effects {
        told += &format!(
            "{} {} {:?} {} {} {} {:?}\n",
            effect.entry,
            effect.on,
            effect.parts,
            effect.amount,
            effect.over,
            effect.principal_after,
            effect.shares
        );
    }
    told
}

fn far() -> Date {
    date(2060, 1, 1)
}

fn references(event: &Event) -> Option<u32> {
    match event {
        Event::Chargeback { of, .. } | Event::WaiveFee { of, .. } | Event::Reverse { of } => Some(*of),
        _ => None,
    }
}

/// Plans with late fees of all kinds, and payments now and then.
fn late_stories() -> impl Strategy<Value = Story> {
    let bases = select(vec![LateBasis::Principal, LateBasis::PrincipalAndInterest, LateBasis::Everything]);
    let amount = prop_oneof![
        (1i64..3_000).prop_map(LateFeeAmount::Minor),
        (1i64..200_000_000, bases).prop_map(|(ppb, of)| LateFeeAmount::Share { rate: Rate { ppb }, of }),
    ];
    let again = prop_oneof![Just(LateFeeAgain::Never), (5u16..40).prop_map(LateFeeAgain::EveryDays)];
    let caps = (proptest::option::of(1i64..9_000), proptest::option::of(1i64..20_000));
    let late_fee = (amount, 0u16..20, again, caps).prop_map(|(amount, grace_days, again, caps)| LateFee {
        amount,
        grace_days,
        again,
        most_per_installment: caps.0,
        most_share_of_plan: None,
        most_per_plan: caps.1,
    });
    let payments = prop::collection::vec((0i64..240, 1i64..60_000), 0..6);
    let plan =
        (10_000i64..300_000, 1u32..5, rates(), select(vec![Recalculation::None, Recalculation::Daily]));
    (plan, late_fee, payments).prop_map(|((principal, count, rate, recalculation), late_fee, payments)| {
        let starts_on = date(2026, 1, 31);
        let mut terms = Terms::equal_parts(Currency::EUR, principal, starts_on, count);
        terms.interest = InterestTerms { rate, recalculation, ..InterestTerms::default() };
        terms.late_fee = Some(late_fee);
        let mut log = vec![entry(1, starts_on, Event::Advance { amount: principal })];
        log.extend((2..).zip(payments).map(|(number, (day, amount))| {
            let kind = MoneyKind::Payment;
            entry(number, days_from(starts_on, day), Event::Money { kind, amount, names: None, ahead: None })
        }));
        Story { terms, log }
    })
}

fn wild_numbers() -> impl Strategy<Value = i64> {
    prop_oneof![
        any::<i64>(),
        select(vec![0, 1, -1, i64::MIN, i64::MAX, Money::WRITTEN_MAX, Money::WRITTEN_MAX + 1, Rate::MAX.ppb]),
        1i64..=Money::WRITTEN_MAX,
        1i64..1_000_000,
    ]
}

fn wild_days() -> impl Strategy<Value = Date> {
    prop_oneof![
        3 => starts(),
        1 => select(vec![Date::MIN, Date::MAX, date(1, 1, 1), date(0, 12, 31), date(9999, 11, 30)]),
        1 => (-3_652_059i64..2_932_800).prop_map(|days| days_from(date(1970, 1, 1), days)),
    ]
}

fn wild_terms() -> impl Strategy<Value = Terms> {
    let numbers =
        (wild_numbers(), wild_numbers(), wild_numbers(), wild_numbers(), wild_numbers(), wild_numbers());
    let length = prop_oneof![
        3 => (1u32..40).prop_map(Length::Installments),
        1 => any::<u32>().prop_map(Length::Installments),
        2 => wild_numbers().prop_map(Length::InstallmentMinor),
    ];
    let frequency =
        (any::<u16>(), select(vec![Unit::Days, Unit::Weeks, Unit::SemiMonths, Unit::Months, Unit::Years]));
    let every = prop_oneof![frequency.prop_map(|(every, unit)| Frequency { every, unit }), frequencies()];
    (terms(), numbers, length, every, wild_days(), any::<u32>(), any::<u8>()).prop_map(
        |(mut terms, (a, b, c, d, e, f), length, every, day, count, which)| {
            let rate = Rate { ppb: b };
            // Some of the fields at a time, so that not every plan is refused at the first.
            let wild = |bit: u8| which & (1 << bit) != 0;
            if wild(0) {
                (terms.principal, terms.starts_on) = (a, day);
            }
            if wild(1) {
                terms.interest.rate = rate;
                terms.interest.steps = vec![RateStep { from_on: day, rate: Rate { ppb: c } }];
            }
            if wild(2) {
                terms.length = length;
            }
            if wild(3) {
                terms.frequency = every;
            }
            if wild(4) {
                (terms.balloon, terms.down_payment) = (c, Some(DownPayment::Minor(d)));
                terms.grace.principal = count;
            }
            if wild(5) {
                terms.rounding.installment_multiple = d;
                terms.rounding.interest_multiple = e;
                terms.rounding.least_last = f;
            }
            if wild(6) {
                terms.fees = vec![FeeTerm {
                    name: String::new(),
                    component: Component::Fee,
                    amount: FeeAmount::Share { rate: Rate { ppb: e }, of: FeeBasis::PrincipalAndInterest },
                    when: FeeWhen::EachInstallment,
                    at_most: None,
                }];
            }
            if wild(7) {
                terms.late_fee = Some(LateFee {
                    amount: LateFeeAmount::Share { rate: Rate { ppb: f }, of: LateBasis::Everything },
                    grace_days: count as u16,
                    again: LateFeeAgain::EveryDays(every.every.max(30)),
                    most_per_installment: Some(a),
                    most_share_of_plan: Some(rate),
                    most_per_plan: None,
                });
                terms.amortization = Amortization::Graduated { every: count, by: Rate { ppb: c } };
            }
            terms
        },
    )
}

fn wild_entries() -> impl Strategy<Value = Entry> {
    let event = (0u8..19, wild_numbers(), wild_days(), wild_days(), 0u32..10, frequencies()).prop_map(
        |(which, amount, day, other, of, every)| match which {
            0..=3 => Event::Advance { amount },
            4 | 5 => {
                Event::Money { kind: MoneyKind::Payment, amount, names: None, ahead: Some(InAdvance::Spread) }
            }
            6 => Event::CreditRefund { amount },
            7 => Event::Chargeback { of, amount },
            8 => Event::Fee {
                name: String::new(),
                component: Component::Penalty,
                amount: FeeAmount::Minor(amount),
                when: FeeWhen::EachInstallment,
            },
            9 => Event::MoveDueDate { from_on: day, to_on: other, shift: Shifted::Rest },
            10 => Event::RateChange { rate: Rate { ppb: amount } },
            11 => Event::InterestPause { until_on: day },
            12 => Event::ReAge { starts_on: day, every, installments: of },
            13 => Event::ReAmortize,
            14 => Event::Accelerate,
            15 => Event::Extend { from_on: day, installments: of },
            16 => Event::Holiday { from_on: day, installments: of, of: Component::Principal },
            17 => Event::Dissolve,
            _ => Event::Reverse { of },
        },
    );
    (event, wild_days(), wild_days()).prop_map(|(event, value_on, entered_on)| Entry {
        number: 0,
        value_on,
        entered_on,
        event,
    })
}

/// The same cases every time; another `PROPTEST_RNG_SEED` with more `PROPTEST_CASES` looks further.
fn config() -> ProptestConfig {
    let config =
        ProptestConfig { max_global_rejects: 50_000, failure_persistence: None, ..Default::default() };
    let rng_seed = match config.rng_seed {
        RngSeed::Random => RngSeed::Fixed(20_261_125),
        chosen => chosen,
    };
    ProptestConfig { rng_seed, ..config }
}

proptest! {
    #![proptest_config(config())]

    // ---- Schedules ----

    #[test]
    fn a_quote_adds_up_and_is_the_replay_of_an_advance(Story { terms, .. } in quotes()) {
        let quoted = quote(&terms).unwrap();
        let log = [entry(1, terms.starts_on, Event::Advance { amount: terms.principal })];
        audit(&terms, &log, &quoted)?;
        let mut replayed = replay(&terms, &log, terms.starts_on).unwrap();
        replayed.rows.iter_mut().for_each(|row| row.met_on = None);
        prop_assert_eq!(&replayed, &quoted);
        prop_assert_eq!(quoted.credit, 0);
        let income: i64 = quoted.rows.iter().map(|row| row.due.interest).sum();
        prop_assert!(income >= 0);
    }

    #[test]
    fn terms_and_accounts_survive_being_written_down(Story { terms, log } in stories()) {
        let text = serde_json::to_string(&terms).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Terms>(&text).unwrap(), &terms);
        let text = serde_json::to_string(&log).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Vec<Entry>>(&text).unwrap(), &log);
        let account = replay(&terms, &log, far()).unwrap();
        let text = serde_json::to_string(&account).unwrap();
        prop_assert_eq!(serde_json::from_str::<Account>(&text).unwrap(), account);
    }

    // ---- Logs ----

    #[test]
    fn every_cent_of_a_story_is_accounted_for(Story { terms, log } in stories(), looked in prop::collection::vec(0i64..800, 3)) {
        let account = replay(&terms, &log, far()).unwrap();
        audit(&terms, &log, &account)?;
        prop_assert_eq!(&replay(&terms, &log, far()).unwrap(), &account);
        for days in looked {
            if let Ok(account) = replay(&terms, &log, days_from(terms.starts_on, days)) {
                audit(&terms, &log, &account)?;
            }
        }
    }

    #[test]
    fn the_order_of_entry_does_not_matter(Story { terms, log } in stories(), order in any::<[u16; 16]>()) {
        // Entries of one day, and what refers to another entry, keep their order.
        let mut left: Vec<&Entry> = log.iter().collect();
        let mut permuted: Vec<Entry> = Vec::new();
        let mut renamed: BTreeMap<u32, u32> = BTreeMap::new();
        let mut draw = order.iter().cycle();
        while !left.is_empty() {
            let free: Vec<usize> = (0..left.len())
                .filter(|&at| !left[..at].iter().any(|before| before.value_on == left[at].value_on))
                .filter(|&at| references(&left[at].event).is_none_or(|of| renamed.contains_key(&of)))
                .collect();
            let at = free[usize::from(*draw.next().unwrap()) % free.len()];
            let mut next = left.remove(at).clone();
            let number = permuted.len() as u32 + 1;
            renamed.insert(next.number, number);
            next.number = number;
            match &mut next.event {
                Event::Chargeback { of, .. } | Event::WaiveFee { of, .. } | Event::Reverse { of } => *of = renamed[of],
                _ => {}
            }
            permuted.push(next);
        }
        let back: BTreeMap<u32, u32> = renamed.iter().map(|(&old, &new)| (new, old)).collect();
        let (was, is) = (replay(&terms, &log, far()).unwrap(), replay(&terms, &permuted, far()).unwrap());
        prop_assert_eq!(told(&is, |number| back[&number]), told(&was, |number| number));
    }

    #[test]
    fn what_is_taken_back_never_was(Story { terms, log } in stories(), which in any::<Index>(), later in 0i64..100) {
        let referred: Vec<u32> = log.iter().filter_map(|entry| references(&entry.event)).collect();
        let number = which.get(&log).number;
        prop_assume!(!referred.contains(&number));
        let without: Vec<Entry> = log.iter().filter(|entry| entry.number != number).cloned().collect();
        let mut with = log.clone();
        let on = days_from(log[log.len() - 1].value_on, later);
        let reversal = log[log.len() - 1].number + 1;
        with.push(entry(reversal, on, Event::Reverse { of: number }));
        prop_assert_eq!(replay(&terms, &with, far()), replay(&terms, &without, far()));
        // Taking the taking back back brings it back.
        with.push(entry(reversal + 1, on, Event::Reverse { of: reversal }));
        prop_assert_eq!(replay(&terms, &with, far()), replay(&terms, &log, far()));
    }

    #[test]
    fn a_due_date_moved_there_and_back_is_where_it_was(Story { terms, log } in stories(), which in any::<Index>(), days in 0i64..9) {
        let account = replay(&terms, &log, far()).unwrap();
        let regular: Vec<Date> =
            account.rows.iter().filter(|row| row.kind == RowKind::Regular).map(|row| row.due_on).collect();
        prop_assume!(!regular.is_empty() && !accelerated(&log));
        let from_on = *which.get(&regular);
        let to_on = days_from(from_on, days);
        prop_assume!(regular.iter().filter(|&&day| day == from_on).count() == 1);
        prop_assume!(days == 0 || !regular.contains(&to_on));
        let number = log[log.len() - 1].number + 1;
        let on = terms.starts_on;
        let mut moved = log.clone();
        moved.push(entry(number, on, Event::MoveDueDate { from_on, to_on, shift: Shifted::One }));
        let Ok(there) = replay(&terms, &moved, far()) else { return Ok(()) };
        audit(&terms, &moved, &there)?;
        moved.push(entry(number + 1, on, Event::MoveDueDate { from_on: to_on, to_on: from_on, shift: Shifted::One }));
        let back = replay(&terms, &moved, far()).unwrap();
        prop_assert_eq!(&back.rows, &account.rows);
        prop_assert_eq!(back.credit, account.credit);
    }

    #[test]
    fn what_settles_the_plan_settles_it_exactly(Story { terms, log } in stories(), days in 0i64..800) {
        let on = days_from(terms.starts_on, days);
        let log: Vec<Entry> = log.into_iter().filter(|entry| entry.value_on <= on).collect();
        prop_assume!(!log.is_empty());
        // What a last installment was rounded by is interest again once it is met early.
        prop_assume!(!terms.rounding.last_to_multiple || terms.interest.recalculation == Recalculation::None);
        let Ok(before) = replay(&terms, &log, on) else { return Ok(()) };
        let asked = payoff(&terms, &log, on).unwrap().total();
        prop_assert!(asked >= 0);
        if asked == 0 {
            prop_assert!(before.totals().open.total() <= before.credit, "{before:?}");
            return Ok(());
        }
        let mut paid = log.clone();
        let all = Event::Money { kind: MoneyKind::Payment, amount: asked, names: None, ahead: None };
        paid.push(entry(log[log.len() - 1].number + 1, on, all));
        let account = replay(&terms, &paid, on).unwrap();
        audit(&terms, &paid, &account)?;
        prop_assert_eq!(account.totals().open, Parts::ZERO, "nothing is open: {:#?}", account.rows);
        prop_assert_eq!(account.credit, (before.credit - before.totals().open.total()).max(0), "nothing is over");
    }

    // ---- Interest ----

    #[test]
    fn interest_of_a_stretch_is_that_of_its_days(
        parts in prop::collection::vec((0i64..900, 1i64..100_000_000), 1..6),
        steps in prop::collection::vec((1i64..300, rates()), 0..4),
        (rate, mode, starts_on, length) in (rates(), roundings(), starts(), 30i64..900),
        day_count in select(vec![
            DayCount::Actual365, DayCount::Actual360, DayCount::Actual364, DayCount::ActualActual, DayCount::ActualActualEnd,
        ]),
    ) {
        let due_on = days_from(starts_on, length);
        let mut from_on = starts_on;
        let steps: Vec<RateStep> = steps
            .into_iter()
            .map(|(days, rate)| {
                from_on = days_from(from_on, days);
                RateStep { from_on, rate }
            })
            .collect();
        let mut terms = Terms::equal_parts(Currency::EUR, 1_000_000, starts_on, 1);
        terms.first_due_on = Some(due_on);
        terms.rounding.mode = mode;
        terms.interest = InterestTerms { rate, day_count, steps: steps.clone(), ..InterestTerms::default() };
        let log: Vec<Entry> = (1..)
            .zip(&parts)
            .map(|(number, &(day, amount))| entry(number, days_from(starts_on, day % length), Event::Advance { amount }))
            .collect();
        // One day after the other: balance, rate and the day's share of a year.
        let (mut exact, whole) = (0i128, 360i128 * 364 * 365 * 366);
        for day in (0..length).map(|days| days_from(starts_on, days)) {
            let owed: i64 = log
                .iter()
                .filter(|entry| entry.value_on <= day)
                .map(|entry| if let Event::Advance { amount } = entry.event { amount } else { 0 })
                .sum();
            let rate = steps.iter().rev().find(|step| step.from_on <= day).map_or(rate, |step| step.rate);
            let year = match day_count {
                DayCount::Actual360 => 360,
                DayCount::Actual364 => 364,
                DayCount::ActualActual => day.days_in_year(),
                DayCount::ActualActualEnd => days_from(day, 1).days_in_year(),
                _ => 365,
            };
            exact += i128::from(owed) * i128::from(rate.ppb) * (whole / i128::from(year));
        }
        let expected = divide(exact, whole * i128::from(WHOLE_PPB), mode).unwrap();
        let account = replay(&terms, &log, due_on).unwrap();
        prop_assert_eq!(i128::from(account.totals().due.interest), expected);
        prop_assert_eq!(account.totals().due.principal, account.advanced);
    }

    // ---- Late fees and income ----

    #[test]
    fn a_late_fee_is_charged_once_however_often_somebody_looks(
        Story { terms, log } in late_stories(),
        looks in prop::collection::vec(1i64..40, 1..12),
    ) {
        let end = days_from(terms.starts_on, 240);
        let at_once = late_fees(&terms, &log, end).unwrap();
        // Entries are numbered as they come in, so that those of a day are behind the fees of the days before.
        let mut written: Vec<Entry> = Vec::new();
        let mut found: Vec<(Date, Event)> = Vec::new();
        let mut today = terms.starts_on;
        let mut waiting = log.clone();
        waiting.sort_by_key(|entry| (entry.value_on, entry.number));
        let mut rhythm = looks.iter().cycle();
        while today < end {
            today = days_from(today, *rhythm.next().unwrap()).min(end);
            let (come, rest) = waiting.into_iter().partition(|entry| entry.value_on <= today);
            waiting = rest;
            let come: Vec<Entry> = come;
            for happened in come.into_iter().map(|entry| (entry.value_on, entry.event)) {
                written.push(entry(written.len() as u32 + 1, happened.0, happened.1));
            }
            for (on, event) in late_fees(&terms, &written, today).unwrap() {
                written.push(entry(written.len() as u32 + 1, on, event.clone()));
                found.push((on, event));
            }
            prop_assert_eq!(late_fees(&terms, &written, today).unwrap(), vec![]);
        }
        prop_assert_eq!(&found, &at_once);

        let amounts = |on: Option<Date>| -> i64 {
            found.iter().map(|(_, event)| match event {
                Event::LateFee { installment, amount, .. } if on.is_none_or(|on| on == *installment) => *amount,
                _ => 0,
            }).sum()
        };
        let late_fee = terms.late_fee.clone().unwrap();
        prop_assert!(late_fee.most_per_plan.is_none_or(|most| amounts(None) <= most));
        let due_dates: Vec<Date> = quote(&terms).unwrap().rows.iter().map(|row| row.due_on).collect();
        for on in due_dates {
            prop_assert!(late_fee.most_per_installment.is_none_or(|most| amounts(Some(on)) <= most));
        }
    }

    #[test]
    fn income_is_earned_day_by_day_and_whole_in_the_end(Story { terms, .. } in quotes()) {
        let account = quote(&terms).unwrap();
        let income: Parts = account.rows.iter().map(|row| Parts {
            principal: 0, interest: row.due.interest + row.capitalised, ..row.due
        }).sum();
        let ends = account.matures_on().unwrap();
        let mut before = Parts::ZERO;
        let mut day = terms.starts_on;
        while day <= ends {
            let earned = account.earned_by(day).unwrap();
            prop_assert!(each(earned).iter().zip(each(before)).all(|(now, before)| *now >= before), "{day}");
            before = earned;
            day = days_from(day, 11);
        }
        prop_assert_eq!(account.earned_by(ends).unwrap(), income);
    }

    // ---- What nobody means ----

    #[test]
    fn no_number_breaks_a_plan(terms in wild_terms(), log in prop::collection::vec(wild_entries(), 0..8), day in wild_days()) {
        let log: Vec<Entry> = (1..).zip(log).map(|(number, wild)| Entry { number, ..wild }).collect();
        let _ = quote(&terms);
        if let Ok(account) = replay(&terms, &log, day) {
            let _ = (account.totals(), account.arrears(), account.days_past_due(), account.earned_by(day));
        }
        let _ = payoff(&terms, &log, day);
        let _ = late_fees(&terms, &log, day);
    }
}
