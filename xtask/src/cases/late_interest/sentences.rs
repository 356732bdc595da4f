//! Cases told in a sentence: the clauses they are made of.

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::words::clauses;
use super::{Place, Verdict, acceleration, default_date};

pub fn judge(case: &Value, document: &Value) -> anyhow::Result<Verdict> {
    let clauses = all_clauses(case, document, 0)?;
    let place = match Place::of(case) {
        Ok(place) => place,
        Err(skipped) => return Ok(skipped),
    };
    if case["may_call_whole_balance"].is_null() {
        default_date::judge(case, &place, &clauses)
    } else {
        acceleration::judge(case, &place, &clauses)
    }
}

/// Returns the clauses of a case, those of the case it builds on first: `as ACC-DE-1 but arrears 600.00`.
fn all_clauses(case: &Value, document: &Value, depth: usize) -> anyhow::Result<Vec<String>> {
    if depth > 8 {
        bail!("the cases build on each other in a circle");
    }
    let facts = case["facts"].as_str().context("no facts")?;
    let cases = document["default_and_acceleration"].as_array();
    let referred = facts.strip_prefix("as ").and_then(|rest| {
        let (id, rest) = rest.split_once([' ', ',', ':']).unwrap_or((rest, ""));
        let other = cases.into_iter().flatten().find(|other| other["id"] == id)?;
        Some((other, rest.trim_start_matches([' ', ',']).trim_start_matches("but ")))
    });
    let (mut all, own) = match referred {
        Some((other, own)) => (all_clauses(other, document, depth + 1)?, own),
        None => (Vec::new(), facts),
    };
    all.extend(clauses(own));
    Ok(all)
}

/// The verdict on a case with a clause that nobody taught us.
pub fn not_understood(clause: &str) -> Verdict {
    Verdict::Skipped(format!("facts said as `{clause}`"))
}
