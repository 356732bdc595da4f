//! When a debtor pays: fixed for each debtor, so that scores can be held against it.

use jiff::civil::Date;
use serde::Serialize;

use crate::bank_day::plus_days;
use crate::rng::Rng;
use crate::spec::Profile;

/// How a debtor pays, with the numbers that make it exact.
///
/// A simulator asks [`Behaviour::first_payment_on`] with the contacts it really made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Behaviour {
    /// Pays on or before the due date.
    Punctual { days_early: u8 },
    /// Pays without being asked, days late.
    SlightlyLate { days_late: u8 },
    /// Pays some days after the n-th contact, and not before.
    AfterReminder { contacts: u8, days_after_contact: u8 },
    /// Pays in equal parts, the first some days late.
    InParts { parts: u8, days_between: u8, days_late: u8 },
    /// Pays every few months, on this day of the month, all that fell due since.
    Bundles { day_of_month: u8, every_months: u8 },
    /// Pays nothing.
    Never,
}

impl Behaviour {
    pub(crate) fn draw(rng: &mut Rng, profile: &Profile) -> Behaviour {
        let shares = [
            profile.punctual,
            profile.slightly_late,
            profile.after_reminder,
            profile.in_parts,
            profile.bundles,
            profile.never,
        ];
        match rng.weighted(&shares) {
            0 => Behaviour::Punctual { days_early: rng.below(11) as u8 },
            1 => Behaviour::SlightlyLate { days_late: rng.between(1, 9) as u8 },
            2 => Behaviour::AfterReminder {
                contacts: 1 + rng.weighted(&[700, 200, 100]) as u8,
                days_after_contact: rng.between(1, 6) as u8,
            },
            3 => Behaviour::InParts {
                // Up to fifteen parts were seen in the fines; few need more than four.
                parts: if rng.chance(30) { rng.between(5, 15) } else { rng.between(2, 4) } as u8,
                days_between: [7, 14, 30][rng.below(3) as usize],
                days_late: rng.below(11) as u8,
            },
            4 => Behaviour::Bundles {
                day_of_month: [5, 15, 25][rng.below(3) as usize],
                every_months: 1 + rng.weighted(&[200, 500, 300]) as u8,
            },
            _ => Behaviour::Never,
        }
    }

    /// Returns the day on which the debtor first pays something on a claim, if ever.
    ///
    /// `contacts` are the days on which the debtor was reached about it, in order.
    pub fn first_payment_on(self, due_on: Date, contacts: &[Date]) -> Option<Date> {
        match self {
            Behaviour::Punctual { days_early } => Some(plus_days(due_on, -i32::from(days_early))),
            Behaviour::SlightlyLate { days_late } | Behaviour::InParts { days_late, .. } => {
                Some(plus_days(due_on, i32::from(days_late)))
            }
            Behaviour::AfterReminder { contacts: needed, days_after_contact } => contacts
                .get(usize::from(needed).checked_sub(1)?)
                .map(|&contact| plus_days(contact, i32::from(days_after_contact))),
            Behaviour::Bundles { day_of_month, every_months } => {
                let first = due_on.first_of_month();
                let every = i32::from(every_months.max(1));
                (0..=12).find_map(|months| {
                    let month = first.checked_add(jiff::Span::new().months(months)).ok()?;
                    let day = plus_days(month, i32::from(day_of_month) - 1);
                    (day >= due_on && i32::from(month.month()) % every == 0).then_some(day)
                })
            }
            Behaviour::Never => None,
        }
    }

    /// Returns how many of a thousand promises to pay this debtor keeps.
    pub fn promises_kept_per_mille(self) -> u16 {
        match self {
            Behaviour::Punctual { .. } => 950,
            Behaviour::SlightlyLate { .. } => 850,
            Behaviour::Bundles { .. } => 800,
            Behaviour::AfterReminder { .. } => 650,
            Behaviour::InParts { .. } => 600,
            Behaviour::Never => 100,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn who_needs_a_reminder_pays_only_after_it() {
        let behaviour = Behaviour::AfterReminder { contacts: 2, days_after_contact: 3 };
        let due_on = date(2026, 1, 31);
        assert_eq!(behaviour.first_payment_on(due_on, &[]), None);
        assert_eq!(behaviour.first_payment_on(due_on, &[date(2026, 2, 5)]), None);
        let contacts = [date(2026, 2, 5), date(2026, 2, 26)];
        assert_eq!(behaviour.first_payment_on(due_on, &contacts), Some(date(2026, 3, 1)));
    }

    #[test]
    fn bundlers_pay_on_their_day_at_or_after_the_due_date() {
        for (every_months, due_on, paid_on) in [
            (1, date(2026, 1, 15), date(2026, 1, 15)),
            (1, date(2026, 1, 2), date(2026, 1, 15)),
            (1, date(2026, 1, 31), date(2026, 2, 15)),
            (1, date(2026, 12, 16), date(2027, 1, 15)),
            (2, date(2026, 12, 16), date(2027, 2, 15)),
            (3, date(2026, 1, 15), date(2026, 3, 15)),
        ] {
            let behaviour = Behaviour::Bundles { day_of_month: 15, every_months };
            assert_eq!(behaviour.first_payment_on(due_on, &[]), Some(paid_on));
        }
    }

    #[test]
    fn shares_are_those_of_the_profile() {
        let mut rng = Rng::new(9);
        let mut never = 0;
        for _ in 0..10_000 {
            never += u32::from(Behaviour::draw(&mut rng, &Profile::FINES) == Behaviour::Never);
        }
        assert!((5200..5600).contains(&never), "{never}");
    }
}
