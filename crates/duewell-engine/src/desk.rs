//! The desk: one book, its rules, and the clock, ids and randomness that a use case works with.

use std::sync::{Arc, Mutex};

use duewell_documents::{Creditor, TemplateSource, Templates};
use duewell_domain::calendar::HolidayCalendar;
use duewell_domain::contact::ContactPolicy;
use duewell_domain::dunning::{NoticeKind, Scenario};
use duewell_domain::evidence::{hex, leaf_hash};
use duewell_domain::id::{BookId, IdMaker};
use duewell_domain::link::LinkKey;
use duewell_domain::plan::PlanPolicy;
use duewell_store::book::{self, Book};
use duewell_store::journal::{Event, Journal};
use duewell_store::{Store, Tx, case, debtor};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::error::EngineError;

/// Says what time it is. The binary gives the machine's clock or a fixed moment, tests give their own.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

/// A clock that stands still, for `--as-of` and for tests.
#[derive(Clone, Copy, Debug)]
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Fills a buffer with random bytes. The binary gives the system's, the simulator its seed's.
pub trait Entropy: Send {
    fn fill(&mut self, bytes: &mut [u8]);
}

/// The setting that keeps holidays brought in from a file.
const OWN_HOLIDAYS: &str = "own_holidays";

/// What a tenant can set. Stored as one JSON value; each field has a default.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub creditor: Creditor,
    /// Address in `From:`; the creditor's e-mail address when empty.
    pub sender_email: String,
    /// Language of notices to debtors whose language is not known (BCP 47 primary subtag).
    pub language: String,
    /// ISO 3166 alpha-2 country of debtors whose file does not say.
    pub country: String,
    /// Currency of files that do not say.
    pub currency: String,
    /// Public holiday calendar, e.g. `DE-BY`; none when empty.
    pub holidays: String,
    /// Days to pay where an invoice names no due date.
    pub payment_terms_days: u32,
    /// No outward step while the newest bank statement is older than this.
    pub stale_money_after_hours: u32,
    /// Where debtors reach the pages of this server (`https://pay.example.com`): notices then carry a link of
    /// their own. None when empty.
    pub portal_url: String,
    /// How many days a link in a notice is good for.
    pub link_days: u32,
    /// The longest a debtor may put payment off by a promise on their page, in days.
    pub promise_days_max: u32,
    /// Page of another system where a debtor can pay or answer; `{reference}` is replaced. Used where no
    /// `portal_url` is set; none when empty.
    pub link_url: String,
    pub contact_policy: ContactPolicy,
    pub scenario: String,
    /// The bounds of installment plans.
    pub plans: PlanPolicy,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            creditor: Creditor::default(),
            sender_email: String::new(),
            language: "en".to_owned(),
            country: String::new(),
            currency: "EUR".to_owned(),
            holidays: String::new(),
            payment_terms_days: 30,
            stale_money_after_hours: 96,
            portal_url: String::new(),
            link_days: 60,
            promise_days_max: 14,
            link_url: String::new(),
            contact_policy: ContactPolicy::default(),
            scenario: "standard".to_owned(),
            plans: PlanPolicy::default(),
        }
    }
}

impl Settings {
    pub(crate) const NAME: &'static str = "settings";

    /// Says whether a notice can say who it is from; without that none is written.
    pub fn can_sign(&self) -> bool {
        !self.creditor.name.is_empty() && !self.creditor.email.is_empty()
    }

    /// Returns what must be set before a notice may name it, in words.
    pub fn missing(&self) -> Vec<&'static str> {
        [
            (self.creditor.name.is_empty(), "creditor.name"),
            (self.creditor.email.is_empty(), "creditor.email"),
            (self.creditor.iban.is_empty(), "creditor.iban"),
        ]
        .into_iter()
        .filter_map(|(missing, name)| missing.then_some(name))
        .collect()
    }
}

/// Everything a use case needs to work on one book.
pub struct Desk {
    pub store: Store,
    pub book: Book,
    pub settings: Settings,
    pub scenario: Scenario,
    pub templates: Templates,
    pub zone: TimeZone,
    pub clock: Arc<dyn Clock>,
    /// The clock that ids are made by, where it is another: ids tell order, not time.
    pub id_clock: Option<Arc<dyn Clock>>,
    /// The secret of the links in notices; without it notices carry none.
    pub link_key: Option<LinkKey>,
    /// Names this process in leases.
    pub holder: String,
    /// Says whether the process that a lease names is known to be dead.
    pub is_gone: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    /// Says whether no other process can be at work on this store (an embedded database is locked).
    pub is_alone: Arc<dyn Fn() -> bool + Send + Sync>,
    holidays: Option<HolidayCalendar>,
    ids: Arc<Mutex<IdMaker>>,
    entropy: Arc<Mutex<Salts>>,
}

/// Random bytes in stock, so that an event does not cost a system call.
struct Salts {
    source: Box<dyn Entropy>,
    stock: Vec<u8>,
}

impl Desk {
    /// Opens the desk of a book: loads its rules and takes the parts of the world it may use.
    pub fn open(
        store: Store,
        book: BookId,
        clock: Box<dyn Clock>,
        ids: IdMaker,
        entropy: Box<dyn Entropy>,
        holder: String,
    ) -> Result<Desk, EngineError> {
        let rules = Rules::load(&store, book)?;
        let Rules { book, settings, scenario, templates, zone, holidays } = rules;
        Ok(Desk {
            store,
            book,
            settings,
            scenario,
            templates,
            zone,
            clock: Arc::from(clock),
            id_clock: None,
            link_key: None,
            holder,
            is_gone: Arc::new(|_| false),
            is_alone: Arc::new(|| false),
            holidays,
            ids: Arc::new(Mutex::new(ids)),
            entropy: Arc::new(Mutex::new(Salts { source: entropy, stock: Vec::new() })),
        })
    }

    /// Opens the desk again with the rules as they are now; clock, ids and randomness are shared with this one.
    pub fn refreshed(&self) -> Result<Desk, EngineError> {
        let Rules { book, settings, scenario, templates, zone, holidays } =
            Rules::load(&self.store, self.book.id)?;
        Ok(Desk {
            store: self.store.clone(),
            book,
            settings,
            scenario,
            templates,
            zone,
            clock: Arc::clone(&self.clock),
            id_clock: self.id_clock.clone(),
            link_key: self.link_key.clone(),
            holder: self.holder.clone(),
            is_gone: Arc::clone(&self.is_gone),
            is_alone: Arc::clone(&self.is_alone),
            holidays,
            ids: Arc::clone(&self.ids),
            entropy: Arc::clone(&self.entropy),
        })
    }

    /// Returns the moment it is.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Returns the day it is for the creditor.
    pub fn today(&self) -> Date {
        self.now().to_zoned(self.zone.clone()).date()
    }

    /// Makes an id.
    pub fn id<T: From<i64>>(&self) -> T {
        let now = self.id_clock.as_ref().unwrap_or(&self.clock).now();
        self.ids.lock().expect("no holder of the id maker panics").next(now)
    }

    /// Returns 32 fresh random bytes.
    pub fn salt(&self) -> [u8; 32] {
        let mut salts = self.entropy.lock().expect("no holder of the salts panics");
        if salts.stock.len() < 32 {
            let mut stock = vec![0; 32 * 512];
            salts.source.fill(&mut stock);
            salts.stock = stock;
        }
        let start = salts.stock.len() - 32;
        let mut salt = [0; 32];
        salt.copy_from_slice(&salts.stock[start..]);
        salts.stock.truncate(start);
        salt
    }

    /// Returns whether a day is a public holiday of the tenant's calendar.
    pub fn is_holiday(&self, day: Date) -> bool {
        self.holidays.as_ref().is_some_and(|calendar| calendar.is_holiday(day))
    }

    /// Names the versions of the rules that decide now, for the journal.
    pub fn rules_text(&self) -> String {
        format!(
            "scenario {}@{}; contact policy {}; holidays {}",
            self.scenario.name,
            self.scenario.version,
            self.settings.contact_policy.version,
            self.holidays.as_ref().map_or("none", |calendar| calendar.version()),
        )
    }

    /// Saves settings; they take effect when the desk is opened again.
    pub fn save_settings(&self, settings: &Settings, actor: &str) -> Result<(), EngineError> {
        let text =
            serde_json::to_string(settings).map_err(|error| EngineError::Settings(error.to_string()))?;
        self.change_rules("settings.saved", actor, &text, |tx| {
            Ok(book::put_setting(tx, self.book.tenant, Settings::NAME, &text)?)
        })
    }

    /// Saves the tenant's own holidays, beside those of the calendar; they take the place of earlier ones.
    pub fn save_holidays(&self, days: &[(Date, String)], actor: &str) -> Result<(), EngineError> {
        let text = serde_json::to_string(days)?;
        self.change_rules("holidays.saved", actor, &text, |tx| {
            Ok(book::put_setting(tx, self.book.tenant, OWN_HOLIDAYS, &text)?)
        })
    }

    /// Saves a new version of the scenario in use.
    pub fn save_scenario(&self, scenario: &Scenario, actor: &str) -> Result<Scenario, EngineError> {
        scenario.check()?;
        let scenario = Scenario {
            version: self.scenario.version + 1,
            name: self.scenario.name.clone(),
            ..scenario.clone()
        };
        let text = serde_json::to_string(&scenario)?;
        let now = self.now();
        self.change_rules("scenario.saved", actor, &text, |tx| {
            book::add_scenario(tx, self.book.tenant, &scenario, now)?;
            // What was planned by the old steps is looked at by the new ones with the next run.
            case::wake_all(tx, self.book.id, self.today())?;
            Ok(())
        })?;
        Ok(scenario)
    }

    /// Checks and saves an edited template, or with `None` goes back to the default text.
    pub fn save_template(
        &self,
        kind: NoticeKind,
        language: &str,
        source: Option<&TemplateSource>,
        actor: &str,
    ) -> Result<(), EngineError> {
        let (tenant, now) = (self.book.tenant, self.now());
        if let Some(source) = source {
            Templates::defaults().with_override(kind, language, source)?;
        }
        let text = source.map(TemplateSource::print);
        let record = serde_json::json!({ "kind": kind, "language": language, "source": text }).to_string();
        self.change_rules("template.saved", actor, &record, |tx| {
            match &text {
                Some(text) => book::put_template(tx, tenant, kind.as_str(), language, text, now)?,
                None => {
                    book::remove_template(tx, tenant, kind.as_str(), language)?;
                }
            }
            Ok(())
        })
    }

    /// Changes a rule and writes down who did it and what the rule says now.
    fn change_rules(
        &self,
        kind: &str,
        actor: &str,
        record: &str,
        change: impl Fn(&mut Tx<'_>) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        self.store.write(|tx| {
            self.record(tx, kind, actor, "", record.as_bytes())?;
            change(tx)
        })
    }

    /// Journals something that concerns the whole book. It locks the journal's head: done first, writers take turns.
    pub(crate) fn record(
        &self,
        tx: &mut Tx<'_>,
        kind: &str,
        actor: &str,
        rules: &str,
        payload: &[u8],
    ) -> Result<(), EngineError> {
        let now = self.now();
        let mut journal = Journal::open(tx, self.book.id, now)?;
        journal.load_book_subject(tx)?;
        journal.append(Event {
            kind,
            subject: None,
            occurred_at: now,
            actor,
            rules,
            payload: payload.to_vec(),
            salt: self.salt(),
        });
        journal.flush(tx)?;
        Ok(())
    }
}

/// What a desk reads from the store: a book and its rules.
struct Rules {
    book: Book,
    settings: Settings,
    scenario: Scenario,
    templates: Templates,
    zone: TimeZone,
    holidays: Option<HolidayCalendar>,
}

impl Rules {
    fn load(store: &Store, book: BookId) -> Result<Rules, EngineError> {
        let (book, settings, scenario, overrides, own_days) = store.read(|tx| -> Result<_, EngineError> {
            let book = book::load_book(tx, book)?.ok_or(EngineError::NotFound("book", book.to_string()))?;
            let settings = load_settings(tx, &book)?;
            let scenario = book::load_scenario(tx, book.tenant, &settings.scenario)?
                .ok_or_else(|| EngineError::NotFound("scenario", settings.scenario.clone()))?;
            let overrides = book::list_templates(tx, book.tenant)?;
            let own_days = book::load_setting(tx, book.tenant, OWN_HOLIDAYS)?;
            Ok((book, settings, scenario, overrides, own_days))
        })?;
        let mut templates = Templates::defaults();
        for (kind, language, source) in &overrides {
            let kind: NoticeKind = kind.parse()?;
            let source = TemplateSource::parse(source)?;
            templates.with_override(kind, language, &source)?;
        }
        let zone =
            TimeZone::get(&book.zone).map_err(|_| EngineError::NotFound("time zone", book.zone.clone()))?;
        let holidays = match settings.holidays.as_str() {
            "" => None,
            name => Some(
                HolidayCalendar::builtin(name)
                    .ok_or_else(|| EngineError::NotFound("holiday calendar", name.to_owned()))?,
            ),
        };
        let holidays = match own_days {
            None => holidays,
            Some(text) => {
                let days: Vec<(Date, String)> = serde_json::from_str(&text)?;
                // The version names the very days, so that a decision can be looked up years later.
                let version = format!("own {}", &hex(&leaf_hash(text.as_bytes()))[..12]);
                let own = HolidayCalendar::from_days("own", &version, days);
                Some(holidays.map_or_else(|| own.clone(), |known| known.union(&own)))
            }
        };
        Ok(Rules { book, settings, scenario, templates, zone, holidays })
    }
}

/// Loads a tenant's settings; a tenant that never saved any has the defaults.
pub fn load_settings(tx: &mut duewell_store::Tx<'_>, book: &Book) -> Result<Settings, EngineError> {
    match book::load_setting(tx, book.tenant, Settings::NAME)? {
        Some(text) => serde_json::from_str(&text).map_err(|error| EngineError::Settings(error.to_string())),
        None => Ok(Settings::default()),
    }
}

/// Finds the only book of a store, or creates tenant, book and first scenario in an empty one.
pub fn ensure_book(
    store: &Store,
    name: &str,
    zone: &str,
    now: Timestamp,
    ids: &mut IdMaker,
) -> Result<Book, EngineError> {
    let (tenant, book) = (ids.next(now), ids.next(now));
    let found = store.write(|tx| -> Result<Book, EngineError> {
        for (tenant, _) in book::list_tenants(tx)? {
            if let Some(first) = book::list_books(tx, tenant)?.into_iter().next() {
                return Ok(first);
            }
        }
        let book = Book { id: book, tenant, name: name.to_owned(), zone: zone.to_owned() };
        book::create_tenant(tx, tenant, name, now)?;
        book::create_book(tx, &book, now)?;
        book::add_scenario(tx, tenant, &Scenario::standard(), now)?;
        Ok(book)
    })?;
    // A book that was kept before it had pages gets what its lists are sorted and searched by.
    while store.write(|tx| debtor::index_debtors(tx, found.id, 1_000))? > 0 {}
    Ok(found)
}
