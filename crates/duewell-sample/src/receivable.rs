//! What a debtor owes: numbers, amounts and dates, from (seed, index) alone.

use duewell_domain::debtor::PartyKind;
use duewell_domain::money::{Currency, Money, Rounding};
use duewell_domain::receivable::ReceivableKind;
use duewell_domain::reference::creditor_reference;
use jiff::civil::Date;
use serde::Serialize;

use crate::bank_day::plus_days;
use crate::behaviour::Behaviour;
use crate::identity::{Root, push_padded, stream};
use crate::rng::Rng;
use crate::spec::SampleSpec;

/// By which file a receivable comes to the creditor's new system.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A row of `receivables.csv`.
    Table,
    /// A UBL file in `invoices/`.
    InvoiceFile,
}

/// A receivable as numbers only.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReceivableRow {
    /// Unique in the book, in order of the months; the running part of the number.
    pub ordinal: u64,
    pub kind: ReceivableKind,
    pub amount: Money,
    pub issued_on: Date,
    pub due_on: Date,
    pub source: Source,
}

/// A receivable with its texts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SampleReceivable {
    pub row: ReceivableRow,
    /// As printed on the invoice, e.g. `RE-2026-0017`.
    pub number: String,
    /// ISO 11649 creditor reference made of the number.
    pub reference: String,
    pub description: String,
}

/// VAT rate of the sample creditor, in percent.
pub(crate) const VAT_PERCENT: i64 = 19;

/// Monthly tariffs of consumers, in cents: many debtors share one, so an amount alone names nobody.
const TARIFFS: [i64; 12] = [990, 1490, 1990, 2490, 2990, 3490, 3990, 4990, 5990, 7990, 9900, 12900];

#[derive(Clone, Copy)]
enum Rhythm {
    Once(u32),
    Quarterly(u32),
    Monthly,
}

/// Puts a debtor's receivables into `rows`, in order of issue. Every debtor has at least one.
pub(crate) fn fill_rows(spec: &SampleSpec, root: &Root, rows: &mut Vec<ReceivableRow>) {
    rows.clear();
    let mut rng = Rng::stream(spec.seed, stream::OWED, u64::from(root.index));
    let profile = &spec.profile;
    let rhythm = match rng.weighted(&[profile.billed_once, profile.billed_quarterly, profile.billed_monthly])
    {
        0 => Rhythm::Once(rng.below(u64::from(spec.months)) as u32),
        1 => Rhythm::Quarterly(rng.below(u64::from(spec.months.min(3))) as u32),
        _ => Rhythm::Monthly,
    };
    // Who pays several invoices at once gets several.
    let rhythm = match behaviour_of(spec, root.index) {
        Behaviour::Bundles { .. } => Rhythm::Monthly,
        Behaviour::Punctual { .. }
        | Behaviour::SlightlyLate { .. }
        | Behaviour::AfterReminder { .. }
        | Behaviour::InParts { .. }
        | Behaviour::Never => rhythm,
    };
    let is_person = root.kind == PartyKind::Person;
    let kind = match (root.kind, rhythm) {
        (PartyKind::Company, _) | (PartyKind::Person, Rhythm::Quarterly(_)) => ReceivableKind::Invoice,
        (PartyKind::Person, Rhythm::Once(_)) if rng.chance(120) => ReceivableKind::Fee,
        (PartyKind::Person, Rhythm::Once(_)) => ReceivableKind::Invoice,
        (PartyKind::Person, Rhythm::Monthly) if rng.chance(300) => ReceivableKind::Installment,
        (PartyKind::Person, Rhythm::Monthly) => ReceivableKind::Bill,
    };
    let issue_day = rng.between(1, 28) as u32;
    let terms_days = terms(kind, root, &mut rng);
    let fixed = matches!(kind, ReceivableKind::Bill | ReceivableKind::Installment)
        .then(|| TARIFFS[rng.below(TARIFFS.len() as u64) as usize]);
    let months = match rhythm {
        Rhythm::Once(month) => (month, month + 1, 1),
        Rhythm::Quarterly(first) => (first, spec.months, 3),
        Rhythm::Monthly => (0, spec.months, 1),
    };
    let (first, end, step) = months;
    for month in (first..end).step_by(step) {
        let cents = fixed.unwrap_or_else(|| if is_person { consumer(&mut rng) } else { business(&mut rng) });
        let from_file = root.index < profile.invoice_file_debtors && rng.chance(profile.invoice_files);
        let source = if from_file { Source::InvoiceFile } else { Source::Table };
        let amount = in_currency(cents, root.currency);
        let amount = if from_file { with_vat(without_vat(amount)) } else { amount };
        let issued_on = spec.month_day(month, issue_day);
        rows.push(ReceivableRow {
            ordinal: u64::from(month) * u64::from(spec.debtors) + u64::from(root.index) + 1,
            // Invoice files say "invoice", whatever the tariff.
            kind: if from_file { ReceivableKind::Invoice } else { kind },
            amount,
            issued_on,
            due_on: plus_days(issued_on, terms_days),
            source,
        });
    }
}

/// Returns how a debtor behaves, the first draw of its stream.
fn behaviour_of(spec: &SampleSpec, index: u32) -> Behaviour {
    Behaviour::draw(&mut Rng::stream(spec.seed, stream::BEHAVIOUR, u64::from(index)), &spec.profile)
}

/// Days from issue to due date.
fn terms(kind: ReceivableKind, root: &Root, rng: &mut Rng) -> i32 {
    match kind {
        ReceivableKind::Bill => 14,
        ReceivableKind::Installment => 7,
        ReceivableKind::Fee => 21,
        ReceivableKind::Invoice => match root.kind {
            PartyKind::Person => 14,
            PartyKind::Company => [14, 30, 30, 30, 45, 60][rng.below(6) as usize],
        },
    }
}

/// Cents of a one-off claim on a person: mostly tens, sometimes hundreds of euro.
fn consumer(rng: &mut Rng) -> i64 {
    let (low, high) = [(900, 6_000), (6_000, 18_000), (18_000, 60_000), (60_000, 190_000)]
        [rng.weighted(&[350, 380, 220, 50])];
    rng.between(low, high) as i64
}

/// Cents of an invoice to a company: hundreds to ten thousands of euro.
fn business(rng: &mut Rng) -> i64 {
    let (low, high) = [(4_000, 30_000), (30_000, 120_000), (120_000, 600_000), (600_000, 2_500_000)]
        [rng.weighted(&[300, 400, 250, 50])];
    rng.between(low, high) as i64
}

/// Turns euro cents into an amount of like size; the ratios are sizes, not rates of exchange.
pub(crate) fn in_currency(cents: i64, currency: Currency) -> Money {
    let (numerator, denominator) = match currency.code() {
        "EUR" => (1, 1),
        "USD" => (11, 10),
        "GBP" => (17, 20),
        "CHF" => (19, 20),
        "JPY" => (8, 5),
        "KWD" => (33, 10),
        _ => (currency.minor_per_major(), 100),
    };
    Money::new((cents * numerator / denominator).max(1), currency)
}

/// Takes the tax out of a gross amount.
pub(crate) fn without_vat(gross: Money) -> Money {
    gross.times_ratio(100, 100 + VAT_PERCENT, Rounding::HalfUp).expect("less than the gross amount")
}

/// Returns the tax on a net amount (EN 16931, BR-CO-17: rounded to the minor unit).
pub(crate) fn vat_on(net: Money) -> Money {
    net.times_ratio(VAT_PERCENT, 100, Rounding::HalfUp).expect("less than the net amount")
}

fn with_vat(net: Money) -> Money {
    net.plus(vat_on(net)).expect("sample amounts are small")
}

impl SampleSpec {
    /// Appends a receivable's number, e.g. `RE-2026-0017`. All numbers of a book have one length.
    pub fn push_receivable_number(&self, row: &ReceivableRow, out: &mut String) {
        let last = u64::from(self.months) * u64::from(self.debtors);
        let width = (last.max(1).ilog10() as usize + 1).max(4);
        out.push_str("RE-");
        push_padded(out, row.issued_on.year().unsigned_abs().into(), 4);
        out.push('-');
        push_padded(out, row.ordinal, width);
    }

    pub(crate) fn receivable_of(&self, row: ReceivableRow, root: &Root) -> SampleReceivable {
        let mut number = String::with_capacity(16);
        self.push_receivable_number(&row, &mut number);
        let reference = creditor_reference(&number).expect("a number has letters");
        let what = match (root.locale.language, row.kind) {
            ("de", ReceivableKind::Invoice) => "Lieferungen und Leistungen",
            ("de", ReceivableKind::Bill) => "Monatsbeitrag",
            ("de", ReceivableKind::Fee) => "Gebühr",
            ("de", ReceivableKind::Installment) => "Rate",
            ("fr", ReceivableKind::Invoice) => "Fournitures et services",
            ("fr", ReceivableKind::Bill) => "Abonnement mensuel",
            ("fr", ReceivableKind::Fee) => "Frais",
            ("fr", ReceivableKind::Installment) => "Échéance",
            ("es", ReceivableKind::Invoice) => "Suministros y servicios",
            ("es", ReceivableKind::Bill) => "Cuota mensual",
            ("es", ReceivableKind::Fee) => "Tasa",
            ("es", ReceivableKind::Installment) => "Plazo",
            (_, ReceivableKind::Invoice) => "Goods and services",
            (_, ReceivableKind::Bill) => "Monthly charge",
            (_, ReceivableKind::Fee) => "Fee",
            (_, ReceivableKind::Installment) => "Installment",
        };
        let description = format!("{what} {:02}/{}", row.issued_on.month(), row.issued_on.year());
        SampleReceivable { row, number, reference, description }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn numbers_are_unique_and_of_one_length() {
        let spec = SampleSpec { debtors: 500, months: 14, ..SampleSpec::default() };
        let (mut rows, mut seen) = (Vec::new(), HashSet::new());
        for index in 0..spec.debtors {
            fill_rows(&spec, &Root::of(&spec, index), &mut rows);
            assert!(!rows.is_empty());
            for row in &rows {
                let mut number = String::new();
                spec.push_receivable_number(row, &mut number);
                assert_eq!(number.len(), 12);
                assert!(row.amount.is_positive() && row.due_on > row.issued_on);
                assert!((spec.starts_on()..=spec.ends_on()).contains(&row.issued_on));
                assert!(seen.insert(number));
            }
        }
    }

    #[test]
    fn a_load_test_has_exactly_three_receivables_each() {
        let spec = SampleSpec::bench(1_000);
        let mut rows = Vec::new();
        for index in 0..spec.debtors {
            fill_rows(&spec, &Root::of(&spec, index), &mut rows);
            assert_eq!(rows.len(), 3);
        }
    }

    #[test]
    fn net_and_tax_make_the_gross_amount() {
        for minor in 1..5_000 {
            for currency in [Currency::EUR, Currency::JPY, Currency::KWD] {
                let net = without_vat(with_vat(Money::new(minor, currency)));
                assert_eq!(with_vat(net), with_vat(Money::new(minor, currency)));
            }
        }
    }
}
