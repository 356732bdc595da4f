//! The four components of what a plan asks for, counted in minor units.

use serde::{Deserialize, Serialize};

/// One component of a debt.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    Principal,
    Interest,
    Fee,
    Penalty,
}

impl Component {
    pub const ALL: [Component; 4] =
        [Component::Principal, Component::Interest, Component::Fee, Component::Penalty];
}

/// Amounts by component, in minor units of the plan's currency.
///
/// Sums cannot wrap: what enters a plan, what it charges and the interest of all its rows are each refused when they
/// are beyond about a thousand times [`Money::WRITTEN_MAX`](crate::money::Money::WRITTEN_MAX).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Parts {
    #[serde(rename = "principal_minor", default)]
    pub principal: i64,
    #[serde(rename = "interest_minor", default)]
    pub interest: i64,
    #[serde(rename = "fees_minor", default)]
    pub fees: i64,
    #[serde(rename = "penalties_minor", default)]
    pub penalties: i64,
}

impl Parts {
    pub const ZERO: Parts = Parts { principal: 0, interest: 0, fees: 0, penalties: 0 };

    /// Returns an amount of one component.
    pub fn of(component: Component, amount: i64) -> Parts {
        let mut parts = Parts::ZERO;
        *parts.slot(component) = amount;
        parts
    }

    pub fn get(&self, component: Component) -> i64 {
        match component {
            Component::Principal => self.principal,
            Component::Interest => self.interest,
            Component::Fee => self.fees,
            Component::Penalty => self.penalties,
        }
    }

    pub fn slot(&mut self, component: Component) -> &mut i64 {
        match component {
            Component::Principal => &mut self.principal,
            Component::Interest => &mut self.interest,
            Component::Fee => &mut self.fees,
            Component::Penalty => &mut self.penalties,
        }
    }

    pub fn total(&self) -> i64 {
        self.principal + self.interest + self.fees + self.penalties
    }

    pub fn is_zero(&self) -> bool {
        *self == Parts::ZERO
    }
}

impl std::ops::Add for Parts {
    type Output = Parts;

    fn add(self, other: Parts) -> Parts {
        Parts {
            principal: self.principal + other.principal,
            interest: self.interest + other.interest,
            fees: self.fees + other.fees,
            penalties: self.penalties + other.penalties,
        }
    }
}

impl std::ops::Sub for Parts {
    type Output = Parts;

    fn sub(self, other: Parts) -> Parts {
        Parts {
            principal: self.principal - other.principal,
            interest: self.interest - other.interest,
            fees: self.fees - other.fees,
            penalties: self.penalties - other.penalties,
        }
    }
}

impl std::ops::AddAssign for Parts {
    fn add_assign(&mut self, other: Parts) {
        *self = *self + other;
    }
}

impl std::iter::Sum for Parts {
    fn sum<I: Iterator<Item = Parts>>(parts: I) -> Parts {
        parts.fold(Parts::ZERO, |sum, part| sum + part)
    }
}
