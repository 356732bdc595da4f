//! What lateness costs by law: interest, fixed sums, the day it begins, and when all may be called in.
//!
//! Reference rates, statutory rules and default rules are dated data with their source; a tenant lays own rows
//! over the built-in ones. Interest is simple, worked out in closed form, exact until it is rounded once at the
//! end, so that accruing it in pieces gives what accruing it at once gives. See `docs/spec/late-interest.md`.

mod acceleration;
mod accrual;
mod default_date;
mod exact;
mod reference_rates;
mod statute;

pub use acceleration::{
    Acceleration, AccelerationBar, AccelerationRule, CreditInArrears, InstallmentOwed, NoticeToPay, Security,
    TermShare, Warning, arrears_of,
};
pub use accrual::{
    LateDebt, LateInterest, PrincipalPayment, Segment, accrue, interest_through, still_to_accrue,
};
pub use default_date::{
    AgreedTerm, DefaultDate, DefaultFacts, DefaultReason, DefaultRule, DefaultRules, FirstDay, LastDay,
    Missing, TimeRule, Told,
};
pub use exact::{DayBasis, ExactAmount, YearShare, simple_interest};
pub use reference_rates::{ReferenceRates, ReferenceRow};
pub use statute::{
    Bracket, DebtKind, Movement, StatutoryRate, StatutoryRule, StatutoryRules, greater_of_fixed_sum_and_costs,
};

use jiff::civil::Date;

use crate::money::MoneyError;

/// Why lateness could not be worked out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LateInterestError {
    #[error("no rate of `{series}` is known for {date}; add it to the reference rates")]
    NoRate { series: String, date: Date },
    #[error("the row of `{series}` from {from} ends before it begins, on {through}")]
    RowEndsBeforeItBegins { series: String, from: Date, through: Date },
    #[error("no rule on late payment is known for {debts} debts in `{jurisdiction}` on {date}")]
    NoRule { jurisdiction: String, debts: DebtKind, date: Date },
    #[error("{days} days after {date} is beyond the calendar")]
    BeyondCalendar { date: Date, days: u16 },
    #[error(transparent)]
    Money(#[from] MoneyError),
}
