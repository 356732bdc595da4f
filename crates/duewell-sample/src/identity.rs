//! Who a debtor is: kind, family, name, place and ways to reach them, from (seed, index) alone.

use duewell_domain::debtor::PartyKind;
use duewell_domain::money::Currency;
use duewell_domain::reference::fold;

use crate::names::{AT, CH, DE, ES, FR, GB, HOSTILE, IE, JP, KW, Locale, US};
use crate::rng::Rng;
use crate::spec::SampleSpec;

/// Names of the independent random streams of a book.
pub(crate) mod stream {
    pub const ROOT: u64 = 1;
    pub const NAME: u64 = 2;
    pub const CONTACT: u64 = 3;
    pub const OWED: u64 = 4;
    pub const BEHAVIOUR: u64 = 5;
    pub const PAYS: u64 = 6;
    pub const STRANGER: u64 = 7;
}

/// What everything else about a debtor depends on.
#[derive(Clone, Copy)]
pub(crate) struct Root {
    pub index: u32,
    pub kind: PartyKind,
    pub parent: Option<u32>,
    pub currency: Currency,
    pub locale: &'static Locale,
    hostile: bool,
}

/// A name in its parts; persons have a given name, companies with a hostile name no family.
#[derive(Clone, Copy)]
pub(crate) struct Name {
    pub given: Option<&'static str>,
    pub family: Option<&'static str>,
}

/// How far back a subsidiary looks for a parent.
const PARENT_SEARCH: u32 = 64;
/// Customer numbers count from here, so that they all have five digits in small books.
const FIRST_CUSTOMER: u64 = 10_000;

impl Root {
    pub(crate) fn of(spec: &SampleSpec, index: u32) -> Root {
        let own = Root::unrelated(spec, index);
        let Some(parent) = own.wants_parent.then(|| parent_of(spec, index)).flatten() else {
            return own.root;
        };
        // A daughter lives in its parent's country and is invoiced in its parent's currency.
        let above = Root::unrelated(spec, parent).root;
        Root { parent: Some(parent), currency: above.currency, locale: above.locale, ..own.root }
    }

    fn unrelated(spec: &SampleSpec, index: u32) -> Unrelated {
        let mut rng = Rng::stream(spec.seed, stream::ROOT, u64::from(index));
        let is_company = rng.chance(spec.profile.companies);
        let wants_parent = rng.chance(spec.profile.subsidiaries) && is_company;
        let hostile = rng.chance(spec.profile.hostile_names) && is_company;
        let currency = pick_currency(spec, &mut rng);
        let locale = pick_locale(currency, &mut rng);
        let kind = if is_company { PartyKind::Company } else { PartyKind::Person };
        Unrelated { root: Root { index, kind, parent: None, currency, locale, hostile }, wants_parent }
    }

    /// Appends the customer number, e.g. `C10017`.
    pub(crate) fn push_number(&self, out: &mut String) {
        push_customer_number(out, self.index);
    }

    /// Appends the name and returns its parts.
    pub(crate) fn push_name(&self, spec: &SampleSpec, out: &mut String) -> Name {
        let mut rng = Rng::stream(spec.seed, stream::NAME, u64::from(self.index));
        let locale = self.locale;
        if self.hostile {
            out.push_str(rng.pick(HOSTILE));
            return Name { given: None, family: None };
        }
        match self.kind {
            PartyKind::Person => {
                let given = rng.pick(locale.given);
                let family = rng.pick(locale.family);
                out.push_str(given);
                out.push(' ');
                if rng.chance(250) && locale.language == "en" {
                    out.push(char::from(b'A' + rng.below(26) as u8));
                    out.push_str(". ");
                }
                out.push_str(family);
                Name { given: Some(given), family: Some(family) }
            }
            PartyKind::Company => {
                let family = self.parent.map_or_else(
                    || rng.pick(locale.family),
                    |parent| family_of_company(spec, parent, locale),
                );
                let (trade, form) = (rng.pick(locale.trades), rng.pick(locale.legal_forms));
                let city = locale.cities[rng.below(locale.cities.len() as u64) as usize].1;
                let with_city = rng.chance(300) || self.parent.is_some();
                out.push_str(family);
                out.push(' ');
                out.push_str(trade);
                if with_city {
                    out.push(' ');
                    out.push_str(city);
                }
                out.push(' ');
                out.push_str(form);
                Name { given: None, family: Some(family) }
            }
        }
    }

    /// Appends the e-mail address; nothing when the debtor has none. Returns whether mail to it bounces.
    pub(crate) fn push_email(&self, spec: &SampleSpec, name: Name, out: &mut String) -> bool {
        let mut rng = Rng::stream(spec.seed, stream::CONTACT, u64::from(self.index));
        if rng.chance(spec.profile.without_email) {
            return false;
        }
        let bounces = rng.chance(spec.profile.email_bounces);
        let start = out.len();
        for part in [name.given, name.family].into_iter().flatten() {
            push_slug(out, part, '.');
            if out.len() > start && !out.ends_with('.') {
                out.push('.');
            }
        }
        push_number(out, u64::from(self.index) + 1);
        match (bounces, self.kind) {
            (true, _) => out.push_str("@bounce.example"),
            (false, PartyKind::Person) => {
                out.push_str(rng.pick(&["@example.com", "@example.org", "@example.net", "@mail.example"]));
            }
            (false, PartyKind::Company) => {
                out.push_str(rng.pick(&[
                    "@accounts.example",
                    "@office.example",
                    "@finance.example",
                    "@example.com",
                ]));
            }
        }
        bounces
    }

    /// Returns the stream for phone, address and account, which mail does not touch.
    pub(crate) fn contact_rng(&self, spec: &SampleSpec) -> Rng {
        let mut rng = Rng::stream(spec.seed, stream::CONTACT, u64::from(self.index));
        Rng::new(rng.bits() ^ 0x00c0_ffee)
    }

    /// Returns how the creditor groups its debtors.
    pub(crate) fn segment(&self) -> &'static str {
        match (self.kind, self.parent) {
            (PartyKind::Person, _) => "consumer",
            (PartyKind::Company, Some(_)) => "key-account",
            // One company in eight matters more.
            (PartyKind::Company, None) if self.index.is_multiple_of(8) => "key-account",
            (PartyKind::Company, None) => "business",
        }
    }
}

struct Unrelated {
    root: Root,
    wants_parent: bool,
}

/// Returns the nearest company before `index` that is nobody's daughter.
fn parent_of(spec: &SampleSpec, index: u32) -> Option<u32> {
    (index.saturating_sub(PARENT_SEARCH)..index).rev().find(|&candidate| {
        let above = Root::unrelated(spec, candidate);
        above.root.kind == PartyKind::Company && !above.wants_parent && !above.root.hostile
    })
}

fn family_of_company(spec: &SampleSpec, index: u32, locale: &Locale) -> &'static str {
    Rng::stream(spec.seed, stream::NAME, u64::from(index)).pick(locale.family)
}

fn pick_currency(spec: &SampleSpec, rng: &mut Rng) -> Currency {
    let mix = &spec.currencies.0;
    let total: u64 = mix.iter().map(|(_, weight)| u64::from(*weight)).sum();
    let mut rest = rng.below(total);
    for (currency, weight) in mix {
        if rest < u64::from(*weight) {
            return *currency;
        }
        rest -= u64::from(*weight);
    }
    mix.last().map_or(Currency::EUR, |(currency, _)| *currency)
}

fn pick_locale(currency: Currency, rng: &mut Rng) -> &'static Locale {
    let euro = [&DE, &AT, &FR, &ES, &IE][rng.weighted(&[560, 100, 160, 120, 60])];
    match currency.code() {
        "GBP" => &GB,
        "CHF" => &CH,
        "USD" => &US,
        "JPY" => &JP,
        "KWD" => &KW,
        _ => euro,
    }
}

/// Appends the customer number of a debtor, e.g. `C10017`.
pub(crate) fn push_customer_number(out: &mut String, index: u32) {
    out.push('C');
    push_number(out, FIRST_CUSTOMER + u64::from(index));
}

/// Appends a whole number without the cost of formatting.
pub(crate) fn push_number(out: &mut String, number: u64) {
    push_padded(out, number, 1);
}

/// Appends a whole number with leading zeros.
pub(crate) fn push_padded(out: &mut String, mut number: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut start = digits.len();
    while number > 0 || digits.len() - start < width.min(20) {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
    }
    out.extend(digits[start..].iter().map(|&digit| char::from(digit)));
}

/// Appends plain ASCII letters and digits of a name, blanks as `separator`.
fn push_slug(out: &mut String, text: &str, separator: char) {
    let start = out.len();
    let mut buffer = [0; 4];
    for c in text.chars() {
        let folded;
        let piece: &str = if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
            continue;
        } else if c.is_ascii() {
            " "
        } else {
            folded = fold(c.encode_utf8(&mut buffer));
            &folded
        };
        for c in piece.chars() {
            if c.is_ascii_alphanumeric() {
                out.push(c);
            } else if c == ' ' && out.len() > start && !out.ends_with(separator) {
                out.push(separator);
            }
        }
    }
    if out.len() > start && out.ends_with(separator) {
        out.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_plain_letters_of_the_name() {
        for (name, slug) in
            [("Jörg", "joerg"), ("O'Brien", "o.brien"), ("von der Heide", "von.der.heide"), ("佐藤", "")]
        {
            let mut out = String::new();
            push_slug(&mut out, name, '.');
            assert_eq!(out, slug);
        }
    }

    #[test]
    fn numbers_are_padded() {
        let mut out = String::new();
        push_padded(&mut out, 17, 4);
        push_number(&mut out, 0);
        push_number(&mut out, u64::MAX);
        assert_eq!(out, "0017018446744073709551615");
    }

    #[test]
    fn daughters_share_family_name_country_and_currency_with_their_parent() {
        let spec = SampleSpec { debtors: 3_000, ..SampleSpec::default() };
        let mut daughters = 0;
        for index in 0..spec.debtors {
            let root = Root::of(&spec, index);
            let Some(parent) = root.parent else { continue };
            assert!(parent < index);
            let above = Root::of(&spec, parent);
            assert_eq!((above.kind, above.parent), (PartyKind::Company, None));
            assert_eq!((root.currency, root.locale.country), (above.currency, above.locale.country));
            if !root.hostile {
                let (mut own, mut others) = (String::new(), String::new());
                assert_eq!(
                    root.push_name(&spec, &mut own).family,
                    above.push_name(&spec, &mut others).family
                );
            }
            daughters += 1;
        }
        assert!((40..140).contains(&daughters), "{daughters}");
    }
}
