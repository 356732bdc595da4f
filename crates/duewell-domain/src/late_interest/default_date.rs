//! The day default begins: because a day was agreed, a reminder came, or time has passed.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{DebtKind, LateInterestError};
use crate::calendar::{Convention, HolidayCalendar, Weekend, adjust};

/// When the law of a place lets default begin.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultRule {
    pub jurisdiction: String,
    pub debts: Vec<DebtKind>,
    /// For debts that arose on or after this day.
    pub valid_from: Date,
    pub valid_through: Option<Date>,
    /// After so many days default begins by itself.
    pub days: u16,
    pub first_day: FirstDay,
    /// Whether passing time is enough.
    pub time: TimeRule,
    pub last_day: LastDay,
    /// The longest term that an ordinary agreement can give, in days; none where the law sets no such end.
    pub agreed_days_max: Option<u16>,
    pub source: String,
}

/// Whether days that pass without an agreed day put the debtor in default.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeRule {
    Always,
    /// Only if the invoice told the debtor so (BGB § 286(3) sentence 1, second half).
    IfTold,
}

/// Which day is the first of the days: they count from due date or invoice.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstDay {
    /// The day itself (1998 Act, s. 4(2H): *beginning with*).
    ThatDay,
    /// The day after (BGB § 187(1); Directive 2011/7, art. 3(3): *following*).
    DayAfter,
}

/// What happens to a last day that is no business day.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LastDay {
    Stays,
    /// The next business day takes its place (BGB § 193).
    MovesToBusinessDay,
}

/// What is known about one debt.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DefaultFacts {
    /// A day by the calendar until which to pay, by agreement.
    pub agreed_day: Option<Date>,
    pub agreed_term: AgreedTerm,
    /// The day the claim fell due or, where the law counts from it, goods or services were received.
    pub due_on: Option<Date>,
    pub invoice_received_on: Option<Date>,
    pub told: Told,
    pub reminder_received_on: Option<Date>,
}

/// Whether the law lets an agreed term be longer than its end for ordinary ones.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgreedTerm {
    #[default]
    Ordinary,
    /// It is not grossly unfair to the creditor (1998 Act, s. 4(2F)) and, where the law wants that too, was agreed
    /// expressly (Directive 2011/7, art. 3(5)).
    MayBeLonger,
}

/// Whether the invoice says that default begins by itself after so many days.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    #[default]
    No,
    Yes,
}

/// Whether and since when a debtor is in default.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DefaultDate {
    From {
        default_from: Date,
        /// The first day with interest. The day a reminder arrives is not one (BGB § 187(1) by analogy).
        interest_from: Date,
        because: DefaultReason,
    },
    NotYet(Missing),
}

/// Why default began.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DefaultReason {
    /// The agreed day passed; no reminder is needed (BGB § 286(2) no. 1).
    AgreedDayPassed { last_day: Date },
    /// A reminder came after the debt was due (BGB § 286(1)).
    Reminded { received_on: Date },
    /// The days after due date and invoice passed; no reminder is needed (BGB § 286(3)).
    DaysPassed { last_day: Date },
}

/// What it takes for default to begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Missing {
    /// A reminder: no day was agreed and the debtor has no invoice.
    InvoiceOrReminder,
    /// A reminder: no day was agreed and a consumer was not told of the days.
    Reminder,
}

impl DefaultRule {
    /// Works out when default begins; the earliest reason counts.
    ///
    /// `calendar` has the holidays of the place where payment is made.
    pub fn default_date(
        &self,
        facts: &DefaultFacts,
        calendar: &HolidayCalendar,
    ) -> Result<DefaultDate, LateInterestError> {
        let counted_from =
            facts.invoice_received_on.map(|received| facts.due_on.map_or(received, |due| due.max(received)));
        let mut reasons = Vec::new();
        if let Some(agreed) = facts.agreed_day {
            let last_day = self.moved(self.within_longest_term(agreed, facts, counted_from)?, calendar);
            reasons.push((
                after(last_day, 1)?,
                after(last_day, 1)?,
                DefaultReason::AgreedDayPassed { last_day },
            ));
        }
        let is_enough = match self.time {
            TimeRule::Always => true,
            TimeRule::IfTold => facts.told == Told::Yes,
        };
        match counted_from {
            // An agreed day takes the place of the days.
            Some(from) if is_enough && facts.agreed_day.is_none() => {
                let last_day = self.moved(self.last_of(self.days, from)?, calendar);
                reasons.push((
                    after(last_day, 1)?,
                    after(last_day, 1)?,
                    DefaultReason::DaysPassed { last_day },
                ));
            }
            Some(_) | None => {}
        }
        if let Some(received_on) = facts.reminder_received_on.filter(|day| may_remind(*day, facts)) {
            reasons.push((received_on, after(received_on, 1)?, DefaultReason::Reminded { received_on }));
        }
        let earliest = reasons.into_iter().min_by_key(|&(default_from, ..)| default_from);
        Ok(match earliest {
            Some((default_from, interest_from, because)) => {
                DefaultDate::From { default_from, interest_from, because }
            }
            None if counted_from.is_none() => DefaultDate::NotYet(Missing::InvoiceOrReminder),
            None => DefaultDate::NotYet(Missing::Reminder),
        })
    }

    fn within_longest_term(
        &self,
        agreed: Date,
        facts: &DefaultFacts,
        counted_from: Option<Date>,
    ) -> Result<Date, LateInterestError> {
        match (facts.agreed_term, self.agreed_days_max, counted_from) {
            (AgreedTerm::Ordinary, Some(days), Some(from)) => Ok(agreed.min(self.last_of(days, from)?)),
            (AgreedTerm::Ordinary | AgreedTerm::MayBeLonger, _, _) => Ok(agreed),
        }
    }

    /// Returns the last of so many days that count from a day.
    fn last_of(&self, days: u16, from: Date) -> Result<Date, LateInterestError> {
        match self.first_day {
            FirstDay::ThatDay => after(from, days.saturating_sub(1)),
            FirstDay::DayAfter => after(from, days),
        }
    }

    fn moved(&self, last_day: Date, calendar: &HolidayCalendar) -> Date {
        match self.last_day {
            LastDay::Stays => last_day,
            LastDay::MovesToBusinessDay => {
                adjust(last_day, Convention::Following, calendar, Weekend::default())
            }
        }
    }
}

/// A reminder counts once the debt is due; one that came too early is none.
fn may_remind(received_on: Date, facts: &DefaultFacts) -> bool {
    facts.due_on.or(facts.agreed_day).is_none_or(|due| due <= received_on)
}

fn after(date: Date, days: u16) -> Result<Date, LateInterestError> {
    date.checked_add(jiff::Span::new().days(days))
        .map_err(|_| LateInterestError::BeyondCalendar { date, days })
}

/// A table of default rules.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DefaultRules {
    rules: Vec<DefaultRule>,
}

static BUILTIN: LazyLock<DefaultRules> = LazyLock::new(|| {
    serde_json::from_str(include_str!("default_rules.json")).expect("the built-in rules are well-formed")
});

impl DefaultRules {
    /// Returns the built-in rules: `DE`, `GB`, `EU`.
    pub fn builtin() -> &'static DefaultRules {
        &BUILTIN
    }

    /// Returns a table in which the given rules hold over the ones here; the last one that fits holds.
    #[must_use]
    pub fn with(&self, rules: impl IntoIterator<Item = DefaultRule>) -> DefaultRules {
        DefaultRules { rules: self.rules.iter().cloned().chain(rules).collect() }
    }

    /// Finds the rule for a debt that arose on a day.
    pub fn find(
        &self,
        jurisdiction: &str,
        debts: DebtKind,
        arose_on: Date,
    ) -> Result<&DefaultRule, LateInterestError> {
        let fits = self.rules.iter().rev().find(|rule| {
            rule.jurisdiction == jurisdiction
                && rule.debts.contains(&debts)
                && rule.valid_from <= arose_on
                && rule.valid_through.is_none_or(|through| arose_on <= through)
        });
        fits.ok_or_else(|| LateInterestError::NoRule {
            jurisdiction: jurisdiction.to_owned(),
            debts,
            date: arose_on,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn told(jurisdiction: &str, debts: DebtKind, facts: DefaultFacts) -> DefaultDate {
        let rule = DefaultRules::builtin().find(jurisdiction, debts, date(2026, 1, 1)).unwrap();
        rule.default_date(&facts, &HolidayCalendar::builtin("DE").unwrap()).unwrap()
    }

    fn default_from(jurisdiction: &str, debts: DebtKind, facts: DefaultFacts) -> Option<Date> {
        match told(jurisdiction, debts, facts) {
            DefaultDate::From { default_from, .. } => Some(default_from),
            DefaultDate::NotYet(_) => None,
        }
    }

    fn invoiced(received_on: Date) -> DefaultFacts {
        DefaultFacts { invoice_received_on: Some(received_on), ..DefaultFacts::default() }
    }

    fn agreed(day: Date) -> DefaultFacts {
        DefaultFacts { agreed_day: Some(day), ..DefaultFacts::default() }
    }

    #[test]
    fn the_day_after_the_agreed_one_is_the_first_in_default() {
        for (day, german, british) in [
            (date(2026, 3, 12), date(2026, 3, 13), date(2026, 3, 13)),
            // A Sunday; then Good Friday, with Easter Monday behind it.
            (date(2026, 3, 15), date(2026, 3, 17), date(2026, 3, 16)),
            (date(2026, 4, 3), date(2026, 4, 8), date(2026, 4, 4)),
        ] {
            assert_eq!(default_from("DE", DebtKind::Consumer, agreed(day)), Some(german), "{day}");
            assert_eq!(default_from("GB", DebtKind::Business, agreed(day)), Some(british), "{day}");
        }
    }

    #[test]
    fn thirty_days_count_from_the_later_of_due_date_and_invoice() {
        let facts = DefaultFacts { due_on: Some(date(2026, 5, 11)), ..invoiced(date(2026, 5, 4)) };
        assert_eq!(default_from("DE", DebtKind::Business, facts), Some(date(2026, 6, 11)));
        assert_eq!(
            default_from("DE", DebtKind::Business, invoiced(date(2026, 5, 12))),
            Some(date(2026, 6, 12))
        );
        // The 30th day is a Saturday, the Monday after it a holiday.
        assert_eq!(
            default_from("DE", DebtKind::Business, invoiced(date(2026, 4, 23))),
            Some(date(2026, 5, 27))
        );
    }

    #[test]
    fn british_days_begin_with_the_day_of_the_invoice() {
        let received_on = date(2026, 5, 1);
        assert_eq!(default_from("GB", DebtKind::Business, invoiced(received_on)), Some(date(2026, 5, 31)));
        assert_eq!(default_from("EU", DebtKind::Business, invoiced(received_on)), Some(date(2026, 6, 1)));
    }

    #[test]
    fn a_consumer_who_was_not_told_needs_a_reminder() {
        let facts = invoiced(date(2026, 5, 12));
        assert_eq!(told("DE", DebtKind::Consumer, facts), DefaultDate::NotYet(Missing::Reminder));
        let facts = DefaultFacts { told: Told::Yes, ..facts };
        assert_eq!(default_from("DE", DebtKind::Consumer, facts), Some(date(2026, 6, 12)));
        assert_eq!(
            told("DE", DebtKind::Business, DefaultFacts::default()),
            DefaultDate::NotYet(Missing::InvoiceOrReminder)
        );
    }

    #[test]
    fn a_reminder_begins_default_on_its_day_and_interest_on_the_next() {
        let received_on = date(2026, 5, 20);
        let facts = DefaultFacts { reminder_received_on: Some(received_on), ..invoiced(date(2026, 5, 12)) };
        assert_eq!(
            told("DE", DebtKind::Business, facts),
            DefaultDate::From {
                default_from: received_on,
                interest_from: date(2026, 5, 21),
                because: DefaultReason::Reminded { received_on },
            }
        );
        let early = DefaultFacts { due_on: Some(date(2026, 5, 21)), ..facts };
        assert_eq!(default_from("DE", DebtKind::Business, early), Some(date(2026, 6, 23)));
    }

    #[test]
    fn a_term_beyond_the_longest_one_is_cut_unless_it_may_be_longer() {
        let facts = DefaultFacts { agreed_day: Some(date(2026, 9, 1)), ..invoiced(date(2026, 5, 1)) };
        assert_eq!(default_from("GB", DebtKind::Business, facts), Some(date(2026, 6, 30)));
        assert_eq!(default_from("EU", DebtKind::Business, facts), Some(date(2026, 7, 1)));
        let facts = DefaultFacts { agreed_term: AgreedTerm::MayBeLonger, ..facts };
        assert_eq!(default_from("GB", DebtKind::Business, facts), Some(date(2026, 9, 2)));
    }

    #[test]
    fn every_builtin_rule_has_a_source() {
        assert!(DefaultRules::builtin().rules.iter().all(|rule| !rule.source.is_empty()));
    }

    proptest! {
        #[test]
        fn no_day_makes_it_panic(days in prop::collection::vec(prop::option::of(-4_371_587i32..=2_932_896), 4)) {
            let day = |index: usize| {
                days[index].and_then(|offset| date(1970, 1, 1).checked_add(jiff::Span::new().days(offset)).ok())
            };
            let facts = DefaultFacts {
                agreed_day: day(0),
                due_on: day(1),
                invoice_received_on: day(2),
                reminder_received_on: day(3),
                ..DefaultFacts::default()
            };
            for jurisdiction in ["DE", "GB", "EU"] {
                let rule = DefaultRules::builtin().find(jurisdiction, DebtKind::Business, date(2026, 1, 1)).unwrap();
                let calendar = HolidayCalendar::builtin("DE").unwrap();
                if let Ok(DefaultDate::From { default_from, interest_from, .. }) = rule.default_date(&facts, &calendar) {
                    prop_assert!(default_from <= interest_from);
                }
            }
        }
    }

    #[test]
    fn the_last_day_of_the_calendar_has_no_day_after_it() {
        let rule = DefaultRules::builtin().find("GB", DebtKind::Business, date(2026, 1, 1)).unwrap();
        let told = rule.default_date(&agreed(Date::MAX), &HolidayCalendar::builtin("GB").unwrap());
        assert_eq!(told, Err(LateInterestError::BeyondCalendar { date: Date::MAX, days: 1 }));
    }
}
