//! Payments of people who owe nothing: wrong account, a gift, someone else's rent.

use duewell_domain::money::Money;
use jiff::civil::Date;

use crate::bank_day::{bank_day_from, plus_days};
use crate::iban::payer_iban;
use crate::identity::{Root, stream};
use crate::names::STRANGERS;
use crate::payment::bank_reference;
use crate::receivable::in_currency;
use crate::rng::Rng;
use crate::spec::SampleSpec;

/// A payment that no debtor of the book made and that pays nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StrangerPayment {
    pub bank_reference: String,
    pub paid_on: Date,
    pub amount: Money,
    pub payer_name: String,
    pub payer_iban: String,
    pub remittance: Vec<String>,
}

const TEXTS: &[&str] = &[
    "Miete Juli",
    "Spende",
    "Rechnung RG-88123 vom 02.02.",
    "Mitgliedsbeitrag",
    "Birthday present",
    "Order 4711-0815",
    "Loyer",
    "Cuota del gimnasio",
    "RF18 5390 0754 7034",
    "",
];

impl SampleSpec {
    /// Returns the strangers' payments that stand beside the debtor at `index`, in order of booking.
    ///
    /// They are spread over the book like the debtors, so that both can be walked together.
    pub fn strangers_beside(&self, index: u32) -> Vec<StrangerPayment> {
        let mut rng = Rng::stream(self.seed, stream::STRANGER, u64::from(index));
        let mut found = Vec::new();
        for month in 0..self.months {
            if !rng.chance(self.profile.strangers) {
                continue;
            }
            let root = Root::of(self, index);
            let paid_on = bank_day_from(plus_days(self.month_day(month, 1), rng.below(28) as i32));
            let payer_name = format!("{} {}", rng.pick(root.locale.given), rng.pick(STRANGERS));
            let amount = in_currency(rng.between(500, 90_000) as i64, root.currency);
            let payer_iban = payer_iban(root.locale.country, &mut rng);
            let text = rng.pick(TEXTS);
            if paid_on <= self.ends_on() {
                found.push(StrangerPayment {
                    bank_reference: bank_reference(paid_on, u64::from(index), month as usize, 'S'),
                    paid_on,
                    amount,
                    payer_name,
                    payer_iban,
                    remittance: Some(text.to_owned()).filter(|text| !text.is_empty()).into_iter().collect(),
                });
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_stranger_has_a_debtors_name() {
        let spec = SampleSpec { debtors: 3_000, ..SampleSpec::default() };
        let names: HashSet<String> = spec.debtors().map(|debtor| debtor.name).collect();
        let strangers: Vec<StrangerPayment> =
            (0..spec.debtors).flat_map(|index| spec.strangers_beside(index)).collect();
        assert!((100..320).contains(&strangers.len()), "{}", strangers.len());
        for stranger in strangers {
            assert!(!names.contains(&stranger.payer_name));
            assert!(stranger.amount.is_positive());
        }
    }
}
