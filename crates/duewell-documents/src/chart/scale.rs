//! From values to places: round ticks and the share of the axis a value takes.

/// An axis with round ends and ticks in steps of 1, 2 or 5 times a power of ten.
///
/// Sums of stacks may leave `i64`, so it counts in `i128`.
pub(super) struct Scale {
    low: i128,
    high: i128,
    ticks: Vec<i64>,
}

impl Scale {
    /// Builds the axis from `low` to `high` with about `wanted` steps.
    pub fn new(low: i128, high: i128, wanted: i128) -> Scale {
        if low == high {
            // One value, usually zero: an axis of one step that stands on it.
            let ticks = i64::try_from(low).into_iter().collect();
            return Scale { low, high: high + 1, ticks };
        }
        let step = round_step((high - low + wanted - 1) / wanted);
        let low = low.div_euclid(step) * step;
        let high = -((-high).div_euclid(step)) * step;
        let count = (high - low) / step;
        let ticks = (0..=count).filter_map(|index| i64::try_from(low + index * step).ok()).collect();
        Scale { low, high, ticks }
    }

    pub fn ticks(&self) -> &[i64] {
        &self.ticks
    }

    /// Returns where a value lies, 0 at the low end and 1 at the high end.
    pub fn share(&self, value: i128) -> f64 {
        ((value - self.low) as f64 / (self.high - self.low) as f64).clamp(0.0, 1.0)
    }
}

/// Returns the smallest 1, 2 or 5 times a power of ten that is not below `rough`.
fn round_step(rough: i128) -> i128 {
    let mut power = 1;
    loop {
        for factor in [1, 2, 5] {
            if power * factor >= rough {
                return power * factor;
            }
        }
        power *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_hold_all_values() {
        for (low, high, ticks) in [
            (0, 0, vec![0]),
            (0, 1, vec![0, 1]),
            (0, 3, vec![0, 1, 2, 3]),
            (0, 97, vec![0, 50, 100]),
            (-40, 97, vec![-50, 0, 50, 100]),
            (-7, 0, vec![-8, -6, -4, -2, 0]),
            (41, 46, vec![40, 42, 44, 46]),
            (0, 123_456, vec![0, 50_000, 100_000, 150_000]),
        ] {
            assert_eq!(Scale::new(low, high, 4).ticks(), ticks, "{low}..{high}");
        }
    }

    #[test]
    fn the_largest_values_have_a_place() {
        let (low, high) = (i128::from(i64::MIN) * 60, i128::from(i64::MAX) * 60);
        let scale = Scale::new(low, high, 4);
        assert!(scale.share(low) < scale.share(0) && scale.share(0) < scale.share(high));
        assert!(scale.ticks().contains(&0));
    }
}
