//! Account numbers that pass every check and belong to nobody: bank code zero, right check digits.

use duewell_domain::money::Currency;

use crate::rng::Rng;

/// Returns an IBAN for a country and an account's basic number, with ISO 13616 check digits.
///
/// Anything but ASCII letters and digits in the number is dropped.
pub fn iban(country: &str, basic: &str) -> String {
    let mut text: String =
        basic.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let check = 98 - mod97(text.bytes().chain(country.bytes()).chain(*b"00"));
    text.insert_str(0, &format!("{country}{check:02}"));
    text
}

/// Returns a fictitious private account in a country whose IBANs we know; Germany otherwise.
pub(crate) fn payer_iban(country: &str, rng: &mut Rng) -> String {
    // Ten digits are enough to tell a million debtors apart in every country's number.
    let account = rng.between(1, 9_999_999_999);
    match country {
        "AT" => iban("AT", &format!("00000{account:011}")),
        "CH" => iban("CH", &format!("00000{account:012}")),
        "ES" => iban("ES", &spanish(account)),
        "FR" => iban("FR", &french(account)),
        // British and Irish banks are letters; these are not given to any.
        "GB" => iban("GB", &format!("ZZZZ000000{:08}", account % 100_000_000)),
        "IE" => iban("IE", &format!("ZZZZ000000{:08}", account % 100_000_000)),
        "KW" => iban("KW", &format!("ZZZZ{account:022}")),
        _ => iban("DE", &format!("00000000{account:010}")),
    }
}

/// Returns the account on which the sample creditor takes payments in a currency.
pub fn creditor_iban(currency: Currency) -> String {
    let account = currency.code().bytes().fold(0u64, |sum, letter| sum * 26 + u64::from(letter - b'A'));
    iban("DE", &format!("00000000{:010}", 7_000_000_000 + account))
}

/// Bank and branch zero, two check digits over the account (weights 1 2 4 8 5 10 9 7 3 6, modulo 11).
fn spanish(account: u64) -> String {
    let digits = format!("{account:010}");
    let sum: u32 =
        digits.bytes().zip([1, 2, 4, 8, 5, 10, 9, 7, 3, 6]).map(|(d, w)| u32::from(d - b'0') * w).sum();
    let check = match 11 - sum % 11 {
        10 => 1,
        11 => 0,
        digit => digit,
    };
    format!("000000000{check}{digits}")
}

/// Bank and branch zero, the RIB key at the end: 97 − (89 bank + 15 branch + 3 account) mod 97.
fn french(account: u64) -> String {
    let key = 97 - 3 * account % 97;
    format!("0000000000{account:011}{key:02}")
}

/// ISO 7064 MOD 97-10 over letters (A = 10 … Z = 35) and digits.
fn mod97(bytes: impl Iterator<Item = u8>) -> u32 {
    bytes.fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        letter => (rest * 100 + u32::from(letter - b'A') + 10) % 97,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_those_of_known_accounts() {
        // Examples of the SWIFT IBAN registry.
        assert_eq!(iban("DE", "370400440532013000"), "DE89370400440532013000");
        assert_eq!(iban("GB", "NWBK60161331926819"), "GB29NWBK60161331926819");
        assert_eq!(iban("FR", "20041010050500013M02606"), "FR1420041010050500013M02606");
    }

    #[test]
    fn national_check_digits_are_right() {
        // Spanish example account 2100 0418 45 0200051332: its second digit is 5 for this account number.
        assert!(spanish(200_051_332).ends_with("50200051332"));
        // For bank 0, branch 0 the whole RIB is divisible by 97 when bank, branch and account are weighted.
        for account in [1, 97, 12_345_678_901] {
            let rib = french(account);
            let key: u64 = rib[21..].parse().expect("digits");
            assert_eq!((3 * account + key) % 97, 0);
        }
    }

    #[test]
    fn every_made_account_passes_an_independent_check() {
        let mut rng = Rng::new(5);
        for country in ["DE", "AT", "CH", "ES", "FR", "GB", "IE", "KW", "US", "JP"] {
            for _ in 0..50 {
                let made = payer_iban(country, &mut rng);
                assert!(made.parse::<iban::Iban>().is_ok(), "{made}");
            }
        }
        for currency in [Currency::EUR, Currency::GBP, Currency::KWD] {
            let made = creditor_iban(currency);
            assert!(made.parse::<iban::Iban>().is_ok(), "{made}");
            assert!(made[4..].starts_with("00000000"));
        }
    }
}
