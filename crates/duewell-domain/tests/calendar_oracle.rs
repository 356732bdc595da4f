//! Compares every built-in calendar with the Python package `holidays`, date by date.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use duewell_domain::calendar::{HolidayCalendar, RULE_YEARS};
use jiff::civil::Date;

const FIRST_YEAR: i16 = 2015;
const LAST_YEAR: i16 = *RULE_YEARS.end();

/// Where the package is not followed: calendar, date, why.
///
/// One more is in the script: the package's Australia leaves out the days made up for, although
/// every state and territory has them off; the script adds what is common to all of them.
const DIFFERENT: &[(&str, &str, &str)] = &[];

/// Returns the interpreter that has the package.
#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where the interpreter is")]
fn python() -> Option<String> {
    let python = std::env::var("DUEWELL_PYTHON").ok();
    if python.is_none() {
        assert!(std::env::var_os("CI").is_none(), "CI needs DUEWELL_PYTHON for the comparison of holidays");
        println!(
            "skipped: DUEWELL_PYTHON names no interpreter with scripts/python-requirements.txt installed; \
             `make test` sets it"
        );
    }
    python
}

/// Returns the package's holidays by calendar.
fn package_days(python: &str, names: &[&str]) -> BTreeMap<String, BTreeMap<Date, String>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/calendar_oracle.py");
    let years = [FIRST_YEAR.to_string(), LAST_YEAR.to_string()];
    let output = Command::new(python)
        .env("PYTHONIOENCODING", "utf-8")
        .arg(script)
        .args(&years)
        .args(names)
        .output()
        .expect("DUEWELL_PYTHON names an interpreter");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut calendars: BTreeMap<String, BTreeMap<Date, String>> = BTreeMap::new();
    for line in String::from_utf8(output.stdout).expect("the script prints UTF-8").lines() {
        let mut cells = line.split('\t').map(str::to_owned);
        let mut cell = || cells.next().unwrap_or_else(|| panic!("a calendar, a date and a name: {line}"));
        let (calendar, date, name) = (cell(), cell(), cell());
        let date = date.parse().unwrap_or_else(|error| panic!("{line}: {error}"));
        calendars.entry(calendar).or_default().insert(date, name);
    }
    calendars
}

#[test]
fn built_in_calendars_have_the_days_of_the_package() {
    let Some(python) = python() else { return };
    let names = HolidayCalendar::builtin_names();
    let package = package_days(&python, &names);
    let mut differences = Vec::new();
    let mut explained = BTreeSet::new();
    let mut compared = 0;
    for name in &names {
        let calendar = HolidayCalendar::builtin(name).expect("the name came from the list");
        let ours: BTreeMap<Date, String> =
            (FIRST_YEAR..=LAST_YEAR).flat_map(|year| calendar.holidays_in(year)).collect();
        let theirs = package.get(*name).unwrap_or_else(|| panic!("the package has {name}"));
        let dates: BTreeSet<Date> = ours.keys().chain(theirs.keys()).copied().collect();
        compared += dates.len();
        for date in dates {
            let difference = match (ours.get(&date), theirs.get(&date)) {
                (None, Some(holiday)) => format!("{name}: missing {date} {holiday}"),
                (Some(holiday), None) => format!("{name}: extra {date} {holiday}"),
                (None, None) | (Some(_), Some(_)) => continue,
            };
            let date = date.to_string();
            if DIFFERENT.iter().any(|entry| (entry.0, entry.1) == (*name, &date)) {
                explained.insert((*name, date));
            } else {
                differences.push(difference);
            }
        }
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
    assert_eq!(explained.len(), DIFFERENT.len(), "an explanation has no difference left: {explained:?}");
    println!("{compared} holidays of {} calendars agree", names.len());
}
