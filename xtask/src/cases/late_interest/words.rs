//! Numbers and dates in sentences.

use jiff::civil::Date;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const NUMBERS: [&str; 13] =
    ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/// Splits a sentence into its words, without the signs around them: `two-week` is two, `6000.00` and `14` one each.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let split = text.split(|sign: char| sign.is_whitespace() || "-(),;:%€£'’".contains(sign));
    split.map(|word| word.trim_end_matches('.')).filter(|word| !word.is_empty())
}

/// Reads whole numbers, as digits or as words, each with the word behind it.
pub fn counts(text: &str) -> Vec<(u32, String)> {
    let words: Vec<String> = words(text).map(str::to_lowercase).collect();
    let counted = |(place, word): (usize, &String)| {
        let named =
            NUMBERS.iter().position(|number| number == word).and_then(|number| u32::try_from(number).ok());
        let behind = words.get(place + 1).cloned().unwrap_or_default();
        Some((word.parse().ok().or(named)?, behind))
    };
    words.iter().enumerate().filter_map(counted).collect()
}

/// Takes the commas out of numbers such as `10,000.00`.
fn without_grouping(text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let is_digit = |place: usize| signs.get(place).is_some_and(char::is_ascii_digit);
    let groups = |place: usize| {
        let before = place.checked_sub(1).is_some_and(is_digit);
        signs[place] == ',' && before && (1..=3).all(|ahead| is_digit(place + ahead)) && !is_digit(place + 4)
    };
    (0..signs.len()).filter(|&place| !groups(place)).map(|place| signs[place]).collect()
}

/// Reads numbers such as `590.00`, `-0.88` and `10,000`.
pub fn decimals(text: &str) -> Vec<String> {
    let plain = without_grouping(text);
    let pieces = plain.split(|sign: char| !(sign.is_ascii_digit() || sign == '.' || sign == '-'));
    let pieces = pieces.map(|piece| piece.trim_end_matches(['.', '-']));
    let is_decimal = |piece: &&str| {
        let unsigned = piece.strip_prefix('-').unwrap_or(piece);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        [whole, fraction]
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    pieces.filter(is_decimal).map(str::to_owned).collect()
}

/// Reads dates: `31 Oct 2025`, `1 September 2025`, `2025-10-31`.
pub fn dates(text: &str) -> Vec<Date> {
    let written: Vec<&str> = words(text).collect();
    let spoken = written.windows(3).filter_map(|parts| {
        let month = parts[1].to_lowercase();
        let month = MONTHS.iter().position(|name| month.starts_with(name))? + 1;
        Date::new(parts[2].parse().ok()?, i8::try_from(month).ok()?, parts[0].parse().ok()?).ok()
    });
    let iso =
        text.split(|sign: char| !(sign.is_ascii_digit() || sign == '-')).filter_map(|word| word.parse().ok());
    spoken.chain(iso).collect()
}

/// Whether a clause denies what it is about.
pub fn denies(clause: &str) -> bool {
    let denials = ["no", "not", "without", "never", "none", "neither", "silent", "missing"];
    words(clause).any(|word| denials.contains(&word.to_lowercase().as_str()))
}

/// Whether one of the words, or beginnings of words, is in the clause.
pub fn says(clause: &str, beginnings: &[&str]) -> bool {
    words(clause).any(|word| beginnings.iter().any(|beginning| word.to_lowercase().starts_with(beginning)))
}

/// Splits a sentence at commas, semicolons and parentheses, in small letters; a comma inside a number is none.
pub fn clauses(text: &str) -> Vec<String> {
    let plain = without_grouping(text).to_lowercase();
    let clauses = plain.split([',', ';', '(', ')']).map(str::trim);
    clauses.filter(|clause| !clause.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn numbers_and_dates_are_found_in_sentences() {
        assert_eq!(counts("two-week notice"), [(2, "week".to_owned())]);
        assert_eq!(decimals("arrears of 2,500.00 EUR."), ["2500.00"]);
        assert_eq!(decimals("12.37 until 31 Dec, then -0.5"), ["12.37", "31", "-0.5"]);
        assert_eq!(dates("Saturday 4 Oct 2025 and 2026-02-28"), [date(2025, 10, 4), date(2026, 2, 28)]);
    }

    #[test]
    fn clauses_end_at_commas_but_not_inside_numbers() {
        assert_eq!(
            clauses("nominal 10,000.00, Late (no notice), x"),
            ["nominal 10000.00", "late", "no notice", "x"]
        );
        assert_eq!(clauses("one,2 or 3,4567"), ["one", "2 or 3", "4567"]);
        assert!(clauses(" ,; ").is_empty());
    }
}
