//! Who there is in a seed's world: the creditor's rules, the debtors, and how they pay.

use duewell_domain::debtor::Channel;
use duewell_domain::dunning::{NoticeKind, Scenario, Step};
use duewell_domain::money::Currency;
use duewell_sample::rng::Rng;

/// How a debtor pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    Prompt,
    Late,
    /// Pays after the second or third letter.
    Slow,
    /// Pays after everything was said, or never.
    Stubborn,
    Partial,
    Erratic,
}

#[derive(Clone, Debug)]
pub struct Person {
    pub external_id: String,
    pub name: String,
    pub company: bool,
    pub language: &'static str,
    pub country: Option<&'static str>,
    pub zone: Option<&'static str>,
    pub emails: Vec<String>,
    pub habit: Habit,
    /// The first is where most claims are made.
    pub currencies: Vec<Currency>,
}

/// A seed's world before its first day.
#[derive(Clone, Debug)]
pub struct World {
    pub zone: &'static str,
    pub holidays: &'static str,
    pub scenario: Scenario,
    pub people: Vec<Person>,
    pub currencies: Vec<Currency>,
    /// Whether the mail server drops a message id it knows.
    pub drops_repeats: bool,
    /// Whether the bank gives references of its own.
    pub bank_references: bool,
}

const FIRST: [&str; 10] =
    ["Anna", "Jörg", "Maria", "Luca", "Chloé", "Peter", "Ines", "Olga", "Haruki", "Fatima"];
const LAST: [&str; 10] = [
    "Müller",
    "Berg",
    "O'Neil",
    "Peña",
    "Lefèvre",
    "Sato",
    "van der Meer",
    "Novak",
    "Al-Sabah",
    "Groß & Söhne GmbH",
];
/// Country, stated zone: with and without clues, some wide countries.
const PLACES: [(Option<&str>, Option<&str>); 12] = [
    (Some("DE"), None),
    (Some("DE"), Some("Europe/Berlin")),
    (Some("FR"), None),
    (Some("PT"), None),
    (Some("ES"), Some("Atlantic/Canary")),
    (Some("GB"), None),
    (Some("US"), Some("America/New_York")),
    (Some("US"), None),
    (Some("JP"), None),
    (Some("KW"), None),
    (None, None),
    (Some("AU"), None),
];

impl World {
    pub fn of(seed: u64) -> World {
        let mut rng = Rng::stream(seed, 1, 0);
        let count = rng.between(4, 8) as usize;
        let foreign = match rng.below(5) {
            0 => Some(Currency::JPY),
            1 => Some(Currency::KWD),
            _ => None,
        };
        let mut currencies = vec![Currency::EUR];
        currencies.extend(foreign);
        let mut people: Vec<Person> =
            (0..count).map(|index| person(&mut rng, seed, index, foreign)).collect();
        if rng.chance(150) {
            // Two debtors of one name: money that names nobody else must wait.
            let name = people[0].name.clone();
            people[count - 1].name = name;
        }
        World {
            zone: rng.pick(&["Europe/Berlin", "Europe/Berlin", "Europe/London", "Europe/Lisbon"]),
            holidays: rng.pick(&["DE", "DE", ""]),
            scenario: if rng.chance(250) { brisk() } else { Scenario::standard() },
            people,
            currencies,
            drops_repeats: rng.chance(250),
            bank_references: rng.chance(800),
        }
    }
}

/// A scenario of other numbers, so that the auditor cannot be right by habit.
fn brisk() -> Scenario {
    let step = |offset_days, notice, pay_within_days| Step {
        offset_days,
        notice,
        channel: Channel::Email,
        pay_within_days,
    };
    Scenario {
        steps: vec![
            step(-5, NoticeKind::PreDue, 5),
            step(2, NoticeKind::First, 5),
            step(9, NoticeKind::Second, 5),
            step(21, NoticeKind::Final, 7),
        ],
        gap_days_min: 5,
        tolerance_minor: 0,
        ..Scenario::standard()
    }
}

fn person(rng: &mut Rng, seed: u64, index: usize, foreign: Option<Currency>) -> Person {
    let (country, zone) = PLACES[rng.below(PLACES.len() as u64) as usize];
    let last = LAST[index % LAST.len()];
    let company = index % 3 == 2;
    let name = match company {
        true => format!("{last} {} Handel", ["Nord", "Süd", "West"][rng.below(3) as usize]),
        false => format!("{} {last}", FIRST[rng.below(FIRST.len() as u64) as usize]),
    };
    let habits = [Habit::Prompt, Habit::Late, Habit::Slow, Habit::Stubborn, Habit::Partial, Habit::Erratic];
    // At least one of each world is worth the whole scenario.
    let habit = if index == 1 { Habit::Stubborn } else { habits[rng.weighted(&[15, 20, 25, 20, 10, 10])] };
    let address = |number: u64| format!("d{index}.{number}.{seed}@debtors.example");
    let emails = match rng.weighted(&[8, 72, 20]) {
        0 => Vec::new(),
        1 => vec![address(1)],
        _ => vec![address(1), address(2)],
    };
    let currencies = match foreign {
        Some(foreign) if index == 0 || rng.chance(250) => vec![foreign, Currency::EUR],
        Some(_) | None => vec![Currency::EUR],
    };
    Person {
        external_id: format!("C{:03}", 100 + index),
        name,
        company,
        language: rng.pick(&["en", "de", "fr", "es", "nl"]),
        country,
        zone,
        emails,
        habit,
        currencies,
    }
}

/// An amount as invoices have it, in minor units.
pub fn amount(rng: &mut Rng, currency: Currency) -> i64 {
    let cents = match rng.below(20) {
        // Within the tolerance of most scenarios.
        0 => rng.between(20, 100),
        1 => rng.between(100_000, 900_000),
        _ => rng.between(1_500, 60_000),
    } as i64;
    match currency.exponent() {
        0 => (cents * 3 / 2).max(1),
        3 => cents * 7,
        _ => cents,
    }
}
