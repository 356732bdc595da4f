//! The built-in calendars: which lists of rules make up each of them.
//!
//! Days that are holidays in part of a place only, such as 15 August in most but
//! not all of Bavaria, are left to an imported calendar.

mod english;
mod european;
mod german;
mod northern;

use super::Rule;

/// A calendar's name and its lists of rules.
pub(super) type Entry = (&'static str, &'static [&'static [Rule]]);

/// Returns the entry of that name.
pub(super) fn find(name: &str) -> Option<Entry> {
    CALENDARS.iter().copied().find(|entry| entry.0 == name)
}

pub(super) const CALENDARS: &[Entry] = &[
    ("DE", &[german::DE]),
    ("DE-BW", &[german::DE, german::EPIPHANY, german::CORPUS_CHRISTI, german::ALL_SAINTS]),
    ("DE-BY", &[german::DE, german::EPIPHANY, german::CORPUS_CHRISTI, german::ALL_SAINTS]),
    ("DE-BE", &[german::DE, german::DE_BE]),
    ("DE-BB", &[german::DE, german::DE_BB, german::REFORMATION]),
    ("DE-HB", &[german::DE, german::REFORMATION_SINCE_2018]),
    ("DE-HH", &[german::DE, german::REFORMATION_SINCE_2018]),
    ("DE-HE", &[german::DE, german::CORPUS_CHRISTI]),
    ("DE-MV", &[german::DE, german::DE_MV, german::REFORMATION]),
    ("DE-NI", &[german::DE, german::REFORMATION_SINCE_2018]),
    ("DE-NW", &[german::DE, german::CORPUS_CHRISTI, german::ALL_SAINTS]),
    ("DE-RP", &[german::DE, german::CORPUS_CHRISTI, german::ALL_SAINTS]),
    ("DE-SL", &[german::DE, german::CORPUS_CHRISTI, german::ASSUMPTION, german::ALL_SAINTS]),
    ("DE-SN", &[german::DE, german::DE_SN, german::REFORMATION]),
    ("DE-ST", &[german::DE, german::EPIPHANY, german::REFORMATION]),
    ("DE-SH", &[german::DE, german::REFORMATION_SINCE_2018]),
    ("DE-TH", &[german::DE, german::DE_TH, german::REFORMATION]),
    ("AT", &[german::AT]),
    ("CH", &[german::CH]),
    ("CH-ZH", &[german::CH, german::CH_ZH]),
    ("FR", &[european::FR]),
    ("ES", &[european::ES]),
    ("IT", &[european::IT]),
    ("NL", &[european::NL]),
    ("BE", &[european::BE]),
    ("LU", &[european::LU]),
    ("PT", &[european::PT]),
    ("IE", &[english::IE]),
    ("PL", &[european::PL]),
    ("CZ", &[european::CZ]),
    ("DK", &[northern::DK]),
    ("SE", &[northern::SE]),
    ("NO", &[northern::NO]),
    ("FI", &[northern::FI]),
    ("GB-ENG", &[english::GB, english::GB_NOT_SCT]),
    ("GB-SCT", &[english::GB, english::GB_SCT]),
    ("GB-NIR", &[english::GB, english::GB_NOT_SCT, english::GB_NIR]),
    ("US", &[english::US]),
    ("CA", &[english::CA]),
    ("AU", &[english::AU]),
    ("NZ", &[english::NZ]),
    ("T2", &[european::T2]),
];
