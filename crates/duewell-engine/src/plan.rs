//! Installment plans: quoting, agreeing, paying, changing, ending.
//!
//! A plan is its terms and its log; what each installment asks for follows from them ([`duewell_domain::plan`]). Each
//! installment is a receivable like any other, with its own number, reference and due date, so that dunning, matching
//! and the debtor's page know it without knowing plans. Whatever changes a plan ends in [`Loaded::keep`], which brings
//! the receivables and the ledger to what the account says.

mod close;
mod keep;
mod money;
mod view;

use std::collections::{BTreeMap, HashMap};

use duewell_domain::apr::{self, Convention, Dated, Disclosure};
use duewell_domain::id::{DebtorId, PlanId, ReceivableId};
use duewell_domain::money::Money;
use duewell_domain::plan::{
    self as terms, Account, Breach, Entry, Event, PlanError, RowKey, Terms, quote, replay,
};
use duewell_domain::receivable::ReceivableState;
use duewell_store::journal::Journal;
use duewell_store::plan::{self, Plan, PlanEntry, PlanSource, PlanState, PlanVersion};
use duewell_store::receivable::{self, Receivable};
use duewell_store::{Tx, debtor};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::desk::Desk;
use crate::error::EngineError;
use crate::hold::{journal_about, known};

pub(crate) use close::verify_plans;
pub use close::{CloseSummary, close_plans};
pub(crate) use money::{PlanMoney, reverse_payment};
pub(crate) use view::portal_plans;
pub use view::{
    Explained, Listed, ListedDue, PlanView, PortalPlan, Posted, count_states, find_plan, list_plans,
    list_plans_due, load_view, plans_of,
};

/// What receivables that are installments of plans are called in the creditor's numbering.
const INSTALLMENT: &str = "plan:";

/// Says whether a receivable is an installment of one of our plans.
pub(crate) fn is_installment(receivable: &Receivable) -> bool {
    receivable.external_id.starts_with(INSTALLMENT)
}

/// What a plan is made over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Over {
    /// Everything the debtor has open in the currency of the terms.
    AllOpen,
    /// These receivables.
    Receivables(Vec<ReceivableId>),
    /// Nothing that is owed yet: money that is lent with the plan.
    Loan,
}

/// A plan that could be made: the schedule, what the law wants said, and which bounds it goes beyond.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Quote {
    pub terms: Terms,
    pub account: Account,
    pub disclosures: Vec<Disclosure>,
    pub breaches: Vec<Breach>,
    /// The receivables it would take the place of.
    pub over: Vec<ReceivableId>,
}

/// How a debtor said yes.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Acceptance {
    /// In words: `on their page`, `by phone`.
    pub how: String,
    /// Who recorded it.
    pub by: String,
    pub at: String,
    /// SHA-256 of the schedule and disclosures that were shown, in hexadecimal digits.
    pub shown_sha256: String,
}

/// Whether bounds may be gone beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounds {
    Kept,
    /// A person decided to go beyond them; the journal says so.
    Overruled,
}

impl From<PlanError> for EngineError {
    fn from(error: PlanError) -> Self {
        EngineError::Refused(error.to_string())
    }
}

/// Quotes terms without a debtor.
pub fn quote_terms(desk: &Desk, terms: &Terms) -> Result<Quote, EngineError> {
    let account = quote(terms)?;
    let breaches = desk.settings.plans.breaches(terms, &account);
    let disclosures = disclose(desk, terms, &account);
    Ok(Quote { terms: terms.clone(), account, disclosures, breaches, over: Vec::new() })
}

/// Quotes a plan over what a debtor owes. The principal follows from what it is made over, unless it is a loan.
pub fn quote_plan(desk: &Desk, debtor: DebtorId, over: &Over, terms: &Terms) -> Result<Quote, EngineError> {
    desk.store.read(|tx| {
        known(tx, desk, debtor)?;
        let (terms, sources) = over_what(tx, desk, debtor, over, terms)?;
        quote_over(tx, desk, debtor, terms, &sources)
    })
}

fn quote_over(
    tx: &mut Tx<'_>,
    desk: &Desk,
    debtor: DebtorId,
    terms: Terms,
    sources: &[Receivable],
) -> Result<Quote, EngineError> {
    let account = quote(&terms)?;
    let segment =
        debtor::load_debtors(tx, desk.book.id, &[debtor])?.remove(&debtor).and_then(|one| one.segment);
    let breaches = desk.settings.plans.of_segment(segment.as_deref()).breaches(&terms, &account);
    let disclosures = disclose(desk, &terms, &account);
    Ok(Quote { terms, account, disclosures, breaches, over: sources.iter().map(|one| one.id).collect() })
}

/// Returns plans that a debtor may choose from by themselves, with what they would be over.
pub fn offers(desk: &Desk, debtor: DebtorId) -> Result<Vec<Quote>, EngineError> {
    desk.store.read(|tx| offers_in(tx, desk, debtor))
}

pub(crate) fn offers_in(tx: &mut Tx<'_>, desk: &Desk, debtor: DebtorId) -> Result<Vec<Quote>, EngineError> {
    let book = desk.book.id;
    let Some(found) = debtor::load_debtors(tx, book, &[debtor])?.remove(&debtor) else {
        return Ok(Vec::new());
    };
    let policy = desk.settings.plans.of_segment(found.segment.as_deref());
    let open = receivable::load_open(tx, book, &[debtor])?.remove(&debtor).unwrap_or_default();
    // A second plan over a first one, or over contested claims, is for a person to make.
    let mut currencies: Vec<_> = open.iter().map(|one| one.open.currency).collect();
    currencies.dedup();
    let [currency, ..] = currencies[..] else { return Ok(Vec::new()) };
    let several = open.iter().any(|one| one.open.currency != currency);
    let contested =
        debtor::load_holds(tx, book, &[debtor])?.remove(&debtor).unwrap_or_default().iter().any(|hold| {
            hold.reason == duewell_domain::hold::HoldReason::Dispute && hold.is_in_force_on(desk.today())
        });
    if several || contested || open.iter().any(is_installment) {
        return Ok(Vec::new());
    }
    let balance = Money::sum(currency, open.iter().map(|one| one.open))?;
    let mut quotes = Vec::new();
    for (terms, account) in policy.offers(currency, balance.minor, desk.today())? {
        let disclosures = disclose(desk, &terms, &account);
        let over = open.iter().map(|one| one.id).collect();
        quotes.push(Quote { terms, account, disclosures, breaches: Vec::new(), over });
    }
    Ok(quotes)
}

/// Fills in the principal from what a plan is made over.
fn over_what(
    tx: &mut Tx<'_>,
    desk: &Desk,
    debtor: DebtorId,
    over: &Over,
    terms: &Terms,
) -> Result<(Terms, Vec<Receivable>), EngineError> {
    let mut terms = terms.clone();
    if *over == Over::Loan {
        return Ok((terms, Vec::new()));
    }
    let mut open = receivable::load_open(tx, desk.book.id, &[debtor])?.remove(&debtor).unwrap_or_default();
    open.retain(|one| one.open.currency == terms.currency);
    if let Over::Receivables(wanted) = over {
        for id in wanted {
            if !open.iter().any(|one| one.id == *id) {
                return Err(EngineError::NotFound(
                    "open receivable of this debtor and currency",
                    id.to_string(),
                ));
            }
        }
        open.retain(|one| wanted.contains(&one.id));
    }
    // An installment of a plan that runs is changed by changing its plan.
    if open.iter().any(is_installment) {
        let placed = plan::find_placed(tx, desk.book.id, &[debtor])?;
        for one in open.iter().filter(|one| is_installment(one)) {
            let Some(&(_, id, _)) = placed.get(&one.id) else { continue };
            let runs = plan::load_plan(tx, desk.book.id, id)?;
            if runs.is_some_and(|plan| plan.state == PlanState::Active) {
                return Err(EngineError::Refused(format!(
                    "{} is an installment of a plan that runs: change that plan, or end it first",
                    one.number
                )));
            }
        }
    }
    if open.is_empty() {
        return Err(EngineError::Refused(format!("nothing is open in {}", terms.currency)));
    }
    open.sort_unstable_by_key(|one| (one.due_on, one.id));
    terms.principal = Money::sum(terms.currency, open.iter().map(|one| one.open))?.minor;
    Ok((terms, open))
}

/// Works out what the law wants said about the cost of a plan where the creditor is.
fn disclose(desk: &Desk, terms: &Terms, account: &Account) -> Vec<Disclosure> {
    let convention = match desk.settings.country.as_str() {
        "US" => Convention::UsRegZActuarial,
        "GB" => Convention::UkConcApp1,
        _ => Convention::EuEqualMonths,
    };
    let money = |minor| Money::new(minor, terms.currency);
    let advances = [Dated { on: terms.starts_on, amount: money(terms.principal) }];
    let payments: Vec<Dated> = account
        .rows
        .iter()
        .filter(|row| row.due.total() > 0)
        .map(|row| Dated { on: row.due_on, amount: money(row.due.total()) })
        .collect();
    apr::disclose(convention, &advances, &payments).into_iter().collect()
}

/// Makes an offer: it waits for the debtor's yes, and nothing that is owed changes until then.
pub fn offer_plan(
    desk: &Desk,
    debtor: DebtorId,
    over: &Over,
    terms: &Terms,
    bounds: Bounds,
    actor: &str,
) -> Result<PlanId, EngineError> {
    let now = desk.now();
    desk.store.write(|tx| {
        let mut journal = Journal::open(tx, desk.book.id, now)?;
        let loaded = offer_in(tx, desk, &mut journal, debtor, over, terms, bounds, actor)?;
        journal.flush(tx)?;
        Ok(loaded.plan.id)
    })
}

#[expect(clippy::too_many_arguments, reason = "it is the common beginning of two short functions")]
fn offer_in(
    tx: &mut Tx<'_>,
    desk: &Desk,
    journal: &mut Journal,
    debtor: DebtorId,
    over: &Over,
    terms: &Terms,
    bounds: Bounds,
    actor: &str,
) -> Result<Loaded, EngineError> {
    known(tx, desk, debtor)?;
    let book = desk.book.id;
    let (terms, sources) = over_what(tx, desk, debtor, over, terms)?;
    let quote = quote_over(tx, desk, debtor, terms, &sources)?;
    if bounds == Bounds::Kept && !quote.breaches.is_empty() {
        let words: Vec<&str> = quote.breaches.iter().map(|breach| breach_words(*breach)).collect();
        return Err(EngineError::Refused(words.join("; ")));
    }
    let segment = debtor::load_debtors(tx, book, &[debtor])?.remove(&debtor).and_then(|one| one.segment);
    let mut policy = desk.settings.plans.of_segment(segment.as_deref()).clone();
    policy.segments.clear();
    let today = desk.today();
    let plan = Plan {
        debtor,
        id: desk.id(),
        number: plan::next_number(tx, book, today.year())?,
        state: PlanState::Offered,
        terms: quote.terms.clone(),
        policy,
        version: 1,
        open: Money::new(quote.account.totals().open.total(), quote.terms.currency),
        made_on: today,
        evidence: "{}".to_owned(),
    };
    let sources: Vec<PlanSource> = sources
        .iter()
        .map(|one| PlanSource { receivable: one.id, amount: one.open.minor, moved: 0 })
        .collect();
    plan::insert_plan(tx, book, &plan, &sources, desk.now())?;
    let version = PlanVersion {
        version: 1,
        made_at: desk.now(),
        because: "offered".to_owned(),
        schedule: serde_json::to_string(&quote.account)?,
        disclosure: serde_json::to_string(&quote.disclosures)?,
    };
    plan::insert_version(tx, book, &plan, &version)?;
    let payload = serde_json::to_vec(&OfferedPayload {
        plan: plan.id,
        number: &plan.number,
        terms: &plan.terms,
        shown_sha256: shown(&version),
        beyond: &quote.breaches,
    })?;
    journal_about(journal, tx, desk, debtor, "plan.offered", actor, payload)?;
    Ok(Loaded { plan, entries: Vec::new(), rows: HashMap::new(), sources })
}

#[derive(Serialize)]
struct OfferedPayload<'a> {
    plan: PlanId,
    number: &'a str,
    terms: &'a Terms,
    shown_sha256: String,
    #[serde(skip_serializing_if = "<[Breach]>::is_empty")]
    beyond: &'a [Breach],
}

/// Says which bound terms go beyond, in words for whoever made them.
pub fn breach_words(breach: Breach) -> &'static str {
    match breach {
        Breach::InstallmentTooSmall => "an installment is smaller than the smallest that is agreed on",
        Breach::TooManyInstallments => "there are more installments than are agreed on",
        Breach::FirstDueTooLate => "the first installment is due too late",
        Breach::DownPaymentTooSmall => "the down payment is too small",
        Breach::RateOutOfBounds => "the interest is outside of its bounds",
        Breach::BalanceTooLarge => "so large a balance needs a person with more to say",
    }
}

fn shown(version: &PlanVersion) -> String {
    let mut digest = Sha256::new();
    digest.update(version.schedule.as_bytes());
    digest.update(version.disclosure.as_bytes());
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes a plan that the debtor agreed to, in one go.
pub fn agree_plan(
    desk: &Desk,
    debtor: DebtorId,
    over: &Over,
    terms: &Terms,
    bounds: Bounds,
    how: &str,
    actor: &str,
) -> Result<PlanId, EngineError> {
    let now = desk.now();
    desk.store.write(|tx| {
        let mut journal = Journal::open(tx, desk.book.id, now)?;
        let mut loaded = offer_in(tx, desk, &mut journal, debtor, over, terms, bounds, actor)?;
        accept_in(tx, desk, &mut journal, &mut loaded, how, actor)?;
        journal.flush(tx)?;
        Ok(loaded.plan.id)
    })
}

/// Makes the plan that a debtor chose of those that are offered to them, if it still is one of them to the cent.
pub(crate) fn agree_offered(
    desk: &Desk,
    debtor: DebtorId,
    terms: &Terms,
    how: &str,
    actor: &str,
) -> Result<PlanId, EngineError> {
    let now = desk.now();
    desk.store.write(|tx| {
        let mut journal = Journal::open(tx, desk.book.id, now)?;
        if !offers_in(tx, desk, debtor)?.iter().any(|quote| quote.terms == *terms) {
            return Err(EngineError::Refused("this plan is not offered any more: choose again".to_owned()));
        }
        let over = Over::AllOpen;
        let mut loaded = offer_in(tx, desk, &mut journal, debtor, &over, terms, Bounds::Kept, actor)?;
        accept_in(tx, desk, &mut journal, &mut loaded, how, actor)?;
        journal.flush(tx)?;
        Ok(loaded.plan.id)
    })
}

/// Takes the debtor's yes to an offer: the plan runs and takes the place of what it was made over.
pub fn accept_plan(desk: &Desk, id: PlanId, how: &str, actor: &str) -> Result<(), EngineError> {
    let now = desk.now();
    desk.store.write(|tx| {
        let mut journal = Journal::open(tx, desk.book.id, now)?;
        let mut loaded = Loaded::load(tx, desk, id)?;
        accept_in(tx, desk, &mut journal, &mut loaded, how, actor)?;
        journal.flush(tx)?;
        Ok(())
    })
}

fn accept_in(
    tx: &mut Tx<'_>,
    desk: &Desk,
    journal: &mut Journal,
    loaded: &mut Loaded,
    how: &str,
    actor: &str,
) -> Result<(), EngineError> {
    loaded.expect_state(PlanState::Offered, "was not waiting for a yes")?;
    let (book, today) = (desk.book.id, desk.today());
    for source in &loaded.sources {
        let one = receivable::load_receivable(tx, book, loaded.plan.debtor, source.receivable)?
            .ok_or_else(|| EngineError::NotFound("receivable", source.receivable.to_string()))?;
        if one.state != ReceivableState::Open || one.open.minor != source.amount {
            return Err(EngineError::Refused(format!(
                "what is owed for {} has changed since the offer: make the offer anew",
                one.number
            )));
        }
    }
    let versions = plan::list_versions(tx, book, loaded.plan.debtor, loaded.plan.id)?;
    let acceptance = Acceptance {
        how: how.to_owned(),
        by: actor.to_owned(),
        at: desk.now().to_string(),
        shown_sha256: versions.last().map(shown).unwrap_or_default(),
    };
    loaded.plan.evidence = serde_json::to_string(&acceptance)?;
    loaded.plan.state = PlanState::Active;
    let starts_on = loaded.plan.terms.starts_on;
    let advance = Event::Advance { amount: loaded.plan.terms.principal };
    loaded.enter(tx, desk, starts_on, today, advance, None)?;
    let payload = serde_json::to_vec(&AcceptedPayload {
        plan: loaded.plan.id,
        number: &loaded.plan.number,
        acceptance,
    })?;
    journal_about(journal, tx, desk, loaded.plan.debtor, "plan.accepted", actor, payload)?;
    loaded.keep(tx, desk)
}

#[derive(Serialize)]
struct AcceptedPayload<'a> {
    plan: PlanId,
    number: &'a str,
    acceptance: Acceptance,
}

/// Takes an offer back before anybody said yes.
pub fn withdraw_plan(desk: &Desk, id: PlanId, actor: &str) -> Result<(), EngineError> {
    let now = desk.now();
    desk.store.write(|tx| {
        let mut journal = Journal::open(tx, desk.book.id, now)?;
        let mut loaded = Loaded::load(tx, desk, id)?;
        loaded.expect_state(PlanState::Offered, "runs or has ended")?;
        loaded.plan.state = PlanState::Withdrawn;
        loaded.plan.open = Money::zero(loaded.plan.open.currency);
        plan::update_plan(tx, desk.book.id, &loaded.plan)?;
        journal_changed(&mut journal, tx, desk, &loaded, "plan.withdrawn", None, "", actor)?;
        journal.flush(tx)?;
        Ok(())
    })
}

/// A change of a running plan, as an agent asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    #[serde(flatten)]
    pub event: Event,
    /// The day it counts from; today when it does not say. Before today, everything from that day on is worked out anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_on: Option<Date>,
}

/// A plan before and after a change.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Difference {
    pub before: Account,
    pub after: Account,
    /// What the change makes of interest and fees over the whole plan, in minor units.
    pub cost_minor: i64,
    pub disclosures: Vec<Disclosure>,
}

/// Shows what a change would do; nothing is changed.
pub fn preview_change(desk: &Desk, id: PlanId, change: &Change) -> Result<Difference, EngineError> {
    desk.store.read(|tx| {
        let loaded = Loaded::load(tx, desk, id)?;
        loaded.difference(desk, change)
    })
}

/// Changes a running plan; a version is kept with the schedule as it then is.
pub fn change_plan(
    desk: &Desk,
    id: PlanId,
    change: &Change,
    because: &str,
    actor: &str,
) -> Result<(), EngineError> {
    let now = desk.now();
    desk.store.write(|tx| {
        let mut journal = Journal::open(tx, desk.book.id, now)?;
        let mut loaded = Loaded::load(tx, desk, id)?;
        // The preview refuses what the change would.
        let difference = loaded.difference(desk, change)?;
        let today = desk.today();
        let value_on = change.value_on.unwrap_or(today);
        loaded.enter(tx, desk, value_on, today, change.event.clone(), None)?;
        loaded.plan.version += 1;
        loaded.plan.state = match change.event {
            Event::Settle => PlanState::Settled,
            Event::WriteOff => PlanState::WrittenOff,
            Event::Dissolve => PlanState::Cancelled,
            _ => loaded.plan.state,
        };
        let version = PlanVersion {
            version: loaded.plan.version,
            made_at: now,
            because: because.to_owned(),
            schedule: serde_json::to_string(&difference.after)?,
            disclosure: serde_json::to_string(&difference.disclosures)?,
        };
        plan::insert_version(tx, desk.book.id, &loaded.plan, &version)?;
        journal_changed(
            &mut journal,
            tx,
            desk,
            &loaded,
            "plan.changed",
            Some(&change.event),
            because,
            actor,
        )?;
        loaded.keep(tx, desk)?;
        journal.flush(tx)?;
        Ok(())
    })
}

/// Returns what settles a plan on a day.
pub fn payoff(desk: &Desk, id: PlanId, on: Date) -> Result<Money, EngineError> {
    desk.store.read(|tx| {
        let loaded = Loaded::load(tx, desk, id)?;
        loaded.expect_state(PlanState::Active, "does not run")?;
        let parts = terms::payoff(&loaded.plan.terms, &loaded.log(), on)?;
        Ok(Money::new(parts.total(), loaded.plan.terms.currency))
    })
}

#[derive(Serialize)]
struct ChangedPayload<'a> {
    plan: PlanId,
    number: &'a str,
    version: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'a Event>,
    #[serde(skip_serializing_if = "str::is_empty")]
    because: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    schedule: BTreeMap<String, (Date, i64)>,
}

#[expect(clippy::too_many_arguments, reason = "a journal event has as many facts")]
fn journal_changed(
    journal: &mut Journal,
    tx: &mut Tx<'_>,
    desk: &Desk,
    loaded: &Loaded,
    kind: &str,
    change: Option<&Event>,
    because: &str,
    actor: &str,
) -> Result<(), EngineError> {
    let schedule = match loaded.entries.is_empty() {
        true => BTreeMap::new(),
        false => loaded
            .account(desk.today())?
            .rows
            .iter()
            .map(|row| (row.key.to_string(), (row.due_on, row.open().total())))
            .collect(),
    };
    let payload = serde_json::to_vec(&ChangedPayload {
        plan: loaded.plan.id,
        number: &loaded.plan.number,
        version: loaded.plan.version,
        change,
        because,
        schedule,
    })?;
    journal_about(journal, tx, desk, loaded.plan.debtor, kind, actor, payload)
}

/// A plan with everything that its account follows from.
pub(crate) struct Loaded {
    pub plan: Plan,
    pub entries: Vec<PlanEntry>,
    pub rows: HashMap<RowKey, ReceivableId>,
    pub sources: Vec<PlanSource>,
}

impl Loaded {
    pub fn load(tx: &mut Tx<'_>, desk: &Desk, id: PlanId) -> Result<Loaded, EngineError> {
        let book = desk.book.id;
        let found = plan::load_plan(tx, book, id)?;
        let plan = found.ok_or_else(|| EngineError::NotFound("plan", id.to_string()))?;
        Ok(Loaded {
            entries: plan::load_entries(tx, book, plan.debtor, id)?,
            rows: plan::load_rows(tx, book, plan.debtor, id)?,
            sources: plan::load_sources(tx, book, plan.debtor, id)?,
            plan,
        })
    }

    pub fn log(&self) -> Vec<Entry> {
        self.entries.iter().map(|one| one.entry.clone()).collect()
    }

    /// Returns the account of the plan on a day; of an offer, the one that was offered.
    pub fn account(&self, as_of: Date) -> Result<Account, PlanError> {
        if self.entries.is_empty() {
            return quote(&self.plan.terms);
        }
        replay(&self.plan.terms, &self.log(), as_of)
    }

    fn expect_state(&self, wanted: PlanState, what_is: &str) -> Result<(), EngineError> {
        if self.plan.state == wanted {
            return Ok(());
        }
        let Plan { number, state, .. } = &self.plan;
        Err(EngineError::Refused(format!("plan {number} {what_is}: it is {state}")))
    }

    /// Adds an entry to the log, in memory and in the store.
    pub fn enter(
        &mut self,
        tx: &mut Tx<'_>,
        desk: &Desk,
        value_on: Date,
        entered_on: Date,
        event: Event,
        payment: Option<duewell_domain::id::PaymentId>,
    ) -> Result<u32, EngineError> {
        let number = self.entries.last().map_or(0, |one| one.entry.number) + 1;
        let entry = PlanEntry { entry: Entry { number, value_on, entered_on, event }, payment };
        plan::insert_entries(tx, desk.book.id, &self.plan, std::slice::from_ref(&entry))?;
        self.entries.push(entry);
        Ok(number)
    }

    fn difference(&self, desk: &Desk, change: &Change) -> Result<Difference, EngineError> {
        self.expect_state(PlanState::Active, "does not run")?;
        if matches!(change.event, Event::Advance { .. } | Event::Money { .. } | Event::Chargeback { .. }) {
            return Err(EngineError::Refused(
                "money is booked as a payment, not as a change of the plan".to_owned(),
            ));
        }
        let today = desk.today();
        let value_on = change.value_on.unwrap_or(today);
        if value_on > today && !matches!(change.event, Event::RateChange { .. } | Event::Fee { .. }) {
            return Err(EngineError::Refused("a change counts from today or from a day before".to_owned()));
        }
        let before = self.account(today)?;
        let mut log = self.log();
        let number = log.last().map_or(0, |entry| entry.number) + 1;
        log.push(Entry { number, value_on, entered_on: today, event: change.event.clone() });
        let after = replay(&self.plan.terms, &log, today)?;
        let cost = |account: &Account| {
            let due = account.totals().due;
            due.total() - due.principal
        };
        let cost_minor = cost(&after) - cost(&before);
        let disclosures = disclose(desk, &self.plan.terms, &after);
        Ok(Difference { before, after, cost_minor, disclosures })
    }
}
