//! Hexadecimal and base64, in the one spelling each that evidence accepts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Appends the lower-case hexadecimal digits of `bytes` to `out`.
pub(super) fn push_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 15)]);
    }
}

/// Returns `bytes` as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let mut out = Vec::with_capacity(bytes.len() * 2);
    push_hex(&mut out, bytes);
    String::from_utf8(out).expect("the digits are ASCII")
}

/// Reads exactly `N` bytes of lower-case hexadecimal digits.
pub(super) fn parse_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != N * 2 {
        return None;
    }
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(bytes)
}

/// Returns `bytes` in base64 (RFC 4648 section 4, with padding).
pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads base64 of the one canonical spelling: padded, no stray bits, no white space.
pub(super) fn parse_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Reads the base64 of a hash.
pub(super) fn parse_hash(text: &str) -> Option<[u8; 32]> {
    parse_base64(text)?.try_into().ok()
}

/// Reads a decimal number without sign or leading zeros.
pub(super) fn parse_decimal(text: &str) -> Option<u64> {
    let canonical = text == "0" || (!text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit()));
    if canonical { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn hexadecimal_reads_back(bytes: [u8; 32]) {
            prop_assert_eq!(parse_hex(&hex(&bytes)), Some(bytes));
        }
    }

    #[test]
    fn only_one_spelling_is_read() {
        assert_eq!(parse_hex::<2>("00fF"), None);
        assert_eq!(parse_hex::<2>("00f"), None);
        assert_eq!(parse_hex::<1>("é"), None);
        assert_eq!(parse_base64("AA=="), Some(vec![0]));
        assert_eq!(parse_base64("AB=="), None);
        assert_eq!(parse_base64("AA"), None);
        assert_eq!(parse_base64("AA==\n"), None);
        assert_eq!(parse_decimal("0"), Some(0));
        for wrong in ["", "00", "01", "+1", "-1", " 1", "1 ", "18446744073709551616"] {
            assert_eq!(parse_decimal(wrong), None, "{wrong:?}");
        }
    }
}
