//! Words for things of the trade, as every page says them.

use duewell_documents::Speech;
use duewell_domain::dunning::{NoticeKind, Reason};
use duewell_domain::hold::HoldReason;
use duewell_domain::money::Money;
use duewell_store::notice::NoticeState;
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
}
