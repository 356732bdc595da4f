//! The rules: what is owed, what should happen next and whether it is allowed.
//!
//! Everything here is a pure function of its arguments. Time, ids and
//! randomness are passed in; there is no I/O, no clock, no environment and no
//! async, so every decision can be replayed from the facts it was given.
//!
//! Reading order: values (`money`, `id`), then who and what
//! (`debtor`, `receivable`, `payment`), then the rules.

pub mod allocation;
pub mod apr;
pub mod calendar;
pub mod contact;
pub mod debtor;
pub mod dunning;
pub mod evidence;
pub mod hold;
pub mod id;
pub mod late_interest;
pub mod ledger;
pub mod legal_allocation;
pub mod link;
pub mod matching;
pub mod money;
pub mod plan;
pub mod rate;
pub mod receivable;
pub mod reference;
