//! Allocation: which receivables a payment pays, to the minor unit.

use std::cmp::Reverse;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{DebtorId, ReceivableId};
use crate::money::{Money, MoneyError};

/// A receivable that money can go to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OpenItem {
    pub debtor: DebtorId,
    pub receivable: ReceivableId,
    pub due_on: Date,
    pub open: Money,
}

/// A part of a payment that goes to one receivable.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Part {
    pub debtor: DebtorId,
    pub receivable: ReceivableId,
    pub amount: Money,
}

/// How a payment is assigned: the parts and what is left over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allocation {
    pub parts: Vec<Part>,
    pub unapplied: Money,
}

/// Assigns `amount` to `items` oldest due date first; equal dates go by id, the rest stays unapplied.
///
/// No item gets more than it has open and parts plus rest equal the amount.
pub fn oldest_first(amount: Money, items: &[OpenItem]) -> Result<Allocation, MoneyError> {
    let mut ordered: Vec<&OpenItem> = items.iter().collect();
    ordered.sort_unstable_by_key(|item| (item.due_on, item.receivable));
    in_order(amount, ordered)
}

/// Assigns named amounts to named receivables; refuses more than is open or more than there is.
pub fn targeted(amount: Money, targets: &[(OpenItem, Money)]) -> Result<Allocation, TargetError> {
    let mut unapplied = amount;
    let mut parts = Vec::with_capacity(targets.len());
    for &(item, part) in targets {
        if !part.is_positive() {
            return Err(TargetError::NotPositive(part));
        }
        if part.minus(item.open)?.is_positive() {
            return Err(TargetError::MoreThanOpen { part, open: item.open });
        }
        unapplied = unapplied.minus(part)?;
        if unapplied.is_negative() {
            return Err(TargetError::MoreThanPaid { amount });
        }
        parts.push(Part { debtor: item.debtor, receivable: item.receivable, amount: part });
    }
    Ok(Allocation { parts, unapplied })
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    #[error("{0} is not an amount to assign")]
    NotPositive(Money),
    #[error("{part} is more than the {open} that is open")]
    MoreThanOpen { part: Money, open: Money },
    #[error("the parts add up to more than the payment of {amount}")]
    MoreThanPaid { amount: Money },
    #[error(transparent)]
    Money(#[from] MoneyError),
}

fn in_order<'a>(
    amount: Money,
    items: impl IntoIterator<Item = &'a OpenItem>,
) -> Result<Allocation, MoneyError> {
    let mut unapplied = amount;
    let mut parts = Vec::new();
    for item in items {
        let part = unapplied.least(item.open)?;
        if part.is_positive() {
            unapplied = unapplied.minus(part)?;
            parts.push(Part { debtor: item.debtor, receivable: item.receivable, amount: part });
        }
    }
    Ok(Allocation { parts, unapplied })
}

/// Finds the items of one debtor whose open amounts make up exactly `amount`.
///
/// A single item comes first, the oldest of several: they differ in nothing but their day. Otherwise the one set
/// of two or three; `None` when there are several of the same size, because a guess is not a match. Looks at the
/// 40 oldest items only.
pub fn exact_set(amount: Money, items: &[OpenItem]) -> Option<Vec<OpenItem>> {
    let mut items: Vec<OpenItem> =
        items.iter().filter(|item| item.open.currency == amount.currency).copied().collect();
    items.sort_unstable_by_key(|item| Reverse((Reverse(item.due_on), Reverse(item.receivable))));
    items.truncate(40);
    let only = |mut sets: Vec<Vec<OpenItem>>| if sets.len() == 1 { sets.pop() } else { None };
    if let Some(one) = items.iter().find(|item| item.open == amount) {
        return Some(vec![*one]);
    }
    let mut twos = Vec::new();
    let mut threes = Vec::new();
    for (i, a) in items.iter().enumerate() {
        for (j, b) in items.iter().enumerate().skip(i + 1) {
            let two = i128::from(a.open.minor) + i128::from(b.open.minor);
            if two == i128::from(amount.minor) {
                twos.push(vec![*a, *b]);
            }
            for c in items.iter().skip(j + 1) {
                if two + i128::from(c.open.minor) == i128::from(amount.minor) {
                    threes.push(vec![*a, *b, *c]);
                }
            }
        }
    }
    [twos, threes].into_iter().find(|sets| !sets.is_empty()).and_then(only)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn item(id: i64, due_day: i8, minor: i64) -> OpenItem {
        OpenItem {
            debtor: DebtorId(1),
            receivable: ReceivableId(id),
            due_on: date(2026, 3, due_day),
            open: Money::new(minor, Currency::EUR),
        }
    }

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    #[test]
    fn the_oldest_due_date_is_paid_first() {
        let allocation = oldest_first(eur(120), &[item(1, 20, 100), item(2, 10, 50)]).unwrap();
        let parts: Vec<_> =
            allocation.parts.iter().map(|part| (part.receivable.0, part.amount.minor)).collect();
        assert_eq!(parts, [(2, 50), (1, 70)]);
        assert_eq!(allocation.unapplied, eur(0));
    }

    #[test]
    fn a_target_never_gets_more_than_it_has_open() {
        let target = item(1, 1, 100);
        assert!(matches!(targeted(eur(200), &[(target, eur(101))]), Err(TargetError::MoreThanOpen { .. })));
        assert!(matches!(targeted(eur(50), &[(target, eur(60))]), Err(TargetError::MoreThanPaid { .. })));
        assert_eq!(targeted(eur(200), &[(target, eur(60))]).unwrap().unapplied, eur(140));
    }

    #[test]
    fn two_equal_sets_are_a_guess_and_not_a_match() {
        let items = [item(1, 1, 30), item(2, 2, 70), item(3, 3, 40), item(4, 4, 60)];
        assert_eq!(exact_set(eur(100), &items), None);
        assert_eq!(exact_set(eur(130), &items).unwrap().len(), 2);
        assert_eq!(exact_set(eur(60), &items).unwrap()[0].receivable, ReceivableId(4));
    }

    #[test]
    fn of_equal_items_the_oldest_is_meant() {
        let items = [item(1, 9, 50), item(2, 2, 50), item(3, 5, 50)];
        assert_eq!(exact_set(eur(50), &items).unwrap()[0].receivable, ReceivableId(2));
    }

    proptest! {
        #[test]
        fn allocation_conserves_money(paid in 1i64..1_000_000, opens in prop::collection::vec(1i64..100_000, 0..20)) {
            let items: Vec<OpenItem> =
                opens.iter().enumerate().map(|(i, &open)| item(i as i64, 1 + (i * 7 % 28) as i8, open)).collect();
            let allocation = oldest_first(eur(paid), &items).unwrap();
            let assigned: i64 = allocation.parts.iter().map(|part| part.amount.minor).sum();
            prop_assert_eq!(assigned + allocation.unapplied.minor, paid);
            for part in &allocation.parts {
                let open = items.iter().find(|item| item.receivable == part.receivable).unwrap().open;
                prop_assert!(part.amount.minor > 0 && part.amount.minor <= open.minor);
            }
            let total: i64 = opens.iter().sum();
            prop_assert_eq!(allocation.unapplied.minor, (paid - total).max(0));
        }
    }
}
