//! One claim for money: an invoice, a bill, a fee or an installment.
//!
//! All have one shape: an amount, a due date and an open balance. The open
//! balance is derived from postings; a copy is kept for speed and checked by
//! `verify`.

use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::debtor::UnknownWord;
use crate::id::ReceivableId;
use crate::money::Money;

/// What kind of claim it is. The kind changes words, not rules.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceivableKind {
    Invoice,
    Bill,
    Fee,
    Installment,
}

impl ReceivableKind {
    pub fn as_str(self) -> &'static str {
        match self {
            ReceivableKind::Invoice => "invoice",
            ReceivableKind::Bill => "bill",
            ReceivableKind::Fee => "fee",
            ReceivableKind::Installment => "installment",
        }
    }
}

impl FromStr for ReceivableKind {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "invoice" => Ok(ReceivableKind::Invoice),
            "bill" => Ok(ReceivableKind::Bill),
            "fee" => Ok(ReceivableKind::Fee),
            "installment" => Ok(ReceivableKind::Installment),
            other => Err(UnknownWord::new("receivable kind", other)),
        }
    }
}

/// Where a receivable stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceivableState {
    /// Something is still owed.
    Open,
    /// Nothing is owed any more.
    Settled,
    /// The claim was withdrawn, e.g. because its import was undone.
    Cancelled,
    /// An installment plan took its place.
    InPlan,
}

impl ReceivableState {
    pub fn as_str(self) -> &'static str {
        match self {
            ReceivableState::Open => "open",
            ReceivableState::Settled => "settled",
            ReceivableState::Cancelled => "cancelled",
            ReceivableState::InPlan => "in_plan",
        }
    }
}

impl FromStr for ReceivableState {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "open" => Ok(ReceivableState::Open),
            "settled" => Ok(ReceivableState::Settled),
            "cancelled" => Ok(ReceivableState::Cancelled),
            "in_plan" => Ok(ReceivableState::InPlan),
            other => Err(UnknownWord::new("receivable state", other)),
        }
    }
}

/// A receivable with something left to pay, as the facts of a decision carry it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OpenReceivable {
    pub id: ReceivableId,
    pub kind: ReceivableKind,
    pub number: String,
    pub reference: String,
    pub issued_on: Option<Date>,
    pub due_on: Date,
    pub amount: Money,
    pub open: Money,
    /// The day a notice before the due date named this receivable.
    pub announced_on: Option<Date>,
}

impl OpenReceivable {
    /// Returns how many days the due date lies back on `today`; negative before it.
    pub fn days_past_due(&self, today: Date) -> i32 {
        days_between(self.due_on, today)
    }

    /// Returns whether the due date has passed: a debtor may pay all day long on the due date itself.
    pub fn is_overdue_on(&self, today: Date) -> bool {
        today > self.due_on
    }
}

/// Returns the days from one date to another, negative when `to` is earlier.
pub fn days_between(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}
