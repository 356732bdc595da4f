//! Powers in fixed point: a whole number of 2⁻⁶⁰, so that no float is needed for a fractional exponent.
//!
//! A growth factor is kept as its logarithm, `(1 + i)ᵗ = exp(t · ln(1 + i))`. The solver looks for the logarithm itself,
//! so that only the exponential is needed.

/// Binary digits behind the point.
pub(super) const BITS: u32 = 60;

/// The number one.
pub(crate) const ONE: i128 = 1 << BITS;

const LN_2: i128 = 799_144_290_325_165_979;

/// 1 / ln 2, with 30 digits behind the point: only good enough to count halvings.
const HALVINGS_PER_UNIT: i128 = 1_549_082_005;

/// 1/n! in fixed point; 0.3466¹⁹/19! is less than 2⁻⁸⁵.
const RECIPROCAL_FACTORIALS: [i64; 19] = {
    let mut terms = [ONE as i64; 19];
    let mut n = 1;
    while n < terms.len() {
        // From the exact quotient, so that roundings do not add up.
        let mut factorial: i128 = 1;
        let mut k = 2;
        while k <= n {
            factorial *= k as i128;
            k += 1;
        }
        terms[n] = ((ONE + factorial / 2) / factorial) as i64;
        n += 1;
    }
    terms
};

/// Multiplies fixed-point numbers, the first below 2²⁰ in size and the second up to 2.
pub(super) fn multiply(left: i128, right: i128) -> i128 {
    // In two parts, because the product of the whole has too many digits.
    let (high, low) = (left >> 30, left & ((1 << 30) - 1));
    (high * right + ((low * right) >> 30)) >> (BITS - 30)
}

/// Returns e to the power of `exponent`, off by less than four units of the last digit (of the result's own size where
/// that is above one). The exponent is below 40; below −43 the result is zero.
pub(super) fn exponential(exponent: i128) -> i128 {
    if exponent < -43 * ONE {
        return 0;
    }
    let halvings = ((exponent >> 30) * HALVINGS_PER_UNIT + (ONE >> 1)) >> BITS;
    // Between −0.35 and 0.35; the sum stays below 1.5, so that both have 63 digits, which multiply fast.
    let rest = (exponent - halvings * LN_2) as i64;
    let mut sum: i64 = 0;
    for term in RECIPROCAL_FACTORIALS.iter().rev() {
        sum = term + ((i128::from(sum) * i128::from(rest)) >> BITS) as i64;
    }
    let sum = i128::from(sum);
    if halvings >= 0 { sum << halvings } else { rounded_shift(sum, -halvings) }
}

/// Returns the natural logarithm of a number between 1 and 2²⁰.
pub(crate) fn logarithm(number: i128) -> i128 {
    let halvings = i128::BITS - 1 - number.leading_zeros() - BITS;
    let mut result = i128::from(halvings) * LN_2;
    // Halley's rule triples the digits; from within ln 2 five rounds are more than enough.
    for _ in 0..5 {
        let power = exponential(result);
        let step = (number - power) * 2;
        result += fraction(step, number + power);
    }
    result
}

/// Returns `numerator / denominator` of two fixed-point numbers, the first below 2²² in size.
fn fraction(numerator: i128, denominator: i128) -> i128 {
    // What would be lost above the top is taken from the bottom of both.
    let surplus =
        (i128::BITS - numerator.unsigned_abs().leading_zeros() + BITS).saturating_sub(i128::BITS - 2);
    (numerator << (BITS - surplus)) / (denominator >> surplus)
}

/// Returns by how much one grows in a part of a year at an effective rate: `(1 + rate)^(numerator/denominator) − 1`.
///
/// The rate is a fixed-point number below 2¹⁹.
pub(crate) fn growth(rate: i128, numerator: i64, denominator: i64) -> i128 {
    let exponent = logarithm(ONE + rate) * i128::from(numerator) / i128::from(denominator.max(1));
    if exponent >= 40 * ONE { i128::MAX >> 20 } else { exponential(exponent) - ONE }
}

fn rounded_shift(value: i128, digits: i128) -> i128 {
    (value + (1 << (digits - 1))) >> digits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a decimal of up to 18 decimals into fixed point.
    fn fixed(text: &str) -> i128 {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let decimals: i128 = format!("{decimals:0<18}")[..18].parse().unwrap();
        whole.parse::<i128>().unwrap() * ONE + decimals * ONE / 1_000_000_000_000_000_000
    }

    #[test]
    fn a_logarithm_is_what_the_exponential_undoes() {
        for (number, expected) in [
            ("1", "0"),
            ("2", "0.693147180559945309"),
            ("1.09", "0.086177696241052330"),
            ("1000", "6.907755278982137052"),
        ] {
            let got = logarithm(fixed(number));
            assert!((got - fixed(expected)).abs() < 64, "{number}: {}", got - fixed(expected));
        }
        // Twelve months of the monthly growth are the year's.
        let monthly = growth(fixed("0.09"), 1, 12);
        let year = (0..12).fold(ONE, |sum, _| multiply(sum, ONE + monthly));
        assert!((year - fixed("1.09")).abs() < 256);
    }

    #[test]
    fn exponentials_agree_with_known_values_to_seventeen_digits() {
        for (exponent, expected) in [
            (0, "1"),
            (ONE, "2.718281828459045235"),
            (-ONE, "0.367879441171442321"),
            (LN_2, "2"),
            (-3 * LN_2, "0.125"),
            (9 * ONE + ONE / 4, "10404.565716560723287781"),
        ] {
            let (found, expected) = (exponential(exponent), fixed(expected));
            assert!(
                (found - expected).abs() <= (expected >> 57) + 4,
                "e^{exponent}: {found}, not {expected}"
            );
        }
        assert_eq!(exponential(-44 * ONE), 0);
    }

    #[test]
    fn powers_with_fractional_exponents_agree_with_known_values_to_twelve_digits() {
        // ln(base) in fixed point, the exponent as a fraction, and the power worked out with fifty digits.
        for (logarithm, numerator, denominator, expected) in [
            (56_251_229_484_236_619, -1, 12, "0.995942407351067072"), // 1.05
            (56_251_229_484_236_619, 1, 1, "1.05"),
            (134_211_905_513_157_672, 1, 2, "1.059932403505053712"), // 1.1234567
            (100_624_692_425_880_896, -30, 1, "0.072923798207108525"), // 1.0912
            (6_490_931_034_739_469_796_i128, -1, 1, "0.003588628354470354"), // 278.658
            (115_292_144_696, -1, 1, "0.999999900000009999"),        // 1.0000001
            (1_266_613_732_830_808_727, 3, 1, "27"),                 // 3
        ] {
            let found = exponential(logarithm * numerator / denominator);
            let expected = fixed(expected);
            let off = (found - expected).abs();
            assert!(off * 1_000_000_000_000 < expected, "{found} is not {expected}");
        }
    }

    #[test]
    fn a_power_and_its_reciprocal_multiply_to_one() {
        for step in 0..400 {
            let exponent = ONE / 97 * step;
            if exponent > 9 * ONE {
                break;
            }
            let product = multiply(exponential(exponent), exponential(-exponent));
            assert!((product - ONE).abs() < 1 << 15, "e^(step {step}/97): {product}");
        }
    }
}
