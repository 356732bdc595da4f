//! Payment references: ISO 11649 creditor references, and the folded keys by
//! which a bank line's text finds a receivable.

/// Returns the ISO 11649 creditor reference `RFcc…` for a base of letters and digits.
///
/// Anything but ASCII letters and digits is dropped, letters become capitals
/// and the base is cut to the standard's 21 characters. Returns `None` when
/// nothing is left.
pub fn creditor_reference(base: &str) -> Option<String> {
    let body: String =
        base.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).take(21).collect();
    if body.is_empty() {
        return None;
    }
    let check = 98 - mod97(body.bytes().chain(*b"RF00"))?;
    Some(format!("RF{check:02}{body}"))
}

/// Returns whether `text` is an ISO 11649 reference with right check digits; spaces are ignored.
pub fn is_creditor_reference(text: &str) -> bool {
    let compact: Vec<u8> =
        text.bytes().filter(|byte| !byte.is_ascii_whitespace()).map(|b| b.to_ascii_uppercase()).collect();
    (5..=25).contains(&compact.len())
        && compact.starts_with(b"RF")
        && compact[2..4].iter().all(u8::is_ascii_digit)
        && mod97(compact[4..].iter().chain(&compact[..4]).copied()) == Some(1)
}

/// ISO 7064 MOD 97-10 over letters (A = 10 … Z = 35) and digits.
fn mod97(bytes: impl Iterator<Item = u8>) -> Option<u32> {
    let mut rest = 0u32;
    for byte in bytes {
        rest = match byte {
            b'0'..=b'9' => rest * 10 + u32::from(byte - b'0'),
            b'A'..=b'Z' => rest * 100 + u32::from(byte - b'A' + 10),
            _ => return None,
        } % 97;
    }
    Some(rest)
}

/// Returns the key under which a number or reference is found: letters and digits only, in
/// capitals, with the letters people type for digits (O, I, L) folded into them.
pub fn reference_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    push_key(&mut key, text);
    key
}

/// Appends the key of `text` to `key`.
pub fn push_key(key: &mut String, text: &str) {
    for c in text.chars().flat_map(char::to_uppercase) {
        match c {
            'O' => key.push('0'),
            'I' | 'L' => key.push('1'),
            c if c.is_alphanumeric() => key.push(c),
            _ => {}
        }
    }
}

/// Returns the shape of a key: letters stand, each run of digits becomes its length.
///
/// `RE20260017` → `RE#8`. A book keeps the shapes of its numbers, so that only
/// pieces of a bank text that look like one of its numbers are looked up.
pub fn key_shape(key: &str) -> String {
    let mut shape = String::with_capacity(key.len());
    let mut digits = 0;
    let flush = |shape: &mut String, digits: &mut usize| {
        if *digits > 0 {
            shape.push('#');
            shape.push_str(&digits.to_string());
            *digits = 0;
        }
    };
    for c in key.chars() {
        if c.is_ascii_digit() {
            digits += 1;
        } else {
            flush(&mut shape, &mut digits);
            shape.push(c);
        }
    }
    flush(&mut shape, &mut digits);
    shape
}

/// Returns the key by which names are compared: words folded to plain lower-case letters, sorted.
///
/// `Müller, Jörg` and `Joerg Müller` both give `joerg mueller`; titles and legal
/// forms stay, since they tell companies apart.
pub fn name_key(name: &str) -> String {
    let folded = fold(name);
    let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.join(" ")
}

/// Folds text for searching: lower case, common accents removed, German umlauts spelt out,
/// everything that is neither letter nor digit becomes one space.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' | 'æ' => folded.push_str("ae"),
            'ö' | 'œ' | 'ø' => folded.push_str("oe"),
            'ü' => folded.push_str("ue"),
            'ß' => folded.push_str("ss"),
            'à' | 'á' | 'â' | 'ã' | 'å' | 'ą' | 'ă' => folded.push('a'),
            'ç' | 'ć' | 'č' => folded.push('c'),
            'ď' | 'đ' => folded.push('d'),
            'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => folded.push('e'),
            'ì' | 'í' | 'î' | 'ï' => folded.push('i'),
            'ł' => folded.push('l'),
            'ñ' | 'ń' | 'ň' => folded.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ő' => folded.push('o'),
            'ř' => folded.push('r'),
            'ś' | 'š' | 'ş' => folded.push('s'),
            'ť' | 'ţ' => folded.push('t'),
            'ù' | 'ú' | 'û' | 'ů' | 'ű' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'ź' | 'ż' | 'ž' => folded.push('z'),
            c if c.is_alphanumeric() => folded.push(c),
            // An apostrophe joins (O'Neil, d'Or); a combining mark belongs to the letter before it.
            '\'' | '’' | '\u{300}'..='\u{36f}' => {}
            _ if folded.ends_with(' ') || folded.is_empty() => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn creditor_references_carry_the_standard_check_digits() {
        // ISO 11649 example used by banks: 539007547034 → RF18.
        assert_eq!(creditor_reference("539007547034").as_deref(), Some("RF18539007547034"));
        assert!(is_creditor_reference("RF18 5390 0754 7034"));
        assert!(!is_creditor_reference("RF19 5390 0754 7034"));
        assert!(!is_creditor_reference("RF"));
        assert_eq!(creditor_reference(" -/"), None);
    }

    #[test]
    fn keys_forgive_what_people_mistype() {
        for text in ["RE-2026-0017", "re 2026 0017", "RE2026-OO17", "RE/2026/0017"] {
            assert_eq!(reference_key(text), "RE20260017");
        }
        assert_eq!(key_shape("RE20260017"), "RE#8");
        assert_eq!(key_shape("2026A7"), "#4A#1");
    }

    #[test]
    fn names_are_compared_without_order_accents_and_case() {
        assert_eq!(name_key("Müller, Jörg"), name_key("JOERG MUELLER"));
        assert_eq!(name_key("Peña & Cía. S.L."), "cia l pena s");
        assert_eq!(name_key("O'Neil"), "oneil");
    }

    proptest! {
        #[test]
        fn every_made_reference_is_valid(base in "[ -~]{1,40}") {
            if let Some(reference) = creditor_reference(&base) {
                prop_assert!(is_creditor_reference(&reference));
                prop_assert!(reference.len() <= 25);
            }
        }

        #[test]
        fn keys_are_their_own_keys(text in "\\PC{0,40}") {
            let key = reference_key(&text);
            prop_assert_eq!(reference_key(&key), key);
        }
    }
}
