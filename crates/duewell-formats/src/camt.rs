//! Account reports, statements and notifications: ISO 20022 camt.052, camt.053, camt.054.
//!
//! All published versions are read alike: elements are recognised by their
//! local name, so prefixes, a missing namespace and wrappers (EBICS, SOAP,
//! business application headers) make no difference. The file streams by and
//! one entry is held at a time.
//!
//! The rules that cost money when missed:
//! - `CdtDbtInd` alone says whether money came or went. A reversal flag does
//!   not turn it around again. An entry without it is refused.
//! - A batch entry is one booking with many details. Post the entry, match the
//!   details.
//! - A report (052) and a notification (054) announce what a statement (053)
//!   books; see [`CamtKind`].
//! - Nothing read counts until [`read_camt`] has returned `Ok`: a file that
//!   was cut off delivers events and then an error.

mod fields;
mod message;
mod reader;
mod tags;

pub use message::{
    AgreedTotals, Balance, CamtEvent, CamtKind, CamtSummary, CurrencyTotals, DeclaredTotals, Detail,
    Direction, Entry, EntryStatus, Part, Party, Refusal, RefusalReason, StatementEnd, StatementHeader,
    TransactionCode,
};
pub use reader::read_camt;

use crate::xml::{Position, XmlError};

/// Why a file as a whole is not readable as camt. Entries already delivered are void.
#[derive(Debug, thiserror::Error)]
pub enum CamtError {
    #[error(transparent)]
    Xml(#[from] XmlError),
    #[error("the file is no camt.052, camt.053 or camt.054: its root is `{root}`{}", hint(.inside.as_deref()))]
    NotCamt { root: String, inside: Option<String> },
    #[error("{at}: the entry has more than {details_max} details; ask the bank to split the batch")]
    TooManyDetails { at: Position, details_max: usize },
    #[error("{at}: the statement has more than {balances_max} balances")]
    TooManyBalances { at: Position, balances_max: usize },
    #[error("{at}: the entries of the statement add up to more than an amount can hold")]
    TotalTooLarge { at: Position },
}

fn hint(inside: Option<&str>) -> String {
    match inside {
        Some(inside) => format!(" with `{inside}` inside"),
        None => String::new(),
    }
}
