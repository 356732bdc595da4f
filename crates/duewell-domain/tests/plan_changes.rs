//! What creditor and debtor agree on later: other due dates, more installments, holidays.

use duewell_domain::money::Currency;
use duewell_domain::plan::{
    Account, Component, Entry, Event, Grace, InterestMethod, Posting, Shifted, Terms, replay,
};
use jiff::civil::{Date, date};

fn entry(number: u32, on: Date, event: Event) -> Entry {
    Entry { number, value_on: on, entered_on: on, event }
}

fn terms(principal: i64, installments: u32) -> Terms {
    Terms::equal_parts(Currency::EUR, principal, date(2027, 3, 5), installments)
}

/// Lends the principal on 5 March 2027 and agrees on a change on the tenth.
fn changed(terms: &Terms, change: Event) -> Account {
    let lent = entry(1, terms.starts_on, Event::Advance { amount: terms.principal });
    let log = [lent, entry(2, date(2027, 3, 10), change)];
    replay(terms, &log, date(2027, 3, 10)).unwrap()
}

fn principal(account: &Account) -> Vec<i64> {
    account.rows.iter().map(|row| row.due.principal).collect()
}

fn interest(account: &Account) -> Vec<i64> {
    account.rows.iter().map(|row| row.due.interest).collect()
}

#[test]
fn more_installments_share_what_was_to_be_repaid_from_then_on() {
    let more = Event::Extend { from_on: date(2027, 5, 5), installments: 3 };
    let account = changed(&terms(80_000, 4), more.clone());
    assert_eq!(principal(&account), [20_000, 10_000, 10_000, 10_000, 10_000, 10_000, 10_000]);
    assert_eq!(account.matures_on(), Some(date(2027, 10, 5)));
    // The later advance of 12 000 is shared by the six installments to come.
    let mut first = terms(80_000, 4);
    first.posting = Posting::InTurn;
    let lent = entry(1, first.starts_on, Event::Advance { amount: 80_000 });
    let log = [
        lent,
        entry(2, date(2027, 3, 10), more),
        entry(3, date(2027, 4, 9), Event::Advance { amount: 12_000 }),
    ];
    let account = replay(&first, &log, date(2027, 4, 9)).unwrap();
    assert_eq!(principal(&account), [20_000, 12_000, 12_000, 12_000, 12_000, 12_000, 12_000]);
}

#[test]
fn a_principal_holiday_makes_the_plan_longer() {
    let holiday = Event::Holiday { from_on: date(2027, 5, 5), installments: 2, of: Component::Principal };
    let account = changed(&terms(90_000, 3), holiday);
    assert_eq!(principal(&account), [30_000, 0, 0, 30_000, 30_000]);
}

#[test]
fn interest_of_a_holiday_is_due_behind_it() {
    let mut terms = terms(60_000, 4);
    terms.interest.rate = "10".parse().unwrap();
    terms.interest.method = InterestMethod::Flat;
    let holiday = Event::Holiday { from_on: date(2027, 4, 5), installments: 2, of: Component::Interest };
    // 600.00 at 10 percent are 5.00 a month.
    assert_eq!(interest(&changed(&terms, holiday)), [0, 0, 1_500, 500]);
}

#[test]
fn fees_have_no_holiday() {
    let holiday = Event::Holiday { from_on: date(2027, 4, 5), installments: 1, of: Component::Fee };
    let log = [entry(1, date(2027, 3, 5), Event::Advance { amount: 1 }), entry(2, date(2027, 3, 5), holiday)];
    assert!(replay(&terms(90_000, 3), &log, date(2027, 3, 5)).is_err());
}

#[test]
fn a_moved_date_leaves_the_installment_and_the_last_one_pays_for_the_days() {
    let mut terms = terms(120_000, 3);
    terms.interest.rate = "12".parse().unwrap();
    terms.interest.day_count = duewell_domain::plan::DayCount::Thirty360Eu;
    let moved =
        Event::MoveDueDate { from_on: date(2027, 4, 5), to_on: date(2027, 4, 20), shift: Shifted::Rest };
    let account = changed(&terms, moved);
    let asked: Vec<i64> = account.rows.iter().map(|row| row.due.total()).collect();
    // 1 200.00 at 1 percent a month are three times 408.03; half a month more costs 6.00 and interest on them.
    assert_eq!(asked, [40_803, 40_803, 41_414]);
    assert_eq!(interest(&account)[0], 1_800);
    assert_eq!(account.matures_on(), Some(date(2027, 6, 20)));
}

#[test]
fn money_lent_behind_the_last_due_date_makes_one_more_installment() {
    let terms = Terms { grace: Grace::default(), ..terms(50_000, 2) };
    let lent = |number, on, amount| entry(number, on, Event::Advance { amount });
    let log = [lent(1, date(2027, 3, 5), 50_000), lent(2, date(2027, 6, 20), 7_000)];
    let account = replay(&terms, &log, date(2027, 6, 20)).unwrap();
    assert_eq!(principal(&account), [25_000, 25_000, 7_000]);
    assert_eq!(account.matures_on(), Some(date(2027, 7, 5)));
}

#[test]
fn interest_in_grace_is_due_with_the_first_installment_behind() {
    let mut terms = terms(60_000, 5);
    terms.interest.rate = "12".parse().unwrap();
    terms.grace = Grace { principal: 3, interest: 2, ..Grace::default() };
    let account = duewell_domain::plan::quote(&terms).unwrap();
    // 6.00 a month: two months wait for the third.
    assert_eq!(interest(&account)[..3], [0, 0, 1_800]);
    assert_eq!(principal(&account)[..3], [0, 0, 0]);
    assert!(account.rows.iter().all(|row| row.met_on.is_none()));
}

#[test]
fn money_in_between_may_be_for_a_fee_that_falls_due_later() {
    let mut terms = terms(60_000, 2);
    terms.posting = Posting::InTurn;
    let charged = Entry {
        number: 2,
        value_on: date(2027, 4, 20),
        entered_on: date(2027, 3, 6),
        event: Event::Fee {
            name: "letter".to_owned(),
            component: Component::Fee,
            amount: duewell_domain::plan::FeeAmount::Minor(900),
            when: duewell_domain::plan::FeeWhen::Signing,
        },
    };
    let paid = Event::Money {
        kind: duewell_domain::plan::MoneyKind::Payment,
        amount: 31_000,
        names: None,
        ahead: None,
    };
    let log = [
        entry(1, date(2027, 3, 5), Event::Advance { amount: 60_000 }),
        charged,
        entry(3, date(2027, 3, 7), paid),
    ];
    let account = replay(&terms, &log, date(2027, 3, 7)).unwrap();
    // 300.00 for the first installment; of the 10.00 left, 9.00 for the fee of the second.
    assert_eq!((account.rows[1].paid.fees, account.rows[1].paid.principal), (900, 100));
}
