//! The rest of the continent, and TARGET.

use jiff::civil::Weekday::Sunday;

use crate::calendar::{Rule, Shift};

/// The closing days of the Eurosystem's payment system, settled for good on 14 December 2000.
pub(super) const T2: &[Rule] = &[
    Rule::fixed("New Year's Day", 1, 1).since(1999),
    Rule::easter("Good Friday", -2).since(2000),
    Rule::easter("Easter Monday", 1).since(2000),
    Rule::fixed("Labour Day", 5, 1).since(2000),
    Rule::fixed("Christmas Day", 12, 25).since(1999),
    Rule::fixed("Christmas Holiday", 12, 26).since(2000),
    Rule::days("Additional closing day", &[(1999, 12, 31), (2001, 12, 31)]),
];

/// Code du travail, article L3133-1. Whit Monday was to be worked from 2005 to 2007.
pub(super) const FR: &[Rule] = &[
    Rule::fixed("Jour de l'an", 1, 1),
    Rule::easter("Lundi de Pâques", 1),
    Rule::fixed("Fête du Travail", 5, 1),
    Rule::fixed("Fête de la Victoire", 5, 8),
    Rule::easter("Ascension", 39),
    Rule::easter("Lundi de Pentecôte", 50).except(&[2005, 2006, 2007]),
    Rule::fixed("Fête nationale", 7, 14),
    Rule::fixed("Assomption", 8, 15),
    Rule::fixed("Toussaint", 11, 1),
    Rule::fixed("Armistice", 11, 11),
    Rule::fixed("Noël", 12, 25),
];

/// Estatuto de los Trabajadores, article 37.2: those common to all regions. A Sunday is made up
/// for by each region as it likes, so here it is lost.
pub(super) const ES: &[Rule] = &[
    Rule::fixed("Año Nuevo", 1, 1).shift(Shift::LostOnSunday),
    Rule::fixed("Epifanía del Señor", 1, 6).shift(Shift::LostOnSunday),
    Rule::easter("Viernes Santo", -2),
    Rule::fixed("Fiesta del Trabajo", 5, 1).shift(Shift::LostOnSunday),
    Rule::fixed("Asunción de la Virgen", 8, 15).shift(Shift::LostOnSunday),
    Rule::fixed("Fiesta Nacional de España", 10, 12).shift(Shift::LostOnSunday),
    Rule::fixed("Todos los Santos", 11, 1).shift(Shift::LostOnSunday),
    Rule::fixed("Día de la Constitución Española", 12, 6).shift(Shift::LostOnSunday),
    Rule::fixed("Inmaculada Concepción", 12, 8).shift(Shift::LostOnSunday),
    Rule::fixed("Natividad del Señor", 12, 25).shift(Shift::LostOnSunday),
];

/// Legge 260/1949 with its changes, of late Legge 151/2025.
pub(super) const IT: &[Rule] = &[
    Rule::fixed("Capodanno", 1, 1),
    Rule::fixed("Epifania", 1, 6),
    Rule::days("Anniversario dell'Unità d'Italia", &[(2011, 3, 17)]),
    Rule::easter("Pasqua", 0),
    Rule::easter("Lunedì dell'Angelo", 1),
    Rule::fixed("Anniversario della Liberazione", 4, 25),
    Rule::fixed("Festa del Lavoro", 5, 1),
    Rule::nth("Festa della Repubblica", 1, Sunday, 6).until(2000),
    Rule::fixed("Festa della Repubblica", 6, 2).since(2001),
    Rule::fixed("Assunzione della Beata Vergine Maria", 8, 15),
    Rule::fixed("San Francesco d'Assisi", 10, 4).since(2026),
    Rule::fixed("Ognissanti", 11, 1),
    Rule::nth("Festa dell'Unità nazionale", 1, Sunday, 11),
    Rule::fixed("Immacolata Concezione", 12, 8),
    Rule::fixed("Natale", 12, 25),
    Rule::fixed("Santo Stefano", 12, 26),
];

/// Algemene termijnenwet, article 3.
pub(super) const NL: &[Rule] = &[
    Rule::fixed("Nieuwjaarsdag", 1, 1),
    Rule::easter("Goede Vrijdag", -2),
    Rule::easter("Eerste paasdag", 0),
    Rule::easter("Tweede paasdag", 1),
    Rule::fixed("Koninginnedag", 4, 30).until(2013).shift(Shift::SundayToSaturday),
    Rule::fixed("Koningsdag", 4, 27).since(2014).shift(Shift::SundayToSaturday),
    // A day off every fifth year only.
    Rule::days(
        "Bevrijdingsdag",
        &[
            (1990, 5, 5),
            (1995, 5, 5),
            (2000, 5, 5),
            (2005, 5, 5),
            (2010, 5, 5),
            (2015, 5, 5),
            (2020, 5, 5),
            (2025, 5, 5),
            (2030, 5, 5),
            (2035, 5, 5),
            (2040, 5, 5),
            (2045, 5, 5),
            (2050, 5, 5),
            (2055, 5, 5),
            (2060, 5, 5),
        ],
    ),
    Rule::easter("Hemelvaartsdag", 39),
    Rule::easter("Eerste pinksterdag", 49),
    Rule::easter("Tweede pinksterdag", 50),
    Rule::fixed("Eerste kerstdag", 12, 25),
    Rule::fixed("Tweede kerstdag", 12, 26),
];

/// Koninklijk besluit of 18 April 1974.
pub(super) const BE: &[Rule] = &[
    Rule::fixed("Nieuwjaar", 1, 1),
    Rule::easter("Pasen", 0),
    Rule::easter("Paasmaandag", 1),
    Rule::fixed("Dag van de Arbeid", 5, 1),
    Rule::easter("O. L. H. Hemelvaart", 39),
    Rule::easter("Pinksteren", 49),
    Rule::easter("Pinkstermaandag", 50),
    Rule::fixed("Nationale feestdag", 7, 21),
    Rule::fixed("O. L. V. Hemelvaart", 8, 15),
    Rule::fixed("Allerheiligen", 11, 1),
    Rule::fixed("Wapenstilstand", 11, 11),
    Rule::fixed("Kerstmis", 12, 25),
];

/// Code du travail, article L. 232-2.
pub(super) const LU: &[Rule] = &[
    Rule::fixed("Neijoerschdag", 1, 1),
    Rule::easter("Ouschterméindeg", 1),
    Rule::fixed("Dag vun der Aarbecht", 5, 1),
    Rule::fixed("Europadag", 5, 9).since(2019),
    Rule::easter("Christi Himmelfaart", 39),
    Rule::easter("Péngschtméindeg", 50),
    Rule::fixed("Nationalfeierdag", 6, 23),
    Rule::fixed("Léiffrawëschdag", 8, 15),
    Rule::fixed("Allerhellgen", 11, 1),
    Rule::fixed("Chrëschtdag", 12, 25),
    Rule::fixed("Stiefesdag", 12, 26),
];

/// The four holidays that Lei 23/2012 took away were given back by Lei 8/2016.
const PT_SUSPENDED: &[i16] = &[2013, 2014, 2015];

/// Código do Trabalho, article 234.
pub(super) const PT: &[Rule] = &[
    Rule::fixed("Ano Novo", 1, 1),
    Rule::easter("Sexta-feira Santa", -2),
    Rule::easter("Páscoa", 0),
    Rule::fixed("Dia da Liberdade", 4, 25),
    Rule::fixed("Dia do Trabalhador", 5, 1),
    Rule::easter("Corpo de Deus", 60).except(PT_SUSPENDED),
    Rule::fixed("Dia de Portugal", 6, 10),
    Rule::fixed("Assunção de Nossa Senhora", 8, 15),
    Rule::fixed("Implantação da República", 10, 5).except(PT_SUSPENDED),
    Rule::fixed("Dia de Todos os Santos", 11, 1).except(PT_SUSPENDED),
    Rule::fixed("Restauração da Independência", 12, 1).except(PT_SUSPENDED),
    Rule::fixed("Imaculada Conceição", 12, 8),
    Rule::fixed("Dia de Natal", 12, 25),
];

/// Ustawa o dniach wolnych od pracy of 18 January 1951.
pub(super) const PL: &[Rule] = &[
    Rule::fixed("Nowy Rok", 1, 1),
    Rule::fixed("Święto Trzech Króli", 1, 6).since(2011),
    Rule::easter("Niedziela Wielkanocna", 0),
    Rule::easter("Poniedziałek Wielkanocny", 1),
    Rule::fixed("Święto Państwowe", 5, 1),
    Rule::fixed("Święto Narodowe Trzeciego Maja", 5, 3),
    Rule::easter("Zielone Świątki", 49),
    Rule::easter("Dzień Bożego Ciała", 60),
    Rule::fixed("Wniebowzięcie Najświętszej Marii Panny", 8, 15),
    Rule::fixed("Uroczystość Wszystkich Świętych", 11, 1),
    Rule::fixed("Narodowe Święto Niepodległości", 11, 11),
    Rule::days("Stulecie Niepodległości", &[(2018, 11, 12)]),
    Rule::fixed("Wigilia Bożego Narodzenia", 12, 24).since(2025),
    Rule::fixed("Boże Narodzenie (pierwszy dzień)", 12, 25),
    Rule::fixed("Boże Narodzenie (drugi dzień)", 12, 26),
];

/// Zákon 245/2000 Sb. and its predecessors.
pub(super) const CZ: &[Rule] = &[
    Rule::fixed("Nový rok", 1, 1),
    Rule::easter("Velký pátek", -2).since(2016),
    Rule::easter("Velikonoční pondělí", 1),
    Rule::fixed("Svátek práce", 5, 1),
    Rule::fixed("Den osvobození od fašismu", 5, 9).until(1991),
    Rule::fixed("Den vítězství", 5, 8).since(1992),
    Rule::fixed("Den slovanských věrozvěstů Cyrila a Metoděje", 7, 5),
    Rule::fixed("Den upálení mistra Jana Husa", 7, 6),
    Rule::fixed("Den české státnosti", 9, 28).since(2000),
    Rule::fixed("Den vzniku samostatného československého státu", 10, 28),
    Rule::fixed("Den boje za svobodu a demokracii", 11, 17),
    Rule::fixed("Štědrý den", 12, 24),
    Rule::fixed("1. svátek vánoční", 12, 25),
    Rule::fixed("2. svátek vánoční", 12, 26),
];
