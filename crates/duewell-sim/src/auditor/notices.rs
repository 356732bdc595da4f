//! Letters: each that arrived is held against everything known at the moment it left.

use std::collections::{BTreeMap, BTreeSet};

use duewell_domain::dunning::Scenario;
use duewell_domain::money::Currency;
use duewell_gateways::text_part;
use duewell_store::notice::{Notice, NoticeState};
use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use crate::gateway::Sending;
use crate::model::Model;

/// The numbers of the creditor's rules, copied once.
#[derive(Clone, Debug)]
pub struct Rules {
    pub zone: TimeZone,
    /// Kinds in the order in which a cycle climbs them.
    pub climb: Vec<String>,
    /// The first day of the first step after the due date.
    pub first_after: i64,
    pub gap_days: i64,
    pub tolerance: i64,
    pub stale_hours: i64,
    pub opens: i8,
    pub closes: i8,
    /// Contacts at most in so many days.
    pub caps: Vec<(usize, i64)>,
    /// Whether the holidays of Germany count.
    pub holidays: bool,
}

impl Rules {
    pub fn of(scenario: &Scenario, zone: &TimeZone, holidays: bool) -> Rules {
        Rules {
            zone: zone.clone(),
            climb: scenario
                .steps
                .iter()
                .filter(|step| step.offset_days > 0)
                .map(|step| step.notice.as_str().to_owned())
                .collect(),
            first_after: scenario
                .steps
                .iter()
                .map(|step| i64::from(step.offset_days))
                .find(|days| *days > 0)
                .unwrap_or(1),
            gap_days: i64::from(scenario.gap_days_min),
            tolerance: scenario.tolerance_minor,
            stale_hours: 96,
            opens: 8,
            closes: 20,
            caps: vec![(1, 1), (3, 7)],
            holidays,
        }
    }

    /// Holidays that every part of Germany has on a fixed day: enough to notice a calendar that is not asked.
    fn is_holiday(&self, day: Date) -> bool {
        self.holidays && matches!((day.month(), day.day()), (1, 1) | (5, 1) | (10, 3) | (12, 25) | (12, 26))
    }
}

/// A message and the notice it carries.
pub struct Letter<'a> {
    pub sending: &'a Sending,
    pub notice: &'a Notice,
    /// All notices of the debtor, as the store has them after the sending.
    pub others: &'a [Notice],
}

/// What the auditor remembers about letters.
#[derive(Clone, Debug, Default)]
pub struct Book {
    intents: BTreeSet<String>,
    by_party: BTreeMap<usize, Vec<Timestamp>>,
    by_case: BTreeMap<i64, Vec<Timestamp>>,
    /// Steps of a cycle of a case that arrived, in order.
    climbed: BTreeMap<(i64, i64), Vec<String>>,
    announced: BTreeSet<String>,
    /// For each claim the moments at which a letter after the due date named it.
    pub named: BTreeMap<String, Vec<Timestamp>>,
    /// When the last step of a scenario arrived, by debtor and currency.
    pub finished: BTreeMap<(usize, String), Timestamp>,
    pub arrived: u64,
}

/// Holds one message that truly arrived against the model, and remembers it.
pub fn check_letter(rules: &Rules, model: &Model, book: &mut Book, letter: &Letter<'_>) -> Vec<String> {
    let mut out = Vec::new();
    let (sending, notice) = (letter.sending, letter.notice);
    let at = sending.at;
    let day = at.to_zoned(rules.zone.clone()).date();
    let who = format!("notice {} ({}) to {} at {at}", notice.id, notice.kind, sending.to);
    book.arrived += 1;
    if !book.intents.insert(notice.intent_key.clone()) {
        out.push(format!("intent: {who}: its intent {} arrived before", notice.intent_key));
    }
    let Some(party) = model.party_of_address(&sending.to) else {
        out.push(format!("address: {who}: nobody has this address"));
        return out;
    };
    let known = &model.parties[party];
    if known.id != notice.debtor {
        out.push(format!("address: {who}: the address is another debtor's"));
    }
    let address = known.addresses.iter().find(|address| address.value == sending.to);
    if address.is_some_and(|address| address.refused) {
        out.push(format!("address: {who}: the debtor opted out of this address"));
    }
    if address.is_some_and(|address| address.failed) {
        out.push(format!("address: {who}: mail to this address was refused for good"));
    }
    check_hours(rules, model, book, party, at, &who, &mut out);
    check_gap(rules, book, notice, at, &who, &mut out);
    check_text(rules, model, book, letter, party, day, &who, &mut out);
    check_climb(rules, book, letter, &who, &mut out);
    if model.waits_for(party) {
        out.push(format!("waiting: {who}: a payment of this debtor waits to be matched"));
    }
    let stale = model
        .statement_at
        .is_some_and(|newest| at.as_second() - newest.as_second() > rules.stale_hours * 3600);
    if stale {
        out.push(format!("stale: {who}: the newest statement came at {:?}", model.statement_at));
    }
    if rules.climb.last() == Some(&notice.kind) {
        book.finished.insert((party, notice.total.currency.code().to_owned()), at);
    }
    book.by_party.entry(party).or_default().push(at);
    book.by_case.entry(notice.case.0).or_default().push(at);
    out
}

fn check_hours(
    rules: &Rules,
    model: &Model,
    book: &Book,
    party: usize,
    at: Timestamp,
    who: &str,
    out: &mut Vec<String>,
) {
    let before = book.by_party.get(&party).map_or(&[][..], Vec::as_slice);
    for zone in &model.parties[party].zones {
        let local = at.to_zoned(zone.clone());
        let name = zone.iana_name().unwrap_or("?");
        if local.hour() < rules.opens || local.hour() >= rules.closes {
            out.push(format!("hours: {who}: it is {} in {name}", local.time()));
        }
        if local.weekday() == Weekday::Sunday {
            out.push(format!("hours: {who}: it is Sunday in {name}"));
        }
        if rules.is_holiday(local.date()) {
            out.push(format!("hours: {who}: {} is a public holiday", local.date()));
        }
        for &(most, days) in &rules.caps {
            let counted = before
                .iter()
                .map(|moment| days_between(moment.to_zoned(zone.clone()).date(), local.date()))
                .filter(|apart| (0..days).contains(apart))
                .count();
            if counted + 1 > most {
                out.push(format!("cap: {who}: contact number {} in {days} days in {name}", counted + 1));
            }
        }
    }
}

fn check_gap(rules: &Rules, book: &Book, notice: &Notice, at: Timestamp, who: &str, out: &mut Vec<String>) {
    let Some(last) = book.by_case.get(&notice.case.0).and_then(|all| all.last()) else { return };
    let local = |moment: Timestamp| moment.to_zoned(rules.zone.clone()).date();
    let apart = days_between(local(*last), local(at));
    if apart < rules.gap_days - 1 {
        out.push(format!("gap: {who}: the last letter of this case arrived {apart} days before, at {last}"));
    }
}

#[expect(clippy::too_many_arguments, reason = "one of the parts of check_letter")]
fn check_text(
    rules: &Rules,
    model: &Model,
    book: &mut Book,
    letter: &Letter<'_>,
    party: usize,
    day: Date,
    who: &str,
    out: &mut Vec<String>,
) {
    let currency = letter.notice.total.currency;
    let Some(text) = text_part(&letter.sending.bytes) else {
        out.push(format!("text: {who}: it has no text"));
        return;
    };
    let (items, total) = amounts(&text);
    let Some(total) = total else {
        out.push(format!("text: {who}: its text names no total"));
        return;
    };
    if items.is_empty() {
        out.push(format!("text: {who}: its text names no claim: {text:?}"));
    }
    let before_due = !rules.climb.contains(&letter.notice.kind);
    let mut sum = 0;
    for (number, stated) in &items {
        let Some(claim) = model.claims.get(number) else {
            out.push(format!("text: {who}: nobody ever claimed {number}"));
            continue;
        };
        sum += claim.open();
        if claim.open() <= 0 {
            out.push(format!("text: {who}: {number} is paid or withdrawn"));
        }
        if claim.party != party || claim.currency != currency {
            out.push(format!("text: {who}: {number} is another debtor's or in another currency"));
        }
        if *stated != claim.open() {
            out.push(format!("text: {who}: it asks {stated} for {number}, open are {}", claim.open()));
        }
        if model.is_silent(number, day) {
            out.push(format!("hold: {who}: {number} is on hold"));
        }
        if !before_due && claim.due_on >= day {
            out.push(format!("text: {who}: {number} falls due only on {}", claim.due_on));
        }
        if before_due && !book.announced.insert(number.clone()) {
            out.push(format!("announced: {who}: {number} was announced before"));
        }
        if !before_due {
            book.named.entry(number.clone()).or_default().push(letter.sending.at);
        }
    }
    if total != sum {
        out.push(format!("text: {who}: it asks for {total} in all, open are {sum} {currency}"));
    }
    if !before_due && sum <= rules.tolerance {
        out.push(format!("text: {who}: {sum} {currency} is within the tolerance"));
    }
}

/// Steps of a cycle arrive once each and in order; a step is only skipped when it is still in doubt.
fn check_climb(rules: &Rules, book: &mut Book, letter: &Letter<'_>, who: &str, out: &mut Vec<String>) {
    let notice = letter.notice;
    let Some(step) = rules.climb.iter().position(|kind| *kind == notice.kind) else { return };
    let climbed = book.climbed.entry((notice.case.0, notice.cycle)).or_default();
    for earlier in climbed.iter() {
        let reached = rules.climb.iter().position(|kind| kind == earlier).unwrap_or(0);
        if reached >= step {
            out.push(format!("climb: {who}: cycle {} already had `{earlier}`", notice.cycle));
        }
    }
    for missing in rules.climb[..step].iter().filter(|kind| !climbed.contains(kind)) {
        let in_doubt = letter.others.iter().any(|other| {
            other.case == notice.case
                && other.cycle == notice.cycle
                && other.kind == *missing
                && matches!(other.state, NoticeState::Unknown | NoticeState::Sent)
        });
        if !in_doubt {
            out.push(format!("climb: {who}: cycle {} never had `{missing}`", notice.cycle));
        }
    }
    climbed.push(notice.kind.clone());
}

/// Reads the claims that a letter names and its total, in minor units.
///
/// Amounts are written with all decimals of their currency, so their digits are the minor units. A
/// claim is a row of a table, or a block of lines whose first names it and whose last is what is open.
pub fn amounts(text: &str) -> (BTreeMap<String, i64>, Option<i64>) {
    let mut items = BTreeMap::new();
    let mut total = None;
    let mut block: Option<String> = None;
    for line in text.lines() {
        if line.starts_with("RE-") {
            let cells: Vec<&str> = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
            if let (Some(number), Some(amount)) = (cells.first(), cells.last()) {
                items.insert((*number).to_owned(), digits(amount));
            }
        } else if let Some((_, number)) = line.split_once(": ").filter(|(_, value)| value.starts_with("RE-"))
        {
            block = Some(number.to_owned());
        } else if let Some(rest) = ["Total", "Summe"].iter().find_map(|word| line.strip_prefix(word)) {
            total = Some(digits(rest));
        } else if line.is_empty() {
            block = None;
        } else if let (Some(number), Some((_, value))) = (&block, line.split_once(':')) {
            items.insert(number.clone(), digits(value));
        }
    }
    (items, total)
}

fn digits(text: &str) -> i64 {
    text.chars().filter_map(|c| c.to_digit(10)).fold(0, |sum, digit| sum * 10 + i64::from(digit))
}

/// Returns the days from one date to another.
pub fn days_between(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}

/// Names a case to people: the debtor and the currency.
pub fn case_key(party: usize, currency: Currency) -> (usize, String) {
    (party, currency.code().to_owned())
}
