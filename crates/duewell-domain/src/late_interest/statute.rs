//! Statutory rules: which rate and which fixed sum the law of a place gives for which kind of debt.

use std::fmt;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{DayBasis, LateInterestError, ReferenceRates};
use crate::money::{Money, MoneyError};
use crate::rate::Rate;

/// What the debt is, as far as the law of late payment makes a difference.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DebtKind {
    /// Price of goods or services among businesses, or owed by a public authority.
    Business,
    /// Owed by a consumer.
    Consumer,
    /// A consumer's credit.
    ConsumerCredit,
    /// A consumer's credit secured by a home.
    ConsumerMortgageCredit,
}

impl fmt::Display for DebtKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DebtKind::Business => "business",
            DebtKind::Consumer => "consumer",
            DebtKind::ConsumerCredit => "consumer credit",
            DebtKind::ConsumerMortgageCredit => "consumer mortgage credit",
        })
    }
}

/// What the law of a place gives the creditor of a late debt.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatutoryRule {
    /// Country code, `EU` for the least that the directive asks of every member, or a tenant's own word.
    pub jurisdiction: String,
    pub debts: Vec<DebtKind>,
    /// For debts that arose on or after this day.
    pub valid_from: Date,
    pub valid_through: Option<Date>,
    pub rate: StatutoryRate,
    pub day_basis: DayBasis,
    /// Sums on top of interest for one late debt, the highest last; empty when there is none.
    pub fixed_sums: Vec<Bracket>,
    pub source: String,
}

/// The yearly rate of statutory interest.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatutoryRate {
    /// The law gives none; what a contract says is another matter.
    None,
    Flat(Rate),
    OverReference {
        series: String,
        margin: Rate,
        movement: Movement,
    },
}

/// Whether a rate that began to run follows its reference rate.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Movement {
    /// It stays what it was on the day interest began to run.
    FixedAtStart,
    /// It changes on the day the reference rate does.
    WithReference,
}

/// A fixed sum and the debts it is for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bracket {
    /// The least debt that has this sum; none for any debt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least_debt: Option<Money>,
    pub sum: Money,
}

impl StatutoryRule {
    /// Returns the yearly rate of interest that begins to run on a day.
    pub fn rate_from(&self, runs_from: Date, rates: &ReferenceRates) -> Result<Rate, LateInterestError> {
        match &self.rate {
            StatutoryRate::None => Ok(Rate::ZERO),
            StatutoryRate::Flat(rate) => Ok(*rate),
            StatutoryRate::OverReference { series, margin, movement: _ } => {
                Ok(rates.on(series, runs_from)?.rate.plus(*margin)?)
            }
        }
    }

    /// Returns the fixed sum for one late debt. Each late installment is such a debt.
    pub fn fixed_sum(&self, debt: Money) -> Result<Money, MoneyError> {
        let mut sum = Money::zero(debt.currency);
        if !debt.is_positive() {
            return Ok(sum);
        }
        for bracket in &self.fixed_sums {
            let reached = match bracket.least_debt {
                Some(least) => !debt.minus(least)?.is_negative(),
                None => true,
            };
            if reached {
                sum = bracket.sum;
            }
        }
        Ok(sum)
    }

    /// Returns the fixed sums of several late debts, e.g. of the late installments of one plan.
    pub fn fixed_sums_of(&self, debts: &[Money]) -> Result<Option<Money>, MoneyError> {
        let mut total: Option<Money> = None;
        for &debt in debts {
            let sum = self.fixed_sum(debt)?;
            total = Some(match total {
                Some(total) => total.plus(sum)?,
                None => sum,
            });
        }
        Ok(total)
    }

    fn is_for(&self, jurisdiction: &str, debts: DebtKind, arose_on: Date) -> bool {
        self.jurisdiction == jurisdiction
            && self.debts.contains(&debts)
            && self.valid_from <= arose_on
            && self.valid_through.is_none_or(|through| arose_on <= through)
    }
}

/// Returns what fixed sum and costs of pursuing the claim come to together.
///
/// The sum is credited against the costs (BGB § 288(5) sentence 3); elsewhere costs may be claimed as far as they
/// exceed it (Directive 2011/7, art. 6(3); 1998 Act, s. 5A(2A)). Either way it is the greater of the two.
pub fn greater_of_fixed_sum_and_costs(fixed_sum: Money, costs: Money) -> Result<Money, MoneyError> {
    Ok(if costs.minus(fixed_sum)?.is_positive() { costs } else { fixed_sum })
}

/// A table of statutory rules.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StatutoryRules {
    rules: Vec<StatutoryRule>,
}

static BUILTIN: LazyLock<StatutoryRules> = LazyLock::new(|| {
    serde_json::from_str(include_str!("statutory_rules.json")).expect("the built-in rules are well-formed")
});

impl StatutoryRules {
    /// Returns the built-in rules: `GB`, `EU`, `DE`, `FR`, `AT`.
    pub fn builtin() -> &'static StatutoryRules {
        &BUILTIN
    }

    /// Returns a table in which the given rules hold over the ones here; the last one that fits holds.
    #[must_use]
    pub fn with(&self, rules: impl IntoIterator<Item = StatutoryRule>) -> StatutoryRules {
        StatutoryRules { rules: self.rules.iter().cloned().chain(rules).collect() }
    }

    /// Finds the rule for a debt that arose on a day.
    pub fn find(
        &self,
        jurisdiction: &str,
        debts: DebtKind,
        arose_on: Date,
    ) -> Result<&StatutoryRule, LateInterestError> {
        let fits = self.rules.iter().rev().find(|rule| rule.is_for(jurisdiction, debts, arose_on));
        fits.ok_or_else(|| LateInterestError::NoRule {
            jurisdiction: jurisdiction.to_owned(),
            debts,
            date: arose_on,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use jiff::civil::date;

    fn find(jurisdiction: &str, debts: DebtKind, arose_on: Date) -> &'static StatutoryRule {
        StatutoryRules::builtin().find(jurisdiction, debts, arose_on).unwrap()
    }

    #[test]
    fn every_builtin_rule_has_a_source_and_a_known_series() {
        for rule in &StatutoryRules::builtin().rules {
            assert!(!rule.source.is_empty() && !rule.debts.is_empty());
            match &rule.rate {
                StatutoryRate::OverReference { series, .. } => {
                    assert!(ReferenceRates::builtin().known_through(series).is_some(), "{series}");
                }
                StatutoryRate::None | StatutoryRate::Flat(_) => {}
            }
        }
    }

    #[test]
    fn british_sums_grow_with_the_debt() {
        let rule = find("GB", DebtKind::Business, date(2025, 1, 1));
        for (debt, sum) in [(-500, 0), (0, 0), (1, 4_000), (1_234_567, 10_000), (999_999, 7_000)] {
            let sum = Money::new(sum, Currency::GBP);
            assert_eq!(rule.fixed_sum(Money::new(debt, Currency::GBP)), Ok(sum), "{debt}");
        }
        assert!(rule.fixed_sum(Money::new(5, Currency::EUR)).is_err());
    }

    #[test]
    fn each_late_installment_has_its_sum_but_no_consumer_owes_one() {
        let late = [Money::new(9_900, Currency::EUR); 4];
        let owed = |debts| find("DE", debts, date(2025, 1, 1)).fixed_sums_of(&late).unwrap();
        assert_eq!(owed(DebtKind::Business), Some(Money::new(16_000, Currency::EUR)));
        assert_eq!(owed(DebtKind::Consumer), Some(Money::zero(Currency::EUR)));
        assert_eq!(find("DE", DebtKind::Business, date(2025, 1, 1)).fixed_sums_of(&[]), Ok(None));
    }

    #[test]
    fn a_sum_is_credited_against_costs() {
        let sum = Money::new(4_000, Currency::EUR);
        for (costs, together) in [(0, 4_000), (4_000, 4_000), (9_310, 9_310)] {
            let told = greater_of_fixed_sum_and_costs(sum, Money::new(costs, Currency::EUR));
            assert_eq!(told, Ok(Money::new(together, Currency::EUR)));
        }
    }

    #[test]
    fn the_law_of_the_day_the_debt_arose_holds() {
        let margin = |arose_on| match &find("DE", DebtKind::Business, arose_on).rate {
            StatutoryRate::OverReference { margin, .. } => margin.percent_text(),
            other => panic!("{other:?}"),
        };
        assert_eq!((margin(date(2014, 7, 28)), margin(date(2014, 7, 29))), ("8".into(), "9".into()));
        let told = StatutoryRules::builtin().find("DE", DebtKind::Business, date(2001, 12, 31)).unwrap_err();
        assert_eq!(
            told.to_string(),
            "no rule on late payment is known for business debts in `DE` on 2001-12-31"
        );
    }

    #[test]
    fn a_tenants_rule_holds_over_the_builtin_one() {
        let contract = StatutoryRule {
            rate: StatutoryRate::Flat("6".parse().unwrap()),
            valid_from: date(2026, 1, 1),
            source: "our terms of 2026".into(),
            ..find("GB", DebtKind::Business, date(2025, 1, 1)).clone()
        };
        let rules = StatutoryRules::builtin().with([contract.clone()]);
        assert_eq!(rules.find("GB", DebtKind::Business, date(2026, 3, 1)), Ok(&contract));
        assert_ne!(rules.find("GB", DebtKind::Business, date(2025, 3, 1)), Ok(&contract));
    }
}
