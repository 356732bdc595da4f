//! Typed, time-ordered identifiers made by the application.
//!
//! An id is a positive `i64`: 41 bits of milliseconds since 2020-01-01 UTC,
//! 10 bits of node, 12 bits of counter. It sorts by time, needs no sequence in
//! the database and is shown with its noun: `dbt_0a1b2c3d4e5f6`.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

const EPOCH_MS: i64 = 1_577_836_800_000;
const NODE_BITS: u32 = 10;
const COUNTER_BITS: u32 = 12;
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const TEXT_LEN: usize = 13;

/// Makes ids that only grow, for one node (0 to 1023).
///
/// Two makers with the same node must not run at the same time against one
/// database; the store leases the node.
#[derive(Debug)]
pub struct IdMaker {
    node: i64,
    last: i64,
}

/// Returns the smallest id that could have been made at `moment`: what is younger sorts after it.
pub fn first_id_of<T: From<i64>>(moment: Timestamp) -> T {
    T::from((moment.as_millisecond() - EPOCH_MS).max(0) << (NODE_BITS + COUNTER_BITS))
}

impl IdMaker {
    pub fn new(node: u16) -> Self {
        IdMaker { node: i64::from(node) & ((1 << NODE_BITS) - 1), last: 0 }
    }

    /// Returns the next id at `now`; when the clock stands still or steps back, ids still grow.
    pub fn next<T: From<i64>>(&mut self, now: Timestamp) -> T {
        let ms = (now.as_millisecond() - EPOCH_MS).max(0);
        let start = ms << COUNTER_BITS;
        // `last` holds milliseconds and counter without the node, so that counting on carries into the milliseconds.
        self.last = (self.last + 1).max(start);
        let (ms, counter) = (self.last >> COUNTER_BITS, self.last & ((1 << COUNTER_BITS) - 1));
        T::from((ms << (NODE_BITS + COUNTER_BITS)) | (self.node << COUNTER_BITS) | counter)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of the form {prefix}_…")]
pub struct IdError {
    pub text: String,
    pub prefix: &'static str,
}

fn encode(prefix: &str, id: i64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut text = [0u8; TEXT_LEN];
    for (index, slot) in text.iter_mut().enumerate() {
        let shift = 5 * (TEXT_LEN - 1 - index);
        *slot = ALPHABET[(id as u64 >> shift) as usize & 31];
    }
    write!(f, "{prefix}_{}", std::str::from_utf8(&text).expect("the alphabet is ASCII"))
}

fn decode(prefix: &'static str, text: &str) -> Result<i64, IdError> {
    let wrong = || IdError { text: text.to_owned(), prefix };
    let digits = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or_else(wrong)?;
    if digits.len() != TEXT_LEN {
        return Err(wrong());
    }
    let mut id: u64 = 0;
    for byte in digits.bytes() {
        let value = ALPHABET.iter().position(|&letter| letter == byte).ok_or_else(wrong)?;
        id = (id << 5) | value as u64;
    }
    i64::try_from(id).map_err(|_| wrong())
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(pub i64);

        impl $name {
            pub const PREFIX: &'static str = $prefix;
        }

        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                $name(id)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                decode($prefix, text).map($name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                encode($prefix, self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}

ids! {
    /// One creditor organisation in one installation.
    TenantId = "tnt";
    /// A tenant's ledger with its debtors: the unit of order, proof and lease.
    BookId = "bok";
    /// A person or company who owes.
    DebtorId = "dbt";
    /// One way to reach a debtor.
    ContactPointId = "cpt";
    /// One claim for money.
    ReceivableId = "rcv";
    /// Money received (or sent back), as the bank or a person recorded it.
    PaymentId = "pay";
    /// The assignment of a part of a payment to a receivable.
    AllocationId = "all";
    /// One balanced set of postings.
    EntryId = "ent";
    /// One reason for silence.
    HoldId = "hld";
    /// One debtor's running matter in one currency.
    CaseId = "cas";
    /// One text for one debtor by one channel.
    NoticeId = "ntc";
    /// One file brought in.
    BatchId = "imp";
    /// One bank statement.
    StatementId = "stm";
    /// One agreement to pay in installments.
    PlanId = "pln";
    /// A person who works for the creditor.
    StaffId = "stf";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ids_only_grow_even_when_the_clock_does_not(steps in prop::collection::vec(-5_000i64..5_000, 1..200), node in 0u16..1024) {
            let mut maker = IdMaker::new(node);
            let mut ms = 1_790_000_000_000;
            let mut last = 0;
            for step in steps {
                ms += step;
                let id: i64 = maker.next(Timestamp::from_millisecond(ms).unwrap());
                prop_assert!(id > last);
                last = id;
            }
        }

        #[test]
        fn text_form_reads_back(id in 0i64..) {
            let id = DebtorId(id);
            prop_assert_eq!(id.to_string().parse::<DebtorId>(), Ok(id));
            prop_assert!(id.to_string().parse::<CaseId>().is_err());
        }
    }

    #[test]
    fn a_burst_within_one_millisecond_stays_unique() {
        let mut maker = IdMaker::new(3);
        let now = Timestamp::from_millisecond(1_790_000_000_000).unwrap();
        let ids: Vec<i64> = (0..20_000).map(|_| maker.next(now)).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
