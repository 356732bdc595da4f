//! Terms: what creditor and debtor agree on, from which every figure of a plan follows.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::allocation::AllocationPolicy;
use super::dates::{BusinessDays, Frequency, MonthEnd};
use super::day_count::DayCount;
use super::parts::Component;
use crate::money::{Currency, Rounding};
use crate::rate::Rate;

/// The terms of an installment plan.
///
/// Amounts are minor units of `currency`, rates are percent a year written as text, days are ISO 8601 dates. Every
/// field but the first four has a default, so that `{"currency": "EUR", "principal_minor": 120000, "starts_on":
/// "2026-01-15", "length": {"installments": 12}}` is a plan: twelve equal monthly installments without interest.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    pub currency: Currency,
    /// What is lent or put into installments.
    #[serde(rename = "principal_minor")]
    pub principal: i64,
    /// The day that periods are counted from and interest starts on.
    pub starts_on: Date,
    pub length: Length,
    /// The first due date, when it is not one period from the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_due_on: Option<Date>,
    #[serde(default)]
    pub odd_first_period: OddFirstPeriod,
    #[serde(default = "monthly")]
    pub frequency: Frequency,
    #[serde(default)]
    pub month_end: MonthEnd,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_days: Option<BusinessDays>,
    #[serde(default)]
    pub amortization: Amortization,
    /// A part of the principal that is left for the last due date, on top of its installment.
    #[serde(rename = "balloon_minor", default, skip_serializing_if = "is_zero")]
    pub balloon: i64,
    #[serde(default)]
    pub interest: InterestTerms,
    #[serde(default)]
    pub grace: Grace,
    #[serde(default)]
    pub rounding: RoundingTerms,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down_payment: Option<DownPayment>,
    /// Fees agreed from the start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<FeeTerm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_fee: Option<LateFee>,
    /// A rate a year on principal that is past due, on top of the rate of the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub penalty_rate: Option<Rate>,
    #[serde(default)]
    pub allocation: AllocationPolicy,
    #[serde(default)]
    pub posting: Posting,
}

fn monthly() -> Frequency {
    Frequency::MONTHLY
}

fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

impl Terms {
    /// Returns the shortest terms: equal monthly installments without interest.
    pub fn equal_parts(currency: Currency, principal: i64, starts_on: Date, installments: u32) -> Terms {
        Terms {
            currency,
            principal,
            starts_on,
            length: Length::Installments(installments),
            first_due_on: None,
            odd_first_period: OddFirstPeriod::default(),
            frequency: Frequency::MONTHLY,
            month_end: MonthEnd::default(),
            business_days: None,
            amortization: Amortization::default(),
            balloon: 0,
            interest: InterestTerms::default(),
            grace: Grace::default(),
            rounding: RoundingTerms::default(),
            down_payment: None,
            fees: Vec::new(),
            late_fee: None,
            penalty_rate: None,
            allocation: AllocationPolicy::default(),
            posting: Posting::default(),
        }
    }
}

/// How many installments there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    Installments(u32),
    /// As many installments of this amount, in minor units, as it takes; the last is the rest.
    InstallmentMinor(i64),
}

/// What interest for an odd first period does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OddFirstPeriod {
    /// It is part of the level installment: all installments stay equal.
    #[default]
    Spread,
    /// Odd days are added to the first installment; the others are as if there were none.
    FirstInstallment,
    /// Interest for odd days is due on the day the first whole period starts.
    Charged,
}

/// How the principal is repaid.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amortization {
    /// Interest and principal together are level (an annuity).
    #[default]
    EqualInstallment,
    /// Principal is level, interest comes on top.
    EqualPrincipal,
    /// Interest only; the principal is due with the last installment.
    InterestOnly,
    /// Installments grow (or shrink) by a rate after every so many.
    Graduated { every: u32, by: Rate },
    /// Rows written by hand: due date and principal of each; they add up to the principal.
    Custom(Vec<CustomRow>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CustomRow {
    pub due_on: Date,
    #[serde(rename = "principal_minor")]
    pub principal: i64,
}

/// What interest is charged.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterestTerms {
    /// Percent a year, nominal: `"9.48"`.
    #[serde(default)]
    pub rate: Rate,
    #[serde(default)]
    pub method: InterestMethod,
    #[serde(default)]
    pub day_count: DayCount,
    /// The day count that the level installment is worked out with, when it is another one: equal months, say, where
    /// interest is by the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level_day_count: Option<DayCount>,
    /// Later rates by the day they start on, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<RateStep>,
    #[serde(default)]
    pub recalculation: Recalculation,
    #[serde(default)]
    pub prepayment: Prepayment,
    #[serde(default)]
    pub segments: SegmentRounding,
    #[serde(default)]
    pub kind: RateKind,
}

/// What a rate of a year means for a part of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateKind {
    /// The part's share of it.
    #[default]
    Nominal,
    /// What compounds to it in a year.
    Effective,
}

/// A rate and the day it starts on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RateStep {
    pub from_on: Date,
    pub rate: Rate,
}

/// What interest is worked out from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InterestMethod {
    /// What is still owed.
    #[default]
    Declining,
    /// The whole principal all along (add-on interest).
    Flat,
}

/// Whether interest follows what was really paid.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recalculation {
    /// Interest is as scheduled, whenever money comes.
    #[default]
    None,
    /// By the day: early money saves interest from its day on, late principal costs it.
    Daily,
    /// As daily, but a period that has begun is charged in full.
    WholePeriods,
}

/// What money beyond an installment changes, where interest follows payments over a schedule that is laid out first.
///
/// Such money repays principal at once and counts towards the running installment, whatever the waterfall says of money
/// in advance.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prepayment {
    /// Installments to come become smaller.
    #[default]
    SmallerInstallments,
    /// They stay and end earlier.
    FewerInstallments,
    /// The next ones ask for so much less principal.
    NextInstallments,
}

/// Where fractions of a minor unit of interest are rounded.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SegmentRounding {
    /// Once for each period.
    #[default]
    Once,
    /// For each part of a period with its own balance or rate.
    Each,
}

/// Periods at the start that ask for less.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grace {
    /// Installments without principal.
    #[serde(default)]
    pub principal: u32,
    /// Installments in which interest is not asked for yet, though it arises.
    #[serde(default)]
    pub interest: u32,
    /// Installments in which no interest arises.
    #[serde(default)]
    pub interest_free: u32,
    #[serde(default)]
    pub deferred: DeferredInterest,
}

/// What becomes of interest that arose in a grace period.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeferredInterest {
    /// It is due with the first installment behind the grace period.
    #[default]
    Added,
    /// It becomes principal when the grace period ends, and bears interest.
    Capitalised,
}

/// How level installments are rounded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoundingTerms {
    #[serde(default = "half_even")]
    pub mode: Rounding,
    /// Installments are multiples of this, in minor units.
    #[serde(rename = "installment_multiple_minor", default = "one")]
    pub installment_multiple: i64,
    /// How the level installment is rounded to the multiple.
    #[serde(default = "half_even")]
    pub installment_mode: Rounding,
    /// Interest is a multiple of this, in minor units.
    #[serde(rename = "interest_multiple_minor", default = "one")]
    pub interest_multiple: i64,
    #[serde(default)]
    pub residue: Residue,
    /// The last installment is a multiple as well, unless interest follows payments; what that adds or takes counts as
    /// interest.
    #[serde(default)]
    pub last_to_multiple: bool,
    /// A last installment below this joins the one before it.
    #[serde(rename = "least_last_minor", default)]
    pub least_last: i64,
    #[serde(default)]
    pub precision: Precision,
}

impl Default for RoundingTerms {
    fn default() -> Self {
        RoundingTerms {
            mode: Rounding::HalfEven,
            installment_multiple: 1,
            installment_mode: Rounding::HalfEven,
            interest_multiple: 1,
            residue: Residue::default(),
            last_to_multiple: false,
            least_last: 0,
            precision: Precision::default(),
        }
    }
}

fn half_even() -> Rounding {
    Rounding::HalfEven
}

fn one() -> i64 {
    1
}

/// Which installments take what rounding leaves.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Residue {
    /// The last installment.
    #[default]
    Last,
    /// The first one.
    First,
    /// Every installment a bit, as far as that makes the last one more like the others.
    Spread,
}

/// How exactly a schedule is carried on from row to row.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// Each row in whole minor units: what is written is what is owed.
    #[default]
    Minor,
    /// Fractions are carried and only what is shown is rounded, as in an official illustration. Such a schedule can be
    /// quoted, not booked.
    Carried,
}

/// What is paid at the start.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DownPayment {
    /// A share of each advance.
    Share(Rate),
    /// An amount of the first advance, in minor units.
    Minor(i64),
}

/// A fee of the plan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeTerm {
    pub name: String,
    #[serde(default = "fee")]
    pub component: Component,
    pub amount: FeeAmount,
    pub when: FeeWhen,
    /// Not more than this, in minor units, whatever the share says.
    #[serde(rename = "at_most_minor", default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<i64>,
}

fn fee() -> Component {
    Component::Fee
}

/// How much a fee is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeAmount {
    Minor(i64),
    Share { rate: Rate, of: FeeBasis },
}

/// What a fee is a share of: of the whole plan, or of the installment for a fee of each installment.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeBasis {
    Principal,
    Interest,
    PrincipalAndInterest,
    /// The principal that is owed before the installment, or on the day of the fee.
    Outstanding,
}

/// When a fee is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeWhen {
    /// On the day the plan starts.
    Signing,
    On(Date),
    EachInstallment,
}

/// A fee for late installments.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LateFee {
    pub amount: LateFeeAmount,
    /// Days behind the due date on which paying is still free.
    #[serde(default)]
    pub grace_days: u16,
    #[serde(default)]
    pub again: LateFeeAgain,
    /// Not more than this for one installment, in minor units.
    #[serde(rename = "most_per_installment_minor", default, skip_serializing_if = "Option::is_none")]
    pub most_per_installment: Option<i64>,
    /// Not more than this share of the plan's principal in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_share_of_plan: Option<Rate>,
    /// Not more than this in all, in minor units.
    #[serde(rename = "most_per_plan_minor", default, skip_serializing_if = "Option::is_none")]
    pub most_per_plan: Option<i64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LateFeeAmount {
    Minor(i64),
    /// A share of what of the installment is past due.
    Share {
        rate: Rate,
        of: LateBasis,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LateBasis {
    Principal,
    PrincipalAndInterest,
    Everything,
}

/// Whether a late fee comes back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LateFeeAgain {
    /// Once for each installment.
    #[default]
    Never,
    /// Again after every so many days, while the installment is past due.
    EveryDays(u16),
}

/// In which order a plan takes note of what happened.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Posting {
    /// Everything on its value date: money that came before a fee was due is not moved onto it.
    #[default]
    InTurn,
    /// The schedule first, with every advance, fee and waiver, then the money.
    ScheduleFirst,
}
