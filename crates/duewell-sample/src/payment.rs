//! What reaches the bank because of a debtor, and what each payment truly pays.

use std::collections::BTreeMap;

use duewell_domain::debtor::PartyKind;
use duewell_domain::money::Money;
use duewell_domain::reference::fold;
use jiff::civil::Date;
use serde::Serialize;

use crate::bank_day::{bank_day_from, plus_days};
use crate::behaviour::Behaviour;
use crate::debtor::SampleDebtor;
use crate::iban::payer_iban;
use crate::identity::{Root, push_padded, stream};
use crate::receivable::{SampleReceivable, in_currency};
use crate::remittance::{self, Blemish, ReferenceForm};
use crate::rng::Rng;
use crate::spec::SampleSpec;

/// A payment with the truth about it.
///
/// `covers` and `unapplied` add up to `amount`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SamplePayment {
    /// The bank's own reference, unique in the book.
    pub bank_reference: String,
    /// Booking day, a bank day.
    pub paid_on: Date,
    pub amount: Money,
    pub kind: PaymentKind,
    /// The receivables it is for, by place in the debtor's list.
    pub covers: Vec<Cover>,
    /// More than was owed: it belongs to the debtor and to no receivable.
    pub unapplied: Money,
    pub payer: PayerForm,
    pub payer_name: String,
    pub payer_iban: Option<String>,
    pub reference_form: ReferenceForm,
    pub blemish: Option<Blemish>,
    pub structured: Option<String>,
    pub end_to_end_id: Option<String>,
    /// Free text, line by line, at most 140 characters each.
    pub remittance: Vec<String>,
    /// The bank books it together with others in one entry.
    pub collective: bool,
    /// The direct debit came back: it paid nothing in the end.
    pub returned: Option<Return>,
    /// What the creditor sent back.
    pub refund: Option<Refund>,
}

/// A part of a payment and the receivable it is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cover {
    pub receivable: usize,
    pub amount: Money,
}

/// A direct debit that came back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Return {
    pub bank_reference: String,
    pub on: Date,
    /// ISO 20022 external return reason code.
    pub reason: &'static str,
}

/// Money that went back to the payer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refund {
    pub bank_reference: String,
    pub on: Date,
    pub amount: Money,
}

/// What sort of payment it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentKind {
    /// One receivable, to the minor unit.
    Full,
    /// One of several equal parts.
    Part,
    /// Several receivables at once.
    Bundle,
    /// More than is owed.
    Over,
    /// Less than is owed: a bank kept a fee.
    UnderFee,
    /// Less than is owed: the amount was mistyped.
    UnderTypo,
    /// What was missing of an earlier payment.
    Rest,
    /// The same payment a second time.
    Duplicate,
    /// Pulled by the creditor on the due date.
    DirectDebit,
}

impl PaymentKind {
    /// Returns the word that the files use.
    pub fn as_str(self) -> &'static str {
        match self {
            PaymentKind::Full => "full",
            PaymentKind::Part => "part",
            PaymentKind::Bundle => "bundle",
            PaymentKind::Over => "over",
            PaymentKind::UnderFee => "under_fee",
            PaymentKind::UnderTypo => "under_typo",
            PaymentKind::Rest => "rest",
            PaymentKind::Duplicate => "duplicate",
            PaymentKind::DirectDebit => "direct_debit",
        }
    }
}

/// Whose name the bank gives for the payer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PayerForm {
    /// The debtor as in the creditor's books.
    Debtor,
    /// The debtor in plain capitals: `JOERG MUELLER`.
    DebtorCapitals,
    /// The debtor as `Müller, Jörg`.
    DebtorFamilyFirst,
    /// A relative with the same family name.
    Relative,
    /// The parent company.
    Parent,
}

/// SEPA names have at most 70 characters.
const NAME_MAX: usize = 70;
/// More invoices than this are paid by several transfers.
const BUNDLE_MAX: usize = 6;
/// Disputed and then paid: this many days after the due date.
const DISPUTE_DAYS: i32 = 45;

/// A payment before it has texts and a booking day.
#[derive(Clone)]
struct Planned {
    on: Date,
    kind: PaymentKind,
    about: Vec<usize>,
    covers: Vec<(usize, i64)>,
    surplus: i64,
    refunded_after: Option<i32>,
    returned_after: Option<(i32, &'static str)>,
    /// Draws payer and texts; a duplicate has that of its original.
    text_seed: u64,
}

impl Planned {
    fn amount(&self) -> i64 {
        self.covers.iter().map(|(_, minor)| minor).sum::<i64>() + self.surplus
    }
}

/// Returns the payments that are booked until the end of the book, in order of booking.
pub(crate) fn payments(spec: &SampleSpec, root: &Root, debtor: &SampleDebtor) -> Vec<SamplePayment> {
    let mut rng = Rng::stream(spec.seed, stream::PAYS, u64::from(debtor.index));
    let habit = ReferenceForm::draw(&mut rng, &spec.profile);
    let mut planned = plan(spec, debtor, &mut rng);
    for payment in &mut planned {
        payment.on = bank_day_from(payment.on);
    }
    planned.sort_by_key(|payment| payment.on);
    let ends_on = spec.ends_on();
    let booked = planned.into_iter().filter(|payment| payment.on <= ends_on && payment.amount() > 0);
    booked.enumerate().map(|(place, payment)| book(spec, root, debtor, habit, place, payment)).collect()
}

fn plan(spec: &SampleSpec, debtor: &SampleDebtor, rng: &mut Rng) -> Vec<Planned> {
    let mut planned = Vec::new();
    let mut bundles: BTreeMap<Date, Vec<usize>> = BTreeMap::new();
    for (place, receivable) in debtor.receivables.iter().enumerate() {
        let due_on = receivable.row.due_on;
        if debtor.disputed_on(place).is_some() {
            if !rng.chance(spec.profile.disputes_unpaid) {
                planned.push(whole(
                    rng,
                    PaymentKind::Full,
                    plus_days(due_on, DISPUTE_DAYS),
                    debtor,
                    &[place],
                ));
            }
            continue;
        }
        if debtor.direct_debit {
            direct_debit(spec, debtor, rng, place, &mut planned);
            continue;
        }
        let Some(on) = debtor.behaviour.first_payment_on(due_on, &spec.assumed_reminders(due_on)) else {
            continue;
        };
        match debtor.behaviour {
            Behaviour::Punctual { days_early } => {
                let slip = if rng.chance(spec.profile.punctual_slips) {
                    i32::from(days_early) + rng.between(1, 5) as i32
                } else {
                    0
                };
                // Nobody pays before the invoice is there.
                let on = plus_days(on, slip).max(plus_days(receivable.row.issued_on, 1));
                single(spec, debtor, rng, place, on, &mut planned);
            }
            Behaviour::SlightlyLate { .. } | Behaviour::AfterReminder { .. } => {
                single(spec, debtor, rng, place, on, &mut planned);
            }
            Behaviour::InParts { parts, days_between, .. } => {
                let amount = receivable.row.amount;
                let parts = usize::from(parts).min(amount.minor.unsigned_abs() as usize);
                let split = amount.split(parts).expect("there is at least one part");
                for (number, part) in split.into_iter().enumerate() {
                    let on = plus_days(on, number as i32 * i32::from(days_between));
                    let mut payment = whole(rng, PaymentKind::Part, on, debtor, &[place]);
                    payment.covers = vec![(place, part.minor)];
                    planned.push(payment);
                }
            }
            Behaviour::Bundles { .. } => bundles.entry(on).or_default().push(place),
            Behaviour::Never => {}
        }
    }
    for (on, places) in bundles {
        for places in places.chunks(BUNDLE_MAX) {
            match places {
                [one] => single(spec, debtor, rng, *one, on, &mut planned),
                several => planned.push(whole(rng, PaymentKind::Bundle, on, debtor, several)),
            }
        }
    }
    planned
}

fn whole(rng: &mut Rng, kind: PaymentKind, on: Date, debtor: &SampleDebtor, places: &[usize]) -> Planned {
    let covers = places.iter().map(|&place| (place, debtor.receivables[place].row.amount.minor)).collect();
    Planned {
        on,
        kind,
        about: places.to_vec(),
        covers,
        surplus: 0,
        refunded_after: None,
        returned_after: None,
        text_seed: rng.bits(),
    }
}

/// One transfer for one receivable, with what goes wrong on the way.
fn single(
    spec: &SampleSpec,
    debtor: &SampleDebtor,
    rng: &mut Rng,
    place: usize,
    on: Date,
    planned: &mut Vec<Planned>,
) {
    let profile = &spec.profile;
    let row = &debtor.receivables[place].row;
    let mut payment = whole(rng, PaymentKind::Full, on, debtor, &[place]);
    let luck = rng.below(1000) as u16;
    let refunded_after = rng.chance(profile.refunded).then(|| rng.between(5, 20) as i32);
    if luck < profile.overpaid {
        payment.kind = PaymentKind::Over;
        payment.surplus = surplus(rng, row.amount);
        payment.refunded_after = refunded_after;
    } else if luck < profile.overpaid + profile.underpaid_fee + profile.underpaid_typo {
        let (kind, missing) = if luck < profile.overpaid + profile.underpaid_fee {
            let fee = in_currency([150, 500, 750, 1_500][rng.below(4) as usize], row.amount.currency).minor;
            (PaymentKind::UnderFee, fee.min(row.amount.minor / 2))
        } else {
            (PaymentKind::UnderTypo, row.amount.minor - mistyped(row.amount.minor))
        };
        if missing > 0 && missing < row.amount.minor {
            payment.kind = kind;
            payment.covers = vec![(place, row.amount.minor - missing)];
            if rng.chance(profile.rest_follows) {
                let reminded = spec.assumed_reminders(row.due_on)[0].max(on);
                let mut rest = whole(rng, PaymentKind::Rest, plus_days(reminded, 3), debtor, &[place]);
                rest.covers = vec![(place, missing)];
                planned.push(rest);
            }
        }
    } else if rng.chance(profile.paid_twice) {
        let mut again = payment.clone();
        again.kind = PaymentKind::Duplicate;
        again.on = plus_days(on, rng.between(1, 9) as i32);
        again.surplus = payment.amount();
        again.covers = Vec::new();
        again.refunded_after = refunded_after;
        planned.push(payment);
        planned.push(again);
        return;
    }
    planned.push(payment);
}

fn direct_debit(
    spec: &SampleSpec,
    debtor: &SampleDebtor,
    rng: &mut Rng,
    place: usize,
    planned: &mut Vec<Planned>,
) {
    let due_on = debtor.receivables[place].row.due_on;
    let mut debit = whole(rng, PaymentKind::DirectDebit, due_on, debtor, &[place]);
    if rng.chance(spec.profile.debits_returned) {
        // Insufficient funds, account closed, payer disagrees, no mandate (ISO 20022 external code set).
        let reason = ["AM04", "AC04", "MD06", "MD01"][rng.weighted(&[700, 120, 140, 40])];
        let days = rng.between(2, 5) as i32;
        debit.returned_after = Some((days, reason));
        if rng.chance(spec.profile.returned_then_paid) {
            let asked = spec.assumed_reminders(due_on)[0].max(plus_days(due_on, days + 4));
            planned.push(whole(rng, PaymentKind::Full, plus_days(asked, 3), debtor, &[place]));
        }
    }
    planned.push(debit);
}

/// Up to the next ten, or a tenth more.
fn surplus(rng: &mut Rng, amount: Money) -> i64 {
    let ten = 10 * amount.currency.minor_per_major();
    let up = ten - amount.minor % ten;
    if rng.chance(500) { up } else { (amount.minor / 10).max(1) }
}

/// Swaps the first two neighbouring digits that make the amount smaller; else one tenth is missing.
fn mistyped(minor: i64) -> i64 {
    let mut digits = minor.to_string().into_bytes();
    match (0..digits.len().saturating_sub(1)).find(|&at| digits[at] > digits[at + 1]) {
        Some(at) => {
            digits.swap(at, at + 1);
            digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
        }
        None => minor - minor / 10,
    }
}

/// Gives a planned payment its payer, texts and bank reference.
fn book(
    spec: &SampleSpec,
    root: &Root,
    debtor: &SampleDebtor,
    habit: ReferenceForm,
    place: usize,
    planned: Planned,
) -> SamplePayment {
    let mut rng = Rng::new(planned.text_seed);
    let profile = &spec.profile;
    let is_debit = planned.kind == PaymentKind::DirectDebit;
    let about: Vec<&SampleReceivable> = planned.about.iter().map(|&at| &debtor.receivables[at]).collect();
    let (payer, payer_name, payer_iban) = if is_debit {
        (PayerForm::Debtor, own_name(debtor), Some(debtor.iban.clone()))
    } else {
        payer(spec, root, debtor, &mut rng)
    };
    let form = if is_debit {
        ReferenceForm::EndToEnd
    } else if rng.chance(profile.habit_broken) {
        ReferenceForm::draw(&mut rng, profile)
    } else {
        habit
    };
    let text = remittance::write(&mut rng, form, profile.typos, debtor, &about);
    let money = |minor| Money::new(minor, debtor.currency);
    let reference = |on, suffix| bank_reference(on, u64::from(debtor.index), place, suffix);
    let ends_on = spec.ends_on();
    let later = |days| Some(bank_day_from(plus_days(planned.on, days))).filter(|&day| day <= ends_on);
    let returned = planned
        .returned_after
        .and_then(|(days, reason)| Some(Return { on: later(days)?, reason, bank_reference: String::new() }));
    let refund = planned.refunded_after.filter(|_| planned.surplus > 0).and_then(|days| {
        Some(Refund { on: later(days)?, amount: money(planned.surplus), bank_reference: String::new() })
    });
    SamplePayment {
        bank_reference: reference(planned.on, 'P'),
        paid_on: planned.on,
        amount: money(planned.amount()),
        kind: planned.kind,
        covers: planned
            .covers
            .iter()
            .map(|&(receivable, minor)| Cover { receivable, amount: money(minor) })
            .collect(),
        unapplied: money(planned.surplus),
        payer,
        payer_name,
        payer_iban,
        reference_form: text.form,
        blemish: text.blemish,
        structured: text.structured,
        end_to_end_id: text.end_to_end_id,
        remittance: text.lines,
        collective: !is_debit && rng.chance(profile.collective_entries),
        returned: returned.map(|one| Return { bank_reference: reference(one.on, 'R'), ..one }),
        refund: refund.map(|one| Refund { bank_reference: reference(one.on, 'Z'), ..one }),
    }
}

/// Bank references are unique by debtor, place and suffix; the date in front is for people.
pub(crate) fn bank_reference(on: Date, index: u64, place: usize, suffix: char) -> String {
    let mut text = String::with_capacity(24);
    push_padded(&mut text, u64::from((on.year() % 100).unsigned_abs()), 2);
    push_padded(&mut text, u64::from(on.month().unsigned_abs()), 2);
    push_padded(&mut text, u64::from(on.day().unsigned_abs()), 2);
    push_padded(&mut text, index, 9);
    push_padded(&mut text, place as u64, 4);
    text.push(suffix);
    text
}

fn payer(
    spec: &SampleSpec,
    root: &Root,
    debtor: &SampleDebtor,
    rng: &mut Rng,
) -> (PayerForm, String, Option<String>) {
    let profile = &spec.profile;
    if let Some(parent) = root.parent
        && rng.chance(profile.parent_pays)
    {
        let above = Root::of(spec, parent);
        let mut name = String::new();
        above.push_name(spec, &mut name);
        return (PayerForm::Parent, clipped(&name), Some(above.contact(spec).iban));
    }
    if let (PartyKind::Person, Some(family)) = (root.kind, debtor.family_name)
        && rng.chance(profile.family_pays)
    {
        let others: Vec<&'static str> =
            root.locale.given.iter().copied().filter(|&given| Some(given) != debtor.given_name).collect();
        let name = format!("{} {family}", rng.pick(&others));
        return (PayerForm::Relative, name, Some(payer_iban(root.locale.country, rng)));
    }
    let iban = (!rng.chance(profile.without_account)).then(|| debtor.iban.clone());
    match (rng.weighted(&[600, 250, 150]), debtor.given_name, debtor.family_name) {
        (1, _, _) if debtor.name.is_ascii() || root.locale.language != "en" => {
            (PayerForm::DebtorCapitals, clipped(fold(&debtor.name).to_uppercase().trim()), iban)
        }
        (2, Some(given), Some(family)) => (PayerForm::DebtorFamilyFirst, format!("{family}, {given}"), iban),
        _ => (PayerForm::Debtor, own_name(debtor), iban),
    }
}

fn own_name(debtor: &SampleDebtor) -> String {
    clipped(&debtor.name)
}

fn clipped(name: &str) -> String {
    name.chars().take(NAME_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank_day::is_bank_day;
    use crate::spec::Profile;
    use std::collections::HashSet;

    fn book_of(profile: Profile) -> SampleSpec {
        SampleSpec { debtors: 2_000, months: 9, profile, ..SampleSpec::default() }
    }

    #[test]
    fn what_a_payment_covers_and_leaves_over_is_its_amount() {
        for profile in Profile::ALL {
            for debtor in book_of(profile).debtors() {
                for payment in &debtor.payments {
                    let covered: i64 = payment.covers.iter().map(|cover| cover.amount.minor).sum();
                    assert_eq!(covered + payment.unapplied.minor, payment.amount.minor);
                    assert!(payment.amount.is_positive() && payment.unapplied.minor >= 0);
                    assert!(payment.covers.iter().all(|cover| cover.amount.is_positive()));
                }
            }
        }
    }

    #[test]
    fn no_receivable_is_paid_more_than_it_is() {
        for profile in Profile::ALL {
            for debtor in book_of(profile).debtors() {
                let mut paid = vec![0; debtor.receivables.len()];
                for payment in debtor.payments.iter().filter(|payment| payment.returned.is_none()) {
                    for cover in &payment.covers {
                        paid[cover.receivable] += cover.amount.minor;
                    }
                }
                for (receivable, paid) in debtor.receivables.iter().zip(paid) {
                    assert!(paid <= receivable.row.amount.minor, "{} {paid}", receivable.number);
                }
            }
        }
    }

    #[test]
    fn the_bank_books_on_bank_days_within_the_book_and_never_twice_under_one_reference() {
        let spec = book_of(Profile::TRADE);
        let mut seen = HashSet::new();
        for debtor in spec.debtors() {
            for payment in &debtor.payments {
                let back = payment.returned.as_ref().map(|one| (one.on, &one.bank_reference));
                let refund = payment.refund.as_ref().map(|one| (one.on, &one.bank_reference));
                let own = Some((payment.paid_on, &payment.bank_reference));
                for (day, reference) in [own, back, refund].into_iter().flatten() {
                    assert!(is_bank_day(day) && day <= spec.ends_on() && day >= payment.paid_on);
                    assert!(seen.insert(reference.clone()), "{reference}");
                }
                let first =
                    payment.covers.first().map(|cover| debtor.receivables[cover.receivable].row.issued_on);
                assert!(first.is_none_or(|issued_on| issued_on < payment.paid_on));
            }
        }
    }

    #[test]
    fn a_duplicate_repeats_its_original_word_for_word() {
        let mut found = 0;
        for debtor in book_of(Profile::TRADE).debtors() {
            for twin in debtor.payments.iter().filter(|payment| payment.kind == PaymentKind::Duplicate) {
                let same = debtor.payments.iter().any(|payment| {
                    payment.kind == PaymentKind::Full
                        && payment.paid_on <= twin.paid_on
                        && payment.amount == twin.amount
                        && payment.remittance == twin.remittance
                        && payment.structured == twin.structured
                        && payment.payer_name == twin.payer_name
                });
                assert!(same, "{twin:?}");
                found += 1;
            }
        }
        assert!(found > 5, "{found}");
    }

    #[test]
    fn everything_the_profile_promises_happens() {
        let spec = SampleSpec { debtors: 6_000, months: 9, ..SampleSpec::default() };
        let (mut kinds, mut payers, mut forms, mut blemishes) =
            (HashSet::new(), HashSet::new(), HashSet::new(), HashSet::new());
        let (mut returned, mut refunded, mut collective, mut no_account) = (0, 0, 0, 0);
        for payment in spec.debtors().flat_map(|debtor| debtor.payments) {
            kinds.insert(payment.kind);
            payers.insert(payment.payer);
            forms.insert(payment.reference_form);
            blemishes.extend(payment.blemish);
            returned += u32::from(payment.returned.is_some());
            refunded += u32::from(payment.refund.is_some());
            collective += u32::from(payment.collective);
            no_account += u32::from(payment.payer_iban.is_none());
        }
        assert_eq!((kinds.len(), payers.len(), forms.len(), blemishes.len()), (9, 5, 6, 7));
        assert!(returned > 10 && refunded > 10 && collective > 100 && no_account > 50);
    }

    #[test]
    fn shares_of_the_hard_book_are_those_of_its_source() {
        // 101,385 fines: 46 % pay something, 5 % in several parts; ux facts, 3.2.
        let spec =
            SampleSpec { debtors: 20_000, months: 24, profile: Profile::FINES, ..SampleSpec::default() };
        let (mut old, mut payers, mut several) = (0u32, 0u32, 0u32);
        for debtor in spec.debtors() {
            let receivable = &debtor.receivables[0];
            if plus_days(receivable.row.due_on, 200) > spec.ends_on() {
                continue;
            }
            old += 1;
            payers += u32::from(!debtor.payments.is_empty());
            several +=
                u32::from(debtor.payments.iter().filter(|one| one.kind == PaymentKind::Part).count() > 1);
        }
        let per_mille = |count: u32| count * 1000 / old;
        assert!((435..475).contains(&per_mille(payers)), "{}", per_mille(payers));
        assert!((40..60).contains(&per_mille(several)), "{}", per_mille(several));
    }

    #[test]
    fn a_mistyped_amount_is_smaller() {
        assert_eq!(mistyped(12_990), 12_909);
        assert_eq!(mistyped(9_910), 9_190);
        assert_eq!(mistyped(1_999), 1_800);
    }
}
