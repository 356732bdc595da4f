//! `cargo xtask cases late-interest FILE`: interest, fixed sums, default dates, call-in and allocation.

mod acceleration;
mod allocation;
mod default_date;
mod interest;
mod sentences;
mod words;

use serde_json::Value;

use super::{Tally, Verdict};
use duewell_domain::late_interest::DebtKind;
use duewell_domain::money::{Currency, Money};

/// Judges one case; the document is there for cases that refer to others.
type Judge = fn(&Value, &Value) -> anyhow::Result<Verdict>;

const SECTIONS: [(&str, Judge); 6] = [
    ("published_examples", interest::published),
    ("rate_lookup", interest::rate_lookup),
    ("fixed_sums", interest::fixed_sum),
    ("derived_examples", interest::derived),
    ("default_and_acceleration", sentences::judge),
    ("allocation", allocation::judge),
];

/// Judges every case of the document.
pub fn judge_all(document: &Value) -> Tally {
    let mut tally = Tally::default();
    let sections = document.as_object().into_iter().flatten();
    for (section, cases) in sections.filter_map(|(name, cases)| Some((name, cases.as_array()?))) {
        let judge = SECTIONS.iter().find(|(name, _)| name == section).map(|&(_, judge)| judge);
        for case in cases {
            let verdict = match judge {
                Some(judge) => {
                    judge(case, document).unwrap_or_else(|error| Verdict::Failed(vec![format!("{error:#}")]))
                }
                None => Verdict::Skipped(format!("cases of section `{section}`")),
            };
            tally.count(case["id"].as_str().unwrap_or("a case without id"), verdict);
        }
    }
    tally
}

/// Collects the fields that differ.
#[derive(Default)]
struct Comparison {
    differences: Vec<String>,
}

impl Comparison {
    fn equal(&mut self, field: &str, expected: impl ToString, got: impl ToString) {
        let (expected, got) = (expected.to_string(), got.to_string());
        if expected != got {
            self.differences.push(format!("{field}: expected {expected}, got {got}"));
        }
    }

    /// Compares an amount if the case has it.
    fn amount(&mut self, case: &Value, field: &str, got: Money) -> anyhow::Result<()> {
        if let Some(expected) = amount(&case[field], got.currency)? {
            self.equal(field, expected, got);
        }
        Ok(())
    }

    /// Fails for a field of the expectation that is not compared.
    fn only(&mut self, expected: &Value, compared: &[&str]) {
        for (field, value) in expected.as_object().into_iter().flatten() {
            if !compared.contains(&field.as_str()) {
                self.equal(field, value, "nothing we compare");
            }
        }
    }

    fn verdict(self) -> Verdict {
        if self.differences.is_empty() { Verdict::Passed } else { Verdict::Failed(self.differences) }
    }
}

/// Reads a text or a number as an amount; none when there is neither.
fn amount(value: &Value, currency: Currency) -> anyhow::Result<Option<Money>> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return Ok(None),
    };
    Ok(Some(Money::parse_major(&text, currency)?))
}

/// The law that a case is about.
struct Place {
    jurisdiction: &'static str,
    debts: DebtKind,
    currency: Currency,
}

impl Place {
    /// Reads `UK B2B`, `DE consumer mortgage credit`; none for a law we do not have.
    fn read(text: &str) -> Option<Place> {
        let (jurisdiction, currency) = match text.split_whitespace().next()? {
            "UK" | "GB" => ("GB", Currency::GBP),
            "EU" => ("EU", Currency::EUR),
            "DE" => ("DE", Currency::EUR),
            "FR" => ("FR", Currency::EUR),
            "AT" => ("AT", Currency::EUR),
            _ => return None,
        };
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let debts = match (says(&["consumer", "B2C"]), says(&["credit", "loan"])) {
            (true, _) if text.contains("mortgage") => DebtKind::ConsumerMortgageCredit,
            (true, true) => DebtKind::ConsumerCredit,
            (true, false) => DebtKind::Consumer,
            (false, _) => DebtKind::Business,
        };
        Some(Place { jurisdiction, debts, currency })
    }

    fn of(case: &Value) -> Result<Place, Verdict> {
        let text = case["jurisdiction"].as_str().unwrap_or_default();
        Place::read(text).ok_or_else(|| Verdict::Skipped(format!("the law of `{text}`")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(document: &Value) -> (usize, Vec<String>, usize) {
        let tally = judge_all(document);
        (tally.passed, tally.failed, tally.skipped.values().map(Vec::len).sum())
    }

    /// Judges the worked examples that others made, where they lie beside the checkout.
    #[test]
    fn the_worked_examples_of_others_hold() -> anyhow::Result<()> {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/cases/late_interest.json");
        if !std::path::Path::new(file).is_file() {
            println!("no worked examples at hand: {file} is absent");
            return Ok(());
        }
        let (passed, failed, skipped) = told(&crate::cases::document(file)?);
        assert!(failed.is_empty(), "{failed:#?}");
        assert!(passed > 0 && skipped == 0, "{passed} passed, {skipped} skipped");
        Ok(())
    }

    #[test]
    fn a_wrong_answer_fails_in_every_section() {
        let document = json!({
            "published_examples": [{
                "id": "p", "jurisdiction": "UK",
                "given": {"principal": "730.00", "rate_percent": "10", "days": 50, "basis": 365},
                "published": {"interest": "10.00"}, "exact_unrounded": "10.000000", "rounded_once": "10.01",
            }],
            "rate_lookup": [{
                "id": "r", "jurisdiction": "FR", "interest_starts": "2024-05-05",
                "reference_rate_percent": "4.50", "statutory_rate_percent": "14.51",
            }],
            "fixed_sums": [{"id": "f", "jurisdiction": "UK B2B", "debt": "20000.00", "fixed_sum_gbp": "70"}],
            "derived_examples": [{
                "id": "d", "jurisdiction": "AT consumer", "principal": "365.00", "basis": 365,
                "interest_first_day": "2026-01-01", "interest_last_day": "2026-01-25", "days": 24,
                "rate_percent": "4", "expected_interest": "1.00",
            }],
            "default_and_acceleration": [
                {"id": "s", "jurisdiction": "DE", "facts": "payable by 3 Mar 2026", "default_from": "2026-03-03"},
                {
                    "id": "a", "jurisdiction": "DE consumer instalment credit", "may_call_whole_balance": true,
                    "facts": "term 2 years, nominal 100.00, two consecutive instalments overdue, arrears 50.00, no notice",
                },
            ],
            "allocation": [{
                "id": "l", "payment": "5.00", "due": {"principal": "9.00", "interest": "2.00", "costs": "1.00"},
                "order": "costs, interest, principal", "expected": {"costs": "1.00", "principal": "4.00", "interest": "0.00"},
            }],
        });
        let (passed, failed, skipped) = told(&document);
        assert_eq!((passed, failed.len(), skipped), (0, 7, 0), "{failed:#?}");
    }

    #[test]
    fn right_answers_pass_in_other_shapes_too() {
        let document = json!({
            "rate_lookup": [
                {"id": "r", "jurisdiction": "AT B2B", "interest_starts": "2025-02-02", "statutory_rate_percent": 11.73},
            ],
            "fixed_sums": [
                {"id": "f", "jurisdiction": "DE business debtor", "debt": "three late instalments", "fixed_sum_eur": "120"},
                {"id": "c", "jurisdiction": "FR B2B", "debt": "costs of 12.00", "total_recoverable_eur": "40.00"},
            ],
            "derived_examples": [{
                "id": "d", "jurisdiction": "DE B2B", "principal": "3650.00", "basis": 365,
                "interest_first_day": "2024-12-22", "interest_last_day": "2025-01-10", "days": 20,
                "rate_percent": "12.37 until 31 Dec, then 11.27", "expected_interest": "23.64", "total": "63.64",
                "fixed_sum": "40.00", "wrong_if_not_split": "24.74",
            }],
            "default_and_acceleration": [
                {"id": "s", "jurisdiction": "DE", "reminder_needed": true, "default_from": null,
                 "facts": "consumer, no date agreed, due and invoice received 2 Mar 2026, invoice does not mention the 30 days"},
                {"id": "t", "jurisdiction": "DE", "facts": "as s but the invoice says so", "default_from": "2026-04-02"},
                {"id": "u", "jurisdiction": "DE", "facts": "as s but a reminder arrived on 9 Mar 2026", "default_from": "2026-03-09"},
                {"id": "a", "jurisdiction": "DE consumer mortgage credit", "may_call_whole_balance": true,
                 "facts": "term 20 years, nominal 100,000.00, three consecutive instalments partly overdue, arrears of 2,500.00, 14 days' notice with warning expired"},
                {"id": "b", "jurisdiction": "DE consumer mortgage credit", "may_call_whole_balance": false,
                 "facts": "as a but notice not yet expired"},
                {"id": "e", "jurisdiction": "DE consumer mortgage credit", "may_call_whole_balance": false,
                 "facts": "as a but the two overdue instalments are not consecutive"},
            ],
            "allocation": [{
                "id": "l", "payment": "50.00", "debtor_designation": "C", "expected": {"C": "20.00", "B": "30.00"},
                "debts": [
                    {"id": "A", "amount": "60.00", "due": true, "secured": true, "burden": "higher", "due_since": "2025-01-01"},
                    {"id": "B", "amount": "60.00", "due": true, "secured": false, "burden": "equal", "due_since": "2025-03-01"},
                    {"id": "C", "amount": "20.00", "due": false, "secured": false, "burden": "equal", "due_since": "2025-05-01"},
                ],
            }],
        });
        let (passed, failed, skipped) = told(&document);
        assert_eq!((passed, failed.len(), skipped), (11, 0, 0), "{failed:#?}");
    }

    #[test]
    fn what_we_have_no_word_for_is_skipped() {
        let document = json!({
            "rate_lookup": [{"id": "r", "jurisdiction": "CH", "interest_starts": "2025-02-02"}],
            "default_and_acceleration": [{"id": "s", "jurisdiction": "DE", "facts": "the debtor refused for good"}],
            "allocation": [{"id": "l", "payment": "1", "due": {}, "order": "alphabetical", "expected": {}}],
            "weather": [{"id": "w"}],
        });
        assert_eq!(told(&document), (0, Vec::new(), 4));
    }
}
