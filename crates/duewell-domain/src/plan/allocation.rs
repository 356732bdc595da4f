//! The waterfall: which installment and which component a payment settles, and why.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::event::MoneyKind;
use super::parts::{Component, Parts};
use super::row::{Row, RowKey};
use crate::money::{MoneyError, Rounding, divide};

/// How due an installment is on the day of a payment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dueness {
    PastDue,
    Due,
    InAdvance,
}

/// One bucket of a waterfall, e.g. interest that is past due.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Bucket {
    pub dueness: Dueness,
    pub component: Component,
}

/// Whether a payment settles installment by installment or component by component.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// One installment completely before the next.
    #[default]
    Horizontal,
    /// One bucket across all installments before the next bucket.
    Vertical,
}

/// Where money goes that is ahead of its time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InAdvance {
    #[default]
    Next,
    Last,
    /// To all installments to come in equal parts: they become smaller, not fewer.
    Spread,
}

/// A waterfall for one kind of money.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waterfall {
    pub buckets: Vec<Bucket>,
    #[serde(default)]
    pub direction: Direction,
    #[serde(default)]
    pub in_advance: InAdvance,
    /// Fees and penalties of an installment to come count as due once their own date has come.
    #[serde(default)]
    pub fees_by_their_own_date: bool,
}

impl Waterfall {
    /// Builds a waterfall that takes components in one order for what is due and in another in advance.
    pub fn new(due: [Component; 4], in_advance: [Component; 4], ahead: InAdvance) -> Waterfall {
        let buckets = [(Dueness::PastDue, due), (Dueness::Due, due), (Dueness::InAdvance, in_advance)];
        let buckets = buckets
            .into_iter()
            .flat_map(|(dueness, order)| order.map(|component| Bucket { dueness, component }));
        Waterfall {
            buckets: buckets.collect(),
            direction: Direction::Horizontal,
            in_advance: ahead,
            fees_by_their_own_date: false,
        }
    }

    fn order(&self, dueness: Dueness) -> impl Iterator<Item = Component> + '_ {
        self.buckets.iter().filter(move |bucket| bucket.dueness == dueness).map(|bucket| bucket.component)
    }
}

impl Default for Waterfall {
    /// Returns costs before interest before principal (as BGB 367(1)), the next installment first.
    fn default() -> Self {
        let order = [Component::Penalty, Component::Fee, Component::Interest, Component::Principal];
        Waterfall::new(order, order, InAdvance::Next)
    }
}

/// The waterfalls of a plan, and how credits are taken back.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllocationPolicy {
    #[serde(default)]
    pub default: Waterfall,
    /// Waterfalls of single kinds of money.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_kind: BTreeMap<MoneyKind, Waterfall>,
    /// The order in which a chargeback brings back what its payment had settled; without one, all of it is principal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chargeback: Vec<Component>,
}

impl AllocationPolicy {
    pub fn of(&self, kind: MoneyKind) -> &Waterfall {
        self.by_kind.get(&kind).unwrap_or(&self.default)
    }
}

/// A part of a payment, and why it landed where it did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Share {
    /// The installment, by the name that it keeps whatever is put before it.
    pub installment: RowKey,
    pub component: Component,
    #[serde(rename = "amount_minor")]
    pub amount: i64,
    pub dueness: Dueness,
    pub because: Because,
}

/// Why a part of a payment landed where it did.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// The waterfall's order.
    Order,
    /// The payer named the installment.
    Named,
    /// An equal part of money that is spread over installments to come.
    EqualPart,
    /// It had been paid before there was anything to pay for.
    Credit,
}

/// A payment on its way through the installments.
pub(super) struct Flow<'a> {
    pub on: Date,
    pub waterfall: &'a Waterfall,
    pub because: Because,
    pub shares: Vec<Share>,
}

impl<'a> Flow<'a> {
    pub fn new(on: Date, waterfall: &'a Waterfall, because: Because) -> Self {
        Flow { on, waterfall, because, shares: Vec::new() }
    }

    /// Lets `amount` flow into the rows; returns what is left.
    pub fn pour(&mut self, rows: &mut [Row], amount: i64) -> Result<i64, MoneyError> {
        match self.waterfall.direction {
            Direction::Horizontal => self.row_by_row(rows, amount),
            Direction::Vertical => self.bucket_by_bucket(rows, amount),
        }
    }

    /// Lets `amount` flow into one named row.
    pub fn pour_into(&mut self, rows: &mut [Row], index: usize, amount: i64) -> i64 {
        self.because = Because::Named;
        let dueness = rows[index].dueness_on(self.on);
        let order: Vec<Component> = self.waterfall.order(dueness).collect();
        order.into_iter().fold(amount, |rest, component| rest - self.pay(rows, index, component, rest))
    }

    /// Lets `amount` flow into what is due by now, installment by installment.
    pub fn pour_due(&mut self, rows: &mut [Row], amount: i64) -> i64 {
        let mut rest = amount;
        for dueness in [Dueness::PastDue, Dueness::Due] {
            let order: Vec<Component> = self.waterfall.order(dueness).collect();
            // Rows are in the order of their due dates.
            for index in 0..rows.len() {
                if rest == 0 || rows[index].due_on > self.on {
                    break;
                }
                if rows[index].dueness_on(self.on) == dueness && rows[index].is_open() {
                    for &component in &order {
                        rest -= self.pay(rows, index, component, rest);
                    }
                }
            }
        }
        rest
    }

    /// Lets `amount` flow into one installment to come.
    pub fn pour_ahead(&mut self, rows: &mut [Row], index: usize, amount: i64) -> i64 {
        let order: Vec<Component> = self.waterfall.order(Dueness::InAdvance).collect();
        self.ahead(rows, index, &order, amount)
    }

    /// Lets `amount` flow into the fees and penalties of one installment.
    pub fn pour_fees(&mut self, rows: &mut [Row], index: usize, amount: i64) -> i64 {
        let order = self.waterfall.order(Dueness::InAdvance);
        let fees: Vec<Component> =
            order.filter(|component| matches!(component, Component::Fee | Component::Penalty)).collect();
        fees.into_iter().fold(amount, |rest, component| rest - self.pay(rows, index, component, rest))
    }

    /// Lets `amount` flow into one component of one installment; returns what is left.
    pub fn pour_component(
        &mut self,
        rows: &mut [Row],
        index: usize,
        component: Component,
        amount: i64,
    ) -> i64 {
        amount - self.pay(rows, index, component, amount)
    }

    fn row_by_row(&mut self, rows: &mut [Row], amount: i64) -> Result<i64, MoneyError> {
        let mut rest = self.pour_due(rows, amount);
        if rest == 0 {
            return Ok(0);
        }
        let ahead: Vec<usize> =
            (0..rows.len()).filter(|&index| rows[index].dueness_on(self.on) == Dueness::InAdvance).collect();
        let order: Vec<Component> = self.waterfall.order(Dueness::InAdvance).collect();
        match self.waterfall.in_advance {
            InAdvance::Spread => return self.spread(rows, &ahead, &order, rest),
            InAdvance::Next => {
                for &index in &ahead {
                    rest = self.ahead(rows, index, &order, rest);
                }
            }
            InAdvance::Last => {
                for &index in ahead.iter().rev() {
                    rest = self.ahead(rows, index, &order, rest);
                }
            }
        }
        Ok(rest)
    }

    /// Pays an installment to come: first what of its fees is due already, where the waterfall looks at that.
    fn ahead(&mut self, rows: &mut [Row], index: usize, order: &[Component], amount: i64) -> i64 {
        let mut rest = amount;
        if self.waterfall.fees_by_their_own_date && rest > 0 {
            let due: Vec<Component> = self.waterfall.order(Dueness::Due).collect();
            for component in due {
                let due_by_now = rows[index].fees_due_on(component, self.on);
                rest -= self.pay(rows, index, component, rest.min(due_by_now));
            }
        }
        for &component in order {
            rest -= self.pay(rows, index, component, rest);
        }
        rest
    }

    fn spread(
        &mut self,
        rows: &mut [Row],
        ahead: &[usize],
        order: &[Component],
        amount: i64,
    ) -> Result<i64, MoneyError> {
        let mut rest = amount;
        self.because = Because::EqualPart;
        loop {
            let open: Vec<usize> = ahead.iter().copied().filter(|&index| rows[index].is_open()).collect();
            let before = rest;
            for &component in order {
                let Some((&last, others)) = open.split_last() else { return Ok(rest) };
                let count = i64::try_from(open.len()).map_err(|_| MoneyError::Overflow)?;
                let part = divide(i128::from(rest), i128::from(count), Rounding::HalfEven)?;
                let part = i64::try_from(part).map_err(|_| MoneyError::Overflow)?;
                let remainder = rest - part * count;
                for &index in others {
                    rest -= self.pay(rows, index, component, part.min(rest));
                }
                rest -= self.pay(rows, last, component, (part + remainder).min(rest));
            }
            if rest == 0 {
                return Ok(0);
            }
            if rest == before {
                // Equal parts are too small to move: what is open takes the rest in its order.
                for &component in order {
                    for &index in ahead {
                        rest -= self.pay(rows, index, component, rest);
                    }
                }
                return Ok(rest);
            }
        }
    }

    fn bucket_by_bucket(&mut self, rows: &mut [Row], amount: i64) -> Result<i64, MoneyError> {
        let mut rest = amount;
        let buckets = self.waterfall.buckets.clone();
        for Bucket { dueness, component } in buckets {
            let matching: Vec<usize> =
                (0..rows.len()).filter(|&index| rows[index].dueness_on(self.on) == dueness).collect();
            match (dueness, self.waterfall.in_advance) {
                (Dueness::InAdvance, InAdvance::Spread) => {
                    rest = self.spread(rows, &matching, &[component], rest)?;
                    self.because = Because::Order;
                }
                (Dueness::InAdvance, InAdvance::Last) => {
                    for &index in matching.iter().rev() {
                        rest -= self.pay(rows, index, component, rest);
                    }
                }
                _ => {
                    for &index in &matching {
                        rest -= self.pay(rows, index, component, rest);
                    }
                }
            }
        }
        Ok(rest)
    }

    /// Settles as much of one component as is open and there is; returns how much that was.
    pub fn pay(&mut self, rows: &mut [Row], index: usize, component: Component, most: i64) -> i64 {
        let row = &mut rows[index];
        let amount = row.open().get(component).min(most).max(0);
        if amount > 0 {
            let dueness = row.dueness_on(self.on);
            row.pay(Parts::of(component, amount), self.on);
            self.shares.push(Share {
                installment: row.key,
                component,
                amount,
                dueness,
                because: self.because,
            });
        }
        amount
    }
}
