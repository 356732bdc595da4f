//! Ireland, the United Kingdom and the countries overseas that follow its law, with the United States.

use jiff::civil::Weekday::{Monday, Thursday};

use crate::calendar::{Rule, Shift};

/// Organisation of Working Time Act 1997, second schedule. Working time law grants no substitute
/// days, but another paid day off.
pub(super) const IE: &[Rule] = &[
    Rule::fixed("New Year's Day", 1, 1),
    // The first Monday in February, unless the first of February is a Friday.
    Rule::days("Saint Brigid's Day", &[(2030, 2, 1), (2036, 2, 1), (2041, 2, 1), (2047, 2, 1), (2058, 2, 1)]),
    Rule::nth("Saint Brigid's Day", 1, Monday, 2).since(2023).except(&[2030, 2036, 2041, 2047, 2058]),
    Rule::fixed("Saint Patrick's Day", 3, 17),
    Rule::days("Day of Remembrance and Recognition", &[(2022, 3, 18)]),
    Rule::easter("Easter Monday", 1),
    Rule::nth("May Bank Holiday", 1, Monday, 5).since(1994).except(&[1995]),
    Rule::days("May Bank Holiday", &[(1995, 5, 8)]),
    Rule::nth("June Bank Holiday", 1, Monday, 6),
    Rule::nth("August Bank Holiday", 1, Monday, 8),
    Rule::nth("October Bank Holiday", -1, Monday, 10),
    Rule::fixed("Christmas Day", 12, 25),
    Rule::fixed("Saint Stephen's Day", 12, 26),
    Rule::days("Millennium Celebrations", &[(1999, 12, 31)]),
];

/// Banking and Financial Dealings Act 1971 with the proclamations made under it.
pub(super) const GB: &[Rule] = &[
    Rule::easter("Good Friday", -2),
    // Moved to the anniversary of Victory in Europe twice.
    Rule::nth("Early May Bank Holiday", 1, Monday, 5).except(&[1995, 2020]),
    Rule::days("Early May Bank Holiday", &[(1995, 5, 8), (2020, 5, 8)]),
    // Moved beside the jubilees.
    Rule::nth("Spring Bank Holiday", -1, Monday, 5).except(&[2002, 2012, 2022]),
    Rule::days("Spring Bank Holiday", &[(2002, 6, 4), (2012, 6, 4), (2022, 6, 2)]),
    Rule::fixed("Christmas Day", 12, 25).shift(Shift::TwoDaysLater),
    Rule::fixed("Boxing Day", 12, 26).shift(Shift::TwoDaysLater),
    Rule::days("Millennium Celebrations", &[(1999, 12, 31)]),
    Rule::days("Golden Jubilee", &[(2002, 6, 3)]),
    Rule::days("Royal Wedding", &[(2011, 4, 29)]),
    Rule::days("Diamond Jubilee", &[(2012, 6, 5)]),
    Rule::days("Platinum Jubilee", &[(2022, 6, 3)]),
    Rule::days("State Funeral of Queen Elizabeth II", &[(2022, 9, 19)]),
    Rule::days("Coronation of King Charles III", &[(2023, 5, 8)]),
];

/// England, Wales and Northern Ireland.
pub(super) const GB_NOT_SCT: &[Rule] = &[
    Rule::fixed("New Year's Day", 1, 1).shift(Shift::NextMonday),
    Rule::easter("Easter Monday", 1),
    Rule::nth("Summer Bank Holiday", -1, Monday, 8),
];

pub(super) const GB_SCT: &[Rule] = &[
    Rule::fixed("New Year's Day", 1, 1).shift(Shift::TwoDaysLater),
    Rule::fixed("New Year Holiday", 1, 2).shift(Shift::TwoDaysLater),
    Rule::days("World Cup Holiday", &[(2026, 6, 15)]),
    Rule::nth("Summer Bank Holiday", 1, Monday, 8),
    Rule::fixed("Saint Andrew's Day", 11, 30).since(2007).shift(Shift::NextMonday),
];

pub(super) const GB_NIR: &[Rule] = &[
    Rule::fixed("Saint Patrick's Day", 3, 17).shift(Shift::NextMonday),
    Rule::fixed("Battle of the Boyne", 7, 12).shift(Shift::NextMonday),
];

/// 5 U.S.C. 6103, with Executive Order 11582 for the days observed.
pub(super) const US: &[Rule] = &[
    Rule::fixed("New Year's Day", 1, 1).shift(Shift::NearestWeekday),
    Rule::nth("Martin Luther King Jr. Day", 3, Monday, 1),
    Rule::nth("Washington's Birthday", 3, Monday, 2),
    Rule::nth("Memorial Day", -1, Monday, 5),
    Rule::fixed("Juneteenth", 6, 19).since(2021).shift(Shift::NearestWeekday),
    Rule::fixed("Independence Day", 7, 4).shift(Shift::NearestWeekday),
    Rule::nth("Labor Day", 1, Monday, 9),
    Rule::nth("Columbus Day", 2, Monday, 10),
    Rule::fixed("Veterans Day", 11, 11).shift(Shift::NearestWeekday),
    Rule::nth("Thanksgiving Day", 4, Thursday, 11),
    Rule::fixed("Christmas Day", 12, 25).shift(Shift::NearestWeekday),
];

/// What all provinces and territories have in common.
pub(super) const CA: &[Rule] = &[
    Rule::fixed("New Year's Day", 1, 1).shift(Shift::NextMonday),
    Rule::easter("Good Friday", -2),
    Rule::fixed("Canada Day", 7, 1),
    Rule::nth("Labour Day", 1, Monday, 9),
    Rule::fixed("Christmas Day", 12, 25).shift(Shift::NextMonday),
];

/// What all states and territories have in common.
///
/// They have made up for weekends alike since the years given here.
pub(super) const AU: &[Rule] = &[
    Rule::fixed("New Year's Day", 1, 1).until(2005),
    Rule::fixed("New Year's Day", 1, 1).since(2006).shift(Shift::NextMonday),
    Rule::fixed("Australia Day", 1, 26).until(2012),
    Rule::fixed("Australia Day", 1, 26).since(2013).shift(Shift::NextMonday),
    Rule::easter("Good Friday", -2),
    Rule::easter("Easter Monday", 1),
    Rule::fixed("ANZAC Day", 4, 25),
    Rule::days("National Day of Mourning", &[(2022, 9, 22)]),
    Rule::fixed("Christmas Day", 12, 25).until(2010),
    Rule::fixed("Christmas Day", 12, 25).since(2011).shift(Shift::TwoDaysLater),
    Rule::fixed("Boxing Day", 12, 26).until(2010),
    Rule::fixed("Boxing Day", 12, 26).since(2011).shift(Shift::TwoDaysLater),
];

/// Holidays Act 2003 and Te Kāhui o Matariki Public Holiday Act 2022, schedule 1.
pub(super) const NZ: &[Rule] = &[
    Rule::fixed("New Year's Day", 1, 1).shift(Shift::TwoDaysLater),
    Rule::fixed("Day after New Year's Day", 1, 2).shift(Shift::TwoDaysLater),
    Rule::fixed("Waitangi Day", 2, 6).until(2013),
    Rule::fixed("Waitangi Day", 2, 6).since(2014).shift(Shift::NextMonday),
    Rule::easter("Good Friday", -2),
    Rule::easter("Easter Monday", 1),
    Rule::fixed("Anzac Day", 4, 25).until(2013),
    Rule::fixed("Anzac Day", 4, 25).since(2014).shift(Shift::NextMonday),
    Rule::nth("Queen's Birthday", 1, Monday, 6).until(2022),
    Rule::nth("King's Birthday", 1, Monday, 6).since(2023),
    Rule::days("Matariki", MATARIKI),
    Rule::days("Queen Elizabeth II Memorial Day", &[(2022, 9, 26)]),
    Rule::nth("Labour Day", 4, Monday, 10),
    Rule::fixed("Christmas Day", 12, 25).shift(Shift::TwoDaysLater),
    Rule::fixed("Boxing Day", 12, 26).shift(Shift::TwoDaysLater),
];

/// Fridays near the rising of the Pleiades; the act lists them to 2052.
const MATARIKI: &[(i16, i8, i8)] = &[
    (2022, 6, 24),
    (2023, 7, 14),
    (2024, 6, 28),
    (2025, 6, 20),
    (2026, 7, 10),
    (2027, 6, 25),
    (2028, 7, 14),
    (2029, 7, 6),
    (2030, 6, 21),
    (2031, 7, 11),
    (2032, 7, 2),
    (2033, 6, 24),
    (2034, 7, 7),
    (2035, 6, 29),
    (2036, 7, 18),
    (2037, 7, 10),
    (2038, 6, 25),
    (2039, 7, 15),
    (2040, 7, 6),
    (2041, 7, 19),
    (2042, 7, 11),
    (2043, 7, 3),
    (2044, 6, 24),
    (2045, 7, 7),
    (2046, 6, 29),
    (2047, 7, 19),
    (2048, 7, 3),
    (2049, 6, 25),
    (2050, 7, 15),
    (2051, 6, 30),
    (2052, 6, 21),
];

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{Weekday::Friday, date};

    #[test]
    fn matariki_is_always_a_friday() {
        assert!(MATARIKI.iter().all(|&(year, month, day)| date(year, month, day).weekday() == Friday));
    }
}
