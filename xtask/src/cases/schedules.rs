//! Worked schedules: terms and a timeline in, every cell of the schedule compared.

mod told;
mod translate;

use anyhow::Context as _;
use duewell_domain::plan::{Account, quote, replay};
use serde_json::Value;

use super::{Tally, Verdict};
use told::Comparison;
use translate::{Case, Untranslated};

/// Judges every case of the document.
pub fn judge_all(document: &Value) -> Tally {
    let mut tally = Tally::default();
    for case in document["cases"].as_array().into_iter().flatten() {
        let name = case["id"].as_str().unwrap_or("without an id");
        let verdict = judge(case).unwrap_or_else(|error| Verdict::Failed(vec![format!("{error:#}")]));
        tally.count(name, verdict);
    }
    tally
}

fn judge(case: &Value) -> anyhow::Result<Verdict> {
    let translated = match Case::translate(case) {
        Ok(translated) => translated,
        Err(Untranslated::Convention(name)) => return Ok(Verdict::Skipped(name)),
        Err(Untranslated::Wrong(error)) => return Err(error),
    };
    let mut comparison = Comparison::new(&translated);
    for (number, check) in case["checks"].as_array().context("no checks")?.iter().enumerate() {
        comparison.within(format!("check {}", number + 1));
        let (account, log) = account_at(&translated, check)?;
        comparison.check(check, &account, &log)?;
    }
    let differences = comparison.differences();
    Ok(if differences.is_empty() { Verdict::Passed } else { Verdict::Failed(differences) })
}

/// Returns the account after the first so many entries of the timeline, and those entries.
fn account_at(case: &Case, check: &Value) -> anyhow::Result<(Account, Vec<duewell_domain::plan::Entry>)> {
    let after = check["after_events"].as_u64().context("a check without after_events")? as usize;
    let as_of = match check["as_of"].as_str() {
        Some(day) => day.parse()?,
        None => case.terms.starts_on,
    };
    let log = case.log_after(after);
    let account = if case.is_lent(&log) { replay(&case.terms, &log, as_of)? } else { quote(&case.terms)? };
    Ok((account, log))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn no_case_at_hand_fails() -> anyhow::Result<()> {
        let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/cases/schedules.json"));
        if !file.is_file() {
            println!("skipped, no schedules at hand: {} is absent", file.display());
            return Ok(());
        }
        let tally = judge_all(&serde_json::from_slice(&std::fs::read(file)?)?);
        assert!(tally.print());
        Ok(())
    }
}
