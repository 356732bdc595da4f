//! `cargo xtask cases KIND WHERE`: judges the product by worked examples that others made.
//!
//! Each kind translates the inputs of a case to the product's terms, asks the product, and compares every check.
//! The runners hold no numbers of their own.

mod apr;
mod files;
mod late_interest;
mod schedules;

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, bail};
use serde_json::Value;

/// Runs the cases named on the command line; ends the process with 1 when one failed.
pub fn run(args: &[String]) -> anyhow::Result<()> {
    let [kind, place] = args else { bail!("{USAGE}") };
    let tally = match kind.as_str() {
        "files" => files::judge_all(place)?,
        "schedules" => schedules::judge_all(&document(place)?),
        "apr" => apr::judge_all(&document(place)?),
        "late-interest" => late_interest::judge_all(&document(place)?),
        other => bail!("there are no cases of kind `{other}`; {USAGE}"),
    };
    if !tally.print() {
        // The line of counts stays the last one, so no error is returned to be printed behind it.
        std::process::exit(1);
    }
    Ok(())
}

const USAGE: &str = "usage: cargo xtask cases files DIR | schedules FILE | apr FILE | late-interest FILE";

fn document(file: &str) -> anyhow::Result<Value> {
    let bytes = fs::read(file).with_context(|| format!("could not read {file}"))?;
    serde_json::from_slice(&bytes).with_context(|| format!("{file} is no JSON"))
}

/// What came of one case.
pub enum Verdict {
    Passed,
    /// What differs, the first cell first: `check 2, row 3, interest: expected 1.00, got 1.01`.
    Failed(Vec<String>),
    /// The convention that the product does not have.
    Skipped(String),
}

/// So many names of skipped cases are shown for each convention.
const SKIPS_SHOWN: usize = 6;

/// Counts verdicts.
#[derive(Default)]
pub struct Tally {
    passed: usize,
    failed: Vec<String>,
    skipped: BTreeMap<String, Vec<String>>,
}

impl Tally {
    /// Counts the verdict on the case called `name`.
    pub fn count(&mut self, name: &str, verdict: Verdict) {
        match verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Failed(differences) => {
                self.failed.push(format!("{name}: {}", differences.first().map_or("", String::as_str)));
            }
            Verdict::Skipped(convention) => {
                self.skipped.entry(convention).or_default().push(name.to_owned());
            }
        }
    }

    /// Prints failures, skips and the counts; returns whether nothing failed.
    fn print(&self) -> bool {
        for failure in &self.failed {
            println!("FAILED {failure}");
        }
        for (convention, names) in &self.skipped {
            let shown = names[..names.len().min(SKIPS_SHOWN)].join(", ");
            let more = if names.len() > SKIPS_SHOWN { ", …" } else { "" };
            println!("skipped {} ({shown}{more}): {convention}", names.len());
        }
        let skipped: usize = self.skipped.values().map(Vec::len).sum();
        println!("{} passed, {} failed, {skipped} skipped", self.passed, self.failed.len());
        self.failed.is_empty()
    }
}
