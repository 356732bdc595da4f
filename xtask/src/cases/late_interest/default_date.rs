//! Cases of when default begins.

use anyhow::Context as _;
use duewell_domain::calendar::HolidayCalendar;
use duewell_domain::late_interest::{DebtKind, DefaultDate, DefaultFacts, DefaultReason, DefaultRules, Told};
use jiff::civil::Date;
use serde_json::Value;

use super::sentences::not_understood;
use super::words::{dates, denies, says};
use super::{Comparison, Place, Verdict};

/// What the clauses say. Later ones correct earlier ones.
struct Said {
    debts: DebtKind,
    facts: DefaultFacts,
    /// The day on which the days after the invoice end, before it is moved.
    days_end_on: Option<Date>,
}

pub fn judge(case: &Value, place: &Place, clauses: &[String]) -> anyhow::Result<Verdict> {
    let mut said = Said { debts: place.debts, facts: DefaultFacts::default(), days_end_on: None };
    for clause in clauses {
        if !said.hear(clause) {
            return Ok(not_understood(clause));
        }
    }
    let Said { debts, mut facts, days_end_on } = said;
    let arose_on = facts.invoice_received_on.or(facts.due_on).or(facts.agreed_day).unwrap_or(Date::MAX);
    let rule = DefaultRules::builtin().find(place.jurisdiction, debts, arose_on)?;
    let mut comparison = Comparison::default();
    let days = jiff::Span::new().days(rule.days);
    match (days_end_on, facts.invoice_received_on) {
        (Some(end), Some(from)) => comparison.equal("the days end on", end, from.checked_add(days)?),
        (Some(end), None) => facts.invoice_received_on = Some(end.checked_sub(days)?),
        (None, _) => {}
    }
    let calendar = HolidayCalendar::builtin(place.jurisdiction).or_else(|| HolidayCalendar::builtin("T2"));
    let told = rule.default_date(&facts, &calendar.context("no calendar")?)?;
    let (default_from, interest_from, reminder_needed) = match told {
        DefaultDate::From { default_from, interest_from, because } => {
            let reminded = match because {
                DefaultReason::Reminded { .. } => true,
                DefaultReason::AgreedDayPassed { .. } | DefaultReason::DaysPassed { .. } => false,
            };
            (Some(default_from), Some(interest_from), reminded)
        }
        DefaultDate::NotYet(_) => (None, None, true),
    };
    for (field, got) in [("default_from", default_from), ("interest_from", interest_from)] {
        if let Some(expected) = case.get(field) {
            // No day, or words instead of one: not in default.
            let expected: Option<Date> = expected.as_str().and_then(|text| text.parse().ok());
            comparison.equal(field, shown(expected), shown(got));
        }
    }
    if let Some(expected) = case["reminder_needed"].as_bool() {
        comparison.equal("reminder_needed", expected, reminder_needed);
    }
    Ok(comparison.verdict())
}

fn shown(day: Option<Date>) -> String {
    day.map_or_else(|| "not yet".to_owned(), |day| day.to_string())
}

impl Said {
    /// Takes in one clause; returns whether it was understood.
    fn hear(&mut self, clause: &str) -> bool {
        let who = self.hear_who(clause);
        let telling =
            ["told", "tell", "say", "said", "mention", "inform", "point", "warn", "stat", "hint", "notice"];
        let tells = says(clause, &telling);
        if tells {
            self.facts.told = if denies(clause) { Told::No } else { Told::Yes };
        }
        // Which days are holidays is for the calendar to know.
        self.hear_day(clause) || who || tells || says(clause, &["holiday", "saturday", "sunday"])
    }

    fn hear_who(&mut self, clause: &str) -> bool {
        let (consumer, business) =
            (says(clause, &["consumer"]), says(clause, &["business", "company", "b2b"]));
        if consumer {
            self.debts = DebtKind::Consumer;
        } else if business {
            self.debts = DebtKind::Business;
        }
        consumer || business
    }

    /// Takes in what happened on a day, or did not happen.
    fn hear_day(&mut self, clause: &str) -> bool {
        let day = dates(clause).first().copied();
        let day_or_denial = if denies(clause) { None } else { day };
        let facts = &mut self.facts;
        if says(clause, &["remind", "mahnung"]) {
            facts.reminder_received_on = day_or_denial;
        } else if says(clause, &["days"]) && says(clause, &["end", "expire"]) {
            self.days_end_on = day;
        } else if says(clause, &["pay", "agreed", "calendar"]) {
            facts.agreed_day = day_or_denial;
        } else {
            let (invoice, due) = (
                says(clause, &["invoice", "bill"]),
                says(clause, &["due", "performed", "delivered", "goods"]),
            );
            if invoice {
                facts.invoice_received_on = day.or(facts.invoice_received_on);
            }
            if due {
                facts.due_on = day.or(facts.due_on);
            }
            return day.is_some() && (invoice || due);
        }
        day.is_some() || denies(clause)
    }
}
