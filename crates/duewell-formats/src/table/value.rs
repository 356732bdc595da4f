//! One cell's text as an amount, a day, a kind or a yes or no.
//!
//! What can be meant in two ways is not decided here: without a mark or an
//! order from the mapping, `1.234` and `03/04/2026` are refused with the
//! question.

use duewell_domain::debtor::PartyKind;
use duewell_domain::money::{Currency, Money};
use duewell_domain::receivable::ReceivableKind;
use jiff::civil::Date;

use super::mapping::{DateOrder, DecimalMark};
use super::row::CellKind;

/// What is wrong with a value and what to do about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Wrong {
    pub(super) problem: String,
    pub(super) remedy: String,
}

impl Wrong {
    pub(super) fn new(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Wrong { problem: problem.into(), remedy: remedy.into() }
    }
}

/// An amount as written: its parts found, not yet in minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct WrittenAmount {
    negative: bool,
    /// All digits as one whole number.
    digits: i64,
    /// How many of the digits stand behind the decimal mark, without zeros at the end.
    decimals: u32,
    /// The currency written beside the number, if any.
    pub(super) currency: Option<Currency>,
    /// What the amount shows about the decimal mark.
    pub(super) mark: MarkEvidence,
}

/// What an amount shows about the decimal mark of its file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum MarkEvidence {
    /// It has no mark that could be one.
    None,
    Shows(DecimalMark),
    /// `1.234` or `1,234`: thousands or thousandths.
    Ambiguous,
}

/// Reads an amount with its signs, groups and currency.
///
/// Groups of three (or Indian lakh groups) may be set off by point, comma,
/// apostrophe or space. Ambiguity is told in the result, by the reading as
/// groups.
pub(super) fn read_amount(
    text: &str,
    kind: CellKind,
    mark: Option<DecimalMark>,
) -> Result<WrittenAmount, Wrong> {
    let mark = if kind == CellKind::Number { Some(DecimalMark::Point) } else { mark };
    let (number, mut negative, currency) = strip_decoration(text)?;
    let not_an_amount = || Wrong::new("it is not an amount", "write a number such as 1234.56");
    let (point, comma) = (count(number, b'.'), count(number, b','));
    let (last_point, last_comma) = (number.rfind('.'), number.rfind(','));
    let other_groups = number.contains(|c| GROUP_SIGNS.contains(&c));
    // Which sign is the decimal mark, and what does that show?
    let (decimal, shown): (Option<(DecimalMark, usize)>, MarkEvidence) = match (last_point, last_comma) {
        (None, None) => (None, MarkEvidence::None),
        (Some(at_point), Some(at_comma)) => {
            let (found, at, times) = if at_point > at_comma {
                (DecimalMark::Point, at_point, point)
            } else {
                (DecimalMark::Comma, at_comma, comma)
            };
            if times > 1 {
                return Err(not_an_amount());
            }
            (Some((found, at)), MarkEvidence::Shows(found))
        }
        (Some(at), None) | (None, Some(at)) => {
            let (found, times) =
                if last_point.is_some() { (DecimalMark::Point, point) } else { (DecimalMark::Comma, comma) };
            if times > 1 {
                (None, MarkEvidence::Shows(found.other()))
            } else {
                let before = &number[..at];
                let thousands_like = number.len() - at - 1 == 3
                    && (1..=3).contains(&before.len())
                    && !before.starts_with('0')
                    && !other_groups;
                match mark {
                    Some(mark) if mark == found => (Some((found, at)), MarkEvidence::Shows(found)),
                    Some(_) | None if thousands_like => (None, MarkEvidence::Ambiguous),
                    Some(_) | None => (Some((found, at)), MarkEvidence::Shows(found)),
                }
            }
        }
    };
    if let (Some(mark), MarkEvidence::Shows(shown)) = (mark, shown)
        && mark != shown
    {
        return Err(Wrong::new(
            format!("its decimal mark is a {}, the mapping says {}", shown.word(), mark.word()),
            "correct the amount, or set decimal_mark in the mapping",
        ));
    }
    let (whole, fraction) = match decimal {
        Some((_, at)) => (&number[..at], number[at + 1..].trim_end_matches('0')),
        None => (number, ""),
    };
    if decimal.is_some() && number.ends_with(['.', ',']) && whole.is_empty() {
        return Err(not_an_amount());
    }
    let mut digits = read_groups(whole).ok_or_else(not_an_amount)?;
    for byte in fraction.bytes() {
        if !byte.is_ascii_digit() {
            return Err(not_an_amount());
        }
        digits = digits.push(byte).ok_or_else(too_large)?;
    }
    if digits.count == 0 && fraction.is_empty() && decimal.is_none_or(|(_, at)| at + 1 == number.len()) {
        return Err(not_an_amount());
    }
    let value = digits.value.ok_or_else(too_large)?;
    negative &= value != 0;
    Ok(WrittenAmount { negative, digits: value, decimals: fraction.len() as u32, currency, mark: shown })
}

impl WrittenAmount {
    /// Returns the amount in minor units of `currency`; it has to be more than nothing.
    ///
    /// `stated_mark` tells whether the mapping says what the decimal mark is.
    pub(super) fn minor(self, currency: Currency, stated_mark: bool) -> Result<i64, Wrong> {
        if self.mark == MarkEvidence::Ambiguous && !stated_mark {
            return Err(Wrong::new(
                "the mark can stand for thousands or for decimals",
                "set decimal_mark in the mapping to point or comma",
            ));
        }
        let exponent = u32::from(currency.exponent());
        if self.decimals > exponent {
            return Err(Wrong::new(
                format!("it has more decimals than {currency} has ({exponent})"),
                "round the amount, or check decimal_mark in the mapping",
            ));
        }
        let minor = 10_i64.pow(exponent - self.decimals).checked_mul(self.digits);
        let minor = minor.filter(|minor| *minor <= Money::WRITTEN_MAX).ok_or_else(too_large)?;
        if self.negative {
            return Err(Wrong::new(
                "the amount is negative",
                "import credit notes as payments, or correct the sign",
            ));
        }
        if minor == 0 {
            return Err(Wrong::new("the amount is zero", "leave the row out, or correct the amount"));
        }
        Ok(minor)
    }
}

fn too_large() -> Wrong {
    Wrong::new("the amount is too large", "correct the amount")
}

/// Signs that set off thousands beside point and comma: apostrophes and spaces of several widths.
const GROUP_SIGNS: [char; 6] = ['\'', '\u{2019}', ' ', '\u{a0}', '\u{202f}', '\u{2009}'];

fn count(text: &str, byte: u8) -> usize {
    text.bytes().filter(|&found| found == byte).count()
}

/// Takes signs, brackets and currency off an amount: `(€ 1.234,56)`, `12.00- CHF`, `1'200.–`.
fn strip_decoration(text: &str) -> Result<(&str, bool, Option<Currency>), Wrong> {
    let mut text = text.trim();
    let mut negative = false;
    let mut signed = false;
    let mut currency = None;
    if let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        // Accountants' brackets.
        (text, negative, signed) = (inner.trim(), true, true);
    }
    loop {
        let before = text.len();
        for sign in ['-', '\u{2212}', '\u{2013}', '+'] {
            let stripped = text.strip_prefix(sign).or_else(|| {
                // A trailing dash after a mark is the Swiss way of writing no cents.
                text.strip_suffix(sign).filter(|rest| !rest.ends_with(['.', ',']))
            });
            if let Some(rest) = stripped {
                if signed {
                    return Err(Wrong::new("it has more than one sign", "write a number such as 1234.56"));
                }
                (text, signed, negative) = (rest.trim(), true, sign != '+');
            }
        }
        for (symbol, code) in [
            ("€", Some(Currency::EUR)),
            ("£", Some(Currency::GBP)),
            ("$", None),
            ("Fr.", Some(Currency::CHF)),
        ] {
            if let Some(rest) = text.strip_prefix(symbol).or_else(|| text.strip_suffix(symbol)) {
                text = rest.trim();
                currency = currency.or(code);
            }
        }
        for (code, rest) in [
            text.split_at_checked(3),
            text.len()
                .checked_sub(3)
                .and_then(|at| text.split_at_checked(at))
                .map(|(rest, code)| (code, rest)),
        ]
        .into_iter()
        .flatten()
        {
            if code.bytes().all(|byte| byte.is_ascii_uppercase()) {
                currency = Some(code.parse().map_err(|_| {
                    Wrong::new(format!("unknown currency {code}"), "write an ISO 4217 code such as EUR")
                })?);
                text = rest.trim();
                break;
            }
        }
        if text.len() == before {
            break;
        }
    }
    for dash in [".-", ",-", ".\u{2013}", ",\u{2013}", ".\u{2014}", ",\u{2014}"] {
        if let Some(rest) = text.strip_suffix(dash) {
            text = rest;
            break;
        }
    }
    Ok((text, negative, currency))
}

#[derive(Clone, Copy)]
struct Digits {
    /// The number, or nothing once it is too large.
    value: Option<i64>,
    count: usize,
}

impl Digits {
    fn push(mut self, byte: u8) -> Option<Digits> {
        self.value = self.value.and_then(|value| value.checked_mul(10)?.checked_add(i64::from(byte - b'0')));
        self.count += 1;
        self.value.map(|_| self)
    }
}

/// Reads a whole number in groups; nothing when the groups are not those of a number.
fn read_groups(text: &str) -> Option<Digits> {
    let mut digits = Digits { value: Some(0), count: 0 };
    let mut sign = None;
    let (mut group, mut groups) = (0_usize, 0_usize);
    // Lakh groups have two digits but for the last; which it is shows at the second group.
    let mut middle = None;
    for c in text.chars() {
        if c.is_ascii_digit() {
            digits.count += 1;
            digits.value =
                digits.value.and_then(|value| value.checked_mul(10)?.checked_add(i64::from(c as u8 - b'0')));
            group += 1;
            continue;
        }
        if !GROUP_SIGNS.contains(&c) && c != '.' && c != ',' {
            return None;
        }
        if *sign.get_or_insert(c) != c {
            return None;
        }
        if groups == 0 {
            if !(1..=3).contains(&group) {
                return None;
            }
        } else if *middle.get_or_insert(group) != group || !(2..=3).contains(&group) {
            return None;
        }
        groups += 1;
        group = 0;
    }
    (groups == 0 || group == 3).then_some(digits)
}

/// What a written day shows about the order of day and month.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum WrittenDay {
    /// Only one reading is possible, whatever the order.
    Plain(Date),
    /// It is a day in this order only.
    Shows(DateOrder, Date),
    /// `03/04/2026`: it is a day both ways.
    Ambiguous,
}

/// Reads a day: ISO 8601, `20260131`, or three numbers in the order given or shown.
///
/// With points between, the day comes first unless the mapping says otherwise.
/// A time of day after it is left away.
pub(super) fn read_day(text: &str, order: Option<DateOrder>) -> Result<WrittenDay, Wrong> {
    let not_a_date = || Wrong::new("it is not a date", "write the date as 2026-01-31");
    let text = without_time(text);
    let bytes = text.as_bytes();
    if bytes.len() == 8 && bytes.iter().all(u8::is_ascii_digit) {
        let number = |range: std::ops::Range<usize>| {
            bytes[range].iter().fold(0_i16, |value, byte| value * 10 + i16::from(byte - b'0'))
        };
        return real_day(number(0..4), number(4..6), number(6..8)).map(WrittenDay::Plain);
    }
    let mut parts = [(0_i16, 0_usize); 3];
    let (mut index, mut separator) = (0, None);
    for &byte in bytes {
        match byte {
            b'0'..=b'9' => {
                let (value, length) = &mut parts[index];
                if *length == 4 {
                    return Err(not_a_date());
                }
                *value = *value * 10 + i16::from(byte - b'0');
                *length += 1;
            }
            b'-' | b'/' | b'.' if index < 2 && *separator.get_or_insert(byte) == byte => index += 1,
            b' ' if separator == Some(b'.') && parts[index].1 == 0 => {}
            _ => return Err(not_a_date()),
        }
    }
    let [(first, first_length), (second, second_length), (third, third_length)] = parts;
    if index != 2 || first_length == 0 || third_length == 0 || !(1..=2).contains(&second_length) {
        return Err(not_a_date());
    }
    if first_length == 4 {
        if third_length > 2 {
            return Err(not_a_date());
        }
        return real_day(first, second, third).map(WrittenDay::Plain);
    }
    if first_length > 2 {
        return Err(not_a_date());
    }
    let year_first = order == Some(DateOrder::YearMonthDay) && third_length <= 2;
    if year_first {
        return real_day(2000 + first, second, third).map(WrittenDay::Plain);
    }
    let year = match third_length {
        4 => third,
        2 => 2000 + third,
        _ => return Err(not_a_date()),
    };
    let order = match order {
        Some(DateOrder::DayMonthYear) => Some(DateOrder::DayMonthYear),
        Some(DateOrder::MonthDayYear) => Some(DateOrder::MonthDayYear),
        Some(DateOrder::YearMonthDay) | None if separator == Some(b'.') => Some(DateOrder::DayMonthYear),
        Some(DateOrder::YearMonthDay) | None => None,
    };
    match order {
        Some(DateOrder::DayMonthYear) => stated(first, second, year, DateOrder::DayMonthYear),
        Some(DateOrder::MonthDayYear) => stated(second, first, year, DateOrder::MonthDayYear),
        Some(DateOrder::YearMonthDay) | None => {
            let day_first = real_day(year, second, first);
            let month_first = real_day(year, first, second);
            match (day_first, month_first) {
                (Ok(day), Ok(other)) if day == other => Ok(WrittenDay::Plain(day)),
                (Ok(_), Ok(_)) => Ok(WrittenDay::Ambiguous),
                (Ok(day), Err(_)) => Ok(WrittenDay::Shows(DateOrder::DayMonthYear, day)),
                (Err(_), Ok(day)) => Ok(WrittenDay::Shows(DateOrder::MonthDayYear, day)),
                (Err(wrong), Err(_)) => Err(wrong),
            }
        }
    }
}

/// Reads the parts in a stated order; says so when only the other order would give a day.
fn stated(day: i16, month: i16, year: i16, order: DateOrder) -> Result<WrittenDay, Wrong> {
    match real_day(year, month, day) {
        Ok(date) => Ok(WrittenDay::Shows(order, date)),
        Err(_) if real_day(year, day, month).is_ok() => Err(Wrong::new(
            format!("there is no month {month}: day and month are the other way round"),
            "correct the date, or set date_order in the mapping",
        )),
        Err(wrong) => Err(wrong),
    }
}

impl WrittenDay {
    /// Returns the day, or the question which of two is meant.
    pub(super) fn date(self) -> Result<Date, Wrong> {
        match self {
            WrittenDay::Plain(date) | WrittenDay::Shows(_, date) => Ok(date),
            WrittenDay::Ambiguous => Err(Wrong::new(
                "day and month can be either way round",
                "set date_order in the mapping to day_month_year or month_day_year",
            )),
        }
    }
}

fn real_day(year: i16, month: i16, day: i16) -> Result<Date, Wrong> {
    if !(1900..=2199).contains(&year) {
        return Err(Wrong::new(format!("the year {year} cannot be meant"), "correct the year"));
    }
    let date = i8::try_from(month)
        .ok()
        .zip(i8::try_from(day).ok())
        .and_then(|(month, day)| Date::new(year, month, day).ok());
    date.ok_or_else(|| {
        Wrong::new(format!("{year:04}-{month:02}-{day:02} does not exist"), "correct the date")
    })
}

/// Leaves away a time of day: `2026-01-31T00:00:00Z`, `31.01.2026 12:00`.
fn without_time(text: &str) -> &str {
    let Some(at) = text.find(['T', ' ']).filter(|&at| at >= 6) else { return text };
    let time = text[at + 1..].trim_start();
    let timely = |c: char| c.is_ascii_digit() || ":.,+-ZAPM ".contains(c);
    let is_time =
        time.contains(':') && time.starts_with(|c: char| c.is_ascii_digit()) && time.chars().all(timely);
    if is_time { text[..at].trim_end() } else { text }
}

/// Reads whether a debtor is a person or a company, in four languages.
pub(super) fn read_party_kind(folded: &str) -> Option<PartyKind> {
    Some(match folded {
        "person" | "private" | "privat" | "privatperson" | "privatkunde" | "individual" | "consumer"
        | "verbraucher" | "natural" | "naturalperson" | "b2c" | "p" | "particulier" | "personne"
        | "personnephysique" | "particular" | "persona" | "personafisica" => PartyKind::Person,
        "company" | "business" | "firma" | "unternehmen" | "geschaeftskunde" | "firmenkunde"
        | "organisation" | "organization" | "corporate" | "legal" | "b2b" | "c" | "societe"
        | "entreprise" | "personnemorale" | "professionnel" | "empresa" | "sociedad" | "personajuridica" => {
            PartyKind::Company
        }
        _ => return None,
    })
}

/// Reads what kind of claim a row is, in four languages.
pub(super) fn read_receivable_kind(folded: &str) -> Result<ReceivableKind, Wrong> {
    Ok(match folded {
        "invoice" | "inv" | "rechnung" | "re" | "facture" | "factura" => ReceivableKind::Invoice,
        "bill" | "abrechnung" | "quittance" | "recibo" => ReceivableKind::Bill,
        "fee" | "charge" | "gebuehr" | "frais" | "tasa" | "comision" | "cargo" => ReceivableKind::Fee,
        "installment" | "instalment" | "rate" | "teilzahlung" | "echeance" | "mensualite" | "cuota"
        | "plazo" => ReceivableKind::Installment,
        "creditnote" | "credit" | "gutschrift" | "avoir" | "abono" | "notadecredito" | "notedecredit" => {
            return Err(Wrong::new("it is a credit note, not a claim", "import credit notes as payments"));
        }
        _ => {
            return Err(Wrong::new(
                "unknown kind of receivable",
                "write invoice, bill, fee or installment, or leave the cell empty",
            ));
        }
    })
}

/// Reads a yes or a no in four languages.
pub(super) fn read_yes_no(folded: &str) -> Option<bool> {
    Some(match folded {
        "yes" | "y" | "true" | "1" | "ja" | "j" | "wahr" | "oui" | "o" | "vrai" | "si" | "s"
        | "verdadero" | "optin" | "x" => true,
        "no" | "n" | "false" | "0" | "nein" | "falsch" | "non" | "faux" | "falso" | "optout" => false,
        _ => return None,
    })
}

/// Returns the text in small letters and digits only, without accents: what headers and words are compared by.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        for c in c.to_lowercase() {
            match c {
                'ä' => folded.push_str("ae"),
                'ö' => folded.push_str("oe"),
                'ü' => folded.push_str("ue"),
                'ß' => folded.push_str("ss"),
                'à' | 'á' | 'â' | 'ã' | 'å' => folded.push('a'),
                'ç' => folded.push('c'),
                'è' | 'é' | 'ê' | 'ë' => folded.push('e'),
                'ì' | 'í' | 'î' | 'ï' => folded.push('i'),
                'ñ' => folded.push('n'),
                'ò' | 'ó' | 'ô' | 'õ' => folded.push('o'),
                'ù' | 'ú' | 'û' => folded.push('u'),
                'œ' => folded.push_str("oe"),
                c if c.is_alphanumeric() => folded.push(c),
                _ => {}
            }
        }
    }
    folded
}
