//! Words for things of the trade, as every page says them.

use duewell_documents::Speech;
use duewell_domain::dunning::{NoticeKind, Reason};
use duewell_domain::hold::HoldReason;
use duewell_domain::money::{Currency, Money};
use duewell_domain::rate::Rate;
use duewell_domain::reference::is_creditor_reference;
use duewell_store::notice::NoticeState;
use jiff::civil::Date;
use maud::{Markup, html};

use crate::ui::{self, Tone};

/// Why nothing is sent, in a phrase.
pub fn reason(speech: &Speech, reason: Reason) -> String {
    let id = format!("reason-{}", reason.code().replace([':', '_'], "-"));
    speech.say(&id).into_owned()
}

/// Why a debtor is silent, in a word or two.
pub fn hold(speech: &Speech, reason: HoldReason) -> String {
    speech.say(&format!("hold-{}", reason.as_str().replace('_', "-"))).into_owned()
}

/// What kind of notice it is.
pub fn kind(speech: &Speech, kind: NoticeKind) -> String {
    kind_word(speech, kind.as_str())
}

/// The same for a stored word.
pub fn kind_word(speech: &Speech, kind: &str) -> String {
    let id = format!("notice-{}", kind.replace('_', "-"));
    if speech.knows(&id) { speech.say(&id).into_owned() } else { kind.to_owned() }
}

/// What became of a notice, as a badge.
pub fn notice_state(speech: &Speech, state: NoticeState) -> Markup {
    let tone = match state {
        NoticeState::Pending | NoticeState::Sending => Tone::Info,
        NoticeState::Sent => Tone::Ok,
        NoticeState::Failed => Tone::Danger,
        NoticeState::Withdrawn => Tone::Neutral,
        NoticeState::Unknown => Tone::Due,
    };
    ui::badge(&speech.say(&format!("notice-state-{}", state.as_str())), tone)
}

/// Amounts in several currencies, one beside the other.
pub fn sums(speech: &Speech, sums: &[Money]) -> Markup {
    html! {
        @for (index, sum) in sums.iter().enumerate() {
            @if index > 0 { " · " }
            (ui::amount(&speech.money(*sum)))
        }
        @if sums.is_empty() { span.quiet.dash { "–" } }
    }
}

/// Writes a code in groups of four, as people read it out (ISO 13616 and ISO 11649, print format).
pub fn in_fours(code: &str) -> String {
    let letters: Vec<char> = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
}

/// Writes an account number as paper shows it: an IBAN in fours, another as the bank wrote it.
pub fn account(number: &str) -> String {
    match number.as_bytes() {
        [a, b, c, d, ..]
            if a.is_ascii_uppercase()
                && b.is_ascii_uppercase()
                && c.is_ascii_digit()
                && d.is_ascii_digit() =>
        {
            in_fours(number)
        }
        _ => number.to_owned(),
    }
}

/// A whole address of a page with its parameters, each escaped.
pub fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let given: Vec<(&str, &str)> =
        parameters.iter().filter(|(_, value)| !value.is_empty()).copied().collect();
    match serde_urlencoded::to_string(&given) {
        Ok(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path.to_owned(),
    }
}

/// Reads an amount as people type it: with a comma or a point before the last two or three digits, and marks between
/// thousands. `None` where both readings are possible.
pub fn plain_amount(typed: &str) -> Option<String> {
    let compact: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’' | '\u{a0}' | '\u{202f}'))
        .collect();
    let marks: Vec<(usize, char)> = compact.char_indices().filter(|(_, c)| matches!(c, ',' | '.')).collect();
    let Some(&(last, mark)) = marks.last() else { return Some(compact) };
    let decimals = compact.len() - last - 1;
    let same = marks.iter().filter(|(_, other)| *other == mark).count();
    // One mark before exactly three digits may part thousands or, for dinars, decimals: nobody can know.
    if decimals == 3 && same == marks.len() && marks.len() == 1 {
        return None;
    }
    let is_decimal = same == 1 && (decimals != 3 || marks.len() > 1);
    let mut plain = String::new();
    for (at, c) in compact.char_indices() {
        match c {
            ',' | '.' if is_decimal && at == last => plain.push('.'),
            ',' | '.' => {}
            other => plain.push(other),
        }
    }
    Some(plain)
}

/// Reads a positive amount or nothing as people type it.
pub fn amount(typed: &str, currency: Currency) -> Option<Money> {
    let plain = plain_amount(typed)?;
    Money::parse_major(&plain, currency).ok().filter(|money| (0..=Money::WRITTEN_MAX).contains(&money.minor))
}

/// Reads a rate in percent as people type it: `9.5`, `9,5`, `9,5 %`.
pub fn rate(typed: &str) -> Option<Rate> {
    let plain: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '%').collect();
    plain.replace(',', ".").parse().ok()
}

/// Reads a day as browsers send it, or as people write it where a browser has no calendar.
pub fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Ok(day) = text.parse::<Date>() {
        return Some(day);
    }
    let mut parts = text.split(['.', '/']).map(|part| part.trim().parse::<i16>().ok());
    let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Groups a reference of the standard for reading; any other stays as the creditor writes it.
pub fn reference(reference: &str) -> String {
    if is_creditor_reference(reference) { in_fours(reference) } else { reference.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_in_fours() {
        assert_eq!(in_fours("DE02120300000000202051"), "DE02 1203 0000 0000 2020 51");
        assert_eq!(in_fours("RF18 5390 0754 7034"), "RF18 5390 0754 7034");
        assert_eq!(in_fours(""), "");
    }

    #[test]
    fn an_iban_is_read_in_fours_and_another_number_as_the_bank_wrote_it() {
        assert_eq!(account("DE02120300000000202051"), "DE02 1203 0000 0000 2020 51");
        assert_eq!(account("0012345678"), "0012345678");
        assert_eq!(account(""), "");
    }

    #[test]
    fn amounts_are_read_as_people_type_them() {
        for (typed, plain) in [
            ("120", Some("120")),
            ("120.5", Some("120.5")),
            ("120,50", Some("120.50")),
            ("1.234,56", Some("1234.56")),
            ("1,234.56", Some("1234.56")),
            ("1'234.50", Some("1234.50")),
            ("1 234,50", Some("1234.50")),
            ("1.234.567", Some("1234567")),
            ("1,234,567.8", Some("1234567.8")),
            ("1.234,567", Some("1234.567")),
            ("1.234", None),
            ("1,234", None),
        ] {
            assert_eq!(plain_amount(typed).as_deref(), plain, "{typed}");
        }
    }

    #[test]
    fn rates_are_read_as_people_type_them() {
        for typed in ["9.5", "9,5", " 9,50 % ", "9.5%"] {
            assert_eq!(rate(typed), Some(Rate { ppb: 95_000_000 }), "{typed}");
        }
        assert_eq!(rate("nine"), None);
    }

    #[test]
    fn a_day_is_read_as_browsers_and_people_write_it() {
        let day = Some(jiff::civil::date(2026, 3, 9));
        for text in ["2026-03-09", " 2026-03-09 ", "9.3.2026", "09.03.2026", "9/3/2026", "9. 3. 2026"] {
            assert_eq!(super::day(text), day, "{text}");
        }
        for text in ["", "tomorrow", "31.2.2026", "2026-13-01", "9.3.26.1", "9.3", "1.2.99999", "9.300.2026"]
        {
            assert_eq!(super::day(text), None, "{text}");
        }
    }
}
