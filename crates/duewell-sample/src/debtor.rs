//! A whole debtor of the sample book, and walking through all of them.

use duewell_domain::debtor::PartyKind;
use duewell_domain::money::Currency;
use jiff::civil::Date;
use serde::Serialize;

use crate::bank_day::plus_days;
use crate::behaviour::Behaviour;
use crate::iban::payer_iban;
use crate::identity::{Root, push_customer_number, push_number, push_padded, stream};
use crate::payment::{SamplePayment, payments};
use crate::receivable::{SampleReceivable, fill_rows};
use crate::rng::Rng;
use crate::spec::SampleSpec;

/// A debtor with everything about them, the truth included.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SampleDebtor {
    /// Place in the book, from 0.
    pub index: u32,
    /// Customer number, e.g. `C10017`.
    pub number: String,
    pub kind: PartyKind,
    pub name: String,
    /// Given name of persons.
    pub given_name: Option<&'static str>,
    pub family_name: Option<&'static str>,
    pub email: Option<String>,
    /// E.164, from ranges reserved for fiction; none in countries without such a range.
    pub phone: Option<String>,
    pub street: String,
    pub postcode: &'static str,
    pub city: &'static str,
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// BCP 47.
    pub language: &'static str,
    /// IANA name.
    pub time_zone: &'static str,
    pub segment: &'static str,
    /// Index of the parent company, always smaller than the own.
    pub parent: Option<u32>,
    pub currency: Currency,
    /// The account the debtor pays from.
    pub iban: String,
    pub behaviour: Behaviour,
    /// Pays by direct debit.
    pub direct_debit: bool,
    pub receivables: Vec<SampleReceivable>,
    /// What reaches the bank until the last day of the book, in order of booking.
    pub payments: Vec<SamplePayment>,
    pub events: Vec<SampleEvent>,
}

/// Something that happens besides paying.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SampleEvent {
    /// The debtor says that this receivable (by place in the list) is wrong.
    Disputed { receivable: usize, on: Date, reason: &'static str },
    /// Mail to the address comes back.
    EmailBounces,
    /// The first letter after this day comes back: moved away.
    LetterReturned { on: Date },
}

impl SampleSpec {
    /// Makes the debtor at `index` (from 0). It does not depend on any other but the parent.
    pub fn debtor(&self, index: u32) -> SampleDebtor {
        let root = Root::of(self, index);
        let locale = root.locale;
        let mut number = String::with_capacity(8);
        root.push_number(&mut number);
        let mut name = String::with_capacity(32);
        let parts = root.push_name(self, &mut name);
        let mut email = String::with_capacity(48);
        let bounces = root.push_email(self, parts, &mut email);

        let Contact { place, street, phone, iban, moved } = root.contact(self);
        let mut rows = Vec::new();
        fill_rows(self, &root, &mut rows);
        let receivables: Vec<SampleReceivable> =
            rows.into_iter().map(|row| self.receivable_of(row, &root)).collect();
        let mut rng = Rng::stream(self.seed, stream::BEHAVIOUR, u64::from(index));
        let behaviour = Behaviour::draw(&mut rng, &self.profile);
        let direct_debit = rng.chance(self.profile.direct_debit)
            && root.kind == PartyKind::Person
            && root.currency == Currency::EUR
            && matches!(behaviour, Behaviour::Punctual { .. } | Behaviour::SlightlyLate { .. });
        let mut events = Vec::new();
        if bounces {
            events.push(SampleEvent::EmailBounces);
        }
        if moved && let Some(first) = receivables.first() {
            events.push(SampleEvent::LetterReturned { on: first.row.due_on });
        }
        for (position, receivable) in receivables.iter().enumerate() {
            if rng.chance(self.profile.disputes) {
                let on = plus_days(receivable.row.issued_on, rng.between(3, 40) as i32);
                let reason =
                    rng.pick(&["goods_missing", "goods_damaged", "price_wrong", "already_paid", "not_mine"]);
                events.push(SampleEvent::Disputed { receivable: position, on, reason });
            }
        }
        let mut debtor = SampleDebtor {
            index,
            number,
            kind: root.kind,
            name,
            given_name: parts.given,
            family_name: parts.family,
            email: (!email.is_empty()).then_some(email),
            phone,
            street,
            postcode: place.0,
            city: place.1,
            country: locale.country,
            language: locale.language,
            time_zone: place.2,
            segment: root.segment(),
            parent: root.parent,
            currency: root.currency,
            iban,
            behaviour,
            direct_debit,
            receivables,
            payments: Vec::new(),
            events,
        };
        debtor.payments = payments(self, &root, &debtor);
        debtor
    }

    /// Walks through all debtors in order, holding one at a time.
    pub fn debtors(&self) -> Debtors<'_> {
        Debtors { spec: self, next: 0 }
    }

    /// Returns a debtor's customer number without making the debtor.
    pub fn customer_number(&self, index: u32) -> String {
        let mut number = String::with_capacity(8);
        push_customer_number(&mut number, index);
        number
    }
}

/// All debtors of a book, one at a time. See [`SampleSpec::debtors`].
pub struct Debtors<'a> {
    spec: &'a SampleSpec,
    next: u32,
}

impl Iterator for Debtors<'_> {
    type Item = SampleDebtor;

    fn next(&mut self) -> Option<SampleDebtor> {
        if self.next >= self.spec.debtors {
            return None;
        }
        self.next += 1;
        Some(self.spec.debtor(self.next - 1))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.spec.debtors - self.next) as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Debtors<'_> {}

impl SampleDebtor {
    /// Returns whether mail to the debtor comes back.
    pub fn email_bounces(&self) -> bool {
        self.events.contains(&SampleEvent::EmailBounces)
    }

    /// Returns on which day the debtor disputes a receivable, if at all.
    pub fn disputed_on(&self, receivable: usize) -> Option<Date> {
        self.events.iter().find_map(|event| match event {
            SampleEvent::Disputed { receivable: place, on, .. } if *place == receivable => Some(*on),
            SampleEvent::Disputed { .. } | SampleEvent::EmailBounces | SampleEvent::LetterReturned { .. } => {
                None
            }
        })
    }
}

/// How to reach a debtor besides e-mail, and the account they pay from.
pub(crate) struct Contact {
    /// Postcode, city, time zone.
    place: (&'static str, &'static str, &'static str),
    street: String,
    phone: Option<String>,
    pub iban: String,
    moved: bool,
}

impl Root {
    pub(crate) fn contact(&self, spec: &SampleSpec) -> Contact {
        let mut rng = self.contact_rng(spec);
        let cities = self.locale.cities;
        Contact {
            place: cities[rng.below(cities.len() as u64) as usize],
            street: street(self, &mut rng),
            phone: phone(self, &mut rng),
            iban: payer_iban(self.locale.country, &mut rng),
            moved: rng.chance(spec.profile.letters_returned),
        }
    }
}

fn street(root: &Root, rng: &mut Rng) -> String {
    let mut street = String::with_capacity(32);
    let name = rng.pick(root.locale.streets);
    let number = rng.between(1, 180);
    if root.locale.number_first {
        push_number(&mut street, number);
        street.push(' ');
        street.push_str(name);
    } else {
        street.push_str(name);
        street.push(' ');
        push_number(&mut street, number);
    }
    street
}

fn phone(root: &Root, rng: &mut Rng) -> Option<String> {
    let phones = root.locale.phones;
    if phones.is_empty() {
        return None;
    }
    let (prefix, digits) = phones[rng.below(phones.len() as u64) as usize];
    let mut phone = String::with_capacity(16);
    phone.push_str(prefix);
    push_padded(&mut phone, rng.below(10u64.pow(digits as u32)), digits);
    Some(phone)
}
