//! Allocation as the law orders it where debtor and creditor agreed on nothing else.
//!
//! Which debt of several a payment goes to: BGB § 366. Which part of one debt: BGB § 367, for consumer credit
//! § 497(3).

use std::cmp::Reverse;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::allocation::{Allocation, OpenItem, Part};
use crate::id::ReceivableId;
use crate::money::{Money, MoneyError};

/// One of several debts, with what decides its turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LegalDebt {
    pub item: OpenItem,
    pub standing: Standing,
    pub security: DebtSecurity,
    /// How much the debt burdens its debtor against the others, e.g. its interest in parts per billion.
    pub burden: i64,
    /// The day its age counts from.
    pub since: Date,
}

/// Whether a debt may be claimed already. What is due comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Due,
    NotDue,
}

/// How well a debt is secured. What is less secure for the creditor comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DebtSecurity {
    Unsecured,
    PartlySecured,
    Secured,
}

/// Why a payment could not be allocated by law.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LegalAllocationError {
    #[error("the debtor named {0}, which is not among the debts")]
    NotAmongDebts(ReceivableId),
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// Assigns a payment to debts as BGB § 366 orders them.
///
/// First those that the debtor named when paying, in that order. Then what is due before what is not; the less
/// secure; the more burdensome; the older; and debts equal in all of this in proportion to what is open of them.
/// Parts and rest make up the payment; no debt gets more than it has open.
pub fn among_debts(
    payment: Money,
    debts: &[LegalDebt],
    named_by_debtor: &[ReceivableId],
) -> Result<Allocation, LegalAllocationError> {
    let mut unapplied = payment;
    let mut parts = Vec::new();
    let mut others: Vec<&LegalDebt> = debts.iter().filter(|debt| debt.item.open.is_positive()).collect();
    for &name in named_by_debtor {
        if !debts.iter().any(|debt| debt.item.receivable == name) {
            return Err(LegalAllocationError::NotAmongDebts(name));
        }
        let named: Vec<&LegalDebt> = others.extract_if(.., |debt| debt.item.receivable == name).collect();
        pay_group(&named, &mut unapplied, &mut parts)?;
    }
    let turn = |debt: &LegalDebt| (debt.standing, debt.security, Reverse(debt.burden), debt.since);
    others.sort_by_key(|debt| (turn(debt), debt.item.receivable));
    for group in others.chunk_by(|one, other| turn(one) == turn(other)) {
        pay_group(group, &mut unapplied, &mut parts)?;
    }
    Ok(Allocation { parts, unapplied })
}

/// Pays debts of equal rank: all of them, or each its share.
fn pay_group(group: &[&LegalDebt], unapplied: &mut Money, parts: &mut Vec<Part>) -> Result<(), MoneyError> {
    if !unapplied.is_positive() {
        return Ok(());
    }
    let opens = group.iter().map(|debt| debt.item.open);
    let paid = unapplied.least(Money::sum(unapplied.currency, opens.clone())?)?;
    // A share of what is open, rounded either way, is at most what is open: only open amounts above zero are here.
    let weights: Vec<u64> = opens.map(|open| open.minor.unsigned_abs()).collect();
    let shares = if weights.is_empty() { Vec::new() } else { paid.split_by(&weights)? };
    for (debt, amount) in group.iter().zip(shares) {
        if amount.is_positive() {
            parts.push(Part { debtor: debt.item.debtor, receivable: debt.item.receivable, amount });
        }
    }
    *unapplied = unapplied.minus(paid)?;
    Ok(())
}

/// The parts of one debt, owed or paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DebtParts {
    pub costs: Money,
    pub interest: Money,
    pub principal: Money,
}

/// In which order the parts of one debt are paid.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartOrder {
    /// BGB § 367(1), the rule.
    CostsInterestPrincipal,
    /// BGB § 497(3) sentence 1, for consumer credit in default: the costs are those of enforcement.
    CostsPrincipalInterest,
}

impl PartOrder {
    /// Every order there is.
    pub const ALL: [PartOrder; 2] = [PartOrder::CostsInterestPrincipal, PartOrder::CostsPrincipalInterest];
}

/// Assigns a payment to the parts of one debt; returns what each gets and what is left over.
pub fn within_debt(
    payment: Money,
    owed: DebtParts,
    order: PartOrder,
) -> Result<(DebtParts, Money), MoneyError> {
    let nothing = Money::zero(payment.currency);
    let mut rest = payment;
    let mut pay = |owed: Money| -> Result<Money, MoneyError> {
        let part = rest.least(owed)?;
        let part = if part.is_positive() { part } else { nothing };
        rest = rest.minus(part)?;
        Ok(part)
    };
    let costs = pay(owed.costs)?;
    let paid = match order {
        PartOrder::CostsInterestPrincipal => {
            let interest = pay(owed.interest)?;
            DebtParts { costs, interest, principal: pay(owed.principal)? }
        }
        PartOrder::CostsPrincipalInterest => {
            let principal = pay(owed.principal)?;
            DebtParts { costs, principal, interest: pay(owed.interest)? }
        }
    };
    Ok((paid, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::DebtorId;
    use crate::money::Currency;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn debt(id: i64, open: i64) -> LegalDebt {
        let since = date(2026, 1, 1);
        LegalDebt {
            item: OpenItem {
                debtor: DebtorId(1),
                receivable: ReceivableId(id),
                due_on: since,
                open: eur(open),
            },
            standing: Standing::Due,
            security: DebtSecurity::Unsecured,
            burden: 0,
            since,
        }
    }

    fn paid(payment: i64, debts: &[LegalDebt], named: &[i64]) -> Vec<(i64, i64)> {
        let named: Vec<_> = named.iter().copied().map(ReceivableId).collect();
        let told = among_debts(eur(payment), debts, &named).unwrap();
        told.parts.iter().map(|part| (part.receivable.0, part.amount.minor)).collect()
    }

    #[test]
    fn each_rule_decides_only_where_those_before_it_do_not() {
        let older = LegalDebt { since: date(2025, 1, 1), ..debt(1, 50) };
        let heavier = LegalDebt { burden: 9, ..debt(2, 50) };
        let secured = LegalDebt { security: DebtSecurity::Secured, burden: 99, ..debt(3, 50) };
        let not_due =
            LegalDebt { standing: Standing::NotDue, burden: 999, since: date(2020, 1, 1), ..debt(4, 50) };
        let debts = [not_due, secured, older, heavier];
        assert_eq!(paid(170, &debts, &[]), [(2, 50), (1, 50), (3, 50), (4, 20)]);
        assert_eq!(paid(70, &debts, &[4, 3]), [(4, 50), (3, 20)]);
        assert_eq!(paid(70, &debts, &[4]), [(4, 50), (2, 20)]);
    }

    #[test]
    fn equal_debts_share_in_proportion_and_no_unit_is_lost() {
        assert_eq!(paid(100, &[debt(1, 70), debt(2, 140), debt(3, 210)], &[]), [(1, 17), (2, 33), (3, 50)]);
        assert_eq!(paid(1, &[debt(1, 70), debt(2, 71)], &[]), [(2, 1)]);
        assert_eq!(paid(500, &[debt(1, 70), debt(2, 71)], &[]), [(1, 70), (2, 71)]);
    }

    #[test]
    fn a_debt_that_is_not_there_cannot_be_named() {
        let told = among_debts(eur(5), &[debt(1, 5)], &[ReceivableId(2)]);
        assert_eq!(told, Err(LegalAllocationError::NotAmongDebts(ReceivableId(2))));
    }

    #[test]
    fn a_borrowers_payment_goes_to_principal_before_interest() {
        let owed = DebtParts { costs: eur(7), interest: eur(20), principal: eur(100) };
        let paid = |payment, order| {
            let (paid, rest) = within_debt(eur(payment), owed, order).unwrap();
            (paid.costs.minor, paid.interest.minor, paid.principal.minor, rest.minor)
        };
        assert_eq!(paid(30, PartOrder::CostsInterestPrincipal), (7, 20, 3, 0));
        assert_eq!(paid(30, PartOrder::CostsPrincipalInterest), (7, 0, 23, 0));
        assert_eq!(paid(130, PartOrder::CostsPrincipalInterest), (7, 20, 100, 3));
        assert_eq!(paid(5, PartOrder::CostsInterestPrincipal), (5, 0, 0, 0));
    }

    fn some_debt() -> impl Strategy<Value = (i64, bool, u8, i64, i8)> {
        (-5i64..100_000, any::<bool>(), 0u8..3, 0i64..3, 1i8..4)
    }

    proptest! {
        #[test]
        fn money_is_conserved_among_debts(
            payment in 0i64..1_000_000, debts in prop::collection::vec(some_debt(), 0..12), named in prop::collection::vec(0usize..12, 0..4),
        ) {
            let debts: Vec<LegalDebt> = debts.iter().enumerate().map(|(id, &(open, due, security, burden, day))| LegalDebt {
                standing: if due { Standing::Due } else { Standing::NotDue },
                security: [DebtSecurity::Unsecured, DebtSecurity::PartlySecured, DebtSecurity::Secured][usize::from(security)],
                burden,
                since: date(2026, 1, day),
                ..debt(id as i64, open)
            }).collect();
            let named: Vec<_> = named.iter().filter(|&&id| id < debts.len()).map(|&id| ReceivableId(id as i64)).collect();
            let told = among_debts(eur(payment), &debts, &named).unwrap();
            let assigned: i64 = told.parts.iter().map(|part| part.amount.minor).sum();
            prop_assert_eq!(assigned + told.unapplied.minor, payment);
            for debt in &debts {
                let of_it = told.parts.iter().filter(|part| part.receivable == debt.item.receivable);
                let amounts: Vec<i64> = of_it.map(|part| part.amount.minor).collect();
                prop_assert!(amounts.len() <= 1);
                prop_assert!(amounts.iter().all(|&amount| amount > 0 && amount <= debt.item.open.minor));
            }
            let open: i64 = debts.iter().map(|debt| debt.item.open.minor.max(0)).sum();
            prop_assert_eq!(told.unapplied.minor, (payment - open).max(0));
        }

        #[test]
        fn money_is_conserved_within_a_debt(payment in 0i64..1_000, costs in -5i64..400, interest in -5i64..400, principal in -5i64..400) {
            let owed = DebtParts { costs: eur(costs), interest: eur(interest), principal: eur(principal) };
            for order in PartOrder::ALL {
                let (paid, rest) = within_debt(eur(payment), owed, order).unwrap();
                prop_assert_eq!(paid.costs.minor + paid.interest.minor + paid.principal.minor + rest.minor, payment);
                prop_assert!(paid.costs.minor <= costs.max(0) && paid.interest.minor <= interest.max(0));
                prop_assert!(paid.principal.minor <= principal.max(0) && !rest.is_negative());
            }
        }

        #[test]
        fn no_amount_makes_it_panic(payment in any::<i64>(), opens in prop::collection::vec(any::<i64>(), 0..5)) {
            let debts: Vec<LegalDebt> = opens.iter().enumerate().map(|(id, &open)| debt(id as i64, open)).collect();
            let _ = among_debts(eur(payment), &debts, &[ReceivableId(0)]);
            let owed = DebtParts { costs: eur(payment), interest: eur(payment), principal: eur(i64::MIN) };
            let _ = within_debt(eur(payment), owed, PartOrder::CostsInterestPrincipal);
        }
    }
}
