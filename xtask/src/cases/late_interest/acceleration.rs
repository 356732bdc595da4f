//! Cases of whether the whole balance of a credit may be called in.

use anyhow::Context as _;
use duewell_domain::late_interest::{
    Acceleration, AccelerationRule, CreditInArrears, DebtKind, NoticeToPay, Security, Warning,
};
use duewell_domain::money::{Currency, Money};
use jiff::civil::Date;
use serde_json::Value;

use super::sentences::not_understood;
use super::words::{counts, decimals, denies, says};
use super::{Comparison, Place, Verdict};

/// What the clauses say. Later ones correct earlier ones.
struct Said {
    credit: CreditInArrears,
    notice: Option<Notice>,
}

/// What is said about a notice.
#[derive(Clone, Copy)]
struct Notice {
    days: u32,
    has_expired: bool,
    warning: Warning,
}

pub fn judge(case: &Value, place: &Place, clauses: &[String]) -> anyhow::Result<Verdict> {
    if place.jurisdiction != "DE" {
        return Ok(Verdict::Skipped(format!("calling in under the law of {}", place.jurisdiction)));
    }
    let rule = AccelerationRule::german_consumer_credit();
    let expected = case["may_call_whole_balance"].as_bool();
    let expected = expected.context("may_call_whole_balance is neither true nor false")?;
    let nothing = Money::zero(Currency::EUR);
    let is_home = place.debts == DebtKind::ConsumerMortgageCredit;
    let credit = CreditInArrears {
        term_months: 0,
        nominal: nothing,
        security: if is_home { Security::Home } else { Security::Other },
        arrears: nothing,
        overdue_in_a_row: 0,
        notice: None,
    };
    let mut said = Said { credit, notice: None };
    for clause in clauses {
        if !said.hear(clause, rule.notice_days.into())? {
            return Ok(not_understood(clause));
        }
    }
    let Said { mut credit, notice } = said;
    // The sentence has no days; any will do that lie as it says.
    let received_on = Date::constant(2026, 3, 2);
    let mut today = received_on;
    if let Some(notice) = notice {
        let pay_until = received_on.checked_add(jiff::Span::new().try_days(notice.days)?)?;
        today = if notice.has_expired { pay_until.tomorrow()? } else { pay_until };
        credit.notice = Some(NoticeToPay { received_on, pay_until, warning: notice.warning });
    }
    let mut comparison = Comparison::default();
    match rule.may_call_in(&credit, today)? {
        Acceleration::Allowed => comparison.equal("may_call_whole_balance", expected, true),
        Acceleration::Barred(bars) if expected => {
            let bars: Vec<String> = bars.iter().map(ToString::to_string).collect();
            comparison.equal("may_call_whole_balance", expected, bars.join("; "));
        }
        Acceleration::Barred(_) => {}
    }
    Ok(comparison.verdict())
}

impl Said {
    /// Takes in one clause; returns whether it was understood.
    fn hear(&mut self, clause: &str, usual_days: u32) -> anyhow::Result<bool> {
        let amount_after = |word: &str| -> anyhow::Result<Option<Money>> {
            let behind = clause.split_once(word).map_or("", |(_, behind)| behind);
            let first = decimals(behind).into_iter().next();
            Ok(first.map(|text| Money::parse_major(&text, Currency::EUR)).transpose()?)
        };
        let mut understood = false;
        if says(clause, &["mortgage", "immobiliar"]) {
            self.credit.security = if denies(clause) { Security::Other } else { Security::Home };
            understood = true;
        }
        if let Some(months) = term_months(clause) {
            self.credit.term_months = months;
            understood = true;
        }
        if let Some(nominal) = amount_after("nominal")? {
            self.credit.nominal = nominal;
            understood = true;
        }
        if let Some(arrears) = amount_after("arrears")? {
            self.credit.arrears = arrears;
            understood = true;
        }
        if says(clause, &["instal"]) {
            self.credit.overdue_in_a_row = usize::try_from(in_a_row(clause))?;
            understood = true;
        }
        if says(clause, &["notice", "deadline", "warn", "expire", "letter"]) {
            self.notice = notice(clause, self.notice, usual_days);
            understood = true;
        }
        Ok(understood)
    }
}

/// Finds the number before one of the units.
fn counted(clause: &str, units: &[&str]) -> Option<u32> {
    let counts = counts(clause);
    let found = counts.iter().find(|(_, behind)| units.iter().any(|unit| behind.starts_with(unit)));
    found.map(|(count, _)| *count)
}

/// Reads `term 24 months`, `5-year term`, `term over three years`.
fn term_months(clause: &str) -> Option<u32> {
    if says(clause, &["notice"]) {
        return None;
    }
    let years = || counted(clause, &["year"]).map(|years| years.saturating_mul(12));
    let months = counted(clause, &["month"]).or_else(years)?;
    let is_longer = ["over ", "more than ", "exceed"].iter().any(|words| clause.contains(words));
    Some(months.saturating_add(u32::from(is_longer)))
}

/// Reads `two consecutive instalments overdue`, `two instalments, not consecutive`, `only one instalment`.
fn in_a_row(clause: &str) -> u32 {
    let scattered = ["not consecutive", "non-consecutive", "not in a row"];
    let count = counts(clause).first().map_or(1, |(count, _)| *count);
    if scattered.iter().any(|words| clause.contains(words)) { count.min(1) } else { count }
}

/// Reads `two-week notice given and expired`, `no notice`, `notice without warning`, `notice not yet expired`.
fn notice(clause: &str, before: Option<Notice>, usual_days: u32) -> Option<Notice> {
    let usual = Notice { days: usual_days, has_expired: false, warning: Warning::OfWholeBalance };
    let known = before.unwrap_or(usual);
    let expiry = says(clause, &["expir", "run", "laps", "elaps", "pass"]);
    let warns = says(clause, &["warn", "threat"]);
    if denies(clause) && !expiry && !warns {
        return None;
    }
    let weeks = counted(clause, &["week"]).map(|weeks| weeks.saturating_mul(7));
    let runs = says(clause, &["run"]) || (denies(clause) && !warns);
    Some(Notice {
        days: weeks.or_else(|| counted(clause, &["day"])).unwrap_or(known.days),
        has_expired: if expiry { !runs } else { known.has_expired },
        warning: if warns && denies(clause) { Warning::None } else { known.warning },
    })
}
