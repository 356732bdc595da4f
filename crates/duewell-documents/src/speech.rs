//! Texts, money, dates and plurals in the reader's language.
//!
//! Texts are Fluent messages (projectfluent.org) in `locales/`; [`locales`] lists the files. A text
//! that a language lacks is said in English. What comes out is plain text: escaping is the page's
//! business.

mod locales;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::sync::LazyLock;

use duewell_domain::money::Money;
use duewell_domain::rate::Rate;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use icu_locale::{LanguageIdentifier, LocaleDirectionality};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::words::{Forms, Language};
use locales::{LOCALES, Locale};

/// How one language speaks: texts, numbers, dates. Made once, shared by all threads.
pub struct Speech {
    tag: &'static str,
    own_name: &'static str,
    dir: &'static str,
    language: Language,
    forms: &'static Forms,
    texts: FluentBundle<FluentResource>,
}

/// A value that a text names as `{ $name }`. Money, dates and numbers are written as the text's language does.
#[derive(Clone, Copy, Debug)]
pub enum Arg<'a> {
    Text(&'a str),
    /// Also chooses between the forms of a plural: `{ $count -> [one] … *[other] … }`.
    Number(i64),
    Money(Money),
    Date(Date),
}

static SPEECHES: LazyLock<Vec<Speech>> = LazyLock::new(|| LOCALES.iter().map(Speech::load).collect());
static ALL: LazyLock<Vec<&'static Speech>> = LazyLock::new(|| SPEECHES.iter().collect());

impl Speech {
    /// Returns the language that fits a BCP 47 tag best, English where none does: German for `de-AT`.
    pub fn of(tag: &str) -> &'static Speech {
        Speech::lookup(tag).unwrap_or_else(Speech::fallback)
    }

    /// Chooses from an `Accept-Language` header (RFC 9110, 12.5.4), English where none fits.
    ///
    /// Ranges are tried from the highest weight down, equal ones as they stand. Weight 0 refuses a
    /// language, and `*` stands for the first language that is not refused.
    pub fn accepted(header: &str) -> &'static Speech {
        let mut ranges: Vec<(&str, u16)> = header.split(',').filter_map(weighted).collect();
        ranges.sort_by_key(|&(_, weight)| Reverse(weight));
        let refused = |speech: &Speech| {
            let mut named = ranges.iter().filter(|(range, _)| speech.tag.eq_ignore_ascii_case(range));
            named.any(|&(_, weight)| weight == 0)
        };
        ranges
            .iter()
            .filter(|&&(_, weight)| weight > 0)
            .find_map(|&(range, _)| match range {
                "*" => Speech::all().iter().copied().find(|speech| !refused(speech)),
                _ => Speech::lookup(range),
            })
            .unwrap_or_else(Speech::fallback)
    }

    /// Returns all languages with complete texts, English first.
    pub fn all() -> &'static [&'static Speech] {
        &ALL
    }

    /// Returns the BCP 47 tag, e.g. `de`.
    pub fn tag(&self) -> &'static str {
        self.tag
    }

    /// Returns what the language calls itself, e.g. `Deutsch`.
    pub fn own_name(&self) -> &'static str {
        self.own_name
    }

    /// Returns which way the language is written, for HTML's `dir`: `ltr` or `rtl`.
    pub fn dir(&self) -> &'static str {
        self.dir
    }

    /// Says a text that has no values in it.
    pub fn say(&self, id: &str) -> Cow<'_, str> {
        self.format(id, None)
    }

    /// Says a text with its values: `say_with("open", &[("amount", money.into())])`.
    pub fn say_with(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        let speech = if self.texts.has_message(id) { self } else { Speech::fallback() };
        let mut values = FluentArgs::with_capacity(args.len());
        for &(name, arg) in args {
            values.set(name, speech.value(arg));
        }
        speech.format(id, Some(&values)).into_owned()
    }

    /// Tells whether there is a text of this name, here or in English.
    pub fn knows(&self, id: &str) -> bool {
        self.texts.has_message(id) || Speech::fallback().texts.has_message(id)
    }

    /// Writes an amount as notices do: `€1,234.56`, `1.234,56 €`.
    pub fn money(&self, money: Money) -> String {
        self.language.amount(money)
    }

    /// Writes a number in groups: `12,345`, `12.345`.
    pub fn number(&self, n: i64) -> String {
        self.language.number(n)
    }

    /// Writes hundredths of a per cent with one decimal: 1234 is `12.3%`, `12,3 %`.
    pub fn percent(&self, basis_points: i64) -> String {
        self.language.percent(basis_points)
    }

    /// Writes a rate in per cent with the decimals it has: `9.48%`, `9,48 %`.
    pub fn rate(&self, rate: Rate) -> String {
        self.language.rate(rate)
    }

    /// Writes a date in full, as notices do: `25 November 2026`, `25. November 2026`.
    pub fn date(&self, day: Date) -> String {
        self.language.date(day)
    }

    /// Writes a date for a table: `25 Nov 2026`, `25.11.2026`.
    pub fn day(&self, day: Date) -> String {
        self.forms.day(day)
    }

    /// Writes the name of the day: `Wednesday`.
    pub fn weekday(&self, day: Date) -> String {
        self.forms.weekday(day)
    }

    /// Writes month and year, for charts: `Nov 2026`, `11/2026`.
    pub fn month(&self, day: Date) -> String {
        self.forms.month(day)
    }

    /// Writes a day without its year, for axes: `25 Nov`, `25.11.`.
    pub fn day_and_month(&self, day: Date) -> String {
        self.forms.day_and_month(day)
    }

    /// Writes a moment as clocks in `zone` show it: `25 Nov 2026, 14:31`.
    pub fn moment(&self, at: Timestamp, zone: &TimeZone) -> String {
        self.forms.moment(zone.to_datetime(at))
    }

    /// Writes the time of day as clocks in `zone` show it: `14:31`.
    pub fn time(&self, at: Timestamp, zone: &TimeZone) -> String {
        self.forms.time(zone.to_datetime(at).time())
    }

    fn load(locale: &Locale) -> Speech {
        let tag = locale.tag;
        let mut texts = FluentBundle::new_concurrent(vec![tag.parse().expect("our tags are well-formed")]);
        // Isolation marks keep a Hebrew name apart from the German around it in plain text. Our texts
        // go into HTML, where `<bdi>` and `dir` do that and the marks would be copied along.
        texts.set_use_isolating(false);
        (locale.numbers)(&mut texts);
        for &(name, text) in locale.files {
            let resource = FluentResource::try_new(text.to_owned())
                .unwrap_or_else(|(_, errors)| panic!("locales/{tag}/{name}: {errors:?}"));
            if let Err(errors) = texts.add_resource(resource) {
                panic!("locales/{tag}/{name}: {errors:?}");
            }
        }
        Speech {
            tag,
            own_name: locale.own_name,
            dir: direction(tag),
            language: locale.language,
            forms: locale.language.forms().expect("a language that has texts has forms"),
            texts,
        }
    }

    fn fallback() -> &'static Speech {
        &SPEECHES[0]
    }

    /// Finds a language by dropping subtags from the end until one fits (RFC 4647, 3.4).
    fn lookup(tag: &str) -> Option<&'static Speech> {
        let mut range = tag.trim();
        loop {
            let found = SPEECHES.iter().find(|speech| speech.tag.eq_ignore_ascii_case(range));
            if found.is_some() {
                return found;
            }
            range = &range[..range.rfind(['-', '_'])?];
        }
    }

    fn format(&self, id: &str, values: Option<&FluentArgs<'_>>) -> Cow<'_, str> {
        let texts = [&self.texts, &Speech::fallback().texts];
        let known = texts.iter().find_map(|texts| Some((texts, texts.get_message(id)?.value()?)));
        let Some((texts, pattern)) = known else {
            debug_assert!(false, "there is no text `{id}`");
            return Cow::Owned(id.to_owned());
        };
        let mut errors = Vec::new();
        let said = texts.format_pattern(pattern, values, &mut errors);
        debug_assert!(errors.is_empty(), "text `{id}`: {errors:?}");
        said
    }

    fn value<'a>(&self, arg: Arg<'a>) -> FluentValue<'a> {
        /// Up to here every whole number is a float; beyond it a float prints another number.
        const EXACT_MAX: u64 = 1 << 53;
        match arg {
            Arg::Text(text) => text.into(),
            Arg::Number(number) if number.unsigned_abs() <= EXACT_MAX => number.into(),
            Arg::Number(number) => self.number(number).into(),
            Arg::Money(money) => self.money(money).into(),
            Arg::Date(day) => self.date(day).into(),
        }
    }
}

/// Reads one part of an `Accept-Language` header: the range, and its weight in thousandths.
fn weighted(part: &str) -> Option<(&str, u16)> {
    let mut pieces = part.split(';').map(str::trim);
    let range = pieces.next().filter(|range| !range.is_empty())?;
    let Some(weight) = pieces.next() else { return Some((range, 1000)) };
    let weight = weight.strip_prefix("q=").or_else(|| weight.strip_prefix("Q="))?;
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    let digits = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    match (whole, digits) {
        ("0", true) => Some((range, format!("{fraction:0<3}").parse().ok()?)),
        ("1", true) if fraction.bytes().all(|byte| byte == b'0') => Some((range, 1000)),
        _ => None,
    }
}

/// Tells which way a language is written, by the script it is usually written in.
fn direction(tag: &str) -> &'static str {
    let language: LanguageIdentifier = tag.parse().expect("our tags are well-formed");
    match LocaleDirectionality::new_common().is_right_to_left(&language) {
        true => "rtl",
        false => "ltr",
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Arg::Text(text)
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Arg::Text(text)
    }
}

impl From<i64> for Arg<'_> {
    fn from(number: i64) -> Self {
        Arg::Number(number)
    }
}

impl From<i32> for Arg<'_> {
    fn from(number: i32) -> Self {
        Arg::Number(number.into())
    }
}

impl From<u32> for Arg<'_> {
    fn from(number: u32) -> Self {
        Arg::Number(number.into())
    }
}

/// Counts of things we hold fit an `i64`.
impl From<u64> for Arg<'_> {
    fn from(number: u64) -> Self {
        Arg::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// Counts of things we hold fit an `i64`.
impl From<usize> for Arg<'_> {
    fn from(number: usize) -> Self {
        Arg::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Money> for Arg<'_> {
    fn from(money: Money) -> Self {
        Arg::Money(money)
    }
}

impl From<Date> for Arg<'_> {
    fn from(day: Date) -> Self {
        Arg::Date(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_decides_which_way_a_language_is_written() {
        for (tag, expected) in
            [("ar", "rtl"), ("he", "rtl"), ("fa-IR", "rtl"), ("de", "ltr"), ("en", "ltr"), ("az-Arab", "rtl")]
        {
            assert_eq!(direction(tag), expected, "{tag}");
        }
    }

    #[test]
    fn a_weight_has_at_most_three_decimals_and_is_at_most_one() {
        for (part, expected) in [
            ("de", Some(("de", 1000))),
            (" de ; q=0.5", Some(("de", 500))),
            ("de;q=0", Some(("de", 0))),
            ("de;q=0.", Some(("de", 0))),
            ("de;Q=1.000", Some(("de", 1000))),
            ("de;q=0.007", Some(("de", 7))),
            ("*;q=0.1", Some(("*", 100))),
            ("de;q=1.5", None),
            ("de;q=0.1234", None),
            ("de;q=-1", None),
            ("de;level=1", None),
            (";q=1", None),
            ("", None),
        ] {
            assert_eq!(weighted(part), expected, "{part}");
        }
    }

    #[test]
    fn a_text_that_a_language_lacks_is_said_in_english_with_english_values() {
        let mut german = Speech::load(&LOCALES[1]);
        german.texts = FluentBundle::new_concurrent(vec!["de".parse().expect("a tag")]);
        assert_eq!(german.say("common-yes"), "Yes");
        assert_eq!(german.say_with("common-yes", &[]), "Yes");
        assert!(german.knows("common-yes") && !german.knows("common-perhaps"));
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "there is no text `common-perhaps`")]
    fn a_text_that_no_language_has_is_our_bug() {
        Speech::of("de").say("common-perhaps");
    }

    #[test]
    fn values_are_written_as_the_language_writes_them_and_numbers_choose_the_plural() {
        let texts = "open = { $amount } by { $day } for { $name }
made-up-days = { $n ->
    [0] today
    [one] { $n } day
   *[other] { $n } days
}
half = { 1.50 }
";
        for (locale, expected) in [
            (&LOCALES[0], ["€1,234.56 by 1 March 2026 for A & B", "today", "1 day", "2 days", "12,345 days"]),
            (
                &LOCALES[1],
                ["1.234,56\u{a0}€ by 1. März 2026 for A & B", "today", "1 day", "2 days", "12.345 days"],
            ),
        ] {
            let mut speech = Speech::load(locale);
            let resource = FluentResource::try_new(texts.to_owned()).expect("it parses");
            speech.texts.add_resource(resource).expect("new ids");
            let amount = Money::new(123_456, "EUR".parse().expect("a currency"));
            let day = jiff::civil::date(2026, 3, 1);
            let name = "A & B".to_owned();
            let args = [("amount", amount.into()), ("day", day.into()), ("name", (&name).into())];
            let mut said = vec![speech.say_with("open", &args)];
            for n in [0, 1, 2, 12_345] {
                said.push(speech.say_with("made-up-days", &[("n", n.into())]));
            }
            assert_eq!(said, expected);
            assert_eq!(speech.say("half"), "1.50");
            let largest = speech.say_with("made-up-days", &[("n", i64::MAX.into())]);
            assert_eq!(largest, format!("{} days", speech.number(i64::MAX)));
            assert_eq!(
                speech.number(i64::MAX).replace([',', '.'], ""),
                i64::MAX.to_string(),
                "no digit is lost"
            );
        }
    }
}
