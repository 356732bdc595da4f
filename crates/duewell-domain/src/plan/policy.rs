//! What plans may be made: one envelope for agent, debtor's page and API alike; and when a plan counts as broken.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::account::{Account, quote};
use super::check::PlanError;
use super::dates::{Frequency, MonthEnd};
use super::row::Row;
use super::terms::{DownPayment, Recalculation, Terms};
use crate::money::{Currency, Money, Rounding};
use crate::rate::Rate;

/// The bounds of plans over what a debtor owes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanPolicy {
    /// Debtors may take a plan inside these bounds by themselves, on their page.
    pub offered_to_debtors: bool,
    /// An installment is at least this, in minor units.
    pub least_installment_minor: i64,
    /// The most installments.
    pub most_installments: u32,
    /// The first installment is due at most so many days from the start.
    pub first_due_within_days: u32,
    /// The least down payment, as a share.
    pub least_down_payment: Rate,
    /// The rate a year that plans made by debtors bear, and the least an agent may give.
    pub rate: Rate,
    /// The highest rate a year.
    pub most_rate: Rate,
    /// Plans over more than this are for a person with more to say; no bound when empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_balance_minor: Option<i64>,
    /// An installment of which no more than this is missing counts as paid.
    pub tolerance_minor: i64,
    /// Days behind a due date on which paying still keeps the plan.
    pub grace_days: u16,
    /// A plan is broken when so many installments are missed; never by itself when 0.
    pub missed_installments: u16,
    /// Other bounds for debtors of a segment.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub segments: BTreeMap<String, PlanPolicy>,
}

impl Default for PlanPolicy {
    fn default() -> Self {
        PlanPolicy {
            offered_to_debtors: true,
            least_installment_minor: 2_000,
            most_installments: 12,
            first_due_within_days: 31,
            least_down_payment: Rate::ZERO,
            rate: Rate::ZERO,
            most_rate: Rate { ppb: 150_000_000 },
            most_balance_minor: None,
            tolerance_minor: 100,
            grace_days: 5,
            missed_installments: 2,
            segments: BTreeMap::new(),
        }
    }
}

/// A bound that terms go beyond.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Breach {
    InstallmentTooSmall,
    TooManyInstallments,
    FirstDueTooLate,
    DownPaymentTooSmall,
    RateOutOfBounds,
    BalanceTooLarge,
}

impl PlanPolicy {
    /// Returns the bounds for a debtor's segment.
    pub fn of_segment(&self, segment: Option<&str>) -> &PlanPolicy {
        segment.and_then(|segment| self.segments.get(segment)).unwrap_or(self)
    }

    /// Lists the bounds that a plan goes beyond.
    pub fn breaches(&self, terms: &Terms, account: &Account) -> Vec<Breach> {
        let mut breaches = Vec::new();
        let mut refuse = |wrong: bool, breach| {
            if wrong {
                breaches.push(breach);
            }
        };
        let asking: Vec<&Row> = account.rows.iter().filter(|row| row.due.total() > 0).collect();
        // The last installment is what is left, however little.
        let but_last = asking.split_last().map_or(&[][..], |(_, rows)| rows);
        let least = self.least_installment_minor;
        let small = |row: &&Row| row.due.principal > 0 && row.due.total() < least;
        refuse(but_last.iter().any(small), Breach::InstallmentTooSmall);
        refuse(asking.len() > self.most_installments as usize, Breach::TooManyInstallments);
        let first = asking.first().map(|row| super::day_count::days(terms.starts_on, row.due_on));
        refuse(
            first.is_some_and(|days| days > i64::from(self.first_due_within_days)),
            Breach::FirstDueTooLate,
        );
        let down = match terms.down_payment {
            None => 0,
            Some(DownPayment::Minor(amount)) => amount,
            Some(DownPayment::Share(rate)) => share(rate, terms),
        };
        refuse(down < share(self.least_down_payment, terms), Breach::DownPaymentTooSmall);
        let rate = terms.interest.rate;
        refuse(rate < self.rate || rate > self.most_rate, Breach::RateOutOfBounds);
        refuse(self.most_balance_minor.is_some_and(|most| terms.principal > most), Breach::BalanceTooLarge);
        breaches
    }

    /// Returns plans a debtor may choose from: the fewest installments first, at most four.
    pub fn offers(
        &self,
        currency: Currency,
        balance: i64,
        today: Date,
    ) -> Result<Vec<(Terms, Account)>, PlanError> {
        let mut offers = Vec::new();
        if !self.offered_to_debtors
            || balance <= 0
            || self.most_balance_minor.is_some_and(|most| balance > most)
        {
            return Ok(offers);
        }
        for count in [2, 3, 4, 6, 9, 12, 18, 24, 36, 48, 60, 72] {
            if count > self.most_installments || offers.len() == OFFERS_MAX {
                break;
            }
            let terms = self.terms(currency, balance, today, count);
            let account = quote(&terms)?;
            if self.breaches(&terms, &account).is_empty() {
                offers.push((terms, account));
            }
        }
        Ok(offers)
    }

    /// Returns the terms of an ordinary plan inside the bounds: equal monthly installments.
    pub fn terms(&self, currency: Currency, balance: i64, today: Date, installments: u32) -> Terms {
        let mut terms = Terms::equal_parts(currency, balance, today, installments);
        terms.interest.rate = self.rate;
        // Paying early saves interest, as consumer credit law wants it (Directive (EU) 2023/2225, Art. 29).
        terms.interest.recalculation = Recalculation::Daily;
        // The first installment is due in a month, or as early as the bounds ask.
        let month = Frequency::MONTHLY.date_from(today, 1, MonthEnd::Clamp);
        let latest = today.checked_add(Span::new().days(i64::from(self.first_due_within_days))).ok();
        if let (Some(month), Some(latest)) = (month, latest)
            && latest < month
        {
            terms.first_due_on = Some(latest);
        }
        if !self.least_down_payment.is_zero() {
            terms.down_payment = Some(DownPayment::Share(self.least_down_payment));
        }
        terms
    }

    /// Says whether a plan is broken on the day of its account.
    pub fn is_broken(&self, account: &Account) -> bool {
        let missed = account.rows.iter().filter(|row| {
            row.open().total() > self.tolerance_minor
                && row.days_past_due(account.as_of) > i64::from(self.grace_days)
        });
        self.missed_installments > 0 && missed.count() >= usize::from(self.missed_installments)
    }

    /// Returns the first day on which the plan would be broken if nothing more is paid.
    pub fn breaks_on(&self, account: &Account) -> Option<Date> {
        let at = usize::from(self.missed_installments).checked_sub(1)?;
        let mut due: Vec<Date> = account
            .rows
            .iter()
            .filter(|row| row.open().total() > self.tolerance_minor)
            .map(|row| row.due_on)
            .collect();
        due.sort_unstable();
        due.get(at)?.checked_add(Span::new().days(i64::from(self.grace_days) + 1)).ok()
    }
}

/// So many plans are offered at once: a choice that fits a phone.
const OFFERS_MAX: usize = 4;

fn share(rate: Rate, terms: &Terms) -> i64 {
    rate.of(Money::new(terms.principal, terms.currency), Rounding::Down).map_or(0, |money| money.minor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn offers_stay_inside_the_bounds() {
        let policy =
            PlanPolicy { least_installment_minor: 5_000, most_installments: 6, ..PlanPolicy::default() };
        let offers = policy.offers(Currency::EUR, 20_000, date(2026, 3, 31)).unwrap();
        let counts: Vec<usize> = offers.iter().map(|(_, account)| account.rows.len()).collect();
        assert_eq!(counts, [2, 3, 4]);
        for (terms, account) in &offers {
            assert_eq!(policy.breaches(terms, account), []);
            assert_eq!(account.totals().due.total(), 20_000);
        }
        assert!(policy.offers(Currency::EUR, 900, date(2026, 3, 31)).unwrap().is_empty());
    }

    #[test]
    fn beyond_the_bounds_every_bound_is_named() {
        let policy = PlanPolicy { least_down_payment: "10".parse().unwrap(), ..PlanPolicy::default() };
        let mut terms = Terms::equal_parts(Currency::EUR, 20_000, date(2026, 3, 1), 24);
        terms.first_due_on = Some(date(2026, 5, 1));
        terms.interest.rate = "30".parse().unwrap();
        let account = quote(&terms).unwrap();
        assert_eq!(
            policy.breaches(&terms, &account),
            [
                Breach::InstallmentTooSmall,
                Breach::TooManyInstallments,
                Breach::FirstDueTooLate,
                Breach::DownPaymentTooSmall,
                Breach::RateOutOfBounds
            ]
        );
    }
}
