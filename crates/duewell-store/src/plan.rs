//! Installment plans: terms, entries, versions, and which receivables their installments are.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use duewell_domain::debtor::UnknownWord;
use duewell_domain::id::{BookId, DebtorId, PaymentId, PlanId, ReceivableId};
use duewell_domain::money::{Currency, Money};
use duewell_domain::plan::{Entry, PlanPolicy, RowKey, Terms};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::sql::{Row, Sql, V};
use crate::tx::Tx;
use crate::{StoreError, each_of, in_list, inserts, statements, updates};

macro_rules! columns {
    () => {
        "debtor_id, plan_id, number, state, currency, terms, policy, version, principal_minor, open_minor, made_on, evidence"
    };
}

statements! {
    BY_ID = concat!("select ", columns!(), " from plan where book_id = $1 and plan_id = $2");
    ID_BY_NUMBER = "select plan_id from plan where book_id = $1 and number = $2";
    OF_DEBTOR = concat!("select ", columns!(), " from plan where book_id = $1 and debtor_id = $2 order by plan_id");
    NEWEST = concat!("select ", columns!(), " from plan where book_id = $1 and plan_id < $2 order by plan_id desc limit $3");
    NEWEST_IN_STATE = concat!("select ", columns!(), " from plan
        where book_id = $1 and plan_id < $2 and state = $4 order by plan_id desc limit $3");
    DUE = "select d.debtor_id, d.plan_id, d.currency, d.done, a.look_on, a.items from plan_due d
        join plan_agenda a on a.book_id = d.book_id and a.debtor_id = d.debtor_id and a.plan_id = d.plan_id
        where d.book_id = $1 and d.due_on <= $2 order by d.due_on, d.debtor_id, d.plan_id limit $3";
    DUE_COUNT = "select count(*) from plan_due where book_id = $1 and due_on <= $2";
    AGENDA = "select d.done, a.look_on, a.items from plan_due d
        join plan_agenda a on a.book_id = d.book_id and a.debtor_id = d.debtor_id and a.plan_id = d.plan_id
        where d.book_id = $1 and d.debtor_id = $2 and d.plan_id = $3";
    AGENDA_REMOVE = "delete from plan_agenda where book_id = $1 and debtor_id = $2 and plan_id = $3";
    DUE_REMOVE = "delete from plan_due where book_id = $1 and debtor_id = $2 and plan_id = $3";
    STATES = "select state, currency, count(*), cast(sum(open_minor) as bigint) from plan where book_id = $1
        group by state, currency order by state, currency";
    ENTRIES = "select number, value_on, entered_on, payment_id, body from plan_entry
        where book_id = $1 and debtor_id = $2 and plan_id = $3 order by number";
    SOURCES = "select receivable_id, amount_minor, moved_minor from plan_source
        where book_id = $1 and debtor_id = $2 and plan_id = $3 order by receivable_id";
    ROWS = "select row_key, receivable_id from plan_row
        where book_id = $1 and debtor_id = $2 and plan_id = $3 order by row_key";
    PLANS_OF_RECEIVABLES = concat!("select debtor_id, plan_id, receivable_id, row_key from plan_row
        where book_id = $1 and debtor_id in (", in_list!(), ")");
    PLANS_OF_RECEIVABLES_OF_ONE = "select debtor_id, plan_id, receivable_id, row_key from plan_row
        where book_id = $1 and debtor_id = $2";
    VERSIONS = "select version, made_at, because, schedule, disclosure from plan_version
        where book_id = $1 and debtor_id = $2 and plan_id = $3 order by version";
    COUNT_UP = "insert into plan_counter (book_id, year, last) values ($1, $2, 1)
        on conflict (book_id, year) do update set last = plan_counter.last + 1 returning last";
}

inserts! {
    PLAN_INSERT = plan(book_id, debtor_id, plan_id, number, state, currency, terms, policy, version, principal_minor,
        open_minor, made_on, evidence, created_at);
    AGENDA_INSERT = plan_agenda(book_id, debtor_id, plan_id, look_on, items);
    DUE_INSERT = plan_due(book_id, debtor_id, plan_id, due_on, done, currency);
    SOURCE_INSERT = plan_source(book_id, debtor_id, plan_id, receivable_id, amount_minor, moved_minor);
    ENTRY_INSERT = plan_entry(book_id, debtor_id, plan_id, number, value_on, entered_on, payment_id, body);
    VERSION_INSERT = plan_version(book_id, debtor_id, plan_id, version, made_at, because, schedule, disclosure);
    ROW_INSERT = plan_row(book_id, debtor_id, plan_id, row_key, receivable_id);
}

updates! {
    PLAN_UPDATE = plan set (state, version, open_minor, evidence) key (book_id, debtor_id, plan_id);
    DUE_UPDATE = plan_due set (due_on, done) key (book_id, debtor_id, plan_id);
    SOURCE_UPDATE = plan_source set (moved_minor) key (book_id, debtor_id, plan_id, receivable_id);
}

/// Where a plan stands in its life.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PlanState {
    /// Offered: the debtor has not said yes.
    Offered,
    Active,
    /// Everything is paid.
    Completed,
    /// Ended before its time without blame; what was open is owed as before.
    Cancelled,
    /// Installments were missed; what was open is owed as before.
    Broken,
    /// Ended for less than was owed, as agreed.
    Settled,
    /// The creditor gave up what was open.
    WrittenOff,
    /// Withdrawn before anybody said yes.
    Withdrawn,
}

impl PlanState {
    pub const ALL: [PlanState; 8] = [
        PlanState::Offered,
        PlanState::Active,
        PlanState::Completed,
        PlanState::Cancelled,
        PlanState::Broken,
        PlanState::Settled,
        PlanState::WrittenOff,
        PlanState::Withdrawn,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            PlanState::Offered => "offered",
            PlanState::Active => "active",
            PlanState::Completed => "completed",
            PlanState::Cancelled => "cancelled",
            PlanState::Broken => "broken",
            PlanState::Settled => "settled",
            PlanState::WrittenOff => "written_off",
            PlanState::Withdrawn => "withdrawn",
        }
    }
}

impl fmt::Display for PlanState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PlanState {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = PlanState::ALL.into_iter().find(|state| state.as_str() == text);
        found.ok_or_else(|| UnknownWord::new("plan state", text))
    }
}

/// A plan as the store keeps it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    pub debtor: DebtorId,
    pub id: PlanId,
    /// What people call it, e.g. `P26-17`.
    pub number: String,
    pub state: PlanState,
    pub terms: Terms,
    /// The policy it was made under.
    pub policy: PlanPolicy,
    pub version: i64,
    /// Kept copy of what is open.
    pub open: Money,
    pub made_on: Date,
    /// What was shown and who said yes, as JSON.
    pub evidence: String,
}

/// What will happen to a plan by itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Agenda {
    /// The first day on which its log has to be read: a late fee, a plan that would be broken.
    pub look_on: Option<Date>,
    /// Interest that will have been earned, by day.
    pub items: Vec<AgendaItem>,
    /// So many items are posted.
    pub done: usize,
}

/// Interest of an installment that is earned on a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AgendaItem {
    pub on: Date,
    pub receivable: ReceivableId,
    /// In minor units.
    pub amount: i64,
}

impl Agenda {
    /// Returns the next day on which something happens.
    pub fn next_on(&self) -> Option<Date> {
        let item = self.items.get(self.done).map(|item| item.on);
        self.look_on.into_iter().chain(item).min()
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.items.len() * ITEM_BYTES);
        for item in &self.items {
            bytes.extend_from_slice(&days_of(item.on).to_be_bytes());
            bytes.extend_from_slice(&item.receivable.0.to_be_bytes());
            bytes.extend_from_slice(&item.amount.to_be_bytes());
        }
        bytes
    }
}

/// A day as four bytes, two ids as eight each.
const ITEM_BYTES: usize = 20;

const EPOCH: Date = Date::constant(1970, 1, 1);

fn days_of(day: Date) -> i32 {
    (day - EPOCH).get_days()
}

fn items(bytes: &[u8]) -> impl Iterator<Item = Result<AgendaItem, StoreError>> + '_ {
    let wrong = || StoreError::corrupt("a plan's agenda", format!("{} bytes", bytes.len()));
    bytes.chunks(ITEM_BYTES).map(move |item| {
        let (day, rest) = item.split_first_chunk::<4>().ok_or_else(wrong)?;
        let (receivable, amount) = rest.split_first_chunk::<8>().ok_or_else(wrong)?;
        let span = jiff::Span::new().try_days(i64::from(i32::from_be_bytes(*day))).map_err(|_| wrong())?;
        Ok(AgendaItem {
            on: EPOCH.checked_add(span).map_err(|_| wrong())?,
            receivable: ReceivableId(i64::from_be_bytes(*receivable)),
            amount: i64::from_be_bytes(amount.try_into().map_err(|_| wrong())?),
        })
    })
}

fn plan(row: &Row<'_>) -> Result<Plan, StoreError> {
    let currency: Currency = row.currency(4)?;
    Ok(Plan {
        debtor: row.id(0)?,
        id: row.id(1)?,
        number: row.text(2)?.to_owned(),
        state: row.word(3)?,
        terms: StoreError::parse_json("a plan's terms", row.text(5)?)?,
        policy: StoreError::parse_json("a plan's policy", row.text(6)?)?,
        version: row.int(7)?,
        open: Money::new(row.int(9)?, currency),
        made_on: row.day(10)?,
        evidence: row.text(11)?.to_owned(),
    })
}

/// An entry of a plan's log, with the payment it stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanEntry {
    pub entry: Entry,
    pub payment: Option<PaymentId>,
}

/// Returns the next number of a plan of that year.
pub fn next_number(tx: &mut Tx<'_>, book: BookId, year: i16) -> Result<String, StoreError> {
    let last = tx.one(&COUNT_UP, &[book.into(), V::Int(i64::from(year))], |row| row.int(0))?;
    Ok(format!("P{:02}-{last}", year.rem_euclid(100)))
}

/// Loads a plan.
pub fn load_plan(tx: &mut Tx<'_>, book: BookId, id: PlanId) -> Result<Option<Plan>, StoreError> {
    tx.opt(&BY_ID, &[book.into(), id.into()], plan)
}

/// Finds a plan by what people call it.
pub fn find_plan(tx: &mut Tx<'_>, book: BookId, number: &str) -> Result<Option<PlanId>, StoreError> {
    tx.opt(&ID_BY_NUMBER, &[book.into(), number.into()], |row| row.id(0))
}

/// Lists the plans of a debtor, oldest first.
pub fn plans_of_debtor(tx: &mut Tx<'_>, book: BookId, debtor: DebtorId) -> Result<Vec<Plan>, StoreError> {
    tx.all(&OF_DEBTOR, &[book.into(), debtor.into()], plan)
}

/// Lists plans, newest first, made before `before`.
pub fn list_newest(
    tx: &mut Tx<'_>,
    book: BookId,
    before: PlanId,
    limit: i64,
) -> Result<Vec<Plan>, StoreError> {
    tx.all(&NEWEST, &[book.into(), before.into(), limit.into()], plan)
}

/// Lists plans in a state, newest first, made before `before`.
pub fn list_newest_in(
    tx: &mut Tx<'_>,
    book: BookId,
    state: PlanState,
    before: PlanId,
    limit: i64,
) -> Result<Vec<Plan>, StoreError> {
    tx.all(&NEWEST_IN_STATE, &[book.into(), before.into(), limit.into(), state.as_str().into()], plan)
}

/// A plan to which something happens by itself on or before a day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DuePlan {
    pub debtor: DebtorId,
    pub plan: PlanId,
    pub currency: Currency,
    /// Its log has to be read.
    pub looks: bool,
    /// Interest that was earned by the day and is not posted.
    pub items: Vec<AgendaItem>,
    /// How many items are posted once these are.
    pub done: usize,
    /// When the next thing happens after them.
    pub next_on: Option<Date>,
}

/// Lists plans to which something happens on or before `today`.
pub fn list_due(tx: &mut Tx<'_>, book: BookId, today: Date, limit: i64) -> Result<Vec<DuePlan>, StoreError> {
    tx.all(&DUE, &[book.into(), today.into(), limit.into()], |row| {
        let look_on = row.opt_day(4)?;
        let mut done = usize::try_from(row.int(3)?).unwrap_or(0);
        let bytes = row.bytes(5)?;
        let (mut due, mut next_on) = (Vec::with_capacity(1), look_on);
        for item in items(bytes.get(done * ITEM_BYTES..).unwrap_or_default()) {
            let item = item?;
            if item.on > today {
                next_on = look_on.into_iter().chain([item.on]).min();
                break;
            }
            due.push(item);
            done += 1;
        }
        Ok(DuePlan {
            debtor: row.id(0)?,
            plan: row.id(1)?,
            currency: row.currency(2)?,
            looks: look_on.is_some_and(|day| day <= today),
            items: due,
            done,
            next_on,
        })
    })
}

/// Moves plans on behind what was posted; those without anything to come are due no more.
pub fn update_due(tx: &mut Tx<'_>, book: BookId, plans: &[DuePlan]) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(plans.len() * 5);
    for one in plans {
        let Some(next_on) = one.next_on else {
            remove_agenda(tx, book, one.debtor, one.plan)?;
            continue;
        };
        rows.extend_from_slice(&[
            book.into(),
            one.debtor.into(),
            one.plan.into(),
            next_on.into(),
            V::Int(one.done as i64),
        ]);
    }
    tx.update_many(&DUE_UPDATE, &rows).map(drop)
}

/// Loads what will happen to a plan by itself; nothing when there is nothing.
pub fn load_agenda(
    tx: &mut Tx<'_>,
    book: BookId,
    debtor: DebtorId,
    id: PlanId,
) -> Result<Agenda, StoreError> {
    let found = tx.opt(&AGENDA, &[book.into(), debtor.into(), id.into()], |row| {
        let items = items(row.bytes(2)?).collect::<Result<_, _>>()?;
        Ok(Agenda { look_on: row.opt_day(1)?, items, done: usize::try_from(row.int(0)?).unwrap_or(0) })
    })?;
    Ok(found.unwrap_or_default())
}

/// Replaces what will happen to plans by themselves.
pub fn put_agendas(tx: &mut Tx<'_>, book: BookId, plans: &[(&Plan, Agenda)]) -> Result<(), StoreError> {
    let (mut agendas, mut due) = (Vec::new(), Vec::new());
    let bytes: Vec<Vec<u8>> = plans.iter().map(|(_, agenda)| agenda.to_bytes()).collect();
    for ((plan, agenda), bytes) in plans.iter().zip(&bytes) {
        let key = [V::from(book), plan.debtor.into(), plan.id.into()];
        let Some(next_on) = agenda.next_on() else { continue };
        agendas.extend_from_slice(&key);
        agendas.extend_from_slice(&[agenda.look_on.into(), bytes.into()]);
        due.extend_from_slice(&key);
        due.extend_from_slice(&[next_on.into(), V::Int(agenda.done as i64), plan.terms.currency.into()]);
    }
    tx.insert_many(&AGENDA_INSERT, &agendas)?;
    tx.insert_many(&DUE_INSERT, &due)
}

/// Forgets what would happen to a plan by itself.
pub fn remove_agenda(tx: &mut Tx<'_>, book: BookId, debtor: DebtorId, id: PlanId) -> Result<(), StoreError> {
    let key = [book.into(), debtor.into(), id.into()];
    tx.exec(&AGENDA_REMOVE, &key)?;
    tx.exec(&DUE_REMOVE, &key).map(drop)
}

/// Counts plans that need a look on `today`.
pub fn count_due(tx: &mut Tx<'_>, book: BookId, today: Date) -> Result<i64, StoreError> {
    tx.one(&DUE_COUNT, &[book.into(), today.into()], |row| row.int(0))
}

/// Counts plans, and adds up what is open, by state and currency.
pub fn count_states(tx: &mut Tx<'_>, book: BookId) -> Result<Vec<(PlanState, i64, Money)>, StoreError> {
    tx.all(&STATES, &[book.into()], |row| {
        Ok((row.word(0)?, row.int(2)?, Money::new(row.int(3)?, row.currency(1)?)))
    })
}

/// Loads the log of a plan.
pub fn load_entries(
    tx: &mut Tx<'_>,
    book: BookId,
    debtor: DebtorId,
    id: PlanId,
) -> Result<Vec<PlanEntry>, StoreError> {
    tx.all(&ENTRIES, &[book.into(), debtor.into(), id.into()], |row| {
        Ok(PlanEntry {
            entry: Entry {
                number: u32::try_from(row.int(0)?).unwrap_or(u32::MAX),
                value_on: row.day(1)?,
                entered_on: row.day(2)?,
                event: StoreError::parse_json("a plan's entry", row.text(4)?)?,
            },
            payment: row.opt_int(3)?.map(PaymentId),
        })
    })
}

/// A receivable that a plan takes the place of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PlanSource {
    pub receivable: ReceivableId,
    /// What of it the plan was made over, in minor units.
    pub amount: i64,
    /// How much of that the plan holds now: nothing before it runs, and what was repaid when it ended early.
    pub moved: i64,
}

/// Loads the receivables a plan takes the place of.
pub fn load_sources(
    tx: &mut Tx<'_>,
    book: BookId,
    debtor: DebtorId,
    id: PlanId,
) -> Result<Vec<PlanSource>, StoreError> {
    tx.all(&SOURCES, &[book.into(), debtor.into(), id.into()], |row| {
        Ok(PlanSource { receivable: row.id(0)?, amount: row.int(1)?, moved: row.int(2)? })
    })
}

/// Writes how much of its sources a plan holds.
pub fn update_sources(
    tx: &mut Tx<'_>,
    book: BookId,
    plan: &Plan,
    sources: &[PlanSource],
) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(sources.len() * 5);
    for source in sources {
        rows.extend_from_slice(&[
            book.into(),
            plan.debtor.into(),
            plan.id.into(),
            source.receivable.into(),
            source.moved.into(),
        ]);
    }
    tx.update_many(&SOURCE_UPDATE, &rows).map(drop)
}

/// Loads which receivable each installment of a plan is.
pub fn load_rows(
    tx: &mut Tx<'_>,
    book: BookId,
    debtor: DebtorId,
    id: PlanId,
) -> Result<HashMap<RowKey, ReceivableId>, StoreError> {
    let rows =
        tx.all(&ROWS, &[book.into(), debtor.into(), id.into()], |row| Ok((row.word(0)?, row.id(1)?)))?;
    Ok(rows.into_iter().collect())
}

/// Which plan and installment a receivable is.
pub type Placed = (DebtorId, PlanId, RowKey);

/// Finds the plans of which receivables of these debtors are installments.
pub fn find_placed(
    tx: &mut Tx<'_>,
    book: BookId,
    debtors: &[DebtorId],
) -> Result<HashMap<ReceivableId, Placed>, StoreError> {
    let mut found = HashMap::new();
    let questions: (&'static Sql, &'static Sql) = (&PLANS_OF_RECEIVABLES_OF_ONE, &PLANS_OF_RECEIVABLES);
    each_of(tx, questions, &[book.into()], debtors, |row| {
        found.insert(row.id(2)?, (row.id(0)?, row.id(1)?, row.word(3)?));
        Ok(())
    })?;
    Ok(found)
}

/// What was agreed at a time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanVersion {
    pub version: i64,
    pub made_at: Timestamp,
    pub because: String,
    /// The schedule as it was shown, as JSON.
    pub schedule: String,
    /// Legal disclosures as they were shown, as JSON.
    pub disclosure: String,
}

/// Lists the versions of a plan, oldest first.
pub fn list_versions(
    tx: &mut Tx<'_>,
    book: BookId,
    debtor: DebtorId,
    id: PlanId,
) -> Result<Vec<PlanVersion>, StoreError> {
    tx.all(&VERSIONS, &[book.into(), debtor.into(), id.into()], |row| {
        Ok(PlanVersion {
            version: row.int(0)?,
            made_at: row.timestamp(1)?,
            because: row.text(2)?.to_owned(),
            schedule: row.text(3)?.to_owned(),
            disclosure: row.text(4)?.to_owned(),
        })
    })
}

/// Adds a plan with what it takes the place of.
pub fn insert_plan(
    tx: &mut Tx<'_>,
    book: BookId,
    plan: &Plan,
    sources: &[PlanSource],
    now: Timestamp,
) -> Result<(), StoreError> {
    let (terms, policy) = (json(&plan.terms)?, json(&plan.policy)?);
    let row = [
        book.into(),
        plan.debtor.into(),
        plan.id.into(),
        (&plan.number).into(),
        plan.state.as_str().into(),
        plan.terms.currency.into(),
        (&terms).into(),
        (&policy).into(),
        plan.version.into(),
        plan.terms.principal.into(),
        plan.open.minor.into(),
        plan.made_on.into(),
        (&plan.evidence).into(),
        now.into(),
    ];
    tx.insert_many(&PLAN_INSERT, &row)?;
    let mut rows = Vec::with_capacity(sources.len() * 6);
    for source in sources {
        rows.extend_from_slice(&[
            book.into(),
            plan.debtor.into(),
            plan.id.into(),
            source.receivable.into(),
            source.amount.into(),
            source.moved.into(),
        ]);
    }
    tx.insert_many(&SOURCE_INSERT, &rows)
}

/// Writes where a plan stands.
pub fn update_plan(tx: &mut Tx<'_>, book: BookId, plan: &Plan) -> Result<(), StoreError> {
    let row = [
        book.into(),
        plan.debtor.into(),
        plan.id.into(),
        plan.state.as_str().into(),
        plan.version.into(),
        plan.open.minor.into(),
        (&plan.evidence).into(),
    ];
    tx.update_many(&PLAN_UPDATE, &row).map(drop)
}

/// Adds entries to a plan's log.
pub fn insert_entries(
    tx: &mut Tx<'_>,
    book: BookId,
    plan: &Plan,
    entries: &[PlanEntry],
) -> Result<(), StoreError> {
    let bodies: Vec<String> = entries.iter().map(|one| json(&one.entry.event)).collect::<Result<_, _>>()?;
    let mut rows = Vec::with_capacity(entries.len() * 8);
    for (one, body) in entries.iter().zip(&bodies) {
        rows.extend_from_slice(&[
            book.into(),
            plan.debtor.into(),
            plan.id.into(),
            V::Int(i64::from(one.entry.number)),
            one.entry.value_on.into(),
            one.entry.entered_on.into(),
            one.payment.into(),
            body.into(),
        ]);
    }
    tx.insert_many(&ENTRY_INSERT, &rows)
}

/// Keeps what was agreed.
pub fn insert_version(
    tx: &mut Tx<'_>,
    book: BookId,
    plan: &Plan,
    version: &PlanVersion,
) -> Result<(), StoreError> {
    let row = [
        book.into(),
        plan.debtor.into(),
        plan.id.into(),
        version.version.into(),
        version.made_at.into(),
        (&version.because).into(),
        (&version.schedule).into(),
        (&version.disclosure).into(),
    ];
    tx.insert_many(&VERSION_INSERT, &row)
}

/// Notes which receivables installments are.
pub fn insert_rows(
    tx: &mut Tx<'_>,
    book: BookId,
    plan: &Plan,
    added: &[(RowKey, ReceivableId)],
) -> Result<(), StoreError> {
    let keys: Vec<String> = added.iter().map(|(key, _)| key.to_string()).collect();
    let mut rows = Vec::with_capacity(added.len() * 5);
    for ((_, receivable), key) in added.iter().zip(&keys) {
        rows.extend_from_slice(&[
            book.into(),
            plan.debtor.into(),
            plan.id.into(),
            key.into(),
            (*receivable).into(),
        ]);
    }
    tx.insert_many(&ROW_INSERT, &rows)
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    StoreError::to_json("a plan", value)
}
