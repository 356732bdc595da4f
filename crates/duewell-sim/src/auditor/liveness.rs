//! Liveness: with nothing in the way, what must happen happens.

use std::collections::{BTreeMap, BTreeSet};

use duewell_domain::id::NoticeId;
use duewell_store::notice::Notice;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::auditor::notices::{Book, Rules, case_key, days_between};
use crate::model::Model;

/// What a day was like for one debtor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    /// The run was done, mail went, and nothing spoke against a letter.
    Clear,
    InTheWay,
}

/// How long nothing has been in the way, and what is in doubt.
#[derive(Clone, Debug, Default)]
pub struct Patience {
    /// For how many days each claim could have been asked for and was not.
    days: BTreeMap<String, i64>,
    in_doubt: BTreeSet<NoticeId>,
}

impl Patience {
    /// Counts a day and complains about claims that nobody was asked for in time.
    pub fn end_day(
        &mut self,
        rules: &Rules,
        model: &Model,
        book: &Book,
        today: Date,
        cared: impl Fn(usize) -> Care,
    ) -> Vec<String> {
        let mut out = Vec::new();
        // A step, the gaps to an earlier letter and to an announcement, and some days of weekends and caps.
        let patience = rules.first_after + 2 * rules.gap_days + 6;
        let mut days_of = std::mem::take(&mut self.days);
        for (number, claim) in &model.claims {
            let overdue = days_between(claim.due_on.max(claim.known_on), today);
            let since = |moment: &Timestamp| moment.to_zoned(rules.zone.clone()).date() > claim.due_on;
            let asked = book.named.get(number).is_some_and(|all| all.iter().any(since));
            // Behind the last step a person decides; a claim that joins then is not asked for.
            let finished = book
                .finished
                .get(&case_key(claim.party, claim.currency))
                .is_some_and(|last| is_cycle_over(rules, model, number, *last));
            let waits = claim.open() > rules.tolerance && overdue > 0 && !asked && !finished;
            if !waits || cared(claim.party) == Care::InTheWay {
                continue;
            }
            let days = days_of.remove(number).unwrap_or(0) + 1;
            self.days.insert(number.clone(), days);
            if days > patience {
                out.push(format!(
                    "forgotten: {number} of {} is overdue for {overdue} days, nothing was in the way for {days} and nobody asked for it",
                    model.parties[claim.party].external_id
                ));
            }
        }
        out
    }

    /// Compares the notices whose outcome is unknown with those that were and that a person settled since.
    pub fn check_doubts(&mut self, unknown: &[Notice], settled: &BTreeSet<NoticeId>) -> Vec<String> {
        let now: BTreeSet<NoticeId> = unknown.iter().map(|notice| notice.id).collect();
        let lost: Vec<String> = self
            .in_doubt
            .iter()
            .filter(|id| !now.contains(id) && !settled.contains(id))
            .map(|id| {
                format!("doubt: notice {id} was unknown, nobody settled it, and it is not unknown any more")
            })
            .collect();
        self.in_doubt = now;
        lost
    }
}

/// Whether the last step still stands: something older than its letter has been overdue ever since.
fn is_cycle_over(rules: &Rules, model: &Model, number: &str, last: Timestamp) -> bool {
    let claim = &model.claims[number];
    let finished_on = last.to_zoned(rules.zone.clone()).date();
    model.claims.values().any(|other| {
        other.party == claim.party
            && other.currency == claim.currency
            && other.open() > 0
            && other.due_on < finished_on
    })
}
