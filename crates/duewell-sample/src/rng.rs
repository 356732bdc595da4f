//! A small random number generator of our own, so that a book is the same on every machine and for ever.

/// SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
///
/// Sixty-four bits of state, equally distributed, not for secrets. Decisions are
/// made from its integers only: floats may differ between machines.
#[derive(Clone, Debug)]
pub struct Rng(u64);

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Rng {
    /// Starts at a seed.
    pub fn new(seed: u64) -> Self {
        Rng(seed)
    }

    /// Starts the stream of one thing (`what`) about one item (`index`) of a seeded book.
    ///
    /// Streams are independent: drawing more from one leaves all others as they are.
    pub fn stream(seed: u64, what: u64, index: u64) -> Self {
        let what = mix(seed ^ mix(what.wrapping_mul(GOLDEN)));
        Rng(mix(what.wrapping_add(index.wrapping_mul(GOLDEN))))
    }

    /// Returns the next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// Returns a number from 0 to `bound` − 1; 0 when `bound` is 0.
    ///
    /// Multiply and shift: the bias is below `bound` / 2⁶⁴.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// Returns a number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// Returns whether something that happens `per_mille` times in a thousand happens.
    pub fn chance(&mut self, per_mille: u16) -> bool {
        self.below(1000) < u64::from(per_mille)
    }

    /// Picks one of several; the slice must not be empty.
    pub fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len() as u64) as usize]
    }

    /// Picks an index by weight; the weights must not all be zero.
    pub fn weighted(&mut self, weights: &[u16]) -> usize {
        let total: u64 = weights.iter().map(|&weight| u64::from(weight)).sum();
        let mut rest = self.below(total);
        for (index, &weight) in weights.iter().enumerate() {
            if rest < u64::from(weight) {
                return index;
            }
            rest -= u64::from(weight);
        }
        weights.len() - 1
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_published_generator() {
        // First values for seed 1234567 of the reference implementation (prng.di.unimi.it/splitmix64.c).
        let mut rng = Rng::new(1_234_567);
        assert_eq!(rng.bits(), 6_457_827_717_110_365_317);
        assert_eq!(rng.bits(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn draws_stay_in_range_and_reach_both_ends() {
        let mut rng = Rng::stream(1, 2, 3);
        let mut seen = [0u32; 7];
        for _ in 0..7_000 {
            seen[rng.between(3, 9) as usize - 3] += 1;
        }
        assert!(seen.iter().all(|&count| (800..1200).contains(&count)), "{seen:?}");
        assert_eq!(rng.below(0), 0);
        assert!(!rng.chance(0) && rng.chance(1000));
        assert_eq!(rng.weighted(&[0, 5, 0]), 1);
    }

    #[test]
    fn neighbouring_streams_have_nothing_in_common() {
        let first: Vec<u64> = (0..100).map(|index| Rng::stream(7, 1, index).bits()).collect();
        let second: Vec<u64> = (0..100).map(|index| Rng::stream(7, 2, index).bits()).collect();
        let all: std::collections::HashSet<u64> = first.iter().chain(&second).copied().collect();
        assert_eq!(all.len(), 200);
    }
}
