//! Denmark, Sweden, Norway, Finland.

use jiff::civil::Weekday::{Friday, Saturday};

use crate::calendar::Rule;

/// Great Prayer Day went with lov 214 of 6 March 2023.
pub(super) const DK: &[Rule] = &[
    Rule::fixed("Nytårsdag", 1, 1),
    Rule::easter("Skærtorsdag", -3),
    Rule::easter("Langfredag", -2),
    Rule::easter("Påskedag", 0),
    Rule::easter("Anden påskedag", 1),
    Rule::easter("Store bededag", 26).until(2023),
    Rule::easter("Kristi himmelfartsdag", 39),
    Rule::easter("Pinsedag", 49),
    Rule::easter("Anden pinsedag", 50),
    Rule::fixed("Juledag", 12, 25),
    Rule::fixed("Anden juledag", 12, 26),
];

/// Lag (1989:253) om allmänna helgdagar; the National Day took Whit Monday's place in 2005.
pub(super) const SE: &[Rule] = &[
    Rule::fixed("Nyårsdagen", 1, 1),
    Rule::fixed("Trettondedag jul", 1, 6),
    Rule::easter("Långfredagen", -2),
    Rule::easter("Påskdagen", 0),
    Rule::easter("Annandag påsk", 1),
    Rule::fixed("Första maj", 5, 1),
    Rule::easter("Kristi himmelsfärdsdag", 39),
    Rule::easter("Pingstdagen", 49),
    Rule::easter("Annandag pingst", 50).until(2004),
    Rule::fixed("Nationaldagen", 6, 6).since(2005),
    Rule::on_or_after("Midsommardagen", Saturday, 6, 20),
    Rule::on_or_after("Alla helgons dag", Saturday, 10, 31),
    Rule::fixed("Juldagen", 12, 25),
    Rule::fixed("Annandag jul", 12, 26),
];

/// Lov om helligdager og helligdagsfred 1995 and lov om 1 og 17 mai 1947.
pub(super) const NO: &[Rule] = &[
    Rule::fixed("Første nyttårsdag", 1, 1),
    Rule::easter("Skjærtorsdag", -3),
    Rule::easter("Langfredag", -2),
    Rule::easter("Første påskedag", 0),
    Rule::easter("Andre påskedag", 1),
    Rule::fixed("Arbeidernes dag", 5, 1),
    Rule::fixed("Grunnlovsdag", 5, 17),
    Rule::easter("Kristi himmelfartsdag", 39),
    Rule::easter("Første pinsedag", 49),
    Rule::easter("Andre pinsedag", 50),
    Rule::fixed("Første juledag", 12, 25),
    Rule::fixed("Andre juledag", 12, 26),
];

/// Kirkkolaki and työaikalaki, with the eves on which offices and banks are closed.
pub(super) const FI: &[Rule] = &[
    Rule::fixed("Uudenvuodenpäivä", 1, 1),
    Rule::fixed("Loppiainen", 1, 6),
    Rule::easter("Pitkäperjantai", -2),
    Rule::easter("Pääsiäispäivä", 0),
    Rule::easter("Toinen pääsiäispäivä", 1),
    Rule::fixed("Vappu", 5, 1),
    // A Saturday until 1990.
    Rule::easter("Helatorstai", 34).until(1990),
    Rule::easter("Helatorstai", 39).since(1991),
    Rule::easter("Helluntaipäivä", 49),
    Rule::on_or_after("Juhannusaatto", Friday, 6, 19),
    Rule::on_or_after("Juhannuspäivä", Saturday, 6, 20),
    Rule::on_or_after("Pyhäinpäivä", Saturday, 10, 31),
    Rule::fixed("Itsenäisyyspäivä", 12, 6),
    Rule::fixed("Jouluaatto", 12, 24),
    Rule::fixed("Joulupäivä", 12, 25),
    Rule::fixed("Tapaninpäivä", 12, 26),
];
