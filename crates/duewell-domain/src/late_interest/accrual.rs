//! Interest on a late debt: day by day in law, in closed form here.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::exact::{ExactAmount, days_from, simple_interest};
use super::{LateInterestError, Movement, ReferenceRates, StatutoryRate, StatutoryRule};
use crate::money::{Money, MoneyError, Rounding};
use crate::rate::Rate;

/// A debt that bears interest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LateDebt<'a> {
    /// What was owed when interest began to run; interest itself bears none (BGB § 289).
    pub principal: Money,
    /// The first day with interest: the day after the due date, or the day default begins.
    pub runs_from: Date,
    /// What was paid of the principal, in any order.
    pub payments: &'a [PrincipalPayment],
}

/// A payment as far as it went to principal; taken back, it is negative.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PrincipalPayment {
    /// The day itself still bears interest on what is paid, the next one no more.
    pub on: Date,
    pub amount: Money,
}

/// Interest with the stretches it is made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LateInterest {
    pub segments: Vec<Segment>,
    pub exact: ExactAmount,
    /// The exact sum rounded half up, once.
    pub rounded: Money,
}

impl LateInterest {
    pub fn days(&self) -> i64 {
        self.segments.iter().map(|segment| segment.days).sum()
    }
}

/// Days on which neither principal nor rate changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment {
    pub from: Date,
    /// The last day, included.
    pub through: Date,
    pub days: i64,
    pub principal: Money,
    pub rate: Rate,
    pub interest: ExactAmount,
}

/// Works out the interest from its first day through `last`, both included.
///
/// Days on which nothing is owed make no segment and need no rate.
pub fn interest_through(
    debt: &LateDebt<'_>,
    rule: &StatutoryRule,
    rates: &ReferenceRates,
    last: Date,
) -> Result<LateInterest, LateInterestError> {
    let mut segments = Vec::new();
    let mut exact = ExactAmount::zero(debt.principal.currency);
    for (from, through, principal) in balances(debt, last)? {
        let mut first = from;
        for (through, rate) in rates_between(rule, rates, debt.runs_from, from, through)? {
            let interest = simple_interest(principal, rate, rule.day_basis.share(first, through))?;
            exact = exact.plus(interest)?;
            let days = days_from(first, through);
            segments.push(Segment { from: first, through, days, principal, rate, interest });
            let Ok(next) = through.tomorrow() else { break };
            first = next;
        }
    }
    Ok(LateInterest { segments, exact, rounded: exact.rounded(Rounding::HalfUp)? })
}

/// Returns the interest of the days after the watermark through `last`; without a watermark, of all of them.
///
/// It is the difference of two roundings of the whole, so that day by day, month by month and once come to the
/// same.
pub fn accrue(
    debt: &LateDebt<'_>,
    rule: &StatutoryRule,
    rates: &ReferenceRates,
    watermark: Option<Date>,
    last: Date,
) -> Result<Money, LateInterestError> {
    let before = match watermark {
        Some(watermark) => interest_through(debt, rule, rates, watermark)?.rounded,
        None => Money::zero(debt.principal.currency),
    };
    still_to_accrue(debt, rule, rates, before, last)
}

/// Returns the interest through `last` beyond what is on the books already.
///
/// A payment booked for an earlier day, or a rate that was corrected, is made up for: the answer is then smaller,
/// even negative.
pub fn still_to_accrue(
    debt: &LateDebt<'_>,
    rule: &StatutoryRule,
    rates: &ReferenceRates,
    accrued: Money,
    last: Date,
) -> Result<Money, LateInterestError> {
    Ok(interest_through(debt, rule, rates, last)?.rounded.minus(accrued)?)
}

/// Returns stretches of days with what is owed on them, only those with more than nothing.
fn balances(debt: &LateDebt<'_>, last: Date) -> Result<Vec<(Date, Date, Money)>, MoneyError> {
    let mut payments = debt.payments.to_vec();
    payments.sort_by_key(|payment| payment.on);
    let mut stretches = Vec::new();
    let mut stretch = |from: Date, through: Date, principal: Money| {
        if from <= through && principal.is_positive() {
            stretches.push((from, through, principal));
        }
    };
    let (mut from, mut principal) = (debt.runs_from, debt.principal);
    for payment in payments.iter().filter(|payment| payment.on < last) {
        stretch(from, payment.on, principal);
        principal = principal.minus(payment.amount)?;
        // `on` lies before `last`, so there is a day after it.
        from = payment.on.tomorrow().map_or(last, |next| next.max(from));
    }
    stretch(from, last, principal);
    Ok(stretches)
}

/// Returns the yearly rates from one day to another, each with its last day.
fn rates_between(
    rule: &StatutoryRule,
    rates: &ReferenceRates,
    runs_from: Date,
    from: Date,
    through: Date,
) -> Result<Vec<(Date, Rate)>, LateInterestError> {
    match &rule.rate {
        StatutoryRate::None
        | StatutoryRate::Flat(_)
        | StatutoryRate::OverReference { movement: Movement::FixedAtStart, .. } => {
            Ok(vec![(through, rule.rate_from(runs_from, rates)?)])
        }
        StatutoryRate::OverReference { series, margin, movement: Movement::WithReference } => {
            let spans = rates.between(series, from, through)?;
            spans.into_iter().map(|(through, rate)| Ok((through, rate.plus(*margin)?))).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::late_interest::{DayBasis, DebtKind, StatutoryRules};
    use crate::money::Currency;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn rule(jurisdiction: &str, debts: DebtKind) -> &'static StatutoryRule {
        StatutoryRules::builtin().find(jurisdiction, debts, date(2020, 1, 1)).unwrap()
    }

    fn interest(debt: &LateDebt<'_>, rule: &StatutoryRule, last: Date) -> LateInterest {
        interest_through(debt, rule, ReferenceRates::builtin(), last).unwrap()
    }

    fn debt(minor: i64, currency: Currency, runs_from: Date, payments: &[PrincipalPayment]) -> LateDebt<'_> {
        LateDebt { principal: Money::new(minor, currency), runs_from, payments }
    }

    fn paid(on: Date, minor: i64, currency: Currency) -> PrincipalPayment {
        PrincipalPayment { on, amount: Money::new(minor, currency) }
    }

    #[test]
    fn german_interest_is_split_where_the_base_rate_moves() {
        let debt = debt(800_000, Currency::EUR, date(2024, 12, 20), &[]);
        let told = interest(&debt, rule("DE", DebtKind::Business), date(2025, 1, 9));
        let told: Vec<_> =
            told.segments.iter().map(|segment| (segment.days, segment.rate.percent_text())).collect();
        assert_eq!(told, [(12, "12.37".to_owned()), (9, "11.27".to_owned())]);
    }

    #[test]
    fn british_interest_keeps_the_rate_it_began_with() {
        let debt = debt(800_000, Currency::GBP, date(2024, 12, 20), &[]);
        let told = interest(&debt, rule("GB", DebtKind::Business), date(2025, 12, 19));
        assert_eq!(told.segments.len(), 1);
        assert_eq!((told.days(), told.rounded), (365, Money::new(106_000, Currency::GBP)));
    }

    #[test]
    fn a_half_year_with_the_same_rate_makes_no_new_segment() {
        let debt = debt(10_000, Currency::EUR, date(2018, 3, 1), &[]);
        let told = interest(&debt, rule("FR", DebtKind::Business), date(2020, 2, 29));
        assert_eq!((told.segments.len(), told.days()), (1, 731));
    }

    #[test]
    fn the_day_of_a_payment_bears_interest_and_the_next_one_less() {
        let payments =
            [paid(date(2026, 3, 10), 60_000, Currency::EUR), paid(date(2026, 3, 5), 40_000, Currency::EUR)];
        let debt = debt(100_000, Currency::EUR, date(2026, 3, 1), &payments);
        let told = interest(&debt, rule("AT", DebtKind::Consumer), date(2026, 3, 31));
        let told: Vec<_> = told
            .segments
            .iter()
            .map(|segment| (segment.through.day(), segment.days, segment.principal.minor))
            .collect();
        assert_eq!(told, [(5, 5, 100_000), (10, 5, 60_000)]);
    }

    #[test]
    fn a_debt_that_is_paid_asks_for_no_rate() {
        let payments = [paid(date(2026, 6, 30), 100_000, Currency::EUR)];
        let unpaid = debt(100_000, Currency::EUR, date(2026, 6, 1), &[]);
        let paid = debt(100_000, Currency::EUR, date(2026, 6, 1), &payments);
        let (rule, rates) = (rule("EU", DebtKind::Business), ReferenceRates::builtin());
        let later = rates.known_through("ecb_mro").unwrap().tomorrow().unwrap();
        assert_eq!(interest(&paid, rule, date(2099, 1, 1)).days(), 30);
        let told = interest_through(&unpaid, rule, rates, date(2099, 1, 1));
        assert_eq!(told, Err(LateInterestError::NoRate { series: "ecb_mro".into(), date: later }));
    }

    #[test]
    fn payments_before_the_first_day_and_overpayments_leave_nothing_negative() {
        let payments =
            [paid(date(2025, 1, 1), 30_000, Currency::EUR), paid(date(2026, 1, 5), 90_000, Currency::EUR)];
        let debt = debt(100_000, Currency::EUR, date(2026, 1, 1), &payments);
        let told = interest(&debt, rule("DE", DebtKind::Consumer), date(2026, 2, 1));
        assert_eq!((told.segments.len(), told.segments[0].principal.minor, told.days()), (1, 70_000, 5));
    }

    #[test]
    fn before_the_first_day_there_is_no_interest() {
        let debt = debt(100_000, Currency::EUR, date(2026, 1, 1), &[]);
        let told = interest(&debt, rule("DE", DebtKind::Business), date(2025, 12, 31));
        assert_eq!((told.days(), told.rounded), (0, Money::zero(Currency::EUR)));
    }

    #[test]
    fn what_was_accrued_too_much_is_taken_back() {
        let (rule, rates) = (rule("AT", DebtKind::Consumer), ReferenceRates::builtin());
        let before = debt(3_650_000, Currency::EUR, date(2026, 1, 1), &[]);
        let accrued = accrue(&before, rule, rates, None, date(2026, 1, 31)).unwrap();
        assert_eq!(accrued, Money::new(12_400, Currency::EUR));
        let payments = [paid(date(2026, 1, 10), 3_650_000, Currency::EUR)];
        let after = LateDebt { payments: &payments, ..before };
        let told = still_to_accrue(&after, rule, rates, accrued, date(2026, 2, 28)).unwrap();
        assert_eq!(told, Money::new(-8_400, Currency::EUR));
    }

    fn day(offset: i32) -> Date {
        date(2021, 11, 1).checked_add(jiff::Span::new().days(offset)).unwrap()
    }

    /// Works out the same one day at a time: what is owed in the morning bears interest for the day.
    fn day_by_day(debt: &LateDebt<'_>, rule: &StatutoryRule, days: i32) -> ExactAmount {
        let rates = ReferenceRates::builtin();
        let mut sum = ExactAmount::zero(debt.principal.currency);
        for today in (0..days).map(day).filter(|today| *today >= debt.runs_from) {
            let paid = debt.payments.iter().filter(|payment| payment.on < today);
            let owed = debt.principal.minor - paid.map(|payment| payment.amount.minor).sum::<i64>();
            let rate = match &rule.rate {
                StatutoryRate::None => Rate::ZERO,
                StatutoryRate::Flat(rate) => *rate,
                StatutoryRate::OverReference { series, margin, movement } => {
                    let asked = if *movement == Movement::FixedAtStart { debt.runs_from } else { today };
                    rates.on(series, asked).unwrap().rate.plus(*margin).unwrap()
                }
            };
            let owed = Money::new(owed.max(0), debt.principal.currency);
            sum = sum.plus(simple_interest(owed, rate, rule.day_basis.share(today, today)).unwrap()).unwrap();
        }
        sum
    }

    fn some_rule() -> impl Strategy<Value = StatutoryRule> {
        let rules = [
            ("GB", DebtKind::Business),
            ("DE", DebtKind::Business),
            ("DE", DebtKind::ConsumerMortgageCredit),
            ("FR", DebtKind::Business),
            ("AT", DebtKind::Business),
            ("AT", DebtKind::Consumer),
        ];
        let bases = [DayBasis::Days365, DayBasis::Days360, DayBasis::CalendarYear];
        (0..rules.len(), 0..bases.len()).prop_map(move |(pick, basis)| {
            let (jurisdiction, debts) = rules[pick];
            StatutoryRule { day_basis: bases[basis], ..rule(jurisdiction, debts).clone() }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn the_closed_form_is_the_sum_of_the_days(
            rule in some_rule(), minor in 1i64..1_000_000_000, runs_from in 0i32..1_200, days in 0i32..1_400,
            paying in prop::collection::vec((0i32..1_400, -100_000i64..400_000_000), 0..6),
        ) {
            let payments: Vec<_> = paying.iter().map(|&(on, minor)| paid(day(on), minor, Currency::EUR)).collect();
            let debt = debt(minor, Currency::EUR, day(runs_from), &payments);
            let told = interest(&debt, &rule, day(days - 1));
            prop_assert_eq!(told.exact, day_by_day(&debt, &rule, days));
            let sum = told.segments.iter().try_fold(ExactAmount::zero(Currency::EUR), |sum, segment| sum.plus(segment.interest));
            prop_assert_eq!(sum, Ok(told.exact));
        }

        #[test]
        fn accruing_in_pieces_gives_the_same_as_at_once(
            rule in some_rule(), minor in 1i64..1_000_000, marks in prop::collection::vec(0i32..1_400, 1..30),
        ) {
            let mut marks = marks;
            marks.sort_unstable();
            let payments = [paid(day(300), minor / 3, Currency::EUR)];
            let debt = debt(minor, Currency::EUR, day(20), &payments);
            let (mut watermark, mut total) = (None, Money::zero(Currency::EUR));
            for &mark in &marks {
                let piece = accrue(&debt, &rule, ReferenceRates::builtin(), watermark, day(mark)).unwrap();
                prop_assert!(!piece.is_negative());
                total = total.plus(piece).unwrap();
                watermark = Some(day(mark));
            }
            prop_assert_eq!(total, interest(&debt, &rule, day(*marks.last().unwrap())).rounded);
        }

        #[test]
        fn no_amount_rate_or_day_makes_it_panic(
            minor in any::<i64>(), ppb in any::<i64>(), from in -9999i16..=9999, last in -9999i16..=9999,
            paying in prop::collection::vec((-9999i16..=9999, any::<i64>()), 0..4), pick in 0usize..3,
        ) {
            let (from, last) = (date(from, 12, 31), date(last, 1, 1));
            let payments: Vec<_> = paying.iter().map(|&(year, minor)| paid(date(year, 12, 31), minor, Currency::EUR)).collect();
            let debt = debt(minor, Currency::EUR, from, &payments);
            let rate = [
                StatutoryRate::Flat(Rate { ppb }),
                StatutoryRate::OverReference { series: "bgb_247".into(), margin: Rate { ppb }, movement: Movement::WithReference },
                StatutoryRate::OverReference { series: "boe".into(), margin: Rate { ppb }, movement: Movement::FixedAtStart },
            ][pick].clone();
            let rule = StatutoryRule { rate, ..rule("DE", DebtKind::Business).clone() };
            let _ = interest_through(&debt, &rule, ReferenceRates::builtin(), last);
            let _ = accrue(&debt, &rule, ReferenceRates::builtin(), Some(from), last);
            let _ = rule.fixed_sum(debt.principal);
        }
    }
}
