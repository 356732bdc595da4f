//! What a transfer says it is for: well, badly, or not at all.

use jiff::civil::Date;
use serde::Serialize;

use crate::debtor::SampleDebtor;
use crate::receivable::SampleReceivable;
use crate::rng::Rng;
use crate::spec::Profile;

/// Where and how a transfer names what it pays.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceForm {
    /// ISO 11649 reference in the structured field.
    Structured,
    /// The invoice number, or several, in the free text.
    Number,
    /// The ISO 11649 reference, or several, in the free text.
    ReferenceInText,
    /// The invoice number as end-to-end id.
    EndToEnd,
    /// Only the customer number, in the free text.
    CustomerNumber,
    /// Nothing useful: payer and amount have to do.
    Nothing,
}

/// What went wrong when the number was written down.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Blemish {
    /// Two neighbouring digits changed places. The result may be another debtor's number.
    SwappedDigits,
    /// The letter O for zero, l for one.
    LetterForDigit,
    /// `RE20260017`.
    NoDashes,
    /// `re-2026-0017`.
    LowerCase,
    /// `RE - 2026  - 0017`.
    ExtraSpaces,
    /// The number runs over the end of a line of text.
    SplitOverLines,
    /// `RE 2026-17`: leading zeros left out, the prefix said once.
    ShortForm,
}

const BLEMISHES: [Blemish; 7] = [
    Blemish::SwappedDigits,
    Blemish::LetterForDigit,
    Blemish::NoDashes,
    Blemish::LowerCase,
    Blemish::ExtraSpaces,
    Blemish::SplitOverLines,
    Blemish::ShortForm,
];

/// The texts of one transfer.
pub(crate) struct Remittance {
    pub form: ReferenceForm,
    pub blemish: Option<Blemish>,
    pub structured: Option<String>,
    pub end_to_end_id: Option<String>,
    pub lines: Vec<String>,
}

/// A line of free text has at most this many characters (ISO 20022, Max140Text).
const LINE_MAX: usize = 140;

impl ReferenceForm {
    pub(crate) fn draw(rng: &mut Rng, profile: &Profile) -> ReferenceForm {
        match rng.weighted(&profile.reference_habits) {
            0 => ReferenceForm::Structured,
            1 => ReferenceForm::Number,
            2 => ReferenceForm::ReferenceInText,
            3 => ReferenceForm::EndToEnd,
            4 => ReferenceForm::CustomerNumber,
            _ => ReferenceForm::Nothing,
        }
    }
}

/// Writes the texts of a transfer about these receivables.
pub(crate) fn write(
    rng: &mut Rng,
    habit: ReferenceForm,
    typos: u16,
    debtor: &SampleDebtor,
    about: &[&SampleReceivable],
) -> Remittance {
    // One field holds one reference: several invoices are listed in the text.
    let form = match habit {
        ReferenceForm::Structured | ReferenceForm::EndToEnd if about.len() != 1 => ReferenceForm::Number,
        form => form,
    };
    let nothing =
        Remittance { form, blemish: None, structured: None, end_to_end_id: None, lines: Vec::new() };
    let words = Words::of(debtor.language);
    match (form, about) {
        (ReferenceForm::Structured, [one, ..]) => {
            Remittance { structured: Some(one.reference.clone()), ..nothing }
        }
        (ReferenceForm::EndToEnd, [one, ..]) => {
            let lines = if rng.chance(300) { vec![rng.pick(words.chatter).to_owned()] } else { Vec::new() };
            Remittance { end_to_end_id: Some(one.number.clone()), lines, ..nothing }
        }
        (ReferenceForm::ReferenceInText, _) => {
            let grouped = rng.chance(500);
            let references: Vec<String> = about.iter().map(|one| in_fours(&one.reference, grouped)).collect();
            Remittance { lines: cut(&join(&references, words.and)), ..nothing }
        }
        (ReferenceForm::CustomerNumber, _) => {
            Remittance { lines: vec![format!("{} {}", words.customer, debtor.number)], ..nothing }
        }
        (ReferenceForm::Nothing, _) | (ReferenceForm::Structured | ReferenceForm::EndToEnd, []) => {
            let lines = if rng.chance(500) { vec![rng.pick(words.chatter).to_owned()] } else { Vec::new() };
            Remittance { lines, ..nothing }
        }
        (ReferenceForm::Number, _) => {
            let blemish = rng.chance(typos).then(|| BLEMISHES[rng.below(BLEMISHES.len() as u64) as usize]);
            let (lines, blemish) = numbers_in_text(rng, &words, blemish, debtor, about);
            Remittance { lines, blemish, ..nothing }
        }
    }
}

fn numbers_in_text(
    rng: &mut Rng,
    words: &Words,
    blemish: Option<Blemish>,
    debtor: &SampleDebtor,
    about: &[&SampleReceivable],
) -> (Vec<String>, Option<Blemish>) {
    let mut blemish = blemish;
    let mut numbers: Vec<String> = about.iter().map(|one| one.number.clone()).collect();
    match blemish {
        Some(Blemish::SwappedDigits) => {
            match numbers.first_mut().map(|number| (swapped(rng, number), number)) {
                Some((Some(wrong), number)) => *number = wrong,
                _ => blemish = None,
            }
        }
        Some(Blemish::LetterForDigit) => {
            for number in numbers.iter_mut().take(1) {
                *number = number.replace('0', "O").replace('1', "l");
            }
        }
        Some(Blemish::NoDashes) => numbers.iter_mut().for_each(|number| *number = number.replace('-', "")),
        Some(Blemish::LowerCase) => numbers.iter_mut().for_each(|number| number.make_ascii_lowercase()),
        Some(Blemish::ExtraSpaces) => {
            numbers.iter_mut().for_each(|number| *number = number.replacen('-', " - ", 2))
        }
        Some(Blemish::ShortForm) => {
            for (place, number) in numbers.iter_mut().enumerate() {
                *number = short(number, place == 0);
            }
        }
        Some(Blemish::SplitOverLines) | None => {}
    }
    let list = join(&numbers, words.and);
    let text = if numbers.len() > 1 {
        if rng.chance(500) || blemish == Some(Blemish::ShortForm) {
            list
        } else {
            format!("{} {list}", words.invoice)
        }
    } else {
        let issued = about.first().map_or(Date::ZERO, |one| one.row.issued_on);
        match rng.below(4) {
            0 => format!("{} {list}", words.invoice),
            1 => list,
            2 => format!(
                "{} {list} {} {:02}.{:02}.{}",
                words.invoice,
                words.of,
                issued.day(),
                issued.month(),
                issued.year()
            ),
            _ => format!("{list} {} {}", words.customer, debtor.number),
        }
    };
    if blemish == Some(Blemish::SplitOverLines)
        && let Some(start) = numbers.first().and_then(|number| text.find(number.as_str()))
    {
        // Numbers are ASCII, so any place inside one is a character boundary.
        let middle = start + 4 + rng.below(6) as usize;
        return (vec![text[..middle].to_owned(), text[middle..].to_owned()], blemish);
    }
    (cut(&text), blemish)
}

/// Swaps two neighbouring, different digits of the running number; none when all are equal.
fn swapped(rng: &mut Rng, number: &str) -> Option<String> {
    let mut bytes = number.as_bytes().to_vec();
    let start = number.rfind('-')? + 1;
    let places: Vec<usize> = (start..bytes.len() - 1).filter(|&at| bytes[at] != bytes[at + 1]).collect();
    let at = *places.get(rng.below(places.len() as u64) as usize)?;
    bytes.swap(at, at + 1);
    String::from_utf8(bytes).ok()
}

/// `RE-2026-0017` → `RE 2026-17`, without the prefix after the first.
fn short(number: &str, first: bool) -> String {
    let mut parts = number.splitn(3, '-');
    let (prefix, year, running) =
        (parts.next().unwrap_or(""), parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let running = running.trim_start_matches('0');
    if first { format!("{prefix} {year}-{running}") } else { format!("{year}-{running}") }
}

/// `RF18539007547034` → `RF18 5390 0754 7034`, as it is printed.
fn in_fours(reference: &str, grouped: bool) -> String {
    let mut text = String::with_capacity(32);
    for (place, c) in reference.chars().enumerate() {
        if grouped && place > 0 && place % 4 == 0 {
            text.push(' ');
        }
        text.push(c);
    }
    text
}

fn join(items: &[String], and: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} {and} {last}", most.join(", ")),
    }
}

fn cut(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(LINE_MAX).map(|line| line.iter().collect()).collect()
}

struct Words {
    invoice: &'static str,
    and: &'static str,
    of: &'static str,
    customer: &'static str,
    chatter: &'static [&'static str],
}

impl Words {
    fn of(language: &str) -> Words {
        match language {
            "de" => Words {
                invoice: "Rechnung",
                and: "und",
                of: "vom",
                customer: "Kd-Nr.",
                chatter: &["Danke", "Überweisung", "offener Betrag", "wie besprochen", "Rechnung"],
            },
            "fr" => Words {
                invoice: "Facture",
                and: "et",
                of: "du",
                customer: "client",
                chatter: &["Merci", "Virement", "solde", "règlement", "facture"],
            },
            "es" => Words {
                invoice: "Factura",
                and: "y",
                of: "del",
                customer: "cliente",
                chatter: &["Gracias", "Transferencia", "pago pendiente", "según lo hablado", "factura"],
            },
            _ => Words {
                invoice: "Invoice",
                and: "and",
                of: "of",
                customer: "customer",
                chatter: &["Thank you", "Payment", "as agreed", "balance", "invoice"],
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::SampleSpec;

    fn texts_of(blemish: Blemish, several: bool) -> Vec<Vec<String>> {
        let spec = SampleSpec { months: 4, profile: Profile::MASS, ..SampleSpec::default() };
        let mut texts = Vec::new();
        for debtor in spec.debtors().take(60) {
            let about: Vec<&SampleReceivable> =
                debtor.receivables.iter().take(if several { 3 } else { 1 }).collect();
            let mut rng = Rng::new(u64::from(debtor.index));
            let words = Words::of(debtor.language);
            let (lines, made) = numbers_in_text(&mut rng, &words, Some(blemish), &debtor, &about);
            if made.is_some() {
                let numbers: Vec<String> = about.iter().map(|one| one.number.clone()).collect();
                texts.push([vec![join(&numbers, words.and)], lines].concat());
            }
        }
        assert!(texts.len() > 30);
        texts
    }

    #[test]
    fn a_list_in_short_form_says_the_prefix_once() {
        assert_eq!(short("RE-2026-0017", true), "RE 2026-17");
        let numbers = ["RE-2026-0017", "RE-2026-0018", "RE-2026-0021"];
        let list: Vec<String> =
            numbers.iter().enumerate().map(|(place, number)| short(number, place == 0)).collect();
        assert_eq!(join(&list, "und"), "RE 2026-17, 2026-18 und 2026-21");
    }

    #[test]
    fn each_blemish_changes_what_the_matcher_sees() {
        for (blemish, several) in
            BLEMISHES.into_iter().flat_map(|blemish| [(blemish, false), (blemish, true)])
        {
            for texts in texts_of(blemish, several) {
                let lines = &texts[1..];
                match blemish {
                    Blemish::SplitOverLines => {
                        assert_eq!(lines.len(), 2);
                        assert!(!lines.iter().any(|line| line.contains(&texts[0])));
                        assert!(lines.concat().contains(&texts[0]));
                    }
                    _ => assert!(!lines.concat().contains(&texts[0]), "{blemish:?} {texts:?}"),
                }
                assert!(lines.iter().all(|line| line.chars().count() <= LINE_MAX && !line.is_empty()));
            }
        }
    }

    #[test]
    fn a_swap_keeps_the_digits() {
        let mut rng = Rng::new(3);
        assert_eq!(swapped(&mut rng, "RE-2026-0000"), None);
        let wrong = swapped(&mut rng, "RE-2026-0017").expect("digits differ");
        assert!(["RE-2026-0107", "RE-2026-0071"].contains(&wrong.as_str()), "{wrong}");
    }
}
