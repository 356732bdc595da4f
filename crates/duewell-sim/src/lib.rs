//! Seeded years of a small creditor, with faults, and an auditor who trusts nobody.
//!
//! A seed makes a world: some debtors, what they owe, how they pay, how the
//! bank, the mail server and the machine fail. The world lives on the real
//! engine over a real SQLite store, day by day. The auditor keeps a model of
//! its own, in plain maps, from what was put in and what was acknowledged, and
//! compares it with the store and with every message that arrived.
//!
//! Reading order: `world` (who there is), `house` (the process that dies),
//! `gateway` and `statement` (mail and bank), `model` (what the auditor
//! knows), `auditor` (what must hold), `life` (the days). It holds none of the
//! engine's rules: `model` and `auditor` say them again in other words.

pub mod auditor;
pub mod gateway;
pub mod house;
pub mod life;
pub mod model;
pub mod statement;
pub mod world;

pub use life::{Flaw, Plan, Totals, live};
