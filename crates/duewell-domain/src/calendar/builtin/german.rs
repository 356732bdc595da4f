//! Germany and its Länder, Austria, Switzerland.
//!
//! The holidays acts of the Länder (Feiertagsgesetze) and article 2 of the
//! Unification Treaty; Feiertagsruhegesetz 1957; article 110 of the Swiss
//! constitution and the cantonal acts.

use jiff::civil::Weekday::Wednesday;

use crate::calendar::Rule;

pub(super) const DE: &[Rule] = &[
    Rule::fixed("Neujahr", 1, 1),
    Rule::easter("Karfreitag", -2),
    Rule::easter("Ostermontag", 1),
    Rule::fixed("Erster Mai", 5, 1),
    Rule::easter("Christi Himmelfahrt", 39),
    Rule::easter("Pfingstmontag", 50),
    Rule::fixed("Tag der Deutschen Einheit", 10, 3),
    // Five hundred years of the Reformation: once, in all Länder.
    Rule::days("Reformationstag", &[(2017, 10, 31)]),
    Rule::before("Buß- und Bettag", Wednesday, 11, 23).until(1994),
    Rule::fixed("Erster Weihnachtstag", 12, 25),
    Rule::fixed("Zweiter Weihnachtstag", 12, 26),
];

pub(super) const EPIPHANY: &[Rule] = &[Rule::fixed("Heilige Drei Könige", 1, 6)];
pub(super) const CORPUS_CHRISTI: &[Rule] = &[Rule::easter("Fronleichnam", 60)];
pub(super) const ASSUMPTION: &[Rule] = &[Rule::fixed("Mariä Himmelfahrt", 8, 15)];
pub(super) const REFORMATION: &[Rule] = &[Rule::fixed("Reformationstag", 10, 31)];
pub(super) const REFORMATION_SINCE_2018: &[Rule] = &[Rule::fixed("Reformationstag", 10, 31).since(2018)];
pub(super) const ALL_SAINTS: &[Rule] = &[Rule::fixed("Allerheiligen", 11, 1)];

pub(super) const DE_BE: &[Rule] = &[
    Rule::fixed("Frauentag", 3, 8).since(2019),
    Rule::days("75. Jahrestag der Befreiung", &[(2020, 5, 8)]),
    Rule::days("80. Jahrestag der Befreiung", &[(2025, 5, 8)]),
    Rule::days("75. Jahrestag des Aufstandes vom 17. Juni 1953", &[(2028, 6, 17)]),
];

pub(super) const DE_BB: &[Rule] = &[Rule::easter("Ostersonntag", 0), Rule::easter("Pfingstsonntag", 49)];

pub(super) const DE_MV: &[Rule] = &[Rule::fixed("Frauentag", 3, 8).since(2023)];

pub(super) const DE_SN: &[Rule] = &[Rule::before("Buß- und Bettag", Wednesday, 11, 23).since(1995)];

pub(super) const DE_TH: &[Rule] = &[Rule::fixed("Weltkindertag", 9, 20).since(2019)];

pub(super) const AT: &[Rule] = &[
    Rule::fixed("Neujahr", 1, 1),
    Rule::fixed("Heilige Drei Könige", 1, 6),
    Rule::easter("Ostermontag", 1),
    Rule::fixed("Staatsfeiertag", 5, 1),
    Rule::easter("Christi Himmelfahrt", 39),
    Rule::easter("Pfingstmontag", 50),
    Rule::easter("Fronleichnam", 60),
    Rule::fixed("Mariä Himmelfahrt", 8, 15),
    Rule::fixed("Nationalfeiertag", 10, 26),
    Rule::fixed("Allerheiligen", 11, 1),
    Rule::fixed("Mariä Empfängnis", 12, 8),
    Rule::fixed("Christtag", 12, 25),
    Rule::fixed("Stephanstag", 12, 26),
];

/// What all cantons have in common.
pub(super) const CH: &[Rule] = &[
    Rule::fixed("Neujahrstag", 1, 1),
    Rule::easter("Auffahrt", 39),
    Rule::fixed("Nationalfeiertag", 8, 1),
    Rule::fixed("Weihnachten", 12, 25),
];

pub(super) const CH_ZH: &[Rule] = &[
    Rule::easter("Karfreitag", -2),
    Rule::easter("Ostermontag", 1),
    Rule::fixed("Tag der Arbeit", 5, 1),
    Rule::easter("Pfingstmontag", 50),
    Rule::fixed("Stephanstag", 12, 26),
];
