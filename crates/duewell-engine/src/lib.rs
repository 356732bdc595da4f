//! Use cases: import, the daily run, delivery, matching, evidence.
//!
//! Each loads facts from the store, lets the domain decide, and commits the
//! decision in one transaction; what leaves the house leaves afterwards. This
//! crate knows "now", leases and retries. It holds no SQL text, no wire formats
//! of its own and no HTML.
//!
//! Reading order: `desk` (what a use case works with), then the daily job:
//! `people` and `invoice` (what is owed), `bank` and `cash` (what was paid),
//! `plan` (paying in installments), `daily` (what happens next), `delivery` (doing it), `report` and `proof`
//! (where it stands and that it is true).

mod facts;
mod lease;
mod look;
mod spool;
mod zone;

pub mod bank;
pub mod cash;
pub mod daily;
pub mod delivery;
pub mod desk;
pub mod error;
pub mod hold;
pub mod intake;
pub mod invoice;
pub mod outbox;
pub mod people;
pub mod plan;
pub mod portal;
pub mod preview;
pub mod proof;
pub mod report;
pub mod settings;
pub mod staff;
pub mod texts;
pub mod view;

pub use desk::{Clock, Desk, Entropy, FixedClock, Settings, ensure_book};
pub use error::{EngineError, Fault, with_causes};
