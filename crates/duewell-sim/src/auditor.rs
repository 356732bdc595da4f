//! The auditor: what must hold, said in other words than the engine's.
//!
//! Its checks take plain data (a snapshot of the store, a letter that arrived)
//! and the model, and answer with complaints in words. They know nothing of
//! `duewell_domain::dunning`, `allocation` or `contact`.

mod liveness;
mod money;
mod notices;

pub use liveness::{Care, Patience};
pub use money::{Snapshot, adopt_line, check_money, learn_ids};
pub use notices::{Book, Letter, Rules, amounts, check_letter, days_between};
