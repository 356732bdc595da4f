//! What a rate costs, since an offer shows it while it is being written: `cargo test --release --test apr_speed --
//! --nocapture` prints it.

#![allow(clippy::disallowed_methods, reason = "measures time")]

use std::time::Instant;

use duewell_domain::apr::{Convention, Dated, disclose};
use duewell_domain::money::{Currency, Money};
use jiff::civil::date;

#[test]
fn thirty_years_of_payments_take_far_less_than_a_page() {
    let start = date(2026, 1, 15);
    let usd = |on, minor| Dated { on, amount: Money::new(minor, Currency::USD) };
    let payments: Vec<_> =
        (1..=360).map(|index| usd(start + jiff::Span::new().months(index).days(16), 166_000)).collect();
    for convention in [Convention::UsRegZActuarial, Convention::EuEqualMonths, Convention::UkDays365] {
        let begun = Instant::now();
        for _ in 0..100 {
            disclose(convention, &[usd(start, 25_000_000)], &payments).unwrap();
        }
        let each = begun.elapsed() / 100;
        println!("{convention:?}: {each:?} for 360 payments");
        assert!(each.as_millis() < 50, "{convention:?}: {each:?}");
    }
}
