//! What to make: the seed, the size, the months and the shares of everything, in parts per thousand.

use duewell_domain::money::Currency;
use jiff::civil::{Date, date};
use serde::Serialize;

use crate::bank_day::plus_days;

/// Which book to make. Equal specs give equal books, byte for byte.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SampleSpec {
    pub seed: u64,
    pub debtors: u32,
    /// For how many months invoices are issued; bank statements cover the same months.
    pub months: u32,
    /// Any day of the first month.
    pub start_on: Date,
    pub currencies: CurrencyMix,
    pub profile: Profile,
}

/// How the debtors' currencies are spread, in weights.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CurrencyMix(pub Vec<(Currency, u16)>);

impl Default for CurrencyMix {
    /// Mostly euro, some pounds, francs and dollars, a few with none and with three decimals.
    fn default() -> Self {
        CurrencyMix(vec![
            (Currency::EUR, 860),
            (Currency::GBP, 45),
            (Currency::CHF, 35),
            (Currency::USD, 40),
            (Currency::JPY, 10),
            (Currency::KWD, 10),
        ])
    }
}

impl CurrencyMix {
    /// Puts every debtor in one currency.
    pub fn only(currency: Currency) -> Self {
        CurrencyMix(vec![(currency, 1)])
    }
}

/// The shares that make a book what it is, in parts per thousand unless the name says otherwise.
///
/// `docs/spec/sample-book.md` says where each comes from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Profile {
    pub name: &'static str,

    // Who owes.
    pub companies: u16,
    /// Of companies: daughters of another company in the book.
    pub subsidiaries: u16,
    /// Names that break careless programs: markup, quotes, formulas, very long, right to left.
    pub hostile_names: u16,
    pub without_email: u16,
    /// The address exists in form only; mail to it comes back.
    pub email_bounces: u16,
    /// Letters come back: moved away.
    pub letters_returned: u16,

    // What is owed. The three add up to 1000.
    pub billed_once: u16,
    pub billed_quarterly: u16,
    pub billed_monthly: u16,
    /// Receivables that a debtor disputes.
    pub disputes: u16,
    /// Of disputed receivables: never paid. The others are paid in full, late.
    pub disputes_unpaid: u16,
    /// Receivables that come as an e-invoice file and not in the table …
    pub invoice_files: u16,
    /// … of this many debtors at most, so that a big book is not a million files. Counted from the first.
    pub invoice_file_debtors: u32,

    // How they pay. The six add up to 1000.
    pub punctual: u16,
    pub slightly_late: u16,
    pub after_reminder: u16,
    pub in_parts: u16,
    pub bundles: u16,
    pub never: u16,
    /// Of punctual debtors' payments: one to five days late for once.
    pub punctual_slips: u16,
    /// Days after the due date on which the files take a reminder to have been sent.
    pub reminder_days: [u16; 3],

    // What happens to single payments.
    pub overpaid: u16,
    /// A bank on the way kept its fee.
    pub underpaid_fee: u16,
    /// The payer mistyped the amount.
    pub underpaid_typo: u16,
    /// Of underpayments: the rest follows after the first reminder.
    pub rest_follows: u16,
    pub paid_twice: u16,
    /// Of duplicates and overpayments: sent back within the month.
    pub refunded: u16,
    /// Of persons: pays by direct debit.
    pub direct_debit: u16,
    /// Of direct debits: returned by the bank.
    pub debits_returned: u16,
    /// Of returned debits: paid by transfer after the reminder.
    pub returned_then_paid: u16,

    // Who pays, and how the transfer says what for.
    /// Of persons' payments: made by a relative of the same family name.
    pub family_pays: u16,
    /// Of subsidiaries' payments: made by the parent.
    pub parent_pays: u16,
    /// Weights of the habits: structured reference, number in the text, reference in the text,
    /// end-to-end id, customer number, nothing at all.
    pub reference_habits: [u16; 6],
    /// Payments that do not follow the debtor's habit.
    pub habit_broken: u16,
    /// Of numbers written in the text: mistyped or maimed.
    pub typos: u16,
    /// Payments without the payer's account.
    pub without_account: u16,
    /// Payments that the bank puts together in one entry with others.
    pub collective_entries: u16,
    /// Payments of people who owe nothing, per thousand debtors and month.
    pub strangers: u16,
}

impl Profile {
    /// A trading firm's book: companies and consumers, two thirds of invoices paid in time.
    pub const TRADE: Profile = Profile {
        name: "trade",
        companies: 420,
        subsidiaries: 60,
        hostile_names: 12,
        without_email: 40,
        email_bounces: 18,
        letters_returned: 12,
        billed_once: 350,
        billed_quarterly: 350,
        billed_monthly: 300,
        disputes: 25,
        disputes_unpaid: 500,
        invoice_files: 40,
        invoice_file_debtors: 2_000,
        punctual: 660,
        slightly_late: 130,
        after_reminder: 90,
        in_parts: 50,
        bundles: 40,
        never: 30,
        punctual_slips: 40,
        reminder_days: [7, 21, 35],
        overpaid: 10,
        underpaid_fee: 12,
        underpaid_typo: 8,
        rest_follows: 400,
        paid_twice: 8,
        refunded: 600,
        direct_debit: 150,
        debits_returned: 25,
        returned_then_paid: 700,
        family_pays: 30,
        parent_pays: 400,
        reference_habits: [270, 420, 60, 80, 50, 120],
        habit_broken: 80,
        typos: 220,
        without_account: 15,
        collective_entries: 60,
        strangers: 12,
    };

    /// A hard book: single claims on persons, more than half never paid (court fines, 101,385 cases).
    pub const FINES: Profile = Profile {
        name: "fines",
        companies: 40,
        email_bounces: 60,
        without_email: 300,
        letters_returned: 60,
        billed_once: 1000,
        billed_quarterly: 0,
        billed_monthly: 0,
        punctual: 150,
        slightly_late: 60,
        after_reminder: 200,
        in_parts: 50,
        bundles: 0,
        never: 540,
        overpaid: 10,
        underpaid_fee: 10,
        underpaid_typo: 78,
        direct_debit: 0,
        ..Profile::TRADE
    };

    /// A utility's book: consumers billed every month, most by direct debit or tariff.
    pub const UTILITY: Profile = Profile {
        name: "utility",
        companies: 80,
        billed_once: 0,
        billed_quarterly: 100,
        billed_monthly: 900,
        direct_debit: 550,
        typos: 120,
        punctual: 690,
        bundles: 10,
        ..Profile::TRADE
    };

    /// For load tests: one receivable per debtor and month, otherwise as [`Profile::TRADE`].
    pub const MASS: Profile = Profile {
        name: "mass",
        billed_once: 0,
        billed_quarterly: 0,
        billed_monthly: 1000,
        invoice_files: 0,
        ..Profile::TRADE
    };

    /// All profiles that have a name.
    pub const ALL: [Profile; 4] = [Profile::TRADE, Profile::FINES, Profile::UTILITY, Profile::MASS];

    /// Returns the profile of a name.
    pub fn named(name: &str) -> Option<Profile> {
        Profile::ALL.into_iter().find(|profile| profile.name == name)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    #[error("a sample book has 1 to {max} debtors, not {debtors}")]
    Debtors { debtors: u32, max: u32 },
    #[error("a sample book has 1 to {max} months, not {months}")]
    Months { months: u32, max: u32 },
    #[error("a sample book starts between 1990 and 2100, not on {start_on}")]
    Start { start_on: Date },
    #[error("the shares of {what} add up to {sum} of 1000")]
    Shares { what: &'static str, sum: u32 },
    #[error("the share `{what}` is {share} of 1000")]
    Share { what: &'static str, share: u16 },
    #[error("the currency mix is empty or names a currency twice")]
    Currencies,
}

/// The most debtors of one book; larger installations have several books.
pub const DEBTORS_MAX: u32 = 100_000_000;
/// The most months of one book.
pub const MONTHS_MAX: u32 = 120;

impl Default for SampleSpec {
    /// A small book of 300 debtors over six months of 2026, as the demo shows it.
    fn default() -> Self {
        SampleSpec {
            seed: 1,
            debtors: 300,
            months: 6,
            start_on: date(2026, 1, 1),
            currencies: CurrencyMix::default(),
            profile: Profile::TRADE,
        }
    }
}

impl SampleSpec {
    /// Returns the spec of a load test: `debtors` debtors with three receivables each, all in euro.
    pub fn bench(debtors: u32) -> Self {
        SampleSpec {
            seed: 42,
            debtors,
            months: 3,
            start_on: date(2026, 1, 1),
            currencies: CurrencyMix::only(Currency::EUR),
            profile: Profile::MASS,
        }
    }

    /// Checks sizes and shares.
    pub fn check(&self) -> Result<(), SpecError> {
        if !(1..=DEBTORS_MAX).contains(&self.debtors) {
            return Err(SpecError::Debtors { debtors: self.debtors, max: DEBTORS_MAX });
        }
        if !(1..=MONTHS_MAX).contains(&self.months) {
            return Err(SpecError::Months { months: self.months, max: MONTHS_MAX });
        }
        if !(1990..=2100).contains(&self.start_on.year()) {
            return Err(SpecError::Start { start_on: self.start_on });
        }
        let mut codes: Vec<&str> = self.currencies.0.iter().map(|(currency, _)| currency.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        let weight: u32 = self.currencies.0.iter().map(|(_, weight)| u32::from(*weight)).sum();
        if codes.len() != self.currencies.0.len() || weight == 0 {
            return Err(SpecError::Currencies);
        }
        self.profile.check()
    }

    /// Returns the first day of the book.
    pub fn starts_on(&self) -> Date {
        self.start_on.first_of_month()
    }

    /// Returns the last day of the book: invoices, payments and statements end here.
    ///
    /// It is the natural "today" of a demo.
    pub fn ends_on(&self) -> Date {
        let last_month = self.month_day(self.months.max(1) - 1, 1);
        last_month.last_of_month()
    }

    /// Returns a day (1 to 28) of the n-th month of the book, counted from 0.
    pub(crate) fn month_day(&self, month: u32, day: u32) -> Date {
        let first = self.starts_on();
        let months = i32::from(first.month()) - 1 + month.min(MONTHS_MAX) as i32;
        let (year, month) = (i32::from(first.year()) + months / 12, months % 12 + 1);
        Date::new(year as i16, month as i8, day as i8).unwrap_or(first)
    }

    /// Returns the days on which the files take reminders for a due date to have been sent.
    pub fn assumed_reminders(&self, due_on: Date) -> [Date; 3] {
        self.profile.reminder_days.map(|days| plus_days(due_on, i32::from(days)))
    }
}

impl Profile {
    fn check(&self) -> Result<(), SpecError> {
        let sums = [
            ("billing rhythms", vec![self.billed_once, self.billed_quarterly, self.billed_monthly]),
            (
                "behaviours",
                vec![
                    self.punctual,
                    self.slightly_late,
                    self.after_reminder,
                    self.in_parts,
                    self.bundles,
                    self.never,
                ],
            ),
            ("reference habits", self.reference_habits.to_vec()),
        ];
        for (what, shares) in sums {
            let sum = shares.into_iter().map(u32::from).sum();
            if sum != 1000 {
                return Err(SpecError::Shares { what, sum });
            }
        }
        let single = [
            ("companies", self.companies),
            ("subsidiaries", self.subsidiaries),
            ("hostile names", self.hostile_names),
            ("without e-mail", self.without_email),
            ("e-mail bounces", self.email_bounces),
            ("letters returned", self.letters_returned),
            ("disputes", self.disputes),
            ("disputes unpaid", self.disputes_unpaid),
            ("invoice files", self.invoice_files),
            (
                "overpaid, underpaid",
                self.overpaid.saturating_add(self.underpaid_fee).saturating_add(self.underpaid_typo),
            ),
            ("punctual slips", self.punctual_slips),
            ("rest follows", self.rest_follows),
            ("paid twice", self.paid_twice),
            ("refunded", self.refunded),
            ("direct debit", self.direct_debit),
            ("debits returned", self.debits_returned),
            ("returned then paid", self.returned_then_paid),
            ("family pays", self.family_pays),
            ("parent pays", self.parent_pays),
            ("habit broken", self.habit_broken),
            ("typos", self.typos),
            ("without account", self.without_account),
            ("collective entries", self.collective_entries),
            ("strangers", self.strangers),
        ];
        match single.into_iter().find(|(_, share)| *share > 1000) {
            Some((what, share)) => Err(SpecError::Share { what, share }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_profile_adds_up() {
        for profile in Profile::ALL {
            assert_eq!(Profile::named(profile.name), Some(profile.clone()));
            let spec = SampleSpec { profile, ..SampleSpec::default() };
            assert_eq!(spec.check(), Ok(()), "{}", spec.profile.name);
        }
        assert_eq!(SampleSpec::bench(1_000_000).check(), Ok(()));
        assert_eq!(Profile::named("other"), None);
    }

    #[test]
    fn impossible_specs_are_refused() {
        let good = SampleSpec::default;
        let wrong = [
            SampleSpec { debtors: 0, ..good() },
            SampleSpec { debtors: DEBTORS_MAX + 1, ..good() },
            SampleSpec { months: 0, ..good() },
            SampleSpec { months: 121, ..good() },
            SampleSpec { start_on: Date::MAX, ..good() },
            SampleSpec { currencies: CurrencyMix(vec![]), ..good() },
            SampleSpec { currencies: CurrencyMix(vec![(Currency::EUR, 1), (Currency::EUR, 1)]), ..good() },
            SampleSpec { profile: Profile { never: 41, ..Profile::TRADE }, ..good() },
            SampleSpec { profile: Profile { typos: 1001, ..Profile::TRADE }, ..good() },
        ];
        for spec in wrong {
            assert!(spec.check().is_err(), "{spec:?}");
        }
    }

    #[test]
    fn the_book_covers_whole_months() {
        let spec = SampleSpec { start_on: date(2025, 11, 17), months: 4, ..SampleSpec::default() };
        assert_eq!(spec.starts_on(), date(2025, 11, 1));
        assert_eq!(spec.month_day(2, 28), date(2026, 1, 28));
        assert_eq!(spec.ends_on(), date(2026, 2, 28));
    }
}
