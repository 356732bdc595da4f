//! The fast way: bare rows of a book for load tests, into buffers that are used again.

use duewell_domain::debtor::PartyKind;
use duewell_domain::money::Currency;

use crate::identity::Root;
use crate::receivable::{ReceivableRow, fill_rows};
use crate::spec::SampleSpec;

/// What a load test stores of a debtor: the same values as [`crate::SampleDebtor`] has, and no more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MassRow {
    pub index: u32,
    pub number: String,
    pub kind: PartyKind,
    pub name: String,
    /// Empty when the debtor has none.
    pub email: String,
    pub country: &'static str,
    pub language: &'static str,
    pub segment: &'static str,
    pub currency: Currency,
    pub receivables: Vec<ReceivableRow>,
}

impl Default for MassRow {
    fn default() -> Self {
        MassRow {
            index: 0,
            number: String::new(),
            kind: PartyKind::Person,
            name: String::new(),
            email: String::new(),
            country: "",
            language: "",
            segment: "",
            currency: Currency::EUR,
            receivables: Vec::new(),
        }
    }
}

impl SampleSpec {
    /// Writes the debtor at `index` into `row`, whose buffers are kept: no allocation once they are grown.
    ///
    /// Numbers of receivables come from [`SampleSpec::push_receivable_number`].
    pub fn fill_mass_row(&self, index: u32, row: &mut MassRow) {
        let root = Root::of(self, index);
        row.index = index;
        row.kind = root.kind;
        row.country = root.locale.country;
        row.language = root.locale.language;
        row.segment = root.segment();
        row.currency = root.currency;
        row.number.clear();
        root.push_number(&mut row.number);
        row.name.clear();
        let name = root.push_name(self, &mut row.name);
        row.email.clear();
        root.push_email(self, name, &mut row.email);
        fill_rows(self, &root, &mut row.receivables);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mass_rows_are_the_same_debtors() {
        let spec = SampleSpec { debtors: 400, ..SampleSpec::default() };
        let mut row = MassRow::default();
        for debtor in spec.debtors() {
            spec.fill_mass_row(debtor.index, &mut row);
            assert_eq!((&row.number, &row.name), (&debtor.number, &debtor.name));
            assert_eq!(row.email, debtor.email.unwrap_or_default());
            assert_eq!((row.kind, row.country, row.segment), (debtor.kind, debtor.country, debtor.segment));
            assert_eq!((row.language, row.currency), (debtor.language, debtor.currency));
            let full: Vec<ReceivableRow> =
                debtor.receivables.iter().map(|receivable| receivable.row).collect();
            assert_eq!(row.receivables, full);
        }
    }
}
