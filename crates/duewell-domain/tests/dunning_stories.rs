//! Dunning, told as stories: dated lines in, the expected journal out.
//!
//! Each file in `stories/` shows one rule and is written for people who collect
//! money. Lines that begin with `  >` are what Duewell must answer to the line
//! above. `UPDATE_STORIES=1 cargo test -p duewell-domain --test dunning_stories`
//! writes the answers anew; read the difference before committing it.
//!
//! Head of a story:
//! ```text
//! scenario standard                      or: step 3 first pay within 7   (one line per step)
//! gap 7 / tolerance 100                  days; minor units of the currency
//! hours 08:00 20:00 / sundays allowed / holidays allowed / caps none / cap 3 in 7
//! holiday 2026-04-03
//! debtor zone Europe/Berlin [zone …] [email a@example.com …]
//! ```
//! Dated lines:
//! ```text
//! invoice R1 EUR 100.00 due 2026-03-10   paid R1 [60.00]
//! hold dispute [R1] [until 2026-04-01]   release dispute [R1]
//! money stale | fresh                    payment waiting | matched
//! email b@example.com                    opted out | agreed | bounced | mended [a@example.com]
//! called at 09:00                        a contact by another way, which the caps count
//! run [at 22:30]                         one look at every case (10:00 in the debtor's first zone)
//! run daily until 2026-05-01             looks only on days a case asked for, as the engine does
//! send [at 08:00]                        asks again whether the last notice may leave
//! next                                   when the case asks for its next look
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use duewell_domain::contact::{Cap, ContactPolicy};
use duewell_domain::debtor::{Channel, Consent, ContactPoint};
use duewell_domain::dunning::{
    Asked, Case, CaseFacts, Decision, LastNotice, Notify, Reason, Rules, Scenario, SendFacts, SendVerdict,
    Step, decide, first_look_on, may_send,
};
use duewell_domain::hold::{Hold, HoldReason};
use duewell_domain::id::{CaseId, ContactPointId, DebtorId, HoldId, ReceivableId};
use duewell_domain::money::{Currency, Money};
use duewell_domain::receivable::{OpenReceivable, ReceivableKind};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

#[test]
fn every_story_is_told_as_it_happens() {
    check_folder("stories", 25);
}

#[test]
fn a_wrong_expectation_is_shown_with_the_whole_story() {
    let story = "# A rule.\nscenario standard\ndebtor zone Europe/Berlin email a@example.com\n\
                 2026-03-01 invoice R1 EUR 100.00 due 2026-03-10\n2026-03-07 run\n  > nothing: not_yet\n";
    let told = tell(story).unwrap();
    let shown = difference(story, &told);
    assert!(
        shown.contains(" 2026-03-07 run\n-  > nothing: not_yet\n+  > pre_due to a@example.com: R1"),
        "{shown}"
    );
    assert_eq!(difference(&told, &told), told.lines().map(|line| format!(" {line}\n")).collect::<String>());
}

#[test]
fn a_line_that_cannot_be_read_is_named() {
    for (line, needle) in [
        ("2026-03-01 invoice R1 EUR 1.234 due 2026-03-10", "line 3"),
        ("2026-03-01 paid R9", "R9"),
        ("2026-03-01 dance", "dance"),
        ("  > cured", "before any line"),
    ] {
        let story = format!("# A rule.\ndebtor zone Europe/Berlin\n{line}\n");
        let problem = tell(&story).unwrap_err();
        assert!(problem.contains(needle), "{problem}");
    }
}

fn check_folder(folder: &str, stories_min: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "story"))
        .collect();
    files.sort();
    assert!(files.len() >= stories_min, "{} holds {} stories", folder.display(), files.len());
    #[expect(clippy::disallowed_methods, reason = "a person asks for new expectations")]
    let update = std::env::var_os("UPDATE_STORIES").is_some_and(|value| value == "1");
    let mut wrong = String::new();
    for file in files {
        let story = std::fs::read_to_string(&file).unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        assert!(story.starts_with("# "), "{name}: the first line states the rule");
        match tell(&story) {
            Ok(told) if told == story => {}
            Ok(told) if update => std::fs::write(&file, told).unwrap(),
            Ok(told) => writeln!(wrong, "--- {name}\n{}", difference(&story, &told)).unwrap(),
            Err(problem) => writeln!(wrong, "--- {name}\n{problem}").unwrap(),
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}(- expected, + happened; UPDATE_STORIES=1 writes what happened)");
}

/// Plays a story and returns it with the answers that really came.
fn tell(story: &str) -> Result<String, String> {
    let mut world = World::default();
    let mut told = String::new();
    for (index, line) in story.lines().enumerate() {
        if line.starts_with("  >") {
            if world.day.is_none() {
                return Err(format!(
                    "line {}: an answer stands before any line that could have one",
                    index + 1
                ));
            }
            continue;
        }
        told.push_str(line);
        told.push('\n');
        let text = line.split('#').next().unwrap_or_default().trim();
        if text.is_empty() {
            continue;
        }
        let answers = world.hear(text).map_err(|problem| format!("line {}: {problem}: {line}", index + 1))?;
        for answer in answers {
            writeln!(told, "  > {answer}").unwrap();
        }
    }
    Ok(told)
}

/// Shows both versions of a story in one; they differ in answers only.
fn difference(expected: &str, happened: &str) -> String {
    let blocks = |text: &str| {
        let mut blocks: Vec<(String, Vec<String>)> = Vec::new();
        for line in text.lines() {
            match blocks.last_mut() {
                Some((_, answers)) if line.starts_with("  >") => answers.push(line.to_owned()),
                _ => blocks.push((line.to_owned(), Vec::new())),
            }
        }
        blocks
    };
    let mut shown = String::new();
    for ((line, expected), (_, happened)) in blocks(expected).into_iter().zip(blocks(happened)) {
        writeln!(shown, " {line}").unwrap();
        let same = expected == happened;
        for answer in &expected {
            writeln!(shown, "{}{answer}", if same { ' ' } else { '-' }).unwrap();
        }
        for answer in happened.iter().filter(|_| !same) {
            writeln!(shown, "+{answer}").unwrap();
        }
    }
    shown
}

/// A debtor, what they owe and where their cases stand.
struct World {
    scenario: Scenario,
    policy: ContactPolicy,
    holidays: BTreeSet<Date>,
    zones: Vec<TimeZone>,
    points: Vec<ContactPoint>,
    receivables: Vec<OpenReceivable>,
    /// Numbers of all receivables ever heard of, so that a paid one can still be named.
    known: BTreeMap<String, ReceivableId>,
    holds: Vec<Hold>,
    contacted: Vec<Timestamp>,
    payment_waiting: bool,
    money_is_stale: bool,
    cases: BTreeMap<Currency, Case>,
    last: Option<(Notify, Vec<(ReceivableId, Money)>)>,
    day: Option<Date>,
    ids: i64,
}

impl Default for World {
    fn default() -> Self {
        World {
            scenario: Scenario::standard(),
            policy: ContactPolicy::default(),
            holidays: BTreeSet::new(),
            zones: Vec::new(),
            points: Vec::new(),
            receivables: Vec::new(),
            known: BTreeMap::new(),
            holds: Vec::new(),
            contacted: Vec::new(),
            payment_waiting: false,
            money_is_stale: false,
            cases: BTreeMap::new(),
            last: None,
            day: None,
            ids: 0,
        }
    }
}

type Answers = Result<Vec<String>, String>;

impl World {
    fn hear(&mut self, text: &str) -> Answers {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words[0].parse::<Date>() {
            Ok(day) => {
                if self.day.is_some_and(|last| day < last) {
                    return Err("a story only goes forward".to_owned());
                }
                if self.zones.is_empty() {
                    return Err("the debtor comes first".to_owned());
                }
                self.day = Some(day);
                self.happen(day, &words[1..])
            }
            Err(_) if self.day.is_none() => self.set_up(&words).map(|()| Vec::new()),
            Err(_) => Err("a date comes first".to_owned()),
        }
    }

    fn set_up(&mut self, words: &[&str]) -> Result<(), String> {
        match words {
            ["scenario", "standard"] => {}
            ["step", offset, notice, "pay", "within", days] => {
                if self.scenario.name == "standard" {
                    self.scenario.name = "told".to_owned();
                    self.scenario.steps.clear();
                }
                self.scenario.steps.push(Step {
                    offset_days: read(offset)?,
                    notice: read(notice)?,
                    channel: Channel::Email,
                    pay_within_days: read(days)?,
                });
            }
            ["gap", days] => self.scenario.gap_days_min = read(days)?,
            ["tolerance", minor] => self.scenario.tolerance_minor = read(minor)?,
            ["hours", opens, closes] => {
                (self.policy.opens_at, self.policy.closes_at) = (clock(opens)?, clock(closes)?);
            }
            ["sundays", "allowed"] => self.policy.sundays = true,
            ["holidays", "allowed"] => self.policy.public_holidays = true,
            ["caps", "none"] => self.policy.caps.clear(),
            ["cap", contacts_max, "in", days] => {
                self.policy.caps.push(Cap { contacts_max: read(contacts_max)?, days: read(days)? });
            }
            ["holiday", day] => drop(self.holidays.insert(read(day)?)),
            ["debtor", rest @ ..] => {
                self.scenario.check().map_err(|error| error.to_string())?;
                for pair in rest.chunks(2) {
                    match pair {
                        ["zone", name] => {
                            self.zones.push(TimeZone::get(name).map_err(|error| error.to_string())?)
                        }
                        ["email", address] => self.add_address(address),
                        other => return Err(format!("unknown about a debtor: {other:?}")),
                    }
                }
            }
            other => return Err(format!("unknown line of the head: {other:?}")),
        }
        Ok(())
    }

    fn happen(&mut self, day: Date, words: &[&str]) -> Answers {
        match words {
            ["invoice", number, currency, amount, "due", due_on] => {
                self.invoice(day, number, read(currency)?, amount, read(due_on)?)?
            }
            ["paid", number, amount @ ..] => self.pay(day, number, amount.first().copied())?,
            ["hold", reason, rest @ ..] => {
                let (about, rest) = match rest {
                    [number, rest @ ..] if *number != "until" => (Some(self.receivable(number)?), rest),
                    rest => (None, rest),
                };
                let until_on = match rest {
                    [] => None,
                    ["until", until] => Some(read(until)?),
                    other => return Err(format!("unknown about a hold: {other:?}")),
                };
                let id = HoldId(self.next_id());
                self.holds.push(Hold {
                    id,
                    receivable: about,
                    reason: read(reason)?,
                    from_on: day,
                    until_on,
                });
            }
            ["release", reason, about @ ..] => {
                let reason: HoldReason = read(reason)?;
                let about = about.first().map(|number| self.receivable(number)).transpose()?;
                let before = self.holds.len();
                self.holds.retain(|hold| hold.reason != reason || hold.receivable != about);
                if self.holds.len() == before {
                    return Err("there is no such hold".to_owned());
                }
                self.wake(day, |_| true);
            }
            ["money", "stale"] => self.money_is_stale = true,
            ["money", "fresh"] => self.money_is_stale = false,
            ["payment", "waiting"] => self.payment_waiting = true,
            ["payment", "matched"] => self.payment_waiting = false,
            ["email", address] => {
                self.add_address(address);
                self.wake(day, |_| true);
            }
            ["opted", "out", which @ ..] => self.mark(which, |point| point.consent = Consent::Refused)?,
            ["bounced", which @ ..] => self.mark(which, |point| point.failed = true)?,
            ["agreed", which @ ..] => {
                self.mark(which, |point| point.consent = Consent::Given)?;
                self.wake(day, |_| true);
            }
            ["mended", which @ ..] => {
                self.mark(which, |point| point.failed = false)?;
                self.wake(day, |_| true);
            }
            ["called", "at", time] => {
                let moment = self.moment(day, clock(time)?);
                self.contacted.push(moment);
            }
            ["run"] => return self.run(day, Time::constant(10, 0, 0, 0)),
            ["run", "at", time] => return self.run(day, clock(time)?),
            ["run", "daily", "until", last] => return self.run_daily(day, read(last)?),
            ["send"] => return self.send(day, Time::constant(10, 0, 0, 0)),
            ["send", "at", time] => return self.send(day, clock(time)?),
            ["next"] => {
                let line = |case: &Case| match case.next_event_on {
                    Some(day) => format!("{}next look on {day}", self.prefix(case.currency)),
                    None => format!("{}no next look: only an event wakes it", self.prefix(case.currency)),
                };
                return Ok(self.cases.values().map(line).collect());
            }
            other => return Err(format!("unknown event: {}", other.join(" "))),
        }
        Ok(Vec::new())
    }

    fn invoice(
        &mut self,
        day: Date,
        number: &str,
        currency: Currency,
        amount: &str,
        due_on: Date,
    ) -> Result<(), String> {
        let amount = Money::parse_major(amount, currency).map_err(|error| error.to_string())?;
        let id = ReceivableId(self.next_id());
        self.known.insert(number.to_owned(), id);
        self.receivables.push(OpenReceivable {
            id,
            kind: ReceivableKind::Invoice,
            number: number.to_owned(),
            reference: number.to_owned(),
            issued_on: Some(day),
            due_on,
            amount,
            open: amount,
            announced_on: None,
        });
        let look_on = first_look_on(&self.scenario, due_on).max(day);
        let case_id = CaseId(self.next_id());
        let case =
            self.cases.entry(currency).or_insert_with(|| Case::new(case_id, DebtorId(1), currency, look_on));
        case.next_event_on = Some(case.next_event_on.map_or(look_on, |planned| planned.min(look_on)));
        Ok(())
    }

    fn pay(&mut self, day: Date, number: &str, amount: Option<&str>) -> Result<(), String> {
        let id = self.receivable(number)?;
        let receivable =
            self.receivables.iter_mut().find(|one| one.id == id).ok_or(format!("{number} is paid"))?;
        let paid = match amount {
            Some(text) => {
                Money::parse_major(text, receivable.open.currency).map_err(|error| error.to_string())?
            }
            None => receivable.open,
        };
        receivable.open = receivable.open.minus(paid).map_err(|error| error.to_string())?;
        if receivable.open.is_negative() {
            return Err(format!("more than {number} asks for"));
        }
        self.receivables.retain(|one| one.open.is_positive());
        self.wake(day, |case| case.anchor_on.is_some());
        Ok(())
    }

    /// Asks for a look today, as the engine does when something good to know has happened.
    fn wake(&mut self, day: Date, which: impl Fn(&Case) -> bool) {
        for case in self.cases.values_mut().filter(|case| which(case)) {
            case.next_event_on = Some(case.next_event_on.map_or(day, |planned| planned.min(day)));
        }
    }

    fn run(&mut self, day: Date, at: Time) -> Answers {
        let mut answers = Vec::new();
        for currency in self.cases.keys().copied().collect::<Vec<_>>() {
            answers.extend(self.look(currency, day, at, |_, _| true)?);
        }
        Ok(answers)
    }

    /// Looks each day at the cases that asked for it; tells what is new.
    fn run_daily(&mut self, from: Date, last: Date) -> Answers {
        // The calendar's own silence and what was said before go without saying, as in the journal.
        let is_news = |before: &Case, because: Reason| {
            before.waiting != Some(because)
                && !matches!(because, Reason::NothingOpen | Reason::NotYet | Reason::TooSoon)
        };
        let mut answers = Vec::new();
        let mut day = from;
        while day <= last {
            for currency in self.cases.keys().copied().collect::<Vec<_>>() {
                if self.cases[&currency].next_event_on.is_some_and(|planned| planned <= day) {
                    let told = self.look(currency, day, Time::constant(10, 0, 0, 0), is_news)?;
                    answers.extend(told.into_iter().map(|answer| format!("{day} {answer}")));
                }
            }
            day = day.tomorrow().map_err(|error| error.to_string())?;
        }
        self.day = Some(last);
        Ok(answers)
    }

    /// Decides one case, keeps what the engine would keep and tells what happened.
    fn look(
        &mut self,
        currency: Currency,
        day: Date,
        at: Time,
        is_news: impl Fn(&Case, Reason) -> bool,
    ) -> Answers {
        let before = self.cases[&currency].clone();
        let receivables: Vec<OpenReceivable> =
            self.receivables.iter().filter(|one| one.open.currency == currency).cloned().collect();
        let is_holiday = |day: Date| self.holidays.contains(&day);
        let rules = self.rules(day, at, &is_holiday);
        let now = rules.now;
        let Decision { case, notify, not_done, opened, cured } = decide(
            &CaseFacts {
                case: &before,
                receivables: &receivables,
                holds: &self.holds,
                contact_points: &self.points,
                zones: &self.zones,
                contacted_at: &self.contacted,
                last_notice: LastNotice::Settled,
                payment_waiting: self.payment_waiting,
                money_is_stale: self.money_is_stale,
            },
            &rules,
        )
        .map_err(|error| error.to_string())?;
        let mut told = Vec::new();
        if cured {
            told.push("cured".to_owned());
        }
        if opened {
            told.push(format!("opened cycle {}", case.cycle));
        } else if case.cycle != before.cycle {
            told.push(format!("cycle {} starts at the first step", case.cycle));
        }
        if let Some(notify) = notify {
            let named: Vec<&OpenReceivable> = notify.items.iter().map(|&item| &receivables[item]).collect();
            told.push(self.letter(&notify, &named, now));
            if self.scenario.steps[notify.step].offset_days <= 0 {
                for receivable in &mut self.receivables {
                    if named.iter().any(|one| one.id == receivable.id) {
                        receivable.announced_on = Some(day);
                    }
                }
            }
            self.contacted.push(notify.send_at);
            self.last = Some((notify, named.iter().map(|one| (one.id, one.open)).collect()));
        }
        if let Some(silence) = not_done.filter(|silence| is_news(&before, silence.because)) {
            let until = silence.until.map_or(String::new(), |day| format!(" until {day}"));
            told.push(format!("nothing: {}{until}", silence.because.code()));
        }
        self.cases.insert(currency, case);
        let prefix = self.prefix(currency);
        Ok(told.into_iter().map(|line| format!("{prefix}{line}")).collect())
    }

    fn letter(&self, notify: &Notify, named: &[&OpenReceivable], now: Timestamp) -> String {
        let to =
            self.points.iter().find(|point| point.id == notify.to).map_or("nobody", |point| &point.value);
        let mut text = format!("{} to {to}: ", notify.kind.as_str());
        for receivable in named {
            write!(text, "{}, ", receivable.number).unwrap();
        }
        let Money { currency, .. } = notify.total;
        write!(text, "{currency} {}, pay by {}", notify.total.major_text(), notify.pay_by).unwrap();
        if notify.send_at != now {
            write!(text, ", leaves {}", self.wall_clock(notify.send_at)).unwrap();
        }
        text
    }

    /// Names the case when there are several.
    fn prefix(&self, currency: Currency) -> String {
        if self.cases.len() > 1 { format!("{currency} case: ") } else { String::new() }
    }

    fn send(&self, day: Date, at: Time) -> Answers {
        let (notify, named) = self.last.clone().ok_or("there is no notice to send")?;
        let now = self.moment(day, at);
        let items: Vec<(Asked, Asked)> = named
            .iter()
            .map(|&(id, open)| {
                let now = self.receivables.iter().find(|one| one.id == id);
                let due_on = now.map_or(day, |one| one.due_on);
                let stated = Asked { receivable: id, open, due_on };
                (Asked { open: now.map_or(Money::zero(open.currency), |one| one.open), ..stated }, stated)
            })
            .collect();
        // The notice does not forbid itself, and what has not left yet has contacted nobody.
        let mut contacted = self.contacted.clone();
        if let Some(own) = contacted.iter().position(|&moment| moment == notify.send_at) {
            contacted.swap_remove(own);
        }
        contacted.retain(|&moment| moment <= now);
        let is_holiday = |day: Date| self.holidays.contains(&day);
        let facts = SendFacts {
            items: &items,
            currency: notify.total.currency,
            holds: &self.holds,
            to: self.points.iter().find(|point| point.id == notify.to).ok_or("the address is gone")?,
            zones: &self.zones,
            contacted_at: &contacted,
            payment_waiting: self.payment_waiting,
            money_is_stale: self.money_is_stale,
        };
        let verdict =
            may_send(&facts, &self.rules(day, at, &is_holiday)).map_err(|error| error.to_string())?;
        Ok(vec![match verdict {
            SendVerdict::Send => "leaves".to_owned(),
            SendVerdict::Later { until, because } => {
                format!("waits until {}: {}", self.wall_clock(until), because.code())
            }
            SendVerdict::Withdraw { because } => format!("withdrawn: {}", because.code()),
        }])
    }

    fn rules<'a>(&'a self, today: Date, at: Time, is_holiday: &'a dyn Fn(Date) -> bool) -> Rules<'a> {
        Rules {
            scenario: &self.scenario,
            policy: &self.policy,
            is_holiday,
            today,
            now: self.moment(today, at),
        }
    }

    fn moment(&self, day: Date, at: Time) -> Timestamp {
        day.to_datetime(at).to_zoned(self.zones[0].clone()).unwrap().timestamp()
    }

    fn wall_clock(&self, moment: Timestamp) -> String {
        moment.to_zoned(self.zones[0].clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }

    fn receivable(&self, number: &str) -> Result<ReceivableId, String> {
        self.known.get(number).copied().ok_or(format!("nobody has heard of {number}"))
    }

    fn add_address(&mut self, address: &str) {
        let id = ContactPointId(self.next_id());
        self.points.push(ContactPoint {
            id,
            channel: Channel::Email,
            value: address.to_owned(),
            consent: Consent::Unknown,
            failed: false,
        });
    }

    /// Changes one address, or all of them when none is named.
    fn mark(&mut self, which: &[&str], change: impl Fn(&mut ContactPoint)) -> Result<(), String> {
        let mut found = false;
        for point in self.points.iter_mut().filter(|point| which.first().is_none_or(|it| *it == point.value))
        {
            change(point);
            found = true;
        }
        if found { Ok(()) } else { Err("there is no such address".to_owned()) }
    }

    fn next_id(&mut self) -> i64 {
        self.ids += 1;
        self.ids
    }
}

fn read<T: std::str::FromStr>(word: &str) -> Result<T, String>
where
    T::Err: std::fmt::Display,
{
    word.parse().map_err(|error| format!("{error}"))
}

fn clock(word: &str) -> Result<Time, String> {
    Time::strptime("%H:%M", word).map_err(|error| error.to_string())
}
