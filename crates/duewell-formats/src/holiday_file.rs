//! Lists of holidays: iCalendar files (RFC 5545) and CSV with a date and a name.
//!
//! Of iCalendar the events count, each with all the days it covers; of
//! recurrence only the yearly kind is read. A file is taken as a whole or not
//! at all: a calendar with a gap would have people written to on a holiday.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use encoding_rs::{Encoding, WINDOWS_1252};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::table::Finding;

/// The largest file that is looked at.
const FILE_BYTES_MAX: usize = 10 * 1024 * 1024;
/// The most days a file may hold, with its yearly events worked out.
const DAYS_MAX: usize = 20_000;
/// How many findings are listed before reading stops.
const FINDINGS_MAX: usize = 100;
/// Names are cut after so many characters.
const NAME_CHARS_MAX: usize = 200;
/// The longest event, in days.
const EVENT_DAYS_MAX: i32 = 31;
/// The years a holiday can be meant for; others are typing errors.
const YEARS: RangeInclusive<i16> = 1900..=2199;
/// The last year that yearly events are worked out for.
const YEARLY_UNTIL: i16 = 2060;
/// What a holiday is called that an iCalendar file gives no name.
const NAMELESS: &str = "holiday";

/// Reads the holidays of an iCalendar or CSV file, sorted by date.
///
/// CSV has the columns date and name in this order, with or without a header; dates are written
/// 2026-12-25 or 25.12.2026. Yearly events are worked out up to 2060.
pub fn read_holidays(bytes: &[u8]) -> Result<Vec<(Date, String)>, Vec<Finding>> {
    let mut holidays = Holidays::default();
    // Reading that ends early has noted why.
    let _: Result<(), Full> = read_into(bytes, &mut holidays);
    if holidays.days.is_empty() && holidays.findings.is_empty() {
        let finding = Finding::new(1, "", "", "the file names no holiday", "choose another file");
        holidays.findings.push(finding);
    }
    if !holidays.findings.is_empty() {
        return Err(holidays.findings);
    }
    holidays.days.sort();
    holidays.days.dedup();
    Ok(holidays.days)
}

fn read_into(bytes: &[u8], holidays: &mut Holidays) -> Result<(), Full> {
    if bytes.len() > FILE_BYTES_MAX {
        let problem = format!("the file is over {} MB", FILE_BYTES_MAX / (1024 * 1024));
        return holidays.note(1, "", "", Wrong::new(problem, "leave out past years"));
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return holidays.note(1, "", "", Wrong::new("the file is a workbook", "save the sheet as CSV"));
    }
    if bytes.starts_with(b"%PDF") {
        let wrong = Wrong::new("the file is a PDF document", "choose an iCalendar or CSV file");
        return holidays.note(1, "", "", wrong);
    }
    let bytes = without_mark(bytes);
    if bytes.trim_ascii_start().get(..15).is_some_and(|head| head.eq_ignore_ascii_case(b"BEGIN:VCALENDAR")) {
        read_icalendar(&bytes, holidays)
    } else {
        read_csv(&decoded(&bytes), holidays)
    }
}

/// What was read so far.
#[derive(Default)]
struct Holidays {
    days: Vec<(Date, String)>,
    findings: Vec<Finding>,
}

/// Reading has come to a limit, which was noted.
struct Full;

impl Holidays {
    fn add(&mut self, line: u64, date: Date, name: &str) -> Result<(), Full> {
        if self.days.len() == DAYS_MAX {
            let problem = format!("the file has more than {DAYS_MAX} days");
            self.findings.push(Finding::new(line, "", "", problem, "leave out past years"));
            return Err(Full);
        }
        self.days.push((date, name.to_owned()));
        Ok(())
    }

    /// Adds a finding; behind the last one that is listed comes a word about the rest.
    fn note(&mut self, line: u64, column: &str, value: &str, wrong: Wrong) -> Result<(), Full> {
        self.findings.push(Finding::new(line, column, value, wrong.problem, wrong.remedy));
        if self.findings.len() < FINDINGS_MAX {
            return Ok(());
        }
        let remedy = "mend what is listed and try again";
        self.findings.push(Finding::new(line, "", "", "the file was not read further", remedy));
        Err(Full)
    }
}

/// What is wrong with a value, and what to do about it.
#[derive(Clone)]
struct Wrong {
    problem: String,
    remedy: &'static str,
}

impl Wrong {
    fn new(problem: impl Into<String>, remedy: &'static str) -> Self {
        Wrong { problem: problem.into(), remedy }
    }
}

// ---- iCalendar ----

/// A property's value as it stands in the file.
#[derive(Clone)]
struct Raw {
    line: u64,
    property: &'static str,
    value: String,
}

/// The properties of one event that matter.
#[derive(Default)]
struct Event {
    line: u64,
    start: Option<Raw>,
    /// `DTEND` or `DURATION`.
    end: Option<Raw>,
    rule: Option<Raw>,
    leaves_out: Vec<Raw>,
    summary: String,
    cancelled: bool,
    /// A property that would change the dates and is not understood, or one too many.
    surplus: Option<(Raw, Wrong)>,
}

/// Reads the events. What stands outside of them, and inside of their alarms, is passed over.
fn read_icalendar(bytes: &[u8], holidays: &mut Holidays) -> Result<(), Full> {
    let mut lines = Unfolded { rest: bytes, line: 0 };
    let mut buffer = Vec::new();
    let mut event: Option<Event> = None;
    let mut components_within = 0_u32;
    while let Some(line) = lines.read(&mut buffer) {
        let text = decoded(&buffer);
        let Some((name, value)) = property(&text) else { continue };
        let is = |word: &str| name.eq_ignore_ascii_case(word);
        let Some(open) = &mut event else {
            if is("BEGIN") && value.eq_ignore_ascii_case("VEVENT") {
                event = Some(Event { line, ..Event::default() });
                components_within = 0;
            }
            continue;
        };
        if is("BEGIN") {
            components_within = components_within.saturating_add(1);
        } else if is("END") && components_within > 0 {
            components_within -= 1;
        } else if is("END") {
            let whole = event.take().expect("an event is open");
            whole.add_to(holidays)?;
        } else if components_within == 0 {
            open.take_in(line, name, value);
        }
    }
    if let Some(event) = event {
        let wrong = Wrong::new("the file ends within this event", "download the file again");
        holidays.note(event.line, "", "", wrong)?;
    }
    Ok(())
}

impl Event {
    fn take_in(&mut self, line: u64, name: &str, value: &str) {
        let raw = |property| Raw { line, property, value: value.to_owned() };
        let (slot, new) = match name.to_ascii_uppercase().as_str() {
            "DTSTART" => (&mut self.start, raw("DTSTART")),
            "DTEND" => (&mut self.end, raw("DTEND")),
            "DURATION" => (&mut self.end, raw("DURATION")),
            "RRULE" => (&mut self.rule, raw("RRULE")),
            "EXDATE" => return self.leaves_out.push(raw("EXDATE")),
            "SUMMARY" => return self.summary = tidy_name(&unescaped(value)),
            "STATUS" => return self.cancelled = value.eq_ignore_ascii_case("CANCELLED"),
            "RDATE" => return self.refuse(raw("RDATE")),
            "EXRULE" => return self.refuse(raw("EXRULE")),
            "RECURRENCE-ID" => return self.refuse(raw("RECURRENCE-ID")),
            _ => return,
        };
        if slot.is_some() {
            let wrong = Wrong::new("the event has two of these", "make it two events");
            self.surplus.get_or_insert((new, wrong));
        } else {
            *slot = Some(new);
        }
    }

    fn refuse(&mut self, raw: Raw) {
        let wrong = Wrong::new("this kind of recurrence is not read", "make each day an event of its own");
        self.surplus.get_or_insert((raw, wrong));
    }

    /// Adds the event's days, or what is wrong with it.
    fn add_to(self, holidays: &mut Holidays) -> Result<(), Full> {
        if self.cancelled {
            return Ok(());
        }
        let (starts, days) = match self.dates() {
            Ok(dates) => dates,
            Err((raw, wrong)) => return holidays.note(raw.line, raw.property, &raw.value, wrong),
        };
        let name = if self.summary.is_empty() { NAMELESS } else { &self.summary };
        for start in starts {
            for date in start.series(1.day()).take(days) {
                holidays.add(self.line, date, name)?;
            }
        }
        Ok(())
    }

    /// Returns the days it begins on and how many days it lasts.
    fn dates(&self) -> Result<(Vec<Date>, usize), (Cow<'_, Raw>, Wrong)> {
        if let Some((raw, wrong)) = &self.surplus {
            return Err((Cow::Borrowed(raw), wrong.clone()));
        }
        let Some(start) = &self.start else {
            let nothing = Raw { line: self.line, property: "DTSTART", value: String::new() };
            return Err((Cow::Owned(nothing), Wrong::new("the event has no date", "give it a DTSTART")));
        };
        let first = Moment::read(&start.value).map_err(|wrong| (Cow::Borrowed(start), wrong))?.date;
        let days = match &self.end {
            Some(raw) => days_until(first, raw).map_err(|wrong| (Cow::Borrowed(raw), wrong))?,
            None => 1,
        };
        let mut starts = match &self.rule {
            Some(raw) => Yearly::read(&raw.value).map_err(|wrong| (Cow::Borrowed(raw), wrong))?.starts(first),
            None => vec![first],
        };
        let mut leaves_out = BTreeSet::new();
        for raw in &self.leaves_out {
            for value in raw.value.split(',') {
                leaves_out.insert(Moment::read(value).map_err(|wrong| (Cow::Borrowed(raw), wrong))?.date);
            }
        }
        starts.retain(|date| !leaves_out.contains(date));
        Ok((starts, days))
    }
}

/// A DATE or DATE-TIME, of which only the date counts.
struct Moment {
    date: Date,
    is_midnight: bool,
}

impl Moment {
    fn read(text: &str) -> Result<Moment, Wrong> {
        let text = text.trim();
        let (day, time) = match text.split_once(['T', 't']) {
            Some((day, time)) => (day, time.trim_end_matches(['Z', 'z'])),
            None => (text, "000000"),
        };
        if day.len() != 8 || time.len() != 6 || !all_digits(day) || !all_digits(time) {
            return Err(Wrong::new("this is not a date", "write it as 20261225"));
        }
        let date = real_day(&day[..4], &day[4..6], &day[6..])?;
        Ok(Moment { date, is_midnight: time == "000000" })
    }
}

/// Returns how many days an event has that begins on `start`.
fn days_until(start: Date, end: &Raw) -> Result<usize, Wrong> {
    let days = if end.property == "DURATION" {
        whole_days(&end.value)
            .ok_or_else(|| Wrong::new("this is not a number of days", "write it as P1D or give a DTEND"))?
    } else {
        let end = Moment::read(&end.value)?;
        let days = (end.date - start).get_days();
        // The end is not part of the event; a moment within a day leaves that day in.
        if end.is_midnight && days != 0 { days } else { days + 1 }
    };
    if days < 1 {
        return Err(Wrong::new("the event ends before it begins", "correct its dates"));
    }
    if days > EVENT_DAYS_MAX {
        let problem = format!("the event lasts longer than {EVENT_DAYS_MAX} days");
        return Err(Wrong::new(problem, "split it or leave it out"));
    }
    Ok(usize::try_from(days).expect("the number is from 1 to 31"))
}

/// Reads a duration of whole days or weeks: `P1D`, `P2W`.
fn whole_days(text: &str) -> Option<i32> {
    let text = text.trim().trim_start_matches('+').strip_prefix(['P', 'p'])?;
    let (digits, factor) = match text.strip_suffix(['D', 'd']) {
        Some(digits) => (digits, 1),
        None => (text.strip_suffix(['W', 'w'])?, 7),
    };
    all_digits(digits).then(|| digits.parse::<i32>().ok()?.checked_mul(factor))?
}

/// A yearly recurrence on the date of the first event.
#[derive(Default)]
struct Yearly {
    count: Option<usize>,
    until: Option<Date>,
}

impl Yearly {
    fn read(text: &str) -> Result<Yearly, Wrong> {
        const REMEDY: &str = "make each year's day an event of its own";
        let mut yearly = Yearly::default();
        let mut is_yearly = false;
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let not_read = || Wrong::new(format!("{} is not read", tidy_name(part)), REMEDY);
            match key.to_ascii_uppercase().as_str() {
                "FREQ" if value.eq_ignore_ascii_case("YEARLY") => is_yearly = true,
                "COUNT" if yearly.count.is_none() && all_digits(value) => {
                    let count = value.parse().ok().filter(|&count: &usize| count > 0).ok_or_else(not_read)?;
                    yearly.count = Some(count);
                }
                "UNTIL" if yearly.until.is_none() => yearly.until = Some(Moment::read(value)?.date),
                _ => return Err(not_read()),
            }
        }
        if !is_yearly {
            return Err(Wrong::new("the rule has no frequency", REMEDY));
        }
        if yearly.count.is_some() && yearly.until.is_some() {
            return Err(Wrong::new("the rule has both a count and an end", "leave out one of them"));
        }
        Ok(yearly)
    }

    /// Returns the days it falls on; 29 February only in years that have it.
    fn starts(&self, first: Date) -> Vec<Date> {
        let last_year = YEARLY_UNTIL.max(first.year());
        (first.year()..=last_year)
            .filter_map(|year| Date::new(year, first.month(), first.day()).ok())
            .take_while(|&date| self.until.is_none_or(|until| date <= until))
            .take(self.count.unwrap_or(usize::MAX))
            .collect()
    }
}

/// The lines of an iCalendar file, with those that were folded put together.
///
/// A fold may stand within a character, so this works on bytes.
struct Unfolded<'b> {
    rest: &'b [u8],
    /// The last line of the file that was read.
    line: u64,
}

impl Unfolded<'_> {
    /// Puts the next line into the buffer and returns its number, or `None` at the end.
    fn read(&mut self, buffer: &mut Vec<u8>) -> Option<u64> {
        buffer.clear();
        let mut first = None;
        while first.is_none() || matches!(self.rest.first(), Some(b' ' | b'\t')) {
            if self.rest.is_empty() {
                break;
            }
            let end = self.rest.iter().position(|&byte| byte == b'\n');
            let (line, rest) = match end {
                Some(end) => (&self.rest[..end], &self.rest[end + 1..]),
                None => (self.rest, &[][..]),
            };
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            buffer.extend_from_slice(if first.is_some() { &line[1..] } else { line });
            self.rest = rest;
            self.line += 1;
            first.get_or_insert(self.line);
        }
        first
    }
}

/// Takes a line apart into name and value; parameters between them are left away.
fn property(line: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let colon = line.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b':' && !quoted
    })?;
    let (head, value) = (&line[..colon], &line[colon + 1..]);
    Some((head.split(';').next().unwrap_or(head).trim(), value.trim()))
}

/// Takes the escapes out of a TEXT value.
fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        plain.push(match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => ' ',
                Some(escaped) => escaped,
                None => '\\',
            },
            c => c,
        });
    }
    plain
}

// ---- CSV ----

fn read_csv(text: &str, holidays: &mut Holidays) -> Result<(), Full> {
    let (text, delimiter, lines_before) = delimiter_of(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut at_top = true;
    loop {
        let more = reader.read_record(&mut record);
        let line = record.position().map_or(1, csv::Position::line) + lines_before;
        match more {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(_) => {
                let wrong = Wrong::new("the line cannot be read", "write it as date,name");
                return holidays.note(line, "", "", wrong);
            }
        }
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let (day, name) = (record[0].trim(), record.get(1).unwrap_or(""));
        let is_header = std::mem::take(&mut at_top) && !day.bytes().any(|byte| byte.is_ascii_digit());
        if is_header {
            continue;
        }
        match read_row(day, name, record.iter().skip(2)) {
            Ok((date, name)) => holidays.add(line, date, &name)?,
            Err((column, value, wrong)) => holidays.note(line, column, value, wrong)?,
        }
    }
}

fn read_row<'r>(
    day: &'r str,
    name: &'r str,
    mut further: impl Iterator<Item = &'r str>,
) -> Result<(Date, String), (&'static str, &'r str, Wrong)> {
    let date = written_day(day).map_err(|wrong| ("date", day, wrong))?;
    if let Some(cell) = further.find(|cell| !cell.trim().is_empty()) {
        let remedy = "keep date and name only, a name with such a mark in quotation marks";
        return Err(("", cell, Wrong::new("there are more than two columns", remedy)));
    }
    if name.contains(['\n', '\r']) {
        let remedy = "close the quotation mark that is open";
        return Err(("name", name, Wrong::new("the name goes on over several lines", remedy)));
    }
    let tidy = tidy_name(name);
    if tidy.is_empty() {
        return Err(("name", name, Wrong::new("the holiday has no name", "name it")));
    }
    Ok((date, tidy))
}

/// Reads `2026-12-25`, `25.12.2026` or `6.1.2026`.
fn written_day(text: &str) -> Result<Date, Wrong> {
    let parts: Vec<&str> = text.split(['-', '.']).take(4).collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let plain = parts.iter().all(|part| all_digits(part));
    let dots = text.bytes().filter(|&byte| byte == b'.').count();
    match (plain, dots, &*lengths) {
        (true, 0, [4, 2, 2]) => real_day(parts[0], parts[1], parts[2]),
        (true, 2, [1 | 2, 1 | 2, 4]) => real_day(parts[2], parts[1], parts[0]),
        _ => Err(Wrong::new("this is not a date", "write it as 2026-12-25 or 25.12.2026")),
    }
}

/// Returns the text, what stands between its cells, and how many lines were taken off its top.
///
/// A date holds no delimiter, so the first one in the first line is it. Excel may say it in a line
/// of its own, `sep=;`.
fn delimiter_of(text: &str) -> (&str, u8, u64) {
    let known = |byte: &u8| [b',', b';', b'\t'].contains(byte);
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if let Some(delimiter) = first.trim_end().strip_prefix("sep=")
        && let &[delimiter] = delimiter.as_bytes()
        && known(&delimiter)
    {
        return (rest, delimiter, 1);
    }
    let filled = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    (text, filled.bytes().find(known).unwrap_or(b','), 0)
}

// ---- both ----

/// Puts year, month and day together; all of them are digits.
fn real_day(year: &str, month: &str, day: &str) -> Result<Date, Wrong> {
    let in_range = year.parse().ok().filter(|year| YEARS.contains(year));
    let Some(number) = in_range else {
        return Err(Wrong::new(format!("the year {year} cannot be meant"), "correct the year"));
    };
    let date =
        month.parse().ok().zip(day.parse().ok()).and_then(|(month, day)| Date::new(number, month, day).ok());
    date.ok_or_else(|| Wrong::new(format!("{year}-{month:0>2}-{day:0>2} does not exist"), "correct the date"))
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns a name on one line, without control characters, cut to a sensible length.
fn tidy_name(text: &str) -> String {
    let mut name = String::new();
    let mut chars = 0;
    for c in text.chars() {
        let c = if c.is_whitespace() || c.is_control() { ' ' } else { c };
        if c == ' ' && (name.is_empty() || name.ends_with(' ')) {
            continue;
        }
        if chars == NAME_CHARS_MAX {
            break;
        }
        name.push(c);
        chars += 1;
    }
    name.truncate(name.trim_end().len());
    name
}

/// Returns the bytes without a byte-order mark, as UTF-8 if they were UTF-16.
fn without_mark(bytes: &[u8]) -> Cow<'_, [u8]> {
    match Encoding::for_bom(bytes) {
        None => Cow::Borrowed(bytes),
        Some((encoding, mark_bytes)) => match encoding.decode_without_bom_handling(&bytes[mark_bytes..]) {
            (Cow::Borrowed(text), _) => Cow::Borrowed(text.as_bytes()),
            (Cow::Owned(text), _) => Cow::Owned(text.into_bytes()),
        },
    }
}

/// Returns the text of bytes that are UTF-8 or else Windows-1252.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    /// Checks that a file is read as these dates and names.
    fn check(file: impl AsRef<[u8]>, expected: &[(&str, &str)]) {
        let shown = String::from_utf8_lossy(file.as_ref());
        let days = read_holidays(file.as_ref()).unwrap_or_else(|findings| panic!("{shown}\n{findings:?}"));
        let days: Vec<(String, String)> =
            days.into_iter().map(|(day, name)| (day.to_string(), name)).collect();
        let days: Vec<(&str, &str)> = days.iter().map(|(day, name)| (&**day, &**name)).collect();
        assert_eq!(days, expected, "{shown}");
    }

    /// Checks that a file is refused with these lines, columns and problems.
    fn refuse(file: impl AsRef<[u8]>, expected: &[(u64, &str, &str)]) {
        let shown = String::from_utf8_lossy(file.as_ref());
        let findings = read_holidays(file.as_ref()).expect_err(&shown);
        let found: Vec<(u64, &str, &str)> =
            findings.iter().map(|finding| (finding.line, &*finding.column, &*finding.problem)).collect();
        assert_eq!(found, expected, "{shown}");
        assert!(findings.iter().all(|finding| !finding.remedy.is_empty()));
    }

    /// Puts event lines into a calendar with one event; they begin at line 3.
    fn event(lines: &str) -> String {
        format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n")
    }

    #[test]
    fn csv_is_read_in_its_usual_forms() {
        for file in [
            "2026-12-25,Christmas\n2026-01-06,Epiphany\n",
            "\u{feff}Datum;Feiertag\r\n25.12.2026;Christmas\r\n\r\n6.1.2026;\"Epiphany\"\r\n;\r\n",
            "sep=;\nDate;Name\n2026-01-06;Epiphany;;\n25.12.2026; Christmas ",
            "date\tname\n2026-01-06\tEpiphany\n2026-12-25\tChristmas\n2026-12-25\tChristmas",
        ] {
            check(file, &[("2026-01-06", "Epiphany"), ("2026-12-25", "Christmas")]);
        }
        check(b"06.01.2026;Heilige Drei K\xF6nige\n", &[("2026-01-06", "Heilige Drei Könige")]);
        check("2026-01-06,\"Epiphany,  or\u{0} Three Kings\"", &[("2026-01-06", "Epiphany, or Three Kings")]);
    }

    #[test]
    fn every_wrong_row_of_csv_is_found() {
        let file = "date,name\n2026-02-30,A\n2026-03-01,\n2026-3-1,B\n0206-01-01,C\n2026-05-01,D,Berlin\nmay,E\n\
                    2026-06-01,F\n1.2-2026,G\n2026-05-02,\"H\n2026-05-03,I\n";
        let expected = [
            (2, "date", "2026-02-30 does not exist"),
            (3, "name", "the holiday has no name"),
            (4, "date", "this is not a date"),
            (5, "date", "the year 0206 cannot be meant"),
            (6, "", "there are more than two columns"),
            (7, "date", "this is not a date"),
            (9, "date", "this is not a date"),
            (10, "name", "the name goes on over several lines"),
        ];
        refuse(file, &expected);
    }

    #[test]
    fn files_without_a_holiday_are_refused() {
        for file in ["", "date,name\n", " \n\n", "BEGIN:VCALENDAR\nEND:VCALENDAR\n"] {
            refuse(file, &[(1, "", "the file names no holiday")]);
        }
        refuse("PK\u{3}\u{4}…", &[(1, "", "the file is a workbook")]);
        refuse("%PDF-1.7", &[(1, "", "the file is a PDF document")]);
    }

    #[test]
    fn icalendar_events_cover_their_days() {
        for (lines, expected) in [
            ("DTSTART;VALUE=DATE:20261225\nSUMMARY:Christmas", vec![("2026-12-25", "Christmas")]),
            ("DTSTART:20261225\nDTEND:20261226", vec![("2026-12-25", "holiday")]),
            ("DTSTART:20261225\nDTEND:20261225", vec![("2026-12-25", "holiday")]),
            (
                "dtstart;value=date:20261231\r\nDTEND;VALUE=DATE:20270102\r\nSummary;LANGUAGE=\"a:b\":Turn",
                vec![("2026-12-31", "Turn"), ("2027-01-01", "Turn")],
            ),
            (
                "DTSTART;TZID=Europe/Berlin:20261225T000000\nDTEND:20261226T000000",
                vec![("2026-12-25", "holiday")],
            ),
            ("DTSTART:20261225T080000Z\nDTEND:20261225T170000Z", vec![("2026-12-25", "holiday")]),
            ("DTSTART:20261225\nDURATION:P2D", vec![("2026-12-25", "holiday"), ("2026-12-26", "holiday")]),
            (
                "DTSTART:20261225\nSUMMARY:One\\, two\\; three\\n\\\\ f\n our",
                vec![("2026-12-25", "One, two; three \\ four")],
            ),
            (
                "DTSTART:20261225\nBEGIN:VALARM\nDTSTART:20200101\nSUMMARY:Ring\nEND:VALARM\nSUMMARY:Day",
                vec![("2026-12-25", "Day")],
            ),
        ] {
            check(event(lines), &expected);
        }
    }

    #[test]
    fn a_fold_within_a_character_is_mended() {
        check(
            b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:2026\r\n 0106\r\nSUMMARY:Drei K\xC3\r\n \xB6nige\r\n\tstag\r\nEND:VEVENT\r\n",
            &[("2026-01-06", "Drei Königestag")],
        );
        check(
            b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260106\nSUMMARY:K\xF6nige\nEND:VEVENT\n",
            &[("2026-01-06", "Könige")],
        );
    }

    #[test]
    fn events_recur_by_the_year() {
        for (lines, expected) in [
            ("DTSTART:20580501\nRRULE:FREQ=YEARLY", vec!["2058-05-01", "2059-05-01", "2060-05-01"]),
            ("DTSTART:20260501\nRRULE:COUNT=2;FREQ=YEARLY;", vec!["2026-05-01", "2027-05-01"]),
            ("DTSTART:20260501\nRRULE:FREQ=YEARLY;UNTIL=20270501T000000Z", vec!["2026-05-01", "2027-05-01"]),
            ("DTSTART:20240229\nRRULE:FREQ=YEARLY;COUNT=3", vec!["2024-02-29", "2028-02-29", "2032-02-29"]),
            (
                "DTSTART:20260501\nRRULE:FREQ=YEARLY;COUNT=4\nEXDATE;VALUE=DATE:20270501,20290501T000000\nEXDATE:20280501",
                vec!["2026-05-01"],
            ),
            (
                "DTSTART:20261231\nDTEND:20270102\nRRULE:FREQ=YEARLY;COUNT=2",
                vec!["2026-12-31", "2027-01-01", "2027-12-31", "2028-01-01"],
            ),
            ("DTSTART:20700101\nRRULE:FREQ=YEARLY", vec!["2070-01-01"]),
        ] {
            let expected: Vec<(&str, &str)> = expected.into_iter().map(|day| (day, "holiday")).collect();
            check(event(lines), &expected);
        }
    }

    #[test]
    fn what_an_event_says_wrongly_is_found() {
        for (lines, expected) in [
            ("SUMMARY:A", (2, "DTSTART", "the event has no date")),
            ("DTSTART:2026-12-25", (3, "DTSTART", "this is not a date")),
            ("DTSTART:20261325", (3, "DTSTART", "2026-13-25 does not exist")),
            ("DTSTART:16010101", (3, "DTSTART", "the year 1601 cannot be meant")),
            ("DTSTART:２０２６12", (3, "DTSTART", "this is not a date")),
            ("DTSTART:20261225\nDTEND:20261224", (4, "DTEND", "the event ends before it begins")),
            ("DTSTART:20261201\nDTEND:20270102", (4, "DTEND", "the event lasts longer than 31 days")),
            ("DTSTART:20261201\nDURATION:PT1H", (4, "DURATION", "this is not a number of days")),
            ("DTSTART:20261201\nDURATION:P9999999999D", (4, "DURATION", "this is not a number of days")),
            ("DTSTART:20261201\nDTEND:20261202\nDURATION:P1D", (5, "DURATION", "the event has two of these")),
            ("DTSTART:20261201\nRDATE:20270101", (4, "RDATE", "this kind of recurrence is not read")),
            ("DTSTART:20261201\nEXDATE:tomorrow", (4, "EXDATE", "this is not a date")),
            ("DTSTART:20261201\nRRULE:FREQ=WEEKLY", (4, "RRULE", "FREQ=WEEKLY is not read")),
            ("DTSTART:20261201\nRRULE:FREQ=YEARLY;BYDAY=1MO", (4, "RRULE", "BYDAY=1MO is not read")),
            ("DTSTART:20261201\nRRULE:FREQ=YEARLY;COUNT=0", (4, "RRULE", "COUNT=0 is not read")),
            ("DTSTART:20261201\nRRULE:COUNT=2", (4, "RRULE", "the rule has no frequency")),
            (
                "DTSTART:20261201\nRRULE:FREQ=YEARLY;COUNT=2;UNTIL=20300101",
                (4, "RRULE", "the rule has both a count and an end"),
            ),
        ] {
            refuse(event(lines), &[expected]);
        }
        let cancelled = event("DTSTART:nothing\nSTATUS:CANCELLED") + &event("DTSTART:20261225");
        check(cancelled, &[("2026-12-25", "holiday")]);
        refuse(
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261225\n",
            &[(2, "", "the file ends within this event")],
        );
    }

    #[test]
    fn limits_hold_against_hostile_files() {
        refuse(vec![b'\n'; FILE_BYTES_MAX + 1], &[(1, "", "the file is over 10 MB")]);

        let month = "BEGIN:VEVENT\nDTSTART:19000101\nDURATION:P31D\nRRULE:FREQ=YEARLY\nEND:VEVENT\n";
        let file = format!("BEGIN:VCALENDAR\n{}", month.repeat(5));
        refuse(file, &[(22, "", "the file has more than 20000 days")]);

        let findings = read_holidays("1,2\n".repeat(1_000_000).as_bytes()).unwrap_err();
        assert_eq!(findings.len(), FINDINGS_MAX + 1);
        assert_eq!(findings[FINDINGS_MAX].problem, "the file was not read further");

        let long = "x".repeat(1_000_000);
        let days = read_holidays(event(&format!("DTSTART:20260101\nSUMMARY:{long}")).as_bytes()).unwrap();
        assert_eq!(days, [(date(2026, 1, 1), "x".repeat(NAME_CHARS_MAX))]);

        let leaves_out = vec!["20260101"; 1_000_000].join(",");
        let lines = format!("DTSTART:20260101\nRRULE:FREQ=YEARLY\nEXDATE:{leaves_out}");
        assert_eq!(read_holidays(event(&lines).as_bytes()).unwrap().len(), 34);

        for file in ["BEGIN:VCALENDAR\n \n \n", "BEGIN:VCALENDAR", "\"", "sep=", "\u{feff}", "\0\0,\0"] {
            assert!(read_holidays(file.as_bytes()).is_err(), "{file:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = read_holidays(&bytes);
        }

        #[test]
        fn no_event_makes_it_panic(
            lines in prop::collection::vec(
                "(DTSTART|DTEND|RRULE|EXDATE|DURATION|SUMMARY|BEGIN|END|X)(;[A-Z]=\"?.)?:\
                 (2[01][0-9]{2}[01][0-9][0-3][0-9](T[0-9]{6}Z?)?|FREQ=YEARLY(;(COUNT|UNTIL)=[0-9]{1,8})?|P[0-9]{1,3}[DW]|.{0,9})",
                0..8,
            ),
        ) {
            let _ = read_holidays(event(&lines.join("\n")).as_bytes());
        }

        #[test]
        fn written_days_are_read_again(offset in 0..60_000_i32, german: bool) {
            let day = date(1950, 1, 1) + offset.days();
            let text = if german { day.strftime("%d.%m.%Y").to_string() } else { day.to_string() };
            check(format!("{text};Day"), &[(&day.to_string(), "Day")]);
            check(event(&day.strftime("DTSTART:%Y%m%d\nSUMMARY:Day").to_string()), &[(&day.to_string(), "Day")]);
        }
    }
}
