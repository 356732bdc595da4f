//! The double-entry ledger: postings balance per currency and are never changed.
//!
//! A debit is positive, a credit negative. What is wrong is put right by a
//! reversing entry, so the history of every balance can be added up again.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::debtor::UnknownWord;
use crate::id::{DebtorId, EntryId, PaymentId, ReceivableId};
use crate::money::{Currency, Money, MoneyError};

/// The accounts of a book.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// What debtors owe; each posting names its receivable.
    Receivable,
    /// The counter-account of receivables as they are brought in.
    Sales,
    /// Money in the bank.
    Bank,
    /// Money of a known debtor that is not assigned to a receivable.
    Unapplied,
    /// Money whose payer is not known yet.
    Unidentified,
    /// What installment plans repay: receivables that were put into them, money that was lent.
    InPlans,
    /// Money lent, the counter-account of plans that are loans.
    Lent,
    /// Interest that installments ask for and that is not earned yet.
    UnearnedInterest,
    InterestIncome,
    FeeIncome,
    PenaltyIncome,
    /// Given up: waived, settled for less, written off.
    WriteOff,
    /// Money that went back: chargebacks, refunds.
    Returned,
}

impl Account {
    pub fn as_str(self) -> &'static str {
        match self {
            Account::Receivable => "receivable",
            Account::Sales => "sales",
            Account::Bank => "bank",
            Account::Unapplied => "unapplied",
            Account::Unidentified => "unidentified",
            Account::Returned => "returned",
            Account::WriteOff => "write_off",
            Account::PenaltyIncome => "penalty_income",
            Account::FeeIncome => "fee_income",
            Account::InterestIncome => "interest_income",
            Account::UnearnedInterest => "unearned_interest",
            Account::Lent => "lent",
            Account::InPlans => "in_plans",
        }
    }
}

impl FromStr for Account {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "receivable" => Ok(Account::Receivable),
            "sales" => Ok(Account::Sales),
            "bank" => Ok(Account::Bank),
            "unapplied" => Ok(Account::Unapplied),
            "unidentified" => Ok(Account::Unidentified),
            "returned" => Ok(Account::Returned),
            "write_off" => Ok(Account::WriteOff),
            "penalty_income" => Ok(Account::PenaltyIncome),
            "fee_income" => Ok(Account::FeeIncome),
            "interest_income" => Ok(Account::InterestIncome),
            "unearned_interest" => Ok(Account::UnearnedInterest),
            "lent" => Ok(Account::Lent),
            "in_plans" => Ok(Account::InPlans),
            other => Err(UnknownWord::new("account", other)),
        }
    }
}

/// Why an entry was made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A receivable was brought in.
    Claim,
    /// A receivable was withdrawn or its amount corrected.
    ClaimChange,
    /// Money arrived.
    Receipt,
    /// Money was assigned (again) to other receivables or to another debtor.
    Assignment,
    /// An assignment was taken back.
    Reversal,
    /// Receivables went into an installment plan, or came back from it.
    Transfer,
    /// A plan's installments follow its schedule.
    Schedule,
}

impl EntryKind {
    pub fn as_str(self) -> &'static str {
        match self {
            EntryKind::Claim => "claim",
            EntryKind::ClaimChange => "claim_change",
            EntryKind::Receipt => "receipt",
            EntryKind::Assignment => "assignment",
            EntryKind::Reversal => "reversal",
            EntryKind::Transfer => "transfer",
            EntryKind::Schedule => "schedule",
        }
    }
}

impl FromStr for EntryKind {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "claim" => Ok(EntryKind::Claim),
            "claim_change" => Ok(EntryKind::ClaimChange),
            "receipt" => Ok(EntryKind::Receipt),
            "assignment" => Ok(EntryKind::Assignment),
            "reversal" => Ok(EntryKind::Reversal),
            "transfer" => Ok(EntryKind::Transfer),
            "schedule" => Ok(EntryKind::Schedule),
            other => Err(UnknownWord::new("kind of entry", other)),
        }
    }
}

/// One line of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Posting {
    pub account: Account,
    pub debtor: Option<DebtorId>,
    pub receivable: Option<ReceivableId>,
    pub payment: Option<PaymentId>,
    /// Debit positive, credit negative.
    pub amount: Money,
}

/// One balanced set of postings. It cannot be built out of balance.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    id: EntryId,
    kind: EntryKind,
    posted_on: Date,
    postings: Vec<Posting>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    #[error("postings are out of balance by {0}")]
    OutOfBalance(Money),
    #[error("an entry needs at least two postings")]
    TooFew,
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Entry {
    /// Builds an entry; refuses postings that do not add up to zero in each currency.
    pub fn new(
        id: EntryId,
        kind: EntryKind,
        posted_on: Date,
        postings: Vec<Posting>,
    ) -> Result<Entry, LedgerError> {
        let postings: Vec<Posting> =
            postings.into_iter().filter(|posting| !posting.amount.is_zero()).collect();
        if postings.len() < 2 {
            return Err(LedgerError::TooFew);
        }
        let mut totals: BTreeMap<Currency, Money> = BTreeMap::new();
        for posting in &postings {
            let total = totals.entry(posting.amount.currency).or_insert(Money::zero(posting.amount.currency));
            *total = total.plus(posting.amount)?;
        }
        match totals.into_values().find(|total| !total.is_zero()) {
            Some(total) => Err(LedgerError::OutOfBalance(total)),
            None => Ok(Entry { id, kind, posted_on, postings }),
        }
    }

    /// Brings a receivable in: the debtor owes, sales are credited.
    pub fn claim(
        id: EntryId,
        posted_on: Date,
        debtor: DebtorId,
        receivable: ReceivableId,
        amount: Money,
    ) -> Result<Entry, LedgerError> {
        Entry::claim_of(id, EntryKind::Claim, posted_on, debtor, receivable, amount)
    }

    /// Changes a receivable's amount by `difference` (negative takes it back).
    pub fn claim_change(
        id: EntryId,
        posted_on: Date,
        debtor: DebtorId,
        receivable: ReceivableId,
        difference: Money,
    ) -> Result<Entry, LedgerError> {
        Entry::claim_of(id, EntryKind::ClaimChange, posted_on, debtor, receivable, difference)
    }

    fn claim_of(
        id: EntryId,
        kind: EntryKind,
        posted_on: Date,
        debtor: DebtorId,
        receivable: ReceivableId,
        amount: Money,
    ) -> Result<Entry, LedgerError> {
        let line = Posting {
            account: Account::Receivable,
            debtor: Some(debtor),
            receivable: Some(receivable),
            payment: None,
            amount,
        };
        let sales = Posting { account: Account::Sales, receivable: None, amount: amount.negated()?, ..line };
        Entry::new(id, kind, posted_on, vec![line, sales])
    }

    pub fn id(&self) -> EntryId {
        self.id
    }

    pub fn kind(&self) -> EntryKind {
        self.kind
    }

    pub fn posted_on(&self) -> Date {
        self.posted_on
    }

    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn posting(account: Account, minor: i64, currency: Currency) -> Posting {
        Posting {
            account,
            debtor: None,
            receivable: None,
            payment: None,
            amount: Money::new(minor, currency),
        }
    }

    fn check(postings: Vec<Posting>) -> Result<Entry, LedgerError> {
        Entry::new(EntryId(1), EntryKind::Receipt, date(2026, 11, 23), postings)
    }

    #[test]
    fn an_entry_balances_in_each_currency_by_itself() {
        let (eur, usd) = (Currency::EUR, Currency::USD);
        assert!(check(vec![posting(Account::Bank, 5, eur), posting(Account::Unapplied, -5, eur)]).is_ok());
        assert_eq!(
            check(vec![posting(Account::Bank, 5, eur), posting(Account::Unapplied, -5, usd)]),
            Err(LedgerError::OutOfBalance(Money::new(5, eur)))
        );
        assert_eq!(check(vec![posting(Account::Bank, 0, eur)]), Err(LedgerError::TooFew));
    }
}
