//! What the auditor knows: plain maps of what was put in and what was acknowledged.
//!
//! It says the rules of assignment once more, in other words than the engine:
//! oldest due date first, never more than is open, the rest is kept.

use std::collections::BTreeMap;

use duewell_domain::id::{DebtorId, HoldId, PaymentId, ReceivableId};
use duewell_domain::money::Currency;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

#[derive(Clone, Debug)]
pub struct Address {
    pub value: String,
    pub refused: bool,
    pub failed: bool,
}

#[derive(Clone, Debug)]
pub struct Party {
    pub external_id: String,
    pub name: String,
    pub id: DebtorId,
    pub zones: Vec<TimeZone>,
    pub addresses: Vec<Address>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub party: usize,
    pub currency: Currency,
    pub amount: i64,
    pub paid: i64,
    pub issued_on: Date,
    pub due_on: Date,
    /// The day on which these terms came in.
    pub known_on: Date,
    pub withdrawn: bool,
    /// Learned from the store once it is there; breaks ties of due dates.
    pub id: ReceivableId,
}

impl Claim {
    pub fn open(&self) -> i64 {
        if self.withdrawn { 0 } else { self.amount - self.paid }
    }
}

/// Where money that came in is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Outgoing,
    /// It waits for a person, perhaps with a debtor it surely is about.
    Waiting(Option<usize>),
    Ignored,
    Assigned {
        party: usize,
        parts: BTreeMap<String, i64>,
        rest: i64,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
    pub place: Place,
    pub id: PaymentId,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    pub party: usize,
    /// One claim, or all of them.
    pub claim: Option<String>,
    pub from_on: Date,
    pub until_on: Option<Date>,
    pub released: bool,
    pub id: Option<HoldId>,
}

impl Silence {
    pub fn covers(&self, day: Date) -> bool {
        !self.released && self.from_on <= day && self.until_on.is_none_or(|until| day <= until)
    }
}

/// What a bank line says about itself, as the simulator wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// Numbers or references of these claims, all of one debtor.
    Numbers(Vec<String>),
    /// The debtor's own reference.
    Party(usize),
    /// Nothing but the debtor's name.
    Name(usize),
    /// Nothing that anyone knows.
    Nothing,
    /// Money that leaves.
    Out,
}

/// What a bank line must have led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    Exactly(Place),
    /// All to this debtor without a rest, or waiting for it.
    NameOf(usize),
}

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub parties: Vec<Party>,
    pub claims: BTreeMap<String, Claim>,
    /// By mark: the other side's account of a bank line, the note of cash.
    pub money: BTreeMap<String, Money>,
    pub silences: Vec<Silence>,
    pub statement_at: Option<Timestamp>,
}

impl Model {
    /// Gives money to claims, the oldest due date first; returns the parts and the rest.
    pub fn spread(&self, minor: i64, numbers: &[String]) -> (BTreeMap<String, i64>, i64) {
        let mut open: Vec<(&String, &Claim)> = numbers
            .iter()
            .filter_map(|number| self.claims.get_key_value(number))
            .filter(|(_, claim)| claim.open() > 0)
            .collect();
        open.sort_by_key(|(_, claim)| (claim.due_on, claim.id));
        let mut left = minor;
        let mut parts = BTreeMap::new();
        for (number, claim) in open {
            let part = left.min(claim.open());
            if part > 0 {
                parts.insert(number.clone(), part);
                left -= part;
            }
        }
        (parts, left)
    }

    pub fn open_numbers(&self, party: usize, currency: Currency) -> Vec<String> {
        self.claims
            .iter()
            .filter(|(_, claim)| claim.party == party && claim.currency == currency && claim.open() > 0)
            .map(|(number, _)| number.clone())
            .collect()
    }

    /// Says what must become of a bank line, as things stand.
    pub fn expect(&self, minor: i64, currency: Currency, says: &Says) -> Expected {
        let assigned = |party: usize, numbers: &[String]| {
            let (parts, rest) = self.spread(minor, numbers);
            Expected::Exactly(Place::Assigned { party, parts, rest })
        };
        match says {
            Says::Out => Expected::Exactly(Place::Outgoing),
            Says::Nothing => Expected::Exactly(Place::Waiting(None)),
            Says::Numbers(numbers) => {
                let party = self.claims[&numbers[0]].party;
                match numbers.iter().any(|number| self.claims[number].open() > 0) {
                    true => assigned(party, numbers),
                    false => Expected::Exactly(Place::Waiting(Some(party))),
                }
            }
            Says::Party(party) => {
                let open = self.open_numbers(*party, currency);
                let elsewhere = self.claims.values().any(|claim| claim.party == *party && claim.open() > 0);
                match (open.is_empty(), elsewhere) {
                    (false, _) => assigned(*party, &open),
                    // It is surely this debtor's, and nothing is open in its currency.
                    (true, true) => Expected::Exactly(Place::Waiting(Some(*party))),
                    (true, false) => self.by_name(*party),
                }
            }
            Says::Name(party) => self.by_name(*party),
        }
    }

    fn by_name(&self, party: usize) -> Expected {
        let name = &self.parties[party].name;
        match self.parties.iter().filter(|other| other.name == *name).count() {
            1 => Expected::NameOf(party),
            _ => Expected::Exactly(Place::Waiting(None)),
        }
    }

    /// Moves money to a new place; what it was assigned to follows.
    pub fn put(&mut self, mark: &str, place: Place) {
        let Some(money) = self.money.get_mut(mark) else { return };
        let before = std::mem::replace(&mut money.place, place.clone());
        if let Place::Assigned { parts, .. } = before {
            for (number, part) in parts {
                if let Some(claim) = self.claims.get_mut(&number) {
                    claim.paid -= part;
                }
            }
        }
        if let Place::Assigned { parts, .. } = place {
            for (number, part) in parts {
                if let Some(claim) = self.claims.get_mut(&number) {
                    claim.paid += part;
                }
            }
        }
    }

    pub fn party_of_address(&self, address: &str) -> Option<usize> {
        self.parties.iter().position(|party| party.addresses.iter().any(|known| known.value == address))
    }

    pub fn party_of(&self, id: DebtorId) -> Option<usize> {
        self.parties.iter().position(|party| party.id == id)
    }

    /// Whether a hold covers the claim on a day.
    pub fn is_silent(&self, number: &str, day: Date) -> bool {
        let Some(claim) = self.claims.get(number) else { return false };
        self.silences.iter().any(|silence| {
            silence.party == claim.party
                && silence.covers(day)
                && silence.claim.as_deref().is_none_or(|held| held == number)
        })
    }

    pub fn waits_for(&self, party: usize) -> bool {
        self.money.values().any(|money| money.place == Place::Waiting(Some(party)))
    }
}
