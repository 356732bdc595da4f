//! Installment plans: terms, schedule, allocation and the account that follows from what happened.
//!
//! One arithmetic for quote, booking, portal and report: [`quote`] and [`replay`] are the same walk over the same rows.
//! A plan is a pure function of its [`Terms`], its log of [`Entry`]s and a day. Amounts inside are minor units of the
//! plan's currency as `i64`; intermediate arithmetic is exact fractions and fixed point in `i128`, never floats.

mod account;
pub mod allocation;
pub mod books;
mod carried;
mod check;
mod dates;
mod day_count;
mod event;
mod parts;
mod policy;
mod row;
mod schedule;
mod servicing;
mod terms;

pub use account::{Account, Effect, Totals, quote, replay};
pub use check::PlanError;
pub use dates::{BusinessDays, Frequency, MonthEnd, Shifted, Unit, due_dates};
pub use day_count::{DayCount, YearFraction};
pub use event::{Entry, Event, MoneyKind};
pub use parts::{Component, Parts};
pub use policy::{Breach, PlanPolicy};
pub use row::{Row, RowKey, RowKind};
pub use servicing::{late_fees, payoff};
pub use terms::*;

/// A plan has at most so many installments: a hundred years of months.
pub const ROWS_MAX: u32 = 1_200;

/// A plan's log has at most so many entries.
pub const ENTRIES_MAX: usize = 8_000;
