//! Conventions of terms, each with numbers of its own.

use duewell_domain::money::Currency;
use duewell_domain::plan::allocation::InAdvance;
use duewell_domain::plan::{
    Account, Amortization, Component, CustomRow, DayCount, Entry, Event, FeeAmount, FeeBasis, FeeTerm,
    FeeWhen, Frequency, Length, MoneyKind, OddFirstPeriod, Posting, Prepayment, Recalculation, RowKey, Terms,
    Unit, payoff, quote, replay,
};
use jiff::civil::{Date, date};

fn entry(number: u32, on: Date, event: Event) -> Entry {
    Entry { number, value_on: on, entered_on: on, event }
}

fn lend(terms: &Terms) -> Entry {
    entry(1, terms.starts_on, Event::Advance { amount: terms.principal })
}

fn pay(number: u32, on: Date, amount: i64) -> Entry {
    entry(number, on, Event::Money { kind: MoneyKind::Payment, amount, names: None, ahead: None })
}

/// 1 200.00 in three months at 1 percent a month: 408.03 each.
fn terms() -> Terms {
    let mut terms = Terms::equal_parts(Currency::EUR, 120_000, date(2027, 3, 5), 3);
    terms.interest.rate = "12".parse().unwrap();
    terms.interest.day_count = DayCount::Thirty360Eu;
    terms
}

fn asked(account: &Account) -> Vec<i64> {
    account.rows.iter().map(|row| row.due.total()).collect()
}

fn open(account: &Account) -> Vec<i64> {
    account.rows.iter().map(|row| row.open().total()).collect()
}

#[test]
fn odd_days_are_added_to_the_first_installment() {
    let mut terms = terms();
    terms.first_due_on = Some(date(2027, 4, 20));
    terms.odd_first_period = OddFirstPeriod::FirstInstallment;
    // Fifteen odd days cost 6.00.
    assert_eq!(asked(&quote(&terms).unwrap()), [41_403, 40_803, 40_802]);
    terms.odd_first_period = OddFirstPeriod::Spread;
    let spread = asked(&quote(&terms).unwrap());
    assert_eq!((spread[0], spread[1]), (41_005, 41_005));
}

#[test]
fn odd_days_are_charged_on_the_day_the_first_whole_period_starts() {
    let mut terms = terms();
    terms.first_due_on = Some(date(2027, 4, 20));
    terms.odd_first_period = OddFirstPeriod::Charged;
    let account = quote(&terms).unwrap();
    assert_eq!(asked(&account), [600, 40_803, 40_803, 40_802]);
    assert_eq!((account.rows[0].key, account.rows[0].due_on), (RowKey::OddDays, date(2027, 3, 20)));
    assert_eq!(account.rows[1].from_on, date(2027, 3, 20));
    assert_eq!("o".parse(), Ok(RowKey::OddDays));
    // A plan without odd days has no such row.
    terms.first_due_on = Some(date(2027, 4, 5));
    assert_eq!(asked(&quote(&terms).unwrap()).len(), 3);
}

#[test]
fn a_waiver_gives_up_the_fee_it_names() {
    let terms = terms();
    let fee = |number, on| {
        let amount = FeeAmount::Minor(500);
        let event = Event::Fee {
            name: "letter".to_owned(),
            component: Component::Fee,
            amount,
            when: FeeWhen::Signing,
        };
        entry(number, on, event)
    };
    let log = [
        lend(&terms),
        fee(2, date(2027, 3, 8)),
        fee(3, date(2027, 3, 9)),
        entry(4, date(2027, 3, 10), Event::WaiveFee { of: 3, amount: 400 }),
    ];
    let account = replay(&terms, &log, date(2027, 3, 10)).unwrap();
    assert_eq!((account.open_fee(2), account.open_fee(3)), (500, 100));
    assert_eq!(account.totals().waived.fees, 400);
    let none = [lend(&terms), entry(2, date(2027, 3, 10), Event::WaiveFee { of: 1, amount: 400 })];
    assert!(replay(&terms, &none, date(2027, 3, 10)).is_err());
}

#[test]
fn fees_of_each_installment_follow_what_it_asks_for_until_it_is_met() {
    let mut terms = Terms::equal_parts(Currency::EUR, 60_000, date(2027, 3, 5), 3);
    terms.fees.push(FeeTerm {
        name: "service".to_owned(),
        component: Component::Fee,
        amount: FeeAmount::Share { rate: "1".parse().unwrap(), of: FeeBasis::Principal },
        when: FeeWhen::EachInstallment,
        at_most: None,
    });
    let log = [
        lend(&terms),
        pay(2, date(2027, 4, 5), 20_200),
        entry(3, date(2027, 4, 10), Event::Advance { amount: 10_000 }),
    ];
    let fees = |log: &[Entry]| -> Vec<i64> {
        let account = replay(&terms, log, date(2027, 4, 10)).unwrap();
        account.rows.iter().map(|row| row.due.fees).collect()
    };
    assert_eq!(fees(&log[..2]), [200, 200, 200]);
    assert_eq!(fees(&log), [200, 250, 250]);
}

#[test]
fn money_spread_ahead_lowers_the_installments_to_come() {
    let mut terms = terms();
    terms.interest.recalculation = Recalculation::Daily;
    terms.allocation.default.in_advance = InAdvance::Spread;
    let on = date(2027, 4, 5);
    let log = [lend(&terms), pay(2, on, 40_803 + 20_000)];
    let account = replay(&terms, &log, on).unwrap();
    // 803.97 less 200.00, in two months at 1 percent.
    assert_eq!(open(&account), [0, 30_652, 30_652]);
    assert_eq!(account.rows.iter().map(|row| row.due.principal).sum::<i64>(), 120_000);
    assert_eq!(account.totals().paid.total(), 60_803);
    // What settles everything still does.
    let left = payoff(&terms, &log, on).unwrap();
    assert_eq!((left.principal, left.interest), (60_397, 0));
}

#[test]
fn money_that_names_the_next_installment_is_charged_interest_up_to_its_day() {
    let mut terms = terms();
    terms.interest.recalculation = Recalculation::Daily;
    let on = date(2027, 3, 15);
    for names in [None, Some(date(2027, 4, 5))] {
        let event = Event::Money { kind: MoneyKind::Payment, amount: 20_000, names, ahead: None };
        let log = [lend(&terms), entry(2, on, event)];
        let account = replay(&terms, &log, on).unwrap();
        // Ten days of 1 200.00 cost 4.00; twenty days of the 1 004.00 left cost 6.69.
        let shares: Vec<_> =
            account.effects[1].shares.iter().map(|share| (share.component, share.amount)).collect();
        assert_eq!(shares, [(Component::Interest, 400), (Component::Principal, 19_600)], "{names:?}");
        assert_eq!(account.rows.iter().map(|row| row.due.interest).collect::<Vec<_>>(), [1_069, 803, 403]);
        assert_eq!(open(&account), [20_803, 40_803, 40_669]);
    }
}

#[test]
fn a_small_last_installment_joins_the_one_before_with_interest_and_without() {
    let mut terms = Terms::equal_parts(Currency::EUR, 1_010, date(2027, 1, 1), 3);
    terms.length = Length::InstallmentMinor(500);
    terms.rounding.least_last = 200;
    assert_eq!(asked(&quote(&terms).unwrap()), [500, 510]);
    terms.rounding.least_last = 10;
    assert_eq!(asked(&quote(&terms).unwrap()), [500, 500, 10]);
    terms.rounding.least_last = 200;
    terms.interest.rate = "12".parse().unwrap();
    // 10.10 less 4.90 and less 4.95 leaves 0.25, which bears a quarter of a cent.
    assert_eq!(asked(&quote(&terms).unwrap()), [500, 525]);
}

#[test]
fn what_a_joined_installment_received_stays_with_it() {
    let mut terms = Terms::equal_parts(Currency::EUR, 300, date(2027, 1, 1), 3);
    let row = |month, principal| CustomRow { due_on: date(2027, month, 1), principal };
    terms.amortization = Amortization::Custom(vec![row(2, 100), row(3, 100), row(4, 100)]);
    terms.rounding.least_last = 150;
    // So little that none is ever asked for, but what is laid out follows payments.
    terms.interest.rate = "0.0000001".parse().unwrap();
    terms.interest.recalculation = Recalculation::Daily;
    // The last installment is so small that it joins the second, which is paid; then more is lent.
    let on = date(2027, 2, 10);
    let log = [lend(&terms), pay(2, on, 300), entry(3, date(2027, 2, 20), Event::Advance { amount: 50 })];
    let account = replay(&terms, &log, date(2027, 2, 20)).unwrap();
    let rows: Vec<(i64, i64)> =
        account.rows.iter().map(|row| (row.due.principal, row.paid.principal)).collect();
    assert_eq!(rows, [(100, 100), (200, 200), (50, 0)]);
}

#[test]
fn a_period_longer_than_the_calendar_is_no_period() {
    let mut terms = terms();
    terms.frequency = Frequency { every: 20_000, unit: Unit::Years };
    terms.first_due_on = Some(date(2027, 4, 20));
    terms.odd_first_period = OddFirstPeriod::FirstInstallment;
    assert!(quote(&terms).is_err());
}

/// 3 000.00 at 7.3 percent by the day of a year of 365: 60 cents a day; laid out first.
fn followed(prepayment: Prepayment) -> Terms {
    let mut terms = Terms::equal_parts(Currency::EUR, 300_000, date(2027, 1, 1), 4);
    terms.interest.rate = "7.3".parse().unwrap();
    terms.interest.day_count = DayCount::Actual365;
    terms.interest.recalculation = Recalculation::Daily;
    terms.interest.prepayment = prepayment;
    terms.posting = Posting::ScheduleFirst;
    terms.rounding.installment_multiple = 100;
    terms
}

#[test]
fn late_principal_bears_interest_until_it_is_paid() {
    let terms = followed(Prepayment::SmallerInstallments);
    let interest = |log: &[Entry], as_of| {
        let account = replay(&terms, log, as_of).unwrap();
        account.rows.iter().map(|row| row.due.interest).collect::<Vec<i64>>()
    };
    let in_time = [lend(&terms), pay(2, date(2027, 2, 1), 76_100)];
    let late = [lend(&terms), pay(2, date(2027, 2, 11), 76_100)];
    let (in_time, late) = (interest(&in_time, date(2027, 2, 11)), interest(&late, date(2027, 2, 11)));
    assert_eq!(in_time[0], 1_860);
    // Ten days of the principal in the first installment: 742.40 at 0.02 percent a day.
    assert_eq!((in_time[1], late[1]), (1_264, 1_413));
}

#[test]
fn money_beyond_an_installment_makes_the_others_smaller_fewer_or_spares_the_next() {
    let on = date(2027, 2, 1);
    let account = |prepayment, amount| {
        let terms = followed(prepayment);
        replay(&terms, &[lend(&terms), pay(2, on, amount)], on).unwrap()
    };
    let smaller = account(Prepayment::SmallerInstallments, 150_000);
    assert_eq!(asked(&smaller)[..2], [150_000, 51_200]);
    let fewer = account(Prepayment::FewerInstallments, 170_000);
    assert_eq!(asked(&fewer)[..2], [170_000, 76_100]);
    assert_eq!(fewer.rows.len(), 3);
    let next = account(Prepayment::NextInstallments, 150_000);
    // 739.00 of principal were paid ahead; the next installment would have repaid 752.50.
    assert_eq!((next.rows[1].due.principal, next.rows[2].due.principal > 70_000), (1_350, true));
    for account in [smaller, fewer, next] {
        assert_eq!(account.rows.iter().map(|row| row.due.principal).sum::<i64>(), 300_000);
        assert_eq!(account.rows[0].open().total(), 0);
    }
}

#[test]
fn early_money_repays_principal_of_the_running_installment_at_once() {
    let terms = followed(Prepayment::SmallerInstallments);
    let on = date(2027, 1, 11);
    let log = [lend(&terms), pay(2, on, 100_000)];
    let account = replay(&terms, &log, on).unwrap();
    // Ten days of 3 000.00 and twenty-one of 2 000.00.
    assert_eq!((account.rows[0].due.principal, account.rows[0].due.interest), (100_000, 600 + 840));
    let left = payoff(&terms, &log, on).unwrap();
    assert_eq!((left.principal, left.interest), (200_000, 600));
}

#[test]
fn with_flat_interest_the_whole_installment_is_a_multiple() {
    let mut terms = Terms::equal_parts(Currency::EUR, 70_000, date(2027, 3, 5), 3);
    terms.interest.rate = "10".parse().unwrap();
    terms.interest.method = duewell_domain::plan::InterestMethod::Flat;
    terms.rounding.installment_multiple = 100;
    // 233.33 and 5.83 are 239.16.
    assert_eq!(asked(&quote(&terms).unwrap()), [23_900, 23_900, 23_950]);
}

#[test]
fn a_pause_leaves_the_installments_and_lowers_the_last_one() {
    let terms = terms();
    let pause = Event::InterestPause { until_on: date(2027, 4, 5) };
    let log = [lend(&terms), entry(2, date(2027, 3, 20), pause)];
    // Fifteen of thirty days cost nothing: 6.00 less, and interest on them.
    assert_eq!(asked(&replay(&terms, &log, date(2027, 3, 20)).unwrap()), [40_803, 40_803, 40_190]);
}

#[test]
fn money_for_the_last_installment_stays_in_it() {
    let mut terms = terms();
    terms.interest.recalculation = Recalculation::Daily;
    terms.allocation.default.in_advance = InAdvance::Last;
    let on = date(2027, 3, 5);
    let log = [lend(&terms), pay(2, on, 39_000), pay(3, on, 2_000)];
    let account = replay(&terms, &log, on).unwrap();
    assert!(account.rows.iter().all(|row| row.open().principal >= 0 && row.open().interest >= 0));
    assert_eq!(account.rows.iter().map(|row| row.due.principal).sum::<i64>(), 120_000);
    assert_eq!((account.rows[2].met_on, account.rows[2].due.interest), (Some(on), 0));
}

#[test]
fn a_charge_off_leaves_what_the_debtor_owes() {
    let terms = Terms::equal_parts(Currency::EUR, 90_000, date(2027, 3, 5), 1);
    let log = [lend(&terms), entry(2, date(2027, 6, 1), Event::ChargeOff), pay(3, date(2027, 6, 9), 40_000)];
    let account = replay(&terms, &log, date(2027, 6, 9)).unwrap();
    let owed: Vec<i64> = account.effects.iter().map(|effect| effect.principal_after).collect();
    assert_eq!(owed, [90_000, 90_000, 50_000]);
    assert_eq!(account.effects[1].amount, 90_000);
    assert_eq!(account.totals().open.principal, 50_000);
}
