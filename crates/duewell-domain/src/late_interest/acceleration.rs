//! Calling in the whole balance of a credit that is repaid in installments.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::money::{Money, MoneyError};
use crate::rate::{Rate, WHOLE_PPB};

/// What has to be there before the whole balance may be called in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccelerationRule {
    /// So many installments in a row are wholly or partly overdue.
    pub consecutive_installments: usize,
    /// The arrears are at least this share of the nominal amount: the first entry whose term is not exceeded.
    pub shares: Vec<TermShare>,
    /// The share for a credit secured by a home, whatever its term.
    pub mortgage_share: Rate,
    /// So many days to pay the notice has to give.
    pub notice_days: u16,
    pub source: String,
}

/// The share of the nominal amount for credits up to a term.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermShare {
    /// The longest term in months; none for every longer one.
    pub months_max: Option<u32>,
    pub share: Rate,
}

/// A credit whose borrower is late.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CreditInArrears {
    pub term_months: u32,
    pub nominal: Money,
    pub security: Security,
    pub arrears: Money,
    /// The longest row of installments that are wholly or partly overdue.
    pub overdue_in_a_row: usize,
    pub notice: Option<NoticeToPay>,
}

/// What a credit is secured by, as far as the law makes a difference.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    Other,
    Home,
}

/// A letter that sets a last day for the arrears.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoticeToPay {
    pub received_on: Date,
    /// The last day to pay.
    pub pay_until: Date,
    pub warning: Warning,
}

/// Whether a notice says that the whole balance will be called in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    OfWholeBalance,
    None,
}

/// Whether the whole balance may be called in, and if not, each condition that is not there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Acceleration {
    Allowed,
    Barred(Vec<AccelerationBar>),
}

/// A condition that is not there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AccelerationBar {
    #[error("{in_a_row} installments in a row are overdue, not {needed}")]
    TooFewInstallments { in_a_row: usize, needed: usize },
    #[error("arrears of {arrears} are less than {share} of {nominal}")]
    ArrearsTooSmall { arrears: Money, share: Rate, nominal: Money },
    #[error("no notice sets a last day to pay")]
    NoNotice,
    #[error("the notice does not warn that the whole balance will be called in")]
    NoWarning,
    #[error("the notice gives {days} days to pay, not {needed}")]
    NoticeTooShort { days: i64, needed: u16 },
    #[error("the notice gives until {pay_until}")]
    NoticeStillRuns { pay_until: Date },
}

impl AccelerationRule {
    /// Returns the rule for consumer credit in Germany, BGB § 498 in force since 21 March 2016.
    pub fn german_consumer_credit() -> AccelerationRule {
        let share = |months_max, percent: i64| TermShare {
            months_max,
            share: Rate::from_basis_points(percent * 100),
        };
        AccelerationRule {
            consecutive_installments: 2,
            shares: vec![share(Some(36), 10), share(None, 5)],
            mortgage_share: Rate::from_basis_points(250),
            notice_days: 14,
            source: "BGB § 498".into(),
        }
    }

    /// Says whether the whole balance may be called in today.
    ///
    /// That the creditor should also offer to talk, at the latest with the notice (§ 498(1) sentence 2), is a duty
    /// but no condition.
    pub fn may_call_in(&self, credit: &CreditInArrears, today: Date) -> Result<Acceleration, MoneyError> {
        let mut bars = Vec::new();
        let (in_a_row, needed) = (credit.overdue_in_a_row, self.consecutive_installments);
        if in_a_row < needed {
            bars.push(AccelerationBar::TooFewInstallments { in_a_row, needed });
        }
        let CreditInArrears { arrears, nominal, .. } = *credit;
        let share = self.share(credit);
        if !arrears.is_positive() || is_less_than_share(arrears, share, nominal)? {
            bars.push(AccelerationBar::ArrearsTooSmall { arrears, share, nominal });
        }
        match credit.notice {
            None => bars.push(AccelerationBar::NoNotice),
            Some(notice) => bars.extend(self.notice_bars(notice, today)),
        }
        Ok(if bars.is_empty() { Acceleration::Allowed } else { Acceleration::Barred(bars) })
    }

    fn share(&self, credit: &CreditInArrears) -> Rate {
        match credit.security {
            Security::Home => self.mortgage_share,
            Security::Other => {
                let fits = |share: &&TermShare| share.months_max.is_none_or(|max| credit.term_months <= max);
                // A rule without an entry for the term asks for all of it.
                self.shares.iter().find(fits).map_or(Rate { ppb: WHOLE_PPB }, |share| share.share)
            }
        }
    }

    fn notice_bars(&self, notice: NoticeToPay, today: Date) -> Vec<AccelerationBar> {
        let NoticeToPay { received_on, pay_until, warning } = notice;
        let mut bars = Vec::new();
        match warning {
            Warning::OfWholeBalance => {}
            Warning::None => bars.push(AccelerationBar::NoWarning),
        }
        let days = received_on.duration_until(pay_until).as_hours() / 24;
        if days < i64::from(self.notice_days) {
            bars.push(AccelerationBar::NoticeTooShort { days, needed: self.notice_days });
        }
        if today <= pay_until {
            bars.push(AccelerationBar::NoticeStillRuns { pay_until });
        }
        bars
    }
}

fn is_less_than_share(arrears: Money, share: Rate, nominal: Money) -> Result<bool, MoneyError> {
    arrears.minus(nominal)?;
    // Two numbers of 64 bits always fit, and so no share is rounded.
    let owed = i128::from(arrears.minor) * i128::from(WHOLE_PPB);
    Ok(owed < i128::from(nominal.minor) * i128::from(share.ppb))
}

/// An installment with what is still owed of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InstallmentOwed {
    pub due_on: Date,
    pub open: Money,
}

/// Returns arrears and the longest row of overdue installments of a plan in the order of its due dates.
///
/// On its due date an installment is not overdue. `None` for a plan without installments.
pub fn arrears_of(
    installments: &[InstallmentOwed],
    today: Date,
) -> Result<Option<(Money, usize)>, MoneyError> {
    let Some(first) = installments.first() else { return Ok(None) };
    let (mut arrears, mut row, mut longest) = (Money::zero(first.open.currency), 0, 0);
    for installment in installments {
        if installment.due_on < today && installment.open.is_positive() {
            arrears = arrears.plus(installment.open)?;
            row += 1;
            longest = longest.max(row);
        } else {
            row = 0;
        }
    }
    Ok(Some((arrears, longest)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn credit() -> CreditInArrears {
        CreditInArrears {
            term_months: 36,
            nominal: eur(800_000),
            security: Security::Other,
            arrears: eur(80_000),
            overdue_in_a_row: 2,
            notice: Some(NoticeToPay {
                received_on: date(2026, 3, 2),
                pay_until: date(2026, 3, 16),
                warning: Warning::OfWholeBalance,
            }),
        }
    }

    fn told(credit: CreditInArrears) -> Acceleration {
        AccelerationRule::german_consumer_credit().may_call_in(&credit, date(2026, 3, 17)).unwrap()
    }

    #[test]
    fn with_every_condition_the_balance_may_be_called_in() {
        let credit = credit();
        assert_eq!(told(credit), Acceleration::Allowed);
        for (term_months, arrears) in [(37, 40_000), (120, 40_000), (1, 80_000)] {
            assert_eq!(
                told(CreditInArrears { term_months, arrears: eur(arrears), ..credit }),
                Acceleration::Allowed
            );
            let one_less = CreditInArrears { term_months, arrears: eur(arrears - 1), ..credit };
            assert!(matches!(told(one_less), Acceleration::Barred(_)), "{term_months}");
        }
        let home = CreditInArrears { security: Security::Home, arrears: eur(20_000), ..credit };
        assert_eq!(told(home), Acceleration::Allowed);
    }

    #[test]
    fn each_condition_that_is_not_there_is_named() {
        let credit = credit();
        let notice = credit.notice.unwrap();
        let with = |notice| CreditInArrears { notice: Some(notice), ..credit };
        for (credit, text) in [
            (CreditInArrears { overdue_in_a_row: 1, ..credit }, "1 installments in a row are overdue, not 2"),
            (
                CreditInArrears { arrears: eur(79_999), ..credit },
                "arrears of 799.99 EUR are less than 10 % of 8000.00 EUR",
            ),
            (CreditInArrears { notice: None, ..credit }, "no notice sets a last day to pay"),
            (
                with(NoticeToPay { warning: Warning::None, ..notice }),
                "the notice does not warn that the whole balance will be called in",
            ),
            (
                with(NoticeToPay { pay_until: date(2026, 3, 15), ..notice }),
                "the notice gives 13 days to pay, not 14",
            ),
            (
                with(NoticeToPay { pay_until: date(2026, 3, 17), ..notice }),
                "the notice gives until 2026-03-17",
            ),
        ] {
            let Acceleration::Barred(bars) = told(credit) else { panic!("{text}") };
            assert_eq!(bars.iter().map(ToString::to_string).collect::<Vec<_>>(), [text]);
        }
    }

    #[test]
    fn a_plan_tells_its_arrears_and_the_longest_row() {
        let plan = |opens: &[i64]| -> Vec<InstallmentOwed> {
            let installment = |(month, &open): (usize, &i64)| InstallmentOwed {
                due_on: date(2026, month as i8 + 1, 5),
                open: eur(open),
            };
            opens.iter().enumerate().map(installment).collect()
        };
        let today = date(2026, 5, 5);
        for (opens, arrears, row) in
            [(&[0, 10, 0, 20, 90][..], 30, 1), (&[0, 10, 5, 20, 90], 35, 3), (&[5, 5, 0, 7, 90], 17, 2)]
        {
            assert_eq!(arrears_of(&plan(opens), today), Ok(Some((eur(arrears), row))));
        }
        assert_eq!(arrears_of(&[], today), Ok(None));
    }

    proptest! {
        #[test]
        fn no_number_makes_it_panic(nominal in any::<i64>(), arrears in any::<i64>(), term_months in any::<u32>(), year in -9999i16..=9999) {
            let notice = NoticeToPay { received_on: date(year, 1, 1), pay_until: Date::MAX, warning: Warning::None };
            let credit = CreditInArrears {
                nominal: eur(nominal), arrears: eur(arrears), term_months, notice: Some(notice), ..credit()
            };
            let _ = AccelerationRule::german_consumer_credit().may_call_in(&credit, Date::MIN);
        }
    }
}
