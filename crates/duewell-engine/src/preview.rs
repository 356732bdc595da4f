//! What a scenario would send to one debtor in the weeks to come, if nothing changed.
//!
//! The days are walked with the very function that decides them for real; only
//! the world is imagined: the run is now and then every morning, the creditor
//! can sign, nobody pays, the bank's file comes every day, and each notice
//! leaves at its hour. Nothing is written.

use std::collections::{HashMap, HashSet};

use duewell_domain::dunning::{self, Case, LastNotice, NoticeKind, Reason, Rules, Scenario};
use duewell_domain::id::{CaseId, DebtorId};
use duewell_domain::money::Money;
use duewell_domain::receivable::OpenReceivable;
use duewell_store::notice::{self, NoticeState};
use duewell_store::{Tx, case};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::daily::{case_facts, render};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::facts::Facts;

/// The hour at which an imagined run looks at a day.
const RUN_AT: i8 = 7;

/// A notice that would be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub on: Date,
    /// When it would leave, within the contact hours.
    pub send_at: Timestamp,
    pub kind: NoticeKind,
    pub step: usize,
    pub to: String,
    pub numbers: Vec<String>,
    pub total: Money,
    /// The text, in the debtor's language.
    pub subject: String,
    pub body: String,
}

/// A day on which something would happen, or the reason why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Foreseen {
    Notice(Box<Planned>),
    /// The case would be looked at and nothing sent.
    Silence {
        on: Date,
        because: Reason,
    },
}

/// Foresees the next `days` days of a debtor under a scenario, saved or not.
pub fn foresee(
    desk: &Desk,
    id: DebtorId,
    scenario: &Scenario,
    days: i64,
) -> Result<Vec<Foreseen>, EngineError> {
    scenario.check()?;
    let (now, first) = (desk.now(), desk.today());
    desk.store.read(|tx| {
        let mut facts = Facts::load(tx, desk, &[id], now)?;
        let debtor =
            facts.debtors.get(&id).cloned().ok_or_else(|| EngineError::NotFound("debtor", id.to_string()))?;
        facts.payment_waiting.clear();
        let zones = facts.zones(desk, id);
        let is_holiday = |day: Date| desk.is_holiday(day);
        let mut cases: Vec<Case> = case::load_cases(tx, desk.book.id, &[id])?.into_values().collect();
        cases.sort_unstable_by_key(|case| case.currency);
        let mut open: HashMap<_, Vec<OpenReceivable>> = HashMap::new();
        for one in facts.open.get(&id).into_iter().flatten() {
            open.entry(one.amount.currency).or_default().push(one.facts());
        }
        let on_their_way = OnTheirWay::load(tx, desk, id)?;
        let mut leaves: HashMap<CaseId, Timestamp> = on_their_way.leaves;
        let own_link = example_link(desk);
        let mut foreseen = Vec::new();
        for ahead in 0..=days {
            let today = first.saturating_add(ahead.days());
            let at = match ahead {
                0 => now,
                _ => today.at(RUN_AT, 0, 0, 0).to_zoned(desk.zone.clone()).map_or(now, |at| at.timestamp()),
            };
            let rules = Rules {
                scenario,
                policy: &desk.settings.contact_policy,
                is_holiday: &is_holiday,
                today,
                now: at,
            };
            for case in &mut cases {
                // A scenario that was just edited is looked at from its first day on.
                if ahead > 0 && case.next_event_on.is_none_or(|day| day > today) {
                    continue;
                }
                let receivables = open.entry(case.currency).or_default();
                if ahead > 0 {
                    let waits = on_their_way.unknown.contains(&case.id)
                        || leaves.get(&case.id).is_some_and(|leaves| *leaves > at);
                    let last = if waits { LastNotice::OnItsWay } else { LastNotice::Settled };
                    facts.last_notice.insert(case.id, last);
                }
                let before = case.clone();
                let decision = dunning::decide(&case_facts(case, &facts, receivables, &zones), &rules)?;
                *case = decision.case;
                if let Some(notify) = decision.notify {
                    let named: Vec<&OpenReceivable> =
                        notify.items.iter().map(|&index| &receivables[index]).collect();
                    let text = render(desk, &debtor, &notify, &named, today, own_link.as_deref());
                    let Ok(text) = text else {
                        // As in a real run: the case stays where it was and is tried again tomorrow.
                        *case = Case { next_event_on: today.tomorrow().ok(), ..before };
                        foreseen.push(Foreseen::Silence { on: today, because: Reason::TextFailed });
                        continue;
                    };
                    let to = facts
                        .contact_points
                        .get(&id)
                        .and_then(|points| points.iter().find(|point| point.id == notify.to))
                        .map(|point| point.value.clone())
                        .unwrap_or_default();
                    foreseen.push(Foreseen::Notice(Box::new(Planned {
                        on: today,
                        send_at: notify.send_at,
                        kind: notify.kind,
                        step: notify.step,
                        to,
                        numbers: named.iter().map(|one| one.number.clone()).collect(),
                        total: notify.total,
                        subject: text.subject,
                        body: text.body,
                    })));
                    leaves.insert(case.id, notify.send_at);
                    // Distance is kept from the day on which it leaves, which may be the next.
                    let left_on = notify.send_at.to_zoned(desk.zone.clone()).date();
                    case.last_notice_on = case.last_notice_on.max(Some(left_on));
                    facts.contacted.entry(id).or_default().push(notify.send_at);
                    facts.last_notice.insert(case.id, LastNotice::TriedToday);
                    if scenario.steps[notify.step].offset_days <= 0 {
                        for index in notify.items {
                            receivables[index].announced_on = Some(today);
                        }
                    }
                } else if let Some(refused) = decision.not_done
                    && !matches!(refused.because, Reason::NotYet | Reason::NothingOpen | Reason::TooSoon)
                {
                    foreseen.push(Foreseen::Silence { on: today, because: refused.because });
                }
            }
        }
        // The same silence day after day is said once.
        foreseen.dedup_by(|next, last| match (next, last) {
            (Foreseen::Silence { because, .. }, Foreseen::Silence { because: before, .. }) => {
                because == before
            }
            _ => false,
        });
        Ok(foreseen)
    })
}

/// What was decided before the first imagined day and stands in the way of another notice.
struct OnTheirWay {
    /// When what waits for its hour leaves.
    leaves: HashMap<CaseId, Timestamp>,
    /// Cases with a notice that may or may not have left: they wait until a person settles it.
    unknown: HashSet<CaseId>,
}

impl OnTheirWay {
    fn load(tx: &mut Tx<'_>, desk: &Desk, id: DebtorId) -> Result<OnTheirWay, EngineError> {
        let (mut leaves, mut unknown) = (HashMap::new(), HashSet::new());
        for one in notice::notices_of_debtor(tx, desk.book.id, id)? {
            match one.state {
                NoticeState::Pending => {
                    leaves.insert(one.case, one.send_at);
                }
                NoticeState::Unknown => {
                    unknown.insert(one.case);
                }
                NoticeState::Sending | NoticeState::Sent | NoticeState::Failed | NoticeState::Withdrawn => {}
            }
        }
        Ok(OnTheirWay { leaves, unknown })
    }
}

/// Shows where the link will stand; it opens nothing, as no notice is behind it.
fn example_link(desk: &Desk) -> Option<String> {
    let base = desk.settings.portal_url.trim_end_matches('/');
    (!base.is_empty() && desk.link_key.is_some()).then(|| format!("{base}/p/example"))
}
