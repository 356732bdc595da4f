//! The seeded sample book: debtors, what they owe, how they pay, and the truth about it.
//!
//! A [`SampleSpec`] says it all: equal specs give equal bytes on every machine.
//! Each debtor is made from (seed, index) alone, so a book of a million can be
//! walked, cut or sampled without holding it. The same debtors serve three
//! ways: as the files a creditor would bring ([`write_files`]), in the process
//! ([`SampleSpec::debtor`], [`Debtors`]) and as bare rows for load tests
//! ([`SampleSpec::fill_mass_row`]).
//!
//! It may use the domain's values and writes files where it is told to. It
//! holds no clock, no randomness of the machine's, no floats and no rules of
//! collection: behaviour here is what debtors do, not what is done to them.
//! `docs/spec/sample-book.md` has the parameters and where they come from.

pub mod bank_day;
pub mod behaviour;
pub mod iban;
pub mod rng;
pub mod spec;

mod debtor;
mod files;
mod identity;
mod invoice;
mod mass;
mod names;
mod payment;
mod receivable;
mod remittance;
mod statement;
mod stranger;
mod truth;
mod xml;

pub use behaviour::Behaviour;
pub use debtor::{Debtors, SampleDebtor, SampleEvent};
pub use files::{SampleError, SampleSummary, write_files};
pub use mass::MassRow;
pub use payment::{Cover, PayerForm, PaymentKind, Refund, Return, SamplePayment};
pub use receivable::{ReceivableRow, SampleReceivable, Source};
pub use remittance::{Blemish, ReferenceForm};
pub use spec::{CurrencyMix, Profile, SampleSpec, SpecError};
pub use stranger::StrangerPayment;
