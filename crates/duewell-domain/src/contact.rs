//! Contact policy: may this debtor be contacted at this moment, and if not, when?
//!
//! One pure function, asked when a notice is decided and again when it is sent.
//! A debtor's place is evidence, not a field: every zone we have a clue for must
//! agree. Rules combine by intersection: one refusal refuses.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use serde::{Deserialize, Serialize};

/// When and how often a debtor may be contacted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ContactPolicy {
    pub version: u32,
    /// First moment of the day, in the debtor's zone.
    pub opens_at: Time,
    /// First moment that is too late, in the debtor's zone.
    pub closes_at: Time,
    pub sundays: bool,
    pub public_holidays: bool,
    /// At most so many contacts in so many calendar days of the debtor's zone, each.
    pub caps: Vec<Cap>,
}

/// At most `contacts_max` contacts within `days` consecutive calendar days.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Cap {
    pub contacts_max: u32,
    pub days: u32,
}

impl Default for ContactPolicy {
    /// The house rule: 08:00 to 20:00, no Sundays or holidays, one contact a day, three in seven days.
    fn default() -> Self {
        ContactPolicy {
            version: 1,
            opens_at: Time::constant(8, 0, 0, 0),
            closes_at: Time::constant(20, 0, 0, 0),
            sundays: false,
            public_holidays: false,
            caps: vec![Cap { contacts_max: 1, days: 1 }, Cap { contacts_max: 3, days: 7 }],
        }
    }
}

/// What the policy needs to know about one debtor.
#[derive(Clone, Copy)]
pub struct ContactFacts<'a> {
    /// Every zone there is a clue for; at least one.
    pub zones: &'a [TimeZone],
    /// Earlier contacts, in any order.
    pub contacted_at: &'a [Timestamp],
    pub is_holiday: &'a dyn Fn(Date) -> bool,
}

/// Which rule refuses.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactRule {
    QuietHours,
    Sunday,
    Holiday,
    FrequencyCap,
    /// The zones we have clues for leave no common hour.
    NoCommonHour,
}

impl ContactRule {
    pub fn as_str(self) -> &'static str {
        match self {
            ContactRule::QuietHours => "quiet_hours",
            ContactRule::Sunday => "sunday",
            ContactRule::Holiday => "holiday",
            ContactRule::FrequencyCap => "frequency_cap",
            ContactRule::NoCommonHour => "no_common_hour",
        }
    }
}

/// The policy's answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    Allowed,
    /// Not now; the first refusing rule and the earliest moment at which all rules allow it.
    Wait {
        until: Timestamp,
        because: ContactRule,
    },
    /// Not within the next sixty days.
    Never {
        because: ContactRule,
    },
}

/// Says whether the debtor may be contacted at `at`, and otherwise when.
pub fn may_contact(policy: &ContactPolicy, facts: &ContactFacts<'_>, at: Timestamp) -> Verdict {
    let Some((mut moment, because)) = refusal(policy, facts, at) else {
        return Verdict::Allowed;
    };
    let horizon = at + (60 * 24).hours();
    // Each refusal names a later moment, so this ends; a year of steps means that the zones never agree.
    for _ in 0..400 {
        if moment > horizon {
            let apart = facts.zones.len() > 1 && because == ContactRule::QuietHours;
            return Verdict::Never { because: if apart { ContactRule::NoCommonHour } else { because } };
        }
        match refusal(policy, facts, moment) {
            None => return Verdict::Wait { until: moment, because },
            Some((later, _)) => moment = later,
        }
    }
    Verdict::Never { because: ContactRule::NoCommonHour }
}

/// Returns the first rule that refuses and a later moment worth asking about.
fn refusal(
    policy: &ContactPolicy,
    facts: &ContactFacts<'_>,
    at: Timestamp,
) -> Option<(Timestamp, ContactRule)> {
    for zone in facts.zones {
        let local = at.to_zoned(zone.clone());
        let today_opens = || at_time(&local, local.date(), policy.opens_at);
        let next_day = || at_time(&local, local.date().tomorrow().unwrap_or(Date::MAX), policy.opens_at);
        if !policy.sundays && local.weekday() == Weekday::Sunday {
            return Some((next_day(), ContactRule::Sunday));
        }
        if !policy.public_holidays && (facts.is_holiday)(local.date()) {
            return Some((next_day(), ContactRule::Holiday));
        }
        if local.time() < policy.opens_at {
            return Some((today_opens(), ContactRule::QuietHours));
        }
        if local.time() >= policy.closes_at {
            return Some((next_day(), ContactRule::QuietHours));
        }
    }
    for cap in &policy.caps {
        for zone in facts.zones {
            let today = at.to_zoned(zone.clone()).date();
            let Ok(first_day) = today.checked_sub((i64::from(cap.days) - 1).days()) else { continue };
            let mut counted: Vec<Date> = facts
                .contacted_at
                .iter()
                .map(|moment| moment.to_zoned(zone.clone()).date())
                .filter(|day| *day >= first_day && *day <= today)
                .collect();
            if counted.len() >= cap.contacts_max as usize {
                if cap.contacts_max == 0 {
                    return Some((Timestamp::MAX, ContactRule::FrequencyCap));
                }
                counted.sort_unstable();
                // The window is free again once enough of the oldest contacts have left it.
                let leaves = counted[counted.len() - cap.contacts_max as usize];
                let free_on = leaves.saturating_add(i64::from(cap.days).days());
                let local = at.to_zoned(zone.clone());
                return Some((
                    at_time(&local, free_on.max(today.tomorrow().unwrap_or(today)), policy.opens_at),
                    ContactRule::FrequencyCap,
                ));
            }
        }
    }
    None
}

fn at_time(like: &Zoned, day: Date, time: Time) -> Timestamp {
    // An hour skipped by daylight saving resolves to the moment after the gap.
    day.to_datetime(time).to_zoned(like.time_zone().clone()).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn check(zones: &[&str], contacted: &[&str], moment: &str) -> Verdict {
        let zones: Vec<TimeZone> = zones.iter().map(|name| zone(name)).collect();
        let contacted: Vec<Timestamp> = contacted.iter().map(|text| at(text)).collect();
        let facts = ContactFacts { zones: &zones, contacted_at: &contacted, is_holiday: &|_| false };
        may_contact(&ContactPolicy::default(), &facts, at(moment))
    }

    fn wait(until: &str, because: ContactRule) -> Verdict {
        Verdict::Wait { until: at(until), because }
    }

    #[test]
    fn quiet_hours_are_those_of_the_debtor() {
        use ContactRule::*;
        // 2026-11-23 is a Monday.
        assert_eq!(check(&["Europe/Berlin"], &[], "2026-11-23T07:00:00Z"), Verdict::Allowed);
        assert_eq!(
            check(&["Europe/Berlin"], &[], "2026-11-23T06:59:59Z"),
            wait("2026-11-23T07:00:00Z", QuietHours)
        );
        assert_eq!(
            check(&["Europe/Berlin"], &[], "2026-11-23T19:00:00Z"),
            wait("2026-11-24T07:00:00Z", QuietHours)
        );
        assert_eq!(
            check(&["America/New_York"], &[], "2026-11-23T07:00:00Z"),
            wait("2026-11-23T13:00:00Z", QuietHours)
        );
        // Saturday evening leads over Sunday to Monday.
        assert_eq!(
            check(&["Europe/Berlin"], &[], "2026-11-21T21:00:00Z"),
            wait("2026-11-23T07:00:00Z", QuietHours)
        );
    }

    #[test]
    fn every_clue_must_agree() {
        let both = ["Europe/Berlin", "America/New_York"];
        assert_eq!(
            check(&both, &[], "2026-11-23T07:30:00Z"),
            wait("2026-11-23T13:00:00Z", ContactRule::QuietHours)
        );
        assert_eq!(check(&both, &[], "2026-11-23T14:00:00Z"), Verdict::Allowed);
        let apart = ["Pacific/Auckland", "Europe/London"];
        assert!(matches!(
            check(&apart, &[], "2026-11-23T14:00:00Z"),
            Verdict::Wait { .. } | Verdict::Never { .. }
        ));
    }

    #[test]
    fn caps_count_calendar_days_of_the_debtor() {
        let monday = "2026-11-23T09:00:00Z";
        assert_eq!(
            check(&["Europe/Berlin"], &["2026-11-23T08:00:00Z"], monday),
            wait("2026-11-24T07:00:00Z", ContactRule::FrequencyCap)
        );
        let three = ["2026-11-17T09:00:00Z", "2026-11-19T09:00:00Z", "2026-11-20T09:00:00Z"];
        assert_eq!(
            check(&["Europe/Berlin"], &three, monday),
            wait("2026-11-24T07:00:00Z", ContactRule::FrequencyCap)
        );
        assert_eq!(check(&["Europe/Berlin"], &three, "2026-11-24T09:00:00Z"), Verdict::Allowed);
    }

    proptest! {
        #[test]
        fn the_moment_named_is_allowed_and_a_further_zone_only_narrows(
            second in 1_790_000_000i64..1_830_000_000,
            past in prop::collection::vec(0i64..2_000_000, 0..6),
            pick in 0usize..4,
        ) {
            let names = ["Europe/Berlin", "America/Denver", "Asia/Tokyo", "Atlantic/Azores"];
            let moment = Timestamp::from_second(second).unwrap();
            let contacted: Vec<Timestamp> = past.iter().map(|ago| Timestamp::from_second(second - ago).unwrap()).collect();
            let policy = ContactPolicy::default();
            let one = [zone(names[pick])];
            let facts = ContactFacts { zones: &one, contacted_at: &contacted, is_holiday: &|_| false };
            let verdict = may_contact(&policy, &facts, moment);
            if let Verdict::Wait { until, .. } = verdict {
                prop_assert!(until > moment);
                prop_assert_eq!(may_contact(&policy, &facts, until), Verdict::Allowed);
            }
            let two = [zone(names[pick]), zone("Europe/London")];
            let narrower = ContactFacts { zones: &two, ..facts };
            if may_contact(&policy, &narrower, moment) == Verdict::Allowed {
                prop_assert_eq!(verdict, Verdict::Allowed);
            }
        }
    }
}
