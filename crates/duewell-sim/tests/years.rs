//! Some worlds, lived on the real engine, in which the auditor finds nothing.

use duewell_sim::{Plan, Totals, live};

fn check(seed: u64, days: u32) -> Totals {
    let dir = tempfile::tempdir().expect("a folder");
    let plan = Plan { seed, days, overlook: Vec::new() };
    match live(&plan, dir.path(), false) {
        Ok(totals) => totals,
        Err((_, flaw)) => panic!("seed {seed}, day {}: {:#?}", flaw.day_number, flaw.complaints),
    }
}

#[test]
fn three_worlds_live_for_ninety_days_without_a_flaw() {
    let mut totals = Totals::default();
    for seed in 1..=3 {
        totals.add(check(seed, 90));
    }
    assert_eq!(totals.days, 270);
    assert!(totals.sent > 20 && totals.payments > 20 && totals.cures > 0, "{totals:?}");
    assert!(totals.crashes > 5, "worlds in which nothing fails prove nothing: {totals:?}");
}

#[test]
fn the_same_seed_lives_the_same_life() {
    assert_eq!(check(4, 60), check(4, 60));
}
