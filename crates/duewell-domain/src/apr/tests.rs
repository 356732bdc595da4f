//! Worked examples of our own; the expected rates were worked out apart, by halving with fifty digits.

use jiff::civil::date;
use proptest::prelude::*;

use super::us::{Timing, UnitTimed, annual_percentage_rate, rate_of_unit_periods};
use super::*;
use crate::money::Currency;

fn usd(on: Date, minor: i64) -> Dated {
    Dated { on, amount: Money::new(minor, Currency::USD) }
}

fn eur(on: Date, minor: i64) -> Dated {
    Dated { on, amount: Money::new(minor, Currency::EUR) }
}

/// Equal payments, counted from the first date.
fn monthly(first: Date, step: i32, count: i32, minor: i64) -> Vec<Dated> {
    (0..count).map(|index| usd(first + jiff::Span::new().months(index * step), minor)).collect()
}

fn every(first: Date, days: i32, count: i32, minor: i64) -> Vec<Dated> {
    (0..count).map(|index| usd(first + jiff::Span::new().days(index * days), minor)).collect()
}

fn semimonthly(first: Date, second: Date, count: usize, minor: i64) -> Vec<Dated> {
    let pairs =
        (0..).map(|index| jiff::Span::new().months(index)).flat_map(|span| [first + span, second + span]);
    pairs.take(count).map(|on| usd(on, minor)).collect()
}

#[test]
fn us_rates_agree_with_rates_worked_out_apart() {
    let start = date(2026, 1, 20);
    for (name, advances, payments, unit_period, percent) in [
        (
            "four every two weeks",
            vec![usd(date(2026, 5, 1), 22_500)],
            every(date(2026, 5, 15), 14, 3, 7700),
            UnitPeriod::Weeks(2),
            "34.5149475",
        ),
        (
            "monthly with a long first period",
            vec![usd(date(2026, 3, 12), 500_000)],
            monthly(date(2026, 5, 1), 1, 18, 31_000),
            UnitPeriod::Months(1),
            "13.2153651",
        ),
        (
            "the 5th and the 20th",
            vec![usd(start, 100_000)],
            semimonthly(date(2026, 2, 5), date(2026, 2, 20), 8, 13_000),
            UnitPeriod::Semimonth,
            "20.9586785",
        ),
        (
            "two advances",
            vec![usd(date(2026, 2, 1), 300_000), usd(date(2026, 4, 1), 200_000)],
            monthly(date(2026, 5, 1), 1, 12, 45_000),
            UnitPeriod::Months(1),
            "12.1414643",
        ),
        (
            "one payment after three months",
            vec![usd(date(2026, 1, 5), 80_000)],
            vec![usd(date(2026, 4, 5), 86_000)],
            UnitPeriod::TermOfMonths(3),
            "30",
        ),
        (
            "one payment after 95 days",
            vec![usd(date(2026, 1, 5), 80_000)],
            vec![usd(date(2026, 4, 10), 86_000)],
            UnitPeriod::TermOfDays(95),
            "28.8157895",
        ),
        (
            "yearly after odd days",
            vec![usd(date(2026, 1, 15), 100_000)],
            monthly(date(2027, 3, 1), 12, 3, 40_000),
            UnitPeriod::Months(12),
            "9.0738378",
        ),
        (
            "thirty years",
            vec![usd(date(2026, 1, 31), 25_000_000)],
            monthly(date(2026, 2, 28), 1, 360, 166_000)
                .into_iter()
                .enumerate()
                .map(|(index, payment)| Dated {
                    on: date(2026, 1, 31) + jiff::Span::new().months(index as i32 + 1),
                    ..payment
                })
                .collect(),
            UnitPeriod::Months(1),
            "6.9805984",
        ),
    ] {
        let apr = annual_percentage_rate(&advances, &payments).unwrap();
        assert_eq!(apr.unit_period, unit_period, "{name}");
        assert_eq!(apr.rate.percent_text(), percent, "{name}");
    }
}

#[test]
fn effective_rates_agree_with_rates_worked_out_apart() {
    let drawn = [eur(date(2026, 1, 10), 100_000)];
    let odd = [2, 3, 4].map(|month| eur(date(2026, month, 25), 34_000));
    let year: Vec<_> = (1..=12)
        .map(|index| eur(date(2026, 1, 31) + jiff::Span::new().months(index), 10_450))
        .chain([eur(date(2026, 1, 31), 1500)])
        .collect();
    let fast = ([eur(date(2026, 2, 20), 30_000)], [eur(date(2026, 3, 12), 36_000)]);
    for (convention, advances, payments, percent) in [
        (Convention::EuEqualMonths, &[eur(date(2026, 1, 31), 120_000)], &year[..], "11.1079148"),
        (Convention::EuEqualMonths, &drawn, &odd, "10.0115504"),
        (Convention::UkConcApp1, &drawn, &odd, "10.0115504"),
        (Convention::EuWeeks, &drawn, &odd, "10.0997516"),
        (Convention::EuDays365, &drawn, &odd, "10.127817"),
        (Convention::UkDays365, &drawn, &odd, "10.127817"),
        (Convention::UkDays365, &fast.0, &fast.1, "2686.4916140"),
        (Convention::UkDays365And25, &fast.0, &fast.1, "2692.8493245"),
    ] {
        let disclosure = disclose(convention, advances, payments).unwrap();
        assert_eq!(disclosure.rate, percent.parse().unwrap(), "{convention:?}");
    }
}

#[test]
fn the_unit_period_is_the_common_period_that_occurs_most_often() {
    let day = |month, day| date(2026, month, day);
    for (name, start, payments, unit_period) in [
        ("weekly", day(1, 5), every(day(1, 12), 7, 5, 1), UnitPeriod::Weeks(1)),
        ("daily", day(1, 5), every(day(1, 9), 1, 9, 1), UnitPeriod::Day),
        ("every four weeks over February", day(2, 2), every(day(3, 2), 28, 6, 1), UnitPeriod::Weeks(4)),
        ("monthly over February", day(2, 2), monthly(day(3, 2), 1, 6, 1), UnitPeriod::Months(1)),
        ("every second month", day(1, 7), monthly(day(2, 15), 2, 4, 1), UnitPeriod::Months(2)),
        (
            "a week twice, a month twice",
            day(1, 1),
            vec![usd(day(1, 8), 1), usd(day(1, 15), 1), usd(day(2, 15), 1), usd(day(3, 15), 1)],
            UnitPeriod::Weeks(1),
        ),
        ("1st and 15th", day(1, 1), semimonthly(day(1, 15), day(2, 1), 9, 1), UnitPeriod::Semimonth),
        (
            "nothing common, in days",
            day(1, 10),
            vec![usd(day(2, 10), 1), usd(day(2, 24), 1)],
            UnitPeriod::Weeks(3),
        ),
        (
            "nothing common, in months",
            day(1, 10),
            vec![usd(day(2, 10), 1), usd(day(4, 10), 1)],
            UnitPeriod::Months(1),
        ),
        ("every ten days", day(1, 1), every(day(1, 11), 10, 6, 1), UnitPeriod::Weeks(1)),
        ("every thirty days", day(1, 1), every(day(1, 31), 30, 6, 1), UnitPeriod::Months(1)),
        ("every second year", day(1, 1), monthly(date(2028, 1, 1), 24, 3, 1), UnitPeriod::Months(12)),
        ("one payment after a year", day(1, 1), monthly(date(2027, 1, 1), 1, 1, 1), UnitPeriod::Months(12)),
        (
            "one payment after three years",
            day(1, 1),
            monthly(date(2029, 2, 1), 1, 1, 1),
            UnitPeriod::Months(12),
        ),
    ] {
        let dates: Vec<_> = payments.iter().map(|payment| payment.on).collect();
        assert_eq!(Timing::of(&[start], &dates).unwrap().unit_period, unit_period, "{name}");
    }
}

#[test]
fn unit_periods_are_counted_back_from_the_payment() {
    // (start, payments) and the time of the first one: whole ones, then a fraction.
    for (start, payments, whole, numerator, denominator) in [
        // Last days of months are a month apart, also from February to March.
        (date(2026, 1, 31), vec![date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)], 1, 0, 30),
        // The 30th falls on the last day of February.
        (date(2026, 1, 30), vec![date(2026, 2, 28), date(2026, 3, 30), date(2026, 4, 30)], 1, 0, 30),
        (date(2026, 1, 25), vec![date(2026, 3, 10), date(2026, 4, 10), date(2026, 5, 10)], 1, 16, 30),
        // 30 odd days are a whole month.
        (date(2026, 1, 2), vec![date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)], 2, 0, 30),
        (date(2024, 2, 29), vec![date(2024, 3, 29), date(2024, 4, 29)], 1, 0, 30),
        (date(2026, 1, 1), vec![date(2026, 2, 15), date(2026, 5, 15), date(2026, 8, 15)], 0, 44, 90),
        // A year and whole months, a year and days.
        (date(2026, 1, 1), vec![date(2027, 3, 1), date(2028, 3, 1), date(2029, 3, 1)], 1, 2, 12),
        (date(2026, 1, 15), vec![date(2027, 3, 1), date(2028, 3, 1), date(2029, 3, 1)], 1, 45, 365),
        (date(2026, 1, 1), vec![date(2026, 1, 31), date(2026, 2, 7), date(2026, 2, 14)], 4, 2, 7),
    ] {
        let timing = Timing::of(&[start], &payments).unwrap();
        let (found, expected) = (timing.payments[0], Ratio { numerator, denominator });
        assert_eq!((found.whole, found.fraction), (whole, expected), "{start} {payments:?}");
    }
}

#[test]
fn what_is_no_credit_is_refused_by_name() {
    let (start, later) = (date(2026, 1, 1), date(2026, 2, 1));
    let lent = [eur(start, 10_000)];
    let eur_minor = |minor| Money::new(minor, Currency::EUR);
    for convention in ALL {
        let refusal =
            |advances: &[Dated], payments: &[Dated]| disclose(convention, advances, payments).unwrap_err();
        assert_eq!(refusal(&[], &lent), AprError::NoAdvance);
        assert_eq!(refusal(&lent, &[]), AprError::NoPayment);
        assert_eq!(refusal(&lent, &[eur(later, 0)]), AprError::NotPositive(eur_minor(0)));
        assert_eq!(refusal(&[eur(start, -5)], &lent), AprError::NotPositive(eur_minor(-5)));
        assert!(matches!(
            refusal(&lent, &[usd(later, 11_000)]),
            AprError::Money(MoneyError::CurrencyMismatch { .. })
        ));
        assert_eq!(refusal(&[eur(later, 100)], &[eur(start, 100)]), AprError::PaidBeforeAdvanced);
        assert_eq!(
            refusal(&lent, &[eur(later, 9999)]),
            AprError::LessPaidThanAdvanced { advanced: eur_minor(10_000), paid: eur_minor(9999) }
        );
        let ahead = [eur(later, 13_000), eur(date(2026, 4, 1), 4000)];
        assert_eq!(refusal(&[lent[0], eur(date(2026, 3, 1), 5000)], &ahead), AprError::PaidAhead);
        assert_eq!(refusal(&lent, &[eur(later, i64::MAX)]), AprError::AboveLimit);
        let huge = [eur(later, i64::MAX), eur(later, i64::MAX)];
        assert_eq!(refusal(&lent, &huge), AprError::Money(MoneyError::Overflow));
    }
    assert_eq!(annual_percentage_rate(&lent, &[eur(start, 10_000)]), Err(AprError::NoPayment));
    for (numerator, denominator) in [(-1, 1), (1, 0), (1, -1), (i64::MAX, 1)] {
        let timed = |years| Timed { years, amount: eur_minor(100) };
        let at_zero = timed(Ratio { numerator: 0, denominator: 1 });
        let found = effective_rate(&[at_zero], &[timed(Ratio { numerator, denominator })]);
        assert_eq!(found, Err(AprError::NotATime { numerator, denominator }));
    }
}

const ALL: [Convention; 7] = [
    Convention::UsRegZActuarial,
    Convention::EuEqualMonths,
    Convention::EuWeeks,
    Convention::EuDays365,
    Convention::UkConcApp1,
    Convention::UkDays365,
    Convention::UkDays365And25,
];

#[test]
fn a_disclosure_is_kept_and_read_back() {
    let advances = [usd(date(2026, 5, 1), 30_000)];
    let payments: Vec<_> =
        every(date(2026, 5, 15), 14, 3, 7700).into_iter().chain([usd(date(2026, 5, 1), 7500)]).collect();
    let disclosure = disclose(Convention::UsRegZActuarial, &advances, &payments).unwrap();
    assert_eq!(disclosure.amount_financed, Money::new(22_500, Currency::USD));
    assert_eq!(disclosure.finance_charge, Money::new(600, Currency::USD));
    assert_eq!(disclosure.total_of_payments, Money::new(23_100, Currency::USD));
    assert_eq!(disclosure.shown.percent_text(), "34.51");
    assert_eq!(disclosure.tolerance, Some("0.125".parse().unwrap()));
    let text = serde_json::to_string(&disclosure).unwrap();
    assert!(text.contains(r#""convention":"us_reg_z_actuarial""#), "{text}");
    assert!(text.contains(r#""unit_period":{"weeks":2}"#), "{text}");
    assert_eq!(serde_json::from_str::<Disclosure>(&text).unwrap(), disclosure);
    for convention in ALL {
        let disclosure = disclose(convention, &advances, &payments).unwrap();
        let text = serde_json::to_string(&disclosure).unwrap();
        assert_eq!(serde_json::from_str::<Disclosure>(&text).unwrap(), disclosure);
    }
}

#[test]
fn irregular_transactions_have_twice_the_tolerance() {
    let start = [usd(date(2026, 1, 1), 90_000)];
    let regular = monthly(date(2026, 2, 15), 1, 6, 16_000);
    let changed = |index: usize, change: Dated| {
        let mut payments = regular.clone();
        payments[index] = change;
        payments
    };
    let two = [start[0], usd(date(2026, 1, 15), 1000)];
    for (advances, payments, percent) in [
        (&start[..], regular.clone(), "0.125"),
        (&start, changed(0, usd(date(2026, 2, 20), 17_000)), "0.25"),
        (&start, changed(0, usd(date(2026, 2, 15), 17_000)), "0.125"),
        (&start, changed(5, usd(date(2026, 7, 15), 15_000)), "0.125"),
        (&start, changed(2, usd(date(2026, 4, 15), 15_000)), "0.25"),
        (&start, changed(2, usd(date(2026, 4, 16), 16_000)), "0.25"),
        (&two, regular.clone(), "0.25"),
    ] {
        let apr = annual_percentage_rate(advances, &payments).unwrap();
        assert_eq!(apr.tolerance.percent_text(), percent, "{payments:?}");
    }
}

#[test]
fn shown_rates_round_half_up() {
    for (convention, percent, shown) in [
        (Convention::EuEqualMonths, "6.0499999", "6"),
        (Convention::EuEqualMonths, "6.05", "6.1"),
        (Convention::UkConcApp1, "27865.85", "27865.9"),
        (Convention::UsRegZActuarial, "9.685", "9.69"),
        (Convention::UsRegZActuarial, "9.6849999", "9.68"),
    ] {
        assert_eq!(convention.shown(percent.parse().unwrap()).percent_text(), shown);
    }
}

#[test]
fn a_leap_day_makes_the_year_of_the_days_longer() {
    // Counted back from 20 March 2024 whole months end on 20 February; the year before that has 365 days.
    let years = |convention: Convention, from: Date, to: Date| {
        convention.years(from, to, DaysOfMonth::of([from, to].into_iter())).unwrap()
    };
    let same = |left: Ratio, right: (i64, i64)| left.numerator * right.1 == right.0 * left.denominator;
    let (months, days) = (Convention::EuEqualMonths, Convention::EuDays365);
    assert!(same(years(months, date(2024, 2, 10), date(2024, 3, 20)), (365 + 12 * 10, 12 * 365)));
    // Here they end on 20 March 2024, with 29 February in the year before.
    assert!(same(years(months, date(2024, 3, 10), date(2024, 4, 20)), (366 + 12 * 10, 12 * 366)));
    assert!(same(years(days, date(2024, 1, 1), date(2024, 3, 1)), (60, 366)));
    assert!(same(years(days, date(2023, 3, 1), date(2025, 3, 1)), (2, 1)));
    assert!(same(
        years(Convention::EuWeeks, date(2026, 1, 1), date(2026, 1, 18)),
        (2 * 365 + 52 * 3, 52 * 365)
    ));
    assert!(same(years(Convention::UkDays365, date(2023, 3, 1), date(2025, 3, 1)), (731, 365)));
}

/// A plan of two to forty payments that cost more than was advanced, on any rhythm.
fn plans() -> impl Strategy<Value = (Vec<Dated>, Vec<Dated>)> {
    let rhythm = prop_oneof![Just((0, 7)), Just((0, 14)), Just((1, 0)), Just((3, 0)), Just((0, 10))];
    (1_000_i64..1_000_000_000, 0_i64..400, rhythm, 1_i32..75, 2_i32..40, 0_i32..800).prop_map(
        |(advanced, cost_percent, (months, days), first, count, from)| {
            let start = date(2025, 3, 1) + jiff::Span::new().days(from);
            let first_on = start + jiff::Span::new().days(first);
            let paid = advanced + advanced * cost_percent / 100;
            let parts = Money::new(paid, Currency::USD).split(count as usize).unwrap();
            let on = |index: i32| first_on + jiff::Span::new().months(months * index).days(days * index);
            let payments =
                (0..count).zip(parts).map(|(index, amount)| Dated { on: on(index), amount }).collect();
            (vec![usd(start, advanced)], payments)
        },
    )
}

proptest! {
    #[test]
    fn payments_discounted_at_the_rate_are_what_was_advanced((advances, payments) in plans()) {
        let timing = Timing::of(&[advances[0].on], &payments.iter().map(|payment| payment.on).collect::<Vec<_>>()).unwrap();
        let per_year = timing.unit_period.per_year();
        // Floats are another way to the same, good for thirteen digits.
        match annual_percentage_rate(&advances, &payments) {
            Ok(apr) => {
                let rate = apr.rate.ppb as f64 / 1e9 * per_year.denominator as f64 / per_year.numerator as f64;
                let (mut worth, mut slope) = (0.0, 0.0);
                for (payment, at) in payments.iter().zip(&timing.payments) {
                    let fraction = at.fraction.numerator as f64 / at.fraction.denominator as f64;
                    let discounted = payment.amount.minor as f64
                        / ((1.0 + fraction * rate) * (1.0 + rate).powi(at.whole as i32));
                    worth += discounted;
                    slope += discounted * (f64::from(at.whole) + fraction) / (1.0 + rate);
                }
                let advanced = advances[0].amount.minor as f64;
                let off = (worth - advanced).abs();
                prop_assert!(off <= slope * 1e-9 + advanced * 1e-12, "{off} of {advanced} at {:?}", apr.rate);
            }
            Err(error) => prop_assert_eq!(error, AprError::AboveLimit),
        }
        let years: Vec<_> = payments.iter().map(|payment| days_between(advances[0].on, payment.on) as f64 / 365.0).collect();
        match disclose(Convention::UkDays365, &advances, &payments) {
            Ok(found) => {
                let growth = 1.0 + found.rate.ppb as f64 / 1e9;
                let discounted = |paid: &(&Dated, &f64)| paid.0.amount.minor as f64 * growth.powf(-paid.1);
                let worth: f64 = payments.iter().zip(&years).map(|paid| discounted(&paid)).sum();
                let slope: f64 = payments.iter().zip(&years).map(|paid| discounted(&paid) * paid.1).sum();
                let advanced = advances[0].amount.minor as f64;
                prop_assert!((worth - advanced).abs() <= slope * 1e-9 + advanced * 1e-12, "{:?}", found.rate);
            }
            Err(error) => prop_assert_eq!(error, AprError::AboveLimit),
        }
    }

    #[test]
    fn the_scale_of_amounts_changes_no_rate((advances, payments) in plans(), factor in 2_i64..1_000_000) {
        let scaled = |flows: &[Dated]| -> Vec<Dated> {
            flows.iter().map(|flow| usd(flow.on, flow.amount.minor * factor)).collect()
        };
        for convention in ALL {
            let rate = |advances: &[Dated], payments: &[Dated]| disclose(convention, advances, payments).map(|found| found.rate.ppb);
            match (rate(&advances, &payments), rate(&scaled(&advances), &scaled(&payments))) {
                (Ok(found), Ok(scaled)) => prop_assert!((found - scaled).abs() <= 1, "{found} {scaled}"),
                (found, scaled) => prop_assert_eq!(found, scaled),
            }
        }
    }

    #[test]
    fn unit_periods_do_not_depend_on_the_year(months in 1_i32..13, count in 2_i32..9, first in 0_i32..90, years in 1_i32..9) {
        // Between leap days, so that the same days of month follow each other in both.
        let start = date(2025, 3, 1) + jiff::Span::new().days(first);
        let later = start + jiff::Span::new().years(4 * years);
        let dates = |start: Date| monthly(start + jiff::Span::new().months(1).days(3), months, count, 1).into_iter().map(|payment| payment.on).collect::<Vec<_>>();
        prop_assert_eq!(Timing::of(&[start], &dates(start)), Timing::of(&[later], &dates(later)));
    }

    #[test]
    fn any_flows_have_a_rate_or_a_named_refusal(
        advances in prop::collection::vec((0_i32..40_000, any::<i64>()), 0..5),
        payments in prop::collection::vec((0_i32..40_000, any::<i64>()), 0..12),
        times in prop::collection::vec((any::<u32>(), any::<i64>(), any::<i64>(), any::<i64>()), 0..6),
    ) {
        let dated = |flows: &[(i32, i64)]| -> Vec<Dated> {
            flows.iter().map(|&(days, minor)| usd(date(1970, 1, 1) + jiff::Span::new().days(days), (minor >> 8).abs())).collect()
        };
        for convention in ALL {
            if let Ok(found) = disclose(convention, &dated(&advances), &dated(&payments)) {
                prop_assert!((0..=Rate::MAX.ppb).contains(&found.rate.ppb));
            }
        }
        let unit_timed: Vec<_> = times.iter().map(|&(whole, numerator, denominator, minor)| UnitTimed {
            at: us::UnitTime { whole, fraction: Ratio { numerator, denominator } },
            amount: Money::new(minor, Currency::USD),
        }).collect();
        let _ = rate_of_unit_periods(Ratio { numerator: 12, denominator: 1 }, &unit_timed, &unit_timed);
        let timed: Vec<_> = unit_timed.iter().map(|flow| Timed { years: flow.at.fraction, amount: flow.amount }).collect();
        let _ = effective_rate(&timed, &timed);
    }

    #[test]
    fn a_plan_without_cost_has_rate_zero((advances, payments) in plans()) {
        let parts = advances[0].amount.split(payments.len()).unwrap();
        let free: Vec<_> = payments.iter().zip(parts).map(|(payment, amount)| Dated { amount, ..*payment }).collect();
        for convention in ALL {
            prop_assert_eq!(disclose(convention, &advances, &free).map(|found| found.rate), Ok(Rate::ZERO));
        }
    }
}
