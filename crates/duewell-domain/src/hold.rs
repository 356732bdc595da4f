//! Holds: reasons for silence, on a debtor or on one receivable, with an end.

use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::debtor::UnknownWord;
use crate::id::{HoldId, ReceivableId};

/// Why nobody may chase.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    /// The debtor contests the claim.
    Dispute,
    /// The debtor promised to pay by a day.
    Promise,
    /// The debtor says that it is paid: the bank's file will tell.
    PaymentClaimed,
    /// Hardship, illness, bereavement: circumstances that need care.
    Care,
    /// Insolvency or another legal bar.
    Legal,
    /// A person decided so.
    Manual,
}

impl HoldReason {
    pub const ALL: [HoldReason; 6] = [
        HoldReason::Dispute,
        HoldReason::Promise,
        HoldReason::PaymentClaimed,
        HoldReason::Care,
        HoldReason::Legal,
        HoldReason::Manual,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            HoldReason::Dispute => "dispute",
            HoldReason::Promise => "promise",
            HoldReason::PaymentClaimed => "payment_claimed",
            HoldReason::Care => "care",
            HoldReason::Legal => "legal",
            HoldReason::Manual => "manual",
        }
    }
}

impl FromStr for HoldReason {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        HoldReason::ALL
            .into_iter()
            .find(|reason| reason.as_str() == text)
            .ok_or_else(|| UnknownWord::new("hold reason", text))
    }
}

/// A reason for silence that is in force until it ends or is released.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Hold {
    pub id: HoldId,
    /// The one receivable it concerns, or the whole debtor.
    pub receivable: Option<ReceivableId>,
    pub reason: HoldReason,
    /// The first day of silence.
    pub from_on: Date,
    /// The last day of silence; open-ended when absent.
    pub until_on: Option<Date>,
}

impl Hold {
    pub fn is_in_force_on(&self, day: Date) -> bool {
        self.from_on <= day && self.until_on.is_none_or(|until| day <= until)
    }
}
