//! The text of a payment QR code for banking apps (EPC069-12, "Girocode").
//!
//! The code asks for a SEPA credit transfer in euro. Version 002 is written,
//! in which the BIC may be left out, in UTF-8.

use duewell_domain::money::{Currency, Money};
use duewell_domain::reference::is_creditor_reference;

/// Most bytes of a payload (EPC069-12: version 13 of the code at error correction level M).
pub const PAYLOAD_BYTES_MAX: usize = 331;

const NAME_CHARS_MAX: usize = 70;
const TEXT_CHARS_MAX: usize = 140;
const AMOUNT_MINOR_MAX: i64 = 99_999_999_999;

/// A credit transfer the debtor is asked to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpcPayment {
    /// Name of the account's holder.
    pub name: String,
    pub iban: String,
    pub bic: Option<String>,
    pub amount: Money,
    pub remittance: Remittance,
    /// External purpose code of ISO 20022, e.g. `GDDS`.
    pub purpose: Option<String>,
}

/// What the payment says it is for. A transfer carries one kind, never both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remittance {
    Nothing,
    /// An ISO 11649 creditor reference, `RF…`.
    Structured(String),
    /// Words and numbers, at most 140 characters.
    Text(String),
}

impl Remittance {
    /// Takes a creditor reference as structured, anything else as text.
    pub fn from_reference(text: &str) -> Remittance {
        if text.trim().is_empty() {
            Remittance::Nothing
        } else if is_creditor_reference(text) {
            Remittance::Structured(text.to_owned())
        } else {
            Remittance::Text(text.to_owned())
        }
    }
}

/// Why a payment cannot be written as a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EpcError {
    #[error("a payment code is for euro, not {0}")]
    NotEuro(Currency),
    #[error("a payment code is for 0.01 to 999999999.99 euro, not {}", .0.major_text())]
    Amount(Money),
    #[error("the account holder has no name")]
    NoName,
    #[error("the account holder's name has {0} characters, a payment code takes 70")]
    NameTooLong(usize),
    #[error("`{0}` is not an IBAN")]
    Iban(String),
    #[error("`{0}` is not a BIC")]
    Bic(String),
    #[error("`{0}` is not a purpose code of up to four letters and digits")]
    Purpose(String),
    #[error("`{0}` is not a creditor reference (ISO 11649)")]
    Reference(String),
    #[error("the payment text has {0} characters, a payment code takes 140")]
    TextTooLong(usize),
    #[error("the payment code has {0} bytes, banking apps read 331")]
    PayloadTooLong(usize),
}

impl EpcPayment {
    /// Writes the lines of the code.
    ///
    /// Lines end with LF, the last one with nothing, and empty lines at the
    /// end are left out (EPC069-12, section 2). Names and texts keep to one
    /// line: line breaks and control characters in them become spaces.
    ///
    /// ```
    /// use duewell_domain::money::{Currency, Money};
    /// use duewell_formats::epc::{EpcPayment, Remittance};
    ///
    /// let payment = EpcPayment {
    ///     name: "Example & Sons".to_owned(),
    ///     iban: "DE02 1203 0000 0000 2020 51".to_owned(),
    ///     bic: None,
    ///     amount: Money::new(1230, Currency::EUR),
    ///     remittance: Remittance::from_reference("RE-2026-0017"),
    ///     purpose: None,
    /// };
    /// assert_eq!(
    ///     payment.payload()?,
    ///     "BCD\n002\n1\nSCT\n\nExample & Sons\nDE02120300000000202051\nEUR12.30\n\n\nRE-2026-0017"
    /// );
    /// # Ok::<(), duewell_formats::epc::EpcError>(())
    /// ```
    pub fn payload(&self) -> Result<String, EpcError> {
        let amount = self.amount;
        if amount.currency != Currency::EUR {
            return Err(EpcError::NotEuro(amount.currency));
        }
        if !(1..=AMOUNT_MINOR_MAX).contains(&amount.minor) {
            return Err(EpcError::Amount(amount));
        }
        let name = one_line(&self.name);
        match name.chars().count() {
            0 => return Err(EpcError::NoName),
            1..=NAME_CHARS_MAX => {}
            count => return Err(EpcError::NameTooLong(count)),
        }
        let iban = code(Some(&self.iban), is_iban, EpcError::Iban)?;
        let bic = code(self.bic.as_deref(), is_bic, EpcError::Bic)?;
        let purpose = code(self.purpose.as_deref(), is_purpose, EpcError::Purpose)?;
        let (reference, text) = match &self.remittance {
            Remittance::Nothing => (String::new(), String::new()),
            Remittance::Structured(reference) => {
                (code(Some(reference), is_creditor_reference, EpcError::Reference)?, String::new())
            }
            Remittance::Text(text) => (String::new(), one_line(text)),
        };
        let count = text.chars().count();
        if count > TEXT_CHARS_MAX {
            return Err(EpcError::TextTooLong(count));
        }
        let amount = format!("EUR{}", amount.major_text());
        let lines = ["BCD", "002", "1", "SCT", &bic, &name, &iban, &amount, &purpose, &reference, &text];
        let mut payload = lines.join("\n");
        payload.truncate(payload.trim_end_matches('\n').len());
        if payload.len() > PAYLOAD_BYTES_MAX {
            return Err(EpcError::PayloadTooLong(payload.len()));
        }
        Ok(payload)
    }
}

/// Returns a code in capitals without the spaces and line breaks people write in it; nothing if there is none.
fn code(
    given: Option<&str>,
    is_right: impl Fn(&str) -> bool,
    wrong: impl Fn(String) -> EpcError,
) -> Result<String, EpcError> {
    let Some(given) = given else { return Ok(String::new()) };
    let compact: String =
        given.chars().filter(|c| !c.is_ascii_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    if is_right(&compact) { Ok(compact) } else { Err(wrong(given.to_owned())) }
}

/// Returns the words of a text with one space between them.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// ISO 13616: country, check digits (ISO 7064 MOD 97-10), 11 to 30 letters and digits.
fn is_iban(text: &str) -> bool {
    let bytes = text.as_bytes();
    if !(15..=34).contains(&bytes.len())
        || !bytes[..2].iter().all(u8::is_ascii_uppercase)
        || !bytes[2..4].iter().all(u8::is_ascii_digit)
        || !is_capitals_and_digits(text)
    {
        return false;
    }
    let rest = bytes[4..].iter().chain(&bytes[..4]).fold(0u32, |rest, &byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    });
    rest == 1
}

/// ISO 9362: eight or eleven characters, the fifth and sixth being a country.
fn is_bic(text: &str) -> bool {
    matches!(text.len(), 8 | 11)
        && is_capitals_and_digits(text)
        && text.as_bytes()[4..6].iter().all(u8::is_ascii_uppercase)
}

fn is_purpose(text: &str) -> bool {
    (1..=4).contains(&text.len()) && is_capitals_and_digits(text)
}

fn is_capitals_and_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn payment() -> EpcPayment {
        EpcPayment {
            name: "Example & Sons".to_owned(),
            iban: "DE02120300000000202051".to_owned(),
            bic: None,
            amount: Money::new(1230, Currency::EUR),
            remittance: Remittance::Nothing,
            purpose: None,
        }
    }

    fn refused(change: impl FnOnce(&mut EpcPayment)) -> EpcError {
        let mut payment = payment();
        change(&mut payment);
        payment.payload().expect_err("a refusal")
    }

    fn written(change: impl FnOnce(&mut EpcPayment)) -> String {
        let mut payment = payment();
        change(&mut payment);
        payment.payload().expect("a payload")
    }

    #[test]
    fn every_field_has_its_line() {
        let payload = written(|payment| {
            payment.bic = Some("byladem1001".to_owned());
            payment.purpose = Some("GDDS".to_owned());
            payment.remittance = Remittance::from_reference("rf18 5390 0754 7034");
        });
        assert_eq!(
            payload,
            "BCD\n002\n1\nSCT\nBYLADEM1001\nExample & Sons\nDE02120300000000202051\nEUR12.30\nGDDS\nRF18539007547034"
        );
    }

    #[test]
    fn empty_lines_at_the_end_are_left_out() {
        assert_eq!(written(|_| {}), "BCD\n002\n1\nSCT\n\nExample & Sons\nDE02120300000000202051\nEUR12.30");
        let text_only = written(|payment| payment.remittance = Remittance::from_reference("Invoice 7"));
        assert!(text_only.ends_with("EUR12.30\n\n\nInvoice 7"));
    }

    #[test]
    fn amounts_are_euro_from_one_cent_to_a_billion_less_one_cent() {
        for (minor, shown) in [(1, "EUR0.01"), (100, "EUR1.00"), (AMOUNT_MINOR_MAX, "EUR999999999.99")] {
            let payload = written(|payment| payment.amount.minor = minor);
            assert_eq!(payload.lines().nth(7), Some(shown));
        }
        for minor in [0, -1, AMOUNT_MINOR_MAX + 1] {
            let error = refused(|payment| payment.amount.minor = minor);
            assert_eq!(error, EpcError::Amount(Money::new(minor, Currency::EUR)));
        }
        assert_eq!(
            refused(|payment| payment.amount.currency = Currency::CHF),
            EpcError::NotEuro(Currency::CHF)
        );
    }

    #[test]
    fn lengths_count_characters_and_the_whole_counts_bytes() {
        assert!(written(|payment| payment.name = "ä".repeat(70)).contains(&"ä".repeat(70)));
        assert_eq!(refused(|payment| payment.name = "a".repeat(71)), EpcError::NameTooLong(71));
        let text = |length| Remittance::Text("ß".repeat(length));
        assert!(written(|payment| payment.remittance = text(120)).ends_with('ß'));
        assert_eq!(refused(|payment| payment.remittance = text(141)), EpcError::TextTooLong(141));
        // 140 two-byte letters alone are within the field, but not with the rest.
        assert_eq!(refused(|payment| payment.remittance = text(140)), EpcError::PayloadTooLong(344));
    }

    #[test]
    fn codes_are_checked() {
        let text = str::to_owned;
        for iban in ["", "DE03120300000000202051", "DE0212030000000020205ä", "120300000000202051"] {
            assert_eq!(refused(|payment| payment.iban = text(iban)), EpcError::Iban(text(iban)));
        }
        for bic in ["", "BYLADEM", "BYLA1EM1001", "BYLADEM1\u{b}01"] {
            assert_eq!(refused(|payment| payment.bic = Some(text(bic))), EpcError::Bic(text(bic)));
        }
        for purpose in ["", "GDDSX", "G\u{0}S"] {
            assert_eq!(
                refused(|payment| payment.purpose = Some(text(purpose))),
                EpcError::Purpose(text(purpose))
            );
        }
        for reference in ["", "RF19539007547034", "RE-7", "RF18\u{85}539007547034"] {
            assert_eq!(
                refused(|payment| payment.remittance = Remittance::Structured(text(reference))),
                EpcError::Reference(text(reference))
            );
        }
        assert_eq!(refused(|payment| payment.name = text(" \n\u{7}")), EpcError::NoName);
    }

    proptest! {
        #[test]
        fn no_name_or_text_adds_a_line(name in "\\PC{0,10}[\r\n\u{b}\u{85}\u{2028}a]{1,3}\\PC{0,10}", text in "(?s).{0,40}") {
            let payment = EpcPayment { name, remittance: Remittance::Text(text), ..payment() };
            if let Ok(payload) = payment.payload() {
                let lines: Vec<&str> = payload.split('\n').collect();
                prop_assert!(lines.len() == 8 || lines.len() == 11);
                prop_assert_eq!(lines[6..8].join("/"), "DE02120300000000202051/EUR12.30");
                let is_plain = |c: char| c == '\n' || (!c.is_control() && (c == ' ' || !c.is_whitespace()));
                prop_assert!(payload.chars().all(is_plain));
                prop_assert!(payload.len() <= PAYLOAD_BYTES_MAX);
            }
        }
    }
}
