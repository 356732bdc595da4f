//! The days of a seed: what happens by chance, hour by hour, and the auditor at the end of each.

mod agent;
mod bank;
mod books;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use duewell_domain::evidence::verify_case_file;
use duewell_domain::id::NoticeId;
use duewell_engine::delivery::deliver;
use duewell_engine::{EngineError, Settings, daily, proof};
use duewell_sample::rng::Rng;
use duewell_store::notice::{self, Notice, NoticeState};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::auditor::{Book, Care, Letter, Patience, Rules, Snapshot, check_letter, check_money, learn_ids};
use crate::gateway::{Fate, SimMail, Trouble};
use crate::house::{Ended, Hands, House};
use crate::model::Model;
use crate::statement::BankLine;
use crate::world::World;

/// What to simulate.
#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    pub days: u32,
    /// Faults that are known and being mended: complaints that begin with these words, and worlds that
    /// lead to them, are left out, so that what lies behind them is found.
    pub overlook: Vec<String>,
}

impl Plan {
    pub fn overlooks(&self, what: &str) -> bool {
        self.overlook.iter().any(|word| word == what)
    }
}

/// What happened in a seed's days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub days: u64,
    pub sent: u64,
    pub crashes: u64,
    pub unknowns: u64,
    pub payments: u64,
    pub cures: u64,
    pub finished: u64,
    pub imports: u64,
    pub undone: u64,
}

impl Totals {
    pub fn add(&mut self, other: Totals) {
        self.days += other.days;
        self.sent += other.sent;
        self.crashes += other.crashes;
        self.unknowns += other.unknowns;
        self.payments += other.payments;
        self.cures += other.cures;
        self.finished += other.finished;
        self.imports += other.imports;
        self.undone += other.undone;
    }
}

/// What the auditor found, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    pub seed: u64,
    pub day: Date,
    /// Days since the first one; the command that repeats it needs no more.
    pub day_number: u32,
    pub complaints: Vec<String>,
}

/// Lives the days of a seed in a folder; ends with the first day that has a flaw.
pub fn live(plan: &Plan, dir: &Path, keep: bool) -> Result<Totals, (Totals, Flaw)> {
    let mut life = match Life::begin(plan.clone(), dir) {
        Ok(life) => life,
        Err(error) => {
            let flaw = Flaw {
                seed: plan.seed,
                day: Date::default(),
                day_number: 0,
                complaints: vec![format!("the world could not begin: {error}")],
            };
            return Err((Totals::default(), flaw));
        }
    };
    let mut flaw = None;
    for number in 1..=plan.days {
        if let Err(error) = life.day(number) {
            life.complaints.push(format!("the engine refused what it should do: {error}"));
        }
        life.complaints.retain(|text| text.split_once(':').is_none_or(|(word, _)| !plan.overlooks(word)));
        if !life.complaints.is_empty() {
            life.complaints.truncate(8);
            let complaints = std::mem::take(&mut life.complaints);
            flaw = Some(Flaw { seed: plan.seed, day: life.today, day_number: number, complaints });
            break;
        }
        life.totals.days += 1;
        life.today = life.today.saturating_add(1.day());
    }
    let totals = Totals {
        sent: life.book.arrived,
        payments: life.model.money.len() as u64,
        finished: life.book.finished.len() as u64,
        ..life.totals
    };
    if !keep {
        life.house.remove();
    }
    match flaw {
        Some(flaw) => Err((totals, flaw)),
        None => Ok(totals),
    }
}

/// How the machine, the mail server and the people are in these weeks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weather {
    /// Nothing fails and everybody does their work every day.
    Calm,
    Mild,
    Storm,
}

/// Payments that debtors mean to make on a day: which claim, and which part of what is open.
#[derive(Clone, Debug)]
struct Intention {
    number: String,
    per_mille: u64,
}

struct Life {
    plan: Plan,
    world: World,
    zone: TimeZone,
    house: House,
    mail: SimMail,
    rng: Rng,
    model: Model,
    rules: Rules,
    book: Book,
    patience: Patience,
    totals: Totals,
    complaints: Vec<String>,
    today: Date,
    weather: Weather,
    calm_days: u32,
    next_number: u32,
    next_account: u64,
    intentions: BTreeMap<Date, Vec<Intention>>,
    /// Bank lines by the day on which the bank books them, with what they say.
    bank: BTreeMap<Date, Vec<(BankLine, crate::model::Says)>>,
    /// Whose a waiting payment is, as the people in the office find out.
    meant: BTreeMap<String, usize>,
    imported: Vec<bank::Imported>,
    bank_silent_until: Date,
    last_import: Option<books::LastImport>,
    /// Whether a message of the notice arrived.
    arrived: BTreeMap<String, bool>,
    settled: BTreeSet<NoticeId>,
    ran: bool,
    waited: BTreeSet<usize>,
    payments_changed: bool,
}

impl Life {
    fn begin(plan: Plan, dir: &Path) -> Result<Life, EngineError> {
        let world = World::of(plan.seed);
        let mut rng = Rng::stream(plan.seed, 2, 0);
        let zone = TimeZone::get(world.zone)
            .map_err(|_| EngineError::NotFound("time zone", world.zone.to_owned()))?;
        let today = Date::constant(2026, 1, 5).saturating_add((rng.below(330) as i64).days());
        let hands = Hands::at(local(&zone, today, 4, 0));
        let log = Arc::new(Mutex::new(Vec::new()));
        let mut house = House::found(dir, plan.seed, world.zone, hands.clone(), Arc::clone(&log))?;
        let mut settings =
            Settings { country: String::new(), holidays: world.holidays.to_owned(), ..Settings::default() };
        settings.creditor.name = "Nordlicht Handel".to_owned();
        settings.creditor.account_holder = "Nordlicht Handel GmbH".to_owned();
        settings.creditor.iban = "DE02120300000000202051".to_owned();
        settings.creditor.email = "accounts@nordlicht.example".to_owned();
        house.desk().save_settings(&settings, "sim")?;
        house.desk().save_scenario(&world.scenario, "sim")?;
        house.start()?;
        let rules = Rules::of(&world.scenario, &zone, world.holidays == "DE");
        let mail = SimMail {
            rng: Rng::stream(plan.seed, 3, 0),
            trouble: Trouble::default(),
            hands,
            fuse: Arc::clone(&house.fuse),
            log,
            drops_repeats: world.drops_repeats && !plan.overlooks("repeats"),
            seen: BTreeSet::new(),
        };
        let mut life = Life {
            plan,
            world,
            zone,
            house,
            mail,
            rng,
            model: Model::default(),
            rules,
            book: Book::default(),
            patience: Patience::default(),
            totals: Totals::default(),
            complaints: Vec::new(),
            today,
            weather: Weather::Mild,
            calm_days: 0,
            next_number: 1,
            next_account: 1,
            intentions: BTreeMap::new(),
            bank: BTreeMap::new(),
            meant: BTreeMap::new(),
            imported: Vec::new(),
            bank_silent_until: Date::MIN,
            last_import: None,
            arrived: BTreeMap::new(),
            settled: BTreeSet::new(),
            ran: false,
            waited: BTreeSet::new(),
            payments_changed: false,
        };
        life.introduce()?;
        Ok(life)
    }

    fn day(&mut self, number: u32) -> Result<(), EngineError> {
        self.choose_weather(number);
        self.ran = false;
        self.waited.clear();
        let calm = self.weather == Weather::Calm;
        self.debtors_act();
        self.at(5, 10);
        self.import_claims()?;
        self.at(6, 15);
        self.import_statements()?;
        if calm || self.rng.chance(400) {
            self.at(7, 5);
            self.deliver()?;
        }
        self.at(8, 30);
        if calm || !self.rng.chance(60) {
            self.run()?;
            if self.rng.chance(100) {
                self.run()?;
            }
        }
        for (index, (hour, minute)) in
            [(9, 30), (11, 0), (14, 20), (19, 10), (22, 0), (23, 30)].into_iter().enumerate()
        {
            self.at(hour, minute);
            if index == 1 || index == 4 && self.rng.chance(100) {
                self.office_works()?;
            } else if calm || self.rng.chance(600) {
                self.deliver()?;
            }
            if index == 3 && self.rng.chance(30) {
                self.run()?;
            }
        }
        self.at(23, 45);
        self.audit(number)
    }

    /// Whole weeks are calm, mild or stormy; the last days are calm.
    fn choose_weather(&mut self, number: u32) {
        if number % 30 == 1 {
            self.weather = match self.rng.below(10) {
                0..=3 => Weather::Calm,
                4..=6 => Weather::Mild,
                _ => Weather::Storm,
            };
        }
        if number + 8 > self.plan.days {
            self.weather = Weather::Calm;
        }
        self.calm_days = if self.weather == Weather::Calm { self.calm_days + 1 } else { 0 };
        self.mail.trouble = match self.weather {
            Weather::Calm => Trouble::default(),
            Weather::Mild => Trouble { temporary: 100, permanent: 10, unknown: 20 },
            Weather::Storm => Trouble { temporary: 300, permanent: 40, unknown: 100 },
        };
    }

    fn at(&mut self, hour: i8, minute: i8) {
        let minutes = self.rng.below(8) as i64;
        self.house.hands.set(local(&self.zone, self.today, hour, minute) + minutes.minutes());
    }

    /// Lights the fuse before a command, as the weather has it.
    fn tempt_fate(&mut self) {
        let (per_mille, most) = match self.weather {
            Weather::Calm => (0, 1),
            Weather::Mild => (15, 8),
            Weather::Storm => (80, 12),
        };
        if self.rng.chance(per_mille) {
            let edges = self.rng.between(1, most);
            self.house.fuse.light(edges);
        }
    }

    fn complain(&mut self, text: String) {
        self.complaints.push(text);
    }

    /// Does a command of one transaction. Returns whether it took effect, and what it answered if it could.
    fn once<T>(
        &mut self,
        what: &str,
        work: impl FnOnce(&duewell_engine::Desk) -> Result<T, EngineError>,
    ) -> Result<(bool, Option<T>), EngineError> {
        self.tempt_fate();
        match self.house.command(work)? {
            Ended::Done(value) => Ok((true, Some(value))),
            Ended::Refused(error) => {
                self.complain(format!("{what} was refused: {error}"));
                Ok((false, None))
            }
            Ended::Died { commits, .. } => {
                self.totals.crashes += 1;
                Ok((commits > 0, None))
            }
        }
    }

    fn run(&mut self) -> Result<(), EngineError> {
        for party in 0..self.model.parties.len() {
            if self.model.waits_for(party) {
                self.waited.insert(party);
            }
        }
        loop {
            self.tempt_fate();
            match self.house.command(|desk| daily::run_day(desk, &mut |_, _| {}))? {
                Ended::Done(summary) => {
                    self.ran = true;
                    self.totals.cures += summary.cured;
                    return Ok(());
                }
                Ended::Refused(error) => return Err(error),
                Ended::Died { .. } => {
                    self.totals.crashes += 1;
                    // Sometimes nobody notices until the next morning.
                    if self.rng.chance(300) {
                        return Ok(());
                    }
                }
            }
        }
    }

    fn deliver(&mut self) -> Result<(), EngineError> {
        self.tempt_fate();
        let (house, mail) = (&mut self.house, &mut self.mail);
        match house.command(|desk| deliver(desk, mail, 1_000, &mut |_| {}))? {
            Ended::Done(summary) => self.totals.unknowns += summary.unknown,
            Ended::Refused(error) => return Err(error),
            Ended::Died { .. } => self.totals.crashes += 1,
        }
        self.read_mail()
    }

    /// Holds what arrived against the model, message by message.
    fn read_mail(&mut self) -> Result<(), EngineError> {
        let sendings = std::mem::take(&mut *self.mail.log.lock().expect("nobody panics with the log"));
        for sending in sendings {
            *self.arrived.entry(sending.notice().to_owned()).or_default() |= sending.arrived;
            let party = self.model.party_of_address(&sending.to);
            if sending.arrived {
                let Some(party) = party else {
                    self.complain(format!("a message went to {}, whom nobody knows", sending.to));
                    continue;
                };
                let id = self.model.parties[party].id;
                let desk = self.house.desk();
                let others: Vec<Notice> = desk
                    .store
                    .read(|tx| Ok::<_, EngineError>(notice::notices_of_debtor(tx, desk.book.id, id)?))?;
                match others.iter().find(|one| one.id.to_string() == sending.notice()) {
                    Some(found) => {
                        let letter = Letter { sending: &sending, notice: found, others: &others };
                        let found = check_letter(&self.rules, &self.model, &mut self.book, &letter);
                        self.complaints.extend(found);
                    }
                    None => self.complain(format!("message {} belongs to no notice", sending.message_id)),
                }
            }
            if sending.fate == Fate::Permanent
                && sending.recorded
                && let Some(party) = party
            {
                for address in &mut self.model.parties[party].addresses {
                    address.failed |= address.value == sending.to;
                }
            }
        }
        Ok(())
    }

    /// Everything that must hold at the end of a day.
    fn audit(&mut self, number: u32) -> Result<(), EngineError> {
        let last = number == self.plan.days;
        let whole = last || number.is_multiple_of(7) || self.payments_changed && number.is_multiple_of(2);
        let snapshot = Snapshot::take(self.house.desk(), whole)?;
        learn_ids(&mut self.model, &snapshot);
        let wrong = check_money(&mut self.model, &snapshot);
        self.complaints.extend(wrong);
        if whole {
            self.payments_changed = false;
        }
        let desk = self.house.desk();
        let (unknown, pending, sending) = desk.store.read(|tx| -> Result<_, EngineError> {
            let book = desk.book.id;
            Ok((
                notice::list_in_state(tx, book, NoticeState::Unknown, 1_000)?,
                notice::list_in_state(tx, book, NoticeState::Pending, 1_000)?,
                notice::list_in_state(tx, book, NoticeState::Sending, 1_000)?,
            ))
        })?;
        let lost = self.patience.check_doubts(&unknown, &self.settled);
        self.complaints.extend(lost);
        if self.calm_days > 3 {
            self.check_outbox(&pending, &sending);
        }
        let in_doubt: BTreeSet<usize> =
            unknown.iter().filter_map(|one| self.model.party_of(one.debtor)).collect();
        let (model, today) = (&self.model, self.today);
        let calm = self.weather == Weather::Calm && self.ran;
        let fresh = model
            .statement_at
            .is_none_or(|newest| newest + self.rules.stale_hours.hours() > self.house.hands.now());
        let waited = &self.waited;
        let cared = |party: usize| {
            let reachable = model.parties[party].addresses.iter().any(|one| !one.refused && !one.failed);
            let silent = model.silences.iter().any(|one| one.party == party && one.covers(today));
            let doubt = in_doubt.contains(&party) || waited.contains(&party);
            match calm && fresh && reachable && !silent && !doubt {
                true => Care::Clear,
                false => Care::InTheWay,
            }
        };
        let forgotten = self.patience.end_day(&self.rules, model, &self.book, today, cared);
        self.complaints.extend(forgotten);
        if number.is_multiple_of(5) {
            proof::sign_checkpoint(self.house.desk(), &self.house.key)?;
        }
        if last || number.is_multiple_of(60) {
            let verified = proof::verify(self.house.desk(), &self.house.key)?;
            self.complaints.extend(verified.flaws.into_iter().map(|flaw| format!("verify: {flaw}")));
        }
        if last {
            self.check_case_file()?;
        }
        Ok(())
    }

    /// When nothing fails, nothing stays behind its hour.
    fn check_outbox(&mut self, pending: &[Notice], sending: &[Notice]) {
        let delivered_at = local(&self.zone, self.today, 23, 20);
        for one in pending {
            if one.send_at < delivered_at {
                self.complain(format!(
                    "outbox: notice {} waits since {} and could leave",
                    one.id, one.send_at
                ));
            }
            if crate::auditor::days_between(one.decided_on, self.today) > 5 {
                self.complain(format!(
                    "outbox: notice {} waits since it was decided on {}",
                    one.id, one.decided_on
                ));
            }
        }
        for one in sending {
            self.complain(format!("outbox: notice {} is still being sent", one.id));
        }
    }

    fn check_case_file(&mut self) -> Result<(), EngineError> {
        let party = self.rng.below(self.model.parties.len() as u64) as usize;
        let (desk, key) = (self.house.desk(), &self.house.key);
        let files = proof::case_file(desk, key, self.model.parties[party].id, "duewell-sim")?;
        match verify_case_file(&files, std::slice::from_ref(key.verifier())) {
            Ok(verified) if verified.events > 0 => {}
            Ok(_) => self.complain("a case file holds no event".to_owned()),
            Err(flaw) => self.complain(format!("a case file does not hold: {flaw}")),
        }
        Ok(())
    }
}

/// A moment of the creditor's day.
fn local(zone: &TimeZone, day: Date, hour: i8, minute: i8) -> Timestamp {
    day.at(hour, minute, 0, 0).to_zoned(zone.clone()).expect("the days lie in this century").timestamp()
}
