//! Schedules that carry fractions of a minor unit from row to row, as official illustrations do.
//!
//! They are laid out in millionths of a minor unit. What is shown is rounded so that it adds up: each row is the
//! difference of two rounded running sums.

use super::account::Account;
use super::check::PlanError;
use super::parts::{Component, Parts};
use super::terms::{DownPayment, FeeAmount, Length, Terms};
use crate::money::{Money, Rounding, divide};

const FINER: i64 = 1_000_000;

/// Returns the terms with every amount in millionths of a minor unit.
pub(super) fn finer(terms: &Terms) -> Result<Terms, PlanError> {
    let scale = |amount: i64| {
        let fine = amount.checked_mul(FINER).filter(|fine| *fine <= Money::WRITTEN_MAX);
        fine.ok_or(PlanError::TooLarge)
    };
    let mut fine = terms.clone();
    fine.principal = scale(terms.principal)?;
    fine.balloon = scale(terms.balloon)?;
    if let Length::InstallmentMinor(amount) = terms.length {
        fine.length = Length::InstallmentMinor(scale(amount)?);
    }
    if let Some(DownPayment::Minor(amount)) = terms.down_payment {
        fine.down_payment = Some(DownPayment::Minor(scale(amount)?));
    }
    for fee in &mut fine.fees {
        if let FeeAmount::Minor(amount) = fee.amount {
            fee.amount = FeeAmount::Minor(scale(amount)?);
        }
        fee.at_most = fee.at_most.map(scale).transpose()?;
    }
    Ok(fine)
}

/// Returns the account in minor units.
pub(super) fn coarser(mut account: Account) -> Account {
    let round = |amount: i64| {
        let minor = divide(i128::from(amount), i128::from(FINER), Rounding::HalfEven);
        minor.ok().and_then(|minor| i64::try_from(minor).ok()).unwrap_or(amount / FINER)
    };
    let mut exact = Parts::ZERO;
    let mut shown = Parts::ZERO;
    for row in &mut account.rows {
        exact += row.due;
        for component in Component::ALL {
            let sum = round(exact.get(component));
            *row.due.slot(component) = sum - shown.get(component);
            *shown.slot(component) = sum;
        }
    }
    for effect in &mut account.effects {
        effect.amount = round(effect.amount);
        effect.principal_after = round(effect.principal_after);
    }
    account.advanced = round(account.advanced);
    account
}
