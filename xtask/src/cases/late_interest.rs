use super::{Tally, Verdict};

/// Judges every case of the document.
pub fn judge_all(document: &serde_json::Value) -> Tally {
    let mut tally = Tally::default();
    tally.count(&document["meta"]["about"].to_string(), Verdict::Skipped("not written yet".to_owned()));
    tally
}
