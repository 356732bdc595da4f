//! One installment: what it asks for, what was paid, and how it stands.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::allocation::Dueness;
use super::parts::{Component, Parts};
use crate::debtor::UnknownWord;

/// What kind of row of a schedule it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    DownPayment,
    Regular,
    /// Made by spreading what was open anew.
    ReAged,
    /// Behind the last installment: fees and credits that came after it.
    Additional,
    /// Interest for the odd days before the first whole period.
    OddDays,
}

/// What a row is called for as long as its plan lives, whatever is put before it: `3`, `d1`, `a12.2`, `x`, `x12`, `o`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RowKey {
    /// The regular installment of that number.
    Regular(u32),
    /// The down payment on the advance of that entry.
    DownPayment(u32),
    /// The installment of that number of those that an entry made.
    ReAged {
        entry: u32,
        number: u32,
    },
    Additional,
    /// The one that was behind the last installment until an entry made new ones.
    AdditionalUntil(u32),
    OddDays,
}

impl RowKey {
    pub fn kind(self) -> RowKind {
        match self {
            RowKey::Regular(_) => RowKind::Regular,
            RowKey::DownPayment(_) => RowKind::DownPayment,
            RowKey::ReAged { .. } => RowKind::ReAged,
            RowKey::Additional | RowKey::AdditionalUntil(_) => RowKind::Additional,
            RowKey::OddDays => RowKind::OddDays,
        }
    }
}

impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RowKey::Regular(number) => write!(f, "{number}"),
            RowKey::DownPayment(entry) => write!(f, "d{entry}"),
            RowKey::ReAged { entry, number } => write!(f, "a{entry}.{number}"),
            RowKey::Additional => f.write_str("x"),
            RowKey::AdditionalUntil(entry) => write!(f, "x{entry}"),
            RowKey::OddDays => f.write_str("o"),
        }
    }
}

impl Serialize for RowKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RowKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl FromStr for RowKey {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let wrong = || UnknownWord::new("installment", text);
        let number = |digits: &str| digits.parse::<u32>().map_err(|_| wrong());
        match text.as_bytes().first() {
            Some(b'x') if text.len() == 1 => Ok(RowKey::Additional),
            Some(b'o') if text.len() == 1 => Ok(RowKey::OddDays),
            Some(b'x') => Ok(RowKey::AdditionalUntil(number(&text[1..])?)),
            Some(b'd') => Ok(RowKey::DownPayment(number(&text[1..])?)),
            Some(b'a') => {
                let (entry, row) = text[1..].split_once('.').ok_or_else(wrong)?;
                Ok(RowKey::ReAged { entry: number(entry)?, number: number(row)? })
            }
            _ => Ok(RowKey::Regular(number(text)?)),
        }
    }
}

/// One installment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Row {
    pub key: RowKey,
    pub kind: RowKind,
    /// The day its period starts.
    pub from_on: Date,
    pub due_on: Date,
    /// What it asks for.
    pub due: Parts,
    pub paid: Parts,
    /// Given up: waived, written off or settled for less.
    pub waived: Parts,
    #[serde(rename = "paid_in_advance_minor")]
    pub paid_in_advance: i64,
    #[serde(rename = "paid_late_minor")]
    pub paid_late: i64,
    /// The day on which nothing was left to pay.
    pub met_on: Option<Date>,
    /// What came back into it by chargebacks and refunds of credit; part of `due`.
    pub credited: Parts,
    /// Interest of its period that became principal of later installments.
    #[serde(rename = "capitalised_minor", default)]
    pub capitalised: i64,
    /// Fees with a date of their own: component, date, amount, paid.
    pub(super) fees: Vec<DatedFee>,
    /// Whether it stays as it is when the schedule is laid out anew: re-aged, re-amortized or given up.
    #[serde(default)]
    pub(super) fixed: bool,
    /// What interest and principal together should be, before charges.
    pub(super) level: i64,
    /// The part of the principal that was paid ahead of its time to make all installments smaller.
    pub(super) spread: i64,
}

/// A fee in an installment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct DatedFee {
    pub component: Component,
    pub due_on: Date,
    pub amount: i64,
    pub open: i64,
    /// Whether it came back by a chargeback.
    pub credited: bool,
    /// The entry that charged it, and which of its fees it is.
    pub charged_by: (u32, usize),
}

impl Row {
    pub(super) fn new(key: RowKey, from_on: Date, due_on: Date) -> Row {
        Row {
            key,
            kind: key.kind(),
            from_on,
            due_on,
            due: Parts::ZERO,
            paid: Parts::ZERO,
            waived: Parts::ZERO,
            paid_in_advance: 0,
            paid_late: 0,
            met_on: None,
            credited: Parts::ZERO,
            capitalised: 0,
            fees: Vec::new(),
            fixed: false,
            level: 0,
            spread: 0,
        }
    }

    /// Returns what is left to pay.
    pub fn open(&self) -> Parts {
        self.due - self.paid - self.waived
    }

    /// Returns whether it stays as it is when the schedule is laid out anew.
    pub(super) fn is_settled(&self, by_payments: bool) -> bool {
        self.fixed || by_payments && self.met_on.is_some() && !self.is_open() && self.due.total() > 0
    }

    /// Returns the interest that was paid or given up for good: it is not taken off any more.
    pub(super) fn interest_paid(&self) -> i64 {
        (self.paid.interest + self.waived.interest - self.credited.interest).max(0)
    }

    /// Returns the principal that was paid or given up for good, beside what makes installments smaller.
    pub(super) fn principal_settled(&self) -> i64 {
        (self.paid.principal + self.waived.principal - self.credited.principal - self.spread).max(0)
    }

    /// Returns whether it neither asks for anything nor ever did.
    pub(super) fn is_void(&self) -> bool {
        self.due.is_zero() && self.credited.is_zero() && self.capitalised == 0
    }

    pub fn is_open(&self) -> bool {
        self.open().total() > 0
    }

    /// Returns how due the installment is on a day.
    pub fn dueness_on(&self, day: Date) -> Dueness {
        match day.cmp(&self.due_on) {
            std::cmp::Ordering::Greater => Dueness::PastDue,
            std::cmp::Ordering::Equal => Dueness::Due,
            std::cmp::Ordering::Less => Dueness::InAdvance,
        }
    }

    /// Returns how many days the installment is past due on a day; 0 when nothing is left to pay.
    pub fn days_past_due(&self, day: Date) -> i64 {
        if self.is_open() { super::day_count::days(self.due_on, day).max(0) } else { 0 }
    }

    /// Returns how much of a kind of fee is open and has come due by its own date.
    pub(super) fn fees_due_on(&self, component: Component, day: Date) -> i64 {
        let due = self.fees.iter().filter(|fee| fee.component == component && fee.due_on <= day);
        due.map(|fee| fee.open).sum()
    }

    pub(super) fn pay(&mut self, parts: Parts, on: Date) {
        self.paid += parts;
        match self.dueness_on(on) {
            Dueness::InAdvance => self.paid_in_advance += parts.total(),
            Dueness::PastDue => self.paid_late += parts.total(),
            Dueness::Due => {}
        }
        for component in [Component::Fee, Component::Penalty] {
            self.settle_fees(component, parts.get(component));
        }
        if !self.is_open() {
            self.met_on = Some(on);
        }
    }

    /// Marks the row by how it stands after a change of what it asks for.
    pub(super) fn settle(&mut self, on: Date) {
        if self.is_open() {
            self.met_on = None;
        } else if self.met_on.is_none() {
            self.met_on = Some(on);
        }
    }

    fn settle_fees(&mut self, component: Component, amount: i64) {
        let mut rest = amount;
        for fee in self.fees.iter_mut().filter(|fee| fee.component == component) {
            let part = fee.open.min(rest);
            fee.open -= part;
            rest -= part;
        }
    }

    /// Adds a fee or penalty with its own date.
    pub(super) fn charge(
        &mut self,
        component: Component,
        amount: i64,
        due_on: Date,
        charged_by: (u32, usize),
    ) {
        *self.due.slot(component) += amount;
        let at = self.fees.partition_point(|fee| fee.due_on <= due_on);
        self.fees
            .insert(at, DatedFee { component, due_on, amount, open: amount, credited: false, charged_by });
        if self.is_open() {
            self.met_on = None;
        }
    }

    /// Makes a fee that goes with the installment another amount, but not less than what was settled of it.
    pub(super) fn recharge(&mut self, component: Component, amount: i64, charged_by: (u32, usize)) {
        let Some(fee) =
            self.fees.iter_mut().find(|fee| fee.charged_by == charged_by && fee.component == component)
        else {
            return self.charge(component, amount, self.due_on, charged_by);
        };
        let change = amount.max(fee.amount - fee.open) - fee.amount;
        fee.amount += change;
        fee.open += change;
        *self.due.slot(component) += change;
    }

    /// Gives up what is open of the fees that an entry charged, up to an amount.
    pub(super) fn waive_fees_of(&mut self, entry: u32, most: i64, on: Date) -> Parts {
        let mut given_up = Parts::ZERO;
        for fee in self.fees.iter_mut().filter(|fee| fee.charged_by.0 == entry && !fee.credited) {
            let part = fee.open.min(most - given_up.total());
            fee.open -= part;
            *given_up.slot(fee.component) += part;
        }
        self.waived += given_up;
        self.settle(on);
        given_up
    }

    /// Takes back a part of what it asks for and was not settled; of fees all or nothing.
    pub(super) fn drop_open(&mut self, parts: Parts, on: Date) {
        self.due = self.due - parts;
        for fee in self.fees.iter_mut().filter(|fee| parts.get(fee.component) > 0) {
            fee.amount -= std::mem::take(&mut fee.open);
        }
        self.settle(on);
    }

    /// Brings back what a payment had settled.
    pub(super) fn credit(&mut self, parts: Parts, on: Date, entry: u32) {
        self.credited += parts;
        self.due.principal += parts.principal;
        self.due.interest += parts.interest;
        for component in [Component::Fee, Component::Penalty] {
            let amount = parts.get(component);
            if amount > 0 {
                *self.due.slot(component) += amount;
                let fee = DatedFee {
                    component,
                    due_on: on,
                    amount,
                    open: amount,
                    credited: true,
                    charged_by: (entry, 0),
                };
                let at = self.fees.partition_point(|fee| fee.due_on <= on);
                self.fees.insert(at, fee);
            }
        }
        self.settle(on);
    }

    /// Gives up a part of what is open.
    pub(super) fn waive(&mut self, parts: Parts, on: Date) {
        self.waived += parts;
        for component in [Component::Fee, Component::Penalty] {
            self.settle_fees(component, parts.get(component));
        }
        self.settle(on);
    }
}
