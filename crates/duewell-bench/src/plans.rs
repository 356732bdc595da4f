//! Installment plans: schedules quoted, and a backdated reversal replayed.

use anyhow::ensure;
use duewell_domain::money::Currency;
use duewell_domain::plan::{DayCount, Entry, Event, MoneyKind, Recalculation, Terms, quote, replay};
use duewell_domain::rate::Rate;
use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::measure::{Measured, measure};

const STARTS_ON: Date = date(2026, 1, 15);

/// The day counts whose schedules are measured, by the name of the figure.
pub const DAY_COUNTS: [(&str, DayCount); 3] = [
    ("whole_periods", DayCount::WholePeriods365),
    ("30_360", DayCount::Thirty360Eu),
    ("actual_365", DayCount::Actual365),
];

/// Quotes annuities of 36 months with principals and rates of their own, and checks each sum to the minor unit.
pub fn quotes(day_count: DayCount, count: u64) -> anyhow::Result<Measured> {
    let mut terms = Terms::equal_parts(Currency::EUR, 1, STARTS_ON, 36);
    terms.interest.day_count = day_count;
    measure(None, || {
        for number in 0..count {
            terms.principal = 100_000 + (number * 48_271 % 5_000_000) as i64;
            terms.interest.rate = Rate::from_basis_points(300 + (number % 1_500) as i64);
            let account = quote(&terms)?;
            let principal: i64 = account.rows.iter().map(|row| row.due.principal).sum();
            ensure!(principal == terms.principal && account.rows.len() == 36, "{terms:?}");
        }
        Ok(count)
    })
}

/// Takes back the payment in the middle of a plan of 360 months with 700 entries, and replays it, so many times.
pub fn reversals(recalculation: Recalculation, count: u64) -> anyhow::Result<Measured> {
    let mut terms = Terms::equal_parts(Currency::EUR, 30_000_000, STARTS_ON, 360);
    terms.interest.rate = Rate::from_basis_points(450);
    terms.interest.day_count = DayCount::Actual365;
    terms.interest.recalculation = recalculation;
    let quoted = quote(&terms)?;
    let mut log = vec![entry(1, STARTS_ON, Event::Advance { amount: terms.principal })];
    // Each installment is paid in two parts, a week early and on its day.
    'months: for row in &quoted.rows {
        let asked = row.due.total();
        for (day, amount) in [(row.due_on.checked_sub(7.days())?, asked / 3), (row.due_on, asked - asked / 3)]
        {
            if log.len() == 699 {
                break 'months;
            }
            let event = Event::Money { kind: MoneyKind::Payment, amount, names: None, ahead: None };
            log.push(entry(log.len() as u32 + 1, day, event));
        }
    }
    let as_of = log[698].value_on;
    log.push(entry(700, as_of, Event::Reverse { of: 350 }));
    measure(None, || {
        for _ in 0..count {
            let account = replay(&terms, &log, as_of)?;
            let principal: i64 = account.rows.iter().map(|row| row.due.principal).sum();
            ensure!(principal == terms.principal && account.effects.len() == 698, "{as_of}");
        }
        Ok(count)
    })
}

fn entry(number: u32, value_on: Date, event: Event) -> Entry {
    Entry { number, value_on, entered_on: value_on, event }
}
