//! Reference rates: which one was in force on which day, and until when we know.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::LateInterestError;
use crate::rate::Rate;

/// One rate of one series for a stretch of days, both ends included.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceRow {
    /// Which rate: `boe`, `bgb_247`, `ecb_mro`, `oenb_base`, or one of a tenant's own.
    pub series: String,
    pub from: Date,
    /// The last day it is known for. A rate announced per half-year ends with it: nobody guesses the next one.
    pub through: Date,
    pub rate: Rate,
    /// Where the row is from, for those who check it.
    pub source: String,
}

/// A table of reference rates; on each day a series has one rate or none.
///
/// ```
/// use duewell_domain::late_interest::{ReferenceRates, ReferenceRow};
/// use jiff::civil::date;
///
/// let rates = ReferenceRates::builtin();
/// assert_eq!(rates.on("bgb_247", date(2024, 2, 29))?.rate, "3.62".parse().expect("a rate"));
///
/// let own = ReferenceRow {
///     series: "boe".into(),
///     from: date(2030, 1, 1),
///     through: date(2030, 6, 30),
///     rate: "4.5".parse().expect("a rate"),
///     source: "Bank Rate on 31 Dec 2029".into(),
/// };
/// assert!(rates.with([own])?.on("boe", date(2030, 5, 1)).is_ok());
/// # Ok::<(), duewell_domain::late_interest::LateInterestError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<ReferenceRow>", into = "Vec<ReferenceRow>")]
pub struct ReferenceRates {
    /// Rows of each series, sorted, no two of which overlap.
    series: BTreeMap<String, Vec<ReferenceRow>>,
}

static BUILTIN: LazyLock<ReferenceRates> = LazyLock::new(|| {
    serde_json::from_str(include_str!("reference_rates.json")).expect("the built-in rates are well-formed")
});

impl ReferenceRates {
    /// Returns the built-in rates, each row with its source.
    pub fn builtin() -> &'static ReferenceRates {
        &BUILTIN
    }

    /// Returns a table in which the given rows hold over the ones here; of several for one day the last one does.
    pub fn with(
        &self,
        rows: impl IntoIterator<Item = ReferenceRow>,
    ) -> Result<ReferenceRates, LateInterestError> {
        let mut table = self.clone();
        for row in rows {
            let ReferenceRow { from, through, .. } = row;
            if through < from {
                return Err(LateInterestError::RowEndsBeforeItBegins { series: row.series, from, through });
            }
            lay_over(table.series.entry(row.series.clone()).or_default(), row);
        }
        Ok(table)
    }

    /// Returns the row in force on a day.
    pub fn on(&self, series: &str, date: Date) -> Result<&ReferenceRow, LateInterestError> {
        let rows = self.series.get(series).map_or(&[][..], Vec::as_slice);
        let begun = rows.partition_point(|row| row.from <= date);
        let row = begun.checked_sub(1).and_then(|last| rows.get(last)).filter(|row| date <= row.through);
        row.ok_or_else(|| LateInterestError::NoRate { series: series.to_owned(), date })
    }

    /// Returns the last day a series is known for.
    pub fn known_through(&self, series: &str) -> Option<Date> {
        Some(self.series.get(series)?.last()?.through)
    }

    /// Returns the rates from the first to the last day, each with its last day; neighbours that are equal are one.
    pub(super) fn between(
        &self,
        series: &str,
        first: Date,
        last: Date,
    ) -> Result<Vec<(Date, Rate)>, LateInterestError> {
        let mut spans: Vec<(Date, Rate)> = Vec::new();
        let mut day = first;
        loop {
            let row = self.on(series, day)?;
            let through = row.through.min(last);
            match spans.last_mut().filter(|(_, rate)| *rate == row.rate) {
                Some(span) => span.0 = through,
                None => spans.push((through, row.rate)),
            }
            match through.tomorrow() {
                Ok(next) if next <= last => day = next,
                Ok(_) | Err(_) => return Ok(spans),
            }
        }
    }
}

/// Puts a row among those of its series and takes its days away from them.
fn lay_over(rows: &mut Vec<ReferenceRow>, row: ReferenceRow) {
    let mut kept = Vec::with_capacity(rows.len() + 2);
    for old in rows.drain(..) {
        if old.through < row.from || row.through < old.from {
            kept.push(old);
            continue;
        }
        if let Some(through) = row.from.yesterday().ok().filter(|through| old.from <= *through) {
            kept.push(ReferenceRow { through, ..old.clone() });
        }
        if let Some(from) = row.through.tomorrow().ok().filter(|from| *from <= old.through) {
            kept.push(ReferenceRow { from, ..old });
        }
    }
    kept.push(row);
    kept.sort_by_key(|row| row.from);
    *rows = kept;
}

impl TryFrom<Vec<ReferenceRow>> for ReferenceRates {
    type Error = LateInterestError;

    fn try_from(rows: Vec<ReferenceRow>) -> Result<Self, LateInterestError> {
        ReferenceRates::default().with(rows)
    }
}

impl From<ReferenceRates> for Vec<ReferenceRow> {
    fn from(table: ReferenceRates) -> Self {
        table.series.into_values().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn rate(percent: &str) -> Rate {
        percent.parse().unwrap()
    }

    fn row(series: &str, from: Date, through: Date, percent: &str) -> ReferenceRow {
        ReferenceRow { series: series.into(), from, through, rate: rate(percent), source: "a test".into() }
    }

    #[test]
    fn every_builtin_series_is_without_gaps_and_ends_on_a_half_year() {
        for (name, rows) in &ReferenceRates::builtin().series {
            assert!(rows.iter().all(|row| !row.source.is_empty()), "{name}");
            for pair in rows.windows(2) {
                assert_eq!(pair[0].through.tomorrow().unwrap(), pair[1].from, "{name}");
            }
            let last = rows.last().unwrap().through;
            assert!(matches!((last.month(), last.day()), (6, 30) | (12, 31)), "{name}");
        }
    }

    /// § 247(1) sentence 2: the German rate moves by the points by which the main refinancing rate does.
    #[test]
    fn the_german_rate_follows_the_main_refinancing_rate() {
        let rates = ReferenceRates::builtin();
        for row in &rates.series["ecb_mro"] {
            let german = rates.on("bgb_247", row.from).unwrap().rate;
            assert_eq!(german.plus(rate("0.88")).unwrap(), row.rate, "{}", row.from);
        }
    }

    #[test]
    fn days_before_and_after_the_table_have_no_rate() {
        let rates = ReferenceRates::builtin();
        let after = rates.known_through("boe").unwrap().tomorrow().unwrap();
        for (series, day) in
            [("boe", after), ("boe", date(2002, 8, 6)), ("bgb_247", date(2001, 12, 31)), ("x", after)]
        {
            let told = rates.on(series, day).unwrap_err();
            assert_eq!(told, LateInterestError::NoRate { series: series.into(), date: day });
        }
        let told = rates.on("boe", date(2002, 8, 6)).unwrap_err().to_string();
        assert_eq!(told, "no rate of `boe` is known for 2002-08-06; add it to the reference rates");
    }

    #[test]
    fn a_tenants_row_holds_over_the_builtin_one_for_its_days_only() {
        let own = row("ecb_mro", date(2023, 3, 1), date(2023, 3, 31), "7");
        let rates = ReferenceRates::builtin().with([own]).unwrap();
        for (day, percent) in [
            (date(2023, 2, 28), "2.5"),
            (date(2023, 3, 1), "7"),
            (date(2023, 3, 31), "7"),
            (date(2023, 4, 1), "2.5"),
            (date(2023, 7, 1), "4"),
        ] {
            assert_eq!(rates.on("ecb_mro", day).unwrap().rate, rate(percent), "{day}");
        }
        assert_eq!(ReferenceRates::builtin().on("ecb_mro", date(2023, 3, 1)).unwrap().rate, rate("2.5"));
        assert_eq!(rates.between("ecb_mro", date(2022, 12, 30), date(2023, 7, 1)).unwrap().len(), 5);
    }

    #[test]
    fn a_row_that_ends_before_it_begins_is_refused() {
        let wrong = row("boe", date(2026, 7, 1), date(2026, 6, 30), "4");
        assert!(matches!(
            ReferenceRates::builtin().with([wrong.clone()]),
            Err(LateInterestError::RowEndsBeforeItBegins { .. })
        ));
        let text = serde_json::to_string(&[wrong]).unwrap();
        assert!(serde_json::from_str::<ReferenceRates>(&text).is_err());
    }

    #[test]
    fn a_table_is_read_as_it_is_written() {
        let text = serde_json::to_string(ReferenceRates::builtin()).unwrap();
        assert_eq!(&serde_json::from_str::<ReferenceRates>(&text).unwrap(), ReferenceRates::builtin());
    }

    proptest! {
        #[test]
        fn the_last_row_laid_over_a_day_holds(rows in prop::collection::vec((0i32..60, 0i32..30, 1i64..9), 0..8), ask in 0i32..100) {
            let day = |offset: i32| date(2026, 1, 1).checked_add(jiff::Span::new().days(offset)).unwrap();
            let rows: Vec<ReferenceRow> = rows
                .iter()
                .map(|&(from, days, percent)| row("x", day(from), day(from + days), &percent.to_string()))
                .collect();
            let table = ReferenceRates::default().with(rows.clone()).unwrap();
            let held = rows.iter().rev().find(|row| row.from <= day(ask) && day(ask) <= row.through);
            prop_assert_eq!(table.on("x", day(ask)).ok().map(|row| row.rate), held.map(|row| row.rate));
        }
    }
}
