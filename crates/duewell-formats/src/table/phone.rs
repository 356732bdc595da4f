//! Telephone numbers as E.164, by the metadata of libphonenumber.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

use super::value::Wrong;

/// Longest text that can be a telephone number with all its decoration.
const TEXT_BYTES_MAX: usize = 40;

/// Returns the number as E.164, e.g. `+4930123456`.
///
/// `country` is the ISO 3166 country of a number written without country code.
pub(super) fn parse_phone(text: &str, country: Option<&str>) -> Result<String, Wrong> {
    const CORRECT: &str = "correct the number or leave the cell empty";
    let plain = |c: char| c.is_ascii_digit() || " \u{a0}+()-./\u{2010}\u{2011}\u{2013}".contains(c);
    if text.len() > TEXT_BYTES_MAX || !text.chars().all(plain) {
        return Err(Wrong::new("it is not a telephone number", CORRECT));
    }
    // Dialled from most of the world, 00 stands for the plus sign.
    let widened;
    let text = match text.strip_prefix("00") {
        Some(rest) => {
            widened = format!("+{rest}");
            &widened
        }
        None => text,
    };
    let region = country.and_then(|code| code.parse::<Region>().ok());
    if region.is_none() && !text.trim_start_matches(['(', ' ']).starts_with('+') {
        return Err(Wrong::new(
            "the number has no country code and the row has no country",
            "write the number with its country code (+49 …), or set a country column or default",
        ));
    }
    let library = &*PHONE_NUMBER_UTIL;
    let number =
        library.parse(text, region).map_err(|_| Wrong::new("it is not a telephone number", CORRECT))?;
    // Plans of numbers change faster than tables of them: only the length is held against a number.
    if !library.is_possible_number(&number) {
        return Err(Wrong::new("no telephone has so few or so many digits", CORRECT));
    }
    Ok(library.format(&number, PhoneNumberFormat::E164).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_e164_by_their_own_or_the_row_country() {
        for (text, country, expected) in [
            ("030 1234567", Some("DE"), "+49301234567"),
            ("0049 30 1234567", None, "+49301234567"),
            ("+49 (0)30 1234567", None, "+49301234567"),
            ("089/2000000", Some("DE"), "+49892000000"),
            ("(202) 456-1111", Some("US"), "+12024561111"),
            ("020 7946 0018", Some("GB"), "+442079460018"),
            ("06 12 34 56 78", Some("FR"), "+33612345678"),
            ("+34 612 34 56 78", Some("DE"), "+34612345678"),
            ("+39 06 6982", Some("DE"), "+39066982"),
        ] {
            assert_eq!(parse_phone(text, country).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_no_telephone_has_is_refused() {
        for (text, country) in [
            ("030 1234567", None),
            ("030 1234567", Some("ZZ")),
            ("123456789012345678", Some("DE")),
            ("+", None),
            ("+999 123", None),
            ("call me", Some("DE")),
            ("+1 555 CALL NOW", None),
            ("+49 30 1234567 +49 30 1234567 +49 30 1234567", None),
            ("((((((((((((((((", Some("US")),
            ("", Some("DE")),
        ] {
            assert!(parse_phone(text, country).is_err(), "{text}");
        }
    }
}
