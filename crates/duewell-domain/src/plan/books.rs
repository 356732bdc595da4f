//! The books of a plan: which ledger account each cent of an account stands on.

use std::collections::{BTreeMap, VecDeque};

use super::account::Account;
use super::check::PlanError;
use super::event::{Entry, Event, MoneyKind};
use super::row::RowKey;
use crate::ledger;

/// A line of the books of a plan: an account, the installment it is about, and the payment entry where there is one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct BookLine {
    pub account: ledger::Account,
    pub row: RowKey,
    /// The entry of a payment in cash; its other side is the receipt of the money.
    pub payment: Option<u32>,
}

/// Returns what the ledger must say of a plan, in minor units, debits positive, without lines of nothing.
///
/// Without the lines of payments the books add up to zero, installment by installment. `earned` is the income up to the
/// day of the account ([`Account::earned_by`]); interest beyond it is not income yet.
pub fn books(account: &Account, log: &[Entry]) -> Result<BTreeMap<BookLine, i64>, PlanError> {
    let mut lines: BTreeMap<BookLine, i64> = BTreeMap::new();
    let mut add = |account, row, payment, amount: i64| {
        if amount != 0 {
            *lines.entry(BookLine { account, row, payment }).or_default() += amount;
        }
    };
    for row in &account.rows {
        let mut claimed = row.due - row.credited;
        // Interest that became principal is income of its period, and was put into the plan then.
        claimed.interest += row.capitalised;
        claimed.principal -= row.capitalised;
        let earned = account.interest_earned(row, account.as_of)?;
        add(ledger::Account::Receivable, row.key, None, row.due.total() - row.waived.total());
        add(ledger::Account::InPlans, row.key, None, -claimed.principal);
        add(ledger::Account::UnearnedInterest, row.key, None, earned - claimed.interest);
        add(ledger::Account::InterestIncome, row.key, None, -earned);
        add(ledger::Account::FeeIncome, row.key, None, -claimed.fees);
        add(ledger::Account::PenaltyIncome, row.key, None, -claimed.penalties);
        add(ledger::Account::WriteOff, row.key, None, row.waived.total());
        add(ledger::Account::Returned, row.key, None, -row.credited.total());
    }
    // Payments of which something was over, with their other side: credit settles what comes behind, oldest first.
    let mut credits: VecDeque<(u32, Option<ledger::Account>, i64)> = VecDeque::new();
    let mut pay = |row, payment, other_side: Option<ledger::Account>, amount: i64| match other_side {
        None => add(ledger::Account::Receivable, row, Some(payment), -amount),
        Some(other) => {
            add(ledger::Account::Receivable, row, None, -amount);
            add(other, row, None, amount);
        }
    };
    for effect in &account.effects {
        let event = log.iter().find(|entry| entry.number == effect.entry).map(|entry| &entry.event);
        if let Some(Event::Money { kind, .. }) = event {
            let other_side = match kind {
                MoneyKind::Payment | MoneyKind::DownPayment | MoneyKind::Recovery => None,
                MoneyKind::MerchantRefund | MoneyKind::PayoutRefund => Some(ledger::Account::Returned),
                MoneyKind::GoodwillCredit | MoneyKind::FeeAdjustment => Some(ledger::Account::WriteOff),
            };
            for share in &effect.shares {
                pay(share.installment, effect.entry, other_side, share.amount);
            }
            credits.push_back((effect.entry, other_side, effect.over));
            continue;
        }
        let mut take = |most: i64, to: Option<RowKey>| {
            let mut left = most;
            while left > 0
                && let Some((entry, other_side, credit)) = credits.front_mut()
            {
                let part = left.min(*credit);
                if let Some(row) = to {
                    pay(row, *entry, *other_side, part);
                }
                left -= part;
                *credit -= part;
                if *credit == 0 {
                    credits.pop_front();
                }
            }
        };
        for share in &effect.shares {
            take(share.amount, Some(share.installment));
        }
        // What credit covered without an installment was paid out.
        take(effect.over - effect.shares.iter().map(|share| share.amount).sum::<i64>(), None);
    }
    lines.retain(|_, amount| *amount != 0);
    Ok(lines)
}

/// Sums of a plan's books by account.
pub fn summary(lines: &BTreeMap<BookLine, i64>) -> BTreeMap<ledger::Account, i64> {
    let mut sums = BTreeMap::new();
    for (line, amount) in lines {
        *sums.entry(line.account).or_default() += amount;
    }
    sums
}

/// Returns what is to be posted so that `posted` becomes `wanted`.
pub fn difference(
    wanted: &BTreeMap<BookLine, i64>,
    posted: &BTreeMap<BookLine, i64>,
) -> BTreeMap<BookLine, i64> {
    let mut lines = wanted.clone();
    for (line, amount) in posted {
        *lines.entry(*line).or_default() -= amount;
    }
    lines.retain(|_, amount| *amount != 0);
    lines
}

/// Says whether parts are what an installment's lines add up to; used by whoever checks books.
pub fn open_of(lines: &BTreeMap<BookLine, i64>, row: RowKey) -> i64 {
    lines
        .iter()
        .filter(|(line, _)| line.row == row && line.account == ledger::Account::Receivable)
        .map(|(_, amount)| amount)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use crate::plan::{MoneyKind, Terms, quote, replay};
    use jiff::civil::date;

    #[test]
    fn the_books_add_up_and_say_what_is_open() {
        let mut terms = Terms::equal_parts(Currency::EUR, 120_000, date(2026, 1, 15), 12);
        terms.interest.rate = "9".parse().unwrap();
        let advance = Entry {
            number: 1,
            value_on: date(2026, 1, 15),
            entered_on: date(2026, 1, 15),
            event: Event::Advance { amount: 120_000 },
        };
        let paid = |number, day, kind, amount| Entry {
            number,
            value_on: day,
            entered_on: day,
            event: Event::Money { kind, amount, names: None, ahead: None },
        };
        let log = [
            advance,
            paid(2, date(2026, 2, 15), MoneyKind::Payment, 10_495),
            paid(3, date(2026, 2, 20), MoneyKind::GoodwillCredit, 5_000),
        ];
        let account = replay(&terms, &log, date(2026, 3, 1)).unwrap();
        let lines = books(&account, &log).unwrap();
        let without_cash: i64 =
            lines.iter().filter(|(line, _)| line.payment.is_none()).map(|(_, amount)| amount).sum();
        assert_eq!(without_cash, 0);
        for row in &account.rows {
            assert_eq!(open_of(&lines, row.key), row.open().total(), "{}", row.key);
        }
        assert_eq!(summary(&lines)[&ledger::Account::InPlans], -120_000);
        assert!(difference(&lines, &lines).is_empty());
        assert!(quote(&terms).is_ok());
    }
}
