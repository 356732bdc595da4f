//! The event log of a plan: what happened, on which value date, in which order it was entered.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::dates::{Frequency, Shifted};
use super::parts::Component;
use super::terms::{FeeAmount, FeeWhen};
use crate::rate::Rate;

/// One entry of a plan's log. Entries are only added; a mistake is taken back by [`Event::Reverse`].
///
/// A plan is a pure function of its terms and its log. Entries take effect in the order of their value dates; those of
/// one day in the order in which they were entered, which is that of their numbers. So the order in which entries of
/// different days are entered does not matter; but a fee counts from the day it was entered, when it falls due later.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Counts up from 1.
    pub number: u32,
    /// The day it counts from; before `entered_on` when it is backdated.
    pub value_on: Date,
    pub entered_on: Date,
    #[serde(flatten)]
    pub event: Event,
}

impl Entry {
    /// Returns the day on which the entry takes its place among the others: its value date; for a fee that was charged
    /// before it falls due, the day it was entered, as money that comes in between may be for it.
    pub fn takes_effect_on(&self) -> Date {
        match self.event {
            Event::Fee { .. } => self.value_on.min(self.entered_on),
            _ => self.value_on,
        }
    }
}

/// What kind of money came in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoneyKind {
    Payment,
    DownPayment,
    /// The merchant takes goods back and refunds the plan.
    MerchantRefund,
    /// A refund paid out to the plan instead of the debtor.
    PayoutRefund,
    /// The creditor gives a credit out of goodwill.
    GoodwillCredit,
    /// The creditor makes good for a fee; it counts as a payment of that much.
    FeeAdjustment,
    /// Money that comes after a write-off or charge-off.
    Recovery,
}

/// Something that happened to a plan. Amounts are minor units.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Money was lent, or receivables were put into the plan.
    Advance {
        #[serde(rename = "amount_minor")]
        amount: i64,
    },
    /// Money came in.
    Money {
        kind: MoneyKind,
        #[serde(rename = "amount_minor")]
        amount: i64,
        /// The due date of the installment that the payer named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        names: Option<Date>,
        /// What the payer wants of money ahead of its time; otherwise the terms say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ahead: Option<super::allocation::InAdvance>,
    },
    /// Money over what was owed went back to the payer.
    CreditRefund {
        #[serde(rename = "amount_minor")]
        amount: i64,
    },
    /// A bank or card scheme took back (a part of) a payment.
    Chargeback {
        /// The entry of the payment.
        of: u32,
        #[serde(rename = "amount_minor")]
        amount: i64,
    },
    /// A fee or penalty; its value date is the day it is due.
    Fee { name: String, component: Component, amount: FeeAmount, when: FeeWhen },
    /// A fee for one late installment; it belongs to that installment, whatever the day.
    LateFee {
        /// The due date of the installment.
        installment: Date,
        #[serde(rename = "amount_minor")]
        amount: i64,
        /// Whether it is a fee or penalty interest.
        component: Component,
    },
    /// A fee was given up, as far as it was not paid.
    WaiveFee {
        of: u32,
        #[serde(rename = "amount_minor")]
        amount: i64,
    },
    /// An installment falls due on another day. What installments ask for stays; the last one takes the interest of
    /// days that were won or lost.
    MoveDueDate { from_on: Date, to_on: Date, shift: Shifted },
    /// So many installments more: what was to be repaid from that due date on is spread over all of them.
    Extend { from_on: Date, installments: u32 },
    /// So many installments from that due date on ask for no principal, and the plan becomes as many longer; or they ask
    /// for no interest, which is due with the one behind them.
    Holiday { from_on: Date, installments: u32, of: Component },
    /// Another rate from the value date on.
    RateChange { rate: Rate },
    /// No interest arises from the value date until that day.
    InterestPause { until_on: Date },
    /// All that is open of principal is spread over new installments.
    ReAge { starts_on: Date, every: Frequency, installments: u32 },
    /// What is past due of principal is spread over the installments to come.
    ReAmortize,
    /// All installments to come are due at once.
    Accelerate,
    /// The rest is given up after an agreed amount was paid.
    Settle,
    /// The creditor gives up what is open, in its books and towards the debtor.
    WriteOff,
    /// The creditor's books count the plan as lost; the debtor still owes.
    ChargeOff,
    /// The plan ends before its time: open principal goes back to what the plan took the place of, interest and fees of
    /// installments to come are not asked for any more, those that were due stay owed.
    Dissolve,
    /// An earlier entry is taken back, as if it had never been.
    Reverse { of: u32 },
}
