//! The desk: one book, its rules, and the clock, ids and randomness that a use case works with.

use std::sync::Mutex;

use duewell_documents::{Creditor, TemplateSource, Templates};
use duewell_domain::calendar::HolidayCalendar;
use duewell_domain::contact::ContactPolicy;
use duewell_domain::dunning::{NoticeKind, Scenario};
use duewell_domain::evidence::{hex, leaf_hash};
use duewell_domain::id::{BookId, IdMaker};
use duewell_store::Store;
use duewell_store::book::{self, Book};
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
    /// Page where a debtor can pay or answer; `{reference}` is replaced. None when empty.
    pub link_url: String,
    pub contact_policy: ContactPolicy,
    pub scenario: String,
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
            link_url: String::new(),
            contact_policy: ContactPolicy::default(),
            scenario: "standard".to_owned(),
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
    pub clock: Box<dyn Clock>,
    /// The clock that ids are made by, where it is another: ids tell order, not time.
    pub id_clock: Option<Box<dyn Clock>>,
    /// Names this process in leases.
    pub holder: String,
    /// Says whether the process that a lease names is known to be dead.
    pub is_gone: Box<dyn Fn(&str) -> bool + Send + Sync>,
    /// Says whether no other process can be at work on this store (an embedded database is locked).
    pub is_alone: Box<dyn Fn() -> bool + Send + Sync>,
    holidays: Option<HolidayCalendar>,
    ids: Mutex<IdMaker>,
    entropy: Mutex<Salts>,
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
        Ok(Desk {
            store,
            book,
            settings,
            scenario,
            templates,
            zone,
            clock,
            id_clock: None,
            holder,
            is_gone: Box::new(|_| false),
            is_alone: Box::new(|| false),
            holidays,
            ids: Mutex::new(ids),
            entropy: Mutex::new(Salts { source: entropy, stock: Vec::new() }),
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
    pub fn save_settings(&self, settings: &Settings) -> Result<(), EngineError> {
        let text =
            serde_json::to_string(settings).map_err(|error| EngineError::Settings(error.to_string()))?;
        self.store.write(|tx| Ok(book::put_setting(tx, self.book.tenant, Settings::NAME, &text)?))
    }

    /// Saves the tenant's own holidays, beside those of the calendar; they take the place of earlier ones.
    pub fn save_holidays(&self, days: &[(Date, String)]) -> Result<(), EngineError> {
        let text = serde_json::to_string(days)?;
        self.store.write(|tx| Ok(book::put_setting(tx, self.book.tenant, OWN_HOLIDAYS, &text)?))
    }

    /// Saves a new version of the scenario in use.
    pub fn save_scenario(&self, scenario: &Scenario) -> Result<Scenario, EngineError> {
        scenario.check()?;
        let scenario = Scenario { version: self.scenario.version + 1, ..scenario.clone() };
        let now = self.now();
        self.store.write(|tx| -> Result<(), EngineError> {
            Ok(book::add_scenario(tx, self.book.tenant, &scenario, now)?)
        })?;
        Ok(scenario)
    }

    /// Checks and saves an edited template, or with `None` goes back to the default text.
    pub fn save_template(
        &self,
        kind: NoticeKind,
        language: &str,
        source: Option<&TemplateSource>,
    ) -> Result<(), EngineError> {
        let (tenant, now) = (self.book.tenant, self.now());
        match source {
            Some(source) => {
                Templates::defaults().with_override(kind, language, source)?;
                let text = source.print();
                self.store.write(|tx| -> Result<(), EngineError> {
                    Ok(book::put_template(tx, tenant, kind.as_str(), language, &text, now)?)
                })
            }
            None => self.store.write(|tx| -> Result<(), EngineError> {
                book::remove_template(tx, tenant, kind.as_str(), language)?;
                Ok(())
            }),
        }
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
    store.write(|tx| -> Result<Book, EngineError> {
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
    })
}
